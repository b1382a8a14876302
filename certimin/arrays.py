"""The user's arrays: float64 numbers, exact numbers, and samples of a regression problem."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certimin.sources.foreign import fraction, real
from certimin.sources.frames import labels, same_index
from certimin.sources.refusal import refuse
from numeric.datasets import Dataset
from numeric.tables.table import integer_note, rounded_integers

__all__ = ["Floats", "dataset", "exact_rows", "floats", "roundings"]

Floats = NDArray[np.float64]


def floats(name: str, value: Any, *, ndim: int) -> Floats:
    """Return a value as a float64 array of its own, each number the nearest to what was given.

    Parameters
    ----------
    name
        The argument's name, for messages.
    value
        An array of any library, a frame, a series or lists; see
        :func:`certimin.sources.foreign.real`.
    ndim
        The number of dimensions it must have.

    Raises
    ------
    UsageError
        It is not made of real numbers, is empty, has other dimensions, or has an entry that is
        NaN, infinite or beyond float64.

    Examples
    --------
    >>> floats("x", [Fraction(1, 3), 2**53 + 1], ndim=1).tolist()
    [0.3333333333333333, 9007199254740992.0]
    """
    return _nearest(name, _shaped(name, real(name, value), ndim))


def exact_rows(name: str, value: Any) -> list[list[Fraction]]:
    """Return the rows of a matrix as rational numbers, none of them rounded.

    Integers and fractions are what they are; a float is the dyadic rational that it stands for.

    Parameters
    ----------
    name, value
        As in :func:`floats`, of shape (rows, columns).

    Raises
    ------
    UsageError
        As there; a number beyond float64 is none.

    Examples
    --------
    >>> exact_rows("A", [[0.5, 10**30], [Fraction(1, 3), True]])[1]
    [Fraction(1, 3), Fraction(1, 1)]
    """
    array = _shaped(name, real(name, value), 2)
    finite = np.isfinite(array) if array.dtype.kind == "f" else None
    if finite is None and array.dtype.kind == "O":
        finite = np.vectorize(_is_finite, otypes=[bool])(array)
    if finite is not None:
        _all_finite(name, array, finite)
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(object)  # tolist() would leave them as they are
    return [[fraction(x) for x in row] for row in array.tolist()]


def dataset(X: Any, y: Any = None, *, name: str = "data") -> Dataset:
    """Return inputs and outputs, a row for each sample, as the data set of a regression problem.

    Parameters
    ----------
    X : (n, d_x)
        Inputs; see :func:`floats` for what may be given.
        A :class:`numeric.datasets.Dataset`, without y, is what it is.
    y : (n,) or (n, d_y)
        Outputs; one dimension means one output.
    name
        The name of the data set.

    Returns
    -------
    Dataset
        Columns are called as in the frame, the series by its name; without names the inputs are
        ``0, 1, ...`` and the outputs ``y`` or ``y_0, y_1, ...``.  Notes say what was rounded.

    Raises
    ------
    UsageError
        As in :func:`floats`; X and y differ in length; one of them is transposed.
    """
    if isinstance(X, Dataset) and y is None:
        return X
    inputs = _shaped("X", real("X", X), 2)
    outputs = real("y", y)
    if outputs.ndim not in (1, 2):
        remedy = "pass a row for each sample, a column for each output"
        refuse("y", "a 1-D or 2-D array", f"shape {outputs.shape}", remedy)
    columns = _shaped("y", outputs, outputs.ndim).reshape(len(outputs), -1)
    _same_length(inputs, columns)
    notes = roundings("X", inputs) + roundings("y", columns)
    if not same_index(X, y):
        notes += ("X and y have different row labels: taken row by row, in the order given",)
    x_names = labels(X) or tuple(map(str, range(inputs.shape[1])))
    y_names = tuple(f"y_{i}" for i in range(columns.shape[1])) if outputs.ndim == 2 else ("y",)
    features, targets = _nearest("X", inputs), _nearest("y", columns)
    return Dataset(name, features, targets, x_names, labels(y) or y_names, notes)


def roundings(name: str, array: NDArray[Any]) -> tuple[str, ...]:
    """Return notes on the entries of an array of real numbers that are no float64.

    >>> roundings("y", np.array([Fraction(1, 3), 0.1], dtype=object))
    ("1 number of 'y' rounded to the nearest float64",)
    """
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        with np.errstate(over="ignore"):
            changed = int((array.astype(np.float64) != array).sum())
        return _rounded_note(name, changed)
    if array.dtype.kind != "O":
        return rounded_integers(name, array)
    exact = [fraction(x) for x in array.ravel() if _is_finite(x)]
    moved = [x for x in exact if _float(x) in (np.inf, -np.inf) or Fraction(_float(x)) != x]
    integers = sum(x.denominator == 1 for x in moved)
    return integer_note(name, integers) + _rounded_note(name, len(moved) - integers)


def _shaped(name: str, array: NDArray[Any], ndim: int) -> NDArray[Any]:
    """The array, if it has so many dimensions and is not empty."""
    if array.ndim != ndim:
        got = f"shape {array.shape}" if array.ndim else "a single number"
        remedy = f"pass {ndim} nested lists or an array of {ndim} dimensions"
        if ndim == 2 and array.ndim == 1:
            remedy = f"{name}.reshape(-1, 1) makes it one column, {name}.reshape(1, -1) one row"
        elif ndim == 2 and array.ndim > 2 and len(array):
            remedy = f"{name}.reshape({len(array)}, -1) makes one row of each {name}[i]"
        elif ndim == 1 and array.ndim:
            remedy = f"{name}.ravel() makes it one row of numbers"
        refuse(name, f"{ndim} dimension{'s' * (ndim != 1)}", got, remedy)
    if not array.size:
        got = f"shape {array.shape}"
        refuse(name, "at least one number", got, "check how it was made")
    return array


def _same_length(X: NDArray[Any], y: NDArray[Any]) -> None:
    """Raise unless X and y have a row for each sample."""
    if len(X) == len(y):
        return
    remedy = "pass the same samples in both"
    if X.shape[1] == len(y):
        remedy = "X is transposed: pass X.T"
    elif y.shape[1] == len(X):
        remedy = "y is transposed: pass y.T"
    refuse("X, y", "as many rows in X as in y", f"shapes {X.shape} and {y.shape}", remedy)


def _nearest(name: str, array: NDArray[Any]) -> Floats:
    """The float64 numbers nearest to those of an array, all finite."""
    if array.dtype.kind == "O":
        values = np.vectorize(_float, otypes=[np.float64])(array)
    else:
        with np.errstate(over="ignore"):  # refused below
            values = np.array(array, dtype=np.float64, order="C")
    _all_finite(name, array, np.isfinite(values))
    return np.ascontiguousarray(values)


def _all_finite(name: str, array: NDArray[Any], finite: NDArray[np.bool_]) -> None:
    """Raise at the first entry that is marked as not finite."""
    if finite.all():
        return
    place = np.unravel_index(int(np.argmin(finite)), array.shape)
    at, entry = ", ".join(map(str, place)), array[place]
    if _is_finite(entry):
        refuse(f"{name}[{at}]", "a number within float64", "one beyond it", "rescale the numbers")
    remedy = "fill it in, or remove the row or the column"
    refuse(f"{name}[{at}]", "a finite number", f"{float(entry)}", remedy)


def _is_finite(number: Any) -> bool:
    """Whether an entry is neither NaN nor infinite, however large."""
    try:
        fraction(number)
    except (OverflowError, ValueError):
        return False
    return True


def _float(number: Any) -> float:
    """The float64 nearest to an entry, an infinity if it is beyond."""
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def _rounded_note(name: str, count: int) -> tuple[str, ...]:
    numbers = "1 number" if count == 1 else f"{count} numbers"
    return (f"{numbers} of {name!r} rounded to the nearest float64",) if count else ()
