r"""Stochastic gradient descent is stable by a product of factors, and so reaches some maxima.

Statement
    Let $w⁺ = (1 - ηh)w$, where each step draws $h$ from $h_1, ..., h_n$ with equal chances: SGD on
    the losses $½h_iw²$, whose mean $½\bar{h}w²$ has a minimum at 0 if $\bar{h} > 0$, a maximum if
    $\bar{h} < 0$.  Let $w_0$ be the start and $f_i = 1 - ηh_i$ the factors.

    After $t$ steps the product of $w_t$ over all $n^t$ paths is $w_0^{n^t} (Π_i f_i)^{tn^{t-1}}$,
    so that the mean of $\log|w_t|$ is $\log|w_0| + (t/n)\log|Π_i f_i|$.                [logarithm]
    The mean of $w_t$ is $(1 - η\bar{h})^t w_0$,                                             [mean]
    and the mean of $w_t²$ is $((1/n)Σ_i f_i²)^t w_0²$.                                    [square]

    Let $w_t$ be called stable if $Π_i|f_i| < 1$, which means that it tends to 0 almost surely, and
    stable in square if $Σ_i f_i² < n$, which means that its mean square does.

    If $w_t$ is stable in square, it is stable: $Π_i f_i² < 1$ if $Σ_i f_i² < n$,          [weaker]
    and then 0 is a minimum: $\bar{h} > 0$.                                               [minimum]

    There are curvatures of negative mean, $\bar{h} < 0$, so that 0 is a maximum,         [maximum]
    for which $w_t$ is stable, $Π_i f_i² < 1$,                                            [reached]
    while its mean square grows, $(1/n)Σ_i f_i² > 1$.                                       [grows]

Notation
    $n$ (``curvature_count``), $t$ (``step_count``), $\bar{h}$ (``mean_curvature``), $Π_i f_i$
    (``factor_product``) and its square (``square_product``), $(1/n)Σ_i f_i²$ (``mean_square``).

Assumptions
    square_stable  $Σ_i f_i² < n$.  Without it neither holds: $η = 1$, $h = -1$ has $f = 2$.

Proof
    A path multiplies $w_0$ by $t$ factors.  In the product over all paths each $f_i$ occurs
    $tn^{t-1}$ times.  The draws are independent, so that the mean of a product is the product of
    the means: of $f$ for $w_t$, of $f²$ for $w_t²$.

    By the mean of geometric and arithmetic means, $Π_i f_i² ≤ ((1/n)Σ_i f_i²)^n$, which is less
    than 1 if $Σ_i f_i² < n$.  As a variance is not negative, $(1 - η\bar{h})² ≤ (1/n)Σ_i f_i²$; if
    that is less than 1, $2η\bar{h} > (η\bar{h})² ≥ 0$.

    Factors $2 + b$ and $1/(2 + a + b)$ with $a > 0$ and $b > 0$ have a mean above 1, hence
    $\bar{h} < 0$, a mean square above 2 and a product $(2 + b)/(2 + a + b)$ below 1.

    What "stable" means: $\log|w_t| - \log|w_0|$ is a sum of $t$ independent terms of mean
    $(1/n)\log|Π_i f_i|$.  By the strong law of large numbers, which is cited and not checked here,
    it tends to minus infinity almost surely if that mean is negative (or a factor vanishes), to
    infinity if it is positive; if it is 0, the sum is constant or has no limit.  So $w_t → 0$
    almost surely from $w_0 ≠ 0$ if and only if $Π_i|f_i| < 1$.

Sharpness
    $h = 3$ and $-4$ with $η = 3/10$ have $\bar{h} = -1/2$ and $|f_1f_2| = 11/50$.  Neither does
    $|1 - η\bar{h}| < 1$ suffice for stability nor is it needed (controls).

Implementation notes
    Means over paths are taken over all $n^t$ of them.  The sources were not read: the first is
    cited by its abstract for SGD at local maxima, the second for stability in probability; all is
    derived here.

References
----------
    ziyin2022local, ziyin2023probabilistic; etemadi1981elementary (strong law of large numbers)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.directions import k
from theorems.instances import ExactInstance
from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.stepped import step_size
from verify.derivation import rules
from verify.theorem import (
    Assumption,
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
    family,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "CurvatureInstance"]

# --- one weight and the curvatures that its steps see -------------------------------------------


@dataclass(frozen=True, eq=False)
class CurvatureInstance(ExactInstance):
    """The curvatures h_i of the samples' losses ½h_i w², η > 0, a start w_0 and t >= 1 steps."""

    curvatures: tuple[Any, ...]
    step_size: Any
    start: Any
    steps: int

    @classmethod
    def exact(
        cls,
        curvatures: Sequence[int | Fraction],
        step: int | Fraction,
        start: int | Fraction = 1,
        steps: int = 2,
    ) -> Self:
        """Return the exact instance with these rational numbers."""
        ar = Rational()
        return cls(ar, tuple(map(ar.scalar, curvatures)), ar.scalar(step), ar.scalar(start), steps)

    @property
    def factors(self) -> list[Any]:
        """f_i = 1 - ηh_i."""
        return [self.arithmetic.scalar(1) - self.step_size * h for h in self.curvatures]

    @property
    def ends(self) -> list[Any]:
        """w_t on each of the n^t paths, step by step."""
        found = []
        for path in itertools.product(self.curvatures, repeat=self.steps):
            w = self.start
            for h in path:
                w = w - self.step_size * (h * w)
            found.append(w)
        return found

    def mean(self, values: Sequence[Any]) -> Any:
        """The mean of scalars."""
        total = sum(values[1:], start=values[0])
        return self.arithmetic.scalar(Fraction(1, len(values))) * total


