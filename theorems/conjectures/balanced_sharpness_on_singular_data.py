r"""Open: which sharpnesses can balanced starts reach on singular data?

Statement
    Gradient flow keeps balance, and a balanced minimizer is at rest.  So the sharpnesses reached
    from balanced starts are those of balanced minimizers.  For Σ ≻ 0 that is one number, S_bal(T)
    (U6).  For singular Σ it is {S_bal(T + N) : NΣ = 0}, T the target of least norm.

    One output: that set is the interval [S_bal(T), ∞).  Several outputs: its least element is not
    known.  It is not S_bal(T) in general.

Notation
    S_bal(T) for one output is ``small_start_sharpness`` (U3), for Σ = diag(Σ_2, 0)
    ``least_norm_balanced``; the instance's target is the one of least norm.

Assumptions
    one_output  in the claim.  With two outputs it fails (control).

Derivation
    One output, P = (w + n)ᵀ with Σn = 0 and v = |w|² + |n|²: S/2 is the maximum over unit z of
    v^{1-1/L}|Kz|² + (L-1)v^{-1/L}(wᵀKz)², whose slope in v is
    (1-1/L)v^{-1/L}(|Kz|² - (wᵀKz)²/v) >= 0 by Cauchy-Schwarz.  So S grows with |n|, without bound.

Main results
    O4.one_output  one output: no balanced minimizer is flatter than the one of least norm

Evidence
    Symbolic for all L.  For several outputs the control has an instance, T = diag(1, 3/5), L = 4,
    where N = (0, -4/5)ᵀ lowers S from 5.68 to 4.16: it makes both singular values of P equal.

Sharpness
    Equality at N = 0.

Implementation notes
    Three inputs, the last one constant at zero; the root of a 2 x 2 matrix is a combination of the
    matrix and the identity.

References
----------
    certimin2026 (open question)

Tags
    open, balancedness, singular data
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer, one_output
from theorems.instances import Instance
from theorems.quantities import depth, minimal_sharpness, sharpness, symbols, w_norm
from theorems.settings import balanced_beside_blind_input
from theorems.unified.sharpness_between_layer_energies import aligned_top
from theorems.unified.small_initialisation_limit_nearly_flattest import small_start_sharpness
from verify.claims import Assumption, Bounds, Claim, quantity
from verify.derivation import Condition, Identity, Step
from verify.theorem import Control, Source, Theorem, Witness

__all__ = ["THEOREM"]

# --- the least-norm value for several outputs ----------------------------------------------------


@quantity("least_norm_balanced", r"S_{\mathrm{bal}}(T)")
def least_norm_balanced(instance: Instance) -> Any:
    """2λ_max(K h(TᵀT) K), h(x) = Σ_k σ^{2(L-k)/L}x^{(k-1)/L}, for Σ = diag(Σ_2, 0).

    h(M) = αI + βM interpolates h at the two eigenvalues of the 2 x 2 matrix M.
    """
    ar, L = instance.arithmetic, instance.net.depth
    seen = ar.matrix([[1, 0, 0], [0, 1, 0]])
    M = seen @ (instance.target.mT @ instance.target) @ seen.mT
    data = seen @ instance.sigma @ seen.mT
    top = ar.eig_max(M)
    low = -ar.eig_max(-M)

    def h(x: Any) -> Any:
        terms = [
            ar.power(top, Fraction(L - k, L)) * (ar.power(x, Fraction(k - 1, L)) if k > 1 else 1)
            for k in range(1, L + 1)
        ]
        return sum(terms[1:], start=terms[0])

    slope = (h(top) - h(low)) / (top - low)
    shift = h(top) - slope * top
    trace = shift * ar.trace(data) + slope * ar.trace(data @ M)
    scale = shift * shift + shift * slope * ar.trace(M) + slope * slope * _determinant(ar, M)
    product = scale * _determinant(ar, data)
    return trace + ar.sqrt(trace * trace - 4 * product)


def _determinant(ar: Any, M: Any) -> Any:
    return ar.entry(M, 0, 0) * ar.entry(M, 1, 1) - ar.entry(M, 0, 1) * ar.entry(M, 1, 0)


S, S_min, L, w, mu, least = symbols(
    sharpness, minimal_sharpness, depth, w_norm, aligned_top, least_norm_balanced
)

# --- derivation ---------------------------------------------------------------------------------


def derive(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield S/2 at a unit z, its value at v = |w|² and its slope in v."""
    v, q, p, gap = sp.symbols("v q p g", positive=True)  # |Kz|², (wᵀKz)²; v q = p + g
    form = v ** (1 - 1 / L) * q + (L - 1) * v ** (-1 / L) * p
    yield Identity(
        "least norm",
        r"v = |w|^2:\ S/2 = |w|^{2-2/L}\max_z(|Kz|^2+(L-1)(\hat w^TKz)^2)",
        "all L",
        "U3",
        2 * form.subs(v, w**2),
        formulas["small_start_sharpness"].subs(mu, q + (L - 1) * p / w**2),
    )
    slope = (1 - 1 / L) * v ** (-1 / L) * (q - p / v)
    yield Identity(
        "slope in v = |w|² + |n|²",
        r"(1-1/L)v^{-1/L}(|Kz|^2-(w^TKz)^2/v)",
        "all L",
        "calculus",
        sp.diff(form, v),
        slope,
    )
    m = sp.Symbol("m", integer=True, positive=True)  # L - 1
    yield Condition(
        "it is not negative",
        r"(w^TKz)^2 \le |w|^2|Kz|^2 \le v|Kz|^2",
        "all L",
        "Cauchy-Schwarz",
        sp.simplify(slope.subs(q, (p + gap) / v).subs(L, m + 1)).is_nonnegative,
    )


