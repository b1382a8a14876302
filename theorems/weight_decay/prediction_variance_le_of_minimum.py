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

Derivation
    At the form of Z3 each layer multiplies the second moment along r_i by b² d_i(d_i + σ²), the
    squared mean by b² d_i²: their ratio is 1 + σ²/d_i.  There w = (κA_0 + λI)⁻¹c, λ >= 0, so
    along each eigenvector wᵀA_0w is at most its value at λ = 0, cᵀA_0⁻¹c/κ²; and
    (κ-1)/κ² = 1/4 - (κ-2)²/(4κ²).  At a stationary point U M_D Uᵀ = w·c - τ with τ >= 0 (Z1), so
    the variance is at most w·c - wᵀA_0w <= cᵀA_0⁻¹c/4.

Main results
    Z7.pointwise  the variance at every x at once: a d_x x d_x matrix
    Z7.average    E_x Var = (κ-1) wᵀA_0w
    Z7.bound, Z7.quarter             the two bounds
    Z7.small_decay, Z7.half          they are attained in the limit of small decay, κ = 2
    Z7.global     no rival is lower than the minima that the other claims are decided on

Evidence
    Symbolic: the ratio for all widths and the chain for D = 1, 2, 3; both bounds in each
    eigendirection for all sizes; the limits in t and D as symbols.  Exact on constructed global
    minima.  Trained networks end at a known exact minimum.

Sharpness
    No constant improves: both bounds are approached within 1e-7 at decays of 1e-9.

Implementation notes
    The variance at every x is pulled back through the layers from UᵀU; its average over x is
    pushed forward from A_0.  The two routes share nothing.

References
----------
    ziyin2022exact (prediction variance at the global minimum; reconstructed); the second bound
    at every stationary point is derived here