@setting("curvatures", "one to four curvatures, any step size 1/4 <= η <= 3/4, any start, t <= 3",
         load=None)  # fmt: skip
def curvatures(draw: Draw) -> CurvatureInstance:
    """Any curvatures, a start and one to three steps."""
    n, t = draw.integer(1, 4), draw.integer(1, 3)
    return CurvatureInstance(
        draw.arithmetic, tuple(draw.numbers(n)), draw.number(1, 3) / 4, draw.number(), t
    )


@setting("reached-maxima", "two curvatures with the factors 1/(2 + a + b) and 2 + b, a and b > 0",
         exists=True, load=None)  # fmt: skip
def reached_maxima(draw: Draw) -> CurvatureInstance:
    """Curvatures of negative mean whose factors have a product below 1."""
    one, t = draw.arithmetic.scalar(1), draw.integer(1, 3)
    a, b, eta = draw.number(1, 8), draw.number(1, 8) / 8, draw.number(1, 3) / 4
    factors = (one / (one + one + a + b), one + one + b)
    found = tuple((one - f) / eta for f in factors)
    return CurvatureInstance(draw.arithmetic, found, eta, draw.number(), t)


# --- quantities ---------------------------------------------------------------------------------


@quantity("curvature_count", "n", integer=True, nonzero=True)
def curvature_count(instance: CurvatureInstance) -> int:
    """Number n of curvatures."""
    return len(instance.curvatures)


@quantity("step_count", "t", integer=True, nonzero=True)
def step_count(instance: CurvatureInstance) -> int:
    """Number t of steps."""
    return instance.steps


@quantity("start_weight", "w_0", positive=False)
def start_weight(instance: CurvatureInstance) -> Any:
    """The start w_0."""
    return instance.start


@quantity("mean_curvature", r"\bar{h}", positive=False)
def mean_curvature(instance: CurvatureInstance) -> Any:
    """Mean of the curvatures: that of the mean loss."""
    return instance.mean(instance.curvatures)


@quantity("factor_product", r"\textstyle\prod_i(1-\eta h_i)", positive=False)
def factor_product(instance: CurvatureInstance) -> Any:
    """Π_i (1 - ηh_i)."""
    return math.prod(instance.factors[1:], start=instance.factors[0])


@quantity("path_product", r"\textstyle\prod_{\text{paths}}w_t", positive=False)
def path_product(instance: CurvatureInstance) -> Any:
    """The product of w_t over all n^t paths."""
    return math.prod(instance.ends[1:], start=instance.ends[0])


@quantity("path_mean", r"\mathbb{E}\,w_t", positive=False)
def path_mean(instance: CurvatureInstance) -> Any:
    """The mean of w_t over all n^t paths."""
    return instance.mean(instance.ends)


@quantity("path_square_mean", r"\mathbb{E}\,w_t^2")
def path_square_mean(instance: CurvatureInstance) -> Any:
    """The mean of w_t² over all n^t paths."""
    return instance.mean([w * w for w in instance.ends])


@family("factor_sq", "f^2")
def factor_sq(instance: CurvatureInstance) -> list[Any]:
    """f_i², i = 1..n."""
    return [f * f for f in instance.factors]


