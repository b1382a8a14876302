"""Lines of a report: a number with what it means and what it is worth; tables of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from numeric.arithmetic.ball import Ball
from numeric.enclosure import Enclosure
from verify.report.characters import spelled

__all__ = ["WIDTH", "Row", "plain", "printed", "row_of", "said", "say", "table_of", "table_of_rows"]

WIDTH = 110
"""Of a report that goes to no terminal."""


@dataclass(frozen=True)
class Row:
    """One line of a report: a number with what it means, or the reason why there is none.

    ``value`` is an Enclosure (made of a ball, if that is given), an int (exact), words, or None;
    ``reason`` says why there is none, or what words are worth.
    """

    key: str
    label: str
    value: Any
    reason: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.value, Ball):
            object.__setattr__(self, "value", Enclosure.of(self.value))

    def times(self, factor: Fraction) -> Row:
        """Return the row of a positive multiple, where the value is a number."""
        known = isinstance(self.value, Enclosure)
        return replace(self, value=self.value.times(factor)) if known else self

    def to_json(self) -> Any:
        """Return the value as JSON: a bound says what it is worth, None stays None."""
        return self.value.to_json() if isinstance(self.value, Enclosure) else self.value


def plain(console: Console, words: str, style: str = "") -> Text:
    """Return words in the console's encoding; brackets are never markup."""
    return Text(spelled(words, console.encoding), style)


def say(console: Console, words: str, style: str = "") -> None:
    """Print a line that the terminal may break where it likes."""
    console.print(plain(console, words, style), soft_wrap=True)


def table_of(console: Console, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Print a table; its second column is never broken."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for i, heading in enumerate(headings):
        table.add_column(plain(console, heading), overflow="fold", no_wrap=i == 1)
    for cells in lines:
        table.add_row(*(plain(console, cell) for cell in cells))
    console.print(table)


def table_of_rows(console: Console, title: str, rows: Iterable[Row]) -> None:
    """Print rows: what, value, and what it is worth."""
    table_of(console, (title, "value", "worth"), ((row.label, *said(row)) for row in rows))


def said(row: Row) -> tuple[str, str]:
    """Return the value of a row as text, and what it is worth or why it is absent."""
    if row.value is None:
        return "not applicable", row.reason
    if isinstance(row.value, Enclosure):
        estimate = row.value.worth == "sampled" and row.value.lower == row.value.upper
        return f"{row.value:.6g}" if estimate else row.value.interval(), row.value.words
    if isinstance(row.value, str):
        return row.value, row.reason
    return str(row.value), "exact"


def row_of(rows: Iterable[Row], key: str) -> Row:
    """Return the row of this key; KeyError, naming them, if there is none."""
    known = {row.key: row for row in rows}
    if key not in known:
        raise KeyError(f"{key!r}: expected one of {', '.join(known)}")
    return known[key]


def printed(show: Callable[[Console], None]) -> str:
    """Return what ``show`` prints, as plain text in a notebook too, where Rich displays it."""
    text = io.StringIO()
    show(
        Console(file=text, width=WIDTH, highlight=False, force_terminal=False, force_jupyter=False)
    )
    return text.getvalue()
