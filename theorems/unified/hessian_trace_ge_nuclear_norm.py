r"""The least trace of the Hessian of a minimizer is governed by a nuclear norm.

Statement
    Let $Σ ⪰ 0$, $TΣ ≠ 0$ and $K = Σ^{1/2}$.  At every minimizer

        tr H ≥ 2L (d_y tr Σ)^{1/L} |TK|_*^{2-2/L},                         [lower]
        $|A_k|_F² |B_{k+1}K|_F² ≥ |TK|_*²$ for $k < L$.                    [pairs]

    Where the hidden widths are at least $rank(TΣ)$, the factors $W_1 = β s^{1/2}VᵀK⁺$, identities
    and $W_L = γ U s^{1/2}$ of $TK = U s Vᵀ$ attain the first bound up to $10^{-7}$ with rational
    $β$ and $γ$, for invertible $Σ$ and for singular $Σ$.   [attained, attained_singular]
    It is attained exactly by multiples of rotations on isotropic data, where
    $tr H = 2L(d_y tr Σ)^{1/L}|TK|_*^{2-2/L}$.   [exact]

Notation
    $H$ is the Hessian of $R$ in all layers, $tr H$ its trace (``hessian_trace``); $|TK|_*$ is the
    sum of the singular values of $TK$ (``target_nuclear``), $tr Σ$ is ``data_trace``, $L$ is
    ``depth``, and $d_y$ is the number of outputs.  $A_k = W_L ⋯ W_{k+1}$ and
    $B_k = W_{k-1} ⋯ W_1$ are what stands after and before layer $k$, $P = W_L ⋯ W_1$.  $K⁺$ is the
    pseudoinverse, and $U s Vᵀ$ has the positive singular values only.

Assumptions
    minimizer  $PΣ = TΣ$: used in $A_k B_{k+1} K = TK$.  Without it, zero weights have trace 0.
    widths     used only for attainment; the lower bound needs none.

Proof
    Write $a_k = |A_k|_F²$ and $b_k = |B_kK|_F²$.  The trace formula F3p.trace says

        tr H = 2 Σ_k a_k b_k.                                              [form]

    Nothing stands after the last layer or before the first: $A_L = I$ and $B_1 = I$, so that

        b_1 a_L = |K|_F² |I|_F² = d_y tr Σ.                                [start]

    Neighbours make the whole map, $A_k B_{k+1} = P$, and $PK = TK$ at a minimizer.  Hölder's
    inequality for Schatten norms, $|X|_F |Y|_F ≥ |XY|_*$, gives for $k < L$

        a_k b_{k+1} = |A_k|_F² |B_{k+1}K|_F² ≥ |A_kB_{k+1}K|_*² = |TK|_*².          [pairs]

    The lower bound is the inequality of arithmetic and geometric means for the $L$ terms, whose
    product is regrouped: $b_1$ and $a_L$ apart, each other $a_k$ with the $b_{k+1}$ after it.

        Σ_k a_k b_k ≥ L (Π_k a_k b_k)^{1/L} = L (b_1 a_L Π_{k<L} a_k b_{k+1})^{1/L}
        Σ_k a_k b_k ≥ L (d_y tr Σ)^{1/L} |TK|_*^{2-2/L}                    [lower]

    Attained: let $TK = U s Vᵀ$ and $n = Σ_i s_i = |TK|_*$, and take $W_1 = β s^{1/2}VᵀK⁺$,
    $W_L = γ U s^{1/2}$ and identities between, with $β² = tr Σ/n$ and $γ² = d_y/n$.  The first term
    is $γ²n tr Σ$, each middle one $γ²n β²n$ and the last $d_y β²n$: all $L$ terms are $d_y tr Σ$.
    The product of these layers is $βγT$ on the range of $Σ$, and $βγn = (d_y tr Σ)^{1/2}$, so that
    both sides of the bound for that target are $2L d_y tr Σ$.  One more factor, common to all
    layers, makes it $T$ and multiplies both sides alike.   [attained]

Sharpness
    Attained for every $Σ$, $T$ and $L$ (on paper exactly, with the roots $β$ and $γ$).  The
    Frobenius or spectral norm in place of the nuclear one gives a bound that is not attained;
    flattest and balanced minimizers do not have least trace (controls).

Implementation notes
    $Σ = F Fᵀ$ with $F$ any matrix of full column rank: $|TF|_* = |TK|_*$, and no root of $Σ$ is
    needed.

References
----------
    wind2022deep (the formula and this proof, with a covariance of the outputs too, both invertible
    and all widths at least min(d_x, d_y)); ding2022flat (depth 2); gatmiry2023inductive (general
    measurements with a restricted isometry, approximately); horn1950singular (Hölder's inequality
    for singular values).  Singular data and fewer neurons are certimin2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer
from theorems.directions import k
from theorems.foundations import hessian_trace_eq_layer_norms as F3p
from theorems.inequalities import path_bound
from theorems.instances import Instance
from theorems.lemmas import HORN
from theorems.quantities import (
    d_y,
    data_trace,
    depth,
    hessian_trace,
    loss_at_zero,
    symbols,
    target_on_data,
)
from theorems.settings import (
    attaining_minimizers,
    balanced_minimizers,
    isotropic_balanced,
    minimizers,
    trace_attaining,
    trace_attaining_on_singular_data,
)
from verify.derivation import rules
from verify.expression import Least
from verify.theorem import (
    Bounds,
    Claim,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    expanded,
    family,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "trace_bound"]

# --- closed form --------------------------------------------------------------------------------


@quantity("target_nuclear", r"|TK|_*")
def target_nuclear(instance: Instance) -> Any:
    """Nuclear norm |TK|_* of the target on data, the sum of its singular values, K = Σ^{1/2}."""
    square = instance.cross @ instance.target.mT
    return instance.arithmetic.power_sum(square, Fraction(1, 2))


trace_hessian, L, outputs, spread, nuclear, spectral, frobenius_sq = symbols(
    hessian_trace, depth, d_y, data_trace, target_nuclear, target_on_data, loss_at_zero
)


def _bound(norm: Any) -> Any:
    return 2 * L * (outputs * spread) ** (1 / L) * norm ** (2 - 2 / L)


trace_bound = Formula(
    "trace_bound", r"2L(d_y\operatorname{tr}\Sigma)^{1/L}|TK|_*^{2-2/L}", _bound(nuclear)
)

# --- the norms before and after each layer -------------------------------------------------------


@family("suffix_norm", "a")
def suffix_norm(instance: Instance) -> list[Any]:
    """a_k = |A_k|_F², k = 1..L."""
    return [instance.arithmetic.frobenius_sq(A) for A in instance.net.suffixes]


@family("prefix_norm", "b")
def prefix_norm(instance: Instance) -> list[Any]:
    """b_k = |B_k K|_F², k = 1..L."""
    ar = instance.arithmetic
    return [ar.trace(B @ instance.sigma @ B.mT) for B in instance.net.prefixes]


norm_total = expanded(
    "norm_total", r"\textstyle\sum_k|A_k|_F^2|B_kK|_F^2", "Σ_k |A_k|_F² |B_kK|_F².",
    sp.Sum(suffix_norm(k) * prefix_norm(k), (k, 1, L)),
)  # fmt: skip
norm_ends = expanded(
    "norm_ends", r"|B_1K|_F^2|A_L|_F^2", "|B_1K|_F² |A_L|_F² = d_y tr Σ.",
    prefix_norm(1) * suffix_norm(L),
)  # fmt: skip
norm_pair = expanded(
    "norm_pair", r"\min_{k<L}|A_k|_F^2|B_{k+1}K|_F^2",
    "The least |A_k|_F² |B_{k+1}K|_F² over neighbours, k < L; undefined at depth 1.",
    Least(suffix_norm(k) * prefix_norm(k + 1), k, 1, L - 1),
)  # fmt: skip
total, ends, least = symbols(norm_total, norm_ends, norm_pair)

# --- claims and proofs --------------------------------------------------------------------------

_CLOSE = sp.Rational(10**7 + 1, 10**7)
_SMALL = Bounds((2, 4), (1, 2))
_SIZES = ((2, 2, 2, 2, 2), (3, 2, 1, 2, 1, 1))

form = stated(
    "form", "the trace is twice the sum over layers",
    minimizers, sp.Eq(trace_hessian, 2 * total), given=(F3p.trace,), bounds=_SMALL, sizes=_SIZES,
    check=True,
)  # fmt: skip
start = stated(
    "start", "the ends of the path are those of the data and the outputs",
    minimizers, sp.Eq(ends, outputs * spread), bounds=_SMALL, sizes=_SIZES, check=True,
)  # fmt: skip
pairs = stated(
    "pairs", "neighbours carry at least the target",
    minimizers, least >= nuclear**2, minimizer, cites=(HORN,), bounds=_SMALL,
    sizes=((2, 2, 2, 1, 1), (2, 1, 1, 2, 1), (3, 1, 1, 1, 1)),
)  # fmt: skip
pairs_attained = stated(
    "pairs_attained", "no more than the target where they are multiples of rotations",
    isotropic_balanced, sp.Eq(least, nuclear**2), minimizer, bounds=_SMALL, check=True,
)  # fmt: skip


@claim(
    minimizers, trace_hessian >= trace_bound, minimizer, given=(form, start, pairs), bounds=_SMALL
)
def lower(form: Claim, start: Claim, pairs: Claim, trace_bound: Any) -> Iterator[Step]:
    """No minimizer has less trace."""
    bound = path_bound(
        suffix_norm, prefix_norm, energy=norm_total, ends=norm_ends, least=norm_pair,
        pairs=rules.given(pairs),
    )  # fmt: skip
    from_start = rules.substituted(bound, rules.given(start))
    chain = rules.transitive(rules.given(form), rules.scaled(from_start, 2))
    yield rules.rewritten(chain, trace_hessian, trace_bound)


@claim(
    trace_attaining,
    trace_hessian <= _CLOSE * trace_bound,
    minimizer,
    given=(F3p.trace,),
    bounds=_SMALL,
)
def attained(trace_bound: Any) -> Iterator[Step]:
    """Attained up to $10^{-7}$ by rational factors beside the optimal ones.

    The terms |A_k|_F² |B_kK|_F² of the optimal factors, n = |Us^{1/2}|_F² = |s^{1/2}Vᵀ|_F².
    """
    n = sp.Symbol("n", positive=True)  # Σ_i s_i
    beta, gamma = sp.sqrt(spread / n), sp.sqrt(outputs / n)
    terms = {
        "first": gamma**2 * n * spread,
        "middle": (gamma**2 * n) * (beta**2 * n),
        "last": outputs * beta**2 * n,
    }
    for name, term in terms.items():
        yield Identity(f"{name} term", term, outputs * spread, why="all $L$ terms are $d_y tr Σ$")
    least = trace_bound.subs(nuclear, beta * gamma * n)
    yield Identity("sum of L equal terms", 2 * L * outputs * spread, least, why="$|TK|_* = βγn$")


attained_singular = stated(
    "attained_singular", "the same where the data are singular",
    trace_attaining_on_singular_data, trace_hessian <= _CLOSE * trace_bound, minimizer,
    bounds=_SMALL,
)  # fmt: skip
exact = stated(
    "exact", "equality for multiples of rotations on isotropic data",
    isotropic_balanced, sp.Eq(trace_hessian, trace_bound), minimizer, bounds=_SMALL,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("frobenius", "the Frobenius norm for the nuclear norm",
         trace_attaining, trace_hessian <= _CLOSE * _bound(sp.sqrt(frobenius_sq)),
         minimizer, bounds=_SMALL),
    twin("spectral", "the spectral norm for the nuclear norm",
         trace_attaining, trace_hessian <= _CLOSE * _bound(spectral), minimizer, bounds=_SMALL),
    twin("exponents_swapped",
         "$(d_y tr Σ)^{1-1/L}|TK|_*^{2/L}$ for $(d_y tr Σ)^{1/L}|TK|_*^{2-2/L}$",
         minimizers,
         trace_hessian >= 2 * L * (outputs * spread) ** (1 - 1 / L) * nuclear ** (2 / L),
         minimizer, bounds=_SMALL),
    twin("flattest", "minimizers of least sharpness have least trace",
         attaining_minimizers, trace_hessian <= _CLOSE * trace_bound, minimizer, bounds=_SMALL),
    twin("balanced", "balanced minimizers have least trace",
         balanced_minimizers, trace_hessian <= _CLOSE * trace_bound, minimizer, bounds=_SMALL),
)  # fmt: skip

THEOREM = Theorem(
    id="U5",
    title="The least trace of the Hessian of a minimizer is governed by a nuclear norm",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$, $|X|_*$ the nuclear norm",
    source=Source("wind2022deep", "least trace, invertible data; singular data and widths ours"),
    claims=(form, start, pairs, pairs_attained, lower, attained, attained_singular, exact),
    controls=_twins,
    witnesses=(
        witness("two_outputs", lower, "two outputs, correlated data",
                lambda: Instance.of_minimizer(
                    [[[1, 2], [0, 1]], [[1, 1], [1, 0]]], [[2, 1], [1, 1]])),
        witness("identity", exact, "identity layers, $Σ = I$, $d = 2$, depth 2: $tr H = 16$",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]])),
    ),
    necessity=(
        needed(minimizer, lower, "zero weights, target 1, depth 2: $tr H = 0 < 4$",
               lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]])),
    ),
    module=__name__,
)  # fmt: skip
