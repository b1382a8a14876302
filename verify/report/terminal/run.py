"""A run in a terminal: a table for one screen, then loudly what did not hold, then totals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from verify.evidence import VERDICTS
from verify.report.summary import (
    SYMBOLS,
    area,
    counts,
    ended_by_clock,
    holding,
    refuted_controls,
    seconds_text,
    standing,
    troubles,
    worth,
)
from verify.report.terminal.listing import short, show_listing, working_seconds
from verify.report.terminal.screen import (
    WIDTH,
    glued,
    put,
    put_lines,
    put_marked,
    room,
    text,
    verdict,
)
from verify.report.terminal.trouble import show_trouble

__all__ = ["show"]

_HEADINGS = ("", "id", "level", "claims", "controls", "sec")
_LEFT = 3
"""So many columns are words, the others numbers."""

_GAP = "   "


def show(report: dict[str, Any], console: Console, *, verbose: bool = False) -> None:
    """Print a report: a table, everything that does not hold, and the totals.

    ``verbose`` gives each theorem lines of its own, with its title and its kinds of evidence.
    """
    if verbose:
        show_listing(report["theorems"], console)
    else:
        for line in _overview(report["theorems"], console):
            put(console, line)
    put(console, Text(""))
    for theorem in report["theorems"]:
        for trouble in troubles(theorem):
            show_trouble(trouble, console)
    if early := ended_by_clock(report["theorems"]):
        words = f"ended by the clock, not by their counts: {', '.join(early)}"
        put(console, text(words, console, "yellow"))
    _show_totals(report, console)


def _overview(theorems: list[dict[str, Any]], console: Console) -> Iterator[Text]:
    """The lines of the table: by area, as many theorems beside each other as there is room for."""
    rows = [_cells(theorem) for theorem in theorems]
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    wide = sum(widths) + len(widths) - 1
    areas = [list(group) for _, group in groupby(theorems, area)]
    fit = (room(console, WIDTH) + len(_GAP)) // (wide + len(_GAP))
    across = max(1, min(fit, max(map(len, areas), default=1)))
    yield Text(_GAP.join([_aligned(_HEADINGS, widths)] * across).rstrip(), "bold")
    for group in areas:
        if name := area(group[0]):
            yield text(name, console, "dim")
        deep = -(-len(group) // across)
        for first in range(deep):
            beside = (_entry(theorem, widths, console) for theorem in group[first::deep])
            yield Text(_GAP).join(beside)


def _cells(theorem: dict[str, Any]) -> tuple[str, ...]:
    """What the table says of a theorem: "5/6" claims hold; what has no level has its verdict."""
    claims, word = theorem["claims"], worth(theorem) or standing(theorem)
    held = sum(claim["verdict"] == "holds" for claim in claims)
    seconds = working_seconds(theorem)
    return (
        SYMBOLS[standing(theorem)],
        theorem["id"],
        short(word),
        f"{held}/{len(claims)}",
        refuted_controls(theorem),
        f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}",
    )


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    """Words to the left, numbers to the right."""
    pairs = enumerate(zip(cells, widths, strict=True))
    return " ".join(c.ljust(w) if i < _LEFT else c.rjust(w) for i, (c, w) in pairs)


def _entry(theorem: dict[str, Any], widths: list[int], console: Console) -> Text:
    """A theorem in the table, its sign in the colour of its verdict."""
    cells = _cells(theorem)
    mark = verdict(standing(theorem), console, sign_only=True)
    return mark.append_text(text(_aligned(("", *cells[1:]), [0, *widths[1:]]), console, "not bold"))


def _show_totals(report: dict[str, Any], console: Console) -> None:
    """How many hold and at which level; then how much was tried, and how long it took."""
    found = counts(report["theorems"])
    controls = found["controls"]
    claims = ", ".join(
        f"{found['claims'][v]} {v}" for v in reversed(VERDICTS) if found["claims"][v]
    )
    took = glued(seconds_text(report["seconds"]), WIDTH)
    parts = (
        f"claims: {claims or 'none'}",
        f"controls: {controls['refuted']}/{controls.total()} refuted",
        f"seed {report['seed']}, {report['profile']} profile, {took}",
    )
    mark = verdict(report["verdict"], console)
    put_marked(mark, holding(report["theorems"]), console, most=WIDTH, indent=0)
    put_lines(["; ".join(parts)], console)
