"""``certimin verify``: run the suite."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from verify.commands.console import console
from verify.errors import UsageError
from verify.evidence import EXIT_CODES

__all__ = ["verify"]


@click.command()
@click.argument("ids", metavar="[ID...]", nargs=-1)
@click.option("--profile", type=click.Choice(["full", "quick"]), default="quick", show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), help="processes here  [default: as processors]")
@click.option("--scheduler", metavar="ADDRESS", help="run on the workers of this Dask scheduler")
@click.option("--backend", type=click.Choice(["numpy", "cupy"]), default="numpy", show_default=True)
@click.option("--resume/--fresh", default=False, help="keep the finished tasks of a run cut short")
@click.option(
    "--cache/--no-cache", default=True, show_default=True, help="reuse identities proved before"
)
@click.option("--check-proofs", is_flag=True, help="let the kernel check formal proofs again")
@click.option("-v", "--verbose", is_flag=True, help="titles and kinds of evidence, a line each")
@click.option("--out", type=click.Path(path_type=Path), default="reports", show_default=True)
def verify(
    ids: tuple[str, ...],
    profile: str,
    seed: int,
    jobs: int | None,
    scheduler: str | None,
    backend: str,
    resume: bool,
    cache: bool,
    check_proofs: bool,
    verbose: bool,
    out: Path,
) -> None:
    """Derive, certify, train and attack theorems (all, or ID... and what they use)."""
    from verify import report
    from verify.environment import processors
    from verify.registry import select
    from verify.runs import workers
    from verify.runs.session import Options
    from verify.runs.session import verify as run

    command = shlex.join(["certimin", *sys.argv[1:]])
    if jobs is not None and scheduler is not None:
        raise UsageError(
            "--jobs is for processes here; with --scheduler its workers count, drop one"
        )
    jobs = jobs or processors()
    if jobs > 1 and scheduler is None:
        workers.prepare()
    options = Options(
        profile, seed, jobs, backend, resume, out, command, scheduler, cache, check_proofs
    )  # fmt: skip
    result = run(select(ids), options, console(stderr=True))
    report.show(result, console(), verbose=verbose)
    for line in result["environment"].get("skipped", ()):
        click.echo(f"skipped: {line}")
    click.echo(f"reports in {out}")
    sys.exit(EXIT_CODES[result["verdict"]])
