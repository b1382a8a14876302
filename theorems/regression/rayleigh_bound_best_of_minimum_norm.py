r"""On under-determined data every solution bounds the sharpness; the one of least norm does best.

Statement
    Let $d_y = 1$, $c ≠ 0$ and let $Σ$ be singular, so that $Σw = c$ has many solutions $w$, $w_0$
    that of least norm.  With $a(w) = wᵀΣw/|w|²$, every minimizer $W$ satisfies C1's bound for each
    of them, and that at $w_0$ is the largest:

        S(W) ≥ 2L a(w)|w|^{2-2/L},   [every]
        S(W) ≥ 2L a(w_0)|w_0|^{2-2/L} ≥ 2L a(w)|w|^{2-2/L},   [least, best]

    and the bound at $w_0$ is attained [attained]; at $w = w_0$ both are the same number [equal].
    U2's lower bracket, $2L a(w)|w|^{2-2/L}(a_2(w)/a(w))^{1/L}$, is the same at $w$ and $w_0$
    [lower]; where one aligned path follows a top eigenvector, so are its upper bracket, with $Λ$
    for $a_2$ [upper], and $S_min$ [invariant].

Notation
    $w$ any solution: $|w|$ (``w_norm``), $a(w)$ (``a``), $a_2(w) = wᵀΣ²w/wᵀΣw$ (``a2``); the same
    at $w_0$: ``least_w_norm``, ``least_a``, ``least_a2``; $S_min$ (``minimal_sharpness``) and
    $S_min$ computed from $w_0$ (``least_minimal_sharpness``); $Σ = FFᵀ$, $K = Σ^{1/2}$, $Λ$ the
    largest eigenvalue of $Σ$.

Assumptions
    minimizer   $PΣ = cᵀ$: as in C1.  The network's own map $P$ need not be $wᵀ$.
    one_output  $d_y = 1$, as in C1.

Proof
    Every: C1's proof uses $w$ only through $wᵀK$ and $Σw$, the same for all solutions, and $|w|$.

    Best: let $Π$ project on the range of $Σ$.  Then $w = w_0 + n$ with $w_0 = Πw$ and $Σn = 0$, so

        wᵀΣw = w_0ᵀΣw_0, \qquad |w|² = |w_0|² + |n|²,   [energy]
        a(w_0) = a(w) + a(w)|n|²/|w_0|².   [lifted]

    With the energy $e = wᵀΣw = a|w|²$, the same for all solutions, the bound is
    $2L a^{1/L}e^{1-1/L}$, which grows with $a$.

    Brackets: U2's lower one is $2L a_2^{1/L}e^{1-1/L}$ with $a_2 = |c|²/wᵀc$, the same for all
    solutions (C7.moments), its upper one $2L Λ^{1/L}e^{1-1/L}$.

    Least: by C1.least and C1.along $S(W)$ is at least U2's lower bracket, and $a_2 ≥ a(w_0)$
    (C7.tilted).

Sharpness
    Attained (C7.attained).  U2's outermost upper bound $2|w|^{2-2/L}(Λ + (L-1)a)$ is not a function
    of $Σ$ and $c$: $Σ = diag(1, 0)$, $L = 2$ gives 4 for $w = (1, 0)$, $3√2$ for $w = (1, 1)$.

Implementation notes
    Exact equality of $S_min$ is claimed only where $w_0$ is a top eigenvector: there its maximizer
    is rational.  What gradient descent finds with fewer samples than features is not of least norm.

References
----------
    marion2024deep (under-determined data); certimin2026 (U1, U2)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import CONVERGED, dyadic, gradient_descent
from theorems.assumptions import minimizer, one_output
from theorems.quantities import (
    a,
    a2,
    data_max,
    depth,
    minimal_sharpness,
    sharpness,
    symbols,
    w_norm,
)
from theorems.regression import sharpness_ge_rayleigh as C1
from theorems.regression.features import (
    FeatureInstance,
    least_norm_paths,
    range_projector,
    shifted_minimizers,
    shifted_paths,
)
from theorems.regression.sharpness_ge_rayleigh import lower_bound, tilt, weakened
from theorems.training import Trained
from theorems.unified import minimal_sharpness_eq_gain as U1
from theorems.unified.minimal_sharpness_between_closed_forms import (
    lower_bracket,
    sum_bracket,
    upper_bracket,
)
from verify.derivation import rules
from verify.theorem import (
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
)

__all__ = ["THEOREM"]

# --- the solution of least norm -----------------------------------------------------------------


def _at_least_norm(instance: FeatureInstance) -> FeatureInstance:
    """The same network and data, with the solution of least norm as target."""
    return replace(instance, target=instance.target @ range_projector(instance))


@quantity("least_w_norm", "|w_0|")
def least_w_norm(instance: FeatureInstance) -> Any:
    """Norm of the solution w_0 of Σw = c of least norm."""
    return w_norm.measure(_at_least_norm(instance))


@quantity("least_a", "a(w_0)")
def least_a(instance: FeatureInstance) -> Any:
    """Rayleigh quotient a at the solution of least norm."""
    return a.measure(_at_least_norm(instance))


@quantity("lift", r"a|w-w_0|^2/|w_0|^2")
def lift(instance: FeatureInstance) -> Any:
    """a(w)|w - w_0|²/|w_0|²: what the quotient gains at the solution of least norm."""
    ar, best = instance.arithmetic, _at_least_norm(instance).target
    return a.measure(instance) * ar.frobenius_sq(instance.target - best) / ar.frobenius_sq(best)


@quantity("least_a2", "a_2(w_0)")
def least_a2(instance: FeatureInstance) -> Any:
    """a_2 at the solution of least norm."""
    return a2.measure(_at_least_norm(instance))


@quantity("least_tilt", r"|\Sigma w_0-a(w_0)w_0|^2/w_0^T\Sigma w_0")
def least_tilt(instance: FeatureInstance) -> Any:
    """How far the solution of least norm is from an eigenvector of Σ, see ``tilt``."""
    return tilt.measure(_at_least_norm(instance))


@quantity("least_minimal_sharpness", r"S_{\min}(w_0)")
def least_minimal_sharpness(instance: FeatureInstance) -> Any:
    """Least sharpness of any minimizer, computed from the solution of least norm."""
    return minimal_sharpness.measure(_at_least_norm(instance))


S, S_min, L, w, rayleigh, rayleigh2, top = symbols(
    sharpness, minimal_sharpness, depth, w_norm, a, a2, data_max
)
w_least, a_least, a2_least, S_min_least = symbols(
    least_w_norm, least_a, least_a2, least_minimal_sharpness
)
_TO_LEAST = {w: w_least, rayleigh: a_least, rayleigh2: a2_least}

least_bound = Formula(
    "least_bound", r"2La(w_0)|w_0|^{2-2/L}", 2 * L * a_least * w_least ** (2 - 2 / L)
)

# --- claims and proofs --------------------------------------------------------------------------

_BOUNDS = Bounds((2, 4), (2, 3))
_FEW = Bounds((2, 3), (2, 3))  # equalities between roots of different rationals: a small degree
_SIZES = ((2, 2, 2, 1), (2, 3, 2, 1))
_t = sp.Symbol("t", nonnegative=True)

every = stated(
    "every", "C1's bound at every solution",
    shifted_minimizers, S >= lower_bound, minimizer, one_output,
    given=(C1.lower,), bounds=_BOUNDS, formal=True,
)  # fmt: skip


energy = stated(
    "energy", "all solutions have the same energy",
    shifted_minimizers, sp.Eq(rayleigh * w**2, a_least * w_least**2), one_output,
    bounds=_BOUNDS, sizes=_SIZES, check=True, formal=True,
)  # fmt: skip

lifted = stated(
    "lifted", "the quotient is largest at the solution of least norm",
    shifted_minimizers, sp.Eq(a_least, rayleigh + lift.symbol), one_output,
    bounds=_BOUNDS, sizes=((2, 2, 2, 1),), check=True, formal=True,
)  # fmt: skip

moments = stated(
    "moments", "all solutions have the same $a_2$",
    shifted_minimizers, sp.Eq(rayleigh2, a2_least), one_output,
    bounds=_BOUNDS, sizes=((2, 2, 2, 1),), check=True, formal=True,
)  # fmt: skip


def _shared(energy: Claim, factor: Any) -> rules.Fact:
    """Return that e^{1-1/L} times a factor is the same at w and w_0."""
    return rules.scaled(rules.raised(rules.given(energy), 1 - 1 / L), factor)


@claim(
    shifted_minimizers, lower_bound <= least_bound, minimizer, one_output,
    given=(energy, lifted), bounds=_BOUNDS, formal=True,
)  # fmt: skip
def best(lower_bound: Any, least_bound: Any, energy: Claim, lifted: Claim) -> Iterator[Step]:
    """No solution gives a better bound than the one of least norm."""
    square = Condition("no square is negative", lift.symbol, ">=")
    more = rules.increasing(square, lambda t: rayleigh + t, _t)
    larger = rules.raised(rules.transitive(rules.given(lifted), more), 1 / L)
    bound = rules.scaled(larger, 2 * L * (rayleigh * w**2) ** (1 - 1 / L))
    at_least = _shared(energy, 2 * L * a_least ** (1 / L))
    yield rules.rewritten(rules.transitive(at_least, bound), least_bound, lower_bound)


tilted = stated(
    "tilted", "$a_2$ exceeds $a$ at the solution of least norm too",
    shifted_minimizers, sp.Eq(a2_least, a_least + least_tilt.symbol), one_output,
    bounds=_BOUNDS, sizes=((2, 2, 2, 1),), check=True, formal=True,
)  # fmt: skip


@claim(
    shifted_minimizers, S >= least_bound, minimizer, one_output,
    given=(C1.least, C1.along, energy, moments, tilted), bounds=_BOUNDS, formal=True,
)  # fmt: skip
def least(energy: Claim, moments: Claim, tilted: Claim) -> Iterator[Step]:
    """C1's bound at the solution of least norm."""
    powers = rules.scaled(rules.raised(rules.given(energy), L - 1), rayleigh2)
    same = rules.scaled(rules.raised(powers, 1 / L), 2 * L)
    at_w = rules.transitive(rules.given(C1.least), rules.given(C1.along), same)
    at_least = rules.substituted(at_w, rules.given(moments))
    below = weakened(tilted, a_least, least_tilt.symbol, w_least)
    yield rules.transitive(at_least, below)


