"""Whether a bound says anything that others do not: the Dalmatian rule, on the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from verify.proposals.candidates import Candidate
from verify.proposals.known import Known
from verify.proposals.table import Table

__all__ = ["beaten", "better"]

_BEATS = 1e-6
"""By so much, relatively, a bound is better than another; less may be rounding."""


def better(
    table: Table,
    candidate: Candidate,
    rivals: Sequence[Candidate],
    known: Mapping[str, Known],
) -> bool:
    """Return whether a candidate is better than all rivals and known bounds on some row."""
    mine = _usable(table, candidate)
    best = np.full(len(table), -np.inf)
    for theirs in _others(table, candidate.sign, rivals, known).values():
        best = np.fmax(best, np.where(np.isnan(theirs), -np.inf, theirs))
    with np.errstate(invalid="ignore"):
        return bool((mine - best > _BEATS).any())


def beaten(
    table: Table,
    candidate: Candidate,
    rivals: Sequence[Candidate],
    known: Mapping[str, Known],
) -> str:
    """Return what alone is at least as good as a candidate on every row, "" if only several are."""
    mine = _usable(table, candidate)
    for name, theirs in _others(table, candidate.sign, rivals, known).items():
        with np.errstate(invalid="ignore"):
            if not (mine - np.where(np.isnan(theirs), -np.inf, theirs) > _BEATS).any():
                return name
    return ""


def _usable(table: Table, candidate: Candidate) -> Any:
    """Logarithms of a right side where it says something, the better the larger; else NaN."""
    log = _logarithm(candidate.right(table))
    return np.where((table.y > 0) & np.isfinite(log), candidate.sign * log, np.nan)


def _others(
    table: Table, sign: int, rivals: Sequence[Candidate], known: Mapping[str, Known]
) -> dict[str, Any]:
    found = {name: sign * _logarithm(table.bound(name)) for name in known}
    return found | {rival.text: sign * _logarithm(rival.right(table)) for rival in rivals}


def _logarithm(values: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.log(values)
