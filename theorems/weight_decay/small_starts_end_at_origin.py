r"""Small starts of a deep network fall to the origin, and at rest decay bounds every layer.

Statement
    (i) Let $D ≥ 2$.  The loss grows along the ray through $W$, so that gradient flow lowers $|W|$:
    $⟨W, ∇L⟩ > 0$ at every $W ≠ 0$ with

        |W|^{D-1} ≤ min(γ) (D+1)^{(D-1)/2} / |c|.   [basin]

    (ii) At every stationary point each layer pays at most

        γ_i|W^{(i)}|_F² ≤ cᵀA_0⁻¹c / (4κ),   [scale]

    with equality where $A_0 = aI$ and each pays $κ wᵀA_0w = U M_D Uᵀ$.   [scale_attained]

    At a global minimum with $D ≥ 2$ that the certificate below knows, each layer pays at most

        γ_i|W^{(i)}|_F² ≤ \frac{D-1}{D²} cᵀA_0⁻¹c/κ,   [minimum]

    with equality where it ties with the origin, $A_0 = aI$ and
    $κ wᵀA_0w = (D-1)γ_i|W^{(i)}|²$.   [minimum_attained]

    (iii) At any weights noise multiplies the power of the output by at least $κ$:

        U M_D Uᵀ ≥ κ wᵀA_0w.   [reduced]

Notation
    $A_0$, $c$, $w$, $M_D$ and the $D$ hidden layers of widths $d_i$ are those of Z0; the output row
    $U$ is layer $D+1$.  $⟨W, ∇L⟩$ (``radial_slope``), $|W|² = |U|² + Σ_i |W^{(i)}|²$ (``size_sq``),
    $min(γ)$ the least decay; the largest payment (``layer_penalty_max``); $κ = Π_i (1 + σ²/d_i)$,
    $cᵀA_0⁻¹c$ (``explained_power``).

Assumptions
    inside_basin    the radius in (i).  Without it the slope may be negative.
    off_origin      $W ≠ 0$.  At the origin the slope is 0.
    stationary      first bound of (ii).  Without it weights are arbitrarily large.
    global_minimum  second bound of (ii); the certificate is $a_max ≤ (D+1)a_min$ for the extreme
                    eigenvalues of $A_0$, $(D-1)τ ≤ κ wᵀA_0w$ for the common payment $τ$, and equal
                    contributions of all neurons.  Without it, $D = 3$ has stationary points above
                    the bound.
    deep            $D ≥ 2$ in the second bound.  Without it, it would say that nothing is learnt.

Proof
    (i) The radial slopes of all layers (Z1.radial) add up to $⟨W, ∇L⟩$.  With $T$ the sum of all
    payments $γ_i|W^{(i)}|²$ this gives (Z8.radial)

        ½⟨W, ∇L⟩ = T + (D+1)(U M_D Uᵀ - w·c).

    Within the radius $(D+1) w·c ≤ T$, by $w·c ≤ |c|(|W|²/(D+1))^{(D+1)/2}$ as in Z4 (Z4.cauchy and
    AM-GM).  That the slope is positive then follows as there, now with $s = (D+1) w·c$,
    $Y = (D+1) U M_D Uᵀ$ and $Q = (D+1) cᵀA_0⁻¹c$, for which $QY ≥ s²$ by Z4.explained.

    (ii) At a stationary point the payment is $τ = w·c - U M_D Uᵀ$ (Z1.common).  With
    $X = κ wᵀA_0w ≤ U M_D Uᵀ$ (Z8.reduced) and $q = cᵀA_0⁻¹c$, for which $w·c ≤ √(Xq/κ)$
    (Z8.correlation),

        τ ≤ √(Xq/κ) - X ≤ q/(4κ).

    At a certified global minimum $w·c = X + τ$ (Z8.unspread) and $X ≥ (D-1)τ$, for otherwise the
    origin is lower (Z8.no_higher).  Then, since $D ≥ 2$,

        D(D-1)τ ≤ 2(D-1) w·c - DX ≤ 2(D-1)√(Xq/κ) - DX ≤ (D-1)²q/(Dκ).

    (iii) For every $G ⪰ 0$ of size $d$

        G + σ² diag(G) ⪰ (1 + σ²/d)G.

    For $G$ is a sum of matrices $gᵀg$ with rows $g$, and for these it follows from
    $(Σ_j g_jz_j)² ≤ d Σ_j (g_jz_j)²$, which holds for all $z$.  Noise on a layer turns the form $G$
    that the later layers pull back from $UᵀU$ into the left side; take the last layer first, then
    the one before it.

Sharpness
    The larger radius of Z4, where $L > 0$, is no basin.
    Unchecked remark: the bounds of (ii) do not grow with the width, so between layers of width $d$
    the entries have root mean square $O(1/d)$, where Kaiming's have $√(2/d)$.

Implementation notes
    Z8.map is empirical: gradient descent from eight starts of each kind for widths 1, 4, 16, on
    dyadic data whose global minimum is known exactly.  A start is counted as trapped once inside
    the basin of (i), as escaped once its loss is below the origin's, for then it can never return.
    Small starts were all trapped for $D ≥ 2$ and all escaped for $D = 1$.  Kaiming's and
    Xavier's starts escaped at width 16 in every run and at width 4 nearly always; at width 1 many
    are trapped.  To escape is not to arrive: wide networks share the work among neurons slowly.

References
----------
    ziyin2022exact (initialisation against the scale of the solution; reconstructed); the radius
    and both bounds are derived here
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.regularised import regularised_gradient
from theorems.quantities import symbols
from theorems.weight_decay import layer_penalties_eq_of_stationary as Z1
from theorems.weight_decay import origin_is_minimum_of_deep as Z4
from theorems.weight_decay.aligned import (
    global_minimum,
    halfway_points,
    noisy_global_minima,
    noisy_stationary_points,
    noisy_ties,
    stationary,
)
from theorems.weight_decay.networks import (
    NoisyInstance,
    cross_sq,
    effective_alignment,
    effective_covariance_factor,
    effective_energy,
    explained_power,
    hidden_layers,
    layer_penalty_max,
    noisy_networks,
    noisy_output_power,
    regularised_loss,
)
from theorems.weight_decay.origins import (
    decay_min,
    deep,
    inside_basin,
    near_origin,
    near_origin_networks,
    off_origin,
    size_sq,
    total_penalty,
)
from theorems.weight_decay.signal_against_decay import (
    mean_signal,
    one_less,
    outweighed,
    squared_cost,
)
from theorems.weight_decay.training import (
    NoisyProblem,
    certified_distance,
    drawn_start,
    known_minimum,
    matched,
    size,
)
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Claim,
    Condition,
    Formula,
    Measurement,
    Source,
    Step,
    Theorem,
    TrainedSolution,
    Training,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- quantities and closed forms ----------------------------------------------------------------


@quantity("radial_slope", r"\langle W,\nabla\mathcal{L}\rangle", positive=False)
def radial_slope(instance: NoisyInstance) -> Any:
    """<W, ∇L> over all layers: the loss's slope along the ray through W."""
    ar = instance.arithmetic
    slopes = regularised_gradient(instance.net, *instance.data)
    products = [ar.trace(W @ g.mT) for W, g in zip(instance.weights, slopes, strict=True)]
    return sum(products[1:], start=products[0])


