"""What the commands print on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "print_instance"]


def console(*, stderr: bool = False) -> Console:
    """Return a console as wide as its terminal, and 100 columns where there is none."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else 100)


def print_instance(instance: Any, screen: Console) -> None:
    """Print the parts of an exact instance, a line each."""
    from verify.search.outcomes import plain

    for name, value in instance.to_json().items():
        screen.print(f"  {name} = {plain(value)}", markup=False, highlight=False)
