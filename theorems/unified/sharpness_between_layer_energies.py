r"""One-output minimizers are as sharp as aligned ones, up to the largest layer.

Statement
    Let d_y = 1, w* = Pᵀ, ŵ = w*/|w*|, K = Σ^{1/2}, μ = λ_max(Σ + (L-1)KŵŵᵀK), Λ = λ_max(Σ) and
    N = max_k |W_k|_F².  Every minimizer W has

        2(|w*|²/N) μ <= S(W) <= 2(|w*|²/N) μ + 2LΛ(N^{L-1} - |w*|²/N),

    and any weights have N <= |w*|^{2/L} + Σ_j (|D_j|_2 + |tr D_j|).

Notation
    μ is ``aligned_top``; N ``layer_energy_max``; the last sum ``imbalance_total``, D_j the
    imbalances; α_kᵀ = A_k the suffixes of one output.

Assumptions
    minimizer   P = w*ᵀ.  Without it, small weights break the lower half.  On singular Σ the
                regressor is the network's own: one that agrees with P on the data only is longer.
    one_output  A_k is a row; with several outputs S sums over rows.

Proof
    S = 2λ_max(KMK), M = Σ_k |α_k|² B_kᵀB_k.  As w* = B_kᵀα_{k-1} and |α_{k-1}| <= |W_k||α_k|,
    each term is at least w*w*ᵀ/N, and the first, |α_1|² I, at least (|w*|²/N) I: the lower half.
    The first is at most N^{L-1} I; each other one is w*w*ᵀ/N plus a positive matrix whose trace is
    at most N^{L-1} - |w*|²/N: the upper half.
    Put ρ_k = |α_{k-1}|²/|α_k|², n = |W_L|² = ρ_L.  As W_kW_kᵀ = W_{k+1}ᵀW_{k+1} - D_k and
    α_k = W_{k+1}ᵀα_{k+1}, Cauchy-Schwarz gives ρ_k >= ρ_{k+1} - |D_k|_2.  So |w*|² = Π_k ρ_k >=
    (n - Σ_j |D_j|_2)^L, unless n is below that sum, and |W_k|_F² = n - Σ_{j>=k} tr D_j.

Sharpness
    All three are equalities at rank-one, aligned, balanced layers, for every L, Σ and w*.  There
    N = |w*|^{2/L}, its least value: |w*| <= Π_k |W_k|_F <= N^{L/2}.

Implementation notes
    D_j is conserved by gradient flow, so all three follow a training run from its start (U3).

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
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.instances import Instance
from theorems.quantities import data_max, depth, sharpness, symbols, w_norm
from theorems.settings import aligned_minimizers, univariate_minimizers
from theorems.unified.quantities import aligned_top, imbalance_total, layer_energy_max
from theorems.words import matrix, transpose
from verify.theorem import (
    Bounds,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    needed,
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

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 4), (1, 2))
q, p, n = sp.symbols("q p N", positive=True)  # |Kz|² and (ŵᵀKz)² for a unit vector z; N


def _at_z(bound: Any) -> Any:
    """The quadratic form at z whose maximum over z is the eigenvalue."""
    return bound.subs({mu: q + (L - 1) * p, top: q, N: n})


def _layer_by_layer(energy_floor: Any) -> Iterator[Step]:
    """Yield w* = B_kᵀW_kᵀα_k and the sum of the L lower bounds."""
    A, W, B = map(matrix, ("A", "W", "B"))
    yield Identity(
        "through layer k", transpose(transpose(B) * transpose(W) * transpose(A)), A * W * B,
        why="Cauchy-Schwarz: (w*ᵀx)² <= |W_kᵀα_k|²|B_kx|² <= N|α_k|²|B_kx|²",
    )  # fmt: skip
    total = 2 * (w**2 / n * q + (L - 1) * (w**2 / n) * p)
    yield Identity("sum of the lower bounds", total, _at_z(energy_floor), why="sum over layers")


@claim(
    univariate_minimizers, S >= energy_floor, minimizer, one_output,
    given=(F3.univariate,), bounds=_SMALL,
)  # fmt: skip
def below(energy_floor: Any) -> Iterator[Step]:
    """The lower half: at least 2(|w*|²/N)μ."""
    yield from _layer_by_layer(energy_floor)


@claim(
    univariate_minimizers, S <= energy_ceiling, minimizer, one_output,
    given=(F3.univariate,), bounds=_SMALL,
)  # fmt: skip
def above(energy_floor: Any, energy_ceiling: Any) -> Iterator[Step]:
    """The upper half: at most that and what the largest layer leaves.

    Each layer's upper bound is its lower bound and what the trace leaves.
    """
    yield from _layer_by_layer(energy_floor)
    rest = n ** (L - 1) - w**2 / n
    total = 2 * (n ** (L - 1) * q + (L - 1) * (w**2 / n * p + rest * q))
    yield Identity(
        "sum of the upper bounds", total, _at_z(energy_ceiling),
        why="a positive matrix is at most its trace; |α_k|²|B_k|_F² <= N^{L-1}",
    )  # fmt: skip
    for name, half in (("lower", energy_floor), ("upper", energy_ceiling)):
        yield Identity(
            f"{name} half at N = |w*|^(2/L)", half.subs(N, w ** (2 / L)),
            2 * w ** (2 - 2 / L) * mu, why="balanced layers: both halves meet",
        )  # fmt: skip


@claim(univariate_minimizers, energy_bound >= N, one_output, bounds=_SMALL)
def energy(energy_bound: Any) -> Iterator[Step]:
    """No layer is larger than balance and the imbalances allow.

    The recursion of the ratios ρ_k, and the bound solved for |w*|².
    """
    x, before, after = map(matrix, ("x", "W1", "W2"))
    D = transpose(after) * after - before * transpose(before)
    yield Identity(
        "one layer down",
        transpose(x) * before * transpose(before) * x,
        transpose(after * x) * after * x - transpose(x) * D * x,
        why="Cauchy-Schwarz: |W_{k+1}α_k|² >= |α_k|⁴/|α_{k+1}|², α_k = W_{k+1}ᵀα_{k+1}",
    )
    m, e, t = sp.symbols("m e t", positive=True)  # n - e, e = Σ|D_j|_2, t = Σ|tr D_j|
    yield Identity(
        "|w*|² = (n - e)^L at worst", energy_bound.subs({w: m ** (L / 2), E: e + t}), m + e + t,
        why="monotonicity of x^{1/L}; |W_k|_F² <= n + t",
    )  # fmt: skip


_attained = (
    stated("below_attained", "aligned: lower half", aligned_minimizers, sp.Eq(S, energy_floor),
           bounds=_SMALL),
    stated("above_attained", "aligned: upper half", aligned_minimizers, sp.Eq(S, energy_ceiling),
           bounds=_SMALL),
    stated("energy_attained", "aligned: N", aligned_minimizers, sp.Eq(N, energy_bound),
           bounds=_SMALL),
)  # fmt: skip
two_numbers = stated(
    "two_numbers", "two numbers: the imbalances are twice what the larger square has beyond",
    univariate_minimizers, sp.Eq(E, 2 * (N - w**2 / N)), minimizer, one_output,
    bounds=Bounds((2, 2), (1, 1)),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("without_excess", "the lower half as an upper one",
         univariate_minimizers, energy_floor >= S, bounds=_SMALL),
    twin("first_layer", "no layer exceeds |w*|^{2/L}: the imbalance dropped",
         univariate_minimizers, w ** (2 / L) >= N, bounds=_SMALL),
    twin("largest_everywhere", "N^{L-1}, reached at balance, as a lower bound",
         univariate_minimizers, S >= 2 * N ** (L - 1) * mu, bounds=_SMALL),
)  # fmt: skip

THEOREM = Theorem(
    id="U10",
    title="One-output minimizers are as sharp as aligned ones, up to the largest layer",
    statement=(
        r"\tfrac{2|w^*|^2}{N}\mu \le S(W) \le \tfrac{2|w^*|^2}{N}\mu"
        r" + 2L\Lambda\bigl(N^{L-1}-\tfrac{|w^*|^2}{N}\bigr),\quad N = \max_k|W_k|_F^2 \le "
        r"|w^*|^{2/L}+\sum_j(|D_j|_2+|\operatorname{tr}D_j|)"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}, |.|_2 spectral",
    source=Source("certimin2026", "sharpness of one-output minimizers by layer energies"),
    claims=(below, above, energy, *_attained, two_numbers),
    controls=_twins,
    witnesses=(
        witness("unbalanced", above, "an unbalanced minimizer, correlated features",
                lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]])),
    ),
    necessity=(
        needed(minimizer, below, "weights 1/2 and 0, w* = 1: S < 3 < 16",
               lambda: Instance.exact([[[Fraction(1, 2)]], [[0]]], [[1]], [[1]])),
    ),
    module=__name__,
)  # fmt: skip
