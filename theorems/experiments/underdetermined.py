"""Fewer samples than features: n = 15, d = 20, depth 5, and the generalisation gap.

Every interpolating w has the same train loss; which of them descent finds, and how sharp it is,
shows in the loss on fresh samples.  The last is an observation and no theorem.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theorems.experiments.checks import window
from theorems.experiments.drawing import points, sharpnesses
from theorems.experiments.outcome import Check, Options, Outcome
from theorems.experiments.regressions import Regressions, generator, labelled, regress
from theorems.experiments.runs import Runs, gaussian_starts, run
from verify.report.figures import INK, blank, finish, logarithmic, styled

__all__ = ["underdetermined"]

_SAMPLES, _WIDTH, _DEPTH = 15, 20, 5
_SCALES = np.linspace(0.1, 0.36, 9)
_PLAN = {0.001: (40000, 100), 0.004: (10000, 20), 0.01: (4000, 20)}
"""Steps and repetitions at each step size."""
_FITTED = 0.001
"""The step size of the second panel."""


def underdetermined(options: Options) -> Outcome:
    """Sharpness against the scale of a Gaussian start, and what it says of fresh samples."""
    rng, scales = generator(options.seed, "underdetermined"), options.grid(_SCALES)
    train, test = labelled(rng, 1, _SAMPLES, _WIDTH)
    data, parts = regress(*train), []
    for rate, (steps, repetitions) in _PLAN.items():
        scale = np.tile(scales, options.repetitions(repetitions))
        starts = gaussian_starts(rng, scale, (*[_WIDTH] * _DEPTH, 1))
        many = data.repeated(len(scale))
        parts.append(run(many, starts, scale, np.full(len(scale), rate), steps))
    runs = Runs.join(parts)
    gap = _loss(runs.regressor, *test) - _loss(runs.regressor, *train)
    seen = (runs.step_size == _FITTED) & np.isfinite(runs.final) & (gap > 0)
    line = _fit(np.log10(runs.final[seen]), np.log10(gap[seen]))
    slope = Check(
        f"slope of log gap in log sharpness, η = {_FITTED:g}", "0.42 in the paper", line[0], None,
        int(seen.sum()),
    )  # fmt: skip
    note = (
        f"n = {_SAMPLES}, d = {_WIDTH}, L = {_DEPTH}, {data.described(_DEPTH)}; "
        f"{options.span(_SCALES)}; {options.plan(_PLAN)}; gap: loss on {_SAMPLES} "
        f"fresh samples less that on the data, of {int(seen.sum())} runs, "
        f"log10 gap = {line[0]:.4f} log10 S + {line[1]:.4f}"
    )
    figure = _drawn(data, runs, gap, seen, line)
    arrays = runs.arrays() | {"generalisation_gap": gap}
    checks = (*window(runs), slope)
    return Outcome("underdetermined", "Under-determined data", note, checks, arrays, figure)


def _loss(regressor: Any, x: Any, y: Any) -> Any:
    """The mean square error of each row on one sample of shapes (1, n, d) and (1, n, 1)."""
    return np.mean((regressor @ x[0].T - y[0].T) ** 2, axis=-1)


def _fit(x: Any, y: Any) -> tuple[float, float]:
    """Slope and intercept by least squares, NaN where x does not tell."""
    if len(np.unique(x)) < 2:
        return float("nan"), float("nan")
    slope, intercept = np.polyfit(x, y, 1)
    return float(slope), float(intercept)


@styled()
def _drawn(data: Regressions, runs: Runs, gap: Any, seen: Any, line: tuple[float, float]) -> Any:
    figure, (left, right) = blank(1, 2, size=(9.6, 5.0))
    levels = {
        "2La (C1)": 2 * _DEPTH * data.rayleigh[0],
        "Sₘᵢₙ (U1)": runs.minimal[0],
    }
    small = {"limit of vanishing starts (U3)": data.small_start_limit(_DEPTH)[0]}
    sharpnesses(left, runs.arrays(), under_way=runs.under_way, levels=levels, small=small)
    left.set_title(f"n = {_SAMPLES}, d = {_WIDTH}, depth {_DEPTH}")
    points(right, 0, runs.final[seen], gap[seen], None)
    span = np.array([runs.final[seen].min(), runs.final[seen].max()])
    fitted = 10 ** line[1] * span ** line[0]
    right.plot(span, fitted, color=INK, linewidth=1.8, label=f"slope {line[0]:.2f}")
    right.set(title=f"η = {_FITTED:g}", xlabel="final sharpness", ylabel="generalisation gap")
    logarithmic(right, "xy")
    finish(figure, columns=4)
    return figure
