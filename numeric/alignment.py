"""How well the top eigenvectors of two symmetric matrices agree, in every arithmetic.

``overlap_sq(ar, A, B)`` is the least ⟨u, v⟩² over unit top eigenvectors u of A and v of B.  Where
one of the top eigenvalues is multiple it is zero: some u of that eigenspace is orthogonal to v.

Enclosure.  Let û be a unit vector, ρ = ûᵀAû, r = |Aû - ρû|.  By Weyl
``λ_2(A) <= λ_max(A - ρûûᵀ) =: m``, and if ρ > m the angle to the top eigenvector has
``sin θ <= r/(ρ - m)`` (Davis and Kahan), so that ``|u - û| <= √2 sin θ`` for one of the signs.
Floats propose û, balls bound r and m.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from numeric.arithmetic.algebraic import real_roots
from numeric.arithmetic.ball import Ball, midpoints
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.protocol import Arithmetic, NotExact
from numeric.arithmetic.rational import kernel
from numeric.arithmetic.surds import Surd

__all__ = ["overlap_sq"]


def overlap_sq(ar: Arithmetic, A: Any, B: Any) -> Any:
    """Return the least ⟨u, v⟩² over unit top eigenvectors u of A, v of B (symmetric, one size).

    A value (floats), an enclosure (balls) or the exact number (rationals).

    Raises
    ------
    NotExact
        In exact arithmetic, when a top eigenvalue is simple and irrational.

    Examples
    --------
    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()
    >>> overlap_sq(ar, ar.matrix([[2, 0], [0, 1]]), ar.matrix([[1, 1], [1, 1]]))
    1/2
    """
    if isinstance(ar, Floating):
        u, v = (ar.eigen(M)[1][..., :, -1] for M in (A, B))
        return ar.xp.sum(u * v, axis=-1) ** 2
    if ar.kind == "exact":
        return _exact(ar, A, B)
    return _enclosure(ar, A, B)


def _exact(ar: Arithmetic, A: Any, B: Any) -> Any:
    bases = [_top_space(ar, M) for M in (A, B)]
    if any(len(basis) > 1 for basis in bases):
        return ar.scalar(0)
    if any(not basis for basis in bases):
        raise NotExact("a top eigenvector is irrational")
    u, v = (ar.matrix([[x] for x in basis[0]]) for basis in bases)
    return ar.entry(u.mT @ v, 0, 0) ** 2 / (ar.frobenius_sq(u) * ar.frobenius_sq(v))


def _top_space(ar: Arithmetic, M: Any) -> list[list[Any]]:
    """A rational basis of the top eigenspace: empty if it is an irrational line.

    An irrational top eigenvalue that is multiple gives two empty vectors: only their number counts.
    """
    top = ar.eig_max(M)
    if isinstance(top, Surd):
        own = top.algebraic()
        multiplicity = max(n for x, n in real_roots(M.raw.charpoly()) if x == own)
        return [] if multiplicity == 1 else [[]] * multiplicity
    return kernel(M - ar.scale(top, ar.identity(M.shape[0])))


def _enclosure(ar: Any, A: Any, B: Any) -> Ball:
    (u, sin_u), (v, sin_v) = (_proposed(ar, M) for M in (A, B))
    if sin_u is None or sin_v is None:
        return Ball.between(ar.scalar(0), ar.scalar(1))
    overlap = ar.entry(u.mT @ v, 0, 0)
    overlap = ar.maximum(overlap, -overlap)
    reach = ar.sqrt(2) * (sin_u + sin_v)
    low, high = ar.maximum(overlap - reach, 0), ar.minimum(overlap + reach, 1)
    return Ball.between(low * low, high * high)


def _proposed(ar: Any, M: Any) -> tuple[Any, Any]:
    """A unit vector û and a bound on sin θ to the top eigenvector; None where no gap is proved."""
    floats = midpoints(M)
    proposal = np.linalg.eigh((floats + floats.T) / 2)[1][:, -1]
    u = ar.matrix([[Fraction(x)] for x in proposal.tolist()])
    u = ar.scale(1 / ar.sqrt(ar.frobenius_sq(u)), u)
    image = M @ u
    rho = ar.entry(u.mT @ image, 0, 0)
    gap = rho - ar.eig_max(M - ar.scale(rho, u @ u.mT))
    if ar.compare(gap, ar.scalar(0)).sign != 1:
        return u, None
    return u, ar.sqrt(ar.frobenius_sq(image - ar.scale(rho, u))) / gap
