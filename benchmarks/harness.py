"""Competitors side by side: interleaved repetitions in one run, medians, ratios.

On a shared machine seconds mean little; ratios between things measured in turn mean more.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

_PAUSE = 0.1
"""Seconds before each measurement: the threads of the last competitor may still be spinning."""


@dataclass(frozen=True)
class Timing:
    """One competitor: seconds for each unit of work, and its median ratio to the baseline.

    ``ratio`` is the median over repetitions of the ratio within a repetition.
    """

    name: str
    unit: str
    best: float
    median: float
    ratio: float


def compare(
    competitors: Mapping[str, Callable[[], float | None]],
    *,
    baseline: str,
    unit: str,
    work: Mapping[str, float] | float = 1.0,
    repetitions: int = 7,
    called: bool = False,
) -> list[Timing]:
    """Return the timings of functions called in turn, ``repetitions`` times, after a first call.

    Parameters
    ----------
    work
        Units of work in one call, the same for all or by name.
    called
        Whether they have had their first call.
    """
    for run in () if called else competitors.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in competitors}
    for _ in range(repetitions):
        for name, run in competitors.items():
            time.sleep(_PAUSE)
            share = work if isinstance(work, int | float) else work[name]
            seconds[name].append(elapsed(run) / share)
    base = seconds[baseline]
    return [
        Timing(
            name,
            unit,
            min(times),
            statistics.median(times),
            statistics.median(t / b for t, b in zip(times, base, strict=True)),
        )
        for name, times in seconds.items()
    ]


def elapsed(run: Callable[[], Any]) -> float:
    """Return the seconds one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def without(*packages: str) -> str | None:
    """Return why a competitor that needs optional packages is skipped, or None."""
    missing = [name for name in packages if not _installed(name)]
    return f"skipped: {', '.join(missing)} not installed (extra bench)" if missing else None


def show(
    title: str,
    timings: list[Timing],
    scale: float = 1e6,
    symbol: str = "µs",
    skipped: Mapping[str, str] | None = None,
) -> None:
    """Print a table; ``skipped`` says why competitors are missing."""
    unit = timings[0].unit
    table = Table("", f"best, {symbol}/{unit}", "median", "ratio", title=title)
    for t in timings:
        table.add_row(t.name, *(f"{scale * x:.4g}" for x in (t.best, t.median)), f"{t.ratio:.3g}")
    for name, reason in (skipped or {}).items():
        table.add_row(name, reason, "", "")
    Console(width=100).print(table)


def save(path: Path, timings: list[Timing], **more: Any) -> None:
    """Write the timings, what they are about and where they were taken as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"environment": environment(), **more, "timings": [asdict(t) for t in timings]}
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def environment() -> dict[str, Any]:
    """Return versions and the size of the machine, not its name."""
    packages = ("numpy", "scipy", "numba", "jax", "mpmath")
    found = {name: version(name) for name in packages if _installed(name)}
    return {
        "python": platform.python_version(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "packages": found,
    }


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def worked() -> float:
    """Return the seconds that this program and those it started were at work."""
    return sum(os.times()[:4])


def count_work() -> None:
    """Let every clock of the engine and of the benchmarks that are loaded be :func:`worked`."""
    clocks = {"monotonic": time.monotonic, "time": time.time}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("verify", "benchmarks", "__main__"):
            for called, clock in clocks.items():
                if vars(module).get(called) is clock:
                    setattr(module, called, worked)
