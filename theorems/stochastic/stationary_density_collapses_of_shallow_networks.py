r"""The stationary density of stochastic gradient descent, and when it collapses to the origin.

Statement
    Let $d$ equal subnetworks of $D+1$ weights each have the output $vx$, $v = Σ_i Π_k u_i^{(k)}$,
    all weights equal and positive, so that $v = du^{D+1}$; let samples have the losses
    $(vx - y)²$, and let the weights follow $dθ = -∇L dt + √(TC) dW$ (Itô), where $C$ is the
    covariance of the samples' gradients.

    Let $b_1 = E x²$, $b_2 = E xy$, let $a_1$, $a_2$, $a_3$ be $Var x²$, $Cov(x², xy)$, $Var xy$,
    and $g = a_1v² - 2a_2v + a_3$.

    With $c = v/d$ the drift of $v$ is
    $-2(D+1)d c^{2D/(D+1)}(b_1v - b_2) + 2D(D+1)dTg c^{(3D-1)/(D+1)}$,                       [drift]
    the variance of its noise is $4(D+1)²d²Tg c^{4D/(D+1)}$.                                 [noise]

    Its probability flux vanishes at every $v > 0$ with $g > 0$ for the density $p$ with

        p ∝ v^{-3D/(D+1)} g^{-1} \exp(-\frac{1}{T} ∫ \frac{b_1v - b_2}{(D+1)d c^{2D/(D+1)} g} dv),

    whose logarithm has the slope
    $-3D/((D+1)v) - g'/g - (b_1v - b_2)/((D+1)dTg c^{2D/(D+1)})$.                            [flux]
    It is $b_2 - b_1v - T(3Dg c^{(D-1)/(D+1)} + (D+1)dg' c^{2D/(D+1)})$ over
    $(D+1)dTg c^{2D/(D+1)}$.                                                                [origin]

    Let $D = 1$ and $κ = b_2/(2Ta_3) - 3/2$.

    Then $v(\log p)' = κ + vR(v)$ with
    $R = -g'/g + (2a_2b_2 - a_3b_1 - a_1b_2v)/(2Ta_3g)$, so that $p$ is $v^κ$ near 0;        [power]
    $κ > -1$ if $Ta_3 < b_2$, so that $p$ is integrable there,                           [spread]
    and $κ ≤ -1$ if $Ta_3 ≥ b_2$, so that it is not.                                      [collapse]
    The modes of $p$ are among the roots of $7Ta_1v² + (b_1 - 10Ta_2)v + 3Ta_3 - b_2$, which is
    $-2Tvg(\log p)'$.                                                                        [modes]
    The drift of $\log v$ is $4(b_2 - b_1v - Tg)$.                                     [log_drift]

Notation
    $v$ (``subnetwork_sum``), its drift and the variance of its noise (``sum_drift``,
    ``sum_noise``), $(\log p)'$ (``density_slope``): twice the drift less the derivative of that
    variance, over it.  $D$ (``hidden_layer_count``), $d$ (``subnetwork_count``).

Assumptions
    below      $Ta_3 < b_2$.  Without it $κ ≤ -1$.
    above      $Ta_3 ≥ b_2$.  Without it $κ > -1$.
    uncertain  $a_3 > 0$: what $κ$ divides by.

    With two samples $g$ vanishes at $v = a_2/a_1$, and [flux] is said beside it.

Proof
    Let $s = 2x(vx - y)$, with mean $2(b_1v - b_2)$ and variance $4g$.  A weight has the gradient
    $su^D$, so that all get the same increments and stay equal.  By Itô's formula, with
    $(D+1)d$ first derivatives $u^D$ of $v$ and $(D+1)Dd$ second ones $u^{D-1}$,

        drift = -2(b_1v - b_2)(D+1)d u^{2D} + 2TgD(D+1)d u^{3D-1}, noise = 4Tg((D+1)d u^{2D})²,

    and $u = c^{1/(D+1)}$.  The flux $p·drift - ½(p·noise)'$ vanishes if
    $(\log p)' = (2 drift - noise')/noise$, and with the two closed forms this is [flux] for all
    $D$ and $d$.  At $D = 1$ the rest is algebra.  A density $v^κ$ times a bounded factor is
    integrable at 0 if and only if $κ > -1$.

Sharpness
    At $T = b_2/a_3$ the density is $1/v$ near 0.  As Itô's formula for $\log v$ shows, that is
    where its drift at 0 changes sign, $4(b_2 - Ta_3)$: the origin is stable in the sense of N12.
    For $D ≥ 2$ and $b_2 > 0$ the numerator of [origin] tends to $b_2$, so that $(\log p)'$ grows
    like $v^{-2D/(D+1)}$, faster than $1/v$, and $p$ vanishes at 0 at every $T$: of the data
    with $b_2 > 0$ only $D = 1$ collapses.

Implementation notes
    Drift and noise are sums over the $(D+1)d$ weights, with derivatives that are differences of
    values (every function is affine or quadratic in a weight): no formula of the proof is used.
    The $d$ subnetworks are equal, so that one is measured.
    $d^{1-2/(D+1)} v^{-2D/(D+1)}$ in other forms of the integrand is $d^{-1}c^{-2D/(D+1)}$.  That
    a normalised $p$ is the law that SGD tends to is not claimed.  The source was read in abstract;
    the density is recalled from it and derived again here.

References
----------
    ziyin2023law (the stationary distribution, its depth and its phase transition)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.instances import ExactInstance
from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.stochastic.quantities import temperature
from verify.derivation import rules
from verify.theorem import (
    Assumption,
    Bounds,
    Claim,
    Formula,
    Identity,
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

__all__ = ["THEOREM", "SubnetworkInstance"]

# --- equal subnetworks --------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class SubnetworkInstance(ExactInstance):
    """Equal subnetworks with all weights u > 0, on samples (x_s, y_s) of numbers.

    Parameters
    ----------
    hidden, copies
        D >= 1 and d >= 1.
    weight, temperature
        u > 0 and T > 0, scalars.
    inputs, labels
        The scalars x_s and y_s.
    """

    hidden: int
    copies: int
    weight: Any
    temperature: Any
    inputs: tuple[Any, ...]
    labels: tuple[Any, ...]

    @classmethod
    def exact(
        cls,
        hidden: int,
        copies: int,
        weight: int | Fraction,
        samples: Sequence[tuple[int | Fraction, int | Fraction]],
        temperature: int | Fraction = 1,
    ) -> Self:
        """Return the exact instance with these rational numbers; ``samples`` are pairs (x, y)."""
        ar = Rational()
        inputs, labels = (tuple(map(ar.scalar, side)) for side in zip(*samples, strict=True))
        numbers = ar.scalar(weight), ar.scalar(temperature)
        return cls(ar, hidden, copies, *numbers, inputs, labels)

    def product(self, *moves: tuple[int, int]) -> Any:
        """Π_k u^(k) of one subnetwork with 1 or -1 added to the weights of some layers."""
        weights = [self.weight] * (self.hidden + 1)
        for k, by in moves:
            weights[k] = weights[k] + by
        return math.prod(weights[1:], start=weights[0])

    @property
    def total(self) -> Any:
        """v, the sum over the subnetworks."""
        products = [self.product() for _ in range(self.copies)]
        return sum(products[1:], start=products[0])

    @cached_property
    def slopes(self) -> list[tuple[Any, list[Any]]]:
        """The derivatives of v and of each sample's loss in each weight, a list of layers.

        They are those of any subnetwork; the loss is quadratic in a weight, and v is affine.
        """
        samples, others = list(zip(self.inputs, self.labels, strict=True)), self.total
        found = []
        for k in range(self.hidden + 1):
            up, down = (others - self.product() + self.product((k, by)) for by in (1, -1))
            losses = [((up * x - y) ** 2 - (down * x - y) ** 2) / 2 for x, y in samples]
            found.append(((up - down) / 2, losses))
        return found

    def mixed(self, k: int, m: int) -> Any:
        """The mixed derivative of v in the weights of two layers of a subnetwork."""
        signs = itertools.product((1, -1), repeat=2)
        terms = [a * b * self.product((k, a), (m, b)) for a, b in signs]
        return sum(terms[1:], start=terms[0]) / 4

    def mean(self, values: Sequence[Any]) -> Any:
        """The mean of scalars over the samples."""
        share = self.arithmetic.scalar(Fraction(1, len(values)))
        return share * sum(values[1:], start=values[0])

    def covariance(self, xs: Sequence[Any], ys: Sequence[Any]) -> Any:
        """The covariance of two lists of numbers over the samples."""
        products = [x * y for x, y in zip(xs, ys, strict=True)]
        return self.mean(products) - self.mean(xs) * self.mean(ys)

    @property
    def squares(self) -> list[Any]:
        """x_s² of each sample."""
        return [x * x for x in self.inputs]

    @property
    def signals(self) -> list[Any]:
        """x_s y_s of each sample."""
        return [x * y for x, y in zip(self.inputs, self.labels, strict=True)]


@setting(
    "equal-subnetworks", "D hidden layers, d equal subnetworks, any equal weights u > 0, two or "
    "three samples, any T", load=None,
)  # fmt: skip
def equal_subnetworks(draw: Draw) -> SubnetworkInstance:
    """Equal weights and any samples; ``draw.bounds.depth`` counts hidden layers."""
    return _drawn(draw, draw.depth())


@setting("one-hidden-layer", "equal subnetworks with D = 1", load=None)
def one_hidden_layer(draw: Draw) -> SubnetworkInstance:
    """Equal weights of subnetworks with one hidden layer, and any samples."""
    return _drawn(draw, 1)


def _drawn(draw: Draw, hidden: int) -> SubnetworkInstance:
    copies, n = draw.width(), draw.integer(2, 3)
    return SubnetworkInstance(
        draw.arithmetic, hidden, copies, draw.number(1, 3) / 2, draw.number(1, 8) / 4,
        tuple(draw.numbers(n)), tuple(draw.numbers(n)),
    )  # fmt: skip


# --- quantities ---------------------------------------------------------------------------------


@quantity("sum_drift", r"\mathcal{L}v", positive=False)
def sum_drift(instance: SubnetworkInstance) -> Any:
    """-∇v·∇L + ½T tr(C∇²v): the generator of the weights' motion applied to v."""
    slopes = instance.slopes
    terms = [0 - slope * instance.mean(losses) for slope, losses in slopes]
    for k, m in itertools.combinations(range(len(slopes)), 2):
        covariance = instance.covariance(slopes[k][1], slopes[m][1])
        terms.append(instance.temperature * covariance * instance.mixed(k, m))
    return instance.copies * sum(terms[1:], start=terms[0])


