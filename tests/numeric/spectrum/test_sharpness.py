"""Sharpness by the dual Gram matrix, by the whole Hessian and by Lanczos."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.loss import hessian, hessian_by_jets
from numeric.networks import LinearNetwork
from numeric.spectrum import (
    dual_gram,
    hessian_blocks,
    sharpness_anywhere,
    sharpness_at_minimizer,
    sharpness_lanczos,
)

WIDTHS = [(1, 1), (2, 2), (1, 1, 1), (2, 1, 1), (2, 2, 2), (1, 2, 3), (2, 1, 2, 1)]


def minimizer(ar, widths, seed, rank=None):
    """Return an integer network, Σ of the given rank, and the C that makes it a minimizer."""
    rng = np.random.default_rng(seed)
    shapes = [(m, n) for n, m in pairwise(widths)]
    net = LinearNetwork(ar, [ar.matrix(rng.integers(-3, 4, s).tolist()) for s in shapes])
    root = rng.integers(-3, 4, (widths[0], rank or widths[0]))
    sigma = ar.matrix((root @ root.T).tolist())
    return net, sigma, net.end_to_end @ sigma


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("rank", [None, 1])
def test_both_routes_agree_exactly_at_minimizers(widths, rank):
    ar = Rational()
    for seed in range(3):
        net, sigma, cross = minimizer(ar, widths, seed, rank)
        by_dual, by_hessian = (
            sharpness_at_minimizer(net, sigma),
            sharpness_anywhere(net, sigma, cross),
        )
        assert ar.compare(by_dual, by_hessian).sign == 0
        with Balls() as balls:
            assert by_dual in sharpness_at_minimizer(*minimizer(balls, widths, seed, rank)[:2])
            assert by_dual in sharpness_anywhere(*minimizer(balls, widths, seed, rank))


def test_the_dual_gram_formula_is_wrong_away_from_minimizers():
    ar = Rational()
    net, sigma, cross = minimizer(ar, (1, 1, 1), 1)
    away = cross + ar.identity(1)
    assert ar.compare(sharpness_anywhere(net, sigma, away), sharpness_at_minimizer(net, sigma)).sign


def test_sharpness_of_ones_known_by_hand():
    """W = (1, ..., 1) in dimension one has Hessian 2 s J at its minimum: sharpness 2 L s."""
    ar = Rational()
    for depth in range(1, 6):
        net = LinearNetwork(ar, [ar.identity(1)] * depth)
        value = sharpness_at_minimizer(net, ar.matrix([[Fraction(7, 3)]]))
        assert ar.compare(value, Fraction(14 * depth, 3)).sign == 0
        assert dual_gram(net).rows() == [[depth]]


def test_sharpness_is_the_largest_eigenvalue_and_not_the_spectral_radius():
    """W = (1, 1, 1), Σ = 1, C = 7: H = 12 I - 10 J has eigenvalues 12, 12 and -18."""
    ar = Rational()
    one, seven = ar.identity(1), ar.matrix([[7]])
    assert sharpness_anywhere(LinearNetwork(ar, [one] * 3), one, seven) == 12
    net = LinearNetwork(Floating(), [np.eye(1)] * 3)
    value, residual = sharpness_lanczos(net, np.eye(1), np.array([[7.0]]))
    assert abs(value - 12) <= residual + 1e-13
    zero = one - one
    assert sharpness_anywhere(LinearNetwork(ar, [zero] * 2), one, seven) == 14
    assert sharpness_anywhere(LinearNetwork(ar, [zero] * 3), one, seven) == 0


@pytest.mark.parametrize("widths", [*WIDTHS, (4, 5, 5, 2)])
@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_lanczos_is_within_its_residual_and_below_the_top(widths, shift):
    ar = Floating()
    net, sigma, cross = minimizer(ar, widths, 5)
    cross = cross + shift
    spectrum = np.linalg.eigvalsh(hessian(net, sigma, cross))
    value, residual = sharpness_lanczos(net, sigma, cross)
    rounding = 1e-12 * max(1.0, np.abs(spectrum).max())
    assert residual <= 1e-8 * max(1.0, np.abs(spectrum).max())
    assert np.abs(spectrum - value).min() <= residual + rounding
    assert value <= spectrum[-1] + rounding
    assert value >= spectrum[-1] - 1e-6 * max(1.0, spectrum[-1])


def test_a_batch_gives_the_same_as_one_by_one():
    ar = Floating()
    nets, sigmas, _ = zip(*(minimizer(ar, (3, 2, 2), seed) for seed in range(5)), strict=True)
    batch = LinearNetwork(ar, [np.stack(W) for W in zip(*(n.weights for n in nets), strict=True)])
    together = sharpness_at_minimizer(batch, np.stack(sigmas))
    single = [sharpness_at_minimizer(n, s) for n, s in zip(nets, sigmas, strict=True)]
    np.testing.assert_allclose(together, single, rtol=1e-13)


@pytest.mark.parametrize("widths", [(1, 1), (2, 3), (2, 1, 3), (1, 2, 2, 1), (2, 1, 2, 1, 2)])
def test_blocks_make_the_hessian_of_the_loss_exactly(widths):
    ar = Rational()
    net, sigma, cross = minimizer(ar, widths, 2)
    cross = cross + ar.matrix([[i - 2 * j for j in range(widths[0])] for i in range(widths[-1])])
    H = hessian_blocks(net, sigma, cross)
    assert ar.is_zero(H - hessian(net, sigma, cross))
    assert ar.is_zero(H - hessian_by_jets(net, sigma, cross))


@pytest.mark.parametrize("widths", [(1, 2, 2), (3, 2, 1), (2, 2, 2), (3, 3, 2), (4, 2, 3)])
@pytest.mark.parametrize("rank", [None, 1])
def test_a_large_batch_has_the_exact_sharpness(widths, rank):
    ar, exact = Floating(), Rational()
    networks = [minimizer(ar, widths, seed, rank) for seed in range(4)]
    layers = zip(*(net.weights for net, _, _ in networks), strict=True)
    batch = LinearNetwork(ar, [np.tile(np.stack(W), (60, 1, 1)) for W in layers])
    together = sharpness_at_minimizer(batch, np.tile([s for _, s, _ in networks], (60, 1, 1)))
    for seed in range(4):
        value = sharpness_at_minimizer(*minimizer(exact, widths, seed, rank)[:2])
        np.testing.assert_allclose(together[seed::4], float(value), rtol=1e-13)
