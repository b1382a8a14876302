"""The nearest misses of a float batch, as choices that the other engines can go on from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verify.claims import Claim
from verify.search.batches import ROUNDING, evaluate
from verify.search.record import Attack, Near

__all__ = ["KEPT", "sample_floats"]

KEPT = 4
"""Instances of a batch that are looked at again: those with the least slack."""


def sample_floats(
    claim: Claim,
    seed: Sequence[int],
    size: int,
    backend: str,
    result: Attack,
    *,
    kept: int = KEPT,
    denominator: int = 0,
) -> list[Near]:
    """Evaluate one batch of ``claim.setting``; return its ``kept`` nearest misses, worst first.

    Numbers are multiples of one over ``denominator`` if it is not 0.
    """
    batch = evaluate(claim, seed, size, backend=backend, denominator=denominator)
    slacks = batch.slacks
    result.discarded += int(np.isnan(slacks).sum())
    slacks[~np.isfinite(slacks)] = np.inf
    valid = int(np.isfinite(slacks).sum())
    sound = slacks[slacks >= -ROUNDING]  # what is less may be rounding: exact decisions will tell
    result.count("floats", size, valid, float(sound.min(initial=np.inf)))
    worst = np.argsort(slacks)[: min(kept, valid)]
    return [Near(float(slacks[j]), batch.lane(int(j)), claim.setting) for j in worst]
