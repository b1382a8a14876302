r"""Two thresholds: weight decay destroys the solution after it has stopped being the best.

Statement
    Let $A_0 = aI$, $c ≠ 0$ and $(D-1)^{D-1} = 1$ for $D = 1$; losses are without $E y²$.

    Collapse.  No weights have $L < 0$ if

        |c|^{2D} ≤ Γ (κa)^{D-1} \frac{D^{2D}}{(D-1)^{D-1}},   [below]

    and the least $L$ of all is negative if $|c|^{2D}$ is greater than that.   [above]

    In particular, stationary weights with $L < 0$ have

        |c|^{2D} > Γ (κa)^{D-1} \frac{D^{2D}}{(D-1)^{D-1}}.   [negative]

    Aligned solutions with $κa|w|² = (D-1)τ$ have equality there, as high as the origin: $L = 0$.
    [tie, tie_value]

    Their size there is

        |w|^{2D} = Γ ((D-1)/(κa))^{D+1}:   [jump]

    for $D ≥ 2$ the best weights jump from zero.  For $D = 1$ they start from zero: aligned
    solutions have $κa|w| = |c| - Γ^{1/2}$.   [continuous]

    Birth.  At every stationary point with $w ≠ 0$, of any loss,

        |c|^{2D} ≥ Γ (κa)^{D-1} \frac{(2D)^{2D}}{(D-1)^{D-1} (D+1)^{D+1}},   [exists]

    with equality at aligned solutions with $(D+1)κa|w|² = (D-1)τ$, for $D ≥ 2$.   [born]

    In $Γ$ the thresholds differ by the factor $(D+1)^{D+1}/4^D = 1, 27/16, 4, 3125/256, ...$
    [ratio]

Notation
    $A_0$, $c$, $w$ and $M_D$ are those of Z0.  $|c|²$ (``cross_sq``), $Γ$, the product of all
    decays (``decay_product``), $κ = Π_i (1 + σ²/d_i)$ (``effective_covariance_factor``), $a$
    (``data_level``), $D$ hidden layers (``hidden_layers``), $|w|²$ (``effective_sq``), $τ$ the cost
    of a layer (``layer_penalty``); $L$ (``regularised_loss``), its certified minimum
    (``reduced_minimum``, which is the least $L$ by Z3p).  Aligned solutions are the stationary
    points of Z3.

Assumptions
    below     $|c|^{2D}$ is at most the collapse threshold.
    above     $|c|^{2D}$ is above it.
    negative  $L < 0$.  Without it, a solution may lie between the thresholds.
    nonzero   $w ≠ 0$: the origin is stationary for every $D ≥ 1$.

Proof
    AM-GM for $D-1$ terms $x/(D-1)$ and $D+1$ terms $y/(D+1)$, with $x = κa|w|²$:

        (D-1)^{D-1} (D+1)^{D+1} (x + y)^{2D} ≥ (2D)^{2D} x^{D-1} y^{D+1}.

    Collapse.  By Z3p.lower and Z5.level $L ≥ x + y - 2 w·c$ with $y = (D+1)(Γ|w|²)^{1/(D+1)}$, and
    $|w·c| ≤ |c||w|$ (Z5.cauchy).  With $t$ the collapse threshold, the right side of Z5.below, the
    inequality above says

        x + y ≥ 2|w|t^{1/(2D)},

    which is at least $2|c||w|$ if $|c|^{2D} ≤ t$: then $L ≥ 0$.

    Birth.  At a stationary point $w·c = U M_D Uᵀ + τ$ (Z4.at_rest) with $U M_D Uᵀ ≥ x$
    (Z8.reduced), and $τ^{D+1} ≥ Γ|w|²$ (Z5.dear).  So $|c||w| ≥ x + τ$, and the same inequality
    with $y = τ$ bounds $(x + τ)^{2D}$ from below by the birth threshold times $|w|^{2D}$.

    Aligned solutions have $|c||w| = x + τ$ and $τ^{D+1} = Γ|w|²$ (Z5.pull, Z5.cost); $x/τ$ is $D-1$
    at collapse, where $L = Dτ - w·c$ vanishes, and $(D-1)/(D+1)$ at birth.

    Unchecked remark: with $s = |w|$ they have

        |c| = κa s + Γ^{1/(D+1)} s^{-(D-1)/(D+1)},

    which grows without bound as $s → 0$ ($D ≥ 2$) or $s → ∞$, so that every $|c|$ above birth has a
    solution too.

Sharpness
    Each threshold is attained exactly; they coincide only for $D = 1$.

Implementation notes
    Exact networks between the thresholds are local but not global minima.  Stationary points with
    neurons switched off are included: Z5.exists speaks of the full loss.

References
----------
    certimin2026 (both thresholds); ziyin2022exact, ziyin2022phase (orders of the transition);
    kamber2026landscape has a critical decay for matrices with $Σ = I$, above which the unique
    end-to-end minimizer is zero: compare it with Z5.below for $D ≥ 2$ (abstract read only)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.weight_decay import loss_ge_reduced_problem as Z3p
from theorems.weight_decay import origin_is_minimum_of_deep as Z4
from theorems.weight_decay import small_starts_end_at_origin as Z8
from theorems.weight_decay.aligned import (
    isotropic_stationary,
    noisy_stationary_points,
    noisy_ties,
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
    hidden_layers,
    isotropic,
    isotropic_networks,
    layer_penalty,
    noisy_networks,
    noisy_output_power,
    regularised_loss,
)
from theorems.weight_decay.reduction import (
    data_level,
    decay_product,
    effective_sq,
    nonzero,
    reduced_minimum,
)
from theorems.weight_decay.training import NoisyProblem, trained_minimum
from verify.derivation import rules
from verify.theorem import (
    Assumption,
    Bounds,
    Claim,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    TrainedSolution,
    Training,
    claim,
    needed,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "birth", "collapse"]

# --- closed forms -------------------------------------------------------------------------------

loss, least, D, kappa, Gamma, a = symbols(
    regularised_loss,
    reduced_minimum,
    hidden_layers,
    effective_covariance_factor,
    decay_product,
    data_level,
)
c_sq, w_sq, energy, tau, decay, signal, power = symbols(
    cross_sq, effective_sq, effective_energy, layer_penalty, decay_input, effective_alignment,
    noisy_output_power,
)  # fmt: skip

collapse = Formula(
    "collapse",
    r"\Gamma(\kappa a)^{D-1}D^{2D}/(D-1)^{D-1}",
    Gamma * (kappa * a) ** (D - 1) * D ** (2 * D) * (D - 1) ** (1 - D),
)
birth = Formula(
    "birth",
    r"\Gamma(\kappa a)^{D-1}(2D)^{2D}/((D-1)^{D-1}(D+1)^{D+1})",
    Gamma * (kappa * a) ** (D - 1) * (2 * D) ** (2 * D) * (D - 1) ** (1 - D) * (D + 1) ** (-1 - D),
)
jump_size = Formula(
    "jump_size", r"\Gamma((D-1)/(\kappa a))^{D+1}", Gamma * ((D - 1) / (kappa * a)) ** (D + 1)
)

# --- settings and assumptions -------------------------------------------------------------------

any_solution = isotropic_stationary(
    "isotropic-stationary",
    "aligned stationary networks, A_0 = aI with κa|w|²/τ at random, some neurons switched off",
)
solutions = isotropic_stationary(
    "isotropic-solutions",
    "aligned stationary networks, A_0 = aI with κa|w|²/τ at random",
    all_active=True,
)
at_birth = isotropic_stationary(
    "isotropic-at-birth",
    "aligned stationary networks, A_0 = aI, κa|w|² = (D-1)τ/(D+1)",
    lambda D: Fraction(D - 1, D + 1),
)
shallow = isotropic_stationary(
    "isotropic-shallow", "aligned stationary networks, A_0 = aI, D = 1", lambda D: Fraction(3, 2)
)


@setting("isotropic-equal-decays", "isotropic-networks with one decay γ for all layers")
def equal_decays(draw: Draw) -> NoisyInstance:
    """Arbitrary weights, A_0 = aI, equal decays."""
    return isotropic(draw, equal_decays=True)


below = Assumption("below", c_sq**D <= collapse)
above = Assumption("above", c_sq**D > collapse)
above_birth = Assumption("above_birth", c_sq**D > birth)
negative_loss = Assumption("negative", loss < 0)
local_minimum = Assumption("local_minimum", (D + 1) * kappa * energy >= (D - 1) * tau)
above_square = Assumption("above_square", c_sq > decay**2)
below_square = Assumption("below_square", c_sq <= decay**2)

# --- claims and proofs: what they rest on --------------------------------------------------------

_DEEP, _JUMPING, _FLAT = Bounds((2, 4), (1, 3)), Bounds((3, 5), (1, 2)), Bounds((2, 2), (1, 3))
_THIN = ((2, 1, 1), (2, 2, 1), (2, 1, 2), (3, 1, 1, 1), (3, 2, 1, 1), (3, 1, 2, 2))
_ALIGNED = ((2, 1, 1), (3, 1, 1, 1), (3, 2, 1, 1), (3, 1, 2, 2), (4, 1, 1, 1, 1))
x = kappa * a * w_sq

level = stated(
    "level", "on isotropic data $wᵀA_0w = a|w|²$",
    isotropic_networks, sp.Eq(energy, a * w_sq), bounds=_DEEP, sizes=_THIN, check=True,
)  # fmt: skip
cauchy = stated(
    "cauchy", "$(w·c)²$ is at most $|c|²|w|²$",
    noisy_networks, c_sq * w_sq >= signal**2, bounds=_DEEP, sizes=_THIN, check=True,
)  # fmt: skip
dear = stated(
    "dear", "what the layers pay at a stationary point is at least what $w$ needs",
    noisy_stationary_points, tau ** (D + 1) >= Gamma * w_sq, stationary, bounds=_DEEP,
    sizes=((2, 1, 1, 1, 0), (2, 1, 1, 1, 1), (3, 1, 1, 1, 1, 1, 0)), check=True,
)  # fmt: skip
pull = stated(
    "pull", "aligned solutions have $|c||w| = κa|w|² + τ$",
    solutions, sp.Eq(c_sq * w_sq, (x + tau) ** 2), bounds=_DEEP, sizes=_ALIGNED, check=True,
)  # fmt: skip
cost = stated(
    "cost", "and pay as little as $w$ needs",
    solutions, sp.Eq(tau ** (D + 1), Gamma * w_sq), bounds=_DEEP, sizes=_ALIGNED, check=True,
)  # fmt: skip
unspread = stated(
    "unspread", "noise multiplies the power of their output by $κ$ alone",
    solutions, sp.Eq(power, x), bounds=_DEEP, sizes=_ALIGNED, check=True,
)  # fmt: skip
tie_share = stated(
    "tie_share", "at ties $κa|w|² = (D-1)τ$",
    noisy_ties, sp.Eq(x, (D - 1) * tau), bounds=_JUMPING, sizes=_ALIGNED[1:], check=True,
)  # fmt: skip
birth_share = stated(
    "birth_share", "at birth $κa|w|² = (D-1)τ/(D+1)$",
    at_birth, sp.Eq(x, (D - 1) / (D + 1) * tau), bounds=_JUMPING, sizes=_ALIGNED[1:], check=True,
)  # fmt: skip


def _mean(y: Any) -> rules.Fact:
    """(D-1)^{D-1} (x + y)^{2D} >= (2D)^{2D} (D+1)^{-D-1} x^{D-1} y^{D+1}."""
    return rules.scaled(rules.am_gm_pair(x, D - 1, y, D + 1), (D + 1) ** (-D - 1))


# --- claims and proofs: collapse -----------------------------------------------------------------

_quasi = (D + 1) * (Gamma * w_sq) ** (1 / (D + 1))


def _data_and_decay(lower: Claim, level: Claim) -> rules.Fact:
    """The loss is at least x + y - 2 w·c."""
    return rules.substituted(rules.given(lower), rules.given(level))


def _needed(collapse: Any) -> rules.Fact:
    """(x + y)^{2D} >= 4^D collapse |w|^{2D}."""
    mean = rules.cancelled(_mean(_quasi), rules.self_power(D - 1))
    return rules.rewritten(mean, (x + _quasi) ** (2 * D), 4**D * collapse * w_sq**D)


@claim(
    isotropic_networks, loss >= 0, below, given=(Z3p.lower, level, cauchy), bounds=_DEEP,
    name="below", formal=True,
)  # fmt: skip
def no_better(collapse: Any, lower: Claim, level: Claim, cauchy: Claim) -> Iterator[Step]:
    """At or below collapse no weights do better than zero."""
    reached = rules.scaled(rules.assumed(c_sq**D <= collapse), 4**D * w_sq**D)
    root = rules.raised(rules.transitive(_needed(collapse), rules.turned(reached)), 1 / D)
    square = rules.rewritten(root, (x + _quasi) ** 2, 4 * c_sq * w_sq)
    outer = rules.root(rules.transitive(square, rules.scaled(rules.given(cauchy), 4)), 2 * signal)
    kept = rules.added(outer, -2 * signal)
    yield rules.transitive(_data_and_decay(lower, level), kept)


better = stated(
    "above", "above it the minimum is negative",
    isotropic_networks, least < 0, above, given=(Z3p.minimum,), bounds=_DEEP,
)  # fmt: skip


@claim(
    any_solution, c_sq**D > collapse, negative_loss, given=(Z3p.lower, level, cauchy), bounds=_DEEP,
    formal=True,
)  # fmt: skip
def negative(collapse: Any, lower: Claim, level: Claim, cauchy: Claim) -> Iterator[Step]:
    """Stationary weights of negative loss need $|c|$ above collapse."""
    below = rules.transitive(rules.turned(rules.assumed(loss < 0)), _data_and_decay(lower, level))
    square = rules.raised(rules.added(below, 2 * signal), 2)
    above = rules.transitive(rules.scaled(rules.given(cauchy), 4), square)
    strict = rules.transitive(rules.raised(above, D), _needed(collapse))
    size = rules.raised(rules.factor(above, w_sq), D)
    yield rules.rewritten(rules.scaled(rules.cancelled(strict, size), 4 ** (-D)), c_sq**D, collapse)


@claim(
    noisy_ties, sp.Eq(c_sq**D, collapse), nonzero, given=(pull, cost, tie_share), bounds=_JUMPING,
    formal=True,
)  # fmt: skip
def tie(collapse: Any, pull: Claim, cost: Claim, tie_share: Claim) -> Iterator[Step]:
    """$|c|$ is at collapse where $κa|w|² = (D-1)τ$."""
    weight = D ** (2 * D) * (D - 1) ** (1 - D)
    yield _at_threshold(collapse, weight, D, pull, cost, tie_share)


def _at_threshold(
    threshold: Any, weight: Any, total: Any, pull: Claim, cost: Claim, share: Claim
) -> Step:
    """|c|^{2D} is the threshold where x is a share of τ.

    ``weight`` is what the threshold has beside Γ(κa)^{D-1}, ``total`` is (x + τ)/τ.
    """
    part = rules.given(share)
    whole = (total * tau) ** (2 * D)
    left = rules.raised(rules.substituted(rules.given(pull), part), D)
    left = rules.rewritten(left, c_sq**D * w_sq**D, whole)
    right = rules.multiplied(rules.raised(part, D - 1), rules.turned(rules.given(cost)))
    right = rules.rewritten(rules.scaled(right, weight), threshold * w_sq**D, whole)
    return rules.cancelled(rules.transitive(left, right), rules.raised(_solid(), D))


def _solid() -> rules.Fact:
    return rules.assumed(sp.Gt(w_sq, 0, evaluate=False))


@claim(
    noisy_ties,
    sp.Eq(loss, 0),
    stationary,
    given=(Z4.value, unspread, tie_share),
    bounds=_JUMPING,
    formal=True,
)
def tie_value(value: Claim, unspread: Claim, tie_share: Claim) -> Iterator[Step]:
    """The solution has loss zero there."""
    found = rules.substituted(rules.given(value), rules.given(unspread))
    yield rules.substituted(found, rules.given(tie_share))


@claim(
    noisy_ties,
    sp.Eq(w_sq**D, jump_size),
    nonzero,
    given=(cost, tie_share),
    bounds=_JUMPING,
    formal=True,
)
def jump(jump_size: Any, cost: Claim, tie_share: Claim) -> Iterator[Step]:
    """Its size there, positive for $D ≥ 2$."""
    powers = rules.raised(rules.given(tie_share), D + 1)
    paid = rules.scaled(rules.given(cost), (D - 1) ** (D + 1))
    paid = rules.rewritten(paid, ((D - 1) * tau) ** (D + 1), (D - 1) ** (D + 1) * Gamma * w_sq)
    sizes = rules.cancelled(rules.transitive(powers, paid), _solid())
    scaled = rules.scaled(sizes, (kappa * a) ** (-D - 1))
    yield rules.rewritten(scaled, w_sq**D, jump_size)


shallow_cost = stated(
    "shallow_cost", "one hidden layer: $τ² = Γ|w|²$",
    shallow, sp.Eq(tau**2, Gamma * w_sq), bounds=_FLAT, sizes=((2, 1, 1), (2, 2, 1), (2, 1, 2)),
    check=True,
)  # fmt: skip


@claim(
    shallow, sp.Eq(kappa * a * sp.sqrt(w_sq), sp.sqrt(c_sq) - sp.sqrt(Gamma)), nonzero,
    given=(pull, shallow_cost), bounds=_FLAT, formal=True,
)  # fmt: skip
def continuous(pull: Claim, shallow_cost: Claim) -> Iterator[Step]:
    """One hidden layer: $κa|w| = |c| - Γ^{1/2}$ at aligned solutions."""
    half = sp.S.Half
    ends = rules.raised(rules.given(pull), half)
    ends = rules.substituted(ends, rules.raised(rules.given(shallow_cost), half))
    ends = rules.cancelled(ends, rules.raised(_solid(), half))
    shifted = rules.added(ends, -sp.sqrt(Gamma))
    yield rules.rewritten(
        rules.turned(shifted), kappa * a * sp.sqrt(w_sq), sp.sqrt(c_sq) - sp.sqrt(Gamma)
    )


# --- claims and proofs: birth --------------------------------------------------------------------


@claim(
    any_solution, c_sq**D >= birth, nonzero,
    given=(Z4.at_rest, Z8.reduced, level, cauchy, dear), bounds=_DEEP, formal=True,
)  # fmt: skip
def exists(
    birth: Any, at_rest: Claim, reduced: Claim, level: Claim, cauchy: Claim, dear: Claim
) -> Iterator[Step]:
    """Non-trivial stationary points have $|c|$ at or above birth."""
    data = rules.added(rules.substituted(rules.given(reduced), rules.given(level)), tau)
    square = rules.raised(rules.transitive(rules.given(at_rest), data), 2)
    reached = rules.raised(rules.transitive(rules.given(cauchy), square), D)
    mean = rules.cancelled(_mean(tau), rules.self_power(D - 1))
    paid = rules.scaled(rules.given(dear), x ** (D - 1))
    paid = rules.cancelled(paid, rules.self_power(D - 1))
    paid = rules.scaled(paid, (2 * D) ** (2 * D) * (D + 1) ** (-D - 1))
    total = rules.transitive(reached, mean, paid)
    total = rules.rewritten(total, c_sq**D * w_sq**D, birth * w_sq**D)
    yield rules.cancelled(total, rules.raised(_solid(), D))


@claim(
    at_birth, sp.Eq(c_sq**D, birth), nonzero, given=(pull, cost, birth_share), bounds=_JUMPING,
    formal=True,
)  # fmt: skip
def born(birth: Any, pull: Claim, cost: Claim, birth_share: Claim) -> Iterator[Step]:
    """$|c|$ is at birth where $κa|w|² = (D-1)τ/(D+1)$."""
    weight = (2 * D) ** (2 * D) * (D - 1) ** (1 - D) * (D + 1) ** (-D - 1)
    yield _at_threshold(birth, weight, 2 * D / (D + 1), pull, cost, birth_share)


@claim(
    isotropic_networks,
    sp.Eq(4**D * collapse, (D + 1) ** (D + 1) * birth),
    bounds=_DEEP,
    formal=True,
)
def ratio(birth: Any, collapse: Any) -> Iterator[Step]:
    """The two thresholds differ by $(D+1)^{D+1}/4^D$."""
    yield Identity("ratio of the thresholds", 4**D * collapse, (D + 1) ** (D + 1) * birth)


# --- instances ----------------------------------------------------------------------------------


def _strong() -> NoisyInstance:
    """The unit network with A_0 a tenth: the loss is negative."""
    weak = unit_network()
    return replace(weak, sigma=weak.arithmetic.matrix([[Fraction(1, 640)]]))


def _at_rest(level: Fraction, cross: int, decay: int) -> NoisyInstance:
    """D = 2, widths 2, σ² = 1, equal decays, A_0 = level, zero weights."""
    zero = [[0, 0], [0, 0]]
    return NoisyInstance.exact([[[0], [0]], zero, [[0, 0]]], [[level]], [[cross]], [decay] * 3, 1)


def _local_only() -> NoisyInstance:
    """Widths 1, a = c = 1, σ² = 0, w = 3/7: Γ^{1/3} = 0.4309, loss 3/49 > 0, a local minimum."""
    w, cost = Fraction(3, 7), Fraction(12, 49)  # w + τ/w = 1
    return NoisyInstance.exact([[[w]], [[1]], [[1]]], [[1]], [[1]], [cost / w**2, cost, cost], 0)


# --- false twins --------------------------------------------------------------------------------

_TWO = Bounds((3, 3), (2, 3))
_twins = (
    twin("square_suffices", "$D = 2$, equal decays: $|c|² > γ²$ makes the minimum negative",
         equal_decays, least < 0, above_square, bounds=_TWO),
    twin("square_needed", "$D = 2$, equal decays: $|c|² ≤ γ²$ makes the origin the minimum",
         equal_decays, sp.Eq(least, 0), below_square, bounds=_TWO,
         known=lambda: [_at_rest(Fraction(1, 64), 1, 1)]),
    twin("born_global", "a solution is global as soon as it exists",
         isotropic_networks, least < 0, above_birth, bounds=_TWO,
         known=lambda: [_local_only()]),
    twin("always_global", "the best non-trivial stationary point is always global for $D = 2$",
         any_solution, loss <= 0, local_minimum, bounds=_TWO,
         known=lambda: [_local_only()]),
    twin("one_threshold", "solutions exist only above collapse",
         any_solution, c_sq**D >= collapse, bounds=_TWO),
    twin("noise_forgotten", "$a$ for $κa$ in the collapse threshold",
         noisy_ties, sp.Eq(c_sq**D, collapse.expression.subs(kappa, 1)), bounds=_TWO),
    twin("no_jump", "the solution starts from zero for $D = 2$",
         noisy_ties, sp.Eq(w_sq, 0, evaluate=False), bounds=_TWO),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Many starts at 0.9, 1.1 and 1.3 times the |c| of collapse, D = 1, 2, 3 in turn."""
    rng = np.random.default_rng(seed + 5)
    for run in range(runs):
        share, size = (0.9, 1.1, 1.3)[run % 3], 1 + run % 3
        problem = _problem(rng, size, share)
        label = f"run {run}, D = {size}, {share} of collapse"
        yield trained_minimum(rng, problem, [2] * (size + 1) + [1], label)


