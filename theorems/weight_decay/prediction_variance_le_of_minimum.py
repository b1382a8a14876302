r"""At the global minimum the prediction varies with the noise by (κ-1)(w·x)², whatever the decay.

Statement
    Let κ = Π_i (1 + σ²/d_i).  At every global minimum of the noise-averaged loss

        Var_ε f(x) = (κ-1)(w·x)²   for every input x,
        E_x Var_ε f(x) <= (κ-1)/κ² cᵀA_0⁻¹c <= cᵀA_0⁻¹c / 4,

    for all decays.  The second bound holds at every stationary point.  The first vanishes as width,
    noise or depth grow: with equal widths and t = σ²/d it is (1+t)^{-2D}((1+t)^D - 1) cᵀA_0⁻¹c,
    which is D t + O(t²) as t -> 0, and (1+t)^{-D}(1 + o(1)) as (1+t)^D -> ∞.

Notation
    E_x Var_ε f (``prediction_variance``), κ (``effective_covariance_factor``), wᵀA_0w
    (``effective_energy``), cᵀA_0⁻¹c (``explained_power``).

Assumptions
    global_minimum  used in U M_D Uᵀ = κ wᵀA_0w: all neurons of a layer share the work.  Without
                    it, one neuron of two at work has a variance above the first bound.
    stationary      used in the second bound: U M_D Uᵀ <= w·c.  Without it the variance is
                    unbounded.

Proof
    At the form of Z3 each layer multiplies the second moment along r_i by b² d_i(d_i + σ²), the
    squared mean by b² d_i²: their ratio is 1 + σ²/d_i.  There w = (κA_0 + λI)⁻¹c, λ >= 0, so
    along each eigenvector wᵀA_0w is at most its value at λ = 0, cᵀA_0⁻¹c/κ²; and
    (κ-1)/κ² = 1/4 - (κ-2)²/(4κ²).  At a stationary point U M_D Uᵀ = w·c - τ with τ >= 0 (Z1), so
    the variance is at most w·c - wᵀA_0w <= cᵀA_0⁻¹c/4.

Sharpness
    No constant improves: both bounds are approached within 1e-7 at decays of 1e-9.

Implementation notes
    The variance at every x is pulled back through the layers from UᵀU; its average over x is
    pushed forward from A_0.  The two routes share nothing.  That the constructed minima are global
    is certified, and Z7.global tries rivals on them.

References
----------
    ziyin2022exact (prediction variance at the global minimum; reconstructed); the second bound
    at every stationary point is derived here
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.networks import LinearNetwork
from numeric.regularised import noisy_moments, regularised_excess
from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.weight_decay import averaged_loss_eq_recursion as Z0
from theorems.weight_decay import layer_penalties_eq_of_stationary as Z1
from theorems.weight_decay import loss_ge_reduced_problem as Z3p
from theorems.weight_decay.aligned import (
    drawn_minimum,
    global_minimum,
    noisy_global_minima,
    noisy_stationary_points,
    stationary,
    symbolic_aligned,
)
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_covariance_factor,
    effective_energy,
    explained_power,
    noise_factor_undivided,
    noisy_networks,
    noisy_output_power,
    regularised_loss,
    symbolic_network,
)
from theorems.weight_decay.training import certified_distance, drawn_start, known_minimum, matched
from verify.theorem import (
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

# --- instances, settings and quantities ---------------------------------------------------------

_TINY = Fraction(1, 10**9)


@setting("small-decay-minima", "global minima whose decay pays 1e-9 of κ wᵀA_0w")
def small_decay_minima(draw: Draw) -> NoisyInstance:
    """Where the first bound is attained in the limit."""
    shape = draw.widths(draw.depth())
    noise = draw.number(0, 2) + draw.arithmetic.scalar(Fraction(1, 8))
    return drawn_minimum(draw, shape, noise, _TINY)


@setting(
    "half-noise-minima", "global minima with widths mD, ..., m(2D-1) and σ² = m, so that κ = 2"
)
def half_noise_minima(draw: Draw) -> NoisyInstance:
    """Where the second bound is attained in the limit: Π (n+1)/n over n = D, ..., 2D-1 is 2."""
    D, m, d_x = draw.integer(1, 2), draw.integer(1, 2), draw.width()
    shape = [d_x, *(m * n for n in range(D, 2 * D))]
    return drawn_minimum(draw, shape, draw.arithmetic.scalar(m), _TINY)


@dataclass(frozen=True, eq=False)
class Contest(NoisyInstance):
    """A noisy network and other weights for the same data."""

    rival: tuple[Any, ...]


@setting("contests", "constructed global minima, and rivals some way from them")
def contests(draw: Draw) -> Contest:
    """A global minimum with a rival near or far."""
    minimum, far = draw.of(noisy_global_minima), draw.number(0, 1)
    steps = [draw.matrix(W.shape[-2], W.shape[-1]) for W in minimum.weights]
    pairs = zip(minimum.weights, steps, strict=True)
    rival = tuple(W + draw.arithmetic.scale(far, step) for W, step in pairs)
    return Contest.beside(minimum, rival=rival)


@setting("mirrored-minima", "constructed global minima, and these with both first layers times -1")
def mirrored_minima(draw: Draw) -> Contest:
    """A global minimum with a rival that computes the same, also under noise."""
    minimum = draw.of(noisy_global_minima)
    first, second, *later = minimum.weights
    return Contest.beside(minimum, rival=(-first, -second, *later))


@quantity("rival_loss", r"\mathcal{L}(W') - E y^2", positive=False)
def rival_loss(instance: Contest) -> Any:
    """Regularised loss of the rival weights."""
    net = LinearNetwork(instance.arithmetic, instance.rival)
    return regularised_excess(net, *instance.data)


@quantity("prediction_variance", r"E_x\operatorname{Var}_\varepsilon f(x)", positive=False)
def prediction_variance(instance: NoisyInstance) -> Any:
    """E_x Var_ε f(x) = U M_D Uᵀ - wᵀA_0w."""
    return noisy_output_power.measure(instance) - effective_energy.measure(instance)


@quantity("pointwise_variance_gap", r"|V-(\kappa-1)ww^T|_F^2", positive=False)
def pointwise_variance_gap(instance: NoisyInstance) -> Any:
    """|V - (κ-1) w wᵀ|_F², where Var_ε f(x) = xᵀVx for every x."""
    ar, w = instance.arithmetic, instance.net.end_to_end
    pulled = instance.weights[-1].mT @ instance.weights[-1]
    for W in instance.weights[-2::-1]:
        noisy = pulled + ar.scale(instance.noise_variance, ar.diagonal(pulled))
        pulled = W.mT @ noisy @ W
    kappa = effective_covariance_factor.measure(instance)
    return ar.frobenius_sq(pulled - ar.scale(kappa, w.mT @ w))


@quantity("noise_sum", r"\textstyle\sum_i\sigma^2/d_i", positive=False)
def noise_sum(instance: NoisyInstance) -> Any:
    """Σ_i σ²/d_i, the first order of κ - 1 (a control)."""
    return sum(
        (instance.noise_variance / d for d in instance.hidden_widths),
        start=instance.arithmetic.scalar(0),
    )


# --- closed forms -------------------------------------------------------------------------------

V, V_gap, kappa, power, best = symbols(
    prediction_variance,
    pointwise_variance_gap,
    effective_covariance_factor,
    effective_energy,
    explained_power,
)
kappa_thin, first_order, rival, lowest = symbols(
    noise_factor_undivided, noise_sum, rival_loss, regularised_loss
)
variance_at_minimum = Formula("variance_at_minimum", r"(\kappa-1)w^TA_0w", (kappa - 1) * power)
variance_bound = Formula(
    "variance_bound", r"\frac{\kappa-1}{\kappa^2}c^TA_0^{-1}c", (kappa - 1) / kappa**2 * best
)
variance_quarter = Formula("variance_quarter", r"\tfrac14c^TA_0^{-1}c", best / 4)

# --- claims and proofs --------------------------------------------------------------------------

_DEEP, _SMALL = Bounds((2, 4), (1, 3)), Bounds((2, 3), (1, 2))
_CLOSE = 1 - sp.Rational(1, 10**7)

pointwise = stated(
    "pointwise", "the variance is (κ-1)(w·x)² at every input",
    noisy_global_minima, sp.Eq(V_gap, 0), global_minimum, bounds=_DEEP,
)  # fmt: skip


@claim(
    noisy_global_minima,
    sp.Eq(V, variance_at_minimum),
    global_minimum,
    given=(Z0.average, Z3p.strict),
    bounds=_DEEP,
)
def average(variance_at_minimum: Any) -> Iterator[Step]:
    """Its mean over inputs."""
    s = sp.Symbol(r"\sigma^2", positive=True)
    for d in range(1, 4):
        r = sp.Matrix([(-1) ** i for i in range(d)])
        Q = r * r.T
        noisy = r.T * (Q + s * sp.diag(*Q.diagonal())) * r
        yield Identity(
            "one layer along its signs", noisy[0], d**2 * (1 + s / d),
            why="rᵀ(Q + σ² diag(Q))r for Q = rrᵀ, entries ±1", at={"d": d},
        )  # fmt: skip
    d = sp.Symbol("d", integer=True, positive=True)
    yield Identity(
        "one layer of any width", d**2 + s * d, d**2 * (1 + s / d),
        why="rᵀr = d and diag(rrᵀ) = I; induction over layers",
    )  # fmt: skip
    for shape in ((2, 2), (2, 3, 2), (2, 2, 1, 2)):
        yield _chain(shape, variance_at_minimum)


def _chain(shape: tuple[int, ...], closed: Any) -> Identity:
    """The variance at W^(1) = r vᵀ, W^(i) = b_i r rᵀ, U = b rᵀ, by the covariance recursion."""
    weights = symbolic_aligned(shape).net.weights
    point = replace(symbolic_network(shape), weights=weights)
    values = {x.symbol: x.measure(point) for x in (effective_covariance_factor, effective_energy)}
    return Identity(
        "variance at the aligned form", prediction_variance.measure(point), closed.subs(values),
        why="by the recursion; any scales, A_0, σ²", at={"widths": "-".join(map(str, (*shape, 1)))},
    )  # fmt: skip


@claim(
    noisy_global_minima,
    variance_bound >= V,
    global_minimum,
    given=(average, Z3p.minimum),
    bounds=_DEEP,
)
def bound(variance_bound: Any, variance_at_minimum: Any) -> Iterator[Step]:
    """At most (κ-1)/κ² of what linear regression explains."""
    a, lam = sp.symbols(r"a \lambda", positive=True)
    c, e = sp.Symbol("c", real=True), sp.Symbol("e", nonnegative=True)
    k = 1 + e  # κ
    share = variance_bound.subs({kappa: k, best: c**2 / a})
    reached = variance_at_minimum.subs({kappa: k, power: a * (c / (k * a + lam)) ** 2})
    gap = e * c**2 * lam * (2 * k * a + lam) / (k**2 * a * (k * a + lam) ** 2)
    yield Identity(
        "gap along an eigenvector", share - reached, gap,
        why="spectral theorem; w = (κA_0 + λI)⁻¹c, κ = 1 + e",
    )  # fmt: skip
    yield Condition("the gap is not negative", gap, ">=", why="κ >= 1, λ >= 0, a_i > 0")
    yield from _limits(variance_bound.subs(best, 1))


def _limits(factor: Any) -> Iterator[Step]:
    """The factor (κ-1)/κ² with κ = (1+t)^D: small t, large t, large D."""
    D, t = sp.Symbol("D", integer=True, positive=True), sp.Symbol("t", positive=True)
    q = sp.Symbol("q", positive=True)
    at = {"D": D}
    rate = sp.limit(factor.subs(kappa, (1 + t) ** D) / t, t, 0, "+")
    yield Condition("wide layers", rate == D, why="(κ-1)/(κ²t) -> D as t = σ²/d -> 0", at=at)
    large = sp.limit(q * factor.subs(kappa, q), q, sp.oo)
    yield Condition("large κ", large == 1, why="κ (κ-1)/κ² -> 1 as κ -> ∞: O((1+t)^{-D})")
    noisy = sp.limit(t / (1 + t), t, sp.oo) ** D
    yield Condition("much noise", noisy == 1, why="t^D/κ -> 1 as t -> ∞: O(σ^{-2D})", at=at)
    deep = sp.limit((1 + t) ** (-D), D, sp.oo)
    yield Condition("many layers", deep == 0, why="1/κ = (1+t)^{-D} -> 0 as D -> ∞")


@claim(noisy_stationary_points, variance_quarter >= V, stationary, given=(Z1.common,), bounds=_DEEP)
def quarter(variance_quarter: Any, variance_bound: Any) -> Iterator[Step]:
    """At most a quarter of it, at every stationary point."""
    a, c, w = sp.Symbol("a", positive=True), *sp.symbols("c w", real=True)
    yield Identity(
        "any stationary point, along an eigenvector",
        variance_quarter.subs(best, c**2 / a) - (w * c - a * w**2), (c - 2 * a * w) ** 2 / (4 * a),
        why="a square; Var = w·c - τ - wᵀA_0w with τ >= 0 (Z1)",
    )  # fmt: skip
    rest = (kappa - 2) ** 2 / (4 * kappa**2) * best
    yield Identity("the best κ", variance_quarter - variance_bound, rest, why="a square")


small_decay = stated(
    "small_decay", "the first bound is attained as the decay vanishes",
    small_decay_minima, _CLOSE * variance_bound <= V, global_minimum, bounds=_DEEP,
)  # fmt: skip
half = stated(
    "half", "the second bound is attained as the decay vanishes, at κ = 2",
    half_noise_minima, _CLOSE * variance_quarter <= V, global_minimum, bounds=_SMALL,
)  # fmt: skip
no_rival = stated(
    "global", "no rival is lower", contests, rival >= lowest, global_minimum, bounds=_SMALL
)
mirrored = stated(
    "mirrored", "its mirror images are as low",
    mirrored_minima, sp.Eq(rival, lowest), global_minimum, bounds=_SMALL,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _lazy_neuron(cost: Fraction) -> NoisyInstance:
    """Stationary, one neuron of two at work: σ² = 1, U M_1 Uᵀ = 2, variance 1, c = 2 + τ."""
    return NoisyInstance.exact([[[1], [0]], [[1, 0]]], [[1]], [[2 + cost]], [cost] * 2, 1)


_twins = (
    twin("any_weights", "(κ-1) wᵀA_0w at any weights",
         noisy_networks, sp.Eq(V, (kappa - 1) * power), bounds=_DEEP),
    twin("any_stationary", "the first bound at every stationary point",
         noisy_stationary_points, V <= (kappa - 1) / kappa**2 * best, stationary, bounds=_DEEP,
         known=lambda: [_lazy_neuron(Fraction(1, 100))]),
    twin("cube", "κ³ for κ²",
         noisy_global_minima, V <= (kappa - 1) / kappa**3 * best, global_minimum, bounds=_DEEP),
    twin("eighth", "1/8 for 1/4",
         half_noise_minima, V <= best / 8, global_minimum, bounds=_DEEP),
    twin("without_widths", "(1+σ²)^D for κ: width does not average",
         noisy_global_minima, sp.Eq(V, (kappa_thin - 1) * power), global_minimum, bounds=_DEEP),
    twin("first_order", "Σσ²/d_i for κ-1: layers add up",
         noisy_global_minima, sp.Eq(V, first_order * power), global_minimum, bounds=_DEEP),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_STEPS, _RATE = 700, 0.08


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent towards a global minimum known exactly; the variance reached.

    Allowed: U M_D Uᵀ and wᵀA_0w are quadratic in each layer and at most κ_1|A_0| Π|W_i|² and
    |A_0| Π|W_i|², κ_1 = (1 + σ²)^D.  Layers of norm at most m change them over a distance δ by at
    most 2(D+1)(κ_1 + 1)|A_0| m^{2D+1} δ.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        D, noise = 1 + run % 3, Fraction(1, 2)
        problem, minimum = known_minimum(D, 2, noise, Fraction(1, 4))
        start = [W / 2 for W in drawn_start(rng, [2, *([4] * D), 1])]
        descent = problem.descend(start, _RATE, steps=_STEPS, tolerance=1e-9)
        weights = [W[0] for W in descent.weights]
        if float(problem.loss(weights)) > -0.1:
            continue  # trapped at the origin (Z8), or diverged
        beside = matched(minimum, weights)
        distance = certified_distance(weights, beside)
        m = max(float(np.linalg.norm(W)) for W in weights) + float(distance)
        predicted = float(prediction_variance.measure(beside))
        spread = 2 * (D + 1) * (1.5**D + 1) * float(np.linalg.norm(problem.sigma, 2))
        allowed = spread * m ** (2 * D + 1) * float(distance) / predicted
        net = problem.network(weights)
        moment = noisy_moments(net, problem.sigma, problem.noise_variance)[-1]
        U, w = net.weights[-1], net.end_to_end
        measured = float((U @ moment @ U.T - w @ problem.sigma @ w.T)[0, 0])
        yield TrainedSolution(
            f"run {run}, D = {D}, widths 4, {descent.steps} steps",
            beside,
            distance,
            (Measurement("prediction variance", predicted, measured, allowed),),
        )


THEOREM = Theorem(
    id="Z7",
    title="At the global minimum the prediction's variance is (κ-1)(w·x)², bounded for every decay",
    statement=(
        r"\operatorname{Var}_\varepsilon f(x) = (\kappa-1)(w\cdot x)^2,\qquad "
        r"E_x\operatorname{Var}_\varepsilon f(x) \le \frac{\kappa-1}{\kappa^2}c^TA_0^{-1}c \le "
        r"\tfrac14 c^TA_0^{-1}c,\qquad \kappa = \textstyle\prod_i(1+\sigma^2/d_i)"
    ),
    normalisation="L = E(f - y)² + Σ γ_i|W^(i)|_F² + γ_u|U|², no factors 1/2; A_0 = E xxᵀ ≻ 0",
    source=Source("ziyin2022exact", "prediction variance at the global minimum (reconstructed)"),
    claims=(pointwise, average, bound, quarter, small_decay, half, no_rival, mirrored),
    controls=_twins,
    witnesses=(
        witness("two_neurons", bound, "two neurons, σ² = 1, κ = 3/2: variance 1/2, c = 3/2 + 1/8",
                lambda: NoisyInstance.exact(
                    [[[Fraction(1, 2)]] * 2, [[1, 1]]], [[1]], [[Fraction(13, 8)]],
                    [Fraction(1, 4), Fraction(1, 16)], 1)),
        witness("lazy", quarter, "stationary, one neuron of two at work",
                lambda: _lazy_neuron(Fraction(1, 8))),
    ),
    necessity=(
        needed(global_minimum, bound, "one neuron of two at work: variance 1 > (2/9)(201/100)²",
               lambda: _lazy_neuron(Fraction(1, 100))),
        needed(stationary, quarter, "weights 1, A_0 = 1, c = 1, σ² = 1: variance 1 > 1/4",
               lambda: NoisyInstance.exact([[[1]], [[1]]], [[1]], [[1]], [1, 1], 1)),
    ),
    trainings=(
        Training("trained",
                 "gradient descent on the averaged loss, ended beside a known global minimum",
                 _train, (average, bound)),
    ),
    module=__name__,
)  # fmt: skip
