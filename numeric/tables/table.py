"""What a reader returns: columns of numbers, with what is no number beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numeric.tables.errors import fail, listed

__all__ = [
    "Floats",
    "Table",
    "check_names",
    "integer_note",
    "known_index",
    "rounded_integers",
    "same_rows",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns as a file has them.

    Attributes
    ----------
    names : tuple of str
        One for each column.
    values : (n, d) array
        float64, NaN where a cell is missing or is no number.
    texts : dict
        For each column with a cell that is neither a number nor missing, all its cells as text, ""
        where one is missing.
    show : callable
        ``show(i, j)`` is the cell of row i and column j as a message shows it.
    row : callable
        ``row(i)`` is the place of row i in the file, counted from one.
    notes : tuple of str
        What is worth knowing.
    index : tuple of int
        Columns that only name the rows.
    outputs : (str, range), optional
        The name of the targets and their columns, where the format itself says which they are.
    """

    names: tuple[str, ...]
    values: Floats
    texts: dict[int, list[str]] = field(default_factory=dict)
    show: Callable[[int, int], str] = lambda i, j: "nan"
    row: Callable[[int], int] = lambda i: i + 1
    notes: tuple[str, ...] = ()
    index: tuple[int, ...] = ()
    outputs: tuple[str, range] | None = None


def rounded_integers(name: str, values: NDArray[Any]) -> tuple[str, ...]:
    """Return a note if integers of a column are no float64, else nothing.

    >>> rounded_integers("id", np.array([3, 2**53 + 1]))
    ("1 integer of 'id' beyond 2^53 rounded to the nearest float64",)
    """
    if values.dtype.kind not in "iu" or values.dtype.itemsize < 8 or not values.size:
        return ()
    large = values[(values > 2**53) | (values < -(2**53) if values.dtype.kind == "i" else False)]
    return integer_note(name, sum(int(float(x)) != x for x in large.tolist()))


def integer_note(name: str, count: int) -> tuple[str, ...]:
    """Return the note on so many integers that are no float64."""
    if not count:
        return ()
    integers = "1 integer" if count == 1 else f"{count} integers"
    return (f"{integers} of {name!r} beyond 2^53 rounded to the nearest float64",)


def same_rows(where: str, rows: dict[str, int]) -> None:
    """Raise unless all arrays have as many rows as the first."""
    (first, n), *others = rows.items()
    for key, count in others:
        if count != n:
            got = f"{count} in {key!r}"
            fail(where, f"{n} rows as in {first!r}", got, "store one row per sample in each")


def known_index(names: Sequence[str]) -> tuple[int, ...]:
    """Return the columns whose names pandas and R give to what only numbers the rows.

    >>> known_index(["row.names", "a", "__index_level_0__"])
    (0, 2)
    """
    return tuple(
        i
        for i, name in enumerate(names)
        if name in ("row.names", "rownames") or name.startswith(("Unnamed: 0", "__index_level_"))
    )


def check_names(where: str, names: Sequence[str]) -> None:
    """Raise if there is one column only."""
    if len(names) < 2:
        remedy = "separate columns by commas, semicolons, tabs, | or blanks"
        fail(where, "two columns or more", f"one column, {listed(names)}", remedy)
