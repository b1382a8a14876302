"""The Hessian away from minimizers, entry by entry, from the polynomial that the loss is.

Where PΣ != C the Hessian has a residual part, whose indices are easily exchanged: no shape reveals
it where layers are square, and no value where a side has width one.  So here every side of every
layer has width two or more, and the reference knows no matrix: numbers ``a + b s + c t + d st``
with s² = t² = 0 are put into the loss, written as sums over indices.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from random import Random

import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.loss import hessian, hessian_by_jets, residual
from numeric.networks import LinearNetwork
from numeric.spectrum import (
    dual_gram,
    hessian_blocks,
    sharpness_anywhere,
    sharpness_at_minimizer,
    sharpness_lanczos,
)

RECTANGULAR = [(2, 3, 4), (4, 2, 3), (3, 2, 4, 2), (2, 3, 2, 3), (2, 3, 2, 3, 2)]
SQUARE = [(2, 2, 2), (3, 3, 3), (2, 2, 2, 2), (2, 2, 2, 2, 2)]


@dataclass(frozen=True)
class HyperDual:
    """``value + s first + t second + st mixed`` with s² = t² = 0."""

    value: Fraction
    first: int = 0
    second: int = 0
    mixed: Fraction = Fraction(0)

    def __add__(self, other):
        return HyperDual(
            self.value + other.value,
            self.first + other.first,
            self.second + other.second,
            self.mixed + other.mixed,
        )

    def __mul__(self, other):
        return HyperDual(
            self.value * other.value,
            self.value * other.first + self.first * other.value,
            self.value * other.second + self.second * other.value,
            self.value * other.mixed
            + self.first * other.second
            + self.second * other.first
            + self.mixed * other.value,
        )


def total(terms):
    return sum(terms, start=HyperDual(Fraction(0)))


def loss(layers, sigma, cross):
    """Σ_{i,a,b} P_ia Σ_ab P_ib - 2 Σ_{i,a} P_ia C_ia, P by summing over the hidden indices."""
    P = layers[0]
    for W in layers[1:]:
        inner, columns = range(len(P)), range(len(P[0]))
        P = [[total(row[h] * P[h][j] for h in inner) for j in columns] for row in W]
    outputs, inputs = range(len(P)), range(len(P[0]))
    square = total(P[i][a] * sigma[a][b] * P[i][b] for i, a, b in product(outputs, inputs, inputs))
    return square + total(
        HyperDual(Fraction(-2)) * P[i][a] * cross[i][a] for i, a in product(outputs, inputs)
    )


def second_derivatives(layers, sigma, cross):
    """All ∂²R/∂x∂y, the entries of the layers in the order of :func:`numeric.loss.hessian`."""
    places = [
        (k, i, j) for k, W in enumerate(layers) for i in range(len(W)) for j in range(len(W[0]))
    ]

    def moved(x, y):
        return [
            [
                [
                    HyperDual(entry, int((k, i, j) == x), int((k, i, j) == y))
                    for j, entry in enumerate(row)
                ]
                for i, row in enumerate(W)
            ]
            for k, W in enumerate(layers)
        ]

    data = [[[HyperDual(x) for x in row] for row in M] for M in (sigma, cross)]
    return [[loss(moved(x, y), *data).mixed for y in places] for x in places]


def problem(widths, seed):
    """Rational layers, Σ = RRᵀ and any C: rows of Fractions, none zero."""
    random = Random(seed)

    def rows(m, n):
        return [
            [Fraction(random.choice([-5, -3, -2, -1, 1, 2, 4]), random.randint(1, 3))
             for _ in range(n)]
            for _ in range(m)
        ]  # fmt: skip

    layers = [rows(m, n) for n, m in pairwise(widths)]
    root, d = rows(widths[0], widths[0]), range(widths[0])
    sigma = [[sum(root[i][k] * root[j][k] for k in d) for j in d] for i in d]
    return layers, sigma, rows(widths[-1], widths[0])


def lifted(ar, layers, sigma, cross):
    return LinearNetwork(ar, [ar.matrix(W) for W in layers]), ar.matrix(sigma), ar.matrix(cross)


@pytest.mark.parametrize("widths", RECTANGULAR + SQUARE)
def test_every_entry_is_a_second_derivative_of_the_loss(widths):
    ar, rows = Rational(), problem(widths, seed=len(widths))
    net, sigma, cross = lifted(ar, *rows)
    assert not ar.is_zero(residual(net, sigma, cross))
    expected = ar.matrix(second_derivatives(*rows))
    for route in (hessian_blocks, hessian, hessian_by_jets):
        assert route(net, sigma, cross).rows() == expected.rows(), route.__name__


@pytest.mark.parametrize("widths", [(2, 2, 2), (2, 3, 2), (3, 2, 2)])
def test_sharpness_is_the_top_of_these_derivatives(widths):
    ar, rows = Rational(), problem(widths, seed=1)
    net, sigma, cross = lifted(ar, *rows)
    expected = second_derivatives(*rows)
    exact = sharpness_anywhere(net, sigma, cross)
    assert ar.compare(exact, ar.eig_max(ar.matrix(expected))).sign == 0
    assert ar.compare(exact, sharpness_at_minimizer(net, sigma)).sign != 0  # E matters here

    H = np.array(expected, dtype=float)
    value, error = sharpness_lanczos(*lifted(Floating(), *rows))
    rounding = 1e-13 * np.linalg.norm(H)  # backward errors of both eigenvalues, n <= 12
    assert np.abs(np.linalg.eigvalsh(H) - value).min() <= error + rounding
    assert value <= float(exact) + rounding


@pytest.mark.parametrize("widths", [(2, 2, 2), (2, 3, 2), (2, 2, 2, 2)])
def test_at_minimizers_all_eigenvalues_are_those_of_the_dual_gram_matrix(widths):
    """By Newton's identities: the power sums of both agree, up to the larger size."""
    ar, (layers, sigma, cross) = Rational(), problem(widths, seed=3)
    net, S, _ = lifted(ar, layers, sigma, cross)
    cross = [[Fraction(int(x.p), int(x.q)) for x in row] for row in (net.end_to_end @ S).rows()]
    H = ar.matrix(second_derivatives(layers, sigma, cross))
    half = dual_gram(net) @ ar.kron(ar.identity(widths[-1]), S)
    G = half + half
    H_power, G_power = H, G
    for _ in range(max(H.shape[-1], G.shape[-1])):
        assert ar.trace(H_power) == ar.trace(G_power)
        H_power, G_power = H_power @ H, G_power @ G
