"""What a decision on one instance is worth: holds, violated, undecided or invalid, and by what."""

from fractions import Fraction
from math import inf, isnan
from types import SimpleNamespace

import pytest
import sympy as sp

from numeric.arithmetic.ball import Ball
from numeric.arithmetic.protocol import NotExact
from tests.toys import (
    NUMBERS,
    Numbers,
    claim,
    count,
    first,
    last,
    never,
    norm,
    tainted,
    total,
    vague,
)
from verify import claims
from verify.claims import (
    QUANTITIES,
    Assumption,
    Bounds,
    Claim,
    Formula,
    Proof,
    Quantity,
    decide,
    quantity,
    slack,
)
from verify.errors import Undefined, UsageError
from verify.runs.stages import decide_instances
from verify.search.budget import Budget
from verify.search.record import confirm

ONE, ZERO, HUGE = Numbers.exact(1), Numbers.exact(0), Numbers.exact(10**400, 1)


def raising(error):
    def holds(instance):
        raise error

    return Assumption("odd", holds, "odd")


POSITIVE = Assumption("positive", lambda i: i.values[0] > 0, "x > 0")


@pytest.mark.parametrize(
    ("relation", "instance", "outcome", "kind"),
    [
        (first >= 1, ONE, "holds", "exact"),
        (first > 1, ONE, "violated", "exact"),
        (sp.Eq(norm, sp.sqrt(2)), Numbers.exact(1, -1), "holds", "exact"),
        (sp.Eq(norm, sp.Rational(7, 5)), Numbers.exact(1, 1), "violated", "exact"),
        (norm**2 < 2, Numbers.exact(1, 1), "violated", "exact"),
        (vague > -1, ONE, "holds", "certified"),
        (vague < -1, ONE, "violated", "certified"),
        (vague > 1, ONE, "undecided", "certified"),
        (tainted >= first, ONE, "holds", "sampled"),
        (tainted > first, ONE, "violated", "sampled"),
        (1 / first > 0, ZERO, "invalid", "exact"),
        (total / first > 0, ZERO, "invalid", "exact"),
        (1 / (count - 1) > first, ONE, "invalid", "exact"),
        (never > 0, ONE, "invalid", "exact"),
        (sp.sqrt(first) >= 0, Numbers.exact(-1), "invalid", "exact"),
        (first > last, HUGE, "holds", "exact"),
    ],
)
@pytest.mark.parametrize("exact_first", [True, False])
def test_outcomes(relation, instance, outcome, kind, exact_first):
    decision = decide(claim(relation), instance, exact_first=exact_first)
    assert decision.outcome == outcome
    assert not isnan(decision.slack)
    if exact_first:
        assert decision.kind == kind


@pytest.mark.parametrize(
    ("assumption", "outcome"),
    [
        (POSITIVE, "invalid"),
        (raising(Undefined("no")), "invalid"),
        (raising(ZeroDivisionError("0/0")), "invalid"),
        (raising(NotExact("who knows")), "undecided"),
    ],
)
def test_a_claim_says_nothing_where_an_assumption_does_not_hold(assumption, outcome):
    decision = decide(claim(first > 1, assumption), ZERO)
    assert decision.outcome == outcome
    assert decision.slack == inf
    assert confirm(claim(first > 1, assumption), ZERO, "test", NUMBERS) is None


def test_an_equality_goes_to_exact_arithmetic_first():
    decision = decide(claim(sp.Eq(first * 3, last)), Numbers.exact(1, 3), exact_first=False)
    assert (decision.outcome, decision.kind) == ("holds", "exact")


def test_an_inequality_may_go_to_balls_first():
    decision = decide(claim(first < last), Numbers.exact(1, 3), exact_first=False)
    assert (decision.outcome, decision.kind) == ("holds", "certified")


def test_a_ball_around_zero_is_no_zero():
    third = Numbers.exact(Fraction(1, 3))
    relation = (3 * first - 1) ** -1 > 0
    assert decide(claim(relation), third, exact_first=False).outcome == "invalid"  # exactly 0
    decision = decide(claim((3 * first - 1 + vague) ** -1 < 5), third, exact_first=False)
    assert decision.outcome == "undecided"  # balls alone: the denominator may or may not vanish


