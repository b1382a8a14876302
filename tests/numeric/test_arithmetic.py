"""One table of formulas, run in every arithmetic: exact, enclosed, rounded and symbolic agree."""

import sys
from contextlib import suppress
from fractions import Fraction
from types import SimpleNamespace

import array_api_strict
import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import arb, ctx, fmpq_mat
from hypothesis import assume, given
from hypothesis import strategies as st

from numeric.arithmetic.algebraic import MAX_DEGREE, to_fmpq
from numeric.arithmetic.ball import Ball, Balls
from numeric.arithmetic.floating import Floating, namespace
from numeric.arithmetic.protocol import NotExact, relative_margin, weakest
from numeric.arithmetic.rational import Rational
from numeric.arithmetic.surds import compare_exact
from numeric.arithmetic.symbolic import Symbolic

# A is 2 x 3, B is 3 x 2, S and R are 2 x 2 and positive definite.  All formulas of the first table
# are rational functions of the entries; those of the second have roots in them.
RING = {
    "matmul": lambda ar, A, B, S, R: A @ B,
    "sums": lambda ar, A, B, S, R: A + B.mT - (-A),
    "transpose": lambda ar, A, B, S, R: A.mT @ R,
    "entry": lambda ar, A, B, S, R: ar.entry(A, 1, 2),
    "identity": lambda ar, A, B, S, R: ar.identity(2) + S,
    "stack": lambda ar, A, B, S, R: ar.stack([[A, S], [B.mT, R]]),
    "scale": lambda ar, A, B, S, R: ar.scale(ar.entry(R, 0, 0), A),
    "kron": lambda ar, A, B, S, R: ar.kron(A, B),
    "trace": lambda ar, A, B, S, R: ar.trace(A @ B @ S),
    "diagonal": lambda ar, A, B, S, R: ar.diagonal(A @ B) @ S,
    "frobenius_sq": lambda ar, A, B, S, R: ar.frobenius_sq(A),
    "inverse": lambda ar, A, B, S, R: ar.inverse(S) @ A,
    "scalars": lambda ar, A, B, S, R: 1 - 2 * ar.trace(S) / (ar.trace(R) * 3) - -ar.trace(S),
    "maximum": lambda ar, A, B, S, R: ar.maximum(0, ar.trace(S), ar.trace(R), ar.trace(A @ B)),
    "minimum": lambda ar, A, B, S, R: ar.minimum(1, ar.trace(S), ar.trace(R), ar.trace(A @ B)),
    "power of an integer": lambda ar, A, B, S, R: ar.power(ar.trace(S), Fraction(-3)),
}
ROOTS = {
    "eig_max": lambda ar, A, B, S, R: ar.eig_max(S - R),
    "eig_max of a product": lambda ar, A, B, S, R: ar.eig_max(S, R),
    "singular_max, wide": lambda ar, A, B, S, R: ar.singular_max(A),
    "singular_max, tall": lambda ar, A, B, S, R: ar.singular_max(B),
    "power_sum of eigenvalues": lambda ar, A, B, S, R: ar.power_sum(S, Fraction(1, 2)),
    "sqrt": lambda ar, A, B, S, R: ar.sqrt(ar.trace(S)),
    "power": lambda ar, A, B, S, R: ar.power(ar.trace(S), Fraction(2, 3)),
    "negative power": lambda ar, A, B, S, R: ar.power(ar.trace(S), Fraction(-3, 2)),
    "root of an eigenvalue": lambda ar, A, B, S, R: ar.sqrt(ar.eig_max(S)) * ar.trace(R),
}
TABLE = RING | ROOTS
TRANSCENDENTAL = {
    "log": lambda ar, A, B, S, R: ar.log(ar.trace(S)),
    "exp": lambda ar, A, B, S, R: ar.exp(ar.trace(A @ B) / 50),
    "log of exp": lambda ar, A, B, S, R: ar.log(ar.exp(ar.trace(A @ B) / 50)),
    "power by exp and log": lambda ar, A, B, S, R: ar.exp(ar.log(ar.trace(S)) / 3),
}


def instance(seed):
    """Return A, B, S, R as rows of Fractions."""
    rng = np.random.default_rng(seed)

    def rows(m, n):
        p, q = rng.integers(-9, 10, (m, n)).tolist(), rng.integers(1, 8, (m, n)).tolist()
        return [
            [Fraction(a, b) for a, b in zip(r, s, strict=True)] for r, s in zip(p, q, strict=True)
        ]

    def positive_definite():
        (a, b), (c, d) = rows(2, 2)
        return [[1 + a * a + b * b, a * c + b * d], [a * c + b * d, 1 + c * c + d * d]]

    return rows(2, 3), rows(3, 2), positive_definite(), positive_definite()


INSTANCES = [instance(seed) for seed in range(4)]


