"""Batches of float instances: cheap, plentiful, and never evidence by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from verify.claims import Claim, sides, slack
from verify.expression import operator
from verify.search.record import Attack, Near
from verify.sources import BatchSource

__all__ = ["ROUNDING", "margins", "sample_floats"]

ROUNDING = 1e-11
"""Float slacks of this size may be zero: conditions that fail by less are taken to hold, and
relations violated by less are not suspected.  Exact arithmetic decides in the end."""

_KEPT = 4
"""Instances of a batch that are looked at again: those with the least slack."""


def sample_floats(
    claim: Claim, seed: Sequence[int], size: int, backend: str, result: Attack
) -> list[Near]:
    """Evaluate one batch of ``claim.setting``; return its nearest misses, worst first."""
    source = BatchSource(np.random.default_rng(seed), size, backend)
    try:
        with np.errstate(all="ignore"):
            slacks = margins(claim, claim.setting.build(source, claim.bounds), size)
    except (ArithmeticError, np.linalg.LinAlgError):  # undefined at these sizes
        result.count("floats", size, 0, np.inf)
        return []
    result.discarded += int(np.isnan(slacks).sum())
    slacks[~np.isfinite(slacks)] = np.inf
    valid = int(np.isfinite(slacks).sum())
    sound = slacks[slacks >= -ROUNDING]  # what is less may be rounding: exact decisions will tell
    result.count("floats", size, valid, float(sound.min(initial=np.inf)))
    worst = np.argsort(slacks)[: min(_KEPT, valid)]
    return [Near(float(slacks[j]), source.lane(int(j)), claim.setting) for j in worst]


def margins(claim: Claim, instance: Any, size: int) -> Any:
    """Return the slack of each lane of a float batch, infinite where an assumption fails."""
    arithmetic = instance.arithmetic

    def lanes(values: Any) -> Any:
        return np.broadcast_to(arithmetic.to_numpy(values), (size,))

    slacks = _slack(claim.expanded, instance, lanes).copy()
    for assumption in claim.assumptions:
        slacks[~lanes(assumption.holds(instance))] = np.inf
    for condition in claim.conditions:
        slacks[~(_slack(condition, instance, lanes) >= -ROUNDING)] = np.inf
    return slacks


def _slack(relation: Any, instance: Any, lanes: Any) -> Any:
    return slack(operator(relation), lanes(instance.arithmetic.margin(*sides(relation, instance))))
