"""How quantities scale, by measurement.

Where an instance is scaled by t, log q changes by (α + β/L) log t.  An instance may know ways to
scale it (``scalings``: a function of a factor for each name).  Only inequalities between
quantities of one degree can hold with a constant, so degrees come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from verify.claims import Bounds, Setting
from verify.proposals.table import ZERO, drawn, left_side, measured
from verify.sources import BatchSource

__all__ = ["Degree", "Degrees", "measure"]

_LANES, _BATCHES = 8, 2
_FACTORS = (2.0, 3.0)
_CLOSE = 1e-7
"""Floats of the logarithm of a ratio of eigenvalues are this good, relatively."""

_EXACT, _ROUGH = 0.2, 0.02
"""The share of instances that must agree, and how far the others may be off: roots of what should
be zero are rounding, and do not scale."""

_DENOMINATOR = 60


@dataclass(frozen=True)
class Degree:
    """α + β/L."""

    constant: Fraction
    inverse: Fraction

    def at(self, depth: int) -> Fraction:
        """Return the degree at a depth."""
        return self.constant + self.inverse / depth

    @property
    def by_layer(self) -> bool:
        """Return whether it is that of a norm of one layer: its L-th power has a fixed degree."""
        return self.constant == 0 and self.inverse != 0

    @property
    def size(self) -> Fraction:
        """Return how far it is from 0: the simpler of two equal quantities has the smaller one."""
        return abs(self.constant) + abs(self.inverse)

    def __str__(self) -> str:
        if not self.inverse:
            return str(self.constant)
        over = f"{abs(self.inverse)}/L" if self.inverse.denominator == 1 else f"{self.inverse}/L"
        if not self.constant:
            return f"-{over}" if self.inverse < 0 else over
        return f"{self.constant} {'-' if self.inverse < 0 else '+'} {over}"


@dataclass(frozen=True)
class Degrees:
    """The scalings of a setting that it admits, and the degrees of quantities under them.

    ``left_out`` says of each quantity without a degree why it has none.
    """

    scalings: tuple[str, ...]
    left: Mapping[str, Degree]
    of: Mapping[str, Mapping[str, Degree]]
    left_out: Mapping[str, str]


def measure(
    setting: Setting, bounds: Bounds, left: Any, names: Sequence[str], seed: int
) -> Degrees:
    """Return the degrees of the left side of a relation and of quantities.

    A scaling counts if the left side has a degree under it and no quantity that is one number all
    over the setting (the largest eigenvalue of whitened data) changes: else it leaves the setting.
    """
    pilot = _Pilot(setting, bounds, seed)
    admitted = [s for s in pilot.scalings if not pilot.leaves(s, names)]
    lefts = {s: d for s in admitted if (d := pilot.degree_of(left, s)) is not None}
    found: dict[str, dict[str, Degree]] = {}
    without: dict[str, str] = {}
    for name in names:
        degrees = {s: pilot.degree(name, s) for s in lefts}
        missing = [s for s, degree in degrees.items() if degree is None]
        if missing:
            without[name] = f"no degree under the scaling of the {missing[0]}"
        else:
            found[name] = {s: d for s, d in degrees.items() if d is not None}
    return Degrees(tuple(lefts), lefts, found, without)


class _Pilot:
    """A few float instances of each depth, and the same scaled."""

    def __init__(self, setting: Setting, bounds: Bounds, seed: int) -> None:
        self.instances: dict[int, list[Any]] = {}
        for depth in range(bounds.depth[0], bounds.depth[1] + 1):
            for index in range(_BATCHES):
                source = BatchSource(np.random.default_rng([seed, depth, index, 7]), _LANES)
                found = drawn(setting, source, Bounds((depth, depth), bounds.width))
                if found is not None:
                    self.instances.setdefault(depth, []).append(found)
        every = [i for instances in self.instances.values() for i in instances]
        known = [set(getattr(i, "scalings", dict)()) for i in every]
        self.scalings = tuple(sorted(set.intersection(*known))) if known else ()

    def leaves(self, scaling: str, names: Iterable[str]) -> bool:
        """Return whether a scaling changes a quantity that has one value all over the setting."""
        for name in names:
            values = np.concatenate(
                [measured(name, i, _LANES) for some in self.instances.values() for i in some]
            )
            values = values[np.isfinite(values)]
            if not values.size or np.ptp(values) > _CLOSE * abs(values[0]) or not values.any():
                continue
            degree = self.degree(name, scaling)
            if degree is None or degree.size:
                return True
        return False

    def degree(self, name: str, scaling: str) -> Degree | None:
        """Return the degree of a quantity."""
        return self._degree(scaling, lambda instance: measured(name, instance, _LANES))

    def degree_of(self, relation: Any, scaling: str) -> Degree | None:
        """Return the degree of the left side of a relation."""
        return self._degree(scaling, lambda instance: left_side(relation, instance, _LANES)[0])

    def _degree(self, scaling: str, value: Any) -> Degree | None:
        at: dict[int, Fraction] = {}
        for depth, instances in self.instances.items():
            slopes = [s for i in instances for s in _slopes(i, scaling, value)]
            if not slopes:
                continue
            slope = _common(np.array(slopes))
            if slope is None:
                return None
            at[depth] = slope
        return _through(at)


def _slopes(instance: Any, scaling: str, value: Any) -> list[float]:
    """The changes of log |q| for log t, one for each lane where q is not zero, and factor."""
    before = value(instance)
    found: list[float] = []
    with np.errstate(all="ignore"):
        for factor in _FACTORS:
            ratio = value(instance.scalings()[scaling](factor)) / before
            slopes = np.log(ratio[np.abs(before) > ZERO]) / np.log(factor)
            found += slopes[np.isfinite(slopes)].tolist()
    return found


def _common(slopes: Any) -> Fraction | None:
    """The rational number that most slopes are, None if there is none."""
    rounded = sorted({Fraction(s).limit_denominator(_DENOMINATOR) for s in slopes.tolist()})
    shares = [
        float((np.abs(slopes - float(r)) <= _CLOSE * max(1.0, abs(float(r)))).mean())
        for r in rounded
    ]
    best = int(np.argmax(shares))
    off = np.abs(slopes - float(rounded[best])).max()
    return rounded[best] if shares[best] >= _EXACT and off <= _ROUGH else None


def _through(at: Mapping[int, Fraction]) -> Degree | None:
    """The degree α + β/L with these values, None where there is none; β = 0 for one depth."""
    if not at:
        return None
    (first, one), *others = at.items()
    if not others:
        return Degree(one, Fraction(0))
    second, other = others[0]
    inverse = (one - other) / (Fraction(1, first) - Fraction(1, second))
    degree = Degree(one - inverse / first, inverse)
    return degree if all(degree.at(depth) == slope for depth, slope in others) else None
