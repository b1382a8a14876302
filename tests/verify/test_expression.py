"""One expression, many arithmetics: evaluation agrees with SymPy's own substitution."""

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import assume, example, given
from hypothesis import strategies as st

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from verify.errors import UsageError
from verify.expression import evaluate, operator, render, symbol

x, y = symbol("x", positive=False), symbol("y", positive=False)
L = symbol("L", integer=True)
EXACT = Rational()

SMALL = st.fractions(-3, 3, max_denominator=4)
LEAVES = st.sampled_from([x, y, L]) | SMALL.map(lambda q: sp.Rational(q.numerator, q.denominator))


def larger(parts):
    pairs = st.tuples(parts, parts)
    return st.one_of(
        pairs.map(lambda p: p[0] + p[1]),
        pairs.map(lambda p: p[0] * p[1]),
        pairs.map(lambda p: p[0] - p[1]),
        pairs.map(lambda p: sp.Max(*p)),
        pairs.map(lambda p: sp.Min(*p)),
        parts.map(sp.Abs),
        st.tuples(parts, st.sampled_from([2, 3, 5, -1, -2])).map(lambda p: _power(*p)),
    )


def _power(base, exponent):
    return base**exponent if base != 0 else base


def fraction(value):
    return Fraction(int(value.p), int(value.q))


@given(st.recursive(LEAVES, larger, max_leaves=8), SMALL, SMALL, st.integers(1, 5))
@example((x - 1) ** 5 / y, Fraction(-2), Fraction(1, 3), 2)
def test_evaluation_is_substitution(expression, a, b, depth):
    point = {x: sp.Rational(a), y: sp.Rational(b), L: depth}
    truth = sp.sympify(expression).subs(point)
    values = {"x": EXACT.scalar(a), "y": EXACT.scalar(b), "L": depth}
    assume(truth.is_Rational)  # not 1/0
    try:
        found = evaluate(sp.sympify(expression), values, EXACT)
    except ZeroDivisionError:  # a part is undefined although SymPy's limit of the whole is not
        return
    assert fraction(found) == fraction(truth)

    floats = Floating()
    close = evaluate(sp.sympify(expression), {**values, "x": float(a), "y": float(b)}, floats)
    assert float(close) == pytest.approx(float(truth), rel=1e-6, abs=1e-6)

    with Balls(128) as balls:
        values = {"x": balls.scalar(a), "y": balls.scalar(b), "L": depth}
        ball = evaluate(sp.sympify(expression), values, balls)
        assert fraction(truth) in balls.scalar(ball)


@pytest.mark.parametrize(("depth", "value"), [(1, 1), (2, 4), (4, 8)])
def test_sizes_may_stand_in_exponents(depth, value):
    found = evaluate(x ** (2 - 2 / L), {"x": EXACT.scalar(4), "L": depth}, EXACT)
    assert EXACT.compare(found, EXACT.scalar(value)).sign == 0


@pytest.mark.parametrize("expression", [1 / x, y / x, x / y / x, 1 / (L - 2), x ** (1 / (L - 2))])
def test_a_vanishing_denominator_raises(expression):
    values = {"x": EXACT.scalar(0), "y": EXACT.scalar(0), "L": 2}
    with pytest.raises(ZeroDivisionError):
        evaluate(expression, values, EXACT)


def test_odd_powers_of_negative_numbers_have_values():
    assert evaluate(x**7, {"x": EXACT.scalar(-1)}, EXACT) == -1


def test_a_root_of_a_negative_number_raises():
    with pytest.raises(ArithmeticError, match="negative"):
        evaluate(sp.sqrt(x), {"x": EXACT.scalar(-2)}, EXACT)


@pytest.mark.parametrize("expression", [2**x, x**y, sp.Float(0.5) * x, sp.sin(x)])
def test_what_is_not_algebraic_in_the_numbers_is_refused(expression):
    with pytest.raises(TypeError):
        evaluate(expression, {"x": EXACT.scalar(1), "y": EXACT.scalar(1)}, EXACT)


def test_an_irrational_exponent_is_left_to_other_arithmetics():
    with pytest.raises(ArithmeticError, match="irrational"):
        evaluate(x ** sp.sqrt(L), {"x": EXACT.scalar(2), "L": 2}, EXACT)


def test_the_operator_is_that_of_the_relation():
    found = [operator(r) for r in (sp.Eq(x, y), x >= y, x <= y, x > y, x < y)]
    assert found == ["==", ">=", "<=", ">", "<"]


@pytest.mark.parametrize(
    "relation", [x >= x, sp.Eq(L, 0), L > 0, sp.Ne(x, y), sp.true, True, x, (x > y) & (x > 1)]
)
def test_what_sympy_decides_by_itself_is_no_relation(relation):
    with pytest.raises(UsageError, match="expected a relation"):
        operator(relation)


def test_render_uses_the_names_of_quantities():
    assert render(x**2 >= y, {"x": r"|W|_2"}) == r"|W|_2^{2} \geq y"
