"""Instances with a step size of gradient descent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from numeric.loss import gradient_by_jets
from theorems.instances import Instance
from theorems.recipes import Draw, setting
from theorems.settings import any_weights
from verify.claims import quantity

__all__ = ["SteppedInstance", "after", "step_size", "stepped_weights"]


@dataclass(frozen=True, eq=False)
class SteppedInstance(Instance):
    """An instance with the step size of gradient descent on it, a scalar > 0."""

    step_size: Any


@quantity("step_size", r"\eta", aliases=("descent_step",))
def step_size(instance: SteppedInstance) -> Any:
    """Step size η of gradient descent W_k -= η ∇_{W_k} R."""
    return instance.step_size


def after(instance: SteppedInstance) -> SteppedInstance:
    """Return the instance after a step of gradient descent."""
    ar = instance.arithmetic
    slopes = gradient_by_jets(instance.net, instance.sigma, instance.cross)
    moved = instance.net.shifted([ar.scale(-instance.step_size, g) for g in slopes])
    return replace(instance, weights=moved.weights, at_minimizer=False)


def _stepped(instance: Instance, step: Any = Fraction(1, 8)) -> SteppedInstance:
    return SteppedInstance.beside(instance, step_size=instance.arithmetic.scalar(step))


@setting(
    "stepped-weights",
    "arbitrary weights, any Σ, arbitrary target, any step size 1/8 <= η <= 3/8",
    extend=_stepped,
)
def stepped_weights(draw: Draw) -> SteppedInstance:
    """Arbitrary weights with an arbitrary target and a step size."""
    return _stepped(draw.of(any_weights), draw.number(1, 3) / 8)
