r"""Neuron noise averages exactly: one covariance recursion gives the expected loss.

Statement
    Let a network with hidden layers $W^{(1)}, ..., W^{(D)}$ and an output row $U$ multiply every
    hidden neuron by independent noise $ε$ of two values, of mean 1 and variance $σ²$, and let
    $wᵀ = U W^{(D)} ⋯ W^{(1)}$, $A_0 = E xxᵀ$, $c = E xy$ and, from $M_0 = A_0$ on,

        Q_i = W^{(i)} M_{i-1} (W^{(i)})ᵀ, \qquad M_i = Q_i + σ² diag(Q_i).

    Then, at any weights, with $ε^{(i)}$ the diagonal matrix of the noise on layer $i$,

        E_x E_ε (U ε^{(D)}W^{(D)} ⋯ ε^{(1)}W^{(1)}x - y)² = U M_D Uᵀ - 2 w·c + E y².   [average]

    Dropout with keep-rate $p$ is the case $σ² = (1-p)/p$.   [dropout]

Notation
    $U M_D Uᵀ$ (``noisy_output_power``), $w·c$ (``effective_alignment``), $σ²$
    (``noise_variance``); $diag(Q)$ is $Q$ with zeros off its diagonal.

Assumptions
    mean_one     $E ε = 1$: leaves the linear term alone.  Without it, $ε = 2$ doubles the output.
    variance     $E (ε - 1)² = σ²$: nothing else of the law of $ε$ enters.
    independent  one draw for each neuron.  With one draw for a whole layer, $σ²$ multiplies all of
                 $Q_i$ instead of its diagonal.

Proof
    For two neurons $a$, $b$ of a layer $E_ε ε_aε_b = 1 + σ²δ_{ab}$, so averaging over one layer's
    noise turns the second moment $Q$ of its neurons into

        Q + σ² diag(Q).

    Layers are independent: average the innermost first, then the next, and the last gives
    $U M_D Uᵀ$; the linear term has mean $w·c$.  Each $ε$ enters the output once, so its square loss
    holds no higher moment: other laws of the same mean and variance give the same average (expanded
    in $ε$ at a few widths, and sampled).
    The formal proof is for every law of finitely many values and any number of outputs.

Sharpness
    An identity: the recursion without noise, with noise on the last layer only, with one noise
    for a layer, with $σ⁴$ or with the drop-rate's odds is refuted.

Implementation notes
    Enumeration knows nothing of $M_i$: it runs the network once for each outcome of the noise.
    Monte Carlo draws Gaussian, dropout and uniform noise and is allowed four of its own standard
    errors.

References
----------
    ziyin2022exact (the loss of a deep linear network with stochastic neurons; reconstructed)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theorems.assumptions import vanishes
from theorems.quantities import symbols
from theorems.recipes import Draw, diagonal, setting
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_alignment,
    effective_energy,
    noise_factor_undivided,
    noisy_networks,
    noisy_output_power,
    symbolic_moments,
    symbolic_network,
)
from verify.theorem import (
    Assumption,
    Bounds,
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

__all__ = ["THEOREM", "TwoPointNoise"]

# --- the independent route: every outcome of the noise -------------------------------------------


@dataclass(frozen=True, eq=False)
class TwoPointNoise(NoisyInstance):
    """A noisy network whose ε is ``high`` with probability ``chance`` and else ``low``.

    ``shared``: one draw serves a whole layer instead of each neuron having its own.
    """

    high: Any
    low: Any
    chance: Any
    shared: bool = False


@setting("two-point-noise", "any noisy network; ε = 1 + a or 1 - b, independent, σ² = ab")
def two_point_noise(draw: Draw) -> TwoPointNoise:
    """Two-point noise of mean 1: skewed, and negative at times."""
    network = draw.of(noisy_networks)
    up, down = (x + draw.arithmetic.scalar(Fraction(1, 4)) for x in draw.numbers(2, 0, 2))
    return TwoPointNoise.beside(
        replace(network, noise_variance=up * down),
        high=1 + up, low=1 - down, chance=down / (up + down),
    )  # fmt: skip


def _enumerated(instance: Any, high: Any, low: Any, chance: Any, *, shared: bool = False) -> Any:
    """E over all outcomes of P A_0 Pᵀ - 2 P c, P the end-to-end map with that noise."""
    ar = instance.arithmetic
    total = ar.scalar(0)
    draws = [1 if shared else d for d in instance.hidden_widths]
    for outcome in itertools.product(*(itertools.product((1, 0), repeat=n) for n in draws)):
        weight, P = ar.scalar(1), instance.weights[0]
        for layer, W in zip(outcome, instance.weights[1:], strict=True):
            for hit in layer:
                weight = weight * (chance if hit else 1 - chance)
            d = P.shape[-2]
            noise = [high if hit else low for hit in (layer * d if shared else layer)]
            P = W @ diagonal(ar, noise, d, d) @ P
        square, linear = P @ instance.sigma @ P.mT, P @ instance.cross.mT
        total = total + weight * (ar.entry(square, 0, 0) - 2 * ar.entry(linear, 0, 0))
    return total


@quantity("enumerated_loss", r"E_\varepsilon E_x(f(x)-y)^2 - E y^2", positive=False)
def enumerated_loss(instance: TwoPointNoise) -> Any:
    """Data term over all outcomes of two-point noise, minus E y²."""
    return _enumerated(
        instance, instance.high, instance.low, instance.chance, shared=instance.shared
    )


@quantity("dropout_loss", r"E_{\text{masks}} E_x(f(x)-y)^2 - E y^2", positive=False)
def dropout_loss(instance: NoisyInstance) -> Any:
    """Data term over all dropout masks of keep-rate p = 1/(1 + σ²), scaled by 1/p, minus E y²."""
    high = 1 + instance.noise_variance
    return _enumerated(instance, high, instance.arithmetic.scalar(0), 1 / high)


power, correlation, energy, undivided, enumerated, masked = symbols(
    noisy_output_power, effective_alignment, effective_energy, noise_factor_undivided,
    enumerated_loss, dropout_loss,
)  # fmt: skip
averaged_loss = Formula("averaged_loss", r"U M_D U^T - 2\,w\cdot c", power - 2 * correlation)

# --- assumptions --------------------------------------------------------------------------------


def _moment_is(instance: TwoPointNoise, order: int, value: Any) -> Any:
    """Whether E (ε - 1)^order = value."""
    ar, p = instance.arithmetic, instance.chance
    up, down = instance.high - 1, instance.low - 1
    moment = p * up**order + (1 - p) * down**order
    return vanishes(instance, ar.scale(moment - value, ar.identity(1)))


def _has_mean_one(instance: TwoPointNoise) -> Any:
    return _moment_is(instance, 1, 0)


def _has_the_variance(instance: TwoPointNoise) -> Any:
    return _moment_is(instance, 2, instance.noise_variance)


def _is_independent(instance: TwoPointNoise) -> bool:
    return not instance.shared


mean_one = Assumption("mean_one", _has_mean_one, r"E\varepsilon = 1")
variance = Assumption("variance", _has_the_variance, r"E(\varepsilon-1)^2 = \sigma^2")
independent = Assumption("independent", _is_independent, "one draw for each neuron")

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 4), (1, 2))
_s = sp.Symbol("s", nonnegative=True)  # σ²


@claim(
    two_point_noise, sp.Eq(enumerated, averaged_loss), mean_one, variance, independent,
    bounds=_SMALL, sizes=((2, 2, 2), (3, 1, 2, 2), (4, 1, 1, 2, 1)), formal=True,
)  # fmt: skip
def average(averaged_loss: Any) -> Iterator[Step]:
    """The recursion gives the loss averaged over all outcomes of two-point noise."""
    for d in range(1, 4):
        Q, noise = symbolic_moments(d), sp.symbols(f"e0:{d}", real=True)
        noisy = sp.diag(*noise) * Q * sp.diag(*noise)
        yield Identity(
            "noise on one layer", noisy.applyfunc(lambda x, e=noise: _average(x, e)),
            Q + _s * sp.diag(*Q.diagonal()), why="$E ε_aε_b = 1 + σ²δ_{ab}$", at={"d": d},
        )  # fmt: skip
    for shape in ((2, 2), (1, 2, 2), (1, 2, 1, 2)):
        yield _whole_loss(shape, averaged_loss)


def _whole_loss(shape: tuple[int, ...], closed_form: Any) -> Identity:
    """The loss expanded in ε and averaged monomial by monomial, against the recursion."""
    net = symbolic_network(shape)
    P, noise = net.weights[0], []
    for k, W in enumerate(net.weights[1:], start=1):
        fresh = sp.symbols(f"e{k}_0:{shape[k]}", real=True)
        noise += fresh
        P = W @ sp.diag(*fresh) @ P
    values = {q.symbol: q.measure(net) for q in (noisy_output_power, effective_alignment)}
    expanded = (P @ net.sigma @ P.T - 2 * P @ net.cross.T)[0, 0]
    return Identity(
        "whole loss", _average(expanded, noise), closed_form.subs(values),
        why="expansion in $ε$, moment by moment", at={"widths": "-".join(map(str, (*shape, 1)))},
    )  # fmt: skip


def _average(expression: Any, noise: Sequence[Any]) -> Any:
    """Replace ε by its mean 1 and ε² by 1 + σ²; higher powers do not occur."""
    moments = (1, 1, 1 + _s)
    terms = sp.Poly(expression, *noise).terms()
    return sp.Add(*(c * sp.Mul(*(moments[n] for n in powers)) for powers, c in terms))


dropout = stated(
    "dropout", "the recursion gives the loss averaged over all dropout masks",
    noisy_networks, sp.Eq(masked, averaged_loss), bounds=_SMALL,
    sizes=((2, 2, 2), (3, 1, 2, 2), (4, 1, 1, 2, 1)), formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


@quantity("power_squared_variance", r"U M_D U^T|_{\sigma^4}", positive=False)
def power_squared_variance(instance: NoisyInstance) -> Any:
    """U M_D Uᵀ with σ⁴ for σ², as if a variance were a standard deviation (a control)."""
    noise = instance.noise_variance * instance.noise_variance
    return noisy_output_power.measure(replace(instance, noise_variance=noise))


@quantity("power_inverse_variance", r"U M_D U^T|_{1/\sigma^2}", positive=False)
def power_inverse_variance(instance: NoisyInstance) -> Any:
    """U M_D Uᵀ with 1/σ² for σ²: keep-rate and drop-rate exchanged (a control)."""
    noise = instance.arithmetic.scalar(1) / instance.noise_variance
    return noisy_output_power.measure(replace(instance, noise_variance=noise))


@quantity("power_last_layer_noise", r"U(Q+\sigma^2\operatorname{diag}Q)U^T", positive=False)
def power_last_layer_noise(instance: NoisyInstance) -> Any:
    """The power with noise on the last hidden layer only, Q its noise-free moment (a control)."""
    layers = (instance.net.prefixes[-1], instance.weights[-1])
    return noisy_output_power.measure(replace(instance, weights=layers))


_twins = tuple(
    twin(name, title, noisy_networks, sp.Eq(masked, wrong - 2 * correlation), bounds=_SMALL)
    for name, title, wrong in (
        ("no_noise", "noise of mean 1 does not matter", energy),
        ("shared", "one noise for each layer", undivided * energy),
        ("last_layer_only", "noise matters in the last hidden layer only",
         power_last_layer_noise.symbol),
        ("squared_variance", "$σ⁴$ for $σ²$", power_squared_variance.symbol),
        ("drop_rate", "$p/(1-p)$ for $(1-p)/p$", power_inverse_variance.symbol),
    )
)  # fmt: skip

# --- Monte Carlo ---------------------------------------------------------------------------------

_DRAWS = 20_000


def _noise(rng: np.random.Generator, kind: str, variance: float, width: int) -> Any:
    """Draws of shape (draws, width, 1), mean 1."""
    shape = (_DRAWS, width, 1)
    if kind == "Gaussian":
        return 1 + np.sqrt(variance) * rng.standard_normal(shape)
    if kind == "uniform":
        return 1 + np.sqrt(3 * variance) * rng.uniform(-1, 1, shape)
    keep = 1 / (1 + variance)
    return (rng.random(shape) < keep) / keep


def _measure(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Sampled noise against the recursion, allowed four standard errors of the sample itself."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        kind, depth = ("Gaussian", "dropout", "uniform")[run % 3], 2 + run % 2
        shape = [2, *([3] * (depth - 1)), 1]
        # eighths: exact in floats, and short in exact arithmetic
        layers = [rng.integers(-8, 9, (m, n)) / 8 for n, m in itertools.pairwise(shape)]
        network = NoisyInstance.exact(
            [[[Fraction(x) for x in row] for row in W.tolist()] for W in layers],
            [[2, 1], [1, 1]], [[1, -2]], [1] * depth, Fraction(1, 2),
        )  # fmt: skip
        P = np.broadcast_to(layers[0], (_DRAWS, *layers[0].shape))
        for W in layers[1:]:
            P = W @ (_noise(rng, kind, 0.5, P.shape[-2]) * P)
        sigma, cross = np.array([[2.0, 1.0], [1.0, 1.0]]), np.array([[1.0, -2.0]])
        values = ((P @ sigma * P).sum(axis=-1) - 2 * (P * cross).sum(axis=-1))[:, 0]
        predicted = float(averaged_loss.measure(network))
        allowed = 4 * float(values.std(ddof=1)) / np.sqrt(_DRAWS) / abs(predicted)
        found = Measurement("averaged loss, Monte Carlo", predicted, float(values.mean()), allowed)
        label = f"run {run}, D = {depth - 1}, {kind} noise, {_DRAWS} draws"
        yield TrainedSolution(label, network, Fraction(0), (found,))


def _two_points(noise: int, *law: int | Fraction, neurons: int = 1) -> TwoPointNoise:
    """Weights 1, A_0 = 1, c = 2, σ² = ``noise``, a law (high, low, chance) that neurons share."""
    layers = [[[1]] * neurons, [[1] * neurons]]
    network = NoisyInstance.exact(layers, [[1]], [[2]], [1, 1], noise)
    high, low, chance = map(network.arithmetic.scalar, law)
    return TwoPointNoise.beside(network, high=high, low=low, chance=chance, shared=neurons > 1)


THEOREM = Theorem(
    id="Z0",
    title="Neuron noise averages exactly: a covariance recursion gives the expected loss",
    normalisation="$E(f - y)²$, no factor 1/2; $σ²$ is the variance of $ε$, not its deviation",
    source=Source("ziyin2022exact", "loss with stochastic neurons (reconstructed)"),
    claims=(average, dropout),
    controls=_twins,
    witnesses=(
        witness("skewed", average, "$ε = 3$ or $1/2$ with chances 1/5 and 4/5: $σ² = 1$",
                lambda: _two_points(1, 3, Fraction(1, 2), Fraction(1, 5))),
    ),
    necessity=(
        needed(mean_one, average,
               "$ε = 2$ or 0 with chances 9/10 and 1/10: mean 9/5, though $E(ε-1)² = σ² = 1$",
               lambda: _two_points(1, 2, 0, Fraction(9, 10))),
        needed(variance, average, "$ε = 2$ or 0 evenly, variance 1, with $σ² = 2$ claimed",
               lambda: _two_points(2, 2, 0, Fraction(1, 2))),
        needed(independent, average, "two neurons that share $ε = 2$ or 0: the power is 8, not 6",
               lambda: _two_points(1, 2, 0, Fraction(1, 2), neurons=2)),
    ),
    trainings=(
        Training("sampled", "Monte Carlo over the noise, four standard errors", _measure,
                 (dropout,)),
    ),
    module=__name__,
)  # fmt: skip
