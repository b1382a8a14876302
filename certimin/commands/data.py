"""``certimin data``: what the theorems say about the user's own data."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import click

from verify.errors import UsageError

if TYPE_CHECKING:
    from certimin.dataset.report import Described, Report
    from numeric.datasets import Dataset
    from numeric.moments import Moments, RangeMoments

__all__ = ["data"]

_WIDTH = 110
_MAX_DEPTH = 1000


@click.command()
@click.argument("file", required=False)
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="COL[,COL...]",
    help="Columns to predict, by name or 0-based index.",
)
@click.option(
    "--depth",
    "depths",
    default="2",
    show_default=True,
    metavar="L",
    help="Number of layers: 3, a list 2,3,10 or a range 2:6.",
)
@click.option(
    "--bundled", metavar="NAME", help="Use scikit-learn's diabetes or digits instead of FILE."
)
@click.option(
    "--header/--no-header",
    default=None,
    help="Whether a text file begins with names (default: detected).",
)
@click.option("--index", metavar="COL", help="A column that only numbers the rows: left out.")
@click.option("--no-index", is_flag=True, help="Keep columns that look like row numbers.")
@click.option(
    "--one-hot", "one_hot", multiple=True, metavar="COL[,COL...]", help="Columns of categories."
)
@click.option("--drop", multiple=True, metavar="COL[,COL...]", help="Columns to leave out.")
@click.option(
    "--missing",
    type=click.Choice(["drop", "mean"]),
    help="Leave out rows with missing values, or set features to their mean (default: refuse).",
)
@click.option("--centre", is_flag=True, help="Subtract the column means.")
@click.option("--scale", is_flag=True, help="Divide features by their standard deviations.")
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
    file: str | None,
    targets: tuple[str, ...],
    depths: str,
    bundled: str | None,
    header: bool | None,
    index: str | None,
    no_index: bool,
    one_hot: tuple[str, ...],
    drop: tuple[str, ...],
    missing: Literal["drop", "mean"] | None,
    centre: bool,
    scale: bool,
    train: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Print certified bounds for deep linear networks trained on FILE.

    FILE is text (CSV and its kin, .csv.gz), NPZ, NPY, MAT, ARFF or Parquet.

    S_min, the least sharpness of any minimizer of R = mean |y - Px|^2; 2/S_min, the largest step
    size at which gradient descent can be stable at any minimizer; and what bounds them.  With
    --train, gradient descent is run around that step size; exit code 1 if it contradicts a theorem.
    """
    from rich.console import Console  # here and below: `certimin --help` need not wait for SymPy

    levels = _depths(depths)
    if index is not None and no_index:
        raise UsageError("--index: expected --index COL or --no-index, got both; give one of them")
    options = {
        "header": header,
        "index": False if no_index else index,
        "one_hot": _names(one_hot),
        "drop": _names(drop),
        "missing": missing,
    }
    working = Console(stderr=True)
    with working.status("computing"):  # shown on a terminal only
        problem = _problem(file, _names(targets), bundled, options, centre, scale, train)
        report = _report(*problem, levels, train, seed)
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1, allow_nan=False))
    else:
        report.show(Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False))
    if report.contradictions:
        sys.exit(1)


def _names(texts: tuple[str, ...]) -> list[str]:
    """Read "a,b" and repeated options."""
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


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
    try:
        if file is not None:
            if not targets and not file.lower().endswith((".npz", ".mat")):
                raise UsageError(
                    "--target: expected the columns to predict, got none; name them, as in "
                    "--target price, or give a 0-based index"
                )
            return datasets.load(file, targets, **options)
        return _select(datasets.bundled(bundled), targets)  # type: ignore[arg-type]
    except datasets.DataError as error:
        raise UsageError(str(error)) from error


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


def _prepared(dataset: Dataset, centre: bool, scale: bool) -> Dataset:
    from numeric.datasets import DataError

    try:
        dataset = dataset.centred() if centre else dataset
        return dataset.scaled() if scale else dataset
    except DataError as error:
        raise UsageError(str(error)) from error


def _problem(
    file: str | None, targets: list[str], bundled: str | None, options: dict[str, Any],
    centre: bool, scale: bool, train: bool,
) -> tuple[Described, RangeMoments, Moments | None]:  # fmt: skip
    """Read the data and return what is needed of them, so that they themselves can be let go."""
    from threadpoolctl import threadpool_limits

    from certimin.dataset.report import Described
    from numeric.moments import moments, range_moments

    dataset = _prepared(_dataset(file, targets, bundled, options), centre, scale)
    with threadpool_limits(1, "blas"):
        return (
            Described.of(dataset), range_moments(dataset), moments(dataset) if train else None
        )  # fmt: skip


def _report(
    described: Described, exact: RangeMoments, full: Moments | None, depths: list[int], train: bool,
    seed: int,
) -> Report:  # fmt: skip
    """Compute everything."""
    import numpy as np
    from threadpoolctl import threadpool_limits

    from certimin.dataset import bounds, report, training

    try:
        # what overflows ends as an error below; small matrices only lose time on several threads
        with np.errstate(all="ignore"), threadpool_limits(1, "blas"):
            problem = bounds.regression(exact, full)
            spectrum, reports = problem.spectrum(), []
            for depth in depths:
                rows = problem.at_depth(depth)
                runs = training.train(problem, depth, rows[0].value, seed) if train else None
                reports.append(report.DepthReport(depth, rows, runs))
    except (ArithmeticError, np.linalg.LinAlgError) as error:
        raise UsageError(
            f"{described.name}: expected numbers whose squares fit well into float64, got {error}; "
            "rescale the features (--scale) and the targets"
        ) from error
    return report.Report(described, spectrum, reports, problem.target_rank)
