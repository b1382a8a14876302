"""Gradient descent of deep linear networks on any array namespace, the batch on the last axis.

With E = PΣ - C the gradient is ``∇_k R = A_kᵀ F_k``, ``F_k = 2 E B_kᵀ``: no more than d_y rows run
through the layers, backward ``A_{k-1} = A_k W_k`` and forward ``F_{k+1} = F_k W_kᵀ``; with one
output these are vectors.  Networks that have ended leave the batch.

:mod:`numeric.compiled.chains` compiles the same recurrence; here it can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from numeric.descent import CONVERGED, DIVERGED, STALLED, Descent, Limits

__all__ = ["train"]

_State = tuple[list[Any], Any, Any, Any, Any]


def train(
    xp: Any, layers: Sequence[Any], sigma: Any, cross: Any, rate: Any, limits: Limits
) -> Descent:
    """Return the end of each descent; arguments as in :func:`numeric.compiled.lanes.train`."""
    weights = [_last(xp, W) for W in layers]
    bound = xp.full(layers[0].shape[0], xp.inf)  # at least the largest entry
    state: _State = (weights, _last(xp, sigma), _last(xp, cross), rate, bound)
    index = xp.arange(layers[0].shape[0])
    ended: list[tuple[Any, ...]] = []
    done = 0
    with np.errstate(over="ignore", invalid="ignore"):  # to diverge is an outcome, not an accident
        while True:
            weights, sigma, cross, rate, bound = state
            left, right = _chains(xp, weights, sigma, cross)
            slopes, norm = _gradient(xp, left, right, limits.frozen_output)
            if not bool(xp.all(bound < limits.limit)):
                bound = _largest(xp, weights)
            status = _status(xp, bound, norm, limits)
            state = (weights, sigma, cross, rate, bound + rate * norm)  # a step adds its length
            going = (status == STALLED) & (done < limits.steps)
            if not bool(xp.all(going)):
                out = xp.nonzero(~going)[0]
                taken = xp.full(out.shape, done, dtype=xp.int64)
                parts = [index, status, norm, *weights]
                gone = [xp.take(part, out, axis=-1) for part in parts]
                ended.append((taken, *gone))
                stay = xp.nonzero(going)[0]
                if stay.shape[0] == 0:
                    break
                index = xp.take(index, stay, axis=-1)
                state = _kept(xp, state, stay)
                slopes = [xp.take(G, stay, axis=-1) for G in slopes]
            for k, G in enumerate(slopes):
                state[0][k] = state[0][k] - state[3] * G
            done += 1
    taken, index, status, norm, *weights = (
        xp.concat(parts, axis=-1) for parts in zip(*ended, strict=True)
    )
    order = xp.argsort(index)
    taken, status, norm = (xp.take(part, order, axis=-1) for part in (taken, status, norm))
    layers = [xp.moveaxis(xp.take(W, order, axis=-1), -1, 0) for W in weights]
    return Descent(tuple(layers), status, norm, taken)


def _last(xp: Any, M: Any) -> Any:
    """Move the batch axis to the end, in memory too; one of length one where there is none."""
    moved = M[..., None] if M.ndim == 2 else xp.moveaxis(M, 0, -1)
    return xp.reshape(xp.reshape(moved, (-1,)), moved.shape)  # a flat array is contiguous


def _kept(xp: Any, state: _State, stay: Any) -> _State:
    """Take the networks that stay; data of their own, too."""
    weights, sigma, cross, rate, bound = state
    sigma, cross = (M if M.shape[-1] == 1 else xp.take(M, stay, axis=-1) for M in (sigma, cross))
    kept = [xp.take(W, stay, axis=-1) for W in weights]
    rate, bound = (xp.take(x, stay, axis=-1) for x in (rate, bound))
    return kept, sigma, cross, rate, bound


def _chains(xp: Any, weights: Sequence[Any], sigma: Any, cross: Any) -> tuple[list[Any], list[Any]]:
    """Return (A_1, ..., A_L) without A_L = I, and (F_1, ..., F_L)."""
    left = [weights[-1]]
    for W in weights[-2::-1]:
        left.insert(0, _contract(xp, "oin,ijn->ojn", left[0], W))
    right = [2 * (_contract(xp, "oin,ijn->ojn", left[0], sigma) - cross)]
    for W in weights[:-1]:
        right.append(_contract(xp, "ojn,ijn->oin", right[-1], W))
    return left[1:], right


def _contract(xp: Any, pattern: str, x: Any, y: Any) -> Any:
    """Return ``einsum(pattern, x, y)``, which is not in the standard but in NumPy and CuPy."""
    if hasattr(xp, "einsum"):
        return xp.einsum(pattern, x, y)
    inputs, result = pattern.split("->")
    letters = "oijn"
    x, y = (
        xp.reshape(
            array,
            tuple(array.shape[axes.index(letter)] if letter in axes else 1 for letter in letters),
        )
        for array, axes in zip((x, y), inputs.split(","), strict=True)
    )
    (summed,) = set(letters) - set(result)
    return xp.sum(x * y, axis=letters.index(summed))


def _gradient(
    xp: Any, left: Sequence[Any], right: Sequence[Any], frozen_output: bool
) -> tuple[list[Any], Any]:
    """Return the gradient in each trained layer and its norm."""
    slopes = [_contract(xp, "oin,ojn->ijn", A, F) for A, F in zip(left, right[:-1], strict=True)]
    if not frozen_output:
        slopes.append(right[-1])
    total = sum(xp.sum(G * G, axis=(0, 1)) for G in slopes)
    return slopes, xp.sqrt(total)


def _largest(xp: Any, weights: Sequence[Any]) -> Any:
    """Return the largest absolute value of an entry, NaN if there is one."""
    return xp.max(xp.stack([xp.max(xp.abs(W), axis=(0, 1)) for W in weights]), axis=0)


def _status(xp: Any, bound: Any, norm: Any, limits: Limits) -> Any:
    """Return DIVERGED, CONVERGED or, of those that go on, STALLED."""
    diverged = ~((bound < limits.limit) & xp.isfinite(norm))
    status = xp.where(norm > limits.tolerance, xp.asarray(STALLED), xp.asarray(CONVERGED))
    return xp.where(diverged, xp.asarray(DIVERGED), status)
