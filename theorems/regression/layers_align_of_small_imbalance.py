r"""Small imbalance makes the layers of a one-output network nearly rank one and aligned.

Statement
    Let $d_y = 1$, $D_j = W_{j+1}ᵀW_{j+1} - W_jW_jᵀ$ and
    $ε_k = Σ_{j=k}^{L-1} (λ_max(D_j) - tr D_j)$.  At any weights, for every $k < L$,

        |W_k|_F² - |W_k|_2² ≤ ε_k,                                                 [rank]
        | |W_k|_2² - |W_{k+1}|_2² | ≤ |D_k|_2,                                     [norms]
        ⟨u_k, v_{k+1}⟩² |W_{k+1}|_2² ≥ |W_{k+1}|_2² - ε_{k+1} - 2|D_k|_2,          [alignment]

    $u_k$ any top left singular vector of $W_k$, $v_{k+1}$ any top right one of $W_{k+1}$; the last
    is an equality for some weights [attained].

    What it takes away is at most the one number of the paper,

        ε_{k+1} + 2|D_k|_2 ≤ 3 max_j |W_j|_F² + 2 Σ_j |D_j|_2.                     [initial]

    Gradient flow keeps every $D_j$ [F4.flow]: so after a small initialisation all this stays small.

Notation
    $k$ the position of a pair of neighbouring layers; $|W_k|_F²$ (``layer_fro_sq``), $|W_k|_2²$
    (``layer_top_sq``), $|W_{k+1}|_2²$ (``next_top_sq``), $|D_k|_2$ (``imbalance_top``), $ε_k$
    (``rank_defect``), $ε_{k+1}$ (``next_rank_defect``), the least $⟨u_k, v_{k+1}⟩²$
    (``alignment``).

Assumptions
    one_output  $d_y = 1$: the last layer is a row, of rank one.  Without it two identities have
                $D_1 = 0$ and $|W_1|_F² - |W_1|_2² = 1$.

Proof
    Rank.  Put $f_k = |W_k|_F² - |W_k|_2²$.  Then $|W_{k+1}|_F² = |W_k|_F² + tr D_k$, and by Weyl
    (C2.weyl)

        |W_{k+1}|_2² = λ_max(W_kW_kᵀ + D_k) ≤ |W_k|_2² + λ_max(D_k).

    So $f_k ≤ f_{k+1} + λ_max(D_k) - tr D_k$, and $f_L = 0$, since the last layer is a row: added up
    from $k$ on, this is the first line.

    Norms.  Weyl from both sides: $λ_max(W_kW_kᵀ + D_k)$ and $λ_max(W_kW_kᵀ)$ differ by at most
    $|D_k|_2$.

    Alignment.  For $u = u_k$, $v = v_{k+1}$ and the second singular value $s_2$ of $W_{k+1}$

        uᵀW_{k+1}ᵀW_{k+1}u = |W_k|_2² + uᵀD_ku ≥ |W_{k+1}|_2² - 2|D_k|_2,
        uᵀW_{k+1}ᵀW_{k+1}u ≤ ⟨u, v⟩² |W_{k+1}|_2² + (1 - ⟨u, v⟩²) s_2²,

    where $s_2² ≤ f_{k+1} ≤ ε_{k+1}$ by the first line for the next layer.  Together they are the
    third.  Weyl's inequality and these two estimates (C2.overlap) are claims of their own, decided
    on instances.

    The number of the paper.  The traces telescope, $-Σ_{j>k} tr D_j = |W_{k+1}|_F² - |W_L|_F²$, and
    $λ_max(D_j) ≤ |D_j|_2$, so that $ε_{k+1} ≤ max_j |W_j|_F² + Σ_{j>k} |D_j|_2$.

Sharpness
    The third bound is attained (C2.attained), once through $ε_{k+1}$ and once through $2|D_k|_2$.
    Without the factor 2, $diag(7/10, 18/25)$ followed by $[1, 0]$ refutes it: the overlap is 0 and
    $1 - 324/625 > 0$.

Implementation notes
    Where a top singular value is multiple the least overlap is 0; see :mod:`numeric.alignment`.
    The data do not enter; instances carry $Σ = I$.  Flows are decided at some of their stored times
    and measured at all of them.

References
----------
    marion2024deep (their constant 3 max|W_k(0)|_F² + 2 Σ|D_k(0)|_2 reconstructed);
    ji2019gradient (alignment of layers)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.training import Flow, dyadic, gradient_flow
from theorems.assumptions import one_output
from theorems.quantities import depth, symbols
from theorems.regression.features import gaussian_regression
from theorems.regression.layer_pairs import (
    LayerPair,
    alignment,
    barely_aligned_pairs,
    defect,
    imbalance_top,
    j,
    layer_fro,
    layer_fro_sq,
    layer_pairs,
    layer_top,
    layer_top_sq,
    many_output_pairs,
    next_fro_sq,
    next_rank_defect,
    next_top_sq,
    paper_epsilon,
    position,
    rank_defect,
    rank_defect_untraced,
    weyl_least,
)
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Claim,
    Formula,
    Measurement,
    Quantity,
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
)

__all__ = ["THEOREM", "alignment_bound"]

L, fro, top, after, next_fro = symbols(depth, layer_fro_sq, layer_top_sq, next_top_sq, next_fro_sq)
D, eps, eps_next, untraced = symbols(
    imbalance_top, rank_defect, next_rank_defect, rank_defect_untraced
)
aligned, paper = symbols(alignment, paper_epsilon)

alignment_bound = Formula(
    "alignment_bound", r"|W_{k+1}|_2^2-\varepsilon_{k+1}-2|D_k|_2", after - eps_next - 2 * D
)
_BOUNDS = Bounds((2, 4), (1, 3))
_t = sp.Symbol("t", real=True)

# --- claims and proofs --------------------------------------------------------------------------


weyl = stated(
    "weyl", "Weyl: from layer to layer the squared norm grows by no more than $λ_max(D_j)$",
    layer_pairs, weyl_least.symbol >= 0, bounds=_BOUNDS, check=True,
)  # fmt: skip

within = stated(
    "within", "a pair has a next layer",
    layer_pairs, position.symbol <= L - 1, bounds=_BOUNDS, check=True,
)  # fmt: skip
row = stated(
    "row", "the last layer is a row: both its norms agree",
    layer_pairs, sp.Eq(layer_fro(L), layer_top(L)), one_output, bounds=_BOUNDS, check=True,
    sizes=((2, 2, 2, 1), (3, 1, 2, 2, 1)),
)  # fmt: skip


def _excess(i: Any) -> Any:
    """f_i = |W_i|_F² - |W_i|_2²."""
    return layer_fro(i) - layer_top(i)


def _from(first: Any, weyl: Claim, row: Claim, within: Claim) -> rules.Fact:
    """Return ε >= f_first: each f_j - f_{j+1} is at most λ_max(D_j) - tr D_j, and f_L = 0."""
    index, term = (j, 1, L - 1), weyl_least.expansion.args[0]
    gap = rules.transitive(rules.least(weyl_least, term, index), rules.given(weyl))
    moved = rules.increasing(gap, lambda t: t + _excess(j) - _excess(j + 1), _t)
    fall = rules.rewritten(moved, defect(first).function, _excess(j) - _excess(j + 1))
    below = (j, first, L - 1)
    some = rules.given(within)
    total = rules.transitive(
        rules.each(fall, below, some=some), rules.telescoped_sum(_excess, below, some=some)
    )
    return rules.substituted(total, rules.given(row))


def _named(fact: rules.Fact, *quantities: Quantity) -> rules.Fact:
    """Return the fact with quantities for what they are defined as."""
    for quantity in quantities:
        fact = rules.substituted(fact, rules.turned(rules.definition(quantity)))
    return fact


@claim(
    layer_pairs,
    fro - top <= eps,
    one_output,
    given=(weyl, row, within),
    bounds=_BOUNDS,
    formal=True,
)
def rank(weyl: Claim, row: Claim, within: Claim) -> Iterator[Step]:
    """Every layer is nearly of rank one."""
    yield _named(_from(position.symbol, weyl, row, within), rank_defect, layer_fro_sq, layer_top_sq)


@claim(
    layer_pairs, next_fro - after <= eps_next, one_output,
    given=(weyl, row, within), bounds=_BOUNDS, check=True,
)  # fmt: skip
def next_rank(weyl: Claim, row: Claim, within: Claim) -> Iterator[Step]:
    """And so is the next one."""
    yield _named(
        _from(position.symbol + 1, weyl, row, within), next_rank_defect, next_fro_sq, next_top_sq
    )


norms = stated(
    "norms", "neighbours have nearly the same norm",
    layer_pairs, sp.Abs(top - after) <= D, one_output, bounds=_BOUNDS, formal=True,
)  # fmt: skip

overlap = stated(
    "overlap", "neighbours overlap but for what is not of rank one in the next layer",
    layer_pairs, aligned * after >= after - (next_fro - after) - 2 * D, one_output,
    bounds=_BOUNDS, check=True,
)  # fmt: skip


@claim(
    layer_pairs,
    aligned * after >= alignment_bound,
    one_output,
    given=(overlap, next_rank),
    bounds=_BOUNDS,
    name="alignment",
)
def nearly_aligned(overlap: Claim, next_rank: Claim) -> Iterator[Step]:
    """Neighbours are nearly aligned."""
    spread = next_fro - after
    less = rules.increasing(
        rules.given(next_rank), lambda t: t + after - 2 * D - spread - eps_next, _t
    )
    yield rules.transitive(rules.given(overlap), less)


attained = stated(
    "attained", "equality where the overlap is zero",
    barely_aligned_pairs, sp.Eq(aligned * after, alignment_bound), one_output, bounds=_BOUNDS,
)  # fmt: skip

initial = stated(
    "initial", "the single number of the paper bounds both",
    layer_pairs, eps_next + 2 * D <= paper, one_output, bounds=_BOUNDS,
)  # fmt: skip

_more = (
    stated("rank_attained", "the rank bound is attained: two or three layers, all gains equal",
           barely_aligned_pairs, sp.Eq(fro - top, eps), one_output, bounds=_BOUNDS, check=True),
    stated("overlap_most", "an overlap is a squared cosine",
           layer_pairs, aligned <= 1, one_output, bounds=_BOUNDS, check=True),
    stated("two_layers", "the number of the paper, from both layers of a pair",
           layer_pairs, sp.Eq(paper, 3 * sp.Max(fro, after) + 2 * D), one_output,
           bounds=Bounds((2, 2), (1, 3)), check=True),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("alignment_without_factor_two", "$|D_k|$ for $2|D_k|$ in the alignment bound",
         layer_pairs, aligned * after >= after - eps_next - D, bounds=_BOUNDS,
         known=lambda: [
             LayerPair.at(1, [[Fraction(7, 10), 0], [0, Fraction(18, 25)]], [[1, 0]])]),
    twin("rank_untraced", "$ε_k$ without the traces",
         layer_pairs, fro - top <= untraced, bounds=_BOUNDS),
    twin("next_defect", "$ε_{k+1}$ for $ε_k$ in the rank bound",
         layer_pairs, fro - top <= eps_next, bounds=_BOUNDS),
    twin("half_norms", "$|D_k|/2$ for $|D_k|$ between the norms",
         layer_pairs, sp.Abs(top - after) <= D / 2, bounds=_BOUNDS),
    twin("many_outputs", "the rank bound with several outputs",
         many_output_pairs, fro - top <= eps, bounds=_BOUNDS,
         known=lambda: [LayerPair.at(1, *[[[1, 0], [0, 1]]] * 2)]),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_DECIDED = 4  # stored times at which a flow is decided in balls; measured at all of them


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flows from small Gaussian weights, at their stored times."""
    rng = np.random.default_rng(seed)
    for run in range(min(runs, 6)):
        size, d, scale = 2 + run % 3, 3, (0.3, 0.1, 0.03)[run % 3]
        sigma, target = gaussian_regression(rng, 20, d)
        start = [scale * rng.standard_normal((m, d)) for m in (*[d] * (size - 1), 1)]
        flow = gradient_flow(start, sigma, target @ sigma, rtol=1e-10, tolerance=1e-6)
        yield from _along(flow, sigma, target, f"run {run}, depth {size}, scale {scale}")


