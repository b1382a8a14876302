r"""Two layers whose imbalance is a multiple of the identity: their sharpness and their flow.

Statement
    Let $L = 2$, $W_2ᵀW_2 - W_1W_1ᵀ = λI$ with a number $λ$ of any sign, and $σ = |P|_2$.

    The layers have the norms

        |W_2|_2² = |W_1|_2² + λ, \quad |W_1|_2 |W_2|_2 = σ,              [difference, product]
        |W_2|_2² = b², \quad b² = (λ + (λ² + 4σ²)^{1/2})/2.                            [last]

    So on whitened data every such minimizer has

        S = 2 (λ² + 4σ²)^{1/2},                                                  [value]

    and on any data $S = 2λ_max(K(b²I + W_1ᵀW_1)K)$ with $K = Σ^{1/2}$.   [covariance]

    On whitened data with a target $T$, let $Q = [W_1ᵀ; W_2]$, of $d_x + d_y$ rows.  Along the
    gradient flow of $R$

        d(QQᵀ)/dt = 2(F QQᵀ + QQᵀ F - (QQᵀ)²), \quad F = [[-λ/2 I, Tᵀ], [T, λ/2 I]].   [riccati]

    At any two layers, with $D = W_2ᵀW_2 - W_1W_1ᵀ$, $J = diag(-I, I)$ and
    $F_0 = [[0, Tᵀ], [T, 0]]$,

        d(QQᵀ)/dt = 2(F_0QQᵀ + QQᵀF_0 - (QQᵀ)²) + JQDQᵀ + QDQᵀJ.                          [any]

Notation
    $S$ is ``sharpness``, $λ$ ``layer_shift``, $σ$ ``product_norm``, $|W_1|_2$ and $|W_2|_2$
    ``first_norm`` and ``last_norm``; $λ_max(K(b²I + W_1ᵀW_1)K)$ is ``shifted_top``.

Assumptions
    minimizer  $PΣ = TΣ$, for the sharpness.  Without it weights 0 and target 1 have $S = 2$.
    whitened   $Σ = I$, for the closed form.  Without it weights 1, 1 and $Σ = 1/4$ have $S = 1$.

    Gradient flow keeps $D$ (F4), so that a flow from such layers stays with them.

Proof
    Norms.  $W_2ᵀW_2 = λI + W_1W_1ᵀ$ has the largest eigenvalue $λ + |W_1|_2²$.   [difference]
    $PᵀP = W_1ᵀ(λI + W_1W_1ᵀ)W_1 = N² + λN$ with $N = W_1ᵀW_1$.  Its eigenvalues are $ν(ν + λ)$ for
    those $ν$ of $N$, and $ν + λ ≥ 0$ where $ν > 0$, for it is an eigenvalue of $W_2ᵀW_2$; there
    $ν(ν + λ)$ increases, so $σ² = |W_1|_2² (|W_1|_2² + λ) = |W_1|_2² |W_2|_2²$.   [product]
    Hence

        (|W_1|_2² + |W_2|_2²)² = (|W_2|_2² - |W_1|_2²)² + 4|W_1|_2²|W_2|_2² = λ² + 4σ²,   [total]

    half the root of which, and $λ/2$, is $|W_2|_2²$.   [last]

    Sharpness.  It is $2(|W_1|_2² + |W_2|_2²)$ on whitened data (N1.norms) and
    $2λ_max(K(|W_2|_2²I + W_1ᵀW_1)K)$ on any (N1.two).

    Flow.  With $E = T - P$, $dW_1/dt = 2W_2ᵀE$ and $dW_2/dt = 2EW_1ᵀ$, which is
    $dQ/dt = 2[[0, Eᵀ], [E, 0]]Q$.  As $QQᵀ = [[W_1ᵀW_1, Pᵀ], [P, W_2W_2ᵀ]]$,

        [[0, Pᵀ], [P, 0]] = (QQᵀ - JQQᵀJ)/2, \quad QᵀJQ = D,

    so that $[[0, Pᵀ], [P, 0]]QQᵀ$ and its transpose add up to $(QQᵀ)² - (JQDQᵀ + QDQᵀJ)/2$.
    [any]
    With $D = λI$ the last two terms are $λ(JQQᵀ + QQᵀJ)$, and $F = F_0 + λJ/2$.   [riccati]

Sharpness
    Equalities.  $λ = 0$ is balance: $S = 4σ$, the least value.  $2(|λ| + 2σ)$ is too much.

Implementation notes
    The layers are $Q_2 diag(c) Q_1ᵀ$ and $Q_1 diag(a) Q_0ᵀ$ with $c² - a² = λ$, which rational
    numbers solve: $c ± a = λ/t$ and $t$.  Gradients come by tangents from the loss.

References
----------
    domine2025lazy (layers and flow, in part from memory; re-derived for this loss, which is twice
    theirs); braun2022exact (the case 0); the sharpness is certimin2026
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.loss import gradient_by_jets
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import dyadic, gradient_flow
from theorems.assumptions import minimizer, whitened
from theorems.flat_minima import sharpness_between_block_norms as N1
from theorems.flat_minima.sharpness_between_block_norms import (
    first_norm,
    last_norm,
    two_layer_top,
)
from theorems.instances import Instance, Rows
from theorems.quantities import compared, sharpness, symbols
from theorems.recipes import Draw, diagonal, setting
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Claim,
    Formula,
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

# --- layers with a shift --------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ShiftedInstance(Instance):
    """Two layers with W_2ᵀW_2 - W_1W_1ᵀ = λI, and the number λ, ``shift``."""

    shift: Any


def _shifted_layers(draw: Draw) -> tuple[list[Any], Any]:
    """Return (W_1, W_2) and λ: of one sign by hyperbolas, of the other with the layers exchanged.

    Beyond the inputs a hidden neuron has a_i = 0 and c_i² = λ, so that λ is drawn as a square.
    """
    ar = draw.arithmetic
    inputs, outputs = draw.width(), draw.width()
    hidden, exchanged = draw.integer(1, outputs), draw.integer(0, 1)
    root = draw.number(0, 2)
    square, sums = root * root, draw.numbers(min(hidden, inputs), 1, 2)
    before = [(square / t - t) / 2 for t in sums]
    after = [(square / t + t) / 2 for t in sums] + [root] * (hidden - len(sums))
    cores = [diagonal(ar, before, hidden, inputs), diagonal(ar, after, outputs, hidden)]
    if exchanged:
        cores, square = [core.mT for core in reversed(cores)], -square
    return draw.rotated(cores)[0], square


@setting(
    "shift-balanced-minimizers",
    "W_2 = Q_2 diag(c) Q_1ᵀ, W_1 = Q_1 diag(a) Q_0ᵀ with c² - a² = λ, any Σ, target T = P",
)
def shifted_minimizers(draw: Draw) -> ShiftedInstance:
    """Two layers with a shift, on any data."""
    layers, shift = _shifted_layers(draw)
    sigma = draw.covariance(layers[0].shape[-1])
    return ShiftedInstance.beside(draw.instance(layers, sigma), shift=shift)


@setting("whitened-shift-balanced-minimizers", "the same layers, Σ = I, target T = P")
def whitened_shifted_minimizers(draw: Draw) -> ShiftedInstance:
    """Two layers with a shift, on whitened data."""
    layers, shift = _shifted_layers(draw)
    return ShiftedInstance.beside(draw.instance(layers), shift=shift)


@setting("shift-balanced-weights", "the same layers, Σ = I, arbitrary target: not minimizers")
def shifted_weights(draw: Draw) -> ShiftedInstance:
    """Two layers with a shift, and a target that they need not fit."""
    ar, (layers, shift) = draw.arithmetic, _shifted_layers(draw)
    inputs, outputs = layers[0].shape[-1], layers[1].shape[-2]
    target = draw.matrix(outputs, inputs)
    plain = draw.instance(layers, ar.identity(inputs), target)
    return ShiftedInstance.beside(plain, shift=shift)


@setting("two-layer-weights", "two arbitrary layers, Σ = I, arbitrary target: not minimizers")
def two_layer_weights(draw: Draw) -> Instance:
    """Any two layers on whitened data."""
    shape = draw.widths(3)
    layers = draw.layers(shape)
    sigma = draw.arithmetic.identity(shape[0])
    return draw.instance(layers, sigma, draw.matrix(shape[-1], shape[0]))


def _shifted(weights: list[Rows], sigma: Rows, shift: int) -> ShiftedInstance:
    plain = Instance.of_minimizer(weights, sigma)
    return ShiftedInstance.beside(plain, shift=Rational().scalar(shift))


# --- quantities -----------------------------------------------------------------------------------


@quantity("layer_shift", r"\lambda", positive=False)
def layer_shift(instance: ShiftedInstance) -> Any:
    """The number λ with W_2ᵀW_2 - W_1W_1ᵀ = λI."""
    return instance.shift


@quantity("product_norm", "|P|_2")
def product_norm(instance: Instance) -> Any:
    """Spectral norm of the end-to-end map."""
    return instance.arithmetic.singular_max(instance.net.end_to_end)


@quantity("shifted_top", r"\lambda_{\max}(K(b^2I+W_1^TW_1)K)")
def shifted_top(instance: ShiftedInstance) -> Any:
    """λ_max(K(b²I + W_1ᵀW_1)K), b² = (λ + (λ² + 4σ²)^{1/2})/2, from λ and σ = |P|_2."""
    ar, shift, first = instance.arithmetic, instance.shift, instance.weights[0]
    norm = product_norm.measure(instance)
    square = (shift + ar.sqrt(ar.nonnegative(shift * shift + 4 * norm * norm))) / 2
    gram = first.mT @ first
    return ar.eig_max(ar.scale(square, ar.identity(gram.shape[-1])) + gram, instance.sigma)


def _stacked(instance: Instance) -> tuple[Any, Any]:
    """Q = [W_1ᵀ; W_2] and its velocity along the gradient flow."""
    ar, (first, last) = instance.arithmetic, instance.weights
    slopes = gradient_by_jets(instance.net, instance.sigma, instance.cross)
    return ar.stack([[first.mT], [last]]), ar.stack([[-slopes[0].mT], [-slopes[1]]])


def _drive(instance: Instance, diagonal: Any) -> Any:
    """[[-d I, Tᵀ], [T, d I]] for a number d."""
    ar, T = instance.arithmetic, instance.target
    outputs, inputs = T.shape[-2:]
    left, right = (
        ar.scale(d, ar.identity(n)) for d, n in ((-diagonal, inputs), (diagonal, outputs))
    )
    return ar.stack([[left, T.mT], [T, right]])


def _riccati(instance: Instance, diagonal: Any) -> tuple[Any, Any]:
    """d(QQᵀ)/dt against 2(F QQᵀ + QQᵀ F - (QQᵀ)²)."""
    (Q, velocity), F = _stacked(instance), _drive(instance, diagonal)
    square = Q @ Q.mT
    half = F @ square + square @ F - square @ square
    return velocity @ Q.mT + Q @ velocity.mT, half + half


@compared(
    "riccati_gap", r"\delta(\tfrac{d}{dt}QQ^T)",
    r"\tfrac{d}{dt}QQ^T = 2(FQQ^T+QQ^TF-(QQ^T)^2)",
)  # fmt: skip
def riccati_gap(instance: ShiftedInstance) -> tuple[Any, Any]:
    """d(QQᵀ)/dt against 2(F QQᵀ + QQᵀ F - (QQᵀ)²), F = [[-λ/2 I, Tᵀ], [T, λ/2 I]]."""
    return _riccati(instance, instance.shift / 2)


@compared("riccati_gap_undivided", r"\delta(\tfrac{d}{dt}QQ^T)|_{\lambda\text{ for }\lambda/2}")
def riccati_gap_undivided(instance: ShiftedInstance) -> tuple[Any, Any]:
    """The same with λ for λ/2 in F (a control)."""
    return _riccati(instance, instance.shift)


@compared(
    "stacked_gap", r"\delta(\tfrac{d}{dt}QQ^T)|_D",
    r"\tfrac{d}{dt}QQ^T = 2(F_0QQ^T+QQ^TF_0-(QQ^T)^2)+JQDQ^T+QDQ^TJ",
)  # fmt: skip
def stacked_gap(instance: Instance) -> tuple[Any, Any]:
    """d(QQᵀ)/dt against 2(F_0QQᵀ + QQᵀF_0 - (QQᵀ)²) + JQDQᵀ + QDQᵀJ, at any two layers."""
    ar, (Q, _) = instance.arithmetic, _stacked(instance)
    moved, half = _riccati(instance, ar.scalar(0))
    J = _drive(instance, ar.scalar(1)) - _drive(instance, ar.scalar(0))
    middle = Q @ instance.net.imbalances[0] @ Q.mT
    return moved, half + J @ middle + middle @ J


S, shift, norm, first, last_one, shifted, top = symbols(
    sharpness, layer_shift, product_norm, first_norm, last_norm, shifted_top, two_layer_top
)
gap, gap_undivided, any_gap = symbols(riccati_gap, riccati_gap_undivided, stacked_gap)
shifted_sharpness = Formula(
    "shifted_sharpness", r"2(\lambda^2+4\sigma^2)^{1/2}", 2 * sp.sqrt(shift**2 + 4 * norm**2)
)
last_square = Formula(
    "last_square", r"(\lambda+(\lambda^2+4\sigma^2)^{1/2})/2",
    (shift + sp.sqrt(shift**2 + 4 * norm**2)) / 2,
)  # fmt: skip

# --- claims and proofs --------------------------------------------------------------------------

_TWO = Bounds((2, 2), (1, 3))
_SMALL = Bounds((2, 2), (1, 2))
_SIZES = ((1, 1, 1, 0), (2, 1, 1, 0), (2, 2, 1, 0), (1, 2, 1, 1))
"""Inputs, outputs, hidden width, whether the layers are exchanged."""

difference = stated(
    "difference", "the squared norms of the layers differ by $λ$",
    shifted_minimizers, sp.Eq(last_one**2, first**2 + shift), bounds=_SMALL, sizes=_SIZES,
)  # fmt: skip
product = stated(
    "product", "the norm of the product is the product of the norms",
    shifted_minimizers, sp.Eq(first * last_one, norm), bounds=_SMALL,
    sizes=((1, 1, 1, 0), (2, 1, 1, 0)),
)  # fmt: skip


@claim(
    shifted_minimizers, sp.Eq(2 * (first**2 + last_one**2), shifted_sharpness),
    given=(difference, product), bounds=_SMALL, check=True,
)  # fmt: skip
def total(difference: Claim, product: Claim, shifted_sharpness: Any) -> Iterator[Step]:
    """The squared norms together."""
    known = rules.given(product)
    square = rules.scaled(rules.multiplied(known, known), 4)
    apart = rules.added(square, (last_one**2 - first**2) ** 2)
    whole = rules.rewritten(
        apart, (first**2 + last_one**2) ** 2, 4 * norm**2 + (last_one**2 - first**2) ** 2
    )
    by_shift = rules.substituted(whole, rules.added(rules.given(difference), -(first**2)))
    root = rules.scaled(rules.raised(by_shift, sp.Rational(1, 2)), 2)
    yield rules.rewritten(root, 2 * (first**2 + last_one**2), shifted_sharpness)


@claim(
    shifted_minimizers, sp.Eq(last_one**2, last_square), given=(difference, total), bounds=_SMALL
)
def last(difference: Claim, total: Claim, last_square: Any) -> Iterator[Step]:
    """The squared norm of the last layer."""
    both = rules.added(rules.scaled(rules.given(total), sp.Rational(1, 2)), rules.given(difference))
    half = rules.scaled(rules.added(both, -(first**2)), sp.Rational(1, 2))
    yield rules.rewritten(half, last_one**2, last_square)


@claim(
    whitened_shifted_minimizers, sp.Eq(S, shifted_sharpness), minimizer, whitened,
    given=(N1.norms, total), bounds=_SMALL,
)  # fmt: skip
def value(norms: Claim, total: Claim, shifted_sharpness: Any) -> Iterator[Step]:
    """On whitened data."""
    found = rules.transitive(rules.given(norms), rules.given(total))
    yield rules.rewritten(found, S, shifted_sharpness)


same_top = stated(
    "same_top", "$b²$ for $|W_2|_2²$",
    shifted_minimizers, sp.Eq(top, shifted), given=(last,), bounds=_SMALL, check=True,
)  # fmt: skip


@claim(
    shifted_minimizers, sp.Eq(S, 2 * shifted), minimizer, given=(N1.two, same_top), bounds=_SMALL
)
def covariance(two: Claim, same_top: Claim) -> Iterator[Step]:
    """On any data."""
    yield rules.substituted(rules.given(two), rules.given(same_top))


anywhere = stated(
    "any", "the flow of two layers with any imbalance",
    two_layer_weights, sp.Eq(any_gap, 0), bounds=_TWO,
    sizes=((1, 1, 1), (2, 1, 2), (1, 2, 2), (2, 2, 2), (2, 3, 1)),
)  # fmt: skip
riccati = stated(
    "riccati", "the flow of layers with a shift",
    shifted_weights, sp.Eq(gap, 0), bounds=_TWO, given=(anywhere,),
    sizes=((1, 1, 1, 0), (1, 1, 1, 1), (2, 1, 1, 0), (1, 2, 2, 0), (2, 2, 1, 1)),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("whole_shift", "$λ$ for $λ/2$ in $F$",
         shifted_weights, sp.Eq(gap_undivided, 0), bounds=_TWO),
    twin("sum_of_both", "$2(|λ| + 2σ)$",
         whitened_shifted_minimizers, S >= 2 * (sp.Abs(shift) + 2 * norm), minimizer,
         bounds=_SMALL),
    twin("balanced", "$4σ$, as if $λ = 0$",
         whitened_shifted_minimizers, S <= 4 * norm, minimizer, bounds=_SMALL),
    twin("one_sign", "$|W_2|_2² = (-λ + (λ² + 4σ²)^{1/2})/2$",
         shifted_minimizers, sp.Eq(last_one**2, (sp.sqrt(shift**2 + 4 * norm**2) - shift) / 2),
         bounds=_SMALL),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow on whitened data from layers with a shift; the sharpness where it ends.

    Allowed, relatively: the flow ends where the slope is below 1e-9 and keeps D to its tolerance
    of 1e-11 a step; 1e-8 as for other flows.  The flow's equation is decided on the way.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        shift = (0.5, -1.0, 2.0)[run % 3]
        core = 0.5 + rng.random(2)
        larger, smaller = np.diag(np.sqrt(core**2 + abs(shift))), np.diag(core)
        turn = np.linalg.qr(rng.standard_normal((2, 2)))[0]
        start = [smaller @ turn, larger] if shift > 0 else [larger, turn @ smaller]
        target = np.eye(2) + 0.4 * rng.standard_normal((2, 2))
        flow = gradient_flow(start, np.eye(2), target)
        if flow.status != "converged":
            continue
        found = float(sharpness_at_minimizer(LinearNetwork(Floating(), flow.weights), np.eye(2)))
        predicted = 2 * float(np.sqrt(shift**2 + 4 * np.linalg.norm(target, 2) ** 2))
        passed = [dyadic(layer[len(flow.times) // 4]) for layer in flow.path]
        instance = Instance.exact(passed, [[1, 0], [0, 1]], dyadic(target))
        reached = Measurement("sharpness of the limit", predicted, found, 1e-8)
        yield TrainedSolution(f"run {run}, λ = {shift}", instance, Fraction(0), (reached,))


THEOREM = Theorem(
    id="N6",
    title="Two layers whose imbalance is a multiple of the identity have a known sharpness",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $|X|_2$ spectral, $K = Σ^{1/2}$",
    source=Source("domine2025lazy", "balance up to a shift (from memory); sharpness derived here"),
    claims=(difference, product, total, last, value, same_top, covariance, anywhere, riccati),
    controls=_twins,
    witnesses=(
        witness("weights_one_two", value, "weights 1, 2: $λ = 3$, $σ = 2$, $S = 10$",
                lambda: _shifted([[[1]], [[2]]], [[1]], 3)),
        witness("wide_output", covariance, "two outputs, one hidden neuron, correlated data",
                lambda: _shifted([[[1, 0]], [[2], [2]]], [[2, 1], [1, 1]], 7)),
    ),
    necessity=(
        needed(minimizer, value, "weights 0, target 1: $S = 2 > 0$",
               lambda: ShiftedInstance.beside(
                   Instance.exact([[[0]], [[0]]], [[1]], [[1]]), shift=Rational().scalar(0))),
        needed(whitened, value, "weights 1, 1 and $Σ = 1/4$: $S = 1 < 4$",
               lambda: _shifted([[[1]], [[1]]], [[Fraction(1, 4)]], 0)),
    ),
    trainings=(
        Training("trained", "gradient flow from layers with a shift", _train, (anywhere,)),
    ),
    module=__name__,
)  # fmt: skip