slope, most, kappa, q, D, power, energy, signal, paid, c_sq, W_sq, m = symbols(
    radial_slope, layer_penalty_max, effective_covariance_factor, explained_power, hidden_layers,
    noisy_output_power, effective_energy, effective_alignment, total_penalty, cross_sq, size_sq,
    decay_min,
)  # fmt: skip
payment_bound = Formula("payment_bound", r"\frac{c^TA_0^{-1}c}{4\kappa}", q / (4 * kappa))
payment_at_minimum = Formula(
    "payment_at_minimum",
    r"\frac{D-1}{D^2}\frac{c^TA_0^{-1}c}{\kappa}",
    (D - 1) / D**2 * q / kappa,
)
reduced_power = Formula("reduced_power", r"\kappa\,w^TA_0w", kappa * energy)

# --- claims and proofs: the basin ----------------------------------------------------------------

_ANY, _DEEP = Bounds((2, 4), (1, 3)), Bounds((3, 4), (1, 3))
_SINGLE = ((2, 1, 1), (2, 1, 2), (2, 1, 3), (3, 1, 1, 1))

radial = stated(
    "radial", "the slope along a ray, term by term",
    noisy_networks, sp.Eq(slope, 2 * (paid + (D + 1) * (power - signal))), given=(Z1.radial,),
    bounds=_ANY, sizes=((2, 1, 1), (2, 2, 2), (3, 1, 2, 1), (3, 2, 2, 2), (4, 1, 2, 1, 2)),
    check=True, formal=True,
)  # fmt: skip


