"""Conjectures in one line: what is read is what was written, and the rest is refused."""

import contextlib
import copy
import math
import pickle
from fractions import Fraction
from operator import add, mul, sub, truediv

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import fraction
from tests.toys import Numbers, claim
from verify.claims import decide
from verify.errors import UsageError
from verify.expression import evaluate, operator
from verify.parser import condition, formula, parse, substitute


def value(text, *numbers):
    """The left side of a relation, measured exactly."""
    return claim(parse(text).relation).sides(Numbers.exact(*numbers))[0]


# What is understood


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("toy_first >= 1", ">="),
        ("toy_first <= 1", "<="),
        ("toy_first > 1", ">"),
        ("toy_first < 1", "<"),
        ("toy_first == 1", "=="),
        ("toy_first ≥ 1", ">="),
        ("toy_first≤1", "<="),
        ("(toy_first > 1)", ">"),
    ],
)
def test_the_relation_is_the_one_written(text, op):
    read = parse(text)
    assert (read.text, operator(read.relation), read.conditions) == (text, op, ())
    assert [str(side) for side in read.relation.args] == ["toy_first", "1"]


@pytest.mark.parametrize(
    "text",
    [
        "toy_norm > -1",
        "toy_first >= toy_first",
        "toy_count >= 1",
        "toy_first**2 >= 0",
        "1 < 2/toy_sum",
    ],
)
def test_sympy_decides_nothing(text):
    claim(parse(text).relation)
    for symbol in parse(text).relation.free_symbols:
        assert (symbol.is_real, symbol.is_positive, symbol.is_nonnegative) == (True, None, None)
        assert symbol.is_integer is (True if symbol.name == "toy_count" else None)


@pytest.mark.parametrize(
    ("number", "exact"),
    [
        ("1.000001", Fraction(1000001, 1000000)),
        ("0.1", Fraction(1, 10)),
        ("1e-6", Fraction(1, 10**6)),
        ("1.5E+2", 150),
        (".5", Fraction(1, 2)),
        ("2.", 2),
        ("1e300", 10**300),
        ("0.1234567890123456789", Fraction(1234567890123456789, 10**19)),
    ],
)
def test_decimals_are_exact(number, exact):
    assert fraction(value(f"{number} == toy_first", 0)) == exact


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        ("toy_first >= 1", 1),
        ("toy_first >= 1 and toy_last > 2", 2),
        ("1 <= toy_first <= 2", 2),
        ("(1 <= toy_first < toy_last) and (toy_count == 2 and toy_last < 9)", 4),
    ],
)
def test_conditions_are_taken_apart(conditions, count):
    read = parse(f"toy_sum >= 3 if {conditions}")
    assert len(read.conditions) == count
    decided = claim(read.relation, *read.assumptions)
    assert decide(decided, Numbers.exact(1, 2)).outcome in ("holds", "invalid")
    assert decide(decided, Numbers.exact(0, 2)).outcome == "invalid"


SMALL = st.fractions(-3, 3, max_denominator=4)
SUM, PRODUCT, SIGN, POWER, ATOM = range(5)


def bracketed(part, least):
    text, level, _ = part
    return text if level >= least else f"({text})"


def binary(part):
    """Texts with no more brackets than needed, next to what they mean."""
    (x, y), (sign, operation, level) = part
    text = f"{bracketed(x, level)} {sign} {bracketed(y, level + 1)}"
    return text, level, lambda v: operation(x[2](v), y[2](v))


def power(part):
    x, n = part
    return f"{bracketed(x, ATOM)}**{n}", POWER, lambda v: x[2](v) ** n


def larger(parts):
    pairs = st.tuples(parts, parts)
    operations = [("+", add, SUM), ("-", sub, SUM), ("*", mul, PRODUCT), ("/", truediv, PRODUCT)]
    return st.one_of(
        st.tuples(pairs, st.sampled_from(operations)).map(binary),
        parts.map(lambda x: (f"-{bracketed(x, SIGN)}", SIGN, lambda v: -x[2](v))),
        st.tuples(parts, st.sampled_from([0, 1, 2, 3, -1, -2])).map(power),
        parts.map(lambda x: (f"abs({x[0]})", ATOM, lambda v: abs(x[2](v)))),
        pairs.map(
            lambda p: (f"max({p[0][0]}, {p[1][0]})", ATOM, lambda v: max(q[2](v) for q in p))
        ),
        pairs.map(
            lambda p: (f"min({p[0][0]}, {p[1][0]})", ATOM, lambda v: min(q[2](v) for q in p))
        ),
    )


