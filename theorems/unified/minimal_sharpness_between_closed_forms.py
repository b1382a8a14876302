r"""Closed-form brackets of the least sharpness.

Statement
    One output, w* the regressor, a = w*ᵀΣw*/|w*|², a_2 = w*ᵀΣ²w*/w*ᵀΣw* >= a, Λ = λ_max(Σ):

        2La|w*|^{2-2/L} (a_2/a)^{1/L} <= S_min <= 2La|w*|^{2-2/L} (Λ/a)^{1/L}
                                                <= 2|w*|^{2-2/L} (Λ + (L-1)a),

    all with equality for w* along a top eigenvector of Σ.  The lower bound is never below C1's,
    2La|w*|^{2-2/L}.  Any number of outputs: S_min <= 2LΛ^{1/L}|TK|_2^{2-2/L}.

Notation
    ``minimal_sharpness``, ``depth``, ``w_norm``, ``a``, ``a2``, ``data_max``; |TK|_2 is
    ``target_on_data``.

Assumptions
    one_output  for the first line: a is not defined otherwise.
    S_min is that of U1: hidden widths at least rank(TΣ).

Proof
    U1 at z = Kw*/|Kw*| gives the lower bound, |Kz|² <= Λ and |w*ᵀKz|² <= a|w*|² the upper one.
    The last step is AM-GM for Λ/a and L-1 ones: x + L-1 - Lx^{1/L} is convex in x, and vanishes
    with its derivative at x = 1.
    Several outputs: |Kz|² <= Λ and |TKz| <= |TK|_2.  With z_1 a top right singular vector of TK, U1
    at z_1 gives S_min >= 2L|Kz_1|^{2/L}|TK|_2^{2-2/L} too; both ends divided by 2L tend to |TK|_2²,
    so S_min/(2L) -> λ_max(TΣTᵀ) as L -> ∞.

Sharpness
    Both ends are attained for every L.  The exponent 1/L of a_2/a cannot be raised to 1/(L-1).

Implementation notes
    Everything here is rational but for roots, so ties are decided exactly.

References
----------
    certimin2026; marion2024deep for the coarser bound
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from theorems.assumptions import one_output
from theorems.instances import Instance
from theorems.quantities import (
    a,
    a2,
    data_max,
    depth,
    minimal_sharpness,
    symbols,
    target_on_data,
    w_norm,
)
from theorems.settings import (
    balanced_path,
    minimizers,
    univariate_minimizers,
    univariate_top_eigenvector,
)
from theorems.unified import minimal_sharpness_eq_gain as U1
from verify.theorem import (
    Bounds,
    Condition,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "lower_bracket", "outputs_bracket", "sum_bracket", "upper_bracket"]

S_min, L, w, rayleigh, rayleigh2, top, image = symbols(
    minimal_sharpness, depth, w_norm, a, a2, data_max, target_on_data
)

# --- closed forms -------------------------------------------------------------------------------

_common = 2 * L * rayleigh * w ** (2 - 2 / L)
lower_bracket = Formula(
    "lower_bracket", r"2La|w^*|^{2-2/L}(a_2/a)^{1/L}", _common * (rayleigh2 / rayleigh) ** (1 / L)
)
upper_bracket = Formula(
    "upper_bracket", r"2La|w^*|^{2-2/L}(\Lambda/a)^{1/L}", _common * (top / rayleigh) ** (1 / L)
)
sum_bracket = Formula(
    "sum_bracket",
    r"2|w^*|^{2-2/L}(\Lambda+(L-1)a)",
    2 * w ** (2 - 2 / L) * (top + (L - 1) * rayleigh),
)
outputs_bracket = Formula(
    "outputs_bracket",
    r"2L\Lambda^{1/L}|TK|_2^{2-2/L}",
    2 * L * top ** (1 / L) * image ** (2 - 2 / L),
)


def _objective(square: Any, image_square: Any) -> Any:
    """U1's 2L|Kz|^{2/L}|TKz|^{2-2/L} from both squared norms."""
    return 2 * L * square ** (1 / L) * image_square ** (1 - 1 / L)


# --- claims and proofs --------------------------------------------------------------------------

_DEEP = Bounds((2, 5), (1, 3))


@claim(
    univariate_minimizers, S_min >= lower_bracket, one_output, given=(U1.as_quantity,), bounds=_DEEP
)
def lower(lower_bracket: Any) -> Iterator[Step]:
    """The lower bracket."""
    at_z = _objective(rayleigh2, rayleigh * w**2)
    yield Identity("at z = Kw*/|Kw*|", at_z, lower_bracket, why="every z gives a lower bound")


@claim(
    univariate_minimizers, S_min <= upper_bracket, one_output, given=(U1.as_quantity,), bounds=_DEEP
)
def upper(upper_bracket: Any) -> Iterator[Step]:
    """The upper bracket."""
    yield Identity(
        "both factors at their largest", _objective(top, rayleigh * w**2), upper_bracket,
        why="Rayleigh: |Kz|² <= Λ; Cauchy-Schwarz: |w*ᵀKz|² <= |Kw*|²",
    )  # fmt: skip


