"""What an exhibit fails to show is said."""

from dataclasses import replace
from fractions import Fraction
from math import inf, nan

import pytest

from tests.toys import Numbers, claim, first, never, norm, tainted, theorem, vague
from verify.claims import Assumption
from verify.errors import UsageError
from verify.runs import stages
from verify.runs.profiles import PROFILES
from verify.theorem import Measurement, TrainedSolution, Training, needed, witness

LARGE = Assumption("large", first > 5)
SMALL = Assumption("small", first < 100)


@pytest.mark.parametrize(
    ("value", "verdict", "reason"),
    [
        (6, "holds", ""),
        (1, "vacuous", "the assumption large does not hold there"),
        (60, "refuted", "left side 60, right side 50"),
    ],
)
def test_a_witness(value, verdict, reason):
    own = claim(first <= 50, LARGE, SMALL)
    item = witness("w", own, "", lambda: Numbers.exact(value))
    record = stages.witness(theorem(claims=(own,), witnesses=(item,)), item)
    assert (record["verdict"], record["reason"]) == (verdict, reason)


@pytest.mark.parametrize(
    ("own", "reason"),
    [
        (claim(first > 0, Assumption("open", vague >= first)), "the assumption open does not hold"),
        (claim(never > 0), "undefined: never defined"),
    ],
)
def test_a_witness_of_which_nothing_is_said_is_vacuous(own, reason):
    record = witnessed(own, 1)
    assert record["verdict"] == "vacuous"
    assert record["reason"].startswith(reason)


def test_a_witness_that_only_floats_contradict_is_inconclusive():
    assert witnessed(claim(tainted > first), 1)["verdict"] == "inconclusive"


def witnessed(own, value):
    item = witness("w", own, "", lambda: Numbers.exact(value))
    return stages.witness(theorem(claims=(own,), witnesses=(item,)), item)


@pytest.mark.parametrize(
    ("relation", "value", "verdict", "reason"),
    [
        (norm >= 3, 1, "holds", ""),
        (norm >= 3, 6, "error", "the assumption large is not seen to fail there"),
        (norm >= 3, -200, "error", "the claim is not violated there"),
        (first < 3, 200, "error", "the assumption large is not seen to fail there"),
        (tainted > first, 1, "error", "the claim is not violated there: left side"),
        (vague > first, 1, "error", "the claim is not violated there: overlap"),
        (never > 0, 1, "error", "the claim is not violated there: undefined"),
    ],
)
def test_a_necessity(relation, value, verdict, reason):
    own = claim(relation, LARGE, SMALL)
    item = needed(LARGE, own, "", lambda: Numbers.exact(value))
    record = stages.witness(theorem(claims=(own,), necessity=(item,)), item)
    assert record["verdict"] == verdict
    assert record["reason"].startswith(reason)


def test_another_assumption_that_fails_is_named():
    own = claim(norm >= 3, LARGE, SMALL)
    item = needed(SMALL, own, "", lambda: Numbers.exact(1))
    record = stages.witness(theorem(claims=(own,), necessity=(item,)), item)
    assert record["reason"] == "the assumption small is not seen to fail there"
    wide = Assumption("wide", first > 0)
    own = claim(norm >= 300, LARGE, wide)
    item = needed(LARGE, own, "", lambda: Numbers.exact(-1))
    record = stages.witness(theorem(claims=(own,), necessity=(item,)), item)
    assert record["reason"] == "the assumption wide fails there too"
    own = claim(
        norm >= 300, LARGE, Assumption("open", vague >= first), wide, Assumption("n", first > 1)
    )
    item = needed(LARGE, own, "", lambda: Numbers.exact(1))
    record = stages.witness(theorem(claims=(own,), necessity=(item,)), item)
    assert record["reason"] == "the assumption open fails there too"


