r"""The Hessian of the loss, as a quadratic form, is a Gram term plus a residual term.

Statement
    For R = E|y - Px|² and any direction Δ = (Δ_1, ..., Δ_L), at any weights,

        D²R[Δ,Δ] = 2 |Σ_k A_k Δ_k B_k K|_F²
                   + 4 Σ_{j<k} < PΣ - C, A_k Δ_k (W_{k-1} ... W_{j+1}) Δ_j B_j >,   K = Σ^{1/2}.

    At minimizers the second term vanishes.

Notation
    A_k = W_L ... W_{k+1}, B_k = W_{k-1} ... W_1, P = W_L ... W_1.

Assumptions
    None: any weights, any Σ, any C, any direction.

Proof
    P(W + sΔ) = P + s P_1 + s² P_2 + ..., with P_1 = Σ_k A_kΔ_kB_k and
    P_2 = Σ_{j<k} A_kΔ_k(W_{k-1}...W_{j+1})Δ_jB_j; the coefficient of s² in R is
    tr(P_1ΣP_1ᵀ) + 2<PΣ - C, P_2>, and D²R is twice that.

Main results
    F2.form     the formula agrees with the second derivative of the loss, by hyper-dual numbers
    F2.product  so does the Hessian-vector product built from it, on every coordinate

Evidence
    Symbolic in noncommuting symbols for depths 1 to 4 and any widths.

Sharpness
    An identity; 2 for 4 in the second term fails off minimizers for L >= 2.

Implementation notes
    The form is tested at one direction of integers unrelated to the weights, the product on every
    coordinate.

References
----------
    mulayoff2020unique (at minima); elementary in general

Tags
    hessian, loss
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

import sympy as sp

from numeric.arithmetic.symbolic import second_derivatives
from numeric.loss import hessian, hessian_by_jets
from theorems.instances import Instance
from theorems.quantities import symbols
from theorems.settings import any_weights
from theorems.words import matrix, symmetric, trace, transpose
from verify.claims import Bounds, quantity
from verify.legacy import Claim, Formula, Identity, Step, Theorem, Witness
from verify.theorem import Control, Source

__all__ = ["THEOREM"]

# --- both sides of the form, at a direction of integers ------------------------------------------


def _direction(instance: Instance) -> list[Any]:
    """Integers without pattern, unrelated to the weights."""
    return [
        instance.arithmetic.matrix(
            [[(3 * i * i + 5 * j + 7 * k + i * j) % 5 - 2 for j in range(W.shape[-1])]
             for i in range(W.shape[-2])]
        )
        for k, W in enumerate(instance.weights)
    ]  # fmt: skip


@quantity("gram_term", r"|\textstyle\sum_k A_k\Delta_kB_kK|_F^2", positive=False)
def gram_term(instance: Instance) -> Any:
    """|Σ_k A_k Δ_k B_k K|_F² at a fixed direction Δ of small integers."""
    net = instance.net
    terms = [
        A @ D @ B for A, D, B in zip(net.suffixes, _direction(instance), net.prefixes, strict=True)
    ]
    first = reduce(lambda x, y: x + y, terms)
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
    H = hessian_by_jets(instance.net, instance.sigma, instance.cross)
    v = _flat(instance, _direction(instance))
    return ar.entry(v @ H @ v.mT, 0, 0)


def _flat(instance: Instance, direction: list[Any]) -> Any:
    """The direction as one row, layer after layer, row by row."""
    ar = instance.arithmetic
    rows = []
    for D in direction:
        m = D.shape[-2]
        for i in range(m):
            rows.append(ar.matrix([[int(i == r) for r in range(m)]]) @ D)
    return ar.stack([rows])


@quantity("hessian_gap", r"\delta(\nabla^2R)", positive=False)
def hessian_gap(instance: Instance) -> Any:
    """Relative squared distance of the Hessian-vector products from the hyper-dual Hessian."""
    ar = instance.arithmetic
    H = hessian_by_jets(instance.net, instance.sigma, instance.cross)
    gap = hessian(instance.net, instance.sigma, instance.cross) - H
    return ar.frobenius_sq(gap) / (1 + ar.frobenius_sq(H))


# --- derivation ---------------------------------------------------------------------------------


def derive(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the coefficient of s² in the loss along W + sΔ, for words of any size."""
    s, C, sigma = sp.Symbol("s", real=True), matrix("C"), symmetric("S")
    for depth in range(1, 5):
        W = [matrix(f"W{k}") for k in range(1, depth + 1)]
        D = [matrix(f"D{k}") for k in range(1, depth + 1)]
        moved = _product([w + s * d for w, d in zip(W, D, strict=True)])
        loss = trace(moved * sigma * transpose(moved)) - 2 * trace(moved * transpose(C))
        first = sum(_word(W, D, {k}) for k in range(depth))
        pairs = sum(_word(W, D, {j, k}) for k in range(depth) for j in range(k))
        gram, rest = trace(first * sigma * transpose(first)), sp.Integer(0)
        if depth > 1:
            rest = trace(pairs * transpose(_product(W) * sigma - C))
        values = {gram_symbol: gram, residual_symbol: rest}
        yield Identity(
            f"second variation at L = {depth}",
            r"\partial_s^2R(W+s\Delta)|_{s=0} = 2|P_1K|_F^2+4\langle P\Sigma-C,P_2\rangle",
            "L = 1..4, any widths",
            "differentiation of a polynomial in noncommuting symbols",
            second_derivatives(loss, [s], {})[0, 0].subs(s, 0),
            formulas["hessian_form"].subs(values, simultaneous=True),
        )


