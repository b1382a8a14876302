"""Gradient descent on the noise-averaged loss with weight decay, tied to exact instances."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational, fraction, fractions
from numeric.networks import LinearNetwork
from numeric.regularised import regularised_excess, regularised_gradient
from numeric.training import Descent, descend, dyadic
from theorems.weight_decay.noisy_networks import NoisyInstance
from theorems.weight_decay.stationary_networks import aligned_point

__all__ = [
    "NoisyProblem",
    "certified_distance",
    "drawn_start",
    "known_minimum",
    "matched",
    "size",
]


@dataclass(frozen=True, eq=False)
class NoisyProblem:
    """Data, decays and noise in floats: everything of a noisy network but its weights.

    Parameters
    ----------
    sigma, cross
        A_0 of shape (d_x, d_x) and c as a row of shape (1, d_x).
    decays
        γ_1, ..., γ_D, γ_u.
    noise_variance
        σ².
    """

    sigma: Any
    cross: Any
    decays: Sequence[float]
    noise_variance: float

    def network(self, layers: Sequence[Any]) -> LinearNetwork:
        """Return the float network with these layers."""
        return LinearNetwork(Floating(), tuple(layers))

    def slopes(self, layers: Sequence[Any]) -> list[Any]:
        """Return the gradient, one array for each layer; leading axes are a batch."""
        net = self.network(layers)
        return regularised_gradient(net, self.sigma, self.cross, self.decays, self.noise_variance)

    def loss(self, layers: Sequence[Any]) -> Any:
        """Return the loss minus E y²."""
        net = self.network(layers)
        return regularised_excess(net, self.sigma, self.cross, self.decays, self.noise_variance)

    def descend(
        self, start: Sequence[Any], step_size: Any, *, steps: int, tolerance: float
    ) -> Descent:
        """Return the end of gradient descent from a batch of starts."""
        return descend(start, self.slopes, step_size, steps=steps, tolerance=tolerance)

    def exact(self, weights: Sequence[Any]) -> NoisyInstance:
        """Return the exact instance at these weights: floats are dyadic rationals."""
        return NoisyInstance.exact(
            [dyadic(W) for W in weights],
            dyadic(self.sigma),
            dyadic(self.cross),
            [Fraction(g) for g in self.decays],
            Fraction(self.noise_variance),
        )


def known_minimum(
    D: int, root_width: int, noise: Fraction, share: Fraction
) -> tuple[NoisyProblem, NoisyInstance]:
    """Return data whose global minimum is known exactly, with that minimum.

    Width d = ``root_width``² throughout, equal decays, two correlated inputs; the end-to-end map
    is w = (1, 0), every layer has Frobenius norm 1 and entries ±1/d inside.  Decay pays ``share``
    of κ wᵀA_0w per layer: below 1/(D-1) the minimum is below the origin.  Powers of two as
    arguments make all data dyadic, so the float problem is the exact one.
    """
    ar, d = Rational(), root_width**2
    ones, side = ar.matrix([[1]] * d), Fraction(1, root_width)
    first = ar.scale(ar.scalar(side), ones @ ar.matrix([[1, 0]]))
    middle = [ar.scale(ar.scalar(Fraction(1, d)), ones @ ones.mT) for _ in range(D - 1)]
    layers = (first, *middle, ar.scale(ar.scalar(side), ones.mT))
    sigma = ar.matrix([[1, Fraction(1, 4)], [Fraction(1, 4), Fraction(1, 2)]])
    exact = aligned_point(ar, layers, sigma, ar.scalar(noise), [d] * D, ar.scalar(share))
    data = [np.array(fractions(M), dtype=np.float64) for M in (exact.sigma, exact.cross)]
    return NoisyProblem(*data, [float(g) for g in exact.decays], float(noise)), exact


def matched(minimum: NoisyInstance, weights: Sequence[Any]) -> NoisyInstance:
    """Return ``minimum`` (all entries >= 0) with its neurons' signs turned to those of ``weights``.

    The loss does not change: a neuron's sign may move from its inputs to its outputs.
    """
    ar, layers, after = minimum.arithmetic, [], np.ones(1)
    for exact, W in zip(minimum.weights[::-1], weights[::-1], strict=True):
        inputs = W.shape[-1]
        last = len(layers) == len(weights) - 1
        before = np.ones(inputs) if last else np.sign(after @ W)
        turn = [ar.matrix(np.diag(s).astype(int).tolist()) for s in (after, before)]
        layers.insert(0, turn[0] @ exact @ turn[1])
        after = before
    return replace(minimum, weights=tuple(layers))


def drawn_start(rng: np.random.Generator, shape: Sequence[int], batch: int = 1) -> list[Any]:
    """Return standard Gaussian layers for the widths d_0, ..., d_L, with a batch axis."""
    return [rng.standard_normal((batch, m, n)) for n, m in itertools.pairwise(shape)]


def size(layers: Sequence[Any]) -> Any:
    """Return |W|, the Frobenius norm of all layers together, for each network of a batch."""
    return np.sqrt(sum((np.asarray(W) ** 2).sum(axis=(-2, -1)) for W in layers))


def certified_distance(layers: Sequence[Any], exact: NoisyInstance) -> Fraction:
    """Return a certified upper bound on the distance of float weights from an exact instance."""
    ar = exact.arithmetic
    squares = [
        fraction(ar.frobenius_sq(ar.matrix(dyadic(W)) - V))
        for W, V in zip(layers, exact.weights, strict=True)
    ]
    with Balls() as balls:
        return balls.sqrt(balls.scalar(sum(squares, start=Fraction(0)))).upper
