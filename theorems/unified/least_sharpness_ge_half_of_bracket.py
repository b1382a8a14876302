r"""The least sharpness is at least half of its bracket for any number of outputs.

Statement
    Let $Λ = λ_max(Σ)$, $K = Σ^{1/2}$ and $S_min$ as in U1.  For any number of outputs

        S_min ≥ 2(L-1)^{1-1/L} Λ^{1/L} |TK|_2^{2-2/L},                     [lower]

    where $0^0 = 1$.  It is at least half of the upper bracket of U2,

        S_min ≥ LΛ^{1/L} |TK|_2^{2-2/L},                                   [half]

    so that the two numbers $Λ$ and $|TK|_2$ give $S_min$ within a factor of
    $L/(L-1)^{1-1/L} ≤ 2$, which tends to 1 as $L → ∞$.   [lower, half]

    The bound of C1, which is $2La|w^*|^{2-2/L}$ for one output, holds for any number of them,

        S_min ≥ 2L |TK|_2² / |T|_2^{2/L},                                  [stretched]

    with equality, $S_min = 2L|TK|_2²/|T|_2^{2/L}$, where one path starts at a top eigenvector of
    $Σ$.   [stretched_attained]

    Where there is one output, $Σw^* = a w^*$ and $Λ = a(L + (L-1)q²)$ with a rational $q$,

        S_min (1 - a/Λ)^{1-1/L} = 2(L-1)^{1-1/L} Λ^{1/L} |TK|_2^{2-2/L}:   [beside]

    the bound is attained in the limit of small $a/Λ$, and no larger multiple of it is a bound.

Notation
    ``minimal_sharpness`` is $S_min$, ``depth`` is $L$, ``data_max`` is $Λ$, $|TK|_2$ is
    ``target_on_data``, $|T|_2$ is ``target_norm``; ``a`` is $a = w^{*T}Σw^*/|w^*|²$ for one output.
    $z$ and $û$ are directions of inputs and outputs as in F6.

Assumptions
    one_output  for the equality: $a$ is not defined otherwise.

    $S_min$ is that of U1: hidden widths at least $rank(TΣ)$.

Proof
    By U1, $S_min = 2L max (|Kz|²)^{1/L}((û·TKz)²)^{1-1/L}$ over unit vectors $z$ and $û$.  A good
    $z$ leans on two directions: the top eigenvector $e$ of $Σ$, which makes the first factor large,
    and the top right singular vector $v$ of $TK$, which makes the second one large.

    Let $û$ be the left singular vector and choose signs such that $c = e·v ≥ 0$.  With
    $r² = L-1$ take $z$ along $e + rv$, whose square is $1 + r² + 2rc = L + 2rc$.  Then

        |Kz|² ≥ Λ(z·e)² = Λ(1 + rc)²/(L + 2rc),
        (û·TKz)² = |TK|_2²(z·v)² = |TK|_2²(c + r)²/(L + 2rc).

    If the two directions were perpendicular ($c = 0$) this would be $Λ/L$ and
    $|TK|_2²(L-1)/L$, the claim.  That they are not can only help: with $x = 2rc/L$

        (1 + rc)² ≥ 1 + 2rc ≥ 1 + x,        (c + r)² ≥ r² + 2rc ≥ r²(1 + x),

    so that each of the $L$ factors is at least what it is for $c = 0$.   [lower]

    Half of the bracket.  $L^L ≤ 2^L(L-1)^{L-1}$, since by Bernoulli's inequality

        (2(L-1)/L)^{L-1} = (1 + (L-2)/L)^{L-1} ≥ 1 + (L-1)(L-2)/L ≥ L/2,

    the last step being $(L-2)² ≥ 0$.   [half]

    The stretch.  At $z = v$, the top right singular vector of $TK$, the second factor is $|TK|_2²$,
    and the first one at least $|TKv|²/|T|_2²$:

        |Kv|² ≥ |TK|_2²/|T|_2²,  (|Kv|²)^{1/L}(|TK|_2²)^{1-1/L} ≥ |TK|_2²/|T|_2^{2/L}.  [stretched]

    Where $T = c\,v q^T$ with a top eigenvector $q$ of $Σ$, $|TK|_2² = c²Λ$, and the bound is the
    upper bracket of U2.   [stretched_attained]

    The limit.  For $Σw^* = a w^*$ the share $s = (z·ŵ)²$ of the regressor bounds the first factor,
    $|Kz|² ≤ Λ - (Λ-a)s$, and gives the second one, $|TKz|² = |TK|_2² s$.  By the inequality of
    arithmetic and geometric means for the first, once, and $(Λ-a)s/(L-1)$, $L-1$ times, whose sum
    is $Λ$,

        (Λ - (Λ-a)s) ((Λ-a)s/(L-1))^{L-1} ≤ (Λ/L)^L,

    with equality at $s = (L-1)Λ/(L(Λ-a))$, which is at most 1 as $La ≤ Λ$, in the plane of $w^*$
    and a top eigenvector.   [beside]

Sharpness
    Both ends of the factor $L/(L-1)^{1-1/L}$ are needed: U2's bracket is attained where $w^*$ is
    along a top eigenvector (U2.outputs_attained), this one in the limit $a/Λ → 0$.  A constant ten
    per cent larger is refuted (control).  Of the two lower bounds the first is better where the
    target leans away from the largest eigenvalue, the second where it leans towards it.

Implementation notes
    Both bounds were proposed by ``certimin propose``, the first one as $1.51(L-1)$ times the same
    product.

References
----------
    certimin2026; marion2024deep has the bound by the stretch for one output
"""

