"""Agreement in a ring is a proof: it is never said of what differs, nor of what has no value."""

import pytest
import sympy as sp

from verify.derivation.rings import agree

a, b = sp.symbols("a b", positive=True)
z = sp.Symbol("z")
L, k = sp.symbols("L k", integer=True, positive=True)
u, v = sp.symbols("u v", commutative=False)
unevaluated = {"evaluate": False}

SAME = [
    ((a + b) ** 3, a**3 + 3 * a**2 * b + 3 * a * b**2 + b**3),
    (1 / (1 + 1 / a), a / (a + 1)),
    (a / (a + b) + b / (a + b), sp.S.One),
    (z ** (L + 1) / z, z**L),
    (z ** (2 - 2 / L), z**2 / (z ** (1 / L)) ** 2),
    (z**L * z**k, z ** (k + L)),
    (z ** sp.Rational(5, 3), z * (z ** sp.Rational(1, 3)) ** 2),
    (z ** sp.Rational(-1, 2), sp.Pow(z, sp.Rational(1, 2)) / z),
    (sp.sin(a) * (1 + b), sp.sin(a) + b * sp.sin(a)),
    (sp.Integer(1), sp.Add(sp.Rational(1, 2), sp.Rational(1, 2), **unevaluated)),
    (a**100 * b / a**99, a * b),
]
DIFFERENT = [
    (a, b),
    (sp.sqrt(z**2), z),
    ((z**2) ** (1 / L), z ** (2 / L)),
    (z**L, z ** (L + 1)),
    (z ** sp.Rational(1, 3), z ** sp.Rational(1, 2)),
    (u * v, v * u),
    (sp.Integer(1), sp.Integer(2)),
]
WORTHLESS = [
    (sp.nan, sp.nan),
    (sp.zoo, sp.zoo),
    (sp.oo - a, sp.oo),
    (1 / sp.Add(a, -a, **unevaluated), 1 / sp.Add(b, -b, **unevaluated)),
    (sp.Float(0.5) * a, sp.Float(0.5) * a),
    (u, u),
    ((a + b) ** 1000, (a + b) ** 1000 + a - a),
]


@pytest.mark.parametrize("pair", SAME, ids=str)
def test_what_is_the_same_agrees(pair):
    assert agree([pair])


@pytest.mark.parametrize("pair", [*DIFFERENT, *WORTHLESS], ids=str)
def test_nothing_else_does(pair):
    assert not agree([pair])
    assert not agree([(a, a), pair])
