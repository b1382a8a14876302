r"""Small initialisation ends at a flattest minimizer iff w* is an eigenvector and La >= Λ.

Statement
    One output, c = Σw* != 0, a = w*ᵀΣw*/|w*|², Λ = λ_max(Σ), S_0 the limit of U3.  Then

        S_0 = S_min   if and only if   Σw* = a w*  and  La >= Λ.

    If w* is an eigenvector and Λ >= La, then S_0/S_min = ((Λ/a - 1)/(L-1))^{1-1/L}.

Notation
    S_0 (``small_start_sharpness``, U3), S_min (``minimal_sharpness``), a, Λ (``data_max``).

Assumptions
    one_output   a and w* are not defined otherwise.
    eigenvector  Σw* = a w*.  Without it S_0 > S_min however deep the network.
    deep_enough  La >= Λ.  Without it a direction that w* ignores is the sharpest one.
    Σ may be singular; w* need then not have least norm.

Proof
    S_0 is U1's dual value 2λ_max(cΣ + (L-1)c^{-1/(L-1)}Kw*w*ᵀK) at c_0 = |w*|^{2-2/L}, and S_min
    its minimum over c.  Each zᵀ(.)z is convex in u = log c, with slope at c_0

        |w*|^{2-2/L} ( |Kz|² - (ŵᵀKz)² ) >= 0     (Cauchy-Schwarz),

    zero iff Kz is a multiple of ŵ.  So c_0 is a minimum iff some top eigenvector z of
    H = Σ + (L-1)KŵŵᵀK has Kz = ŵ up to scale (a mixture of top eigenvectors has zero slope only if
    each of them has).  Then Hz = LKŵ = μz; applying K, Σŵ = (μ/L)ŵ, so ŵ is an eigenvector,
    a = μ/L, and μ = La is the largest eigenvalue, that is La >= Λ.  The converse is C1.
    For an eigenvector and Λ >= La, U1's objective on the span of w* and a top eigenvector is
    (Λ - (Λ-a)s)^{1/L}(a|w*|²s)^{1-1/L}, s the share of w*: log-concave, largest at
    s = (L-1)Λ/(L(Λ-a)) <= 1.

Main results
    U7.if      S_0 = S_min = 2La|w*|^{2-2/L} for eigenvectors with La >= Λ
    U7.only_if, U7.only_if_eigenvector  S_0 > S_min otherwise
    U7.price   the ratio for eigenvectors with Λ >= La, exactly

Evidence
    Symbolic for all L; the eigenvector equation for d_x = 2.  Flows from small starts on both
    sides of La = Λ end where the theorem says.

Sharpness
    Both conditions are needed (necessity witnesses); at La = Λ the price is exactly 1.

Implementation notes
    Σ = Q diag(a, a(L+(L-1)q²), ...) Qᵀ with rational q makes the maximizer of U1 rational.

References
----------
    certimin2026

Tags
    sharpness, gradient flow, implicit regularisation, eigenvector
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.gain import float_optimum
from numeric.spectrum import sharpness_at_minimizer
from theorems.assumptions import one_output
from theorems.instances import Instance
from theorems.quantities import a, data_max, depth, minimal_sharpness, symbols, w_norm
from theorems.settings import (
    eigenvector_regressors,
    overlooked_direction,
    univariate_minimizers,
)
from theorems.unified.quantities import aligned_top
from theorems.unified.small_initialisation_limit_nearly_flattest import (
    flow_from_small_start,
    small_start_sharpness,
)
from verify.claims import Bounds, Setting
from verify.legacy import (
    Assumption,
    Claim,
    Condition,
    Formula,
    Identity,
    Necessity,
    Step,
    Theorem,
    Training,
    Witness,
)
from verify.theorem import Control, Measurement, Source, TrainedSolution

__all__ = ["THEOREM", "eigenvector_bound", "price"]

S_min, L, w, rayleigh, top, mu = symbols(minimal_sharpness, depth, w_norm, a, data_max, aligned_top)

# --- closed forms -------------------------------------------------------------------------------

eigenvector_bound = Formula(
    "eigenvector_bound", r"2La|w^*|^{2-2/L}", 2 * L * rayleigh * w ** (2 - 2 / L)
)
price = Formula(
    "small_start_price",
    r"\left(\frac{\Lambda/a-1}{L-1}\right)^{1-1/L}",
    ((top / rayleigh - 1) / (L - 1)) ** (1 - 1 / L),
)
_formulas = (small_start_sharpness, eigenvector_bound, price)

# --- assumptions --------------------------------------------------------------------------------


def _is_eigenvector(instance: Instance) -> Any:
    ar, w = instance.arithmetic, instance.target
    image = w @ instance.sigma
    along = ar.scale(ar.entry(image @ w.mT, 0, 0), w)
    return ar.is_zero(ar.scale(ar.frobenius_sq(w), image) - along)


def _is_deep_enough(instance: Instance) -> Any:
    ar = instance.arithmetic
    x, y = instance.net.depth * a.measure(instance), data_max.measure(instance)
    return ar.margin(x, y) >= 0 if ar.kind == "sampled" else ar.compare(x, y).sign >= 0


def _fails(instance: Instance) -> Any:
    both = _is_eigenvector(instance) & _is_deep_enough(instance)
    return ~both if instance.arithmetic.kind == "sampled" else not both


eigenvector = Assumption("eigenvector", r"\Sigma w^* = a w^*", _is_eigenvector)
deep_enough = Assumption("deep_enough", r"La \ge \Lambda", _is_deep_enough)
otherwise = Assumption("otherwise", r"\Sigma w^* \neq aw^* \text{ or } La < \Lambda", _fails)

# --- derivations --------------------------------------------------------------------------------

m = sp.Symbol("m", integer=True, positive=True)  # L - 1
q, p = sp.symbols("q p", positive=True)  # |Kz|² and (ŵᵀKz)²


def derive_if(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield S_0 at the top eigenvalue La."""
    yield Identity(
        "the top eigenvalue of Σ + (L-1)aŵŵᵀ is La",
        r"2|w^*|^{2-2/L}\max(La,\Lambda) = 2La|w^*|^{2-2/L}",
        "all L",
        "C1: no minimizer is flatter",
        formulas["small_start_sharpness"].subs(mu, L * rayleigh),
        formulas["eigenvector_bound"],
    )


