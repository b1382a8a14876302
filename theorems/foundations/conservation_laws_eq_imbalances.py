r"""Two layers have no conservation law but their imbalance, and often fewer laws than its entries.

Statement
    Let $L = 2$, $N = d_x + d_y$, $r$ be the hidden width and $ρ = rank Z$ for the $N x r$ matrix
    $Z$ with blocks $W_2$ and $W_1ᵀ$.  Every gradient flow of a loss of $P$ moves $Z$ by

        $dZ/dt = -S_GZ$, where $S_G$ has the blocks $G$ and $Gᵀ$, $G = ∂R/∂P$.   [fields]

    All these fields and their iterated brackets span at $Z$ a space of dimension exactly

        Nρ - ρ(ρ+1)/2,                                                             [rank]

    at every $Z$.  So at a point of full rank $ρ = min(r, N)$ the number of independent functions
    of the weights that all these flows conserve is

        $r(r+1)/2$ if $r ≤ N$, the number of entries of $D$,                         [narrow]
        $Nr - N(N-1)/2$ if $r ≥ N$,                                                  [wide]

    and there $D = W_2ᵀW_2 - W_1W_1ᵀ$ has that many independent entries.   [found, found_wide]

Notation
    $N$ (``data_sides``), $r$ (``hidden_width``), $ρ$ (``layers_rank``), the dimension of the span
    (``lie_rank``), $Nr$ minus it (``law_count``), the rank of the differential of $D$
    (``imbalance_rank``).  $J = diag(I, -I)$ with blocks of sizes $d_y$ and $d_x$: $D = ZᵀJZ$.

Assumptions
    full_columns  $ρ = r$: what a generic point has for $r ≤ N$.  At $Z = 0$ nothing moves, and the
                  count excludes no function.
    full_rows     $ρ = N$: what a generic point has for $r ≥ N$; the same.

Proof
    $∇_{W_2} = GW_1ᵀ$ and $∇_{W_1} = W_2ᵀG$.   [fields]
    A law $h$ has $dh(S_GZ) = 0$ for every $G$, for every $G$ is the slope of some loss of $P$ at
    this point, and then $dh$ vanishes on brackets of these fields too, which are the linear fields
    of the commutators of the $S_G$.
    The commutators of two $S_G$ have skew blocks $GHᵀ - HGᵀ$ and $GᵀH - HᵀG$, which are all skew
    blocks; so the Lie algebra is that of all $S$ with $JS$ skew, of dimension
    $N(N-1)/2$.   [dimension]
    Those with $SZ = 0$ are the skew forms $JS$ on $\mathbb{R}^N$ over the range of $Z$: there are
    $(N-ρ)(N-ρ-1)/2$.   [stabiliser]
    The dimension of the span is the difference.   [nullity, rank]
    Independent laws are at most as many as $Nr$ minus that; put in $ρ = r$ and $ρ = N$.
    [narrow, wide]
    $D$ is conserved (F4), and its differential $Ż ↦ ZᵀJŻ + ŻᵀJZ$ has rank
    $rρ - ρ(ρ-1)/2$.   [differential]
    This is $Nr$ minus the dimension of the span if and only if $(N-ρ)(r-ρ) = 0$.
    [found, found_wide]

Sharpness
    With widths 1, 3, 1 there are 5 laws, and $D$ has 6 entries (control and witness).  Without the
    brackets the count is too large (control).

Implementation notes
    The Lie algebra is closed under commutators in integers, step by step, and ranks are those of
    exact matrices: no formula of the proof enters.  That independent laws exist locally is known
    by [found], so Frobenius' theorem is not needed.  Losses in the word "every" need no data: the
    slope $G$ at a point is any matrix.

References
----------
    marcotte2023abide (abstract read; re-derived here)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from theorems.foundations.conservation import (
    data_sides,
    field_gap,
    field_rank,
    hidden_width,
    imbalance_rank,
    law_count,
    layers_rank,
    lie_dimension,
    lie_rank,
    stabiliser_dimension,
    wide_pairs,
)
from theorems.instances import Instance
from theorems.quantities import symbols
from theorems.settings import any_weights
from verify.derivation import rules
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
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- symbols and closed forms ---------------------------------------------------------------------

N, r, rho, lie, orbit, reached, rest, laws, entries, fields_gap = symbols(
    data_sides, hidden_width, layers_rank, lie_dimension, lie_rank, field_rank,
    stabiliser_dimension, law_count, imbalance_rank, field_gap,
)  # fmt: skip
rank_law = Formula("rank_law", r"N\rho-\rho(\rho+1)/2", N * rho - rho * (rho + 1) / 2)
narrow_law = Formula("narrow_law", "r(r+1)/2", r * (r + 1) / 2)
wide_law = Formula("wide_law", "Nr-N(N-1)/2", N * r - N * (N - 1) / 2)

narrow_full = Assumption("full_columns", sp.Eq(rho, r))
wide_full = Assumption("full_rows", sp.Eq(rho, N))

# --- claims and proofs ----------------------------------------------------------------------------

_TWO = Bounds((2, 2), (1, 3))

fields = stated(
    "fields", "all flows are linear in the layers",
    any_weights, sp.Eq(fields_gap, 0), bounds=_TWO,
    sizes=((2, 2, 2, 2, 2), (2, 1, 3, 1, 1), (2, 3, 1, 2, 3)),
)  # fmt: skip
dimension = stated(
    "dimension", "what their brackets generate",
    any_weights, sp.Eq(lie, N * (N - 1) / 2), bounds=_TWO, check=True,
)  # fmt: skip
stabiliser = stated(
    "stabiliser", "what of it rests at a point",
    any_weights, sp.Eq(rest, (N - rho) * (N - rho - 1) / 2), bounds=_TWO, check=True,
)  # fmt: skip
nullity = stated(
    "nullity", "rank and nullity", any_weights, sp.Eq(lie, orbit + rest), bounds=_TWO, check=True
)
differential = stated(
    "differential", "how many entries of the imbalance are independent at a point",
    any_weights, sp.Eq(entries, r * rho - rho * (rho - 1) / 2), bounds=_TWO, check=True,
)  # fmt: skip
counted = stated(
    "counted", "laws are what the flows do not reach",
    any_weights, sp.Eq(laws, N * r - orbit), bounds=_TWO, check=True,
)  # fmt: skip


@claim(
    any_weights, sp.Eq(orbit, rank_law), given=(dimension, stabiliser, nullity), bounds=_TWO
)  # fmt: skip
def rank(dimension: Claim, stabiliser: Claim, nullity: Claim, rank_law: Any) -> Iterator[Step]:
    """How many directions all flows and their brackets reach, at any weights."""
    moved = rules.turned(rules.added(rules.given(nullity), -rest))
    named = rules.rewritten(moved, orbit, lie - rest)
    put_in = rules.substituted(named, rules.given(dimension))
    yield rules.rewritten(rules.substituted(put_in, rules.given(stabiliser)), orbit, rank_law)


@claim(any_weights, sp.Eq(laws, narrow_law), narrow_full, given=(counted, rank), bounds=_TWO)
def narrow(counted: Claim, rank: Claim, narrow_law: Any) -> Iterator[Step]:
    """A narrow layer: as many laws as the imbalance has entries."""
    yield from _counted(counted, rank, narrow_full, narrow_law)


@claim(wide_pairs, sp.Eq(laws, wide_law), wide_full, given=(counted, rank), bounds=_TWO)
def wide(counted: Claim, rank: Claim, wide_law: Any) -> Iterator[Step]:
    """A wide layer: fewer laws than entries."""
    yield from _counted(counted, rank, wide_full, wide_law)


def _counted(counted: Claim, rank: Claim, full: Assumption, law: Any) -> Iterator[Step]:
    put_in = rules.substituted(rules.given(counted), rules.given(rank))
    yield rules.rewritten(rules.substituted(put_in, rules.assumed(full)), laws, law)


@claim(
    any_weights, sp.Eq(laws, entries), narrow_full, given=(narrow, differential), bounds=_TWO
)  # fmt: skip
def found(narrow: Claim, differential: Claim) -> Iterator[Step]:
    """The imbalance has all laws of a narrow layer."""
    known = rules.substituted(rules.given(differential), rules.assumed(narrow_full))
    yield rules.transitive(rules.given(narrow), rules.turned(known))


@claim(wide_pairs, sp.Eq(laws, entries), wide_full, given=(wide, differential), bounds=_TWO)
def found_wide(wide: Claim, differential: Claim) -> Iterator[Step]:
    """And those of a wide one."""
    known = rules.substituted(rules.given(differential), rules.assumed(wide_full))
    yield rules.transitive(rules.given(wide), rules.turned(known))


# --- false twins ----------------------------------------------------------------------------------


def _ones(inputs: int, hidden: int, outputs: int) -> Instance:
    """Layers of small whole numbers of full rank."""
    first = [[1 + i * j + (i == j) for j in range(inputs)] for i in range(hidden)]
    last = [[2 * (i == j) - i * j - 1 for j in range(hidden)] for i in range(outputs)]
    eye = [[int(i == j) for j in range(inputs)] for i in range(inputs)]
    return Instance.of_minimizer([first, last], eye)


def _zero(hidden: int) -> Instance:
    """One input, one output, all weights zero."""
    return Instance.exact([[[0]] * hidden, [[0] * hidden]], [[1]], [[1]])


_twins = (
    twin("every_entry", "$r(r+1)/2$ laws for wide layers too",
         wide_pairs, sp.Eq(laws, narrow_law), wide_full, bounds=_TWO,
         known=lambda: [_ones(1, 3, 1)]),
    twin("independent_entries", "the entries of $D$ are always independent",
         wide_pairs, sp.Eq(entries, narrow_law), wide_full, bounds=_TWO),
    twin("without_brackets", "the flows themselves reach all that their brackets do",
         any_weights, sp.Eq(reached, rank_law), bounds=_TWO),
    twin("any_point", "$r(r+1)/2$ laws at any point", any_weights, laws <= narrow_law, bounds=_TWO,
         known=lambda: [Instance.exact([[[0]], [[0]]], [[1]], [[1]])]),
)  # fmt: skip

THEOREM = Theorem(
    id="N15",
    title="Two layers have no conservation law but their imbalance",
    normalisation="any loss of $P$, slope $G = ∂R/∂P$; measured for $R = E|y - Px|²$",
    source=Source("marcotte2023abide", "number of laws (from memory; re-derived here)"),
    claims=(
        fields, dimension, stabiliser, nullity, differential, counted, rank, narrow, wide, found,
        found_wide,
    ),
    controls=_twins,
    witnesses=(
        witness("five_laws", wide, "widths 1, 3, 1: 5 laws", lambda: _ones(1, 3, 1)),
        witness("three_laws", narrow, "widths 2, 2, 2: 3 laws", lambda: _ones(2, 2, 2)),
    ),
    necessity=(
        needed(narrow_full, narrow, "$W = 0$, widths 1, 1, 1: 2, and not 1",
               lambda: _zero(1)),
        needed(wide_full, wide, "$W = 0$, widths 1, 2, 1: 4, and not 3",
               lambda: _zero(2)),
    ),
    module=__name__,
)  # fmt: skip
