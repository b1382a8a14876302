r"""Deep factorisation with weight decay decouples in the modes of its target.

Statement
    Let $Σ = I$ and $λ > 0$, let $P = W_L ⋯ W_1$, $L ≥ 2$, and let $σ_i$ be the singular values of
    $T$, with any number of outputs.  For all weights

        |P - T|_F² + λ Σ_k |W_k|_F² ≥ Σ_i \min_{s ≥ 0} ((s - σ_i)² + Lλ s^{2/L}),        [lower]

    and balanced layers along the singular vectors of $T$ attain it [attained], if no hidden layer
    is narrower than the number of modes alive.

    A mode is a number $σ ≥ 0$ with the cost $(t^L - σ)² + Lλt²$ of $s = t^L$.  If

        σ^{2(L-1)} ≤ λ^L (L-1)^{2(L-1)}/(L-2)^{L-2},  (0^0 = 1),

    it is dead: no $t$ costs less than $t = 0$, which costs $σ²$ [dead].  Above this threshold it
    is alive: some $t$ costs less [alive].  For $L = 2$ the threshold is $σ = λ$, and $t² = σ - λ$
    costs $σ² - (σ - λ)²$ [shallow].  A $t > 0$ with $t^{L-2}(σ - t^L) = λ$ and
    $t^{2(L-1)} ≥ (L-2)λ$ costs least of all [least], and less than $t = 0$ by
    $t²(t^{2(L-1)} - (L-2)λ)$ [margin]: a tie where that vanishes.

Notation
    $D = L - 1$ (``mode_layers``), $σ$ (``mode_gain``), $λ$ (``mode_decay``), $t$ (``mode_root``)
    and another $r$ (``mode_rival``); the left side of N4.lower is ``factor_loss``, the right one
    ``factor_minimum``.

Assumptions
    below     the threshold is not exceeded: dead.  Without it some $t$ is cheaper.
    above     it is: alive.  Without it nothing is cheaper than 0.
    critical  $t^{L-2}(σ - t^L) = λ$, the slope in $t$ vanishes.  Without it $t$ may be cut.
    lively    $t^{2(L-1)} ≥ (L-2)λ$.  Without it 0 is cheaper.

Proof
    Dead.  By AM-GM, for $L-2$ terms $t^{2(L-1)}/(L-2)$ and $L$ terms $λ$,

        (t^{2(L-1)} + Lλ)^{2(L-1)} ≥ (2(L-1))^{2(L-1)} (L-2)^{2-L} t^{2(L-1)(L-2)} λ^L,

    at least $(2σt^{L-2})^{2(L-1)}$ below the threshold.  So $t^{2L} + Lλt² ≥ 2σt^L$, which is
    that $t$ costs $σ²$ or more.   [dead]
    Alive.  At $t^{2(L-1)} = (L-2)λ$ the cost is $σ² - 2t^L(σ - t^L(L-1)/(L-2))$, below $σ²$ above
    the threshold, which is $σ = t^L(L-1)/(L-2)$.   [alive]
    Least.  With $σ = t^L + λt^{2-L}$ the cost of $r$ less that of $t$ is

        (r^L - t^L)²(1 - (L-2)λt^{2-2L})
          + λ((L-2)t^{2-2L}r^{2L} - 2(L-1)t^{2-L}r^L + Lr²),

    and the last bracket is not negative by AM-GM.   [least]
    Matrices.  By U9 the energy is at least $L Σ_i s_i(P)^{2/L}$, and $|P - T|²$ at least
    $Σ_i (s_i(P) - σ_i)²$ by Mirsky's inequality (von Neumann's trace inequality).   [lower]
    $W_k = Q_k diag(t_i) Q_{k-1}ᵀ$ with $T = Q_L diag(σ_i) Q_0ᵀ$ attains both.   [attained]

Sharpness
    Attained.  Without $(L-2)^{L-2}$ the threshold is refuted for $L ≥ 4$ (for $L = 2$ and $3$ it is
    the same), and so is the decoupling for other $Σ$.

Implementation notes
    Instances are built from the roots $t_i$, so that every minimum is rational.  The modes'
    minima enter N4.lower through them, as N4.dead and N4.least allow.

References
----------
    chen2025complete, kamber2026landscape (abstracts only read; re-derived here);
    dai2021representation;
    mirsky1960symmetric
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.networks import LinearNetwork
from numeric.training import dyadic
from theorems.instances import ExactInstance, Rows
from theorems.lemmas import MIRSKY
from theorems.quantities import symbols
from theorems.recipes import Draw, diagonal, setting
from theorems.unified import weight_energy_ge_schatten as U9
from verify.derivation import rules
from verify.theorem import (
    Assumption,
    Bounds,
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

__all__ = ["THEOREM", "FactorInstance", "ModeInstance"]

# --- one mode -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ModeInstance(ExactInstance):
    """A singular value σ of the target, the decay λ, and candidates t > 0, r >= 0 for s^{1/L}.

    Parameters
    ----------
    layers
        D = L - 1 >= 1.
    gain, penalty, root, rival
        σ, λ > 0, t and r, scalars.
    """

    layers: int
    gain: Any
    penalty: Any
    root: Any
    rival: Any

    @classmethod
    def exact(cls, layers: int, gain: Any, decay: Any, root: Any, rival: Any = 0) -> ModeInstance:
        """Return the exact instance with these rational numbers."""
        ar = Rational()
        return cls(ar, layers, *map(ar.scalar, (gain, decay, root, rival)))


@quantity("mode_layers", "D", integer=True, nonzero=True)
def mode_layers(instance: ModeInstance) -> int:
    """D = L - 1."""
    return instance.layers


@quantity("mode_gain", r"\sigma")
def mode_gain(instance: ModeInstance) -> Any:
    """Singular value σ of the target."""
    return instance.gain


@quantity("mode_decay", r"\lambda", nonzero=True)
def mode_decay(instance: ModeInstance) -> Any:
    """Weight decay λ > 0 of every layer."""
    return instance.penalty


@quantity("mode_root", "t", nonzero=True)
def mode_root(instance: ModeInstance) -> Any:
    """Candidate t > 0 for the L-th root of a singular value of P."""
    return instance.root


@quantity("mode_rival", "r")
def mode_rival(instance: ModeInstance) -> Any:
    """Another one, r."""
    return instance.rival


def _depth(draw: Draw, least: int = 1) -> int:
    """D, at least ``least``."""
    return max(least, draw.depth() - 1)


@setting("modes", "any depth, any σ, λ > 0 and t > 0")
def modes(draw: Draw) -> ModeInstance:
    """Any candidate for any mode."""
    ar, D = draw.arithmetic, _depth(draw)
    decay = draw.number(0, 2) + ar.scalar(Fraction(1, 8))
    gain, root, rival = draw.numbers(3, 0, 3)
    return ModeInstance(ar, D, gain, decay, root + ar.scalar(Fraction(1, 16)), rival)


@setting("alive-modes", "t > 0, (L-2)λ <= t^{2(L-1)}, σ = t^L + λ t^{2-L}, any r")
def alive_modes(draw: Draw) -> ModeInstance:
    """Modes with their least candidate."""
    ar, D = draw.arithmetic, _depth(draw)
    root, rival = draw.number(1, 2), draw.number(0, 3)
    share = draw.number(0, 1) + ar.scalar(Fraction(1, 100)) if D == 1 else draw.number(1, 8) / 8
    decay = share * root ** (2 * D) / max(1, D - 1)
    gain = root ** (D + 1) + decay * ar.power(root, Fraction(1 - D))
    return ModeInstance(ar, D, gain, decay, root, rival)


@setting("threshold-modes", "L >= 3, t^{2(L-1)} = (L-2)λ, any σ")
def threshold_modes(draw: Draw) -> ModeInstance:
    """Where a mode above the threshold costs less than nothing."""
    D, root = _depth(draw, 2), draw.number(1, 2)
    gain = draw.number(0, 3) * root ** (D + 1)
    return ModeInstance(draw.arithmetic, D, gain, root ** (2 * D) / (D - 1), root, root)


@setting("shallow-modes", "L = 2, t² = σ - λ")
def shallow_modes(draw: Draw) -> ModeInstance:
    """The modes of two layers that are alive."""
    decay, root = draw.numbers(2, 1, 3)
    return ModeInstance(draw.arithmetic, 1, root * root + decay, decay, root, root)


D, sigma, lam, t, r = symbols(mode_layers, mode_gain, mode_decay, mode_root, mode_rival)


def _cost(x: Any) -> Any:
    return (x ** (D + 1) - sigma) ** 2 + (D + 1) * lam * x**2


mode_cost = Formula("mode_cost", r"(t^L-\sigma)^2+L\lambda t^2", _cost(t))
rival_cost = Formula("rival_cost", r"(r^L-\sigma)^2+L\lambda r^2", _cost(r))
mode_threshold = Formula(
    "mode_threshold", r"\lambda^L(L-1)^{2(L-1)}/(L-2)^{L-2}",
    lam ** (D + 1) * D ** (2 * D) * (D - 1) ** (1 - D),
)  # fmt: skip
mode_margin = Formula(
    "mode_margin", r"t^2(t^{2(L-1)}-(L-2)\lambda)", t**2 * (t ** (2 * D) - (D - 1) * lam)
)
below = Assumption("below", sigma ** (2 * D) <= mode_threshold)
above = Assumption("above", sigma ** (2 * D) > mode_threshold)
critical = Assumption("critical", sp.Eq(t ** (D - 1) * (sigma - t ** (D + 1)), lam))
lively = Assumption("lively", (D - 1) * lam <= t ** (2 * D))

_DEEP = Bounds((2, 5), (1, 1))


@claim(modes, mode_cost >= sigma**2, below, bounds=_DEEP)
def dead(mode_cost: Any, mode_threshold: Any) -> Iterator[Step]:
    """At or below the threshold nothing is cheaper than 0."""
    mean = rules.am_gm_pair(t ** (2 * D), D - 1, (D + 1) * lam, D + 1)
    mean = rules.scaled(rules.cancelled(mean, rules.self_power(D - 1)), (D + 1) ** (-D - 1))
    total = t ** (2 * D) + (D + 1) * lam
    bound = 4**D * mode_threshold * t ** (2 * D * (D - 1))
    mean = rules.rewritten(mean, total ** (2 * D), bound)
    small = rules.assumed(sigma ** (2 * D) <= mode_threshold)
    small = rules.turned(rules.scaled(small, 4**D * t ** (2 * D * (D - 1))))
    root = rules.raised(rules.transitive(mean, small), 1 / (2 * D))
    root = rules.rewritten(root, total, 2 * sigma * t ** (D - 1))
    whole = rules.added(rules.scaled(root, t**2), sigma**2 - 2 * sigma * t ** (D + 1))
    yield rules.rewritten(whole, mode_cost, sigma**2)


alive = stated(
    "alive", "above it, for $L ≥ 3$, something is",
    threshold_modes, mode_cost < sigma**2, above, bounds=Bounds((3, 5), (1, 3)),
)  # fmt: skip
shallow = stated(
    "shallow", "and for $L = 2$",
    shallow_modes, sp.Eq(mode_cost, sigma**2 - (sigma - lam) ** 2), bounds=_DEEP, sizes=((),),
)  # fmt: skip


least_attained = stated(
    "least_attained", "a rival that is the same costs the same",
    shallow_modes, sp.Eq(rival_cost, mode_cost), bounds=_DEEP, sizes=((),), check=True,
)  # fmt: skip


@claim(alive_modes, rival_cost >= mode_cost, critical, lively, bounds=_DEEP)
def least(rival_cost: Any, mode_cost: Any) -> Iterator[Step]:
    """What is critical and not too small is cheapest."""
    R, T, low = r ** (D + 1), t ** (D + 1), t ** (1 - D)
    mean = rules.am_gm((D - 1, t ** (-2 * D) * r ** (2 * D + 2)), (D + 1, r**2))
    bracket = (D - 1) * t ** (-2 * D) * R**2 + (D + 1) * r**2
    mean = rules.scaled(rules.rewritten(mean, bracket, 2 * D * R * low), lam)
    room = rules.scaled(rules.assumed(lively), t ** (-2 * D) * (R - T) ** 2)
    slope = rules.scaled(rules.turned(rules.assumed(critical)), 2 * low * (R - T))
    smaller = sum(rules.falling(fact.relation)[2] for fact in (mean, room, slope))
    yield rules.rewritten(
        rules.added(mean, room, slope, mode_cost - smaller), rival_cost, mode_cost
    )


margin = stated(
    "margin", "by how much it is cheaper than 0",
    alive_modes, sp.Eq(mode_cost, sigma**2 - mode_margin), critical, bounds=Bounds((2, 4), (1, 1)),
    sizes=((2,), (3,), (4,)),
)  # fmt: skip

# --- matrices -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class FactorInstance(ExactInstance):
    """A network, a target of known singular values, and the cheapest root of each mode.

    Parameters
    ----------
    weights
        W_1, ..., W_L.
    target, sigma
        T of shape (d_y, d_x), and Σ.
    gains, roots
        The min(d_x, d_y) singular values σ_i of T, and the t_i of least cost.
    decay
        λ > 0.
    """

    weights: tuple[Any, ...]
    target: Any
    sigma: Any
    gains: tuple[Any, ...]
    roots: tuple[Any, ...]
    decay: Any

    @classmethod
    def exact(
        cls, weights: Any, gains: Any, roots: Any, decay: Any, sigma: Rows | None = None
    ) -> FactorInstance:
        """Return the exact instance whose T is diag(gains), square; Σ = I if not given."""
        ar, n = Rational(), len(gains)
        scalars = [tuple(map(ar.scalar, numbers)) for numbers in (gains, roots)]
        data = ar.identity(n) if sigma is None else ar.matrix(sigma)
        layers = tuple(ar.matrix(W) for W in weights)
        target = diagonal(ar, [*scalars[0]], n, n)
        return cls(ar, layers, target, data, *scalars, ar.scalar(decay))

    @cached_property
    def net(self) -> LinearNetwork:
        """Return the network with its cached products."""
        return LinearNetwork(self.arithmetic, self.weights)


def _modes(draw: Draw, L: int, count: int, total: int) -> tuple[list[Any], list[Any], Any]:
    """Singular values, ``count`` of them alive, with their roots and λ."""
    ar = draw.arithmetic
    if L == 2:
        decay = threshold = draw.number(1, 3) / 2
        roots = draw.numbers(count, 1, 3)
    else:
        first = draw.number(1, 2) / 2
        decay = first ** (2 * L - 2) / (L - 2)
        threshold = first**L * (L - 1) / (L - 2)
        roots = [first * x for x in draw.numbers(count, 1, 2)]
    gains = [x**L + decay * ar.power(x, Fraction(2 - L)) for x in roots]
    gains += [threshold * share for share in draw.numbers(total - count, 0, 1)]
    return gains, roots + [ar.scalar(0)] * (total - count), decay


def _factors(draw: Draw, layers: Any, best: bool) -> FactorInstance:
    """The target of drawn modes, with these layers or the balanced ones along it."""
    ar, shape = draw.arithmetic, draw.shape()
    count, total = draw.integer(0, min(shape)), min(shape[0], shape[-1])
    gains, roots, decay = _modes(draw, len(shape) - 1, count, total)
    turns = draw.rotations(shape) if best else draw.rotations([shape[0], shape[-1]])
    weights = [
        after @ diagonal(ar, roots[:count], after.shape[-1], before.shape[-1]) @ before.mT
        for before, after in itertools.pairwise(turns)
    ] if best else layers(shape)  # fmt: skip
    target = turns[-1] @ diagonal(ar, gains, shape[-1], shape[0]) @ turns[0].mT
    data = ar.identity(shape[0])
    return FactorInstance(ar, tuple(weights), target, data, tuple(gains), tuple(roots), decay)


@setting("regularised-factors", "any weights, T = Q diag(σ) Rᵀ with modes alive and dead, Σ = I",
         special=("best-factors",))  # fmt: skip
def regularised_factors(draw: Draw) -> FactorInstance:
    """Arbitrary weights beside a target of known modes."""
    return _factors(draw, draw.layers, False)


@setting("best-factors", "W_k = Q_k diag(t) Q_{k-1}ᵀ for T = Q_L diag(σ) Q_0ᵀ, Σ = I", exists=True)
def best_factors(draw: Draw) -> FactorInstance:
    """Balanced layers along the target's singular vectors."""
    return _factors(draw, None, True)


