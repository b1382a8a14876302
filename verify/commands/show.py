"""``certimin list`` and ``certimin show``: what there is, and one of it in full."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.commands.console import console
from verify.errors import UsageError

if TYPE_CHECKING:
    from verify.theorem import Theorem

__all__ = ["list_theorems", "reference", "show"]


@click.command("list")
def list_theorems() -> None:
    """List every theorem and conjecture."""
    from rich.table import Table

    from verify.registry import in_families, theorems
    from verify.report.characters import plain

    table = Table(box=None, pad_edge=False)
    for heading in ("id", "title", "status", "source", "uses"):
        table.add_column(heading, overflow="fold")
    known = theorems()
    rows = [{"id": t.id, "module": t.module, "status": t.status} for t in known.values()]
    for row in in_families(rows):
        t = known[row["id"]]
        cells = (t.id, plain(t.title), t.status, t.source.key, " ".join(t.uses))
        table.add_row(*cells)
    console().print(table)


@click.command()
@click.argument("theorem_id", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path), default="reports", show_default=True)
@click.option("-v", "--verbose", is_flag=True, help="every step, piece of evidence and instance")
def show(theorem_id: str, out: Path, verbose: bool) -> None:
    """Print the page of a theorem: statement, proof, and what the last run says of it."""
    from verify import report as reports
    from verify.registry import select
    from verify.report.terminal.screen import PAGE, put_lines
    from verify.runs.verdicts import outline

    theorem = select([theorem_id])[0]
    record = outline(theorem)
    try:
        stored = {t["id"]: t for t in reports.load(out)["theorems"]}
    except FileNotFoundError:
        stored = {}
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--out: the report in {out} cannot be read: {error}; "
            "write it again with `certimin verify`, or name another folder"
        ) from error
    if theorem.id in stored:
        record = {"page": record["page"]} | stored[theorem.id]
    else:
        click.echo(
            f"no evidence yet in {out}; run `certimin verify {theorem.id} --out {out}`", err=True
        )
    screen = console()
    reports.show_theorem(record, screen, verbose=verbose)
    put_lines([f"reference: {reference(theorem)}"], screen, most=PAGE, indent=0)


def reference(theorem: Theorem) -> str:
    """Return in one line the work that a theorem comes from; its key where nothing tells more."""
    from verify import references

    if fault := references.unreadable([theorem]):
        return f"{theorem.source.key} ({fault[0]})"
    known = references.entries(theorem.module.partition(".")[0]).get(theorem.source.key)
    return known.citation if known else theorem.source.key
