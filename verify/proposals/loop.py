"""Fit, attack, learn, fit again: what survives is proposed.

Candidates of one factor come first, then of two, then of three, so that a run that is ended by the
clock has the simple ones.  A counterexample becomes a row, with neighbours, and the candidate is
fitted anew.  One that nowhere beats what is known or kept is not attacked at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import inf
from time import monotonic
from typing import Any

import numpy as np

from verify.claims import QUANTITIES, Bounds, Claim
from verify.conjecture import conjecture
from verify.proposals.candidates import Candidate, Monomial
from verify.proposals.constants import fitted, near, rounded
from verify.proposals.dominance import beaten, better
from verify.proposals.exponents import Family, family
from verify.proposals.fitting import Fit, fits, scored
from verify.proposals.known import Known
from verify.proposals.pool import Pool
from verify.proposals.scalings import Degrees
from verify.proposals.sums import sums
from verify.proposals.table import Table
from verify.search.budget import Budget
from verify.search.optimise import polish
from verify.search.outcomes import Outcome, judge
from verify.search.pipeline import attack

__all__ = ["Found", "Hunt", "Stopped"]

_ATTACK = Budget(
    rounds=1, batches=1, batch_size=512, starts=2, examples=10, growing=False, shrink_tries=0
)
_TURNS = 6
"""How often a candidate is fitted anew before it is given up."""

_NICE, _ROUGH = 40, 4
"""Candidates of a number of factors and a sign that are tried: attained ones, and others."""

_WORSE = 3.0
"""What a candidate may lose, in mean logarithmic gap, while it is fitted anew."""

_SUMMED, _MONOMIALS, _SUMS = 2, 14, 8
"""Factors of the terms of a sum at most, monomials that are added in pairs, sums attacked."""

_DEEPER, _WIDER = 1, 2
"""How far beyond the sizes of the table a candidate is attacked, where these have a range."""

_POLISHED, _EVALUATIONS = 2, 100
"""Rows of a depth from which the extreme ratio is descended to, and values of the objective."""


def is_nice(fit: Fit) -> bool:
    """Whether a bound is attained on several rows of each depth, with a simple constant."""
    return fit.attained and fitted(fit.extreme) is not None


class Stopped(Exception):
    """The clock, or the user, ends the hunt: what was found counts."""


@dataclass(frozen=True)
class Found:
    """A candidate that survived its attack.

    ``same`` are others with the same right side on every row; ``seconds`` is when it was found.
    """

    candidate: Candidate
    outcome: Outcome
    seconds: float
    attacks: int
    same: tuple[str, ...] = ()


@dataclass
class Hunt:
    """One search under way."""

    text: str
    table: Table
    degrees: Degrees
    pool: Pool
    known: Mapping[str, Known]
    seed: int
    deadline: float = inf
    factors: int = 3
    progress: Callable[[str], None] = lambda line: None
    start: float = field(default_factory=monotonic)
    kept: list[Found] = field(default_factory=list)
    weaker: dict[str, tuple[Candidate, str]] = field(default_factory=dict)
    given_up: dict[str, str] = field(default_factory=dict)
    tried: int = 0
    fitted: int = 0
    monomials: dict[int, list[tuple[float, Monomial]]] = field(
        default_factory=lambda: {1: [], -1: []}
    )

    def check(self) -> None:
        """Raise Stopped once the time is used up."""
        if monotonic() > self.deadline:
            raise Stopped

    def run(self) -> None:
        """Go through candidates of one factor, of two and of three; rough ones of several last."""
        left: list[tuple[Fit, Family]] = []
        for count in range(1, min(self.factors, len(self.pool.names)) + 1):
            found = list(self.of(count))
            for sign in (1, -1):
                nice, rough = self.ordered([f for f in found if f[0].sign == sign])
                for fit, made in nice if count > 1 else nice + rough:
                    self.check()
                    self.consider(fit, made)
                left += rough if count > 1 else []
            if count == _SUMMED:
                self.add_up()
        for fit, made in left:
            self.check()
            self.consider(fit, made)

    def add_up(self) -> None:
        """Attack sums of two of the simplest monomials that fit, the nearest first."""
        for sign in (1, -1):
            found = sorted(self.monomials[sign], key=lambda item: (round(item[0], 9), str(item[1])))
            chosen = [monomial for _, monomial in found[:_MONOMIALS]]
            summed = sorted(
                sums(self.table, self.text, chosen, sign), key=lambda item: (item[0], item[1].text)
            )
            for _, candidate in summed[:_SUMS]:
                self.check()
                if better(self.table, candidate, *self.rivals(sign)):
                    outcome = self.attacked(candidate)
                    if outcome.verdict == "survived":
                        self.keep(candidate, outcome)

    def rivals(self, sign: int) -> tuple[list[Candidate], dict[str, Known]]:
        """Return what is kept and what is known from below (1), or from above (-1)."""
        kept = [f.candidate for f in self.kept if f.candidate.sign == sign]
        return kept, {n: k for n, k in self.known.items() if k.bounds(sign)}

    def of(self, count: int) -> Iterator[tuple[Fit, Family]]:
        """Yield what fits with so many factors."""
        whole = {n: QUANTITIES[n].integer and len(self.table.depths) == 1 for n in self.pool.names}
        for names in combinations(self.pool.names, count):
            self.check()
            made = family(names, self.degrees, self.table.depths, whole)
            if made is None:
                continue
            for sign in (1, -1):
                self.fitted += 1
                for fit in fits(self.table, made, sign):
                    if not made.free and count <= _SUMMED:
                        self.monomials[sign].append((fit.gap, fit.monomial))
                    yield fit, made

    def ordered(
        self, found: list[tuple[Fit, Family]]
    ) -> tuple[list[tuple[Fit, Family]], list[tuple[Fit, Family]]]:
        """Return fits that are attained with a simple constant, and others, tightest first."""
        nice = [f for f in found if is_nice(f[0])]
        rough = [f for f in found if f not in nice]

        def key(item: tuple[Fit, Family]) -> tuple[float, str]:
            fit = item[0]
            return round(fit.gap + 0.05 * float(fit.monomial.size), 6), str(fit.monomial)

        return sorted(nice, key=key)[:_NICE], sorted(rough, key=key)[:_ROUGH]

    def consider(self, fit: Fit, made: Family) -> None:
        """Attack a candidate and fit it anew until it survives, is of no interest or given up."""
        first, sharpened, strict = fit.gap, is_nice(fit), False
        monomial = fit.monomial
        for turn in range(_TURNS):
            again = scored(self.table, monomial, fit.sign, strict=strict)
            if turn and sharpened:
                best = fits(self.table, made, fit.sign, strict=strict)
                again = best[0] if best else None
            if again is None or again.gap > first + _WORSE:
                return
            monomial = again.monomial
            candidate = self.candidate(again, strict=strict)
            if candidate is None:
                return
            if not self.improves(candidate, again):
                return
            if not sharpened:
                sharpened = True
                self.sharpen(candidate)
                continue
            rows = len(self.table)
            outcome = self.attacked(candidate)
            if outcome.verdict == "refuted" and len(self.table) > rows:
                strict = True
                continue
            if outcome.verdict == "survived":
                self.keep(candidate, outcome)
            else:
                self.given_up[candidate.text] = outcome.headline
            return
        self.given_up[candidate.text] = f"refuted with every constant, {_TURNS} times"

    def candidate(self, fit: Fit, *, strict: bool = False) -> Candidate | None:
        """Return the candidate of a fit: with a simple constant if one is exact or near."""
        simple = fitted(fit.extreme) or (None if strict else near(fit.extreme))
        constant = simple or rounded(fit.extreme, fit.sign)
        operator = ">=" if fit.sign > 0 else "<="
        if constant is None:
            return None
        return Candidate(self.text, operator, ((constant, fit.monomial),))

    def improves(self, candidate: Candidate, fit: Fit) -> bool:
        """Return whether a candidate is better than all that is known or kept on some row."""
        rivals = self.rivals(candidate.sign)
        if better(self.table, candidate, *rivals):
            return True
        by = beaten(self.table, candidate, *rivals)
        index = next((k for k, f in enumerate(self.kept) if f.candidate.text == by), None)
        if index is not None and self.equal(self.kept[index].candidate, candidate):
            found = self.kept[index]
            if candidate.text not in (by, *found.same):
                self.kept[index] = replace(found, same=(*found.same, candidate.text))
        elif candidate.text != by and is_nice(fit):
            self.weaker.setdefault(candidate.text, (candidate, by))
        return False

    def equal(self, one: Candidate, other: Candidate) -> bool:
        """Return whether two right sides agree on every row."""
        mine, theirs = one.right(self.table), other.right(self.table)
        return bool(np.allclose(mine, theirs, rtol=1e-9, atol=0, equal_nan=True))

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
        self.tried += 1
        budget = replace(_ATTACK, seconds=self.deadline - begun)
        result = attack(claim, seed=self.seed + self.tried, budget=budget)
        if result.interrupted:
            raise KeyboardInterrupt
        outcome = judge(claim, result, monotonic() - begun, self.seed + self.tried)
        found = result.found
        if found is not None and found.choices is not None:
            self.table.add(found.setting, found.choices, self.seed)
        elif result.cut_short:
            raise Stopped
        self.progress(f"{outcome.verdict}: {candidate.text}")
        return outcome

    def sharpen(self, candidate: Candidate) -> None:
        """Go downhill to the extreme ratio at each depth, from the rows that are next to it."""
        claim = self.claim(candidate)
        for depth in self.table.depths:
            self.check()
            gaps = candidate.gaps(self.table)
            here = np.where((self.table.depth == depth) & np.isfinite(gaps), gaps, inf)
            for row in np.argsort(here)[:_POLISHED]:
                setting, choices = self.table.choices(int(row))
                sizes = [c for c in choices if isinstance(c, int)]
                numbers = [c for c in choices if not isinstance(c, int)]
                at = Bounds((depth, depth), self.table.bounds.width)
                place = replace(claim, setting=setting, bounds=at)
                lower, _ = polish(place, sizes, numbers, evaluations=_EVALUATIONS)
                if lower is not None:
                    self.table.add(setting, lower, self.seed)

    def keep(self, candidate: Candidate, outcome: Any) -> None:
        """Add a survivor."""
        self.kept.append(Found(candidate, outcome, monotonic() - self.start, self.tried))
