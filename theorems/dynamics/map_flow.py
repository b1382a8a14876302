"""How the end-to-end map moves under gradient flow: quantities, and settings of balanced layers."""

from __future__ import annotations

from functools import reduce
from typing import Any

from numeric.loss import gradient_by_jets, residual
from numeric.spectrum import dual_gram
from theorems.assumptions import vanishes
from theorems.instances import Instance
from theorems.quantities import compared
from theorems.recipes import Draw, balanced_layers, rank_one_layers, setting
from verify.claims import Assumption, quantity

__all__ = [
    "balanced",
    "balanced_rows",
    "balanced_weights",
    "closure_gap",
    "end_roots_gap",
    "ends",
    "first_layer_sq",
    "kernel_gap",
    "map_flow_gap",
    "map_slope",
    "map_speed",
    "output_gap",
    "row_norm",
    "row_product",
    "row_slope_sq",
]

# --- how the map moves ----------------------------------------------------------------------------


def map_speed(instance: Instance) -> Any:
    """dP/dt by the product rule, W + Ẇε multiplied out, with gradients by tangents."""
    slopes = gradient_by_jets(instance.net, instance.sigma, instance.cross)
    jets = zip(instance.weights, (-G for G in slopes), strict=True)
    return reduce(
        lambda inner, outer: (outer[0] @ inner[0], outer[1] @ inner[0] + outer[0] @ inner[1]), jets
    )[1]


def map_slope(instance: Instance) -> Any:
    """G = ∂R/∂P = 2(PΣ - C)."""
    E = residual(instance.net, instance.sigma, instance.cross)
    return E + E


def _total(terms: list[Any]) -> Any:
    return sum(terms[1:], start=terms[0])


@compared(
    "map_flow_gap", r"|\dot P+\textstyle\sum_kA_kA_k^TGB_k^TB_k|_F^2",
    r"\tfrac{dP}{dt} = -\textstyle\sum_k A_kA_k^TGB_k^TB_k",
)  # fmt: skip
def map_flow_gap(instance: Instance) -> tuple[Any, Any]:
    """dP/dt under gradient flow against -Σ_k A_kA_kᵀ G B_kᵀB_k."""
    net, G = instance.net, map_slope(instance)
    pairs = zip(net.suffixes, net.prefixes, strict=True)
    return map_speed(instance), -_total([A @ A.mT @ G @ B.mT @ B for A, B in pairs])


@compared(
    "kernel_gap", r"|\operatorname{vec}\dot P+M\operatorname{vec}G|^2",
    r"\operatorname{vec}\tfrac{dP}{dt} = -M\operatorname{vec}G",
)  # fmt: skip
def kernel_gap(instance: Instance) -> tuple[Any, Any]:
    """dP/dt, row by row, against minus the dual Gram matrix times ∂R/∂P."""
    slope = dual_gram(instance.net) @ _column(instance, map_slope(instance))
    return _column(instance, map_speed(instance)), -slope


def _column(instance: Instance, A: Any) -> Any:
    """The rows of A one after the other, as a column."""
    ar, (m, n) = instance.arithmetic, A.shape[-2:]
    rows = [ar.matrix([[int(i == j) for j in range(m)]]) @ A for i in range(m)]
    return ar.stack([[row.mT] for row in rows]) if n else A


def _power(ar: Any, A: Any, n: int) -> Any:
    return reduce(lambda product, _: product @ A, range(n), ar.identity(A.shape[-1]))


def ends(instance: Instance) -> tuple[Any, Any]:
    """X = W_LW_Lᵀ and Y = W_1ᵀW_1."""
    first, last = instance.weights[0], instance.weights[-1]
    return last @ last.mT, first.mT @ first


@compared(
    "closure_gap", r"|\dot P+\textstyle\sum_kX^{L-k}GY^{k-1}|_F^2",
    r"\tfrac{dP}{dt} = -\textstyle\sum_k X^{L-k}GY^{k-1}",
)  # fmt: skip
def closure_gap(instance: Instance) -> tuple[Any, Any]:
    """dP/dt against -Σ_k X^{L-k} G Y^{k-1}, X = W_LW_Lᵀ, Y = W_1ᵀW_1."""
    ar, L, (X, Y) = instance.arithmetic, instance.net.depth, ends(instance)
    G = map_slope(instance)
    terms = [_power(ar, X, L - k) @ G @ _power(ar, Y, k - 1) for k in range(1, L + 1)]
    return map_speed(instance), -_total(terms)


