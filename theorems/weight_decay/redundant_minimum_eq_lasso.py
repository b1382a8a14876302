r"""Weight decay on two factors of each parameter is the lasso.

Statement
    Let $f(u, w) = l(u∘w) + a(|u|² + |w|²)$ with $a > 0$, $v = u∘w$ the products of entries and
    $g = ∇l(v)$.  At any weights

        u_i ∂f/∂u_i - w_i ∂f/∂w_i = 2a(u_i² - w_i²),                              [exchange]

    so that $u_i² = w_i²$ at every stationary point, whatever $l$ is [balanced], and there
    $g·v = -2a|v|_1$ [pull] and $f = l(v) + 2a|v|_1$ [value]: what the lasso asks of the $v_i ≠ 0$.

    If $u_i = w_i = 0$, the Hessian of $f$ couples this pair with no other and has the rows
    $(2a, g_i)$ and $(g_i, 2a)$ in it [block].  So its least eigenvalue is at most $2a - |g_i|$,
    whatever $l$ is [saddle], and is that where all pairs are zeros [origin]: where $|g_i| > 2a$ a
    stationary point is a strict saddle.

    If $l$ is convex and $|g_i| ≤ 2a$ where $v_i = 0$, a stationary point has no negative
    curvature.   [second_order]

    Everywhere $f ≥ l(v) + 2a|v|_1$ [below].  So if $l$ is convex and $v^*$ solves the lasso, with
    slope $g^*$ there, all weights have

        f ≥ l(v^*) + 2a|v^*|_1.                                                     [least]

Notation
    Here $l(v) = v·Av - 2b·v$ with any symmetric $A$ and any $b$: $g$ and $∇²l = 2A$ at one point
    are arbitrary, and no more of $l$ enters.  $f$ is ``redundant_loss``, $l(v)$ ``smooth_loss``,
    $|v|_1$ ``absolute_sum``, the least eigenvalue ``redundant_curvature``, the largest $|g_i|$
    over the zeros ``zero_slope``.

Assumptions
    resting     $∇f = 0$.  Without it $u_i² ≠ w_i²$.
    dead        $u_i = w_i = 0$ for the last coordinates: part of what the settings build.
    subgradient $|g_i| ≤ 2a$ at the zeros.  Without it a zero is a saddle.
    convex      $A ⪰ 0$: for no negative curvature, and for the minimum; part of the settings.

Proof
    $∂f/∂u_i = g_iw_i + 2au_i$ and $∂f/∂w_i = g_iu_i + 2aw_i$.   [exchange, balanced]
    Where $v_i ≠ 0$ at a stationary point, $g_i = -2au_i/w_i = -2a sign(v_i)$.   [pull]
    The second derivatives in $u_i$ are $2A_{ij}w_iw_j$ and $2a$ on the diagonal, those in $u_i$ and
    $w_j$ are $2A_{ij}w_iu_j$ and $g_i$ if $i = j$: with $u_i = w_i = 0$ only $2a$ and $g_i$ are
    left [block], with eigenvalues $2a ± g_i$ [saddle].  In a direction $(x, y)$ the form is

        2 z·Az + 2a Σ (x_i - s_iy_i)² + Σ_{v_i = 0} (2ax_i² + 2ay_i² + 2g_ix_iy_i),

    with $z = w∘x + u∘y$, $s_i = sign(v_i)$ and the first sum over $v_i ≠ 0$; the last is not
    negative if $|g_i| ≤ 2a$.   [second_order]
    $u_i² + w_i² ≥ 2|u_iw_i|$, with equality if $u_i² = w_i²$.   [below, value]
    For convex $l$, as $|g^*_i| ≤ 2a$ (N14.dual) and $g^*·v^* = -2a|v^*|_1$ (N14.optimal),

        l(v) + 2a|v|_1 ≥ l(v^*) + g^*·(v - v^*) + 2a|v|_1 ≥ l(v^*) + 2a|v^*|_1.     [least]

Sharpness
    $u = w = √|v^*|$ up to signs attains it (N14.value).  With $a$ for $2a$, in the threshold or in
    the penalty, it is refuted, and so is that there are no saddles.

Implementation notes
    Gradients and Hessians are differences of step 1 of $f$, exact since $f$ is quadratic in each
    coordinate: no formula for derivatives enters.

References
----------
    ziyin2023spred (abstract read, the rest from memory; re-derived here)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.training import dyadic
from theorems.assumptions import vanishes
from theorems.directions import k
from theorems.instances import ExactInstance, Rows
from theorems.quantities import compared, symbols
from theorems.recipes import Draw, setting
from verify.derivation import rules
from verify.derivation.rules import Fact
from verify.theorem import (
    Assumption,
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
    expanded,
    family,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "LassoInstance", "RedundantInstance"]

# --- two factors for each parameter ---------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class RedundantInstance(ExactInstance):
    """Factors u and w of parameters v = u∘w, a quadratic loss of v and a decay.

    Parameters
    ----------
    first, second
        u and w, columns of n entries; the last ``dead`` of both are 0.
    curvature, pull
        A, symmetric (n, n), and b, a column: l(v) = v·Av - 2b·v.
    decay
        a > 0, a scalar.
    """

    first: Any
    second: Any
    curvature: Any
    pull: Any
    decay: Any
    dead: int

    @classmethod
    def exact(
        cls, first: Any, second: Any, curvature: Rows, pull: Any, decay: Any, dead: int = 0
    ) -> RedundantInstance:
        """Return the exact instance with these entries; u, w and b are lists."""
        ar = Rational()
        u, w, b = (ar.matrix([[x] for x in column]) for column in (first, second, pull))
        return cls(ar, u, w, ar.matrix(curvature), b, ar.scalar(decay), dead)

    @property
    def size(self) -> int:
        """Return n."""
        return int(self.first.shape[-2])

    @property
    def product(self) -> Any:
        """Return v = u∘w, a column."""
        return self._times(self.first, self.second)

    def _times(self, x: Any, y: Any) -> Any:
        ar = self.arithmetic
        return ar.diagonal(x @ y.mT) @ ar.matrix([[1]] * self.size)

    def smooth(self, v: Any) -> Any:
        """Return l(v)."""
        ar = self.arithmetic
        return ar.entry(v.mT @ self.curvature @ v - _doubled(self.pull.mT @ v), 0, 0)

    @cached_property
    def slope(self) -> Any:
        """Return g = ∇l(v), a column."""
        return _doubled(self.curvature @ self.product - self.pull)

    def value(self, *steps: tuple[int, int]) -> Any:
        """Return f with 1 or -1 added to coordinates of (u, w): pairs of a coordinate and that."""
        ar, n = self.arithmetic, self.size
        factors = [self.first, self.second]
        for coordinate, sign in steps:
            unit = ar.matrix([[sign * (i == coordinate % n)] for i in range(n)])
            factors[coordinate // n] = factors[coordinate // n] + unit
        u, w = factors
        return self.smooth(self._times(u, w)) + self.decay * (
            ar.frobenius_sq(u) + ar.frobenius_sq(w)
        )

    def gradient(self, i: int) -> Any:
        """Return ∂f in coordinate i of (u, w), by a central difference: f is quadratic in it."""
        return (self.value((i, 1)) - self.value((i, -1))) / 2

    def second_derivative(self, i: int, j: int) -> Any:
        """Return ∂²f in coordinates i and j of (u, w), by central differences."""
        if i == j:
            return self.value((i, 1)) - 2 * self.value() + self.value((i, -1))
        same = self.value((i, 1), (j, 1)) + self.value((i, -1), (j, -1))
        return (same - self.value((i, 1), (j, -1)) - self.value((i, -1), (j, 1))) / 4


def _doubled(M: Any) -> Any:
    return M + M


@dataclass(frozen=True, eq=False)
class LassoInstance(RedundantInstance):
    """The same with a solution of the lasso: A = R Rᵀ and v* with |g*_i| <= 2a, = 2a if alive.

    Parameters
    ----------
    factor
        R.
    optimum
        v*, a column.
    """

    factor: Any
    optimum: Any

    @property
    def optimal_slope(self) -> Any:
        """Return g* = ∇l(v*), a column."""
        return _doubled(self.curvature @ self.optimum - self.pull)


# --- settings -------------------------------------------------------------------------------------


def _column(draw: Draw, numbers: list[Any]) -> Any:
    """The column of these numbers."""
    ar, n = draw.arithmetic, len(numbers)
    total = ar.scale(ar.scalar(0), ar.matrix([[1]] * n))
    for i, x in enumerate(numbers):
        total = total + ar.scale(x, ar.matrix([[int(i == j)] for j in range(n)]))
    return total


def _decay(draw: Draw) -> Any:
    return draw.number(1, 3) / 4


@setting("redundant-weights", "any u and w, zeros at the end, any symmetric A, any b, decay a > 0",
         special=("redundant-origins",))  # fmt: skip
def redundant_weights(draw: Draw) -> RedundantInstance:
    """Arbitrary factors, some pairs of them zero."""
    ar, n = draw.arithmetic, draw.width()
    dead = draw.integer(1, n)
    zeros = [ar.scalar(0)] * dead
    u, w = (_column(draw, [*draw.numbers(n - dead), *zeros]) for _ in range(2))
    root = draw.matrix(n, n)
    return RedundantInstance(ar, u, w, root + root.mT, draw.matrix(n, 1), _decay(draw), dead)


def _balanced_factors(draw: Draw, n: int, dead: int) -> tuple[list[int], Any, Any]:
    """Signs of v and columns u = s w, zeros at the end."""
    signs = [1 - 2 * draw.integer(0, 1) for _ in range(n - dead)]
    sizes = draw.numbers(n - dead, 1, 3)
    zeros = [draw.arithmetic.scalar(0)] * dead
    u = _column(draw, [s * x for s, x in zip(signs, sizes, strict=True)] + zeros)
    return signs, u, _column(draw, sizes + zeros)


@setting("redundant-origins", "u = w = 0, any symmetric A, any b, decay a > 0")
def redundant_origins(draw: Draw) -> RedundantInstance:
    """All pairs are zero."""
    ar, n = draw.arithmetic, draw.width()
    root, zeros = draw.matrix(n, n), _column(draw, [ar.scalar(0)] * n)
    return RedundantInstance(ar, zeros, zeros, root + root.mT, draw.matrix(n, 1), _decay(draw), n)


@setting("redundant-stationary", "u = s w with signs s, zeros at the end, b fitted: stationary")
def redundant_stationary(draw: Draw) -> RedundantInstance:
    """Stationary points for any curvature of l and any slope at the zeros."""
    ar, n = draw.arithmetic, draw.width()
    dead, root, a = draw.integer(0, n), draw.matrix(n, n), _decay(draw)
    signs, u, w = _balanced_factors(draw, n, dead)
    half_slope = _column(draw, [-a * s for s in signs] + draw.numbers(dead))
    blank = RedundantInstance(ar, u, w, root + root.mT, half_slope, a, dead)
    return RedundantInstance(
        ar, u, w, blank.curvature, blank.curvature @ blank.product - half_slope, a, dead
    )


def _at_optimum(draw: Draw) -> LassoInstance:
    ar, n = draw.arithmetic, draw.width()
    dead, root, a = draw.integer(0, n), draw.matrix(n, n), _decay(draw)
    signs, u, w = _balanced_factors(draw, n, dead)
    half_slope = _column(draw, [-a * s for s in signs] + [a * t for t in draw.numbers(dead, -1, 1)])
    blank = RedundantInstance(ar, u, w, root @ root.mT, half_slope, a, dead)
    b = blank.curvature @ blank.product - half_slope
    return LassoInstance(ar, u, w, blank.curvature, b, a, dead, root, blank.product)


@setting("redundant-minima", "u = s w at a solution v* of the lasso, A = R Rᵀ: global minima")
def redundant_minima(draw: Draw) -> LassoInstance:
    """Both factors of a solution of the lasso."""
    return _at_optimum(draw)


@setting("lasso-problems", "any u and w, A = R Rᵀ, b fitted to a solution v* of the lasso",
         special=("redundant-minima",))  # fmt: skip
def lasso_problems(draw: Draw) -> LassoInstance:
    """Arbitrary factors beside a solution of the lasso."""
    best = _at_optimum(draw)
    u, w = (draw.matrix(best.size, 1) for _ in range(2))
    return LassoInstance.beside(best, first=u, second=w, dead=0)


# --- quantities -----------------------------------------------------------------------------------


@compared(
    "factor_exchange_gap", r"\delta(u_i\partial_{u_i}f-w_i\partial_{w_i}f)",
    r"u_i\,\partial_{u_i}f-w_i\,\partial_{w_i}f = 2a(u_i^2-w_i^2)\quad(\text{all }i)",
)  # fmt: skip
def factor_exchange_gap(instance: RedundantInstance) -> tuple[list[Any], list[Any]]:
    """u_i ∂f/∂u_i - w_i ∂f/∂w_i, from values of f, against 2a(u_i² - w_i²)."""
    ar, n, unit = instance.arithmetic, instance.size, instance.arithmetic.identity(1)
    left, right = [], []
    for i in range(n):
        u, w = (ar.entry(x, i, 0) for x in (instance.first, instance.second))
        left.append(u * instance.gradient(i) - w * instance.gradient(n + i))
        right.append(2 * instance.decay * (u * u - w * w))
    return [ar.scale(x, unit) for x in left], [ar.scale(x, unit) for x in right]


@compared("factor_gap", r"\delta(u_i^2)", r"u_i^2 = w_i^2\quad(\text{all }i)")
def factor_gap(instance: RedundantInstance) -> tuple[Any, Any]:
    """u_i² against w_i²."""
    diagonal, u, w = instance.arithmetic.diagonal, instance.first, instance.second
    return diagonal(u @ u.mT), diagonal(w @ w.mT)


@compared(
    "zero_block_gap", r"\delta(\nabla^2f)",
    r"\nabla^2f = \begin{pmatrix}2a&g_i\\g_i&2a\end{pmatrix}\text{ in the zero pair }i"
    r"\text{, beside zeros}",
)  # fmt: skip
def zero_block_gap(instance: RedundantInstance) -> tuple[list[Any], list[Any]]:
    """Rows of the Hessian at pairs of zeros against 2a and g_i, zero elsewhere."""
    ar, n, unit = instance.arithmetic, instance.size, instance.arithmetic.identity(1)
    rows, expected = [], []
    for i in range(n - instance.dead, n):
        known = {i: 2 * instance.decay, n + i: ar.entry(instance.slope, i, 0)}
        for j in range(2 * n):
            rows.append(ar.scale(instance.second_derivative(i, j), unit))
            expected.append(ar.scale(known.get(j, ar.scalar(0)), unit))
    return rows, expected


@quantity("redundant_curvature", r"\lambda_{\min}(\nabla^2f)", positive=False)
def redundant_curvature(instance: RedundantInstance) -> Any:
    """Least eigenvalue of the Hessian of f, from values of f."""
    ar, n, unit = instance.arithmetic, 2 * instance.size, instance.arithmetic.identity(1)
    upper = {(i, j): instance.second_derivative(i, j) for i in range(n) for j in range(i, n)}
    entries = [[ar.scale(-upper[min(i, j), max(i, j)], unit) for j in range(n)] for i in range(n)]
    return -ar.eig_max(ar.stack(entries))


@quantity("zero_slope", r"\max_{u_i=w_i=0}|g_i|")
def zero_slope(instance: RedundantInstance) -> Any:
    """Largest |g_i| over the pairs of zeros, 0 if there are none."""
    ar, n = instance.arithmetic, instance.size
    at_zeros = [ar.entry(instance.slope, i, 0) for i in range(n - instance.dead, n)]
    sizes = [ar.sqrt(g * g) for g in at_zeros]
    return ar.maximum(*sizes) if sizes else ar.scalar(0)


@quantity("redundant_loss", "f(u, w)", positive=False)
def redundant_loss(instance: RedundantInstance) -> Any:
    """f(u, w) = l(u∘w) + a(|u|² + |w|²)."""
    return instance.value()


@quantity("smooth_loss", "l(v)", positive=False)
def smooth_loss(instance: RedundantInstance) -> Any:
    """l(v) = v·Av - 2b·v at v = u∘w."""
    return instance.smooth(instance.product)


@quantity("redundant_decay", "a")
def redundant_decay(instance: RedundantInstance) -> Any:
    """Decay a of both factors."""
    return instance.decay


@quantity("coordinates", "n", integer=True, nonzero=True)
def coordinates(instance: RedundantInstance) -> int:
    """Number n of parameters v_i."""
    return instance.size


@family("first_sq", "p")
def first_sq(instance: RedundantInstance) -> list[Any]:
    """p_i = u_i², i = 1..n."""
    return _squares(instance, instance.first)


@family("second_sq", "q")
def second_sq(instance: RedundantInstance) -> list[Any]:
    """q_i = w_i², i = 1..n."""
    return _squares(instance, instance.second)


def _squares(instance: RedundantInstance, x: Any) -> list[Any]:
    entries = [instance.arithmetic.entry(x, i, 0) for i in range(instance.size)]
    return [e * e for e in entries]


@quantity("slope_along", r"g\cdot v", positive=False)
def slope_along(instance: RedundantInstance) -> Any:
    """g·v."""
    return instance.arithmetic.entry(instance.slope.mT @ instance.product, 0, 0)


@quantity("optimal_loss", "l(v^*)", positive=False)
def optimal_loss(instance: LassoInstance) -> Any:
    """l(v*)."""
    return instance.smooth(instance.optimum)


@quantity("optimal_sum", "|v^*|_1")
def optimal_sum(instance: LassoInstance) -> Any:
    """|v*|_1."""
    ar, n = instance.arithmetic, instance.size
    entries = [ar.entry(instance.optimum, i, 0) for i in range(n)]
    sizes = [ar.sqrt(x * x) for x in entries]
    return sum(sizes[1:], start=sizes[0])


@quantity("optimal_slope_here", r"g^*\cdot v", positive=False)
def optimal_slope_here(instance: LassoInstance) -> Any:
    """g*·v."""
    return instance.arithmetic.entry(instance.optimal_slope.mT @ instance.product, 0, 0)


@quantity("optimal_slope_there", r"g^*\cdot v^*", positive=False)
def optimal_slope_there(instance: LassoInstance) -> Any:
    """g*·v*."""
    return instance.arithmetic.entry(instance.optimal_slope.mT @ instance.optimum, 0, 0)


@quantity("lasso_curvature", r"|R^T(v-v^*)|^2")
def lasso_curvature(instance: LassoInstance) -> Any:
    """|Rᵀ(v - v*)|²."""
    moved = instance.factor.mT @ (instance.product - instance.optimum)
    return instance.arithmetic.frobenius_sq(moved)


n, a = symbols(coordinates, redundant_decay)
absolute_sum = expanded(
    "absolute_sum", r"\textstyle\sum_i|u_iw_i|", "|v|_1 = Σ_i |u_i w_i|.",
    sp.Sum(sp.sqrt(first_sq(k)) * sp.sqrt(second_sq(k)), (k, 1, n)),
)  # fmt: skip
factor_sum = expanded(
    "factor_sum", r"\textstyle\sum_i(u_i^2+w_i^2)", "|u|² + |w|².",
    sp.Sum(first_sq(k) + second_sq(k), (k, 1, n)),
)  # fmt: skip
f, smooth, absolute, factors, exchanged, uneven, blocked, least_eigenvalue, g_zero, g_v = symbols(
    redundant_loss, smooth_loss, absolute_sum, factor_sum, factor_exchange_gap, factor_gap,
    zero_block_gap, redundant_curvature, zero_slope, slope_along,
)  # fmt: skip
best, best_sum, here, there, bend = symbols(
    optimal_loss, optimal_sum, optimal_slope_here, optimal_slope_there, lasso_curvature
)
lasso = Formula("lasso", r"l(v)+2a|v|_1", smooth + 2 * a * absolute)
lasso_minimum = Formula("lasso_minimum", r"l(v^*)+2a|v^*|_1", best + 2 * a * best_sum)
zero_eigenvalue = Formula("zero_eigenvalue", r"2a-\max_{u_i=w_i=0}|g_i|", 2 * a - g_zero)


def _is_resting(instance: RedundantInstance) -> Any:
    ar, unit = instance.arithmetic, instance.arithmetic.identity(1)
    slopes = [ar.scale(instance.gradient(i), unit) for i in range(2 * instance.size)]
    return vanishes(instance, *slopes)


resting = Assumption("resting", _is_resting, r"\nabla f = 0")
subgradient = Assumption("subgradient", g_zero <= 2 * a)

# --- claims and proofs --------------------------------------------------------------------------

_FEW = Bounds((2, 2), (1, 3))
_ANY, _REST = ((1, 1), (2, 1), (3, 1)), ((1, 0, 1), (2, 1, 0), (2, 0, 0, 1))
exchange = stated(
    "exchange", "what both factors pull at each other",
    redundant_weights, sp.Eq(exchanged, 0), bounds=_FEW, sizes=_ANY,
)  # fmt: skip
balanced = stated(
    "balanced", "stationary factors are equal up to sign",
    redundant_stationary, sp.Eq(uneven, 0), resting, given=(exchange,), bounds=_FEW, sizes=_REST,
)  # fmt: skip
block = stated(
    "block", "the Hessian in a pair of zeros",
    redundant_weights, sp.Eq(blocked, 0), bounds=_FEW, sizes=_ANY,
)  # fmt: skip
saddle = stated(
    "saddle", "the least curvature is at most that of the zeros",
    redundant_weights, least_eigenvalue <= zero_eigenvalue, given=(block,), bounds=_FEW,
)  # fmt: skip
origin = stated(
    "origin", "and is that where all pairs are zeros",
    redundant_origins, sp.Eq(least_eigenvalue, zero_eigenvalue), bounds=_FEW, sizes=((1,),),
)  # fmt: skip
second_order = stated(
    "second_order", "no negative curvature at solutions of the lasso",
    redundant_minima, least_eigenvalue >= 0, resting, subgradient, bounds=_FEW,
)  # fmt: skip
terms = stated(
    "terms", "the terms of the loss",
    redundant_weights, sp.Eq(f, smooth + a * factors), bounds=_FEW, sizes=_ANY, check=True,
)  # fmt: skip


def _means() -> Fact:
    """Σ (u_i² + w_i²) >= 2 Σ |u_i w_i|."""
    pair = rules.am_gm((1, first_sq(k)), (1, second_sq(k)))
    return rules.each(pair, (k, 1, n))


@claim(lasso_problems, f >= lasso, given=(terms,), bounds=_FEW)
def below(terms: Claim, lasso: Any) -> Iterator[Step]:
    """The lasso's objective is nowhere above."""
    named = rules.transitive(rules.definition(factor_sum), _means())
    named = rules.substituted(named, rules.turned(rules.definition(absolute_sum)))
    paid = rules.added(rules.scaled(named, a), smooth)
    yield rules.rewritten(rules.transitive(rules.given(terms), paid), f, lasso)