LEAVES = st.one_of(
    st.sampled_from(["toy_first", "toy_last", "toy_count"]).map(
        lambda n: (n, ATOM, lambda v: v[n])
    ),
    st.sampled_from(["0", "1", "2", "0.25", "1.5", "3e-1"]).map(
        lambda t: (t, ATOM, lambda v: Fraction(t))
    ),
)


@given(st.recursive(LEAVES, larger, max_leaves=10), SMALL, SMALL)
def test_a_formula_has_the_value_it_has_by_hand(part, x, y):
    text, _, meaning = part
    numbers = {"toy_first": x, "toy_last": y, "toy_count": Fraction(2)}
    try:
        found = value(f"{text} >= toy_sum", x, y)
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            meaning(numbers)
    except UsageError as error:
        assume("power of powers" not in str(error))
        with pytest.raises(ZeroDivisionError):
            meaning(numbers)
    else:
        assert fraction(found) == meaning(numbers)


@pytest.mark.parametrize(
    "text",
    [
        "toy_first/toy_first",
        "toy_first - toy_first + 0/toy_first",
        "0*(1/toy_first)",
        "1/(1/toy_first)",
        "(toy_last/toy_first)**0",
        "(toy_count - 1)*(toy_last/toy_first)",
        "(toy_first/toy_first)**-2",
        "max(1, 2/toy_first)",
    ],
)
def test_where_a_part_is_undefined_the_instance_is_invalid(text):
    decided = claim(parse(f"{text} >= -100").relation)
    assert decide(decided, Numbers.exact(0)).outcome == "invalid"
    assert decide(decided, Numbers.exact(1)).outcome == "holds"


def test_a_denominator_that_vanishes_at_some_sizes_is_seen():
    decided = claim(parse("(toy_count - 1)/(toy_count - 1) == 1").relation)
    with pytest.raises(ZeroDivisionError):
        decided.sides(Numbers.exact(5))
    assert decide(decided, Numbers.exact(5, 6)).outcome == "holds"


def test_exponents_may_be_rational_and_depend_on_sizes():
    assert value("toy_first**(2 - 2/toy_count) > 0", 3, 7) == 3
    assert value("toy_first**0.5 > 0", 9) == 3
    assert 2 * value("sqrt(toy_first)**-1 > 0", 4) == 1
    assert value("-toy_first**2 > 0", 3) == -9
    assert value("2**3**2 > toy_first", 0) == 512


def test_logarithms_and_exponentials_are_measured():
    read = parse("log(toy_first) + exp(-toy_first) > 1")
    for arithmetic in (Floating(), Balls()):
        with arithmetic:
            measured = Numbers(arithmetic, (arithmetic.scalar(3),))
            lhs, _ = claim(read.relation).sides(measured)
        assert float(lhs) == pytest.approx(math.log(3) + math.exp(-3))


IF, AND, BETWEEN = r"\quad\text{if } ", r" \text{ and } ", ("1 < norm", "norm < 2")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("toy_first >= 1.1*toy_last", r"first \geq \frac{11 last}{10}"),
        ("toy_last - (toy_sum - 1) > 2", r"last - \left(sum - 1\right) > 2"),
        ("sqrt(toy_sum) == -toy_last/3", r"\sqrt{sum} = - \frac{last}{3}"),
        ("1 < 2/toy_sum if 1 < toy_norm < 2", r"1 < \frac{2}{sum} " + IF + AND.join(BETWEEN)),
    ],
)
def test_the_echo_is_in_the_order_written(text, latex):
    assert parse(text).latex == latex


# Constants


def test_constants_are_replaced_by_numbers():
    read = parse("toy_sum >= c*toy_first**c if toy_last > 1 - c", constants=("c",))
    assert read.constants == ("c",)
    half = substitute(read, "c", Fraction(-1, 2))
    assert half.text == "toy_sum >= (-1/2)*toy_first**(-1/2) if toy_last > 1 - (-1/2)"
    assert half.constants == ()
    assert half == parse(half.text)


def test_constants_are_replaced_one_by_one():
    read = parse("c + cc*toy_first > c", constants=("c", "cc"))
    found = substitute(substitute(read, "c", Fraction(2)), "cc", Fraction(1, 3))
    assert found == parse("(2) + (1/3)*toy_first > (2)")
    assert found.relation == parse("2 + 1/3*toy_first > 2").relation


