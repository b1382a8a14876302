"""Products of layers, in every arithmetic."""

from fractions import Fraction

import numpy as np
import pytest

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.arithmetic.symbolic import Symbolic
from numeric.networks import LinearNetwork

LAYERS = ([[1, 2], [0, 1], [3, -1]], [[1, 0, 2], [1, 1, 0]], [[2, -1]])  # 2 -> 3 -> 2 -> 1


def network(ar, layers=LAYERS):
    return LinearNetwork(ar, tuple(ar.matrix(W) for W in layers))


@pytest.mark.parametrize("ar", [Rational(), Balls(), Symbolic(), Floating()], ids=lambda a: a.kind)
def test_products_known_by_hand(ar):
    with ar:
        net = network(ar)
        assert (net.depth, net.widths, net.parameters) == (3, (2, 3, 2, 1), 14)
        twice = [M - M for M in net.weights[:-1]] + [net.weights[-1]]  # the last layer doubled
        expected = {
            "end_to_end": ([[13, -3]], net.end_to_end),
            "B_1": ([[1, 0], [0, 1]], net.prefixes[0]),
            "B_3": ([[7, 0], [1, 3]], net.prefixes[2]),
            "A_1": ([[1, -1, 4]], net.suffixes[0]),
            "A_3": ([[1]], net.suffixes[2]),
            "D_2": ([[-1, -3], [-3, -1]], net.imbalances[1]),
            "shifted": ([[26, -6]], net.shifted(twice).end_to_end),
        }
        for rows, matrix in expected.values():
            assert ar.is_zero(matrix - ar.matrix(rows))


def test_every_position_factors_the_end_to_end_map():
    net = network(Rational())
    for A, W, B in zip(net.suffixes, net.weights, net.prefixes, strict=True):
        assert Rational().is_zero(A @ W @ B - net.end_to_end)


def test_imbalances_vanish_for_a_balanced_network_of_rotations():
    turn = [[Fraction(3, 5), Fraction(-4, 5)], [Fraction(4, 5), Fraction(3, 5)]]
    assert all(map(Rational().is_zero, network(Rational(), [turn] * 4).imbalances))
    assert network(Rational(), [turn]).imbalances == ()


def test_a_batch_gives_the_same_as_one_by_one():
    rng, ar = np.random.default_rng(0), Floating()
    batch = [rng.standard_normal((5, m, n)) for m, n in ((3, 2), (2, 3), (1, 2))]
    together = LinearNetwork(ar, batch)
    for i in range(5):
        alone = LinearNetwork(ar, [W[i] for W in batch])
        np.testing.assert_allclose(together.end_to_end[i], alone.end_to_end, rtol=1e-14)
        for D, D_i in zip(together.imbalances, alone.imbalances, strict=True):
            np.testing.assert_allclose(D[i], D_i, rtol=1e-13, atol=1e-14)


def test_errors_say_which_layer():
    ar = Rational()
    with pytest.raises(ValueError, match="expected at least one layer"):
        network(ar, [])
    with pytest.raises(ValueError, match=r"weights\[1\]: expected 3 columns .* got shape \(1, 2\)"):
        network(ar, [LAYERS[0], LAYERS[2]])
