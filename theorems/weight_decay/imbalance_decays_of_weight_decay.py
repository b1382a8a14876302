r"""With weight decay the layers of a linear network balance, whatever is fitted.

Statement
    Let $f = ℓ(P) + γ Σ_k |W_k|_F²$ with $P = W_L ⋯ W_1$ and any differentiable $ℓ$; let
    $D_k = W_{k+1}ᵀW_{k+1} - W_kW_kᵀ$, $G_k$ the gradient of $ℓ(P)$ in $W_k$ and
    $∇_k = G_k + 2γW_k$ that of $f$.  At any weights

        W_{k+1}ᵀ∇_{k+1} - ∇_kW_kᵀ = 2γD_k.                                      [neighbours]

    So along $dW_k/dt = -∇_k$ the imbalances decay, $dD_k/dt = -4γD_k$ [flow], their traces add up
    to a number that decays at the rate $4γ$ [rate], and a step of gradient descent with any step
    size $η > 0$ moves them by exactly

        D_k⁺ = (1 - 2ηγ)² D_k + η² (G_{k+1}ᵀG_{k+1} - G_kG_kᵀ).                    [descent]

    At any weights

        2γ max_k |D_k|_F ≤ max_k (|W_{k+1}|_F|∇_{k+1}|_F + |W_k|_F|∇_k|_F).              [nearly]

    Hence at a stationary point, if $γ > 0$, every $D_k = 0$ [balanced], and the layers have the
    least energy of all factors of $P$, with singular values $s_i(P)$,

        Σ_k |W_k|_F² = L Σ_i s_i(P)^{2/L}.                                         [energy]

Notation
    $N = ∂ℓ/∂P$ is all that these derivatives know of $ℓ$: any matrix (``slope``).  $γ$ is
    ``decay``, $η$ a part of the instance; $Σ_k |W_k|_F²$ is ``weights_sq``, $Σ_i s_i(P)^{2/L}$ is
    ``schatten``.

Assumptions
    at_rest   $∇_k = 0$ for all $k$: gives $D_k = 0$.  Without it, layers 1 and 2.
    decaying  $γ > 0$.  Without it, $N = 0$ and any weights are stationary.

Proof
    By the chain rule $G_k = A_kᵀNB_kᵀ$, where $A_{k+1}W_{k+1} = A_k$ and $W_kB_k = B_{k+1}$, so

        W_{k+1}ᵀG_{k+1} = W_{k+1}ᵀA_{k+1}ᵀNB_{k+1}ᵀ = A_kᵀNB_kᵀW_kᵀ = G_kW_kᵀ.

    What decay adds is $2γ(W_{k+1}ᵀW_{k+1} - W_kW_kᵀ) = 2γD_k$.   [neighbours]
    Its two sides and their transposes are $-dD_k/dt = 2 · 2γD_k$.   [flow, rate]
    A step is $W_k⁺ = (1 - 2ηγ)W_k - ηG_k$; the mixed terms of $D_k⁺$ cancel, for neighbours have
    $W_{k+1}ᵀG_{k+1} = G_kW_kᵀ$.   [descent]
    Norms in N3.neighbours: $|AB|_F ≤ |A|_F|B|_F$.   [nearly]
    At a stationary point the right side is 0.  [balanced]  The energy is then U9's.   [energy]

Sharpness
    Identities; the rate $2γ$ and conservation are refuted, and so is N3.neighbours with noise on
    the neurons, where it holds on the diagonal only (Z1).

Implementation notes
    $ℓ$ enters as its derivative $N$ at $P$, any matrix: linear, square, logistic and other losses
    differ in $N$ alone.  $G_k$ is measured by tangents of $tr(NᵀP)$, not by the chain rule.
    Trained are weights under the loss $Σ log cosh(P - T)$.

References
----------
    kobayashi2024weight (abstract only read, two layers: local minima have the nuclear norm, at a
    rate that is exponential; re-derived here at every depth); dai2021representation
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.loss import gradient_by_jets
from numeric.networks import LinearNetwork
from numeric.regularised import regularised_gradient
from numeric.training import dyadic
from theorems.assumptions import vanishes
from theorems.instances import ExactInstance, Rows
from theorems.quantities import compared, depth, symbols, weights_sq
from theorems.recipes import Draw, diagonal, setting
from theorems.unified import weight_energy_ge_schatten as U9
from theorems.weight_decay.layer_penalties_eq_of_stationary import noisy_maps
from theorems.weight_decay.networks import NoisyInstance
from theorems.words import matrix, transpose
from verify.derivation import rules
from verify.theorem import (
    Assumption,
    Bounds,
    Claim,
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

__all__ = ["THEOREM", "DecayedInstance"]

# --- networks with a loss of P and weight decay ---------------------------------------------------


@dataclass(frozen=True, eq=False)
class DecayedInstance(ExactInstance):
    """A network, the derivative N of any loss of P at P, a decay γ and a step size η.

    Parameters
    ----------
    weights
        W_1, ..., W_L.
    slope
        N = ∂ℓ/∂P, of the shape (d_y, d_x) of P.
    decay, step
        γ >= 0 and η > 0, scalars.
    """

    weights: tuple[Any, ...]
    slope: Any
    decay: Any
    step: Any

    @classmethod
    def exact(cls, weights: list[Rows], slope: Rows, decay: Any, step: Any) -> DecayedInstance:
        """Return the exact instance with these rational entries."""
        ar = Rational()
        layers = tuple(ar.matrix(W) for W in weights)
        return cls(ar, layers, ar.matrix(slope), ar.scalar(decay), ar.scalar(step))

    @cached_property
    def net(self) -> LinearNetwork:
        """Return the network with its cached products."""
        return LinearNetwork(self.arithmetic, self.weights)

    @cached_property
    def data_slopes(self) -> tuple[Any, ...]:
        """Return the G_k, by tangents of tr(NᵀP)."""
        ar, d = self.arithmetic, self.weights[0].shape[-1]
        zero = ar.scale(ar.scalar(0), ar.identity(d))
        half = ar.scale(ar.scalar(Fraction(-1, 2)), self.slope)
        return gradient_by_jets(self.net, zero, half)

    @cached_property
    def slopes(self) -> list[Any]:
        """Return the ∇_k = G_k + 2γW_k."""
        ar, pairs = self.arithmetic, zip(self.data_slopes, self.weights, strict=True)
        return [G + ar.scale(2 * self.decay, W) for G, W in pairs]


@setting(
    "decayed-weights", "any weights, any derivative N of a loss, decay 1/8 <= γ, step 1/8 <= η"
)
def decayed_weights(draw: Draw) -> DecayedInstance:
    """Arbitrary weights under an arbitrary loss of their product."""
    shape = draw.shape()
    layers, slope = draw.layers(shape), draw.matrix(shape[-1], shape[0])
    decay, step = (draw.number(1, 3) / 8 for _ in range(2))
    return DecayedInstance(draw.arithmetic, tuple(layers), slope, decay, step)


@quantity("decay", r"\gamma")
def decay(instance: DecayedInstance) -> Any:
    """Weight decay γ of all layers."""
    return instance.decay


# --- quantities -----------------------------------------------------------------------------------


@compared(
    "neighbours_gap", r"\textstyle\sum_k|W_{k+1}^T\nabla_{k+1}-\nabla_kW_k^T-2\gamma D_k|_F^2",
    r"W_{k+1}^T\nabla_{k+1}-\nabla_kW_k^T = 2\gamma D_k\quad(1\le k<L)",
)  # fmt: skip
def neighbours_gap(instance: DecayedInstance) -> tuple[list[Any], list[Any]]:
    """W_{k+1}ᵀ∇_{k+1} - ∇_kW_kᵀ against 2γD_k."""
    ar = instance.arithmetic
    return _pairings(instance.weights, instance.slopes), [
        ar.scale(2 * instance.decay, D) for D in instance.net.imbalances
    ]


def _pairings(weights: Any, slopes: Any) -> list[Any]:
    """W_{k+1}ᵀ∇_{k+1} - ∇_kW_kᵀ for every k."""
    pairs = itertools.pairwise(zip(weights, slopes, strict=True))
    return [W.mT @ H - G @ V.mT for (V, G), (W, H) in pairs]


def _drifts(instance: DecayedInstance) -> list[Any]:
    """dD_k/dt along dW_k/dt = -∇_k."""
    return [-X - X.mT for X in _pairings(instance.weights, instance.slopes)]


@compared(
    "decay_flow_gap", r"\textstyle\sum_k|\dot D_k+4\gamma D_k|_F^2",
    r"\tfrac{d}{dt}\bigl(W_{k+1}^TW_{k+1}-W_kW_k^T\bigr) = -4\gamma D_k\quad(1\le k<L)",
)  # fmt: skip
def decay_flow_gap(instance: DecayedInstance) -> tuple[list[Any], list[Any]]:
    """dD_k/dt along gradient flow against -4γD_k."""
    ar = instance.arithmetic
    return _drifts(instance), [ar.scale(-4 * instance.decay, D) for D in instance.net.imbalances]


@compared(
    "decay_step_gap", r"\textstyle\sum_k|D_k^+-(1-2\eta\gamma)^2D_k-\eta^2\Gamma_k|_F^2",
    r"D_k^+ = (1-2\eta\gamma)^2D_k + \eta^2\bigl(G_{k+1}^TG_{k+1}-G_kG_k^T\bigr)\quad(1\le k<L)",
)  # fmt: skip
def decay_step_gap(instance: DecayedInstance) -> tuple[list[Any], list[Any]]:
    """D_k after a step of descent against (1-2ηγ)²D_k + η²(G_{k+1}ᵀG_{k+1} - G_kG_kᵀ)."""
    ar, eta, net = instance.arithmetic, instance.step, instance.net
    after = net.shifted([ar.scale(-eta, G) for G in instance.slopes]).imbalances
    kept = ar.scalar(1) - 2 * eta * instance.decay
    pushed = [H.mT @ H - G @ G.mT for G, H in itertools.pairwise(instance.data_slopes)]
    pairs = zip(net.imbalances, pushed, strict=True)
    return list(after), [ar.scale(kept * kept, D) + ar.scale(eta * eta, X) for D, X in pairs]


@compared("imbalance_gap", r"\textstyle\sum_k|D_k|_F^2", r"D_k = 0\quad(1\le k<L)")
def imbalance_gap(instance: DecayedInstance) -> tuple[list[Any], list[Any]]:
    """W_{k+1}ᵀW_{k+1} against W_kW_kᵀ."""
    W = instance.weights
    return [V.mT @ V for V in W[1:]], [V @ V.mT for V in W[:-1]]


@quantity("drift_trace", r"\textstyle\sum_k\operatorname{tr}\dot D_k", positive=False)
def drift_trace(instance: DecayedInstance) -> Any:
    """Σ_k tr dD_k/dt along gradient flow."""
    return _traces(instance, _drifts(instance))


@quantity("imbalance_trace", r"\textstyle\sum_k\operatorname{tr}D_k", positive=False)
def imbalance_trace(instance: DecayedInstance) -> Any:
    """Σ_k tr D_k."""
    return _traces(instance, instance.net.imbalances)


def _traces(instance: DecayedInstance, matrices: Any) -> Any:
    terms = [instance.arithmetic.trace(D) for D in matrices]
    return sum(terms[1:], start=terms[0])


def _norms(instance: DecayedInstance, matrices: Any) -> list[Any]:
    """Frobenius norms."""
    ar = instance.arithmetic
    return [ar.sqrt(ar.frobenius_sq(M)) for M in matrices]


@quantity("imbalance_norm", r"\max_k|D_k|_F")
def imbalance_norm(instance: DecayedInstance) -> Any:
    """Largest Frobenius norm of an imbalance."""
    return instance.arithmetic.maximum(*_norms(instance, instance.net.imbalances))


@quantity("decayed_pull", r"\max_k(|W_{k+1}|_F|\nabla_{k+1}|_F+|W_k|_F|\nabla_k|_F)")
def decayed_pull(instance: DecayedInstance) -> Any:
    """Largest |W_{k+1}|_F |∇_{k+1}|_F + |W_k|_F |∇_k|_F, k = 1..L-1."""
    sizes, slopes = (_norms(instance, x) for x in (instance.weights, instance.slopes))
    pulls = [w * g for w, g in zip(sizes, slopes, strict=True)]
    return instance.arithmetic.maximum(*(x + y for x, y in itertools.pairwise(pulls)))


@compared(
    "noisy_neighbours_gap", r"\delta(W_{k+1}^T\nabla_{k+1}-\nabla_kW_k^T)",
    r"W_{k+1}^T\nabla_{k+1}-\nabla_kW_k^T = 2(\gamma_{k+1}W_{k+1}^TW_{k+1}-\gamma_kW_kW_k^T)",
)  # fmt: skip
def noisy_neighbours_gap(instance: NoisyInstance) -> tuple[list[Any], list[Any]]:
    """The same for the loss averaged over neuron noise, with a decay for each layer."""
    ar, W = instance.arithmetic, instance.weights
    slopes = regularised_gradient(instance.net, *instance.data)
    pulled = [ar.scale(2 * g, V) for g, V in zip(instance.decays, W, strict=True)]
    return _pairings(W, slopes), _pairings(W, pulled)


wrong, flowing, stepping, unbalanced, drift, traces, worst, pull, energy, L, cost = symbols(
    neighbours_gap, decay_flow_gap, decay_step_gap, imbalance_gap, drift_trace, imbalance_trace,
    imbalance_norm, decayed_pull, weights_sq, depth, U9.schatten,
)  # fmt: skip
gamma, noisy = symbols(decay, noisy_neighbours_gap)
rate_of_decay = Formula("rate_of_decay", r"-4\gamma\textstyle\sum_k\operatorname{tr}D_k",
                        -4 * gamma * traces)  # fmt: skip
least_energy = Formula("least_energy", r"L\textstyle\sum_i s_i(P)^{2/L}", L * cost)


def _is_at_rest(instance: DecayedInstance) -> Any:
    return vanishes(instance, *instance.slopes)


at_rest = Assumption("at_rest", _is_at_rest, r"\nabla f = 0")
decaying = Assumption("decaying", sp.Gt(gamma, 0, evaluate=False))


@setting("first-layer-zero", "L = 2, W_1 = 0, W_2 = u vᵀ, any N, any γ and η")
def first_layer_zero(draw: Draw) -> DecayedInstance:
    """Where the imbalance is as large as the gradient allows."""
    ar, (n, d, m) = draw.arithmetic, draw.widths(3)
    first = ar.scale(ar.scalar(0), draw.matrix(d, n))
    second = draw.matrix(m, 1) @ draw.matrix(1, d)
    decay, step = (draw.number(1, 3) / 8 for _ in range(2))
    return DecayedInstance(ar, (first, second), draw.matrix(m, n), decay, step)


@setting(
    "decayed-stationary-points",
    "W_k = Q_k diag(s) Q_{k-1}ᵀ, N = -2γ Q_L diag(s^{2-L}) Q_0ᵀ, and anything beyond the rank",
    ensures=[at_rest, decaying],
)
def decayed_stationary_points(draw: Draw) -> DecayedInstance:
    """Stationary points for a loss whose derivative is fitted; of any rank."""
    ar, shape = draw.arithmetic, draw.shape()
    rank, turns = draw.integer(1, min(shape)), draw.rotations(shape)
    gains, decay = draw.numbers(rank, 1, 3), draw.number(1, 3) / 8
    pull = [-2 * decay * ar.power(s, Fraction(3 - len(shape))) for s in gains]
    pull += draw.numbers(min(shape[0], shape[-1]) - rank)
    layers = [
        Q @ diagonal(ar, gains, Q.shape[-1], R.shape[-1]) @ R.mT
        for R, Q in itertools.pairwise(turns)
    ]
    slope = turns[-1] @ diagonal(ar, pull, shape[-1], shape[0]) @ turns[0].mT
    return DecayedInstance(ar, tuple(layers), slope, decay, draw.number(1, 3) / 8)


# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 4), (1, 3))
_SIZES = ((2, 2, 2, 2), (2, 3, 1, 2), (3, 1, 2, 1, 2), (3, 2, 1, 2, 1), (4, 1, 1, 2, 1, 1))


def _neighbours() -> Step:
    """W_{k+1}ᵀG_{k+1} = G_kW_kᵀ for neighbouring layers in any position, and any N."""
    A, W2, W1, B, N = map(matrix, ("A_{k+1}", "W_{k+1}", "W_k", "B_k", "N"))
    upper = transpose(A) * N * transpose(W1 * B)
    lower = transpose(A * W2) * N * transpose(B)
    why = "$W_{k+1}ᵀG_{k+1} = G_kW_kᵀ$, as $G_k = A_kᵀNB_kᵀ$"
    return Identity("neighbouring gradients", transpose(W2) * upper, lower * transpose(W1), why=why)


@claim(decayed_weights, sp.Eq(wrong, 0), bounds=_SMALL, sizes=_SIZES, formal=True)
def neighbours() -> Iterator[Step]:
    """Gradients of neighbouring layers differ by their imbalance."""
    yield _neighbours()


@claim(decayed_weights, sp.Eq(flowing, 0), bounds=_SMALL, sizes=_SIZES, formal=True)
def flow() -> Iterator[Step]:
    """Imbalances decay along gradient flow."""
    yield _neighbours()


rate = stated(
    "rate", "and so do their traces",
    decayed_weights, sp.Eq(drift, rate_of_decay), bounds=_SMALL, sizes=_SIZES, formal=True,
)  # fmt: skip


@claim(decayed_weights, sp.Eq(stepping, 0), bounds=_SMALL, sizes=_SIZES, formal=True)
def descent() -> Iterator[Step]:
    """The exact change under gradient descent."""
    yield _neighbours()
    W2, W1, G2, G1 = map(matrix, ("W_{k+1}", "W_k", "G_{k+1}", "G_k"))
    eta = sp.Symbol("eta", positive=True)
    c = 1 - 2 * eta * gamma

    def imbalance(after: Any, before: Any) -> Any:
        return transpose(after) * after - before * transpose(before)

    above = transpose(W2) * G2 + transpose(G2) * W2
    below = G1 * transpose(W1) + W1 * transpose(G1)
    yield Identity(
        "one step", imbalance(c * W2 - eta * G2, c * W1 - eta * G1),
        c**2 * imbalance(W2, W1) + eta**2 * imbalance(G2, G1) + eta * c * (below - above),
        why="the mixed terms cancel between neighbours",
    )  # fmt: skip


nearly = stated(
    "nearly", "nearly stationary layers are nearly balanced",
    decayed_weights, 2 * gamma * worst <= pull, given=(neighbours,), bounds=_SMALL, formal=True,
)  # fmt: skip
nearly_attained = stated(
    "nearly_attained", "and the bound is met where a layer is zero",
    first_layer_zero, sp.Eq(2 * gamma * worst, pull), bounds=_SMALL, check=True,
)  # fmt: skip
balanced = stated(
    "balanced", "stationary layers are balanced",
    decayed_stationary_points, sp.Eq(unbalanced, 0), at_rest, decaying, given=(nearly,),
    bounds=_SMALL, sizes=((2, 2, 1, 2, 1), (2, 2, 2, 2, 2), (3, 1, 2, 1, 2, 1)), formal=True,
)  # fmt: skip


@claim(
    decayed_stationary_points, sp.Eq(energy, least_energy), at_rest, decaying,
    given=(balanced, U9.balanced), bounds=Bounds((2, 4), (1, 2)), name="energy", formal=True,
)  # fmt: skip
def energy_of_layers(balanced: Claim, least_energy: Any) -> Iterator[Step]:
    """Stationary layers have the least energy of all factors of their product."""
    yield rules.rewritten(rules.given(U9.balanced), energy, least_energy)


# --- training -----------------------------------------------------------------------------------

_DECAY, _STEP, _BEGINNING, _STEPS = 0.0625, 0.0625, 40, 3000


def _slopes(weights: list[Any], target: Any) -> tuple[Any, list[Any]]:
    """N = tanh(P - T), the derivative of Σ log cosh(P - T), and the G_k."""
    before, after = [np.eye(weights[0].shape[1])], [np.eye(weights[-1].shape[0])]
    for V, W in zip(weights[:-1], weights[:0:-1], strict=True):
        before, after = [*before, V @ before[-1]], [after[0] @ W, *after]
    N = np.tanh(weights[-1] @ before[-1] - target)
    return N, [A.T @ N @ B.T for A, B in zip(after, before, strict=True)]


def _imbalances(weights: list[Any]) -> list[Any]:
    return [W.T @ W - V @ V.T for V, W in itertools.pairwise(weights)]


def _size(matrices: list[Any]) -> float:
    return float(np.sqrt(sum(np.sum(M * M) for M in matrices)))


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent on Σ log cosh(P - T) + γ Σ |W_k|², from unbalanced layers.

    The imbalances are those that N3.descent predicts from the start and the gradients on the way,
    to rounding: a few operations on numbers below 10 in each of some tens of steps.  Where it ends
    they are within N3.nearly's bound, whose claim is decided there, at dyadic weights.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        L = 2 + run % 2
        target = 2 * np.eye(2) + 0.3 * rng.standard_normal((2, 2))
        weights = [np.eye(2) + 0.3 * rng.standard_normal((2, 2)) for _ in range(L)]
        start, predicted = _imbalances(weights), _imbalances(weights)
        kept = (1 - 2 * _STEP * _DECAY) ** 2
        for n in range(_STEPS):
            N, slopes = _slopes(weights, target)
            if n < _BEGINNING:
                pairs = zip(predicted, _imbalances(slopes), strict=True)
                predicted = [kept * D + _STEP**2 * X for D, X in pairs]
            full = [G + 2 * _DECAY * W for G, W in zip(slopes, weights, strict=True)]
            weights = [W - _STEP * G for W, G in zip(weights, full, strict=True)]
            if n == _BEGINNING - 1:
                reached = _imbalances(weights)
        gap = _size([x - y for x, y in zip(reached, predicted, strict=True)])
        N, slopes = _slopes(weights, target)
        full = [G + 2 * _DECAY * W for G, W in zip(slopes, weights, strict=True)]
        pulls = [_size([W]) * _size([G]) for W, G in zip(weights, full, strict=True)]
        bound = max(x + y for x, y in itertools.pairwise(pulls)) / (2 * _DECAY)
        layers = [dyadic(W) for W in weights]
        yield TrainedSolution(
            f"run {run}, depth {L}",
            DecayedInstance.exact(layers, dyadic(N), Fraction(_DECAY), Fraction(_STEP)),
            Fraction(0),
            (
                Measurement(f"imbalance after {_BEGINNING} steps", 0.0, gap, 1e-12),
                # a start in balance would keep it trivially
                Measurement("0.1 against imbalance at the start", _size(start), 0.1, 0.0, "<="),
                Measurement("imbalance at the end", bound + 1e-14,
                            max(_size([D]) for D in _imbalances(weights)), 0.0, "<="),
            ),
        )  # fmt: skip


# --- the theorem --------------------------------------------------------------------------------


def _chain(*weights: int, slope: int = 0, decay: int = 1) -> DecayedInstance:
    return DecayedInstance.exact([[[w]] for w in weights], [[slope]], decay, Fraction(1, 8))


THEOREM = Theorem(
    id="N3",
    title="With weight decay the layers balance, whatever is fitted",
    normalisation="$f = ℓ(P) + γ Σ_k |W_k|_F²$, any $ℓ$, no factors 1/2",
    source=Source(
        "kobayashi2024weight",
        "two layers, at local minima and during training; re-derived here, abstract only read",
    ),
    claims=(neighbours, flow, rate, descent, nearly, nearly_attained, balanced, energy_of_layers),
    controls=(
        twin("half_rate", "$dD_k/dt = -2γD_k$",
             decayed_weights, sp.Eq(drift, -2 * gamma * traces), bounds=_SMALL),
        twin("conserved", "imbalances are conserved, as without decay",
             decayed_weights, sp.Eq(drift, 0), bounds=_SMALL),
        twin("with_noise", "the same with noise on the neurons",
             noisy_maps, sp.Eq(noisy, 0), bounds=_SMALL),
    ),
    witnesses=(
        witness("unbalanced", neighbours, "unbalanced layers, any $N$",
                lambda: DecayedInstance.exact(
                    [[[1, 2], [0, 1]], [[1, 1]]], [[1, 3]], Fraction(1, 2), Fraction(1, 4))),
        witness("chain", balanced, "$W_1 = W_2 = W_3 = 2$, $γ = 1$, $N = -1$",
                lambda: _chain(2, 2, 2, slope=-1)),
    ),
    necessity=(
        needed(at_rest, balanced, "layers 1 and 2: $D_1 = 3$", lambda: _chain(1, 2)),
        needed(decaying, balanced, "layers 1 and 2, $γ = 0$, $N = 0$: stationary",
               lambda: _chain(1, 2, decay=0)),
        needed(at_rest, energy_of_layers, "layers 1 and 2: $5 > 4$", lambda: _chain(1, 2)),
        needed(decaying, energy_of_layers, "layers 1 and 2, $γ = 0$, $N = 0$: $5 > 4$",
               lambda: _chain(1, 2, decay=0)),
    ),
    trainings=(
        Training("trained", "descent on $Σ log cosh(P - T)$ with decay", _train, (nearly,)),
    ),
    module=__name__,
)  # fmt: skip
