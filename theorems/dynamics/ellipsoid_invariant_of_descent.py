r"""Gradient descent on a product leaves neither an ellipsoid nor its complement.

Statement
    Let $f = (x·y - z)²/2$ with vectors $x$ and $y$ of any length, $r = x·y - z$, and let
    $Q = |x|² + |y|² - ηz x·y + ηz²$.

    A step of gradient descent with any step size $η > 0$ gives, at any $x$, $y$ and $z$,

        ηQ⁺ - 4 = (ηQ - 4)(1 + η²r x·y),                                     [step]
        r⁺ = r(1 - ηQ + η²r²),                                               [residual]

    where $1 + η²r x·y ≥ 1 - η²z²/4$.                                        [growth]

    So the set $ηQ < 4$ is left by no step, and neither is its complement if $η|z| ≤ 2$.
    [inside, outside]

    For $η|z| < 2$ the set is the inside of an ellipsoid, and on it $η²r² < 4$.   [bounded]

    At a minimizer $2Q$ is the sharpness of $R = 2f$, and $Q ≥ 2|z|$.        [limit, least]

Notation
    $x·y$ (``chain_product``) is a network of one input, one output and depth 2 on $Σ = 1$, $η$
    (``half_loss_step``) the step size on $f$; $Q⁺$ (``basin_form_next``) and $r⁺$
    (``chain_residual_next``) are $Q$ and $r$ after one step.

Assumptions
    within     $ηQ < 4$.
    beyond     $ηQ ≥ 4$.
    moderate   $η²z² ≤ 4$.  Without it, $x = 2$, $y = 1$, $z = 3$, $η = 1$ steps inside.
    elliptic   $η²z² < 4$.  Without it $r$ has no bound in $ηQ < 4$.
    minimizer  $x·y = z$.

Proof
    A step is $x⁺ = x - ηry$, $y⁺ = y - ηrx$.  With $N = |x|² + |y|²$ and $P = x·y$,

        N⁺ = N - 4ηrP + η²r²N, \qquad P⁺ = P - ηrN + η²r²P.

    Insert $r = P - z$: both identities are polynomial.

    Since $η²(P - z/2)² ≥ 0$, the factor is at least $1 - η²z²/4$.

    Outside: for $η|z| ≤ 2$ the factor is not negative, so the sign of $ηQ - 4$ stays.

    Inside: put $ρ = ηr$, $ζ = ηz$ and $e = 4 - ηQ > 0$.  Then

        η|x+y|² = (2+ρ)(2+ζ) - e, \qquad η|x-y|² = (2-ρ)(2-ζ) - e,

    so that $(2+ρ)(2+ζ)$ and $(2-ρ)(2-ζ)$ are at least $e$, hence positive.  So $|ρ| < 2$ if
    $|ζ| < 2$, and then the factor is positive, for it is at least $1 - ζ²/4$.  If $|ζ| ≥ 2$ then
    $ρ$ has the sign of $ζ$, and the factor is $1 + ρ² + ρζ ≥ 1$.

    A minimizer has $r = 0$ and $P = z$, so $Q = N$, half the largest eigenvalue of the Hessian of
    $R$; and $N ≥ 2|P|$.  It is stable for $ηQ ≤ 2$ only: never outside, and nowhere if $η|z| > 1$.

Sharpness
    On the boundary $ηQ = 4$ the residual moves by $ρ⁺ = ρ³ - 3ρ$ (N2.residual), the cubic
    polynomial of Chebyshev: $2\cos θ$ becomes $2\cos 3θ$, which is chaotic.  Neither a ball
    nor a bound on the sharpness at the start says where descent converges (controls).

Implementation notes
    Of the source the abstract was read; the identities were derived here.  That for $η|z| < 1$
    almost every start inside converges, and outside none but a null set, is not proved here: the
    training runs 2000 starts for each of two targets, and inside all converge for $η|z| = 0.6$
    and none for $η|z| = 1.05$, where they end on the cycle of N11.  For $η|z| > 2$ the set
    $ηQ < 4$ is no ellipsoid; for numbers $x$ and $y$ it has two parts, for vectors one.

References
----------
    liang2025gradient (the region of convergence; abstract read, re-derived here)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.training import dyadic
from theorems.assumptions import minimizer
from theorems.dynamics.chains import (
    chain_product,
    chain_residual,
    chain_residual_next,
    chain_target,
    exact_product,
    half_loss_step,
    stepped_product_minimizers,
    stepped_products,
)
from theorems.quantities import sharpness, symbols, weights_sq
from theorems.stepped import SteppedInstance, after
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
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- quantities and closed forms ----------------------------------------------------------------

S, N, P, z, r, r_next, eta = symbols(
    sharpness, weights_sq, chain_product, chain_target, chain_residual, chain_residual_next,
    half_loss_step,
)  # fmt: skip

basin_form = expanded(
    "basin_form", "Q", "Q = |x|² + |y|² - ηz x·y + ηz².", N - eta * z * P + eta * z**2,
    positive=False,
)  # fmt: skip


@quantity("basin_form_next", "Q^+", positive=False)
def basin_form_next(instance: SteppedInstance) -> Any:
    """Q after a step of gradient descent."""
    return basin_form.measure(after(instance))


Q, Q_next = symbols(basin_form, basin_form_next)
factor = Formula("factor", r"1+\eta^2 r\,x\cdot y", 1 + eta**2 * r * P)
least_factor = Formula("least_factor", r"1-\eta^2z^2/4", 1 - eta**2 * z**2 / 4)

within = Assumption("within", eta * Q < 4)
beyond = Assumption("beyond", eta * Q >= 4)
moderate = Assumption("moderate", eta**2 * z**2 <= 4)
elliptic = Assumption("elliptic", eta**2 * z**2 < 4)

# --- claims and proofs --------------------------------------------------------------------------

_DEPTH_TWO = Bounds((2, 2), (1, 3))
_WIDTHS = ((1,), (2,), (3,))

step = stated(
    "step", "a step multiplies the distance of $ηQ$ from 4",
    stepped_products, sp.Eq(eta * Q_next - 4, (eta * Q - 4) * factor),
    bounds=_DEPTH_TWO, sizes=_WIDTHS, formal=True,
)  # fmt: skip
residual = stated(
    "residual", "and the residual, by a number that $Q$ says",
    stepped_products, sp.Eq(r_next, r * (1 - eta * Q + eta**2 * r**2)),
    bounds=_DEPTH_TWO, sizes=_WIDTHS, formal=True,
)  # fmt: skip


@claim(stepped_products, factor >= least_factor, bounds=_DEPTH_TWO, formal=True)
def growth(factor: Any, least_factor: Any) -> Iterator[Step]:
    """The factor is at least that at half the target."""
    square = rules.scaled(Condition("a square", (P - z / 2) ** 2, ">="), eta**2)
    shifted = rules.added(square, least_factor)
    halves = rules.rewritten(shifted, factor.subs(r, P - z), least_factor)
    equation = rules.turned(rules.definition(chain_residual))
    yield rules.transitive(
        rules.rewritten(_with_residual(equation, factor), factor, factor.subs(r, P - z)), halves
    )


def _with_residual(equation: Step, factor: Any) -> Step:
    """1 + η²rP = 1 + η²(P - z)P."""
    return rules.added(rules.scaled(rules.turned(equation), eta**2 * P), 1)


@claim(
    stepped_products,
    eta * Q_next >= 4,
    beyond,
    moderate,
    given=(step, growth),
    bounds=_DEPTH_TWO,
    formal=True,
)
def outside(step: Claim, growth: Claim, factor: Any, least_factor: Any) -> Iterator[Step]:
    """No step leads into the ellipsoid."""
    slight = rules.added(rules.scaled(rules.assumed(moderate), sp.Rational(1, 4)), least_factor - 1)
    positive = rules.transitive(rules.given(growth), rules.rewritten(slight, least_factor, 0))
    far = rules.added(rules.assumed(beyond), -4)
    kept = rules.scaled(far, factor, known=positive)
    moved = rules.transitive(rules.given(step), rules.rewritten(kept, factor * (eta * Q - 4), 0))
    yield rules.rewritten(rules.added(moved, 4), eta * Q_next, 4)


inside = stated(
    "inside", "no step leads out of the set $ηQ < 4$, whatever $ηz$ is",
    stepped_products, eta * Q_next < 4, within, bounds=_DEPTH_TWO, formal=True,
)  # fmt: skip
bounded = stated(
    "bounded", "in the ellipsoid the residual is bounded",
    stepped_products, eta**2 * r**2 < 4, within, elliptic, bounds=_DEPTH_TWO, formal=True,
)  # fmt: skip
limit = stated(
    "limit", "at a minimizer $2Q$ is the sharpness of $R$",
    stepped_product_minimizers, sp.Eq(S, 2 * Q), minimizer, bounds=_DEPTH_TWO, sizes=_WIDTHS,
    formal=True,
)  # fmt: skip
least = stated(
    "least", "and is at least $4|z|$",
    stepped_product_minimizers, 2 * Q >= 4 * sp.Abs(z), minimizer, bounds=_DEPTH_TWO, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_lands = Assumption("lands", sp.Eq(r_next, 0))
_stable = Assumption("stable", eta * Q_next < 2)
_large = Assumption("large", eta**2 * z**2 > 1)
_ball = Assumption("ball", eta * N < 4)


def _landing() -> list[SteppedInstance]:
    """From sharpness 109/18 of f, beyond 2/η = 2, one step leads to a minimizer with 25/18."""
    return [exact_product([Fraction(3, 2)], [Fraction(3, 2)], Fraction(25, 36), 1)]


_twins = (
    twin("ball", "every start in the ball $|x|² + |y|² < 4/η$ is in the ellipsoid",
         stepped_products, eta * Q <= 4, _ball, bounds=_DEPTH_TWO,
         known=lambda: [exact_product([1], [-1], 2, 1)]),
    twin("stable_start", "a start that steps to a stable minimizer has itself $ηS ≤ 4$",
         stepped_products, eta * S <= 4, _lands, _stable, bounds=_DEPTH_TWO, known=_landing),
    twin("beyond_critical", "the minimizers in the ellipsoid are stable for $η|z| > 1$ too",
         stepped_product_minimizers, eta * S <= 4, minimizer, within, elliptic, _large,
         bounds=_DEPTH_TWO, known=lambda: [exact_product([1], [1], 1, Fraction(9, 8))]),
    twin("outside_always", "the complement is invariant for every $z$",
         stepped_products, eta * Q_next >= 4, beyond, bounds=_DEPTH_TWO,
         known=lambda: [exact_product([2], [1], 3, 1)]),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_STARTS, _STEPS, _RATE = 2000, 1500, 0.25


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Descend from Gaussian starts on both sides of the ellipsoid, below and above η|z| = 1.

    Predicted for almost every start, so of all: below, those inside converge and the others do not;
    above, none does.  A start has converged when |r| < 1e-9 and diverged when |r| > 1e6.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        share = (0.6, 1.05)[run % 2]
        x, y = 2 * rng.standard_normal((2, _STARTS, 2))
        goal = share / _RATE
        form = (x**2 + y**2 - share * x * y).sum(axis=1) + share * goal
        starts_inside = _RATE * form < 4
        converged, diverged = _ends(x, y, goal)
        all_inside = float(np.count_nonzero(starts_inside))
        expected = all_inside if share < 1 else 0.0
        reached = float(np.count_nonzero(starts_inside & converged))
        lost = float(np.count_nonzero(~starts_inside & diverged))
        yield TrainedSolution(
            f"run {run}, η|z| = {share}, one of the starts",
            _start(x[0], y[0], goal),
            Fraction(0),
            (
                Measurement("starts inside that converge", expected, reached, 0.0),
                Measurement("starts outside that diverge", _STARTS - all_inside, lost, 0.0),
            ),
        )


def _ends(x: Any, y: Any, goal: float) -> tuple[Any, Any]:
    """Which starts converge and which diverge; what has done either is left alone."""
    converged, diverged = np.zeros((2, len(x)), dtype=bool)
    going = np.arange(len(x))
    for _ in range(_STEPS):
        r = (x * y).sum(axis=1) - goal
        done, lost = abs(r) < 1e-9, abs(r) > 1e6
        converged[going[done]], diverged[going[lost]] = True, True
        on = ~(done | lost)
        x, y, going, r = x[on], y[on], going[on], r[on, None]
        x, y = x - _RATE * r * y, y - _RATE * r * x
    return converged, diverged


def _start(x: Any, y: Any, goal: float) -> SteppedInstance:
    x, y = dyadic(np.stack([x, y]))
    return exact_product(x, y, Fraction(goal), Fraction(_RATE))


THEOREM = Theorem(
    id="N2",
    title="Gradient descent on a product leaves neither an ellipsoid nor its complement",
    normalisation="$f = (x·y - z)²/2$, half of $R = E|y - Px|²$; $S$ is that of $R$",
    source=Source("liang2025gradient", "region of convergence (abstract read; re-derived here)"),
    claims=(step, residual, growth, inside, outside, bounded, limit, least),
    controls=_twins,
    witnesses=(
        witness("inside_start", inside, "$x = y = 3/2$, $z = 25/36$, $η = 1$: $Q = 3.42$",
                lambda: _landing()[0]),
        witness("outside_start", outside, "$x = 2$, $y = 2$, $z = 1$, $η = 1$: $Q = 5$",
                lambda: exact_product([2], [2], 1, 1)),
        witness("two_parts", inside, "$η|z| = 4$, where $ηQ < 4$ is no ellipsoid",
                lambda: exact_product([3, 1], [2, 1], 4, 1)),
    ),
    necessity=(
        needed(moderate, outside, "$η|z| = 3$: $Q$ goes from 8 to 0",
               lambda: exact_product([2], [1], 3, 1)),
        needed(elliptic, bounded, "$η|z| = 4$: $Q = 3$ and $r = 3$",
               lambda: exact_product([3, 1], [2, 1], 4, 1)),
    ),
    trainings=(
        Training("trained", "thousands of starts on both sides of the ellipsoid", _train, (step,)),
    ),
    module=__name__,
)  # fmt: skip
