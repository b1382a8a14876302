"""Run benchmarks one after another, each in a process of its own: ``python -m benchmarks NAME``.

Exit codes: 0 all ran, 2 wrong use, 3 one failed.
"""

from __future__ import annotations

import subprocess
import sys
from difflib import get_close_matches
from pathlib import Path

import click

NAMES = (
    "training", "growth", "spectra", "nonlinear_sharpness", "certified", "throughput", "startup"
)  # fmt: skip
LONG = ("adversary", "rediscovery")
"""Only when named."""


def arguments(name: str, out: Path, quick: bool) -> list[str]:
    """Return the options of one benchmark."""
    if name == "adversary":
        short = ["--budget", "1", "--true-budget", "0.2", "--no-peers"] if quick else []
        return ["--json", str(out / "adversary.json"), *short]
    return ["--out", str(out), *(["--quick"] if quick else [])]


def check(names: tuple[str, ...]) -> None:
    """Exit with 2 and the nearest names if one is not known."""
    every = (*NAMES, *LONG)
    for name in names:
        if name not in every:
            near = get_close_matches(name, every, n=3) or every
            click.echo(
                f"certimin: no benchmark {name!r}; did you mean {' or '.join(near)}?", err=True
            )
            sys.exit(2)


@click.command()
@click.argument("names", metavar="[NAME...]", nargs=-1)
@click.option("--quick", is_flag=True, help="a smoke run of seconds")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/bench"))
def main(names: tuple[str, ...], quick: bool, out: Path) -> None:
    """Run the named benchmarks, or all that take minutes at most."""
    check(names)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        click.echo(f"certimin: --out: cannot write to {out}: {error.strerror}", err=True)
        sys.exit(2)
    failed = []
    for name in names or NAMES:
        click.echo(f"benchmark {name}", err=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *arguments(name, out, quick)]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    click.echo(f"records in {out}")
    if failed:
        click.echo(f"failed: {', '.join(failed)}", err=True)
        sys.exit(3)


if __name__ == "__main__":
    main()
