"""A report in a terminal: one line a theorem, then loudly what did not hold."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from verify.evidence import VERDICTS
from verify.report.characters import formula, plain
from verify.report.instances import inline
from verify.report.summary import (
    SYMBOLS,
    Support,
    Trouble,
    clauses,
    count_text,
    counts,
    ended_by_clock,
    established,
    holding,
    margin_text,
    reason,
    refuted_controls,
    seconds_text,
    standing,
    support,
    troubles,
    worth,
)

__all__ = ["show", "show_theorem"]

_WIDTH = 100
_ASCII = {"✓": "+", "✗": "x", "∅": "0", "–": "-", "·": "|"}
_STYLES = {
    "holds": "green",
    "refuted": "bold red",
    "survived": "bold red",
    "error": "bold red",
    "void": "bold magenta",
    "vacuous": "bold magenta",
    "inconclusive": "bold yellow",
    "unfounded": "bold yellow",
    "open": "blue",
}


def show(report: dict[str, Any], console: Console) -> None:
    """Print a report: a table, everything that does not hold, and the totals."""
    _print(console, _table(report["theorems"], console))
    for theorem in report["theorems"]:
        for trouble in troubles(theorem):
            _show_trouble(trouble, console)
    if early := ended_by_clock(report["theorems"]):
        text = f"ended by the clock, not by their counts: {', '.join(early)}"
        _print(console, _text(text, console, "yellow"))
    _print(console, _totals(report, console))


def _print(console: Console, what: Table | Text) -> None:
    console.print(what, width=min(_WIDTH, console.width), highlight=False, soft_wrap=False)


def _text(text: str, console: Console, style: str = "") -> Text:
    """Text that the console's encoding can say; brackets in it are never markup."""
    encoding = console.encoding
    if not encoding.startswith("utf"):
        text = "".join(_ASCII.get(c, c) for c in text).encode(encoding, "replace").decode(encoding)
    return Text(text, style)


def _verdict(verdict: str, console: Console) -> Text:
    return _text(f"{SYMBOLS[verdict]} {verdict}", console, _STYLES[verdict])


