"""Exact numbers that are kept as sums of radicals until somebody asks for their sign.

A :class:`Surd` is Σ c Π b ** e with rational c and e and positive bases b, each rational or the
root of an irreducible polynomial.  Sums, products and powers of one term are only written down; so
a relation may hold many eigenvalues and roots of any order.  Almost always enclosures tell its
sides apart.  Where they do not, the sides may be equal, and what is asked is whether a sum
vanishes.  Its terms are grouped by rational ratios, and then:

1.  Positive real radicals of rational numbers, none a rational multiple of another, are linearly
    independent over the rationals (Besicovitch 1940; Mordell 1953): a group that is left proves
    that the sum is not zero.
2.  Two groups cancel if the quotient of their radicals is a certain rational number; both are
    raised to the common power at which no root is left.
3.  What remains has a minimal polynomial, if its degree is not too large (:data:`MAX_DEGREE`).

Logarithms add up to one, s + log a with algebraic s and a.  Two of them, or one and an algebraic
number, are equal only if they agree in s and in a: log a is transcendental for algebraic a other
than 0 and 1 (Lindemann 1882).  An exponential e ** (s + log a) is compared by its logarithm.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import Any

from flint import arb, ctx, fmpq

from numeric.arithmetic.algebraic import (
    MAX_DEGREE,
    PRECISIONS,
    Algebraic,
    AlgebraicReal,
    to_fmpq,
)
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.radicals import (
    ONE,
    Radical,
    algebraic,
    ball,
    cancel,
    multiplied,
    normal,
    rational_ratio,
    whole_power,
    written,
)

__all__ = [
    "Exact",
    "Exponential",
    "Irrational",
    "Logarithm",
    "Surd",
    "ball_margin",
    "compare_exact",
    "enclose",
    "exact_exp",
    "exact_log",
    "exact_power",
    "margin",
    "settled",
]

Exact = Any  # fmpq | Irrational; flint ships no precise types for the former's operators

_MAX_TERMS = MAX_DEGREE
_LARGEST_EXPONENT = 1 << 20
_LARGEST = sys.float_info.max
_SOON = 3
"""So many precisions are tried before anybody asks whether a difference vanishes."""


class Irrational:
    """A real number that is not known to be rational, with operators between exact numbers."""

    __slots__ = ()

    def enclose(self, bits: int) -> arb:
        """Return a ball around the number, computed at ``bits`` of working precision."""
        raise NotImplementedError

    def _plus(self, other: Exact) -> Exact:
        raise NotImplementedError

    def _times(self, other: Exact) -> Exact:
        raise NotImplementedError

    def inverse(self) -> Exact:
        """Return 1 / self; ZeroDivisionError where it is zero."""
        raise NotImplementedError

    def power(self, exponent: Fraction) -> Exact:
        """Return self ** exponent; of what may be negative for integer exponents only."""
        raise NotImplementedError

    def __add__(self, other: Exact) -> Exact:
        return self._plus(_exact(other))

    def __mul__(self, other: Exact) -> Exact:
        return self._times(_exact(other))

    def __neg__(self) -> Exact:
        return self._times(fmpq(-1))

    def __sub__(self, other: Exact) -> Exact:
        return self._plus(-_exact(other))

    def __rsub__(self, other: Exact) -> Exact:
        return (-self)._plus(_exact(other))

    def __truediv__(self, other: Exact) -> Exact:
        return self._times(_inverse(_exact(other)))

    def __rtruediv__(self, other: Exact) -> Exact:
        return self.inverse() * _exact(other)

    __radd__ = __add__
    __rmul__ = __mul__

    def __float__(self) -> float:
        return float(self.enclose(64).mid())

    def formula(self) -> str:
        """Return what it was made of, in words."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{float(self):.6g} ({self.formula()})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Irrational | int | Fraction | fmpq):
            return NotImplemented
        return compare_exact(self, other) == 0

    __hash__ = None  # type: ignore[assignment]  # equal numbers may be written differently


