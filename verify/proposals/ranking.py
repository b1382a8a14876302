"""From survivors to proposals: longer attacks, ranks, equality cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np

from verify.proposals.fitting import TIE
from verify.proposals.loop import Found, Hunt
from verify.proposals.outcome import Proposal, Tightness
from verify.proposals.table import Table
from verify.proposals.tightening import is_rough, tightened
from verify.search.budget import Budget
from verify.search.outcomes import judge
from verify.search.pipeline import attack

__all__ = ["confirmed", "cost", "proposals"]

_LONG = Budget(rounds=None, batches=4, batch_size=2048, starts=4, examples=30, growing=False)
_INSTANCES = 12_000
_CONFIRMED = 12
"""Survivors that are attacked again, and the instances of that."""

_FACTOR, _REST, _EQUAL = 0.2, 0.05, 0.5
"""What a factor, other complexity and equality on all rows are worth in mean logarithmic gap."""


def cost(found: Found, table: Table) -> float:
    """Return what survivors are ranked by, the best first: looseness and complexity."""
    factors, rest = found.candidate.size
    gap = np.abs(found.candidate.gaps(table)[table.plain])
    mean = float(gap[np.isfinite(gap)].mean()) if np.isfinite(gap).any() else 99.0
    return mean + _FACTOR * (factors - 1) + _REST * rest - _EQUAL * _equal(found, table)


def _equal(found: Found, table: Table) -> float:
    return float(_ties(found, table).mean()) if len(table) else 0.0


def _ties(found: Found, table: Table) -> Any:
    gaps = found.candidate.gaps(table)
    return np.isfinite(gaps) & (np.abs(gaps) < TIE)


def confirmed(hunt: Hunt, deadline: float) -> Iterator[Found]:
    """Yield survivors in the order of their ranks after a longer attack; none that it refutes.

    An interrupt ends the attacks: what had survived before counts as before.
    """
    ordered = sorted(hunt.kept, key=lambda f: (cost(f, hunt.table), f.candidate.text))
    left = min(_CONFIRMED, len(ordered))
    for index, found in enumerate(ordered):
        begun = monotonic()
        if index >= _CONFIRMED or begun >= deadline:
            yield found
            continue
        try:
            yield from _attacked(hunt, found, (deadline - begun) / (left - index))
        except KeyboardInterrupt:
            hunt.interrupted, deadline = True, begun
            if found.candidate.text not in hunt.given_up:
                yield found


def _attacked(hunt: Hunt, found: Found, share: float) -> Iterator[Found]:
    """Yield a survivor with the receipt of a longer attack, of so many seconds."""
    begun, survivor = monotonic(), found
    if is_rough(found.candidate):
        found = tightened(hunt, found, begun + share / 2)
    claim, budget = hunt.adversary.claim(found.candidate), replace(_LONG, seconds=share / 2)
    result = attack(claim, seed=hunt.adversary.seed, budget=budget.of(_INSTANCES))
    outcome = judge(claim, result, monotonic() - begun, hunt.adversary.seed)
    if result.interrupted and outcome.verdict != "refuted":
        raise KeyboardInterrupt
    hunt.adversary.progress(f"{outcome.verdict}: {found.candidate.text}")
    if outcome.verdict == "survived":
        yield replace(found, outcome=outcome)
        return
    hunt.given_up[found.candidate.text] = outcome.headline
    if result.interrupted:
        raise KeyboardInterrupt
    if survivor is not found:  # with the constant that it had
        yield survivor


def proposals(hunt: Hunt, found: list[Found]) -> tuple[Proposal, ...]:
    """Return survivors as proposals, ranked."""
    table = hunt.table
    ordered = sorted(found, key=lambda f: (cost(f, table), f.candidate.text))
    return tuple(
        Proposal(
            rank,
            each.candidate,
            each.outcome.latex,
            each.outcome.receipt,
            each.seconds,
            each.attacks,
            tuple(_tightness(each, table)),
            _equal(each, table),
            tuple(table.settings(_ties(each, table))),
            each.same,
        )
        for rank, each in enumerate(ordered, 1)
    )


def _tightness(found: Found, table: Table) -> Iterator[Tightness]:
    gaps = np.abs(found.candidate.gaps(table))
    for depth in table.depths:
        every = gaps[(table.depth == depth) & np.isfinite(gaps)]
        plain = gaps[(table.depth == depth) & np.isfinite(gaps) & table.plain]
        if every.size:
            mean = float(np.exp(-plain).mean()) if plain.size else float(np.exp(-every).mean())
            yield Tightness(depth, float(np.exp(-every.min())), mean)
