"""The weighted gain: exact where it can be, enclosed narrowly everywhere, never exceeded."""

from fractions import Fraction

import array_api_strict
import numpy as np
import pytest

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational
from numeric.gain import float_optimum, weighted_gain
from numeric.training import dyadic

half, third = Fraction(1, 2), Fraction(1, 3)
TURN = [[Fraction(3, 5), Fraction(-4, 5)], [Fraction(4, 5), Fraction(3, 5)]]

# (Σ, T, weight, (base, exponent)): the gain is base ** exponent
KNOWN = {
    "one dimension": ([[5]], [[-2]], third, (5**3 * 2**4, third)),
    "whitened": ([[1, 0], [0, 1]], [[3, 0], [0, -7]], Fraction(1, 4), (49, Fraction(3, 4))),
    "whitened, tie": ([[1, 0], [0, 1]], [[3, 0], [0, 3]], third, (9, Fraction(2, 3))),
    "eigenvector": ([[2, 0], [0, 1]], [[4, 0]], half, (8, 1)),
    "singular": ([[1, 1], [1, 1]], [[2, 1]], half, (18, half)),
    # the dual is (diag(4, 1) c + diag(1, 4) / c)/2: at c = 1 both eigenvalues are 5/2
    "double eigenvalue": ([[4, 0], [0, 1]], [[half, 0], [0, 2]], half, (Fraction(5, 2), 1)),
}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("turned", [False, True])
def test_gains_known_by_hand_in_every_arithmetic(name, turned):
    sigma, target, weight, (base, exponent) = KNOWN[name]
    turned = turned and len(sigma) == 2

    def gain(ar):
        S, T = ar.matrix(sigma), ar.matrix(target)
        if turned:  # Σ -> QΣQᵀ, T -> TQᵀ changes nothing
            Q = ar.matrix(TURN)
            S, T = Q @ S @ Q.mT, T @ Q.mT
        return weighted_gain(ar, S, T, weight)

    value = gain(Rational())
    assert Rational().compare(value, Rational().power(base, Fraction(exponent))).sign == 0
    with Balls() as ar:
        ball = gain(ar)
        assert value in ball
        assert ball.kind == "certified"
        assert ball.relative_width <= 1e-14
    assert np.isclose(gain(Floating()), float(value), rtol=1e-11)


def rotation(rng, n):
    return np.linalg.qr(rng.standard_normal((n, n)))[0]


def generic(rng, d_x, d_y, rank=None):
    return rng.standard_normal((d_x, rank or d_x)), rng.standard_normal((d_y, d_x))


def conditioned(rng, d_x, d_y):
    return rotation(rng, d_x) * np.geomspace(1, 1e-4, d_x), rng.standard_normal((d_y, d_x))


def kinked(rng, d_x, d_y, d=None, m=None):
    """Σ and KTᵀTK commute, and what gains much of one gains little of the other."""
    d = np.sort(rng.uniform(0.1, 1, d_x))[::-1] if d is None else d
    m = np.sort(rng.uniform(0.1, 1, d_x)) if m is None else m
    Q = rotation(rng, d_x)
    return Q * np.sqrt(d), (rotation(rng, d_x) * np.sqrt(m / d)) @ Q.T


def opposed(rng, d_x, d_y):
    """All eigenvalues of the dual meet at its minimum."""
    d = np.linspace(1, 0.1, d_x)
    return kinked(rng, d_x, d_y, d, d[::-1])


def opposed_and_conditioned(rng, d_x, d_y):
    d = np.geomspace(1, 1e-8, d_x)
    return kinked(rng, d_x, d_y, d, d[::-1])


def scaled(of_root, of_target):
    return lambda *shape: [
        s * M for s, M in zip((of_root, of_target), generic(*shape), strict=True)
    ]