@claim(univariate_minimizers, upper_bracket <= sum_bracket, one_output, bounds=_DEEP, name="sum")
def upper_le_sum(upper_bracket: Any, sum_bracket: Any) -> Iterator[Step]:
    """The upper bracket is below the sum.

    AM-GM for x = Λ/a and L-1 ones, as convexity and a tangent at x = 1.
    """
    m, x = sp.Symbol("m", integer=True, positive=True), sp.Symbol("x", positive=True)
    gap, deep = x + m - (m + 1) * x ** (1 / (m + 1)), {"L": m + 1}
    scaled = (sum_bracket - upper_bracket) / (2 * rayleigh * w ** (2 - 2 / L))
    at_x = scaled.subs({L: m + 1, top: x * rayleigh})
    yield Identity("the gap in x = Λ/a", at_x, gap, why="substitution", at=deep)
    yield Identity("it vanishes at x = 1", gap.subs(x, 1), why="tangent")
    yield Identity("it is flat at x = 1", sp.diff(gap, x).subs(x, 1), why="tangent")
    why = "a convex function lies above its tangent"
    yield Condition("it is convex", sp.diff(gap, x, 2), ">", why=why, at=deep)


@claim(minimizers, S_min <= outputs_bracket, given=(U1.as_quantity,), bounds=_DEEP)
def outputs(outputs_bracket: Any) -> Iterator[Step]:
    """The upper bracket for any number of outputs.

    The lower end |Kz_1|^{2/L}|TK|_2^{2-2/L} has p = |Kz_1|² for Λ.
    """
    yield Identity(
        "both factors at their largest", _objective(top, image**2), outputs_bracket,
        why="Rayleigh: |Kz|² <= Λ, |TKz| <= |TK|_2",
    )  # fmt: skip
    for name, square in (("upper", top), ("lower", sp.Symbol("p", positive=True))):
        end = outputs_bracket.subs(top, square) / (2 * L)
        limit = sp.limit(end, L, sp.oo)
        yield Identity(f"limit of the {name} end", limit, image**2, why="L -> oo, divided by 2L")


improves = stated(
    "improves", "the lower bracket is never below C1's bound 2La|w*|^{2-2/L}",
    univariate_minimizers, lower_bracket >= _common, one_output, bounds=_DEEP,
)  # fmt: skip
lower_attained = stated(
    "lower_attained", "equality for w* along the top eigenvector",
    univariate_top_eigenvector, sp.Eq(S_min, lower_bracket), one_output, bounds=_DEEP,
)  # fmt: skip
upper_attained = stated(
    "upper_attained", "equality in the upper ones for w* along the top eigenvector",
    univariate_top_eigenvector, sp.Eq(S_min, sum_bracket), one_output, bounds=_DEEP,
)  # fmt: skip
upper_tight = stated(
    "upper_tight", "the two upper brackets agree there",
    univariate_top_eigenvector, sp.Eq(upper_bracket, sum_bracket), one_output, bounds=_DEEP,
)  # fmt: skip
outputs_attained = stated(
    "outputs_attained", "equality for several outputs along the top eigenvector",
    balanced_path, sp.Eq(S_min, outputs_bracket), bounds=_DEEP,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("larger_exponent", "(a_2/a)^{1/(L-1)} for (a_2/a)^{1/L}",
         univariate_minimizers, S_min >= _common * (rayleigh2 / rayleigh) ** (1 / (L - 1)),
         one_output, bounds=_DEEP),
    twin("rayleigh_above", "a for Λ in the upper bracket",
         univariate_minimizers, S_min <= _common, one_output, bounds=_DEEP),
    twin("top_below", "the upper bracket as a lower one",
         univariate_minimizers, S_min >= upper_bracket, one_output, bounds=_DEEP),
)  # fmt: skip

THEOREM = Theorem(
    id="U2",
    title="Closed-form brackets of the least sharpness",
    statement=(
        r"2La|w^*|^{2-2/L}(a_2/a)^{1/L} \le S_{\min} \le 2La|w^*|^{2-2/L}(\Lambda/a)^{1/L}"
        r" \le 2|w^*|^{2-2/L}(\Lambda+(L-1)a)"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}",
    source=Source("certimin2026", "closed-form brackets; the sum is finer than marion2024deep"),
    claims=(
        lower, upper, upper_le_sum, outputs, improves,
        lower_attained, upper_attained, upper_tight, outputs_attained,
    ),
    controls=_twins,
    witnesses=(
        witness("isotropic", outputs_attained,
                "W_1 = W_2 = Σ = I: S_min = 4, with the spectral norm of T",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]])),
        witness("correlated", lower, "correlated features, w* = (1, 3) no eigenvector",
                lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]])),
    ),
    module=__name__,
)  # fmt: skip
