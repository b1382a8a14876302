"""How a descent ends: the words shared by all ways to compute it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["CONVERGED", "DIVERGED", "STALLED", "Descent", "Limits"]

DIVERGED, STALLED, CONVERGED = 0, 1, 2


@dataclass(frozen=True)
class Limits:
    """When a descent ends, and whether the output layer is trained.

    ``tolerance`` is for the Frobenius norm of the gradient over all trained layers; a network with
    an entry of absolute value ``limit`` or more has diverged.
    """

    steps: int
    tolerance: float = 1e-12
    limit: float = 1e6
    frozen_output: bool = False


@dataclass(frozen=True)
class Descent:
    """The end of a batch of gradient descents.

    ``status`` is, for each network, CONVERGED (gradient norm at most the tolerance), DIVERGED (a
    weight beyond the limit or not finite) or STALLED (neither within the steps allowed).
    ``gradient_norm`` is the gradient's at ``weights``.  Each network took ``taken`` steps and is
    left as it was then; the last one to stop took ``steps``.
    """

    weights: tuple[Any, ...]
    status: Any
    gradient_norm: Any
    taken: Any

    @property
    def steps(self) -> int:
        """Return the largest number of steps any network took."""
        return max((int(n) for n in self.taken), default=0)