def entries(ar, value):
    """Return a matrix or a scalar as a flat list of scalars."""
    if isinstance(ar, Floating):
        return np.asarray(ar.to_numpy(value)).ravel().tolist()
    if not hasattr(value, "shape"):
        return [value]
    m, n = value.shape
    return [ar.entry(value, i, j) for i in range(m) for j in range(n)]


def run(ar, formula, matrices):
    return entries(ar, formula(ar, *(ar.matrix(rows) for rows in matrices)))


each_formula = pytest.mark.parametrize("name", TABLE)
each_instance = pytest.mark.parametrize("matrices", INSTANCES, ids=range(len(INSTANCES)))


@each_formula
@each_instance
def test_balls_contain_the_exact_value_and_are_narrow(name, matrices):
    exact = run(Rational(), TABLE[name], matrices)
    with Balls() as ar:
        balls = run(ar, TABLE[name], matrices)
        for ball, value in zip(balls, exact, strict=True):
            assert value in ball
            assert ball.kind == "certified"
            assert ball.lower <= ball.upper
            assert ball.relative_width <= (1e-12 if "eig" in name or "sing" in name else 1e-35)


def test_a_device_is_described(monkeypatch):
    runtime = SimpleNamespace(
        getDeviceProperties=lambda number: {"name": b"Device " + str(number).encode()},
        memGetInfo=lambda: (3 * 2**29, 2**32),
    )
    cuda = SimpleNamespace(runtime=runtime, Device=lambda: SimpleNamespace(id=1))
    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(__version__="14.2.0"))
    found = Floating(SimpleNamespace(cuda=cuda)).device()
    assert found == "CuPy 14.2.0, Device 1, 4.0 GiB of memory, 1.5 GiB free"
    assert Floating().device() == Floating(array_api_strict).device() == "the host"


@each_formula
@pytest.mark.parametrize("xp", [namespace("numpy"), array_api_strict], ids=["numpy", "strict"])
def test_floats_round_the_exact_value_alone_and_in_a_batch(name, xp):
    ar, formula = Floating(xp), TABLE[name]
    exact = [[float(x) for x in run(Rational(), formula, m)] for m in INSTANCES]
    single = [run(ar, formula, m) for m in INSTANCES]
    np.testing.assert_allclose(single, exact, rtol=1e-12, atol=1e-12)
    stacked = [xp.stack([ar.matrix(m[k]) for m in INSTANCES]) for k in range(4)]
    batch = ar.to_numpy(formula(ar, *stacked))
    batch = np.broadcast_to(batch, (len(INSTANCES), *batch.shape[1:]))
    np.testing.assert_allclose(batch.reshape(len(INSTANCES), -1), single, rtol=1e-13, atol=1e-13)


@each_instance
@pytest.mark.parametrize("name", TRANSCENDENTAL)
def test_logarithms_and_exponentials_lie_in_narrow_balls(name, matrices):
    formula = TRANSCENDENTAL[name]
    (symbolic,) = run(Symbolic(), formula, matrices)
    for ar in (Floating(), Floating(array_api_strict)):
        np.testing.assert_allclose(run(ar, formula, matrices), [float(symbolic)], rtol=1e-13)
    with Balls() as ar:
        (ball,) = run(ar, formula, matrices)
        assert ball.relative_width < 1e-30
        assert ball.kind == "certified"
        assert ball.arb.overlaps(arb(str(symbolic.evalf(50)), 1e-45))


@each_formula
def test_symbols_substitute_to_the_exact_value(name):
    ar, matrices = Symbolic(), INSTANCES[0]
    symbols, values = [], {}
    for letter, rows in zip("absr", matrices, strict=True):
        shape = len(rows), len(rows[0])
        M = [
            [sp.Symbol(f"{letter}{i}{j}", real=True) for j in range(shape[1])]
            for i in range(shape[0])
        ]
        if letter in "sr":
            M[1][0] = M[0][1]
        symbols.append(M)
        values |= {M[i][j]: sp.sympify(x) for i, row in enumerate(rows) for j, x in enumerate(row)}
    formulas = run(ar, TABLE[name], symbols)
    for formula, value in zip(formulas, run(Rational(), TABLE[name], matrices), strict=True):
        number = sp.sympify(formula).subs(values)
        if name in RING:
            exact = to_fmpq(value)
            assert number == sp.Rational(int(exact.p), int(exact.q))
        else:
            digits = str(number.evalf(50))
            with ctx.workprec(140):
                assert abs(arb(digits) - Ball.of(value).arb) < 1e-38


@pytest.mark.parametrize("exponent", [Fraction(1), Fraction(1, 2), Fraction(3)])
def test_power_sums_of_repeated_and_zero_eigenvalues(exponent):
    rows = [[5, 4, 0], [4, 5, 0], [0, 0, 9]]  # eigenvalues 1, 9, 9
    singular = [[8, 8, 0], [8, 8, 0], [0, 0, 16]]  # 0, 16, 16
    for matrix, roots in ((rows, (1, 3, 3)), (singular, (0, 4, 4))):
        expected = sum(float(root) ** (2 * float(exponent)) for root in roots)
        assert Rational().power_sum(Rational().matrix(matrix), exponent) == int(expected)
        assert abs(Floating().power_sum(Floating().matrix(matrix), exponent) - expected) < 1e-6
        with Balls() as ar:
            ball = ar.power_sum(ar.matrix(matrix), exponent)
            assert int(expected) in ball
            assert ball.relative_width < 1e-6


