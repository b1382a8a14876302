r"""With one output the sharpness of every minimizer is bounded below by depth, norm and data.

Statement
    Let $d_y = 1$, $L ≥ 2$, $Σw^* = c ≠ 0$ and $a = w^{*T}Σw^*/|w^*|²$.  Every minimizer $W$ has

        S(W) ≥ 2La |w^*|^{2-2/L},                                                      [lower]

    and the least sharpness is bounded above too:

        S_min ≤ 2 |w^*|^{2-2/L} √((2L-1)Λ² + (L-1)²a²).                                [upper]

    For $w^*$ along a top eigenvector of $Σ$ there are networks where $S(W)$ is the lower bound
    [lower_attained] and $S_min$ is the upper one [upper_attained].

Notation
    $S$ (``sharpness``), $S_min$ (``minimal_sharpness``), $L$ (``depth``), $|w^*|$ (``w_norm``),
    $a$ (``a``), $Λ$ (``data_max``) the largest eigenvalue of $Σ$, which may be singular;
    $K = Σ^{1/2}$.

Assumptions
    minimizer   $PΣ = w^{*T}Σ$: the path through a minimizer carries exactly $w^*$.  Without it,
                zero weights are flatter.
    one_output  $d_y = 1$: with several outputs $a$ is not defined; see U1.
    seen        $Σw^* ≠ 0$, for the upper bound, which rests on U2 and its $a_2$.

Proof
    Lower bound.  By F6.path in every direction $S ≥ S_min$, where $S_min$ is the supremum over unit
    vectors $z$ in the range of $K$ of

        2L |Kz|^{2/L} |w^{*T}Kz|^{2-2/L}.

    At $z = Kw^*/|Kw^*|$ we have $|w^{*T}Kz|² = a|w^*|²$ and $|Kz|² = a_2$, where

        a_2 = \frac{w^{*T}Σ²w^*}{w^{*T}Σw^*},
        a_2 - a = \frac{|Σw^* - aw^*|²}{w^{*T}Σw^*} ≥ 0.

    So $S_min$ is at least $2L (a_2 (a|w^*|²)^{L-1})^{1/L} ≥ 2La |w^*|^{2-2/L}$.

    Upper bound.  U2 says $S_min ≤ 2|w^*|^{2-2/L} (Λ + (L-1)a)$, and because $a ≤ Λ$

        (Λ + (L-1)a)² = Λ² + 2(L-1)Λa + (L-1)²a² ≤ (2L-1)Λ² + (L-1)²a².

Sharpness
    Both bounds are attained for every $L$ and $|w^*|$ where $Λ = a$, so no constant or exponent
    improves uniformly; U2 brackets $S_min$ more closely.

Implementation notes
    $a$ and $a_2$ are rational; $|w^*|^{2-2/L}$ is algebraic and compared exactly.  What the bounds
    mean for step sizes is C6.

References
----------
    marion2024deep, Theorem 1 (the upper bound reconstructed)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from numeric.spectrum import sharpness_lanczos
from theorems.assumptions import minimizer, one_output, seen
from theorems.directions import pairing, path_ends, regressor_directions
from theorems.foundations import sharpness_ge_along_paths as F6
from theorems.instances import Instance
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
from theorems.settings import univariate_minimizers, univariate_top_eigenvector, weights
from theorems.training import around_threshold, measured_sharpness
from theorems.unified import minimal_sharpness_between_closed_forms as U2
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

__all__ = ["THEOREM", "lower_bound", "tilt", "upper_bound", "weakened"]

S, S_min, L, w, rayleigh, top = symbols(sharpness, minimal_sharpness, depth, w_norm, a, data_max)
rayleigh2, ends, paired = symbols(a2, path_ends, pairing)

lower_bound = Formula("lower_bound", r"2La|w^*|^{2-2/L}", 2 * L * rayleigh * w ** (2 - 2 / L))
upper_bound = Formula(
    "upper_bound", r"2|w^*|^{2-2/L}\sqrt{(2L-1)\Lambda^2+(L-1)^2a^2}",
    2 * w ** (2 - 2 / L) * sp.sqrt((2 * L - 1) * top**2 + (L - 1) ** 2 * rayleigh**2),
)  # fmt: skip
_DEEP = Bounds((2, 5), (1, 3))

# --- claims and proofs --------------------------------------------------------------------------


_t = sp.Symbol("t", nonnegative=True)
_SIZES = ((2, 1, 1), (2, 2, 1), (2, 2, 2, 2), (3, 1, 1, 1), (3, 2, 1, 2))


@quantity("tilt", r"|\Sigma w^*-aw^*|^2/w^{*T}\Sigma w^*")
def tilt(instance: Instance) -> Any:
    """|Σw* - aw*|²/w*ᵀΣw*: how far the regressor is from an eigenvector of Σ (one output)."""
    ar, row = instance.arithmetic, instance.target
    image = row @ instance.sigma
    off = image - ar.scale(a.measure(instance), row)
    return ar.frobenius_sq(off) / ar.entry(image @ row.mT, 0, 0)


start = stated(
    "start", "the path along the regressor starts with $a_2$",
    regressor_directions, sp.Eq(ends, rayleigh2), bounds=_DEEP, sizes=_SIZES, check=True,
    formal=True,
)  # fmt: skip

pair = stated(
    "pair", "and its pairs carry $w^{*T}Σw^*$",
    regressor_directions, sp.Eq(paired, rayleigh * w**2), bounds=_DEEP, sizes=_SIZES, check=True,
    formal=True,
)  # fmt: skip

tilted = stated(
    "tilted", "$a_2$ exceeds $a$ by how far the regressor is from an eigenvector",
    univariate_minimizers, sp.Eq(rayleigh2, rayleigh + tilt.symbol), one_output,
    bounds=_DEEP, sizes=_SIZES, check=True, formal=True,
)  # fmt: skip


@claim(
    univariate_minimizers, S >= S_min, minimizer, one_output,
    given=(F6.path,), bounds=_DEEP, check=True, formal=True,
)  # fmt: skip
def least(path: Claim) -> Iterator[Step]:
    """No minimizer is flatter than the least sharpness."""
    yield rules.at_the_supremum(rules.given(path), minimal_sharpness, lambda value: value)


@claim(
    univariate_minimizers, S_min >= 2 * L * (rayleigh2 * (rayleigh * w**2) ** (L - 1)) ** (1 / L),
    one_output, given=(start, pair), bounds=_DEEP, check=True, formal=True,
)  # fmt: skip
def along(start: Claim, pair: Claim) -> Iterator[Step]:
    """The least sharpness is at least what the path along the regressor says."""
    in_direction = rules.substituted(rules.at_a_direction(minimal_sharpness), rules.given(start))
    yield rules.substituted(in_direction, rules.given(pair))


@claim(
    univariate_minimizers, S_min >= lower_bound, one_output,
    given=(along, tilted), bounds=_DEEP, check=True, formal=True,
)  # fmt: skip
def flattest(along: Claim, tilted: Claim) -> Iterator[Step]:
    """Nor is the least sharpness below the bound."""
    yield rules.transitive(rules.given(along), weakened(tilted, rayleigh, tilt.symbol, w))


def weakened(tilted: Claim, rayleigh: Any, tilt: Any, w: Any) -> rules.Fact:
    """Return 2L(a_2 (a|w|²)^{L-1})^{1/L} >= 2La|w|^{2-2/L} from a_2 = a + tilt."""
    square = Condition("no square is negative", tilt, ">=")
    more = rules.increasing(square, lambda t: rayleigh + t, _t)
    larger = rules.transitive(rules.given(tilted), more)
    powers = rules.scaled(larger, (rayleigh * w**2) ** (L - 1))
    mean = rules.scaled(rules.raised(powers, 1 / L), 2 * L)
    return rules.rewritten(mean, mean.relation.lhs, 2 * L * rayleigh * w ** (2 - 2 / L))


@claim(
    univariate_minimizers,
    S >= lower_bound,
    minimizer,
    one_output,
    given=(least, flattest),
    bounds=_DEEP,
    formal=True,
)
def lower(least: Claim, flattest: Claim) -> Iterator[Step]:
    """Every minimizer is at least this sharp."""
    yield rules.transitive(rules.given(least), rules.given(flattest))


@claim(
    univariate_minimizers,
    S_min <= upper_bound,
    minimizer,
    one_output,
    seen,
    given=(U2.upper, U2.upper_le_sum),
    bounds=_DEEP,
    formal=True,
)
def upper() -> Iterator[Step]:
    """The flattest minimizer is at most this sharp."""
    squares = rules.increasing(
        rules.largest(data_max, a),
        lambda t: top**2 + 2 * (L - 1) * top * t + (L - 1) ** 2 * rayleigh**2, _t,
    )  # fmt: skip
    below_root, total = (2 * L - 1) * top**2 + (L - 1) ** 2 * rayleigh**2, top + (L - 1) * rayleigh
    root = rules.raised(rules.rewritten(squares, below_root, total**2), sp.Rational(1, 2))
    closed = rules.scaled(root, 2 * w ** (2 - 2 / L))
    yield rules.transitive(closed, rules.given(U2.upper_le_sum), rules.given(U2.upper))


lower_attained = stated(
    "lower_attained",
    "equality for $w^*$ along the top eigenvector and aligned layers of equal gain",
    univariate_top_eigenvector, sp.Eq(S, lower_bound), minimizer, one_output, bounds=_DEEP,
    sizes=((2, 1, 1), (2, 1, 2), (3, 1, 1, 1)), formal=True,
)  # fmt: skip

upper_attained = stated(
    "upper_attained", "equality of the upper bound for $w^*$ along the top eigenvector",
    univariate_top_eigenvector, sp.Eq(S_min, upper_bound), minimizer, one_output, bounds=_DEEP,
    formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("square_of_norm", "$|w^*|²$ for $|w^*|^{2-2/L}$",
         univariate_minimizers, S >= 2 * L * rayleigh * w**2, bounds=_DEEP),
    twin("larger_exponent", "$|w^*|^{2-1/L}$ for $|w^*|^{2-2/L}$",
         univariate_minimizers, S >= 2 * L * rayleigh * w ** (2 - 1 / L), bounds=_DEEP),
    twin("top_eigenvalue", "$Λ$ for $a$ in the lower bound",
         univariate_minimizers, S >= 2 * L * top * w ** (2 - 2 / L), bounds=_DEEP),
    twin("smaller_root", "$L$ for $2L-1$ under the root of the upper bound",
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
    title="With one output the sharpness of a minimizer is bounded below by depth, norm and data",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $a = w^{*T}Σw^*/|w^*|²$, $Λ = λ_max(Σ)$",
    source=Source("marion2024deep", "Theorem 1 (upper bound reconstructed)"),
    claims=(
        start, pair, tilted, least, along, flattest,
        lower, upper, lower_attained, upper_attained,
    ),
    controls=_twins,
    witnesses=(
        witness("correlated", lower, "correlated features, $w^* = (1, 3)$ no eigenvector",
                lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]])),
        witness("singular", upper, "fewer samples than features: $Σ$ of rank one",
                lambda: Instance.of_minimizer([[[1, 0]], [[1]]], [[1, 1], [1, 1]])),
    ),
    necessity=(
        needed(minimizer, lower, "zero weights, $w^* = 1$, depth 2: $S = 2 < 4$",
               lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]])),
    ),
    trainings=(
        Training("trained",
                 "gradient descent at step sizes around $2/S_min$, corrected to an exact minimizer",
                 _train, (lower,)),
    ),
    module=__name__,
)  # fmt: skip
