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

Derivation
    Replace one layer by tW.  Every M_i that it enters gains t², the end-to-end map gains t:
    L = t² U M_D Uᵀ - 2t w·c + γ t² |W|² + (the others' decay).  Differentiate at t = 1.  The data
    part is the same for all layers: rescaling two of them by t and 1/t changes decay alone.

Main results
    Z1.balance  the largest and the smallest payment agree at stationary points
    Z1.common   the common payment is w·c - U M_D Uᵀ
    Z1.radial   the identity at any weights, from values of the loss alone

Evidence
    Symbolic: homogeneity of M_D in each layer for D = 1, 2, 3 with symbolic entries, and by one
    layer's recursion for all D; the derivative for all sizes.  Exact on constructed stationary
    points, the gradient vanishing exactly.  Trained networks agree within the bound that their
    remaining gradient allows.

Sharpness
    An identity.  Without the decays, with squared decays, per weight instead of per layer, or
    away from stationary points it is refuted.

Implementation notes
    Z1.radial takes the derivative of the loss along tW as (L(2W) - L(0))/2: exact, since L is
    quadratic in each layer, and no formula for the gradient is used.

References
----------
    ziyin2022exact (balance of layer norms at stationary points; reconstructed)

Tags
    weight decay, balance, stationary
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.symbolic import Symbolic
from numeric.training import CONVERGED
from theorems.quantities import symbols
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
    symbolic_network,
)
from theorems.weight_decay.training import NoisyProblem, drawn_start
from verify.claims import Bounds, Setting, quantity
from verify.legacy import Claim, Formula, Identity, Necessity, Step, Theorem, Training, Witness
from verify.theorem import Control, Measurement, Source, TrainedSolution

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
    pairs = zip(instance.weights, layer_penalties(instance), strict=True)
    return _spread(instance, [p / (W.shape[-1] * W.shape[-2]) for W, p in pairs])


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


# --- closed form and derivation ------------------------------------------------------------------

most, least, power, correlation, norms, squares, per_weight, gap = symbols(
    layer_penalty_max,
    layer_penalty_min,
    noisy_output_power,
    effective_alignment,
    norm_spread,
    squared_decay_spread,
    penalty_per_weight_spread,
    radial_gap,
)
common_penalty = Formula("common_penalty", r"w\cdot c - U M_D U^T", correlation - power)

_SHAPES = ((2, 2), (1, 2, 2), (1, 2, 1, 2))  # d_0, d_1, ..., d_D


