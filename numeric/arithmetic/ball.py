"""Ball arithmetic: every result encloses the truth.

A :class:`Ball` scalar is an Arb ball with its kind.  Numbers made from integers and rationals are
``certified``; whatever touches a float becomes ``sampled``, however narrow its ball.  Eigenvalues
are enclosed in :mod:`numeric.arithmetic.ball_spectrum`.

"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain
from math import inf
from typing import Any, Self

import numpy as np
from flint import arb, arb_mat, ctx

from numeric.arithmetic.algebraic import to_fmpq
from numeric.arithmetic.ball_spectrum import (
    Floats,
    cholesky,
    eig_max,
    eigenvalues_psd,
    eye,
    factor_by_blocks,
    floats_of,
    integer_power,
    nth_root,
    sum_of_squares,
)
from numeric.arithmetic.matrices import FlintMatrix
from numeric.arithmetic.protocol import Comparison, Kind, NotExact, OutOfDomain, weakest
from numeric.arithmetic.rational import diagonal_rows, kron_rows, stacked_rows
from numeric.arithmetic.surds import Irrational, ball_margin, enclose

__all__ = ["Ball", "Balls", "midpoints"]


class Ball:
    """A real number known to lie in an Arb ball, with what that knowledge is worth.

    >>> from fractions import Fraction
    >>> third = Ball.of(Fraction(1, 3))
    >>> Fraction(1, 3) in third, third.kind, (third + 0.5).kind
    (True, 'certified', 'sampled')
    """

    __slots__ = ("arb", "kind")

    def __init__(self, ball: arb, kind: Kind = "certified") -> None:
        self.arb = ball
        self.kind: Kind = kind

    @classmethod
    def between(cls, lower: Ball, upper: Ball) -> Ball:
        """Return the hull of two balls: an enclosure of any number between them."""
        return cls(lower.arb.union(upper.arb), weakest(lower.kind, upper.kind))

    @classmethod
    def of(cls, value: Any) -> Ball:
        """Return ``value`` as a ball; a float taints it."""
        if isinstance(value, Ball):
            return value
        if isinstance(value, Irrational):
            return cls(enclose(value, ctx.prec))
        if isinstance(value, float | np.floating):
            return cls(arb(float(value)), "sampled")
        return cls(arb(to_fmpq(value)))

    @property
    def lower(self) -> Fraction:
        """Return the lower end of the ball, exactly (a dyadic rational)."""
        return _dyadic(self.arb.mid()) - _dyadic(self.arb.rad())

    @property
    def upper(self) -> Fraction:
        """Return the upper end of the ball, exactly (a dyadic rational)."""
        return _dyadic(self.arb.mid()) + _dyadic(self.arb.rad())

    @property
    def relative_width(self) -> float:
        """Return (upper - lower) / |midpoint|; infinite when the ball contains zero."""
        if self.arb.contains(0):
            return 0.0 if self.arb.is_zero() else float("inf")
        return float((2 * self.arb.rad() / abs(self.arb.mid())).upper())

    def __contains__(self, value: Any) -> bool:
        if isinstance(value, Irrational):
            return bool(self.arb.overlaps(enclose(value, 2 * ctx.prec)))
        if not self.arb.is_finite():
            return True
        # arb.contains would round a rational to a ball first
        exact = to_fmpq(Fraction(value) if isinstance(value, float) else value)
        return bool(abs(exact - self.arb.mid().fmpq()) <= self.arb.rad().fmpq())

    def __float__(self) -> float:
        return float(self.arb.mid())

    def __repr__(self) -> str:
        return f"{self.arb.str(12)} ({self.kind})"

    def _worth(self, other: Ball) -> Kind:
        return weakest(self.kind, other.kind)

    def __add__(self, other: Any) -> Ball:
        other = Ball.of(other)
        return Ball(_not_below(self.arb + other.arb, self.arb, other.arb), self._worth(other))

    def __mul__(self, other: Any) -> Ball:
        if other is self:  # a square, whatever the sign
            square = self.arb * self.arb
            return Ball(square if square >= 0 else square.nonnegative_part(), self.kind)
        other = Ball.of(other)
        return Ball(_not_below(self.arb * other.arb, self.arb, other.arb), self._worth(other))

    def __sub__(self, other: Any) -> Ball:
        other = Ball.of(other)
        return Ball(self.arb - other.arb, self._worth(other))

    def __truediv__(self, other: Any) -> Ball:
        divisor = Ball.of(other)
        if divisor.arb.is_zero():
            raise ZeroDivisionError("division by the zero ball")
        quotient = _not_below(self.arb / divisor.arb, self.arb, divisor.arb)
        return Ball(quotient, self._worth(divisor))

    def __rsub__(self, other: Any) -> Ball:
        return Ball.of(other) - self

    def __rtruediv__(self, other: Any) -> Ball:
        return Ball.of(other) / self

    def __neg__(self) -> Ball:
        return Ball(-self.arb, self.kind)

    __radd__ = __add__
    __rmul__ = __mul__

    def __lt__(self, other: Any) -> bool:
        """Return whether it is certainly less; NotExact where it may be or may not be."""
        gap = Ball.of(other).arb - self.arb
        if gap > 0 or gap <= 0:
            return bool(gap > 0)
        raise NotExact(f"whether {self} < {other} is not decided")

    def __gt__(self, other: Any) -> bool:
        return Ball.of(other) < self

    def __le__(self, other: Any) -> bool:
        return not self > other

    def __ge__(self, other: Any) -> bool:
        return not self < other


def _not_below(found: arb, a: arb, b: arb) -> arb:
    """A sum, product or quotient of numbers that are not negative: the ball may reach below 0.

    It is kept from that, for a root of it would be refused.
    """
    return found.nonnegative_part() if not found >= 0 and a >= 0 and b >= 0 else found


class Balls:
    """Ball arithmetic at a working precision, in bits.

    >>> with Balls() as ar:
    ...     ball = ar.eig_max(ar.matrix([[1, 2], [2, 1]]))
    >>> 3 in ball, ball.relative_width < 1e-14
    (True, True)
    """

    kind: Kind = "certified"

    def __init__(self, precision: int = 128) -> None:
        self.precision = precision
        self._outer: list[int] = []

    def __enter__(self) -> Self:
        self._outer.append(ctx.prec)
        ctx.prec = self.precision
        return self

    def __exit__(self, *exc: object) -> None:
        ctx.prec = self._outer.pop()

    def scalar(self, value: Any) -> Ball:
        return Ball.of(value)

    def matrix(self, rows: Any) -> FlintMatrix:
        """Return the ball matrix of rows, or around a flint matrix.

        Float entries taint it (pass Fractions to state them exact).
        """
        if isinstance(rows, FlintMatrix):
            return FlintMatrix(arb_mat(rows.raw), weakest("certified", rows.kind))
        rows = [list(row) for row in rows]
        entries: list[Any] = list(chain.from_iterable(rows))
        kind: Kind = "certified"
        try:
            entries = [to_fmpq(x) for x in entries]
        except TypeError:  # not all are rational
            balls = [Ball.of(x) for x in entries]
            kind = weakest(kind, *(x.kind for x in balls))
            entries = [x.arb for x in balls]
        return FlintMatrix(arb_mat(len(rows), len(rows[0]) if rows else 0, entries), kind)

    def dyadic(self, A: Any) -> FlintMatrix:
        """Return a float64 matrix as the dyadic rationals that its entries are: untainted."""
        A = np.asarray(A, np.float64)
        m, n = A.shape
        return FlintMatrix(arb_mat(m, n, A.ravel().tolist()), "certified")

    def identity(self, n: int) -> FlintMatrix:
        return FlintMatrix(eye(n), "certified")

    def entry(self, A: FlintMatrix, i: int, j: int) -> Ball:
        return Ball(A.raw[i, j], A.kind)

    def stack(self, blocks: Sequence[Sequence[FlintMatrix]]) -> FlintMatrix:
        kind = weakest(*(block.kind for row in blocks for block in row))
        return FlintMatrix(arb_mat(stacked_rows(blocks)), kind)

    def scale(self, c: Any, A: FlintMatrix) -> FlintMatrix:
        c = Ball.of(c)
        return FlintMatrix(A.raw * c.arb, weakest(c.kind, A.kind))

    def kron(self, A: FlintMatrix, B: FlintMatrix) -> FlintMatrix:
        return FlintMatrix(arb_mat(kron_rows(A, B)), weakest(A.kind, B.kind))

    def trace(self, A: FlintMatrix) -> Ball:
        return Ball(A.raw.trace(), A.kind)

    def diagonal(self, A: FlintMatrix) -> FlintMatrix:
        return FlintMatrix(arb_mat(diagonal_rows(A)), A.kind)

    def frobenius_sq(self, A: FlintMatrix) -> Ball:
        return Ball(sum_of_squares(A.raw).nonnegative_part(), A.kind)

    def inverse(self, A: FlintMatrix) -> FlintMatrix:
        return FlintMatrix(A.raw.inv(), A.kind)

    def factor(self, A: FlintMatrix) -> tuple[FlintMatrix, Ball]:
        """Return F and a ball r >= 0 with A = F Fᵀ + R, 0 ⪯ R ⪯ r I, for A ⪰ 0.

        The columns of F are independent, as many as can be told from zero at this precision.
        ValueError for what cannot be symmetric or PSD.
        """
        _expect_symmetric(A)
        factor, rest = cholesky(A.raw)
        return FlintMatrix(factor, A.kind), Ball(rest, A.kind)

    def triangular_factor(self, A: FlintMatrix) -> FlintMatrix:
        """Return the lower triangular F with A = F Fᵀ; NotExact if A may be singular."""
        _expect_symmetric(A)
        factor = factor_by_blocks(A.raw)
        if factor is None:
            raise NotExact("a matrix that cannot be told from a singular one")
        return FlintMatrix(factor, A.kind)

    def eig_max(self, A: FlintMatrix, B: FlintMatrix | None = None) -> Ball:
        _expect_symmetric(A)
        if B is None:
            return Ball(eig_max(A.raw), A.kind)
        # λ_max(A B) = λ_max(Fᵀ A F) up to the remainder of B = F Fᵀ + R
        F, rest = self.factor(B)
        top = self.nonnegative(Ball(eig_max((F.mT @ A @ F).raw), weakest(A.kind, B.kind)))
        if rest.arb.is_zero():
            return top
        return Ball.between(top, top + rest * Ball(eig_max(A.raw), A.kind))

    def power_sum(self, A: FlintMatrix, exponent: Fraction) -> Ball:
        terms = [self.power(Ball(x, A.kind), exponent) for x in eigenvalues_psd(A.raw)]
        return sum(terms[1:], start=terms[0])

    def singular_max(self, A: FlintMatrix) -> Ball:
        m, n = A.shape
        return self.sqrt(self.nonnegative(self.eig_max(A @ A.mT if m <= n else A.mT @ A)))

    def nonnegative(self, x: Any) -> Ball:
        x = Ball.of(x)
        if x.arb < 0:
            raise ValueError(f"expected a number that is not negative, got {x}")
        return Ball(x.arb.nonnegative_part(), x.kind)

    def sqrt(self, x: Any) -> Ball:
        return self.power(x, Fraction(1, 2))

    def power(self, x: Any, exponent: Fraction) -> Ball:
        x = Ball.of(x)
        if not x.arb.is_finite():
            raise NotExact("a power of a ball that may be anything")
        base, p, q = x.arb, exponent.numerator, exponent.denominator
        if q > 1:
            if base < 0:
                raise OutOfDomain(f"({base}) ** {exponent}: the base is negative")
            if not base >= 0:
                raise NotExact(f"({base}) ** {exponent}: the base may be negative")
            base = nth_root(base, q)
        if p >= 0:
            return Ball(integer_power(base, p), x.kind)
        if base.is_zero():
            raise ZeroDivisionError(f"0 ** {exponent}")
        if base.contains(0):
            raise NotExact(f"({base}) ** {exponent}: the base may be zero")
        return Ball(1 / integer_power(base, -p), x.kind)

    def log(self, x: Any) -> Ball:
        x = Ball.of(x)
        if x.arb.is_zero():
            raise ZeroDivisionError("log(0)")
        if x.arb <= 0:
            raise OutOfDomain(f"log({x.arb}): the argument is not positive")
        result = x.arb.log()
        if not result.is_finite():
            raise NotExact("a logarithm of a ball that may not be positive")
        return Ball(result, x.kind)

    def exp(self, x: Any) -> Ball:
        x = Ball.of(x)
        if not abs(x.arb) < 1 << 20:  # the ends of the result would fill the memory
            raise NotExact(f"exp({x.arb}) is beyond e ** (2 ** 20)")
        return Ball(x.arb.exp(), x.kind)

    def maximum(self, *xs: Any) -> Ball:
        best = Ball.of(xs[0])
        for x in map(Ball.of, xs[1:]):
            best = Ball(best.arb.max(x.arb), weakest(best.kind, x.kind))
        return best

    def minimum(self, *xs: Any) -> Ball:
        return -self.maximum(*(-Ball.of(x) for x in xs))

    def is_zero(self, A: FlintMatrix) -> bool:
        """Return whether every entry may vanish: containment of zero, not a proof of it."""
        return all(x.contains(0) for x in A.raw.entries())

    def compare(self, x: Any, y: Any) -> Comparison:
        x, y = Ball.of(x), Ball.of(y)
        gap = x.arb - y.arb
        sign = 1 if gap > 0 else -1 if gap < 0 else 0 if gap.is_zero() else None
        reach = inf
        if sign is None and (size := abs(x.arb).max(abs(y.arb))) > 0:
            reach = float((abs(gap) / size).upper())
        return Comparison(sign, weakest(x.kind, y.kind), ball_margin(x.arb, y.arb), reach)


def midpoints(A: FlintMatrix) -> Floats:
    """Return the midpoints of a flint matrix as float64: a proposal, never evidence.

    NotExact if float64 has no room for them.
    """
    floats = floats_of(arb_mat(A.raw))
    if not np.isfinite(floats).all():
        raise NotExact("a matrix beyond the range of float64")
    return floats


def _dyadic(x: arb) -> Fraction:
    if not x.is_finite():
        raise NotExact("an unbounded enclosure has no endpoints")
    q = x.fmpq()
    return Fraction(int(q.p), int(q.q))


def _expect_symmetric(A: FlintMatrix) -> None:
    if not A.raw.overlaps(A.raw.transpose()):
        raise ValueError("expected a symmetric matrix")
