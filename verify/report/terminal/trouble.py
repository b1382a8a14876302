"""What does not hold, loudly: the verdict, the claim, why, and the counterexample."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from verify.report.characters import formula, plain
from verify.report.instances import inline
from verify.report.summary import Trouble
from verify.report.terminal.screen import WIDTH, put_lines, put_marked, verdict

__all__ = ["show_trouble", "witness_lines"]


def show_trouble(trouble: Trouble, console: Console) -> None:
    """Print what keeps a theorem from holding."""
    head = f" {trouble.id}  {plain(trouble.title)}"
    put_marked(verdict(trouble.verdict, console), head, console, most=WIDTH, indent=0)
    lines = [
        formula(trouble.statement),
        plain(trouble.reason),
        *witness_lines(trouble.witness),
    ]
    put_lines(lines, console)


def witness_lines(witness: dict[str, Any] | None) -> list[str]:
    """Return the lines of a counterexample: who found it, the instance, both sides."""
    if not witness:
        return []
    origin = f"{witness.get('kind', '')} counterexample by {witness.get('found_by', '?')}"
    sides = f"left side {witness.get('lhs')}, right side {witness.get('rhs')}"
    return [f"{origin}: {inline(witness.get('instance') or {})}", sides]
