"""Gains of the first and last layers, and flattest minimizers where they are largest (M3).

Beside a top path of gain g in every layer runs a second one, with relative gains n_1, n_2, ...;
b_j = n_1 ... n_{j-1}.  As long as some later layer stops it, the point is flattest if and only if
Σ_j b_j² <= L.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from theorems.instances import Instance
from theorems.quantities import target_norm
from theorems.recipes import Draw, diagonal, rational_root, setting
from verify.errors import Undefined
from verify.theorem import quantity

__all__ = [
    "first_layer_edge",
    "growth_max",
    "growth_min",
    "later_growth_max",
    "later_prefix_edge",
    "prefix_energy",
]

# --- settings -----------------------------------------------------------------------------------

_SQUARES = {2: (1,), 3: (1, 1), 4: (1, 1, 1), 5: (2,)}
"""Integers whose squares sum to L - 1."""


@setting(
    "first-layer-edge",
    "Σ = I, W_1 = g Q_1 diag(1, c) Q_0ᵀ with a column |c|² = L - 1, then g Q_k diag(1, 0) Q_{k-1}ᵀ",
    exists=True,
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
    exists=True,
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


# --- quantities ---------------------------------------------------------------------------------


@quantity("prefix_energy", r"\lambda_{\max}(\textstyle\sum_k\sigma^{-2(k-1)/L}B_k^TB_k)")
def prefix_energy(instance: Instance) -> Any:
    """Largest value of Σ_k (|B_k z| / σ^{(k-1)/L})² over unit inputs z."""
    ar, net = instance.arithmetic, instance.net
    top = target_norm.measure(instance)
    terms = [
        ar.scale(ar.power(top, Fraction(-2 * k, net.depth)), B.mT @ B)
        for k, B in enumerate(net.prefixes)
    ]
    return ar.eig_max(sum(terms[1:], start=terms[0]))


def _growths(instance: Instance, first: int = 1) -> list[Any]:
    """|W_k...W_1|_2² / σ^{2k/L} and |W_L...W_{L-k+1}|_2² / σ^{2k/L} for first <= k < L."""
    ar, net = instance.arithmetic, instance.net
    top = target_norm.measure(instance)
    grown = []
    for k in range(first, net.depth):
        scale = ar.power(top, Fraction(2 * k, net.depth))
        for product in (net.prefixes[k], net.suffixes[-1 - k]):
            norm = ar.singular_max(product)
            grown.append(norm * norm / scale)
    if not grown:
        raise Undefined(f"needs depth at least {first + 1}")
    return grown


@quantity("growth_max", r"\max_{1\le k<L}|W_k\cdots W_1|_2^2/\sigma^{2k/L}")
def growth_max(instance: Instance) -> Any:
    """Largest squared gain of the first or last k layers relative to σ^{k/L}, 1 <= k < L."""
    return instance.arithmetic.maximum(*_growths(instance))


@quantity("growth_min", r"\min_{1\le k<L}|W_k\cdots W_1|_2^2/\sigma^{2k/L}")
def growth_min(instance: Instance) -> Any:
    """Smallest squared gain of the first or last k layers relative to σ^{k/L}, 1 <= k < L."""
    return instance.arithmetic.minimum(*_growths(instance))


@quantity("later_growth_max", r"\max_{2\le k<L}|W_k\cdots W_1|_2^2/\sigma^{2k/L}")
def later_growth_max(instance: Instance) -> Any:
    """Largest squared gain of the first or last k layers relative to σ^{k/L}, 2 <= k < L."""
    return instance.arithmetic.maximum(*_growths(instance, 2))
