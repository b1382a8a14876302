"""Roots are counted as they are: against polynomials whose roots are known."""

from fractions import Fraction
from functools import reduce
from random import Random

import pytest
import sympy as sp

from verify.certificates.sturm import Sturm, mirrored

T = sp.Symbol("t")


def coefficients(expression):
    poly = sp.Poly(expression, T, domain=sp.QQ)
    return [Fraction(int(c.p), int(c.q)) for c in reversed(poly.all_coeffs())]


def drawn(seed):
    """A polynomial without multiple roots, with rational and with complex ones, and the former."""
    random = Random(seed)
    roots = sorted({Fraction(random.randint(-12, 12), random.randint(1, 4)) for _ in range(5)})
    lines = reduce(lambda p, r: p * (T - sp.Rational(str(r))), roots, sp.Integer(-3))
    return coefficients(lines * (T**2 + random.randint(1, 5))), roots


@pytest.mark.parametrize("seed", range(20))
def test_roots_are_counted(seed):
    polynomial, roots = drawn(seed)
    chain, random = Sturm(polynomial), Random(-seed)
    assert chain.count(None, None) == len(roots)
    for _ in range(20):
        low, high = sorted(Fraction(random.randint(-50, 50), 4) for _ in range(2))
        assert chain.count(low, high) == sum(low < r <= high for r in roots)
        assert chain.count(low, None) == sum(low < r for r in roots)


@pytest.mark.parametrize("seed", range(20))
def test_the_next_root_is_found_exactly_where_it_is_rational(seed):
    polynomial, roots = drawn(seed)
    x = Fraction(2 * Random(seed).randint(-40, 40) + 1, 97)
    assert Sturm(polynomial).clear_after(x) == next(
        ((r, True) for r in roots if r > x), (None, False)
    )


def test_an_irrational_root_is_not_reached():
    end, exact = Sturm(coefficients(T**2 - 2)).clear_after(Fraction(0))
    assert not exact
    assert 0 < end < Fraction(15, 10)
    assert end**2 < 2 < (end * Fraction(103, 100)) ** 2


def test_a_mirrored_polynomial_has_the_opposite_roots():
    polynomial, roots = drawn(3)
    chain = Sturm(mirrored(polynomial))
    assert all(chain.value(-r) == 0 for r in roots)


def test_sympy_counts_the_same():
    for seed in range(10):
        random = Random(seed)
        p = sp.Poly([random.randint(-9, 9) for _ in range(7)] + [1], T, domain=sp.QQ)
        p = sp.Poly(sp.sqf_part(p), T, domain=sp.QQ)
        chain = Sturm(coefficients(p.as_expr()))
        assert chain.count(None, None) == p.count_roots()
        assert chain.count(Fraction(-1, 3), Fraction(7, 5)) == p.count_roots(
            sp.Rational(-1, 3), sp.Rational(7, 5)
        ) - (p.eval(sp.Rational(-1, 3)) == 0)
