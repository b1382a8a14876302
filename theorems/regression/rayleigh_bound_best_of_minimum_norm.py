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

Main results
    C7.every      S(W) >= 2La(w)|w|^{2-2/L} for every solution w
    C7.best       the bound at w is at most the bound at w_0
    C7.least      S(W) >= 2La(w_0)|w_0|^{2-2/L}
    C7.attained   equality in it for w_0 along the top eigenvector
    C7.equal      at w = w_0 both bounds agree
    C7.lower      U2's lower bracket is the same for every solution
    C7.upper      so is U2's upper bracket
    C7.invariant  so is S_min (where its maximizer is rational)

Evidence
    Symbolic for all L.  Exact on minimizers whose target is shifted by a kernel vector.  Gradient
    descent with fewer samples than features: the map it finds gives a worse bound than w_0.

Sharpness
    Attained (C7.attained).  U2's outermost upper bound 2|w|^{2-2/L}(Λ + (L-1)a) is *not* a
    function of (Σ, c): Σ = diag(1, 0), L = 2 gives 4 for w = (1, 0), 3√2 for w = (1, 1).

Implementation notes
    Exact equality of S_min is claimed only where w_0 is a top eigenvector.

References
----------
    marion2024deep (under-determined data); certimin2026 (U1, U2)

Tags
    sharpness, regression, under-determined
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.gain import weighted_gain
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
from theorems.recipes import (
    Draw,
    inclusion,
    reject_vanishing,
    setting,
)
from theorems.regression.features import FeatureInstance, range_projector
from theorems.regression.sharpness_ge_rayleigh import lower_bound
from theorems.training import Trained
from theorems.unified.minimal_sharpness_between_closed_forms import (
    lower_bracket,
    sum_bracket,
    upper_bracket,
)
from verify.claims import Bounds, Setting, quantity
from verify.legacy import (
    Claim,
    Condition,
    Formula,
    Identity,
    Necessity,
    Step,
    Theorem,
    Training,
    Witness,
)
from verify.theorem import Control, Measurement, Source, TrainedSolution

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
    at, L = _at_least_norm(instance), instance.net.depth
    return 2 * L * weighted_gain(at.arithmetic, at.sigma, at.target, Fraction(1, L))


S, S_min, L, w, rayleigh, rayleigh2, top = symbols(
    sharpness, minimal_sharpness, depth, w_norm, a, a2, data_max
)
w_least, a_least, a2_least, S_min_least = symbols(
    least_w_norm, least_a, least_a2, least_minimal_sharpness
)
_TO_LEAST = {w: w_least, rayleigh: a_least, rayleigh2: a2_least}

least_bound = Formula(
    "least_norm_bound", r"2La(w_0)|w_0|^{2-2/L}", 2 * L * a_least * w_least ** (2 - 2 / L)
)

# --- settings -----------------------------------------------------------------------------------


def _shifted(draw: Draw, layers: list[Any], factor: Any) -> FeatureInstance:
    """The minimizer with these layers, its target moved along the kernel of Σ: T = P + n."""
    ar = draw.arithmetic
    plain = FeatureInstance.of_factor(ar, layers, factor)
    reject_vanishing(ar, plain.cross)
    d = factor.shape[-2]
    move = draw.matrix(1, d)
    kernel = ar.identity(d) - range_projector(plain)
    return replace(plain, target=plain.target + move @ kernel)


@setting("shifted-minimizers", "one output, any weights, singular Σ = F Fᵀ, target P + n, Σn = 0")
def shifted_minimizers(draw: Draw) -> FeatureInstance:
    """Minimizers on under-determined data with any solution as target."""
    shape = draw.shape(outputs=1)
    layers = draw.layers(shape)
    factor = draw.matrix(shape[0], draw.integer(1, shape[0] - 1))
    return _shifted(draw, layers, factor)


def _path(draw: Draw) -> tuple[list[Any], Any]:
    """Layers g q_k q_{k-1}ᵀ and features with q_0 as top eigenvector, of deficient rank."""
    ar = draw.arithmetic
    shape = draw.shape(outputs=1)
    turns = draw.rotations(shape)
    gain, d = draw.number(1, 2), shape[0]
    layers = [
        ar.scale(gain, y @ inclusion(ar, y.shape[-1], 1) @ (x @ inclusion(ar, x.shape[-1], 1)).mT)
        for x, y in itertools.pairwise(turns)
    ]
    stretch = draw.number(1, 2)
    return layers, ar.scale(stretch, turns[0] @ inclusion(ar, d, draw.integer(1, d - 1)))


@setting("shifted-paths", "one aligned path on singular Σ with w_0 a top eigenvector, target P + n")
def shifted_paths(draw: Draw) -> FeatureInstance:
    """Where the bound at the solution of least norm is attained."""
    layers, factor = _path(draw)
    return _shifted(draw, layers, factor)


