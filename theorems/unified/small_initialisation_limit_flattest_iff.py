r"""Small initialisation ends at a flattest minimizer iff w* is an eigenvector and La >= Λ.

Statement
    Let there be one output, $L ≥ 2$, $Σw^* ≠ 0$, $a = w^{*T}Σw^*/|w^*|²$, $Λ = λ_max(Σ)$, $S_min$
    as in U1, and $S_0 = 2|w^*|^{2-2/L} μ$ with $μ = λ_max(Σ + (L-1)KŵŵᵀK)$ the sharpness of aligned
    layers (U3).  If $Σw^* = a w^*$ and $La ≥ Λ$, then $μ = La$ and

        S_0 = S_min = 2La|w^*|^{2-2/L}.                                    [top, if, value]

    If $Σw^* ≠ a w^*$ or $La < Λ$, then $S_0 > S_min$.   [only_if, only_if_eigenvector]
    If $Σw^* = a w^*$ and $Λ = a(L + (L-1)q²)$ with a rational $q$ and no other eigenvalue above
    $a$, then $S_0/S_min = ((Λ/a - 1)/(L-1))^{1-1/L}$.   [price]

Notation
    $S_0$ (``small_start_sharpness``, U3), $S_min$ (``minimal_sharpness``), $a$, $Λ$ (``data_max``),
    $ŵ = w^*/|w^*|$, $K = Σ^{1/2}$, $μ$ (``aligned_top``).

Assumptions
    minimizer    used where the sharpness is the dual Gram value.
    one_output   $a$ and $w^*$ are not defined otherwise.
    nonzero      $w^* ≠ 0$.  $ŵ$ is not defined otherwise.
    seen         $Σw^* ≠ 0$.  $a_2$ is not defined otherwise.
    eigenvector  $Σw^* = a w^*$, that is $a_2 = a$, where $a_2 = w^{*T}Σ²w^*/w^{*T}Σw^* ≥ a$
                 (Cauchy-Schwarz).  Without it $S_0 > S_min$ however deep the network.
    deep_enough  $La ≥ Λ$.  Without it a direction that $w^*$ ignores is the sharpest one.

    $Σ$ may be singular; $w^*$ need then not have least norm.  At depth 1 every minimizer is
    flattest.

Proof
    $S_0$ is U1's dual value $2λ_max(cΣ + (L-1)c^{-1/(L-1)}Kw^*w^{*T}K)$ at $c_0 = |w^*|^{2-2/L}$,
    and $S_min$ is its minimum over $c$.  For each unit vector $z$ the value $zᵀMz$ of the matrix
    $M$ in it is convex in $log c$, and has at $c_0$ the slope

        |w^*|^{2-2/L} ( |Kz|² - (ŵᵀKz)² ) ≥ 0,

    by Cauchy-Schwarz: zero if and only if $Kz$ is a multiple of $ŵ$.  So $c_0$ is a minimum if and
    only if some top eigenvector $z$ of $H = Σ + (L-1)KŵŵᵀK$ has $Kz = ŵ$ up to scale (a mixture of
    top eigenvectors has zero slope only if each of them has).

    Only if.  Let $Kz = ŵ$.  Then $Hz = LKŵ = μz$; applying $K$, $Σŵ = (μ/L)ŵ$, so $ŵ$ is an
    eigenvector, $a = μ/L$, and $μ = La$ is the largest eigenvalue of $H$, that is $La ≥ Λ$.
    Otherwise the slope does not vanish, and another $c$ has a smaller dual value, which is the
    sharpness of some minimizer (U1.dual).   [only_if]

    If.  For such eigenvectors $μ = La$: $H$ has the eigenvalue $a + (L-1)a$ at $w^*$ and those of
    $Σ$ beside it.   [top]
    No minimizer is flatter than $2La|w^*|^{2-2/L}$ (U2), which is then $S_0$, and that is the
    sharpness of aligned ones (U3).   [if, value]

    The price.  For an eigenvector and $Λ ≥ La$, U1's objective on the span of $w^*$ and a top
    eigenvector is, with $s$ the share of $w^*$,

        (Λ - (Λ-a)s)^{1/L} (a|w^*|²s)^{1-1/L}.

    It is log-concave, largest at $s = (L-1)Λ/(L(Λ-a)) ≤ 1$; with $Λ = a(1 + (L-1)x)$ the ratio is
    $x^{1-1/L}$.   [price]

Sharpness
    Both conditions are needed (necessity witnesses); at $La = Λ$ the price is exactly 1.

Implementation notes
    $Σ = Q diag(a, a(L+(L-1)q²), ...) Qᵀ$ with rational $q$ makes the maximizer of U1 rational.
    Flows from small starts on both sides of $La = Λ$ end where the theorem says.

References
----------
    certimin2026
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.gain import float_optimum
from numeric.spectrum import sharpness_at_minimizer
from theorems.assumptions import at_most, equal, minimizer, one_output, seen
from theorems.instances import Instance
from theorems.quantities import a, a2, data_max, depth, minimal_sharpness, symbols, w_norm
from theorems.settings import eigenvector_regressors, overlooked_direction, univariate_minimizers
from theorems.unified import minimal_sharpness_between_closed_forms as U2
from theorems.unified import minimal_sharpness_eq_gain as U1
from theorems.unified.quantities import aligned_top
from theorems.unified.small_initialisation_limit_nearly_flattest import (
    aligned,
    flow_from_small_start,
    nonzero,
    small_start_sharpness,
)
from verify.derivation import rules
from verify.theorem import (
    Assumption,
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
)  # fmt: skip

__all__ = ["THEOREM", "eigenvector_bound", "small_start_price"]

S_min, L, w, rayleigh, rayleigh2, top, mu = symbols(
    minimal_sharpness, depth, w_norm, a, a2, data_max, aligned_top
)
eigenvector_bound = Formula(
    "eigenvector_bound", r"2La|w^*|^{2-2/L}", 2 * L * rayleigh * w ** (2 - 2 / L)
)
small_start_price = Formula(
    "small_start_price",
    r"\left(\frac{\Lambda/a-1}{L-1}\right)^{1-1/L}",
    ((top / rayleigh - 1) / (L - 1)) ** (1 - 1 / L),
)

# --- assumptions --------------------------------------------------------------------------------

eigenvector = Assumption("eigenvector", sp.Eq(rayleigh2, rayleigh), r"\Sigma w^* = a w^*")
deep_enough = Assumption("deep_enough", L * rayleigh >= top)


def _fails(instance: Instance) -> Any:
    parallel = equal(instance, lambda i: (a2.measure(i), a.measure(i)))
    deep = at_most(instance, lambda i: (data_max.measure(i), i.net.depth * a.measure(i)))
    return True ^ (parallel & deep)  # "not", for truth values and masks


otherwise = Assumption("otherwise", _fails, r"\Sigma w^* \neq aw^* \text{ or } La < \Lambda")

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 4), (1, 2))
m = sp.Symbol("m", integer=True, positive=True)  # L - 1
_AT = {"L": m + 1}


top_is = stated(
    "top", "for eigenvectors with $La ≥ Λ$ the eigenvalue in $S_0$ is $La$",
    eigenvector_regressors, sp.Eq(mu, L * rayleigh), one_output, eigenvector, deep_enough,
    bounds=_SMALL,
)  # fmt: skip


@claim(
    eigenvector_regressors, sp.Eq(small_start_sharpness, S_min), minimizer, one_output, nonzero,
    seen, eigenvector, deep_enough,
    given=(top_is, aligned, U1.least, U2.improves, U2.lower), bounds=_SMALL, name="if",
)  # fmt: skip
def sufficient(small_start_sharpness: Any) -> Iterator[Step]:
    """For eigenvectors with $La ≥ Λ$ the limit is flattest."""
    reached = rules.transitive(rules.turned(rules.given(aligned)), rules.given(U1.least))
    known = rules.scaled(rules.given(top_is), 2 * w ** (2 - 2 / L))
    flattest = rules.transitive(rules.given(U2.lower), rules.given(U2.improves))
    bound = rules.transitive(flattest, rules.turned(known))
    yield rules.rewritten(rules.squeezed(reached, bound), small_start_sharpness, S_min)


@claim(
    eigenvector_regressors, sp.Eq(S_min, eigenvector_bound), minimizer, one_output, nonzero, seen,
    eigenvector, deep_enough,
    given=(top_is, sufficient), bounds=_SMALL,
)  # fmt: skip
def value(eigenvector_bound: Any) -> Iterator[Step]:
    """The sharpness of both is $2La|w^*|^{2-2/L}$ then."""
    known = rules.scaled(rules.given(top_is), 2 * w ** (2 - 2 / L))
    chain = rules.transitive(rules.turned(rules.given(sufficient)), known)
    yield rules.rewritten(chain, S_min, eigenvector_bound)


@claim(
    univariate_minimizers, small_start_sharpness > S_min, one_output, otherwise,
    given=(U1.lower, U1.dual), bounds=_SMALL,
)  # fmt: skip
def only_if(small_start_sharpness: Any) -> Iterator[Step]:
    """Otherwise the limit is sharper than necessary.

    The dual value at c_0, its slope there, and what a vanishing slope means.  Where the slope does
    not vanish, another c has a smaller dual value, the sharpness of some minimizer.
    """
    q, p, c = sp.symbols("q p c", positive=True)  # |Kz|² and (ŵᵀKz)²; the scale
    dual, start = 2 * (c * q + m * c ** (-1 / m) * w**2 * p), w ** (2 * m / (m + 1))
    slope = sp.expand(c * sp.diff(dual, c))
    limit = small_start_sharpness.subs({mu: q + (L - 1) * p, L: m + 1})
    yield Identity("S_0 is the dual value at c_0", dual.subs(c, start), limit, why="U1", at=_AT)
    yield Identity(
        "slope in log c at c_0", slope.subs(c, start), 2 * start * (q - p), why="calculus", at=_AT
    )
    yield Condition("convex in log c", c * sp.diff(slope, c), ">", why="calculus", at=_AT)
    yield from _vanishing_slope()


def _vanishing_slope() -> Iterator[Step]:
    """Cauchy-Schwarz for one pair of coordinates, and Hz = LKŵ at z = K⁻¹ŵ, d_x = 2."""
    x, y, c, d = sp.symbols("x y c d", real=True)
    gap = (x * d - y * c) ** 2
    yield Identity(
        "Lagrange's identity, one pair of coordinates",
        (x**2 + y**2) * (c**2 + d**2) - (x * c + y * d) ** 2, gap, why="Cauchy-Schwarz",
    )  # fmt: skip
    yield Condition("no pair is negative", gap, ">=", why="Cauchy-Schwarz")
    r, s, t = sp.symbols("r s t", positive=True)  # K = diag(r, s); ŵ on the rational circle
    unit, K = sp.Matrix([1 - t**2, 2 * t]) / (1 + t**2), sp.diag(r, s)
    H = K * K + (L - 1) * K * unit * unit.T * K
    yield Identity(
        "eigenvector equation", H * K.inv() * unit, L * K * unit,
        why="$(Σ + (L-1)KŵŵᵀK)K⁻¹ŵ = LKŵ$", at={"d_x": 2},
    )  # fmt: skip


only_if_eigenvector = stated(
    "only_if_eigenvector", "also for eigenvectors with $La < Λ$",
    eigenvector_regressors, small_start_sharpness > S_min, one_output, otherwise, bounds=_SMALL,
)  # fmt: skip


@claim(
    overlooked_direction, sp.Eq(small_start_sharpness, small_start_price * S_min), one_output,
    eigenvector, given=(U1.lower, U1.attained), bounds=_SMALL,
)  # fmt: skip
def price(small_start_sharpness: Any, small_start_price: Any) -> Iterator[Step]:
    """Eigenvectors with $Λ ≥ La$: the ratio is $((Λ/a - 1)/(L-1))^{1-1/L}$.

    The maximum of U1's objective over the share s of w*, where Λ = a(1 + (L-1)x).
    """
    share, x = sp.symbols("s x", positive=True)
    largest = rayleigh * (1 + m * x)
    here = {top: largest, L: m + 1}
    gain = (top - (top - rayleigh) * share, rayleigh * w**2 * share)  # |Kz|², (w*ᵀKz)²
    logarithm = (sp.log(gain[0]) + m * sp.log(gain[1])) / L
    best = m * top / (L * (top - rayleigh))
    yield Identity(
        "stationary share", sp.diff(logarithm, share).subs(share, best).subs(here), 0,
        why="$s = (L-1)Λ/(L(Λ-a))$", at=_AT,
    )  # fmt: skip
    maximum = 2 * L * (top / L) ** (1 / L) * (rayleigh * w**2 * best) ** (1 - 1 / L)
    yield Identity(
        "S_0 over the maximum", (maximum * small_start_price).subs(here),
        small_start_sharpness.subs(mu, top).subs(here),
        why="the maximum is $2L(Λ/L)^{1/L}(a|w^*|²s)^{1-1/L}$, concave in log", at=_AT,
    )  # fmt: skip


# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("any_depth", "$La ≥ Λ$ dropped",
         eigenvector_regressors, small_start_sharpness <= S_min, eigenvector, bounds=_SMALL),
    twin("any_direction", "the eigenvector dropped",
         univariate_minimizers, small_start_sharpness <= S_min, deep_enough, bounds=_SMALL),
    twin("top_eigenvector_only", "only along the top eigenvector: $a ≥ Λ$",
         eigenvector_regressors, rayleigh >= top, eigenvector, deep_enough, bounds=_SMALL),
    twin("without_power", "the price without the exponent $1-1/L$",
         overlooked_direction,
         small_start_sharpness >= (top / rayleigh - 1) / (L - 1) * S_min, bounds=_SMALL),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """w* the first eigenvector of Σ = diag(1, Λ), depth 3, s = 0.01; Λ on both sides of La = 3."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        largest = (2.0, 9.0, 3.0)[run % 3]
        sigma, target = np.diag([1.0, largest]), np.array([[1.0, 0.0]])
        flattest = 6 * float(float_optimum(Floating(), sigma, target, 1 / 3)[1])
        predicted = max(1.0, ((largest - 1) / 2) ** (2 / 3))
        for trained, _, allowed in flow_from_small_start(rng, 0.01, 3, sigma, target):
            reached = float(sharpness_at_minimizer(trained.net, sigma)) / flattest
            yield trained.solution(
                Measurement(f"S/S_min at Λ/a = {largest:g}", predicted, reached, allowed)
            )


