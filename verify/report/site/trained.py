"""Theory against trained solutions: what was measured over what was predicted, a dot a run."""

from __future__ import annotations

from math import isfinite
from typing import Any

from markupsafe import Markup

from verify.report.figures import blank, finish, logarithmic, look, styled
from verify.report.inline import inline

__all__ = ["figure", "runs_of"]

_WIDE = 30.0
"""Predictions whose largest is this many times the least are shown on logarithmic axes."""


def runs_of(theorem: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the measurements beside trained networks, each once."""
    found = [
        r for c in theorem["claims"] for e in c["evidence"] for r in e["details"].get("runs", [])
    ]
    return list({(r["label"], r["predicted"], r["measured"]): r for r in found}.values())


@styled()
def figure(theorem: dict[str, Any]) -> Markup:
    """Return a figure of the runs with a prediction as SVG, empty where there are none."""
    runs = [r for r in runs_of(theorem) if _drawable(r)]
    if not runs:
        return Markup("")
    drawing, axes = blank(size=(5.2, 3.4))
    kinds = [("==", "predicted to be equal"), ("<=", "predicted to be at most")]
    for number, (relation, label) in enumerate(kinds):
        these = [r for r in runs if r.get("relation", "==") == relation]
        if these:
            x, y = ([r[name] for r in these] for name in ("predicted", "measured"))
            axes.plot(x, y, **look(number, line=""), label=f"{label} ({len(these)})")
    values = [r[name] for r in runs for name in ("predicted", "measured")]
    least, most = min(values), max(values)
    if least > 0 and most > _WIDE * least:
        logarithmic(axes, "xy")
    else:  # whole numbers at the ticks, few enough to stand side by side
        axes.ticklabel_format(useOffset=False)
        axes.locator_params(nbins=5)
    ends = (least, most) if least < most else (least - 1, most + 1)
    axes.plot(ends, ends, **look(4, line="--", marker=False), label="measured = predicted")
    axes.set_xlabel("predicted")
    axes.set_ylabel("measured")
    finish(drawing)
    worst = max((r["difference"] for r in runs if r.get("relation", "==") == "=="), default=None)
    told = f"; the largest relative difference is {worst:.2g}" if worst is not None else ""
    return Markup(inline(drawing, f"Measured over predicted values of {len(runs)} runs{told}."))


def _drawable(run: dict[str, Any]) -> bool:
    """Whether theory says something of a run, and both numbers can be drawn."""
    numbers = (run["predicted"], run["measured"])
    return run.get("allowed", 0) is not None and all(n is not None and isfinite(n) for n in numbers)
