"""What all forms of a report say alike: counts, what supports a theorem, what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from verify.evidence import KINDS, LEVELS, PART, VERDICTS, worst

__all__ = [
    "SYMBOLS",
    "WORTHS",
    "Support",
    "Trouble",
    "area",
    "clauses",
    "count_text",
    "counts",
    "ended_by_clock",
    "established",
    "holding",
    "margin_text",
    "number_text",
    "reason",
    "refuted_controls",
    "seconds_text",
    "standing",
    "support",
    "tally",
    "troubles",
    "worth",
]

SYMBOLS = {
    "holds": "✓",
    "refuted": "✗",
    "error": "!",
    "void": "∅",
    "vacuous": "∅",
    "inconclusive": "?",
    "survived": "✗",
    "unfounded": "?",
    "open": "○",
}
"""The sign of each verdict, so that colour is never the only one."""


_LISTED = "derived at listed sizes"

WORTHS = (*LEVELS[:2], _LISTED, *LEVELS[2:])
"""What a theorem or claim may be worth, in words, best first."""


@dataclass(frozen=True)
class Support:
    """The evidence of one kind for a theorem; ``claims`` of ``of`` claims hold by it."""

    kind: str
    verdict: str
    scope: str
    count: int
    claims: int
    of: int
    part: bool = False


@dataclass(frozen=True)
class Trouble:
    """Something that keeps a theorem from holding, and the reason or counterexample."""

    theorem: str
    id: str
    verdict: str
    title: str
    statement: str
    reason: str
    witness: dict[str, Any] | None = None


def counts(theorems: Iterable[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Return how many theorems and claims have each verdict, and how many controls were refuted."""
    listed = list(theorems)
    return {
        "theorems": Counter(t["verdict"] for t in listed),
        "claims": Counter(c["verdict"] for t in listed for c in t["claims"]),
        "controls": Counter(c["verdict"] for t in listed for c in t["controls"]),
        "levels": Counter(t["level"] for t in listed if t["level"]),
    }


def holding(theorems: Iterable[dict[str, Any]]) -> str:
    """Return how many hold and how many have each level: the levels add up.

    >>> theorem = {"status": "theorem", "level": "derived", "listed": True}
    >>> holding([theorem, theorem | {"level": None}, theorem | {"status": "open", "level": None}])
    '1 of 2 hold: 0 proved, 0 derived, 1 derived at listed sizes, 0 derived in part, 0 tested'
    """
    listed = [t for t in theorems if t.get("status", "theorem") == "theorem"]
    found = tally(listed)
    told = (f"{found[word]} {word}" for word in WORTHS if found[word] or word in WORTHS[:5])
    return f"{sum(found.values())} of {len(listed)} hold: {', '.join(told)}"


