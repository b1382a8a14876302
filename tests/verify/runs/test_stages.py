"""What an exhibit fails to show is said."""

from math import inf, nan

import pytest

from tests.toys import Numbers, claim, first, never, norm, theorem
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
    ("relation", "value", "verdict", "reason"),
    [
        (norm >= 3, 1, "holds", ""),
        (norm >= 3, 6, "error", "the assumption large is not seen to fail there"),
        (norm >= 3, -200, "error", "the claim is not violated there"),
        (first < 3, 200, "error", "the assumption large is not seen to fail there"),
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


def test_an_assumption_that_is_not_defined_there_is_not_seen_to_fail():
    defined = Assumption("defined", never > 0)
    own = claim(norm >= 3, defined)
    item = needed(defined, own, "", lambda: Numbers.exact(1))
    record = stages.witness(theorem(claims=(own,), necessity=(item,)), item)
    assert (record["verdict"], record["reason"]) == (
        "error", "the assumption defined is not seen to fail there",
    )  # fmt: skip


def test_a_trained_solution_the_claim_does_not_speak_of_is_said():
    own = claim(norm >= first, LARGE)
    solutions = [TrainedSolution("run", Numbers.exact(x)) for x in (1, 6, 2)]
    training = Training("t", "trained", lambda *_: solutions, (own,))
    toy = theorem(claims=(own,), trainings=(training,))
    (record,) = stages.train(toy, "T.t", 0, PROFILES["quick"]).values()
    assert record.verdict == "holds"
    assert "the claim speaks of 1 of 3" in record.scope


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
