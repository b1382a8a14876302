r"""Balance has a price off whitened data, and the worst price is known at every depth.

Statement
    Let $L ≥ 2$, $K = Σ^{1/2}$, $σ = |T|_2$ and $κ$ the condition number of $Σ$.  Every balanced
    minimizer with $P = T$ has $(W_1ᵀW_1)^L = TᵀT$ and

        S = S_bal = 2 λ_max(KMK), \quad M = Σ_k σ^{2(L-k)/L} (TᵀT)^{(k-1)/L}.       [root, value]

    On data with $Σ ≻ 0$ it has $S ≤ r_L(κ) S_min$, $S_min$ as in U1, where

        r_L(κ) = \Bigl( \frac{1}{L-1} Σ_{j=1}^{L-1} κ^{j/(L-1)} \Bigr)^{1-1/L}.    [ratio]

    For two inputs, outputs and hidden directions there are balanced minimizers with
    $S = √κ S_min$ at depth 2, where $r_2(κ) = √κ$, and with $S ≥ (1 - 10^{-7}) r_L(κ) S_min$ at
    each depth that was tried.   [attained_two, two, attained]

Notation
    $S_bal/2$ is ``balanced_top``, $κ = Λ/λ$ is ``condition``, $Λ$ and $λ$ the largest and the least
    eigenvalue of $Σ$; $g(y) = 1 + y + ⋯ + y^{L-1}$.  Balanced layers have
    $W_{k+1}ᵀW_{k+1} = W_kW_kᵀ$ for all $k$; $A_k = W_L ⋯ W_{k+1}$ and $B_k = W_{k-1} ⋯ W_1$.

Assumptions
    minimizer  $PΣ = TΣ$; with $Σ ≻ 0$ that is $P = T$, which on singular $Σ$ is part of the
               settings.

    Gradient flow keeps balance (F4), so on paper $S_bal$ is what every convergent flow from a
    balanced start reaches: on data with $Σ ≻ 0$ that set of sharpnesses is the single number
    $S_bal$.

Proof
    The sharpness.  Balance moves the layers' squares along the network, so that

        A_kA_kᵀ = (TTᵀ)^{(L-k)/L}, \quad B_kᵀB_k = (TᵀT)^{(k-1)/L},        [gram]

    and $S$ is twice the largest eigenvalue of $Σ_k A_kA_kᵀ ⊗ KB_kᵀB_kK$ (F3).  The first factors
    have their top eigenvector in common for all $k$, with eigenvalues $σ^{2(L-k)/L}$, which gives
    $S_bal$.   [value]

    Upper bound, $S_bal$ from above.  Scale to $σ = 1$ and $λ = 1$, let $κ > 1$ and
    $X = (TᵀT)^{1/L}$.  For a unit vector $z$ that attains $S_bal$ let $x = Kz/|Kz|$; then
    $|Kz|² = q$ with $q = 1/(xᵀΣ^{-1}x) ≤ κ$.  As $ρ ↦ ρ^{k/L}$ is concave, Jensen's inequality for
    the eigenvalues of $X^L$ gives

        S_bal/2 = q Σ_k xᵀX^{k-1}x ≤ q g(y), \quad y^L = xᵀX^Lx.

    Upper bound, $S_min$ from below.  $S_min$ is the least over $c$ of the dual value
    $2λ_max(cΣ + (L-1)tKTᵀTK)$ with $t = c^{-1/(L-1)}$ (U1, by Sion and Brickman).  That value is at
    least $2q(c + (L-1)ty^L)$, from the vector $z$, and at least
    $2(c+(L-1)t) ≥ 2(q/κ)(c+(L-1)t)$, from $K^{-1}v$ for a top right singular vector $v$ of $T$.
    Average the two with weights $θ$ and $1-θ$, and minimise over $c$ by the inequality of means:

        S_min ≥ 2(q/κ) L (1+(κ-1)θ)^{1/L} (1-mθ)^{1-1/L}, \quad m = 1-κy^L, \quad 0 ≤ θ ≤ 1.

    The best $θ$.  With $κg(y) = (κ-1+m)/(1-y)$ and the stationary $θ = 1/(Lm) - (L-1)/(L(κ-1))$,
    if it is in $[0, 1]$, the ratio of the two bounds is

        (1-y)^{-1} m^{1/L} ((κ-1)/(L-1))^{1-1/L},

    whose only stationary point is $κy^{L-1} = 1$, a maximum.  There $m = 1-y$, and the value is
    $((κ-1)/((L-1)(1-y)))^{1-1/L} = r_L(κ)$, by the geometric sum of the powers of $1/y$.  Where
    $y$ is to the left of the range in which that $θ$ is in $[0, 1]$, $θ = 0$ is best, the bound is
    $κg(y)/L$ and grows; to its right $θ = 1$ is best, it is $g(y)/(Ly^{L-1})$ and falls: both are
    largest where they meet the middle.   [ratio]

    Attained by $Σ = diag(1, κ)$, $T = diag(1, y^{L/2})$ with $y = κ^{-1/(L-1)}$ (on paper at every
    depth and for every $κ$).   [attained_two, two, attained]
    With $κ > 1$, $r_L = ((κ-1)/((L-1)(1 - κ^{-1/(L-1)})))^{1-1/L}$, which tends to $(κ-1)/ln κ$ as
    $L → ∞$ (not checked).

Sharpness
    $r_2 = √κ$ is attained exactly in U6.attained_two, $r_L$ within $10^{-7}$ in U6.attained, where
    $S_min$ is enclosed.  So the perfection of U3 with depth is special to one output: for several
    outputs balanced limits can stay away from flattest at every depth.

Implementation notes
    $(TᵀT)^{1/L} = W_1ᵀW_1$ (U6.root) is rational for rational balanced layers: no matrix root is
    taken.  Flows from identity layers on the worst data end at $r_L S_min$.

References
----------
    certimin2026
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.gain import float_optimum
from numeric.spectrum import dual_gram, sharpness_at_minimizer
from numeric.training import gradient_flow
from theorems.assumptions import minimizer
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.instances import Instance
from theorems.lemmas import BRICKMAN, SION
from theorems.quantities import (
    compared,
    condition,
    data_max,
    depth,
    minimal_sharpness,
    sharpness,
    symbols,
    target_norm,
)
from theorems.settings import balanced_minimizers, balanced_on_definite_data, worst_balanced
from theorems.training import Trained
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
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "balanced_sharpness", "worst_data", "worst_ratio"]


@quantity("balanced_top", r"\lambda_{\max}(K\sum_k\sigma^{2(L-k)/L}(T^TT)^{(k-1)/L}K)")
def balanced_top(instance: Instance) -> Any:
    """λ_max(K Σ_k σ^{2(L-k)/L}(TᵀT)^{(k-1)/L} K) of balanced layers, (TᵀT)^{1/L} = W_1ᵀW_1."""
    ar, L = instance.arithmetic, instance.net.depth
    root = instance.weights[0].mT @ instance.weights[0]
    top = ar.eig_max(root)  # σ^{2/L}
    total = ar.identity(root.shape[-1])
    power = total
    for _ in range(L - 1):
        power = power @ root
        total = ar.scale(top, total) + power
    return ar.eig_max(total, instance.sigma)


def _powers(ar: Any, A: Any, count: int) -> list[Any]:
    """I, A, A², ... of a square matrix, as many."""
    powers = [ar.identity(A.shape[-1])]
    for _ in range(count - 1):
        powers.append(powers[-1] @ A)
    return powers


@compared("root_gap", r"\delta((W_1^TW_1)^L)", r"(W_1^TW_1)^L = T^TT")
def root_gap(instance: Instance) -> tuple[Any, Any]:
    """(W_1ᵀW_1)^L against PᵀP."""
    ar, P, W = instance.arithmetic, instance.net.end_to_end, instance.weights[0]
    return _powers(ar, W.mT @ W, instance.net.depth + 1)[-1], P.mT @ P


@compared(
    "balanced_gram_gap",
    r"\delta(G')",
    r"\textstyle\sum_k A_kA_k^T\otimes B_k^TB_k = "
    r"\textstyle\sum_k (W_LW_L^T)^{L-k}\otimes(W_1^TW_1)^{k-1}",
)
def balanced_gram_gap(instance: Instance) -> tuple[Any, Any]:
    """The dual Gram matrix against roots of TTᵀ and TᵀT, which the outer layers give."""
    ar, net = instance.arithmetic, instance.net
    first, last = net.weights[0].mT @ net.weights[0], net.weights[-1] @ net.weights[-1].mT
    after, before = _powers(ar, last, net.depth)[::-1], _powers(ar, first, net.depth)
    terms = [ar.kron(A, B) for A, B in zip(after, before, strict=True)]
    return dual_gram(net), sum(terms[1:], start=terms[0])


S, S_min, L, kappa, top = symbols(sharpness, minimal_sharpness, depth, condition, data_max)
sigma, balanced, gap, gram_gap = symbols(target_norm, balanced_top, root_gap, balanced_gram_gap)

balanced_sharpness = Formula(
    "balanced_sharpness",
    r"2\lambda_{\max}(K\sum_k\sigma^{2(L-k)/L}(T^TT)^{(k-1)/L}K)",
    2 * balanced,
)
_j = sp.Symbol("j", integer=True, positive=True)
worst_ratio = Formula(
    "worst_ratio",
    r"\Bigl(\frac{1}{L-1}\sum_{j=1}^{L-1}\kappa^{j/(L-1)}\Bigr)^{1-1/L}",
    (sp.Sum(kappa ** (_j / (L - 1)), (_j, 1, L - 1)) / (L - 1)) ** (1 - 1 / L),
)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 4), (1, 2))

root = stated(
    "root", "$(W_1ᵀW_1)^L = TᵀT$ for balanced layers",
    balanced_minimizers, sp.Eq(gap, 0), minimizer, bounds=_SMALL,
    sizes=((2, 2, 1, 2), (2, 2, 2, 2), (3, 2, 2, 2, 2), (4, 1, 1, 1, 1, 2)),
)  # fmt: skip
gram = stated(
    "gram", "the dual Gram matrix of balanced layers has roots of $TTᵀ$ and $TᵀT$ only",
    balanced_minimizers, sp.Eq(gram_gap, 0), minimizer, bounds=_SMALL,
    sizes=((2, 2, 1, 2), (2, 2, 2, 2), (3, 2, 1, 2, 1), (4, 1, 1, 1, 1, 2)), check=True,
)  # fmt: skip
value = stated(
    "value", "the sharpness of balanced minimizers",
    balanced_minimizers, sp.Eq(S, balanced_sharpness), minimizer, given=(F3.spectrum, gram),
    bounds=_SMALL,
)  # fmt: skip

n = sp.Symbol("n", integer=True, positive=True)  # L - 1
y, e, m = sp.symbols("y e m", positive=True)  # xᵀX^Lx = y^L; e = κ - 1, m = 1 - κy^L
_SIZE = n + 1
_AT = {"L": _SIZE}


@claim(
    balanced_on_definite_data, S <= worst_ratio * S_min, minimizer,
    given=(value, U1.attained), cites=(SION, BRICKMAN), bounds=_SMALL,
)  # fmt: skip
def ratio(worst_ratio: Any) -> Iterator[Step]:
    """Balanced minimizers are at most $r_L(κ)$ times as sharp as the flattest.

    Jensen's side condition, the best θ, the best y, and the value there.
    """
    k, j = sp.symbols("k j", integer=True, positive=True)
    rho = sp.Symbol(r"\rho", positive=True)
    concave = sp.diff(rho ** (k / (k + j)), rho, 2)
    yield Condition("concave powers, L = k + j", concave, "<", why="Jensen's inequality")
    yield from _best_mixture()
    yield from _best_target(worst_ratio)
    yield Condition("left of it the bound grows", sp.diff(y**k, y), ">", why="$κg(y)/L$")
    yield Condition("right of it the bound falls", sp.diff(y**-k, y), "<", why="$g(y)/(Ly^{L-1})$")


def _best_mixture() -> Iterator[Step]:
    """Yield the stationary θ and the ratio there: κg(y) = (e + m)/(1 - y)."""
    theta = sp.Symbol("theta", positive=True)
    logarithm = (sp.log(1 + e * theta) + n * sp.log(1 - m * theta)) / _SIZE
    best = (e - n * m) / (_SIZE * e * m)
    first, second = (e + m) / (_SIZE * m), n * (e + m) / (_SIZE * e)
    slope = sp.diff(logarithm, theta).subs(theta, best)
    yield Identity("stationary mixture", slope, 0, why="$θ = 1/(Lm) - (L-1)/(L(κ-1))$", at=_AT)
    yield Identity("first factor", 1 + e * best, first, why="$1 + (κ-1)θ$", at=_AT)
    yield Identity("second factor", 1 - m * best, second, why="$1 - mθ$", at=_AT)
    mixture = _SIZE * first ** (1 / _SIZE) * second ** (1 - 1 / _SIZE)
    yield Identity(
        "ratio at the best mixture", (e + m) / (1 - y) / mixture, _at_best(m, 1 - y),
        why="$κg(y) = (κ - 1 + m)/(1 - y)$", at=_AT,
    )  # fmt: skip


def _at_best(m: Any, delta: Any) -> Any:
    """(1-y)^{-1} m^{1/L} ((κ-1)/(L-1))^{1-1/L}, δ = 1 - y."""
    return m ** (1 / _SIZE) / delta * (e / n) ** (1 - 1 / _SIZE)


def _best_target(worst_ratio: Any) -> Iterator[Step]:
    """Yield the stationary y of log((1-y)^{-1}m^{1/L}), and the value there.

    There y = 1/(1+t) and κ = (1+t)^{L-1}; δ = 1 - y.
    """
    delta, t = sp.symbols(r"\delta t", positive=True)
    m_of_y = 1 - kappa * y**_SIZE
    yield Identity(
        "stationary target", sp.diff(-sp.log(1 - y) + sp.log(m_of_y) / _SIZE, y),
        (1 - kappa * y**n) / ((1 - y) * m_of_y), at=_AT,
        why="positive before $κy^{L-1} = 1$ and negative after: a maximum",
    )  # fmt: skip
    there = {y: 1 / (1 + t), kappa: (1 + t) ** n, L: _SIZE, e: (1 + t) ** n - 1, delta: t / (1 + t)}
    best = (e / (n * delta)) ** (1 - 1 / _SIZE)
    yield Identity(
        "m at the stationary target", m_of_y.subs(there), delta.subs(there),
        why="$1 - κy^L = 1 - y$ where $κy^{L-1} = 1$", at=_AT,
    )  # fmt: skip
    yield Identity(
        "value at the stationary target", _at_best(delta, delta), best, why="$m = 1 - y$", at=_AT
    )
    yield Identity(
        "r_L is the value at the stationary target", worst_ratio.subs(there), best.subs(there),
        why="a geometric sum of $κ^{1/(L-1)} = 1/y$", at=_AT,
    )  # fmt: skip


attained_two = stated(
    "attained_two", "exactly $r_2(κ)$ at depth 2",
    worst_balanced, sp.Eq(S, worst_ratio * S_min), minimizer, bounds=Bounds((2, 2), (1, 2)),
)  # fmt: skip
two = stated(
    "two", "exactly $√κ$ at depth 2",
    worst_balanced, sp.Eq(S, sp.sqrt(kappa) * S_min), minimizer, bounds=Bounds((2, 2), (1, 2)),
)  # fmt: skip
attained = stated(
    "attained", "$r_L(κ)$, within $10^{-7}$, at any depth",
    worst_balanced, S >= sp.Rational(10**7 - 1, 10**7) * worst_ratio * S_min, minimizer,
    bounds=Bounds((2, 5), (1, 2)),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _worst(size: int, b: Fraction) -> Instance:
    layer = [[1, 0], [0, 1 / b]]
    return Instance.of_minimizer([layer] * size, [[1, 0], [0, b ** (2 * (size - 1))]])


_with_depth = (sp.Sum(kappa ** (_j / L), (_j, 1, L)) / L) ** (1 - 1 / L)
_twins = (
    twin("one_output_bound", "U3's bound for several outputs, $1 + (Λ/λ - 1)/L$",
         worst_balanced, S <= (1 + (kappa - 1) / L) * S_min, minimizer,
         bounds=Bounds((2, 6), (1, 2)), known=lambda: [_worst(5, Fraction(3, 2))]),
    twin("square_root", "$√κ$ at every depth",
         worst_balanced, S <= sp.sqrt(kappa) * S_min, minimizer, bounds=_SMALL),
    twin("depth_for_depth_minus_one", "$L$ for $L-1$ in $r_L$",
         worst_balanced, S <= _with_depth * S_min, minimizer, bounds=_SMALL),
    twin("aligned", "$2LΛσ^{2-2/L}$, as if $T$ and $Σ$ shared their top vectors",
         balanced_minimizers, S >= 2 * L * top * sigma ** (2 - 2 / L), minimizer, bounds=_SMALL),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def worst_data(size: int, kappa: float) -> tuple[Any, Any]:
    """Return Σ = diag(1, κ) and T = diag(1, y^{L/2}), y = κ^{-1/(L-1)}, L = ``size``: float64."""
    b = kappa ** (1 / (2 * (size - 1)))
    return np.diag([1.0, kappa]), np.diag([1.0, b**-size])


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow from identity layers, balanced throughout, on the worst T and Σ, κ = 4.

    Everything stays diagonal.  Allowed, relatively: the flow ends where the slope is below 1e-9,
    within a few times that of the limit; with the integrator's rtol = 1e-11 that is below 1e-8.
    """
    for run in range(runs):
        size = 2 + run % 4
        sigma, target = worst_data(size, 4.0)
        flow = gradient_flow([np.eye(2)] * size, sigma, target @ sigma)
        if flow.status != "converged":
            continue
        trained = Trained(f"depth {size}", flow.weights, sigma, target)
        price = float(worst_ratio.expression.subs({kappa: 4, L: size}).doit())
        flattest = 2 * size * float(float_optimum(Floating(), sigma, target, 1 / size)[1])
        reached = float(sharpness_at_minimizer(trained.net, sigma)) / flattest
        yield trained.solution(Measurement("S/S_min at κ = 4", price, reached, 1e-8))


THEOREM = Theorem(
    id="U6",
    title="Balance has a price off whitened data, and the worst price is known",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$, $κ = λ_max(Σ)/λ_min(Σ)$",
    source=Source("certimin2026", "the price of balancedness, with its worst case at every depth"),
    claims=(root, gram, value, ratio, attained_two, two, attained),
    controls=_twins,
    witnesses=(
        witness("depth_two", attained_two,
                "$Σ = diag(1, 4)$, layers $diag(1, 1/2)$: $S = 10$, $S_min = 5$",
                lambda: _worst(2, Fraction(2))),
        witness("depth_three", attained, "$Σ = diag(1, 16)$, layers $diag(1, 1/2)$",
                lambda: _worst(3, Fraction(2))),
        witness("correlated", ratio, "correlated data, layers $diag(2, 1)$",
                lambda: Instance.of_minimizer([[[2, 0], [0, 1]]] * 3, [[2, 1], [1, 1]])),
    ),
    trainings=(
        Training("trained", "gradient flow from identity layers on the worst data",
                 _train, (ratio,)),
    ),
    module=__name__,
)  # fmt: skip
