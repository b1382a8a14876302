r"""At any depth the global minimum is aligned: rank-one layers of equal cost along random signs.

Statement
    With D hidden layers consider the points

        U = b_u r_Dᵀ,    W^(i) = b_i r_i r_{i-1}ᵀ (i >= 2),
        W^(1) = r_1 cᵀ μβ [β² s² (σ² + d_1) A_0 + γ_1 I]^{-1},    r_i in {±1}^{d_i},

    β = b_u Π_{i>=2} b_i, μ = Π_{i>=2} d_i, s² = Π_{i>=2} d_i(d_i + σ²), where all layers cost the
    same, γ_i|W^(i)|_F² = γ_u|U|² = τ.  They are stationary, and their loss is, with m = Π d_i,
    q = Π d_i(d_i + σ²), g = γ_1 d_1 and G = (γ_u d_D Π_{i>=2} γ_i d_i d_{i-1})^{1/D},

        L = E y² - m²β² cᵀ(qβ²A_0 + gI)^{-1}c + D G β^{2/D} = E y² + Dτ - w·c.

    Those with κ λ_min(A_0)|w|² >= (D-1)τ are global minima.

Notation
    L - E y² (``regularised_loss``), its gradient (``gradient_sq``), its certified minimum
    (``reduced_minimum``); the function of β (``beta_objective``); τ (``layer_penalty``), w·c
    (``effective_alignment``).

Assumptions
    None.

Proof
    Z3p gives min L = min_w κ wᵀA_0w - 2w·c + (D+1)(Γ|w|²)^{1/(D+1)}.  The quasi-norm is
    min_τ Γ|w|²/τ^D + Dτ, so w = τ^D (κτ^D A_0 + Γ)^{-1} c; τ = Gβ^{2/D} gives the form in β.
    Global: write φ(τ) = Dτ - Σ h_i(τ), h_i = c_i²τ^D/(κa_iτ^D + Γ) in eigencoordinates.  h_i is
    convex, then concave; where κa_iτ^D >= (D-1)Γ its tangent at τ is nowhere below 0 on [0, ∞), so
    it lies above h_i on all of [0, ∞).  If that holds for every i at a stationary τ, the sum of
    the tangents, of slope D, lies above Σ h_i: φ is least there.  Γ|w|² = τ^{D+1} turns
    κa_iτ^D >= (D-1)Γ into κa_i|w|² >= (D-1)τ.

Sharpness
    The criterion for A_0 = aI is Z5's first threshold: below it the same point is not global.  If
    σ² > 0, every non-zero global minimum has this form: by Z3p.strict neurons contribute equally.
    Without noise a rotation of the hidden neurons keeps the loss.

Implementation notes
    Instances are built backwards (see :mod:`theorems.weight_decay.aligned`); the weights are
    then computed from c, the decays and τ by the formula of the statement.  Where the criterion
    fails, the minimum over all stationary τ is enclosed by :mod:`numeric.reduced_problem`.

References
----------
    ziyin2022exact (main theorem, reconstructed); the criterion for a global β is certimin2026
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.regularised import regularised_gradient
from theorems.quantities import symbols
from theorems.weight_decay import loss_ge_reduced_problem as Z3p
from theorems.weight_decay.aligned import symbolic_aligned, unit_network
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_alignment,
    gradient_sq,
    hidden_layers,
    layer_penalty,
    noisy_networks,
    regularised_loss,
    symbolic_moments,
)
from theorems.weight_decay.reduction import PUBLISHED, published_networks, reduced_minimum
from theorems.weight_decay.training import trained_minima
from verify.theorem import (
    Bounds,
    Condition,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    Training,
    claim,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- closed forms and settings ------------------------------------------------------------------


@quantity(
    "beta_objective",
    r"D\,G\beta^{2/D} - m^2\beta^2c^T(q\beta^2A_0+gI)^{-1}c",
    positive=False,
)
def beta_objective(instance: NoisyInstance) -> Any:
    """D G β^{2/D} - m²β²cᵀ(qβ²A_0 + gI)^{-1}c, β² = |U|²Π|W^(i)|²/(d_D Π d_i d_{i-1}), i >= 2."""
    ar, widths, noise = instance.arithmetic, instance.hidden_widths, instance.noise_variance
    D, sizes = len(widths), instance.sizes[1:]
    beta_sq = math.prod(map(ar.frobenius_sq, instance.weights[1:])) / math.prod(sizes)
    G_power = math.prod(instance.decays[1:]) * math.prod(sizes)
    m_sq, q = math.prod(widths) ** 2, math.prod(d * (d + noise) for d in widths)
    g = ar.scale(instance.decays[0] * widths[0], ar.identity(instance.sigma.shape[-1]))
    resolvent = ar.inverse(ar.scale(q * beta_sq, instance.sigma) + g)
    linear = ar.entry(instance.cross @ resolvent @ instance.cross.mT, 0, 0)
    cost = ar.power(G_power * beta_sq, Fraction(1, D))  # G β^{2/D}, a single root
    return D * cost - m_sq * beta_sq * linear


loss, grad, least, D, tau, alignment, objective = symbols(
    regularised_loss, gradient_sq, reduced_minimum, hidden_layers, layer_penalty,
    effective_alignment, beta_objective,
)  # fmt: skip
deep_value = Formula("deep_value", r"D\tau - w\cdot c", D * tau - alignment)

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

# --- claims and proofs --------------------------------------------------------------------------

_DEEP = Bounds((2, 4), (1, 3))


@claim(published, sp.Eq(grad, 0), bounds=_DEEP)
def stationary() -> Iterator[Step]:
    """The closed form is stationary."""
    for widths in ((1, 2, 1), (2, 2, 2), (1, 2, 2, 2)):
        yield from _stationary(widths, {"widths": "-".join(map(str, (*widths, 1)))})


def _stationary(widths: tuple[int, ...], at: dict[str, str]) -> Iterator[Step]:
    """The row of the closed form, then the gradient: all layers cost τ, c = κ A_0w + (τ/|w|²)w."""
    network, sigma = symbolic_aligned(widths), symbolic_moments(widths[0])
    point = network.costing(sp.Symbol(r"\tau", positive=True), sigma)
    beta, eye = sp.Mul(*network.scales), sp.eye(widths[0])
    weight = beta**2 * PUBLISHED.s_sq(point) * PUBLISHED.first(point)
    yield Identity(
        "row of the closed form", network.row @ (weight * sigma + point.decays[0] * eye),
        PUBLISHED.mu(point) * beta * point.cross,
        why="v [β² s² (σ² + d_1) A_0 + γ_1 I] = μβ cᵀ", at=at,
    )  # fmt: skip
    for slope in regularised_gradient(point.net, *point.data):
        yield Identity(
            "gradient in a layer", slope, sp.zeros(*slope.shape),
            why="decays and c from the closed form", at=at,
        )  # fmt: skip


beta = stated(
    "beta", "its loss as a function of β", published, sp.Eq(loss, objective), bounds=_DEEP
)
value = stated("value", "its loss is Dτ - w·c", published, sp.Eq(loss, deep_value), bounds=_DEEP)


@claim(
    published_minimal, sp.Eq(loss, least), given=(Z3p.attained, Z3p.minimum), bounds=_DEEP,
    name="global",
)  # fmt: skip
def global_minimum(deep_value: Any) -> Iterator[Step]:
    """It is the minimum where the data outweigh the decay.

    The shape of h = c²τ^D/(κaτ^D + Γ), and where its tangent lies above it.
    """
    t, a, kappa, Gamma, c = sp.symbols(r"\tau a \kappa \Gamma c", positive=True)
    base = kappa * a * t**D + Gamma
    h = c**2 * t**D / base
    bend = D * Gamma * c**2 * t ** (D - 2) * ((D - 1) * Gamma - (D + 1) * kappa * a * t**D)
    yield Identity(
        "convex, then concave", sp.diff(h, t, 2), bend / base**3,
        why="one change of sign, from + to - as τ grows",
    )  # fmt: skip
    yield Identity(
        "the tangent at zero", h - t * sp.diff(h, t),
        c**2 * t**D * (kappa * a * t**D - (D - 1) * Gamma) / base**2,
        why="a tangent above 0 at 0 lies above a convex-concave h on [0, τ]",
    )  # fmt: skip
    yield Condition(
        "the criterion puts τ beyond the inflection", (D - 1) - (D - 1) / (D + 1), ">=",
        why="h is concave from the inflection on, so the tangent is above it there",
    )  # fmt: skip
    yield Identity(
        "value at a stationary τ", D * t - h,
        deep_value.subs({tau: t, alignment: c * (t**D / base) * c}),
        why="w = τ^D(κτ^D A_0 + Γ)⁻¹c",
    )  # fmt: skip


lower = stated(
    "lower", "no weights do better than the minimum",
    noisy_networks, loss >= least, given=(Z3p.minimum,), bounds=_DEEP,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_WIDE = Bounds((3, 4), (2, 3))
_twins = (
    twin("width_missing", "μ without one width", width_missing, sp.Eq(grad, 0), bounds=_WIDE),
    twin("noise_missing", "d_i for d_i + σ² in s²", noise_missing, sp.Eq(grad, 0), bounds=_WIDE),
    twin("first_noise_missing", "d_1 for d_1 + σ²",
         first_noise_missing, sp.Eq(grad, 0), bounds=_WIDE),
    twin("always_global", "the closed form is global for any β",
         published, sp.Eq(loss, least), bounds=_WIDE),
)  # fmt: skip

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
    claims=(stationary, beta, value, global_minimum, lower),
    controls=_twins,
    witnesses=(
        witness("unit_weights", global_minimum,
                "unit weights, D = 2: κ a|w|² = τ, the tie with the origin, loss 0", unit_network),
    ),
    trainings=(
        Training("trained", "L-BFGS from many starts, D = 2, 3",
                 lambda seed, runs: trained_minima(seed + 3, runs, depths=(3, 4)), (lower,)),
    ),
    module=__name__,
)  # fmt: skip
