r"""The trace of the Hessian is a sum over layers, at minimizers and everywhere else.

Statement
    At every W, for R = E|y - Px|²,

        tr ∇²R = 2 Σ_k |A_k|_F² tr(B_k Σ B_kᵀ).

Notation
    A_k = W_L ... W_{k+1}, B_k = W_{k-1} ... W_1 (``hessian_trace``).

Assumptions
    None: any weights, any Σ, any C.

Proof
    P is affine in each single layer, so the residual term of F2 has no diagonal blocks.  The block
    of layer k is D ↦ 2|A_k D B_k K|_F², whose trace is 2|A_k|_F² |B_kK|_F².

Sharpness
    An identity.

Implementation notes
    The proof is decided with all entries free, target included, for the widths named.  The
    catalogue's F3'; ids carry "p" for the prime.

References
----------
    mulayoff2020unique (at minima); derived here everywhere
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from numeric.arithmetic.symbolic import second_derivatives
from numeric.loss import excess
from theorems.foundations.hessian_spectrum_eq_dual_gram import free_matrix, free_network, listed
from theorems.instances import Instance
from theorems.quantities import hessian_trace, jet_hessian, symbols
from theorems.settings import any_weights
from verify.theorem import (
    Bounds,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    quantity,
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

# --- the claim and its proof --------------------------------------------------------------------

_SMALL = Bounds((1, 3), (1, 2))
_SIZES = ((2, 1), (1, 2, 1), (2, 1, 2), (2, 2, 2), (1, 2, 1, 1))


@claim(any_weights, sp.Eq(trace_jet, trace_formula), bounds=_SMALL)
def trace(trace_formula: Any) -> Iterator[Step]:
    """The trace of the whole Hessian, at any weights."""
    for shape in _SIZES:
        net, K = free_network(shape)
        ar, sigma = net.arithmetic, K @ K
        entries = [x for W in net.weights for x in W]
        loss = excess(net, sigma, free_matrix("c", shape[-1], shape[0]))
        norms = sum(
            ar.frobenius_sq(A) * ar.trace(B @ sigma @ B.mT)
            for A, B in zip(net.suffixes, net.prefixes, strict=True)
        )
        yield Identity(
            "Laplacian", second_derivatives(loss, entries, {}).trace(),
            trace_formula.subs(total, norms),
            why="Σ_i ∂_i² R = 2 Σ_k |A_k|² tr(B_k Σ B_kᵀ), expansion",
            at={"widths": listed(shape)},
        )  # fmt: skip


THEOREM = Theorem(
    id="F3p",
    title="The trace of the Hessian is a sum of layer norms, everywhere",
    statement=(
        r"\operatorname{tr}\nabla^2R = 2\sum_{k=1}^L |A_k|_F^2\operatorname{tr}(B_k\Sigma B_k^T)"
    ),
    normalisation="R = E|y - Px|², no factor 1/2",
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
