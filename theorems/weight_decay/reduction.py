"""What the theorems on global minima share: the reduced problem and networks that solve it.

The effective map is w = (U W^(D) ... W^(1))ᵀ.  With κ = Π_i (1 + σ²/d_i) and Γ = γ_u Π_i γ_i the
loss at any weights is at least ``κ wᵀA_0w - 2 w·c + (D+1)(Γ|w|²)^{1/(D+1)}`` (theorem Z3p), and
*aligned* networks attain it: for signs r_i in {±1}^{d_i} and numbers b_i

    U = b_u r_Dᵀ,    W^(i) = b_i r_i r_{i-1}ᵀ (i >= 2),    W^(1) = r_1 v,    v a row,

where every layer costs the same, γ_i|W^(i)|_F² = γ_u|U|² = τ.  Then τ^{D+1} = Γ|w|², and the
network is stationary when ``c = κ A_0 w + (τ/|w|²) w``.  So exact rational solutions are found by
choosing the solution first: signs, b_i, w, τ and A_0 freely, then the decays, then c.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import Any

from numeric.reduced_problem import ReducedProblem
from theorems.recipes import Draw, setting
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_covariance_factor,
)
from verify.claims import Setting, quantity
from verify.errors import Undefined
from verify.legacy import Assumption

__all__ = [
    "PUBLISHED",
    "Aligned",
    "Published",
    "aligned_layers",
    "aligned_networks",
    "data_level",
    "decay_product",
    "effective_sq",
    "isotropic",
    "isotropic_networks",
    "isotropic_stationary",
    "minimal_networks",
    "nonzero",
    "published_networks",
    "reduced_minimum",
    "reduced_problem",
    "signs",
]

# --- quantities ---------------------------------------------------------------------------------


@quantity("decay_product", r"\Gamma")
def decay_product(instance: NoisyInstance) -> Any:
    """Γ = γ_u Π_i γ_i: the product of all weight decays."""
    return _product(instance.decays)


@quantity("data_level", "a")
def data_level(instance: NoisyInstance) -> Any:
    """The number a for isotropic data, A_0 = aI; undefined for others."""
    ar, sigma = instance.arithmetic, instance.sigma
    n = sigma.shape[-1]
    level = ar.entry(sigma, 0, 0)
    if ar.kind == "exact" and not ar.is_zero(sigma - ar.scale(level, ar.identity(n))):
        raise Undefined("A_0 is not a multiple of the identity")
    return level


@quantity("effective_sq", r"|w|^2", positive=False)
def effective_sq(instance: NoisyInstance) -> Any:
    """|w|², w = (U W^(D) ... W^(1))ᵀ the effective linear map."""
    return instance.arithmetic.frobenius_sq(instance.net.end_to_end)


def reduced_problem(instance: NoisyInstance) -> ReducedProblem:
    """Return the reduced problem with the data, noise, decays and widths of the instance."""
    return ReducedProblem(
        instance.arithmetic,
        instance.sigma,
        instance.cross,
        effective_covariance_factor.measure(instance),
        decay_product.measure(instance),
        instance.net.depth - 1,
    )


@quantity(
    "reduced_minimum",
    r"\min_w\,\kappa w^TA_0w - 2w^Tc + (D+1)(\Gamma|w|^2)^{1/(D+1)}",
    positive=False,
)
def reduced_minimum(instance: NoisyInstance) -> Any:
    """Minimum over w of κ wᵀA_0w - 2 wᵀc + (D+1)(Γ|w|²)^{1/(D+1)}: enclosed, or exact."""
    return reduced_problem(instance).minimum()


nonzero = Assumption(
    "nonzero",
    r"w \ne 0",
    lambda instance: effective_sq.measure(instance) > 0,
)

# --- aligned networks ---------------------------------------------------------------------------


def signs(draw: Draw, width: int, active: int | None = None) -> Any:
    """A column of ``active`` random signs, then zeros (neurons switched off)."""
    ar = draw.arithmetic
    active = width if active is None else active
    return ar.matrix([[1 - 2 * draw.integer(0, 1) if i < active else 0] for i in range(width)])


def aligned_layers(ar: Any, patterns: list[Any], scales: list[Any], row: Any) -> list[Any]:
    """Return W^(1) = r_1 v, W^(i) = b_i r_i r_{i-1}ᵀ, U = b_u r_Dᵀ.

    Parameters
    ----------
    patterns
        r_1, ..., r_D as columns.
    scales
        b_2, ..., b_D, b_u.
    row
        v, of shape (1, d_x).
    """
    after = [*patterns[1:], ar.identity(1)]
    return [
        patterns[0] @ row,
        *(ar.scale(b, r @ s.mT) for b, r, s in zip(scales, after, patterns, strict=True)),
    ]


@dataclass(frozen=True)
class Aligned:
    """The free choices of an aligned network, before data and decays follow from them.

    ``active`` counts the neurons of each hidden layer that are not switched off; those that are
    have zero weights on both sides, which keeps a stationary point stationary.
    """

    arithmetic: Any
    widths: tuple[int, ...]
    active: tuple[int, ...]
    patterns: list[Any]
    scales: list[Any]
    w: Any
    penalty: Any
    noise_variance: Any

    @classmethod
    def drawn(cls, draw: Draw, *, switched_off: bool = False) -> Aligned:
        """Draw signs, scales, a target w != 0, τ and σ² from the source."""
        ar = draw.arithmetic
        depth = draw.depth()
        widths = tuple(draw.width() for _ in range(depth))
        hidden = widths[1:]
        active = tuple(draw.integer(1, d) for d in hidden) if switched_off else hidden
        patterns = [signs(draw, d, a) for d, a in zip(hidden, active, strict=True)]
        scales = [draw.number(1, 3) for _ in hidden]
        w = draw.matrix(1, widths[0])
        if ar.kind == "exact" and ar.is_zero(w):
            raise Undefined("w = 0")
        penalty = draw.number(0, 3) + ar.scalar(Fraction(1, 8))
        noise = draw.number(0, 2)
        return cls(ar, widths, active, patterns, scales, w, penalty, noise)

    @property
    def norm_sq(self) -> Any:
        """Return |w|²."""
        return self.arithmetic.frobenius_sq(self.w)

    @property
    def noise_factor(self) -> Any:
        """Return κ of the active neurons."""
        one = self.arithmetic.scalar(1)
        return reduce(lambda x, y: x * y, (one + self.noise_variance / d for d in self.active))

    def ridge(self, level: Any) -> Any:
        """Return the a with κ a |w|² = level τ: how strong the data are beside the decay."""
        return level * self.penalty / (self.noise_factor * self.norm_sq)

    def solved(self, sigma: Any) -> NoisyInstance:
        """Return the network with the c that makes it stationary, c = κ A_0 w + (τ/|w|²) w."""
        ar = self.arithmetic
        pull = ar.scale(self.noise_factor, self.w @ sigma)
        return self.instance(sigma, pull + ar.scale(self.penalty / self.norm_sq, self.w))

    def instance(self, sigma: Any, cross: Any) -> NoisyInstance:
        """Return the network with decays τ/|W^(i)|_F², on the data given."""
        ar = self.arithmetic
        gain = _product(self.scales) * math.prod(self.active)
        layers = aligned_layers(ar, self.patterns, self.scales, ar.scale(1 / gain, self.w))
        decays = tuple(self.penalty / ar.frobenius_sq(W) for W in layers)
        return NoisyInstance(ar, tuple(layers), sigma, cross, decays, self.noise_variance)


def _product(factors: Any) -> Any:
    return reduce(lambda x, y: x * y, factors)


def _covariance(draw: Draw, d: int) -> Any:
    """R Rᵀ, positive semidefinite."""
    factor = draw.matrix(d, d)
    return factor @ factor.mT


def _plus(ar: Any, A: Any, level: Any) -> Any:
    """A + level I."""
    return A + ar.scale(level, ar.identity(A.shape[-1]))


# --- settings -----------------------------------------------------------------------------------


@setting(
    "aligned-networks",
    "aligned networks with layers of equal cost, any w != 0, A_0 = R Rᵀ + I/4 and any c",
)
def aligned_networks(draw: Draw) -> NoisyInstance:
    """Where the reduction is attained, whatever the data."""
    network = Aligned.drawn(draw)
    ar, d = network.arithmetic, network.widths[0]
    sigma = _plus(ar, _covariance(draw, d), ar.scalar(Fraction(1, 4)))
    cross = draw.matrix(1, d)
    return network.instance(sigma, cross)


def _any_covariance(draw: Draw, network: Aligned) -> Any:
    """A_0 of any shape and of a size comparable to the decay."""
    ar = network.arithmetic
    shape = _plus(ar, _covariance(draw, network.widths[0]), ar.scalar(Fraction(1, 4)))
    level = draw.number(0, 1) + ar.scalar(Fraction(1, 16))
    return ar.scale(network.ridge(level), shape)


@setting(
    "minimal-networks",
    "aligned stationary networks with κ λ_min(A_0)|w|² >= (D-1)τ: global minima (Z3)",
)
def minimal_networks(draw: Draw) -> NoisyInstance:
    """Exact global minima: A_0 large enough beside the decay."""
    network = Aligned.drawn(draw)
    return network.solved(_minimal_covariance(draw, network))


def _minimal_covariance(draw: Draw, network: Aligned) -> Any:
    """A_0 with κ λ_min(A_0)|w|² >= (D-1)τ, positive definite."""
    ar, D = network.arithmetic, len(network.patterns)
    level = draw.number(0, 2) + ar.scalar(D - 1 if D > 1 else Fraction(1, 16))
    return _plus(ar, _covariance(draw, network.widths[0]), network.ridge(level))


@setting("isotropic-networks", "one output, any weights, A_0 = aI, any c != 0, decays and noise")
def isotropic_networks(draw: Draw) -> NoisyInstance:
    """Arbitrary weights on isotropic data."""
    return isotropic(draw)


def isotropic(draw: Draw, *, equal_decays: bool = False) -> NoisyInstance:
    """Draw weights, a, c, decays (one for all layers if ``equal_decays``) and σ²."""
    ar = draw.arithmetic
    depth = draw.depth()
    shape = [*(draw.width() for _ in range(depth)), 1]
    layers = [draw.matrix(m, n) for n, m in itertools.pairwise(shape)]
    level = draw.number(0, 2) + ar.scalar(Fraction(1, 32))
    cross = draw.matrix(1, shape[0])
    if ar.kind == "exact" and ar.is_zero(cross):
        raise Undefined("c = 0: there is nothing to learn")
    eighth = ar.scalar(Fraction(1, 8))
    count = 1 if equal_decays else depth
    decays = [draw.number(0, 2) + eighth for _ in range(count)]
    decays = decays * depth if equal_decays else decays
    noise = draw.number(0, 2)
    sigma = ar.scale(level, ar.identity(shape[0]))
    return NoisyInstance(ar, tuple(layers), sigma, cross, tuple(decays), noise)


def isotropic_stationary(
    name: str, description: str, share: Callable[[int], Fraction] | None = None
) -> Setting:
    """Return a setting of aligned stationary networks with A_0 = aI.

    Parameters
    ----------
    share
        κ a|w|²/τ as a function of D; without it, any positive number, and neurons switched off.
    """

    @setting(name, description)
    def build(draw: Draw) -> NoisyInstance:
        network = Aligned.drawn(draw, switched_off=share is None)
        ar = network.arithmetic
        if share is None:
            level = draw.number(0, 3) + ar.scalar(Fraction(1, 16))
        else:
            level = ar.scalar(share(len(network.patterns)))
        return network.solved(ar.scale(network.ridge(level), ar.identity(network.widths[0])))

    return build


# --- the published closed form ------------------------------------------------------------------


@dataclass(frozen=True)
class Published:
    """The constants of the closed form, so that false twins can change one of them.

    ``μ = Π_{i>=2} d_i``, ``s² = Π_{i>=2} d_i (d_i + σ²)`` and the factor σ² + d_1 beside s².
    """

    mu: Callable[[NoisyInstance], Any]
    s_sq: Callable[[NoisyInstance], Any]
    first: Callable[[NoisyInstance], Any]

    def row(self, instance: NoisyInstance, beta: Any) -> Any:
        """Return cᵀ μβ [β² s² (σ² + d_1) A_0 + γ_1 I]^{-1}, the row of W^(1) before its signs."""
        ar, n = instance.arithmetic, instance.sigma.shape[-1]
        weight = beta * beta * self.s_sq(instance) * self.first(instance)
        ridge = ar.scale(weight, instance.sigma) + ar.scale(instance.decays[0], ar.identity(n))
        return ar.scale(self.mu(instance) * beta, instance.cross) @ ar.inverse(ridge)

    def layers(self, instance: NoisyInstance, patterns: list[Any], penalty: Any) -> list[Any]:
        """Return the weights of the closed form in which every layer costs ``penalty``.

        b_u = (τ/(γ_u d_D))^{1/2}, b_i = (τ/(γ_i d_i d_{i-1}))^{1/2} and the row above.
        """
        ar, widths = instance.arithmetic, instance.hidden_widths
        sizes = [*(m * n for m, n in itertools.pairwise(widths)), widths[-1]]
        scales = [
            ar.sqrt(penalty / (decay * size))
            for decay, size in zip(instance.decays[1:], sizes, strict=True)
        ]
        return aligned_layers(ar, patterns, scales, self.row(instance, _product(scales)))


def _s_sq(instance: NoisyInstance) -> Any:
    one = instance.arithmetic.scalar(1)
    later = (d * (d + instance.noise_variance) for d in instance.hidden_widths[1:])
    return reduce(lambda x, y: x * y, later, one)


PUBLISHED = Published(
    lambda instance: math.prod(instance.hidden_widths[1:]),
    _s_sq,
    lambda instance: instance.noise_variance + instance.hidden_widths[0],
)


def published_networks(
    name: str, description: str, closed_form: Published = PUBLISHED, *, minimal: bool = False
) -> Setting:
    """Return a setting of networks with the weights of the closed form.

    Parameters
    ----------
    closed_form
        Its constants.
    minimal
        Whether A_0 is large enough beside the decay for the global minimum (any A_0 otherwise).
    """

    @setting(name, description)
    def build(draw: Draw) -> NoisyInstance:
        network = Aligned.drawn(draw)
        sigma = _minimal_covariance if minimal else _any_covariance
        solved = network.solved(sigma(draw, network))
        weights = closed_form.layers(solved, network.patterns, network.penalty)
        return replace(solved, weights=tuple(weights))

    return build
