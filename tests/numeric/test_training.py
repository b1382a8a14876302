"""Training: how a descent ends, what a flow conserves, and the step to an exact minimizer."""

from fractions import Fraction
from itertools import pairwise

import array_api_strict
import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational
from numeric.loss import gradient
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import (
    CONVERGED,
    DIVERGED,
    STALLED,
    dyadic,
    gradient_descent,
    gradient_flow,
    nearest_minimizer,
)

SIGMA, TARGET = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([[1.0, -0.5]])
CROSS = TARGET @ SIGMA


def starts(batch, seed=0, widths=(2, 3, 1)):
    """Return layers of shape (batch, d_{k+1}, d_k) near a minimizer of the problem above."""
    rng = np.random.default_rng(seed)
    shapes = [(batch, m, n) for n, m in pairwise(widths)]
    return [rng.uniform(0.3, 0.8, shape) for shape in shapes]


def gradient_norm(weights):
    slopes = gradient(LinearNetwork(Floating(), weights), SIGMA, CROSS)
    return np.sqrt(sum(np.sum(g**2, axis=(1, 2)) for g in slopes))


def test_a_descent_converges_diverges_or_stalls():
    weights = starts(4)
    trained = gradient_descent(weights, SIGMA, CROSS, 0.05, steps=4000)
    assert trained.status.tolist() == [CONVERGED] * 4
    assert trained.gradient_norm.max() <= 1e-12
    assert trained.steps < 4000
    sharpness = sharpness_at_minimizer(LinearNetwork(Floating(), trained.weights), SIGMA)

    # beside the minimizer just reached, a step size beyond 2 / sharpness moves away from it
    nearby = [W + 1e-4 for W in trained.weights]
    factors = (0.5, 0.99, 1.05, 30.0)
    rates = np.array(factors) * 2 / sharpness
    again = gradient_descent(nearby, SIGMA, CROSS, rates, steps=20)
    first = gradient_norm(nearby)
    assert again.status.tolist() == [STALLED, STALLED, STALLED, DIVERGED]
    assert (again.gradient_norm[:2] < first[:2]).all()
    assert again.gradient_norm[2] > first[2]
    assert again.steps == 20


def test_a_stable_step_size_reaches_minimizers_it_is_stable_at():
    rates = np.array([0.02, 0.05, 0.1])
    trained = gradient_descent(starts(3, seed=2), SIGMA, CROSS, rates, steps=20000)
    sharpness = sharpness_at_minimizer(LinearNetwork(Floating(), trained.weights), SIGMA)
    converged = trained.status == CONVERGED
    assert converged.any()
    assert (sharpness[converged] <= 2 / rates[converged] * (1 + 1e-9)).all()


def test_the_report_belongs_to_the_weights_returned():
    for steps in (0, 1, 7):
        end = gradient_descent(starts(3), SIGMA, CROSS, 0.05, steps=steps)
        np.testing.assert_allclose(end.gradient_norm, gradient_norm(end.weights), rtol=1e-14)
        assert (end.status == STALLED).all()
        assert end.steps == steps


def test_divergence_is_frozen_and_silent():
    layers = [np.full((1, 3, 3), 50.0)] * 6
    end = gradient_descent(layers, np.eye(3), np.eye(3), 1.0, steps=100)
    assert end.status.tolist() == [DIVERGED]
    assert end.steps == 1


@pytest.mark.parametrize("xp", [None, array_api_strict], ids=["numpy", "strict"])
def test_a_batch_gives_the_same_as_one_by_one(xp):
    weights, ar = starts(5, seed=1), Floating(xp)
    rates = np.array([0.01, 0.03, 0.05, 3.0, 0.1])
    options = {"steps": 300, "tolerance": 1e-9}
    batch = gradient_descent(
        [ar.matrix(W) for W in weights], ar.matrix(SIGMA), ar.matrix(CROSS),
        ar.scalar(rates), xp=xp, **options,
    )  # fmt: skip
    for i, rate in enumerate(rates.tolist()):
        alone = gradient_descent([W[i : i + 1] for W in weights], SIGMA, CROSS, rate, **options)
        assert ar.to_numpy(batch.status)[i] == alone.status[0]
        for W, V in zip(batch.weights, alone.weights, strict=True):
            np.testing.assert_allclose(ar.to_numpy(W)[i], V[0], rtol=1e-9)


