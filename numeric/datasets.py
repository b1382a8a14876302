"""Regression data from files and from scikit-learn.

Every reader ends in a :class:`Dataset` of finite float64 numbers or in a :class:`DataError` that
names the file, the row, the column, what was found there and what to do about it.

Decimals in a CSV file, and numbers wider than float64 anywhere, are read as the nearest float64.
*Those floats are the data from then on*: they are dyadic rationals, so
:func:`numeric.moments.moments` returns the second moments with no rounding at all.
"""

from __future__ import annotations

import csv
import difflib
import importlib
import math
import os
import zipfile
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

__all__ = ["DataError", "Dataset", "bundled", "load", "one_hot"]

Floats = NDArray[np.float64]

_SHOWN = 40  # characters of an offending cell, and of a list of names, that a message shows


class DataError(ValueError):
    """Data that cannot be used; ``str(e)`` is one line: place, expected, received, remedy."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples of a regression problem: one row per sample, finite float64 throughout.

    Attributes
    ----------
    name : str
        File name, or the name of the bundled set.
    features : (n, d_x) array
        The inputs x.
    targets : (n, d_y) array
        The outputs y.
    feature_names, target_names : tuple of str
        One name per column.
    notes : tuple of str
        What was done to the data or is worth knowing, in words.

    Raises
    ------
    DataError
        The arrays are empty, not finite, or disagree in shape with each other or the names.
    """

    name: str
    features: Floats
    targets: Floats
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check shapes and finiteness: the invariants every other function relies on."""
        for kind, names in (("features", self.feature_names), ("targets", self.target_names)):
            values = np.asarray(getattr(self, kind), dtype=np.float64)
            object.__setattr__(self, kind, values)
            if values.ndim != 2 or not values.size or values.shape[1] != len(names):
                expected = f"{kind} of shape (samples > 0, {len(names)} > 0), one name per column"
                _fail(self.name, expected, f"shape {values.shape}", "reshape it")
            _check_finite(self.name, names, values)
        _check_rows(self.name, {"features": len(self.features), "targets": len(self.targets)})

    def centred(self) -> Dataset:
        """Return the data minus its column means, features and targets alike.

        Each mean is the correctly rounded sum divided by n in float64, the same on every machine;
        the remaining means are zero up to rounding, not exactly. A constant column becomes zero.

        Raises
        ------
        DataError
            A mean overflows float64.
        """
        n, d_x = self.features.shape
        notes = (*self.notes, "centred")
        if n == d_x:
            notes += (f"no more samples than features ({n}): the centred covariance is singular",)
        with np.errstate(over="ignore"):  # an overflow is reported by __post_init__
            features = self.features - _means(self.name, self.feature_names, self.features)
            targets = self.targets - _means(self.name, self.target_names, self.targets)
        return replace(self, features=features, targets=targets, notes=notes)

    def scaled(self) -> Dataset:
        """Return the data with each feature column divided by its standard deviation.

        The deviation is about the column mean and normalised by n; nothing is subtracted, so the
        diagonal of E[x x^T] is one (up to rounding) only after :meth:`centred`.

        Raises
        ------
        DataError
            A feature is constant.
        """
        for column in _constant(self.features):
            where = f"{self.name}, column {self.feature_names[column]!r}"
            got = f"the constant {self.features[0, column]}"
            _fail(where, "a feature that varies, to be scaled", got, "remove it or do not scale")
        exponent = np.frexp(np.abs(self.features).max(axis=0))[1]
        unit = np.ldexp(self.features, -exponent)  # within [-1, 1]: squares cannot overflow
        deviation = unit - _means(self.name, self.feature_names, unit)
        features = unit / np.sqrt(_means(self.name, self.feature_names, deviation**2))
        notes = (*self.notes, "features scaled to standard deviation one")
        return replace(self, features=features, notes=notes)


# Reading ------------------------------------------------------------------------------------------


def load(
    path: str | os.PathLike[str], targets: Sequence[str], *, header: bool | None = None
) -> Dataset:
    """Return the data set stored in a CSV, NPZ or Parquet file.

    Parameters
    ----------
    path : path
        ``.csv``, ``.tsv``, ``.txt`` (comma, semicolon or tab, detected; UTF-8; decimal point),
        ``.npz`` or ``.parquet``, ``.pq`` (needs pyarrow). An NPZ archive holds either ``X`` or
        ``features`` (n, d_x) together with ``y`` or ``targets`` (n,) or (n, d_y), or else 1-d
        arrays, which are the columns. Pickled objects are never loaded.
    targets : sequence of str
        Columns to predict, by name or by 0-based index ("2", "-1"); a name wins over an index.
        All other columns are features. With ``X`` and ``y`` in an NPZ archive the choice is among
        the columns of ``y`` (``y``, or ``y_0, y_1, ...``); empty, or the array's name, means all.
    header : bool, optional
        Whether the first row of a CSV file holds names; by default it does if a cell in it is
        neither blank nor a number. The row 0, 1, 2, ... is refused unless this is given: pandas
        writes it above unnamed columns. Without names, columns are called "0", "1", ... Other
        formats ignore it.

    Raises
    ------
    DataError
        The file cannot be read, a cell is not a finite number, or no regression problem is left:
        no row, no feature, no such target, a constant target.
    """
    path = Path(path)
    where = str(path)
    try:
        if not path.exists():
            _fail(where, "a data file", "no such file", "check the path")
        if path.is_dir():
            _fail(where, "a data file", "a directory", "name a file inside it")
        if not path.is_file():  # it may never end, or never begin
            _fail(where, "a data file", "a pipe or a device", "write what it says to a file first")
        match path.suffix.lower():
            case ".csv" | ".tsv" | ".txt":
                table = _read_csv(path, header)
            case ".npz":
                table = _read_npz(path)
            case ".parquet" | ".pq":
                table = _read_parquet(path)
            case suffix:
                expected = "a .csv, .tsv, .txt, .npz or .parquet file"
                _fail(where, expected, f"extension {suffix!r}", "convert or rename the file")
    except OSError as error:
        _fail(where, "a readable file", f"{error.strerror or error}", "check its permissions")
    return _split(where, path.name, table, (targets,) if isinstance(targets, str) else targets)


def bundled(name: Literal["diabetes", "digits"]) -> Dataset:
    """Return a real data set shipped with scikit-learn (optional extra ``data``).

    ``diabetes``: 442 samples, 10 features, target ``target``, as scikit-learn ships it (features
    centred with unit sum of squares, target raw). ``digits``: 1797 samples, 64 pixels, ten one-hot
    targets ``digit_0`` ... ``digit_9``.

    Raises
    ------
    DataError
        Unknown name, or scikit-learn is not installed.
    """
    if name not in ("diabetes", "digits"):
        _fail("bundled data", "'diabetes' or 'digits'", f"name {name!r}", "choose one of them")
    source = _optional("sklearn.datasets", f"bundled data {name!r}")
    bunch = getattr(source, f"load_{name}")()
    features = np.asarray(bunch.data, dtype=np.float64)
    names = tuple(str(column) for column in bunch.feature_names)
    if name == "digits":
        targets, target_names = one_hot(bunch.target, "digit_")
    else:
        targets, target_names = np.asarray(bunch.target, dtype=np.float64)[:, None], ("target",)
    notes = _shape_notes(names, features)
    return Dataset(name, features, targets, names, target_names, notes)


def one_hot(labels: NDArray[Any], prefix: str = "") -> tuple[Floats, tuple[str, ...]]:
    """Return the (n, classes) 0/1 indicators of ``labels`` (n,) and a name for each class.

    Classes are the distinct labels in sorted order; each row sums to one.

    >>> one_hot(np.array([2, 0, 2]), "digit_")[1]
    ('digit_0', 'digit_2')
    """
    classes, index = np.unique(labels, return_inverse=True)
    return np.eye(len(classes))[index], tuple(f"{prefix}{label}" for label in classes)


@dataclass(frozen=True)
class _Table:
    """Named columns; ``outputs`` is set when the format itself says which are targets."""

    names: tuple[str, ...]
    values: Floats
    notes: tuple[str, ...] = ()
    outputs: tuple[str, range] | None = None


def _split(where: str, name: str, table: _Table, targets: Sequence[str]) -> Dataset:
    """Divide a table into features and targets."""
    columns = range(len(table.names))
    group, pool = table.outputs or ("", columns)
    notes = table.notes
    if table.outputs and (not targets or list(targets) == [group]):
        chosen = list(pool)
    else:
        candidates = [table.names[column] for column in pool]
        chosen = [pool[_find(where, str(target), candidates)] for target in targets]
    if not chosen:
        _fail(where, "at least one target", "none", f"name one of {_list(table.names)}")
    for column, count in Counter(chosen).items():
        if count > 1:
            got = f"{table.names[column]!r} {count} times"
            _fail(where, "each target once", got, "name it once")
    inputs = [c for c in columns if c not in chosen and (not table.outputs or c not in pool)]
    if not inputs:
        _fail(where, "at least one feature column", "only targets", "select fewer targets")
    if left_out := [table.names[c] for c in pool if table.outputs and c not in chosen]:
        notes += (f"left out: {_list(left_out)}",)
    if repeated := [n for n, k in Counter(table.names[c] for c in columns).items() if k > 1]:
        notes += (f"column names used more than once: {_list(repeated)}",)
    values = table.values[:, chosen]
    for column in _constant(values):
        got = f"the constant {values[0, column]}, which leaves nothing to explain"
        place = f"{where}, target {table.names[chosen[column]]!r}"
        _fail(place, "a target that varies", got, "choose another target")
    feature_names = tuple(table.names[column] for column in inputs)
    features = table.values[:, inputs]
    notes += _shape_notes(feature_names, features)
    target_names = tuple(table.names[column] for column in chosen)
    return Dataset(name, features, values, feature_names, target_names, notes)


def _find(where: str, target: str, names: Sequence[str]) -> int:
    """Return the column a target names, by its name first and by its index otherwise."""
    if (count := names.count(target)) > 1:
        got = f"{count} columns called {target!r}"
        _fail(where, f"one column {target!r}", got, "rename them or give a 0-based index")
    if count:
        return names.index(target)
    try:
        index = int(target)
    except ValueError:
        near = [name for name in names if name.casefold() == target.casefold()]
        near = near or difflib.get_close_matches(target, names, cutoff=0.5)
        remedy = f"did you mean {_list(near)}?" if near else f"the columns are {_list(names)}"
        _fail(where, "the name of a column", f"target {target!r}", remedy)
    if not -len(names) <= index < len(names):
        remedy = f"the columns are {_list(names)}"
        _fail(where, f"an index below {len(names)}", f"target {target!r}", remedy)
    return index % len(names)


# CSV ----------------------------------------------------------------------------------------------


def _read_csv(path: Path, header: bool | None) -> _Table:
    """Read numbers with NumPy's C parser, and row by row only if that one objects."""
    where = str(path)
    with path.open("rb") as stream:
        if b"\0" in stream.read(1 << 16):
            _fail(where, "UTF-8 text", "binary data or UTF-16", "export it as CSV in UTF-8")
    try:
        delimiter = _delimiter(path)
        head = list(islice(_rows(path, delimiter), 2))
        if not head:
            _fail(where, "rows of numbers", "an empty file", "check how it was written")
        (line, first), width = head[0], len(head[0][1])
        if header is None:
            header = _is_header(where, first)
        if header and len(head) == 1:
            _fail(where, "rows of numbers", "only a header", "check how it was written")
        names = tuple((header and cell.strip()) or str(i) for i, cell in enumerate(first))
        notes = () if header else ("no header row: columns are called 0, 1, ...",)
        skip = line if header else 0
        values = _parse(path, delimiter, skip)
        if values is None or values.shape[1] != width or not np.isfinite(values).all():
            values = _parse_slowly(path, delimiter, skip, names)
    except UnicodeDecodeError as error:
        got = f"byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        _fail(where, "UTF-8 text", got, "save it with encoding UTF-8")
    except csv.Error as error:
        _fail(where, "a CSV file", str(error), "look for an unbalanced quote")
    return _Table(names, values, notes)


