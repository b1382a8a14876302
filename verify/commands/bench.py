"""``certimin bench``: the benchmarks of the checkout, in a process of their own.

``benchmarks/`` stands beside the packages and is not installed with them, so nothing here imports
it: it is run as a module from the root of the checkout.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from verify.errors import UsageError

__all__ = ["bench"]

HERE = Path(__file__)


def checkout() -> Path:
    """Return the folder that holds ``benchmarks`` next to this package; UsageError without one."""
    root = HERE.resolve().parents[2]
    if not (root / "benchmarks" / "__main__.py").is_file():
        raise UsageError(
            "bench: the benchmarks come with the source checkout, not with an installed package; "
            "run `make bench` in a checkout"
        )
    return root


@click.command()
@click.argument("names", metavar="[NAME...]", nargs=-1)
@click.option("--quick", is_flag=True, help="a smoke run of seconds; its numbers mean little")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports/bench"), show_default=True
)
def bench(names: tuple[str, ...], quick: bool, out: Path) -> None:
    """Measure against peers, side by side: training, growth, spectra, certified, ... startup.

    Or only NAME...; adversary, which takes long, runs only when named.
    """
    command = [sys.executable, "-m", "benchmarks", "--out", str(out.resolve())]
    command += ["--quick"] if quick else []
    sys.stdout.flush()
    sys.exit(subprocess.run([*command, "--", *names], cwd=checkout(), check=False).returncode)