def _problem(rng: np.random.Generator, size: int, share: float) -> NoisyProblem:
    """D = size, A_0 = I/2, widths 2, σ² = 1/2 and |c| a multiple of its value at collapse."""
    decays = (0.3 * np.exp(0.3 * rng.standard_normal(size + 1))).tolist()
    level = 0.5 * (1 + 0.5 / 2) ** size  # κa
    ratio = size ** (2 * size) / max(size - 1, 1) ** (size - 1)
    critical = (math.prod(decays) * level ** (size - 1) * ratio) ** (1 / (2 * size))
    cross = rng.standard_normal((1, 2))
    cross *= share * critical / np.linalg.norm(cross)
    return NoisyProblem(0.5 * np.eye(2), cross, decays, 0.5)


THEOREM = Theorem(
    id="Z5",
    title="Isotropic data have two thresholds: for existence and for global minimality",
    normalisation="loss $E(f - y)² + Σ_i γ_i|W^{(i)}|_F²$, no factor 1/2; noise averaged; "
    "$E y²$ left out",
    source=Source("certimin2026", "two thresholds; the transitions after ziyin2022phase"),
    claims=(
        no_better, better, negative, tie, tie_value, jump, continuous, exists, born, ratio,
        level, cauchy, dear, pull, cost, unspread, tie_share, birth_share, shallow_cost,
    ),
    controls=_twins,
    witnesses=(
        witness("tie", tie_value, "unit weights, $D = 2$, exactly at collapse", unit_network),
        witness("at_rest", no_better, "the same point: loss 0 at the tie", unit_network),
        witness("local", exists, "between the thresholds: local only", _local_only),
    ),
    necessity=(
        needed(below, no_better, "weaker data term: the loss is negative", _strong),
        needed(above, better, "at collapse the minimum is 0", unit_network),
        needed(negative_loss, negative, "between the thresholds: loss 3/49", _local_only),
        needed(nonzero, exists, "the origin is stationary for weak data",
               lambda: _at_rest(Fraction(1), 1, 4)),
    ),
    trainings=(
        Training("trained", "L-BFGS from many starts on both sides of collapse, $D = 1, 2, 3$",
                 _train, (no_better, better)),
    ),
    module=__name__,
)  # fmt: skip
