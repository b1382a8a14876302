r"""One output: critical points of small loss are minimizers, and those with small layers are flat.

Statement
    Let $d_y = 1$ and $E = PΣ - C$.  At any weights

        R(0) - R + ⟨W_L, ∇_{W_L} R⟩ = PΣPᵀ,                                          [energy]
        |∇_{W_1} R|² = 4 |A_1|² |E|²,                                                [first]
        4 (R(0) - R + ⟨W_L, ∇_{W_L} R⟩) |E|² ≤ tr(W_1ΣW_1ᵀ) |∇_{W_1} R|²:            [stationary]

    a critical point with $R < R(0)$ has $E = 0$ and is a minimizer.  At any minimizer

        S(W) ≤ 2LΛ max_k |W_k|_2^{2L-2}.                                             [layered]

    If $|W_k|_2 ≤ (2|w^*|)^{1/L}$ for every $k$, as near the limits of small initialisations, then

        S(W) ≤ 2^{3-2/L} LΛ |w^*|^{2-2/L} ≤ 8LΛ |w^*|^{2-2/L},                       [flat, paper]
        S(W) ≤ (4Λ/a) S_min,                                                         [ratio]

    and the first of these is an equality at some minimizers [attained].

Notation
    $R(0)$ the loss of zero weights (``loss_at_zero``); $A_k = W_L ... W_{k+1}$ and
    $B_k = W_{k-1} ... W_1$, so that $A_1 = W_L ... W_2$; $α_k = A_kᵀ$; $PΣPᵀ$
    (``output_energy``), $tr(W_1ΣW_1ᵀ)$ (``first_energy``), $⟨W_L, ∇_{W_L} R⟩$ (``last_slope``),
    $|∇_{W_1} R|²$ (``first_slope_sq``), $|A_1|_F²$ (``first_suffix_sq``), $|E|_F²$
    (``residual_sq``), $Λ$ (``data_max``); $a = w^{*T}Σw^*/|w^*|²$ as in C1.

Assumptions
    minimizer     $PΣ = w^{*T}Σ$.  Without it the Hessian has a residual term: weights $±1$ of
                  opposite signs with $w^* = 1/2$ have $S = 7 > 4$.
    small_layers  $|W_k|_2^L ≤ 2|w^*|$: rescaled layers $(10, 1/10)$ are arbitrarily sharp.
    one_output    $d_y = 1$: with several outputs there are saddles below $R(0)$.

Proof
    Energy.  $R(0) - R = 2PCᵀ - PΣPᵀ$, and by F1 $∇_{W_L} R = 2EB_Lᵀ$, so that
    $⟨W_L, ∇_{W_L} R⟩ = 2PEᵀ = 2PΣPᵀ - 2PCᵀ$, as $W_LB_L = P$.  The sum is the first line.

    First layer.  $∇_{W_1} R = 2A_1ᵀE$ is a column times a row, whose norms multiply.

    Stationary points.  $PΣPᵀ = A_1(W_1ΣW_1ᵀ)A_1ᵀ ≤ |A_1|² tr(W_1ΣW_1ᵀ)$ (C3.carried); times
    $4|E|²$ this is the third line, by the first two.

    Flatness.  With $M = Σ_k |α_k|² B_kᵀB_k$ and $m = max_k |W_k|_2$, by F3.univariate

        S = 2λ_max(KMK) ≤ 2Λ Σ_k |α_k|² |B_k|² ≤ 2LΛ m^{2L-2}.

    Where $m ≤ (2|w^*|)^{1/L}$, this is at most $2LΛ (2|w^*|)^{2-2/L}$, the bound of C3.flat.  The
    last line compares it with $S_min ≥ 2La |w^*|^{2-2/L}$ (C1.flattest).

    Flows, as a remark that nothing here checks: on definite data gradient flow converges to a
    critical point (bah2022learning), on singular data the part of $W_1$ on $\ker Σ$ stands still
    besides.  From $R(W(0)) ≤ R(0)$ and $∇R(W(0)) ≠ 0$ its limit has $R < R(0)$, so it is a
    minimizer.

Sharpness
    $2^{3-2/L}$ is attained under the assumption on the layers (C3.attained: layers of equal norm,
    the last row 60 degrees off the path); the 8 is not, and along actual limits U3 is far smaller.
    Those limits need not be flattest (control).

Implementation notes
    Gradients come from tangents, not from the formula used in the proof.  Flows from scale 0.3
    end beside exact minimizers too, but not always with small layers: there the claims may be void,
    and flatness is not measured.

References
----------
    marion2024deep (the constant 8 and the ratio reconstructed); bah2022learning (convergence)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.training import gradient_flow
from theorems.assumptions import minimizer, one_output
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.instances import Instance
from theorems.quantities import (
    a,
    data_max,
    data_min,
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
    one_output_minimizers,
    small_limits,
)
from theorems.regression.features import gaussian_regression
from theorems.regression.quantities import (
    first_energy,
    first_slope_sq,
    first_suffix_sq,
    k,
    last_slope,
    output_energy,
    path_room,
    path_total,
    prefix_sq,
    residual_sq,
    suffix_sq,
)
from theorems.settings import any_weights, univariate_minimizers, weights
from theorems.training import Trained
from verify.derivation import rules
from verify.theorem import (
    Assumption,
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
    stated,
    twin,
    witness,
)

__all__ = ["THEOREM", "small_layers"]

# --- closed forms, assumption ------------ -------------------------------------------------------


S, S_min, L, w, rayleigh, top = symbols(
    sharpness, minimal_sharpness, depth, w_norm, a, data_max
)  # fmt: skip
R, R_0, energy_out, last, slope_1, suffix, error, energy_1, widest = symbols(
    loss, loss_at_zero, output_energy, last_slope, first_slope_sq, first_suffix_sq, residual_sq,
    first_energy, layer_norm_max,
)  # fmt: skip
_layers = widest ** (2 * L - 2)
_scale = L * top * w ** (2 - 2 / L)
flat_bound = Formula(
    "flat_bound", r"2^{3-2/L}L\Lambda|w^*|^{2-2/L}", 2 ** (3 - 2 / L) * L * top * w ** (2 - 2 / L)
)
energy_balance = Formula(
    "energy_balance", r"R(0)-R+\langle W_L,\nabla_{W_L}R\rangle", R_0 - R + last
)
first_product = Formula("first_product", r"4|A_1|^2|E|^2", 4 * suffix * error)

definite = Assumption("definite", data_min.symbol > 0)  # else a limit has the least norm, too
small_layers = Assumption("small_layers", layer_norm_max.symbol**L <= 2 * w)
_BOUNDS = Bounds((2, 4), (1, 3))
_t = sp.Symbol("t", real=True)

# --- claims and proofs --------------------------------------------------------------------------

_SIZES = ((2, 2, 1), (2, 2, 1, 2), (2, 2, 2, 2), (3, 2, 1, 1, 1))

energy = stated(
    "energy", "what the loss gained is the energy of the output, where layer $L$ is stationary",
    weights, sp.Eq(energy_balance, energy_out), one_output, bounds=_BOUNDS, sizes=_SIZES,
    formal=True,
)  # fmt: skip

first = stated(
    "first", "the first layer sees the whole residual unless the later ones vanish",
    weights, sp.Eq(slope_1, first_product), one_output, bounds=_BOUNDS, sizes=_SIZES,
    formal=True,
)  # fmt: skip

carried = stated(
    "carried", "the output has no more energy than the later layers can make of the first one's",
    weights, energy_out <= suffix * energy_1, one_output, bounds=_BOUNDS,
    sizes=((2, 1, 2, 1), (2, 2, 2, 1)), check=True, formal=True,
)  # fmt: skip

narrow = stated(
    "narrow", "with layers of one unit nothing is lost of it",
    weights, sp.Eq(energy_out, suffix * energy_1), one_output, bounds=Bounds((2, 4), (1, 1)),
    sizes=((2, 1, 1, 1), (3, 1, 1, 1, 1)), check=True,
)  # fmt: skip


@claim(
    weights, 4 * (R_0 - R + last) * error <= energy_1 * slope_1, one_output,
    given=(energy, first, carried), bounds=_BOUNDS, formal=True,
)  # fmt: skip
def stationary(energy: Claim, first: Claim, carried: Claim) -> Iterator[Step]:
    """Where the gradient vanishes below the loss of zero weights, so does the residual."""
    slope = rules.scaled(rules.given(first), energy_1)
    bound = rules.scaled(rules.given(carried), 4 * error)
    yield rules.transitive(slope, bound, rules.scaled(rules.given(energy), 4 * error))


split = stated(
    "split", "the sharpness is no more than $2Λ$ times what the layers around each one can do",
    univariate_minimizers, S <= 2 * top * path_total.symbol, minimizer, one_output,
    given=(F3.univariate,), bounds=_BOUNDS, check=True,
)  # fmt: skip

products = stated(
    "products", "norms of products are no more than products of norms",
    univariate_minimizers, path_room.symbol >= 0, one_output, bounds=_BOUNDS, check=True,
)  # fmt: skip


@claim(
    univariate_minimizers, S <= 2 * L * top * _layers, minimizer, one_output,
    given=(split, products), bounds=_BOUNDS, formal=True,
)  # fmt: skip
def layered(split: Claim, products: Claim) -> Iterator[Step]:
    """A minimizer with small layers is flat."""
    index, product = (k, 1, L), suffix_sq(k) * prefix_sq(k)
    room = rules.least(path_room, _layers - product, index)
    each = rules.transitive(room, rules.given(products))
    term = rules.increasing(each, lambda t: t + product, _t)
    total = rules.each(term, index)
    equal = rules.rewritten(total, L * _layers, total.relation.rhs)
    named = rules.transitive(equal, rules.definition(path_total))
    yield rules.transitive(rules.scaled(named, 2 * top), rules.given(split))


small = stated(
    "small", "what is assumed of the layers",
    one_output_minimizers, widest**L <= 2 * w, one_output, small_layers, bounds=_BOUNDS, check=True,
)  # fmt: skip


@claim(
    one_output_minimizers, S <= flat_bound, minimizer, one_output, small_layers,
    given=(layered, small), bounds=_BOUNDS, formal=True,
)  # fmt: skip
def flat(flat_bound: Any, layered: Claim, small: Claim) -> Iterator[Step]:
    """Minimizers with small layers are flat."""
    power = rules.raised(rules.given(small), 2 - 2 / L)
    bound = rules.transitive(rules.scaled(power, 2 * L * top), rules.given(layered))
    yield rules.rewritten(bound, flat_bound, S)


attained = stated(
    "attained", "equality for layers of equal norm $s$ and $|w^*| = s^L/2$",
    half_aligned_minimizers, sp.Eq(S, flat_bound), minimizer, one_output, small_layers,
    bounds=_BOUNDS, formal=True,
)  # fmt: skip

largest = stated(
    "largest", "its layers are as large as they may be",
    half_aligned_minimizers, sp.Eq(layer_norm_max.symbol**L, 2 * w), minimizer, one_output,
    bounds=_BOUNDS, check=True,
)  # fmt: skip


@claim(
    one_output_minimizers, S <= 8 * _scale, minimizer, one_output, small_layers,
    given=(flat,), bounds=_BOUNDS, formal=True,
)  # fmt: skip
def paper(flat: Claim) -> Iterator[Step]:
    """The constant 8."""
    exponent = Condition("2/L", 2 / L, ">=")
    room = rules.increasing(exponent, lambda t: 8 - 2 ** (3 - t), _t)
    power = rules.increasing(room, lambda t: t + 2 ** (3 - 2 / L), _t)
    yield rules.transitive(rules.scaled(power, _scale), rules.given(flat))


@claim(
    one_output_minimizers, S <= 4 * top / rayleigh * S_min, minimizer, one_output, small_layers,
    given=(paper, C1.flattest), bounds=_BOUNDS, formal=True,
)  # fmt: skip
def ratio(paper: Claim) -> Iterator[Step]:
    """Within $4Λ/a$ of the flattest."""
    least = rules.scaled(rules.given(C1.flattest), 4 * top)
    both = rules.transitive(least, rules.scaled(rules.given(paper), rayleigh))
    yield rules.divided(both, rayleigh)


# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("constant_one", "1 for 8: $S ≤ LΛ|w^*|^{2-2/L}$",
         nearly_aligned_minimizers, S <= _scale, small_layers, bounds=_BOUNDS),
    twin("constant_four", "4 for $2^{3-2/L}$ (false once $L > 2$)",
         half_aligned_minimizers, S <= 4 * _scale, small_layers, bounds=_BOUNDS),
    twin("limits_are_flattest", "small-initialisation limits are flattest",
         small_limits, S <= S_min, definite, bounds=_BOUNDS),
    twin("any_minimizer", "layers of any size",
         univariate_minimizers, S <= 8 * _scale, bounds=_BOUNDS),
    twin("several_outputs",
         "$|∇_1 R|² = 4|A_1|²|E|²$ with several outputs: saddles below $R(0)$ exist",
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
    title="With one output critical points below the loss of zero weights are minimizers, and "
    "small layers make minimizers flat",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $R(0) = E|y|²$",
    source=Source("marion2024deep", "small-scale initialisation (constants reconstructed)"),
    claims=(
        energy, first, carried, narrow, stationary, split, products, layered, small,
        flat, attained, largest, paper, ratio,
    ),
    controls=_twins,
    witnesses=(
        witness("limit", flat, "a balanced path off the eigenvectors of $Σ = [[2, 1], [1, 2]]$",
                lambda: Instance.of_minimizer([[[1, 0], [0, 0]], [[1, 0]]], [[2, 1], [1, 2]])),
    ),
    necessity=(
        needed(minimizer, flat, "weights 1 and $-1$, $w^* = 1/2$: $S = 7 > 4$",
               lambda: Instance.exact([[[1]], [[-1]]], [[1]], [[Fraction(1, 2)]])),
        needed(small_layers, flat, "layers 10 and 1/10: $S = 200.02 > 8$",
               lambda: Instance.of_minimizer([[[10]], [[Fraction(1, 10)]]], [[1]])),
    ),
    trainings=(
        Training("trained", "gradient flow from small weights, corrected to an exact minimizer",
                 _train, (flat, paper, ratio)),
    ),
    module=__name__,
)  # fmt: skip