@pytest.mark.parametrize(
    ("name", "number", "message"),
    [
        ("d", Fraction(1), "no constant"),
        ("toy_sum", Fraction(1), "no constant"),
        ("c", Fraction(10**60), "more than 50 digits"),
        ("c", Fraction(1), "division by zero at column 15"),
        ("c", Fraction(1, 1001), "too large an exponent at column 35"),
    ],
)
def test_a_constant_is_replaced_by_what_makes_sense(name, number, message):
    read = parse("toy_sum >= 1/(c - 1) + toy_first**c", constants=("c",))
    with pytest.raises(UsageError, match=message):
        substitute(read, name, number)


@pytest.mark.parametrize("name", ["toy_sum", "sqrt", "if", "1c", "c d", ""])
def test_a_constant_needs_a_name_of_its_own(name):
    with pytest.raises(UsageError, match="name"):
        parse("toy_sum >= 1", constants=(name,))


def pickled(read):
    return pickle.loads(pickle.dumps(read))  # noqa: S301 (our own)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
def test_a_copy_is_as_unevaluated_as_the_original(again):
    read = parse("toy_first/toy_first >= c if toy_sum >= toy_sum", constants=("c",))
    assert again(read) == read
    assert isinstance(again(read).relation, sp.Ge)


# What is refused

