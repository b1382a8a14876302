"""Batches of descents on regressions with one output, and the sharpness measured at their ends."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating
from numeric.descent import CONVERGED, DIVERGED, Limits
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.spectrum.bulk import bulk_sharpness, descent_with_sharpness
from numeric.training import gradient_descent
from theorems.experiments.regressions import Regressions

__all__ = ["TRACE_EVERY", "Runs", "gaussian_starts", "residual_starts", "run", "traced"]

TRACE_EVERY = 5
"""Steps between two measurements of the sharpness, where it is traced."""

_LIMITS = {"tolerance": 0.0, "limit": 1e4}
"""All steps are taken: a minimizer that repels can be passed so closely that it looks like rest."""
_AT_REST = 1e-8
"""Norm of the gradient at a run at rest."""
_EXCESS = 1e-9


def gaussian_starts(rng: np.random.Generator, scale: Any, widths: tuple[int, ...]) -> list[Any]:
    """Return layers with independent normal entries, of standard deviation ``scale``."""
    spread = np.asarray(scale)[:, None, None]
    return [spread * rng.standard_normal((len(spread), m, n)) for n, m in pairwise(widths)]


def residual_starts(
    rng: np.random.Generator, scale: Any, depth: int, width: int, *, own_outputs: bool = False
) -> list[Any]:
    """Return I + s N/√(Ld) for each layer, N Gaussian, and an output row of norm one.

    The output is one random row for all runs, or one for each of them (``own_outputs``).
    """
    spread = np.asarray(scale)[:, None, None] / np.sqrt(depth * width)
    shape = (len(spread), width, width)
    row = rng.standard_normal((len(spread) if own_outputs else 1, 1, width))
    row /= np.linalg.norm(row, axis=-1, keepdims=True)
    layers = [np.eye(width) + spread * rng.standard_normal(shape) for _ in range(depth)]
    return [*layers, np.repeat(row, len(spread) // len(row), axis=0)]


@dataclass(frozen=True)
class Runs:
    """Descents: an entry for each, what was chosen, what theory says and what was measured.

    ``final`` is exact up to rounding where ``converged``, a Lanczos value where a run was still
    under way and NaN where it diverged.  ``regressor`` is the end-to-end P, a row for each run,
    ``distance`` is |P - w*|², ``excess`` the loss above its minimum; NaN where a run diverged.
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
    regressor: Any
    distance: Any
    excess: Any
    status: Any
    taken: Any
    trace: Any = None

    @property
    def converged(self) -> Any:
        """Return which runs came to rest at a minimizer, not at a saddle such as zero."""
        return (self.status == CONVERGED) & (self.excess <= _EXCESS)

    @property
    def diverged(self) -> Any:
        """Return which runs left every bound."""
        return self.status == DIVERGED

    @property
    def under_way(self) -> Any:
        """Return which runs neither diverged nor came to rest at a minimizer."""
        return ~self.diverged & ~self.converged

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
    rest = (end.status != DIVERGED) & (end.gradient_norm <= _AT_REST)
    end = replace(end, status=np.where(rest, CONVERGED, end.status))
    product = _end_to_end(end)
    gap = product - data.target
    distance = np.sum(gap**2, axis=(1, 2))
    excess = np.sum((gap @ data.sigma) * gap, axis=(1, 2))
    depth = len(starts) - frozen_output
    norm = np.linalg.norm(starts[-1], axis=(1, 2)) if frozen_output else 1.0
    return Runs(
        scale, step_size, np.full(len(distance), depth),
        data.minimal_sharpness(depth, norm), data.small_start_limit(depth), data.rayleigh,
        data.top, initial, _final(data, end, frozen_output, options),
        product[:, 0], distance, excess, end.status, end.taken, path,
    )  # fmt: skip


def traced(
    data: Regressions, start: list[Any], rates: Any, steps: int, *, frozen_output: bool = False
) -> dict[str, Any]:
    """Train from one start at several step sizes; return columns of numbers along the way.

    ``step_size``, ``step`` (0, 5, ...), ``distance`` |P - w*|² and ``sharpness``, an entry for each
    step size and place; NaN from where a run diverged.
    """
    rates = np.asarray(rates)
    layers, many = [np.repeat(W, len(rates), axis=0) for W in start], data.repeated(len(rates))
    found = []
    for step in range(0, steps + 1, TRACE_EVERY):
        end = gradient_descent(
            layers, many.sigma, many.cross, rates, steps=TRACE_EVERY if step else 0,
            **_LIMITS, frozen_output=frozen_output,
        )  # fmt: skip
        layers = list(end.weights)
        distance = np.sum((_end_to_end(end) - many.target) ** 2, axis=(1, 2))
        options = {"frozen_output": frozen_output, "tolerance": 1e-6}
        sharpness = bulk_sharpness(layers, many.sigma, many.cross, **options).value
        sharpness = np.where(end.status == DIVERGED, np.nan, sharpness)
        found.append((rates, np.full(len(rates), step), distance, sharpness))
    names = "step_size", "step", "distance", "sharpness"
    columns = (np.stack(column, axis=1).ravel() for column in zip(*found, strict=True))
    return dict(zip(names, columns, strict=True))


def _end_to_end(end: Any) -> Any:
    """The products of the layers, NaN for networks that diverged."""
    with np.errstate(over="ignore", invalid="ignore"):
        product = LinearNetwork(Floating(), end.weights).end_to_end
    return np.where((end.status == DIVERGED)[:, None, None], np.nan, product)


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
