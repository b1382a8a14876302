"""Families of one-output minimizers: near the limits of small weights, and with a frozen output.

Balanced or not, each carries the signal along one path; T = P throughout.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from theorems.instances import Instance
from theorems.recipes import (
    Draw,
    diagonal,
    draw_lower_block,
    inclusion,
    optimal_scale,
    rank_one_layers,
    reject_vanishing,
    setting,
)
from theorems.settings import univariate_minimizers
from verify.errors import Undefined

__all__ = [
    "frozen_attaining",
    "frozen_paths",
    "half_aligned_minimizers",
    "nearly_aligned_minimizers",
    "one_output_minimizers",
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


@setting(
    "one-output-minimizers",
    "one output, any weights (nearly aligned ones in half of the draws), any Σ, target w* = Pᵀ",
    special=("univariate-minimizers", "nearly-aligned-minimizers"),
)
def one_output_minimizers(draw: Draw) -> Instance:
    """Any minimizer with one output; layers are small against the map often enough."""
    return draw.of((univariate_minimizers, nearly_aligned_minimizers)[draw.integer(0, 1)])


@setting("small-limits", "one output, W_k = g q_k q_{k-1}ᵀ with unit q_k, any Σ")
def small_limits(draw: Draw) -> Instance:
    """The limits of gradient flow from vanishing weights: balanced, of rank one."""
    shape = draw.shape(outputs=1)
    gain = draw.scale()
    layers = rank_one_layers(draw.arithmetic, draw.rotations(shape), gain)
    return draw.instance(layers, draw.covariance(shape[0]))


@setting(
    "half-aligned-minimizers",
    "hidden width 4: W_1 = s q_1 q_0ᵀ, W_k = s Q_k, W_L = s(±1/2, ..) with overlap 1/2, "
    "q_0 the top eigenvector of Σ",
    exists=True,
)
def half_aligned_minimizers(draw: Draw) -> Instance:
    """Layers of equal norm s and |w*| = s^L/2: as sharp as small layers allow."""
    ar, L, d = draw.arithmetic, draw.depth(), draw.width()
    scale, axes = draw.scale(), draw.rotation(d)
    sigma = _top_first(draw, axes)
    turn = draw.rotation(4)  # the direction of the signal in every hidden layer
    first = turn @ diagonal(ar, [1], 4, d) @ axes.mT
    row = ar.matrix([[Fraction(1, 2)] * 4]) @ turn.mT
    layers = [ar.scale(scale, W) for W in (first, *[ar.identity(4)] * (L - 2), row)]
    return Instance.of(ar, layers, sigma)


def _top_first(draw: Draw, axes: Any) -> Any:
    """Σ with these eigenvectors, the first one on top."""
    d = axes.shape[-1]
    spectrum = draw.scaled([draw.number(2, 3), *draw.numbers(d - 1, 0, 2)])
    return axes @ diagonal(draw.arithmetic, spectrum, d, d) @ axes.mT


@setting(
    "frozen-paths",
    "W_k = g q_k q_{k-1}ᵀ, p = ρ q_L, q_0 the top eigenvector of Σ",
    exists=True,
)
def frozen_paths(draw: Draw) -> Instance:
    """Where the bound is attained at rational weights."""
    ar = draw.arithmetic
    *trained, _ = draw.shape(outputs=1)
    turns = draw.rotations(trained)
    gain, (rho,) = draw.scale(), draw.scaled([draw.number(1, 3)])
    row = ar.scale(rho, (turns[-1] @ inclusion(ar, trained[-1], 1)).mT)
    sigma = _top_first(draw, turns[0])
    return draw.instance([*rank_one_layers(ar, turns, gain), row], sigma)


@setting(
    "frozen-attaining-minimizers",
    "W_1 = τ^{1-L}|p|^{-1} e_1 w*ᵀ, W_k = τ e_k e_{k-1}ᵀ, p = |p| e_L, τ next to the best scale",
    exists=True,
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
    turns = draw.rotations(shape[1:-1])
    start, end = (Q @ inclusion(ar, Q.shape[-1], 1) for Q in (turns[0], turns[-1]))
    first = ar.scale(ar.power(tau, Fraction(1 - size)) / norm, start @ goal)
    later = rank_one_layers(ar, turns, tau)
    return Instance.of(ar, [first, *later, ar.scale(norm, end.mT)], sigma)
