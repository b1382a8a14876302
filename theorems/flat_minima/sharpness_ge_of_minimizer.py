r"""On whitened data the sharpness of a minimizer is bounded below, and the bound is attained.

Statement
    Let $Σ = I$, $T ≠ 0$ and $σ = |T|_2$.

    Every $W$ with $W_L ... W_1 = T$ has

        S(W) ≥ 2Lσ^{2-2/L}.                                                  [lower]

    Equality holds at $W_k = Q_k diag(g, N_k) Q_{k-1}ᵀ$, $Q_k$ orthogonal, $|N_k| ≤ g$.   [attained]

Notation
    $S$ (``sharpness``), the largest eigenvalue of the Hessian of $R = E|y - Px|²$; $L$ (``depth``);
    $σ$ (``target_norm``); $u$, $v$ a top singular pair, $Tv = σu$; $A_k = W_L ... W_{k+1}$ and
    $B_k = W_{k-1} ... W_1$ the suffixes and prefixes of layer $k$.

Assumptions
    minimizer  $W_L ... W_1 = T$: gives $u·A_kB_{k+1}v = σ$.  Without it, zero weights have $S = 2$.
    whitened   $Σ = I$.  Without it, $Σ = 1/4$ with unit weights has $S = 1 < 4$.

Proof
    Lower bound.  It is F6.path in the directions $u$ and $v$.  At a minimizer the Hessian is a Gram
    form (F3); put $Z = uvᵀ$ in it:

        S = 2 max_{|Z|_F=1} Σ_k |A_kᵀZB_kᵀ|_F² ≥ 2 Σ_k a_k²b_k²,
        a_k = |A_kᵀu|, \quad b_k = |B_kv|,

    where $a_L = b_1 = 1$ (F6.start).  By Cauchy-Schwarz $a_kb_{k+1} ≥ uᵀA_kB_{k+1}v = σ$ for
    $k < L$, and by the inequality of arithmetic and geometric means

        Σ_k a_k²b_k² ≥ L (Π_k a_kb_k)^{2/L}
        = L (Π_{k<L} a_kb_{k+1})^{2/L} ≥ Lσ^{2-2/L}.

    Equality.  At those layers $|W_k| = g$ and $σ = g^L$.  So $|A_kᵀZB_kᵀ|_F ≤ |A_k| |B_k| |Z|_F$ is
    at most $g^{L-1}|Z|_F$, and $S ≤ 2Lg^{2L-2} = 2Lσ^{2-2/L}$.

    Every $T$ of rank at most the hidden widths has such layers: with its singular values $s_i$ and
    its singular vectors for $Q_L$ and $Q_0$ take the balanced factors with $s_i^{1/L}$ on the
    diagonal.  Their dual Gram matrix has the eigenvalues $Σ_k s_i^{2(L-k)/L} s_j^{2(k-1)/L}$,
    largest at $s_i = s_j = σ$, where it is $Lσ^{2-2/L}$.

Sharpness
    $σ = g^L$ may be any number, so no constant or exponent improves.

Implementation notes
    $σ = g^L$ with rational $g$ keeps both sides rational where equality is claimed.

References
----------
    mulayoff2020unique (reconstructed except for the abstract's claims); nar2018step has the lower
    bound by a direction of rank one, and is earlier; kamber2025sharpness the sharpness of every
    minimizer
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer, whitened
from theorems.flat_minima.residual_networks import residual_flows, sharpness_of_limit
from theorems.foundations import sharpness_ge_along_paths as F6
from theorems.instances import Instance
from theorems.quantities import (
    depth,
    jet_sharpness,
    sharpness,
    symbols,
    target_norm,
    target_on_data,
)
from theorems.settings import flattest_minimizers, minimizers, weights, whitened_minimizers
from theorems.squares import layers, pair, path
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Claim,
    Condition,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    TrainedSolution,
    Training,
    claim,
    needed,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "balanced_factors", "whitened_bound"]

S, L, sigma, S_jet, on_data = symbols(sharpness, depth, target_norm, jet_sharpness, target_on_data)
whitened_bound = Formula("whitened_bound", r"2L\sigma^{2-2/L}", 2 * L * sigma ** (2 - 2 / L))
_DEEP = Bounds((2, 5), (1, 3))

# --- claims and proofs --------------------------------------------------------------------------


norm = stated(
    "norm", "on whitened data the target has the norm that it has on the data",
    whitened_minimizers, sp.Eq(on_data, sigma), whitened, bounds=_DEEP,
    sizes=((2, 2, 2, 2), (2, 2, 1, 1), (3, 1, 1, 1, 1), (3, 2, 1, 2, 2)), check=True,
    formal=True,
)  # fmt: skip


@claim(
    whitened_minimizers,
    S >= whitened_bound,
    minimizer,
    whitened,
    given=(F6.path, F6.start, norm),
    bounds=_DEEP,
    formal=True,
)
def lower(path: Claim, start: Claim, norm: Claim) -> Iterator[Step]:
    """Every minimizer is at least this sharp."""
    from_one = rules.substituted(rules.given(path), rules.given(start))
    bound = rules.at_the_supremum(from_one, target_on_data, lambda s: 2 * L * s ** (2 - 2 / L))
    yield rules.substituted(bound, rules.given(norm))


@claim(
    flattest_minimizers, sp.Eq(S, whitened_bound), minimizer, whitened, bounds=_DEEP, formal=True
)  # fmt: skip
def attained(whitened_bound: Any) -> Iterator[Step]:
    """Equality at $W_k = Q_k diag(g, N_k) Q_{k-1}ᵀ$ with $|N_k| ≤ g$."""
    yield from balanced_factors(whitened_bound)


def balanced_factors(total: Any) -> Iterator[Step]:
    """Yield that balanced factors attain ``total``: L equal terms, each largest at the top."""
    k = sp.Symbol("k", integer=True, positive=True)
    term = sigma ** (2 * (L - k) / L) * sigma ** (2 * (k - 1) / L)
    yield Identity("balanced factors", 2 * sp.Sum(term, (k, 1, L)), total, why="$L$ equal terms")
    after, before = sp.symbols("m n", integer=True, nonnegative=True)  # L - k and k - 1
    for exponent, name in ((after, "s_i"), (before, "s_j")):
        share = 2 * exponent / (after + before + 1)
        yield Condition(f"no negative exponent of {name}", share, ">=", why="largest at the top")


whole = stated(
    "whole", "the same equality for the whole Hessian, differentiated from the loss",
    flattest_minimizers, sp.Eq(S_jet, whitened_bound), minimizer, whitened,
    bounds=Bounds((2, 5), (1, 2)), check=True, formal=True,
)  # fmt: skip


@claim(
    whitened_minimizers,
    S >= whitened_bound,
    minimizer,
    whitened,
    bounds=Bounds((2, 4), (1, 3)),
    check=True,
)
def squares(whitened_bound: Any) -> Iterator[Step]:
    """At small sizes the inequalities behind the bound are sums of squares."""
    for d in (2, 3):
        yield layers(d, whitened_bound.subs(L, 2))
        yield pair(d)
    for n in (3, 4):
        yield path(n, whitened_bound.subs(L, n))


# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("larger_exponent", "$2 - 1/L$ for $2 - 2/L$ (false once $σ > 1$)",
         whitened_minimizers, S >= 2 * L * sigma ** (2 - 1 / L), bounds=_DEEP),
    twin("factor_three", "$3L$ for $2L$",
         whitened_minimizers, S >= 3 * L * sigma ** (2 - 2 / L), bounds=_DEEP),
    twin("any_covariance", "$Σ = I$ dropped",
         minimizers, S >= 2 * L * sigma ** (2 - 2 / L), bounds=_DEEP),
    twin("any_weights", "the minimizer dropped",
         weights, S >= 2 * L * sigma ** (2 - 2 / L), bounds=_DEEP),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow of residual networks from zero, targets with positive definite symmetric part.

    Balanced throughout, so the limit is flattest: the sharpness reached is the bound.
    """
    for trained, _ in residual_flows(seed, runs, depths=4):
        yield trained.solution(sharpness_of_limit(trained))


