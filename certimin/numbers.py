"""Whole numbers that a user passes as arguments: one check for all of them."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from certimin.sources.refusal import brief, refuse

__all__ = ["whole"]


def whole(name: str, value: Any, least: int, *, remedy: str = "leave it out") -> int:
    """Return a whole number as an int.

    Parameters
    ----------
    name
        The argument's name, for messages.
    value
        An int, or what Python takes for one as an index: NumPy's integers, arrays of one of them.
    least
        The least it may be.
    remedy
        What to do otherwise.

    Raises
    ------
    UsageError
        In one line, for anything else: a bool, a float such as 2.0, text, a smaller number.

    Examples
    --------
    >>> whole("depth", np.int64(3), 1)
    3
    >>> whole("depth", True, 1, remedy="give L >= 1")
    Traceback (most recent call last):
    ...
    verify.errors.UsageError: depth: expected a whole number >= 1, got True; give L >= 1
    """
    try:
        found = least - 1 if isinstance(value, bool | np.bool_) else index(value)
    except (TypeError, ValueError):  # what has an index in name only, as an array of two
        found = least - 1
    if found < least:
        refuse(name, f"a whole number >= {least}", brief(repr(value)), remedy)
    return found
