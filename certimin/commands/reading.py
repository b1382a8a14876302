"""The options by which commands read the user's data, and the data set they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from verify.errors import UsageError

if TYPE_CHECKING:
    from numeric.datasets import Dataset

__all__ = ["data_options", "read_dataset"]

_OPTIONS = (
    click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="COL[,COL...]",
        help="Columns to predict, by name or 0-based index.",
    ),
    click.option(
        "--bundled", metavar="NAME", help="Use scikit-learn's diabetes or digits instead of FILE."
    ),
    click.option(
        "--header/--no-header",
        default=None,
        help="Whether a text file begins with names (default: detected).",
    ),
    click.option("--index", metavar="COL", help="A column that only numbers the rows: left out."),
    click.option("--no-index", is_flag=True, help="Keep columns that look like row numbers."),
    click.option(
        "--one-hot", "one_hot", multiple=True, metavar="COL[,COL...]", help="Columns of categories."
    ),
    click.option("--drop", multiple=True, metavar="COL[,COL...]", help="Columns to leave out."),
    click.option(
        "--missing",
        type=click.Choice(["drop", "mean"]),
        help="Leave out rows with missing values, or set features to their mean (default: refuse).",
    ),
    click.option("--centre", is_flag=True, help="Subtract the column means."),
    click.option("--scale", is_flag=True, help="Divide features by their standard deviations."),
)
"""Their names are the keyword arguments of :func:`read_dataset`."""


def data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which hands them on to :func:`read_dataset`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _names(texts: tuple[str, ...]) -> list[str]:
    """Read "a,b" and repeated options."""
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def read_dataset(
    file: str | None,
    *,
    targets: tuple[str, ...],
    bundled: str | None,
    index: str | None,
    no_index: bool,
    one_hot: tuple[str, ...],
    drop: tuple[str, ...],
    centre: bool,
    scale: bool,
    **other: Any,
) -> Dataset:
    """Return the data set that FILE and the options mean.

    Raises
    ------
    UsageError
        If they contradict each other, or the data cannot be read.
    """
    from numeric.datasets import DataError

    if index is not None and no_index:
        raise UsageError("--index: expected --index COL or --no-index, got both; give one of them")
    options = {
        "index": False if no_index else index,
        "one_hot": _names(one_hot),
        "drop": _names(drop),
        **other,
    }
    try:
        dataset = _dataset(file, _names(targets), bundled, options)
        dataset = dataset.centred() if centre else dataset
        return dataset.scaled() if scale else dataset
    except DataError as error:
        raise UsageError(str(error)) from error


def _dataset(
    file: str | None, targets: list[str], bundled: str | None, options: dict[str, Any]
) -> Dataset:
    """Read FILE or the bundled set."""
    from numeric import datasets

    if (file is None) == (bundled is None):
        got = "neither" if file is None else f"{file!r} and --bundled {bundled}"
        raise UsageError(f"FILE: expected a file or --bundled NAME, got {got}; give one of them")
    given = [f"--{key.replace('_', '-')}" for key, value in options.items() if value]
    if bundled is not None and given:
        raise UsageError(
            f"{given[0]}: expected FILE, got --bundled {bundled}; leave the option out"
        )
    if file is None:
        return _select(datasets.bundled(bundled), targets)  # type: ignore[arg-type]
    if not targets and not file.lower().endswith((".npz", ".mat")):
        raise UsageError(
            "--target: expected the columns to predict, got none; name them, as in "
            "--target price, or give a 0-based index"
        )
    return datasets.load(file, targets, **options)


def _select(dataset: Dataset, targets: list[str]) -> Dataset:
    """Keep the named targets of a bundled data set, all if none is named."""
    known = dataset.target_names
    for name in targets:
        if name not in known:
            remedy = f"the targets of {dataset.name} are {', '.join(known)}"
            raise UsageError(f"--target: expected a target, got {name!r}; {remedy}")
    chosen = [known.index(name) for name in dict.fromkeys(targets)] or list(range(len(known)))
    return replace(
        dataset,
        targets=dataset.targets[:, chosen],
        target_names=tuple(known[i] for i in chosen),
    )