@claim(
    near_origin_networks, slope > 0, inside_basin, off_origin,
    given=(radial, Z4.cauchy, Z4.explained), bounds=_DEEP, formal=True,
)  # fmt: skip
def basin(radial: Claim, cauchy: Claim, explained: Claim) -> Iterator[Step]:
    """The loss grows along rays near the origin."""
    radius = rules.assumed(c_sq * W_sq ** (D - 1) <= m**2 * (D + 1) ** (D - 1))
    within = rules.transitive(
        rules.scaled(squared_cost(), (D + 1) ** (D - 1)),
        rules.turned(rules.scaled(radius, W_sq**2)),
        mean_signal(cauchy),
    )  # fmt: skip
    within = rules.scaled(within, (D + 1) ** (1 - D))
    within = rules.rewritten(within, paid**2, (D + 1) ** 2 * signal**2)
    reached = rules.scaled(rules.given(explained), (D + 1) ** 2)
    kept = outweighed((D + 1) * signal, (D + 1) * power, within, reached)
    total = rules.scaled(kept, 2)
    yield rules.transitive(rules.given(radial), total)


# --- claims and proofs: what a layer pays --------------------------------------------------------

reduced = stated(
    "reduced", "noise multiplies the output's power by at least $κ$, at any weights",
    noisy_networks, power >= reduced_power, bounds=_ANY,
    sizes=((2, 1, 1), (2, 2, 1), (2, 1, 2), (3, 1, 1, 1), (3, 1, 2, 1), (3, 1, 1, 2)),
    formal=True,
)  # fmt: skip
factor = stated(
    "factor", "$κ$ is positive",
    noisy_networks, sp.Gt(kappa, 0, evaluate=False), bounds=_ANY,
    sizes=((2, 1, 1), (3, 1, 2, 2), (4, 1, 2, 2, 2)), check=True,
)  # fmt: skip
correlation = stated(
    "correlation", "$(w·c)²$ is at most $wᵀA_0w · cᵀA_0⁻¹c$",
    noisy_networks, q * energy >= signal**2, bounds=_ANY, sizes=_SINGLE, check=True,
    formal=True,
)  # fmt: skip


@claim(
    noisy_stationary_points, payment_bound >= most, stationary,
    given=(Z1.common, reduced, correlation, factor), bounds=_ANY, formal=True,
)  # fmt: skip
def scale(common: Claim, reduced: Claim, correlation: Claim, factor: Claim) -> Iterator[Step]:
    """A bound on every layer at every stationary point."""
    total = rules.added(
        Condition("a square", (sp.sqrt(q) - 2 * kappa * sp.sqrt(energy)) ** 2, ">="),
        rules.scaled(rules.root(rules.given(correlation), signal), 4 * kappa),
        rules.scaled(rules.given(reduced), 4 * kappa),
        -4 * kappa * power - 4 * kappa**2 * energy,
    )
    bound = rules.rewritten(total, q, 4 * kappa * (signal - power))
    bound = rules.cancelled(bound, rules.scaled(rules.given(factor), 4))
    yield rules.transitive(bound, rules.turned(rules.given(common)))


