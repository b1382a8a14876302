"""The enclosed minimum against exact solutions, brute force and floats."""

from fractions import Fraction

import numpy as np
import pytest

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational
from numeric.reduced_problem import ReducedProblem

SIGMA = [[2, 1], [1, 1]]
CROSS = [[5, -2]]
KAPPA, GAMMA = Fraction(9, 4), Fraction(1, 3)


def problem(ar, layers, sigma=SIGMA, cross=CROSS, kappa=KAPPA, gamma=GAMMA):
    rows = (sigma, cross)
    matrices = [ar.matrix(x) for x in rows]
    return ReducedProblem(ar, *matrices, ar.scalar(kappa), ar.scalar(gamma), layers)


def on_grid(layers):
    """The least of the values on a fine grid in log t, and zero."""
    t = np.geomspace(1e-5, 1e2, 200_001)
    a, V = np.linalg.eigh(np.array(SIGMA, dtype=float))
    c = (np.array(CROSS) @ V)[0] ** 2
    power = t[:, None] ** layers
    values = layers * t - (c * power / (float(KAPPA) * power * a + float(GAMMA))).sum(axis=1)
    return min(0.0, float(values.min()))


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_balls_enclose_tightly_what_a_grid_finds(layers):
    with Balls() as ar:
        minimum = problem(ar, layers).minimum()
    assert minimum.kind == "certified"
    assert minimum.relative_width < 1e-25
    assert float(minimum) == pytest.approx(on_grid(layers), rel=1e-6)
    assert float(minimum) <= on_grid(layers) + 1e-12


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_floats_agree_with_balls(layers):
    with Balls() as ar:
        certified = problem(ar, layers).minimum()
    assert float(problem(Floating(), layers).minimum()) == pytest.approx(
        float(certified), rel=1e-11
    )


@pytest.mark.parametrize(("cross", "minimum"), [(3, -4), (1, 0), (Fraction(1, 2), 0)])
def test_one_hidden_layer_exactly(cross, minimum):
    assert problem(Rational(), 1, [[1]], [[cross]], 1, 1).minimum() == minimum


@pytest.mark.parametrize(
    ("level", "minimum"),
    [(Fraction(1, 16), 0), (Fraction(1, 4), -3), (Fraction(1, 32), 0)],
)
def test_two_hidden_layers_around_the_tie(level, minimum):
    """Γ = 1/16, w = 4, t = 1 is stationary for c = a w + 1/w, of value 2 - w c = 1 - 16 a."""
    cross = 4 * level + Fraction(1, 4)
    posed = problem(Rational(), 2, [[level]], [[cross]], 1, Fraction(1, 16))
    assert posed.minimum() == minimum


def test_an_irrational_minimiser_is_left_to_balls():
    with pytest.raises(NotExact):
        problem(Rational(), 2).minimum()


def test_the_minimiser_is_isolated_and_attains_the_minimum():
    with Balls() as ar:
        posed = problem(ar, 3)
        t = posed.minimiser()
        assert t.relative_width < 1e-20
        assert posed.value(t).arb.overlaps(posed.minimum().arb)


def test_a_collapsed_problem_has_minimum_zero_and_no_minimiser():
    with Balls() as ar:
        posed = problem(ar, 2, gamma=1000)
        assert posed.minimum().arb.is_zero()
        with pytest.raises(NotExact, match="isolated"):
            posed.minimiser()