@quantity("sum_noise", r"T\,\nabla v^TC\nabla v")
def sum_noise(instance: SubnetworkInstance) -> Any:
    """T ∇vᵀC∇v: the variance of the noise of v, from that of ∇v·∇ℓ over the samples."""
    rates = [[slope * g for g in losses] for slope, losses in instance.slopes]
    totals = [instance.copies * sum(at[1:], start=at[0]) for at in zip(*rates, strict=True)]
    return instance.temperature * instance.covariance(totals, totals)


@quantity("subnetwork_sum", "v", nonzero=True)
def subnetwork_sum(instance: SubnetworkInstance) -> Any:
    """The sum v > 0 of the products of the subnetworks' weights."""
    return instance.total


@quantity("hidden_layer_count", "D", integer=True, nonzero=True)
def hidden_layer_count(instance: SubnetworkInstance) -> int:
    """Number D of hidden layers of a subnetwork, which has D + 1 weights."""
    return instance.hidden


@quantity("subnetwork_count", "d", integer=True, nonzero=True)
def subnetwork_count(instance: SubnetworkInstance) -> int:
    """Number d of subnetworks."""
    return instance.copies


@quantity("square_variance", "a_1")
def square_variance(instance: SubnetworkInstance) -> Any:
    """Variance of x²."""
    return instance.covariance(instance.squares, instance.squares)


