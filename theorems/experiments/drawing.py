"""What the experiments draw: a point for each run, and lines for what theory says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from verify.report.figures import INK, blank, finish, logarithmic, look, styled

__all__ = ["LEVELS", "against_scale", "at_logarithms", "least_sharpness", "level", "points"]

LEVELS = ("-", "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2)))
"""Lines that are told apart without colour, for what is no series of runs."""


def points(
    axes: Any, number: int, x: Any, y: Any, label: str | None, *, hollow: bool = False
) -> None:
    """Draw one point for each run, half transparent: many may lie on one place."""
    seen = look(number, line="") | ({"markerfacecolor": "none"} if hollow else {})
    axes.plot(x, y, **seen, alpha=0.6, label=label)


def level(axes: Any, number: int, x: Any, y: Any, label: str) -> None:
    """Draw the ``number``-th line of theory."""
    style = LEVELS[number % len(LEVELS)]
    axes.plot(x, y, color=INK, linestyle=style, linewidth=1.2, label=label)


def least_sharpness(axes: Any, values: Any) -> None:
    """Shade from the least to the largest S_min: every run is held to that of its own data."""
    low, high = float(np.min(values)), float(np.max(values))
    shown = {"facecolor": (INK, 0.13), "edgecolor": (INK, 0.6), "linewidth": 1.0}
    axes.axhspan(low, high, **shown, label="Sₘᵢₙ of the data sets")


def at_logarithms(title: str, x: str, y: str, *, size: tuple[float, float] = (6.4, 4.2)) -> Any:
    """Return (figure, axes), both axes logarithmic, with these words."""
    figure, axes = blank(size=size)
    axes.set(title=title, xlabel=x, ylabel=y)
    logarithmic(axes, "xy")
    return figure, axes


@styled()
def against_scale(
    title: str,
    scale: Any,
    step_size: Any,
    final: Any,
    *,
    drawn: Any = True,
    under_way: Any = False,
    minimal: Any = None,
    levels: Mapping[str, Sequence[float]] | None = None,
) -> Any:
    """Return the figure of sharpness against initial scale, a colour for each step size.

    Parameters
    ----------
    scale, step_size, final
        One number for each run.
    drawn
        Which runs are shown; all by default.  2/η is, dashed, where a run of its η is.
    under_way
        Which runs had not come to rest: of these 2/η says nothing, and they are hollow.
    minimal
        S_min of the data of each run.
    levels
        Lines of theory: values at each scale, by what they are called.
    """
    figure, axes = blank(size=(6.8, 5.0))
    scales = np.unique(scale)
    for number, rate in enumerate(np.unique(step_size)):
        here = (step_size == rate) & drawn
        rest, open_ = here & ~np.asarray(under_way), here & under_way
        points(axes, number, scale[rest], final[rest], f"η = {rate:g}")
        points(axes, number, scale[open_], final[open_], None, hollow=True)
        if here.any():
            edge = look(number, line="--", marker=False)
            axes.plot(scales[[0, -1]], [2 / rate] * 2, **edge)
    axes.plot([], [], color=INK, linestyle="--", linewidth=1.6, label="coloured: 2/η")
    if np.any(under_way):
        label = "hollow: still under way"
        axes.plot([], [], "o", color=INK, markerfacecolor="none", label=label)
    if minimal is not None:
        least_sharpness(axes, minimal)
    for number, (label, values) in enumerate((levels or {}).items()):
        level(axes, number, scales, values, label)
    axes.set(title=title, xlabel="initial scale", ylabel="final sharpness")
    logarithmic(axes, "y")
    finish(figure, columns=4)
    return figure
