"""What a search returns: refuted, survived or inconclusive, each with its receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from verify.claims import Claim, decide
from verify.evidence import EXIT_CODES
from verify.report.inline import inline
from verify.search.batches import ROUNDING
from verify.search.record import Attack, Counterexample, rebuild
from verify.search.tightness import Tight, draw, tightest

__all__ = [
    "Error",
    "Inconclusive",
    "Outcome",
    "Receipt",
    "Refuted",
    "Survived",
    "judge",
    "plain",
    "rows_of",
    "shown",
    "worst",
]

_EXAMINED = 64
"""Float instances rebuilt exactly to see whether the conditions can be met at all."""

_ENGINES = {"corpus": "from the corpus"}
"""What is printed for an engine whose name does not say enough."""

_NEAREST = 3
"""Sizes at which a relation is nearest to failing that a text or a table names."""

_WORTH = {"exact": "decided in exact arithmetic", "certified": "decided by enclosures"}
_ORDER = ("refuted", "error", "vacuous", "inconclusive", "survived")


@dataclass(frozen=True)
class Receipt:
    """How hard a conjecture was attacked.

    ``instances`` counts those the conjecture speaks about, ``tried`` all, ``discarded`` float
    margins that were not numbers; ``best_margin`` is the least slack met, relative to the larger
    side (negative: violated).  ``cut_short`` says that the clock ended what a number of instances
    should have ended.
    """

    instances: int
    tried: int
    discarded: int
    undecided: int
    engines: dict[str, int]
    best_margin: float | None
    seconds: float
    seed: int
    cut_short: bool = False

    @classmethod
    def of(cls, result: Attack, seconds: float, seed: int) -> Receipt:
        """Return the receipt of an attack."""
        best = result.found.decision.slack if result.found else result.worst_slack
        return cls(
            result.valid,
            result.tried,
            result.discarded,
            result.undecided,
            dict(result.engines),
            best if abs(best) != float("inf") else None,
            seconds,
            seed,
            result.cut_short,
        )

    def __str__(self) -> str:
        parts = ", ".join(
            f"{count:,} {_ENGINES.get(name, name)}" for name, count in self.engines.items() if count
        )
        early = ", ended by the clock" if self.cut_short else ""
        parts = f" ({parts})" if parts else ""
        return (
            f"{self.instances:,} instances{parts} in {self.seconds:.1f} s{early}, seed {self.seed}"
        )


def shown(margin: float) -> str:
    """Return a margin for reading: what rounding cannot tell from zero is a tie.

    >>> shown(0.25), shown(-3e-16)
    ('0.25', 'a tie')
    """
    return "a tie" if abs(margin) < ROUNDING else f"{margin:.3g}"


@dataclass(frozen=True)
class Outcome:
    """What became of a conjecture; ``unwritten`` says why files about it are missing, if so."""

    claim: Claim
    receipt: Receipt
    verdict: str = field(default="error", kw_only=True)
    unwritten: str = field(default="", kw_only=True)

    @property
    def exit_code(self) -> int:
        """Return the exit code that says the verdict."""
        return EXIT_CODES[self.verdict]

    @property
    def title(self) -> str:
        """Return the conjecture as it was asked."""
        return self.claim.title

    @property
    def latex(self) -> str:
        """Return the conjecture in LaTeX."""
        return self.claim.latex

    @property
    def headline(self) -> str:
        """Return the outcome in one sentence."""
        return f"{self.verdict}: {self.receipt}"

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain data."""
        bounds = self.claim.bounds
        receipt = self.receipt
        return {
            "verdict": self.verdict,
            "conjecture": self.title,
            "latex": self.latex,
            "over": self.claim.setting.name,
            "depth": list(bounds.depth),
            "width": list(bounds.width),
            "instances": receipt.instances,
            "tried": receipt.tried,
            "discarded": receipt.discarded,
            "undecided": receipt.undecided,
            "engines": receipt.engines,
            "best_margin": receipt.best_margin,
            "seconds": receipt.seconds,
            "seed": receipt.seed,
            "cut_short": receipt.cut_short,
            "certificate": None,
        }

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex}$ — {self.verdict}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
            for name, value in self._rows()
        )
        return f"<table>{rows}</table>"

    def __str__(self) -> str:
        """Return a few lines: verdict, what was tried, what was found or comes nearest."""
        rows = self._rows()
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)

    def _rows(self) -> list[tuple[str, Any]]:
        """What there is to say, by name: the lines of a text or of a table."""
        return [
            ("verdict", self.verdict),
            ("conjecture", self.title),
            ("over", f"{self.claim.setting.name}, {self.claim.bounds}"),
            ("tried", self.receipt),
        ]


