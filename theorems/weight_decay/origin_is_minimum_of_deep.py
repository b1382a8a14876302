r"""The origin: a saddle or the global minimum at D = 1, always a strict local minimum beyond.

Statement
    The origin is stationary.  With one hidden layer of width d its Hessian has the eigenvalues

        γ_u + γ_w ± sqrt((γ_u - γ_w)² + 4|c|²)   (d times each),     2γ_w   (d(d_x - 1) times),

    so it is a strict saddle if |c|² > γ_u γ_w, and otherwise the global minimum.
    With D >= 2 hidden layers the Hessian is 2 diag(γ), whatever the data: the origin is a strict
    local minimum.  L > 0 at every other point with

        |W|^{D-1} <= min(γ) (D+1)^{(D+1)/2} / (2|c|),

    and yet at a global minimum with (D-1)γ_u|U|² < U M_D Uᵀ it is L < 0.

Notation
    γ_u (``decay_output``), γ_w = γ_1 (``decay_input``), |c|² (``cross_sq``), extreme eigenvalues
    of the Hessian (``curvature_max``, ``curvature_min``); |W|² = |U|² + Σ|W^(i)|².

Assumptions
    at_origin      all weights are zero.
    weak_signal    |c|² <= γ_u γ_w (D = 1).  Without it zero is a saddle and L < 0 nearby.
    strong_signal  |c|² > γ_u γ_w (D = 1).  Without it the least curvature is not negative.
    near_origin    the radius above, W != 0.  Without it, weights 1, c = 10 have L < 0.
    stationary     ∇L = 0: gives the value of L.
    light_decay    (D-1)γ_u|U|² < U M_D Uᵀ.  Without it the global minimum may tie with zero.

Proof
    L(hW) = h^{2D+2} U M_D Uᵀ - 2h^{D+1} w·c + h² Σ γ_i|W^(i)|².  D >= 2: only decay is of second
    order.  D = 1: w·c joins it, and couples each neuron's u_j to its row along c.
    Weak signal: L >= γ_u|U|² + γ_w|W|² - 2|c||U||W| >= 2(√(γ_uγ_w) - |c|)|U||W|.
    Radius: w·c <= |c| Π|W^(i)| <= |c| (|W|²/(D+1))^{(D+1)/2} by AM-GM; U M_D Uᵀ > 0 if w != 0.
    A stationary point has w·c = U M_D Uᵀ + τ (Z1), so L = (D-1)τ - U M_D Uᵀ, τ = γ_u|U|².

Sharpness
    Thresholds and radius cannot be improved: with the arithmetic for the geometric mean of the
    decays, or with twice the radius, exact counterexamples are found.

Implementation notes
    Differences of step 1 give the exact Hessian, since L is quadratic in each layer: no formula
    for derivatives is used.  Z4.deep is decided at D = 2, where the Hessian is cheap.

References
----------
    ziyin2022exact (the origin as a bad minimum of deep networks; reconstructed); the radius is
    derived here
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.symbolic import second_derivatives
from theorems.quantities import symbols
from theorems.weight_decay import averaged_loss_eq_recursion as Z0
from theorems.weight_decay import layer_penalties_eq_of_stationary as Z1
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
from verify.derivation.steps import am_gm
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
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "signal_against_decay"]

# --- closed forms -------------------------------------------------------------------------------

top, bottom, g_u, g_w, c_sq = symbols(
    curvature_max, curvature_min, decay_output, decay_input, cross_sq
)
loss, power, paid, D, gap_deep, gap_shallow = symbols(
    regularised_loss,
    noisy_output_power,
    layer_penalty,
    hidden_layers,
    deep_hessian_gap,
    shallow_spectrum_gap,
)
_root = sp.sqrt((g_u - g_w) ** 2 + 4 * c_sq)
upper_eigenvalue = Formula(
    "upper_eigenvalue", r"\gamma_u+\gamma_w+\sqrt{(\gamma_u-\gamma_w)^2+4|c|^2}", g_u + g_w + _root
)
lower_eigenvalue = Formula(
    "lower_eigenvalue", r"\gamma_u+\gamma_w-\sqrt{(\gamma_u-\gamma_w)^2+4|c|^2}", g_u + g_w - _root
)
stationary_value = Formula(
    "stationary_value", r"(D-1)\gamma_u|U|^2 - U M_D U^T", (D - 1) * paid - power
)

# --- claims and proofs --------------------------------------------------------------------------

_ONE, _TWO, _MORE = (Bounds(depth, (1, 2)) for depth in ((2, 2), (3, 3), (3, 4)))


@claim(noisy_origins, sp.Eq(top, upper_eigenvalue), at_origin, bounds=_ONE)
def shallow_max(lower_eigenvalue: Any, upper_eigenvalue: Any) -> Iterator[Step]:
    """D = 1: the largest eigenvalue."""
    yield from _pair_is_extreme(lower_eigenvalue, upper_eigenvalue)


@claim(noisy_origins, sp.Eq(bottom, lower_eigenvalue), at_origin, bounds=_ONE)
def shallow_min(lower_eigenvalue: Any, upper_eigenvalue: Any) -> Iterator[Step]:
    """D = 1: the smallest eigenvalue."""
    yield from _pair_is_extreme(lower_eigenvalue, upper_eigenvalue)


def _pair_is_extreme(lower: Any, upper: Any) -> Iterator[Step]:
    """λ₋ <= 2γ_w <= λ₊: the extremes of the spectrum are the pair."""
    between = (2 * g_w - lower) * (upper - 2 * g_w)
    yield Identity("2γ_w lies between", between, 4 * c_sq, why="not negative, and λ₋ <= λ₊")


@claim(noisy_origins, sp.Eq(gap_shallow, 0), at_origin, given=(Z0.average,), bounds=_ONE)
def shallow_spectrum(lower_eigenvalue: Any, upper_eigenvalue: Any) -> Iterator[Step]:
    """D = 1: all eigenvalues with their multiplicities."""
    x = sp.Symbol("x")
    for d_x, d in itertools.product((1, 2), repeat=2):
        H, network = _hessian_at_origin((d_x, d))
        decay, last = network.decays
        values = {g_w: decay, g_u: last, c_sq: cross_sq.measure(network)}
        pair = sp.expand((x - lower_eigenvalue) * (x - upper_eigenvalue)).subs(values)
        yield Identity(
            "characteristic polynomial", H.charpoly(x).as_expr(),
            pair**d * (x - 2 * decay) ** (d * (d_x - 1)),
            why="of the expanded loss; any c, γ, A_0, σ²", at={"d_x": d_x, "d": d},
        )  # fmt: skip


def _hessian_at_origin(shape: tuple[int, ...]) -> tuple[Any, NoisyInstance]:
    """(Hessian at zero from the expanded loss, the network), all data symbolic."""
    network = symbolic_network(shape)
    variables = [x for W in network.weights for x in W]
    expanded = regularised_loss.measure(network)
    H = second_derivatives(expanded, variables, dict.fromkeys(variables, 0))
    return sp.Matrix(H), network


@claim(noisy_origins, bottom < 0, at_origin, strong_signal, bounds=_ONE)
def strong(lower_eigenvalue: Any, upper_eigenvalue: Any) -> Iterator[Step]:
    """D = 1: a strict saddle when the signal is strong."""
    product = upper_eigenvalue * lower_eigenvalue
    yield Identity(
        "product of the pair", product, 4 * (g_u * g_w - c_sq),
        why="λ₊ > 0, so λ₋ < 0 iff |c|² > γ_uγ_w",
    )  # fmt: skip
    yield Condition("λ₊ is positive", upper_eigenvalue, ">", why="sum of positive terms")


@claim(weak_signals, loss >= 0, weak_signal, given=(Z0.average,), bounds=_ONE)
def weak() -> Iterator[Step]:
    """D = 1: the global minimum when it is not."""
    U, W, signal = sp.symbols("U W c", nonnegative=True)  # |U|, |W|, |c|
    square = (sp.sqrt(g_u) * U - sp.sqrt(g_w) * W) ** 2
    yield Identity(
        "completed square", g_u * U**2 + g_w * W**2 - 2 * signal * U * W,
        square + 2 * (sp.sqrt(g_u * g_w) - signal) * U * W,
        why="Cauchy-Schwarz: w·c <= |c||U||W|; U M_1 Uᵀ >= 0",
    )  # fmt: skip
    slack = sp.Symbol("slack", nonnegative=True)  # √(γ_uγ_w) - |c|
    yield Condition("both terms", square + 2 * slack * U * W, ">=", why="weak signal")


@claim(noisy_origins, sp.Eq(gap_deep, 0), at_origin, given=(Z0.average, Z1.radial), bounds=_TWO)
def deep() -> Iterator[Step]:
    """D = 2: the Hessian is 2 diag(γ)."""
    n = sp.Symbol("n", integer=True, nonnegative=True)  # D - 2
    h, P, q, N = sp.symbols("h P q N", real=True)  # P, q, N: U M_D Uᵀ, w·c, Σ γ_i|W^(i)|²
    along = h ** (2 * n + 6) * P - 2 * h ** (n + 3) * q + h**2 * N  # degrees 2D+2, D+1, 2 (Z1)
    third = h**3 * (h ** (2 * n + 3) * P - 2 * h**n * q)
    yield Identity(
        "second order along a ray", along, h**2 * N + third,
        why="decay alone: no exponent in the bracket is negative", at={"D": n + 2},
    )  # fmt: skip
    for shape in ((2, 2, 1), (1, 2, 2), (1, 1, 2, 1)):
        H, network = _hessian_at_origin(shape)
        pairs = zip(network.decays, network.weights, strict=True)
        diagonal = [2 * g for g, W in pairs for _ in W]
        at = {"widths": "-".join(map(str, (*shape, 1)))}
        yield Identity("whole Hessian", H, sp.diag(*diagonal), why="any data", at=at)


@claim(near_origin_networks, loss > 0, near_origin, given=(Z0.average,), bounds=_MORE)
def isolated() -> Iterator[Step]:
    """D >= 2: every other point within the radius is higher."""
    yield from signal_against_decay(2, lambda c, m: m * (D + 1) ** ((D + 1) / 2) / (2 * c))


def signal_against_decay(share: Any, radius: Callable[[Any, Any], Any]) -> Iterator[Step]:
    """Yield that ``share`` |c| Π|W^(i)| < mρ² inside a radius, ρ = |W|, m = min γ.

    ``radius(|c|, m)`` bounds ρ^{D-1}.
    """
    for hidden in range(2, 5):
        norms = sp.symbols(f"W1:{hidden + 2}", positive=True)
        mean, conditions = am_gm([x**2 for x in norms], "layers", D=hidden)
        yield from conditions
        product = (hidden + 1) * sp.Mul(*norms) ** sp.Rational(2, hidden + 1)
        yield Identity(
            "product of the norms",
            mean,
            product,
            why="AM-GM: ρ² is at least this",
            at={"D": hidden},
        )
    c, m, rho = sp.symbols(r"|c| m \rho", positive=True)
    signal = share * c * (rho**2 / (D + 1)) ** ((D + 1) / 2)
    yield Identity(
        "signal against decay", signal / (m * rho**2), rho ** (D - 1) / radius(c, m),
        why="below 1 inside the radius",
    )  # fmt: skip


@claim(
    noisy_stationary_points,
    sp.Eq(loss, stationary_value),
    stationary,
    given=(Z1.common,),
    bounds=Bounds((2, 4), (1, 2)),
)
def value(stationary_value: Any) -> Iterator[Step]:
    """The loss at any stationary point."""
    at_rest = power - 2 * (power + paid) + (D + 1) * paid
    yield Identity(
        "value at a stationary point", at_rest, stationary_value, why="w·c = U M_D Uᵀ + τ (Z1)"
    )


bad = stated(
    "bad", "D >= 2: yet elsewhere the loss is lower",
    noisy_global_minima, loss < 0, stationary, light_decay, given=(value,), bounds=_MORE,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _scalar(weights: list[Any], a: Any, c: Any, decays: list[Any]) -> NoisyInstance:
    """Widths 1, no noise."""
    return NoisyInstance.exact([[[w]] for w in weights], [[a]], [[c]], decays)


_low = Fraction(1, 100)
_twins = (
    twin("saddle", "the origin is a saddle for D = 2",
         noisy_origins, bottom < 0, at_origin, bounds=_TWO),
    twin("always_saddle", "the origin is a saddle for D = 1, however weak c",
         noisy_origins, bottom < 0, at_origin, bounds=_ONE),
    twin("diagonal", "2 diag(γ) at D = 1 too",
         noisy_origins, sp.Eq(gap_deep, 0), at_origin, bounds=_ONE),
    twin("global", "a strict local minimum at D = 2 is global",
         noisy_networks, loss >= 0, bounds=_TWO,
         known=lambda: [_scalar([1, 1, 1], 1, 2, [Fraction(1, 10)] * 3)]),
    twin("arithmetic_mean", "(γ_u + γ_w)/2 for √(γ_u γ_w)",
         noisy_networks, loss >= 0, mean_decay, bounds=_ONE,
         known=lambda: [_scalar([Fraction(1, 2), 1], _low, 1, [Fraction(2), Fraction(1, 4)])]),
    twin("twice_the_radius", "L > 0 within twice the radius",
         noisy_networks, loss > 0, within_twice, bounds=_TWO,
         known=lambda: [_scalar([2, 2, 2], _low, 1, [1, 1, 1])]),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

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
        start = [0.5 * problem.basin_radius / size(start) * W for W in start]
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
    claims=(
        shallow_max, shallow_min, shallow_spectrum, strong, weak, deep, isolated, value, bad,
    ),
    controls=_twins,
    witnesses=(
        witness("saddle", strong, "c = 2, γ = 1: eigenvalues 6 and -2",
                lambda: _scalar([0, 0], 1, 2, [1, 1])),
        witness("bad", bad, "D = 2, weights 1, A_0 = 1, γ = 1/10, c = 11/10: L = -9/10",
                lambda: _scalar([1, 1, 1], 1, Fraction(11, 10), [Fraction(1, 10)] * 3)),
        witness("threshold", weak, "|c|² = γ_u γ_w exactly",
                lambda: _scalar([1, 2], 1, 2, [4, 1])),
    ),
    necessity=(
        needed(at_origin, shallow_min,
               "weights 1, A_0 = 1, c = 2, γ = 1: eigenvalues 4 and 4, not -2 and 6",
               lambda: _scalar([1, 1], 1, 2, [1, 1])),
        needed(strong_signal, strong, "c = 1, γ = 2: eigenvalues 6 and 2",
               lambda: _scalar([0, 0], 1, 1, [2, 2])),
        needed(weak_signal, weak, "c = 2, γ = 1, weights 1, A_0 = 1: L = -1",
               lambda: _scalar([1, 1], 1, 2, [1, 1])),
        needed(near_origin, isolated, "weights 1, c = 10: L = 1 - 20 + 3 < 0",
               lambda: _scalar([1, 1, 1], 1, 10, [1, 1, 1])),
        needed(light_decay, bad,
               "weights 1, A_0 = 1, γ = 1, c = 2: stationary at the threshold, L = 0",
               lambda: _scalar([1, 1, 1], 1, 2, [1, 1, 1])),
    ),
    trainings=(
        Training("trained", "gradient descent from small weights to the origin, D = 2 and 3",
                 _train, (deep,)),
    ),
    module=__name__,
)  # fmt: skip
