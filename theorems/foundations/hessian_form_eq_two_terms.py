r"""The Hessian of the loss, as a quadratic form, is a Gram term plus a residual term.

Statement
    For R = E|y - Px|² and any direction Δ = (Δ_1, ..., Δ_L), at any weights,

        D²R[Δ,Δ] = 2 |Σ_k A_k Δ_k B_k K|_F²
                   + 4 Σ_{j<k} < PΣ - C, A_k Δ_k (W_{k-1} ... W_{j+1}) Δ_j B_j >,   K = Σ^{1/2}.

    At minimizers, PΣ = C, the second term vanishes.

Notation
    A_k = W_L ... W_{k+1}, B_k = W_{k-1} ... W_1, P = W_L ... W_1.

Assumptions
    None: any weights, any Σ, any C, any direction.

Proof
    P(W + sΔ) = P + s P_1 + s² P_2 + ..., with P_1 = Σ_k A_kΔ_kB_k and
    P_2 = Σ_{j<k} A_kΔ_k(W_{k-1}...W_{j+1})Δ_jB_j; the coefficient of s² in R is
    tr(P_1ΣP_1ᵀ) + 2<PΣ - C, P_2>, and D²R is twice that.

Sharpness
    An identity; 2 for 4 in the second term fails off minimizers for L >= 2.

Implementation notes
    The proof is about words in noncommuting symbols, so widths are free and depths are those named.
    On instances the form is tried at one direction of integers unrelated to the weights, the
    product on every coordinate; both against second derivatives by hyper-dual numbers.

References
----------
    mulayoff2020unique (at minima); elementary in general
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import reduce
from operator import add
from typing import Any

import sympy as sp

from numeric.loss import hessian
from theorems.instances import Instance
from theorems.quantities import jet_hessian, symbols
from theorems.settings import any_weights
from theorems.words import matrix, symmetric, trace, transpose
from verify.theorem import (
    Bounds,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- both sides of the form, at a direction of integers -----------------------------------------


def _direction(instance: Instance) -> list[Any]:
    """Integers without pattern, unrelated to the weights."""
    return [
        instance.arithmetic.matrix(
            [[(3 * i * i + 5 * j + 7 * k + i * j) % 5 - 2 for j in range(W.shape[-1])]
             for i in range(W.shape[-2])]
        )
        for k, W in enumerate(instance.weights)
    ]  # fmt: skip


def _flat(ar: Any, direction: Sequence[Any]) -> Any:
    """The direction as one row, layer after layer, row by row."""
    sizes = ((D, D.shape[-2]) for D in direction)
    rows = [ar.matrix([[int(i == r) for r in range(m)]]) @ D for D, m in sizes for i in range(m)]
    return ar.stack([rows])


@quantity("gram_term", r"|\textstyle\sum_k A_k\Delta_kB_kK|_F^2", positive=False)
def gram_term(instance: Instance) -> Any:
    """|Σ_k A_k Δ_k B_k K|_F² at a fixed direction Δ of small integers."""
    net = instance.net
    triples = zip(net.suffixes, _direction(instance), net.prefixes, strict=True)
    first = reduce(add, [A @ D @ B for A, D, B in triples])
    return instance.arithmetic.trace(first @ instance.sigma @ first.mT)


@quantity("residual_term", r"\textstyle\sum_{j<k}\langle P\Sigma-C, P_{jk}\rangle", positive=False)
def residual_term(instance: Instance) -> Any:
    """Σ_{j<k} < PΣ - C, A_k Δ_k W_{k-1}...W_{j+1} Δ_j B_j > at the same direction."""
    ar, net, D = instance.arithmetic, instance.net, _direction(instance)
    E = net.end_to_end @ instance.sigma - instance.cross
    total = ar.trace(E @ E.mT) * 0
    for j in range(net.depth):
        between = D[j] @ net.prefixes[j]
        for k in range(j + 1, net.depth):
            total = total + ar.trace(net.suffixes[k] @ D[k] @ between @ E.mT)
            between = net.weights[k] @ between
    return total


@quantity("second_derivative", r"D^2R[\Delta,\Delta]", positive=False)
def second_derivative(instance: Instance) -> Any:
    """Second derivative of the loss along the same direction, from the hyper-dual Hessian."""
    ar = instance.arithmetic
    v = _flat(ar, _direction(instance))
    return ar.entry(v @ jet_hessian(instance) @ v.mT, 0, 0)


@quantity("hessian_gap", r"\delta(\nabla^2R)", positive=False)
def hessian_gap(instance: Instance) -> Any:
    """Relative squared distance of the Hessian-vector products from the hyper-dual Hessian."""
    ar, H = instance.arithmetic, jet_hessian(instance)
    gap = hessian(instance.net, instance.sigma, instance.cross) - H
    return ar.frobenius_sq(gap) / (1 + ar.frobenius_sq(H))


gram, rest, second, gap = symbols(gram_term, residual_term, second_derivative, hessian_gap)
hessian_form = Formula(
    "hessian_form", r"2|P_1K|_F^2+4\langle P\Sigma-C,P_2\rangle", 2 * gram + 4 * rest
)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((1, 3), (1, 2))


@claim(any_weights, sp.Eq(second - hessian_form, 0), bounds=_SMALL)
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
        first = sum(_varied(W, D, {k}) for k in range(size))
        pairs = sum(_varied(W, D, {j, k}) for k in range(size) for j in range(k))
        terms = {
            gram: trace(first * sigma * transpose(first)),
            rest: trace(pairs * transpose(_word(W) * sigma - C)),
        }
        yield Identity(
            "second variation", sp.diff(loss, s, 2).subs(s, 0), hessian_form.subs(terms),
            why="∂_s² R(W + sΔ) = 2|P_1K|² + 4<PΣ - C, P_2> at s = 0", at={"L": size},
        )  # fmt: skip


def _word(layers: Sequence[Any]) -> Any:
    """W_L ... W_1 as a word in noncommuting layers."""
    return sp.Mul(*reversed(layers))


def _varied(W: Sequence[Any], D: Sequence[Any], places: Collection[int]) -> Any:
    """W_L ... W_1 with Δ at the given places."""
    return _word([D[k] if k in places else W[k] for k in range(len(W))])


product = stated(
    "product", "the Hessian-vector product is the differentiated gradient, on every coordinate",
    any_weights, sp.Eq(gap, 0), bounds=_SMALL,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("two_for_four", "2 for 4 in the residual term (off minimizers, L >= 2)",
         any_weights, sp.Eq(second - 2 * gram - 2 * rest, 0), bounds=Bounds((2, 3), (1, 2))),
    twin("gram_term_alone", "the Gram term alone, off minimizers",
         any_weights, sp.Eq(second - 2 * gram, 0), bounds=Bounds((2, 3), (1, 2))),
)  # fmt: skip

THEOREM = Theorem(
    id="F2",
    title="The Hessian form is a Gram term plus a residual term",
    statement=(
        r"D^2R[\Delta,\Delta] = 2\Bigl|\sum_k A_k\Delta_kB_kK\Bigr|_F^2 + 4\sum_{j<k}"
        r"\langle P\Sigma-C,\, A_k\Delta_k(W_{k-1}\cdots W_{j+1})\Delta_jB_j\rangle"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}",
    source=Source("mulayoff2020unique", "at minima; elementary in general"),
    claims=(form, product),
    controls=_twins,
    witnesses=(
        witness("two_outputs", form, "not a minimizer, correlated data",
                lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1], [1, 0]]],
                                       [[2, 1], [1, 1]], [[1, 0], [0, 1]])),
    ),
    module=__name__,
)  # fmt: skip