# Largest eigenvalues

third = Fraction(1, 3)
SYMMETRIC = {
    "1 x 1": [[-5]],
    "zero": [[0] * 3] * 3,
    "identity": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "thirds": [[third, 0], [0, third]],
    "equal blocks": [[2, 1, 0, 0], [1, 2, 0, 0], [0, 0, 2, 1], [0, 0, 1, 2]],
    "equal blocks, irrational": [[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 0]],
    "indefinite": [[0, 3, 0], [3, 0, 1], [0, 1, -7]],
    "negative definite": [[-2, 1], [1, -3]],
    "top eigenvalue zero": [[-1, 1], [1, -1]],
    "all ones": [[1] * 4] * 4,
    "two scales": [[10**9, 1], [1, Fraction(1, 10**9)]],
    "tiny": [[Fraction(2, 10**30), Fraction(1, 10**30)], [Fraction(1, 10**30), 0]],
}


@pytest.mark.parametrize("name", SYMMETRIC)
def test_eig_max_of_degenerate_matrices(name):
    rows = SYMMETRIC[name]
    exact = Rational().eig_max(Rational().matrix(rows))
    scale = max(abs(x) for row in rows for x in row)
    with Balls() as ar:
        ball = ar.eig_max(ar.matrix(rows))
        assert exact in ball
        assert ball.upper - ball.lower <= Fraction(1e-13) * scale
    assert abs(float(exact) - Floating().eig_max(Floating().matrix(rows))) <= 1e-14 * scale


POSITIVE = {
    "zero": [[0] * 3] * 3,
    "rank one": [[1, 2, third], [2, 4, 2 * third], [third, 2 * third, third * third]],
    "rank two": [[1, 0, 1], [0, 2, 0], [1, 0, 1]],
    "coordinate": [[0, 0, 0], [0, third, 0], [0, 0, 0]],
    "identity": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "condition 1e16": [[10**8, 0, 0], [0, 1, 0], [0, 0, Fraction(1, 10**8)]],
}


@pytest.mark.parametrize("left", POSITIVE)
@pytest.mark.parametrize("right", POSITIVE)
def test_eig_max_of_products_of_singular_matrices(left, right):
    A, B = POSITIVE[left], POSITIVE[right]
    exact = Rational().eig_max(Rational().matrix(A), Rational().matrix(B))
    with Balls() as ar:
        ball = ar.eig_max(ar.matrix(A), ar.matrix(B))
        assert exact in ball
        assert ball.upper - ball.lower <= Fraction(1e-13) * max(1, Fraction(float(exact)))
    assert np.isclose(
        Floating().eig_max(Floating().matrix(A), Floating().matrix(B)), float(exact), rtol=1e-12
    )


def random_symmetric(n, seed):
    M = np.random.default_rng(seed).integers(-20, 21, (n, n))
    return (M + M.T).tolist()


@pytest.mark.parametrize(("n", "seed"), [(5, 0), (12, 1), (30, 2), (100, 3)])
def test_eig_max_agrees_with_certified_roots_of_the_characteristic_polynomial(n, seed):
    rows = random_symmetric(n, seed)
    with Balls() as ar:
        ball = ar.eig_max(ar.matrix(rows))
        roots = fmpq_mat(rows).charpoly().numer().complex_roots()
        top = max((root.real for root, _ in roots), key=lambda x: float(x.mid()))
        assert ball.arb.contains(top)
        assert ball.relative_width <= 1e-11


def test_eig_max_of_a_large_matrix_known_by_hand():
    n = 100
    rows = [[2 * (i == j) - (abs(i - j) == 1) for j in range(n)] for i in range(n)]
    with Balls() as ar:
        ball = ar.eig_max(ar.matrix(rows))
        assert ball.arb.contains(2 + 2 * (arb(1) / (n + 1)).cos_pi())
        assert ball.relative_width <= 1e-12


@pytest.mark.parametrize("x", [third, Fraction(1, 7), Fraction(10**20, 3), Fraction(1, 3 * 10**30)])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_eig_max_is_finite_where_its_errors_are_balls_around_zero(x, n):
    with Balls() as ar:
        one = ar.scalar(x) * (1 / x)
        A = ar.scale(one, ar.identity(n))
        assert 1 in ar.eig_max(A)
        assert ar.eig_max(A).relative_width < 1e-30


