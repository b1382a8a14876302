r"""Brackets for the size of every non-trivial solution, for two and more hidden layers.

Statement
    Let $D ≥ 2$.  At every stationary point with $w ≠ 0$ each layer costs the same, $τ$, and

        (Γ/|c|²)^{1/(D-1)} ≤ τ ≤ cᵀA_0⁻¹c / (4κ).   [lower, upper, Z8.scale]

    At the aligned solutions of Z3 $τ = Gβ^{2/D}$, and so

        β ≥ (G g/(m²|c|²))^{D/(2(D-1))},   [beta_lower]
        β ≤ (m² cᵀA_0⁻¹c/(4 G q))^{D/2}.   [beta_upper]

    Let $a_min$ be the smallest eigenvalue of $A_0$.  At those with equal widths $d_0$ (1 and 4 are
    tried) and equal decays $γ$, where $b = b_i$ ($i ≥ 2$) and $b_u = √(d_0) b$,

        b ≥ (1/d_0)(γ/|c|)^{1/(D-1)},   [equal_lower]
        b ≤ [|c| / (d_0 (σ² + d_0)^D a_min)]^{1/(D+1)}.   [equal_upper]

    The upper bracket of $τ$ and of $β$ is attained where $κa|w|² = τ$ and $A_0 = aI$.
    [attained, beta_attained]

    The lower ones of $τ$, $β$ and $b$ are met up to a factor $1 + 10^{-6}$ where $A_0 = aI$,
    $κa|w|² = 10^{-8}τ$ and $D = 2$ or 3; that of $b$ from above where $κa|w|² = 10^8τ$.
    [lower_tight, beta_tight, equal_lower_tight, equal_upper_tight]

Notation
    $A_0$, $c$, $w$ and $M_D$ are those of Z0, the $b_i$ and $b_u$ those of Z3.  $τ$
    (``layer_penalty``), $Γ$ (``decay_product``), $κ$ (``effective_covariance_factor``), $|c|²$
    (``cross_sq``), $cᵀA_0⁻¹c$ (``explained_power``), $β = b_u Π_{i≥2} b_i$ (``beta``),
    $m = Π_i d_i$ (``width_product``), $q = Π_i d_i(d_i + σ²)$ (``noisy_width_product``),
    $g = γ_1d_1$ (``first_cost``), $G = (γ_u d_D Π_{i≥2} γ_i d_i d_{i-1})^{1/D}$ (``decay_mean``),
    $a_min$ (``data_min``).

Assumptions
    nonzero  $w ≠ 0$: the origin has $τ = 0$ below every positive bound.
    deep     $D ≥ 2$: the lower brackets have no meaning for $D = 1$.

Proof
    As in Z5 (Z4.at_rest, Z8.reduced, Z5.dear), at any stationary point

        w·c = U M_D Uᵀ + τ ≥ κ wᵀA_0w + τ, \qquad Γ|w|² ≤ τ^{D+1}.

    Lower: $|c||w| ≥ w·c ≥ τ$ (Z5.cauchy), so that $|c|²τ^{D+1} ≥ |c|²Γ|w|² ≥ Γτ²$, that is
    $|c|²τ^{D-1} ≥ Γ$ (Z6.weak).  Upper: Z8.scale.

    The form in $β$ follows by putting into these brackets

        τ^D = G^Dβ², \qquad Γm² = G^D g, \qquad q = κm²   [layer_cost, costs, widths].

    Equal widths and decays: $τ = γb²d_0²$ and $Γ = γ^{D+1}$ (Z6.equal_cost, Z6.equal_decays) give
    the lower bracket of $b$.  For the upper one $|c||w| ≥ κ wᵀA_0w ≥ κa_min|w|²$, so
    $κa_min|w| ≤ |c|$, with $|w| = (bd_0)^{D+1}$ and $κ = ((d_0 + σ²)/d_0)^D$ (Z6.equal_size,
    Z6.equal_noise).

Sharpness
    See the statement: the lower brackets are approached as $A_0 → 0$, the upper bracket of $b$ as
    the decay fades; that they are strict is not checked.

Implementation notes
    The published bracket of $b$ is recalled with $a_max$, the largest eigenvalue of $A_0$, in the
    place of $a_min$: with it the bound is false, and that is a control.  Both are kept: Z6 claims
    the bracket with $a_min$.
    Z6.lower and Z6.upper are decided with some neurons switched off too.

References
----------
    ziyin2022exact (brackets, reconstructed); the form at every stationary point is certimin2026
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.arithmetic.ball import Balls
from theorems.quantities import data_max, data_min, symbols, width_min
from theorems.recipes import Draw, setting
from theorems.weight_decay import origin_is_minimum_of_deep as Z4
from theorems.weight_decay import small_starts_end_at_origin as Z8
from theorems.weight_decay import thresholds_of_isotropic_data as Z5
from theorems.weight_decay.aligned import (
    Aligned,
    any_covariance,
    halfway_points,
    isotropic_stationary,
    noisy_stationary_points,
    signs,
    stationary,
    unit_network,
)
from theorems.weight_decay.networks import (
    NoisyInstance,
    cross_sq,
    decay_input,
    effective_alignment,
    effective_covariance_factor,
    effective_energy,
    explained_power,
    hidden_layers,
    layer_penalty,
    layer_penalty_max,
    noisy_networks,
    noisy_output_power,
)
from theorems.weight_decay.origins import deep
from theorems.weight_decay.reduction import (
    decay_product,
    effective_sq,
    nonzero,
    published_networks,
)
from theorems.weight_decay.signal_against_decay import one_less
from theorems.weight_decay.training import trained_minima
from verify.claims import Setting
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Claim,
    Condition,
    Formula,
    Measurement,
    Source,
    Step,
    Theorem,
    TrainedSolution,
    Training,
    claim,
    expanded,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- quantities ---------------------------------------------------------------------------------


@quantity("beta_sq", r"\beta^2")
def beta_sq(instance: NoisyInstance) -> Any:
    """β² of an aligned network: the product of |W^(i)|² over its number of weights, i >= 2, U."""
    product = instance.arithmetic.scalar(1)
    for W, size in zip(instance.weights[1:], instance.sizes[1:], strict=True):
        product = product * instance.arithmetic.frobenius_sq(W) / size
    return product


beta = expanded(
    "beta", r"\beta",
    "β = b_u Π_{i>=2} b_i of an aligned network: the root of Π|W^(i)|²/sizes over i >= 2, U.",
    sp.sqrt(beta_sq.symbol),
)  # fmt: skip


@quantity("width_product", "m")
def width_product(instance: NoisyInstance) -> Any:
    """Product m = Π d_i of the hidden widths."""
    return instance.arithmetic.scalar(math.prod(instance.hidden_widths))


@quantity("noisy_width_product", "q")
def noisy_width_product(instance: NoisyInstance) -> Any:
    """Product q = Π d_i (d_i + σ²) over the hidden layers."""
    return math.prod(d * (d + instance.noise_variance) for d in instance.hidden_widths)


@quantity("first_cost", "g")
def first_cost(instance: NoisyInstance) -> Any:
    """Cost g = γ_1 d_1 of the first layer."""
    return instance.decays[0] * instance.hidden_widths[0]


@quantity("later_cost", r"\gamma_u d_D\textstyle\prod_{i\ge2}\gamma_i d_i d_{i-1}")
def later_cost(instance: NoisyInstance) -> Any:
    """G^D = γ_u d_D Π_{i>=2} γ_i d_i d_{i-1}."""
    pairs = zip(instance.decays[1:], instance.sizes[1:], strict=True)
    return math.prod(decay * size for decay, size in pairs)


decay_mean = expanded(
    "decay_mean", "G", "G = (γ_u d_D Π_{i>=2} γ_i d_i d_{i-1})^{1/D}.",
    later_cost.symbol ** (1 / hidden_layers.symbol),
)  # fmt: skip


@quantity("neuron_noise", r"\sigma^2")
def neuron_noise(instance: NoisyInstance) -> Any:
    """σ², the variance of the noise on each hidden neuron."""
    return instance.noise_variance


@quantity("common_scale", "b")
def common_scale(instance: NoisyInstance) -> Any:
    """Scale b = |W^(i)|_F/d_0 for equal widths d_0, read off the second layer."""
    ar = instance.arithmetic
    return ar.sqrt(ar.frobenius_sq(instance.weights[1])) / instance.hidden_widths[0]


# --- closed forms -------------------------------------------------------------------------------

tau, D, kappa, Gamma, c_sq, energy = symbols(
    layer_penalty,
    hidden_layers,
    effective_covariance_factor,
    decay_product,
    cross_sq,
    explained_power,
)
B, G, g, m, q = symbols(beta, decay_mean, first_cost, width_product, noisy_width_product)
later, B_sq = symbols(later_cost, beta_sq)
w_sq, signal, power = symbols(effective_sq, effective_alignment, noisy_output_power)
linear = effective_energy.symbol
b, gamma, d_0, noise = symbols(common_scale, decay_input, width_min, neuron_noise)
a_min, a_max = symbols(data_min, data_max)

penalty_lower = Formula(
    "penalty_lower", r"(\Gamma/|c|^2)^{1/(D-1)}", (Gamma / c_sq) ** (1 / (D - 1))
)
penalty_upper = Formula("penalty_upper", r"c^TA_0^{-1}c/(4\kappa)", energy / (4 * kappa))
beta_lower = Formula(
    "beta_lower",
    r"(Gg/(m^2|c|^2))^{D/(2(D-1))}",
    (G * g) ** (D / (2 * (D - 1))) / (m**2 * c_sq) ** (D / (2 * (D - 1))),
)
beta_upper = Formula(
    "beta_upper",
    r"(m^2c^TA_0^{-1}c/(4Gq))^{D/2}",
    (m**2 * energy) ** (D / 2) / (4 * G * q) ** (D / 2),
)
equal_lower = Formula(
    "equal_lower",
    r"\tfrac{1}{d_0}(\gamma/|c|)^{1/(D-1)}",
    (gamma**2 / c_sq) ** (1 / (2 * (D - 1))) / d_0,
)
equal_upper = Formula(
    "equal_upper",
    r"[|c|/(d_0(\sigma^2+d_0)^Da_{\min})]^{1/(D+1)}",
    (sp.sqrt(c_sq) / (d_0 * (noise + d_0) ** D * a_min)) ** (1 / (D + 1)),
)

# --- settings -----------------------------------------------------------------------------------


def _equal(name: str, description: str, share: Fraction | None = None) -> Setting:
    """Equal widths 1 or 4 (√d_0 rational), equal decays, κa|w|²/τ = share on A_0 = aI if given."""

    @setting(name, description, ensures=[stationary])
    def build(draw: Draw) -> NoisyInstance:
        ar = draw.arithmetic
        hidden, inputs = draw.depth() - 1, draw.integer(1, 2)
        root = draw.integer(1, 2)  # √d_0
        patterns = [signs(draw, root**2) for _ in range(hidden)]
        scale, slope = draw.number(1, 3) / 2, draw.number(-2, 2)
        unit = ar.matrix([[1, 0][:inputs]])
        if inputs == 2:  # (1 - p², 2p)/(1 + p²): a rational unit vector
            turned = ar.scale(1 - slope * slope, unit) + ar.scale(2 * slope, ar.matrix([[0, 1]]))
            unit = ar.scale(1 / (1 + slope * slope), turned)
        penalty = draw.number(0, 3) + ar.scalar(Fraction(1, 8))
        scales, row = [scale] * (hidden - 1), ar.scale(root * scale, unit)  # |W^(1)| = d_0 b too
        network = Aligned(ar, patterns, [*scales, root * scale], row, draw.number(0, 2))
        if share is None:
            return network.costing(penalty, any_covariance(draw, network, penalty))
        level = network.level(ar.scalar(share) * penalty)
        return network.costing(penalty, ar.scale(level, ar.identity(inputs)))

    return build


_TINY, _HUGE = Fraction(1, 10**8), Fraction(10**8)
equal_networks = _equal("equal-networks", "stationary, equal widths 1 or 4 and equal decays")
equal_weak = _equal(
    "equal-weak-data", "stationary, equal widths and decays, A_0 = aI, κa|w|² = 1e-8 τ", _TINY
)
equal_strong = _equal(
    "equal-strong-data", "stationary, equal widths and decays, A_0 = aI, κa|w|² = 1e8 τ", _HUGE
)
published = published_networks("published-for-size", "the closed form of Z3, its c solved for")
weak_data = isotropic_stationary(
    "isotropic-weak", "aligned stationary networks, A_0 = aI, κa|w|² = 1e-8 τ", lambda D: _TINY
)

# --- claims and proofs: what they rest on --------------------------------------------------------

_DEEP, _ANY = Bounds((3, 4), (1, 3)), Bounds((2, 4), (1, 3))
_CLOSE = sp.Rational(10**6 + 1, 10**6)
_HALFWAY = ((3, 1, 1, 1), (3, 1, 2, 1), (4, 1, 1, 1, 1))
_SIZES = ((2, 1, 1), (3, 2, 1, 2), (4, 1, 2, 1, 2))
_NARROW = ((3, 1, 1), (4, 1, 1), (3, 1, 2))
_EQUAL = ((3, 1, 1), (3, 2, 1), (4, 1, 1), (3, 1, 2))


def _positive(name: str, title: str, number: Any, sizes: tuple[tuple[int, ...], ...]) -> Claim:
    """A number is positive, whatever the weights."""
    return stated(
        name, title, noisy_networks, sp.Gt(number, 0, evaluate=False), bounds=_ANY, sizes=sizes,
        check=True,
    )  # fmt: skip


damped = _positive("damped", "$Γ$ is positive", Gamma, _SIZES)
first_damped = _positive("first_damped", "$γ_1$ is positive", gamma, _SIZES)
later_damped = _positive("later_damped", "$G$ is positive", later, _SIZES)
wide = _positive("wide", "$m$ is positive", m, _SIZES)
noisy_wide = _positive("noisy_wide", "$q$ is positive", q, _SIZES)
definite = _positive("definite", "$a_min$ is positive", a_min, ((2, 1, 1), (3, 1, 2, 1)))
costs = stated(
    "costs", "$Γm² = G^D g$",
    noisy_networks, sp.Eq(Gamma * m**2, later * g), bounds=_ANY, sizes=_SIZES, check=True,
)  # fmt: skip
widths = stated(
    "widths", "$q = κm²$",
    noisy_networks, sp.Eq(q, kappa * m**2), bounds=_ANY, sizes=_SIZES, check=True,
)  # fmt: skip
least_energy = stated(
    "least_energy", "$wᵀA_0w$ is at least $a_min|w|²$, both squared",
    noisy_networks, linear**2 >= (a_min * w_sq) ** 2, bounds=_ANY, sizes=((2, 1, 1), (3, 1, 2, 1)),
    check=True,
)  # fmt: skip
layer_cost = stated(
    "layer_cost", "$τ = Gβ^{2/D}$ in the closed form of Z3",
    published, sp.Eq(tau**D, later * B_sq), bounds=_DEEP, sizes=((3, 1, 1, 1), (3, 2, 1, 2)),
    check=True,
)  # fmt: skip
equal_cost = stated(
    "equal_cost", "equal widths and decays: $τ = γb²d_0²$",
    equal_networks, sp.Eq(tau, gamma * b**2 * d_0**2), bounds=_DEEP, sizes=_EQUAL, check=True,
)  # fmt: skip
equal_decays = stated(
    "equal_decays", "$Γ = γ^{D+1}$",
    equal_networks, sp.Eq(Gamma, gamma ** (D + 1)), bounds=_DEEP, sizes=_EQUAL, check=True,
)  # fmt: skip
equal_size = stated(
    "equal_size", "$|w| = (bd_0)^{D+1}$",
    equal_networks, sp.Eq(w_sq, (b * d_0) ** (2 * D + 2)), bounds=_DEEP, sizes=_EQUAL, check=True,
)  # fmt: skip
equal_noise = stated(
    "equal_noise", "$κ = ((d_0 + σ²)/d_0)^D$",
    equal_networks, sp.Eq(kappa, ((d_0 + noise) / d_0) ** D), bounds=_DEEP, sizes=_EQUAL,
    check=True,
)  # fmt: skip

# --- claims and proofs: the cost of a layer ------------------------------------------------------


def _exponent(share: Any) -> rules.Fact:
    """share/(D-1) > 0."""
    less = one_less()
    return rules.scaled(rules.cancelled(less, rules.raised(less, 2)), share)


def _signal(weak: Claim, damped: Claim) -> rules.Fact:
    """|c|² > 0, from |c|²τ^{D-1} >= Γ."""
    return rules.factor(rules.transitive(rules.given(weak), rules.given(damped)), c_sq)


@claim(
    noisy_stationary_points, c_sq * tau ** (D - 1) >= Gamma, nonzero,
    given=(Z4.at_rest, Z5.cauchy, Z5.dear, damped), bounds=_DEEP, check=True,
)  # fmt: skip
def weak(at_rest: Claim, cauchy: Claim, dear: Claim, damped: Claim) -> Iterator[Step]:
    """The lower bracket without a root."""
    output = rules.added(Condition("power of the output", power, ">="), tau)
    square = rules.raised(rules.transitive(rules.given(at_rest), output), 2)
    reached = rules.scaled(rules.transitive(rules.given(cauchy), square), Gamma)
    needed = rules.transitive(rules.scaled(rules.given(dear), c_sq), reached)
    solid = rules.multiplied(rules.given(damped), rules.assumed(sp.Gt(w_sq, 0, evaluate=False)))
    paid = rules.raised(rules.transitive(rules.given(dear), solid), 2 / (D + 1))
    yield rules.rewritten(rules.cancelled(needed, paid), c_sq * tau ** (D - 1), Gamma)


@claim(
    noisy_stationary_points, tau >= penalty_lower, nonzero, deep, given=(weak, damped),
    bounds=_DEEP,
)  # fmt: skip
def lower(penalty_lower: Any, weak: Claim, damped: Claim) -> Iterator[Step]:
    """No layer of a non-trivial stationary point is cheaper."""
    root = rules.raised(rules.given(weak), 1 / (D - 1), positive=_exponent(1))
    root = rules.rewritten(root, c_sq ** (1 / (D - 1)) * tau, Gamma ** (1 / (D - 1)))
    signal = rules.raised(_signal(weak, damped), 1 / (D - 1), positive=_exponent(1))
    yield rules.rewritten(rules.cancelled(root, signal), tau, penalty_lower)


@claim(noisy_stationary_points, tau <= penalty_upper, nonzero, given=(Z8.scale,), bounds=_DEEP)
def upper(scale: Claim) -> Iterator[Step]:
    """None is dearer."""
    yield rules.transitive(rules.given(scale), rules.largest(layer_penalty_max, layer_penalty))


# --- claims and proofs: the scale of aligned solutions -------------------------------------------


@claim(
    published, beta_lower <= B, nonzero, deep,
    given=(weak, damped, later_damped, wide, costs, layer_cost), bounds=_DEEP, name="beta_lower",
)  # fmt: skip
def beta_from_below(
    beta_lower: Any, weak: Claim, damped: Claim, later_damped: Claim, wide: Claim, costs: Claim,
    layer_cost: Claim,
) -> Iterator[Step]:  # fmt: skip
    """$β$ from below."""
    e = D / (2 * (D - 1))
    cost = rules.scaled(rules.raised(rules.given(layer_cost), D - 1), c_sq**D)
    power = rules.transitive(rules.turned(cost), rules.raised(rules.given(weak), D))
    power = rules.scaled(power, m ** (2 * D))
    power = rules.transitive(power, rules.raised(rules.given(costs), D))
    power = rules.cancelled(
        power, rules.raised(rules.given(later_damped), D - 1, positive=one_less())
    )
    power = rules.rewritten(power, (m**2 * c_sq) ** D * B_sq ** (D - 1), later * g**D)
    root = rules.raised(power, e / D, positive=_exponent(sp.S.Half))
    root = rules.rewritten(root, (m**2 * c_sq) ** e * sp.sqrt(B_sq), later ** (e / D) * g**e)
    size = rules.multiplied(rules.raised(rules.given(wide), 2), _signal(weak, damped))
    root = rules.cancelled(root, rules.raised(size, e, positive=_exponent(D / 2)))
    mean = rules.raised(rules.definition(decay_mean), e, positive=_exponent(D / 2))
    mean = rules.rewritten(mean, G**e, later ** (e / D))
    named = rules.substituted(root, rules.turned(mean))
    named = rules.substituted(named, rules.turned(rules.definition(beta)))
    yield rules.rewritten(named, B, beta_lower)


@claim(
    published, beta_upper >= B, nonzero,
    given=(upper, later_damped, noisy_wide, widths, layer_cost), bounds=_DEEP, name="beta_upper",
)  # fmt: skip
def beta_from_above(
    beta_upper: Any, upper: Claim, later_damped: Claim, noisy_wide: Claim, widths: Claim,
    layer_cost: Claim,
) -> Iterator[Step]:  # fmt: skip
    """$β$ from above."""
    paid = rules.raised(rules.scaled(rules.turned(rules.given(upper)), 4 * kappa), D)
    cost = rules.scaled(rules.given(layer_cost), (4 * kappa) ** D)
    bound = rules.scaled(rules.transitive(paid, cost), m ** (2 * D))
    bound = rules.rewritten(bound, (m**2 * energy) ** D, (4 * kappa * m**2) ** D * later * B_sq)
    noise = rules.scaled(rules.raised(rules.given(widths), D), 4**D * later * B_sq)
    mean = rules.raised(rules.definition(decay_mean), D)  # G^D
    bound = rules.substituted(rules.transitive(bound, rules.turned(noise)), rules.turned(mean))
    root = rules.raised(bound, sp.S.Half)
    root = rules.rewritten(root, (m**2 * energy) ** (D / 2), (4 * G * q) ** (D / 2) * sp.sqrt(B_sq))
    root = rules.substituted(root, rules.turned(rules.definition(beta)))
    size = rules.raised(rules.given(later_damped), 1 / D)
    size = rules.transitive(rules.definition(decay_mean), size)
    size = rules.scaled(rules.multiplied(size, rules.given(noisy_wide)), 4)
    root = rules.cancelled(root, rules.raised(size, D / 2))
    yield rules.rewritten(root, beta_upper, B)


@claim(
    equal_networks, b >= equal_lower, nonzero, deep,
    given=(weak, damped, first_damped, equal_cost, equal_decays), bounds=_DEEP,
    name="equal_lower",
)  # fmt: skip
def equal_from_below(
    equal_lower: Any, weak: Claim, damped: Claim, first_damped: Claim, equal_cost: Claim,
    equal_decays: Claim,
) -> Iterator[Step]:  # fmt: skip
    """The scale $b$ from below."""
    e = 1 / (2 * (D - 1))
    power = rules.substituted(rules.given(weak), rules.given(equal_cost))
    power = rules.substituted(power, rules.given(equal_decays))
    power = rules.cancelled(
        power, rules.raised(rules.given(first_damped), D - 1, positive=one_less())
    )
    power = rules.rewritten(power, c_sq * (b * d_0) ** (2 * D - 2), gamma**2)
    root = rules.raised(power, e, positive=_exponent(sp.S.Half))
    root = rules.rewritten(root, c_sq**e * b * d_0, gamma ** (2 * e))
    signal = rules.raised(_signal(weak, damped), e, positive=_exponent(sp.S.Half))
    scale = rules.scaled(rules.cancelled(root, signal), 1 / d_0)
    yield rules.rewritten(scale, b, equal_lower)


@claim(
    equal_networks, b <= equal_upper, nonzero,
    given=(Z4.at_rest, Z8.reduced, Z5.cauchy, least_energy, definite, equal_size, equal_noise),
    bounds=_DEEP, name="equal_upper",
)  # fmt: skip
def equal_from_above(
    equal_upper: Any, at_rest: Claim, reduced: Claim, cauchy: Claim, least_energy: Claim,
    definite: Claim, equal_size: Claim, equal_noise: Claim,
) -> Iterator[Step]:  # fmt: skip
    """The scale $b$ from above."""
    data = rules.added(rules.given(reduced), Condition("the cost", tau, ">="))
    below = rules.transitive(rules.given(at_rest), data)
    square = rules.transitive(rules.given(cauchy), rules.raised(below, 2))
    square = rules.transitive(square, rules.scaled(rules.given(least_energy), kappa**2))
    square = rules.cancelled(square, rules.assumed(sp.Gt(w_sq, 0, evaluate=False)))
    square = rules.substituted(square, rules.given(equal_noise))
    square = rules.substituted(square, rules.given(equal_size))
    factor = (d_0 + noise) ** D * d_0
    root = rules.root(square, factor * a_min * b ** (D + 1))
    root = rules.cancelled(root, rules.scaled(rules.given(definite), factor))
    root = rules.raised(
        rules.rewritten(root, sp.sqrt(c_sq) / (factor * a_min), b ** (D + 1)), 1 / (D + 1)
    )
    yield rules.rewritten(root, equal_upper, b)


attained, beta_attained, lower_tight, beta_tight, equal_lower_tight, equal_upper_tight = (
    stated("attained", "equality above where $κa|w|² = τ$",
           halfway_points, sp.Eq(tau, penalty_upper), bounds=_DEEP, sizes=_HALFWAY),
    stated("beta_attained", "and for $β$", halfway_points, sp.Eq(B, beta_upper), bounds=_DEEP,
           sizes=_HALFWAY),
    stated("lower_tight", "nearly equal below for weak data",
           weak_data, tau <= _CLOSE * penalty_lower, bounds=_DEEP, sizes=_HALFWAY),
    stated("beta_tight", "and for $β$", weak_data, _CLOSE * beta_lower >= B, bounds=_DEEP,
           sizes=_HALFWAY),
    stated("equal_lower_tight", "and for $b$", equal_weak, b <= _CLOSE * equal_lower, bounds=_DEEP,
           sizes=_NARROW),
    stated("equal_upper_tight", "nearly equal above for strong data",
           equal_strong, _CLOSE * b >= equal_upper, bounds=_DEEP, sizes=_NARROW),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("largest_eigenvalue", "$a_max$ for $a_min$ in the upper bracket of $b$",
         equal_networks, b <= equal_upper.expression.subs(a_min, a_max), bounds=_DEEP),
    twin("eighth", "$8κ$ for $4κ$ in the upper bracket",
         noisy_stationary_points, tau <= energy / (8 * kappa), bounds=_DEEP),
    twin("one_root", "exponent $1/D$ for $1/(D-1)$ in the lower bracket",
         noisy_stationary_points, tau >= (Gamma / c_sq) ** (1 / D), bounds=_DEEP),
    twin("width_forgotten", "no $1/d_0$ in the lower bracket of $b$",
         equal_networks, b >= d_0 * equal_lower.expression, bounds=_DEEP),
)  # fmt: skip

# --- training, witnesses ------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """The brackets of τ at trained global minima, D = 2, 3."""
    for solution in trained_minima(seed + 6, runs, depths=(3, 4)):
        lifted = solution.instance.lifted(Balls())
        with lifted.arithmetic:
            low, cost, high = (
                float(x.measure(lifted)) for x in (penalty_lower, layer_penalty, penalty_upper)
            )
        # both are strict inequalities at a minimum, met with room to spare: nothing is allowed
        inside = (
            Measurement("cost of a layer, lower end", cost, low, 0.0, "<="),
            Measurement("cost of a layer, upper end", high, cost, 0.0, "<="),
        )
        yield replace(solution, measurements=(*solution.measurements, *inside))


def _origin() -> NoisyInstance:
    """Zero weights with data and decays of the unit network."""
    unit = unit_network()
    return replace(unit, weights=tuple(W - W for W in unit.weights))


THEOREM = Theorem(
    id="Z6",
    title="In a deep network the size of every non-trivial solution lies in explicit brackets",
    normalisation="loss $E(f - y)² + Σ_i γ_i|W^{(i)}|_F²$, no factor 1/2; noise averaged",
    source=Source("ziyin2022exact", "brackets of the solution (reconstructed, a_min derived)"),
    claims=(
        lower, upper, beta_from_below, beta_from_above, equal_from_below, equal_from_above,
        attained, beta_attained, lower_tight, beta_tight, equal_lower_tight, equal_upper_tight,
        damped, first_damped, later_damped, wide, noisy_wide, definite, costs, widths, least_energy,
        layer_cost, equal_cost, equal_decays, equal_size, equal_noise, weak,
    ),
    controls=_twins,
    witnesses=(
        witness("unit", upper, "unit weights: $τ = 1$ at the upper end", unit_network),
    ),
    necessity=(needed(nonzero, lower, "the origin has $τ = 0$", _origin),),
    trainings=(Training("trained", "L-BFGS from many starts, $D = 2, 3$", _train, ()),),
    module=__name__,
)  # fmt: skip
