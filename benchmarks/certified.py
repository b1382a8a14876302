"""Enclosures that carry a proof: their time and width, against mpmath.

λ_max of a symmetric rational matrix by balls, and the least sharpness of all minimizers.  mpmath's
``eigsy`` at 30 digits is the peer of the first, at a size it can do; its result is no enclosure.

Run with ``python -m benchmarks.certified``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import mpmath
import numpy as np

from benchmarks.harness import compare, save, show
from numeric.arithmetic.ball import Ball, Balls
from theorems.unified.minimal_sharpness_eq_gain import minimal_sharpness

LARGE, SHARED = 100, 24


def rational(size: int, seed: int = 0) -> list[list[Fraction]]:
    """Return a symmetric matrix of small fractions."""
    rng = np.random.default_rng(seed)
    above, below = rng.integers(-9, 10, (size, size)), rng.integers(1, 10, (size, size))
    entry = [[Fraction(int(p), int(q)) for p, q in zip(*rows)] for rows in zip(above, below)]  # noqa: B905
    return [[entry[min(i, j)][max(i, j)] for j in range(size)] for i in range(size)]


def data(width: int, seed: int = 0) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    """Return Σ of full rank and a target of one output, dyadic."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-8, 9, (2 * width, width))
    sigma = [[Fraction(int(s), 64 * width) for s in row] for row in x.T @ x]
    return sigma, [[Fraction(int(t), 8) for t in rng.integers(-8, 9, width)]]


def largest(rows: list[list[Fraction]]) -> Callable[[], Ball]:
    """Return a call that encloses λ_max; the matrix is read beforehand."""
    with Balls() as ar:
        A = ar.matrix(rows)

    def run() -> Ball:
        with Balls() as ar:
            return ar.eig_max(A)

    return run


def by_mpmath(rows: list[list[Fraction]], digits: int = 30) -> Callable[[], Any]:
    """Return a call of mpmath's solver; the matrix is read beforehand."""
    with mpmath.workdps(digits):
        A = mpmath.matrix([[mpmath.mpf(x.numerator) / x.denominator for x in r] for r in rows])

    def run() -> Any:
        with mpmath.workdps(digits):
            return max(mpmath.eigsy(A, eigvals_only=True))

    return run


@click.command()
@click.option("--repetitions", default=5, show_default=True)
@click.option("--quick", is_flag=True, help="a smoke run of small sizes")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/bench"))
def main(repetitions: int, quick: bool, out: Path) -> None:
    """Measure milliseconds and widths of enclosures."""
    large, shared = (20, 8) if quick else (LARGE, SHARED)
    base = f"λ_max, {shared} x {shared}, balls"
    enclosures: dict[str, Callable[[], Ball]] = {
        base: largest(rational(shared)),
        f"λ_max, {large} x {large}, balls": largest(rational(large)),
    }
    for width, depth in [(4, 3)] if quick else [(10, 10), (64, 3)]:
        sigma, target = data(width)
        enclosures[f"minimal sharpness, d = {width}, L = {depth}"] = (
            lambda s=sigma, t=target, n=depth: minimal_sharpness(s, t, n)
        )
    peer = f"λ_max, {shared} x {shared}, mpmath eigsy, 30 digits"
    widths = {}
    for name, run in enclosures.items():
        ball = run()
        assert ball.kind == "certified"
        widths[name] = ball.relative_width
    timings = compare(
        {**enclosures, peer: by_mpmath(rational(shared))},
        baseline=base, unit="enclosure", repetitions=1 if quick else repetitions,
    )  # fmt: skip
    show("Enclosures", timings, 1e3, "ms")
    for name, width in widths.items():
        print(f"relative width of {name}: {width:.1e}")
    save(out / "certified.json", timings, relative_widths=widths)


if __name__ == "__main__":
    main()