@pytest.mark.parametrize("exact_first", [True, False])
def test_a_denominator_that_vanishes_in_balls_alone_makes_nothing_undefined(exact_first):
    tiny = Numbers.exact(Fraction(1, 3) + Fraction(1, 10**200))
    relation = (3 * first - 1) ** sp.Rational(-1, 2) > 1
    decision = decide(claim(relation), tiny, exact_first=exact_first)
    assert (decision.outcome, decision.kind) == ("holds", "exact")


def test_what_floats_say_gives_way_to_what_is_proved(monkeypatch):
    def rounded(instance):
        x = instance.values[0]
        return x if instance.arithmetic.kind == "exact" else Ball.of(float(x))

    monkeypatch.setitem(QUANTITIES, "rounded", Quantity("rounded", "r", "", rounded))
    third = Numbers.exact(Fraction(1, 3))  # its float is less
    relation = QUANTITIES["rounded"].symbol >= first
    decision = decide(claim(relation), third, exact_first=False)
    assert (decision.outcome, decision.kind) == ("holds", "exact")


def test_floats_never_refute():
    tainted_claim = claim(tainted > first)
    decision = decide(tainted_claim, ONE)
    assert decision.open
    assert not decision.refutes
    assert confirm(tainted_claim, ONE, "test", NUMBERS) is None
    theorem = SimpleNamespace(hard_instances=lambda claim: [ONE])
    (record,) = decide_instances(
        theorem, tainted_claim, 0, SimpleNamespace(instances=0, budget=Budget())
    )
    assert (record.kind, record.verdict) == ("sampled", "inconclusive")


@pytest.mark.parametrize(("seconds", "tried"), [(1e9, 4), (-1.0, 1)])
def test_instances_are_tried_until_the_time_is_up(seconds, tried):
    theorem = SimpleNamespace(hard_instances=lambda claim: [ONE])
    profile = SimpleNamespace(instances=3, budget=Budget(seconds))
    (record,) = decide_instances(theorem, claim(norm >= first), 0, profile)
    assert record.count == tried


def test_a_violation_carries_both_sides():
    decision = decide(claim(first >= last), Numbers.exact(1, 2))
    assert (decision.lhs, decision.rhs) == ("1", "2")
    assert decision.slack == pytest.approx(-0.5)


@pytest.mark.parametrize(
    ("op", "expected"), [(">=", -2), (">", -2), ("<=", 2), ("<", 2), ("==", -2)]
)
def test_slack_is_negative_where_violated(op, expected):
    assert slack(op, -2) == expected


def test_closed_forms_are_written_out():
    double = Formula("double", "2x", 2 * first)
    relation = last >= double
    written = Claim("c", "", NUMBERS, relation)
    assert written.expanded == (last >= 2 * first)
    assert decide(written, Numbers.exact(1, 2)).outcome == "holds"


@pytest.mark.parametrize("relation", [first >= first, sp.Eq(count, 0), sp.true])
def test_a_claim_that_would_never_be_measured_is_refused(relation):
    with pytest.raises(UsageError, match="expected a relation"):
        claim(relation)


def test_a_closed_form_that_makes_the_claim_trivial_is_refused():
    same = Formula("same", "x", first)
    with pytest.raises(UsageError, match="expected a relation"):
        decide(Claim("c", "", NUMBERS, sp.Eq(first, same)), ONE)


def test_unknown_quantities_are_named():
    with pytest.raises(UsageError, match="unknown quantity 'sharpnes'"):
        decide(claim(sp.Symbol("sharpnes") > 0), ONE)


def test_a_quantity_belongs_to_one_module(monkeypatch):
    def elsewhere(instance):
        return 0

    elsewhere.__module__ = "elsewhere"
    monkeypatch.setitem(QUANTITIES, "toy_first", QUANTITIES["toy_first"])
    with pytest.raises(UsageError, match="needs another name"):
        quantity("toy_first", "x")(elsewhere)


