"""Which quantities may stand on the right side.

Those that exist over the setting, are common or asked for, have a degree, are positive or zero,
and are not constant.  Of quantities that are powers of one another on every row one is kept, the
one of the simplest degree, and the equation is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from verify.claims import QUANTITIES, SETTINGS, Bounds, Setting
from verify.errors import UsageError
from verify.fit import misfit
from verify.proposals.candidates import Candidate, Exponent, Monomial, logarithm
from verify.proposals.constants import fitted
from verify.proposals.scalings import Degrees
from verify.proposals.table import CLEAR, ZERO, Table, drawn, measured
from verify.registry import theorems
from verify.sources import BatchSource

__all__ = ["Pool", "candidates", "chosen"]

_COMMON = ".quantities"
"""Modules that hold what is common, at the top of a package of theorems."""

_EQUAL = 1e-7
_FEW = 4
"""With fewer common quantities than this, those of the claims about the setting count too."""


@dataclass(frozen=True)
class Pool:
    """The quantities to bound by, the equations among all, and why others are not there."""

    names: tuple[str, ...]
    equations: tuple[Candidate, ...]
    left_out: Mapping[str, str]


def candidates(setting: Setting, more: Sequence[str], bounds: Bounds) -> tuple[str, ...]:
    """Return the quantities that exist over a setting: common ones, and those asked for.

    Raises
    ------
    UsageError
        If one that is asked for is unknown or does not exist there.
    """
    for name in more:
        if name not in QUANTITIES:
            raise UsageError(f"with: unknown quantity {name!r}; `certimin quantities` lists all")
        why = misfit(name, setting, bounds)
        if why:
            raise UsageError(
                f"with: {name} does not exist over {setting.name}: {why}; leave it out"
            )
    known = list(dict.fromkeys(QUANTITIES.values()))
    found = [q.name for q in known if _is_common(q.measure.__module__)]
    fitting = [name for name in found if not misfit(name, setting, bounds)]
    if len(fitting) < _FEW:
        fitting += [n for n in _claimed(setting) if not misfit(n, setting, bounds)]
    return _different(setting, bounds, list(dict.fromkeys((*more, *fitting))))


def _is_common(module: str) -> bool:
    return module.count(".") == 1 and module.endswith(_COMMON)


def _claimed(setting: Setting) -> Iterable[str]:
    """Names in claims about a setting, but for checks."""
    for theorem in theorems().values():
        for claim in theorem.claims:
            if SETTINGS.get(claim.setting.name) is setting and not claim.check:
                names = sorted(s.name for s in claim.expanded.free_symbols)
                yield from (name for name in names if name in QUANTITIES)


def _different(setting: Setting, bounds: Bounds, names: Sequence[str]) -> tuple[str, ...]:
    """Leave out what equals another quantity on a few small instances: it may be dear."""
    depth, width = bounds.depth[0], bounds.width
    near = Bounds((depth, min(depth + 1, bounds.depth[1])), (width[0], min(width[0] + 2, width[1])))
    instances = []
    for seed in range(6):
        found = drawn(setting, BatchSource(np.random.default_rng(seed), 4), near)
        instances += [found] if found is not None else []
    kept: dict[str, Any] = {}
    for name in names:
        values = [measured(name, instance, 4) for instance in instances]
        value = np.concatenate(values) if values else np.zeros(0)
        same = [k for k, v in kept.items() if value.size and _close(v, value)]
        if not same:
            kept[name] = value
    return tuple(kept)


def _close(one: Any, other: Any) -> bool:
    return bool(np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True))


def chosen(
    table: Table, degrees: Degrees, without: Mapping[str, str], first: Sequence[str]
) -> Pool:
    """Return the quantities of a table that may stand on the right side.

    Parameters
    ----------
    without
        Quantities that are held out, with the reason.
    first
        Of equal quantities those are kept.
    """
    own = {s.name for s in table.left.lhs.free_symbols}
    left_out = dict(degrees.left_out)
    names: list[str] = []
    for name in degrees.of:
        why = "part of the left side" if name in own else without.get(name) or _unfit(table, name)
        if why:
            left_out[name] = why
        elif name != "depth":
            names.append(name)
    order = sorted(names, key=lambda n: (n not in first, _size(degrees, n), names.index(n)))
    kept: list[str] = []
    equations: list[Candidate] = []
    for name in order:
        equation = next((e for k in kept if (e := _power(table, degrees, name, k))), None)
        if equation is None:
            kept.append(name)
        else:
            equations.append(equation)
            left_out[name] = equation.text
    return Pool(tuple(n for n in names if n in kept), tuple(equations), left_out)


def _unfit(table: Table, name: str) -> str:
    column = table[name]
    if np.isnan(column[table.plain]).any():
        return "undefined on some instances"
    values = column[~np.isnan(column)]
    if (values < 0).any():
        return "negative on some instances"
    if np.ptp(values) <= _EQUAL * abs(values[0]):
        return "constant"
    if not (values > 0).all() and not (column[table.plain] > 0).any():
        return "zero on the setting"
    return ""


def _size(degrees: Degrees, name: str) -> Fraction:
    return sum((d.size for d in degrees.of[name].values()), start=Fraction(0))


def _power(table: Table, degrees: Degrees, name: str, other: str) -> Candidate | None:
    """The equation name == c other^p, None unless it holds on every row."""
    exponent = _ratio(degrees, name, other, table.depths)
    if exponent is None:
        return None
    one, monomial = table[name], Monomial(((other, exponent),))
    clear = (one > CLEAR) & (table[other] > CLEAR)
    vanishing = (np.minimum(one, table[other]) <= ZERO) & (np.maximum(one, table[other]) > CLEAR)
    if vanishing.any():
        return None
    with np.errstate(invalid="ignore"):
        ratio = np.where(clear, logarithm(one) - monomial.log(table), np.nan)
    extreme = {}
    for depth in table.depths:
        here = ratio[(table.depth == depth) & np.isfinite(ratio)]
        if not here.size or np.ptp(here) > _EQUAL:
            return None
        extreme[depth] = float(np.exp(np.median(here)))
    constant = fitted(extreme)
    return Candidate(name, "==", ((constant, monomial),)) if constant else None


def _ratio(degrees: Degrees, name: str, other: str, depths: Sequence[int]) -> Exponent | None:
    """The power of one quantity that has the degree of another, None where there is none."""
    layer = any(d.by_layer for d in degrees.of[other].values())
    powers: dict[int, Fraction] = {}
    for scaling, degree in degrees.of[other].items():
        for depth in depths:
            mine, theirs = degrees.of[name][scaling].at(depth), degree.at(depth)
            if not theirs:
                if mine:
                    return None
                continue
            power = mine / theirs / (depth if layer else 1)
            if powers.setdefault(depth, power) != power:
                return None
    if not powers or not any(powers.values()):
        return None
    (first, one), *rest = powers.items()
    if not rest:
        return Exponent(one, Fraction(0), layer)
    second, two = rest[0]
    inverse = (one - two) / (Fraction(1, first) - Fraction(1, second))
    found = Exponent(one - inverse / first, inverse, layer)
    exact = all(found.constant + found.inverse / d == p for d, p in rest)
    return found if exact else None
