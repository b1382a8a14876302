"""Arrays: NPZ archives, NPY files and MATLAB files, never unpickled."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numeric.tables.errors import cut, fail, listed
from numeric.tables.table import Floats, Table, known_index, rounded_integers, same_rows

__all__ = ["PAIRS", "DamagedArchive", "archived", "read_mat", "read_npy", "read_npz"]

Arrays = dict[str, NDArray[Any]]

PAIRS = (
    ("X", "y"), ("X", "Y"), ("x", "y"), ("features", "targets"), ("features", "target"),
    ("features", "labels"), ("X_train", "y_train"), ("x_train", "y_train"), ("X_train", "Y_train"),
    ("train_x", "train_y"), ("inputs", "outputs"), ("inputs", "targets"), ("data", "target"),
    ("data", "targets"), ("data", "labels"), ("train_data", "train_labels"), ("arr_0", "arr_1"),
)  # fmt: skip
"""Names under which inputs and outputs are stored; the first pair found counts."""


_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, MemoryError, RuntimeError, ValueError)
"""What reading a damaged archive raises: a ValueError for pickled members, a MemoryError for one
that says it is larger than all memory."""


class DamagedArchive(ValueError):
    """An NPZ archive that cannot be read; str() says in few words what is there instead."""


def archived(path: Path) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the name and the array of each member of an NPZ archive; nothing is unpickled.

    Raises
    ------
    DamagedArchive
        It is none, a member is damaged, or is not the array of numbers that its name promises.
    """
    key = ""
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            for member in archive.namelist():
                key = member.removesuffix(".npy")
                with archive.open(member) as entry:
                    yield key, np.lib.format.read_array(entry, allow_pickle=False)
    except _DAMAGES as error:
        pickled = "allow_pickle" in str(error)
        got = f"pickled objects in {key!r}" if pickled else cut(str(error) or "a damaged file")
        raise DamagedArchive(got) from error


def read_npz(path: Path) -> Table:
    """Return the table of an archive of arrays."""
    where = str(path)
    try:
        arrays = dict(archived(path))
    except DamagedArchive as error:
        remedy = "write plain arrays with numpy.savez"
        fail(where, "an NPZ archive of numbers", str(error), remedy)
    return _of_arrays(where, arrays)


def read_npy(path: Path) -> Table:
    """Return the table of one array: 2-d, or 1-d with named fields."""
    where = str(path)
    try:
        with path.open("rb") as stream:
            array = np.lib.format.read_array(stream, allow_pickle=False)
    except (EOFError, ValueError) as error:
        got = "pickled objects" if "allow_pickle" in str(error) else cut(str(error))
        fail(where, "an array of numbers", got, "write a plain array with numpy.save")
    if array.dtype.names:
        return _columns(where, {name: array[name] for name in array.dtype.names})
    return _matrix(where, array)


