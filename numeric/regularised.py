"""The loss with multiplicative neuron noise, averaged exactly, and weight decay.

One output, D = L - 1 hidden layers: ``U ε^(D) W^(D) ... ε^(1) W^(1) x`` with independent noise on
each hidden neuron, mean 1 and variance σ² (dropout with keep-rate p: σ² = (1-p)/p).  Nothing is
sampled: with M_0 = Σ and ``M_i = Q_i + σ² diag(Q_i)``, ``Q_i = W^(i) M_{i-1} W^(i)ᵀ``,

    E R = U M_D Uᵀ - 2 U W^(D) ... W^(1) c + E y² + Σ_i γ_i |W^(i)|_F² + γ_u |U|².

Normalisation: no factor 1/2 anywhere.  ``net.weights`` is (W^(1), ..., W^(D), U); ``decays`` has
the decay of each in the same order; ``cross`` is c as a row, E[y xᵀ].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numeric.arithmetic.protocol import Arithmetic
from numeric.networks import LinearNetwork

__all__ = ["noisy_moments", "regularised_excess", "regularised_gradient", "regularised_hessian"]


def noisy_moments(net: LinearNetwork, sigma: Any, noise_variance: Any) -> list[Any]:
    """Return (M_0, ..., M_D), the second moments of the hidden layers after their noise."""
    moments = [sigma]
    for W in net.weights[:-1]:
        moments.append(_with_noise(net.arithmetic, W @ moments[-1] @ W.mT, noise_variance))
    return moments


def regularised_excess(
    net: LinearNetwork, sigma: Any, cross: Any, decays: Sequence[Any], noise_variance: Any
) -> Any:
    """Return the averaged loss with weight decay, minus the constant E y²."""
    ar = net.arithmetic
    U = net.weights[-1]
    data = ar.trace(U @ noisy_moments(net, sigma, noise_variance)[-1] @ U.mT)
    linear = ar.trace(net.end_to_end @ cross.mT)
    penalty = sum(decay * ar.frobenius_sq(W) for decay, W in zip(decays, net.weights, strict=True))
    return data - 2 * linear + penalty


def regularised_gradient(
    net: LinearNetwork, sigma: Any, cross: Any, decays: Sequence[Any], noise_variance: Any
) -> list[Any]:
    """Return the gradient of :func:`regularised_excess`, one matrix for each layer.

    Backwards through M_i: the sensitivity G_D = UᵀU becomes G_{i-1} = W^(i)ᵀ Ĝ_i W^(i), where
    Ĝ = G + σ² diag(G), and each W^(i) receives 2 Ĝ_i W^(i) M_{i-1}.
    """
    ar = net.arithmetic
    moments = noisy_moments(net, sigma, noise_variance)
    U = net.weights[-1]
    slopes = [U @ moments[-1]]
    sensitivity = U.mT @ U
    for W, moment in zip(net.weights[-2::-1], moments[-2::-1], strict=True):
        sensitivity = _with_noise(ar, sensitivity, noise_variance)
        slopes.insert(0, sensitivity @ W @ moment)
        sensitivity = W.mT @ sensitivity @ W
    parts = zip(slopes, net.suffixes, net.prefixes, decays, net.weights, strict=True)
    return [
        ar.scale(ar.scalar(2), slope - A.mT @ cross @ B.mT + ar.scale(decay, W))
        for slope, A, B, decay, W in parts
    ]


def regularised_hessian(
    net: LinearNetwork, sigma: Any, cross: Any, decays: Sequence[Any], noise_variance: Any
) -> Any:
    """Return the N x N Hessian of :func:`regularised_excess` from values of the loss alone.

    Central differences of step 1 are exact here: along one or two coordinates the loss has degree
    at most 2 in each.  Coordinates run over layers, each row by row.
    """
    ar = net.arithmetic
    basis = [
        (k, ar.matrix([[int((i, j) == (row, column)) for j in range(n)] for i in range(m)]))
        for k, (m, n) in enumerate((W.shape[-2], W.shape[-1]) for W in net.weights)
        for row in range(m)
        for column in range(n)
    ]

    def value(*steps: tuple[int, int]) -> Any:
        layers = list(net.weights)
        for coordinate, sign in steps:
            k, unit = basis[coordinate]
            layers[k] = layers[k] + unit if sign > 0 else layers[k] - unit
        return regularised_excess(
            LinearNetwork(ar, tuple(layers)), sigma, cross, decays, noise_variance
        )

    def entry(i: int, j: int) -> Any:
        if i == j:
            return value((i, 1)) - 2 * value() + value((i, -1))
        same = value((i, 1), (j, 1)) + value((i, -1), (j, -1))
        return (same - value((i, 1), (j, -1)) - value((i, -1), (j, 1))) / 4

    size, unit = len(basis), ar.identity(1)
    upper = {(i, j): ar.scale(entry(i, j), unit) for i in range(size) for j in range(i, size)}
    return ar.stack([[upper[min(i, j), max(i, j)] for j in range(size)] for i in range(size)])


def _with_noise(ar: Arithmetic, Q: Any, noise_variance: Any) -> Any:
    """Q + σ² diag(Q)."""
    return Q + ar.scale(noise_variance, ar.diagonal(Q))
