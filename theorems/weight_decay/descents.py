"""Gradient descent on the noise-averaged loss with weight decay, tied to exact instances."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.networks import LinearNetwork
from numeric.regularised import regularised_excess, regularised_gradient
from numeric.training import Descent, descend, dyadic
from theorems.weight_decay.noisy_networks import NoisyInstance

__all__ = ["NoisyProblem", "certified_norm", "drawn_start", "size"]


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

    def slopes(self, layers: Sequence[Any]) -> list[Any]:
        """Return the gradient, one array for each layer; leading axes are a batch."""
        net = LinearNetwork(Floating(), tuple(layers))
        return regularised_gradient(net, self.sigma, self.cross, self.decays, self.noise_variance)

    def loss(self, layers: Sequence[Any]) -> Any:
        """Return the loss minus E y²."""
        net = LinearNetwork(Floating(), tuple(layers))
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


def drawn_start(rng: np.random.Generator, shape: Sequence[int], batch: int = 1) -> list[Any]:
    """Return standard Gaussian layers for the widths d_0, ..., d_L, with a batch axis."""
    return [rng.standard_normal((batch, m, n)) for n, m in itertools.pairwise(shape)]


def size(layers: Sequence[Any]) -> Any:
    """Return |W|, the Frobenius norm of all layers together, for each network of a batch."""
    return np.sqrt(sum((np.asarray(W) ** 2).sum(axis=(-2, -1)) for W in layers))


def certified_norm(layers: Sequence[Any]) -> Fraction:
    """Return a certified upper bound on |W| of one network, its floats read exactly."""
    squares = [x**2 for W in layers for row in dyadic(W) for x in row]
    with Balls() as balls:
        return balls.sqrt(balls.scalar(sum(squares, start=Fraction(0)))).upper
