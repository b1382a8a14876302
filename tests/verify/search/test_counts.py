"""Where the budget is a count, neither clock nor load has a say; a clock that ends it is said."""

import os
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from itertools import count as ticks

import pytest

from tests.toys import NUMBERS, claim, count, first, last, norm, total
from verify.claims import SETTINGS
from verify.search import ahead, api, pipeline, shrink
from verify.search.api import search
from verify.search.budget import Budget
from verify.search.by_hypothesis import explore
from verify.search.pipeline import attack
from verify.search.record import Attack

SMALL = {"depth": (2, 2), "width": (1, 2)}
COUNTED = {
    "instances": Budget(
        rounds=None, instances=900, batches=2, batch_size=100, starts=2, examples=9
    ),
    "rounds": Budget(rounds=2, batches=2, batch_size=100, starts=2, examples=9),
}


def outcome_of(relation, budget):
    result = attack(claim(relation), seed=3, budget=budget)
    found = result.found and (result.found.choices, result.found.found_by)
    return result.tried, result.valid, result.engines, result.worst_slack, found, result.cut_short


@pytest.mark.parametrize("kind", COUNTED)
@pytest.mark.parametrize("relation", [norm >= first, first + count <= 5, total <= 2 * norm])
def test_a_slow_clock_changes_nothing(monkeypatch, relation, kind):
    budget = COUNTED[kind]
    expected = outcome_of(relation, budget)
    slow = map(float, ticks(0, 0.1))  # a tenth of a second between any two looks at it
    for module in (pipeline, shrink):
        monkeypatch.setattr(module, "monotonic", lambda: next(slow))
    patient = replace(budget, seconds=1e9)
    assert outcome_of(relation, patient) == expected


def test_so_many_instances_are_tried_and_no_more():
    result = attack(claim(norm >= first), seed=0, budget=COUNTED["instances"])
    assert 900 <= result.tried < 900 + 20  # an example of Hypothesis may be its last but a few
    assert not result.cut_short


def test_a_special_setting_gets_a_quarter_of_a_batch(monkeypatch):
    monkeypatch.setitem(SETTINGS, "numbers", NUMBERS)
    budget = Budget(1e9, 1, batches=1, batch_size=160, starts=0, examples=0)
    settings = (replace(NUMBERS, name="own", special=names) for names in ((), ("numbers",)))
    attacks = [attack(claim(norm >= first, setting=s), seed=0, budget=budget) for s in settings]
    alone, both = (result.engines["floats"] for result in attacks)
    assert both - alone == 160 / 4


@pytest.mark.parametrize(("budget", "said"), [
    (Budget(-1.0, 1, batches=1, batch_size=9), True),
    (Budget(-1.0, None, 99, batches=1, batch_size=9), True),
    (Budget(-1.0, None, batches=1, batch_size=9), False),
])  # fmt: skip
def test_a_clock_that_ends_what_is_counted_is_said(budget, said):
    assert attack(claim(norm >= first), seed=0, budget=budget).cut_short is said


def test_the_receipt_says_it():
    outcome = search("sharpness <= hessian_trace", **SMALL, budget=1e-9, instances=10**6)
    assert outcome.receipt.cut_short
    assert "ended by the clock" in str(outcome.receipt)
    assert outcome.to_json()["cut_short"] is True


def test_seconds_or_instances():
    assert api.check_budget(None) == 60
    assert api.check_budget(None, 10) == api._LONGEST
    assert api.check_budget(3.0, 10) == 3
    with pytest.raises(api.UsageError, match="instances: expected a positive number, got 0"):
        api.check_budget(None, 0)


def examples():
    result = Attack()
    found = explore(claim(first + last <= 6), 5, 150, result, float("inf"))
    return result.tried, result.worst_slack, found and found.choices


def test_modules_that_are_loaded_change_no_example(tmp_path, monkeypatch):
    before = examples()
    (tmp_path / "full_of_integers.py").write_text(f"NUMBERS = {list(range(2, 36))}\n")
    monkeypatch.syspath_prepend(tmp_path)
    import full_of_integers  # noqa: F401

    assert examples() == before


def test_nothing_is_left_in_the_working_directory(tmp_path):
    (tmp_path / "work").mkdir()
    command = [sys.executable, "-m", "verify", "search", "sharpness <= hessian_trace",
               "--depth", "2", "--width", "1", "--instances", "200", "--out", "../out"]  # fmt: skip
    path = os.pathsep.join(p for p in sys.path if p)
    subprocess.run(command, cwd=tmp_path / "work", check=True, capture_output=True,
                   env=os.environ | {"PYTHONPATH": path})  # fmt: skip
    assert list((tmp_path / "work").iterdir()) == []


def test_what_comes_from_the_corpus_is_said_and_can_be_ignored(tmp_path):
    false = "sharpness <= hessian_trace/2"
    options = SMALL | {"instances": 3000, "out": tmp_path}
    afresh = search(false, **options)
    again, fresh = search(false, **options), search(false, **options, fresh=True)
    assert again.counterexample.found_by == "corpus"
    assert again.headline.startswith("refuted: from the corpus, ")
    assert "1 from the corpus" in str(again.receipt)
    assert fresh.counterexample.to_json() == afresh.counterexample.to_json()


def test_a_budget_that_counts_is_not_timed():
    assert Budget(rounds=None).timed
    assert not Budget(rounds=2).timed
    assert not Budget(instances=9).timed


@pytest.mark.parametrize(("instances", "size"), [(32 * 100, 100), (9, 64), (10**9, 4096)])
def test_a_batch_is_a_part_of_the_instances(instances, size):
    assert Budget(batch_size=4096).of(instances).batch_size == size


@pytest.mark.parametrize("budget", [Budget(1e9, 1, starts=1), Budget(0.5, None, starts=1)])
def test_the_optimiser_counts_where_the_budget_does(monkeypatch, budget):
    asked = []

    def polish(*_, evaluations, **__):
        asked.append(evaluations)
        return None, 0.0

    monkeypatch.setattr(ahead, "polish", polish)
    attack(claim(norm >= first), seed=0, budget=replace(budget, batches=1, batch_size=9))
    assert asked
    assert all((evaluations is None) == budget.timed for evaluations in asked)


def test_a_budget_is_not_changed():
    with pytest.raises(FrozenInstanceError):
        Budget().rounds = 3
