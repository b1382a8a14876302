"""Residual starts I + s N/√(Ld) below a frozen output: scales at depth 10, step sizes by depth.

Figure 2 of Marion and Chizat is here, and their experiment with residual starts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theorems.experiments.checks import beyond, reached, window
from theorems.experiments.drawing import averaged
from theorems.experiments.gaussian import panels
from theorems.experiments.outcome import Check, Options, Outcome
from theorems.experiments.regressions import Regressions, common, generator
from theorems.experiments.runs import TRACE_EVERY, Runs, residual_starts, run, traced
from verify.report.figures import blank, finish, logarithmic, look, styled

__all__ = ["DEPTHS", "RATES", "STEPS", "figure_2", "residual"]

DEPTHS = (5, 10, 20, 40)
RATES = np.logspace(-2, -0.3, 25)
STEPS = 1000
_DEPTH, _WIDTH, _STEPS = 10, 5, 4000
_SCALES, _SCALE = np.linspace(0, 1.7, 10), 0.25
_TRACED, _TRACED_SCALE, _TRACED_STEPS = (0.02, 0.1), 0.5, 400


def residual(options: Options) -> Outcome:
    """Distance and sharpness against the scale of a residual start, and along two descents."""
    data, rng = common(options.seed), generator(options.seed, "residual")
    scales, rates = options.grid(_SCALES), (0.005, 0.02, 0.07, 0.1, 0.2)
    each = options.repetitions(20) * len(scales)
    scale = np.resize(scales, each * len(rates))
    starts = residual_starts(rng, scale, _DEPTH, _WIDTH)
    many = data.repeated(len(scale))
    runs = run(many, starts, scale, np.repeat(rates, each), _STEPS, frozen_output=True)
    output = starts[-1][:1]
    layers = residual_starts(rng, np.full(1, _TRACED_SCALE), _DEPTH, _WIDTH)[:-1]
    columns = traced(data, [*layers, output], _TRACED, _TRACED_STEPS, frozen_output=True)
    note = (
        f"n = 50, d = 5, L = {_DEPTH} trained layers below one frozen output of norm 1, "
        f"{data.described(_DEPTH)}; {options.span(_SCALES)}; {_STEPS} steps and "
        f"{options.repetitions(20)} repetitions at each η; traces: scale {_TRACED_SCALE}, "
        f"{_TRACED_STEPS} steps, measured every {TRACE_EVERY}; sharpness of runs with η < 0.09"
    )
    figure = panels("Depth 10, residual starts", data, runs, columns)
    return Outcome(
        "residual",
        "Residual starts",
        note,
        (*window(runs), beyond(runs)),
        runs.arrays(),
        figure,
        columns,
    )


def figure_2(options: Options) -> Outcome:
    """Distance to the regressor against the step size, residual starts of four depths."""
    data, rng = common(options.seed), generator(options.seed, "figure-2")
    rates = options.grid(RATES)
    rate = np.tile(rates, options.repetitions(50))
    scale, many, parts = np.full(len(rate), _SCALE), data.repeated(len(rate)), []
    for depth in DEPTHS:
        starts = residual_starts(rng, scale, depth, _WIDTH)
        parts.append(run(many, starts, scale, rate, STEPS, frozen_output=True))
    runs = Runs.join(parts)
    found = [np.median(reached(part, rates)) for part in parts]
    checks = (beyond(runs), *_transition(data, found, len(rate) // len(rates)))
    note = (
        f"n = 50, d = 5, residual starts of scale {_SCALE} below one frozen output for each depth, "
        f"{STEPS} steps, {options.repetitions(50)} repetitions, {len(rates)} step sizes; "
        f"{data.described(*DEPTHS)}; at rest: |∇R| <= 1e-8 after the last step; "
        "runs that diverged are not drawn"
    )
    figure = _against_rates("Distance after 1000 steps", data, runs)
    return Outcome("figure-2", "Step size and depth", note, checks, runs.arrays(), figure)


def _transition(data: Regressions, found: list[Any], starts: int) -> list[Check]:
    """The largest step size at which half of the runs succeed, by depth (observed)."""
    checks = []
    for depth, rate in zip(DEPTHS, found, strict=True):
        edge = 2 / data.minimal_sharpness(depth)[0]
        name = f"depth {depth}: median largest η that succeeds over 2/S_min"
        checks.append(Check(name, "", float(rate / edge), None, starts))
    return checks


@styled()
def _against_rates(title: str, data: Regressions, runs: Runs) -> Any:
    """Distances by step size, a colour for each depth, and both edges of theory."""
    figure, axes = blank(size=(7.2, 4.8))
    span = (-0.05, 1.05)
    for number, depth in enumerate(DEPTHS):
        here = runs.depth == depth
        rate, distance = runs.step_size[here], runs.distance[here]
        averaged(axes, number, rate, distance, f"depth {depth}")
        for value, line in (
            (1 / (depth * data.rayleigh[0]), "--"),
            (2 / data.minimal_sharpness(depth)[0], ":"),
        ):
            axes.plot([value] * 2, span, **look(number, line=line, marker=False))
    axes.plot([], [], color="0.2", linestyle="--", label="coloured: 1/(La) (C1)")
    axes.plot([], [], color="0.2", linestyle=":", label="coloured: 2/Sₘᵢₙ (U1)")
    axes.set(title=title, xlabel="step size η", ylabel="|P - w*|²", ylim=span)
    logarithmic(axes, "x")
    finish(figure, columns=3)
    return figure
