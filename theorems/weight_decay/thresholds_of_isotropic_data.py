r"""Two thresholds: weight decay destroys the solution after it has stopped being the best.

Statement
    A_0 = aI, c != 0, (D-1)^{D-1} = 1 for D = 1.  A non-trivial global minimum exists iff

        |c|^{2D} >= Γ (κa)^{D-1} D^{2D} / (D-1)^{D-1}                             (collapse)

    (strictly for D = 1), and a non-trivial stationary point of the full loss exists iff

        |c|^{2D} >= Γ (κa)^{D-1} (2D)^{2D} / ((D-1)^{D-1} (D+1)^{D+1})             (birth)

    (strictly for D = 1).  In Γ they differ by the factor (D+1)^{D+1}/4^D, that is 1, 27/16, 4,
    3125/256, ...  At the collapse threshold the solution has |w|^{2D} = Γ((D-1)/(κa))^{D+1}:
    it jumps there from zero for D >= 2 and starts continuously for D = 1.

Notation
    |c|² (``cross_sq``), Γ (``decay_product``), κ (``effective_covariance_factor``), a
    (``data_level``), D (``hidden_layers``), |w|² (``effective_sq``), τ the cost of a layer;
    L - E y² (``regularised_loss``), its certified minimum (``reduced_minimum``).

Assumptions
    below, above  |c|^{2D} against the collapse threshold: each is the other's negation.
    negative      L - E y² < 0.  Without it, a solution may lie between the thresholds.
    nonzero       w != 0: the origin is stationary for every D >= 1.

Proof
    At any stationary point w·c = U M_D Uᵀ + τ (multiply the gradient of the last layer by Uᵀ),
    U M_D Uᵀ >= κa|w|² and τ^{D+1} = Π γ_i|W^(i)|² >= Γ|w|² (Z3p).  So with s = |w|

        |c| >= κa s + Γ^{1/(D+1)} s^{-(D-1)/(D+1)},

    with equality on aligned networks (Z3).  The right side is least at κa s² = (D-1)τ/(D+1), where
    it is the birth threshold; it grows without bound on both sides, so every larger |c| is met.
    The value Dτ - w·c of a solution vanishes at κa s² = (D-1)τ: the collapse threshold.

Sharpness
    Each threshold is attained exactly; they coincide only for D = 1.

Implementation notes
    Exact networks between the thresholds are local but not global minima.  Stationary points with
    neurons switched off are included: Z5.exists speaks of the full loss.  That solutions exist
    all the way above birth is the proof's; the claims decide that none exist below it.

References
----------
    certimin2026 (both thresholds); ziyin2022exact, ziyin2022phase (orders of the transition)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.weight_decay import deep_minimum_eq_aligned as Z3
from theorems.weight_decay import loss_ge_reduced_problem as Z3p
from theorems.weight_decay.aligned import isotropic_stationary, noisy_ties, unit_network
from theorems.weight_decay.networks import (
    NoisyInstance,
    cross_sq,
    decay_input,
    effective_covariance_factor,
    effective_energy,
    hidden_layers,
    isotropic,
    isotropic_networks,
    layer_penalty,
    regularised_loss,
)
from theorems.weight_decay.reduction import (
    data_level,
    decay_product,
    effective_sq,
    nonzero,
    reduced_minimum,
)
from theorems.weight_decay.training import NoisyProblem, trained_minimum
from verify.theorem import (
    Assumption,
    Bounds,
    Condition,
    Formula,
    Identity,
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

__all__ = ["THEOREM", "birth", "collapse", "stationary_balance"]

# --- closed forms -------------------------------------------------------------------------------

loss, least, D, kappa, Gamma, a = symbols(
    regularised_loss,
    reduced_minimum,
    hidden_layers,
    effective_covariance_factor,
    decay_product,
    data_level,
)
c_sq, w_sq, energy, tau, decay = symbols(
    cross_sq, effective_sq, effective_energy, layer_penalty, decay_input
)

collapse = Formula(
    "collapse",
    r"\Gamma(\kappa a)^{D-1}D^{2D}/(D-1)^{D-1}",
    Gamma * (kappa * a) ** (D - 1) * D ** (2 * D) * (D - 1) ** (1 - D),
)
birth = Formula(
    "birth",
    r"\Gamma(\kappa a)^{D-1}(2D)^{2D}/((D-1)^{D-1}(D+1)^{D+1})",
    Gamma * (kappa * a) ** (D - 1) * (2 * D) ** (2 * D) * (D - 1) ** (1 - D) * (D + 1) ** (-1 - D),
)
jump_size = Formula(
    "jump_size", r"\Gamma((D-1)/(\kappa a))^{D+1}", Gamma * ((D - 1) / (kappa * a)) ** (D + 1)
)

# --- settings and assumptions -------------------------------------------------------------------

any_solution = isotropic_stationary(
    "isotropic-stationary",
    "aligned stationary networks, A_0 = aI with κa|w|²/τ at random, some neurons switched off",
)
at_birth = isotropic_stationary(
    "isotropic-at-birth",
    "aligned stationary networks, A_0 = aI, κa|w|² = (D-1)τ/(D+1)",
    lambda D: Fraction(D - 1, D + 1),
)
shallow = isotropic_stationary(
    "isotropic-shallow", "aligned stationary networks, A_0 = aI, D = 1", lambda D: Fraction(3, 2)
)


@setting("isotropic-equal-decays", "isotropic-networks with one decay γ for all layers")
def equal_decays(draw: Draw) -> NoisyInstance:
    """Arbitrary weights, A_0 = aI, equal decays."""
    return isotropic(draw, equal_decays=True)


below = Assumption("below", c_sq**D <= collapse)
above = Assumption("above", c_sq**D > collapse)
above_birth = Assumption("above_birth", c_sq**D > birth)
negative_loss = Assumption("negative", loss < 0)
local_minimum = Assumption("local_minimum", (D + 1) * kappa * energy >= (D - 1) * tau)
above_square = Assumption("above_square", c_sq > decay**2)
below_square = Assumption("below_square", c_sq <= decay**2)

# --- claims and proofs --------------------------------------------------------------------------

_DEEP, _JUMPING = Bounds((2, 4), (1, 3)), Bounds((3, 5), (1, 2))
C, k, g, y, s, t = sp.symbols("c k g y s t", positive=True)  # |c|, κa, Γ^{1/(D+1)}, s = y^{D+1}, τ
m = sp.Symbol("m", integer=True, positive=True)  # D - 1

no_better = stated(
    "below", "at or below collapse no weights do better than zero",
    isotropic_networks, loss >= 0, below, given=(Z3p.minimum,), bounds=_DEEP,
)  # fmt: skip
better = stated(
    "above", "above it the minimum is negative",
    isotropic_networks, least < 0, above, given=(Z3p.minimum,), bounds=_DEEP,
)  # fmt: skip
negative = stated(
    "negative", "stationary weights of negative loss need |c| above collapse",
    any_solution, c_sq**D > collapse, negative_loss, bounds=_DEEP,
)  # fmt: skip


@claim(noisy_ties, sp.Eq(c_sq**D, collapse), given=(Z3.value,), bounds=_JUMPING)
def tie(collapse: Any) -> Iterator[Step]:
    """|c| is at collapse where κa|w|² = (D-1)τ."""
    yield from _resultants(collapse, lambda p, D: C * p[D - 1] - D * g)
    yield Identity(
        "collapse by elimination", ((m + 1) * t / s) ** (2 * m + 2), _with_share(collapse, m),
        why="|c|s = Dτ, κas² = (D-1)τ, τ^{D+1} = Γs²", at={"D": m + 1},
    )  # fmt: skip
    met = k * s + t / s  # |c|, for |c|s = κas² + τ
    yield Identity(
        "value of a solution", k * s**2 - 2 * met * s + (D + 1) * t, D * t - met * s,
        why="|c| = κas + τ/s",
    )  # fmt: skip


tie_value = stated(
    "tie_value", "the solution has loss zero there", noisy_ties, sp.Eq(loss, 0), bounds=_JUMPING
)


@claim(noisy_ties, sp.Eq(w_sq**D, jump_size), bounds=_JUMPING)
def jump(jump_size: Any) -> Iterator[Step]:
    """Its size there, positive for D >= 2."""
    yield Identity(
        "size at collapse", s ** (2 * m + 2), _with_share(jump_size, m),
        why="κas² = (D-1)τ, τ^{D+1} = Γs²", at={"D": m + 1},
    )  # fmt: skip
    yield Identity("no jump", jump_size.subs(D, 1), why="|w|² = 0", at={"D": 1})


continuous = stated(
    "continuous", "one hidden layer: κa|w| = |c| - Γ^{1/2} at global minima",
    shallow, sp.Eq(kappa * a * sp.sqrt(w_sq), sp.sqrt(c_sq) - sp.sqrt(Gamma)),
    bounds=Bounds((2, 2), (1, 3)),
)  # fmt: skip


@claim(any_solution, c_sq**D >= birth, nonzero, given=(Z3p.lower, Z3.stationary), bounds=_DEEP)
def exists(birth: Any) -> Iterator[Step]:
    """Non-trivial stationary points have |c| at or above birth."""
    yield from stationary_balance()
    needed_signal = k * y ** (m + 2) + g * y ** (-m)  # κas + Γ^{1/(D+1)} s^{-(D-1)/(D+1)}
    tip = m / (m + 2) * g * y ** (-2 * m - 2)  # κa with κas² = (D-1)τ/(D+1)
    at = {"D": m + 1}
    slope, least = sp.diff(needed_signal, y), (2 * m + 2) / (m + 2) * g * y ** (-m)
    yield Identity("least |c|", slope.subs(k, tip), why="κas² = (D-1)τ/(D+1)", at=at)
    closed = birth.xreplace({kappa: tip, a: sp.Integer(1), Gamma: g ** (m + 2), D: m + 1})
    yield Identity("the least |c| is birth", least ** (2 * m + 2), closed, why="elimination", at=at)
    yield Identity("value of |c| there", needed_signal.subs(k, tip), least, at=at)
    curvature = (m + 2) * (m + 1) * k * y**m + m * (m + 1) * g * y ** (-m - 2)
    yield Identity("curvature in y", sp.diff(needed_signal, y, 2), curvature, why="calculus", at=at)
    yield Condition("convex in y", curvature, ">", why="the least value", at=at)
    for hidden in range(2, 6):
        concrete = needed_signal.subs(m, hidden - 1)
        ends = sp.limit(concrete, y, 0, "+"), sp.limit(concrete, y, sp.oo)
        yield Condition(
            "every larger |c| is met", ends == (sp.oo, sp.oo),
            why="the signal needed grows without bound as s -> 0 and s -> ∞", at={"D": hidden},
        )  # fmt: skip


def stationary_balance() -> Iterator[Step]:
    """Yield w·c = U M_D Uᵀ + τ at any stationary point, for any moments M_D of the last layer."""
    decay = sp.Symbol(r"\gamma_u", positive=True)
    for d in (1, 2, 3):
        U = sp.Matrix(1, d, lambda _, j: sp.Symbol(f"u{j}", real=True))
        M = sp.Matrix(d, d, lambda i, j: sp.Symbol(f"m{min(i, j)}{max(i, j)}", real=True))
        B = sp.Matrix(1, d, lambda _, j: sp.Symbol(f"e{j}", real=True))  # W^(D)...W^(1) c
        power, aligned, paid = ((U * X.T)[0] for X in (U * M, B, decay * U))
        total = power - 2 * aligned + paid
        slope = sum(u * sp.diff(total, u) for u in U)
        yield Identity(
            "the gradient of the last layer along itself", slope / 2, power - aligned + paid,
            why="it vanishes at stationary points, and U M_D Uᵀ >= κ wᵀA_0w (Z3p)", at={"d_D": d},
        )  # fmt: skip


@claim(at_birth, sp.Eq(c_sq**D, birth), bounds=_JUMPING)
def born(birth: Any, collapse: Any) -> Iterator[Step]:
    """|c| is at birth where κa|w|² = (D-1)τ/(D+1)."""
    yield from _resultants(birth, lambda p, D: 2 * D * k * p[D + 1] - (D - 1) * C)
    yield Identity(
        "birth by elimination", ((2 * m + 2) / (m + 2) * t / s) ** (2 * m + 2),
        _with_share(birth, m / (m + 2)),
        why="|c| = κas + τ/s, κas² = (D-1)τ/(D+1), τ^{D+1} = Γs²", at={"D": m + 1},
    )  # fmt: skip
    yield Identity("ratio of the thresholds", collapse / birth, (D + 1) ** (D + 1) / 4**D)


def _with_share(closed: Any, share: Any) -> Any:
    """A closed form at D = m + 1, κa = share τ/s² and Γ = τ^{D+1}/s²."""
    here = {kappa: share * t / s**2, a: sp.Integer(1), Gamma: t ** (m + 2) / s**2, D: m + 1}
    return closed.xreplace(here)


def _resultants(threshold: Any, second: Callable[[Mapping[int, Any], int], Any]) -> Iterator[Step]:
    """Eliminate y from stationarity, k y^{2D} - C y^{D-1} + g = 0, and a second equation.

    For odd D only y² occurs; the product over ±C then has powers of C² only.
    """
    for size in range(1, 6):
        step = 2 if size % 2 else 1
        power = {e: y ** sp.Rational(e, step) for e in range(2 * size + 1)}
        balance = k * power[2 * size] - C * power[size - 1] + g
        # D = 1: both thresholds are where the solution leaves y = 0
        equation = second(power, size) if size > 1 else y
        result = sp.resultant(balance, equation, y)
        result = sp.expand(result * result.subs(C, -C)) if step == 2 else result
        here = {D: sp.Integer(size), kappa: k, a: sp.Integer(1), Gamma: g ** (size + 1)}
        quotient = sp.cancel(result / (C ** (2 * size) - threshold.xreplace(here)))
        yield Condition(
            "resultant", bool(quotient != 0 and not quotient.has(C)),
            why="Res_y = (|c|^{2D} - threshold) q with q free of |c|", at={"D": size},
        )  # fmt: skip


# --- instances ----------------------------------------------------------------------------------


def _strong() -> NoisyInstance:
    """The unit network with A_0 a tenth: the loss is negative."""
    weak = unit_network()
    return replace(weak, sigma=weak.arithmetic.matrix([[Fraction(1, 640)]]))


def _at_rest(level: Fraction, cross: int, decay: int) -> NoisyInstance:
    """D = 2, widths 2, σ² = 1, equal decays, A_0 = level, zero weights."""
    zero = [[0, 0], [0, 0]]
    return NoisyInstance.exact([[[0], [0]], zero, [[0, 0]]], [[level]], [[cross]], [decay] * 3, 1)


def _local_only() -> NoisyInstance:
    """Widths 1, a = c = 1, σ² = 0, w = 3/7: Γ^{1/3} = 0.4309, loss 9/49 > 0, a local minimum."""
    w, cost = Fraction(3, 7), Fraction(12, 49)  # w + τ/w = 1
    return NoisyInstance.exact([[[w]], [[1]], [[1]]], [[1]], [[1]], [cost / w**2, cost, cost], 0)


# --- false twins --------------------------------------------------------------------------------

_TWO = Bounds((3, 3), (2, 3))
_twins = (
    twin("square_suffices", "D = 2, equal decays: |c|² > γ² makes the minimum negative",
         equal_decays, least < 0, above_square, bounds=_TWO),
    twin("square_needed", "D = 2, equal decays: |c|² <= γ² makes the origin the minimum",
         equal_decays, sp.Eq(least, 0), below_square, bounds=_TWO,
         known=lambda: [_at_rest(Fraction(1, 64), 1, 1)]),
    twin("born_global", "a solution is global as soon as it exists",
         isotropic_networks, least < 0, above_birth, bounds=_TWO,
         known=lambda: [_local_only()]),
    twin("always_global", "the best non-trivial stationary point is always global for D = 2",
         any_solution, loss <= 0, local_minimum, bounds=_TWO,
         known=lambda: [_local_only()]),
    twin("one_threshold", "solutions exist only above collapse",
         any_solution, c_sq**D >= collapse, bounds=_TWO),
    twin("noise_forgotten", "a for κa in the collapse threshold",
         noisy_ties, sp.Eq(c_sq**D, collapse.expression.subs(kappa, 1)), bounds=_TWO),
    twin("no_jump", "the solution starts from zero for D = 2",
         noisy_ties, sp.Eq(w_sq, 0), bounds=_TWO),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Many starts at 0.9, 1.1 and 1.3 times the |c| of collapse, D = 1, 2, 3 in turn."""
    rng = np.random.default_rng(seed + 5)
    for run in range(runs):
        share, size = (0.9, 1.1, 1.3)[run % 3], 1 + run % 3
        problem = _problem(rng, size, share)
        label = f"run {run}, D = {size}, {share} of collapse"
        yield trained_minimum(rng, problem, [2] * (size + 1) + [1], label)


