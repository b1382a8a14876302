r"""One-output minimizers are as sharp as aligned ones, up to the largest layer.

Statement
    Let $d_y = 1$, $w^* = Pᵀ$, $ŵ = w^*/|w^*|$, $K = Σ^{1/2}$, $μ = λ_max(Σ + (L-1)KŵŵᵀK)$,
    $Λ = λ_max(Σ)$ and $N = max_k |W_k|_F²$.  Every minimizer $W$ has

        2(|w^*|²/N) μ ≤ S(W) ≤ 2(|w^*|²/N) μ + 2LΛ(N^{L-1} - |w^*|²/N),    [below, above]

    and has $N ≤ |w^*|^{2/L} + Σ_j (|D_j|_2 + |tr D_j|)$.   [energy]
    All three are equalities at rank-one, aligned, balanced layers, where $S = 2(|w^*|²/N) μ$ and
    $N = |w^*|^{2/L} + Σ_j (|D_j|_2 + |tr D_j|)$.
    [below_attained, above_attained, energy_attained]
    At depth 2 the upper bound, $S = 2(|w^*|²/N) μ + 4Λ(N - |w^*|²/N)$, is also attained by layers
    of rank one and equal energy at any angle, along a top eigenvector of $Σ$.   [above_bent]
    For all $z$, $|z| = 1$, the terms $|α_k|²|B_kKz|²$ of the energy along a path have the bounds

        (|w^*|²/N) |Kz|² ≤ |α_1|²|Kz|² ≤ N^{L-1} |Kz|²,                    [first, first_above]
        (L-1)(|w^*|²/N) (ŵᵀKz)² ≤ Σ_{k>1} |α_k|²|B_kKz|²,                  [later]
        Σ_{k>1} |α_k|²|B_kKz|² ≤ (L-1)((|w^*|²/N)(ŵᵀKz)² + (N^{L-1}-|w^*|²/N)|Kz|²).  [later_above]

    With $n = |W_L|²$ and $e = Σ_j |D_j|_2$, $N ≤ n + Σ_j |tr D_j|$ and
    $max(n - e, 0)^L ≤ |w^*|²$.   [last, ratios]

Notation
    $μ$ is ``aligned_top``; $N$ ``layer_energy_max``; the last sum ``imbalance_total``,
    $D_j = W_{j+1}ᵀW_{j+1} - W_jW_jᵀ$ the imbalances; $B_k = W_{k-1} ⋯ W_1$, and
    $α_kᵀ = A_k = W_L ⋯ W_{k+1}$ are the suffixes of one output.

Assumptions
    minimizer   $P = w^{*T}$.  Without it, small weights break the lower half.  On singular $Σ$ the
                regressor is the network's own: one that agrees with $P$ on the data only is longer.
    one_output  $A_k$ is a row; with several outputs $S$ sums over rows.

Proof
    By F3.univariate $S = 2λ_max(KMK)$ with $M = Σ_k |α_k|² B_kᵀB_k$: the largest value over unit
    vectors $z$ of twice the sum of the terms $|α_k|²|B_kKz|²$.

    Lower half.  For $k > 1$, $w^* = B_kᵀα_{k-1}$ and $|α_{k-1}| ≤ |W_k|_F|α_k|$, so each term of
    $M$ is at least $w^*w^{*T}/N$; and the first, $|α_1|² I$, is at least $(|w^*|²/N) I$.  At each
    $z$ the sum is at least

        (|w^*|²/N)(|Kz|² + (L-1)(ŵᵀKz)²),                                  [first, later]

    whose supremum over $z$ is $(|w^*|²/N)μ$.   [below]

    Upper half.  The first term is at most $N^{L-1} I$; each other one is $w^*w^{*T}/N$ plus a
    positive matrix whose trace is at most $N^{L-1} - |w^*|²/N$.   [first_above, later_above]
    With $|Kz|² ≤ Λ$ the $L$ terms leave at most $LΛ(N^{L-1} - |w^*|²/N)$ beside that supremum.
    [above]

    The largest layer.  Put $ρ_k = |α_{k-1}|²/|α_k|²$, so that $ρ_L = n = |W_L|²$.  As
    $W_kW_kᵀ = W_{k+1}ᵀW_{k+1} - D_k$ and $α_k = W_{k+1}ᵀα_{k+1}$, Cauchy-Schwarz gives
    $ρ_k ≥ ρ_{k+1} - |D_k|_2$.  Hence, unless $n < e$,

        |w^*|² = Π_k ρ_k ≥ (n - Σ_j |D_j|_2)^L,                            [ratios]

    while traces give $|W_k|_F² = n - Σ_{j≥k} tr D_j$.   [last]
    Together they bound $N$.   [energy]

Sharpness
    Aligned layers attain all three.  There $N = |w^*|^{2/L}$, its least value:
    $|w^*| ≤ Π_k |W_k|_F ≤ N^{L/2}$.

Implementation notes
    $D_j$ is conserved by gradient flow, so all three follow a training run from its start (U3).

References
----------
    certimin2026; marion2024deep bounds rank and alignment by imbalance
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer, one_output
from theorems.directions import (
    directed_univariate_minimizers,
    gain_in,
    gain_out,
    k,
    pairing,
    path_ends,
    path_energy,
    regressor_share,
)
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.foundations.hessian_spectrum_eq_dual_gram import path_gram_top
from theorems.instances import Instance
from theorems.quantities import data_max, depth, sharpness, symbols, w_norm
from theorems.recipes import Draw, diagonal, setting
from theorems.settings import aligned_minimizers, univariate_minimizers
from theorems.unified.quantities import aligned_top, imbalance_total, layer_energy_max
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Formula,
    Source,
    Step,
    Theorem,
    claim,
    expanded,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "above", "below", "energy_bound", "energy_ceiling", "energy_floor"]

S, L, w, top, mu, N, E = symbols(
    sharpness, depth, w_norm, data_max, aligned_top, layer_energy_max, imbalance_total
)
energy_floor = Formula("energy_floor", r"2(|w^*|^2/N)\mu", 2 * w**2 / N * mu)
energy_ceiling = Formula(
    "energy_ceiling",
    r"2(|w^*|^2/N)\mu+2L\Lambda(N^{L-1}-|w^*|^2/N)",
    2 * w**2 / N * mu + 2 * L * top * (N ** (L - 1) - w**2 / N),
)
energy_bound = Formula(
    "energy_bound",
    r"|w^*|^{2/L}+\textstyle\sum_j(|D_j|_2+|\operatorname{tr}D_j|)",
    w ** (2 / L) + E,
)

# --- parts of the energy along a path, and of the imbalances ------------------------------------

first_on_path = expanded(
    "first_on_path", r"|\alpha_1|^2|Kz|^2", "|α_1|² |Kz|², the term of the first layer.",
    gain_out(1) * gain_in(1),
)  # fmt: skip
later_energy = expanded(
    "later_energy", r"\textstyle\sum_{k>1}|\alpha_k|^2|B_kKz|^2",
    "Σ_{k>1} |α_k|² |B_kKz|², the terms of the later layers.",
    sp.Sum(gain_out(k) * gain_in(k), (k, 2, L)),
)  # fmt: skip
reach = expanded("reach", r"|w^*|^2/N", "|w*|²/N.", w**2 / N)
excess = expanded(
    "energy_excess", r"N^{L-1}-|w^*|^2/N", "N^{L-1} - |w*|²/N, not negative.",
    N ** (L - 1) - w**2 / N, positive=False,
)  # fmt: skip


@quantity("last_energy", r"|W_L|_F^2")
def last_energy(instance: Instance) -> Any:
    """Squared Frobenius norm of the last layer."""
    return instance.arithmetic.frobenius_sq(instance.weights[-1])


@quantity("imbalance_norms", r"\textstyle\sum_j|D_j|_2", positive=False)
def imbalance_norms(instance: Instance) -> Any:
    """Σ_j |D_j|_2."""
    ar = instance.arithmetic
    return sum((ar.singular_max(D) for D in instance.net.imbalances), start=ar.scalar(0))


@quantity("imbalance_traces", r"\textstyle\sum_j|\operatorname{tr}D_j|", positive=False)
def imbalance_traces(instance: Instance) -> Any:
    """Σ_j |tr D_j|."""
    ar, traces = instance.arithmetic, map(instance.arithmetic.trace, instance.net.imbalances)
    return sum((ar.maximum(t, -t) for t in traces), start=ar.scalar(0))


@quantity("last_kept", r"\max(|W_L|_F^2-\textstyle\sum_j|D_j|_2, 0)")
def last_kept(instance: Instance) -> Any:
    """What the imbalances leave of the last layer: max(|W_L|_F² - Σ_j |D_j|_2, 0)."""
    left = last_energy.measure(instance) - imbalance_norms.measure(instance)
    return instance.arithmetic.maximum(left, instance.arithmetic.scalar(0))


first_term, later_terms, r, rest = symbols(first_on_path, later_energy, reach, excess)
length_in, share, paired = symbols(path_ends, regressor_share, pairing)
M_top, last_term, e, t, kept = symbols(
    path_gram_top, last_energy, imbalance_norms, imbalance_traces, last_kept
)


@setting(
    "two-bent-layers",
    "depth 2, W_1 = g u vᵀ and W_2 = g e_1ᵀ, u a unit vector at any angle, v on top of Σ",
    exists=True,
)
def two_bent_layers(draw: Draw) -> Instance:
    """Two layers of equal energy that need not be aligned, from the top eigenvector of Σ."""
    ar, d = draw.arithmetic, draw.width()
    turn, axes, gain = draw.rotation(2), draw.rotation(d), draw.number(1, 2)
    spectrum = [draw.number(2, 3), *draw.numbers(d - 1, 0, 2)]
    sigma = axes @ diagonal(ar, spectrum, d, d) @ axes.mT
    first = turn @ diagonal(ar, [gain], 2, d) @ axes.mT
    return draw.instance([first, diagonal(ar, [gain], 1, 2)], sigma)


# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 4), (1, 2))
_DIRECTED = directed_univariate_minimizers

gram = stated(
    "gram", "one output: the sharpness is twice the top eigenvalue of the path Gram matrix",
    univariate_minimizers, sp.Eq(S, 2 * M_top), minimizer, one_output, given=(F3.univariate,),
    bounds=_SMALL, sizes=((2, 2, 1, 1), (2, 2, 2, 1), (3, 2, 1, 2, 1)), check=True,
)  # fmt: skip
shares = stated(
    "shares", "what the regressor sees of a direction is its share of the data",
    _DIRECTED, sp.Eq(paired, w**2 * share), one_output, bounds=_SMALL,
    sizes=((2, 2, 1, 1), (2, 2, 2, 1), (3, 2, 1, 2, 1)), check=True,
)  # fmt: skip
first = stated(
    "first", "the first layer carries at least $|w^*|²/N$ of the data",
    _DIRECTED, first_term >= r * length_in, one_output, bounds=_SMALL, formal=True,
)  # fmt: skip
later = stated(
    "later", "each later layer carries at least $|w^*|²/N$ of the regressor",
    _DIRECTED, later_terms >= (L - 1) * r * share, one_output, bounds=_SMALL, formal=True,
)  # fmt: skip
first_above = stated(
    "first_above", "the first layer carries at most $N^{L-1}$ of the data",
    _DIRECTED, first_term <= (r + rest) * length_in, one_output, bounds=_SMALL, formal=True,
)  # fmt: skip
later_above = stated(
    "later_above", "each later layer carries little more than $|w^*|²/N$ of the regressor",
    _DIRECTED, later_terms <= (L - 1) * (r * share + rest * length_in), one_output, bounds=_SMALL,
    formal=True,
)  # fmt: skip
no_less = stated(
    "no_less", "the product of the layers is no longer than they allow",
    univariate_minimizers, N**L >= w**2, one_output, bounds=_SMALL, check=True, formal=True,
)  # fmt: skip


def _in_two() -> rules.Fact:
    """The energy along a path as the first term and the later ones."""
    parts = rules.transitive(
        rules.definition(path_energy), rules.split(gain_out(k) * gain_in(k), (k, 1, L))
    )
    named = rules.substituted(parts, rules.turned(rules.definition(later_energy)))
    return rules.substituted(named, rules.turned(rules.definition(first_on_path)))


@claim(
    univariate_minimizers, S >= energy_floor, minimizer, one_output,
    given=(gram, first, later), bounds=_SMALL, formal=True,
)  # fmt: skip
def below(energy_floor: Any) -> Iterator[Step]:
    """The lower half: at least that of aligned layers, over the largest layer."""
    at_z = rules.transitive(_in_two(), rules.added(rules.given(first), rules.given(later)))
    found = rules.transitive(rules.at_a_direction(path_gram_top), at_z)
    largest = rules.at_the_supremum(found, aligned_top, lambda value: r * value)
    half = rules.transitive(rules.given(gram), rules.scaled(largest, 2))
    yield rules.rewritten(rules.substituted(half, rules.definition(reach)), S, energy_floor)


@claim(
    univariate_minimizers, S <= energy_ceiling, minimizer, one_output,
    given=(gram, first_above, later_above, no_less), bounds=_SMALL, formal=True,
)  # fmt: skip
def above(energy_ceiling: Any) -> Iterator[Step]:
    """The upper half: at most that and what the largest layer leaves."""
    terms = rules.added(rules.given(first_above), rules.given(later_above))
    aligned = rules.scaled(rules.at_a_direction(aligned_top), r)
    spare = rules.divided(rules.given(no_less), N)
    known = rules.transitive(rules.definition(excess), rules.added(spare, -(w**2) / N))
    beside = rules.scaled(rules.scaled(rules.largest(data_max, path_ends), rest, known=known), L)
    at_z = rules.transitive(rules.added(aligned, beside), terms, rules.turned(_in_two()))
    largest = rules.at_the_supremum(at_z, path_gram_top, lambda value: value)
    half = rules.transitive(rules.scaled(largest, 2), rules.turned(rules.given(gram)))
    known = rules.substituted(half, rules.definition(excess))
    known = rules.substituted(known, rules.definition(reach))
    yield rules.rewritten(known, energy_ceiling, S)


last = stated(
    "last", "no layer is larger than the last one and the traces of the imbalances",
    univariate_minimizers, N <= last_term + t, one_output, bounds=_SMALL, formal=True,
)  # fmt: skip
ratios = stated(
    "ratios", "what the imbalances leave of the last layer is in every layer",
    univariate_minimizers, kept**L <= w**2, one_output, bounds=_SMALL, formal=True,
)  # fmt: skip
left = stated(
    "left", "what they leave, and they",
    univariate_minimizers, kept + e >= last_term, one_output, bounds=_SMALL, check=True,
)  # fmt: skip
total = stated(
    "total", "norms and traces of the imbalances",
    univariate_minimizers, sp.Eq(E, e + t), one_output, bounds=_SMALL, check=True,
)  # fmt: skip


@claim(
    univariate_minimizers, energy_bound >= N, one_output, given=(last, ratios, left, total),
    bounds=_SMALL, formal=True,
)  # fmt: skip
def energy(energy_bound: Any) -> Iterator[Step]:
    """No layer is larger than balance and the imbalances allow."""
    root = rules.raised(rules.given(ratios), 1 / L)
    whole = rules.added(root, rules.given(left), rules.given(last))
    bound = rules.added(whole, -kept - last_term)
    known = rules.substituted(bound, rules.turned(rules.given(total)))
    yield rules.rewritten(known, energy_bound, N)


_attained = (
    stated("below_attained", "aligned: lower half", aligned_minimizers, sp.Eq(S, energy_floor),
           bounds=_SMALL, formal=True),
    stated("above_attained", "aligned: upper half", aligned_minimizers, sp.Eq(S, energy_ceiling),
           bounds=_SMALL, formal=True),
    stated("energy_attained", "aligned: $N$", aligned_minimizers, sp.Eq(N, energy_bound),
           bounds=_SMALL, formal=True),
)  # fmt: skip
above_bent = stated(
    "above_bent", "two layers of equal energy at any angle: upper half",
    two_bent_layers, sp.Eq(S, energy_ceiling), minimizer, one_output, bounds=Bounds((2, 2), (1, 3)),
    formal=True,
)  # fmt: skip
two_numbers = stated(
    "two_numbers", "two numbers: the imbalances are twice what the larger square has beyond",
    univariate_minimizers, sp.Eq(E, 2 * (N - w**2 / N)), minimizer, one_output,
    bounds=Bounds((2, 2), (1, 1)), check=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("without_excess", "the lower half as an upper one",
         univariate_minimizers, energy_floor >= S, bounds=_SMALL),
    twin("first_layer", "no layer exceeds $|w^*|^{2/L}$: the imbalance dropped",
         univariate_minimizers, w ** (2 / L) >= N, bounds=_SMALL),
    twin("largest_everywhere", "$N^{L-1}$, reached at balance, as a lower bound",
         univariate_minimizers, S >= 2 * N ** (L - 1) * mu, bounds=_SMALL),
)  # fmt: skip

THEOREM = Theorem(
    id="U10",
    title="One-output minimizers are as sharp as aligned ones, up to the largest layer",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$, $|X|_2$ the spectral norm",
    source=Source("certimin2026", "sharpness of one-output minimizers by layer energies"),
    claims=(
        gram, shares, first, later, first_above, later_above, no_less, below, above,
        last, ratios, left, total, energy, *_attained, above_bent, two_numbers,
    ),
    controls=_twins,
    witnesses=(
        witness("unbalanced", above, "an unbalanced minimizer, correlated features",
                lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]])),
    ),
    necessity=(
        needed(minimizer, below, "weights 1/2 and 0, $w^* = 1$: $S < 3 < 16$",
               lambda: Instance.exact([[[Fraction(1, 2)]], [[0]]], [[1]], [[1]])),
    ),
    module=__name__,
)  # fmt: skip
