"""What the theorems say of descents of linear networks, beside what was measured.

At a minimizer where a run comes to rest the sharpness is at least S_min (U1) and at most 2/η but
for a null set of starts (C6).  So beyond 2/S_min nothing converges, and 2/S_min is little less
than 1/(La) (C1).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theorems.experiments.outcome import Check
from theorems.experiments.runs import Runs

__all__ = ["SUCCESS", "beyond", "reached", "small_starts", "window"]

_BELOW, _ABOVE = 1e-6, 1e-3
"""Rounding below S_min, and how slowly an unstable minimizer may still be left above 2/η."""
SUCCESS = 1e-2
"""A run has succeeded when |P - w*|² is below this (|w*| = 1)."""


def window(runs: Runs) -> tuple[Check, ...]:
    """Where descent comes to rest, S lies between S_min and 2/η."""
    rest = runs.converged
    low = runs.final[rest] / runs.minimal[rest]
    high = runs.final[rest] * runs.step_size[rest] / 2
    inside = (low >= 1 - _BELOW) & (high <= 1 + _ABOVE)
    count = int(rest.sum())
    share = float(inside.mean()) if count else np.nan
    return (
        Check("converged runs with S in [S_min, 2/η]", "1", share, share == 1.0, count),
        Check("smallest S/S_min", f">= 1 - {_BELOW:g}", _extreme(low, np.min), None, count),
        Check("largest ηS/2", f"<= 1 + {_ABOVE:g}", _extreme(high, np.max), None, count),
    )


def beyond(runs: Runs) -> Check:
    """Beyond 2/S_min nothing comes to rest."""
    chosen = runs.step_size > 2 / runs.minimal * (1 + _ABOVE)
    found = int((runs.converged & chosen).sum())
    name = "runs that converged although η > 2/S_min"
    return Check(name, "0", found, found == 0, int(chosen.sum()))


def small_starts(runs: Runs) -> Check:
    """From the smallest scale, the sharpness beside its limit for vanishing starts (observed)."""
    chosen = runs.converged & (runs.scale == runs.scale.min())
    ratio = runs.final[chosen] / runs.small_start[chosen]
    name = "median S over the limit of vanishing starts, smallest scale"
    return Check(name, "-> 1", _extreme(ratio, np.median), None, int(chosen.sum()))


def reached(runs: Runs, rates: Any) -> Any:
    """Return, for each start, the largest of the step sizes up to which all its runs succeed.

    Runs stand in groups, one for each start, with the step sizes ``rates`` in order; the first is
    returned where already that fails.
    """
    with np.errstate(invalid="ignore"):
        good = (runs.distance <= SUCCESS).reshape(-1, len(rates))
    firsts = np.where(good.all(axis=1), len(rates), np.argmin(good, axis=1))
    return np.asarray(rates)[np.maximum(firsts - 1, 0)]


def _extreme(values: Any, reduce: Any) -> float:
    return float(reduce(values)) if len(values) else float("nan")