value = stated(
    "value", "and is equal at stationary points",
    redundant_stationary, sp.Eq(f, lasso), resting, given=(balanced, terms), bounds=_FEW,
    sizes=_REST,
)  # fmt: skip
pull = stated(
    "pull", "the slope that the lasso asks for",
    redundant_stationary, sp.Eq(g_v, -2 * a * absolute), resting, bounds=_FEW, sizes=_REST,
)  # fmt: skip
convexity = stated(
    "convexity", "$l$ and its tangent at $v^*$",
    lasso_problems, sp.Eq(smooth, best + here - there + bend), bounds=_FEW,
    sizes=((1, 0, 1), (2, 1, 0), (2, 0, 0, 1), (2, 2)), check=True,
)  # fmt: skip
dual = stated(
    "dual", "$g^*$ is no larger than the decay allows",
    lasso_problems, here + 2 * a * absolute >= 0, bounds=_FEW, check=True,
)  # fmt: skip
optimal = stated(
    "optimal", "and as large along $v^*$",
    lasso_problems, sp.Eq(there, -2 * a * best_sum), bounds=_FEW, check=True,
    sizes=((1, 0, 1), (2, 1, 0), (2, 0, 0, 1)),
)  # fmt: skip


@claim(
    lasso_problems, f >= lasso_minimum, given=(below, convexity, dual, optimal), bounds=_FEW,
)  # fmt: skip
def least(
    below: Claim, convexity: Claim, dual: Claim, optimal: Claim, lasso: Any, lasso_minimum: Any
) -> Iterator[Step]:
    """No weights are below the minimum of the lasso."""
    tangent = rules.substituted(rules.given(convexity), rules.given(optimal))
    curved = Condition("curvature of l", bend, ">=")
    total = rules.added(rules.given(dual), curved, best + 2 * a * best_sum)
    above = rules.added(tangent, 2 * a * absolute)
    chain = rules.transitive(rules.given(below), above, total)
    yield rules.rewritten(chain, f, lasso_minimum)


