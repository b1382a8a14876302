"""Exponents for which a product of powers has the degree of the left side.

Unknown are α_i and β_i of the exponents α_i + β_i/L (L times that for what belongs to one layer);
degrees must agree under each scaling at each depth.  That is a linear system over the rational
numbers: a solution and a basis of the homogeneous one are all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verify.proposals.candidates import Exponent
from verify.proposals.scalings import Degrees

__all__ = ["Family", "family"]

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Family:
    """All exponents of given quantities with the right degree: ``start`` plus multiples of rows."""

    names: tuple[str, ...]
    by_layer: tuple[bool, ...]
    start: Vector
    free: tuple[Vector, ...]

    def exponents(self, steps: Sequence[Fraction]) -> tuple[Exponent, ...]:
        """Return the exponents that are so many multiples of each free row away."""
        total = list(self.start)
        for step, row in zip(steps, self.free, strict=True):
            total = [x + step * y for x, y in zip(total, row, strict=True)]
        pairs = zip(total[::2], total[1::2], self.by_layer, strict=True)
        return tuple(Exponent(a, b, layer) for a, b, layer in pairs)


def family(
    names: Sequence[str], degrees: Degrees, depths: Sequence[int], sizes: Mapping[str, bool]
) -> Family | None:
    """Return the exponents of these quantities, None if none have the right degree.

    Parameters
    ----------
    sizes
        Of which quantities β is of no use: whole numbers of one depth only.
    """
    by_layer = tuple(any(d.by_layer for d in degrees.of[name].values()) for name in names)
    equations: list[list[Fraction]] = []
    for scaling in degrees.scalings:
        for depth in depths:
            row: list[Fraction] = []
            for name, layer in zip(names, by_layer, strict=True):
                degree = degrees.of[name][scaling].at(depth) * (depth if layer else 1)
                row += [degree, degree / depth]
            equations.append([*row, degrees.left[scaling].at(depth)])
    count = 2 * len(names)
    for place, name in enumerate(names):
        if sizes.get(name) or len(depths) == 1:
            unit = [Fraction(int(k == 2 * place + 1)) for k in range(count)]
            equations.append([*unit, Fraction(0)])
    solved = _solved(equations, count)
    if solved is None:
        return None
    start, free = solved
    return Family(tuple(names), by_layer, start, free)


def _solved(
    equations: Iterable[Sequence[Fraction]], count: int
) -> tuple[Vector, tuple[Vector, ...]] | None:
    """A solution and a basis of the homogeneous system by elimination; None if there is none."""
    pivots: dict[int, list[Fraction]] = {}
    for equation in equations:
        row = list(equation)
        for column, reduced in pivots.items():
            row = _minus(row, row[column], reduced)
        column = next((k for k in range(count) if row[k]), -1)
        if column < 0:
            if row[count]:
                return None
            continue
        row = [x / row[column] for x in row]
        pivots = {k: _minus(other, other[column], row) for k, other in pivots.items()}
        pivots[column] = row
    start = [Fraction(0)] * count
    for column, row in pivots.items():
        start[column] = row[count]
    basis = []
    for open_place in (k for k in range(count) if k not in pivots):
        vector = [Fraction(int(k == open_place)) for k in range(count)]
        for column, row in pivots.items():
            vector[column] = -row[open_place]
        basis.append(tuple(vector))
    return tuple(start), tuple(basis)


def _minus(row: Sequence[Fraction], factor: Fraction, other: Sequence[Fraction]) -> list[Fraction]:
    return [x - factor * y for x, y in zip(row, other, strict=True)]