@quantity("square_signal_covariance", "a_2", positive=False)
def square_signal_covariance(instance: SubnetworkInstance) -> Any:
    """Covariance of x² and xy."""
    return instance.covariance(instance.squares, instance.signals)


@quantity("signal_variance", "a_3")
def signal_variance(instance: SubnetworkInstance) -> Any:
    """Variance of xy."""
    return instance.covariance(instance.signals, instance.signals)


@quantity("square_mean", "b_1")
def square_mean(instance: SubnetworkInstance) -> Any:
    """Mean of x²."""
    return instance.mean(instance.squares)


@quantity("signal_mean", "b_2", positive=False)
def signal_mean(instance: SubnetworkInstance) -> Any:
    """Mean of xy."""
    return instance.mean(instance.signals)


mu, noise, v, D, d, T, a1, a2, a3, b1, b2 = symbols(
    sum_drift, sum_noise, subnetwork_sum, hidden_layer_count, subnetwork_count, temperature,
    square_variance, square_signal_covariance, signal_variance, square_mean, signal_mean,
)  # fmt: skip
_c, _m = v / d, D + 1
_g = a1 * v**2 - 2 * a2 * v + a3
_g_slope = sp.diff(_g, v)
_noise = 4 * _m**2 * d**2 * T * _g * _c ** (4 * D / _m)

