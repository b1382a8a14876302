r"""Sharpness is bounded below at every point, by single layers and by the map itself.

Statement
    At every $W$, minimizer or not, for the blocks $2|A_k|_2²|B_kK|_2²$ of the single layers,

        S(W) ≥ 2 max_k |A_k|_2² |B_kK|_2²,                                 [blocks]
        2 max_k |A_k|_2² |B_kK|_2² ≥ 2 Λ^{1/L} |PK|_2^{2-2/L},             [map]
        2 max_k |A_k|_2² |B_kK|_2² ≥ 2 |PK|_2² / min_k |W_k|_2²,           [thinnest]

    the last one where no layer is zero: what one thin layer lets through, the others have to carry.
    Neighbouring layers satisfy $|A_k|_2² |B_{k+1}K|_2² ≥ |PK|_2²$ for $k = 1, ..., L$, where
    $B_{L+1} = P$.   [pairs]
    The second and the third bound are attained: the blocks agree along one path of equal gains that
    starts at a top eigenvector of $Σ$, where
    $2 max_k |A_k|_2²|B_kK|_2² = 2Λ^{1/L}|PK|_2^{2-2/L} = 2|PK|_2²/min_k |W_k|_2²$.
    [attained, thinnest_attained]

Notation
    $S$ is ``sharpness``; $A_k = W_L ⋯ W_{k+1}$ and $B_k = W_{k-1} ⋯ W_1$ are the suffixes and
    prefixes, $P = A_k W_k B_k$ is the end-to-end map, $K = Σ^{1/2}$, $Λ = λ_max(Σ)$;
    ``block_sharpness`` is $2 max_k |A_k|_2²|B_kK|_2²$, ``map_norm`` is $|PK|_2$,
    ``layer_norm_min`` is $min_k |W_k|_2$; $a_k = |A_k|_2²$, $b_k = |B_kK|_2²$.

Assumptions
    None: any weights, any $Σ$, any target.

Proof
    Blocks.  $P$ is affine in a single layer, so the diagonal blocks of the Hessian are the forms
    $D ↦ 2|A_kDB_kK|_F²$ everywhere (F2.form), with largest eigenvalue $2|A_k|_2²|B_kK|_2²$.  A
    diagonal block never exceeds $λ_max$ (Rayleigh).   [blocks]

    Neighbours.  $A_kB_{k+1} = P$, and a norm of a product is at most the product of the norms:

        a_k b_{k+1} = |A_k|_2² |B_{k+1}K|_2² ≥ |A_kB_{k+1}K|_2² = |PK|_2².          [pairs]

    The map.  The largest block is at least the mean of the blocks, and the arithmetic mean at least
    the geometric one, whose factors are regrouped.  With $a_L = 1$ and $b_1 = Λ$,

        Σ_k a_k b_k ≥ L (Π_k a_k b_k)^{1/L} = L (b_1 a_L Π_{k<L} a_k b_{k+1})^{1/L}
        Σ_k a_k b_k ≥ L (Λ|PK|_2^{2L-2})^{1/L},

    and $2/L$ times this is the bound.   [map]

    The thinnest layer.  $P = A_kW_kB_k$ for each $k$, so that $|PK|_2² ≤ a_k|W_k|_2²b_k$.
    [thinnest]

Sharpness
    The second and the third inequality are attained for every $L$ (U4.attained,
    U4.thinnest_attained), the first at depth 1, where there is one block.  Neither the second nor
    the third follows from the other: at depth 2 on $Σ = 1$ the layers $1/2$, $4$ have
    $|PK|²/min|W_k|² = 16$ and $Λ^{1/L}|PK|^{2-2/L} = 2$, equal layers of two paths
    $W_k = diag(1, 1/2)$, $Σ = diag(1, 16)$, have $1$ and $4$.

Implementation notes
    Off minimizers $S$ is the top eigenvalue of the whole Hessian.

References
----------
    certimin2026; Rayleigh's principle
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.directions import k
from theorems.foundations import hessian_form_eq_two_terms as F2
from theorems.foundations.hessian_spectrum_eq_dual_gram import block_sharpness
from theorems.inequalities import path_bound
from theorems.instances import Instance
from theorems.quantities import (
    data_max,
    depth,
    layer_norm_min,
    map_norm,
    sharpness,
    symbols,
)
from theorems.settings import any_weights, balanced_path
from verify.derivation import rules
from verify.expression import Least
from verify.theorem import (
    Bounds,
    Claim,
    Formula,
    Source,
    Step,
    Theorem,
    claim,
    expanded,
    family,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "map_bound"]

S, block, L, top, image, thin = symbols(
    sharpness, block_sharpness, depth, data_max, map_norm, layer_norm_min
)
map_bound = Formula(
    "map_bound", r"2\Lambda^{1/L}|PK|_2^{2-2/L}", 2 * top ** (1 / L) * image ** (2 - 2 / L)
)

# --- the gains before and after each layer -------------------------------------------------------


@family("suffix_gain", "a")
def suffix_gain(instance: Instance) -> list[Any]:
    """a_k = |A_k|_2², k = 1..L."""
    return [instance.arithmetic.eig_max(A @ A.mT) for A in instance.net.suffixes]


@family("prefix_gain", "b")
def prefix_gain(instance: Instance) -> list[Any]:
    """b_k = |B_k K|_2², k = 1..L + 1, B_{L+1} = P."""
    ar, net = instance.arithmetic, instance.net
    return [ar.eig_max(B @ instance.sigma @ B.mT) for B in (*net.prefixes, net.end_to_end)]


block_total = expanded(
    "block_total", r"\textstyle\sum_k|A_k|_2^2|B_kK|_2^2", "Σ_k |A_k|_2² |B_kK|_2².",
    sp.Sum(suffix_gain(k) * prefix_gain(k), (k, 1, L)),
)  # fmt: skip
block_mean = expanded(
    "block_mean", r"\tfrac2L\textstyle\sum_k|A_k|_2^2|B_kK|_2^2",
    "The mean of the blocks' largest eigenvalues 2|A_k|_2²|B_kK|_2².",
    2 * block_total.symbol / L,
)  # fmt: skip
block_ends = expanded(
    "block_ends", r"|B_1K|_2^2|A_L|_2^2", "|B_1K|_2² |A_L|_2² = Λ.",
    prefix_gain(1) * suffix_gain(L),
)  # fmt: skip
block_pair = expanded(
    "block_pair", r"\min_k|A_k|_2^2|B_{k+1}K|_2^2",
    "The least |A_k|_2² |B_{k+1}K|_2², k = 1..L, B_{L+1} = P.",
    Least(suffix_gain(k) * prefix_gain(k + 1), k, 1, L),
)  # fmt: skip
total, mean, ends, least = symbols(block_total, block_mean, block_ends, block_pair)

# --- claims and proofs --------------------------------------------------------------------------

_DEEP = Bounds((1, 4), (1, 3))

blocks = stated(
    "blocks", "no diagonal block is sharper than the whole Hessian",
    any_weights, S >= block, given=(F2.form,), bounds=Bounds((1, 3), (1, 2)), formal=True,
)  # fmt: skip


pairs = stated(
    "pairs", "neighbours carry at least the whole map",
    any_weights, least >= image**2, bounds=_DEEP,
    sizes=((1, 2, 2, 1), (1, 2, 2, 2), (2, 1, 1, 1, 1), (2, 2, 1, 1, 1), (3, 1, 1, 1, 1, 1)),
    formal=True,
)  # fmt: skip
pairs_attained = stated(
    "pairs_attained", "no more than the whole map along one path of equal gains",
    balanced_path, sp.Eq(least, image**2), bounds=_DEEP, check=True, formal=True,
)  # fmt: skip
start = stated(
    "start", "the ends of the path are the top eigenvalue of the data",
    any_weights, sp.Eq(ends, top), bounds=_DEEP,
    sizes=((1, 2, 2, 2), (2, 2, 1, 1, 2), (3, 2, 1, 1, 1, 2)), check=True, formal=True,
)  # fmt: skip
average = stated(
    "average", "the largest block is at least the mean of the blocks",
    any_weights, block >= mean, bounds=_DEEP, check=True, formal=True,
)  # fmt: skip
average_attained = stated(
    "average_attained", "and is the mean where they agree",
    balanced_path, sp.Eq(block, mean), bounds=_DEEP, check=True, formal=True,
)  # fmt: skip


@claim(any_weights, block >= map_bound, given=(pairs, start), bounds=_DEEP, name="map", formal=True)
def geometric_mean(pairs: Claim, start: Claim, map_bound: Any) -> Iterator[Step]:
    """The largest block is at least the geometric mean along the path."""
    bound = path_bound(
        suffix_gain, prefix_gain, energy=block_total, ends=block_ends, least=block_pair,
        pairs=rules.given(pairs), last=L,
    )  # fmt: skip
    from_top = rules.substituted(bound, rules.given(start))
    largest = rules.transitive(
        rules.largest(block_sharpness, block_mean), rules.definition(block_mean)
    )
    chain = rules.transitive(largest, rules.scaled(from_top, 2 / L))
    yield rules.rewritten(chain, block, map_bound)


attained = stated(
    "attained", "one unit path of equal gains along a top eigenvector of $Σ$: all blocks agree",
    balanced_path, sp.Eq(block, map_bound), bounds=_DEEP, formal=True,
)  # fmt: skip

thinnest = stated(
    "thinnest", "the largest block compensates the thinnest layer",
    any_weights, block * thin**2 >= 2 * image**2, bounds=_DEEP, formal=True,
)  # fmt: skip
thinnest_attained = stated(
    "thinnest_attained", "no more than that along one path of equal gains",
    balanced_path, sp.Eq(block * thin**2, 2 * image**2), bounds=_DEEP, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("depth_times_thinnest", "$2L$ for 2 in the bound by the thinnest layer",
         any_weights, block * thin**2 >= 2 * L * image**2, bounds=Bounds((2, 3), (1, 2))),
    twin("depth_times_blocks", "$L$ times the largest block, as at flattest minimizers",
         any_weights, S >= L * block, bounds=Bounds((2, 3), (1, 2))),
    twin("minimizer_bound", "the minimizers' bound $2LΛ^{1/L}|PK|_2^{2-2/L}$, everywhere",
         any_weights, S >= 2 * L * top ** (1 / L) * image ** (2 - 2 / L),
         bounds=Bounds((2, 3), (1, 2))),
    twin("exponents_swapped", "$Λ^{1-1/L}|PK|_2^{2/L}$ for $Λ^{1/L}|PK|_2^{2-2/L}$",
         any_weights, block >= 2 * top ** (1 - 1 / L) * image ** (2 / L),
         bounds=Bounds((3, 4), (1, 2))),
)  # fmt: skip

THEOREM = Theorem(
    id="U4",
    title="At every point the sharpness is at least that of a single layer and of the whole map",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$, $Λ = λ_max(Σ)$",
    source=Source("certimin2026", "sharpness anywhere"),
    claims=(
        blocks, pairs, pairs_attained, start, average, average_attained, geometric_mean, attained,
        thinnest, thinnest_attained,
    ),
    controls=_twins,
    witnesses=(
        witness("off_minimizer", blocks, "not a minimizer, correlated data",
                lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[1, 0]])),
        witness("isotropic", geometric_mean,
                "$W_1 = W_2 = Σ = I$, where spectral and Frobenius norms differ most",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]])),
        witness("chain", geometric_mean, "a scalar chain of unequal weights",
                lambda: Instance.exact([[[2]], [[Fraction(1, 2)]], [[1]]], [[1]], [[3]])),
    ),
    module=__name__,
)  # fmt: skip