class Surd(Irrational):
    """A sum of radicals with rational coefficients: an algebraic number as it was made."""

    __slots__ = ("_balls", "terms")

    def __init__(self, terms: Mapping[Radical, fmpq]) -> None:
        self.terms = terms
        self._balls: dict[int, arb] = {}

    @staticmethod
    def of(x: Any) -> Exact:
        """Return the root of an irreducible polynomial as a surd, a rational number as it is."""
        if not isinstance(x, AlgebraicReal):
            return x
        sign = 1 if x.is_positive() else -1
        return Surd({frozenset({(x if sign > 0 else x * -1, Fraction(1))}): fmpq(sign)})

    def enclose(self, bits: int) -> arb:
        """Return a ball around the number, computed at ``bits`` of working precision."""
        if bits not in self._balls:
            with ctx.workprec(bits):
                terms = [c * ball(radical, bits) for radical, c in self.terms.items()]
                self._balls[bits] = reduce(add, terms)
        return self._balls[bits]

    def algebraic(self) -> Algebraic:
        """Return it as a root of an irreducible polynomial; NotExact if that is large."""
        return reduce(add, (algebraic(radical) * c for radical, c in self.terms.items()))

    def _plus(self, other: Exact) -> Exact:
        if isinstance(other, Logarithm | Exponential):
            return other._plus(self)
        terms = dict(self.terms)
        for radical, c in _terms(other):
            terms[radical] = terms.get(radical, fmpq(0)) + c
        return _surd({radical: c for radical, c in terms.items() if c != 0})

    def _times(self, other: Exact) -> Exact:
        if isinstance(other, Logarithm | Exponential):
            return other._times(self)
        terms: dict[Radical, fmpq] = {}
        for left, c in self.terms.items():
            for right, d in _terms(other):
                factor, radical = multiplied(left, right)
                terms[radical] = terms.get(radical, fmpq(0)) + c * d * factor
        return _surd({radical: c for radical, c in terms.items() if c != 0})

    def inverse(self) -> Exact:
        """Return 1 / self; ZeroDivisionError where it is zero."""
        if len(self.terms) == 1:
            return self.power(Fraction(-1))
        if compare_exact(self, fmpq(0)) == 0:
            raise ZeroDivisionError("division by zero")
        value = self.algebraic()
        return Surd.of(value.inverse() if isinstance(value, AlgebraicReal) else 1 / value)

    def power(self, exponent: Fraction) -> Exact:
        """Return self ** exponent; of what may be negative for integer exponents only."""
        if len(self.terms) == 1:
            ((radical, c),) = self.terms.items()
            factor, powers = normal({b: e * exponent for b, e in radical})
            return _surd({powers: factor}) * _power(c, exponent)
        n = exponent.numerator
        if exponent.denominator == 1 and 0 <= n <= 4:
            return reduce(mul, [self] * n, fmpq(1))
        value = Surd.of(self.algebraic())
        return exact_power(value, exponent)

    def formula(self) -> str:
        """Return the sum as one writes it."""
        terms = (written(c, radical) for radical, c in self.terms.items())
        return " + ".join(terms).replace("+ -", "- ")


class Logarithm(Irrational):
    """The number shift + log(argument), both algebraic, argument > 0 and not 1."""

    __slots__ = ("argument", "shift")

    def __init__(self, shift: Exact, argument: Exact) -> None:
        self.shift = shift
        self.argument = argument

    def enclose(self, bits: int) -> arb:
        """Return a ball around the number, computed at ``bits`` of working precision."""
        with ctx.workprec(bits):
            return enclose(self.shift, bits) + enclose(self.argument, bits).log()

    def _plus(self, other: Exact) -> Exact:
        if isinstance(other, Exponential):
            raise NotExact("a sum of a logarithm and an exponential")
        if not isinstance(other, Logarithm):
            return Logarithm(self.shift + other, self.argument)
        return _logarithm(self.shift + other.shift, self.argument * other.argument)

    def _times(self, other: Exact) -> Exact:
        factor = settled(other) if isinstance(other, Surd) else other
        if not isinstance(factor, fmpq):
            raise NotExact("an irrational multiple of a logarithm")
        power = exact_power(self.argument, Fraction(int(factor.p), int(factor.q)))
        return _logarithm(self.shift * factor, power)

    def inverse(self) -> Exact:
        """Raise NotExact: nothing is known of the inverse of a logarithm."""
        raise NotExact(f"1/({self.formula()}) is transcendental")

    def power(self, exponent: Fraction) -> Exact:
        """Return self ** exponent for exponents 0 and 1; others raise NotExact."""
        if exponent in (0, 1):
            return self if exponent else fmpq(1)
        raise NotExact(f"a power of {self.formula()}")

    def formula(self) -> str:
        """Return the logarithm as one writes it, to six digits."""
        shift = "" if self.shift == 0 else f"{float(self.shift):.6g} + "
        return f"{shift}log({float(self.argument):.6g})"


