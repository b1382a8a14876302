"""The products of a deep linear network and its gradient, one network in each lane.

With E = PΣ - C the gradient is ``∇_k R = A_kᵀ F_k``, ``F_k = 2 E B_kᵀ``: no more than d_y rows
run through the layers, backward ``A_{k-1} = A_k W_k`` and forward ``F_{k+1} = F_k W_kᵀ``.

Arrays of lanes (see :mod:`numeric.compiled.simd`): hidden layers in tiles, tile after tile, then
the output layer row by row; Σ in tiles; C and the rows of A_k and F_k one after the other, padded
with zeros to whole tiles.  Python's ``k`` counts from zero: slot k holds what has d_k columns,
that is A_k and F_{k+1}, and hidden layer k leads from slot k to slot k + 1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numeric.compiled.simd import (
    LANES,
    address,
    inline,
    jit,
    left,
    load,
    outer,
    peek_int,
    right,
    row_scale,
    row_squares,
    splat,
    store,
    update_left,
)

__all__ = [
    "Chains",
    "backward",
    "chains",
    "forward",
    "gradient",
    "layer",
    "outer_products",
    "push_left",
    "push_right",
    "slot",
    "squares",
    "step_backward",
    "tiles",
    "times_sigma",
]


class Chains(NamedTuple):
    """The shape of a block of networks and the addresses of its arrays of lanes.

    ``shape`` has a row for the tiles of each slot, one for the place of the layer above it and one
    for the place of the slot.  ``scaled`` holds step size times A_k with one output, ``slope`` the
    gradient with several.
    """

    outputs: int
    depth: int
    shape: int
    parameters: int
    vectors: int
    weights: int
    sigma: int
    cross: int
    left: int
    right: int
    scaled: int
    slope: int
    free: int


@inline
def chains(tile: Any, outputs: Any, shape: Any, memory: Any) -> Any:
    """Return a block in ``memory``, which must be zero; what is left begins at ``free``."""
    depth, row = shape.shape[1], len(tile) * LANES
    first, last = shape[0, 0] * row, outputs * shape[0, depth - 1] * row
    parameters, vectors = shape[1, depth - 1] + last, shape[2, depth - 1] + last
    weights = address(memory)
    sigma = weights + 8 * parameters
    cross = sigma + 8 * shape[0, 0] * len(tile) * first
    left = cross + 8 * outputs * first
    right = left + 8 * vectors
    scaled = right + 8 * vectors
    slope = scaled + 8 * vectors
    free = slope + 8 * parameters
    return Chains(
        outputs, depth, address(shape), parameters, vectors,
        weights, sigma, cross, left, right, scaled, slope, free,
    )  # fmt: skip


@inline
def tiles(net: Any, k: Any) -> Any:
    """Return the number of tiles along d_k."""
    return peek_int(net.shape, k)


@inline
def layer(net: Any, k: Any) -> Any:
    """Return the place of the layer above slot k."""
    return peek_int(net.shape, net.depth + k)


@inline
def slot(net: Any, k: Any) -> Any:
    """Return the place of slot k, or the end of the last one."""
    return peek_int(net.shape, 2 * net.depth + k) if k < net.depth else net.vectors


@inline
def step_backward(tile: Any, net: Any, rate: Any, free: Any) -> None:
    """Take a step along the gradient of the last call, then compute A_L, ..., A_0."""
    W, A, F = net.weights, net.left, net.right
    depth, row = net.depth, len(tile) * LANES
    w, v = layer(net, depth - 1), slot(net, depth - 1)
    span = net.vectors - v
    for x in range(0, span, LANES):
        store(W, w + x, load(W, w + x) - rate * free * load(F, v + x))
    if net.outputs > 1:
        for x in range(0, w, LANES):
            store(W, x, load(W, x) - rate * load(net.slope, x))
        backward(tile, net)
        return
    for x in range(0, span, LANES):
        store(A, v + x, load(W, w + x))
    for k in range(depth - 2, -1, -1):
        rows, columns = tiles(net, k + 1), tiles(net, k)
        above, here, w = slot(net, k + 1), slot(net, k), layer(net, k)
        for i in range(rows):
            for j in range(columns):
                u, f = above + i * row, here + j * row
                update_left(i > 0, tile, W, w, net.scaled, u, F, f, A, u, A, f)
                w += len(tile) * row


@inline
def backward(tile: Any, net: Any) -> None:
    """Compute A_L, ..., A_0 = P."""
    W, A = net.weights, net.left
    w, v = layer(net, net.depth - 1), slot(net, net.depth - 1)
    for x in range(0, net.vectors - v, LANES):
        store(A, v + x, load(W, w + x))
    for k in range(net.depth - 2, -1, -1):
        push_left(tile, net, k, False, W, A, A)


@inline
def forward(tile: Any, net: Any) -> None:
    """Compute F_1 = 2 (PΣ - C), ..., F_L."""
    F = net.right
    times_sigma(tile, net, net.left, F)
    two = splat(2.0)
    for x in range(0, net.outputs * tiles(net, 0) * len(tile) * LANES, LANES):
        store(F, x, two * (load(F, x) - load(net.cross, x)))
    for k in range(net.depth - 1):
        push_right(tile, net, k, False, net.weights, F, F)


@inline
def times_sigma(tile: Any, net: Any, P: Any, image: Any) -> None:
    """Set slot 0 of ``image`` to that of ``P`` times Σ."""
    edge, row = tiles(net, 0), len(tile) * LANES
    for o in range(0, net.outputs * edge * row, edge * row):
        m = 0
        for i in range(edge):
            for j in range(edge):
                right(j > 0, tile, net.sigma, m, P, o + j * row, image, o + i * row)
                m += len(tile) * row


@inline
def push_left(tile: Any, net: Any, k: Any, old: Any, M: Any, x: Any, y: Any) -> None:
    """Set slot k of y to slot k + 1 of x times layer k of M, or add it to an old y."""
    rows, columns, row = tiles(net, k + 1), tiles(net, k), len(tile) * LANES
    for o in range(net.outputs):
        above, here = slot(net, k + 1) + o * rows * row, slot(net, k) + o * columns * row
        m = layer(net, k)
        for i in range(rows):
            for j in range(columns):
                left(old or i > 0, tile, M, m, x, above + i * row, y, here + j * row)
                m += len(tile) * row


@inline
def push_right(tile: Any, net: Any, k: Any, old: Any, M: Any, x: Any, y: Any) -> None:
    """Set slot k + 1 of y to slot k of x times layer k of M transposed, or add it to an old y."""
    rows, columns, row = tiles(net, k + 1), tiles(net, k), len(tile) * LANES
    for o in range(net.outputs):
        above, here = slot(net, k + 1) + o * rows * row, slot(net, k) + o * columns * row
        m = layer(net, k)
        for i in range(rows):
            for j in range(columns):
                right(old or j > 0, tile, M, m, x, here + j * row, y, above + i * row)
                m += len(tile) * row


@jit
def outer_products(tile: Any, net: Any, k: Any, old: Any, M: Any, x: Any, y: Any) -> None:
    """Set layer k of M to slot k + 1 of x transposed times slot k of y, or add it to an old M."""
    rows, columns, row = tiles(net, k + 1), tiles(net, k), len(tile) * LANES
    for o in range(net.outputs):
        above, here = slot(net, k + 1) + o * rows * row, slot(net, k) + o * columns * row
        m = layer(net, k)
        for i in range(rows):
            for j in range(columns):
                outer(old or o > 0, tile, M, m, x, above + i * row, y, here + j * row)
                m += len(tile) * row


@inline
def gradient(tile: Any, net: Any, rate: Any, free: Any) -> Any:
    """Prepare the next step and return the squared norm of the gradient.

    ``free`` is 1, or 0 where the output layer is frozen.  With one output |∇_k|² = |A_k|²|F_k|²;
    with several the gradient itself is formed, for the product of two Gram matrices would cancel.
    """
    A, F, depth, row = net.left, net.right, net.depth, len(tile) * LANES
    total = free * squares(F, slot(net, depth - 1), net.vectors)
    if net.outputs == 1:
        for k in range(depth - 1):
            a, f = splat(0.0), splat(0.0)
            for x in range(slot(net, k + 1), slot(net, k + 2), row):
                row_scale(tile, rate, A, x, net.scaled, x)
                a = a + row_squares(tile, A, x)
            for x in range(slot(net, k), slot(net, k + 1), row):
                f = f + row_squares(tile, F, x)
            total = total + a * f
    else:
        for k in range(depth - 1):
            outer_products(tile, net, k, False, net.slope, A, F)
        total = total + squares(net.slope, 0, layer(net, depth - 1))
    return total


@inline
def squares(array: Any, start: Any, stop: Any) -> Any:
    """Return the sum of the squared entries from ``start`` to ``stop``."""
    total = splat(0.0)
    for x in range(start, stop, LANES):
        value = load(array, x)
        total = total + value * value
    return total
