"""``certimin experiment``: the published experiments, rerun against the theorems."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from theorems.commands.options import written_to
from verify.errors import UsageError

if TYPE_CHECKING:
    from theorems.experiments.outcome import Options, Outcome

__all__ = ["experiment"]

NAMES = (
    "figure-1", "figure-2", "figure-3", "residual", "underdetermined", "nonlinear",
    "step-size", "depth",
)  # fmt: skip
_TRACED = "figure-1"
_WIDTH = 110


@click.command()
@click.argument("name", metavar="|".join(NAMES))
@written_to(
    "reports/experiments",
    "numbers (NPZ, CSV), figure (SVG, PDF, PNG), caption (TXT) and comparison (JSON)",
    "the grid",
)
@click.option(
    "--trace-sharpness", is_flag=True, help="Measure the sharpness at every fifth step (figure-1)."
)
def experiment(name: str, out: Path, seed: int, scale_down: int, trace_sharpness: bool) -> None:
    """Train the networks of an experiment of Marion and Chizat and compare with theory.

    figure-1, figure-2 and figure-3 are the paper's; step-size and depth are ours, on many data
    sets.

    Exit code 0: as theory says; 1: contradicted; 2: wrong use; 3: inconclusive.
    """
    if name not in NAMES:
        raise UsageError(f"experiment: expected one of {', '.join(NAMES)}, got {name!r}")
    if trace_sharpness and name != _TRACED:
        raise UsageError(f"--trace-sharpness: only {_TRACED} can be traced, not {name}")
    from rich.console import Console

    from theorems.experiments.outcome import Options

    began = time.perf_counter()
    with Console(stderr=True).status("training"):  # shown on a terminal only
        outcome = _experiments()[name](Options(seed, scale_down, trace_sharpness))
    seconds = time.perf_counter() - began
    try:
        paths = outcome.write(out, seed=seed, scale_down=scale_down, seconds=round(seconds, 3))
    except OSError as error:
        raise UsageError(f"--out: cannot write to {out} ({error.strerror})") from error
    outcome.show(Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False))
    click.echo(f"{seconds:.1f} s; written: {', '.join(str(path) for path in paths)}")
    sys.exit(outcome.exit_code)


def _experiments() -> dict[str, Callable[[Options], Outcome]]:
    from theorems.experiments.gaussian import figure_1, figure_3
    from theorems.experiments.many_data import depth, step_size
    from theorems.experiments.nonlinear import nonlinear
    from theorems.experiments.residual import figure_2, residual
    from theorems.experiments.underdetermined import underdetermined

    found = (figure_1, figure_2, figure_3, residual, underdetermined, nonlinear, step_size, depth)
    return dict(zip(NAMES, found, strict=True))
