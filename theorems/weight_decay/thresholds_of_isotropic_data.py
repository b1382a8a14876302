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
    below, above  |c|^{2D} against the collapse threshold.
    negative      L - E y² < 0.
    nonzero       w != 0: the origin is stationary for every D >= 1.

Derivation
    At any stationary point w·c = U M_D Uᵀ + τ (multiply the gradient of the last layer by Uᵀ),
    U M_D Uᵀ >= κa|w|² and τ^{D+1} = Π γ_i|W^(i)|² >= Γ|w|² (Z3p).  So with s = |w|

        |c| >= κa s + Γ^{1/(D+1)} s^{-(D-1)/(D+1)},

    with equality on aligned networks.  The right side is least at κa s² = (D-1)τ/(D+1), where it
    is the birth threshold; it grows without bound on both sides, so every larger |c| is met.  The
    value Dτ - w·c of a solution vanishes at κa s² = (D-1)τ: the collapse threshold.

Main results
    Z5.below       |c| at or below collapse: no weights do better than zero
    Z5.above       |c| above it: the minimum is negative
    Z5.negative    conversely, negative loss at any stationary weights needs |c| above collapse
    Z5.tie         κa|w|² = (D-1)τ: |c| is exactly at collapse
    Z5.tie_value   and the loss of the solution exactly zero
    Z5.jump        and its size positive for D >= 2
    Z5.continuous  D = 1: κa|w| = |c| - Γ^{1/2}, no jump
    Z5.exists      every non-trivial stationary point has |c| at or above birth
    Z5.born        κa|w|² = (D-1)τ/(D+1): |c| is exactly at birth

Evidence
    Symbolic: both thresholds by resultants for D = 1..5 and by calculus for all D; the ratio and
    the jump for all D.  Trained from many starts on either side of the collapse threshold.

Sharpness
    Each threshold is attained exactly; they coincide only for D = 1.

Implementation notes
    Exact networks between the thresholds are local but not global minima.  Stationary points with
    neurons switched off are included: Z5.exists speaks of the full loss.

References
----------
    certimin2026 (both thresholds); ziyin2022exact, ziyin2022phase (orders of the transition)

