"""How many real roots a polynomial has in an interval: Sturm's theorem, in fractions alone.

A polynomial is the list of its coefficients, the constant first; an infinite end is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from verify.certificates.checker import simplest_between

__all__ = ["Sturm", "mirrored"]

_FINE, _SIMPLER = 10**4, 50
"""An irrational root is isolated to one part in so many; the last part before it is given up for a
simpler number."""


class Sturm:
    """A polynomial without multiple roots, and the chain of its remainders.

    >>> Sturm([Fraction(-2), Fraction(0), Fraction(1)]).count(Fraction(0), None)  # t² - 2
    1
    """

    def __init__(self, coefficients: Sequence[Fraction]) -> None:
        first = _trimmed(list(coefficients))
        self.chain = [first]
        following = _trimmed([k * c for k, c in enumerate(first)][1:])
        while following:
            self.chain.append(following)
            following = [-c for c in _remainder(self.chain[-2], following)]

    def value(self, x: Fraction) -> Fraction:
        """Return the value at x."""
        return _value(self.chain[0], x)

    def count(self, low: Fraction | None, high: Fraction | None) -> int:
        """Return how many roots r there are with low < r <= high."""
        return self._changes(low, -1) - self._changes(high, 1)

    def clear_after(self, x: Fraction) -> tuple[Fraction | None, bool]:
        """Return y > x so that no root lies strictly between, and whether y is a root.

        y is None if there is no root after x; else it is the next one, or close to it.
        """
        if self.count(x, None) == 0:
            return None, False
        low, high, step = x, x + 1, Fraction(1)
        while self.count(x, high) == 0:
            low, step = high, 2 * step
            high = x + step
        while low == x or (high - low) * _FINE > max(abs(high), abs(x)):
            middle = (low + high) / 2
            low, high = (low, middle) if self.count(low, middle) else (middle, high)
        for candidate in (simplest_between(low, high), high):
            if self.value(candidate) == 0 and self.count(low, candidate) == 1:
                return candidate, True
        return simplest_between(low - (low - x) / _SIMPLER, low), False

    def _changes(self, x: Fraction | None, side: int) -> int:
        """The changes of sign along the chain at x, or at an infinite end."""
        values = (
            _value(p, x) if x is not None else p[-1] * (side if len(p) % 2 == 0 else 1)
            for p in self.chain
        )
        signs = [value > 0 for value in values if value]
        return sum(a != b for a, b in pairwise(signs))


def mirrored(coefficients: Sequence[Fraction]) -> list[Fraction]:
    """Return the polynomial p(-t)."""
    return [-c if k % 2 else c for k, c in enumerate(coefficients)]


def _value(p: Sequence[Fraction], x: Fraction) -> Fraction:
    total = Fraction(0)
    for c in reversed(p):
        total = total * x + c
    return total


def _trimmed(p: list[Fraction]) -> list[Fraction]:
    while p and not p[-1]:
        p.pop()
    return p


def _remainder(p: Sequence[Fraction], q: Sequence[Fraction]) -> list[Fraction]:
    """The remainder of p after division by q, scaled by a positive number."""
    rest = list(p)
    while len(rest) >= len(q):
        factor = rest[-1] / q[-1]
        for k, c in enumerate(q):
            rest[len(rest) - len(q) + k] -= factor * c
        rest.pop()
        rest = _trimmed(rest)
    size = max(map(abs, rest), default=Fraction(1))
    return [c / size for c in rest]
