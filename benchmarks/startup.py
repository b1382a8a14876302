"""CPU time of commands that compute nothing, as multiples of ``import sympy``, in one run.

Run ``python -m benchmarks.startup``.  Targets: ``--help`` 1, ``list`` 4.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

import click

from benchmarks.harness import environment

COMMANDS = {
    "import sympy": ["-c", "import sympy"],
    "certimin --help": ["-m", "verify", "--help"],
    "certimin list": ["-m", "verify", "list"],
    "certimin show M1": ["-m", "verify", "show", "M1"],
    "certimin quantities": ["-m", "verify", "quantities"],
}


def cpu_seconds(arguments: list[str]) -> float:
    """Return the CPU time of one fresh interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True,
                   stderr=subprocess.DEVNULL)  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@click.command()
@click.option("--quick", is_flag=True, help="a smoke run of seconds")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/bench"))
def main(quick: bool, out: Path) -> None:
    """Time every command in turn, several rounds, and print medians and ratios."""
    rounds = 1 if quick else 7
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, arguments in COMMANDS.items():
            taken[name].append(cpu_seconds(arguments))
    peer = median(taken["import sympy"])
    rows = [
        {"command": name, "cpu_seconds": median(times), "ratio": median(times) / peer}
        for name, times in taken.items()
    ]
    for row in rows:
        click.echo(f"{row['command']:<22} {row['cpu_seconds']:.2f} s  {row['ratio']:.2f} x sympy")
    out.mkdir(parents=True, exist_ok=True)
    document = {"environment": environment(), "rounds": rounds, "startup": rows}
    (out / "startup.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
