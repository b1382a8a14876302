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

Proof
    As in Z5, w·c >= κ wᵀA_0w + τ and |w|² <= τ^{D+1}/Γ at any stationary point.  Lower: |c||w| >=
    w·c >= τ, so |c|²τ^{D+1} >= Γτ².  Upper: (w·c)² <= cᵀA_0^{-1}c · wᵀA_0w and (κE + τ)² >= 4κEτ
    with E = wᵀA_0w.  The form in β follows from Γm² = G^D g and q = κm².  Equal widths: τ =
    γb²d_0², |w| = (b d_0)^{D+1} and κ a_min |w| <= |c|, κ = ((d_0 + σ²)/d_0)^D.

Sharpness
    The upper bracket of τ and β is attained where κa|w|² = τ, A_0 = aI.  The lower ones are
    approached as A_0 -> 0, the upper bracket of b as the decay fades; both are strict.

Implementation notes
    The published bracket of b is recalled with a_max; with it the bound is false (control).
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
from theorems.weight_decay import loss_ge_reduced_problem as Z3p
from theorems.weight_decay import thresholds_of_isotropic_data as Z5
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
from theorems.weight_decay.training import trained_minima
from verify.claims import Setting
from verify.theorem import (
    Bounds,
    Condition,
    Formula,
    Identity,
    Measurement,
    Source,
    Step,
    Theorem,
    TrainedSolution,
    Training,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

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
b, gamma, d_0, noise = symbols(common_scale, decay_input, width_min, neuron_noise)
a_min, a_max = symbols(data_min, data_max)

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

# --- settings -----------------------------------------------------------------------------------


def _equal(name: str, description: str, share: Fraction | None = None) -> Setting:
    """Equal widths 1 or 4 (√d_0 rational), equal decays, κa|w|²/τ = share on A_0 = aI if given."""

    @setting(name, description)
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

# --- claims and proofs --------------------------------------------------------------------------

_DEEP = Bounds((3, 4), (1, 3))
_CLOSE = sp.Rational(10**6 + 1, 10**6)
n = sp.Symbol("n", integer=True, positive=True)  # D - 1


@claim(
    noisy_stationary_points, tau >= penalty_lower, nonzero,
    given=(Z3p.lower, Z5.exists), bounds=_DEEP,
)  # fmt: skip
def lower(penalty_lower: Any) -> Iterator[Step]:
    """No layer of a non-trivial stationary point is cheaper."""
    bound = penalty_lower.subs(D, n + 1)
    yield Identity(
        "equality of |c|²|w|² >= τ² at |w|² = τ^{D+1}/Γ", c_sq * bound ** (n + 2) / Gamma, bound**2,
        why="monotonicity of τ^{D-1}", at={"D": n + 1},
    )  # fmt: skip


@claim(
    noisy_stationary_points, tau <= penalty_upper, nonzero,
    given=(Z3p.lower, Z5.exists), bounds=_DEEP,
)  # fmt: skip
def upper(penalty_upper: Any) -> Iterator[Step]:
    """None is dearer."""
    E, t, s, r = sp.symbols("E t a_1 a_2", positive=True)  # wᵀA_0w, τ, eigenvalues of A_0
    x, y, u, v = sp.symbols("w_1 w_2 c_1 c_2", real=True)
    rest = (s * x * v - r * y * u) ** 2 / (s * r)
    gap = (u**2 / s + v**2 / r) * (s * x**2 + r * y**2) - (x * u + y * v) ** 2
    yield Identity("Cauchy-Schwarz, two eigencomponents", gap, rest, why="a sum over such pairs")
    yield Condition("a square", rest, ">=", why="Cauchy-Schwarz")
    yield Identity("AM-GM", (kappa * E + t) ** 2 - 4 * kappa * E * t, (kappa * E - t) ** 2)
    bound = energy * E / (4 * kappa * E)
    yield Identity("the bound", bound, penalty_upper, why="cᵀA_0⁻¹c E >= 4κEτ, divided by 4κE > 0")


@claim(published, beta_lower <= B, given=(lower,), bounds=_DEEP, name="beta_lower")
def beta_from_below(penalty_lower: Any, beta_lower: Any) -> Iterator[Step]:
    """β from below."""
    yield _bracket_of_beta(penalty_lower, beta_lower)


@claim(published, beta_upper >= B, given=(upper,), bounds=_DEEP, name="beta_upper")
def beta_from_above(penalty_upper: Any, beta_upper: Any) -> Iterator[Step]:
    """β from above."""
    yield _bracket_of_beta(penalty_upper, beta_upper)


def _bracket_of_beta(penalty: Any, bound: Any) -> Step:
    """The bracket of β = (τ/G)^{D/2} that one of τ becomes."""
    cost = penalty.subs({Gamma: G**D * g / m**2, kappa: q / m**2})
    return Identity(
        "β = (τ/G)^{D/2} at the bracket of τ", ((cost / G) ** (D / 2)).subs(D, n + 1),
        bound.subs(D, n + 1), why="Γm² = G^D g, q = κm²", at={"D": n + 1},
    )  # fmt: skip


@claim(equal_networks, b >= equal_lower, given=(lower,), bounds=_DEEP, name="equal_lower")
def equal_from_below(penalty_lower: Any, equal_lower: Any) -> Iterator[Step]:
    """The scale b from below."""
    cost = penalty_lower.subs(Gamma, gamma ** (D + 1)).subs(D, n + 1)
    yield Identity(
        "τ = γb²d_0² at the lower bracket", gamma * equal_lower.subs(D, n + 1) ** 2 * d_0**2, cost,
        why="Γ = γ^{D+1}", at={"D": n + 1},
    )  # fmt: skip


@claim(equal_networks, b <= equal_upper, given=(Z3p.lower,), bounds=_DEEP, name="equal_upper")
def equal_from_above(equal_upper: Any) -> Iterator[Step]:
    """The scale b from above."""
    size = (equal_upper * d_0) ** (D + 1)  # |w|
    pull = ((d_0 + noise) / d_0) ** D * a_min * size
    yield Identity(
        "κ a_min (b d_0)^{D+1} = |c| at the upper bracket", pull.subs(D, n + 1), sp.sqrt(c_sq),
        why="κ a_min |w| <= |c|, since κ a_min|w|² <= w·c; κ = ((d_0 + σ²)/d_0)^D",
        at={"D": n + 1},
    )  # fmt: skip


attained, beta_attained, lower_tight, beta_tight, equal_lower_tight, equal_upper_tight = (
    stated("attained", "equality above where κa|w|² = τ",
           halfway_points, sp.Eq(tau, penalty_upper), bounds=_DEEP),
    stated("beta_attained", "and for β", halfway_points, sp.Eq(B, beta_upper), bounds=_DEEP),
    stated("lower_tight", "nearly equal below for weak data",
           weak_data, tau <= _CLOSE * penalty_lower, bounds=_DEEP),
    stated("beta_tight", "and for β", weak_data, _CLOSE * beta_lower >= B, bounds=_DEEP),
    stated("equal_lower_tight", "and for b", equal_weak, b <= _CLOSE * equal_lower, bounds=_DEEP),
    stated("equal_upper_tight", "nearly equal above for strong data",
           equal_strong, _CLOSE * b >= equal_upper, bounds=_DEEP),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("largest_eigenvalue", "a_max for a_min in the upper bracket of b",
         equal_networks, b <= equal_upper.expression.subs(a_min, a_max), bounds=_DEEP),
    twin("eighth", "8κ for 4κ in the upper bracket",
         noisy_stationary_points, tau <= energy / (8 * kappa), bounds=_DEEP),
    twin("one_root", "exponent 1/D for 1/(D-1) in the lower bracket",
         noisy_stationary_points, tau >= (Gamma / c_sq) ** (1 / D), bounds=_DEEP),
    twin("width_forgotten", "no 1/d_0 in the lower bracket of b",
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
    title="The size of every non-trivial solution lies in explicit brackets for D >= 2",
    statement=(
        r"D\ge 2:\quad \Bigl(\frac{Gg}{m^2|c|^2}\Bigr)^{\frac{D}{2(D-1)}}\le\beta\le"
        r"\Bigl(\frac{m^2c^TA_0^{-1}c}{4Gq}\Bigr)^{D/2},\quad "
        r"\frac1{d_0}\Bigl(\frac{\gamma}{|c|}\Bigr)^{\frac1{D-1}}\le b\le"
        r"\Bigl[\frac{|c|}{d_0(\sigma^2+d_0)^Da_{\min}}\Bigr]^{\frac1{D+1}}"
    ),
    normalisation="loss E(f - y)² + Σ γ|W|_F², no factor 1/2; noise averaged",
    source=Source("ziyin2022exact", "brackets of the solution (reconstructed, a_min derived)"),
    claims=(
        lower, upper, beta_from_below, beta_from_above, equal_from_below, equal_from_above,
        attained, beta_attained, lower_tight, beta_tight, equal_lower_tight, equal_upper_tight,
    ),
    controls=_twins,
    witnesses=(
        witness("unit", upper, "unit weights: τ = 1 at the upper end", unit_network),
    ),
    necessity=(needed(nonzero, lower, "the origin has τ = 0", _origin),),
    trainings=(Training("trained", "L-BFGS from many starts, D = 2, 3", _train, ()),),
    module=__name__,
)  # fmt: skip
