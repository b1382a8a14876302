r"""Taylor coefficients of the gradient flow of a deep linear network.

The field of ``dW_k/dt = -2 A_kᵀ (PΣ - C) B_kᵀ`` is a polynomial, so the coefficients of a solution
``W_k(t) = Σ_n W_{k,n} tⁿ`` follow one from the other: those of products are sums of products, and

    (n + 1) W_{k,n+1} = the n-th coefficient of -2 A_kᵀ (PΣ - C) B_kᵀ.

Started in a box of balls, coefficient n encloses the n-th derivative over n! of every solution at
every moment when it is in that box.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from numeric.arithmetic.boxes import nth_product
from numeric.arithmetic.protocol import Arithmetic

__all__ = ["at_time", "taylor"]

Series = list[Any]
"""Coefficients of a matrix that depends on time."""


def taylor(
    ar: Arithmetic, layers: Sequence[Any], sigma: Any, cross: Any, order: int
) -> list[Series]:
    """Return the Taylor coefficients 0, ..., ``order`` of the flow through ``layers``.

    Parameters
    ----------
    layers
        W_1, ..., W_L at time 0, W_k of shape (d_k, d_{k-1}).
    sigma, cross
        Σ and C.

    Returns
    -------
    list of lists
        ``found[k][n]`` of the shape of ``layers[k]``.

    Examples
    --------
    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()  # w' = -2 (w - 2): w = 2 - exp(-2t)
    >>> one = ar.matrix([[1]])
    >>> taylor(ar, [one], one, ar.matrix([[2]]), 3)
    [[exact [[1]], exact [[2]], exact [[-2]], exact [[4/3]]]]
    """
    W: list[Series] = [[M] for M in layers]
    depth = len(W)
    before: list[Series] = [[] for _ in W]  # W_{k+1} ... W_1: the last one is P
    after: list[Series] = [[] for _ in W]  # W_L ... W_{k+1}
    before_turned: list[Series] = [[] for _ in W]  # transposes
    after_turned: list[Series] = [[] for _ in W]
    error: Series = []
    carried: list[Series] = [[] for _ in W]
    for n in range(order):
        for k in range(depth):
            before[k].append(nth_product(W[k], before[k - 1]) if k else W[0][n])
            before_turned[k].append(before[k][n].mT)
        for k in reversed(range(1, depth)):
            after[k].append(nth_product(after[k + 1], W[k]) if k < depth - 1 else W[k][n])
            after_turned[k].append(after[k][n].mT)
        error.append(before[-1][n] @ sigma - cross if n == 0 else before[-1][n] @ sigma)
        for k in range(depth):
            last, first = k == depth - 1, k == 0
            carried[k].append(error[n] if last else nth_product(after_turned[k + 1], error))
            slope = carried[k][n] if first else nth_product(carried[k], before_turned[k - 1])
            W[k].append(ar.scale(ar.scalar(Fraction(-2, n + 1)), slope))
    return W


def at_time(ar: Arithmetic, series: Sequence[Any], h: Any) -> Any:
    """Return Σ_n series[n] hⁿ, by Horner's rule."""
    total = series[-1]
    for term in reversed(series[:-1]):
        total = ar.scale(h, total) + term
    return total
