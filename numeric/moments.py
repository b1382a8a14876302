"""The exact second moments of data: Σ = E[x xᵀ], C = E[y xᵀ] and E|y|².

Normalisation: E is the mean over the n samples, with no factor 1/2 and no n - 1.

Implementation notes
--------------------
The exact Gram matrix costs one BLAS product. Each float is written in base ``2**w`` on one grid of
positions shared by all numbers, few non-zero digits ("limbs") each. A column becomes one
column per position in use, and products of limbs summed over a block of rows stay below ``2**53``,
so the float64 product is exact in whatever order BLAS adds. Extreme exponents only add positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from numeric.datasets import Dataset

__all__ = ["Matrix", "Moments", "moments"]

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


def moments(data: Dataset) -> Moments:
    """Return the exact second moments of the float64 numbers in ``data``.

    Exact: every float64 is a dyadic rational and nothing is rounded here. Decimals of a CSV file
    were replaced by the nearest float64 when it was read; the floats are the data, not the text.

    >>> moments(Dataset("two", [[0.5], [2]], [[1], [-1]], ("x",), ("y",))).sigma
    ((Fraction(17, 8),),)
    """
    n, d_x = data.features.shape
    gram, exponent = _gram(np.hstack([data.features, data.targets]))
    scale = Fraction(2) ** exponent / n
    # the gram matrix is symmetric: each entry is turned into a Fraction once
    lower = [[scale * entry for entry in row[: i + 1]] for i, row in enumerate(gram[:d_x])]
    sigma = tuple(tuple(lower[max(i, j)][min(i, j)] for j in range(d_x)) for i in range(d_x))
    cross = tuple(tuple(scale * entry for entry in row[:d_x]) for row in gram[d_x:])
    target_sq = scale * sum(gram[i][i] for i in range(d_x, len(gram)))
    return Moments(sigma, cross, target_sq, n)


def _gram(values: Floats) -> tuple[list[list[int]], int]:
    """Return integers G and an exponent e with ``values.T @ values == G * 2**e`` exactly."""
    n, d = values.shape
    width = min(20, (62 - n.bit_length()) // 2)  # n products of two limbs fit into int64
    rows = 1 << (53 - 2 * width)  # and so many of them into the mantissa of a float64
    lowest = -1074 // width  # the position of the last bit of the smallest float64
    used = np.zeros((d, 1024 // width - lowest + 1), dtype=np.bool_)
    for start in range(0, n, rows):
        for position, limb in _limbs(values[start : start + rows], width):
            row, column = np.nonzero(limb)
            used[column, position[row, column] - lowest] = True
    used[~used.any(axis=1), used.any(axis=0).argmax()] = True  # a column of zeros has a limb, too
    columns, positions = np.nonzero(used)  # sorted by column
    index = np.cumsum(used).reshape(used.shape) - 1

    total = np.zeros((len(columns), len(columns)), dtype=np.int64)
    rows = max(1, min(rows, (1 << 24) // len(columns)))  # at most 128 MB for a block
    for start in range(0, n, rows):
        block = values[start : start + rows]
        digits = np.zeros((len(block), len(columns)))
        for position, limb in _limbs(block, width):
            row, column = np.nonzero(limb)
            digits[row, index[column, position[row, column] - lowest]] = limb[row, column]
        total += (digits.T @ digits).astype(np.int64)

    base = int(positions.min())
    shifts = np.array([1 << (width * int(p - base)) for p in positions], dtype=object)
    starts = np.flatnonzero(np.diff(columns, prepend=-1))
    half = np.add.reduceat(total.astype(object) * shifts[:, None], starts, axis=0)
    gram = np.add.reduceat(half * shifts, starts, axis=1)
    return gram.tolist(), 2 * width * (base + lowest)


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