@pytest.mark.parametrize("relation", [never > 0, tainted > first, vague > first])
def test_an_assumption_that_nothing_exact_denies_is_not_seen_to_fail(relation):
    odd = Assumption("odd", relation)
    own = claim(norm >= 3, odd)
    item = needed(odd, own, "", lambda: Numbers.exact(1))
    record = stages.witness(theorem(claims=(own,), necessity=(item,)), item)
    assert (record["verdict"], record["reason"]) == (
        "error", "the assumption odd is not seen to fail there",
    )  # fmt: skip


def test_a_trained_solution_the_claim_does_not_speak_of_is_said():
    own = claim(norm >= first, LARGE)
    solutions = [TrainedSolution("run", Numbers.exact(x)) for x in (1, 6, 2)]
    training = Training("t", "trained", lambda *_: solutions, (own,))
    toy = theorem(claims=(own,), trainings=(training,))
    (record,) = stages.train(toy, "T.t", 0, PROFILES["quick"]).values()
    assert record.verdict == "holds"
    assert "the claim speaks of 1 of 3" in record.scope


def trained(own, *solutions):
    """The record of a claim that three trained solutions were asked for."""
    training = Training("t", "title", lambda *_: solutions, (own,))
    toy = theorem(claims=(own,), trainings=(training,))
    (record,) = stages.train(toy, "T.t", 0, replace(PROFILES["quick"], trainings=3)).values()
    return record


AGREES = Measurement("m", 1.0, 1.0, 0.0)


def test_a_training_whose_claim_speaks_of_no_solution_is_vacuous():
    record = trained(
        claim(norm >= first, LARGE), TrainedSolution("", Numbers.exact(1), 0, (AGREES,))
    )
    assert (record.verdict, record.worst_margin) == ("vacuous", None)


def test_a_training_is_as_bad_as_its_worst_solution_and_says_how_many_there_were():
    solutions = [TrainedSolution("run", Numbers.exact(x)) for x in (1, 4, 2)]
    record = trained(claim(first <= 3), *solutions)
    assert (record.verdict, record.kind, record.count) == ("refuted", "trained", 3)
    assert record.worst_margin == -0.25
    assert record.scope == "title"
    assert trained(claim(first <= 3), solutions[0]).scope == "title; 1 of 3 runs converged"


def test_without_an_exact_instance_training_is_empirical():
    solutions = TrainedSolution("", Numbers.exact(1)), TrainedSolution("", None, None, (AGREES,))
    record = trained(claim(norm >= first), *solutions)
    assert (record.kind, record.verdict) == ("empirical", "holds")


def test_what_was_measured_stands_beside_what_was_predicted():
    solution = TrainedSolution("run", None, Fraction(1, 4), (Measurement("m", 2.0, 2.5, 0.1),))
    (row,) = trained(claim(norm >= first), solution).details["runs"]
    assert row == {
        "label": "run: m",
        "predicted": 2.0,
        "measured": 2.5,
        "relation": "==",
        "difference": 0.25,
        "allowed": 0.1,
        "verdict": "inconclusive",
        "distance": 0.25,
    }


@pytest.mark.parametrize(
    "wrong", [{"allowed": -1.0}, {"allowed": nan}, {"relation": ">="}], ids=str
)
def test_a_measurement_says_what_may_differ(wrong):
    with pytest.raises(UsageError, match="m: expected"):
        Measurement("m", 1.0, 2.0, **{"allowed": 0.1, **wrong})


def test_a_number_that_nothing_predicts_is_no_evidence():
    shown = Measurement("m", 1.0, 2.0, inf)
    for measurements, verdict in (
        ((shown,), "vacuous"),
        ((shown, Measurement("n", 1.0, 1.0, 0.1)), "holds"),
        ((Measurement("m", 1.0, nan, inf),), "inconclusive"),
    ):
        solutions = [TrainedSolution("run", None, None, measurements)]
        training = Training("t", "trained", lambda *_, s=solutions: s)
        toy = theorem(trainings=(training,))
        (record,) = stages.train(toy, "T.t", 0, PROFILES["quick"]).values()
        assert record.verdict == verdict