class Exponential(Irrational):
    """The number sign e ** exponent, the exponent a logarithm or algebraic and not zero."""

    __slots__ = ("exponent", "sign")

    def __init__(self, exponent: Exact, sign: int = 1) -> None:
        self.exponent = exponent
        self.sign = sign

    def enclose(self, bits: int) -> arb:
        """Return a ball around the number, computed at ``bits`` of working precision."""
        with ctx.workprec(bits):
            return self.sign * enclose(self.exponent, bits).exp()

    def _plus(self, other: Exact) -> Exact:
        if isinstance(other, fmpq) and other == 0:
            return self
        raise NotExact("a sum with an exponential")

    def _times(self, other: Exact) -> Exact:
        if isinstance(other, Logarithm):
            raise NotExact("a product of a logarithm and an exponential")
        if isinstance(other, Exponential):
            return _exponential(self.exponent + other.exponent, self.sign * other.sign)
        sign = compare_exact(other, fmpq(0))
        if sign == 0:
            return fmpq(0)
        size = other if sign > 0 else -other
        return _exponential(self.exponent + exact_log(size), self.sign * sign)

    def inverse(self) -> Exact:
        """Return 1 / self."""
        return Exponential(-self.exponent, self.sign)

    def power(self, exponent: Fraction) -> Exact:
        """Return self ** exponent; of what is negative for integer exponents only."""
        sign = self.sign if exponent.numerator % 2 else 1
        return _exponential(self.exponent * to_fmpq(exponent), sign)

    def formula(self) -> str:
        """Return the exponential as one writes it, to six digits."""
        return f"{'-' * (self.sign < 0)}exp({float(self.exponent):.6g})"


def exact_power(x: Exact, exponent: Fraction) -> Exact:
    """Return x ** exponent: x >= 0 if it is no integer, x != 0 if it is negative.

    >>> exact_power(fmpq(8), Fraction(-2, 3)), exact_power(fmpq(2), Fraction(3, 2))
    (1/4, 2.82843 (2*2^(1/2)))
    """
    return x.power(exponent) if isinstance(x, Irrational) else _power(to_fmpq(x), exponent)


def exact_log(x: Exact) -> Exact:
    """Return log x, for x > 0."""
    if isinstance(x, Exponential):
        return x.exponent
    if isinstance(x, Logarithm):
        raise NotExact(f"log({x.formula()}) is transcendental")
    return _logarithm(fmpq(0), _exact(x))


def exact_exp(x: Exact) -> Exact:
    """Return e ** x."""
    if isinstance(x, Exponential):
        raise NotExact(f"exp({x.formula()}) is transcendental")
    if not abs(enclose(x, 64)) < _LARGEST_EXPONENT:
        raise NotExact(f"exp({float(x):.6g}) is beyond e ** {_LARGEST_EXPONENT}")
    return _exponential(_exact(x), 1)


def settled(x: Exact) -> Exact:
    """Return x, as a rational number if it is one."""
    if not isinstance(x, Surd):
        return x
    value = x.algebraic()
    return x if isinstance(value, AlgebraicReal) else value


def compare_exact(x: Exact, y: Exact) -> int:
    """Return the sign of x - y; NotExact if they may be equal and are too large to tell."""
    x, y = _exact(x), _exact(y)
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return int(x > y) - int(x < y)
    if x is y:
        return 0
    for bits in PRECISIONS[:_SOON]:
        if sign := _separated(x, y, bits):
            return sign
    if _vanishes(x, y):
        return 0
    for bits in PRECISIONS[_SOON:]:
        if sign := _separated(x, y, bits):
            return sign
    raise NotExact(f"distinct numbers agree to {PRECISIONS[-1]} bits")


def enclose(x: Exact, bits: int) -> arb:
    """Return a ball around an exact real."""
    if isinstance(x, Irrational):
        return x.enclose(bits)
    with ctx.workprec(bits):
        return arb(to_fmpq(x))


