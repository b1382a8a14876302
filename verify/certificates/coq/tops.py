"""Certificates of largest eigenvalues: a vector from below, a sum of squares from above.

The kernel computes with rational numbers alone.  That l <= λ_max(M) is shown by a rational vector
whose Rayleigh quotient is at least l; that λ_max(M) <= h, by h I - M = Σ d_k l_k l_kᵀ, d_k >= 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.certificates.checker import LargestEigenvalue, Number
from verify.certificates.coq.numbers import (
    Ends,
    Matrix,
    Unexported,
    listed,
    pair,
    rational,
    vector,
)

__all__ = ["Square", "Top", "form", "squares", "top", "written_squares"]

LARGEST = 48
"""Rows of the largest matrix whose eigenvalue is certified: the kernel computes all its entries."""

Square = tuple[Fraction, list[Fraction]]
"""A number d >= 0 and a vector l: they stand for d l lᵀ."""


@dataclass(frozen=True)
class Top:
    """An enclosure of a largest eigenvalue with what shows it."""

    ends: Ends
    vector: list[Fraction]
    squares: list[Square]

    def __str__(self) -> str:
        low, high = rational(self.ends.low), rational(self.ends.high)
        return f"(Certificate {low} {high} {vector(self.vector)} {written_squares(self.squares)})"


def written_squares(found: Sequence[Square]) -> str:
    """Write a sum of squares."""
    return listed(pair(rational(d), vector(row)) for d, row in found)


def form(M: Matrix, v: Sequence[Fraction]) -> Fraction:
    """Return vᵀMv."""
    return sum(
        (a * b * x for a, row in zip(v, M, strict=True) for b, x in zip(v, row, strict=True) if x),
        Fraction(0),
    )


def squares(M: Matrix) -> list[Square]:
    """Write a symmetric matrix as a sum of squares, by symmetric elimination.

    Raises
    ------
    Unexported
        If it has a negative eigenvalue.
    """
    rest = [[Fraction(x) for x in row] for row in M]
    found: list[Square] = []
    for k, row in enumerate(rest):
        if row[k] < 0 or (row[k] == 0 and any(row)):
            raise Unexported("a matrix has a negative eigenvalue where it should have none")
        if row[k] == 0:
            continue
        line = [x / row[k] for x in row]
        found.append((row[k], line))
        for below in rest[k + 1 :]:
            if below[k]:
                factor = below[k]
                below[:] = [x - factor * y for x, y in zip(below, line, strict=True)]
        row[:] = [Fraction(0)] * len(row)
    return found or [(Fraction(0), [Fraction(0)] * len(M))]


def top(M: Matrix, bits: int, same: Matrix | None = None) -> Top:
    """Certify the largest eigenvalue of a symmetric matrix to about ``bits`` binary digits.

    Parameters
    ----------
    same
        A smaller matrix with the same largest eigenvalue, from which its value is taken; nothing
        rests on it.

    Raises
    ------
    Unexported
        If the matrix is too large.
    """
    if len(M) > LARGEST:
        raise Unexported(f"a matrix of {len(M)} rows, more than {LARGEST}")
    enclosed = _enclosed(M if same is None else same, bits)
    high = enclosed.high
    shifted = [[(high if i == j else 0) - x for j, x in enumerate(row)] for i, row in enumerate(M)]
    terms = squares(shifted)
    singular = len(terms) < len(M) or terms[0][0] == 0
    v = _null(terms, len(M)) if singular else _aligned(terms, len(M), bits)
    quotient = form(M, v) / sum(x * x for x in v)
    low = high if quotient == high else Ends(quotient, high).rounded(bits + 8).low
    return Top(Ends(low, high), v, terms)


def _enclosed(M: Matrix, bits: int) -> Ends:
    kept = Number.bits
    try:
        Number.bits = bits
        found: Any = LargestEigenvalue([list(map(Fraction, row)) for row in M]).enclose()
    finally:
        Number.bits = kept
    return Ends(found.low, found.high)


def _null(terms: Sequence[Square], n: int) -> list[Fraction]:
    """A vector that all squares take to zero, by substitution from the last one."""
    lines = [line for _, line in terms if any(line)]
    pivots = [next(j for j, x in enumerate(line) if x) for line in lines]
    free = next(j for j in reversed(range(n)) if j not in pivots)
    v = [Fraction(int(j == free)) for j in range(n)]
    for pivot, line in reversed(list(zip(pivots, lines, strict=True))):
        v[pivot] = -sum((line[j] * v[j] for j in range(n) if j != pivot), Fraction(0))
    return v


def _aligned(terms: Sequence[Square], n: int, bits: int) -> list[Fraction]:
    """A vector near the eigenvectors of the least eigenvalue of an invertible sum of squares.

    The inverse is applied to a vector, again and again: the sum is nearly singular.
    """
    v = [Fraction(1, j + 1) for j in range(n)]
    for _ in range(3):
        v = _solved(terms, v)
        largest = max(map(abs, v))
        v = [Fraction(round(x / largest * 2**bits), 2**bits) for x in v]
    return v


def _solved(terms: Sequence[Square], b: Sequence[Fraction]) -> list[Fraction]:
    """The solution x of Σ d_k l_k l_kᵀ x = b, where l_k begins with k zeros and a one."""
    n = len(b)
    y: list[Fraction] = []
    for k in range(n):
        y.append(b[k] - sum((terms[j][1][k] * y[j] for j in range(k)), Fraction(0)))
    x = [Fraction(0)] * n
    for k in reversed(range(n)):
        rest = sum((terms[k][1][j] * x[j] for j in range(k + 1, n)), Fraction(0))
        x[k] = y[k] / terms[k][0] - rest
    return x
