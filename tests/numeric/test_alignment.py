"""The overlap of top eigenvectors, known by hand in three arithmetics."""

from fractions import Fraction

import numpy as np
import pytest

from numeric.alignment import overlap_sq
from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational

TILTED = [[2, 1], [1, 2]]  # top eigenvector (1, 1)/√2
GOLDEN = [[1, 1], [1, 0]]  # top eigenvalue the golden ratio
AXIS = [[3, 0], [0, 1]]


def test_a_rational_overlap_is_exact():
    ar = Rational()
    found = overlap_sq(ar, ar.matrix(TILTED), ar.matrix(AXIS))
    assert ar.compare(found, ar.scalar(Fraction(1, 2))).sign == 0


def test_a_multiple_top_eigenvalue_has_overlap_zero():
    ar = Rational()
    twice = ar.kron(ar.identity(2), ar.matrix(GOLDEN))
    assert overlap_sq(ar, ar.identity(2), ar.matrix(AXIS)) == 0
    assert overlap_sq(ar, twice, ar.identity(4)) == 0


def test_an_irrational_eigenvector_is_enclosed_narrowly():
    ar = Rational()
    with pytest.raises(NotExact):
        overlap_sq(ar, ar.matrix(GOLDEN), ar.matrix(AXIS))
    golden = (1 + 5**0.5) / 2
    with Balls() as balls:
        ball = overlap_sq(balls, balls.matrix(GOLDEN), balls.matrix(AXIS))
    assert ball.relative_width < 1e-12
    assert float(ball) == pytest.approx(golden**2 / (1 + golden**2), rel=1e-12)


def test_without_a_gap_nothing_is_claimed():
    with Balls() as balls:
        ball = overlap_sq(balls, balls.identity(2), balls.matrix(AXIS))
    assert 0 in ball
    assert 1 in ball


def test_floats_are_batched():
    batch = np.array([TILTED, AXIS], dtype=float)
    overlaps = overlap_sq(Floating(), batch, np.array([AXIS, AXIS], dtype=float))
    assert overlaps == pytest.approx([0.5, 1.0])
