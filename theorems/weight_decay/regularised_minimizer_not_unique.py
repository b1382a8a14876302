r"""On correlated data weight decay can leave two global minimizers, neither of them zero.

Statement
    Let $L = 3$, one output and $F(w) = (w - w^*)ᵀΣ(w - w^*) + 3λ|w|^{2/3}$, which is the least of
    $R + λ\sum_k|W_k|_F²$ over all layers with end-to-end map $w$ (U9).

    For $Σ = diag(100, 1/4, 1/20)$, $λ = 2$ and the squared regressor of the setting, the ridge
    solutions $w_i = s_iw_i^*/(s_i + ν)$ with $ν = λ/a⁴$ have length $a³$ for $a = 1$ and for
    $a = 2$, and so are stationary,   [first_size, second_size]
    have the same $F$,                                                           [tie]
    and there is no smaller one.                                              [least]

    Hence the regularised map is not unique, with lengths 1 and 8.  On isotropic data a tie is
    between zero and one other length (N4).

Notation
    $s_i$ are the eigenvalues of $Σ$, $g_i = (w_i^*)²$ (rational; the $w_i^*$ are roots),
    $w_i = q_iw_i^*$; ``decayed_cost`` is $F$ at any shares $q_i$.

Assumptions
    None: one problem, and all $w$ along its eigenvectors.

Proof
    $∇F = 2Σ(w - w^*) + 2λ|w|^{-4/3}w$, so a stationary $w ≠ 0$ is the ridge solution with
    $ν = λ|w|^{-4/3}$.  With $|w| = a³$ that is one equation in $u = a²$,

        \sum_i s_i²g_iu/(s_iu² + λ)² = 1,

    which has four positive roots [four]; $F$ falls and rises in turn between them, from zero, where
    it has a cusp.  So the second and the fourth, $u = 1$ and $u = 4$, are the local minima beside
    zero.  $F$ is linear in the $g_i$, as the equation is: that both sizes are stationary and have
    one $F$ are three linear equations for three $g_i$.

Sharpness
    One level $s$ has at most two roots: then at most one length beside zero.  The target is tuned:
    ties are not claimed for more than this one.

Implementation notes
    $g$ is solved for exactly.  That nothing is smaller is also searched for at arbitrary shares.

References
----------
    certimin2026; kamber2026landscape (for $Σ = I$ the map is unique for almost every target;
    abstract read)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp

from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational
from theorems.instances import ExactInstance
from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.unified import weight_energy_ge_schatten as U9
from verify.theorem import (
    Bounds,
    Source,
    Theorem,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

_LEVELS = (Fraction(100), Fraction(1, 4), Fraction(1, 20))
_DECAY, _SIZES = Fraction(2), (1, 2)

# --- the problem --------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class DecayedInstance(ExactInstance):
    """The problem in the eigenbasis of Σ: s_i, g_i = (w_i*)², λ, and shares q_i of w_i*."""

    levels: tuple[Any, ...]
    energies: tuple[Any, ...]
    decay: Any
    shares: tuple[Any, ...]


@cache
def _energies() -> tuple[Fraction, ...]:
    """The g_i that make both sizes stationary and their costs equal."""
    rows = [[(s / (s + _DECAY / a**4)) ** 2 for s in _LEVELS] for a in _SIZES]
    fits = [[s * (1 - s / (s + _DECAY / a**4)) ** 2 for s in _LEVELS] for a in _SIZES]
    rows.append([x - y for x, y in zip(*fits, strict=True)])
    first, second = _SIZES
    right = [first**6, second**6, 3 * _DECAY * (second**2 - first**2)]
    ar = Rational()
    solved = ar.inverse(ar.matrix(rows)) @ ar.matrix([[x] for x in right])
    return tuple(Fraction(int(row[0].p), int(row[0].q)) for row in solved.rows())


@setting(
    "tied-regressions",
    "Σ = diag(100, 1/4, 1/20), λ = 2, L = 3, one output, w_i = q_i w_i* with 0 <= q_i <= 1",
    checker=None,
    load=None,
)
def tied_regressions(draw: Draw) -> DecayedInstance:
    """Any shares of the regressor."""
    return _at(draw.arithmetic, tuple(draw.numbers(3, 0, 1)))


@setting(
    "tied-minimizers", "the first or the second ridge solution of the tied regressions",
    checker=None, load=None, exists=True,
)  # fmt: skip
def tied_minimizers(draw: Draw) -> DecayedInstance:
    """Both lengths."""
    ar = draw.arithmetic
    return _at(ar, _ridge(_at(ar, ()), _SIZES[draw.integer(0, 1)]))


def _at(ar: Any, shares: tuple[Any, ...]) -> DecayedInstance:
    levels, energies = (tuple(map(ar.scalar, x)) for x in (_LEVELS, _energies()))
    return DecayedInstance(ar, levels, energies, ar.scalar(_DECAY), shares)


def _ridge(instance: DecayedInstance, size: int) -> tuple[Any, ...]:
    """The shares s_i/(s_i + λ/a⁴)."""
    return tuple(s / (s + instance.decay / size**4) for s in instance.levels)


def _written(size: int) -> DecayedInstance:
    ar = Rational()
    return _at(ar, _ridge(_at(ar, ()), size))


# --- quantities ---------------------------------------------------------------------------------


def _square(instance: DecayedInstance, shares: tuple[Any, ...]) -> Any:
    """|w|²."""
    pairs = zip(shares, instance.energies, strict=True)
    return sum((q * q * g for q, g in pairs), start=instance.arithmetic.scalar(0))


def _cost(instance: DecayedInstance, shares: tuple[Any, ...]) -> Any:
    """F at these shares."""
    ar = instance.arithmetic
    parts = zip(instance.levels, instance.energies, shares, strict=True)
    fit = sum((s * g * (1 - q) * (1 - q) for s, g, q in parts), start=ar.scalar(0))
    root = ar.power(ar.nonnegative(_square(instance, shares)), Fraction(1, 3))
    return fit + 3 * instance.decay * root


@quantity("decayed_cost", "F(w)")
def decayed_cost(instance: DecayedInstance) -> Any:
    """(w - w*)ᵀΣ(w - w*) + 3λ|w|^{2/3}."""
    return _cost(instance, instance.shares)


@quantity("short_cost", "F(w_1)")
def short_cost(instance: DecayedInstance) -> Any:
    """F at the ridge solution with ν = λ."""
    return _cost(instance, _ridge(instance, _SIZES[0]))


@quantity("long_cost", "F(w_2)")
def long_cost(instance: DecayedInstance) -> Any:
    """F at the ridge solution with ν = λ/16."""
    return _cost(instance, _ridge(instance, _SIZES[1]))


@quantity("short_square", "|w_1|^2")
def short_square(instance: DecayedInstance) -> Any:
    """Squared length of the ridge solution with ν = λ."""
    return _square(instance, _ridge(instance, _SIZES[0]))


@quantity("long_square", "|w_2|^2")
def long_square(instance: DecayedInstance) -> Any:
    """Squared length of the ridge solution with ν = λ/16."""
    return _square(instance, _ridge(instance, _SIZES[1]))


@quantity("halfway_cost", r"F((w_1+w_2)/2)")
def halfway_cost(instance: DecayedInstance) -> Any:
    """F halfway between both ridge solutions."""
    pairs = zip(*(_ridge(instance, size) for size in _SIZES), strict=True)
    return _cost(instance, tuple((p + q) / 2 for p, q in pairs))


@quantity("stationary_sizes", r"\#\{|w|>0:\nabla F=0\}", integer=True)
def stationary_sizes(instance: DecayedInstance) -> Any:
    """How many lengths stationary points other than zero have: positive roots u, by Sturm."""
    numbers = *instance.levels, *instance.energies, instance.decay
    if instance.arithmetic.kind != "exact":
        raise NotExact("roots are counted in exact arithmetic")
    u = sp.Symbol("u")
    known = [sp.Rational(int(x.p), int(x.q)) for x in numbers]
    levels, energies, decay = known[:3], known[3:6], known[6]
    total = sum(
        s**2 * g * u / (s * u**2 + decay) ** 2 for s, g in zip(levels, energies, strict=True)
    )
    numerator, _ = sp.fraction(sp.together(total - 1))
    return int(sp.Poly(numerator, u).count_roots(0, None))


F, F_1, F_2, n_1, n_2, F_mid, count = symbols(
    decayed_cost, short_cost, long_cost, short_square, long_square, halfway_cost,
    stationary_sizes,
)  # fmt: skip

# --- claims and twins ---------------------------------------------------------------------------

_BOUNDS = Bounds((3, 3), (1, 1))

first_size = stated("first_size", "the first is stationary: $|w_1| = 1$",
                    tied_regressions, sp.Eq(n_1, 1), bounds=_BOUNDS)  # fmt: skip
second_size = stated("second_size", "the second is stationary: $|w_2| = 8$",
                     tied_regressions, sp.Eq(n_2, 64), bounds=_BOUNDS)  # fmt: skip
tie = stated("tie", "both cost the same", tied_regressions, sp.Eq(F_1, F_2), bounds=_BOUNDS)
four = stated("four", "there are four stationary lengths beside zero",
              tied_regressions, sp.Eq(count, 4), bounds=_BOUNDS, check=True)  # fmt: skip
both = stated("both", "both are among the $w$ tried", tied_minimizers, sp.Eq(F, F_1),
              bounds=_BOUNDS, check=True)  # fmt: skip
least = stated("least", "nothing costs less", tied_regressions, F >= F_1,
               given=(U9.lower,), bounds=_BOUNDS)  # fmt: skip

_twins = (
    twin("convex", "halfway between two minimizers is another one",
         tied_regressions, F_mid <= F_1, bounds=_BOUNDS),
    twin("second_better", "the larger one is better by a millionth",
         tied_regressions, F_2 * sp.Rational(1000001, 1000000) <= F_1, bounds=_BOUNDS),
    twin("not_attained", "everything costs a hundredth more",
         tied_regressions, F >= F_1 * sp.Rational(101, 100), bounds=_BOUNDS,
         known=lambda: [_written(1)]),
)  # fmt: skip

THEOREM = Theorem(
    id="N26",
    title="On correlated data weight decay can leave two global minimizers that are not zero",
    normalisation="$R = E|y - Px|²$, no factor 1/2; penalty $λ\\sum_k|W_k|_F²$, $L = 3$",
    source=Source("certimin2026", "uniqueness of the regularised map"),
    claims=(first_size, second_size, tie, four, both, least),
    controls=_twins,
    witnesses=(
        witness("first", least, "the ridge solution of length 1", lambda: _written(1)),
        witness("second", least, "the ridge solution of length 8", lambda: _written(2)),
    ),
    module=__name__,
)  # fmt: skip