product, h, w_0, t, n, eta, ends, end_mean, end_square = symbols(
    factor_product, mean_curvature, start_weight, step_count, curvature_count, step_size,
    path_product, path_mean, path_square_mean,
)  # fmt: skip
_ALL = (k, 1, n)
mean_square = expanded(
    "mean_square", r"\tfrac1n\textstyle\sum_i(1-\eta h_i)^2", "(1/n) Σ_i (1 - ηh_i)².",
    sp.Sum(factor_sq(k), _ALL) / n,
)  # fmt: skip
square_product = expanded(
    "square_product", r"\textstyle\prod_i(1-\eta h_i)^2", "Π_i (1 - ηh_i)².",
    sp.Product(factor_sq(k), _ALL),
)  # fmt: skip
q, p = symbols(mean_square, square_product)

logarithm_form = Formula(
    "logarithm_form", r"w_0^{n^t}\bigl(\textstyle\prod_i(1-\eta h_i)\bigr)^{tn^{t-1}}",
    w_0 ** (n**t) * product ** (t * n ** (t - 1)),
)  # fmt: skip
mean_form = Formula("mean_form", r"(1-\eta\bar{h})^tw_0", (1 - eta * h) ** t * w_0)
square_form = Formula(
    "square_form", r"\bigl(\tfrac1n\textstyle\sum_i(1-\eta h_i)^2\bigr)^tw_0^2", q**t * w_0**2
)

# --- claims and proofs --------------------------------------------------------------------------

_ANY = Bounds((1, 1), (1, 1))
_PATHS = ((1, 1), (2, 1), (3, 1), (1, 3), (2, 2), (3, 2), (2, 3))
"""Curvatures and steps."""
_MAXIMA = ((1,), (2,), (3,))
"""Steps."""
square_stable = Assumption("square_stable", q < 1)

logarithm = stated(
    "logarithm", "the product of the ends of all paths, so the mean of their logarithms",
    curvatures, sp.Eq(ends, logarithm_form), bounds=_ANY, sizes=_PATHS, formal=True,
)  # fmt: skip
mean = stated(
    "mean", "the mean weight",
    curvatures, sp.Eq(end_mean, mean_form), bounds=_ANY, sizes=_PATHS, formal=True,
)  # fmt: skip
square = stated(
    "square", "the mean square of the weight",
    curvatures, sp.Eq(end_square, square_form), bounds=_ANY, sizes=_PATHS, formal=True,
)  # fmt: skip
squared = stated(
    "squared", "the product of squares is the square of the product",
    curvatures, sp.Eq(p, product**2), bounds=_ANY, sizes=_PATHS[:3], check=True, formal=True,
)  # fmt: skip
variance = stated(
    "variance", "the mean square of the factors is at least the square of their mean",
    curvatures, q >= (1 - eta * h) ** 2, bounds=_ANY, sizes=_PATHS[:2], check=True, formal=True,
)  # fmt: skip


positive = stated(
    "positive", "the step size is positive",
    curvatures, sp.Gt(eta, 0, evaluate=False), bounds=_ANY, sizes=_PATHS[:1], check=True,
)  # fmt: skip


@claim(curvatures, p < 1, square_stable, bounds=_ANY, formal=True)
def weaker() -> Iterator[Step]:
    """To be stable in square is to be stable."""
    means = rules.substituted(
        rules.scaled(rules.am_gm_sum(factor_sq(k), _ALL), 1 / n),
        rules.turned(rules.definition(mean_square)),
    )
    powers = rules.raised(means, n)
    named = rules.substituted(powers, rules.turned(rules.definition(square_product)))
    below = rules.raised(rules.assumed(square_stable), n)
    yield rules.rewritten(rules.transitive(below, named), 1, p)


@claim(
    curvatures, sp.Gt(h, 0, evaluate=False), square_stable, given=(variance, positive), bounds=_ANY,
    formal=True,
)  # fmt: skip
def minimum(variance: Claim, positive: Claim) -> Iterator[Step]:
    """And then the mean loss has a minimum at 0."""
    below = rules.transitive(rules.assumed(square_stable), rules.given(variance))
    square = Condition("a square", (eta * h) ** 2, ">=")
    total = rules.added(below, square, 2 * eta * h - 1 - (eta * h) ** 2)
    doubled = rules.rewritten(total, 2 * eta * h, 0)
    yield rules.rewritten(rules.cancelled(doubled, rules.scaled(rules.given(positive), 2)), h, 0)


