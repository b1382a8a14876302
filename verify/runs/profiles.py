"""How much to do: ``quick`` answers within a minute, ``full`` is for a release or a referee."""

from __future__ import annotations

from dataclasses import dataclass

from verify.search.budget import Budget

__all__ = ["PROFILES", "Profile"]


@dataclass(frozen=True)
class Profile:
    """Budgets of one run.

    Parameters
    ----------
    instances
        Random rational instances decided for each claim.
    trainings
        Trained solutions for each theorem.
    step_seconds
        Time limit of a derivation step.
    again
        Whether a claim that the kernel proved for all sizes is attacked and derived at sizes too;
        on instances, exact and trained, it is decided in any case.
    sizes
        Of those at which a claim is decided with every number a symbol, the first so many; all if
        it is None.
    budget
        Of the attack on each claim and control: counts, so that a record is a function of claim and
        seed.  Its seconds end what would take for ever, also the decisions of a claim; a record
        that the clock ended says so.
    """

    name: str
    instances: int
    trainings: int
    step_seconds: float
    again: bool
    sizes: int | None
    budget: Budget


PROFILES = {
    "quick": Profile(
        "quick", 16, 2, 20.0, False, 2, Budget(300.0, 1, None, 1, 600, 0, 6, shrink_tries=80)
    ),
    "full": Profile("full", 48, 4, 120.0, True, None, Budget(1800.0, 1, None, 3, 2000, 1, 60)),
}
