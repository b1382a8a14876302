"""How the time of a step grows with depth, width and batch: fitted exponents.

With one output a step costs 6 L d² flops for each network: exponents 1, 2 and 1.  Sizes are
measured in turn, several times over, and the fit is through the fastest times.

Run with ``python -m benchmarks.growth``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import click
import numpy as np

from benchmarks.harness import elapsed, environment
from numeric.training import gradient_descent

SIZES = {
    "depth": (5, 10, 20, 40, 80),
    "width": (4, 8, 16, 32, 64),
    "batch": (64, 256, 1024, 4096),
}
_FLOPS = 6e8
EXPECTED = {"depth": 1.0, "width": 2.0, "batch": 1.0}


def descent(depth: int, width: int, batch: int, steps: int) -> Callable[[], None]:
    """Return a descent of ``steps`` steps whose layers keep a moderate size."""
    rng = np.random.default_rng(0)
    widths = (*[width] * depth, 1)
    starts = [
        0.9 * rng.standard_normal((batch, m, n)) / np.sqrt(max(m, n)) for n, m in pairwise(widths)
    ]
    sigma, cross = np.eye(width), np.full((1, width), width**-0.5)

    def run() -> None:
        gradient_descent(starts, sigma, cross, 1e-4, steps=steps, tolerance=0.0)

    return run


def measure(name: str, repetitions: int, budget: float = _FLOPS) -> list[float]:
    """Return the seconds of one step for each size of ``name``, the rest as in Figure 1.

    All sizes do the same number of flops.  The time of a tenth of the steps is subtracted: what
    remains is the loop.
    """
    runs, more = [], []
    for size in SIZES[name]:
        shape = {"depth": 10, "width": 5, "batch": 200, name: size}
        if name == "width":
            shape["batch"] = 64
        flops = 6 * shape["depth"] * shape["width"] ** 2 * shape["batch"]
        steps = 10 * max(1, round(budget / flops / 10))
        runs.append([descent(**shape, steps=n) for n in (steps, steps // 10)])
        more.append(steps - steps // 10)
    best = np.full((len(runs), 2), np.inf)
    for _ in range(repetitions + 1):
        for i, pair in enumerate(runs):
            best[i] = np.minimum(best[i], [elapsed(run) for run in pair])
    return ((best[:, 0] - best[:, 1]) / more).tolist()


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return the slope of log seconds against log sizes, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


@click.command()
@click.option("--repetitions", default=5, show_default=True)
@click.option("--quick", is_flag=True, help="a smoke run: too short for the exponents to mean much")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/bench"))
def main(repetitions: int, quick: bool, out: Path) -> None:
    """Fit the exponents."""
    found = {}
    for name, sizes in SIZES.items():
        seconds = measure(name, 1, _FLOPS / 100) if quick else measure(name, repetitions)
        seconds = [max(t, 1e-12) for t in seconds]  # noise may leave nothing of a short run
        power = exponent(sizes, seconds)
        times = " ".join(f"{size}: {1e6 * t:.4g}" for size, t in zip(sizes, seconds, strict=True))
        print(f"{name}: exponent {power:.3f}, expected {EXPECTED[name]:g} (µs a step: {times})")
        found[name] = {"sizes": sizes, "seconds": seconds, "exponent": power}
    out.mkdir(parents=True, exist_ok=True)
    document = {"environment": environment(), "growth": found}
    (out / "growth.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
