r"""The Hessian of the loss, as a quadratic form, is a Gram term plus a residual term.

Statement
    For $R = E|y - Px|²$ and any direction $Δ = (Δ_1, ..., Δ_L)$, at any weights,

        D²R[Δ,Δ] = 2|P_1K|_F² + 4⟨E, P_2⟩,                                              [form]
        P_1 = Σ_k A_kΔ_kB_k, \quad P_2 = Σ_{j<k} A_kΔ_k (W_{k-1} ... W_{j+1}) Δ_jB_j.

    At minimizers, $E = 0$, only the first term is left: $D²R[Δ,Δ] = 2|Σ_k A_kΔ_kB_kK|_F²$.
    [at_minimizers]

    The Hessian-vector product has, in layer $k$, the matrix

        (∇²R Δ)_k = 2A_kᵀ ṖΣ B_kᵀ + 2Ȧ_kᵀ E B_kᵀ + 2A_kᵀ E Ḃ_kᵀ.                     [product]

Notation
    $A_k = W_L ... W_{k+1}$, $B_k = W_{k-1} ... W_1$, $P = W_L ... W_1$, $E = PΣ - C$,
    $K = Σ^{1/2}$; a dot is the derivative along $Δ$.

Assumptions
    minimizer  $PΣ = TΣ$, for F2.at_minimizers alone.  Without it, unit weights of depth 2 with
               $T = 0$ have the form 12 at $Δ = (1, 1)$, and not 8.

Proof
    Multiplied out, the product of the layers $W_k + sΔ_k$ is $P + sP_1 + s²P_2 + ...$: one layer,
    or two, exchanged for their directions.  The loss is $tr(PΣPᵀ) - 2 tr(PCᵀ)$ plus a constant, so
    that its coefficient of $s²$ along $W + sΔ$ is

        tr(P_1ΣP_1ᵀ) + 2⟨PΣ - C, P_2⟩,

    and $D²R[Δ,Δ]$ is twice that.  The product is the gradient of F1, differentiated along $Δ$.

Sharpness
    An identity; 2 for 4 in the second term fails off minimizers for $L ≥ 2$.

Implementation notes
    The proof is about words in noncommuting symbols, so widths are free and depths are those named.
    The direction is a part of the instance, and the product is taken on every coordinate; both are
    held against second derivatives by hyper-dual numbers.

References
----------
    mulayoff2020unique (at minima); elementary in general
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import sympy as sp

from numeric.loss import hessian
from theorems.assumptions import minimizer
from theorems.instances import Instance, Rows
from theorems.quantities import compared, jet_hessian, symbols
from theorems.recipes import Draw, setting
from theorems.settings import any_weights, minimizers
from theorems.words import matrix, symmetric, trace, transpose
from verify.theorem import (
    Bounds,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- instances: a point, and a direction from it ------------------------------------------------


@dataclass(frozen=True, eq=False)
class Varied(Instance):
    """An instance with a direction (Δ_1, ..., Δ_L) of its weights."""

    direction: tuple[Any, ...]


def _varied(draw: Draw, instance: Instance) -> Varied:
    shapes = [W.shape[-2:] for W in instance.weights]
    return Varied.beside(instance, direction=tuple(draw.matrix(m, n) for m, n in shapes))


def _along_integers(instance: Instance) -> Varied:
    """The instance with a direction of integers without pattern."""
    return _along(instance, [
        [[(3 * i * i + 5 * j + 7 * k + i * j) % 5 - 2 for j in range(W.shape[-1])]
         for i in range(W.shape[-2])]
        for k, W in enumerate(instance.weights)
    ])  # fmt: skip


def _along(instance: Instance, direction: Sequence[Rows]) -> Varied:
    return Varied.beside(instance, direction=tuple(map(instance.arithmetic.matrix, direction)))


@setting(
    "varied-weights",
    "arbitrary weights and direction Δ, any Σ, arbitrary target",
    extend=_along_integers,
)
def varied_weights(draw: Draw) -> Varied:
    """Arbitrary weights with an arbitrary target and any direction."""
    return _varied(draw, draw.of(any_weights))


@setting("varied-minimizers", "any minimizer and any direction Δ", extend=_along_integers)
def varied_minimizers(draw: Draw) -> Varied:
    """Any minimizer with any direction."""
    return _varied(draw, draw.of(minimizers))


# --- both sides of the form ---------------------------------------------------------------------


def _flat(ar: Any, direction: Sequence[Any]) -> Any:
    """The direction as one row, layer after layer, row by row."""
    sizes = ((D, D.shape[-2]) for D in direction)
    rows = [ar.matrix([[int(i == r) for r in range(m)]]) @ D for D, m in sizes for i in range(m)]
    return ar.stack([rows])


@quantity("gram_term", r"|\textstyle\sum_k A_k\Delta_kB_kK|_F^2", positive=False)
def gram_term(instance: Varied) -> Any:
    """|Σ_k A_k Δ_k B_k K|_F² at the direction Δ."""
    net = instance.net
    triples = zip(net.suffixes, instance.direction, net.prefixes, strict=True)
    first = reduce(add, [A @ D @ B for A, D, B in triples])
    return instance.arithmetic.trace(first @ instance.sigma @ first.mT)


@quantity("residual_term", r"\textstyle\sum_{j<k}\langle P\Sigma-C, P_{jk}\rangle", positive=False)
def residual_term(instance: Varied) -> Any:
    """Σ_{j<k} < PΣ - C, A_k Δ_k W_{k-1}...W_{j+1} Δ_j B_j > at the direction Δ."""
    ar, net, D = instance.arithmetic, instance.net, instance.direction
    E = net.end_to_end @ instance.sigma - instance.cross
    total = ar.trace(E @ E.mT) * 0
    for j in range(net.depth):
        between = D[j] @ net.prefixes[j]
        for k in range(j + 1, net.depth):
            total = total + ar.trace(net.suffixes[k] @ D[k] @ between @ E.mT)
            between = net.weights[k] @ between
    return total


@quantity("second_derivative", r"D^2R[\Delta,\Delta]", positive=False)
def second_derivative(instance: Varied) -> Any:
    """Second derivative of the loss along Δ, from the hyper-dual Hessian."""
    ar = instance.arithmetic
    v = _flat(ar, instance.direction)
    return ar.entry(v @ jet_hessian(instance) @ v.mT, 0, 0)


@compared(
    "hessian_gap", r"\delta(\nabla^2R)",
    r"2A_k^T\dot P\Sigma B_k^T+2\dot A_k^TEB_k^T+2A_k^TE\dot B_k^T=(\nabla^2R\,\Delta)_k,"
    r"\quad E = P\Sigma-C",
)  # fmt: skip
def hessian_gap(instance: Instance) -> tuple[Any, Any]:
    """The Hessian-vector product on every coordinate against the hyper-dual Hessian."""
    products = hessian(instance.net, instance.sigma, instance.cross)
    return products, jet_hessian(instance)


gram, rest, second, gap = symbols(gram_term, residual_term, second_derivative, hessian_gap)
gram_form = Formula("gram_form", r"2|P_1K|_F^2", 2 * gram)
hessian_form = Formula(
    "hessian_form", r"2|P_1K|_F^2+4\langle P\Sigma-C,P_2\rangle", gram_form + 4 * rest
)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((1, 3), (1, 2))
_SIZES = ((1, 2, 2), (2, 2, 2, 2), (2, 1, 2, 1), (3, 1, 2, 1, 1), (3, 1, 1, 1, 2))


@claim(varied_weights, sp.Eq(second, hessian_form), bounds=_SMALL, sizes=_SIZES, formal=True)
def form(hessian_form: Any) -> Iterator[Step]:
    """Both terms add up to the second derivative of the loss.

    The coefficient of s² in the loss along W + sΔ, for words of any size.
    """
    s, C, sigma = sp.Symbol("s", real=True), matrix("C"), symmetric(r"\Sigma")
    for size in range(1, 5):
        W = [matrix(f"W_{k}") for k in range(1, size + 1)]
        D = [matrix(rf"\Delta_{k}") for k in range(1, size + 1)]
        moved = _word([w + s * d for w, d in zip(W, D, strict=True)])
        loss = trace(moved * sigma * transpose(moved)) - 2 * trace(moved * transpose(C))
        first = sum(_exchanged(W, D, {k}) for k in range(size))
        pairs = sum(_exchanged(W, D, {j, k}) for k in range(size) for j in range(k))
        terms = {
            gram: trace(first * sigma * transpose(first)),
            rest: trace(pairs * transpose(_word(W) * sigma - C)),
        }
        yield Identity(
            "second variation", sp.diff(loss, s, 2).subs(s, 0), hessian_form.subs(terms),
            why="$∂_s² R(W + sΔ) = 2|P_1K|² + 4⟨PΣ - C, P_2⟩$ at $s = 0$", at={"L": size},
        )  # fmt: skip


def _word(layers: Sequence[Any]) -> Any:
    """W_L ... W_1 as a word in noncommuting layers."""
    return sp.Mul(*reversed(layers))


def _exchanged(W: Sequence[Any], D: Sequence[Any], places: Collection[int]) -> Any:
    """W_L ... W_1 with Δ at the given places."""
    return _word([D[k] if k in places else W[k] for k in range(len(W))])


at_minimizers = stated(
    "at_minimizers", "at minimizers the residual term vanishes",
    varied_minimizers, sp.Eq(second, gram_form), minimizer, bounds=_SMALL, sizes=_SIZES,
    formal=True,
)  # fmt: skip

product = stated(
    "product", "the Hessian-vector product is the differentiated gradient, on every coordinate",
    any_weights, sp.Eq(gap, 0), bounds=_SMALL, sizes=_SIZES, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("two_for_four", "2 for 4 in the residual term (off minimizers, $L ≥ 2$)",
         varied_weights, sp.Eq(second, 2 * gram + 2 * rest), bounds=Bounds((2, 3), (1, 2))),
    twin("gram_term_alone", "the Gram term alone, off minimizers",
         varied_weights, sp.Eq(second, 2 * gram), bounds=Bounds((2, 3), (1, 2))),
)  # fmt: skip

THEOREM = Theorem(
    id="F2",
    title="The Hessian form is a Gram term plus a residual term",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$",
    source=Source("mulayoff2020unique", "at minima; elementary in general"),
    claims=(form, at_minimizers, product),
    controls=_twins,
    witnesses=(
        witness("two_outputs", form, "not a minimizer, correlated data",
                lambda: _along_integers(
                    Instance.exact([[[1, 2], [0, 1]], [[1, 1], [1, 0]]],
                                   [[2, 1], [1, 1]], [[1, 0], [0, 1]]))),
    ),
    necessity=(
        needed(minimizer, at_minimizers, "unit weights, target 0, $Δ = (1, 1)$: 12 for 8",
               lambda: _along(
                   Instance.exact([[[1]], [[1]]], [[1]], [[0]]), [[[1]], [[1]]])),
    ),
    module=__name__,
)  # fmt: skip
