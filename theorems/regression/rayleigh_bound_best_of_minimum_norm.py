r"""On under-determined data every solution bounds the sharpness; the one of least norm does best.

Statement
    Let d_y = 1, c != 0 and let Σ be singular, so that Σw = c has many solutions w.  With
    a(w) = wᵀΣw/|w|², every minimizer W satisfies C1's bound for each of them,

        S(W) >= 2 L a(w) |w|^{2-2/L} = 2 L (wᵀΣw) |w|^{-2/L},

    wᵀΣw is the same for all, so the bound decreases in |w| and is best at the solution w_0 of
    least norm.  S_min (U1) and the brackets 2L a_2^{1/L} (wᵀΣw)^{1-1/L} <= S_min <=
    2L Λ^{1/L} (wᵀΣw)^{1-1/L} of U2 depend on (Σ, c) only.

Notation
    w any solution: |w| (``w_norm``), a(w) (``a``), a_2(w) (``a2``); the same at w_0:
    ``least_w_norm``, ``least_a``, ``least_a2``; S_min (``minimal_sharpness``) and S_min computed
    from w_0 (``least_minimal_sharpness``); Σ = F Fᵀ.

Assumptions
    minimizer   PΣ = c: as in C1.  The network's own map P need not be w.
    one_output  d_y = 1, as in C1.

Proof
    C1's proof uses w only through wᵀK and Σw, the same for all solutions, and |w|.  Let Π
    project on the range of Σ: w = w_0 + n with w_0 = Πw, Σn = 0, so wᵀΣw = w_0ᵀΣw_0 and
    |w|² = |w_0|² + |n|².  Further a_2 = |c|²/wᵀc and wᵀΣw = wᵀc.

Sharpness
    Attained (C7.attained).  U2's outermost upper bound 2|w|^{2-2/L}(Λ + (L-1)a) is *not* a
    function of (Σ, c): Σ = diag(1, 0), L = 2 gives 4 for w = (1, 0), 3√2 for w = (1, 1).

Implementation notes
    Exact equality of S_min is claimed only where w_0 is a top eigenvector: there its maximizer is
    rational.  What gradient descent finds with fewer samples than features is not of least norm.

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
from theorems.regression.sharpness_ge_rayleigh import lower_bound
from theorems.training import Trained
from theorems.unified import minimal_sharpness_between_closed_forms as U2
from theorems.unified import minimal_sharpness_eq_gain as U1
from theorems.unified.minimal_sharpness_between_closed_forms import (
    lower_bracket,
    sum_bracket,
    upper_bracket,
)
from theorems.words import matrix, transpose
from verify.theorem import (
    Bounds,
    Condition,
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


@quantity("least_a2", "a_2(w_0)")
def least_a2(instance: FeatureInstance) -> Any:
    """a_2 at the solution of least norm."""
    return a2.measure(_at_least_norm(instance))


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
energy, c_sq = sp.symbols("e c2", positive=True)  # wᵀΣw = wᵀc and |c|²

every = stated(
    "every", "C1's bound at every solution",
    shifted_minimizers, S >= lower_bound, minimizer, one_output,
    given=(C1.lower,), bounds=_BOUNDS,
)  # fmt: skip


@claim(shifted_minimizers, lower_bound <= least_bound, minimizer, one_output, bounds=_BOUNDS)
def best(lower_bound: Any, least_bound: Any) -> Iterator[Step]:
    """No solution gives a better bound than the one of least norm.

    wᵀΣw and |w|² after a shift n along ker Σ, and the bound as a decreasing function of |n|².
    """
    F, t, n = matrix("F"), matrix("t"), matrix("n")
    Sigma, w_0, w_n, gone = F * transpose(F), F * t, F * t + n, transpose(F) * n
    yield Identity("same moments", Sigma * w_n, Sigma * w_0 + F * gone, why="Fᵀn = 0")
    yield Identity(
        "same energy", transpose(w_n) * Sigma * w_n,
        transpose(w_0) * Sigma * w_0 + transpose(gone) * transpose(F) * w_0
        + transpose(w_n) * F * gone, why="Fᵀn = 0",
    )  # fmt: skip
    yield Identity(
        "Pythagoras", transpose(w_n) * w_n,
        transpose(w_0) * w_0 + transpose(n) * n + transpose(t) * gone + transpose(gone) * t,
        why="Fᵀn = 0",
    )  # fmt: skip
    nu = sp.Symbol("ν", nonnegative=True)  # |n|²
    bound = 2 * L * energy * (w_least**2 + nu) ** (-1 / L)
    at_w = lower_bound.subs(rayleigh, energy / w**2).subs(w, sp.sqrt(w_least**2 + nu))
    yield Identity("the bound at w", at_w, bound, why="a(w) = e/|w|², |w|² = |w_0|² + ν")
    yield Identity(
        "the bound at w_0", least_bound.subs(a_least, energy / w_least**2), bound.subs(nu, 0),
        why="a(w_0) = e/|w_0|²",
    )  # fmt: skip
    yield Condition("decreasing", sp.diff(bound, nu), "<", why="ν = 0 is best")


least = stated(
    "least", "C1's bound at the solution of least norm",
    shifted_minimizers, S >= least_bound, minimizer, one_output,
    given=(C1.lower,), bounds=_BOUNDS,
)  # fmt: skip

attained = stated(
    "attained", "equality for the solution of least norm along the top eigenvector",
    shifted_paths, sp.Eq(S, least_bound), minimizer, one_output, bounds=_BOUNDS,
)  # fmt: skip

equal = stated(
    "equal", "both bounds agree at the solution of least norm",
    least_norm_paths, sp.Eq(lower_bound, least_bound), minimizer, one_output, bounds=_BOUNDS,
)  # fmt: skip


def _same(bracket: Formula) -> Any:
    """The bracket at w and at w_0."""
    return sp.Eq(bracket, bracket.expression.xreplace(_TO_LEAST))


def _free_of_w(bracket: Any, free: Any) -> Step:
    at_w = bracket.subs({rayleigh: energy / w**2, rayleigh2: c_sq / energy})
    return Identity(
        "the bracket in e = wᵀc, c2 = |c|² and Λ", at_w, free, why="a = e/|w|², a_2 = |c|²/e"
    )


@claim(
    shifted_minimizers,
    _same(lower_bracket),
    minimizer,
    one_output,
    given=(U2.lower,),
    bounds=_FEW,
)
def lower(lower_bracket: Any) -> Iterator[Step]:
    """U2's lower bracket does not choose."""
    yield _free_of_w(lower_bracket, 2 * L * (c_sq / energy) ** (1 / L) * energy ** (1 - 1 / L))


