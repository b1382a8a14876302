"""Rules about the least of a family and about sums of squares."""

import pytest
import sympy as sp

from theorems.directions import (
    gain_in,
    gain_out,
    k,
    lagrange_rest,
    pair_least,
    pairing,
    path_energy,
    twist,
)
from theorems.quantities import depth
from verify.derivation import rules
from verify.derivation.steps import Condition, Identity, check
from verify.errors import UsageError
from verify.expression import Least

PAIR = gain_out(k) * gain_in(k + 1)
L = depth.symbol


def squares(term):
    return Identity("squares", sp.Sum(term**2, (k, 1, L - 1)), 0)


def test_each_term_of_a_vanishing_sum_of_squares_vanishes():
    fact = rules.squares_vanish(squares(PAIR - pairing.symbol))
    assert fact.relation == sp.Eq(PAIR - pairing.symbol, 0, evaluate=False)
    assert check(fact).verdict == "holds"


def test_squares_of_what_may_not_be_real_are_no_squares():
    fact = rules.squares_vanish(squares(sp.Symbol("z") - PAIR))
    assert check(fact).verdict != "holds"


@pytest.mark.parametrize(
    "fact",
    [
        Identity("a sum of cubes", sp.Sum(PAIR**3, (k, 1, L)), 0),
        Identity("a sum that is one", sp.Sum(PAIR**2, (k, 1, L)), 1),
        Identity("no sum", PAIR**2, 0),
        Condition("no equation", sp.Sum(PAIR**2, (k, 1, L)), ">="),
    ],
    ids=lambda fact: fact.name,
)
def test_what_is_no_vanishing_sum_of_squares(fact):
    with pytest.raises(UsageError, match="sum of squares vanishes"):
        rules.squares_vanish(fact)


def test_the_least_is_at_least_what_each_term_is():
    fact = rules.least_exceeds(pair_least, Condition("each", PAIR - 2 * pairing.symbol, ">="))
    assert fact.relation == (pair_least.symbol >= 2 * pairing.symbol)
    assert check(fact).verdict == "holds"


@pytest.mark.parametrize(
    "fact",
    [
        Condition("half a term", PAIR / 2 - pairing.symbol, ">="),
        Condition("a bound for each term", PAIR - twist(k), ">="),
        Condition("a bound from above", pairing.symbol - PAIR, ">="),
        Condition("another family", gain_out(k) - pairing.symbol, ">="),
    ],
    ids=lambda fact: fact.name,
)
def test_what_bounds_no_term_by_one_number(fact):
    with pytest.raises(UsageError, match="free of k"):
        rules.least_exceeds(pair_least, fact)


@pytest.mark.parametrize("quantity", [pairing, path_energy, lagrange_rest], ids=lambda q: q.name)
def test_what_is_no_least(quantity):
    with pytest.raises(UsageError, match="not registered as the least"):
        rules.least_exceeds(quantity, Condition("each", PAIR - pairing.symbol, ">="))


def test_the_family_of_pair_least_is_what_the_facts_speak_of():
    assert pair_least.expansion == Least(PAIR, k, 1, L - 1)
