"""Which assumptions of a theorem are needed: drop each in turn and try to break what is left.

Three things can be weakened: an assumption, a condition, and the setting itself (to one that has
it among its special ones).  A claim that breaks comes with an exact instance on which it does; one
that does not break may be true in more generality than it is stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from verify.claims import SETTINGS, Assumption, Claim, Setting
from verify.search.budget import Budget
from verify.search.pipeline import attack
from verify.search.record import Attack, Counterexample
from verify.theorem import Theorem

__all__ = ["Finding", "audit"]

_BUDGET = Budget(rounds=None, batches=4, batch_size=1024, starts=4, examples=40)


@dataclass(frozen=True)
class Finding:
    """What became of one claim without one of its assumptions."""

    claim: Claim
    dropped: str
    result: Attack

    @property
    def witness(self) -> Counterexample | None:
        """Return the exact instance that breaks the weakened claim, if one was found."""
        return self.result.found

    @property
    def verdict(self) -> str:
        """Return needed, not broken or vacuous."""
        if self.witness is not None:
            return "needed"
        return "not broken" if self.result.valid else "vacuous"

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        found = self.witness
        return {
            "claim": self.claim.id,
            "dropped": self.dropped,
            "verdict": self.verdict,
            "instances": self.result.valid,
            "engines": self.result.engines,
            "witness": None if found is None else found.to_json(),
        }


def audit(theorem: Theorem, *, seconds: float, seed: int) -> Iterator[Finding]:
    """Yield what becomes of each claim without each of its assumptions.

    Parameters
    ----------
    seconds
        Time for each weakened claim; one that breaks needs less.
    seed
        Makes the attacks reproducible, up to where the clock ends them.
    """
    for claim in theorem.claims:
        known = [item.instance() for item in theorem.necessity if item.claim.id == claim.id]
        for dropped, weaker in _weakened(claim):
            budget = replace(_BUDGET, seconds=seconds / len(weaker))
            for candidate in weaker:
                result = attack(candidate, seed=seed, budget=budget, known=known)
                if result.found is not None or result.interrupted:
                    break
            yield Finding(claim, dropped, result)
            if result.interrupted:
                return


def _weakened(claim: Claim) -> Iterator[tuple[str, list[Claim]]]:
    """What is dropped, and the claims without it: in its own setting, then in wider ones."""
    wider = list(_wider(claim.setting))
    for assumption in claim.assumptions:
        rest = tuple(a for a in claim.assumptions if a is not assumption)
        if assumption.relation is not None:
            yield str(assumption.relation), [replace(claim, assumptions=rest)]
            continue
        bare = replace(claim, assumptions=(*rest, _negation(assumption)))
        yield assumption.latex, [replace(bare, setting=s) for s in (claim.setting, *wider)]
    for setting in wider:
        yield f"{claim.setting.name} -> {setting.name}", [replace(claim, setting=setting)]


def _wider(setting: Setting) -> Iterator[Setting]:
    """The settings that have this one in their family."""
    for other in dict.fromkeys(SETTINGS.values()):
        if other is not setting and setting in other.family():
            yield other


def _negation(assumption: Assumption) -> Assumption:
    """Where a predicate fails: what breaks the claim there breaks it for want of this one."""
    return Assumption(
        f"not.{assumption.id}",
        lambda instance: np.logical_not(assumption.condition(instance)),
        f"not: {assumption.latex}",
    )
