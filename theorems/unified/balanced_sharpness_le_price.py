r"""Balance has a price off whitened data, and the worst price is known at every depth.

Statement
    Let L >= 2, K = Σ^{1/2} and σ = |T|_2.  Every balanced minimizer with P = T has

        S_bal = 2 λ_max( K [ Σ_k σ^{2(L-k)/L} (TᵀT)^{(k-1)/L} ] K ).

    Over all T and all Σ ≻ 0 of condition number κ, for d_x, d_y and hidden widths at
    least 2, the largest value of S_bal/S_min is

        r_L(κ) = ( (1/(L-1)) Σ_{j=1}^{L-1} κ^{j/(L-1)} )^{1-1/L}
               = ( (κ-1) / ((L-1)(1 - κ^{-1/(L-1)})) )^{1-1/L}    (κ > 1).

    r_2 = √κ, and r_L -> (κ-1)/ln κ as L -> ∞.

Notation
    S_bal/2 is ``balanced_top``, κ = Λ/λ is ``condition``; g(y) = 1 + y + ... + y^{L-1}.

Assumptions
    minimizer  PΣ = TΣ; with Σ ≻ 0 that is P = T, which on singular Σ is part of the settings.
    Gradient flow keeps balance (F4), so S_bal is what every convergent flow from a balanced start
    reaches: on data with Σ ≻ 0 that set of sharpnesses is the single number S_bal.

Proof
    Balanced: A_kA_kᵀ = (TTᵀ)^{(L-k)/L}, B_kᵀB_k = (TᵀT)^{(k-1)/L}.  The first factor has its top
    eigenvector in common for all k, which gives S_bal by F3.
    Upper bound.  Let σ = 1, λ = 1, X = (TᵀT)^{1/L}.  For a maximizer z of S_bal let x = Kz/|Kz| and
    q = 1/(xᵀΣ⁻¹x) <= κ.  Then S_bal/2 = q Σ_k xᵀX^{k-1}x <= q g(y), where y^L = xᵀX^Lx, by Jensen:
    ρ -> ρ^{k/L} is concave.  U1's dual at any c, with t = c^{-1/(L-1)}, is at least 2q(c+(L-1)ty^L)
    along x, and at least 2(c+(L-1)t) >= 2(q/κ)(c+(L-1)t) along a top singular vector of T.  Average
    with weights θ, 1-θ; minimise over c by AM-GM:

        S_min >= 2(q/κ) L (1+(κ-1)θ)^{1/L} (1-mθ)^{1-1/L},   m = 1-κy^L,   for each 0 <= θ <= 1.

    If the stationary θ is in [0, 1] the ratio is at most (1-y)^{-1} m^{1/L} ((κ-1)/(L-1))^{1-1/L},
    whose only stationary point is κy^{L-1} = 1, a maximum, of value r_L.  To its left (θ = 0) the
    bound is κg(y)/L and grows, to its right (θ = 1) it is g(y)/(Ly^{L-1}) and falls: both are
    largest where they meet the middle.
    Attained by Σ = diag(1, κ), T = diag(1, y^{L/2}), y = κ^{-1/(L-1)}.

Sharpness
    r_L(κ) is attained for every L and κ: exactly in U6.attained_two (r_2 = √κ), within 1e-7 in
    U6.attained, where S_min is enclosed.  So the perfection of U3 with depth is special to one
    output: for several outputs balanced limits can stay away from flattest at every depth.

Implementation notes
    (TᵀT)^{1/L} = W_1ᵀW_1 (U6.root) is rational for rational balanced layers: no matrix root is
    taken.  The balanced Gram matrix is checked for diagonal layers of size 2, which rotations carry
    to all balanced ones of that size.  Flows from identity layers on the worst data end at
    r_L S_min.

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
from numeric.arithmetic.symbolic import Symbolic
from numeric.gain import float_optimum
from numeric.networks import LinearNetwork
from numeric.spectrum import dual_gram, sharpness_at_minimizer
from numeric.training import gradient_flow
from theorems.assumptions import minimizer
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.foundations import imbalance_conserved_of_gradient_flow as F4
from theorems.instances import Instance
from theorems.quantities import (
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

__all__ = ["THEOREM", "balanced_sharpness", "worst_ratio"]


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


@quantity("root_gap", r"|(W_1^TW_1)^L-T^TT|_F^2", positive=False)
def root_gap(instance: Instance) -> Any:
    """|(W_1ᵀW_1)^L - PᵀP|_F² / |P|_F⁴: zero for balanced layers."""
    ar, P = instance.arithmetic, instance.net.end_to_end
    root = instance.weights[0].mT @ instance.weights[0]
    power = root
    for _ in range(instance.net.depth - 1):
        power = power @ root
    size = ar.frobenius_sq(P)
    return ar.frobenius_sq(power - P.mT @ P) / (size * size)


S, S_min, L, kappa, top = symbols(sharpness, minimal_sharpness, depth, condition, data_max)
sigma, balanced, gap = symbols(target_norm, balanced_top, root_gap)

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
    "root", "(W_1ᵀW_1)^L = TᵀT for balanced layers",
    balanced_minimizers, sp.Eq(gap, 0), minimizer, bounds=_SMALL,
)  # fmt: skip


@claim(
    balanced_minimizers, sp.Eq(S, balanced_sharpness), minimizer,
    given=(F3.spectrum, F4.flow), bounds=_SMALL,
)  # fmt: skip
def value(balanced_sharpness: Any) -> Iterator[Step]:
    """The sharpness of balanced minimizers.

    The dual Gram matrix of L diagonal layers, one block for each output.
    """
    ar, x = Symbolic(), sp.symbols("x1:3", positive=True)
    for size in (2, 3, 4):
        net = LinearNetwork(ar, (ar.matrix(sp.diag(*x).tolist()),) * size)
        root = sp.diag(*(t**2 for t in x))
        blocks = [
            sum((t ** (2 * (size - k)) * root ** (k - 1) for k in range(1, size + 1)), sp.zeros(2))
            for t in x
        ]
        yield Identity(
            "balanced Gram matrix", sp.Matrix(dual_gram(net)), sp.diag(*blocks),
            why="⊕_i Σ_k s_i^{2(L-k)/L}(TᵀT)^{(k-1)/L}", at={"L": size, "d": 2},
        )  # fmt: skip
    yield Identity(
        "factor two", 2 * balanced, balanced_sharpness,
        why="F3; each s_i^{2(L-k)/L} grows with s_i, so the block of σ is the largest",
    )  # fmt: skip


n = sp.Symbol("n", integer=True, positive=True)  # L - 1
y, e, m = sp.symbols("y e m", positive=True)  # xᵀX^Lx = y^L; e = κ - 1, m = 1 - κy^L
_SIZE = n + 1
_AT = {"L": _SIZE}


@claim(
    balanced_on_definite_data, S <= worst_ratio * S_min, minimizer,
    given=(value, U1.attained), bounds=_SMALL,
)  # fmt: skip
def ratio(worst_ratio: Any) -> Iterator[Step]:
    """Balanced minimizers are at most r_L(κ) times as sharp as the flattest.

    Jensen's side condition, the best θ, the best y, and the value there.
    """
    k, j = sp.symbols("k j", integer=True, positive=True)
    rho = sp.Symbol(r"\rho", positive=True)
    concave = sp.diff(rho ** (k / (k + j)), rho, 2)
    yield Condition("concave powers, L = k + j", concave, "<", why="Jensen's inequality")
    yield from _best_mixture()
    yield from _best_target(worst_ratio)
    yield Condition("left of it the bound grows", sp.diff(y**k, y), ">", why="κg(y)/L")
    yield Condition("right of it the bound falls", sp.diff(y**-k, y), "<", why="g(y)/(Ly^{L-1})")


def _best_mixture() -> Iterator[Step]:
    """Yield the stationary θ and the ratio there: κg(y) = (e + m)/(1 - y)."""
    theta = sp.Symbol("theta", positive=True)
    logarithm = (sp.log(1 + e * theta) + n * sp.log(1 - m * theta)) / _SIZE
    best = (e - n * m) / (_SIZE * e * m)
    first, second = (e + m) / (_SIZE * m), n * (e + m) / (_SIZE * e)
    slope = sp.diff(logarithm, theta).subs(theta, best)
    yield Identity("stationary mixture", slope, 0, why="θ = 1/(Lm) - (L-1)/(L(κ-1))", at=_AT)
    yield Identity("first factor", 1 + e * best, first, why="1 + (κ-1)θ", at=_AT)
    yield Identity("second factor", 1 - m * best, second, why="1 - mθ", at=_AT)
    mixture = _SIZE * first ** (1 / _SIZE) * second ** (1 - 1 / _SIZE)
    yield Identity(
        "ratio at the best mixture", (e + m) / (1 - y) / mixture, _at_best(m, 1 - y),
        why="κg(y) = (κ - 1 + m)/(1 - y)", at=_AT,
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
        why="positive before κy^{L-1} = 1 and negative after: a maximum",
    )  # fmt: skip
    there = {y: 1 / (1 + t), kappa: (1 + t) ** n, L: _SIZE, e: (1 + t) ** n - 1, delta: t / (1 + t)}
    best = (e / (n * delta)) ** (1 - 1 / _SIZE)
    yield Identity(
        "m at the stationary target", m_of_y.subs(there), delta.subs(there),
        why="1 - κy^L = 1 - y where κy^{L-1} = 1", at=_AT,
    )  # fmt: skip
    yield Identity(
        "value at the stationary target", _at_best(delta, delta), best, why="m = 1 - y", at=_AT
    )
    yield Identity(
        "r_L is the value at the stationary target", worst_ratio.subs(there), best.subs(there),
        why="a geometric sum of κ^{1/(L-1)} = 1/y", at=_AT,
    )  # fmt: skip


@claim(
    worst_balanced, sp.Eq(S, worst_ratio * S_min), minimizer, bounds=Bounds((2, 2), (1, 2))
)  # fmt: skip
def attained_two(worst_ratio: Any) -> Iterator[Step]:
    """Exactly √κ at depth 2.

    Both ends of depth: √κ, and the logarithmic mean of 1 and κ.
    """
    yield Identity("depth 2", worst_ratio.subs(L, 2), sp.sqrt(kappa), why="one term", at={"L": 2})
    h, ell = sp.symbols("h ell", positive=True)  # 1/(L-1), ln κ
    limit = sp.limit(h * (sp.exp(ell) - 1) / (1 - sp.exp(-h * ell)), h, 0)
    yield Condition(
        "infinite depth", limit == (sp.exp(ell) - 1) / ell,
        why="h(κ-1)/(1-κ^{-h}) -> (κ-1)/ln κ as h = 1/(L-1) -> 0",
    )  # fmt: skip


attained = stated(
    "attained", "r_L(κ), within 1e-7, at any depth",
    worst_balanced, S >= sp.Rational(10**7 - 1, 10**7) * worst_ratio * S_min, minimizer,
    bounds=Bounds((2, 5), (1, 2)),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _worst(size: int, b: Fraction) -> Instance:
    layer = [[1, 0], [0, 1 / b]]
    return Instance.of_minimizer([layer] * size, [[1, 0], [0, b ** (2 * (size - 1))]])


_with_depth = (sp.Sum(kappa ** (_j / L), (_j, 1, L)) / L) ** (1 - 1 / L)
_twins = (
    twin("one_output_bound", "U3's bound for several outputs, 1 + (Λ/λ - 1)/L",
         worst_balanced, S <= (1 + (kappa - 1) / L) * S_min, minimizer,
         bounds=Bounds((2, 6), (1, 2)), known=lambda: [_worst(5, Fraction(3, 2))]),
    twin("square_root", "√κ at every depth",
         worst_balanced, S <= sp.sqrt(kappa) * S_min, minimizer, bounds=_SMALL),
    twin("depth_for_depth_minus_one", "L for L-1 in r_L",
         worst_balanced, S <= _with_depth * S_min, minimizer, bounds=_SMALL),
    twin("aligned", "2LΛσ^{2-2/L}, as if T and Σ shared their top vectors",
         balanced_minimizers, S >= 2 * L * top * sigma ** (2 - 2 / L), minimizer, bounds=_SMALL),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow from identity layers, balanced throughout, on the worst T and Σ, κ = 4.

    Everything stays diagonal.  Allowed, relatively: the flow ends where the slope is below 1e-9,
    within a few times that of the limit; with the integrator's rtol = 1e-11 that is below 1e-8.
    """
    for run in range(runs):
        size = 2 + run % 4
        b = 4.0 ** (1 / (2 * (size - 1)))
        sigma, target = np.diag([1.0, 4.0]), np.diag([1.0, b**-size])
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
    title="Balanced minimizers are at most r_L(κ) times as sharp as the flattest, and can be",
    statement=(
        r"D_k = 0 \implies S = 2\lambda_{\max}\Bigl(K\sum_{k=1}^{L}|T|_2^{2(L-k)/L}"
        r"(T^TT)^{(k-1)/L}K\Bigr),\qquad \max_{T,\;\kappa(\Sigma)=\kappa} S/S_{\min} = "
        r"\Bigl(\frac{1}{L-1}\sum_{j=1}^{L-1}\kappa^{j/(L-1)}\Bigr)^{1-1/L}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}, κ = λ_max(Σ)/λ_min(Σ)",
    source=Source("certimin2026", "the price of balancedness, with its worst case at every depth"),
    claims=(root, value, ratio, attained_two, attained),
    controls=_twins,
    witnesses=(
        witness("depth_two", attained_two, "Σ = diag(1, 4), layers diag(1, 1/2): S = 10, S_min = 5",
                lambda: _worst(2, Fraction(2))),
        witness("depth_three", attained, "Σ = diag(1, 16), layers diag(1, 1/2)",
                lambda: _worst(3, Fraction(2))),
        witness("correlated", ratio, "correlated data, layers diag(2, 1)",
                lambda: Instance.of_minimizer([[[2, 0], [0, 1]]] * 3, [[2, 1], [1, 1]])),
    ),
    trainings=(
        Training("trained", "gradient flow from identity layers on the worst data",
                 _train, (ratio,)),
    ),
    module=__name__,
)  # fmt: skip
