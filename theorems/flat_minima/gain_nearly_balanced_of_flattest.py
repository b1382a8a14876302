r"""At a flattest minimum the gain of the first layers is nearly that of equal layers.

Statement
    Let $Σ = I$, $W_L ... W_1 = T ≠ 0$, $σ = |T|_2$ and $S(W) = 2Lσ^{2-2/L}$.

    For every unit input $z$

        \frac{1}{L} \sum_{k=1}^{L} (|B_kz| / σ^{(k-1)/L})² ≤ 1,

    and 1 is the maximum over $z$.   [energy]

    The first $k$ layers, and the last $k$, $1 ≤ k ≤ L-1$, have

        σ^{k/L} ≤ |W_k ... W_1|_2 ≤ √(L-1) σ^{k/L}.            [lower, upper]

    Both bounds are attained on one family [first_attained, lower_attained].

    Over $k ≥ 2$ the upper bound is strict [later_strict], but on another family the largest
    $|W_k ... W_1|_2² / σ^{2k/L}$ is at least $0.999 (L-1)$.   [later_best_possible]

    There a middle layer, one of $W_2, ..., W_{L-1}$, has norm at least $100 σ^{1/L}$, though the
    upper bound holds of $W_1$ and $W_L$.   [middle_unbounded, upper]

Notation
    $S$ (``sharpness``), $L$ (``depth``), $σ$ (``target_norm``); $A_k = W_L ... W_{k+1}$ and
    $B_k = W_{k-1} ... W_1$ suffixes and prefixes, $B_1 = I$; $u$, $v$ a top singular pair of $T$;
    $λ_max(Σ_k σ^{-2(k-1)/L} B_kᵀB_k)$ (``prefix_energy``), which the first statement says to be
    $L$; squared gains of the first or last $k$ layers over $σ^{2k/L}$, $1 ≤ k < L$ (``growth_max``,
    ``growth_min``); the same over $2 ≤ k < L$ (``later_growth_max``).

Assumptions
    minimizer  $W_L ... W_1 = T$.  Without it, $W_1 = (1, 1/2, 1/2)ᵀ$, $W_2 = 0$ and $T = 1$ have
               $S = 4$.
    whitened   $Σ = I$.  Without it, $W = (2, 1/2)$ and $Σ = 8/17$ have $S = 4$.
    flattest   $S = 2Lσ^{2-2/L}$.  Without it, $W = (2, 1/2)$ again: a prefix of norm $2 > 1$.

Proof
    Energy.  The quadratic form of M1 at $Z = uzᵀ$ is at most its maximum,

        Σ_k |A_kᵀu|² |B_kz|² ≤ S/2 = Lσ^{2-2/L},

    and $|A_kᵀu| = σ^{(L-k)/L}$ by M2: divide by $σ^{2-2/L}$.  At $z = v$ M2 gives
    $|B_kv| = σ^{(k-1)/L}$, so that each of the $L$ terms is 1, and their sum is $L$.

    Gains.  So $|W_k ... W_1| ≥ σ^{k/L}$, at $v$.  The first term is $|z|² = 1$ for every $z$, and
    all are at least 0 with the sum at most $L$, so each other one is at most $L - 1$: this is
    M3.upper.  One with $k ≥ 2$ layers can be $L - 1$ only if that of one layer vanishes,
    $W_1z = 0$, but then it is 0 itself: M3.later_strict.  Transposition exchanges prefixes and
    suffixes and keeps $S$.

    Families.  Let $σ = 1$, $W_j = diag(1, n_j)$ for $j ≤ k$, $W_j = diag(1, 0)$ beyond, and
    $b_j = n_1 ... n_{j-1}$.  The dual Gram matrix is diagonal, its entries are $L$, $Σ_j b_j²$ and
    some that are no larger, so these are flattest if and only if $Σ_j b_j² ≤ L$.  With $k = 1$ and
    $n_1² = L - 1$ the first layer attains the upper bound and the last one the lower.  With
    $b_2 = ... = b_k = δ$ the prefix of $k$ layers can have $b_{k+1}² = L - 1 - (k-1)δ²$, which
    tends to $L - 1$ with $δ → 0$, and the layer $n_k = b_{k+1}/δ$ has no bound.

Sharpness
    Both constants are best possible: take $δ = 1/n$, $n$ large, in the family of the proof.

Implementation notes
    Growths are squared, so that they are algebraic numbers of small degree.

References
----------
    mulayoff2020unique (reconstructed except for the abstract's claims); the constants are
    certimin2026
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theorems.assumptions import minimizer, whitened
from theorems.flat_minima import layers_coupled_of_flattest as M2
from theorems.flat_minima import sharpness_ge_of_minimizer as M1
from theorems.flat_minima.edges import (
    first_layer_edge,
    growth_max,
    growth_min,
    later_growth_max,
    later_prefix_edge,
    prefix_energy,
)
from theorems.flat_minima.layers_coupled_of_flattest import beside_the_path
from theorems.flat_minima.paths import flattest
from theorems.flat_minima.residual_networks import residual_flows
from theorems.instances import Instance
from theorems.quantities import depth, layer_norm_max, sharpness, symbols, target_norm
from theorems.settings import all_flattest_minimizers, whitened_minimizers
from verify.theorem import (
    Bounds,
    Condition,
    Formula,
    Identity,
    Measurement,
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

__all__ = ["THEOREM", "growth_bound"]

S, L, sigma, widest = symbols(sharpness, depth, target_norm, layer_norm_max)
energy, highest, lowest, later = symbols(prefix_energy, growth_max, growth_min, later_growth_max)
growth_bound = Formula("growth_bound", "L-1", L - 1)

_FLATTEST = (minimizer, whitened, flattest)
_DEEP, _EDGE = Bounds((3, 4), (1, 3)), Bounds((3, 5))
_CLOSE = sp.Rational(999, 1000)

# --- claims and proofs --------------------------------------------------------------------------


@claim(
    all_flattest_minimizers, sp.Eq(energy, growth_bound + 1), *_FLATTEST,
    given=(M1.lower, M2.gain_most, M2.way_back), name="energy",
)  # fmt: skip
def mean_square(growth_bound: Any) -> Iterator[Step]:
    """The mean squared gain of a unit input is at most 1.

    The weights of M1's quadratic form at Z = u zᵀ, divided by σ^{2-2/L}, and their sum at z = v.
    """
    k = sp.Symbol("k", integer=True, positive=True)
    scale = sigma ** (2 - 2 / L)
    weight, term = sigma ** (-2 * (k - 1) / L), sigma ** (2 * (k - 1) / L)
    form = sigma ** (2 * (L - k) / L) / scale
    yield Identity("weights of the quadratic form", form, weight, why="M2: $|A_kᵀu| = σ^{(L-k)/L}$")
    yield Identity(
        "right-hand side", L * scale / scale, growth_bound + 1, why="$S/2$ is its maximum"
    )
    yield Identity(
        "equality at z = v",
        sp.Sum(weight * term, (k, 1, L)), growth_bound + 1, why="M2: $|B_kv| = σ^{(k-1)/L}$",
    )  # fmt: skip


lower = stated(
    "lower", "the first or last $k$ layers gain at least $σ^{k/L}$",
    all_flattest_minimizers, lowest >= 1, *_FLATTEST,
)  # fmt: skip


@claim(all_flattest_minimizers, highest <= growth_bound, *_FLATTEST, given=(mean_square,))
def upper(growth_bound: Any) -> Iterator[Step]:
    """The first or last $k$ layers gain at most $√(L-1) σ^{k/L}$."""
    yield from _one_term(growth_bound)


def _one_term(bound: Any) -> Iterator[Step]:
    """One of L terms with sum L, when the first is 1 and the rest r >= 0."""
    rest = sp.Symbol("r", nonnegative=True)
    why = "M3.energy: a term is $L - 1 - r$: the first one is $|z|² = 1$, and $r$ the sum of others"
    yield Condition("one term", bound - (L - 1 - rest), ">=", why=why)


first_attained = stated(
    "first_attained", "$√(L-1)$ is attained by the first layer",
    first_layer_edge, sp.Eq(highest, growth_bound), *_FLATTEST, bounds=Bounds((2, 5)),
)  # fmt: skip


@claim(all_flattest_minimizers, later < growth_bound, *_FLATTEST, given=(upper,), bounds=_DEEP)
def later_strict(growth_bound: Any) -> Iterator[Step]:
    """For $k ≥ 2$ the upper bound is strict.

    If W_1 z does not vanish, w = |W_1 z|² / σ^{2/L} is one of the other terms.
    """
    yield from _one_term(growth_bound)
    w = sp.Symbol("w", positive=True)
    below = growth_bound - (L - 1 - w)
    yield Condition("if W_1 z does not vanish", below, ">", why="one term is at most $L - 1 - w$")
    m = sp.Symbol("m", integer=True, positive=True)
    yield Condition(
        "if W_1 z = 0", growth_bound.subs(L, m + 1), ">",
        why="every later term is 0: $B_{k+1} = W_k...W_2W_1$", at={"L": m + 1},
    )  # fmt: skip


later_best_possible = stated(
    "later_best_possible", "for $k ≥ 2$ the upper bound is approached",
    later_prefix_edge, later >= _CLOSE * growth_bound, *_FLATTEST, bounds=_EDGE,
)  # fmt: skip
middle_unbounded = stated(
    "middle_unbounded", "there a middle layer is a hundred times as large as $σ^{1/L}$",
    later_prefix_edge, widest >= 100 * sigma ** (1 / L), *_FLATTEST, bounds=_EDGE,
)  # fmt: skip
lower_attained = stated(
    "lower_attained", "the lower bound is attained by the last layer there",
    first_layer_edge, sp.Eq(lowest, 1), *_FLATTEST, bounds=Bounds((2, 5)),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("one", "1 for $√(L-1)$, $L ≥ 3$", all_flattest_minimizers, highest <= 1, bounds=_DEEP),
    twin("any_minimizer", "the upper bound at every minimizer",
         whitened_minimizers, highest <= L - 1, bounds=_DEEP),
    twin("strict_for_all", "the bound is strict for $k = 1$ too",
         first_layer_edge, highest < L - 1, bounds=Bounds((2, 5))),
    twin("single_layers", "every layer is at most $√(L-1) σ^{1/L}$",
         later_prefix_edge, widest <= sp.sqrt(L - 1) * sigma ** (1 / L), bounds=_EDGE),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Prefixes of the flattest minimum that residual networks reach from zero.

    Balanced, so every prefix gains exactly σ^{k/L}.  The flow stops at a gradient of 1e-9.
    """
    for trained, _ in residual_flows(seed, runs):
        norm, size = float(np.linalg.norm(trained.target, 2)), len(trained.weights)
        yield trained.solution(
            *(
                Measurement(
                    f"gain of the first {k} layers",
                    norm ** (k / size), float(np.linalg.norm(B, 2)), 1e-8,
                )
                for k, B in enumerate(trained.net.prefixes[1:], start=1)
            )
        )  # fmt: skip


