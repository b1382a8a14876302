"""Training for the theorems on global minima: many starts, and the exact minimizer beside the best.

Nothing is sampled while training: the noise is averaged exactly.  The exact minimizer beside
trained weights has the signs read off from them and the closed form for everything else; it is
enclosed in balls, so the distance to it is certified.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import minimize

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.networks import LinearNetwork
from numeric.regularised import regularised_excess, regularised_gradient
from numeric.training import dyadic
from theorems.weight_decay.noisy_networks import NoisyInstance
from theorems.weight_decay.reduction import PUBLISHED, reduced_problem
from verify.theorem import Measurement, TrainedSolution

__all__ = ["best_of_starts", "trained_minima", "trained_minimum"]

_STARTS = 6


def best_of_starts(
    rng: np.random.Generator, problem: NoisyInstance, *, starts: int = _STARTS, scale: float = 1.0
) -> tuple[list[Any], float]:
    """Return the weights of least loss over L-BFGS runs from Gaussian starts, and that loss.

    The runs are independent problems with one objective, the sum of their losses; the best is
    then polished by itself.

    Parameters
    ----------
    problem
        Float data and decays; its weights give the shapes and are not used otherwise.
    scale
        Frobenius norm of every layer at the start, on average.
    """
    shapes = [W.shape[-2:] for W in problem.weights]
    start = np.concatenate(
        [
            (scale / math.sqrt(m * n) * rng.standard_normal((starts, m, n))).reshape(starts, -1)
            for m, n in shapes
        ],
        axis=1,
    )
    end = _descend(problem, shapes, start)
    best = end[[int(np.argmin(_losses(problem, shapes, end)[0]))]]
    best = _descend(problem, shapes, best)
    return _unpacked(shapes, best[0]), float(_losses(problem, shapes, best)[0][0])


def _descend(problem: NoisyInstance, shapes: list[tuple[int, int]], start: Any) -> Any:
    def total(flat: Any) -> tuple[float, Any]:
        losses, slopes = _losses(problem, shapes, flat.reshape(start.shape))
        return float(losses.sum()), slopes.ravel()

    result = minimize(
        total,
        start.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2000, "maxfun": 4000, "ftol": 1e-16, "gtol": 1e-10, "maxcor": 30},
    )
    return result.x.reshape(start.shape)


def _losses(problem: NoisyInstance, shapes: list[tuple[int, int]], flat: Any) -> tuple[Any, Any]:
    """Losses and gradients of a batch of flat weights, shapes (batch,) and (batch, N)."""
    net = LinearNetwork(Floating(), tuple(_unpacked(shapes, flat)))
    data = (problem.sigma, problem.cross, problem.decays, problem.noise_variance)
    slopes = regularised_gradient(net, *data)
    flattened = [g.reshape(len(flat), -1) for g in slopes]
    return regularised_excess(net, *data), np.concatenate(flattened, axis=1)


def _unpacked(shapes: Sequence[tuple[int, int]], flat: Any) -> list[Any]:
    ends = np.cumsum([m * n for m, n in shapes])[:-1]
    parts = np.split(flat, ends, axis=-1)
    return [p.reshape(*p.shape[:-1], m, n) for p, (m, n) in zip(parts, shapes, strict=True)]


def trained_minima(seed: int, runs: int, *, depths: Sequence[int]) -> Iterator[TrainedSolution]:
    """Yield the best of many starts on random problems, beside the exact global minimizer.

    Gaussian data of unequal scales, widths 2 and 3, unequal decays, noise; |c| is large enough
    that the minimum is not at the origin.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        depth = depths[run % len(depths)]
        yield trained_minimum(rng, _random_problem(rng, depth), f"run {run}, D = {depth - 1}")


def trained_minimum(
    rng: np.random.Generator, problem: NoisyInstance, label: str
) -> TrainedSolution:
    """Return the best of many starts with its exact weights and the global minimizer's distance."""
    weights, reached = best_of_starts(rng, problem, scale=1.5)
    instance = NoisyInstance.exact(
        [dyadic(W) for W in weights],
        dyadic(problem.sigma),
        dyadic(problem.cross),
        [Fraction(float(g)) for g in problem.decays],
        Fraction(float(problem.noise_variance)),
    )
    least, distance = _beside(instance)
    # L-BFGS stops where no step lowers the loss in double precision; its excess over the minimum
    # is quadratic in the remaining gradient, and 1e-9 is what is asked of it
    found = Measurement(f"best loss of {_STARTS} starts", least, reached, 1e-9)
    return TrainedSolution(label, instance, distance, (found,))


def _random_problem(rng: np.random.Generator, depth: int) -> NoisyInstance:
    """Float data with |c| = 3, decays near 1/5 and σ² = 1/2 (all read as exact dyadics)."""
    features = rng.standard_normal((30, 3)) * np.array([1.0, 0.7, 0.5])
    sigma = features.T @ features / len(features)
    cross = rng.standard_normal((1, 3))
    cross *= 3.0 / np.linalg.norm(cross)
    widths = [3, *(2 + int(rng.integers(2)) for _ in range(depth - 1)), 1]
    shapes = [np.zeros((n, m)) for m, n in itertools.pairwise(widths)]
    decays = tuple(0.2 * np.exp(0.3 * rng.standard_normal(depth)))
    return NoisyInstance(Floating(), tuple(shapes), sigma, cross, decays, 0.5)


def _beside(instance: NoisyInstance) -> tuple[float, Fraction]:
    """Return the certified minimum and the distance to the global minimizer with these signs."""
    lifted = instance.lifted(Balls())
    with lifted.arithmetic as ar:
        problem = reduced_problem(lifted)
        minimum = problem.minimum()
        exact = [W - W for W in lifted.weights]
        if ar.compare(minimum, ar.scalar(0)).sign != 0:
            patterns = [ar.matrix([[x] for x in r]) for r in _signs(instance)]
            exact = PUBLISHED.layers(lifted, patterns, problem.minimiser())
        gaps = [ar.frobenius_sq(V - W) for V, W in zip(exact, lifted.weights, strict=True)]
        distance = ar.sqrt(sum(gaps[1:], start=gaps[0]))
        return float(minimum), distance.upper


def _signs(instance: NoisyInstance) -> list[list[int]]:
    """Read r_D, ..., r_1 off U = b_u r_Dᵀ and r_iᵀW^(i) = b_i d_i r_{i-1}ᵀ."""
    floats = [np.array([[float(x) for x in row] for row in W.rows()]) for W in instance.weights]
    found = [np.where(floats[-1][0] < 0, -1, 1)]
    for W in floats[-2:0:-1]:
        found.insert(0, np.where(found[0] @ W < 0, -1, 1))
    return [r.tolist() for r in found]
