"""Gradient descent of small GELU networks, compiled: one network at a time, samples in a row.

Needs numba (extra ``fast``).  Every loop that counts runs along the samples and holds neither calls
nor branches, so that the compiler makes vectors of it; for that the exponential is written out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit

from numeric.compiled.lanes import cores

__all__ = ["train"]

_ROOT, _CUBE = math.sqrt(2 / math.pi), 0.044715
_LOG2E = 1 / math.log(2)
_HIGH = 6.93147180369123816490e-01
"""The first 32 bits of log 2: whole multiples up to 2^20 are exact; ``_LOW`` is what is missing."""
_LOW = 1.90821492927058770002e-10
_SHIFT = 1.5 * 2.0**52
"""Added to a small float it leaves the nearest whole number in the last bits."""
_FAR = 80.0
_SERIES = tuple(1 / math.factorial(n) for n in range(12, -1, -1))

_exact = njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
_summed = njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
"""Sums may be reordered, or they would be one long chain of additions."""


def train(
    layers: Sequence[Any], x: Any, y: Any, step_size: float, steps: int
) -> list[np.ndarray[Any, Any]]:
    """Return the layers after ``steps`` steps, as :func:`numeric.nonlinear.train_network`.

    Parameters
    ----------
    layers
        Float64, shapes (batch, d_{k+1}, d_k), at least one.
    x, y
        Samples as columns, shapes (d_x, n) and (d_y, n).
    """
    batch = len(layers[0])
    widths = np.array([layers[0].shape[2], *(W.shape[1] for W in layers)])
    rows = np.concatenate([W.reshape(batch, -1) for W in layers], axis=1)
    x, y = np.ascontiguousarray(x, dtype=np.float64), np.ascontiguousarray(y, dtype=np.float64)
    threads = max(1, min(cores(), batch))

    def work(first: int) -> None:
        for row in rows[first::threads]:
            _descend(row, widths, x, y, float(step_size), int(steps))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    parts = np.split(rows, np.cumsum(widths[1:] * widths[:-1])[:-1], axis=1)
    return [part.reshape(W.shape) for part, W in zip(parts, layers, strict=True)]


@_exact  # type: ignore[untyped-decorator]
def _descend(weights: Any, widths: Any, x: Any, y: Any, rate: float, steps: int) -> None:
    """Train one network in place; it stops where its loss is not finite."""
    depth, samples, most = widths.size - 1, x.shape[1], widths.max()
    values = np.zeros((depth, most, samples))
    slopes = np.zeros((depth, most, samples))
    delta, before = np.zeros((most, samples)), np.zeros((most, samples))
    values[0, : widths[0]] = x
    for _ in range(steps):
        place = 0
        for k in range(depth):
            rows, columns = widths[k + 1], widths[k]
            _product(weights, place, rows, columns, values[k], delta)
            place += rows * columns
            if k + 1 < depth:
                _gelu(delta, rows, values[k + 1], slopes[k + 1])
        if not _error(delta, widths[depth], y):
            weights[:] = np.nan
            return
        for k in range(depth - 1, -1, -1):
            rows, columns = widths[k + 1], widths[k]
            place -= rows * columns
            if k:
                _pulled_back(weights, place, rows, columns, delta, slopes[k], before)
            _step(weights, place, rows, columns, delta, values[k], rate)
            delta, before = before, delta


@_exact  # type: ignore[untyped-decorator]
def _product(weights: Any, place: int, rows: int, columns: int, source: Any, target: Any) -> None:
    """Set target to W source."""
    samples = source.shape[1]
    for i in range(rows):
        for s in range(samples):
            target[i, s] = 0.0
        for j in range(columns):
            w = weights[place + i * columns + j]
            for s in range(samples):
                target[i, s] += w * source[j, s]


@_exact  # type: ignore[untyped-decorator]
def _gelu(z: Any, rows: int, value: Any, slope: Any) -> None:
    """Set value to z σ and slope to its derivative, σ = 1/(1 + exp(-2u)), u = √(2/π)(z + cz³)."""
    for i in range(rows):
        for s in range(z.shape[1]):
            v = z[i, s]
            square = v * v
            u = min(max(-2 * _ROOT * v * (1 + _CUBE * square), -_FAR), _FAR)
            shifted = u * _LOG2E + _SHIFT
            whole = shifted - _SHIFT
            rest = (u - whole * _HIGH) - whole * _LOW
            power = _horner(rest)
            bits = (np.float64(shifted).view(np.int64) << 52) + np.float64(power).view(np.int64)
            share = 1 / (1 + np.int64(bits).view(np.float64))
            value[i, s] = v * share
            inner = _ROOT * (1 + 3 * _CUBE * square)
            slope[i, s] = share + 2 * v * share * (1 - share) * inner


@_exact  # type: ignore[untyped-decorator]
def _horner(r: float) -> float:
    """exp(r) for |r| <= log(2)/2, up to rounding."""
    found = 0.0
    for coefficient in _SERIES:
        found = found * r + coefficient
    return found


@_summed  # type: ignore[untyped-decorator]
def _error(output: Any, rows: int, y: Any) -> bool:
    """Turn outputs into 2 (output - y)/n and return whether all are finite."""
    total, samples = 0.0, y.shape[1]
    for i in range(rows):
        for s in range(samples):
            output[i, s] = (output[i, s] - y[i, s]) * (2 / samples)
            total += output[i, s] * output[i, s]
    return bool(total < np.inf)


@_exact  # type: ignore[untyped-decorator]
def _pulled_back(
    weights: Any, place: int, rows: int, columns: int, delta: Any, slope: Any, target: Any
) -> None:
    """Set target to slope times Wᵀ delta."""
    samples = delta.shape[1]
    for j in range(columns):
        for s in range(samples):
            target[j, s] = 0.0
        for i in range(rows):
            w = weights[place + i * columns + j]
            for s in range(samples):
                target[j, s] += w * delta[i, s]
        for s in range(samples):
            target[j, s] *= slope[j, s]


@_summed  # type: ignore[untyped-decorator]
def _step(
    weights: Any, place: int, rows: int, columns: int, delta: Any, value: Any, rate: float
) -> None:
    """Subtract rate times delta valueᵀ from W."""
    for i in range(rows):
        for j in range(columns):
            total = 0.0
            for s in range(delta.shape[1]):
                total += delta[i, s] * value[j, s]
            weights[place + i * columns + j] -= rate * total
