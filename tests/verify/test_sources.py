"""An instance is the list of choices that made it: it can be replayed, clipped and snapped."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toys import NUMBERS
from verify.claims import Bounds
from verify.sources import BatchSource, Exhausted, RandomSource, RecordedSource

SEEDS = st.integers(0, 10**6)
BOUNDS = Bounds(width=(1, 4))


def recipe(source):
    """Ask every sort of question; return the answers."""
    n = source.integer(1, 4)
    return n, source.number(), source.matrix(n, 2, -1, 5), source.number(2, 3)


@given(SEEDS)
def test_replayed_choices_give_the_same_instance(seed):
    source = RandomSource(Random(seed))
    answers = recipe(source)
    assert recipe(RecordedSource([c.value for c in source.choices])) == answers


@given(SEEDS)
def test_random_answers_are_rational_and_within_their_range(seed):
    source = RandomSource(Random(seed))
    n, x, rows, y = recipe(source)
    assert isinstance(n, int)
    assert (len(rows), len(rows[0])) == (n, 2)
    assert all(isinstance(v, Fraction) for v in (x, y, *rows[0]))
    assert all(c.low <= c.value <= c.high for c in source.choices)


@given(st.lists(st.fractions(-100, 100), min_size=11, max_size=11))
def test_recorded_answers_are_clipped_to_the_range_asked_for(values):
    source = RecordedSource(values)
    recipe(source)
    assert all(c.low <= c.value <= c.high for c in source.choices)
    assert source.choices[1].value == min(3, max(-3, values[1]))


def test_a_recorded_source_runs_out():
    source = RecordedSource([Fraction(1)])
    assert source.number() == 1
    with pytest.raises(Exhausted, match="only 1 choices"):
        source.number()


def test_degenerate_numbers_are_common():
    numbers = [RandomSource(Random(seed)).number() for seed in range(300)]
    assert sum(x == 0 for x in numbers) > 15
    assert sum(x.denominator == 1 for x in numbers) > 100


@given(SEEDS)
def test_a_lane_snapped_to_rationals_rebuilds_the_float_instance(seed):
    source = BatchSource(np.random.default_rng(seed), 5)
    floats = NUMBERS.build(source, BOUNDS)
    for j in range(5):
        choices = [c if isinstance(c, int) else Fraction(c) for c in source.lane(j)]
        exact = NUMBERS.build(RecordedSource(choices), BOUNDS)
        assert [float(x) for x in exact.values] == [x[j] for x in floats.values]


@given(SEEDS)
def test_batches_share_sizes_and_keep_to_their_ranges(seed):
    n, x, matrix, y = recipe(BatchSource(np.random.default_rng(seed), 7))
    assert x.shape == (7,)
    assert matrix.shape == (7, n, 2)
    assert np.all((x >= -3) & (x <= 3))
    assert np.all((matrix >= -1) & (matrix <= 5))
    assert np.all((y >= 2) & (y <= 3))


def test_a_seed_fixes_a_batch():
    lanes = [BatchSource(np.random.default_rng(3), 4) for _ in range(2)]
    for source in lanes:
        recipe(source)
    assert lanes[0].lane(2) == lanes[1].lane(2)