def _problem(rng: np.random.Generator, size: int, share: float) -> NoisyProblem:
    """D = size, A_0 = I/2, widths 2, σ² = 1/2 and |c| a multiple of its value at collapse."""
    decays = (0.3 * np.exp(0.3 * rng.standard_normal(size + 1))).tolist()
    level = 0.5 * (1 + 0.5 / 2) ** size  # κa
    ratio = size ** (2 * size) / max(size - 1, 1) ** (size - 1)
    critical = (math.prod(decays) * level ** (size - 1) * ratio) ** (1 / (2 * size))
    cross = rng.standard_normal((1, 2))
    cross *= share * critical / np.linalg.norm(cross)
    return NoisyProblem(0.5 * np.eye(2), cross, decays, 0.5)


THEOREM = Theorem(
    id="Z5",
    title="Isotropic data have two thresholds: of existence and of global minimality",
    statement=(
        r"A_0=aI:\quad W\ne 0 \text{ is a global minimum for some } W \iff "
        r"|c|^{2D}\ge\Gamma(\kappa a)^{D-1}\frac{D^{2D}}{(D-1)^{D-1}},\quad "
        r"\text{a stationary point} \iff "
        r"|c|^{2D}\ge\Gamma(\kappa a)^{D-1}\frac{(2D)^{2D}}{(D-1)^{D-1}(D+1)^{D+1}}"
        r"\quad (0^0=1;\ \text{strict for } D=1)"
    ),
    normalisation="loss E(f - y)² + Σ γ|W|_F², no factor 1/2; noise averaged; E y² left out",
    source=Source("certimin2026", "two thresholds; the transitions after ziyin2022phase"),
    claims=(no_better, better, negative, tie, tie_value, jump, continuous, exists, born),
    controls=_twins,
    witnesses=(
        witness("tie", tie_value, "unit weights, D = 2, exactly at collapse", unit_network),
        witness("at_rest", no_better, "the same point: loss 0 at the tie", unit_network),
        witness("local", exists, "between the thresholds: local only", _local_only),
    ),
    necessity=(
        needed(below, no_better, "weaker data term: the loss is negative", _strong),
        needed(above, better, "at collapse the minimum is 0", unit_network),
        needed(negative_loss, negative, "between the thresholds: loss 9/49", _local_only),
        needed(nonzero, exists, "the origin is stationary for weak data",
               lambda: _at_rest(Fraction(1), 1, 4)),
    ),
    trainings=(
        Training("trained", "L-BFGS from many starts on both sides of collapse, D = 1, 2, 3",
                 _train, (no_better, better)),
    ),
    module=__name__,
)  # fmt: skip
