"""The edge of stability: sharpness along gradient descent against 2/η (C6)."""

from __future__ import annotations

from typing import Any

import numpy as np

from numeric.descent import CONVERGED, Limits
from numeric.spectrum.bulk import descent_with_sharpness
from theorems.experiments.outcome import Check, Options
from theorems.experiments.regressions import draw as regressions
from theorems.experiments.regressions import generator
from theorems.experiments.runs import gaussian_starts
from theorems.figures.gallery import Drawing
from verify.report.figures import INK, blank, finish, logarithmic, look, styled

__all__ = ["draw"]

_DEPTH, _WIDTH, _SAMPLES, _SCALE = 5, 5, 50, 0.45
_SHARES = (0.2, 0.45, 0.7, 0.9)
"""Step sizes as shares of 2/S_min, the largest at which any minimizer is stable (C6.window)."""
_STEPS, _EVERY = 1200, 4
_SLACK = 1e-3
"""Above 2/η: how slowly an unstable minimizer may still be left."""


def draw(options: Options) -> Drawing:
    """Draw the sharpness along descent from one start, a colour for each step size."""
    rng, shares = generator(options.seed, "edge"), options.grid(_SHARES)
    data = regressions(rng, 1, _SAMPLES, _WIDTH)
    least = float(data.minimal_sharpness(_DEPTH)[0])
    start = gaussian_starts(rng, np.full(1, _SCALE), (*[_WIDTH] * _DEPTH, 1))
    starts, many = [np.repeat(W, len(shares), axis=0) for W in start], np.zeros(len(shares), int)
    rates, steps = shares * 2 / least, max(_EVERY, _STEPS // options.scale_down)
    limits = Limits(steps, tolerance=1e-8, limit=1e4)
    sigma, cross = data.rows(many).sigma, data.rows(many).cross
    end, along = descent_with_sharpness(  # compiling would take longer than this takes
        starts, sigma, cross, rates, limits, every=_EVERY, fast=False
    )
    rows = [
        {"share": share, "step_size": rate, "step": _EVERY * place, "sharpness": value}
        for share, rate, path in zip(shares, rates, along.value, strict=True)
        for place, value in enumerate(path)
        if np.isfinite(value)
    ]
    at_rest = {s for s, status in zip(shares, end.status, strict=True) if status == CONVERGED}
    last = {row["share"]: row["sharpness"] * row["step_size"] / 2 for row in rows}
    ends = [value for share, value in last.items() if share in at_rest]
    top = max(ends, default=float("nan"))
    check = Check(
        "largest final ηS/2 of converged runs", f"<= 1 + {_SLACK:g}", top, top <= 1 + _SLACK,
        len(ends),
    )  # fmt: skip
    caption = (
        f"Gradient descent, depth {_DEPTH}, width {_WIDTH}, one output, {_SAMPLES} samples as in "
        f"marion2024deep, one Gaussian start of scale {_SCALE}; step sizes η = share · 2/S_min, "
        f"S_min = {least:.4f}, at most {steps} steps; a line ends where the gradient is below "
        "1e-8. Dashed, in the colour of its run: 2/η, above which no run comes to rest (C6, but "
        "for a null set of starts); before that the sharpness may be anything. Dotted: S_min, "
        f"below which no minimizer is. {len(ends)} of {len(shares)} runs converged."
    )
    title = "Sharpness along gradient descent and the edge of stability"
    return Drawing("edge", title, _figure(rows, shares, least), rows, caption, (check,))


@styled()
def _figure(rows: list[dict[str, Any]], shares: Any, least: float) -> Any:
    figure, axes = blank(size=(6.8, 4.6))
    last = max(row["step"] for row in rows)
    for number, share in enumerate(shares):
        mine = [row for row in rows if row["share"] == share]
        steps, values = [r["step"] for r in mine], [r["sharpness"] for r in mine]
        every = max(1, len(steps) // 6)
        label = f"η = {share:g} · 2/Sₘᵢₙ"
        axes.plot(steps, values, **look(number), markevery=every, label=label)
        level = [2 / mine[0]["step_size"]] * 2
        axes.plot([0, last], level, **look(number, line="--", marker=False))
    axes.plot([], [], color=INK, linestyle="--", label="coloured: 2/η")
    axes.axhline(least, color=INK, linestyle=":", linewidth=1.4, label="Sₘᵢₙ")
    axes.set(title="Sharpness along descent", xlabel="step", ylabel="sharpness S")
    logarithmic(axes, "y")
    finish(figure)
    return figure
