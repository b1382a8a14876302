"""Pairs of neighbouring layers W_k, W_{k+1}: what can be measured on them, and sample spaces.

Notation: D_j = W_{j+1}ᵀW_{j+1} - W_jW_jᵀ, ε_k = Σ_{j=k}^{L-1} (λ_max(D_j) - tr D_j), u_k a top left
singular vector of W_k, v_{k+1} a top right one of W_{k+1}.  The data do not enter: Σ = I.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from numeric.alignment import overlap_sq
from theorems.instances import Instance, Rows
from theorems.quantities import depth, symbols
from theorems.recipes import Draw, setting
from verify.errors import Undefined
from verify.expression import Least
from verify.theorem import expanded, family, quantity

__all__ = [
    "LayerPair",
    "alignment",
    "barely_aligned_pairs",
    "defect",
    "imbalance_top",
    "j",
    "layer_fro",
    "layer_fro_sq",
    "layer_pairs",
    "layer_reach",
    "layer_top",
    "layer_top_sq",
    "many_output_pairs",
    "next_fro_sq",
    "next_rank_defect",
    "next_top_sq",
    "paper_epsilon",
    "position",
    "rank_defect",
    "rank_defect_untraced",
    "weyl_least",
]


@dataclass(frozen=True, eq=False)
class LayerPair(Instance):
    """A network and a position: the pair of layers W_k, W_{k+1} with k = ``position`` >= 1."""

    position: int = 1

    @classmethod
    def at(cls, position: int, *weights: Rows) -> LayerPair:
        """Return the exact pair at this position, data Σ = I."""
        n = len(weights[0][0])
        eye = [[int(i == j) for j in range(n)] for i in range(n)]
        return replace(cls.of_minimizer(weights, eye), position=position)


# --- quantities ---------------------------------------------------------------------------------


def _layer(pair: LayerPair) -> Any:
    return pair.weights[pair.position - 1]


def _next(pair: LayerPair) -> Any:
    return pair.weights[pair.position]


def _top_sq(ar: Any, W: Any) -> Any:
    rows, columns = W.shape[-2:]
    return ar.eig_max(W @ W.mT if rows <= columns else W.mT @ W)


@family("layer_fro", "F")
def layer_fro(pair: LayerPair) -> list[Any]:
    """|W_j|_F², j = 1..L."""
    return [pair.arithmetic.frobenius_sq(W) for W in pair.weights]


@family("layer_top", "T")
def layer_top(pair: LayerPair) -> list[Any]:
    """|W_j|_2², j = 1..L."""
    return [_top_sq(pair.arithmetic, W) for W in pair.weights]


@family("layer_reach", "Q")
def layer_reach(pair: LayerPair) -> list[Any]:
    """λ_max(D_j) + |W_j|_F² >= 0, j = 1..L-1; without |W_{j+1}|_F² it is λ_max(D_j) - tr D_j."""
    ar = pair.arithmetic
    layers = zip(pair.net.imbalances, pair.weights, strict=False)
    return [ar.eig_max(D) + ar.frobenius_sq(W) for D, W in layers]


@quantity("position", "k", integer=True, nonzero=True)
def position(pair: LayerPair) -> int:
    """The position k of a pair of neighbouring layers W_k, W_{k+1}."""
    return pair.position


j = sp.Symbol("j", integer=True, positive=True)
_k, _L = symbols(position, depth)

layer_fro_sq = expanded(
    "layer_fro_sq", "|W_k|_F^2", "|W_k|_F² at the position k of the pair.",
    layer_fro(_k), positive=False,
)  # fmt: skip
layer_top_sq = expanded(
    "layer_top_sq", "|W_k|_2^2", "|W_k|_2² at the position k of the pair.",
    layer_top(_k), positive=False,
)  # fmt: skip
next_top_sq = expanded(
    "next_top_sq", "|W_{k+1}|_2^2", "|W_{k+1}|_2² at the position k of the pair.",
    layer_top(_k + 1), positive=False,
)  # fmt: skip
next_fro_sq = expanded(
    "next_fro_sq", "|W_{k+1}|_F^2", "|W_{k+1}|_F² at the position k of the pair.",
    layer_fro(_k + 1), positive=False,
)  # fmt: skip
weyl_least = expanded(
    "weyl_least", r"\min_j(|W_j|_2^2+\lambda_{\max}(D_j)-|W_{j+1}|_2^2)",
    "The least |W_j|_2² + λ_max(D_j) - |W_{j+1}|_2² over j = 1..L-1; undefined at depth 1.",
    Least(layer_top(j) + layer_reach(j) - layer_fro(j) - layer_top(j + 1), j, 1, _L - 1),
    positive=False,
)  # fmt: skip


def defect(first: Any) -> Any:
    """Return Σ_{j=first}^{L-1} (λ_max(D_j) - tr D_j)."""
    return sp.Sum(layer_reach(j) - layer_fro(j + 1), (j, first, _L - 1))


rank_defect = expanded(
    "rank_defect", r"\varepsilon_k",
    "ε_k = Σ_{j=k}^{L-1} (λ_max(D_j) - tr D_j) at the position k of the pair.",
    defect(_k), positive=False,
)  # fmt: skip
next_rank_defect = expanded(
    "next_rank_defect", r"\varepsilon_{k+1}",
    "ε_{k+1} at the position k of the pair (zero for the last pair).",
    defect(_k + 1), positive=False,
)  # fmt: skip


def _norm(ar: Any, D: Any) -> Any:
    """Spectral norm of a symmetric matrix."""
    return ar.maximum(ar.eig_max(D), ar.eig_max(-D))


@quantity("imbalance_top", "|D_k|_2", positive=False)
def imbalance_top(pair: LayerPair) -> Any:
    """|D_k|_2 at the position k of the pair."""
    return _norm(pair.arithmetic, pair.net.imbalances[pair.position - 1])


@quantity("rank_defect_untraced", r"\textstyle\sum_{j\ge k}\lambda_{\max}(D_j)", positive=False)
def rank_defect_untraced(pair: LayerPair) -> Any:
    """ε_k with the traces left out (a control)."""
    ar = pair.arithmetic
    tops = [ar.eig_max(D) for D in pair.net.imbalances[pair.position - 1 :]]
    return sum(tops, start=ar.scalar(0))


@quantity("alignment", r"\langle u_k,v_{k+1}\rangle^2", positive=False)
def alignment(pair: LayerPair) -> Any:
    """Least <u_k, v_{k+1}>² over top left (right) singular vectors of W_k (W_{k+1})."""
    W, V = _layer(pair), _next(pair)
    return overlap_sq(pair.arithmetic, W @ W.mT, V.mT @ V)


@quantity("paper_epsilon", r"3\max_j|W_j|_F^2+2\textstyle\sum_j|D_j|_2", positive=False)
def paper_epsilon(pair: LayerPair) -> Any:
    """3 max_j |W_j|_F² + 2 Σ_j |D_j|_2, the single number of the paper (reconstructed)."""
    ar = pair.arithmetic
    largest = ar.maximum(*(ar.frobenius_sq(W) for W in pair.weights))
    total = sum((_norm(ar, D) for D in pair.net.imbalances), start=ar.scalar(0))
    return 3 * largest + 2 * total


# --- settings -----------------------------------------------------------------------------------


def _pair(draw: Draw, shape: list[int]) -> LayerPair:
    ar = draw.arithmetic
    if len(shape) < 3:
        raise Undefined("a pair needs two layers")
    position = draw.integer(1, len(shape) - 2)
    pair = LayerPair.of(ar, draw.layers(shape), ar.identity(shape[0]))
    return replace(pair, position=position)


@setting("layer-pairs", "one output, any weights, any pair of neighbouring layers")
def layer_pairs(draw: Draw) -> LayerPair:
    """Any weights with one output and a position."""
    return _pair(draw, draw.shape(outputs=1))


@setting("many-output-pairs", "any outputs, any weights, any pair of neighbouring layers")
def many_output_pairs(draw: Draw) -> LayerPair:
    """Any weights with any outputs and a position."""
    return _pair(draw, draw.shape())


@setting(
    "barely-aligned-pairs",
    "W_1 = (g/2)[[1,1],[1,-1]]Q, W_2 = g[1,0]; or W_1 = W_2 = gQ, W_3 = [h,0]: the overlap is 0",
    exists=True,
)
def barely_aligned_pairs(draw: Draw) -> LayerPair:
    """Where the alignment bound is 0 and so is the least overlap."""
    ar = draw.arithmetic
    turn, gain = draw.rotation(2), draw.number(1, 3)
    axis = ar.matrix([[1, 0]])
    if draw.integer(2, 3) == 2:
        mixed = ar.matrix([[1, 1], [1, -1]]) @ turn
        layers = [ar.scale(gain / 2, mixed), ar.scale(gain, axis)]
    else:
        last = ar.scale(draw.number(1, 3), axis)
        layers = [ar.scale(gain, turn), ar.scale(gain, turn.mT), last]
    return LayerPair.of(ar, layers, ar.identity(2))
