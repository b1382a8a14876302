"""Conditions on sizes alone restrict what is drawn, by every engine."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from tests.toys import Numbers, claim, count, first, last
from verify.claims import assumed
from verify.errors import UsageError
from verify.expression import AnyOf, related
from verify.search.api import search
from verify.search.batches import evaluate
from verify.search.budget import Budget
from verify.search.by_hypothesis import explore
from verify.search.equations import equations
from verify.search.pipeline import attack
from verify.search.record import Attack
from verify.search.sizes import about_sizes, allows, met, sized

THREE = related(count, "==", 3)
ENDS = AnyOf(related(count, "==", 2), related(count, "==", 7))
BOTH = [THREE, ENDS]


@pytest.mark.parametrize("condition", BOTH, ids=str)
@pytest.mark.parametrize("seed", range(6))
def test_every_instance_of_a_batch_counts(condition, seed):
    batch = evaluate(claim(first <= 9, *assumed(condition), width=(1, 8)), seed, 50)
    assert np.isfinite(batch.slacks).all()


def test_other_conditions_change_nothing():
    mixed = claim(first <= 9, *assumed(first >= 1, AnyOf(THREE, last >= 0)), width=(1, 8))
    assert sized(mixed) == ()
    free = claim(first <= 9, width=(1, 8))
    same = [evaluate(c, 5, 20).chunks[0].sizes for c in (mixed, free)]
    assert same[0] == same[1]


def test_they_are_no_equations_to_be_solved():
    assert equations(claim(first <= 9, *assumed(THREE))) == ()


@pytest.mark.parametrize("condition", BOTH, ids=str)
def test_hypothesis_draws_what_is_allowed(condition):
    covered = Attack()
    asked = claim(first <= 9, *assumed(condition), width=(1, 8))
    assert explore(asked, 1, 40, covered, inf) is None
    assert covered.tried == covered.valid > 0


def test_where_nothing_is_allowed_the_search_ends():
    asked = claim(first <= 1, *assumed(related(count, "==", 9)), width=(1, 3))
    result = attack(asked, seed=0, budget=Budget(batches=2, batch_size=50, examples=20))
    assert result.found is None
    assert result.valid == 0


@pytest.mark.parametrize("condition", ["depth == 7", "depth > 6 and d_x == 2", "log(depth) >= 2"])
def test_a_search_without_a_depth_ends_at_once(condition):
    """The time of this budget would be eleven days."""
    outcome = search(f"sharpness >= 1 if {condition}", budget=1e6)
    assert outcome.verdict == "vacuous"
    assert outcome.reason == "no depth from 2 to 6 satisfies the condition"


@pytest.mark.parametrize(
    "condition",
    [
        "depth == 6 and width_max == 1",  # one shape of thousands
        "d_x == d_y == 1 and width_max == 1 and depth >= 4",
        "sqrt(2)*sqrt(depth) == 2",  # floats say 2.0000000000000004
        "depth**(1/2)*depth**(1/2) == depth",
        pytest.param("log(depth - 3) > 0", marks=pytest.mark.slow),  # no value at depths 2 and 3
        "sqrt(depth - 4) >= 1",
    ],
)
def test_sizes_that_are_rare_or_rounded_are_searched(condition):
    outcome = search(f"sharpness >= 3*minimal_sharpness if {condition}", instances=20_000)
    assert outcome.verdict == "refuted"


def test_a_falsehood_at_one_size_of_many_is_found():
    asked = claim(first <= last, *assumed(related(count, "==", 11)), width=(1, 12))
    found = attack(asked, seed=0, budget=Budget(batches=1, batch_size=50)).found
    assert len(found.instance.values) == 11


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (THREE, True),
        (ENDS, False),
        (AnyOf(ENDS.args[0], THREE), True),
        (related(count / 2, "<", 2), True),
        (related(count**2, ">", 9), False),
        (related(1 / (count - 3), ">", 0), False),  # no value
        (AnyOf(related(1 / (count - 3), ">", 0), THREE), True),
    ],
    ids=str,
)
def test_sizes_are_decided_exactly(condition, expected):
    assert about_sizes(condition)
    assert allows((condition,), Numbers.exact(1, 2, 3)) is expected


def test_growing_bounds_grow_until_sizes_are_allowed():
    asked = claim(first <= 1, *assumed(related(count, ">=", 6)), width=(1, 8))
    assert met(asked)
    assert not met(replace(asked, bounds=replace(asked.bounds, width=(1, 3))))
    budget = Budget(rounds=None, batches=1, batch_size=20, instances=200, seconds=30)
    found = attack(asked, seed=0, budget=budget).found
    assert found is not None
    assert len(found.instance.values) >= 6


def test_an_unknown_name_is_no_size():
    with pytest.raises(UsageError):
        about_sizes(related(count.func("nobody", real=True), ">", 0))
