"""Exponents by linear programming in logarithms, rounded to small rational numbers.

Of all exponents of the right degree those are wanted for which the bound is nearest to the left
side on the plain rows, and violated on none:

    minimise    mean of log y - log c_L - Σ_i p_i(L) log q_i     over the plain rows
    subject to  log y >= log c_L + Σ_i p_i(L) log q_i            on all rows

(the other way round for upper bounds), c_L being free at each depth.  The solution is rounded
within the exponents of the right degree, and then c_L is what the rows say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import Any

import numpy as np
from scipy.optimize import linprog

from verify.proposals.candidates import Exponent, Monomial, logarithm
from verify.proposals.exponents import Family
from verify.proposals.table import CLEAR, Table

__all__ = ["TIE", "Fit", "fits", "scored"]

TIE = 1e-6
"""Logarithms of floats that differ by less are taken for equal: quantities that are maximised, or
roots of what may vanish, are no better.  Exact arithmetic decides in the end."""

_NOISE = 0.02
"""A value that many rows have is taken for the extreme one although few go beyond by less."""

_FIRST, _MORE, _TURNS = 160, 60, 12
"""Rows of the first linear programme, of those added to it at a time, and how often."""

_LARGEST = Fraction(4)
_FREE = 8.0
"""Exponents are at most so large: before rounding, and free ones while they are fitted."""

_EQUAL = 3
"""Rows of a depth on which a bound is attained if it is no accident."""


@dataclass(frozen=True)
class Fit:
    """A monomial that bounds the left side, up to a constant at each depth.

    Parameters
    ----------
    sign
        1 for a lower bound, -1 for an upper one.
    extreme
        The extreme ratio of the left side to the monomial on the rows of each depth.
    gap
        Mean of |log y - log bound| over the plain rows, with these ratios as constants.
    attained
        Whether the ratio is met on several rows of each depth.
    """

    monomial: Monomial
    sign: int
    extreme: dict[int, float]
    gap: float
    attained: bool


def fits(table: Table, family: Family, sign: int, *, strict: bool = False) -> list[Fit]:
    """Return the best monomials of a family: the tightest, and the tightest that is attained."""
    problem = _Problem.of(table, family, sign)
    if problem is None:
        return []
    steps = problem.solved() if family.free else ()
    if steps is None:
        return []
    found: dict[Monomial, Fit] = {}
    for near in _near(steps):
        exponents = family.exponents(near)
        if not _usable(exponents, table.depths):
            continue
        monomial = Monomial(tuple(zip(family.names, exponents, strict=True)))
        fit = scored(table, monomial, sign, strict=strict)
        if fit is not None:
            found[monomial] = fit
    ranked = sorted(found.values(), key=lambda f: f.gap + 0.05 * float(f.monomial.size))
    tightest = ranked[:1]
    return tightest + [f for f in ranked if f.attained and f not in tightest][:1]


def _usable(exponents: Sequence[Exponent], depths: Sequence[int]) -> bool:
    """Whether no exponent is large, odd or zero at all depths."""
    for exponent in exponents:
        parts = (exponent.constant, exponent.inverse)
        if any(abs(p) > _LARGEST or p.denominator > 4 for p in parts) or not any(parts):
            return False
        if all(abs(exponent.at(depth)) < 1e-12 for depth in depths):
            return False
    return True


def _near(steps: Sequence[float]) -> Iterator[tuple[Fraction, ...]]:
    """Small rational numbers near the free exponents."""
    few = len(steps) > 3
    options = []
    for x in steps:
        halves = (
            {Fraction(round(2 * x), 2)} if few else {Fraction(f(2 * x), 2) for f in (floor, ceil)}
        )
        options.append(sorted({Fraction(round(x)), *halves}))
    yield from product(*options)


def scored(table: Table, monomial: Monomial, sign: int, *, strict: bool = False) -> Fit | None:
    """Return what the rows say of a monomial, None where they refute it with any constant.

    ``strict`` believes every row.
    """
    y, depth, log = table.y, table.depth, monomial.log(table)
    valid = ~np.isnan(log) & ~np.isnan(y)
    clear = logarithm(CLEAR)
    large, small = (y > CLEAR, np.isneginf(log)) if sign < 0 else (log > clear, y <= 0)
    if (valid & large & small).any() or (sign < 0 and (valid & (y < 0)).all()):
        return None
    used = valid & (y > 0) & np.isfinite(log)
    ratio = np.where(used, logarithm(np.where(used, y, 1.0)) - np.where(used, log, 0.0), np.nan)
    extreme, attained, gaps = {}, True, []
    for L in table.depths:
        here = ratio[used & (depth == L)]
        if not here.size:
            return None
        edge, several = _edge(np.sort(sign * here), 0.0 if strict else _NOISE)
        edge *= sign
        extreme[L] = float(np.exp(edge))
        attained = attained and several
        gaps.append(np.abs(ratio[used & (depth == L) & table.plain] - edge))
    every = np.concatenate(gaps)
    if not every.size or not np.isfinite(every).all():
        return None
    return Fit(monomial, sign, extreme, float(every.mean()), attained)


def _edge(values: Any, noise: float) -> tuple[float, bool]:
    """The least of sorted values, or the one near it that most have if several do; whether so."""
    near = values[values <= values[0] + noise + TIE]
    counts = np.searchsorted(near, near + TIE, side="right") - np.arange(len(near))
    best = int(np.argmax(counts))
    if counts[best] >= _EQUAL:
        return float(near[best]), True
    return float(values[0]), False


@dataclass(frozen=True)
class _Problem:
    """Left sides of the rows that count, and the logarithms that free numbers are multiplied by.

    ``free`` has a column for each free exponent, then one for each depth; ``goal`` is its mean over
    the plain rows.
    """

    target: Any
    free: Any
    goal: Any
    exponents: int

    @classmethod
    def of(cls, table: Table, family: Family, sign: int) -> _Problem | None:
        """Return the problem, None where no row of some depth counts."""
        depth, y = table.depth, table.y
        logs = np.stack([logarithm(table[name]) for name in family.names], axis=1)
        used = np.isfinite(logs).all(axis=1) & (y > 0)
        if any(not (used & (depth == L)).any() for L in table.depths):
            return None
        logs, depth, plain, y = logs[used], depth[used], table.plain[used], y[used]
        scale = np.where(np.array(family.by_layer), depth[:, None], 1.0)
        parts = np.stack([logs * scale, logs * scale / depth[:, None]], axis=2)
        parts = parts.reshape(len(logs), -1)
        start = parts @ np.array([float(x) for x in family.start])
        rows = np.array([[float(x) for x in row] for row in family.free])
        free = parts @ rows.T if len(rows) else np.zeros((len(parts), 0))
        levels = (depth[:, None] == np.array(table.depths)).astype(float)
        columns = sign * np.concatenate([free, levels], axis=1)
        goal = columns[plain].mean(axis=0) if plain.any() else columns.mean(axis=0)
        return cls(sign * (np.log(y) - start), columns, goal, len(rows))

    def solved(self) -> tuple[float, ...] | None:
        """Return the best free exponents, None where nothing keeps them finite.

        Few rows bind, so the programme has few, and gets those that its solution violates.
        """
        count = len(self.target)
        rows = np.unique(np.linspace(0, count - 1, min(count, _FIRST)).astype(int))
        limits = [(-_FREE, _FREE)] * self.exponents
        limits += [(-1e3, 1e3)] * (self.free.shape[1] - self.exponents)
        for _ in range(_TURNS):
            outcome = linprog(-self.goal, self.free[rows], self.target[rows], bounds=limits)
            if outcome.status != 0:
                return None
            missing = self.free @ outcome.x - self.target
            worst = np.argsort(-missing)[:_MORE]
            worst = worst[missing[worst] > TIE]
            if not worst.size:
                break
            rows = np.union1d(rows, worst)
        steps = outcome.x[: self.exponents]
        return None if (np.abs(steps) > _FREE - 1e-6).any() else tuple(steps.tolist())
