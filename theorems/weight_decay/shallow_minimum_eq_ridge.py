r"""With one hidden layer the global minimum is a ridge regression, repeated in every neuron.

Statement
    Let $D = 1$, width $d$ and $r$ in $\{±1\}^d$; the input layer $W$ has decay $γ_w$, the output
    row $U$ has $γ_u$.

    Points of this form, with $b > 0$, any data and signs, and decays that meet the last equation,

        U = b rᵀ, \qquad W = r b cᵀ [b²(σ² + d)A_0 + γ_w I]^{-1},
        |[b²(σ² + d)A_0 + γ_w I]^{-1} c|² = γ_u/γ_w,   [scale]

    are stationary [stationary] and global minima: their loss is the certified minimum of the
    reduced problem, below which no weights come [global, lower], and its value is
    $E y² + τ - w·c$ with $τ = γ_u|U|²$.   [value]

    If $|c|² ≤ γ_uγ_w$ no weights do better than zero weights, $L - E y² ≥ 0$.   [trivial]

    If $|c|² > γ_uγ_w$ the minimum is lower, $min L < E y²$.   [nontrivial]

Notation
    $A_0 = E xxᵀ$, $c = E xy$, the noise of variance $σ²$ and $wᵀ = UW$ are those of Z0, the reduced
    problem that of Z3p.  $L - E y²$ (``regularised_loss``), its gradient (``gradient_sq``), its
    certified minimum (``reduced_minimum``); $|c|²$ (``cross_sq``), $γ_u$ (``decay_output``), $γ_w$
    (``decay_input``); $τ$ (``layer_penalty``), $w·c$ (``effective_alignment``).

Assumptions
    above  $|c|² > γ_uγ_w$, the data outweigh the decay: decides that the second case holds.
    below  $|c|² ≤ γ_uγ_w$: decides that the first case holds.

Proof
    The case $D = 1$ of Z3, whose criterion for a global minimum then holds by itself.  With
    $τ = γ_u b²d$ and $κd = σ² + d$ the formula of Z3 for $w$ is the one above.  By Z3.global the
    loss is the certified minimum, below which no weights come by Z3p.minimum; it is
    $E y² + τ - w·c$ as in Z3.value.

    Not checked: that the equation for $b$ has exactly one root $b > 0$ if $|c|² > γ_uγ_w$, and none
    otherwise.  By Z3p the minimum is that over $τ ≥ 0$ of

        φ(τ) = τ - τ cᵀ(κτA_0 + ΓI)^{-1}c, \qquad Γ = γ_uγ_w,

    which is convex with $φ'(0) = 1 - |c|²/Γ$.

Sharpness
    The threshold is exact on both sides; without $σ²$ in $σ² + d$ nothing is stationary.  If
    $σ² > 0$ no other weights are minimal, up to $r$: Z3p.strict.

Implementation notes
    Instances are built backwards: $r$, $b$, $w$, $τ$ and $A_0$ are chosen, then the decays and $c$
    follow and are rational; the weights are then computed by the formula of the statement.

References
----------
    ziyin2022exact (the one-hidden-layer solution; numbering reconstructed)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.quantities import symbols
from theorems.weight_decay import deep_minimum_eq_aligned as Z3
from theorems.weight_decay import loss_ge_reduced_problem as Z3p
from theorems.weight_decay.aligned import noisy_stationary_points
from theorems.weight_decay.networks import (
    NoisyInstance,
    cross_sq,
    decay_input,
    decay_output,
    effective_alignment,
    gradient_sq,
    layer_penalty,
    noisy_networks,
    regularised_loss,
)
from theorems.weight_decay.origins import mean_decay
from theorems.weight_decay.reduction import PUBLISHED, published_networks, reduced_minimum
from theorems.weight_decay.training import trained_minima
from verify.derivation import rules
from verify.errors import Undefined
from verify.theorem import (
    Assumption,
    Bounds,
    Claim,
    Formula,
    Source,
    Step,
    Theorem,
    Training,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- quantities, closed forms, assumptions ------------------------------------------------------


@quantity("shallow_resolvent_sq", r"|[b^2(\sigma^2+d)A_0+\gamma_wI]^{-1}c|^2")
def shallow_resolvent_sq(instance: NoisyInstance) -> Any:
    """|[b²(σ² + d)A_0 + γ_w I]^{-1} c|² with b² = |U|²/d, one hidden layer."""
    if len(instance.hidden_widths) != 1:
        raise Undefined("more than one hidden layer")
    ar, (d,) = instance.arithmetic, instance.hidden_widths
    b_sq = ar.frobenius_sq(instance.weights[-1]) / d
    data = ar.scale(b_sq * (instance.noise_variance + d), instance.sigma)
    ridge = data + ar.scale(instance.decays[0], ar.identity(instance.sigma.shape[-1]))
    return ar.frobenius_sq(instance.cross @ ar.inverse(ridge))


loss, grad, least, c_sq, tau, alignment, resolvent, g_w, g_u = symbols(
    regularised_loss, gradient_sq, reduced_minimum, cross_sq, layer_penalty, effective_alignment,
    shallow_resolvent_sq, decay_input, decay_output,
)  # fmt: skip
shallow_scale = Formula("shallow_scale", r"\gamma_u/\gamma_w", g_u / g_w)
shallow_value = Formula("shallow_value", r"\tau - w\cdot c", tau - alignment)

above = Assumption("above", c_sq > g_u * g_w)
below = Assumption("below", c_sq <= g_u * g_w)

published_shallow = published_networks(
    "published-shallow", "the closed form of Z2, its c and decays solved for"
)
without_noise = published_networks(
    "published-shallow-without-noise",
    "the closed form of Z2 with d for σ² + d",
    replace(PUBLISHED, first=lambda instance: instance.hidden_widths[0]),
)

# --- claims and proofs --------------------------------------------------------------------------

_SHALLOW = Bounds((2, 2), (1, 3))


_SIZES = ((2, 1, 3), (2, 2, 2, 0, 1))

stationary = stated(
    "stationary", "the closed form is stationary",
    published_shallow, sp.Eq(grad, 0), bounds=_SHALLOW, sizes=_SIZES,
)  # fmt: skip
scale = stated(
    "scale", "the equation for $b$",
    published_shallow, sp.Eq(resolvent, shallow_scale), bounds=_SHALLOW, sizes=_SIZES,
)  # fmt: skip


@claim(
    published_shallow, sp.Eq(loss, least), given=(Z3.global_minimum,), bounds=_SHALLOW,
    name="global",
)  # fmt: skip
def global_minimum() -> Iterator[Step]:
    """Its loss is the minimum."""
    yield rules.given(Z3.global_minimum)


value = stated(
    "value", "its loss is the cost of a layer less $w·c$",
    published_shallow, sp.Eq(loss, shallow_value), bounds=_SHALLOW, sizes=_SIZES,
)  # fmt: skip


@claim(noisy_networks, loss >= least, given=(Z3p.minimum,), bounds=_SHALLOW)
def lower(minimum: Claim) -> Iterator[Step]:
    """No weights do better than the minimum."""
    yield rules.given(minimum)


trivial = stated(
    "trivial", "weak data: no weights do better than zero",
    noisy_networks, loss >= 0, below, given=(global_minimum,), bounds=_SHALLOW,
)  # fmt: skip
nontrivial = stated(
    "nontrivial", "strong data: the minimum is negative",
    noisy_networks, least < 0, above, given=(global_minimum,), bounds=_SHALLOW,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_WIDE = Bounds((2, 2), (2, 3))


def _unequal() -> NoisyInstance:
    """γ_w = 4, γ_u = 1/16, |c| = 1: above the root 1/2 of γ_u γ_w, below their mean 65/32."""
    zero = [[[0], [0]], [[0, 0]]]
    return NoisyInstance.exact(zero, [[Fraction(1, 4)]], [[1]], [4, Fraction(1, 16)], 1)


_twins = (
    twin("noise_forgotten", "$d$ for $σ² + d$", without_noise, sp.Eq(grad, 0), bounds=_WIDE),
    twin("ratio_inverted", "$γ_w/γ_u$ for $γ_u/γ_w$ in the equation for $b$",
         published_shallow, sp.Eq(resolvent, g_w / g_u), bounds=_WIDE),
    twin("mean_decay", "threshold $|c| > (γ_u + γ_w)/2$, right only for equal decays",
         noisy_networks, sp.Eq(least, 0), mean_decay, bounds=_WIDE, known=lambda: [_unequal()]),
    twin("every_stationary_point",
         "every non-trivial stationary point is global (neurons may be switched off)",
         noisy_stationary_points, sp.Eq(loss, least), bounds=_WIDE),
)  # fmt: skip

# --- witnesses ----------------------------------------------------------------------------------


def _unit(cross: int, weight: int = 0) -> NoisyInstance:
    """Width 2, A_0 = 1, unit decays, σ² = 1; all weights equal, c given."""
    layers = [[[weight], [weight]], [[weight, weight]]]
    return NoisyInstance.exact(layers, [[1]], [[cross]], [1, 1], 1)


THEOREM = Theorem(
    id="Z2",
    title="With one hidden layer the global minimum is a ridge regression in every neuron",
    normalisation="loss $E(f - y)² + γ_u|U|² + γ_w|W|_F²$, no factor 1/2; noise averaged",
    source=Source("ziyin2022exact", "the solution with one hidden layer (reconstructed)"),
    claims=(stationary, scale, global_minimum, value, lower, trivial, nontrivial),
    controls=_twins,
    witnesses=(
        witness("minimum", global_minimum,
                "$U = (1, 1)$, $W = (1, 1)ᵀ$: unit decays, $σ² = 1$, $A_0 = 1$, $c = 4$, "
                "minimum $2 - 8 = -6$",
                lambda: _unit(4, 1)),
        witness("tie", trivial, "$|c|² = γ_uγ_w$: the tie", lambda: _unit(1)),
    ),
    necessity=(
        needed(below, trivial, "$c = 4$ with unit decays: loss $-6 < 0$", lambda: _unit(4, 1)),
        needed(above, nontrivial, "$|c|² = γ_uγ_w$: the minimum is 0", lambda: _unit(1)),
    ),
    trainings=(
        Training("trained", "L-BFGS from many starts, $D = 1$",
                 lambda seed, runs: trained_minima(seed + 2, runs, depths=(2,)), (lower,)),
    ),
    module=__name__,
)  # fmt: skip
