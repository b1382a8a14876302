"""``certimin data``: what the theorems say about the user's own data."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from certimin.commands.reading import data_options, read_dataset
from verify.errors import UsageError

__all__ = ["data"]

_MAX_DEPTH = 1000


@click.command()
@click.argument("file", required=False)
@data_options
@click.option(
    "--depth",
    "depths",
    default="2",
    show_default=True,
    metavar="L",
    help="Number of layers: 3, a list 2,3,10 or a range 2:6.",
)
@click.option(
    "--train", is_flag=True, help="Run gradient descent around the largest stable step size."
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of the starts of --train.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def data(
    file: str | None, depths: str, train: bool, seed: int, as_json: bool, **reading: Any
) -> None:
    """Print certified bounds for deep linear networks trained on FILE.

    FILE is text (CSV and its kin, .csv.gz), NPZ, NPY, MAT, ARFF or Parquet.

    S_min, the least sharpness of any minimizer of R = mean |y - Px|^2; 2/S_min, the largest step
    size at which gradient descent can be stable at any minimizer; and what bounds them.  With
    --train, gradient descent is run around that step size; exit code 1 if it contradicts a theorem.
    """
    from rich.console import Console  # here and below: `certimin --help` need not wait for SymPy

    from certimin.dataset import reduced, report_on
    from certimin.rows import WIDTH

    levels = _depths(depths)
    with Console(stderr=True).status("computing"):  # shown on a terminal only
        report = report_on(reduced(read_dataset(file, **reading), train=train), levels, seed=seed)
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1, allow_nan=False))
    else:
        report.show(Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False))
    if report.contradictions:
        sys.exit(1)


def _depths(text: str) -> list[int]:
    """Read "3", "2,3,10" or "2:6"."""
    found: list[int] = []
    try:
        for part in text.split(","):
            low, _, high = part.partition(":")
            first, last = max(int(low), 0), min(int(high or low), _MAX_DEPTH + 1)
            found += range(first, last + 1) or [0]  # 0 is refused below
    except ValueError:
        found = []
    if not found or min(found) < 1 or max(found) > _MAX_DEPTH:
        raise UsageError(
            f"--depth: expected whole numbers from 1 to {_MAX_DEPTH}, got {text!r}; "
            "write 3, or 2,3,10, or 2:6"
        )
    return list(dict.fromkeys(found))
