"""Extreme Hessian eigenvalues enclosed, against a Hessian that knows no formula of ours."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from numeric.affine import AffineNetwork
from numeric.arithmetic.ball import Ball, Balls
from numeric.networks import LinearNetwork
from numeric.spectrum import enclosed
from numeric.spectrum.enclosed import extreme_eigenvalues, rayleigh_quotient, residual_norm
from tests.exact_hessian import extreme_eigenvalues as exact_extremes
from tests.exact_hessian import second_derivatives


def _case(seed, widths, biased, dtype):
    rng = np.random.default_rng(seed)
    scale = 10.0 ** rng.uniform(-1, 1)
    W = [(scale * rng.standard_normal((m, n))).astype(dtype) for n, m in pairwise(widths)]
    b = [rng.standard_normal(m).astype(dtype) for m in widths[1:]] if biased else []
    X = rng.standard_normal((4, widths[0])).astype(dtype)
    Y = rng.standard_normal((4, widths[-1])).astype(dtype)
    return W, b, X, Y


def _exact(arrays):
    return [[[Fraction(float(v)) for v in row] for row in np.atleast_2d(A)] for A in arrays]


def _enclosed(ar, W, b, X, Y):
    W = [ar.dyadic(A) for A in W]
    X, Y = ar.dyadic(X), ar.dyadic(Y)
    if b:
        X = ar.stack([[X, ar.matrix([[1]] * X.shape[0])]])
        net = AffineNetwork.of(ar, W, [ar.dyadic(v[:, None]) for v in b])
    else:
        net = LinearNetwork(ar, tuple(W))
    n = ar.scalar(Fraction(1, X.shape[0]))
    return net, ar.scale(n, X.mT @ X), ar.scale(n, Y.mT @ X)


SHAPES = ((2, 2, 1), (2, 1, 2), (1, 2, 1, 1), (3, 2, 2), (2, 3), (1, 1, 1, 1, 1))


@pytest.mark.parametrize("route", ["the whole Hessian", "Weyl, from the dual", "Weyl, from norms"])
@pytest.mark.parametrize("seed", range(12))
def test_both_ends_contain_the_eigenvalues_of_the_loss(monkeypatch, seed, route):
    monkeypatch.setattr(enclosed, "WHOLE", 1000 if "whole" in route else 0)
    monkeypatch.setattr(enclosed, "DUAL", 0 if "norms" in route else 1000)
    biased, dtype = seed % 2 == 1, (np.float32, np.float64)[seed // 2 % 2]
    W, b, X, Y = _case(seed, SHAPES[seed % len(SHAPES)], biased, dtype)
    H = second_derivatives(_exact(W), [row[0] for row in _exact(b)], _exact([X])[0], _exact([Y])[0])
    least, largest = exact_extremes(H)
    ar = Balls()
    with ar:
        found = extreme_eigenvalues(ar, *_enclosed(ar, W, b, X, Y))
    assert found.route.startswith(route)
    tolerance = Fraction(1, 10**50) * (1 + abs(largest))  # of the 60 digits
    assert found.largest.lower - tolerance <= largest <= found.largest.upper + tolerance
    assert found.least.lower - tolerance <= least <= found.least.upper + tolerance
    if "whole" in route:
        assert found.largest.upper - found.largest.lower < 1e-12 * abs(largest)
    # the direction is that of the lower bound, whatever the route
    quotient = float(rayleigh_quotient_of(ar, W, b, X, Y, found.direction))
    assert quotient == pytest.approx(float(largest), rel=1e-9)


def rayleigh_quotient_of(ar, W, b, X, Y, direction):
    with ar:
        return rayleigh_quotient(ar, *_enclosed(ar, W, b, X, Y), direction)


def test_the_residual_part_is_bounded_by_norms():
    """Against the exact residual part: the Hessian less that of the same weights at T = P."""
    for seed in range(6):
        W, b, X, Y = _case(seed, (2, 3, 2, 2), seed % 2 == 1, np.float64)
        ar = Balls()
        with ar:
            net, sigma, cross = _enclosed(ar, W, b, X, Y)
            gap = net.end_to_end @ sigma - cross
            whole = enclosed._hessian(net, sigma, cross)
            gram = enclosed._hessian(net, sigma, net.end_to_end @ sigma)
            bound = residual_norm(ar, net, gap)
            norm = ar.singular_max(whole - gram)
        assert norm.lower <= bound.upper
        assert bound.upper < 20 * norm.upper  # and it is not idle


def test_at_a_minimizer_the_dual_gram_matrix_is_sharp():
    rng = np.random.default_rng(5)
    ar = Balls()
    with ar:
        net = LinearNetwork(ar, tuple(ar.dyadic(rng.standard_normal((2, 2))) for _ in range(3)))
        sigma = ar.matrix([[2, 1], [1, 3]])
        found = extreme_eigenvalues(ar, net, sigma, net.end_to_end @ sigma)
        assert found.largest.relative_width < 1e-12
        assert (found.gram_top.lower, found.gram_top.upper) != (0, 0)
        assert found.residual_norm.upper < 1e-20
        assert Ball.of(0) in found.least or found.least.upper < Fraction(1, 10**9)
