"""Conditions of any form hold where a truth table says so, in every reader of theirs."""

import pickle
from fractions import Fraction
from types import ModuleType

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from numeric.arithmetic.floating import Floating
from tests.toys import Numbers, claim, first, last
from theorems.recipes import checker_source
from verify.claims import Assumption, assumed, decide
from verify.conditions import MAX_RELATIONS, TooMany, conditions, one, opposites, some
from verify.errors import UsageError
from verify.expression import AnyOf, alternatives, from_tree, operator, tree
from verify.parser import parse
from verify.search.batches import margins
from verify.search.cases import case
from verify.search.equations import equations
from verify.search.optimise import Objective

checker = ModuleType("check")
exec(checker_source(), vars(checker))  # noqa: S102  (the program as certificates carry it)

VALUES = st.sampled_from([Fraction(n, 2) for n in range(-4, 5)])
HOLDS = {
    ">=": lambda x, y: x >= y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    "<": lambda x, y: x < y,
    "==": lambda x, y: x == y,
}
SIDES = {
    "toy_first": lambda x, y: x,
    "toy_last": lambda x, y: y,
    "toy_count": lambda x, y: Fraction(2),
    "1": lambda x, y: Fraction(1),
    "1/toy_first": lambda x, y: 1 / x if x else None,
}


def atom(parts):
    """A relation, and what it is: True, False, or None where a side has no value."""
    left, op, right = parts

    def truth(x, y):
        a, b = SIDES[left](x, y), SIDES[right](x, y)
        return None if a is None or b is None else HOLDS[op](a, b)

    return f"{left} {op} {right}", truth


def negated(part):
    text, truth = part

    def opposite(x, y):
        known = truth(x, y)
        return None if known is None else not known

    return f"not ({text})", opposite


def joined(parts):
    """Kleene's and/or: certain whatever the unknown one is, or unknown."""
    (left, first_truth), word, (right, second_truth) = parts
    decisive = word == "or"

    def truth(x, y):
        known = first_truth(x, y), second_truth(x, y)
        return decisive if decisive in known else None if None in known else not decisive

    return f"({left}) {word} ({right})", truth


QUANTITY = st.sampled_from(["toy_first", "toy_last", "toy_count", "1/toy_first"])
ATOMS = st.tuples(QUANTITY, st.sampled_from([*HOLDS]), st.sampled_from([*SIDES])).map(atom)
CONDITIONS = st.recursive(
    ATOMS,
    lambda parts: st.one_of(
        parts.map(negated), st.tuples(parts, st.sampled_from(["and", "or"]), parts).map(joined)
    ),
    max_leaves=6,
)


def understood(condition):
    """A claim under the condition; None where multiplied out it is too long."""
    try:
        return parse(f"toy_sum > 100 if {condition}")
    except UsageError as error:
        if "too many cases" not in str(error):
            raise
        return None


@given(CONDITIONS, VALUES, VALUES)
def test_exact_decisions_follow_the_truth_table(condition, x, y):
    """The claim is false everywhere, so it is refuted exactly where its condition holds."""
    text, truth = condition
    read = understood(text)
    if read is None:
        return
    decision = decide(claim(read.relation, *read.assumptions), Numbers.exact(x, y))
    assert decision.outcome == ("violated" if truth(x, y) is True else "invalid")


@given(CONDITIONS, VALUES, VALUES)
def test_the_checker_follows_the_truth_table(condition, x, y):
    """What certificates write is decided by their program as the condition is."""
    text, truth = condition
    read = understood(text)
    if read is None:
        return
    point = type("P", (), {"values": {}})()
    known = {"toy_first": x, "toy_last": y, "toy_count": Fraction(2)}
    names = {name: lambda p, v=value: checker.Number(v) for name, value in known.items()}
    with pytest.MonkeyPatch.context() as patch:
        for name, measure in names.items():
            patch.setitem(checker.QUANTITIES, name, measure)
        met = []
        for each in read.conditions:
            try:
                met.append(checker.met(tree(each), point))
            except checker.Undefined:
                met.append(False)
    assert all(met) == (truth(x, y) is True)


@given(CONDITIONS, st.lists(st.tuples(VALUES, VALUES), min_size=2, max_size=4))
def test_float_batches_follow_the_truth_table(condition, points):
    """Up to rounding, which these numbers do not have; ties of strict relations are left open."""
    text, truth = condition
    read = understood(text)
    if read is None:
        return
    numbers = np.array(points, dtype=float)
    instance = Numbers(Floating(), (numbers[:, 0], numbers[:, 1]))
    with np.errstate(all="ignore"):
        slacks = margins(claim(read.relation, *read.assumptions), instance, len(points))
    for slack, point in zip(slacks, points, strict=True):
        if truth(*point) is True:
            assert slack < 0


