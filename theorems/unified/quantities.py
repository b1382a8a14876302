"""Quantities that several of the unified theorems share."""

from __future__ import annotations

from typing import Any

from theorems.directions import path_ends, regressor_share
from theorems.instances import Instance
from theorems.quantities import depth
from verify.claims import quantity

__all__ = ["aligned_top", "blend_top", "imbalance_total", "layer_energy_max"]


def blend_top(instance: Instance, weight: int) -> Any:
    """Return λ_max(Σ + weight KŵŵᵀK), from the rational matrix (I + weight ŵŵᵀ)Σ."""
    ar, w = instance.arithmetic, instance.target
    share = ar.scalar(weight) / ar.frobenius_sq(w)
    return ar.eig_max(ar.identity(w.shape[-1]) + ar.scale(share, w.mT @ w), instance.sigma)


@quantity(
    "aligned_top",
    r"\lambda_{\max}(\Sigma+(L-1)K\hat w\hat w^TK)",
    supremum=(
        path_ends.symbol + (depth.symbol - 1) * regressor_share.symbol,
        (path_ends.name, regressor_share.name),
    ),
)
def aligned_top(instance: Instance) -> Any:
    """λ_max(Σ + (L-1) K ŵŵᵀ K), ŵ = w*/|w*| (one output)."""
    return blend_top(instance, instance.net.depth - 1)


@quantity("layer_energy_max", r"\max_k|W_k|_F^2")
def layer_energy_max(instance: Instance) -> Any:
    """Largest squared Frobenius norm of a layer."""
    ar = instance.arithmetic
    return ar.maximum(*(ar.frobenius_sq(W) for W in instance.weights))


@quantity("imbalance_total", r"\textstyle\sum_j(|D_j|_2+|\operatorname{tr}D_j|)", positive=False)
def imbalance_total(instance: Instance) -> Any:
    """Σ_j (|D_j|_2 + |tr D_j|): zero iff balanced; conserved by gradient flow."""
    ar = instance.arithmetic
    total = ar.scalar(0)
    for D in instance.net.imbalances:
        trace = ar.trace(D)
        total = total + ar.maximum(ar.eig_max(D), ar.eig_max(-D)) + ar.maximum(trace, -trace)
    return total
