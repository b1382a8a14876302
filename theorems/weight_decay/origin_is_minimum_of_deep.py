r"""The origin: a saddle or the global minimum at D = 1, always a strict local minimum beyond.

Statement
    The origin is stationary.  With one hidden layer of width d its Hessian has the eigenvalues

        γ_u + γ_w ± sqrt((γ_u - γ_w)² + 4|c|²)   (d times each),     2γ_w   (d(d_x - 1) times),

    so it is a strict saddle if |c|² > γ_u γ_w, and otherwise the global minimum.
    With D >= 2 hidden layers the Hessian is 2 diag(γ), whatever the data: the origin is a strict
    local minimum.  L > 0 at every other point with

        |W|^{D-1} <= min(γ) (D+1)^{(D+1)/2} / (2|c|),

    and yet it is not the global minimum as soon as Z3p has a negative value.

Notation
    γ_u (``decay_output``), γ_w = γ_1 (``decay_input``), |c|² (``cross_sq``), extreme eigenvalues
    of the Hessian (``curvature_max``, ``curvature_min``); |W|² = |U|² + Σ|W^(i)|².

Assumptions
    at_origin      all weights are zero.
    weak_signal    |c|² <= γ_u γ_w (D = 1).  Without it zero is a saddle and L < 0 nearby.
    strong_signal  |c|² > γ_u γ_w (D = 1).  Without it the least curvature is not negative.
    near_origin    the radius above, W != 0.  Without it, weights 1, c = 10 have L < 0.
    light_decay    (D-1)γ_u|U|² < U M_D Uᵀ at a stationary point.  Without it, it may tie.

Derivation
    L(hW) = h^{2D+2} U M_D Uᵀ - 2h^{D+1} w·c + h² Σ γ_i|W^(i)|².  D >= 2: only decay is of second
    order.  D = 1: w·c joins it, and couples each neuron's u_j to its row along c.
    Weak signal: L >= γ_u|U|² + γ_w|W|² - 2|c||U||W| >= 2(√(γ_uγ_w) - |c|)|U||W|.
    Radius: w·c <= |c| Π|W^(i)| <= |c| (|W|²/(D+1))^{(D+1)/2} by AM-GM; U M_D Uᵀ > 0 if w != 0.

Main results
    Z4.shallow_max, Z4.shallow_min, Z4.shallow_spectrum  the Hessian at D = 1, multiplicities too
    Z4.strong, Z4.weak                                   saddle, or else global
    Z4.deep                                              the Hessian at D >= 2
    Z4.isolated                                          L > 0 within the radius
    Z4.value                                             L = (D-1)γ_u|U|² - U M_D Uᵀ if stationary
    Z4.bad                                               so L < 0 elsewhere: a bad minimum

Evidence
    Symbolic: characteristic polynomials with symbolic c, γ for the sizes listed; second order of
    L(hW) for all D; the radius for D = 2..4.  Exact on rational instances, the Hessian from loss
    values alone.  Gradient descent inside the radius of Z8 ends at the origin.

Sharpness
    Thresholds and radius cannot be improved: with the arithmetic for the geometric mean of the
    decays, or with twice the radius, exact counterexamples are found.

Implementation notes
    Differences of step 1 give the exact Hessian, since L is quadratic in each layer.

References
----------
    ziyin2022exact (the origin as a bad minimum of deep networks; reconstructed); the radius is
    derived here

Tags
    weight decay, hessian, saddle, local minimum
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.symbolic import second_derivatives
from theorems.quantities import symbols
from theorems.weight_decay.aligned import (
    noisy_global_minima,
    noisy_stationary_points,
    stationary,
)
from theorems.weight_decay.networks import (
    NoisyInstance,
    cross_sq,
    decay_input,
    decay_output,
    hidden_layers,
    layer_penalty,
    noisy_networks,
    noisy_output_power,
    regularised_loss,
    symbolic_network,
)
from theorems.weight_decay.origins import (
    at_origin,
    curvature_max,
    curvature_min,
    deep_hessian_gap,
    light_decay,
    mean_decay,
    near_origin,
    near_origin_networks,
    noisy_origins,
    shallow_spectrum_gap,
    strong_signal,
    weak_signal,
    weak_signals,
    within_twice,
)
from theorems.weight_decay.training import NoisyProblem, certified_distance, drawn_start, size
from verify.claims import Bounds, Setting
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
    am_gm,
)
from verify.theorem import Control, Measurement, Source, TrainedSolution

__all__ = ["THEOREM"]

# --- closed forms ---------------------------------------------------------------------------------

top, bottom, g_u, g_w, c2, loss, power, paid, D, gap_deep, gap_shallow = symbols(
    curvature_max,
    curvature_min,
    decay_output,
    decay_input,
    cross_sq,
    regularised_loss,
    noisy_output_power,
    layer_penalty,
    hidden_layers,
    deep_hessian_gap,
    shallow_spectrum_gap,
)
_root = sp.sqrt((g_u - g_w) ** 2 + 4 * c2)
upper_eigenvalue = Formula(
    "upper_eigenvalue", r"\gamma_u+\gamma_w+\sqrt{(\gamma_u-\gamma_w)^2+4|c|^2}", g_u + g_w + _root
)
lower_eigenvalue = Formula(
    "lower_eigenvalue", r"\gamma_u+\gamma_w-\sqrt{(\gamma_u-\gamma_w)^2+4|c|^2}", g_u + g_w - _root
)
stationary_value = Formula(
    "stationary_value", r"(D-1)\gamma_u|U|^2 - U M_D U^T", (D - 1) * paid - power
)

# --- derivation ----------------------------------------------------------------------------------


def _symbolic_origin(shape: tuple[int, ...]) -> tuple[Any, NoisyInstance]:
    """(Hessian at zero from the expanded loss, the network), all data symbolic."""
    network = symbolic_network(shape)
    variables = [x for W in network.weights for x in W]
    loss = regularised_loss.measure(network)
    return sp.Matrix(second_derivatives(loss, variables, dict.fromkeys(variables, 0))), network


_SHALLOW = ((1, 1), (2, 1), (1, 2), (2, 2))
_DEEP_SHAPES = ((2, 2, 1), (1, 2, 2), (1, 1, 2, 1))


def derive_spectrum(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the characteristic polynomial of the Hessian at D = 1, symbolic c and γ."""
    x = sp.Symbol("x")
    lower, upper = formulas["lower_eigenvalue"], formulas["upper_eigenvalue"]
    for d_x, d in _SHALLOW:
        H, network = _symbolic_origin((d_x, d))
        decay, last = network.decays
        values = {g_w: decay, g_u: last, c2: cross_sq.measure(network)}
        quadratic = sp.expand((x - lower) * (x - upper)).subs(values)
        yield Identity(
            f"characteristic polynomial, d_x = {d_x}, d = {d}",
            r"\det(xI-H) = ((x-\lambda_+)(x-\lambda_-))^d(x-2\gamma_w)^{d(d_x-1)}",
            "any c, γ, A_0, σ²; d, d_x <= 2",
            "expansion",
            H.charpoly(x).as_expr(),
            quadratic**d * (x - 2 * decay) ** (d * (d_x - 1)),
        )


