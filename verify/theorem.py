"""A theorem as an executable object: statement, claims, derivation, controls, witnesses.

A theorem module ends with one :class:`Theorem`; everything it needs to be derived, checked,
attacked and compared with training hangs on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import Any, Literal

from verify.claims import Assumption, Claim, Formula
from verify.derivation import Step
from verify.evidence import Verdict

__all__ = [
    "Control",
    "Derivation",
    "Measurement",
    "Necessity",
    "Source",
    "Theorem",
    "TrainedSolution",
    "Training",
    "Witness",
]


@dataclass(frozen=True)
class Source:
    """Where a statement comes from: a key of ``references.bib`` and the place within."""

    key: str
    where: str


@dataclass(frozen=True)
class Control:
    """A false twin: a claim the same engine must refute in the same run.

    ``known`` holds exact instances to try first, for twins too subtle to be met by chance.
    """

    claim: Claim
    known: Callable[[], Iterable[Any]] = tuple


@dataclass(frozen=True)
class Witness:
    """An exact instance of a claim that satisfies its assumptions: the theorem is not vacuous."""

    id: str
    claim_id: str
    statement: str
    instance: Callable[[], Any]


@dataclass(frozen=True)
class Necessity:
    """An exact instance where only ``assumption`` fails and the claim breaks.

    The claim is tried on it first in every run, so dropping the assumption refutes the claim.
    """

    assumption: Assumption
    claim_id: str
    statement: str
    instance: Callable[[], Any]

    @property
    def id(self) -> str:
        """Return the claim's id with the assumption left out."""
        return f"{self.claim_id}.without.{self.assumption.id}"


@dataclass(frozen=True)
class Measurement:
    """A number theory predicts, the number training gave, and the relative difference allowed.

    ``allowed`` states the accuracy the method claims (integrator tolerance, distance to the exact
    minimizer), from a source or a bound, not from the outcome.  ``relation`` is "==" where theory
    predicts a value and "<=" where it predicts that the measured number does not exceed it.
    """

    label: str
    predicted: float
    measured: float
    allowed: float
    relation: Literal["==", "<="] = "=="

    @property
    def difference(self) -> float:
        """Return |measured - predicted| / |predicted| (absolute when predicted is 0)."""
        return abs(self.measured - self.predicted) / (abs(self.predicted) or 1.0)

    @property
    def holds(self) -> bool:
        """Return whether the measurement agrees with the prediction."""
        below = self.relation == "<=" and self.measured <= self.predicted
        return below or self.difference <= self.allowed

    @property
    def verdict(self) -> Verdict:
        """Return holds or inconclusive: floats that disagree are no exact counterexample."""
        return "holds" if isfinite(self.difference) and self.holds else "inconclusive"


@dataclass(frozen=True)
class TrainedSolution:
    """A trained network, tied to an exact instance beside it where there is one.

    Parameters
    ----------
    instance
        The exact point (dyadic or rational weights) on which claims are decided; None for an
        effect that is only observed (a nonlinear network), which makes the evidence empirical.
    distance
        Certified upper bound on the Frobenius distance between trained and exact weights.
    """

    label: str
    instance: Any = None
    distance: Fraction | None = None
    measurements: tuple[Measurement, ...] = ()


@dataclass(frozen=True)
class Training:
    """Trained solutions, and the claims that must hold at each of them.

    Parameters
    ----------
    id, title
        Unique within the theorem; what was trained and how.
    run
        ``run(seed, runs)`` yields solutions; ``runs`` is what the profile allows.
    claim_ids
        Claims decided at every exact instance.  Without any, the measurements stand for
        themselves and are reported as a claim of their own.
    """

    id: str
    title: str
    run: Callable[[int, int], Iterable[TrainedSolution]]
    claim_ids: tuple[str, ...] = ()


Derivation = Callable[[Mapping[str, Any]], Iterable[Step]]
"""Receives the expressions of the theorem's formulas by name, returns steps that prove a claim."""


@dataclass(frozen=True)
class Theorem:
    """Wiring only: every part is defined above it in the theorem's module.

    Parameters
    ----------
    id, title
        Short unique name (M1) and the conclusion in words.
    statement
        LaTeX, as a mathematician would print it.
    normalisation
        Which loss, which mean, which norms.
    source
        Citation; "reconstructed" in ``where`` when the text could not be consulted.
    claims, controls
        What must hold and what must be refuted, by the same engine.
    formulas
        Closed forms the claims mention; derivations receive their expressions by name.
    derivations
        For each claim (by id) that is derived symbolically, its derivation: every step must hold.
    uses
        Ids of theorems this one builds on; it is verified only if they are.
    status
        "theorem", "conjecture" or "open".
    """

    id: str
    title: str
    statement: str
    normalisation: str
    source: Source
    claims: tuple[Claim, ...]
    controls: tuple[Control, ...]
    witnesses: tuple[Witness, ...]
    module: str
    formulas: tuple[Formula, ...] = ()
    derivations: Mapping[str, Derivation] = field(default_factory=dict)
    necessity: tuple[Necessity, ...] = ()
    trainings: tuple[Training, ...] = ()
    uses: tuple[str, ...] = ()
    status: str = "theorem"
    tags: tuple[str, ...] = field(default=())

    def claim(self, claim_id: str) -> Claim:
        """Return the claim with this id."""
        return next(c for c in self.claims if c.id == claim_id)

    def control(self, claim_id: str) -> Control:
        """Return the control whose claim has this id."""
        return next(c for c in self.controls if c.claim.id == claim_id)

    @property
    def exhibits(self) -> tuple[Witness | Necessity, ...]:
        """Return witnesses of non-vacuity, then of the necessity of assumptions."""
        return (*self.witnesses, *self.necessity)

    def hard_instances(self, claim: Claim) -> list[Any]:
        """Return the witnesses that belong to ``claim``: it is tried on them first."""
        return [item.instance() for item in self.exhibits if item.claim_id == claim.id]
