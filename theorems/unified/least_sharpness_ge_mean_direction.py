r"""The least sharpness is at least that of the mean direction of the inputs.

Statement
    Let $S_min$ be as in U1 and $y = Tx$.  For any $Σ$ and any number of outputs

        S_min ≥ 2L (tr Σ)^{1/L} R(0)^{1-1/L} / d_x,                        [mean]

    two sums over the data, with no eigenvalue in them: what a *mean direction* of the inputs gives,
    in which both factors of U1's gain are at least their means.  It is an equality where $Σ$ and
    $T^TT$ are multiples of the identity.   [attained]

Notation
    ``minimal_sharpness`` is $S_min$, ``depth`` is $L$, ``data_trace`` is $tr Σ = E|x|²$,
    ``loss_at_zero`` is $R(0) = E|y|² = |TK|_F²$, $K = Σ^{1/2}$, ``d_x`` the number of inputs.  $z$
    and $û$ are directions of inputs and outputs as in F6.

Assumptions
    Targets without noise, $y = Tx$: noise makes $R(0)$ larger and $S_min$ not.  Hidden widths of at
    least $rank(TΣ)$, as in U1.

Proof
    By U1, $S_min = 2L max (|Kz|²)^{1/L}(|TKz|²)^{1-1/L}$ over unit vectors $z$, the best output
    $û$ being along $TKz$.  Averaged over an orthonormal basis the two factors are $tr Σ/d_x$ and
    $R(0)/d_x$.  It suffices to find one $z$ at which *both* are at least their means.

    Compare them: $A = Σ/tr Σ - KT^TTK/R(0)$ is symmetric, with $tr A = 0$.  Such a matrix has an
    orthonormal basis $z_1, …, z_d$ in which its diagonal vanishes: some diagonal entry is at least
    0 and some at most 0, so that $z^TAz = 0$ for a combination $z$ of two axes; a reflection turns
    $z$ to the first axis, and the block of the others has trace zero again.  In that basis

        |Kz_i|²/tr Σ = |TKz_i|²/R(0) = t_i,        Σ_i t_i = 1,

    and so some $t_i ≥ 1/d_x$.  If $tr Σ$ or $R(0)$ is 0, so is the bound, but for $L = 1$, where
    it says $λ_max(Σ) ≥ tr Σ/d_x$.   [mean]

    Where $Σ = aI$ and $T^TT = cI$ every $z$ has $|Kz|² = a$ and $|TKz|² = ac$, their means.
    [attained]

Sharpness
    Attained, so that no larger constant will do, and no smaller function of $d_x$ for the divisor
    (controls).  The basis may be one of the range of $Σ$, so that its rank can stand for $d_x$
    (``on_range`` in the proof file).

    Where $(d_x/d_y)^{1-1/L} ≥ L/(L-1)^{1-1/L}$, at depth 2 for $d_x ≥ 4d_y$, the first bound of U12
    is as good.  In general it follows from U2 and U12 not even together: for $Σ = diag(4, 1)$,
    $T = (0, 1)$ and depth 2 it gives $2√5 > 4.47$, all their bounds from below give 4, and
    $S_min = 8/√3 < 4.62$ (witness).

Implementation notes
    Proposed by ``certimin propose --about minimal_sharpness --over minimizers``.  The formal proof
    takes its directions in the space of the samples, where no root of $Σ$ is needed: with more
    samples than inputs one direction gives nothing in the inputs, and is turned away.  The twin
    is refuted over the rationals, where there is no such basis, and needs none.

References
----------
    certimin2026; that a matrix of trace zero has a basis of zero diagonal: fillmore1969similarity,
    here the basis is orthonormal
"""

from __future__ import annotations

import sympy as sp

from theorems.instances import Instance
from theorems.quantities import (
    d_x,
    d_y,
    data_trace,
    depth,
    loss_at_zero,
    minimal_sharpness,
    symbols,
)
from theorems.settings import isotropic_balanced, minimizers
from verify.theorem import Bounds, Formula, Source, Theorem, stated, twin, witness

__all__ = ["THEOREM", "mean_bracket"]

S_min, L, trace, R_0, inputs, outputs = symbols(
    minimal_sharpness, depth, data_trace, loss_at_zero, d_x, d_y
)

# --- closed forms --------------------------------------------------------------------------------

_sums = 2 * L * trace ** (1 / L) * R_0 ** (1 - 1 / L)

mean_bracket = Formula(
    "mean_bracket", r"2L(\operatorname{tr}\Sigma)^{1/L}R(0)^{1-1/L}/d_x", _sums / inputs
)

# --- claims --------------------------------------------------------------------------------------

_DEEP = Bounds((2, 5), (1, 3))

mean = stated(
    "mean", "the bracket from two sums", minimizers, S_min >= mean_bracket,
    bounds=_DEEP, formal=True,
)  # fmt: skip
attained = stated(
    "attained", "and equality for multiples of rotations on isotropic data",
    isotropic_balanced, sp.Eq(S_min, mean_bracket), bounds=_DEEP, formal=True,
)  # fmt: skip

# --- false twins ---------------------------------------------------------------------------------

_twins = (
    twin("whole", "without the number of inputs", minimizers, S_min >= _sums, bounds=_DEEP),
    twin("outputs", "the number of outputs for that of inputs",
         minimizers, S_min >= _sums / outputs, bounds=_DEEP),
    twin("larger_constant", "a constant one per cent larger",
         isotropic_balanced, S_min >= sp.Rational(101, 100) * mean_bracket, bounds=_DEEP),
    twin("above", "the bracket as one from above", minimizers, S_min <= mean_bracket, bounds=_DEEP),
)  # fmt: skip

THEOREM = Theorem(
    id="U14",
    title="The least sharpness is at least that of the mean direction of the inputs",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$",
    source=Source("certimin2026", "the traces of the data and of the target on them"),
    claims=(mean, attained),
    controls=_twins,
    witnesses=(
        witness("one_direction", mean,
                "$Σ = diag(1, 0)$, $T = (1, 0)$, depth 2: $S_min = 4$, twice the bound",
                lambda: Instance.of_minimizer([[[1, 0]], [[1]]], [[1, 0], [0, 0]])),
        witness("beside", mean,
                "$Σ = diag(4, 1)$, $T = (0, 1)$, depth 2: $8/√3 ≥ 2√5$, where U2 and U12 give 4",
                lambda: Instance.of_minimizer([[[0, 1]], [[1]]], [[4, 0], [0, 1]])),
        witness("identity", attained, "$W_1 = W_2 = Σ = I$: both sides are 4",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]])),
    ),
    module=__name__,
)  # fmt: skip
