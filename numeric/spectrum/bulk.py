"""The sharpness of many networks at any weights, at the ends of a descent or along it.

λ_max of the Hessian of R = E|y - Px|² (no factor 1/2), float64, by Lanczos on Hessian-vector
products: a Ritz value is an estimate from below, and some eigenvalue lies within its residual norm;
neither is evidence for an upper bound.  At minimizers
:func:`numeric.spectrum.sharpness_at_minimizer` is exact up to rounding and cheaper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating
from numeric.descent import STALLED, Descent, Limits
from numeric.loss import hvp
from numeric.networks import LinearNetwork
from numeric.spectrum.lanczos import top_eigenpairs
from numeric.training import fast_path, gradient_descent

__all__ = ["Sharpness", "bulk_sharpness", "descent_with_sharpness"]

_NOISE = 1e-3
_ROOM = 200
"""Exponent of two up to which compiled code may square the entries of a Hessian."""


@dataclass(frozen=True)
class Sharpness:
    """Ritz values and residual norms, one for each network or a row of them."""

    value: Any
    residual: Any


def bulk_sharpness(
    weights: Sequence[Any],
    sigma: Any,
    cross: Any,
    *,
    frozen_output: bool = False,
    tolerance: float = 1e-9,
    seed: int = 0,
    fast: bool = True,
    xp: Any = None,
) -> Sharpness:
    """Return the sharpness of a batch of networks, NaN where one is not finite.

    Parameters
    ----------
    weights, sigma, cross, frozen_output, fast, xp
        As in :func:`numeric.training.gradient_descent`; the results are arrays of ``xp``.
    tolerance
        Largest residual norm, relative to the value.  The error of a separated eigenvalue is
        about the square of it.
    seed
        Of the start.
    """
    ar = Floating(xp)
    layers = [ar.matrix(W) for W in weights]
    sigma, cross = ar.matrix(sigma), ar.matrix(cross)
    kernels = fast_path(xp) if fast else None
    start = _noise(layers, seed)
    if kernels is not None:
        unit = _unit(layers, sigma, cross, start)
        if (unit != 1).any():
            sigma, cross = sigma / unit, cross / unit
        found = kernels.sharpen(layers, sigma, cross, frozen_output, tolerance, seed)
        return Sharpness(*(x * unit[:, 0, 0] for x in found))
    start = ar.matrix(start)
    values, residuals, _ = _lanczos(ar, layers, sigma, cross, frozen_output, tolerance, start)
    return Sharpness(values, residuals)


def _unit(layers: Sequence[Any], sigma: Any, cross: Any, start: Any) -> Any:
    """Powers of two by which to divide Σ and C, where float64 has no room for squares; else 1.

    The Hessian is linear in Σ and C together.  NaN where it is not finite.
    """
    net, splits = LinearNetwork(Floating(), tuple(layers)), np.cumsum([W[0].size for W in layers])
    parts = np.split(start, splits[:-1], axis=-1)
    direction = [p.reshape(W.shape) for p, W in zip(parts, layers, strict=True)]
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        images = hvp(net, sigma, cross, direction)
    largest = np.max([np.abs(M).max(axis=(-2, -1)) for M in images], axis=0)
    exponent = np.frexp(largest)[1]
    unit = np.where(np.abs(exponent) > _ROOM, np.ldexp(1.0, exponent), 1.0)
    return np.where(np.isfinite(largest), unit, np.nan)[:, None, None]


def descent_with_sharpness(
    weights: Sequence[Any],
    sigma: Any,
    cross: Any,
    step_size: Any,
    limits: Limits,
    *,
    every: int,
    sharpness_tolerance: float = 1e-4,
    seed: int = 0,
    fast: bool = True,
) -> tuple[Descent, Sharpness]:
    """Return the end of gradient descent and the sharpness after 0, ``every``, ... steps.

    Each estimate starts at the eigenvector before.  Shapes (batch, steps // every + 1), NaN where
    a network has ended before; ``limits`` says when.
    """
    layers = [np.array(W, dtype=np.float64) for W in weights]
    sigma, cross = np.asarray(sigma, dtype=np.float64), np.asarray(cross, dtype=np.float64)
    rate = np.asarray(step_size) + np.zeros(len(layers[0]))
    kernels = fast_path() if fast else None
    if kernels is not None:
        table = kernels.record(layers, every, limits.steps, sharpness_tolerance, seed)
        end = kernels.train(layers, sigma, cross, rate, limits, table)
        return end, Sharpness(table.value, table.residual)
    return _alternating(layers, sigma, cross, rate, limits, every, sharpness_tolerance, seed)


def _alternating(
    layers: list[Any], sigma: Any, cross: Any, rate: Any, limits: Limits, every: int,
    tolerance: float, seed: int,
) -> tuple[Descent, Sharpness]:  # fmt: skip
    """Train for ``every`` steps and look, again and again."""
    batch = len(layers[0])
    value, residual = np.full((2, batch, limits.steps // every + 1), np.nan)
    status, norm, taken = np.full(batch, STALLED), np.zeros(batch), np.zeros(batch, np.int64)
    noise = vectors = _noise(layers, seed)
    for place in range(value.shape[1]):
        on = np.flatnonzero(status == STALLED)
        if not on.size:
            break
        own_sigma, own_cross = (M[on] if M.ndim == 3 else M for M in (sigma, cross))
        start = vectors[on] + _NOISE * noise[on]
        here = [W[on] for W in layers]
        found = _lanczos(
            Floating(), here, own_sigma, own_cross, limits.frozen_output, tolerance, start
        )
        value[on, place], residual[on, place], vectors[on] = found
        left = min(every, limits.steps - place * every)
        end = gradient_descent(
            here, own_sigma, own_cross, rate[on], steps=left, tolerance=limits.tolerance,
            limit=limits.limit, frozen_output=limits.frozen_output, fast=False,
        )  # fmt: skip
        for W, V in zip(layers, end.weights, strict=True):
            W[on] = V
        status[on], norm[on] = end.status, end.gradient_norm
        taken[on] += end.taken
    return Descent(tuple(layers), status, norm, taken), Sharpness(value, residual)


def _noise(layers: Sequence[Any], seed: int) -> Any:
    """One random direction of unit length for all networks of a batch, a NumPy array."""
    size = sum(math.prod(W.shape[1:]) for W in layers)
    row = np.random.default_rng(seed).standard_normal(size)
    return np.tile(row / np.linalg.norm(row), (layers[0].shape[0], 1))


def _lanczos(
    ar: Floating, layers: Sequence[Any], sigma: Any, cross: Any, frozen: bool, tolerance: float,
    start: Any,
) -> tuple[Any, Any, Any]:  # fmt: skip
    """Top eigenpairs of the Hessians; directions are rows, layer after layer."""
    net, xp = LinearNetwork(ar, tuple(layers)), ar.xp
    ends = [0, *np.cumsum([math.prod(W.shape[1:]) for W in layers]).tolist()]
    moving = xp.arange(ends[-1]) < ends[-2]

    def mask(flat: Any) -> Any:
        return xp.where(moving, flat, xp.zeros_like(flat)) if frozen else flat

    def apply(flat: Any) -> Any:
        flat = mask(flat)
        parts = [flat[:, i:j] for i, j in pairwise(ends)]
        direction = [xp.reshape(p, W.shape) for p, W in zip(parts, layers, strict=True)]
        images = hvp(net, sigma, cross, direction)
        rows = [xp.reshape(M, (M.shape[0], -1)) for M in images]
        return mask(xp.concat(rows, axis=-1))

    return top_eigenpairs(xp, apply, mask(start), tolerance=tolerance)
