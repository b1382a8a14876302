r"""At every point the squared gradient is at most 2L times the loss times the sharpness.

Statement
    At every $W$, minimizer or not, for the blocks $2|A_k|_2²|B_kK|_2²$ of the single layers and the
    sharpness $S$,

        |∇R|² ≤ 4 R Σ_k |A_k|_2² |B_kK|_2² ≤ 4L R max_k |A_k|_2² |B_kK|_2²,    [blocks, largest]
        |∇R|² ≤ 2L R S.                                                    [sharpness]

    All are equalities for chains of scalars with equal weights that are half way to their target,
    $W_k = g$ and $T = 2g^L$, where $|∇R|² = 2L R S$.   [attained]

Notation
    $R$ is ``loss``, $|∇R|²$ the squared norm of its gradient in all layers (``slope_sq``), $S$ is
    ``sharpness``, the largest eigenvalue of the Hessian at $W$.  $A_k = W_L ⋯ W_{k+1}$ and
    $B_k = W_{k-1} ⋯ W_1$ are the suffixes and prefixes, $K = Σ^{1/2}$; the sum over the layers is
    ``block_total``, $2 max_k |A_k|_2²|B_kK|_2²$ is ``block_sharpness``, $L$ is ``depth``.

Assumptions
    None: any weights, any $Σ$, any target.

Proof
    Let $D$ be a change of layer $k$ alone.  The outputs are affine in one layer, so that along $D$

        slope  2 E (Px - y)·(A_kDB_kx),        Hessian form  h(D) = 2 E|A_kDB_kx|²,

    and Cauchy-Schwarz in the samples gives $slope² ≤ 2R h(D)$.  At $D = ∇_k$, the gradient in that
    layer, the slope is $|∇_k|²$.  Hence whenever $h(D) ≤ c|D|²$ for all changes $D$ of layer $k$

        |∇_k|⁴ ≤ 2R h(∇_k) ≤ 2R c|∇_k|²,        |∇_k|² ≤ 2R c.

    The block is such a $c$ (U4), and so is $S$, since a diagonal block never exceeds $λ_max$.  Sum
    over the $L$ layers.   [blocks, largest, sharpness]

    Attained: for scalars $∂_i∂_jR = 2Σ(P² + (P - T)P)/(w_iw_j)$ in two layers $i ≠ j$ vanishes at
    $T = 2P$.  The Hessian is $2Σg^{2L-2}$ times the identity, $|∇R|² = 4LΣ²g^{4L-2}$ and
    $R = Σg^{2L}$.   [attained]

Sharpness
    Attained for every $L$.  The depth cannot be left out, nor 2 replaced by 1 (controls).  Between
    minimizers the bound says how soon descent can be fast: where the loss is small, only sharp
    points have steep slopes.

Implementation notes
    Proposed by ``certimin propose --about slope_sq --over any-weights``.

References
----------
    certimin2026; that a smooth function has $|∇f|² ≤ 2S(f - min f)$ with a *global* bound $S$ of
    its curvature is common knowledge, here $S$ is that of the point
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theorems.instances import Instance
from theorems.quantities import block_sharpness, depth, loss, sharpness, slope_sq, symbols
from theorems.recipes import Draw, setting
from theorems.settings import any_weights
from theorems.unified.sharpness_ge_layer_blocks import block_total
from verify.theorem import Bounds, Source, Theorem, stated, twin, witness

__all__ = ["THEOREM", "halfway_chains"]

slope, R, S, block, total, L = symbols(
    slope_sq, loss, sharpness, block_sharpness, block_total, depth
)

# --- where it is attained ------------------------------------------------------------------------


@setting("halfway-chains", "W_k = g, one neuron in every layer, any Σ = f², target 2g^L")
def halfway_chains(draw: Draw) -> Instance:
    """Scalar chains of equal weights whose product is half of the target."""
    ar = draw.arithmetic
    length, gain, scale = draw.depth(), draw.scale(), draw.scale()
    layers = [ar.scale(gain, ar.identity(1)) for _ in range(length)]
    sigma, target = (ar.scale(n, ar.identity(1)) for n in (scale * scale, 2 * gain**length))
    return draw.instance(layers, sigma, target)


# --- claims --------------------------------------------------------------------------------------

_SMALL, _DEEP = Bounds((1, 3), (1, 2)), Bounds((1, 4), (1, 3))


def _bounded(name: str, words: str, bound: Any, bounds: Bounds) -> Any:
    return stated(name, words, any_weights, slope <= bound, bounds=bounds, formal=True)


blocks = _bounded("blocks", "at most four times the loss times the sum", 4 * R * total, _DEEP)
largest = _bounded("largest", "and than $2L$ times the largest block", 2 * L * R * block, _DEEP)
curvature = _bounded("sharpness", "and than $2L$ times the sharpness", 2 * L * R * S, _SMALL)
attained = stated(
    "attained", "equality for scalar chains half way to their target",
    halfway_chains, sp.Eq(slope, 2 * L * R * S), bounds=_DEEP, formal=True,
)  # fmt: skip

# --- false twins ---------------------------------------------------------------------------------

_twins = (
    twin("half", "$L$ for $2L$", any_weights, slope <= L * R * S, bounds=_SMALL),
    twin("without_depth", "2 for $2L$", any_weights, slope <= 2 * R * S, bounds=_SMALL),
    twin("largest_without_depth", "the largest block for the sum of blocks",
         any_weights, slope <= 2 * R * block, bounds=_SMALL),
)  # fmt: skip

THEOREM = Theorem(
    id="U13",
    title="At every point the squared gradient is at most 2L times the loss times the sharpness",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$",
    source=Source("certimin2026", "loss, gradient and sharpness of one point"),
    claims=(blocks, largest, curvature, attained),
    controls=_twins,
    witnesses=(
        witness("off_minimizer", curvature, "not a minimizer, correlated data",
                lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[1, 0]])),
        witness("half_way", attained, "three weights 1, the target 2: $12 = 6 \\cdot 1 \\cdot 2$",
                lambda: Instance.exact([[[1]]] * 3, [[1]], [[2]])),
    ),
    module=__name__,
)  # fmt: skip
