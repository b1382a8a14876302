"""Eigenvalues and eigenvectors of very many symmetric matrices of order 1, 2 and 3.

A library call for each 3 x 3 matrix costs more than the arithmetic in it.  Here one operation
works on the same entry of all matrices of a batch.

The trigonometric roots of a cubic lose half the digits where two roots meet, but never in the root
that is farthest from the other two.  So only that one is taken from them, with its eigenvector (a
column of an adjugate, well conditioned); the plane beside it holds a 2 x 2 problem, which one
rotation solves.  Errors are a few roundings relative to the largest entry, as in LAPACK.
"""

from __future__ import annotations

from typing import Any

__all__ = ["LARGEST", "eigenvalues", "eigenvectors"]

LARGEST = 3
"""The largest order that is solved here."""

Vector = tuple[Any, ...]
"""Entries, each an array over the batch."""


def eigenvalues(xp: Any, A: Any) -> Vector:
    """Return the n <= 3 eigenvalues of symmetric matrices of shape (..., n, n), the largest last.

    >>> import array_api_compat.numpy as xp
    >>> [float(x) for x in eigenvalues(xp, xp.asarray([[0.0, 2.0], [2.0, 0.0]]))]
    [-2.0, 2.0]
    """
    n = A.shape[-1]
    if n == 1:
        return (A[..., 0, 0],)
    if n == 2:
        return _turned(xp, A[..., 0, 0], A[..., 0, 1], A[..., 1, 1])[:2]
    centre, scale, B = _normalised(xp, A)
    w = _isolated(xp, B)
    low, high, _, _ = _plane(xp, B, *_beside(xp, w))
    alone = -(low + high)
    top = centre + scale * xp.maximum(high, alone)
    return centre + scale * low, centre + scale * xp.minimum(high, alone), top


def eigenvectors(xp: Any, A: Any) -> tuple[Vector, tuple[Vector, ...]]:
    """Return (values, vectors): those of :func:`eigenvalues` and a unit vector to each."""
    n = A.shape[-1]
    if n == 1:
        return (A[..., 0, 0],), ((xp.ones_like(A[..., 0, 0]),),)
    if n == 2:
        low, high, c, s = _turned(xp, A[..., 0, 0], A[..., 0, 1], A[..., 1, 1])
        return (low, high), ((c, -s), (s, c))
    centre, scale, B = _normalised(xp, A)
    w = _isolated(xp, B)
    u, t = _beside(xp, w)
    low, high, c, s = _plane(xp, B, u, t)
    below = tuple(c * x - s * y for x, y in zip(u, t, strict=True))
    above = tuple(s * x + c * y for x, y in zip(u, t, strict=True))
    alone = -(low + high)
    swap = alone < high
    middle = tuple(xp.where(swap, x, y) for x, y in zip(w, above, strict=True))
    last = tuple(xp.where(swap, y, x) for x, y in zip(w, above, strict=True))
    values = low, xp.minimum(high, alone), xp.maximum(high, alone)
    return tuple(centre + scale * x for x in values), (below, middle, last)


def _turned(xp: Any, a: Any, b: Any, d: Any) -> tuple[Any, Any, Any, Any]:
    """(low, high, c, s) for [[a, b], [b, d]]: unit vectors (c, -s) to low and (s, c) to high.

    (d - a, 2b) stands at twice the angle of c and s; half-angle formulas without cancellation.
    """
    spread, twice = d - a, b + b
    size = xp.maximum(xp.abs(spread), xp.abs(twice))
    one = xp.ones_like(size)
    known = xp.where(size > 0, size, one)
    x, y = xp.where(size > 0, spread / known, one), twice / known
    root = xp.sqrt(x * x + y * y)
    below = xp.abs(x) + root
    length = xp.sqrt(below * below + y * y)
    large, small = below / length, xp.abs(y) / length
    c, s = xp.where(x >= 0, large, small), xp.where(x >= 0, small, large)
    half, mean = size * root / 2, (a + d) / 2
    return mean - half, mean + half, c, xp.where(y < 0, -s, s)


def _normalised(xp: Any, A: Any) -> tuple[Any, Any, Vector]:
    """(m, f, B) with A = m I + f B, B of trace zero and squared Frobenius norm 6 (or zero)."""
    entries = [A[..., i, j] for i in range(3) for j in range(i, 3)]
    largest = xp.abs(entries[0])
    for x in entries[1:]:
        largest = xp.maximum(largest, xp.abs(x))
    largest = xp.where(largest > 0, largest, xp.ones_like(largest))
    a, b, c, d, e, f = (x / largest for x in entries)
    centre = (a + d + f) / 3
    a, d, f = a - centre, d - centre, f - centre
    norm = xp.sqrt((a * a + d * d + f * f) / 6 + (b * b + c * c + e * e) / 3)
    norm = xp.where(norm > 0, norm, xp.ones_like(norm))
    return centre * largest, norm * largest, tuple(x / norm for x in (a, b, c, d, e, f))


def _isolated(xp: Any, B: Vector) -> Vector:
    """The unit eigenvector of B to the eigenvalue farthest from the others, 2 cos or -2 cos."""
    a, b, c, d, e, f = B
    half = (a * (d * f - e * e) - b * (b * f - c * e) + c * (b * e - c * d)) / 2
    angle = xp.acos(xp.clip(xp.abs(half), 0.0, 1.0)) / 3
    value = 2 * xp.cos(angle)
    value = xp.where(half < 0, -value, value)
    a, d, f = a - value, d - value, f - value
    adjugate = (
        (d * f - e * e, c * e - b * f, b * e - c * d),
        (c * e - b * f, a * f - c * c, b * c - a * e),
        (b * e - c * d, b * c - a * e, a * d - b * b),
    )
    w, size = adjugate[0], adjugate[0][0]
    for k in (1, 2):  # the adjugate is a positive multiple of w wᵀ: its largest column
        better = adjugate[k][k] > size
        size = xp.maximum(size, adjugate[k][k])
        w = tuple(xp.where(better, x, y) for x, y in zip(adjugate[k], w, strict=True))
    norm = xp.sqrt(_dot(w, w))
    return tuple(x / norm for x in w)


def _beside(xp: Any, w: Vector) -> tuple[Vector, Vector]:
    """Two unit vectors orthogonal to the unit vector w and to each other, without cancellation."""
    x, y, z = w
    sign = xp.where(z < 0, -xp.ones_like(z), xp.ones_like(z))
    k = -1 / (sign + z)
    return (1 + sign * k * x * x, sign * k * x * y, -sign * x), (k * x * y, sign + k * y * y, -y)


def _plane(xp: Any, B: Vector, u: Vector, t: Vector) -> tuple[Any, Any, Any, Any]:
    """B in the plane of u and t, solved as by :func:`_turned`."""
    image_u, image_t = _times(B, u), _times(B, t)
    return _turned(xp, _dot(u, image_u), _dot(t, image_u), _dot(t, image_t))


def _times(B: Vector, u: Vector) -> Vector:
    a, b, c, d, e, f = B
    return _dot((a, b, c), u), _dot((b, d, e), u), _dot((c, e, f), u)


def _dot(u: Vector, v: Vector) -> Any:
    return u[0] * v[0] + u[1] * v[1] + u[2] * v[2]