drift_form = Formula(
    "drift_form",
    r"-2(D+1)d\,c^{\frac{2D}{D+1}}(b_1v-b_2)+2D(D+1)dTg\,c^{\frac{3D-1}{D+1}}",
    -2 * _m * d * _c ** (2 * D / _m) * (b1 * v - b2)
    + 2 * D * _m * d * T * _g * _c ** (4 * D / _m - 1),
)
noise_form = Formula("noise_form", r"4(D+1)^2d^2Tg\,c^{\frac{4D}{D+1}}", _noise)
slope_form = Formula(
    "slope_form",
    r"-\tfrac{3D}{(D+1)v}-\tfrac{g'}{g}-\tfrac{b_1v-b_2}{(D+1)dTg\,c^{2D/(D+1)}}",
    -3 * D / (_m * v) - _g_slope / _g - (b1 * v - b2) / (_m * d * T * _g * _c ** (2 * D / _m)),
)
density_slope = expanded(
    "density_slope", r"(\log p)'",
    "(2 drift - noise') / noise: the slope of log p where the probability flux vanishes.",
    (2 * mu - sp.diff(_noise, v)) / noise, positive=False,
)  # fmt: skip
slope = density_slope.symbol
origin_form = Formula(
    "origin_form",
    r"b_2-b_1v-T\bigl(3Dg\,c^{\frac{D-1}{D+1}}+(D+1)dg'c^{\frac{2D}{D+1}}\bigr)",
    b2 - b1 * v
    - T * (3 * D * _g * _c ** (2 * D / _m - 1) + _m * d * _g_slope * _c ** (2 * D / _m)),
)  # fmt: skip
exponent_form = Formula(
    "exponent_form", r"\tfrac{b_2}{2Ta_3}-\tfrac32", b2 / (2 * T * a3) - sp.Rational(3, 2)
)
power_form = Formula(
    "power_form",
    r"\kappa-\tfrac{vg'}{g}+v\tfrac{2a_2b_2-a_3b_1-a_1b_2v}{2Ta_3g}",
    exponent_form
    + v * (-_g_slope / _g + (2 * a2 * b2 - a3 * b1 - a1 * b2 * v) / (2 * T * a3 * _g)),
)
modes_form = Formula(
    "modes_form", "7Ta_1v^2+(b_1-10Ta_2)v+3Ta_3-b_2",
    7 * T * a1 * v**2 + (b1 - 10 * T * a2) * v + 3 * T * a3 - b2,
)  # fmt: skip
log_drift_form = Formula("log_drift_form", "4(b_2-b_1v-Tg)", 4 * (b2 - b1 * v - T * _g))

