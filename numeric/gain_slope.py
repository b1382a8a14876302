"""Derivatives of the largest weighted gain: those of its certificate at a maximizer.

In the notation of :mod:`numeric.gain`, ``g(Σ, T) = max_y V(Σ, T, y)``, so where the maximizer y is
unique g and ``V(·, ·, y)`` have the same derivatives (Danskin).  Unlike the top eigenvector of the
dual at its optimal c, y is right where the top eigenvalue is double there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from numeric.arithmetic.dual import Dual, Duals, tangent, value
from numeric.arithmetic.floating import Floating

__all__ = ["gain_with_slope"]

_SIDES = 1e-7
"""Relative distance from the optimal log c to what is taken as its sides."""


def gain_with_slope(
    ar: Duals, sigma: Any, target: Any, weight: float, optimum: tuple[Any, Any]
) -> Dual:
    """Return g(weight) with its derivatives, given ``float_optimum`` of the values, (c, g)."""
    c, gain = optimum
    T = value(target)
    y = _maximizer(ar.floats, value(sigma), T.mT @ T, weight, np.log(c))
    image = sigma @ y
    energy = (y.mT @ image)[..., 0, 0]
    p, q = ar.frobenius_sq(image) / energy, ar.frobenius_sq(target @ image) / energy
    share = weight / value(p) * tangent(p) + (1 - weight) / value(q) * tangent(q)
    return Dual(gain, gain * share)


def _maximizer(ar: Floating, sigma: Any, square: Any, weight: float, u: Any) -> Any:
    """A maximizer y of each lane as a column, from u = log c at the optimum and TᵀT.

    With F Fᵀ = Σ and z in the top eigenspace of Fᵀ(θcI + (1-θ)c^{-θ/(1-θ)}TᵀT)F, balanced between
    the sides of the optimum as in :func:`numeric.gain.maximizers`, y is the matrix in brackets times Fz.
    """
    d, V = np.linalg.eigh(sigma)
    root = V * np.sqrt(np.clip(d, 0.0, None))[..., None, :]
    eye, tilt = ar.identity(d.shape[-1]), weight / (1 - weight)

    def inner(u: Any) -> Any:
        return ar.scale(weight * np.exp(u), eye) + ar.scale(
            (1 - weight) * np.exp(-tilt * u), square
        )

    def top(u: Any) -> Any:
        return np.linalg.eigh(root.mT @ inner(u) @ root)[1][..., :, -1:]

    step = _SIDES * (1 + np.abs(u))
    low, high = top(u - step), top(u + step)
    high = np.where(low.mT @ high < 0, -high, high)
    slope = root.mT @ (ar.scale(np.exp(u), eye) - ar.scale(np.exp(-tilt * u), square)) @ root
    a, b, c = low.mT @ slope @ low, low.mT @ slope @ high, high.mT @ slope @ high
    # the share m with (1-m)²a + 2m(1-m)b + m²c = 0, where a <= 0 <= c but for rounding
    below = b - a + np.sqrt(np.clip(b * b - a * c, 0.0, None))
    share = np.clip(np.where(below > 0, -a / np.where(below > 0, below, 1.0), 0.5), 0.0, 1.0)
    return inner(u) @ (root @ ((1 - share) * low + share * high))
