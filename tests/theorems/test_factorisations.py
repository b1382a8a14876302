"""Local search over factorisations reaches the closed form of the least sharpness, never below it.

The search knows nothing of the gain.  Its ends are exact minimizers for exact data, and what their
sharpness is compared with is enclosed: a closed form that is too large falls by certified numbers,
one that is too small by a distance that no descent closes.
"""

from fractions import Fraction

import numpy as np
import pytest

from numeric.loss import hessian_by_jets
from numeric.training import dyadic
from theorems.unified.factorisations import (
    REACHED,
    descended,
    enclosed_sharpness,
    exact_minimizer,
    factorisation,
    sharpness_with_slope,
)
from theorems.unified.minimal_sharpness_eq_gain import minimal_sharpness

CASES = [(2, 2, 1), (3, 3, 2), (4, 3, 2)]  # L, d_x, d_y
KINKED = [(2, 2, 2), (3, 2, 2)]
STARTS = 3


def generic(rng, d_x, d_y):
    """Small rationals, so that Σ and T are exact."""
    return rng.integers(-12, 13, (d_x, d_x)) / 8, rng.integers(-12, 13, (d_y, d_x)) / 8


def kinked(rng, d_x, d_y):
    """Directions of small energy are amplified most: the dual has a double top eigenvalue."""
    d, m = np.sort(rng.uniform(0.1, 1, d_x))[::-1], np.sort(rng.uniform(0.1, 1, d_x))
    Q, U = (np.linalg.qr(rng.standard_normal((n, n)))[0] for n in (d_x, d_y))
    return Q * np.sqrt(d), U * np.sqrt(m / d) @ Q.T


FAMILIES = [pytest.param(generic, case, id=f"generic-{case}") for case in CASES]
FAMILIES += [pytest.param(kinked, case, id=f"kinked-{case}") for case in KINKED]


def squared(root):
    """Σ = root rootᵀ in rationals."""
    R = dyadic(root)
    return [[sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0)) for b in R] for a in R]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("family", "case"), FAMILIES)
def test_descents_reach_the_closed_form_and_never_beat_it(family, case, seed):
    depth, d_x, d_y = case
    rng = np.random.default_rng(seed)
    root, target = family(rng, d_x, d_y)
    sigma = squared(root)
    least = minimal_sharpness(sigma, dyadic(target), depth)
    assert least.kind == "certified"
    assert least.relative_width <= 1e-13  # wider ones would hide what is compared below

    heads = [descended(root, target, depth, rng) for _ in range(STARTS)]
    ends = [exact_minimizer(head, sigma, dyadic(target)) for head in heads]
    assert all(end.at_minimizer for end in ends)  # PΣ = TΣ, decided in rationals
    found = [enclosed_sharpness(end) for end in ends]
    assert all(S.kind == "certified" for S in found)
    assert all(S.upper >= least.lower for S in found)
    assert min(S.upper for S in found) <= least.upper * Fraction(1 + REACHED)


@pytest.mark.parametrize("case", CASES)
def test_what_is_minimised_is_the_largest_eigenvalue_of_the_hessian_of_the_loss(case):
    depth, d_x, d_y = case
    rng = np.random.default_rng(8)
    root, target = rng.standard_normal((d_x, d_x)), rng.standard_normal((d_y, d_x))
    head = [rng.standard_normal((d_x, d_x)) for _ in range(depth - 1)]
    value, _ = sharpness_with_slope(head, root, target)
    _, net = factorisation(head, target)
    size = np.linalg.cond(net.prefixes[-1])  # of the last layer's rounding
    np.testing.assert_allclose(net.end_to_end, target, rtol=1e-14 * size, atol=1e-14 * size)
    sigma = root @ root.T
    dense = np.linalg.eigvalsh(hessian_by_jets(net, sigma, target @ sigma))
    assert np.isclose(dense[-1], value, rtol=1e-13 * size)


def test_the_slope_of_the_search_is_that_of_the_sharpness():
    rng, h = np.random.default_rng(9), 1e-6
    head, root, target = (
        [rng.standard_normal((3, 3)) for _ in range(2)],
        np.diag([1.0, 2, 3]),
        np.ones((2, 3)),
    )
    _, slopes = sharpness_with_slope(head, root, target)
    for k, i, j in [(0, 0, 0), (0, 1, 2), (1, 2, 0), (1, 1, 1)]:
        ends = []
        for sign in (1, -1):
            moved = [W.copy() for W in head]
            moved[k][i, j] += sign * h
            ends.append(sharpness_with_slope(moved, root, target)[0])
        assert np.isclose((ends[0] - ends[1]) / (2 * h), slopes[k][i, j], rtol=1e-5)
