"""Derivatives carried along by tangents are those of finite differences."""

import math
import operator
from fractions import Fraction

import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.tangents import Tangent, Tangents, tangent, value
from numeric.gain import weighted_gain
from tests.numeric.test_arithmetic import TABLE
from theorems import quantities, settings
from theorems.recipes import optimal_scale
from verify.claims import QUANTITIES, SETTINGS, Bounds
from verify.sources import BatchSource, PointSource

FLOATS, TANGENTS = Floating(), Tangents()
MORE = {
    "log": lambda ar, A, B, S, R: ar.log(ar.trace(S)) if ar is TANGENTS else np.log(ar.trace(S)),
    "exp": lambda ar, A, B, S, R: (
        ar.exp(ar.entry(A, 0, 0)) if ar is TANGENTS else np.exp(A[..., 0, 0])
    ),
    "quotients": lambda ar, A, B, S, R: (1 / ar.trace(S) - ar.trace(R)) / ar.trace(S) / 3,
    "integer powers": lambda ar, A, B, S, R: (
        ar.trace(S) ** 3 - ar.trace(R) ** -2 + ar.trace(S) ** 0
    ),
    "absolute value": lambda ar, A, B, S, R: abs(ar.entry(A, 0, 0)) * abs(-ar.trace(S)),
    "constant factors": lambda ar, A, B, S, R: np.ones((2, 2)) @ A @ np.ones((3, 1)) * 0.5,
    "constant data": lambda ar, A, B, S, R: ar.eig_max(S, np.diag([1.0, 3.0])),
    "constant map": lambda ar, A, B, S, R: ar.eig_max(np.diag([1.0, 3.0]), S),
    "kron with a constant": lambda ar, A, B, S, R: ar.kron(ar.kron(S, ar.identity(2)), A),
    "margin": lambda ar, A, B, S, R: ar.margin(ar.trace(S), 2 * ar.trace(R)),
    "margin above zero": lambda ar, A, B, S, R: ar.margin(ar.trace(S), 0),
    "gain": lambda ar, A, B, S, R: weighted_gain(ar, S, A.mT @ A @ B, Fraction(1, 3)),
}
SMALL = Bounds((2, 3), (2, 3))
SMOOTH = [
    setting
    for setting in SETTINGS.values()
    if setting in vars(settings).values() and setting is not settings.attaining_minimizers
]
MEASURED = [
    QUANTITIES[q.name]
    for q in map(vars(quantities).get, quantities.__all__)
    if hasattr(q, "measure")
]


def differences(values, h):
    """Central differences of values at n points above, n below and the middle; None at a kink."""
    n = len(values) // 2
    above, below, middle = values[:n], values[n:-1], values[-1]
    if not np.isfinite(values).all():
        return None
    slope = (above - below) / (2 * h)
    scale = max(np.abs(slope).max(), np.abs(middle).max(), 1e-3)
    smooth = np.abs(above + below - 2 * middle).max() < 1e-3 * h * scale
    return (slope, scale) if smooth and scale < 1e9 else None


def around(x, h):
    """Shape (2n + 1, n): x moved along each axis, up and down, and x itself."""
    steps = h * np.eye(len(x))
    return np.concatenate([x + steps, x - steps, x[None]])


def split(points):
    """A, B and positive definite S, R from 6 + 6 + 4 + 4 numbers, in floats or tangents."""

    def part(ar, first, rows, columns):
        values = points[:, first : first + rows * columns].reshape(-1, rows, columns)
        return TANGENTS.seed(values, first, points.shape[-1]) if ar is TANGENTS else values

    def build(ar):
        A, B = part(ar, 0, 2, 3), part(ar, 6, 3, 2)
        G, H = part(ar, 12, 2, 2), part(ar, 16, 2, 2)
        return A, B, G @ G.mT + ar.identity(2), H @ H.mT + ar.identity(2)

    return build


@pytest.mark.parametrize("name", TABLE | MORE)
@pytest.mark.parametrize("seed", range(3))
def test_every_operation_differentiates(name, seed):
    formula, h = (TABLE | MORE)[name], 1e-6
    x = np.random.default_rng(seed).uniform(-2, 2, 20)
    expected = np.asarray(formula(FLOATS, *split(around(x, h))(FLOATS)))
    dual = formula(TANGENTS, *split(x[None])(TANGENTS))
    assert value(dual) == pytest.approx(expected[-1:], rel=1e-11, abs=1e-13)
    slope, scale = differences(np.broadcast_to(expected, (41, *expected.shape[1:])), h)
    assert np.broadcast_to(tangent(dual), (20, 1, *slope.shape[1:]))[:, 0] == pytest.approx(
        slope, abs=1e-7 * scale
    )


def point(setting, seed):
    """Sizes and numbers of a random instance."""
    source = BatchSource(np.random.default_rng(seed), 1)
    setting.build(source, SMALL)
    choices = source.lane(0)
    sizes = [c for c in choices if isinstance(c, int)]
    return sizes, np.array([c for c in choices if not isinstance(c, int)])


