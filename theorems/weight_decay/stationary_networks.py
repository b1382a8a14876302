r"""Exact stationary points and exact global minima of the noise-averaged loss with weight decay.

No equation is solved: the data are fitted to the weights.  Let r_i be columns with entries ±1 on
m_i <= d_i active neurons and 0 elsewhere, and put

    W^(1) = r_1 vᵀ,   W^(i) = b_i r_i r_{i-1}ᵀ,   U = b_u r_Dᵀ.

With the end-to-end row wᵀ = U W^(D) ... W^(1), any A_0 and any τ > 0, the choice

    γ_i = τ / |W^(i)|²,   c = κ_m A_0 w + (τ/|w|²) w,   κ_m = Π_i (1 + σ²/m_i),

makes this point stationary: everything is rational.  Without noise hidden layers may be turned.

Which of them are global minima
-------------------------------
All neurons active (κ_m = κ), λ = τ/|w|².  The reduced problem (Z3p) is the minimum over λ > 0 of

    g(λ) = -cᵀ(κA_0 + λI)⁻¹c + D (Γ/λ)^{1/D},        g -> 0 as λ -> ∞ (the origin),

whose stationary points solve Σ_i c_i² λ^{1+1/D}/(κa_i + λ)² = Γ^{1/D}, a_i the eigenvalues of
A_0.  D = 1: the left side increases, so there is one.  D >= 2: each term increases up to
λ = κa_i (D+1)/(D-1), and at a stationary point g = -κ wᵀA_0w + (D-1)λ|w|², which is >= 0 once
λ >= κ a_max/(D-1).  So if a_max <= (D+1) a_min, at most one stationary point lies below 0: a
constructed point with (D-1) τ <= κ wᵀA_0w is a global minimum, tied with the origin at equality.
"""

from __future__ import annotations

import operator
from fractions import Fraction
from functools import reduce
from typing import Any

from numeric.regularised import regularised_gradient
from theorems.recipes import Draw, setting
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_covariance_factor,
    effective_energy,
    noisy_output_power,
)
from verify.errors import Undefined
from verify.legacy import Assumption

__all__ = [
    "aligned_point",
    "drawn_layers",
    "drawn_minimum",
    "global_minimum",
    "hidden_sizes",
    "noisy_global_minima",
    "noisy_stationary_points",
    "noisy_ties",
    "spread_covariance",
    "stationary",
]


def column(ar: Any, signs: list[int]) -> Any:
    """Return the column with these entries."""
    return ar.matrix([[s] for s in signs])


def drawn_layers(draw: Draw, shape: list[int], active: list[int]) -> tuple[Any, ...]:
    """Return W^(1), ..., W^(D), U of the construction, signs and scales drawn.

    ``shape`` is (d_0, d_1, ..., d_D), ``active`` is (m_1, ..., m_D).
    """
    ar = draw.arithmetic
    r = []
    for width, m in zip(shape[1:], active, strict=True):
        signs = [2 * draw.integer(0, 1) - 1 for _ in range(m)]
        r.append(column(ar, signs + [0] * (width - m)))
    layers = [r[0] @ draw.matrix(1, shape[0])]
    for before, after in zip(r, [*r[1:], column(ar, [1])], strict=True):
        scale = draw.number(0, 2) + ar.scalar(Fraction(1, 4))
        layers.append(ar.scale(scale, after @ before.mT))
    if ar.kind == "exact" and ar.is_zero(layers[0]):
        raise Undefined("w = 0 is the origin's end-to-end map")
    return tuple(layers)


def aligned_point(
    ar: Any, layers: tuple[Any, ...], sigma: Any, noise: Any, active: list[int], share: Any
) -> NoisyInstance:
    """Return the stationary point with these layers: τ = ``share`` κ_m wᵀA_0w, γ and c fitted."""
    w = reduce(lambda inner, outer: outer @ inner, layers)
    kappa = ar.scalar(1)
    for m in active:
        kappa = kappa * (1 + noise / m)
    tau = share * kappa * ar.entry(w @ sigma @ w.mT, 0, 0)
    decays = tuple(tau / ar.frobenius_sq(W) for W in layers)
    cross = ar.scale(kappa, w @ sigma) + ar.scale(tau / ar.frobenius_sq(w), w)
    return NoisyInstance(ar, layers, sigma, cross, decays, noise)


def spread_covariance(draw: Draw, d: int, spread: int) -> Any:
    """Return A_0 = a(I + ρ R Rᵀ), ρ <= spread/|R|_F²: a_max <= (1 + spread) a_min."""
    ar = draw.arithmetic
    root = draw.matrix(d, d)
    scale = draw.number(0, 2) + ar.scalar(Fraction(1, 4))
    rho = ar.scalar(spread) / (1 + ar.frobenius_sq(root))
    return ar.scale(scale, ar.identity(d) + ar.scale(rho, root @ root.mT))


def _turned(ar: Any, layers: tuple[Any, ...], vectors: list[Any]) -> tuple[Any, ...]:
    """Reflect the hidden layers by I - 2uuᵀ/|u|²: without noise the loss does not change."""
    turned = list(layers)
    for i, u in enumerate(vectors):
        n = u.shape[-2]
        mirror = ar.identity(n) - ar.scale(2 / ar.frobenius_sq(u), u @ u.mT)
        turned[i] = mirror @ turned[i]
        turned[i + 1] = turned[i + 1] @ mirror
    return tuple(turned)


