"""Training for the theorems on weight decay: descents and many starts, tied to exact instances.

Nothing is sampled while training: the noise is averaged exactly.  The exact minimizer beside
trained weights has the signs read off from them and the closed form for everything else; it is
enclosed in balls, so the distance to it is certified.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
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
from theorems.weight_decay.aligned import Aligned
from theorems.weight_decay.networks import NoisyInstance
from theorems.weight_decay.reduction import PUBLISHED, reduced_problem
from verify.theorem import Measurement, TrainedSolution

__all__ = [
    "NoisyProblem",
    "best_of_starts",
    "certified_distance",
    "drawn_start",
    "known_minimum",
    "matched",
    "size",
    "trained_minima",
    "trained_minimum",
]


_STARTS = 6


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

    @property
    def basin_radius(self) -> float:
        """Return the |W| of Z8 below which descent ends at the origin; 0 for D = 1."""
        D = len(self.decays) - 1
        if D == 1:
            return 0.0
        ratio = min(self.decays) / float(np.linalg.norm(self.cross))
        return float(ratio ** (1 / (D - 1)) * np.sqrt(D + 1))

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
    side = Fraction(1, root_width)
    scales = [ar.scalar(x) for x in (*[side**2] * (D - 1), side)]
    row = ar.matrix([[side, 0]])
    sigma = ar.matrix([[1, Fraction(1, 4)], [Fraction(1, 4), Fraction(1, 2)]])
    exact = Aligned(ar, [[1] * d] * D, scales, row, ar.scalar(noise)).sharing(share, sigma)
    A_0, c = (np.array(fractions(M), dtype=np.float64) for M in (exact.sigma, exact.cross))
    return NoisyProblem(A_0, c, [float(g) for g in exact.decays], float(noise)), exact


def matched(minimum: NoisyInstance, weights: Sequence[Any]) -> NoisyInstance:
    """Return ``minimum`` (all entries >= 0) with its neurons' signs turned to those of ``weights``.

    The loss does not change: a neuron's sign may move from its inputs to its outputs.
    """
    ar, after = minimum.arithmetic, np.ones(1)
    layers: list[Any] = []
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


# --- many starts --------------------------------------------------------------------------------


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
    from scipy.optimize import minimize

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
            exact = PUBLISHED.layers(lifted, _signs(instance), problem.minimiser())
        gaps = [ar.frobenius_sq(V - W) for V, W in zip(exact, lifted.weights, strict=True)]
        distance = ar.sqrt(ar.nonnegative(sum(gaps[1:], start=gaps[0])))
        return float(minimum), distance.upper


def _signs(instance: NoisyInstance) -> list[list[int]]:
    """Read r_D, ..., r_1 off U = b_u r_Dᵀ and r_iᵀW^(i) = b_i d_i r_{i-1}ᵀ."""
    floats = [np.array([[float(x) for x in row] for row in W.rows()]) for W in instance.weights]
    found = [np.where(floats[-1][0] < 0, -1, 1)]
    for W in floats[-2:0:-1]:
        found.insert(0, np.where(found[0] @ W < 0, -1, 1))
    return [r.tolist() for r in found]
