"""Batches of fully connected networks with a nonlinearity, trained by full-batch gradient descent.

Plain NumPy, forward and backward written out: x -> W_L φ(W_{L-1} φ(... φ(W_1 x))), no biases.
Loss R = mean over samples of |y - f(x)|² (no factor 1/2), as everywhere in :mod:`numeric`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
) -> tuple[list[Any], Any]:
    """Return the layers after ``steps`` steps of gradient descent and the loss of each network.

    A network that diverges ends with entries that are not finite.
    """
    layers = [np.asarray(W, dtype=np.float64) for W in weights]
    with np.errstate(over="ignore", invalid="ignore"):  # to diverge is an outcome
        for _ in range(steps):
            _, gradients = network_gradient(activation, layers, x, y)
            layers = [W - step_size * g for W, g in zip(layers, gradients, strict=True)]
        loss, _ = network_gradient(activation, layers, x, y)
    return layers, loss