# --- claims and proofs --------------------------------------------------------------------------

_ANY, _ONE = Bounds((1, 4), (1, 3)), Bounds((1, 1), (1, 3))
_SIZES = ((1, 1, 2), (1, 3, 2), (2, 1, 2), (2, 2, 2), (3, 1, 2), (4, 1, 2))
"""Hidden layers, subnetworks, samples."""
uncertain = Assumption("uncertain", sp.Gt(a3, 0, evaluate=False))
below = Assumption("below", T * a3 < b2)
above = Assumption("above", T * a3 >= b2)

drift = stated(
    "drift", "the drift of $v$",
    equal_subnetworks, sp.Eq(mu, drift_form), bounds=_ANY, sizes=_SIZES,
)  # fmt: skip
spread_of_noise = stated(
    "noise", "the variance of the noise of $v$",
    equal_subnetworks, sp.Eq(noise, noise_form), bounds=_ANY, sizes=_SIZES,
)  # fmt: skip


@claim(equal_subnetworks, sp.Eq(slope, slope_form), given=(drift, spread_of_noise), bounds=_ANY)
def flux(slope_form: Any, drift: Claim, noise: Claim) -> Iterator[Step]:
    """The slope of the logarithm of the density without flux."""
    s = sp.Symbol("s", positive=True)
    rate = (b1 * v - b2) / (_m * d * _g * _c ** (2 * D / _m))
    density = v ** (-3 * D / _m) / _g * sp.exp(-sp.Integral(rate.subs(v, s), (s, 1, v)) / T)
    yield Identity("the slope of log p", sp.diff(density, v) / density, slope_form)
    yield _measured_slope(drift, noise, slope_form)


def _measured_slope(drift: Claim, noise: Claim, form: Any) -> Step:
    found = rules.substituted(rules.definition(density_slope), rules.given(drift))
    return rules.rewritten(rules.substituted(found, rules.given(noise)), slope, form)


_weight = _m * d * T * _g * _c ** (2 * D / _m)


@claim(equal_subnetworks, sp.Eq(slope, origin_form / _weight), given=(flux,), bounds=_ANY)
def origin(origin_form: Any, flux: Claim) -> Iterator[Step]:
    """What is left of the slope near 0."""
    yield rules.rewritten(rules.given(flux), slope, origin_form / _weight)


shallow = stated(
    "shallow", "there is one hidden layer",
    one_hidden_layer, sp.Eq(D, 1), bounds=_ONE, sizes=((1, 2),), check=True,
)  # fmt: skip


def _at_one(flux: Claim, shallow: Claim) -> Step:
    """The slope at $D = 1$."""
    return rules.substituted(rules.given(flux), rules.given(shallow))


@claim(
    one_hidden_layer, sp.Eq(v * slope, power_form), uncertain, given=(flux, shallow), bounds=_ONE
)
def power(power_form: Any, flux: Claim, shallow: Claim) -> Iterator[Step]:
    """The power of $v$ near 0, and the bounded rest."""
    yield rules.rewritten(rules.scaled(_at_one(flux, shallow), v), v * slope, power_form)


