"""Where small starts lead (U3), and how far flows from finite starts end from there (U10)."""

from __future__ import annotations

from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating
from numeric.spectrum import sharpness_at_minimizer
from theorems.experiments.outcome import Check, Options
from theorems.experiments.regressions import generator
from theorems.figures.gallery import Drawing
from theorems.instances import Instance
from theorems.quantities import minimal_sharpness
from theorems.regression.features import gaussian_regression
from theorems.unified import small_initialisation_limit_nearly_flattest as U3
from verify.report.figures import INK, blank, finish, logarithmic, look, styled, whole

__all__ = ["draw"]

_DEPTHS = range(2, 17)
_LEVELS = (0.5, 0.2, 0.05)
"""Second eigenvalues of Σ, the first is 1."""
_SCALES = (0.3, 0.1, 0.03, 0.01)
_SIZES = (2, 3)
_REPEATS = 3
_ROUNDING = 1e-9


def draw(options: Options) -> Drawing:
    """Draw S_0/S_min under its bound, and |S/S_0 - 1| of flows under what U10 leaves."""
    limits = [_limit(int(L), level) for level in _LEVELS for L in options.grid(_DEPTHS)]
    flows = list(_flows(options))
    share = max(row["ratio"] / row["bound"] for row in limits)
    worst = max((row["reached"] / row["allowed"] for row in flows), default=float("nan"))
    checks = (
        Check("largest (S_0/S_min)/bound", "<= 1", share, share <= 1 + _ROUNDING, len(limits)),
        Check("largest |S/S_0 - 1| over what U10 allows", "<= 1", worst, worst <= 1, len(flows)),
    )
    caption = (
        "Left: S_0/S_min, the limit of vanishing starts over the least sharpness (marks), and its "
        "bound 1 + (Λ/a - 1)/L (line of the same colour), U3, for one output, w* = (1, 3)/√10 and "
        f"Σ = diag(1, λ), λ = {', '.join(f'{x:g}' for x in _LEVELS)}. Right: gradient flows from "
        f"s W̄ with s = {', '.join(f'{s:g}' for s in _SCALES)}, depths {_SIZES[0]} and {_SIZES[1]}, "
        "Gaussian data (20 samples, 2 features): the distance of their sharpness from S_0 against "
        "the distance U10 allows at their imbalance. U3's bound is about the limit, not about "
        "these flows, and is not drawn over them."
    )
    title = "Small starts: their limit, and the way there"
    return Drawing(
        "small-starts", title, _figure(limits, flows), [*limits, *flows], caption, checks
    )


def _limit(depth: int, level: float) -> dict[str, Any]:
    """S_0/S_min and its bound for w* = (1, 3)/√10."""
    target = np.array([[1.0, 3.0]]) / np.sqrt(10)
    layers = [target, *[np.ones((1, 1))] * (depth - 1)]
    instance = Instance.of(Floating(), layers, np.diag([1.0, level]), target)
    limit = float(U3.small_start_sharpness.measure(instance))
    ratio = limit / float(minimal_sharpness.measure(instance))
    bound = float(U3.ratio_bound.measure(instance))
    return {"panel": "limit", "depth": depth, "level": level, "ratio": ratio, "bound": bound}


def _flows(options: Options) -> Any:
    """Yield one row for each flow that converged."""
    rng = generator(options.seed, "small-starts")
    for size in _SIZES:
        for scale in options.grid(_SCALES):
            for _ in range(options.repetitions(_REPEATS)):
                sigma, target = gaussian_regression(rng, 20, 2)
                for end, limit, allowed in U3.flow_from_small_start(
                    rng, scale, size, sigma, target
                ):
                    reached = abs(float(sharpness_at_minimizer(end.net, sigma)) / limit - 1)
                    row = {"panel": "flow", "depth": size, "scale": scale}
                    yield row | {"reached": reached, "allowed": allowed}


@styled()
def _figure(limits: list[dict[str, Any]], flows: list[dict[str, Any]]) -> Any:
    figure, (left, right) = blank(1, 2, size=(8.2, 4.2))
    for number, level in enumerate(_LEVELS):
        mine = [row for row in limits if row["level"] == level]
        depths = [row["depth"] for row in mine]
        left.plot(
            depths, [r["ratio"] for r in mine], **look(number, line=""), label=f"λ = {level:g}"
        )
        left.plot(depths, [r["bound"] for r in mine], **look(number, line="--", marker=False))
    left.plot([], [], color=INK, linestyle="--", label="coloured: bound of U3")
    left.set(title="Limit of vanishing starts", xlabel="depth L", ylabel="S₀ / Sₘᵢₙ")
    left.set_ylim(bottom=0.9)
    whole(left.xaxis)
    for number, size in enumerate(_SIZES):
        mine = [row for row in flows if row["depth"] == size]
        points = [r["allowed"] for r in mine], [r["reached"] for r in mine]
        right.plot(*points, **look(3 + number, line=""), label=f"flows, depth {size}")
    ends = [row["allowed"] for row in flows] or [1.0]
    diagonal = [min(ends), max(ends)]
    right.plot(diagonal, diagonal, color=INK, linewidth=1.2, label="equality with U10")
    right.set(title="Starts of finite size", xlabel="allowed by U10", ylabel="|S / S₀ − 1| reached")
    logarithmic(right, "xy")
    finish(figure)
    return figure
