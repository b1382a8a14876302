r"""Neuron noise averages exactly: one covariance recursion gives the expected loss.

Statement
    Let every hidden neuron be multiplied by independent noise of mean 1 and variance σ².  With
    M_0 = A_0, Q_i = W^(i) M_{i-1} W^(i)ᵀ and M_i = Q_i + σ² diag(Q_i),

        E_x E_ε ( U ε^(D) W^(D) ... ε^(1) W^(1) x - y )²  =  U M_D Uᵀ - 2 w·c + E y²,

    where wᵀ = U W^(D) ... W^(1).  Dropout with keep-rate p is the case σ² = (1-p)/p.

Notation
    U M_D Uᵀ (``noisy_output_power``), w·c (``effective_alignment``), σ² (``noise_variance``).

Assumptions
    mean_one     E ε = 1: leaves the linear term alone.  Without it, ε = 2 doubles the output.
    variance     E (ε - 1)² = σ²: nothing else of the law of ε enters.
    independent  one draw for each neuron.  With one draw for a whole layer, σ² multiplies all of
                 Q_i instead of its diagonal.

Derivation
    E_ε ε_a ε_b = 1 + σ² δ_ab, so averaging over one layer's noise turns its second moment Q into
    Q + σ² diag(Q).  Layers are independent: average the innermost first, then the next.  Each ε
    enters the output once, so its square loss holds no higher moment.

Main results
    Z0.average  the recursion against all outcomes of two-point noise, one by one
    Z0.dropout  the same for dropout masks of keep-rate 1/(1 + σ²)

Evidence
    Symbolic in weights, covariance and σ² for D = 1, 2, 3 at the listed widths; the averaging of
    one layer for widths 1..4.  Exact on rational instances by enumeration.  Monte Carlo with
    Gaussian, dropout and uniform noise agrees within four of its own standard errors.

Sharpness
    An identity: the recursion without noise, with noise on the last layer only, with one noise
    for a layer, with σ⁴ or with the drop-rate's odds is refuted.

Implementation notes
    Enumeration knows nothing of M_i: it runs the network once for each outcome of the noise.

References
----------
    ziyin2022exact (the loss of a deep linear network with stochastic neurons; reconstructed)

Tags
    noise, dropout, weight decay
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.networks import LinearNetwork
from numeric.regularised import noisy_moments
from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_alignment,
    effective_energy,
    noisy_networks,
    noisy_output_power,
    symbolic_network,
)
from verify.claims import Bounds, quantity
from verify.legacy import (
    Assumption,
    Claim,
    Formula,
    Identity,
    Necessity,
    Step,
    Theorem,
    Training,
    Witness,
)
from verify.theorem import Control, Measurement, Source, TrainedSolution

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

    @classmethod
    def of(
        cls, network: NoisyInstance, high: Any, low: Any, chance: Any, *, shared: bool = False
    ) -> TwoPointNoise:
        """Return ``network`` with this noise."""
        ar = network.arithmetic
        values = (ar.scalar(high), ar.scalar(low), ar.scalar(chance))
        data = (network.sigma, network.cross, network.decays, network.noise_variance)
        return cls(ar, network.weights, *data, *values, shared)


def _enumerated(instance: Any, high: Any, low: Any, chance: Any, *, shared: bool = False) -> Any:
    """E over all outcomes of P A_0 Pᵀ - 2 P c, P the end-to-end map with that noise."""
    ar, total = instance.arithmetic, None
    draws = [1 if shared else d for d in instance.hidden_widths]
    for outcome in itertools.product(*(itertools.product((1, 0), repeat=n) for n in draws)):
        weight, P = ar.scalar(1), instance.weights[0]
        for layer, W in zip(outcome, instance.weights[1:], strict=True):
            for hit in layer:
                weight = weight * (chance if hit else 1 - chance)
            hits = layer * P.shape[-2] if shared else layer
            P = W @ (_diagonal(ar, high, hits) + _diagonal(ar, low, [1 - h for h in hits])) @ P
        value = ar.entry(P @ instance.sigma @ P.mT - P @ instance.cross.mT
                         - instance.cross @ P.mT, 0, 0)  # fmt: skip
        total = weight * value if total is None else total + weight * value
    return total


def _diagonal(ar: Any, value: Any, where: Sequence[int]) -> Any:
    mask = [[hit if i == j else 0 for j in range(len(where))] for i, hit in enumerate(where)]
    return ar.scale(value, ar.matrix(mask))


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


# --- closed form and its false relatives ---------------------------------------------------------


def _power(instance: NoisyInstance, noise: Any) -> Any:
    U = instance.weights[-1]
    moment = noisy_moments(instance.net, instance.sigma, noise)[-1]
    return instance.arithmetic.entry(U @ moment @ U.mT, 0, 0)


@quantity("power_squared_variance", r"U M_D U^T|_{\sigma^4}", positive=False)
def power_squared_variance(instance: NoisyInstance) -> Any:
    """U M_D Uᵀ with σ⁴ for σ², as if a variance were a standard deviation (a control)."""
    return _power(instance, instance.noise_variance * instance.noise_variance)


@quantity("power_inverse_variance", r"U M_D U^T|_{1/\sigma^2}", positive=False)
def power_inverse_variance(instance: NoisyInstance) -> Any:
    """U M_D Uᵀ with 1/σ² for σ²: keep-rate and drop-rate exchanged (a control)."""
    return _power(instance, instance.arithmetic.scalar(1) / instance.noise_variance)


@quantity("power_shared_noise", r"(1+\sigma^2)^D w^TA_0w", positive=False)
def power_shared_noise(instance: NoisyInstance) -> Any:
    """(1 + σ²)^D wᵀA_0w: one draw for each layer (a control)."""
    power = effective_energy.measure(instance)
    for _ in instance.hidden_widths:
        power = power * (1 + instance.noise_variance)
    return power


@quantity("power_last_layer_noise", r"U(Q+\sigma^2\operatorname{diag}Q)U^T", positive=False)
def power_last_layer_noise(instance: NoisyInstance) -> Any:
    """The power with noise on the last hidden layer only, Q its noise-free moment (a control)."""
    B, U = instance.net.prefixes[-1], instance.weights[-1]
    noisy = LinearNetwork(instance.arithmetic, (B, U))
    moment = noisy_moments(noisy, instance.sigma, instance.noise_variance)[-1]
    return instance.arithmetic.entry(U @ moment @ U.mT, 0, 0)


power, correlation, enumerated, masked = symbols(
    noisy_output_power, effective_alignment, enumerated_loss, dropout_loss
)
averaged_loss = Formula("averaged_loss", r"U M_D U^T - 2\,w\cdot c", power - 2 * correlation)

# --- derivation ----------------------------------------------------------------------------------

_SHAPES = ((2, 2), (2, 3), (1, 2, 3), (1, 2, 2, 2))  # d_0, d_1, ..., d_D
_s = sp.Symbol("s", nonnegative=True)  # σ²


def derive(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the average over one layer, then the whole loss with symbolic entries."""
    for d in range(1, 5):
        Q = sp.Matrix(d, d, lambda i, j: sp.Symbol(f"q{min(i, j)}{max(i, j)}", real=True))
        noise = sp.symbols(f"e0:{d}", real=True)
        yield Identity(
            f"one layer of width {d}",
            r"E\,\varepsilon Q\varepsilon = Q + \sigma^2\operatorname{diag}Q",
            "widths 1..4, any Q",
            "E ε_a ε_b = 1 + σ² δ_ab",
            sp.Matrix(d, d, [_average(x, noise) for x in sp.diag(*noise) * Q * sp.diag(*noise)]),
            Q + _s * sp.diag(*Q.diagonal()),
        )
    for shape in _SHAPES:
        yield _whole_loss(shape, formulas["averaged_loss"])


