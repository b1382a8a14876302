"""How many float instances a second the search looks at, for one conjecture of each sort.

    python -m benchmarks.throughput --workers 2

Each line is measured several times in this process alone and on the given number of processes; the
best counts, for other programs only ever slow it down.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import click

import theorems.settings  # noqa: F401
from benchmarks.harness import environment
from theorems.quantities import (
    data_max,
    depth,
    imbalance,
    layer_norm_max,
    minimal_sharpness,
    path_gain_max,
    sharpness,
    symbols,
    target_norm,
    weights_sq,
)
from verify.claims import SETTINGS, Bounds, Claim
from verify.search.batches import CHUNK, evaluate

L, S, S_MIN, TARGET = symbols(depth, sharpness, minimal_sharpness, target_norm)
SIZE, LAYER, PATH, IMBALANCE, DATA = symbols(
    weights_sq, layer_norm_max, path_gain_max, imbalance, data_max
)
WHITENED = S >= 2 * L * TARGET ** (2 - 2 / L)

CONJECTURES = (
    ("whitened-minimizers", WHITENED),
    ("minimizers", S >= S_MIN),
    ("univariate-minimizers", S >= S_MIN),
    ("minimizers", S <= SIZE**2),
    ("minimizers", IMBALANCE <= SIZE),
    ("minimizers", LAYER**2 <= SIZE),
    ("minimizers", S >= PATH),
    ("balanced-minimizers", WHITENED),
    ("flattest-minimizers", WHITENED),
    ("attaining-minimizers", S >= S_MIN),
    ("weights", S >= DATA),
    ("any-weights", S >= DATA),
)


def rate(claim: Claim, size: int, chunk: int, repeats: int, executor: Executor | None) -> float:
    """Return the most instances a second of several runs."""
    seconds = []
    for seed in range(repeats):
        start = perf_counter()
        evaluate(claim, seed, size, chunk=chunk, executor=executor)
        seconds.append(perf_counter() - start)
    return size / min(seconds)


@click.command()
@click.option("--size", default=4 * CHUNK, help="instances in a batch")
@click.option("--chunk", default=CHUNK, help="instances worked on at once")
@click.option("--workers", default=os.cpu_count(), help="processes")
@click.option("--depth", default=3, help="number of layers")
@click.option("--width", default=3, help="all widths")
@click.option("--repetitions", default=4, help="runs of which the best counts")
@click.option("--quick", is_flag=True, help="a smoke run")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/bench"))
def main(
    size: int, chunk: int, workers: int, depth: int, width: int, repetitions: int, quick: bool,
    out: Path,
) -> None:  # fmt: skip
    """Count instances a second."""
    bounds = Bounds((depth,) * 2, (width,) * 2)
    amount = (chunk, chunk, 1) if quick else (size, chunk, repetitions)
    rows = []
    print(f"{'instances a second on':>62}{'1':>10}{workers:>10}")
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for name, relation in CONJECTURES:
            claim = Claim("benchmark", "", SETTINGS[name], relation, bounds=bounds)
            alone, together = (rate(claim, *amount, executor) for executor in (None, pool))
            print(f"{name:22}{relation!s:40}{alone:10,.0f}{together:10,.0f}", flush=True)
            row = {"setting": name, "relation": str(relation), "one": alone, "all": together}
            rows.append(row)
    out.mkdir(parents=True, exist_ok=True)
    document = {"environment": environment(), "workers": workers, "throughput": rows}
    (out / "throughput.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
