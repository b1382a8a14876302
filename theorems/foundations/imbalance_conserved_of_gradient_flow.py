r"""Gradient flow conserves the imbalance of neighbouring layers.

Statement
    Let D_k = W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ.  Along dW_k/dt = -∇_{W_k} R, dD_k/dt = 0 for every k.
    A step of gradient descent with step size η moves it by exactly

        D_k⁺ - D_k = η² (∇_{k+1}ᵀ ∇_{k+1} - ∇_k ∇_kᵀ).

Notation
    ∇_k = ∇_{W_k} R; D_k (``net.imbalances``).

Assumptions
    None: any weights, any Σ, any C.

Proof
    W_{k+1}ᵀ ∇_{k+1} = 2 A_kᵀ E B_{k+1}ᵀ = ∇_k W_kᵀ, since A_{k+1}W_{k+1} = A_k, W_kB_k = B_{k+1}.
    So the terms of first order in dD_k/dt = -(∇_{k+1}ᵀW_{k+1} + W_{k+1}ᵀ∇_{k+1}) +
    (∇_kW_kᵀ + W_k∇_kᵀ) cancel, and those of second order are what remains of a finite step.

Main results
    F4.flow     the first-order terms cancel, on arbitrary weights
    F4.descent  the exact change under one step of gradient descent

Evidence
    Symbolic in noncommuting symbols for all depths, widths and positions.  Integrated flows keep
    D_k to their tolerance.

Sharpness
    Under gradient descent D_k does move (control).

Implementation notes
    Gradients come from dual numbers, not from the formula used in the proof.  The step size of the
    exact claim is 1/8.

References
----------
    arora2018optimization

Tags
    gradient flow, balancedness, conservation
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from theorems.words import matrix, symmetric, transpose
from verify.claims import Bounds, quantity
from verify.legacy import Claim, Formula, Identity, Step, Theorem, Training, Witness
from verify.theorem import Control, Measurement, Source, TrainedSolution

__all__ = ["THEOREM"]

_STEP = Fraction(1, 8)

# --- what flow and descent do to the imbalances ---------------------------------------------------


def _jets(instance: Instance) -> tuple[Any, ...]:
    return gradient_by_jets(instance.net, instance.sigma, instance.cross)


def _total(instance: Instance, matrices: list[Any]) -> Any:
    norms = [instance.arithmetic.frobenius_sq(M) for M in matrices]
    return sum(norms[1:], start=norms[0])


def _after_step(instance: Instance) -> LinearNetwork:
    ar = instance.arithmetic
    step = ar.scalar(-_STEP)
    return instance.net.shifted([ar.scale(step, g) for g in _jets(instance)])


@quantity("flow_drift", r"\textstyle\sum_k|\dot D_k|_F^2", positive=False)
def flow_drift(instance: Instance) -> Any:
    """Σ_k |dD_k/dt|_F² under gradient flow, from gradients by dual numbers."""
    g, W = _jets(instance), instance.weights
    rates = [
        W[k] @ g[k].mT + g[k] @ W[k].mT - W[k + 1].mT @ g[k + 1] - g[k + 1].mT @ W[k + 1]
        for k in range(instance.net.depth - 1)
    ]
    scale = 1 + _total(instance, list(g)) * _total(instance, list(W))
    return _total(instance, rates) / scale


@quantity("descent_change", r"\textstyle\sum_k\operatorname{tr}(D_k^+-D_k)", positive=False)
def descent_change(instance: Instance) -> Any:
    """Σ_k tr(D_k⁺ - D_k) over one step of gradient descent of size 1/8."""
    trace, moved = instance.arithmetic.trace, _after_step(instance)
    pairs = zip(moved.imbalances, instance.net.imbalances, strict=True)
    terms = [trace(after - before) for after, before in pairs]
    return sum(terms[1:], start=terms[0])


@quantity("descent_gap", r"\textstyle\sum_k|D_k^+-D_k-\eta^2 G_k|_F^2", positive=False)
def descent_gap(instance: Instance) -> Any:
    """Σ_k |D_k⁺ - D_k - η²(∇_{k+1}ᵀ∇_{k+1} - ∇_k∇_kᵀ)|_F², relative, η = 1/8."""
    ar, g, moved = instance.arithmetic, _jets(instance), _after_step(instance)
    gaps = [
        moved.imbalances[k]
        - instance.net.imbalances[k]
        - ar.scale(ar.scalar(_STEP**2), g[k + 1].mT @ g[k + 1] - g[k] @ g[k].mT)
        for k in range(instance.net.depth - 1)
    ]
    size = 1 + _total(instance, list(moved.weights))
    return _total(instance, gaps) / (size * size)


@quantity("gradient_imbalance", r"\textstyle\sum_k\operatorname{tr}G_k", positive=False)
def gradient_imbalance(instance: Instance) -> Any:
    """Σ_k tr(∇_{k+1}ᵀ∇_{k+1} - ∇_k∇_kᵀ) = |∇_L|_F² - |∇_1|_F²."""
    ar, g = instance.arithmetic, _jets(instance)
    return ar.frobenius_sq(g[-1]) - ar.frobenius_sq(g[0])


# --- derivation ---------------------------------------------------------------------------------


def derive(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield W_{k+1}ᵀ∇_{k+1} = ∇_kW_kᵀ for neighbouring layers in any position."""
    A, after, before, B = map(matrix, ("A", "W2", "W1", "B"))
    E = matrix("E")
    upper = 2 * transpose(A) * E * transpose(before * B)
    lower = 2 * transpose(A * after) * E * transpose(B)
    yield Identity(
        "neighbouring gradients",
        r"W_{k+1}^T\nabla_{k+1} = \nabla_k W_k^T",
        "all depths, widths and layers",
        "products of noncommuting symbols",
        transpose(after) * upper,
        lower * transpose(before),
    )


