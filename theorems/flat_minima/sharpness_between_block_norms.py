r"""The sharpness of a minimizer lies between the largest block norm and the sum of all of them.

Statement
    Let $e_k = |A_k|_2² |B_kK|_2²$, $K = Σ^{1/2}$.  At every minimizer

        2 max_k e_k ≤ S ≤ 2 Σ_k e_k ≤ 2L max_k e_k.               [below, above, within]

    The upper bound is an equality with one input and one output, $S = 2 Σ_k e_k$.   [scalar]

    Let $Σ = I$ and $σ = |T|_2$.  If $max_k e_k = σ^{2-2/L}$, the least value that it can have, all
    $e_k$ agree and $W$ is flattest, $S = 2Lσ^{2-2/L}$.   [even]
    With one input and one output this is necessary too, for there, even or not, if $L ≥ 2$,

        max_k e_k · (S/2 - max_k e_k)^{L-1} ≥ (L-1)^{L-1} σ^{2L-2}.                 [uneven]

    Depth 2.  At every minimizer, for any $Σ$,

        S = 2 λ_max(K(|W_2|_2² I + W_1ᵀW_1)K),                                          [two]

    and on whitened data

        S = 2(|W_1|_2² + |W_2|_2²) ≥ 4σ + 2(|W_1|_2 - |W_2|_2)²,               [norms, two_price]

    so that it is flattest if and only if $|W_1|_2 = |W_2|_2 = σ^{1/2}$.
    [norms, two_price]

Notation
    $S$ is ``sharpness``; $A_k = W_L ⋯ W_{k+1}$ and $B_k = W_{k-1} ⋯ W_1$ stand after and before
    layer $k$; $2 max_k e_k$ is ``block_sharpness``, $Σ_k e_k$ is ``block_sum``;
    $λ_max(K(|W_2|_2²I + W_1ᵀW_1)K)$ is ``two_layer_top``.

Assumptions
    minimizer  $PΣ = TΣ$: the Hessian is a Gram form (F3).  Without it weights 0 and target 1 have
               $S = 2$ and $e_k = 0$.
    whitened   $Σ = I$, where $σ$ occurs.
    even       $max_k e_k = σ^{2-2/L}$.

Proof
    From below.  A diagonal block of the Hessian is no sharper than the whole (U4.blocks).

    From above.  Half the sharpness is the largest value over matrices $Z$, $|Z|_F = 1$, of
    $Σ_k |A_kᵀZ(B_kK)ᵀ|_F²$, by F3.  Each of these terms is at most
    $|A_k|_2² |B_kK|_2² = e_k$.   [terms]
    So $S ≤ 2 Σ_k e_k$, and a sum of $L$ terms is at most $L$ times the largest one.
    With one input and one output $Z$ is a number and every term is $e_k$.   [scalar]

    Even blocks.  Then $S ≤ 2L max_k e_k = 2Lσ^{2-2/L}$, which is the least sharpness (M1.lower).

    Uneven blocks.  With $m = max_k e_k$, the inequality of means for the $L-1$ other terms, whose
    sum is $S/2 - m$, and neighbours $|A_k|²|B_{k+1}|² ≥ σ²$ (U4.pairs) give

        m ((S/2 - m)/(L-1))^{L-1} ≥ Π_k e_k = Π_{k<L} |A_k|²|B_{k+1}|² ≥ σ^{2L-2}.

    Where $S/2 = Lσ^{2-2/L}$, the left side is largest at $m = σ^{2-2/L}$ and equal to the right one
    there, so that $m$ is that number.

    Depth 2.  $Z ↦ |W_2ᵀZK|_F² + |ZKW_1ᵀ|_F²$ is at most $|W_2|_2² |ZK|_F² + |ZKW_1ᵀ|_F²$, a sum
    over the rows of $Z$, hence at most $λ_max(K(|W_2|_2²I + W_1ᵀW_1)K)$.   [two_above]
    It has this value at $Z = uzᵀ$ where $u$ is a top left singular vector of $W_2$ and $z$ a top
    eigenvector of that matrix: the supremum of the path energies of F6.direction.
    With $Σ = I$ the two squares are

        2(|W_1|_2² + |W_2|_2²) = 4|W_1|_2|W_2|_2 + 2(|W_1|_2 - |W_2|_2)²,
        |W_1|_2|W_2|_2 ≥ |W_2W_1|_2 = σ.                                        [product]

Sharpness
    Both inequalities from above are attained.  Frobenius norms that agree do not suffice, nor do
    spectral norms of the layers: $W_1 = diag(1, 3)$, $W_2 = diag(3, 1)$ has $S = 36$, the least is
    12.  For $L ≥ 3$ even blocks are not necessary: $diag(1, 6/5)$ and two layers $diag(1, 1/2)$
    have the least $S = 6$ and $e_2 = 36/25$, and N1.uneven fails there.  A condition that is both
    is that of N27.

References
----------
    nar2018step (the lower bound); kamber2025sharpness (abstract only: even products of spectral
    norms suffice, and are necessary at depth 2 and for scalar factorisation; re-derived here)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer, whitened
from theorems.directions import path_energy
from theorems.flat_minima import sharpness_ge_of_minimizer as M1
from theorems.flat_minima.paths import flattest
from theorems.flat_minima.sharpness_ge_of_minimizer import whitened_bound
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.foundations import sharpness_ge_along_paths as F6
from theorems.instances import Instance
from theorems.quantities import (
    block_sharpness,
    depth,
    sharpness,
    symbols,
    target_norm,
)
from theorems.recipes import Draw, diagonal, setting
from theorems.settings import (
    all_flattest_minimizers,
    minimizers,
    whitened_minimizers,
)
from theorems.unified import sharpness_ge_layer_blocks as U4
from theorems.unified.sharpness_ge_layer_blocks import block_mean, block_total
from theorems.unified.sharpness_log_convex_in_hidden_bases import gram_quotient, steered_minimizers
from verify.derivation import rules
from verify.errors import Undefined
from verify.theorem import (
    Assumption,
    Bounds,
    Claim,
    Formula,
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

__all__ = ["THEOREM", "first_norm", "last_norm", "norms", "two", "two_layer_top"]


@quantity(
    "two_layer_top",
    r"\lambda_{\max}(K(|W_2|_2^2I+W_1^TW_1)K)",
    supremum=(path_energy.symbol, (path_energy.name,)),
)
def two_layer_top(instance: Instance) -> Any:
    """λ_max(K(|W_2|²I + W_1ᵀW_1)K), the largest path energy of two layers; undefined for others."""
    ar = instance.arithmetic
    if instance.net.depth != 2:
        raise Undefined("two layers are expected")
    W_1, W_2 = instance.weights
    gain, gram = ar.eig_max(W_2 @ W_2.mT), W_1.mT @ W_1
    return ar.eig_max(ar.scale(gain, ar.identity(gram.shape[-1])) + gram, instance.sigma)


@quantity("block_sum", r"\textstyle\sum_k|A_k|_2^2|B_kK|_2^2")
def block_sum(instance: Instance) -> Any:
    """Σ_k e_k = Σ_k |A_k|² λ_max(B_kΣB_kᵀ), eigenvalues of the smaller products."""
    ar, net = instance.arithmetic, instance.net
    terms = []
    for A, B in zip(net.suffixes, net.prefixes, strict=True):
        tall = B.shape[-2] > B.shape[-1]
        after = ar.eig_max(A @ A.mT if A.shape[-2] <= A.shape[-1] else A.mT @ A)
        before = (
            ar.eig_max(B.mT @ B, instance.sigma) if tall else ar.eig_max(B @ instance.sigma @ B.mT)
        )
        terms.append(after * before)
    return sum(terms[1:], start=terms[0])


@quantity("first_norm", "|W_1|_2")
def first_norm(instance: Instance) -> Any:
    """Spectral norm of the first layer."""
    return instance.arithmetic.singular_max(instance.weights[0])


@quantity("last_norm", "|W_L|_2")
def last_norm(instance: Instance) -> Any:
    """Spectral norm of the last layer."""
    return instance.arithmetic.singular_max(instance.weights[-1])


@setting(
    "scalar-minimizers",
    "one input and one output, Σ = 1, any hidden widths and weights, target T = P",
)
def scalar_minimizers(draw: Draw) -> Instance:
    """Factorisations of a number into layers of any hidden widths."""
    count = draw.depth() - 1
    return draw.instance(draw.layers([1, *draw.widths(count), 1]))


@setting(
    "two-layers-by-gains",
    "W_1 arbitrary, W_2 = Q_2 diag(c) Q_1ᵀ with known gains c, any Σ, target T = P",
)
def two_layers_by_gains(draw: Draw) -> Instance:
    """Two layers; the norm of the last one is rational."""
    layers = _two_layers(draw)
    return draw.instance(layers, draw.covariance(layers[0].shape[-1]))


@setting("whitened-two-layers-by-gains", "the same layers, Σ = I, target T = P")
def whitened_two_layers_by_gains(draw: Draw) -> Instance:
    """Two layers on whitened data."""
    return draw.instance(_two_layers(draw))


def _two_layers(draw: Draw) -> list[Any]:
    ar, (inputs, hidden, outputs) = draw.arithmetic, draw.widths(3)
    core = diagonal(ar, draw.numbers(min(hidden, outputs), 0, 2), outputs, hidden)
    turns = draw.rotations([hidden, outputs])
    return [draw.matrix(hidden, inputs), turns[1] @ core @ turns[0].mT]


S, L, sigma, block, total, listed, top, q = symbols(
    sharpness, depth, target_norm, block_sharpness, block_sum, block_total, two_layer_top,
    gram_quotient,
)  # fmt: skip
first, last = symbols(first_norm, last_norm)
norm_sum = Formula("norm_sum", r"2(|W_1|_2^2+|W_2|_2^2)", 2 * (first**2 + last**2))
even_blocks = Assumption(
    "even", sp.Eq(block, whitened_bound.expression / L), r"\max_k e_k = \sigma^{2-2/L}"
)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 3), (1, 2))
_DEEP = Bounds((2, 4), (1, 3))
_TWO = Bounds((2, 2), (1, 2))


@claim(minimizers, S >= block, minimizer, given=(U4.blocks,), bounds=_SMALL, formal=True)
def below(blocks: Claim) -> Iterator[Step]:
    """No block is sharper than the whole."""
    yield rules.given(blocks)


terms = stated(
    "terms", "in every direction each term is at most the norms around its layer",
    steered_minimizers, q <= 2 * total, minimizer, bounds=_SMALL, check=True, formal=True,
)  # fmt: skip


@claim(
    minimizers, S <= 2 * total, minimizer, given=(F3.spectrum, terms), bounds=_SMALL, formal=True
)
def above(terms: Claim) -> Iterator[Step]:
    """The sharpness is at most the sum over all layers."""
    yield rules.turned(rules.at_the_supremum(rules.given(terms), sharpness, lambda value: value))


same = stated(
    "same", "the sum over all layers, term by term",
    minimizers, sp.Eq(total, listed), bounds=_SMALL,
    sizes=((2, 1, 1, 1, 1), (2, 2, 1, 1), (3, 1, 1, 1, 1, 1)), check=True, formal=True,
)  # fmt: skip


@claim(minimizers, S <= L * block, minimizer, given=(above, same), bounds=_SMALL, formal=True)
def within(above: Claim, same: Claim) -> Iterator[Step]:
    """At most the depth times the largest block."""
    largest = rules.transitive(
        rules.largest(block_sharpness, block_mean), rules.definition(block_mean)
    )
    whole = rules.transitive(rules.scaled(largest, L), rules.scaled(rules.given(same), 2))
    yield rules.turned(rules.transitive(whole, rules.given(above)))


scalar = stated(
    "scalar", "one input and one output: the sum over all layers",
    scalar_minimizers, sp.Eq(S, 2 * total), minimizer, bounds=_DEEP,
    sizes=((2, 1), (2, 2), (2, 3), (3, 1, 2), (3, 2, 1), (4, 1, 2, 1)), formal=True,
)  # fmt: skip


@claim(
    whitened_minimizers, sp.Eq(S, whitened_bound), minimizer, whitened, even_blocks,
    given=(within, M1.lower), bounds=_DEEP, formal=True,
)  # fmt: skip
def even(within: Claim, lower: Claim, whitened_bound: Any) -> Iterator[Step]:
    """Even blocks make a minimizer flattest."""
    known = rules.assumed(sp.Eq(block, whitened_bound / L))
    at_most = rules.substituted(rules.given(within), known)
    both = rules.squeezed(rules.given(lower), rules.turned(at_most))
    yield rules.rewritten(both, S, whitened_bound)


uneven = stated(
    "uneven", "one input and one output: uneven blocks cost sharpness",
    scalar_minimizers,
    block / 2 * ((S - block) / 2) ** (L - 1) >= (L - 1) ** (L - 1) * sigma ** (2 * L - 2),
    minimizer, bounds=_DEEP, formal=True,
)  # fmt: skip

# --- depth 2 --------------------------------------------------------------------------------------

two_above = stated(
    "two_above", "two layers: no direction has a larger value",
    steered_minimizers, q <= 2 * top, minimizer, bounds=_TWO, check=True, formal=True,
)  # fmt: skip


@claim(
    two_layers_by_gains, sp.Eq(S, 2 * top), minimizer, given=(F6.direction, two_above),
    bounds=_TWO, formal=True,
)  # fmt: skip
def two(direction: Claim, two_above: Claim) -> Iterator[Step]:
    """Two layers: the sharpness in closed form, for any data."""
    attained = rules.at_the_supremum(rules.given(direction), two_layer_top, lambda value: 2 * value)
    at_most = rules.at_the_supremum(rules.given(two_above), sharpness, lambda value: value)
    yield rules.squeezed(attained, at_most)


on_white_data = stated(
    "on_white_data", "two layers on whitened data: the two squared norms",
    whitened_two_layers_by_gains, sp.Eq(top, first**2 + last**2), whitened, bounds=_TWO,
    sizes=((1, 1, 1), (1, 2, 1), (1, 1, 2)), check=True, formal=True,
)  # fmt: skip


@claim(
    whitened_two_layers_by_gains, sp.Eq(S, norm_sum), minimizer, whitened,
    given=(two, on_white_data), bounds=_TWO, formal=True,
)  # fmt: skip
def norms(two: Claim, on_white_data: Claim, norm_sum: Any) -> Iterator[Step]:
    """Two layers on whitened data: twice the sum of the squared norms."""
    found = rules.substituted(rules.given(two), rules.given(on_white_data))
    yield rules.rewritten(found, S, norm_sum)


product = stated(
    "product", "the norm of a product of two layers",
    whitened_minimizers, first * last >= sigma, minimizer, bounds=_TWO, check=True, formal=True,
)  # fmt: skip


@claim(
    whitened_two_layers_by_gains, S >= 4 * sigma + 2 * (first - last) ** 2, minimizer, whitened,
    given=(norms, product), bounds=_TWO, formal=True,
)  # fmt: skip
def two_price(norms: Claim, product: Claim) -> Iterator[Step]:
    """Two layers on whitened data: what unequal norms cost."""
    mean = rules.added(rules.scaled(rules.given(product), 4), 2 * (first - last) ** 2)
    yield rules.transitive(rules.given(norms), mean)


# --- false twins --------------------------------------------------------------------------------


def _crossed() -> Instance:
    """diag(1, 3), diag(3, 1): S = 36, the least is 12."""
    return Instance.of_minimizer([[[1, 0], [0, 3]], [[3, 0], [0, 1]]], [[1, 0], [0, 1]])


def _uneven_but_flattest() -> Instance:
    """diag(1, 6/5), diag(1, 1/2), diag(1, 1/2): S = 6 is least."""
    half = [[1, 0], [0, Fraction(1, 2)]]
    return Instance.of_minimizer([[[1, 0], [0, Fraction(6, 5)]], half, half], [[1, 0], [0, 1]])


def _loose() -> Instance:
    """Even blocks, though the norm of the middle layer is 3/2: all e_k = 1, S = 6."""
    half = [[1, 0], [0, Fraction(1, 2)]]
    return Instance.of_minimizer([half, [[1, 0], [0, Fraction(3, 2)]], half], [[1, 0], [0, 1]])


_equal = Assumption("equal_norms", sp.Eq(first, last))
_twins = (
    twin("equal_norms", "layers of equal spectral norms are flattest",
         whitened_minimizers, S <= 2 * L * sigma ** (2 - 2 / L), minimizer, whitened, _equal,
         bounds=_TWO, known=lambda: [_crossed()]),
    twin("necessary", "even blocks are necessary at any depth",
         all_flattest_minimizers, block <= 2 * sigma ** (2 - 2 / L), minimizer, whitened, flattest,
         bounds=_SMALL, known=lambda: [_uneven_but_flattest()]),
    twin("largest_alone", "the sharpness is that of the largest block",
         minimizers, S <= block, minimizer, bounds=_SMALL),
    twin("sum_everywhere", "the sum over all layers, with more inputs and outputs than one",
         minimizers, S >= 2 * total, minimizer, bounds=_SMALL,
         known=lambda: [_uneven_but_flattest()]),
    twin("depth_less_one", "$L-1$ for $L$",
         minimizers, S <= (L - 1) * block, minimizer, bounds=_SMALL),
)  # fmt: skip

THEOREM = Theorem(
    id="N1",
    title="On whitened data even spectral norms around the layers make a minimizer flattest",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $|X|_2$ spectral, $K = Σ^{1/2}$",
    source=Source("kamber2025sharpness", "flatness by spectral norms; re-derived, abstract only"),
    claims=(
        below, terms, above, same, within, scalar, even, uneven,
        two_above, two, on_white_data, norms, product, two_price,
    ),
    controls=_twins,
    witnesses=(
        witness("crossed", norms, "$diag(1, 3)$, $diag(3, 1)$: $S = 36$", _crossed),
        witness("chain", scalar, "weights 2, 1/2, 1: $S = 21/2$",
                lambda: Instance.of_minimizer([[[2]], [[Fraction(1, 2)]], [[1]]], [[1]])),
        witness("correlated", two, "two layers, correlated data",
                lambda: Instance.of_minimizer(
                    [[[1, 2], [0, 1]], [[1, 1], [1, -1]]], [[2, 1], [1, 1]])),
        witness("balanced", even, "identity layers, depth 3: $S = 6$",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 3, [[1, 0], [0, 1]])),
        witness("loose", even, "$diag(1, 1/2)$, $diag(1, 3/2)$, $diag(1, 1/2)$: $S = 6$", _loose),
    ),
    necessity=(
        needed(minimizer, above, "weights 0, target 1, depth 2: $S = 2 > 0$",
               lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]])),
        needed(even_blocks, even, "$diag(1, 3)$, $diag(3, 1)$: $S = 36 > 12$", _crossed),
    ),
    module=__name__,
)  # fmt: skip