@quantity("factor_loss", r"|(P-T)K|_F^2+\lambda\textstyle\sum_k|W_k|_F^2")
def factor_loss(instance: FactorInstance) -> Any:
    """tr((P - T)Σ(P - T)ᵀ) + λ Σ_k |W_k|², which is |P - T|² + ... where Σ = I."""
    ar, E = instance.arithmetic, instance.net.end_to_end - instance.target
    squares = [ar.frobenius_sq(W) for W in instance.weights]
    energy = sum(squares[1:], start=squares[0])
    return ar.trace(E @ instance.sigma @ E.mT) + instance.decay * energy


@quantity(
    "factor_minimum", r"\textstyle\sum_i\min_{s\ge0}\bigl((s-\sigma_i)^2+L\lambda s^{2/L}\bigr)"
)
def factor_minimum(instance: FactorInstance) -> Any:
    """Σ_i min over s of (s - σ_i)² + Lλ s^{2/L}, each at its known root."""
    L, total = len(instance.weights), instance.arithmetic.scalar(0)
    for gain, root in zip(instance.gains, instance.roots, strict=True):
        short = math.prod([root] * L) - gain
        total = total + short * short + L * instance.decay * root * root
    return total


reached, bound = symbols(factor_loss, factor_minimum)
lower = stated(
    "lower", "no weights do better than mode by mode",
    regularised_factors, reached >= bound, given=(U9.lower, dead, least), cites=(MIRSKY,),
    bounds=Bounds((2, 4), (1, 3)),
)  # fmt: skip
attained = stated(
    "attained", "balanced layers along the target do as well",
    best_factors, sp.Eq(reached, bound), bounds=Bounds((2, 4), (1, 3)),
    sizes=((2, 2, 1, 2, 1), (2, 2, 2, 2, 1), (3, 1, 2, 1, 2, 1), (3, 2, 1, 1, 1, 1)),
)  # fmt: skip