@dataclass(frozen=True)
class Refuted(Outcome):
    """An exact instance violates the conjecture; ``certificate`` is its folder, if written.

    ``confirmed`` says whether its ``check.py`` agrees (None: there is no such program); ``family``
    tells of more instances that violate it, ``unexported`` why there is no file for Coq.
    """

    counterexample: Counterexample = field(repr=False)
    certificate: Path | None = None
    confirmed: bool | None = None
    family: str = ""
    unexported: str = ""
    verdict: str = field(default="refuted", kw_only=True)

    @property
    def headline(self) -> str:
        """Return the outcome in one sentence."""
        found = self.counterexample
        decision = found.decision
        return f"refuted: {_how(found)}: lhs = {decision.lhs}, rhs = {decision.rhs}"

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain data."""
        return super().to_json() | {
            "certificate": None if self.certificate is None else str(self.certificate),
            "confirmed": self.confirmed,
            **({"family": self.family} if self.family else {}),
            **({"unexported": self.unexported} if self.unexported else {}),
            **self.counterexample.to_json(),
        }

    def _rows(self) -> list[tuple[str, Any]]:
        more = [("family", self.family)] if self.family else []
        return [*super()._rows(), *rows_of(self.counterexample, self.certificate), *more]


@dataclass(frozen=True)
class Survived(Outcome):
    """Nothing violates the conjecture so far; ``tight`` says where it is nearest to failing."""

    tight: tuple[Tight, ...] = field(default=(), repr=False)
    verdict: str = field(default="survived", kw_only=True)

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain data."""
        return super().to_json() | {"tightest": [row.to_json() for row in self.tight]}

    def figure(self) -> Any:
        """Return the figure (matplotlib's) of how nearly tight the relation is by depth and width.

        ``verify.report.figures.save`` writes it as SVG, PDF and PNG.
        """
        return draw(self.claim.title, self.tight)

    def rows(self) -> list[dict[str, Any]]:
        """Return what the figure shows, a row for each depth and width, without the instances."""
        names = ("depth", "width", "ratio", "slack", "tie", "setting")
        return [{name: getattr(row, name) for name in names} for row in self.tight]

    def plot(self) -> str:
        """Return that figure as an SVG for an HTML page."""
        return inline(self.figure(), f"Least relative gap by depth: {self.claim.title}")

    def _rows(self) -> list[tuple[str, Any]]:
        nearest = sorted(self.tight, key=lambda row: row.slack)[:_NEAREST]
        return [*super()._rows(), *(("nearest", _where(row)) for row in nearest)]

    def _repr_html_(self) -> str:
        return super()._repr_html_() + (self.plot() if self.tight else "")


@dataclass(frozen=True)
class Inconclusive(Outcome):
    """Nothing can be said, for ``reason``; the verdict may also be "vacuous"."""

    reason: str = ""
    verdict: str = field(default="inconclusive", kw_only=True)

    @property
    def headline(self) -> str:
        """Return the outcome in one sentence."""
        return f"{self.verdict}: {self.reason}"

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain data."""
        return super().to_json() | {"reason": self.reason}

    def _rows(self) -> list[tuple[str, Any]]:
        return [*super()._rows(), ("reason", self.reason)]


@dataclass(frozen=True)
class Error:
    """A conjecture that could not be attacked: what its module raised, or where it hung."""

    conjecture: str
    cause: str
    traceback: str = ""
    verdict: str = field(default="error", init=False)

    @property
    def exit_code(self) -> int:
        """Return the exit code that says the verdict."""
        return EXIT_CODES[self.verdict]

    @property
    def reason(self) -> str:
        """Return the cause after the name of the file."""
        return f"{Path(self.conjecture).name}: {self.cause}"

    @property
    def headline(self) -> str:
        """Return the outcome in one sentence."""
        return f"error: {self.reason}"

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain data."""
        return {
            "verdict": self.verdict,
            "conjecture": self.conjecture,
            "instances": 0,
            "best_margin": None,
            "certificate": None,
            "seconds": 0.0,
            "reason": self.reason,
            "traceback": self.traceback,
        }


def rows_of(found: Counterexample, certificate: Path | None) -> list[tuple[str, Any]]:
    """Return what there is to say of a counterexample, by name."""
    decision, parts = found.decision, found.instance.to_json()
    written = [] if certificate is None else [("certificate", certificate)]
    return [
        ("counterexample", _how(found)),
        *((name, plain(value)) for name, value in parts.items()),
        ("lhs", decision.lhs),
        ("rhs", decision.rhs),
        *written,
    ]


def _how(found: Counterexample) -> str:
    """Where a counterexample comes from, and what it is worth."""
    by = _ENGINES.get(found.found_by) or f"found by {found.found_by}"
    return f"{by}, {_WORTH[found.decision.kind]}"


def _where(row: Tight) -> str:
    """Where a relation is nearly tight, and how nearly."""
    return (
        f"depth {row.depth}, width {row.width}: lhs / rhs = {row.ratio:.9g}, "
        f"margin {shown(row.slack)}"
    )


def plain(value: Any) -> str:
    """Return exact entries as text without quotes."""
    if isinstance(value, list):
        return "[" + ", ".join(plain(item) for item in value) + "]"
    return str(value)


def _met_exactly(claim: Claim, result: Attack) -> bool:
    """Return whether the claim speaks about at least one exact instance, not to rounding only."""
    if any(count for name, count in result.engines.items() if name not in ("floats", "optimiser")):
        return True
    nearest = sorted(result.near.values(), key=lambda near: near.slack)
    instances = (rebuild(claim, near.setting, near.choices)[0] for near in nearest[:_EXAMINED])
    return any(decide(claim, i).outcome != "invalid" for i in instances if i is not None)


def judge(claim: Claim, result: Attack, seconds: float, seed: int) -> Outcome:
    """Return what an attack says about its claim."""
    receipt = Receipt.of(result, seconds, seed)
    if result.found is not None:
        return Refuted(claim, receipt, result.found)
    if result.interrupted:
        return Inconclusive(claim, receipt, "interrupted before anything was found")
    if result.impossible:
        low, high = claim.bounds.depth
        reason = f"no depth from {low} to {high} satisfies the condition"
        return Inconclusive(claim, receipt, reason, verdict="vacuous")
    if not _met_exactly(claim, result):
        what = "satisfies the condition" if claim.assumptions else "is defined"
        reason = f"none of {result.tried:,} instances {what}"
        return Inconclusive(claim, receipt, reason, verdict="vacuous")
    if result.undecided:
        reason = f"{result.undecided} instances stay undecided: a tie, or too close to tell"
        return Inconclusive(claim, receipt, reason)
    return Survived(claim, receipt, tuple(tightest(claim, result)))


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the worst outcome of several claims."""
    return min(outcomes, key=lambda outcome: _ORDER.index(outcome.verdict))
