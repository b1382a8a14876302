"""``certimin figures``: the gallery, what theorems say beside what training does."""

from __future__ import annotations

import shlex
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from theorems.commands.options import written_to
from verify.errors import UsageError

if TYPE_CHECKING:
    from theorems.figures.gallery import Drawing

__all__ = ["GALLERY", "draw", "figures"]

GALLERY = {
    "depth": "S_min with depth between its closed-form brackets (U2)",
    "small-starts": "limits of small starts against S_min, and flows on their way there (U3, U10)",
    "collapse": "weight decay against noise: where solutions exist, where they are best (Z5)",
    "basins": "which starts fall to the origin (Z8)",
    "ellipsoid": "where descent on a product converges: starts on both sides (N2)",
    "alignment": "imbalance and alignment along gradient flow (F4, C2)",
    "coupling": "gains along the amplified path of flattest minimizers, and what bends cost (M2)",
    "edge": "sharpness along gradient descent against 2/step size (C6)",
    "balance": "the price of balance against the condition number (U6)",
}
"""What each figure shows; its module is theorems.figures.NAME."""


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@written_to(
    "reports/figures",
    "the figures (SVG, PDF, PNG), their numbers (CSV) and captions (TXT)",
    "the grids",
)
@click.option("--list", "listed", is_flag=True, help="Say what there is and draw nothing.")
def figures(names: tuple[str, ...], out: Path, seed: int, scale_down: int, listed: bool) -> None:
    """Draw the gallery, or the figures of these names.

    Exit code 0: drawn, the runs obey; 1: runs contradict a theorem; 2: wrong use.
    """
    wanted = list(dict.fromkeys(names)) or list(GALLERY)
    for name in wanted:
        if name not in GALLERY:
            known = ", ".join(GALLERY)
            raise UsageError(f"figures: expected some of {known}, got {name!r}; try --list")
    if listed:
        for name in wanted:
            click.echo(f"{name:<14}{GALLERY[name]}")
        return
    sys.exit(max(_made(name, out, seed, scale_down) for name in wanted))


def _made(name: str, out: Path, seed: int, scale_down: int) -> int:
    """Draw and write one figure, say so, and return its exit code."""
    began = time.perf_counter()
    drawing = draw(name, seed, scale_down)
    small = ["--scale-down", str(scale_down)] if scale_down > 1 else []
    command = shlex.join(["certimin", "figures", name, "--seed", str(seed), *small])
    try:
        paths = drawing.write(out, command, seed)
    except OSError as error:
        raise UsageError(
            f"--out: cannot write to {out} ({error.strerror}); name a folder of yours"
        ) from error
    click.echo(f"{name}: {drawing.title} ({time.perf_counter() - began:.1f} s)")
    for path in paths:
        click.echo(f"  {path}")
    for check in (c for c in drawing.checks if c.verdict == "FAIL"):
        click.echo(f"  contradicted: {check.name}: {check.measured:.6g}, not {check.predicted}")
    return drawing.exit_code


def draw(name: str, seed: int = 0, scale_down: int = 1) -> Drawing:
    """Return one figure of :data:`GALLERY`."""
    from theorems.experiments.outcome import Options

    module = import_module(f"theorems.figures.{name.replace('-', '_')}")
    drawing: Drawing = module.draw(Options(seed, scale_down))
    return drawing
