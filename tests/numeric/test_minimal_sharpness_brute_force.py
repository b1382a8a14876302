"""Brute-force minimisation of the sharpness over factorisations finds the closed form.

The search knows nothing of the gain: it starts from random layers and walks downhill on twice the
largest eigenvalue of the dual Gram matrix, over all W_1, ..., W_{L-1} with W_L = T B_L⁻¹ (so that
P = T; widths equal d_x).  A largest eigenvalue is not smooth, which BFGS survives when its line
search asks for the weak Wolfe conditions only (Lewis and Overton, 2013).
"""

from fractions import Fraction

import numpy as np
import pytest

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.gain import weighted_gain
from numeric.loss import gradient, hessian_by_jets, hvp
from numeric.networks import LinearNetwork
from numeric.spectrum import dual_gram
from numeric.training import dyadic

CASES = [(2, 2, 1), (3, 3, 2), (4, 3, 2)]  # L, d_x, d_y
KINKED = [(2, 2, 2), (3, 2, 2)]


def factorisation(head, target):
    """Return the network (head, W_L) with W_L such that P = T."""
    inner = LinearNetwork(Floating(), head)
    return inner, LinearNetwork(Floating(), (*head, target @ np.linalg.inv(inner.end_to_end)))


def sharpness(head, root, target):
    """Return S and its gradient in the head, for Σ = root rootᵀ; infinite where B_L is singular.

    With Z the top eigenvector and Y = Z rootᵀ, ``S/2 = Σ_k |A_kᵀ Y B_kᵀ|²`` is the squared norm of
    the gradient of ``<P, Y>``, so its own gradient is twice a Hessian-vector product.
    """
    try:
        inner, net = factorisation(head, target)
    except np.linalg.LinAlgError:
        return np.inf, None
    wide = np.kron(np.eye(len(target)), root)
    values, vectors = np.linalg.eigh(wide.T @ dual_gram(net) @ wide)
    Y = vectors[:, -1].reshape(len(target), -1) @ root.T
    linear = 0 * root @ root.T, -Y / 2  # the Σ and C of the loss <P, Y>
    *slopes, last = hvp(net, *linear, gradient(net, *linear))
    # W_L = T B_L⁻¹ moves with the head: dW_L = -W_L dB_L B_L⁻¹
    back = -net.weights[-1].T @ last @ np.linalg.inv(inner.end_to_end).T
    through = [A.T @ back @ B.T for A, B in zip(inner.suffixes, inner.prefixes, strict=True)]
    return 2 * values[-1], [4 * (g + t) for g, t in zip(slopes, through, strict=True)]


def bfgs(function, x, steps=500):
    """Return a minimiser and its value; stops when no step along the direction goes down."""
    value, slope = function(x)
    H = np.eye(len(x))
    for _ in range(steps):
        direction = -H @ slope
        descent = slope @ direction
        low, high, t = 0.0, np.inf, 1.0
        for _ in range(60):  # weak Wolfe, by bisection
            new_value, new_slope = function(x + t * direction)
            if not new_value <= value + 1e-4 * t * descent:
                high = t
            elif new_slope @ direction < 0.5 * descent:
                low = t
            else:
                break
            t = 2 * low if high == np.inf else (low + high) / 2
        if not new_value < value:
            break
        s, y = t * direction, new_slope - slope
        x, value, slope = x + s, new_value, new_slope
        if s @ y > 0:
            V = np.eye(len(x)) - np.outer(s, y) / (s @ y)
            H = V @ H @ V.T + np.outer(s, s) / (s @ y)
    return x, value


def minimise(root, target, depth, rng, starts=3):
    """Return the best head over random starts, and the values all starts ended with."""
    shape = (depth - 1, *root.shape)

    def layers(x):
        return list(x.reshape(shape))

    def function(x):
        value, slopes = sharpness(layers(x), root, target)
        return value, None if slopes is None else np.concatenate([g.ravel() for g in slopes])

    ends = [bfgs(function, rng.standard_normal(np.prod(shape))) for _ in range(starts)]
    best, _ = min(ends, key=lambda end: end[1])
    return layers(best), [value for _, value in ends]


def generic(rng, d_x, d_y):
    return rng.standard_normal((d_x, d_x)), rng.standard_normal((d_y, d_x))


def kinked(rng, d_x, d_y):
    """Directions of small energy are amplified most: the dual has a double top eigenvalue."""
    d, m = np.sort(rng.uniform(0.1, 1, d_x))[::-1], np.sort(rng.uniform(0.1, 1, d_x))
    Q, U = (np.linalg.qr(rng.standard_normal((n, n)))[0] for n in (d_x, d_y))
    return Q * np.sqrt(d), U * np.sqrt(m / d) @ Q.T


FAMILIES = [pytest.param(generic, case, id=f"generic-{case}") for case in CASES]
FAMILIES += [pytest.param(kinked, case, id=f"kinked-{case}") for case in KINKED]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("family", "case"), FAMILIES)
def test_brute_force_reaches_the_closed_form_and_never_beats_it(family, case, seed):
    depth, d_x, d_y = case
    rng = np.random.default_rng(seed)
    root, target = family(rng, d_x, d_y)
    head, values = minimise(root, target, depth, rng)

    with Balls() as ar:
        R, T = ar.matrix(dyadic(root)), ar.matrix(dyadic(target))
        minimum = weighted_gain(ar, R @ R.mT, T, Fraction(1, depth)) * (2 * depth)
        assert minimum.kind == "certified"
        assert minimum.relative_width <= 1e-13
    assert min(values) >= float(minimum.lower) * (1 - 1e-12)
    assert min(values) <= float(minimum.upper) * (1 + 1e-9)

    # the value is the sharpness of a minimizer: P = T, and the Hessian of the loss agrees
    _, net = factorisation(head, target)
    np.testing.assert_allclose(net.end_to_end, target, rtol=1e-10, atol=1e-10)
    sigma = root @ root.T
    dense = np.linalg.eigvalsh(hessian_by_jets(net, sigma, target @ sigma))
    assert np.isclose(dense[-1], min(values), rtol=1e-10)


def test_the_gradient_of_the_search_is_that_of_the_sharpness():
    rng, h = np.random.default_rng(9), 1e-6
    head, root, target = (
        [rng.standard_normal((3, 3)) for _ in range(2)],
        np.diag([1.0, 2, 3]),
        np.ones((2, 3)),
    )
    _, slopes = sharpness(head, root, target)
    for k, i, j in [(0, 0, 0), (0, 1, 2), (1, 2, 0), (1, 1, 1)]:
        ends = []
        for sign in (1, -1):
            moved = [W.copy() for W in head]
            moved[k][i, j] += sign * h
            ends.append(sharpness(moved, root, target)[0])
        assert np.isclose((ends[0] - ends[1]) / (2 * h), slopes[k][i, j], rtol=1e-5)
