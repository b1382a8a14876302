r"""Balanced minimizers of whitened data are flattest; each layer has an even share of the target.

Statement
    Let $Σ = I$, $W_L ... W_1 = T ≠ 0$ with the singular values $s_1 = σ ≥ s_2 ≥ ...$, and
    $D_k = W_{k+1}ᵀW_{k+1} - W_kW_kᵀ = 0$ for all $k$.

    The sharpness is the least possible,

        S(W) = 2Lσ^{2-2/L},                                               [balanced]

    the outer layers are roots of the target,

        TTᵀ = (W_LW_Lᵀ)^L, \quad TᵀT = (W_1ᵀW_1)^L,                       [shared]

    and the non-zero singular values of every layer are those of $T$ to the power $1/L$, as often:
    power sums are equal,

        tr (W_kᵀW_k)^{jL} = tr (TᵀT)^j, \quad j = 1, ..., max(d_{k-1}, d_0).   [spectra]

    A linear residual network $W_k = I + R_k$ with $R_k(0) = 0$ has $D_k = 0$ at the start, and
    gradient flow does not change $D_k$: a minimizer that it tends to is flattest.
    [F4.flow, balanced]

    Let $Σ = I$ and $T = Q diag(τ) Qᵀ$ be symmetric, $L ≥ 2$, and let the layers be $I$ at the
    start.

    After up to two steps of gradient descent all layers are still equal.   [equal_layers]

    After up to two small steps the loss is still $R ≥ Σ_{τ<0} τ²$.   [trapped]

    All layers $Q diag(max(τ, 0)^{1/L}) Qᵀ$ are a stationary point with the loss $Σ_{τ<0} τ²$, so
    that it is no minimizer if some $τ < 0$.   [limit_rests, limit]

Notation
    $S$ (``sharpness``), $L$ (``depth``), $σ$ (``target_norm``); $max_k |D_k|_2$ (``imbalance``);
    $Σ_{τ<0} τ²$ (``negative_part``); $Σ_k |W_k - W_1|²$ (``layer_spread``); $η$ the step size;
    $A_k = W_L ... W_{k+1}$ and $B_k = W_{k-1} ... W_1$ suffixes and prefixes.

Assumptions
    minimizer   $W_L ... W_1 = T$.  Without it, zero weights and $T = 1$ have $S = 2$ at $L = 2$.
    whitened    $Σ = I$.  Without it, $Σ = diag(1, 9)$ and twice $diag(2, 1)$: $S = 90$, not 16.
    balanced    $D_k = 0$.  Without it, $W = (2, 1/2)$ has $S = 17/2$.
    small_step  $2(3L-2) max(1, R(0)) η ≤ 1$, for gradient descent; $R(0) = |T|_F²$.  Without it,
                $L = 3$, $T = -1$ and $η = 1/2$: one step from 1 to $-1$ jumps over 0 into the
                minimizer.

Proof
    Balanced layers.  $W_kW_kᵀ = W_{k+1}ᵀW_{k+1}$ moves factors through, so that
    $A_kA_kᵀ = (W_LW_Lᵀ)^{L-k}$.  With all layers, $TTᵀ = (W_LW_Lᵀ)^L$, hence
    $A_kA_kᵀ = (TTᵀ)^{(L-k)/L}$; likewise $B_kᵀB_k = (TᵀT)^{(k-1)/L}$.  So the dual Gram matrix (F3)
    has the eigenvalues $Σ_k s_i^{2(L-k)/L} s_j^{2(k-1)/L}$, largest at $s_i = s_j = σ$, where it is
    $Lσ^{2-2/L}$: the lower bound of M1.

    One equation for each eigenvalue.  Equal layers $W$ that commute with $T = Tᵀ$ have equal
    gradients $2W^{L-1}(W^L - T)$, and commute with $T$ after a step.  So each eigenvalue $τ$ of $T$
    has a flow of its own,

        w' = -2w^{L-1}(w^L - τ), \quad w(0) = 1.

    Flow.  $(w^L - τ)²$ decreases along it, at rest only at $w^L = τ$ and at $w = 0$, which no
    solution crosses: solutions are unique.  A monotone bounded $w$ tends to a rest point, to
    $τ^{1/L}$ or, for $τ ≤ 0$, to 0: to the stationary point above.  (At $L = 2$, $u = w²$ solves
    $u' = -4u(u - τ)$.)

    Descent.  A step $f(w) = w - 2ηw^{L-1}(w^L - τ)$ with small $η$ is increasing between 1 and
    $τ^{1/L}$, so gradient descent converges monotonically too; for $τ ≤ 0$ it stays in $[0, 1]$.
    In each case $(w^L - τ)² ≥ min(τ, 0)²$, after any number of steps.

Sharpness
    Convergence cannot be dropped: $T = diag(-1, -2, 3/2)$, $L = 2$ ends with loss 5 (controls).
    The abstract of the paper says that linear residual networks with zero initialization
    "necessarily converge to the flattest of all minima"; that control contradicts the wording.
    Nor can the flow be replaced by descent for targets that are not symmetric: $D_k$ moves
    (control).

Implementation notes
    That the flow tends to its limit, and more than two steps of descent, are remarks of the proof:
    nothing checks them but the trainings.
    Targets with positive definite symmetric part are a sampler known to converge.

References
----------
    mulayoff2020unique (reconstructed); arora2018optimization (balancedness);
    bartlett2018gradient (identity initialisation)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.networks import LinearNetwork
from numeric.training import dyadic, gradient_descent, gradient_flow
from theorems.assumptions import minimizer, vanishes, whitened
from theorems.flat_minima.residual_flow import equal_layers, limit, limit_rests, trapped
from theorems.flat_minima.residual_networks import (
    after_steps,
    negative_part,
    residual_descents,
    residual_flows,
    residual_limits,
    sharpness_of_limit,
    small_step,
    untamed_descents,
)
from theorems.flat_minima.sharpness_ge_of_minimizer import balanced_factors, whitened_bound
from theorems.instances import Instance
from theorems.quantities import (
    compared,
    depth,
    imbalance,
    loss,
    minimal_sharpness,
    sharpness,
    symbols,
    target_norm,
)
from theorems.settings import (
    balanced_minimizers,
    whitened_balanced_minimizers,
    whitened_minimizers,
)
from theorems.training import Trained
from verify.theorem import (
    Assumption,
    Bounds,
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
)  # fmt: skip

__all__ = ["THEOREM", "balanced"]


@compared(
    "power_gap", r"\delta(W_LW_L^T,W_1^TW_1)",
    r"TT^T = (W_LW_L^T)^L\text{ and }T^TT = (W_1^TW_1)^L",
)  # fmt: skip
def power_gap(instance: Instance) -> tuple[list[Any], list[Any]]:
    """(W_LW_Lᵀ)^L and (W_1ᵀW_1)^L against TTᵀ and TᵀT."""
    ar, net, T = instance.arithmetic, instance.net, instance.target
    last, first = net.weights[-1] @ net.weights[-1].mT, net.weights[0].mT @ net.weights[0]
    powers = [LinearNetwork(ar, (M,) * net.depth).end_to_end for M in (last, first)]
    return powers, [T @ T.mT, T.mT @ T]


@compared(
    "layer_spectra_gap", r"\delta(\operatorname{sv}W_k)",
    r"\operatorname{tr}(W_k^TW_k)^{jL} = \operatorname{tr}(T^TT)^j\quad(1\le k\le L,\;"
    r"1\le j\le\max(d_{k-1},d_0))",
)  # fmt: skip
def layer_spectra_gap(instance: Instance) -> tuple[list[Any], list[Any]]:
    """Power sums of the s^{2L}, s a singular value of a layer, against those of T's squared ones.

    They agree if and only if the non-zero s^L are those of T, as often.
    """
    ar, net, T = instance.arithmetic, instance.net, instance.target
    layers, targets = [], []
    for W in net.weights:
        for j in range(1, max(W.shape[-1], T.shape[-1]) + 1):
            layers.append(_power_sum(ar, W.mT @ W, j * net.depth))
            targets.append(_power_sum(ar, T.mT @ T, j))
    return layers, targets


def _power_sum(ar: Any, M: Any, exponent: int) -> Any:
    """Tr M^exponent, as a matrix of one entry."""
    return ar.scale(ar.trace(LinearNetwork(ar, (M,) * exponent).end_to_end), ar.identity(1))


def _is_balanced(instance: Instance) -> Any:
    return vanishes(instance, *instance.net.imbalances)


balanced = Assumption("balanced", _is_balanced, r"D_k = 0 \text{ for all } k")

S, S_min, L, sigma, unbalanced, R, lost = symbols(
    sharpness, minimal_sharpness, depth, target_norm, imbalance, loss, negative_part
)
gap, spectrum = symbols(power_gap, layer_spectra_gap)
_SMALL = Bounds((2, 4), (1, 2))
_SIZES = ((2, 1, 2, 1), (2, 2, 1, 2), (3, 1, 2, 1, 1))

# --- claims and proofs; those on residual networks stand in residual_flow -----------------------


@claim(
    whitened_balanced_minimizers, sp.Eq(S, whitened_bound), minimizer, whitened, balanced,
    name="balanced",
)  # fmt: skip
def balanced_flattest(whitened_bound: Any) -> Iterator[Step]:
    """Balanced minimizers are flattest."""
    yield from balanced_factors(whitened_bound)


shared = stated(
    "shared", "the products of $T$ with its transpose are powers of those of the outer layers",
    whitened_balanced_minimizers, sp.Eq(gap, 0), minimizer, balanced, sizes=_SIZES,
)  # fmt: skip
spectra = stated(
    "spectra", "every layer has the non-zero singular values $s_i^{1/L}$",
    whitened_balanced_minimizers, sp.Eq(spectrum, 0), minimizer, balanced,
    bounds=_SMALL, sizes=_SIZES,
)  # fmt: skip


# --- false twins --------------------------------------------------------------------------------


def _diagonal(*entries: Any) -> list[list[Any]]:
    return [[x if i == j else 0 for j in range(len(entries))] for i, x in enumerate(entries)]


def _trapped_descent() -> Instance:
    """T = diag(-1, -2, 3/2), L = 2, three steps: the loss stays above 5."""
    values = [-1, -2, Fraction(3, 2)]
    return after_steps(2, _diagonal(*values), values, Fraction(1, 60), 3)


def _trapped_limit() -> Instance:
    """T = diag(-1, -2, 9/4), L = 2: the flow ends at diag(0, 0, 3/2) twice, with loss 5."""
    layer = _diagonal(0, 0, Fraction(3, 2))
    return Instance.exact([layer] * 2, _diagonal(1, 1, 1), _diagonal(-1, -2, Fraction(9, 4)))


def _skewed() -> Instance:
    """diag(2, 1) twice on Σ = diag(1, 9): balanced, S = 90, though 36 is possible."""
    return Instance.of_minimizer([_diagonal(2, 1)] * 2, _diagonal(1, 9))


_twins = (
    twin("any_covariance", "balanced minimizers are flattest for every $Σ$",
         balanced_minimizers, S <= S_min, bounds=_SMALL, known=lambda: [_skewed()]),
    twin("any_minimizer", "unbalanced minimizers are flattest too",
         whitened_minimizers, sp.Eq(S, 2 * L * sigma ** (2 - 2 / L)), bounds=_SMALL),
    twin("always_converges", "residual networks from zero end at a minimizer",
         residual_limits, sp.Eq(R, 0), bounds=_SMALL, known=lambda: [_trapped_limit()]),
    twin("escapes", "gradient descent gets below the squared negative eigenvalues",
         residual_descents, R < lost, bounds=_SMALL, known=lambda: [_trapped_descent()]),
    twin("descent_conserves", "gradient descent keeps $D_k = 0$ for every target",
         untamed_descents, sp.Eq(unbalanced, 0), bounds=_SMALL),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Flow to targets of positive definite symmetric part, descent to that part, a trapped flow."""
    for flowed, drift in residual_flows(seed, runs):
        unmoved = Measurement("largest change of an imbalance D_k", 0.0, drift, 1e-8)
        yield flowed.solution(sharpness_of_limit(flowed), unmoved)
        label = flowed.label.replace("flow", "descent")
        descended = _descended(label, len(flowed.weights), (flowed.target + flowed.target.T) / 2)
        yield descended.solution(sharpness_of_limit(descended))
    yield _trapped_flow()


