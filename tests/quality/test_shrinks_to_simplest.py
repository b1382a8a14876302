"""A planted falsehood is not only found: what is printed is the simplest instance of it."""

from fractions import Fraction

import pytest
import sympy as sp

from tests.toys import Numbers, claim, count, first, last, norm, total
from verify.claims import Assumption
from verify.search.budget import Budget
from verify.search.pipeline import attack

FLOATS = Budget(batches=6, batch_size=1000, starts=2)
HYPOTHESIS = Budget(examples=400)
HALF = Fraction(1, 2)

PLANTED = [
    (first <= 0, [1]),
    (first >= 0, [-1]),
    (norm <= 0, [1]),
    (sp.Eq(first, 0), [1]),
    (count <= 2, [0, 0, 0]),
    (sp.Eq(norm, total), [-1]),
    (norm**2 < 8 * count, [3]),
    (first * (1 - first) <= 0, [HALF]),
    (first * (first - 1) * (first - 2) >= 0, [-1]),
]
UP_TO_ORDER = [  # shrinking changes one number at a time
    (sp.Eq(first, last), [0, 1]),
    (total**2 >= norm**2, [-1, 1]),
]


def values(found):
    return [Fraction(str(x)) for x in found.instance.values]


@pytest.mark.parametrize("engine", [FLOATS, HYPOTHESIS], ids=["floats", "hypothesis"])
@pytest.mark.parametrize(("relation", "simplest"), PLANTED, ids=str)
def test_the_counterexample_is_the_simplest(relation, simplest, engine):
    assert values(attack(claim(relation), seed=0, budget=engine).found) == simplest


@pytest.mark.parametrize("engine", [FLOATS, HYPOTHESIS], ids=["floats", "hypothesis"])
@pytest.mark.parametrize(("relation", "simplest"), UP_TO_ORDER, ids=str)
def test_the_counterexample_is_the_simplest_up_to_order(relation, simplest, engine):
    assert sorted(values(attack(claim(relation), seed=0, budget=engine).found)) == simplest


@pytest.mark.parametrize("seed", range(5))
def test_whatever_was_found_first(seed):
    found = attack(claim(first * (1 - first) <= 0), seed=seed, budget=HYPOTHESIS).found
    assert found.choices == (1, HALF)


def test_an_assumption_keeps_its_say_while_shrinking():
    large = Assumption("large", lambda i: i.values[0] > 1, "x > 1")
    found = attack(claim(norm <= 2, large), seed=0, budget=HYPOTHESIS).found
    assert values(found) == [3]


def test_what_cannot_be_rebuilt_from_choices_is_left_as_it_is():
    known = Numbers.exact(Fraction(22, 7), 1)
    found = attack(claim(first <= last), seed=0, known=[known], budget=Budget()).found
    assert found.instance is known
    assert found.choices is None
