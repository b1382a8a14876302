r"""At a stationary point every neuron pays the same weight decay before and behind it.

Statement
    Let $L$ be the noise-averaged loss with weight decay, all decays positive, and any number of
    outputs.  At any weights the slopes of $L$ behind and before neuron $i$ of a hidden layer,
    along the column of $W^{(k+1)}$ that it feeds and the row of $W^{(k)}$ that feeds it, differ by

        2(γ_{k+1}|col_i W^{(k+1)}|² - γ_k|row_i W^{(k)}|²),                      [exchange]

    so that at a stationary point both cost the same, noise included:

        γ_{k+1}|col_i W^{(k+1)}|² = γ_k|row_i W^{(k)}|² for every neuron.        [neurons]

    Without noise this holds as a matrix, $γ_{k+1}W^{(k+1)ᵀ}W^{(k+1)} = γ_kW^{(k)}W^{(k)ᵀ}$
    [matrices], with one output it does so under noise too.   [one_output]

    Let there be one output.  At any weights, along any one layer $W$ of decay $γ$,

        $dL(tW)/dt = 2(U M_D Uᵀ - w·c + γ|W|²)$ at $t = 1$.   [radial]

    At a stationary point these slopes vanish, and all layers pay the same; on those constructed

        γ_u|U|² = γ_D|W^{(D)}|² = ... = γ_1|W^{(1)}|² = w·c - U M_D Uᵀ.   [balance, common]

Notation
    The network, noise of variance $σ²$, $w$, $c$ and $M_D$ are those of Z0; layer $W^{(i)}$ has
    decay $γ_i$, the output layer $U = W^{(D+1)}$ has $γ_u$, and norms are Frobenius norms.
    $γ|W|²$ (``layer_penalty_max``, ``layer_penalty_min``), $w·c$ (``effective_alignment``),
    $U M_D Uᵀ$ (``noisy_output_power``).

Assumptions
    stationary  $∇L = 0$: removes the slopes.  Without it weights 1 and 2 with equal decays pay 1
                and 4.
    noiseless   $σ² = 0$, for the matrix form.  With noise and two outputs it fails (control).

Proof
    Exchange.  To multiply row $i$ of $W^{(k)}$ by $1 + t$ and column $i$ of $W^{(k+1)}$ by $1 - t$
    multiplies what passes through neuron $i$ by $1 - t²$, whatever the noise on it, for noise
    multiplies neuron by neuron.  So the data part of $L$ has slope 0 at $t = 0$, and what is left
    is the slope of the decay.   [exchange, neurons]

    Matrices.  Without noise the same is true of $W^{(k)} → (I + tX)W^{(k)}$,
    $W^{(k+1)} → W^{(k+1)}(I - tX)$ for any matrix $X$: at a stationary point
    $tr X(γ_kW^{(k)}W^{(k)ᵀ} - γ_{k+1}W^{(k+1)ᵀ}W^{(k+1)}) = 0$ for all $X$.   [matrices]

    One output.  In the last two layers, with $M = M_{D-1}$ and $g = W^{(D-1)} ⋯ W^{(1)}cᵀ - M w$
    for the row $w = UW^{(D)}$ here, row $j$ of $W^{(D)}$ is stationary if and only if
    $(σ²u_j²M + γ_DI)w_j = u_j g$.  So $w_j = u_j h(u_j²)$ with $h(b) = (σ²bM + γ_DI)^{-1}g$, and
    Z1.neurons says $|h(u_j²)|² = γ_u/γ_D$ where $u_j ≠ 0$.  As $M ⪰ 0$, $|h|²$ decreases in $b$,
    strictly wherever $h$ depends on it.  So all active neurons have one $h$, $W^{(D)} = Uᵀhᵀ$, and
    the matrix form holds there.  The lower layers and the row $hᵀ$ are then stationary for the data
    $(|U|⁴ + σ² Σ_j u_j⁴)A_0$, $|U|² c$ and the decay $|U|²γ_D$ of $hᵀ$: a network with one layer
    less, or none if $U = 0$, where all layers vanish.   [one_output]

    Layers.  Replace one layer by $tW$.  Every $M_i$ from that layer on gains $t²$, the end-to-end
    map gains $t$, so by Z0, up to the constant $E y²$,

        $L(tW) = t² U M_D Uᵀ - 2t w·c + γt²|W|² +$ the others' decay.

    Differentiate at $t = 1$: Z1.radial.  At a stationary point the slopes vanish, the payments are
    equal, and each is $w·c - U M_D Uᵀ$; that they are equal is also the sum of Z1.neurons over the
    neurons between two layers.

Sharpness
    An identity.  Without the decays, with squared decays, per weight instead of per layer, or
    away from stationary points it is refuted; so is the matrix form with noise and two outputs.

Implementation notes
    Z1.radial and Z1.exchange take slopes along $tW$ as $(L(2W) - L(0))/2$: exact, since $L$ is
    quadratic in each layer, and no formula for the gradient is used.  On constructed stationary
    points the gradient vanishes exactly; trained networks agree within the bound that their
    remaining gradient allows.  What is decided of Z1.one_output are constructed points; the formal
    proof is about all stationary points, with any $A_0 ⪰ 0$.

References
----------
    ziyin2022exact (balance of layer norms at stationary points; reconstructed); per neuron, and
    the matrix form, derived here
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

import numpy as np
import sympy as sp

from numeric.training import CONVERGED
from theorems.assumptions import vanishes
from theorems.quantities import compared, symbols
from theorems.recipes import Draw, diagonal, setting
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
from verify.errors import Undefined
from verify.theorem import (
    Assumption,
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
    ar, unit = instance.arithmetic, instance.arithmetic.identity(1)
    return [ar.scale(x, unit) for x in slopes], [ar.scale(x, unit) for x in expected]


def _rescaled(instance: NoisyInstance, layer: int, t: int) -> NoisyInstance:
    """The network with one layer multiplied by t."""
    layers = list(instance.weights)
    layers[layer] = instance.arithmetic.scale(instance.arithmetic.scalar(t), layers[layer])
    return replace(instance, weights=tuple(layers))


@compared(
    "exchange_gap",
    r"\delta(\partial_t L)",
    r"\partial_t L(t\,\mathrm{col}_iW^{(k+1)}) - \partial_t L(t\,\mathrm{row}_iW^{(k)})|_{t=1} = "
    r"2(\gamma_{k+1}|\mathrm{col}_iW^{(k+1)}|^2 - \gamma_k|\mathrm{row}_iW^{(k)}|^2)",
)
def exchange_gap(instance: NoisyInstance) -> tuple[list[Any], list[Any]]:
    """Slopes behind a neuron minus those before it, from loss values, against their decays."""
    ar, unit = instance.arithmetic, instance.arithmetic.identity(1)
    slopes, expected = [], []
    for k, (before, behind) in enumerate(_neighbours(instance)):
        for i in range(before.shape[-1]):
            out, into = (_neuron_slope(instance, k, i, far) for far in (True, False))
            slopes.append(out - into)
            expected.append(2 * (ar.entry(behind, i, i) - ar.entry(before, i, i)))
    return [ar.scale(x, unit) for x in slopes], [ar.scale(x, unit) for x in expected]


def _neighbours(instance: NoisyInstance) -> list[tuple[Any, Any]]:
    """γ_kW^(k)W^(k)ᵀ and γ_{k+1}W^(k+1)ᵀW^(k+1) for each hidden layer."""
    ar = instance.arithmetic
    pairs = itertools.pairwise(zip(instance.decays, instance.weights, strict=True))
    return [(ar.scale(g, V @ V.mT), ar.scale(h, W.mT @ W)) for (g, V), (h, W) in pairs]


def _neuron_slope(instance: NoisyInstance, k: int, i: int, behind: bool) -> Any:
    """dL/dt at t = 1 where what neuron i of hidden layer k sends (or receives) is multiplied by t.

    L is quadratic in each layer, so that this is (L(2) - L(0))/2.
    """
    ar, n = instance.arithmetic, instance.weights[k].shape[-2]
    values = []
    for t in (2, 0):
        gains = diagonal(ar, [t if j == i else 1 for j in range(n)], n, n)
        layers = list(instance.weights)
        layers[k + behind] = layers[k + 1] @ gains if behind else gains @ layers[k]
        values.append(regularised_loss.measure(replace(instance, weights=tuple(layers))))
    return (values[0] - values[1]) / 2


@compared(
    "neuron_gap",
    r"\delta(\gamma|\cdot|^2)",
    r"\gamma_{k+1}|\mathrm{col}_iW^{(k+1)}|^2 = \gamma_k|\mathrm{row}_iW^{(k)}|^2\quad"
    r"(1\le k\le D,\ \text{all }i)",
)
def neuron_gap(instance: NoisyInstance) -> tuple[list[Any], list[Any]]:
    """γ_{k+1}|col_i W^(k+1)|² against γ_k|row_i W^(k)|², every neuron of every hidden layer."""
    diagonals = instance.arithmetic.diagonal
    pairs = [(diagonals(behind), diagonals(before)) for before, behind in _neighbours(instance)]
    return [x for x, _ in pairs], [y for _, y in pairs]


@compared(
    "matrix_gap",
    r"\delta(\gamma W^TW)",
    r"\gamma_{k+1}W^{(k+1)T}W^{(k+1)} = \gamma_kW^{(k)}W^{(k)T}\quad(1\le k\le D)",
)
def matrix_gap(instance: NoisyInstance) -> tuple[list[Any], list[Any]]:
    """γ_{k+1}W^(k+1)ᵀW^(k+1) against γ_kW^(k)W^(k)ᵀ, every hidden layer."""
    pairs = _neighbours(instance)
    return [behind for _, behind in pairs], [before for before, _ in pairs]


most, least, power, correlation, norms, squares, per_weight, gap = symbols(
    layer_penalty_max, layer_penalty_min, noisy_output_power, effective_alignment,
    norm_spread, squared_decay_spread, penalty_per_weight_spread, radial_gap,
)  # fmt: skip
common_penalty = Formula("common_penalty", r"w\cdot c - U M_D U^T", correlation - power)

exchanged, per_neuron, matrix_form = symbols(exchange_gap, neuron_gap, matrix_gap)


def _is_noiseless(instance: NoisyInstance) -> Any:
    ar = instance.arithmetic
    return vanishes(instance, ar.scale(instance.noise_variance, ar.identity(1)))


noiseless = Assumption("noiseless", _is_noiseless, r"\sigma^2 = 0")

# --- several outputs ------------------------------------------------------------------------------


@setting(
    "noisy-maps",
    "any weights and any number of outputs, any A_0 = R Rᵀ and C, decays and noise at random",
)
def noisy_maps(draw: Draw) -> NoisyInstance:
    """Arbitrary weights with arbitrary data."""
    ar, shape = draw.arithmetic, draw.shape()
    layers, sigma = draw.layers(shape), draw.covariance(shape[0])
    decays = [g + ar.scalar(Fraction(1, 8)) for g in draw.numbers(len(layers), 0, 2)]
    cross = draw.matrix(shape[-1], shape[0])
    return NoisyInstance(ar, tuple(layers), sigma, cross, tuple(decays), draw.number(0, 2))


@setting(
    "noiseless-stationary-maps",
    "σ² = 0, W^(k) = Q_k diag(s) Q_{k-1}ᵀ/ρ_k, γ_k = ρ_k², A_0 = R Rᵀ, C fitted: stationary",
    ensures=[stationary, noiseless],
)
def noiseless_stationary_maps(draw: Draw) -> NoisyInstance:
    """Stationary points of several outputs: C - PA_0 = (Π ρ_k) Q_L diag(s^{2-L}) Q_0ᵀ."""
    ar, shape = draw.arithmetic, draw.shape()
    L, turns, sigma = len(shape) - 1, draw.rotations(shape), draw.covariance(shape[0])
    gains = draw.numbers(draw.integer(1, min(shape)), 1, 3)
    roots = draw.numbers(L, 1, 2)
    layers = [
        ar.scale(1 / root, after @ diagonal(ar, gains, m, n) @ before.mT)
        for root, (before, after), (n, m) in zip(
            roots, itertools.pairwise(turns), itertools.pairwise(shape), strict=True
        )
    ]
    pull = [math.prod(roots) * ar.power(s, Fraction(2 - L)) for s in gains]
    error = turns[-1] @ diagonal(ar, pull, shape[-1], shape[0]) @ turns[0].mT
    whole = layers[0]
    for W in layers[1:]:
        whole = W @ whole
    decays = tuple(root * root for root in roots)
    return NoisyInstance(ar, tuple(layers), sigma, whole @ sigma + error, decays, ar.scalar(0))


@setting(
    "mirrored-neurons",
    "two inputs, outputs and neurons: W with rows (1, ±1), U with columns (f, ±g), stationary",
    ensures=[stationary],
)
def mirrored_neurons(draw: Draw) -> NoisyInstance:
    """Stationary with noise and two outputs: rows of W are orthogonal, columns of U are not.

    With γ_w = γ, γ_u = 2γ/(f² + g²) and A_0 = diag(p, q) of trace t, (f² + g²)σ²p =
    f²(σ²t + γ_u) - γ and likewise q with g; C = UWA_0 + (σ²t + γ_u) diag(f, g).
    """
    if draw.bounds.depth[0] > 2 or not draw.bounds.width[0] <= 2 <= draw.bounds.width[1]:
        raise Undefined("these networks have one hidden layer and width 2")
    ar = draw.arithmetic
    f, g = draw.numbers(2, 1, 3)
    decay, noise, more = draw.numbers(3, 1, 2)
    total = f * f + g * g
    behind = 2 * decay / total
    # p, q > 0: f²(σ²t + γ_u) > γ and g²(σ²t + γ_u) > γ
    pull = behind + decay / (f * f) + decay / (g * g) + more
    p, q = ((x * x * pull - decay) / (total * noise) for x in (f, g))
    inner, outer = ar.matrix([[1, 1], [1, -1]]), ar.matrix([[1, 1], [1, -1]])
    U = diagonal(ar, [f, g], 2, 2) @ outer
    sigma = diagonal(ar, [p, q], 2, 2)
    cross = U @ inner @ sigma + ar.scale(pull, diagonal(ar, [f, g], 2, 2))
    return NoisyInstance(ar, (inner, U), sigma, cross, (decay, behind), noise)


@setting(
    "stationary-maps",
    "stationary points: of several outputs without noise, or of one output with noise",
    special=("mirrored-neurons",),
    ensures=[stationary],
)
def stationary_maps(draw: Draw) -> NoisyInstance:
    """Stationary points of both kinds."""
    kinds = (noiseless_stationary_maps, noisy_stationary_points)
    return cast(NoisyInstance, draw.of(kinds[draw.integer(0, 1)]))


# --- claims and proofs --------------------------------------------------------------------------

_DEEP = Bounds((2, 4), (1, 3))
_POINTS = ((2, 2, 2, 1, 0), (2, 1, 2, 2, 1), (3, 1, 2, 2, 2, 2, 0), (3, 1, 2, 2, 1, 2, 0, 1, 0, 1))
"""Depth, widths, neurons at work in each hidden layer, whether without noise, signs."""

exchange = stated(
    "exchange", "what a neuron sends against what it receives, at any weights",
    noisy_maps, sp.Eq(exchanged, 0), bounds=Bounds((2, 3), (1, 2)),
    sizes=((2, 2, 2, 2, 1), (3, 1, 2, 1, 1, 1)), formal=True,
)  # fmt: skip
neurons = stated(
    "neurons", "every neuron pays the same before and behind it",
    stationary_maps, sp.Eq(per_neuron, 0), stationary, bounds=_DEEP,
    sizes=tuple((1, *sizes) for sizes in _POINTS), formal=True,
)  # fmt: skip
matrices = stated(
    "matrices", "without noise, as a matrix",
    noiseless_stationary_maps, sp.Eq(matrix_form, 0), stationary, noiseless, bounds=_DEEP,
    sizes=((2, 1, 2, 1, 1), (2, 2, 2, 1, 1), (2, 2, 2, 2, 2), (3, 1, 2, 1, 2, 1)), formal=True,
)  # fmt: skip
one_output = stated(
    "one_output", "with one output, as a matrix, with noise too",
    noisy_stationary_points, sp.Eq(matrix_form, 0), stationary, bounds=_DEEP, sizes=_POINTS,
    formal=True,
)  # fmt: skip
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
    twin("matrix_with_noise", "the matrix form with noise and two outputs",
         mirrored_neurons, sp.Eq(matrix_form, 0), stationary, bounds=Bounds((2, 2), (2, 2))),
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


def _mirrored() -> NoisyInstance:
    """Two neurons and outputs, noise 1, decays 1: stationary, not balanced as a matrix."""
    a, b = Fraction(1, 5), Fraction(7, 5)
    return NoisyInstance.exact(
        [[[1, 1], [1, -1]], [[a, a], [b, -b]]],
        [[Fraction(1, 2), 0], [0, Fraction(97, 2)]],
        [[Fraction(51, 5), 0], [0, Fraction(1029, 5)]],
        [1, 1],
        1,
    )


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
    claims=(exchange, neurons, matrices, one_output, radial, balance, common),
    controls=_twins,
    witnesses=(
        witness("unequal_decays", balance,
                "widths 1, $w = 2·1$, $γ = (1/2, 2)$, $σ² = 1$, $c = 5$: both pay 2",
                lambda: NoisyInstance.exact(
                    [[[2]], [[1]]], [[1]], [[5]], [Fraction(1, 2), 2], 1)),
        witness("mirrored", neurons,
                "two outputs, noise and decays 1, $A_0 = diag(1/2, 97/2)$: all pay 2",
                _mirrored),
        witness("any_weights", radial, "two hidden layers, nothing stationary",
                lambda: NoisyInstance.exact(
                    [[[1, 2]], [[1], [3]], [[1, -1]]], [[2, 1], [1, 1]], [[1, 0]], [1, 2, 3], 1)),
    ),
    necessity=(
        needed(stationary, balance, "weights 1 and 2 with decays 1: payments 1 and 4",
               lambda: NoisyInstance.exact([[[1]], [[2]]], [[1]], [[1]], [1, 1])),
        needed(stationary, neurons, "weights 1 and 2 with decays 1: neuron 1 pays 1 and 4",
               lambda: NoisyInstance.exact([[[1]], [[2]]], [[1]], [[1]], [1, 1])),
        needed(stationary, one_output, "the same",
               lambda: NoisyInstance.exact([[[1]], [[2]]], [[1]], [[1]], [1, 1])),
        needed(stationary, matrices, "the same",
               lambda: NoisyInstance.exact([[[1]], [[2]]], [[1]], [[1]], [1, 1])),
        needed(noiseless, matrices,
               "$W$ with rows $(1, ±1)$, $U$ with columns $(1/5, ±7/5)$, $A_0 = diag(1/2, 97/2)$, "
               "$σ² = γ = 1$: $UᵀU$ is not diagonal, $WWᵀ$ is",
               _mirrored),
    ),
    trainings=(
        Training("trained", "gradient descent on the averaged loss", _train, (radial,)),
    ),
    module=__name__,
)  # fmt: skip
