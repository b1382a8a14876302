"""Rules about the least of a family and about equality; what a claim assumes; what is not zero."""

from dataclasses import replace

import pytest
import sympy as sp

from tests.toys import claim, first, last, total
from tests.verify.derivation.test_rules import fact, numbers, verdict
from verify.claims import QUANTITIES, Assumption, Proof
from verify.derivation import extremes, rules
from verify.derivation.rules import Fact
from verify.derivation.steps import concludes
from verify.errors import UsageError
from verify.expression import Least, indexed, related
from verify.runs.profiles import PROFILES
from verify.runs.stages import derive

x, y = sp.symbols("x y", positive=True)
s = sp.Symbol("s", positive=True)
r = sp.Symbol("r", real=True)
L, j, k = sp.symbols("L j k", integer=True, positive=True)
a = indexed("a")
ALL, INNER = (k, 1, L), (k, 1, L - 1)


def each(lhs, op, rhs, index=ALL):
    return Fact("known", related(lhs, op, rhs), by="given", index=index)


SUM, PRODUCT = sp.Sum(a(k), ALL), sp.Product(a(k), ALL)
LEAST = Least(a(k), *ALL)

TRUE = {
    "the least": (extremes.at_the_least(each(a(k), ">=", x), a(k), ALL), x <= LEAST),
    "the least of equal ones": (
        extremes.at_the_least(each(a(k), "==", x), a(k), ALL), sp.Eq(LEAST, x),
    ),
    "the least times a factor": (
        extremes.at_the_least(each(y * a(k), ">=", x), a(k), ALL, factor=y), x <= y * LEAST,
    ),
    "the least with the last one": (
        extremes.at_the_least(each(a(k), ">=", x, INNER), a(k), ALL, last=fact(a(L), ">=", x)),
        x <= LEAST,
    ),
    "all but one": (
        extremes.all_but_one(each(a(k), ">=", x), ALL, j), a(j) * x ** (L - 1) <= PRODUCT,
    ),
    "all but one, that times a factor": (
        extremes.all_but_one(
            each(a(k), ">=", x), ALL, j, bent=each(r * a(k), ">=", y), factor=r
        ),
        r * PRODUCT >= y * x ** (L - 1),
    ),
    "AM-GM with one term more": (
        extremes.am_gm_bent(a(k), ALL, j, s),
        SUM + (s - 1) * a(j) >= L * (s * PRODUCT) ** (1 / L),
    ),
    "touching": (extremes.touching(fact(s * r + y - r, ">=", y * s), s, 1), sp.Eq(r, y)),
    "touching, by a square that is 0 there": (
        extremes.touching(fact((s - 1) ** 2 + s * r + y - r, ">=", y * s), s, 1),
        sp.Eq(r, y),
    ),
    "narrowed": (rules.narrowed(each(a(k), ">=", x), (j, 1, L - 1)), a(j) >= x),
    "chosen": (rules.chosen(each(a(k), ">=", x), L), a(L) >= x),
    "divided": (rules.divided(fact(a(2), ">=", x * a(1)), a(1)), a(2) / a(1) >= x),
}  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), TRUE.values(), ids=TRUE)
def test_a_rule_concludes(found, expected):
    assert verdict(found) == "holds"
    assert concludes(found, expected)