@pytest.mark.parametrize("q", [2, 3, 7])
def test_roots_of_a_ball_around_zero_reach_down_to_zero(q):
    with Balls() as ar:
        zero = ar.scalar(third) * 3 - 1
        assert not zero.arb.is_exact()
        for x in map(ar.nonnegative, (zero, ar.scalar(0), Ball.between(zero, ar.scalar(2**q)))):
            root = ar.power(x, Fraction(1, q))
            assert 0 in root
            assert root.arb.is_finite()
            assert ar.power(root, Fraction(q)).upper >= x.upper
            with pytest.raises(
                ArithmeticError, match="base may be zero" if x.upper else "0 [*][*]"
            ):
                ar.power(x, Fraction(-1, q))
        assert 2 in root
        assert root.upper < Fraction(21, 10)


def test_eig_max_counts_what_the_factor_of_a_wide_ball_leaves_out():
    with Balls() as ar:  # A B = diag(1, 100 x), and x may be zero
        x = Ball.between(Ball.of(0), Ball.of(Fraction(1, 10)))
        top = ar.eig_max(ar.matrix([[1, 0], [0, 100]]), ar.matrix([[1, 0], [0, x]]))
        assert 1 in top
        assert 10 in top


def test_eig_max_of_balls_with_a_radius_is_finite():
    with Balls() as ar:
        one = ar.scalar(third) * 3
        assert not one.arb.is_exact()
        A = ar.scale(one, ar.identity(3))
        assert 1 in ar.eig_max(A)
        assert ar.eig_max(A).relative_width < 1e-30
        assert 0 in ar.singular_max(A - ar.identity(3))
        assert ar.singular_max(A - ar.identity(3)).upper < Fraction(1, 10**18)


# What a number is worth


def test_a_ball_that_met_a_float_is_sampled():
    with Balls() as ar:
        exact, tainted = ar.matrix([[1, 2], [2, third]]), ar.matrix([[1, 2], [2, 4.25]])
        matrices = [tainted + exact, exact @ tainted, -tainted, tainted.mT, ar.inverse(tainted)]
        matrices += [ar.kron(exact, tainted), ar.stack([[exact, tainted]]), ar.scale(0.5, exact)]
        for M in matrices:
            assert M.kind == ar.entry(M, 0, 0).kind == "sampled"
        numbers = [ar.trace(tainted), ar.frobenius_sq(tainted), ar.eig_max(exact @ exact, tainted)]
        numbers += [ar.scalar(1) + 0.5, 0.5 * ar.scalar(1), 1 / (ar.scalar(1) - 0.5)]
        numbers += [ar.power(0.5, third), ar.maximum(7, 0.5), ar.scalar(np.float64(2))]
        for x in numbers:
            assert x.kind == ar.compare(x, 1).kind == "sampled"
        for x in (ar.trace(exact), ar.eig_max(exact), ar.singular_max(exact), ar.scalar(third) + 1):
            assert x.kind == ar.compare(x, third).kind == "certified"
    assert weakest("exact", "sampled", "certified") == "sampled"


def test_exact_arithmetic_refuses_floats():
    ar = Rational()
    for attempt in (
        lambda: ar.scalar(0.5),
        lambda: ar.matrix([[1, 0.5]]),
        lambda: ar.scale(0.5, ar.identity(2)),
        lambda: ar.power(0.5, third),
        lambda: ar.sqrt(2) * 0.5,
        lambda: ar.sqrt(2) + 0.5,
        lambda: ar.compare(ar.sqrt(2), 0.5),
        lambda: ar.scalar(np.float64(0.5)),
    ):
        with pytest.raises(TypeError):
            attempt()


def test_comparisons_say_what_they_know():
    exact, symbolic = Rational(), Symbolic()
    root = exact.sqrt(2)
    assert exact.compare(root * root, 2) == exact.compare(2, root * root)
    assert exact.compare(root, Fraction(3, 2)).sign == -1
    assert exact.maximum(1, root, third) == root
    with Balls() as ar:
        assert ar.compare(ar.sqrt(2), ar.sqrt(2)).sign is None
        assert ar.compare(ar.sqrt(2), 1).sign == 1
        assert ar.compare(third, third).sign is None
        assert ar.compare(2, 2).sign == 0
    x = sp.Symbol("x", positive=True)
    assert symbolic.compare((x + 1) ** 2, x**2 + 2 * x + 1).sign == 0
    assert symbolic.compare(x + 1, 1).sign == 1
    assert symbolic.compare(x, 1).sign is None
    assert Floating().compare(1.0, 2.0).margin == relative_margin(1.0, 2.0) == -0.5
    assert relative_margin(3.0, 0.0) == 3.0


@pytest.mark.parametrize("ar", [Rational(), Balls(), Symbolic(), Floating()], ids=lambda a: a.kind)
def test_what_is_undefined_raises(ar):
    with ar:
        singular = ar.matrix([[1, 2], [2, 4]])
        with pytest.raises(ZeroDivisionError):
            ar.inverse(singular)
        assert ar.is_zero(singular - singular)
        assert not ar.is_zero(singular)
        if ar.kind in ("exact", "certified"):
            with pytest.raises(ZeroDivisionError):
                ar.power(0, Fraction(-1, 2))
            with pytest.raises(ArithmeticError, match="the base is negative"):
                ar.sqrt(-2)


