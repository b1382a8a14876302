"""Nonlinear networks: the backward pass is the derivative of the forward pass."""

import numpy as np
import pytest

from numeric.nonlinear import ACTIVATIONS, gelu, network_gradient, train_network


@pytest.fixture
def problem():
    rng = np.random.default_rng(5)
    weights = [rng.standard_normal((2, 4, 3)), rng.standard_normal((2, 5, 4)),
               rng.standard_normal((2, 2, 5))]  # fmt: skip
    return weights, rng.standard_normal((3, 7)), rng.standard_normal((2, 7))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradient_is_the_derivative_of_the_loss(name, problem):
    weights, x, y = problem
    _, gradients = network_gradient(ACTIVATIONS[name], weights, x, y)
    for k, gradient in enumerate(gradients):
        direction = np.random.default_rng(k).standard_normal(gradient.shape)
        h = 1e-6
        up, down = ([W + s * h * direction if i == k else W for i, W in enumerate(weights)]
                    for s in (1, -1))  # fmt: skip
        slope = (network_gradient(ACTIVATIONS[name], up, x, y)[0]
                 - network_gradient(ACTIVATIONS[name], down, x, y)[0]) / (2 * h)  # fmt: skip
        # central differences: O(h²) plus rounding 1e-16/h
        assert slope == pytest.approx((gradient * direction).sum((-2, -1)), rel=1e-6)


def test_networks_of_a_batch_train_as_they_would_alone(problem):
    weights, x, y = problem
    together, loss = train_network(ACTIVATIONS["GELU"], weights, x, y, step_size=0.01, steps=5)
    alone, own = train_network(
        ACTIVATIONS["GELU"], [W[1:] for W in weights], x, y, step_size=0.01, steps=5
    )
    assert loss[1:] == pytest.approx(own, rel=1e-12)
    assert all(np.allclose(a[1:], b, rtol=1e-12) for a, b in zip(together, alone, strict=True))


@pytest.mark.parametrize("scale", [0.3, 1.0, 30.0])
def test_compiled_training_agrees_with_plain(scale, problem):
    pytest.importorskip("numba", reason="the compiled path needs numba")
    weights, x, y = problem
    weights = [scale * W for W in weights]
    own, loss = train_network(gelu, weights, x, y, step_size=1e-3 / scale**6, steps=20)
    plain, other = train_network(
        gelu, weights, x, y, step_size=1e-3 / scale**6, steps=20, fast=False
    )
    assert np.isfinite(loss).all()
    assert loss == pytest.approx(other, rel=1e-11)
    for A, B in zip(own, plain, strict=True):
        np.testing.assert_allclose(A, B, rtol=1e-11, atol=1e-13)


def test_compiled_training_leaves_its_start_alone_and_says_what_diverged(problem):
    pytest.importorskip("numba", reason="the compiled path needs numba")
    weights, x, y = problem
    before = [W.copy() for W in weights]
    weights[0][1] *= 1e3
    before[0][1] *= 1e3
    found, loss = train_network(gelu, weights, x, y, step_size=0.01, steps=30)
    assert not np.isfinite(loss[1])
    assert not np.isfinite(found[0][1]).all()
    for W, kept in zip(weights, before, strict=True):
        np.testing.assert_array_equal(W, kept)


def test_networks_of_one_layer_train_compiled_too():
    pytest.importorskip("numba", reason="the compiled path needs numba")
    rng = np.random.default_rng(3)
    weights, x, y = [rng.standard_normal((2, 1, 3))], rng.standard_normal((3, 8)), np.ones((1, 8))
    own, plain = (
        train_network(gelu, weights, x, y, step_size=0.05, steps=9, fast=fast)[0][0]
        for fast in (True, False)
    )
    np.testing.assert_allclose(own, plain, rtol=1e-12)