FALSE = {
    "a factor of any sign": extremes.at_the_least(each(r * a(k), ">=", x), a(k), ALL, factor=r),
    "another term": extremes.at_the_least(each(a(k) + 1, ">=", x), a(k), ALL),
    "another last term": extremes.at_the_least(
        each(a(k), ">=", x, INNER), a(k), ALL, last=fact(a(1), ">=", x)
    ),
    "another last bound": extremes.at_the_least(
        each(a(k), ">=", x, INNER), a(k), ALL, last=fact(a(L), ">=", y)
    ),
    "factors of any sign": extremes.all_but_one(each(a(k), ">=", r), ALL, j),
    "a bound of any sign": extremes.all_but_one(
        each(a(k), ">=", x), ALL, j, bent=each(y * a(k), ">=", r), factor=y
    ),
    "another factor": extremes.all_but_one(
        each(a(k), ">=", x), ALL, j, bent=each(y * a(k), ">=", y), factor=x
    ),
    "terms of any sign": extremes.am_gm_bent(r * k, ALL, j, s),
    "a term times a factor of any sign": extremes.am_gm_bent(a(k), ALL, j, r),
    "a distance": extremes.touching(fact(s * r + y - r, ">=", y * s - 1), s, 1),
    "a place that is not in the range": extremes.touching(fact(s * r, ">=", r), s, r),
    "a kink": extremes.touching(fact(((s - 1) ** 3) ** sp.Rational(2, 3), ">=", s * 0), s, 1),
    "a pole": extremes.touching(fact(1 / (s - 1), ">=", 1 / (s - 1)), s, 2),
    "more values": rules.narrowed(each(a(k), ">=", x), (j, 1, L + 1)),
    "a value before the first": rules.chosen(each(a(k), ">=", x), 0),
    "a value after the last": rules.chosen(each(a(k), ">=", x, INNER), L),
    "a factor to divide by, of any sign": rules.divided(fact(x, ">=", y), r),
}


@pytest.mark.parametrize("found", FALSE.values(), ids=FALSE)
def test_a_rule_does_not_conclude_without_what_it_needs(found):
    assert verdict(found) in ("refuted", "inconclusive")


WRONG = {
    "the least of fewer": lambda: extremes.at_the_least(each(a(k), ">=", x, INNER), a(k), ALL),
    "the last one missing": lambda: extremes.at_the_least(
        each(a(k), ">=", x), a(k), ALL, last=fact(a(L), ">=", x)
    ),
    "a bound with the index": lambda: extremes.at_the_least(each(a(k), ">=", k), a(k), ALL),
    "a strict bound": lambda: extremes.at_the_least(each(a(k), ">", x), a(k), ALL),
    "a last one of another kind": lambda: extremes.at_the_least(
        each(a(k), "==", x, INNER), a(k), ALL, last=fact(a(L), ">=", x)
    ),
    "all but one of fewer": lambda: extremes.all_but_one(each(a(k), ">=", x, INNER), ALL, j),
    "a place for fewer": lambda: extremes.all_but_one(
        each(a(k), ">=", x), ALL, j, bent=each(a(k), ">=", y, INNER)
    ),
    "bounds with the index": lambda: extremes.all_but_one(each(a(k), ">=", k), ALL, j),
    "a whole number": lambda: extremes.touching(fact(x, ">=", L), L, 1),
    "any real number": lambda: extremes.touching(fact(x, ">=", r), r, 1),
    "in no index": lambda: rules.narrowed(fact(a(k), ">=", x), INNER),
    "a factor that cancels": lambda: rules.divided(fact(x * a(1), ">=", y * a(1)), a(1)),
    "a predicate": lambda: rules.assumed(Assumption("p", lambda instance: True, "p")),
}


@pytest.mark.parametrize("rule", WRONG.values(), ids=WRONG)
def test_a_rule_says_what_it_does_not_apply_to(rule):
    with pytest.raises(UsageError):
        rule()


LARGE = Assumption("large", first >= total + 1)


def test_a_proof_may_take_what_its_claim_assumes_and_nothing_else():
    def steps():
        yield rules.assumed(LARGE)

    known = claim(first >= total + 1, LARGE, proof=Proof(steps))
    assert derive(known, PROFILES["quick"])["complete"]
    with pytest.raises(UsageError, match="assumes toy_first"):
        derive(replace(known, assumptions=()), PROFILES["quick"])


def test_what_is_assumed_to_be_positive_is_not_zero(monkeypatch):
    size = numbers("size")
    monkeypatch.setitem(QUANTITIES, "size", replace(size, measure=lambda instance: 2))
    positive = Assumption("positive", sp.Gt(size.symbol, 0, evaluate=False))
    larger = Assumption("larger", last > total)

    def steps():
        yield rules.scaled(rules.assumed(larger), size.symbol)

    known = claim(size.symbol * last > size.symbol * total, proof=Proof(steps))
    both = replace(known, assumptions=(larger, positive))
    assert derive(both, PROFILES["quick"])["complete"]
    assert not derive(replace(known, assumptions=(larger,)), PROFILES["quick"])["complete"]
