"""``certimin judge``: the exact score of a candidate, for other programs."""

from __future__ import annotations

import json
import sys
from errno import EINVAL
from pathlib import Path

import click

from verify.judging import judge_text
from verify.judging.client import MEMORY, SECONDS
from verify.judging.document import MAX_BYTES
from verify.judging.verdicts import EXIT_CODES, invalid

__all__ = ["judge"]


@click.command()
@click.argument("file")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=SECONDS,
    show_default=True,
    help="time there is for the judgement",
)
@click.option(
    "--memory",
    type=click.IntRange(min=1),
    default=MEMORY,
    show_default=True,
    help="MiB that it may use",
)
def judge(file: str, seconds: float, memory: int) -> None:
    """Score the candidate in FILE (- for standard input) exactly, as JSON.

    FILE names a task and gives a candidate: an instance that is to refute a conjecture or to make a
    formula large or small, or a constant that is to survive an attack.  Exit code 0 with a score, 2
    for what is no candidate for the task, 3 where nothing is decided.
    """
    try:
        found = judge_text(_content(file), seconds=seconds, memory=memory)
    except OSError as error:
        found = invalid(f"file: cannot read {file}: {error.strerror or error}")
    click.echo(json.dumps(found, indent=1, allow_nan=False))
    if found["verdict"] != "scored":
        click.echo(f"certimin: {found['reason']}", err=True)
    sys.exit(EXIT_CODES[found["verdict"]])


def _content(file: str) -> bytes:
    """What stands in a file, one byte more than may stand there if it is longer."""
    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    path = Path(file)
    if path.exists() and not path.is_file():  # a pipe might keep a reader waiting for ever
        raise OSError(EINVAL, "not a regular file")
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)
