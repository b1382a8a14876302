"""One instance: a deep linear network with the data it is trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.rational import Rational, fractions
from numeric.loss import residual
from numeric.networks import LinearNetwork

__all__ = ["Instance", "Rows"]

Rows = Sequence[Sequence[int | Fraction]]
"""A matrix written down: rows of integers and Fractions."""

_PRECISIONS = (128, 512)


@dataclass(frozen=True, eq=False)
class Instance:
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

    arithmetic: Any
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

    def lifted(self, arithmetic: Any) -> Instance:
        """Return this exact instance with its entries in another arithmetic."""
        with arithmetic:
            return Instance(
                arithmetic,
                tuple(arithmetic.matrix(fractions(W)) for W in self.weights),
                arithmetic.matrix(fractions(self.sigma)),
                arithmetic.matrix(fractions(self.target)),
                self.at_minimizer,
            )

    def routes(self) -> Iterator[Instance]:
        """Yield the exact instance, then the same in balls of growing precision."""
        yield self
        for precision in _PRECISIONS:
            yield self.lifted(Balls(precision))

    def to_json(self) -> dict[str, Any]:
        """Return weights, sigma and target as rows of "p/q"."""

        def rows(A: Any) -> list[list[str]]:
            return [[str(x) for x in row] for row in fractions(A)]

        return {
            "weights": [rows(W) for W in self.weights],
            "sigma": rows(self.sigma),
            "target": rows(self.target),
        }
