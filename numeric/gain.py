"""The largest weighted gain of a linear map over data, enclosed by a single vector.

For Σ ⪰ 0 with root K, a map T and a weight 0 < θ < 1 let

    g(θ) = max_{|z|=1} p(z)^θ q(z)^{1-θ},    p(z) = |K z|²,  q(z) = |T K z|².

*One vector certifies both sides.*  Any y gives ``z = K y/|K y|`` with
``p = |Σy|²/yᵀΣy``, ``q = |TΣy|²/yᵀΣy`` and the lower bound ``V = p^θ q^{1-θ}``.  By weighted AM-GM
``x^θ y^{1-θ} <= θ x/p · V + (1-θ) y/q · V`` for all x, y >= 0, so

    g(θ) <= V · λ_max( Σ (θ/p I + (1-θ)/q TᵀT) ),

and the factor is 1 exactly at a maximizer.  No square root of Σ appears, so a rational maximizer
is *proved* optimal in exact arithmetic; floats only propose y.

In balls no y is needed.  Let ``Σ = F Fᵀ + R``, ``0 ⪯ R ⪯ r I`` (:meth:`Balls.factor`), and take
a unit vector z.  By Douglas' lemma ``F = K C`` with ``|C| <= 1``, so C z, rescaled to length 1,
gains at least ``V = p^θ q^{1-θ}`` with ``p = |F z|²``, ``q = |T F z|²``; and with
``N = θ/p I + (1-θ)/q TᵀT``

    g(θ) <= V · λ_max(Σ N) <= V · (λ_max(Fᵀ N F) + r λ_max(N)).

F is accurate whatever the condition of Σ, and r is zero or a rounding error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import exp, sqrt
from typing import Any

import numpy as np

from numeric.arithmetic.ball import Ball, Balls, midpoints
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.protocol import Arithmetic, NotExact
from numeric.arithmetic.rational import pivots
from numeric.arithmetic.tangents import Tangents
from numeric.gain_dual import float_optimum, minimised
from numeric.gain_slope import gain_with_slope

__all__ = ["float_optimum", "maximizers", "weighted_gain"]

_NEGLIGIBLE = 1e-14
"""Eigenvalues of Σ below this share of the largest are taken as zero when proposing y."""
_SPURIOUS = 1e-6
"""Energies below this share of the largest, all of which should be one, are rounding errors."""
_DEGENERATE = 1e-10
"""Eigenvalues this close to the top, relatively, are taken as equal when proposing y."""
_CLOSE = 1e-2
"""Within this of the top the second eigenvalue makes the first eigenvector inaccurate."""


def weighted_gain(ar: Arithmetic, sigma: Any, target: Any, weight: Fraction) -> Any:
    """Return g(weight): a value (floats), an enclosure (balls) or the exact number (rationals).

    Parameters
    ----------
    ar
        The arithmetic of ``sigma`` and ``target``.
    sigma
        Second moments Σ ⪰ 0, shape (..., d_x, d_x).
    target
        T with TΣ != 0, shape (..., d_y, d_x).
    weight
        θ, strictly between 0 and 1.

    Raises
    ------
    ValueError
        If the weight is not strictly between 0 and 1.
    ZeroDivisionError
        If TΣ = 0, or in balls if it may be (the gain is zero, and no vector is a maximizer).
    NotExact
        In exact arithmetic, when the maximizer is not a small rational vector.

    Examples
    --------
    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()
    >>> weighted_gain(ar, ar.identity(2), ar.matrix([[3, 0], [0, 1]]), Fraction(1, 2))
    3
    """
    if not 0 < weight < 1:
        raise ValueError(f"weight: expected a number strictly between 0 and 1, got {weight}")
    if isinstance(ar, Floating):
        return float_optimum(ar, sigma, target, float(weight))[1]
    if isinstance(ar, Tangents):
        return gain_with_slope(ar, sigma, target, weight)
    if ar.is_zero(target @ sigma):
        raise ZeroDivisionError("the gain of a target that vanishes on the data")
    if isinstance(ar, Balls):
        return _enclosed_gain(ar, sigma, target, weight)
    return _exact_gain(ar, sigma, target, weight)


def _value(ar: Arithmetic, p: Any, q: Any, weight: Fraction) -> Any:
    """Return p^θ q^{1-θ}, as one root: an exact result keeps the smallest degree."""
    m, n = weight.numerator, weight.denominator
    product = ar.power(p, Fraction(m)) * ar.power(q, Fraction(n - m))
    return ar.power(ar.nonnegative(product), Fraction(1, n))


def _enclosed_gain(ar: Balls, sigma: Any, target: Any, weight: Fraction) -> Ball:
    """Return the enclosure of the module docstring at the vector z that floats propose."""
    F, rest = ar.factor(sigma)
    gained = target @ F
    D, M = F.mT @ F, gained.mT @ gained
    # the maximizer does not depend on the scales, which may lie outside of float64
    floats = [midpoints(ar.scale(1 / ar.trace(form), form)) for form in (D, M)]
    with _proposing():
        dual = _Dual(floats[0], floats[1], float(weight))
        z = ar.matrix([[Fraction(x)] for x in dual.maximizer().tolist()])
    norm = ar.frobenius_sq(z)
    p, q = ar.frobenius_sq(F @ z) / norm, ar.frobenius_sq(gained @ z) / norm
    value, theta = _value(ar, p, q, weight), ar.scalar(weight)
    factor = ar.eig_max(ar.scale(theta / p, D) + ar.scale((1 - theta) / q, M))
    # λ_max(N) <= θ/p + (1-θ)/q |T|_F²
    factor += rest * (theta / p + (1 - theta) / q * ar.frobenius_sq(target))
    return Ball.between(value, value * ar.maximum(1, factor))


def _exact_gain(ar: Arithmetic, sigma: Any, target: Any, weight: Fraction) -> Any:
    """Return V at a rational vector next to a proposed one, if it is exactly optimal.

    Where the rows of T are eigenvectors of Σ with one eigenvalue c >= θ λ_max(Σ), as for Σ = cI,
    V is optimal at the top right singular vector of T, rational or not: p = c, q = c |T|², and
    λ_max(ΣN) = max(1, θ λ_max(Σ)/c).
    """
    c = ar.trace(target @ sigma @ target.mT) / ar.frobenius_sq(target)
    if ar.is_zero(target @ sigma - ar.scale(c, target)):
        largest = ar.scalar(weight) * ar.eig_max(sigma)
        if ar.compare(largest, c).sign in (-1, 0):
            return _value(ar, c, c * ar.eig_max(target @ target.mT), weight)
    tried = set()
    Y = maximizers(ar, sigma, target, float(weight))
    Y = Y / np.take_along_axis(Y, np.abs(Y).argmax(axis=0)[None, :], axis=0)
    for denominator in (1, 12, 1000, 10**6):
        for column in Y.T.tolist():
            y = tuple(Fraction(x).limit_denominator(denominator) for x in column)
            gains = None if y in tried else _gains_of_maximizer(ar, sigma, target, weight, y)
            if gains is not None:
                return _value(ar, *gains, weight)
            tried.add(y)
    raise NotExact("the maximizer of the gain is not a small rational vector")


def _gains_of_maximizer(
    ar: Arithmetic, sigma: Any, target: Any, weight: Fraction, y: Sequence[Fraction]
) -> tuple[Any, Any] | None:
    """Return (p, q) at the vector y if it is a maximizer: if the factor λ_max(Σ N) is 1."""
    column, n = ar.matrix([[x] for x in y]), len(y)
    image = sigma @ column
    energy = ar.entry(column.mT @ image, 0, 0)
    gained = ar.frobenius_sq(target @ image)
    if gained == 0:
        return None
    p, q = ar.frobenius_sq(image) / energy, gained / energy
    theta = ar.scalar(weight)
    N = ar.scale(theta / p, ar.identity(n)) + ar.scale((1 - theta) / q, target.mT @ target)
    # 1 is an eigenvalue of ΣN at all: rank is cheaper than eigenvalues, and most vectors fail
    if len(pivots(sigma @ N - ar.identity(n))) == n:
        return None
    return (p, q) if ar.compare(ar.eig_max(N, sigma), ar.scalar(1)).sign == 0 else None


def maximizers(ar: Arithmetic, sigma: Any, target: Any, weight: float) -> Any:
    """Propose vectors y that maximise the gain, as columns (float64 NumPy, shape (d_x, ...)).

    The slope in log c of ``λ_max(θcΣ + (1-θ)c^{-θ/(1-θ)} K TᵀT K)``, convex in log c, changes sign
    at the optimum.  The first column is the vector balanced between both sides of it (which
    matters where the top eigenvalue is double there), scaled so that its largest entry is 1; the
    others span the top eigenspace in reduced echelon form.  So they are rational if they can be.
    """
    with _proposing():
        basis, D, M = _reduced(ar, sigma, target)
        dual = _Dual(D, M, weight)
        y = basis @ dual.maximizer()
        return np.column_stack([y / y[np.argmax(np.abs(y))], _echelon(basis @ dual.top_space())])


@contextmanager
def _proposing() -> Iterator[None]:
    """Turn the failure of a float proposal into NotExact."""
    try:
        yield
    except (ValueError, OverflowError, FloatingPointError, np.linalg.LinAlgError) as error:
        raise NotExact(f"no float proposal of the maximizer: {error}") from error


@dataclass(frozen=True)
class _Dual:
    """λ_max(θ e^u D + (1-θ) e^{-tu} M) in floats, t = θ/(1-θ): convex in u, slope θ zᵀS(u)z."""

    D: Any
    M: Any
    weight: float

    def _scaled(self, u: float) -> tuple[Any, Any]:
        return exp(u) * self.D, exp(-self.weight / (1 - self.weight) * u) * self.M

    def _dual(self, u: float) -> Any:
        D, M = self._scaled(u)
        return self.weight * D + (1 - self.weight) * M

    @cached_property
    def minimum(self) -> float:
        """Where it is least: both forms are turned into the eigenvectors of D."""
        d, V = np.linalg.eigh(self.D)
        u, _ = minimised(Floating(), np.clip(d, 0.0, None), V.T @ self.M @ V, self.weight)
        return float(u)

    @cached_property
    def _spectrum(self) -> Any:
        return np.linalg.eigh(self._dual(self.minimum))

    def top_space(self, tolerance: float = _DEGENERATE) -> Any:
        """Return an orthonormal basis of the top eigenspace at the minimum."""
        values, vectors = self._spectrum
        return vectors[:, values > values[-1] * (1 - tolerance)]

    def maximizer(self) -> Any:
        """Return the vector of the top eigenspace at the minimum whose slope vanishes.

        In two dimensions there are two, and the better one is right even where the eigenvalues
        differ, by so little that their eigenvectors are inaccurate.
        """
        space = self.top_space()
        if space.shape[1] == 1:
            space = self.top_space(_CLOSE)[:, -2:]
        if space.shape[1] == 1:
            return space[:, 0]
        D, M = self._scaled(self.minimum)
        slopes, turn = np.linalg.eigh(space.T @ (D - M) @ space)
        falling, rising = space @ turn[:, 0], space @ turn[:, -1]
        if slopes[0] >= 0:
            return falling
        if slopes[-1] <= 0:
            return rising
        falling, rising = sqrt(slopes[-1]) * falling, sqrt(-slopes[0]) * rising
        dual = self._dual(self.minimum)
        return max((falling + rising, falling - rising), key=lambda z: float(z @ dual @ z))


def _reduced(ar: Arithmetic, sigma: Any, target: Any) -> tuple[Any, Any, Any]:
    """Return a float basis Y with YᵀΣY = I, and there |Kz|² = zᵀDz, |TKz|² = zᵀMz for y = Yz.

    Floats choose the basis, but the three forms are computed in ``ar``: where Σ is ill-conditioned
    its small eigenvalues are lost in float64, and with them the balance of a double eigenvalue.
    """
    d, V = np.linalg.eigh(midpoints(sigma))
    keep = d > _NEGLIGIBLE * d[-1]
    basis = V[:, keep] / np.sqrt(d[keep])
    Y = ar.matrix([[Fraction(x) for x in row] for row in basis.tolist()])
    image = sigma @ Y
    gained = target @ image
    e, U = np.linalg.eigh(midpoints(Y.mT @ image))
    known = e > _SPURIOUS * e[-1]  # an eigenvalue kept by rounding alone has no energy
    whiten = U[:, known] / np.sqrt(e[known])
    forms = (whiten.T @ midpoints(form.mT @ form) @ whiten for form in (image, gained))
    return basis @ whiten, *forms


def _echelon(basis: Any) -> Any:
    """The same column space with an identity block in its most independent rows."""
    from scipy.linalg import qr

    _, _, rows = qr(basis.T, pivoting=True)
    return basis @ np.linalg.inv(basis[rows[: basis.shape[1]]])
