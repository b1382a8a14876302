r"""Balance has a price off whitened data, and the worst price is known at every depth.

Statement
    Let K = Σ^{1/2} and σ = |T|_2.  Every balanced minimizer with P = T has

        S_bal = 2 λ_max( K [ Σ_k σ^{2(L-k)/L} (TᵀT)^{(k-1)/L} ] K ).

    Over all T and all Σ ≻ 0 of condition number κ, for d_x, d_y and hidden widths at
    least 2, the largest value of S_bal/S_min is

        r_L(κ) = ( (1/(L-1)) Σ_{j=1}^{L-1} κ^{j/(L-1)} )^{1-1/L}
               = ( (κ-1) / ((L-1)(1 - κ^{-1/(L-1)})) )^{1-1/L}    (κ > 1).

    r_2 = √κ, and r_L -> (κ-1)/ln κ as L -> ∞.

Notation
    S_bal/2 is ``balanced_top``, κ = Λ/λ is ``condition``; g(y) = 1 + y + ... + y^{L-1}.

Assumptions
    minimizer  PΣ = TΣ; with Σ ≻ 0 that is P = T.
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

Main results
    U6.root, U6.value  the first layer carries (TᵀT)^{1/L}, and S_bal has its closed form
    U6.ratio           S_bal <= r_L(κ) S_min
    U6.attained_two    equality at depth 2, exactly: r_2 = √κ
    U6.attained        equality within 1e-7 at depths 2 to 5

Evidence
    Symbolic for all L, the balanced Gram matrix for the sizes named.  Flows from identity layers
    on the worst data end at r_L S_min.

Sharpness
    r_L(κ) is attained for every L and κ.  So the perfection of U3 with depth is special to one
    output: for several outputs balanced limits can stay away from flattest at every depth.

Implementation notes
    (TᵀT)^{1/L} = W_1ᵀW_1 is rational for rational balanced layers: no matrix root is taken.

References
----------
    certimin2026

Tags
    sharpness, balancedness, depth, covariance
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from verify.claims import Bounds, Setting, quantity
from verify.legacy import Claim, Condition, Formula, Identity, Step, Theorem, Training, Witness
from verify.theorem import Control, Measurement, Source, TrainedSolution

__all__ = ["THEOREM", "balanced_sharpness", "worst_ratio"]

# --- quantities and closed forms ----------------------------------------------------------------


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


S, S_min, L, kappa, top, sigma, balanced, gap = symbols(
    sharpness,
    minimal_sharpness,
    depth,
    condition,
    data_max,
    target_norm,
    balanced_top,
    root_gap,
)

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
_formulas = (balanced_sharpness, worst_ratio)

# --- derivations --------------------------------------------------------------------------------

y = sp.Symbol("y", positive=True)
n = sp.Symbol("n", integer=True, positive=True)  # L - 1


def derive_value(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the dual Gram matrix of L diagonal layers, one block for each output."""
    ar = Symbolic()
    x = sp.symbols("x1:3", positive=True)
    for size in (2, 3, 4):
        net = LinearNetwork(ar, (ar.matrix(sp.diag(*x).tolist()),) * size)
        root = sp.diag(*(t**2 for t in x))
        blocks = [
            sum((t ** (2 * (size - k)) * root ** (k - 1) for k in range(1, size + 1)), sp.zeros(2))
            for t in x
        ]
        yield Identity(
            f"balanced Gram matrix, L = {size}",
            r"\bigoplus_i \sum_k s_i^{2(L-k)/L}(T^TT)^{(k-1)/L}",
            "L = 2..4, d = 2",
            "expansion",
            sp.Matrix(dual_gram(net)),
            sp.diag(*blocks),
        )
    yield Identity(
        "factor two",
        r"S_{\mathrm{bal}} = 2\lambda_{\max}",
        "all L",
        "F3; each s_i^{2(L-k)/L} grows with s_i, so the block of σ is the largest",
        2 * balanced,
        formulas["balanced_sharpness"],
    )


