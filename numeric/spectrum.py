"""Sharpness: the largest eigenvalue of the Hessian of R = E|y - Px|² (no factor 1/2).

It is λ_max, not the spectral radius.  At a minimizer it comes from the dual Gram matrix, of size
d_x d_y whatever the number of parameters; anywhere from the Hessian itself.  A result has a
direction: exact and ball results are values and enclosures, :func:`sharpness_lanczos` is a float
estimate from below and never evidence for an upper bound.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from numeric.loss import hessian, hvp
from numeric.networks import LinearNetwork

__all__ = ["dual_gram", "sharpness_anywhere", "sharpness_at_minimizer", "sharpness_lanczos"]


def dual_gram(net: LinearNetwork) -> Any:
    """Return M = Σ_k (A_k A_kᵀ) ⊗ (B_kᵀ B_k), of shape (..., d_x d_y, d_x d_y).

    At a minimizer the non-zero spectrum of the Hessian is that of 2 M (I ⊗ Σ).
    """
    ar = net.arithmetic
    terms = [ar.kron(A @ A.mT, B.mT @ B) for A, B in zip(net.suffixes, net.prefixes, strict=True)]
    return sum(terms[1:], start=terms[0])


def sharpness_at_minimizer(net: LinearNetwork, sigma: Any) -> Any:
    """Return λ_max of the Hessian at a minimizer: 2 λ_max(M (I ⊗ Σ)), M the dual Gram matrix.

    Wrong away from minimizers: use :func:`sharpness_anywhere` there.

    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()
    >>> net = LinearNetwork(ar, (ar.matrix([[1]]), ar.matrix([[2]])))
    >>> sharpness_at_minimizer(net, ar.matrix([[1]]))  # 2 (2² + 1²)
    10
    """
    ar = net.arithmetic
    return 2 * ar.eig_max(dual_gram(net), ar.kron(ar.identity(net.widths[-1]), sigma))


def sharpness_anywhere(net: LinearNetwork, sigma: Any, cross: Any) -> Any:
    """Return λ_max of the N x N Hessian, at any weights."""
    return net.arithmetic.eig_max(hessian(net, sigma, cross))


def sharpness_lanczos(
    net: LinearNetwork, sigma: Any, cross: Any, *, seed: int = 0
) -> tuple[float, float]:
    """Return (lower estimate of λ_max, residual norm) by Lanczos on Hessian-vector products.

    The Ritz value is a lower bound up to rounding; some eigenvalue lies within the residual norm
    of it, which is no upper bound on the largest.  Unbatched NumPy float64 networks only.
    """
    shapes = [W.shape for W in net.weights]
    splits = np.cumsum([m * n for m, n in shapes])[:-1]

    def apply(v: Any) -> Any:
        parts = np.split(np.asarray(v).ravel(), splits)
        direction = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
        return np.concatenate([M.ravel() for M in hvp(net, sigma, cross, direction)])

    n = net.parameters
    if n <= 2:
        d, V = np.linalg.eigh(np.column_stack([apply(e) for e in np.eye(n)]))
        value, vector = d[-1], V[:, -1]
    else:
        start = np.random.default_rng(seed).standard_normal(n)
        operator = LinearOperator((n, n), matvec=apply, dtype=np.float64)
        try:
            values, vectors = eigsh(operator, k=1, which="LA", v0=start, ncv=min(n, 24))
        except ArpackNoConvergence as failure:
            raise ArithmeticError(f"Lanczos did not converge in {n} dimensions") from failure
        value, vector = values[0], vectors[:, 0]
    return float(value), float(np.linalg.norm(apply(vector) - value * vector))
