"""Gradient descent of deep linear networks, compiled; see :mod:`numeric.compiled.chains`.

A lane whose network has ended takes the next one of the queue, so lanes are never idle.  The
products of a lane do not depend on its neighbours: results do not depend on the queue.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from numeric.compiled.chains import backward, chains, forward, gradient, step_backward
from numeric.compiled.sharpness import sharpen
from numeric.compiled.simd import LANES, jit, load, peek, poke, root, splat, store
from numeric.descent import CONVERGED, DIVERGED, STALLED

__all__ = ["Ends", "Problems", "Record", "descend_queue", "sharpen_queue"]

RUNNING = 3
"""Beside the statuses of a network that has ended."""
_WORD = 8 * LANES


class Problems(NamedTuple):
    """Networks, data and step sizes, a row for each network (or one row of data for all)."""

    weights: Any
    sigma: Any
    cross: Any
    rate: Any


class Ends(NamedTuple):
    """How each network ended, to be filled in."""

    status: Any
    norm: Any
    taken: Any


class Record(NamedTuple):
    """Sharpness at every ``every``-th step, to be filled in: a row for each network."""

    every: int
    noise: Any
    tolerance: float
    value: Any
    residual: Any


@jit
def descend_queue(
    tile: Any, outputs: Any, shape: Any, free: Any, problems: Any, ends: Any, record: Any,
    steps: Any, tolerance: Any, limit: Any, start: Any, stop: Any, memory: Any,
) -> None:  # fmt: skip
    """Train the networks from ``start`` to ``stop``, in place, with scratch ``memory``.

    With a record the lanes must stay in step: at most :data:`LANES` networks in the queue.
    """
    net = chains(tile, outputs, shape, memory)
    rate, norm = net.free, net.free + _WORD
    bound, scratch = net.free + 2 * _WORD, net.free + 3 * _WORD
    who, age = np.full(LANES, -1), np.zeros(LANES, dtype=np.int64)
    running, waiting = 0, start
    for lane in range(LANES):
        if waiting < stop:
            fill(net, problems, rate, bound, lane, waiting)
            who[lane] = waiting
            waiting, running = waiting + 1, running + 1
    while running:
        step_backward(tile, net, load(rate, 0), splat(free))
        forward(tile, net)
        store(norm, 0, root(gradient(tile, net, load(rate, 0), splat(free))))
        if record is not None:  # noqa: SIM102 (numba prunes what is under this test alone)
            if age.max() % record.every == 0:
                sharpen(tile, net, splat(free), who, age, record, scratch)
        for lane in range(LANES):
            n = who[lane]
            if n < 0:
                continue
            outcome = judge(net, norm, bound, lane, age[lane] == steps, tolerance, limit)
            if outcome == RUNNING:
                age[lane] += 1
                poke(bound, lane, peek(bound, lane) + peek(rate, lane) * peek(norm, lane))
                continue
            ends.status[n], ends.norm[n], ends.taken[n] = outcome, peek(norm, lane), age[lane]
            empty(net, problems.weights, lane, n)
            poke(rate, lane, 0.0)
            who[lane], age[lane] = -1, 0
            running -= 1
            if waiting < stop:
                fill(net, problems, rate, bound, lane, waiting)
                who[lane] = waiting
                waiting, running = waiting + 1, running + 1


@jit
def judge(net: Any, norm: Any, bound: Any, lane: Any, last: Any, tolerance: Any, limit: Any) -> Any:
    """Return the outcome of a lane.

    ``bound`` is at least the largest entry: a step adds at most its length.  The entries are
    looked at only when the bound reaches the limit.
    """
    if not (peek(bound, lane) < limit):
        largest = 0.0
        for x in range(lane, net.parameters, LANES):
            size = abs(peek(net.weights, x))
            if not (size < limit):
                return DIVERGED
            largest = max(largest, size)
        poke(bound, lane, largest)
    if not np.isfinite(peek(norm, lane)):
        return DIVERGED
    if peek(norm, lane) <= tolerance:
        return CONVERGED
    return STALLED if last else RUNNING


@jit
def fill(net: Any, problems: Any, rate: Any, bound: Any, lane: Any, n: Any) -> None:
    """Put network n into a lane, with no step pending."""
    shared = n if problems.sigma.shape[0] > 1 else 0
    put(net.weights, lane, problems.weights[n])
    put(net.sigma, lane, problems.sigma[shared])
    put(net.cross, lane, problems.cross[shared])
    poke(rate, lane, problems.rate[n])
    poke(bound, lane, np.inf)


@jit
def put(array: Any, lane: Any, values: Any) -> None:
    """Write values into a lane."""
    for x in range(values.size):
        poke(array, x * LANES + lane, values[x])


@jit
def empty(net: Any, weights: Any, lane: Any, n: Any) -> None:
    """Take network n out of a lane and leave zeros, which nothing can overflow."""
    for x in range(weights.shape[1]):
        weights[n, x] = peek(net.weights, x * LANES + lane)
    for x in range(lane, (net.free - net.weights) // 8, LANES):
        poke(net.weights, x, 0.0)


@jit
def sharpen_queue(
    tile: Any, outputs: Any, shape: Any, free: Any, problems: Any, record: Any,
    start: Any, stop: Any, memory: Any,
) -> None:  # fmt: skip
    """Record the sharpness of the networks from ``start`` to ``stop``, at most LANES of them."""
    net = chains(tile, outputs, shape, memory)
    rate, bound, scratch = net.free, net.free + 2 * _WORD, net.free + 3 * _WORD
    who, age = np.full(LANES, -1), np.zeros(LANES, dtype=np.int64)
    for n in range(start, stop):
        fill(net, problems, rate, bound, n - start, n)
        who[n - start] = n
    backward(tile, net)
    forward(tile, net)
    sharpen(tile, net, splat(free), who, age, record, scratch)
