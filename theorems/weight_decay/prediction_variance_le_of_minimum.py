r"""At the global minimum the prediction varies with the noise by (κ-1)(w·x)², whatever the decay.

Statement
    Let $κ = Π_i (1 + σ²/d_i)$.

    At global minima of the noise-averaged loss, for all decays,

        $Var_ε f(x) = (κ-1)(w·x)²$ for every input $x$,   [pointwise]
        E_x Var_ε f(x) = (κ-1) wᵀA_0w,   [average]
        E_x Var_ε f(x) ≤ \frac{κ-1}{κ²} cᵀA_0⁻¹c.   [bound]

    So it vanishes as $κ → 1$ and as $κ → ∞$:

        E_x Var_ε f(x) ≤ (κ-1) cᵀA_0⁻¹c,   [wide]
        E_x Var_ε f(x) ≤ cᵀA_0⁻¹c / κ.   [noisy]

    At stationary points

        E_x Var_ε f(x) ≤ cᵀA_0⁻¹c / 4.   [quarter]

    With decays of $10^{-9}$ both constants are attained up to $10^{-7}$, $(κ-1)/κ²$ at any $κ$
    [small_decay] and 1/4 at $κ = 2$ [half].

    The minima are those constructed (rank-one layers along signs, $a_max ≤ (D+1)a_min$ and
    $(D-1)τ ≤ κ wᵀA_0w$); rivals drawn beside them are no lower.   [global]

Notation
    $f$ is the network of Z0 and $A_0$, $c$, $w$, $M_D$ are defined there; $a_min$ and $a_max$ are
    the extreme eigenvalues of $A_0$, $τ$ is the cost of a layer.  $E_x Var_ε f$
    (``prediction_variance``), $κ$ (``effective_covariance_factor``), $wᵀA_0w$
    (``effective_energy``), $cᵀA_0⁻¹c$ (``explained_power``).

Assumptions
    global_minimum  used in $U M_D Uᵀ = κ wᵀA_0w$: all neurons of a layer share the work.  Without
                    it, one neuron of two at work has a variance above the first bound.
    stationary      used in the second bound: $U M_D Uᵀ ≤ w·c$.  Without it the variance is
                    unbounded.

Proof
    The output has mean $w·x$ over the noise and, averaged over $x$ too, the power $U M_D Uᵀ$ (Z0),
    so that

        E_x Var_ε f(x) = U M_D Uᵀ - wᵀA_0w.

    Equality.  A global minimum costs no more than aligned weights of the same map $w$ (Z7.spent),
    which cost the reduced objective (Z3p.attained); data and decay each cost no less than their
    part of it (Z3p.data, Z3p.decay).  So both are equal to it: $U M_D Uᵀ = κ wᵀA_0w$, and the
    variance is $(κ-1) wᵀA_0w$.  At the constructed minima all neurons of a layer contribute the
    same, whatever the input, and the same holds with $xxᵀ$ for $A_0$ (Z7.pointwise).

    Bounds.  For any number $t$

        0 ≤ (c - tA_0w)ᵀA_0⁻¹(c - tA_0w) = cᵀA_0⁻¹c - 2t w·c + t² wᵀA_0w.

    At a stationary point $U M_D Uᵀ = w·c - τ$ with $τ ≥ 0$ (Z1.common), so $w·c ≥ U M_D Uᵀ$.  At
    global minima $t = κ$ gives $cᵀA_0⁻¹c ≥ κ² wᵀA_0w$ (Z7.explained), which is the first bound; it
    implies the next two as $κ ≥ 1$.  At every stationary point $t = 2$ gives that the variance is
    at most $cᵀA_0⁻¹c/4$.

    A remark: with equal widths and $t = σ²/d$ the constant $(κ-1)/κ²$ is
    $(1+t)^{-2D}((1+t)^D - 1)$: $Dt + O(t²)$ as $t → 0$, and $(1+t)^{-D}(1 + o(1))$ as
    $(1+t)^D → ∞$.

Sharpness
    No constant improves: both bounds are approached within $10^{-7}$ at decays of $10^{-9}$.

Implementation notes
    The variance at every $x$ is pulled back through the layers from $UᵀU$; its average over $x$ is
    pushed forward from $A_0$.  The two routes share nothing.  That the constructed minima are
    global is certified, and Z7.global tries rivals on them.

References
----------
    ziyin2022exact (prediction variance at the global minimum; reconstructed).  That it vanishes
    with the noise, the width or the depth is said in the abstract of the first version, arXiv
    2202.04777v1 of February 2022, and not in that of v7.  The second bound at every stationary
    point is derived here
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.networks import LinearNetwork
from numeric.regularised import noisy_moments, regularised_excess
from theorems.quantities import compared, symbols
from theorems.recipes import Draw, setting
from theorems.weight_decay import layer_penalties_eq_of_stationary as Z1
from theorems.weight_decay import loss_ge_reduced_problem as Z3p
from theorems.weight_decay.aligned import (
    aligned_networks,
    drawn_minimum,
    global_minimum,
    noisy_global_minima,
    noisy_stationary_points,
    stationary,
)
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_alignment,
    effective_covariance_factor,
    effective_energy,
    explained_power,
    layer_penalty_max,
    noise_factor_undivided,
    noisy_networks,
    noisy_output_power,
    regularised_loss,
)
from theorems.weight_decay.training import certified_distance, drawn_start, known_minimum, matched
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

# --- instances, settings and quantities ---------------------------------------------------------

_TINY = Fraction(1, 10**9)


@setting("small-decay-minima", "global minima whose decay pays 1e-9 of κ wᵀA_0w", exists=True)
def small_decay_minima(draw: Draw) -> NoisyInstance:
    """Where the first bound is attained in the limit."""
    shape = draw.widths(draw.depth())
    noise = draw.number(0, 2) + draw.arithmetic.scalar(Fraction(1, 8))
    return drawn_minimum(draw, shape, noise, _TINY)


@setting(
    "half-noise-minima",
    "global minima with widths mD, ..., m(2D-1) and σ² = m, so that κ = 2",
    exists=True,
)
def half_noise_minima(draw: Draw) -> NoisyInstance:
    """Where the second bound is attained in the limit: Π (n+1)/n over n = D, ..., 2D-1 is 2."""
    D, m, d_x = draw.integer(1, 2), draw.integer(1, 2), draw.width()
    shape = [d_x, *(m * n for n in range(D, 2 * D))]
    return drawn_minimum(draw, shape, draw.arithmetic.scalar(m), _TINY)


@dataclass(frozen=True, eq=False)
class Contest(NoisyInstance):
    """A noisy network and other weights for the same data."""

    rival: tuple[Any, ...]


@setting("contests", "constructed global minima, and rivals some way from them")
def contests(draw: Draw) -> Contest:
    """A global minimum with a rival near or far."""
    minimum, far = draw.of(noisy_global_minima), draw.number(0, 1)
    steps = [draw.matrix(W.shape[-2], W.shape[-1]) for W in minimum.weights]
    pairs = zip(minimum.weights, steps, strict=True)
    rival = tuple(W + draw.arithmetic.scale(far, step) for W, step in pairs)
    return Contest.beside(minimum, rival=rival)


@setting("mirrored-minima", "constructed global minima, and these with both first layers times -1")
def mirrored_minima(draw: Draw) -> Contest:
    """A global minimum with a rival that computes the same, also under noise."""
    minimum = draw.of(noisy_global_minima)
    first, second, *later = minimum.weights
    return Contest.beside(minimum, rival=(-first, -second, *later))


@quantity("rival_loss", r"\mathcal{L}(W') - E y^2", positive=False)
def rival_loss(instance: Contest) -> Any:
    """Regularised loss of the rival weights."""
    net = LinearNetwork(instance.arithmetic, instance.rival)
    return regularised_excess(net, *instance.data)


@compared(
    "pointwise_variance_gap",
    r"\delta(\operatorname{Var}_\varepsilon f)",
    r"\operatorname{Var}_\varepsilon f(x) = (\kappa-1)(w\cdot x)^2\quad(\text{every }x)",
)
def pointwise_variance_gap(instance: NoisyInstance) -> tuple[Any, Any]:
    """V + w wᵀ against κ w wᵀ, where Var_ε f(x) = xᵀVx for every x."""
    ar, w = instance.arithmetic, instance.net.end_to_end
    pulled = instance.weights[-1].mT @ instance.weights[-1]
    for W in instance.weights[-2::-1]:
        noisy = pulled + ar.scale(instance.noise_variance, ar.diagonal(pulled))
        pulled = W.mT @ noisy @ W
    return pulled, ar.scale(effective_covariance_factor.measure(instance), w.mT @ w)


@quantity("noise_sum", r"\textstyle\sum_i\sigma^2/d_i", positive=False)
def noise_sum(instance: NoisyInstance) -> Any:
    """Σ_i σ²/d_i, the first order of κ - 1 (a control)."""
    return sum(
        (instance.noise_variance / d for d in instance.hidden_widths),
        start=instance.arithmetic.scalar(0),
    )


# --- closed forms -------------------------------------------------------------------------------

V_gap, kappa, power, best, output, signal, paid = symbols(
    pointwise_variance_gap,
    effective_covariance_factor,
    effective_energy,
    explained_power,
    noisy_output_power,
    effective_alignment,
    layer_penalty_max,
)
prediction_variance = expanded(
    "prediction_variance", r"E_x\operatorname{Var}_\varepsilon f(x)",
    "E_x Var_ε f(x) = U M_D Uᵀ - wᵀA_0w.", output - power, positive=False,
)  # fmt: skip
noise_excess = expanded(
    "noise_excess", r"(\kappa-1)", "κ - 1 >= 0, what noise adds to the covariance.", kappa - 1
)
V, more, value = symbols(prediction_variance, noise_excess, Z3p.reduced_value)
kappa_thin, first_order, rival, lowest = symbols(
    noise_factor_undivided, noise_sum, rival_loss, regularised_loss
)
variance_at_minimum = Formula("variance_at_minimum", r"(\kappa-1)w^TA_0w", (kappa - 1) * power)
variance_bound = Formula(
    "variance_bound", r"\frac{\kappa-1}{\kappa^2}c^TA_0^{-1}c", (kappa - 1) / kappa**2 * best
)
variance_quarter = Formula("variance_quarter", r"\tfrac14c^TA_0^{-1}c", best / 4)

# --- claims and proofs --------------------------------------------------------------------------

_DEEP, _SMALL = Bounds((2, 4), (1, 3)), Bounds((2, 3), (1, 2))
_CLOSE = 1 - sp.Rational(1, 10**7)

pointwise = stated(
    "pointwise", "the variance is $(κ-1)(w·x)²$ at every input",
    noisy_global_minima, sp.Eq(V_gap, 0), global_minimum, bounds=_DEEP,
)  # fmt: skip
aligned = stated(
    "aligned", "so it is on aligned networks, whatever the data and the decays",
    aligned_networks, sp.Eq(V_gap, 0), bounds=_DEEP, check=True,
    sizes=((2, 2, 3), (3, 2, 2, 2, 0, 1, 1, 0), (4, 2, 1, 2, 2)),
)  # fmt: skip
spent = stated(
    "spent", "a global minimum costs no more than aligned weights of the same map",
    noisy_global_minima, lowest <= value, global_minimum, bounds=_DEEP, check=True,
)  # fmt: skip
regression = stated(
    "regression", "what regression explains, against $κ$ times what the map does",
    noisy_networks, best >= 2 * kappa * signal - kappa**2 * power, bounds=_DEEP, check=True,
    sizes=((2, 1, 2), (3, 1, 2, 2)),
)  # fmt: skip
regression_twice = stated(
    "regression_twice", "what regression explains, against twice what the map does",
    noisy_networks, best >= 4 * signal - 4 * power, bounds=_DEEP, check=True,
    sizes=((2, 1, 2), (3, 1, 2, 2)),
)  # fmt: skip
factor = stated(
    "factor", "noise does not shrink the covariance",
    noisy_networks, kappa >= 1, bounds=_DEEP, check=True, sizes=((2, 1, 3), (3, 1, 2, 3)),
)  # fmt: skip
payments = stated(
    "payments", "a layer's payment is not negative",
    noisy_networks, sp.Ge(paid, 0, evaluate=False), bounds=_DEEP, check=True,
    sizes=((2, 2, 2), (3, 2, 2, 2)),
)  # fmt: skip


@claim(
    noisy_global_minima, sp.Eq(V, variance_at_minimum), global_minimum,
    given=(spent, Z3p.data, Z3p.decay, Z3p.parts), bounds=_DEEP,
)  # fmt: skip
def average(spent: Claim, data: Claim, decay: Claim, parts: Claim) -> Iterator[Step]:
    """Its mean over inputs."""
    x = sp.Symbol("x", real=True)
    mapped = rules.turned(rules.definition(Z3p.decayed_map))
    objective = rules.substituted(rules.definition(Z3p.reduced_value), mapped)
    quasi_norm = rules.substituted(rules.given(decay), mapped)
    at_least = rules.increasing(quasi_norm, lambda cost: output - 2 * signal + cost, x)
    chain = rules.transitive(
        rules.turned(objective), rules.given(spent), rules.given(parts), at_least
    )
    rest = 2 * signal - quasi_norm.conclusion.rhs
    at_most = rules.increasing(chain, lambda cost: cost + rest, x)
    equal = rules.squeezed(rules.given(data), at_most)
    varied = rules.increasing(equal, lambda second: second - power, x)
    yield rules.transitive(rules.definition(prediction_variance), varied)


@claim(
    noisy_global_minima, best >= kappa**2 * power, global_minimum,
    given=(regression, average, Z1.common, payments), bounds=_DEEP, check=True,
)  # fmt: skip
def explained(regression: Claim, average: Claim, common: Claim, payments: Claim) -> Iterator[Step]:
    """Regression explains at least $κ²$ times the power of the minimum."""
    x = sp.Symbol("x", real=True)
    varied = rules.transitive(
        rules.turned(rules.definition(prediction_variance)), rules.given(average)
    )
    second = rules.increasing(varied, lambda spread: spread + power, x)
    reached = rules.transitive(_signal(common, payments), second)
    twice = rules.increasing(
        rules.scaled(reached, 2 * kappa), lambda gain: gain - kappa**2 * power, x
    )
    yield rules.transitive(rules.given(regression), twice)


def _signal(common: Claim, payments: Claim) -> rules.Fact:
    """w·c >= U M_D Uᵀ: the difference is what a layer pays."""
    x = sp.Symbol("x", real=True)
    left = rules.transitive(rules.turned(rules.given(common)), rules.given(payments))
    return rules.increasing(left, lambda rest: rest + output, x)


@claim(
    noisy_global_minima, variance_bound >= V, global_minimum, given=(average, explained),
    bounds=_DEEP,
)  # fmt: skip
def bound(average: Claim, explained: Claim) -> Iterator[Step]:
    """At most $(κ-1)/κ²$ of what linear regression explains."""
    yield _written_in_kappa(_bound(explained), average)


@claim(
    noisy_global_minima, (kappa - 1) * best >= V, global_minimum, given=(average, explained),
    bounds=_DEEP,
)  # fmt: skip
def wide(average: Claim, explained: Claim) -> Iterator[Step]:
    """It vanishes with the noise on each neuron, as $κ - 1$."""
    yield _written_in_kappa(_loosened(more * best, _bound(explained)), average)


@claim(
    noisy_global_minima, best / kappa >= V, global_minimum, given=(average, explained),
    bounds=_DEEP,
)  # fmt: skip
def noisy(average: Claim, explained: Claim) -> Iterator[Step]:
    """It vanishes with much noise and many layers, as $1/κ$."""
    yield _written_in_kappa(_loosened(best / (1 + more), _bound(explained)), average)


def _bound(explained: Claim) -> rules.Fact:
    """(κ-1)/κ² cᵀA_0⁻¹c >= (κ-1) wᵀA_0w, with 1 + (κ-1) for κ."""
    x = sp.Symbol("x", real=True)
    parted = rules.turned(
        rules.increasing(rules.definition(noise_excess), lambda excess: 1 + excess, x)
    )
    known = rules.substituted(rules.given(explained), parted)
    return rules.scaled(known, more / (1 + more) ** 2)


def _loosened(larger: Any, fact: rules.Fact) -> rules.Fact:
    """A fact with what is larger than its larger side."""
    x, old = sp.Symbol("x", real=True), fact.conclusion.lhs
    gap = Condition("what is given away", larger - old, ">=")
    return rules.transitive(rules.increasing(gap, lambda room: room + old, x), fact)


def _written_in_kappa(fact: rules.Fact, average: Claim) -> rules.Fact:
    """A fact about (κ-1) wᵀA_0w as one about the variance."""
    known = rules.substituted(fact, rules.definition(noise_excess))
    return rules.transitive(known, rules.turned(rules.given(average)))


@claim(
    noisy_stationary_points, variance_quarter >= V, stationary,
    given=(Z1.common, payments, regression_twice), bounds=_DEEP, formal=True,
)  # fmt: skip
def quarter(common: Claim, payments: Claim, regression_twice: Claim) -> Iterator[Step]:
    """At most a quarter of it, at every stationary point."""
    x = sp.Symbol("x", real=True)
    room = rules.increasing(_signal(common, payments), lambda gain: gain - power, x)
    variance = rules.transitive(room, rules.turned(rules.definition(prediction_variance)))
    fourth = rules.scaled(rules.given(regression_twice), sp.Rational(1, 4))
    yield rules.transitive(fourth, variance)


small_decay = stated(
    "small_decay", "the first bound is attained as the decay vanishes",
    small_decay_minima, _CLOSE * variance_bound <= V, global_minimum, bounds=_DEEP,
)  # fmt: skip
half = stated(
    "half", "the second bound is attained as the decay vanishes, at $κ = 2$",
    half_noise_minima, _CLOSE * variance_quarter <= V, global_minimum, bounds=_SMALL,
)  # fmt: skip
no_rival = stated(
    "global", "no rival is lower", contests, rival >= lowest, global_minimum, bounds=_SMALL
)
mirrored = stated(
    "mirrored", "its mirror images are as low",
    mirrored_minima, sp.Eq(rival, lowest), global_minimum, bounds=_SMALL, check=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _lazy_neuron(cost: Fraction) -> NoisyInstance:
    """Stationary, one neuron of two at work: σ² = 1, U M_1 Uᵀ = 2, variance 1, c = 2 + τ."""
    return NoisyInstance.exact([[[1], [0]], [[1, 0]]], [[1]], [[2 + cost]], [cost] * 2, 1)


_twins = (
    twin("any_weights", "$(κ-1) wᵀA_0w$ at any weights",
         noisy_networks, sp.Eq(V, (kappa - 1) * power), bounds=_DEEP),
    twin("any_stationary", "the first bound at every stationary point",
         noisy_stationary_points, V <= (kappa - 1) / kappa**2 * best, stationary, bounds=_DEEP,
         known=lambda: [_lazy_neuron(Fraction(1, 100))]),
    twin("cube", "$κ³$ for $κ²$",
         noisy_global_minima, V <= (kappa - 1) / kappa**3 * best, global_minimum, bounds=_DEEP),
    twin("eighth", "1/8 for 1/4",
         half_noise_minima, V <= best / 8, global_minimum, bounds=_DEEP),
    twin("without_widths", "$(1+σ²)^D$ for $κ$: width does not average",
         noisy_global_minima, sp.Eq(V, (kappa_thin - 1) * power), global_minimum, bounds=_DEEP),
    twin("first_order", "$Σ_i σ²/d_i$ for $κ-1$: layers add up",
         noisy_global_minima, sp.Eq(V, first_order * power), global_minimum, bounds=_DEEP),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_STEPS, _RATE = 700, 0.08


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent towards a global minimum known exactly; the variance reached.

    Allowed: U M_D Uᵀ and wᵀA_0w are quadratic in each layer and at most κ_1|A_0| Π|W_i|² and
    |A_0| Π|W_i|², κ_1 = (1 + σ²)^D.  Layers of norm at most m change them over a distance δ by at
    most 2(D+1)(κ_1 + 1)|A_0| m^{2D+1} δ.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        D, noise = 1 + run % 3, Fraction(1, 2)
        problem, minimum = known_minimum(D, 2, noise, Fraction(1, 4))
        start = [W / 2 for W in drawn_start(rng, [2, *([4] * D), 1])]
        descent = problem.descend(start, _RATE, steps=_STEPS, tolerance=1e-9)
        weights = [W[0] for W in descent.weights]
        if float(problem.loss(weights)) > -0.1:
            continue  # trapped at the origin (Z8), or diverged
        beside = matched(minimum, weights)
        distance = certified_distance(weights, beside)
        m = max(float(np.linalg.norm(W)) for W in weights) + float(distance)
        predicted = float(prediction_variance.measure(beside))
        spread = 2 * (D + 1) * (1.5**D + 1) * float(np.linalg.norm(problem.sigma, 2))
        allowed = spread * m ** (2 * D + 1) * float(distance) / predicted
        net = problem.network(weights)
        moment = noisy_moments(net, problem.sigma, problem.noise_variance)[-1]
        U, w = net.weights[-1], net.end_to_end
        measured = float((U @ moment @ U.T - w @ problem.sigma @ w.T)[0, 0])
        yield TrainedSolution(
            f"run {run}, D = {D}, widths 4, {descent.steps} steps",
            beside,
            distance,
            (Measurement("prediction variance", predicted, measured, allowed),),
        )


THEOREM = Theorem(
    id="Z7",
    title="At the global minimum the variance of the prediction is bounded whatever the decay",
    normalisation="$L = E(f - y)² + Σ_i γ_i|W^{(i)}|_F² + γ_u|U|²$, no factors 1/2; "
    "$A_0 = E xxᵀ ≻ 0$",
    source=Source("ziyin2022exact", "prediction variance at the global minimum (reconstructed)"),
    claims=(
        pointwise, aligned, spent, regression, regression_twice, factor, payments,
        average, explained, bound, wide, noisy, quarter, small_decay, half, no_rival, mirrored,
    ),
    controls=_twins,
    witnesses=(
        witness("two_neurons", bound,
                "two neurons, $σ² = 1$, $κ = 3/2$: variance 1/2, $c = 3/2 + 1/8$",
                lambda: NoisyInstance.exact(
                    [[[Fraction(1, 2)]] * 2, [[1, 1]]], [[1]], [[Fraction(13, 8)]],
                    [Fraction(1, 4), Fraction(1, 16)], 1)),
        witness("lazy", quarter, "stationary, one neuron of two at work",
                lambda: _lazy_neuron(Fraction(1, 8))),
    ),
    necessity=(
        needed(global_minimum, bound, "one neuron of two at work: variance $1 > (2/9)(201/100)²$",
               lambda: _lazy_neuron(Fraction(1, 100))),
        needed(stationary, quarter, "weights 1, $A_0 = 1$, $c = 1$, $σ² = 1$: variance $1 > 1/4$",
               lambda: NoisyInstance.exact([[[1]], [[1]]], [[1]], [[1]], [1, 1], 1)),
    ),
    trainings=(
        Training("trained",
                 "gradient descent on the averaged loss, ended beside a known global minimum",
                 _train, (average, bound)),
    ),
    module=__name__,
)  # fmt: skip
