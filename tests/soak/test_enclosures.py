"""10^5 enclosures against exact values and values to 200 digits: not one may miss.

Sizes run from 1e-400 to 1e400, eigenvalues lie in clusters as narrow as 1e-40 of them, exponents
have numerators and denominators up to 1000.  Most enclosures have to be narrow, too.
"""

from fractions import Fraction
from itertools import combinations
from random import Random

import mpmath
import pytest

from numeric.arithmetic.ball import Ball, Balls
from numeric.arithmetic.rational import Rational
from tests.soak.conftest import SHARE
from theorems.unified.minimal_sharpness_eq_gain import minimal_sharpness

EXACT = Rational()
mp = mpmath.mp.clone()
mp.dps = 220
ERROR = mp.mpf(10) ** -210
"""Of a value to 220 digits, relative."""


def value(x):
    return mp.mpf(x.numerator) / x.denominator


def number(random, digits=400):
    """A positive rational, of any size up to 10 to plus or minus ``digits``."""
    return Fraction(random.randint(1, 10**9), random.randint(1, 10**9)) * Fraction(10) ** (
        random.randint(-digits, digits)
    )


def exponent(random):
    q = random.randint(1, 1000)
    return Fraction(random.choice((-1, 1)) * random.randint(1, min(4 * q, 1000)), q)


def power(ar, random):
    x, e = number(random), exponent(random)
    return ar.power(ar.scalar(x), e), value(x) ** value(e), 1e-30


def root(ar, random):
    x, q = number(random), random.randint(2, 1000)
    return ar.power(ar.scalar(x), Fraction(1, q)), mp.root(value(x), q), 1e-30


def root_around_zero(ar, random):
    """Of what is zero or nearly so, as a ball that the caller knows to be no less."""
    x, y, q = number(random), Fraction(random.randint(0, 1), 10**60), random.randint(2, 9)
    nearly = ar.scalar(x) * 3 - ar.scalar(3 * x) + ar.scalar(x * y)
    return ar.power(ar.nonnegative(nearly), Fraction(1, q)), mp.root(value(x * y), q), None


def whole_power(ar, random):
    """Of a ball on both sides of zero: of each number in it."""
    x, share, n = number(random), Fraction(random.randint(-9, 9), 10), random.randint(0, 9)
    wide = Ball.between(ar.scalar(-x), ar.scalar(x * random.randint(1, 3)))
    return ar.power(wide, Fraction(n)), value(x * share) ** n, None


def logarithm(ar, random):
    x = number(random)
    return ar.log(ar.scalar(x)), mp.log(value(x)), 1e-28


def exponential(ar, random):
    x = Fraction(random.randint(-(10**12), 10**12), 10**9)
    return ar.exp(ar.scalar(x)), mp.exp(value(x)), 1e-30


def sum_of_radicals(ar, random):
    """As exact arithmetic has it: with eigenvalues, logarithms and products among the terms."""
    x, y = EXACT.scalar(0), mp.mpf(0)
    for _ in range(random.randint(1, 4)):
        b, e, c = number(random, 20), exponent(random), Fraction(random.randint(-99, 99), 7)
        x = x + EXACT.power(EXACT.scalar(b), e) * EXACT.scalar(c)
        y = y + value(b) ** value(e) * value(c)
    b, c = number(random, 20), Fraction(random.randint(-99, 99), 7)
    return Ball.of(x + EXACT.log(b) * EXACT.scalar(c)), y + mp.log(value(b)) * value(c), None


def spectrum(random, n, positive):
    """Rational eigenvalues, the largest first, and an exact matrix that has them."""
    size = number(random)
    values = [size]
    for _ in range(n - 1):
        near = 1 - Fraction(random.choice((0, 0, 1, 3)), 10 ** random.randint(0, 40))
        values.append(random.choice((size, *values, number(random))) * near)
    signs = (1,) if positive else (1, -1)
    values = sorted((random.choice(signs) * abs(x) for x in values), reverse=True)
    Q = rotation(random, n)
    D = EXACT.matrix([[x * (i == j) for j in range(n)] for i, x in enumerate(values)])
    return values, Q @ D @ Q.mT


def rotation(random, n):
    """A rational rotation, by Cayley's transform."""
    above = [[random.randint(-3, 3) * (i < j) for j in range(n)] for i in range(n)]
    K = EXACT.matrix(above)
    K = K - K.mT
    return (EXACT.identity(n) - K) @ EXACT.inverse(EXACT.identity(n) + K)


