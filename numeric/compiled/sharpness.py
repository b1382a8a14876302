"""λ_max of the Hessian at any weights, compiled: Lanczos with one network in each lane.

Rounds of :data:`BASIS` Hessian-vector products, orthogonalised against all before, restarted from
the best vector until its residual norm is below the tolerance times the Ritz value.  The Ritz
value never exceeds λ_max (up to rounding) and an eigenvalue lies within the residual of it.  The
start is the last eigenvector found with some noise, so that no invariant subspace traps it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numeric.compiled.chains import (
    layer,
    outer_products,
    push_left,
    push_right,
    slot,
    squares,
    tiles,
    times_sigma,
)
from numeric.compiled.simd import LANES, jit, load, peek, poke, root, splat, store
from numeric.compiled.tridiagonal import top_eigenpair

__all__ = ["BASIS", "SCRATCH", "sharpen"]

BASIS = 6
SCRATCH = 4 * BASIS + 3
"""Vectors of lanes needed beside those as long as the weights and the slots."""

_ROUNDS = 50
_NOISE = 1e-3


class Krylov(NamedTuple):
    """The addresses of the Lanczos vectors and what goes with them."""

    start: int
    basis: int
    work: int
    left: int
    right: int
    alpha: int
    beta: int
    mix: int
    pivots: int
    value: int
    residual: int
    inverse: int


@jit
def krylov(net: Any, scratch: Any) -> Any:
    """Return the vectors at ``scratch``: BASIS + 3 as long as the weights, 2 as the slots, ..."""
    long, short, few = 8 * net.parameters, 8 * net.vectors, 8 * LANES
    basis = scratch + long
    work = basis + (BASIS + 1) * long
    left = work + long
    alpha = left + 2 * short
    beta, mix = alpha + BASIS * few, alpha + 2 * BASIS * few
    pivots, value = alpha + 3 * BASIS * few, alpha + 4 * BASIS * few
    return Krylov(
        scratch, basis, work, left, left + short, alpha, beta, mix, pivots,
        value, value + few, value + 2 * few,
    )  # fmt: skip


@jit
def hessian_product(tile: Any, net: Any, free: Any, V: Any, out: Any, dots: Any) -> None:
    """Set ``out`` to the Hessian times V, layer by layer the derivative of A_kᵀ F_k along V."""
    dA, dF = dots.left, dots.right
    w, v = layer(net, net.depth - 1), slot(net, net.depth - 1)
    for x in range(0, net.vectors - v, LANES):
        store(dA, v + x, free * load(V, w + x))
    for k in range(net.depth - 2, -1, -1):
        push_left(tile, net, k, False, net.weights, dA, dA)
        push_left(tile, net, k, True, V, net.left, dA)
    times_sigma(tile, net, dA, dF)
    for x in range(0, net.outputs * tiles(net, 0) * len(tile) * LANES, LANES):
        store(dF, x, splat(2.0) * load(dF, x))
    for k in range(net.depth - 1):
        push_right(tile, net, k, False, net.weights, dF, dF)
        push_right(tile, net, k, True, V, net.right, dF)
        outer_products(tile, net, k, False, out, dA, net.right)
        outer_products(tile, net, k, True, out, net.left, dF)
    for x in range(0, net.vectors - v, LANES):
        store(out, w + x, free * load(dF, v + x))


@jit
def lanczos(tile: Any, net: Any, free: Any, K: Any, tolerance: Any) -> None:
    """Improve the vectors at ``K.start``; leave Ritz values and residual norms in K."""
    size = net.parameters
    for _ in range(_ROUNDS):
        normalise(K.start, K.basis, size, K.inverse)
        for i in range(BASIS):
            here = K.basis + 8 * i * size
            hessian_product(tile, net, free, here, K.work, K)
            orthogonalise(K, i, size)
            store(K.beta, i * LANES, normalise(K.work, here + 8 * size, size, K.inverse))
        settled = True
        for lane in range(LANES):
            top_eigenpair(BASIS, K.alpha, K.beta, K.mix, K.pivots, lane, K.value, K.residual)
            settled &= not (peek(K.residual, lane) > tolerance * abs(peek(K.value, lane)))
        combine(K, size)
        if settled:
            break


@jit
def normalise(array: Any, target: Any, size: Any, inverse: Any) -> Any:
    """Set the target to array / |array|, zero if it is zero; return the norm."""
    norm = root(squares(array, 0, size))
    store(inverse, 0, norm)
    for lane in range(LANES):
        length = peek(inverse, lane)
        poke(inverse, lane, 1 / length if length > 1e-150 else 0.0)
    factor = load(inverse, 0)
    for x in range(0, size, LANES):
        store(target, x, factor * load(array, x))
    return norm


@jit
def orthogonalise(K: Any, last: Any, size: Any) -> None:
    """Subtract from the work its part along the basis up to ``last``, whose share goes to alpha."""
    for i in range(last, -1, -1):
        q = K.basis + 8 * i * size
        share = splat(0.0)
        for x in range(0, size, LANES):
            share = share + load(q, x) * load(K.work, x)
        if i == last:
            store(K.alpha, i * LANES, share)
        for x in range(0, size, LANES):
            store(K.work, x, load(K.work, x) - share * load(q, x))


@jit
def combine(K: Any, size: Any) -> None:
    """Set the start to the mix of the basis."""
    for x in range(0, size, LANES):
        total = splat(0.0)
        for i in range(BASIS):
            total = total + load(K.mix, i * LANES) * load(K.basis, i * size + x)
        store(K.start, x, total)


@jit
def sharpen(tile: Any, net: Any, free: Any, who: Any, age: Any, record: Any, scratch: Any) -> None:
    """Record the sharpness of the running lanes, starting at the vectors of the last call."""
    K = krylov(net, scratch)
    for x in range(record.noise.size):
        for lane in range(LANES):
            place = x * LANES + lane
            poke(K.start, place, peek(K.start, place) + _NOISE * record.noise[x])
    lanczos(tile, net, free, K, record.tolerance)
    for lane in range(LANES):
        if who[lane] >= 0:
            place = age[lane] // record.every
            record.value[who[lane], place] = peek(K.value, lane)
            record.residual[who[lane], place] = peek(K.residual, lane)
