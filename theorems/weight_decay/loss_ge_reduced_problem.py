r"""Noise only rescales the covariance, and decay through D+1 layers is a 2/(D+1) quasi-norm.

Statement
    Let w = (U W^(D) ... W^(1))ᵀ, κ = Π_i (1 + σ²/d_i) and Γ = γ_u Π_i γ_i.  At *every* point

        L(W) - E y² >= κ wᵀA_0w - 2 w·c + (D+1) (Γ|w|²)^{1/(D+1)},

    and every w is the effective map of weights that attain it.  So

        min L = E y² + min_w κ wᵀA_0w - 2 w·c + (D+1) (Γ|w|²)^{1/(D+1)}:

    the widths enter through κ alone.  If σ² > 0 the inequality is strict unless all neurons of
    the last hidden layer contribute the same, u_j W^(D)_j W^(D-1) ... W^(1) = wᵀ/d_D.

Notation
    D (``hidden_layers``), κ (``effective_covariance_factor``), Γ (``decay_product``),
    wᵀA_0w (``effective_energy``), w·c (``effective_alignment``), |w|² (``effective_sq``); L - E y²
    (``regularised_loss``); the minimum over w (``reduced_minimum``).

Assumptions
    None for the inequality.  noisy (σ² > 0) and unequal (contributions differ) for strictness:
    without noise only the sum of the contributions matters.

Proof
    Data, one layer at a time, the last first.  With M = M_{D-1} and contributions s_j = u_j W_j
    (rows), the last noise gives U M_D Uᵀ = s M sᵀ + σ² Σ_j s_j M s_jᵀ, s = Σ_j s_j, and
    Σ_j s_j M s_jᵀ = s M sᵀ/d + (1/d) Σ_{j<k} (s_j - s_k) M (s_j - s_k)ᵀ.  So U M_D Uᵀ >=
    (1 + σ²/d_D) (U W^(D)) M_{D-1} (U W^(D))ᵀ; repeat with the row U W^(D) in place of U.
    Decay: AM-GM on the D+1 layers, then Π_i |W^(i)|_F >= |w|.
    Attained: signs r_i, layers r_1 v, b_i r_i r_{i-1}ᵀ, b_u r_Dᵀ have equal contributions and
    Π|W|_F = |w|; rescaling the layers makes their decays equal.

Main results
    Z3p.lower    the inequality, at any weights, data, decays and noise
    Z3p.attained equality on aligned networks with layers of equal cost
    Z3p.strict   strictness where contributions differ and σ² > 0
    Z3p.minimum  loss >= certified minimum over w, at any weights
    Z3p.reached  exact equality with that minimum at exact global minima

Evidence
    Symbolic: one noise layer with symbolic weights and moments (d, d_x <= 3), which is the
    induction step for every D; AM-GM for D = 1..4; min over τ for all D.  Trained by L-BFGS from
    many starts on the exactly averaged loss.

Sharpness
    Equality for every w; κ without a layer or without its widths, and other exponents, fail.

Implementation notes
    The minimum over w is enclosed through one variable, see :mod:`numeric.reduced_problem`.
    The pointwise form needs no induction on minima; it says more than equality of the minima.

References
----------
    certimin2026; ziyin2022exact treats the minimizers themselves (Z2, Z3)

Tags
    weight decay, dropout, global minimum, quasi-norm
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy as sp

from numeric.arithmetic.symbolic import Symbolic
from numeric.networks import LinearNetwork
from numeric.regularised import noisy_moments
from theorems.quantities import symbols
from theorems.weight_decay.aligned import aligned_layers, aligned_networks, minimal_networks
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_alignment,
    effective_covariance_factor,
    effective_energy,
    hidden_layers,
    noise_factor,
    noise_factor_undivided,
    noisy_networks,
    regularised_loss,
)
from theorems.weight_decay.reduction import (
    decay_product,
    effective_sq,
    reduced_minimum,
)
from theorems.weight_decay.training import trained_minima
from verify.claims import Bounds, Setting, quantity
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
    am_gm,
)
from verify.theorem import Control, Source, TrainedSolution

__all__ = ["THEOREM", "reduced_objective"]

# --- closed form and the factors of false twins ---------------------------------------------------


@quantity("noise_factor_short", r"\prod_{i<D}(1+\sigma^2/d_i)")
def noise_factor_short(instance: NoisyInstance) -> Any:
    """κ without the last hidden layer (a control)."""
    return noise_factor(instance, instance.hidden_widths[:-1])


loss, least, D, kappa, Gamma, energy, alignment, w_sq, short, undivided = symbols(
    regularised_loss,
    reduced_minimum,
    hidden_layers,
    effective_covariance_factor,
    decay_product,
    effective_energy,
    effective_alignment,
    effective_sq,
    noise_factor_short,
    noise_factor_undivided,
)

reduced_objective = Formula(
    "reduced_objective",
    r"\kappa w^TA_0w - 2w\cdot c + (D+1)(\Gamma|w|^2)^{1/(D+1)}",
    kappa * energy - 2 * alignment + (D + 1) * (Gamma * w_sq) ** (1 / (D + 1)),
)

# --- assumptions --------------------------------------------------------------------------------


def _contributions_differ(instance: NoisyInstance) -> Any:
    """Whether the rows u_j W^(D)_j W^(D-1)...W^(1) are not all equal."""
    ar, net = instance.arithmetic, instance.net
    d = net.widths[-2]
    inner = net.weights[-2] @ net.prefixes[-2]  # B_D = W^(D) B_{D-1}
    rows = [ar.scale(ar.entry(net.weights[-1], 0, j), _unit(ar, d, j) @ inner) for j in range(d)]
    equal = [ar.is_zero(row - rows[0]) for row in rows[1:]]
    if ar.kind == "sampled":
        return ~reduce(lambda x, y: x & y, equal, ar.frobenius_sq(rows[0]) >= 0)
    return not all(equal)


def _unit(ar: Any, n: int, j: int) -> Any:
    return ar.matrix([[int(i == j) for i in range(n)]])


noisy = Assumption("noisy", r"\sigma^2 > 0", lambda instance: instance.noise_variance > 0)
unequal = Assumption("unequal", r"\text{contributions differ}", _contributions_differ)

# --- derivation ---------------------------------------------------------------------------------

_SIZES = ((1, 2), (2, 2), (3, 2), (2, 3))


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the induction step of the data term, AM-GM over the layers, and their sum."""
    for d, inputs in _SIZES:
        yield from _one_noise_layer(d, inputs)
    yield from _submultiplicative()
    for layers in range(2, 6):
        yield from _decay(layers)
    s, n = sp.Symbol("s", positive=True), D + 1
    yield Identity(
        "data and decay together",
        r"\kappa w^TA_0w-2w\cdot c+n\,(\Gamma|w|^2)^{1/n},\quad n=D+1",
        "all D",
        "sum of both bounds",
        kappa * energy - 2 * alignment + n * (Gamma * s) ** (1 / n),
        formulas["reduced_objective"].subs(w_sq, s),
    )


