"""Rows of a training trace, and the CSV file that they are appended to."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from verify.errors import UsageError

__all__ = ["COLUMNS", "Row", "TraceFile"]


@dataclass(frozen=True)
class Row:
    """One record; None where something is not known.

    Attributes
    ----------
    step : int
        Of training.
    loss : float
        As given.
    sharpness, sharpness_lower, sharpness_upper : float
        The largest Hessian eigenvalue found and its bounds, which hold as those of
        :class:`certimin.spectra.LargestEigenvalue` do.
    converged, products : int
        Whether (1 or 0) the bounds are as narrow as was asked, and products with the Hessian.
    two_over_step_size : float
        Gradient descent is unstable at a minimum whose sharpness is above.
    minimal_sharpness : float
        As given.
    imbalance : float
        max_k |W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ|_2 of a linear network.
    skipped : int
        Records left out since the last row, because tracing took too long.
    seconds : float
        What this record took.
    """

    step: int
    loss: float
    sharpness: float | None = None
    sharpness_lower: float | None = None
    sharpness_upper: float | None = None
    converged: int | None = None
    products: int = 0
    two_over_step_size: float | None = None
    minimal_sharpness: float | None = None
    imbalance: float | None = None
    skipped: int = 0
    seconds: float = 0.0


COLUMNS = tuple(field.name for field in fields(Row))
_WHOLE = ("step", "converged", "products", "skipped")


class TraceFile:
    """A CSV file of rows: its header appears at once, each row is on disk when it is written.

    Parameters
    ----------
    path
        A new file, or a trace, which goes on after its last whole row.

    Attributes
    ----------
    rows : list of Row
        What the file held already.

    Raises
    ------
    UsageError
        The file has other columns or cells that are no numbers, or cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        try:
            old = self.path.read_bytes() if self.path.exists() else b""
            self.rows = self._read(old) if old else []
            if not old:
                self._begin()
        except OSError as error:
            raise self._refused(
                "a file that can be written", error.strerror or str(error)
            ) from error

    def append(self, row: Row) -> None:
        """Write one row and flush it."""
        cells = ["" if x is None else repr(x) for x in (getattr(row, name) for name in COLUMNS)]
        try:
            with self.path.open("a", encoding="utf-8", newline="") as stream:
                stream.write(",".join(cells) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise self._refused(
                "a file that can be written", error.strerror or str(error)
            ) from error

    def _begin(self) -> None:
        """Put the header in place, whole."""
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")
        draft.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
        draft.replace(self.path)

    def _read(self, old: bytes) -> list[Row]:
        """Return the rows of a trace, and cut off a last line that was not finished."""
        whole = old[: old.rfind(b"\n") + 1]
        lines = list(csv.reader(io.StringIO(whole.decode("utf-8", "replace"))))
        if not lines or tuple(lines[0]) != COLUMNS:
            got = ",".join(lines[0])[:60] if lines else "no line"
            raise self._refused(f"a trace with the columns {','.join(COLUMNS[:3])},...", repr(got))
        rows = [self._row(number, cells) for number, cells in enumerate(lines[1:], 2)]
        if len(whole) < len(old):
            with self.path.open("r+b") as stream:
                stream.truncate(len(whole))
        return rows

    def _row(self, number: int, cells: list[str]) -> Row:
        """Return the row of one line."""
        try:
            pairs = zip(COLUMNS, cells, strict=True)
            found: dict[str, Any] = {name: _number(name, cell) for name, cell in pairs}
        except ValueError as error:
            got = f"{','.join(cells)[:60]!r} in line {number}"
            raise self._refused(f"{len(COLUMNS)} numbers a line", got) from error
        return Row(**found)

    def _refused(self, expected: str, got: str) -> UsageError:
        return UsageError(f"{self.path}: expected {expected}, got {got}; name another file")


def _number(name: str, cell: str) -> float | int | None:
    if not cell and name not in ("step", "loss", "products", "skipped", "seconds"):
        return None
    return int(cell) if name in _WHOLE else float(cell)