Tags
    noise, variance, weight decay
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.networks import LinearNetwork
from numeric.regularised import noisy_moments, regularised_excess
from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.weight_decay.aligned import (
    drawn_minimum,
    global_minimum,
    noisy_global_minima,
    noisy_stationary_points,
    stationary,
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


V, V_gap, kappa, power, best, kappa_thin, first_order = symbols(
    prediction_variance,
    pointwise_variance_gap,
    effective_covariance_factor,
    effective_energy,
    explained_power,
    noise_factor_undivided,
    noise_sum,
)
variance_at_minimum = Formula("variance_at_minimum", r"(\kappa-1)w^TA_0w", (kappa - 1) * power)
variance_bound = Formula(
    "variance_bound", r"\frac{\kappa-1}{\kappa^2}c^TA_0^{-1}c", (kappa - 1) / kappa**2 * best
)
variance_quarter = Formula("variance_quarter", r"\tfrac14c^TA_0^{-1}c", best / 4)

# --- derivation ----------------------------------------------------------------------------------

_D, _d = (sp.Symbol(name, integer=True, positive=True) for name in "Dd")
_s, _t = sp.Symbol("s", positive=True), sp.Symbol("t", positive=True)


def derive_average(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the ratio gained in one layer, then the chain with symbolic scales and data."""
    for d in range(1, 4):
        r = sp.Matrix([(-1) ** i for i in range(d)])
        Q = r * r.T
        yield Identity(
            f"one layer of width {d}",
            r"r^T(rr^T+\sigma^2\operatorname{diag}(rr^T))r = d^2(1+\sigma^2/d)",
            "widths 1..3",
            "expansion",
            r.T * (Q + _s * sp.diag(*Q.diagonal())) * r,
            sp.Matrix([d**2 * (1 + _s / d)]),
        )
    yield Identity(
        "one layer of any width",
        r"(r^Tr)^2 + \sigma^2 r^Tr = d^2(1+\sigma^2/d)",
        "all d",
        "r has entries ±1, so diag(rrᵀ) = I and rᵀr = d; induction over layers",
        _d**2 + _s * _d,
        _d**2 * (1 + _s / _d),
    )
    for shape in ((2, 2), (2, 3, 2), (2, 2, 1, 2)):
        yield _chain(shape, formulas["variance_at_minimum"])


def _chain(shape: tuple[int, ...], closed_form: Any) -> Identity:
    """The variance at W^(1) = r vᵀ, W^(i) = b_i r rᵀ, U = b rᵀ, by the covariance recursion."""
    network = symbolic_network(shape)
    ar = network.arithmetic
    r = [ar.matrix([[(-1) ** i] for i in range(d)]) for d in shape[1:]]
    b = sp.symbols(f"b1:{len(shape)}", positive=True)
    layers = [r[0] @ ar.matrix([sp.symbols(f"v0:{shape[0]}", real=True)])]
    ends = [*r[1:], ar.matrix([[1]])]
    layers += [ar.scale(x, q @ p.mT) for x, p, q in zip(b, r, ends, strict=True)]
    point = replace(network, weights=tuple(layers))
    values = {
        kappa: effective_covariance_factor.measure(point),
        power: effective_energy.measure(point),
    }
    return Identity(
        f"variance at the aligned form, widths {shape}",
        r"U M_D U^T - w^TA_0w = (\kappa-1)w^TA_0w",
        "D = 1, 2, 3; any scales, A_0, σ²",
        "expansion",
        prediction_variance.measure(point),
        closed_form.subs(values),
    )


def derive_bound(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the gap in each eigendirection of A_0, then the limits of the bound."""
    a, lam, k = sp.symbols("a lambda kappa_", positive=True)
    c = sp.Symbol("c", real=True)
    share = formulas["variance_bound"].subs({kappa: k, best: c**2 / a})
    attained = formulas["variance_at_minimum"].subs({kappa: k, power: a * (c / (k * a + lam)) ** 2})
    yield Identity(
        "gap along an eigenvector",
        r"\frac{\kappa-1}{\kappa^2}\frac{c_i^2}{a_i}"
        r"-(\kappa-1)\frac{a_ic_i^2}{(\kappa a_i+\lambda)^2} = "
        r"\frac{(\kappa-1)c_i^2\lambda(2\kappa a_i+\lambda)}{\kappa^2a_i(\kappa a_i+\lambda)^2}",
        "all sizes, all D",
        "spectral theorem; w = (κA_0 + λI)⁻¹c",
        share - attained,
        (k - 1) * c**2 * lam * (2 * k * a + lam) / (k**2 * a * (k * a + lam) ** 2),
    )
    excess = sp.Symbol("e", nonnegative=True)  # κ - 1
    yield Condition(
        "the gap is no less than zero",
        r"\ge 0",
        "all sizes, all D",
        "κ >= 1, λ >= 0, a_i > 0",
        (excess * c**2 * lam * (2 * k * a + lam) / (k**2 * a * (k * a + lam) ** 2)).is_nonnegative,
    )
    yield from _limits(formulas["variance_bound"].subs(best, 1))


def _limits(bound: Any) -> Iterator[Step]:
    """The factor (κ-1)/κ² with κ = (1+t)^D: small t, large t, large D."""
    at = bound.subs(kappa, (1 + _t) ** _D)
    q = sp.Symbol("q", positive=True)
    yield Identity(
        "wide layers",
        r"(1+t)^{-2D}((1+t)^D-1)/t \to D \text{ as } t=\sigma^2/d\to0",
        "all D",
        "limit: O(1/d)",
        sp.limit(at / _t, _t, 0, "+"),
        _D,
    )
    yield Identity(
        "large κ",
        r"\kappa\cdot\frac{\kappa-1}{\kappa^2}\to1 \text{ as } \kappa\to\infty",
        "all D, all widths",
        "limit: O(1/κ) = O((1+t)^{-D})",
        sp.limit(q * bound.subs(kappa, q), q, sp.oo),
        1,
    )
    yield Identity(
        "much noise",
        r"t^D/\kappa \to 1 \text{ as } t\to\infty",
        "all D",
        "limit: O(σ^{-2D}) at fixed width",
        sp.limit(_t / (1 + _t), _t, sp.oo) ** _D,
        1,
    )
    yield Identity(
        "many layers",
        r"\kappa^{-1} = (1+t)^{-D} \to 0 \text{ as } D\to\infty",
        "all t > 0",
        "limit of a geometric sequence of ratio 1/(1+t) < 1",
        sp.limit((1 + _t) ** (-_D), _D, sp.oo),
        0,
    )


def derive_quarter(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the completed squares behind the two quarters."""
    a, c, w = sp.Symbol("a", positive=True), *sp.symbols("c w", real=True)
    quarter = formulas["variance_quarter"]
    yield Identity(
        "any stationary point, along an eigenvector",
        r"\frac{c_i^2}{4a_i}-(w_ic_i-a_iw_i^2) = \frac{(c_i-2a_iw_i)^2}{4a_i} \ge 0",
        "all sizes, all D",
        "Var = w·c - τ - wᵀA_0w with τ >= 0 (Z1)",
        quarter.subs(best, c**2 / a) - (w * c - a * w**2),
        (c - 2 * a * w) ** 2 / (4 * a),
    )
    yield Identity(
        "the best κ",
        r"\tfrac14-\frac{\kappa-1}{\kappa^2} = \frac{(\kappa-2)^2}{4\kappa^2} \ge 0",
        "all κ",
        "square",
        quarter - formulas["variance_bound"],
        (kappa - 2) ** 2 / (4 * kappa**2) * best,
    )


# --- settings ------------------------------------------------------------------------------------

_TINY = Fraction(1, 10**9)


@setting("small-decay-minima", "global minima whose decay pays 1e-9 of κ wᵀA_0w")
def small_decay_minima(draw: Draw) -> NoisyInstance:
    """Where the first bound is attained in the limit."""
    ar = draw.arithmetic
    shape = draw.widths(draw.depth())
    noise = draw.number(0, 2) + ar.scalar(Fraction(1, 8))
    return drawn_minimum(draw, shape, noise, _TINY)


@setting("half-noise-minima", "the same with widths mD, ..., m(2D-1) and σ² = m, so that κ = 2")
def half_noise_minima(draw: Draw) -> NoisyInstance:
    """Where the second bound is attained in the limit: Π (n+1)/n over n = D, ..., 2D-1 is 2."""
    ar = draw.arithmetic
    D, m, d_x = draw.integer(1, 2), draw.integer(1, 2), draw.width()
    shape = [d_x, *(m * n for n in range(D, 2 * D))]
    return drawn_minimum(draw, shape, ar.scalar(m), _TINY)


@dataclass(frozen=True, eq=False)
class Contest(NoisyInstance):
    """A noisy network and other weights for the same data."""

    rival: tuple[Any, ...]


@setting("contests", "constructed global minima, and rivals some way from them")
def contests(draw: Draw) -> Contest:
    """A global minimum with a rival near or far."""
    minimum = draw.of(noisy_global_minima)
    ar, far = minimum.arithmetic, minimum.arithmetic.scalar(draw.number(0, 1))
    rival = tuple(W + ar.scale(far, draw.matrix(W.shape[-2], W.shape[-1])) for W in minimum.weights)
    data = (minimum.sigma, minimum.cross, minimum.decays, minimum.noise_variance)
    return Contest(ar, minimum.weights, *data, rival)


@quantity("rival_loss", r"\mathcal{L}(W') - E y^2", positive=False)
def rival_loss(instance: Contest) -> Any:
    """Regularised loss of the rival weights."""
    net = LinearNetwork(instance.arithmetic, instance.rival)
    return regularised_excess(net, *instance.data)


# --- claims and controls -------------------------------------------------------------------------

_DEEP, _SMALL = Bounds(depth=(2, 4), width=(1, 3)), Bounds(depth=(2, 3), width=(1, 2))
_CLOSE = 1 - sp.Rational(1, 10**7)
rival, lowest = symbols(rival_loss, regularised_loss)


def _claim(
    name: str,
    title: str,
    where: Setting,
    relation: Any,
    *formulas: Formula,
    given: Assumption = global_minimum,
    bounds: Bounds = _DEEP,
) -> Claim:
    return Claim(f"Z7.{name}", title, where, relation, (given,), formulas, bounds)


_claims = (
    _claim(
        "pointwise",
        "the variance is (κ-1)(w·x)² at every input",
        noisy_global_minima,
        sp.Eq(V_gap, 0),
    ),
    _claim(
        "average",
        "its mean over inputs",
        noisy_global_minima,
        sp.Eq(V, variance_at_minimum.symbol),
        variance_at_minimum,
    ),
    _claim(
        "bound",
        "at most (κ-1)/κ² of what linear regression explains",
        noisy_global_minima,
        variance_bound.symbol >= V,
        variance_bound,
    ),
    _claim(
        "quarter",
        "at most a quarter of it, at every stationary point",
        noisy_stationary_points,
        variance_quarter.symbol >= V,
        variance_quarter,
        given=stationary,
    ),
    _claim(
        "small_decay",
        "the first bound is attained as the decay vanishes",
        small_decay_minima,
        _CLOSE * variance_bound.symbol <= V,
        variance_bound,
    ),
    _claim(
        "half",
        "the second bound is attained as the decay vanishes, at κ = 2",
        half_noise_minima,
        _CLOSE * variance_quarter.symbol <= V,
        variance_quarter,
        bounds=_SMALL,
    ),
    _claim("global", "no rival is lower", contests, rival >= lowest, bounds=_SMALL),
)


def _lazy_neuron() -> NoisyInstance:
    """Stationary, but only one neuron of two at work: σ² = 1, U M_1 Uᵀ = 2, τ = 1/8, c = 17/8."""
    return NoisyInstance.exact(
        [[[1], [0]], [[1, 0]]], [[1]], [[Fraction(17, 8)]], [Fraction(1, 8)] * 2, 1
    )


def _lazier_neuron() -> NoisyInstance:
    """The same with τ = 1/100, c = 201/100: the variance is 1, above (2/9)c²."""
    return NoisyInstance.exact(
        [[[1], [0]], [[1, 0]]], [[1]], [[Fraction(201, 100)]], [Fraction(1, 100)] * 2, 1
    )


def _twin(name: str, title: str, where: Setting, relation: Any, given: Assumption) -> Control:
    claim = _claim(f"control.{name}", title, where, relation, given=given)
    return Control(claim)


_controls = (
    Control(
        Claim(
            "Z7.control.any_weights",
            "(κ-1) wᵀA_0w at any weights",
            noisy_networks,
            sp.Eq(V, (kappa - 1) * power),
            bounds=_DEEP,
        )
    ),
    Control(
        _claim(
            "control.any_stationary",
            "the first bound at every stationary point",
            noisy_stationary_points,
            V <= (kappa - 1) / kappa**2 * best,
            given=stationary,
        ),
        known=lambda: [_lazier_neuron()],
    ),
    _twin(
        "cube",
        "κ³ for κ²",
        noisy_global_minima,
        V <= (kappa - 1) / kappa**3 * best,
        global_minimum,
    ),
    Control(
        _claim(
            "control.eighth",
            "1/8 for 1/4",
            half_noise_minima,
            V <= best / 8,
        )
    ),
    _twin(
        "without_widths",
        "(1+σ²)^D for κ: width does not average",
        noisy_global_minima,
        sp.Eq(V, (kappa_thin - 1) * power),
        global_minimum,
    ),
    _twin(
        "first_order",
        "Σσ²/d_i for κ-1: layers add up",
        noisy_global_minima,
        sp.Eq(V, first_order * power),
        global_minimum,
    ),
)

# --- training ------------------------------------------------------------------------------------

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
            continue  # trapped at the origin (Z8)
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
    claims=_claims,
    controls=_controls,
    formulas=(variance_at_minimum, variance_bound, variance_quarter),
    derivations={
        "Z7.average": derive_average,
        "Z7.bound": derive_bound,
        "Z7.quarter": derive_quarter,
    },
    witnesses=(
        Witness(
            "Z7.witness.two_neurons",
            "Z7.bound",
            "two neurons, σ² = 1, κ = 3/2: variance 1/2, c = 3/2 + 1/8",
            lambda: NoisyInstance.exact(
                [[[Fraction(1, 2)]] * 2, [[1, 1]]],
                [[1]],
                [[Fraction(13, 8)]],
                [Fraction(1, 4), Fraction(1, 16)],
                1,
            ),
        ),
        Witness(
            "Z7.witness.lazy",
            "Z7.quarter",
            "stationary, one neuron of two at work",
            _lazy_neuron,
        ),
    ),
    necessity=(
        Necessity(
            global_minimum,
            "Z7.bound",
            "one neuron of two at work: variance 1 > (2/9)(201/100)²",
            _lazier_neuron,
        ),
        Necessity(
            stationary,
            "Z7.quarter",
            "weights 1, A_0 = 1, c = 1, σ² = 1: variance 1 > 1/4",
            lambda: NoisyInstance.exact([[[1]], [[1]]], [[1]], [[1]], [1, 1], 1),
        ),
    ),
    trainings=(
        Training(
            "Z7.trained",
            "gradient descent on the averaged loss, ended beside a known global minimum",
            _train,
            ("Z7.average", "Z7.bound"),
        ),
    ),
    uses=("Z0", "Z1", "Z3p"),
    module=__name__,
    tags=("noise", "variance", "weight decay"),
)