def _descended(label: str, size: int, target: Any) -> Trained:
    """Gradient descent with the largest step called small; it stops at a gradient of 1e-10."""
    eye = np.eye(len(target))
    rate = 1 / (2 * (3 * size - 2) * max(1.0, float(np.linalg.norm(target)) ** 2))
    descent = gradient_descent([eye[None]] * size, eye, target, rate, steps=5000, tolerance=1e-10)
    return Trained(label, [np.asarray(W)[0] for W in descent.weights], eye, target)


def _trapped_flow() -> TrainedSolution:
    """T = diag(-1, -2, 3/2), L = 2: the flow ends with loss 5, at no minimizer."""
    target = np.diag([-1.0, -2.0, 1.5])
    flow = gradient_flow([np.eye(3)] * 2, np.eye(3), target)
    reached = float(np.linalg.norm(flow.weights[1] @ flow.weights[0] - target) ** 2)
    ar = Rational()
    layers = [ar.matrix(dyadic(W)) for W in flow.weights]
    instance = Instance.of(ar, layers, ar.identity(3), ar.matrix(dyadic(target)))
    measured = Measurement("loss of the limit", 5.0, reached, 1e-8)
    return TrainedSolution("trapped flow, depth 2", instance, Fraction(0), (measured,))


_HALF = Fraction(1, 2)

