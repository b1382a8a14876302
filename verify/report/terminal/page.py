"""A theorem as a page: what it says, its proof in words, then what was checked, in short."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from rich.console import Console
from rich.text import Text

from verify.report.characters import plain
from verify.report.derivation import Proof, folded
from verify.report.instances import inline
from verify.report.summary import refuted_controls, standing, troubles, worth
from verify.report.terminal import prose
from verify.report.terminal.counts import counted, tried_at
from verify.report.terminal.full import clause, show_full
from verify.report.terminal.screen import (
    PAGE,
    clipped,
    put,
    put_lines,
    put_marked,
    room,
    text,
    verdict,
)
from verify.report.terminal.trouble import show_trouble

__all__ = ["show_theorem"]

_SECTIONS = ("Statement", "Notation", "Assumptions", "Proof", "Sharpness")


def show_theorem(theorem: dict[str, Any], console: Console, *, verbose: bool = False) -> None:
    """Print the page of a theorem; it may have no evidence yet.

    ``verbose`` prints the whole record after its words, instead of its claims and counts.
    """
    ran = any(e["kind"] != "formal" for c in theorem["claims"] for e in c["evidence"])
    _show_head(theorem, console, ran)
    for trouble in troubles(theorem) if ran and not verbose else ():
        show_trouble(trouble, console)
    for name in (*_SECTIONS, "Implementation notes") if verbose else _SECTIONS:
        _show_section(name, theorem, console)
    if verbose:
        _show_heading("Record", console)
        show_full(theorem, console)
        _show_cited(theorem, console)
        return
    _show_claims(theorem, console, ran)
    _show_cited(theorem, console)
    _show_formal(theorem, console)
    _show_derivation(theorem, console, ran)
    if ran:
        _show_heading("Evidence: how many facts, instances or runs decided each claim", console)
        for line in counted(theorem, room(console, PAGE) - 4):
            put(console, text(f"    {line}", console), PAGE)
        scopes = tried_at(theorem)
        put_lines([f"instances: {scopes}" if scopes else ""], console, most=PAGE)
        _show_controls(theorem, console)
        _show_witnesses(theorem, console)
    put(console, Text(""))
    put_lines([f"in full: certimin show {theorem['id']} -v"], console, indent=0)


def _show_head(theorem: dict[str, Any], console: Console, ran: bool) -> None:
    put_marked(
        text(f"{theorem['id']} ", console, "bold"), plain(theorem["title"]), console, indent=0
    )
    source = ", ".join(filter(None, theorem["source"].values()))
    uses = f"uses {', '.join(theorem['uses'])}" if theorem["uses"] else ""
    if ran:
        level = f"    level: {worth(theorem)}" if theorem["level"] else ""
        put(console, Text("    ").append_text(verdict(standing(theorem), console)).append(level))
    put_lines([f"source: {plain(source)}", uses], console, most=PAGE)


def _show_heading(words: str, console: Console) -> None:
    put(console, Text(""))
    put(console, text(words, console, "bold"), PAGE)


def _show_section(name: str, theorem: dict[str, Any], console: Console) -> None:
    """A section of the page, if it has it; what the normalisation is belongs to the statement."""
    section = theorem.get("page", {}).get(name, "")
    normalisation = plain(theorem["normalisation"]) if name == "Statement" else ""
    if not section and not normalisation:
        return
    _show_heading(name, console)
    for line in prose.lines(section, room(console, PAGE) - 4, console.encoding):
        put(console, Text(f"    {line}".rstrip()), PAGE)
    if normalisation:
        put(console, Text(""))
        put_lines([f"Normalisation: {normalisation}"], console, most=PAGE)


def _short(name: str, theorem: dict[str, Any]) -> str:
    return name.removeprefix(f"{theorem['id']}.")


def _show_claims(theorem: dict[str, Any], console: Console, ran: bool) -> None:
    """Each claim with its level; a check is no part of the statement."""
    _show_heading("Claims", console)
    for claim in theorem["claims"]:
        check = "check" if claim["check"] else ""
        words = ", ".join(filter(None, (_short(claim["id"], theorem), check, worth(claim))))
        mark = verdict(claim["verdict"], console, sign_only=True) if ran else text("-", console)
        put_marked(mark, f"{words}: {plain(claim['title'])}", console)
        if not claim["check"]:
            put_lines([clause(claim)], console, most=PAGE, indent=8)


def _show_cited(theorem: dict[str, Any], console: Console) -> None:
    """The lemmas of others that its claims rest on."""
    for lemma in theorem["cited"]:
        origin = ", ".join(filter(None, lemma["source"].values()))
        told = f"{lemma['name']} ({plain(origin)}): {plain(lemma['statement'])}"
        put_marked(text("rests on", console), told, console)


def _show_formal(theorem: dict[str, Any], console: Console) -> None:
    """Which claims a kernel proved, and in which files."""
    found = [(claim["id"], e["details"]) for claim in theorem["claims"] for e in claim["evidence"]]
    known = [(name, details) for name, details in found if "kernel" in details]
    if not known:
        return
    kernels = dict.fromkeys(details["kernel"] for _, details in known)
    files = dict.fromkeys(d["file"] for _, d in known if "file" in d)
    twins = dict.fromkeys(twin for _, d in known for twin in d["twins"])
    _show_heading(f"Formal statements, {', '.join(kernels)}", console)
    names = ", ".join(_short(name, theorem) for name, _ in known)
    lines = [f"{names}{' in ' if files else ''}{', '.join(files)}"]
    put_lines([*lines, f"false twins refuted there: {', '.join(twins)}"], console, most=PAGE)


def _show_derivation(theorem: dict[str, Any], console: Console, ran: bool) -> None:
    proofs = folded(theorem)
    if not proofs:
        return
    _show_heading("Derivation, a line for each claim", console)
    names = [_short(proof.claim, theorem) or "facts" for proof in proofs]
    wide = min(max(map(len, names)), room(console, PAGE) // 3)
    for name, proof in zip(names, proofs, strict=True):
        mark = verdict(proof.verdict, console, sign_only=True) if ran else text("-", console)
        words = f"{name.ljust(wide)}  {_told(proof)}"
        put_marked(mark, clipped(words, room(console, PAGE) - 6), console)


def _told(proof: Proof) -> str:
    """How many facts, what they are given, for which sizes."""
    given = f", given {', '.join(proof.given)}" if proof.given else ""
    scopes = "; ".join(map(_sizes, proof.scopes))
    return f"{proof.facts} fact{'' if proof.facts == 1 else 's'}{given}{scopes and '; '}{scopes}"


def _sizes(scope: str) -> str:
    """A scope; of a list of sizes, how long it is."""
    listed = scope.removeprefix("sizes ").split(", ")
    return f"{len(listed)} sizes" if scope.startswith("sizes ") and listed[1:] else plain(scope)


def _show_controls(theorem: dict[str, Any], console: Console) -> None:
    if not theorem["controls"]:
        return
    _show_heading(f"False twins, {refuted_controls(theorem)} refuted", console)
    wide = room(console, PAGE) - 6
    for control in theorem["controls"]:
        good = control["verdict"] == "refuted"
        mark = verdict("holds" if good else control["verdict"], console, sign_only=True)
        title = plain(control["title"])
        found = _counterexample(control["witness"] or {})
        if found and len(title) + len(found) + 2 <= wide:
            title, found = f"{title}: {found}", ""
        put_marked(mark, title, console)
        put_lines([clipped(found, wide - 2)], console, most=PAGE, indent=8)


def _counterexample(witness: dict[str, Any]) -> str:
    """Both sides in a few digits, and where: the record has them in full."""
    if not witness:
        return ""
    sides = " against ".join(_number(str(witness.get(side))) for side in ("lhs", "rhs"))
    return f"{sides} at {inline(witness.get('instance') or {})}"


_SHORT_NUMBER = 9


def _number(shown: str) -> str:
    """A side of a relation in a few digits, "[4.00 +/- 2e-12] (certified)" as 4.

    >>> _number("[2.38110157795 +/- 2.30e-12] (certified)"), _number("13/2")
    ('2.381', '13/2')
    """
    found = re.match(r"\[?(-?\d[\d.]*(?:e[-+]?\d+)?(?:/\d+)?)(?= |$)", shown)
    if not found or len(shown) <= _SHORT_NUMBER:
        return shown
    return f"{float(Fraction(found[1])):.4g}"


def _show_witnesses(theorem: dict[str, Any], console: Console) -> None:
    if not theorem["witnesses"]:
        return
    _show_heading("Witnesses: the assumptions are met, and needed", console)
    for witness in theorem["witnesses"]:
        mark = verdict(witness["verdict"], console, sign_only=True)
        met = witness["kind"] == "non-vacuity"
        name = "met" if met else _short(witness["id"], theorem).replace(".", " ")
        put_marked(mark, f"{name}: {plain(witness['statement'])}", console)
