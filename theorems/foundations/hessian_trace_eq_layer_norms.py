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

Main results
    F3p.trace  the formula is the trace of the Hessian differentiated from the loss

Evidence
    Symbolic with all entries, target included, free for the sizes named.

Sharpness
    An identity.

Implementation notes
    The catalogue's F3'; ids carry "p" for the prime.

References
----------
    mulayoff2020unique (at minima); derived here everywhere

Tags
    hessian, trace
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import sympy as sp

from numeric.arithmetic.symbolic import Symbolic, second_derivatives
from numeric.loss import excess, hessian_by_jets
from numeric.networks import LinearNetwork
from theorems.instances import Instance
from theorems.quantities import hessian_trace, symbols
from theorems.settings import any_weights
from verify.claims import Bounds, quantity
from verify.legacy import Claim, Formula, Identity, Step, Theorem, Witness
from verify.theorem import Control, Source

__all__ = ["THEOREM"]


@quantity("jet_trace", r"\operatorname{tr}\nabla^2R", positive=False)
def jet_trace(instance: Instance) -> Any:
    """Trace of the Hessian obtained from the loss by hyper-dual numbers."""
    H = hessian_by_jets(instance.net, instance.sigma, instance.cross)
    return instance.arithmetic.trace(H)


@quantity("layer_sum", r"\textstyle\sum_k|A_k|_F^2\operatorname{tr}(B_k\Sigma B_k^T)")
def layer_sum(instance: Instance) -> Any:
    """Σ_k |A_k|_F² tr(B_k Σ B_kᵀ)."""
    return hessian_trace.measure(instance) / 2


# --- derivation ---------------------------------------------------------------------------------

_SIZES = ((2, 1), (1, 2, 1), (2, 1, 2), (2, 2, 2), (1, 2, 1, 1))


def derive(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the Laplacian of the polynomial loss with every entry a symbol."""
    ar = Symbolic()

    def free(name: str, m: int, n: int) -> Any:
        return ar.matrix(
            [[sp.Symbol(f"{name}{i}{j}", real=True) for j in range(n)] for i in range(m)]
        )

    listed = ", ".join("-".join(map(str, shape)) for shape in _SIZES)
    for shape in _SIZES:
        layers = [free(f"w{k}_", m, n) for k, (n, m) in enumerate(pairwise(shape), start=1)]
        root = free("k", shape[0], shape[0])
        sigma, cross = root @ root.mT, free("c", shape[-1], shape[0])
        net = LinearNetwork(ar, tuple(layers))
        entries = [x for W in layers for x in W]
        laplacian = second_derivatives(excess(net, sigma, cross), entries, {}).trace()
        norms = sum(
            ar.frobenius_sq(A) * ar.trace(B @ sigma @ B.mT)
            for A, B in zip(net.suffixes, net.prefixes, strict=True)
        )
        yield Identity(
            f"Laplacian {shape}",
            r"\sum_i\partial_i^2R = 2\sum_k|A_k|_F^2\operatorname{tr}(B_k\Sigma B_k^T)",
            f"any entries, widths {listed}",
            "expansion",
            laplacian,
            formulas["trace_formula"].subs(total, norms),
        )


# --- claims and controls ------------------------------------------------------------------------

trace_jet, total = symbols(jet_trace, layer_sum)
trace_formula = Formula(
    "trace_formula", r"2\textstyle\sum_k|A_k|_F^2\operatorname{tr}(B_k\Sigma B_k^T)", 2 * total
)
_SMALL = Bounds(depth=(1, 3), width=(1, 2))


def _claim(claim_id: str, title: str, relation: Any) -> Claim:
    return Claim(claim_id, title, any_weights, relation, (), (trace_formula,), _SMALL)


THEOREM = Theorem(
    id="F3p",
    title="The trace of the Hessian is a sum of layer norms, everywhere",
    statement=(
        r"\operatorname{tr}\nabla^2R = 2\sum_{k=1}^L |A_k|_F^2\operatorname{tr}(B_k\Sigma B_k^T)"
    ),
    normalisation="R = E|y - Px|², no factor 1/2",
    source=Source("mulayoff2020unique", "at minima; everywhere derived here (F3')"),
    claims=(
        _claim(
            "F3p.trace",
            "the trace of the whole Hessian, at any weights",
            sp.Eq(trace_jet, trace_formula.symbol),
        ),
    ),
    controls=(
        Control(
            _claim("F3p.control.one_for_two", "the factor 2 left out", sp.Eq(trace_jet, total))
        ),
    ),
    witnesses=(
        Witness(
            "F3p.witness.off_minimizer",
            "F3p.trace",
            "not a minimizer, correlated data",
            lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[1, 0]]),
        ),
    ),
    formulas=(trace_formula,),
    derivations={"F3p.trace": derive},
    module=__name__,
    tags=("hessian", "trace"),
)
