r"""From a small initialisation gradient flow converges to a flat minimizer.

Statement
    Let d_y = 1.  If R(W(0)) <= R(0) and ∇R(W(0)) != 0, gradient flow converges to a global
    minimizer.  If there |W_k|_2 <= (2|w*|)^{1/L} for every k, as holds when W(0) is small, then

        S(W) <= 2^{3-2/L} L Λ |w*|^{2-2/L} <= 8 L Λ |w*|^{2-2/L},      S/S_min <= 4Λ/a.

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

Main results
    C3.energy    R(0) - R + <W_L, ∇_L R> = PΣPᵀ at any weights
    C3.first     |∇_1 R|² = 4|A_1|²|E|² at any weights
    C3.flat      S <= 2^{3-2/L} L Λ |w*|^{2-2/L} where layers are small
    C3.attained  equality for layers of equal norm whose last row misses the path by 60 degrees
    C3.paper     S <= 8 L Λ |w*|^{2-2/L}
    C3.ratio     S <= (4Λ/a) S_min

Evidence
    Symbolic: both identities with symbolic entries for the sizes named, flatness for all L.
    Gradient flows from scales 0.3 down to 0.01 (quick: 0.3 and 0.1) end beside exact minimizers
    where the layers are small (at 0.3 not always).  The analytic parts of the proof (boundedness,
    Łojasiewicz) are not machine-checked.

Sharpness
    2^{3-2/L} is attained under the assumption on the layers (C3.attained); the 8 is not, and
    along actual limits U3 is far smaller.  Those limits need not be flattest (control).

Implementation notes
    Gradients come from dual numbers, not from the formula used in the proof.

References
----------
    marion2024deep (the constant 8 and the ratio reconstructed)

Tags
    gradient flow, small initialisation, flat minima
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.symbolic import Symbolic
from numeric.gain import weighted_gain
from numeric.loss import excess, gradient_by_jets, residual
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import gradient_flow
from theorems.assumptions import at_most, minimizer, one_output
from theorems.instances import Instance
from theorems.quantities import (
    a,
    data_max,
    depth,
    loss,
    loss_at_zero,
    minimal_sharpness,
    sharpness,
    symbols,
    w_norm,
)
from theorems.regression.families import (
    half_aligned_minimizers,
    nearly_aligned_minimizers,
    small_limits,
)
from theorems.settings import any_weights, univariate_minimizers, weights
from theorems.training import Trained
from verify.claims import Bounds, Setting, quantity
from verify.legacy import (
    Assumption,
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

__all__ = ["THEOREM", "small_layers"]

# --- quantities, closed form, assumption --------------------------------------------------------


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


def _has_small_layers(instance: Instance) -> Any:
    return at_most(instance, _layers_and_target)


def _layers_and_target(instance: Instance) -> tuple[Any, Any]:
    """(max_k |W_k|_2^{2L}, 4|w*|²), in squares: no root is taken."""
    ar, L = instance.arithmetic, instance.net.depth
    grams = (W @ W.mT if W.shape[-2] <= W.shape[-1] else W.mT @ W for W in instance.weights)
    largest = ar.maximum(*(ar.eig_max(gram) for gram in grams))
    return ar.power(largest, Fraction(L)), 4 * ar.frobenius_sq(instance.target)


small_layers = Assumption("small_layers", r"\max_k|W_k|_2^L \le 2|w^*|", _has_small_layers)

S, S_min, L, w, rayleigh, top, R, R_0 = symbols(
    sharpness, minimal_sharpness, depth, w_norm, a, data_max, loss, loss_at_zero
)
energy, last, first, suffix, error = symbols(
    output_energy, last_slope, first_slope_sq, first_suffix_sq, residual_sq
)

flat_bound = Formula(
    "flat_bound",
    r"2^{3-2/L}L\Lambda|w^*|^{2-2/L}",
    2 ** (3 - 2 / L) * L * top * w ** (2 - 2 / L),
)
energy_balance = Formula(
    "energy_balance", r"R(0)-R+\langle W_L,\nabla_{W_L}R\rangle", R_0 - R + last
)
first_product = Formula("first_product", r"4|A_1|^2|E|^2", 4 * suffix * error)

# --- derivation ---------------------------------------------------------------------------------

_SIZES = ((2, 1), (2, 2, 1), (1, 2, 1), (2, 1, 1, 1))
_SCOPE = "any entries, widths " + ", ".join("-".join(map(str, s)) for s in _SIZES)


def _symbolic_loss(shape: tuple[int, ...]) -> tuple[LinearNetwork, Any, Any, Any]:
    """A network, Σ and C with symbolic entries, and its loss minus E|y|²."""
    ar = Symbolic()
    layers = tuple(
        ar.matrix([[sp.Symbol(f"w{k}_{i}{j}", real=True) for j in range(n)] for i in range(m)])
        for k, (n, m) in enumerate(itertools.pairwise(shape), start=1)
    )
    d = shape[0]
    sigma = ar.matrix(
        [[sp.Symbol(f"s{min(i, j)}{max(i, j)}", real=True) for j in range(d)] for i in range(d)]
    )
    cross = ar.matrix([[sp.Symbol(f"c{j}", real=True) for j in range(d)]])
    net = LinearNetwork(ar, layers)
    return net, sigma, cross, sp.expand(excess(net, sigma, cross))


def derive_energy(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the energy balance, differentiating the loss in the entries of the last layer."""
    for shape in _SIZES:
        net, sigma, _, gap = _symbolic_loss(shape)
        P = net.end_to_end
        slope = sum(x * sp.diff(gap, x) for x in net.weights[-1])
        yield Identity(
            f"energy {'-'.join(map(str, shape))}",
            r"R(0)-R+\langle W_L,\nabla_{W_L}R\rangle = P\Sigma P^T",
            _SCOPE,
            "differentiation",
            formulas["energy_balance"].subs({R_0: 0, R: gap, last: slope}),
            (P @ sigma @ P.mT)[0],
        )
    positive_gap = sp.Symbol("gap", positive=True)  # R(0) - R at the limit
    yield Condition(
        "the limit carries a signal",
        r"\nabla_{W_L}R = 0,\; R < R(0) \Rightarrow P\Sigma P^T > 0",
        "all L",
        "R decreases strictly at the start",
        formulas["energy_balance"].subs({last: 0, R: R_0 - positive_gap}).is_positive,
    )


