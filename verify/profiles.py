"""How much to do: ``quick`` answers within a minute, ``full`` is for a release or a referee."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PROFILES", "Profile"]


@dataclass(frozen=True)
class Profile:
    """Budgets of one run.

    Parameters
    ----------
    instances
        Random rational instances decided for each claim.
    batches, batch_size
        Float batches for each claim, and instances in each.
    examples
        Hypothesis examples for each claim and control.
    trainings
        Trained solutions for each theorem.
    step_seconds, claim_seconds
        Time limits of a derivation step and of one stage on one claim.
    """

    name: str
    instances: int
    batches: int
    batch_size: int
    examples: int
    trainings: int
    step_seconds: float
    claim_seconds: float


PROFILES = {
    "quick": Profile("quick", 24, 2, 600, 20, 2, 20.0, 20.0),
    "full": Profile("full", 200, 10, 5000, 300, 6, 120.0, 60.0),
}
