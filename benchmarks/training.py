"""Gradient descent at the size of Figure 1 of Marion and Chizat, against peers.

200 networks of ten layers, width 5, one output; 50 samples.  Peers are JAX, vmapped and compiled
as a loop over steps: with the second moments only, with the samples, and with the samples and the
gradient by automatic differentiation of the mean square, as the authors train.  The floor is the
time the flops of a step would take as one large matrix product.

Run with ``python -m benchmarks.training``; needs the extra ``bench``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.harness import compare, save, show, without
from numeric.training import gradient_descent

WIDTHS = (5,) * 10 + (1,)
BATCH, SAMPLES, STEPS, STEP_SIZE = 200, 50, 2000, 0.005


def flops_of_a_step(widths: tuple[int, ...]) -> int:
    """Return 6 flops for each weight, and those of the residual and the norm of the gradient."""
    weights = sum(m * n for n, m in pairwise(widths))
    return 6 * weights + 2 * widths[0] ** 2 + 4 * sum(widths[:-1])


def problem(seed: int = 0, batch: int = BATCH) -> tuple[list[Any], Any, Any]:
    """Return starts, samples (as rows) and labels."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((SAMPLES, WIDTHS[0]))
    signal = rng.standard_normal(WIDTHS[0])
    y = x @ signal / np.linalg.norm(signal) + rng.standard_normal(SAMPLES)
    starts = [0.4 * rng.standard_normal((batch, m, n)) for n, m in pairwise(WIDTHS)]
    return starts, x, y


def ours(starts: list[Any], x: Any, y: Any, steps: int, *, fast: bool) -> Callable[[], None]:
    """Return a call of this project's descent."""
    sigma, cross = x.T @ x / SAMPLES, (y @ x / SAMPLES)[None, :]

    def run() -> None:
        end = gradient_descent(
            starts, sigma, cross, STEP_SIZE, steps=steps, tolerance=0.0, fast=fast
        )
        assert end.steps == steps

    return run


def by_jax(starts: list[Any], x: Any, y: Any, steps: int) -> dict[str, Callable[[], None]]:
    """Return the three ways to train in JAX, in float64."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    x, y = jnp.asarray(x), jnp.asarray(y)
    sigma, cross = x.T @ x / SAMPLES, y @ x / SAMPLES

    def predict(layers: Any, inputs: Any) -> Any:
        for W in layers:
            inputs = inputs @ W.T
        return inputs[:, 0]

    def loss(layers: Any) -> Any:
        return jnp.mean((predict(layers, x) - y) ** 2)

    def loss_of_moments(layers: Any) -> Any:
        product = layers[-1]
        for W in layers[-2::-1]:
            product = product @ W
        return product[0] @ sigma @ product[0] - 2 * product[0] @ cross

    def slopes_of_samples(layers: Any) -> Any:
        values = [x]
        for W in layers[:-1]:
            values.append(values[-1] @ W.T)
        error = 2 * (values[-1] @ layers[-1].T - y[:, None]) / SAMPLES
        found = []
        for W, value in zip(layers[::-1], values[::-1], strict=True):
            found.insert(0, error.T @ value)
            error = error @ W
        return found

    def train(slopes: Callable[[Any], Any]) -> Callable[[], None]:
        def one(layers: Any) -> Any:
            def step(_: int, now: Any) -> Any:
                return [W - STEP_SIZE * G for W, G in zip(now, slopes(now), strict=True)]

            return jax.lax.fori_loop(0, steps, step, layers)

        compiled = jax.jit(jax.vmap(one))
        layers = [jnp.asarray(W) for W in starts]
        return lambda: jax.block_until_ready(compiled(layers))

    return {
        "JAX, second moments": train(jax.grad(loss_of_moments)),
        "JAX, samples": train(slopes_of_samples),
        "JAX, authors' rule (autodiff of the samples' loss)": train(jax.grad(loss)),
    }


def floor(size: int = 1000) -> tuple[Callable[[], None], float]:
    """Return a large matrix product and the network-steps it is worth."""
    A = np.random.default_rng(0).standard_normal((size, size))
    return (lambda: A @ A), 2 * size**3 / flops_of_a_step(WIDTHS)


@click.command()
@click.option("--repetitions", default=7, show_default=True)
@click.option("--quick", is_flag=True, help="a smoke run of few steps")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/bench"))
def main(repetitions: int, quick: bool, out: Path) -> None:
    """Measure microseconds for each step of each network."""
    data, steps = problem(), 20 if quick else STEPS
    product, worth = floor()
    missing, no_kernels = without("jax"), without("numba")
    competitors = {
        "ours, compiled": ours(*data, steps, fast=True),
        "ours, arrays": ours(*data, steps, fast=False),
        "floor (matrix product)": product,
    }
    skipped = {}
    if no_kernels:
        del competitors["ours, compiled"]
        skipped["ours, compiled"] = no_kernels
    if missing:
        skipped["JAX"] = missing
    else:
        competitors |= by_jax(*data, steps)
    work = dict.fromkeys(competitors, float(BATCH * steps))
    work["floor (matrix product)"] = worth
    timings = compare(
        competitors, baseline=next(iter(competitors)), unit="network-step", work=work,
        repetitions=1 if quick else repetitions,
    )  # fmt: skip
    title = f"{BATCH} networks, widths {WIDTHS}, {os.cpu_count()} cores"
    show(title, timings, skipped=skipped)
    save(out / "training.json", timings, flops=flops_of_a_step(WIDTHS), skipped=skipped)


if __name__ == "__main__":
    main()
