"""The operations a formula may use, whatever the numbers are.

A quantity is written once against :class:`Arithmetic` and then runs on batches of floats, in
balls that enclose the truth, on exact real numbers and on symbols.  Matrices of every arithmetic
understand ``A @ B``, ``A + B``, ``A - B``, ``-A``, ``A.mT`` and ``A.shape``; scalars understand
``+ - * /``.  All that differs between number systems is below.

What a number is worth
----------------------
``kind`` says what a comparison between two numbers proves, strongest first:

``exact``      rational and real algebraic numbers, no rounding anywhere
``certified``  balls that enclose the true value
``sampled``    floating point, or anything that went through it

Numbers carry their kind along (see :func:`weakest`), so a result that passed through a float says
so itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any, Literal, Protocol

__all__ = [
    "Arithmetic",
    "Comparison",
    "Kind",
    "Matrix",
    "NotExact",
    "OutOfDomain",
    "Scalar",
    "relative_margin",
    "weakest",
]

Kind = Literal["exact", "certified", "sampled", "symbolic"]

Scalar = Any
"""A number of some arithmetic; a batch of them in floats."""

Matrix = Any
"""A matrix of some arithmetic; a batch of them, along leading axes, in floats."""

_STRENGTH: tuple[Kind, ...] = ("symbolic", "exact", "certified", "sampled")


def weakest(*kinds: Kind) -> Kind:
    """Return the weakest of ``kinds``: what a result computed from all of them is worth.

    >>> weakest("exact", "sampled", "certified")
    'sampled'
    """
    return max(kinds, key=_STRENGTH.index)


class NotExact(ArithmeticError):
    """This arithmetic cannot represent the result; another one may enclose it."""


class OutOfDomain(ArithmeticError):
    """The result is no real number, beyond doubt: a root or logarithm of a negative one."""

    undefined = True


@dataclass(frozen=True)
class Comparison:
    """The sign of ``x - y`` and what it is worth.

    ``sign`` is -1, 0 or 1, or None when the numbers cannot be told apart (overlapping balls):
    None proves nothing, neither equality nor inequality.
    """

    sign: int | None
    kind: Kind
    margin: float
    """(x - y) / max(|x|, |y|), or x when y is zero; a float, for ranking only."""
    reach: float = inf
    """What |x - y| / max(|x|, |y|) is at most, where the numbers cannot be told apart."""


def relative_margin(x: float, y: float) -> float:
    """Return (x - y) / max(|x|, |y|), or x when y is zero.

    >>> relative_margin(1.0, 4.0), relative_margin(3.0, 0.0)
    (-0.75, 3.0)
    """
    return (x - y) / max(abs(x), abs(y)) if y else x


class Arithmetic(Protocol):
    """A number system.  Use it as a context manager around a computation: it sets precision."""

    kind: Kind

    def __enter__(self) -> Any: ...
    def __exit__(self, *exc: object) -> None: ...

    def scalar(self, value: int | Fraction) -> Scalar:
        """Return the rational ``value`` as a number of this arithmetic."""

    def matrix(self, rows: Any) -> Matrix:
        """Return the matrix with these rows (nested sequences of ints and Fractions)."""

    def identity(self, n: int) -> Matrix:
        """Return the n x n identity."""

    def entry(self, A: Matrix, i: int, j: int) -> Scalar:
        """Return the scalar in row i, column j."""

    def stack(self, blocks: Sequence[Sequence[Matrix]]) -> Matrix:
        """Return the block matrix whose rows of blocks are given."""

    def scale(self, c: Scalar, A: Matrix) -> Matrix:
        """Return c A for a scalar c."""

    def kron(self, A: Matrix, B: Matrix) -> Matrix:
        """Return the Kronecker product."""

    def trace(self, A: Matrix) -> Scalar:
        """Return the trace."""

    def diagonal(self, A: Matrix) -> Matrix:
        """Return the square A with zeros off its diagonal."""

    def frobenius_sq(self, A: Matrix) -> Scalar:
        """Return the sum of squared entries."""

    def inverse(self, A: Matrix) -> Matrix:
        """Return the inverse of a square matrix; ZeroDivisionError where there is none."""

    def eig_max(self, A: Matrix, B: Matrix | None = None) -> Scalar:
        """Return the largest eigenvalue of the symmetric A, or of A B with A, B both PSD.

        ValueError for what cannot be symmetric (exact and balls) or PSD (B, in balls).
        """

    def power_sum(self, A: Matrix, exponent: Fraction) -> Scalar:
        """Return the sum of the eigenvalues of the symmetric A ⪰ 0, each ** exponent > 0."""

    def singular_max(self, A: Matrix) -> Scalar:
        """Return the largest singular value."""

    def nonnegative(self, x: Scalar) -> Scalar:
        """Return x, which the caller knows to be >= 0: a ball loses what it has below."""

    def sqrt(self, x: Scalar) -> Scalar:
        """Return the square root of x >= 0; see :meth:`power`."""

    def power(self, x: Scalar, exponent: Fraction) -> Scalar:
        """Return x ** exponent: x >= 0 unless the exponent is an integer, x != 0 if it is negative.

        In balls NotExact where x may be negative but need not be, or zero: who knows better says
        so by :meth:`nonnegative`.
        """

    def log(self, x: Scalar) -> Scalar:
        """Return the natural logarithm of x > 0."""

    def exp(self, x: Scalar) -> Scalar:
        """Return e ** x."""

    def maximum(self, *xs: Scalar) -> Scalar:
        """Return the largest of the scalars."""

    def minimum(self, *xs: Scalar) -> Scalar:
        """Return the smallest of the scalars."""

    def is_zero(self, A: Matrix) -> Any:
        """Return whether all entries vanish: exact where the arithmetic is, else to rounding."""

    def compare(self, x: Scalar, y: Scalar) -> Comparison:
        """Return the sign of x - y with what it is worth."""


class Scoped(AbstractContextManager[Any]):
    """An arithmetic without state: entering it changes nothing."""

    def __exit__(self, *exc: object) -> None:
        """Leave."""
