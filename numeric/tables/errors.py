"""The one-line refusal of data, and how it names things."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, NoReturn

__all__ = ["DataError", "cut", "fail", "listed", "optional"]

_SHOWN = 40  # characters of an offending cell, and of a list of names, that a message shows


class DataError(ValueError):
    """Data that cannot be used; ``str(e)`` is one line: place, expected, received, remedy."""


def fail(where: str, expected: str, got: str, remedy: str) -> NoReturn:
    """Raise the one-line error, hiding the exception that led to it."""
    message = f"{where}: expected {expected}, got {got}; {remedy}"
    raise DataError(" ".join(message.split())) from None


def cut(text: str) -> str:
    """Return the text shortened for a message."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def listed(names: Sequence[str]) -> str:
    """Return names as a message shows them: the first few, and how many there are."""
    shown = ", ".join(repr(cut(name)) for name in names[:6])
    return shown if len(names) <= 6 else f"{shown}, ... ({len(names)} in all)"


def optional(module: str, where: str) -> Any:
    """Return an optional module; DataError names the extra that has it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        expected = f"the optional package {module.split('.')[0]}"
        fail(where, expected, "no such package", "pip install 'certimin[data]'")
