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

Derivation
    (i) ½<W, ∇L> = Σγ_i|W^(i)|² + (D+1)(U M_D Uᵀ - w·c) (Z1), and w·c <= |c|(|W|²/(D+1))^{(D+1)/2}.
    (ii) G + σ² diag(G) ⪰ (1 + σ²/d)G for every G ⪰ 0 of size d, since (Σx_j)² <= dΣx_j²; pulled
    back from UᵀU through the layers, U M_D Uᵀ >= X := κ wᵀA_0w.  At a stationary point the payment
    is τ = w·c - U M_D Uᵀ <= sqrt(X q/κ) - X <= q/(4κ), q = cᵀA_0⁻¹c.  At a global minimum
    w·c = X + τ and X >= (D-1)τ, for otherwise the origin is lower; so
    q/κ >= (X+τ)²/X >= D²τ/(D-1).

Main results
    Z8.basin           (i)
    Z8.scale, Z8.scale_attained      the first bound of (ii), equality at A_0 = aI
    Z8.minimum, Z8.minimum_attained  the second, equality where the minimum ties with the origin
    Z8.reduced         U M_D Uᵀ >= κ wᵀA_0w at any weights, half of Z3p
    Z8.map             where Kaiming's, Xavier's and small starts go

Evidence
    Symbolic for (i) at D = 2..4 and (ii) for all D; exact on rational instances.  The map is
    empirical: gradient descent from eight starts of each kind for widths 1, 4, 16.  A start is
    counted as trapped once inside the basin of (i), as escaped once its loss is below the
    origin's, for then it can never return.  Small starts are all trapped for D >= 2 and all
    escape for D = 1, as proved.  Kaiming's and Xavier's starts escaped at width 16 in every run and
    at width 4 nearly always; at width 1 many are trapped.  To escape is not to arrive: wide
    networks share the work among neurons slowly.

Sharpness
    Both bounds of (ii) are attained; the radius of (i) is best possible as A_0 -> 0, and the
    larger radius of Z4, where L > 0, is no basin.

Implementation notes
    The map's problems have a global minimum known exactly, with dyadic data.

References
----------
    ziyin2022exact (initialisation against the scale of the solution; reconstructed); the radius
    and both bounds are derived here

Tags
    weight decay, initialisation, basin
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.regularised import regularised_gradient
from theorems.quantities import symbols
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
    effective_covariance_factor,
    effective_energy,
    explained_power,
    hidden_layers,
    layer_penalty_max,
    noisy_networks,
    noisy_output_power,
    regularised_loss,
)
from theorems.weight_decay.origins import inside_basin, near_origin, near_origin_networks
from theorems.weight_decay.training import (
    NoisyProblem,
    certified_distance,
    drawn_start,
    known_minimum,
    matched,
    size,
)
from verify.claims import Bounds, Setting, quantity
from verify.legacy import (
    Assumption,
    Claim,
    Condition,
    Formula,
    Identity,
    Necessity,
    Step,
    Theorem,
    Training,
    Witness,
)
from verify.theorem import Control, Measurement, Source, TrainedSolution

__all__ = ["THEOREM"]

# --- quantities and closed forms -----------------------------------------------------------------


@quantity("radial_slope", r"\langle W,\nabla\mathcal{L}\rangle", positive=False)
def radial_slope(instance: NoisyInstance) -> Any:
    """<W, ∇L> over all layers: the loss's slope along the ray through W."""
    ar = instance.arithmetic
    slopes = regularised_gradient(instance.net, *instance.data)
    products = [ar.trace(W @ g.mT) for W, g in zip(instance.weights, slopes, strict=True)]
    return sum(products[1:], start=products[0])


