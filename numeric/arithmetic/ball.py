"""Ball arithmetic: every result encloses the truth.

A :class:`Ball` scalar is an Arb ball with its kind.  Numbers made from integers and rationals are
``certified``; whatever touches a float becomes ``sampled``, however narrow its ball.

Largest eigenvalues: float64 proposes, balls dispose
----------------------------------------------------
Let V and d be approximate eigenvectors and eigenvalues of a symmetric A, exact as floats, and put
``E = VᵀAV - diag(d)``, ``F = VᵀV - I``.  When ``|F|_F < 1`` every vector is ``x = V y`` and

    xᵀAx / xᵀx = yᵀ(diag(d) + E)y / yᵀ(I + F)y <= (d_max + |E|_F) / (1 - |F|_F),

while the Rayleigh quotient of any column of V is a lower bound.  Two ball products, no
eigenvalue is ever separated from another: repeated eigenvalues cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Self

import numpy as np
from flint import arb, arb_mat, ctx, fmpq

from numeric.arithmetic.algebraic import AlgebraicReal, enclose, to_fmpq
from numeric.arithmetic.matrices import FlintMatrix
from numeric.arithmetic.protocol import Comparison, Kind, NotExact, relative_margin, weakest
from numeric.arithmetic.rational import diagonal_rows, kron_rows, stacked_rows

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
        if isinstance(value, AlgebraicReal):
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
        if isinstance(value, AlgebraicReal):
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

    def _apply(self, other: Any, name: str) -> Ball:
        other = Ball.of(other)
        return Ball(getattr(self.arb, name)(other.arb), weakest(self.kind, other.kind))

    def __add__(self, other: Any) -> Ball:
        return self._apply(other, "__add__")

    def __mul__(self, other: Any) -> Ball:
        return self._apply(other, "__mul__")

    def __sub__(self, other: Any) -> Ball:
        return self._apply(other, "__sub__")

    def __truediv__(self, other: Any) -> Ball:
        divisor = Ball.of(other)
        if divisor.arb.is_zero():
            raise ZeroDivisionError("division by the zero ball")
        return self._apply(divisor, "__truediv__")

    def __rsub__(self, other: Any) -> Ball:
        return Ball.of(other) - self

    def __rtruediv__(self, other: Any) -> Ball:
        return Ball.of(other) / self

    def __neg__(self) -> Ball:
        return Ball(-self.arb, self.kind)

    __radd__ = __add__
    __rmul__ = __mul__


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
        """Return the ball matrix; float entries taint it (pass Fractions to state them exact)."""
        balls = [[Ball.of(x) for x in row] for row in rows]
        kind = weakest("certified", *(x.kind for row in balls for x in row))
        width = len(balls[0]) if balls else 0
        return FlintMatrix(arb_mat(len(balls), width, [x.arb for row in balls for x in row]), kind)

    def identity(self, n: int) -> FlintMatrix:
        return FlintMatrix(_eye(n), "certified")

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
        return Ball(_sum_of_squares(A.raw), A.kind)

    def inverse(self, A: FlintMatrix) -> FlintMatrix:
        return FlintMatrix(A.raw.inv(), A.kind)

    def eig_max(self, A: FlintMatrix, B: FlintMatrix | None = None) -> Ball:
        if not all(M.raw.overlaps(M.raw.transpose()) for M in (A, B) if M is not None):
            raise ValueError("eig_max: expected symmetric matrices")
        if B is None:
            return Ball(_eig_max_symmetric(A.raw), A.kind)
        # λ_max(A B) = λ_max(Fᵀ A F) up to the remainder of B = F Fᵀ + R, 0 <= R <= trace(R) I.
        factor, rest = _cholesky(B.raw)
        top = _eig_max_symmetric(factor.transpose() * A.raw * factor)
        if not rest.is_zero():
            top = top.union(top + rest * _eig_max_symmetric(A.raw))
        return Ball(top, weakest(A.kind, B.kind))

    def power_sum(self, A: FlintMatrix, exponent: Fraction) -> Ball:
        terms = [self.power(Ball(x, A.kind), exponent) for x in _eigenvalues_psd(A.raw)]
        return sum(terms[1:], start=terms[0])

    def singular_max(self, A: FlintMatrix) -> Ball:
        m, n = A.shape
        return self.sqrt(self.eig_max(A @ A.mT if m <= n else A.mT @ A))

    def sqrt(self, x: Any) -> Ball:
        return self.power(x, Fraction(1, 2))

    def power(self, x: Any, exponent: Fraction) -> Ball:
        x = Ball.of(x)
        if not x.arb.is_finite():
            raise NotExact("a power of a ball that may be anything")
        if x.arb < 0:
            raise ArithmeticError(f"({x.arb}) ** {exponent}: the base is negative")
        base = x.arb if exponent.denominator == 1 else _root(x.arb, exponent.denominator)
        result = base**exponent.numerator
        if not result.is_finite():
            raise ZeroDivisionError(f"0 ** {exponent}")
        return Ball(result, x.kind)

    def log(self, x: Any) -> Ball:
        x = Ball.of(x)
        if x.arb.is_zero():
            raise ZeroDivisionError("log(0)")
        if x.arb <= 0:
            raise ArithmeticError(f"log({x.arb}): the argument is not positive")
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
        margin = relative_margin(float(x), float(y))
        return Comparison(sign, weakest(x.kind, y.kind), margin)


def midpoints(A: FlintMatrix) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the midpoints of a flint matrix as float64: a proposal, never evidence."""
    return np.array([[float(_mid(x)) for x in row] for row in A.rows()], dtype=np.float64)


