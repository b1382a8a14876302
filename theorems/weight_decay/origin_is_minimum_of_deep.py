r"""The origin: a saddle or the global minimum at D = 1, a strict local minimum beyond.

Statement
    The origin is stationary: $∇L = 0$ at $W = 0$.   [critical]

    Let $D = 1$, with $d$ hidden neurons and $d_x$ inputs.  The Hessian at the origin has the
    eigenvalues

        $λ_± = γ_u + γ_w ± √((γ_u - γ_w)² + 4|c|²)$ ($d$ times each),
        $2γ_w$ ($d(d_x - 1)$ times, so not at all if $d_x = 1$),   [shallow_spectrum]

    $λ_+$ the largest and $λ_-$ the smallest.   [shallow_max, shallow_min]

    If $D = 1$ and $|c|² > γ_uγ_w$, then $λ_- < 0$: the origin is a strict saddle.   [strong]

    If $D = 1$ and $|c|² ≤ γ_uγ_w$, then $L ≥ 0 = L(0)$ everywhere: it is the global minimum.
    [weak]

    For $D = 2$ and $D = 3$ the Hessian at the origin is $2 diag(γ)$, whatever the data.   [deep]

    For $D ≥ 2$ the origin is a strict local minimum: $L > 0$ at every other point with

        |W|^{D-1} ≤ min(γ) (D+1)^{(D+1)/2} / (2|c|).   [isolated]

    At a stationary point, with $τ = γ_u|U|²$,

        L = (D-1)τ - U M_D Uᵀ,   [value]

    so that $L < 0$ at one with $(D-1)τ < U M_D Uᵀ$: there the origin is no global minimum.   [bad]

Notation
    $A_0$, $c$, $w$, $M_D$ and the $D$ hidden layers are those of Z0.  $L$ (``regularised_loss``) is
    the averaged loss with weight decay, without $E y²$; $γ_u$ (``decay_output``), $γ_w = γ_1$
    (``decay_input``), $|c|²$ (``cross_sq``), extreme eigenvalues of the Hessian
    (``curvature_max``, ``curvature_min``); $|W|² = |U|² + Σ_i |W^{(i)}|²$ (``size_sq``), $min(γ)$
    the least decay (``decay_min``).

Assumptions
    at_origin      all weights are zero.
    weak_signal    $|c|² ≤ γ_uγ_w$ ($D = 1$).  Without it zero is a saddle and $L < 0$ nearby.
    strong_signal  $|c|² > γ_uγ_w$ ($D = 1$).  Without it the least curvature is not negative.
    near_origin    the radius above.  Without it, weights 1, $c = 10$ have $L < 0$.
    off_origin     $W ≠ 0$.  At the origin $L = 0$.
    stationary     $∇L = 0$: gives the value of $L$.
    light_decay    $(D-1)γ_u|U|² < U M_D Uᵀ$.  Without it the global minimum may tie with zero.

Proof
    The loss has three terms, of degrees $2D+2$, $D+1$ and 2 in the weights (Z4.terms), where sums
    and products over $i$ run over all $D+1$ layers, the output row $W^{(D+1)} = U$ included:

        L = U M_D Uᵀ - 2 w·c + T, \qquad T = Σ_i γ_i|W^{(i)}|².

    Origin.  For $D ≥ 2$ only decay is of second order.  For $D = 1$ the term $-2 w·c$ joins it and
    couples each neuron's $u_j$ to its row's component along $c$, by a block with the rows
    $(2γ_u, -2|c|)$ and $(-2|c|, 2γ_w)$, whose eigenvalues are $λ_±$.

    Strong signal: $√((γ_u - γ_w)² + 4|c|²) > γ_u + γ_w$.

    Weak signal, with $W$ the one hidden layer: by Cauchy-Schwarz (Z4.shallow_cauchy), and as
    $(√(γ_u)|U| - √(γ_w)|W|)² ≥ 0$,

        2 w·c ≤ 2|c||U||W| ≤ 2√(γ_uγ_w)|U||W| ≤ γ_u|U|² + γ_w|W|².

    Radius: by Cauchy-Schwarz (Z4.cauchy) and AM-GM

        w·c ≤ |c| Π_i |W^{(i)}| ≤ |c| (|W|²/(D+1))^{(D+1)/2},

    which is at most $½ min(γ)|W|² ≤ T/2$ within the radius.  So $T ≥ s$ for $s = 2 w·c$.  With
    $Y = U M_D Uᵀ ≥ 0$ and $Q = 4cᵀA_0⁻¹c$ one has $QY ≥ s²$ (Z4.explained), so that $L = T - s + Y$
    is positive:

        (4T + 2Q + 1)L ≥ 4T(T - s) + 2s² ≥ T² > 0.

    Value: a stationary point has $w·c = U M_D Uᵀ + τ$ and $T = (D+1)τ$, as all layers pay $τ$ (Z1,
    here Z4.at_rest and Z4.shares), so $L = (D-1)τ - U M_D Uᵀ$.

Sharpness
    With the arithmetic for the geometric mean of the decays, or with twice the radius, exact
    counterexamples are found.

Implementation notes
    Differences of step 1 give the exact Hessian, since $L$ is quadratic in each layer: no formula
    for derivatives is used.

References
----------
    ziyin2022exact (the origin as a bad minimum of deep networks; reconstructed); the radius is
    derived here
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theorems.quantities import symbols
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
    effective_alignment,
    explained_power,
    gradient_sq,
    hidden_layers,
    layer_penalty,
    noisy_networks,
    noisy_output_power,
    regularised_loss,
)
from theorems.weight_decay.origins import (
    at_origin,
    curvature_max,
    curvature_min,
    decay_min,
    deep_hessian_gap,
    input_sq,
    light_decay,
    mean_decay,
    near_origin,
    near_origin_networks,
    noisy_origins,
    off_origin,
    output_sq,
    shallow_spectrum_gap,
    size_product,
    size_sq,
    strong_signal,
    total_penalty,
    weak_signal,
    weak_signals,
    within_twice,
)
from theorems.weight_decay.signal_against_decay import (
    mean_signal,
    outweighed,
    squared_cost,
)
from theorems.weight_decay.training import NoisyProblem, certified_distance, drawn_start, size
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
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- closed forms -------------------------------------------------------------------------------

top, bottom, g_u, g_w, c_sq, q = symbols(
    curvature_max, curvature_min, decay_output, decay_input, cross_sq, explained_power
)
loss, power, tau, D, gap_deep, gap_shallow, signal = symbols(
    regularised_loss,
    noisy_output_power,
    layer_penalty,
    hidden_layers,
    deep_hessian_gap,
    shallow_spectrum_gap,
    effective_alignment,
)
paid, product, W_sq, m, first, last, slope = symbols(
    total_penalty, size_product, size_sq, decay_min, input_sq, output_sq, gradient_sq
)
_root = sp.sqrt((g_u - g_w) ** 2 + 4 * c_sq)
upper_eigenvalue = Formula(
    "upper_eigenvalue", r"\gamma_u+\gamma_w+\sqrt{(\gamma_u-\gamma_w)^2+4|c|^2}", g_u + g_w + _root
)
lower_eigenvalue = Formula(
    "lower_eigenvalue", r"\gamma_u+\gamma_w-\sqrt{(\gamma_u-\gamma_w)^2+4|c|^2}", g_u + g_w - _root
)
stationary_value = Formula(
    "stationary_value", r"(D-1)\gamma_u|U|^2 - U M_D U^T", (D - 1) * tau - power
)

# --- claims and proofs: one hidden layer ---------------------------------------------------------

_ONE, _TWO, _MORE = (Bounds(depth, (1, 2)) for depth in ((2, 2), (3, 3), (3, 4)))
_DEEP = Bounds((2, 4), (1, 3))
_FLAT = ((2, 1, 1), (2, 2, 1), (2, 1, 2), (2, 2, 2))

shallow_max = stated(
    "shallow_max", "$D = 1$: the largest eigenvalue",
    noisy_origins, sp.Eq(top, upper_eigenvalue), at_origin, bounds=_ONE, formal=True,
)  # fmt: skip
shallow_min = stated(
    "shallow_min", "$D = 1$: the smallest eigenvalue",
    noisy_origins, sp.Eq(bottom, lower_eigenvalue), at_origin, bounds=_ONE, formal=True,
)  # fmt: skip
shallow_spectrum = stated(
    "shallow_spectrum", "$D = 1$: all eigenvalues with their multiplicities",
    noisy_origins, sp.Eq(gap_shallow, 0), at_origin, bounds=_ONE, sizes=_FLAT,
)  # fmt: skip


@claim(
    noisy_origins,
    bottom < 0,
    at_origin,
    strong_signal,
    given=(shallow_min,),
    bounds=_ONE,
    formal=True,
)
def strong(shallow_min: Claim) -> Iterator[Step]:
    """$D = 1$: a strict saddle when the signal is strong."""
    gap = rules.added(rules.scaled(rules.assumed(c_sq > g_u * g_w), 4), (g_u - g_w) ** 2)
    squares = rules.rewritten(gap, 4 * c_sq + (g_u - g_w) ** 2, (g_u + g_w) ** 2)
    lower = rules.added(rules.raised(squares, sp.Rational(1, 2)), -_root)
    yield rules.transitive(lower, rules.turned(rules.given(shallow_min)))


shallow_terms = stated(
    "shallow_terms", "$D = 1$: the terms of the loss",
    noisy_networks, sp.Eq(loss, power - 2 * signal + g_w * first + g_u * last), bounds=_ONE,
    sizes=_FLAT, check=True,
)  # fmt: skip
shallow_cauchy = stated(
    "shallow_cauchy", "$D = 1$: $(w·c)²$ is at most $|c|²|U|²|W|²$",
    noisy_networks, c_sq * first * last >= signal**2, bounds=_ONE, sizes=_FLAT[:3], check=True,
)  # fmt: skip


@claim(
    weak_signals, loss >= 0, weak_signal, given=(shallow_terms, shallow_cauchy), bounds=_ONE,
    formal=True,
)  # fmt: skip
def weak(shallow_terms: Claim, shallow_cauchy: Claim) -> Iterator[Step]:
    """$D = 1$: the global minimum when it is not."""
    decays = rules.scaled(rules.assumed(c_sq <= g_u * g_w), first * last)
    reached = rules.root(
        rules.transitive(rules.turned(decays), rules.given(shallow_cauchy)), signal
    )
    square = Condition("a square", (sp.sqrt(g_u * last) - sp.sqrt(g_w * first)) ** 2, ">=")
    output = Condition("power of the output", power, ">=")
    total = rules.added(output, square, rules.scaled(reached, 2), -2 * signal)
    least = rules.rewritten(total, power - 2 * signal + g_w * first + g_u * last, 0)
    yield rules.transitive(rules.given(shallow_terms), least)


# --- claims and proofs: two and more -------------------------------------------------------------

critical = stated(
    "critical", "the origin is stationary",
    noisy_origins, sp.Eq(slope, 0), at_origin, bounds=Bounds((2, 4), (1, 2)),
    sizes=((2, 1, 1), (2, 2, 2), (3, 2, 2, 2), (4, 2, 2, 2, 2)), formal=True,
)  # fmt: skip
deep = stated(
    "deep", "$D = 2$ and 3: the Hessian is $2 diag(γ)$",
    noisy_origins, sp.Eq(gap_deep, 0), at_origin, bounds=_MORE,
    sizes=((3, 1, 1, 1), (3, 2, 2, 1), (3, 1, 2, 2), (4, 1, 1, 2, 1)), formal=True,
)  # fmt: skip

_SINGLE = ((2, 1, 1), (2, 1, 2), (2, 1, 3), (3, 1, 1, 1))
_THIN = ((2, 1, 1), (2, 2, 1), (2, 1, 2), (3, 1, 1, 1), (3, 2, 1, 1), (3, 1, 2, 1), (3, 1, 1, 2))
terms = stated(
    "terms", "the terms of the loss",
    noisy_networks, sp.Eq(loss, power - 2 * signal + paid), sizes=(*_THIN, (3, 2, 2, 2)),
    bounds=_DEEP, check=True,
)  # fmt: skip
cauchy = stated(
    "cauchy", "$(w·c)²$ is at most $|c|²$ times the product of all $|W^{(i)}|²$",
    noisy_networks, c_sq * product >= signal**2, sizes=_THIN, bounds=_DEEP, check=True,
)  # fmt: skip
explained = stated(
    "explained", "$(w·c)²$ is at most $U M_D Uᵀ · cᵀA_0⁻¹c$",
    noisy_networks, q * power >= signal**2, sizes=_SINGLE, bounds=_DEEP, check=True,
)  # fmt: skip


@claim(
    near_origin_networks, loss > 0, near_origin, off_origin,
    given=(terms, cauchy, explained), bounds=_MORE, formal=True,
)  # fmt: skip
def isolated(terms: Claim, cauchy: Claim, explained: Claim) -> Iterator[Step]:
    """$D ≥ 2$: every other point within the radius is higher."""
    radius = rules.assumed(4 * c_sq * W_sq ** (D - 1) <= m**2 * (D + 1) ** (D + 1))
    within = rules.transitive(
        rules.scaled(squared_cost(), (D + 1) ** (D + 1)),
        rules.turned(rules.scaled(radius, W_sq**2)),
        rules.scaled(mean_signal(cauchy), 4),
    )  # fmt: skip
    within = rules.scaled(within, (D + 1) ** (-D - 1))
    within = rules.rewritten(within, paid**2, 4 * signal**2)
    kept = outweighed(2 * signal, power, within, rules.scaled(rules.given(explained), 4))
    yield rules.transitive(rules.given(terms), kept)


_AT_REST = ((2, 1, 1, 1, 0), (2, 1, 1, 1, 1), (2, 1, 2, 2, 0), (3, 1, 1, 1, 1, 1, 0))
shares = stated(
    "shares", "at stationary points all layers together pay $D+1$ times $τ$",
    noisy_stationary_points, sp.Eq(paid, (D + 1) * tau), stationary, given=(Z1.balance,),
    bounds=_DEEP, sizes=_AT_REST, check=True,
)  # fmt: skip
at_rest = stated(
    "at_rest", "and $w·c$ is the power of the output and $τ$",
    noisy_stationary_points, sp.Eq(signal, power + tau), stationary, given=(Z1.common,),
    bounds=_DEEP, sizes=_AT_REST, check=True,
)  # fmt: skip


@claim(
    noisy_stationary_points,
    sp.Eq(loss, stationary_value),
    stationary,
    given=(terms, shares, at_rest),
    bounds=Bounds((2, 4), (1, 2)),
    formal=True,
)
def value(stationary_value: Any, terms: Claim, shares: Claim, at_rest: Claim) -> Iterator[Step]:
    """The loss at any stationary point."""
    found = rules.substituted(rules.given(terms), rules.given(at_rest))
    found = rules.substituted(found, rules.given(shares))
    yield rules.rewritten(found, loss, stationary_value)


@claim(
    noisy_global_minima, loss < 0, stationary, light_decay, given=(value,), bounds=_MORE,
    formal=True,
)  # fmt: skip
def bad(value: Claim) -> Iterator[Step]:
    """$D ≥ 2$: yet elsewhere the loss is lower."""
    lower = rules.added(rules.assumed((D - 1) * tau < power), -power)
    yield rules.transitive(lower, rules.turned(rules.given(value)))


# --- false twins --------------------------------------------------------------------------------


def _scalar(weights: list[Any], a: Any, c: Any, decays: list[Any]) -> NoisyInstance:
    """Widths 1, no noise."""
    return NoisyInstance.exact([[[w]] for w in weights], [[a]], [[c]], decays)


_low = Fraction(1, 100)
_twins = (
    twin("saddle", "the origin is a saddle for $D = 2$",
         noisy_origins, bottom < 0, at_origin, bounds=_TWO),
    twin("always_saddle", "the origin is a saddle for $D = 1$, however weak $c$",
         noisy_origins, bottom < 0, at_origin, bounds=_ONE),
    twin("diagonal", "$2 diag(γ)$ at $D = 1$ too",
         noisy_origins, sp.Eq(gap_deep, 0), at_origin, bounds=_ONE),
    twin("global", "a strict local minimum at $D = 2$ is global",
         noisy_networks, loss >= 0, bounds=_TWO,
         known=lambda: [_scalar([1, 1, 1], 1, 2, [Fraction(1, 10)] * 3)]),
    twin("arithmetic_mean", "$(γ_u + γ_w)/2$ for $√(γ_uγ_w)$",
         noisy_networks, loss >= 0, mean_decay, bounds=_ONE,
         known=lambda: [_scalar([Fraction(1, 2), 1], _low, 1, [Fraction(2), Fraction(1, 4)])]),
    twin("twice_the_radius", "$L > 0$ within twice the radius",
         noisy_networks, loss > 0, within_twice, off_origin, bounds=_TWO,
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
    title="The origin is a saddle or the global minimum if shallow, a strict local minimum if deep",
    normalisation="$L = E(f - y)² + Σ_i γ_i|W^{(i)}|_F² + γ_u|U|²$, no factors 1/2; "
    "$D$ hidden layers",
    source=Source("ziyin2022exact", "the origin at D = 1 and beyond (reconstructed)"),
    claims=(
        critical, shallow_spectrum, shallow_max, shallow_min, strong, weak, deep, isolated, value,
        bad, shallow_terms, shallow_cauchy, terms, cauchy, explained, shares, at_rest,
    ),
    controls=_twins,
    witnesses=(
        witness("saddle", strong, "$c = 2$, $γ = 1$: eigenvalues 6 and $-2$",
                lambda: _scalar([0, 0], 1, 2, [1, 1])),
        witness("bad", bad, "$D = 2$, weights 1, $A_0 = 1$, $γ = 1/10$, $c = 11/10$: $L = -9/10$",
                lambda: _scalar([1, 1, 1], 1, Fraction(11, 10), [Fraction(1, 10)] * 3)),
        witness("threshold", weak, "$|c|² = γ_uγ_w$ exactly",
                lambda: _scalar([1, 2], 1, 2, [4, 1])),
    ),
    necessity=(
        needed(at_origin, shallow_min,
               "weights 1, $A_0 = 1$, $c = 2$, $γ = 1$: eigenvalues 4 and 4, not $-2$ and 6",
               lambda: _scalar([1, 1], 1, 2, [1, 1])),
        needed(strong_signal, strong, "$c = 1$, $γ = 2$: eigenvalues 6 and 2",
               lambda: _scalar([0, 0], 1, 1, [2, 2])),
        needed(weak_signal, weak, "$c = 2$, $γ = 1$, weights 1, $A_0 = 1$: $L = -1$",
               lambda: _scalar([1, 1], 1, 2, [1, 1])),
        needed(near_origin, isolated, "weights 1, $c = 10$: $L = 1 - 20 + 3 < 0$",
               lambda: _scalar([1, 1, 1], 1, 10, [1, 1, 1])),
        needed(off_origin, isolated, "the origin itself: $L = 0$",
               lambda: _scalar([0, 0, 0], 1, 1, [1, 1, 1])),
        needed(light_decay, bad,
               "weights 1, $A_0 = 1$, $γ = 1$, $c = 2$: stationary at the threshold, $L = 0$",
               lambda: _scalar([1, 1, 1], 1, 2, [1, 1, 1])),
    ),
    trainings=(
        Training("trained", "gradient descent from small weights to the origin, $D = 2$ and 3",
                 _train, (deep,)),
    ),
    module=__name__,
)  # fmt: skip
