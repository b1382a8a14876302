"""Where descent on a product converges: inside an ellipse (N2), starts on both sides of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from theorems.experiments.outcome import Check, Options
from theorems.figures.gallery import Drawing
from verify.report.figures import COLOURS, INK, blank, finish, styled

__all__ = ["draw"]

_REACH, _GRID = 2.9, 240
_TARGET, _STEP, _STEPS = 1.0, 0.8, 4000
_CLOSE, _FAR = 1e-10, 1e6
_FATES = ("still under way", "converged", "diverged")


def draw(options: Options) -> Drawing:
    """Draw where descent from each start of a plane ends, and the ellipse of N2."""
    # of even length and shifted: no start is on a symmetry axis, where a null set goes elsewhere
    ticks = options.grid(np.linspace(-_REACH, _REACH, _GRID)) + _REACH / 1000
    x, y = (axis.ravel() for axis in np.meshgrid(ticks, ticks + _REACH / 1700))
    fates, inside = _fates(x, y), _STEP * _form(x, y) < 4
    checks = _checks(fates, inside)
    done = (fates[inside] == 1).mean()
    sharp = int((fates[inside & (_STEP * _sharpness(x, y) > 2)] == 1).sum())
    share = (inside != (x * x + y * y < 4 / _STEP)).mean()
    caption = (
        f"Gradient descent on (xy - {_TARGET:g})²/2 with step η = {_STEP:g}, up to {_STEPS} steps, "
        f"from {x.size} starts. Solid: ηQ = 4 with Q = x² + y² - ηxy + η, which no step crosses "
        f"(N2). Inside {done:.1%} have converged, to |xy - 1| <= {_CLOSE:g}; outside none has. "
        f"Dashed: the circle x² + y² = 4/η, which is wrong for {share:.1%} of the starts. Of the "
        f"starts that converge, {sharp} are sharper than 2/η."
    )
    rows = [
        {"x": a, "y": b, "inside": bool(i), "fate": _FATES[f]}
        for a, b, i, f in zip(x, y, inside, fates, strict=True)
    ]
    shape = (len(ticks), len(ticks))
    figure = _figure(x.reshape(shape), y.reshape(shape), fates.reshape(shape))
    title = "Descent on a product converges inside an ellipse"
    return Drawing("ellipsoid", title, figure, rows, caption, checks)


def _form(x: Any, y: Any) -> Any:
    """Q = x² + y² - ηz xy + ηz²."""
    return x * x + y * y - _STEP * _TARGET * x * y + _STEP * _TARGET**2


def _sharpness(x: Any, y: Any) -> Any:
    """The larger eigenvalue of the Hessian [[y², 2xy - z], [2xy - z, x²]]."""
    return (x * x + y * y + np.hypot(x * x - y * y, 2 * (2 * x * y - _TARGET))) / 2


def _fates(x: Any, y: Any) -> Any:
    """0 under way, 1 converged to xy = z, 2 beyond all bounds."""
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(_STEPS):
            r = x * y - _TARGET
            moving = (np.abs(r) > _CLOSE) & (np.abs(x) + np.abs(y) < _FAR)
            if not moving.any():
                break
            r = np.where(moving, _STEP * r, 0.0)
            x, y = x - r * y, y - r * x
    far = ~(np.abs(x) + np.abs(y) < _FAR)
    return np.where(far, 2, np.where(np.abs(x * y - _TARGET) <= _CLOSE, 1, 0))


def _checks(fates: Any, inside: Any) -> tuple[Check, ...]:
    """What N2 says: nothing inside leaves it, nothing outside converges."""
    left = int((fates[inside] == 2).sum())
    caught = int((fates[~inside] == 1).sum())
    return (
        Check("starts inside that diverge", "0", left, left == 0, int(inside.sum())),
        Check("starts outside that converge", "0", caught, caught == 0, int((~inside).sum())),
    )


@styled()
def _figure(x: Any, y: Any, fates: Any) -> Any:
    figure, axes = blank(size=(5.6, 5.6))
    levels, colours, hatches = [-0.5, 0.5, 1.5, 2.5], ["none", *COLOURS[:2]], ["", "", "..."]
    axes.contourf(x, y, fates, levels=levels, colors=colours, hatches=hatches, alpha=0.3)
    for fate in (1, 2):
        shown = {"facecolor": colours[fate], "alpha": 0.3, "hatch": hatches[fate]}
        axes.fill_between([], [], **shown, label=_FATES[fate])
    axes.contour(x, y, _STEP * _form(x, y), levels=[4.0], colors=[INK], linewidths=1.6)
    angle = np.linspace(0, 2 * np.pi, 181)
    radius = 2 / np.sqrt(_STEP)
    axes.plot([], [], color=INK, linewidth=1.6, label="ηQ = 4 (N2)")
    axes.plot(radius * np.cos(angle), radius * np.sin(angle), color=INK, linestyle="--",
              linewidth=1.0, label="x² + y² = 4/η")  # fmt: skip
    axes.set(title="Where descent ends", xlabel="x", ylabel="y")
    axes.set_aspect("equal")
    finish(figure)
    return figure
