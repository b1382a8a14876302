"""A theorem as an executable object: claims with their proofs, controls, witnesses, trainings.

What a theorem module needs of the engine is handed on here.  A claim is a decorated proof
(:func:`claim`) or is decided and attacked only (:func:`stated`); other parts refer to the claim
itself.  The module ends with one :class:`Theorem`, which writes its id before their names.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import distributions
from math import isfinite
from typing import Any, Literal

from verify.claims import (
    CONTROL,
    USUAL,
    Assumption,
    Bounds,
    Cited,
    Claim,
    Formula,
    Proof,
    Quantity,
    Setting,
    Source,
    expanded,
    family,
    quantity,
)
from verify.derivation.squares import SumOfSquares
from verify.derivation.steps import Condition, Identity, Limit, Step
from verify.errors import UsageError
from verify.evidence import Verdict
from verify.expression import Relation

__all__ = [
    "Assumption",
    "Bounds",
    "Cited",
    "Claim",
    "Condition",
    "Control",
    "Formula",
    "Identity",
    "Limit",
    "Measurement",
    "Necessity",
    "Quantity",
    "Source",
    "Step",
    "SumOfSquares",
    "Theorem",
    "TrainedSolution",
    "Training",
    "Witness",
    "claim",
    "expanded",
    "family",
    "needed",
    "quantity",
    "stated",
    "twin",
    "witness",
]


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

    name: str
    claim: Claim
    statement: str
    instance: Callable[[], Any]

    @property
    def id(self) -> str:
        """Return the name after the theorem's id."""
        return f"{self.claim.theorem}.witness.{self.name}"


@dataclass(frozen=True)
class Necessity:
    """An exact instance where only ``assumption`` fails and the claim breaks.

    The claim is tried on it first in every run, so dropping the assumption refutes the claim.
    """

    assumption: Assumption
    claim: Claim
    statement: str
    instance: Callable[[], Any]

    @property
    def id(self) -> str:
        """Return the claim's id with the assumption left out."""
        return f"{self.claim.id}.without.{self.assumption.id}"


@dataclass(frozen=True)
class Measurement:
    """A number theory predicts, the number training gave, and the relative difference allowed.

    ``allowed`` states the accuracy the method claims (integrator tolerance, distance to the exact
    minimizer), from a source or a bound, not from the outcome.  ``relation`` is "==" where theory
    predicts a value and "<=" where it predicts that the measured number does not exceed it.  With
    ``allowed`` infinite nothing is predicted: the number stands beside another, as no evidence.
    """

    label: str
    predicted: float
    measured: float
    allowed: float
    relation: Literal["==", "<="] = "=="

    def __post_init__(self) -> None:
        if self.relation not in ("==", "<="):
            raise UsageError(f"{self.label}: expected == or <=, got {self.relation!r}")
        if not self.allowed >= 0:
            raise UsageError(f"{self.label}: expected allowed >= 0, got {self.allowed}")

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
    name, title
        Unique within the theorem; what was trained and how.
    run
        ``run(seed, runs)`` yields solutions; ``runs`` is what the profile allows.
    claims
        Claims decided at every exact instance.  Without any, the measurements stand for
        themselves and are reported as a claim of their own.
    theorem
        The id of the theorem, written in by that theorem.
    needs
        An optional package, by the name it is installed by; where it is absent the training is
        skipped, and the record says so.
    """

    name: str
    title: str
    run: Callable[[int, int], Iterable[TrainedSolution]]
    claims: tuple[Claim, ...] = ()
    theorem: str = ""
    needs: str = ""

    @property
    def id(self) -> str:
        """Return the name after the theorem's id."""
        return f"{self.theorem}.{self.name}"

    @property
    def skipped(self) -> str:
        """Return why it cannot run here, "" if it can."""
        if not self.needs or any(distributions(name=self.needs)):
            return ""
        return f"{self.id} needs {self.needs}, which is not installed"