def _moments(n: int) -> sp.Matrix:
    """A symbolic symmetric matrix: any second moment M."""
    return sp.Matrix(n, n, lambda i, j: sp.Symbol(f"m{min(i, j)}{max(i, j)}", real=True))


def _one_noise_layer(d: int, inputs: int) -> Iterator[Step]:
    """U M_i Uᵀ against (1 + σ²/d)(UW) M_{i-1} (UW)ᵀ: the difference is a sum over pairs."""
    ar, noise = Symbolic(), sp.Symbol("v", nonnegative=True)
    W = ar.matrix([[sp.Symbol(f"w{i}{j}", real=True) for j in range(inputs)] for i in range(d)])
    U = ar.matrix([[sp.Symbol(f"u{i}", real=True) for i in range(d)]])
    M = ar.matrix(_moments(inputs).tolist())
    after = noisy_moments(LinearNetwork(ar, (W, U)), M, noise)[-1]
    total = U @ W
    pairs = sum(
        (
            ((U[j] * W[j, :] - U[k] * W[k, :]) * M * (U[j] * W[j, :] - U[k] * W[k, :]).T)[0]
            for j in range(d)
            for k in range(j)
        ),
        start=sp.Integer(0),
    )
    scope = "every D by induction, any weights and moments, (d, d_x) in " + str(list(_SIZES))
    yield Identity(
        f"one layer of noise, d = {d}, d_x = {inputs}",
        r"UM_iU^T=(1+\tfrac{\sigma^2}{d})(UW)M_{i-1}(UW)^T"
        r"+\tfrac{\sigma^2}{d}\sum_{j<k}(s_j-s_k)M_{i-1}(s_j-s_k)^T",
        scope,
        "Cauchy-Schwarz (Lagrange's identity): the sum is >= 0 because M_{i-1} is PSD",
        (U @ after @ U.mT)[0],
        (1 + noise / d) * (total @ M @ total.mT)[0] + noise / d * pairs,
    )
    yield Condition(
        f"weight of the pairs, d = {d}, d_x = {inputs}",
        r"\sigma^2/d \ge 0",
        scope,
        "side condition",
        (noise / d).is_nonnegative,
    )


