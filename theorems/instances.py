"""Instances: a network with the data it is trained on, exact and in every other arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.matrices import FlintMatrix
from numeric.arithmetic.rational import Rational, fractions
from numeric.loss import residual
from numeric.networks import LinearNetwork

__all__ = ["ExactInstance", "Instance", "Rows"]

Rows = Sequence[Sequence[int | Fraction]]
"""A matrix written down: rows of integers and Fractions."""

_PRECISIONS = (128, 512)


@dataclass(frozen=True, eq=False)
class ExactInstance:
    """What all instances share: fields that are matrices, scalars, tuples of them, or plain data.

    A subclass only declares its fields; lifting to balls and writing to JSON follow from them.
    """

    arithmetic: Any

    def lifted(self, arithmetic: Any) -> Self:
        """Return this exact instance with its entries in another arithmetic."""
        with arithmetic:
            changes = {
                field.name: _lift(getattr(self, field.name), arithmetic)
                for field in fields(self)
                if field.name != "arithmetic"
            }
            return replace(self, arithmetic=arithmetic, **changes)

    def routes(self) -> Iterator[Self]:
        """Yield the exact instance, then the same in balls of growing precision."""
        yield self
        for precision in _PRECISIONS:
            if precision not in self._enclosed:
                self._enclosed[precision] = self.lifted(Balls(precision))
            yield self._enclosed[precision]

    @cached_property
    def _enclosed(self) -> dict[int, Self]:
        """This instance in balls, by precision: conditions and relation share its products."""
        return {}

    def to_json(self) -> dict[str, Any]:
        """Return every matrix and scalar field, in exact rationals written "p/q"."""
        written = {
            field.name: _write(getattr(self, field.name))
            for field in fields(self)
            if field.name != "arithmetic"
        }
        return {name: value for name, value in written.items() if value is not None}


def _lift(value: Any, arithmetic: Any) -> Any:
    if isinstance(value, FlintMatrix):
        return arithmetic.matrix(value)
    if isinstance(value, tuple):
        return tuple(_lift(item, arithmetic) for item in value)
    if isinstance(value, bool | int | str | None):
        return value
    return arithmetic.scalar(value)


def _write(value: Any) -> Any:
    if isinstance(value, FlintMatrix):
        return [[str(x) for x in row] for row in fractions(value)]
    if isinstance(value, tuple):
        return [_write(item) for item in value]
    return None if isinstance(value, bool | None) else str(value)


@dataclass(frozen=True, eq=False)
class Instance(ExactInstance):
    """A network, second moments Σ and a target T with C = TΣ (realisable data).

    Parameters
    ----------
    arithmetic
        The number system of every entry; float batches have leading axes.
    weights
        W_1, ..., W_L.
    sigma, target
        Σ = E[x xᵀ] of shape (d_x, d_x) and T of shape (d_y, d_x).
    at_minimizer
        Whether PΣ = TΣ; decided exactly for rational instances, known by construction for floats.
    """

    weights: tuple[Any, ...]
    sigma: Any
    target: Any
    at_minimizer: bool

    @classmethod
    def exact(cls, weights: Sequence[Rows], sigma: Rows, target: Rows) -> Self:
        """Return the exact instance with these rational entries."""
        ar = Rational()
        return cls.of(ar, [ar.matrix(W) for W in weights], ar.matrix(sigma), ar.matrix(target))

    @classmethod
    def of_minimizer(cls, weights: Sequence[Rows], sigma: Rows) -> Self:
        """Return the exact instance whose target is the network itself, T = P."""
        ar = Rational()
        return cls.of(ar, [ar.matrix(W) for W in weights], ar.matrix(sigma))

    @classmethod
    def of(cls, ar: Any, weights: Sequence[Any], sigma: Any, target: Any = None) -> Self:
        """Return an instance from matrices of ``ar``; without ``target`` T = P, a minimizer."""
        net = LinearNetwork(ar, tuple(weights))
        if target is None:
            return cls(ar, net.weights, sigma, net.end_to_end, True)
        minimizer = ar.kind == "exact" and ar.is_zero(residual(net, sigma, target @ sigma))
        return cls(ar, net.weights, sigma, target, minimizer)

    @cached_property
    def net(self) -> LinearNetwork:
        """Return the network with its cached products."""
        return LinearNetwork(self.arithmetic, self.weights)

    @cached_property
    def cross(self) -> Any:
        """Return C = TΣ."""
        return self.target @ self.sigma
