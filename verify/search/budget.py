"""How long a search goes on, and in what portions."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["Budget"]

_BATCHES, _LEAST_BATCH = 32, 64
"""A batch is at most so small a part of the instances allowed: a round takes about eight."""


@dataclass(frozen=True)
class Budget:
    """How long an attack goes on: until the rounds, the instances or the seconds are used up.

    With ``rounds`` or ``instances`` the outcome is a function of claim and seed alone, unless the
    clock ends the attack before they are used up; the attack then says so.  With neither, the
    clock is the budget.

    Parameters
    ----------
    seconds
        No stage starts after this long.
    rounds
        How often the engines take turns; None: until the rest is used up.
    instances
        How many instances are tried; what is given or was found before counts among them.
    batches, batch_size
        Float batches in each round (each with sizes of its own), instances in each; special
        settings get a quarter of one, as four batches: of them sizes matter more than numbers.
    starts
        Float points optimised locally in each round.
    examples
        Hypothesis examples in each round.
    growing
        Whether sizes grow from turn to turn where ``rounds`` is None.
    shrink_seconds, shrink_tries
        Time to make a counterexample simple where the clock is the budget, and decisions elsewhere.
    """

    seconds: float = 60.0
    rounds: int | None = 1
    instances: int | None = None
    batches: int = 0
    batch_size: int = 0
    starts: int = 0
    examples: int = 0
    growing: bool = True
    shrink_seconds: float = 2.0
    shrink_tries: int = 1000

    @property
    def timed(self) -> bool:
        """Return whether the clock is the budget."""
        return self.rounds is None and self.instances is None

    def of(self, instances: int | None) -> Budget:
        """Return the budget for so many instances, its batches so large that all engines get some.

        None stands for no such limit.
        """
        if instances is None:
            return replace(self, instances=None)
        size = min(self.batch_size, max(_LEAST_BATCH, instances // _BATCHES))
        return replace(self, instances=instances, batch_size=size)
