"""Largest eigenvalues of a batch of symmetric operators by restarted Lanczos."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["top_eigenpairs"]

_BASIS = 8
_ROUNDS = 60


def top_eigenpairs(
    xp: Any, apply: Callable[[Any], Any], start: Any, *, tolerance: float
) -> tuple[Any, Any, Any]:
    """Return the top Ritz values, their residual norms and unit vectors.

    A Ritz value never exceeds the largest eigenvalue, up to rounding, and some eigenvalue lies
    within the residual norm of it.  Ends when each residual is at most ``tolerance`` times the
    value, or after some 500 products.  Where products are not finite the value is NaN.

    Parameters
    ----------
    apply
        The operators: from vectors of shape (batch, n) to vectors of the same shape.
    start
        Non-zero vectors to start from, shape (batch, n).

    Examples
    --------
    >>> import numpy as np
    >>> values, _, _ = top_eigenpairs(
    ...     np, lambda v: v * np.array([1.0, -5.0]), np.ones((1, 2)), tolerance=1e-9
    ... )
    >>> float(values[0].round(9))
    1.0
    """
    size = min(_BASIS, start.shape[-1])
    vectors = start
    unit = _power_of_two(xp, apply(_unit(xp, start)))
    for _ in range(_ROUNDS):
        values, residuals, vectors = _round(xp, lambda v: apply(v) / unit, vectors, size)
        if not bool(xp.any(residuals > tolerance * xp.abs(values))):
            break
    return values * unit[:, 0], residuals * unit[:, 0], vectors


def _power_of_two(xp: Any, images: Any) -> Any:
    """The size of each row, so that operators of any size become those of size one; else 1."""
    largest = xp.max(xp.abs(images), axis=-1)[:, None]
    known = xp.isfinite(largest) & (largest > 0)
    one = xp.ones_like(largest)
    return xp.where(known, xp.pow(2 * one, xp.floor(xp.log2(xp.where(known, largest, one)))), one)


def _round(xp: Any, apply: Callable[[Any], Any], start: Any, size: int) -> tuple[Any, Any, Any]:
    """Rayleigh and Ritz on a Krylov space, whose projected matrix is formed in full."""
    basis = _unit(xp, start)[:, None, :]
    images = apply(basis[:, 0, :])[:, None, :]
    while basis.shape[1] < size:
        fresh = images[:, -1, :]
        for _ in range(2):  # twice is enough
            fresh = fresh - (basis.mT @ (basis @ fresh[..., None]))[..., 0]
        fresh = _unit(xp, fresh)
        basis = xp.concat([basis, fresh[:, None, :]], axis=1)
        images = xp.concat([images, apply(fresh)[:, None, :]], axis=1)
    small = basis @ images.mT
    known = xp.all(xp.isfinite(small), axis=(-2, -1))  # LAPACK takes nothing else
    small = xp.where(known[:, None, None], small, xp.zeros_like(small))
    values, mixes = xp.linalg.eigh((small + small.mT) / 2)
    mix = mixes[..., -1][:, None, :]
    vector, image = (mix @ basis)[:, 0, :], (mix @ images)[:, 0, :]
    value = xp.where(known, values[..., -1], xp.full_like(values[..., -1], xp.nan))
    return value, xp.linalg.vector_norm(image - value[:, None] * vector, axis=-1), vector


def _unit(xp: Any, v: Any) -> Any:
    """Return v / |v|, or zero where the space is exhausted."""
    norm = xp.linalg.vector_norm(v, axis=-1)[:, None]
    return xp.where(norm > 1e-14, v / xp.where(norm > 1e-14, norm, xp.ones_like(norm)), 0 * v)
