r"""At any depth the global minimum is aligned: rank-one layers of equal cost along random signs.

Statement
    Every non-zero global minimum with D hidden layers and σ² > 0 has the form

        U = b_u r_Dᵀ,    W^(i) = b_i r_i r_{i-1}ᵀ (i >= 2),
        W^(1) = r_1 cᵀ μβ [β² s² (σ² + d_1) A_0 + γ_1 I]^{-1},    r_i in {±1}^{d_i},

    β = b_u Π_{i>=2} b_i, μ = Π_{i>=2} d_i, s² = Π_{i>=2} d_i(d_i + σ²), all layers costing the
    same, γ_i|W^(i)|_F² = γ_u|U|²; β minimises, with m = Π d_i, q = Π d_i(d_i + σ²), g = γ_1 d_1
    and G = (γ_u d_D Π_{i>=2} γ_i d_i d_{i-1})^{1/D},

        L = E y² - m²β² cᵀ(qβ²A_0 + gI)^{-1}c + D G β^{2/D}.

    A stationary β with κ λ_min(A_0)|w|² >= (D-1)τ is global, τ = Gβ^{2/D} the cost of a layer.

Notation
    L - E y² (``regularised_loss``), its gradient (``gradient_sq``), its certified minimum
    (``reduced_minimum``); the function of β (``beta_objective``); τ (``layer_penalty``), w·c
    (``effective_alignment``).

Assumptions
    None for Z3.lower.  σ² > 0 for uniqueness: without noise a rotation of the hidden neurons keeps
    the loss (the necessity witness of Z3p.strict).

Proof
    Z3p gives min L = min_w κ wᵀA_0w - 2w·c + (D+1)(Γ|w|²)^{1/(D+1)} and, by strictness, equal
    contributions of all neurons: rank-one layers along signs.  The quasi-norm is
    min_τ Γ|w|²/τ^D + Dτ, so w = τ^D (κτ^D A_0 + Γ)^{-1} c; τ = Gβ^{2/D} gives the form in β.
    Global: write φ(τ) = Dτ - Σ h_i(τ), h_i = c_i²τ^D/(κa_iτ^D + Γ) in eigencoordinates.  h_i is
    convex, then concave; where κa_iτ^D >= (D-1)Γ its tangent meets the axis on the right of 0, so
    it lies above h_i on all of [0, ∞).  If that holds for every i at a stationary τ, the sum of
    the tangents, of slope D, lies above Σ h_i: φ is least there.  Γ|w|² = τ^{D+1} turns
    κa_iτ^D >= (D-1)Γ into κa_i|w|² >= (D-1)τ.

Main results
    Z3.stationary  the gradient vanishes at the published form, for any β with layers of equal cost
    Z3.beta        the loss there is the function of β
    Z3.value       and Dτ - w·c
    Z3.global      it is the minimum, exactly, where κ λ_min(A_0)|w|² >= (D-1)τ
    Z3.lower       no weights do better than the certified minimum

Evidence
    Symbolic: stationarity with symbolic scales, rows, noise and data up to D = 3, width 2; the
    tangent criterion for all D.  Trained by L-BFGS from many starts.

Sharpness
    The criterion for A_0 = aI is Z5's first threshold: below it the same point is not global.

Implementation notes
    Instances are built backwards (see :mod:`theorems.weight_decay.reduction`); the weights are
    then computed from c, the decays and τ by the formula of the statement.  Where the criterion
    fails, the minimum over all stationary τ is enclosed by :mod:`numeric.reduced_problem`.

References
----------
    ziyin2022exact (main theorem, reconstructed); the criterion for a global β is certimin2026

Tags
    weight decay, dropout, global minimum, closed form
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.arithmetic.symbolic import Symbolic
from numeric.networks import LinearNetwork
from numeric.regularised import regularised_gradient
from theorems.quantities import symbols
from theorems.weight_decay.aligned import aligned_layers, unit_network
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_alignment,
    gradient_sq,
    hidden_layers,
    layer_penalty,
    noisy_networks,
    regularised_loss,
)
from theorems.weight_decay.reduction import (
    PUBLISHED,
    published_networks,
    reduced_minimum,
)
from theorems.weight_decay.training import trained_minima
from verify.claims import Bounds, Setting, quantity
from verify.legacy import Claim, Condition, Formula, Identity, Step, Theorem, Training, Witness
from verify.theorem import Control, Source, TrainedSolution

__all__ = ["THEOREM"]

# --- closed forms -------------------------------------------------------------------------------


@quantity(
    "beta_objective",
    r"D\,G\beta^{2/D} - m^2\beta^2c^T(q\beta^2A_0+gI)^{-1}c",
    positive=False,
)
def beta_objective(instance: NoisyInstance) -> Any:
    """D G β^{2/D} - m²β²cᵀ(qβ²A_0 + gI)^{-1}c, β² = |U|²Π|W^(i)|²/(d_D Π d_i d_{i-1}), i >= 2."""
    ar, widths, noise = instance.arithmetic, instance.hidden_widths, instance.noise_variance
    D = len(widths)
    beta_sq, G_power = ar.scalar(1), ar.scalar(1)
    sizes = [*(m * n for m, n in itertools.pairwise(widths)), widths[-1]]
    for W, decay, size in zip(instance.weights[1:], instance.decays[1:], sizes, strict=True):
        beta_sq = beta_sq * ar.frobenius_sq(W) / size
        G_power = G_power * decay * size
    m_sq, q = math.prod(widths) ** 2, ar.scalar(1)
    for d in widths:
        q = q * (d * (d + noise))
    g = ar.scale(instance.decays[0] * widths[0], ar.identity(instance.sigma.shape[-1]))
    resolvent = ar.inverse(ar.scale(q * beta_sq, instance.sigma) + g)
    linear = ar.entry(instance.cross @ resolvent @ instance.cross.mT, 0, 0)
    cost = ar.power(G_power * beta_sq, Fraction(1, D))  # G β^{2/D}, a single root
    return D * cost - m_sq * beta_sq * linear


loss, grad, least, D, tau, alignment, objective = symbols(
    regularised_loss,
    gradient_sq,
    reduced_minimum,
    hidden_layers,
    layer_penalty,
    effective_alignment,
    beta_objective,
)
minimal_value = Formula("deep_value", r"D\tau - w\cdot c", D * tau - alignment)

# --- derivation ---------------------------------------------------------------------------------

_SIZES = ((1, 2, 1), (2, 2, 2), (1, 2, 2, 2))
"""Widths (d_x, d_1, ..., d_D)."""

noise, pull = sp.symbols("v p", positive=True)


def derive_stationary(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the row of the closed form and the gradient, decays and c eliminated."""
    for widths in _SIZES:
        yield from _stationary(widths)


