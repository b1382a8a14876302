r"""Small starts end at the origin for D >= 2; the global minimum has entries of order 1/d.

Statement
    (i) Let D >= 2.  On 0 < |W|^{D-1} <= min(γ) (D+1)^{(D-1)/2} / |c| the loss grows along rays,
    <W, ∇L> > 0: gradient flow from such a start shrinks |W| to 0, however good the data.
    (ii) At every stationary point each layer pays at most

        γ_i |W^(i)|_F² <= cᵀA_0⁻¹c / (4κ),

    and at a global minimum with D >= 2 at most (D-1)/D² cᵀA_0⁻¹c/κ.  The bounds do not grow with
    the width: between layers of width d the entries have root mean square O(1/d), where Kaiming's
    have sqrt(2/d) and |W^(i)|_F² of order 2d.

Notation
    <W, ∇L> (``radial_slope``), |W|² = |U|² + Σ|W^(i)|²; the largest payment
    (``layer_penalty_max``); κ, cᵀA_0⁻¹c (``explained_power``).

Assumptions
    inside_basin    the radius in (i).  Without it the slope may be negative.
    stationary      first bound of (ii).  Without it weights are arbitrarily large.
    global_minimum  second bound of (ii).  Without it, D = 3 has stationary points above it.
    deep            D >= 2 in the second bound.  Without it, it would say that nothing is learnt.

Proof
    (i) ½<W, ∇L> = Σγ_i|W^(i)|² + (D+1)(U M_D Uᵀ - w·c) (Z1), and w·c <= |c|(|W|²/(D+1))^{(D+1)/2}
    by AM-GM (Z4).
    (ii) G + σ² diag(G) ⪰ (1 + σ²/d)G for every G ⪰ 0 of size d, since (Σx_j)² <= dΣx_j²; pulled
    back from UᵀU through the layers, U M_D Uᵀ >= X := κ wᵀA_0w.  At a stationary point the payment
    is τ = w·c - U M_D Uᵀ <= sqrt(X q/κ) - X <= q/(4κ), q = cᵀA_0⁻¹c.  At a global minimum
    w·c = X + τ and X >= (D-1)τ, for otherwise the origin is lower; so
    q/κ >= (X+τ)²/X >= D²τ/(D-1).

Sharpness
    Both bounds of (ii) are attained; the radius of (i) is best possible as A_0 -> 0, and the
    larger radius of Z4, where L > 0, is no basin.

Implementation notes
    Z8.map is empirical: gradient descent from eight starts of each kind for widths 1, 4, 16, on
    dyadic data whose global minimum is known exactly.  A start is counted as trapped once inside
    the basin of (i), as escaped once its loss is below the origin's, for then it can never return.
    Small starts are all trapped for D >= 2 and all escape for D = 1, as proved.  Kaiming's and
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
from theorems.weight_decay import averaged_loss_eq_recursion as Z0
from theorems.weight_decay import layer_penalties_eq_of_stationary as Z1
from theorems.weight_decay import loss_ge_reduced_problem as Z3p
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
from theorems.weight_decay.origin_is_minimum_of_deep import signal_against_decay
from theorems.weight_decay.origins import inside_basin, near_origin, near_origin_networks
from theorems.weight_decay.training import (
    NoisyProblem,
    certified_distance,
    drawn_start,
    known_minimum,
    matched,
    size,
)
from verify.theorem import (
    Assumption,
    Bounds,
    Condition,
    Formula,
    Identity,
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


slope, paid, kappa, best, D, power, mean_power, loss, signal = symbols(
    radial_slope,
    layer_penalty_max,
    effective_covariance_factor,
    explained_power,
    hidden_layers,
    noisy_output_power,
    effective_energy,
    regularised_loss,
    effective_alignment,
)
payment_bound = Formula("payment_bound", r"\frac{c^TA_0^{-1}c}{4\kappa}", best / (4 * kappa))
payment_at_minimum = Formula(
    "payment_at_minimum",
    r"\frac{D-1}{D^2}\frac{c^TA_0^{-1}c}{\kappa}",
    (D - 1) / D**2 * best / kappa,
)
ray_slope = Formula(
    "ray_slope",
    r"2(\mathcal{L}-E y^2)+2D\,UM_DU^T-2(D-1)\,w\cdot c",
    2 * loss + 2 * D * power - 2 * (D - 1) * signal,
)
reduced_power = Formula("reduced_power", r"\kappa\,w^TA_0w", kappa * mean_power)

# --- claims and proofs --------------------------------------------------------------------------

_ANY, _DEEP = Bounds((2, 4), (1, 3)), Bounds((3, 4), (1, 3))
deep = Assumption("deep", D >= 2)


@claim(near_origin_networks, slope > 0, inside_basin, given=(Z1.radial, Z4.isolated), bounds=_DEEP)
def basin() -> Iterator[Step]:
    """The loss grows along rays near the origin."""
    h, P, q, N = sp.symbols("h P q N", real=True)  # P, q, N: U M_D Uᵀ, w·c, Σ γ_i|W^(i)|²
    along = h ** (2 * D + 2) * P - 2 * h ** (D + 1) * q + h**2 * N
    radial = 2 * N + 2 * (D + 1) * (P - q)
    yield Identity("slope along a ray", sp.diff(along, h).subs(h, 1), radial, why="degrees (Z1)")
    yield from signal_against_decay(D + 1, lambda c, m: m * (D + 1) ** ((D - 1) / 2) / c)


@claim(noisy_stationary_points, payment_bound >= paid, stationary, given=(Z1.common,), bounds=_ANY)
def scale(payment_bound: Any) -> Iterator[Step]:
    """A bound on every layer at every stationary point."""
    root = sp.Symbol("x", nonnegative=True)  # sqrt(X)
    reached = root * sp.sqrt(best / kappa) - root**2
    yield Identity(
        "completed square", payment_bound - reached, (root - sp.sqrt(best / kappa) / 2) ** 2,
        why="w·c <= sqrt(wᵀA_0w cᵀA_0⁻¹c); τ = w·c - U M_D Uᵀ (Z1), X = κ wᵀA_0w = x²",
    )  # fmt: skip


scale_attained = stated(
    "scale_attained", "equality for A_0 = aI at half of the regression's output",
    halfway_points, sp.Eq(paid, payment_bound), stationary, bounds=_ANY,
)  # fmt: skip


@claim(
    noisy_global_minima,
    payment_at_minimum >= paid,
    global_minimum,
    deep,
    given=(Z1.common, Z3p.lower, Z3p.attained, Z4.value),
    bounds=_DEEP,
)
def minimum(payment_at_minimum: Any) -> Iterator[Step]:
    """A smaller bound at global minima."""
    m = sp.Symbol("m", integer=True, positive=True)  # D - 1
    tau, over = sp.Symbol(r"\tau", positive=True), sp.Symbol("y", nonnegative=True)  # X - (D-1)τ
    X = m * tau + over
    factor = m * X - tau
    yield Identity(
        "payment against the signal", (X + tau) ** 2 / X - (m + 1) ** 2 * tau / m,
        over * factor / (m * X),
        why="w·c = X + τ at a global minimum (Z3p), (w·c)² <= X q/κ", at={"D": m + 1},
    )  # fmt: skip
    k = sp.Symbol("k", integer=True, nonnegative=True)  # D - 2
    yield Condition(
        "second factor", factor.subs(m, k + 1), ">=",
        why="the first, y = X - (D-1)τ, is >= 0: the minimum is no higher than the origin (Z4)",
        at={"D": k + 2},
    )  # fmt: skip
    largest = payment_at_minimum.subs(D, m + 1)
    yield Identity(
        "bound", largest, m / (m + 1) ** 2 * best / kappa, why="linear in τ", at={"D": m + 1}
    )


minimum_attained = stated(
    "minimum_attained", "equality where the global minimum ties with the origin",
    noisy_ties, sp.Eq(paid, payment_at_minimum), global_minimum, deep, bounds=_DEEP,
)  # fmt: skip


@claim(noisy_networks, power >= reduced_power, given=(Z0.average,), bounds=_ANY)
def reduced() -> Iterator[Step]:
    """Noise multiplies the output's power by at least κ, at any weights."""
    for d in range(2, 5):
        x = sp.symbols(f"x1:{d + 1}", real=True)
        squares = [(x[i] - x[j]) ** 2 for i in range(d) for j in range(i)]
        yield Identity(
            "one layer", d * sum(v**2 for v in x) - sum(x) ** 2, sp.Add(*squares),
            why="squares: Q + σ² diag(Q) carries at least 1 + σ²/d of Q; induction over layers",
            at={"d": d},
        )  # fmt: skip