# --- training -------------------------------------------------------------------------------------

_RATE, _STEPS = 0.03125, 6000


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent from layers near the identity; L = 3, two modes alive and one dead.

    λ = 1/2: t = 1 and 5/4 are alive, for t⁴ >= λ, and σ = 1/2 is below the threshold 2^{1/4}.
    Near a minimum of least curvature m > 0 across its orbit the loss is off by |∇|²/(2m); descent
    stops with |∇| < 1e-9, so that 1e-9 is allowed for any m above 1e-9.
    """
    rng, decay = np.random.default_rng(seed), 0.5
    roots = [Fraction(5, 4), Fraction(1), Fraction(0)]
    gains = [t**3 + Fraction(1, 2) / t for t in roots[:2]] + [Fraction(1, 2)]
    target = np.diag([float(g) for g in gains])
    least = float(sum((t**3 - g) ** 2 + 3 * Fraction(decay) * t**2
                      for t, g in zip(roots, gains, strict=True)))  # fmt: skip
    for run in range(runs):
        W = [np.eye(3) + 0.2 * rng.standard_normal((3, 3)) for _ in range(3)]
        for _ in range(_STEPS):
            E = W[2] @ W[1] @ W[0] - target
            slopes = [W[1].T @ W[2].T @ E, W[2].T @ E @ W[0].T, E @ W[0].T @ W[1].T]
            full = [2 * (G + decay * V) for G, V in zip(slopes, W, strict=True)]
            if sum(float(np.sum(G * G)) for G in full) < 1e-18:
                break
            W = [V - _RATE * G for V, G in zip(W, full, strict=True)]
        else:
            continue
        E = W[2] @ W[1] @ W[0] - target
        loss = float(np.sum(E * E) + decay * sum(np.sum(V * V) for V in W))
        yield TrainedSolution(
            f"run {run}",
            FactorInstance.exact([dyadic(V) for V in W], gains, roots, Fraction(decay)),
            Fraction(0),
            (Measurement("least loss", least, loss, 1e-9),),
        )


# --- the theorem --------------------------------------------------------------------------------


def _deep(gain: Any) -> ModeInstance:
    """L = 4, λ = 1/2, t = 1: the threshold is σ = 3/2."""
    return ModeInstance.exact(3, gain, Fraction(1, 2), 1)


def _unequal() -> FactorInstance:
    """Σ = diag(1/2, 3/2), T = diag(3/2, 3/4), λ = 1/2: less than 8/5, decoupled modes cost 7/4."""
    W = [[Fraction(7, 10), 0], [0, Fraction(16, 25)]]
    half = Fraction(1, 2)
    gains, data = [Fraction(3, 2), Fraction(3, 4)], [[half, 0], [0, 1 + half]]
    return FactorInstance.exact([W, W], gains, [1, half], half, data)


THEOREM = Theorem(
    id="N4",
    title="Deep factorisation with weight decay decouples in the modes of its target",
    normalisation="$|P - T|_F² + λ Σ_k |W_k|_F²$, no factors 1/2; $Σ = I$",
    source=Source(
        "chen2025complete", "the loss landscape of this problem; re-derived, abstract only read"
    ),
    claims=(dead, alive, shallow, least_attained, least, margin, lower, attained),
    controls=(
        twin("threshold_without_factor", "the threshold without $(L-2)^{L-2}$, for $L ≥ 4$",
             modes, mode_cost >= sigma**2,
             Assumption("bare", sigma ** (2 * D) <= lam ** (D + 1) * D ** (2 * D)),
             bounds=Bounds((4, 5), (1, 2)), known=lambda: [_deep(Fraction(17, 10))]),
        twin("correlated", "the same for other data, $Σ ≠ I$",
             regularised_factors, reached >= bound, bounds=Bounds((2, 2), (2, 2)),
             known=lambda: [_unequal()]),
    ),
    witnesses=(
        witness("tie", dead, "$L = 4$, $λ = 1/2$, $σ = 3/2$, $t = 1$: $1/4 + 2 = 9/4$",
                lambda: _deep(Fraction(3, 2))),
        witness("alive", least, "$L = 2$, $λ = 1$, $σ = 2$, $t = 1$: $3 ≤ 4$",
                lambda: ModeInstance.exact(1, 2, 1, 1)),
    ),
    necessity=(
        needed(below, dead, "$L = 4$, $λ = 1/2$, $σ = 17/10$, $t = 1$",
               lambda: _deep(Fraction(17, 10))),
        needed(above, alive, "$L = 4$, $λ = 1/2$, $σ = 3/2$: the tie",
               lambda: _deep(Fraction(3, 2))),
        needed(critical, least, "$L = 2$, $λ = 1$, $σ = 1/2$: 0 is cheaper than $t = 1$",
               lambda: ModeInstance.exact(1, Fraction(1, 2), 1, 1)),
        needed(critical, margin, "the same", lambda: ModeInstance.exact(1, Fraction(1, 2), 1, 1)),
        needed(lively, least, "$L = 4$, $λ = 1$, $σ = 2$, $t = 1$: 0 costs 4, $t$ costs 5",
               lambda: ModeInstance.exact(3, 2, 1, 1)),
    ),
    trainings=(
        Training("trained", "gradient descent, three layers and outputs", _train, (lower,)),
    ),
    module=__name__,
)  # fmt: skip
