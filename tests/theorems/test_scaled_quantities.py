"""A quantity that measures seven times too much, or too little, refutes a claim that uses it.

A relation such as q > 0, or a bound with room to spare, is blind to it; so each quantity has to
meet the others in some relation that is tight from both sides.  It is changed where relations read
it, and what uses it is decided as in the quick profile: on the instances that authors exhibit and
on seeded rational ones.  Where a claim says that it vanishes, 1 is added instead.  Sizes are whole
numbers, read off shapes, and left out.
"""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from functools import cache
from random import Random

import pytest
import sympy as sp

from tests.theorems.test_quantities import EXPECTED
from verify.claims import QUANTITIES, decide, sorted_symbols
from verify.registry import theorems
from verify.runs.profiles import PROFILES
from verify.sources import RandomSource

CLAIMS = [claim for theorem in theorems().values() for claim in theorem.claims]
TWINS = [control.claim for theorem in theorems().values() for control in theorem.controls]


def measures(condition):
    """Whether a condition says more of a quantity than that it vanishes, whatever its scale."""
    alone = condition.rhs == 0 and isinstance(condition.lhs, sp.Symbol)
    return not (isinstance(condition, sp.Eq) and alone)


def by_quantity(claims, of_condition=measures):
    """The claims by the quantities of their relations and conditions, equalities first."""
    found = defaultdict(list)
    for claim in sorted(claims, key=lambda claim: claim.operator != "=="):
        relations = [claim.expanded, *filter(of_condition, claim.conditions)]
        for name in {s.name for relation in relations for s in sorted_symbols(relation)}:
            found[name].append(claim)
    return found


OURS = {q.name for q in QUANTITIES.values() if q.measure.__module__.startswith("theorems.")}
SIZES = {name for name in OURS if QUANTITIES[name].integer}
USED, IN_TWINS = by_quantity(CLAIMS), by_quantity(TWINS, lambda _: True)
VANISHING = {c.expanded.lhs.name for c in CLAIMS if c.operator == "==" and c.expanded.rhs == 0
             and isinstance(c.expanded.lhs, sp.Symbol)}  # fmt: skip


@cache
def instances(claim):
    """What the claim is decided on in the quick profile."""
    random = Random(0)
    found = list(theorems()[claim.theorem].hard_instances(claim))
    for _ in range(PROFILES["quick"].instances):
        try:
            found.append(claim.setting.build(RandomSource(random), claim.bounds))
        except ArithmeticError:
            continue
    return found


WRONG = {}
"""What was measured while a quantity was wrong, and others that are made of it with it."""


def remembered(quantity):
    """The quantity, measured once on each instance in each arithmetic."""
    right = {}

    def measure(instance):
        known = right if instance in right or not WRONG else WRONG.setdefault(quantity.name, {})
        if instance not in known:
            try:
                known[instance] = quantity.measure(instance), None
            except (ArithmeticError, AttributeError) as error:  # no value there
                known[instance] = None, error
        value, error = known[instance]
        if error is not None:
            raise error
        return value

    return replace(quantity, measure=measure)


REMEMBERED = {name: remembered(quantity) for name, quantity in QUANTITIES.items()}


def changed(quantity, change):
    def measure(instance):
        return change(instance.arithmetic.scalar, quantity.measure(instance))

    return replace(quantity, measure=measure)


CHANGES = {
    "seven times": lambda number, value: number(7) * value,
    "a seventh": lambda number, value: number(Fraction(1, 7)) * value,
    "one more": lambda number, value: number(1) + value,
}


DEAR = {"flow_limit_sharpness", "next_flow_limit_sharpness"}
"""Each of their values is a flow that is enclosed: a second change of them is left to the slow."""


def cases():
    for name in sorted((OURS - SIZES) & set(USED)):
        for how in CHANGES:
            if (how == "one more") == (name in VANISHING):
                late = name in DEAR and how == "a seventh"
                yield pytest.param(name, how, marks=pytest.mark.slow if late else ())


def anew(instance):
    """The instance without what it keeps of its measurements."""
    return replace(instance) if hasattr(instance, "measured") else instance


def refuted(name):
    """The first claim that uses the quantity and falls, with the instance it falls on."""
    for claim in USED[name]:
        for instance in instances(claim):
            if decide(claim, anew(instance)).refutes:
                return claim, instance
    return None


@pytest.mark.parametrize(("name", "how"), list(cases()))
def test_a_wrong_quantity_refutes_a_claim_that_uses_it(name, how, monkeypatch):
    for known, quantity in REMEMBERED.items():
        monkeypatch.setitem(QUANTITIES, known, quantity)
    with monkeypatch.context() as wrong:
        wrong.setitem(QUANTITIES, name, changed(REMEMBERED[name], CHANGES[how]))
        WRONG[name] = {}
        try:
            found = refuted(name)
        finally:
            WRONG.clear()
    assert found, f"none of {', '.join(claim.id for claim in USED[name])} is refuted"
    claim, instance = found
    assert not decide(claim, anew(instance)).refutes  # it was the change


@pytest.mark.parametrize("name", sorted(OURS - SIZES - set(USED)))
def test_what_no_claim_uses_is_the_error_of_a_twin_or_known_by_hand(name):
    """A twin's number is wrong by design: that the twin falls is all that is asked of it.

    The others are words for conjectures to use; a multiple of a value known by hand is not it.
    """
    assert name in IN_TWINS or any(EXPECTED.get(name, ()))
