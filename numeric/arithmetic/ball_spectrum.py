"""Eigenvalues of symmetric ball matrices, enclosed: float64 proposes, balls dispose.

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

All functions are about Arb's own balls and matrices of them; :class:`numeric.arithmetic.ball.Balls`
adds what they are worth.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

import numpy as np
from flint import arb, arb_mat, ctx

from numeric.arithmetic.protocol import NotExact

__all__ = [
    "Floats",
    "cholesky",
    "eig_max",
    "eigenvalues_psd",
    "eye",
    "factor_by_blocks",
    "floats_of",
    "integer_power",
    "nth_root",
    "sum_of_squares",
]

Floats = np.ndarray[Any, np.dtype[np.float64]]

_INSEPARABLE = 64 * float(np.finfo(np.float64).eps)
"""Eigenvalues nearer to the top than this, times the size and the norm, belong to its cluster."""
_BLOCK = 96
"""Up to this size a Cholesky factor is computed entry by entry, with pivoting."""
_LARGE = 2.0**300
"""Beyond this, or below its inverse, a matrix is scaled before float64 sees it."""
_NOT_PSD = "expected a positive semidefinite matrix"
_NOT_FINITE = "an eigenvalue enclosure of a matrix that is not finite"


def floats_of(M: arb_mat) -> Floats:
    """Return the midpoints, rounded to float64."""
    return np.array([float(x) for x in M.entries()]).reshape(M.nrows(), M.ncols())


def _exactly(M: Floats) -> arb_mat:
    """The floats as balls of radius zero."""
    return arb_mat(M.shape[0], M.shape[1], M.ravel().tolist())


def _diagonal(d: list[float]) -> arb_mat:
    return _exactly(np.diag(d)) if len(d) > 1 else arb_mat([d])


def nth_root(x: arb, q: int) -> arb:
    """Return the q-th root of x >= 0 in a ball around zero too, where flint's own is NaN."""
    if not x.contains(0):
        return x.root(q)
    top = x.upper()
    return _from_zero(top.root(q)) if top > 0 else arb(0)


def integer_power(x: arb, n: int) -> arb:
    """Return x ** n, n >= 0; flint's own is NaN where the midpoint is zero, and wide around it."""
    if n == 1:
        return x
    if n == 0 or not x.contains(0):
        return x**n
    low, high = (-x).upper() ** n, x.upper() ** n  # the powers of the ends, up to the sign
    if n % 2 == 0:
        return _from_zero(low.max(high))
    return _from_zero(high) if x >= 0 else (-low).union(high)


def _from_zero(top: arb) -> arb:
    """A ball around [0, top] that has nothing below zero."""
    return arb(0).union(top).nonnegative_part()


@lru_cache(maxsize=16)
def eye(n: int) -> arb_mat:
    """Return the n x n identity."""
    return arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def sum_of_squares(M: arb_mat) -> arb:
    """Return the sum of the squared entries."""
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


def eig_max(A: arb_mat) -> arb:
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
    distance = nth_root(square, 2)
    low, top = half - distance, half + distance
    if half > 0:
        low = (a * d - b * b) / top
    elif half < 0:
        top = (a * d - b * b) / low
    return low, top


def _of_unit_size(A: arb_mat) -> tuple[arb_mat, Floats, arb]:
    """Return A/c, its midpoints and c, a power of two; 1 where the range of float64 suffices."""
    floats = floats_of(A)
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
    return A, floats_of(A), unit


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
    f = _norm(gram - eye(gram.nrows()))
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
    deflated = eye(len(d)) * arb(middle) - A + vectors * arb(push) * vectors.transpose()
    gap = (ritz - middle - _norm(deflated - L * L.transpose())).lower()
    if not gap > 0:
        return None
    residual = sum_of_squares(pencil.images - vectors * _diagonal(d[-k:]))
    return ritz.lower().union((ritz + residual / ((1 - pencil.f) * gap)).upper())