def _stationary(widths: tuple[int, ...]) -> Iterator[Step]:
    """All layers cost p|w|² = pΠ|W|_F²: γ_i = pΠ_{j≠i}|W_j|_F² and c = κ A w + p w."""
    ar, inputs, hidden = Symbolic(), widths[0], widths[1:]
    scope = "any scales, rows, data and noise; widths " + ", ".join(
        "-".join(map(str, w)) for w in _SIZES
    )
    scales = list(sp.symbols(f"b2:{len(hidden) + 2}", positive=True))
    row = ar.matrix([[sp.Symbol(f"x{j}", positive=True) for j in range(inputs)]])
    sigma = ar.matrix(
        [
            [sp.Symbol(f"m{min(i, j)}{max(i, j)}", real=True) for j in range(inputs)]
            for i in range(inputs)
        ]
    )
    patterns = [[(-1) ** (i * k) for i in range(d)] for k, d in enumerate(hidden, 1)]
    layers = aligned_layers(ar, patterns, scales, row)
    net = LinearNetwork(ar, tuple(layers))
    w = net.end_to_end
    factor = sp.Mul(*(1 + noise / d for d in hidden))
    cross = ar.matrix((factor * w * sigma + pull * w).tolist())
    norms = [ar.frobenius_sq(W) for W in layers]
    decays = [pull * sp.Mul(*norms[:i], *norms[i + 1 :]) for i in range(len(norms))]
    mu, beta = math.prod(hidden[1:]), sp.Mul(*scales)
    s_sq = sp.Mul(*(d * (d + noise) for d in hidden[1:]))
    ridge = beta**2 * s_sq * (noise + hidden[0]) * sigma + decays[0] * sp.eye(inputs)
    yield Identity(
        f"row of the closed form {widths}",
        r"v\,[\beta^2s^2(\sigma^2+d_1)A_0+\gamma_1I]=\mu\beta c^T",
        scope,
        "elimination of c and the decays",
        sp.Matrix(row * ridge),
        sp.Matrix(mu * beta * cross),
    )
    slopes = regularised_gradient(net, sigma, cross, decays, noise)
    for k, slope in enumerate(slopes, 1):
        yield Identity(
            f"gradient in layer {k}, {widths}",
            r"\nabla\mathcal{L} = 0",
            scope,
            "elimination of c and the decays",
            sp.Matrix(slope),
            sp.zeros(*slope.shape),
        )