def derive_extremes(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield λ₋ <= 2γ_w <= λ₊: the extremes of the spectrum are the pair."""
    yield Identity(
        "2γ_w lies between",
        r"(2\gamma_w-\lambda_-)(\lambda_+-2\gamma_w) = 4|c|^2 \ge 0",
        "all sizes",
        "expansion",
        (2 * g_w - formulas["lower_eigenvalue"]) * (formulas["upper_eigenvalue"] - 2 * g_w),
        4 * c2,
    )


def derive_strong(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the sign of λ₋ through the product of the pair."""
    yield Identity(
        "product of the pair",
        r"\lambda_+\lambda_- = 4(\gamma_u\gamma_w-|c|^2)",
        "all sizes",
        "expansion; λ₊ > 0, so λ₋ < 0 iff |c|² > γ_uγ_w",
        formulas["upper_eigenvalue"] * formulas["lower_eigenvalue"],
        4 * (g_u * g_w - c2),
    )
    yield Condition(
        "λ₊ is positive",
        r"\lambda_+ > 0",
        "all sizes",
        "sum of positive terms",
        (g_u + g_w).is_positive and ((g_u - g_w) ** 2 + 4 * c2).is_nonnegative,
    )


def derive_weak(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the decay and signal terms as a square and a multiple of √(γ_uγ_w) - |c|."""
    U, W, signal = sp.symbols("U W c", nonnegative=True)
    yield Identity(
        "completed square",
        r"\gamma_uU^2+\gamma_wW^2-2|c|UW = (\sqrt{\gamma_u}U-\sqrt{\gamma_w}W)^2"
        r"+2(\sqrt{\gamma_u\gamma_w}-|c|)UW",
        "all sizes",
        "Cauchy-Schwarz: w·c <= |c||U||W|; U M_1 Uᵀ >= 0",
        g_u * U**2 + g_w * W**2 - 2 * signal * U * W,
        (sp.sqrt(g_u) * U - sp.sqrt(g_w) * W) ** 2 + 2 * (sp.sqrt(g_u * g_w) - signal) * U * W,
    )
    slack = sp.Symbol("slack", nonnegative=True)  # √(γ_uγ_w) - |c|
    yield Condition(
        "both terms", "L >= 0", "all sizes", "weak signal", (2 * slack * U * W).is_nonnegative
    )


def derive_deep(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the second-order part of L(hW) for all D >= 2, and whole Hessians."""
    n = sp.Symbol("n", integer=True, nonnegative=True)  # D - 2
    h, P, q, N = sp.symbols("h P q N", real=True)
    along = h ** (2 * n + 6) * P - 2 * h ** (n + 3) * q + h**2 * N
    yield Identity(
        "second order along a ray",
        r"\partial_h^2\mathcal{L}(hW)|_{h=0} = 2\sum_i\gamma_i|W^{(i)}|^2",
        "all D >= 2, all sizes",
        "degrees 2D+2, D+1 and 2 (Z1)",
        sp.expand(sp.diff(along, h, 2)).subs(h, 0),
        2 * N,
    )
    for shape in _DEEP_SHAPES:
        H, network = _symbolic_origin(shape)
        sizes = [m * n for n, m in itertools.pairwise((*shape, 1))]
        diagonal = [
            2 * g for g, size in zip(network.decays, sizes, strict=True) for _ in range(size)
        ]
        yield Identity(
            f"whole Hessian, widths {shape}",
            r"\nabla^2\mathcal{L}(0) = 2\operatorname{diag}\gamma",
            "any data; widths " + ", ".join("-".join(map(str, s)) for s in _DEEP_SHAPES),
            "expansion",
            sp.Matrix(H),
            sp.diag(*diagonal),
        )


def derive_value(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the loss where all layers pay the same, w·c - U M_D Uᵀ (Z1)."""
    yield Identity(
        "value at a stationary point",
        r"U M_D U^T - 2\,w\cdot c + (D+1)\tau = (D-1)\tau - U M_D U^T",
        "all D, all sizes",
        "w·c = U M_D Uᵀ + τ (Z1)",
        power - 2 * (power + paid) + (D + 1) * paid,
        formulas["stationary_value"],
    )


def derive_isolated(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield AM-GM for the layers' norms and the radius where decay outweighs the signal."""
    signal, decay = sp.symbols("c m", positive=True)
    for D in range(2, 5):
        norms = sp.symbols(f"a1:{D + 2}", positive=True)
        mean, conditions = am_gm([a**2 for a in norms], f"AM-GM at D = {D}", "D = 2..4")
        yield from conditions
        product = sp.Mul(*norms)
        yield Identity(
            f"product of the norms at D = {D}",
            r"|W|^2 \ge (D+1)(\prod_i|W^{(i)}|)^{2/(D+1)}",
            "D = 2..4",
            "AM-GM",
            sp.powdenest(mean),
            (D + 1) * product ** sp.Rational(2, D + 1),
        )
        rho = sp.Symbol("rho", positive=True)
        radius = (decay * sp.Integer(D + 1) ** sp.Rational(D + 1, 2) / (2 * signal)) ** sp.Rational(
            1, D - 1
        )
        largest = signal * (rho**2 / (D + 1)) ** sp.Rational(D + 1, 2)
        yield Identity(
            f"radius at D = {D}",
            r"m\rho^2 = 2|c|(\rho^2/(D+1))^{(D+1)/2} \text{ at the radius}",
            "D = 2..4",
            "the right side grows faster, so decay wins inside",
            sp.powdenest((2 * largest / rho**2).subs(rho, radius), force=True),
            decay,
        )


# --- claims and controls -------------------------------------------------------------------------

_ONE = Bounds(depth=(2, 2), width=(1, 2))
_TWO = Bounds(depth=(3, 3), width=(1, 2))
_MORE = Bounds(depth=(3, 4), width=(1, 2))


def _claim(
    name: str, title: str, where: Setting, relation: Any, bounds: Bounds,
    assumptions: tuple[Assumption, ...], *formulas: Formula,
) -> Claim:  # fmt: skip
    return Claim(f"Z4.{name}", title, where, relation, assumptions, formulas, bounds)


_claims = (
    _claim(
        "shallow_max", "D = 1: the largest eigenvalue", noisy_origins,
        sp.Eq(top, upper_eigenvalue.symbol), _ONE, (at_origin,), upper_eigenvalue,
    ),
    _claim(
        "shallow_min", "D = 1: the smallest eigenvalue", noisy_origins,
        sp.Eq(bottom, lower_eigenvalue.symbol), _ONE, (at_origin,), lower_eigenvalue,
    ),
    _claim(
        "shallow_spectrum", "D = 1: all eigenvalues with their multiplicities", noisy_origins,
        sp.Eq(gap_shallow, 0), _ONE, (at_origin,),
    ),
    _claim(
        "strong", "D = 1: a strict saddle when the signal is strong", noisy_origins,
        bottom < 0, _ONE, (at_origin, strong_signal),
    ),
    _claim(
        "weak", "D = 1: the global minimum when it is not", weak_signals,
        loss >= 0, _ONE, (weak_signal,),
    ),
    _claim(
        "deep", "D = 2: the Hessian is 2 diag(γ)", noisy_origins,
        sp.Eq(gap_deep, 0), _TWO, (at_origin,),
    ),
    _claim(
        "isolated", "D >= 2: every other point within the radius is higher", near_origin_networks,
        loss > 0, _MORE, (near_origin,),
    ),
    _claim(
        "value", "the loss at any stationary point", noisy_stationary_points,
        sp.Eq(loss, stationary_value.symbol), Bounds(depth=(2, 4), width=(1, 2)), (stationary,),
        stationary_value,
    ),
    _claim(
        "bad", "D >= 2: yet elsewhere the loss is lower", noisy_global_minima,
        loss < 0, _MORE, (stationary, light_decay),
    ),
)  # fmt: skip


def _scalar(weights: list[Any], a: Any, c: Any, decays: list[Any]) -> NoisyInstance:
    """Widths 1, no noise."""
    return NoisyInstance.exact([[[w]] for w in weights], [[a]], [[c]], decays)


_low = Fraction(1, 100)
_controls = (
    Control(_claim("control.saddle", "the origin is a saddle for D = 2", noisy_origins,
                   bottom < 0, _TWO, (at_origin,))),
    Control(_claim("control.always_saddle", "the origin is a saddle for D = 1, however weak c",
                   noisy_origins, bottom < 0, _ONE, (at_origin,))),
    Control(_claim("control.diagonal", "2 diag(γ) at D = 1 too", noisy_origins,
                   sp.Eq(gap_deep, 0), _ONE, (at_origin,))),
    Control(_claim("control.global", "a strict local minimum at D = 2 is global", noisy_networks,
                   loss >= 0, _TWO, ()),
            known=lambda: [_scalar([1, 1, 1], 1, 2, [Fraction(1, 10)] * 3)]),
    Control(_claim("control.arithmetic_mean", "(γ_u + γ_w)/2 for √(γ_u γ_w)", noisy_networks,
                   loss >= 0, _ONE, (mean_decay,)),
            known=lambda: [_scalar([Fraction(1, 2), 1], _low, 1, [Fraction(2), Fraction(1, 4)])]),
    Control(_claim("control.twice_the_radius", "L > 0 within twice the radius", noisy_networks,
                   loss > 0, _TWO, (within_twice,)),
            known=lambda: [_scalar([2, 2, 2], _low, 1, [1, 1, 1])]),
)  # fmt: skip

# --- training ------------------------------------------------------------------------------------

_RATE, _DECAY, _STEPS = 0.05, 0.25, 240


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent from small weights, D = 2 and 3, a strong signal: it ends at the origin.

    There ∇L = 2γW + remainder.  With ρ = |W| < 1 each layer's remainder is at most
    2|c|ρ^D + 2κ_1|A_0|ρ^{2D+1}, κ_1 = (1 + σ²)^D bounding the noise; so |∇L|/ρ is 2γ up to the
    relative error sqrt(D+1) (|c|ρ^{D-1} + κ_1|A_0|ρ^{2D}) / γ, which is what is allowed.
    """
    rng = np.random.default_rng(seed)
    sigma, cross, noise = np.array([[1.0, 0.25], [0.25, 0.5]]), np.array([[2.0, 1.0]]), 0.5
    signal = float(np.linalg.norm(cross))
    for run in range(runs):
        D = 2 + run % 2
        problem = NoisyProblem(sigma, cross, [_DECAY] * (D + 1), noise)
        start = drawn_start(rng, [2, *([2] * D), 1])
        # half the radius of Z8's basin, |W|^{D-1} < γ (D+1)^{(D-1)/2} / |c|
        radius = (_DECAY / signal) ** (1 / (D - 1)) * np.sqrt(D + 1)
        start = [0.5 * radius / size(start) * W for W in start]
        descent = problem.descend(start, _RATE, steps=_STEPS, tolerance=1e-12)
        weights = [W[0] for W in descent.weights]
        rho = float(size(weights))
        remainder = signal * rho ** (D - 1)
        remainder += (1 + noise) ** D * float(np.linalg.norm(sigma, 2)) * rho ** (2 * D)
        allowed = float(np.sqrt(D + 1) * remainder / _DECAY + 1e-14)
        measured = float(descent.gradient_norm[0]) / rho
        origin = problem.exact([W - W for W in weights])
        yield TrainedSolution(
            f"run {run}, D = {D}, {descent.steps} steps from half the radius",
            origin,
            certified_distance(weights, origin),
            (Measurement("gradient over distance, 2γ", 2 * _DECAY, measured, allowed),),
        )


THEOREM = Theorem(
    id="Z4",
    title="The origin is a saddle or global at D = 1, a strict local minimum for every D >= 2",
    statement=(
        r"D=1:\;\operatorname{spec}\nabla^2\mathcal{L}(0) = \{\gamma_u+\gamma_w\pm"
        r"\sqrt{(\gamma_u-\gamma_w)^2+4|c|^2},\,2\gamma_w\};\quad "
        r"D\ge2:\;\nabla^2\mathcal{L}(0) = 2\operatorname{diag}(\gamma) \succ 0"
    ),
    normalisation="L = E(f - y)² + Σ γ_i|W^(i)|_F² + γ_u|U|², no factors 1/2; D hidden layers",
    source=Source("ziyin2022exact", "the origin at D = 1 and beyond (reconstructed)"),
    claims=_claims,
    controls=_controls,
    formulas=(upper_eigenvalue, lower_eigenvalue, stationary_value),
    derivations={
        "Z4.shallow_max": derive_extremes,
        "Z4.shallow_min": derive_extremes,
        "Z4.shallow_spectrum": derive_spectrum,
        "Z4.value": derive_value,
        "Z4.strong": derive_strong,
        "Z4.weak": derive_weak,
        "Z4.deep": derive_deep,
        "Z4.isolated": derive_isolated,
    },
    witnesses=(
        Witness(
            "Z4.witness.saddle",
            "Z4.strong",
            "c = 2, γ = 1: eigenvalues 6 and -2",
            lambda: _scalar([0, 0], 1, 2, [1, 1]),
        ),
        Witness(
            "Z4.witness.bad",
            "Z4.bad",
            "D = 2, weights 1, A_0 = 1, γ = 1/10, c = 11/10: L = -9/10",
            lambda: _scalar([1, 1, 1], 1, Fraction(11, 10), [Fraction(1, 10)] * 3),
        ),
        Witness(
            "Z4.witness.threshold",
            "Z4.weak",
            "|c|² = γ_u γ_w exactly",
            lambda: _scalar([1, 2], 1, 2, [4, 1]),
        ),
    ),
    necessity=(
        Necessity(
            at_origin,
            "Z4.shallow_min",
            "weights 1, A_0 = 1, c = 2, γ = 1: eigenvalues 4 and 4, not -2 and 6",
            lambda: _scalar([1, 1], 1, 2, [1, 1]),
        ),
        Necessity(
            strong_signal,
            "Z4.strong",
            "c = 1, γ = 2: eigenvalues 6 and 2",
            lambda: _scalar([0, 0], 1, 1, [2, 2]),
        ),
        Necessity(
            weak_signal,
            "Z4.weak",
            "c = 2, γ = 1, weights 1, A_0 = 1: L = -1",
            lambda: _scalar([1, 1], 1, 2, [1, 1]),
        ),
        Necessity(
            near_origin,
            "Z4.isolated",
            "weights 1, c = 10: L = 1 - 20 + 3 < 0",
            lambda: _scalar([1, 1, 1], 1, 10, [1, 1, 1]),
        ),
        Necessity(
            light_decay,
            "Z4.bad",
            "weights 1, A_0 = 1, γ = 1, c = 2: stationary at the threshold, L = 0",
            lambda: _scalar([1, 1, 1], 1, 2, [1, 1, 1]),
        ),
    ),
    trainings=(
        Training(
            "Z4.trained",
            "gradient descent from small weights to the origin, D = 2 and 3",
            _train,
            ("Z4.deep",),
        ),
    ),
    uses=("Z0", "Z1"),
    module=__name__,
    tags=("weight decay", "hessian", "saddle", "local minimum"),
)