@pytest.mark.parametrize("ar", [Rational(), Balls(), Symbolic(), Floating()], ids=lambda a: a.kind)
@pytest.mark.parametrize(("x", "sign"), [(1, -1), (2, 0), (3, 1)])
def test_a_comparison_has_the_sign_of_the_difference(ar, x, sign):
    with ar:
        assert ar.compare(ar.scalar(x), ar.scalar(2)).sign == sign


def test_the_width_of_a_ball_is_relative_to_its_middle():
    assert Ball.between(Ball.of(1), Ball.of(3)).relative_width == pytest.approx(1)
    assert Ball.between(Ball.of(-3), Ball.of(-1)).relative_width == pytest.approx(1)
    assert Ball.between(Ball.of(0), Ball.of(1)).relative_width == float("inf")
    assert Ball.of(0).relative_width == Ball.of(2).relative_width == 0


def test_small_matrices_keep_what_is_known_of_their_entries():
    with Balls() as ar:
        assert ar.matrix([]).shape == (0, 0)
        x = ar.scalar(third)
        top = ar.eig_max(ar.matrix([[third]]))
        assert (top.lower, top.upper) == (x.lower, x.upper)


def test_quotients_of_balls_have_a_sign_and_a_divisor():
    with Balls():
        for x, y in ((1, 3), (-1, 3), (1, -3), (-1, -3)):
            assert Fraction(x, y) in Ball.of(x) / y
            assert Fraction(x, y) in x / Ball.of(y)
        with pytest.raises(ZeroDivisionError):
            Ball.of(1) / 0
        with pytest.raises(ZeroDivisionError):
            1 / Ball.of(0)


@pytest.mark.parametrize("ar", [Rational(), Balls(), Symbolic(), Floating()], ids=lambda a: a.kind)
def test_the_logarithm_of_one_and_the_exponential_of_zero_are_exact(ar):
    with ar:
        assert ar.compare(ar.log(ar.scalar(1)), 0).sign == 0
        assert ar.compare(ar.exp(ar.scalar(0)), 1).sign == 0


@pytest.mark.parametrize("ar", [Rational(), Balls()], ids=["rational", "balls"])
def test_logarithms_are_of_positive_numbers(ar):
    with ar:
        with pytest.raises(ZeroDivisionError, match="log"):
            ar.log(0)
        with pytest.raises(ArithmeticError, match="the argument is n"):
            ar.log(-1)


def test_of_logarithms_and_exponentials_only_what_has_a_rule_is_exact():
    log, exp = EXACT.log(2), EXACT.exp(2)
    for made in (
        lambda: log * log, lambda: 1 / log, lambda: root(2) * log, lambda: EXACT.log(log),
        lambda: EXACT.power(log, Fraction(2)), lambda: exp + 1, lambda: log + exp,
        lambda: log * exp, lambda: EXACT.exp(exp), lambda: EXACT.exp(10**30),
        lambda: EXACT.exp(log + 1) + log,
    ):  # fmt: skip
        with pytest.raises(NotExact):
            made()
    assert EXACT.log(root(2) * root(2) / 2) == 0
    assert EXACT.exp(log) == 2
    assert (exp + 0, exp * 0, log - log, exp / exp) == (exp, 0, 0, 1)


def test_a_ball_that_may_be_anything_has_no_logarithm_and_no_exponential():
    with Balls() as ar:
        nothing = ar.scalar(third) * 3 - 1
        for x in (nothing, 1 / nothing, Ball.between(Ball.of(0), Ball.of(1))):
            with pytest.raises(NotExact, match="may not be positive"):
                ar.log(x)
        for x in (1 / nothing, 10**30, -(10**30)):
            with pytest.raises(NotExact, match="beyond"):
                ar.exp(x)
        assert 1 in ar.exp(nothing)
        assert ar.log(0.5).kind == ar.exp(0.5).kind == "sampled"


def test_balls_restore_the_precision_they_found():
    before = ctx.prec
    with Balls(300) as outer, Balls(80):
        assert ctx.prec == 80
        assert outer.precision == 300
    assert ctx.prec == before


def test_a_missing_gpu_is_named():
    if pytest.importorskip("importlib.util").find_spec("cupy"):
        pytest.skip("CuPy is installed")
    with pytest.raises(RuntimeError, match="backend cupy: CuPy is not installed"):
        namespace("cupy")


# Real algebraic numbers, each drawn together with its value to 60 digits and a ball

mp = mpmath.mp.clone()
mp.dps = 60
EXACT, BALLS = Rational(), Balls(200)


