"""Derivatives of the largest weighted gain: those of its certificate at a maximizer.

In the notation of :mod:`numeric.gain`, ``g(Σ, T) = max_y V(Σ, T, y)``, so where the maximizer y is
unique g and ``V(·, ·, y)`` have the same derivatives (Danskin).  Unlike the top eigenvector of the
dual at its optimal c, y is right where the top eigenvalue is double there.

In coordinates with Σ = F Fᵀ and D = FᵀF diagonal the dual is the least top eigenvalue of
``A(u) = θeᵘD + (1-θ)e^{-tu}M`` over u = log c, with M = (TF)ᵀTF and t = θ/(1-θ).  It is convex in
u, so Newton's method within a shrinking bracket finds it in a handful of eigenproblems.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from numeric.arithmetic.dual import Duals, value

__all__ = ["gain_with_slope"]

_ITERATIONS, _NEWTON = 120, 8
_CLOSE = 1e-9
"""A relative Newton step after which the error is far below rounding, being squared."""
_ROUNDING = 4 * float(np.finfo(np.float64).eps)
_SIDES = 1e-7
"""Relative distance from the optimal u to what is taken as its sides."""


def gain_with_slope(ar: Duals, sigma: Any, target: Any, weight: Fraction) -> Any:
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
    pencil = _Pencil(d, image.mT @ image, weight)
    u = pencil.optimum()
    z = root @ pencil.balanced(u)
    u = u[..., None, None]
    pull = np.exp(-pencil.tilt * u) * (target.mT @ (target @ z))
    return weight * np.exp(u) * z + (1 - weight) * pull


class _Pencil:
    """The matrices A(u), batched: ``d`` of shape (..., n) is the diagonal of D."""

    def __init__(self, d: Any, M: Any, weight: float) -> None:
        if not (np.trace(M, axis1=-2, axis2=-1) > 0).all():
            raise ZeroDivisionError("the gain of a target that vanishes on the data")
        self.tilt = weight / (1 - weight)
        self._d, self._M, self._weight = d, M, weight
        self._D = d[..., None] * np.eye(d.shape[-1])

    def _parts(self, u: Any) -> tuple[Any, Any]:
        """The terms of A(u)."""
        u = u[..., None, None]
        M = (1 - self._weight) * np.exp(-self.tilt * u) * self._M
        return self._weight * np.exp(u) * self._D, M

    def _bracket(self) -> tuple[Any, Any]:
        """As in :mod:`numeric.gain`: at the optimum p >= p_1 and q >= (p_1/Λ)^t q_1."""
        e, V = np.linalg.eigh(self._M)
        q_1, p_1, largest = e[..., -1], (self._d * V[..., -1] ** 2).sum(-1), self._d.max(-1)
        log_q = self.tilt * np.log(p_1 / largest) + np.log(q_1)
        low = (1 - self._weight) * (log_q - np.log(largest))
        high = (1 - self._weight) * (np.log(q_1) - np.log(p_1))
        slack = 1e-6 * (1 + abs(low) + abs(high))
        return low - slack, high + slack

    def optimum(self) -> Any:
        """Return u where the top eigenvalue of A(u) is least."""
        low, high = self._bracket()
        u = (low + high) / 2
        for iteration in range(_ITERATIONS):
            with np.errstate(divide="ignore", invalid="ignore"):  # p = 0 or q = 0: halve there
                tilted, slope = self._slope(u)
                guess = u - tilted / slope
            low, high = np.where(tilted < 0, u, low), np.where(tilted < 0, high, u)
            # at a double eigenvalue Newton's steps jump over the optimum: halve now and then
            usable = (low < guess) & (guess < high) & (iteration < _NEWTON or iteration % 2 == 0)
            close = np.where(usable, _CLOSE, _ROUNDING) * (1 + abs(u))
            step = np.where(usable, guess, (low + high) / 2) - u
            if (abs(step) <= close).all():
                break
            u = u + step
        return u

    def _slope(self, u: Any) -> tuple[Any, Any]:
        """Return log(eᵘp) - log(e^{-tu}q) at the top eigenvector of A(u), and its slope.

        The derivative of the eigenvalue has the sign of that difference, which is nearly affine.
        """
        D, M = self._parts(u)
        e, V = np.linalg.eigh(D + M)
        P, Q = ((V.mT @ (part @ V[..., -1:]))[..., 0] for part in (D, self.tilt * M))
        gaps = e[..., -1:] - e[..., :-1]
        turn = 2 * (P - Q)[..., :-1] / np.where(gaps > 0, gaps, np.inf)
        p, q = P[..., -1], Q[..., -1]
        slope = 1 + self.tilt + (turn * P[..., :-1]).sum(-1) / p - (turn * Q[..., :-1]).sum(-1) / q
        return np.log(p / q), slope

    def balanced(self, u: Any) -> Any:
        """A vector of the top eigenspace at the optimum, balanced between both its sides."""
        step = _SIDES * (1 + abs(u))
        low, high = self._vector(u - step), self._vector(u + step)
        high = np.where(low.mT @ high < 0, -high, high)
        D, M = self._parts(u)
        slope = D - self.tilt * M
        a, b, c = low.mT @ slope @ low, low.mT @ slope @ high, high.mT @ slope @ high
        # the share m with (1-m)²a + 2m(1-m)b + m²c = 0, where a <= 0 <= c but for rounding
        below = b - a + np.sqrt(np.clip(b * b - a * c, 0.0, None))
        m = np.clip(np.where(below > 0, -a / np.where(below > 0, below, 1.0), 0.5), 0.0, 1.0)
        return (1 - m) * low + m * high

    def _vector(self, u: Any) -> Any:
        return np.linalg.eigh(sum(self._parts(u)))[1][..., -1:]
