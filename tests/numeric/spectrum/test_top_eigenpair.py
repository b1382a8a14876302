"""The largest eigenvalue by few products: equal to the dense one, at any weights."""

from itertools import pairwise

import numpy as np
import pytest

from numeric import spectrum
from numeric.arithmetic.floating import Floating
from numeric.loss import hvp
from numeric.networks import LinearNetwork
from numeric.spectrum import hessian_blocks, sharpness_lanczos
from numeric.spectrum.hessian_products import HessianProducts
from numeric.spectrum.top_eigenpair import top_eigenpair

WIDTHS = [(1, 1), (3, 2), (6, 1), (2, 5, 1), (8, 8, 8, 8, 1), (9, 7, 8, 2), (5, 6, 7, 6), (3, 9, 9)]


def somewhere(widths, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    layers = [scale * rng.standard_normal((m, n)) / np.sqrt(n) for n, m in pairwise(widths)]
    root = rng.standard_normal((widths[0], 2 * widths[0]))
    cross = rng.standard_normal((widths[-1], widths[0]))
    return LinearNetwork(Floating(), layers), root @ root.T / root.shape[1], cross


def dense(problem):
    return np.linalg.eigvalsh(hessian_blocks(*problem))


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("scale", [0.1, 1.0])
@pytest.mark.parametrize("single", [False, True])
def test_it_is_the_largest_eigenvalue_of_the_whole_hessian(widths, scale, single, monkeypatch):
    if single:
        monkeypatch.setattr(spectrum, "_SINGLE", 0)
    problem = somewhere(widths, 1, scale)
    values = dense(problem)
    norm = max(values[-1], -values[0])
    value, residual = sharpness_lanczos(*problem)
    assert abs(value - values[-1]) <= 1e-10 * norm
    assert residual <= 1e-8 * norm


def test_products_are_those_of_the_closed_form_when_nothing_is_shortened():
    net, sigma, cross = somewhere((4, 3, 5, 4))
    H = HessianProducts(net, sigma, cross)
    assert H.size == net.parameters
    v = np.random.default_rng(2).standard_normal(H.size)
    parts = np.split(v, np.cumsum([W.size for W in net.weights])[:-1])
    direction = [p.reshape(W.shape) for p, W in zip(parts, net.weights, strict=True)]
    image = np.concatenate([M.ravel() for M in hvp(net, sigma, cross, direction)])
    np.testing.assert_allclose(H(v), image, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("widths", [(8, 8, 8, 1), (9, 8, 10, 2)])
def test_the_coordinates_of_few_outputs_keep_the_non_zero_spectrum(widths):
    problem = somewhere(widths)
    H = HessianProducts(*problem)
    assert H.size < problem[0].parameters
    few = np.column_stack([H(e) for e in np.eye(H.size)])
    np.testing.assert_allclose(few, few.T, atol=1e-12)
    some, every = (v[np.abs(v) > 1e-10] for v in (np.linalg.eigvalsh(few), dense(problem)))
    np.testing.assert_allclose(some, every, rtol=1e-9, atol=1e-10)


def test_a_layer_of_zeros():
    net, sigma, cross = somewhere((9, 9, 9, 1))
    for gone in range(3):
        layers = [0 * W if k == gone else W for k, W in enumerate(net.weights)]
        problem = LinearNetwork(net.arithmetic, layers), sigma, cross
        assert sharpness_lanczos(*problem)[0] == pytest.approx(dense(problem)[-1], rel=1e-10)
    problem = LinearNetwork(net.arithmetic, [0 * W for W in net.weights]), sigma, cross
    assert sharpness_lanczos(*problem) == (0, 0)


@pytest.mark.parametrize("depth", [3, 30])
def test_the_largest_is_not_the_largest_in_absolute_value(depth):
    """W = (1, ..., 1), Σ = 1, C = 7: H = 12 I - 10 J, and 12 has multiplicity L - 1."""
    one = np.eye(1)
    value, residual = sharpness_lanczos(LinearNetwork(Floating(), [one] * depth), one, 7 * one)
    assert value == pytest.approx(12, rel=1e-10)
    assert residual <= 1e-8 * (10 * depth - 12)


def diagonal(values):
    d = np.asarray(values, dtype=np.float64)
    return (lambda v: (d * v).astype(v.dtype)), d.size


SPECTRA = {
    "separated": [*np.linspace(-3, 1, 200), 1.5],
    "double": [*np.linspace(-3, 1, 200), 1.5, 1.5],
    "inseparable in float32": [*np.linspace(-3, 1, 200), 1.5, 1.5 - 1e-9],
    "dense at the edge": np.linspace(-1, 1, 400),
    "negative": np.linspace(-5, -1, 100),
    "constant": np.full(50, 3.0),
    "one large": [1e8, *np.linspace(0, 1, 50)],
    "beyond float32": [1e50, *np.linspace(0, 1e49, 50)],
}


@pytest.mark.parametrize("name", SPECTRA)
@pytest.mark.parametrize("single", [False, True])
def test_spectra(name, single):
    apply, size = diagonal(SPECTRA[name])
    top, norm = np.max(SPECTRA[name]), np.abs(SPECTRA[name]).max()
    cheap = apply if single else None
    value, residual, x = top_eigenpair(apply, size, cheap=cheap, tolerance=1e-9)
    assert abs(value - top) <= (2e-9 if "inseparable" in name else 1e-10) * norm
    assert residual <= 1e-9 * norm
    assert value <= top + 1e-13 * norm
    assert np.linalg.norm(x) == pytest.approx(1)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-20, 1e-12, 1e30, 1e160, 1e300])
@pytest.mark.parametrize("size", [5, 60])
@pytest.mark.parametrize("single", [False, True])
def test_operators_of_any_size_keep_the_tolerance(scale, size, single):
    apply, _ = diagonal(np.sqrt(np.linspace(0, 1, size)))

    def scaled(v):
        return (apply(v) * scale).astype(v.dtype)

    value, residual, _ = top_eigenpair(
        scaled, size, cheap=scaled if single else None, tolerance=1e-8
    )
    assert value == pytest.approx(scale, rel=1e-14)
    assert residual <= 1e-8 * scale


@pytest.mark.parametrize("size", [3, 50])
def test_what_is_not_finite_is_an_error(size):
    for factor in (np.nan, np.inf):
        with pytest.raises(ArithmeticError, match="not finite"):
            top_eigenpair(lambda v, factor=factor: v * factor, size, tolerance=1e-9)
    with pytest.raises(ArithmeticError, match="not finite"):  # of some vectors only
        top_eigenpair(lambda v: np.where(np.abs(v).max() == 1, np.nan, v), 3, tolerance=1e-9)


def test_a_tolerance_that_cannot_be_kept_is_an_error():
    apply, size = diagonal(np.sqrt(np.linspace(0, 1, 50)) + np.pi)
    with pytest.raises(ArithmeticError, match="stays above"):
        top_eigenpair(apply, size, tolerance=1e-40)


def test_nothing_is_known_of_an_operator_that_vanishes():
    value, residual, x = top_eigenpair(np.zeros_like, 50, tolerance=1e-9)
    assert (value, residual, np.linalg.norm(x)) == (0, 0, 1)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("widths", [(1, 1), (1, 1, 1), (3, 3, 3), (5, 5, 5)])
def test_weights_and_data_that_are_not_finite_are_an_error(widths, bad):
    for place in range(len(widths) + 1):
        net, sigma, cross = somewhere(widths)
        (*net.weights, sigma, cross)[place][0, 0] = bad
        with pytest.raises(ArithmeticError, match="not finite"):
            sharpness_lanczos(net, sigma, cross)
