"""Products with the exact Hessian of R for fully connected networks with biases, in plain NumPy.

The forward pass and the backward pass are differentiated in the direction V (Pearlmutter, *Fast
exact multiplication by the Hessian*, Neural Computation 6 (1994) 147-160): no differences, no
autodiff.  R = mean over samples of |y - f(x)|², f(x) = W_L φ(... φ(W_1 x + b_1) ...) + b_L, samples
as rows.  For ReLU, whose slope jumps, this is the Hessian of the piece that the weights lie on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from numeric.activations import ACTIVATIONS

__all__ = ["NetworkProducts", "flat"]

Floats = np.ndarray[Any, Any]

_KEPT = 2**28
"""Bytes of intermediate values up to which they are kept from one product to the next."""


def flat(weights: Sequence[Floats], biases: Sequence[Floats]) -> Floats:
    """Return W_1, b_1, W_2, b_2, ... (or W_1, W_2, ...) as one vector, rows after rows.

    >>> flat([np.eye(2), np.ones((1, 2))], [])
    array([1., 0., 0., 1., 1., 1.])
    """
    layers = zip(weights, biases, strict=True) if biases else ((W,) for W in weights)
    return np.concatenate([np.ravel(part) for layer in layers for part in layer])


@dataclass
class _Pass:
    """One chunk of samples: inputs of the layers, slopes, bends, and the backward pass."""

    inputs: list[Floats]
    slopes: list[Floats]
    bends: list[Floats]
    deltas: list[Floats]
    behind: list[Floats]


class NetworkProducts:
    """v -> Hv for R times ``factor``, in the order of :func:`flat`.

    Parameters
    ----------
    weights, biases
        Layers of shape (d_{k+1}, d_k); none, or one vector (d_{k+1},) each.
    activation
        A name in :data:`numeric.activations.ACTIVATIONS`.
    x, y
        Samples as rows, shapes (n, d_0) and (n, d_L).
    chunk
        Samples at a time.

    Examples
    --------
    >>> apply = NetworkProducts([np.array([[3.0]])], [], "identity", np.eye(1), np.eye(1))
    >>> apply(np.ones(1)), apply.gradient()  # R = (1 - w)²
    (array([2.]), array([4.]))
    """

    def __init__(
        self,
        weights: Sequence[Floats],
        biases: Sequence[Floats],
        activation: str,
        x: Floats,
        y: Floats,
        *,
        factor: float = 1.0,
        chunk: int = 4096,
    ) -> None:
        self.weights, self.biases, self.x, self.y = list(weights), list(biases), x, y
        self.jet, self.chunk = ACTIVATIONS[activation], chunk
        self.scale = 2 * factor / len(x)
        self.size = sum(W.size for W in weights) + sum(b.size for b in biases)
        kept = 5 * 8 * len(x) * sum(W.shape[0] for W in weights)
        self._passes = list(self._fresh()) if kept <= _KEPT else None

    def _fresh(self) -> Iterator[_Pass]:
        """Run forward and backward, chunk by chunk."""
        for first in range(0, len(self.x), self.chunk):
            part = slice(first, first + self.chunk)
            yield self._run(self.x[part], self.y[part])

    def _run(self, x: Floats, y: Floats) -> _Pass:
        """Run forward and backward."""
        found = _Pass([x], [], [], [], [])
        last = len(self.weights) - 1
        for k, W in enumerate(self.weights):
            z = found.inputs[-1] @ W.T + (self.biases[k] if self.biases else 0.0)
            value, slope, bend = self.jet(z) if k < last else (z, z, z)
            found.inputs.append(value)
            found.slopes.append(slope)
            found.bends.append(bend)
        delta = self.scale * (found.inputs[-1] - y)
        for k in range(last, -1, -1):
            found.deltas.insert(0, delta)
            if k:
                behind = delta @ self.weights[k]
                found.behind.insert(0, behind)
                delta = behind * found.slopes[k - 1]
        return found

    def gradient(self) -> Floats:
        """Return the gradient, as a vector."""
        total = np.zeros(self.size)
        for run in self._passes or self._fresh():
            steps = [d.T @ a for d, a in zip(run.deltas, run.inputs, strict=False)]
            total += flat(steps, [d.sum(0) for d in run.deltas] if self.biases else [])
        return total

    def __call__(self, v: Floats) -> Floats:
        """Return Hv."""
        turns, shifts = self._split(v)
        total = np.zeros(self.size)
        for run in self._passes or self._fresh():
            total += self._product(run, turns, shifts)
        return total

    def _split(self, v: Floats) -> tuple[list[Floats], list[Floats]]:
        """Return the parts of a vector that belong to weights and to biases."""
        turns, shifts, at = [], [], 0
        for W in self.weights:
            turns.append(v[at : at + W.size].reshape(W.shape))
            at += W.size
            if self.biases:
                shifts.append(v[at : at + len(W)])
                at += len(W)
        return turns, shifts

    def _product(self, run: _Pass, turns: list[Floats], shifts: list[Floats]) -> Floats:
        """Return the product of one chunk: derivatives of both passes along (turns, shifts)."""
        last = len(turns) - 1
        moved: list[Floats | None] = [None]  # derivatives of the inputs; none of the data
        sums: list[Floats] = []  # of what the activations see
        for k, (W, V) in enumerate(zip(self.weights, turns, strict=True)):
            change = run.inputs[k] @ V.T + (shifts[k] if shifts else 0.0)
            if moved[k] is not None:
                change += moved[k] @ W.T
            sums.append(change)
            moved.append(run.slopes[k] * change if k < last else change)
        delta = self.scale * sums[-1]
        parts: list[tuple[Floats, Floats]] = []
        for k in range(last, -1, -1):
            step = delta.T @ run.inputs[k]
            if moved[k] is not None:
                step += run.deltas[k].T @ moved[k]
            parts.insert(0, (step, delta.sum(0)))
            if k:
                behind = delta @ self.weights[k] + run.deltas[k] @ turns[k]
                delta = behind * run.slopes[k - 1]
                delta += run.behind[k - 1] * run.bends[k - 1] * sums[k - 1]
        return flat([W for W, _ in parts], [b for _, b in parts] if shifts else [])
