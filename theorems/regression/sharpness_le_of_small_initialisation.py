r"""From a small initialisation gradient flow converges to a flat minimizer.

Statement
    Let d_y = 1.  If R(W(0)) <= R(0) and ∇R(W(0)) != 0, gradient flow converges to a global
    minimizer.  If there |W_k|_2 <= (2|w*|)^{1/L} for every k, as holds when W(0) is small, then

        S(W) <= 2^{3-2/L} L Λ |w*|^{2-2/L} <= 8 L Λ |w*|^{2-2/L},      S/S_min <= 4Λ/a.

    Convergence is proved below, not machine-checked: the claims are about single weights.

Notation
    R(0) the loss of zero weights (``loss_at_zero``), E = PΣ - C, A_1 = W_L ... W_2,
    PΣPᵀ (``output_energy``), <W_L, ∇_{W_L}R> (``last_slope``), |∇_{W_1}R|² (``first_slope_sq``),
    |A_1|_F² (``first_suffix_sq``), |E|_F² (``residual_sq``), Λ (``data_max``).

Assumptions
    minimizer     PΣ = w*ᵀΣ.  Without it the Hessian has a residual term: weights ±1 of opposite
                  signs with w* = 1/2 have S = 7 > 4.
    small_layers  |W_k|_2^L <= 2|w*|: rescaled layers (10, 1/10) are arbitrarily sharp.
    one_output    d_y = 1: with several outputs gradient flow can stop at a saddle below R(0).

Proof
    Convergence.  D_k is conserved (F4) and so is the part of W_1 on ker Σ.  If the weights were
    unbounded the layers would align (C2) and |PK| grow, against R(W) <= R(W(0)); so the flow is
    bounded and converges to a critical point (Łojasiewicz), with R < R(0) since ∇R(W(0)) != 0.
    Layer L there: 0 = <W_L, ∇_L R> = 2PEᵀ, so PΣPᵀ = R(0) - R > 0 and A_1 != 0.  Layer 1:
    0 = |∇_1 R|² = 4|A_1|²|E|², so E = 0.
    Flatness.  S = 2λ_max(KMK) <= 2Λ Σ_k |α_k|²|B_k|² <= 2LΛ m^{2L-2} with m = max_k |W_k|_2 <=
    (2|w*|)^{1/L}.  C1 bounds S_min from below.

Sharpness
    2^{3-2/L} is attained under the assumption on the layers (C3.attained: layers of equal norm,
    the last row 60 degrees off the path); the 8 is not, and along actual limits U3 is far smaller.
    Those limits need not be flattest (control).

Implementation notes
    Gradients come from tangents, not from the formula used in the proof.  Flows from scale 0.3
    end beside exact minimizers too, but not always with small layers: there the claims may be void,
    and flatness is not measured.

References
----------
    marion2024deep (the constant 8 and the ratio reconstructed)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.symbolic import Symbolic
from numeric.loss import excess, gradient_by_jets, residual
from numeric.networks import LinearNetwork
from numeric.training import gradient_flow
from theorems.assumptions import minimizer, one_output
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.instances import Instance
from theorems.quantities import (
    a,
    data_max,
    depth,
    layer_norm_max,
    loss,
    loss_at_zero,
    minimal_sharpness,
    sharpness,
    symbols,
    w_norm,
)
from theorems.regression import sharpness_ge_rayleigh as C1
from theorems.regression.families import (
    half_aligned_minimizers,
    nearly_aligned_minimizers,
    small_limits,
)
from theorems.regression.features import gaussian_regression
from theorems.settings import any_weights, univariate_minimizers, weights
from theorems.training import Trained
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
    quantity,
    stated,
    twin,
    witness,
)

__all__ = ["THEOREM", "small_layers"]

# --- quantities, closed forms, assumption -------------------------------------------------------


def _slopes(instance: Instance) -> tuple[Any, ...]:
    return gradient_by_jets(instance.net, instance.sigma, instance.cross)


@quantity("output_energy", r"P\Sigma P^T", positive=False)
def output_energy(instance: Instance) -> Any:
    """E|Px|² = tr(P Σ Pᵀ)."""
    P = instance.net.end_to_end
    return instance.arithmetic.trace(P @ instance.sigma @ P.mT)


@quantity("last_slope", r"\langle W_L,\nabla_{W_L}R\rangle", positive=False)
def last_slope(instance: Instance) -> Any:
    """<W_L, ∇_{W_L} R>, the derivative of R along a scaling of the last layer."""
    return instance.arithmetic.trace(instance.weights[-1] @ _slopes(instance)[-1].mT)


@quantity("first_slope_sq", r"|\nabla_{W_1}R|_F^2", positive=False)
def first_slope_sq(instance: Instance) -> Any:
    """|∇_{W_1} R|_F²."""
    return instance.arithmetic.frobenius_sq(_slopes(instance)[0])


@quantity("first_suffix_sq", "|A_1|_F^2", positive=False)
def first_suffix_sq(instance: Instance) -> Any:
    """|W_L ... W_2|_F²."""
    return instance.arithmetic.frobenius_sq(instance.net.suffixes[0])


@quantity("residual_sq", "|E|_F^2", positive=False)
def residual_sq(instance: Instance) -> Any:
    """|PΣ - C|_F²."""
    return instance.arithmetic.frobenius_sq(residual(instance.net, instance.sigma, instance.cross))


S, S_min, L, w, rayleigh, top = symbols(
    sharpness, minimal_sharpness, depth, w_norm, a, data_max
)  # fmt: skip
R, R_0, energy_out, last, slope_1, suffix, error = symbols(
    loss, loss_at_zero, output_energy, last_slope, first_slope_sq, first_suffix_sq, residual_sq
)
_scale = L * top * w ** (2 - 2 / L)

flat_bound = Formula(
    "flat_bound", r"2^{3-2/L}L\Lambda|w^*|^{2-2/L}", 2 ** (3 - 2 / L) * L * top * w ** (2 - 2 / L)
)
energy_balance = Formula(
    "energy_balance", r"R(0)-R+\langle W_L,\nabla_{W_L}R\rangle", R_0 - R + last
)
first_product = Formula("first_product", r"4|A_1|^2|E|^2", 4 * suffix * error)

small_layers = Assumption("small_layers", layer_norm_max.symbol**L <= 2 * w)
_BOUNDS = Bounds((2, 4), (1, 3))

# --- claims and proofs --------------------------------------------------------------------------

_SIZES = ((2, 1), (2, 2, 1), (1, 2, 1), (2, 1, 1, 1))


def _symbolic_losses() -> Iterator[tuple[dict[str, str], LinearNetwork, Any, Any, Any]]:
    """Networks, Σ and C with symbolic entries, and their loss minus E|y|²."""
    ar = Symbolic()
    for shape in _SIZES:
        layers = tuple(
            ar.matrix([[sp.Symbol(f"w{k}_{i}{j}", real=True) for j in range(n)] for i in range(m)])
            for k, (n, m) in enumerate(itertools.pairwise(shape), start=1)
        )
        inputs = range(shape[0])
        sigma = ar.matrix(
            [[sp.Symbol(f"s{min(i, j)}{max(i, j)}", real=True) for j in inputs] for i in inputs]
        )
        cross = ar.matrix([[sp.Symbol(f"c{j}", real=True) for j in inputs]])
        net = LinearNetwork(ar, layers)
        at = {"widths": "-".join(map(str, shape))}
        yield at, net, sigma, cross, sp.expand(excess(net, sigma, cross))


@claim(
    weights,
    sp.Eq(energy_balance, energy_out),
    one_output,
    bounds=_BOUNDS,
)
def energy(energy_balance: Any) -> Iterator[Step]:
    """What the loss gained is the energy of the output, where layer L is stationary."""
    for at, net, sigma, _, gap in _symbolic_losses():
        P, slope = net.end_to_end, sum(x * sp.diff(gap, x) for x in net.weights[-1])
        balance = energy_balance.subs({R_0: 0, R: gap, last: slope})
        yield Identity(
            "R(0) - R + <W_L, ∇_L R> = PΣPᵀ", balance, (P @ sigma @ P.mT)[0],
            why="differentiation", at=at,
        )  # fmt: skip
    gained = sp.Symbol("g", positive=True)  # R(0) - R at the limit
    yield Condition(
        "the limit carries a signal", energy_balance.subs({last: 0, R: R_0 - gained}), ">",
        why="∇_L R = 0 there, and R decreases strictly at the start",
    )  # fmt: skip


@claim(
    weights,
    sp.Eq(slope_1, first_product),
    one_output,
    bounds=_BOUNDS,
)
def first(first_product: Any) -> Iterator[Step]:
    """The first layer sees the whole residual unless the later ones vanish."""
    for at, net, sigma, cross, gap in _symbolic_losses():
        E = net.end_to_end @ sigma - cross
        squares = {suffix: sum(x**2 for x in net.suffixes[0]), error: sum(x**2 for x in E)}
        slope_sq = sum(sp.diff(gap, x) ** 2 for x in net.weights[0])
        yield Identity(
            "|∇_1 R|² = 4|A_1|²|E|²", slope_sq, first_product.subs(squares),
            why="differentiation", at=at,
        )  # fmt: skip


@claim(
    nearly_aligned_minimizers,
    S <= flat_bound,
    minimizer,
    one_output,
    small_layers,
    given=(F3.univariate,),
    bounds=_BOUNDS,
)
def flat(flat_bound: Any) -> Iterator[Step]:
    """Minimizers with small layers are flat."""
    k = sp.Symbol("k", integer=True, positive=True)
    m = sp.Symbol("m", positive=True)  # max_k |W_k|_2
    yield Identity(
        "sum over layers",
        2 * top * sp.Sum(m ** (2 * (L - k)) * m ** (2 * (k - 1)), (k, 1, L)),
        2 * L * top * m ** (2 * L - 2),
        why="KMK <= Λ|M|; submultiplicativity: |α_k| <= m^{L-k}, |B_k| <= m^{k-1}",
    )
    yield Identity(
        "at the largest norm allowed", 2 * L * top * (2 * w) ** ((2 * L - 2) / L), flat_bound,
        why="m^L = 2|w*|",
    )  # fmt: skip
    yield Condition("increasing in m", 2 * L - 2, ">=", why="monotonicity")


attained = stated(
    "attained", "equality for layers of equal norm and |w*| = s^L/2",
    half_aligned_minimizers, sp.Eq(S, flat_bound), minimizer, one_output, small_layers,
    bounds=_BOUNDS,
)  # fmt: skip

largest = stated(
    "largest", "its layers are as large as they may be",
    half_aligned_minimizers, sp.Eq(layer_norm_max.symbol**L, 2 * w), minimizer, one_output,
    bounds=_BOUNDS,
)  # fmt: skip

paper = stated(
    "paper", "the constant 8",
    nearly_aligned_minimizers, S <= 8 * _scale, minimizer, one_output, small_layers,
    given=(flat,), bounds=_BOUNDS,
)  # fmt: skip

ratio = stated(
    "ratio", "within 4Λ/a of the flattest",
    nearly_aligned_minimizers, S <= 4 * top / rayleigh * S_min, minimizer, one_output, small_layers,
    given=(paper, C1.lower), bounds=_BOUNDS,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("constant_one", "1 for 8: S <= LΛ|w*|^{2-2/L}",
         nearly_aligned_minimizers, S <= _scale, small_layers, bounds=_BOUNDS),
    twin("constant_four", "4 for 2^{3-2/L} (false once L > 2)",
         half_aligned_minimizers, S <= 4 * _scale, small_layers, bounds=_BOUNDS),
    twin("limits_are_flattest", "small-initialisation limits are flattest",
         small_limits, S <= S_min, bounds=_BOUNDS),
    twin("any_minimizer", "layers of any size",
         univariate_minimizers, S <= 8 * _scale, bounds=_BOUNDS),
    twin("several_outputs",
         "|∇_1 R|² = 4|A_1|²|E|² with several outputs: saddles below R(0) exist",
         any_weights, sp.Eq(slope_1, 4 * suffix * error), bounds=_BOUNDS),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_SCALES = (0.3, 0.1, 0.03, 0.01)
_SMALL = 0.1  # at 0.3 gradient flow still converges, but layers can end above (2|w*|)^{1/L}


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow from W_L = 0 and Gaussian W_k of shrinking scale, depths 2 and 3 in turn."""
    rng = np.random.default_rng(seed)
    for run in range(min(runs, 2 * len(_SCALES))):
        size, scale, d = 2 + run % 2, _SCALES[run // 2], 3
        sigma, target = gaussian_regression(rng, 20, d)
        start = [scale * rng.standard_normal((d, d)) for _ in range(size - 1)]
        flow = gradient_flow(
            [*start, np.zeros((1, d))], sigma, target @ sigma, rtol=1e-11, tolerance=1e-8
        )
        trained = Trained(f"depth {size}, scale {scale}", flow.weights, sigma, target)
        predicted = _flatness(trained) if scale <= _SMALL else ()
        yield trained.solution(_excess(trained, flow.gradient_norm), *predicted)


def _excess(trained: Trained, slope: float) -> Measurement:
    """Excess loss at the end; allowed: gradient²/(4λ|α_1|²), by C5's first term, and rounding."""
    gap, A_1 = trained.net.end_to_end - trained.target, trained.net.suffixes[0]
    least = float(np.linalg.eigvalsh(trained.sigma)[0])
    reach = slope**2 / (4 * least * float(np.sum(A_1**2)))
    left = float((gap @ trained.sigma @ gap.T)[0, 0])
    return Measurement("excess loss", 0.0, left, reach + 1e-15)


def _flatness(trained: Trained) -> Iterator[Measurement]:
    """Layer norms and sharpness against their bounds; rounding is allowed."""
    at = Instance(Floating(), tuple(trained.weights), trained.sigma, trained.target, True)
    size, largest, goal, Lambda, quotient, reached, least = (
        float(q.measure(at))
        for q in (depth, layer_norm_max, w_norm, data_max, a, sharpness, minimal_sharpness)
    )
    ceiling = 8 * size * Lambda * goal ** (2 - 2 / size)
    yield Measurement("max |W_k|^L <= 2|w*|", 2 * goal, largest**size, 1e-12, "<=")
    yield Measurement("S <= 8LΛ|w*|^(2-2/L)", ceiling, reached, 1e-12, "<=")
    yield Measurement("S/S_min <= 4Λ/a", 4 * Lambda / quotient, reached / least, 1e-12, "<=")


THEOREM = Theorem(
    id="C3",
    title="From a small initialisation gradient flow converges to a flat minimizer",
    statement=(
        r"d_y = 1,\; R(W(0)) \le R(0),\; \nabla R(W(0)) \ne 0 \;\Longrightarrow\; "
        r"W(t) \to W,\; P\Sigma = C; \quad |W_k|_2 \le (2|w^*|)^{1/L} \;\Longrightarrow\; "
        r"S(W) \le 2^{3-2/L}L\Lambda|w^*|^{2-2/L} \le 8L\Lambda|w^*|^{2-2/L},\quad "
        r"\frac{S}{S_{\min}} \le \frac{4\Lambda}{a}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; R(0) = E|y|²",
    source=Source("marion2024deep", "small-scale initialisation (constants reconstructed)"),
    claims=(energy, first, flat, attained, largest, paper, ratio),
    controls=_twins,
    witnesses=(
        witness("limit", flat, "a balanced path off the eigenvectors of Σ = [[2, 1], [1, 2]]",
                lambda: Instance.of_minimizer([[[1, 0], [0, 0]], [[1, 0]]], [[2, 1], [1, 2]])),
    ),
    necessity=(
        needed(minimizer, flat, "weights 1 and -1, w* = 1/2: S = 7 > 4",
               lambda: Instance.exact([[[1]], [[-1]]], [[1]], [[Fraction(1, 2)]])),
        needed(small_layers, flat, "layers 10 and 1/10: S = 200.02 > 8",
               lambda: Instance.of_minimizer([[[10]], [[Fraction(1, 10)]]], [[1]])),
    ),
    trainings=(
        Training("trained", "gradient flow from small weights, corrected to an exact minimizer",
                 _train, (flat, paper, ratio)),
    ),
    module=__name__,
)  # fmt: skip
