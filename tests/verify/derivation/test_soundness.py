"""Proofs that a hostile referee once got through: none may end in its claim any more."""

from dataclasses import replace

import pytest
import sympy as sp

from theorems.assumptions import minimizer, one_output, whitened
from theorems.flat_minima.sharpness_ge_of_minimizer import attained, lower, whitened_bound
from theorems.quantities import minimal_sharpness
from theorems.regression.sharpness_ge_rayleigh import pair, start
from theorems.settings import any_weights, minimizers, univariate_minimizers
from verify.claims import QUANTITIES, quantity
from verify.derivation import extremes, rules
from verify.derivation.chain import _instances, ends_in
from verify.derivation.rules import Fact
from verify.derivation.steps import Condition, Step, check
from verify.errors import UsageError
from verify.expression import Least, related
from verify.registry import check as registered
from verify.registry import theorems
from verify.runs.profiles import PROFILES
from verify.runs.stages import derive
from verify.theorem import Assumption, claim, stated

ALL = theorems()
q = {name: quantity.symbol for name, quantity in QUANTITIES.items()}
S, L, T, off = (q[name] for name in ("sharpness", "depth", "target_norm", "imbalance_total"))
k, m = sp.symbols("k m", integer=True, positive=True)
QUICK = PROFILES["quick"]


def fact(lhs, op, rhs, **options):
    return Fact("known", related(lhs, op, rhs), by="given", **options)


def holds(found):
    return all(check(step).verdict == "holds" for step in rules.flat([found]))


gain = sp.Function("gain")
from_zero = sp.Symbol("j", integer=True, nonnegative=True)

RANGES = {
    "backward": (k, 1, -3),
    "that may be backward": (k, 1, L - 5),
    "from below its symbol": (k, -2, 1),
}


@pytest.mark.parametrize("index", RANGES.values(), ids=RANGES)
def test_a_sum_runs_forward_through_what_its_index_may_be(index):
    assert not holds(rules.each(fact(S, ">=", T), index))


PLACES = {
    "bent": lambda place: extremes.am_gm_bent(L, (from_zero, 0, 0), place, sp.S.Zero),
    "all but one": lambda place: extremes.all_but_one(
        fact(S, ">=", T, index=(from_zero, 0, 2)), (from_zero, 0, 2), place
    ),
    "narrowed": lambda place: rules.narrowed(
        fact(from_zero, ">=", 0, index=(from_zero, 0, 2)), (place, 0, 2)
    ),
}


@pytest.mark.parametrize("rule", PLACES.values(), ids=PLACES)
def test_a_place_is_where_its_symbol_may_be(rule):
    """A positive symbol cannot be at place 0."""
    assert holds(replace(rule(from_zero), premises=()))
    assert not holds(replace(rule(k), premises=()))


NONE = {
    "a real end": lambda: rules.each(fact(S, ">=", T), (k, 1, T)),
    "an index that is a quantity": lambda: rules.each(fact(S, ">=", T), (L, 1, 3)),
    "a place that is a quantity": lambda: extremes.am_gm_bent(k, (k, 1, 1), S, 0),
    "half a whole number": lambda: rules.put(fact(k, ">=", 1), k, sp.Rational(1, 2)),
    "between whole values": lambda: rules.chosen(
        fact(k, ">=", 1, index=(k, 1, L)), sp.Rational(3, 2)
    ),
    "what a sum runs through": lambda: rules.put(fact(6 * m, "==", sp.Sum(m * k, (k, 1, 3))), m, k),
    "what a least runs through": lambda: rules.put(
        fact(S + m, ">=", Least(m * gain(k), k, 1, 3)), m, k
    ),
    "a factor by an equation": lambda: rules.factor(fact(S * T, "==", L), S),
    "the end of an index": lambda: rules.put(fact(k, ">=", 1, index=(k, 1, m)), m, 1),
    "whole numbers for real ones": lambda: rules.minimum((k - 1) * (k - 2), k, k),
    "a function of its own symbol": lambda: rules.increasing(
        fact(S, ">=", T), lambda t: 2 * sp.Symbol("x", real=True) - t, sp.Symbol("x", real=True)
    ),
    "what a sum runs through, by an equation": lambda: rules.substituted(
        fact(3 * L, "==", sp.Sum(L, (k, 1, 3))), fact(L, "==", k * L, index=(k, 1, 1))
    ),
    "a member of a family that a sum runs through": lambda: rules.substituted(
        fact(S, "==", sp.Sum(gain(k), (k, 1, L))), fact(gain(k), "==", 0, index=(k, 1, 1))
    ),
    "a product whose factor mentions its index": lambda: rules.telescoped(
        lambda n: sp.S.One, lambda n: k, (k, 1, 2)
    ),
    "a number as an index": lambda: rules.narrowed(
        fact(3 * T, ">=", T, index=(k, 1, 1)), (sp.Integer(3), 1, 1)
    ),
    "the least of members times a factor of their own": lambda: extremes.at_the_least(
        fact(gain(k) / k, ">=", 0, index=(k, 1, L)), gain(k), (k, 1, L), factor=1 / k
    ),
    "the slope at a quantity": lambda: extremes.touching(fact(S**2, ">=", 2 * S - 1), S, 1),
}


