r"""Closed-form brackets of the least sharpness.

Statement
    One output, w* the regressor, a = w*ᵀΣw*/|w*|², a_2 = w*ᵀΣ²w*/w*ᵀΣw* >= a, Λ = λ_max(Σ):

        2La|w*|^{2-2/L} (a_2/a)^{1/L} <= S_min <= 2La|w*|^{2-2/L} (Λ/a)^{1/L}
                                                <= 2|w*|^{2-2/L} (Λ + (L-1)a).

    Any number of outputs: S_min <= 2LΛ^{1/L}|TK|_2^{2-2/L}, and with z_1 a top right singular
    vector of TK, S_min >= 2L|Kz_1|^{2/L}|TK|_2^{2-2/L}; so S_min/(2L) -> λ_max(TΣTᵀ) as L -> ∞.

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

Main results
    U2.lower, U2.upper, U2.sum  the three inequalities for one output
    U2.outputs                  the upper bound for any number of outputs
    U2.improves                 the lower bound is never below C1's
    U2.lower_attained, U2.upper_attained  equality for w* along a top eigenvector of Σ

Evidence
    Symbolic for all L, given U1.

Sharpness
    Both ends are attained for every L.  The exponent 1/L of a_2/a cannot be raised to 1/(L-1).

Implementation notes
    Everything here is rational but for roots, so ties are decided exactly.

References
----------
    certimin2026; marion2024deep for the coarser bound

Tags
    sharpness, regression, bracket
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from verify.claims import Bounds, Setting
from verify.legacy import Assumption, Claim, Condition, Formula, Identity, Step, Theorem, Witness
from verify.theorem import Control, Source

__all__ = ["THEOREM", "lower_bracket", "upper_bracket"]

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
_formulas = (lower_bracket, upper_bracket, sum_bracket, outputs_bracket)

# --- derivations --------------------------------------------------------------------------------


def _gain(square: Any, image_square: Any) -> Any:
    """U1's objective 2L|Kz|^{2/L}|TKz|^{2-2/L} from both squared norms."""
    return 2 * L * square ** (1 / L) * image_square ** (1 - 1 / L)


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield U1's objective at z = Kw*/|Kw*|."""
    yield Identity(
        "at z = Kw*/|Kw*|",
        r"2La_2^{1/L}(a|w^*|^2)^{1-1/L} = 2La|w^*|^{2-2/L}(a_2/a)^{1/L}",
        "all L",
        "U1: every z gives a lower bound",
        _gain(rayleigh2, rayleigh * w**2),
        formulas["lower_bracket"],
    )


