"""Evidence: what was done, over which scope, and the verdict it supports.

Kinds, strongest first.  The kind of a record is computed from the numbers that decided it, never
typed by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any, Literal

__all__ = [
    "EXIT_CODES",
    "KINDS",
    "LEVELS",
    "PART",
    "VERDICTS",
    "Evidence",
    "Level",
    "Verdict",
    "strongest",
    "weakest",
    "worst",
]

Verdict = Literal["refuted", "error", "void", "vacuous", "inconclusive", "holds"]

VERDICTS: tuple[Verdict, ...] = ("refuted", "error", "void", "vacuous", "inconclusive", "holds")
"""Worst first: a claim takes the worst verdict of its evidence."""

Level = Literal["proved", "derived", "derived in part", "tested", "sampled", "empirical"]

LEVELS: tuple[Level, ...] = (
    "proved",
    "derived",
    "derived in part",
    "tested",
    "sampled",
    "empirical",
)
"""How far what holds is established, best first: a proof kernel checked it for its whole scope; a
chain of facts ends in it; some facts of such a chain were checked; it was decided exactly or by
balls at least once; floats agree; a measurement agrees."""

KINDS = (
    "formal",
    "symbolic",
    "exact",
    "certified",
    "trained",
    "searched",
    "sampled",
    "empirical",
)
"""Strongest first."""


EXIT_CODES = {
    "holds": 0,
    "survived": 0,
    "confirmed": 0,
    "refuted": 1,
    "not confirmed": 1,
    "error": 3,
    "void": 3,
    "vacuous": 3,
    "inconclusive": 3,
    "undecided": 3,
}
"""What a command's exit code says of its verdict; 2 is wrong use."""


PART = "part of the proof: "
"""How the scope of a derivation begins that does not end in its claim."""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; ``vacuous`` when there is none at all."""
    found = sorted(verdicts, key=VERDICTS.index)
    return found[0] if found else "vacuous"


def weakest(levels: Iterable[Level]) -> Level:
    """Return the weakest of some levels; ``proved`` when there is none."""
    return max(levels, key=LEVELS.index, default="proved")


def strongest(levels: Iterable[Level | None]) -> Level | None:
    """Return the strongest of some levels, None when there is none."""
    return min((level for level in levels if level), key=LEVELS.index, default=None)


@dataclass(frozen=True)
class Evidence:
    """One record: the kind and scope of a check, how many instances, how close to violation.

    ``worst_margin`` is the smallest normalised slack met, (lhs - rhs)/max(|lhs|, |rhs|) turned so
    that negative means violated; None where nothing was measured.
    """

    kind: str
    verdict: Verdict
    scope: str
    count: int
    worst_margin: float | None = None
    seconds: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able record."""
        record = asdict(self)
        if self.worst_margin is not None and not isfinite(self.worst_margin):
            record["worst_margin"] = None
        return record
