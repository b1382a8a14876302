"""``certimin network``: what the theorems say about the user's own trained network."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from certimin.commands.reading import data_options, read_dataset
from certimin.losses import LOSSES
from verify.commands.typed import as_typed
from verify.errors import UsageError
from verify.files import expect_writable, write_text

__all__ = ["network"]


@click.command()
@click.argument("network", metavar="WEIGHTS")
@click.option("--data", "file", metavar="FILE", help="The data, read as by `certimin data`.")
@data_options
@click.option(
    "--loss",
    type=click.Choice(list(LOSSES)),
    default="R",
    show_default=True,
    help="Your loss: the mean over samples of |y - f(x)|^2, half of it, over d_y (torch's "
    "MSELoss), or the sum.",
)
@click.option("--step-size", metavar="ETA", help="Yours, to be compared with 2/S.")
@click.option(
    "--decay",
    metavar="G[,G...]",
    help="Weight decay: the penalty G |W_k|^2 added to your loss, for all layers or each; for one "
    "output and no biases.",
)
@click.option("--noise", metavar="VAR", help="Variance of noise on hidden neurons, with --decay.")
@click.option("--activation", metavar="NAME", help="Where WEIGHTS do not say it (default: none).")
@click.option(
    "--transpose/--no-transpose",
    default=None,
    help="Whether matrices are stored as (inputs, outputs) (default: detected).",
)
@click.option("--no-theory", is_flag=True, help="Numbers only.")
@click.option("--details", is_flag=True, help="Show all numbers, and each claim that applies.")
@click.option("--every", is_flag=True, help="Show all that, and claims that do not apply, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a page of all of it, too.",
)
def network(
    network: str, file: str | None, loss: Any, step_size: str | None, decay: str | None,
    noise: str | None, activation: str | None, transpose: bool | None, no_theory: bool,
    details: bool, every: bool, as_json: bool, html: Path | None, **reading: Any,
) -> None:  # fmt: skip
    """Examine the linear network in WEIGHTS at the data it was trained on.

    WEIGHTS is NPZ, NPY, safetensors, or a state dict of PyTorch (.pt, .pth).

    Loss, gradient and sharpness at the weights, enclosed; S_min and the distance to the nearest
    exact minimizer; what the layers look like; and each theorem that speaks of the network, with
    what it predicts and what is measured.  Exit code 1 if one is contradicted.
    """
    from rich.console import Console  # here and below: `certimin --help` need not wait for SymPy

    from certimin.examination import examine
    from certimin.networks import Network
    from certimin.rows import WIDTH

    if html is not None:
        _expect_own_place(html, network, file)
    with Console(stderr=True).status("computing"):  # shown on a terminal only
        net = Network.of(network, activation=activation, transpose=transpose)
        data = read_dataset(file, **reading)
        found = examine(
            net, data, loss=loss, step_size=_number("step-size", step_size),
            decay=_numbers("decay", decay), noise=_number("noise", noise), theory=not no_theory,
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=1, allow_nan=False))
    else:
        width = None if sys.stdout.isatty() else WIDTH
        typed = partial(as_typed, command=click.get_current_context().command)
        screen = Console(width=width, highlight=False)
        found.show(screen, details=details, every=every, typed=typed)
    if html is not None:
        write_text(html, found.to_html())
        click.echo(f"certimin: page written to {html}", err=True)
    if found.contradictions:
        sys.exit(1)


def _expect_own_place(html: Path, *inputs: str | None) -> None:
    """Refuse to write a page where it cannot be, or over what is read."""
    if html.exists() and any(
        name and Path(name).exists() and html.samefile(name) for name in inputs
    ):
        raise UsageError(f"--html: expected a file of its own, got {html}, which is read")
    expect_writable("--html", html)


def _numbers(name: str, text: str | None) -> list[float] | None:
    if text is None:
        return None
    return [_float(name, part) for part in text.split(",")]


def _number(name: str, text: str | None) -> float | None:
    return None if text is None else _float(name, text)


def _float(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise UsageError(f"--{name}: expected a number, got {text!r}; give one") from error
