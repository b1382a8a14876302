"""Instances made of a user's network: enclosed numbers, on which claims are decided.

There is one arithmetic, balls, so equalities are never decided and what may be zero is not said to
be zero.  Each quantity is measured once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.matrices import FlintMatrix
from numeric.arithmetic.protocol import NotExact
from theorems.instances import Instance
from theorems.weight_decay.networks import NoisyInstance

__all__ = ["Certain", "EnclosedInstance", "EnclosedNoisyInstance"]


class Certain(Balls):
    """Balls that take nothing for zero that only may be."""

    def is_zero(self, A: FlintMatrix) -> bool:
        """Return whether A = 0; NotExact where its enclosure leaves it open."""
        entries = A.raw.entries()
        if all(x.is_zero() for x in entries):
            return True
        if all(x.contains(0) for x in entries):
            raise NotExact("whether a matrix vanishes is not decided by its enclosure")
        return False


class _Enclosed:
    """What both kinds of instance do differently from exact ones."""

    def routes(self) -> Iterator[Self]:
        """Yield this instance: there is no other arithmetic."""
        yield self

    def lifted(self, arithmetic: Any) -> Self:
        """Return this instance, which is enclosed already."""
        return self


@dataclass(frozen=True, eq=False)
class EnclosedInstance(_Enclosed, Instance):
    """A network with data Σ, T; ``measured`` remembers what was measured."""

    measured: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class EnclosedNoisyInstance(_Enclosed, NoisyInstance):
    """A network with weight decay and neuron noise; ``measured`` as above."""

    measured: dict[str, Any] = field(default_factory=dict)
