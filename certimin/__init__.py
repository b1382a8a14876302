"""The package by the program's name: it makes sure that the packages it starts are ours.

``verify``, ``numeric`` and ``theorems`` are common names.  A file ``verify.py`` beside a script, or
another package of that name, is imported in the place of ours.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

__all__ = ["expect_ours"]

_OURS = ("numeric", "theorems", "verify")


def expect_ours() -> None:
    """Raise ImportError, in one line, if something else is imported by the name of ours."""
    for name in _OURS:
        place = _place(name)
        own = Path(__file__).resolve().parents[1] / name / "__init__.py"
        if place != own:
            raise ImportError(
                f"{place or 'nothing'} is imported as {name!r} in the place of certimin's own "
                f"package {own.parent}; rename it, or run from another folder"
            )


def _place(name: str) -> Path | None:
    """The file that a name is imported from."""
    try:
        spec = find_spec(name)
    except ValueError:  # a module made by hand
        return None
    return Path(spec.origin).resolve() if spec and spec.origin else None
