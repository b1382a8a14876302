"""One expression, many arithmetics: evaluation agrees with SymPy's own substitution."""

import math
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import assume, example, given
from hypothesis import strategies as st

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from verify.errors import UsageError
from verify.expression import MAX_EXPONENT, Least, evaluate, indexed, operator, render, symbol

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


def quotient(numerator, denominator):
    """A quotient SymPy does not get to cancel."""
    return sp.Mul(numerator, sp.Pow(denominator, -1, evaluate=False), evaluate=False)


@pytest.mark.parametrize(
    "expression",
    [
        quotient(x, x),
        quotient(L - 2, L - 2),
        sp.Mul(0, sp.Pow(x, -1, evaluate=False), evaluate=False),
        sp.Mul(L - 2, quotient(y, x), evaluate=False),
        sp.Pow(quotient(y, x), L - 2, evaluate=False),
        sp.Pow(sp.Pow(x, -1, evaluate=False), -1, evaluate=False),
        sp.Add(quotient(1, x), -quotient(1, x), evaluate=False),
        sp.Pow(quotient(x, x), 2, evaluate=False),
        sp.Max(y, quotient(L, L - 2), evaluate=False),
        sp.Pow(sp.Mul(L - 2, x, evaluate=False), -2, evaluate=False),
    ],
)
def test_no_part_without_a_value_is_dropped(expression):
    values = {"x": EXACT.scalar(0), "y": EXACT.scalar(1)}
    with pytest.raises(ZeroDivisionError):
        evaluate(expression, {**values, "L": 2}, EXACT)
    assert evaluate(expression, {"x": EXACT.scalar(3), "y": EXACT.scalar(1), "L": 5}, EXACT) >= 0


@pytest.mark.parametrize("base", [-2, Fraction(-1, 2), 0, 3])
@pytest.mark.parametrize("exponent", [0, 1, 4, 5, 6, 7])
def test_integer_powers_of_any_sign_have_values(base, exponent):
    expression = sp.Pow(x, exponent, evaluate=False)
    for ar in (EXACT, Balls(), Floating()):
        with ar:
            found = evaluate(expression, {"x": ar.scalar(base)}, ar)
            assert float(found) == pytest.approx(float(base**exponent))


def test_a_sum_over_sizes_is_written_out():
    k = sp.Symbol("k", integer=True)
    geometric = sp.Sum(x ** (k / L), (k, 1, 2 * L))
    assert evaluate(geometric, {"x": EXACT.scalar(4), "L": 2}, EXACT) == 2 + 4 + 8 + 16


def test_logarithms_and_exponentials_have_values():
    expression = sp.log(x) * sp.exp(y / L) + sp.log(L)
    truth = math.log(3) * math.exp(-1) + math.log(2)
    for ar in (Floating(), Balls()):
        with ar:
            values = {"x": ar.scalar(3), "y": ar.scalar(-2), "L": 2}
            assert float(evaluate(expression, values, ar)) == pytest.approx(truth)
    ones = {"x": EXACT.scalar(1), "y": EXACT.scalar(0), "L": 1}
    assert evaluate(expression, ones, EXACT) == 0


@pytest.mark.parametrize(
    "expression", [sp.log(L - 3), sp.sqrt(L - 3), (L - 3) ** sp.Rational(1, 3)]
)
def test_what_is_not_real_at_these_sizes_raises(expression):
    with pytest.raises(ArithmeticError, match="negative"):
        evaluate(expression, {"L": 2}, EXACT)


@pytest.mark.parametrize("expression", [x ** (L**9), 2 ** (L**9), x ** (1 / L**9), x**1001])
def test_an_exponent_that_would_take_for_ever_raises(expression):
    with pytest.raises(ArithmeticError, match=f"up to {MAX_EXPONENT}"):
        evaluate(expression, {"x": EXACT.scalar(2), "L": 3}, EXACT)


def test_signs_of_nested_quotients_are_not_asked_for():
    nested = x
    for _ in range(20):  # SymPy would take hours to find the sign of this one
        below = sp.Add(2, sp.Mul(-1, nested, evaluate=False), evaluate=False)
        nested = sp.Pow(quotient(1, below), sp.Rational(1, 2), evaluate=False)
    values = {"x": 1.0}
    assert evaluate(sp.Pow(nested, 6, evaluate=False), values, Floating()) == pytest.approx(1)


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


@pytest.mark.parametrize(
    ("expression", "latex"),
    [
        (x**2 + x, r"\left(\operatorname{tr} H\right)^{2} + \left(\operatorname{tr} H\right)"),
        (1 / x, r"\frac{1}{\operatorname{tr} H}"),
        (sp.sqrt(x), r"\sqrt{\operatorname{tr} H}"),
        (2 * x, r"2 \operatorname{tr} H"),
    ],
)
def test_a_power_is_of_the_whole_name(expression, latex):
    assert render(expression, {"x": r"\operatorname{tr} H"}) == latex


def test_render_keeps_the_order_when_asked():
    written = sp.Add(y, sp.Integer(1), x, evaluate=False)
    assert render(written, {}, order="none") == "y + 1 + x"


def test_products_are_taken_of_numerators_whatever_their_exponents():
    """x² y is no quotient by x^{-2}: it has a value at zero."""
    assert evaluate(x**2 * y, {"x": Fraction(0), "y": Fraction(3)}, EXACT) == 0
    assert evaluate(y / x**2, {"x": Fraction(2), "y": Fraction(3)}, EXACT) == Fraction(3, 4)


def test_a_member_of_a_family_is_counted_from_one():
    gain = sp.Function("gain")
    values = {"gain": [EXACT.scalar(n) for n in (5, 7, 9)]}
    assert evaluate(gain(2) - gain(1), values, EXACT) == 2
    assert evaluate(gain(3), values, EXACT) == 9


def test_a_root_of_zero_is_zero():
    assert evaluate(sp.sqrt(x * 0 + y), {"y": EXACT.scalar(0)}, EXACT) == 0
    assert evaluate(sp.Pow(L - 2, sp.Rational(1, 2)), {"L": 2}, EXACT) == 0


def test_a_fourth_power_is_a_product_to_the_last_bit():
    floats = Floating()
    for k in range(1, 50):
        a = 1 + k / 49
        assert float(evaluate(x**4, {"x": a}, floats)) == a * a * a * a


def test_the_index_of_a_least_is_not_free():
    k = sp.Symbol("k", integer=True, positive=True)
    assert Least(indexed("f")(k) + x, k, 1, L).free_symbols == {x, L}
