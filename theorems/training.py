"""Trained networks for the theorems: trained in floats, tied to an exact minimizer beside them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.gain import float_optimum
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import CONVERGED, dyadic, gradient_descent, nearest_minimizer
from theorems.instances import Instance
from verify.theorem import Measurement, TrainedSolution

__all__ = ["Trained", "around_threshold", "measured_sharpness", "small_regressions"]


@dataclass(frozen=True, eq=False)
class Trained:
    """Trained float weights on data Σ, T (float64 arrays, read as exact dyadic rationals).

    Parameters
    ----------
    label
        What was trained, for the report.
    weights, sigma, target
        Float64 arrays of shapes (d_k, d_{k-1}), (d_x, d_x), (d_y, d_x).
    """

    label: str
    weights: Sequence[Any]
    sigma: Any
    target: Any

    @property
    def net(self) -> LinearNetwork:
        """Return the trained network in floats."""
        return LinearNetwork(Floating(), tuple(self.weights))

    @property
    def cross(self) -> Any:
        """Return C = TΣ in floats."""
        return self.target @ self.sigma

    @cached_property
    def _corrected(self) -> tuple[Instance, Fraction]:
        ar = Rational()
        target = ar.matrix(dyadic(self.target))
        layers = [ar.matrix(dyadic(W)) for W in self.weights]
        moved, squared = nearest_minimizer(ar, layers, target)
        with Balls() as balls:
            distance = balls.sqrt(squared).upper
        return Instance.of(ar, moved, ar.matrix(dyadic(self.sigma)), target), distance

    @property
    def minimizer(self) -> Instance:
        """Return the exact minimizer one layer away from the trained weights."""
        return self._corrected[0]

    @property
    def distance(self) -> Fraction:
        """Return a certified upper bound on the Frobenius distance to :attr:`minimizer`."""
        return self._corrected[1]

    def solution(self, *measurements: Measurement) -> TrainedSolution:
        """Return the exact minimizer with its distance and what was measured."""
        return TrainedSolution(self.label, self.minimizer, self.distance, measurements)


def measured_sharpness(trained: Trained, estimate: float) -> Measurement:
    """Compare an estimate at the trained weights with the dual Gram value at the minimizer.

    Allowed: Lanczos' own accuracy, 1e-9, and the first-order change of the Hessian over the
    certified distance: with m >= |W_k|, at most 6 L² m^{2L} |Σ| times it (4 from the Gram part,
    2 from the residual).
    """
    exact = trained.minimizer.lifted(Balls())
    with exact.arithmetic:
        predicted = float(sharpness_at_minimizer(exact.net, exact.sigma))
    size = max(float(np.linalg.norm(W, 2)) for W in trained.weights)
    depth = len(trained.weights)
    spread = 6 * depth**2 * max(size, 1.0) ** (2 * depth) * float(np.linalg.norm(trained.sigma, 2))
    allowed = 1e-9 + spread * float(trained.distance) / predicted
    return Measurement("sharpness, Lanczos against dual Gram", predicted, estimate, allowed)


def small_regressions(
    seed: int,
    runs: int,
    *,
    inputs: int = 3,
    outputs: int = 1,
    depths: Sequence[int] = (2, 3, 4),
    step_size: float = 0.05,
) -> Iterator[Trained]:
    """Train ``runs`` random regressions by gradient descent; yield those that converged.

    Gaussian features of unequal scales, |T|_2 = 1, the given depths in turn, hidden widths d_x.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        depth = depths[run % len(depths)]
        shape = [*([inputs] * depth), outputs]
        features = rng.standard_normal((40, inputs)) * np.linspace(1.0, 0.5, inputs)
        sigma = features.T @ features / len(features)
        target = rng.standard_normal((outputs, inputs))
        target /= np.linalg.norm(target, 2)
        start = [
            0.4 * np.eye(m, n) + 0.6 * rng.standard_normal((1, m, n)) / np.sqrt(n)
            for n, m in itertools.pairwise(shape)
        ]
        descent = gradient_descent(
            start, sigma, target @ sigma, step_size, steps=8000, tolerance=1e-11
        )
        if int(descent.status[0]) == CONVERGED:
            weights = [np.asarray(W)[0] for W in descent.weights]
            yield Trained(f"run {run}, depth {depth}", weights, sigma, target)


def around_threshold(seed: int, runs: int) -> Iterator[tuple[Trained, float]]:
    """Train one-output regressions at step sizes 0.3 to 0.95 of 2/S_min.

    Yields what converged, with its step size.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        depth = 2 + run % 3
        features = rng.standard_normal((40, 3)) * np.array([1.0, 0.8, 0.6])
        sigma = features.T @ features / len(features)
        target = rng.standard_normal((1, 3))
        target /= np.linalg.norm(target)
        _, gain = float_optimum(Floating(), sigma, target, 1 / depth)
        threshold = 1 / (depth * float(gain))
        share = (0.3, 0.6, 0.95)[run % 3]
        start = [0.5 * rng.standard_normal((1, m, 3)) for m in (*[3] * (depth - 1), 1)]
        descent = gradient_descent(
            start, sigma, target @ sigma, share * threshold, steps=20_000, tolerance=1e-11
        )
        if int(descent.status[0]) == CONVERGED:
            weights = [np.asarray(W)[0] for W in descent.weights]
            label = f"run {run}, depth {depth}, step {share} of 2/S_min"
            yield Trained(label, weights, sigma, target), share * threshold
