"""What the theorems about the origin measure and assume: curvature there, and how near is near.

Normalisation: L = E(f - y)² + Σ γ_i|W^(i)|_F² + γ_u|U|² without the constant E y²; no factor 1/2.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from numeric.regularised import regularised_hessian
from theorems.assumptions import at_most, vanishes
from theorems.quantities import symbols
from theorems.recipes import Draw, setting
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
from verify.claims import quantity
from verify.errors import Undefined
from verify.theorem import Assumption

__all__ = [
    "at_origin",
    "curvature_max",
    "curvature_min",
    "deep_hessian_gap",
    "inside_basin",
    "light_decay",
    "mean_decay",
    "near_origin",
    "near_origin_networks",
    "noisy_origins",
    "shallow_spectrum_gap",
    "strong_signal",
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


@quantity(
    "deep_hessian_gap", r"|\nabla^2\mathcal{L}-2\operatorname{diag}\gamma|_F^2", positive=False
)
def deep_hessian_gap(instance: NoisyInstance) -> Any:
    """Squared Frobenius distance of the Hessian from 2 diag(γ)."""
    ar, gap = instance.arithmetic, _hessian(instance)
    owner = [k for k, count in enumerate(instance.sizes) for _ in range(count)]
    for k, decay in enumerate(instance.decays):
        mask = [[int(i == j and a == k) for j in range(len(owner))] for i, a in enumerate(owner)]
        gap = gap - ar.scale(2 * decay, ar.matrix(mask))
    return ar.frobenius_sq(gap)


@quantity(
    "shallow_spectrum_gap", r"\max_k|\operatorname{tr}H^k-\textstyle\sum\lambda^k|", positive=False
)
def shallow_spectrum_gap(instance: NoisyInstance) -> Any:
    """max_k |tr H^k - Σ λ^k| / (tr H)^k, k = 1..N, over the eigenvalues stated for D = 1."""
    ar, H = instance.arithmetic, _hessian(instance)
    d, d_x = instance.weights[0].shape[-2:]
    plain = 2 * instance.decays[0]
    total = plain + 2 * instance.decays[-1]  # λ₊ + λ₋
    product = 2 * plain * instance.decays[-1] - 4 * cross_sq.measure(instance)  # λ₊ λ₋
    sums, trace = [ar.scalar(2), total], ar.trace(H)
    gaps, power, alone, scale = [], H, plain, trace
    for k in range(1, H.shape[-1] + 1):
        gap = (ar.trace(power) - d * sums[k] - d * (d_x - 1) * alone) / scale
        gaps += [gap, -gap]
        sums.append(total * sums[k] - product * sums[k - 1])
        power, alone, scale = power @ H, alone * plain, scale * trace
    return ar.maximum(*gaps)


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
    ar, D = instance.arithmetic, instance.net.depth - 1
    squared = sum(ar.frobenius_sq(W) for W in instance.weights)
    m = ar.minimum(*instance.decays)
    value = 4 * cross_sq.measure(instance) / (m * m * (D + 1) ** (D + 1))
    for _ in range(D - 1):
        value = value * squared
    return value


# --- assumptions ---------------------------------------------------------------------------------


def _within(instance: NoisyInstance, times: int | Fraction) -> Any:
    """Whether 0 < |W|^{D-1} <= times min(γ) (D+1)^{(D+1)/2} / (2|c|)."""
    ar = instance.arithmetic
    if ar.kind == "exact" and all(ar.is_zero(W) for W in instance.weights):
        return False
    return at_most(instance, lambda i: (_radius_excess(i), i.arithmetic.scalar(times**2)))


def _is_near_origin(instance: NoisyInstance) -> Any:
    return _within(instance, 1)


def _is_within_twice(instance: NoisyInstance) -> Any:
    return _within(instance, 2 ** (instance.net.depth - 2))


def _is_inside_basin(instance: NoisyInstance) -> Any:
    return _within(instance, Fraction(2, instance.net.depth))


def _is_at_origin(instance: NoisyInstance) -> Any:
    return vanishes(instance, *instance.weights)


c_sq, g_u, g_w, D, tau, power = symbols(
    cross_sq, decay_output, decay_input, hidden_layers, layer_penalty, noisy_output_power
)
at_origin = Assumption("at_origin", _is_at_origin, "W = 0")
weak_signal = Assumption("weak_signal", c_sq <= g_u * g_w)
strong_signal = Assumption("strong_signal", c_sq > g_u * g_w)
mean_decay = Assumption("mean_decay", 4 * c_sq <= (g_u + g_w) ** 2)
light_decay = Assumption("light_decay", (D - 1) * tau < power)
near_origin = Assumption(
    "near_origin",
    _is_near_origin,
    r"0 < |W|^{D-1} \le \min(\gamma)(D+1)^{(D+1)/2}/(2|c|)",
)
within_twice = Assumption("within_twice", _is_within_twice, r"0 < |W| \le \text{twice the radius}")
inside_basin = Assumption(
    "inside_basin",
    _is_inside_basin,
    r"0 < |W|^{D-1} \le \min(\gamma)(D+1)^{(D-1)/2}/|c|",
)
