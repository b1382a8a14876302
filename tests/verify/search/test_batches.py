"""Chunks of float batches: who works on them changes nothing, and each instance can be rebuilt."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction
from multiprocessing import get_context

import numpy as np
import pytest

from tests.toys import claim, count, first, last, never, norm
from theorems import quantities
from theorems.settings import minimizers
from verify.claims import Assumption, Bounds, Claim, assumed
from verify.search.batches import evaluate
from verify.sources import BatchSource, RecordedSource

S, S_MIN = quantities.symbols(quantities.sharpness, quantities.minimal_sharpness)
LEAST = Claim("T.least", "", minimizers, S >= S_MIN, bounds=Bounds(depth=(2, 4), width=(1, 3)))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_threads_do_not_change_the_results(workers):
    alone = evaluate(LEAST, 5, 900, chunk=250)
    with ThreadPoolExecutor(workers) as pool:
        together = evaluate(LEAST, 5, 900, chunk=250, executor=pool)
    np.testing.assert_array_equal(together.slacks, alone.slacks)
    assert alone.slacks.shape == (900,)
    assert alone.slacks.min() > -1e-12
    assert [together.lane(j) for j in (0, 224, 225, 899)] == [
        alone.lane(j) for j in (0, 224, 225, 899)
    ]


def test_processes_do_not_change_the_results():
    alone = evaluate(LEAST, 5, 500, chunk=250)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        together = evaluate(LEAST, 5, 500, chunk=250, executor=pool)
    np.testing.assert_array_equal(together.slacks, alone.slacks)


@pytest.mark.parametrize("size", [1, 7, 8, 50])
def test_every_lane_rebuilds_the_instance_that_was_measured(size):
    relation = claim(first <= last, width=(2, 3))
    batch = evaluate(relation, [3, size], size, chunk=8)
    assert len(batch.slacks) == size
    for j in range(size):
        choices = [c if isinstance(c, int) else Fraction(c) for c in batch.lane(j)]
        exact = relation.setting.build(RecordedSource(choices), relation.bounds)
        x, y = float(exact.values[0]), float(exact.values[-1])
        assert batch.slacks[j] == (y - x) / max(abs(x), abs(y))


def test_all_chunks_share_their_sizes_and_nothing_else():
    batch = evaluate(claim(first <= last, width=(1, 9)), 1, 64, chunk=4)
    lanes = [batch.lane(j) for j in range(64)]
    assert len({lane[0] for lane in lanes}) == 1
    assert len({tuple(lane[1:]) for lane in lanes}) == 64
    counts = {evaluate(claim(first <= last, width=(1, 9)), s, 1).lane(0)[0] for s in range(40)}
    assert counts == set(range(1, 10))


def test_a_seed_fixes_a_batch_whatever_its_kind():
    slacks = [evaluate(LEAST, seed, 50).slacks for seed in (1, [1], [1, 0, 2], [1, 0, 2])]
    np.testing.assert_array_equal(slacks[2], slacks[3])
    assert not np.array_equal(slacks[0], slacks[2])


@pytest.mark.parametrize("relation", [never > 0, 1 / (count - 1) > 99])
def test_what_is_undefined_has_infinite_slack(relation):
    batch = evaluate(claim(relation, width=(1, 1)), 0, 30, chunk=10)
    assert np.all(np.isposinf(batch.slacks))


def test_assumptions_and_conditions_leave_lanes_out():
    large = Assumption("large", lambda i: i.values[0] > 1, "x > 1")
    relation = claim(first <= last, large, *assumed(norm <= 2), width=(2, 2))
    batch = evaluate(relation, 0, 500, chunk=100)
    met = np.isfinite(batch.slacks)
    assert 0 < met.sum() < 500
    for j in range(500):
        _, x, y = batch.lane(j)
        assert met[j] == (x > 1 and np.hypot(x, y) <= 2)


def test_given_sizes_come_first():
    source = BatchSource(np.random.default_rng(0), 3, sizes=[4, 2])
    assert [source.integer(1, 5), source.integer(1, 5)] == [4, 2]
    assert 1 <= source.integer(1, 5) <= 5
    assert source.sizes[:2] == [4, 2]
    assert len(source.sizes) == 3