def _whole_loss(shape: tuple[int, ...], closed_form: Any) -> Identity:
    """The loss expanded in ε and averaged monomial by monomial, against the recursion."""
    net = symbolic_network(shape)
    ar, P, noise = net.arithmetic, net.weights[0], []
    for k, W in enumerate(net.weights[1:], start=1):
        fresh = sp.symbols(f"e{k}_0:{shape[k]}", real=True)
        noise += fresh
        P = W @ ar.matrix(sp.diag(*fresh).tolist()) @ P
    values = {
        power: noisy_output_power.measure(net),
        correlation: effective_alignment.measure(net),
    }
    return Identity(
        f"whole loss at D = {len(shape) - 1}, widths {shape}",
        r"E_\varepsilon(PA_0P^T - 2Pc) = U M_D U^T - 2\,w\cdot c",
        "D = 1, 2, 3; any weights and data; widths "
        + ", ".join("-".join(map(str, s)) for s in _SHAPES),
        "expansion in ε, moment by moment",
        _average((P @ net.sigma @ P.mT - 2 * P @ net.cross.mT)[0, 0], noise),
        closed_form.subs(values),
    )


def _average(expression: Any, noise: Sequence[Any]) -> Any:
    """Replace ε by its mean 1 and ε² by 1 + σ²; higher powers do not occur."""
    moments = (1, 1, 1 + _s)
    terms = sp.Poly(expression, *noise).terms()
    return sp.Add(*(c * sp.Mul(*(moments[n] for n in powers)) for powers, c in terms))