@claim(noisy_networks, sp.Eq(slope, ray_slope), given=(Z0.average,), bounds=_ANY)
def ray(ray_slope: Any) -> Iterator[Step]:
    """The slope along a ray is read off the loss, its power and its signal."""
    h, P, q, N = sp.symbols("h P q N", real=True)  # as in basin
    along = h ** (2 * D + 2) * P - 2 * h ** (D + 1) * q + h**2 * N
    read = ray_slope.subs({loss: P - 2 * q + N, power: P, signal: q})
    yield Identity("slope along a ray", sp.diff(along, h).subs(h, 1), read, why="degrees")


# --- false twins --------------------------------------------------------------------------------


def _equal(weight: Any, c: Any, a: Any = Fraction(1, 100), size: int = 3) -> NoisyInstance:
    """Widths 1, no noise, decays 1, all weights equal."""
    return NoisyInstance.exact([[[weight]]] * size, [[a]], [[c]], [1] * size)


def _halfway_at_three() -> NoisyInstance:
    """D = 3, all weights 1, A_0 = 1, γ = 1, c = 2: pays 1 = c²/4, above (2/9)c²."""
    return _equal(1, 2, 1, 4)


_twins = (
    twin("larger_basin", "the radius of Z4, where L > 0, is a basin too",
         near_origin_networks, slope > 0, near_origin, bounds=_DEEP,
         known=lambda: [_equal(Fraction(7, 5), 1)]),
    twin("leaves_origin", "small starts leave the origin at D = 2 when the signal is strong",
         near_origin_networks, slope < 0, inside_basin, bounds=Bounds((3, 3), (1, 3))),
    twin("shallow_basin", "the loss grows along every ray at D = 1",
         noisy_networks, slope > 0, bounds=Bounds((2, 2), (1, 3))),
    twin("eighth", "1/8 for 1/4",
         halfway_points, paid <= best / (8 * kappa), stationary, bounds=_ANY),
    twin("noise_squared", "κ² for κ",
         halfway_points, paid <= best / (4 * kappa**2), stationary, bounds=_ANY),
    twin("any_stationary", "the bound of global minima at every stationary point",
         halfway_points, paid <= (D - 1) / D**2 * best / kappa, stationary, bounds=_DEEP,
         known=lambda: [_halfway_at_three()]),
    twin("reduced_equal", "noise multiplies the output's power by exactly κ",
         noisy_networks, sp.Eq(power, kappa * mean_power), bounds=_ANY),
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
    title="Small starts end at the origin for D >= 2; the minimum's entries are of order 1/d",
    statement=(
        r"D\ge2,\;0<|W|^{D-1}\le\frac{\min(\gamma)(D+1)^{(D-1)/2}}{|c|} \;\Longrightarrow\; "
        r"\langle W,\nabla\mathcal{L}\rangle>0;\qquad \nabla\mathcal{L}(W)=0 \;\Longrightarrow\; "
        r"\gamma_i|W^{(i)}|_F^2\le\frac{c^TA_0^{-1}c}{4\kappa}"
    ),
    normalisation="L = E(f - y)² + Σ γ_i|W^(i)|_F² + γ_u|U|², no factors 1/2; A_0 = E xxᵀ ≻ 0",
    source=Source("ziyin2022exact", "initialisation and the scale of the solution (reconstructed)"),
    claims=(basin, scale, scale_attained, minimum, minimum_attained, reduced, ray),
    controls=_twins,
    witnesses=(
        witness("halfway", scale, "D = 3, all weights 1, A_0 = 1, γ = 1, c = 2: pays 1 = c²/4",
                _halfway_at_three),
        witness("small", basin, "D = 2, weights 1/2, γ = 1, c = 1: the slope is positive",
                lambda: _equal(Fraction(1, 2), 1)),
    ),
    necessity=(
        needed(inside_basin, basin,
               "D = 2, weights 7/5, γ = 1, c = 1, A_0 = 1/100: L > 0, but falls along the ray",
               lambda: _equal(Fraction(7, 5), 1)),
        needed(stationary, scale, "weights 1, c = 1, γ = 1, A_0 = 1: pays 1 > 1/4",
               lambda: _equal(1, 1, 1, 2)),
        needed(global_minimum, minimum,
               "D = 3, all weights 1, c = 2: stationary, pays 1 > (2/9) 4", _halfway_at_three),
        needed(deep, minimum,
               "D = 1, weights 1, A_0 = 1, γ = 1, c = 2: the global minimum, pays 1 > 0",
               lambda: _equal(1, 2, 1, 2)),
    ),
    trainings=(
        Training("map", "gradient descent from three kinds of starts", _map, ()),
        Training("arrival", "gradient descent from Kaiming's starts to a known global minimum",
                 _arrive, (scale, minimum)),
    ),
    module=__name__,
)  # fmt: skip
