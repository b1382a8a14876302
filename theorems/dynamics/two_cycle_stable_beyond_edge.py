r"""Beyond the edge descent on two equal weights has a two-cycle, stable up to a known step.

Statement
    Let $f = (w_1w_2 - z)²/2$ at equal weights $w_1 = w_2 = x$, where it is twice $(x² - z)²/4$, and
    let $K = ηz$ and $s = ηx²$: a minimizer $s = K$ is stable for $K < 1$ only.

    A step of gradient descent with step size $η > 0$ keeps the weights equal and gives
    $s⁺ = s(1 + K - s)²$, and two steps give                                 [move]

        x⁺⁺ - x = x(s - K)(s - K - 2)(s² - (K+1)s + 1).                      [period]

    So a two-cycle of one sign has $s² - (K+1)s + 1 = 0$, and $K > 1$; all that have are such, with
    $ηxx⁺ = 1$.                                                              [cycle, inverse, born]

    Over a cycle, the derivative along equal weights is $7 - 4K - 2K²$, always below 1; it is
    above -1 if $K < √5 - 1$, and below it if $K > √5 - 1$.
    [along, below_one, stable, unstable]

    The derivative of $w_1 - w_2$ over the cycle is $3 - 2K$, in $(-1, 1)$ if $K < 2$: so for
    $K < √5 - 1$ the cycle attracts in both directions.                      [across, balancing]

    The step $g(x)$ has $2g'''g' - 3g''² = -12η(1 + K + 6s)$, for $K > -1$ a negative Schwarzian
    derivative, and maps $0 ≤ s ≤ 1 + K$ into itself if $(K+1)² ≤ 27/4$.     [schwarzian, trapped]

Notation
    The two weights are a chain of depth 2 on $Σ = 1$ with target $z$ (``chain_target``), $η$
    (``half_loss_step``) the step size on $f = R/2$; $K$ (``edge_ratio``), $s$ (``scaled_square``),
    a raised + says after one step.

Assumptions
    before    $(K+1)² < 5$, that is $K < √5 - 1$.
    past      $(K+1)² > 5$.
    early     $K < 2$.
    within    $s ≤ 1 + K$, that is $|x| ≤ √((1+K)/η)$.
    modest    $(K+1)² ≤ 27/4$, that is $K ≤ 1.598...$
    moving    $s ≠ 1$, as on every two-cycle of one sign.
    away      $s > 0$, as there.

Proof
    A step is $x⁺ = x(1 + K - s)$: this is the first formula, and twice applied the second.  Of its
    factors $x = 0$ and $s = K$ are at rest, $s = K + 2$ has $x⁺ = -x$, and what is left are
    cycles $x, x⁺$ of one sign.  By $K s = s² - s + 1$ then $x⁺ = x(1 + K - s) = x/s$, so
    $ηxx⁺ = 1$, and $(K - 1)s = (s - 1)² > 0$, as $s = 1$ is at rest.

    The Hessian of $R$ has the eigenvectors $(1, 1)$ and $(1, -1)$ at equal weights, so a step has
    the derivatives $1 + K - 3s$ and $1 - K + s$ there.  The two values of $s$ on a cycle have the
    sum $K + 1$ and the product 1, so the products of these derivatives are $9 - 2(K+1)²$ and
    $(1-K)² + (1-K)(1+K) + 1 = 3 - 2K$.  From $K > 1$ and $(K+1)² < 5$ the bounds follow.

    The derivatives of $g(x) = (1+K)x - ηx³$ give the Schwarzian; and with $c = 1 + K$

        4c³ - 27 s(c - s)² = (c - 3s)²(4c - 3s) ≥ 0,

    so that $s⁺ ≤ 4c³/27 ≤ c$.

Sharpness
    Both ends of $1 < K < √5 - 1$ are where a derivative is 1 or -1.  At $K = 3/√2 - 1 = 1.121...$,
    where the published range ends, the derivative vanishes and nothing else happens (control).

Implementation notes
    Of the source the abstract was read; its range is quoted from memory, and all was derived here.
    All claims are exact on every two-cycle, so the range is all of $(1, √5 - 1)$.  What is cited:
    Singer's theorem, by which the cycle attracts the critical orbit (the ends 0 and
    $√((1+K)/η)$ of the interval go to 0, where the derivative is $1 + K > 1$).  That it attracts
    almost every start is seen in training only: all starts in the ellipsoid of N2, of unequal
    weights, end on it.

References
----------
    chen2023beyond (two-step updates; abstract read, re-derived here); singer1978stable
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.dynamics.chains import (
    chain_target,
    exact_chain,
    half_loss_step,
    on_unit_data,
    read_stepped,
)
from theorems.lemmas import SINGER
from theorems.quantities import jet_hessian, symbols
from theorems.recipes import Draw, setting
from theorems.stepped import SteppedInstance, after
from verify.derivation import rules
from verify.errors import Undefined
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
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- quantities ---------------------------------------------------------------------------------


@quantity("pair_weight", "x", positive=False)
def pair_weight(instance: SteppedInstance) -> Any:
    """The weight x of two equal ones (of any two, the first)."""
    return instance.arithmetic.entry(instance.weights[0], 0, 0)


@quantity("pair_weight_next", "x^+", positive=False)
def pair_weight_next(instance: SteppedInstance) -> Any:
    """The weight after a step of gradient descent."""
    return pair_weight.measure(after(instance))


@quantity("pair_weight_later", "x^{++}", positive=False)
def pair_weight_later(instance: SteppedInstance) -> Any:
    """The weight after two steps of gradient descent."""
    return pair_weight.measure(after(after(instance)))


@quantity("edge_ratio", "K", positive=False)
def edge_ratio(instance: SteppedInstance) -> Any:
    """Ratio K = ηz of the step size to the edge 1/z."""
    return half_loss_step.measure(instance) * chain_target.measure(instance)


@quantity("scaled_square", "s")
def scaled_square(instance: SteppedInstance) -> Any:
    """Scaled square s = ηx² of the weight."""
    x = pair_weight.measure(instance)
    return half_loss_step.measure(instance) * x * x


@quantity("scaled_square_next", "s^+")
def scaled_square_next(instance: SteppedInstance) -> Any:
    """Scaled square s⁺ after a step of gradient descent."""
    return scaled_square.measure(after(instance))


def _derivative(instance: SteppedInstance, sign: int) -> Any:
    """Derivative of a step along (1, ±1), from the Hessian by hyper-dual numbers."""
    ar, H = instance.arithmetic, jet_hessian(instance)
    direction = ar.matrix([[1], [sign]])
    return ar.scalar(1) - instance.step_size * ar.entry(direction.mT @ H @ direction, 0, 0) / 2


@quantity("cycle_along", "m", positive=False)
def cycle_along(instance: SteppedInstance) -> Any:
    """Derivative of two steps along equal weights."""
    return _derivative(instance, 1) * _derivative(after(instance), 1)


@quantity("cycle_across", "m_-", positive=False)
def cycle_across(instance: SteppedInstance) -> Any:
    """Derivative of w_1 - w_2 over two steps from equal weights."""
    return _derivative(instance, -1) * _derivative(after(instance), -1)


@quantity("schwarzian_numerator", "(2g'''g'-3(g'')^2)(x)", positive=False)
def schwarzian_numerator(instance: SteppedInstance) -> Any:
    """2g'''g' - 3g''² of the step x -> g(x), by differences, which are exact for cubics."""
    ar, W = instance.arithmetic, instance.weights[0]

    def step_from(shift: int) -> Any:
        moved = W + ar.matrix([[shift]])
        return pair_weight_next.measure(replace(instance, weights=(moved, moved)))

    low, here, high, far = (step_from(shift) for shift in (-1, 0, 1, 2))
    third, second = far - 3 * high + 3 * here - low, high - 2 * here + low
    return 2 * third * ((high - low) / 2 - third / 6) - 3 * second * second


x, x_next, x_later, eta, m, m_across, numerator, K, s, s_next = symbols(
    pair_weight, pair_weight_next, pair_weight_later, half_loss_step, cycle_along, cycle_across,
    schwarzian_numerator, edge_ratio, scaled_square, scaled_square_next,
)  # fmt: skip

two_steps = Formula(
    "two_steps", "x(s-K)(s-K-2)(s^2-(K+1)s+1)",
    x * (s - K) * (s - K - 2) * (s**2 - (K + 1) * s + 1),
)  # fmt: skip
multiplier = Formula("multiplier", "7-4K-2K^2", 7 - 4 * K - 2 * K**2)
transversal = Formula("transversal", "3-2K", 3 - 2 * K)
schwarz = Formula("schwarz", r"-12\eta(1+K+6s)", -12 * eta * (1 + K + 6 * s))
moved = Formula("moved", "s(1+K-s)^2", s * (1 + K - s) ** 2)

before, past = Assumption("before", (K + 1) ** 2 < 5), Assumption("past", (K + 1) ** 2 > 5)
early, reach = Assumption("early", K < 2), Assumption("within", s <= 1 + K)
modest = Assumption("modest", (K + 1) ** 2 <= sp.Rational(27, 4))
moving = Assumption("moving", (s - 1) ** 2 > 0)
away = Assumption("away", sp.Gt(s, 0, evaluate=False))

# --- settings -----------------------------------------------------------------------------------


@setting(
    "equal-pairs",
    "two equal scalar weights, any target z, any step size 1/8 <= η <= 1/2",
    special=("two-cycles",),
    load=read_stepped,
)
def equal_pairs(draw: Draw) -> SteppedInstance:
    """Chains of depth 2 whose weights agree."""
    W = draw.matrix(1, 1)
    return on_unit_data(draw.arithmetic, [W, W], draw.number(1, 4) / 8, draw.matrix(1, 1))


@setting(
    "two-cycles",
    "weights x = u, any u ≠ v positive, η = 1/(uv) and z = u² - uv + v²: the cycle u, v",
    ensures=(moving, away),
    load=read_stepped,
)
def two_cycles(draw: Draw) -> SteppedInstance:
    """All two-cycles of one sign, by their two points."""
    u, v = draw.numbers(2, 1, 3)
    if draw.arithmetic.kind == "exact" and u == v:
        raise Undefined("u = v is a minimizer")
    return _cycle(draw.arithmetic, u, v)


def _cycle(ar: Any, u: Any, v: Any) -> SteppedInstance:
    one = ar.identity(1)
    W, target = ar.scale(u, one), ar.scale(u * u - u * v + v * v, one)
    return on_unit_data(ar, [W, W], ar.scalar(1) / (u * v), target)


def _exact_cycle(u: int | Fraction, v: int | Fraction) -> SteppedInstance:
    """The cycle through two rational numbers, K = u/v + v/u - 1."""
    ar = Rational()
    return _cycle(ar, ar.scalar(u), ar.scalar(v))


# --- claims and proofs --------------------------------------------------------------------------

_PAIR = Bounds((2, 2), (1, 1))
_ONCE: tuple[tuple[int, ...], ...] = ((),)
"""The recipes ask for no size."""

move = stated(
    "move", "a step", equal_pairs, sp.Eq(s_next, moved), bounds=_PAIR, sizes=_ONCE,
)  # fmt: skip
period = stated(
    "period", "two steps", equal_pairs, sp.Eq(x_later - x, two_steps), bounds=_PAIR, sizes=_ONCE,
)  # fmt: skip
cycle = stated(
    "cycle", "the two values of $s$ on a cycle",
    two_cycles, sp.Eq(s**2 - (K + 1) * s + 1, 0), bounds=_PAIR, sizes=_ONCE,
)  # fmt: skip
inverse = stated(
    "inverse", "have the product 1",
    two_cycles, sp.Eq(eta * x * x_next, 1), bounds=_PAIR, sizes=_ONCE,
)  # fmt: skip


@claim(two_cycles, K > 1, moving, away, given=(cycle,), bounds=_PAIR)
def born(cycle: Claim) -> Iterator[Step]:
    """A cycle is beyond the edge."""
    equation = rules.added(rules.given(cycle), (K - 1) * s)
    square = rules.rewritten(equation, (s - 1) ** 2, (K - 1) * s)
    product = rules.transitive(square, rules.assumed(moving))
    yield rules.added(rules.cancelled(product, rules.assumed(away)), 1)


along = stated(
    "along", "derivative along equal weights over the cycle",
    two_cycles, sp.Eq(m, multiplier), bounds=_PAIR, sizes=_ONCE,
)  # fmt: skip
across = stated(
    "across", "and of the difference of the weights",
    two_cycles, sp.Eq(m_across, transversal), bounds=_PAIR, sizes=_ONCE,
)  # fmt: skip


@claim(two_cycles, m < 1, given=(along, born), bounds=_PAIR)
def below_one(along: Claim, born: Claim, multiplier: Any) -> Iterator[Step]:
    """The derivative along equal weights is below 1 on every cycle."""
    square = rules.raised(rules.added(rules.given(born), 1), 2)
    bound = rules.added(rules.scaled(square, 2), -7 - 2 * (K + 1) ** 2)
    falling = rules.rewritten(rules.added(bound, 8), 1, multiplier)
    yield rules.turned(rules.transitive(falling, rules.given(along)))


@claim(two_cycles, m > -1, before, given=(along,), bounds=_PAIR)
def stable(along: Claim, multiplier: Any) -> Iterator[Step]:
    """And above -1 for every $K$ below $√5 - 1$."""
    room = rules.added(rules.scaled(rules.assumed(before), 2), -1 - 2 * (K + 1) ** 2)
    yield rules.transitive(rules.given(along), rules.rewritten(room, multiplier, -1))


@claim(two_cycles, m < -1, past, given=(along,), bounds=_PAIR)
def unstable(along: Claim, multiplier: Any) -> Iterator[Step]:
    """And below -1 for every $K$ above."""
    room = rules.added(rules.scaled(rules.assumed(past), 2), -1 - 2 * (K + 1) ** 2)
    falling = rules.rewritten(room, -1, multiplier)
    yield rules.turned(rules.transitive(falling, rules.given(along)))


@claim(two_cycles, m_across**2 < 1, early, given=(across, born), bounds=_PAIR)
def balancing(across: Claim, born: Claim, transversal: Any) -> Iterator[Step]:
    """The difference of the weights shrinks over the cycle for every $K$ below 2."""
    beyond = rules.added(rules.given(born), -1)
    room = rules.scaled(rules.multiplied(beyond, rules.added(rules.assumed(early), -K)), 4)
    square = rules.rewritten(rules.added(room, transversal**2), 1, transversal**2)
    once = rules.scaled(rules.given(across), m_across)
    twice = rules.scaled(rules.given(across), transversal)
    equal = rules.rewritten(rules.transitive(once, twice), m_across**2, transversal**2)
    yield rules.turned(rules.transitive(square, equal))


schwarzian = stated(
    "schwarzian", "the hypothesis of Singer's theorem for the step",
    equal_pairs, sp.Eq(numerator, schwarz), bounds=_PAIR, sizes=_ONCE, cites=(SINGER,),
)  # fmt: skip


@claim(equal_pairs, s_next <= 1 + K, reach, modest, given=(move,), bounds=_PAIR)
def trapped(move: Claim) -> Iterator[Step]:
    """A step maps an interval into itself."""
    c = 1 + K
    inside, least = rules.assumed(reach), Condition("s", s, ">=")
    positive = rules.transitive(inside, least)
    room = rules.transitive(rules.added(rules.scaled(inside, 4), -3 * s), least)
    square = rules.added(rules.scaled(_square(c - 3 * s), 4 * c - 3 * s, known=room),
                         27 * s * (c - s) ** 2)  # fmt: skip
    cubic = rules.rewritten(square, 4 * c**3, 27 * s * (c - s) ** 2)
    height = rules.scaled(rules.scaled(rules.assumed(modest), c, known=positive), 4)
    chain = rules.transitive(rules.rewritten(height, 4 * c**3, 27 * c), cubic)
    low = rules.scaled(chain, sp.Rational(1, 27))
    yield rules.turned(rules.transitive(low, rules.given(move)))


def _square(root: Any) -> Step:
    """The square of a real number is not negative."""
    return Condition("a square", root**2, ">=")


# --- false twins --------------------------------------------------------------------------------

_published = Assumption("published", K >= sp.Rational(1121, 1000))
_to_five_quarters = Assumption("to_five_quarters", K <= sp.Rational(5, 4))

_twins = (
    twin("published_range", "stable up to $K = 1.121$ only",
         two_cycles, m <= -1, _published, bounds=_PAIR, known=lambda: [_exact_cycle(3, 2)]),
    twin("five_quarters", "stable up to $K = 5/4$",
         two_cycles, m >= -1, _to_five_quarters, bounds=_PAIR,
         known=lambda: [_exact_cycle(Fraction(163, 100), 1)]),
    twin("every_step", "the difference of the weights shrinks for every $K$",
         two_cycles, m_across**2 <= 1, bounds=_PAIR, known=lambda: [_exact_cycle(3, 1)]),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_STARTS, _STEPS = 1000, 800


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Descend from pairs of unequal weights in the ellipsoid of N2; all end on the cycle.

    Near the cycle two steps contract by a factor of at most 0.9 at these K, so that 800 steps leave
    nothing but rounding, a few units of 1e-16; 1e-12 is asked.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        ratio = (1.1, 1.15, 1.2)[run % 3]  # η = 1, so that z = K
        v, w = rng.standard_normal((2, _STARTS))
        inside = v**2 + w**2 - ratio * v * w + ratio**2 < 4
        v, w = v[inside], w[inside]
        start = exact_chain([Fraction(v[0])] * 2, Fraction(ratio), 1)
        v, w = _descended(v, w, ratio)
        root = np.sqrt((ratio + 1) ** 2 - 4)
        values = np.array([ratio + 1 - root, ratio + 1 + root]) / 2
        distance = float(np.abs(v[:, None] ** 2 - values).min(axis=1).max())
        gap = float(np.abs(np.abs(v) - np.abs(w)).max())
        found = (
            Measurement("farthest from the cycle", 0.0, distance, 1e-12),
            Measurement("largest difference of the weights", 0.0, gap, 1e-12),
        )
        yield TrainedSolution(f"run {run}, K = {ratio}, {len(v)} starts", start, Fraction(0), found)


def _descended(v: Any, w: Any, goal: float) -> Any:
    """Where gradient descent with η = 1 is after many steps."""
    for _ in range(_STEPS):
        r = v * w - goal
        v, w = v - r * w, w - r * v
    return v, w


THEOREM = Theorem(
    id="N11",
    title="Beyond the edge descent on two equal weights has a two-cycle, stable up to a known step",
    normalisation="$f = (w_1w_2 - z)²/2$, half of $R = E|y - Px|²$",
    source=Source("chen2023beyond", "scalar two-step updates (abstract read; re-derived here)"),
    claims=(
        move, period, cycle, inverse, born, along, below_one, stable, unstable, across, balancing,
        schwarzian, trapped,
    ),
    controls=_twins,
    witnesses=(
        witness("stable_cycle", stable, "the cycle 3, 2: $K = 7/6$, derivative $-7/18$",
                lambda: _exact_cycle(3, 2)),
        witness("unstable_cycle", unstable, "the cycle 2, 1: $K = 3/2$, derivative $-7/2$",
                lambda: _exact_cycle(2, 1)),
    ),
    necessity=(
        needed(before, stable, "the cycle 2, 1: $K = 3/2$", lambda: _exact_cycle(2, 1)),
        needed(past, unstable, "the cycle 3, 2: $K = 7/6$", lambda: _exact_cycle(3, 2)),
        needed(early, balancing, "the cycle 3, 1: $K = 7/3$", lambda: _exact_cycle(3, 1)),
        needed(reach, trapped, "$s = 9/2$ where $K = 1$",
               lambda: exact_chain([3, 3], 2, Fraction(1, 2))),
        needed(modest, trapped, "$s = 1$ where $K = 3$", lambda: exact_chain([1, 1], 3, 1)),
    ),
    trainings=(
        Training("trained", "pairs of weights from the ellipsoid of N2", _train, (period,)),
    ),
    module=__name__,
)  # fmt: skip
