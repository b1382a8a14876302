r"""The least trace of the Hessian of a minimizer is governed by a nuclear norm.

Statement
    Let Σ ⪰ 0, TΣ != 0, K = Σ^{1/2} and let the hidden widths be at least rank(TΣ).  Then

        min_{PΣ = TΣ} tr H = 2 L (d_y tr Σ)^{1/L} |TK|_*^{2-2/L}.

Notation
    tr H (``hessian_trace``), |TK|_* (``target_nuclear``, the sum of singular values),
    tr Σ (``data_trace``), L (``depth``), d_y.

Assumptions
    minimizer  PΣ = TΣ: used in A_k B_{k+1} K = TK.  Without it, zero weights have trace 0.
    widths     used only for attainment; the lower bound needs none.

Proof
    tr H = 2 Σ_k |A_k|_F² |B_kK|_F² (trace formula), with |A_L|_F² = d_y and |B_1K|_F² = tr Σ.
    Nuclear and Frobenius norms are dual: |A_k|_F |B_{k+1}K|_F >= |A_kB_{k+1}K|_* = |TK|_*.  AM-GM
    as in M1, for a_k = |A_k|_F/d_y^{1/2} and b_k = d_y^{1/2}|B_kK|_F, so that a_L = 1 and
    b_1 = (d_y tr Σ)^{1/2}.
    Attained: with TK = U s Vᵀ and n = Σ_i s_i take W_1 = β s^{1/2}VᵀK⁺, W_L = γ U s^{1/2}, and
    identities between, β² = tr Σ/n, γ² = d_y/n: all L terms are d_y tr Σ.  A common gain of the
    layers then gives any T.

Main results
    U5.lower     the inequality, on any weights, any Σ, any outputs
    U5.attained  attained up to 1e-7 by rational factors beside the optimal ones
    U5.exact     equality for multiples of rotations on isotropic data

Evidence
    Symbolic: the bound for L = 2..5, attainment for all L.

Sharpness
    Attained for every Σ, T and L.  The Frobenius or spectral norm in place of the nuclear one gives
    a bound that is not attained; flattest and balanced minimizers do not have least trace
    (controls).

Implementation notes
    Σ = F Fᵀ with F any invertible matrix: |TF|_* = |TK|_*, and no root of Σ is needed.

References
----------
    certimin2026

Tags
    trace, Hessian, flat minima, nuclear norm
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer
from theorems.inequalities import path_bound
from theorems.instances import Instance
from theorems.quantities import (
    d_y,
    data_trace,
    depth,
    hessian_trace,
    loss_at_zero,
    symbols,
    target_on_data,
)
from theorems.settings import (
    attaining_minimizers,
    balanced_minimizers,
    isotropic_balanced,
    minimizers,
    trace_attaining,
)
from verify.claims import Bounds, Setting, quantity
from verify.legacy import Claim, Formula, Identity, Necessity, Step, Theorem, Witness
from verify.theorem import Control, Source

__all__ = ["THEOREM", "trace_bound"]

# --- closed form --------------------------------------------------------------------------------


@quantity("target_nuclear", r"|TK|_*")
def target_nuclear(instance: Instance) -> Any:
    """Nuclear norm |TK|_* of the target on data, the sum of its singular values, K = Σ^{1/2}."""
    square = instance.cross @ instance.target.mT
    return instance.arithmetic.power_sum(square, Fraction(1, 2))


trace_hessian, L, outputs, spread, nuclear, spectral, frobenius_sq = symbols(
    hessian_trace, depth, d_y, data_trace, target_nuclear, target_on_data, loss_at_zero
)


def _bound(norm: Any) -> Any:
    return 2 * L * (outputs * spread) ** (1 / L) * norm ** (2 - 2 / L)


trace_bound = Formula(
    "trace_bound",
    r"2L(d_y\operatorname{tr}\Sigma)^{1/L}|TK|_*^{2-2/L}",
    _bound(nuclear),
)

# --- derivations --------------------------------------------------------------------------------


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the path bound from (d_y tr Σ)^{1/2} with common gain |TK|_*."""
    yield from path_bound(
        formulas["trace_bound"] / 2, start=sp.sqrt(outputs * spread), gain=nuclear
    )


