"""What a trace reads off the weights of a network, however they are held."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from certimin.products.operators import as_vector
from numeric.arithmetic.floating import Floating
from numeric.networks import LinearNetwork

__all__ = ["entries", "imbalance_of"]


def imbalance_of(weights: Sequence[Any]) -> float:
    """Return max_k |W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ|_2, which gradient flow conserves; 0 for one layer.

    >>> imbalance_of([np.eye(2), 2 * np.eye(2)])
    3.0
    """
    layers = [as_vector(W).astype(np.float64) for W in weights]
    gaps = LinearNetwork(Floating(), layers).imbalances
    return max((float(np.linalg.norm(gap, 2)) for gap in gaps), default=0.0)


def entries(weights: Any) -> int | None:
    """Return how many numbers an array, or a list, tuple or dict of arrays, has; else None.

    >>> entries({"W": np.eye(2), "b": [np.ones(3)]}), entries("W")
    (7, None)
    """
    if hasattr(weights, "shape"):
        return int(math.prod(weights.shape))
    if isinstance(weights, dict):
        weights = list(weights.values())
    if isinstance(weights, list | tuple):
        sizes = [entries(part) for part in weights]
        return None if None in sizes else sum(size for size in sizes if size is not None)
    return None
