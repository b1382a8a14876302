"""A number between two bounds, each with what it is worth: what users are given.

Inside, results are balls; a ball has one kind for both of its ends.  Here the ends may differ: a
Rayleigh quotient of the exact Hessian is certified, the estimate above it is not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any, Self

from numeric.arithmetic.ball import Ball
from numeric.arithmetic.protocol import Kind, weakest

__all__ = ["Enclosure", "outward"]

_DIGITS = 10
"""Decimals of a bound, where nothing is said."""


def outward(lower: Fraction, upper: Fraction, digits: int) -> tuple[str, str]:
    """Return decimals of so many digits, the first <= lower and the second >= upper.

    >>> outward(Fraction(1, 3), Fraction(2, 3), 4)
    ('0.3333', '0.6667')
    """
    down, up = (
        Context(prec=digits, rounding=rounding, Emin=-(10**9), Emax=10**9).divide(
            Decimal(x.numerator), Decimal(x.denominator)
        )
        for x, rounding in ((lower, ROUND_FLOOR), (upper, ROUND_CEILING))
    )
    return _decimal(down), _decimal(up)


def _decimal(x: Decimal) -> str:
    return f"{x:f}" if -6 < x.adjusted() < 16 or not x else f"{x:e}"


@dataclass(frozen=True, eq=False)
class Enclosure:
    """A real number with a lower and an upper bound, and what either is worth.

    ``float(r)`` is a number between them and ``format(r, ".3f")`` writes it.  ``r < x`` compares
    with a number or another enclosure: true or false where the bounds decide, ArithmeticError where
    they do not.  Whether two enclosed numbers are equal is never decided, so ``==`` means the same
    object; use ``x in r``.

    Attributes
    ----------
    lower, upper : Fraction, or an infinity where there is no bound
        Exact numbers.
    lower_worth, upper_worth : str
        ``certified`` (what is enclosed is the true value for the very floats that were given),
        ``exact``, or ``sampled`` (an estimate in floating point).

    Examples
    --------
    >>> r = Enclosure(Fraction(1, 3), Fraction(1, 2))
    >>> r, f"{r:.2f}", r < 1, Fraction(2, 5) in r
    ([0.3333333333, 0.5] (certified), '0.42', True, True)
    >>> r < 0.4
    Traceback (most recent call last):
    ...
    ArithmeticError: [0.3333333333, 0.5] (certified) < 0.4 is not decided: the bounds overlap
    """

    lower: Fraction | float
    upper: Fraction | float
    lower_worth: Kind = "certified"
    upper_worth: Kind = "certified"

    def __post_init__(self) -> None:
        for bound in (self.lower, self.upper):
            if isinstance(bound, float) and math.isfinite(bound):
                raise ValueError(f"bounds: expected Fractions or infinities, got {bound}")
        if not self.lower <= self.upper:
            raise ValueError(f"bounds: expected lower <= upper, got {self.lower} and {self.upper}")

    @classmethod
    def of(cls, value: Any, upper: Any = None) -> Self:
        """Return a ball, or an exact number, as an enclosure; or from one ball to another one.

        >>> Enclosure.of(2).worth
        'exact'
        """
        upper = value if upper is None else upper
        (low, _, below), (_, high, above) = _ends(value), _ends(upper)
        return cls(low, high, below, above)

    @property
    def worth(self) -> Kind:
        """Return what the weaker one of the two bounds is worth."""
        return weakest(self.lower_worth, self.upper_worth)

    @property
    def relative_width(self) -> float:
        """Return (upper - lower)/|middle|; infinite when zero is enclosed."""
        if self.lower == self.upper:
            return 0.0
        low, high = self.lower, self.upper
        if low <= 0 <= high or isinstance(low, float) or isinstance(high, float):
            return math.inf
        return _rounded(abs((high - low) * 2 / (high + low)))

    def plus(self, low: Fraction | int, high: Fraction | int) -> Self:
        """Return the enclosure of the sum with a number between two others."""
        ends = self.lower + low, self.upper + high
        return type(self)(*ends, self.lower_worth, self.upper_worth)

    def times(self, factor: Fraction | int) -> Self:
        """Return the enclosure of a positive rational multiple."""
        ends = factor * self.lower, factor * self.upper
        return type(self)(*ends, self.lower_worth, self.upper_worth)

    def interval(self, digits: int = _DIGITS) -> str:
        """Return a decimal interval that contains the enclosure, or the one decimal it equals."""
        low, high = self.decimals(digits)
        return low if low == high else f"[{low}, {high}]"

    def decimals(self, digits: int = _DIGITS) -> tuple[str, str]:
        """Return both bounds as decimals, rounded outwards; "-inf" and "inf" where there is none.

        >>> Enclosure.of(96).decimals(), Enclosure(Fraction(2), float("inf")).decimals()
        (('96', '96'), ('2', 'inf'))
        """
        low, high = self.lower, self.upper
        down = str(low) if isinstance(low, float) else outward(low, low, digits)[0]
        up = str(high) if isinstance(high, float) else outward(high, high, digits)[1]
        return down, up

    def to_json(self) -> dict[str, Any]:
        """Return both bounds with 17 digits, rounded outwards, and what they are worth."""
        low, high = self.decimals(17)
        found: dict[str, Any] = {"lower": low, "upper": high, "worth": self.worth}
        if self.lower_worth != self.upper_worth:
            found |= {"lower_worth": self.lower_worth, "upper_worth": self.upper_worth}
        if math.isfinite(float(self)):
            found["float"] = float(self)
        return found

    @property
    def words(self) -> str:
        """Return what the bounds are worth, in words."""
        if self.lower_worth == self.upper_worth:
            return self.worth
        return f"lower bound {self.lower_worth}, upper bound {self.upper_worth}"

    def __float__(self) -> float:
        low, high = self.lower, self.upper
        if isinstance(high, float):
            return _rounded(low)
        return _rounded(high if isinstance(low, float) else (low + high) / 2)

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else str(self)

    def __repr__(self) -> str:
        return f"{self.interval()} ({self.words})"

    def _repr_html_(self) -> str:
        return f"<code>{self.interval()}</code> <small>{self.words}</small>"

    def __contains__(self, value: Any) -> bool:
        low, high, _ = _ends(value)
        return self.lower <= low and high <= self.upper

    def __lt__(self, other: Any) -> bool:
        low, high, _ = _ends(other)
        return self._decided("<", other, self.upper < low, self.lower >= high)

    def __le__(self, other: Any) -> bool:
        low, high, _ = _ends(other)
        return self._decided("<=", other, self.upper <= low, self.lower > high)

    def __gt__(self, other: Any) -> bool:
        low, high, _ = _ends(other)
        return self._decided(">", other, self.lower > high, self.upper <= low)

    def __ge__(self, other: Any) -> bool:
        low, high, _ = _ends(other)
        return self._decided(">=", other, self.lower >= high, self.upper < low)

    def _decided(self, sign: str, other: Any, yes: bool, no: bool) -> bool:
        if yes or no:
            return yes
        raise ArithmeticError(f"{self} {sign} {other} is not decided: the bounds overlap")


def _ends(value: Any) -> tuple[Fraction | float, Fraction | float, Kind]:
    """Return the least and the largest that a number may be, and what that is worth."""
    if isinstance(value, Enclosure):
        return value.lower, value.upper, value.worth
    if isinstance(value, Ball):
        return value.lower, value.upper, value.kind
    if isinstance(value, int | Fraction):
        return Fraction(value), Fraction(value), "exact"
    number = float(value)
    if math.isnan(number):
        raise ValueError("expected a number to compare an enclosure with, got nan")
    exact = number if math.isinf(number) else Fraction(number)
    return exact, exact, "sampled"


def _rounded(x: Fraction | float) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf
