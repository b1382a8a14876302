r"""With one hidden layer the global minimum is a ridge regression, repeated in every neuron.

Statement
    D = 1, width d.  The loss is least at

        U = b rᵀ,    W = r b cᵀ [b²(σ² + d) A_0 + γ_w I]^{-1},    r in {±1}^d,

    where b = 0 or |[b²(σ² + d) A_0 + γ_w I]^{-1} c|² = γ_u/γ_w.  The second holds for one b > 0 if
    |c|² > γ_u γ_w and is then the global minimum, of value τ - w·c with τ = γ_u|U|²; it holds for
    none otherwise, and then W = 0 is the global minimum.  If σ² > 0 there is no other, up to r.

Notation
    L - E y² (``regularised_loss``), its gradient (``gradient_sq``), its certified minimum
    (``reduced_minimum``); |c|² (``cross_sq``), Γ = γ_u γ_w (``decay_product``); τ
    (``layer_penalty``), w·c (``effective_alignment``).

Assumptions
    above, below  |c|² > γ_u γ_w or not: decides which of the two cases holds.

Derivation
    Z3p with D = 1: min L is the minimum over τ >= 0 of φ(τ) = τ - τ cᵀ(κτA_0 + Γ)^{-1}c, reached
    at w = τ(κτA_0 + Γ)^{-1}c.  In eigencoordinates of A_0 every term of φ is convex, and
    φ'(0) = 1 - |c|²/Γ: a positive stationary point exists iff |c|² > Γ, and is the minimum.
    With τ = γ_u b² d: κ d = σ² + d turns w into the formula above, φ' = 0 into the equation for b.

Main results
    Z2.stationary   the gradient vanishes at the closed form
    Z2.scale        the equation for b at every stationary aligned network
    Z2.global       its loss is the minimum, exactly
    Z2.value        its loss is τ - w·c
    Z2.lower        no weights do better than the certified minimum
    Z2.trivial      |c|² <= γ_u γ_w: no weights do better than zero
    Z2.nontrivial   |c|² > γ_u γ_w: the minimum is negative

Evidence
    Symbolic: stationarity for d = 1, 2, 3 with symbolic entries; convexity and threshold for all
    widths, any data.  Trained by L-BFGS from many starts.

Sharpness
    The threshold is exact on both sides; without σ² in σ² + d nothing is stationary.

Implementation notes
    Instances are built backwards: r, b, w, τ and A_0 are chosen, then the decays and c follow and
    are rational; the weights are then computed by the formula of the statement.

References
----------
    ziyin2022exact (the one-hidden-layer solution; numbering reconstructed)

Tags
    weight decay, dropout, global minimum, ridge regression
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.arithmetic.symbolic import Symbolic
from numeric.networks import LinearNetwork
from numeric.regularised import regularised_gradient
from theorems.quantities import symbols
from theorems.weight_decay.aligned import aligned_layers, noisy_stationary_points
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
from theorems.weight_decay.reduction import (
    PUBLISHED,
    decay_product,
    published_networks,
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
)
from verify.theorem import Control, Source, TrainedSolution

__all__ = ["THEOREM"]

# --- closed forms -------------------------------------------------------------------------------


@quantity("shallow_resolvent_sq", r"|[b^2(\sigma^2+d)A_0+\gamma_wI]^{-1}c|^2")
def shallow_resolvent_sq(instance: NoisyInstance) -> Any:
    """|[b²(σ² + d)A_0 + γ_w I]^{-1} c|² with b² = |U|²/d, one hidden layer."""
    ar, (d,) = instance.arithmetic, instance.hidden_widths
    b_sq = ar.frobenius_sq(instance.weights[-1]) / d
    data = ar.scale(b_sq * (instance.noise_variance + d), instance.sigma)
    ridge = data + ar.scale(instance.decays[0], ar.identity(instance.sigma.shape[-1]))
    return ar.frobenius_sq(instance.cross @ ar.inverse(ridge))


loss, grad, least, c_sq, Gamma, tau, alignment, resolvent, g_w, g_u = symbols(
    regularised_loss,
    gradient_sq,
    reduced_minimum,
    cross_sq,
    decay_product,
    layer_penalty,
    effective_alignment,
    shallow_resolvent_sq,
    decay_input,
    decay_output,
)
scale_equation = Formula("shallow_scale", r"\gamma_u/\gamma_w", g_u / g_w)
shallow_value = Formula("shallow_value", r"\tau - w\cdot c", tau - alignment)


def _excess(instance: NoisyInstance) -> Any:
    return cross_sq.measure(instance) - decay_product.measure(instance)


above = Assumption("above", r"|c|^2 > \gamma_u\gamma_w", lambda instance: _excess(instance) > 0)
below = Assumption("below", r"|c|^2 \le \gamma_u\gamma_w", lambda instance: _excess(instance) <= 0)
below_mean = Assumption(
    "below_mean",
    r"|c| \le (\gamma_u+\gamma_w)/2",
    lambda instance: (
        4 * cross_sq.measure(instance)
        <= (instance.decays[0] + instance.decays[1]) * (instance.decays[0] + instance.decays[1])
    ),
)

# --- derivation ---------------------------------------------------------------------------------

b, noise, gamma = sp.symbols("b v g", positive=True)


def derive_stationary(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the gradient at the closed form, c and γ_u eliminated by its two equations."""
    for d, inputs in ((1, 1), (2, 2), (3, 2)):
        yield from _stationary(d, inputs, formulas["shallow_scale"])


def _stationary(d: int, inputs: int, ratio: Any) -> Iterator[Step]:
    ar = Symbolic()
    row = ar.matrix([[sp.Symbol(f"x{j}", real=True) for j in range(inputs)]])
    sigma = sp.Matrix(inputs, inputs, lambda i, j: sp.Symbol(f"m{min(i, j)}{max(i, j)}", real=True))
    ridge = b**2 * (noise + d) * sigma + gamma * sp.eye(inputs)
    cross = row * ridge / b  # row = b cᵀ[...]^{-1}
    (output_decay,) = sp.solve(ratio.subs(g_w, gamma) - ar.frobenius_sq(row) / b**2, g_u)
    pattern = [(-1) ** i for i in range(d)]
    net = LinearNetwork(ar, tuple(aligned_layers(ar, [pattern], [b], row)))
    slopes = regularised_gradient(
        net, ar.matrix(sigma.tolist()), ar.matrix(cross.tolist()), (gamma, output_decay), noise
    )
    for slope, layer in zip(slopes, ("W", "U"), strict=True):
        yield Identity(
            f"gradient in {layer}, d = {d}, d_x = {inputs}",
            rf"\nabla_{layer}\mathcal{{L}} = 0",
            "any b, data, decays and noise; d = 1, 2, 3",
            "elimination of c and γ_u, expansion",
            sp.Matrix(slope),
            sp.zeros(*slope.shape),
        )


def derive_global(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the minimum over τ in eigencoordinates of A_0, and the formula for w in terms of b."""
    t, a, k, G, d = sp.symbols("t a k G d", positive=True)
    c = sp.Symbol("c", real=True)
    term = -t * c**2 / (k * a * t + G)
    second = 2 * c**2 * k * a * G / (k * a * t + G) ** 3
    yield Identity(
        "curvature of one eigencomponent",
        r"\partial_\tau^2\frac{-\tau c_i^2}{\kappa a_i\tau+\Gamma}"
        r"=\frac{2c_i^2\kappa a_i\Gamma}{(\kappa a_i\tau+\Gamma)^3}",
        "all widths, any data",
        "calculus",
        sp.diff(term, t, 2),
        second,
    )
    yield Condition(
        "φ is convex",
        r"\varphi''\ge 0",
        "all widths, any data",
        "a stationary point of a convex function is its minimum",
        second.is_nonnegative,
    )
    yield Identity(
        "slope at zero",
        r"\varphi'(0)=1-|c|^2/\Gamma",
        "all widths, any data",
        "the sign decides whether τ = 0 is the minimum",
        1 + sp.diff(term, t).subs(t, 0),
        1 - c**2 / G,
    )
    factor = 1 + noise / d
    tau_b = g_u * b**2 * d
    yield Identity(
        "w in terms of b",
        r"\tau(\kappa\tau a+\Gamma)^{-1}=d\,b\cdot b\,[b^2(\sigma^2+d)a+\gamma_w]^{-1}",
        "all widths, any data",
        "τ = γ_u b² d, κ d = σ² + d",
        tau_b / (factor * tau_b * a + g_u * g_w),
        d * b**2 / (b**2 * (noise + d) * a + g_w),
    )
    yield Identity(
        "φ' in terms of b",
        r"\Gamma(\kappa\tau a+\Gamma)^{-2}"
        r"=\tfrac{\gamma_w}{\gamma_u}[b^2(\sigma^2+d)a+\gamma_w]^{-2}",
        "all widths, any data",
        "so φ' = 0 is the equation for b",
        g_u * g_w / (factor * tau_b * a + g_u * g_w) ** 2,
        1 / formulas["shallow_scale"] / (b**2 * (noise + d) * a + g_w) ** 2,
    )


# --- claims and controls ------------------------------------------------------------------------

_SHALLOW = Bounds(depth=(2, 2), width=(1, 3))
_WIDE = Bounds(depth=(2, 2), width=(2, 3))
_formulas = (scale_equation, shallow_value)

published_shallow = published_networks(
    "published-shallow", "the closed form of the statement, its c and decays solved for"
)
without_noise = published_networks(
    "published-shallow-without-noise",
    "the closed form with d for σ² + d",
    replace(PUBLISHED, first=lambda instance: instance.hidden_widths[0]),
)


def _claim(name: str, title: str, setting: Setting, relation: Any, *assumptions: Any) -> Claim:
    return Claim(f"Z2.{name}", title, setting, relation, assumptions, _formulas, _SHALLOW)


_claims = (
    _claim("stationary", "the closed form is stationary", published_shallow, sp.Eq(grad, 0)),
    _claim(
        "scale",
        "the equation for b, whichever neurons are switched on",
        published_shallow,
        sp.Eq(resolvent, scale_equation.symbol),
    ),
    _claim("global", "its loss is the minimum", published_shallow, sp.Eq(loss, least)),
    _claim(
        "value",
        "its loss is the cost of a layer less w·c",
        published_shallow,
        sp.Eq(loss, shallow_value.symbol),
    ),
    _claim("lower", "no weights do better than the minimum", noisy_networks, loss >= least),
    _claim(
        "trivial", "weak data: no weights do better than zero", noisy_networks, loss >= 0, below
    ),
    _claim("nontrivial", "strong data: the minimum is negative", noisy_networks, least < 0, above),
)


def _twin(
    name: str, title: str, setting: Setting, relation: Any, *assumptions: Any, known: Any = tuple
) -> Control:
    claim = Claim(f"Z2.control.{name}", title, setting, relation, assumptions, (), _WIDE)
    return Control(claim, known)


def _unequal() -> NoisyInstance:
    """γ_w = 4, γ_u = 1/16, |c| = 1: above the root 1/2 of γ_u γ_w, below their mean 65/32."""
    decays = [4, Fraction(1, 16)]
    return NoisyInstance.exact([[[0], [0]], [[0, 0]]], [[Fraction(1, 4)]], [[1]], decays, 1)


_controls = (
    _twin("noise_forgotten", "d for σ² + d", without_noise, sp.Eq(grad, 0)),
    _twin(
        "ratio_inverted",
        "γ_w/γ_u for γ_u/γ_w in the equation for b",
        published_shallow,
        sp.Eq(resolvent, g_w / g_u),
    ),
    _twin(
        "mean_decay",
        "threshold |c| > (γ_u + γ_w)/2, right only for equal decays",
        noisy_networks,
        sp.Eq(least, 0),
        below_mean,
        known=lambda: [_unequal()],
    ),
    _twin(
        "every_stationary_point",
        "every non-trivial stationary point is global (neurons may be switched off)",
        noisy_stationary_points,
        sp.Eq(loss, least),
    ),
)

# --- training, witnesses ------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """The best of many starts reaches the closed form, none goes below."""
    yield from trained_minima(seed + 2, runs, depths=(2,))


def _unit(cross: int) -> NoisyInstance:
    """Zero weights, A_0 = 1, unit decays, σ² = 1, width 2 and c given."""
    return NoisyInstance.exact([[[0], [0]], [[0, 0]]], [[1]], [[cross]], [1, 1], 1)


THEOREM = Theorem(
    id="Z2",
    title="With one hidden layer the global minimum is a ridge regression in every neuron",
    statement=(
        r"D=1:\quad U=b\,r^T,\; W=r\,b\,c^T\bigl[b^2(\sigma^2+d)A_0+\gamma_wI\bigr]^{-1},\quad "
        r"b=0 \text{ or } \bigl|[b^2(\sigma^2+d)A_0+\gamma_wI]^{-1}c\bigr|^2"
        r"=\frac{\gamma_u}{\gamma_w};\quad b>0 \iff |c|^2>\gamma_u\gamma_w"
    ),
    normalisation="loss E(f - y)² + γ_u|U|² + γ_w|W|_F², no factor 1/2; noise averaged",
    source=Source("ziyin2022exact", "the solution with one hidden layer (reconstructed)"),
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={"Z2.stationary": derive_stationary, "Z2.global": derive_global},
    witnesses=(
        Witness(
            "Z2.witness.minimum",
            "Z2.global",
            "U = (1, 1), W = (1, 1)ᵀ: unit decays, σ² = 1, A_0 = 1, c = 4, minimum 2 - 8 = -6",
            lambda: NoisyInstance.exact([[[1], [1]], [[1, 1]]], [[1]], [[4]], [1, 1], 1),
        ),
        Witness("Z2.witness.tie", "Z2.trivial", "|c|² = γ_u γ_w: the tie", lambda: _unit(1)),
    ),
    necessity=(
        Necessity(
            below,
            "Z2.trivial",
            "c = 4 with unit decays: loss -6 < 0",
            lambda: NoisyInstance.exact([[[1], [1]], [[1, 1]]], [[1]], [[4]], [1, 1], 1),
        ),
        Necessity(above, "Z2.nontrivial", "|c|² = γ_u γ_w: the minimum is 0", lambda: _unit(1)),
    ),
    trainings=(Training("Z2.trained", "L-BFGS from many starts, D = 1", _train, ("Z2.lower",)),),
    uses=("Z3p",),
    module=__name__,
    tags=("weight decay", "dropout", "global minimum"),
)