def derive_attained(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the first, a middle and the last term of the attaining factors, and their sum."""
    n = sp.Symbol("n", positive=True)  # Σ_i s_i
    beta, gamma = sp.sqrt(spread / n), sp.sqrt(outputs / n)
    terms = {
        "first": gamma**2 * n * spread,
        "middle": (gamma**2 * n) * (beta**2 * n),
        "last": outputs * beta**2 * n,
    }
    for name, term in terms.items():
        yield Identity(
            f"{name} term",
            r"|A_k|_F^2|B_kK|_F^2 = d_y\operatorname{tr}\Sigma",
            "all L",
            "|Us^{1/2}|_F² = |s^{1/2}Vᵀ|_F² = n",
            term,
            outputs * spread,
        )
    yield Identity(
        "sum of L equal terms, |TK|_* = βγn",
        r"2Ld_y\operatorname{tr}\Sigma = 2L(d_y\operatorname{tr}\Sigma)^{1/L}|TK|_*^{2-2/L}",
        "all L",
        "expansion",
        2 * L * outputs * spread,
        formulas["trace_bound"].subs(nuclear, sp.powsimp(beta * gamma * n)),
    )


# --- claims and controls ------------------------------------------------------------------------

_CLOSE = sp.Rational(10**7 + 1, 10**7)


def _claim(name: str, title: str, relation: Any, setting: Setting) -> Claim:
    bounds = Bounds(depth=(2, 4), width=(1, 2))
    return Claim(f"U5.{name}", title, setting, relation, (minimizer,), (trace_bound,), bounds)


_claims = (
    _claim("lower", "no minimizer has less trace", trace_hessian >= trace_bound.symbol, minimizers),
    _claim(
        "attained",
        "attained up to 1e-7 by rational factors beside the optimal ones",
        trace_hessian <= _CLOSE * trace_bound.symbol,
        trace_attaining,
    ),
    _claim(
        "exact",
        "equality for multiples of rotations on isotropic data",
        sp.Eq(trace_hessian, trace_bound.symbol),
        isotropic_balanced,
    ),
)

_controls = (
    Control(
        _claim(
            "control.frobenius",
            "the Frobenius norm for the nuclear norm",
            trace_hessian <= _CLOSE * _bound(sp.sqrt(frobenius_sq)),
            trace_attaining,
        )
    ),
    Control(
        _claim(
            "control.spectral",
            "the spectral norm for the nuclear norm",
            trace_hessian <= _CLOSE * _bound(spectral),
            trace_attaining,
        )
    ),
    Control(
        _claim(
            "control.exponents_swapped",
            "(d_y tr Σ)^{1-1/L}|TK|_*^{2/L} for (d_y tr Σ)^{1/L}|TK|_*^{2-2/L}",
            trace_hessian >= 2 * L * (outputs * spread) ** (1 - 1 / L) * nuclear ** (2 / L),
            minimizers,
        )
    ),
    Control(
        _claim(
            "control.flattest",
            "minimizers of least sharpness have least trace",
            trace_hessian <= _CLOSE * trace_bound.symbol,
            attaining_minimizers,
        )
    ),
    Control(
        _claim(
            "control.balanced",
            "balanced minimizers have least trace",
            trace_hessian <= _CLOSE * trace_bound.symbol,
            balanced_minimizers,
        )
    ),
)

THEOREM = Theorem(
    id="U5",
    title="The least trace of the Hessian is 2 L (d_y tr Σ)^(1/L) |TK|_*^(2-2/L)",
    statement=(
        r"\min_{P\Sigma = T\Sigma}\operatorname{tr}\nabla^2R = "
        r"2L\,(d_y\operatorname{tr}\Sigma)^{1/L}\,|TK|_*^{2-2/L}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}, |.|_* nuclear",
    source=Source("certimin2026", "minimal trace of the Hessian"),
    claims=_claims,
    controls=_controls,
    formulas=(trace_bound,),
    derivations={"U5.lower": derive_lower, "U5.attained": derive_attained},
    witnesses=(
        Witness(
            "U5.witness.two_outputs",
            "U5.lower",
            "two outputs, correlated data",
            lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1], [1, 0]]], [[2, 1], [1, 1]]),
        ),
        Witness(
            "U5.witness.identity",
            "U5.exact",
            "identity layers, Σ = I, d = 2, depth 2: tr H = 16",
            lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]]),
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "U5.lower",
            "zero weights, target 1, depth 2: tr H = 0 < 4",
            lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]]),
        ),
    ),
    uses=("F3p",),
    module=__name__,
    tags=("trace", "flat minima"),
)
