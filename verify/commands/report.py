"""``certimin report``: write the reports again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from verify.errors import UsageError

__all__ = ["report"]


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default="reports", show_default=True)
@click.option("--into", type=click.Path(path_type=Path), help="update the table in this document")
def report(out: Path, into: Path | None) -> None:
    """Write the reports again from the last run's verify.json."""
    from verify import report as reports

    try:
        result = reports.load(out)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--out: expected a folder with a verify.json, got {out}: {error}; "
            "run `certimin verify`"
        ) from error
    try:
        reports.prepare(out)
    except OSError as error:
        raise UsageError(
            f"--out: cannot write to {out}: {error.strerror}; copy it first"
        ) from error
    if into is not None:
        _insert(result, into)
        click.echo(into)
    for path in reports.write(result, out):
        click.echo(path)


def _insert(result: dict[str, Any], into: Path) -> None:
    from verify.report import insert_table

    try:
        insert_table(result, into)
    except OSError as error:
        raise UsageError(
            f"--into: expected a Markdown document, got {into}: {error.strerror}; name one"
        ) from error
    except ValueError as error:
        raise UsageError(f"--into: {into}: {error}") from error
