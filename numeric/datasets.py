"""Regression data from files and from scikit-learn.

Every reader ends in a :class:`Dataset` of finite float64 numbers or in a :class:`DataError` that
names the file, the row, the column, what was found there and what to do about it.

Decimals in a CSV file, and numbers wider than float64 anywhere, are read as the nearest float64.
*Those floats are the data from then on*: they are dyadic rationals, so
:func:`numeric.moments.moments` returns the second moments with no rounding at all.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from numeric.tables.arrays import read_mat, read_npy, read_npz
from numeric.tables.choice import Choice, constant, split
from numeric.tables.errors import DataError, fail, listed, optional
from numeric.tables.frames import read_arff, read_parquet
from numeric.tables.table import Floats, Table, same_rows
from numeric.tables.text import read_text

__all__ = ["DataError", "Dataset", "bundled", "load", "one_hot"]


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
                fail(self.name, expected, f"shape {values.shape}", "reshape it")
            _check_finite(self.name, names, values)
        same_rows(self.name, {"features": len(self.features), "targets": len(self.targets)})

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
        for column in constant(self.features):
            where = f"{self.name}, column {self.feature_names[column]!r}"
            got = f"the constant {self.features[0, column]}"
            fail(where, "a feature that varies, to be scaled", got, "remove it or do not scale")
        exponent = np.frexp(np.abs(self.features).max(axis=0))[1]
        unit = np.ldexp(self.features, -exponent)  # within [-1, 1]: squares cannot overflow
        deviation = unit - _means(self.name, self.feature_names, unit)
        features = unit / np.sqrt(_means(self.name, self.feature_names, deviation**2))
        notes = (*self.notes, "features scaled to standard deviation one")
        return replace(self, features=features, notes=notes)


# Reading ------------------------------------------------------------------------------------------


def load(
    path: str | os.PathLike[str],
    targets: Sequence[str],
    *,
    header: bool | None = None,
    index: str | bool | None = None,
    one_hot: Sequence[str] = (),
    drop: Sequence[str] = (),
    missing: Literal["drop", "mean"] | None = None,
) -> Dataset:
    """Return the data set stored in a file.

    Parameters
    ----------
    path : path
        ``.csv``, ``.tsv``, ``.txt``, ``.dat``, ``.data`` (comma, semicolon, tab, ``|`` or blanks,
        detected; UTF-8; decimal point; packed as ``.csv.gz``, ``.bz2``, ``.xz``), ``.npz``,
        ``.npy``, ``.mat``, ``.arff``, or ``.parquet``, ``.pq`` (needs pyarrow). An archive has
        inputs (n, d_x) and outputs (n,) or (n, d_y) under names that say so (``X`` and ``y``,
        ``X_train`` and ``y_train``, ...), or one matrix, or 1-d arrays, which are the columns.
        Pickled objects are never loaded.
    targets : sequence of str
        Columns to predict, by name or by 0-based index ("2", "-1"); a name wins over an index.
        All other columns are features. With inputs and outputs in an archive the choice is among
        the columns of ``y`` (``y``, or ``y_0, y_1, ...``); empty, or the array's name, means all.
    header : bool, optional
        Whether the first row of a text file holds names; by default it does if all its cells are
        text. Numbers beside text are refused unless this is given, and so is the row 0, 1, 2, ...:
        pandas writes it above unnamed columns. Without names, columns are called "0", "1", ...
        Other formats ignore it.
    index, one_hot, drop, missing
        See :class:`numeric.tables.choice.Choice`.

    Raises
    ------
    DataError
        The file cannot be read, a cell is not a finite number, or no regression problem is left:
        no row, no feature, no such target, a constant target.
    """
    path = Path(path)
    where = str(path)
    chosen = (targets,) if isinstance(targets, str) else targets
    choice = Choice(chosen, index, tuple(one_hot), tuple(drop), missing)
    try:
        if not path.exists():
            fail(where, "a data file", "no such file", "check the path")
        if path.is_dir():
            fail(where, "a data file", "a directory", "name a file inside it")
        if not path.is_file():  # it may never end, or never begin
            fail(where, "a data file", "a pipe or a device", "write what it says to a file first")
        found = split(where, _table(path, header, index is False), choice)
    except OSError as error:
        fail(where, "a readable file", f"{error.strerror or error}", "check its permissions")
    notes = found.notes + _shape_notes(found.feature_names, found.features)
    return Dataset(path.name, *found[:4], notes)


def _table(path: Path, header: bool | None, keep_index: bool) -> Table:
    """Read the file by what its name ends with."""
    suffix = path.suffix.lower()
    inner = Path(path.stem).suffix.lower() if suffix in (".gz", ".bz2", ".xz") else suffix
    match inner:
        case ".csv" | ".tsv" | ".tab" | ".txt" | ".dat" | ".data":
            return read_text(path, header, keep_index)
        case ".npz":
            return read_npz(path)
        case ".npy":
            return read_npy(path)
        case ".mat":
            return read_mat(path)
        case ".arff":
            return read_arff(path)
        case ".parquet" | ".pq":
            return read_parquet(path)
    expected = "a .csv, .tsv, .txt, .npz, .npy, .mat, .arff or .parquet file"
    fail(str(path), expected, f"extension {path.suffix!r}", "convert or rename the file")


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
        fail("bundled data", "'diabetes' or 'digits'", f"name {name!r}", "choose one of them")
    source = optional("sklearn.datasets", f"bundled data {name!r}")
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


# Checks and statistics ----------------------------------------------------------------------------


def _check_finite(where: str, names: Sequence[str], values: Floats) -> None:
    """Raise at the first entry, row by row, that is NaN or infinite."""
    finite = np.isfinite(values)
    if not finite.all():
        row, column = divmod(int(np.argmin(finite)), values.shape[1])
        place = f"{where}, row {row + 1}, column {names[column]!r}"
        got = f"{values[row, column]}"
        fail(place, "a finite float64", got, "fill it in, or remove the row or the column")


def _shape_notes(names: Sequence[str], features: Floats) -> tuple[str, ...]:
    """Return remarks on features whose covariance cannot have full rank."""
    n, d_x = features.shape
    notes: tuple[str, ...] = ()
    if n < d_x:
        notes += (f"fewer samples ({n}) than features ({d_x}): the covariance is singular",)
    if still := [names[column] for column in constant(features)]:
        notes += (f"constant features: {listed(still)}",)
    return notes


def _means(where: str, names: Sequence[str], values: Floats) -> Floats:
    """Return the column means: correctly rounded sums over n, within the range of the column."""
    means = []
    for name, column in zip(names, values.T, strict=True):
        try:
            means.append(math.fsum(column) / len(column))
        except OverflowError:
            place = f"{where}, column {name!r}"
            fail(place, "a sum within float64", "an overflow", "rescale the column")
    return np.asarray(np.clip(means, values.min(axis=0), values.max(axis=0)))