def derive_balance(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the radial slopes of two layers: equal but for their payments."""
    yield from _one_layer()
    for shape in _SHAPES:
        yield _homogeneous(shape)
    yield from _slopes(formulas)
    first, second = sp.symbols("N_i N_j", positive=True)
    yield Identity(
        "difference of two radial slopes",
        r"\tfrac12(\langle W_i,\nabla_i\rangle - \langle W_j,\nabla_j\rangle) = "
        r"\gamma_i|W_i|^2 - \gamma_j|W_j|^2",
        "all D, all sizes",
        "the left side vanishes at stationary points",
        (_radial_slope(first) - _radial_slope(second)) / 2,
        first - second,
    )


def derive_common(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the payment at which the radial slope vanishes."""
    yield from _slopes(formulas)
    payment = sp.Symbol("N", positive=True)
    (solution,) = sp.solve(_radial_slope(payment), payment)
    yield Identity(
        "common payment",
        r"\langle W,\nabla_W L\rangle = 0 \iff \gamma|W|^2 = w\cdot c - U M_D U^T",
        "all D, all sizes",
        "linear equation",
        solution,
        formulas["common_penalty"],
    )


def _radial_slope(payment: Any) -> Any:
    """dL/dt at t = 1 of t² U M_D Uᵀ - 2t w·c + t² γ|W|²."""
    t = sp.Symbol("t", positive=True)
    return sp.diff(t**2 * power - 2 * t * correlation + t**2 * payment, t).subs(t, 1)


def _slopes(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """The slope that homogeneity gives."""
    payment = sp.Symbol("N", positive=True)
    yield Identity(
        "radial slope",
        r"\langle W,\nabla_W L\rangle = 2(U M_D U^T - w\cdot c + \gamma|W|^2)",
        "all D, all sizes",
        "Euler's formula",
        _radial_slope(payment),
        2 * (payment - formulas["common_penalty"]),
    )


def _one_layer() -> Iterator[Step]:
    """The induction over layers: M_i of tW is t² M_i of W, and of t² M_{i-1} the same."""
    ar, t = Symbolic(), sp.Symbol("t", positive=True)
    s = sp.Symbol("s", nonnegative=True)
    W = ar.matrix([[sp.Symbol(f"w{i}{j}", real=True) for j in range(2)] for i in range(3)])
    M = ar.matrix([[sp.Symbol(f"m{min(i, j)}{max(i, j)}") for j in range(2)] for i in range(2)])

    def moment(weights: Any, before: Any) -> Any:
        Q = weights @ before @ weights.mT
        return sp.Matrix(Q + ar.scale(s, ar.diagonal(Q)))

    for name, scaled in (
        ("t in the layer", moment(ar.scale(t, W), M)),
        ("t² from below", moment(W, ar.scale(t**2, M))),
    ):
        yield Identity(
            f"one layer, {name}",
            r"M_i \mapsto t^2 M_i",
            "any layer of size 3 x 2",
            "expansion; induction over layers",
            scaled,
            t**2 * moment(W, M),
        )


def _homogeneous(shape: tuple[int, ...]) -> Identity:
    """U M_D Uᵀ has degree 2 in each layer, w·c degree 1: scale them all at once."""
    network = symbolic_network(shape)
    factors = sp.symbols(f"t0:{len(network.weights)}", positive=True)
    pairs = zip(factors, network.weights, strict=True)
    scaled = tuple(network.arithmetic.scale(t, W) for t, W in pairs)
    moved, product = replace(network, weights=scaled), sp.Mul(*factors)
    return Identity(
        f"every layer of D = {len(shape) - 1}, widths {shape}",
        r"U M_D U^T \mapsto \prod_i t_i^2\,U M_D U^T,\; w\cdot c \mapsto \prod_i t_i\,w\cdot c",
        "D = 1, 2, 3, any weights and data",
        "expansion",
        sp.Matrix([noisy_output_power.measure(moved), effective_alignment.measure(moved)]),
        sp.Matrix(
            [
                product**2 * noisy_output_power.measure(network),
                product * effective_alignment.measure(network),
            ]
        ),
    )


# --- claims and controls -------------------------------------------------------------------------

_DEEP = Bounds(depth=(2, 4), width=(1, 3))
_claims = (
    Claim(
        "Z1.balance",
        "all layers pay the same weight decay",
        noisy_stationary_points,
        sp.Eq(most, least),
        (stationary,),
        bounds=_DEEP,
    ),
    Claim(
        "Z1.common",
        "what they pay is the correlation minus the output's power",
        noisy_stationary_points,
        sp.Eq(most, common_penalty.symbol),
        (stationary,),
        (common_penalty,),
        _DEEP,
    ),
    Claim(
        "Z1.radial",
        "radial slopes at any weights, from values of the loss alone",
        noisy_networks,
        sp.Eq(gap, 0),
        bounds=_DEEP,
    ),
)


def _twin(
    name: str, title: str, relation: Any, setting: Setting = noisy_stationary_points
) -> Control:
    return Control(Claim(f"Z1.control.{name}", title, setting, relation, bounds=_DEEP))


_controls = (
    _twin("without_decays", "the layers' norms agree, whatever the decays", sp.Eq(norms, 0)),
    _twin("squared_decays", "γ² for γ", sp.Eq(squares, 0)),
    _twin("per_weight", "each weight pays the same on average", sp.Eq(per_weight, 0)),
    _twin("any_weights", "stationarity dropped", sp.Eq(most, least), noisy_networks),
    _twin(
        "half_power", "w·c - ½ U M_D Uᵀ paid by each layer", sp.Eq(most, correlation - power / 2)
    ),
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
    statement=(
        r"\nabla\mathcal{L}(W) = 0 \;\Longrightarrow\; \gamma_u|U|^2 = \gamma_D|W^{(D)}|_F^2 = "
        r"\dots = \gamma_1|W^{(1)}|_F^2 = w\cdot c - U M_D U^T"
    ),
    normalisation="L = E(f - y)² + Σ γ_i|W^(i)|_F² + γ_u|U|², no factors 1/2",
    source=Source("ziyin2022exact", "balance of layers at stationary points (reconstructed)"),
    claims=_claims,
    controls=_controls,
    formulas=(common_penalty,),
    derivations={"Z1.balance": derive_balance, "Z1.common": derive_common},
    witnesses=(
        Witness(
            "Z1.witness.unequal_decays",
            "Z1.balance",
            "widths 1, w = 2·1, γ = (1/2, 2), σ² = 1, c = 5: both pay 2",
            lambda: NoisyInstance.exact([[[2]], [[1]]], [[1]], [[5]], [Fraction(1, 2), 2], 1),
        ),
        Witness(
            "Z1.witness.any_weights",
            "Z1.radial",
            "two hidden layers, nothing stationary",
            lambda: NoisyInstance.exact(
                [[[1, 2]], [[1], [3]], [[1, -1]]], [[2, 1], [1, 1]], [[1, 0]], [1, 2, 3], 1
            ),
        ),
    ),
    necessity=(
        Necessity(
            stationary,
            "Z1.balance",
            "weights 1 and 2 with decays 1: payments 1 and 4",
            lambda: NoisyInstance.exact([[[1]], [[2]]], [[1]], [[1]], [1, 1]),
        ),
    ),
    trainings=(
        Training("Z1.trained", "gradient descent on the averaged loss", _train, ("Z1.radial",)),
    ),
    uses=("Z0",),
    module=__name__,
    tags=("weight decay", "balance", "stationary"),
)