def _along(flow: Flow, sigma: Any, target: Any, label: str) -> Iterator[TrainedSolution]:
    """The misalignment at all stored times against the bound at time zero; claims at some."""
    picked = np.linspace(0, len(flow.times) - 1, _DECIDED).astype(int)
    data = [dyadic(sigma), dyadic(target)]
    for k in range(1, len(flow.path)):
        measured = _misalignment(flow, sigma, target, k)
        for t in picked:
            exact = LayerPair.exact([dyadic(W[t]) for W in flow.path], *data)
            shown = (measured,) if t == picked[-1] else ()
            where = f"{label}, pair {k}, time {flow.times[t]:.3g}"
            yield TrainedSolution(where, replace(exact, position=k), Fraction(0), shown)


def _misalignment(flow: Flow, sigma: Any, target: Any, k: int) -> Measurement:
    """max_t (1 - <u_k, v_{k+1}>²)|W_{k+1}|² over all stored times, against ε_{k+1} + 2|D_k| at 0.

    Allowed: the exact flow keeps every D_j; the computed one moves each by at most ``drift`` in
    Frobenius norm, hence λ_max(D_j) and |D_k| by drift, tr D_j by √d drift; and rounding.
    """
    ar, d = Floating(), flow.path[0].shape[-1]
    path = LayerPair(ar, flow.path, sigma, target, False, position=k)
    start = replace(path, weights=tuple(W[0] for W in flow.path))
    missed = (1 - alignment.measure(path)) * next_top_sq.measure(path)
    predicted = float(next_rank_defect.measure(start) + 2 * imbalance_top.measure(start))
    moved = (len(flow.path) * (1 + np.sqrt(d)) + 2) * flow.drift
    worst, allowed = float(np.max(missed)), (moved + 1e-13) / predicted
    return Measurement(
        "worst misalignment over all stored times", predicted, worst, allowed, "<="
    )  # fmt: skip