@compared("end_roots_gap", r"|X^L-PP^T|_F^2+|Y^L-P^TP|_F^2", r"X^L = PP^T,\quad Y^L = P^TP")
def end_roots_gap(instance: Instance) -> tuple[list[Any], list[Any]]:
    """(W_LW_Lᵀ)^L and (W_1ᵀW_1)^L against PPᵀ and PᵀP."""
    ar, net = instance.arithmetic, instance.net
    powers = [_power(ar, end, net.depth) for end in ends(instance)]
    return powers, [net.end_to_end @ net.end_to_end.mT, net.end_to_end.mT @ net.end_to_end]


# --- one output -----------------------------------------------------------------------------------


@quantity("row_norm", "|w|")
def row_norm(instance: Instance) -> Any:
    """|w| = |P|_F (one output)."""
    ar = instance.arithmetic
    return ar.sqrt(ar.frobenius_sq(instance.net.end_to_end))


@quantity("row_slope_sq", "|g|^2")
def row_slope_sq(instance: Instance) -> Any:
    """|g|² = |∂R/∂P|_F² (one output)."""
    return instance.arithmetic.frobenius_sq(map_slope(instance))


@quantity("row_product", r"w\cdot g", positive=False)
def row_product(instance: Instance) -> Any:
    """w·g = <P, ∂R/∂P> (one output)."""
    return instance.arithmetic.trace(instance.net.end_to_end @ map_slope(instance).mT)


@quantity("first_layer_sq", "|W_1|_F^2")
def first_layer_sq(instance: Instance) -> Any:
    """|W_1|_F²."""
    return instance.arithmetic.frobenius_sq(instance.weights[0])


@compared(
    "output_gap", r"|\dot w+\dots|^2",
    r"\tfrac{dw}{dt} = -|W_1|_F^{2L-2}\bigl(g+(L-1)(w\cdot g)w/|w|^2\bigr)",
)  # fmt: skip
def output_gap(instance: Instance) -> tuple[Any, Any]:
    """dw/dt against -|W_1|_F^{2L-2} (g + (L-1)(w·g)w/|w|²)."""
    ar, L, P = instance.arithmetic, instance.net.depth, instance.net.end_to_end
    along = ar.scalar(L - 1) * row_product.measure(instance) / ar.frobenius_sq(P)
    energy = first_layer_sq.measure(instance)
    factor = reduce(lambda x, _: x * energy, range(L - 1), ar.scalar(1))
    return map_speed(instance), -ar.scale(factor, map_slope(instance) + ar.scale(along, P))


# --- settings -------------------------------------------------------------------------------------


def _is_balanced(instance: Instance) -> Any:
    return vanishes(instance, *instance.net.imbalances)


balanced = Assumption("balanced", _is_balanced, "D_k = 0")


@setting(
    "balanced-weights", "D_k = 0 for all k, any Σ, arbitrary target: not minimizers",
    ensures=[balanced],
)  # fmt: skip
def balanced_weights(draw: Draw) -> Instance:
    """Balanced layers with an arbitrary target."""
    shape = draw.shape()
    layers = balanced_layers(draw, shape)
    return draw.instance(layers, draw.covariance(shape[0]), draw.matrix(shape[-1], shape[0]))


@setting(
    "balanced-rows", "one output, W_k = g u_k u_{k-1}ᵀ with unit vectors u_k, any Σ, any target",
    ensures=[balanced],
)  # fmt: skip
def balanced_rows(draw: Draw) -> Instance:
    """Balanced layers of one output, w != 0, with an arbitrary target."""
    shape = draw.shape(outputs=1)
    layers = rank_one_layers(draw.arithmetic, draw.rotations(shape), draw.scale())
    return draw.instance(layers, draw.covariance(shape[0]), draw.matrix(1, shape[0]))