def derive_dropout(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield mean and variance of a dropout mask over its keep-rate; then Z0.average applies."""
    p = sp.Symbol("p", positive=True)
    yield Identity("mean of a mask", r"p\cdot\tfrac1p = 1", "all p", "expansion", p * (1 / p), 1)
    yield Identity(
        "variance of a mask",
        r"p(\tfrac1p-1)^2+(1-p) = \tfrac{1-p}{p} = \sigma^2 \text{ at } p = 1/(1+\sigma^2)",
        "all σ²",
        "expansion",
        (p * (1 / p - 1) ** 2 + (1 - p)).subs(p, 1 / (1 + _s)),
        _s,
    )


# --- setting, assumptions, claims, controls ------------------------------------------------------


@setting("two-point-noise", "any noisy network; ε = 1 + a or 1 - b, independent, σ² = ab")
def two_point_noise(draw: Draw) -> TwoPointNoise:
    """Two-point noise of mean 1: skewed, and negative at times."""
    ar, network = draw.arithmetic, draw.of(noisy_networks)
    up, down = (draw.number(0, 2) + ar.scalar(Fraction(1, 4)) for _ in range(2))
    data = (network.weights, network.sigma, network.cross, network.decays)
    return TwoPointNoise(ar, *data, up * down, 1 + up, 1 - down, down / (up + down))


def _moment_is(instance: TwoPointNoise, order: int, value: Any) -> Any:
    """Whether E (ε - 1)^order = value."""
    ar, p = instance.arithmetic, instance.chance
    up, down = instance.high - 1, instance.low - 1
    moment = p * up**order + (1 - p) * down**order
    return ar.is_zero(ar.scale(moment - value, ar.identity(1)))


mean_one = Assumption("mean_one", r"E\varepsilon = 1", lambda i: _moment_is(i, 1, 0))
variance = Assumption(
    "variance", r"E(\varepsilon-1)^2 = \sigma^2", lambda i: _moment_is(i, 2, i.noise_variance)
)
independent = Assumption("independent", "one draw for each neuron", lambda i: not i.shared)

_SMALL = Bounds(depth=(2, 4), width=(1, 2))
_claims = (
    Claim(
        "Z0.average",
        "the recursion gives the loss averaged over all outcomes of two-point noise",
        two_point_noise,
        sp.Eq(enumerated, averaged_loss.symbol),
        (mean_one, variance, independent),
        (averaged_loss,),
        _SMALL,
    ),
    Claim(
        "Z0.dropout",
        "the recursion gives the loss averaged over all dropout masks",
        noisy_networks,
        sp.Eq(masked, averaged_loss.symbol),
        (),
        (averaged_loss,),
        _SMALL,
    ),
)


def _twin(name: str, title: str, wrong: Any) -> Control:
    relation = sp.Eq(masked, wrong.symbol - 2 * correlation)
    return Control(Claim(f"Z0.control.{name}", title, noisy_networks, relation, bounds=_SMALL))


_controls = (
    _twin("no_noise", "noise of mean 1 does not matter", effective_energy),
    _twin("shared", "one noise for each layer", power_shared_noise),
    _twin("last_layer_only", "noise matters in the last hidden layer only", power_last_layer_noise),
    _twin("squared_variance", "σ⁴ for σ²", power_squared_variance),
    _twin("drop_rate", "p/(1-p) for (1-p)/p", power_inverse_variance),
)

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
    rng, ar = np.random.default_rng(seed), Rational()
    for run in range(runs):
        kind, depth = ("Gaussian", "dropout", "uniform")[run % 3], 2 + run % 2
        shape = [2, *([3] * (depth - 1)), 1]
        # eighths: exact in floats, and short in exact arithmetic
        draw = [rng.integers(-8, 9, (m, n)) / 8 for n, m in itertools.pairwise(shape)]
        layers = [[[Fraction(x) for x in row] for row in W.tolist()] for W in draw]
        network = NoisyInstance.exact(
            layers, [[2, 1], [1, 1]], [[1, -2]], [1] * depth, Fraction(1, 2)
        )
        P = np.broadcast_to(draw[0], (_DRAWS, *draw[0].shape))
        for W in draw[1:]:
            P = W @ (_noise(rng, kind, 0.5, P.shape[-2]) * P)
        sigma, cross = np.array([[2.0, 1.0], [1.0, 1.0]]), np.array([[1.0, -2.0]])
        values = ((P @ sigma * P).sum(axis=-1) - 2 * (P * cross).sum(axis=-1))[:, 0]
        predicted = float(_power(network, ar.scalar(Fraction(1, 2)))) - 2 * float(
            effective_alignment.measure(network)
        )
        error = float(values.std(ddof=1)) / np.sqrt(_DRAWS)
        yield TrainedSolution(
            f"run {run}, D = {depth - 1}, {kind} noise, {_DRAWS} draws",
            network,
            Fraction(0),
            (
                Measurement(
                    "averaged loss, Monte Carlo",
                    predicted,
                    float(values.mean()),
                    4 * error / abs(predicted),
                ),
            ),
        )


def _one_neuron(noise: int) -> NoisyInstance:
    return NoisyInstance.exact([[[1]], [[1]]], [[1]], [[2]], [1, 1], noise)


THEOREM = Theorem(
    id="Z0",
    title="Neuron noise averages exactly: a covariance recursion gives the expected loss",
    statement=(
        r"E_xE_\varepsilon\bigl(U\varepsilon^{(D)}W^{(D)}\cdots\varepsilon^{(1)}W^{(1)}x-y\bigr)^2"
        r" = U M_D U^T - 2\,w\cdot c + E y^2,\quad M_i = Q_i + \sigma^2\operatorname{diag}Q_i,\;"
        r" Q_i = W^{(i)}M_{i-1}W^{(i)T},\; M_0 = A_0"
    ),
    normalisation="E(f - y)², no factor 1/2; σ² is the variance of ε, not its deviation",
    source=Source("ziyin2022exact", "loss with stochastic neurons (reconstructed)"),
    claims=_claims,
    controls=_controls,
    formulas=(averaged_loss,),
    derivations={"Z0.average": derive, "Z0.dropout": derive_dropout},
    witnesses=(
        Witness(
            "Z0.witness.skewed",
            "Z0.average",
            "ε = 3 or 1/2 with chances 1/5 and 4/5: σ² = 1",
            lambda: TwoPointNoise.of(_one_neuron(1), 3, Fraction(1, 2), Fraction(1, 5)),
        ),
    ),
    necessity=(
        Necessity(
            mean_one,
            "Z0.average",
            "ε = 2 or 0 with chances 9/10 and 1/10: mean 9/5, though E(ε-1)² = σ² = 1",
            lambda: TwoPointNoise.of(_one_neuron(1), 2, 0, Fraction(9, 10)),
        ),
        Necessity(
            variance,
            "Z0.average",
            "ε = 2 or 0 evenly, variance 1, with σ² = 2 claimed",
            lambda: TwoPointNoise.of(_one_neuron(2), 2, 0, Fraction(1, 2)),
        ),
        Necessity(
            independent,
            "Z0.average",
            "two neurons that share ε = 2 or 0: the power is 8, not 6",
            lambda: TwoPointNoise.of(
                NoisyInstance.exact([[[1], [1]], [[1, 1]]], [[1]], [[1]], [1, 1], 1),
                2,
                0,
                Fraction(1, 2),
                shared=True,
            ),
        ),
    ),
    trainings=(
        Training(
            "Z0.sampled",
            "Monte Carlo over the noise, four standard errors",
            _measure,
            ("Z0.dropout",),
        ),
    ),
    module=__name__,
    tags=("noise", "dropout", "weight decay"),
)
