"""The largest weighted gain of a linear map over data, enclosed by a single vector.

For Σ ⪰ 0 with root K, a map T and a weight 0 < θ < 1 let

    g(θ) = max_{|z|=1} p(z)^θ q(z)^{1-θ},    p(z) = |K z|²,  q(z) = |T K z|².

*One vector certifies both sides.*  Any y gives ``z = K y/|K y|`` with
``p = |Σy|²/yᵀΣy``, ``q = |TΣy|²/yᵀΣy`` and the lower bound ``V = p^θ q^{1-θ}``.  By weighted AM-GM
``x^θ y^{1-θ} <= θ x/p · V + (1-θ) y/q · V`` for all x, y >= 0, so

    g(θ) <= V · λ_max( Σ (θ/p I + (1-θ)/q TᵀT) ),

and the factor is 1 exactly at a maximizer.  No square root of Σ appears, so a rational maximizer
is *proved* optimal in exact arithmetic; floats only propose y.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from scipy.linalg import qr
from scipy.optimize import brentq

from numeric.arithmetic.ball import Ball, midpoints
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.protocol import Arithmetic, NotExact
from numeric.gain_floats import float_optimum

__all__ = ["float_optimum", "maximizers", "weighted_gain"]

_EPSILON = float(np.finfo(np.float64).eps)
_BISECTIONS = 64
_NEGLIGIBLE = 1e-14
"""Eigenvalues of Σ below this share of the largest are taken as zero when proposing y."""
_SPURIOUS = 1e-6
"""Energies below this share of the largest, all of which should be one, are rounding errors."""
_DEGENERATE = 1e-10
"""Eigenvalues this close to the top, relatively, are taken as equal when proposing y."""


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
    if ar.is_zero(target @ sigma):
        raise ZeroDivisionError("the gain of a target that vanishes on the data")
    Y = maximizers(ar, sigma, target, float(weight))
    if ar.kind == "exact":
        return _exact_gain(ar, sigma, target, weight, Y)
    y = Y[:, 0]
    value, factor = _certify(ar, sigma, target, weight, [Fraction(x) for x in y.tolist()])
    return Ball.between(value, value * ar.maximum(1, factor))


def _certify(
    ar: Arithmetic, sigma: Any, target: Any, weight: Fraction, y: list[Fraction]
) -> tuple[Any, Any]:
    """Return (V, λ_max factor) at the vector y: V <= g <= V · factor."""
    column = ar.matrix([[x] for x in y])
    image = sigma @ column
    energy = ar.entry(column.mT @ image, 0, 0)
    p = ar.frobenius_sq(image) / energy
    q = ar.frobenius_sq(target @ image) / energy
    theta = ar.scalar(weight)
    # p^θ q^{1-θ} as one root of a rational: an exact result keeps the smallest degree
    m, n = weight.numerator, weight.denominator
    product = ar.power(p, Fraction(m)) * ar.power(q, Fraction(n - m))
    value = ar.power(product, Fraction(1, n))
    inner = ar.scale(theta / p, ar.identity(len(y))) + ar.scale((1 - theta) / q, target.mT @ target)
    return value, ar.eig_max(inner, sigma)


def _exact_gain(ar: Arithmetic, sigma: Any, target: Any, weight: Fraction, Y: Any) -> Any:
    """Return V if a rational vector next to a multiple of a column of Y is exactly optimal."""
    Y = Y / np.take_along_axis(Y, np.abs(Y).argmax(axis=0)[None, :], axis=0)
    for denominator in (1, 12, 1000, 10**6):
        for y in Y.T.tolist():
            rational = [Fraction(x).limit_denominator(denominator) for x in y]
            try:
                value, factor = _certify(ar, sigma, target, weight, rational)
            except ZeroDivisionError:
                continue
            if ar.compare(factor, ar.scalar(1)).sign == 0:
                return value
    raise NotExact("the maximizer of the gain is not a small rational vector")


def maximizers(ar: Arithmetic, sigma: Any, target: Any, weight: float) -> Any:
    """Propose vectors y that maximise the gain, as columns (float64 NumPy, shape (d_x, ...)).

    The slope in log c of ``λ_max(θcΣ + (1-θ)c^{-θ/(1-θ)} K TᵀT K)``, convex in log c, changes sign
    at the optimum.  The first column is the vector balanced between both sides of it (which
    matters where the top eigenvalue is double there), scaled so that its largest entry is 1; the
    others span the top eigenspace in reduced echelon form.  So they are rational if they can be.
    """
    try:
        return _propose(*_reduced(ar, sigma, target), weight)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise NotExact(f"no float proposal of the maximizer: {error}") from error


def _propose(basis: Any, D: Any, M: Any, weight: float) -> Any:
    """The columns of :func:`maximizers`, from the reduced forms."""
    low, high = (float(x) for x in _bracket(Floating(), D, M, weight))
    tilt = weight / (1 - weight)

    def blend(u: float) -> Any:
        return weight * np.exp(u) * D + (1 - weight) * np.exp(-tilt * u) * M

    def top(u: float) -> Any:
        return np.linalg.eigh(blend(u))[1][:, -1]

    def space(u: float) -> Any:
        values, vectors = np.linalg.eigh(blend(u))
        return vectors[:, values > values[-1] * (1 - _DEGENERATE)]

    def slope(z: Any, u: float) -> float:
        return float(np.exp(u) * (z @ D @ z) - np.exp(-tilt * u) * (z @ M @ z))

    def rise(u: float) -> float:
        return slope(top(u), u)

    if rise(low) >= 0 or rise(high) <= 0:  # rounding at an end of the bracket
        middle = low if rise(low) >= 0 else high
    else:
        middle = brentq(rise, low, high, xtol=1e-15, rtol=4 * _EPSILON)
    step = 16 * _EPSILON * (1 + abs(middle))
    z_low, z_high = top(middle - step), top(middle + step)
    z = _balanced(z_low, z_high, lambda z: slope(z, middle))
    y = basis @ z
    return np.column_stack([y / y[np.argmax(np.abs(y))], _echelon(basis @ space(middle))])


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
    _, _, rows = qr(basis.T, pivoting=True)
    return basis @ np.linalg.inv(basis[rows[: basis.shape[1]]])


def _balanced(z_low: Any, z_high: Any, slope: Any) -> Any:
    """The combination of both vectors at which the slope vanishes."""
    if z_low @ z_high < 0:
        z_high = -z_high
    if z_low @ z_high > 1 - _EPSILON * _BISECTIONS:  # one vector: the eigenvalue is simple
        return z_high
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if slope((1 - middle) * z_low + middle * z_high) < 0:
            low = middle
        else:
            high = middle
    z = (1 - low) * z_low + low * z_high
    return z / np.linalg.norm(z)


def _bracket(ar: Floating, sigma: Any, M: Any, weight: float) -> tuple[Any, Any]:
    """Return bounds on log c at the optimum, c = (q/p)^{1-θ}.

    With z_1 the top eigenvector of M, p_1 and q_1 its gains and Λ the top of Σ, optimality gives
    ``p >= p_1`` and ``q >= (p_1/Λ)^{θ/(1-θ)} q_1``.
    """
    xp = ar.xp
    d, V = xp.linalg.eigh(M)
    z = V[..., :, -1:]
    q_1, p_1 = d[..., -1], (z.mT @ sigma @ z)[..., 0, 0]
    largest = ar.eig_max(sigma)
    log_q_low = weight / (1 - weight) * xp.log(p_1 / largest) + xp.log(q_1)
    low = (1 - weight) * (log_q_low - xp.log(largest))
    high = (1 - weight) * (xp.log(q_1) - xp.log(p_1))
    slack = 1e-6 * (1 + xp.abs(low) + xp.abs(high))
    return low - slack, high + slack
