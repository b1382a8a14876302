"""Options of all commands that train or draw and write what they found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["written_to"]


def written_to(folder: str, content: str, grids: str) -> Callable[[Any], Any]:
    """Return a decorator that adds --out, --seed and --scale-down.

    Parameters
    ----------
    folder, content
        Where it writes unless told otherwise, and what.
    grids
        What is thinned beside the repetitions: "the grids".
    """
    options = (
        click.option(
            "--out",
            type=click.Path(file_okay=False, path_type=Path),
            default=Path(folder),
            show_default=True,
            help=f"Folder for {content}.",
        ),
        click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True),
        click.option(
            "--scale-down",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            metavar="FACTOR",
            help=f"Divide the repetitions by FACTOR and thin {grids} by its root.",
        ),
    )

    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add
