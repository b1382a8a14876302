r"""Along any path from an input to an output, the sharpness of a minimizer is bounded below.

Statement
    Let $û = u/|u|$ with any direction $u$ of outputs, and $z = Ky/|Ky|$ with any $y$ of inputs,
    $Σy ≠ 0$.

    At every minimizer

        S(W) ≥ 2 Σ_k |A_kᵀû|² |B_kKz|²,                                    [direction]
        |A_kᵀû|² |B_{k+1}Kz|² ≥ (û·TKz)² \quad (k < L),                    [pairs]
        S(W) ≥ 2L (|Kz|² (û·TKz)^{2(L-1)})^{1/L}.                          [path]

Notation
    $S$ (``sharpness``), the largest eigenvalue of the Hessian of $R = E|y - Px|²$; $K = Σ^{1/2}$;
    $A_k = W_L ... W_{k+1}$ and $B_k = W_{k-1} ... W_1$ the suffixes and prefixes of layer $k$.
    With $u$ and $y$ rational, all but $S$ is.

Assumptions
    minimizer  $PΣ = TΣ$: the Hessian is the Gram form, and $PKz = TKz$.

Proof
    $H = 2JᵀJ$ has the top eigenvalue of $2JJᵀ$ (F3.spectrum), and $JJᵀ$ at the unit vector $û ⊗ z$
    has the value $Σ_k |A_kᵀû|² |B_kKz|²$ (F6.form): this is F6.direction.

    Cauchy-Schwarz gives F6.pairs: as $A_kB_{k+1} = P$,

        |A_kᵀû| |B_{k+1}Kz| ≥ û·A_kB_{k+1}Kz = û·TKz;

    in squares it is Lagrange's identity $|x|²|y|² = (x·y)² + Σ_{i<j} (x_iy_j - x_jy_i)²$
    (F6.lagrange).

    For F6.path put $a_k = |A_kᵀû|²$ and $b_k = |B_kKz|²$, so that $a_L = 1$ and $b_1 = |Kz|²$.  By
    the inequality of arithmetic and geometric means, and then by F6.pairs,

        Σ_k a_kb_k ≥ L (Π_k a_kb_k)^{1/L} = L (b_1 a_L Π_{k<L} a_kb_{k+1})^{1/L}
        \ge L (|Kz|² (û·TKz)^{2(L-1)})^{1/L}.

Sharpness
    The suprema over $û$ and $z$ give the bounds of M1 and U1, which are attained.

Implementation notes
    $û$ and $z$ come with the instance, so each claim is attacked in all directions.

References
----------
    mulayoff2020unique (the argument, for whitened data and a top pair; reconstructed)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.assumptions import minimizer
from theorems.directions import (
    DirectedInstance,
    directed_minimizers,
    directed_whitened_minimizers,
    gain_in,
    gain_out,
    k,
    lagrange_rest,
    pair_least,
    pairing,
    path_ends,
    path_energy,
    path_quotient,
    twist,
)
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.inequalities import path_bound
from theorems.instances import Instance, Rows
from theorems.quantities import depth, sharpness, symbols
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Claim,
    Condition,
    Source,
    Step,
    Theorem,
    claim,
    needed,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "path"]

S, L, energy, ends = symbols(sharpness, depth, path_energy, path_ends)
paired, least, rest, quotient = symbols(pairing, pair_least, lagrange_rest, path_quotient)
_DEEP = Bounds((2, 4), (1, 3))
_SIZES = ((2, 2, 2, 2), (3, 2, 1, 2, 1), (3, 1, 2, 2, 2))

# --- claims and proofs --------------------------------------------------------------------------

form = stated(
    "form", "the dual Gram form at $û ⊗ z$ is the energy along the path",
    directed_minimizers, sp.Eq(quotient, 2 * energy), bounds=_DEEP, sizes=_SIZES, check=True,
)  # fmt: skip


@claim(
    directed_minimizers, S >= 2 * energy, minimizer,
    given=(F3.spectrum, form), bounds=_DEEP, formal=True,
)  # fmt: skip
def direction(form: Claim) -> Iterator[Step]:
    """The sharpness is at least twice the energy along any path."""
    yield rules.transitive(rules.largest(sharpness, path_quotient), rules.given(form))


lagrange = stated(
    "lagrange", "Lagrange's identity between neighbours",
    directed_minimizers, sp.Eq(rest, 0), minimizer, bounds=_DEEP,
    sizes=(*_SIZES, (2, 2, 3, 2), (2, 3, 2, 1), (4, 1, 2, 1, 2, 1)), check=True,
)  # fmt: skip


@claim(
    directed_minimizers, least >= paired, minimizer,
    given=(lagrange,), bounds=_DEEP, formal=True,
)  # fmt: skip
def pairs(lagrange: Claim) -> Iterator[Step]:
    """Cauchy-Schwarz between neighbours."""
    named = rules.turned(rules.definition(lagrange_rest))
    zero = rules.squares_vanish(rules.transitive(named, rules.given(lagrange)))
    more = Condition("squares", twist(k), ">=", why="$c_k$ is a sum of squares")
    yield rules.least_exceeds(pair_least, rules.added(zero, more))


start = stated(
    "start", "on whitened data a path starts with energy 1",
    directed_whitened_minimizers, sp.Eq(ends, 1), bounds=_DEEP, sizes=_SIZES, check=True,
)  # fmt: skip


@claim(
    directed_minimizers,
    S >= 2 * L * (ends * paired ** (L - 1)) ** (1 / L),
    minimizer,
    given=(direction, pairs),
    bounds=_DEEP,
    formal=True,
)
def path(direction: Claim, pairs: Claim) -> Iterator[Step]:
    """The sharpness is at least $2L$ times the geometric mean along any path."""
    mean = path_bound(
        gain_out, gain_in,
        energy=path_energy, ends=path_ends, least=pair_least, pairs=rules.given(pairs),
    )  # fmt: skip
    yield rules.transitive(rules.given(direction), rules.scaled(mean, 2))


# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("three", "3 for 2 along a path",
         directed_minimizers, S >= 3 * energy, bounds=_DEEP),
    twin("squared_pair", "a pair as large as twice what it must be",
         directed_minimizers, least >= 2 * paired, bounds=_DEEP),
    twin("no_ends", "the ends of the path left out",
         directed_minimizers, S >= 2 * L * paired ** ((L - 1) / L), bounds=_DEEP),
)  # fmt: skip


def _directed(instance: Instance, output: Rows, source: Rows) -> DirectedInstance:
    ar = Rational()
    return DirectedInstance.beside(instance, output=ar.matrix(output), input=ar.matrix(source))


THEOREM = Theorem(
    id="F6",
    title="Along any path from an input to an output the sharpness of a minimizer is bounded below",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $û$ and $z$ are unit vectors",
    source=Source("mulayoff2020unique", "the argument for whitened data (reconstructed)"),
    claims=(form, direction, lagrange, pairs, start, path),
    controls=_twins,
    witnesses=(
        witness("skew", path, "directions that are not singular vectors",
                lambda: _directed(
                    Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1], [0, 1]]], [[2, 1], [1, 1]]),
                    [[1], [1]], [[1], [-1]])),
    ),
    necessity=(
        needed(minimizer, path, "weights 0, target 1, depth 2: $S = 2 < 4$",
               lambda: _directed(
                   Instance.exact([[[0]], [[0]]], [[1]], [[1]]), [[1]], [[Fraction(1)]])),
    ),
    module=__name__,
)  # fmt: skip
