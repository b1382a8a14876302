"""Regressions with one output, drawn as Marion and Chizat draw them, and what theory says of them.

Gaussian features, a Gaussian signal, labels with independent noise; labels are divided by the norm
of the regressor w* (of least norm where several fit), so that |w*| = 1.  Float64: these are
experiments, not evidence for a theorem.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating
from numeric.gain import float_optimum

__all__ = ["Regressions", "common", "draw", "generator", "labelled", "regress"]

Sample = tuple[Any, Any]


def generator(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one experiment."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


@dataclass(frozen=True)
class Regressions:
    """Σ, C and w*, shapes (batch, d, d) and (batch, 1, d), of regressions with |w*| = 1."""

    sigma: Any
    cross: Any
    target: Any

    def rows(self, index: Any) -> Regressions:
        """Return the regressions of the given numbers, repeated at will."""
        return Regressions(self.sigma[index], self.cross[index], self.target[index])

    def repeated(self, count: int) -> Regressions:
        """Return ``count`` times the first."""
        return self.rows(np.zeros(count, dtype=np.int64))

    @property
    def rayleigh(self) -> Any:
        """Return a = w*ᵀΣw* (|w*| = 1)."""
        return (self.target @ self.sigma @ self.target.mT)[:, 0, 0]

    @property
    def top(self) -> Any:
        """Return Λ, the largest eigenvalue of Σ."""
        return np.linalg.eigvalsh(self.sigma)[:, -1]

    def minimal_sharpness(self, depth: int, output_norm: Any = 1.0) -> Any:
        """Return S_min (U1); with a frozen output p on top of ``depth`` layers, times |p|^{2/L}."""
        gain = float_optimum(Floating(), self.sigma, self.target, 1 / depth)[1]
        return 2 * depth * np.asarray(gain) * output_norm ** (2 / depth)

    def small_start_limit(self, depth: int) -> Any:
        """Return the sharpness reached from vanishing weights (U3)."""
        values, vectors = np.linalg.eigh(self.sigma)
        root = (vectors * np.sqrt(np.clip(values, 0, None))[:, None, :]) @ vectors.mT
        column = root @ self.target.mT
        return 2 * np.linalg.eigvalsh(self.sigma + (depth - 1) * column @ column.mT)[:, -1]

    def described(self, *depths: int) -> str:
        """Return the numbers of the first, in words for a caption."""
        first = self.rows(slice(1))
        a, found = float(first.rayleigh[0]), []
        for depth in depths:
            least = float(first.minimal_sharpness(depth)[0])
            found.append(
                f"at depth {depth} 2La = {2 * depth * a:.4f}, S_min = {least:.4f}, 2/S_min = "
                f"{2 / least:.5f}"
            )
        return f"one data set: a = {a:.4f}, Λ = {first.top[0]:.4f}, {', '.join(found)}"


def labelled(
    rng: np.random.Generator, count: int, samples: int, inputs: int, *, noise: float = 1.0
) -> tuple[Sample, Sample]:
    """Return ``count`` samples (x, y) to train on and as many of the same law to test on.

    Parameters
    ----------
    noise
        Standard deviation of the labels' noise, beside a signal with N(0, 1) entries.

    Returns
    -------
    pair of pairs
        x and y of shapes (count, samples, inputs) and (count, samples, 1).  All labels are divided
        by the norm of the regressor of the first sample.
    """
    signal = rng.standard_normal((count, inputs, 1))
    pairs = []
    for _ in range(2):
        x = rng.standard_normal((count, samples, inputs))
        pairs.append((x, x @ signal + noise * rng.standard_normal((count, samples, 1))))
    (x, y), (fresh, answers) = pairs
    norm = np.linalg.norm(np.linalg.pinv(x) @ y, axis=1, keepdims=True)
    return (x, y / norm), (fresh, answers / norm)


def regress(x: Any, y: Any) -> Regressions:
    """Return the regressions of samples as :func:`labelled` gives them."""
    target = (np.linalg.pinv(x) @ y).mT
    sigma = x.mT @ x / x.shape[1]
    return Regressions(sigma, target @ sigma, target)


def draw(rng: np.random.Generator, count: int, samples: int, inputs: int) -> Regressions:
    """Return ``count`` random regressions."""
    return regress(*labelled(rng, count, samples, inputs)[0])


def common(seed: int) -> Regressions:
    """Return the one regression, n = 50 and d = 5, of all experiments that share their data.

    It is the first drawn whose 2/S_min at depth 10 is between 0.1 and 0.2, as that of the authors'
    data is: of their step sizes only the largest is then beyond it.
    """
    drawn = draw(generator(seed, "data"), 100, 50, 5)  # about half of all are such
    edge = 2 / drawn.minimal_sharpness(10)
    return drawn.rows(np.flatnonzero((edge > 0.1) & (edge < 0.2))[:1])
