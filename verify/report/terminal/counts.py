"""The evidence of a theorem as a table: claims by kinds, how much of each there is."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from verify.evidence import KINDS, worst
from verify.report.summary import SYMBOLS, count_text
from verify.report.terminal.screen import text

__all__ = ["counted"]


def counted(theorem: dict[str, Any], console: Console) -> Table:
    """Return the table; a count that does not hold has the sign of its verdict."""
    found = {e["kind"] for claim in theorem["claims"] for e in claim["evidence"]}
    kinds = [kind for kind in KINDS if kind in found]
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="")
    table.add_column(text("    claim", console), overflow="fold")
    for kind in kinds:
        table.add_column(kind, justify="right", no_wrap=True)
    for claim in theorem["claims"]:
        name = claim["id"].removeprefix(f"{theorem['id']}.")
        cells = [_cell(claim, kind) for kind in kinds]
        table.add_row(*(text(cell, console) for cell in (f"    {name}", *cells)))
    return table


def _cell(claim: dict[str, Any], kind: str) -> str:
    """The counts of one kind together; the same networks may serve several claims."""
    found = [e for e in claim["evidence"] if e["kind"] == kind]
    if not found:
        return ""
    word = worst(e["verdict"] for e in found)
    sign = "" if word == "holds" else f"{SYMBOLS[word]} "
    return f"{sign}{count_text(sum(e['count'] for e in found))}"
