"""Products of the Hessian of R = E|y - Px|² with vectors, at fixed weights, in few operations.

With E = PΣ - C, A_k = W_L ... W_{k+1}, B_k = W_{k-1} ... W_1, and dots for derivatives along D,
what depends on the weights alone, A_k and F_k = E B_kᵀ, is computed once, and

    (H D)_k = 2 (A_kᵀ G_k + Ȧ_kᵀ F_k),        Ȧ_{k-1} = A_k D_k + Ȧ_k W_k,   Ȧ_L = 0,
    G_{k+1} = F_k D_kᵀ + G_k W_kᵀ,             G_1 = Ȧ_0 Σ,                   Ȧ_0 = Ṗ:

one sweep down, one sweep up, six products for each layer, all with d_y rows.

Few outputs: only a small part of weight space matters
------------------------------------------------------
(H D)_k has the form A_kᵀ(...) + (...)F_k.  Let the orthonormal columns of Q_k span the range of
A_kᵀ and the orthonormal rows of R_k the rows of F_k.  The Hessian vanishes orthogonally to

    D_k = Q_k C_k + X_k R_k,   Q_kᵀ X_k = 0,   |D_k|² = |C_k|² + |X_k|²,

and is applied in the coordinates (C_k, X_k), d_y (d_k + d_{k-1}) numbers instead of d_k d_{k-1}.
As A_k X_k = 0, products with D_k become products with d_y rows or columns.  λ_max is that of the
whole Hessian: its trace is not negative, so the zeros that are left out are never above.

One output: all these products are of a matrix and a vector, or of two vectors, and A_k Q_k and
F_k R_kᵀ are the lengths of A_k and F_k.  Small networks then spend their time between operations;
they have a sweep of their own, of fewer and lighter ones (:mod:`numeric.spectrum.one_output`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from numeric.loss import residual
from numeric.networks import LinearNetwork
from numeric.spectrum.one_output import OneOutput

__all__ = ["HessianProducts"]

Floats = np.ndarray[Any, Any]


class HessianProducts:
    """The Hessian at the weights of one network, as a function of coordinate vectors.

    Parameters
    ----------
    net, sigma, cross
        One network of NumPy arrays, and the moments Σ and C.
    dtype
        float32 gives products of about six digits in half the time.

    Attributes
    ----------
    size
        Length of the vectors.  All N weights in order when no layer is shortened; else the
        coordinates above; where Q_kᵀ X_k is not zero it counts for nothing, so that the operator
        is symmetric on all of them.

    Examples
    --------
    >>> from numeric.arithmetic.floating import Floating
    >>> net = LinearNetwork(Floating(), (np.array([[1.0]]), np.array([[2.0]])))
    >>> H = HessianProducts(net, np.array([[1.0]]), np.array([[2.0]]))
    >>> H(np.array([1.0, 0.0])).tolist()
    [8.0, 4.0]
    """

    def __init__(
        self, net: LinearNetwork, sigma: Any, cross: Any, dtype: type[np.floating[Any]] = np.float64
    ) -> None:
        A, W = net.suffixes, net.weights
        E = residual(net, sigma, cross)
        F = [E + E]  # with the factor 2 of the Hessian, as Σ below
        for M in W[:-1]:
            F.append(F[-1] @ M.T)
        outputs = len(F[0])
        shortened = [outputs * sum(M.shape) < M.size and M is not W[-1] for M in W]
        # (A, F, W) of each layer; if shortened (A Q, F, W, Q, F Rᵀ, R)
        self._layers: list[tuple[Floats, ...]] = []
        shapes: list[tuple[int, int]] = []
        for k, M in enumerate(W):
            parts: tuple[Floats, ...] = (A[k], F[k], M)
            shapes.append(M.shape)
            if shortened[k]:
                Q, R = _columns(A[k].T), _columns(F[k].T).T
                parts = (A[k] @ Q, F[k], M, Q, F[k] @ R.T, R)
                shapes[-1:] = [(outputs, M.shape[1]), (M.shape[0], outputs)]
            self._layers.append(tuple(np.ascontiguousarray(part, dtype) for part in parts))
        self._sigma = np.asarray(2 * sigma, dtype)
        ends = np.cumsum([m * n for m, n in shapes]).tolist()
        places = iter(
            [(slice(end - m * n, end), (m, n)) for end, (m, n) in zip(ends, shapes, strict=True)]
        )
        self._places = [[next(places) for _ in range(1 + short)] for short in shortened]
        self.size: int = ends[-1]
        self._sweep = None
        if outputs == 1 and len(W) > 1 and all(shortened[:-1]):
            self._sweep = OneOutput(self._layers[:-1], self._sigma)
            self._places = self._sweep.places

    def __call__(self, vector: Floats) -> Floats:
        """Return the Hessian applied to a vector of coordinates, in the type of the vector."""
        if self._sweep is not None:
            return self._sweep(vector)
        image = np.empty_like(vector)
        D, H = self._split(vector), self._split(image)
        *inner, _ = self._layers
        moving = D[-1][0]
        dots = []  # Ȧ_k of the layers before the last, from the last of them to the first
        for (A, _, W, *_), (C, *_) in zip(inner[::-1], D[-2::-1], strict=True):
            dots.append(moving)
            moving = A @ C + moving @ W
        G = moving @ self._sigma
        for layer, (C, *X), (H_C, *H_X), dot in zip(inner, D[:-1], H[:-1], dots[::-1], strict=True):
            if not X:
                A, F, W = layer
                np.matmul(A.T, G, out=H_C)
                H_C += dot.T @ F
                G = F @ C.T + G @ W.T
                continue
            A, F, W, Q, T, _ = layer
            along = dot @ Q
            np.matmul(A.T, G, out=H_C)
            H_C += along.T @ F
            np.matmul((dot - along @ Q.T).T, T, out=H_X[0])
            beside = X[0] - Q @ (Q.T @ X[0])
            G = (F @ C.T) @ Q.T + T @ beside.T + G @ W.T
        H[-1][0][...] = G
        return image

    def direction(self, vector: Floats) -> list[Floats]:
        """Return the matrices D_k that a vector of coordinates stands for."""
        found = []
        for (_, _, _, *bases), (C, *X) in zip(self._layers, self._split(vector), strict=True):
            if X:
                Q, _, R = bases
                C = Q @ C + (X[0] - Q @ (Q.T @ X[0])) @ R
            found.append(C)
        return found

    def _split(self, vector: Floats) -> list[list[Floats]]:
        """Views of the coordinates, one list for each layer."""
        return [[vector[place].reshape(shape) for place, shape in row] for row in self._places]


def _columns(M: Floats) -> Floats:
    """Orthonormal columns whose span holds that of M, which is tall."""
    length = np.linalg.norm(M) if M.shape[1] == 1 else 0.0
    Q: Floats = M / length if 0 < length < np.inf else np.linalg.qr(M)[0]
    return Q