NOT_A_CONJECTURE = [
    ("", 1, "unexpected end"),
    ("toy_sum", 8, "no relation"),
    ("toy_sum if toy_first > 1", 9, "no relation"),
    ("toy_sum = 1", 9, "write == for equality"),
    ("toy_sum => 1", 9, "write =="),
    ("toy_sum != 1", 9, "search < and >"),
    ("toy_sum ≠ 1", 9, "search < and >"),
    ("toy_sum > 1 if toy_sum != 2", 24, "write not (x == y)"),
    ("toy_sum > 1 if toy_sum ≠ 2", 24, "write not (x == y)"),
    ("1 < toy_sum < 2", 13, "state one relation"),
    ("1 < toy_sum and toy_sum < 2", 13, "state one relation"),
    ("1 < 2", 1, "expected a quantity"),
    ("toy_sum > 1 if 1 < 2", 16, "expected a quantity"),
    ("toy_sum > 1 if 1 < 2 < toy_sum", 16, "expected a quantity"),
    ("toy_sum > 1 if toy_sum", 16, "expected one such as"),
    ("toy_sum > 1 if (toy_sum, 1)", 16, "expected one such as"),
    ("toy_sum > 1 if", 15, "expected a number or a quantity"),
    ("toy_sum > 1 if toy_sum > 2 if toy_sum > 3", 28, "join conditions by 'and'"),
    ("toy_sum > 1 IF toy_sum > 2", 13, "write 'if'"),
    ("toy_sum > 1 if toy_sum > 2 AND toy_sum > 3", 28, "write 'and'"),
    ("toy_sum > 1 if toy_sum > 2 Or toy_sum > 3", 28, "write 'or'"),
    ("toy_sum > 1 if NOT toy_sum > 2", 16, "write 'not'"),
    ("toy_sum > 1 if (toy_sum > 2 if toy_sum > 3)", 29, "conditions follow"),
    ("toy_sum > (1 if toy_sum > 2)", 14, "conditions follow"),
    ("toy_sum > 1 if toy_sum > 2 else 3", 28, "drop what follows"),
    ("toy_sum > 1 or toy_sum < 0", 13, "search each case"),
    ("not toy_sum > 1", 1, "turn the relation round"),
    ("toy_sum > 1 or toy_sum < 0 if toy_first > 1", 13, "search each case"),
    ("toy_sum > 1 if toy_first + not toy_last > 1", 28, "put brackets around it"),
    ("toy_sum > 1 if toy_first > not toy_last", 28, "put brackets around it"),
    ("toy_sum > 1 if toy_first not > 1", 26, "put 'and' or 'or' before it"),
    ("toy_sum > 1 if not", 19, "expected a number or a quantity"),
    ("toy_sum > 1 if not not", 23, "expected a number or a quantity"),
    ("toy_sum > 1 if toy_first > 1 or", 32, "expected a number or a quantity"),
    ("toy_sum > 1 if or toy_first > 1", 16, "expected a number or a quantity"),
    ("toy_sum > 1 if toy_first > 1 or or toy_last > 1", 33, "expected a number or a quantity"),
    ("toy_sum > 1 if toy_first or toy_last > 1", 16, "expected one such as"),
    ("toy_sum > 1 if not toy_first", 20, "expected one such as"),
    ("toy_sum > 1 if not 1 < 2", 20, "expected a quantity"),
    ("toy_sum > 1 if max(not toy_first > 1, 2) > 1", 20, "'not' in a formula"),
    ("toy_sum > 1 if max(toy_sum > 1 or toy_sum < 2, 3) > 1", 20, "'or' in a formula"),
    ("toy_sum > 1 if (toy_sum > 2 or toy_sum < 0", 16, "add a ')'"),
    ("toy_sum > 1 if toy_sum > 2 | toy_sum < 3", 28, "join conditions by 'or'"),
    ("toy_sum > 1 if ~ toy_sum > 2", 16, "write 'not'"),
    ("others.toy_sum > 1", 7, "other.q"),
    ("other.toy_sam > 1", 1, "did you mean 'other.toy_sum'"),
    ("other.other.toy_sum > 1", 12, "other.q"),
    ("toy_sum > 1 if toy_sum > 2, toy_sum < 3", 27, "no '(' before it"),
    ("toy_sum > 1 if toy_sum > 2 & toy_sum < 3", 28, "join conditions by 'and'"),
    ("toy_sum > 1 if max(toy_sum > 1 and toy_sum < 2, 3) > 1", 20, "'and' in a formula"),
    ("toy_sum > 1 if max(toy_sum > 1, 2) > 1", 20, "relation in a formula"),
    ("max(toy_sum > 1, 2)", 1, "expected one such as"),
    ("(toy_sum > 1", 1, "add a ')'"),
    ("toy_sum > 1)", 12, "no '(' before it"),
    ("toy_sum > ()", 12, "expected a number or a quantity"),
    ("toy_sum > * 1", 11, "expected a number or a quantity"),
    ("toy_sum > 1 +", 14, "expected a number or a quantity"),
    ("2toy_sum > 1", 2, "write * for a product"),
    ("2 toy_sum > 1", 3, "write * for a product"),
    ("2 (toy_sum) > 1", 3, "write * for a product"),
    ("(2)(toy_sum) > 1", 4, "write * for a product"),
    ("toy_sum(2) > 1", 1, "write * for a product"),
    ("toy_sum^2 > 1", 8, "write ** for a power"),
    ("toy_sum // 2 > 1", 10, "expected a number"),
    ("(toy_sum, 1) > 1", 1, "unexpected comma"),
    ("sqrt > toy_sum", 1, "write sqrt(...)"),
    ("sqrt() > toy_sum", 6, "expected a number"),
    ("1 < sqrt(toy_sum, 1)", 5, "expected one"),
    ("1 < max(toy_sum)", 5, "expected at least 2"),
    ("max(*toy_sum) > 1", 5, "expected a number"),
    ("max(toy_sum, key=1) > 1", 17, "unexpected '='"),
    ("toy_sum > 1/0", 13, "division by zero"),
    ("toy_sum > 1/(2 - 4*0.5)", 14, "division by zero"),
    ("toy_sum > toy_sum/0.0", 19, "division by zero"),
    ("toy_sum > 0**-1", 11, "division by zero"),
    ("toy_sum > toy_sum/(sqrt(4) - 2)", 20, "without a value"),
    ("toy_sum > sqrt(1 - 2)", 11, "without a value"),
    ("toy_sum > log(0)", 11, "without a value"),
    ("toy_sum > (-8)**(1/3)", 11, "without a value"),
    ("toy_sum**toy_sum > 1", 10, "formula in sizes"),
    ("toy_sum**sqrt(2) > 1", 10, "formula in sizes"),
    ("toy_sum**sqrt(toy_count) > 1", 10, "formula in sizes"),
    ("toy_sum.real > 1", 8, "unexpected '.'"),
    ("toy_sum[0] > 1", 8, "write round brackets"),
    ("[toy_sum] > 1", 1, "write round brackets"),
    ("__import__('os') > 1", 12, "unexpected '''"),
    ("lambda: toy_sum", 1, "unexpected 'lambda'"),
    ("(x := toy_sum) > 1", 4, "unexpected ':'"),
    ("f'{toy_sum}' > 1", 2, "unexpected '''"),
    ('"1" < toy_sum', 1, "unexpected '\"'"),
    ("True < toy_sum", 1, "unexpected 'True'"),
    ("None < toy_sum", 1, "unexpected 'None'"),
    ("toy_sum is 1", 9, "unexpected 'is'"),
    ("await toy_sum", 1, "unexpected 'await'"),
    ("1j < toy_sum", 2, "write * for a product"),
    ("0x10 < toy_sum", 2, "write * for a product"),
    ("1_000 < toy_sum", 2, "write * for a product"),
    ("toy_sum > 1 # done", 13, "unexpected '#'"),
    ("toy_sum > 1\n", 12, "on one line"),
    ("toy_sum > \\\n1", 11, "unexpected"),
    ("toy_sum > 1\0", 12, r"unexpected '\x00'"),
    ("toy_sum > \u202e1", 11, r"unexpected '\u202e'"),
    ("toy_sum > ½", 11, "unexpected '½'"),
    ("toy_sum ≥ 1 + ½", 15, "unexpected '½'"),
    ("tоy_sum > 1", 2, "unexpected"),
]

