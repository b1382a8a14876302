r"""Brackets for the size of every non-trivial solution, for two and more hidden layers.

Statement
    D >= 2.  At every non-trivial stationary point each layer costs the same, τ, and

        (Γ/|c|²)^{1/(D-1)} <= τ <= cᵀA_0^{-1}c / (4κ).

    For aligned solutions (Z3) τ = Gβ^{2/D}, so that

        (G g/(m²|c|²))^{D/(2(D-1))} <= β <= (m² cᵀA_0^{-1}c/(4 G q))^{D/2}.

    With equal widths d_0 and equal decays γ, b = b_i (i >= 2), b_u = √d_0 b,

        (1/d_0)(γ/|c|)^{1/(D-1)} <= b <= [ |c| / (d_0 (σ² + d_0)^D a_min) ]^{1/(D+1)},

    a_min the smallest eigenvalue of A_0.

Notation
    τ (``layer_penalty``), Γ (``decay_product``), κ (``effective_covariance_factor``),
    |c|² (``cross_sq``), cᵀA_0^{-1}c (``explained_power``), β (``beta``), m = Π d_i
    (``width_product``), q = Π d_i(d_i + σ²) (``noisy_width_product``), g = γ_1 d_1
    (``first_cost``), G = (γ_u d_D Π_{i>=2} γ_i d_i d_{i-1})^{1/D} (``decay_mean``),
    a_min (``data_min``).

Assumptions
    nonzero  w != 0: the origin has τ = 0 below every positive bound.

Derivation
    As in Z5, w·c >= κ wᵀA_0w + τ and |w|² <= τ^{D+1}/Γ at any stationary point.  Lower: |c||w| >=
    w·c >= τ, so |c|²τ^{D+1} >= Γτ².  Upper: (w·c)² <= cᵀA_0^{-1}c · wᵀA_0w and (κE + τ)² >= 4κEτ
    with E = wᵀA_0w.  The form in β follows from Γm² = G^D g and q = κm².  Equal widths: τ =
    γb²d_0², |w| = (b d_0)^{D+1} and κ a_min |w| <= |c|, κ = ((d_0 + σ²)/d_0)^D.

Main results
    Z6.lower, Z6.upper            at every non-trivial stationary point, some neurons switched off
    Z6.beta_lower, Z6.beta_upper  the brackets of β
    Z6.equal_lower, .equal_upper  the brackets of b for equal widths and decays
    Z6.attained                   the upper bracket of β, with equality at κa|w|² = τ, A_0 = aI
    Z6.lower_tight, .equal_tight  the others within 1e-6 as the data term fades or dominates

Evidence
    Symbolic for all D >= 2; Cauchy-Schwarz for two eigencomponents at a time.

Sharpness
    The upper bracket of τ and β is attained.  The lower ones are approached as A_0 -> 0, the upper
    bracket of b as the decay fades; both are strict.

Implementation notes
    The published bracket of b is recalled with a_max; with it the bound is false (control).

References
----------
    ziyin2022exact (brackets, reconstructed); the form at every stationary point is certimin2026

Tags
    weight decay, bounds, scale of the solution
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.quantities import data_max, data_min, symbols, width_min
from theorems.recipes import Draw, setting
from theorems.weight_decay.aligned import (
    Aligned,
    any_covariance,
    halfway_points,
    isotropic_stationary,
    noisy_stationary_points,
    signs,
    unit_network,
)
from theorems.weight_decay.networks import (
    NoisyInstance,
    cross_sq,
    decay_input,
    effective_covariance_factor,
    explained_power,
    hidden_layers,
    layer_penalty,
)
from theorems.weight_decay.reduction import decay_product, nonzero, published_networks
from theorems.weight_decay.thresholds_of_isotropic_data import stationary_balance
from theorems.weight_decay.training import trained_minima
from verify.claims import Bounds, Setting, quantity
from verify.legacy import (
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

__all__ = ["THEOREM"]

# --- quantities ---------------------------------------------------------------------------------


@quantity("beta", r"\beta")
def beta(instance: NoisyInstance) -> Any:
    """β = b_u Π_{i>=2} b_i of an aligned network: the root of Π|W^(i)|²/sizes over i >= 2, U."""
    ar, product = instance.arithmetic, instance.arithmetic.scalar(1)
    for W, size in zip(instance.weights[1:], instance.sizes[1:], strict=True):
        product = product * ar.frobenius_sq(W) / size
    return ar.sqrt(product)


@quantity("width_product", "m")
def width_product(instance: NoisyInstance) -> Any:
    """M = Π d_i over the hidden layers."""
    return instance.arithmetic.scalar(math.prod(instance.hidden_widths))


@quantity("noisy_width_product", "q")
def noisy_width_product(instance: NoisyInstance) -> Any:
    """Q = Π d_i (d_i + σ²)."""
    noise = instance.noise_variance
    return math.prod(d * (d + noise) for d in instance.hidden_widths)


@quantity("first_cost", "g")
def first_cost(instance: NoisyInstance) -> Any:
    """G = γ_1 d_1."""
    return instance.decays[0] * instance.hidden_widths[0]


@quantity("decay_mean", "G")
def decay_mean(instance: NoisyInstance) -> Any:
    """G = (γ_u d_D Π_{i>=2} γ_i d_i d_{i-1})^{1/D}."""
    pairs = zip(instance.decays[1:], instance.sizes[1:], strict=True)
    product = math.prod(decay * size for decay, size in pairs)
    return instance.arithmetic.power(product, Fraction(1, len(instance.hidden_widths)))


@quantity("neuron_noise", r"\sigma^2", positive=False)
def neuron_noise(instance: NoisyInstance) -> Any:
    """σ², the variance of the noise on each hidden neuron."""
    return instance.noise_variance


@quantity("common_scale", "b")
def common_scale(instance: NoisyInstance) -> Any:
    """B = |W^(i)|_F/d_0 for equal widths d_0, read off the second layer."""
    ar = instance.arithmetic
    return ar.sqrt(ar.frobenius_sq(instance.weights[1])) / instance.hidden_widths[0]


# --- closed forms -------------------------------------------------------------------------------

(tau, D, kappa, Gamma, c_sq, energy, B, G, g, m, q, b, gamma, d_0, noise, a_min, a_max) = symbols(
    layer_penalty,
    hidden_layers,
    effective_covariance_factor,
    decay_product,
    cross_sq,
    explained_power,
    beta,
    decay_mean,
    first_cost,
    width_product,
    noisy_width_product,
    common_scale,
    decay_input,
    width_min,
    neuron_noise,
    data_min,
    data_max,
)

penalty_lower = Formula(
    "penalty_lower", r"(\Gamma/|c|^2)^{1/(D-1)}", (Gamma / c_sq) ** (1 / (D - 1))
)
penalty_upper = Formula("penalty_upper", r"c^TA_0^{-1}c/(4\kappa)", energy / (4 * kappa))
beta_lower = Formula(
    "beta_lower",
    r"(Gg/(m^2|c|^2))^{D/(2(D-1))}",
    (G * g / (m**2 * c_sq)) ** (D / (2 * (D - 1))),
)
beta_upper = Formula(
    "beta_upper", r"(m^2c^TA_0^{-1}c/(4Gq))^{D/2}", (m**2 * energy / (4 * G * q)) ** (D / 2)
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
_formulas = (penalty_lower, penalty_upper, beta_lower, beta_upper, equal_lower, equal_upper)

# --- derivation ---------------------------------------------------------------------------------

n = sp.Symbol("n", integer=True, positive=True)  # D - 1
t, E = sp.symbols("t E", positive=True)


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield |c|²τ^{D+1} >= Γτ² and where it is an equality."""
    yield from stationary_balance()
    bound = formulas["penalty_lower"].subs(D, n + 1)
    yield Identity(
        "equality of |c|²|w|² >= τ² at |w|² = τ^{D+1}/Γ",
        r"|c|^2\tau^{D+1}/\Gamma=\tau^2\iff\tau=(\Gamma/|c|^2)^{1/(D-1)}",
        "all D >= 2",
        "monotonicity of τ^{D-1}",
        sp.expand_power_base(c_sq * bound**n / Gamma),
        1,
    )


