r"""The trace of the Hessian is a sum over layers, at minimizers and everywhere else.

Statement
    At every $W$, for $R = E|y - Px|²$,

        tr ∇²R = 2 Σ_k |A_k|_F² tr(B_kΣB_kᵀ).                                   [trace]

Notation
    $A_k = W_L ... W_{k+1}$, $B_k = W_{k-1} ... W_1$; the trace is ``hessian_trace``.

Assumptions
    None: any weights, any $Σ$, any $C$.

Proof
    The trace adds up those of the diagonal blocks, layer by layer.  In each single layer $P$ is
    affine, so the residual term of F2 has no diagonal blocks.  The block of layer $k$ is the
    quadratic form $D ↦ 2|A_kDB_kK|_F²$, whose trace is $2|A_k|_F² |B_kK|_F²$, and
    $|B_kK|_F² = tr(B_kΣB_kᵀ)$.

Sharpness
    An identity.

Implementation notes
    The Hessian comes by hyper-dual numbers from the loss itself, in the derivation with every entry
    a symbol, target included, at the sizes named.  The catalogue's F3'; ids carry "p" for the
    prime.

References
----------
    mulayoff2020unique (at minima); derived here everywhere
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theorems.instances import Instance
from theorems.quantities import hessian_trace, jet_hessian, symbols
from theorems.settings import any_weights
from verify.theorem import (
    Bounds,
    Formula,
    Source,
    Theorem,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]


@quantity("jet_trace", r"\operatorname{tr}\nabla^2R", positive=False)
def jet_trace(instance: Instance) -> Any:
    """Trace of the Hessian obtained from the loss by hyper-dual numbers."""
    return instance.arithmetic.trace(jet_hessian(instance))


@quantity("layer_sum", r"\textstyle\sum_k|A_k|_F^2\operatorname{tr}(B_k\Sigma B_k^T)")
def layer_sum(instance: Instance) -> Any:
    """Σ_k |A_k|_F² tr(B_k Σ B_kᵀ)."""
    return hessian_trace.measure(instance) / 2


trace_jet, total = symbols(jet_trace, layer_sum)
trace_formula = Formula(
    "trace_formula", r"2\textstyle\sum_k|A_k|_F^2\operatorname{tr}(B_k\Sigma B_k^T)", 2 * total
)

# --- the claim ----------------------------------------------------------------------------------

_SMALL = Bounds((1, 3), (1, 2))

trace = stated(
    "trace", "the trace of the whole Hessian, at any weights",
    any_weights, sp.Eq(trace_jet, trace_formula), bounds=_SMALL,
    sizes=((1, 2, 2), (2, 2, 2, 2), (2, 1, 2, 1), (3, 2, 1, 2, 1), (3, 1, 2, 1, 2)),
    formal=True,
)  # fmt: skip


THEOREM = Theorem(
    id="F3p",
    title="The trace of the Hessian is a sum of layer norms, everywhere",
    normalisation="$R = E|y - Px|²$, no factor 1/2",
    source=Source("mulayoff2020unique", "at minima; everywhere derived here (F3')"),
    claims=(trace,),
    controls=(
        twin("one_for_two", "the factor 2 left out",
             any_weights, sp.Eq(trace_jet, total), bounds=_SMALL),
    ),
    witnesses=(
        witness("off_minimizer", trace, "not a minimizer, correlated data",
                lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[1, 0]])),
    ),
    module=__name__,
)  # fmt: skip