@pytest.mark.parametrize("setting", SMOOTH, ids=lambda s: s.name)
def test_every_quantity_differentiates_over_every_setting(setting):
    sizes, x = point(setting, 2)
    h, compared = 1e-5, 0
    batch = setting.build(PointSource(sizes, around(x, h)), SMALL)
    dual = setting.build(PointSource(sizes, x[None], tangent=setting.tangent), SMALL)
    for quantity in MEASURED:
        with np.errstate(divide="ignore", invalid="ignore"):
            try:
                values = np.broadcast_to(quantity.measure(batch), (2 * len(x) + 1,))
            except ArithmeticError:  # undefined at these sizes
                continue
            exact = quantity.measure(dual)
        expected = differences(values, h)
        if expected:
            slope, scale = expected
            found = np.broadcast_to(tangent(exact), (len(x), 1))[:, 0]
            assert found == pytest.approx(slope, abs=1e-5 * scale), quantity.name
            compared += 1
    assert compared > 15


def test_an_optimal_scale_says_that_it_has_no_derivative():
    sizes, x = point(settings.attaining_minimizers, 0)
    source = PointSource(sizes, x[None], tangent=settings.attaining_minimizers.tangent)
    with pytest.raises(TypeError, match="does not differentiate"):
        settings.attaining_minimizers.build(source, SMALL)
    assert optimal_scale(FLOATS, np.eye(2), np.eye(2), 2) == pytest.approx(1)


def test_the_gain_differentiates_where_the_top_eigenvalue_of_its_dual_is_double():
    # Σ = diag(1, b), T = (1, 0): g(1/2)² is the maximum of (x + by)x over x + y = 1, b²/(4(b-1))
    b = Tangent(np.array([5.0]), np.ones((1, 1)))
    sigma = TANGENTS.scale(b, TANGENTS.matrix([[0, 0], [0, 1]])) + TANGENTS.matrix([[1, 0], [0, 0]])
    gain = weighted_gain(TANGENTS, sigma, TANGENTS.matrix([[1, 0]]), Fraction(1, 2))
    square = gain * gain
    assert square.value == pytest.approx(25 / 16)
    assert square.tangent == pytest.approx((2 * 5 * 4 - 25) / (4 * 16))


def test_where_there_is_no_derivative_a_finite_one_is_taken():
    zero = Tangent(np.zeros(1), np.ones((1, 1)))
    assert tangent(TANGENTS.sqrt(zero)) == 0
    assert tangent(TANGENTS.power(zero, Fraction(1, 3))) == 0
    assert tangent(TANGENTS.maximum(zero, -zero)) in (1, -1)
    flat = TANGENTS.seed(np.zeros((1, 2, 2)), 0, 4)
    assert np.isfinite(tangent(TANGENTS.power_sum(flat @ flat.mT, Fraction(1, 2)))).all()
    assert np.isfinite(tangent(TANGENTS.eig_max(flat @ flat.mT, flat @ flat.mT))).all()


def test_constants_stay_plain_and_meet_duals_on_either_side():
    x = TANGENTS.seed(np.array([[[1.0, 2.0]]]), 1, 4)
    assert x.tangent[:, 0, 0].tolist() == [[0, 0], [1, 0], [0, 1], [0, 0]]
    ones = np.ones((1, 1, 2))
    for total in (ones + x, x + ones, ones - (-x), np.float64(1) + x):
        assert total.value.tolist() == [[[2, 3]]]
        assert (total.tangent == x.tangent).all()
    assert not isinstance(TANGENTS.maximum(1, Fraction(1, 2)), Tangent)
    assert not isinstance(TANGENTS.kron(TANGENTS.identity(2), TANGENTS.identity(2)), Tangent)


def test_comparisons_are_by_value():
    x = Tangent(np.array([1.0, 2.0]), np.ones((1, 2)))
    assert (x < 2).tolist() == (x != 2).tolist() == [True, False]
    assert (x >= x).all()
    assert (x == Tangent(x.value, 0 * x.tangent)).all()
    assert TANGENTS.compare(x[0], 2).sign == -1
    assert np.isnan(value(TANGENTS.maximum(x, float("nan")))).all()
    assert TANGENTS.is_zero(TANGENTS.seed(np.zeros((1, 2, 2)), 0, 4)).all()


@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_tangents_are_compared_by_their_values(name):
    compare = getattr(operator, name)
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])
    for other in (y, Tangent(y, x)):
        assert (compare(Tangent(x, y), other) == compare(x, y)).all()


@pytest.mark.parametrize("x", [-3.0, 0.0, 1.0])
@pytest.mark.parametrize("y", [-2.0, 2.0, 0.0])
def test_margins_are_relative_to_the_larger_side_whatever_the_signs(x, y):
    one, other = (Tangent(np.array([z]), np.array([[1.0]])) for z in (x, y))
    assert value(TANGENTS.margin(one, other)) == FLOATS.margin(np.array([x]), np.array([y]))


def test_functions_of_constants_are_plain_numbers():
    for name, expected in (("exp", math.e), ("log", 0.0), ("sqrt", 1.0)):
        assert getattr(TANGENTS, name)(np.float64(1)) == pytest.approx(expected)


@pytest.mark.parametrize(
    "decompose",
    [
        lambda A: TANGENTS.power_sum(A, Fraction(1, 2)),
        lambda A: TANGENTS.singular_max(A),
        lambda A: TANGENTS.inverse(A),
    ],
)
@pytest.mark.parametrize("entry", [math.nan, 0.0])
def test_what_has_no_decomposition_is_an_arithmetic_error_or_finite(decompose, entry):
    A = Tangent(np.array([[[entry, 1.0], [1.0, entry]]]), np.zeros((1, 2, 2)))
    with np.errstate(all="ignore"):
        try:
            found = decompose(A)
        except ArithmeticError:
            assert math.isnan(entry)
        else:
            assert math.isnan(entry) == bool(np.isnan(found.value).all())
