"""Products of powers of positive algebraic numbers, with rational exponents.

They multiply without a look at minimal polynomials, and two of them are compared at the least power
at which no root is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import reduce
from operator import mul

from flint import arb, fmpq, fmpz

from numeric.arithmetic.algebraic import Algebraic, AlgebraicReal, integer_root, root_of
from numeric.arithmetic.protocol import NotExact

__all__ = [
    "ONE",
    "Radical",
    "algebraic",
    "ball",
    "cancel",
    "multiplied",
    "normal",
    "rational_ratio",
    "whole_power",
    "written",
]

Radical = frozenset[tuple[Algebraic, Fraction]]
"""Π b ** e, b > 0; a rational base has 0 < e < 1.  The empty one is 1."""
ONE: Radical = frozenset()

_MAX_BITS = 1 << 20
"""Of a rational number: beyond it powers are enclosed, not computed."""
_MERGED_BITS = 1 << 17
"""Up to this size roots of rational numbers are drawn under one root."""


def whole_power(base: fmpq, n: int) -> fmpq:
    """Return base ** n; NotExact if that is a very long number."""
    if abs(n) * _bits(base) > _MAX_BITS:
        raise NotExact(f"a power beyond 2 ** {_MAX_BITS}")
    return base**n


def _bits(x: fmpq) -> int:
    return max(int(x.p).bit_length(), int(x.q).bit_length())


def multiplied(left: Radical, right: Radical) -> tuple[fmpq, Radical]:
    """Return the product of two radicals as a number and a radical."""
    if not left or not right:
        return fmpq(1), left or right
    exponents = dict(left)
    for b, e in right:
        exponents[b] = exponents.get(b, Fraction(0)) + e
    return normal(exponents)


def normal(exponents: Mapping[Algebraic, Fraction]) -> tuple[fmpq, Radical]:
    """Return Π b ** e as a number and a radical; roots of rationals are one if they are small."""
    roots = [(b, e) for b, e in exponents.items() if isinstance(b, fmpq) and e]
    factor, parts = fmpq(1), {(b, e) for b, e in exponents.items() if not isinstance(b, fmpq) and e}
    n = math.lcm(*(e.denominator for _, e in roots))
    if len(roots) > 1 and sum(_bits(b) * abs(e) * n for b, e in roots) <= _MERGED_BITS:
        merged = math.prod((b ** int(e * n) for b, e in roots), start=fmpq(1))
        roots = [(merged, Fraction(1, n))]
    for base, e in roots:
        b, e = _reduced(base, e)
        whole = e.numerator // e.denominator
        factor *= whole_power(b, whole)
        if e != whole and b != 1:
            parts.add((b, e - whole))
    return factor, frozenset(parts)


def _reduced(base: fmpq, e: Fraction) -> tuple[fmpq, Fraction]:
    """The same power with a base that is no power of which the root can be drawn."""
    for prime in _primes(e.denominator):
        while e.denominator % prime == 0:
            above, below = (integer_root(fmpz(n), prime) for n in (base.p, base.q))
            if above is None or below is None:
                break
            base, e = fmpq(above, below), e * prime
    return base, e


def _primes(n: int) -> Iterator[int]:
    """The prime divisors of n."""
    d = 2
    while d * d <= n:
        if n % d == 0:
            yield d
            while n % d == 0:
                n //= d
        d += 1
    if n > 1:
        yield n


def ball(radical: Radical, bits: int) -> arb:
    """Return a ball around a radical, at the working precision of ``bits``."""
    value = arb(1)
    for b, e in radical:
        base = b.enclose(bits) if isinstance(b, AlgebraicReal) else arb(b)
        value *= (base.root(e.denominator) if e.denominator > 1 else base) ** e.numerator
    return value


def algebraic(radical: Radical) -> Algebraic:
    """Return a radical as a root of an irreducible polynomial, or a rational number."""
    factors = (root_of(_whole(b, e.numerator), e.denominator) for b, e in radical)
    return reduce(mul, factors, fmpq(1))


def _whole(base: Algebraic, n: int) -> Algebraic:
    return base.integer_power(n) if isinstance(base, AlgebraicReal) else whole_power(base, n)


def written(c: fmpq, radical: Radical) -> str:
    """Return c times a radical as one writes it."""
    words = []
    for b, e in sorted(radical, key=str):
        bare = (isinstance(b, fmpq) and b.q == 1) or (e == 1 and len(radical) == 1 and c == 1)
        words.append((f"{b}" if bare else f"({b})") + ("" if e == 1 else f"^({e})"))
    if not words or c not in (1, -1):
        return "*".join([str(c), *words])
    return "-" * (c < 0) + "*".join(words)


def rational_ratio(left: Radical, right: Radical) -> fmpq | None:
    """Return left / right if that is rational by the roots of rational numbers alone."""
    factor, radical = _quotient(left, right)
    if sum(isinstance(b, fmpq) for b, _ in radical) > 1:  # not drawn under one root
        raise NotExact("roots of numbers that are too large")
    return factor if not radical else None


def _quotient(left: Radical, right: Radical) -> tuple[fmpq, Radical]:
    return multiplied(left, frozenset((b, -e) for b, e in right))


def cancel(one: tuple[Radical, fmpq], other: tuple[Radical, fmpq]) -> bool:
    """Return whether two terms add up to zero, from powers at which no root is left."""
    if (one[1] > 0) == (other[1] > 0):
        return False
    factor, quotient = _quotient(one[0], other[0])
    goal = -other[1] / one[1] / factor  # is the quotient this number?
    step = Fraction(
        math.gcd(*(e.numerator for _, e in quotient)),
        math.lcm(*(e.denominator for _, e in quotient)),
    )
    # (Π b ** n) ** step = goal, with coprime integers n
    product = algebraic(frozenset((b, e / step) for b, e in quotient))
    p, q = step.numerator, step.denominator
    power = _whole(product, p)
    return not isinstance(power, AlgebraicReal) and bool(power == whole_power(goal, q))