def test_what_only_floats_vouch_for_refutes_nothing():
    small = Assumption("small", tainted <= 9)
    decision = decide(claim(first >= 99, small), ONE)
    assert (decision.outcome, decision.refutes) == ("violated", False)
    assert decide(claim(first >= 99), ONE).refutes


def test_an_assumption_that_fails_settles_it_whatever_the_others_say():
    vague_one, fails = Assumption("vague", vague >= first), Assumption("fails", first > 9)
    for assumptions in ((vague_one, fails), (fails, vague_one)):
        assert decide(claim(norm >= first, *assumptions), ONE).outcome == "invalid"
    assert decide(claim(norm >= first, vague_one), ONE).outcome == "undecided"


def test_two_assumptions_have_two_names():
    twice = Assumption("same", first > 0), Assumption("same", first > 1)
    with pytest.raises(UsageError, match="two assumptions have one id"):
        claim(norm >= first, *twice)


def test_a_closed_form_may_be_negative():
    below = Formula("below", "b", first - 10)
    assert decide(claim(first >= sp.Abs(below)), ONE).outcome == "violated"  # 1 >= 9


def test_closed_forms_of_assumptions_and_proofs_belong_to_the_claim():
    own, assumed, asked = (Formula(name, name, k * first) for k, name in enumerate("abc", start=2))
    met = Assumption("met", last >= assumed)
    made = claim(last >= own, met, POSITIVE, proof=Proof(lambda x: iter(()), {"x": asked}))
    assert set(made.formulas) == {own, assumed, asked}
    other = Formula("b", "b", 9 * first)
    assert made.altered(assumed, other, {}).conditions == (last >= 9 * first,)


def test_to_alter_a_closed_form_is_to_alter_what_builds_on_it():
    inner = Formula("inner", "i", 2 * first)
    outer = Formula("outer", "o", 3 * inner)
    built = claim(last >= outer)
    assert set(built.formulas) == {inner, outer}
    assert built.altered(inner, Formula("inner", "i", 5 * first), {}).expanded == (
        last >= 15 * first
    )


def test_sizes_that_leave_nothing_to_draw_are_refused():
    with pytest.raises(UsageError, match=r"1 <= least <= most depth, got 4\.\.1"):
        Bounds((4, 1))


def test_bounds_say_what_they_allow():
    assert str(Bounds((2, 4), (1, 3))) == "depth 2..4, widths 1..3"


def test_the_only_claim_of_a_theorem_may_bear_its_name():
    alone = Claim("X1", "", NUMBERS, norm >= 0)
    object.__setattr__(alone, "theorem", "X1")
    assert alone.id == "X1"
    object.__setattr__(alone, "theorem", "X2")
    assert alone.id == "X2.X1"


def test_only_a_proof_or_listed_sizes_make_a_derivation():
    assert not claim(first >= last).has_derivation
    assert claim(first >= last, sizes=((1, 1),)).has_derivation


def test_a_family_is_registered_with_what_it_measures(monkeypatch):
    monkeypatch.setattr(claims, "FAMILIES", {})
    member = claims.family("toy_values", "v")(lambda instance: list(instance.values))
    assert member(1) != member(2)
    assert claims.FAMILIES["toy_values"].measure(Numbers.exact(3, 4)) == [3, 4]


def test_what_was_measured_is_told_although_nothing_decides():
    decision = decide(claim(vague >= last), Numbers.exact(1, 1))
    assert decision.open
    assert decision.lhs
    assert decision.rhs.startswith("1.0")


def test_why_nothing_could_be_measured_is_told(monkeypatch):
    def measure(instance):
        raise NotExact("beyond all arithmetic")

    monkeypatch.setitem(QUANTITIES, "beyond", Quantity("beyond", "b", "", measure))
    decision = decide(claim(QUANTITIES["beyond"].symbol >= first), ONE)
    assert decision.open
    assert "beyond all arithmetic" in decision.reason
