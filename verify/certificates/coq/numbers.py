"""Rational numbers around real ones, and how Coq writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verify.certificates.checker import integer_root

__all__ = ["Ends", "Matrix", "Unexported", "listed", "pair", "rational", "rows", "vector"]

Matrix = Sequence[Sequence[Fraction | int]]


class Unexported(Exception):
    """Why a counterexample is not written for the kernel, in one line."""


@dataclass(frozen=True)
class Ends:
    """Rational numbers ``low`` <= x <= ``high`` around a real number x."""

    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, value: Fraction | int) -> Ends:
        """Return the ends of a rational number: both are it."""
        return cls(Fraction(value), Fraction(value))

    def __neg__(self) -> Ends:
        return Ends(-self.high, -self.low)

    def __add__(self, other: Ends) -> Ends:
        return Ends(self.low + other.low, self.high + other.high)

    def __mul__(self, other: Ends) -> Ends:
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Ends(min(corners), max(corners))

    def power(self, exponent: Fraction, bits: int) -> Ends:
        """Return rational numbers around x ** exponent, of about ``bits`` binary digits.

        Raises
        ------
        Unexported
            If x may be negative, or zero under a negative exponent.
        """
        p, q = exponent.numerator, exponent.denominator
        if self.low < 0 or (p < 0 and self.low == 0):
            raise Unexported("a root or a reciprocal of a number that may be zero or negative")
        ends = sorted((self.low**p, self.high**p))
        return Ends(_root(ends[0], q, bits, above=False), _root(ends[1], q, bits, above=True))

    def rounded(self, bits: int) -> Ends:
        """Return ends of about ``bits`` binary digits around these; an exact number stays."""
        if self.low == self.high:
            return self
        return Ends(_near(self.low, bits, above=False), _near(self.high, bits, above=True))


def _near(x: Fraction, bits: int, *, above: bool) -> Fraction:
    """A number of about so many binary digits, at least or at most x."""
    size = x.numerator.bit_length() - x.denominator.bit_length()
    unit = Fraction(2) ** (size - bits)
    steps = -(-x // unit) if above else x // unit
    return min(x, steps * unit) if not above else max(x, steps * unit)


def _root(x: Fraction, q: int, bits: int, *, above: bool) -> Fraction:
    """A rational at least or at most the q-th root of x >= 0, the root itself if it is rational."""
    if q == 1:
        return x
    exact = [integer_root(part, q) for part in (x.numerator, x.denominator)]
    if exact[0] ** q == x.numerator and exact[1] ** q == x.denominator:
        return Fraction(exact[0], exact[1])
    shift = bits + max(0, x.denominator.bit_length() - x.numerator.bit_length()) // q + 1
    root = integer_root((x.numerator << q * shift) // x.denominator, q)
    return Fraction(root + above, 1 << shift)


def rational(x: Fraction | int) -> str:
    """Write a rational number of Coq's type Q.

    >>> rational(Fraction(-3, 4)), rational(2)
    ('(-3 # 4)', '2')
    """
    q = Fraction(x)
    if q.denominator == 1:
        return str(q.numerator) if q >= 0 else f"({q.numerator})"
    return f"({q.numerator} # {q.denominator})"


def listed(items: Iterable[str]) -> str:
    """Write a list.

    >>> listed(["1", "2"])
    '[1; 2]'
    """
    return f"[{'; '.join(items)}]"


def vector(entries: Iterable[Fraction | int]) -> str:
    """Write a vector of rational numbers."""
    return listed(map(rational, entries))


def rows(matrix: Matrix) -> str:
    """Write a matrix by rows."""
    return listed(map(vector, matrix))


def pair(*parts: str) -> str:
    """Write a pair."""
    return f"({', '.join(parts)})"
