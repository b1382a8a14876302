"""The compiled descent against the one written on arrays, and each network against itself alone."""

from itertools import pairwise

import array_api_strict
import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.loss import gradient
from numeric.networks import LinearNetwork
from numeric.training import (
    CONVERGED,
    DIVERGED,
    STALLED,
    descend,
    fast_path,
    gradient_descent,
)

needs_numba = pytest.mark.skipif(fast_path() is None, reason="numba is not installed")
PATHS = [pytest.param(True, marks=needs_numba, id="fast"), pytest.param(False, id="reference")]

SHAPES = [(5,) * 10 + (1,), (3, 4, 7, 2), (4, 1), (2, 3, 3), (6, 1, 5, 1), (16, 16, 16, 1)]


def problem(widths, batch, *, own=False, seed=0, scale=0.4):
    """Starts, Σ and C for a batch, all networks with the same data or each with its own."""
    rng = np.random.default_rng(seed)
    inputs, outputs = widths[0], widths[-1]
    samples = rng.standard_normal((batch if own else 1, 50, inputs))
    sigma = samples.mT @ samples / 50
    target = rng.standard_normal((outputs, inputs))
    cross = target / np.linalg.norm(target) @ sigma
    starts = [scale * rng.standard_normal((batch, m, n)) for n, m in pairwise(widths)]
    return starts, *((sigma, cross) if own else (sigma[0], cross[0]))


def assert_same(end, other, rtol):
    assert end.status.tolist() == other.status.tolist()
    assert end.taken.tolist() == other.taken.tolist()
    kept = end.status != DIVERGED
    size = np.sqrt(sum(np.sum(V[kept] ** 2, axis=(1, 2)) for V in other.weights))
    moved = sum(
        np.sum((W - V)[kept] ** 2, axis=(1, 2))
        for W, V in zip(end.weights, other.weights, strict=True)
    )
    assert (np.sqrt(moved) <= rtol * size).all()
    floor = 1e-14 + rtol * other.gradient_norm[kept]
    assert (np.abs(end.gradient_norm - other.gradient_norm)[kept] <= floor).all()


@needs_numba
@pytest.mark.parametrize("own", [False, True], ids=["shared", "own"])
@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_the_fast_path_agrees_with_the_reference(widths, own):
    data = problem(widths, 9, own=own)
    options = {"steps": 1000, "tolerance": 0.0}
    ends = [gradient_descent(*data, 0.01, fast=fast, **options) for fast in (True, False)]
    assert (ends[0].taken == 1000).all()
    assert_same(*ends, rtol=1e-12)


@pytest.mark.parametrize("fast", PATHS)
@pytest.mark.parametrize("widths", [(3, 3, 3, 1), (3, 2, 2)], ids=str)
def test_the_descent_is_that_of_the_gradient(fast, widths):
    """Against descent on any loss, with the gradient from prefixes and suffixes."""
    starts, sigma, cross = problem(widths, 6, scale=0.6)
    rates = np.array([0.02, 0.03, 0.05, 0.02, 40.0, 0.1])
    end = gradient_descent(starts, sigma, cross, rates, steps=300, tolerance=1e-3, fast=fast)

    def slopes(layers):
        return gradient(LinearNetwork(Floating(), layers), sigma, cross)

    other = descend(starts, slopes, rates, steps=300, tolerance=1e-3)
    assert set(end.status.tolist()) == {CONVERGED, DIVERGED, STALLED}
    assert_same(end, other, rtol=1e-12)


@pytest.mark.parametrize("fast", PATHS)
def test_a_network_ends_as_it_would_alone(fast):
    """Networks leave the batch at different times, and others take their place."""
    starts, sigma, cross = problem((4, 4, 4, 1), 23, own=True, scale=0.5)
    rates = np.geomspace(0.01, 10, 23)
    options = {"steps": 400, "tolerance": 1e-4, "fast": fast}
    batch = gradient_descent(starts, sigma, cross, rates, **options)
    assert len(set(batch.taken.tolist())) > 5
    assert len(set(batch.status.tolist())) == 3
    assert batch.steps == max(batch.taken)
    for i in range(23):
        start = [W[i : i + 1] for W in starts]
        alone = gradient_descent(start, sigma[i], cross[i], rates[i], **options)
        assert alone.status[0] == batch.status[i]
        assert alone.taken[0] == batch.taken[i]
        for W, V in zip(batch.weights, alone.weights, strict=True):
            if fast:
                np.testing.assert_array_equal(W[i], V[0])
            elif batch.status[i] != DIVERGED:  # einsum adds in another order
                np.testing.assert_allclose(W[i], V[0], rtol=1e-9)


@pytest.mark.parametrize("widths", [(3, 4, 1), (2, 2, 2)], ids=str)
def test_the_reference_needs_only_the_array_standard(widths):
    starts, sigma, cross = problem(widths, 5, own=True)
    rates = np.array([0.02, 30.0, 0.05, 0.2, 0.1])
    ar = Floating(array_api_strict)
    options = {"steps": 200, "tolerance": 1e-4}
    strict = gradient_descent(
        [ar.matrix(W) for W in starts], ar.matrix(sigma), ar.matrix(cross), ar.scalar(rates),
        xp=array_api_strict, **options,
    )  # fmt: skip
    plain = gradient_descent(starts, sigma, cross, rates, fast=False, **options)
    for W, V in zip(strict.weights, plain.weights, strict=True):
        np.testing.assert_allclose(ar.to_numpy(W), V, rtol=1e-10)
    assert ar.to_numpy(strict.status).tolist() == plain.status.tolist()


@pytest.mark.parametrize("fast", PATHS)
def test_a_frozen_output_stays(fast):
    starts, sigma, cross = problem((3, 3, 3, 1), 4)
    options = {"steps": 50, "frozen_output": True}
    end = gradient_descent(starts, sigma, cross, 0.1, fast=fast, **options)
    np.testing.assert_array_equal(end.weights[-1], starts[-1])
    layers = [W.copy() for W in starts]
    for _ in range(50):
        slopes = gradient(LinearNetwork(Floating(), layers), sigma, cross)
        layers[:-1] = [W - 0.1 * G for W, G in zip(layers[:-1], slopes[:-1], strict=True)]
    for W, V in zip(end.weights, layers, strict=True):
        np.testing.assert_allclose(W, V, rtol=1e-12)


@pytest.mark.parametrize("fast", PATHS)
def test_outcomes_at_the_start(fast):
    """A minimizer converges in no step; what is not finite or too large has diverged."""
    sigma, cross = np.eye(1), np.array([[2.0]])
    first = np.array([1.0, np.nan, 2e6, 0.5]).reshape(4, 1, 1)
    starts = [first, np.full((4, 1, 1), 2.0)]
    end = gradient_descent(starts, sigma, cross, 0.01, steps=0, fast=fast)
    assert end.status.tolist() == [CONVERGED, DIVERGED, DIVERGED, STALLED]
    assert end.steps == 0
    np.testing.assert_array_equal(end.weights[0], first)


@needs_numba
def test_scratch_begins_at_a_cache_line():
    from numeric.compiled.lanes import Layout

    for widths in SHAPES:  # NumPy alone would align some of them, by chance
        for _ in range(4):
            memory = Layout.of(widths).memory()
            assert memory.ctypes.data % 64 == 0
            assert memory.flags.c_contiguous
            assert not memory.any()


def test_layers_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"weights\[1\]: expected 3 columns"):
        gradient_descent([np.ones((1, 3, 2)), np.ones((1, 1, 2))], np.eye(2), np.ones((1, 2)), 0.1,
                         steps=1)  # fmt: skip
