"""Closed forms of global minima beside a rival map, and why no rival does better.

At the closed form of Z3, with λ = τ/|w|²,

    c = κ A_0w + λ w,      Γ|w|² = τ^{D+1},      L - E y² = (D-1) λ|w|² - κ wᵀA_0w.

The reduced objective of any other map v completes to a square:

    κ vᵀA_0v - 2 v·c = κ (v-w)ᵀA_0(v-w) - κ wᵀA_0w - 2λ v·w.

Where κ λ_min(A_0) >= (D-1)λ the square is at least (D-1)λ|v-w|², and weighted AM-GM in |v|/|w|,

    (D-1) λ|v|² + (D+1) (Γ|v|²)^{1/(D+1)} >= 2D λ |v||w| >= 2D λ v·w,

leaves the loss of the closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_covariance_factor,
    hidden_layers,
    layer_penalty,
)
from theorems.weight_decay.reduction import decay_product, effective_sq, published_networks
from verify.errors import Undefined
from verify.theorem import expanded, quantity

__all__ = [
    "RivalInstance",
    "minimal_with_rival",
    "own_sq",
    "published_minimal",
    "pull",
    "rival_alignment",
    "rival_energy",
    "rival_gap",
    "rival_overlap",
    "rival_sq",
    "rival_value",
]


@dataclass(frozen=True, eq=False)
class RivalInstance(NoisyInstance):
    """A network with a map v, a row that is not zero, in rivalry with its own map w."""

    rival: Any


published_minimal = published_networks(
    "published-minimal", "the closed form of Z3 with κ λ_min(A_0)|w|² >= (D-1)τ", minimal=True
)


def _with_ones(instance: NoisyInstance) -> RivalInstance:
    """The instance with v of ones."""
    ones = instance.arithmetic.matrix([[1] * instance.sigma.shape[-1]])
    return RivalInstance.beside(instance, rival=ones)


@setting(
    "published-minimal-with-rival",
    "the closed form of Z3 with κ λ_min(A_0)|w|² >= (D-1)τ, and any other map v != 0",
    every_direction=True,
    extend=_with_ones,
)
def minimal_with_rival(draw: Draw) -> RivalInstance:
    """The closed form of a global minimum beside any map."""
    instance = draw.of(published_minimal)
    rival = draw.matrix(1, instance.sigma.shape[-1])
    if draw.arithmetic.kind == "exact" and draw.arithmetic.is_zero(rival):
        raise Undefined("v = 0")
    return RivalInstance.beside(instance, rival=rival)


def _form(instance: RivalInstance, row: Any) -> Any:
    return instance.arithmetic.entry(row @ instance.sigma @ row.mT, 0, 0)


@quantity("own_sq", r"|w|^2")
def own_sq(instance: NoisyInstance) -> Any:
    """|w|², w the effective map of the weights, where it is not zero."""
    return effective_sq.measure(instance)


@quantity("pull", r"\lambda")
def pull(instance: NoisyInstance) -> Any:
    """λ = τ/|w|², what decay adds to κA_0 in the equation for w."""
    return layer_penalty.measure(instance) / effective_sq.measure(instance)


@quantity("rival_sq", r"|v|^2")
def rival_sq(instance: RivalInstance) -> Any:
    """|v|², v the rival map."""
    return instance.arithmetic.frobenius_sq(instance.rival)


@quantity("rival_energy", "v^TA_0v")
def rival_energy(instance: RivalInstance) -> Any:
    """vᵀA_0v, the power of the rival's output."""
    return _form(instance, instance.rival)


@quantity("rival_alignment", r"v\cdot c", positive=False)
def rival_alignment(instance: RivalInstance) -> Any:
    """v·c, the correlation of the rival's output with y."""
    return instance.arithmetic.entry(instance.rival @ instance.cross.mT, 0, 0)


@quantity("rival_overlap", r"v\cdot w", positive=False)
def rival_overlap(instance: RivalInstance) -> Any:
    """v·w, of the rival and of the network's own map."""
    return instance.arithmetic.entry(instance.rival @ instance.net.end_to_end.mT, 0, 0)


@quantity("rival_gap", "(v-w)^TA_0(v-w)", positive=False)
def rival_gap(instance: RivalInstance) -> Any:
    """(v-w)ᵀA_0(v-w), the power of the difference of both outputs."""
    return _form(instance, instance.rival - instance.net.end_to_end)


kappa, Gamma, D, v_sq, energy, alignment = symbols(
    effective_covariance_factor, decay_product, hidden_layers,
    rival_sq, rival_energy, rival_alignment,
)  # fmt: skip

rival_value = expanded(
    "rival_value", r"\kappa v^TA_0v - 2v\cdot c + (D+1)(\Gamma|v|^2)^{1/(D+1)}",
    "The reduced objective at the rival map v.",
    kappa * energy - 2 * alignment + (D + 1) * (Gamma * v_sq) ** (1 / (D + 1)),
    positive=False,
)  # fmt: skip
