r"""The largest and the least Hessian eigenvalue at any weights, enclosed on both sides.

With E = PΣ - C the Hessian of R is a Gram part and a residual part, H = G + K, where G ⪰ 0 has the
spectrum of 2 M (I ⊗ Σ), M the dual Gram matrix, and zeros, and the blocks of K are, for k < l,

    D_k, D_l  ->  2 tr(Eᵀ A_l D_l (W_{l-1} ... W_{k+1}) D_k B_k).

Up to a thousand weights the Hessian itself is enclosed.  Beyond, by Weyl's inequality,

    |λ_max(H) - λ_max(G)| <= |K|,    λ_min(H) >= -|K|,

where |K| is at most the norm of the L x L matrix of the norms 2 |W_{l-1} ... W_{k+1}| |A_lᵀEB_kᵀ|;
λ_max(G) is enclosed up to a thousand numbers d_x d_y, and for more of them it is at most
``2 Σ_k λ_max(A_kA_kᵀ) λ_max(B_kΣB_kᵀ)``.  The Rayleigh quotient of any direction, computed in
balls, is a lower bound for λ_max(H) and an upper one for λ_min(H): Lanczos in floats proposes
them.  Everything is certified; how wide it is depends on how large the residual is.

A network with biases is an :class:`numeric.affine.AffineNetwork` on data (x, 1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from numeric.affine import AffineNetwork
from numeric.arithmetic.ball import Ball, Balls, midpoints
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.matrices import FlintMatrix
from numeric.enclosure import Enclosure
from numeric.loss import hvp, residual
from numeric.networks import LinearNetwork, first_columns
from numeric.spectrum import dual_gram, hessian_blocks
from numeric.spectrum.hessian_products import HessianProducts
from numeric.spectrum.largest import Goals, largest_by_lanczos, of_order_one
from numeric.spectrum.random_start import mixed_start

__all__ = ["Extremes", "extreme_eigenvalues", "gram_top", "rayleigh_quotient", "residual_norm"]

Floats = np.ndarray[Any, Any]

WHOLE = 1000
"""Up to so many weights the Hessian is enclosed as a matrix."""
DUAL = 1024
"""Up to this size the dual Gram matrix is."""
_TOLERANCE = 1e-8
"""Residual, relative to the norm, at which a direction is good enough."""
_STEPS, _FEWER = 120, 40
"""Steps of Lanczos towards the largest and the least eigenvalue."""
_ROOM = 2**29
"""Bytes for a basis in float64; a larger one is kept in float32."""
_LARGE = 160
"""Beyond this size a spectral norm is bounded by cheaper ones."""


@dataclass(frozen=True)
class Extremes:
    """The largest and the least eigenvalue of a Hessian.

    Attributes
    ----------
    largest, least : Enclosure
        Certified.
    gram_top : Enclosure
        λ_max(G): what the sharpness would be without residual.
    residual_norm : Enclosure
        At least |K|.
    direction : list of arrays
        One for each layer: the direction whose Rayleigh quotient is the lower bound.
    route : str
        How the sharpness was enclosed, in words.
    """

    largest: Enclosure
    least: Enclosure
    gram_top: Enclosure
    residual_norm: Enclosure
    direction: list[Floats]
    route: str


def extreme_eigenvalues(
    ar: Balls, net: LinearNetwork, sigma: FlintMatrix, cross: FlintMatrix, *, seed: int = 0
) -> Extremes:
    """Return the extreme eigenvalues of the Hessian of R = E|y - Px|² in balls.

    Parameters
    ----------
    ar, net, sigma, cross
        Balls and matrices of them: the network, Σ of shape (d_x, d_x), C of shape (d_y, d_x).
    seed
        Of the float proposals.

    Raises
    ------
    ArithmeticError
        If the numbers leave the range of float64, in which directions are proposed.
    """
    with ar:
        rest = residual_norm(ar, net, residual(net, sigma, cross))
        gram = gram_top(ar, net, sigma)
        towards = _proposals(net, sigma, cross, seed)
        top = towards(1, _STEPS)
        if net.parameters <= WHOLE:
            H, route = _hessian(net, sigma, cross), "the whole Hessian"
            largest = Enclosure.of(ar.eig_max(H))
            smallest = Enclosure.of(-ar.eig_max(-H))
        else:
            route = "Weyl, from " + ("the dual Gram matrix" if gram.lower else "norms of layers")
            low = rayleigh_quotient(ar, net, sigma, cross, top)
            largest = Enclosure(max(low.lower, gram.lower - rest.upper), gram.upper + rest.upper)
            low = rayleigh_quotient(ar, net, sigma, cross, towards(-1, _FEWER))
            smallest = Enclosure(-rest.upper, low.upper)
        return Extremes(largest, smallest, gram, Enclosure.of(rest), top, route)


def residual_norm(ar: Balls, net: LinearNetwork, E: FlintMatrix) -> Ball:
    """Return a ball whose upper end is at least |K|, for the residual E = PΣ - C."""
    L = net.depth
    if L == 1:
        return Ball.of(0)
    sums = [Ball.of(0)] * L
    sizes = _between(ar, net)
    for k in range(L):
        gap = E @ net.prefixes[k].mT
        for j in range(k + 1, L):
            norm = 2 * sizes[k, j] * _norm_of_product(ar, net.trained_suffixes[j].mT, gap)
            sums[k], sums[j] = sums[k] + norm, sums[j] + norm
    # the norm of a symmetric matrix is at most its largest row sum
    return ar.maximum(*sums)


def rayleigh_quotient(
    ar: Balls,
    net: LinearNetwork,
    sigma: FlintMatrix,
    cross: FlintMatrix,
    direction: Sequence[Floats],
) -> Ball:
    """Return <V, H V>/<V, V> for a float direction V: the second derivative of R along it."""
    V = [ar.dyadic(D) for D in direction]
    B, first = net.weights[0], V[0]  # the prefix, its derivative along V, and the second one
    second = first - first
    for k in range(1, net.depth):
        W, bent = net.weights[k], V[k] @ first
        B, first, second = W @ B, V[k] @ B + W @ first, W @ second + bent + bent
    E = residual(net, sigma, cross)
    along = ar.trace(first @ sigma @ first.mT) + ar.trace(E @ second.mT)
    return 2 * along / sum((ar.frobenius_sq(D) for D in V), start=Ball.of(0))


def gram_top(ar: Balls, net: LinearNetwork, sigma: FlintMatrix) -> Enclosure:
    """Return λ_max(G), from 0 where it is bounded by norms only.

    At a minimizer it is the sharpness.
    """
    F, rest = ar.factor(sigma)
    if net.widths[-1] * F.shape[1] <= DUAL:
        top = ar.eig_max(dual_gram(net, F))
        # Σ = F Fᵀ + R with R ⪯ r I
        spread = ar.trace(dual_gram(net)) if not rest.arb.is_zero() else Ball.of(0)
        return Enclosure.of(2 * top, 2 * (top + rest * spread))
    terms = [
        _norm_sq(ar, A) * (_norm_sq(ar, B @ F) + rest * _norm_sq(ar, B))
        for A, B in zip(net.trained_suffixes, net.prefixes, strict=True)
    ]
    return Enclosure(Fraction(0), (2 * sum(terms[1:], start=terms[0])).upper)


def _between(ar: Balls, net: LinearNetwork) -> dict[tuple[int, int], Ball]:
    """|W_{l-1} ... W_{k+1}| on the trained outputs of W_k, by (k, l); for large layers a bound."""
    found = {}
    large = max(net.widths) > _LARGE
    sizes = [ar.singular_max(W) for W in net.weights[1:-1]] if large else []
    for k in range(net.depth - 1):
        found[k, k + 1] = Ball.of(1)
        between = None if large else first_columns(ar, net.widths[k + 1], net.trained_rows[k])
        for j in range(k + 2, net.depth):
            if between is None:
                found[k, j] = found[k, j - 1] * sizes[j - 2]
            else:
                between = net.weights[j - 1] @ between
                found[k, j] = ar.singular_max(between)
    return found


def _norm_of_product(ar: Balls, A: FlintMatrix, B: FlintMatrix) -> Ball:
    """|A B| for A of shape (m, d_y) and B of shape (d_y, n), at the size of d_y."""
    return ar.sqrt(ar.nonnegative(ar.eig_max(A.mT @ A, B @ B.mT)))


def _norm_sq(ar: Balls, A: FlintMatrix) -> Ball:
    m, n = A.shape
    return ar.nonnegative(ar.eig_max(A @ A.mT if m <= n else A.mT @ A))


def _hessian(net: LinearNetwork, sigma: FlintMatrix, cross: FlintMatrix) -> FlintMatrix:
    """The Hessian in the trained weights."""
    H: FlintMatrix = hessian_blocks(net, sigma, cross)
    kept = np.flatnonzero(_trained(net))
    if len(kept) == H.shape[0]:
        return H
    return H.picked(kept.tolist())


def _trained(net: LinearNetwork) -> Floats:
    """1 for each weight that is trained, 0 for the others, layer by layer and row by row."""
    shapes = zip(net.weights, net.trained_rows, strict=True)
    return np.concatenate([np.arange(W.shape[0]).repeat(W.shape[1]) < rows for W, rows in shapes])


def _proposals(
    net: LinearNetwork, sigma: FlintMatrix, cross: FlintMatrix, seed: int
) -> Callable[[int, int], list[Floats]]:
    """(sign, steps) -> a direction for the largest (1) or the least (-1) eigenvalue, in floats."""
    floats = LinearNetwork(Floating(), [midpoints(W) for W in net.weights])
    moments = midpoints(sigma), midpoints(cross)
    if isinstance(net, AffineNetwork):
        apply, size, unfold = _masked(floats, *moments, _trained(net))
    else:
        H = HessianProducts(floats, *moments)
        apply, size, unfold = H, H.size, H.direction

    def towards(sign: int, steps: int) -> list[Floats]:
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            return unfold(_towards_the_largest(lambda v: sign * apply(v), size, steps, seed))

    return towards


def _towards_the_largest(
    apply: Callable[[Floats], Floats], size: int, steps: int, seed: int
) -> Floats:
    """A unit vector whose Rayleigh quotient is as good as so many steps of Lanczos make it."""
    rng = np.random.default_rng(seed)
    start, share = mixed_start(rng, size, None)
    image = apply(start)
    if not image.any():
        return start
    scaled, image, _ = of_order_one(apply, image)
    steps = min(steps, size)
    dtype = np.float64 if 8 * steps * size <= _ROOM else np.float32
    goals = Goals(_TOLERANCE, 1.0, 0.5, steps, dtype)
    return largest_by_lanczos(scaled, start, image, share, goals, rng).vector


def _masked(
    net: LinearNetwork, sigma: Floats, cross: Floats, trained: Floats
) -> tuple[Callable[[Floats], Floats], int, Callable[[Floats], list[Floats]]]:
    """The Hessian on trained weights, how many there are, and what a vector of them stands for."""
    shapes = [W.shape for W in net.weights]
    ends = np.cumsum([m * n for m, n in shapes])[:-1]

    def unfold(vector: Floats) -> list[Floats]:
        whole = np.zeros(len(trained))
        whole[trained] = vector
        return [part.reshape(s) for part, s in zip(np.split(whole, ends), shapes, strict=True)]

    def apply(vector: Floats) -> Floats:
        image = hvp(net, sigma, cross, unfold(vector))
        found: Floats = np.concatenate([D.ravel() for D in image])[trained]
        return found

    return apply, int(trained.sum()), unfold
