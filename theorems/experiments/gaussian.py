"""Figures 1 and 3 of Marion and Chizat: networks of depth 10 from Gaussian starts, one data set.

Both show the same runs, at the settings of `marion2024deep` and of its authors' scripts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theorems.experiments.checks import beyond, small_starts, window
from theorems.experiments.drawing import distances, sharpnesses, traces
from theorems.experiments.outcome import Check, Options, Outcome
from theorems.experiments.regressions import Regressions, common, generator
from theorems.experiments.runs import TRACE_EVERY, Runs, gaussian_starts, run, traced
from verify.report.figures import blank, finish, look, styled

__all__ = ["figure_1", "figure_3", "panels"]

_DEPTH, _WIDTH = 10, 5
_SCALES = np.linspace(0.25, 0.6, 10)
_PLAN = {0.005: (40000, 20), 0.02: (10000, 20), 0.07: (4000, 20), 0.1: (4000, 20), 0.2: (2000, 80)}
"""Steps and repetitions at each step size."""
_TRACED = (0.02, 0.1)
_TRACED_SCALE, _TRACED_STEPS = 0.35, 450
_MOST_SHOWN = 0.09
"""Of larger step sizes the panel of sharpness shows no runs, as in the paper: most fail."""


def figure_1(options: Options) -> Outcome:
    """Distance and sharpness against the scale of a Gaussian start, and along two descents."""
    data, (runs, along) = common(options.seed), _runs(options)
    rng, scale = generator(options.seed, "figure-1 traces"), np.full(1, _TRACED_SCALE)
    start = gaussian_starts(rng, scale, (*[_WIDTH] * _DEPTH, 1))
    columns = traced(data, start, _TRACED, _TRACED_STEPS)
    figure = panels("Depth 10, Gaussian starts", data, runs, columns, small=True)
    note = (
        f"{_said(options, data)}; traces: one start of scale {_TRACED_SCALE}, η = 0.02 and 0.1, "
        f"{_TRACED_STEPS} steps, measured every {TRACE_EVERY}; sharpness of runs with η < 0.09"
    )
    checks = (*window(runs), beyond(runs), small_starts(runs))
    return Outcome(
        "figure-1", "Initial scale and step size", note, checks, runs.arrays() | along, figure,
        columns,
    )  # fmt: skip


def figure_3(options: Options) -> Outcome:
    """The share of runs that diverge against the scale of a Gaussian start; runs of Figure 1."""
    runs, along = _runs(options)
    note = f"{_said(options, common(options.seed))}; the runs of figure-1"
    below = runs.step_size < 2 / runs.minimal
    checks = (beyond(runs), *_shares(runs, below))
    title = "Probability of divergence"
    return Outcome(
        "figure-3", title, note, checks, runs.arrays() | along, _probabilities(title, runs)
    )


def _runs(options: Options) -> tuple[Runs, dict[str, Any]]:
    """All descents, and the sharpness along them where that was asked for."""
    data, rng = common(options.seed), generator(options.seed, "gaussian")
    scales, parts, along = options.grid(_SCALES), [], {}
    for rate, (steps, repetitions) in _PLAN.items():
        scale = np.tile(scales, options.repetitions(repetitions))
        starts = gaussian_starts(rng, scale, (*[_WIDTH] * _DEPTH, 1))
        rates, many = np.full(len(scale), rate), data.repeated(len(scale))
        parts.append(run(many, starts, scale, rates, steps, trace=options.trace))
        if options.trace:
            along[f"trace_{rate:g}"] = parts[-1].trace
    return Runs.join(parts), along


def _said(options: Options, data: Regressions) -> str:
    """What was run, with its numbers."""
    return (
        f"n = 50, d = 5, L = {_DEPTH}, {data.described(_DEPTH)}; {options.span(_SCALES)}; "
        f"{options.plan(_PLAN)}; at rest: |∇R| <= 1e-8 after the last step"
    )


def _shares(runs: Runs, below: Any) -> list[Check]:
    """How often runs diverge on either side of 2/S_min, and at the least and the largest scale."""
    least, most = runs.scale == runs.scale.min(), runs.scale == runs.scale.max()
    found = []
    for words, chosen in (
        ("η < 2/S_min, smallest scale", below & least),
        ("η < 2/S_min, largest scale", below & most),
        ("η > 2/S_min", ~below),
    ):
        share = float(runs.diverged[chosen].mean()) if chosen.any() else float("nan")
        found.append(Check(f"share that diverged: {words}", "", share, None, int(chosen.sum())))
    return found


@styled()
def _probabilities(title: str, runs: Runs) -> Any:
    figure, axes = blank(size=(6.4, 4.2))
    for number, rate in enumerate(np.unique(runs.step_size)):
        here = runs.step_size == rate
        scales = np.unique(runs.scale[here])
        shares = [runs.diverged[here & (runs.scale == scale)].mean() for scale in scales]
        axes.plot(scales, shares, **look(number), label=f"η = {rate:g}")
    axes.set(title=title, xlabel="scale of initialisation", ylabel="share of runs that diverged")
    axes.set_ylim(-0.03, 1.03)
    finish(figure, columns=5)
    return figure


@styled()
def panels(
    title: str, data: Regressions, runs: Runs, columns: dict[str, Any], *, small: bool = False
) -> Any:
    """Return the figure of distances, sharpness and two traces.

    Where there are ``small`` starts, two lines speak of them: the limit of vanishing ones (U3), and
    the authors' 8LΛ (C3).
    """
    depth = int(runs.depth[0])
    lower = {"2La (C1)": 2 * depth * data.rayleigh[0], "Sₘᵢₙ (U1)": runs.minimal[0]}
    upper = {
        "limit of vanishing starts (U3)": data.small_start_limit(depth)[0],
        "8LΛ (C3)": 8 * depth * data.top[0],
    }
    figure, axes = blank(3, 2, size=(8.6, 10.2))
    arrays, shown = runs.arrays(), runs.step_size < _MOST_SHOWN
    distances(axes[0, 0], arrays)
    arrays = {name: values[shown] for name, values in arrays.items()}
    sharpnesses(
        axes[0, 1], arrays, under_way=runs.under_way[shown], levels=lower,
        small=upper if small else {},
    )  # fmt: skip
    axes[0, 0].set_title(title)
    rates = np.unique(runs.step_size).tolist()
    for pair, rate in zip(axes[1:], np.unique(columns["step_size"]), strict=True):
        traces(pair, rates.index(rate), columns, rate, lower)
        pair[0].set_title(f"One descent, η = {rate:g}")
    finish(figure, columns=4)
    return figure
