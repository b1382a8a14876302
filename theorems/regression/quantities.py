"""Gradients, residuals and norms of products of layers, as pages on regression use them."""

from __future__ import annotations

from typing import Any

import sympy as sp

from numeric.loss import gradient_by_jets, residual
from theorems.instances import Instance
from theorems.quantities import depth, layer_norm_max, symbols
from verify.expression import Least
from verify.theorem import expanded, family, quantity

__all__ = [
    "first_energy",
    "first_slope_sq",
    "first_suffix_sq",
    "floor_sq",
    "image_room",
    "image_sq",
    "image_total",
    "k",
    "last_slope",
    "output_energy",
    "path_floor",
    "path_room",
    "path_total",
    "prefix_sq",
    "residual_sq",
    "suffix_sq",
]


def _slopes(instance: Instance) -> tuple[Any, ...]:
    return gradient_by_jets(instance.net, instance.sigma, instance.cross)


@quantity("output_energy", r"P\Sigma P^T", positive=False)
def output_energy(instance: Instance) -> Any:
    """E|Px|² = tr(P Σ Pᵀ)."""
    P = instance.net.end_to_end
    return instance.arithmetic.trace(P @ instance.sigma @ P.mT)


@quantity("last_slope", r"\langle W_L,\nabla_{W_L}R\rangle", positive=False)
def last_slope(instance: Instance) -> Any:
    """<W_L, ∇_{W_L} R>, the derivative of R along a scaling of the last layer."""
    return instance.arithmetic.trace(instance.weights[-1] @ _slopes(instance)[-1].mT)


@quantity("first_slope_sq", r"|\nabla_{W_1}R|_F^2", positive=False)
def first_slope_sq(instance: Instance) -> Any:
    """|∇_{W_1} R|_F²."""
    return instance.arithmetic.frobenius_sq(_slopes(instance)[0])


@quantity("first_energy", r"\operatorname{tr}(W_1\Sigma W_1^T)")
def first_energy(instance: Instance) -> Any:
    """tr(W_1 Σ W_1ᵀ), the energy of the first layer's output."""
    first = instance.weights[0]
    return instance.arithmetic.trace(first @ instance.sigma @ first.mT)


@quantity("first_suffix_sq", "|A_1|_F^2")
def first_suffix_sq(instance: Instance) -> Any:
    """|W_L ... W_2|_F²."""
    return instance.arithmetic.frobenius_sq(instance.net.suffixes[0])


@quantity("residual_sq", "|E|_F^2")
def residual_sq(instance: Instance) -> Any:
    """|PΣ - C|_F²."""
    return instance.arithmetic.frobenius_sq(residual(instance.net, instance.sigma, instance.cross))


@family("suffix_sq", r"|\alpha|^2")
def suffix_sq(instance: Instance) -> list[Any]:
    """|A_k|_F², k = 1..L."""
    return [instance.arithmetic.frobenius_sq(A) for A in instance.net.suffixes]


@family("prefix_sq", "|B|^2")
def prefix_sq(instance: Instance) -> list[Any]:
    """|B_k|_2², k = 1..L."""
    ar = instance.arithmetic
    return [ar.eig_max(B @ B.mT if B.shape[-2] < B.shape[-1] else B.mT @ B)
            for B in instance.net.prefixes]  # fmt: skip


def _residual(instance: Instance) -> Any:
    return residual(instance.net, instance.sigma, instance.cross)


@family("image_sq", "|BE^T|^2")
def image_sq(instance: Instance) -> list[Any]:
    """|E B_kᵀ|_F², k = 1..L, E = PΣ - C."""
    E = _residual(instance)
    return [instance.arithmetic.frobenius_sq(E @ B.mT) for B in instance.net.prefixes]


@family("floor_sq", r"\sigma_{\min}^2")
def floor_sq(instance: Instance) -> list[Any]:
    """σ_min(B_k)², k = 1..L, σ_min(B) = min |Bx| over unit x (zero for wide B)."""
    return [-instance.arithmetic.eig_max(-(B.mT @ B)) for B in instance.net.prefixes]


k = sp.Symbol("k", integer=True, positive=True)
L, widest, error = symbols(depth, layer_norm_max, residual_sq)
path_total = expanded(
    "path_total", r"\textstyle\sum_k|\alpha_k|^2|B_k|_2^2", "Σ_k |A_k|_F² |B_k|_2².",
    sp.Sum(suffix_sq(k) * prefix_sq(k), (k, 1, L)),
)  # fmt: skip
path_room = expanded(
    "path_room", r"\min_k(\max_j|W_j|_2^{2L-2}-|\alpha_k|^2|B_k|_2^2)",
    "The least max_j |W_j|_2^{2L-2} - |A_k|_F² |B_k|_2² over k = 1..L.",
    Least(widest ** (2 * L - 2) - suffix_sq(k) * prefix_sq(k), k, 1, L), positive=False,
)  # fmt: skip
image_total = expanded(
    "image_total", r"\textstyle\sum_k|\alpha_k|^2|B_kE^T|^2", "Σ_k |A_k|_F² |E B_kᵀ|_F².",
    sp.Sum(suffix_sq(k) * image_sq(k), (k, 1, L)),
)  # fmt: skip
image_room = expanded(
    "image_room", r"\min_k(|B_kE^T|^2-\sigma_{\min}(B_k)^2|E|^2)",
    "The least |E B_kᵀ|_F² - σ_min(B_k)² |E|_F² over k = 1..L.",
    Least(image_sq(k) - floor_sq(k) * error, k, 1, L), positive=False,
)  # fmt: skip
path_floor = expanded(
    "path_floor", r"\textstyle\sum_k|\alpha_k|^2\sigma_{\min}(B_k)^2",
    "Σ_k |A_k|_F² σ_min(B_k)², σ_min(B) = min |Bx| over unit x (zero for wide B).",
    sp.Sum(suffix_sq(k) * floor_sq(k), (k, 1, L)),
)  # fmt: skip
