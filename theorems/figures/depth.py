"""The least sharpness with depth, between its closed-form brackets (U2).

Everything is divided by 2L: then S_min tends to the largest eigenvalue of TΣTᵀ, here a.  Values
are enclosed, so the brackets are compared beyond rounding.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from numeric.arithmetic.ball import Balls
from theorems.experiments.outcome import Check, Options
from theorems.figures.gallery import Drawing
from theorems.instances import Instance
from theorems.quantities import minimal_sharpness
from theorems.regression import sharpness_ge_rayleigh as C1
from theorems.unified import minimal_sharpness_between_closed_forms as U2
from verify.report.figures import COLOURS, INK, blank, finish, look, styled, whole

__all__ = ["draw"]

_DEPTHS = range(2, 25)
_SIGMA = [[1, 0, 0], [0, Fraction(1, 4), 0], [0, 0, Fraction(1, 25)]]
_REGRESSOR = [Fraction(3, 13), Fraction(4, 13), Fraction(12, 13)]
_FORMS = {
    "S_min": minimal_sharpness,
    "lower": U2.lower_bracket,
    "upper": U2.upper_bracket,
    "sum": U2.sum_bracket,
    "rayleigh": C1.lower_bound,
}


def draw(options: Options) -> Drawing:
    """Draw S_min/(2L) and the four closed forms around it, for every depth."""
    depths = [int(depth) for depth in options.grid(_DEPTHS)]
    rows, inside = [], 0
    for depth in depths:
        values, holds = _enclosed(depth)
        rows.append({"depth": depth} | values)
        inside += holds
    caption = (
        "One output, w* = (3, 4, 12)/13, Σ = diag(1, 1/4, 1/25), so that Λ/a = "
        f"{rows[0]['ratio']:.2f}; widths as U1 asks. Shaded: between the closed forms of U2, which "
        "meet S_min as the depth grows; dotted: the coarser lower bound of C1; dash-dotted: the "
        "sum of U2, above its upper form. No training: all values are enclosed by balls."
    )
    check = Check("depths at which lower <= S_min <= upper <= sum, decided by enclosures",
                  str(len(depths)), inside, inside == len(depths), len(depths))  # fmt: skip
    title = "Least sharpness by depth, between closed forms"
    return Drawing("depth", title, _figure(rows), rows, caption, (check,))


def _enclosed(depth: int) -> tuple[dict[str, float], bool]:
    """S_min and the closed forms divided by 2L, and whether they are in order beyond doubt."""
    layers: list[Any] = [[_REGRESSOR], *[[[1]]] * (depth - 1)]
    with Balls() as balls:
        instance = Instance.of_minimizer(layers, _SIGMA).lifted(balls)
        found = {name: form.measure(instance) for name, form in _FORMS.items()}
        order = [found[name] for name in ("lower", "S_min", "upper", "sum")]
        holds = all(balls.compare(less, more).sign in (-1, 0) for less, more in pairwise(order))
    values = {name: float(value) / (2 * depth) for name, value in found.items()}
    return values | {"ratio": 1 / values["rayleigh"]}, holds


@styled()
def _figure(rows: list[dict[str, Any]]) -> Any:
    figure, axes = blank()
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    depths = columns["depth"]
    band = {"color": COLOURS[1], "alpha": 0.18, "linewidth": 0}
    axes.fill_between(depths, columns["lower"], columns["upper"], **band)
    axes.plot(depths, columns["S_min"], **look(0), label="Sₘᵢₙ (U1)")
    for name, label, line in (
        ("upper", "upper form (U2)", "--"),
        ("lower", "lower form (U2)", "-"),
    ):
        axes.plot(depths, columns[name], **look(1, line=line, marker=False), label=label)
    axes.plot(depths, columns["sum"], color=INK, linestyle="-.", linewidth=1, label="sum (U2)")
    axes.plot(depths, columns["rayleigh"], color=INK, linestyle=":", label="2La (C1)")
    axes.set(title="Least sharpness per layer", xlabel="depth L", ylabel="sharpness / (2L)")
    axes.set_ylim(bottom=0)
    whole(axes.xaxis)
    finish(figure, columns=5)
    return figure
