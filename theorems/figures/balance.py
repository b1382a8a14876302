"""The price of balance off whitened data, its worst case by formula and by gradient flow (U6)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.gain import float_optimum
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import gradient_flow
from theorems.experiments.outcome import Check, Options
from theorems.experiments.regressions import generator
from theorems.figures.gallery import Drawing
from theorems.quantities import condition, depth
from theorems.training import Trained
from theorems.unified.balanced_sharpness_le_price import worst_data, worst_ratio
from verify.report.figures import INK, blank, finish, logarithmic, look, styled

__all__ = ["draw"]

_SIZES = (2, 3, 5)
_CONDITIONS = (32.0, 16.0, 8.0, 4.0, 2.0)
_RANDOM = 3
_TURN, _LEAST = 0.3, 0.1
"""Of random targets: the largest angle of their axes to those of Σ, the least eigenvalue."""
_CURVE = np.geomspace(1, 40, 40)
_CLOSE = 1e-8
"""What is left of a flow that ends at a slope of 1e-9, as U6 allows its own."""


def draw(options: Options) -> Drawing:
    """Draw r_L(κ) and S/S_min of flows from identity layers, on the worst data and on others."""
    worst, other = [], []
    rng, conditions = generator(options.seed, "balance"), options.grid(_CONDITIONS)
    for size in _SIZES:
        for kappa in conditions:
            worst += _reached("worst", size, kappa, *worst_data(size, kappa))
            for _ in range(options.repetitions(_RANDOM)):
                other += _reached("random", size, kappa, *_random_data(rng, kappa))
    off = max((abs(row["ratio"] / row["price"] - 1) for row in worst), default=float("nan"))
    share = max((row["ratio"] / row["price"] for row in other), default=float("nan"))
    checks = (
        Check("worst data: largest |S/(r_L S_min) - 1|", f"<= {_CLOSE:g}", off, off <= _CLOSE,
              len(worst)),
        Check("other data: largest S/(r_L S_min)", "<= 1", share, share <= 1 + _CLOSE, len(other)),
    )  # fmt: skip
    caption = (
        "Gradient flow from identity layers, balanced throughout, to a minimizer with P = T: its "
        "sharpness over the least, S/S_min, against the condition number κ of Σ. Lines: r_L(κ), "
        "which U6 proves no balanced minimizer exceeds. Filled: the worst data of U6, which reach "
        f"it; hollow: T symmetric with eigenvalues 1 and {_LEAST} to 1, turned by up to {_TURN} "
        "against Σ, which stay below."
    )
    title = "The price of balance"
    rows = [*worst, *other]
    return Drawing("balance", title, _figure(rows), rows, caption, checks)


def price(size: int, kappa: float) -> float:
    """Return r_L(κ) for L = ``size``, by the formula of U6."""
    return float(_formula(size)(kappa))


@cache
def _formula(size: int) -> Any:
    """r_L for one L, as a function of κ: its sum is written out once."""
    written = worst_ratio.expression.subs(depth.symbol, size).doit()
    return sp.lambdify(condition.symbol, written, "math")


def _random_data(rng: np.random.Generator, kappa: float) -> tuple[Any, Any]:
    """Σ = diag(1, κ) and T symmetric, its eigenvectors turned, its smaller eigenvalue any."""
    angle, small = rng.uniform(-_TURN, _TURN), np.exp(rng.uniform(np.log(_LEAST), 0))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.diag([1.0, kappa]), (turn * [1.0, small]) @ turn.T


def _reached(
    kind: str, size: int, kappa: float, sigma: Any, target: Any
) -> Iterator[dict[str, Any]]:
    """Yield the end of the flow from identity layers, if it converged."""
    flow = gradient_flow([np.eye(2)] * size, sigma, target @ sigma)
    if flow.status != "converged":
        return
    trained = Trained(kind, flow.weights, sigma, target)
    least = 2 * size * float(float_optimum(Floating(), sigma, target, 1 / size)[1])
    ratio = float(sharpness_at_minimizer(trained.net, sigma)) / least
    row = {"data": kind, "depth": size, "condition": kappa}
    yield row | {"ratio": ratio, "price": price(size, kappa)}


@styled()
def _figure(rows: list[dict[str, Any]]) -> Any:
    figure, axes = blank()
    for number, size in enumerate(_SIZES):
        curve = [price(size, float(kappa)) for kappa in _CURVE]
        line = look(number, marker=False)
        axes.plot(_CURVE, curve, **line, label=f"bound r(κ), L = {size}")
        for kind, face in (("worst", line["color"]), ("random", "none")):
            mine = [row for row in rows if row["data"] == kind and row["depth"] == size]
            places = [r["condition"] for r in mine], [r["ratio"] for r in mine]
            axes.plot(*places, **look(number, line=""), markerfacecolor=face)
    for face, label in ((INK, "flows, worst data"), ("none", "flows, random data")):
        axes.plot([], [], "o", color=INK, markerfacecolor=face, label=label)
    axes.set(title="Price of balance", xlabel="condition number κ of Σ", ylabel="S / Sₘᵢₙ")
    logarithmic(axes, "xy")
    finish(figure)
    return figure
