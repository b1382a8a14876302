"""What an attack on a claim covered, how near it came, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import inf
from typing import Any

from verify.claims import Claim, Decision, Setting, decide
from verify.sources import Exhausted, RecordedSource

__all__ = ["Attack", "Choices", "Counterexample", "Near", "confirm", "rebuild"]

Choices = Sequence[int | float | Fraction]


@dataclass(frozen=True)
class Counterexample:
    """An exact instance that violates a claim, and the choices of ``setting`` that rebuild it."""

    instance: Any
    decision: Decision
    found_by: str
    setting: Setting
    choices: tuple[int | Fraction, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the exact instance, both sides, what decided and who found it, as JSON."""
        return {
            "instance": self.instance.to_json(),
            "lhs": self.decision.lhs,
            "rhs": self.decision.rhs,
            "kind": self.decision.kind,
            "found_by": self.found_by,
        }


@dataclass(frozen=True)
class Near:
    """An instance at which a claim is nearly violated, as the choices that made it."""

    slack: float
    choices: Choices
    setting: Setting

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the sizes among the choices."""
        return tuple(c for c in self.choices if isinstance(c, int))


@dataclass
class Attack:
    """What an attack covered and what it found.

    ``near`` has the worst instance of each shape (setting and sizes) that floats met, ``discarded``
    counts margins that were not numbers.  ``cut_short`` says that the clock ended it although its
    budget was a count: it may differ from what another machine finds.  ``impossible`` says that no
    depth within the bounds meets the conditions of the claim.
    """

    tried: int = 0
    valid: int = 0
    undecided: int = 0
    discarded: int = 0
    worst_slack: float = inf
    found: Counterexample | None = None
    engines: dict[str, int] = field(default_factory=dict)
    near: dict[tuple[Any, ...], Near] = field(default_factory=dict)
    interrupted: bool = False
    cut_short: bool = False
    impossible: bool = False

    def count(self, engine: str, tried: int, valid: int, worst: float) -> None:
        """Record ``tried`` instances of one engine."""
        self.tried += tried
        self.valid += valid
        self.engines[engine] = self.engines.get(engine, 0) + valid
        if valid:
            self.worst_slack = min(self.worst_slack, worst)

    def add(self, part: Attack) -> None:
        """Add what a part of this attack covered, or another attack on the same question."""
        self.tried += part.tried
        self.valid += part.valid
        self.undecided += part.undecided
        self.discarded += part.discarded
        self.worst_slack = min(self.worst_slack, part.worst_slack)
        self.cut_short = self.cut_short or part.cut_short
        self.interrupted = self.interrupted or part.interrupted
        for engine, count in part.engines.items():
            self.engines[engine] = self.engines.get(engine, 0) + count

    def approach(self, near: Near) -> None:
        """Keep ``near`` if it is the worst of its shape so far."""
        key = (near.setting.name, near.sizes)
        if key not in self.near or near.slack < self.near[key].slack:
            self.near[key] = near

    def correct(self, near: Near, decision: Decision) -> None:
        """Replace the float slack of an instance by the one of its exact decision."""
        key = (near.setting.name, near.sizes)
        if self.near.get(key) is near:
            del self.near[key]
        if decision.outcome == "holds":
            self.worst_slack = min(self.worst_slack, decision.slack)
            self.approach(replace(near, slack=decision.slack))


def confirm(
    claim: Claim, instance: Any, engine: str, setting: Setting, choices: Choices | None = None
) -> Counterexample | None:
    """Return a counterexample if ``instance`` violates ``claim`` beyond doubt, else None."""
    decision = decide(claim, instance, exact_first=False)
    if not decision.refutes:
        return None
    kept = None if choices is None else tuple(_exact(c) for c in choices)
    return Counterexample(instance, decision, engine, setting, kept)


def _exact(choice: int | float | Fraction) -> int | Fraction:
    return choice if isinstance(choice, int) else Fraction(choice)


def rebuild(claim: Claim, setting: Setting, choices: Choices) -> tuple[Any, list[Any]]:
    """Return the instance (None if the recipe rejects the choices) and the choices it used."""
    source = RecordedSource([_exact(c) for c in choices])
    try:
        return setting.build(source, claim.bounds), source.choices
    except (Exhausted, ArithmeticError):
        return None, source.choices
