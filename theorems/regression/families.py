"""Families of one-output minimizers: near the limits of small weights, and with a frozen output.

Balanced or not, each carries the signal along one path; T = P throughout.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

from theorems.instances import Instance
from theorems.recipes import (
    Draw,
    diagonal,
    draw_lower_block,
    inclusion,
    optimal_scale,
    reject_vanishing,
    setting,
)
from verify.errors import Undefined

__all__ = [
    "frozen_attaining",
    "frozen_paths",
    "half_aligned_minimizers",
    "nearly_aligned_minimizers",
    "small_limits",
]


@setting(
    "nearly-aligned-minimizers",
    "one output, W_k = Q_k diag(g_k, N_k) Q_{k-1}ᵀ with 1 <= g_k <= 2, |N_k| <= g_k, any Σ",
)
def nearly_aligned_minimizers(draw: Draw) -> Instance:
    """Minimizers like those reached from small weights: one path carries the signal."""
    ar = draw.arithmetic
    shape = draw.shape(outputs=1)
    turns = draw.rotations(shape)
    layers = []
    for before, after in itertools.pairwise(turns):
        rows, columns = after.shape[-1], before.shape[-1]
        gain = draw.number(1, 2)
        core = diagonal(ar, [gain], rows, columns)
        if rows > 1 and columns > 1:
            core = core + draw_lower_block(draw, gain, rows, columns)
        layers.append(after @ core @ before.mT)
    return draw.instance(layers, draw.covariance(shape[0]))


@setting("small-limits", "one output, W_k = g q_k q_{k-1}ᵀ with unit q_k, any Σ")
def small_limits(draw: Draw) -> Instance:
    """The limits of gradient flow from vanishing weights: balanced, of rank one."""
    ar = draw.arithmetic
    shape = draw.shape(outputs=1)
    gain = draw.number(1, 2)
    path = [draw.rotation(d) @ inclusion(ar, d, 1) for d in shape]
    layers = [ar.scale(gain, after @ before.mT) for before, after in itertools.pairwise(path)]
    return draw.instance(layers, draw.covariance(shape[0]))


@setting(
    "half-aligned-minimizers",
    "hidden width 4: W_1 = s q_1 q_0ᵀ, W_k = s Q_k, W_L = s(±1/2, ..) with overlap 1/2, "
    "q_0 the top eigenvector of Σ",
)
def half_aligned_minimizers(draw: Draw) -> Instance:
    """Layers of equal norm s and |w*| = s^L/2: as sharp as small layers allow."""
    ar = draw.arithmetic
    L, d = draw.depth(), draw.width()
    scale, axes = draw.number(1, 2), draw.rotation(d)
    spectrum = [draw.number(2, 3), *(draw.number(0, 2) for _ in range(d - 1))]
    sigma = axes @ diagonal(ar, spectrum, d, d) @ axes.mT
    turn = draw.rotation(4)  # the direction of the signal in every hidden layer
    middle = ar.identity(4)
    first = turn @ inclusion(ar, 4, 1) @ (axes @ inclusion(ar, d, 1)).mT
    row = ar.matrix([[Fraction(1, 2)] * 4]) @ turn.mT
    layers = [ar.scale(scale, W) for W in (first, *[middle] * (L - 2), row)]
    return Instance.of(ar, layers, sigma)


@setting("frozen-paths", "W_k = g q_k q_{k-1}ᵀ, p = ρ q_L, q_0 the top eigenvector of Σ")
def frozen_paths(draw: Draw) -> Instance:
    """Where the bound is attained at rational weights."""
    ar = draw.arithmetic
    shape = draw.shape(outputs=1)
    turns = draw.rotations(shape[:-1])
    gain, rho = draw.number(1, 2), draw.number(1, 3)
    spectrum = [draw.number(2, 3), *(draw.number(0, 2) for _ in range(shape[0] - 1))]
    sigma = turns[0] @ diagonal(ar, spectrum, shape[0], shape[0]) @ turns[0].mT
    path = [Q @ inclusion(ar, Q.shape[-1], 1) for Q in turns]
    layers = [ar.scale(gain, after @ before.mT) for before, after in itertools.pairwise(path)]
    return draw.instance([*layers, ar.scale(rho, path[-1].mT)], sigma)


@setting(
    "frozen-attaining-minimizers",
    "W_1 = τ^{1-L}|p|^{-1} e_1 w*ᵀ, W_k = τ e_k e_{k-1}ᵀ, p = |p| e_L, τ next to the best scale",
)
def frozen_attaining(draw: Draw) -> Instance:
    """The flattest minimizers for any Σ, w* and |p|; |p| = r^{L-1} keeps the optimum in reach."""
    ar = draw.arithmetic
    shape = draw.shape(outputs=1)
    size = len(shape) - 2
    if size < 2:
        raise Undefined("a frozen output needs at least two trained layers below it")
    sigma = draw.covariance(shape[0])
    goal, r = draw.matrix(1, shape[0]), draw.number(1, 2)
    reject_vanishing(ar, goal @ sigma)
    tau = optimal_scale(ar, sigma, ar.scale(r, goal), size) / r
    norm = ar.power(r, Fraction(size - 1))
    path = [draw.rotation(d) @ inclusion(ar, d, 1) for d in shape[1:-1]]
    first = ar.scale(ar.power(tau, Fraction(1 - size)) / norm, path[0] @ goal)
    later = [ar.scale(tau, after @ before.mT) for before, after in itertools.pairwise(path)]
    return Instance.of(ar, [first, *later, ar.scale(norm, path[-1].mT)], sigma)
