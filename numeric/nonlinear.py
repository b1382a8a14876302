"""Batches of fully connected networks with a nonlinearity, trained by full-batch gradient descent.

Plain NumPy, forward and backward written out: x -> W_L φ(W_{L-1} φ(... φ(W_1 x))), no biases.
Loss R = mean over samples of |y - f(x)|² (no factor 1/2), as everywhere in :mod:`numeric`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

__all__ = ["ACTIVATIONS", "gelu", "network_gradient", "relu", "train_network"]

_ROOT = np.sqrt(2 / np.pi)
_CUBE = 0.044715


def relu(z: Any) -> tuple[Any, Any]:
    """Return max(z, 0) and its derivative (0 at 0).

    >>> relu(np.array([-1.0, 2.0]))[0]
    array([0., 2.])
    """
    return np.maximum(z, 0.0), (z > 0).astype(z.dtype)


def gelu(z: Any) -> tuple[Any, Any]:
    """Return z (1 + tanh(√(2/π)(z + 0.044715 z³)))/2, the usual form of GELU, and its derivative.

    >>> gelu(np.array([0.0]))[1]
    array([0.5])
    """
    t = np.tanh(_ROOT * (z + _CUBE * z * z * z))
    slope = 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * _ROOT * (1 + 3 * _CUBE * z * z)
    return 0.5 * z * (1 + t), slope


ACTIVATIONS: dict[str, Callable[[Any], tuple[Any, Any]]] = {"ReLU": relu, "GELU": gelu}


def network_gradient(
    activation: Callable[[Any], tuple[Any, Any]], weights: Sequence[Any], x: Any, y: Any
) -> tuple[Any, list[Any]]:
    """Return the loss of each network and the gradient of it in each layer.

    Parameters
    ----------
    activation
        φ with its derivative, such as :func:`relu`.
    weights
        Layers of shape (batch, d_{k+1}, d_k).
    x, y
        Samples as columns, shapes (d_x, n) and (d_y, n), shared by the batch.
    """
    inputs, slopes = [x], []
    for W in weights[:-1]:
        value, slope = activation(W @ inputs[-1])
        inputs.append(value)
        slopes.append(slope)
    error = weights[-1] @ inputs[-1] - y
    samples = x.shape[-1]
    delta = 2 * error / samples
    gradients: list[Any] = []
    for k in range(len(weights) - 1, -1, -1):
        gradients.insert(0, delta @ inputs[k].mT)
        if k:
            delta = (weights[k].mT @ delta) * slopes[k - 1]
    return np.sum(error * error, axis=(-2, -1)) / samples, gradients


def train_network(
    activation: Callable[[Any], tuple[Any, Any]],
    weights: Sequence[Any],
    x: Any,
    y: Any,
    *,
    step_size: float,
    steps: int,
    fast: bool = True,
) -> tuple[list[Any], Any]:
    """Return the layers after ``steps`` steps of gradient descent and the loss of each network.

    A network that diverges ends with entries that are not finite.

    Parameters
    ----------
    activation, weights, x, y
        As in :func:`network_gradient`.
    fast
        Whether :func:`gelu` runs compiled where numba is installed.  The two paths agree up to
        rounding; where descent is chaotic, at the edge of stability, rounding grows.
    """
    layers = [np.asarray(W, dtype=np.float64) for W in weights]
    compiled = fast and activation is gelu and find_spec("numba") is not None
    with np.errstate(over="ignore", invalid="ignore"):  # to diverge is an outcome
        if compiled:
            layers = import_module("numeric.compiled.gelu").train(layers, x, y, step_size, steps)
        for _ in range(0 if compiled else steps):
            _, gradients = network_gradient(activation, layers, x, y)
            layers = [W - step_size * g for W, g in zip(layers, gradients, strict=True)]
        loss, _ = network_gradient(activation, layers, x, y)
    return layers, loss
