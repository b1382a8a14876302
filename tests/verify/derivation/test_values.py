"""A chain has a value wherever its claim has one: nothing follows from a quotient without."""

from dataclasses import replace
from random import Random

import pytest
import sympy as sp

from theorems.settings import any_weights
from verify.claims import QUANTITIES, SETTINGS
from verify.derivation import rules
from verify.derivation.chain import ends_in
from verify.derivation.rules import Fact
from verify.derivation.values import have_values
from verify.errors import NoValue
from verify.expression import Least, related
from verify.registry import theorems
from verify.sources import RandomSource
from verify.theorem import Bounds, claim

theorems()  # registers all settings
q = {name: quantity.symbol for name, quantity in QUANTITIES.items()}
S, L, off = (q[name] for name in ("sharpness", "depth", "imbalance_total"))


def fact(lhs, op, rhs, **options):
    return Fact("known", related(lhs, op, rhs), by="given", **options)


def test_a_singularity_that_is_put_in_and_taken_out_again_is_noticed():
    """S = (I S + I)/I - 1, but not where I = 0."""

    def removed():
        quotient = rules.rewritten(fact(S, ">=", L), (off * S + off) / off - 1, L)
        return rules.rewritten(quotient, S, L)

    within = claim(any_weights, S >= L, name="within")(lambda: iter([removed()]))
    assert not ends_in(within, [removed()], 5.0)
    assert ends_in(within, [fact(S, ">=", L)], 5.0)


def chain(*relations):
    """Relations of which each follows from the one before."""
    facts = []
    for lhs, op, rhs in relations:
        facts.append(fact(lhs, op, rhs, premises=tuple(facts[-1:])))
    return facts


