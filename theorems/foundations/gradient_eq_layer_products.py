r"""The gradient of the loss in one layer is a product of the layers around it.

Statement
    For $R = E|y - Px|²$ and every $k$, at any weights,

        ∇_{W_k} R = 2 A_kᵀ (PΣ - C) B_kᵀ.                                [gradient]

Notation
    $A_k = W_L ... W_{k+1}$, $B_k = W_{k-1} ... W_1$, $P = A_k W_k B_k$, $Σ = E[x xᵀ]$,
    $C = E[y xᵀ]$.

Assumptions
    None: any weights, any $Σ$, any $C$.

Proof
    $R = tr(PΣPᵀ) - 2tr(PCᵀ) + E|y|²$.  Where $W_k$ moves to
    $W_k + sΔ$, the map $P$ moves to $P + s A_kΔB_k$, so at $s = 0$

        dR/ds = 2 tr(A_kΔB_kΣPᵀ) - 2 tr(A_kΔB_kCᵀ) = ⟨2A_kᵀ(PΣ - C)B_kᵀ, Δ⟩,

    since a factor goes round in a trace.  The gradient is what stands beside $Δ$.

Sharpness
    An identity; with $A_k$ and $B_k$ swapped it fails (square layers).

Implementation notes
    The proof is about words in noncommuting symbols: a layer in any position of a network of any
    depth and widths.  Instances compare with tangents, which differentiate the loss with no
    knowledge of $A_k$ and $B_k$; their $C$ is $TΣ$, as every $C$ is for some $T$.

References
----------
    arora2018optimization (in this form); elementary
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from numeric.loss import gradient, gradient_by_jets
from theorems.instances import Instance
from theorems.quantities import compared, symbols
from theorems.settings import any_weights, square_weights
from theorems.words import matrix, symmetric, trace, transpose
from verify.theorem import (
    Bounds,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- closed form against derivative -------------------------------------------------------------


def _derivative(instance: Instance) -> list[Any]:
    """The slope of the loss in each layer, by tangents."""
    return list(gradient_by_jets(instance.net, instance.sigma, instance.cross))


@compared(
    "gradient_gap", r"\delta(\nabla R)", r"\nabla_{W_k}R = 2A_k^T(P\Sigma-C)B_k^T\quad(1\le k\le L)"
)
def gradient_gap(instance: Instance) -> tuple[list[Any], list[Any]]:
    """2A_kᵀ(PΣ-C)B_kᵀ against the differentiated loss."""
    formula = gradient(instance.net, instance.sigma, instance.cross)
    return list(formula), _derivative(instance)


@compared("gradient_gap_swapped", r"\delta(\nabla R)|_{A\leftrightarrow B}")
def gradient_gap_swapped(instance: Instance) -> tuple[list[Any], list[Any]]:
    """The same for 2B_kᵀ(PΣ-C)A_kᵀ (square layers)."""
    net = instance.net
    E = net.end_to_end @ instance.sigma - instance.cross
    products = [B.mT @ E @ A.mT for A, B in zip(net.suffixes, net.prefixes, strict=True)]
    return [product + product for product in products], _derivative(instance)


gap, gap_swapped = symbols(gradient_gap, gradient_gap_swapped)

# --- the claim and its proof --------------------------------------------------------------------


_SIZES = ((1, 2, 2), (2, 2, 3, 2), (3, 2, 1, 2, 1), (4, 1, 2, 1, 2, 1))


@claim(
    any_weights,
    sp.Eq(gap, 0),
    bounds=Bounds((1, 4), (1, 3)),
    sizes=_SIZES,
    name="gradient",
    formal=True,
)
def first_variation() -> Iterator[Step]:
    """The closed form is the derivative of the loss."""
    A, W, B, D, C = map(matrix, ("A", "W", "B", r"\Delta", "C"))
    sigma, s = symmetric(r"\Sigma"), sp.Symbol("s", real=True)
    moved = A * (W + s * D) * B
    loss = trace(moved * sigma * transpose(moved)) - 2 * trace(moved * transpose(C))
    slope = 2 * transpose(A) * (A * W * B * sigma - C) * transpose(B)
    yield Identity(
        "first variation", sp.diff(loss, s).subs(s, 0), trace(transpose(slope) * D),
        why="$∂_s R(W_k + sΔ) = ⟨2A_kᵀ(PΣ-C)B_kᵀ, Δ⟩$ at $s = 0$",
    )  # fmt: skip


THEOREM = Theorem(
    id="F1",
    title="The gradient in a layer is the residual between the layers around it",
    normalisation="$R = E|y - Px|²$, no factor 1/2",
    source=Source("arora2018optimization", "elementary, in this form"),
    claims=(first_variation,),
    controls=(
        twin("swapped", "$B_k$ and $A_k$ swapped (square layers)",
             square_weights, sp.Eq(gap_swapped, 0), bounds=Bounds((2, 3), (1, 2))),
    ),
    witnesses=(
        witness("two_outputs", first_variation, "not a minimizer, correlated data",
                lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1], [1, 0]]],
                                       [[2, 1], [1, 1]], [[1, 0], [0, 1]])),
    ),
    module=__name__,
)  # fmt: skip
