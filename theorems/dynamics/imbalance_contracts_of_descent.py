r"""Gradient descent contracts imbalances of scalar chains while the residual is small.

Statement
    Let $f = (P - z)²/2$ with $P = w_1 ... w_L$, $r = P - z$, and let $b_{ij} = w_i² - w_j²$.

    A step of gradient descent with any step size $η > 0$ gives, at any weights, for all $i ≠ j$,

        b_{ij}⁺ = b_{ij}(1 - η²r² Π_{k≠i,j} w_k²).                           [step]

    With $b = b_{12}$ and $q = Π_{k>2} w_k²$, so $|b|$ does not grow if $η²r²q ≤ 2$, and grows if
    $η²r²q > 2$ and $b ≠ 0$.                                                 [falls, grows]

    At depth 2 a minimizer has the sharpness $S$ of $R = 2f$ with

        S² = 4(b² + 4z²);                                                    [limit]

    the flow of $R$ keeps $b$ (F4.flow), so where it ends at a minimizer this is its sharpness, at
    any start, and a step lowers it or keeps it if and only if $b = 0$ or $η|r| ≤ √2$.
    [falls, grows]

Notation
    The chain is a network of widths 1 on $Σ = 1$ with target $z$ (``chain_target``), $P$
    (``chain_product``); $η$ (``half_loss_step``) is the step size on $f$, and a raised + says
    after one step; $b$ (``first_imbalance``), $q$ (``other_weights_sq``).

Assumptions
    slow       $η²r²q ≤ 2$.  Without it $|b|$ can grow, from 5 to $105/4$ in the control.
    fast       $η²r²q > 2$.
    unbalanced $b² > 0$.  At $b = 0$ it stays 0.
    minimizer  $P = z$.

Proof
    With $p = Π_{k≠i,j} w_k$ a step is $w_i⁺ = w_i - ηrpw_j$ and $w_j⁺ = w_j - ηrpw_i$, so that

        (w_i⁺)² - (w_j⁺)² = w_i² - w_j² + η²r²p²(w_j² - w_i²).

    Hence $b² - (b⁺)² = b² η²r²q (2 - η²r²q)$, whose sign is that of the last factor.  A permutation
    of the weights changes nothing in $f$, so what holds of $b_{12}$ holds of all pairs.

    At a minimizer of depth 2 the Hessian of $R$ is $2(w_2, w_1)ᵀ(w_2, w_1)$, so
    $S = 2(w_1² + w_2²)$, and $(w_1² + w_2²)² = b² + 4w_1²w_2²$.

Sharpness
    An identity; the threshold is attained where it says so.  The bound that the sharpness of the
    flow's end suggests, $η²(b² + 4z²) ≤ 8$, does not suffice, and for matrices even balanced
    layers do not stay so (controls).

Implementation notes
    Of the source the abstract was read; the identity was derived here.  It says that the sharpness
    at the end of the flow falls monotonically in scalar networks of any depth, under conditions of
    its own; here only depth 2 is claimed, beside the pairs at any depth.

References
----------
    kreisler2023gradient (the flow's sharpness falls; abstract read, re-derived here)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.assumptions import minimizer
from theorems.dynamics.chains import (
    chain_product,
    chain_residual,
    chain_target,
    exact_chain,
    half_loss_step,
    stepped_chain_minimizers,
    stepped_chains,
)
from theorems.instances import Instance
from theorems.quantities import compared, imbalance, loss, sharpness, symbols
from theorems.stepped import SteppedInstance, after, step_size, stepped_weights
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
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- quantities ---------------------------------------------------------------------------------


def _squares(instance: Instance) -> list[Any]:
    """w_1², ..., w_L²."""
    return [instance.arithmetic.frobenius_sq(W) for W in instance.weights]


@quantity("first_imbalance", "b", positive=False)
def first_imbalance(instance: Instance) -> Any:
    """Difference b = w_1² - w_2² of a chain of scalars."""
    first, second, *_ = _squares(instance)
    return first - second


@quantity("first_imbalance_next", "b^+", positive=False)
def first_imbalance_next(instance: SteppedInstance) -> Any:
    """The difference b after a step of gradient descent."""
    return first_imbalance.measure(after(instance))


@quantity("other_weights_sq", "q")
def other_weights_sq(instance: Instance) -> Any:
    """Product q = w_3² ... w_L², 1 at depth 2."""
    return math.prod(_squares(instance)[2:], start=instance.arithmetic.scalar(1))


@quantity("imbalance_next", r"\max_k |D_k^+|_2", positive=False)
def imbalance_next(instance: SteppedInstance) -> Any:
    """Largest spectral norm of D_k after a step of gradient descent (a control)."""
    return imbalance.measure(after(instance))


@compared(
    "pairs_gap", r"\textstyle\sum_{i<j}|b_{ij}^+-\dots|^2",
    r"b_{ij}^+ = b_{ij}\bigl(1-\eta^2r^2\textstyle\prod_{k\ne i,j}w_k^2\bigr)"
    r"\quad(1\le i<j\le L)",
)  # fmt: skip
def pairs_gap(instance: SteppedInstance) -> tuple[list[Any], list[Any]]:
    """w_i² - w_j² after a step against w_i² - w_j² times the factor, for all pairs."""
    ar, one = instance.arithmetic, instance.arithmetic.identity(1)
    squares, moved = _squares(instance), _squares(after(instance))
    eta, r = half_loss_step.measure(instance), chain_residual.measure(instance)
    found, expected = [], []
    for i, j in itertools.combinations(range(len(squares)), 2):
        others = [square for k, square in enumerate(squares) if k not in (i, j)]
        factor = ar.scalar(1) - eta * eta * r * r * math.prod(others, start=ar.scalar(1))
        found.append(ar.scale(moved[i] - moved[j], one))
        expected.append(ar.scale((squares[i] - squares[j]) * factor, one))
    return found, expected


gap, b, b_next, q, r, z, eta, S = symbols(
    pairs_gap, first_imbalance, first_imbalance_next, other_weights_sq, chain_residual,
    chain_target, half_loss_step, sharpness,
)  # fmt: skip
contraction = Formula("contraction", r"1-\eta^2r^2q", 1 - eta**2 * r**2 * q)
flow_sharpness_sq = Formula("flow_sharpness_sq", "4(b^2+4z^2)", 4 * (b**2 + 4 * z**2))

_rate = eta**2 * r**2 * q
slow, fast = Assumption("slow", _rate <= 2), Assumption("fast", _rate > 2)
unbalanced = Assumption("unbalanced", b**2 > 0)

# --- claims and proofs --------------------------------------------------------------------------

_CHAINS, _PAIR = Bounds((2, 4), (1, 1)), Bounds((2, 2), (1, 1))


@claim(stepped_chains, sp.Eq(gap, 0), bounds=_CHAINS, sizes=((2,), (3,), (4,)), formal=True)
def step() -> Iterator[Step]:
    """A step multiplies each imbalance by a number at most 1."""
    v, w, p, residual = sp.symbols("w_i w_j p r", real=True)
    above, below = v - eta * residual * p * w, w - eta * residual * p * v
    yield Identity(
        "one step", above**2 - below**2, (v**2 - w**2) * (1 - eta**2 * residual**2 * p**2),
        why="the terms of first order cancel, $p = Π_{k≠i,j} w_k$",
    )  # fmt: skip


first = stated(
    "first", "the same for the first two weights",
    stepped_chains, sp.Eq(b_next, b * contraction), bounds=_CHAINS, sizes=((2,), (3,), (4,)),
    check=True, formal=True,
)  # fmt: skip


def _squared(first: Claim, contraction: Any) -> Step:
    """b⁺² = (b(1 - η²r²q))²."""
    once = rules.scaled(rules.given(first), b_next)
    twice = rules.scaled(rules.given(first), b * contraction)
    return rules.rewritten(rules.transitive(once, twice), b_next**2, (b * contraction) ** 2)


@claim(stepped_chains, b_next**2 <= b**2, slow, given=(first,), bounds=_CHAINS, formal=True)
def falls(first: Claim, contraction: Any) -> Iterator[Step]:
    """An imbalance does not grow in a step with a small residual."""
    room = rules.added(rules.assumed(slow), -_rate)
    fall = rules.added(rules.scaled(room, b**2 * _rate), (b * contraction) ** 2)
    falling = rules.rewritten(fall, b**2, (b * contraction) ** 2)
    yield rules.turned(rules.transitive(falling, _squared(first, contraction)))


@claim(
    stepped_chains, b_next**2 > b**2, fast, unbalanced, given=(first,), bounds=_CHAINS, formal=True
)
def grows(first: Claim, contraction: Any) -> Iterator[Step]:
    """And does in one with a large residual."""
    large = rules.assumed(fast)
    positive = rules.factor(large, _rate)
    excess = rules.multiplied(rules.assumed(unbalanced), positive, rules.added(large, -2))
    growing = rules.rewritten(rules.added(excess, b**2), (b * contraction) ** 2, b**2)
    yield rules.transitive(_squared(first, contraction), growing)


limit = stated(
    "limit", "at a minimizer of depth 2 the imbalance says the sharpness",
    stepped_chain_minimizers, sp.Eq(S**2, flow_sharpness_sq), minimizer, bounds=_PAIR,
    sizes=((2,),), formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_below_edge = Assumption("below_edge", eta**2 * (b**2 + 4 * z**2) <= 8)
_small_step = Assumption("small_step", 4 * step_size.symbol**2 * loss.symbol <= 2)


def _matrices() -> list[SteppedInstance]:
    """Identity layers, balanced, with a residual E for which EᵀE is not EEᵀ."""
    eye = [[1, 0], [0, 1]]
    instance = Instance.exact([eye, eye], eye, [[1, 1], [0, 1]])
    return [SteppedInstance.beside(instance, step_size=Rational().scalar(Fraction(1, 8)))]


_twins = (
    twin("first_order", "$η$ for $η²$",
         stepped_chains, sp.Eq(b_next, b * (1 - eta * r**2 * q)), bounds=_CHAINS),
    twin("below_edge", "at depth 2 it falls wherever the flow would end below the edge",
         stepped_chains, b_next**2 <= b**2, _below_edge, bounds=_PAIR,
         known=lambda: [exact_chain([3, 2], 1, Fraction(1, 2))]),
    twin("all_weights", "the product over all weights for that over the others",
         stepped_chains, sp.Eq(b_next, b * (1 - eta**2 * r**2 * chain_product.symbol**2)),
         bounds=_CHAINS),
    twin("matrices", "the imbalance of matrices falls in a step with a small residual",
         stepped_weights, imbalance_next.symbol <= imbalance.symbol, _small_step,
         bounds=Bounds((2, 2), (1, 2)), known=_matrices),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_STEPS, _RATE, _TOLERANCE = 2000, 0.2, 1e-12


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Descend on chains of depth 2 to 4; the imbalances are those that the residuals say.

    Allowed: a step rounds the squares of the weights by a few units, so their differences by
    8 eps Σ_k w_k² a step, relative to the imbalance at the end.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        depth = 2 + run % 3
        path = _descent(rng.uniform(0.6, 1.5, depth), 1.0)
        if not abs(path[-1].prod() - 1) < _TOLERANCE:
            continue
        squares, residuals = path**2, path[:-1].prod(axis=1) - 1
        factors = 1 - (_RATE * residuals) ** 2 * squares[:-1, 2:].prod(axis=1)
        imbalances = squares[:, 0] - squares[:, 1]
        predicted = float(imbalances[0] * factors.prod())
        rounding = 8 * np.finfo(float).eps * squares.sum() / abs(imbalances[-1])
        end = Measurement("b at the end", predicted, float(imbalances[-1]), float(rounding))
        start = exact_chain([Fraction(w) for w in path[1]], 1, Fraction(_RATE))
        yield TrainedSolution(f"run {run}, depth {depth}, on the way", start, Fraction(0), (end,))


def _descent(weights: Any, goal: float) -> Any:
    """The weights after each step, a row for each."""
    path = [weights]
    for _ in range(_STEPS):
        w = path[-1]
        r = w.prod() - goal
        if not _TOLERANCE < abs(r) < 1e3:
            break
        path.append(w - _RATE * r * w.prod() / w)
    return np.array(path)


THEOREM = Theorem(
    id="N10",
    title="Gradient descent contracts imbalances of scalar chains while the residual is small",
    normalisation="$f = (P - z)²/2$, half of $R = E|y - Px|²$; $S$ is that of $R$",
    source=Source("kreisler2023gradient", "scalar networks (abstract read; re-derived here)"),
    claims=(step, first, falls, grows, limit),
    controls=_twins,
    witnesses=(
        witness("contracts", falls, "weights 2, 1, 1 with target 1, $η = 1/4$",
                lambda: exact_chain([2, 1, 1], 1, Fraction(1, 4))),
        witness("grows", grows, "weights 3 and 2 with target 1, $η = 1/2$: from 5 to $-105/4$",
                lambda: exact_chain([3, 2], 1, Fraction(1, 2))),
    ),
    necessity=(
        needed(slow, falls, "weights 3 and 2 with target 1, $η = 1/2$: from 5 to $-105/4$",
               lambda: exact_chain([3, 2], 1, Fraction(1, 2))),
        needed(fast, grows, "weights 2 and 1 with target 1, $η = 1/4$: from 3 to $45/16$",
               lambda: exact_chain([2, 1], 1, Fraction(1, 4))),
        needed(unbalanced, grows, "weights 3 and 3 with target 1, $η = 1/2$: 0 stays 0",
               lambda: exact_chain([3, 3], 1, Fraction(1, 2))),
    ),
    trainings=(
        Training("trained", "gradient descent on chains of scalars", _train, (step,)),
    ),
    module=__name__,
)  # fmt: skip