THEOREM = Theorem(
    id="M4",
    title="Balanced minimizers of whitened data are flattest; each layer has an even share",
    normalisation="$R = E|y - Px|²$, no factor 1/2; gradient flow $W' = -∇R$; $|T|_2$ spectral",
    source=Source("mulayoff2020unique", "balanced minima, residual networks (reconstructed)"),
    claims=(balanced_flattest, shared, spectra, equal_layers, limit_rests, limit, trapped),
    controls=_twins,
    witnesses=(
        witness("balanced", balanced_flattest, "$diag(2, 1)$ twice: $S = 16$",
                lambda: Instance.of_minimizer([_diagonal(2, 1)] * 2, _diagonal(1, 1))),
        witness("trapped", trapped,
                "$T = diag(-1, -2, 3/2)$, $L = 2$: two below 0, $det T > 0$, loss above 5",
                _trapped_descent),
    ),
    necessity=(
        needed(minimizer, balanced_flattest, "zero weights, target 1, depth 2: $S = 2 < 4$",
               lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]])),
        needed(whitened, balanced_flattest,
               "$diag(2, 1)$ twice, $Σ = diag(1, 9)$: $S = 90$", _skewed),
        needed(balanced, balanced_flattest, "$W = (2, 1/2)$: $S = 17/2 > 4$",
               lambda: Instance.of_minimizer([[[2]], [[_HALF]]], [[1]])),
        needed(small_step, trapped,
               "$L = 3$, $T = -1$, $η = 1/2$: one step reaches the minimizer, loss $0 < 1$",
               lambda: after_steps(3, [[-1]], [-1], _HALF, 1)),
    ),
    trainings=(
        Training("trained", "gradient flow and descent of linear residual networks from zero",
                 _train),
    ),
    module=__name__,
)  # fmt: skip