def derive_upper(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield Cauchy-Schwarz in the metric of A_0, and (κE + τ)² >= 4κEτ."""
    s, r = sp.symbols("s r", positive=True)
    x, y, u, v = sp.symbols("x y u v", real=True)
    rest = (s * x * v - r * y * u) ** 2 / (s * r)
    yield Identity(
        "Cauchy-Schwarz, two eigencomponents",
        r"c^TA_0^{-1}c\cdot w^TA_0w-(w\cdot c)^2=\tfrac{1}{a_1a_2}(a_1w_1c_2-a_2w_2c_1)^2",
        "all d_x, a sum over pairs",
        "Cauchy-Schwarz",
        (u**2 / s + v**2 / r) * (s * x**2 + r * y**2) - (x * u + y * v) ** 2,
        rest,
    )
    yield Condition("a square", r"\ge 0", "all d_x", "Cauchy-Schwarz", rest.is_nonnegative)
    yield Identity(
        "AM-GM",
        r"(\kappa E+\tau)^2-4\kappa E\tau=(\kappa E-\tau)^2",
        "all D",
        "expansion",
        (kappa * E + t) ** 2 - 4 * kappa * E * t,
        (kappa * E - t) ** 2,
    )
    yield Identity(
        "the bound",
        r"c^TA_0^{-1}c\,E\ge 4\kappa E\tau",
        "all D",
        "division by 4κE > 0",
        energy * E / (4 * kappa * E),
        formulas["penalty_upper"],
    )


def derive_beta(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield both brackets of β = (τ/G)^{D/2} from those of τ."""
    size = n + 1
    for name, closed in (("lower", beta_lower), ("upper", beta_upper)):
        bound = formulas[f"penalty_{name}"]
        # Γ m² = G^D g and q = κ m²
        bound = bound.subs({Gamma: G**D * g / m**2, kappa: q / m**2}).subs(D, size)
        yield Identity(
            f"{name} bracket of β",
            r"\beta=(\tau/G)^{D/2},\ \Gamma m^2=G^Dg,\ q=\kappa m^2",
            "all D >= 2",
            "substitution",
            sp.powdenest(sp.expand_power_base((bound / G) ** (size / 2)), force=True),
            sp.powdenest(sp.expand_power_base(formulas[closed.name].subs(D, size)), force=True),
        )


def derive_equal(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the brackets of b from τ = γb²d_0² and |w| = (b d_0)^{D+1}."""
    size = n + 1
    lower = formulas["penalty_lower"].subs(Gamma, gamma ** (D + 1)).subs(D, size)
    yield Identity(
        "lower bracket of b",
        r"\gamma b^2d_0^2=(\gamma^{D+1}/|c|^2)^{1/(D-1)}",
        "all D >= 2",
        "substitution",
        sp.expand_power_base(gamma * formulas["equal_lower"].subs(D, size) ** 2 * d_0**2),
        sp.powdenest(sp.expand_power_base(lower), force=True),
    )
    at_bound = formulas["equal_upper"].subs(D, size) ** (size + 1)
    yield Identity(
        "upper bracket of b",
        r"\kappa a_{\min}(bd_0)^{D+1}=|c|,\quad \kappa=((d_0+\sigma^2)/d_0)^D",
        "all D >= 2",
        "κ a_min |w| <= |c|, since κ a_min|w|² <= w·c",
        ((d_0 + noise) / d_0) ** size * a_min * at_bound * d_0 ** (size + 1),
        sp.sqrt(c_sq),
    )


# --- settings -----------------------------------------------------------------------------------


def _equal(name: str, description: str, share: Fraction | None = None) -> Setting:
    """Equal widths 1 or 4 (√d_0 rational), equal decays, κa|w|²/τ = share on A_0 = aI if given."""

    @setting(name, description)
    def build(draw: Draw) -> NoisyInstance:
        ar = draw.arithmetic
        hidden, inputs = draw.depth() - 1, draw.integer(1, 2)
        root = draw.integer(1, 2)  # √d_0
        widths = (root**2,) * hidden
        patterns = [signs(draw, d) for d in widths]
        scale = draw.number(1, 3) / 2
        scales = [*([scale] * (hidden - 1)), root * scale]
        slope = draw.number(-2, 2)
        raw = ar.matrix([[1, 0][:inputs]])
        if inputs == 2:  # ((1 - p²), 2p)/(1 + p²): a rational unit vector
            turn = ar.scale(2 * slope, ar.matrix([[0, 1]]))
            raw = ar.scale(1 - slope * slope, raw) + turn
            raw = ar.scale(1 / (1 + slope * slope), raw)
        row = ar.scale(root * scale, raw)  # |W^(1)| = d_0 b too
        penalty = draw.number(0, 3) + ar.scalar(Fraction(1, 8))
        network = Aligned(ar, patterns, scales, row, draw.number(0, 2))
        if share is None:
            return network.costing(penalty, any_covariance(draw, network, penalty))
        level = network.level(ar.scalar(share) * penalty)
        return network.costing(penalty, ar.scale(level, ar.identity(inputs)))

    return build


_TINY, _HUGE = Fraction(1, 10**8), Fraction(10**8)
equal_networks = _equal("equal-networks", "stationary, equal widths 1 or 4 and equal decays")
equal_weak = _equal("equal-weak-data", "the same, A_0 = aI, κa|w|² = 1e-8 τ", _TINY)
equal_strong = _equal("equal-strong-data", "the same, A_0 = aI, κa|w|² = 1e8 τ", _HUGE)
published = published_networks("published-for-size", "the closed form of Z3, its c solved for")
weak_data = isotropic_stationary("isotropic-weak", "κa|w|² = 1e-8 τ", lambda D: _TINY)

# --- claims and controls ------------------------------------------------------------------------

_DEEP = Bounds(depth=(3, 4), width=(1, 3))
_CLOSE = sp.Rational(10**6 + 1, 10**6)


def _claim(name: str, title: str, setting: Setting, relation: Any, *assumptions: Any) -> Claim:
    return Claim(f"Z6.{name}", title, setting, relation, assumptions, _formulas, _DEEP)


_claims = (
    _claim(
        "lower",
        "no layer of a non-trivial stationary point is cheaper",
        noisy_stationary_points,
        tau >= penalty_lower.symbol,
        nonzero,
    ),
    _claim(
        "upper",
        "none is dearer",
        noisy_stationary_points,
        tau <= penalty_upper.symbol,
        nonzero,
    ),
    _claim("beta_lower", "β from below", published, beta_lower.symbol <= B),
    _claim("beta_upper", "β from above", published, beta_upper.symbol >= B),
    _claim("equal_lower", "b from below", equal_networks, b >= equal_lower.symbol),
    _claim("equal_upper", "b from above", equal_networks, b <= equal_upper.symbol),
    _claim(
        "attained",
        "equality above where κa|w|² = τ",
        halfway_points,
        sp.Eq(tau, penalty_upper.symbol),
    ),
    _claim(
        "beta_attained",
        "and for β",
        halfway_points,
        sp.Eq(B, beta_upper.symbol),
    ),
    _claim(
        "lower_tight",
        "nearly equal below for weak data",
        weak_data,
        tau <= _CLOSE * penalty_lower.symbol,
    ),
    _claim("beta_tight", "and for β", weak_data, _CLOSE * beta_lower.symbol >= B),
    _claim(
        "equal_lower_tight",
        "and for b",
        equal_weak,
        b <= _CLOSE * equal_lower.symbol,
    ),
    _claim(
        "equal_upper_tight",
        "nearly equal above for strong data",
        equal_strong,
        _CLOSE * b >= equal_upper.symbol,
    ),
)


def _twin(name: str, title: str, setting: Setting, relation: Any) -> Control:
    return Control(Claim(f"Z6.control.{name}", title, setting, relation, bounds=_DEEP))


_controls = (
    _twin(
        "largest_eigenvalue",
        "a_max for a_min in the upper bracket of b",
        equal_networks,
        b <= equal_upper.expression.subs(a_min, a_max),
    ),
    _twin(
        "eighth",
        "8κ for 4κ in the upper bracket",
        noisy_stationary_points,
        tau <= energy / (8 * kappa),
    ),
    _twin(
        "one_root",
        "exponent 1/D for 1/(D-1) in the lower bracket",
        noisy_stationary_points,
        tau >= (Gamma / c_sq) ** (1 / D),
    ),
    _twin(
        "width_forgotten",
        "no 1/d_0 in the lower bracket of b",
        equal_networks,
        b >= d_0 * equal_lower.expression,
    ),
)

# --- training, witnesses ------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """The brackets of τ at trained global minima, D = 2, 3."""
    for solution in trained_minima(seed + 6, runs, depths=(3, 4)):
        cost = float(layer_penalty.measure(solution.instance))
        c_norm_sq = float(cross_sq.measure(solution.instance))
        decays = float(decay_product.measure(solution.instance))
        size = len(solution.instance.hidden_widths)
        low = (decays / c_norm_sq) ** (1 / (size - 1))
        fit = float(explained_power.measure(solution.instance))
        high = fit / (4 * float(effective_covariance_factor.measure(solution.instance)))
        # both are strict inequalities at a minimum, met with room to spare: nothing is allowed
        inside = (
            Measurement("cost of a layer, lower end", cost, low, 0.0, "<="),
            Measurement("cost of a layer, upper end", high, cost, 0.0, "<="),
        )
        yield replace(solution, measurements=(*solution.measurements, *inside))


def _origin() -> NoisyInstance:
    """Zero weights with the data and decays of the unit network."""
    network = unit_network()
    return replace(network, weights=tuple(W - W for W in network.weights))


THEOREM = Theorem(
    id="Z6",
    title="The size of every non-trivial solution lies in explicit brackets for D >= 2",
    statement=(
        r"D\ge 2:\quad \Bigl(\frac{Gg}{m^2|c|^2}\Bigr)^{\frac{D}{2(D-1)}}\le\beta\le"
        r"\Bigl(\frac{m^2c^TA_0^{-1}c}{4Gq}\Bigr)^{D/2},\quad "
        r"\frac1{d_0}\Bigl(\frac{\gamma}{|c|}\Bigr)^{\frac1{D-1}}\le b\le"
        r"\Bigl[\frac{|c|}{d_0(\sigma^2+d_0)^Da_{\min}}\Bigr]^{\frac1{D+1}}"
    ),
    normalisation="loss E(f - y)² + Σ γ|W|_F², no factor 1/2; noise averaged",
    source=Source("ziyin2022exact", "brackets of the solution (reconstructed, a_min derived)"),
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={
        "Z6.lower": derive_lower,
        "Z6.upper": derive_upper,
        "Z6.beta_lower": derive_beta,
        "Z6.equal_lower": derive_equal,
    },
    witnesses=(
        Witness(
            "Z6.witness.unit", "Z6.upper", "unit weights: τ = 1 at the upper end", unit_network
        ),
    ),
    necessity=(Necessity(nonzero, "Z6.lower", "the origin has τ = 0", _origin),),
    trainings=(Training("Z6.trained", "L-BFGS from many starts, D = 2, 3", _train),),
    uses=("Z3p", "Z5"),
    module=__name__,
    tags=("weight decay", "bounds", "scale"),
)
