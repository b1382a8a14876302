"""Theory in a few lines: how many theorems agree, and the claims that matter most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

from certimin.examination.theory import Finding

__all__ = ["Digest", "gap", "matters"]

_TIGHTEST = 5


@dataclass(frozen=True)
class Digest:
    """Numbers of theorems by what became of their claims; each counts once, by the worst."""

    agree: int = 0
    contradicted: int = 0
    undecided: int = 0
    not_applicable: int = 0
    claims: int = 0

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Self:
        """Count the theorems, and the claims that apply."""
        verdicts: dict[str, set[str]] = {}
        for finding in findings:
            verdicts.setdefault(finding.theorem, set()).add(finding.verdict)
        contradicted = sum("contradicted" in told for told in verdicts.values())
        undecided = sum(
            "undecided" in told and "contradicted" not in told for told in verdicts.values()
        )
        silent = sum(told == {"does not apply"} for told in verdicts.values())
        agree = len(verdicts) - contradicted - undecided - silent
        claims = sum(finding.verdict != "does not apply" for finding in findings)
        return cls(agree, contradicted, undecided, silent, claims)

    def __str__(self) -> str:
        applying = self.agree + self.contradicted + self.undecided
        return (
            f"{_count(applying, 'theorem applies', 'theorems apply')} "
            f"({_count(self.claims, 'claim', 'claims')}): {self.agree} agree, "
            f"{self.contradicted} contradicted, {self.undecided} undecided; "
            f"{self.not_applicable} not applicable"
        )


def matters(findings: Sequence[Finding]) -> list[Finding]:
    """Return what is contradicted, what is undecided, and of five theorems the tightest bound."""
    worst = [[f for f in findings if f.verdict == v] for v in ("contradicted", "undecided")]
    best: dict[str, Finding] = {}
    for finding in sorted(filter(_is_bound, findings), key=gap):
        best.setdefault(finding.theorem, finding)
    return [*chain(*worst), *list(best.values())[:_TIGHTEST]]


def gap(finding: Finding) -> float:
    """Return how far apart both sides are, relative to the larger one."""
    sides = (finding.measured, finding.predicted)
    left, right = (0.0 if side is None else float(side) for side in sides)
    size = max(abs(left), abs(right))
    return abs(left - right) / size if size else 0.0


def _is_bound(finding: Finding) -> bool:
    """Whether an inequality holds between sides that do not both vanish."""
    if finding.measured is None or finding.predicted is None:
        return False
    told = finding.verdict in ("holds", "agrees") and not finding.relation.startswith("Eq(")
    return told and bool(float(finding.measured) or float(finding.predicted))


def _count(n: int, one: str, several: str) -> str:
    return f"{n} {one if n == 1 else several}"