def derive_descent(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the change of D_k over a step, given that the mixed terms cancel."""
    yield from derive(formulas)
    after, before, g2, g1 = map(matrix, ("W2", "W1", "G2", "G1"))
    mixed, eta = symmetric("N"), sp.Symbol("eta", positive=True)

    def imbalance(W2: Any, W1: Any) -> Any:
        return sp.expand(transpose(W2) * W2 - W1 * transpose(W1))

    change = imbalance(after - eta * g2, before - eta * g1) - imbalance(after, before)
    # N stands for W_{k+1}ᵀ∇_{k+1} + ∇_{k+1}ᵀW_{k+1} = ∇_kW_kᵀ + W_k∇_kᵀ, by the step above
    above = transpose(after) * g2 + transpose(g2) * after
    below = g1 * transpose(before) + before * transpose(g1)
    yield Identity(
        "one step",
        r"D_k^+-D_k = \eta^2(\nabla_{k+1}^T\nabla_{k+1}-\nabla_k\nabla_k^T)",
        "all depths, widths and layers",
        "products of noncommuting symbols",
        sp.expand(change + eta * (above - mixed) - eta * (below - mixed)),
        sp.expand(eta**2 * (transpose(g2) * g2 - g1 * transpose(g1))),
    )


# --- claims and controls ------------------------------------------------------------------------

drift, gap, change, difference = symbols(
    flow_drift, descent_gap, descent_change, gradient_imbalance
)
step_change = Formula(
    "step_change",
    r"\eta^2(|\nabla_L|_F^2-|\nabla_1|_F^2)",
    sp.Rational(_STEP.numerator, _STEP.denominator) ** 2 * difference,
)
_SMALL = Bounds(depth=(2, 4), width=(1, 3))


def _claim(claim_id: str, title: str, relation: Any) -> Claim:
    return Claim(claim_id, title, any_weights, relation, (), (step_change,), _SMALL)


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Integrate the flow from unbalanced starts; D_k stays where it was.

    The claim is decided half way, at the exact dyadic weights the integrator passed through: there
    the gradients are far from zero.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        depth = 2 + run % 2
        target = np.eye(2) + 0.3 * rng.standard_normal((2, 2))
        start = [np.eye(2) + 0.3 * rng.standard_normal((2, 2)) for _ in range(depth)]
        flow = gradient_flow(start, np.eye(2), target)
        if flow.status != "converged":
            continue
        # the integrator controls the error of each step to rtol = 1e-11; several hundred steps
        drift = Measurement("drift of the imbalances", 0.0, flow.drift, 1e-8)
        moved = sum(
            float(np.linalg.norm(W - W_0)) for W, W_0 in zip(flow.weights, start, strict=True)
        )
        # a start at rest would keep its imbalances trivially
        travelled = Measurement("0.1 against distance travelled", moved, 0.1, 0.0, "<=")
        passed = [dyadic(layer[len(flow.times) // 4]) for layer in flow.path]
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
    claims=(
        _claim("F4.flow", "the imbalances stand still under gradient flow", sp.Eq(drift, 0)),
        _claim("F4.descent", "the exact change under gradient descent", sp.Eq(gap, 0)),
        _claim(
            "F4.trace",
            "the traces of these changes add up to the last and the first gradient",
            sp.Eq(change - step_change.symbol, 0),
        ),
    ),
    controls=(
        Control(
            _claim(
                "F4.control.finite_step",
                "gradient descent with a finite step conserves it too",
                sp.Eq(change, 0),
            )
        ),
    ),
    witnesses=(
        Witness(
            "F4.witness.unbalanced",
            "F4.flow",
            "unbalanced, not a minimizer",
            lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[1, 0]]),
        ),
    ),
    formulas=(step_change,),
    derivations={"F4.flow": derive, "F4.descent": derive_descent},
    trainings=(
        Training("F4.trained", "gradient flow from unbalanced layers", _train, ("F4.flow",)),
    ),
    module=__name__,
    tags=("gradient flow", "balancedness", "conservation"),
)
