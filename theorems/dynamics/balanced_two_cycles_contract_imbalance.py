r"""Balanced two-cycles of descent on a chain exist at every depth; short ones contract imbalance.

Statement
    Let $f(w) = (w_L ⋯ w_1 - m)²$, let a two-cycle be a point with $w⁺⁺ = w ≠ w⁺$ under gradient
    descent with step size $η$, and let $ρ > 0$, $ρ ≠ 1$.

    At any weights, with $u = w_1 - w_2$, $v = w_1 + w_2$ and $a = 2ηrw_3 ⋯ w_L$, $a'$ the same one
    step later,

        v(u⁺⁺ - u) + u(v⁺⁺ - v) = 2uvaa',  v(u⁺⁺ - u) - u(v⁺⁺ - v) = 2uv(a + a').     [identities]

    There are balanced two-cycles, at every depth, between $x$ and $ρx$.   [exists]

    Two steps multiply a small imbalance at such a cycle by $1 - 2(ρ-1)²/ρ$,   [multiplier]
    so it contracts exactly for $(ρ-1)² < ρ$, whatever the depth: for $ρ$ between
    $(3-√5)/2$ and $(3+√5)/2$.

Notation
    $r = w_L ⋯ w_1 - m$; all layers are numbers.  ``imbalance_multiplier`` is the product over both
    points of $1 - ηh$, $h$ the Hessian's Rayleigh quotient along $e_1 - e_2$, an eigenvector at
    balanced points; $ρ$ is ``cycle_ratio``.

Assumptions
    None: the settings say what is drawn.

Proof
    $u⁺ = u(1 + a)$ and $v⁺ = v(1 - a)$, since $w_1⁺ = w_1 - aw_2$ and $w_2⁺ = w_2 - aw_1$.  Twice:
    $u⁺⁺ = u(1+a)(1+a')$, $v⁺⁺ = v(1-a)(1-a')$; sum and difference are the identities.

    On a two-cycle the left sides vanish.  If $uv ≠ 0$ then $aa' = 0 = a + a'$, so $a = a' = 0$.  As
    $r = 0$ is a fixed point, some $w_k$, $k ≥ 3$, is zero; two zeros are a fixed point too.  With
    one zero only $w_k$ moves, so that no factor of $w⁺$ is zero, $a' = 0$ says that $r' = 0$, and
    $w⁺$ is fixed: no two-cycle.  So $uv = 0$, and for every other pair of layers likewise:
    all $|w_i|$ of a two-cycle agree, its balancing gap is 0 and not merely small.  This consequence
    of the identities is on paper only.

    At $w_i = x$: $ρ = 1 - a$ and $1/ρ = 1 - a'$ (as $x⁺ = x(1 - a)$), and the imbalance is
    multiplied by $(1+a)(1+a') = (2-ρ)(2-1/ρ) = 5 - 2(ρ + 1/ρ)$.

Sharpness
    Beyond $(3+√5)/2$ cycles repel imbalances (control).  At $L = 2$, with the $K$ of two equal
    layers, $ρ + 1/ρ = K + 1$ and the multiplier is $3 - 2K$: where the cycle is stable along the
    diagonal, $1 < K < √5 - 1$, it contracts imbalances.

Implementation notes
    Cycles are drawn by $x$ and $ρ$; $η$ and $ηm$ solve two linear equations.  The identities are
    measured by gradients from tangents, not by the factors of the proof.

References
----------
    certimin2026; chen2023beyond (depth 2; abstract read)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.loss import hvp
from theorems.dynamics.chains import stepped_chains
from theorems.instances import Instance
from theorems.quantities import compared, symbols, weights_sq
from theorems.recipes import Draw, setting
from theorems.stepped import SteppedInstance, after
from verify.theorem import (
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
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- chains and their cycles --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class CycleInstance(SteppedInstance):
    """A point of a two-cycle, with the ratio of the other point to it."""

    ratio: Any


@setting("balanced-two-cycles", "w_i = x > 0 for all i, x⁺ = ρx, x⁺⁺ = x, 5/4 <= ρ <= 4",
         load=None, checker=None)  # fmt: skip
def balanced_two_cycles(draw: Draw) -> CycleInstance:
    """Solve for step size and target: η x^{2L-1} - (ηm) x^{L-1} = (x - x⁺)/2 at both points."""
    ar, depth = draw.arithmetic, draw.depth()
    x, ratio = draw.number(1, 2), draw.number(5, 16) / 4
    return _cycle(ar, depth, x, ratio)


def _cycle(ar: Any, depth: int, x: Any, ratio: Any) -> CycleInstance:
    """The cycle between x and ρx at this depth."""

    def power(base: Any, n: int) -> Any:
        return ar.power(base, Fraction(n))

    y, half = ratio * x, (x - ratio * x) / 2
    # η x^L - ηm = half/x^{L-1} and η y^L - ηm = -half/y^{L-1}
    first, second = half / power(x, depth - 1), -half / power(y, depth - 1)
    eta = (first - second) / (power(x, depth) - power(y, depth))
    target = power(x, depth) - first / eta
    unit = ar.identity(1)
    layers = [ar.scale(x, unit) for _ in range(depth)]
    base = Instance.of(ar, layers, unit, ar.scale(target, unit))
    return CycleInstance.beside(base, step_size=eta, ratio=ratio)


def _written(depth: int, x: Fraction | int, ratio: Fraction | int) -> CycleInstance:
    ar = Rational()
    return _cycle(ar, depth, ar.scalar(x), ar.scalar(ratio))


# --- quantities ---------------------------------------------------------------------------------


def _factor(instance: SteppedInstance) -> Any:
    """A = 2η r w_3 ... w_L, as a 1 x 1 matrix."""
    ar = instance.arithmetic
    residual = instance.net.end_to_end - instance.target
    for W in instance.weights[2:]:
        residual = residual @ W
    return ar.scale(2 * instance.step_size, residual)


@compared(
    "two_step_gap", r"\text{two-step gap}",
    r"v(u^{++}-u)+u(v^{++}-v) = 2uvaa',\quad v(u^{++}-u)-u(v^{++}-v) = 2uv(a+a')",
)  # fmt: skip
def two_step_gap(instance: SteppedInstance) -> tuple[list[Any], list[Any]]:
    """What two steps do to u = w_1 - w_2 and v = w_1 + w_2, against the factors a and a'."""
    moved = after(instance)
    u, v = _pair(instance.weights)
    u_2, v_2 = _pair(after(moved).weights)
    a, b = _factor(instance), _factor(moved)
    two = a @ b + a @ b
    left = [v @ (u_2 - u) + u @ (v_2 - v), v @ (u_2 - u) - u @ (v_2 - v)]
    return left, [u @ v @ two, u @ v @ (a + b + a + b)]


