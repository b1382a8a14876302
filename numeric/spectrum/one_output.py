"""The sweep of Hessian products with one output: vectors of all layers at once where it may.

In the coordinates (C_k, X_k) of :mod:`numeric.spectrum.hessian_products` C_k and X_k are vectors
c_k and x_k, A_k Q_k = a_k and F_k R_kᵀ = t_k numbers, F_k = f_k and Q_k = q_k vectors.  Small
networks spend their time between operations, so that only what runs from layer to layer is done
layer by layer:

    down:  Ȧ_{k-1} = a_k c_k + Ȧ_k W_k,
    up:    G_{k+1} = W_k G_k + t_k x_k + (f_k·c_k - t_k q_k·x_k) q_k.

The terms that do not depend on the layer before, and the images

    a_k G_k + (Ȧ_k·q_k) f_k,        t_k (Ȧ_k - (Ȧ_k·q_k) q_k),

are computed for all layers together, end to end: first all c_k, then all x_k, then the last layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["OneOutput"]

Floats = np.ndarray[Any, Any]
Place = tuple[slice, tuple[int, int]]


class OneOutput:
    """Products with the Hessian in the coordinates c_1, ..., x_1, ..., and the last layer.

    Parameters
    ----------
    layers
        (a, f, W, q, t, ...) of each layer but the last, at least one, as matrices.
    sigma
        2Σ.
    """

    def __init__(self, layers: Sequence[tuple[Floats, ...]], sigma: Floats) -> None:
        self._sigma, dtype = sigma, sigma.dtype
        columns, rows = ([W.shape[i] for _, _, W, *_ in layers] for i in (1, 0))
        self._c, self._x = _segments(columns), _segments(rows)
        self._middle, self._end = sum(columns), sum(columns) + sum(rows)
        self._layers = [
            (W, c, x) for (_, _, W, *_), c, x in zip(layers, self._c, self._x, strict=True)
        ]
        self._starts = tuple(np.array([s.start for s in part]) for part in (self._c, self._x))
        self._owners = tuple(np.repeat(np.arange(len(rows)), sizes) for sizes in (columns, rows))
        a, self._t = (np.array([layer[i].item() for layer in layers], dtype) for i in (0, 4))
        self._a, self._t_x = a[self._owners[0]], self._t[self._owners[1]]
        self._f, self._q = (_end_to_end([layer[i] for layer in layers], dtype) for i in (1, 3))
        self._last = rows[-1]

    @property
    def places(self) -> list[list[Place]]:
        """Return where the coordinates of each layer are, as row and column, and the last layer."""
        found: list[list[Place]] = [
            [(c, (1, c.stop - c.start)), (_moved(x, self._middle), (x.stop - x.start, 1))]
            for c, x in zip(self._c, self._x, strict=True)
        ]
        return [*found, [(slice(self._end, self._end + self._last), (1, self._last))]]

    def __call__(self, vector: Floats) -> Floats:
        """Return the Hessian applied to a vector of coordinates, in the type of the vector."""
        image, middle, end = np.empty_like(vector), self._middle, self._end
        c, x = vector[:middle], vector[middle:end]
        G, dots = self._down(c, vector[end:])
        along = np.add.reduceat(dots * self._q, self._starts[1])
        image[end:], passed = self._up(c, x, G)
        image[:middle] = self._a * passed + along[self._owners[0]] * self._f
        image[middle:end] = self._t_x * (dots - along[self._owners[1]] * self._q)
        return image

    def _down(self, c: Floats, last: Floats) -> tuple[Floats, Floats]:
        """G_1, and Ȧ_k end to end."""
        scaled, dots, moving = self._a * c, np.empty_like(self._q), last
        for W, of_c, of_x in reversed(self._layers):
            dots[of_x] = moving
            moving = moving.dot(W)
            moving += scaled[of_c]
        return moving.dot(self._sigma), dots

    def _up(self, c: Floats, x: Floats, G: Floats) -> tuple[Floats, Floats]:
        """G_L, and G_k of the layers before, end to end."""
        of_c, of_x = self._starts
        share = np.add.reduceat(self._f * c, of_c)
        share -= self._t * np.add.reduceat(self._q * x, of_x)
        beside, passed = self._t_x * x + share[self._owners[1]] * self._q, np.empty_like(c)
        for W, here, above in self._layers:
            passed[here] = G
            G = W.dot(G)
            G += beside[above]
        return G, passed


def _segments(sizes: Sequence[int]) -> list[slice]:
    """Consecutive slices of these sizes."""
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]


def _moved(place: slice, by: int) -> slice:
    return slice(place.start + by, place.stop + by)


def _end_to_end(parts: Sequence[Floats], dtype: Any) -> Floats:
    """The entries of all parts, one after the other."""
    found: Floats = np.concatenate([part.ravel() for part in parts]).astype(dtype)
    return found
