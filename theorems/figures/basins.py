"""Which starts fall to the origin (Z8): a plane of starts of the smallest deep network."""

from __future__ import annotations

from typing import Any

import numpy as np

from theorems.experiments.outcome import Check, Options
from theorems.figures.gallery import Drawing
from theorems.weight_decay.training import NoisyProblem, size
from verify.report.figures import COLOURS, INK, blank, finish, styled

__all__ = ["draw"]

_REACH, _GRID = 0.9, 121
_PROBLEM = NoisyProblem(np.eye(1), np.eye(1), [0.2, 0.2, 0.2], 0.0)
_STEP, _STEPS = 0.05, 1600
_FATES = ("still under way", "at the origin", "below the loss at zero")


def draw(options: Options) -> Drawing:
    """Draw where descent from each start of a plane ends, and the ball of Z8."""
    ticks = options.grid(np.linspace(-_REACH, _REACH, _GRID))
    across, up = np.meshgrid(ticks, ticks)
    starts = _layers(across.ravel(), up.ravel())
    fates = _fates(starts).reshape(across.shape)
    inside = (size(starts) <= _PROBLEM.basin_radius).reshape(across.shape)
    trapped = int((fates[inside] == 1).sum())
    count = int(inside.sum())
    check = Check("starts within the radius that end at zero", str(count), trapped,
                  trapped == count, count)  # fmt: skip
    shares = ", ".join(f"{(fates == k).mean():.1%} {name}" for k, name in enumerate(_FATES))
    caption = (
        "Two hidden layers of width 1, A_0 = 1, c = 1, all decays 1/5, no noise; starts "
        f"(x/√2, x/√2, y). Gradient descent, step {_STEP}, {_STEPS} steps: {shares}. Circle: |W| "
        f"= min(γ)√3/|c| = {_PROBLEM.basin_radius:.4f}, within which Z8 proves that gradient flow "
        "falls to zero; it is nearly reached where all weights are equal, and the basin is larger "
        "elsewhere."
    )
    rows = [
        {"x": x, "y": y, "fate": _FATES[fate]}
        for x, y, fate in zip(across.ravel(), up.ravel(), fates.ravel(), strict=True)
    ]
    title = "Basin of the origin"
    figure = _figure(across, up, fates)
    return Drawing("basins", title, figure, rows, caption, (check,))


def _layers(x: Any, y: Any) -> list[Any]:
    """Networks W^(1) = W^(2) = x/√2, U = y, so that |W|² = x² + y²."""
    return [(part / norm)[:, None, None] for part, norm in ((x, 2**0.5), (x, 2**0.5), (y, 1.0))]


def _fates(starts: list[Any]) -> Any:
    """0 under way, 1 trapped within the radius of Z8, 2 lower than the origin for ever."""
    end = _PROBLEM.descend(starts, _STEP, steps=_STEPS, tolerance=1e-9)
    trapped = size(end.weights) < _PROBLEM.basin_radius
    return np.where(trapped, 1, np.where(_PROBLEM.loss(end.weights) < 0, 2, 0))


@styled()
def _figure(x: Any, y: Any, fates: Any) -> Any:
    figure, axes = blank(size=(5.6, 5.6))
    levels = [-0.5, 0.5, 1.5, 2.5]
    colours = ["none", COLOURS[0], COLOURS[1]]
    hatches = ["", "...", ""]
    axes.contourf(x, y, fates, levels=levels, colors=colours, hatches=hatches, alpha=0.3)
    for fate in (1, 2):
        shown = {"facecolor": colours[fate], "alpha": 0.3, "hatch": hatches[fate]}
        axes.fill_between([], [], **shown, label=f"ends {_FATES[fate]}")
    angle = np.linspace(0, 2 * np.pi, 181)
    radius = _PROBLEM.basin_radius
    axes.plot(radius * np.cos(angle), radius * np.sin(angle), color=INK, label="radius of Z8")
    axes.set(title="Where descent ends", xlabel="x, W⁽¹⁾ = W⁽²⁾ = x/√2", ylabel="y = U")
    axes.set_aspect("equal")
    finish(figure)
    return figure