@given(CONDITIONS)
def test_trees_and_copies_are_the_same_condition(condition):
    read = understood(condition[0])
    if read is None:
        return
    for each in read.conditions:
        symbols = {s.name: s for s in each.free_symbols}
        again = from_tree(tree(each), symbols.__getitem__)
        assert str(again) == str(each)
        assert pickle.loads(pickle.dumps(each)) == each  # noqa: S301 (our own)
        assert all(operator(r) for r in alternatives(each))


def test_precedence_is_python_s():
    text = "toy_first == 1 or not toy_first == 2 and toy_last > 0"
    assert str(parse(f"toy_sum > 1 if {text}").conditions) == str(
        parse("toy_sum > 1 if toy_first == 1 or ((not toy_first == 2) and toy_last > 0)").conditions
    )
    assert len(parse(f"toy_sum > 1 if {text}").conditions) == 2


def test_a_condition_of_one_relation_is_what_it_was():
    read = parse("toy_sum > 1 if not (toy_first < 1 or toy_last == toy_first) and toy_last >= 2")
    assert str(read.conditions[0]) == "toy_first >= 1"
    assert isinstance(read.conditions[1], AnyOf)
    assert str(read.conditions[1]) == "toy_last < toy_first or toy_last > toy_first"
    assert str(read.conditions[2]) == "toy_last >= 2"
    assert r"\left(last < first \text{ or } last > first\right) \text{ and }" in read.latex


def test_repetitions_are_left_out():
    read = parse("toy_sum > 1 if (toy_first > 1 or toy_first > 1) and toy_first > 1")
    assert [str(c) for c in read.conditions] == ["toy_first > 1"]


def test_the_size_of_the_product_is_bounded():
    pairs = [one(first > n) + one(last > n) for n in range(12)]
    with pytest.raises(TooMany):
        some(pairs)
    choices = [one(first > n) for n in range(MAX_RELATIONS + 1)]
    with pytest.raises(TooMany):
        conditions(some(choices))
    assert len(conditions(tuple(one(first > n)[0] for n in range(MAX_RELATIONS + 1)))) == 65


def test_the_opposite_of_an_equation_is_a_choice():
    assert [str(r) for r in opposites(sp.Eq(first, last))[0]] == [
        "toy_first < toy_last",
        "toy_first > toy_last",
    ]


def test_what_is_no_choice_is_refused():
    for wrong in [(first > 1,), (first > 1, first), (first > 1, sp.true)]:
        with pytest.raises(UsageError):
            AnyOf(*wrong)
    with pytest.raises(UsageError, match="expected a relation"):
        claim(AnyOf(first > 1, last > 1))


@pytest.mark.parametrize(("x", "outcome"), [(3, "violated"), (1, "undecided")])
def test_one_alternative_that_certainly_holds_is_enough(x, outcome):
    """Balls know of toy_vague only that it is within 1 of toy_first; the other one decides."""
    vague = parse("toy_sum > 100 if toy_vague > 1 or toy_first > 2")
    decision = decide(claim(vague.relation, *vague.assumptions), Numbers.exact(x, 0))
    assert decision.outcome == outcome


def test_equations_among_alternatives_are_taken_in_turn():
    read = parse("toy_sum > 1 if toy_first == 2 or toy_first == 3 or toy_last > 5")
    whole = claim(read.relation, *read.assumptions)
    assert equations(whole) == ()
    found = [str(case(whole, turn).conditions[0]) for turn in range(4)]
    assert found == ["Eq(toy_first, 2)", "Eq(toy_first, 3)", "toy_last > 5", "Eq(toy_first, 2)"]
    assert len(equations(case(whole, 0))) == 1


def test_the_optimiser_goes_to_the_nearest_alternative():
    read = parse("toy_first > 1 if toy_first >= 2 or toy_first <= -1")
    lower, upper = (
        Objective(claim(read.relation, *read.assumptions, width=(1, 1)), [1], [x])
        for x in (-0.5, 1.5)
    )
    assert lower.at(np.array([-0.5]))[1][0] > 0  # downhill is towards -1
    assert lower.at(np.array([-2.0]))[0] < 0
    assert upper.at(np.array([2.5]))[0] > 0


def test_an_assumption_may_be_written_in_python():
    choice = Assumption("ends", AnyOf(first >= 2, last >= 2))
    assert choice.decide(Numbers.exact(0, 3)).outcome == "holds"
    assert choice.decide(Numbers.exact(0, 1)).outcome == "violated"
    assert choice.latex == r"first \geq 2 \text{ or } last \geq 2"
    assert assumed(choice.condition)[0].id == "toy_first >= 2 or toy_last >= 2"
