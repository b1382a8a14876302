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
_STEPS, _LOOK, _SOONEST = 80, 2, 6
"""Steps of a Krylov process at most, between two looks at whether they suffice, and before them: a
look at a few steps costs as much as half a step of a small operator, and they hardly ever do."""
_FIRST = 1e-4
"""Residual, relative to the norm, at which the first vector is corrected in cheap products."""
_CORRECTIONS = 3
_FAR = 512
"""Products beyond 2 ** 512, or below its inverse, are formed of smaller or larger vectors."""
_ROOM_OF_FLOAT32 = 60
"""Largest exponent of two of an operator that float32 may see."""


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
        If the residual stays larger, or a product is not finite.

    Examples
    --------
    >>> value, residual, _ = top_eigenpair(lambda v: v * [1.0, -5.0], 2, tolerance=1e-9)
    >>> round(value, 9), residual < 1e-9
    (1.0, True)
    """
    noise = np.random.default_rng(seed).standard_normal(size)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        start, exponent = _measured(exact, noise)
        if not start.any():
            return 0.0, 0.0, np.eye(size)[0]
        exact = _scaled(exact, exponent)
        if cheap is not None:  # float32 has less room
            cheap = _scaled(cheap, exponent) if abs(exponent) <= _ROOM_OF_FLOAT32 else None
        norm = float(np.linalg.norm(start) / np.linalg.norm(noise))
        if size <= _DENSE:
            value, residual, x, norm = _dense(exact, size)
        else:
            value, residual, x, norm = _iterated(exact, cheap, start, tolerance, norm)
    if not residual <= tolerance * norm:
        raise ArithmeticError(f"the residual {residual / norm:.1e} stays above {tolerance:g}")
    return math.ldexp(value, exponent), math.ldexp(residual, exponent), x


def _measured(exact: Operator, noise: Floats) -> tuple[Floats, int]:
    """Return (s, e) with 2 ** e s the image of ``noise`` and the largest entry of s about 1."""
    image, shift = exact(noise), 0
    if not np.isfinite(image).all():
        image, shift = exact(noise * 2.0**-_FAR), _FAR
    elif np.abs(image).max() < 2.0**-_FAR:
        image, shift = exact(noise * 2.0**_FAR), -_FAR
    if not np.isfinite(image).all():
        raise ArithmeticError("a product with the operator is not finite")
    exponent = math.frexp(float(np.abs(image).max()))[1]
    return np.ldexp(image, -exponent), exponent + shift


def _scaled(apply: Operator, exponent: int) -> Operator:
    """Return the operator divided by 2 ** exponent; where it is far from 1, by half before it."""
    if abs(exponent) <= _FAR // 2:
        factor = 2.0**-exponent
        return lambda v: factor * apply(v)
    before, after = 2.0 ** (-exponent // 2), 2.0 ** (-exponent - -exponent // 2)
    return lambda v: after * apply(before * v)


def _dense(exact: Operator, size: int) -> tuple[float, float, Floats, float]:
    """The top eigenpair of the matrix, which is formed, with its norm."""
    matrix = np.column_stack([exact(e) for e in np.eye(size)])
    if not np.isfinite(matrix).all():
        raise ArithmeticError("a product with the operator is not finite")
    values, vectors = np.linalg.eigh(matrix)
    x: Floats = vectors[:, -1]
    return *_quotient(exact, x)[:2], x, float(max(values[-1], -values[0]))


def _iterated(
    exact: Operator, cheap: Operator | None, start: Floats, tolerance: float, norm: float
) -> tuple[float, float, Floats, float]:
    """The top eigenpair by Lanczos, with the largest |Ritz value| seen, at least ``norm``."""
    single = cheap is not None
    x, largest = _first(cheap or exact, start, _FIRST if single else tolerance / 2, single)
    norm = max(norm, largest)
    value, residual, r = _quotient(exact, x)
    for _ in range(_CORRECTIONS):
        if not residual > tolerance * norm or not np.isfinite(residual):
            break
        x = _corrected(cheap or exact, x, value, r, tolerance * norm / 3, single)
        value, residual, r = _quotient(exact, x)
    if not residual <= tolerance * norm:
        x = _by_arpack(exact, x if np.isfinite(x).all() else start, tolerance)
        value, residual, _ = _quotient(exact, x)
    return value, residual, x, norm


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
        if last or (j >= _SOONEST and j % _LOOK == _LOOK - 1):
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
    from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

    n = start.size
    operator = LinearOperator((n, n), matvec=lambda v: exact(np.ravel(v)), dtype=np.float64)
    try:
        _, vectors = eigsh(operator, 1, which="LA", v0=start, ncv=min(n, 32), tol=tolerance / 10)
    except ArpackError as failure:
        raise ArithmeticError(f"Lanczos did not converge in {n} dimensions: {failure}") from failure
    vector: Floats = vectors[:, 0]
    return vector
