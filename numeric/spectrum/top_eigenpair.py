"""The largest eigenvalue of one large symmetric operator: float32 proposes, float64 corrects.

A Lanczos process in cheap products finds a unit vector x; one exact product gives its Rayleigh
quotient θ and the residual r = Hx - θx.  While r is too large, x is moved by the solution of

    (H - θ) t = -r,   t ⟂ x,

in the Krylov space of r under H on the complement of x: that needs r to few digits only, so cheap
products do again.  Where this fails (eigenvalues that float32 cannot separate), ARPACK goes on from
x in exact products.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["top_eigenpair"]

Floats = np.ndarray[Any, Any]
Operator = Callable[[Floats], Floats]

_DENSE = 24
"""Up to this size the matrix is formed."""
_STEPS, _LOOK = 80, 2
"""Steps of a Krylov process at most, and between two looks at whether they suffice."""
_FIRST = 1e-4
"""Residual, relative to the norm, at which the first vector is corrected in cheap products."""
_CORRECTIONS = 3


def top_eigenpair(
    exact: Operator, size: int, *, cheap: Operator | None = None, tolerance: float, seed: int = 0
) -> tuple[float, float, Floats]:
    """Return the Rayleigh quotient, its residual norm and the vector for the largest eigenvalue.

    The quotient is never above the largest eigenvalue, up to rounding, and some eigenvalue lies
    within the residual norm of it.

    Parameters
    ----------
    exact, cheap
        The operator on float64 vectors of length ``size``, and on float32 vectors if that is
        quicker.
    tolerance
        Largest residual norm, relative to the largest |Ritz value| seen.
    seed
        Of the start, a product with noise.

    Raises
    ------
    ArithmeticError
        If the vector does not converge or a product is not finite.

    Examples
    --------
    >>> value, residual, _ = top_eigenpair(lambda v: v * [1.0, -5.0], 2, tolerance=1e-9)
    >>> round(value, 9), residual < 1e-9
    (1.0, True)
    """
    if size <= _DENSE:
        x: Floats = np.linalg.eigh(np.column_stack([exact(e) for e in np.eye(size)]))[1][:, -1]
        return *_quotient(exact, x)[:2], x
    start = exact(np.random.default_rng(seed).standard_normal(size))
    if not np.isfinite(start).all():
        raise ArithmeticError("a product with the operator is not finite")
    if not start.any():
        return 0.0, 0.0, start
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        x, norm = _first(cheap or exact, start, _FIRST if cheap else tolerance / 2, bool(cheap))
        value, residual, r = _quotient(exact, x)
        for _ in range(_CORRECTIONS):
            if not residual > tolerance * norm or not np.isfinite(residual):
                break
            x = _corrected(cheap or exact, x, value, r, tolerance * norm / 3, bool(cheap))
            value, residual, r = _quotient(exact, x)
    if not residual <= tolerance * norm:
        x = _by_arpack(exact, x if np.isfinite(x).all() else start, tolerance)
        value, residual, _ = _quotient(exact, x)
    return value, residual, x


def _quotient(exact: Operator, x: Floats) -> tuple[float, float, Floats]:
    """The Rayleigh quotient of a unit vector, the norm of the residual, and the residual."""
    image = exact(x)
    value = float(x @ image)
    r = image - value * x
    return value, float(np.linalg.norm(r)), r


def _first(apply: Operator, start: Floats, tolerance: float, single: bool) -> tuple[Floats, float]:
    """A unit Ritz vector for the largest Ritz value, and the largest |Ritz value|."""
    norm = 0.0

    def look(T: Floats, beta: float, last: bool) -> Floats | None:
        nonlocal norm
        values, mixes = np.linalg.eigh(T)
        norm = float(max(values[-1], -values[0]))
        return mixes[:, -1] if last or beta * abs(mixes[-1, -1]) <= tolerance * norm else None

    x = _krylov(apply, start, look, single)
    return x / np.linalg.norm(x), norm


def _corrected(
    apply: Operator, x: Floats, value: float, r: Floats, goal: float, single: bool
) -> Floats:
    """The unit vector along x + t."""
    length = float(np.linalg.norm(r))
    axis = x.astype(np.float32) if single else x

    def look(T: Floats, beta: float, last: bool) -> Floats | None:
        right = np.zeros(len(T))
        right[0] = -length
        mix = np.linalg.lstsq(T - value * np.eye(len(T)), right)[0]
        return mix if last or beta * abs(mix[-1]) <= goal else None

    def beside(v: Floats) -> Floats:
        image = apply(v)
        image -= (axis @ image) * axis
        return image

    moved: Floats = x + _krylov(beside, r, look, single)
    moved /= np.linalg.norm(moved)
    return moved


def _krylov(
    apply: Operator,
    start: Floats,
    look: Callable[[Floats, float, bool], Floats | None],
    single: bool,
) -> Floats:
    """Run the Lanczos process from ``start`` until ``look`` has a combination of its basis.

    ``look`` gets the tridiagonal matrix, the next off-diagonal entry, and whether this is the end.
    """
    steps = min(_STEPS, start.size)
    basis = np.empty((steps, start.size), np.float32 if single else np.float64)
    T = np.zeros((steps, steps))
    fresh, tiny = start / np.linalg.norm(start), float(np.finfo(basis.dtype).eps)
    norm = 0.0
    for j in range(steps):
        basis[j] = fresh
        known = basis[: j + 1]
        fresh = apply(basis[j])
        along = known @ fresh
        fresh -= along @ known  # beyond the last two this only keeps the basis orthogonal
        T[j, j] = along[-1]
        beta = math.sqrt(fresh @ fresh)
        if not math.isfinite(beta):
            return np.full(start.size, np.nan)
        norm = max(norm, abs(along[-1]), beta)
        last = j + 1 == steps or beta <= 4 * tiny * norm
        if last or j % _LOOK == _LOOK - 1:
            mix = look(T[: j + 1, : j + 1], beta, last)
            if mix is not None:
                found: Floats = mix.astype(basis.dtype) @ basis[: j + 1]
                return found.astype(np.float64)
        if j + 1 < steps:
            T[j, j + 1] = T[j + 1, j] = beta
        fresh /= beta
    raise AssertionError("the last look returns a combination")


def _by_arpack(exact: Operator, start: Floats, tolerance: float) -> Floats:
    """A Ritz vector by implicit restarts, from ``start``."""
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    n = start.size
    operator = LinearOperator((n, n), matvec=lambda v: exact(np.ravel(v)), dtype=np.float64)
    try:
        _, vectors = eigsh(operator, 1, which="LA", v0=start, ncv=min(n, 32), tol=tolerance / 10)
    except ArpackNoConvergence as failure:
        raise ArithmeticError(f"Lanczos did not converge in {n} dimensions") from failure
    vector: Floats = vectors[:, 0]
    return vector
