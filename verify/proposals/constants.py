"""The constant before a monomial: from the least ratios at each depth to r L^i (L-1)^j."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import log

from verify.proposals.candidates import Constant

__all__ = ["fitted", "near", "rounded", "safe"]

_POWERS = (0, 1, -1, 2, -2)
_NUMERATORS = 64
_DENOMINATOR = 12
_SAME = 2e-6
"""Ratios that agree so well, relatively, are one number."""

_NEAR = 0.03
"""A simple constant is tried in the place of ratios that are so close to it, relatively."""

_DIGITS = 3
"""Of a constant that is no nice number: it is rounded to the safe side."""


def fitted(extreme: Mapping[int, float]) -> Constant | None:
    """Return r L^i (L-1)^j if it is the extreme ratio at each depth, None if nothing simple is.

    >>> fitted({2: 4.0, 3: 6.0, 4: 8.0})
    Constant(number=Fraction(2, 1), depth=1, before=0)
    """
    for depth, before in _shapes(extreme):
        shape = Constant(Fraction(1), depth, before)
        ratios = [value / shape.at(L) for L, value in extreme.items()]
        number = Fraction(ratios[0]).limit_denominator(_DENOMINATOR)
        if not 0 < number <= _NUMERATORS:
            continue
        if all(abs(ratio / number - 1) <= _SAME for ratio in ratios):
            return Constant(number, depth, before)
    return None


def rounded(extreme: Mapping[int, float], sign: int) -> Constant | None:
    """Return a constant that no extreme ratio contradicts: the closest shape, to three digits.

    ``sign`` is 1 for a lower bound, whose constant may not exceed the ratios, -1 for an upper one.
    """
    best: tuple[float, Constant] | None = None
    for depth, before in _shapes(extreme):
        shape = Constant(Fraction(1), depth, before)
        ratios = [value / float(shape.at(L)) for L, value in extreme.items()]
        edge = min(ratios) if sign > 0 else max(ratios)
        if not 1e-9 < edge < 1e9:
            continue
        number = safe(edge, sign)
        loss = sum(abs(log(ratio / float(number))) for ratio in ratios)
        loss += 0.02 * (abs(depth) + abs(before))
        if best is None or loss < best[0] - 1e-12:
            best = loss, Constant(number, depth, before)
    return best[1] if best else None


def _shapes(extreme: Mapping[int, float]) -> Iterator[tuple[int, int]]:
    """Powers of L and L-1, simple ones first; of one depth there is nothing to tell."""
    several, deep = len(extreme) > 1, min(extreme, default=1) > 1
    shapes = [(i, j) for i in _POWERS for j in (_POWERS if deep else (0,))]
    chosen = shapes if several else [(0, 0)]
    yield from sorted(chosen, key=lambda s: (abs(s[0]) + abs(s[1]), s[0] < 0, abs(s[1]), s))


def safe(edge: float, sign: int) -> Fraction:
    """Return the edge to three digits: below it for a lower bound (1), above for an upper (-1)."""
    digits = _DIGITS - 1 - int(log(edge) // log(10))
    scale = Fraction(10) ** digits
    scaled = Fraction(edge * (1 + sign * _SAME)) * scale  # rounding of floats is no digit
    whole = scaled.__floor__() if sign > 0 else scaled.__ceil__()
    return Fraction(max(whole, 1)) / scale


def near(extreme: Mapping[int, float]) -> Constant | None:
    """Return a simple constant that is close to the extreme ratios, if any.

    The rows may not have met the extreme yet, and floats may lie: the adversary will tell.
    """
    for depth, before in _shapes(extreme):
        shape = Constant(Fraction(1), depth, before)
        ratios = [value / float(shape.at(L)) for L, value in extreme.items()]
        for bottom in (1, 2, 3, 4):
            whole = round(ratios[0] * bottom)
            if 0 < whole <= _NUMERATORS and all(
                abs(ratio * bottom / whole - 1) < _NEAR for ratio in ratios
            ):
                return Constant(Fraction(whole, bottom), depth, before)
    return None