slope, paid, kappa, best, D, power, mean_power = symbols(
    radial_slope,
    layer_penalty_max,
    effective_covariance_factor,
    explained_power,
    hidden_layers,
    noisy_output_power,
    effective_energy,
)
payment_bound = Formula("payment_bound", r"\frac{c^TA_0^{-1}c}{4\kappa}", best / (4 * kappa))
payment_at_minimum = Formula(
    "payment_at_minimum",
    r"\frac{D-1}{D^2}\frac{c^TA_0^{-1}c}{\kappa}",
    (D - 1) / D**2 * best / kappa,
)
reduced_power = Formula("reduced_power", r"\kappa\,w^TA_0w", kappa * mean_power)

# --- derivation ----------------------------------------------------------------------------------


def derive_basin(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the slope along a ray for all D, and the radius where decay outweighs the signal."""
    h, P, q, N = sp.symbols("h P q N", real=True)
    n = sp.Symbol("n", integer=True, positive=True)  # D
    along = h ** (2 * n + 2) * P - 2 * h ** (n + 1) * q + h**2 * N
    yield Identity(
        "slope along a ray",
        r"\langle W,\nabla\mathcal{L}\rangle = "
        r"2\sum_i\gamma_i|W^{(i)}|^2+2(D+1)(U M_D U^T - w\cdot c)",
        "all D, all sizes",
        "degrees 2D+2, D+1 and 2 (Z1)",
        sp.diff(along, h).subs(h, 1),
        2 * N + 2 * (n + 1) * (P - q),
    )
    signal, decay, rho = sp.symbols("c m rho", positive=True)
    for depth in range(2, 5):
        # AM-GM, its steps are Z4's: w·c <= |c| (ρ²/(D+1))^{(D+1)/2}
        largest = signal * (rho**2 / (depth + 1)) ** sp.Rational(depth + 1, 2)
        radius = decay * sp.Integer(depth + 1) ** sp.Rational(depth - 1, 2) / signal
        yield Identity(
            f"radius at D = {depth}",
            r"m\rho^2 = (D+1)|c|(\rho^2/(D+1))^{(D+1)/2} \text{ at the radius}",
            "D = 2..4",
            "AM-GM (Z4); the right side grows faster, so decay wins inside",
            sp.powdenest(
                ((depth + 1) * largest / rho**2).subs(rho, radius ** sp.Rational(1, depth - 1)),
                force=True,
            ),
            decay,
        )


def derive_reduced(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield d Σx_j² - (Σx_j)² as a sum of squares: noise costs at least σ²/d of the power."""
    for d in range(2, 5):
        x = sp.symbols(f"x1:{d + 1}", real=True)
        squares = [(x[i] - x[j]) ** 2 for i in range(d) for j in range(i)]
        yield Identity(
            f"one layer of width {d}",
            r"d\sum_jx_j^2-(\sum_jx_j)^2 = \sum_{i<j}(x_i-x_j)^2 \ge 0",
            "widths 2..4; induction over layers",
            "sum of squares: Q + σ² diag(Q) carries at least 1 + σ²/d of Q",
            d * sum(v**2 for v in x) - sum(x) ** 2,
            sp.Add(*squares),
        )


def derive_scale(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the maximum of sqrt(X q/κ) - X."""
    root = sp.Symbol("x", nonnegative=True)  # sqrt(X)
    yield Identity(
        "completed square",
        r"\frac{q}{4\kappa}-(\sqrt{Xq/\kappa}-X) = (\sqrt X-\tfrac12\sqrt{q/\kappa})^2 \ge 0",
        "all D, all sizes",
        "Cauchy-Schwarz: w·c <= sqrt(wᵀA_0w cᵀA_0⁻¹c); τ = w·c - U M_D Uᵀ (Z1)",
        formulas["payment_bound"] - (root * sp.sqrt(best / kappa) - root**2),
        (root - sp.sqrt(best / kappa) / 2) ** 2,
    )


def derive_minimum(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield (X+τ)²/X >= D²τ/(D-1) for X >= (D-1)τ, D a symbol."""
    m = sp.Symbol("m", integer=True, positive=True)  # D - 1
    tau, over = sp.Symbol("tau", positive=True), sp.Symbol("y", nonnegative=True)  # X - (D-1)τ
    X = m * tau + over
    yield Identity(
        "payment against the signal",
        r"\frac{(X+\tau)^2}{X}-\frac{D^2\tau}{D-1} = "
        r"\frac{(X-(D-1)\tau)((D-1)X-\tau)}{(D-1)X}",
        "all D >= 2, all sizes",
        "w·c = X + τ at a global minimum (Z3p), (w·c)² <= X q/κ",
        (X + tau) ** 2 / X - (m + 1) ** 2 * tau / m,
        over * (m * X - tau) / (m * X),
    )
    k = sp.Symbol("k", integer=True, nonnegative=True)  # D - 2
    yield Condition(
        "second factor",
        r"X \ge (D-1)\tau \implies (D-1)X \ge \tau",
        "all D >= 2",
        "the first factor is >= 0: the minimum is no higher than the origin (Z4)",
        sp.expand((m * X - tau).subs(m, k + 1)).is_nonnegative,
    )
    yield Identity(
        "bound",
        r"q/\kappa \ge \frac{D^2\tau}{D-1} \iff \tau \le \frac{D-1}{D^2}\frac q\kappa",
        "all D >= 2",
        "linear in τ",
        formulas["payment_at_minimum"].subs(D, m + 1) * (m + 1) ** 2 / m,
        best / kappa,
    )


# --- claims and controls -------------------------------------------------------------------------

deep = Assumption("deep", r"D \ge 2", lambda i: i.net.depth >= 3)

_ANY, _DEEP = Bounds(depth=(2, 4), width=(1, 3)), Bounds(depth=(3, 4), width=(1, 3))


def _claim(
    name: str,
    title: str,
    where: Setting,
    relation: Any,
    *formulas: Formula,
    given: tuple[Assumption, ...] = (),
    bounds: Bounds = _DEEP,
) -> Claim:
    return Claim(f"Z8.{name}", title, where, relation, given, formulas, bounds)


_claims = (
    _claim(
        "basin",
        "the loss grows along rays near the origin",
        near_origin_networks,
        slope > 0,
        given=(inside_basin,),
    ),
    _claim(
        "scale",
        "a bound on every layer at every stationary point",
        noisy_stationary_points,
        payment_bound.symbol >= paid,
        payment_bound,
        given=(stationary,),
        bounds=_ANY,
    ),
    _claim(
        "scale_attained",
        "equality for A_0 = aI at half of the regression's output",
        halfway_points,
        sp.Eq(paid, payment_bound.symbol),
        payment_bound,
        given=(stationary,),
        bounds=_ANY,
    ),
    _claim(
        "minimum",
        "a smaller bound at global minima",
        noisy_global_minima,
        payment_at_minimum.symbol >= paid,
        payment_at_minimum,
        given=(global_minimum, deep),
    ),
    _claim(
        "minimum_attained",
        "equality where the global minimum ties with the origin",
        noisy_ties,
        sp.Eq(paid, payment_at_minimum.symbol),
        payment_at_minimum,
        given=(global_minimum, deep),
    ),
    _claim(
        "reduced",
        "noise multiplies the output's power by at least κ, at any weights",
        noisy_networks,
        power >= reduced_power.symbol,
        reduced_power,
        bounds=_ANY,
    ),
)


def _equal(weight: Any, c: Any, a: Any = Fraction(1, 100), size: int = 3) -> NoisyInstance:
    """Widths 1, no noise, decays 1, all weights equal."""
    return NoisyInstance.exact([[[weight]]] * size, [[a]], [[c]], [1] * size)


def _halfway_at_three() -> NoisyInstance:
    """D = 3, all weights 1, A_0 = 1, γ = 1, c = 2: pays 1 = c²/4, above (2/9)c²."""
    return _equal(1, 2, 1, 4)


_controls = (
    Control(
        _claim(
            "control.larger_basin",
            "the radius of Z4, where L > 0, is a basin too",
            near_origin_networks,
            slope > 0,
            given=(near_origin,),
        ),
        known=lambda: [_equal(Fraction(7, 5), 1)],
    ),
    Control(
        _claim(
            "control.leaves_origin",
            "small starts leave the origin at D = 2 when the signal is strong",
            near_origin_networks,
            slope < 0,
            given=(inside_basin,),
            bounds=Bounds(depth=(3, 3), width=(1, 3)),
        )
    ),
    Control(
        _claim(
            "control.shallow_basin",
            "the loss grows along every ray at D = 1",
            noisy_networks,
            slope > 0,
            bounds=Bounds(depth=(2, 2), width=(1, 3)),
        )
    ),
    Control(
        _claim(
            "control.eighth",
            "1/8 for 1/4",
            halfway_points,
            paid <= best / (8 * kappa),
            given=(stationary,),
            bounds=_ANY,
        )
    ),
    Control(
        _claim(
            "control.noise_squared",
            "κ² for κ",
            halfway_points,
            paid <= best / (4 * kappa**2),
            given=(stationary,),
            bounds=_ANY,
        )
    ),
    Control(
        _claim(
            "control.any_stationary",
            "the bound of global minima at every stationary point",
            halfway_points,
            paid <= (D - 1) / D**2 * best / kappa,
            given=(stationary,),
        ),
        known=lambda: [_halfway_at_three()],
    ),
    Control(
        _claim(
            "control.reduced_equal",
            "noise multiplies the output's power by exactly κ",
            noisy_networks,
            sp.Eq(power, kappa * mean_power),
            bounds=_ANY,
        )
    ),
)

# --- training ------------------------------------------------------------------------------------

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


def _basin_radius(problem: NoisyProblem) -> float:
    """The radius of (i); 0 for D = 1, where there is no basin."""
    D = len(problem.decays) - 1
    if D == 1:
        return 0.0
    ratio = min(problem.decays) / float(np.linalg.norm(problem.cross))
    return float(ratio ** (1 / (D - 1)) * np.sqrt(D + 1))


def _map(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Where starts go: D = 1, 2, 3 in turn, widths 1, 4 and 16, decay at 3/4 of the threshold.

    Descent begins with small steps, for Kaiming's starts are steep.  Compared: the number of small
    starts trapped (theory: all for D >= 2, none for D = 1), and that no start is lower than the
    global minimum's exact value, up to the rounding of the loss.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        D = 1 + run % 3
        for root in (1, 2, 4):
            share = Fraction(3, 4) if D == 1 else Fraction(3, 4 * (D - 1))
            problem, minimum = known_minimum(D, root, _NOISE, share)
            shape, radius = [2, *([root**2] * D), 1], _basin_radius(problem)
            kinds = (
                _kaiming(rng, shape),
                _xavier(rng, shape),
                _small(rng, shape, radius / 2 or 0.05),
            )
            start = [np.concatenate(layer) for layer in zip(*kinds, strict=True)]
            for rate, steps in ((0.005, 50), (0.04, 120)):
                start = problem.descend(start, rate, steps=steps, tolerance=1e-9).weights
            loss = problem.loss(start)
            trapped = (size(start) < radius).reshape(3, _STARTS).sum(axis=1)
            escaped = (loss < 0).reshape(3, _STARTS).sum(axis=1)
            lowest, value = float(np.nanmin(loss)), float(regularised_loss.measure(minimum))
            counts = "; ".join(
                f"{name} {t} trapped, {e} escaped"
                for name, t, e in zip(("Kaiming", "Xavier", "small"), trapped, escaped, strict=True)
            )
            yield TrainedSolution(
                f"run {run}, D = {D}, width {root**2}, {_STARTS} starts each: {counts}",
                measurements=(
                    Measurement(
                        "small starts trapped", 0.0 if D == 1 else _STARTS, float(trapped[2]), 0.0
                    ),
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
        kaiming = float((start[-2] ** 2).sum(axis=(-2, -1)).mean())
        entries = start[-2].size
        ended: Any = start
        for rate, steps in ((0.01, 50), (0.08, 350)):
            ended = problem.descend(ended, rate, steps=steps, tolerance=1e-6).weights
        best_start = int(np.nanargmin(problem.loss(ended)))
        weights = [W[best_start] for W in ended]
        beside = matched(minimum, weights)
        distance = certified_distance(weights, beside)
        gap, m = float(distance), 1 + float(distance)
        H = 2 * max(problem.decays) + (D + 1) ** 2 * (
            4 * 1.5**D * float(np.linalg.norm(problem.sigma, 2)) * m ** (2 * D)
            + 2 * float(np.linalg.norm(problem.cross)) * m ** (D - 1)
        )
        value = float(regularised_loss.measure(minimum))
        norms = max(float(np.linalg.norm(W)) for W in weights)
        expected = 2.0 * start[-2].shape[-2]
        yield TrainedSolution(
            f"run {run}, D = {D}, width 4",
            beside,
            distance,
            (
                Measurement("largest layer norm at the minimum", 1.0, norms, gap + 1e-14),
                Measurement(
                    "value of the minimum",
                    value,
                    float(problem.loss(weights)),
                    H * gap**2 / 2 / abs(value) + 1e-13,
                ),
                Measurement(
                    "Kaiming's |W|² of the last hidden layer",
                    expected,
                    kaiming,
                    4 * float(np.sqrt(2 / entries)),
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
    claims=_claims,
    controls=_controls,
    formulas=(payment_bound, payment_at_minimum, reduced_power),
    derivations={
        "Z8.basin": derive_basin,
        "Z8.scale": derive_scale,
        "Z8.minimum": derive_minimum,
        "Z8.reduced": derive_reduced,
    },
    witnesses=(
        Witness(
            "Z8.witness.halfway",
            "Z8.scale",
            "D = 3, all weights 1, A_0 = 1, γ = 1, c = 2: pays 1 = c²/4",
            _halfway_at_three,
        ),
        Witness(
            "Z8.witness.small",
            "Z8.basin",
            "D = 2, weights 1/2, γ = 1, c = 1: the slope is positive",
            lambda: _equal(Fraction(1, 2), 1),
        ),
    ),
    necessity=(
        Necessity(
            inside_basin,
            "Z8.basin",
            "D = 2, weights 7/5, γ = 1, c = 1, A_0 = 1/100: L > 0, but falls along the ray",
            lambda: _equal(Fraction(7, 5), 1),
        ),
        Necessity(
            stationary,
            "Z8.scale",
            "weights 1, c = 1, γ = 1, A_0 = 1: pays 1 > 1/4",
            lambda: _equal(1, 1, 1, 2),
        ),
        Necessity(
            global_minimum,
            "Z8.minimum",
            "D = 3, all weights 1, c = 2: stationary, pays 1 > (2/9) 4",
            _halfway_at_three,
        ),
        Necessity(
            deep,
            "Z8.minimum",
            "D = 1, weights 1, A_0 = 1, γ = 1, c = 2: the global minimum, pays 1 > 0",
            lambda: _equal(1, 2, 1, 2),
        ),
    ),
    trainings=(
        Training("Z8.map", "gradient descent from three kinds of starts", _map),
        Training(
            "Z8.arrival",
            "gradient descent from Kaiming's starts to a known global minimum",
            _arrive,
            ("Z8.scale", "Z8.minimum"),
        ),
    ),
    uses=("Z0", "Z1", "Z3p", "Z4"),
    module=__name__,
    tags=("weight decay", "initialisation", "basin"),
)
