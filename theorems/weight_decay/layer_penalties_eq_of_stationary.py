r"""At a stationary point every layer pays the same weight decay.

Statement
    Let all decays be positive.  At every stationary point of the noise-averaged loss

        γ_u |U|² = γ_D |W^(D)|² = ... = γ_1 |W^(1)|² = w·c - U M_D Uᵀ.

    More is true at *any* weights: with W any one layer, γ its decay,

        <W, ∇_W L> = 2 ( U M_D Uᵀ - w·c + γ |W|² ),

    so two layers' payments differ by half the difference of their radial slopes.

Notation
    γ|W|² (``layer_penalty_max``, ``layer_penalty_min``), Frobenius norms; w·c
    (``effective_alignment``), U M_D Uᵀ (``noisy_output_power``); W^(D+1) = U.

Assumptions
    stationary  ∇L = 0: removes the radial slopes.  Without it weights 1 and 2 with equal decays
                pay 1 and 4.

Proof
    Replace one layer by tW.  Every M_i that it enters gains t², the end-to-end map gains t:
    L = t² U M_D Uᵀ - 2t w·c + γ t² |W|² + (the others' decay).  Differentiate at t = 1.  The data
    part is the same for all layers: rescaling two of them by t and 1/t changes decay alone.

Sharpness
    An identity.  Without the decays, with squared decays, per weight instead of per layer, or
    away from stationary points it is refuted.

Implementation notes
    Z1.radial takes the derivative of the loss along tW as (L(2W) - L(0))/2: exact, since L is
    quadratic in each layer, and no formula for the gradient is used.  On constructed stationary
    points the gradient vanishes exactly; trained networks agree within the bound that their
    remaining gradient allows.

References
----------
    ziyin2022exact (balance of layer norms at stationary points; reconstructed)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.symbolic import Symbolic
from numeric.training import CONVERGED
from theorems.quantities import symbols
from theorems.weight_decay import averaged_loss_eq_recursion as Z0
from theorems.weight_decay.aligned import noisy_stationary_points, stationary
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_alignment,
    layer_penalties,
    layer_penalty_max,
    layer_penalty_min,
    noisy_networks,
    noisy_output_power,
    regularised_loss,
    symbolic_moments,
    symbolic_network,
)
from theorems.weight_decay.training import NoisyProblem, drawn_start
from verify.theorem import (
    Bounds,
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
)  # fmt: skip

__all__ = ["THEOREM"]

# --- quantities ----------------------------------------------------------------------------------


def _spread(instance: NoisyInstance, payments: list[Any]) -> Any:
    ar = instance.arithmetic
    return ar.maximum(*payments) - ar.minimum(*payments)


@quantity("norm_spread", r"\max_i|W^{(i)}|^2-\min_i|W^{(i)}|^2", positive=False)
def norm_spread(instance: NoisyInstance) -> Any:
    """Largest minus smallest squared Frobenius norm of a layer (a control)."""
    return _spread(instance, [instance.arithmetic.frobenius_sq(W) for W in instance.weights])


@quantity("squared_decay_spread", r"\max_i\gamma_i^2|W^{(i)}|^2-\min_i\dots", positive=False)
def squared_decay_spread(instance: NoisyInstance) -> Any:
    """Largest minus smallest γ_i²|W^(i)|² (a control)."""
    pairs = zip(instance.decays, layer_penalties(instance), strict=True)
    return _spread(instance, [g * payment for g, payment in pairs])


@quantity("penalty_per_weight_spread", r"\max_i\gamma_i|W^{(i)}|^2/n_i-\min_i\dots", positive=False)
def penalty_per_weight_spread(instance: NoisyInstance) -> Any:
    """Largest minus smallest γ_i|W^(i)|² over the number n_i of weights (a control)."""
    pairs = zip(instance.sizes, layer_penalties(instance), strict=True)
    return _spread(instance, [payment / size for size, payment in pairs])


@quantity("radial_gap", r"\max_i|\tfrac12\partial_t L(tW^{(i)})-\dots|", positive=False)
def radial_gap(instance: NoisyInstance) -> Any:
    """Largest |½ dL/dt - (U M_D Uᵀ - w·c + γ_i|W^(i)|²)| over layers; dL/dt from loss values."""
    ar = instance.arithmetic
    data = noisy_output_power.measure(instance) - effective_alignment.measure(instance)
    gaps = []
    for layer, payment in enumerate(layer_penalties(instance)):
        twice, without = (_rescaled(instance, layer, t) for t in (2, 0))
        slope = (regularised_loss.measure(twice) - regularised_loss.measure(without)) / 2
        gap = slope / 2 - data - payment
        gaps += [gap, -gap]
    return ar.maximum(*gaps)


def _rescaled(instance: NoisyInstance, layer: int, t: int) -> NoisyInstance:
    """The network with one layer multiplied by t."""
    layers = list(instance.weights)
    layers[layer] = instance.arithmetic.scale(instance.arithmetic.scalar(t), layers[layer])
    return replace(instance, weights=tuple(layers))


most, least, power, correlation, norms, squares, per_weight, gap = symbols(
    layer_penalty_max, layer_penalty_min, noisy_output_power, effective_alignment,
    norm_spread, squared_decay_spread, penalty_per_weight_spread, radial_gap,
)  # fmt: skip
common_penalty = Formula("common_penalty", r"w\cdot c - U M_D U^T", correlation - power)

# --- claims and proofs --------------------------------------------------------------------------

_DEEP = Bounds((2, 4), (1, 3))


@claim(noisy_stationary_points, sp.Eq(most, least), stationary, given=(Z0.average,), bounds=_DEEP)
def balance(common_penalty: Any) -> Iterator[Step]:
    """All layers pay the same weight decay."""
    yield _one_layer()
    for shape in ((2, 2), (1, 2, 2), (1, 2, 1, 2)):
        yield _homogeneous(shape)
    yield _slope(common_penalty)
    first, second = sp.symbols("N_i N_j", positive=True)
    yield Identity(
        "difference of two radial slopes", (_radial(first) - _radial(second)) / 2, first - second,
        why="it vanishes at stationary points",
    )  # fmt: skip


@claim(
    noisy_stationary_points, sp.Eq(most, common_penalty), stationary, given=(Z0.average,),
    bounds=_DEEP,
)  # fmt: skip
def common(common_penalty: Any) -> Iterator[Step]:
    """What they pay is the correlation minus the output's power."""
    yield _slope(common_penalty)
    payment = sp.Symbol("N", positive=True)
    (paid,) = sp.solve(_radial(payment), payment)
    yield Identity("common payment", paid, common_penalty, why="where the radial slope vanishes")