def eigenvalues_psd(A: arb_mat) -> list[arb]:
    """Enclose all eigenvalues of a symmetric PSD ball matrix.

    Sizes 1 and 2 by their formulas, at full precision; else from E and F of the module docstring:
    by Weyl the i-th eigenvalue of VᵀAV is within |E|_F of d_i, by Ostrowski it is that of A times a
    number between 1 - |F|_F and 1 + |F|_F.
    """
    if A.nrows() == 1:
        return [_psd_part(A[0, 0])]
    if A.nrows() == 2:
        return [_psd_part(x) for x in _eigenvalues_of_two(A)]
    A, floats, unit = _of_unit_size(A)
    d, V = _eigh(floats)
    pencil = _compress(A, V)
    e, f = pencil.error(d), pencil.f
    stretch = (1 / (1 - f)).union(1 / (1 + f)) * unit
    return [_psd_part(arb(x, e) * stretch) for x in d]


def _psd_part(x: arb) -> arb:
    """What is not negative in an eigenvalue of a PSD matrix."""
    if x < 0:
        raise ValueError(_NOT_PSD)
    return x.nonnegative_part()


def cholesky(B: arb_mat) -> tuple[arb_mat, arb]:
    """Return F and r with B = F Fᵀ + R and 0 <= R <= r I, for PSD B; diagonal pivoting.

    Raises ValueError if what remains cannot be PSD.
    """
    if B.nrows() > _BLOCK and (found := _factor_below(B)) is not None:
        return found
    rest, alive = B.tolist(), list(range(B.nrows()))
    columns: list[list[arb]] = []
    while alive:
        pivot = max(alive, key=lambda i: rest[i][i].mid())
        if not rest[pivot][pivot] > 0:
            break
        alive.remove(pivot)
        columns.append(_eliminate(rest, pivot, alive))
    if any(_not_psd(rest, i, j) for i, j in combinations_with_replacement(alive, 2)):
        raise ValueError(_NOT_PSD)
    remainder = sum((rest[i][i] for i in alive), arb(0))
    if not columns:
        columns = [[arb(0)] * B.nrows()]
    return arb_mat(columns).transpose(), remainder.nonnegative_part()


def _factor_below(B: arb_mat) -> tuple[arb_mat, arb] | None:
    """Return F and r as :func:`cholesky` does, for a large B that is clearly positive definite.

    F is a factor of B - δI, computed at midpoints in more precision than is needed, δ far below
    what B is worth.  Whatever F is, ``|B - δI - FFᵀ|_F <= δ`` proves ``0 <= B - FFᵀ <= 2δ``.
    """
    n, shift = B.nrows(), _norm(B) * arb(2) ** (8 - ctx.prec)
    if not shift.is_finite():
        return None
    moved = B - eye(n) * shift
    with ctx.workprec(ctx.prec + 64):
        factor = factor_by_blocks(moved.mid(), arb_mat.mid)
    if factor is None or not _norm(moved - factor * factor.transpose()) <= shift:
        return None
    return factor, (2 * shift).upper()


def factor_by_blocks(B: arb_mat, tidy: Callable[[arb_mat], arb_mat] = arb_mat) -> arb_mat | None:
    """Return a lower triangular F with B = F Fᵀ by products of halves, None if B may be singular.

    ``[[A, Gᵀ], [G, H]]`` has the factor ``[[F, 0], [G F⁻ᵀ, chol(H - G A⁻¹ Gᵀ)]]``.  ``tidy`` is
    applied to every part: the midpoints do for a proposal, where balls would grow.
    """
    n, rows = B.nrows(), B.tolist()
    if n <= _BLOCK:
        columns = []
        for pivot in range(n):
            if not rows[pivot][pivot] > 0:
                return None
            columns.append(_eliminate(rows, pivot, list(range(pivot + 1, n))))
        return tidy(arb_mat(columns).transpose())
    half = n // 2
    first = factor_by_blocks(arb_mat([row[:half] for row in rows[:half]]), tidy)
    if first is None:
        return None
    below = arb_mat([row[:half] for row in rows[half:]])
    try:
        left = tidy(first.solve(below.transpose()).transpose())
    except ZeroDivisionError:
        return None
    rest = arb_mat([row[half:] for row in rows[half:]]) - left * left.transpose()
    last = factor_by_blocks(tidy(rest), tidy)
    if last is None:
        return None
    zeros = [arb(0)] * (n - half)
    upper = [row + zeros for row in first.tolist()]
    return arb_mat(upper + [a + b for a, b in zip(left.tolist(), last.tolist(), strict=True)])


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