@pytest.mark.parametrize("rule", NONE.values(), ids=NONE)
def test_a_rule_refuses(rule):
    with pytest.raises(UsageError):
        rule()


def test_what_holds_for_values_of_an_index_is_not_yet_the_claim():
    """There may be no such value: over no k at all anything holds for each."""
    within = claim(any_weights, S >= T, name="within")(lambda: iter([fact(S, ">=", T)]))
    steps = [fact(S, ">=", T, index=(k, 1, L - 1))]
    assert ends_in(within, [fact(S, ">=", T)], 1.0)
    assert not ends_in(within, steps, 1.0)


def test_an_equation_is_not_divided_by_what_may_vanish():
    assert not holds(rules.scaled(fact(off * S, "==", off * L), 1 / off))


def test_one_direction_is_not_all():
    """In the direction of its regressor a network shows less than in the best one."""
    value = minimal_sharpness.supremum[0]
    known = [rules.given(start), rules.given(pair)]
    there = fact(S, ">=", value)
    for equation in (*known, *map(rules.turned, known)):
        there = rules.substituted(there, equation)
    with pytest.raises(UsageError, match="not about all directions"):
        rules.at_the_supremum(there, minimal_sharpness, lambda g: g)


def test_what_is_assumed_of_a_direction_is_not_true_of_all():
    assumed = rules.assumed(related(L, ">=", L * q["pairing"]))
    with pytest.raises(UsageError, match="of one direction"):
        rules.at_the_supremum(assumed, QUANTITIES["target_on_data"], lambda g: L * g**2)


def test_premises_are_tried_or_the_proof_fails():
    """At a norm that no instance drawn has, nothing would be tried."""
    rare = Assumption("rare", sp.Eq(T, sp.Rational(17, 13)))

    @claim(any_weights, whitened_bound <= S, rare, *lower.assumptions, given=(lower,))
    def everywhere():
        """The bound where the norm is one that is never drawn."""
        yield rules.given(lower)

    with pytest.raises(UsageError, match="no instance met"):
        derive(everywhere, QUICK)


def test_premises_are_tried_where_a_setting_is_special():
    """Random minimizers are not balanced; some are, and of them the premise does not hold."""
    some = stated("some", "", minimizers, sp.Gt(off, 0, evaluate=False))
    object.__setattr__(some, "theorem", "X")

    @claim(minimizers, sp.Gt(off, 0, evaluate=False), given=(some,))
    def always(some):
        """Also where balanced."""
        yield rules.given(some)

    with pytest.raises(UsageError, match="does not hold of instances"):
        derive(always, QUICK)


def test_what_a_premise_assumes_is_assumed_or_ensured():
    """Weights drawn at random are small; the premise says nothing of others."""
    small = Assumption("small", T <= 10**4)
    some = stated("some", "", any_weights, T**2 <= 10**4 * T, small)
    object.__setattr__(some, "theorem", "X")

    def taken(setting, *assumptions):
        @claim(setting, T**2 <= 10**4 * T, *assumptions, given=(some,))
        def same(some):
            """What the premise says."""
            yield rules.given(some)

        return same

    with pytest.raises(UsageError, match="which assumes small"):
        derive(taken(any_weights), QUICK)
    assert derive(taken(any_weights, small), QUICK)["complete"]
    assert derive(taken(replace(any_weights, ensures=(small,))), QUICK)["complete"]
    with pytest.raises(UsageError, match="does not ensure whitened"):
        derive(taken(replace(any_weights, ensures=(small, whitened)), small), QUICK)