_two_identities = [[[1, 0], [0, 1]]] * 2

THEOREM = Theorem(
    id="C2",
    title="With one output the imbalance bounds rank, norms and alignment of the layers",
    normalisation="spectral and Frobenius norms of weights; data do not enter",
    source=Source(
        "marion2024deep", "small initialisation (pointwise form; constant reconstructed)"
    ),
    claims=(
        weyl, within, row, rank, next_rank, norms, overlap, nearly_aligned, attained, initial,
        *_more,
    ),
    controls=_twins,
    witnesses=(
        witness("generic", nearly_aligned,
                "two inputs, three layers, an informative bound: $4 - 2 - 2 · 1/2$",
                lambda: LayerPair.at(1, *[[[2, 0], [0, 1]]] * 2, [[2, 0]])),
        witness("rank", rank, "two identities and a row: $f_1 = 1 = ε_1$",
                lambda: LayerPair.at(1, *_two_identities, [[2, 0]])),
    ),
    necessity=(
        needed(one_output, rank, "two identities: $D_1 = 0$ but $|W_1|_F² - |W_1|_2² = 1$",
               lambda: LayerPair.at(1, *_two_identities)),
    ),
    trainings=(
        Training("trained",
                 "gradient flow from small weights, the trained weights themselves at stored times",
                 _train, (rank, norms, nearly_aligned)),
    ),
    module=__name__,
)  # fmt: skip
