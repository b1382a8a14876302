r"""Balanced minimizers of whitened data are flattest; residual networks from zero reach them.

Statement
    Let Σ = I and W_L ... W_1 = T != 0 with singular values s_1 = σ >= s_2 >= ...  If
    D_k = W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ = 0 for all k, then

        S(W) = 2 L σ^{2-2/L},

    and every layer has the non-zero singular values s_i^{1/L}.  A linear residual network
    W_k = I + R_k with R_k(0) = 0 has D_k = 0 for all time under gradient flow; *whenever it
    converges to a minimizer*, that minimizer is flattest.

    For symmetric T the layers stay equal and commute with T, under gradient descent too, and each
    eigenvalue τ of T has w' = -2 w^{L-1}(w^L - τ), w(0) = 1.  For τ > 0, w -> τ^{1/L}; for τ <= 0,
    w -> 0 without ever crossing it.  So the loss ends at Σ_{τ<0} τ²: one negative eigenvalue, or
    an even number of them, and no minimizer is reached.

Notation
    S (``sharpness``), L (``depth``), σ (``target_norm``); ``imbalance`` = max_k |D_k|_2;
    ``negative_part`` = Σ_{τ<0} τ²; ``layer_spread`` = Σ_k |W_k - W_1|²; η the step size.

Assumptions
    minimizer   W_L ... W_1 = T.  Without it, zero weights and T = 1 have S = 2 at L = 2.
    whitened    Σ = I.  Without it, Σ = diag(1, 9) and twice diag(2, 1): S = 90, not 16.
    balanced    D_k = 0.  Without it, W = (2, 1/2) has S = 17/2.
    small_step  2(3L-2) max(1, |T|_F²) η <= 1, for gradient descent.  Without it, L = 3, T = -1 and
                η = 1/2: one step from 1 to -1 jumps over 0 into the minimizer.

Proof
    W_kW_kᵀ = W_{k+1}ᵀW_{k+1} moves factors through, (W_L...W_{k+1})(...)ᵀ = (W_LW_Lᵀ)^{L-k}, so
    TTᵀ = (W_LW_Lᵀ)^L, A_kA_kᵀ = (TTᵀ)^{(L-k)/L} and B_kᵀB_k = (TᵀT)^{(k-1)/L}.  The dual Gram
    matrix has eigenvalues Σ_k s_i^{2(L-k)/L} s_j^{2(k-1)/L}, largest at s_i = s_j = σ.
    Equal layers W that commute with T = Tᵀ have equal gradients 2 W^{L-1}(W^L - T).
    (w^L - τ)² decreases along the scalar flow, which rests only at w^L = τ and at w = 0.
    A step f(w) = w - 2η w^{L-1}(w^L - τ) with small η is increasing between 1 and τ^{1/L}, so
    gradient descent converges monotonically too; for τ <= 0 it stays in [0, 1].

Main results
    M4.balanced      balanced minimizers are flattest
    M4.shared        (W_LW_Lᵀ)^L = TTᵀ and (W_1ᵀW_1)^L = TᵀT: the layers share singular values
    M4.equal_layers  gradient descent from the identity keeps the layers equal, T symmetric
    M4.limit_rests   the limits of the flow are stationary
    M4.limit         and have loss Σ_{τ<0} τ²
    M4.trapped       no small step of gradient descent gets below that

Evidence
    Symbolic for all L; words for L = 2..5; the flow in closed form for L = 2.  Exact gradient
    descent in rationals.  Gradient flow and descent of residual networks.

Sharpness
    Convergence cannot be dropped: T = diag(-1, -2, 3/2), L = 2 ends with loss 5 (controls).
    Nor can the flow be replaced by descent for targets that are not symmetric: D_k moves (control).

Implementation notes
    Targets with positive definite symmetric part are a sampler known to converge.

References
----------
    mulayoff2020unique (reconstructed); arora2018optimization (balancedness);
    bartlett2018gradient (identity initialisation)

Tags
    flat minima, balanced, residual networks, gradient flow
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import dyadic, gradient_descent, gradient_flow
from theorems.assumptions import minimizer, whitened
from theorems.flat_minima.residual_flow import derive_equal_layers, derive_limit, derive_trapped
from theorems.flat_minima.residual_networks import (
    ResidualInstance,
    layer_spread,
    negative_part,
    residual_descents,
    residual_limits,
    small_step,
    untamed_descents,
)
from theorems.flat_minima.sharpness_ge_of_minimizer import balanced_factors, whitened_bound
from theorems.instances import Instance
from theorems.quantities import (
    depth,
    imbalance,
    loss,
    minimal_sharpness,
    sharpness,
    slope_sq,
    symbols,
    target_norm,
)
from theorems.settings import (
    balanced_minimizers,
    whitened_balanced_minimizers,
    whitened_minimizers,
)
from theorems.training import Trained
from verify.claims import Bounds, quantity
from verify.legacy import Assumption, Claim, Identity, Necessity, Step, Theorem, Training, Witness
from verify.theorem import Control, Measurement, Source, TrainedSolution

__all__ = ["THEOREM"]


@quantity("power_gap", r"|TT^T-(W_LW_L^T)^L|_F^2+|T^TT-(W_1^TW_1)^L|_F^2", positive=False)
def power_gap(instance: Instance) -> Any:
    """Squared distance of TTᵀ from (W_LWLᵀ)^L plus that of TᵀT from (W_1ᵀW_1)^L."""
    ar, net, T = instance.arithmetic, instance.net, instance.target
    last, first = net.weights[-1] @ net.weights[-1].mT, net.weights[0].mT @ net.weights[0]
    after = LinearNetwork(ar, (last,) * net.depth).end_to_end
    before = LinearNetwork(ar, (first,) * net.depth).end_to_end
    return ar.frobenius_sq(T @ T.mT - after) + ar.frobenius_sq(T.mT @ T - before)


def _is_balanced(instance: Instance) -> Any:
    ar = instance.arithmetic
    flags = [ar.is_zero(D) for D in instance.net.imbalances]
    if ar.kind == "sampled":
        return np.logical_and.reduce([ar.to_numpy(flag) for flag in flags])
    return all(flags)


balanced = Assumption("balanced", r"D_k = 0 \text{ for all } k", _is_balanced)

S, S_min, L, sigma, unbalanced, R = symbols(
    sharpness, minimal_sharpness, depth, target_norm, imbalance, loss
)
gap, spread, trapped, slope = symbols(power_gap, layer_spread, negative_part, slope_sq)

# --- derivation ---------------------------------------------------------------------------------


def derive_shared(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield T Tᵀ = (W_LW_Lᵀ)^L, pushing one layer through at a time."""
    W, V = sp.symbols("W V", commutative=False)  # V = Wᵀ; V W = W_k W_kᵀ of the layer before
    for k in range(1, 5):
        yield Identity(
            f"push-through for {k} layers",
            r"W_{k+1}(W_kW_k^T)^kW_{k+1}^T = (W_{k+1}W_{k+1}^T)^{k+1}",
            "L = 2..5",
            "W_kW_kᵀ = W_{k+1}ᵀW_{k+1}; the transposed network gives TᵀT",
            W * sp.Mul(*([V, W] * k)) * V,
            sp.Mul(*([W, V] * (k + 1))),
        )