def _is_header(where: str, first: list[str]) -> bool:
    """Return whether a row holds names, refusing to guess about the numbers 0, 1, 2, ..."""
    if len(first) > 2 and first == [str(i) for i in range(len(first))]:
        remedy = "pass header=True or header=False, or name the columns in the file"
        _fail(f"{where}, row 1", "names or data", "0, 1, 2, ..., which may be either", remedy)
    return any(cell.strip() and _number(cell) is None for cell in first)


def _rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with the number of its last line in the file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter, skipinitialspace=True)
        for row in reader:
            if len(row) > 1 or (row and row[0].strip()):
                yield reader.line_num, row


def _delimiter(path: Path) -> str:
    """Return the separator that cuts the first rows alike; comma last: it may be a decimal mark."""
    width = {"\t": 0, ";": 0, ",": 0}
    for candidate in width:
        try:
            widths = [len(row) for _, row in islice(_rows(path, candidate), 5)]
        except csv.Error:  # a long row looks like one endless cell to the wrong separator
            continue
        if widths and widths[0] > 1 and len(set(widths)) == 1:
            return candidate
        width[candidate] = widths[0] if widths else 0
    return max(width, key=lambda candidate: (width[candidate], candidate == ","))


def _parse(path: Path, delimiter: str, skip: int) -> Floats | None:
    """Return all cells after the first ``skip`` lines, or None if one of them is no number."""
    try:
        return np.loadtxt(
            path,
            dtype=np.float64,
            comments=None,
            delimiter=delimiter,
            skiprows=skip,
            ndmin=2,
            quotechar='"',
            encoding="utf-8-sig",
        )
    except ValueError:
        return None


