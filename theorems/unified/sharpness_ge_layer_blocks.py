r"""Sharpness is bounded below at every point, by single layers and by the map itself.

Statement
    At every W, minimizer or not, K = Σ^{1/2}, Λ = λ_max(Σ):

        S(W) >= 2 max_k |A_k|_2² |B_k K|_2² >= 2 Λ^{1/L} |P K|_2^{2-2/L}.

Notation
    S (``sharpness``), A_k, B_k suffixes and prefixes, P = A_k W_k B_k the end-to-end map,
    ``block_sharpness`` = 2 max_k |A_k|_2²|B_kK|_2², ``map_norm`` = |PK|_2.

Assumptions
    None: any weights, any Σ, any target.

Proof
    P is affine in a single layer, so the diagonal blocks of the Hessian are D ↦ 2|A_kDB_kK|_F²
    everywhere, with largest eigenvalue 2|A_k|_2²|B_kK|_2²; a diagonal block never exceeds λ_max
    (Rayleigh).  The maximum is at least the geometric mean: with p_k = |A_k|_2, q_k = |B_kK|_2,
    p_L = 1, q_1 = Λ^{1/2} and p_k q_{k+1} >= |A_kB_{k+1}K|_2 = |PK|_2,
    Π_k p_k²q_k² = q_1² Π_{k<L}(p_kq_{k+1})² >= Λ|PK|_2^{2L-2}.
    For PK = 0 and L >= 2 the bound is 0.

Sharpness
    The second inequality is attained for every L (U4.attained), the first at depth 1, where there
    is one block.

Implementation notes
    Off minimizers S is the top eigenvalue of the whole Hessian.

References
----------
    certimin2026; Rayleigh's principle
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.foundations import hessian_form_eq_two_terms as F2
from theorems.foundations.hessian_spectrum_eq_dual_gram import block_sharpness
from theorems.inequalities import path_bound
from theorems.instances import Instance
from theorems.quantities import data_max, depth, map_norm, sharpness, symbols
from theorems.settings import any_weights, balanced_path
from verify.theorem import Bounds, Formula, Source, Step, Theorem, claim, stated, twin, witness

__all__ = ["THEOREM", "map_bound"]

S, block, L, top, image = symbols(sharpness, block_sharpness, depth, data_max, map_norm)
map_bound = Formula(
    "map_bound", r"2\Lambda^{1/L}|PK|_2^{2-2/L}", 2 * top ** (1 / L) * image ** (2 - 2 / L)
)

# --- claims and proofs --------------------------------------------------------------------------

_DEEP = Bounds((1, 4), (1, 3))

blocks = stated(
    "blocks", "no diagonal block is sharper than the whole Hessian",
    any_weights, S >= block, given=(F2.form,), bounds=Bounds((1, 3), (1, 2)),
)  # fmt: skip


@claim(any_weights, block >= map_bound, bounds=_DEEP, name="map")
def geometric_mean(map_bound: Any) -> Iterator[Step]:
    """The largest block is at least the geometric mean along the path.

    The largest of L numbers is at least their geometric mean; the steps of the bound on their sum,
    divided by L, are those of the mean's.
    """
    yield from path_bound(map_bound * L / 2, start=sp.sqrt(top), gain=image)


attained = stated(
    "attained", "one unit path of equal gains along a top eigenvector of Σ: all blocks agree",
    balanced_path, sp.Eq(block, map_bound), bounds=_DEEP,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("depth_times_blocks", "L times the largest block, as at flattest minimizers",
         any_weights, S >= L * block, bounds=Bounds((2, 3), (1, 2))),
    twin("minimizer_bound", "the minimizers' bound 2LΛ^{1/L}|PK|^{2-2/L}, everywhere",
         any_weights, S >= 2 * L * top ** (1 / L) * image ** (2 - 2 / L),
         bounds=Bounds((2, 3), (1, 2))),
    twin("exponents_swapped", "Λ^{1-1/L}|PK|^{2/L} for Λ^{1/L}|PK|^{2-2/L}",
         any_weights, block >= 2 * top ** (1 - 1 / L) * image ** (2 / L),
         bounds=Bounds((3, 4), (1, 2))),
)  # fmt: skip

THEOREM = Theorem(
    id="U4",
    title="Sharpness is at least 2 Λ^(1/L) |PK|^(2-2/L) at every point",
    statement=(
        r"S(W) \ge 2\max_k |A_k|_2^2\,|B_kK|_2^2 \ge 2\Lambda^{1/L}|PK|_2^{2-2/L}"
        r"\quad \text{at every } W"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}, Λ = λ_max(Σ)",
    source=Source("certimin2026", "sharpness anywhere"),
    claims=(blocks, geometric_mean, attained),
    controls=_twins,
    witnesses=(
        witness("off_minimizer", blocks, "not a minimizer, correlated data",
                lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[1, 0]])),
        witness("isotropic", geometric_mean,
                "W_1 = W_2 = Σ = I, where spectral and Frobenius norms differ most",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]])),
        witness("chain", geometric_mean, "a scalar chain of unequal weights",
                lambda: Instance.exact([[[2]], [[Fraction(1, 2)]], [[1]]], [[1]], [[3]])),
    ),
    module=__name__,
)  # fmt: skip
