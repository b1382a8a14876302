"""Equality of expressions in a field of fractions, without expanding expression trees.

Each side is read once into a quotient of sparse polynomials over the rationals, denominators
cleared as they appear; a subexpression that occurs often is read once.  What is no sum, product or
integer power counts as an indeterminate, so agreement is a proof.  Disagreement says nothing:
indeterminates may be related, as √(ab), √a and √b are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError
from sympy.polys.rings import PolyRing

__all__ = ["agree"]

_LARGEST_POWER = 64
"""Integer powers above this are left to other means: they may have very many terms."""

Quotient = tuple[Any, Any]
"""Numerator and denominator, elements of one ring."""


class _Outside(Exception):
    """An expression that is no quotient of polynomials in commuting finite things."""


def agree(pairs: Iterable[tuple[sp.Expr, sp.Expr]]) -> bool:
    """Return True if both expressions of every pair are provably the same; False is no proof.

    >>> a = sp.Symbol("a", positive=True)
    >>> agree([(1 / a + 1, (1 + a) / a), (sp.sqrt(a) ** 3, a * sp.sqrt(a))])
    True
    >>> agree([(sp.sqrt(4 * a + 4), 2 * sp.sqrt(a + 1))])  # true, but not in a ring
    False
    """
    pairs = list(pairs)
    try:
        reader = _Reader(side for pair in pairs for side in pair)
        return all(_equal(reader.read(x), reader.read(y)) for x, y in pairs)
    except (_Outside, BasePolynomialError):
        return False


def _equal(x: Quotient, y: Quotient) -> bool:
    (a, b), (c, d) = x, y
    return bool(a == c if b == d else a * d == c * b)


class _Reader:
    """Reads expressions into quotients over one ring, which has what occurs in all of them."""

    def __init__(self, expressions: Iterable[sp.Expr]) -> None:
        found: dict[sp.Expr, None] = {}
        seen: set[sp.Expr] = set()
        for expression in expressions:
            _collect(expression, found, seen)
        names = [f"x{k}" for k in range(max(1, len(found)))]  # a ring has at least one
        self._ring = PolyRing(names, sp.QQ, "lex")
        one, gens = self._ring.one, self._ring.gens
        self._known: dict[sp.Expr, Quotient] = {
            x: (gen, one) for x, gen in zip(found, gens, strict=False)
        }

    def read(self, e: sp.Expr) -> Quotient:
        """Return numerator and denominator of ``e``."""
        if e not in self._known:
            self._known[e] = self._read(e)
        return self._known[e]

    def _read(self, e: sp.Expr) -> Quotient:
        if e.is_Rational:
            return self._ring.ground_new(sp.QQ(e.p, e.q)), self._ring.one
        if e.is_Add:
            return self._sum([self.read(term) for term in e.args])
        if e.is_Mul:
            return self._product([self.read(factor) for factor in e.args])
        return self._product([_raised(self.read(x), n) for x, n in _powers(e)])

    def _sum(self, terms: list[Quotient]) -> Quotient:
        """Numerators over equal denominators are added first."""
        over: dict[Any, Any] = {}
        for a, b in terms:
            over[b] = over[b] + a if b in over else a
        top, bottom = self._ring.zero, self._ring.one
        for b, a in over.items():
            if b == bottom:
                top = top + a
                continue
            _, left, right = bottom.cofactors(b)
            top, bottom = top * right + a * left, bottom * right
        return top, bottom

    def _product(self, factors: list[Quotient]) -> Quotient:
        """Factors with few terms first."""
        top = bottom = self._ring.one
        for a, b in sorted(factors, key=lambda pair: len(pair[0])):
            top, bottom = top * a, bottom * b
        return top, bottom


def _raised(x: Quotient, n: int) -> Quotient:
    a, b = x if n >= 0 else x[::-1]
    if not b:
        raise _Outside("division by zero")
    if n * n > _LARGEST_POWER**2 and len(a) + len(b) > 2:
        raise _Outside("a large power of a sum")
    return a ** abs(n), b ** abs(n)


def _powers(e: sp.Expr) -> list[tuple[sp.Expr, int]]:
    """A power as a product of integer powers, e itself where there is nothing to split.

    By ``z^{u+v} = z^u z^v`` and ``z^{un} = (z^u)^n``, n an integer, true of principal powers with
    z ≠ 0; also ``z^{p/q} = z^n (z^{1/q})^r``, 0 <= r < q, so that √z³ is z√z.
    """
    if not e.is_Pow:
        return [(e, 1)]
    split = []
    for term in sp.Add.make_args(e.exp):
        c, rest = term.as_coeff_Mul(rational=True)
        if rest == 1:
            n, r = divmod(c.p, c.q)
            split.append((e.base, n))
        else:
            r = c.p
        if r:
            split.append((sp.Pow(e.base, rest / c.q, evaluate=False), r))
    return split


def _collect(e: sp.Expr, found: dict[sp.Expr, None], seen: set[sp.Expr]) -> None:
    """Add the indeterminates of ``e`` to ``found``, in an order that hashes do not change."""
    if e in seen:
        return
    seen.add(e)
    if e.is_Rational:
        return
    if e.is_Add or e.is_Mul:
        for part in e.args:
            _collect(part, found, seen)
        return
    for x, _ in _powers(e):
        if e.is_Pow and x == e.base:
            _collect(x, found, seen)
        else:
            _take(x, found)


def _take(e: sp.Expr, found: dict[sp.Expr, None]) -> None:
    if not e.is_commutative or e.has(sp.nan, sp.zoo, sp.oo, -sp.oo, sp.Float, sp.AccumBounds):
        raise _Outside(f"{e} is no indeterminate")
    found[e] = None
