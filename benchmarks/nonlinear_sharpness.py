"""The sharpness of nonlinear networks: our bounds, and the usual unsigned or unchecked numbers.

Three small networks on real data, at the start, at a small start (its weights times 0.2: near the
saddle at zero, where the Hessian has about as large negative eigenvalues as positive ones), and
after some full-batch gradient descent, all in float64.  Everybody but the NumPy line has
compiled products, forward over reverse in JAX.  The usual ways are power iteration of a fixed
length, whose number is the norm of the last product, and Lanczos of a fixed length without
reorthogonalisation, in one compiled loop; neither says how far off it is.  Errors are relative to
the largest eigenvalue of the whole Hessian; compilation is not timed.

Run with ``python -m benchmarks.nonlinear_sharpness``; needs jax and scikit-learn.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from benchmarks.harness import compare, save, without
from certimin.products import hvp_of
from certimin.spectra import LargestEigenvalue, largest_eigenvalue
from numeric.datasets import bundled

PROBLEMS = (
    ("digits", "relu", (64, 20, 16, 10)),
    ("digits", "gelu", (64, 24, 10)),
    ("diabetes", "tanh", (10, 32, 32, 1)),
)
STEP_SIZE = 0.02
POINTS = (("start", 1.0, 0), ("small start", 0.2, 0), ("after 300 steps", 1.0, 300))
"""Name, scale of the start, steps of gradient descent."""
POWER, LANCZOS = (20, 100), (20, 50, 100)


@dataclass(frozen=True)
class Network:
    """Weights and biases of one layer after the other."""

    weights: tuple[Any, ...]
    biases: tuple[Any, ...]
    activation: str


@dataclass(frozen=True)
class Line:
    """One way at one point: its number and its error, products, seconds and ratio to ours."""

    point: str
    way: str
    value: float
    error: float
    bounds: str
    products: int
    seconds: float = float("nan")
    ratio: float = float("nan")


def data(name: Any) -> tuple[Any, Any]:
    """Return standardised inputs, and targets centred (one column is standardised too)."""
    found = bundled(name)
    x = found.features - found.features.mean(0)
    y = found.targets - found.targets.mean(0)
    spread = x.std(0)
    return x / np.where(spread > 0, spread, 1.0), y / (y.std(0) if y.shape[1] == 1 else 1.0)


def starting(activation: str, widths: tuple[int, ...], scale: float = 1.0) -> Network:
    """Return Gaussian weights of deviation scale/√d, and biases that are zero."""
    rng = np.random.default_rng(1)
    weights = [scale * rng.standard_normal((m, n)) / np.sqrt(n) for n, m in pairwise(widths)]
    return Network(tuple(weights), tuple(np.zeros(m) for m in widths[1:]), activation)


def loss_of(activation: str) -> Callable[[Any, Any, Any], Any]:
    """Return R for JAX, of a list of pairs (W, b)."""
    import jax

    phi = {
        "relu": jax.nn.relu,
        "tanh": jax.numpy.tanh,
        "gelu": lambda z: jax.nn.gelu(z, approximate=False),
    }[activation]

    def loss(layers: Any, x: Any, y: Any) -> Any:
        for W, b in layers[:-1]:
            x = phi(x @ W.T + b)
        W, b = layers[-1]
        return jax.numpy.sum((x @ W.T + b - y) ** 2) / len(x)

    return loss


def trained(network: Network, x: Any, y: Any, steps: int) -> Network:
    """Return the network after gradient descent."""
    import jax

    slope = jax.grad(loss_of(network.activation))

    @jax.jit
    def run(layers: Any) -> Any:
        def step(_: Any, now: Any) -> Any:
            move = slope(now, x, y)
            return jax.tree.map(lambda p, g: p - STEP_SIZE * g, now, move)

        return jax.lax.fori_loop(0, steps, step, layers)

    layers = run(list(zip(network.weights, network.biases, strict=True)))
    return Network(
        *(tuple(map(np.asarray, p)) for p in zip(*layers, strict=True)), network.activation
    )


def usual(product: Any, start: Any) -> dict[str, tuple[int, Callable[[], float]]]:
    """Return fixed numbers of steps by the two usual ways, with how many products they take."""
    import jax
    import jax.numpy as jnp

    def power(v: Any, steps: int, *at: Any) -> Any:
        def step(_: Any, u: Any) -> Any:
            image = product.compiled[0](at[0], u, *at[1:])
            return image / jnp.linalg.norm(image)

        v = jax.lax.fori_loop(0, steps - 1, step, v)
        return jnp.linalg.norm(product.compiled[0](at[0], v, *at[1:]))

    def lanczos(v: Any, steps: int, *at: Any) -> Any:
        def step(j: Any, state: Any) -> Any:
            old, new, diagonal, beside = state
            image = product.compiled[0](at[0], new, *at[1:])
            image = image - jnp.where(j > 0, beside[j - 1], 0.0) * old
            diagonal = diagonal.at[j].set(image @ new)
            image = image - diagonal[j] * new
            norm = jnp.linalg.norm(image)
            return new, image / norm, diagonal, beside.at[j].set(norm)

        empty = jnp.zeros(steps)
        _, _, diagonal, beside = jax.lax.fori_loop(0, steps, step, (0 * v, v, empty, empty))
        T = jnp.diag(diagonal) + jnp.diag(beside[:-1], 1) + jnp.diag(beside[:-1], -1)
        return jnp.linalg.eigvalsh(T)[-1]

    v, at = jnp.asarray(start / np.linalg.norm(start)), (product.flat, product.x, product.y)
    ways = {}
    for name, way, counts in (("power", power, POWER), ("Lanczos", lanczos, LANCZOS)):
        compiled = jax.jit(way, static_argnums=1)
        for steps in counts:
            ways[f"JAX {name}, {steps} steps"] = steps, partial(_number, compiled, v, steps, *at)
    return ways


def _number(way: Any, *given: Any) -> float:
    return float(way(*given))


def exact(product: Any) -> float:
    """Return the largest eigenvalue of the whole Hessian."""
    matrix = np.stack([product(e) for e in np.eye(product.size)])
    return float(np.linalg.eigvalsh((matrix + matrix.T) / 2)[-1])


def race(point: str, network: Network, x: Any, y: Any, repetitions: int) -> Iterator[Line]:
    """Yield a line for each way at one point."""
    pairs = list(zip(network.weights, network.biases, strict=True))
    import jax

    tree = jax.tree.map(jax.numpy.asarray, pairs)
    product, plain = hvp_of(tree, loss_of(network.activation), (x, y)), hvp_of(network, "R", (x, y))
    top = exact(product)
    start = np.random.default_rng(7).standard_normal(product.size)
    ways = usual(product, start)
    bounded: dict[str, Callable[[], LargestEigenvalue]] = {
        "ours, JAX products": lambda: largest_eigenvalue(product.at(tree)),
        "ours, NumPy products": lambda: largest_eigenvalue(plain),
        "ours, width 0.05": lambda: largest_eigenvalue(product.at(tree), width=0.05),
    }
    timings = compare(
        {**bounded, **{name: run for name, (_, run) in ways.items()}},  # type: ignore[arg-type]
        baseline="ours, JAX products",
        unit="call",
        repetitions=repetitions,
    )
    seconds = {t.name: (t.median, t.ratio) for t in timings}
    for name, find in bounded.items():
        found = find()
        error = float(found) / top - 1
        bounds = found.enclosure.interval(7)
        yield Line(point, name, float(found), error, bounds, found.products, *seconds[name])
    for name, (steps, run) in ways.items():
        yield Line(point, name, run(), run() / top - 1, "none", steps, *seconds[name])
    yield Line(point, "whole Hessian", top, 0.0, "all eigenvalues", product.size)


def print_table(title: str, lines: list[Line]) -> None:
    """Print the lines of one point."""
    table = Table("", "value", "error", "bounds", "products", "ms", "ratio", title=title)
    for line in lines:
        table.add_row(
            line.way,
            f"{line.value:.7g}",
            f"{line.error:+.1e}",
            line.bounds,
            str(line.products),
            f"{1e3 * line.seconds:.3g}",
            f"{line.ratio:.3g}",
        )
    Console(width=110).print(table)


@click.command()
@click.option("--repetitions", default=5, show_default=True)
@click.option("--quick", is_flag=True, help="a smoke run of one network")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/bench"))
def main(repetitions: int, quick: bool, out: Path) -> None:
    """Compare sharpness of nonlinear networks."""
    if reason := without("jax", "sklearn"):
        click.echo(f"nonlinear_sharpness {reason}", err=True)
        sys.exit(0)
    import jax

    jax.config.update("jax_enable_x64", True)
    every: list[Line] = []
    for name, activation, widths in PROBLEMS[-1:] if quick else PROBLEMS:
        x, y = data(name)
        for when, scale, steps in POINTS:
            point = f"{name}, {activation}, {'-'.join(map(str, widths))}, {when}"
            with threadpool_limits(1, "blas"):
                network = trained(starting(activation, widths, scale), x, y, steps)
                lines = list(race(point, network, x, y, 1 if quick else repetitions))
            print_table(point, lines)
            every += lines
    save(out / "nonlinear_sharpness.json", [], lines=[asdict(line) for line in every])


if __name__ == "__main__":
    main()
