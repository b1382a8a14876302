r"""With one output every minimizer has sharpness at least 2 L a |w*|^{2-2/L}.

Statement
    Let d_y = 1, Σw* = c, w* != 0 and a = w*ᵀΣw*/|w*|² > 0.  Every minimizer W has

        S(W) >= 2 L a |w*|^{2-2/L},

    and the flattest one satisfies S_min <= 2 |w*|^{2-2/L} sqrt((2L-1)Λ² + (L-1)²a²).  So gradient
    descent with step η can converge to a minimizer (off a null set of starts) only if
    η <= 2/S_min <= 1/(L a |w*|^{2-2/L}).

Notation
    S (``sharpness``), S_min (``minimal_sharpness``), L (``depth``), |w*| (``w_norm``), a (``a``),
    Λ (``data_max``): largest eigenvalue of Σ.

Assumptions
    minimizer   PΣ = w*ᵀΣ: the path through a minimizer carries exactly w*.  Without it, zero
                weights are flatter.
    one_output  d_y = 1: with several outputs ``a`` is not defined; see U1.

Proof
    Lower: U1's bound at z = Kw*/|Kw*| is 2L |Kz|^{2/L} |w*ᵀKz|^{2-2/L} with |Kz|² = a_2 =
    w*ᵀΣ²w*/w*ᵀΣw* >= a (Cauchy-Schwarz: (w*ᵀΣw*)² <= |w*|² |Σw*|²) and |w*ᵀKz|² = a|w*|².
    Upper: U1's dual at c = |w*|^{2-2/L} is at most 2|w*|^{2-2/L}(Λ + (L-1)a), and
    (Λ + (L-1)a)² <= (2L-1)Λ² + (L-1)²a² because a <= Λ.

Main results
    C1.lower           the lower bound on any weights, any Σ with c != 0 (singular too)
    C1.upper           the upper bound on S_min
    C1.lower_attained  equality in the first when w* is a top eigenvector of Σ
    C1.upper_attained  equality in the second there

Evidence
    Symbolic for all L, given U1.  Gradient descent: every run that converged has S <= 2/η.

Sharpness
    Both bounds are attained for every L, |w*| and Λ = a, so no constant or exponent improves
    uniformly; U2 brackets S_min more closely.

Implementation notes
    a and a_2 are rational; |w*|^{2-2/L} is algebraic and compared exactly.

References
----------
    marion2024deep, Theorem 1 (the upper bound reconstructed)

Tags
    sharpness, regression, learning rate
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from numeric.spectrum import sharpness_lanczos
from theorems.assumptions import minimizer, one_output
from theorems.instances import Instance
from theorems.quantities import (
    a,
    data_max,
    depth,
    minimal_sharpness,
    sharpness,
    symbols,
    w_norm,
)
from theorems.settings import univariate_minimizers, univariate_top_eigenvector, weights
from theorems.training import around_threshold, measured_sharpness
from verify.claims import Bounds, Setting
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

__all__ = ["THEOREM", "lower_bound", "upper_bound"]

S, S_min, L, w, rayleigh, top = symbols(sharpness, minimal_sharpness, depth, w_norm, a, data_max)

# --- closed forms -------------------------------------------------------------------------------

lower_bound = Formula("rayleigh_bound", r"2La|w^*|^{2-2/L}", 2 * L * rayleigh * w ** (2 - 2 / L))
upper_bound = Formula(
    "rayleigh_upper",
    r"2|w^*|^{2-2/L}\sqrt{(2L-1)\Lambda^2+(L-1)^2a^2}",
    2 * w ** (2 - 2 / L) * sp.sqrt((2 * L - 1) * top**2 + (L - 1) ** 2 * rayleigh**2),
)

# --- derivation ---------------------------------------------------------------------------------


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield U1's bound at z = Kw*/|Kw*|, and a_2 >= a in eigencoordinates of Σ."""
    yield Identity(
        "U1's bound with a for a_2",
        r"2L\,a^{1/L}(a|w^*|^2)^{1-1/L} = 2La|w^*|^{2-2/L}",
        "all L",
        "U1 at z = Kw*/|Kw*|, monotone in a_2 >= a",
        2 * L * rayleigh ** (1 / L) * (rayleigh * w**2) ** (1 - 1 / L),
        formulas["rayleigh_bound"],
    )
    yield from _cauchy_schwarz()


def _cauchy_schwarz() -> Iterator[Step]:
    """(w*ᵀΣw*)² <= |w*|² |Σw*|², by Lagrange's identity for two eigenvalues at a time."""
    s, t = sp.symbols("s t", nonnegative=True)
    x, y = sp.symbols("x y", real=True)
    difference = (s - t) ** 2 * x**2 * y**2
    yield Identity(
        "Lagrange's identity, a sum over pairs of eigenvalues; one pair",
        r"(x^2+y^2)(s^2x^2+t^2y^2)-(sx^2+ty^2)^2 = (s-t)^2x^2y^2",
        "all d_x by summing over pairs",
        "Cauchy-Schwarz",
        (x**2 + y**2) * (s**2 * x**2 + t**2 * y**2) - (s * x**2 + t * y**2) ** 2,
        difference,
    )
    yield Condition(
        "each pair contributes a non-negative term",
        r"(s-t)^2x^2y^2 \ge 0",
        "all d_x by summing over pairs",
        "Cauchy-Schwarz",
        difference.is_nonnegative,
    )


