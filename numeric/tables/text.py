"""CSV and its kin: separators, headers, and cells that are no numbers."""

from __future__ import annotations

import bz2
import csv
import gzip
import lzma
import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from numeric.tables.errors import cut, fail, listed
from numeric.tables.table import Floats, Table, check_names, integer_note, known_index

__all__ = ["MISSING", "number", "read_text"]

MISSING = frozenset({"", "?", "-", "na", "n/a", "nan", "null", "none", "<na>", "#n/a", "."})
"""What stands for a number that is not there, in lower case."""

_BLANKS = " "
"""The separator that is any run of blanks and tabs."""
_SEPARATORS = ("\t", ";", "|", ",", _BLANKS)
_SAMPLE = 6
_OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def read_text(path: Path, header: bool | None, keep_index: bool) -> Table:
    """Return the table of a text file, packed or not.

    Numbers are read by NumPy's C parser, cell by cell only if that one objects.

    Parameters
    ----------
    header
        Whether the first row holds names; None decides: it does if every cell is text, and a row
        of numbers and others is refused.
    keep_index
        Whether a first column without a name is kept.
    """
    where = str(path)
    try:
        with _open(path, "rb") as stream:
            if b"\0" in stream.read(1 << 16):
                fail(where, "UTF-8 text", "binary data or UTF-16", "export it as CSV in UTF-8")
        return _table(path, header, keep_index)
    except UnicodeDecodeError as error:
        got = f"byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        fail(where, "UTF-8 text", got, "save it with encoding UTF-8")
    except csv.Error as error:
        fail(where, "a CSV file", str(error), "look for an unbalanced quote")
    except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError) as error:
        fail(where, f"a {path.suffix} archive", cut(str(error)), "unpack or pack it again")
    except OSError as error:
        if path.suffix.lower() != ".bz2" or error.errno is not None:
            raise
        fail(where, "a .bz2 archive", cut(str(error)), "unpack or pack it again")


def _table(path: Path, header: bool | None, keep_index: bool) -> Table:
    where = str(path)
    separator = _separator(path)
    head = list(islice(_rows(path, separator), 2))
    if not head:
        fail(where, "rows of numbers", "an empty file", "check how it was written")
    line, first = head[0]
    if header is None:
        header = _is_header(f"{where}, row {line}", first)
    if header and len(head) == 1:
        fail(where, "rows of numbers", "only a header", "check how it was written")
    if header and _names_rows(path, separator, line, first):
        first = ["", *first]
    names = tuple((header and cell.strip()) or str(i) for i, cell in enumerate(first))
    check_names(where, names)
    index: tuple[int, ...] = ()
    if header and not keep_index:
        index = known_index(names)
        if not first[0].strip():
            names, index = ("", *names[1:]), (0, *index)
    notes: tuple[str, ...] = (f"header row: {listed([name for name in names if name])}",)
    if not header:
        notes = ("no header row: columns are called 0, 1, ...",)
    notes += _comments(path, line)
    skip = line if header else 0
    values = _parse(path, separator, skip)
    if values is not None and values.shape[1] == len(names) and np.isfinite(values).all():
        beyond = np.flatnonzero((np.abs(values) >= 2**53).any(axis=0)).tolist()
        rows = list(_rows(path, separator, skip)) if beyond else []
        notes += _rounded(names, [j for j in beyond if j not in index], rows)
        return Table(names, values, notes=notes, index=index)
    rows = list(_rows(path, separator, skip))
    for at, row in rows:
        if len(row) != len(names):
            expected = f"{len(names)} cells as in the first row"
            fail(f"{where}, row {at}", expected, f"{len(row)}", "complete or remove it")
    values, texts = _cells([row for _, row in rows], len(names))
    large = np.flatnonzero((np.abs(np.nan_to_num(values)) >= 2**53).any(axis=0)).tolist()
    notes += _rounded(names, [j for j in large if j not in index and j not in texts], rows)

    def show(i: int, j: int) -> str:
        text = rows[i][1][j].strip()
        return repr(cut(text)) if text else "a blank cell"

    return Table(names, values, texts, show, lambda i: rows[i][0], notes, index)


def _names_rows(path: Path, separator: str, skip: int, first: list[str]) -> bool:
    """Whether every row begins with a name for which the header has no cell, as R writes them."""
    if not all(map(str.strip, first)):
        return False
    names = []
    for _, row in _rows(path, separator, skip):
        if len(row) != len(first) + 1:
            return False
        names.append(row[0].strip())
    return not any(map(number, names)) or names == [str(i + 1) for i in range(len(names))]


def _comments(path: Path, line: int) -> tuple[str, ...]:
    """Return a note on comments before the first row, which ends at this line."""
    with _open(path, "rt") as stream:
        count = sum(text.startswith("#") for text in islice(stream, line))
    return (f"lines of comment left out: {count}",) if count else ()


