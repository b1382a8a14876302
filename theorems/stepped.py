"""Instances with a step size of gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theorems.instances import Instance
from verify.claims import quantity

__all__ = ["SteppedInstance", "step_size"]


@dataclass(frozen=True, eq=False)
class SteppedInstance(Instance):
    """An instance with the step size of gradient descent on it, a scalar > 0."""

    step_size: Any


@quantity("step_size", r"\eta", aliases=("descent_step",))
def step_size(instance: SteppedInstance) -> Any:
    """Step size η of gradient descent W_k -= η ∇_{W_k} R."""
    return instance.step_size
