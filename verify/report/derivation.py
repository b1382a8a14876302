"""A derivation as a proof reads: what each claim follows from, its facts folded beneath."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from verify.evidence import worst

__all__ = ["Proof", "folded"]


@dataclass(frozen=True)
class Proof:
    """The facts of one claim: what they are given, by which rules, for which sizes."""

    claim: str
    steps: tuple[dict[str, Any], ...]

    @property
    def facts(self) -> int:
        """Return how many facts there are, families counted in full."""
        return sum(step.get("count", 1) for step in self.steps)

    @property
    def given(self) -> list[str]:
        """Return the names of the claims it is given."""
        return list(dict.fromkeys(s["name"] for s in self.steps if s["rule"] == "given"))

    @property
    def rules(self) -> list[str]:
        """Return the rules that were used, in order, each once."""
        return list(dict.fromkeys(s["rule"] for s in self.steps if s["rule"] not in ("given", "")))

    @property
    def scopes(self) -> list[str]:
        """Return the scopes of the facts, each once."""
        return list(dict.fromkeys(step["scope"] for step in self.steps if step["scope"]))

    @property
    def verdict(self) -> str:
        """Return the worst verdict of its facts."""
        return worst(step["verdict"] for step in self.steps)


def folded(theorem: dict[str, Any]) -> list[Proof]:
    """Return the derivation of a theorem, one proof for each claim, in the order of the record."""
    claims = groupby(theorem["derivation"], lambda step: step.get("claim", ""))
    return [Proof(claim, tuple(steps)) for claim, steps in claims]
