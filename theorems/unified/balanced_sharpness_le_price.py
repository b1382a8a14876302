r"""The price of balancedness: how much sharper than flattest a balanced minimizer can be.

Statement
    Let W_L ... W_1 = T != 0, D_k = W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ = 0 for all k, σ = |T|_2.  Then

        S(W) = 2 λ_max( K [Σ_k σ^{2(L-k)/L} (TᵀT)^{(k-1)/L}] K ),

    and if Σ ≻ 0 has condition number κ, then for any T, any number of outputs and any L >= 2

        S(W) <= ( (κ^{1/(L-1)} + κ^{2/(L-1)} + ... + κ) / (L-1) )^{1-1/L} S_min.

    This is √κ at L = 2.  For every L equality is met by Σ = diag(1, κ), T = diag(1, q) with
    q = κ^{-L/(2(L-1))}; as L -> ∞ the factor tends to (κ-1)/ln κ.

Notation
    S (``sharpness``), S_min (``minimal_sharpness``), L (``depth``), κ (``condition``), K = Σ^{1/2};
    ``balanced_formula`` is the right side of the first line, with (TᵀT)^{1/L} = W_1ᵀW_1.

Assumptions
    minimizer   W_L ... W_1 = T.  Without it, W = (1, -1) and T = 1 have S = 8, not 4.
    balanced    D_k = 0.  Without it, W = (2, 1/2) on Σ = I has S = 17/2, S_min = 4, κ = 1.
    Σ ≻ 0       or κ is not defined; the price has no bound on singular data.

Proof
    A_kA_kᵀ = (TTᵀ)^{(L-k)/L} and B_kᵀB_k = (TᵀT)^{(k-1)/L} (M4).  In the eigenbasis of TTᵀ the
    Hessian's dual Gram matrix falls into blocks that grow with the eigenvalue: the first line.
    Scale so that σ = 1 and Σ ⪰ I.  Let z be a unit vector where the first line takes its top,
    p = |Kz|² <= κ and ρ = |TKz|²/p; t^{j/L} is concave, so S <= 2p h(ρ) with
    h(ρ) = Σ_{j<L} ρ^{j/L} = (1-ρ)/(1-ρ^{1/L}).  Along the top right singular vector v of T there
    is a z' with |Kz'| = |TKz'| >= 1.  S_min is a minimum over c of a top eigenvalue (U1), hence at
    least the mean of the values at z and z' with weights w and 1-w; AM-GM over c gives

        S_min >= 2L (1 + (p-1)w)^{1/L} (1 - (1-pρ)w)^{1-1/L},     0 <= w <= 1.

    If the best w lies inside, S/S_min is at most a function of ρ with one stationary point,
    ρ = p^{-L/(L-1)}, a maximum, with value (Σ_k p^{k/(L-1)}/(L-1))^{1-1/L}, increasing in p.  If
    it is w = 0 the ratio p h(ρ)/L increases in ρ, if it is w = 1 the ratio h(ρ)/(Lρ^{1-1/L})
    decreases: both end at the case before.

Main results
    U6.formula       the sharpness of balanced minimizers, any Σ
    U6.price         the bound by κ and L
    U6.attained_two  equality at L = 2, exactly
    U6.attained      equality at every depth, up to 1e-7

Evidence
    Symbolic for all L, the sum of the price at L = 2..6.  Equality is exact at L = 2, where the
    maximizer of S_min is rational.  Gradient flow from balanced starts, two outputs.

Sharpness
    The bound is attained for every κ and L.  It is below κ^{1-1/L}, with equality only at L = 2.

Implementation notes
    κ = r^{2(L-1)} makes the worst layers diag(r, 1) rational.

References
----------
    certimin2026; mulayoff2020unique (balanced minima)

Tags
    sharpness, balanced, condition number
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.spectrum import sharpness_at_minimizer
from numeric.training import gradient_flow
from theorems.assumptions import minimizer
from theorems.flat_minima.sharpness_eq_of_balanced import balanced, derive_shared
from theorems.instances import Instance
from theorems.quantities import (
    condition,
    data_max,
    depth,
    minimal_sharpness,
    sharpness,
    symbols,
    target_norm,
    target_on_data,
)
from theorems.settings import (
    balanced_minimizers,
    padded_diagonal,
    rotated_layers,
    setting,
    source_arithmetic,
)
from theorems.training import Trained
from verify.claims import Bounds, Claim, Formula, quantity
from verify.derivation import Condition, Identity, Step
from verify.sources import Source as Choices
from verify.theorem import (
    Control,
    Measurement,
    Necessity,
    Source,
    Theorem,
    TrainedSolution,
    Training,
    Witness,
)

__all__ = ["THEOREM", "balanced_price", "definite_balanced_minimizers"]

# --- settings and quantity ----------------------------------------------------------------------


@setting("definite-balanced-minimizers", "D_k = 0 for all k, Σ = Q diag(λ_i) Qᵀ with 1 <= λ_i <= 9")
def definite_balanced_minimizers(source: Choices, bounds: Bounds) -> Instance:
    """Balanced factors by rational rotations, on data of rational condition number."""
    ar = source_arithmetic(source)
    L = source.integer(*bounds.depth)
    shape = [source.integer(*bounds.width) for _ in range(L + 1)]
    gains = [1, *(source.number(0, 1) for _ in range(min(shape) - 1))]
    cores = [padded_diagonal(source, gains, m, n) for n, m in itertools.pairwise(shape)]
    layers, _ = rotated_layers(source, ar, cores)
    scales = [source.number(1, 9) for _ in range(shape[0])]
    turn = rotated_layers(source, ar, [ar.identity(shape[0])])[1][0]
    sigma = turn @ padded_diagonal(source, scales, shape[0], shape[0]) @ turn.mT
    return Instance.of(ar, layers, sigma)


@setting(
    "costliest-balanced-minimizers",
    "W_k = Q_k diag(r, 1) Q_{k-1}ᵀ, Σ = Q_0 diag(1, κ) Q_0ᵀ with κ = r^{2(L-1)}, 1 < r <= 3",
)
def costliest_balanced_minimizers(source: Choices, bounds: Bounds) -> Instance:
    """Where balancedness costs most: the weak direction of T carries the most data."""
    ar = source_arithmetic(source)
    L = source.integer(*bounds.depth)
    shape = [2, *(source.integer(2, max(2, bounds.width[1])) for _ in range(L))]
    r = ar.scalar(1) + ar.scalar(source.number(1, 8)) / 4
    cores = [padded_diagonal(source, [r, 1], m, n) for n, m in itertools.pairwise(shape)]
    layers, turns = rotated_layers(source, ar, cores)
    data = padded_diagonal(source, [1, ar.power(r, Fraction(2 * L - 2))], 2, 2)
    return Instance.of(ar, layers, turns[0] @ data @ turns[0].mT)


@quantity(
    "balanced_formula",
    r"2\lambda_{\max}\bigl(K\bigl[\textstyle\sum_k|T|_2^{2(L-k)/L}(T^TT)^{(k-1)/L}\bigr]K\bigr)",
)
def balanced_formula(instance: Instance) -> Any:
    """The sharpness of balanced minimizers: (TᵀT)^{1/L} = W_1ᵀW_1 and |T|_2^{2/L} its top."""
    ar, first = instance.arithmetic, instance.weights[0]
    root = first.mT @ first
    top = ar.eig_max(root)
    total = power = ar.identity(root.shape[-1])
    for _ in range(instance.net.depth - 1):  # Horner in top: total <- top total + root^k
        power = power @ root
        total = ar.scale(top, total) + power
    return 2 * ar.eig_max(total, instance.sigma)


S, S_min, L, kappa, formula, Lam, norm, image = symbols(
    sharpness,
    minimal_sharpness,
    depth,
    condition,
    balanced_formula,
    data_max,
    target_norm,
    target_on_data,
)
_k = sp.Symbol("k", integer=True, positive=True)
balanced_price = Formula(
    "balanced_price",
    r"\Bigl(\frac1{L-1}\textstyle\sum_{k=1}^{L-1}\kappa^{k/(L-1)}\Bigr)^{1-1/L}",
    (sp.Sum(kappa ** (_k / (L - 1)), (_k, 1, L - 1)) / (L - 1)) ** (1 - 1 / L),
)

# --- derivations --------------------------------------------------------------------------------

_m, _n = sp.symbols("m n", integer=True, positive=True)
_t, _u, _p, _w, _A, _B = sp.symbols("t u p w A B", positive=True)


def derive_formula(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the factors of the dual Gram matrix, and that its blocks grow with s."""
    yield from derive_shared(formulas)
    yield Condition(
        "blocks grow with the singular value",
        r"\partial_s\, s^{2(L-k)/L} \ge 0",
        "all L",
        "monotonicity of eigenvalues (Weyl): the block of s = |T|_2 has the top one",
        sp.diff(_t ** (sp.Integer(2) * _n / (_m + _n)), _t).is_positive,
    )


