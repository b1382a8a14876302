"""Ball arithmetic: every result encloses the truth.

A :class:`Ball` scalar is an Arb ball with its kind.  Numbers made from integers and rationals are
``certified``; whatever touches a float becomes ``sampled``, however narrow its ball.

Largest eigenvalues: float64 proposes, balls dispose
----------------------------------------------------
Let the columns of X and d be approximate eigenvectors and eigenvalues of a symmetric A, exact as
floats, and put ``E = XᵀAX - diag(d)``, ``F = XᵀX - I``.  When ``|F|_F < 1``, ``x = X y`` has

    xᵀAx / xᵀx = yᵀ(diag(d) + E)y / yᵀ(I + F)y <= (d_max + |E|_F) / (1 - |F|_F),

so this bounds the largest Ritz value θ of A on the range of X, and the Rayleigh quotient of a
column bounds it from below.  With all n eigenvectors θ = λ_max.  With those of the top cluster only
(one, as a rule, whose Rayleigh quotient is θ itself) θ <= λ_max, and from above

    βI - A + γXXᵀ = LLᵀ + R,  β' = β + |R|_F < θ   imply

    λ_max <= θ + |AX - X diag(d)|_F² / ((1 - |F|_F)(θ - β')):

zᵀAz <= β'|z|² where Xᵀz = 0, and λ_max is the largest eigenvalue of the Schur complement of
``λ_max - A`` there (Temple's bound for clusters).  One full product, of a float Cholesky factor L
with its transpose; the error is the square of that of the eigenvectors over the gap.
Whether or not eigenvalues repeat, the width is a few units of float64 rounding of |A| at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import chain, combinations_with_replacement
from typing import Any, NamedTuple, Self

import numpy as np
from flint import arb, arb_mat, ctx

from numeric.arithmetic.algebraic import AlgebraicReal, ball_margin, enclose, to_fmpq
from numeric.arithmetic.matrices import FlintMatrix
from numeric.arithmetic.protocol import Comparison, Kind, NotExact, OutOfDomain, weakest
from numeric.arithmetic.rational import diagonal_rows, kron_rows, stacked_rows

__all__ = ["Ball", "Balls", "midpoints"]

Floats = np.ndarray[Any, np.dtype[np.float64]]

_INSEPARABLE = 64 * float(np.finfo(np.float64).eps)
"""Eigenvalues nearer to the top than this, times the size and the norm, belong to its cluster."""
_LARGE = 2.0**300
"""Beyond this, or below its inverse, a matrix is scaled before float64 sees it."""
_NOT_FINITE = "an eigenvalue enclosure of a matrix that is not finite"


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

    def factor(self, A: FlintMatrix) -> tuple[FlintMatrix, Ball]:
        """Return F and a ball r >= 0 with A = F Fᵀ + R, 0 ⪯ R ⪯ r I, for A ⪰ 0.

        The columns of F are independent, as many as can be told from zero at this precision.
        ValueError for what cannot be symmetric or PSD.
        """
        _expect_symmetric(A)
        factor, rest = _cholesky(A.raw)
        return FlintMatrix(factor, A.kind), Ball(rest, A.kind)

    def eig_max(self, A: FlintMatrix, B: FlintMatrix | None = None) -> Ball:
        _expect_symmetric(A)
        if B is None:
            return Ball(_eig_max_symmetric(A.raw), A.kind)
        # λ_max(A B) = λ_max(Fᵀ A F) up to the remainder of B = F Fᵀ + R
        F, rest = self.factor(B)
        top = Ball(_eig_max_symmetric((F.mT @ A @ F).raw), weakest(A.kind, B.kind))
        if rest.arb.is_zero():
            return top
        return Ball.between(top, top + rest * Ball(_eig_max_symmetric(A.raw), A.kind))

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
            raise OutOfDomain(f"({x.arb}) ** {exponent}: the base is negative")
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
        return Comparison(sign, weakest(x.kind, y.kind), ball_margin(x.arb, y.arb))


def midpoints(A: FlintMatrix) -> Floats:
    """Return the midpoints of a flint matrix as float64: a proposal, never evidence.

    NotExact if float64 has no room for them.
    """
    floats = _floats(arb_mat(A.raw))
    if not np.isfinite(floats).all():
        raise NotExact("a matrix beyond the range of float64")
    return floats


def _floats(M: arb_mat) -> Floats:
    return np.array([float(x) for x in M.entries()]).reshape(M.nrows(), M.ncols())


def _exactly(M: Floats) -> arb_mat:
    """The floats as balls of radius zero."""
    return arb_mat(M.shape[0], M.shape[1], M.ravel().tolist())


def _diagonal(d: list[float]) -> arb_mat:
    return _exactly(np.diag(d)) if len(d) > 1 else arb_mat([d])


def _root(x: arb, q: int) -> arb:
    """The q-th root of what is not negative in x; flint's own is NaN where x contains zero."""
    if not x.contains(0):
        return x.root(q)
    top = x.upper()
    return arb(0).union(top.root(q)) if top > 0 else arb(0)