def derive_global(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the shape of h = c²τ^D/(κaτ^D + Γ) and where its tangent lies above it."""
    n = sp.Symbol("n", integer=True, positive=True)  # D
    t, a, k, G, c = sp.symbols("t a k G c", positive=True)
    h = c**2 * t**n / (k * a * t**n + G)
    slope, curvature = sp.diff(h, t), sp.diff(h, t, 2)
    base = k * a * t**n + G
    yield Identity(
        "convex, then concave",
        r"h''=\frac{D\Gamma c^2\tau^{D-2}[(D-1)\Gamma-(D+1)\kappa a\tau^D]}"
        r"{(\kappa a\tau^D+\Gamma)^3}",
        "all D, any data",
        "one change of sign, from + to - as τ grows",
        sp.expand(curvature * base**3),
        sp.expand(n * G * c**2 * t ** (n - 2) * ((n - 1) * G - (n + 1) * k * a * t**n)),
    )
    yield Identity(
        "the tangent at zero",
        r"h-\tau h'=\frac{c^2\tau^D[\kappa a\tau^D-(D-1)\Gamma]}{(\kappa a\tau^D+\Gamma)^2}",
        "all D, any data",
        "a tangent above 0 at 0 lies above a convex-concave h on [0, τ]",
        sp.expand((h - t * slope) * base**2),
        sp.expand(c**2 * t**n * (k * a * t**n - (n - 1) * G)),
    )
    yield Condition(
        "the criterion puts τ beyond the inflection",
        r"\tfrac{D-1}{D+1} \le D-1",
        "all D, any data",
        "h is concave from the inflection on, so the tangent is above it there",
        ((n - 1) - (n - 1) / (n + 1)).simplify().is_nonnegative,
    )
    yield Identity(
        "value at a stationary τ",
        r"\varphi(\tau)=D\tau-w\cdot c",
        "all D, any data",
        "w = τ^D(κτ^D A_0 + Γ)^{-1}c",
        n * t - h,
        formulas["deep_value"].subs({D: n, tau: t, alignment: c * (t**n / base) * c}),
    )


# --- claims and controls ------------------------------------------------------------------------

_DEEP = Bounds(depth=(2, 4), width=(1, 3))
_WIDE = Bounds(depth=(3, 4), width=(2, 3))
_formulas = (minimal_value,)

published = published_networks("published", "the closed form of Z3, its c and decays solved for")
published_minimal = published_networks(
    "published-minimal", "the closed form of Z3 with κ λ_min(A_0)|w|² >= (D-1)τ", minimal=True
)
width_missing = published_networks(
    "published-width-missing",
    "the closed form of Z3 with μ short of one width",
    replace(PUBLISHED, mu=lambda instance: math.prod(instance.hidden_widths[2:])),
)
noise_missing = published_networks(
    "published-noise-missing",
    "the closed form of Z3 with d_i for d_i + σ² in s²",
    replace(PUBLISHED, s_sq=lambda instance: math.prod(instance.hidden_widths[1:]) ** 2),
)
first_noise_missing = published_networks(
    "published-first-noise-missing",
    "the closed form of Z3 with d_1 for d_1 + σ²",
    replace(PUBLISHED, first=lambda instance: instance.hidden_widths[0]),
)


def _claim(name: str, title: str, setting: Setting, relation: Any) -> Claim:
    return Claim(f"Z3.{name}", title, setting, relation, (), _formulas, _DEEP)


_claims = (
    _claim("stationary", "the closed form is stationary", published, sp.Eq(grad, 0)),
    _claim("beta", "its loss as a function of β", published, sp.Eq(loss, objective)),
    _claim("value", "its loss is Dτ - w·c", published, sp.Eq(loss, minimal_value.symbol)),
    _claim(
        "global",
        "it is the minimum where the data outweigh the decay",
        published_minimal,
        sp.Eq(loss, least),
    ),
    _claim("lower", "no weights do better than the minimum", noisy_networks, loss >= least),
)


def _twin(name: str, title: str, setting: Setting, relation: Any) -> Control:
    return Control(Claim(f"Z3.control.{name}", title, setting, relation, bounds=_WIDE))


_controls = (
    _twin("width_missing", "μ without one width", width_missing, sp.Eq(grad, 0)),
    _twin("noise_missing", "d_i for d_i + σ² in s²", noise_missing, sp.Eq(grad, 0)),
    _twin("first_noise_missing", "d_1 for d_1 + σ²", first_noise_missing, sp.Eq(grad, 0)),
    _twin("always_global", "the closed form is global for any β", published, sp.Eq(loss, least)),
)

# --- training, witnesses ------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """The best of many starts reaches the closed form at D = 2, 3, none goes below."""
    yield from trained_minima(seed + 3, runs, depths=(3, 4))


THEOREM = Theorem(
    id="Z3",
    title="At any depth the global minimum has rank-one layers of equal cost along random signs",
    statement=(
        r"U=b_ur_D^T,\; W^{(i)}=b_ir_ir_{i-1}^T,\; "
        r"W^{(1)}=r_1c^T\mu\beta\bigl[\beta^2s^2(\sigma^2+d_1)A_0+\gamma_1I\bigr]^{-1},\quad "
        r"\beta\in\arg\min\; D\,G\beta^{2/D}-m^2\beta^2c^T(q\beta^2A_0+gI)^{-1}c"
    ),
    normalisation="loss E(f - y)² + Σ γ|W|_F², no factor 1/2; noise averaged; E y² left out",
    source=Source("ziyin2022exact", "global minimum at any depth (reconstructed)"),
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={"Z3.stationary": derive_stationary, "Z3.global": derive_global},
    witnesses=(
        Witness(
            "Z3.witness.unit_weights",
            "Z3.global",
            "unit weights, D = 2: κ a|w|² = τ, the tie with the origin, loss 0",
            unit_network,
        ),
    ),
    trainings=(Training("Z3.trained", "L-BFGS from many starts, D = 2, 3", _train, ("Z3.lower",)),),
    uses=("Z3p",),
    module=__name__,
    tags=("weight decay", "dropout", "global minimum"),
)