# --- claims and controls ------------------------------------------------------------------------


def _claim(name: str, title: str, relation: Any, outputs: int, *assumptions: Assumption) -> Claim:
    bounds = Bounds(depth=(2, 4), width=(1, outputs))
    formulas = (small_start_sharpness,)
    setting = balanced_beside_blind_input
    return Claim(f"O4.{name}", title, setting, relation, assumptions, formulas, bounds)


_claims = (
    _claim(
        "one_output",
        "one output: least norm is flattest among balanced minimizers",
        S >= small_start_sharpness.symbol,
        1,
        minimizer,
        one_output,
    ),
)


def _blind_input_helps() -> Instance:
    """W_1 with orthonormal rows (1, 0, 0) and (0, 3/5, -4/5), identities above it."""
    five, eye = Fraction(1, 5), [[1, 0], [0, 1]]
    data = [[Fraction(1, 100), 0, 0], [0, 1, 0], [0, 0, 0]]
    first = [[1, 0, 0], [0, 3 * five, -4 * five]]
    return Instance.exact([first, eye, eye, eye], data, [[1, 0, 0], [0, 3 * five, 0]])


_controls = (
    Control(
        _claim(
            "control.several_outputs",
            "the same for several outputs",
            S >= least,
            2,
        ),
        lambda: [_blind_input_helps()],
    ),
    Control(
        _claim(
            "control.flattest",
            "one output: balanced minimizers are flattest",
            S_min >= S,
            1,
            one_output,
        )
    ),
)

THEOREM = Theorem(
    id="O4",
    title="Which sharpnesses can balanced starts reach on singular data?",
    statement=(
        r"\inf_{N\Sigma = 0} S_{\mathrm{bal}}(T+N) = {?}\qquad "
        r"(d_y = 1:\ S_{\mathrm{bal}}(T))"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; T of least norm",
    source=Source("certimin2026", "open question"),
    claims=_claims,
    controls=_controls,
    formulas=(small_start_sharpness,),
    derivations={"O4.one_output": derive},
    witnesses=(
        Witness(
            "O4.witness.blind_input",
            "O4.one_output",
            "P = (3/5, 0, 4/5), Σ = diag(1, 2, 0): most of |P|² lies where the data are blind",
            lambda: Instance.exact(
                [[[Fraction(3, 5), 0, Fraction(4, 5)]], [[1]]],
                [[1, 0, 0], [0, 2, 0], [0, 0, 0]],
                [[Fraction(3, 5), 0, 0]],
            ),
        ),
    ),
    uses=("U3",),
    module=__name__,
    status="open",
    tags=("open", "balancedness"),
)
