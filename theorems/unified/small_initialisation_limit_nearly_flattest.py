r"""From small initialisation gradient flow ends at one sharpness, which depth makes minimal.

Statement
    Let there be one output, $w^*$ the regressor, $ŵ = w^*/|w^*|$, $K = Σ^{1/2}$, $a = ŵᵀΣŵ$ and
    $Λ = λ_max(Σ)$.  Rank-one, aligned, balanced layers $W_k = g u_ku_{k-1}ᵀ$ have the sharpness

        S_0 = 2|w^*|^{2-2/L} λ_max(Σ + (L-1) K ŵŵᵀ K),                     [aligned]

    and, with $S_min$ as in U1, $S_0 ≤ (1 + (Λ/a - 1)/L) S_min$.   [ratio]
    This is an equality for $w^*$ along a top eigenvector of $Σ$.   [ratio_attained]
    The matrix in $S_0$ has $λ_max(Σ + (L-1)KŵŵᵀK) ≤ Λ + (L-1)a$.   [weyl]

Notation
    $S_0$ is ``small_start_sharpness``, its eigenvalue $μ$ ``aligned_top``;
    $D_j = W_{j+1}ᵀW_{j+1} - W_jW_jᵀ$ are the imbalances of neighbouring layers.

Assumptions
    minimizer   used where $S$ is the dual Gram value.
    one_output  $a$ and $w^*$ are not defined otherwise; see U6 for several outputs.
    nonzero     $w^* ≠ 0$.  $ŵ$, and so $S_0$, is not defined otherwise.

Proof
    Aligned layers.  U10 holds $S$ between two bounds that both are $S_0$ where
    $N = max_k |W_k|_F²$ is $|w^*|^{2/L}$, as it is for aligned layers.   [aligned]

    The eigenvalue.  At each unit vector $z$, $|Kz|² ≤ Λ$ and $(ŵᵀKz)² ≤ |Kŵ|² = a$, so

        zᵀ(Σ + (L-1)KŵŵᵀK)z = |Kz|² + (L-1)(ŵᵀKz)² ≤ Λ + (L-1)a.           [weyl]

    The ratio.  Hence $S_0$ is at most

        2|w^*|^{2-2/L}(Λ + (L-1)a) = (1 + (Λ/a - 1)/L) \cdot 2La|w^*|^{2-2/L},

    and $2La|w^*|^{2-2/L} ≤ S_min$ (U2.improves, U2.lower).   [ratio]

    Why $S_0$ is the small-initialisation limit, on paper: let gradient flow start at $s W̄$ and
    converge to a global minimizer for all small $s > 0$ (it does from any $W̄$ with $W̄_L = 0$ and
    $W̄_{L-1}⋯W̄_1 Σw^* ≠ 0$, where the loss starts at $R(0)$ with a non-zero slope), $w^*$ of least
    norm.  Flow conserves $D_j = s² D̄_j$ (F4); as they vanish, U10 squeezes $S$ to $S_0$ from both
    sides, and says how far $S$ is from $S_0$ at a given $s$.  No claim here takes the limit.

Sharpness
    The ratio is attained for $w^*$ along the top eigenvector.  The constant 1 of $1/L$ is best
    possible for all $L$ at once: for $w^*$ an eigenvector and $Λ = a(1 + (L-1)x)$, $x ≥ 1$, the
    ratio is $x^{1-1/L}$ (U7) and the bound $1 + (1-1/L)x$.  $1/L²$ and $1/(2L)$ fail, and $S_0$ is
    not $S_min$ in general (controls).

Implementation notes
    U10 makes the limit a statement about single instances, which can be attacked.  Flows from
    $s W̄$ with shrinking $s$ are compared with $S_0$, the difference allowed being what U10 leaves
    at the conserved imbalance.

References
----------
    certimin2026; marion2024deep bounds S/S_min from small initialisation by a multiple of Λ/a;
    yoo2025understanding has the upper bound Λ + (L-1)a for balanced networks of width one (said
    from memory of it).  The exact limit, wide networks and the ratio are certimin2026
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import gradient_flow
from theorems.assumptions import minimizer, one_output
from theorems.directions import path_ends
from theorems.instances import Instance
from theorems.quantities import a, data_max, depth, minimal_sharpness, sharpness, symbols, w_norm
from theorems.settings import aligned_minimizers, univariate_minimizers, univariate_top_eigenvector
from theorems.training import Trained
from theorems.unified import minimal_sharpness_between_closed_forms as U2
from theorems.unified.quantities import aligned_top, blend_top, layer_energy_max
from theorems.unified.sharpness_between_layer_energies import (
    above,
    below,
    energy_bound,
    energy_ceiling,
    energy_floor,
)
from verify.derivation import rules
from verify.theorem import (
    Assumption,
    Bounds,
    Formula,
    Measurement,
    Source,
    Step,
    Theorem,
    TrainedSolution,
    Training,
    claim,
    expanded,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "aligned", "flow_from_small_start", "nonzero", "small_start_sharpness"]


@quantity("aligned_top_at_depth", r"\lambda_{\max}(\Sigma+LK\hat w\hat w^TK)")
def aligned_top_at_depth(instance: Instance) -> Any:
    """λ_max(Σ + L K ŵŵᵀ K): the aligned top with L for L-1 (a control)."""
    return blend_top(instance, instance.net.depth)


S, S_min, L, w, rayleigh, top = symbols(sharpness, minimal_sharpness, depth, w_norm, a, data_max)
mu, mu_wrong, N = symbols(aligned_top, aligned_top_at_depth, layer_energy_max)

small_start_sharpness = Formula(
    "small_start_sharpness",
    r"2|w^*|^{2-2/L}\lambda_{\max}(\Sigma+(L-1)K\hat w\hat w^TK)",
    2 * w ** (2 - 2 / L) * mu,
)
ratio_bound = Formula("ratio_bound", r"1+(\Lambda/a-1)/L", 1 + (top / rayleigh - 1) / L)
price = expanded(
    "price_of_small_starts", r"1+(\Lambda/a-1)/L", "1 + (Λ/a - 1)/L, at least 1.",
    1 + (top / rayleigh - 1) / L,
)  # fmt: skip

# --- claims and proofs --------------------------------------------------------------------------

_DEEP, _SMALL = Bounds((2, 5), (1, 3)), Bounds((2, 4), (1, 2))

nonzero = Assumption("nonzero", sp.Gt(w, 0, evaluate=False), r"w^* \ne 0")

level = stated(
    "level", "the layers of aligned networks have the energy $|w^*|^{2/L}$",
    aligned_minimizers, sp.Eq(N**L, w**2), one_output, bounds=_SMALL, check=True,
)  # fmt: skip


@claim(
    aligned_minimizers, sp.Eq(S, small_start_sharpness), minimizer, one_output, nonzero,
    given=(below, above, level), bounds=_SMALL,
)  # fmt: skip
def aligned(small_start_sharpness: Any) -> Iterator[Step]:
    """Rank-one, aligned, balanced layers have exactly this sharpness: both halves of U10 meet."""
    root = rules.raised(rules.given(level), 1 / L)
    at_least, at_most = (rules.substituted(rules.given(half), root) for half in (below, above))
    yield rules.rewritten(rules.squeezed(at_least, at_most), S, small_start_sharpness)


@claim(univariate_minimizers, mu <= top + (L - 1) * rayleigh, one_output, bounds=_DEEP)
def weyl() -> Iterator[Step]:
    """The eigenvalue of aligned layers is at most the sum of the two largest ones."""
    along = rules.scaled(rules.at_a_direction(a), L - 1)
    both = rules.added(rules.largest(data_max, path_ends), along)
    yield rules.at_the_supremum(both, aligned_top, lambda value: value)


@claim(
    univariate_minimizers, small_start_sharpness <= ratio_bound * S_min, one_output,
    given=(weyl, U2.improves, U2.lower), bounds=_DEEP,
)  # fmt: skip
def ratio(small_start_sharpness: Any, ratio_bound: Any) -> Iterator[Step]:
    """The limit is at most $1 + (Λ/a - 1)/L$ times the least sharpness."""
    flattest = rules.transitive(rules.given(U2.lower), rules.given(U2.improves))
    priced = rules.substituted(rules.scaled(flattest, price.symbol), rules.definition(price))
    above = rules.scaled(rules.given(weyl), 2 * w ** (2 - 2 / L))
    yield rules.rewritten(
        rules.transitive(priced, above), ratio_bound * S_min, small_start_sharpness
    )


priced = stated(
    "priced", "the bound on the ratio is that on the eigenvalue over $La$",
    univariate_minimizers, sp.Eq(L * rayleigh * ratio_bound, top + (L - 1) * rayleigh), one_output,
    bounds=_DEEP, check=True,
)  # fmt: skip
ratio_attained = stated(
    "ratio_attained", "equality for $w^*$ along the top eigenvector",
    univariate_top_eigenvector, sp.Eq(small_start_sharpness, ratio_bound * S_min), one_output,
    bounds=_SMALL,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _four_layers(regressor: list[Fraction], largest: Fraction) -> Instance:
    """Σ = diag(1, largest), L = 4, one neuron in each layer."""
    layers: list[Any] = [[regressor], [[1]], [[1]], [[1]]]
    return Instance.of_minimizer(layers, [[1, 0], [0, largest]])


def _near_small_eigenvector() -> list[Instance]:
    """S_0/S_min is about 8.4, the bound about 18."""
    t = Fraction(1, 58)  # tan(0.03446/2) to three digits
    unit = [(1 - t**2) / (1 + t**2), 2 * t / (1 + t**2)]
    return [_four_layers(unit, Fraction(7434, 100))]


def _on_small_eigenvector() -> list[Instance]:
    """S_0/S_min = 3^{3/4} (U7), the bound is 13/4."""
    return [_four_layers([Fraction(1), Fraction(0)], Fraction(10))]


_excess = top / rayleigh - 1
_twins = (
    twin("inverse_square_of_depth", "$1/L²$ for $1/L$",
         univariate_minimizers, small_start_sharpness <= (1 + _excess / L**2) * S_min,
         bounds=_DEEP, known=_near_small_eigenvector),
    twin("half", "$1/(2L)$ for $1/L$",
         univariate_minimizers, small_start_sharpness <= (1 + _excess / (2 * L)) * S_min,
         bounds=_DEEP, known=_on_small_eigenvector),
    twin("flattest", "small initialisations end at flattest minimizers",
         univariate_minimizers, small_start_sharpness <= S_min, bounds=_SMALL),
    twin("depth_for_depth_minus_one", "$L$ for $L-1$ in the limit",
         aligned_minimizers, S >= 2 * w ** (2 - 2 / L) * mu_wrong, bounds=_SMALL),
    twin("any_minimizer", "every one-output minimizer is at most as sharp as the limit",
         univariate_minimizers, small_start_sharpness >= S, bounds=_SMALL),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_SCALES = (0.3, 0.1, 0.03, 0.01)


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow from s·W̄ with s shrinking from run to run; depths 2 and 3."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        scale, size = _SCALES[run % 4], 2 + run // 2 % 2
        features = rng.standard_normal((40, 2)) * np.array([1.0, 0.6])
        sigma = features.T @ features / len(features)
        target = rng.standard_normal((1, 2))
        target /= np.linalg.norm(target)
        for trained, limit, allowed in flow_from_small_start(rng, scale, size, sigma, target):
            reached = float(sharpness_at_minimizer(trained.net, sigma)) / limit
            yield trained.solution(Measurement("S/S_0", 1.0, reached, allowed))


def flow_from_small_start(
    rng: np.random.Generator, scale: float, size: int, sigma: Any, target: Any
) -> Iterator[tuple[Trained, float, float]]:
    """Yield the end of one gradient flow from s·W̄, W̄_L = 0, if it converged.

    With it come S_0 and the relative distance from S_0 that U10 allows at the imbalance the flow
    started with, which it conserves; the integrator's accuracy, 1e-8, is added.
    """
    d = len(sigma)
    start = [*(scale * rng.standard_normal((d, d)) for _ in range(size - 1)), np.zeros((1, d))]
    flow = gradient_flow(start, sigma, target @ sigma)
    if flow.status != "converged":
        return
    at_start = Instance.of(Floating(), start, sigma, target)
    limit, low, high = (
        float(Formula("at_most", "", form.expression.subs(N, energy_bound)).measure(at_start))
        for form in (small_start_sharpness, energy_floor, energy_ceiling)
    )
    trained = Trained(f"s = {scale}, depth {size}", flow.weights, sigma, target)
    yield trained, limit, 1e-8 + max(limit - low, high - limit) / limit


THEOREM = Theorem(
    id="U3",
    title="Aligned layers, the limit of small initialisations, are nearly flattest when deep",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$, $a = w^{*T}Σw^*/|w^*|²$",
    source=Source("certimin2026", "the small-initialisation limit, with a bound at finite scale"),
    claims=(level, aligned, weyl, ratio, priced, ratio_attained),
    controls=_twins,
    witnesses=(
        witness("correlated", ratio, "correlated features, $w^* = (1, 3)$ no eigenvector",
                lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]])),
        witness("aligned", aligned, "one neuron in each layer, all of gain 2",
                lambda: Instance.of_minimizer([[[2, 0]], [[2]], [[2]]], [[2, 1], [1, 1]])),
    ),
    trainings=(
        Training("trained", "gradient flow from $s W̄$, corrected to an exact minimizer",
                 _train, (ratio,)),
    ),
    module=__name__,
)  # fmt: skip