def _one_neuron(regressor: list[int], largest: int) -> Instance:
    return Instance.of_minimizer([[regressor], [[1]]], [[1, 0], [0, largest]])


THEOREM = Theorem(
    id="U7",
    title="Aligned layers are flattest only for eigenvectors of the data and deep enough",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $a = w^{*T}Σw^*/|w^*|²$, $Λ = λ_max(Σ)$",
    source=Source("certimin2026", "when the small-initialisation limit is flattest"),
    claims=(top_is, sufficient, value, only_if, only_if_eigenvector, price),
    controls=_twins,
    witnesses=(
        witness("second_eigenvector", sufficient,
                "$w^* = (1, 0)$, $Σ = diag(1, 2)$, depth 2: flattest at $La = Λ$",
                lambda: _one_neuron([1, 0], 2)),
        witness("between", only_if, "$w^* = (1, 1)$ no eigenvector",
                lambda: _one_neuron([1, 1], 2)),
    ),
    necessity=(
        needed(deep_enough, sufficient,
               "$w^* = (1, 0)$, $Σ = diag(1, 5)$, depth 2: $S_0 = 10$, $S_min = 5$",
               lambda: _one_neuron([1, 0], 5)),
        needed(eigenvector, sufficient, "$w^* = (1, 1)$, $Σ = diag(1, 2)$, depth 2",
               lambda: _one_neuron([1, 1], 2)),
    ),
    trainings=(
        Training("trained",
                 "gradient flow from $s = 0.01$ for eigenvectors on both sides of $La = Λ$",
                 _train),
    ),
    module=__name__,
)  # fmt: skip