def _parse_slowly(path: Path, delimiter: str, skip: int, names: tuple[str, ...]) -> Floats:
    """Return what :func:`_parse` should have, or raise at the first cell that prevents it."""
    values = array("d")
    for line, row in _rows(path, delimiter):
        if line <= skip:
            continue
        where = f"{path}, row {line}"
        if len(row) != len(names):
            got = f"{len(row)}"
            _fail(where, f"{len(names)} cells as in the first row", got, "complete or remove it")
        for name, cell in zip(names, row, strict=True):
            number = _number(cell)
            if number is None or not math.isfinite(number):
                _reject_cell(f"{where}, column {name!r}", cell, number)
            values.append(number)
    return np.frombuffer(values, dtype=np.float64).reshape(-1, len(names))


def _reject_cell(where: str, cell: str, number: float | None) -> NoReturn:
    """Raise for a cell that is blank, not a number, or not a finite one."""
    text = cell.strip()
    got = repr(_cut(text)) if text else "a blank cell"
    if number is None and _number(text.replace(",", ".")) is not None:
        _fail(where, "a number", got, "write decimals with a point")
    expected = "a number" if number is None else "a finite float64"
    _fail(where, expected, got, "fill it in, or remove the row or the column")


def _number(cell: str) -> float | None:
    """Return the float64 nearest to a decimal, None if the text is no number."""
    try:  # float() also takes 1_000, which no other reader of CSV files does
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


