"""Flattest minimizers of whitened data whose gains are as large as flatness allows (M3).

Beside a top path of gain g in every layer runs a second one, with relative gains n_1, n_2, ...;
b_j = n_1 ... n_{j-1}.  As long as some later layer stops it, the point is flattest if and only if
Σ_j b_j² <= L.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

from theorems.instances import Instance
from theorems.recipes import Draw, diagonal, rational_root, setting

__all__ = ["first_layer_edge", "later_prefix_edge"]

_SQUARES = {2: (1,), 3: (1, 1), 4: (1, 1, 1), 5: (2,)}
"""Integers whose squares sum to L - 1."""


@setting(
    "first-layer-edge",
    "Σ = I, W_1 = g Q_1 diag(1, c) Q_0ᵀ with a column |c|² = L - 1, then g Q_k diag(1, 0) Q_{k-1}ᵀ",
)
def first_layer_edge(draw: Draw) -> Instance:
    """Flattest minimizers whose first layer is as large as flatness allows."""
    ar, depth, gain = draw.arithmetic, draw.depth(), draw.number(1, 2)
    column = _SQUARES[depth]
    widths = [1 + len(column), *(draw.integer(1, 2) for _ in range(depth - 1))]
    cores = [ar.scale(gain, ar.matrix([[1, 0], *([0, c] for c in column)]))]
    cores += [diagonal(ar, [gain], after, before) for before, after in itertools.pairwise(widths)]
    layers, _ = draw.rotated(cores)
    return draw.instance(layers)


@setting(
    "later-prefix-edge",
    "Σ = I, W_j = g Q_j diag(1, n_j) Q_{j-1}ᵀ, b_2 = ... = b_k = 1/n small, b_{k+1}² next to L - 1",
)
def later_prefix_edge(draw: Draw) -> Instance:
    """Flattest minimizers whose k-th prefix is nearly as large as flatness allows, k >= 2."""
    ar, depth = draw.arithmetic, draw.depth()
    k = draw.integer(2, depth - 1)
    small = Fraction(1, draw.integer(100, 400))
    last = rational_root(ar, ar.scalar(depth - 1 - (k - 1) * small**2), 10**4)
    b = [ar.scalar(1), *[ar.scalar(small)] * (k - 1), last]
    beside = [after / before for before, after in itertools.pairwise(b)]
    beside += [ar.scalar(0)] * (depth - k)
    gain = draw.number(1, 2)
    cores = [diagonal(ar, [gain, gain * n], 2, 2) for n in beside]
    layers, _ = draw.rotated(cores)
    return draw.instance(layers)