def derive_upper(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield U1's objective at the largest values of both factors."""
    yield Identity(
        "both factors at their largest",
        r"2L\Lambda^{1/L}(a|w^*|^2)^{1-1/L} = 2La|w^*|^{2-2/L}(\Lambda/a)^{1/L}",
        "all L",
        "Rayleigh: |Kz|² <= Λ; Cauchy-Schwarz: |w*ᵀKz|² <= |Kw*|²",
        _gain(top, rayleigh * w**2),
        formulas["upper_bracket"],
    )


def derive_outputs(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the same for several outputs, and the limit of both ends in depth."""
    yield Identity(
        "both factors at their largest",
        r"2L\Lambda^{1/L}(|TK|_2^2)^{1-1/L} = 2L\Lambda^{1/L}|TK|_2^{2-2/L}",
        "all L",
        "Rayleigh: |Kz|² <= Λ, |TKz| <= |TK|_2",
        _gain(top, image**2),
        formulas["outputs_bracket"],
    )
    for name, factor in (("upper", top), ("lower", sp.Symbol("p", positive=True))):
        yield Identity(
            f"limit of the {name} end",
            r"\lim_{L\to\infty} p^{1/L}|TK|_2^{2-2/L} = |TK|_2^2",
            "all L",
            "limit",
            sp.limit(factor ** (1 / L) * image ** (2 - 2 / L), L, sp.oo),
            image**2,
        )


def derive_sum(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield AM-GM for x = Λ/a and L-1 ones as convexity and a tangent at x = 1, L = m + 1."""
    m, x = sp.Symbol("m", integer=True, positive=True), sp.Symbol("x", positive=True)
    gap = x + m - (m + 1) * x ** (1 / (m + 1))
    difference = (formulas["sum_bracket"] - formulas["upper_bracket"]) / (
        2 * rayleigh * w ** (2 - 2 / L)
    )
    yield Identity(
        "the gap in x = Λ/a",
        r"\Lambda+(L-1)a-La(\Lambda/a)^{1/L} = a(x+L-1-Lx^{1/L})",
        "all L",
        "substitution",
        difference.subs({L: m + 1, top: x * rayleigh}),
        gap,
    )
    yield Identity("it vanishes", r"f(1) = 0", "all L", "tangent", gap.subs(x, 1), 0)
    yield Identity("flat", r"f'(1) = 0", "all L", "tangent", sp.diff(gap, x).subs(x, 1), 0)
    yield Condition(
        "convex",
        r"f''(x) > 0",
        "all L",
        "a convex function lies above its tangent",
        sp.simplify(sp.diff(gap, x, 2)).is_positive,
    )


# --- claims and controls ------------------------------------------------------------------------

_DEEP = Bounds(depth=(2, 5), width=(1, 3))


def _claim(
    name: str,
    title: str,
    relation: Any,
    setting: Setting = univariate_minimizers,
    assumptions: tuple[Assumption, ...] = (one_output,),
) -> Claim:
    return Claim(f"U2.{name}", title, setting, relation, assumptions, _formulas, _DEEP)


_claims = (
    _claim("lower", "the lower bracket", S_min >= lower_bracket.symbol),
    _claim("upper", "the upper bracket", S_min <= upper_bracket.symbol),
    _claim("sum", "the upper bracket is below the sum", upper_bracket.symbol <= sum_bracket.symbol),
    _claim(
        "outputs",
        "the upper bracket for any number of outputs",
        S_min <= outputs_bracket.symbol,
        minimizers,
        (),
    ),
    _claim(
        "improves",
        "the lower bracket is never below C1's bound 2La|w*|^{2-2/L}",
        lower_bracket.symbol >= _common,
    ),
    _claim(
        "lower_attained",
        "equality for w* along the top eigenvector",
        sp.Eq(S_min, lower_bracket.symbol),
        univariate_top_eigenvector,
    ),
    _claim(
        "upper_attained",
        "equality in the upper ones for w* along the top eigenvector",
        sp.Eq(S_min, sum_bracket.symbol),
        univariate_top_eigenvector,
    ),
    _claim(
        "upper_tight",
        "the two upper brackets agree there",
        sp.Eq(upper_bracket.symbol, sum_bracket.symbol),
        univariate_top_eigenvector,
    ),
    _claim(
        "outputs_attained",
        "equality for several outputs along the top eigenvector",
        sp.Eq(S_min, outputs_bracket.symbol),
        balanced_path,
        (),
    ),
)

_controls = (
    Control(
        _claim(
            "control.larger_exponent",
            "(a_2/a)^{1/(L-1)} for (a_2/a)^{1/L}",
            S_min >= _common * (rayleigh2 / rayleigh) ** (1 / (L - 1)),
        )
    ),
    Control(
        _claim(
            "control.rayleigh_above",
            "a for Λ in the upper bracket",
            S_min <= _common,
        )
    ),
    Control(
        _claim(
            "control.top_below",
            "the upper bracket as a lower one",
            S_min >= upper_bracket.symbol,
        )
    ),
)

THEOREM = Theorem(
    id="U2",
    title="Closed-form brackets of the least sharpness",
    statement=(
        r"2La|w^*|^{2-2/L}(a_2/a)^{1/L} \le S_{\min} \le 2La|w^*|^{2-2/L}(\Lambda/a)^{1/L}"
        r" \le 2|w^*|^{2-2/L}(\Lambda+(L-1)a)"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}",
    source=Source("certimin2026", "closed-form brackets; the sum is finer than marion2024deep"),
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={
        "U2.lower": derive_lower,
        "U2.upper": derive_upper,
        "U2.sum": derive_sum,
        "U2.outputs": derive_outputs,
    },
    witnesses=(
        Witness(
            "U2.witness.isotropic",
            "U2.outputs_attained",
            "W_1 = W_2 = Σ = I: S_min = 4, with the spectral norm of T",
            lambda: Instance.of_minimizer([[[1, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 1]]),
        ),
        Witness(
            "U2.witness.correlated",
            "U2.lower",
            "correlated features, w* = (1, 3) no eigenvector",
            lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]]),
        ),
    ),
    uses=("U1",),
    module=__name__,
    tags=("sharpness", "regression"),
)
