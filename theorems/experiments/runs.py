"""Batches of one-output regressions, descents on them, and the sharpness theory predicts.

Data as in `marion2024deep`: Gaussian features, labels from a random signal with noise of variance
one, scaled so that the regressor w* (of least norm where several fit) has norm one.  Everything
is float64: these are experiments, not evidence for a theorem.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating
from numeric.descent import CONVERGED, Limits
from numeric.gain import float_optimum
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.spectrum.bulk import bulk_sharpness, descent_with_sharpness
from numeric.training import gradient_descent

__all__ = ["TRACE_EVERY", "Regressions", "Runs", "draw", "gaussian_starts", "generator", "run"]

TRACE_EVERY = 5
"""Steps between two measurements of the sharpness, where it is traced."""

_LIMITS = {"tolerance": 1e-8, "limit": 1e4}
_EXCESS = 1e-9


def generator(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one experiment."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


@dataclass(frozen=True)
class Regressions:
    """Σ, C and w*, shapes (batch, d, d) and (batch, 1, d), of regressions with |w*| = 1."""

    sigma: Any
    cross: Any
    target: Any

    def rows(self, index: Any) -> Regressions:
        """Return the regressions of the given numbers, repeated at will."""
        return Regressions(self.sigma[index], self.cross[index], self.target[index])

    @property
    def rayleigh(self) -> Any:
        """Return a = w*ᵀΣw* (|w*| = 1)."""
        return (self.target @ self.sigma @ self.target.mT)[:, 0, 0]

    @property
    def top(self) -> Any:
        """Return Λ, the largest eigenvalue of Σ."""
        return np.linalg.eigvalsh(self.sigma)[:, -1]

    def minimal_sharpness(self, depth: int, output_norm: Any = 1.0) -> Any:
        """Return S_min (U1); with a frozen output p on top of ``depth`` layers, times |p|^{2/L}."""
        gain = float_optimum(Floating(), self.sigma, self.target, 1 / depth)[1]
        return 2 * depth * np.asarray(gain) * output_norm ** (2 / depth)

    def small_start_limit(self, depth: int) -> Any:
        """Return the sharpness reached from vanishing weights (U3)."""
        values, vectors = np.linalg.eigh(self.sigma)
        root = (vectors * np.sqrt(np.clip(values, 0, None))[:, None, :]) @ vectors.mT
        column = root @ self.target.mT
        return 2 * np.linalg.eigvalsh(self.sigma + (depth - 1) * column @ column.mT)[:, -1]


def draw(rng: np.random.Generator, count: int, samples: int, inputs: int) -> Regressions:
    """Return ``count`` random regressions."""
    x = rng.standard_normal((count, samples, inputs))
    signal = rng.standard_normal((count, inputs, 1))
    signal /= np.linalg.norm(signal, axis=1, keepdims=True)
    y = x @ signal + rng.standard_normal((count, samples, 1))
    target = (np.linalg.pinv(x) @ y).mT
    target /= np.linalg.norm(target, axis=-1, keepdims=True)
    sigma = x.mT @ x / samples
    return Regressions(sigma, target @ sigma, target)


def gaussian_starts(rng: np.random.Generator, scale: Any, widths: tuple[int, ...]) -> list[Any]:
    """Return layers with independent normal entries, of standard deviation ``scale``."""
    spread = np.asarray(scale)[:, None, None]
    return [spread * rng.standard_normal((len(spread), m, n)) for n, m in pairwise(widths)]


@dataclass(frozen=True)
class Runs:
    """Descents: an entry for each, what was chosen, what theory says and what was measured.

    ``final`` is exact up to rounding where ``converged``, a Lanczos value where a run was still
    under way and NaN where it diverged.  ``distance`` is |P - w*|², ``excess`` the loss above its
    minimum.
    """

    scale: Any
    step_size: Any
    depth: Any
    minimal: Any
    small_start: Any
    rayleigh: Any
    top: Any
    initial: Any
    final: Any
    distance: Any
    excess: Any
    status: Any
    taken: Any
    trace: Any = None

    @property
    def converged(self) -> Any:
        """Return which runs came to rest at a minimizer, not at a saddle such as zero."""
        return (self.status == CONVERGED) & (self.excess <= _EXCESS)

    def arrays(self) -> dict[str, Any]:
        """Return everything by name."""
        pairs = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: value for name, value in pairs if value is not None}

    @staticmethod
    def join(parts: list[Runs]) -> Runs:
        """Return all runs of several groups; traces, of different lengths, are left out."""
        names = [f.name for f in fields(Runs) if f.name != "trace"]
        return Runs(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def run(
    data: Regressions,
    starts: list[Any],
    scale: Any,
    step_size: Any,
    steps: int,
    *,
    frozen_output: bool = False,
    trace: bool = False,
) -> Runs:
    """Train a batch and measure; a regression, start, scale and step size for each run."""
    limits = Limits(steps, **_LIMITS, frozen_output=frozen_output)
    options = {"frozen_output": frozen_output, "tolerance": 1e-8}
    initial = bulk_sharpness(starts, data.sigma, data.cross, **options).value
    path = None
    if trace:
        end, along = descent_with_sharpness(
            starts, data.sigma, data.cross, step_size, limits, every=TRACE_EVERY
        )
        path = along.value
    else:
        end = gradient_descent(
            starts, data.sigma, data.cross, step_size, steps=steps, **_LIMITS,
            frozen_output=frozen_output,
        )  # fmt: skip
    with np.errstate(over="ignore", invalid="ignore"):  # of runs that diverged
        product = LinearNetwork(Floating(), end.weights).end_to_end
        gap = product - data.target
        distance = np.sum(gap**2, axis=(1, 2))
        excess = np.sum((gap @ data.sigma) * gap, axis=(1, 2))
    depth = len(starts) - frozen_output
    norm = np.linalg.norm(starts[-1], axis=(1, 2)) if frozen_output else 1.0
    return Runs(
        scale, step_size, np.full(len(distance), depth),
        data.minimal_sharpness(depth, norm), data.small_start_limit(depth), data.rayleigh,
        data.top, initial, _final(data, end, frozen_output, options), distance, excess,
        end.status, end.taken, path,
    )  # fmt: skip


def _final(data: Regressions, end: Any, frozen_output: bool, options: dict[str, Any]) -> Any:
    """The dual formula at minimizers, Lanczos elsewhere."""
    found = np.full(len(end.status), np.nan)
    at_rest = end.status == CONVERGED
    if frozen_output:  # the dual formula is for networks whose layers are all trained
        chosen, rest = np.zeros_like(at_rest), end.status > 0
    else:
        chosen, rest = at_rest, (end.status > 0) & ~at_rest
    if chosen.any():
        net = LinearNetwork(Floating(), [W[chosen] for W in end.weights])
        found[chosen] = sharpness_at_minimizer(net, data.sigma[chosen])
    if rest.any():
        layers = [W[rest] for W in end.weights]
        found[rest] = bulk_sharpness(layers, data.sigma[rest], data.cross[rest], **options).value
    return found
