"""Rules about what is positive, what is assumed, and weighted means."""

import pytest
import sympy as sp

from tests.toys import claim, first, last, toy_quantities
from verify.claims import Assumption, Proof
from verify.derivation import rules
from verify.derivation.rules import Fact, flat
from verify.derivation.steps import check, concludes
from verify.errors import UsageError
from verify.expression import indexed, related
from verify.runs.profiles import PROFILES
from verify.runs.stages import derive

x, y, z = sp.symbols("x y z", nonnegative=True)
r, s = sp.symbols("r s", real=True)
__all__ = ["toy_quantities"]

n, k = sp.symbols("n k", integer=True, positive=True)
a = indexed("a")


def fact(lhs, op, rhs):
    return Fact("known", related(lhs, op, rhs), by="given")


def verdicts(found):
    return {check(step).verdict for step in flat([found])}


TRUE = {
    "root": (rules.root(fact(x, ">=", r**2), r), sp.sqrt(x) >= r),
    "root of an equation": (rules.root(fact(x, "==", r**2), r), sp.sqrt(x) >= r),
    "cancelled": (rules.cancelled(fact(x * y, ">=", y * z), fact(y, ">", 0)), x >= z),
    "cancelled <=": (rules.cancelled(fact(r * y, "<=", y * s), fact(0, "<", y)), r <= s),
    "factor": (rules.factor(fact(x * y, ">", z), x), sp.Gt(x, 0, evaluate=False)),
    "strict product": (rules.multiplied(fact(x, ">", 0), fact(y, ">", z)), x * y > 0),
    "product": (rules.multiplied(fact(x, ">", 0), fact(y, ">=", z)), related(x * y, ">=", 0)),
    "self power": (rules.self_power(n - 1), sp.Gt((n - 1) ** (n - 1), 0, evaluate=False)),
    "weighted mean": (
        rules.am_gm_pair(x, n - 1, y, n + 1),
        (n - 1) ** (n - 1) * (n + 1) ** (n + 1) * (x + y) ** (2 * n)
        >= (2 * n) ** (2 * n) * x ** (n - 1) * y ** (n + 1),
    ),
    "raised by a positive exponent": (
        rules.raised(fact(x, ">", 0), 1 / (n - 1), positive=fact(1 / (n - 1), ">", 0)),
        sp.Gt(x ** (1 / (n - 1)), 0, evaluate=False),
    ),
    "taken out of a sum": (
        rules.each(fact(a(k), ">=", x * a(k + 1)), (k, 1, n)),
        sp.Sum(a(k), (k, 1, n)) >= x * sp.Sum(a(k + 1), (k, 1, n)),
    ),
}  # fmt: skip
FALSE = {
    "root of what is no square": rules.root(fact(x, ">=", r**2 + 1), r),
    "a factor of any sign": rules.factor(fact(x * r, ">", z), x),
    "a factor that is none": rules.factor(fact(x, ">", z), y),
    "weights of any sign": rules.am_gm_pair(x, r, y, n),
    "a term of any sign": rules.am_gm_pair(r, n, y, n),
    "no whole number to itself": rules.self_power(x),
    "a whole number below zero": rules.self_power(n - 2),
    "another exponent": rules.raised(fact(x, ">", y), r, positive=fact(s, ">", 0)),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_rule_concludes(name):
    found, expected = TRUE[name]
    assert verdicts(found) == {"holds"}
    assert concludes(found, expected)


@pytest.mark.parametrize("name", FALSE)
def test_what_a_rule_needs_is_decided(name):
    assert verdicts(FALSE[name]) != {"holds"}


def test_weighted_means_are_true_where_a_weight_is_zero():
    found = rules.am_gm_pair(x, n - 1, y, n + 1).relation
    for size in (1, 2, 3):
        assert found.subs({n: size, x: sp.Rational(1, 3), y: 2}) == sp.true


@pytest.mark.parametrize("known", [fact(x, ">=", 0), fact(x, ">", y), fact(x, "==", 0)], ids=str)
def test_only_what_is_positive_is_cancelled(known):
    with pytest.raises(UsageError, match="f > 0"):
        rules.cancelled(fact(x * y, ">=", x * z), known)


def test_a_factor_comes_from_a_strict_relation():
    with pytest.raises(UsageError, match="strict"):
        rules.factor(fact(x * y, ">=", z), x)


def _assuming(relation):
    """A claim that assumes last >= first, of which the proof says that it assumes the relation."""
    found = Assumption("ordered", last >= first)
    proof = Proof(lambda: [rules.scaled(rules.assumed(relation), 2)])
    return claim(2 * last >= 2 * first, found, proof=proof)


def test_a_proof_assumes_what_its_claim_does():
    assert derive(_assuming(last >= first), PROFILES["quick"])["complete"]
    with pytest.raises(UsageError, match="the claim not"):
        derive(_assuming(last >= first + 1), PROFILES["quick"])