THEOREM = Theorem(
    id="M1",
    title="On whitened data the sharpness of a minimizer has a least value, which is attained",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $|T|_2$ spectral",
    source=Source("mulayoff2020unique", "minimal sharpness of whitened data (reconstructed)"),
    claims=(norm, lower, attained, whole, squares),
    controls=_twins,
    witnesses=(
        witness("unbalanced", attained,
                "flattest but not balanced: $diag(1, 7/5), diag(1, 0), diag(1, 0)$ has $S = 6$",
                lambda: Instance.of_minimizer(
                    [[[1, 0], [0, Fraction(7, 5)]], *[[[1, 0], [0, 0]]] * 2], [[1, 0], [0, 1]])),
        witness("generic", lower, "a minimizer strictly above the bound",
                lambda: Instance.of_minimizer(
                    [[[1, 2], [0, 1]], [[1, 1], [0, 1]]], [[1, 0], [0, 1]])),
    ),
    necessity=(
        needed(minimizer, lower, "zero weights, target 1, depth 2: $S = 2 < 4$",
               lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]])),
        needed(whitened, lower, "unit weights, $Σ = 1/4$, depth 2: $S = 1 < 4$",
               lambda: Instance.of_minimizer([[[1]], [[1]]], [[Fraction(1, 4)]])),
    ),
    trainings=(
        Training("trained", "gradient flow from identity layers, corrected to an exact minimizer",
                 _train, (lower,)),
    ),
    module=__name__,
)  # fmt: skip