def test_a_size_may_be_zero_like_any_number():
    @quantity("toy_rest", "r", integer=True)
    def rest(instance):
        """Layers beyond the first."""
        return instance.net.depth - 1

    r = rest.symbol
    try:
        positive = claim(any_weights, r * S >= S, name="positive")(lambda: iter([]))
        by_sign = rules.rewritten(rules.added(Condition("r", (r - 1) * S, ">="), S), r * S, S)
        assert holds(by_sign)
        assert not ends_in(positive, [by_sign], 5.0)
    finally:
        del QUANTITIES["toy_rest"]


def test_a_symbol_must_be_the_quantity_that_it_is_called():
    other = sp.Symbol("sharpness", negative=True)
    same = stated("same", "", univariate_minimizers, sp.Ge(other**2, 0, evaluate=False), minimizer)

    @claim(univariate_minimizers, same.relation, minimizer, one_output)
    def square():
        """A square."""
        yield Condition("square", other**2, ">=")

    with pytest.raises(UsageError, match="is another symbol"):
        derive(square, QUICK)


def test_a_step_of_an_authors_own_decides_nothing():
    class Trusted(Step):
        rule = "trust"

        def decide(self):
            return "holds", None

    @claim(minimizers, S >= 2 * L * S)
    def trusted():
        """Trust me."""
        yield Trusted("trust")

    with pytest.raises(UsageError, match="no step of ours"):
        derive(trusted, QUICK)


def test_a_premise_is_the_claim_that_its_theorem_makes():
    forged = replace(lower, relation=3 * whitened_bound <= S)
    theorem = ALL["M1"]
    own = replace(attained, name="own", given=(forged,), theorem="")
    thief = replace(theorem, id="X", claims=(own,), controls=(), witnesses=(), necessity=(),
                    trainings=())  # fmt: skip
    with pytest.raises(UsageError, match="calls itself"):
        registered([*ALL.values(), thief])


def test_a_fact_is_not_read_outside_its_range():
    known = fact(k, ">=", 2, index=(k, 2, L))
    assert holds(rules.narrowed(known, (k, 3, L)))
    assert not holds(rules.narrowed(known, (k, 1, L)))
    assert not holds(rules.narrowed(known, (k, 2, L + 1)))


@pytest.mark.parametrize("place", [sp.Symbol("x", real=True), sp.Integer(3), L], ids=str)
def test_an_index_is_a_symbol_of_a_whole_number(place):
    with pytest.raises(UsageError, match="as an index"):
        rules.each(fact(S, ">=", T), (place, 1, 3))


def test_the_last_fact_counts():
    within = claim(any_weights, S >= T, name="within")(lambda: iter([]))
    assert ends_in(within, [fact(S, ">=", L), fact(S, ">=", T)], 1.0)
    assert not ends_in(within, [fact(S, ">=", T), fact(S, ">=", L)], 1.0)


def test_a_premise_that_is_not_given_is_not_taken():
    @claim(univariate_minimizers, whitened_bound <= S, minimizer, one_output)
    def taken():
        """What another claim says."""
        yield rules.given(lower)

    with pytest.raises(UsageError, match="which is not in given"):
        derive(taken, QUICK)


def test_an_assumption_of_another_claim_is_not_taken():
    @claim(any_weights, S >= T)
    def taken():
        """What nobody assumes."""
        yield rules.assumed(related(S, ">=", T))

    with pytest.raises(UsageError, match="the claim not"):
        derive(taken, QUICK)


def test_premises_are_tried_on_some_instances_of_each_setting():
    """Four of the claim's own, one of each that is special to it."""
    own = claim(minimizers, off >= 0, name="own")(lambda: iter([]))
    counts = [len(_instances(own, setting)) for setting in own.setting.family()]
    assert counts == [4, *[1] * (len(counts) - 1)]
    assert len(counts) > 1


def test_a_strict_relation_needs_a_function_that_increases_strictly():
    flat = sp.Symbol("t", positive=True)
    for op, expected in ((">=", True), (">", False)):
        assert (
            holds(rules.increasing(fact(S + 1, op, T + 1), lambda t: 0 * t + 3, flat)) == expected
        )