TOO_LARGE = [
    ("toy_sum > 1" + " " * 10**6, 2001, "at most 2000 characters"),
    ("9" * 10**6, 2001, "at most 2000 characters"),
    ("toy_sum > " + "9" * 51, 11, "at most 50 digits"),
    ("toy_sum > 1e999", 11, "a power of ten up to 300"),
    ("toy_sum > 1e-999", 11, "a power of ten up to 300"),
    ("toy_sum > 1e" + "9" * 1900, 11, "a power of ten up to 300"),
    ("toy_sum > 1e300*1e300", 11, "below 1e300"),
    ("toy_sum*1e300*1e300 > 1", 1, "below 1e300"),
    ("toy_sum > exp(1000)", 11, "below 1e300"),
    ("toy_sum > exp(exp(exp(9)))", 15, "below 1e300"),
    ("toy_sum > 9**9**9**9", 17, "too large an exponent"),
    ("toy_sum**2**99999 > 1", 13, "too large an exponent"),
    ("toy_sum**101 > 1", 1, "at most 100"),
    ("toy_sum**1001 > 1", 10, "p and q up to 1000"),
    ("toy_sum**0.0015 > 1", 10, "p and q up to 1000"),
    ("(((toy_sum**9)**9)**9) > 1", 2, "product is at most 100"),
    ("(toy_sum**toy_count)**64 > 1", 1, "product is at most 100"),
    ("exp(exp(exp(toy_sum))) > 1", 1, "product is at most 100"),
    ("log(log(log(log(toy_sum)))) > 1", 1, "at most 3 inside each other"),
    ("toy_sum**(toy_count" + " + toy_count" * 40 + ") > 1", 11, "short formula"),
    ("toy_sum > " + "(" * 51 + "1" + ")" * 51, 61, "at most 50 open"),
    ("(" * 1999, 51, "at most 50 open"),
    ("toy_sum > " + "-" * 1000 + "1", 60, "50 deep"),
    ("toy_sum > " + "2**" * 500 + "1", 158, "50 deep"),
    ("toy_sum > max(" + "1," * 600 + "1)", 1, "at most 500 parts"),
    ("toy_sum > 1" + " + 1" * 490, 1, "at most 500 parts"),
    ("toy_sum > 1 if " + "1 <" * 600 + "toy_sum", 1, "at most 500 parts"),
    ("toy_sum > 1 if " + "not " * 60 + "toy_sum > 2", 216, "50 deep"),
    (
        "toy_sum > 1 if " + " or ".join(f"(toy_sum > {i} and toy_last > {i})" for i in range(9)),
        16,
        "at most 64 relations",
    ),
]


def refusal(text, **options):
    with pytest.raises(UsageError) as caught:
        parse(text, **options)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 200
    return message


@pytest.mark.parametrize(("text", "column", "message"), NOT_A_CONJECTURE)
def test_what_is_no_conjecture_is_refused_where_it_goes_wrong(text, column, message):
    assert f" at column {column}; " in refusal(text)
    assert message in refusal(text)


@pytest.mark.parametrize("text", ["toy_sum/toy_sum - 1", "max(toy_first, -toy_last)"])
def test_a_formula_is_the_left_side_of_a_relation(text):
    assert formula(text) == parse(f"{text} >= toy_sum").relation.lhs


