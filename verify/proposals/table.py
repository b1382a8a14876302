"""The table a proposal is fitted to: a row for each float instance, a column for each quantity.

Rows come from the setting at every depth of its bounds, from the settings that are special to it,
where inequalities are often equalities, from its reading with simple matrices, and from what the
adversary finds later.  A row knows the choices that made it, so that it can be drawn again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from time import monotonic
from typing import Any

import numpy as np

from verify.claims import MISFITS, QUANTITIES, Bounds, Claim, Setting, sides
from verify.search.batches import margins
from verify.search.readings import simple, unread
from verify.sources import BatchSource, Exhausted, PointSource

__all__ = ["CLEAR", "ZERO", "Table", "drawn", "left_side", "measured"]

ZERO = 1e-11
"""Numbers of float instances whose entries are at most 3 that are less than this count as zero."""

CLEAR = 1e-4
"""What is larger is no rounding error of what is zero."""

_EQUAL = 1e-9
"""Numbers that differ by less, relatively, are one number."""

_OWN, _SPECIAL, _SIMPLE = (10, 24), (2, 10), (3, 12)
"""Batches at each depth of the setting, of a special one, of the simple reading; their lanes."""

_NEIGHBOURS = ((1e-3, 6), (3e-2, 6), (3e-1, 4))
"""How far the numbers of neighbours of a counterexample are moved, relative to 3, and how many."""


@dataclass(frozen=True, eq=False)
class _Batch:
    """Rows of the same sizes: their columns by name, and the source that made them."""

    setting: Setting
    depth: int
    plain: bool
    lanes: int
    left: Any
    size: Any
    columns: Mapping[str, Any]
    bounds: Mapping[str, Any]
    source: Any


@dataclass
class Table:
    """Float instances of a setting, measured.

    Parameters
    ----------
    setting, bounds
        What is drawn from, and the sizes.
    left
        A relation of which the left side is to be bounded; its symbols are quantities.
    names
        The quantities of the columns.
    known
        Claims that bound the left side, by what they are called: theirs are columns too.
    cut
        Whether the clock ended the filling.
    """

    setting: Setting
    bounds: Bounds
    left: Any
    names: tuple[str, ...]
    known: Mapping[str, tuple[Claim, int]] = field(default_factory=dict)
    cut: bool = False
    _batches: list[_Batch] = field(default_factory=list)
    _joined: dict[str, Any] = field(default_factory=dict)

    @property
    def depths(self) -> tuple[int, ...]:
        """Return the depths of the bounds."""
        low, high = self.bounds.depth
        return tuple(range(low, high + 1))

    def __len__(self) -> int:
        return sum(batch.lanes for batch in self._batches)

    @property
    def y(self) -> Any:
        """Return the left side of each row; what is zero to rounding is 0."""
        values = self._column("left", lambda b: b.left)
        return np.where(np.abs(values) <= ZERO * np.maximum(1, self._size), 0.0, values)

    @property
    def constant(self) -> bool:
        """Return whether the left side is the same on all rows, to rounding."""
        values = self.y[np.isfinite(self.y)]
        return float(np.ptp(values)) <= _EQUAL * float(np.abs(values).max())

    @property
    def _size(self) -> Any:
        return self._column("size", lambda b: b.size)

    @property
    def depth(self) -> Any:
        """Return the depth of each row."""
        return self._column("depth", lambda b: np.full(b.lanes, b.depth))

    @property
    def plain(self) -> Any:
        """Return which rows were drawn from the setting itself, by chance."""
        return self._column("plain", lambda b: np.full(b.lanes, b.plain))

    def __getitem__(self, name: str) -> Any:
        """Return the column of a quantity, NaN where it is undefined; zeros to rounding are 0."""
        values = self._column(name, lambda b: b.columns[name])
        return np.where(np.abs(values) <= ZERO, 0.0, values)

    def bound(self, name: str) -> Any:
        """Return what a known claim bounds the left side by, NaN where it says nothing."""
        return self._column(f"known {name}", lambda b: b.bounds[name])

    def settings(self, rows: Any) -> list[str]:
        """Return the names of the settings of some rows, in the order of the table.

        Their readings count as they do.
        """
        found, start = [], 0
        for batch in self._batches:
            if rows[start : start + batch.lanes].any():
                found.append(unread(batch.setting).name)
            start += batch.lanes
        return list(dict.fromkeys(found))

    def choices(self, row: int) -> tuple[Setting, list[int | float]]:
        """Return the setting of a row and the choices that made it."""
        for batch in self._batches:
            if row < batch.lanes:
                return batch.setting, batch.source.lane(row)
            row -= batch.lanes
        raise IndexError(row)

    def fill(self, seed: int, deadline: float = inf) -> None:
        """Draw the rows that there are from the beginning, few of a kind once the clock is out."""
        own, *special = self.setting.family()
        plans = [(own, True, _OWN), *((s, False, _SPECIAL) for s in special)]
        plans += [(simple(own), False, _SIMPLE)]
        for place, (setting, plain, (count, lanes)) in enumerate(plans):
            for depth in self.depths:
                for index in range(count):
                    if index and monotonic() > deadline:
                        self.cut = True
                        break
                    rng = np.random.default_rng([seed, place, depth, index])
                    self._draw(setting, depth, plain, BatchSource(rng, lanes))

    def add(self, setting: Setting, choices: Sequence[int | float | Fraction], seed: int) -> int:
        """Add the instance that choices make and its neighbours; return how many rows."""
        before, sizes = len(self), [c for c in choices if isinstance(c, int)]
        numbers = np.array([float(c) for c in choices if not isinstance(c, int)])
        rng = np.random.default_rng([seed, before])
        moves = [np.zeros((1, numbers.size))]
        moves += [3 * by * rng.uniform(-1, 1, (n, numbers.size)) for by, n in _NEIGHBOURS]
        points = numbers + np.concatenate(moves)
        with np.errstate(all="ignore"):
            self._draw(setting, None, False, PointSource(sizes, points), len(points))
        return len(self) - before

    def _draw(
        self, setting: Setting, depth: int | None, plain: bool, source: Any, lanes: int = 0
    ) -> None:
        ends = self.bounds.depth if depth is None else (depth, depth)
        bounds = Bounds(ends, self.bounds.width)
        instance, lanes = drawn(setting, source, bounds), lanes or source.size
        if instance is None:
            return
        columns = {name: measured(name, instance, lanes) for name in self.names}
        left, size = left_side(self.left, instance, lanes)
        if not np.isfinite(left).any():
            return
        found = int(QUANTITIES["depth"].measure(instance)) if "depth" in QUANTITIES else 0
        limits = {name: _bound(*of, instance, lanes) for name, of in self.known.items()}
        self._batches.append(
            _Batch(setting, found, plain, lanes, left, size, columns, limits, source)
        )
        self._joined.clear()

    def _column(self, name: str, of: Any) -> Any:
        if name not in self._joined:
            parts = [of(batch) for batch in self._batches]
            self._joined[name] = np.concatenate(parts) if parts else np.zeros(0)
        return self._joined[name]


def drawn(setting: Setting, source: Any, bounds: Bounds) -> Any:
    """Return the instance of a source, None where it is undefined or has no such sizes."""
    try:
        with np.errstate(all="ignore"):
            return setting.build(source, bounds)
    except (ArithmeticError, LookupError, TypeError, ValueError, Exhausted, np.linalg.LinAlgError):
        return None


def measured(name: str, instance: Any, lanes: int) -> Any:
    """Return a quantity on each lane of a float batch, NaN where it is undefined."""
    try:
        with np.errstate(all="ignore"):
            return _spread(QUANTITIES[name].measure(instance), instance, lanes)
    except (ArithmeticError, np.linalg.LinAlgError, *MISFITS):
        return np.full(lanes, np.nan)


def _spread(values: Any, instance: Any, lanes: int) -> Any:
    return np.broadcast_to(instance.arithmetic.to_numpy(values), (lanes,)).astype(float)


def left_side(relation: Any, instance: Any, lanes: int) -> tuple[Any, Any]:
    """Return the left side on each lane, NaN where it is undefined or too large, and its size.

    That is the size of what it is a difference of: rounding is relative to it.
    """
    try:
        with np.errstate(all="ignore"):
            value = _spread(sides(relation, instance)[0], instance, lanes)
    except (ArithmeticError, np.linalg.LinAlgError, *MISFITS):
        return np.full(lanes, np.nan), np.ones(lanes)
    names = sorted(s.name for s in relation.lhs.free_symbols)
    parts = [np.abs(measured(name, instance, lanes)) for name in names]
    value = np.where(np.isfinite(value), value, np.nan)
    return value, np.max(parts, axis=0) if relation.lhs.is_Add else np.zeros(lanes)


def _bound(claim: Claim, side: int, instance: Any, lanes: int) -> Any:
    """What a claim compares the left side with, NaN where it does not apply."""
    try:
        with np.errstate(all="ignore"):
            applies = ~np.isposinf(margins(claim, instance, lanes))
            values = _spread(sides(claim.expanded, instance)[side], instance, lanes)
    except (ArithmeticError, np.linalg.LinAlgError, *MISFITS):
        return np.full(lanes, np.nan)
    return np.where(applies, values, np.nan)
