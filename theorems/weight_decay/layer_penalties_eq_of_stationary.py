r"""At a stationary point every layer pays the same weight decay.

Statement
    Let $L$ be the noise-averaged loss with weight decay and all decays positive.  At any weights,
    along any one layer $W$ of decay $γ$,

        $dL(tW)/dt = 2(U M_D Uᵀ - w·c + γ|W|²)$ at $t = 1$.   [radial]

    At a stationary point these slopes vanish, and all layers pay the same; on those constructed

        γ_u|U|² = γ_D|W^{(D)}|² = ... = γ_1|W^{(1)}|² = w·c - U M_D Uᵀ.   [balance, common]

Notation
    The network, noise of variance $σ²$, $w$, $c$ and $M_D$ are those of Z0; layer $W^{(i)}$ has
    decay $γ_i$, the output row $U = W^{(D+1)}$ has $γ_u$, and norms are Frobenius norms.
    $γ|W|²$ (``layer_penalty_max``, ``layer_penalty_min``), $w·c$ (``effective_alignment``),
    $U M_D Uᵀ$ (``noisy_output_power``).

Assumptions
    stationary  $∇L = 0$: removes the radial slopes.  Without it weights 1 and 2 with equal decays
                pay 1 and 4.

Proof
    Replace one layer by $tW$.  Every $M_i$ from that layer on gains $t²$, the end-to-end map gains
    $t$, so by Z0, up to the constant $E y²$,

        $L(tW) = t² U M_D Uᵀ - 2t w·c + γt²|W|² +$ the others' decay.

    Differentiate at $t = 1$: Z1.radial.  The data part of the slope is the same for all layers, as
    rescaling two of them by $t$ and $1/t$ changes decay alone.  So two layers' payments differ by
    half the difference of their radial slopes, at any weights; at a stationary point the slopes
    vanish, the payments are equal, and each is $w·c - U M_D Uᵀ$.

Sharpness
    An identity.  Without the decays, with squared decays, per weight instead of per layer, or
    away from stationary points it is refuted.

Implementation notes
    Z1.radial takes the derivative of the loss along $tW$ as $(L(2W) - L(0))/2$: exact, since $L$ is
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

from numeric.training import CONVERGED
from theorems.quantities import compared, symbols
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
)
from theorems.weight_decay.training import NoisyProblem, drawn_start
from verify.theorem import (
    Bounds,
    Formula,
    Measurement,
    Source,
    Theorem,
    TrainedSolution,
    Training,
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


@compared(
    "radial_gap",
    r"\delta(\partial_t L(tW^{(i)}))",
    r"\partial_t L(tW^{(i)})|_{t=1} = 2(U M_D U^T - w\cdot c + \gamma_i|W^{(i)}|^2)"
    r"\quad(1\le i\le D+1)",
)
def radial_gap(instance: NoisyInstance) -> tuple[list[Any], list[Any]]:
    """dL(tW)/dt at t = 1 from loss values against 2(U M_D Uᵀ - w·c + γ|W|²), layer by layer."""
    data = noisy_output_power.measure(instance) - effective_alignment.measure(instance)
    slopes, expected = [], []
    for layer, payment in enumerate(layer_penalties(instance)):
        twice, without = (_rescaled(instance, layer, t) for t in (2, 0))
        slopes.append((regularised_loss.measure(twice) - regularised_loss.measure(without)) / 2)
        expected.append(2 * (data + payment))
    unit = instance.arithmetic.identity(1)
    return tuple([instance.arithmetic.scale(x, unit) for x in side] for side in (slopes, expected))


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
_POINTS = ((2, 2, 2, 1, 0), (2, 1, 2, 2, 1), (3, 1, 2, 2, 2, 2, 0), (3, 1, 2, 2, 1, 2, 0, 1, 0, 1))
"""Depth, widths, neurons at work in each hidden layer, whether without noise, signs."""

radial = stated(
    "radial", "radial slopes at any weights, from values of the loss alone",
    noisy_networks, sp.Eq(gap, 0), bounds=_DEEP,
    sizes=((2, 2, 2), (3, 2, 2, 3), (4, 2, 2, 1, 2)), formal=True,
)  # fmt: skip
balance = stated(
    "balance", "all layers pay the same weight decay",
    noisy_stationary_points, sp.Eq(most, least), stationary, bounds=_DEEP, sizes=_POINTS,
    formal=True,
)  # fmt: skip
common = stated(
    "common", "what they pay is the correlation minus the output's power",
    noisy_stationary_points, sp.Eq(most, common_penalty), stationary, bounds=_DEEP, sizes=_POINTS,
    formal=True,
)  # fmt: skip


# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("without_decays", "the layers' norms agree, whatever the decays",
         noisy_stationary_points, sp.Eq(norms, 0), bounds=_DEEP),
    twin("squared_decays", "$γ²$ for $γ$",
         noisy_stationary_points, sp.Eq(squares, 0), bounds=_DEEP),
    twin("per_weight", "each weight pays the same on average",
         noisy_stationary_points, sp.Eq(per_weight, 0), bounds=_DEEP),
    twin("any_weights", "stationarity dropped",
         noisy_networks, sp.Eq(most, least), bounds=_DEEP),
    twin("half_power", "$w·c - ½ U M_D Uᵀ$ paid by each layer",
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
    normalisation="$L = E(f - y)² + Σ_i γ_i|W^{(i)}|_F² + γ_u|U|²$, no factors 1/2",
    source=Source("ziyin2022exact", "balance of layers at stationary points (reconstructed)"),
    claims=(radial, balance, common),
    controls=_twins,
    witnesses=(
        witness("unequal_decays", balance,
                "widths 1, $w = 2·1$, $γ = (1/2, 2)$, $σ² = 1$, $c = 5$: both pay 2",
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