def _pair(layers: Sequence[Any]) -> tuple[Any, Any]:
    return layers[0] - layers[1], layers[0] + layers[1]


@quantity("return_distance", r"|w^{++}-w|^2", positive=False)
def return_distance(instance: SteppedInstance) -> Any:
    """Squared distance from where two steps lead."""
    return _distance(after(after(instance)), instance)


def _distance(one: Instance, other: Instance) -> Any:
    ar = one.arithmetic
    pairs = zip(one.weights, other.weights, strict=True)
    return sum((ar.frobenius_sq(a - b) for a, b in pairs), start=ar.scalar(0))


@quantity("step_distance", r"|w^+-w|^2", positive=False)
def step_distance(instance: SteppedInstance) -> Any:
    """Squared length of a step."""
    return _distance(after(instance), instance)


@quantity("imbalance_multiplier", r"\mu_\perp", positive=False)
def imbalance_multiplier(instance: SteppedInstance) -> Any:
    """What two steps multiply a small w_1 - w_2 by, from Hessian-vector products."""
    return _across(instance) * _across(after(instance))


def _across(instance: SteppedInstance) -> Any:
    """1 - η dᵀHd/2 for d = e_1 - e_2."""
    ar, net = instance.arithmetic, instance.net
    unit = ar.identity(1)
    zero = unit - unit
    direction = [unit, -unit, *([zero] * (net.depth - 2))]
    image = hvp(net, instance.sigma, instance.cross, direction)
    along = ar.entry(image[0], 0, 0) - ar.entry(image[1], 0, 0)
    return 1 - instance.step_size * along / 2


@quantity("cycle_ratio", r"\rho")
def cycle_ratio(instance: CycleInstance) -> Any:
    """The other point of the cycle over this one."""
    return instance.ratio


gap, back, step, mu, rho, N = symbols(
    two_step_gap, return_distance, step_distance, imbalance_multiplier, cycle_ratio, weights_sq
)
contraction = Formula("contraction", r"1-2(\rho-1)^2/\rho", 1 - 2 * (rho - 1) ** 2 / rho)

# --- claims and twins ---------------------------------------------------------------------------

