"""Whether squares prove a proposal at small sizes, where it is a polynomial inequality there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import monotonic

from verify.derivation.polynomials import AtSizes
from verify.derivation.steps import check
from verify.proposals.loop import Hunt
from verify.proposals.outcome import Proposal

__all__ = ["attempts"]

_TRIED = 6
"""Proposals, the best first."""

_SIZES = ((2, 1, 1, 1), (2, 2, 1, 1), (2, 1, 2, 1), (2, 1, 1, 2), (2, 2, 2, 1))
_SECONDS = 4.0
"""Of one size at most."""


def attempts(hunt: Hunt, proposals: tuple[Proposal, ...], deadline: float) -> tuple[Proposal, ...]:
    """Return proposals with what squares prove of them, the best few, as long as there is time."""
    return tuple(
        replace(p, squares=tuple(_attempted(hunt, p, deadline))) if p.rank <= _TRIED else p
        for p in proposals
    )


def _attempted(hunt: Hunt, proposal: Proposal, deadline: float) -> Iterator[str]:
    claim = hunt.adversary.claim(proposal.candidate)
    for sizes in _SIZES:
        left = min(_SECONDS, deadline - monotonic())
        if left <= 0:
            return
        step = AtSizes("by squares", claim=claim, sizes=sizes)
        found = check(step, seconds=left)
        if found.verdict == "holds":
            shape = "-".join(map(str, sizes[1:]))
            yield f"proved at depth {sizes[0]}, widths {shape}, for all numbers: {found.residual}"
