"""How many float instances a second the search looks at, for one conjecture of each sort.

    python benchmarks/throughput.py --workers 2

Each line is measured several times in this process alone and on the given number of processes; the
best counts, for other programs only ever slow it down.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter

import theorems.settings  # noqa: F401
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


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=4 * CHUNK, help="instances in a batch")
    parser.add_argument("--chunk", type=int, default=CHUNK, help="instances worked on at once")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--depth", type=int, default=3, help="number of layers")
    parser.add_argument("--width", type=int, default=3, help="all widths")
    parser.add_argument("--repeats", type=int, default=4, help="runs of which the best counts")
    options = parser.parse_args()
    bounds = Bounds((options.depth,) * 2, (options.width,) * 2)
    amount = options.size, options.chunk, options.repeats
    print(f"{'instances a second on':>62}{'1':>10}{options.workers:>10}")
    with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
        for name, relation in CONJECTURES:
            claim = Claim("benchmark", "", SETTINGS[name], relation, bounds=bounds)
            alone, together = (rate(claim, *amount, executor) for executor in (None, pool))
            print(f"{name:22}{relation!s:40}{alone:10,.0f}{together:10,.0f}", flush=True)


if __name__ == "__main__":
    main()
