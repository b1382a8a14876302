"""Very small symmetric matrices: as accurate as LAPACK, also where eigenvalues meet."""

import array_api_compat.numpy
import array_api_strict
import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.tiny import eigenvalues, eigenvectors

SPECTRA = {
    "random": None,
    "double top": (1, 1, 0),
    "double bottom": (1, 0, 0),
    "equal": (2, 2, 2),
    "nearly double": (1, 1 - 1e-9, 0.5),
    "double to rounding": (1, 1 + 1e-15, -1),
    "graded": (1, 1e-8, 1e-16),
    "opposite": (1, -1, 0),
    "zero": (0, 0, 0),
    "huge": (1e200, 1e199, 3),
    "tiny": (1e-200, 2e-200, 2e-200),
}
NAMESPACES = {"numpy": array_api_compat.numpy, "strict": array_api_strict}


def matrices(name, n, lanes=2000):
    """Random symmetric matrices with these eigenvalues."""
    rng = np.random.default_rng(n)
    Q = np.linalg.qr(rng.standard_normal((lanes, n, n)))[0]
    d = rng.standard_normal((lanes, n)) if name == "random" else np.array(SPECTRA[name][:n], float)
    A = Q @ (d[..., :, None] * Q.mT)
    return (A + A.mT) / 2


@pytest.mark.parametrize("xp", NAMESPACES.values(), ids=NAMESPACES)
@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("name", SPECTRA)
def test_decompositions_are_those_of_lapack(name, n, xp):
    A = matrices(name, n)
    values, vectors = eigenvectors(xp, xp.asarray(A))
    d = np.stack([np.asarray(x) for x in values], axis=-1)
    V = np.stack([np.stack([np.asarray(x) for x in v], axis=-1) for v in vectors], axis=-1)
    scale = np.abs(A).max()
    rounding = 1e-14 * scale
    assert np.abs(np.sort(d) - np.linalg.eigvalsh(A)).max() <= rounding
    assert np.all(d[:, -1] == d.max(axis=-1))
    assert np.abs(V.mT @ V - np.eye(n)).max() <= 1e-14
    assert np.abs(V @ (d[:, :, None] * V.mT) - A).max() <= rounding
    alone = np.stack([np.asarray(x) for x in eigenvalues(xp, xp.asarray(A))], axis=-1)
    assert np.abs(alone - d).max() <= rounding


@pytest.mark.parametrize(("m", "n"), [(1, 4), (2, 2), (3, 2), (2, 5), (3, 3), (5, 3), (4, 4)])
@pytest.mark.parametrize("scale", [1e-200, 0.0, 1.0, 1e200])
def test_large_batches_and_single_matrices_have_the_same_largest_singular_value(m, n, scale):
    A = scale * np.random.default_rng(m + n).standard_normal((300, m, n))
    ar = Floating()
    np.testing.assert_allclose(
        ar.singular_max(A), [ar.singular_max(M) for M in A], rtol=1e-14, atol=0
    )


@pytest.mark.parametrize("xp", [None, array_api_strict], ids=["numpy", "strict"])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_large_batches_and_single_matrices_agree(n, xp):
    rng, ar = np.random.default_rng(n), Floating(xp)
    A, B = (R @ R.mT for R in rng.standard_normal((2, 300, n, n)))
    A[::7, :, -1] = A[::7, -1, :] = 0
    for operation in (ar.eig_max, ar.kron):
        together = ar.to_numpy(operation(ar.matrix(A), ar.matrix(B)))
        single = [getattr(Floating(), operation.__name__)(*pair) for pair in zip(A, B, strict=True)]
        np.testing.assert_allclose(together, single, rtol=1e-12)
    factor = ar.factor(ar.matrix(B))
    np.testing.assert_allclose(ar.to_numpy(factor @ factor.mT), B, rtol=1e-12, atol=1e-13)


def test_kron_broadcasts_batches():
    rng, ar = np.random.default_rng(0), Floating()
    A, B = rng.standard_normal((2, 1, 3, 2)), rng.standard_normal((5, 2, 2))
    product = ar.kron(A, B)
    assert product.shape == (2, 5, 6, 4)
    np.testing.assert_array_equal(product[1, 3], np.kron(A[1, 0], B[3]))
