r"""With one output every minimizer has sharpness at least 2 L a |w*|^{2-2/L}.

Statement
    Let d_y = 1, L >= 2, Σw* = c != 0 and a = w*ᵀΣw*/|w*|².  Every minimizer W has

        S(W) >= 2 L a |w*|^{2-2/L},

    and the flattest one satisfies S_min <= 2 |w*|^{2-2/L} sqrt((2L-1)Λ² + (L-1)²a²).  By C6,
    gradient descent with step η then converges to a minimizer (off a null set of starts) only if
    η <= 2/S_min <= 1/(L a |w*|^{2-2/L}).

Notation
    S (``sharpness``), S_min (``minimal_sharpness``), L (``depth``), |w*| (``w_norm``), a (``a``),
    Λ (``data_max``): largest eigenvalue of Σ, which may be singular.

Assumptions
    minimizer   PΣ = w*ᵀΣ: the path through a minimizer carries exactly w*.  Without it, zero
                weights are flatter.
    one_output  d_y = 1: with several outputs ``a`` is not defined; see U1.

Proof
    Lower: U1's bound at z = Kw*/|Kw*| is 2L |Kz|^{2/L} |w*ᵀKz|^{2-2/L} with |Kz|² = a_2 =
    w*ᵀΣ²w*/w*ᵀΣw* >= a (Cauchy-Schwarz: (w*ᵀΣw*)² <= |w*|² |Σw*|²) and |w*ᵀKz|² = a|w*|².
    Upper: U1's dual at c = |w*|^{2-2/L} is at most 2|w*|^{2-2/L}(Λ + (L-1)a), and
    (Λ + (L-1)a)² <= (2L-1)Λ² + (L-1)²a² because a <= Λ.

Sharpness
    Both bounds are attained for every L, |w*| and Λ = a, so no constant or exponent improves
    uniformly; U2 brackets S_min more closely.

Implementation notes
    a and a_2 are rational; |w*|^{2-2/L} is algebraic and compared exactly.

References
----------
    marion2024deep, Theorem 1 (the upper bound reconstructed)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from numeric.spectrum import sharpness_lanczos
from theorems.assumptions import minimizer, one_output
from theorems.instances import Instance
from theorems.quantities import a, data_max, depth, minimal_sharpness, sharpness, symbols, w_norm
from theorems.settings import univariate_minimizers, univariate_top_eigenvector, weights
from theorems.training import around_threshold, measured_sharpness
from theorems.unified import minimal_sharpness_eq_gain as U1
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
    stated,
    twin,
    witness,
)

__all__ = ["THEOREM", "lower_bound", "upper_bound"]

S, S_min, L, w, rayleigh, top = symbols(sharpness, minimal_sharpness, depth, w_norm, a, data_max)

lower_bound = Formula("lower_bound", r"2La|w^*|^{2-2/L}", 2 * L * rayleigh * w ** (2 - 2 / L))
upper_bound = Formula(
    "upper_bound", r"2|w^*|^{2-2/L}\sqrt{(2L-1)\Lambda^2+(L-1)^2a^2}",
    2 * w ** (2 - 2 / L) * sp.sqrt((2 * L - 1) * top**2 + (L - 1) ** 2 * rayleigh**2),
)  # fmt: skip
_DEEP = Bounds((2, 5), (1, 3))

# --- claims and proofs --------------------------------------------------------------------------


@claim(
    univariate_minimizers,
    S >= lower_bound,
    minimizer,
    one_output,
    given=(U1.lower,),
    bounds=_DEEP,
)
def lower(lower_bound: Any) -> Iterator[Step]:
    """Every minimizer is at least this sharp."""
    at_z = 2 * L * rayleigh ** (1 / L) * (rayleigh * w**2) ** (1 - 1 / L)
    yield Identity(
        "U1's bound at z = Kw*/|Kw*|, with a for a_2", at_z, lower_bound,
        why="it increases in |Kz|² = a_2 >= a",
    )  # fmt: skip
    s, t = sp.symbols("s t", nonnegative=True)  # two eigenvalues of Σ
    x, y = sp.symbols("x y", real=True)  # the coordinates of w* along them
    energy, norms = s * x**2 + t * y**2, (x**2 + y**2) * (s**2 * x**2 + t**2 * y**2)
    pair = (s - t) ** 2 * x**2 * y**2
    yield Identity(
        "Lagrange's identity, one pair of eigenvalues", norms - energy**2, pair,
        why="Cauchy-Schwarz, (w*ᵀΣw*)² <= |w*|²|Σw*|², by summing over pairs",
    )  # fmt: skip
    yield Condition("no pair contributes a negative term", pair, ">=", why="Cauchy-Schwarz")


@claim(
    univariate_minimizers,
    S_min <= upper_bound,
    minimizer,
    one_output,
    given=(U1.lower, U1.dual),
    bounds=_DEEP,
)
def upper(upper_bound: Any) -> Iterator[Step]:
    """The flattest minimizer is at most this sharp."""
    m = sp.Symbol("m", integer=True, positive=True)  # L - 1
    gap = sp.Symbol("g", nonnegative=True)  # Λ - a
    c = w ** (2 - 2 / L)
    dual = 2 * (c * top + (L - 1) * c ** (-1 / (L - 1)) * rayleigh * w**2)
    closed = 2 * c * (top + (L - 1) * rayleigh)
    yield Identity(
        "U1's dual at c = |w*|^{2-2/L}", dual.subs(L, m + 1), closed.subs(L, m + 1),
        why="λ_max(Σ) = Λ, λ_max(Kw*w*ᵀK) = a|w*|²; L = m + 1", at={"L": m + 1},
    )  # fmt: skip
    added = 8 * c**2 * (L - 1) * top * (top - rayleigh)
    yield Identity("what the square root adds", upper_bound**2 - closed**2, added, why="expansion")
    yield Condition(
        "it adds no negative amount", added.subs(top, rayleigh + gap), ">=", why="Rayleigh: a <= Λ"
    )


lower_attained = stated(
    "lower_attained", "equality for w* along the top eigenvector and aligned layers of equal gain",
    univariate_top_eigenvector, sp.Eq(S, lower_bound), minimizer, one_output, bounds=_DEEP,
)  # fmt: skip

upper_attained = stated(
    "upper_attained", "equality of the upper bound for w* along the top eigenvector",
    univariate_top_eigenvector, sp.Eq(S_min, upper_bound), minimizer, one_output, bounds=_DEEP,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("square_of_norm", "|w*|² for |w*|^{2-2/L}",
         univariate_minimizers, S >= 2 * L * rayleigh * w**2, bounds=_DEEP),
    twin("larger_exponent", "|w*|^{2-1/L} for |w*|^{2-2/L}",
         univariate_minimizers, S >= 2 * L * rayleigh * w ** (2 - 1 / L), bounds=_DEEP),
    twin("top_eigenvalue", "Λ for a in the lower bound",
         univariate_minimizers, S >= 2 * L * top * w ** (2 - 2 / L), bounds=_DEEP),
    twin("smaller_root", "L for 2L-1 under the root of the upper bound",
         univariate_minimizers,
         S_min <= 2 * w ** (2 - 2 / L) * sp.sqrt(L * top**2 + (L - 1) ** 2 * rayleigh**2),
         bounds=_DEEP),
    twin("any_weights", "the minimizer dropped",
         weights, S >= 2 * L * rayleigh * w ** (2 - 2 / L), bounds=_DEEP),
)  # fmt: skip

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
    claims=(lower, upper, lower_attained, upper_attained),
    controls=_twins,
    witnesses=(
        witness("correlated", lower, "correlated features, w* = (1, 3) no eigenvector",
                lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]])),
        witness("singular", upper, "fewer samples than features: Σ of rank one",
                lambda: Instance.of_minimizer([[[1, 0]], [[1]]], [[1, 1], [1, 1]])),
    ),
    necessity=(
        needed(minimizer, lower, "zero weights, w* = 1, depth 2: S = 2 < 4",
               lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]])),
    ),
    trainings=(
        Training("trained",
                 "gradient descent at step sizes around 2/S_min, corrected to an exact minimizer",
                 _train, (lower,)),
    ),
    module=__name__,
)  # fmt: skip
