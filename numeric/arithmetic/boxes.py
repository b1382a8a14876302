"""Boxes: ball matrices taken apart into exact midpoints and radii, and put together again.

Beside them what is multiplied most often, coefficients of power series, without a wrapping for
every product.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import arb, arb_mat

from numeric.arithmetic.algebraic import to_fmpq
from numeric.arithmetic.ball import Ball
from numeric.arithmetic.ball_spectrum import sum_of_squares
from numeric.arithmetic.matrices import FlintMatrix
from numeric.arithmetic.protocol import weakest

__all__ = ["box", "centre", "nth_product", "spread"]


def centre(A: FlintMatrix) -> FlintMatrix:
    """Return the midpoints of a ball matrix: exact dyadic numbers, worth what the balls are."""
    return FlintMatrix(A.raw.mid(), A.kind)


def box(A: FlintMatrix, radius: Fraction) -> FlintMatrix:
    """Return the matrix of balls that hold all within ``radius`` >= 0 of the balls of A.

    >>> from numeric.arithmetic.ball import Balls
    >>> with Balls() as ar:
    ...     entry = ar.entry(box(ar.matrix([[Fraction(1, 3)]]), Fraction(1, 8)), 0, 0)
    >>> Fraction(1, 3) + Fraction(1, 8) in entry, Fraction(1, 3) - Fraction(1, 7) in entry
    (True, False)
    """
    around = arb(0, arb(to_fmpq(radius)).upper())
    rows, columns = A.shape
    return FlintMatrix(arb_mat(rows, columns, [x + around for x in A.raw.entries()]), A.kind)


def spread(A: FlintMatrix) -> Ball:
    """Return a ball around the Frobenius norm of the radii."""
    rows, columns = A.shape
    radii = arb_mat(rows, columns, [x.rad() for x in A.raw.entries()])
    return Ball(sum_of_squares(radii).nonnegative_part().sqrt(), A.kind)


def nth_product(left: Sequence[FlintMatrix], right: Sequence[FlintMatrix]) -> FlintMatrix:
    """Return the last coefficient, n, of a product of two series of coefficients 0, ..., n.

    >>> from numeric.arithmetic.rational import Rational
    >>> one, two = (Rational().matrix([[x]]) for x in (1, 2))
    >>> nth_product([one, two], [one, one])  # (1 + 2t)(1 + t) = 1 + 3t + ...
    exact [[3]]
    """
    pairs = list(zip(left, reversed(right), strict=True))
    total = pairs[0][0].raw * pairs[0][1].raw
    for A, B in pairs[1:]:
        total = total + A.raw * B.raw
    kinds = {M.kind for M in left} | {M.kind for M in right}
    return FlintMatrix(total, weakest(*kinds))