radial = stated(
    "radial", "radial slopes at any weights, from values of the loss alone",
    noisy_networks, sp.Eq(gap, 0), bounds=_DEEP,
)  # fmt: skip


def _radial(payment: Any) -> Any:
    """dL/dt at t = 1 of t² U M_D Uᵀ - 2t w·c + t² γ|W|²: the slope along one layer."""
    t = sp.Symbol("t", positive=True)
    return sp.diff(t**2 * power - 2 * t * correlation + t**2 * payment, t).subs(t, 1)


def _slope(common_penalty: Any) -> Step:
    """The slope that homogeneity gives."""
    payment = sp.Symbol("N", positive=True)
    return Identity(
        "radial slope", _radial(payment), 2 * (payment - common_penalty), why="Euler's formula"
    )


def _one_layer() -> Step:
    """The induction over layers: W and M_{i-1} times t and r² make M_i times t²r²."""
    ar, (t, r) = Symbolic(), sp.symbols("t r", positive=True)
    s = sp.Symbol("s", nonnegative=True)
    W = ar.matrix([[sp.Symbol(f"w{i}{j}", real=True) for j in range(2)] for i in range(3)])
    M = symbolic_moments(2)

    def moment(weights: Any, before: Any) -> Any:
        Q = weights @ before @ weights.mT
        return Q + s * ar.diagonal(Q)

    return Identity(
        "one layer", moment(t * W, r**2 * M), t**2 * r**2 * moment(W, M),
        why="induction over layers", at={"size": "3 x 2"},
    )  # fmt: skip


def _homogeneous(shape: tuple[int, ...]) -> Step:
    """U M_D Uᵀ has degree 2 in each layer, w·c degree 1: scale them all at once."""
    network = symbolic_network(shape)
    factors = sp.symbols(f"t0:{len(network.weights)}", positive=True)
    pairs = zip(factors, network.weights, strict=True)
    scaled = replace(network, weights=tuple(network.arithmetic.scale(t, W) for t, W in pairs))
    product = sp.Mul(*factors)

    def terms(instance: NoisyInstance) -> list[Any]:
        return [noisy_output_power.measure(instance), effective_alignment.measure(instance)]

    before = sp.Matrix(terms(network))
    return Identity(
        "degrees in every layer", sp.Matrix(terms(scaled)), sp.diag(product**2, product) * before,
        why="U M_D Uᵀ gains Π t_i², w·c gains Π t_i",
        at={"widths": "-".join(map(str, (*shape, 1)))},
    )  # fmt: skip


# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("without_decays", "the layers' norms agree, whatever the decays",
         noisy_stationary_points, sp.Eq(norms, 0), bounds=_DEEP),
    twin("squared_decays", "γ² for γ",
         noisy_stationary_points, sp.Eq(squares, 0), bounds=_DEEP),
    twin("per_weight", "each weight pays the same on average",
         noisy_stationary_points, sp.Eq(per_weight, 0), bounds=_DEEP),
    twin("any_weights", "stationarity dropped",
         noisy_networks, sp.Eq(most, least), bounds=_DEEP),
    twin("half_power", "w·c - ½ U M_D Uᵀ paid by each layer",
         noisy_stationary_points, sp.Eq(most, correlation - power / 2), bounds=_DEEP),
)  # fmt: skip

# --- training ------------------------------------------------------------------------------------

_STEPS, _RATE, _TOLERANCE = 800, 0.05, 1e-8


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent on the averaged loss, unequal decays; payments compared where it ends.

    Allowed: Z1.radial bounds the spread of payments by the remaining gradient G,
    |γ_i|W_i|² - γ_j|W_j|²| <= ½ (|W_i| |G_i| + |W_j| |G_j|) <= max_k |W_k| |G|, here over the
    smallest payment; and 1e-12 for the rounding of sums of squares.
    """
    rng = np.random.default_rng(seed)
    sigma, cross = np.array([[1.0, 0.25], [0.25, 0.5]]), np.array([[3.0, 1.5]])
    for run in range(runs):
        D = 1 + run % 3
        problem = NoisyProblem(sigma, cross, [0.5, 0.25, 0.75, 0.375][: D + 1], 0.5)
        start = [W / np.sqrt(W.shape[-1]) for W in drawn_start(rng, [2, *([3] * D), 1])]
        descent = problem.descend(start, _RATE, steps=_STEPS, tolerance=_TOLERANCE)
        if int(descent.status[0]) != CONVERGED:
            continue
        weights = [W[0] for W in descent.weights]
        sizes = [float(np.linalg.norm(W)) for W in weights]
        payments = [g * size**2 for g, size in zip(problem.decays, sizes, strict=True)]
        bound = max(sizes) * float(descent.gradient_norm[0]) / min(payments)
        label = "largest payment against smallest"
        yield TrainedSolution(
            f"run {run}, D = {D}, {descent.steps} steps",
            problem.exact(weights),
            None,
            (Measurement(label, min(payments), max(payments), 1e-12 + bound),),
        )


THEOREM = Theorem(
    id="Z1",
    title="At a stationary point every layer pays the same weight decay",
    statement=(
        r"\nabla\mathcal{L}(W) = 0 \;\Longrightarrow\; \gamma_u|U|^2 = \gamma_D|W^{(D)}|_F^2 = "
        r"\dots = \gamma_1|W^{(1)}|_F^2 = w\cdot c - U M_D U^T"
    ),
    normalisation="L = E(f - y)² + Σ γ_i|W^(i)|_F² + γ_u|U|², no factors 1/2",
    source=Source("ziyin2022exact", "balance of layers at stationary points (reconstructed)"),
    claims=(balance, common, radial),
    controls=_twins,
    witnesses=(
        witness("unequal_decays", balance,
                "widths 1, w = 2·1, γ = (1/2, 2), σ² = 1, c = 5: both pay 2",
                lambda: NoisyInstance.exact(
                    [[[2]], [[1]]], [[1]], [[5]], [Fraction(1, 2), 2], 1)),
        witness("any_weights", radial, "two hidden layers, nothing stationary",
                lambda: NoisyInstance.exact(
                    [[[1, 2]], [[1], [3]], [[1, -1]]], [[2, 1], [1, 1]], [[1, 0]], [1, 2, 3], 1)),
    ),
    necessity=(
        needed(stationary, balance, "weights 1 and 2 with decays 1: payments 1 and 4",
               lambda: NoisyInstance.exact([[[1]], [[2]]], [[1]], [[1]], [1, 1])),
    ),
    trainings=(
        Training("trained", "gradient descent on the averaged loss", _train, (radial,)),
    ),
    module=__name__,
)  # fmt: skip