@claim(one_hidden_layer, exponent_form > -1, uncertain, below, bounds=_ONE)
def spread(exponent_form: Any) -> Iterator[Step]:
    """Cold enough: the density is integrable at 0."""
    share = rules.scaled(rules.assumed(below), 1 / (2 * T * a3))
    yield rules.rewritten(rules.added(share, -sp.Rational(3, 2)), exponent_form, -1)


@claim(one_hidden_layer, exponent_form <= -1, uncertain, above, bounds=_ONE)
def collapse(exponent_form: Any) -> Iterator[Step]:
    """Too hot: it is not."""
    share = rules.scaled(rules.assumed(above), 1 / (2 * T * a3))
    yield rules.rewritten(rules.added(share, -sp.Rational(3, 2)), -1, exponent_form)


@claim(
    one_hidden_layer, sp.Eq(slope, -modes_form / (2 * T * v * _g)), given=(flux, shallow),
    bounds=_ONE,
)  # fmt: skip
def modes(modes_form: Any, flux: Claim, shallow: Claim) -> Iterator[Step]:
    """The equation of the modes."""
    yield rules.rewritten(_at_one(flux, shallow), slope, -modes_form / (2 * T * v * _g))


@claim(
    one_hidden_layer, sp.Eq(mu / v - noise / (2 * v**2), log_drift_form),
    given=(drift, spread_of_noise, shallow), bounds=_ONE,
)  # fmt: skip
def log_drift(log_drift_form: Any, drift: Claim, noise: Claim, shallow: Claim) -> Iterator[Step]:
    """The drift of the logarithm, by Itô's formula."""
    one = rules.given(shallow)
    moved = rules.scaled(rules.substituted(rules.given(drift), one), 1 / v)
    spread = rules.scaled(rules.substituted(rules.given(noise), one), -1 / (2 * v**2))
    total = rules.added(moved, spread)
    yield rules.rewritten(total, total.relation.lhs, log_drift_form)


# --- false twins --------------------------------------------------------------------------------

_rival = -2 * D / (_m * v) - _g_slope / _g - (b1 * v - b2) / _weight


def _minimizer() -> SubnetworkInstance:
    """Two samples with v = 1 = b_2/b_1."""
    return SubnetworkInstance.exact(1, 1, 1, [(1, 2), (1, 0)])


