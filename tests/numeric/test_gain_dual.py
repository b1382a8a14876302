"""Batches of gains: as good as single ones, to the last digits where eigenvalues cross."""

import array_api_strict
import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.gain_dual import float_optimum, minimised

LANES = 400


def crossing(rng, n):
    """Σ and KTᵀTK commute and all eigenvalues of the dual meet: c and g are known."""
    d = np.sort(rng.uniform(0.1, 1, (LANES, n)))
    Q, U = (np.linalg.qr(rng.standard_normal((LANES, n, n)))[0] for _ in range(2))
    m = d[:, :1] + d[:, -1:] - d  # (c d + m/c)/2 is constant at c = 1
    root = Q * np.sqrt(d)[:, None, :]
    target = U * np.sqrt(m / d)[:, None, :] @ Q.mT
    return root @ root.mT, target, (d[:, 0] + d[:, -1]) / 2


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("xp", [None, array_api_strict], ids=["numpy", "strict"])
def test_the_optimum_where_eigenvalues_cross(n, xp):
    ar = Floating(xp)
    sigma, target, gain = crossing(np.random.default_rng(n), n)
    c, g = (ar.to_numpy(x) for x in float_optimum(ar, ar.matrix(sigma), ar.matrix(target), 0.5))
    spread = np.linalg.eigvalsh(sigma)
    apart = spread[:, -1] - spread[:, 0] > 0.1
    np.testing.assert_allclose(g, gain, rtol=1e-13)
    np.testing.assert_allclose(c[apart], 1, rtol=1e-11)


@pytest.mark.parametrize(("n", "outputs", "rank"), [(1, 1, 1), (2, 1, 2), (3, 1, 3), (3, 3, 2),
                                                    (3, 2, 1), (4, 2, 4), (2, 4, 2)])  # fmt: skip
@pytest.mark.parametrize("weight", [0.05, 1 / 3, 0.5, 0.9])
def test_large_batches_and_single_gains_agree(n, outputs, rank, weight):
    rng, ar = np.random.default_rng(rank), Floating()
    R, T = rng.standard_normal((LANES, n, rank)), rng.standard_normal((LANES, outputs, n))
    R *= 10 ** rng.uniform(-3, 3, (LANES, 1, 1))
    sigma = R @ R.mT
    _, g = float_optimum(ar, sigma, T, weight)
    single = [float_optimum(ar, *pair, weight) for pair in zip(sigma, T, strict=True)]
    if rank == n:  # otherwise the noise in R @ R.mT tells them apart
        np.testing.assert_allclose(g, [value for _, value in single], rtol=1e-11)
    # no vector gains more, and the best of many comes near
    z = rng.standard_normal((rank, 3000))
    z /= np.linalg.norm(z, axis=0)
    p, q = (np.sum((M @ z) ** 2, axis=-2) for M in (R, T @ R))
    best = (p**weight * q ** (1 - weight)).max(axis=-1)
    assert np.all(best <= g * (1 + 1e-9))
    assert np.all(best >= g * (0.8 if rank > 2 else 0.98))


def test_data_may_be_shared_by_all_targets():
    rng, ar = np.random.default_rng(3), Floating()
    T = rng.standard_normal((300, 2, 3))
    c, g = float_optimum(ar, np.eye(3), T, 0.25)
    norms = np.linalg.norm(T, ord=2, axis=(-2, -1))
    np.testing.assert_allclose(g, norms**1.5, rtol=1e-13)
    np.testing.assert_allclose(c, norms**1.5, rtol=1e-12)


def test_one_target_that_vanishes_is_refused():
    T = np.ones((300, 1, 2))
    T[17] = 0
    with pytest.raises(ZeroDivisionError, match="vanishes on the data"):
        float_optimum(Floating(), np.eye(2), T, 0.5)


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("weight", [0.001, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_the_gain_is_homogeneous_beyond_what_floats_square(size, weight, lanes):
    sigma = np.stack([np.diag([1.0, 2.0])] * lanes)
    target = np.stack([np.array([[3.0, 1.0]])] * lanes)
    _, usual = float_optimum(Floating(), sigma, target, weight)
    with np.errstate(over="ignore"):  # the scale c may be no float; the gain is one
        _, scaled = float_optimum(Floating(), sigma * size, target / size, weight)
    # h is of degree θ in Σ and of degree 1-θ in TΣTᵀ, which is of degree -1 in the size here
    assert np.allclose(scaled / size ** (2 * weight - 1), usual, rtol=1e-12, atol=0)


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("weight", [0.9, 0.99])
def test_nearly_disjoint_forms(weight, lanes):
    d, M = np.array([0.0, 1.0]), np.diag([1.0, 1e-3])
    u, least = minimised(Floating(), np.stack([d] * lanes), np.stack([M] * lanes), weight)
    tilt = weight / (1 - weight)
    first, second = (
        weight * np.exp(u) + (1 - weight) * np.exp(-tilt * u) * 1e-3,
        (1 - weight) * np.exp(-tilt * u),
    )
    assert np.allclose(np.maximum(first, second), least, rtol=1e-12, atol=0)
    assert (np.abs(first / second - 1) < 1e-6).all()  # the minimum is where both branches cross


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_one_problem_that_is_not_finite_is_told_as_in_a_batch(bad):
    forms = np.stack([np.full((2, 2), bad), np.eye(2)])
    with np.errstate(invalid="ignore"):
        for batch in (forms, forms[:1]):
            assert np.isnan(minimised(Floating(), np.ones(2), batch, 0.5)[1][0])