def claim(
    setting: Setting,
    relation: Relation,
    *assumptions: Assumption,
    given: tuple[Claim, ...] = (),
    cites: tuple[Cited, ...] = (),
    bounds: Bounds = USUAL,
    sizes: tuple[tuple[int, ...], ...] = (),
    check: bool = False,
    formal: bool = False,
    name: str | None = None,
) -> Callable[[Callable[..., Iterator[Step]]], Claim]:
    """Make a claim of the decorated proof: its name and docstring are the claim's name and title.

    A proof is a generator of steps.  As a test asks for fixtures, it asks by the names of its
    parameters for what it uses: closed forms of its module, which arrive as expressions, and
    claims of ``given``.

    Parameters
    ----------
    setting, relation, assumptions, bounds
        See :class:`verify.claims.Claim`.
    given
        Claims, of this theorem or of others, that the proof builds on.
    cites
        Lemmas of others that it rests on.
    sizes
        Where it ends in the relation itself, measured with every number a symbol.
    check
        It is no part of the statement: it can only fail it.
    formal
        A proof kernel has checked it (:class:`verify.claims.Claim`).
    name
        For a claim that cannot bear the name of its function.

    Raises
    ------
    UsageError
        If a parameter names neither a closed form nor a claim of ``given``.
    """
    for premise in given:
        _expect(premise, Claim, "given: a claim, as a module defines it")

    def make(steps: Callable[..., Iterator[Step]]) -> Claim:
        title = _first_paragraph(steps)
        found = Claim(
            name or steps.__name__, title, setting, relation, assumptions, bounds,
            given=given, sizes=sizes, check=check, cites=cites, formal=formal,
        )  # fmt: skip
        return replace(found, proof=_proof(steps, found.name, given))

    return make


def _expect(part: Any, kind: type, expected: str) -> None:
    if not isinstance(part, kind):
        shown = part if isinstance(part, str) else type(part).__name__
        raise UsageError(f"expected for {expected}; got {shown!r}")


def _first_paragraph(function: Callable[..., Any]) -> str:
    text = " ".join((function.__doc__ or "").partition("\n\n")[0].split())
    return text.removesuffix(".")


def _proof(steps: Callable[..., Iterator[Step]], name: str, given: tuple[Claim, ...]) -> Proof:
    """The proof with what its parameters name."""
    module: Mapping[str, Any] = getattr(steps, "__globals__", {})
    known: dict[str, Formula | Claim] = {
        value.name: value for value in module.values() if isinstance(value, Formula)
    }
    known |= {premise.name: premise for premise in given}
    wanted = list(inspect.signature(steps).parameters)
    for parameter in wanted:
        if parameter not in known:
            raise UsageError(
                f"proof of {name}: {parameter!r} is neither a closed form of its module nor a "
                f"claim in given; it may ask for {', '.join(sorted(known)) or 'nothing'}"
            )
    return Proof(steps, {parameter: known[parameter] for parameter in wanted})


def stated(
    name: str,
    title: str,
    setting: Setting,
    relation: Relation,
    *assumptions: Assumption,
    given: tuple[Claim, ...] = (),
    cites: tuple[Cited, ...] = (),
    bounds: Bounds = USUAL,
    sizes: tuple[tuple[int, ...], ...] = (),
    check: bool = False,
    formal: bool = False,
) -> Claim:
    """Return a claim without a proof of its own; the parameters are those of a claim."""
    return Claim(
        name, title, setting, relation, assumptions, bounds,
        given=given, sizes=sizes, check=check, cites=cites, formal=formal,
    )  # fmt: skip


def twin(
    name: str,
    title: str,
    setting: Setting,
    relation: Relation,
    *assumptions: Assumption,
    bounds: Bounds = USUAL,
    known: Callable[[], Iterable[Any]] = tuple,
) -> Control:
    """Return a false twin: the engine must refute it; ``known`` gives instances to try first."""
    return Control(Claim(f"{CONTROL}{name}", title, setting, relation, assumptions, bounds), known)


def witness(name: str, claim: Claim, statement: str, instance: Callable[[], Any]) -> Witness:
    """Return an exact instance on which a claim speaks and holds."""
    _expect(claim, Claim, f"witness {name}: a claim")
    return Witness(name, claim, statement, instance)


