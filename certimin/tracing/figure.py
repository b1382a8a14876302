"""The picture of a training trace: loss above, sharpness between its bounds below."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from certimin.tracing.file import Row
from verify.errors import UsageError
from verify.files import write_bytes
from verify.report.figures import (
    COLOURS,
    INK,
    KINDS,
    blank,
    drawn,
    finish,
    logarithmic,
    look,
    styled,
)

__all__ = ["draw"]


@styled()
def draw(rows: Sequence[Row], path: str | os.PathLike[str]) -> None:
    """Write the picture; the format is what the name ends with (.png, .svg, .pdf).

    Raises
    ------
    UsageError
        No rows, another ending, or the file cannot be written.
    """
    place = Path(path)
    kind = place.suffix.removeprefix(".").lower()
    if not rows:
        raise UsageError("figure: expected recorded rows, got none; call the trace while training")
    if kind not in KINDS:
        ends = ", ".join(f".{known}" for known in KINDS)
        raise UsageError(f"figure: expected a name in {ends}, got {place.name!r}; name a .png")
    figure, (above, below) = blank(2, size=(6.4, 5.6), sharex=True)
    _loss(above, rows)
    _sharpness(below, rows)
    finish(figure)
    try:
        write_bytes(place, drawn(figure, kind, "white"), durable=False)
    except OSError as error:
        text = " ".join(str(error).split())[:120]
        raise UsageError(f"figure: expected a picture to write, got {text}; name a .png") from error


def _loss(axes: Any, rows: Sequence[Row]) -> None:
    """Draw the loss, on a logarithmic scale where it is positive."""
    shown = [row for row in rows if math.isfinite(row.loss)]
    axes.plot([row.step for row in shown], [row.loss for row in shown], **look(0, marker=False))
    if shown and all(row.loss > 0 for row in shown):
        logarithmic(axes, "y")
    axes.set_ylabel("loss")


def _sharpness(axes: Any, rows: Sequence[Row]) -> None:
    """Draw sharpness, its bounds, and the two levels it is compared with."""
    known = [row for row in rows if row.sharpness is not None]
    steps = [row.step for row in known]
    lower, upper = ([getattr(r, f"sharpness_{end}") for r in known] for end in ("lower", "upper"))
    axes.plot(steps, [row.sharpness for row in known], **look(1), label="sharpness")
    band = {"color": COLOURS[1], "alpha": 0.25, "linewidth": 0}
    axes.fill_between(steps, lower, upper, **band, label="its bounds")
    open_ends = [row for row in known if not row.converged]
    if open_ends:
        places = [row.step for row in open_ends], [row.sharpness for row in open_ends]
        axes.plot(*places, color=INK, linestyle="None", marker="x", label="not converged")
    for name, label, style in (
        ("two_over_step_size", "2/step size", "--"),
        ("minimal_sharpness", "least sharpness of a minimum", ":"),
    ):
        level = [row for row in rows if getattr(row, name) is not None]
        if level:
            values = [getattr(row, name) for row in level]
            shown = {"color": INK, "linestyle": style, "linewidth": 1.2}
            axes.plot([row.step for row in level], values, **shown, label=label)
    axes.set(xlabel="step", ylabel="largest Hessian eigenvalue")