# NPZ and Parquet ----------------------------------------------------------------------------------


def _read_npz(path: Path) -> _Table:
    """Read an archive of arrays, without ever unpickling."""
    where = str(path)
    arrays: dict[str, NDArray[np.generic]] = {}
    key = ""
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            for member in archive.namelist():
                with archive.open(member) as entry:
                    key = member.removesuffix(".npy")
                    arrays[key] = np.lib.format.read_array(entry, allow_pickle=False)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        pickled = "allow_pickle" in str(error)
        got = f"pickled objects in {key!r}" if pickled else _cut(str(error))
        _fail(where, "an NPZ archive of numbers", got, "write plain arrays with numpy.savez")
    x = next((key for key in ("X", "features") if key in arrays), None)
    y = next((key for key in ("y", "targets") if key in arrays), None)
    if x and y and (arrays[x].ndim == 2 or len(arrays) == 2):
        return _inputs_and_outputs(where, arrays, x, y)
    return _columns(where, arrays)


def _inputs_and_outputs(
    where: str, arrays: dict[str, NDArray[np.generic]], x: str, y: str
) -> _Table:
    """Return the table [X | y], whose last columns are the targets."""
    blocks = [_floats(f"{where}, array {key!r}", arrays[key], (1, 2)) for key in (x, y)]
    _check_rows(where, {x: len(blocks[0]), y: len(blocks[1])})
    inputs, outputs = (block.reshape(len(block), -1) for block in blocks)
    d_x, d_y = inputs.shape[1], outputs.shape[1]
    y_names = (y,) if blocks[1].ndim == 1 else tuple(f"{y}_{i}" for i in range(d_y))
    names = (*map(str, range(d_x)), *y_names)
    values = np.hstack([inputs, outputs])
    _check_finite(where, names, values)
    ignored = [key for key in arrays if key not in (x, y)]
    notes = (f"arrays left out: {_list(ignored)}",) if ignored else ()
    return _Table(names, values, notes, (y, range(d_x, d_x + d_y)))


