"""Instances: a network with the data it is trained on, exact and in every other arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.matrices import FlintMatrix
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational, fraction, fractions
from numeric.gain import maximizers
from numeric.loss import residual
from numeric.networks import LinearNetwork
from verify.errors import Undefined

__all__ = ["ExactInstance", "Instance", "Rows"]

Rows = Sequence[Sequence[int | Fraction]]
"""A matrix written down: rows of integers and Fractions."""

_PRECISIONS = (128, 512)

_DENOMINATORS = (1, 12, 1000, 10**6, 10**12, 2**1074)
"""Largest denominators of a hint, the last one that of any float."""
_AS_GOOD = Fraction(1, 2**90)
"""A hint this close to the best one, relatively, is preferred if its denominators are smaller."""


@dataclass(frozen=True, eq=False)
class ExactInstance:
    """What all instances share: fields that are matrices, scalars, tuples of them, or plain data.

    A subclass only declares its fields; lifting to balls and writing to JSON follow from them.
    """

    arithmetic: Any

    @classmethod
    def beside(cls, base: ExactInstance, **more: Any) -> Self:
        """Return an instance with the fields of ``base`` and those given: what a subclass adds."""
        return cls(**{f.name: getattr(base, f.name) for f in fields(base)} | more)

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


def _check_moments(sigma: Rows) -> None:
    """Raise ValueError unless a matrix is symmetric and positive semidefinite: Σ of some data."""
    import sympy as sp

    matrix = sp.Matrix([[sp.Rational(x) for x in row] for row in sigma])
    if not (matrix.is_symmetric() and matrix.is_positive_semidefinite):
        raise ValueError(f"Σ: expected a positive semidefinite matrix, got {matrix.tolist()}")


def _lift(value: Any, arithmetic: Any) -> Any:
    if isinstance(value, FlintMatrix):
        return arithmetic.matrix(value)
    if isinstance(value, tuple):
        return tuple(_lift(item, arithmetic) for item in value)
    if isinstance(value, bool | int | str | None):
        return value
    return arithmetic.scalar(value)


def _read(rows: Sequence[Sequence[str]]) -> list[list[Fraction]]:
    return [[Fraction(x) for x in row] for row in rows]


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
        """Return the exact instance with these rational entries.

        Raises
        ------
        ValueError
            If no data have the second moments ``sigma``.
        """
        _check_moments(sigma)
        ar = Rational()
        return cls.of(ar, [ar.matrix(W) for W in weights], ar.matrix(sigma), ar.matrix(target))

    @classmethod
    def of_minimizer(cls, weights: Sequence[Rows], sigma: Rows) -> Self:
        """Return the exact instance whose target is the network itself, T = P; as for exact."""
        _check_moments(sigma)
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

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the exact instance that :meth:`to_json` wrote."""
        weights = [_read(rows) for rows in data["weights"]]
        return cls.exact(weights, _read(data["sigma"]), _read(data["target"]))

    def second_route(self) -> Self:
        """Return the same instance with sharpness measured on the full Hessian, also at minimizers.

        The Hessian shares no formula with the dual Gram matrix that is used there otherwise.
        """
        return replace(self, at_minimizer=False)

    def scalings(self) -> dict[str, Callable[[float], Self]]:
        """Return the ways to scale a float instance by which a minimizer stays one, by name.

        "target": T by a factor, and each layer by its L-th root; "data": Σ by a factor.
        """
        return {"target": self._with_target, "data": self._with_data}

    def _with_target(self, by: float) -> Self:
        root = by ** (1 / self.net.depth)
        layers = tuple(root * W for W in self.weights)
        return replace(self, weights=layers, target=by * self.target)

    def _with_data(self, by: float) -> Self:
        return replace(self, sigma=by * self.sigma)

    def hints(self) -> dict[str, Any]:
        """Return what spares a checker a search: for ``minimal_sharpness`` a vector y (exact only).

        Floats propose it, so it may be any vector: a poor one gives a wide enclosure, see
        :mod:`numeric.gain`.
        """
        if self.net.depth == 1 or self.arithmetic.is_zero(self.cross):
            return {}
        try:
            Y = maximizers(self.arithmetic, self.sigma, self.target, 1 / self.net.depth)
        except NotExact:
            return {}
        candidates = [
            [Fraction(x).limit_denominator(q) for x in y]
            for q in _DENOMINATORS
            for y in Y.T.tolist()
        ]
        gains = [self._gain(y) for y in candidates]
        enough = max(gains) * (1 - _AS_GOOD)
        y = next(y for y, gain in zip(candidates, gains, strict=True) if gain >= enough)
        return {"minimal_sharpness": [str(x) for x in y]}

    def _gain(self, y: Sequence[Fraction]) -> Fraction:
        """The product p q^{L-1} at z = Ky/|Ky|, p = |Kz|² and q = |TKz|²; 0 where Ky = 0."""
        ar = self.arithmetic
        column = ar.matrix([[x] for x in y])
        image = self.sigma @ column
        energy = ar.entry(column.mT @ image, 0, 0)
        if energy == 0:
            return Fraction(0)
        gained = ar.frobenius_sq(self.target @ image)
        return fraction(ar.frobenius_sq(image) / energy * (gained / energy) ** (self.net.depth - 1))

    def expect_minimizer(self) -> None:
        """Raise Undefined away from minimizers: there the dual Gram form is not the Hessian's."""
        if not self.at_minimizer:
            raise Undefined("the dual Gram form is that of the Hessian at minimizers only")

    @cached_property
    def net(self) -> LinearNetwork:
        """Return the network with its cached products."""
        return LinearNetwork(self.arithmetic, self.weights)

    @cached_property
    def cross(self) -> Any:
        """Return C = TΣ."""
        return self.target @ self.sigma