def derive_only_if(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the dual value at c_0, its slope there, and what a vanishing slope means."""
    u = sp.Symbol("u", real=True)
    start = w ** (2 - 2 / L)
    dual = 2 * (sp.exp(u) * q + m * sp.exp(-u / m) * w**2 * p)
    at_start = {sp.exp(u): start.subs(L, m + 1), sp.exp(-u / m): w ** (-2 / (m + 1))}
    yield Identity(
        "S_0 is the dual value at c_0",
        r"c_0|Kz|^2+(L-1)c_0^{-1/(L-1)}(w^{*T}Kz)^2 = |w^*|^{2-2/L}(|Kz|^2+(L-1)(\hat w^TKz)^2)",
        "all L",
        "U1",
        dual.subs(at_start),
        formulas["small_start_sharpness"].subs(mu, q + (L - 1) * p).subs(L, m + 1),
    )
    yield Identity(
        "slope in log c",
        r"2|w^*|^{2-2/L}(|Kz|^2-(\hat w^TKz)^2)",
        "all L",
        "calculus",
        sp.diff(dual, u).subs(at_start),
        (2 * start * (q - p)).subs(L, m + 1),
    )
    yield Condition(
        "convex in log c", r"\partial_u^2 > 0", "all L", "calculus", sp.diff(dual, u, 2).is_positive
    )
    yield from _vanishing_slope()


def _vanishing_slope() -> Iterator[Step]:
    """Cauchy-Schwarz for one pair of coordinates, and Hz = LKŵ at z = K⁻¹ŵ, d_x = 2."""
    x, y, c, d = sp.symbols("x y c d", real=True)
    gap = (x * d - y * c) ** 2
    yield Identity(
        "Lagrange's identity, one pair of coordinates",
        r"|x|^2|\hat w|^2-(\hat w^Tx)^2 = \sum_{i<j}(x_i\hat w_j-x_j\hat w_i)^2",
        "all d_x",
        "Cauchy-Schwarz",
        (x**2 + y**2) * (c**2 + d**2) - (x * c + y * d) ** 2,
        gap,
    )
    yield Condition("no pair is negative", r"\ge 0", "all d_x", "square", gap.is_nonnegative)
    r, s, t = sp.symbols("r s t", positive=True)  # K = diag(r, s); ŵ on the rational circle
    unit = sp.Matrix([1 - t**2, 2 * t]) / (1 + t**2)
    K = sp.diag(r, s)
    H = K * K + (L - 1) * K * unit * unit.T * K
    yield Identity(
        "eigenvector equation",
        r"(\Sigma+(L-1)K\hat w\hat w^TK)K^{-1}\hat w = LK\hat w",
        "all L, d_x = 2",
        "expansion",
        H * K.inv() * unit,
        L * K * unit,
    )


def derive_price(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the maximum of U1's objective over the share s of w*; g = Λ - a, k = L - 1."""
    share, gap, k = sp.symbols("s g k", positive=True)
    logarithm = (sp.log(top - gap * share) + k * sp.log(rayleigh * w**2 * share)) / (k + 1)
    best = k * top / (L * gap)
    yield Identity(
        "stationary share",
        r"s = (L-1)\Lambda/(L(\Lambda-a))",
        "all L",
        "calculus",
        sp.diff(logarithm, share).subs(share, best.subs(L, k + 1)),
        0,
    )
    ratio = formulas["small_start_price"].subs(top, rayleigh + gap)
    ratio = ratio.replace(
        lambda e: e.is_Pow and e.exp != -1,
        lambda e: sp.factor(e.base).subs(L - 1, k) ** e.exp,
    )
    yield Identity(
        "S_0 over the maximum",
        r"2|w^*|^{2-2/L}\Lambda = S_{\min}\,((\Lambda/a-1)/(L-1))^{1-1/L}",
        "all L",
        "the maximum is 2L(Λ/L)^{1/L}(a|w*|²s)^{1-1/L}, concave in log",
        2 * L * (top / L) ** (1 / L) * (rayleigh * w**2 * best) ** (1 - 1 / L) * ratio,
        formulas["small_start_sharpness"].subs(mu, top),
    )


# --- claims and controls ------------------------------------------------------------------------

_limit = small_start_sharpness.symbol


def _claim(
    name: str, title: str, relation: Any, setting: Setting, *assumptions: Assumption
) -> Claim:
    bounds = Bounds(depth=(2, 4), width=(1, 2))
    return Claim(f"U7.{name}", title, setting, relation, assumptions, _formulas, bounds)


_claims = (
    _claim(
        "if",
        "for eigenvectors with La >= Λ the limit is flattest",
        sp.Eq(_limit, S_min),
        eigenvector_regressors,
        one_output,
        eigenvector,
        deep_enough,
    ),
    _claim(
        "value",
        "and its sharpness is 2La|w*|^{2-2/L}",
        sp.Eq(S_min, eigenvector_bound.symbol),
        eigenvector_regressors,
        one_output,
        eigenvector,
        deep_enough,
    ),
    _claim(
        "only_if",
        "otherwise the limit is sharper than necessary",
        _limit > S_min,
        univariate_minimizers,
        one_output,
        otherwise,
    ),
    _claim(
        "only_if_eigenvector",
        "also for eigenvectors with La < Λ",
        _limit > S_min,
        eigenvector_regressors,
        one_output,
        otherwise,
    ),
    _claim(
        "price",
        "eigenvectors with Λ >= La: the ratio is ((Λ/a - 1)/(L-1))^{1-1/L}",
        sp.Eq(_limit, price.symbol * S_min),
        overlooked_direction,
        one_output,
        eigenvector,
    ),
)

_controls = (
    Control(
        _claim(
            "control.any_depth",
            "La >= Λ dropped",
            _limit <= S_min,
            eigenvector_regressors,
            eigenvector,
        )
    ),
    Control(
        _claim(
            "control.any_direction",
            "the eigenvector dropped",
            _limit <= S_min,
            univariate_minimizers,
            deep_enough,
        )
    ),
    Control(
        _claim(
            "control.top_eigenvector_only",
            "only along the top eigenvector: a >= Λ",
            rayleigh >= top,
            eigenvector_regressors,
            eigenvector,
            deep_enough,
        )
    ),
    Control(
        _claim(
            "control.without_power",
            "the price without the exponent 1-1/L",
            _limit >= (top / rayleigh - 1) / (L - 1) * S_min,
            overlooked_direction,
        )
    ),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """w* the first eigenvector of Σ = diag(1, Λ), depth 3, s = 0.01; Λ on both sides of La = 3."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        largest = (2.0, 9.0, 3.0)[run % 3]
        sigma, target = np.diag([1.0, largest]), np.array([[1.0, 0.0]])
        flattest = 6 * float(float_optimum(Floating(), sigma, target, 1 / 3)[1])
        predicted = max(1.0, ((largest - 1) / 2) ** (2 / 3))
        for trained, _, allowed in flow_from_small_start(rng, 0.01, 3, sigma, target):
            reached = float(sharpness_at_minimizer(trained.net, sigma)) / flattest
            yield trained.solution(
                Measurement(f"S/S_min at Λ/a = {largest:g}", predicted, reached, allowed)
            )


def _one_neuron(regressor: list[int], largest: int) -> Instance:
    return Instance.of_minimizer([[regressor], [[1]]], [[1, 0], [0, largest]])


THEOREM = Theorem(
    id="U7",
    title="Small initialisation ends flattest iff w* is an eigenvector and La >= Λ",
    statement=(
        r"d_y = 1:\quad S_0 = S_{\min} \iff \Sigma w^* = aw^* \text{ and } La \ge \Lambda;\quad "
        r"\Sigma w^* = aw^*,\ \Lambda \ge La \implies "
        r"S_0/S_{\min} = \Bigl(\frac{\Lambda/a-1}{L-1}\Bigr)^{1-1/L}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; a = w*ᵀΣw*/|w*|², Λ = λ_max(Σ)",
    source=Source("certimin2026", "when the small-initialisation limit is flattest"),
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={
        "U7.if": derive_if,
        "U7.only_if": derive_only_if,
        "U7.price": derive_price,
    },
    witnesses=(
        Witness(
            "U7.witness.second_eigenvector",
            "U7.if",
            "w* = (1, 0), Σ = diag(1, 2), depth 2: flattest at La = Λ",
            lambda: _one_neuron([1, 0], 2),
        ),
        Witness(
            "U7.witness.between",
            "U7.only_if",
            "w* = (1, 1) no eigenvector",
            lambda: _one_neuron([1, 1], 2),
        ),
    ),
    necessity=(
        Necessity(
            deep_enough,
            "U7.if",
            "w* = (1, 0), Σ = diag(1, 5), depth 2: S_0 = 10, S_min = 5",
            lambda: _one_neuron([1, 0], 5),
        ),
        Necessity(
            eigenvector,
            "U7.if",
            "w* = (1, 1), Σ = diag(1, 2), depth 2",
            lambda: _one_neuron([1, 1], 2),
        ),
    ),
    trainings=(
        Training(
            "U7.trained",
            "gradient flow from s = 0.01 for eigenvectors on both sides of La = Λ",
            _train,
        ),
    ),
    uses=("U1", "U3", "C1"),
    module=__name__,
    tags=("sharpness", "gradient flow", "eigenvector"),
)
