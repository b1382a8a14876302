"""``certimin report``: write the reports again."""

from __future__ import annotations

from pathlib import Path

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
        reports.prepare(out)
    except (OSError, ValueError) as error:
        raise UsageError(f"--out: no report to rebuild in {out}: {error}") from error
    for path in reports.write(result, out):
        click.echo(path)
    if into is not None:
        try:
            reports.insert_table(result, into)
        except (OSError, ValueError) as error:
            raise UsageError(f"--into: {into}: {error}") from error
        click.echo(into)
