"""Sharpness: the largest eigenvalue of the Hessian of R = E|y - Px|² (no factor 1/2).

It is λ_max, not the spectral radius.  At a minimizer it comes from the dual Gram matrix, of size
d_x d_y whatever the number of parameters; anywhere from the Hessian itself.  A result has a
direction: exact and ball results are values and enclosures, :func:`sharpness_lanczos` is a float
estimate from below and never evidence for an upper bound.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.protocol import Arithmetic
from numeric.loss import residual
from numeric.networks import LinearNetwork
from numeric.spectrum.hessian_products import HessianProducts
from numeric.spectrum.top_eigenpair import top_eigenpair

__all__ = [
    "dual_gram",
    "hessian_blocks",
    "sharpness_anywhere",
    "sharpness_at_minimizer",
    "sharpness_lanczos",
]

_ONE_THREAD = 512
"""Up to this width one thread multiplies."""
_SINGLE = 4096
"""From this many coordinates on, float32 proposes."""


def dual_gram(net: LinearNetwork, factor: Any = None) -> Any:
    """Return M = Σ_k (A_k A_kᵀ) ⊗ (B_kᵀ B_k), of shape (..., d_x d_y, d_x d_y).

    At a minimizer the non-zero spectrum of the Hessian is that of 2 M (I ⊗ Σ).  With a ``factor``
    F of Σ = F Fᵀ the prefixes are B_k F, and the spectrum is that of 2 M alone.
    """
    ar = net.arithmetic
    prefixes = net.prefixes if factor is None else [B @ factor for B in net.prefixes]
    suffixes = net.trained_suffixes
    terms = [ar.kron(A @ A.mT, B.mT @ B) for A, B in zip(suffixes, prefixes, strict=True)]
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
    if isinstance(ar, Floating):  # roots exist in floats: no matrix of order d_x d_y to factor
        return 2 * ar.eig_max(dual_gram(net, ar.factor(sigma)))
    return 2 * ar.eig_max(dual_gram(net), ar.kron(ar.identity(net.widths[-1]), sigma))


def sharpness_anywhere(net: LinearNetwork, sigma: Any, cross: Any) -> Any:
    """Return λ_max of the N x N Hessian, at any weights."""
    return net.arithmetic.eig_max(hessian_blocks(net, sigma, cross))


def hessian_blocks(net: LinearNetwork, sigma: Any, cross: Any) -> Any:
    """Return the N x N Hessian of R, ordered as in :func:`numeric.loss.hessian`, block by block.

    With E = PΣ - C, the block of W_k and W_l, k <= l, is

        2 (A_kᵀA_l) ⊗ (B_k Σ B_lᵀ) + 2 [k < l] ((W_{l-1} ... W_{k+1})ᵀ ⊗ (A_lᵀ E B_kᵀ)ᵀ) Π,

    where Π exchanges both indices of a column.  Cheaper than N Hessian-vector products.
    """
    ar, E = net.arithmetic, residual(net, sigma, cross)
    A, B, W = net.suffixes, net.prefixes, net.weights
    blocks: list[list[Any]] = [[None] * net.depth for _ in W]
    for k in range(net.depth):
        between = ar.identity(W[k].shape[-2])
        for j in range(k, net.depth):
            half = ar.kron(A[k].mT @ A[j], B[k] @ sigma @ B[j].mT)
            if j > k:
                mixed = ar.kron(between.mT, (A[j].mT @ E @ B[k].mT).mT)
                half = half + mixed @ _exchange(ar, *W[j].shape[-2:])
                between = W[j] @ between
            blocks[k][j] = half + half
            blocks[j][k] = blocks[k][j].mT
    return ar.stack(blocks)


def _exchange(ar: Arithmetic, m: int, n: int) -> Any:
    """Π with ones where row j m + i meets column i n + j, for i < m and j < n."""
    order = [j * m + i for i in range(m) for j in range(n)]
    return ar.matrix([[int(row == place) for place in order] for row in range(m * n)])


def sharpness_lanczos(
    net: LinearNetwork, sigma: Any, cross: Any, *, tolerance: float = 1e-8, seed: int = 0
) -> tuple[float, float]:
    """Return (lower estimate of λ_max, residual norm) by Lanczos on Hessian-vector products.

    The Rayleigh quotient is a lower bound up to rounding; some eigenvalue lies within the residual
    norm of it, which is no upper bound on the largest.  The error of an eigenvalue is about the
    square of the residual norm over its distance to the next.  Unbatched NumPy float64 networks
    only.

    Parameters
    ----------
    net, sigma, cross
        The network and the moments Σ and C.
    tolerance
        Largest residual norm, relative to the norm of the Hessian.
    seed
        Of the start.

    Raises
    ------
    ArithmeticError
        If Lanczos does not converge, or weights or moments are not finite.
    """
    if not all(np.isfinite(M).all() for M in (*net.weights, sigma, cross)):
        raise ArithmeticError("the weights or moments are not finite")
    # products of small matrices lose by threads, and much when other programs compute too
    with _alone() if max(net.widths) <= _ONE_THREAD else nullcontext():
        cheap = None
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            exact = HessianProducts(net, sigma, cross)
            if exact.size >= _SINGLE:
                cheap = HessianProducts(net, sigma, cross, np.float32)
        value, error, _ = top_eigenpair(
            exact, exact.size, cheap=cheap, tolerance=tolerance, seed=seed
        )
    return value, error


def _alone() -> AbstractContextManager[Any]:
    """One thread for products, where there are more: to set them takes as long as a product."""
    if all(library.num_threads == 1 for library in _blas().lib_controllers):
        return nullcontext()
    limited: AbstractContextManager[Any] = _blas().limit(limits=1)
    return limited


@cache
def _blas() -> ThreadpoolController:
    """The threads of the linear algebra libraries in memory; looking for them takes a while."""
    return ThreadpoolController().select(user_api="blas")
