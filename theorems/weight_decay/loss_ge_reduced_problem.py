r"""Noise only rescales the covariance, and decay through D+1 layers is a 2/(D+1) quasi-norm.

Statement
    Let $w = (U W^{(D)} ⋯ W^{(1)})ᵀ$, $κ = Π_i (1 + σ²/d_i)$ and $Γ = γ_u Π_i γ_i$.

    At any weights

        L(W) - E y² ≥ κ wᵀA_0w - 2 w·c + (D+1)(Γ|w|²)^{1/(D+1)},   [lower]

    with equality at aligned weights for any $w ≠ 0$, decays and data [attained].  So no weights do
    better than the minimum of the right side over $w$ [minimum], which exact global minima reach
    [reached]; the widths enter through $κ$ alone.

    If $σ² > 0$ the inequality is strict unless all neurons of the last hidden layer contribute the
    same, $u_j W^{(D)}_j W^{(D-1)} ⋯ W^{(1)} = wᵀ/d_D$.   [strict]

    Two parts make it up, that noise does no less than to rescale the covariance and, for the
    layers' payments $γ_i|W^{(i)}|²$, that their sum is no less than a quasi-norm of the map:

        U M_D Uᵀ ≥ κ wᵀA_0w,   [data]
        Σ_i γ_i|W^{(i)}|² ≥ (D+1)(Γ|w|²)^{1/(D+1)}.   [decay]

Notation
    $A_0$, $c$, $M_D$ and the noise of variance $σ²$ are those of Z0, the $d_i$ the hidden widths;
    sums and products of payments run over the output row too.  $D$ (``hidden_layers``), $κ$
    (``effective_covariance_factor``), $Γ$ (``decay_product``), $wᵀA_0w$ (``effective_energy``),
    $w·c$ (``effective_alignment``), $|w|²$ (``effective_sq``); $L - E y²$ (``regularised_loss``);
    the minimum over $w$ (``reduced_minimum``); the right side of the first inequality is called
    the reduced objective, its minimisation the reduced problem.

Assumptions
    None for the inequality; two for its strictness.

    noisy    $σ² > 0$: without noise only the sum of the contributions matters.
    unequal  the contributions of two neurons of the last hidden layer differ.

Proof
    By Z0 the loss without $E y²$ is $U M_D Uᵀ - 2 w·c + Σ_i γ_i|W^{(i)}|²$ (Z3p.parts).

    Data, one layer at a time, the last first.  With $M = M_{D-1}$, the contributions
    $s_j = u_jW^{(D)}_j$ of the $d = d_D$ neurons (rows) and $s = Σ_j s_j$, the last noise gives

        U M_D Uᵀ = s M sᵀ + σ² Σ_j s_j M s_jᵀ,
        d Σ_j s_j M s_jᵀ = s M sᵀ + Σ_{j<k} (s_j - s_k) M (s_j - s_k)ᵀ.

    So $U M_D Uᵀ ≥ (1 + σ²/d_D)(U W^{(D)}) M_{D-1} (U W^{(D)})ᵀ$; repeat with the row $U W^{(D)}$ in
    place of $U$.  What was left out on the way (``unevenness``) is a sum of values of the form
    $A_0$ with weights $≥ 0$ (Z3p.excess, Z3p.uneven_positive); if $σ² > 0$ and contributions differ
    it is positive (Z3p.uneven_strict).

    Decay: AM-GM on the $D+1$ payments, then $Π_i |W^{(i)}|_F ≥ |w|$ (Z3p.norms).

    Attained: with signs $r_i$, the layers $r_1vᵀ$, $b_i r_i r_{i-1}ᵀ$ and $b_u r_Dᵀ$ have equal
    contributions and $Π_i |W^{(i)}|_F = |w|$; rescaling the layers makes their decays equal.

Sharpness
    Equality for every $w$; $κ$ without a layer or without its widths, and other exponents, fail.

Implementation notes
    The chains of the proofs hold for every $D$ and all widths; what they take about matrices is
    derived at the sizes named, and decided and attacked at others.  The minimum over $w$ is
    enclosed through one variable, see :mod:`numeric.reduced_problem`.  The pointwise form needs no
    induction on minima; it says more than equality of the minima.

References
----------
    certimin2026; ziyin2022exact treats the minimizers themselves (Z2, Z3)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.quantities import d_x, symbols
from theorems.recipes import diagonal
from theorems.weight_decay.aligned import aligned_networks, minimal_networks
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_alignment,
    effective_covariance_factor,
    effective_energy,
    hidden_layers,
    layer_penalties,
    noise_factor,
    noise_factor_undivided,
    noisy_networks,
    noisy_output_power,
    regularised_loss,
)
from theorems.weight_decay.reduction import decay_product, effective_sq, reduced_minimum
from theorems.weight_decay.training import trained_minima
from verify.derivation import rules
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
    expanded,
    family,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "reduced_objective"]

# --- quantities, closed form, assumptions -------------------------------------------------------


@quantity("noise_factor_short", r"\prod_{i<D}(1+\sigma^2/d_i)")
def noise_factor_short(instance: NoisyInstance) -> Any:
    """κ without the last hidden layer (a control)."""
    return noise_factor(instance, instance.hidden_widths[:-1])


@quantity("contribution_spread", r"\textstyle\sum_{j<k}|s_j-s_k|^2", positive=False)
def contribution_spread(instance: NoisyInstance) -> Any:
    """Σ_{j<k} |s_j - s_k|² over the contributions s_j = u_j W^(D)_j W^(D-1)...W^(1)."""
    ar, net = instance.arithmetic, instance.net
    total = ar.scalar(0)
    for row in _differences(ar, net.weights[-1], net.prefixes[-1]):
        total = total + ar.frobenius_sq(row)
    return total


def _differences(ar: Any, row: Any, W: Any) -> list[Any]:
    """The rows s_j - s_k, j < k, s_j being the row of W times the entry of ``row``."""
    d = row.shape[-1]
    contributions = diagonal(ar, [ar.entry(row, 0, j) for j in range(d)], d, d) @ W
    signs = ([int(i == j) - int(i == k) for i in range(d)] for k in range(d) for j in range(k))
    return [ar.matrix([pair]) @ contributions for pair in signs]


@quantity("unevenness", r"U M_D U^T-\kappa w^TA_0w", positive=False)
def unevenness(instance: NoisyInstance) -> Any:
    """What noise costs where neurons contribute differently, a sum of values of A_0.

    Σ_i Π_{l>i} (1 + σ²/d_l) (σ²/d_i) Σ_{j<k} (s_j - s_k) M_{i-1} (s_j - s_k)ᵀ, the s_j being the
    contributions u_j W^(i)_j of layer i to the row u = U W^(D) ... W^(i+1).
    """
    ar, row = instance.arithmetic, instance.weights[-1]
    total, factor = ar.scalar(0), ar.scalar(1)
    for layer in range(len(instance.hidden_widths), 0, -1):
        W, share = instance.weights[layer - 1], instance.noise_variance / row.shape[-1]
        for difference in _differences(ar, row, W):
            total = total + factor * share * _power(instance, difference, layer - 1)
        factor, row = factor * (1 + share), row @ W
    return total


def _power(instance: NoisyInstance, row: Any, layer: int) -> Any:
    """Row M_layer rowᵀ as a sum of values of A_0 with weights that are not negative."""
    ar = instance.arithmetic
    if layer == 0:
        return ar.entry(row @ instance.sigma @ row.mT, 0, 0)
    W, d = instance.weights[layer - 1], row.shape[-1]
    total = _power(instance, row @ W, layer - 1)
    for j in range(d):
        alone = ar.matrix([[int(i == j) for i in range(d)]]) @ W
        weight = instance.noise_variance * ar.entry(row, 0, j) * ar.entry(row, 0, j)
        total = total + weight * _power(instance, alone, layer - 1)
    return total


@family("payment", "N")
def payment(instance: NoisyInstance) -> list[Any]:
    """γ_k|W^(k)|², k = 1..D+1, the output row last."""
    return layer_penalties(instance)


loss, least, D, kappa, Gamma, energy, alignment, w_sq, short, undivided, spread, output = symbols(
    regularised_loss, reduced_minimum, hidden_layers, effective_covariance_factor, decay_product,
    effective_energy, effective_alignment, effective_sq, noise_factor_short,
    noise_factor_undivided, contribution_spread, noisy_output_power,
)  # fmt: skip


def _objective(factor: Any, power: Any = 1 / (D + 1), count: Any = D + 1) -> Any:
    return factor * energy - 2 * alignment + count * (Gamma * w_sq) ** power


reduced_objective = Formula(
    "reduced_objective",
    r"\kappa w^TA_0w - 2w\cdot c + (D+1)(\Gamma|w|^2)^{1/(D+1)}",
    _objective(kappa),
)


k = sp.Symbol("k", integer=True, positive=True)
_LAYERS = (k, 1, D + 1)
total_decay = expanded(
    "total_decay", r"\textstyle\sum_i\gamma_i|W^{(i)}|^2", "Σ_i γ_i|W^(i)|², the weight decay.",
    sp.Sum(payment(k), _LAYERS),
)  # fmt: skip
payment_product = expanded(
    "payment_product", r"\textstyle\prod_i\gamma_i|W^{(i)}|^2", "Π_i γ_i|W^(i)|².",
    sp.Product(payment(k), _LAYERS),
)  # fmt: skip
decayed_map = expanded(
    "decayed_map", r"\Gamma|w|^2", "Γ|w|², the least product of payments.", Gamma * w_sq
)
reduced_value = expanded(
    "reduced_value", r"\kappa w^TA_0w - 2w\cdot c + (D+1)(\Gamma|w|^2)^{1/(D+1)}",
    "The reduced objective at the effective map w of the weights.", _objective(kappa),
    positive=False,
)  # fmt: skip
power, uneven, paid, product, mapped = symbols(
    noisy_output_power, unevenness, total_decay, payment_product, decayed_map
)


def _is_noisy(instance: NoisyInstance) -> Any:
    return instance.noise_variance > 0


noisy = Assumption("noisy", _is_noisy, r"\sigma^2 > 0")
unequal = Assumption("unequal", spread > 0)
one_input = Assumption("one_input", sp.Eq(d_x.symbol, 1))

# --- claims and proofs --------------------------------------------------------------------------

_DEEP, _SMALL = Bounds((2, 4), (1, 3)), Bounds((2, 4), (1, 2))


excess = stated(
    "excess", "what noise costs beyond $κ wᵀA_0w$, in contributions of neurons",
    noisy_networks, sp.Eq(power, kappa * energy + uneven), bounds=_DEEP, check=True,
    sizes=((2, 2, 2), (2, 2, 3), (3, 2, 2, 2), (4, 1, 1, 2, 2)),
)  # fmt: skip
uneven_positive = stated(
    "uneven_positive", "it is not negative",
    noisy_networks, uneven >= 0, bounds=_DEEP, check=True,
    sizes=((2, 1, 2), (2, 1, 3), (3, 1, 2, 2)),
)  # fmt: skip
uneven_strict = stated(
    "uneven_strict", "with noise, neurons that contribute differently cost something",
    noisy_networks, uneven > 0, noisy, unequal, bounds=_DEEP, check=True,
)  # fmt: skip
norms = stated(
    "norms", "the product of the payments is least where all layers point along one path",
    noisy_networks, product >= mapped, bounds=_DEEP, check=True,
    sizes=((2, 1, 2), (2, 2, 1), (3, 1, 2, 1), (3, 1, 1, 2), (3, 2, 1, 1)), formal=True,
)  # fmt: skip
parts = stated(
    "parts", "the loss is power, correlation and decay",
    noisy_networks, sp.Eq(loss, power - 2 * alignment + paid), bounds=_DEEP, check=True,
    sizes=((2, 2, 2), (3, 2, 1, 2), (4, 1, 1, 2, 2)),
)  # fmt: skip


@claim(
    noisy_networks,
    power >= kappa * energy,
    given=(excess, uneven_positive),
    bounds=_DEEP,
    formal=True,
)
def data(excess: Claim, uneven_positive: Claim) -> Iterator[Step]:
    """Noise does no less than to rescale the covariance by $κ$."""
    yield _with_noise(excess, uneven_positive)


@claim(
    noisy_networks,
    paid >= (D + 1) * (Gamma * w_sq) ** (1 / (D + 1)),
    given=(norms,),
    bounds=_DEEP,
    formal=True,
)
def decay(norms: Claim) -> Iterator[Step]:
    """Weight decay through $D+1$ layers is no less than a $2/(D+1)$ quasi-norm of $w$."""
    mean = rules.am_gm_sum(payment(k), _LAYERS)
    named = rules.substituted(mean, rules.turned(rules.definition(payment_product)))
    least_paid = rules.scaled(rules.raised(rules.given(norms), 1 / (D + 1)), D + 1)
    bound = rules.transitive(rules.definition(total_decay), named, least_paid)
    yield rules.substituted(bound, rules.definition(decayed_map))


@claim(
    noisy_networks, loss >= reduced_objective, given=(data, decay, parts), bounds=_DEEP, formal=True
)
def lower(data: Claim, decay: Claim, parts: Claim) -> Iterator[Step]:
    """Any weights cost at least the reduced objective of their effective map."""
    yield _together(rules.given(data), decay, parts)


def _with_noise(excess: Claim, more: Claim) -> rules.Fact:
    """U M_D Uᵀ >= κ wᵀA_0w, or > where what noise costs beyond is positive."""
    x = sp.Symbol("x", real=True)
    beyond = rules.increasing(rules.given(more), lambda cost: kappa * energy + cost, x)
    return rules.transitive(rules.given(excess), beyond)


def _together(data: Step, decay: Claim, parts: Claim) -> rules.Fact:
    """The loss against the sum of both bounds."""
    x = sp.Symbol("x", real=True)
    with_signal = rules.increasing(data, lambda cost: cost - 2 * alignment, x)
    both = rules.added(with_signal, rules.given(decay))
    return rules.transitive(rules.given(parts), both)


attained = stated(
    "attained", "equality on aligned networks with layers of equal cost, for any data",
    aligned_networks, sp.Eq(loss, reduced_objective), bounds=_DEEP,
    sizes=((2, 2, 2), (3, 2, 2, 2, 0, 1, 1, 0), (4, 1, 1, 2, 2)), formal=True,
)  # fmt: skip


@claim(
    noisy_networks, loss > reduced_objective, noisy, unequal,
    given=(excess, uneven_strict, decay, parts), bounds=_DEEP, formal=True,
)  # fmt: skip
def strict(excess: Claim, uneven_strict: Claim, decay: Claim, parts: Claim) -> Iterator[Step]:
    """With noise, neurons that contribute differently cost strictly more."""
    yield _together(_with_noise(excess, uneven_strict), decay, parts)


@claim(noisy_networks, loss >= least, given=(lower,), bounds=_SMALL)
def minimum(lower: Claim) -> Iterator[Step]:
    """No weights do better than the certified minimum over $w$."""
    value = rules.turned(rules.definition(reduced_value))
    yield rules.transitive(
        rules.given(lower), value, rules.smallest(reduced_minimum, reduced_value)
    )


reached = stated(
    "reached", "exact equality with the minimum at exact global minima",
    minimal_networks, sp.Eq(loss, least), given=(attained, minimum), bounds=_SMALL,
)  # fmt: skip


pairs = stated(
    "pairs", "one layer of noise and one input: exactly what unequal contributions cost",
    noisy_networks, sp.Eq(output, kappa * energy + (kappa - 1) * spread * energy / w_sq),
    one_input, bounds=Bounds((2, 2), (1, 3)), sizes=((2, 1, 1), (2, 1, 2), (2, 1, 3)), check=True,
)  # fmt: skip


# --- false twins --------------------------------------------------------------------------------

_WIDE = Bounds((2, 4), (2, 3))
_twins = (
    twin("without_a_layer", "$κ$ without one hidden layer, called attained",
         aligned_networks, sp.Eq(loss, _objective(short)), bounds=_WIDE),
    twin("noise_ignored", "$d²$ for $d(d + σ²)$: noise leaves the minimum alone",
         aligned_networks, sp.Eq(loss, _objective(sp.Integer(1))), bounds=_WIDE),
    twin("widths_ignored", "$(1 + σ²)^D$ for $κ$: width does not average noise",
         noisy_networks, loss >= _objective(undivided), bounds=_WIDE),
    twin("exponent", "exponent $1/D$ for $1/(D+1)$",
         noisy_networks, loss >= _objective(kappa, 1 / D), bounds=_WIDE),
    twin("plain_decay", "the decay of a single layer, $Γ|w|²$, instead of the quasi-norm",
         noisy_networks, loss >= _objective(kappa, sp.Integer(1), sp.Integer(1)), bounds=_WIDE),
)  # fmt: skip


def _rotated() -> NoisyInstance:
    """Two neurons sharing the map (1, 0) unequally, σ² = 0: still a minimum of the bound."""
    return NoisyInstance.exact(
        [[[Fraction(3, 5), 0], [Fraction(4, 5), 0]], [[Fraction(3, 5), Fraction(4, 5)]]],
        [[1, 0], [0, 1]], [[3, 0]], [1, 1], 0,
    )  # fmt: skip


THEOREM = Theorem(
    id="Z3p",
    title="Noise only rescales the covariance and weight decay is a quasi-norm of the whole map",
    normalisation="loss $E(f - y)² + Σ_i γ_i|W^{(i)}|_F²$, no factor 1/2; noise averaged; "
    "$E y²$ left out",
    source=Source("certimin2026", "reduction without widths, pointwise in the weights"),
    claims=(
        excess, uneven_positive, uneven_strict, norms, parts, pairs,
        data, decay, lower, attained, minimum, reached, strict,
    ),
    controls=_twins,
    witnesses=(
        witness("unequal", strict, "two neurons that contribute differently, $σ² = 1$",
                lambda: NoisyInstance.exact(
                    [[[1, 0], [0, 2]], [[1, 1]]], [[2, 1], [1, 1]], [[3, 1]],
                    [1, Fraction(1, 2)], 1)),
        witness("three_layers", minimum, "$D = 2$, widths 2 and 2, unequal decays",
                lambda: NoisyInstance.exact(
                    [[[1, 0], [1, 0]], [[1, 1], [1, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[9, 1]],
                    [1, Fraction(1, 2), Fraction(1, 3)], 1)),
    ),
    necessity=(
        needed(noisy, strict,
               "$σ² = 0$: contributions 9/25 and 16/25 attain the bound of $w = (1, 0)$", _rotated),
    ),
    trainings=(
        Training("trained", "L-BFGS from many starts on the exactly averaged loss",
                 lambda seed, runs: trained_minima(seed, runs, depths=(2, 3, 4)),
                 (lower, minimum)),
    ),
    module=__name__,
)  # fmt: skip