@st.composite
def reals(draw, roots=(1, 2, 3)):
    """Draw (exact number, mpmath value, ball): a rational plus a rational times a root."""
    p, q = draw(st.integers(-5, 5)), draw(st.integers(1, 4))
    radicand, degree = draw(st.integers(1, 12)), draw(st.sampled_from(roots))
    shift, exponent = Fraction(p, q), Fraction(1, degree)
    slope = draw(st.sampled_from((-2, Fraction(1, 2), 1)))
    with BALLS as ar:
        return (
            EXACT.power(radicand, exponent) * to_fmpq(slope) + to_fmpq(shift),
            mp.root(radicand, degree) * slope.numerator / slope.denominator + mp.mpf(p) / q,
            ar.power(radicand, exponent) * slope + shift,
        )


def check(triple):
    """The three agree: the ball contains the exact number, which is the mpmath value."""
    exact, value, ball = triple
    with ctx.workprec(200):
        assert exact in ball
        assert ball.arb.is_finite()
        assert abs(Ball.of(exact).arb - arb(mp.nstr(value, 60))) < 1e-50


@given(reals(), reals(), st.sampled_from("+-*/"))
def test_algebraic_numbers_follow_their_values(x, y, operation):
    operate = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
    }[operation]
    assume(operation != "/" or y[0] != 0)
    with BALLS:
        check(tuple(operate(a, b) for a, b in zip(x, y, strict=True)))


@given(
    reals(), st.sampled_from([(2, 1), (5, 1), (-1, 1), (-2, 1), (1, 2), (3, 2), (-1, 3), (2, 3)])
)
def test_algebraic_powers_follow_their_values(x, exponent):
    p, q = exponent
    assume(x[1] > 0)
    power = Fraction(p, q)
    with BALLS as ar:
        check((EXACT.power(x[0], power), mp.root(x[1], q) ** p, ar.power(x[2], power)))


@given(reals(), reals(), reals())
def test_order_is_antisymmetric_transitive_and_that_of_the_values(x, y, z):
    sign = compare_exact(x[0], y[0])
    assert sign == -compare_exact(y[0], x[0])
    assert sign == (0 if abs(x[1] - y[1]) < 1e-50 else mp.sign(x[1] - y[1]))
    assert (sign == 0) == (x[0] == y[0])
    if sign <= 0 and compare_exact(y[0], z[0]) <= 0:
        assert compare_exact(x[0], z[0]) <= 0


def root(n, degree=2):
    return EXACT.power(n, Fraction(1, degree))


PHI = EXACT.eig_max(EXACT.matrix([[1, 1], [1, 0]]))
TOP = EXACT.eig_max(EXACT.matrix([[int(abs(i - j) == 1) + i * (i == j) for j in range(5)]
                                  for i in range(5)]))  # fmt: skip
SUM = sum(root(n, n) for n in (2, 3, 5, 7, 11, 13))

TIES = {
    "√2 √3 = √6": (root(2) * root(3), root(6)),
    "(2^(1/3))³ = 2": (root(2, 3) * root(2, 3) * root(2, 3), 2),
    "√8 = 2√2": (root(8), 2 * root(2)),
    "1/(√2 - 1) = √2 + 1": (1 / (root(2) - 1), root(2) + 1),
    "√(5 + 2√6) = √2 + √3": (EXACT.sqrt(2 * root(6) + 5), root(2) + root(3)),
    "(2 + √5)^(1/3) = (1 + √5)/2": (EXACT.power(root(5) + 2, third), (root(5) + 1) / 2),
    "Cardano: two cube roots add up to 1": (
        EXACT.power(root(5) + 2, third) - EXACT.power(root(5) - 2, third), 1
    ),
    "√2 - √2 = 0": (root(2) - root(2), 0),
    "(√2 + √3) - (√3 + √2) = 0": ((root(2) + root(3)) - (root(3) + root(2)), 0),
    "eigenvalue": (EXACT.eig_max(EXACT.matrix([[1, 1], [1, 0]])), (1 + root(5)) / 2),
    "degree 49": (root(2, 7) * root(3, 7), root(6, 7)),
    "√2 3^(1/7) = (2^7 9)^(1/14)": (root(2) * root(3, 7), root(2**7 * 9, 14)),
    "a root of order 1000": (EXACT.power(3, Fraction(499, 1000)) / root(3), root(third, 1000)),
    "roots of order 999 and 1000": (root(2, 999) * root(2, 1000), root(2**1999, 999000)),
    "a sum of six radicals in another order": (SUM, -(2 - SUM) + 2),
    "√50 - √8 - √18 + 3^(1/5) = 3^(1/5)": (
        root(50) - root(8) - root(18) + root(3, 5), root(3, 5)
    ),
    "eigenvalues of order 5": (
        EXACT.power(TOP, Fraction(5, 3)) * root(7), TOP * root(7) * EXACT.power(TOP, 2 * third)
    ),
    "a power of an eigenvalue": (EXACT.power(PHI, Fraction(49, 100)), EXACT.power(
        (3 + root(5)) / 2, Fraction(49, 200))),
    "conjugates": (EXACT.sqrt(PHI) * EXACT.sqrt(1 / PHI), 1),
    "λ + 1 = λ² for the golden ratio": (PHI + 1, PHI * PHI),
    "log 2 + 2 log 3 = log 18": (EXACT.log(2) + 2 * EXACT.log(3), EXACT.log(18)),
    "log √2 = 1/2 log 2": (EXACT.log(root(2)), EXACT.log(2) / 2),
    "1 - log 2 = 1 + log 1/2": (1 - EXACT.log(2), EXACT.log(Fraction(1, 2)) + 1),
    "log of an eigenvalue": (EXACT.log(PHI * PHI), 2 * EXACT.log(PHI)),
    "e e = e²": (EXACT.exp(1) * EXACT.exp(1), EXACT.exp(2)),
    "exp(1 + log 3) = 3 e": (EXACT.exp(1 + EXACT.log(3)), 3 * EXACT.exp(1)),
    "√(e²) = e": (EXACT.sqrt(EXACT.exp(2)), EXACT.exp(1)),
    "log(2/e) = log 2 - 1": (EXACT.log(2 / EXACT.exp(1)), EXACT.log(2) - 1),
    "-e = -√(e²)": (-EXACT.exp(1), -EXACT.sqrt(EXACT.exp(2))),
}  # fmt: skip