def _submultiplicative() -> Iterator[Step]:
    """|W|_F²|x|² - |Wx|² is a sum of squares, one row of W at a time."""
    for n in (2, 3):
        a, x = (sp.symbols(f"{name}1:{n + 1}", real=True) for name in "ax")
        squares = sum((a[i] * x[j] - a[j] * x[i]) ** 2 for i in range(n) for j in range(i))
        yield Identity(
            f"|W x| <= |W|_F |x|, a row of length {n}",
            r"|a|^2|x|^2-(a\cdot x)^2=\sum_{i<j}(a_ix_j-a_jx_i)^2",
            "widths 2, 3",
            "Cauchy-Schwarz (Lagrange's identity), summed over rows and layers: |w| <= Π|W|_F",
            sum(p**2 for p in a) * sum(p**2 for p in x)
            - sum(p * q for p, q in zip(a, x, strict=True)) ** 2,
            squares,
        )
        yield Condition(
            f"a sum of squares, length {n}", "\\ge 0", "widths 2, 3", "squares",
            squares.is_nonnegative,
        )  # fmt: skip


def _decay(layers: int) -> Iterator[Step]:
    """AM-GM: the decay of D+1 layers is at least (D+1)(Γ Π|W|²)^{1/(D+1)}."""
    gammas = sp.symbols(f"g1:{layers + 1}", positive=True)
    norms = sp.symbols(f"n1:{layers + 1}", nonnegative=True)
    terms = [g * n**2 for g, n in zip(gammas, norms, strict=True)]
    mean, conditions = am_gm(terms, f"AM-GM at D = {layers - 1}", "D = 1..4")
    yield from conditions
    product = sp.Mul(*gammas) * sp.Mul(*norms) ** 2
    yield Identity(
        f"geometric mean of the decays at D = {layers - 1}",
        r"(D+1)\bigl(\prod_i\gamma_i|W^{(i)}|_F^2\bigr)^{1/(D+1)}",
        "D = 1..4",
        "AM-GM, then Π|W|_F >= |w| and monotonicity",
        mean,
        layers * product ** sp.Rational(1, layers),
    )


