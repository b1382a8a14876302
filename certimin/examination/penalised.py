"""The network with weight decay and neuron noise: thresholds, the least loss, the origin.

One output, D = L - 1 >= 1 hidden layers.  The penalised loss is

    E R + Σ_k γ_k |W_k|_F²,

E over independent multiplicative noise of variance σ² on each hidden neuron; E y² is left out, so
that it vanishes at the origin.

Where Σ is singular nothing is lost: with Q an orthonormal basis of its range and N of the rest,
R reads W_1 Q alone and |W_1|² = |W_1 Q|² + |W_1 N|².  So the loss is that of the network on the
range, where Σ is invertible, plus γ_1 |W_1 N|²; that term vanishes at every minimum, and gradient
flow lets it decay by itself, whatever the other weights do.  What is claimed of definite data is
claimed of the network on the range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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

__all__ = ["Penalised", "penalised", "rows"]


@dataclass(frozen=True, eq=False)
class Penalised:
    """A network with its penalty.

    Attributes
    ----------
    instance : EnclosedNoisyInstance
        The network on the range of Σ.
    unseen : Ball, optional
        γ_1 |W_1 N|², what is paid for the part of W_1 that the data do not see; None where they
        see all of it.
    """

    instance: EnclosedNoisyInstance
    unseen: Ball | None

    def payments(self) -> list[Ball]:
        """Return what each layer pays, γ_k |W_k|²."""
        first, *later = layer_penalties(self.instance)
        return [self.with_unseen(first), *later]

    def with_unseen(self, value: Ball, times: int = 1) -> Ball:
        """Return a value on the range with what the rest of W_1 adds to it."""
        return value if self.unseen is None else value + times * self.unseen


def penalised(point: Point, options: Options) -> Penalised:
    """Return the network with its penalty, on the range of Σ and off it.

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
    ):
        if wrong:
            raise UsageError(f"decay: expected {expected}, got {got}; leave decay= and noise= out")
    decays = options.decays_of_r
    if len(decays) not in (1, net.depth):
        raise UsageError(
            f"decay: expected one number, or {net.depth}, one for each layer, got {len(decays)}; "
            "give as many"
        )
    ar = Certain(point.arithmetic.precision)
    each = decays * net.depth if len(decays) == 1 else decays
    instance = EnclosedNoisyInstance(
        ar, tuple(net.weights), point.sigma, point.cross,
        tuple(ar.scalar(g) for g in each), ar.scalar(options.noise),
    )  # fmt: skip
    return Penalised(instance, _unseen(point, instance))


def _unseen(point: Point, instance: EnclosedNoisyInstance) -> Ball | None:
    """γ_1 |W_1 N|² = γ_1 (|W_1|² - |W_1 Q|²), None where Σ is invertible."""
    if point.problem.basis is None:
        return None
    with instance.arithmetic as ar:
        whole = ar.frobenius_sq(ar.dyadic(point.network.weights[0]))
        rest = ar.nonnegative(whole - ar.frobenius_sq(instance.weights[0]))
        found: Ball = instance.decays[0] * rest
    return found


def rows(penalty: Penalised, factor: Fraction) -> list[Row]:
    """Return what the theorems on weight decay say of the network, for ``factor`` times R."""
    instance = penalty.instance
    with instance.arithmetic as ar:
        seen, least = regularised_loss.measure(instance), reduced_minimum.measure(instance)
        loss, payments = penalty.with_unseen(seen), penalty.payments()
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
            *_unseen_row(penalty),
            *_common(instance, payments, least),
            *_origin(penalty, seen),
        ]
    return [row.times(factor) if row.key in _OF_THE_LOSS else row for row in found]


_OF_THE_LOSS = {
    "regularised_loss", "least_regularised_loss", "excess_regularised_loss", "layer_penalty_max",
    "layer_penalty_min", "penalty_at_minimum", "penalty_off_data", "radial_slope",
}  # fmt: skip
"""What is proportional to the loss."""


def _unseen_row(penalty: Penalised) -> list[Row]:
    """What is paid off the range of Σ, where there is something off it."""
    label = "paid for what no sample sees of W_1, 0 at every minimum"
    return [] if penalty.unseen is None else [Row("penalty_off_data", label, penalty.unseen)]


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


def _origin(penalty: Penalised, loss: Ball) -> list[Row]:
    """Whether the origin attracts: by the radius of Z8, by the loss of the origin.

    Both are asked on the range of Σ: what is off it returns to 0 by itself.
    """
    instance = penalty.instance
    ar, D = instance.arithmetic, instance.net.depth - 1
    c_sq = ar.frobenius_sq(instance.cross)
    size = sum((ar.frobenius_sq(W) for W in instance.weights), start=Ball.of(0))
    decay = ar.minimum(*instance.decays)
    slope = penalty.with_unseen(radial_slope.measure(instance), 2)
    found = [Row("radial_slope", "<W, gradient>: > 0 where the ray falls to the origin", slope)]
    if D >= 2 and not c_sq.upper:
        found.append(Row(*_BASIN, None, "nothing to learn: every ray falls to the origin"))
        said = _TRAPPED
    elif D >= 2:
        radius = ar.power(decay / ar.sqrt(c_sq), Fraction(1, D - 1)) * ar.sqrt(D + 1)
        share = ar.sqrt(size) / radius
        found.append(Row(*_BASIN, share))
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


_BASIN = "basin_share", "|W| / radius of the basin of the origin (Z8)"
_TRAPPED = "gradient flow from here ends at the origin"


def _fate(share: Ball, loss: Ball) -> str:
    """What becomes of the weights under gradient flow, as far as that is known."""
    if share.upper <= 1:
        return _TRAPPED
    if loss.upper < 0:
        return "gradient flow from here never reaches the origin: the loss is lower"
    return "not decided: outside the known basin, above the origin's loss"