def derive_upper(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield U1's dual at c = |w*|^{2-2/L}, and the square root that bounds it."""
    m = sp.Symbol("m", integer=True, positive=True)  # L - 1
    gap = sp.Symbol("g", nonnegative=True)  # Λ - a
    c = w ** (2 - 2 / L)
    dual = 2 * (c * top + (L - 1) * c ** (-1 / (L - 1)) * rayleigh * w**2)
    closed = 2 * w ** (2 - 2 / L) * (top + (L - 1) * rayleigh)
    yield Identity(
        "the dual at c = |w*|^{2-2/L}",
        r"2(c\Lambda+(L-1)c^{-1/(L-1)}a|w^*|^2) = 2|w^*|^{2-2/L}(\Lambda+(L-1)a)",
        "all L",
        "U1's dual, λ_max(Σ) = Λ and λ_max(Kw*w*ᵀK) = a|w*|²",
        dual.subs(L, m + 1),
        closed.subs(L, m + 1),
    )
    excess = (formulas["rayleigh_upper"] ** 2 - closed**2) / (4 * w ** (4 - 4 / L))
    remainder = 2 * m * (rayleigh + gap) * gap
    yield Identity(
        "what the square root adds",
        r"(2L-1)\Lambda^2+(L-1)^2a^2-(\Lambda+(L-1)a)^2 = 2(L-1)\Lambda(\Lambda-a)",
        "all L",
        "expansion, Λ = a + g",
        excess.subs({L: m + 1, top: rayleigh + gap}),
        remainder,
    )
    yield Condition(
        "it adds a non-negative amount",
        r"2(L-1)\Lambda(\Lambda-a) \ge 0",
        "all L",
        "a <= Λ (Rayleigh)",
        remainder.is_nonnegative,
    )


# --- claims and controls ------------------------------------------------------------------------

_DEEP = Bounds(depth=(2, 5), width=(1, 3))
_formulas = (lower_bound, upper_bound)


def _claim(name: str, title: str, setting: Setting, relation: Any) -> Claim:
    assumptions = (minimizer, one_output)
    return Claim(f"C1.{name}", title, setting, relation, assumptions, _formulas, _DEEP)


_claims = (
    _claim(
        "lower",
        "every minimizer is at least this sharp",
        univariate_minimizers,
        S >= lower_bound.symbol,
    ),
    _claim(
        "upper",
        "the flattest minimizer is at most this sharp",
        univariate_minimizers,
        S_min <= upper_bound.symbol,
    ),
    _claim(
        "lower_attained",
        "equality for w* along the top eigenvector and aligned layers of equal gain",
        univariate_top_eigenvector,
        sp.Eq(S, lower_bound.symbol),
    ),
    _claim(
        "upper_attained",
        "equality of the upper bound for w* along the top eigenvector",
        univariate_top_eigenvector,
        sp.Eq(S_min, upper_bound.symbol),
    ),
)


def _twin(
    name: str, title: str, relation: Any, setting: Setting = univariate_minimizers
) -> Control:
    return Control(Claim(f"C1.control.{name}", title, setting, relation, bounds=_DEEP))


_controls = (
    _twin("square_of_norm", "|w*|² for |w*|^{2-2/L}", S >= 2 * L * rayleigh * w**2),
    _twin(
        "larger_exponent",
        "|w*|^{2-1/L} for |w*|^{2-2/L}",
        S >= 2 * L * rayleigh * w ** (2 - 1 / L),
    ),
    _twin(
        "top_eigenvalue",
        "Λ for a in the lower bound",
        S >= 2 * L * top * w ** (2 - 2 / L),
    ),
    _twin(
        "smaller_root",
        "L for 2L-1 under the root of the upper bound",
        S_min <= 2 * w ** (2 - 2 / L) * sp.sqrt(L * top**2 + (L - 1) ** 2 * rayleigh**2),
    ),
    _twin(
        "any_weights",
        "the minimizer dropped",
        S >= 2 * L * rayleigh * w ** (2 - 2 / L),
        weights,
    ),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Where gradient descent converged, it is stable: the sharpness is at most 2/step_size."""
    for trained, step_size in around_threshold(seed, runs):
        estimate, _ = sharpness_lanczos(trained.net, trained.sigma, trained.cross)
        route = measured_sharpness(trained, estimate)
        stable = Measurement(
            "sharpness <= 2/step_size", 2 / step_size, estimate, route.allowed, "<="
        )
        yield trained.solution(route, stable)


THEOREM = Theorem(
    id="C1",
    title="With one output every minimizer has sharpness at least 2 L a |w*|^(2-2/L)",
    statement=(
        r"d_y = 1,\; \Sigma w^* = c \;\Longrightarrow\; S(W) \ge 2La|w^*|^{2-2/L},\quad "
        r"S_{\min} \le 2|w^*|^{2-2/L}\sqrt{(2L-1)\Lambda^2+(L-1)^2a^2}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; a = w*ᵀΣw*/|w*|², Λ = λ_max(Σ)",
    source=Source("marion2024deep", "Theorem 1 (upper bound reconstructed)"),
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={"C1.lower": derive_lower, "C1.upper": derive_upper},
    witnesses=(
        Witness(
            "C1.witness.correlated",
            "C1.lower",
            "correlated features, w* = (1, 3) no eigenvector",
            lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]]),
        ),
        Witness(
            "C1.witness.singular",
            "C1.upper",
            "fewer samples than features: Σ of rank one",
            lambda: Instance.of_minimizer([[[1, 0]], [[1]]], [[1, 1], [1, 1]]),
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "C1.lower",
            "zero weights, w* = 1, depth 2: S = 2 < 4",
            lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]]),
        ),
    ),
    trainings=(
        Training(
            "C1.trained",
            "gradient descent at step sizes around 2/S_min, corrected to an exact minimizer",
            _train,
            ("C1.lower",),
        ),
    ),
    uses=("F3", "U1"),
    module=__name__,
    tags=("sharpness", "regression", "learning rate"),
)