attained = stated(
    "attained", "equality for the solution of least norm along the top eigenvector",
    shifted_paths, sp.Eq(S, least_bound), minimizer, one_output, bounds=_BOUNDS, formal=True,
)  # fmt: skip

equal = stated(
    "equal", "both bounds agree at the solution of least norm",
    least_norm_paths, sp.Eq(lower_bound, least_bound), minimizer, one_output, bounds=_BOUNDS,
    formal=True,
)  # fmt: skip


def _same(bracket: Formula) -> Any:
    """The bracket at w and at w_0."""
    return sp.Eq(bracket, bracket.expression.xreplace(_TO_LEAST))


@claim(
    shifted_minimizers, _same(lower_bracket), minimizer, one_output,
    given=(energy, moments), bounds=_FEW, formal=True,
)  # fmt: skip
def lower(lower_bracket: Any, energy: Claim, moments: Claim) -> Iterator[Step]:
    """U2's lower bracket does not choose."""
    at_w = _shared(energy, 2 * L * rayleigh2 ** (1 / L))
    rest = 2 * L * (a_least * w_least**2) ** (1 - 1 / L)
    both = rules.transitive(at_w, rules.scaled(rules.raised(rules.given(moments), 1 / L), rest))
    yield rules.rewritten(both, lower_bracket, lower_bracket.xreplace(_TO_LEAST))


