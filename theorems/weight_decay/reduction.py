"""The reduced problem, its quantities, and the published closed form of its solution.

The effective map is w = (U W^(D) ... W^(1))ᵀ.  With κ = Π_i (1 + σ²/d_i) and Γ = γ_u Π_i γ_i the
loss at any weights is at least ``κ wᵀA_0w - 2 w·c + (D+1)(Γ|w|²)^{1/(D+1)}`` (theorem Z3p), and
aligned networks attain it (:mod:`theorems.weight_decay.aligned`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from numeric.reduced_problem import ReducedProblem
from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.weight_decay.aligned import (
    aligned_layers,
    any_covariance,
    drawn_network,
    minimal_covariance,
)
from theorems.weight_decay.networks import NoisyInstance, effective_covariance_factor
from verify.claims import Setting, quantity
from verify.errors import Undefined
from verify.expression import symbol
from verify.theorem import Assumption

__all__ = [
    "PUBLISHED",
    "RIVAL",
    "Published",
    "data_level",
    "decay_product",
    "effective_sq",
    "nonzero",
    "published_networks",
    "reduced_minimum",
    "reduced_problem",
]

RIVAL = ("rival_value", "rival_sq", "rival_energy", "rival_alignment", "rival_overlap", "rival_gap")
"""Quantities that depend on a rival map, see :mod:`theorems.weight_decay.rivals`."""

# --- quantities ---------------------------------------------------------------------------------


@quantity("decay_product", r"\Gamma")
def decay_product(instance: NoisyInstance) -> Any:
    """Γ = γ_u Π_i γ_i: the product of all weight decays."""
    return math.prod(instance.decays)


@quantity("data_level", "a")
def data_level(instance: NoisyInstance) -> Any:
    """The number a for isotropic data, A_0 = aI; undefined for others."""
    ar, sigma = instance.arithmetic, instance.sigma
    n = sigma.shape[-1]
    level = ar.entry(sigma, 0, 0)
    if ar.kind == "exact" and not ar.is_zero(sigma - ar.scale(level, ar.identity(n))):
        raise Undefined("A_0 is not a multiple of the identity")
    return level


@quantity("effective_sq", r"|w|^2")
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
    below=("reduced_value",),
    infimum=(symbol("rival_value", positive=False), RIVAL),
)
def reduced_minimum(instance: NoisyInstance) -> Any:
    """Minimum over w of κ wᵀA_0w - 2 wᵀc + (D+1)(Γ|w|²)^{1/(D+1)}: enclosed, or exact."""
    return reduced_problem(instance).minimum()


(w_sq,) = symbols(effective_sq)
# not evaluated: to SymPy what is said not to be negative is > 0
nonzero = Assumption("nonzero", sp.Gt(w_sq, 0, evaluate=False), r"w \ne 0")

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
        row = ar.scale(self.mu(instance) * beta, instance.cross) @ ar.inverse(ridge)
        return row.applyfunc(_in_lowest_terms) if ar.kind == "symbolic" else row

    def layers(
        self, instance: NoisyInstance, patterns: Sequence[Sequence[int]], penalty: Any
    ) -> list[Any]:
        """Return the weights of the closed form in which every layer costs ``penalty``.

        b_u = (τ/(γ_u d_D))^{1/2}, b_i = (τ/(γ_i d_i d_{i-1}))^{1/2} and the row above.
        """
        ar = instance.arithmetic
        pairs = zip(instance.decays[1:], instance.sizes[1:], strict=True)
        scales = [ar.sqrt(penalty / (decay * size)) for decay, size in pairs]
        return aligned_layers(ar, patterns, scales, self.row(instance, math.prod(scales)))


def _in_lowest_terms(x: Any) -> Any:
    """A rational formula with what is common to numerator and denominator cancelled."""
    ring = sp.QQ.poly_ring(*sorted(x.free_symbols, key=str)).ring
    above, below = map(ring.from_expr, sp.fraction(sp.together(x)))
    above, below = above.cancel(below)
    return above.as_expr() / below.as_expr()


def _s_sq(instance: NoisyInstance) -> Any:
    later = (d * (d + instance.noise_variance) for d in instance.hidden_widths[1:])
    return math.prod(later, start=instance.arithmetic.scalar(1))


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
        network, penalty = drawn_network(draw)
        covariance = minimal_covariance if minimal else any_covariance
        solved = network.costing(penalty, covariance(draw, network, penalty))
        weights = closed_form.layers(solved, network.patterns, penalty)
        return replace(solved, weights=tuple(weights))

    return build
