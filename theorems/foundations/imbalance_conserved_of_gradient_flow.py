r"""Gradient flow conserves the imbalance of neighbouring layers.

Statement
    Let D_k = W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ.  Along dW_k/dt = -∇_{W_k} R, dD_k/dt = 0 for every k.
    A step of gradient descent with step size η moves it by exactly

        D_k⁺ - D_k = η² (∇_{k+1}ᵀ ∇_{k+1} - ∇_k ∇_kᵀ),

    and the traces of these changes add up to η² (|∇_L|_F² - |∇_1|_F²).

Notation
    ∇_k = ∇_{W_k} R; D_k (``net.imbalances``).

Assumptions
    None: any weights, any Σ, any C.

Proof
    W_{k+1}ᵀ ∇_{k+1} = 2 A_kᵀ E B_{k+1}ᵀ = ∇_k W_kᵀ, E = PΣ - C, since A_{k+1}W_{k+1} = A_k and
    W_kB_k = B_{k+1}.  So the terms of first order in dD_k/dt = -(∇_{k+1}ᵀW_{k+1} + W_{k+1}ᵀ∇_{k+1})
    + (∇_kW_kᵀ + W_k∇_kᵀ) cancel, and those of second order are what remains of a finite step.

Sharpness
    Under gradient descent D_k does move (control).

Implementation notes
    The proof is about words in noncommuting symbols: neighbours in any position, any step size.  On
    instances gradients come from tangents, not from the formula used in the proof, and the step
    size is 1/8.  Integrated flows keep D_k to their tolerance.

References
----------
    arora2018optimization
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.loss import gradient_by_jets
from numeric.networks import LinearNetwork
from numeric.training import dyadic, gradient_flow
from theorems.instances import Instance
from theorems.quantities import symbols
from theorems.settings import any_weights
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

_STEP = Fraction(1, 8)

# --- what flow and descent do to the imbalances -------------------------------------------------


def _jets(instance: Instance) -> tuple[Any, ...]:
    return gradient_by_jets(instance.net, instance.sigma, instance.cross)


def _total(instance: Instance, matrices: Iterable[Any]) -> Any:
    """Σ |M|_F²."""
    norms = [instance.arithmetic.frobenius_sq(M) for M in matrices]
    return sum(norms[1:], start=norms[0])


def _step(instance: Instance) -> tuple[LinearNetwork, list[Any]]:
    """The network after a step of gradient descent of size 1/8, and D_k⁺ - D_k for every k."""
    ar = instance.arithmetic
    moved = instance.net.shifted([ar.scale(ar.scalar(-_STEP), g) for g in _jets(instance)])
    pairs = zip(moved.imbalances, instance.net.imbalances, strict=True)
    return moved, [after - before for after, before in pairs]


@quantity("flow_drift", r"\textstyle\sum_k|\dot D_k|_F^2", positive=False)
def flow_drift(instance: Instance) -> Any:
    """Σ_k |dD_k/dt|_F² under gradient flow, from gradients by tangents."""
    g, W = _jets(instance), instance.weights
    rates = [
        W[k] @ g[k].mT + g[k] @ W[k].mT - W[k + 1].mT @ g[k + 1] - g[k + 1].mT @ W[k + 1]
        for k in range(instance.net.depth - 1)
    ]
    return _total(instance, rates) / (1 + _total(instance, g) * _total(instance, W))


@quantity("descent_change", r"\textstyle\sum_k\operatorname{tr}(D_k^+-D_k)", positive=False)
def descent_change(instance: Instance) -> Any:
    """Σ_k tr(D_k⁺ - D_k) over one step of gradient descent of size 1/8."""
    terms = [instance.arithmetic.trace(change) for change in _step(instance)[1]]
    return sum(terms[1:], start=terms[0])


@quantity("descent_gap", r"\textstyle\sum_k|D_k^+-D_k-\eta^2 G_k|_F^2", positive=False)
def descent_gap(instance: Instance) -> Any:
    """Σ_k |D_k⁺ - D_k - η²(∇_{k+1}ᵀ∇_{k+1} - ∇_k∇_kᵀ)|_F², relative, η = 1/8."""
    ar, g, (moved, changes) = instance.arithmetic, _jets(instance), _step(instance)
    square = ar.scalar(_STEP**2)
    gaps = [
        change - ar.scale(square, after.mT @ after - before @ before.mT)
        for change, before, after in zip(changes, g, g[1:], strict=False)
    ]
    size = 1 + _total(instance, moved.weights)
    return _total(instance, gaps) / (size * size)


@quantity("gradient_imbalance", r"\textstyle\sum_k\operatorname{tr}G_k", positive=False)
def gradient_imbalance(instance: Instance) -> Any:
    """Σ_k tr(∇_{k+1}ᵀ∇_{k+1} - ∇_k∇_kᵀ) = |∇_L|_F² - |∇_1|_F²."""
    ar, g = instance.arithmetic, _jets(instance)
    return ar.frobenius_sq(g[-1]) - ar.frobenius_sq(g[0])


drift, gap, change, difference = symbols(
    flow_drift, descent_gap, descent_change, gradient_imbalance
)
step_change = Formula(
    "step_change",
    r"\eta^2(|\nabla_L|_F^2-|\nabla_1|_F^2)",
    sp.Rational(_STEP.numerator, _STEP.denominator) ** 2 * difference,
)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 4), (1, 3))


@claim(any_weights, sp.Eq(drift, 0), bounds=_SMALL)
def flow() -> Iterator[Step]:
    """The imbalances stand still under gradient flow."""
    yield _neighbours()


@claim(any_weights, sp.Eq(gap, 0), bounds=_SMALL)
def descent() -> Iterator[Step]:
    """The exact change under gradient descent."""
    yield _neighbours()
    W2, W1, G2, G1 = map(matrix, ("W_{k+1}", "W_k", r"\nabla_{k+1}", r"\nabla_k"))
    eta = sp.Symbol(r"\eta", positive=True)

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
    why = "W_{k+1}ᵀ∇_{k+1} = ∇_kW_kᵀ, as ∇_k = 2A_kᵀEB_kᵀ"
    return Identity("neighbouring gradients", transpose(W2) * upper, lower * transpose(W1), why=why)


traces = stated(
    "trace", "the traces of these changes add up to the last and the first gradient",
    any_weights, sp.Eq(change - step_change, 0), bounds=_SMALL,
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
    statement=(
        r"\frac{d}{dt}\bigl(W_{k+1}^TW_{k+1}-W_kW_k^T\bigr) = 0, \qquad "
        r"D_k^+-D_k = \eta^2\bigl(\nabla_{k+1}^T\nabla_{k+1}-\nabla_k\nabla_k^T\bigr)"
    ),
    normalisation="R = E|y - Px|², no factor 1/2",
    source=Source("arora2018optimization", "balancedness"),
    claims=(flow, descent, traces),
    controls=(
        twin("finite_step", "gradient descent with a finite step conserves it too",
             any_weights, sp.Eq(change, 0), bounds=_SMALL),
    ),
    witnesses=(
        witness("unbalanced", flow, "unbalanced, not a minimizer",
                lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[1, 0]])),
    ),
    trainings=(Training("trained", "gradient flow from unbalanced layers", _train, (flow,)),),
    module=__name__,
)  # fmt: skip
