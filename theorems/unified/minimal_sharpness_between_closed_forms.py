r"""Closed-form brackets of the least sharpness.

Statement
    Let there be one output, $w^*$ the regressor, $a = w^{*T}Σw^*/|w^*|²$,
    $a_2 = w^{*T}Σ²w^*/w^{*T}Σw^*$, $Λ = λ_max(Σ)$ and $S_min$ as in U1.  Then

        2La|w^*|^{2-2/L} ≤ 2La|w^*|^{2-2/L} (a_2/a)^{1/L} ≤ S_min,         [improves, lower]
        S_min ≤ 2La|w^*|^{2-2/L} (Λ/a)^{1/L} ≤ 2|w^*|^{2-2/L} (Λ + (L-1)a).   [upper, sum]

    All are equalities for $w^*$ along a top eigenvector of $Σ$: there the lower bracket is $S_min$,
    and $S_min = 2|w^*|^{2-2/L} (Λ + (L-1)a)$.   [lower_attained, upper_attained, upper_tight]
    For any number of outputs

        S_min ≤ 2LΛ^{1/L}|TK|_2^{2-2/L},                                   [outputs]

    with equality on this family for several outputs too: $S_min = 2LΛ^{1/L}|TK|_2^{2-2/L}$ where
    one path starts at a top eigenvector of $Σ$.   [outputs_attained]

Notation
    ``minimal_sharpness`` is $S_min$, ``depth`` is $L$, ``w_norm`` is $|w^*|$, ``a``, ``a2`` and
    ``data_max`` are $a$, $a_2$ and $Λ$; $|TK|_2$ is ``target_on_data``, with $K = Σ^{1/2}$;
    $z$, $û$ are directions of inputs and outputs as in F6.

Assumptions
    one_output  for the first line: $a$ is not defined otherwise.

    $S_min$ is that of U1: hidden widths at least $rank(TΣ)$.

Proof
    By U1, $S_min = 2L max_z (|Kz|²)^{1/L}(|TKz|²)^{1-1/L}$ over unit vectors $z$, and
    $T = w^{*T}$ for one output.

    Lower bound: at $z = Kw^*/|Kw^*|$ the two squares are $|Kz|² = a_2$ and
    $|TKz|² = w^{*T}Σw^* = a|w^*|²$, so that

        S_min ≥ 2L a_2^{1/L} (a|w^*|²)^{1-1/L} = 2La|w^*|^{2-2/L} (a_2/a)^{1/L}.    [lower]

    By Cauchy-Schwarz $(w^{*T}Σw^*)² ≤ |w^*|²|Σw^*|²$, that is $a_2 ≥ a$.   [improves]

    Upper bound: everywhere $|Kz|² ≤ Λ$ and $|w^{*T}Kz|² ≤ |Kw^*|² = a|w^*|²$.   [upper]
    The last step is the inequality of arithmetic and geometric means for $Λ$, once, and $a$, $L-1$
    times: $LΛ^{1/L}a^{1-1/L} ≤ Λ + (L-1)a$.   [sum]
    Several outputs: $|Kz|² ≤ Λ$ and $|TKz| ≤ |TK|_2$.   [outputs]
    For $w^*$ along a top eigenvector $a = a_2 = Λ$, and all brackets are equal.

Sharpness
    Both ends are attained.  Not checked: with $z_1$ a top right singular vector of $TK$, U1 at
    $z_1$ gives $S_min ≥ 2L|Kz_1|^{2/L}|TK|_2^{2-2/L}$ too; both ends divided by $2L$ tend to
    $|TK|_2²$, so $S_min/(2L) → λ_max(TΣTᵀ)$ as $L → ∞$.  The exponent $1/L$ of $a_2/a$ cannot be
    raised to $1/(L-1)$.

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
from theorems.directions import DirectedInstance, pairing, path_ends
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
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Formula,
    Source,
    Step,
    Theorem,
    claim,
    expanded,
    quantity,
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


# --- the value at the regressor ------------------------------------------------------------------


def _along_regressor(instance: Instance) -> DirectedInstance:
    """The instance with z = Kw*/|Kw*| and û = 1."""
    one = instance.arithmetic.identity(1)
    return DirectedInstance.beside(instance, output=one, input=instance.target.mT)


@quantity("spread_at_regressor", r"|Kz|^2|_{z=Kw^*/|Kw^*|}")
def spread_at_regressor(instance: Instance) -> Any:
    """|Kz|² at z = Kw*/|Kw*| (one output)."""
    return path_ends.measure(_along_regressor(instance))


@quantity("pairing_at_regressor", r"(w^{*T}Kz)^2|_{z=Kw^*/|Kw^*|}")
def pairing_at_regressor(instance: Instance) -> Any:
    """(w*ᵀKz)² at z = Kw*/|Kw*| (one output)."""
    return pairing.measure(_along_regressor(instance))


spread, paired = symbols(spread_at_regressor, pairing_at_regressor)
value_at_regressor = expanded(
    "value_at_regressor", r"2L|Kz|^{2/L}|w^{*T}Kz|^{2-2/L}|_{z=Kw^*/|Kw^*|}",
    "2L |Kz|^{2/L} |w*ᵀKz|^{2-2/L} at z = Kw*/|Kw*|.",
    2 * L * (spread * paired ** (L - 1)) ** (1 / L),
)  # fmt: skip

# --- claims and proofs --------------------------------------------------------------------------

_DEEP = Bounds((2, 5), (1, 3))
_SIZES = ((2, 2, 2, 2), (2, 2, 1, 1), (3, 2, 1, 2, 2))

spread_is = stated(
    "spread", "at $z = Kw^*/|Kw^*|$ the data have the share $a_2$",
    univariate_minimizers, sp.Eq(spread, rayleigh2), one_output, bounds=_DEEP, sizes=_SIZES,
    check=True, formal=True,
)  # fmt: skip
pairing_is = stated(
    "pairing", "at $z = Kw^*/|Kw^*|$ the target has its norm on the data",
    univariate_minimizers, sp.Eq(paired, rayleigh * w**2), one_output, bounds=_DEEP, sizes=_SIZES,
    check=True, formal=True,
)  # fmt: skip
image_is = stated(
    "image", "the norm of the target on the data, for one output",
    univariate_minimizers, sp.Eq(image, w * sp.sqrt(rayleigh)), one_output, bounds=_DEEP,
    sizes=((2, 1, 1, 1), (2, 2, 1, 1), (3, 1, 2, 1, 1)), check=True, formal=True,
)  # fmt: skip
growth = stated(
    "growth", "Cauchy-Schwarz: $a_2$ is at least $a$",
    univariate_minimizers, rayleigh2 * rayleigh * w**4 >= (rayleigh * w**2) ** 2, one_output,
    bounds=_DEEP, sizes=((2, 1, 1, 1), (2, 2, 1, 1), (2, 2, 1, 2)), check=True, formal=True,
)  # fmt: skip


@claim(
    univariate_minimizers, S_min >= lower_bracket, one_output,
    given=(spread_is, pairing_is), bounds=_DEEP, formal=True,
)  # fmt: skip
def lower(lower_bracket: Any) -> Iterator[Step]:
    """The lower bracket."""
    value = rules.transitive(
        rules.largest(minimal_sharpness, value_at_regressor), rules.definition(value_at_regressor)
    )
    known = rules.substituted(value, rules.given(spread_is))
    known = rules.substituted(known, rules.given(pairing_is))
    yield rules.rewritten(known, S_min, lower_bracket)


@claim(minimizers, S_min <= outputs_bracket, bounds=_DEEP, formal=True)
def outputs(outputs_bracket: Any) -> Iterator[Step]:
    """The upper bracket for any number of outputs: both factors at their largest."""
    yield rules.rewritten(_outputs(), outputs_bracket, S_min)


def _outputs() -> rules.Fact:
    """2L (Λ |TK|_2^{2(L-1)})^{1/L} >= S_min: what holds in all directions holds of the largest."""
    target = rules.raised(rules.at_a_direction(target_on_data), 2 * (L - 1))
    both = rules.multiplied(rules.largest(data_max, path_ends), target)
    root = rules.scaled(rules.raised(both, 1 / L), 2 * L)
    return rules.at_the_supremum(root, minimal_sharpness, lambda value: value)


@claim(
    univariate_minimizers,
    S_min <= upper_bracket,
    one_output,
    given=(image_is,),
    bounds=_DEEP,
    formal=True,
)
def upper(upper_bracket: Any) -> Iterator[Step]:
    """The upper bracket."""
    known = rules.substituted(_outputs(), rules.given(image_is))
    yield rules.rewritten(known, upper_bracket, S_min)


@claim(
    univariate_minimizers,
    upper_bracket <= sum_bracket,
    one_output,
    bounds=_DEEP,
    name="sum",
    formal=True,
)
def upper_le_sum(upper_bracket: Any, sum_bracket: Any) -> Iterator[Step]:
    """The upper bracket is below the sum: AM-GM for $Λ$, once, and $a$, $L-1$ times."""
    mean = rules.am_gm((1 / L, top), (1 - 1 / L, rayleigh))
    scaled = rules.scaled(mean, 2 * L * w ** (2 - 2 / L))
    yield rules.rewritten(scaled, sum_bracket, upper_bracket)


@claim(
    univariate_minimizers,
    lower_bracket >= _common,
    one_output,
    given=(growth,),
    bounds=_DEEP,
    formal=True,
)
def improves(lower_bracket: Any) -> Iterator[Step]:
    """The lower bracket is never below C1's bound $2La|w^*|^{2-2/L}$."""
    root = rules.raised(rules.given(growth), 1 / L)
    scaled = rules.scaled(root, 2 * L * rayleigh ** (1 - 2 / L) * w ** (2 - 6 / L))
    yield rules.rewritten(scaled, lower_bracket, _common)