Tags
    weight decay, phase transition, collapse, threshold
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
from theorems.weight_decay.aligned import isotropic_stationary, noisy_ties, unit_network
from theorems.weight_decay.networks import (
    NoisyInstance,
    cross_sq,
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
from verify.claims import Bounds, Setting
from verify.expression import evaluate
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
from verify.theorem import Control, Source, TrainedSolution

__all__ = ["THEOREM", "birth", "collapse", "stationary_balance"]

# --- closed forms -------------------------------------------------------------------------------

loss, least, D, kappa, Gamma, a, c_sq, w_sq = symbols(
    regularised_loss,
    reduced_minimum,
    hidden_layers,
    effective_covariance_factor,
    decay_product,
    data_level,
    cross_sq,
    effective_sq,
)

collapse = Formula(
    "collapse_threshold",
    r"\Gamma(\kappa a)^{D-1}D^{2D}/(D-1)^{D-1}",
    Gamma * (kappa * a) ** (D - 1) * D ** (2 * D) * (D - 1) ** (1 - D),
)
birth = Formula(
    "birth_threshold",
    r"\Gamma(\kappa a)^{D-1}(2D)^{2D}/((D-1)^{D-1}(D+1)^{D+1})",
    Gamma * (kappa * a) ** (D - 1) * (2 * D) ** (2 * D) * (D - 1) ** (1 - D) * (D + 1) ** (-1 - D),
)
jump = Formula(
    "jump_size",
    r"\Gamma((D-1)/(\kappa a))^{D+1}",
    Gamma * ((D - 1) / (kappa * a)) ** (D + 1),
)

# --- assumptions --------------------------------------------------------------------------------


def _threshold(instance: NoisyInstance, formula: Formula) -> Any:
    """The closed form on this instance."""
    used = (hidden_layers, effective_covariance_factor, decay_product, data_level)
    values = {q.name: q.measure(instance) for q in used}
    return evaluate(formula.expression, values, instance.arithmetic)


def _signal(instance: NoisyInstance) -> Any:
    """|c|^{2D}."""
    return instance.arithmetic.power(cross_sq.measure(instance), Fraction(instance.net.depth - 1))


def _compared(formula: Formula, above_it: bool) -> Callable[[NoisyInstance], Any]:
    def holds(instance: NoisyInstance) -> Any:
        signal, threshold = _signal(instance), _threshold(instance, formula)
        return signal > threshold if above_it else signal <= threshold

    return holds


def _decay_sq(instance: NoisyInstance) -> Any:
    return instance.decays[0] * instance.decays[0]


below = Assumption("below", r"|c|^{2D} \le \text{collapse}", _compared(collapse, False))
above = Assumption("above", r"|c|^{2D} > \text{collapse}", _compared(collapse, True))
above_birth = Assumption("above_birth", r"|c|^{2D} > \text{birth}", _compared(birth, True))
negative = Assumption(
    "negative", r"\mathcal{L} < E y^2", lambda instance: regularised_loss.measure(instance) < 0
)
local_minimum = Assumption(
    "local_minimum",
    r"\kappa a|w|^2 \ge \tfrac{D-1}{D+1}\tau",
    lambda instance: (
        instance.net.depth
        * effective_covariance_factor.measure(instance)
        * effective_energy.measure(instance)
        >= (instance.net.depth - 2) * layer_penalty.measure(instance)
    ),
)
above_square = Assumption(
    "above_square",
    r"|c|^2 > \gamma^2",
    lambda instance: cross_sq.measure(instance) > _decay_sq(instance),
)
below_square = Assumption(
    "below_square",
    r"|c|^2 \le \gamma^2",
    lambda instance: cross_sq.measure(instance) <= _decay_sq(instance),
)

# --- derivation ---------------------------------------------------------------------------------

C, k, g, y, s, t = sp.symbols("C k g y s t", positive=True)  # |c|, κa, Γ^{1/(D+1)}, s = y^{D+1}, τ
m = sp.Symbol("m", integer=True, positive=True)  # D - 1


def derive_tie(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the collapse threshold, where a stationary point has value zero."""
    closed = formulas["collapse_threshold"]
    yield from _resultants("collapse", closed, lambda p, D: C * p[D - 1] - D * g)
    yield Identity(
        "collapse for all D >= 2",
        r"|c|s=D\tau,\ \kappa as^2=(D-1)\tau,\ \tau^{D+1}=\Gamma s^2",
        "all D >= 2",
        "elimination",
        ((m + 1) * t / s) ** (2 * m + 2),
        _with_share(closed, m),
    )
    yield Identity(
        "value of a solution",
        r"\kappa as^2-2|c|s+(D+1)\tau=D\tau-|c|s \text{ where } |c|s=\kappa as^2+\tau",
        "all D",
        "expansion",
        (k * s**2 - 2 * C * s + (m + 2) * t).subs(C, k * s + t / s),
        ((m + 1) * t - C * s).subs(C, k * s + t / s),
    )


def derive_born(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the birth threshold, the least |c| over all sizes, and the ratio of both."""
    closed = formulas["birth_threshold"]
    yield from _resultants("birth", closed, lambda p, D: 2 * D * k * p[D + 1] - (D - 1) * C)
    yield Identity(
        "birth for all D >= 2",
        r"|c|=\kappa as+\tau/s,\ \kappa as^2=\tfrac{D-1}{D+1}\tau,\ \tau^{D+1}=\Gamma s^2",
        "all D >= 2",
        "elimination",
        ((2 * m + 2) / (m + 2) * t / s) ** (2 * m + 2),
        _with_share(closed, m / (m + 2)),
    )
    yield Identity(
        "ratio of the thresholds",
        r"\text{collapse}/\text{birth} = (D+1)^{D+1}/4^D",
        "all D",
        "expansion",
        formulas["collapse_threshold"] / closed,
        (D + 1) ** (D + 1) / 4**D,
    )


def derive_exists(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield that κas + Γ^{1/(D+1)} s^{-(D-1)/(D+1)} is least at birth, with s = y^{D+1}."""
    yield from stationary_balance()
    needed = k * y ** (m + 2) + g * y ** (-m)
    tip = m / (m + 2) * g * y ** (-2 * m - 2)
    yield Identity(
        "least |c|",
        r"\partial_y(\kappa ay^{D+1}+\Gamma^{1/(D+1)}y^{1-D})=0"
        r"\text{ at } \kappa ay^{2D}=\tfrac{D-1}{D+1}\Gamma^{1/(D+1)}",
        "all D >= 2",
        "calculus",
        sp.diff(needed, y).subs(k, tip),
        0,
    )
    yield Identity(
        "the least |c| is birth",
        r"(\kappa ay^{D+1}+\Gamma^{1/(D+1)}y^{1-D})^{2D}\text{ there}",
        "all D >= 2",
        "elimination",
        ((2 * m + 2) / (m + 2) * g * y ** (-m)) ** (2 * m + 2),
        sp.expand_power_base(
            formulas["birth_threshold"].xreplace(
                {kappa: tip, a: sp.Integer(1), Gamma: g ** (m + 2), D: m + 1}
            )
        ),
    )
    yield Identity(
        "value of |c| there",
        r"\kappa ay^{D+1}+\Gamma^{1/(D+1)}y^{1-D}=\tfrac{2D}{D+1}\Gamma^{1/(D+1)}y^{1-D}",
        "all D >= 2",
        "expansion",
        sp.powsimp(sp.expand(needed.subs(k, tip) * y**m)),
        (2 * m + 2) / (m + 2) * g,
    )
    curvature = (m + 2) * (m + 1) * k * y**m + m * (m + 1) * g * y ** (-m - 2)
    yield Identity(
        "curvature in y",
        r"\partial_y^2=D(D+1)\kappa ay^{D-1}+D(D-1)\Gamma^{1/(D+1)}y^{-D-1}",
        "all D >= 2",
        "calculus",
        sp.diff(needed, y, 2),
        curvature,
    )
    yield Condition("convex in y", r"> 0", "all D >= 2", "the least value", curvature.is_positive)
    for size in range(2, 6):
        concrete = needed.subs(m, size - 1)
        ends = (sp.limit(concrete, y, 0, "+"), sp.limit(concrete, y, sp.oo))
        yield Condition(
            f"every larger |c| is met, D = {size}",
            r"\to\infty \text{ as } s\to 0 \text{ and } s\to\infty",
            "D = 2..5",
            "intermediate values",
            ends == (sp.oo, sp.oo),
        )


def stationary_balance() -> Iterator[Step]:
    """Yield w·c = U M_D Uᵀ + τ at any stationary point, for any moments M_D of the last layer."""
    for d in (1, 2, 3):
        U = sp.Matrix(1, d, lambda _, j: sp.Symbol(f"u{j}", real=True))
        M = sp.Matrix(d, d, lambda i, j: sp.Symbol(f"m{min(i, j)}{max(i, j)}", real=True))
        B = sp.Matrix(1, d, lambda _, j: sp.Symbol(f"e{j}", real=True))  # W^(D)...W^(1) c
        decay = sp.Symbol("g_u", positive=True)
        total = (U * M * U.T)[0] - 2 * (U * B.T)[0] + decay * (U * U.T)[0]
        slope = sum(U[j] * sp.diff(total, U[j]) for j in range(d))
        yield Identity(
            f"the gradient of the last layer along itself, d_D = {d}",
            r"\tfrac12\langle U,\nabla_U\mathcal{L}\rangle = UM_DU^T - w\cdot c + \tau",
            "any lower layers, d_D = 1, 2, 3",
            "expansion; it vanishes at stationary points, and U M_D Uᵀ >= κ wᵀA_0w (Z3p)",
            slope / 2,
            (U * M * U.T)[0] - (U * B.T)[0] + decay * (U * U.T)[0],
        )


def derive_jump(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the size at collapse, and that it vanishes for D = 1 only."""
    yield Identity(
        "size at collapse",
        r"\kappa as^2=(D-1)\tau,\ \tau^{D+1}=\Gamma s^2",
        "all D >= 2",
        "elimination",
        s ** (2 * m + 2),
        _with_share(formulas["jump_size"], m),
    )
    yield Identity(
        "no jump for D = 1",
        r"|w|^2=0",
        "D = 1",
        "substitution",
        formulas["jump_size"].subs(D, 1),
        0,
    )


def _with_share(closed: Any, share: Any) -> Any:
    """A closed form at D = m + 1, κa = share τ/s² and Γ = τ^{D+1}/s²."""
    here = {kappa: share * t / s**2, a: sp.Integer(1), Gamma: t ** (m + 2) / s**2, D: m + 1}
    return sp.expand_power_base(closed.xreplace(here))


def _resultants(
    name: str, closed: Any, second: Callable[[Mapping[int, Any], int], Any]
) -> Iterator[Step]:
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
        threshold = closed.xreplace({D: sp.Integer(size), kappa: k, a: sp.Integer(1)})
        gap = C ** (2 * size) - threshold.subs(Gamma, g ** (size + 1))
        quotient = sp.cancel(result / gap)
        yield Condition(
            f"{name} at D = {size}",
            r"\operatorname{Res}_y = (|c|^{2D}-\text{threshold})\cdot q,\ q \text{ free of } |c|",
            "D = 1..5",
            "resultant",
            bool(quotient != 0 and not quotient.has(C)),
        )


# --- claims and controls ------------------------------------------------------------------------

_DEEP = Bounds(depth=(2, 4), width=(1, 3))
_JUMPING = Bounds(depth=(3, 5), width=(1, 2))
_TWO = Bounds(depth=(3, 3), width=(2, 3))
_formulas = (collapse, birth, jump)

any_solution = isotropic_stationary(
    "isotropic-stationary",
    "aligned stationary networks, A_0 = aI with κa|w|²/τ at random, some neurons switched off",
)
at_birth = isotropic_stationary(
    "isotropic-at-birth", "κa|w|² = (D-1)τ/(D+1)", lambda D: Fraction(D - 1, D + 1)
)


@setting("isotropic-equal-decays", "isotropic-networks with one decay γ for all layers")
def equal_decays(draw: Draw) -> NoisyInstance:
    """Arbitrary weights, A_0 = aI, equal decays."""
    return isotropic(draw, equal_decays=True)


def _claim(
    name: str, title: str, setting: Setting, relation: Any, *assumptions: Any, bounds: Any = _DEEP
) -> Claim:
    return Claim(f"Z5.{name}", title, setting, relation, assumptions, _formulas, bounds)


_claims = (
    _claim(
        "below",
        "at or below collapse no weights do better than zero",
        isotropic_networks,
        loss >= 0,
        below,
    ),
    _claim("above", "above it the minimum is negative", isotropic_networks, least < 0, above),
    _claim(
        "negative",
        "stationary weights of negative loss need |c| above collapse",
        any_solution,
        c_sq**D > collapse.symbol,
        negative,
    ),
    _claim(
        "tie",
        "|c| is at collapse where κa|w|² = (D-1)τ",
        noisy_ties,
        sp.Eq(c_sq**D, collapse.symbol),
        bounds=_JUMPING,
    ),
    _claim(
        "tie_value",
        "the solution has loss zero there",
        noisy_ties,
        sp.Eq(loss, 0),
        bounds=_JUMPING,
    ),
    _claim(
        "jump",
        "its size there, positive for D >= 2",
        noisy_ties,
        sp.Eq(w_sq**D, jump.symbol),
        bounds=_JUMPING,
    ),
    _claim(
        "continuous",
        "one hidden layer: κa|w| = |c| - Γ^{1/2} at global minima",
        isotropic_stationary("isotropic-shallow", "any κa|w|²/τ", lambda D: Fraction(3, 2)),
        sp.Eq(kappa * a * sp.sqrt(w_sq), sp.sqrt(c_sq) - sp.sqrt(Gamma)),
        bounds=Bounds(depth=(2, 2), width=(1, 3)),
    ),
    _claim(
        "exists",
        "non-trivial stationary points have |c| at or above birth",
        any_solution,
        c_sq**D >= birth.symbol,
        nonzero,
    ),
    _claim(
        "born",
        "|c| is at birth where κa|w|² = (D-1)τ/(D+1)",
        at_birth,
        sp.Eq(c_sq**D, birth.symbol),
        bounds=_JUMPING,
    ),
)


def _twin(
    name: str, title: str, setting: Setting, relation: Any, *assumptions: Any, known: Any = tuple
) -> Control:
    claim = Claim(f"Z5.control.{name}", title, setting, relation, assumptions, _formulas, _TWO)
    return Control(claim, known)


def _at_rest(level: Fraction, cross: int, decay: int) -> NoisyInstance:
    """D = 2, widths 2, σ² = 1, equal decays, A_0 = level, zero weights."""
    zero = [[0, 0], [0, 0]]
    return NoisyInstance.exact([[[0], [0]], zero, [[0, 0]]], [[level]], [[cross]], [decay] * 3, 1)


def _local_only() -> NoisyInstance:
    """Widths 1, a = c = 1, σ² = 0, w = 3/7: Γ^{1/3} = 0.4309, loss 9/49 > 0, a local minimum."""
    w, cost = Fraction(3, 7), Fraction(12, 49)  # w + τ/w = 1
    return NoisyInstance.exact([[[w]], [[1]], [[1]]], [[1]], [[1]], [cost / w**2, cost, cost], 0)


_controls = (
    _twin(
        "square_suffices",
        "D = 2, equal decays: |c|² > γ² makes the minimum negative",
        equal_decays,
        least < 0,
        above_square,
    ),
    _twin(
        "square_needed",
        "D = 2, equal decays: |c|² <= γ² makes the origin the minimum",
        equal_decays,
        sp.Eq(least, 0),
        below_square,
        known=lambda: [_at_rest(Fraction(1, 64), 1, 1)],
    ),
    _twin(
        "born_global",
        "a solution is global as soon as it exists",
        isotropic_networks,
        least < 0,
        above_birth,
        known=lambda: [_local_only()],
    ),
    _twin(
        "always_global",
        "the best non-trivial stationary point is always global for D = 2",
        any_solution,
        loss <= 0,
        local_minimum,
        known=lambda: [_local_only()],
    ),
    _twin(
        "one_threshold",
        "solutions exist only above collapse",
        any_solution,
        c_sq**D >= collapse.symbol,
    ),
    _twin(
        "noise_forgotten",
        "a for κa in the collapse threshold",
        noisy_ties,
        sp.Eq(c_sq**D, collapse.expression.subs(kappa, 1)),
    ),
    _twin("no_jump", "the solution starts from zero for D = 2", noisy_ties, sp.Eq(w_sq, 0)),
)

# --- training, witnesses ------------------------------------------------------------------------


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


def _strong() -> NoisyInstance:
    """The unit network with A_0 a tenth: the loss is negative."""
    weak = unit_network()
    return replace(weak, sigma=weak.arithmetic.matrix([[Fraction(1, 640)]]))


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
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={
        "Z5.tie": derive_tie,
        "Z5.born": derive_born,
        "Z5.exists": derive_exists,
        "Z5.jump": derive_jump,
    },
    witnesses=(
        Witness(
            "Z5.witness.tie",
            "Z5.tie_value",
            "unit weights, D = 2, exactly at collapse",
            unit_network,
        ),
        Witness(
            "Z5.witness.at_rest", "Z5.below", "the same point: loss 0 at the tie", unit_network
        ),
        Witness("Z5.witness.local", "Z5.exists", "between the thresholds: local only", _local_only),
    ),
    necessity=(
        Necessity(below, "Z5.below", "weaker data term: the loss is negative", _strong),
        Necessity(above, "Z5.above", "at collapse the minimum is 0", unit_network),
        Necessity(negative, "Z5.negative", "between the thresholds: loss 9/49", _local_only),
        Necessity(
            nonzero,
            "Z5.exists",
            "the origin is stationary for weak data",
            lambda: _at_rest(Fraction(1), 1, 4),
        ),
    ),
    trainings=(
        Training(
            "Z5.trained",
            "L-BFGS from many starts on both sides of collapse, D = 1, 2, 3",
            _train,
            ("Z5.below", "Z5.above"),
        ),
    ),
    uses=("Z3p", "Z3"),
    module=__name__,
    tags=("weight decay", "phase transition", "threshold"),
)