# --- training -----------------------------------------------------------------------------------

_RATE, _STEPS = 0.03125, 4000


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent on f for a strongly convex l, from arbitrary factors.

    With m the least eigenvalue of A and any point v, m|v - v*|² + l(v*) + g·(v - v*) <= l(v), so
    that m|v - v*|² is at most the gap g·v + 2a|v|_1 + Σ (|g_i| - 2a)₊|v*_i| that is left.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        n, decay = 3, 0.25
        root = np.round(8 * (np.eye(n) + 0.25 * rng.standard_normal((n, n)))) / 8
        best = np.array([1.0, -0.5, 0.0])
        half = decay * np.array([-1.0, 1.0, round(8 * rng.uniform(-1, 1)) / 10])
        half[2] = round(16 * half[2]) / 16
        A = root @ root.T
        b = A @ best - half
        u, w = rng.standard_normal((2, n))
        for _ in range(_STEPS):
            g = 2 * (A @ (u * w) - b)
            u, w = u - _RATE * (g * w + 2 * decay * u), w - _RATE * (g * u + 2 * decay * w)
        v = u * w
        g = 2 * (A @ v - b)
        gap = g @ v + 2 * decay * np.abs(v).sum()
        gap += np.maximum(np.abs(g) - 2 * decay, 0) @ np.abs(best)
        bound = float(np.sqrt((max(gap, 0.0) + 1e-14) / np.linalg.eigvalsh(A)[0]))
        yield TrainedSolution(
            f"run {run}", _trained(u, w, root, b, best, decay), Fraction(0),
            (
                Measurement("distance from the lasso", bound, float(np.linalg.norm(v - best)), 0.0,
                            "<="),
                Measurement("parameters alive", 2.0, float(np.sum(np.abs(v) > bound)), 0.0),
            ),
        )  # fmt: skip


