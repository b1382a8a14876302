"""What a judgement without a score looks like; light to import."""

from __future__ import annotations

from typing import Any

__all__ = ["EXIT_CODES", "SCHEMA", "invalid", "undecided"]

SCHEMA = 1
"""The number of ``judge.schema.json``, for what is read and what is written."""

EXIT_CODES = {"scored": 0, "invalid": 2, "undecided": 3}
"""What the command's exit code says of a verdict."""

_LONGEST = 500
"""Characters of a reason."""


def invalid(reason: str, **more: Any) -> dict[str, Any]:
    """Return the judgement of what is no candidate for the task, or no task."""
    return _without_score("invalid", reason) | more


def undecided(reason: str) -> dict[str, Any]:
    """Return the judgement of what nothing settles within the limits."""
    return _without_score("undecided", reason)


def _without_score(verdict: str, reason: str) -> dict[str, Any]:
    line = " ".join(reason.split())
    line = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
    return {"schema": SCHEMA, "verdict": verdict, "valid": False, "reason": line}