FAMILIES = {  # each returns (R, T); Σ = R Rᵀ
    "generic": generic,
    "rank one": lambda *shape: generic(*shape, rank=1),
    "singular": lambda rng, d_x, d_y: generic(rng, d_x, d_y, rank=max(1, d_x - 1)),
    "condition 1e8": conditioned,
    "double eigenvalue": kinked,
    "multiple eigenvalue": opposed,
    "multiple eigenvalue, condition 1e8": opposed_and_conditioned,
    "tiny data": scaled(1e-4, 1),
    "huge data": scaled(1e4, 1),
    "tiny target": scaled(1, 1e-8),
    "huge target": scaled(1, 1e8),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_enclosures_are_narrow_and_no_vector_gains_more(family):
    rng = np.random.default_rng(list(FAMILIES).index(family))
    for _ in range(25):
        d_x, d_y, depth = (int(rng.integers(a, b)) for a, b in ((1, 7), (1, 5), (2, 11)))
        R, T = FAMILIES[family](rng, d_x, d_y)
        theta = 1 / depth
        with Balls() as ar:
            root, target = ar.matrix(dyadic(R)), ar.matrix(dyadic(T))
            ball = weighted_gain(ar, root @ root.mT, target, Fraction(1, depth))
            assert ball.kind == "certified"
            assert ball.relative_width <= 1e-10
        z = rng.standard_normal((R.shape[1], 4000))
        z /= np.linalg.norm(z, axis=0)
        gains = np.sum((R @ z) ** 2, axis=0) ** theta * np.sum((T @ R @ z) ** 2, axis=0) ** (
            1 - theta
        )
        assert gains.max() <= float(ball.upper) * (1 + 1e-12)
        if R.shape[1] <= 2:  # on a circle, 4000 points come near the maximum
            assert gains.max() >= float(ball.lower) * (1 - 1e-4)
        value = weighted_gain(Floating(), R @ R.T, T, Fraction(1, depth))
        lost = 1e-7 if family == "multiple eigenvalue, condition 1e8" else 1e-11  # in R @ R.T
        assert np.isclose(value, float(ball), rtol=lost)


@pytest.mark.parametrize("xp", [None, array_api_strict], ids=["numpy", "strict"])
def test_a_batch_gives_the_same_as_one_by_one(xp):
    rng, ar = np.random.default_rng(20), Floating(xp)
    R, T = rng.standard_normal((6, 3, 3)), rng.standard_normal((6, 2, 3))
    sigma = R @ R.transpose(0, 2, 1)
    c, gain = (ar.to_numpy(v) for v in float_optimum(ar, ar.matrix(sigma), ar.matrix(T), 0.25))
    single = [float_optimum(Floating(), *pair, 0.25) for pair in zip(sigma, T, strict=True)]
    np.testing.assert_allclose(gain, [g for _, g in single], rtol=1e-12)
    np.testing.assert_allclose(c, [c for c, _ in single], rtol=1e-6)


def test_the_scale_of_the_dual_is_that_of_the_maximizer():
    c, gain = float_optimum(Floating(), np.diag([2.0, 1.0]), np.array([[4.0, 0.0]]), 0.5)
    assert np.isclose(c, 4)  # (q/p)^{1/2}: p = 2, q = 32
    assert np.isclose(gain, 8)


def test_an_enclosure_of_floats_is_sampled():
    with Balls() as ar:
        sigma, target = ar.matrix([[1.0, 0.0], [0.0, 2.0]]), ar.matrix([[1, 1]])
        assert weighted_gain(ar, sigma, target, half).kind == "sampled"


@pytest.mark.parametrize("ar", [Rational(), Balls(), Floating()], ids=lambda ar: ar.kind)
def test_a_target_that_vanishes_on_the_data_has_no_gain(ar):
    with ar:
        sigma, target = ar.matrix([[1, 0], [0, 0]]), ar.matrix([[0, 1]])
        with pytest.raises(ZeroDivisionError, match="vanishes on the data"):
            weighted_gain(ar, sigma, target, half)
        with pytest.raises(ValueError, match="strictly between 0 and 1, got 1"):
            weighted_gain(ar, sigma, target, Fraction(1))


def test_an_irrational_maximizer_is_not_exact():
    ar = Rational()
    with pytest.raises(NotExact, match="not a small rational vector"):
        weighted_gain(ar, ar.matrix([[2, 1], [1, 3]]), ar.matrix([[1, 2]]), third)
