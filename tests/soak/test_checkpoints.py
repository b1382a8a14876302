"""Random checkpoints, float32 and float64: what ``examine`` certifies contains the exact value.

The reference is the Hessian of R from values of R alone (see tests/exact_hessian.py), to 60 digits.
Weights and data have scales from 1e-6 to 1e6, features may repeat or vanish, layers may be zero,
samples may be fewer than features; near minimizers, and away from them.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from certimin.examination import examine
from certimin.networks import Network
from numeric.spectrum import enclosed
from tests.exact_hessian import extreme_eigenvalues, loss, second_derivatives
from tests.soak.conftest import SHARE
from verify.errors import UsageError

SHAPES = ((2, 2, 1), (2, 1, 2), (1, 2, 1, 1), (3, 2, 2), (2, 3), (1, 1, 1, 1, 1), (3, 1), (2, 2, 2))
ROUTES = ((1000, 1024), (0, 1024), (0, 0))


def checkpoint(seed):
    """Layers, biases (none, half of the time), X, Y."""
    rng = np.random.default_rng(seed)
    dtype = rng.choice([np.float32, np.float64])
    widths, n = SHAPES[seed % len(SHAPES)], int(rng.integers(1, 6))
    W = [rng.standard_normal((m, k)) * 10.0 ** rng.uniform(-2, 2) for k, m in pairwise(widths)]
    b = [rng.standard_normal(m) for m in widths[1:]] if rng.random() < 0.5 else []
    X = rng.standard_normal((n, widths[0])) * 10.0 ** rng.uniform(-6, 6)
    Y = rng.standard_normal((n, widths[-1])) * 10.0 ** rng.uniform(-6, 6)
    match rng.integers(6):
        case 0:
            X[:, -1] = X[:, 0]
        case 1:
            W[0][...] = 0
        case 2 if not b:  # a minimizer, up to rounding
            Y = X @ np.linalg.multi_dot([*W[::-1], np.eye(widths[0])]).T
        case 3:
            W = [np.rint(A * 4) / 4 for A in W]
    return [[A.astype(dtype) for A in some] for some in (W, b)], X.astype(dtype), Y.astype(dtype)


def exact(A):
    return [[Fraction(float(x)) for x in row] for row in np.atleast_2d(A)]


@pytest.mark.parametrize("seed", range(int(200 * SHARE)))
def test_a_checkpoint_is_enclosed(seed, monkeypatch):
    (W, b), X, Y = checkpoint(seed)
    whole, dual = ROUTES[seed % 3]
    monkeypatch.setattr(enclosed, "WHOLE", whole)
    monkeypatch.setattr(enclosed, "DUAL", dual)
    try:
        found = examine(Network(W, b), X, Y, theory=False)
    except UsageError:  # C = 0, or numbers too far from one another
        return
    exactly = [exact(A) for A in W], [exact(v)[0] for v in b], exact(X), exact(Y)
    assert loss(*exactly) in found["loss"]
    least, largest = extreme_eigenvalues(second_derivatives(*exactly))
    error = (abs(least) + abs(largest)) / 10**50  # of the 60 digits
    for value, key in ((largest, "sharpness"), (least, "hessian_min")):
        assert found[key].worth == "certified"
        assert found[key].lower - error <= value <= found[key].upper + error


@pytest.mark.parametrize("seed", range(int(1000 * SHARE)))
def test_a_checkpoint_contradicts_no_theorem(seed):
    """With decay and noise half of the time: claims speak only where their assumptions hold."""
    (W, _), X, Y = checkpoint(seed)
    rng = np.random.default_rng(seed)
    penalty = {"decay": 10.0 ** rng.uniform(-3, 1), "noise": rng.choice([0, 0.3, 1e3])}
    try:
        found = examine(Network(W), X, Y, **(penalty if rng.random() < 0.5 else {}))
    except UsageError:  # decay with several outputs or singular data, numbers too far apart
        return
    assert not found.contradictions