scale_attained = stated(
    "scale_attained", "equality for $A_0 = aI$ at half of the regression's output",
    halfway_points, sp.Eq(most, payment_bound), stationary, bounds=_ANY,
    sizes=((2, 1, 1), (2, 1, 2), (3, 1, 1, 1)),
)  # fmt: skip
unspread = stated(
    "unspread", "at the certified global minima noise multiplies the output's power by $κ$ alone",
    noisy_global_minima, sp.Eq(power, reduced_power), bounds=_DEEP,
    sizes=((3, 1, 1, 1), (3, 2, 1, 1), (3, 1, 2, 2)), check=True,
)  # fmt: skip
no_higher = stated(
    "no_higher", "and they are no higher than the origin",
    noisy_global_minima, reduced_power >= (D - 1) * most, global_minimum, bounds=_DEEP, check=True,
)  # fmt: skip


@claim(
    noisy_global_minima, payment_at_minimum >= most, global_minimum, deep,
    given=(Z1.common, unspread, no_higher, correlation, factor), bounds=_DEEP, formal=True,
)  # fmt: skip
def minimum(
    common: Claim, unspread: Claim, no_higher: Claim, correlation: Claim, factor: Claim
) -> Iterator[Step]:
    """A smaller bound at global minima."""
    assumed = rules.assumed(D - 2 >= 0)
    X, excess = kappa * energy, kappa * energy - (D - 1) * most
    above = rules.added(rules.given(no_higher), -(D - 1) * most)
    lower = rules.multiplied(assumed, rules.rewritten(above, excess, 0))
    shared = rules.substituted(rules.given(common), rules.given(unspread))  # p = w·c - X
    shared = rules.scaled(rules.turned(shared), 2 * (D - 1))
    paid_by_all = rules.rewritten(
        rules.added(lower, shared, (D - 2) * (D - 1) * most),
        2 * (D - 1) * signal - D * X, D * (D - 1) * most,
    )  # fmt: skip
    square = (D - 1) * sp.sqrt(q) - D * kappa * sp.sqrt(energy)
    reached = rules.scaled(rules.root(rules.given(correlation), signal), 2 * (D - 1) * D * kappa)
    total = rules.added(
        Condition("a square", square**2, ">="),
        reached,
        rules.scaled(paid_by_all, D * kappa),
        -2 * (D - 1) * D * kappa * signal,
    )
    bound = rules.rewritten(total, (D - 1) ** 2 * q, D**2 * (D - 1) * kappa * most)
    bound = rules.cancelled(bound, one_less())
    yield rules.cancelled(bound, rules.scaled(rules.given(factor), D**2))


