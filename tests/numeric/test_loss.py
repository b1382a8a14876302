"""The loss and its derivatives: closed forms against hyper-dual numbers and differences."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.arithmetic.symbolic import Symbolic
from numeric.loss import excess, gradient, hessian, hessian_by_jets, hvp, residual
from numeric.networks import LinearNetwork

WIDTHS = [(1, 1), (2, 3), (1, 1, 1), (2, 2, 1), (3, 2, 2), (2, 1, 3, 1), (1, 2, 1, 2, 1)]


def instance(widths, seed):
    """Return the rational layers, Σ ⪰ 0 and C of arbitrary weights and target."""
    rng = np.random.default_rng(seed)

    def rows(m, n):
        return [
            [Fraction(p, q) for p, q in r]
            for r in rng.integers((-7, 1), (8, 6), (m, n, 2)).tolist()
        ]

    layers = [rows(m, n) for n, m in pairwise(widths)]
    root = Rational().matrix(rows(widths[0], widths[0] + 1))
    sigma = [[Fraction(int(x.p), int(x.q)) for x in row] for row in (root @ root.mT).rows()]
    return layers, sigma, rows(widths[-1], widths[0])


def problem(ar, widths, seed):
    layers, sigma, cross = instance(widths, seed)
    return LinearNetwork(ar, [ar.matrix(W) for W in layers]), ar.matrix(sigma), ar.matrix(cross)


def flat(ar, matrices):
    """Return all entries, layer by layer and row by row."""
    return [
        ar.entry(M, i, j) for M in matrices for i in range(M.shape[-2]) for j in range(M.shape[-1])
    ]


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("seed", [0, 1])
def test_hessian_equals_the_one_by_jets_exactly(widths, seed):
    ar = Rational()
    net, sigma, cross = problem(ar, widths, seed)
    H = hessian(net, sigma, cross)
    assert H.shape == (net.parameters, net.parameters)
    assert ar.is_zero(H - H.mT)
    assert ar.is_zero(H - hessian_by_jets(net, sigma, cross))


@pytest.mark.parametrize("widths", WIDTHS)
def test_gradient_and_hessian_are_those_of_the_polynomial(widths):
    """Along a line R is a polynomial: its first two derivatives by exact interpolation."""
    ar = Rational()
    net, sigma, cross = problem(ar, widths, 2)
    direction = [ar.matrix(W) for W in instance(widths, 3)[0]]
    degree = 2 * net.depth
    nodes = range(-net.depth, net.depth + 1)
    values = [excess(net.shifted([ar.scale(t, D) for D in direction]), sigma, cross) for t in nodes]
    powers = ar.inverse(ar.matrix([[t**k for k in range(degree + 1)] for t in nodes]))
    coefficients = powers @ ar.matrix([[v] for v in values])
    slope = sum(
        ar.trace(G.mT @ D) for G, D in zip(gradient(net, sigma, cross), direction, strict=True)
    )
    image = hvp(net, sigma, cross, direction)
    curvature = sum(ar.trace(M.mT @ D) for M, D in zip(image, direction, strict=True))
    assert slope == ar.entry(coefficients, 1, 0)
    assert curvature == 2 * ar.entry(coefficients, 2, 0)


@pytest.mark.parametrize("widths", WIDTHS)
def test_floats_agree_with_finite_differences(widths):
    ar, h = Floating(), 1e-4
    net, sigma, cross = problem(ar, widths, 4)
    n = net.parameters
    splits = np.cumsum([W.size for W in net.weights])[:-1]

    def moved(step):
        parts = np.split(step, splits)
        return net.shifted([p.reshape(W.shape) for p, W in zip(parts, net.weights, strict=True)])

    def slopes(step):
        return np.array(flat(ar, gradient(moved(step), sigma, cross)))

    size = 1 + abs(excess(net, sigma, cross))
    central = [
        (excess(moved(h * e), sigma, cross) - excess(moved(-h * e), sigma, cross)) / (2 * h)
        for e in np.eye(n)
    ]
    np.testing.assert_allclose(slopes(np.zeros(n)), central, rtol=1e-5, atol=1e-5 * size)
    rows = [(slopes(h * e) - slopes(-h * e)) / (2 * h) for e in np.eye(n)]
    for H in (hessian(net, sigma, cross), hessian_by_jets(net, sigma, cross)):
        np.testing.assert_allclose(H, rows, rtol=1e-5, atol=1e-5 * size)


def test_balls_enclose_and_symbols_reproduce_the_exact_hessian():
    exact = flat(Rational(), [hessian(*problem(Rational(), (2, 2, 1), 5))])
    with Balls() as ar:
        balls = flat(ar, [hessian(*problem(ar, (2, 2, 1), 5))])
        assert all(x in ball for x, ball in zip(exact, balls, strict=True))
        assert all(b.relative_width < 1e-30 for x, b in zip(exact, balls, strict=True) if x)
    symbolic = flat(Symbolic(), [hessian(*problem(Symbolic(), (2, 2, 1), 5))])
    assert [Fraction(int(x.p), int(x.q)) for x in exact] == [Fraction(str(x)) for x in symbolic]


def test_a_batch_gives_the_same_as_one_by_one():
    ar = Floating()
    problems = [problem(ar, (2, 3, 1), seed) for seed in range(4)]
    nets, sigmas, crosses = zip(*problems, strict=True)
    layers = [np.stack(W) for W in zip(*(net.weights for net in nets), strict=True)]
    batch = LinearNetwork(ar, layers), np.stack(sigmas), np.stack(crosses)
    for i, single in enumerate(problems):
        np.testing.assert_allclose(excess(*batch)[i], excess(*single), rtol=1e-12)
        np.testing.assert_allclose(hessian(*batch)[i], hessian(*single), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(
            hessian_by_jets(*batch)[i], hessian(*single), rtol=1e-11, atol=1e-11
        )


def test_the_loss_is_the_mean_of_squared_errors():
    rng, ar = np.random.default_rng(6), Floating()
    x, y = rng.standard_normal((20, 2)), rng.standard_normal((20, 3))
    net = LinearNetwork(ar, [rng.standard_normal((2, 2)), rng.standard_normal((3, 2))])
    errors = y - x @ net.end_to_end.T
    mean = np.mean(np.sum(errors**2, axis=1))
    sigma, cross, constant = x.T @ x / 20, y.T @ x / 20, np.mean(np.sum(y**2, axis=1))
    assert np.isclose(excess(net, sigma, cross) + constant, mean, rtol=1e-13)
    np.testing.assert_allclose(residual(net, sigma, cross), -errors.T @ x / 20, atol=1e-13)
