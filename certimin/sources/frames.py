"""Data frames and series of pandas and polars, known by what they can do."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from certimin.sources.joining import Convert, joined
from certimin.sources.refusal import brief, refuse

__all__ = ["frame", "is_frame", "is_series", "labels", "same_index", "series"]


def is_frame(value: object) -> bool:
    """Whether a value has named columns, as data frames do."""
    return hasattr(value, "to_numpy") and hasattr(value, "columns")


def is_series(value: object) -> bool:
    """Whether a value is one named column."""
    return not is_frame(value) and hasattr(value, "name") and hasattr(value, "to_numpy")


def labels(value: Any) -> tuple[str, ...] | None:
    """Return the column names of a frame or the name of a series; None where there are none."""
    if is_frame(value):
        return tuple(map(str, value.columns))
    if is_series(value) and value.name not in (None, ""):
        return (str(value.name),)
    return None


def same_index(X: Any, y: Any) -> bool:
    """Whether two pandas objects name their rows alike; True where either has no row names."""
    first, second = (getattr(value, "index", None) for value in (X, y))
    if not all(hasattr(index, "equals") for index in (first, second)):
        return True
    return bool(first.equals(second))  # type: ignore[union-attr]


def frame(name: str, value: Any, convert: Convert) -> NDArray[Any]:
    """Return the (rows, columns) array of a frame; ``convert`` is asked for each column.

    Raises
    ------
    UsageError
        There is no column, or one that is not made of single finite numbers.
    """
    columns = _columns(value)
    if not columns:
        refuse(name, "columns of numbers", "a frame without columns", "check how it was made")
    parts = []
    for label, column in zip(value.columns, columns, strict=True):
        part = convert(f"{name}, column {str(label)!r}", column)
        if part.ndim != 1:
            got = f"lists in column {str(label)!r}"
            refuse(name, "one number in each cell", got, "leave the column out, or split it")
        parts.append(_finite(f"{name}, column {str(label)!r}", part))
    return joined(parts, axis=1)


def series(name: str, value: Any) -> NDArray[Any]:
    """Return what a series holds, as its library gives it to NumPy.

    Raises
    ------
    UsageError
        The library cannot.
    """
    try:
        return np.asarray(value.to_numpy())
    except Exception as error:  # whatever the library raises
        refuse(name, "numbers", brief(error), "convert it to numbers, or leave it out")


def _finite(where: str, part: NDArray[Any]) -> NDArray[Any]:
    """A column, if its floats are finite: here it still has a name."""
    if part.dtype.kind == "f" and not np.isfinite(part).all():
        row = int(np.argmin(np.isfinite(part)))
        remedy = "fill it in, or remove the row or the column"
        refuse(f"{where}, row {row}", "a finite number", f"{part[row]}", remedy)
    return part


def _columns(value: Any) -> list[Any]:
    """The columns in order: by position, since names may occur twice."""
    if hasattr(value, "get_columns"):
        return list(value.get_columns())
    return [value.iloc[:, j] for j in range(value.shape[1])]