@pytest.mark.parametrize("name", TIES)
def test_ties_are_decided(name):
    x, y = TIES[name]
    assert compare_exact(x, y) == compare_exact(y, x) == 0
    assert x == y


def test_signs_of_tiny_differences():
    big = 10**40
    assert compare_exact(root(big**2 + 1), big) == 1  # by 5e-41
    assert compare_exact(root(big + 1) + root(big - 1), 2 * root(big)) == -1  # by 2.5e-61
    assert compare_exact(root(big + 3) - root(big + 2), 0) == 1  # conjugate to its negative
    assert compare_exact(root(big + 2) - root(big + 3), 0) == -1
    assert compare_exact(root(2), Fraction(3363, 2378)) == -1  # by 6e-8
    assert compare_exact(root(2, 3) + Fraction(1, 10**300), root(2, 3)) == 1
    assert compare_exact(SUM + Fraction(1, 10**300), SUM) == 1
    assert compare_exact(EXACT.log(2) + Fraction(1, 10**300), EXACT.log(2)) == 1
    assert compare_exact(EXACT.log(10**200), EXACT.log(10**200 + 1)) == -1
    assert compare_exact(EXACT.exp(Fraction(1, 10**200)), 1) == 1
    assert compare_exact(-EXACT.exp(-(10**5)), 0) == -1


def test_degrees_beyond_the_cap_are_not_exact():
    wide = EXACT.power(TOP, Fraction(1, 7)) + root(2, 5) + 1  # degree 175
    assert wide - wide == 0
    for ask in (lambda: 1 / wide, lambda: EXACT.sqrt(wide), lambda: wide == 1 + wide * wide / wide):
        with pytest.raises(NotExact, match=f"exceeds {MAX_DEGREE}"):
            ask()
    with pytest.raises(NotExact, match="irrational multiple"):
        EXACT.scale(root(2), EXACT.identity(2))
    with pytest.raises(NotExact, match="larger than 2 x 2"):
        Symbolic().eig_max(Symbolic().matrix([[1, 1, 1]] * 3))


@pytest.mark.parametrize("ar", [Rational(), Balls()], ids=["rational", "balls"])
def test_what_is_not_symmetric_or_not_psd_is_refused(ar):
    with ar:
        turn = ar.matrix([[0, -1], [1, 0]])
        with pytest.raises(ValueError, match="symmetric"):
            ar.eig_max(turn)
        with pytest.raises(ValueError, match="symmetric"):
            ar.eig_max(ar.identity(2), turn)
    with Balls() as balls, pytest.raises(ValueError, match="semidefinite"):
        balls.eig_max(balls.identity(2), balls.matrix([[1, 2], [2, 1]]))


@pytest.mark.parametrize("exponent", [Fraction(1, 2), Fraction(1, 3), Fraction(-1), Fraction(2)])
def test_a_ball_that_may_be_anything_has_no_power(exponent):
    with Balls() as ar:
        nothing = ar.scalar(third) - third  # a ball around zero that is not exactly zero
        anything = Ball(1 / (nothing + 2**-200).arb.union((nothing - 2**-200).arb))
        with pytest.raises(NotExact):
            ar.power(anything, exponent)


def test_formulas_do_not_follow_one_branch_of_a_question_that_has_two_answers():
    """It is zero for one x, 1 + x² for none, (x + 1)² - x² - 2x - 1 for all."""
    ar, x = Symbolic(), sp.Symbol("x", real=True)
    assert not ar.is_zero(ar.matrix([[x, 1 + x**2]]))
    assert ar.is_zero(ar.matrix([[(x + 1) ** 2 - x**2 - 2 * x - 1]]))
    with pytest.raises(NotExact):
        ar.is_zero(ar.matrix([[x]]))


