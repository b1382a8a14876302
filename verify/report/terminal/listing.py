"""A run with its titles: lines of its own for each theorem, its kinds of evidence and its time."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from verify.report.characters import plain
from verify.report.summary import (
    SYMBOLS,
    Support,
    count_text,
    refuted_controls,
    seconds_text,
    standing,
    support,
    worth,
)
from verify.report.terminal.screen import text, verdict

__all__ = ["listing", "working_seconds"]


def listing(theorems: list[dict[str, Any]], console: Console) -> Table:
    """Return the table of theorems with titles."""
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
            text(theorem["id"], console),
            text(plain(theorem["title"]), console),
            text(worth(theorem) or "–", console),
            text(" ".join(_brief(found) for found in support(theorem)) or "none", console),
            text(refuted_controls(theorem), console),
            verdict(standing(theorem), console),
            text(seconds_text(working_seconds(theorem)), console),
        )
    return table


def _brief(found: Support) -> str:
    """A kind of evidence and how much there is; how far derivations go, `certimin show` tells."""
    sign = "" if found.verdict == "holds" else SYMBOLS[found.verdict]
    if found.kind == "symbolic":
        return f"symbolic {found.claims}/{found.of}{sign}"
    return f"{found.kind} {count_text(found.count)}{sign}"


def working_seconds(theorem: dict[str, Any]) -> float:
    """Return its working time; several workers may have shared it."""
    evidence = [e for c in theorem["claims"] for e in c["evidence"] if e["kind"] != "symbolic"]
    parts = [*evidence, *theorem["controls"], *theorem["witnesses"], *theorem["derivation"]]
    return float(sum(part["seconds"] for part in parts))