def margin(x: Exact, y: Exact) -> float:
    """Return :func:`relative_margin` of exact reals of any size, rounded.

    >>> margin(fmpq(10) ** 400, fmpq(10) ** 401), margin(fmpq(10) ** 400, fmpq(0))
    (-0.9, 1.7976931348623157e+308)
    """
    return ball_margin(enclose(x, 64), enclose(y, 64))


def ball_margin(x: arb, y: arb) -> float:
    """Return :func:`relative_margin` of the midpoints of balls: nan where that is not finite."""
    x, y = x.mid(), y.mid()
    gap = float(x if y == 0 else (x - y) / max(abs(x), abs(y)))
    return min(max(gap, -_LARGEST), _LARGEST) if gap == gap else gap


def _exact(x: Any) -> Exact:
    return x if isinstance(x, Irrational) else to_fmpq(x)


def _inverse(x: Exact) -> Exact:
    if isinstance(x, Irrational):
        return x.inverse()
    if x == 0:
        raise ZeroDivisionError("division by zero")
    return 1 / x


def _separated(x: Exact, y: Exact, bits: int) -> int:
    """The sign of x - y if enclosures tell it, else 0."""
    with ctx.workprec(bits):
        gap = enclose(x, bits) - enclose(y, bits)
    return int(gap > 0) - int(gap < 0)


def _vanishes(x: Exact, y: Exact) -> bool:
    """Whether x = y."""
    if isinstance(x, Exponential) or isinstance(y, Exponential):
        # next to each other and far from zero: both are positive, or both are negative
        x, y = (exact_log(z if compare_exact(z, fmpq(0)) > 0 else -z) for z in (x, y))
        return compare_exact(x, y) == 0
    gap = x - y
    if isinstance(gap, Logarithm):
        return compare_exact(gap.argument, fmpq(1)) == compare_exact(gap.shift, fmpq(0)) == 0
    return gap == 0 if isinstance(gap, fmpq) else _is_zero(gap)


def _is_zero(x: Surd) -> bool:
    """Whether a sum of radicals is zero: see the top of this file."""
    groups: list[list[Any]] = []  # radical, coefficient
    for radical, c in x.terms.items():
        for group in groups:
            ratio = rational_ratio(radical, group[0])
            if ratio is not None:
                group[1] += c * ratio
                break
        else:
            groups.append([radical, c])
    left = {radical: c for radical, c in groups if c != 0}
    if len(left) <= 1:
        return not left
    if all(isinstance(b, fmpq) for radical in left for b, _ in radical):
        return False
    if len(left) == 2:
        return cancel(*left.items())
    return bool(Surd(left).algebraic() == 0)


def _logarithm(shift: Exact, argument: Exact) -> Exact:
    if isinstance(argument, fmpq) and argument == 1:
        return shift
    return Logarithm(shift, argument)


def _exponential(exponent: Exact, sign: int) -> Exact:
    if isinstance(exponent, fmpq) and exponent == 0:
        return fmpq(sign)
    if isinstance(exponent, Logarithm) and compare_exact(exponent.shift, fmpq(0)) == 0:
        return exponent.argument * fmpq(sign)
    return Exponential(exponent, sign)


def _power(base: fmpq, exponent: Fraction) -> Exact:
    if base == 0:
        if exponent < 0:
            raise ZeroDivisionError(f"0 ** {exponent}")
        return fmpq(int(exponent == 0))
    if exponent.denominator == 1:
        return whole_power(base, exponent.numerator)
    factor, radical = normal({base: exponent})
    return _surd({radical: factor})


def _terms(x: Exact) -> Iterable[tuple[Radical, fmpq]]:
    if isinstance(x, Surd):
        return x.terms.items()
    return ((ONE, x),) if x != 0 else ()


def _surd(terms: Mapping[Radical, fmpq]) -> Exact:
    """The sum of terms; a rational number if there is no radical in it."""
    if len(terms) > _MAX_TERMS:
        raise NotExact(f"a sum of more than {_MAX_TERMS} radicals")
    if not terms.keys() - {ONE}:
        return terms.get(ONE, fmpq(0))
    return Surd(terms)