@claim(
    shifted_paths, _same(upper_bracket), minimizer, one_output,
    given=(energy,), bounds=_FEW, formal=True,
)  # fmt: skip
def upper(upper_bracket: Any, energy: Claim) -> Iterator[Step]:
    """U2's upper bracket does not choose."""
    both = _shared(energy, 2 * L * top ** (1 / L))
    yield rules.rewritten(both, upper_bracket, upper_bracket.xreplace(_TO_LEAST))


invariant = stated(
    "invariant", "the least sharpness does not choose",
    shifted_paths, sp.Eq(S_min, S_min_least), minimizer, one_output,
    given=(U1.as_quantity,), bounds=_FEW, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("any_solution", "the constant of C1 does not depend on the solution",
         shifted_minimizers, sp.Eq(lower_bound.expression, least_bound.expression),
         bounds=_BOUNDS),
    twin("larger_norm_is_better", "the bound increases with the norm of the solution",
         shifted_minimizers, lower_bound.expression >= least_bound.expression, bounds=_BOUNDS),
    twin("norm_of_w_with_least_a",
         "$a(w_0)$ together with $|w|$: the quotient may not be taken at another solution",
         shifted_minimizers, S >= 2 * L * a_least * w ** (2 - 2 / L), bounds=_BOUNDS),
    twin("outermost_bracket", "U2's outermost upper bound does not depend on the solution either",
         shifted_minimizers, _same(sum_bracket), bounds=_BOUNDS),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent with 3 samples of 5 features; what it finds is not of least norm."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        size, d, n = 2 + run % 2, 5, 3
        X = np.linalg.qr(rng.standard_normal((d, n)))[0] * np.array([1.2, 1.0, 0.8])
        sigma, target = X @ X.T, rng.standard_normal((1, d))
        target /= np.linalg.norm(target)
        start = [0.5 * rng.standard_normal((1, m, d)) for m in (*[d] * (size - 1), 1)]
        descent = gradient_descent(start, sigma, target @ sigma, 0.05, steps=4000, tolerance=1e-11)
        if int(descent.status[0]) == CONVERGED:
            weights = [np.asarray(W)[0] for W in descent.weights]
            yield _compared(f"run {run}, depth {size}", weights, X, target)


def _compared(label: str, weights: list[Any], X: Any, target: Any) -> TrainedSolution:
    """The exact minimizer beside the trained weights, with the map it computes as solution.

    Allowed: rounding in the bounds of a few hundred operations.
    """
    projector = X @ np.linalg.pinv(X)
    found = LinearNetwork(Floating(), tuple(weights)).end_to_end
    solution = target @ projector + found @ (np.eye(len(X)) - projector)
    trained = Trained(label, weights, X @ X.T, solution)
    beside, ar = trained.minimizer, Rational()
    factor = ar.matrix(dyadic(X))
    exact = FeatureInstance.of_factor(ar, beside.weights, factor, beside.target)
    floats = FeatureInstance.of_factor(Floating(), weights, X, solution)
    chosen, best_of_all = (float(f.measure(floats)) for f in (lower_bound, least_bound))
    reached = float(sharpness_at_minimizer(floats.net, floats.sigma))
    measured = (
        Measurement("bound at the map found <= bound at least norm", best_of_all, chosen, 1e-12,
                    "<="),
        Measurement("bound at least norm <= sharpness", reached, best_of_all, 1e-12, "<="),
    )  # fmt: skip
    return TrainedSolution(label, exact, trained.distance, measured)


THEOREM = Theorem(
    id="C7",
    title="On under-determined data the sharpness bound is best at the solution of least norm",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $a(w) = wᵀΣw/|w|²$",
    source=Source("marion2024deep", "under-determined data (consequence of Theorem 1)"),
    claims=(
        energy, lifted, moments, tilted,
        every, best, least, attained, equal, lower, upper, invariant,
    ),
    controls=_twins,
    witnesses=(
        witness("one_sample", best,
                "one sample, two features, $w = (1, 1)$ for $w_0 = (1, 0)$: the bound drops from "
                "4 to $2√2$",
                lambda: FeatureInstance.known([[[1, 0]], [[1]]], [[1], [0]], [[1, 1]])),
    ),
    necessity=(
        needed(minimizer, every, "zero weights: $S = 2 < 4$",
               lambda: FeatureInstance.known([[[0, 0]], [[0]]], [[1], [0]], [[1, 0]])),
    ),
    trainings=(
        Training("trained",
                 "gradient descent on 3 samples of 5 features, corrected to an exact minimizer",
                 _train, (every, best, least)),
    ),
    module=__name__,
)  # fmt: skip
