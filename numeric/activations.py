"""The functions between the layers of a network, each with its first two derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["ACTIVATIONS"]

Floats = np.ndarray[Any, Any]
Jet = tuple[Floats, Floats, Floats]

_ROOT, _CUBE = np.sqrt(2 / np.pi), 0.044715


def _identity(z: Floats) -> Jet:
    return z, np.ones_like(z), np.zeros_like(z)


def _relu(z: Floats) -> Jet:
    return np.maximum(z, 0), (z > 0).astype(np.float64), np.zeros_like(z)


def _tanh(z: Floats) -> Jet:
    t = np.tanh(z)
    return t, 1 - t * t, -2 * t * (1 - t * t)


def _sigmoid(z: Floats) -> Jet:
    s = 0.5 * (1 + np.tanh(z / 2))
    return s, s * (1 - s), s * (1 - s) * (1 - 2 * s)


def _gelu(z: Floats) -> Jet:
    """Z Φ(z) with the normal distribution Φ, as torch has it."""
    from scipy.special import ndtr

    below, density = ndtr(z), np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return z * below, below + z * density, density * (2 - z * z)


def _gelu_tanh(z: Floats) -> Jet:
    """The approximation z (1 + tanh(√(2/π)(z + 0.044715 z³)))/2 of GELU, as JAX has it."""
    with np.errstate(over="ignore", invalid="ignore"):  # tanh of an infinity is right
        t = np.tanh(_ROOT * (z + _CUBE * z * z * z))
        inner = _ROOT * (1 + 3 * _CUBE * z * z)
        slope = (1 - t * t) * inner
        bend = (1 - t * t) * (6 * _ROOT * _CUBE * z - 2 * t * inner * inner)
        return z * ((1 + t) / 2), (1 + t + z * slope) / 2, slope + z * bend / 2


def _silu(z: Floats) -> Jet:
    s, slope, bend = _sigmoid(z)
    return z * s, s + z * slope, 2 * slope + z * bend


ACTIVATIONS: dict[str, Callable[[Floats], Jet]] = {
    "identity": _identity,
    "relu": _relu,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "silu": _silu,
}
"""Each by its name: (φ(z), φ'(z), φ''(z)), entry by entry; ``gelu`` is the exact one."""
