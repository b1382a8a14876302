"""The float path on a GPU against this machine's processors, and against JAX on the same card.

One measurement a process: ``python -m benchmarks.gpu training --out FILE``.  Each line is
written as soon as it is there, so a time limit costs only the lines after it.  A competitor that
raises is kept with its error; without a device, those that need one are skipped and say so.
``benchmarks/gpu.sh`` runs all of it on a bare machine; docs/gpu.md says how.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # CuPy needs memory too

import click
import numpy as np

import theorems.settings  # noqa: F401
from benchmarks import spectra, throughput, training
from benchmarks.gpu_record import NO_DEVICE, write
from benchmarks.harness import compare
from numeric.arithmetic.floating import namespace
from numeric.spectrum.bulk import bulk_sharpness
from numeric.training import fast_path, gradient_descent
from verify.claims import SETTINGS, Bounds, Claim
from verify.search.batches import evaluate

Call = Callable[[], Any]

SHARPNESS_WIDTHS, ACCURACY, RESIDUAL = (5, 5, 5, 5, 1), 1e-10, 1e-6
"""An eigenvalue's error is about the square of its residual."""
_STEPS, _CHECKED = (10, 15, 20, 25, 30, 35, 40, 50, 60, 80), 200
_ROW_SECONDS = 15.0
"""No more repetitions of a line of a table than this allows, as the first calls took."""
_CONJECTURES = (0, 3, 9, 11)
"""Of :data:`benchmarks.throughput.CONJECTURES`: one of each sort of work."""


@cache
def devices() -> dict[str, Any]:
    """Return CuPy's and JAX's GPUs, or the reason why there is none."""
    found: dict[str, Any] = {}
    try:
        found["cupy"] = namespace("cupy")
    except RuntimeError as error:
        found["cupy"] = f"{NO_DEVICE} ({error})"
    try:
        import jax

        jax.config.update("jax_enable_x64", True)
        found["jax cpu"] = jax.devices("cpu")[0]
        found["jax gpu"] = jax.devices("gpu")[0]
    except ImportError:
        found.setdefault("jax cpu", "skipped: JAX is not installed")
        found.setdefault("jax gpu", "skipped: JAX is not installed")
    except RuntimeError as error:
        line = str(error).partition("\n")[0]
        found.setdefault("jax gpu", f"{NO_DEVICE} (JAX: {line})")
    return found


def on_cupy(make: Callable[[Any], Call]) -> Call | str:
    """Return a call that waits for the device, or why there is none; its first call makes it."""
    xp, made = devices()["cupy"], cache(make)
    if isinstance(xp, str):
        return xp

    def finished() -> Any:
        result = made(xp)()
        xp.cuda.get_current_stream().synchronize()
        return result

    return finished


def on_jax(place: str, make: Callable[[], Call]) -> Call | str:
    """Return a call of JAX on its CPU or GPU, or why there is none; its first call makes it."""
    device, made = devices()[f"jax {place}"], cache(make)
    if isinstance(device, str):
        return device
    import jax

    def there() -> Any:
        with jax.default_device(device):
            return made()()

    return there


def measured(
    competitors: Mapping[str, Call | str], unit: str, work: float, repetitions: int
) -> dict[str, Any]:
    """Return best and median seconds a unit of each competitor that runs, and why others do not."""
    start, runs = perf_counter(), dict[str, Call]()
    skipped: dict[str, str] = {}
    for name, run in competitors.items():
        if isinstance(run, str):
            skipped[name] = run
            continue
        try:
            run()
            runs[name] = run
        except Exception as error:  # of whatever library: one that fails must not end the others
            skipped[name] = f"failed: {type(error).__name__}: {error}".partition("\n")[0]
    baseline = next(iter(runs), "")
    repetitions = max(1, min(repetitions, int(_ROW_SECONDS / (perf_counter() - start))))
    timings = compare(
        runs, baseline=baseline, unit=unit, work=work, repetitions=repetitions, called=True
    )
    found = {t.name: {"best": t.best, "median": t.median} for t in timings}
    return {
        "unit": unit, "work": work, "repetitions": repetitions, "seconds": found,
        "skipped": skipped,
    }  # fmt: skip


