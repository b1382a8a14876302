"""Conditions that are equations hold nowhere by chance: they are solved.

Floats move all numbers of an instance onto the equations (:func:`projected`), from where the
optimiser goes on.  An exact instance needs rational numbers: :func:`solved` leaves all of them
rational but as many as there are equations, and solves for those.  Newton's method in floats finds
the roots, and a root that is rational with a small denominator is found exactly; whether it is one
is decided like everything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import comb, isqrt
from random import Random
from typing import Any

import numpy as np

from verify.claims import Claim, sides
from verify.expression import Relation
from verify.search.batches import ROUNDING, margins
from verify.search.cases import is_solved
from verify.search.record import Counterexample, Near, confirm, rebuild
from verify.sources import Exhausted, PointSource

__all__ = ["denominators", "equations", "freed", "projected", "solved"]

_STEPS = 12
"""Newton steps: they converge quadratically or not at all."""

_SOLVED = 1e-12
"""Residuals, relative to the larger side, that count as zero in floats."""

_DIFFERENCE = 1e-7

_SUBSETS = 64
"""Ways to choose the numbers that are solved for."""

_ROUNDED = (1, 2, 3, 6)
"""Denominators of the numbers that are left alone."""

_ROOTS = (12, 1000, 10**6)
"""Largest denominators of a root."""

_DECIDED = 6
"""Candidates decided exactly for each way of rounding: those that are violated most."""


def equations(claim: Claim) -> tuple[Relation, ...]:
    """Return the conditions of a claim that are equations, but for those between sizes."""
    return tuple(c for c in claim.conditions if is_solved(c))


def freed(claim: Claim) -> Claim:
    """Return the claim without the conditions that are equations."""
    left = (a for a in claim.assumptions if a.relation is None or not is_solved(a.relation))
    return replace(claim, assumptions=tuple(left))


def denominators(claim: Claim) -> list[int]:
    """Return denominators of numbers that meet the constants of the equations.

    Those of the constants, and the least whose squares are multiples of them: a sum of squares is
    13/10 in tenths.
    """
    constants = (x for c in equations(claim) for x in c.atoms() if getattr(x, "is_Rational", False))
    found = {1, 2, 3}
    for q in sorted({int(x.q) for x in constants}):
        if q <= 10**4:
            root = next((r for r in range(1, isqrt(q) + 1) if r * r % q == 0), q)
            found |= {q, root}
    return sorted(found)


class _Residuals:
    """The equations of a claim at float points of one shape."""

    def __init__(self, claim: Claim, sizes: Sequence[int], numbers: Sequence[float]) -> None:
        self._claim, self._sizes, self._equations = claim, list(sizes), equations(claim)
        source = PointSource(self._sizes, np.array([numbers], dtype=np.float64))
        with np.errstate(all="ignore"), suppress(ArithmeticError, np.linalg.LinAlgError):
            claim.setting.build(source, claim.bounds)
        unknown = [(x, x) for x in numbers[len(source.boxes) :]]  # never asked for: not moved
        self._low, self._high = np.array([*source.boxes, *unknown], dtype=np.float64).T

    def __call__(self, points: Any) -> Any:
        """Return residuals of shape (points, equations), NaN where something is undefined."""
        nothing = np.full((len(points), len(self._equations)), np.nan)
        try:
            with np.errstate(all="ignore"):
                instance = self._built(points)
                ar = instance.arithmetic
                columns = [ar.margin(*sides(c, instance)) for c in self._equations]
                return np.stack(
                    [np.broadcast_to(ar.to_numpy(c), len(points)) for c in columns], axis=-1
                )
        except (ArithmeticError, np.linalg.LinAlgError, Exhausted):
            return nothing

    def slacks(self, points: Any) -> Any:
        """Return the margins of the claim, infinite where a condition fails."""
        try:
            with np.errstate(all="ignore"):
                return margins(self._claim, self._built(points), len(points))
        except (ArithmeticError, np.linalg.LinAlgError, Exhausted):
            return np.full(len(points), np.inf)

    def _built(self, points: Any) -> Any:
        source = PointSource(self._sizes, points)
        return self._claim.setting.build(source, self._claim.bounds)

    def clipped(self, points: Any) -> Any:
        """Return the points moved into the ranges of their numbers."""
        return np.clip(points, self._low, self._high)


def projected(claim: Claim, near: Near) -> list[int | float] | None:
    """Return choices close to ``near`` on the equations of ``claim``, None if none are found."""
    numbers = [float(c) for c in near.choices if not isinstance(c, int)]
    if not numbers:
        return None
    claim = replace(claim, setting=near.setting)
    residuals = _Residuals(claim, near.sizes, numbers)
    point, n = np.array([numbers]), len(numbers)
    for _ in range(_STEPS):
        spread = np.repeat(point, n + 1, axis=0)
        spread[range(n), range(n)] += _DIFFERENCE
        values = residuals(spread)
        if not np.isfinite(values[-1]).all():
            return None
        if np.abs(values[-1]).max() < _SOLVED:
            return _chosen(near.choices, point[0])
        slope = np.nan_to_num((values[:-1] - values[-1]).T / _DIFFERENCE)
        step = np.linalg.lstsq(slope, -values[-1], rcond=1e-9)[0]
        point = residuals.clipped(point + step)
    return None


def solved(
    claim: Claim, near: Near, engine: str, seed: int, *, lattice: bool = False
) -> Counterexample | None:
    """Return an exact counterexample on the equations next to ``near``, if there is one.

    Parameters
    ----------
    seed
        Chooses the numbers that are solved for where there are many ways.
    lattice
        Whether the numbers of ``near`` are simple already and are left as they are.
    """
    on = replace(claim, setting=near.setting)
    for q in (None,) if lattice else _ROUNDED:
        kept = [_rounded(c, q) for c in near.choices]
        for choices in _roots(on, kept, near.sizes, seed):
            instance, used = rebuild(claim, near.setting, choices)
            if instance is None:
                continue
            values = [choice.value for choice in used]
            found = confirm(claim, instance, engine, near.setting, values)
            if found is not None:
                return found
    return None


def _rounded(choice: Any, q: int | None) -> int | Fraction:
    if isinstance(choice, int):
        return choice
    return Fraction(choice).limit_denominator(10**6 if q is None else q)


def _roots(
    claim: Claim, choices: Sequence[int | Fraction], sizes: Sequence[int], seed: int
) -> Iterator[list[int | Fraction]]:
    """Yield choices of which a few are changed so that floats see a violation on the equations."""
    places = [i for i, c in enumerate(choices) if not isinstance(c, int)]
    count = len(equations(claim))
    if len(places) < count:
        return
    subsets = np.array(_subsets(len(places), count, seed))
    start = [float(choices[i]) for i in places]
    residuals = _Residuals(claim, sizes, start)
    points = _newton(residuals, np.tile(start, (len(subsets), 1)), subsets)
    slacks = residuals.slacks(points)
    for row in np.argsort(slacks)[:_DECIDED]:
        if not slacks[row] < -ROUNDING:
            return
        for largest in _ROOTS:
            changed = list(choices)
            for column in subsets[row]:
                root = Fraction(float(points[row, column])).limit_denominator(largest)
                changed[places[column]] = root
            yield changed


def _subsets(total: int, count: int, seed: int) -> list[tuple[int, ...]]:
    if comb(total, count) <= _SUBSETS:
        return list(combinations(range(total), count))
    random = Random(seed)
    return [tuple(sorted(random.sample(range(total), count))) for _ in range(_SUBSETS)]


def _newton(residuals: _Residuals, points: Any, subsets: Any) -> Any:
    """Move the numbers of each subset to a root, one point a subset."""
    rows, count = np.arange(len(points)), subsets.shape[-1]
    for _ in range(_STEPS):
        shifted = [points]
        for column in range(count):
            moved = points.copy()
            moved[rows, subsets[:, column]] += _DIFFERENCE
            shifted.append(moved)
        values = residuals(np.concatenate(shifted)).reshape(count + 1, len(points), count)
        slope = np.moveaxis(values[1:] - values[0], 0, -1) / _DIFFERENCE
        step = (
            -np.linalg.pinv(np.nan_to_num(slope), rcond=1e-9) @ np.nan_to_num(values[0])[..., None]
        )
        points = points.copy()
        for column in range(count):
            points[rows, subsets[:, column]] += step[:, column, 0]
        points = residuals.clipped(points)
    return points


def _chosen(choices: Sequence[Any], numbers: Any) -> list[int | float]:
    """The choices with their numbers replaced."""
    left = iter(numbers)
    return [c if isinstance(c, int) else float(next(left)) for c in choices]