def _product(layers: list[Any]) -> Any:
    return sp.expand(sp.Mul(*reversed(layers)))


def _word(W: list[Any], D: list[Any], places: set[int]) -> Any:
    """W_L ... W_1 with Δ at the given places."""
    return sp.Mul(*reversed([D[k] if k in places else W[k] for k in range(len(W))]))


# --- claims and controls ------------------------------------------------------------------------

gram_symbol, residual_symbol, second, gap = symbols(
    gram_term, residual_term, second_derivative, hessian_gap
)
hessian_form = Formula(
    "hessian_form",
    r"2|P_1K|_F^2+4\langle P\Sigma-C,P_2\rangle",
    2 * gram_symbol + 4 * residual_symbol,
)
_SMALL = Bounds(depth=(1, 3), width=(1, 2))

THEOREM = Theorem(
    id="F2",
    title="The Hessian form is a Gram term plus a residual term",
    statement=(
        r"D^2R[\Delta,\Delta] = 2\Bigl|\sum_k A_k\Delta_kB_kK\Bigr|_F^2 + 4\sum_{j<k}"
        r"\langle P\Sigma-C,\, A_k\Delta_k(W_{k-1}\cdots W_{j+1})\Delta_jB_j\rangle"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}",
    source=Source("mulayoff2020unique", "at minima; elementary in general"),
    claims=(
        Claim(
            "F2.form",
            "both terms add up to the second derivative of the loss",
            any_weights,
            sp.Eq(second - hessian_form.symbol, 0),
            formulas=(hessian_form,),
            bounds=_SMALL,
        ),
        Claim(
            "F2.product",
            "the Hessian-vector product is the differentiated gradient, on every coordinate",
            any_weights,
            sp.Eq(gap, 0),
            bounds=_SMALL,
        ),
    ),
    controls=(
        Control(
            Claim(
                "F2.control.two_for_four",
                "2 for 4 in the residual term (off minimizers, L >= 2)",
                any_weights,
                sp.Eq(second - 2 * gram_symbol - 2 * residual_symbol, 0),
                bounds=Bounds(depth=(2, 3), width=(1, 2)),
            )
        ),
        Control(
            Claim(
                "F2.control.gram_term_alone",
                "the Gram term alone, off minimizers",
                any_weights,
                sp.Eq(second - 2 * gram_symbol, 0),
                bounds=Bounds(depth=(2, 3), width=(1, 2)),
            )
        ),
    ),
    witnesses=(
        Witness(
            "F2.witness.two_outputs",
            "F2.form",
            "not a minimizer, correlated data",
            lambda: Instance.exact(
                [[[1, 2], [0, 1]], [[1, 1], [1, 0]]], [[2, 1], [1, 1]], [[1, 0], [0, 1]]
            ),
        ),
    ),
    formulas=(hessian_form,),
    derivations={"F2.form": derive},
    module=__name__,
    tags=("hessian", "loss"),
)
