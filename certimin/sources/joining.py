"""Rows and columns put together so that no number changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certimin.sources.refusal import refuse

__all__ = ["joined", "nested"]

_EXACT = 2**53
"""The integers up to here are float64 numbers."""

Convert = Callable[[str, Any], NDArray[Any]]


def nested(name: str, value: Sequence[Any], convert: Convert) -> NDArray[Any]:
    """Return the array of a list or tuple, however deep; ``convert`` is asked for its items.

    Raises
    ------
    UsageError
        The list is empty or its items differ in shape.
    """
    kinds = set(map(type, value))
    if not kinds:
        refuse(name, "numbers", "an empty list", "check how it was made")
    if kinds <= {int, bool}:
        try:
            return np.array(value, dtype=np.int64)
        except OverflowError:
            return np.array(value, dtype=object)
    if kinds == {float}:
        return np.array(value, dtype=np.float64)
    if kinds <= {int, bool, float, Fraction}:
        return np.array(value, dtype=object)
    parts = [convert(f"{name}[{i}]", item) for i, item in enumerate(value)]
    for i, part in enumerate(parts):
        if part.shape != parts[0].shape:
            got = f"shape {parts[0].shape} in {name}[0] and {part.shape} in {name}[{i}]"
            refuse(name, "rows of one length", got, "make the rows equally long")
    return joined(parts, axis=0)


def joined(parts: Sequence[NDArray[Any]], axis: int) -> NDArray[Any]:
    """Return arrays of one shape stacked along a new axis, as objects where a cast would round.

    >>> joined([np.array([2**53 + 1]), np.array([0.5])], axis=0).tolist()
    [[9007199254740993], [0.5]]
    """
    kinds = {part.dtype.kind for part in parts}
    if "O" in kinds or (len({part.dtype for part in parts}) > 1 and not _fit(parts)):
        return np.stack([part.astype(object) for part in parts], axis=axis)
    return np.stack(parts, axis=axis)


def _fit(parts: Sequence[NDArray[Any]]) -> bool:
    """Whether the type that NumPy finds for all of them holds each number as it is."""
    common = np.result_type(*parts)
    if common.kind != "f" or common.itemsize > 8:
        return True
    return all(_within(part) for part in parts if part.dtype.kind in "iu")


def _within(part: NDArray[Any]) -> bool:
    """Whether all integers are within those that float64 has."""
    if part.dtype.itemsize < 8 or not part.size:
        return True
    return int(part.max()) <= _EXACT and int(part.min()) >= -_EXACT