_twins = (
    twin("exponent", "the power $2D/(D+1)$ for $3D/(D+1)$",
         equal_subnetworks, sp.Eq(slope, _rival), bounds=_ANY),
    twin("without_ito", "no drift from the noise",
         equal_subnetworks, sp.Eq(mu, -2 * _m * d * _c ** (2 * D / _m) * (b1 * v - b2)),
         bounds=_ANY),
    twin("threshold", "integrable if $T < b_2/a_1$",
         one_hidden_layer, b2 / (2 * T * a3) - sp.Rational(3, 2) > -1, uncertain,
         Assumption("rival", T * a1 < b2), bounds=_ONE),
    twin("mode_is_minimizer", "the minimizer $v = b_2/b_1$ is a mode",
         equal_subnetworks, sp.Eq(slope, 0), Assumption("minimizer_of_loss", sp.Eq(b1 * v, b2)),
         bounds=_ONE, known=lambda: [_minimizer()]),
    twin("modes_of_two", "the equation of the modes at $D = 2$ too",
         equal_subnetworks, sp.Eq(-2 * T * v * _g * slope, 7 * T * a1 * v**2
         + (b1 - 10 * T * a2) * v + 3 * T * a3 - b2), bounds=Bounds((2, 2), (1, 3))),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_CHAINS, _STEPS, _RISK = 400, 4000, 1e-12
_MEAN = Fraction(1, 5)
"""b_2 for x = 1 and y = b_2 ± 1, where b_1 = a_3 = 1 and a_1 = a_2 = 0."""


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """SGD on one sample a step, u = w > 0, T = η: spread out if T < b_2, collapsed if T > b_2.

    A step multiplies u by 1 - ηs, s = 2(v - y), so that the mean of log(1 - ηs) over the steps is
    the growth of log u.  The continuous model takes the terms -ηs - 2η² of it.  Allowed for the
    mean of v is what is left, over 2η: the growth, the mean of the draws of y (Hoeffding's
    inequality), -2η²(v - b_2)² for the variance that the density has, and the terms from the third.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        eta = (Fraction(1, 64), Fraction(5, 16))[run % 2]
        rate, centre = float(eta), float(_MEAN)
        u = 0.25 + 0.25 * rng.random(_CHAINS)
        first, total, largest = u.copy(), 0.0, 0.0
        for _ in range(_STEPS):
            v = u * u
            s = 2 * (v - centre - rng.choice([1.0, -1.0], size=_CHAINS))
            u = u * (1 - rate * s)
            total += float(np.mean(v))
            largest = max(largest, float(np.max(np.abs(rate * s))))
        predicted = centre - rate
        if predicted < 0:
            shown = Measurement("largest v, hot", 1e-9, float(np.max(u * u)), 0.0, "<=")
        else:
            grown = float(np.mean(np.log(u / first))) / _STEPS
            draws = float(np.sqrt(2 * np.log(2 / _RISK) / (_CHAINS * _STEPS)))
            spread = 2 * rate * predicted + rate**2  # of the density, and about b_2
            left = (
                draws + rate * spread + (abs(grown) + largest**3 / (3 - 3 * largest)) / (2 * rate)
            )
            shown = Measurement("mean of v, cold", predicted, total / _STEPS, left / predicted)
        weight = Fraction(float(np.median(u))).limit_denominator(2**20)
        instance = SubnetworkInstance.exact(
            1, 1, max(weight, Fraction(1, 2**20)), [(1, _MEAN + 1), (1, _MEAN - 1)], eta
        )
        label = f"run {run}, η = {eta}, {_CHAINS} chains, {_STEPS} steps"
        yield TrainedSolution(label, instance, None, (shown,))


THEOREM = Theorem(
    id="N8",
    title="The stationary density of SGD can collapse to the origin with one hidden layer",
    normalisation="$(vx - y)²$, no factor 1/2, and its mean over the samples; the noise of "
    "$dθ = -∇L dt + √(TC) dW$ is Itô's",
    source=Source(
        "ziyin2023law",
        "the stationary distribution; re-derived here, recalled, only the abstract was read",
    ),
    claims=(
        drift, spread_of_noise, flux, origin, power, spread, collapse, modes, log_drift, shallow,
    ),
    controls=_twins,
    witnesses=(
        witness("cold", spread, "$x = 1$, $y = 2$ and 0, $T = 1/2$: $κ = -1/2$",
                lambda: SubnetworkInstance.exact(1, 1, 1, [(1, 2), (1, 0)], Fraction(1, 2))),
        witness("threshold", collapse, "$T = b_2/a_3 = 1$: $κ = -1$", _minimizer),
        *(
            witness(name, part, "$D = 3$, two subnetworks, $c = 16$",
                    lambda: SubnetworkInstance.exact(3, 2, 2, [(1, 2), (2, 1)]))
            for name, part in (("deep_drift", drift), ("deep_noise", spread_of_noise),
                               ("deep", flux), ("deep_origin", origin))
        ),
    ),
    necessity=(
        needed(below, spread, "$T = b_2/a_3$: $κ = -1$", _minimizer),
        needed(above, collapse, "$T = 1/2$, $b_2 = a_3 = 1$: $κ = -1/2$",
               lambda: SubnetworkInstance.exact(1, 1, 1, [(1, 2), (1, 0)], Fraction(1, 2))),
    ),
    trainings=(
        Training("trained", "stochastic gradient descent below and above the threshold", _train,
                 (flux, log_drift)),
    ),
    module=__name__,
)  # fmt: skip