def derive_first(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield |∇_1 R|² = 4|A_1|²|E|² in the same way."""
    for shape in _SIZES:
        net, sigma, cross, gap = _symbolic_loss(shape)
        E = net.end_to_end @ sigma - cross
        yield Identity(
            f"first layer {'-'.join(map(str, shape))}",
            r"|\nabla_{W_1}R|^2 = 4|A_1|^2|E|^2",
            _SCOPE,
            "differentiation",
            sum(sp.diff(gap, x) ** 2 for x in net.weights[0]),
            formulas["first_product"].subs(
                {suffix: sum(x**2 for x in net.suffixes[0]), error: sum(x**2 for x in E)}
            ),
        )


def derive_flat(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the sum over layers and the norm allowed to each."""
    k = sp.Symbol("k", integer=True, positive=True)
    m = sp.Symbol("m", positive=True)
    term = sp.powsimp(m ** (2 * (L - k)) * m ** (2 * (k - 1)))
    total = 2 * top * sp.Sum(term, (k, 1, L)).doit()
    yield Identity(
        "sum over layers",
        r"2\Lambda\sum_k m^{2(L-k)}m^{2(k-1)} = 2L\Lambda m^{2L-2}",
        "all L",
        "submultiplicativity: |α_k| <= m^{L-k}, |B_k| <= m^{k-1}; KMK <= Λ|M|",
        total,
        2 * L * top * m ** (2 * L - 2),
    )
    yield Identity(
        "at the largest norm allowed",
        r"2L\Lambda m^{2L-2} = 2^{3-2/L}L\Lambda|w^*|^{2-2/L}",
        "all L",
        "m^L = 2|w*|",
        (2 * L * top * (2 * w) ** ((2 * L - 2) / L)),
        formulas["flat_bound"],
    )
    yield Condition(
        "increasing in m",
        r"2L-2 \ge 0",
        "all L",
        "monotonicity",
        (2 * L - 2).subs(L, k).is_nonnegative,
    )


# --- claims and controls ------------------------------------------------------------------------

_BOUNDS = Bounds(depth=(2, 4), width=(1, 3))
_formulas = (flat_bound, energy_balance, first_product)
_AT_SMALL = (minimizer, one_output, small_layers)


def _claim(name: str, title: str, where: Setting, relation: Any, assumptions: Any) -> Claim:
    return Claim(f"C3.{name}", title, where, relation, assumptions, _formulas, _BOUNDS)


_claims = (
    _claim(
        "energy",
        "what the loss gained is the energy of the output, where layer L is stationary",
        weights,
        sp.Eq(energy_balance.symbol, energy),
        (one_output,),
    ),
    _claim(
        "first",
        "the first layer sees the whole residual unless the later ones vanish",
        weights,
        sp.Eq(first, first_product.symbol),
        (one_output,),
    ),
    _claim(
        "flat",
        "minimizers with small layers are flat",
        nearly_aligned_minimizers,
        S <= flat_bound.symbol,
        _AT_SMALL,
    ),
    _claim(
        "attained",
        "equality for layers of equal norm and |w*| = s^L/2",
        half_aligned_minimizers,
        sp.Eq(S, flat_bound.symbol),
        _AT_SMALL,
    ),
    _claim(
        "paper",
        "the constant 8",
        nearly_aligned_minimizers,
        S <= 8 * L * top * w ** (2 - 2 / L),
        _AT_SMALL,
    ),
    _claim(
        "ratio",
        "within 4Λ/a of the flattest",
        nearly_aligned_minimizers,
        S <= 4 * top / rayleigh * S_min,
        _AT_SMALL,
    ),
)


def _twin(name: str, title: str, where: Setting, relation: Any, assumptions: Any = ()) -> Control:
    return Control(Claim(f"C3.control.{name}", title, where, relation, assumptions, bounds=_BOUNDS))


_scale = L * top * w ** (2 - 2 / L)

_controls = (
    _twin(
        "constant_one",
        "1 for 8: S <= LΛ|w*|^{2-2/L}",
        nearly_aligned_minimizers,
        S <= _scale,
        (small_layers,),
    ),
    _twin(
        "constant_four",
        "4 for 2^{3-2/L} (false once L > 2)",
        half_aligned_minimizers,
        S <= 4 * _scale,
        (small_layers,),
    ),
    _twin("limits_are_flattest", "small-initialisation limits are flattest", small_limits,
          S <= S_min),
    _twin("any_minimizer", "layers of any size", univariate_minimizers, S <= 8 * _scale),
    _twin(
        "several_outputs",
        "|∇_1 R|² = 4|A_1|²|E|² with several outputs: saddles below R(0) exist",
        any_weights,
        sp.Eq(first, 4 * suffix * error),
    ),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_SCALES = (0.3, 0.1, 0.03, 0.01)
_SMALL = 0.1  # at 0.3 gradient flow still converges, but layers can end above (2|w*|)^{1/L}


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow from W_L = 0 and Gaussian W_k of shrinking scale, depths 2 and 3 in turn."""
    rng = np.random.default_rng(seed)
    for run in range(min(runs, 2 * len(_SCALES))):
        size, scale, d = 2 + run % 2, _SCALES[run // 2], 3
        features = rng.standard_normal((20, d))
        sigma = features.T @ features / len(features)
        target = rng.standard_normal((1, d))
        target /= np.linalg.norm(target)
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
    return Measurement("excess loss", 0.0, float((gap @ trained.sigma @ gap.T)[0, 0]),
                       reach + 1e-15)  # fmt: skip


def _flatness(trained: Trained) -> Iterator[Measurement]:
    """Layer norms and sharpness against their bounds; rounding is allowed."""
    L, sigma, w_row = len(trained.weights), trained.sigma, trained.target
    Lambda, scale = float(np.linalg.eigvalsh(sigma)[-1]), float(np.linalg.norm(w_row))
    ratio = 4 * Lambda * scale**2 / float((w_row @ sigma @ w_row.T)[0, 0])
    largest = max(float(np.linalg.norm(W, 2)) for W in trained.weights)
    reached = float(sharpness_at_minimizer(trained.net, sigma))
    least = 2 * L * float(weighted_gain(Floating(), sigma, w_row, Fraction(1, L)))
    ceiling = 8 * L * Lambda * scale ** (2 - 2 / L)
    yield Measurement("max |W_k|^L <= 2|w*|", 2 * scale, largest**L, 1e-12, "<=")
    yield Measurement("S <= 8LΛ|w*|^(2-2/L)", ceiling, reached, 1e-12, "<=")
    yield Measurement("S/S_min <= 4Λ/a", ratio, reached / least, 1e-12, "<=")


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
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={"C3.energy": derive_energy, "C3.first": derive_first, "C3.flat": derive_flat},
    witnesses=(
        Witness(
            "C3.witness.limit",
            "C3.flat",
            "a balanced path off the eigenvectors of Σ = [[2, 1], [1, 2]]",
            lambda: Instance.of_minimizer([[[1, 0], [0, 0]], [[1, 0]]], [[2, 1], [1, 2]]),
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "C3.flat",
            "weights 1 and -1, w* = 1/2: S = 7 > 4",
            lambda: Instance.exact([[[1]], [[-1]]], [[1]], [[Fraction(1, 2)]]),
        ),
        Necessity(
            small_layers,
            "C3.flat",
            "layers 10 and 1/10: S = 200.02 > 8",
            lambda: Instance.of_minimizer([[[10]], [[Fraction(1, 10)]]], [[1]]),
        ),
    ),
    trainings=(
        Training(
            "C3.trained",
            "gradient flow from small weights, corrected to an exact minimizer",
            _train,
            ("C3.flat", "C3.paper", "C3.ratio"),
        ),
    ),
    uses=("C1", "C2", "C5", "F3", "F4"),
    module=__name__,
    tags=("gradient flow", "small initialisation", "flat minima"),
)
