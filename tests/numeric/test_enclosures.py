"""Enclosures contain the truth whatever floats propose, and are narrow where that is good."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from flint import ctx

from numeric import gain
from numeric.arithmetic import ball_spectrum as spectrum
from numeric.arithmetic.ball import Ball, Balls
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational, fractions
from numeric.gain import weighted_gain

EXACT = Rational()
third = Fraction(1, 3)


def integers(seed, m, n):
    return EXACT.matrix(np.random.default_rng(seed).integers(-9, 10, (m, n)).tolist())


def orthogonal(seed, n):
    """A rational rotation, by the Cayley transform."""
    G = integers(seed, n, n)
    skew = EXACT.scale(Fraction(1, 7), G - G.mT)
    return (EXACT.identity(n) - skew) @ EXACT.inverse(EXACT.identity(n) + skew)


def with_eigenvalues(seed, *values):
    Q = orthogonal(seed, len(values))
    diagonal = EXACT.matrix(
        [[x if i == j else 0 for j in range(len(values))] for i, x in enumerate(values)]
    )
    return Q @ diagonal @ Q.mT


def symmetric(seed, n):
    G = integers(seed, n, n)
    return G + G.mT


def gram(seed, n, rank):
    R = integers(seed, n, rank)
    return EXACT.scale(third, R @ R.mT)


def gapped(gap):
    return with_eigenvalues(11, 3, 3 - gap, 1, -2)


SYMMETRIC = (
    {f"random {n}": symmetric(n, n) for n in (2, 3, 4, 5, 6)}
    | {f"rank {r} of {n}": gram(n + r, n, r) for n, r in ((2, 1), (4, 1), (4, 3), (6, 2))}
    | {f"gap {g:.0e}": gapped(Fraction(g)) for g in (1e-6, 1e-11, 1e-13, 1e-16, 1e-40)}
    | {
        "doubled": EXACT.kron(symmetric(20, 3), EXACT.identity(2)),
        "all equal": with_eigenvalues(21, 5, 5, 5, 5),
        "top twice": with_eigenvalues(22, 2, 2, 1, 0, -7),
        "top zero": with_eigenvalues(23, 0, 0, -1, -9),
        "negative": with_eigenvalues(24, -third, -2, -(10**9)),
        "zero": EXACT.scale(0, EXACT.identity(4)),
    }
)


@pytest.mark.parametrize("name", SYMMETRIC)
@pytest.mark.parametrize("exponent", [0, -150, 150, -400, 400])
def test_the_largest_eigenvalue_is_enclosed_narrowly(name, exponent):
    A = EXACT.scale(Fraction(10) ** exponent, SYMMETRIC[name])
    exact = EXACT.eig_max(A)
    norm = max(abs(x) for row in fractions(A) for x in row)
    with Balls() as ar:
        ball = ar.eig_max(ar.matrix(A))
        assert exact in ball
        assert ball.kind == "certified"
        assert ball.upper - ball.lower <= norm * Fraction(1e-14)
        if name.startswith(("random", "rank", "gap 1e-06")):  # a simple eigenvalue
            assert ball.relative_width <= 1e-22


@pytest.mark.parametrize("end", [Fraction(0), Fraction(1, 100), Fraction(-1, 100)])
def test_an_eigenvalue_is_enclosed_for_all_that_a_wide_matrix_may_be(end):
    with Balls() as ar:
        x = Ball.between(Ball.of(Fraction(-1, 100)), Ball.of(Fraction(1, 100)))
        ball = ar.eig_max(ar.matrix([[1, x, x], [x, 0, 0], [x, 0, 0]]))
        assert (EXACT.sqrt(1 + 8 * end**2) + 1) / 2 in ball
        assert ball.upper - ball.lower < Fraction(1, 500)


def noisy(error):
    def spoil(rng, d, V):
        noise = error * rng.standard_normal((len(d), len(d) + 1))
        return d * (1 + noise[:, -1]), V[:, rng.permutation(len(d))] + noise[:, :-1]

    return spoil


def stretched(factor):
    """Shuffled vectors of another length, with values to match: E does not tell."""

    def spoil(rng, d, V):
        d, V = shuffled(rng, d, V)
        return d * factor**2, factor * V

    return spoil


def shuffled(rng, d, V):
    """Eigenvectors indeed, but not those of the largest eigenvalues."""
    order = rng.permutation(len(d))
    return d[order], V[:, order]


PROPOSALS = {
    "far off": noisy(0.3),
    "off": noisy(1e-3),
    "near": noisy(1e-9),
    "short": stretched(0.9),
    "long": stretched(1.1),
    "shuffled": shuffled,
}


@pytest.mark.parametrize("name", SYMMETRIC)
@pytest.mark.parametrize("proposal", PROPOSALS)
@pytest.mark.parametrize("separable", [True, False])
def test_no_proposal_makes_an_enclosure_wrong(name, proposal, separable, monkeypatch):
    rng, propose, cholesky = np.random.default_rng(0), spectrum._eigh, np.linalg.cholesky

    def spoiled(floats):
        d, V = PROPOSALS[proposal](rng, np.array(propose(floats)[0]), propose(floats)[1])
        return d.tolist(), V

    def some_factor(A):
        return cholesky(np.diag(np.abs(np.diag(A)) + 1e-300))

    monkeypatch.setattr(spectrum, "_eigh", spoiled)
    monkeypatch.setattr(np.linalg, "cholesky", some_factor)
    if not separable:
        monkeypatch.setattr(spectrum, "_INSEPARABLE", float("inf"))
    exact = EXACT.eig_max(SYMMETRIC[name])
    with Balls() as ar:
        A = ar.matrix(SYMMETRIC[name])
        for _ in range(20):
            try:
                assert exact in ar.eig_max(A)
            except NotExact:
                assert proposal == "far off"


@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_norm_of_a_symmetric_matrix_is_bounded_from_above(n):
    A = symmetric(n, n)
    with Balls() as ar:
        norm = spectrum._norm(ar.matrix(A).raw)
        assert norm * norm >= ar.frobenius_sq(ar.matrix(A)).arb
        assert norm * norm <= ar.frobenius_sq(ar.matrix(A)).arb * (1 + 1e-8)


@pytest.mark.parametrize(
    ("m", "n", "r", "s"), [(4, 4, 4, 4), (5, 1, 2, 5), (4, 3, 2, 1), (3, 0, 3, 1)]
)
def test_the_largest_eigenvalue_of_a_product_is_enclosed_narrowly(m, n, r, s):
    for scale, left in product((Fraction(1), Fraction(1, 10**150), 10**150), (n, r)):
        A = EXACT.scale(scale, gram(30, m, left) if left else EXACT.identity(m))
        B = gram(31, m, s)
        exact = EXACT.eig_max(A, B)
        with Balls() as ar:
            ball = ar.eig_max(ar.matrix(A), ar.matrix(B))
            assert exact in ball
            assert ball.upper - ball.lower <= Fraction(1e-13) * scale * max(1, ball.upper / scale)


@pytest.mark.parametrize("rank", [1, 3, 5])
@pytest.mark.parametrize("scale", [Fraction(1), Fraction(10) ** 150, Fraction(10) ** -400])
def test_a_factor_leaves_out_no_more_than_it_says(rank, scale):
    A = EXACT.scale(scale, gram(rank, 5, rank))
    with Balls() as ar:
        F, rest = ar.factor(ar.matrix(A))
        assert F.shape == (5, rank)
        assert F.kind == rest.kind == "certified"
        assert ar.is_zero(ar.matrix(A) - F @ F.mT)
        assert rest.lower >= 0
        assert rest.upper <= scale * Fraction(1, 10**30)


@pytest.mark.parametrize(("size", "rank"), [(97, 97), (130, 130), (200, 200), (130, 129)])
def test_large_factors_are_made_of_halves(size, rank):
    """Beyond a block the remainder is proved to be small; where Σ is singular pivots find it."""
    rng = np.random.default_rng(size)
    root = rng.integers(-3, 4, (size, rank))
    with Balls() as ar:
        sigma = ar.matrix((root @ root.T).tolist())
        F, rest = ar.factor(sigma)
        assert F.shape == (size, rank)
        gap = sigma - F @ F.mT
        if rank == size:
            assert all(x.rad() == 0 for x in F.raw.entries())
            assert ar.frobenius_sq(gap).upper <= size * rest.upper**2
            assert 0 < rest.upper <= ar.trace(sigma).upper * Fraction(1, 2**118)
            assert ar.eig_max(-gap).upper <= 0 <= ar.eig_max(gap).upper <= rest.upper
            L = ar.triangular_factor(sigma)
            assert ar.is_zero(sigma - L @ L.mT)


def test_a_factor_of_what_is_no_gram_matrix_is_refused():
    with Balls() as ar:
        with pytest.raises(ValueError, match="symmetric"):
            ar.factor(ar.matrix([[1, 2], [0, 1]]))
        for rows in (
            [[-1]],
            [[1, 2], [2, 1]],
            [[0, -1], [-1, 0]],
            [[1, 1, 0], [1, 1, 1], [0, 1, 9]],
        ):
            with pytest.raises(ValueError, match="semidefinite"):
                ar.factor(ar.matrix(rows))
        F, rest = ar.factor(ar.matrix([[1.0, 0], [0, 0]]))
        assert F.kind == rest.kind == "sampled"


def test_a_flint_matrix_becomes_a_ball_matrix_of_the_same_worth():
    with Balls() as ar:
        enclosed = ar.matrix(EXACT.matrix([[third, 2]]))
        assert third in ar.entry(enclosed, 0, 0)
        assert enclosed.kind == "certified"
        assert ar.matrix(enclosed @ ar.matrix([[1], [0.5]])).kind == "sampled"
        assert ar.matrix([[EXACT.sqrt(2), Ball.of(1)]]).kind == "certified"


# The gain on ill-conditioned data


def conditioned(exponent, n=4, opposed=False):
    """Return Σ of condition 10**exponent; all gains compete if T is opposed to it."""
    steps = [Fraction(10) ** -(exponent * i // (n - 1)) for i in range(n)]
    sigma = with_eigenvalues(5, *steps)
    return sigma, EXACT.inverse(sigma) if opposed else integers(6, 2, n)


@pytest.mark.parametrize(
    ("exponent", "precision"), [(0, 128), (12, 128), (16, 128), (24, 128), (60, 512)]
)
@pytest.mark.parametrize("opposed", [False, True])
def test_gains_stay_narrow_however_ill_conditioned_the_data(exponent, precision, opposed):
    sigma, target = conditioned(exponent, opposed=opposed)
    found = []
    for bits in (precision, 4 * precision):
        with Balls(bits) as ar:
            found.append(weighted_gain(ar, ar.matrix(sigma), ar.matrix(target), third))
            assert found[-1].kind == "certified"
            assert found[-1].relative_width <= (1e-12 if opposed else 1e-24)
    with ctx.workprec(4 * precision):
        assert found[0].arb.overlaps(found[1].arb)


@pytest.mark.parametrize("exponent", [0, 12, 30])
@pytest.mark.parametrize("opposed", [False, True])
def test_no_proposal_makes_a_gain_wrong(exponent, opposed, monkeypatch):
    sigma, target = conditioned(exponent, opposed=opposed)
    with Balls(256) as ar:
        truth = weighted_gain(ar, ar.matrix(sigma), ar.matrix(target), third)
    rng = np.random.default_rng(1)
    monkeypatch.setattr(gain._Dual, "maximizer", lambda dual: rng.standard_normal(len(dual.D)))
    with Balls(256) as ar:
        for _ in range(20):
            wide = weighted_gain(ar, ar.matrix(sigma), ar.matrix(target), third)
            assert wide.lower <= truth.upper
            assert wide.upper >= truth.lower


@pytest.mark.parametrize(("data", "target"), list(product((-150, 0, 150), repeat=2)))
def test_gains_scale_as_they_should(data, target):
    sigma, T = (
        EXACT.scale(Fraction(10) ** e, M)
        for e, M in zip((data, 2 * target), conditioned(4), strict=True)
    )
    with Balls() as ar:
        one = weighted_gain(ar, *map(ar.matrix, conditioned(4)), third)
        ball = weighted_gain(ar, ar.matrix(sigma), ar.matrix(T), third)
        # g is of degree 1 in Σ, of degree 2 (1-θ) in T
        expected = one * Fraction(10) ** data * ar.power(Fraction(10) ** (2 * target), 4 * third)
        assert ball.arb.overlaps(expected.arb)
        assert ball.relative_width <= 1e-24


@pytest.mark.parametrize(
    "coupling", [Fraction(x) for x in (0, 1e-4, 1e-6, -1e-8, 1e-8, -1e-10, 1e-11, 1e-14)]
)
def test_gains_where_two_eigenvalues_of_the_dual_all_but_meet(coupling):
    with Balls() as ar:  # without coupling they meet, at 5/2
        sigma, target = ar.matrix([[4, 0], [0, 1]]), ar.matrix([[Fraction(1, 2), coupling], [0, 2]])
        ball = weighted_gain(ar, sigma, target, Fraction(1, 2))
        assert ball.relative_width <= (1e-19 if abs(coupling) > 1e-12 else 1e-15)
        assert abs(float(ball) - 2.5) <= 2 * abs(coupling) + Fraction(1e-14)


def test_a_gain_counts_what_the_factor_of_a_wide_ball_leaves_out():
    target, half = EXACT.matrix([[1, 0], [0, 100]]), Fraction(1, 2)
    with Balls() as ar:
        x = Ball.between(Ball.of(0), Ball.of(Fraction(1, 10)))
        wide = weighted_gain(ar, ar.matrix([[1, 0], [0, x]]), ar.matrix(target), half)
        for end in (0, Fraction(1, 10)):
            sigma = ar.matrix([[1, 0], [0, end]])
            assert weighted_gain(ar, sigma, ar.matrix(target), half).arb in wide.arb


def test_margins_of_numbers_beyond_floats():
    huge, root = Fraction(10) ** 400, EXACT.sqrt(Fraction(10) ** 801)
    for ar in (EXACT, Balls()):
        with ar:
            margins = [
                ar.compare(ar.scalar(x), ar.scalar(y)).margin
                for x, y in ((huge, 2 * huge), (-huge, huge), (1 / huge, 2 / huge), (2, huge))
            ]
            assert margins == [-0.5, -2, -0.5, -1]
            assert 1e308 < ar.compare(ar.scalar(huge), ar.scalar(0)).margin < float("inf")
            assert ar.compare(ar.scalar(-huge), ar.scalar(0)).margin < -1e308
    assert EXACT.compare(root, huge).margin == pytest.approx(1 - 10**-0.5)
    with pytest.raises(ArithmeticError, match="the base is negative"):
        EXACT.sqrt(-huge)


@pytest.mark.parametrize("sign", [1, -1])
def test_both_eigenvalues_of_two_are_enclosed_to_all_their_digits(sign):
    small = Fraction(sign, 2**400)
    with Balls(64) as balls:
        A = balls.matrix([[sign, 0], [0, small]])
        low, top = map(Ball, spectrum._eigenvalues_of_two(A.raw))
    near = low if sign > 0 else top
    assert small in near
    assert near.relative_width < 2**-60


def test_a_negative_eigenvalue_is_enclosed_as_narrowly_as_a_positive_one():
    with Balls(128) as balls:
        ball = balls.eig_max(balls.matrix(with_eigenvalues(5, -1, -2, -3, -4)))
    assert -1 in ball
    assert ball.relative_width < 1e-12


@pytest.mark.parametrize("value", [5, -5])
def test_equal_eigenvalues_are_enclosed_narrowly_on_either_side_of_zero(value):
    with Balls(128) as balls:
        ball = balls.eig_max(balls.matrix(with_eigenvalues(7, value, value, value, value)))
    assert value in ball
    assert ball.relative_width < 1e-12