def derive_ratio(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield Jensen's side condition, the best θ, the best y, and the value there."""
    k, j = sp.symbols("k j", integer=True, positive=True)
    rho = sp.Symbol("rho", positive=True)
    yield Condition(
        "concave powers, L = k + j",
        r"\partial_\rho^2\,\rho^{k/L} < 0 \text{ for } 0 < k < L",
        "all L",
        "side condition of Jensen's inequality",
        sp.simplify(sp.diff(rho ** (k / (k + j)), rho, 2) / rho ** (k / (k + j) - 2)).is_negative,
    )
    yield from _best_mixture()
    yield from _best_target(formulas)
    for name, statement, derivative in (
        ("left of it the bound grows", r"\partial_y y^k \ge 0", sp.diff(y**k, y)),
        ("right of it the bound falls", r"\partial_y y^{-k} \le 0", -sp.diff(y**-k, y)),
    ):
        yield Condition(name, statement, "all L", "monotonicity", derivative.is_positive)


def _best_mixture() -> Iterator[Step]:
    """The stationary θ; e = κ - 1, so that κ - 1 + m = κ(1 - y^L) =: h."""
    e, m, h, theta = sp.symbols("e m h theta", positive=True)
    logarithm = (sp.log(1 + e * theta) + n * sp.log(1 - m * theta)) / (n + 1)
    best = (e - n * m) / ((n + 1) * e * m)
    yield Identity(
        "stationary mixture",
        r"\theta = \frac{1}{Lm}-\frac{L-1}{L(\kappa-1)}",
        "all L",
        "calculus",
        sp.diff(logarithm, theta).subs(theta, best),
        0,
    )
    for name, factor, value in (
        ("first factor", 1 + e * best, h / ((n + 1) * m)),
        ("second factor", 1 - m * best, n * h / ((n + 1) * e)),
    ):
        yield Identity(name, "h = κ - 1 + m", "all L", "expansion", factor, value.subs(h, e + m))
    size, rest = sp.symbols("L r", positive=True)  # r = L - 1
    mixture = size * (h / (size * m)) ** (1 / size) * (rest * h / (size * e)) ** (1 - 1 / size)
    yield Identity(
        "ratio at the best mixture",
        r"\frac{\kappa g(y)}{L(\cdot)^{1/L}(\cdot)^{1-1/L}} = "
        r"\frac{m^{1/L}}{1-y}\Bigl(\frac{\kappa-1}{L-1}\Bigr)^{1-1/L}",
        "all L",
        "κ g(y) = h/(1-y)",
        h / (1 - y) / mixture,
        m ** (1 / size) / (1 - y) * (e / rest) ** (1 - 1 / size),
    )


def _best_target(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """The stationary y of log((1-y)^{-1} m^{1/L}), m = 1 - κy^L, and the value there."""
    k = sp.Symbol("kappa", positive=True)
    yield Identity(
        "stationary target",
        r"\frac{1}{1-y}-\frac{\kappa y^{L-1}}{1-\kappa y^L} = "
        r"\frac{1-\kappa y^{L-1}}{(1-y)(1-\kappa y^L)}",
        "all L",
        "calculus; positive before κy^{L-1} = 1 and negative after: a maximum",
        sp.diff(-sp.log(1 - y) + sp.log(1 - k * y ** (n + 1)) / (n + 1), y),
        (1 - k * y**n) / ((1 - y) * (1 - k * y ** (n + 1))),
    )
    e, rest, size = sp.symbols("e r L", positive=True)  # κ - 1, L - 1, L
    gap_y = sp.Symbol("w", positive=True)  # 1 - y = m at the stationary point
    yield Identity(
        "m at the stationary target",
        r"1-\kappa y^L = 1-y",
        "all L",
        "κ = y^{-(L-1)}",
        1 - y**-n * y ** (n + 1),
        1 - y,
    )
    yield Identity(
        "value at the stationary target",
        r"(1-y)^{1/L-1}((\kappa-1)/(L-1))^{1-1/L}",
        "all L",
        "powers",
        gap_y ** (1 / size) / gap_y * (e / rest) ** (1 - 1 / size),
        (e / (rest * gap_y)) ** (1 - 1 / size),
    )
    yield from _closed_form(formulas)


def _closed_form(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """The sum in r_L as a geometric one, by induction, and r_L at κ = y^{-(L-1)}."""
    ratio = sp.Symbol("rho", positive=True)

    def closed(count: Any) -> Any:
        return ratio * (ratio**count - 1) / (ratio - 1)

    yield Identity("geometric sum, start", r"\rho = \rho", "all L", "induction", closed(1), ratio)
    yield Identity(
        "geometric sum, step",
        r"s(n+1)-s(n) = \rho^{n+1}",
        "all L",
        "induction",
        closed(n + 1) - closed(n),
        ratio ** (n + 1),
    )

    def evaluated(term: Any, limits: Any) -> Any:
        """The sum in r_L, if its terms are ρ^j for j = 1..L-1, ρ = κ^{1/(L-1)}."""
        index, low, high = limits
        terms = sp.powdenest(term.subs(kappa, ratio ** (L - 1))) == ratio**index
        return closed(L - 1) if terms and (low, high) == (1, L - 1) else sp.Symbol("another_sum")

    base, exponent = formulas["worst_ratio"].replace(sp.Sum, evaluated).as_base_exp()
    yield Identity(
        "r_L(y^{-(L-1)}) is the value at the stationary target",
        r"\tfrac{1}{L-1}\textstyle\sum_j\kappa^{j/(L-1)} = \frac{\kappa-1}{(L-1)(1-y)},\ "
        r"\text{exponent } 1-1/L",
        "all L",
        "ρ = κ^{1/(L-1)} = 1/y",
        sp.Matrix([base.subs(ratio, 1 / y), exponent]).subs(L, n + 1),
        sp.Matrix([(y**-n - 1) / (n * (1 - y)), 1 - 1 / L]).subs(L, n + 1),
    )


def derive_depth_two(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield both ends of depth: √κ and the logarithmic mean."""
    yield Identity(
        "depth 2",
        r"r_2(\kappa) = \sqrt\kappa",
        "L = 2",
        "one term",
        formulas["worst_ratio"].subs(L, 2).doit(),
        sp.sqrt(kappa),
    )
    h, log_kappa = sp.symbols("h ell", positive=True)  # 1/(L-1), ln κ
    yield Identity(
        "infinite depth",
        r"\lim_{h\to 0}\frac{h(\kappa-1)}{1-\kappa^{-h}} = \frac{\kappa-1}{\ln\kappa}, "
        r"\quad h = 1/(L-1)",
        "limit in L",
        "limit",
        sp.limit(h * (sp.exp(log_kappa) - 1) / (1 - sp.exp(-h * log_kappa)), h, 0),
        (sp.exp(log_kappa) - 1) / log_kappa,
    )


# --- claims and controls ------------------------------------------------------------------------

_NEARLY = sp.Rational(10**7 - 1, 10**7)


def _claim(
    name: str, title: str, relation: Any, setting: Setting, depths: tuple[int, int] = (2, 4)
) -> Claim:
    bounds = Bounds(depth=depths, width=(1, 2))
    return Claim(f"U6.{name}", title, setting, relation, (minimizer,), _formulas, bounds)


_price = worst_ratio.symbol
_claims = (
    _claim("root", "(W_1ᵀW_1)^L = TᵀT for balanced layers", sp.Eq(gap, 0), balanced_minimizers),
    _claim(
        "value",
        "the sharpness of balanced minimizers",
        sp.Eq(S, balanced_sharpness.symbol),
        balanced_minimizers,
    ),
    _claim(
        "ratio",
        "balanced minimizers are at most r_L(κ) times as sharp as the flattest",
        S <= _price * S_min,
        balanced_on_definite_data,
    ),
    _claim(
        "attained_two",
        "exactly √κ at depth 2",
        sp.Eq(S, _price * S_min),
        worst_balanced,
        (2, 2),
    ),
    _claim(
        "attained",
        "r_L(κ), within 1e-7, at any depth",
        S >= _NEARLY * _price * S_min,
        worst_balanced,
        (2, 5),
    ),
)


def _worst(size: int, b: Fraction) -> Instance:
    layer = [[1, 0], [0, 1 / b]]
    return Instance.of_minimizer([layer] * size, [[1, 0], [0, b ** (2 * (size - 1))]])


_controls = (
    Control(
        _claim(
            "control.one_output_bound",
            "U3's bound for several outputs, 1 + (Λ/λ - 1)/L",
            S <= (1 + (kappa - 1) / L) * S_min,
            worst_balanced,
            (2, 6),
        ),
        lambda: [_worst(5, Fraction(3, 2))],
    ),
    Control(
        _claim(
            "control.square_root",
            "√κ at every depth",
            S <= sp.sqrt(kappa) * S_min,
            worst_balanced,
        )
    ),
    Control(
        _claim(
            "control.depth_for_depth_minus_one",
            "L for L-1 in r_L",
            S <= (sp.Sum(kappa ** (_j / L), (_j, 1, L)) / L) ** (1 - 1 / L) * S_min,
            worst_balanced,
        )
    ),
    Control(
        _claim(
            "control.aligned",
            "2LΛσ^{2-2/L}, as if T and Σ shared their top vectors",
            S >= 2 * L * top * sigma ** (2 - 2 / L),
            balanced_minimizers,
        )
    ),
)

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
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={
        "U6.value": derive_value,
        "U6.ratio": derive_ratio,
        "U6.attained_two": derive_depth_two,
    },
    witnesses=(
        Witness(
            "U6.witness.depth_two",
            "U6.attained_two",
            "Σ = diag(1, 4), layers diag(1, 1/2): S = 10, S_min = 5",
            lambda: _worst(2, Fraction(2)),
        ),
        Witness(
            "U6.witness.depth_three",
            "U6.attained",
            "Σ = diag(1, 16), layers diag(1, 1/2)",
            lambda: _worst(3, Fraction(2)),
        ),
        Witness(
            "U6.witness.correlated",
            "U6.ratio",
            "correlated data, layers diag(2, 1)",
            lambda: Instance.of_minimizer([[[2, 0], [0, 1]]] * 3, [[2, 1], [1, 1]]),
        ),
    ),
    trainings=(
        Training(
            "U6.trained",
            "gradient flow from identity layers on the worst data",
            _train,
            ("U6.ratio",),
        ),
    ),
    uses=("F3", "F4", "U1"),
    module=__name__,
    tags=("sharpness", "balancedness"),
)