def _trained(u: Any, w: Any, root: Any, b: Any, best: Any, decay: float) -> LassoInstance:
    """The dyadic weights beside the exact solution."""
    ar = Rational()
    u, w, b, best = (ar.matrix(dyadic(x[:, None])) for x in (u, w, b, best))
    R = ar.matrix(dyadic(root))
    return LassoInstance(ar, u, w, R @ R.mT, b, ar.scalar(Fraction(decay)), 0, R, best)


# --- the theorem --------------------------------------------------------------------------------


def _scalar(u: int, w: int, b: int, dead: int = 0) -> RedundantInstance:
    """One parameter, l(v) = v² - 2bv, a = 1."""
    return RedundantInstance.exact([u], [w], [[1]], [b], 1, dead)


THEOREM = Theorem(
    id="N14",
    title="Weight decay on two factors of each parameter is the lasso",
    normalisation="$f = l(u∘w) + a(|u|² + |w|²)$, no factors 1/2; the lasso is $l(v) + 2a|v|_1$",
    source=Source(
        "ziyin2023spred", "abstract read, the statement from memory; re-derived here"
    ),
    claims=(
        exchange, balanced, block, saddle, origin, second_order, terms, below, value, pull,
        convexity, dual, optimal, least,
    ),
    controls=(
        twin("half_threshold", "a zero is a saddle if $|g_i| > a$: curvature $a - |g_i|$ or less",
             redundant_weights, least_eigenvalue <= a - g_zero, bounds=_FEW),
        twin("no_saddles", "no stationary point has negative curvature",
             redundant_stationary, least_eigenvalue >= 0, resting, bounds=_FEW,
             known=lambda: [_scalar(0, 0, 3, 1)]),
        twin("half_penalty", "the lasso with $a|v|_1$",
             redundant_stationary, f <= smooth + a * absolute, resting, bounds=_FEW),
    ),
    witnesses=(
        witness("minimum", value, "$l = v² - 4v$, $a = 1$: $u = w = 1$, $f = -1$",
                lambda: _scalar(1, 1, 2)),
        witness("saddle", saddle, "$l = v² - 6v$, $a = 1$ at zero: curvature $2 - 6 = -4$",
                lambda: _scalar(0, 0, 3, 1)),
    ),
    necessity=(
        needed(resting, balanced, "$u = 2$, $w = 1$", lambda: _scalar(2, 1, 2)),
        needed(resting, value, "$u = 2$, $w = 1$: $5 > 4$", lambda: _scalar(2, 1, 2)),
        needed(resting, pull, "$u = w = 2$, $l = v² - 4v$, $a = 1$", lambda: _scalar(2, 2, 2)),
        needed(resting, second_order, "$u = 0$, $w = 3$, $l = v² - 20v$, $a = 1$",
               lambda: _scalar(0, 3, 10)),
        needed(subgradient, second_order, "$l = v² - 6v$, $a = 1$ at zero: curvature $-4$",
               lambda: _scalar(0, 0, 3, 1)),
    ),
    trainings=(
        Training("trained", "gradient descent on both factors", _train, (least,)),
    ),
    module=__name__,
)  # fmt: skip
