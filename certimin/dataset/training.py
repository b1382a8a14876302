r"""Gradient descent on given data at step sizes around 2/S_min, compared with the theorem.

The theorem says that above 2/S_min gradient descent converges to a minimizer only from a null set
of starts; below, it promises nothing.  Everything here is float64: estimates, never certified.

Implementation notes
--------------------
Units.  With ``τ = |TK|_2/√Λ`` put W_k = τ^{1/L} V_k, Σ = ΛΣ', C = ΛτC', and step sizes and
sharpness scale by Λτ^{2-2/L}: the same descent, in numbers of order one for any data.

A run *converged* when, in these units, the gradient's norm is at most 1e-5 and the excess loss
R - min R at most 1e-6 of R(0) - min R.  With a small gradient alone the curvature decides.  What
is negative in the Hessian comes from the residual PΣ - C, and where the layers let the gradient see
the residual it is no larger than the gradient.  So a curvature below -10 times the tolerance of the
gradient says *saddle*; else the descent is *slow*, in a flat valley or on a plateau.

A run above 2/S_min that seems to converge is shaken (by 1e-3) and continued: only if it comes back
does it contradict the theorem, for the minimizer then attracts an open set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from certimin.dataset.bounds import Regression
from numeric.arithmetic.ball import Ball, midpoints
from numeric.arithmetic.floating import Floating
from numeric.loss import excess
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_lanczos
from numeric.spectrum.hessian_products import HessianProducts
from numeric.spectrum.top_eigenpair import top_eigenpair
from numeric.training import CONVERGED, DIVERGED, gradient_descent

__all__ = ["CRITERION", "Run", "Training", "train"]

SHARES = (0.25, 0.5, 0.9, 0.99, 1.01, 1.1, 1.5)
"""Step sizes tried, as shares of 2/S_min."""

_STARTS = 3
_START_SCALE = 0.5
_SHAKE = 1e-3
_GRADIENT, _EXCESS = 1e-5, 1e-6
_CURVATURE = -10 * _GRADIENT
_STEPS = (1000, 20_000)
_SECONDS = 7.0
_MARGIN = 1e-4
"""How far below S_min a float sharpness beside a minimizer may come, relatively."""

CRITERION = (
    f"converged: gradient norm <= {_GRADIENT:g} in units where |TK| = Lambda = 1, and excess loss "
    f"<= {_EXCESS:g} of R(0) - min R"
)


@dataclass(frozen=True)
class Run:
    """The end of one descent; numbers are float estimates, None where it diverged.

    ``outcome`` is "converged" (to a minimizer), "saddle" (a small gradient and negative curvature),
    "slow" (a small gradient, not yet at a minimizer), "diverged", "unstable" (stopped at a
    minimizer above 2/S_min and left it when shaken) or "not converged" (within the steps allowed).
    ``sharpness`` is at the last weights, in the units of the data.
    """

    share: float
    step_size: float
    start: int
    outcome: str
    excess: float | None
    sharpness: float | None


@dataclass(frozen=True)
class Training:
    """All runs at one depth, and the sentences that would contradict a theorem (normally none)."""

    widths: tuple[int, ...]
    steps: int
    seed: int
    runs: tuple[Run, ...]
    contradictions: tuple[str, ...]


def train(problem: Regression, depth: int, least: Ball, seed: int) -> Training:
    """Return gradient descents from small random starts at the step sizes :data:`SHARES`.

    Parameters
    ----------
    least
        S_min at this depth; shares are of 2/(its lower end).
    seed
        Of the starts: hidden layers of width max(rank C, min(d_x, 8)), each layer half a random
        isometry in units where |TK| = Λ = 1.
    """
    if problem.full is None:  # the starts are drawn in the coordinates of the data
        raise ValueError("problem: expected the moments of all features, got none")
    sigma, cross = (np.array(A, dtype=float) for A in (problem.full.sigma, problem.full.cross))
    with problem.arithmetic:
        explained = midpoints(problem.target @ problem.cross.mT)
    top = np.linalg.eigvalsh(sigma)[-1]
    tau = np.sqrt(np.linalg.eigvalsh(explained)[-1] / top)
    unit = top * tau ** (2 - 2 / depth)
    gain = float(problem.explained) / (top * tau**2)
    task = _Task(sigma / top, cross / (top * tau), gain)
    outputs, inputs = cross.shape
    hidden = max(problem.target_rank, min(inputs, 8))
    widths = (inputs, *[hidden] * (depth - 1), outputs)
    rng = np.random.default_rng(seed)
    starts = [_isometries(rng, m, n) for n, m in pairwise(widths)]
    layers = [np.concatenate([_START_SCALE * W] * len(SHARES)) for W in starts]
    shares = np.repeat(SHARES, _STARTS)
    floor = float(least.lower)  # a step above 2/floor is above 2/S_min, however wide the enclosure
    rates = shares * 2 * unit / floor
    steps = _steps(widths, len(shares))
    outcomes, weights = task.descend(layers, rates, steps)

    above = [i for i, s in enumerate(shares) if s > 1 and outcomes[i] == "converged"]
    again: dict[int, str] = {}
    if above:
        shaken = [W[above] + _SHAKE * rng.standard_normal(W[above].shape) for W in weights]
        again = dict(zip(above, task.descend(shaken, rates[above], steps)[0], strict=True))

    runs, contradictions = [], []
    for i, (share, outcome) in enumerate(zip(shares.tolist(), outcomes, strict=True)):
        last = [W[i] for W in weights]
        left = sharpness = None
        if outcome != "diverged":
            left, sharpness = task.excess_share(last), unit * task.sharpness(last)
        runs.append(Run(share, rates[i] / unit, i % _STARTS, outcome, left, sharpness))
        where = f"depth {depth}, start {i % _STARTS}, step size {share} * 2/S_min"
        if again.get(i) == "converged":
            contradictions.append(f"{where}: converged to a minimizer, and again after a shake")
        elif i in again:
            outcome = "unstable"
        if outcome == "converged" and sharpness and sharpness < (1 - _MARGIN) * floor:
            contradictions.append(f"{where}: sharpness {sharpness:.6g} < S_min at a minimizer")
    return Training(widths, steps, seed, tuple(runs), tuple(contradictions))


@dataclass(frozen=True, eq=False)
class _Task:
    """Σ, C and R(0) - min R as float64, in units of order one."""

    sigma: Any
    cross: Any
    explained: float

    def descend(self, layers: Sequence[Any], rates: Any, steps: int) -> tuple[list[str], list[Any]]:
        """Return how each network of the batch ended, and its last weights."""
        end = gradient_descent(
            layers, self.sigma, self.cross, rates, steps=steps, tolerance=_GRADIENT
        )
        weights = [np.asarray(W) for W in end.weights]
        outcomes = []
        for i, status in enumerate(np.asarray(end.status).tolist()):
            if status == DIVERGED:
                outcomes.append("diverged")
            elif status != CONVERGED:
                outcomes.append("not converged")
            else:
                outcomes.append(self.stopped([W[i] for W in weights]))
        return outcomes, weights

    def stopped(self, weights: Sequence[Any]) -> str:
        """Return what the point is where the gradient is small."""
        if self.excess_share(weights) <= _EXCESS:
            return "converged"
        return "saddle" if self.least_curvature(weights) < _CURVATURE else "slow"

    def least_curvature(self, weights: Sequence[Any]) -> float:
        """Return the smallest eigenvalue of the Hessian, from above; 0 if none is negative."""
        products = HessianProducts(
            LinearNetwork(Floating(), tuple(weights)), self.sigma, self.cross
        )
        top = top_eigenpair(lambda v: -products(v), products.size, tolerance=_GRADIENT / 10)[0]
        return -max(top, 0.0)

    def excess_share(self, weights: Sequence[Any]) -> float:
        """Return (R - min R) / (R(0) - min R), up to 1e-15 or so."""
        net = LinearNetwork(Floating(), tuple(weights))
        return max(0.0, 1 + float(excess(net, self.sigma, self.cross)) / self.explained)

    def sharpness(self, weights: Sequence[Any]) -> float:
        """Return the Lanczos estimate of the sharpness."""
        net = LinearNetwork(Floating(), tuple(weights))
        return sharpness_lanczos(net, self.sigma, self.cross)[0]


def _isometries(rng: np.random.Generator, rows: int, columns: int) -> Any:
    """One random isometry (or its transpose) for each start."""
    tall = rng.standard_normal((_STARTS, max(rows, columns), min(rows, columns)))
    Q = np.linalg.qr(tall)[0]
    return Q if rows >= columns else Q.mT


def _steps(widths: tuple[int, ...], batch: int) -> int:
    """A number of steps worth some seven seconds, from the sizes alone so that runs repeat."""
    inputs = widths[0]
    flops = batch * sum(6 * m * n * max(widths[-1], 1) for m, n in pairwise(widths))
    flops += batch * 2 * widths[-1] * inputs * inputs
    seconds = 7e-5 * len(widths) + flops / 4e9
    low, high = _STEPS
    return max(low, min(high, int(_SECONDS / seconds) // 1000 * 1000))