def _dyadic(x: arb) -> Fraction:
    if not x.is_finite():
        raise NotExact("an unbounded enclosure has no endpoints")
    q = x.fmpq()
    return Fraction(int(q.p), int(q.q))


@lru_cache(maxsize=16)
def _eye(n: int) -> arb_mat:
    return arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def _sum_of_squares(M: arb_mat) -> arb:
    total = arb(0)
    for x in M.entries():
        total += x * x
    return total


def _norm(M: arb_mat) -> arb:
    """An upper bound of the Frobenius norm of a symmetric matrix, as an exact ball."""
    n, entries, total = M.nrows(), M.entries(), arb(0)
    for i in range(n):
        for x in entries[i * n + i + 1 : (i + 1) * n]:
            total += x * x
    total += total
    for x in entries[:: n + 1]:
        total += x * x
    return total.upper().sqrt().upper()


def _expect_symmetric(A: FlintMatrix) -> None:
    if not A.raw.overlaps(A.raw.transpose()):
        raise ValueError("expected a symmetric matrix")


def _eig_max_symmetric(A: arb_mat) -> arb:
    """Enclose the largest eigenvalue of a symmetric ball matrix (see the module docstring)."""
    if A.nrows() == 1:
        return A[0, 0]
    if A.nrows() == 2:
        return _eigenvalues_of_two(A)[1]
    A, floats, unit = _of_unit_size(A)
    d, V = _eigh(floats)
    edge = d[-1] - _INSEPARABLE * len(d) * max(d[-1], -d[0])
    k = sum(x >= edge for x in d)
    top = _deflated_max(A, floats, d, V, k) if k < len(d) else None
    return unit * (_compress(A, V).top(d) if top is None else top)


def _eigenvalues_of_two(A: arb_mat) -> tuple[arb, arb]:
    """Enclose both eigenvalues of a symmetric 2 x 2 matrix at full precision, in order."""
    a, b, d = A[0, 0], A[0, 1], A[1, 1]
    half, spread = (a + d) / 2, (a - d) / 2
    square = spread * spread + b * b
    if not square.is_finite():
        raise NotExact(_NOT_FINITE)
    root = _root(square, 2)
    low, top = half - root, half + root
    if half > 0:
        low = (a * d - b * b) / top
    elif half < 0:
        top = (a * d - b * b) / low
    return low, top


def _of_unit_size(A: arb_mat) -> tuple[arb_mat, Floats, arb]:
    """Return A/c, its midpoints and c, a power of two; 1 where the range of float64 suffices."""
    floats = _floats(A)
    if 1 / _LARGE < np.abs(floats).max() < _LARGE:  # so it is finite, too
        return A, floats, arb(1)
    size = max(x.abs_upper() for x in A.entries())
    if not size.is_finite():
        raise NotExact(_NOT_FINITE)
    if size == 0:
        return A, floats, arb(1)
    mantissa, exponent = size.man_exp()
    unit = arb(2) ** (int(exponent) + int(mantissa).bit_length())
    A = A * (1 / unit)
    return A, _floats(A), unit


def _eigh(floats: Floats) -> tuple[list[float], Floats]:
    """Approximate eigenvalues, increasing, and eigenvectors."""
    try:
        d, V = np.linalg.eigh(floats)
    except np.linalg.LinAlgError as error:
        raise NotExact(f"no float proposal of the eigenvectors: {error}") from error
    return d.tolist(), V


class _Compression(NamedTuple):
    """A symmetric A on the range of approximate eigenvectors X, with eigenvalues d."""

    vectors: arb_mat
    images: arb_mat
    rotated: arb_mat
    gram: arb_mat
    f: arb
    """An upper bound of |F|_F, less than 1 (see the module docstring)."""

    def error(self, d: list[float]) -> arb:
        """Return an upper bound of |E|_F."""
        return _norm(self.rotated - _diagonal(d))

    def top(self, d: list[float]) -> arb:
        """Enclose the largest Ritz value."""
        last = len(d) - 1
        rayleigh = self.rotated[last, last] / self.gram[last, last]
        if last == 0:
            return rayleigh
        numerator = (max(d) + self.error(d)).upper()  # exact, so its sign is known
        upper = numerator / (1 - self.f) if numerator >= 0 else numerator / (1 + self.f)
        return rayleigh.lower().union(upper.upper())


