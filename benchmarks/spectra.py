"""The sharpness at random weights, against peers: few products, each of few operations.

Networks of four layers with one and with many outputs.  A peer stops at the loosest tolerance that
gives 1e-10 relative (found beforehand, not timed), and so does ours; another line has our default,
a residual of 1e-8.  NumPy works on one
thread for everyone, as small products are quickest so on a shared machine; XLA keeps its own.
The compiled Lanczos of JAX cannot stop by itself: it is told the number of steps that suffices, and
gives no residual; where each product takes microseconds, that is hard to beat.
PyTorch's curvlinops is left out: too heavy an installation for one line of a table.

Run with ``python -m benchmarks.spectra``; peers by JAX need the extra ``bench``.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh, lobpcg
from threadpoolctl import threadpool_limits

from benchmarks.harness import Timing, compare, elapsed, save, show, without
from numeric.arithmetic.floating import Floating
from numeric.loss import hvp
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_lanczos

DEPTH, ACCURACY = 4, 1e-10
SIZES = ((32, 1), (32, 128), (128, 1), (128, 128))
TOLERANCES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10)
STEPS = (10, 15, 20, 25, 30, 35, 40, 50, 60, 80)
_DENSE = 4000

Problem = tuple[list[Any], Any, Any]
Solver = Callable[[Any], float]


def problem(width: int, outputs: int, seed: int = 0) -> Problem:
    """Return Gaussian weights of about unit gain, and moments of 4 d Gaussian samples."""
    rng = np.random.default_rng(seed)
    widths = (*[width] * DEPTH, outputs)
    layers = [rng.standard_normal((m, n)) / np.sqrt(n) for n, m in pairwise(widths)]
    x, target = rng.standard_normal((4 * width, width)), rng.standard_normal((outputs, width))
    sigma = x.T @ x / len(x)
    return layers, sigma, target @ sigma / np.sqrt(width)


def products(layers: list[Any], sigma: Any, cross: Any) -> Callable[[Any], Any]:
    """Return the plain Hessian-vector product on flat vectors."""
    net = LinearNetwork(Floating(), layers)
    splits = np.cumsum([W.size for W in layers])[:-1]

    def apply(v: Any) -> Any:
        parts = np.split(np.ravel(v), splits)
        direction = [part.reshape(W.shape) for part, W in zip(parts, layers, strict=True)]
        return np.concatenate([M.ravel() for M in hvp(net, sigma, cross, direction)])

    return apply


def by_arpack(apply: Callable[[Any], Any], start: Any) -> Solver:
    """Return eigsh as a function of its tolerance."""
    operator = LinearOperator((start.size,) * 2, matvec=apply, dtype=np.float64)

    def solve(tolerance: float) -> float:
        found = eigsh(operator, 1, which="LA", v0=start, tol=tolerance, return_eigenvectors=False)
        return float(found[0])

    return solve


def by_lobpcg(apply: Callable[[Any], Any], start: Any) -> Solver:
    """Return LOBPCG without preconditioner as a function of its tolerance, times the scale."""
    operator = LinearOperator((start.size,) * 2, matvec=apply, dtype=np.float64)

    def solve(tolerance: float) -> float:
        found = lobpcg(operator, start[:, None], tol=tolerance * 10, maxiter=300)
        return float(found[0][0])

    return solve


def lanczos_by_jax(
    shapes: list[Any], sigma: Any, cross: Any, start: Any
) -> tuple[Callable[[Any, Any], Any], Callable[[Any, int], Any]]:
    """Return the product of the Hessian at flat weights, and Lanczos of so many steps there."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    splits = np.cumsum([m * n for m, n in shapes])[:-1]
    sigma, cross, start = jnp.asarray(sigma), jnp.asarray(cross), jnp.asarray(start)

    def loss(flat: Any) -> Any:
        parts = [p.reshape(s) for p, s in zip(jnp.split(flat, splits), shapes, strict=True)]
        P = parts[-1]  # from the outputs: cheapest when they are few
        for W in parts[-2::-1]:
            P = P @ W
        return jnp.sum((P @ sigma) * P) - 2 * jnp.sum(P * cross)

    def product(weights: Any, v: Any) -> Any:
        return jax.jvp(jax.grad(loss), (weights,), (v,))[1]

    def lanczos(weights: Any, steps: int) -> Any:
        def step(j: Any, state: Any) -> Any:
            basis, diagonal, beside = state
            w = product(weights, basis[j])
            diagonal = diagonal.at[j].set(w @ basis[j])
            w = w - (basis @ w) @ basis
            w = w - (basis @ w) @ basis
            norm = jnp.linalg.norm(w)
            return basis.at[j + 1].set(w / norm), diagonal, beside.at[j].set(norm)

        basis = jnp.zeros((steps + 1, start.size)).at[0].set(start / jnp.linalg.norm(start))
        empty = jnp.zeros(steps)
        _, diagonal, beside = jax.lax.fori_loop(0, steps, step, (basis, empty, empty))
        T = jnp.diag(diagonal) + jnp.diag(beside[:-1], 1) + jnp.diag(beside[:-1], -1)
        return jnp.linalg.eigvalsh(T)[-1]

    return product, lanczos


