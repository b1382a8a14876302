r"""Gradient flow conserves the imbalance of neighbouring layers.

Statement
    Let $D_k = W_{k+1}ᵀW_{k+1} - W_kW_kᵀ$.

    Along $dW_k/dt = -∇_{W_k} R$, $dD_k/dt = 0$ for every $k$, at any weights.          [flow]

    A step of gradient descent with any step size $η > 0$ moves it by exactly

        D_k⁺ - D_k = η² (∇_{k+1}ᵀ∇_{k+1} - ∇_k∇_kᵀ),                                     [descent]

    and the traces of these changes add up to $η² (|∇_L|_F² - |∇_1|_F²)$.               [trace]

Notation
    $∇_k = ∇_{W_k} R$; $D_k$ (``net.imbalances``).

Assumptions
    None: any weights, any $Σ$, any $C$.

Proof
    Write $E = PΣ - C$.  By F1, $∇_k = 2A_kᵀEB_kᵀ$; and $A_{k+1}W_{k+1} = A_k$, $W_kB_k = B_{k+1}$.
    Hence neighbours satisfy

        W_{k+1}ᵀ∇_{k+1} = 2A_kᵀEB_{k+1}ᵀ = ∇_kW_kᵀ.

    In a step $W_k - η∇_k$ the term of first order in $η$ of $D_k$ is

        η (∇_kW_kᵀ + W_k∇_kᵀ - W_{k+1}ᵀ∇_{k+1} - ∇_{k+1}ᵀW_{k+1}) = 0,

    which is the statement on the flow; the terms of second order are the change under a finite
    step.  Their traces are $η² (|∇_{k+1}|_F² - |∇_k|_F²)$, and the sum over $k$ telescopes.

Sharpness
    Under gradient descent $D_k$ does move (control).

Implementation notes
    The proof is about words in noncommuting symbols: neighbours in any position, any step size.
    Measured gradients come from tangents, not from the formula used in the proof; the step size is
    a part of the instance.  Integrated flows keep $D_k$ to their tolerance.

References
----------
    arora2018optimization
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.loss import gradient_by_jets
from numeric.training import dyadic, gradient_flow
from theorems.instances import Instance
from theorems.quantities import compared, symbols
from theorems.settings import any_weights
from theorems.stepped import SteppedInstance, after, step_size, stepped_weights
from theorems.words import matrix, transpose
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
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- what flow and descent do to the imbalances -------------------------------------------------


def _jets(instance: Instance) -> tuple[Any, ...]:
    return gradient_by_jets(instance.net, instance.sigma, instance.cross)


def _changes(instance: SteppedInstance) -> list[Any]:
    """D_k⁺ - D_k for every k."""
    pairs = zip(after(instance).net.imbalances, instance.net.imbalances, strict=True)
    return [moved - D for moved, D in pairs]


@compared(
    "flow_drift", r"\textstyle\sum_k|\dot D_k|_F^2",
    r"\tfrac{d}{dt}\bigl(W_{k+1}^TW_{k+1}-W_kW_k^T\bigr) = 0\quad(1\le k<L)",
)  # fmt: skip
def flow_drift(instance: Instance) -> tuple[list[Any], list[Any]]:
    """d/dt W_{k+1}ᵀW_{k+1} against d/dt W_kW_kᵀ under gradient flow, gradients by tangents."""
    g, W = _jets(instance), instance.weights
    above = [-(G.mT @ V) - V.mT @ G for G, V in zip(g[1:], W[1:], strict=True)]
    below = [-(G @ V.mT) - V @ G.mT for G, V in zip(g[:-1], W[:-1], strict=True)]
    return above, below


@compared(
    "descent_gap", r"\textstyle\sum_k|D_k^+-D_k-\eta^2 G_k|_F^2",
    r"D_k^+-D_k = \eta^2\bigl(\nabla_{k+1}^T\nabla_{k+1}-\nabla_k\nabla_k^T\bigr)\quad(1\le k<L)",
)  # fmt: skip
def descent_gap(instance: SteppedInstance) -> tuple[list[Any], list[Any]]:
    """D_k⁺ - D_k against η²(∇_{k+1}ᵀ∇_{k+1} - ∇_k∇_kᵀ)."""
    ar, g = instance.arithmetic, _jets(instance)
    square = instance.step_size * instance.step_size
    exact = [ar.scale(square, H.mT @ H - G @ G.mT) for G, H in itertools.pairwise(g)]
    return _changes(instance), exact


@quantity("descent_change", r"\textstyle\sum_k\operatorname{tr}(D_k^+-D_k)", positive=False)
def descent_change(instance: SteppedInstance) -> Any:
    """Σ_k tr(D_k⁺ - D_k) over one step of gradient descent."""
    terms = [instance.arithmetic.trace(change) for change in _changes(instance)]
    return sum(terms[1:], start=terms[0])


@quantity("gradient_imbalance", r"\textstyle\sum_k\operatorname{tr}G_k", positive=False)
def gradient_imbalance(instance: Instance) -> Any:
    """Σ_k tr(∇_{k+1}ᵀ∇_{k+1} - ∇_k∇_kᵀ) = |∇_L|_F² - |∇_1|_F²."""
    ar, g = instance.arithmetic, _jets(instance)
    return ar.frobenius_sq(g[-1]) - ar.frobenius_sq(g[0])


drift, gap, change, difference, eta = symbols(
    flow_drift, descent_gap, descent_change, gradient_imbalance, step_size
)
step_change = Formula("step_change", r"\eta^2(|\nabla_L|_F^2-|\nabla_1|_F^2)", eta**2 * difference)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 4), (1, 3))
_SIZES = ((2, 2, 2, 2), (2, 3, 1, 2), (3, 1, 2, 1, 2), (3, 2, 1, 2, 1), (4, 1, 1, 2, 1, 1))


@claim(any_weights, sp.Eq(drift, 0), bounds=_SMALL, sizes=_SIZES, formal=True)
def flow() -> Iterator[Step]:
    """The imbalances stand still under gradient flow."""
    yield _neighbours()


@claim(stepped_weights, sp.Eq(gap, 0), bounds=_SMALL, sizes=_SIZES, formal=True)
def descent() -> Iterator[Step]:
    """The exact change under gradient descent."""
    yield _neighbours()
    W2, W1, G2, G1 = map(matrix, ("W_{k+1}", "W_k", r"\nabla_{k+1}", r"\nabla_k"))

    def imbalance(after: Any, before: Any) -> Any:
        return transpose(after) * after - before * transpose(before)

    above = transpose(W2) * G2 + transpose(G2) * W2
    below = G1 * transpose(W1) + W1 * transpose(G1)
    yield Identity(
        "one step", imbalance(W2 - eta * G2, W1 - eta * G1) - imbalance(W2, W1),
        eta * (below - above) + eta**2 * imbalance(G2, G1),
        why="the terms of first order cancel between neighbours",
    )  # fmt: skip


def _neighbours() -> Step:
    """W_{k+1}ᵀ∇_{k+1} = ∇_kW_kᵀ for neighbouring layers in any position."""
    A, W2, W1, B, E = map(matrix, ("A_{k+1}", "W_{k+1}", "W_k", "B_k", "E"))
    upper = 2 * transpose(A) * E * transpose(W1 * B)
    lower = 2 * transpose(A * W2) * E * transpose(B)
    why = "$W_{k+1}ᵀ∇_{k+1} = ∇_kW_kᵀ$, as $∇_k = 2A_kᵀEB_kᵀ$"
    return Identity("neighbouring gradients", transpose(W2) * upper, lower * transpose(W1), why=why)


traces = stated(
    "trace", "the traces of these changes add up to the last and the first gradient",
    stepped_weights, sp.Eq(change, step_change), bounds=_SMALL, sizes=_SIZES, formal=True,
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Integrate the flow from unbalanced starts; D_k stays where it was.

    The claim is decided on the way, at exact dyadic weights the integrator passed through: there
    the gradients are far from zero.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        depth = 2 + run % 2
        target = np.eye(2) + 0.3 * rng.standard_normal((2, 2))
        start = [np.eye(2) + 0.3 * rng.standard_normal((2, 2)) for _ in range(depth)]
        solved = gradient_flow(start, np.eye(2), target)
        if solved.status != "converged":
            continue
        # the integrator controls the error of each step to rtol = 1e-11; several hundred steps
        drift = Measurement("drift of the imbalances", 0.0, solved.drift, 1e-8)
        pairs = zip(solved.weights, start, strict=True)
        moved = sum(float(np.linalg.norm(W - W_0)) for W, W_0 in pairs)
        # a start at rest would keep its imbalances trivially
        travelled = Measurement("0.1 against distance travelled", moved, 0.1, 0.0, "<=")
        passed = [dyadic(layer[len(solved.times) // 4]) for layer in solved.path]
        instance = Instance.exact(passed, [[1, 0], [0, 1]], dyadic(target))
        label = f"run {run}, depth {depth}, on the way"
        yield TrainedSolution(label, instance, Fraction(0), (drift, travelled))


THEOREM = Theorem(
    id="F4",
    title="Gradient flow conserves the imbalance of neighbouring layers",
    normalisation="$R = E|y - Px|²$, no factor 1/2",
    source=Source("arora2018optimization", "balancedness"),
    claims=(flow, descent, traces),
    controls=(
        twin("finite_step", "gradient descent with a finite step conserves it too",
             stepped_weights, sp.Eq(change, 0), bounds=_SMALL),
    ),
    witnesses=(
        witness("unbalanced", flow, "unbalanced, not a minimizer",
                lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[1, 0]])),
    ),
    trainings=(Training("trained", "gradient flow from unbalanced layers", _train, (flow,)),),
    module=__name__,
)  # fmt: skip
