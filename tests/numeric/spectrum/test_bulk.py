"""Sharpness in bulk against the dense Hessian, and along a descent against the ends of it."""

from itertools import pairwise

import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.descent import CONVERGED, DIVERGED, Limits
from numeric.loss import hessian
from numeric.networks import LinearNetwork
from numeric.spectrum.bulk import bulk_sharpness, descent_with_sharpness
from numeric.spectrum.lanczos import top_eigenpairs
from numeric.training import fast_path, gradient_descent

needs_numba = pytest.mark.skipif(fast_path() is None, reason="numba is not installed")
paths = pytest.mark.parametrize(
    "fast", [pytest.param(True, marks=needs_numba, id="fast"), pytest.param(False, id="reference")]
)


def problem(widths, batch, seed=0, own=False):
    rng = np.random.default_rng(seed)
    samples = rng.standard_normal((batch if own else 1, 30, widths[0]))
    sigma = samples.mT @ samples / 30
    cross = rng.standard_normal((widths[-1], widths[0])) @ sigma
    starts = [0.6 * rng.standard_normal((batch, m, n)) for n, m in pairwise(widths)]
    return starts, *((sigma, cross) if own else (sigma[0], cross[0]))


def dense(layers, sigma, cross, drop=0):
    H = np.asarray(hessian(LinearNetwork(Floating(), tuple(layers)), sigma, cross))
    kept = H.shape[-1] - drop
    return np.linalg.eigvalsh(H[..., :kept, :kept])[..., -1]


@paths
@pytest.mark.parametrize("widths", [(4, 1), (5, 5, 5, 1), (3, 4, 2), (2, 3, 3), (1, 1, 1)], ids=str)
def test_it_is_the_top_eigenvalue_of_the_hessian(fast, widths):
    """Not of largest absolute value: away from minimizers the Hessian is indefinite."""
    layers, sigma, cross = problem(widths, 6, own=True)
    found = bulk_sharpness(layers, sigma, cross, fast=fast)
    np.testing.assert_allclose(found.value, dense(layers, sigma, cross), rtol=1e-12)
    assert (found.residual <= 1e-9 * found.value).all()


@paths
def test_a_frozen_output_is_no_direction(fast):
    layers, sigma, cross = problem((3, 3, 3, 1), 4)
    found = bulk_sharpness(layers, sigma, cross, frozen_output=True, fast=fast)
    np.testing.assert_allclose(found.value, dense(layers, sigma, cross, drop=3), rtol=1e-12)


@paths
def test_along_a_descent(fast):
    starts, sigma, cross = problem((4, 4, 4, 1), 6, seed=4)
    rates = np.array([0.01, 0.02, 0.03, 9.0, 0.02, 0.01])
    limits = Limits(200, tolerance=1e-2)
    end, trace = descent_with_sharpness(
        starts, sigma, cross, rates, limits, every=20, sharpness_tolerance=1e-7, fast=fast
    )
    same = gradient_descent(starts, sigma, cross, rates, steps=200, tolerance=1e-2)
    assert end.status.tolist() == same.status.tolist()
    assert {CONVERGED, DIVERGED} <= set(end.status.tolist())
    assert end.taken.tolist() == same.taken.tolist()
    for place in (0, 3, 10):
        there = gradient_descent(starts, sigma, cross, rates, steps=20 * place, tolerance=1e-2)
        on = end.taken >= 20 * place
        now = dense([W[on] for W in there.weights], sigma, cross)
        np.testing.assert_allclose(trace.value[on, place], now, rtol=1e-9)
        assert np.isnan(trace.value[~on, place]).all()


@paths
def test_vanishing_weights_have_no_curvature(fast):
    found = bulk_sharpness([np.zeros((1, 2, 2))] * 3, np.eye(2), np.eye(2), fast=fast)
    assert found.value.tolist() == [0.0]


@paths
@pytest.mark.parametrize("scale", [1e-150, 1e-80, 1e-8, 1e80])
def test_weights_of_any_size_keep_the_tolerance(fast, scale):
    layers, sigma, cross = problem((3, 4, 2), 3)
    usual = bulk_sharpness(layers, sigma, cross, fast=fast)
    found = bulk_sharpness([scale * W for W in layers], sigma, scale**2 * cross, fast=fast)
    np.testing.assert_allclose(found.value / scale**2, usual.value, rtol=1e-12)
    assert (found.residual <= 1e-9 * found.value).all()


@paths
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_one_network_that_is_not_finite_does_not_spoil_the_others(fast, bad):
    layers, sigma, cross = problem((3, 4, 2), 3)
    usual = bulk_sharpness(layers, sigma, cross, fast=fast)
    layers[0][1, 0, 0] = bad
    with np.errstate(invalid="ignore"):
        found = bulk_sharpness(layers, sigma, cross, fast=fast)
    others = np.arange(len(usual.value)) != 1
    np.testing.assert_allclose(found.value[others], usual.value[others], rtol=1e-12)
    assert np.isnan([found.value[1], found.residual[1]]).all()


@pytest.mark.parametrize("start", [[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
def test_lanczos_in_an_invariant_space(start):
    diagonal = np.array([1.0, 2.0, -7.0])
    value, residual, _ = top_eigenpairs(
        np, lambda v: v * diagonal, np.array([start]), tolerance=1e-12
    )
    assert value[0] == pytest.approx(1.0 if start[1] == 0 else 2.0)
    assert residual[0] <= 1e-12
