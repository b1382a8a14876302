"""Linear residual networks W_k = I + R_k that start from R_k = 0, on whitened data (M1, M3, M4).

For symmetric T all layers stay equal and commute with T, so that each eigenvalue τ of T has a
scalar dynamics of its own, w' = -2 w^{L-1}(w^L - τ) from w(0) = 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.loss import gradient
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import gradient_flow
from theorems.instances import Instance, Rows
from theorems.quantities import depth, loss_at_zero, symbols
from theorems.recipes import Draw, diagonal, setting
from theorems.stepped import step_size
from theorems.training import Trained
from verify.errors import Undefined
from verify.theorem import Assumption, Measurement, quantity

__all__ = [
    "ResidualInstance",
    "after_steps",
    "layer_spread",
    "negative_part",
    "residual_descents",
    "residual_flows",
    "residual_limits",
    "sharpness_of_limit",
    "small_step",
    "untamed_descents",
]


@dataclass(frozen=True, eq=False)
class ResidualInstance(Instance):
    """A network reached from identity layers, with what is known of its target and its steps.

    Parameters
    ----------
    eigenvalues
        Those of the symmetric target T.
    rate
        The step size η of gradient descent; 0 for the limit of the flow.
    """

    eigenvalues: tuple[Any, ...]
    rate: Any

    @property
    def step_size(self) -> Any:
        """Return η, by the name of its quantity."""
        return self.rate


def after_steps(
    size: int, target: Rows, values: list[Any], rate: Any, steps: int
) -> ResidualInstance:
    """Return the exact network of ``size`` layers after steps; ``values`` are T's eigenvalues."""
    ar = Rational()
    base = _descended(ar, size, ar.matrix(target), ar.scalar(rate), steps)
    known = tuple(ar.scalar(x) for x in values)
    return ResidualInstance.beside(base, eigenvalues=known, rate=ar.scalar(rate))


def _descended(ar: Any, size: int, target: Any, rate: Any, steps: int) -> Instance:
    """The network after gradient descent steps from identity layers, Σ = I."""
    eye = ar.identity(target.shape[-1])
    layers = [eye] * size
    for _ in range(steps):
        slopes = gradient(LinearNetwork(ar, tuple(layers)), eye, target)
        layers = [W - ar.scale(rate, slope) for W, slope in zip(layers, slopes, strict=True)]
    return Instance.of(ar, layers, eye, target)


# --- assumption ---------------------------------------------------------------------------------

L, R_0, eta = symbols(depth, loss_at_zero, step_size)
small_step = Assumption("small_step", 2 * (3 * L - 2) * sp.Max(1, R_0) * eta <= 1)

# --- settings -----------------------------------------------------------------------------------


def _symmetric(draw: Draw, values: list[Any]) -> tuple[Any, Any]:
    """(Q diag(values) Qᵀ, Q) with a rational rotation Q."""
    ar, d = draw.arithmetic, len(values)
    _, (Q, _) = draw.rotated([ar.identity(d)])
    return Q @ diagonal(ar, values, d, d) @ Q.mT, Q


@setting(
    "residual-descents",
    "Σ = I, T = Q diag(τ) Qᵀ; up to two steps of gradient descent from identity layers",
)
def residual_descents(draw: Draw) -> ResidualInstance:
    """Residual networks after a few steps, exactly; half of the step sizes are small ones."""
    ar = draw.arithmetic
    size, steps = draw.depth(), draw.integer(0, 2)
    values = draw.numbers(draw.width(), -2, 2)
    target, _ = _symmetric(draw, values)
    largest = ar.maximum(ar.scalar(1), ar.frobenius_sq(target))
    rate = draw.number(0, 2) / (2 * (3 * size - 2) * largest)
    base = _descended(ar, size, target, rate, steps)
    return ResidualInstance.beside(base, eigenvalues=tuple(values), rate=rate)


@setting("untamed-descents", "Σ = I, any T; one or two steps of gradient descent from the identity")
def untamed_descents(draw: Draw) -> Instance:
    """Residual networks after a few steps towards a target that need not be symmetric."""
    size, steps, d = draw.depth(), draw.integer(1, 2), draw.width()
    target = draw.matrix(d, d, -2, 2)
    return _descended(draw.arithmetic, size, target, draw.number(0, 1) / 10, steps)


@setting(
    "residual-limits",
    "Σ = I, T = Q diag(τ) Qᵀ, all layers Q diag(max(τ, 0)^{1/L}) Qᵀ: where the flow ends",
)
def residual_limits(draw: Draw) -> ResidualInstance:
    """The limits of gradient flow from identity layers, for symmetric targets."""
    ar = draw.arithmetic
    size = draw.depth()
    roots = draw.numbers(draw.width(), -2, 2)
    parts = [(ar.maximum(r, ar.scalar(0)), ar.maximum(-r, ar.scalar(0))) for r in roots]
    values = [up**size - down**size for up, down in parts]
    target, Q = _symmetric(draw, values)
    d = len(values)
    layer = Q @ diagonal(ar, [up for up, _ in parts], d, d) @ Q.mT
    base = Instance.of(ar, [layer] * size, ar.identity(d), target)
    return ResidualInstance.beside(base, eigenvalues=tuple(values), rate=ar.scalar(Fraction(0)))


# --- quantities ---------------------------------------------------------------------------------


@quantity("negative_part", r"\textstyle\sum_{\tau<0}\tau^2", positive=False)
def negative_part(instance: ResidualInstance) -> Any:
    """Sum of the squares of the negative eigenvalues of a symmetric target."""
    ar = instance.arithmetic
    parts = [ar.maximum(-x, ar.scalar(0)) for x in instance.eigenvalues]
    return sum((x * x for x in parts[1:]), start=parts[0] * parts[0])


@quantity("layer_spread", r"\textstyle\sum_k|W_k-W_1|_F^2", positive=False)
def layer_spread(instance: Instance) -> Any:
    """Squared Frobenius distance of all layers from the first (square layers of one size)."""
    ar, first = instance.arithmetic, instance.weights[0]
    if any(W.shape != first.shape for W in instance.weights):
        raise Undefined("layers of different shapes")
    terms = [ar.frobenius_sq(W - first) for W in instance.weights]
    return sum(terms[1:], start=terms[0])


# --- training -----------------------------------------------------------------------------------


def residual_flows(seed: int, runs: int, *, depths: int = 3) -> Iterator[tuple[Trained, float]]:
    """Gradient flow of residual networks from zero: what it reaches, and how far D_k drifted.

    Targets have a positive definite symmetric part, a sampler known to converge; depths 2, 3, ...
    in turn.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        size, d = 2 + run % depths, 2 + run % 2
        noise = rng.standard_normal((d, d))
        target = np.eye(d) + 0.4 * (noise @ noise.T) / d + 0.2 * (noise - noise.T)
        flow = gradient_flow([np.eye(d)] * size, np.eye(d), target)
        label = f"flow {run}, depth {size}"
        yield Trained(label, flow.weights, np.eye(d), target), flow.drift


def sharpness_of_limit(trained: Trained) -> Measurement:
    """Compare the sharpness reached with the least one.

    Allowed: training ends at a gradient of 1e-9, and the integrator's tolerance is 1e-11 per step.
    """
    size, norm = len(trained.weights), float(np.linalg.norm(trained.target, 2))
    reached = float(sharpness_at_minimizer(trained.net, trained.sigma))
    return Measurement("sharpness of the limit", 2 * size * norm ** (2 - 2 / size), reached, 1e-8)
