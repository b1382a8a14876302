"""What the theorems about the origin measure and assume: curvature there, and how near is near.

Normalisation: L = E(f - y)² + Σ γ_i|W^(i)|_F² + γ_u|U|² without the constant E y²; no factor 1/2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from numeric.regularised import regularised_hessian
from theorems.assumptions import vanishes
from theorems.quantities import compared, symbols
from theorems.recipes import Draw, diagonal, setting
from theorems.weight_decay.networks import (
    NoisyInstance,
    cross_sq,
    decay_input,
    decay_output,
    hidden_layers,
    layer_penalty,
    noisy_networks,
    noisy_output_power,
)
from verify.errors import Undefined
from verify.expression import Least
from verify.theorem import Assumption, expanded, family, quantity

__all__ = [
    "at_origin",
    "curvature_max",
    "curvature_min",
    "decay_min",
    "deep",
    "deep_hessian_gap",
    "input_sq",
    "inside_basin",
    "k",
    "layer_decay",
    "layer_sq",
    "layers",
    "light_decay",
    "mean_decay",
    "near_origin",
    "near_origin_networks",
    "noisy_origins",
    "off_origin",
    "output_sq",
    "shallow_spectrum_gap",
    "size_product",
    "size_sq",
    "strong_signal",
    "total_penalty",
    "weak_signal",
    "weak_signals",
    "within_twice",
]


def _hessian(instance: NoisyInstance) -> Any:
    return regularised_hessian(instance.net, *instance.data)


@quantity("curvature_max", r"\lambda_{\max}(\nabla^2\mathcal{L})", positive=False)
def curvature_max(instance: NoisyInstance) -> Any:
    """Largest eigenvalue of the Hessian of the regularised loss, from loss values alone."""
    return instance.arithmetic.eig_max(_hessian(instance))


@quantity("curvature_min", r"\lambda_{\min}(\nabla^2\mathcal{L})", positive=False)
def curvature_min(instance: NoisyInstance) -> Any:
    """Smallest eigenvalue of the Hessian of the regularised loss, from loss values alone."""
    return -instance.arithmetic.eig_max(-_hessian(instance))


@compared(
    "deep_hessian_gap",
    r"|\nabla^2\mathcal{L}-2\operatorname{diag}\gamma|_F^2",
    r"\nabla^2\mathcal{L}(W) = 2\operatorname{diag}(\gamma)",
)
def deep_hessian_gap(instance: NoisyInstance) -> tuple[Any, Any]:
    """The Hessian against 2 diag(γ), the decay of each layer as often as it has weights."""
    pairs = zip(instance.decays, instance.sizes, strict=True)
    owner = [2 * decay for decay, count in pairs for _ in range(count)]
    return _hessian(instance), diagonal(instance.arithmetic, owner, len(owner), len(owner))


@compared(
    "shallow_spectrum_gap",
    r"\max_k|\operatorname{tr}H^k-\textstyle\sum\lambda^k|",
    r"\operatorname{spec}\nabla^2\mathcal{L}(0) = \{\lambda_\pm\ (d\text{ times each}),\ "
    r"2\gamma_w\ (d(d_x-1)\text{ times})\}",
)
def shallow_spectrum_gap(instance: NoisyInstance) -> tuple[list[Any], list[Any]]:
    """Tr H^k against Σ λ^k over the eigenvalues stated for D = 1, k = 1..N."""
    ar, H = instance.arithmetic, _hessian(instance)
    d, d_x = instance.weights[0].shape[-2:]
    plain = 2 * instance.decays[0]
    total = plain + 2 * instance.decays[-1]  # λ₊ + λ₋
    product = 2 * plain * instance.decays[-1] - 4 * cross_sq.measure(instance)  # λ₊ λ₋
    sums, unit = [ar.scalar(2), total], ar.identity(1)
    power, alone, measured, stated = H, plain, [], []
    for k in range(1, H.shape[-1] + 1):
        measured.append(ar.scale(ar.trace(power), unit))
        stated.append(ar.scale(d * sums[k] + d * (d_x - 1) * alone, unit))
        sums.append(total * sums[k] - product * sums[k - 1])
        power, alone = power @ H, alone * plain
    return measured, stated


# --- sizes of layers, and what they cost ---------------------------------------------------------


@family("layer_sq", "n")
def layer_sq(instance: NoisyInstance) -> list[Any]:
    """n_k = |W^(k)|², the output row last, k = 1..D+1."""
    return [instance.arithmetic.frobenius_sq(W) for W in instance.weights]


@family("layer_decay", r"\gamma")
def layer_decay(instance: NoisyInstance) -> list[Any]:
    """γ_k, k = 1..D+1."""
    return list(instance.decays)


D = hidden_layers.symbol
k = sp.Symbol("k", integer=True, positive=True)
layers = (k, 1, D + 1)

size_sq = expanded(
    "size_sq", "|W|^2", "|W|² = |U|² + Σ|W^(i)|², all weights together.",
    sp.Sum(layer_sq(k), layers),
)  # fmt: skip
size_product = expanded(
    "size_product", r"\textstyle\prod_i|W^{(i)}|^2", "Product of |W^(i)|² over all layers.",
    sp.Product(layer_sq(k), layers),
)  # fmt: skip
total_penalty = expanded(
    "total_penalty", r"\textstyle\sum_i\gamma_i|W^{(i)}|^2",
    "What all layers pay together, Σ γ_i|W^(i)|².",
    sp.Sum(layer_decay(k) * layer_sq(k), layers),
)  # fmt: skip
decay_min = expanded(
    "decay_min", r"\min\gamma", "The smallest weight decay of a layer.",
    Least(layer_decay(k), *layers),
)  # fmt: skip


@quantity("input_sq", "|W^{(1)}|^2")
def input_sq(instance: NoisyInstance) -> Any:
    """|W^(1)|², squared Frobenius norm of the first layer."""
    return instance.arithmetic.frobenius_sq(instance.weights[0])


@quantity("output_sq", "|U|^2")
def output_sq(instance: NoisyInstance) -> Any:
    """|U|², squared norm of the output row."""
    return instance.arithmetic.frobenius_sq(instance.weights[-1])


# --- settings ------------------------------------------------------------------------------------


@setting("noisy-origins", "zero weights; any A_0, c != 0, decays, noise and widths")
def noisy_origins(draw: Draw) -> NoisyInstance:
    """The origin of any noisy network."""
    network: NoisyInstance = draw.of(noisy_networks)
    return replace(network, weights=tuple(W - W for W in network.weights))


@setting("weak-signals", "D = 1, any weights, γ_u = (1 + t)|c|²/γ_w with 0 <= t <= 1")
def weak_signals(draw: Draw) -> NoisyInstance:
    """Decays at and above the threshold |c|² = γ_u γ_w."""
    network: NoisyInstance = draw.of(noisy_networks)
    g = network.decays[0]
    above = 1 + network.arithmetic.scalar(draw.number(0, 1))
    return replace(network, decays=(g, above * cross_sq.measure(network) / g))


@setting("near-origin", "D >= 2, any data, weights drawn and scaled into the radius")
def near_origin_networks(draw: Draw) -> NoisyInstance:
    """Weights within the radius where decay outweighs the signal."""
    network: NoisyInstance = draw.of(noisy_networks)
    ar = network.arithmetic
    # s <= 1/(1 + x) makes s^{2(D-1)} x <= 1
    scale = draw.number(0, 1) / (1 + _radius_excess(network))
    layers = tuple(ar.scale(scale, W) for W in network.weights)
    if ar.kind == "exact" and all(ar.is_zero(W) for W in layers):
        raise Undefined("the origin itself")
    return replace(network, weights=layers)


def _radius_excess(instance: NoisyInstance) -> Any:
    """4|c|²|W|^{2(D-1)} / (m² (D+1)^{D+1}), at most 1 within the radius; m = min γ."""
    ar, hidden = instance.arithmetic, instance.net.depth - 1
    squared = sum(ar.frobenius_sq(W) for W in instance.weights)
    least = ar.minimum(*instance.decays)
    value = 4 * cross_sq.measure(instance) / (least * least * (hidden + 1) ** (hidden + 1))
    for _ in range(hidden - 1):
        value = value * squared
    return value


# --- assumptions ---------------------------------------------------------------------------------


def _is_at_origin(instance: NoisyInstance) -> Any:
    return vanishes(instance, *instance.weights)


c_sq, g_u, g_w, tau, power, W_sq, paid, m = symbols(
    cross_sq, decay_output, decay_input, layer_penalty, noisy_output_power, size_sq,
    total_penalty, decay_min,
)  # fmt: skip
at_origin = Assumption("at_origin", _is_at_origin, "W = 0")
# not evaluated: to SymPy what is said not to be negative is > 0
off_origin = Assumption("off_origin", sp.Gt(paid, 0, evaluate=False), r"W \ne 0")
weak_signal = Assumption("weak_signal", c_sq <= g_u * g_w)
strong_signal = Assumption("strong_signal", c_sq > g_u * g_w)
mean_decay = Assumption("mean_decay", 4 * c_sq <= (g_u + g_w) ** 2)
light_decay = Assumption("light_decay", (D - 1) * tau < power)
deep = Assumption("deep", D - 2 >= 0, r"D \ge 2")
near_origin = Assumption(
    "near_origin",
    4 * c_sq * W_sq ** (D - 1) <= m**2 * (D + 1) ** (D + 1),
    r"|W|^{D-1} \le \min(\gamma)(D+1)^{(D+1)/2}/(2|c|)",
)
within_twice = Assumption(
    "within_twice",
    4 * c_sq * W_sq ** (D - 1) <= 4 ** (D - 1) * m**2 * (D + 1) ** (D + 1),
    r"|W| \le \text{twice the radius}",
)
inside_basin = Assumption(
    "inside_basin",
    c_sq * W_sq ** (D - 1) <= m**2 * (D + 1) ** (D - 1),
    r"|W|^{D-1} \le \min(\gamma)(D+1)^{(D-1)/2}/|c|",
)
