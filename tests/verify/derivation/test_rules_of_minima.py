"""Rules about least values and means compute their conclusions, and say what they need."""

import pytest
import sympy as sp

from verify.claims import Quantity
from verify.derivation import rules
from verify.derivation.steps import Identity, check
from verify.errors import UsageError
from verify.expression import related

a, b = sp.symbols("a b", nonnegative=True)
r = sp.Symbol("r", real=True)
D = sp.Symbol("D", integer=True, positive=True)


class Given(Identity):
    """A relation taken for granted."""

    @property
    def relation(self):
        return self.lhs


def fact(lhs, op, rhs):
    return Given("given", related(lhs, op, rhs))


def named(name, **more):
    return Quantity(name, name, "", lambda instance: None, positive=False, **more)


value, bottom = named("value"), named("bottom", below=("value",))
infimum = named("infimum", infimum=(value.symbol, ("value",)))


def test_weighted_am_gm_holds_where_a_weight_or_a_term_may_vanish():
    found = rules.am_gm((D - 1, a), (D + 1, b))
    assert check(found).verdict == "holds"
    assert found.conclusion.rhs.subs({D: 3, a: 1, b: 16}) == 6 * 16 ** sp.Rational(2, 3)


def test_weighted_am_gm_needs_terms_that_are_not_negative():
    assert check(rules.am_gm((1, a), (1, r))).verdict != "holds"
    assert check(rules.am_gm((1, a), (-2, b))).verdict != "holds"


def test_two_sides_make_an_equation_and_only_if_they_meet():
    found = rules.squeezed(fact(a, ">=", r), fact(a, "<=", r))
    assert found.conclusion == related(a, "==", r)
    assert check(found).verdict == "holds"
    assert check(rules.squeezed(fact(a, ">=", r), fact(r, ">=", b))).verdict != "holds"
    with pytest.raises(UsageError, match="strict"):
        rules.squeezed(fact(a, ">", r), fact(r, ">=", a))


def test_a_number_is_at_most_its_magnitude_where_it_is_real():
    assert check(rules.magnitude(r)).verdict == "holds"
    assert check(rules.magnitude(sp.Symbol("z"))).verdict != "holds"


def test_a_value_is_at_least_the_least_that_is_registered():
    assert rules.smallest(bottom, value).conclusion == related(value.symbol, ">=", bottom.symbol)
    with pytest.raises(UsageError, match="not registered"):
        rules.smallest(value, bottom)


def test_the_infimum_is_at_least_what_every_value_is_at_least():
    found = rules.at_the_infimum(fact(value.symbol, ">=", r), infimum)
    assert found.conclusion == related(infimum.symbol, ">=", r)
    assert check(found).verdict == "holds"


def test_an_infimum_needs_a_bound_that_knows_no_direction():
    with pytest.raises(UsageError, match="nothing directed"):
        rules.at_the_infimum(fact(value.symbol, ">=", value.symbol - 1), infimum)
    with pytest.raises(UsageError, match="not registered as an infimum"):
        rules.at_the_infimum(fact(value.symbol, ">=", r), bottom)
    assert check(rules.at_the_infimum(fact(a, ">=", r), infimum)).verdict != "holds"
