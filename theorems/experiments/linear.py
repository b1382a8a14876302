"""Linear networks: scales, step sizes and depths, against S_min and 2/η.

At a minimizer where a run comes to rest the sharpness is at least S_min (U1) and at most 2/η but
for a null set of starts (C6).  So beyond 2/S_min nothing converges, and 2/S_min is little
less than 1/(La) (C1).  Settings are those of `marion2024deep` as recorded in C6; where the source
leaves a choice open, ours is in the note that is printed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theorems.experiments.drawing import (
    against_scale,
    at_logarithms,
    least_sharpness,
    level,
    points,
)
from theorems.experiments.outcome import Check, Options, Outcome
from theorems.experiments.runs import (
    TRACE_EVERY,
    Regressions,
    Runs,
    draw,
    gaussian_starts,
    generator,
    run,
)
from verify.report.figures import finish, styled

__all__ = ["figure_1", "figure_2", "figure_3", "residual", "underdetermined"]

_BELOW, _ABOVE = 1e-6, 1e-3
"""Rounding below S_min, and how slowly an unstable minimizer may still be left above 2/η."""
_PLAN = {0.005: (40000, 20), 0.02: (10000, 20), 0.07: (4000, 20), 0.1: (4000, 20), 0.2: (2000, 80)}
"""Steps and repetitions at each step size."""
_SUCCESS = 1e-2
"""A run has succeeded when |P - w*|² is below this (|w*| = 1)."""


def figure_1(options: Options) -> Outcome:
    """Sharpness against the scale of a Gaussian start, for five step sizes; depth 10."""
    rng, scales = generator(options.seed, "figure-1"), options.grid(np.linspace(0.25, 0.6, 10))
    parts, traces = [], {}
    for rate, (steps, repetitions) in _PLAN.items():
        data, scale = _crossed(rng, options.repetitions(repetitions), scales, 50, 5)
        starts = gaussian_starts(rng, scale, (*[5] * 10, 1))
        rates = np.full(len(scale), rate)
        parts.append(run(data, starts, scale, rates, steps, trace=options.trace))
        if options.trace:
            traces[f"trace_{rate:g}"] = parts[-1].trace
    note = (
        "n = 50, d = 5, L = 10, Gaussian starts; tolerance of a converged gradient 1e-8"
        + (f"; sharpness at every {TRACE_EVERY}th step" if options.trace else "")
    )  # fmt: skip
    runs = Runs.join(parts)
    plot = _against_scale("Sharpness against initial scale, depth 10", runs)
    checks = (*_window(runs), _small_starts(runs))
    return Outcome(
        "figure-1", "Initial scale and step size", note, checks, runs.arrays() | traces, plot
    )


@styled()
def figure_2(options: Options) -> Outcome:
    """Final sharpness against the step size, between S_min and 2/η; depth 10."""
    rng, rates = generator(options.seed, "figure-2"), options.grid(np.geomspace(5e-3, 0.3, 25))
    data, rate = _crossed(rng, options.repetitions(20), rates, 50, 5)
    scale = np.full(len(rate), 0.4)
    runs = run(data, gaussian_starts(rng, scale, (*[5] * 10, 1)), scale, rate, 10_000)
    at_rest = runs.converged
    title = "Final sharpness against step size, depth 10"
    figure, axes = at_logarithms(title, "step size η", "sharpness")
    points(axes, 1, rate, runs.initial, "initial")
    points(axes, 0, rate[at_rest], runs.final[at_rest], "converged")
    level(axes, 0, rates, 2 / rates, "2/η")
    least_sharpness(axes, runs.minimal)
    finish(figure, columns=4)
    note = "n = 50, d = 5, L = 10, Gaussian starts of scale 0.4, 10000 steps, 20 repetitions"
    return Outcome(
        "figure-2", "Final sharpness and step size", note, _window(runs), runs.arrays(), figure
    )


@styled()
def figure_3(options: Options) -> Outcome:
    """The largest step size that succeeds, against depth; residual starts."""
    rng = generator(options.seed, "figure-3")
    rates = np.geomspace(1e-2, 10**-0.3, 25)
    depths, parts, reached = (5, 10, 20, 40), [], []
    for depth in depths:
        count = options.repetitions(50)
        data, rate = _crossed(rng, count, rates, 50, 5)
        scale = np.full(len(rate), 0.25)
        starts = _residual_starts(rng, scale, depth, 5)
        parts.append(run(data, starts, scale, rate, 1000, frozen_output=True))
        reached.append(np.median(_thresholds(parts[-1], count)))
    runs = Runs.join(parts)
    bound, edge = (
        np.array([np.median(value[runs.depth == L]) for L in depths])
        for value in (1 / (runs.depth * runs.rayleigh), 2 / runs.minimal)
    )
    figure, axes = at_logarithms("Largest step size that succeeds", "depth L", "step size η")
    points(axes, 0, depths, reached, "half of the runs succeed")
    level(axes, 0, depths, bound, "median 1/(La)")
    level(axes, 1, depths, edge, "median 2/Sₘᵢₙ")
    axes.set_xticks(depths, [str(depth) for depth in depths], minor=False)
    axes.set_xticks([], minor=True)
    finish(figure)
    ratio = np.array(reached) / bound
    slopes = [float(np.polyfit(np.log(depths), np.log(v), 1)[0]) for v in (reached, edge)]
    checks = (
        *_beyond(runs),
        _check("largest threshold over 1/(La)", "<= 1.25", ratio.max(), ratio.max() <= 1.25, runs),
        _check("smallest threshold over 1/(La)", ">= 0.8", ratio.min(), ratio.min() >= 0.8, runs),
        _check(
            "slope of the threshold in depth (log-log)",
            f"{slopes[1]:.3f} ± 0.15",
            slopes[0],
            abs(slopes[0] - slopes[1]) <= 0.15,
            runs,
        ),
    )
    note = (
        "n = 50, d = 5, residual starts of scale 0.25 with a frozen output, 1000 steps; success: "
        f"|P - w*|² <= {_SUCCESS:g}"
    )
    return Outcome("figure-3", "Step size and depth", note, checks, runs.arrays(), figure)


def residual(options: Options) -> Outcome:
    """Sharpness against the scale of a residual start I + s N/√(Ld), output frozen; depth 10."""
    rng, scales = generator(options.seed, "residual"), options.grid(np.linspace(0, 1.7, 10))
    parts = []
    for rate in (0.005, 0.02, 0.07, 0.1):
        data, scale = _crossed(rng, options.repetitions(20), scales, 50, 5)
        starts = _residual_starts(rng, scale, 10, 5)
        rates = np.full(len(scale), rate)
        parts.append(run(data, starts, scale, rates, 4000, frozen_output=True))
    runs = Runs.join(parts)
    note = "n = 50, d = 5, L = 10 trained layers below a frozen output of norm 1, 4000 steps"
    plot = _against_scale("Sharpness against residual scale, depth 10", runs)
    return Outcome("residual", "Residual starts", note, _window(runs), runs.arrays(), plot)


def underdetermined(options: Options) -> Outcome:
    """Fewer samples than features: n = 15, d = 20, depth 5."""
    rng = generator(options.seed, "underdetermined")
    scales = options.grid(np.linspace(0.125, 0.3, 10))
    parts = []
    for rate in (0.005, 0.02, 0.05, 0.1, 0.4):
        data, scale = _crossed(rng, options.repetitions(20), scales, 15, 20)
        starts = gaussian_starts(rng, scale, (*[20] * 5, 1))
        parts.append(run(data, starts, scale, np.full(len(scale), rate), 4000))
    runs = Runs.join(parts)
    note = "n = 15, d = 20, L = 5, Gaussian starts (0.25 to 0.6 at d = 5, scaled by √(5/d))"
    plot = _against_scale("Sharpness against initial scale, n = 15, d = 20", runs)
    return Outcome(
        "underdetermined", "Under-determined data", note, _window(runs), runs.arrays(), plot
    )


# --- grids --------------------------------------------------------------------------------------


def _crossed(
    rng: np.random.Generator, count: int, values: Any, samples: int, inputs: int
) -> tuple[Regressions, Any]:
    """Return ``count`` regressions, each with every value of a grid."""
    data = draw(rng, count, samples, inputs)
    return data.rows(np.repeat(np.arange(count), len(values))), np.tile(values, count)


def _residual_starts(rng: np.random.Generator, scale: Any, depth: int, width: int) -> list[Any]:
    """Return I + s N/√(Ld) for each layer, and an output row of norm one."""
    spread = np.asarray(scale)[:, None, None] / np.sqrt(depth * width)
    shape = (len(spread), width, width)
    layers = [np.eye(width) + spread * rng.standard_normal(shape) for _ in range(depth)]
    row = rng.standard_normal((len(spread), 1, width))
    return [*layers, row / np.linalg.norm(row, axis=-1, keepdims=True)]


def _thresholds(runs: Runs, count: int) -> Any:
    """Return, for each regression, the largest step size up to which all runs succeed."""
    with np.errstate(invalid="ignore"):
        good = (runs.distance <= _SUCCESS).reshape(count, -1)
    rates = runs.step_size.reshape(count, -1)
    firsts = np.where(good.all(axis=1), good.shape[1], np.argmin(good, axis=1))
    return np.where(firsts > 0, rates[np.arange(count), np.maximum(firsts - 1, 0)], rates[0, 0])


# --- comparisons and plots ----------------------------------------------------------------------


def _check(name: str, predicted: str, measured: float, passed: bool, runs: Runs) -> Check:
    return Check(name, predicted, float(measured), bool(passed), len(runs.status))


def _window(runs: Runs) -> tuple[Check, ...]:
    """Where descent comes to rest, S lies between S_min and 2/η."""
    rest = runs.converged
    low = runs.final[rest] / runs.minimal[rest]
    high = runs.final[rest] * runs.step_size[rest] / 2
    inside = (low >= 1 - _BELOW) & (high <= 1 + _ABOVE)
    count = int(rest.sum())
    share = float(inside.mean()) if count else np.nan
    return (
        Check("converged runs with S in [S_min, 2/η]", "1", share, share == 1.0, count),
        Check("smallest S/S_min", f">= 1 - {_BELOW:g}", _extreme(low, np.min), None, count),
        Check("largest ηS/2", f"<= 1 + {_ABOVE:g}", _extreme(high, np.max), None, count),
        *_beyond(runs),
    )


def _beyond(runs: Runs) -> tuple[Check, ...]:
    """Beyond 2/S_min nothing comes to rest."""
    beyond = runs.step_size > 2 / runs.minimal * (1 + _ABOVE)
    found = int((runs.converged & beyond).sum())
    name = "runs that converged although η > 2/S_min"
    return (Check(name, "0", found, found == 0, int(beyond.sum())),)


def _small_starts(runs: Runs) -> Check:
    """From the smallest scale, the sharpness beside its limit for vanishing starts (observed)."""
    chosen = runs.converged & (runs.scale == runs.scale.min())
    ratio = runs.final[chosen] / runs.small_start[chosen]
    name = "median S over the limit of vanishing starts, smallest scale"
    return Check(name, "-> 1", _extreme(ratio, np.median), None, int(chosen.sum()))


def _extreme(values: Any, reduce: Any) -> float:
    return float(reduce(values)) if len(values) else float("nan")


def _against_scale(title: str, runs: Runs) -> Any:
    """Points for runs, a colour for each step size, and what theory says in medians."""
    scales, depth = np.unique(runs.scale), runs.depth[0]
    levels = {
        "initial (median)": [np.median(runs.initial[runs.scale == s]) for s in scales],
        "8LΛ (median)": _level(8 * depth * runs.top, scales),
        "2La (median)": _level(2 * depth * runs.rayleigh, scales),
        "vanishing start (median)": _level(runs.small_start, scales),
    }
    ends = runs.scale, runs.step_size, runs.final
    theory = {"minimal": runs.minimal, "levels": levels}
    return against_scale(title, *ends, drawn=runs.converged, **theory)


def _level(values: Any, places: Any) -> list[float]:
    """A horizontal line at the median."""
    return [float(np.median(values))] * len(places)