maximum = stated(
    "maximum", "these curvatures have a negative mean",
    reached_maxima, sp.Lt(h, 0, evaluate=False), bounds=_ANY, sizes=_MAXIMA, formal=True,
)  # fmt: skip
reached = stated(
    "reached", "and yet the product of the factors is below 1",
    reached_maxima, p < 1, bounds=_ANY, sizes=_MAXIMA, formal=True,
)  # fmt: skip
grows = stated(
    "grows", "while the mean square grows",
    reached_maxima, q > 1, bounds=_ANY, sizes=_MAXIMA, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_sure = Assumption("sure", p < 1)
_STEP = Fraction(3, 10)


def _maximum() -> CurvatureInstance:
    """Curvatures 3 and -4, η = 3/10: factors 1/10 and 11/5."""
    return CurvatureInstance.exact([3, -4], _STEP)


_twins = (
    twin("mean_suffices", "stable if $|1 - η\\bar{h}| < 1$",
         curvatures, p < 1, Assumption("mean_stable", (1 - eta * h) ** 2 < 1), bounds=_ANY),
    twin("mean_needed", "stable only if $|1 - η\\bar{h}| < 1$",
         curvatures, (1 - eta * h) ** 2 < 1, _sure, bounds=_ANY, known=lambda: [_maximum()]),
    twin("never_a_maximum", "stable at minima only",
         curvatures, h >= 0, _sure, bounds=_ANY, known=lambda: [_maximum()]),
    twin("square_needed", "stable only if stable in square",
         curvatures, q <= 1, _sure, bounds=_ANY, known=lambda: [_maximum()]),
    twin("mean_square", "the square of the mean for the mean of the square",
         curvatures, sp.Eq(end_square, (1 - eta * h) ** (2 * t) * w_0**2), bounds=_ANY),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_STARTS, _STEPS, _RISK = 2000, 300, 1e-12


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """SGD from many starts at a maximum, and at a minimum that it leaves.

    Allowed: Hoeffding's inequality for the draws of all starts and steps, at a risk of 1e-12; the
    same inequality for one start leaves a chance below 1e-10 of it being on the wrong side of 1.
    """
    rng = np.random.default_rng(seed)
    cases = (("at a maximum", [3, -4]), ("at a minimum", [Fraction(-10, 3), Fraction(25, 3)]))
    for run in range(runs):
        label, found = cases[run % 2]
        instance = CurvatureInstance.exact(found, _STEP)
        factors = np.array([1 - float(_STEP * h) for h in found])
        w_0 = rng.uniform(-1.0, 1.0, _STARTS)
        w = w_0.copy()
        for _ in range(_STEPS):
            w *= factors[rng.integers(len(factors), size=_STARTS)]
        logs = np.log(np.abs(factors))
        predicted = float(logs.mean())
        measured = float(np.mean(np.log(np.abs(w / w_0)))) / _STEPS
        allowed = np.ptp(logs) * np.sqrt(np.log(2 / _RISK) / (2 * _STARTS * _STEPS))
        wrong = np.mean((np.abs(w) < np.abs(w_0)) != (predicted < 0))
        yield TrainedSolution(
            f"{label}, {_STARTS} starts, {_STEPS} steps", instance, Fraction(0),
            (
                Measurement("rate of the logarithm", predicted, measured,
                            float(allowed) / abs(predicted) + 1e-12),
                Measurement("share of starts on the wrong side", 0.0, float(wrong), 0.0),
            ),
        )  # fmt: skip


THEOREM = Theorem(
    id="N12",
    title="Stochastic gradient descent is stable by a product of factors and reaches some maxima",
    normalisation="losses $½h_iw²$ of one weight, with the factor 1/2; each step draws $h$ "
    "uniformly and independently from finitely many curvatures",
    source=Source(
        "ziyin2022local", "convergence to local maxima; re-derived here, only the abstract was read"
    ),
    claims=(
        logarithm, mean, square, weaker, minimum, maximum, reached, grows, squared, variance,
        positive,
    ),
    controls=_twins,
    witnesses=(
        witness("maximum", reached, "$h = 3$ and $-4$, $η = 3/10$: product $11/50$", _maximum),
        witness("four", logarithm, "four curvatures, one step",
                lambda: CurvatureInstance.exact([1, 2, 3, 5], Fraction(1, 4), 2, 1)),
        witness("stable", weaker, "$h = 1$ and 2, $η = 1/2$: factors $1/2$ and 0",
                lambda: CurvatureInstance.exact([1, 2], Fraction(1, 2))),
    ),
    necessity=(
        needed(square_stable, weaker, "$h = -1$, $η = 1$: the factor 2",
               lambda: CurvatureInstance.exact([-1], 1)),
        needed(square_stable, minimum, "$h = -1$, $η = 1$: a maximum",
               lambda: CurvatureInstance.exact([-1], 1)),
    ),
    trainings=(
        Training("trained", "stochastic gradient descent from many starts", _train,
                 (logarithm, mean, square)),
    ),
    module=__name__,
)  # fmt: skip
