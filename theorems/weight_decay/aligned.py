r"""Aligned networks: exact stationary points and exact global minima of the loss with weight decay.

No equation is solved: data and decays are fitted to the weights.  Let r_i be columns with entries
±1 on m_i <= d_i active neurons and 0 elsewhere, v a row, and put

    W^(1) = r_1 v,   W^(i) = b_i r_i r_{i-1}ᵀ (i >= 2),   U = b_u r_Dᵀ.

With the end-to-end row wᵀ = U W^(D) ... W^(1), any A_0 and any τ > 0, the choice

    γ_i = τ / |W^(i)|²,   c = κ_m A_0 w + (τ/|w|²) w,   κ_m = Π_i (1 + σ²/m_i),

makes this point stationary: every layer costs τ, and everything is rational.  With all neurons
active the loss attains the bound of Z3p at w, τ^{D+1} = Γ|w|².  Without noise hidden layers may be
turned.

Which of them are global minima
-------------------------------
All neurons active (κ_m = κ), λ = τ/|w|².  The reduced problem (Z3p) is the minimum over λ > 0 of

    g(λ) = -cᵀ(κA_0 + λI)⁻¹c + D (Γ/λ)^{1/D},        g -> 0 as λ -> ∞ (the origin),

whose stationary points solve Σ_i c_i² λ^{1+1/D}/(κa_i + λ)² = Γ^{1/D}, a_i the eigenvalues of
A_0.  D = 1: the left side increases, so there is one.  D >= 2: each term increases up to
λ = κa_i (D+1)/(D-1), and at a stationary point g = -κ wᵀA_0w + (D-1)λ|w|², which is >= 0 once
λ >= κ a_max/(D-1).  So if a_max <= (D+1) a_min, at most one stationary point lies below 0: a
constructed point with (D-1) τ <= κ wᵀA_0w is a global minimum, tied with the origin at equality.
Another criterion, κ a_min|w|² >= (D-1)τ for any A_0, is Z3's.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any

from numeric.networks import LinearNetwork
from numeric.regularised import regularised_gradient
from theorems.assumptions import at_most, vanishes
from theorems.quantities import data_max, data_min
from theorems.recipes import Draw, setting
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_covariance_factor,
    effective_energy,
    layer_penalty,
    noise_factor,
    noisy_output_power,
)
from verify.claims import Setting
from verify.errors import Undefined
from verify.theorem import Assumption

__all__ = [
    "Aligned",
    "aligned_layers",
    "aligned_networks",
    "any_covariance",
    "drawn_minimum",
    "drawn_network",
    "global_minimum",
    "halfway_points",
    "isotropic_stationary",
    "minimal_covariance",
    "minimal_networks",
    "noisy_global_minima",
    "noisy_stationary_points",
    "noisy_ties",
    "signs",
    "stationary",
    "unit_network",
]

# --- the construction ---------------------------------------------------------------------------


def aligned_layers(ar: Any, patterns: Sequence[Sequence[int]], scales: Any, row: Any) -> list[Any]:
    """Return W^(1) = r_1 v, W^(i) = b_i r_i r_{i-1}ᵀ, U = b_u r_Dᵀ; see :class:`Aligned`."""
    columns = [ar.matrix([[x] for x in r]) for r in (*patterns, [1])]
    pairs = zip(scales, columns[1:], columns[:-1], strict=True)
    return [columns[0] @ row, *(ar.scale(b, r @ s.mT) for b, r, s in pairs)]


@dataclass(frozen=True)
class Aligned:
    """Layers along signs, with their noise: decays and data are fitted to them.

    Neurons that are switched off have zero weights on both sides, which keeps a stationary point
    stationary.

    Parameters
    ----------
    patterns
        r_1, ..., r_D: entries ±1, and 0 at neurons that are switched off.
    scales
        b_2, ..., b_D, b_u.
    row
        v, of shape (1, d_x).
    noise_variance
        σ².
    """

    arithmetic: Any
    patterns: Sequence[Sequence[int]]
    scales: Sequence[Any]
    row: Any
    noise_variance: Any

    @cached_property
    def net(self) -> LinearNetwork:
        """Return the network."""
        layers = aligned_layers(self.arithmetic, self.patterns, self.scales, self.row)
        return LinearNetwork(self.arithmetic, tuple(layers))

    @property
    def w(self) -> Any:
        """Return the end-to-end row wᵀ."""
        return self.net.end_to_end

    @property
    def kappa(self) -> Any:
        """Return κ_m, the noise factor of the active neurons."""
        return noise_factor(self, [sum(map(abs, r)) for r in self.patterns])

    def level(self, cost: Any) -> Any:
        """Return the a with κ_m a|w|² = ``cost``: how strong isotropic data are."""
        return cost / (self.kappa * self.arithmetic.frobenius_sq(self.w))

    def on(self, sigma: Any, cross: Any, penalty: Any) -> NoisyInstance:
        """Return the network on any data, with decays for which every layer costs ``penalty``."""
        ar, layers = self.arithmetic, tuple(self.net.weights)
        decays = tuple(penalty / ar.frobenius_sq(W) for W in layers)
        return NoisyInstance(ar, layers, sigma, cross, decays, self.noise_variance)

    def costing(self, penalty: Any, sigma: Any) -> NoisyInstance:
        """Return the stationary network on A_0 = ``sigma`` where every layer costs ``penalty``."""
        ar, w = self.arithmetic, self.w
        pull = ar.scale(penalty / ar.frobenius_sq(w), w)
        return self.on(sigma, ar.scale(self.kappa, w @ sigma) + pull, penalty)

    def sharing(self, share: Any, sigma: Any) -> NoisyInstance:
        """Return the stationary network where every layer costs ``share`` of κ_m wᵀA_0w."""
        energy = self.arithmetic.entry(self.w @ sigma @ self.w.mT, 0, 0)
        return self.costing(self.arithmetic.scalar(share) * self.kappa * energy, sigma)


def unit_network() -> NoisyInstance:
    """Unit weights, D = 2, widths 2, σ² = 2: κ = 4, w = 4, A_0 = 1/64, c = 1/2 and κ a|w|² = τ = 1.

    A tie with the origin: the loss is 0.
    """
    return NoisyInstance.exact(
        [[[1], [1]], [[1, 1], [1, 1]], [[1, 1]]],
        [[Fraction(1, 64)]],
        [[Fraction(1, 2)]],
        [Fraction(1, 2), Fraction(1, 4), Fraction(1, 2)],
        2,
    )


# --- drawn to a target w, the cost first ----------------------------------------------------------


def signs(draw: Draw, width: int, active: int | None = None) -> list[int]:
    """Draw ``active`` signs (one for each neuron if None), then zeros: neurons switched off."""
    active = width if active is None else active
    return [1 - 2 * draw.integer(0, 1) for _ in range(active)] + [0] * (width - active)


def drawn_network(draw: Draw, *, switched_off: bool = False) -> tuple[Aligned, Any]:
    """Draw signs, scales, w != 0, τ and σ²; return the network and τ."""
    ar = draw.arithmetic
    d_x, *hidden = draw.widths(draw.depth())
    active = [draw.integer(1, d) for d in hidden] if switched_off else hidden
    patterns = [signs(draw, d, m) for d, m in zip(hidden, active, strict=True)]
    scales = draw.numbers(len(hidden), 1, 3)
    w = draw.matrix(1, d_x)
    if ar.kind == "exact" and ar.is_zero(w):
        raise Undefined("w = 0")
    penalty = draw.number(0, 3) + ar.scalar(Fraction(1, 8))
    row = ar.scale(1 / (math.prod(scales) * math.prod(active)), w)
    return Aligned(ar, patterns, scales, row, draw.number(0, 2)), penalty


def any_covariance(draw: Draw, network: Aligned, penalty: Any) -> Any:
    """A_0 of any shape and of a size comparable to the decay."""
    ar = network.arithmetic
    shape = _above(draw, network, ar.scalar(Fraction(1, 4)))
    level = draw.number(0, 1) + ar.scalar(Fraction(1, 16))
    return ar.scale(network.level(level * penalty), shape)


def minimal_covariance(draw: Draw, network: Aligned, penalty: Any) -> Any:
    """A_0 with κ λ_min(A_0)|w|² >= (D-1)τ, positive definite."""
    D = len(network.patterns)
    level = draw.number(0, 2) + network.arithmetic.scalar(D - 1 if D > 1 else Fraction(1, 16))
    return _above(draw, network, network.level(level * penalty))


def _above(draw: Draw, network: Aligned, level: Any) -> Any:
    """R Rᵀ + level I with R drawn."""
    ar, d = network.arithmetic, network.row.shape[-1]
    factor = draw.matrix(d, d)
    return factor @ factor.mT + ar.scale(level, ar.identity(d))


@setting(
    "aligned-networks",
    "aligned networks with layers of equal cost, any w != 0, A_0 = R Rᵀ + I/4 and any c",
    exists=True,
)
def aligned_networks(draw: Draw) -> NoisyInstance:
    """Where the reduction is attained, whatever the data."""
    network, penalty = drawn_network(draw)
    sigma = _above(draw, network, draw.arithmetic.scalar(Fraction(1, 4)))
    return network.on(sigma, draw.matrix(1, sigma.shape[-1]), penalty)


@setting(
    "minimal-networks",
    "aligned stationary networks with κ λ_min(A_0)|w|² >= (D-1)τ: global minima (Z3)",
    exists=True,
)
def minimal_networks(draw: Draw) -> NoisyInstance:
    """Exact global minima: A_0 large enough beside the decay."""
    network, penalty = drawn_network(draw)
    return network.costing(penalty, minimal_covariance(draw, network, penalty))


def _is_stationary(instance: NoisyInstance) -> Any:
    return vanishes(instance, *regularised_gradient(instance.net, *instance.data))


stationary = Assumption("stationary", _is_stationary, r"\nabla\mathcal{L}(W) = 0")


def isotropic_stationary(
    name: str,
    description: str,
    share: Callable[[int], Fraction] | None = None,
    *,
    all_active: bool = False,
) -> Setting:
    """Return a setting of aligned stationary networks with A_0 = aI.

    Parameters
    ----------
    share
        κ a|w|²/τ as a function of D; without it, any positive number, and neurons switched off
        unless ``all_active``.
    """

    @setting(name, description, ensures=[stationary])
    def build(draw: Draw) -> NoisyInstance:
        network, penalty = drawn_network(draw, switched_off=share is None and not all_active)
        ar = network.arithmetic
        if share is None:
            level = draw.number(0, 3) + ar.scalar(Fraction(1, 16))
        else:
            level = ar.scalar(share(len(network.patterns)))
        eye = ar.identity(network.row.shape[-1])
        return network.costing(penalty, ar.scale(network.level(level * penalty), eye))

    return build


# --- drawn layer by layer, the cost a share of the data's ----------------------------------------


def _drawn_layers(
    draw: Draw, active: Sequence[int], shape: Sequence[int]
) -> tuple[list[list[int]], list[Any], Any]:
    """Draw signs, v != 0 and scales for the widths d_0, ..., d_D; return signs, scales and v."""
    ar = draw.arithmetic
    drawn = (signs(draw, d, m) for d, m in zip(shape[1:], active, strict=True))
    patterns = [[-x for x in r] for r in drawn]
    row = draw.matrix(1, shape[0])
    scales = [draw.number(0, 2) + ar.scalar(Fraction(1, 4)) for _ in active]
    if ar.kind == "exact" and ar.is_zero(row):
        raise Undefined("w = 0 is the origin's end-to-end map")
    return patterns, scales, row


def _spread_covariance(draw: Draw, d: int, spread: int) -> Any:
    """A_0 = a(I + ρ R Rᵀ), ρ <= spread/|R|_F²: a_max <= (1 + spread) a_min."""
    ar, root = draw.arithmetic, draw.matrix(d, d)
    scale = draw.number(0, 2) + ar.scalar(Fraction(1, 4))
    rho = ar.scalar(spread) / (1 + ar.frobenius_sq(root))
    return ar.scale(scale, ar.identity(d) + ar.scale(rho, root @ root.mT))


def _turned(point: NoisyInstance, vectors: Sequence[Any]) -> NoisyInstance:
    """Reflect the hidden layers by I - 2uuᵀ/|u|²: without noise the loss does not change."""
    ar, turned = point.arithmetic, list(point.weights)
    for i, u in enumerate(vectors):
        mirror = ar.identity(u.shape[-2]) - ar.scale(2 / ar.frobenius_sq(u), u @ u.mT)
        turned[i] = mirror @ turned[i]
        turned[i + 1] = turned[i + 1] @ mirror
    return replace(point, weights=tuple(turned))


@setting(
    "noisy-stationary-points",
    "stationary points by construction: some neurons active, hidden layers turned where σ² = 0",
    ensures=[stationary],
)
def noisy_stationary_points(draw: Draw) -> NoisyInstance:
    """Stationary points of every value, most of them no minima."""
    ar, shape = draw.arithmetic, draw.widths(draw.depth())
    active = [draw.integer(1, d) for d in shape[1:]]
    silent = bool(draw.integer(0, 1))
    layers = _drawn_layers(draw, active, shape)
    sigma = _spread_covariance(draw, shape[0], 8)
    noise = ar.scalar(0 if silent else draw.number(0, 2))
    share = draw.number(0, 3) + ar.scalar(Fraction(1, 8))
    point = Aligned(ar, *layers, noise).sharing(share, sigma)
    if not silent:
        return point
    vectors = [draw.matrix(d, 1, 0, 2) + ar.matrix([[1]] * d) for d in shape[1:]]
    return _turned(point, vectors)


def drawn_minimum(draw: Draw, shape: Sequence[int], noise: Any, share: Any = None) -> NoisyInstance:
    """Return a global minimum of widths d_0, ..., d_D with this noise.

    Each layer's decay pays ``share`` of κ wᵀA_0w (drawn if None): at most 1/(D-1).
    """
    ar, D = draw.arithmetic, len(shape) - 1
    layers = _drawn_layers(draw, shape[1:], shape)
    sigma = _spread_covariance(draw, shape[0], D)
    if share is None:
        share = draw.number(0, 1) + ar.scalar(Fraction(1, 100))
        share = share if D == 1 else share / ar.scalar(2 * (D - 1))
    return Aligned(ar, *layers, noise).sharing(share, sigma)


@setting(
    "noisy-global-minima",
    "global minima by construction, below the origin: a_max <= (D+1) a_min, (D-1)τ < κ wᵀA_0w",
    ensures=[stationary],
)
def noisy_global_minima(draw: Draw) -> NoisyInstance:
    """Global minima strictly below the origin."""
    shape = draw.widths(draw.depth())
    return drawn_minimum(draw, shape, draw.number(0, 2))


def _isotropic(draw: Draw, share: Callable[[int], Fraction]) -> NoisyInstance:
    """A stationary point on A_0 = aI where each layer costs ``share(D)`` of κ wᵀA_0w."""
    ar, shape = draw.arithmetic, draw.widths(draw.depth())
    layers = _drawn_layers(draw, shape[1:], shape)
    level = draw.number(0, 2) + ar.scalar(Fraction(1, 4))
    network = Aligned(ar, *layers, draw.number(0, 2))
    return network.sharing(share(len(shape) - 1), ar.scale(level, ar.identity(shape[0])))


@setting(
    "noisy-ties",
    "D >= 2, A_0 = aI, (D-1)τ = κ a|w|²: global minima exactly as high as the origin",
    aliases=("isotropic-at-collapse",),
)
def noisy_ties(draw: Draw) -> NoisyInstance:
    """Global minima at the threshold where they tie with the origin."""
    return _isotropic(draw, lambda D: Fraction(1, D - 1))


@setting(
    "halfway-points",
    "A_0 = aI, stationary, each layer's decay pays κ wᵀA_0w",
    aliases=("isotropic-matched",),
)
def halfway_points(draw: Draw) -> NoisyInstance:
    """Stationary points where w is half of what regression with κA_0 gives."""
    return _isotropic(draw, lambda D: Fraction(1))


# --- assumptions ----------------------------------------------------------------------------------


def _reduced_power(instance: NoisyInstance) -> Any:
    """κ wᵀA_0w."""
    return effective_covariance_factor.measure(instance) * effective_energy.measure(instance)


def _norms(instance: NoisyInstance) -> tuple[Any, Any]:
    """Π|W^(i)|² and |w|²: equal where all layers have rank one along one path."""
    squares = map(instance.arithmetic.frobenius_sq, (*instance.weights, instance.net.end_to_end))
    *layers, whole = squares
    return math.prod(layers), whole


def _is_global_minimum(instance: NoisyInstance) -> Any:
    """The certificate of the module docstring."""
    D = instance.net.depth - 1
    inequalities: list[Callable[[NoisyInstance], tuple[Any, Any]]] = [
        lambda i: (noisy_output_power.measure(i), _reduced_power(i)),
        _norms,
        lambda i: ((D - 1) * layer_penalty.measure(i), _reduced_power(i)),
    ]
    if D >= 2 and instance.sigma.shape[-1] > 1:
        inequalities.append(lambda i: (data_max.measure(i), (D + 1) * data_min.measure(i)))
    conditions = [at_most(instance, sides) for sides in inequalities]
    return reduce(operator.and_, [*conditions, _is_stationary(instance), _norms(instance)[1] > 0])


global_minimum = Assumption(
    "global_minimum",
    _is_global_minimum,
    r"\mathcal{L}(W) = \min\mathcal{L}\text{, by the certificate } "
    r"a_{\max}\le(D+1)a_{\min},\ (D-1)\tau\le\kappa w^TA_0w",
)