def by_jax(layers: list[Any], sigma: Any, cross: Any, start: Any) -> dict[str, Solver]:
    """Return ARPACK on JAX's forward-over-reverse products, and Lanczos in one compiled loop."""
    product, lanczos = lanczos_by_jax([W.shape for W in layers], sigma, cross, start)
    import jax

    weights = jax.numpy.concatenate([jax.numpy.asarray(W).ravel() for W in layers])
    # an argument: of a constant XLA would compute beforehand what depends on the weights alone
    apply, compiled = jax.jit(product), jax.jit(lanczos, static_argnums=1)
    return {
        "JAX products, eigsh": by_arpack(lambda v: np.asarray(apply(weights, np.ravel(v))), start),
        "JAX, compiled Lanczos": lambda steps: float(compiled(weights, int(steps))),
    }


def tuned(solve: Solver, settings: tuple[float, ...], top: float) -> Callable[[], float] | None:
    """Return a call with the first setting that is accurate, or None."""
    for setting in settings:
        if abs(solve(setting) - top) <= ACCURACY * top:
            return lambda: solve(setting)
    return None


def race(width: int, outputs: int, repetitions: int) -> tuple[list[Timing], dict[str, str]]:
    """Return the timings of one size, and why competitors are missing."""
    given = problem(width, outputs)
    apply = products(*given)
    start = np.random.default_rng(1).standard_normal(sum(W.size for W in given[0]))
    top = by_arpack(apply, start)(1e-13)

    def ours(tolerance: float) -> float:
        net = LinearNetwork(Floating(), given[0])  # with nothing computed yet
        return sharpness_lanczos(net, *given[1:], tolerance=tolerance)[0]

    solvers = {
        "ours": ours,
        "NumPy, eigsh": by_arpack(apply, start),
        "NumPy, LOBPCG": by_lobpcg(apply, start),
    }
    skipped: dict[str, str] = {}
    if reason := without("jax"):
        skipped["JAX"] = reason
    else:
        solvers |= by_jax(*given, start)
    runs: dict[str, Callable[[], float]] = {}
    for name, solve in solvers.items():
        run = tuned(solve, STEPS if "compiled" in name else TOLERANCES, top)
        if run is None:
            skipped[name] = "skipped: does not reach 1e-10"
        else:
            runs[name] = run
    runs["ours, default tolerance"] = lambda: ours(1e-8)
    return compare(runs, baseline="ours", unit="call", repetitions=repetitions), skipped


def dense(width: int, outputs: int, ours: float) -> Timing:
    """Return the time of the whole Hessian and its eigenvalues, run once."""
    apply = products(*(given := problem(width, outputs)))
    size = sum(W.size for W in given[0])

    seconds = elapsed(lambda: np.linalg.eigvalsh(np.stack([apply(e) for e in np.eye(size)]))[-1])
    return Timing("NumPy, dense eigvalsh (once)", "call", seconds, seconds, seconds / ours)


@click.command()
@click.option("--repetitions", default=7, show_default=True)
@click.option("--quick", is_flag=True, help="a smoke run of small sizes")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/bench"))
def main(repetitions: int, quick: bool, out: Path) -> None:
    """Measure milliseconds for the sharpness of one network."""
    every: list[Timing] = []
    left_out = {}
    for width, outputs in ((8, 1), (8, 8)) if quick else SIZES:
        size = DEPTH * width * width + width * (outputs - width)
        with threadpool_limits(1, "blas"):
            timings, skipped = race(width, outputs, 1 if quick else repetitions)
            if size <= _DENSE:
                timings.append(dense(width, outputs, timings[0].median))
        title = f"L = {DEPTH}, d = {width}, d_y = {outputs}: {size} weights"
        show(title, timings, 1e3, "ms", skipped)
        every += [Timing(f"{title}: {t.name}", *list(vars(t).values())[1:]) for t in timings]
        left_out |= {f"{title}: {name}": reason for name, reason in skipped.items()}
    save(out / "spectra.json", every, skipped=left_out)


if __name__ == "__main__":
    main()
