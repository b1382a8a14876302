"""The square loss of a linear network, its gradient and its Hessian.

Normalisation: ``R(W) = E|y - P x|² = tr(P Σ Pᵀ) - 2 tr(P Cᵀ) + E|y|²`` with Σ = E[x xᵀ],
C = E[y xᵀ]; no factor 1/2, and E is the mean over samples.  For the convention 1/2 E|.|² halve
the loss, its gradient, its Hessian and the sharpness.

The Hessian comes by two routes that share no formula: :func:`hessian` applies the closed-form
Hessian-vector product, :func:`hessian_by_jets` differentiates the loss itself with hyper-dual
numbers and knows nothing of prefixes and suffixes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import product
from typing import Any

from numeric.arithmetic.protocol import Arithmetic
from numeric.networks import LinearNetwork

__all__ = [
    "excess",
    "gradient",
    "gradient_by_jets",
    "hessian",
    "hessian_by_jets",
    "hvp",
    "residual",
]


def residual(net: LinearNetwork, sigma: Any, cross: Any) -> Any:
    """Return PΣ - C, of shape (..., d_y, d_x); it vanishes exactly at minimizers."""
    return net.end_to_end @ sigma - cross


def excess(net: LinearNetwork, sigma: Any, cross: Any) -> Any:
    """Return R(W) - E|y|² = tr(P Σ Pᵀ) - 2 tr(P Cᵀ).

    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()
    >>> net = LinearNetwork(ar, (ar.matrix([[2]]), ar.matrix([[3]])))
    >>> excess(net, ar.matrix([[1]]), ar.matrix([[5]]))  # 6² - 2 · 6 · 5
    -24
    """
    trace, P = net.arithmetic.trace, net.end_to_end
    return trace(P @ sigma @ P.mT) - 2 * trace(P @ cross.mT)


def gradient(net: LinearNetwork, sigma: Any, cross: Any) -> tuple[Any, ...]:
    """Return (∇_{W_1} R, ..., ∇_{W_L} R), ∇_{W_k} R = 2 A_kᵀ (PΣ - C) B_kᵀ."""
    E = residual(net, sigma, cross)
    return tuple(_twice(A.mT @ E @ B.mT) for A, B in zip(net.suffixes, net.prefixes, strict=True))


def hvp(net: LinearNetwork, sigma: Any, cross: Any, direction: Sequence[Any]) -> tuple[Any, ...]:
    """Return the Hessian of R applied to ``direction``, one matrix for each layer.

    One forward and one backward sweep: with dots for derivatives along the direction,
    ``2 A_kᵀ (Ṗ Σ) B_kᵀ + 2 Ȧ_kᵀ E B_kᵀ + 2 A_kᵀ E Ḃ_kᵀ`` where E = PΣ - C.
    """
    E = residual(net, sigma, cross)
    A, B, W = net.suffixes, net.prefixes, net.weights
    depth = net.depth
    zero = B[0] - B[0]
    B_dot = [zero]
    for k in range(depth - 1):
        B_dot.append(direction[k] @ B[k] + W[k] @ B_dot[k])
    A_dot = [A[-1] - A[-1]]
    for k in range(depth - 1, 0, -1):
        A_dot.insert(0, A[k] @ direction[k] + A_dot[0] @ W[k])
    P_dot = direction[-1] @ B[-1] + W[-1] @ B_dot[-1]
    return tuple(
        _twice(
            A[k].mT @ (P_dot @ sigma) @ B[k].mT
            + A_dot[k].mT @ E @ B[k].mT
            + A[k].mT @ E @ B_dot[k].mT
        )
        for k in range(depth)
    )


def hessian(net: LinearNetwork, sigma: Any, cross: Any) -> Any:
    """Return the N x N Hessian of R by the Hessian-vector product on every coordinate.

    Coordinates run over layers W_1, ..., W_L, each row by row.

    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()
    >>> net = LinearNetwork(ar, (ar.matrix([[1]]), ar.matrix([[2]])))
    >>> hessian(net, ar.matrix([[1]]), ar.matrix([[2]]))  # of (w_1 w_2)² - 4 w_1 w_2
    exact [[8, 4], [4, 2]]
    """
    ar = net.arithmetic
    rows = []
    for direction in _coordinates(net):
        image = hvp(net, sigma, cross, direction)
        entries = [ar.stack([[_row_times(ar, M, i) for i in range(M.shape[-2])]]) for M in image]
        rows.append([ar.stack([entries])])
    return ar.stack(rows)


def hessian_by_jets(net: LinearNetwork, sigma: Any, cross: Any) -> Any:
    """Return the N x N Hessian of R by differentiating the loss with hyper-dual numbers.

    A hyper-dual matrix ``M + M_s s + M_t t + M_st st`` (s² = t² = 0) holds a value, two
    derivatives and the mixed one; products follow from s² = t² = 0 alone.
    """
    ar = net.arithmetic
    basis = list(_coordinates(net))

    def entry(s: Sequence[Any], t: Sequence[Any]) -> Any:
        jets = [(W, W_s, W_t, W - W) for W, W_s, W_t in zip(net.weights, s, t, strict=True)]
        P, P_s, P_t, P_st = reduce(lambda inner, outer: _jet_product(outer, inner), jets)
        # mixed derivative of tr(P Σ Pᵀ) - 2 tr(P Cᵀ)
        quadratic = ar.trace(P_st @ sigma @ P.mT + P_s @ sigma @ P_t.mT)
        return 2 * quadratic - 2 * ar.trace(P_st @ cross.mT)

    upper = {
        (i, j): entry(basis[i], basis[j]) for i, j in product(range(len(basis)), repeat=2) if i <= j
    }
    n = len(basis)
    unit = ar.identity(1)
    return ar.stack(
        [[ar.scale(upper[min(i, j), max(i, j)], unit) for j in range(n)] for i in range(n)]
    )


def gradient_by_jets(net: LinearNetwork, sigma: Any, cross: Any) -> tuple[Any, ...]:
    """Return the gradient of R, a matrix for each layer, by tangents ``M + M_s s``, s² = 0."""
    ar = net.arithmetic

    def slope(direction: Sequence[Any]) -> Any:
        jets = zip(net.weights, direction, strict=True)
        P, P_s = reduce(
            lambda inner, outer: (outer[0] @ inner[0], outer[1] @ inner[0] + outer[0] @ inner[1]),
            jets,
        )
        return 2 * ar.trace(P_s @ sigma @ P.mT) - 2 * ar.trace(P_s @ cross.mT)

    unit = ar.identity(1)
    entries = iter([ar.scale(slope(direction), unit) for direction in _coordinates(net)])
    return tuple(
        ar.stack([[next(entries) for _ in range(W.shape[-1])] for _ in range(W.shape[-2])])
        for W in net.weights
    )


def _jet_product(M: tuple[Any, ...], N: tuple[Any, ...]) -> tuple[Any, ...]:
    return (
        M[0] @ N[0],
        M[1] @ N[0] + M[0] @ N[1],
        M[2] @ N[0] + M[0] @ N[2],
        M[3] @ N[0] + M[1] @ N[2] + M[2] @ N[1] + M[0] @ N[3],
    )


def _coordinates(net: LinearNetwork) -> list[list[Any]]:
    """The unit directions of weight space, in the order of :func:`hessian`."""
    ar = net.arithmetic
    shapes = [(W.shape[-2], W.shape[-1]) for W in net.weights]

    def unit(layer: int, row: int, column: int) -> list[Any]:
        return [
            ar.matrix(
                [[int((k, i, j) == (layer, row, column)) for j in range(n)] for i in range(m)]
            )
            for k, (m, n) in enumerate(shapes)
        ]

    return [unit(k, i, j) for k, (m, n) in enumerate(shapes) for i in range(m) for j in range(n)]


def _row_times(ar: Arithmetic, M: Any, i: int) -> Any:
    """Row i of M, as a matrix of one row."""
    selector = ar.matrix([[int(i == j) for j in range(M.shape[-2])]])
    return selector @ M


def _twice(M: Any) -> Any:
    return M + M
