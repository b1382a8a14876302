r"""Completing a matrix of positive determinant drives its unobserved entry to infinity.

Statement
    Let $W$ be a 2 x 2 matrix, $ℓ = ½((w_{12}-1)² + (w_{21}-1)² + w_{22}²)$ its loss on the three
    observed entries, and $det W > 0$.  If $ℓ < 1/2$ then

        |w_{11}| > (1 - √(2ℓ))²/√(2ℓ), \quad w_{11}² > 1 - 2ℓ.                      [lower, late]

    For any $0 < e ≤ 1/2$ with $2ℓ ≤ e + e²$,

        w_{11}² > (1 - e)³/e,                                                       [sharp]

    and of this and $1 - 2ℓ$ nothing more can be said: there are such $W$, at every loss up to 3/8
    and from there on up to 1/2, with

        $(w_{11} - det W/w_{22})² = (1 - e)³/e$ at $2ℓ = e + e²$, and $1 - 2ℓ$.
                                                                       [attained, late_attained]

Notation
    $w_{ij}$ (``entry_11`` ... ``entry_22``), $ℓ$ (``completion_loss``), $det W$
    (``determinant``), $e$ (``completion_level``).

Assumptions
    upright  $det W > 0$: without it $w_{11} = 0$ is possible at any loss.
    learnt   $ℓ < 1/2$: then $w_{12}w_{21} > 0$.  Without it $w_{11} = 1/100$, $w_{22} = 1$ and two
             zeros are below the bound.
    small    $e ≤ 1/2$: beyond it other matrices have the least $|w_{11}|$ (a witness).
    within   $2ℓ ≤ e + e²$: ties $e$ to the loss; without it the bound may be any.

Proof
    Let $p = w_{12}w_{21}$, $t = w_{12} + w_{21}$.  As $2ℓ = (w_{12}-1)² + (w_{21}-1)² + w_{22}²$,

        2p = (1 - 2ℓ) + w_{22}² + (t - 1)² > 0,

    and $w_{11}w_{22} = p + det W > p > 0$ gives $w_{11}²w_{22}² > p²$ and $w_{22} ≠ 0$.  So lower
    bounds of $p²/w_{22}²$ are bounds of $w_{11}²$.
    With $r = √(2ℓ) < 1$ both $w_{12}$ and $w_{21}$ are at least $1 - r > 0$, and $w_{22}² ≤ r²$.
    [lower]
    With $q = 1 - 2ℓ > 0$, $p² - q w_{22}² = (p - q)² + q(t - 1)² ≥ 0$.   [late]
    With $c = 1 - e$ and $w_{22}² ≤ e + e² - (w_{12}-1)² - (w_{21}-1)²$,

        e p² - c³w_{22}² ≥ e(p - c²)² + ½c²(t - 2c)² + ½c²(1 - 2e)(w_{12} - w_{21})² ≥ 0.   [sharp]

    At $w_{12} = w_{21} = c$, and at $t = 1$ and $p = q$, the squares vanish, and
    $w_{11} - det W/w_{22} = p/w_{22}$.   [attained, late_attained]

    A consequence in words: under gradient flow from balanced square layers with $det P > 0$ the
    determinant keeps its sign (N5: $d det P/dt$ is $det P$ times a number that stays bounded), so a
    flow along which $ℓ → 0$ sends $|w_{11}|$ to infinity, and every norm of $P$ with it.

Sharpness
    The bounds of [sharp] and [late] cannot be improved, as $det W > 0$ may be as small as one
    likes; $(1 - √(2ℓ))²/√(2ℓ)$ is the published bound, and weaker.

Implementation notes
    Bounds of $|w_{11}|$ are stated squared.  $e$ is a part of the instance; the best one is
    $(√(1 + 8ℓ) - 1)/2$.  Trained factorisations are read off as exact dyadic matrices.

References
----------
    razin2020implicit (abstract read; re-derived here, [sharp] and [late] found here)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import isqrt
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.networks import LinearNetwork
from numeric.training import descend, dyadic
from theorems.dynamics.completion import (
    CompletionInstance,
    attaining_completions,
    completion_level,
    completion_loss,
    completions,
    determinant,
    entry_11,
    entry_12,
    entry_21,
    entry_22,
    late_completions,
    remainder,
)
from theorems.quantities import symbols
from verify.derivation import rules
from verify.theorem import (
    Assumption,
    Bounds,
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
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

w, x, y, z, loss, det, e, over = symbols(
    entry_11, entry_12, entry_21, entry_22, completion_loss, determinant, completion_level,
    remainder,
)  # fmt: skip
p, t, off = x * y, x + y, (x - 1) ** 2 + (y - 1) ** 2

upright = Assumption("upright", sp.Gt(det, 0))
reversed_ = Assumption("reversed", sp.Lt(det, 0))
learnt = Assumption("learnt", sp.Lt(2 * loss, 1))
small = Assumption("small", sp.Le(e, sp.Rational(1, 2)))
within = Assumption("within", sp.Le(2 * loss, e + e**2))

published = Formula(
    "published", r"(1-\sqrt{2\ell})^4/(2\ell)", (1 - sp.sqrt(2 * loss)) ** 4 / (2 * loss)
)
late_bound = Formula("late_bound", r"1-2\ell", 1 - 2 * loss)
sharp_bound = Formula("sharp_bound", "(1-e)^3/e", (1 - e) ** 3 / e)

# --- claims and proofs ----------------------------------------------------------------------------

_ANY = Bounds((2, 2), (2, 2))


def _twice_the_loss() -> Step:
    return rules.scaled(rules.definition(completion_loss), 2)


def _product_is_positive(below: Step) -> Step:
    """From 1 > 2ℓ: 2p = (1 - 2ℓ) + w_22² + (t - 1)² > 0."""
    squares = Condition("squares", z**2 + (t - 1) ** 2, ">=")
    total = rules.added(below, squares, _twice_the_loss(), -2 * loss - off - z**2)
    return rules.scaled(rules.rewritten(total, 2 * p, 0), sp.Rational(1, 2))


def _crossed(below: Step) -> Step:
    """From 1 > 2ℓ: w_11²w_22² > p², as det W (det W + 2p) > 0."""
    positive = _product_is_positive(below)
    gap = rules.substituted(rules.assumed(upright), rules.definition(determinant))
    both = rules.multiplied(gap, rules.added(gap, rules.scaled(positive, 2)))
    return rules.rewritten(rules.added(both, p**2), w**2 * z**2, p**2)


@claim(completions, w**2 > published, upright, learnt, bounds=_ANY)
def lower(published: Any) -> Iterator[Step]:
    """The published bound, squared."""
    below = rules.assumed(learnt)
    rest = 1 - sp.sqrt(2 * loss)
    room = rules.added(rules.raised(below, sp.Rational(1, 2)), -sp.sqrt(2 * loss))
    open_ = rules.rewritten(room, rest, 0)
    sides = [_at_least(entry, other) for entry, other in ((x, y), (y, x))]
    positive = rules.transitive(sides[1], open_)
    first = rules.scaled(sides[0], y, known=positive)
    product = rules.transitive(first, rules.scaled(sides[1], rest, known=open_))
    squared = rules.raised(product, 2)
    seen = rules.added(_twice_the_loss(), Condition("squares", off, ">="), -off)
    largest = rules.scaled(rules.rewritten(seen, 2 * loss, z**2), w**2)
    chain = rules.transitive(largest, _crossed(below), squared)
    divided = rules.cancelled(chain, rules.factor(chain, loss))
    yield rules.rewritten(rules.scaled(divided, sp.Rational(1, 2)), w**2, published)


def _at_least(entry: Any, other: Any) -> Step:
    """An entry observed to be 1 is at least 1 - √(2ℓ)."""
    rest = (other - 1) ** 2 + z**2
    total = rules.added(_twice_the_loss(), Condition("squares", rest, ">="), -rest)
    square = rules.rewritten(total, 2 * loss, (1 - entry) ** 2)
    moved = rules.added(rules.root(square, 1 - entry), entry - sp.sqrt(2 * loss))
    return rules.rewritten(moved, entry, 1 - sp.sqrt(2 * loss))


def _concluded(below: Step, product: Step, factor: Any = 1) -> Step:
    """From factor p² >= K w_22² that factor w_11² > K."""
    crossed = _crossed(below)
    chain = rules.transitive(rules.scaled(crossed, factor), product)
    return rules.cancelled(chain, rules.factor(crossed, z**2))


@claim(completions, w**2 > late_bound, upright, learnt, bounds=_ANY)
def late(late_bound: Any) -> Iterator[Step]:
    """A bound that is best where the loss is large."""
    below = rules.assumed(learnt)
    rest = 1 - 2 * loss
    room = rules.rewritten(rules.added(below, -2 * loss), rest, 0)
    squares = (
        Condition("square", (p - rest) ** 2, ">="),
        rules.scaled(Condition("square", (t - 1) ** 2, ">="), rest, known=room),
    )
    total = rules.added(*squares, rules.scaled(_twice_the_loss(), rest), -rest * off)
    found = _concluded(below, rules.rewritten(total, p**2, rest * z**2))
    yield rules.rewritten(found, w**2, late_bound)


@claim(completions, w**2 > sharp_bound, upright, small, within, bounds=_ANY)
def sharp(sharp_bound: Any) -> Iterator[Step]:
    """The best bound where the loss is small."""
    c, limit = 1 - e, rules.assumed(small)
    double = rules.rewritten(rules.added(rules.scaled(limit, 2), -e), c, e)
    rest = rules.transitive(double, Condition("the level", e, ">"))
    room = rules.rewritten(rules.added(double, -(e**2)), c - e**2, e * c)
    open_ = rules.added(rules.transitive(room, rules.scaled(rest, e)), e + e**2)
    below = rules.transitive(rules.rewritten(open_, 1, e + e**2), rules.assumed(within))
    spread = rules.rewritten(rules.added(double, -e), 1 - 2 * e, 0)
    squares = (
        Condition("square", e * (p - c**2) ** 2, ">="),
        Condition("square", c**2 * (t - 2 * c) ** 2 / 2, ">="),
        rules.scaled(Condition("square", c**2 * (x - y) ** 2 / 2, ">="), 1 - 2 * e, known=spread),
        rules.scaled(rules.assumed(within), c**3, known=rules.raised(rest, 3)),
        rules.scaled(_twice_the_loss(), c**3),
    )
    total = rules.rewritten(
        rules.added(*squares, -(c**3) * (2 * loss + off)), e * p**2, c**3 * z**2
    )
    yield rules.rewritten(rules.scaled(_concluded(below, total, e), 1 / e), w**2, sharp_bound)


attained = stated(
    "attained", "and is attained but for the determinant",
    attaining_completions, sp.Eq((w - over) ** 2, sharp_bound), bounds=_ANY, sizes=((),),
)  # fmt: skip
attained_loss = stated(
    "attained_loss", "there the loss is as large as the level allows",
    attaining_completions, sp.Eq(2 * loss, e + e**2), bounds=_ANY, sizes=((),), check=True,
)  # fmt: skip
attained_product = stated(
    "attained_product", "and the observed ones are equal",
    attaining_completions, sp.Eq(x * y, (1 - e) ** 2), bounds=_ANY, sizes=((),), check=True,
)  # fmt: skip
attained_corner = stated(
    "attained_corner", "and the one observed as zero is as large as the level allows",
    attaining_completions, sp.Eq(z**2, e - e**2), bounds=_ANY, sizes=((),), check=True,
)  # fmt: skip
late_attained = stated(
    "late_attained", "and is attained but for the determinant, at large losses",
    late_completions, sp.Eq((w - over) ** 2, late_bound), bounds=_ANY, sizes=((),),
)  # fmt: skip

# --- false twins ----------------------------------------------------------------------------------

_twins = (
    twin("negative_determinant", "$det W < 0$",
         completions, w**2 >= published, reversed_, learnt, bounds=_ANY),
    twin("without_remainder", "$1/√(2ℓ)$ for $(1-√(2ℓ))²/√(2ℓ)$",
         completions, w**2 >= 1 / (2 * loss), upright, learnt, bounds=_ANY),
    twin("second_power", "$(1-e)²/e$ for $(1-e)³/e$",
         completions, w**2 >= (1 - e) ** 2 / e, upright, small, within, bounds=_ANY,
         known=lambda: [_near(Fraction(1, 2), Fraction(1, 1000))]),
    twin("any_level", "$e > 1/2$ too",
         completions, w**2 >= sharp_bound, upright, within, bounds=_ANY,
         known=lambda: [_beyond()]),
)  # fmt: skip


def _near(e: Fraction, rest: Fraction) -> CompletionInstance:
    """The attaining matrix at e = 1/2, with determinant ``rest``."""
    c = 1 - e
    return CompletionInstance.exact([[(c * c + rest) / c, c], [c, c]], e)


def _beyond() -> CompletionInstance:
    rows = [[Fraction(81, 200), Fraction(1, 5)], [Fraction(4, 5), Fraction(2, 5)]]
    return CompletionInstance.exact(rows, Fraction(11, 20))


# --- training -------------------------------------------------------------------------------------


def _slopes(weights: tuple[Any, ...]) -> list[Any]:
    """The gradient of ℓ in each layer."""
    net = LinearNetwork(Floating(), weights)
    G = (net.end_to_end - np.array([[0.0, 1.0], [1.0, 0.0]])) * np.array([[0.0, 1.0], [1.0, 1.0]])
    return [A.mT @ G @ B.mT for A, B in zip(net.suffixes, net.prefixes, strict=True)]


def _level(twice: Fraction) -> Fraction:
    """The least multiple of 1e-6 with e + e² >= 2ℓ."""
    scale = 10**6
    numerator = isqrt(int((1 + 4 * twice) * scale**2)) - scale
    return Fraction(numerator // 2 + 1, scale)


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent on factorisations that start at multiples of the identity.

    The sharp bound is compared with the entry: as exact as floats are, 1e-12.
    """
    rng = np.random.default_rng(seed)
    for run in range(min(runs, 2)):
        depth = 2 + run % 2
        start = [rng.uniform(0.5, 0.8) * np.eye(2)[None]] * depth
        for steps in (400, 1200):
            ended = descend(start, _slopes, 0.02, steps=steps)
            P = LinearNetwork(Floating(), [np.asarray(W)[0] for W in ended.weights]).end_to_end
            rows = dyadic(P)
            twice = (rows[0][1] - 1) ** 2 + (rows[1][0] - 1) ** 2 + rows[1][1] ** 2
            e_ = float(_level(twice))
            shown = Measurement(
                "sharp bound against |w_11|", abs(float(P[0, 0])), ((1 - e_) ** 3 / e_) ** 0.5,
                1e-12, "<=",
            )  # fmt: skip
            exact = CompletionInstance.exact(rows, _level(twice))
            label = f"run {run}, depth {depth}, {steps} steps"
            yield TrainedSolution(label, exact, Fraction(0), (shown,))


