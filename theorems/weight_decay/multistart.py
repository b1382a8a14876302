"""Training for the theorems on global minima: many starts, and the exact minimizer beside the best.

Nothing is sampled while training: the noise is averaged exactly.  The exact minimizer beside
trained weights has the signs read off from them and the closed form for everything else; it is
enclosed in balls, so the distance to it is certified.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import minimize

from numeric.arithmetic.ball import Balls
from theorems.weight_decay.descents import NoisyProblem, drawn_start
from theorems.weight_decay.noisy_networks import NoisyInstance
from theorems.weight_decay.reduction import PUBLISHED, reduced_problem
from verify.theorem import Measurement, TrainedSolution

__all__ = ["best_of_starts", "trained_minima", "trained_minimum"]

_STARTS = 6


def best_of_starts(
    rng: np.random.Generator,
    problem: NoisyProblem,
    shape: Sequence[int],
    *,
    starts: int = _STARTS,
    scale: float = 1.5,
) -> tuple[list[Any], float]:
    """Return the weights of least loss over L-BFGS runs from Gaussian starts, and that loss.

    The runs are independent problems with one objective, the sum of their losses; the best is
    then polished by itself.

    Parameters
    ----------
    shape
        The widths d_0, ..., d_D, 1.
    scale
        Frobenius norm of every layer at the start, on average.
    """
    drawn = drawn_start(rng, shape, starts)
    layers = [scale / math.sqrt(W[0].size) * W for W in drawn]
    layers = _descended(problem, layers)
    best = int(np.argmin(problem.loss(layers)))
    layers = _descended(problem, [W[[best]] for W in layers])
    return [W[0] for W in layers], float(problem.loss(layers)[0])


def _descended(problem: NoisyProblem, start: list[Any]) -> list[Any]:
    """The end of L-BFGS on the sum of the losses of a batch."""
    ends = np.cumsum([W.size for W in start])[:-1]

    def unpack(flat: Any) -> list[Any]:
        parts = np.split(flat, ends)
        return [part.reshape(W.shape) for part, W in zip(parts, start, strict=True)]

    def total(flat: Any) -> tuple[float, Any]:
        layers = unpack(flat)
        slopes = np.concatenate([g.ravel() for g in problem.slopes(layers)])
        return float(problem.loss(layers).sum()), slopes

    result = minimize(
        total,
        np.concatenate([W.ravel() for W in start]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2000, "maxfun": 4000, "ftol": 1e-16, "gtol": 1e-10, "maxcor": 30},
    )
    return unpack(result.x)


def trained_minima(seed: int, runs: int, *, depths: Sequence[int]) -> Iterator[TrainedSolution]:
    """Yield the best of many starts on random problems, beside the exact global minimizer.

    Gaussian data of unequal scales, widths 2 and 3, unequal decays near 1/5, σ² = 1/2; |c| = 3 is
    large enough that the minimum is not at the origin.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        depth = depths[run % len(depths)]
        features = rng.standard_normal((30, 3)) * np.array([1.0, 0.7, 0.5])
        cross = rng.standard_normal((1, 3))
        cross *= 3.0 / np.linalg.norm(cross)
        shape = [3, *(2 + int(rng.integers(2)) for _ in range(depth - 1)), 1]
        decays = (0.2 * np.exp(0.3 * rng.standard_normal(depth))).tolist()
        problem = NoisyProblem(features.T @ features / len(features), cross, decays, 0.5)
        yield trained_minimum(rng, problem, shape, f"run {run}, D = {depth - 1}")


def trained_minimum(
    rng: np.random.Generator, problem: NoisyProblem, shape: Sequence[int], label: str
) -> TrainedSolution:
    """Return the best of many starts with its exact weights and the global minimizer's distance."""
    weights, reached = best_of_starts(rng, problem, shape)
    instance = problem.exact(weights)
    least, distance = _beside(instance)
    # L-BFGS stops where no step lowers the loss in double precision; its excess over the minimum
    # is quadratic in the remaining gradient, and 1e-9 is what is asked of it
    found = Measurement(f"best loss of {_STARTS} starts", least, reached, 1e-9)
    return TrainedSolution(label, instance, distance, (found,))


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
