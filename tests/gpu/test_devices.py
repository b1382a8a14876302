"""What runs on the float path gives the same on a device as in NumPy.

`pytest -m gpu` runs this on CuPy; otherwise array-api-strict stands in for it.
"""

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.gain_dual import float_optimum
from numeric.loss import gradient
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_anywhere, sharpness_at_minimizer
from numeric.spectrum.bulk import bulk_sharpness
from numeric.training import descend, gradient_descent
from verify.registry import theorems
from verify.search.batches import evaluate

HOST = Floating()
LANES = 250
"""Enough that small matrices take the path of many."""


def symmetric(rng, n, lanes=LANES):
    factor = rng.standard_normal((lanes, n, n))
    return factor @ factor.mT


def layers(rng, *widths, lanes=LANES):
    return [rng.standard_normal((lanes, n, m)) / 2 for m, n in pairwise(widths)]


def both(device, operation, *arrays):
    """Return what an operation gives on the device and on the host, as NumPy arrays."""
    found = operation(device, *map(device.matrix, arrays))
    expected = operation(HOST, *map(HOST.matrix, arrays))
    if not isinstance(found, tuple):
        found, expected = (found,), (expected,)
    return [device.to_numpy(x) for x in found], list(expected)


def compare(device, operation, *arrays, rtol=1e-11):
    for x, y in zip(*both(device, operation, *arrays), strict=True):
        np.testing.assert_allclose(x, y, rtol=rtol, atol=1e-13)


@pytest.mark.parametrize("lanes", [3, LANES], ids=["few", "many"])
@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize(
    "operation",
    [
        lambda ar, A, B: ar.eig_max(A),
        lambda ar, A, B: ar.eig_max(A, B),
        lambda ar, A, B: ar.singular_max(A @ B),
        lambda ar, A, B: ar.kron(A, B),
        lambda ar, A, B: ar.inverse(A + ar.identity(A.shape[-1])),
        lambda ar, A, B: ar.factor(A) @ ar.factor(A).mT,
        lambda ar, A, B: ar.stack([[A, B], [B, A]]),
    ],
    ids=["eig_max", "eig_max of a product", "singular_max", "kron", "inverse", "factor", "stack"],
)
def test_operations(operation, n, lanes, device):
    rng = np.random.default_rng(n)
    compare(device, operation, symmetric(rng, n, lanes), symmetric(rng, n, lanes))


@pytest.mark.parametrize("n", [2, 3, 4])
def test_the_gain(n, device):
    rng = np.random.default_rng(n)
    data, target = symmetric(rng, n), rng.standard_normal((LANES, 2, n))
    (c, g), (c_host, g_host) = both(
        device, lambda ar, S, T: float_optimum(ar, S, T, 1 / 3), data, target
    )
    np.testing.assert_allclose(g, g_host, rtol=1e-12)
    np.testing.assert_allclose(c, c_host, rtol=1e-5)  # the place of a minimum has half the digits


def test_the_sharpness_at_minimizers_and_elsewhere(device):
    rng = np.random.default_rng(0)

    def sharpness(ar, sigma, cross, *weights):
        net = LinearNetwork(ar, weights)
        return sharpness_at_minimizer(net, sigma), sharpness_anywhere(net, sigma, cross)

    cross = rng.standard_normal((LANES, 2, 3))
    compare(device, sharpness, symmetric(rng, 3), cross, *layers(rng, 3, 2, 2))


@pytest.mark.parametrize("frozen", [False, True])
def test_the_sharpness_in_bulk(frozen, device):
    rng = np.random.default_rng(1)

    def sharpness(ar, sigma, cross, *weights):
        found = bulk_sharpness(
            weights, sigma, cross, frozen_output=frozen, tolerance=1e-6, fast=False, xp=ar.xp
        )
        return found.value, found.residual / found.value < 1e-6

    cross = rng.standard_normal((LANES, 2, 3))
    data = symmetric(rng, 3), cross, *layers(rng, 3, 2, 2)
    (value, small), (expected, _) = both(device, sharpness, *data)
    np.testing.assert_allclose(value, expected, rtol=1e-11)
    assert small.all()


@pytest.mark.parametrize("widths", [(3, 1), (3, 2, 1), (2, 3, 3, 2)])
def test_training(widths, device):
    rng = np.random.default_rng(len(widths))
    rates = np.linspace(0.001, 2, LANES)  # from slow to diverging

    def train(ar, sigma, cross, *weights):
        end = gradient_descent(
            weights, sigma, cross, ar.scalar(rates), steps=40, tolerance=1e-3, fast=False, xp=ar.xp
        )
        return end.status, end.gradient_norm, *end.weights

    sigma, cross = symmetric(rng, widths[0], 1)[0], rng.standard_normal((widths[-1], widths[0]))
    found, expected = both(device, train, sigma, cross, *layers(rng, *widths))
    np.testing.assert_array_equal(found[0], expected[0])
    assert len(np.unique(found[0])) > 1
    sane = np.abs(expected[1]) < 1e3  # what diverges takes rounding along
    for x, y in zip(found[1:], expected[1:], strict=True):
        np.testing.assert_allclose(x[sane], y[sane], rtol=1e-6, atol=1e-9)


def test_training_on_any_loss(device):
    rng = np.random.default_rng(5)

    def train(ar, sigma, cross, *weights):
        def slopes(moved):
            return gradient(LinearNetwork(ar, moved), sigma, cross)

        return descend(weights, slopes, 0.01, steps=20, xp=ar.xp).weights

    cross = rng.standard_normal((2, 3))
    compare(device, train, symmetric(rng, 3, 1)[0], cross, *layers(rng, 3, 2, 2))


def by_setting():
    """Return the claims of each setting that theorems and conjectures speak of."""
    claims = defaultdict(list)
    for theorem in theorems().values():
        for claim in theorem.claims:
            claims[claim.setting.name].append(claim)
    return claims


@pytest.mark.parametrize("claims", [pytest.param(v, id=k) for k, v in by_setting().items()])
def test_margins_of_the_search(claims, backend):
    for claim in claims:
        found = evaluate(claim, 3, LANES, backend=backend).slacks
        expected = evaluate(claim, 3, LANES).slacks
        np.testing.assert_array_equal(np.isfinite(found), np.isfinite(expected))
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)
