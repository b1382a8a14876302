r"""One-output minimizers are as sharp as aligned ones, up to the largest layer.

Statement
    Let d_y = 1, w* = Pᵀ, ŵ = w*/|w*|, K = Σ^{1/2}, μ = λ_max(Σ + (L-1)KŵŵᵀK), Λ = λ_max(Σ) and
    N = max_k |W_k|_F².  Every minimizer W has

        2(|w*|²/N) μ <= S(W) <= 2(|w*|²/N) μ + 2LΛ(N^{L-1} - |w*|²/N),

    and any weights have |w*|^{2/L} <= N <= |w*|^{2/L} + Σ_j (|D_j|_2 + |tr D_j|).

Notation
    μ is ``aligned_top``; N ``layer_energy_max``; the last sum ``imbalance_total``, D_j the
    imbalances; α_kᵀ = A_k the suffixes of one output.

Assumptions
    minimizer   P = w*ᵀ on the data.  Without it, small weights break the lower half.
    one_output  A_k is a row; with several outputs S sums over rows.

Proof
    S = 2λ_max(KMK), M = Σ_k |α_k|² B_kᵀB_k.  As w* = B_kᵀα_{k-1} and |α_{k-1}| <= |W_k||α_k|,
    each term is at least w*w*ᵀ/N, and the first, |α_1|² I, at least (|w*|²/N) I: the lower half.
    The first is at most N^{L-1} I; each other one is w*w*ᵀ/N plus a positive matrix whose trace is
    at most N^{L-1} - |w*|²/N: the upper half.
    Put ρ_k = |α_{k-1}|²/|α_k|², n = |W_L|² = ρ_L.  As W_kW_kᵀ = W_{k+1}ᵀW_{k+1} - D_k and
    α_k = W_{k+1}ᵀα_{k+1}, Cauchy-Schwarz gives ρ_k >= ρ_{k+1} - |D_k|_2.  So |w*|² = Π_k ρ_k >=
    (n - Σ|D_j|_2)^L, and |W_k|_F² = n - Σ_{j>=k} tr D_j.

Main results
    U10.below, U10.above  the two halves
    U10.energy            the bound on N
    U10.*_attained        equality in each at aligned layers of equal gain

Evidence
    Symbolic for all L.

Sharpness
    All three are equalities at rank-one, aligned, balanced layers, for every L, Σ and w*.

Implementation notes
    D_j is conserved by gradient flow, so all three follow a training run from its start (U3).

References
----------
    certimin2026; marion2024deep bounds rank and alignment by imbalance

Tags
    sharpness, balancedness, alignment
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer, one_output
from theorems.instances import Instance
from theorems.quantities import data_max, depth, sharpness, symbols, w_norm
from theorems.settings import aligned_minimizers, univariate_minimizers
from theorems.unified.quantities import aligned_top, imbalance_total, layer_energy_max
from theorems.words import matrix, transpose
from verify.claims import Bounds, Setting
from verify.legacy import Claim, Formula, Identity, Necessity, Step, Theorem, Witness
from verify.theorem import Control, Source

__all__ = [
    "THEOREM",
    "ceiling",
    "energy_bound",
    "floor",
]

# --- quantities ---------------------------------------------------------------------------------


S, L, w, top, mu, N, E = symbols(
    sharpness, depth, w_norm, data_max, aligned_top, layer_energy_max, imbalance_total
)

# --- closed forms -------------------------------------------------------------------------------

floor = Formula("energy_floor", r"2(|w^*|^2/N)\mu", 2 * w**2 / N * mu)
ceiling = Formula(
    "energy_ceiling",
    r"2(|w^*|^2/N)\mu+2L\Lambda(N^{L-1}-|w^*|^2/N)",
    2 * w**2 / N * mu + 2 * L * top * (N ** (L - 1) - w**2 / N),
)
energy_bound = Formula(
    "energy_bound",
    r"|w^*|^{2/L}+\textstyle\sum_j(|D_j|_2+|\operatorname{tr}D_j|)",
    w ** (2 / L) + E,
)
_formulas = (floor, ceiling, energy_bound)

# --- derivations --------------------------------------------------------------------------------

q, p = sp.symbols("q p", positive=True)  # |Kz|² and (ŵᵀKz)² for a unit vector z


def _at_z(expression: Any) -> Any:
    """The quadratic form at z whose maximum over z is the eigenvalue."""
    return expression.subs({mu: q + (L - 1) * p, top: q})


def derive_below(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield w* = B_kᵀW_kᵀα_k and the sum of the L lower bounds."""
    A, W, B = map(matrix, ("A", "W", "B"))
    yield Identity(
        "through layer k",
        r"w^{*T} = (\alpha_k^TW_k)B_k",
        "all depths, widths and layers",
        "Cauchy-Schwarz: (w*ᵀx)² <= |W_kᵀα_k|²|B_kx|² <= N|α_k|²|B_kx|²",
        transpose(transpose(B) * transpose(W) * transpose(A)),
        A * W * B,
    )
    yield Identity(
        "sum of the lower bounds",
        r"2(|w^*|^2/N)(|Kz|^2+(L-1)(\hat w^TKz)^2)",
        "all L",
        "sum over layers",
        2 * (w**2 / N * q + (L - 1) * (w**2 / N) * p),
        _at_z(formulas["energy_floor"]),
    )


