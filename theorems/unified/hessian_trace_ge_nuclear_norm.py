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

Sharpness
    Attained for every Σ, T and L.  The Frobenius or spectral norm in place of the nuclear one gives
    a bound that is not attained; flattest and balanced minimizers do not have least trace
    (controls).

Implementation notes
    Σ = F Fᵀ with F any invertible matrix: |TF|_* = |TK|_*, and no root of Σ is needed.

References
----------
    certimin2026
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer
from theorems.foundations import hessian_trace_eq_layer_norms as F3p
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
from verify.theorem import (
    Bounds,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

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
    "trace_bound", r"2L(d_y\operatorname{tr}\Sigma)^{1/L}|TK|_*^{2-2/L}", _bound(nuclear)
)

# --- claims and proofs --------------------------------------------------------------------------

_CLOSE = sp.Rational(10**7 + 1, 10**7)
_SMALL = Bounds((2, 4), (1, 2))


@claim(minimizers, trace_hessian >= trace_bound, minimizer, given=(F3p.trace,), bounds=_SMALL)
def lower(trace_bound: Any) -> Iterator[Step]:
    """No minimizer has less trace."""
    yield from path_bound(trace_bound / 2, start=sp.sqrt(outputs * spread), gain=nuclear)


@claim(
    trace_attaining,
    trace_hessian <= _CLOSE * trace_bound,
    minimizer,
    given=(F3p.trace,),
    bounds=_SMALL,
)
def attained(trace_bound: Any) -> Iterator[Step]:
    """Attained up to 1e-7 by rational factors beside the optimal ones.

    The terms |A_k|_F² |B_kK|_F² of the optimal factors, n = |Us^{1/2}|_F² = |s^{1/2}Vᵀ|_F².
    """
    n = sp.Symbol("n", positive=True)  # Σ_i s_i
    beta, gamma = sp.sqrt(spread / n), sp.sqrt(outputs / n)
    terms = {
        "first": gamma**2 * n * spread,
        "middle": (gamma**2 * n) * (beta**2 * n),
        "last": outputs * beta**2 * n,
    }
    for name, term in terms.items():
        yield Identity(f"{name} term", term, outputs * spread, why="all L terms are d_y tr Σ")
    least = trace_bound.subs(nuclear, beta * gamma * n)
    yield Identity("sum of L equal terms", 2 * L * outputs * spread, least, why="|TK|_* = βγn")


exact = stated(
    "exact", "equality for multiples of rotations on isotropic data",
    isotropic_balanced, sp.Eq(trace_hessian, trace_bound), minimizer, bounds=_SMALL,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("frobenius", "the Frobenius norm for the nuclear norm",
         trace_attaining, trace_hessian <= _CLOSE * _bound(sp.sqrt(frobenius_sq)),
         minimizer, bounds=_SMALL),
    twin("spectral", "the spectral norm for the nuclear norm",
         trace_attaining, trace_hessian <= _CLOSE * _bound(spectral), minimizer, bounds=_SMALL),
    twin("exponents_swapped", "(d_y tr Σ)^{1-1/L}|TK|_*^{2/L} for (d_y tr Σ)^{1/L}|TK|_*^{2-2/L}",
         minimizers,
         trace_hessian >= 2 * L * (outputs * spread) ** (1 - 1 / L) * nuclear ** (2 / L),
         minimizer, bounds=_SMALL),
    twin("flattest", "minimizers of least sharpness have least trace",
         attaining_minimizers, trace_hessian <= _CLOSE * trace_bound, minimizer, bounds=_SMALL),
    twin("balanced", "balanced minimizers have least trace",
         balanced_minimizers, trace_hessian <= _CLOSE * trace_bound, minimizer, bounds=_SMALL),
)  # fmt: skip

THEOREM = Theorem(
    id="U5",
    title="The least trace of the Hessian is 2 L (d_y tr Σ)^(1/L) |TK|_*^(2-2/L)",
    statement=(
        r"\min_{P\Sigma = T\Sigma}\operatorname{tr}\nabla^2R = "
        r"2L\,(d_y\operatorname{tr}\Sigma)^{1/L}\,|TK|_*^{2-2/L}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}, |.|_* nuclear",
    source=Source("certimin2026", "minimal trace of the Hessian"),
    claims=(lower, attained, exact),
    controls=_twins,
    witnesses=(
        witness("two_outputs", lower, "two outputs, correlated data",
                lambda: Instance.of_minimizer(
                    [[[1, 2], [0, 1]], [[1, 1], [1, 0]]], [[2, 1], [1, 1]])),
        witness("identity", exact, "identity layers, Σ = I, d = 2, depth 2: tr H = 16",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]])),
    ),
    necessity=(
        needed(minimizer, lower, "zero weights, target 1, depth 2: tr H = 0 < 4",
               lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]])),
    ),
    module=__name__,
)  # fmt: skip