def _compress(A: arb_mat, X: Floats) -> _Compression:
    vectors = _exactly(X)
    transposed, images = vectors.transpose(), A * vectors
    gram = transposed * vectors
    f = _norm(gram - _eye(gram.nrows()))
    if not f < 1:
        raise NotExact("float eigenvectors too far from orthogonal")
    return _Compression(vectors, images, transposed * images, gram, f)


def _deflated_max(A: arb_mat, floats: Floats, d: list[float], V: Floats, k: int) -> arb | None:
    """Enclose λ_max by its k approximate eigenvectors, unless float64 does not separate them."""
    X, push = V[:, -k:], d[-1] - d[-1 - k]
    middle = d[-1] - push / 2
    proposal = (push * X) @ X.T - floats
    proposal.ravel()[:: len(d) + 1] += middle
    try:
        L = _exactly(np.asarray(np.linalg.cholesky(proposal), dtype=np.float64))
    except np.linalg.LinAlgError:
        return None
    pencil = _compress(A, X)
    vectors, ritz = pencil.vectors, pencil.top(d[-k:])
    deflated = _eye(len(d)) * arb(middle) - A + vectors * arb(push) * vectors.transpose()
    gap = (ritz - middle - _norm(deflated - L * L.transpose())).lower()
    if not gap > 0:
        return None
    residual = _sum_of_squares(pencil.images - vectors * _diagonal(d[-k:]))
    return ritz.lower().union((ritz + residual / ((1 - pencil.f) * gap)).upper())


def _eigenvalues_psd(A: arb_mat) -> list[arb]:
    """Enclose all eigenvalues of a symmetric PSD ball matrix.

    Sizes 1 and 2 by their formulas, at full precision; else from E and F of the module docstring:
    by Weyl the i-th eigenvalue of VᵀAV is within |E|_F of d_i, by Ostrowski it is that of A times a
    number between 1 - |F|_F and 1 + |F|_F.
    """
    if A.nrows() == 1:
        return [A[0, 0].nonnegative_part()]
    if A.nrows() == 2:
        return [x.nonnegative_part() for x in _eigenvalues_of_two(A)]
    A, floats, unit = _of_unit_size(A)
    d, V = _eigh(floats)
    pencil = _compress(A, V)
    e, f = pencil.error(d), pencil.f
    stretch = (1 / (1 - f)).union(1 / (1 + f)) * unit
    return [(arb(x, e) * stretch).nonnegative_part() for x in d]


def _cholesky(B: arb_mat) -> tuple[arb_mat, arb]:
    """Return F and r with B = F Fᵀ + R and 0 <= R <= r I, for PSD B; diagonal pivoting.

    Raises ValueError if what remains cannot be PSD.
    """
    rest, alive = B.tolist(), list(range(B.nrows()))
    columns: list[list[arb]] = []
    while alive:
        pivot = max(alive, key=lambda i: rest[i][i].mid())
        if not rest[pivot][pivot] > 0:
            break
        alive.remove(pivot)
        columns.append(_eliminate(rest, pivot, alive))
    if any(_not_psd(rest, i, j) for i, j in combinations_with_replacement(alive, 2)):
        raise ValueError("expected a positive semidefinite matrix")
    remainder = sum((rest[i][i] for i in alive), arb(0))
    if not columns:
        columns = [[arb(0)] * B.nrows()]
    return arb_mat(columns).transpose(), remainder.nonnegative_part()


def _eliminate(rest: list[list[arb]], pivot: int, alive: list[int]) -> list[arb]:
    """Subtract from the alive part of ``rest`` its column at the pivot, which is returned."""
    row = rest[pivot]
    root = row[pivot].sqrt()
    touched = [i for i in alive if not row[i].is_zero()]  # blocks stay apart
    column = [arb(0)] * len(row)
    column[pivot] = root
    for i in touched:
        column[i] = row[i] / root
    for k, i in enumerate(touched):
        line, x = rest[i], column[i]
        for j in touched[k:]:
            line[j] = rest[j][i] = line[j] - x * column[j]
    return column


def _not_psd(A: list[list[arb]], i: int, j: int) -> bool:
    """Whether the minor of rows i and j is certainly negative."""
    return bool(A[i][i] < 0 if i == j else A[i][j] * A[i][j] > A[i][i] * A[j][j])