def trainings(quick: bool) -> Any:
    """Yield descents of ten layers, for batches of several sizes."""
    for batch in (20,) if quick else (200, 2000, 20000):
        steps = 5 if quick else max(20, 40_000 // batch)
        starts, x, y = training.problem(batch=batch)
        sigma, cross = x.T @ x / len(x), (y @ x / len(x))[None, :]

        def descent(
            fast: bool, xp: Any, starts: Any = starts, sigma: Any = sigma, cross: Any = cross,
            steps: int = steps,
        ) -> Call:  # fmt: skip
            layers = starts if xp is None else [xp.asarray(W) for W in starts]
            return partial(
                gradient_descent, layers, sigma, cross, training.STEP_SIZE, steps=steps,
                tolerance=0.0, fast=fast, xp=xp,
            )  # fmt: skip

        def peer(data: Any = (starts, x, y, steps)) -> Call:
            return training.by_jax(*data)["JAX, second moments"]

        yield (
            {"batch": batch, "steps": steps, "widths": training.WIDTHS},
            {
                "CPU, compiled": descent(True, None) if fast_path() else "skipped: no numba",
                "CPU, arrays": descent(False, None),
                "GPU": on_cupy(partial(descent, False)),
                "JAX, CPU": on_jax("cpu", peer),
                "JAX, GPU": on_jax("gpu", peer),
            },
            "network-step",
            float(batch * steps),
        )


def throughputs(quick: bool) -> Any:
    """Yield float batches of the search, for conjectures of several sorts."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        for size in (256,) if quick else (8192, 65_536):
            for name, relation in (throughput.CONJECTURES[i] for i in _CONJECTURES):
                claim = Claim("gpu", "", SETTINGS[name], relation, bounds=Bounds((3, 3), (3, 3)))
                look = partial(evaluate, claim, 0, size)
                yield (
                    {"size": size, "setting": name, "relation": str(relation)},
                    {
                        "CPU, one process": look,
                        "CPU, all processors": partial(look, executor=pool),
                        "GPU": on_cupy(lambda xp, look=look: partial(look, backend="cupy")),
                    },
                    "instance",
                    float(size),
                )


def sharpnesses(quick: bool) -> Any:
    """Yield the sharpness of many networks at random weights."""
    widths = SHARPNESS_WIDTHS
    for batch in (20,) if quick else (200, 2000, 20000):
        rng = np.random.default_rng(0)
        starts = [rng.standard_normal((batch, m, n)) / np.sqrt(n) for n, m in pairwise(widths)]
        x = rng.standard_normal((50, widths[0]))
        data = starts, x.T @ x / 50, rng.standard_normal((1, widths[0]))

        def ours(fast: bool, xp: Any, data: Any = data) -> Call:
            layers, *moments = data
            layers = layers if xp is None else [xp.asarray(W) for W in layers]
            options = {"tolerance": RESIDUAL, "fast": fast, "xp": xp}
            return lambda: bulk_sharpness(layers, *moments, **options).value

        yield (
            {"batch": batch, "widths": widths, "residual": RESIDUAL},
            {
                "CPU, compiled": ours(True, None) if fast_path() else "skipped: no numba",
                "CPU, arrays": ours(False, None) if batch < 20000 else "skipped: takes a minute",
                "GPU": on_cupy(partial(ours, False)),
                "JAX, CPU": on_jax("cpu", partial(_lanczos, *data)),
                "JAX, GPU": on_jax("gpu", partial(_lanczos, *data)),
            },
            "network",
            float(batch),
        )


def _lanczos(starts: list[Any], sigma: Any, cross: Any) -> Call:
    """JAX's Lanczos over all networks, of the fewest steps that suffice for the first of them."""
    import jax

    flat = np.concatenate([W.reshape(len(W), -1) for W in starts], axis=-1)
    start = np.random.default_rng(1).standard_normal(flat.shape[-1])
    _, lanczos = spectra.lanczos_by_jax([W.shape[1:] for W in starts], sigma, cross, start)
    few = [W[:_CHECKED] for W in starts]
    top = bulk_sharpness(few, sigma, cross, fast=False).value
    run = jax.jit(lambda weights, steps: jax.vmap(lambda w: lanczos(w, steps))(weights),
                  static_argnums=1)  # fmt: skip
    for steps in _STEPS:
        if np.allclose(run(flat[:_CHECKED], steps), top, rtol=ACCURACY):
            break
    else:
        raise ArithmeticError(f"{steps} steps do not reach {ACCURACY:g}")
    weights = jax.numpy.asarray(flat)
    return lambda: jax.block_until_ready(run(weights, steps))


TABLES = {"training": trainings, "throughput": throughputs, "sharpness": sharpnesses}


@click.command()
@click.argument("table", type=click.Choice(list(TABLES)))
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--quick", is_flag=True, help="a smoke run of small sizes")
@click.option("--repetitions", default=3, show_default=True)
def main(table: str, out: Path, quick: bool, repetitions: int) -> None:
    """Measure one table, line by line."""
    start, rows = perf_counter(), []
    for sizes, competitors, unit, work in TABLES[table](quick):
        row = measured(competitors, unit, work, 1 if quick else repetitions)
        rows.append({"sizes": sizes, **row})
        write(out, rows)
        click.echo(f"{perf_counter() - start:6.1f} s  {sizes}")


if __name__ == "__main__":
    main()