def _is_header(where: str, first: list[str]) -> bool:
    """Return whether a row holds names, refusing to guess where it may be either."""
    remedy = "--header says that it holds names, --no-header that it holds data"
    cells = [cell.strip() for cell in first]
    if len(cells) > 1 and cells == [str(i) for i in range(len(cells))]:
        fail(where, "names or data", "0, 1, ..., which may be either", remedy)
    numbers = [number(cell) is not None or _comma(cell) for cell in cells]
    if all(numbers) or not any(cells):
        return False
    if any(numbers):
        column = numbers.index(False)
        got = f"{cut(cells[column])!r}" if cells[column] else "a blank cell"
        place = f"{where}, column {column}"
        fail(place, "names or numbers throughout the first row", f"{got} beside numbers", remedy)
    return True


def number(cell: str) -> float | None:
    """Return the float64 nearest to a decimal, None if the text is no number."""
    try:  # float() also takes 1_000, which no other reader of CSV files does
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _open(path: Path, mode: str) -> Any:
    opener = _OPENERS.get(path.suffix.lower(), open)
    return (
        opener(path, mode) if mode == "rb" else opener(path, mode, encoding="utf-8-sig", newline="")
    )


def _rows(path: Path, separator: str, skip: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with the number of its last line in the file.

    Lines that begin with # are comments; a first line ``sep=;`` is Excel's.
    """
    with _open(path, "rt") as stream:
        if separator == _BLANKS:
            parts = ((i, re.findall(r'"[^"]*"|\S+', line)) for i, line in enumerate(stream, 1))
            rows = ((i, [cell.strip('"') for cell in row]) for i, row in parts)
        else:
            reader = csv.reader(stream, delimiter=separator, skipinitialspace=True)
            rows = ((reader.line_num, row) for row in reader)
        for line, row in rows:
            if line <= skip or not row or (len(row) == 1 and not row[0].strip()):
                continue
            if row[0].startswith("#") or (line == 1 and row[0].lower().startswith("sep=")):
                continue
            yield line, row


def _separator(path: Path) -> str:
    """Return the separator that cuts the first rows alike, best of all into numbers.

    Comma and blanks come last: a comma may be a decimal mark, and blanks may stand in names.
    """
    widths: dict[str, int] = {}
    alike: dict[str, bool] = {}
    for candidate in _SEPARATORS:
        try:
            rows = [row for _, row in islice(_rows(path, candidate), _SAMPLE)]
        except csv.Error:  # a long row looks like one endless cell to the wrong separator
            continue
        if not rows:
            continue
        width = len(rows[-1])
        widths[candidate] = width
        # R's header is one cell shorter than its rows
        short = len(rows) > 1 and len(rows[0]) == width - 1 > 0
        if width > 1 and {len(row) for row in rows[short:]} == {width}:
            columns = list(zip(*(rows[1:] or rows), strict=True))
            alike[candidate] = all(
                any(column) and all(map(_like_number, column)) for column in columns
            )
    if alike:
        return next((c for c, numeric in alike.items() if numeric), next(iter(alike)))
    named = {c: w for c, w in widths.items() if c != _BLANKS}
    return max(named, key=lambda c: (named[c], c == ","), default=",")


def _like_number(cell: str) -> bool:
    """Whether a cell is missing or a number, be it with a decimal comma."""
    text = cell.strip()
    return text.lower() in MISSING or number(text) is not None or _comma(text)


def _comma(text: str) -> bool:
    return text.count(",") == 1 and number(text.replace(",", ".")) is not None


def _parse(path: Path, separator: str, skip: int) -> Floats | None:
    """Return all cells after the first ``skip`` lines, or None if one of them is no number."""
    try:
        return np.loadtxt(
            path,
            dtype=np.float64,
            comments=None,
            delimiter=None if separator == _BLANKS else separator,
            skiprows=skip,
            ndmin=2,
            quotechar='"',
            encoding="utf-8-sig",
        )
    except ValueError:
        return None


def _cells(rows: Sequence[list[str]], width: int) -> tuple[Floats, dict[int, list[str]]]:
    """Return the numbers, and the cells of columns where something else stands as text."""
    values = np.full((len(rows), width), np.nan)
    texts: dict[int, list[str]] = {}
    for j in range(width):
        column = [row[j].strip() for row in rows]
        for i, cell in enumerate(column):
            found = number(cell)
            if found is not None:
                values[i, j] = found
            elif cell.lower() not in MISSING:
                texts[j] = column
        if j in texts:
            texts[j] = ["" if cell.lower() in MISSING else cell for cell in column]
    return values, texts


def _rounded(
    names: Sequence[str], columns: list[int], rows: Sequence[tuple[int, list[str]]]
) -> tuple[str, ...]:
    """Return notes on integers that are no float64; decimals are rounded as a matter of course."""
    notes: tuple[str, ...] = ()
    for j in columns:
        cells = [row[j].strip() for _, row in rows]
        whole = [cell for cell in cells if re.fullmatch(r"[+-]?\d{16,}", cell)]
        count = sum(int(float(cell)) != int(cell) for cell in whole if len(cell) < 300)
        notes += integer_note(names[j], count)
    return notes
