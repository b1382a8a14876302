"""A theorem in full: every claim, piece of evidence, control, witness and step of a derivation."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from verify.report.characters import formula, plain
from verify.report.summary import (
    SYMBOLS,
    clauses,
    count_text,
    established,
    margin_text,
    reason,
    seconds_text,
    worth,
)
from verify.report.terminal.screen import (
    WIDTH,
    glued,
    put,
    put_lines,
    put_marked,
    text,
    verdict,
)
from verify.report.terminal.trouble import witness_lines

__all__ = ["clause", "show_full"]


def show_full(theorem: dict[str, Any], console: Console) -> None:
    """Print the record of a theorem; it may have no evidence yet."""
    put_lines([f"{clause(c)}   [{_named(c)}]" for c in clauses(theorem)], console)
    put_lines([f"module: {theorem['module']}"], console)
    for claim in theorem["claims"]:
        _show_claim(claim, console)
    for name in ("controls", "witnesses", "derivation"):
        _show_parts(name, theorem[name], console)


_WHOLE = 52
"""Relations with no more characters are not broken."""


def _named(claim: dict[str, Any]) -> str:
    return ", ".join(filter(None, (claim["id"], worth(claim))))


def clause(claim: dict[str, Any]) -> str:
    """Return one clause of a statement: quantifier, assumptions, relation."""
    conditions = ", ".join(formula(assumption) for assumption in claim["assumptions"])
    relation, setting = glued(formula(claim["statement"]), _WHOLE), claim["setting"]
    if claim["exists"]:
        beside = f", {conditions}" if conditions else ""
        return f"there are W in {setting} with {relation}{beside}"
    return f"for all W in {setting}{f' with {conditions}' if conditions else ''}: {relation}"


def _show_claim(claim: dict[str, Any], console: Console) -> None:
    evidence = claim["evidence"]
    ran = any(e["kind"] != "formal" for e in evidence)  # a kernel's record needs no run
    head = verdict(claim["verdict"], console) if ran else Text("claim")
    said = f" {claim['id']}  {plain(claim['title'])}"
    put_marked(head, said, console, most=WIDTH, indent=0)
    conditions = "; ".join(formula(assumption) for assumption in claim["assumptions"])
    kind = ["check"] if claim["check"] else []
    words = ", ".join(filter(None, [*kind, worth(claim)]))
    where = f"over {claim['setting']}" + (f", assuming {conditions}" if conditions else "")
    where += f" ({words})" if words else ""
    put_lines([formula(claim["statement"]), where, *map(_evidence_line, evidence)], console)
    for found in evidence:
        put_lines(_formal_lines(found["details"]), console)


def _formal_lines(details: dict[str, Any]) -> list[str]:
    """What the kernel proved, as it is written there, and what its words mean."""
    if "kernel" not in details:
        return []
    lines = [line.strip() for line in details["statement"].splitlines()]
    words = "; ".join(f"{word}: {meaning}" for word, meaning in details["terms"].items())
    refuted = f"the kernel refuted its false twins: {', '.join(details['twins'])}"
    return ["formal statement:", *(f"  {line}" for line in lines), f"where {words}", refuted]


def _evidence_line(evidence: dict[str, Any]) -> str:
    scope = plain(established(evidence) or evidence["scope"])
    facts = f"count {count_text(evidence['count'])}, {seconds_text(evidence['seconds'])}"
    if evidence["worst_margin"] is not None:
        facts += f", worst margin {margin_text(evidence)}"
    why = "" if evidence["verdict"] == "holds" else f" ({reason(evidence)})"
    sign = SYMBOLS[evidence["verdict"]]
    return f"{sign} {evidence['kind']}: {evidence['verdict']}{why}; {scope}; {facts}"


def _show_parts(name: str, parts: list[dict[str, Any]], console: Console) -> None:
    """Print controls, witnesses or steps under their heading."""
    if parts:
        put(console, text(name, console, "bold"))
    for part in parts:
        word, good = part["verdict"], "refuted" if name == "controls" else "holds"
        sign = f"{SYMBOLS['holds' if word == good else word]} {word}  "
        label = part.get("id") or part["name"]
        said = plain(part.get("title", part.get("scope", "")))
        lines = [f"{sign}{label}  {said}"]
        written = plain if name == "witnesses" else formula
        lines += [f"  {written(part['statement'])}"]
        lines += [f"  {why}"] if (why := part.get("reason") or part.get("residual")) else []
        put_lines([*lines, *witness_lines(part.get("witness"))], console)