_SIZES = Bounds((2, 4), (1, 1))


@claim(stepped_chains, sp.Eq(gap, 0), bounds=_SIZES, sizes=((2,), (3,)))
def identities() -> Iterator[Step]:
    """What two steps of gradient descent do to a pair of layers."""
    u, v, a, b = sp.symbols("u v a b", real=True)
    first, second = (u + v) / 2, (v - u) / 2  # w_1 and w_2
    moved = first - a * second, second - a * first
    yield Identity("difference", moved[0] - moved[1], u * (1 + a), why="one step")
    yield Identity("sum", moved[0] + moved[1], v * (1 - a), why="one step")
    du, dv = u * (1 + a) * (1 + b) - u, v * (1 - a) * (1 - b) - v
    yield Identity("two steps, sum", v * du + u * dv, 2 * u * v * a * b, why="expanded")
    yield Identity("two steps, difference", v * du - u * dv, 2 * u * v * (a + b), why="expanded")


exists = stated(
    "exists", "two steps lead back, whatever the depth",
    balanced_two_cycles, sp.Eq(back, 0), bounds=_SIZES,
)  # fmt: skip
moves = stated(
    "moves", "one step leads from $w$ to $ρw$",
    balanced_two_cycles, sp.Eq(step, (rho - 1) ** 2 * N), bounds=_SIZES, check=True,
)  # fmt: skip


@claim(balanced_two_cycles, sp.Eq(mu, contraction), bounds=_SIZES)
def multiplier(contraction: Any) -> Iterator[Step]:
    """What two steps multiply a small imbalance by."""
    yield Identity(
        "both factors", (1 + (1 - rho)) * (1 + (1 - 1 / rho)), contraction,
        why="$a = 1 - ρ$ and $a' = 1 - 1/ρ$, since $x⁺ = x(1 - a)$ leads there and back",
    )  # fmt: skip


_twins = (
    twin("always_contracts", "every two-cycle contracts imbalances",
         balanced_two_cycles, mu >= -1, bounds=_SIZES),
    twin("conserved", "imbalances stand still along a cycle",
         balanced_two_cycles, mu >= 1, bounds=_SIZES),
    twin("once", "$(ρ-1)²/ρ$ counted once",
         balanced_two_cycles, mu >= 1 - (rho - 1) ** 2 / rho, bounds=_SIZES),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


_TRAINED = ((2, Fraction(3, 2), 25), (3, Fraction(6, 5), 140))


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent beside cycles that are stable along the diagonal, from unbalanced starts.

    Allowed: after so many double steps w_1 - w_2 is below 1e-6, and corrections are of first order
    in it (other layers differ as well); rounding adds 4e-16 to it in a step, of which 15 steps
    count at a rate of 14/15: less than 1e-14 of 1e-7.
    """
    rng = np.random.default_rng(seed)
    for run in range(min(runs, 4)):
        depth, ratio, doubles = _TRAINED[run % 2]
        cycle = _written(depth, 1, ratio)
        eta, m = (float(Fraction(str(x))) for x in (cycle.step_size, cycle.target.raw[0, 0]))
        w = np.ones(cycle.net.depth)
        w[0] += 0.01 * rng.standard_normal()
        gaps = []
        for _ in range(doubles + 1):
            gaps.append(w[0] - w[1])
            for _ in range(2):
                w = w - 2 * eta * (w.prod() - m) * w.prod() / w
        predicted = float(1 - 2 * (ratio - 1) ** 2 / ratio)
        label = "imbalance after two more steps, over before"
        shown = Measurement(label, predicted, gaps[-1] / gaps[-2], 1e-6)
        yield TrainedSolution(f"run {run}, depth {len(w)}", cycle, Fraction(0), (shown,))


THEOREM = Theorem(
    id="N25",
    title="Balanced two-cycles exist on chains of every depth; short ones contract imbalance",
    normalisation="$f = (w_L ⋯ w_1 - m)²$, no factor 1/2; step $w - η∇f$",
    source=Source("certimin2026", "balance of two-cycles"),
    claims=(identities, exists, moves, multiplier),
    controls=_twins,
    witnesses=(
        witness("three", multiplier, "$L = 3$ between 1 and $3/2$: multiplier $2/3$",
                lambda: _written(3, 1, Fraction(3, 2))),
    ),
    trainings=(
        Training("trained", "gradient descent beside a cycle, from unbalanced starts", _train),
    ),
    module=__name__,
)  # fmt: skip
