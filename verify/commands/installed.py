"""What a checkout declares and its installation does not know.

An editable install runs the files of the checkout, but knows the commands of the day on which it
was made: those that came later are not found, though their files are there.
"""

from __future__ import annotations

import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

__all__ = ["remedy", "undeclared"]

HERE = Path(__file__)


def undeclared(group: str) -> list[str]:
    """Return the names of a group that the checkout has and the installation lacks.

    None without a checkout: an installed package comes with all its names.
    """
    declared = _project().get("entry-points", {}).get(group, {})
    known = {entry.name for entry in entry_points(group=group)}
    return sorted(set(declared) - known)


def remedy() -> str:
    """Return what to do about an installation that is older than its checkout."""
    return (
        "this installation was made from an older checkout; "
        f"make it again: pip install -e {_root()}"
    )


def _root() -> Path:
    """The folder of the packages: a checkout, or where packages are installed."""
    return HERE.resolve().parents[2]


def _project() -> dict[str, Any]:
    """The ``[project]`` of the checkout, empty where there is none."""
    try:
        text = _root().joinpath("pyproject.toml").read_text(encoding="utf-8")
        found: dict[str, Any] = tomllib.loads(text)["project"]
    except (OSError, ValueError, KeyError):
        return {}
    return found if found.get("name") == "certimin" else {}