def derive_balanced(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the factors of the dual Gram matrix, then its top eigenvalue (M1)."""
    yield from derive_shared(formulas)
    yield from balanced_factors(formulas["whitened_bound"])


# --- claims and controls ------------------------------------------------------------------------

_BOUNDS = Bounds(depth=(2, 4), width=(1, 3))
_SMALL = Bounds(depth=(2, 4), width=(1, 2))

_claims = (
    Claim(
        "M4.balanced",
        "balanced minimizers are flattest",
        whitened_balanced_minimizers,
        sp.Eq(S, whitened_bound.symbol),
        (minimizer, whitened, balanced),
        (whitened_bound,),
        _BOUNDS,
    ),
    Claim(
        "M4.shared",
        "every layer has the singular values s_i^{1/L}",
        whitened_balanced_minimizers,
        sp.Eq(gap, 0),
        (minimizer, balanced),
        bounds=_BOUNDS,
    ),
    Claim(
        "M4.equal_layers",
        "gradient descent keeps the layers equal, T symmetric",
        residual_descents,
        sp.Eq(spread, 0),
        bounds=_SMALL,
    ),
    Claim(
        "M4.limit_rests",
        "the limit of the flow is stationary",
        residual_limits,
        sp.Eq(slope, 0),
        bounds=_SMALL,
    ),
    Claim(
        "M4.limit",
        "its loss is the sum of the squared negative eigenvalues",
        residual_limits,
        sp.Eq(R, trapped),
        bounds=_SMALL,
    ),
    Claim(
        "M4.trapped",
        "no small step of gradient descent gets below that",
        residual_descents,
        R >= trapped,
        (small_step,),
        bounds=_SMALL,
    ),
)

_HALF = Fraction(1, 2)


def _diagonal(*entries: Any) -> list[list[Any]]:
    return [[x if i == j else 0 for j in range(len(entries))] for i, x in enumerate(entries)]


def _trapped_descent() -> Instance:
    """T = diag(-1, -2, 3/2), L = 2, three steps: the loss stays above 5."""
    values = [-1, -2, Fraction(3, 2)]
    return ResidualInstance.after(2, _diagonal(*values), values, Fraction(1, 60), 3)


def _trapped_limit() -> Instance:
    """T = diag(-1, -2, 9/4), L = 2: the flow ends at diag(0, 0, 3/2) twice, with loss 5."""
    layer = _diagonal(0, 0, Fraction(3, 2))
    return Instance.exact([layer] * 2, _diagonal(1, 1, 1), _diagonal(-1, -2, Fraction(9, 4)))


def _skewed() -> Instance:
    """diag(2, 1) twice on Σ = diag(1, 9): balanced, S = 90, though 36 is possible."""
    return Instance.of_minimizer([_diagonal(2, 1)] * 2, _diagonal(1, 9))


def _twin(name: str, title: str, where: Any, relation: Any, known: Any = tuple) -> Control:
    return Control(Claim(f"M4.control.{name}", title, where, relation, bounds=_SMALL), known)


_controls = (
    _twin(
        "any_covariance",
        "balanced minimizers are flattest for every Σ",
        balanced_minimizers,
        S <= S_min,
        lambda: [_skewed()],
    ),
    _twin(
        "any_minimizer",
        "unbalanced minimizers are flattest too",
        whitened_minimizers,
        sp.Eq(S, 2 * L * sigma ** (2 - 2 / L)),
    ),
    _twin(
        "always_converges",
        "residual networks from zero end at a minimizer",
        residual_limits,
        sp.Eq(R, 0),
        lambda: [_trapped_limit()],
    ),
    _twin(
        "escapes",
        "gradient descent gets below the squared negative eigenvalues",
        residual_descents,
        R < trapped,
        lambda: [_trapped_descent()],
    ),
    _twin(
        "descent_conserves",
        "gradient descent keeps D_k = 0 for every target",
        untamed_descents,
        sp.Eq(unbalanced, 0),
    ),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow to targets with positive definite symmetric part, and one trapped flow.

    Allowed: the gradient at the end is 1e-9, and the integrator's tolerance is 1e-11 per step.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        size, d = 2 + run % 3, 2 + run % 2
        noise = rng.standard_normal((d, d))
        target = np.eye(d) + 0.4 * (noise @ noise.T) / d + 0.2 * (noise - noise.T)
        flow = gradient_flow([np.eye(d)] * size, np.eye(d), target)
        trained = Trained(f"flow {run}, depth {size}", flow.weights, np.eye(d), target)
        predicted = 2 * size * float(np.linalg.norm(target, 2)) ** (2 - 2 / size)
        reached = float(sharpness_at_minimizer(trained.net, np.eye(d)))
        yield trained.solution(
            Measurement("sharpness of the limit", predicted, reached, 1e-8),
            Measurement("largest change of an imbalance D_k", 0.0, flow.drift, 1e-8),
        )
        yield _descended(run, size, (target + target.T) / 2)
    yield _trapped_flow()


def _descended(run: int, size: int, target: Any) -> TrainedSolution:
    """Gradient descent with the largest step called small; it stops at a gradient of 1e-10."""
    d = len(target)
    rate = 1 / (2 * (3 * size - 2) * max(1.0, float(np.linalg.norm(target)) ** 2))
    start = [np.eye(d)[None]] * size
    descent = gradient_descent(start, np.eye(d), target, rate, steps=5000, tolerance=1e-10)
    weights = [np.asarray(W)[0] for W in descent.weights]
    trained = Trained(f"descent {run}, depth {size}", weights, np.eye(d), target)
    predicted = 2 * size * float(np.linalg.norm(target, 2)) ** (2 - 2 / size)
    reached = float(sharpness_at_minimizer(trained.net, np.eye(d)))
    return trained.solution(Measurement("sharpness of the limit", predicted, reached, 1e-8))


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


THEOREM = Theorem(
    id="M4",
    title="Balanced minimizers of whitened data are flattest; residual networks reach them",
    statement=(
        r"\Sigma = I,\; W_L\cdots W_1 = T,\; W_{k+1}^TW_{k+1} = W_kW_k^T \;(1\le k<L) "
        r"\;\Longrightarrow\; S(W) = 2L\,|T|_2^{2-2/L}, \quad "
        r"\operatorname{sv}(W_k) = \{s_i^{1/L}\}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; gradient flow W' = -∇R; |T|_2 spectral",
    source=Source("mulayoff2020unique", "balanced minima, residual networks (reconstructed)"),
    claims=_claims,
    controls=_controls,
    formulas=(whitened_bound,),
    derivations={
        "M4.balanced": derive_balanced,
        "M4.shared": derive_shared,
        "M4.equal_layers": derive_equal_layers,
        "M4.limit": derive_limit,
        "M4.trapped": derive_trapped,
    },
    witnesses=(
        Witness(
            "M4.witness.balanced",
            "M4.balanced",
            "diag(2, 1) twice: S = 16",
            lambda: Instance.of_minimizer([_diagonal(2, 1)] * 2, _diagonal(1, 1)),
        ),
        Witness(
            "M4.witness.trapped",
            "M4.trapped",
            "T = diag(-1, -2, 3/2), L = 2: two negative eigenvalues, det T > 0, loss above 5",
            _trapped_descent,
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "M4.balanced",
            "zero weights, target 1, depth 2: S = 2 < 4",
            lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]]),
        ),
        Necessity(
            whitened,
            "M4.balanced",
            "diag(2, 1) twice, Σ = diag(1, 9): S = 90",
            _skewed,
        ),
        Necessity(
            balanced,
            "M4.balanced",
            "W = (2, 1/2): S = 17/2 > 4",
            lambda: Instance.of_minimizer([[[2]], [[_HALF]]], [[1]]),
        ),
        Necessity(
            small_step,
            "M4.trapped",
            "L = 3, T = -1, η = 1/2: one step reaches the minimizer, loss 0 < 1",
            lambda: ResidualInstance.after(3, [[-1]], [-1], _HALF, 1),
        ),
    ),
    trainings=(
        Training(
            "M4.trained",
            "gradient flow and descent of linear residual networks from zero",
            _train,
        ),
    ),
    uses=("F1", "F4", "M1"),
    module=__name__,
    tags=("flat minima", "balanced", "residual networks"),
)
