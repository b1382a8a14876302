r"""At any depth the global minimum is aligned: rank-one layers of equal cost along random signs.

Statement
    Let $D$ be the number of hidden layers, $b_i > 0$, $r_i$ in $\{±1\}^{d_i}$,
    $β = b_u Π_{i≥2} b_i$, $μ = Π_{i≥2} d_i$, $s² = Π_{i≥2} d_i(d_i + σ²)$, and let all layers cost
    the same, $γ_i|W^{(i)}|_F² = γ_u|U|² = τ$.

    Points of this form, with any data, decays and signs,

        U = b_u r_Dᵀ, \qquad W^{(i)} = b_i r_i r_{i-1}ᵀ \quad (i ≥ 2),
        W^{(1)} = r_1 cᵀ μβ [β²s²(σ² + d_1)A_0 + γ_1I]^{-1},

    are stationary.   [stationary]

    Let $m = Π_i d_i$, $q = Π_i d_i(d_i + σ²)$, $g = γ_1d_1$ and
    $G = (γ_u d_D Π_{i≥2} γ_i d_i d_{i-1})^{1/D}$.  Their loss is

        L = E y² - m²β² cᵀ(qβ²A_0 + gI)^{-1}c + D G β^{2/D}   [beta]
        L = E y² + Dτ - w·c.   [value]

    Those with $κ λ_min(A_0)|w|² ≥ (D-1)τ$ are global minima: their loss is the certified minimum of
    the reduced problem, which no map $v$ undercuts and below which no weights come.
    [global, unrivalled, lower]

Notation
    $A_0$, $c$, $w$ and the noise of variance $σ²$ are those of Z0, $κ$, $Γ$ and the reduced problem
    those of Z3p.  $L - E y²$ (``regularised_loss``), its gradient (``gradient_sq``), its certified
    minimum (``reduced_minimum``); the function of $β$ (``beta_objective``); $τ$
    (``layer_penalty``), $w·c$ (``effective_alignment``).

Assumptions
    None.

Proof
    At these points $c = κA_0w + λw$ with $λ = τ/|w|²$, and $Γ|w|² = τ^{D+1}$ (Z3.product), so the
    loss is $(D-1)τ - κ wᵀA_0w$ (Z3.level).  For any other map $v$ the data part of the reduced
    objective of Z3p completes to a square (Z3.square),

        κ vᵀA_0v - 2 v·c = κ (v-w)ᵀA_0(v-w) - κ wᵀA_0w - 2λ v·w,

    and by the criterion the square is at least $(D-1)λ|v-w|²$ (Z3.curved).  With $x = |v|/|w|$
    the decay part is $(D+1)(Γ|v|²)^{1/(D+1)} = (D+1)τx^{2/(D+1)}$.  Weighted AM-GM,

        (D-1)x² + (D+1)x^{2/(D+1)} ≥ 2Dx,

    and Cauchy-Schwarz, $|v||w| ≥ v·w$ (Z3.angle), leave the loss: every $v$ costs at least as much
    (Z3.unrivalled).  So the loss is the minimum of the reduced objective, and no weights come below
    that by Z3p.minimum.  The form in $β$: $τ = Gβ^{2/D}$.

Sharpness
    The criterion for $A_0 = aI$ is Z5's first threshold: below it the same point is not global.
    Not checked: that with $σ² > 0$ every non-zero global minimum has this form (by Z3p.strict
    neurons contribute equally), and that without noise a rotation of the hidden neurons keeps the
    loss.

Implementation notes
    Instances are built backwards (see :mod:`theorems.weight_decay.aligned`); the weights are
    then computed from $c$, the decays and $τ$ by the formula of the statement.  Where the criterion
    fails, the minimum over all stationary $τ$ is enclosed by :mod:`numeric.reduced_problem`.

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

from theorems.quantities import symbols
from theorems.weight_decay import loss_ge_reduced_problem as Z3p
from theorems.weight_decay.aligned import unit_network
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_alignment,
    effective_covariance_factor,
    effective_energy,
    gradient_sq,
    hidden_layers,
    layer_penalty,
    noisy_networks,
    regularised_loss,
)
from theorems.weight_decay.reduction import (
    PUBLISHED,
    decay_product,
    published_networks,
    reduced_minimum,
)
from theorems.weight_decay.rivals import (
    minimal_with_rival,
    own_sq,
    published_minimal,
    pull,
    rival_alignment,
    rival_energy,
    rival_gap,
    rival_overlap,
    rival_sq,
    rival_value,
)
from theorems.weight_decay.training import trained_minima
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Claim,
    Formula,
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
    cost = ar.power(ar.nonnegative(G_power * beta_sq), Fraction(1, D))  # G β^{2/D}, a single root
    return D * cost - m_sq * beta_sq * linear


loss, grad, least, D, tau, alignment, objective = symbols(
    regularised_loss, gradient_sq, reduced_minimum, hidden_layers, layer_penalty,
    effective_alignment, beta_objective,
)  # fmt: skip
kappa, Gamma, energy, pulled, own = symbols(
    effective_covariance_factor, decay_product, effective_energy, pull, own_sq
)
rival, v_sq, v_energy, v_signal, overlap, gap = symbols(
    rival_value, rival_sq, rival_energy, rival_alignment, rival_overlap, rival_gap
)
deep_value = Formula("deep_value", r"D\tau - w\cdot c", D * tau - alignment)

published = published_networks("published", "the closed form of Z3, its c and decays solved for")
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

_DEEP, _SMALL = Bounds((2, 4), (1, 3)), Bounds((2, 4), (1, 2))


_SIZES = ((3, 1, 2, 2), (3, 2, 2, 1, 0, 1, 1), (4, 1, 1, 2, 2))
_RIVALS = ((2, 2, 1), (3, 1, 2, 2))

stationary = stated(
    "stationary", "the closed form is stationary",
    published, sp.Eq(grad, 0), bounds=_DEEP, sizes=_SIZES,
)  # fmt: skip
beta = stated(
    "beta", "its loss as a function of $β$",
    published, sp.Eq(loss, objective), bounds=_DEEP, sizes=_SIZES,
)  # fmt: skip
value = stated(
    "value", "its loss is $Dτ - w·c$",
    published, sp.Eq(loss, deep_value), bounds=_DEEP, sizes=_SIZES,
)  # fmt: skip

level = stated(
    "level", "its loss in terms of its own map",
    published, sp.Eq(loss, (D - 1) * pulled * own - kappa * energy), bounds=_DEEP,
    sizes=_SIZES, check=True,
)  # fmt: skip
product = stated(
    "product", "the product of the decays in terms of its own map",
    published, sp.Eq(Gamma, pulled ** (D + 1) * own**D), bounds=_DEEP,
    sizes=_SIZES, check=True,
)  # fmt: skip
square = stated(
    "square", "what data give to a rival completes to a square",
    minimal_with_rival,
    sp.Eq(kappa * v_energy - 2 * v_signal, kappa * gap - kappa * energy - 2 * pulled * overlap),
    bounds=_DEEP, sizes=_RIVALS, check=True,
)  # fmt: skip
curved = stated(
    "curved", "the data outweigh the decay in every direction",
    minimal_with_rival, kappa * gap >= (D - 1) * pulled * (v_sq - 2 * overlap + own),
    bounds=_DEEP, check=True,
)  # fmt: skip
angle = stated(
    "angle", "Cauchy-Schwarz",
    minimal_with_rival, v_sq * own >= overlap**2, bounds=_DEEP,
    sizes=_RIVALS, check=True,
)  # fmt: skip


@claim(
    minimal_with_rival, rival >= loss, given=(level, product, square, curved, angle), bounds=_SMALL
)
def unrivalled(
    level: Claim, product: Claim, square: Claim, curved: Claim, angle: Claim
) -> Iterator[Step]:
    """No map has a lower reduced objective."""
    z, norms = sp.Symbol("z", real=True), sp.sqrt(v_sq * own)
    decay = (pulled ** (D + 1) * own**D * v_sq) ** (1 / (D + 1))  # (Γ|v|²)^{1/(D+1)}
    mean = rules.am_gm((D - 1, pulled * v_sq), (D + 1, decay))
    decayed = rules.rewritten(
        mean, (D - 1) * pulled * v_sq + (D + 1) * decay, 2 * D * pulled * norms
    )
    cauchy = rules.raised(rules.given(angle), sp.Rational(1, 2))
    aligned = rules.scaled(rules.transitive(cauchy, rules.magnitude(overlap)), 2 * D * pulled)
    weighed = rules.added(rules.given(curved), rules.transitive(decayed, aligned))
    rest = kappa * energy + 2 * pulled * overlap + (D - 1) * pulled * v_sq
    without = rules.increasing(weighed, lambda side: side - rest, z)
    above = rules.substituted(rules.definition(rival_value), rules.given(product))
    completed = rules.increasing(rules.given(square), lambda side: side + (D + 1) * decay, z)
    yield rules.transitive(above, completed, without, rules.turned(rules.given(level)))


@claim(
    published_minimal, sp.Eq(loss, least), given=(unrivalled, Z3p.minimum), bounds=_DEEP,
    name="global",
)  # fmt: skip
def global_minimum(unrivalled: Claim, minimum: Claim) -> Iterator[Step]:
    """It is the minimum where the data outweigh the decay."""
    best = rules.at_the_infimum(rules.given(unrivalled), reduced_minimum)
    yield rules.squeezed(rules.given(minimum), best)


@claim(noisy_networks, loss >= least, given=(Z3p.minimum,), bounds=_DEEP)
def lower(minimum: Claim) -> Iterator[Step]:
    """No weights do better than the minimum."""
    yield rules.given(minimum)


# --- false twins --------------------------------------------------------------------------------

_WIDE = Bounds((3, 4), (2, 3))
_twins = (
    twin("width_missing", "$μ$ without one width", width_missing, sp.Eq(grad, 0), bounds=_WIDE),
    twin("noise_missing", "$d_i$ for $d_i + σ²$ in $s²$",
         noise_missing, sp.Eq(grad, 0), bounds=_WIDE),
    twin("first_noise_missing", "$d_1$ for $d_1 + σ²$",
         first_noise_missing, sp.Eq(grad, 0), bounds=_WIDE),
    twin("always_global", "the closed form is global for any $β$",
         published, sp.Eq(loss, least), bounds=_WIDE),
)  # fmt: skip

THEOREM = Theorem(
    id="Z3",
    title="At any depth the global minimum has rank-one layers of equal cost along random signs",
    normalisation="loss $E(f - y)² + Σ_i γ_i|W^{(i)}|_F²$, no factor 1/2; noise averaged; "
    "$E y²$ left out",
    source=Source("ziyin2022exact", "global minimum at any depth (reconstructed)"),
    claims=(
        stationary, beta, value, level, product, square, curved, angle,
        unrivalled, global_minimum, lower,
    ),
    controls=_twins,
    witnesses=(
        witness("unit_weights", global_minimum,
                "unit weights, $D = 2$: $κa|w|² = τ$, the tie with the origin, loss 0",
                unit_network),
    ),
    trainings=(
        Training("trained", "L-BFGS from many starts, $D = 2, 3$",
                 lambda seed, runs: trained_minima(seed + 3, runs, depths=(3, 4)), (lower,)),
    ),
    module=__name__,
)  # fmt: skip