def _columns(where: str, arrays: dict[str, NDArray[np.generic]]) -> _Table:
    """Return the table whose columns are the given 1-d arrays."""
    columns = {k: _floats(f"{where}, array {k!r}", a, (1,)) for k, a in arrays.items()}
    if not columns:
        _fail(where, "arrays", "an empty archive", "check how it was written")
    _check_rows(where, {key: len(column) for key, column in columns.items()})
    values = np.column_stack(list(columns.values()))
    _check_finite(where, tuple(columns), values)
    return _Table(tuple(columns), values)


def _floats(where: str, values: NDArray[np.generic], dims: tuple[int, ...]) -> Floats:
    """Return an array as float64, if it holds real numbers, has rows, and has such dimensions."""
    if values.dtype.kind not in "biuf":
        remedy = "convert it to numbers, or leave it out"
        _fail(where, "real numbers", f"dtype {values.dtype}", remedy)
    if values.ndim not in dims:
        expected = f"a {' or '.join(f'{d}-d' for d in dims)} array"
        remedy = "store columns as 1-d arrays, or inputs as 'X' and outputs as 'y'"
        _fail(where, expected, f"shape {values.shape}", remedy)
    if not values.size:
        _fail(where, "at least one row", f"shape {values.shape}", "check how it was written")
    with np.errstate(over="ignore"):  # a long double may become inf, and is then refused
        return values.astype(np.float64)


