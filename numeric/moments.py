"""The exact second moments of data: Σ = E[x xᵀ], C = E[y xᵀ] and E|y|².

Normalisation: E is the mean over the n samples, with no factor 1/2 and no n - 1.

Implementation notes
--------------------
The exact Gram matrix costs one BLAS product. Each float is written in base ``2**w`` on one grid of
positions shared by all numbers, few non-zero digits ("limbs") each. A column becomes one
column per position in use, and products of limbs summed over a block of rows stay below ``2**53``,
so the float64 product is exact in whatever order BLAS adds. Extreme exponents only add positions.
A column of small integers, up to a power of two, is one limb as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from numeric.arithmetic.matrices import FlintMatrix
from numeric.arithmetic.rational import Rational, spanning
from numeric.datasets import Dataset

__all__ = ["Matrix", "Moments", "RangeMoments", "gram", "moments", "range_moments"]

Floats = NDArray[np.float64]
Matrix = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Moments:
    """Exact second moments, E being the mean over the samples (no factor 1/2, nothing centred).

    Attributes
    ----------
    sigma : d_x rows of d_x Fractions
        Σ = E[x x^T], symmetric.
    cross : d_y rows of d_x Fractions
        C = E[y x^T].
    target_sq : Fraction
        E|y|^2.
    samples : int
        n.
    """

    sigma: Matrix
    cross: Matrix
    target_sq: Fraction
    samples: int


@dataclass(frozen=True)
class RangeMoments:
    """Exact second moments of features P that are a basis of all of them: rational matrices.

    The other features N are ``x_N = Zᵀ x_P`` on every sample, with ``Z = Σ_PP⁻¹ Σ_PN``.

    Attributes
    ----------
    sigma, cross : FlintMatrix
        Σ_PP, shape (r, r), invertible, and C_P, shape (d_y, r).
    beside : FlintMatrix, optional
        Σ_PN, shape (r, ...), without the columns that vanish; None if all do.
    target_sq : Fraction
        E|y|^2.
    target_rank : int
        The rank of C.
    features, samples : int
        d_x, the number of all features, and n.
    own, others : tuple of int
        The columns P and N.
    """

    sigma: FlintMatrix
    cross: FlintMatrix
    beside: FlintMatrix | None
    target_sq: Fraction
    target_rank: int
    features: int
    samples: int
    own: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


def range_moments(data: Dataset) -> RangeMoments:
    """Return the exact moments of as many features as are independent, the first that are.

    Costs follow the lesser of the numbers of samples and features: with fewer samples no moments of
    all pairs of features are taken.  Nothing is rounded.

    >>> data = Dataset("two", [[1, 2], [2, 4]], [[1], [3]], ("a", "b"), ("y",))
    >>> range_moments(data).sigma, range_moments(data).beside
    (exact [[5/2]], exact [[5]])
    """
    ar, X, Y = Rational(), data.features, data.targets
    n, d = X.shape
    beside = None
    if n < d:
        whole, power = _integers(X)
        P = spanning(ar.matrix(whole.tolist()))
        N = np.setdiff1d(np.flatnonzero(X.any(axis=0)), P)
        if len(N):
            left, right = (ar.matrix(whole[:, columns].tolist()) for columns in (P, N))
            beside = ar.scale(Fraction(4) ** power / n, left.mT @ right)
        products, exponent = gram([X[:, P], Y])
        scale, ours = Fraction(2) ** exponent / n, list(range(len(P)))
        outputs = range(len(P), len(products))
    else:
        products, exponent = gram([X, Y])
        scale = Fraction(2) ** exponent / n
        ours = spanning(ar.matrix([row[:d] for row in products[:d]]))
        N = np.setdiff1d([j for j in range(d) if products[j][j]], ours)
        if len(N):
            block = [[products[i][j] for j in N] for i in ours]
            beside = ar.scale(scale, ar.matrix(block))
        outputs = range(d, len(products))
    sigma, cross = (
        ar.scale(scale, ar.matrix([[products[i][j] for j in ours] for i in rows]))
        for rows in (ours, outputs)
    )
    target_sq = scale * sum(products[i][i] for i in outputs)
    columns = tuple(map(int, P if n < d else ours)), tuple(map(int, N))
    return RangeMoments(sigma, cross, beside, target_sq, len(spanning(cross)), d, n, *columns)


def moments(data: Dataset) -> Moments:
    """Return the exact second moments of the float64 numbers in ``data``.

    Exact: every float64 is a dyadic rational and nothing is rounded here. Decimals of a CSV file
    were replaced by the nearest float64 when it was read; the floats are the data, not the text.

    >>> moments(Dataset("two", [[0.5], [2]], [[1], [-1]], ("x",), ("y",))).sigma
    ((Fraction(17, 8),),)
    """
    n, d_x = data.features.shape
    products, exponent = gram([data.features, data.targets])
    scale = Fraction(2) ** exponent / n
    # the gram matrix is symmetric: each entry is turned into a Fraction once
    lower = [[scale * entry for entry in row[: i + 1]] for i, row in enumerate(products[:d_x])]
    sigma = tuple(tuple(lower[max(i, j)][min(i, j)] for j in range(d_x)) for i in range(d_x))
    cross = tuple(tuple(scale * entry for entry in row[:d_x]) for row in products[d_x:])
    target_sq = scale * sum(products[i][i] for i in range(d_x, len(products)))
    return Moments(sigma, cross, target_sq, n)


def gram(parts: Sequence[Floats]) -> tuple[list[list[int]], int]:
    """Return integers G and an exponent e with ``values.T @ values == G * 2**e`` exactly.

    The values are the columns of all parts, which have as many rows as each other.

    >>> G, e = gram([np.array([[0.5], [2.0]]), np.array([[1.0], [-1.0]])])
    >>> [[x * 2.0**e for x in row] for row in G]
    [[4.25, -1.5], [-1.5, 2.0]]
    """
    n = len(parts[0])
    width = min(20, (62 - n.bit_length()) // 2)  # n products of two limbs fit into int64
    rows = 1 << (53 - 2 * width)  # and so many of them into the mantissa of a float64
    rows = min(rows, max(1, (1 << 22) // sum(part.shape[1] for part in parts)))  # 32 MB a block

    def blocks() -> Iterator[Floats]:
        for start in range(0, n, rows):
            yield np.hstack([part[start : start + rows] for part in parts])

    exponents, short = _short_columns(blocks, width)
    positions = _positions(blocks, ~short, width)
    long = np.flatnonzero(~short)
    used_column, used_position = np.nonzero(positions)  # sorted by column
    lowest = -1074 // width  # the position of the last bit of the smallest float64
    columns = np.concatenate([np.flatnonzero(short), long[used_column]])
    powers = np.concatenate([exponents[short], width * (used_position + lowest)])
    index = np.cumsum(positions).reshape(positions.shape) - 1 + int(short.sum())

    total = np.zeros((len(columns), len(columns)), dtype=np.int64)
    rows = min(rows, max(1, (1 << 22) // len(columns)))
    for block in blocks():
        digits = np.zeros((len(block), len(columns)))
        digits[:, : short.sum()] = np.ldexp(block[:, short], -exponents[short])
        for position, limb in _limbs(block[:, long], width) if len(long) else ():
            row, column = np.nonzero(limb)
            digits[row, index[column, position[row, column] - lowest]] = limb[row, column]
        total += (digits.T @ digits).astype(np.int64)

    order = np.argsort(columns, kind="stable")
    base = int(powers.min())
    shifts = np.array([1 << int(p - base) for p in powers[order]], dtype=object)
    starts = np.flatnonzero(np.diff(columns[order], prepend=-1))
    total = total[np.ix_(order, order)]
    half = np.add.reduceat(total.astype(object) * shifts[:, None], starts, axis=0)
    return np.add.reduceat(half * shifts, starts, axis=1).tolist(), 2 * base


def _integers(values: Floats) -> tuple[NDArray[np.object_], int]:
    """Return integers A and an exponent e with ``values == A * 2**e`` exactly."""
    mantissa, exponent = np.frexp(values)
    least = int(exponent.min())
    digits = np.ldexp(mantissa, 53).astype(np.int64).astype(object)
    return digits << (exponent - least).astype(object), least - 53


def _short_columns(
    blocks: Callable[[], Iterator[Floats]], width: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return for each column an exponent, and whether column / 2**exponent is a single limb.

    Pixels, counts and indicators are: they need no splitting.
    """
    largest = np.max([np.abs(block).max(axis=0) for block in blocks()], axis=0)
    # below the range of normal numbers ldexp would round; such columns are split
    exponents = np.maximum(np.frexp(largest)[1].astype(np.int64) - width, -1022)
    short = np.ones(len(largest), dtype=np.bool_)
    for block in blocks():
        scaled = np.ldexp(block, -exponents)
        whole = (scaled == np.rint(scaled)) & (np.ldexp(scaled, exponents) == block)  # no underflow
        short &= whole.all(axis=0)
    return exponents, short


def _positions(
    blocks: Callable[[], Iterator[Floats]], split: NDArray[np.bool_], width: int
) -> NDArray[np.bool_]:
    """Return which positions each of the columns to split has a limb at."""
    lowest = -1074 // width
    used = np.zeros((int(split.sum()), 1024 // width - lowest + 1), dtype=np.bool_)
    if split.any():
        for block in blocks():
            for position, limb in _limbs(block[:, split], width):
                row, column = np.nonzero(limb)
                used[column, position[row, column] - lowest] = True
    return used


def _limbs(values: Floats, width: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield (position, limb), |limb| < 2**width; limb * 2**(width * position) sum to ``values``."""
    mantissa, exponent = np.frexp(values)
    digits = np.ldexp(np.abs(mantissa), 53).astype(np.int64)
    sign = np.sign(values).astype(np.int64)
    position, shift = np.divmod(exponent.astype(np.int64) - 53, width)
    mask = (1 << width) - 1
    yield position, sign * ((digits & (mask >> shift)) << shift)
    rest = digits >> (width - shift)
    for k in range(1, 2 + 51 // width):  # the rest has at most 52 bits
        yield position + k, sign * (rest & mask)
        rest >>= width