def _root(x: arb, q: int) -> arb:
    """The q-th root of what is not negative in x; flint's own is NaN where x contains zero."""
    if not x.contains(0):
        return x.root(q)
    top = x.upper()
    return arb(0).union(top.root(q)) if top > 0 else arb(0)


def _mid(x: arb | fmpq) -> Any:
    return x.mid() if isinstance(x, arb) else arb(x)


def _dyadic(x: arb) -> Fraction:
    if not x.is_finite():
        raise NotExact("an unbounded enclosure has no endpoints")
    q = x.fmpq()
    return Fraction(int(q.p), int(q.q))


def _eye(n: int) -> arb_mat:
    return arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def _sum_of_squares(M: arb_mat) -> arb:
    return sum((x * x for x in M.entries()), arb(0))


def _norm(M: arb_mat) -> arb:
    """An upper bound of the Frobenius norm, as an exact ball."""
    return _sum_of_squares(M).upper().sqrt().upper()


def _eig_max_symmetric(A: arb_mat) -> arb:
    """Enclose the largest eigenvalue of a symmetric ball matrix (see the module docstring)."""
    n = A.nrows()
    if n == 1:
        return A[0, 0]
    d, e, f, rayleigh = _approximate_spectrum(A)
    numerator = (arb(d[-1]) + e).upper()  # exact, so its sign is known
    upper = numerator / (1 - f) if numerator >= 0 else numerator / (1 + f)
    return rayleigh.lower().union(upper.upper())


def _approximate_spectrum(A: arb_mat) -> tuple[list[float], arb, arb, arb]:
    """Return d, |E|_F, |F|_F < 1 and the last vector's Rayleigh quotient (module docstring)."""
    n = A.nrows()
    floats = np.array([float(x.mid()) for x in A.entries()]).reshape(n, n)
    if not np.isfinite(floats).all():
        raise NotExact("an eigenvalue enclosure of a matrix that is not finite")
    d, V = np.linalg.eigh(floats)
    vectors = arb_mat(n, n, V.ravel().tolist())
    transposed = vectors.transpose()
    rotated = transposed * (A * vectors)
    gram = transposed * vectors
    e = _norm(rotated - arb_mat(n, n, np.diag(d).ravel().tolist()))
    f = _norm(gram - _eye(n))
    if not f < 1:
        raise NotExact("float eigenvectors too far from orthogonal")
    return d.tolist(), e, f, rotated[n - 1, n - 1] / gram[n - 1, n - 1]


def _eigenvalues_psd(A: arb_mat) -> list[arb]:
    """Enclose all eigenvalues of a symmetric PSD ball matrix.

    Size 2 by its formula, at full precision; else from E and F of the module docstring: by Weyl
    the i-th eigenvalue of VᵀAV is within |E|_F of d_i, by Ostrowski it is that of A times a number
    between 1 - |F|_F and 1 + |F|_F.
    """
    n = A.nrows()
    if n == 1:
        return [A[0, 0].nonnegative_part()]
    if n == 2:
        half, spread = (A[0, 0] + A[1, 1]) / 2, (A[0, 0] - A[1, 1]) / 2
        top = half + (spread * spread + A[0, 1] * A[0, 1]).nonnegative_part().sqrt()
        low = (A[0, 0] * A[1, 1] - A[0, 1] * A[0, 1]) / top if top > 0 else arb(0).union(top)
        return [top.nonnegative_part(), low.nonnegative_part()]
    d, e, f, _ = _approximate_spectrum(A)
    stretch = (1 / (1 - f)).union(1 / (1 + f))
    return [(arb(x, e) * stretch).nonnegative_part() for x in d]


def _cholesky(B: arb_mat) -> tuple[arb_mat, arb]:
    """Return F and r with B = F Fᵀ + R and 0 <= R <= r I, for PSD B; diagonal pivoting.

    Raises ValueError if what remains cannot be PSD.
    """
    n = B.nrows()
    rest = B.tolist()
    columns: list[list[arb]] = []
    alive = list(range(n))
    while alive:
        pivot = max(alive, key=lambda i: float(rest[i][i].mid()))
        if not rest[pivot][pivot] > 0:
            break
        root = rest[pivot][pivot].sqrt()
        column = [arb(0)] * n
        for i in alive:
            column[i] = rest[i][pivot] / root
        alive.remove(pivot)
        for i in alive:
            for j in alive:
                rest[i][j] -= column[i] * column[j]
        columns.append(column)
    if any(rest[i][i] < 0 for i in alive) or any(
        (rest[i][j] * rest[i][j] - rest[i][i] * rest[j][j]) > 0 for i in alive for j in alive
    ):
        raise ValueError("expected a positive semidefinite matrix")
    remainder = sum((rest[i][i] for i in alive), arb(0))
    factor = arb_mat(
        n,
        max(1, len(columns)),
        [
            columns[j][i] if columns else arb(0)
            for i in range(n)
            for j in range(max(1, len(columns)))
        ],
    )
    return factor, remainder.nonnegative_part()