lower_attained = stated(
    "lower_attained", "equality for $w^*$ along the top eigenvector",
    univariate_top_eigenvector, sp.Eq(S_min, lower_bracket), one_output, bounds=_DEEP,
    formal=True,
)  # fmt: skip
upper_attained = stated(
    "upper_attained", "equality in the upper ones for $w^*$ along the top eigenvector",
    univariate_top_eigenvector, sp.Eq(S_min, sum_bracket), one_output, bounds=_DEEP,
    formal=True,
)  # fmt: skip
upper_tight = stated(
    "upper_tight", "the two upper brackets agree there",
    univariate_top_eigenvector, sp.Eq(upper_bracket, sum_bracket), one_output, bounds=_DEEP,
    formal=True,
)  # fmt: skip
outputs_attained = stated(
    "outputs_attained", "equality for several outputs along the top eigenvector",
    balanced_path, sp.Eq(S_min, outputs_bracket), bounds=_DEEP, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("larger_exponent", "$(a_2/a)^{1/(L-1)}$ for $(a_2/a)^{1/L}$",
         univariate_minimizers, S_min >= _common * (rayleigh2 / rayleigh) ** (1 / (L - 1)),
         one_output, bounds=_DEEP),
    twin("rayleigh_above", "$a$ for $Λ$ in the upper bracket",
         univariate_minimizers, S_min <= _common, one_output, bounds=_DEEP),
    twin("top_below", "the upper bracket as a lower one",
         univariate_minimizers, S_min >= upper_bracket, one_output, bounds=_DEEP),
)  # fmt: skip

THEOREM = Theorem(
    id="U2",
    title="Closed-form brackets of the least sharpness",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$",
    source=Source("certimin2026", "closed-form brackets; the sum is finer than marion2024deep"),
    claims=(
        spread_is, pairing_is, image_is, growth, lower, upper, upper_le_sum, outputs, improves,
        lower_attained, upper_attained, upper_tight, outputs_attained,
    ),
    controls=_twins,
    witnesses=(
        witness("isotropic", outputs_attained,
                "$W_1 = W_2 = Σ = I$: $S_min = 4$, with the spectral norm of $T$",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]])),
        witness("correlated", lower, "correlated features, $w^* = (1, 3)$ no eigenvector",
                lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]])),
    ),
    module=__name__,
)  # fmt: skip
