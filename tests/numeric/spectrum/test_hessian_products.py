"""The Hessian in few coordinates has the eigenvalues of the whole one, zeros apart."""

from itertools import pairwise

import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.loss import hessian
from numeric.networks import LinearNetwork
from numeric.spectrum.hessian_products import HessianProducts


def problem(widths, kind):
    rng = np.random.default_rng(len(widths))
    layers = [rng.standard_normal((m, n)) for n, m in pairwise(widths)]
    x = rng.standard_normal((4 * widths[0], widths[0]))
    sigma = x.T @ x / len(x)
    cross = rng.standard_normal((widths[-1], widths[0]))
    if kind == "last layer zero":  # A_k = 0 for all but the last layer
        layers[-1] *= 0
    net = LinearNetwork(Floating(), tuple(layers))
    if kind == "minimizer":  # F_k = 0
        cross = net.end_to_end @ sigma
    return net, sigma, cross


@pytest.mark.parametrize("kind", ["anywhere", "minimizer", "last layer zero"])
@pytest.mark.parametrize("widths", [(6, 1), (6, 5, 1), (7, 6, 8, 5, 1), (4, 2, 5, 1), (9, 8, 9, 2)])
def test_eigenvalues_and_symmetry(widths, kind):
    net, sigma, cross = problem(widths, kind)
    H = HessianProducts(net, sigma, cross)
    matrix = np.stack([H(e) for e in np.eye(H.size)])
    scale = max(1.0, np.abs(matrix).max())
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-12 * scale)
    whole = np.linalg.eigvalsh(np.asarray(hessian(net, sigma, cross)))
    few = np.linalg.eigvalsh(matrix)
    rest = [np.sort(v)[np.abs(np.sort(v)) > 1e-9 * scale] for v in (whole, few)]
    np.testing.assert_allclose(*rest, rtol=1e-8)


def test_one_output_takes_the_lighter_sweep_and_others_do_not():
    for widths, lighter in (((7, 6, 8, 1), True), ((7, 6, 8, 2), False), ((4, 1, 4, 1), False)):
        net, sigma, cross = problem(widths, "anywhere")
        assert (HessianProducts(net, sigma, cross)._sweep is not None) is lighter


def test_in_float32():
    net, sigma, cross = problem((7, 6, 8, 1), "anywhere")
    H, cheap = (HessianProducts(net, sigma, cross, t) for t in (np.float64, np.float32))
    v = np.random.default_rng(0).standard_normal(H.size)
    image = cheap(v.astype(np.float32))
    assert image.dtype == np.float32
    assert np.linalg.norm(image - H(v)) < 1e-5 * np.linalg.norm(H(v))
