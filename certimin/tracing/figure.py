"""The picture of a training trace: loss above, sharpness between its bounds below."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import Any

from certimin.tracing.file import Row
from verify.errors import UsageError

__all__ = ["draw"]


def draw(rows: Sequence[Row], path: str | os.PathLike[str]) -> None:
    """Write the picture; the format is what the name ends with (png, svg, pdf).

    Raises
    ------
    UsageError
        No rows, matplotlib is not installed, or the file cannot be written.
    """
    if not rows:
        raise UsageError("figure: expected recorded rows, got none; call the trace while training")
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError(
            "figure: expected the optional package matplotlib, got none; pip install matplotlib"
        ) from error
    figure = Figure(figsize=(7, 6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    _loss(above, rows)
    _sharpness(below, rows)
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        text = " ".join(str(error).split())[:120]
        raise UsageError(f"figure: expected a picture to write, got {text}; name a .png") from error


def _loss(axes: Any, rows: Sequence[Row]) -> None:
    """Draw the loss, on a logarithmic scale where it is positive."""
    shown = [row for row in rows if math.isfinite(row.loss)]
    axes.plot([row.step for row in shown], [row.loss for row in shown], color="C0")
    if shown and all(row.loss > 0 for row in shown):
        axes.set_yscale("log")
    axes.set_ylabel("loss")


def _sharpness(axes: Any, rows: Sequence[Row]) -> None:
    """Draw sharpness, its bounds, and the two levels it is compared with."""
    known = [row for row in rows if row.sharpness is not None]
    steps = [row.step for row in known]
    lower, upper = ([getattr(r, f"sharpness_{end}") for r in known] for end in ("lower", "upper"))
    axes.plot(steps, [row.sharpness for row in known], color="C3", marker=".", label="sharpness")
    axes.fill_between(steps, lower, upper, color="C3", alpha=0.25, lw=0, label="its bounds")
    open_ends = [row for row in known if not row.converged]
    if open_ends:
        axes.plot(
            [row.step for row in open_ends],
            [row.sharpness for row in open_ends],
            "kx",
            label="not converged",
        )
    for name, label, style in (
        ("two_over_step_size", "2/step size", "--"),
        ("minimal_sharpness", "least sharpness of a minimum", ":"),
    ):
        level = [row for row in rows if getattr(row, name) is not None]
        if level:
            values = [getattr(row, name) for row in level]
            axes.plot([row.step for row in level], values, "k" + style, label=label)
    axes.set_xlabel("step")
    axes.set_ylabel("largest Hessian eigenvalue")
    axes.legend(loc="best", fontsize="small")