from __future__ import annotations

import sympy as sp

from theorems.assumptions import one_output
from theorems.instances import Instance
from theorems.quantities import (
    a,
    data_max,
    depth,
    minimal_sharpness,
    symbols,
    target_norm,
    target_on_data,
)
from theorems.settings import balanced_path, minimizers, overlooked_direction
from theorems.unified.minimal_sharpness_between_closed_forms import outputs_bracket
from verify.theorem import Bounds, Formula, Source, Theorem, stated, twin, witness

__all__ = ["THEOREM", "crossed_bracket", "stretched_bracket"]

S_min, L, rayleigh, top, image, norm = symbols(
    minimal_sharpness, depth, a, data_max, target_on_data, target_norm
)

# --- closed forms -------------------------------------------------------------------------------

crossed_bracket = Formula(
    "crossed_bracket",
    r"2(L-1)^{1-1/L}\Lambda^{1/L}|TK|_2^{2-2/L}",
    2 * (L - 1) ** (1 - 1 / L) * top ** (1 / L) * image ** (2 - 2 / L),
)
stretched_bracket = Formula(
    "stretched_bracket", r"2L|TK|_2^2/|T|_2^{2/L}", 2 * L * image**2 / norm ** (2 / L)
)

# --- claims -------------------------------------------------------------------------------------

_DEEP = Bounds((2, 5), (1, 3))

lower = stated(
    "lower", "the bracket from two directions",
    minimizers, S_min >= crossed_bracket, bounds=_DEEP, formal=True,
)  # fmt: skip
half = stated(
    "half", "at least half of the upper bracket",
    minimizers, S_min >= L * top ** (1 / L) * image ** (2 - 2 / L), bounds=_DEEP, formal=True,
)  # fmt: skip
beside = stated(
    "beside", "what the bracket misses where the regressor is a small eigenvector",
    overlooked_direction,
    sp.Eq(S_min * (1 - rayleigh / top) ** (1 - 1 / L), crossed_bracket), one_output,
    bounds=_DEEP, formal=True,
)  # fmt: skip
stretched = stated(
    "stretched", "C1's bound for any number of outputs",
    minimizers, S_min >= stretched_bracket, bounds=_DEEP, formal=True,
)  # fmt: skip
stretched_attained = stated(
    "stretched_attained", "and equality along one path from a top eigenvector",
    balanced_path, sp.Eq(S_min, stretched_bracket), bounds=_DEEP, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("above", "the bracket as one from above",
         minimizers, S_min <= crossed_bracket, bounds=_DEEP),
    twin("larger_constant", "a constant ten per cent larger",
         overlooked_direction, S_min >= sp.Rational(11, 10) * crossed_bracket, bounds=_DEEP),
    twin("stretched_above", "the bound by the stretch as one from above",
         minimizers, S_min <= stretched_bracket, bounds=_DEEP),
    twin("depth_for_depth_less_one", "$L$ for $L-1$",
         minimizers, S_min >= outputs_bracket, bounds=_DEEP),
)  # fmt: skip

THEOREM = Theorem(
    id="U12",
    title="The least sharpness is at least half of its bracket for any number of outputs",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$",
    source=Source("certimin2026", "the largest eigenvalue and the norm of the target on the data"),
    claims=(lower, half, beside, stretched, stretched_attained),
    controls=_twins,
    witnesses=(
        witness("perpendicular", lower,
                "$Σ = diag(100, 1)$, $T = (0, 1)$, depth 2: within one per cent of the bracket",
                lambda: Instance.of_minimizer([[[0, 1]], [[1]]], [[100, 0], [0, 1]])),
        witness("isotropic", half, "$W_1 = W_2 = Σ = I$: $S_min = 4$, twice the bound",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]])),
    ),
    module=__name__,
)  # fmt: skip