def derive_price(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield both estimates, the best weight w, the worst ρ and the value there."""
    yield from _sharpness_above()
    yield from _best_weight()
    yield from _worst_ratio()
    yield from _value(formulas)


def _sharpness_above() -> Iterator[Step]:
    """S <= 2 p h(ρ) with a geometric sum; p h(ρ)/L and h(ρ)/(Lρ^{1-1/L}) are monotone."""
    alpha = _m / (_m + _n)
    yield Condition(
        "Jensen",
        r"\partial_t^2\,t^{j/L} < 0 \;\Rightarrow\; y^T(T^TT)^{j/L}y \le |y|^2\rho^{j/L}",
        "all L, j = m, L = m + n",
        "Jensen's inequality for the spectral measure of y = Kz",
        sp.simplify(sp.diff(_t**alpha, _t, 2)).is_negative,
    )
    yield Identity(
        "telescoping",
        r"\rho^{j/L}(1-\rho^{1/L}) = \rho^{j/L}-\rho^{(j+1)/L}",
        "all L",
        "geometric sum: h(ρ) = (1-ρ)/(1-ρ^{1/L})",
        _t ** (_m / L) * (1 - _t ** (1 / L)),
        _t ** (_m / L) - _t ** ((_m + 1) / L),
    )
    yield Condition(
        "w = 0: the ratio increases",
        r"\partial_\rho\,\rho^{j/L} > 0",
        "all L",
        "calculus",
        sp.diff(_t**alpha, _t).is_positive,
    )
    yield Condition(
        "w = 1: the ratio decreases",
        r"\partial_\rho\,\rho^{-j/L} < 0",
        "all L",
        "calculus",
        sp.diff(_t**-alpha, _t).is_negative,
    )


def _best_weight() -> Iterator[Step]:
    """The maximum over w of (1 + Aw)^{1/L}(1 - Bw)^{1-1/L}, A = p-1, B = 1-pρ."""
    best = (_A - (L - 1) * _B) / (L * _A * _B)
    yield Identity(
        "stationary weight",
        r"\partial_w\bigl[\tfrac1L\ln(1+Aw)+(1-\tfrac1L)\ln(1-Bw)\bigr]=0",
        "all L",
        "calculus; the bracket is concave in w",
        (_A / (L * (1 + _A * _w)) - (1 - 1 / L) * _B / (1 - _B * _w)).subs(_w, best),
        0,
    )
    yield Identity(
        "first factor",
        r"1+Aw = (A+B)/(LB)",
        "all L",
        "calculus",
        1 + _A * best,
        (_A + _B) / (L * _B),
    )
    yield Identity(
        "second factor",
        r"1-Bw = (L-1)(A+B)/(LA)",
        "all L",
        "calculus",
        1 - _B * best,
        (L - 1) * (_A + _B) / (L * _A),
    )
    yield Identity(
        "their sum", r"A+B = p(1-\rho)", "all L", "expansion", _p - 1 + 1 - _p * _t, _p * (1 - _t)
    )


def _worst_ratio() -> Iterator[Step]:
    """The derivative in ρ of (1/L) ln(1-pρ) - ln(1-ρ^{1/L}) has the sign of ρ^{1/L-1} - p."""
    ratio = sp.log(1 - _p * _t) / L - sp.log(1 - _t ** (1 / L))
    yield Identity(
        "slope in ρ",
        r"L\rho(1-p\rho)(1-\rho^{1/L})\,\partial_\rho\ln(S/S_{\min}) = \rho(\rho^{1/L-1}-p)",
        "all L",
        "calculus",
        L * _t * (1 - _p * _t) * (1 - _t ** (1 / L)) * sp.diff(ratio, _t),
        _t ** (1 / L) - _p * _t,
    )
    yield Condition(
        "one sign change, from + to -",
        r"\partial_\rho\,\rho^{1/L-1} < 0",
        "all L, L = m + 1",
        "calculus: the only stationary point is the maximum",
        sp.diff(_t ** (-_m / (_m + 1)), _t).is_negative,
    )
    yield Condition(
        "the price grows with p",
        r"\partial_p\,p^{k/(L-1)} > 0",
        "all L",
        "calculus: the worst p is κ",
        sp.diff(_p ** (_k / _m), _p).is_positive,
    )


def _value(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """At ρ = u^L, p = u^{1-L}: p h / (L max_w ...) is the price; u = κ^{-1/(L-1)} < 1."""
    for size in range(2, 7):
        p, rho = _u ** (1 - size), _u**size
        A, B = p - 1, 1 - p * rho
        # ratio^L, so that no roots remain: p h = (A+B)/(1-u), both factors as found above
        above = (p * sum(_u**j for j in range(size))) ** size
        below = (
            size**size * ((A + B) / (size * B)) * ((size - 1) * (A + B) / (size * A)) ** (size - 1)
        )
        price = formulas["balanced_price"].subs(L, size).doit() ** size
        yield Identity(
            f"value at the worst ρ, L = {size}",
            r"(S/S_{\min})^L = \bigl(\tfrac1{L-1}\textstyle\sum_k\kappa^{k/(L-1)}\bigr)^{L-1}",
            "L = 2..6",
            "substitution",
            sp.cancel(above / below),
            sp.powdenest(price.subs(kappa, p)),
        )
    s = 1 / (L - 1)
    yield Identity(
        "limit of the price",
        r"\lim_{s\to0}\; s(\kappa-1)/(1-\kappa^{-s}) = (\kappa-1)/\ln\kappa",
        "L -> ∞, s = 1/(L-1)",
        "geometric sum, limit",
        sp.limit(_t * (kappa - 1) / (1 - sp.exp(-_t * sp.log(kappa))), _t, 0),
        (kappa - 1) / sp.log(kappa),
    )
    yield Identity(
        "telescoping of the price",
        r"\kappa^{k/(L-1)}(1-\kappa^{-1/(L-1)}) = \kappa^{k/(L-1)}-\kappa^{(k-1)/(L-1)}",
        "all L",
        "geometric sum: Σ_k κ^{k/(L-1)} = (κ-1)/(1-κ^{-1/(L-1)})",
        kappa ** (_k * s) * (1 - kappa**-s),
        kappa ** (_k * s) - kappa ** ((_k - 1) * s),
    )


# --- claims and controls ------------------------------------------------------------------------

_ALMOST = sp.Rational(10**7 - 1, 10**7)
_BOUNDS = Bounds(depth=(2, 4), width=(1, 3))
_DEEP = Bounds(depth=(2, 5), width=(2, 2))
_assumed = (minimizer, balanced)


def _claim(name: str, title: str, where: Any, relation: Any, bounds: Bounds = _BOUNDS) -> Claim:
    return Claim(f"U6.{name}", title, where, relation, _assumed, (balanced_price,), bounds)


_priced = balanced_price.symbol * S_min

_claims = (
    _claim(
        "formula", "the sharpness of balanced minimizers", balanced_minimizers, sp.Eq(S, formula)
    ),
    _claim(
        "price",
        "balanced minimizers are at most this much sharper than flattest",
        definite_balanced_minimizers,
        S <= _priced,
    ),
    _claim(
        "attained_two",
        "equality at L = 2, exactly",
        costliest_balanced_minimizers,
        sp.Eq(S, _priced),
        Bounds(depth=(2, 2), width=(2, 3)),
    ),
    _claim(
        "attained",
        "equality at every depth, up to 1e-7",
        costliest_balanced_minimizers,
        S >= _ALMOST * _priced,
        _DEEP,
    ),
)


def _costliest(size: int, r: Fraction) -> Instance:
    """diag(r, 1), ``size`` times, on Σ = diag(1, r^{2(size-1)})."""
    layer = [[r, 0], [0, 1]]
    return Instance.of_minimizer([layer] * size, [[1, 0], [0, r ** (2 * size - 2)]])


def _twin(name: str, title: str, relation: Any, known: Any = tuple) -> Control:
    return Control(
        _claim(f"control.{name}", title, costliest_balanced_minimizers, relation, _DEEP), known
    )


_controls = (
    _twin(
        "perfect_with_depth",
        "U3's factor 1 + (Λ/a - 1)/L for several outputs, a = |TK|²/|T|²",
        S <= (1 + (Lam * norm**2 / image**2 - 1) / L) * S_min,
        lambda: [_costliest(4, Fraction(5, 4))],
    ),
    _twin("root_at_every_depth", "√κ at every depth", S <= sp.sqrt(kappa) * S_min),
    _twin("smaller_root", "κ^{1/3} for √κ at L = 2", S <= kappa ** sp.Rational(1, 3) * S_min),
    _twin(
        "shifted_powers",
        "κ^{(k-1)/(L-1)} for κ^{k/(L-1)} in the price",
        S <= kappa ** (-1 / L) * _priced,
    ),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow from multiples of the identity; two inputs, two outputs.

    Allowed: the gradient at the end is 1e-9, and the integrator's tolerance is 1e-11 per step.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        size = 2 + run % 3
        root = np.eye(2) + 0.3 * rng.standard_normal((2, 2))
        sigma = root @ root.T
        noise = rng.standard_normal((2, 2))
        target = np.eye(2) + 0.4 * noise @ noise.T
        flow = gradient_flow([0.9 * np.eye(2)] * size, sigma, target @ sigma)
        trained = Trained(f"flow {run}, depth {size}", flow.weights, sigma, target)
        s, V = np.linalg.eigh(target)
        inner = (V * sum(s[-1] ** (2 - 2 * k / size) * s ** (2 * (k - 1) / size)
                         for k in range(1, size + 1))) @ V.T  # fmt: skip
        predicted = 2 * float(np.linalg.eigvals(inner @ sigma).real.max())
        reached = float(sharpness_at_minimizer(trained.net, sigma))
        yield trained.solution(
            Measurement("sharpness of the limit", predicted, reached, 1e-8),
            Measurement("largest change of an imbalance D_k", 0.0, flow.drift, 1e-8),
        )


THEOREM = Theorem(
    id="U6",
    title="The price of balancedness: at most √κ at depth two, and the exact worst case at any",
    statement=(
        r"D_k=0,\;P=T \;\Longrightarrow\; S(W) = 2\lambda_{\max}\Bigl(K\Bigl[\sum_{k=1}^L"
        r"|T|_2^{2(L-k)/L}(T^TT)^{(k-1)/L}\Bigr]K\Bigr) \le "
        r"\Bigl(\frac{1}{L-1}\sum_{k=1}^{L-1}\kappa^{k/(L-1)}\Bigr)^{1-1/L} S_{\min}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}, κ = λ_max(Σ)/λ_min(Σ)",
    source=Source("certimin2026", "price of balancedness; finite-depth worst case"),
    claims=_claims,
    controls=_controls,
    formulas=(balanced_price,),
    derivations={"U6.formula": derive_formula, "U6.price": derive_price},
    witnesses=(
        Witness(
            "U6.witness.two",
            "U6.attained_two",
            "diag(2, 1) twice, Σ = diag(1, 4): S = 40 = √4 · 20",
            lambda: _costliest(2, Fraction(2)),
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "U6.formula",
            "W_1 = 1, W_2 = -1, T = 1: balanced, S = 8, the formula gives 4",
            lambda: Instance.exact([[[1]], [[-1]]], [[1]], [[1]]),
        ),
        Necessity(
            balanced,
            "U6.price",
            "W = (2, 1/2), Σ = I: S = 17/2 > 4",
            lambda: Instance.of_minimizer([[[2]], [[Fraction(1, 2)]]], [[1]]),
        ),
    ),
    trainings=(
        Training(
            "U6.trained",
            "gradient flow from balanced starts on correlated data",
            _train,
        ),
    ),
    uses=("M4", "U1"),
    module=__name__,
    tags=("sharpness", "balanced", "condition number"),
)
