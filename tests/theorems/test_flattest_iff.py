"""N27's formula where more than one direction stands beside the path, in floats."""

import itertools

import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.networks import LinearNetwork
from numeric.spectrum import dual_gram, sharpness_at_minimizer


@pytest.mark.parametrize("widths", [(3, 4, 3), (2, 4, 3, 3), (4, 2, 3, 2, 3)])
@pytest.mark.parametrize("size", [0.3, 0.7])
def test_the_dual_gram_matrix_falls_into_four_parts(widths, size):
    rng, floats, gain = np.random.default_rng(len(widths)), Floating(), 1.25
    turns = [np.linalg.qr(rng.standard_normal((n, n)))[0] for n in widths]
    rests = [size * rng.standard_normal((m - 1, n - 1)) for n, m in itertools.pairwise(widths)]
    layers = []
    for k, Y in enumerate(rests):
        core = np.zeros((widths[k + 1], widths[k]))
        core[0, 0], core[1:, 1:] = 1, Y
        layers.append(gain * turns[k + 1] @ core @ turns[k].T)
    rest = LinearNetwork(floats, tuple(rests))
    rows = sum(B.T @ B for B in rest.prefixes)
    columns = sum(A @ A.T for A in rest.suffixes)
    tops = [np.linalg.eigvalsh(M)[-1] for M in (rows, columns, dual_gram(rest))]
    depth = len(rests)
    predicted = 2 * gain ** (2 * depth - 2) * max(depth, *tops)
    found = sharpness_at_minimizer(LinearNetwork(floats, tuple(layers)), np.eye(widths[0]))
    assert float(found) == pytest.approx(float(predicted), rel=1e-10)
