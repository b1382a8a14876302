"""Sums of two monomials of one degree, fitted by linear programming at each depth.

A bound c_1 m_1 + c_2 m_2 is linear in its constants: relative to the left side, the one wanted is

    maximise    mean of (c_1 m_1 + c_2 m_2)/y     over the plain rows of a depth
    subject to  (c_1 m_1 + c_2 m_2)/y <= 1        on all rows,   c_1, c_2 >= 0

(the other way round for upper bounds).  Constants count if they are simple in the depth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from scipy.optimize import linprog

from verify.proposals.candidates import Candidate, Constant, Monomial
from verify.proposals.constants import fitted, near
from verify.proposals.table import Table

__all__ = ["sums"]

_USED = 400
"""Rows of a depth in one linear programme: a few plain ones, and those nearest to binding."""

_BETTER = 0.01
"""By so much, in mean ratio, a sum must be nearer than each of its terms."""


def sums(
    table: Table, left: str, monomials: Sequence[Monomial], sign: int
) -> Iterator[tuple[float, Candidate]]:
    """Yield sums of two of the monomials with simple constants, and their mean relative gaps."""
    y = table.y
    logs = [monomial.log(table) for monomial in monomials]
    with np.errstate(all="ignore"):
        ratios = [np.exp(log - np.log(np.where(y > 0, y, np.nan))) for log in logs]
    for i, j in combinations(range(len(monomials)), 2):
        found = _pair(table, ratios[i], ratios[j], sign)
        if found is None:
            continue
        one, two, gap = found
        operator = ">=" if sign > 0 else "<="
        yield gap, Candidate(left, operator, ((one, monomials[i]), (two, monomials[j])))


def _pair(table: Table, one: Any, two: Any, sign: int) -> tuple[Constant, Constant, float] | None:
    """The constants of a sum and its mean relative gap, None where they are not simple."""
    first: dict[int, float] = {}
    second: dict[int, float] = {}
    gaps = []
    for depth in table.depths:
        here = (table.depth == depth) & np.isfinite(one) & np.isfinite(two)
        plain = here & table.plain
        if not plain.any():
            return None
        solved = _solved(np.stack([one[here], two[here]], 1), plain[here], sign)
        if solved is None or min(solved) <= 1e-6:
            return None
        first[depth], second[depth] = solved
        values = np.stack([one[plain], two[plain]], 1)
        gap = np.abs(values @ np.array(solved) - 1).mean()
        alone = values / (values.max(0) if sign > 0 else values.min(0))
        if gap > np.abs(alone - 1).mean(0).min() - _BETTER:
            return None
        gaps.append(float(gap))
    constants = [fitted(c) or near(c) for c in (first, second)]
    if constants[0] is None or constants[1] is None:
        return None
    return constants[0], constants[1], sum(gaps) / len(gaps)


def _solved(rows: Any, plain: Any, sign: int) -> tuple[float, float] | None:
    goal = rows[plain].mean(0)
    scale = rows.max(0)
    binding = np.argsort(-sign * (rows / scale).sum(1))[:_USED]
    chosen = np.union1d(binding, np.linspace(0, len(rows) - 1, _USED).astype(int))
    for _ in range(4):
        outcome = linprog(
            -sign * goal, sign * rows[chosen], sign * np.ones(len(chosen)), bounds=[(0, None)] * 2
        )
        if outcome.status != 0:
            return None
        broken = sign * (rows @ outcome.x - 1)
        worst = np.argsort(-broken)[:50]
        worst = worst[broken[worst] > 1e-9]
        if not worst.size:
            break
        chosen = np.union1d(chosen, worst)
    return float(outcome.x[0]), float(outcome.x[1])
