r"""A network coupled along a top path is flattest exactly if it is tame beside it.

Statement
    Let $Σ = I$, let the layers be $W_k = g Q_k diag(1, Y_k) Q_{k-1}ᵀ$ with rotations $Q_k$, and
    let $T = P$.

    Then, with $A_k = Y_L ⋯ Y_{k+1}$ and $B_k = Y_{k-1} ⋯ Y_1$,

        S = 2g^{2L-2} \max(L, \barλ(\sum_k B_kᵀB_k), \barλ(\sum_k A_kA_kᵀ),
                          \barλ(\sum_k A_kA_kᵀ ⊗ B_kᵀB_k)),                   [value]

    $\barλ$ the largest eigenvalue; decided is one direction beside the path, where all $Y_k$ are
    numbers.  If the path is a top one, $σ = g^L$, then $W$ is flattest,
    $S = 2Lσ^{2-2/L}$, exactly if none of the three others is more than $L$.   [value, M1.lower]

Notation
    $S$ (``sharpness``); ``rest_rows``, ``rest_columns`` and ``rest_block`` are the three other
    eigenvalues, ``path_gain`` is $g$, $σ = |T|_2$.

Assumptions
    None: the setting has one direction beside the path, $Y_k = y_k$.

Proof
    In the turned bases the dual Gram matrix $\sum_k A_kA_kᵀ ⊗ B_kᵀB_k$ of the whole network maps
    none of four parts of $u vᵀ$-space to another: the path itself, the rest of its row, the rest
    of its column, and the block of both rests.  On them it is $g^{2L-2}$ times $L$, the sum of the
    $B_kᵀB_k$, of the $A_kA_kᵀ$, and of their products.   [value]

    With $σ = g^L$ the first part is $2Lσ^{2-2/L}$, the least sharpness (M1): flattest exactly if
    no other part is larger.  (If none is, $σ = g^L$ follows from M1 and $σ ≥ g^L$.)

    Conversely, and on paper only: every flattest minimizer has this form along a top path, so that
    the conditions are necessary and sufficient at every depth.  For equality in the proof of M1
    says that $W_L ⋯ W_{k+1}$ and $W_k ⋯ W_1$ meet the top path in one direction $p_k$ from both
    sides, with one gain: then $W_kp_{k-1} = gp_k$ and $W_kᵀp_k = gp_{k-1}$, the form above.

Sharpness
    None of the three conditions can be left out, and $|Y_k| ≤ 1$ is not needed (controls).  At
    $L = 2$ they say $|Y_1|, |Y_2| ≤ 1$ (N1).

Implementation notes
    One direction beside the path, so that all eigenvalues are rational and decided exactly; more
    are compared in floats by a test.

References
----------
    certimin2026; kamber2025sharpness (a sufficient condition, necessary at depth 2; abstract read)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.instances import Instance
from theorems.quantities import depth, sharpness, symbols
from theorems.recipes import Draw, diagonal, setting
from verify.theorem import (
    Assumption,
    Bounds,
    Formula,
    Source,
    Theorem,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- minimizers that are coupled along the top path ---------------------------------------------


@dataclass(frozen=True, eq=False)
class CoupledInstance(Instance):
    """A minimizer with the gain g of its path and what stands beside it, y_1, ..., y_L."""

    gain: Any
    rests: tuple[Any, ...]


@setting(
    "coupled-minimizers",
    "W_k = g Q_k diag(1, y_k) Q_{k-1}ᵀ, widths 2, 1 <= g <= 2, 0 <= y_k <= 2, Σ = I, T = P",
    checker=None,
    load=None,
)
def coupled_minimizers(draw: Draw) -> CoupledInstance:
    """One direction beside the path, turned in every layer."""
    ar, L = draw.arithmetic, draw.depth()
    gain, rests = draw.number(1, 2), draw.numbers(L, 0, 2)
    layers, _ = draw.rotated([diagonal(ar, [gain, gain * y], 2, 2) for y in rests])
    base = Instance.of(ar, layers, ar.identity(2))
    return CoupledInstance.beside(base, gain=gain, rests=tuple(rests))


def _written(*rests: Fraction | int) -> CoupledInstance:
    """The layers diag(1, y_k)."""
    base = Instance.of_minimizer([[[1, 0], [0, y]] for y in rests], [[1, 0], [0, 1]])
    ar = Rational()
    return CoupledInstance.beside(base, gain=ar.scalar(1), rests=tuple(map(ar.scalar, rests)))


# --- quantities ---------------------------------------------------------------------------------


def _products(factors: Sequence[Any], one: Any) -> list[Any]:
    """1, f_1, f_1f_2, ..., without the last."""
    found = [one]
    for factor in factors[:-1]:
        found.append(found[-1] * factor)
    return found


def _sides(instance: CoupledInstance) -> tuple[list[Any], list[Any]]:
    """The |A_k|² and the |B_k|² of the rests, k = 1..L."""
    squares, one = [y * y for y in instance.rests], instance.gain / instance.gain
    return _products(squares[::-1], one)[::-1], _products(squares, one)


@quantity("path_gain", "g")
def path_gain(instance: CoupledInstance) -> Any:
    """Gain g of every layer along the path."""
    return instance.gain


@quantity("rest_rows", r"\bar\lambda(\textstyle\sum_kB_k^TB_k)")
def rest_rows(instance: CoupledInstance) -> Any:
    """Σ_k |B_k|² of the rests."""
    return sum(_sides(instance)[1][1:], start=_sides(instance)[1][0])


@quantity("rest_columns", r"\bar\lambda(\textstyle\sum_kA_kA_k^T)")
def rest_columns(instance: CoupledInstance) -> Any:
    """Σ_k |A_k|² of the rests."""
    return sum(_sides(instance)[0][1:], start=_sides(instance)[0][0])


@quantity("rest_block", r"\bar\lambda(\textstyle\sum_kA_kA_k^T\otimes B_k^TB_k)", positive=False)
def rest_block(instance: CoupledInstance) -> Any:
    """Σ_k |A_k|²|B_k|² of the rests."""
    terms = [a * b for a, b in zip(*_sides(instance), strict=True)]
    return sum(terms[1:], start=terms[0])


@quantity("rest_largest", r"\max_k|Y_k|", positive=False)
def rest_largest(instance: CoupledInstance) -> Any:
    """The largest of the rests."""
    return instance.arithmetic.maximum(*instance.rests)


S, L, g, rows, columns, block, largest = symbols(
    sharpness, depth, path_gain, rest_rows, rest_columns, rest_block, rest_largest
)


def _value(*parts: Any) -> Any:
    return 2 * g ** (2 * L - 2) * sp.Max(L, *parts)


coupled_value = Formula(
    "coupled_value",
    r"2g^{2L-2}\max(L,\bar\lambda(\textstyle\sum_kB_k^TB_k),\bar\lambda(\sum_kA_kA_k^T),"
    r"\bar\lambda(\sum_kA_kA_k^T\otimes B_k^TB_k))",
    _value(rows, columns, block),
)

# --- claim and twins ----------------------------------------------------------------------------

_SIZES = Bounds((2, 4), (2, 2))

value = stated(
    "value", "the sharpness of minimizers that are coupled along a path",
    coupled_minimizers, sp.Eq(S, coupled_value), bounds=_SIZES,
)  # fmt: skip

_flat = Assumption("flat", sp.Eq(S, 2 * L * g ** (2 * L - 2)))
_twins = (
    twin("contractions", "flattest only if no layer is more than $g$ beside the path",
         coupled_minimizers, largest <= 1, _flat, bounds=_SIZES,
         known=lambda: [_written(Fraction(6, 5), Fraction(1, 2), Fraction(1, 2))]),
    twin("rows_only", "the condition on rows suffices",
         coupled_minimizers, S <= _value(rows), bounds=_SIZES,
         known=lambda: [_written(Fraction(1, 2), Fraction(1, 2), 2)]),
    twin("no_block", "the conditions on rows and columns suffice",
         coupled_minimizers, S <= _value(rows, columns), bounds=_SIZES,
         known=lambda: [_written(Fraction(1, 5), 7, Fraction(1, 5))]),
)  # fmt: skip

THEOREM = Theorem(
    id="N27",
    title="A network coupled along a top path is flattest exactly if it is tame beside it",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $Σ = I$",
    source=Source("certimin2026", "necessary and sufficient condition for flatness"),
    claims=(value,),
    controls=_twins,
    witnesses=(
        witness("stretched", value, "$y = (6/5, 1/2, 1/2)$: $S = 6$, flattest",
                lambda: _written(Fraction(6, 5), Fraction(1, 2), Fraction(1, 2))),
    ),
    module=__name__,
)  # fmt: skip