_HALF = Fraction(1, 2)

THEOREM = Theorem(
    id="M3",
    title="At a flattest minimum the gain of the first layers is nearly that of equal layers",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $σ = |T|_2$, all norms spectral",
    source=Source("mulayoff2020unique", "gains at flat minima (reconstructed, constants ours)"),
    claims=(
        mean_square, lower, upper, first_attained, later_strict, later_best_possible,
        middle_unbounded, lower_attained,
    ),
    controls=_twins,
    witnesses=(
        witness("near_edge", upper,
                "$diag(1, 7/5), diag(1, 0), diag(1, 0)$: gain 7/5, allowed $√2$",
                beside_the_path),
        witness("strict", later_strict,
                "$diag(1, 1/2), diag(1, 2), diag(1, 0)$: the second prefix gains 1",
                lambda: Instance.of_minimizer(
                    [[[1, 0], [0, _HALF]], [[1, 0], [0, 2]], [[1, 0], [0, 0]]], [[1, 0], [0, 1]])),
    ),
    necessity=(
        needed(flattest, upper, "$W = (2, 1/2)$: $S = 17/2 > 4$, first gain $2 > 1$",
               lambda: Instance.of_minimizer([[[2]], [[_HALF]]], [[1]])),
        needed(whitened, upper, "$W = (2, 1/2)$, $Σ = 8/17$: $S = 4$, first gain $2 > 1$",
               lambda: Instance.of_minimizer([[[2]], [[_HALF]]], [[Fraction(8, 17)]])),
        needed(minimizer, upper,
               "$W_1 = (1, 1/2, 1/2)ᵀ$, $W_2 = 0$, $T = 1$: $S = 4$, first gain $√(3/2) > 1$",
               lambda: Instance.exact([[[1], [_HALF], [_HALF]], [[0, 0, 0]]], [[1]], [[1]])),
    ),
    trainings=(
        Training("trained", "gradient flow from identity layers: gains of the prefixes", _train),
    ),
    module=__name__,
)  # fmt: skip