def _table(theorems: list[dict[str, Any]], console: Console) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column("theorem", no_wrap=True)
    table.add_column("title", ratio=3, overflow="fold")
    table.add_column("level", no_wrap=True)
    table.add_column("evidence", ratio=4, overflow="fold")
    table.add_column("controls", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    for theorem in theorems:
        table.add_row(
            _text(theorem["id"], console),
            _text(plain(theorem["title"]), console),
            _text(worth(theorem) or "–", console),
            _text(" ".join(_brief(found) for found in support(theorem)) or "none", console),
            _text(refuted_controls(theorem), console),
            _verdict(standing(theorem), console),
            _text(seconds_text(_seconds(theorem)), console),
        )
    return table


def _brief(found: Support) -> str:
    """A kind of evidence and how much there is; how far derivations go, `certimin show` tells."""
    sign = "" if found.verdict == "holds" else SYMBOLS[found.verdict]
    if found.kind == "symbolic":
        return f"symbolic {found.claims}/{found.of}{sign}"
    return f"{found.kind} {count_text(found.count)}{sign}"


def _seconds(theorem: dict[str, Any]) -> float:
    """Working time; several workers may have shared it."""
    evidence = [e for c in theorem["claims"] for e in c["evidence"] if e["kind"] != "symbolic"]
    parts = [*evidence, *theorem["controls"], *theorem["witnesses"], *theorem["derivation"]]
    return float(sum(part["seconds"] for part in parts))


def _show_trouble(trouble: Trouble, console: Console) -> None:
    head = _verdict(trouble.verdict, console)
    _print(console, head.append_text(_text(f"  {trouble.id}  {plain(trouble.title)}", console)))
    lines = [formula(trouble.statement), trouble.reason, *_witness_lines(trouble.witness)]
    _print_lines(lines, console)


def _witness_lines(witness: dict[str, Any] | None) -> list[str]:
    if not witness:
        return []
    origin = f"{witness.get('kind', '')} counterexample by {witness.get('found_by', '?')}"
    sides = f"left side {witness.get('lhs')}, right side {witness.get('rhs')}"
    return [f"{origin}: {inline(witness.get('instance') or {})}", sides]


def _print_lines(lines: list[str], console: Console) -> None:
    """Indented, wrapped at the width of the page; long numbers are folded, not cut."""
    width = min(_WIDTH, console.width) - 4
    for line in filter(None, lines):
        for wrapped in _text(line, console).wrap(console, width, overflow="fold"):
            _print(console, Text("    ").append_text(wrapped))


def _totals(report: dict[str, Any], console: Console) -> Text:
    found = counts(report["theorems"])
    controls = found["controls"]
    claims = ", ".join(
        f"{found['claims'][v]} {v}" for v in reversed(VERDICTS) if found["claims"][v]
    )
    parts = (
        holding(report["theorems"]),
        f"claims: {claims or 'none'}",
        f"controls: {controls['refuted']}/{controls.total()} refuted",
        f"seed {report['seed']}",
        f"{report['profile']} profile",
        seconds_text(report["seconds"]),
    )
    verdict = _verdict(report["verdict"], console)
    return verdict.append_text(_text("  " + " · ".join(parts), console, "default not bold"))


def show_theorem(theorem: dict[str, Any], console: Console) -> None:
    """Print one theorem in full; it may have no evidence yet."""
    title = _text(f"{theorem['id']}  {plain(theorem['title'])}", console, "bold")
    _print(console, title)
    source = ", ".join(filter(None, theorem["source"].values()))
    _print_lines([*map(_clause, clauses(theorem)), plain(theorem["normalisation"])], console)
    uses = f"uses {', '.join(theorem['uses'])}" if theorem["uses"] else ""
    level = f"level: {worth(theorem)}" if theorem["level"] else ""
    _print_lines([f"source: {source}", f"module: {theorem['module']}", uses, level], console)
    for lemma in theorem["cited"]:
        origin = ", ".join(filter(None, lemma["source"].values()))
        _print_lines([f"rests on {lemma['name']} ({origin}): {plain(lemma['statement'])}"], console)
    for claim in theorem["claims"]:
        _show_claim(claim, console)
    for name in ("controls", "witnesses", "derivation"):
        _show_parts(name, theorem[name], console)


def _clause(claim: dict[str, Any]) -> str:
    """One clause of a statement: quantifier, assumptions, relation; then its claim and level."""
    conditions = ", ".join(formula(assumption) for assumption in claim["assumptions"])
    relation, setting = formula(claim["statement"]), claim["setting"]
    if claim["exists"]:
        beside = f", {conditions}" if conditions else ""
        told = f"there are W in {setting} with {relation}{beside}"
    else:
        told = f"for all W in {setting}{f' with {conditions}' if conditions else ''}: {relation}"
    return f"{told}   [{', '.join(filter(None, (claim['id'], worth(claim))))}]"


def _show_claim(claim: dict[str, Any], console: Console) -> None:
    evidence = claim["evidence"]
    ran = any(e["kind"] != "formal" for e in evidence)  # a kernel's record needs no run
    head = _verdict(claim["verdict"], console) if ran else Text("claim")
    _print(console, head.append_text(_text(f"  {claim['id']}  {plain(claim['title'])}", console)))
    conditions = "; ".join(formula(assumption) for assumption in claim["assumptions"])
    kind = ["check"] if claim["check"] else []
    words = ", ".join(filter(None, [*kind, worth(claim)]))
    where = f"over {claim['setting']}" + (f", assuming {conditions}" if conditions else "")
    where += f" ({words})" if words else ""
    _print_lines([formula(claim["statement"]), where, *map(_evidence_line, evidence)], console)
    for found in evidence:
        _print_lines(_formal_lines(found["details"]), console)


def _formal_lines(details: dict[str, Any]) -> list[str]:
    """What the kernel proved, as it is written there, and what its words mean."""
    if "kernel" not in details:
        return []
    lines = [line.strip() for line in details["statement"].splitlines()]
    words = "; ".join(f"{word}: {meaning}" for word, meaning in details["terms"].items())
    refuted = f"the kernel refuted its false twins: {', '.join(details['twins'])}"
    return ["formal statement:", *(f"  {line}" for line in lines), f"where {words}", refuted]


def _evidence_line(evidence: dict[str, Any]) -> str:
    scope = established(evidence) or evidence["scope"]
    facts = f"count {count_text(evidence['count'])}, {seconds_text(evidence['seconds'])}"
    if evidence["worst_margin"] is not None:
        facts += f", worst margin {margin_text(evidence)}"
    why = "" if evidence["verdict"] == "holds" else f" ({reason(evidence)})"
    sign = SYMBOLS[evidence["verdict"]]
    return f"{sign} {evidence['kind']}: {evidence['verdict']}{why}; {scope}; {facts}"


def _show_parts(name: str, parts: list[dict[str, Any]], console: Console) -> None:
    if parts:
        _print(console, _text(name, console, "bold"))
    for part in parts:
        verdict = part.get("verdict")
        good = "refuted" if name == "controls" else "holds"
        sign = f"{SYMBOLS['holds' if verdict == good else verdict]} {verdict}  " if verdict else ""
        label = part.get("id") or part.get("name", "")
        lines = [f"{sign}{label}  {plain(part.get('title', part.get('scope', '')))}"]
        written = plain if name == "witnesses" else formula
        lines += [f"  {written(part['statement'])}"]
        lines += [f"  {why}"] if (why := part.get("reason") or part.get("residual")) else []
        _print_lines([*lines, *_witness_lines(part.get("witness"))], console)