def needed(
    assumption: Assumption, claim: Claim, statement: str, instance: Callable[[], Any]
) -> Necessity:
    """Return an exact instance where only ``assumption`` fails, and with it the claim."""
    _expect(claim, Claim, "needed: an assumption, then its claim")
    if assumption not in claim.assumptions:
        raise UsageError(f"needed: {claim.name} does not assume {assumption.id}")
    return Necessity(assumption, claim, statement, instance)


_KINDS: Mapping[str, type] = {
    "claims": Claim,
    "controls": Control,
    "witnesses": Witness,
    "necessity": Necessity,
    "trainings": Training,
}
"""What each list of a theorem holds."""


@dataclass(frozen=True)
class Theorem:
    """Wiring only: every part is defined above it in the theorem's module.

    Parameters
    ----------
    id, title
        Short unique name (M1) and the conclusion in words, without formulas: what it says is
        printed from its claims.
    normalisation
        Which loss, which mean, which norms.
    source
        Citation; "reconstructed" in ``where`` when the text could not be consulted.
    claims, controls
        What must hold and what must be refuted, by the same engine.
    witnesses, necessity
        Exact instances: the claims are not vacuous, and their assumptions are needed.
    trainings
        Trained networks that theory is compared with.
    status
        "theorem", "conjecture" or "open".
    statement
        What older modules say themselves; it is not printed.

    Raises
    ------
    UsageError
        If the id cannot name a file; if a part belongs to another theorem already, or stands
        where another kind belongs; if all claims are checks.
    """

    id: str
    title: str
    normalisation: str
    source: Source
    claims: tuple[Claim, ...]
    module: str
    controls: tuple[Control, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    necessity: tuple[Necessity, ...] = ()
    trainings: tuple[Training, ...] = ()
    status: str = "theorem"
    statement: str = ""

    def __post_init__(self) -> None:
        """Write the id into the parts: their own ids begin with it."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", self.id):
            raise UsageError(
                f"theorem: expected an id of up to 100 letters, digits, _, . and -, "
                f"got {self.id!r}; "
                "it names files"
            )
        for name, kind in _KINDS.items():
            for part in getattr(self, name):
                _expect(part, kind, f"{self.id}, {name}: a {kind.__name__}")
        parts: list[Claim | Training] = [*self.claims, *self.trainings]
        for part in (*parts, *(control.claim for control in self.controls)):
            if part.theorem not in ("", self.id):
                raise UsageError(f"{part.id} is a part of {part.theorem}, {self.id} needs its own")
            object.__setattr__(part, "theorem", self.id)
        if self.claims and all(claim.check for claim in self.claims):
            raise UsageError(f"{self.id}: all its claims are checks, so it states nothing")

    def claim(self, claim_id: str) -> Claim:
        """Return the claim with this id."""
        return next(c for c in self.claims if c.id == claim_id)

    def control(self, claim_id: str) -> Control:
        """Return the control whose claim has this id."""
        return next(c for c in self.controls if c.claim.id == claim_id)

    @property
    def uses(self) -> tuple[str, ...]:
        """Return the ids of the theorems whose claims are premises here: it holds if they do."""
        premises = (premise.theorem for claim in self.claims for premise in claim.given)
        return tuple(name for name in dict.fromkeys(premises) if name != self.id)

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """Return the closed forms of the claims."""
        return tuple(dict.fromkeys(f for claim in self.claims for f in claim.formulas))

    def altered(self, old: Formula, new: Formula) -> Theorem:
        """Return the theorem with a closed form changed wherever its claims mention it."""
        made: dict[Claim, Claim] = {}
        for claim in self.claims:
            made[claim] = claim.altered(old, new, made)
        return replace(self, claims=tuple(made.values()))

    @property
    def exhibits(self) -> tuple[Witness | Necessity, ...]:
        """Return witnesses of non-vacuity, then of the necessity of assumptions."""
        return (*self.witnesses, *self.necessity)

    def hard_instances(self, claim: Claim) -> list[Any]:
        """Return the witnesses that belong to ``claim``: it is tried on them first."""
        return [item.instance() for item in self.exhibits if item.claim.id == claim.id]
