"""Attacks on candidates: what refutes one becomes a row of the table, with its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from time import monotonic

import numpy as np

from verify import parser
from verify.claims import Bounds, Claim
from verify.conjecture import conjecture
from verify.expression import related
from verify.proposals.candidates import Candidate
from verify.proposals.known import Known
from verify.proposals.table import Table
from verify.search.budget import Budget
from verify.search.optimise import polish
from verify.search.outcomes import Outcome, judge
from verify.search.pipeline import attack
from verify.search.record import Counterexample

__all__ = ["Adversary", "Stopped"]

_ATTACK = Budget(
    rounds=1, batches=1, batch_size=512, starts=2, examples=10, growing=False, shrink_tries=0
)
_POLISHED, _EVALUATIONS = 2, 100
"""Rows of a depth from which the extreme ratio is descended to, and values of the objective."""

_DEEPER, _WIDER = 1, 2
"""How far beyond the sizes of the table a candidate is attacked, where these have a range."""


class Stopped(Exception):
    """The clock ends the hunt: what was found counts."""


@dataclass
class Adversary:
    """Attacks within the time that is left."""

    table: Table
    seed: int
    deadline: float = inf
    progress: Callable[[str], None] = lambda line: None
    attacks: int = 0

    def check(self) -> None:
        """Raise Stopped once the time is used up."""
        if monotonic() > self.deadline:
            raise Stopped

    def claim(self, candidate: Candidate) -> Claim:
        """Return a candidate as a claim over the setting, at sizes beyond those of the table.

        A constant that the widths of the rows explain is none.
        """
        (shallow, deep), (narrow, wide) = self.table.bounds.depth, self.table.bounds.width
        deeper = deep + _DEEPER if deep > shallow else deep
        wider = wide + _WIDER if wide > narrow else wide
        return conjecture(
            "candidate",
            candidate.text,
            over=self.table.setting,
            depth=(shallow, deeper),
            width=(narrow, wider),
        ).claims[0]

    def attacked(self, candidate: Candidate) -> Outcome:
        """Attack a candidate; what refutes it becomes a row."""
        self.check()
        claim, begun = self.claim(candidate), monotonic()
        self.attacks += 1
        result = attack(claim, seed=self.seed + self.attacks, budget=self._short())
        if result.interrupted:
            raise KeyboardInterrupt
        outcome = judge(claim, result, monotonic() - begun, self.seed + self.attacks)
        if result.found is not None:
            self._learn(result.found)
        elif result.cut_short:
            raise Stopped
        self.progress(f"{outcome.verdict}: {candidate.text}")
        return outcome

    def separated(self, candidate: Candidate, known: Known) -> bool:
        """Return whether an instance is found where a known bound is worse than a candidate."""
        self.check()
        right = candidate.text.split(f" {candidate.operator} ")[1]
        bound = known.claim.expanded.args[known.side]
        mine = parser.parse(f"{right} >= 0").relation.lhs
        claim = replace(
            self.claim(candidate),
            relation=related(bound, candidate.operator, mine),
            assumptions=known.claim.assumptions,
        )
        result = attack(claim, seed=self.seed, budget=self._short())
        if result.interrupted:
            raise KeyboardInterrupt
        return result.found is not None and self._learn(result.found)

    def sharpen(self, candidate: Candidate) -> None:
        """Go downhill to the extreme ratio at each depth, from the rows that are next to it."""
        claim = self.claim(candidate)
        for depth in self.table.depths:
            self.check()
            gaps = candidate.gaps(self.table)
            here = np.where((self.table.depth == depth) & np.isfinite(gaps), gaps, inf)
            at = Bounds((depth, depth), self.table.bounds.width)
            for row in np.argsort(here)[:_POLISHED]:
                setting, choices = self.table.choices(int(row))
                sizes = [c for c in choices if isinstance(c, int)]
                numbers = [c for c in choices if not isinstance(c, int)]
                place = replace(claim, setting=setting, bounds=at)
                lower, _ = polish(place, sizes, numbers, evaluations=_EVALUATIONS)
                if lower is not None:
                    self.table.add(setting, lower, self.seed)

    def _short(self) -> Budget:
        """The budget of one attack."""
        return replace(_ATTACK, seconds=max(0.1, self.deadline - monotonic()))

    def _learn(self, found: Counterexample) -> bool:
        """Make a counterexample rows; return whether its sizes are those of the table."""
        if found.choices is None:
            return False
        return self.table.add(found.setting, found.choices, self.seed) > 0
