"""What the experiments draw: a point for each run, means as lines, and what theory says.

A line of theory is drawn only where it holds of every run beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from verify.report.figures import INK, blank, logarithmic, look

__all__ = [
    "at_logarithms",
    "averaged",
    "distances",
    "edges",
    "level",
    "means",
    "points",
    "sharpnesses",
    "traces",
]

_LEVELS = (":", "-", "-.", (0, (7, 2, 1, 2, 1, 2)))
"""Lines of theory, told apart without colour; dashes are for 2/η."""
_FAINT, _LEFT = 0.3, 0.2


def points(
    axes: Any, number: int, x: Any, y: Any, label: str | None, *, hollow: bool = False
) -> None:
    """Draw one point for each run, half transparent: many may lie on one place."""
    seen = look(number, line="") | ({"markerfacecolor": "none"} if hollow else {})
    axes.plot(x, y, **seen, alpha=_FAINT if label is None else 0.6, label=label)


def level(axes: Any, number: int, x: Any, y: Any, label: str) -> None:
    """Draw the ``number``-th line of theory."""
    style = _LEVELS[number % len(_LEVELS)]
    axes.plot(x, y, color=INK, linestyle=style, linewidth=1.2, label=label)


def means(x: Any, y: Any) -> tuple[Any, Any]:
    """Return each x and the mean there of the y that are finite, NaN where none is."""
    places = np.unique(x)
    here = [y[(x == place) & np.isfinite(y)] for place in places]
    return places, np.array([np.mean(found) if len(found) else np.nan for found in here])


def averaged(axes: Any, number: int, x: Any, y: Any, label: str, *, under_way: Any = False) -> None:
    """Draw the mean at every x, and faintly every run: hollow those ``under_way``."""
    open_ = np.zeros(len(x), dtype=bool) | under_way
    points(axes, number, x[~open_], y[~open_], None)
    points(axes, number, x[open_], y[open_], None, hollow=True)
    axes.plot(*means(x, y), **look(number), label=label)


def edges(axes: Any, number: int, x: Any, rate: float) -> None:
    """Draw 2/η, dashed and in the colour of its runs."""
    span = [np.min(x), np.max(x)]
    axes.plot(span, [2 / rate] * 2, **look(number, line="--", marker=False))


def sharpnesses(
    axes: Any,
    arrays: Mapping[str, Any],
    *,
    under_way: Any,
    levels: Mapping[str, float],
    small: Mapping[str, float],
) -> None:
    """Draw sharpness against initial scale: at the start, and at the end for each step size.

    Parameters
    ----------
    arrays
        ``scale``, ``step_size``, ``initial`` and ``final``, an entry for each run.
    under_way
        Which runs had not come to rest: of these 2/η says nothing, and they are hollow.
    levels
        Lines of theory, the same at each scale, by what they are called.
    small
        Such that speak of small starts only, and are drawn at the left alone.
    """
    scale, rates, final = (arrays[name] for name in ("scale", "step_size", "final"))
    start = means(scale, arrays["initial"])
    axes.plot(*start, color=INK, marker="*", linewidth=1.2, label="at the start")
    for number, rate in enumerate(np.unique(rates)):
        here = rates == rate
        label = f"η = {rate:g}"
        averaged(axes, number, scale[here], final[here], label, under_way=under_way[here])
        edges(axes, number, scale, rate)
    axes.plot([], [], "o", color=INK, markerfacecolor="none", label="hollow: under way")
    axes.plot([], [], color=INK, linestyle="--", linewidth=1.6, label="coloured: 2/η")
    low, high = scale.min(), scale.max()
    for number, (label, value) in enumerate([*levels.items(), *small.items()]):
        end = high if label in levels else low + _LEFT * (high - low)
        level(axes, number, [low, end], [value] * 2, label)
    axes.set(xlabel="scale of initialisation", ylabel="sharpness")
    logarithmic(axes, "y")


def distances(axes: Any, arrays: Mapping[str, Any]) -> None:
    """Draw |P - w*|² at the end against initial scale, for each step size."""
    scale, rates = arrays["scale"], arrays["step_size"]
    for number, rate in enumerate(np.unique(rates)):
        here = rates == rate
        averaged(axes, number, scale[here], arrays["distance"][here], f"η = {rate:g}")
    axes.set(xlabel="scale of initialisation", ylabel="|P - w*|²")
    logarithmic(axes, "y")


def traces(
    pair: Any, number: int, columns: Mapping[str, Any], rate: float, levels: Mapping[str, float]
) -> None:
    """Draw distance and sharpness along the descent at one step size, on a pair of axes."""
    here = columns["step_size"] == rate
    step, line = columns["step"][here], look(number, marker=False)
    for axes, name in zip(pair, ("distance", "sharpness"), strict=True):
        axes.plot(step, columns[name][here], **line)
        axes.set(xlabel="step", ylabel="|P - w*|²" if name == "distance" else "sharpness")
        logarithmic(axes, "y")
    edges(pair[1], number, step, rate)
    for place, (label, value) in enumerate(levels.items()):
        level(pair[1], place, [0, step.max()], [value] * 2, label)


def at_logarithms(title: str, x: str, y: str, *, size: tuple[float, float] = (6.4, 4.2)) -> Any:
    """Return (figure, axes), both axes logarithmic, with these words."""
    figure, axes = blank(size=size)
    axes.set(title=title, xlabel=x, ylabel=y)
    logarithmic(axes, "xy")
    return figure, axes
