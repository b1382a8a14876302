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

Main results
    U4.blocks    S >= the largest block, on arbitrary weights
    U4.map       the largest block >= 2Λ^{1/L}|PK|_2^{2-2/L}
    U4.attained  equality in the second along one path of equal gains on a top eigenvector of Σ

Evidence
    Symbolic: the regrouping for L = 2..5 and its closed form for all L.

Sharpness
    The second inequality is attained for every L (U4.attained), the first at depth 1, where there
    is one block.

Implementation notes
    Off minimizers S is the top eigenvalue of the whole Hessian.

References
----------
    certimin2026; Rayleigh's principle

Tags
    sharpness, everywhere, lower bound
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.foundations.hessian_spectrum_eq_dual_gram import block_sharpness
from theorems.inequalities import path_bound
from theorems.instances import Instance
from theorems.quantities import data_max, depth, map_norm, sharpness, symbols
from theorems.settings import any_weights, balanced_path
from verify.claims import Bounds, Setting
from verify.legacy import Claim, Formula, Step, Theorem, Witness
from verify.theorem import Control, Source

__all__ = ["THEOREM", "map_bound"]

S, block, L, top, image = symbols(sharpness, block_sharpness, depth, data_max, map_norm)

# --- closed form --------------------------------------------------------------------------------

map_bound = Formula(
    "map_bound", r"2\Lambda^{1/L}|PK|_2^{2-2/L}", 2 * top ** (1 / L) * image ** (2 - 2 / L)
)

# --- derivation ---------------------------------------------------------------------------------


def derive_map(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the geometric mean of the blocks, L times which AM-GM puts below their sum.

    The largest of L numbers is at least their geometric mean; the steps of the sum's bound,
    divided by L, are those of the mean's.
    """
    closed = formulas["map_bound"] * L / 2
    yield from path_bound(closed, start=sp.sqrt(top), gain=image)


# --- claims and controls ------------------------------------------------------------------------

_SMALL = Bounds(depth=(1, 3), width=(1, 2))


def _claim(
    name: str, title: str, relation: Any, setting: Setting = any_weights, bounds: Bounds = _SMALL
) -> Claim:
    return Claim(f"U4.{name}", title, setting, relation, (), (map_bound,), bounds)


_claims = (
    _claim("blocks", "no diagonal block is sharper than the whole Hessian", S >= block),
    _claim(
        "map",
        "the largest block is at least the geometric mean along the path",
        block >= map_bound.symbol,
        bounds=Bounds(depth=(1, 4), width=(1, 3)),
    ),
    _claim(
        "attained",
        "one unit path of equal gains along a top eigenvector of Σ: all blocks agree",
        sp.Eq(block, map_bound.symbol),
        balanced_path,
        Bounds(depth=(1, 4), width=(1, 3)),
    ),
)

_controls = (
    Control(
        _claim(
            "control.depth_times_blocks",
            "L times the largest block, as at flattest minimizers",
            S >= L * block,
            bounds=Bounds(depth=(2, 3), width=(1, 2)),
        )
    ),
    Control(
        _claim(
            "control.minimizer_bound",
            "the minimizers' bound 2LΛ^{1/L}|PK|^{2-2/L}, everywhere",
            S >= 2 * L * top ** (1 / L) * image ** (2 - 2 / L),
            bounds=Bounds(depth=(2, 3), width=(1, 2)),
        )
    ),
    Control(
        _claim(
            "control.exponents_swapped",
            "Λ^{1-1/L}|PK|^{2/L} for Λ^{1/L}|PK|^{2-2/L}",
            block >= 2 * top ** (1 - 1 / L) * image ** (2 / L),
            bounds=Bounds(depth=(3, 4), width=(1, 2)),
        )
    ),
)

THEOREM = Theorem(
    id="U4",
    title="Sharpness is at least 2 Λ^(1/L) |PK|^(2-2/L) at every point",
    statement=(
        r"S(W) \ge 2\max_k |A_k|_2^2\,|B_kK|_2^2 \ge 2\Lambda^{1/L}|PK|_2^{2-2/L}"
        r"\quad \text{at every } W"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}, Λ = λ_max(Σ)",
    source=Source("certimin2026", "sharpness anywhere"),
    claims=_claims,
    controls=_controls,
    formulas=(map_bound,),
    derivations={"U4.map": derive_map},
    witnesses=(
        Witness(
            "U4.witness.off_minimizer",
            "U4.blocks",
            "not a minimizer, correlated data",
            lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[1, 0]]),
        ),
        Witness(
            "U4.witness.isotropic",
            "U4.map",
            "W_1 = W_2 = Σ = I, where spectral and Frobenius norms differ most",
            lambda: Instance.of_minimizer([[[1, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 1]]),
        ),
        Witness(
            "U4.witness.chain",
            "U4.map",
            "a scalar chain of unequal weights",
            lambda: Instance.exact([[[2]], [[Fraction(1, 2)]], [[1]]], [[1]], [[3]]),
        ),
    ),
    uses=("F2", "F3"),
    module=__name__,
    tags=("sharpness", "everywhere"),
)
