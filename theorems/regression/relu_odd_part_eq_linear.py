r"""The odd part of a two-layer ReLU network without biases is a linear network.

Statement
    Let $f(x) = W_2 σ(W_1x)$, $σ(z) = max(z, αz)$ in each neuron, $0 ≤ α ≤ 1$ (ReLU is $α = 0$).
    For any weights and $x$,

        f(x) - f(-x) = (1 + α) W_2W_1x,                                    [odd]
        f(x) + f(-x) = (1 - α) W_2|W_1x|.                                  [even]

    On data that are symmetric, $(x, y)$ with $(-x, -y)$, its loss is that of a linear network and
    the power of its even part,

        E(y - f)² = E(y - \tfrac{1+α}{2}W_2W_1x)² + \tfrac{(1-α)²}{4} E(W_2|W_1x|)²,   [split]

    so that no weights fit better than linear regression.   [no_better, least]
    Neurons in pairs, $v$ with the output $c$ and $-v$ with the output $-c$, are a linear network:
    $f(x) = (1 + α) Σ cv·x$.   [paired]
    One pair attains linear regression, $E(y - f)² = min_w E(y - w·x)²$.   [regressed]

Notation
    One output, $W_2$ a row, which is no loss for several; $|z|$ entry by entry.  Points $x_j$ with
    labels $y_j$, $j = 1, ..., N$; a mean $E$ is over $±(x_j, y_j)$.  ``odd_sum`` is
    $Σ_j y_j(f(x_j) - f(-x_j))$, ``even_sum`` has $+$ for $-$; ``linear_sum`` is $Σ_j y_jW_2W_1x_j$
    and ``modulus_sum`` is $Σ_j y_jW_2|W_1x_j|$; with $N = 1$ they are the values at one point.

Assumptions
    spanning  $Σ_j x_jx_jᵀ$ is invertible, for N22.least alone, whose right side inverts it.

Proof
    For one neuron $σ(z) - σ(-z) = (1 + α)z$ and $σ(z) + σ(-z) = (1 - α)|z|$, whichever sign $z$
    has.  Both are summed with the weights $W_2$.   [odd, even]

    So $f(±x) = ±o + e$ with $o = \tfrac{1+α}{2}W_2W_1x$ and $e = \tfrac{1-α}{2}W_2|W_1x|$, and

        \tfrac12(y - o - e)² + \tfrac12(-y + o - e)² = (y - o)² + e².       [split]

    The second term is not negative [no_better], and $\tfrac{1+α}{2}W_2W_1$ is some linear map, so
    that the first is at least the residual of linear regression.   [least]
    Pairs have $cσ(v·x) - cσ(-v·x) = (1 + α)cv·x$ [paired]; with $v$ the regressor and
    $c = 1/(1 + α)$ the map is regression.   [regressed]

Sharpness
    Identities.  Off symmetric data, with biases or with a third layer they fail (controls): deep
    networks without biases can be odd and not linear.

Implementation notes
    Exact on rational points: $max(z, αz)$ is taken neuron by neuron.  Training fits an odd cubic on
    symmetric data: descent does not get below linear regression.

References
----------
    zhang2025bias (two-layer networks without biases; abstract read, re-derived here)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.instances import ExactInstance, Rows
from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from verify.derivation import rules
from verify.errors import Undefined
from verify.theorem import (
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
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- instances -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class BiasFree(ExactInstance):
    """A leaky ReLU network of one output on points with labels.

    Parameters
    ----------
    layers
        W_1, ..., W_L, the last one a row.
    bias
        What is added to the neurons of the first layer, a column: zero for what is claimed.
    points, labels
        x_j as columns, y_j as a row.
    leak
        α, a scalar from 0 to 1.
    """

    layers: tuple[Any, ...]
    bias: Any
    points: Any
    labels: Any
    leak: Any

    @classmethod
    def exact(
        cls, layers: Sequence[Rows], points: Rows, labels: Rows, leak: int | Fraction = 0,
        bias: Rows | None = None,
    ) -> BiasFree:  # fmt: skip
        """Return the exact instance with these rational entries."""
        ar = Rational()
        zero = [[0]] * len(layers[0])
        return cls(
            ar, tuple(map(ar.matrix, layers)), ar.matrix(bias or zero), ar.matrix(points),
            ar.matrix(labels), ar.scalar(leak),
        )  # fmt: skip

    def outputs(self, sign: int) -> list[Any]:
        """Return f(x_j) for sign 1, f(-x_j) for sign -1."""
        ar, values = self.arithmetic, self.layers[0] @ self.points
        values = values if sign > 0 else -values
        values = values + self.bias @ ar.matrix([[1] * values.shape[-1]])
        for W in self.layers[1:]:
            values = W @ _entrywise(ar, values, lambda z: ar.maximum(z, self.leak * z))
        return _row(ar, values)

    @property
    def linear(self) -> list[Any]:
        """Return W_L ⋯ W_1 x_j."""
        values = self.points
        for W in self.layers:
            values = W @ values
        return _row(self.arithmetic, values)

    @property
    def absolute(self) -> list[Any]:
        """Return W_2|W_1x_j|, for two layers."""
        ar, (inner, outer) = self.arithmetic, self.layers
        sizes = _entrywise(ar, inner @ self.points, lambda z: ar.maximum(z, -z))
        return _row(ar, outer @ sizes)


def _row(ar: Any, A: Any) -> list[Any]:
    return [ar.entry(A, 0, j) for j in range(A.shape[-1])]


def _entrywise(ar: Any, A: Any, function: Any) -> Any:
    unit, (m, n) = ar.identity(1), A.shape[-2:]
    return ar.stack(
        [[ar.scale(function(ar.entry(A, i, j)), unit) for j in range(n)] for i in range(m)]
    )


def _drawn(draw: Draw, *, depth: int = 2, biased: bool = False) -> BiasFree:
    ar, sizes = draw.arithmetic, draw.widths(depth)
    count = draw.integer(1, 3)
    layers = tuple(draw.layers([*sizes, 1]))
    bias = draw.matrix(sizes[1], 1)
    bias = bias if biased else bias - bias
    points, labels = draw.matrix(sizes[0], count), draw.matrix(1, count)
    return BiasFree(ar, layers, bias, points, labels, draw.number(0, 1))


@setting(
    "relu-networks", "two layers, leaky ReLU without biases, one output, any points and labels"
)
def relu_networks(draw: Draw) -> BiasFree:
    """Two-layer networks without biases."""
    return _drawn(draw)


@setting("biased-relu-networks", "two layers, leaky ReLU with biases, one output")
def biased_relu_networks(draw: Draw) -> BiasFree:
    """Two-layer networks with biases."""
    return _drawn(draw, biased=True)


@setting("deep-relu-networks", "three layers, leaky ReLU without biases, one output")
def deep_relu_networks(draw: Draw) -> BiasFree:
    """Three-layer networks without biases."""
    return _drawn(draw, depth=3)


@setting("paired-relu-networks", "neurons in pairs, v to the output c and -v to -c")
def paired_relu_networks(draw: Draw) -> BiasFree:
    """Two-layer networks that are linear."""
    base = _drawn(draw)
    ar, (inner, outer) = draw.arithmetic, base.layers
    layers = (ar.stack([[inner], [-inner]]), ar.stack([[outer, -outer]]))
    bias = ar.stack([[base.bias], [base.bias]])
    return BiasFree(ar, layers, bias, base.points, base.labels, base.leak)


@setting("regressed-relu-networks", "one pair of neurons along the linear regressor", exists=True)
def regressed_relu_networks(draw: Draw) -> BiasFree:
    """Two neurons, w and -w, that are linear regression."""
    base, ar = _drawn(draw), draw.arithmetic
    try:
        inverse = ar.inverse(base.points @ base.points.mT)
    except ZeroDivisionError as error:
        raise Undefined("the points do not span the inputs") from error
    w = base.labels @ base.points.mT @ inverse
    gain = ar.scalar(1) / (ar.scalar(1) + base.leak)
    outer = ar.scale(gain, ar.matrix([[1, -1]]))
    zero = ar.matrix([[0], [0]])
    return BiasFree(ar, (ar.stack([[w], [-w]]), outer), zero, base.points, base.labels, base.leak)


# --- quantities ----------------------------------------------------------------------------------


def _total(terms: list[Any]) -> Any:
    return sum(terms[1:], start=terms[0])


def _weighted(instance: BiasFree, values: Sequence[Any]) -> Any:
    labels = _row(instance.arithmetic, instance.labels)
    return _total([y * v for y, v in zip(labels, values, strict=True)])


def _mean_square(instance: BiasFree, values: Sequence[Any]) -> Any:
    return _total([v * v for v in values]) / instance.arithmetic.scalar(len(values))


def _residuals(instance: BiasFree, values: Sequence[Any], sign: int = 1) -> list[Any]:
    labels = _row(instance.arithmetic, instance.labels)
    return [sign * y - v for y, v in zip(labels, values, strict=True)]


def _factor(instance: BiasFree) -> Any:
    return (instance.arithmetic.scalar(1) + instance.leak) / 2


@quantity("leak", r"\alpha")
def leak(instance: BiasFree) -> Any:
    """Slope α of a neuron on the negative side."""
    return instance.leak


@quantity("odd_sum", r"\textstyle\sum_jy_j(f(x_j)-f(-x_j))", positive=False)
def odd_sum(instance: BiasFree) -> Any:
    """Σ_j y_j (f(x_j) - f(-x_j))."""
    pairs = zip(instance.outputs(1), instance.outputs(-1), strict=True)
    return _weighted(instance, [x - y for x, y in pairs])


@quantity("even_sum", r"\textstyle\sum_jy_j(f(x_j)+f(-x_j))", positive=False)
def even_sum(instance: BiasFree) -> Any:
    """Σ_j y_j (f(x_j) + f(-x_j))."""
    pairs = zip(instance.outputs(1), instance.outputs(-1), strict=True)
    return _weighted(instance, [x + y for x, y in pairs])


@quantity("linear_sum", r"\textstyle\sum_jy_jW_L\cdots W_1x_j", positive=False)
def linear_sum(instance: BiasFree) -> Any:
    """Σ_j y_j W_L ⋯ W_1 x_j."""
    return _weighted(instance, instance.linear)


@quantity("modulus_sum", r"\textstyle\sum_jy_jW_2|W_1x_j|", positive=False)
def modulus_sum(instance: BiasFree) -> Any:
    """Σ_j y_j W_2|W_1x_j|."""
    return _weighted(instance, instance.absolute)


@quantity("symmetric_loss", "E(y-f)^2")
def symmetric_loss(instance: BiasFree) -> Any:
    """Mean of (y - f(x))² over the points (x_j, y_j) and (-x_j, -y_j)."""
    there = _residuals(instance, instance.outputs(1))
    back = _residuals(instance, instance.outputs(-1), sign=-1)
    return _mean_square(instance, there + back)


@quantity("plain_loss", r"\tfrac1N\textstyle\sum_j(y_j-f(x_j))^2")
def plain_loss(instance: BiasFree) -> Any:
    """Mean of (y_j - f(x_j))² over the points as they are (a control)."""
    return _mean_square(instance, _residuals(instance, instance.outputs(1)))


@quantity("halved_linear_loss", r"E(y-\tfrac{1+\alpha}{2}W_2W_1x)^2")
def halved_linear_loss(instance: BiasFree) -> Any:
    """Mean of (y_j - (1 + α)/2 W_2W_1x_j)²."""
    scaled = [_factor(instance) * v for v in instance.linear]
    return _mean_square(instance, _residuals(instance, scaled))


@quantity("even_power", "E(W_2|W_1x|)^2")
def even_power(instance: BiasFree) -> Any:
    """Mean of (W_2|W_1x_j|)²."""
    return _mean_square(instance, instance.absolute)


@quantity("regression_loss", r"\min_w E(y-w\cdot x)^2")
def regression_loss(instance: BiasFree) -> Any:
    """Residual of linear regression, for Σ_j x_jx_jᵀ invertible: |y|²/N less what it explains."""
    ar, X, y = instance.arithmetic, instance.points, instance.labels
    try:
        inverse = ar.inverse(X @ X.mT)
    except ZeroDivisionError as error:
        raise Undefined("the points do not span the inputs") from error
    pull = y @ X.mT
    explained = ar.entry(pull @ inverse @ pull.mT, 0, 0)
    return (ar.frobenius_sq(y) - explained) / ar.scalar(X.shape[-1])


alpha, odd_s, even_s, line, size, loss, plain, linear_loss, power, regression = symbols(
    leak, odd_sum, even_sum, linear_sum, modulus_sum, symmetric_loss, plain_loss,
    halved_linear_loss, even_power, regression_loss,
)  # fmt: skip
odd_value = Formula("odd_value", r"(1+\alpha)\textstyle\sum_jy_jW_2W_1x_j", (1 + alpha) * line)
even_value = Formula("even_value", r"(1-\alpha)\textstyle\sum_jy_jW_2|W_1x_j|", (1 - alpha) * size)
split_value = Formula(
    "split_value", r"E(y-\tfrac{1+\alpha}{2}W_2W_1x)^2+\tfrac{(1-\alpha)^2}{4}E(W_2|W_1x|)^2",
    linear_loss + (1 - alpha) ** 2 / 4 * power,
)  # fmt: skip

# --- claims and proofs ---------------------------------------------------------------------------

_SMALL = Bounds((2, 2), (1, 3))
_Z, _U = sp.Symbol("z", positive=True), sp.Symbol("u", real=True)
"""What a neuron receives, or its negative, and its weight in the output."""


@claim(relu_networks, sp.Eq(odd_s, odd_value), bounds=_SMALL)
def odd(odd_value: Any) -> Iterator[Step]:
    """The odd part is linear."""
    why = "one neuron; the sums over neurons and points follow"
    yield Identity("z > 0", _U * _Z - _U * (-alpha * _Z), odd_value.subs(line, _U * _Z), why=why)
    yield Identity("z < 0", _U * (-alpha * _Z) - _U * _Z, odd_value.subs(line, -_U * _Z), why=why)


@claim(relu_networks, sp.Eq(even_s, even_value), bounds=_SMALL)
def even(even_value: Any) -> Iterator[Step]:
    """The even part is that of absolute values."""
    why = "one neuron, whichever sign $z$ has: the left side is even in it"
    yield Identity("neuron", _U * _Z + _U * (-alpha * _Z), even_value.subs(size, _U * _Z), why=why)


@claim(relu_networks, sp.Eq(loss, split_value), given=(odd, even), bounds=_SMALL)
def split(split_value: Any) -> Iterator[Step]:
    """On symmetric data the loss splits."""
    y, p, m = sp.symbols("y p m", real=True)  # a label, W_2W_1x and W_2|W_1x|
    o, e = (1 + alpha) * p / 2, (1 - alpha) * m / 2
    at_point = split_value.subs({linear_loss: (y - o) ** 2, power: m**2})
    yield Identity(
        "one point and its mirror image", ((y - o - e) ** 2 + (-y + o - e) ** 2) / 2, at_point,
        why="$f(±x) = ±o + e$",
    )  # fmt: skip


@claim(relu_networks, loss >= linear_loss, given=(split,), bounds=_SMALL)
def no_better(split: Claim, split_value: Any) -> Iterator[Step]:
    """The even part only adds to the loss."""
    spare = rules.minimum((1 - alpha) ** 2 / 4 * power, alpha, 1)
    above = rules.rewritten(rules.added(spare, linear_loss), split_value, linear_loss)
    yield rules.transitive(rules.given(split), above)


least = stated(
    "least", "no weights fit symmetric data better than linear regression",
    relu_networks, loss >= regression, bounds=_SMALL,
)  # fmt: skip
paired = stated(
    "paired", "neurons in pairs are a linear network",
    paired_relu_networks, sp.Eq(loss, linear_loss), bounds=Bounds((2, 2), (1, 2)),
)  # fmt: skip

regressed = stated(
    "regressed", "one pair of neurons attains linear regression",
    regressed_relu_networks, sp.Eq(loss, regression), bounds=_SMALL,
)  # fmt: skip

# --- false twins ---------------------------------------------------------------------------------


def _one_sided() -> BiasFree:
    """One neuron fits the labels 1 and 0 of the points 1 and -1."""
    return BiasFree.exact([[[1]], [[1]]], [[1, -1]], [[1, 0]])


_twins = (
    twin("undoubled", "$α$ for $1 + α$",
         relu_networks, sp.Eq(odd_s, alpha * line), bounds=_SMALL),
    twin("odd_networks", "the even part vanishes",
         relu_networks, sp.Eq(even_s, 0), bounds=_SMALL),
    twin("any_data", "no weights fit any data better than linear regression",
         relu_networks, plain >= regression, bounds=_SMALL, known=lambda: [_one_sided()]),
    twin("biases", "the odd part is linear with biases too",
         biased_relu_networks, sp.Eq(odd_s, odd_value), bounds=_SMALL),
    twin("deeper", "a third layer brings the factor $1 + α$ once more",
         deep_relu_networks, sp.Eq(odd_s, (1 + alpha) ** 2 * line), bounds=_SMALL),
)  # fmt: skip

# --- training ------------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Descent on symmetric data with an odd cubic target: never below linear regression.

    N22.least holds at any weights, so nothing but rounding is allowed.
    """
    rng = np.random.default_rng(seed)
    half = np.linspace(0.1, 1.0, 10)
    x = np.concatenate([half, -half])[None]
    y = x**3
    slope = float((x @ y.T)[0, 0] / (x @ x.T)[0, 0])
    floor = float(np.mean((y - slope * x) ** 2))
    for run in range(runs):
        inner, outer = 0.5 * rng.standard_normal((8, 1)), 0.5 * rng.standard_normal((1, 8))
        for _ in range(2000):
            z = inner @ x
            E = outer @ np.maximum(z, 0) - y
            to_inner = ((outer.T @ E) * (z > 0)) @ x.T
            outer, inner = outer - 0.005 * E @ np.maximum(z, 0).T, inner - 0.005 * to_inner
        reached = float(np.mean((outer @ np.maximum(inner @ x, 0) - y) ** 2))
        yield TrainedSolution(
            f"run {run}, 8 neurons", None, None,
            (Measurement("linear regression against the loss reached", reached, floor, 1e-12, "<="),
             Measurement("half the loss reached against linear regression", floor, reached / 2,
                         0.0, "<=")),
        )  # fmt: skip


THEOREM = Theorem(
    id="N22",
    title="The odd part of a two-layer ReLU network without biases is a linear network",
    normalisation="$E(y - f)²$, no factor 1/2; $σ(z) = max(z, αz)$",
    source=Source("zhang2025bias", "two-layer networks; re-derived, abstract only read"),
    claims=(odd, even, split, no_better, least, paired, regressed),
    controls=_twins,
    witnesses=(
        witness("point", odd, "ReLU, $W_1 = (1, -2)ᵀ$, $W_2 = (3, 1)$, $x = 1$: $3 - 2 = 1$",
                lambda: BiasFree.exact([[[1], [-2]], [[3, 1]]], [[1]], [[1]])),
        witness("regression", least, "one neuron on the points 1 and 2, labels 1 and 1",
                lambda: BiasFree.exact([[[1]], [[1]]], [[1, 2]], [[1, 1]])),
    ),
    trainings=(Training("trained", "descent on an odd cubic", _train),),
    module=__name__,
)  # fmt: skip