THEOREM = Theorem(
    id="N21",
    title="Completing a matrix of positive determinant drives its unobserved entry to infinity",
    normalisation="$ℓ = ½((w_{12}-1)² + (w_{21}-1)² + w_{22}²)$, the sum over observed entries",
    source=Source("razin2020implicit", "norms to infinity (abstract read; re-derived here)"),
    claims=(lower, late, sharp, attained, attained_loss, attained_product, attained_corner,
            late_attained),
    controls=_twins,
    witnesses=(
        witness("half", sharp, "$e = 1/2$, $W$ near $[[1/2, 1/2], [1/2, 1/2]]$",
                lambda: _near(Fraction(1, 2), Fraction(1, 100))),
        witness("small_loss", lower, "$ℓ = 1/200$: $|w_{11}| = 11 > 81/10$",
                lambda: CompletionInstance.exact([[11, 1], [1, Fraction(1, 10)]], Fraction(1, 10))),
        witness("large_loss", late, "$2ℓ = 21/25$: $w_{11}² = 6561/40000 > 4/25$", _beyond),
    ),
    necessity=(
        needed(upright, lower, "$det W = -1$, $w_{11} = 0$",
               lambda: CompletionInstance.exact([[0, 1], [1, Fraction(1, 10)]], Fraction(1, 10))),
        needed(learnt, lower, "$w_{11} = 1/100$, $w_{22} = 1$, $2ℓ = 3$",
               lambda: CompletionInstance.exact([[Fraction(1, 100), 0], [0, 1]], Fraction(1, 2))),
        needed(small, sharp, "$e = 11/20$: $w_{11}² = 0.164 < 0.166$", _beyond),
        needed(within, sharp, "$2ℓ = 3/4$ beside $e = 1/10$",
               lambda: CompletionInstance.exact(
                   [[1, Fraction(1, 2)], [Fraction(1, 2), Fraction(1, 2)]], Fraction(1, 10))),
    ),
    trainings=(
        Training("trained", "gradient descent on factorisations with $det P > 0$",
                 _train, (lower, sharp)),
    ),
    module=__name__,
)  # fmt: skip