@pytest.mark.parametrize("method", ["DOP853", "Radau"])
def test_a_flow_conserves_the_imbalance(method):
    weights = [W[0] for W in starts(1, widths=(2, 2, 2, 1))]
    end = gradient_flow(weights, SIGMA, CROSS, method=method, rtol=1e-10)
    assert end.status == "converged"
    assert end.gradient_norm <= 1.01e-9
    assert end.drift <= 1e-8
    net = LinearNetwork(Floating(), end.weights)
    np.testing.assert_allclose(net.end_to_end, TARGET, atol=1e-8)
    before = LinearNetwork(Floating(), weights).imbalances
    for D, D_0 in zip(net.imbalances, before, strict=True):
        np.testing.assert_allclose(D, D_0, atol=1e-8)


def test_both_integrators_end_at_the_same_minimizer():
    weights = [W[0] for W in starts(1, seed=3, widths=(2, 2, 1))]
    ends = [
        gradient_flow(weights, SIGMA, CROSS, method=method, rtol=1e-10).weights
        for method in ("DOP853", "Radau")
    ]
    for W, V in zip(*ends, strict=True):
        np.testing.assert_allclose(W, V, atol=1e-7)


def test_a_flow_says_how_it_ended():
    weights = [W[0] for W in starts(1)]
    early = gradient_flow(weights, SIGMA, CROSS, time=0.1)
    assert (early.status, early.time) == ("out of time", 0.1)
    rest = gradient_flow([0 * W for W in weights], SIGMA, CROSS, time=1.0)
    assert (rest.status, rest.gradient_norm, rest.drift) == ("converged", 0.0, 0.0)
    single = gradient_flow([np.zeros((1, 2))], SIGMA, CROSS)
    assert single.drift == 0.0
    np.testing.assert_allclose(single.weights[0], TARGET, atol=1e-8)


@pytest.mark.parametrize("widths", [(2, 3, 1), (2, 2, 2, 1), (2, 1, 1), (2, 4, 3, 3, 1)])
def test_a_trained_network_has_an_exact_minimizer_beside_it(widths):
    ar = Rational()
    trained = gradient_descent(starts(1, widths=widths), SIGMA, CROSS, 0.02, steps=20000)
    assert trained.status.tolist() == [CONVERGED]
    weights = [ar.matrix(dyadic(W[0])) for W in trained.weights]
    moved, distance_sq = nearest_minimizer(ar, weights, ar.matrix(dyadic(TARGET)))
    exact = LinearNetwork(ar, moved)
    assert ar.is_zero(exact.end_to_end - ar.matrix(dyadic(TARGET)))
    assert 0 < float(distance_sq) < 1e-22
    changes = [ar.frobenius_sq(M - W) for M, W in zip(moved, weights, strict=True)]
    assert sum(changes) == distance_sq


def test_the_last_layer_is_corrected_where_the_first_cannot_be():
    """1 -> 1 -> 2: A_1 has one column, so two outputs are reached through W_2 alone."""
    ar = Rational()
    weights = [ar.matrix([[2]]), ar.matrix([[1], [1]])]
    moved, distance_sq = nearest_minimizer(ar, weights, ar.matrix([[2], [3]]))
    assert moved[0].rows() == weights[0].rows()
    assert ar.is_zero(moved[1] - ar.matrix([[1], [Fraction(3, 2)]]))
    assert ar.compare(distance_sq, Fraction(1, 4)).sign == 0


@pytest.mark.parametrize(
    "weights", [([[0]], [[0]]), ([[1, 0]], [[1], [0]])], ids=["zero", "narrow"]
)
def test_no_exact_minimizer_by_one_layer(weights):
    """At zero neither end carries a signal; width one cannot represent a target of rank two."""
    ar = Rational()
    target = ar.identity(len(weights[1]))
    with pytest.raises(NotExact, match="neither the first nor the last layer"):
        nearest_minimizer(ar, [ar.matrix(W) for W in weights], target)


def test_dyadic_is_exact():
    assert dyadic(np.array([[0.1, -2.0]])) == [[Fraction(0.1), Fraction(-2)]]
    assert dyadic([[0.5]]) == [[Fraction(1, 2)]]


def test_a_flow_keeps_frozen_layers_and_stores_its_path():
    start = [np.array([[0.5]]), np.array([[1.0]])]
    flow = gradient_flow(start, np.eye(1), np.array([[2.0]]), frozen=1)
    assert flow.status == "converged"
    assert float(flow.weights[1][0, 0]) == 1.0
    assert float(flow.weights[0][0, 0]) == pytest.approx(2.0, abs=1e-8)
    assert flow.path[0].shape == (len(flow.times), 1, 1)
    assert float(flow.path[0][0, 0, 0]) == 0.5
