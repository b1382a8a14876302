"""The network with weight decay and neuron noise: thresholds, the least loss, the origin.

One output, D = L - 1 >= 1 hidden layers.  The penalised loss is

    E R + Σ_k γ_k |W_k|_F²,

E over independent multiplicative noise of variance σ² on each hidden neuron; E y² is left out, so
that it vanishes at the origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from certimin.examination.instances import Certain, EnclosedNoisyInstance
from certimin.examination.options import Options
from certimin.examination.point import Point
from certimin.rows import Row
from numeric.arithmetic.ball import Ball
from numeric.arithmetic.protocol import NotExact
from theorems.weight_decay.networks import layer_penalties, noise_factor, regularised_loss
from theorems.weight_decay.reduction import reduced_minimum, reduced_problem
from theorems.weight_decay.small_starts_end_at_origin import radial_slope
from verify.errors import UsageError

__all__ = ["penalised", "rows"]


def penalised(point: Point, options: Options) -> EnclosedNoisyInstance:
    """Return the network with its penalty, on the range of Σ.

    Raises
    ------
    UsageError
        For biases, several outputs, no hidden layer, or another number of decays.
    """
    net = point.net
    for wrong, expected, got in (
        (point.network.has_biases, "a network without biases", "biases"),
        (net.widths[-1] != 1, "one output", f"{net.widths[-1]} outputs"),
        (net.depth < 2, "a hidden layer", "depth 1"),
        (
            point.problem.basis is not None,
            "data whose covariance is invertible",
            f"rank {point.problem.rank} of {point.problem.features}",
        ),
    ):
        if wrong:
            raise UsageError(f"decay: expected {expected}, got {got}; leave decay and noise out")
    decays = options.decays_of_r
    if len(decays) not in (1, net.depth):
        raise UsageError(
            f"decay: expected one number, or {net.depth}, one for each layer, got {len(decays)}; "
            "give as many"
        )
    ar = Certain(point.arithmetic.precision)
    each = decays * net.depth if len(decays) == 1 else decays
    return EnclosedNoisyInstance(
        ar, tuple(net.weights), point.sigma, point.cross,
        tuple(ar.scalar(g) for g in each), ar.scalar(options.noise),
    )  # fmt: skip


def rows(instance: EnclosedNoisyInstance, factor: Fraction) -> list[Row]:
    """Return what the theorems on weight decay say of the network, for ``factor`` times R."""
    with instance.arithmetic as ar:
        loss, least = regularised_loss.measure(instance), reduced_minimum.measure(instance)
        payments = layer_penalties(instance)
        kappa = noise_factor(instance, instance.hidden_widths)
        found = [
            Row("noise_factor", "kappa = prod (1 + sigma^2/d_i): noise scales the data", kappa),
            Row("regularised_loss", "loss with decay and noise, less E y^2", loss),
            Row("least_regularised_loss", "... its least value over all weights (Z3p)", least),
            Row("excess_regularised_loss", "... above it by", ar.maximum(0, loss - least)),
            Row(
                "layer_penalty_max",
                "most that a layer pays, gamma_k |W_k|^2",
                ar.maximum(*payments),
            ),
            Row("layer_penalty_min", "least that a layer pays", ar.minimum(*payments)),
            *_common(instance, payments, least),
            *_origin(instance, loss),
        ]
    return [row.times(factor) if row.key in _OF_THE_LOSS else row for row in found]


_OF_THE_LOSS = {
    "regularised_loss", "least_regularised_loss", "excess_regularised_loss", "layer_penalty_max",
    "layer_penalty_min", "penalty_at_minimum", "radial_slope",
}  # fmt: skip
"""What is proportional to the loss."""


def _common(instance: EnclosedNoisyInstance, payments: Sequence[Any], least: Ball) -> list[Row]:
    """What each layer pays at the minimum, and how far the weights are from all minima."""
    ar = instance.arithmetic
    paid = "penalty_at_minimum", "what each layer pays at the global minimum (Z1, Z3)"
    far = "distance_to_minima", "distance to every global minimum is at least"
    try:
        common = reduced_problem(instance).minimiser()
    except NotExact:
        common = None
    if common is None or not least.upper < 0:
        reason = "the origin is the global minimum" if least.lower == 0 else "not isolated"
        return [Row(*paid, None, reason), Row(*far, None, reason)]
    # |W_k| differs by this much from its value at any minimum
    gaps = [
        ar.sqrt(payment / decay) - ar.sqrt(common / decay)
        for payment, decay in zip(payments, instance.decays, strict=True)
    ]
    distance = ar.sqrt(sum((gap * gap for gap in gaps), start=Ball.of(0)))
    # that no other payment is as good was looked for in floats only
    return [Row(*name, Ball(x.arb, "sampled")) for name, x in ((paid, common), (far, distance))]


def _origin(instance: EnclosedNoisyInstance, loss: Ball) -> list[Row]:
    """Whether the origin attracts: by the radius of Z8, by the loss of the origin."""
    ar, D = instance.arithmetic, instance.net.depth - 1
    c_sq = ar.frobenius_sq(instance.cross)
    size = sum((ar.frobenius_sq(W) for W in instance.weights), start=Ball.of(0))
    decay = ar.minimum(*instance.decays)
    found = [Row("radial_slope", "<W, gradient>: > 0 where the ray falls to the origin",
                 radial_slope.measure(instance))]  # fmt: skip
    if D >= 2:
        radius = ar.power(decay / ar.sqrt(c_sq), Fraction(1, D - 1)) * ar.sqrt(D + 1)
        share = ar.sqrt(size) / radius
        found.append(Row("basin_share", "|W| / radius of the basin of the origin (Z8)", share))
        said = _fate(share, loss)
    else:
        share = ar.sqrt(c_sq / (instance.decays[0] * instance.decays[1]))
        found.append(
            Row("signal_share", "|c| / sqrt(gamma_1 gamma_2): > 1 and it is learnt (Z4)", share)
        )
        said = "the origin is a saddle" if share.lower > 1 else (
            "the origin is the global minimum" if share.upper <= 1 else "undecided")  # fmt: skip
    found.append(Row("origin", "the origin", said, "certified"))
    return found


def _fate(share: Ball, loss: Ball) -> str:
    if share.upper <= 1:
        return "gradient flow from here ends at the origin"
    if loss.upper < 0:
        return "gradient flow from here never reaches the origin: the loss is lower"
    return "not decided: outside the known basin, above the origin's loss"