def derive_attained(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield both bounds with equality on aligned networks with symbolic scales."""
    for widths in ((2, 2), (2, 3), (2, 2, 2), (1, 2, 2, 2)):
        yield from _aligned(widths)


def _aligned(widths: tuple[int, ...]) -> Iterator[Step]:
    """Data term κ w A wᵀ and Π|W|² = |w|² for U = b_u rᵀ, b_i r rᵀ, r v."""
    ar, noise = Symbolic(), sp.Symbol("v", nonnegative=True)
    inputs, hidden = widths[0], widths[1:]
    scales = list(sp.symbols(f"b2:{len(hidden) + 2}", positive=True))
    row = ar.matrix([[sp.Symbol(f"x{j}", real=True) for j in range(inputs)]])
    patterns = [[(-1) ** (i * k) for i in range(d)] for k, d in enumerate(hidden, 1)]
    layers = aligned_layers(ar, patterns, scales, row)
    net = LinearNetwork(ar, tuple(layers))
    M, U, w = ar.matrix(_moments(inputs).tolist()), layers[-1], net.end_to_end
    factor = sp.Mul(*(1 + noise / d for d in hidden))
    scope = "any scales, rows and data; widths (2,2), (2,3), (2,2,2), (1,2,2,2)"
    yield Identity(
        f"data term {widths}",
        r"UM_DU^T=\kappa\,w^TA_0w",
        scope,
        "equal contributions",
        (U @ noisy_moments(net, M, noise)[-1] @ U.mT)[0],
        factor * (w @ M @ w.mT)[0],
    )
    yield Identity(
        f"norms {widths}",
        r"\prod_i|W^{(i)}|_F^2=|w|^2",
        scope,
        "rank-one layers along one path",
        sp.Mul(*(ar.frobenius_sq(W) for W in layers)),
        ar.frobenius_sq(w),
    )


def derive_minimum(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield min over τ of Γs²/τ^D + Dτ for all D: the ridge problems below the quasi-norm."""
    s, t, g = sp.symbols("s t g", positive=True)
    n = sp.Symbol("n", integer=True, positive=True)  # D
    best = (g * s**2) ** (1 / (n + 1))
    ridge = g * s**2 / t**n + n * t
    quasi = formulas["reduced_objective"].subs(
        {energy: 0, alignment: 0, w_sq: s**2, Gamma: g, D: n}
    )
    yield Identity(
        "stationary τ",
        r"\partial_\tau(\Gamma|w|^2\tau^{-D}+D\tau)=0\text{ at }\tau^{D+1}=\Gamma|w|^2",
        "all D",
        "calculus",
        sp.powsimp(sp.expand_power_base(sp.diff(ridge, t).subs(t, best))),
        0,
    )
    yield Identity(
        "value there",
        r"\min_\tau\,\Gamma|w|^2\tau^{-D}+D\tau=(D+1)(\Gamma|w|^2)^{1/(D+1)}",
        "all D",
        "calculus",
        sp.powsimp(sp.expand_power_base(ridge.subs(t, best))),
        quasi,
    )
    second = n * (n + 1) * g * s**2 * t ** (-n - 2)
    yield Identity(
        "curvature in τ",
        r"\partial_\tau^2(\Gamma|w|^2\tau^{-D}+D\tau)=D(D+1)\Gamma|w|^2\tau^{-D-2}",
        "all D",
        "calculus",
        sp.diff(ridge, t, 2),
        second,
    )
    yield Condition(
        "convex in τ", r"> 0", "all D", "the stationary τ is the minimum", second.is_positive
    )


# --- claims and controls ------------------------------------------------------------------------

_DEEP = Bounds(depth=(2, 4), width=(1, 3))
_SMALL = Bounds(depth=(2, 4), width=(1, 2))
_WIDE = Bounds(depth=(2, 4), width=(2, 3))
_formulas = (reduced_objective,)


def _claim(
    name: str,
    title: str,
    setting: Setting,
    relation: Any,
    *assumptions: Assumption,
    bounds: Bounds = _DEEP,
) -> Claim:
    return Claim(f"Z3p.{name}", title, setting, relation, assumptions, _formulas, bounds)


_claims = (
    _claim(
        "lower",
        "any weights cost at least the reduced objective of their effective map",
        noisy_networks,
        loss >= reduced_objective.symbol,
    ),
    _claim(
        "attained",
        "equality on aligned networks with layers of equal cost, for any data",
        aligned_networks,
        sp.Eq(loss, reduced_objective.symbol),
    ),
    _claim(
        "strict",
        "with noise, neurons that contribute differently cost strictly more",
        noisy_networks,
        loss > reduced_objective.symbol,
        noisy,
        unequal,
    ),
    _claim(
        "minimum",
        "no weights do better than the certified minimum over w",
        noisy_networks,
        loss >= least,
        bounds=_SMALL,
    ),
    _claim(
        "reached",
        "exact equality with the minimum at exact global minima",
        minimal_networks,
        sp.Eq(loss, least),
        bounds=_SMALL,
    ),
)


def _objective(factor: Any, power: Any = 1 / (D + 1), count: Any = D + 1) -> Any:
    return factor * energy - 2 * alignment + count * (Gamma * w_sq) ** power


def _twin(name: str, title: str, setting: Setting, relation: Any) -> Control:
    return Control(Claim(f"Z3p.control.{name}", title, setting, relation, bounds=_WIDE))


_controls = (
    _twin(
        "without_a_layer",
        "κ without one hidden layer, called attained",
        aligned_networks,
        sp.Eq(loss, _objective(short)),
    ),
    _twin(
        "noise_ignored",
        "d² for d(d + σ²): noise leaves the minimum alone",
        aligned_networks,
        sp.Eq(loss, _objective(sp.Integer(1))),
    ),
    _twin(
        "widths_ignored",
        "(1 + σ²)^D for κ: width does not average noise",
        noisy_networks,
        loss >= _objective(undivided),
    ),
    _twin(
        "exponent",
        "exponent 1/D for 1/(D+1)",
        noisy_networks,
        loss >= _objective(kappa, 1 / D),
    ),
    _twin(
        "plain_decay",
        "the decay of a single layer, Γ|w|², instead of the quasi-norm",
        noisy_networks,
        loss >= _objective(kappa, sp.Integer(1), sp.Integer(1)),
    ),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """L-BFGS from many starts, D = 1, 2, 3 in turn: the best reaches the minimum over w."""
    yield from trained_minima(seed, runs, depths=(2, 3, 4))


def _rotated() -> NoisyInstance:
    """Two neurons sharing the map (1, 0) unequally, σ² = 0: still a minimum of the bound."""
    return NoisyInstance.exact(
        [[[Fraction(3, 5), 0], [Fraction(4, 5), 0]], [[Fraction(3, 5), Fraction(4, 5)]]],
        [[1, 0], [0, 1]],
        [[3, 0]],
        [1, 1],
        0,
    )


THEOREM = Theorem(
    id="Z3p",
    title="Noise rescales the covariance by κ and weight decay is a 2/(D+1) quasi-norm of w",
    statement=(
        r"\min_W \mathcal{L} = E y^2 + \min_w\; \kappa\, w^TA_0w - 2w^Tc "
        r"+ (D+1)\bigl(\Gamma|w|^2\bigr)^{1/(D+1)},\quad "
        r"\kappa=\prod_i\Bigl(1+\frac{\sigma^2}{d_i}\Bigr),\; \Gamma=\gamma_u\prod_i\gamma_i"
    ),
    normalisation="loss E(f - y)² + Σ γ|W|_F², no factor 1/2; noise averaged; E y² left out",
    source=Source("certimin2026", "reduction without widths, pointwise in the weights"),
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={
        "Z3p.lower": derive_lower,
        "Z3p.attained": derive_attained,
        "Z3p.minimum": derive_minimum,
    },
    witnesses=(
        Witness(
            "Z3p.witness.unequal",
            "Z3p.strict",
            "two neurons that contribute differently, σ² = 1",
            lambda: NoisyInstance.exact(
                [[[1, 0], [0, 2]], [[1, 1]]], [[2, 1], [1, 1]], [[3, 1]], [1, Fraction(1, 2)], 1
            ),
        ),
        Witness(
            "Z3p.witness.three_layers",
            "Z3p.minimum",
            "D = 2, widths 2 and 2, unequal decays",
            lambda: NoisyInstance.exact(
                [[[1, 0], [1, 0]], [[1, 1], [1, 1]], [[1, 1]]],
                [[2, 1], [1, 1]],
                [[9, 1]],
                [1, Fraction(1, 2), Fraction(1, 3)],
                1,
            ),
        ),
    ),
    necessity=(
        Necessity(
            noisy,
            "Z3p.strict",
            "σ² = 0: contributions 9/25 and 16/25 attain the bound of w = (1, 0)",
            _rotated,
        ),
    ),
    trainings=(
        Training(
            "Z3p.trained",
            "L-BFGS from many starts on the exactly averaged loss",
            _train,
            ("Z3p.lower", "Z3p.minimum"),
        ),
    ),
    module=__name__,
    tags=("weight decay", "dropout", "global minimum"),
)
