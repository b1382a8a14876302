"""Derivatives of the largest weighted gain: those of its certificate at a maximizer.

In the notation of :mod:`numeric.gain`, ``g(Σ, T) = max_y V(Σ, T, y)``, so where the maximizer y is
unique g and ``V(·, ·, y)`` have the same derivatives (Danskin).  Unlike the top eigenvector of the
dual at its optimal c, y is right where the top eigenvalue is double there.

In coordinates with Σ = F Fᵀ and D = FᵀF diagonal the dual is the least top eigenvalue of
``A(u) = θeᵘD + (1-θ)e^{-tu}M`` over u = log c, with M = (TF)ᵀTF and t = θ/(1-θ), which
:func:`numeric.gain_dual.minimised` finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating, decomposing
from numeric.arithmetic.tangents import Tangents, value
from numeric.gain_dual import minimised

__all__ = ["gain_with_slope"]

_SIDES = 1e-7
"""Relative distance from the optimal u to what is taken as its sides."""


@decomposing()
def gain_with_slope(ar: Tangents, sigma: Any, target: Any, weight: Fraction) -> Any:
    """Return g(weight) with its derivatives; see :func:`numeric.gain.weighted_gain`."""
    y = _maximizer(value(sigma), value(target), float(weight))
    image = sigma @ y
    energy = (y.mT @ image)[..., 0, 0]
    p, q = ar.frobenius_sq(image) / energy, ar.frobenius_sq(target @ image) / energy
    return ar.power(p, weight) * ar.power(q, 1 - weight)


def _maximizer(sigma: Any, target: Any, weight: float) -> Any:
    """A maximizer y of V for each lane, as a column: (θcI + (1-θ)c^{-t}TᵀT)Fz at the optimum."""
    d, V = np.linalg.eigh(sigma)
    d = np.clip(d, 0.0, None)  # rounding may leave eigenvalues slightly negative
    root = V * np.sqrt(d)[..., None, :]
    image = target @ root
    M = image.mT @ image
    if not (np.trace(M, axis1=-2, axis2=-1) > 0).all():
        raise ZeroDivisionError("the gain of a target that vanishes on the data")
    pencil = _Pencil(d, M, weight)
    u, _ = minimised(Floating(), d, M, weight)
    z = root @ pencil.balanced(u)
    u = u[..., None, None]
    pull = np.exp(-pencil.tilt * u) * (target.mT @ (target @ z))
    return weight * np.exp(u) * z + (1 - weight) * pull


@dataclass(frozen=True)
class _Pencil:
    """The matrices A(u), batched: ``d`` of shape (..., n) is the diagonal of D."""

    d: Any
    M: Any
    weight: float

    @property
    def tilt(self) -> float:
        """Return t."""
        return self.weight / (1 - self.weight)

    def parts(self, u: Any) -> tuple[Any, Any]:
        """Return the terms of A(u)."""
        u = u[..., None, None]
        D = self.weight * np.exp(u) * self.d[..., None] * np.eye(self.d.shape[-1])
        return D, (1 - self.weight) * np.exp(-self.tilt * u) * self.M

    def balanced(self, u: Any) -> Any:
        """Return a vector of the top eigenspace at the optimum, balanced between both its sides."""
        step = _SIDES * (1 + abs(u))
        low, high = self._vector(u - step), self._vector(u + step)
        high = np.where(low.mT @ high < 0, -high, high)
        D, M = self.parts(u)
        slope = D - self.tilt * M
        a, b, c = low.mT @ slope @ low, low.mT @ slope @ high, high.mT @ slope @ high
        # the share m with (1-m)²a + 2m(1-m)b + m²c = 0, where a <= 0 <= c but for rounding
        below = b - a + np.sqrt(np.clip(b * b - a * c, 0.0, None))
        m = np.clip(np.where(below > 0, -a / np.where(below > 0, below, 1.0), 0.5), 0.0, 1.0)
        return (1 - m) * low + m * high

    def _vector(self, u: Any) -> Any:
        return np.linalg.eigh(sum(self.parts(u)))[1][..., -1:]