def derive_above(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the sum of the L upper bounds, each lower bound plus what the trace leaves."""
    yield from derive_below(formulas)
    rest = N ** (L - 1) - w**2 / N
    yield Identity(
        "sum of the upper bounds",
        r"2(N^{L-1}|Kz|^2+(L-1)((|w^*|^2/N)(\hat w^TKz)^2+(N^{L-1}-|w^*|^2/N)|Kz|^2))",
        "all L",
        "a positive matrix is at most its trace; |α_k|²|B_k|_F² <= N^{L-1}",
        2 * (N ** (L - 1) * q + (L - 1) * (w**2 / N * p + rest * q)),
        _at_z(formulas["energy_ceiling"]),
    )
    for name in ("energy_floor", "energy_ceiling"):
        yield Identity(
            f"{name} at N = |w*|^(2/L)",
            r"2|w^*|^{2-2/L}\mu",
            "all L",
            "limit s -> 0: D_j = s² D̄_j is conserved (F4)",
            formulas[name].subs(N, w ** (2 / L)),
            2 * w ** (2 - 2 / L) * mu,
        )


def derive_energy(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the recursion of the ratios ρ_k, and the bound solved for |w*|²."""
    x, before, after = map(matrix, ("x", "W1", "W2"))
    D = transpose(after) * after - before * transpose(before)
    yield Identity(
        "one layer down",
        r"|W_k^T\alpha_k|^2 = |W_{k+1}\alpha_k|^2-\alpha_k^TD_k\alpha_k",
        "all depths, widths and layers",
        "Cauchy-Schwarz: |W_{k+1}α_k|² >= |α_k|⁴/|α_{k+1}|², α_k = W_{k+1}ᵀα_{k+1}",
        sp.expand(transpose(x) * before * transpose(before) * x),
        sp.expand(transpose(x) * (transpose(after) * after - D) * x),
    )
    m, e, t = sp.symbols("m e t", positive=True)  # n - e, e = Σ|D_j|_2, t = Σ|tr D_j|
    yield Identity(
        "|w*|² = (n - e)^L at worst",
        r"(n-e)+e+t = n+t",
        "all L",
        "monotonicity of x^{1/L}; |W_k|_F² <= n + t",
        formulas["energy_bound"].subs({w: m ** (L / 2), E: e + t}),
        m + e + t,
    )


# --- claims and controls ------------------------------------------------------------------------

_pointwise = (minimizer, one_output)


def _claim(
    name: str,
    title: str,
    relation: Any,
    setting: Setting = univariate_minimizers,
    assumptions: tuple[Any, ...] = (),
) -> Claim:
    bounds = Bounds(depth=(2, 4), width=(1, 2))
    return Claim(f"U10.{name}", title, setting, relation, assumptions, _formulas, bounds)


_claims = (
    _claim("below", "lower half", S >= floor.symbol, assumptions=_pointwise),
    _claim("above", "upper half", S <= ceiling.symbol, assumptions=_pointwise),
    _claim(
        "energy",
        "no layer is larger than balance and the imbalances allow",
        energy_bound.symbol >= N,
        assumptions=(one_output,),
    ),
    _claim("below_attained", "aligned: lower half", sp.Eq(S, floor.symbol), aligned_minimizers),
    _claim("above_attained", "aligned: upper half", sp.Eq(S, ceiling.symbol), aligned_minimizers),
    _claim("energy_attained", "aligned: N", sp.Eq(N, energy_bound.symbol), aligned_minimizers),
)

_controls = (
    Control(
        _claim(
            "control.without_excess",
            "the lower half as an upper one",
            floor.symbol >= S,
        )
    ),
    Control(
        _claim(
            "control.first_layer",
            "no layer exceeds |w*|^{2/L}: the imbalance dropped",
            w ** (2 / L) >= N,
        )
    ),
    Control(
        _claim(
            "control.largest_everywhere",
            "N^{L-1}, reached at balance, as a lower bound",
            S >= 2 * N ** (L - 1) * mu,
        )
    ),
)

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
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={
        "U10.below": derive_below,
        "U10.above": derive_above,
        "U10.energy": derive_energy,
    },
    witnesses=(
        Witness(
            "U10.witness.unbalanced",
            "U10.above",
            "an unbalanced minimizer, correlated features",
            lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]]),
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "U10.below",
            "weights 1/2 and 0, w* = 1: S < 3 < 16",
            lambda: Instance.exact([[[Fraction(1, 2)]], [[0]]], [[1]], [[1]]),
        ),
    ),
    uses=("F3",),
    module=__name__,
    tags=("sharpness", "balancedness"),
)