@pytest.mark.parametrize(
    "operation",
    ["eig_max", "singular_max", "power_sum", "factor", "eigen"],
)
def test_what_cannot_be_decomposed_is_an_arithmetic_error(operation):
    ar = Floating()
    bad = np.full((5, 5), np.nan)
    arguments = (bad, Fraction(1, 2)) if operation == "power_sum" else (bad,)
    with pytest.raises(ArithmeticError, match="finite"):
        getattr(ar, operation)(*arguments)


@pytest.mark.parametrize("e", [Fraction(1, 2), Fraction(1, 3), Fraction(3, 2), Fraction(-1, 2)])
def test_no_root_is_taken_of_a_ball_that_may_be_negative(e):
    """All of it must be >= 0, or its caller must know."""
    with Balls() as ar:
        for middle, radius in ((-0.5, 0.6), (0, 1), (0.5, 0.6)):
            x = Ball(arb(middle, radius))
            with pytest.raises(NotExact, match="the base may be negative"):
                ar.power(x, e)
            if e > 0:
                power = ar.power(ar.nonnegative(x), e)
                assert 0 <= power.lower <= 0 < power.upper < 2
        with pytest.raises(ArithmeticError, match="the base is negative"):
            ar.power(Ball(arb(-0.5, 0.4)), e)
        with pytest.raises(ValueError, match="not negative"):
            ar.nonnegative(Ball(arb(-0.5, 0.4)))
        with pytest.raises(ValueError, match="semidefinite"):
            ar.power_sum(ar.matrix([[1, 0], [0, -1]]), abs(e))
        with pytest.raises(ValueError, match="semidefinite"):
            ar.power_sum(ar.matrix([[1, 0, 0], [0, 1, 0], [0, 0, -1]]), abs(e))


@pytest.mark.parametrize(("low", "high"), [(-1, 1), (-2, 1), (-1, 3), (0, 2), (-3, -1), (1, 2)])
@pytest.mark.parametrize("n", [0, 1, 2, 3, 6, 7, -1, -2])
def test_whole_powers_of_a_ball_are_those_of_all_its_numbers(low, high, n):
    with Balls() as ar:
        x = Ball.between(ar.scalar(low), ar.scalar(high))
        if n < 0 and low <= 0 <= high:
            with pytest.raises(NotExact, match="may be zero"):
                ar.power(x, Fraction(n))
            return
        powers = [Fraction(k, 8) ** n for k in range(8 * low, 8 * high + 1)]
        found = ar.power(x, Fraction(n))
        assert all(y in found for y in powers)
        if low <= 0 <= high:
            assert found.upper <= max(powers) * (1 + Fraction(1, 10**6))
    assert EXACT.power(low or 1, Fraction(n)) == to_fmpq(Fraction(low or 1) ** n)


@pytest.mark.parametrize("x", [Fraction(-1, 2), Fraction(-2), Fraction(-1)])
def test_no_root_of_a_negative_number(x):
    with pytest.raises(ArithmeticError, match="the base is negative"):
        Rational().power(Rational().scalar(x), Fraction(1, 2))


@pytest.mark.parametrize("place", [(0, 0), (0, 1)])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("many", [1, 1000])
def test_nothing_finite_is_made_of_what_is_not(place, n, many):
    """LAPACK returns numbers for a matrix whose diagonal is NaN."""
    floats, A = Floating(), np.tile(np.eye(n), (many, 1, 1))
    i, j = min(place, (n - 1, n - 1))
    A[..., i, j] = A[..., j, i] = np.nan
    measures = (floats.eig_max, floats.singular_max, lambda A: floats.power_sum(A, Fraction(1, 2)))
    for measure in (*measures, lambda A: floats.eig_max(A, np.eye(n))):
        with suppress(ArithmeticError), np.errstate(invalid="ignore"):
            assert np.isnan(measure(A)).all()


def test_what_lapack_gives_up_is_an_arithmetic_error(monkeypatch):
    def gives_up(A):
        raise np.linalg.LinAlgError("Eigenvalues did not converge")

    monkeypatch.setattr(np.linalg, "eigh", gives_up)
    floats = Floating()
    for decompose in (floats.eigh, floats.eigen, floats.factor):
        with pytest.raises(ArithmeticError, match="did not converge"):
            decompose(np.eye(5))


def test_sums_and_products_of_what_is_not_negative_have_roots():
    """Rounding may put the lower end of such a ball below 0, where no root is taken."""
    with Balls() as ar:
        small = Ball(arb(0, "1e-70").nonnegative_part())
        for made in (small + small + small, 3 * small, small * small, small / 7, 1 / 3 * small):
            assert 0 in ar.sqrt(made)
            assert made.arb >= 0
        around = Ball(arb(0, "1e-70"))
        assert 0 in ar.sqrt(around * around)
        with pytest.raises(NotExact):
            ar.sqrt(around * Ball(arb(0, "1e-70")))  # another number in the same ball
        assert (Ball(arb("inf")) + small).arb > 0
