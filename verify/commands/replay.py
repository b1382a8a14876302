"""``certimin replay``: decide a certificate again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from verify.evidence import EXIT_CODES

__all__ = ["replay"]


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--rewrite", is_flag=True, help="write it anew in today's form if both routes confirm it"
)
@click.option("--kernel", is_flag=True, help="let Coq check its counterexample.v too")
def replay(path: Path, rewrite: bool, kernel: bool) -> None:
    """Decide a certificate again by another route; 0 confirmed, 1 not confirmed, 3 undecided."""
    from verify.certificates.replay import replay as decided_again

    result = decided_again(path, rewrite=rewrite, kernel=kernel)
    for line in result.lines:
        click.echo(line)
    sys.exit(EXIT_CODES[result.verdict])
