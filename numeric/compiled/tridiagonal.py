"""The top eigenpair of small symmetric tridiagonal matrices, compiled, one in each lane.

Newton's method on det(x - T), from above: with only real roots it falls monotonically to the
largest, and every pivot of x - T stays positive.  The eigenvector comes from pivots from both ends,
twisted where it is largest: a product of positive factors, so nothing cancels.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from numeric.compiled.simd import LANES, jit, peek, poke

__all__ = ["top_eigenpair"]

_EPSILON = 1e-15
_STEPS = 100


@jit
def top_eigenpair(
    size: Any, alpha: Any, beta: Any, y: Any, z: Any, lane: Any, value: Any, residual: Any
) -> None:
    """Write the top eigenvalue of one lane, its unit eigenvector and ``beta_n |y_n|``.

    Entry i of the diagonal is ``alpha[i]``, beside it ``beta[i]``; ``beta[size - 1]`` leads out
    of the space.  Where a ``beta`` vanishes the space is invariant and ends.  z is scratch.
    """
    scale = 0.0
    for i in range(size):
        scale = max(scale, abs(entry(alpha, i, lane)), entry(beta, i, lane))
        poke(y, i * LANES + lane, 0.0)
    if not (0 < scale < np.inf):
        poke(y, lane, 1.0)
        poke(value, lane, scale)
        poke(residual, lane, scale)
        return
    n = 1
    while n < size and entry(beta, n - 1, lane) > _EPSILON * scale:
        n += 1
    x = largest_root(n, alpha, beta, lane, scale)
    eigenvector(n, alpha, beta, y, z, lane, x)
    poke(value, lane, x)
    poke(residual, lane, entry(beta, n - 1, lane) * abs(entry(y, n - 1, lane)))


@jit
def entry(array: Any, i: Any, lane: Any) -> Any:
    """Return entry i of a lane; zero before the first."""
    return peek(array, i * LANES + lane) if i >= 0 else 0.0


@jit
def largest_root(n: Any, alpha: Any, beta: Any, lane: Any, scale: Any) -> Any:
    """Return the top eigenvalue, from Gershgorin's bound."""
    x = -np.inf
    for i in range(n):
        after = entry(beta, i, lane) if i + 1 < n else 0.0
        x = max(x, entry(alpha, i, lane) + entry(beta, i - 1, lane) + after)
    x += _EPSILON * scale
    for _ in range(_STEPS):
        pivot, slope, total = 1.0, 0.0, 0.0
        for i in range(n):
            b = entry(beta, i - 1, lane)
            ratio = b * b / pivot
            slope = 1 + ratio * slope / pivot
            pivot = x - entry(alpha, i, lane) - ratio
            if not (pivot > 0):  # rounding has passed the root
                return x
            total += slope / pivot
        x -= 1 / total
        if not (1 / total > _EPSILON * scale):
            return x
    return x


@jit
def eigenvector(n: Any, alpha: Any, beta: Any, y: Any, z: Any, lane: Any, x: Any) -> None:
    """Write the unit eigenvector of x."""
    twist = pivots(n, alpha, beta, y, z, lane, x)
    poke(y, twist * LANES + lane, 1.0)
    total = 1.0
    for i in range(twist - 1, -1, -1):
        value = entry(beta, i, lane) / entry(y, i, lane) * entry(y, i + 1, lane)
        poke(y, i * LANES + lane, value)
        total += value * value
    for i in range(twist + 1, n):
        value = entry(beta, i - 1, lane) / entry(z, i, lane) * entry(y, i - 1, lane)
        poke(y, i * LANES + lane, value)
        total += value * value
    norm = np.sqrt(total)
    for i in range(n):
        poke(y, i * LANES + lane, entry(y, i, lane) / norm)


@jit
def pivots(n: Any, alpha: Any, beta: Any, y: Any, z: Any, lane: Any, x: Any) -> Any:
    """Write the pivots of x - T from the top to y, from the bottom to z; return where they meet.

    They meet where the eigenvector is largest: there the last pivot of the twisted factorisation,
    the reciprocal of an entry of (x - T)⁻¹, is smallest.
    """
    pivot = 1.0
    for i in range(n):
        pivot = x - entry(alpha, i, lane) - entry(beta, i - 1, lane) ** 2 / pivot
        poke(y, i * LANES + lane, pivot)
    below, best, twist = 0.0, np.inf, 0
    for i in range(n - 1, -1, -1):
        gap = x - entry(alpha, i, lane)
        poke(z, i * LANES + lane, gap - below)
        meeting = abs(entry(y, i, lane) - below)
        if meeting < best:
            best, twist = meeting, i
        below = entry(beta, i - 1, lane) ** 2 / (gap - below)
    return twist