@claim(
    shifted_paths,
    _same(upper_bracket),
    minimizer,
    one_output,
    given=(U2.upper,),
    bounds=_FEW,
)
def upper(upper_bracket: Any) -> Iterator[Step]:
    """U2's upper bracket does not choose."""
    yield _free_of_w(upper_bracket, 2 * L * top ** (1 / L) * energy ** (1 - 1 / L))


invariant = stated(
    "invariant", "the least sharpness does not choose",
    shifted_paths, sp.Eq(S_min, S_min_least), minimizer, one_output,
    given=(U1.as_quantity,), bounds=_FEW,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("any_solution", "the constant of C1 does not depend on the solution",
         shifted_minimizers, sp.Eq(lower_bound.expression, least_bound.expression),
         bounds=_BOUNDS),
    twin("larger_norm_is_better", "the bound increases with the norm of the solution",
         shifted_minimizers, lower_bound.expression >= least_bound.expression, bounds=_BOUNDS),
    twin("norm_of_w_with_least_a",
         "a(w_0) together with |w|: the quotient may not be taken at another solution",
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
    title="On under-determined data the bound 2 L a |w|^(2-2/L) is best at least norm",
    statement=(
        r"d_y = 1,\; \Sigma w = c = \Sigma w_0,\; w_0 \in \operatorname{range}\Sigma "
        r"\;\Longrightarrow\; S(W) \ge 2La(w_0)|w_0|^{2-2/L} \ge 2La(w)|w|^{2-2/L}; \quad "
        r"S_{\min} \text{ depends on } (\Sigma, c) \text{ only}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; a(w) = wᵀΣw/|w|²",
    source=Source("marion2024deep", "under-determined data (consequence of Theorem 1)"),
    claims=(every, best, least, attained, equal, lower, upper, invariant),
    controls=_twins,
    witnesses=(
        witness("one_sample", best,
                "one sample, two features, w = (1, 1) for w_0 = (1, 0): the bound drops from 4 "
                "to 2√2",
                lambda: FeatureInstance.known([[[1, 0]], [[1]]], [[1], [0]], [[1, 1]])),
    ),
    necessity=(
        needed(minimizer, every, "zero weights: S = 2 < 4",
               lambda: FeatureInstance.known([[[0, 0]], [[0]]], [[1], [0]], [[1, 0]])),
    ),
    trainings=(
        Training("trained",
                 "gradient descent on 3 samples of 5 features, corrected to an exact minimizer",
                 _train, (every, best, least)),
    ),
    module=__name__,
)  # fmt: skip