def hidden_sizes(draw: Draw) -> list[int]:
    """Return (d_0, ..., d_D); ``draw.bounds.depth`` counts matrices, so D = depth - 1."""
    depth = draw.depth()
    return [draw.width() for _ in range(depth)]


@setting(
    "noisy-stationary-points",
    "stationary points by construction: some neurons active, hidden layers turned where σ² = 0",
)
def noisy_stationary_points(draw: Draw) -> NoisyInstance:
    """Stationary points of every value, most of them no minima."""
    ar = draw.arithmetic
    shape = hidden_sizes(draw)
    active = [draw.integer(1, d) for d in shape[1:]]
    silent = bool(draw.integer(0, 1))
    layers = drawn_layers(draw, shape, active)
    sigma = spread_covariance(draw, shape[0], 8)
    noise = ar.scalar(0 if silent else draw.number(0, 2))
    share = draw.number(0, 3) + ar.scalar(Fraction(1, 8))
    if silent:
        ones = [ar.matrix([[1]] * d) for d in shape[1:]]
        drawn = [draw.matrix(d, 1, 0, 2) for d in shape[1:]]
        layers = _turned(ar, layers, [u + one for u, one in zip(drawn, ones, strict=True)])
    return aligned_point(ar, layers, sigma, noise, active, share)


def drawn_minimum(draw: Draw, shape: list[int], noise: Any, share: Any = None) -> NoisyInstance:
    """Return a global minimum of widths d_0, ..., d_D with this noise.

    Each layer's decay pays ``share`` of κ wᵀA_0w (drawn if None): at most 1/(D-1).
    """
    ar = draw.arithmetic
    layers = drawn_layers(draw, shape, shape[1:])
    D = len(layers) - 1
    sigma = spread_covariance(draw, shape[0], D)
    if share is None:
        drawn = draw.number(0, 1) + ar.scalar(Fraction(1, 100))
        share = drawn if D == 1 else drawn / ar.scalar(2 * (D - 1))
    return aligned_point(ar, layers, sigma, noise, shape[1:], ar.scalar(share))


@setting(
    "noisy-global-minima",
    "global minima by construction, below the origin: a_max <= (D+1) a_min, (D-1)τ < κ wᵀA_0w",
)
def noisy_global_minima(draw: Draw) -> NoisyInstance:
    """Global minima strictly below the origin."""
    shape = hidden_sizes(draw)
    return drawn_minimum(draw, shape, draw.number(0, 2))


@setting(
    "noisy-ties",
    "D >= 2, A_0 = aI, (D-1)τ = κ a|w|²: global minima exactly as high as the origin",
)
def noisy_ties(draw: Draw) -> NoisyInstance:
    """Global minima at the threshold where they tie with the origin."""
    ar = draw.arithmetic
    shape = hidden_sizes(draw)
    layers = drawn_layers(draw, shape, shape[1:])
    scale = draw.number(0, 2) + ar.scalar(Fraction(1, 4))
    sigma = ar.scale(scale, ar.identity(shape[0]))
    share = ar.scalar(Fraction(1, len(layers) - 2))
    return aligned_point(ar, layers, sigma, draw.number(0, 2), shape[1:], share)


# --- assumptions ----------------------------------------------------------------------------------


def _is_stationary(instance: NoisyInstance) -> Any:
    ar = instance.arithmetic
    slopes = regularised_gradient(
        instance.net, instance.sigma, instance.cross, instance.decays, instance.noise_variance
    )
    return reduce(operator.and_, [ar.is_zero(g) for g in slopes])


def _at_most(ar: Any, x: Any, y: Any) -> Any:
    """Whether x <= y; on float batches up to rounding, for ties are sampled too."""
    if ar.kind == "sampled":
        return ar.margin(x, y) <= 1e-9
    return ar.compare(x, y).sign <= 0


def _is_global_minimum(instance: NoisyInstance) -> Any:
    """The certificate of the module docstring."""
    ar, D = instance.arithmetic, instance.net.depth - 1
    power, w = effective_energy.measure(instance), instance.net.end_to_end
    reduced = effective_covariance_factor.measure(instance) * power
    norms = reduce(operator.mul, [ar.frobenius_sq(W) for W in instance.weights])
    tau = instance.decays[-1] * ar.frobenius_sq(instance.weights[-1])
    conditions = [
        _at_most(ar, noisy_output_power.measure(instance), reduced),
        _at_most(ar, norms, ar.frobenius_sq(w)),
        _at_most(ar, (D - 1) * tau, reduced),
        _is_stationary(instance),
        ar.frobenius_sq(w) > 0,
    ]
    if D >= 2 and instance.sigma.shape[-1] > 1:
        top, bottom = ar.eig_max(instance.sigma), -ar.eig_max(-instance.sigma)
        conditions.append(_at_most(ar, top, (D + 1) * bottom))
    return reduce(operator.and_, conditions)


stationary = Assumption("stationary", r"\nabla\mathcal{L}(W) = 0", _is_stationary)
global_minimum = Assumption(
    "global_minimum",
    r"\mathcal{L}(W) = \min\mathcal{L}\text{, by the certificate } "
    r"a_{\max}\le(D+1)a_{\min},\ (D-1)\tau\le\kappa w^TA_0w",
    _is_global_minimum,
)