@pytest.mark.parametrize("text", ["toy_sum > 1", "1 < toy_sum <= 2 or not toy_first == 3"])
def test_a_condition_is_what_follows_if(text):
    assert condition(text) == parse(f"toy_sum > 1 if {text}").conditions


@pytest.mark.parametrize(
    ("read", "text", "column", "message"),
    [
        (formula, "", 1, "expected a number or a quantity"),
        (formula, "toy_sum +", 10, "expected a number or a quantity"),
        (formula, "sqrt(2) + 1", 1, "no quantity"),
        (formula, "toy_sum > 1", 9, "expected a formula, no relation"),
        (formula, "toy_sum = 1", 9, "expected a formula, no relation"),
        (formula, "toy_sum if toy_first", 9, "expected a formula, no condition"),
        (formula, "toy_sum IF toy_first", 9, "expected a formula, no condition"),
        (formula, "not toy_sum", 1, "expected a formula, no condition"),
        (formula, "toy_sum & toy_first", 9, "expected a formula, no condition"),
        (formula, "toy_sum + toy_first)", 20, "no '(' before it"),
        (formula, "toy_sum # 1", 9, "expected numbers, names of quantities, + - * / ** ( )"),
        (condition, "", 1, "expected a number or a quantity"),
        (condition, "toy_sum", 1, "expected one such as"),
        (condition, "toy_sum > 1 if toy_first > 1", 13, "join conditions by 'and'"),
        (condition, "toy_sum != 1", 9, "write not (x == y)"),
        (condition, "toy_sum > 1)", 12, "no '(' before it"),
    ],
)
def test_a_part_is_refused_in_its_own_columns(read, text, column, message):
    with pytest.raises(UsageError) as caught:
        read(text)
    assert f" at column {column}; " in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(("text", "column", "message"), TOO_LARGE, ids=range(len(TOO_LARGE)))
def test_what_would_take_for_ever_is_refused_at_once(text, column, message):
    assert message in refusal(text)
    if "parts" not in message:
        assert f" at column {column}; " in refusal(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("toy_frist > 1", "unknown quantity 'toy_frist' at column 1; did you mean 'toy_first'"),
        ("1 < kappa_max", "did you mean 'kappa_mix'"),
        ("qqqqqq > 1", "unknown quantity 'qqqqqq' at column 1; certimin quantities lists all"),
        ("1 < sqr(toy_sum)", "unknown function 'sqr' at column 5; did you mean 'sqrt'"),
        ("1 < cosh(toy_sum)", "unknown function 'cosh' at column 5; expected one of sqrt, log"),
    ],
)
def test_an_unknown_name_brings_its_neighbours(text, message):
    with pytest.raises(UsageError) as caught:
        parse(text, constants=("kappa_mix",))
    assert message in str(caught.value)


TOKENS = ["toy_first", "toy_count", "1", "2.5", "1e3", "c", "+", "-", "*", "/", "**", "(", ")", ","]
TOKENS += [
    "sqrt(",
    "max(",
    "exp(",
    ">=",
    "<",
    "==",
    " if ",
    " and ",
    " ",
    "=",
    "!",
    "not",
    "\n",
    "é",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=20).map("".join) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(UsageError):
        assert parse(text, constants=("c",)).latex
        return
    assert " at column " in refusal(text, constants=("c",))


@pytest.mark.parametrize(
    "shape",
    [
        "1/(2 - E)",
        "sqrt(1/(toy_last - E))",
        "sqrt(2)/(3 - E)",
        "-(E)**2 + toy_last",
        "max(toy_last, abs(log(E)))",
        "(E)/(E + 1)",
        "exp(E) - toy_last",
    ],
)
@pytest.mark.parametrize("start", ["toy_first", "toy_count", "3"])
@pytest.mark.parametrize("place", ["toy_sum + E > 1", "toy_sum**(E) > 1"])
def test_the_largest_formulas_are_printed_and_measured_soon(shape, start, place):
    read, formula = parse("toy_sum > 1"), start
    for _ in range(30):
        try:
            read = parse(place.replace("E", formula))
        except UsageError:
            break
        formula = shape.replace("E", formula)
    assert read.latex
    assert str(read.relation)
    values = {"toy_sum": 1.5, "toy_first": 2.5, "toy_last": 0.5, "toy_count": 2}
    with contextlib.suppress(ArithmeticError), np.errstate(all="ignore"):
        evaluate(read.relation.args[0], values, Floating())
