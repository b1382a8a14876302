"""Theory against one network: which theorems speak of it, what they predict, what is measured.

A claim over a setting that draws *any* network of its kind speaks of the user's one, where its
assumptions hold: at the weights themselves, or at the exact minimizer beside them.  It is decided
there as on any other instance, in balls.  A claim that "there are" networks says nothing of a
given one, and neither does one whose setting constructs special networks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from numeric.arithmetic.protocol import NotExact
from numeric.enclosure import Enclosure
from numeric.networks import LinearNetwork
from verify.claims import Claim, Decision, decide, sides
from verify.errors import CertiminError
from verify.expression import operator
from verify.registry import theorems
from verify.theorem import Theorem

__all__ = ["AT_MINIMIZER", "AT_WEIGHTS", "PENALISED", "Finding", "findings"]

Verdict = Literal["holds", "agrees", "contradicted", "undecided", "does not apply"]

AT_WEIGHTS = ("any-weights", "weights")
AT_MINIMIZER = (
    "minimizers", "univariate-minimizers", "whitened-minimizers", "one-output-minimizers",
)  # fmt: skip
PENALISED = (
    "noisy-networks", "noisy-stationary-points", "noisy-global-minima", "near-origin",
    "noisy-origins",
)  # fmt: skip
"""The settings that draw any network of their kind: what their claims take for granted is among
their assumptions, or is what the setting ensures, or is a depth."""

_EQUALITIES, _NEURONS = 48, 8
"""Up to so many weights and hidden neurons equalities are tried: they are about whole Hessians, or
averages over all choices of neurons."""
_AGREES = 1e-9
"""Sides whose enclosures overlap and differ by less than this, relatively, agree."""


@dataclass(frozen=True)
class Finding:
    """What a claim says of the network.

    Attributes
    ----------
    theorem, claim, title
        The theorem's id, the claim's name, what it says in words.
    relation : str
        In the names of quantities, as ``certimin search`` reads it.
    at : str
        "the weights", "the minimizer" or "the penalised weights".
    measured, predicted : Enclosure, optional
        The left and the right side.
    verdict : str
        ``holds`` or ``contradicted``, certified; ``agrees``: an equality, or a tie, as far as the
        enclosures tell; ``undecided``; ``does not apply``.
    reason : str
        Why it does not apply or was not decided.
    formula : str
        The relation in LaTeX.
    """

    theorem: str
    claim: str
    title: str
    relation: str
    at: str
    measured: Enclosure | None
    predicted: Enclosure | None
    verdict: Verdict
    reason: str = ""
    formula: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        sides = {"measured": self.measured, "predicted": self.predicted}
        return {
            "theorem": self.theorem,
            "claim": self.claim,
            "title": self.title,
            "relation": self.relation,
            "at": self.at,
            **{name: side and side.to_json() for name, side in sides.items()},
            "verdict": self.verdict,
            "reason": self.reason,
        }


def findings(places: Mapping[str, tuple[str, Any]]) -> list[Finding]:
    """Return what every theorem says, given an instance (and where it is) for each setting.

    Parameters
    ----------
    places
        By the name of a setting: where, in words, and an enclosed instance.
    """
    found = []
    for theorem, claim in _statements():
        if claim.setting.name in places:
            at, instance = places[claim.setting.name]
            if operator(claim.expanded) != "==" or _is_small(instance.net):
                found.append(_found(theorem, claim, at, instance))
    return found


def _statements() -> Iterator[tuple[Theorem, Claim]]:
    """The claims that theorems consist of, not what their proofs or checks take."""
    for theorem in theorems().values():
        if theorem.status == "theorem":
            yield from ((theorem, c) for c in theorem.claims if not c.check)


def _is_small(net: LinearNetwork) -> bool:
    return net.parameters <= _EQUALITIES and sum(net.widths[1:-1]) <= _NEURONS


def _found(theorem: Theorem, claim: Claim, at: str, instance: Any) -> Finding:
    relation, lhs, rhs = claim.expanded, None, None
    try:
        decision = _outside(claim, instance) or decide(claim, instance)
        if decision.outcome != "invalid":
            with instance.arithmetic:
                lhs, rhs = map(Enclosure.of, sides(relation, instance))
    except NotExact as error:  # a user's network is enclosed
        decision = Decision("invalid", "certified", reason=str(error))
    except (CertiminError, ArithmeticError) as error:
        decision = Decision("undecided", "certified", reason=str(error).partition("\n")[0])
    verdict, reason = _judged(decision, claim, lhs, rhs)
    title = claim.title.rstrip(".")
    told = (theorem.id, claim.name, title, str(relation), at, lhs, rhs, verdict, reason)
    return Finding(*told, claim.conclusion)


def _outside(claim: Claim, instance: Any) -> Decision | None:
    """Why the instance is none that the setting of a claim draws, if it is not."""
    low, high = claim.bounds.depth
    depth = instance.net.depth
    if depth < low or (low == high != depth):
        reason = f"depth {low}" + ("" if low == high else " and more")
        return Decision("invalid", "exact", reason=f"an assumption fails: {reason}")
    for ensured in claim.setting.ensures:
        decision = ensured.decide(instance)
        if decision.open:
            return Decision("undecided", decision.kind, reason=_ASSUMED + decision.reason)
        if decision.outcome != "holds":
            reason = decision.reason or f"an assumption fails: {ensured.id}"
            return Decision("invalid", decision.kind, reason=reason)
    return None


_ASSUMED = "an assumption: "
"""How reasons begin where it is an assumption that is not decided."""


def _judged(
    decision: Decision, claim: Claim, lhs: Enclosure | None, rhs: Enclosure | None
) -> tuple[Verdict, str]:
    match decision.outcome:
        case "holds":
            return "holds", ""
        case "violated":
            return "contradicted", ""
        case "invalid":
            return "does not apply", _why(decision.reason, claim)
    strict = operator(claim.expanded) in ("<", ">")
    if lhs is None or rhs is None or strict or decision.reason.startswith(_ASSUMED):
        return "undecided", decision.reason
    apart = _apart(lhs, rhs)
    return ("agrees", f"to {apart:.0e}") if apart < _AGREES else ("undecided", decision.reason)


def _apart(lhs: Any, rhs: Any) -> float:
    """How far apart both sides may be: relative to the larger one, absolute where one is zero."""
    gap = max(lhs.upper - rhs.lower, rhs.upper - lhs.lower)
    size = min(max(abs(side.lower), abs(side.upper)) for side in (lhs, rhs))
    return float(gap / size if size else gap)


def _why(reason: str, claim: Claim) -> str:
    """The reason, with the formula of the assumption that fails."""
    failing = reason.removeprefix("an assumption fails: ")
    formulas = {a.id: str(a.relation) for a in claim.assumptions if a.relation is not None}
    return f"fails: {failing}" + (f" ({formulas[failing]})" if failing in formulas else "")