def tally(theorems: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Return how many theorems, conjectures left out, have each level in words, best first."""
    found = Counter(
        worth(t) for t in theorems if t.get("status", "theorem") == "theorem" and t["level"]
    )
    return {word: found[word] for word in WORTHS}


def worth(record: dict[str, Any]) -> str:
    """Return the level of a theorem or claim in words, "" for what has none.

    What is derived may rest on facts, its own or of its premises, that were seen at given sizes.

    >>> worth({"level": "derived", "listed": False}), worth({"level": "derived", "listed": True})
    ('derived', 'derived at listed sizes')
    """
    return _LISTED if record.get("listed") else record["level"] or ""


def area(theorem: dict[str, Any]) -> str:
    """Return the part of the catalogue that a theorem's module belongs to, in words.

    >>> area({"module": "theorems.flat_minima.sharpness_ge_of_minimizer"})
    'flat minima'
    """
    packages = theorem["module"].split(".")[:-1]
    return packages[-1].replace("_", " ") if packages else ""


def clauses(theorem: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the claims that make the statement: checks can only fail it."""
    return [claim for claim in theorem["claims"] if not claim["check"]]


def standing(theorem: dict[str, Any]) -> str:
    """Return the verdict, with two finer words where it is "holds".

    "unfounded" for a theorem that builds on what does not hold, and "open" for a conjecture that
    survived: nobody claims it.
    """
    verdict: str = theorem["verdict"]
    if verdict != "holds" or theorem["verified"]:
        return verdict
    return "unfounded" if theorem.get("status", "theorem") == "theorem" else "open"


def refuted_controls(theorem: dict[str, Any]) -> str:
    """Return "n/m": n of m controls were refuted, as they must be."""
    controls = theorem["controls"]
    return f"{sum(c['verdict'] == 'refuted' for c in controls)}/{len(controls)}"


def established(evidence: dict[str, Any] | Support) -> str:
    """Return "proved" or "derived" with the scope, for a whole proof that holds, else ""."""
    kind, verdict, scope, part = (
        (evidence.kind, evidence.verdict, evidence.scope, evidence.part)
        if isinstance(evidence, Support)
        else (
            evidence["kind"],
            evidence["verdict"],
            evidence["scope"],
            evidence["details"].get("part", False),
        )
    )
    word = {"formal": "proved", "symbolic": "derived"}.get(kind)
    return f"{word}, {scope}" if word and verdict == "holds" and scope and not part else ""


def support(theorem: dict[str, Any]) -> list[Support]:
    """Return the kinds of evidence a theorem has, strongest first."""
    found = [(c["id"], e) for c in theorem["claims"] for e in c["evidence"]]
    kinds = sorted({e["kind"] for _, e in found}, key=KINDS.index)
    return [
        _support(kind, [(c, e) for c, e in found if e["kind"] == kind], len(theorem["claims"]))
        for kind in kinds
    ]


def _support(kind: str, found: list[tuple[str, dict[str, Any]]], of: int) -> Support:
    tried = {claim for claim, _ in found}
    failed = {claim for claim, e in found if e["verdict"] != "holds"}
    tallies = [e["count"] for _, e in found]
    return Support(
        kind,
        worst(e["verdict"] for _, e in found),
        _joined([e["scope"] for _, e in found if e["scope"]]),
        # The same trained networks, and the same derivation, serve several claims.
        max(tallies) if kind in ("symbolic", "trained") else sum(tallies),
        len(tried - failed),
        of,
        any(e["details"].get("part", False) for _, e in found),
    )


def _joined(scopes: Iterable[str]) -> str:
    """The scopes of several claims, each part once; that some are parts of proofs is said once."""
    scopes = list(scopes)
    parts = dict.fromkeys(p for scope in scopes for p in scope.removeprefix(PART).split("; "))
    return f"{PART if any(s.startswith(PART) for s in scopes) else ''}{'; '.join(parts)}"


def ended_by_clock(theorems: Iterable[dict[str, Any]]) -> list[str]:
    """Return the ids of claims and controls with a record that the clock ended."""
    return [
        part["id"]
        for theorem in theorems
        for part in (*theorem["claims"], *theorem["controls"])
        if "cut_short" in part or any("cut_short" in e["details"] for e in part.get("evidence", ()))
    ]


def troubles(theorem: dict[str, Any]) -> list[Trouble]:
    """Return everything that keeps a theorem from holding, worst first."""
    found = [*_bad_claims(theorem), *_bad_controls(theorem), *_bad_parts(theorem)]
    if not found and standing(theorem) not in ("holds", "open"):
        found = [_unexplained(theorem)]
    order = (*VERDICTS[:1], "survived", *VERDICTS[1:], "unfounded")
    return sorted(found, key=lambda trouble: order.index(trouble.verdict))


def _bad_claims(theorem: dict[str, Any]) -> Iterator[Trouble]:
    for claim in theorem["claims"]:
        if claim["verdict"] == "holds":
            continue
        bad = [e for e in claim["evidence"] if e["verdict"] != "holds"]
        witness = next((w for e in bad if (w := e["details"].get("counterexample"))), None)
        yield Trouble(
            theorem["id"],
            claim["id"],
            claim["verdict"],
            claim["title"],
            claim["statement"],
            "; ".join(map(_because, bad)) or "no evidence",
            witness if isinstance(witness, dict) else None,
        )


def _bad_controls(theorem: dict[str, Any]) -> Iterator[Trouble]:
    for control in theorem["controls"]:
        if control["verdict"] == "refuted":
            continue
        why = _last_line(control.get("error")) or "a control must be refuted, and this one was not"
        yield Trouble(
            theorem["id"],
            control["id"],
            control["verdict"],
            control["title"],
            control["statement"],
            why,
            control["witness"],
        )


def _bad_parts(theorem: dict[str, Any]) -> Iterator[Trouble]:
    for step in theorem["derivation"]:
        if step["verdict"] != "holds":
            name = f"{theorem['id']}.derivation.{step['name']}"
            why = _last_line(step["residual"]) or "did not reduce to zero"
            yield Trouble(
                theorem["id"], name, step["verdict"], step["rule"], step["statement"], why
            )
    for witness in theorem["witnesses"]:
        if witness["verdict"] != "holds":
            title = f"witness of {witness['kind']}"
            why = _last_line(witness.get("reason")) or "it does not show what it should"
            yield Trouble(
                theorem["id"], witness["id"], witness["verdict"], title, witness["statement"], why
            )


def _unexplained(theorem: dict[str, Any]) -> Trouble:
    why = "no exact witness satisfies its assumptions" if theorem["verdict"] == "vacuous" else ""
    if theorem["verdict"] == "holds":
        why = f"holds itself, but something that it uses does not: {', '.join(theorem['uses'])}"
    return Trouble(
        theorem["id"], theorem["id"], standing(theorem), theorem["title"], "", why or "no reason"
    )


def _because(evidence: dict[str, Any]) -> str:
    scope = f" ({evidence['scope']})" if evidence["scope"] else ""
    return f"{evidence['kind']}{scope}: {reason(evidence)}"


def reason(evidence: dict[str, Any]) -> str:
    """Return in one line why a piece of evidence does not hold."""
    details, verdict = evidence["details"], evidence["verdict"]
    if isinstance(violation := details.get("violation"), dict):
        return f"left side {violation.get('lhs')}, right side {violation.get('rhs')}"
    if "counterexample" in details:
        return "counterexample found"
    if said := details.get("error") or details.get("reason"):
        return _last_line(str(said))
    if verdict == "vacuous":
        return "no instance satisfied the assumptions"
    if details.get("undecided"):
        return f"{details['undecided']} candidates left undecided"
    off = [run for run in details.get("runs", []) if _disagrees(run)]
    return f"{off[0]['label']} differs by {number_text(off[0]['difference'])}" if off else verdict


def _disagrees(run: dict[str, Any]) -> bool:
    if "verdict" in run:
        return bool(run["verdict"] != "holds")
    difference, allowed = run["difference"], run.get("allowed")
    return difference is None or (allowed is not None and difference > allowed)


def _last_line(text: str | None) -> str:
    """The last line of a traceback says what went wrong."""
    lines = (text or "").strip().splitlines()
    return lines[-1] if lines else ""


def number_text(value: float | None) -> str:
    """Return a number to three digits, a dash for none.

    >>> number_text(0.00012345), number_text(0.0), number_text(None)
    ('0.000123', '0', '–')
    """
    return "–" if value is None else f"{value:.3g}"


_ROUNDING = 1e-13
"""A few hundred roundings of a double: margins are computed in floats, for ranking only."""


def margin_text(evidence: dict[str, Any]) -> str:
    """Return the worst margin; what holds and seems violated is a tie within rounding.

    >>> margin_text({"verdict": "holds", "worst_margin": -1.35e-15})
    'tie'
    >>> margin_text({"verdict": "refuted", "worst_margin": -0.5})
    '-0.5'
    """
    margin = evidence["worst_margin"]
    tie = evidence["verdict"] == "holds" and margin is not None and margin <= _ROUNDING
    return "tie" if tie else number_text(margin)


def count_text(count: int) -> str:
    """Return a count in a few characters.

    >>> count_text(412), count_text(200_000), count_text(212_345)
    ('412', '2e5', '2.1e5')
    """
    if count < 100_000:
        return str(count)
    mantissa, exponent = f"{count:.1e}".split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def seconds_text(seconds: float) -> str:
    """Return a duration for people.

    >>> seconds_text(0.0004), seconds_text(1.23), seconds_text(200)
    ('<0.01 s', '1.23 s', '3 min 20 s')
    """
    if seconds < 0.01:
        return "<0.01 s" if seconds else "0 s"
    if seconds < 100:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
