"""Networks with biases, written as linear ones on (x, 1).

A layer h -> W_k h + b_k is the linear layer

    [[W_k, b_k],
     [ 0 ,  1 ]]

on (h, 1), without its last row where k = L.  Prefixes, suffixes, loss, gradient and Hessian are
those of a linear network on data (x, 1); but the rows [0, 1] are not trained.  So a direction has
zeros there, a gradient counts without them, and A_k acts on the trained outputs of layer k only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from numeric.arithmetic.protocol import Arithmetic
from numeric.networks import LinearNetwork

__all__ = ["AffineNetwork"]


@dataclass(frozen=True, eq=False)
class AffineNetwork(LinearNetwork):
    """A network whose layers have biases; ``weights`` are the layers on (h, 1).

    Examples
    --------
    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()
    >>> layers = (ar.matrix([[2]]), ar.matrix([[3]])), (ar.matrix([[5]]), ar.matrix([[7]]))
    >>> net = AffineNetwork.of(ar, *layers)  # x -> 3 (2 x + 5) + 7
    >>> net.end_to_end, net.parameters
    (exact [[6, 22]], 4)
    """

    @classmethod
    def of(cls, ar: Arithmetic, weights: Sequence[Any], biases: Sequence[Any]) -> Self:
        """Return the network of W_k, shape (d_k, d_{k-1}), and b_k as columns (d_k, 1)."""
        layers = [ar.stack([[W, b]]) for W, b in zip(weights, biases, strict=True)]
        for k, W in enumerate(weights[:-1]):
            fixed = ar.matrix([[0] * W.shape[-1] + [1]])
            layers[k] = ar.stack([[layers[k]], [fixed]])
        return cls(ar, tuple(layers))

    @property
    def trained_rows(self) -> tuple[int, ...]:
        """Return how many rows of each layer are trained: all but [0, 1]."""
        return (*(W.shape[-2] - 1 for W in self.weights[:-1]), self.weights[-1].shape[-2])