def eigenvalue(ar, random):
    values, A = spectrum(random, random.randint(1, 5), False)
    ball = ar.eig_max(ar.matrix(A))
    assert ball.upper - ball.lower <= max(map(abs, values)) / 10**11
    return ball, value(values[0]), None


def singular_value(ar, random):
    n = random.randint(1, 4)
    values, A = spectrum(random, n, True)
    below = EXACT.stack([[A @ rotation(random, n)], [EXACT.scale(0, A)]])
    return ar.singular_max(ar.matrix(below)), value(values[0]), 1e-6


def sum_of_powers(ar, random):
    values, A = spectrum(random, random.randint(1, 5), True)
    e = abs(exponent(random))
    return ar.power_sum(ar.matrix(A), e), sum(value(x) ** value(e) for x in values), None


def product_of_two(ar, random):
    """λ_max(A B), where the eigenvectors of both are the same."""
    n, random_rotation = random.randint(1, 4), random.getrandbits(32)
    pair = []
    for _ in range(2):
        values = [number(random, 200) for _ in range(n)]
        Q = rotation(Random(random_rotation), n)
        D = EXACT.matrix([[x * (i == j) for j in range(n)] for i, x in enumerate(values)])
        pair.append((values, ar.matrix(Q @ D @ Q.mT)))
    (left, A), (right, B) = pair
    return ar.eig_max(A, B), value(max(x * y for x, y in zip(left, right, strict=True))), None


def least_sharpness(ar, random):
    """S_min where Σ and TᵀT commute: the best point of an edge of a polygon of rational (p, q)."""
    n, L = random.randint(1, 4), random.randint(2, 6)
    data, target = number(random, 200), number(random, 100)
    d = [data * Fraction(random.randint(1, 9), random.randint(1, 9)) for _ in range(n)]
    t = [target * Fraction(random.randint(0, 9), random.randint(1, 9)) for _ in range(n)]
    t[0] = t[0] or target
    Q, theta = rotation(random, n), Fraction(1, L)
    ends = [(x, x * y * y) for x, y in zip(d, t, strict=True)]
    points = list(ends)
    for (p, q), (p_0, q_0) in combinations(ends, 2):
        a, b = p - p_0, q - q_0
        if a * b != 0:
            w = -(theta * a * q_0 + (1 - theta) * b * p_0) / (a * b)
            w = min(max(w, Fraction(0)), Fraction(1))
            points.append((p_0 + w * a, q_0 + w * b))
    best = max(p * q ** (L - 1) for p, q in points)
    D = EXACT.matrix([[x * (i == j) for j in range(n)] for i, x in enumerate(d)])
    T = EXACT.matrix([[x * (i == j) for j in range(n)] for i, x in enumerate(t)])
    with ar:
        found = minimal_sharpness(*(rows(M) for M in (Q @ D @ Q.mT, T @ Q.mT)), L)
    return found, 2 * L * mp.root(value(best), L), 1e-10


def rows(M):
    return [[Fraction(int(x.p), int(x.q)) for x in row] for row in M.rows()]


SUITE = {
    power: 20000,
    root: 15000,
    root_around_zero: 5000,
    whole_power: 5000,
    logarithm: 10000,
    exponential: 5000,
    sum_of_radicals: 5000,
    eigenvalue: 15000,
    singular_value: 5000,
    sum_of_powers: 5000,
    product_of_two: 5000,
    least_sharpness: 5000,
}
"""What is enclosed, and how often: 10^5 times in all."""


@pytest.mark.parametrize("kind", SUITE, ids=lambda kind: kind.__name__)
def test_no_enclosure_misses(kind):
    missed, wide = [], []
    for seed in range(int(SUITE[kind] * SHARE)):
        with Balls() as ar:
            ball, true, width = kind(ar, Random(f"{kind.__name__} {seed}"))
            slack = abs(true) * ERROR
            if not value(ball.lower) - slack <= true <= value(ball.upper) + slack:
                missed.append(seed)
            if width is not None and not ball.relative_width <= width:
                wide.append(seed)
            assert ball.kind == "certified"
    assert (missed, wide) == ([], [])


def test_there_are_a_hundred_thousand():
    assert sum(SUITE.values()) == 10**5
