r"""Taylor coefficients of the gradient flow of a deep linear network.

The field of ``dW_k/dt = -2 A_kᵀ (PΣ - C) B_kᵀ`` is a polynomial, so the coefficients of a solution
``W_k(t) = Σ_n W_{k,n} tⁿ`` follow one from the other: those of products are sums of products, and

    (n + 1) W_{k,n+1} = the n-th coefficient of -2 A_kᵀ (PΣ - C) B_kᵀ.

Everything is a matrix of Arb balls.  Started in a box, coefficient n encloses the n-th derivative
over n! of every solution at every moment when it is in that box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import arb

__all__ = ["at_time", "squared_norm", "taylor"]

Series = list[Any]
"""Coefficients of a matrix that depends on time."""
_MINUS_TWO = arb(-2)


def taylor(layers: Sequence[Any], sigma: Any, cross: Any, order: int) -> list[Series]:
    """Return the Taylor coefficients 0, ..., ``order`` of the flow through ``layers``.

    Parameters
    ----------
    layers
        Ball matrices W_1, ..., W_L at time 0.
    sigma, cross
        Ball matrices Σ and C.

    Returns
    -------
    list of lists
        ``found[k][n]`` of the shape of W_{k+1}.
    """
    W: list[Series] = [[M] for M in layers]
    depth = len(W)
    before: list[Series] = [[] for _ in W]  # B_{k+1}, k = 1..L: the last one is P
    after: list[Series] = [[] for _ in W]  # A_k, k = 0..L-1: the first one is P
    error: Series = []
    carried: list[Series] = [[] for _ in W]
    for n in range(order):
        for k in range(depth):
            before[k].append(_nth(W[k], before[k - 1], n) if k else W[0][n])
        for k in reversed(range(depth)):
            after[k].append(_nth(after[k + 1], W[k], n) if k < depth - 1 else W[k][n])
        error.append(before[-1][n] * sigma - cross if n == 0 else before[-1][n] * sigma)
        for k in range(depth):
            last, first = k == depth - 1, k == 0
            carried[k].append(error[n] if last else _nth(after[k + 1], error, n, _over))
            slope = carried[k][n] if first else _nth(carried[k], before[k - 1], n, _under)
            W[k].append(slope * (_MINUS_TWO / (n + 1)))
    return W


def _nth(left: Series, right: Series, n: int, join: Callable[[Any, Any], Any] | None = None) -> Any:
    """The n-th coefficient of a product of two series."""
    times = join or _plain
    total = times(left[0], right[n])
    for i in range(1, n + 1):
        total = total + times(left[i], right[n - i])
    return total


def _plain(A: Any, B: Any) -> Any:
    return A * B


def _over(A: Any, B: Any) -> Any:
    return A.transpose() * B


def _under(A: Any, B: Any) -> Any:
    return A * B.transpose()


def at_time(series: Sequence[Any], h: arb) -> Any:
    """Return Σ_n series[n] hⁿ, by Horner's rule."""
    total = series[-1]
    for term in reversed(series[:-1]):
        total = total * h + term
    return total


def squared_norm(matrices: Sequence[Any]) -> arb:
    """Return the sum of all squared entries."""
    total = arb(0)
    for M in matrices:
        for x in M.entries():
            total += x * x
    return total.nonnegative_part()