@setting("least-norm-paths", "one aligned path on singular Σ, target P, the solution of least norm")
def least_norm_paths(draw: Draw) -> FeatureInstance:
    """The same without a shift."""
    ar = draw.arithmetic
    layers, factor = _path(draw)
    return FeatureInstance.of_factor(ar, layers, factor)


# --- derivation ---------------------------------------------------------------------------------

energy, c_sq = sp.symbols("e c2", positive=True)  # wᵀΣw = wᵀc and |c|²
kernel_sq = sp.Symbol("nu", nonnegative=True)  # |n|²


def derive_best(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield wᵀΣw and |w|² after a shift, and the bound as a decreasing function of |n|²."""
    f1, f2, along, across = sp.symbols("f1 f2 s t", real=True)
    F = sp.Matrix([f1, f2])
    kernel = sp.Matrix([-f2, f1])
    sigma, least, shifted = F * F.T, along * F, along * F + across * kernel
    scope = "d_x = 2, rank 1"
    yield Identity("same moments", r"\Sigma(w_0+n) = \Sigma w_0", scope, "expansion",
                   sigma * shifted, sigma * least)  # fmt: skip
    yield Identity("same energy", r"w^T\Sigma w = w_0^T\Sigma w_0", scope, "expansion",
                   (shifted.T * sigma * shifted)[0], (least.T * sigma * least)[0])  # fmt: skip
    yield Identity("Pythagoras", r"|w|^2 = |w_0|^2+|n|^2", scope, "range and kernel of Σ",
                   shifted.dot(shifted),
                   least.dot(least) + (across * kernel).dot(across * kernel))  # fmt: skip
    at_shift = sp.sqrt(w_least**2 + kernel_sq)
    bound = 2 * L * energy * (w_least**2 + kernel_sq) ** (-1 / L)
    yield Identity(
        "the bound at w",
        r"2La(w)|w|^{2-2/L} = 2L\,e\,(|w_0|^2+|n|^2)^{-1/L}",
        "all L",
        "a(w) = e/|w|²",
        formulas["rayleigh_bound"].subs(rayleigh, energy / w**2).subs(w, at_shift),
        bound,
    )
    yield Identity(
        "the bound at w_0",
        r"2La(w_0)|w_0|^{2-2/L} \text{ is its value at } n = 0",
        "all L",
        "a(w_0) = e/|w_0|²",
        formulas["least_norm_bound"].subs(a_least, energy / w_least**2),
        bound.subs(kernel_sq, 0),
    )
    yield Condition(
        "decreasing",
        r"\partial_{|n|^2}\, 2L\,e\,(|w_0|^2+|n|^2)^{-1/L} < 0",
        "all L",
        "monotonicity",
        sp.diff(bound, kernel_sq).is_negative,
    )


def _free_of_w(name: str, bracket: Any, free: Any) -> Iterator[Step]:
    yield Identity(
        name,
        r"\text{the bracket in terms of } e = w^Tc,\ |c|^2,\ \Lambda",
        "all L",
        "a = e/|w|², a_2 = |c|²/e",
        bracket.subs({rayleigh: energy / w**2, rayleigh2: c_sq / energy}),
        free,
    )


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield U2's lower bracket without w."""
    free = 2 * L * (c_sq / energy) ** (1 / L) * energy ** (1 - 1 / L)
    yield from _free_of_w("lower bracket", formulas["lower_bracket"], free)


def derive_upper(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield U2's upper bracket without w."""
    free = 2 * L * top ** (1 / L) * energy ** (1 - 1 / L)
    yield from _free_of_w("upper bracket", formulas["upper_bracket"], free)


# --- claims and controls ------------------------------------------------------------------------

_BOUNDS = Bounds(depth=(2, 4), width=(2, 3))
_formulas = (lower_bound, least_bound)


def _claim(name: str, title: str, where: Setting, relation: Any, *formulas: Formula) -> Claim:
    return Claim(f"C7.{name}", title, where, relation, (minimizer, one_output), formulas, _BOUNDS)


def _unchosen(name: str, title: str, where: Setting, relation: Any) -> Claim:
    """An equality between roots of different rationals: fewer layers keep their degree small."""
    return replace(_claim(name, title, where, relation), bounds=Bounds(depth=(2, 3), width=(2, 3)))


def _same(bracket: Formula) -> Any:
    return sp.Eq(bracket.expression, bracket.expression.xreplace(_TO_LEAST))


_claims = (
    _claim(
        "every",
        "C1's bound at every solution",
        shifted_minimizers,
        S >= lower_bound.symbol,
        *_formulas,
    ),
    _claim(
        "best",
        "no solution gives a better bound than the one of least norm",
        shifted_minimizers,
        lower_bound.symbol <= least_bound.symbol,
        *_formulas,
    ),
    _claim(
        "least",
        "C1's bound at the solution of least norm",
        shifted_minimizers,
        S >= least_bound.symbol,
        *_formulas,
    ),
    _claim(
        "attained",
        "equality for the solution of least norm along the top eigenvector",
        shifted_paths,
        sp.Eq(S, least_bound.symbol),
        *_formulas,
    ),
    _claim(
        "equal",
        "both bounds agree at the solution of least norm",
        least_norm_paths,
        sp.Eq(lower_bound.symbol, least_bound.symbol),
        *_formulas,
    ),
    _unchosen(
        "lower", "U2's lower bracket does not choose", shifted_minimizers, _same(lower_bracket)
    ),
    _unchosen("upper", "U2's upper bracket does not choose", shifted_paths, _same(upper_bracket)),
    _unchosen(
        "invariant", "the least sharpness does not choose", shifted_paths, sp.Eq(S_min, S_min_least)
    ),
)


def _twin(name: str, title: str, relation: Any) -> Control:
    return Control(
        Claim(f"C7.control.{name}", title, shifted_minimizers, relation, bounds=_BOUNDS),
    )


_controls = (
    _twin(
        "any_solution",
        "the constant of C1 does not depend on the solution",
        sp.Eq(lower_bound.expression, least_bound.expression),
    ),
    _twin(
        "larger_norm_is_better",
        "the bound increases with the norm of the solution",
        lower_bound.expression >= least_bound.expression,
    ),
    _twin(
        "norm_of_w_with_least_a",
        "a(w_0) together with |w|: the quotient may not be taken at another solution",
        S >= 2 * L * a_least * w ** (2 - 2 / L),
    ),
    _twin(
        "outermost_bracket",
        "U2's outermost upper bound does not depend on the solution either",
        _same(sum_bracket),
    ),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent with 3 samples of 5 features; what it finds is not of least norm."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        depth, d, n = 2 + run % 2, 5, 3
        X = np.linalg.qr(rng.standard_normal((d, n)))[0] * np.array([1.2, 1.0, 0.8])
        sigma, target = X @ X.T, rng.standard_normal((1, d))
        target /= np.linalg.norm(target)
        start = [0.5 * rng.standard_normal((1, m, d)) for m in (*[d] * (depth - 1), 1)]
        descent = gradient_descent(start, sigma, target @ sigma, 0.05, steps=4000, tolerance=1e-11)
        if int(descent.status[0]) == CONVERGED:
            weights = [np.asarray(W)[0] for W in descent.weights]
            yield _compared(f"run {run}, depth {depth}", weights, X, target)


def _compared(label: str, weights: list[Any], X: Any, target: Any) -> TrainedSolution:
    """The exact minimizer beside the trained weights, with the map it computes as solution.

    Allowed: rounding in the bounds of a few hundred operations.
    """
    projector = X @ np.linalg.pinv(X)
    found = weights[-1]
    for W in weights[-2::-1]:
        found = found @ W
    solution = target @ projector + found @ (np.eye(len(X)) - projector)
    trained = Trained(label, weights, X @ X.T, solution)
    beside, ar = trained.minimizer, Rational()
    factor = ar.matrix(dyadic(X))
    exact = FeatureInstance.of_factor(ar, beside.weights, factor, beside.target)
    floats = FeatureInstance.of_factor(Floating(), weights, X, solution)
    sizes = {L: len(weights)}
    values = {q.symbol: float(q.measure(floats)) for q in (w_norm, a, least_w_norm, least_a)}
    chosen, best = (float(f.expression.subs({**sizes, **values})) for f in _formulas)
    reached = float(sharpness_at_minimizer(floats.net, floats.sigma))
    return TrainedSolution(
        label,
        exact,
        trained.distance,
        (
            Measurement("bound at the map found <= bound at least norm", best, chosen, 1e-12, "<="),
            Measurement("bound at least norm <= sharpness", reached, best, 1e-12, "<="),
        ),
    )


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
    claims=_claims,
    controls=_controls,
    formulas=(lower_bound, least_bound, lower_bracket, upper_bracket),
    derivations={"C7.best": derive_best, "C7.lower": derive_lower, "C7.upper": derive_upper},
    witnesses=(
        Witness(
            "C7.witness.one_sample",
            "C7.best",
            "one sample, two features, w = (1, 1) for w_0 = (1, 0): the bound drops from 4 to 2√2",
            lambda: FeatureInstance.known([[[1, 0]], [[1]]], [[1], [0]], [[1, 1]]),
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "C7.every",
            "zero weights: S = 2 < 4",
            lambda: FeatureInstance.known([[[0, 0]], [[0]]], [[1], [0]], [[1, 0]]),
        ),
    ),
    trainings=(
        Training(
            "C7.trained",
            "gradient descent on 3 samples of 5 features, corrected to an exact minimizer",
            _train,
            ("C7.every", "C7.best", "C7.least"),
        ),
    ),
    uses=("C1", "U1", "U2"),
    module=__name__,
    tags=("sharpness", "regression", "under-determined"),
)
