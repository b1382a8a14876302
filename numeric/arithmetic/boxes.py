"""Boxes: ball matrices taken apart into exact midpoints and radii, and put together again."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, arb_mat

from numeric.arithmetic.algebraic import to_fmpq
from numeric.arithmetic.ball import Ball
from numeric.arithmetic.ball_spectrum import sum_of_squares
from numeric.arithmetic.matrices import FlintMatrix

__all__ = ["box", "centre", "spread"]


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
