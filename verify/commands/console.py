"""What the commands print on."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "lenient", "print_instance"]

_WIDTH = 100


def lenient() -> None:
    """Let what the terminal's encoding cannot say be printed as an escape, never end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def console(*, stderr: bool = False) -> Console:
    """Return a console as wide as its terminal; where there is none, COLUMNS or 100 wide.

    It prints texts as they are: brackets in them are no markup, and nothing is highlighted.
    """
    from rich.console import Console

    class Screen(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # Rich would end with exit code 1, which says "refuted"

    stream = sys.stderr if stderr else sys.stdout
    asked = os.environ.get("COLUMNS", "")
    wide = int(asked) if asked.isdecimal() and int(asked) > 0 else _WIDTH
    width = None if stream.isatty() else wide
    return Screen(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)


def print_instance(instance: Any, screen: Console) -> None:
    """Print the parts of an exact instance, a line each."""
    from verify.search.outcomes import plain

    for name, value in instance.to_json().items():
        screen.print(f"  {name} = {plain(value)}")
