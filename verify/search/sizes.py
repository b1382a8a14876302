"""Conditions on sizes alone, such as ``depth == 3``, restrict what is drawn.

All instances of a float batch have the same sizes.  So a batch of sizes that such a condition
excludes would be drawn for nothing, and some conditions would hardly ever be met.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from verify.claims import QUANTITIES, SATISFIED, Bounds, Claim, measured_by
from verify.expression import Relation, alternatives, evaluate, operator
from verify.sources import BatchSource

__all__ = ["TRIES", "about_sizes", "allows", "impossible", "met", "sized"]

_DRAWS = 20
"""Instances drawn at a depth until the recipe rejects none."""

_ROUNDING = 1e-12
"""Floats that differ by less, relatively, may be one number."""

TRIES = 200
"""Instances drawn, one at a time, until one has sizes that are allowed."""


def about_sizes(condition: Relation) -> bool:
    """Return whether a condition mentions whole numbers only: sizes, which a batch shares."""
    return all(QUANTITIES[name].integer for name in measured_by(condition))


def sized(claim: Claim) -> tuple[Relation, ...]:
    """Return the conditions of a claim that are about sizes alone."""
    return tuple(c for c in claim.conditions if about_sizes(c))


def allows(conditions: tuple[Relation, ...], instance: Any) -> bool:
    """Return whether all these conditions on sizes hold; one without a value does not."""
    return all(any(_holds(r, instance) for r in alternatives(c)) for c in conditions)


def impossible(claim: Claim) -> bool:
    """Return whether conditions on depth alone exclude every depth within the bounds of a claim.

    An instance of each is drawn: what a setting calls depth is its own affair.
    """
    about_depth = tuple(c for c in sized(claim) if set(measured_by(c)) == {"depth"})
    low, high = claim.bounds.depth
    return bool(about_depth) and not any(
        _may_meet(replace(claim, bounds=Bounds((n, n), claim.bounds.width)), about_depth)
        for n in range(low, high + 1)
    )


def _may_meet(claim: Claim, conditions: tuple[Relation, ...]) -> bool:
    """Whether an instance meets conditions that depend on its depth, or none is drawn to tell."""
    instance = next(_drawn(claim, _DRAWS), None)
    return instance is None or allows(conditions, instance)


def _holds(relation: Relation, instance: Any) -> bool:
    try:
        sizes = tuple((name, QUANTITIES[name].measure(instance)) for name in measured_by(relation))
        return _holds_of(relation, sizes)
    except (ArithmeticError, ValueError, TypeError):  # no value: a logarithm of 0, a root of -1
        return False


@lru_cache(maxsize=4096)
def _holds_of(relation: Relation, sizes: tuple[tuple[str, int], ...]) -> bool:
    """Whether a relation holds of whole numbers; exact wherever no root is left of them.

    What rounding cannot tell is let through, to be decided exactly.
    """
    lhs, rhs = (evaluate(side, dict(sizes), _Numbers) for side in relation.args)
    if isinstance(lhs - rhs, float) and abs(lhs - rhs) <= _ROUNDING * max(abs(lhs), abs(rhs)):
        return True
    return (lhs > rhs) - (lhs < rhs) in SATISFIED[operator(relation)]


class _Numbers:
    """The operations of fractions, and of floats where there is a root."""

    scalar, maximum, minimum, log, exp = Fraction, max, min, math.log, math.exp

    @staticmethod
    def power(x: Any, exponent: Fraction) -> Any:
        return x**exponent


def met(claim: Claim, tries: int = TRIES) -> bool:
    """Return whether an instance within the bounds of a claim is met whose sizes are allowed."""
    conditions = sized(claim)
    return not conditions or any(allows(conditions, each) for each in _drawn(claim, tries))


def _drawn(claim: Claim, tries: int) -> Iterator[Any]:
    """Float instances, one at a time, without those that the recipe rejects."""
    rng = np.random.default_rng(0)
    for _ in range(tries):
        try:
            with np.errstate(all="ignore"):
                yield claim.setting.build(BatchSource(rng, 1), claim.bounds)
        except (ArithmeticError, np.linalg.LinAlgError):
            continue
