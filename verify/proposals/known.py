"""What is known about the left side already, and what is held out of it.

A theorem is held out with all that imply it: those that use it, and those with a claim about the
left side that is at least as good on every row of the table.  What a theorem held out for such a
reason says in one name (``sharpness >= minimal_sharpness``) is no quantity to bound by either:
the name would be the theorem.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from verify.claims import Claim, Setting
from verify.proposals.table import Table
from verify.registry import select, theorems

__all__ = ["Held", "Known", "bounds", "descendants", "implying"]

_AS_GOOD = 1e-6
"""Floats of bounds that are maxima differ by less where these agree."""

_MOST = 0.9
"""The share of the rows on which a claim says something where another must say something too."""


@dataclass(frozen=True)
class Known:
    """A claim that bounds the left side: by which of its sides, and from where.

    ``sign`` is 1 for a lower bound, -1 for an upper one, 0 for an equation.
    """

    claim: Claim
    side: int
    sign: int

    @property
    def name(self) -> str:
        """Return the single quantity that the left side is bounded by, "" if there is more."""
        bound = self.claim.expanded.args[self.side]
        return str(bound.name) if bound.is_Symbol else ""

    def bounds(self, sign: int) -> bool:
        """Return whether it is a bound from below (1), or from above (-1)."""
        return self.sign in (sign, 0)


@dataclass(frozen=True)
class Held:
    """Theorems that are held out with the reason for each, and quantities for the same."""

    theorems: Mapping[str, str]
    quantities: Mapping[str, str]


def bounds(left: Any, setting: Setting, names: Collection[str]) -> dict[str, Known]:
    """Return the claims about the left side of a relation over this setting or a wider one.

    Not those that are checks of a proof, nor equations with what is none of ``names``: these say
    what the left side is, and bound it by nothing.
    """
    found: dict[str, Known] = {}
    for theorem in theorems().values():
        if theorem.status == "conjecture":
            continue
        for claim in theorem.claims:
            if claim.check or not any(s is setting for s in claim.setting.family()):
                continue
            known = _bound(left, claim)
            if known is None:
                continue
            said = {s.name for s in claim.expanded.args[known.side].free_symbols}
            if known.sign or said <= {*names, "depth"}:
                found[claim.id] = known
    return found


def _bound(left: Any, claim: Claim) -> Known | None:
    wanted = str(left.lhs)
    names = {s.name for s in left.lhs.free_symbols}
    for side in (0, 1):
        one, other = claim.expanded.args[side], claim.expanded.args[1 - side]
        free = {s.name for s in other.free_symbols}
        if str(one) == wanted and not names & free and not other.is_Number:
            sign = {">": 1, "<": -1, "=": 0}[claim.operator[0]] * (1 if side == 0 else -1)
            return Known(claim, 1 - side, sign)
    return None


def descendants(ids: Iterable[str]) -> dict[str, str]:
    """Return the theorems with these ids, and all that use one of them, with the reason.

    Raises
    ------
    UsageError
        If an id is unknown.
    """
    held = {theorem.id: "named" for theorem in select(ids)}
    for theorem in theorems().values():  # ancestors come first
        given = (premise.theorem for claim in theorem.claims for premise in claim.given)
        used = next((u for u in (*theorem.uses, *given) if u in held and u != theorem.id), None)
        if used is not None:
            held.setdefault(theorem.id, f"uses {used}")
    return held


def implying(table: Table, known: Mapping[str, Known], held: Mapping[str, str]) -> Held:
    """Return what else has to go: claims as good as one that is held out by name, and names."""
    reasons = dict(held)
    named = [k for k in known.values() if held.get(k.claim.theorem) == "named"]
    names: dict[str, str] = {}
    for other in known.values():
        if held.get(other.claim.theorem) == "named":
            continue
        for wanted in named:
            if other.bounds(wanted.sign) and _as_good(table, other, wanted):
                why = f"{other.claim.id} implies {wanted.claim.id}"
                reasons.setdefault(other.claim.theorem, why)
                if other.name:
                    names[other.name] = why
                break
    return Held(reasons, names)


def _as_good(table: Table, one: Known, other: Known) -> bool:
    """Whether a bound is at least as good as another wherever that one says something."""
    if other.sign == 0:
        return False
    mine, theirs = table.bound(one.claim.id), table.bound(other.claim.id)
    where = np.isfinite(theirs)
    where &= np.isfinite(mine)
    if not where.any() or where.sum() < _MOST * np.isfinite(theirs).sum():
        return False
    slack = other.sign * (mine[where] - theirs[where])
    return bool((slack >= -_AS_GOOD * np.abs(theirs[where])).all())
