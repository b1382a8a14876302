"""Many data sets: where each has its own S_min, runs are measured by it.

No figures of the paper, which has one data set for each of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theorems.experiments.checks import SUCCESS, beyond, reached, window
from theorems.experiments.drawing import at_logarithms, level, points
from theorems.experiments.outcome import Check, Options, Outcome
from theorems.experiments.regressions import Regressions, draw, generator
from theorems.experiments.residual import DEPTHS, RATES, STEPS
from theorems.experiments.runs import Runs, gaussian_starts, residual_starts, run
from verify.report.figures import finish, styled

__all__ = ["depth", "step_size"]

_SAMPLES, _WIDTH, _SCALE = 50, 5, 0.25


@styled()
def step_size(options: Options) -> Outcome:
    """Final sharpness against the step size, both by S_min; depth 10."""
    rng, rates = generator(options.seed, "step-size"), options.grid(np.geomspace(5e-3, 0.3, 25))
    data, rate = _crossed(rng, options.repetitions(20), rates)
    scale = np.full(len(rate), 0.4)
    runs = run(data, gaussian_starts(rng, scale, (*[_WIDTH] * 10, 1)), scale, rate, 10_000)
    at_rest, part = runs.converged, rate * runs.minimal / 2
    title = "Final sharpness against step size, depth 10"
    figure, axes = at_logarithms(title, "η over 2/Sₘᵢₙ", "sharpness over Sₘᵢₙ")
    points(axes, 1, part, runs.initial / runs.minimal, "initial")
    points(axes, 0, part[at_rest], (runs.final / runs.minimal)[at_rest], "converged")
    span = np.array([part.min(), part.max()])
    level(axes, 0, span, 1 / span, "2/η (C6)")
    level(axes, 1, span, [1.0, 1.0], "Sₘᵢₙ (U1)")
    finish(figure, columns=4)
    note = (
        "n = 50, d = 5, L = 10, Gaussian starts of scale 0.4, 10000 steps, "
        f"{options.repetitions(20)} data sets, for each step size one "
        f"start each; S_min from {runs.minimal.min():.4f} to {runs.minimal.max():.4f}"
    )
    checks = (*window(runs), beyond(runs))
    return Outcome(
        "step-size", "Final sharpness and step size", note, checks, runs.arrays(), figure
    )


@styled()
def depth(options: Options) -> Outcome:
    """The largest step size that succeeds, against depth; residual starts."""
    rng, count = generator(options.seed, "depth"), options.repetitions(50)
    parts, found = [], []
    for L in DEPTHS:
        data, rate = _crossed(rng, count, RATES)
        scale = np.full(len(rate), _SCALE)
        starts = residual_starts(rng, scale, L, _WIDTH, own_outputs=True)
        parts.append(run(data, starts, scale, rate, STEPS, frozen_output=True))
        found.append(reached(parts[-1], RATES))
    runs = Runs.join(parts)
    ratios = [f * part.minimal[:: len(RATES)] / 2 for f, part in zip(found, parts, strict=True)]
    title = f"Largest step size with |P - w*|² <= {SUCCESS:g} after {STEPS} steps"
    figure, axes = at_logarithms(title, "depth L", "η over 2/Sₘᵢₙ")
    points(axes, 0, np.repeat(DEPTHS, count), np.concatenate(ratios), "a data set each")
    axes.plot(DEPTHS, [np.median(r) for r in ratios], color="0.2", label="median")
    level(axes, 0, DEPTHS, [1.0] * len(DEPTHS), "2/Sₘᵢₙ: beyond it none rests")
    axes.set_xticks(DEPTHS, [str(L) for L in DEPTHS], minor=False)
    axes.set_xticks([], minor=True)
    finish(figure)
    note = (
        f"n = 50, d = 5, {count} data sets, residual starts of scale {_SCALE} with a frozen "
        f"output, {STEPS} steps; success: |P - w*|² <= {SUCCESS:g}, "
        "where beyond 2/S_min a run may swing, though it cannot rest"
    )
    checks = (beyond(runs), *_thresholds(runs, [float(np.median(f)) for f in found]))
    return Outcome("depth", "Step size and depth", note, checks, runs.arrays(), figure)


def _thresholds(runs: Runs, found: list[float]) -> tuple[Check, ...]:
    """The median threshold beside 1/(La), and its slope beside that of 2/S_min."""
    bound, edge = (
        np.array([np.median(value[runs.depth == L]) for L in DEPTHS])
        for value in (1 / (runs.depth * runs.rayleigh), 2 / runs.minimal)
    )
    ratio, count = np.array(found) / bound, len(runs.status)
    slope, predicted = (
        float(np.polyfit(np.log(DEPTHS), np.log(values), 1)[0]) for values in (found, edge)
    )
    high, low, off = float(ratio.max()), float(ratio.min()), abs(slope - predicted)
    name, text = "slope of the threshold in depth (log-log)", f"{predicted:.3f} ± 0.15"
    return (
        Check("largest median threshold over 1/(La)", "<= 1.25", high, high <= 1.25, count),
        Check("smallest median threshold over 1/(La)", ">= 0.8", low, low >= 0.8, count),
        Check(name, text, slope, off <= 0.15, count),
    )


def _crossed(rng: np.random.Generator, count: int, values: Any) -> tuple[Regressions, Any]:
    """Return ``count`` regressions, each with every value of a grid."""
    data = draw(rng, count, _SAMPLES, _WIDTH)
    return data.rows(np.repeat(np.arange(count), len(values))), np.tile(values, count)