minimum_attained = stated(
    "minimum_attained", "equality where the global minimum ties with the origin",
    noisy_ties, sp.Eq(most, payment_at_minimum), global_minimum, deep, bounds=_DEEP,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _equal(weight: Any, c: Any, a: Any = Fraction(1, 100), size: int = 3) -> NoisyInstance:
    """Widths 1, no noise, decays 1, all weights equal."""
    return NoisyInstance.exact([[[weight]]] * size, [[a]], [[c]], [1] * size)


def _halfway_at_three() -> NoisyInstance:
    """D = 3, all weights 1, A_0 = 1, γ = 1, c = 2: pays 1 = c²/4, above (2/9)c²."""
    return _equal(1, 2, 1, 4)


_twins = (
    twin("larger_basin", "the radius of Z4, where $L > 0$, is a basin too",
         near_origin_networks, slope > 0, near_origin, off_origin, bounds=_DEEP,
         known=lambda: [_equal(Fraction(7, 5), 1)]),
    twin("leaves_origin", "small starts leave the origin at $D = 2$ when the signal is strong",
         near_origin_networks, slope < 0, inside_basin, off_origin, bounds=Bounds((3, 3), (1, 3))),
    twin("shallow_basin", "the loss grows along every ray at $D = 1$",
         noisy_networks, slope > 0, bounds=Bounds((2, 2), (1, 3))),
    twin("eighth", "1/8 for 1/4",
         halfway_points, most <= q / (8 * kappa), stationary, bounds=_ANY),
    twin("noise_squared", "$κ²$ for $κ$",
         halfway_points, most <= q / (4 * kappa**2), stationary, bounds=_ANY),
    twin("any_stationary", "the bound of global minima at every stationary point",
         halfway_points, most <= (D - 1) / D**2 * q / kappa, stationary, bounds=_DEEP,
         known=lambda: [_halfway_at_three()]),
    twin("reduced_equal", "noise multiplies the output's power by exactly $κ$",
         noisy_networks, sp.Eq(power, kappa * energy), bounds=_ANY),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_STARTS = 8
_NOISE = Fraction(1, 2)


def _kaiming(rng: np.random.Generator, shape: list[int]) -> list[Any]:
    """Entries of variance 2 over the number of inputs."""
    return [W * np.sqrt(2 / W.shape[-1]) for W in drawn_start(rng, shape, _STARTS)]


def _xavier(rng: np.random.Generator, shape: list[int]) -> list[Any]:
    """Entries of variance 2 over the number of inputs and outputs."""
    return [W * np.sqrt(2 / sum(W.shape[-2:])) for W in drawn_start(rng, shape, _STARTS)]


def _small(rng: np.random.Generator, shape: list[int], radius: float) -> list[Any]:
    """|W| = radius."""
    start = drawn_start(rng, shape, _STARTS)
    return [W * (radius / size(start))[:, None, None] for W in start]


def _descended(
    problem: NoisyProblem, start: list[Any], phases: list[tuple[float, int]], tolerance: float
) -> list[Any]:
    """The end of descent in phases of (rate, steps): Kaiming's starts are steep."""
    for rate, steps in phases:
        start = problem.descend(start, rate, steps=steps, tolerance=tolerance).weights
    return start


def _map(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Where starts go: D = 1, 2, 3 in turn, widths 1, 4 and 16, decay at 3/4 of the threshold.

    Compared: the number of small starts trapped (theory: all for D >= 2, none for D = 1), and that
    no start is lower than the global minimum's exact value, up to the rounding of the loss.
    """
    rng = np.random.default_rng(seed)
    for run, root in itertools.product(range(runs), (1, 2, 4)):
        D = 1 + run % 3
        share = Fraction(3, 4 * max(D - 1, 1))
        problem, minimum = known_minimum(D, root, _NOISE, share)
        shape, radius = [2, *([root**2] * D), 1], problem.basin_radius
        kinds = _kaiming(rng, shape), _xavier(rng, shape), _small(rng, shape, radius / 2 or 0.05)
        start = [np.concatenate(layer) for layer in zip(*kinds, strict=True)]
        ended = _descended(problem, start, [(0.005, 50), (0.04, 120)], 1e-9)
        loss = problem.loss(ended)
        trapped, escaped = (
            which.reshape(3, _STARTS).sum(axis=1) for which in (size(ended) < radius, loss < 0)
        )
        counts = "; ".join(
            f"{name} {t} trapped, {e} escaped"
            for name, t, e in zip(("Kaiming", "Xavier", "small"), trapped, escaped, strict=True)
        )
        lowest, value = float(np.nanmin(loss)), float(regularised_loss.measure(minimum))
        expected = 0.0 if D == 1 else _STARTS
        yield TrainedSolution(
            f"run {run}, D = {D}, width {root**2}, {_STARTS} starts each: {counts}",
            measurements=(
                Measurement("small starts trapped", expected, float(trapped[2]), 0.0),
                Measurement("closed form, lowest loss", lowest, value, 1e-13, "<="),
            ),
        )


def _arrive(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Kaiming's starts at width 4 that arrive: layers of norm 1, the global value.

    Allowed: a layer's norm moves by at most the distance δ to the exact minimum; the loss by at
    most ½Hδ², H = 2max γ + (D+1)²(4κ_1|A_0|m^{2D} + 2|c|m^{D-1}) bounding the Hessian where layers
    have norm at most m, κ_1 = (1 + σ²)^D.  Kaiming's |W|² for a layer of n entries drawn by all
    starts: 4 standard errors of a χ² variable.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        D = 1 + run % 3
        problem, minimum = known_minimum(D, 2, _NOISE, Fraction(1, 4))
        start = _kaiming(rng, [2, *([4] * D), 1])
        last = start[-2]
        kaiming = float((last**2).sum(axis=(-2, -1)).mean())
        ended = _descended(problem, start, [(0.01, 50), (0.08, 350)], 1e-6)
        best_start = int(np.nanargmin(problem.loss(ended)))
        weights = [W[best_start] for W in ended]
        beside = matched(minimum, weights)
        distance = certified_distance(weights, beside)
        gap, m = float(distance), 1 + float(distance)
        A_0, c = float(np.linalg.norm(problem.sigma, 2)), float(np.linalg.norm(problem.cross))
        H = 4 * 1.5**D * A_0 * m ** (2 * D) + 2 * c * m ** (D - 1)
        H = 2 * max(problem.decays) + (D + 1) ** 2 * H
        value, reached = float(regularised_loss.measure(minimum)), float(problem.loss(weights))
        off = H * gap**2 / 2 / abs(value) + 1e-13
        norms = max(float(np.linalg.norm(W)) for W in weights)
        error = 4 * float(np.sqrt(2 / last.size))
        yield TrainedSolution(
            f"run {run}, D = {D}, width 4",
            beside,
            distance,
            (
                Measurement("largest layer norm at the minimum", 1.0, norms, gap + 1e-14),
                Measurement("value of the minimum", value, reached, off),
                Measurement(
                    "Kaiming's |W|² of the last hidden layer", 2.0 * last.shape[-2], kaiming, error
                ),
            ),
        )


THEOREM = Theorem(
    id="Z8",
    title="Small starts of a deep network fall to the origin, and at rest decay bounds every layer",
    normalisation="$L = E(f - y)² + Σ_i γ_i|W^{(i)}|_F² + γ_u|U|²$, no factors 1/2; "
    "$A_0 = E xxᵀ ≻ 0$",
    source=Source("ziyin2022exact", "initialisation and the scale of the solution (reconstructed)"),
    claims=(
        basin, scale, scale_attained, minimum, minimum_attained, reduced,
        radial, factor, correlation, unspread, no_higher,
    ),
    controls=_twins,
    witnesses=(
        witness("halfway", scale,
                "$D = 3$, all weights 1, $A_0 = 1$, $γ = 1$, $c = 2$: pays $1 = c²/4$",
                _halfway_at_three),
        witness("small", basin, "$D = 2$, weights 1/2, $γ = 1$, $c = 1$: the slope is positive",
                lambda: _equal(Fraction(1, 2), 1)),
    ),
    necessity=(
        needed(inside_basin, basin,
               "$D = 2$, weights 7/5, $γ = 1$, $c = 1$, $A_0 = 1/100$: $L > 0$, but falls along "
               "the ray",
               lambda: _equal(Fraction(7, 5), 1)),
        needed(off_origin, basin, "the origin itself: the slope is 0", lambda: _equal(0, 1)),
        needed(stationary, scale, "weights 1, $c = 1$, $γ = 1$, $A_0 = 1$: pays $1 > 1/4$",
               lambda: _equal(1, 1, 1, 2)),
        needed(global_minimum, minimum,
               "$D = 3$, all weights 1, $c = 2$: stationary, pays $1 > (2/9) 4$",
               _halfway_at_three),
        needed(deep, minimum,
               "$D = 1$, weights 1, $A_0 = 1$, $γ = 1$, $c = 2$: the global minimum, pays $1 > 0$",
               lambda: _equal(1, 2, 1, 2)),
    ),
    trainings=(
        Training("map", "gradient descent from three kinds of starts", _map, ()),
        Training("arrival", "gradient descent from Kaiming's starts to a known global minimum",
                 _arrive, (scale, minimum)),
    ),
    module=__name__,
)  # fmt: skip
