"""The dual of the largest weighted gain, minimised in batches of floats.

With Σ = V diag(d) Vᵀ, F = V diag(√d) and M = (TF)ᵀ(TF), the gain is the least of

    h(u) = λ_max(θ e^u diag(d) + (1-θ) e^{-τu} M),    τ = θ/(1-θ),

over real u, the logarithm of the dual scale c; log h is convex.  At a top eigenvector z, with
p = zᵀdiag(d)z and q = zᵀMz, the share ``x = θ e^u p/h`` rises from 0 to 1 and is θ at the minimum:

    (log h)' = (x - θ)/(1-θ),    logit x - logit θ = u/(1-θ) + log(p/q).

The last is linear in u while z stays what it is, so Newton's method on it needs few steps.  Where
eigenvalues cross it may jump over zero: there the tangents of log h at both ends of a bracket meet
near the minimum.  They also bound it from below, which says when to stop.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import exp, log, nan
from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating

__all__ = ["float_optimum", "minimised"]

_STEPS = 60
"""Smooth minima take 3 to 6 steps, crossing eigenvalues about 10."""
_GAP = 1e-15
"""Relative distance between h and what bounds its minimum from below, at which to stop."""
_SMOOTH = 1e-6
"""A larger slope of log h next to its minimum is that of eigenvalues that cross."""
_SMALLEST = 1e-300
_EPSILON = float(np.finfo(np.float64).eps)


def float_optimum(ar: Floating, sigma: Any, target: Any, weight: float) -> tuple[Any, Any]:
    """Return (c, g): the minimising scale of the dual and its value, batched floats.

    ``c = (q/p)^{1-θ}`` at the maximizer.

    Raises
    ------
    ZeroDivisionError
        If a target of the batch vanishes on its data.
    """
    xp = ar.xp
    d, V = ar.eigen(sigma)
    d = xp.clip(d, 0.0, None)
    gained = target @ (V * xp.sqrt(d)[..., None, :])
    M = gained.mT @ gained
    if not bool(xp.all(ar.trace(M) > 0)):
        raise ZeroDivisionError("the gain of a target that vanishes on the data")
    u, least = minimised(ar, d, M, weight)
    return xp.exp(u), least


def minimised(ar: Floating, d: Any, M: Any, weight: float) -> tuple[Any, Any]:
    """Return (u, h): where h of the module docstring is least, and its value there.

    Parameters
    ----------
    d
        Diagonal of the first form, shape (..., n), entries >= 0 and not all zero.
    M
        The second form, shape (..., n, n), positive semidefinite and not zero.
    weight
        θ, strictly between 0 and 1.
    """
    xp, batch, n = ar.xp, M.shape[:-2], M.shape[-1]
    d = xp.reshape(xp.broadcast_to(d, (*batch, n)), (-1, n))
    d, first = _scaled(ar, d, xp.max(d, axis=-1))
    M, second = _scaled(ar, M, xp.max(xp.linalg.diagonal(M), axis=-1))
    second = xp.reshape(second, (-1,))
    if isinstance(M, np.ndarray) and len(d) == 1:
        u, least = (np.full(1, x) for x in _alone(d[0], M.reshape(n, n), weight))
    else:
        u, least = _together(ar, d, xp.reshape(M, (-1, n, n)), weight)
    # h is homogeneous: first and second are the binary logarithms of what both were divided by
    u = u + (1 - weight) * (second - first) * log(2)
    least = least * _power_of_two(xp, weight * first + (1 - weight) * second)
    return xp.reshape(u, batch), xp.reshape(least, batch)


def _scaled(ar: Floating, A: Any, size: Any) -> tuple[Any, Any]:
    """Return A over the power of two next to its size, without rounding, and the exponent."""
    xp = ar.xp
    exponent = xp.round(xp.log2(size))
    half = xp.floor(exponent / 2)
    for power in (-half, half - exponent):  # in two steps: 2^1074 is no float
        factor = _power_of_two(xp, power)
        A = A * xp.reshape(factor, factor.shape + (1,) * (len(A.shape) - len(factor.shape)))
    return A, exponent


def _power_of_two(xp: Any, exponent: Any) -> Any:
    return xp.pow(xp.asarray(2.0, dtype=exponent.dtype), exponent)


def _together(ar: Floating, d: Any, M: Any, weight: float) -> tuple[Any, Any]:
    """A batch of problems: those that are done leave it."""
    xp = ar.xp
    lanes = _started(ar, d, M, weight)
    finished = []
    for step in range(_STEPS):
        lanes, done = _improved(ar, lanes, weight)
        if step == _STEPS - 1 or bool(xp.all(done)):
            finished.append(lanes)
            break
        if bool(xp.any(done)):
            finished.append(lanes.only(done))
            lanes = lanes.only(~done)
    order = xp.argsort(xp.concat([part.index for part in finished]))
    parts = ([getattr(part, name) for part in finished] for name in ("u", "least"))
    u, least = (xp.take(xp.concat(part), order) for part in parts)
    return u, xp.exp(least)


def _alone(d: Any, M: Any, weight: float) -> tuple[float, float]:
    """One problem by itself: a root finder for scalars takes a third of the time of a batch.

    The root is that of ``u - (1-θ) log(q/p)``, of the sign of the slope.  With the gains p_1, q_1
    of the top eigenvector of M, the minimum has p >= p_1 and q >= (p_1/Λ)^τ q_1, Λ = max d.
    """
    from scipy.optimize import brentq

    if not (np.isfinite(d).all() and np.isfinite(M).all()):  # LAPACK finds eigenvalue 0 of a NaN
        return nan, nan
    tilt = weight / (1 - weight)

    def top(u: float) -> tuple[float, Any]:
        larger = max(u, -tilt * u)  # e^larger is taken out: it may overflow away from the minimum
        first, second = weight * exp(u - larger), (1 - weight) * exp(-tilt * u - larger)
        value, z = _top_eigenpair(np.diag(first * d) + second * M)
        return log(value) + larger, z

    def best(z: Any) -> tuple[float, float]:
        p = max(float(z @ (d * z)), _SMALLEST)
        return p, (1 - weight) * log(max(float(z @ M @ z), _SMALLEST) / p)

    def excess(u: float) -> float:
        return u - best(top(u)[1])[1]

    p, high = best(_top_eigenpair(M)[1])
    low = high - log(float(d.sum()) / p)
    slack = 1e-6 * (1 + abs(low) + abs(high))
    low, high = low - slack, high + slack
    try:
        u = float(brentq(excess, low, high, xtol=1e-15, rtol=4 * _EPSILON))
    except ValueError:  # one sign only: rounding at an end of the bracket
        u = low if excess(low) >= 0 else high
    return u, exp(top(u)[0])


def _top_eigenpair(A: Any) -> tuple[float, Any]:
    """The largest eigenvalue and its eigenvector, which LAPACK computes alone."""
    from scipy.linalg.lapack import dsyevr

    n = len(A)
    values, vectors, _, _, failed = dsyevr(A, range="I", il=n, iu=n)
    if failed:
        raise FloatingPointError("no eigenvalues; are the numbers finite?")
    return float(values[0]), vectors[:, 0]


@dataclass(frozen=True)
class _Lanes:
    """The state of the minimisations that go on: arrays with one leading axis.

    ``least`` is the least log h so far; ``low`` and ``high`` hold a point, log h and its slope at
    both ends of a bracket.
    """

    index: Any
    d: Any
    M: Any
    u: Any
    least: Any
    residual: Any
    low: Any
    high: Any

    def only(self, mask: Any) -> _Lanes:
        """Return the lanes of the mask."""
        return _Lanes(*(getattr(self, field.name)[mask] for field in fields(self)))


def _started(ar: Floating, d: Any, M: Any, weight: float) -> _Lanes:
    """Start at the best coordinate vector, with a bracket from two lines below log h.

    ``log h >= log(θ Λ) + u`` and ``log h >= log((1-θ) max_i M_ii) - τ u``: the minimum is not where
    one of them is above a value of h.
    """
    xp, tilt = ar.xp, weight / (1 - weight)
    m = xp.linalg.diagonal(M)
    log_d, log_m = (xp.log(xp.clip(x, _SMALLEST, None)) for x in (d, m))
    best = xp.argmax(weight * log_d + (1 - weight) * log_m, axis=-1)[:, None]
    u = (1 - weight) * xp.take_along_axis(log_m - log_d, best, axis=-1)[:, 0]
    rising = log(weight) + xp.max(log_d, axis=-1)
    falling = log(1 - weight) + xp.max(log_m, axis=-1)
    # h is at most the sum of both largest eigenvalues, and that of M is at most its trace
    above = xp.exp(rising + u) + (1 - weight) * xp.exp(-tilt * u) * xp.sum(m, axis=-1)
    level, ones = xp.log(above), xp.ones_like(u)
    low = xp.stack([(falling - level) / tilt, level, -tilt * ones], axis=-1)
    high = xp.stack([level - rising, level, ones], axis=-1)
    index = xp.arange(u.shape[0])
    return _Lanes(index, d, M, u, xp.inf * ones, xp.inf * ones, low, high)


def _improved(ar: Floating, lanes: _Lanes, weight: float) -> tuple[_Lanes, Any]:
    """Return the lanes after one evaluation of h, and which of them are done.

    The next point is Newton's if it stays in the bracket and the last step halved the residual,
    else where the tangents meet.
    """
    xp, u = ar.xp, lanes.u
    height, share, residual, steepness = _evaluated(ar, lanes, weight)
    point = xp.stack([u, height, (share - weight) / (1 - weight)], axis=-1)
    right = (share >= weight)[:, None]
    low, high = xp.where(right, lanes.low, point), xp.where(right, point, lanes.high)
    least = xp.minimum(lanes.least, height)
    (a, f, df), (b, g, dg) = (_columns(end) for end in (low, high))
    meet = a + (g - f + dg * (a - b)) / (df - dg)
    below = f + df * (meet - a)
    newton = u - residual / steepness
    # log h is above its minimum by at most a divergence of shares, to second order this one
    close = (share - weight) ** 2 / (2 * weight * (1 - weight)) <= _GAP / 100
    done = close | (least - below <= _GAP) | (b - a <= _GAP * (1 + xp.abs(u)))
    middle = xp.where(done | ((meet > a) & (meet < b)), xp.clip(meet, a, b), (a + b) / 2)
    smooth, halved = xp.abs(share - weight) <= _SMOOTH, xp.abs(residual) <= lanes.residual / 2
    trusted = close | (xp.where(done, smooth, halved) & (newton > a) & (newton < b))
    u = xp.where(trusted, xp.clip(newton, a, b), middle)
    return _Lanes(lanes.index, lanes.d, lanes.M, u, least, xp.abs(residual), low, high), done


def _columns(end: Any) -> tuple[Any, Any, Any]:
    return end[:, 0], end[:, 1], end[:, 2]


def _evaluated(ar: Floating, lanes: _Lanes, weight: float) -> tuple[Any, Any, Any, Any]:
    """Return log h, the share x, logit x - logit θ and its derivative in u, at ``lanes.u``."""
    xp, tilt, d, M = ar.xp, weight / (1 - weight), lanes.d, lanes.M
    larger = xp.maximum(lanes.u, -tilt * lanes.u)  # e^larger may overflow away from the minimum
    e = weight * xp.exp(lanes.u - larger)
    f = (1 - weight) * xp.exp(-tilt * lanes.u - larger)
    eye = ar.identity(d.shape[-1])
    values, Z = ar.eigen(ar.scale(e, d[..., None] * eye) + ar.scale(f, M))
    h, z = values[..., -1], Z[..., :, -1:]
    couplings = xp.sum(Z * (d[..., None] * z), axis=-2)  # z_jᵀ diag(d) z
    p, q = couplings[..., -1], xp.sum(z * (M @ z), axis=(-2, -1))
    p, q = xp.maximum(p, _SMALLEST * h), xp.maximum(q, _SMALLEST * h)
    # dz = Σ_j z_j z_jᵀ(dB/du)z/(h - λ_j), and z_jᵀBz = 0 gives z_jᵀ(dB/du)z = e/(1-θ) z_jᵀdiag(d)z
    gaps = h[..., None] - values[..., :-1]
    gaps = xp.maximum(gaps, _GAP * h[..., None])
    dp = 2 * e / (1 - weight) * xp.sum(couplings[..., :-1] ** 2 / gaps, axis=-1)
    residual = lanes.u / (1 - weight) + xp.log(p) - xp.log(q)
    steepness = 1 / (1 - weight) + dp * (1 / p + e / xp.maximum(f * q, _SMALLEST))
    return xp.log(h) + larger, e * p / h, residual, steepness