def read_mat(path: Path) -> Table:
    """Return the table of a MATLAB file (up to version 7.2; needs no extra)."""
    from scipy.io import loadmat

    where = str(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = loadmat(path)
    except NotImplementedError:
        fail(where, "a MATLAB file up to version 7.2", "version 7.3", "save it with save -v7")
    except OSError as error:
        if error.errno is not None:
            raise
        fail(where, "a MATLAB file", cut(str(error)), "save it again with save -v7")
    except Exception as error:  # whatever a damaged file does to the reader
        got = cut(f"{type(error).__name__}: {error}")
        fail(where, "a MATLAB file", got, "save it again with save -v7")
    arrays: Arrays = {}
    for key, value in found.items():
        if key.startswith("__"):
            continue
        array = value.toarray() if hasattr(value, "toarray") else np.asarray(value)
        column = array.ndim == 2 and 1 in array.shape  # MATLAB has no vectors
        arrays[key] = array.ravel() if column else array
    return _of_arrays(where, arrays)


def _of_arrays(where: str, arrays: Arrays) -> Table:
    """Return inputs and outputs where they are named so, else one matrix, or columns."""
    if not arrays:
        fail(where, "arrays", "an empty archive", "check how it was written")
    for x, y in PAIRS:
        if x in arrays and y in arrays and (arrays[x].ndim == 2 or len(arrays) == 2):
            return _inputs_and_outputs(where, arrays, x, y)
    if len(arrays) == 1:
        ((key, array),) = arrays.items()
        if array.dtype.names:
            return _columns(where, {name: array[name] for name in array.dtype.names})
        if array.ndim == 2:
            return _matrix(f"{where}, array {key!r}", array)
    return _columns(where, arrays)


def _inputs_and_outputs(where: str, arrays: Arrays, x: str, y: str) -> Table:
    """Return the table [X | y], whose last columns are the targets."""
    for key in (x, y):
        _check(f"{where}, array {key!r}", arrays[key], (1, 2))
    same_rows(where, {x: len(arrays[x]), y: len(arrays[y])})
    inputs, outputs = (arrays[key].reshape(len(arrays[key]), -1) for key in (x, y))
    d_x, d_y = inputs.shape[1], outputs.shape[1]
    y_names = (y,) if arrays[y].ndim == 1 else tuple(f"{y}_{i}" for i in range(d_y))
    values = np.empty((len(inputs), d_x + d_y))
    with np.errstate(over="ignore"):  # a long double may become inf, and is then refused
        values[:, :d_x], values[:, d_x:] = inputs, outputs
    ignored = [key for key in arrays if key not in (x, y)]
    notes: tuple[str, ...] = (f"arrays left out: {listed(ignored)}",) if ignored else ()
    notes += rounded_integers(x, inputs) + rounded_integers(y, outputs)
    names = (*map(str, range(d_x)), *y_names)
    return _table(names, values, notes, outputs=(y, range(d_x, d_x + d_y)))


def _matrix(where: str, array: NDArray[Any]) -> Table:
    """Return the table whose columns are those of a matrix, called 0, 1, ..."""
    _check(where, array, (2,))
    notes = rounded_integers("the array", array)
    return _table(tuple(map(str, range(array.shape[1]))), _floats(array), notes)


def _columns(where: str, arrays: Arrays) -> Table:
    """Return the table whose columns are the given 1-d arrays."""
    texts: dict[int, list[str]] = {}
    notes: tuple[str, ...] = ()
    for j, (key, array) in enumerate(arrays.items()):
        if array.ndim == 1 and array.dtype.kind in "US":
            cells = (
                array.astype(str) if array.dtype.kind == "U" else np.char.decode(array, "latin1")
            )
            texts[j] = [str(cell).strip() for cell in cells]
        else:
            _check(f"{where}, array {key!r}", array, (1,))
        notes += rounded_integers(key, array)
    same_rows(where, {key: len(column) for key, column in arrays.items()})
    n = len(next(iter(arrays.values())))
    values = np.full((n, len(arrays)), np.nan)
    for j, array in enumerate(arrays.values()):
        if j not in texts:
            values[:, j] = _floats(array)
    names = tuple(arrays)
    return _table(names, values, notes, texts=texts, index=known_index(names))


def _table(names: tuple[str, ...], values: Floats, notes: tuple[str, ...], **more: Any) -> Table:
    texts = more.get("texts", {})

    def show(i: int, j: int) -> str:
        return repr(cut(texts[j][i])) if j in texts else f"{values[i, j]}"

    return Table(names, values, show=show, notes=notes, **more)


def _floats(values: NDArray[Any]) -> Floats:
    with np.errstate(over="ignore"):
        return values.astype(np.float64)


def _check(where: str, values: NDArray[Any], dims: tuple[int, ...]) -> None:
    """Raise unless an array holds real numbers, has rows, and has such dimensions."""
    if values.dtype.kind not in "biuf":
        remedy = "convert it to numbers, or leave it out"
        fail(where, "real numbers", f"dtype {values.dtype}", remedy)
    if values.ndim not in dims:
        expected = f"a {' or '.join(f'{d}-d' for d in dims)} array"
        remedy = "store columns as 1-d arrays, or inputs as 'X' and outputs as 'y'"
        if values.ndim > 2 and len(values):
            remedy = f"reshape it to {(len(values), values[0].size)}, a row for each sample"
        elif dims == (2,):
            remedy = "store a row for each sample, with the target among the columns"
        fail(where, expected, f"shape {values.shape}", remedy)
    if not values.size:
        fail(where, "at least one row", f"shape {values.shape}", "check how it was written")
