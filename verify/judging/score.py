"""Scores: exact numbers or enclosures of them, and floats that never flatter."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.claims import Claim, Decision
from verify.errors import Undefined, UsageError

__all__ = ["Enclosed", "Undecided", "gap", "margin", "never_flatters", "sides", "signed"]

_NARROW = Fraction(1, 2**80)
"""An enclosure this narrow, relatively, is not made narrower."""
_DIGITS = 25
"""Of the ends of an enclosure."""
_LONGEST = 3000
"""Bits of an exact number that is written as it is; a longer one is enclosed."""


class Undecided(Exception):
    """No arithmetic settles it: there is no score, and nothing is wrong with the candidate."""


@dataclass(frozen=True)
class Enclosed:
    """A number known to lie between two rationals, ``low <= high``; exact where they agree."""

    low: Fraction
    high: Fraction

    @property
    def worth(self) -> str:
        """Return "exact", or "certified" for an enclosure."""
        return "exact" if self.low == self.high else "certified"

    @property
    def narrow(self) -> bool:
        """Return whether more precision would tell nobody anything."""
        return self.high - self.low <= _NARROW * max(abs(self.low), abs(self.high))

    def to_json(self) -> str | list[str]:
        """Return "p/q", or both ends as decimals, rounded outwards.

        >>> Enclosed(Fraction(1, 3), Fraction(1, 3)).to_json()
        '1/3'
        >>> Enclosed(Fraction(1, 3), Fraction(2, 3)).to_json()
        ['0.3333333333333333333333333', '0.6666666666666666666666667']
        """
        if self.low == self.high and _bits(self.low) <= _LONGEST:
            return str(self.low)
        return [_decimal(self.low, math.floor), _decimal(self.high, math.ceil)]


def _decimal(x: Fraction, rounded: Any) -> str:
    """A decimal of so many digits, rounded one way."""
    if x == 0:
        return "0"
    power = _magnitude(abs(x)) - _DIGITS + 1
    digits = rounded(x / Fraction(10) ** power)
    sign, text = "-" * (digits < 0), str(abs(digits))
    if -_DIGITS - 6 < power <= 0:
        text = text.zfill(1 - power)
        whole, part = text[: len(text) + power], text[len(text) + power :].rstrip("0")
        return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"
    return f"{sign}{text}e{power}"


def _bits(x: Fraction) -> int:
    return x.numerator.bit_length() + x.denominator.bit_length()


def _magnitude(x: Fraction) -> int:
    """The power of ten with 10**n <= x < 10**(n + 1)."""
    power = math.floor((x.numerator.bit_length() - x.denominator.bit_length()) * math.log10(2))
    while Fraction(10) ** power > x:
        power -= 1
    while Fraction(10) ** (power + 1) <= x:
        power += 1
    return power


def never_flatters(value: Enclosed, *, larger_is_better: bool) -> float | None:
    """Return a float that is no better than the number; None where there is no such float.

    >>> never_flatters(Enclosed(Fraction(1, 3), Fraction(1, 3)), larger_is_better=True) <= 1 / 3
    True
    """
    if not larger_is_better:
        found = never_flatters(Enclosed(-value.high, -value.low), larger_is_better=True)
        return None if found is None else -found
    if value.low > Fraction(sys.float_info.max):
        return sys.float_info.max
    if value.low < -Fraction(sys.float_info.max):
        return None
    nearest = float(value.low)
    if Fraction(nearest) > value.low:
        nearest = math.nextafter(nearest, -math.inf)
    return nearest if math.isfinite(nearest) else None


def sides(claim: Claim, instance: Any) -> tuple[Enclosed, Enclosed]:
    """Return both sides of a claim's relation: exact if they are rational, else in narrow balls.

    Raises
    ------
    UsageError
        A side has no value there.
    Undecided
        No arithmetic encloses both.
    """
    exact, *balls = instance.routes()
    known, best = _measured(claim, exact), None
    for lifted in (exact, *balls):
        values = known if known or lifted is exact else _measured(claim, lifted)
        found = values and _enclosed(values, lifted.arithmetic)
        if found:
            best = found
            if all(side.narrow for side in found):
                return found
    if best is None:
        raise Undecided("no arithmetic encloses what is measured")
    return best


def _measured(claim: Claim, lifted: Any) -> tuple[Any, Any] | None:
    """Both sides as the arithmetic of an instance has them, None where it cannot."""
    try:
        with lifted.arithmetic:
            return claim.sides(lifted)
    except Undefined as error:
        raise UsageError(f"candidate: undefined there: {error}") from error
    except ArithmeticError as error:
        vanishing = isinstance(error, ZeroDivisionError) and lifted.arithmetic.kind == "exact"
        if vanishing or getattr(error, "undefined", False):
            raise UsageError(f"candidate: undefined there: {error}") from error
        return None


def _enclosed(values: tuple[Any, Any], arithmetic: Any) -> tuple[Enclosed, Enclosed] | None:
    """Both sides as far as an arithmetic knows them: exact ones that are irrational, in balls."""
    try:
        with arithmetic:
            lhs, rhs = (_ends(x) or _ends(arithmetic.scalar(x)) for x in values)
    except (ArithmeticError, TypeError):  # exact arithmetic has no scalar that is irrational
        return None
    return None if lhs is None or rhs is None else (lhs, rhs)


def _ends(value: Any) -> Enclosed | None:
    """The ends of a certified ball, a rational twice; None for what is neither."""
    if isinstance(value, int | Fraction):
        return Enclosed(Fraction(value), Fraction(value))
    if hasattr(value, "lower") and hasattr(value, "upper"):
        certified = value.kind in ("exact", "certified")
        return Enclosed(Fraction(value.lower), Fraction(value.upper)) if certified else None
    if hasattr(value, "p") and hasattr(value, "q"):
        exact = Fraction(int(value.p), int(value.q))
        return Enclosed(exact, exact)
    return None


def gap(claim: Claim, lhs: Enclosed, rhs: Enclosed) -> Enclosed:
    """Return by how much the relation is violated: negative where it holds with room."""
    least, most = lhs.low - rhs.high, lhs.high - rhs.low
    if claim.operator in (">=", ">"):
        return Enclosed(-most, -least)
    if claim.operator in ("<=", "<"):
        return Enclosed(least, most)
    if least > 0 or most < 0:
        return Enclosed(min(abs(least), abs(most)), max(abs(least), abs(most)))
    return Enclosed(Fraction(0), max(abs(least), abs(most)))


def margin(violated_by: Enclosed, lhs: Enclosed, rhs: Enclosed) -> Enclosed:
    """Return the gap over the larger side, which no scaling makes larger; 0 if both vanish.

    Raises
    ------
    Undecided
        The larger side cannot be told from zero.
    """
    largest = max(abs(x) for side in (lhs, rhs) for x in (side.low, side.high))
    if largest == 0:
        return Enclosed(Fraction(0), Fraction(0))
    least = max(_least_size(lhs), _least_size(rhs))
    if least == 0:
        raise Undecided("both sides cannot be told from zero")
    quotients = [x / y for x in (violated_by.low, violated_by.high) for y in (least, largest)]
    return Enclosed(max(min(quotients), Fraction(-2)), min(max(quotients), Fraction(2)))


def _least_size(side: Enclosed) -> Fraction:
    """The least that the size of an enclosed number may be."""
    return Fraction(0) if side.low <= 0 <= side.high else min(abs(side.low), abs(side.high))


def signed(violated_by: Enclosed, claim: Claim, decision: Decision) -> Enclosed:
    """Return a gap or a margin without what a decision has ruled out: its sign is certified."""
    beyond = decision.refutes
    if claim.operator == "==" and not beyond:
        return Enclosed(Fraction(0), Fraction(0))
    if beyond:
        return Enclosed(max(violated_by.low, Fraction(0)), violated_by.high)
    return Enclosed(violated_by.low, min(violated_by.high, Fraction(0)))
