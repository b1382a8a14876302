"""Quantities shared by the theorems on stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from verify.claims import quantity

__all__ = ["temperature"]


@quantity("temperature", "T", nonzero=True)
def temperature(instance: Any) -> Any:
    """Temperature T > 0 of the continuous model: step size over size of the batch."""
    return instance.temperature