def _read_parquet(path: Path) -> _Table:
    """Read the columns of a Parquet file."""
    where = str(path)
    parquet = _optional("pyarrow.parquet", where)
    arrow = importlib.import_module("pyarrow")
    with path.open("rb") as stream:  # not by its name: folders called "a=1" would become columns
        try:
            table = parquet.ParquetFile(stream).read()
        except (arrow.ArrowException, OSError) as error:
            remedy = "write it again, or convert it to CSV"
            _fail(where, "a Parquet file", _cut(str(error)), remedy)
    names = tuple(table.column_names)
    if not names or not table.num_rows:
        got = f"{table.num_rows} rows, {len(names)} columns"
        _fail(where, "rows of numbers", got, "check how it was written")
    values = np.empty((table.num_rows, len(names)))
    for i, (name, column) in enumerate(zip(names, table.columns, strict=True)):
        kind = column.type
        place = f"{where}, column {name!r}"
        if not any(getattr(arrow.types, f"is_{k}")(kind) for k in _ARROW_NUMBERS):
            _fail(place, "numbers", f"type {kind}", "convert or remove the column")
        if column.null_count:
            row = column.is_null().index(True).as_py() + 1
            place = f"{where}, row {row}, column {name!r}"
            _fail(place, "a number", "a null", "fill it in, or remove the row or the column")
        values[:, i] = column.to_numpy()
    _check_finite(where, names, values)
    return _Table(names, values)


_ARROW_NUMBERS = ("integer", "floating", "boolean", "decimal")


# Checks, statistics, messages ---------------------------------------------------------------------


def _fail(where: str, expected: str, got: str, remedy: str) -> NoReturn:
    """Raise the one-line error, hiding the exception that led to it."""
    message = f"{where}: expected {expected}, got {got}; {remedy}"
    raise DataError(" ".join(message.split())) from None


def _cut(text: str) -> str:
    """Return the text shortened for a message."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _list(names: Sequence[str]) -> str:
    """Return names as a message shows them: the first few, and how many there are."""
    shown = ", ".join(repr(_cut(name)) for name in names[:6])
    return shown if len(names) <= 6 else f"{shown}, ... ({len(names)} in all)"


def _optional(module: str, where: str) -> Any:
    """Import an optional dependency."""
    try:
        return importlib.import_module(module)
    except ImportError:
        expected = f"the optional package {module.split('.')[0]}"
        _fail(where, expected, "no such package", "pip install 'certimin[data]'")


def _check_finite(where: str, names: Sequence[str], values: Floats) -> None:
    """Raise at the first entry, row by row, that is NaN or infinite."""
    finite = np.isfinite(values)
    if not finite.all():
        row, column = divmod(int(np.argmin(finite)), values.shape[1])
        place = f"{where}, row {row + 1}, column {names[column]!r}"
        got = f"{values[row, column]}"
        _fail(place, "a finite float64", got, "fill it in, or remove the row or the column")


def _check_rows(where: str, rows: dict[str, int]) -> None:
    """Raise unless all arrays have as many rows as the first."""
    (first, n), *others = rows.items()
    for key, count in others:
        if count != n:
            got = f"{count} in {key!r}"
            _fail(where, f"{n} rows as in {first!r}", got, "store one row per sample in each")


def _constant(values: Floats) -> list[int]:
    """Return the columns that never change."""
    return [int(column) for column in np.flatnonzero((values == values[0]).all(axis=0))]


def _shape_notes(names: Sequence[str], features: Floats) -> tuple[str, ...]:
    """Return remarks on features whose covariance cannot have full rank."""
    n, d_x = features.shape
    notes: tuple[str, ...] = ()
    if n < d_x:
        notes += (f"fewer samples ({n}) than features ({d_x}): the covariance is singular",)
    if constant := [names[column] for column in _constant(features)]:
        notes += (f"constant features: {_list(constant)}",)
    return notes


def _means(where: str, names: Sequence[str], values: Floats) -> Floats:
    """Return the column means: correctly rounded sums over n, within the range of the column."""
    means = []
    for name, column in zip(names, values.T, strict=True):
        try:
            means.append(math.fsum(column) / len(column))
        except OverflowError:
            place = f"{where}, column {name!r}"
            _fail(place, "a sum within float64", "an overflow", "rescale the column")
    return np.asarray(np.clip(means, values.min(axis=0), values.max(axis=0)))