a, b = sp.symbols("a b", nonnegative=True)
n = sp.Symbol("n", integer=True, positive=True)
total = sp.Sum(1 / a, (n, 1, L - 1))
VALUES = {
    "a quotient that is allowed": (True, [(a, ">", 0), (b / a, ">=", 1), (b, ">=", a)]),
    "one that is allowed later": (False, [(b / a, ">=", 1), (a, ">", 0), (b, ">=", a)]),
    "a factor of what is positive": (True, [(a * b, ">", 0), (1 / a, ">=", 1), (b, ">=", a)]),
    "a factor of what may be negative": (
        False,
        [(a * b, ">", -1), (1 / a, ">=", 1), (b, ">=", a)],
    ),
    "a product that is a number": (True, [(a * b, "==", 2), (1 / b, ">=", a), (b, ">=", a)]),
    "the claim's own": (True, [(b / a, ">=", 1), (b / a + 1, ">=", 2)]),
    "a whole number above 1": (True, [(n, ">=", 2), (1 / (n - 1), ">=", b), (1, ">=", b)]),
    "one that may be 1": (False, [(n, ">=", 1), (1 / (n - 1), ">=", b), (1, ">=", b)]),
    "0^0": (True, [((n - 1) ** (1 - n), ">=", b), (1, ">=", b)]),
    "a root": (True, [(a ** (1 / n), ">=", b), (a, ">=", b)]),
    "a power that may be negative": (False, [(a ** (2 - n), ">=", b), (a, ">=", b)]),
    "what a sum of nothing does not divide by": (
        False,
        [(1 / a, ">=", b), (total, ">=", b - total)],
    ),
    "what a sum of something divides by": (
        True,
        [(1 / a, ">=", b), (sp.Sum(1 / a, (n, 1, L)), ">=", b)],
    ),
    "a place before the first": (True, [(sp.Sum(1 / (n - 1), (n, 2, L)), ">=", b), (a, ">=", b)]),
    "the first place": (False, [(sp.Sum(1 / (n - 1), (n, 1, L)), ">=", b), (a, ">=", b)]),
    "a power that the claim has too": (
        True,
        [(a ** (2 - n), ">=", b), (a ** (2 - n) + 1, ">=", b)],
    ),
    "another power than the claim's": (False, [(1 / a, ">=", b), (a ** (2 - n), ">=", b)]),
    "what is at least a positive number": (
        True,
        [(a, ">=", sp.Rational(1, 2)), (1 / a, ">=", b), (b, ">=", a)],
    ),
    "a logarithm": (False, [(sp.log(a), ">=", b), (a, ">=", b)]),
    "a logarithm of what is positive": (True, [(sp.log(1 + a), ">=", b), (a, ">=", b)]),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_a_fact_has_a_value(name):
    expected, relations = VALUES[name]
    assert have_values(chain(*relations)) == expected


def test_members_of_a_family_that_defines_the_claims_quantity():
    """Where one of p(1), ..., p(L) is zero the quantity has no value; p(L + 1) may be."""
    p, (k, j) = sp.Function("p"), sp.symbols("k j", integer=True, positive=True)
    smallest = sp.Symbol("smallest", real=True)
    by = fact(smallest, "==", Least(p(k + 1) / p(k), k, 1, L))
    defined = Fact(by.name, by.conclusion, by=rules.DEFINITION)
    for index, expected in (((j, 1, L), True), ((j, 1, L + 1), False)):
        member = fact(p(j + 1) / p(j), ">=", b, premises=(defined,), index=index)
        last = Fact("last", related(smallest, ">=", b), by="given", premises=(member,))
        assert have_values(rules.flat([last])) == expected


NONZERO = sorted({quantity.name for quantity in QUANTITIES.values() if quantity.nonzero})


@pytest.mark.parametrize("name", NONZERO)
def test_what_is_called_nonzero_never_vanishes(name):
    """Measured on exact instances of every setting whose instances have the quantity."""
    found, random = 0, Random(0)
    for turn in range(12):  # some quantities are those of one setting
        for setting in SETTINGS.values() if turn < 4 or found <= 10 else ():
            try:
                value = QUANTITIES[name].measure(
                    setting.build(RandomSource(random), Bounds((2, 4), (1, 3)))
                )
            except (AttributeError, ArithmeticError, IndexError, ValueError, NoValue):
                continue  # no such instance, or it has no value there
            assert value != 0, setting.name
            found += 1
    assert found > 10


def test_what_holds_for_values_of_an_index_teaches_nothing_of_the_others():
    """There may be no such value."""
    known = fact(a, ">", 0, index=(n, 1, L - 1))
    quotient = Fact("known", related(b / a, ">=", 1), by="given", premises=(known,))
    last = Fact("last", related(b, ">=", a), by="sum of squares", premises=(quotient,))
    assert not have_values([known, quotient, replace(last, index=None)])
    free = replace(known, index=None)
    assert have_values([free, replace(quotient, premises=(free,)), replace(last, premises=(free,))])


def test_a_bound_by_definition_defines_nothing():
    """S >= -1/a says nothing of where a may be zero."""
    loose = rules.one_of(S, -1 / a)
    last = fact(S + b, ">=", S, premises=(loose,))
    assert not have_values([loose, last])


def test_two_sums_over_one_symbol_have_ranges_of_their_own():
    """1/p(j) has a value for the j of the claim's first sum, which is that of 1/p(k)."""
    p, (k, j) = sp.Function("p"), sp.symbols("k j", integer=True, positive=True)
    sums = sp.Sum(1 / p(k), (k, 1, 1)) + sp.Sum(p(k), (k, 1, L))
    for last, expected in ((1, True), (L, False)):
        member = fact(1 / p(j), ">=", b, index=(j, 1, last))
        claimed = fact(sums, ">=", b)
        assert have_values([member, claimed]) == expected


def test_what_sympy_knows_to_be_true_stays_a_relation():
    """S >= 0 once S is known not to be negative."""
    kept = rules.one_of(S, 0).with_zeros()
    assert kept.relation.args == (sp.Max(0, sp.Symbol("sharpness", nonnegative=True)), 0)
