"""Fit, attack, learn, fit again: what survives is proposed.

Candidates of one factor come first, then of two, sums of these, and of three, so that a run that
is ended by the clock has the simple ones.  A counterexample becomes a row, and the candidate is
fitted anew.  One that nowhere beats what is known or kept is not attacked at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from time import monotonic

import numpy as np

from verify.claims import QUANTITIES
from verify.proposals.adversary import Adversary
from verify.proposals.candidates import Candidate, Monomial
from verify.proposals.constants import fitted, near, rounded
from verify.proposals.dominance import beaten, better
from verify.proposals.exponents import Family, family
from verify.proposals.fitting import Fit, fits, scored
from verify.proposals.known import Known
from verify.proposals.pool import Pool
from verify.proposals.scalings import Degrees
from verify.proposals.sums import sums
from verify.search.outcomes import Outcome

__all__ = ["Found", "Hunt", "is_nice"]

_TURNS = 6
"""How often a candidate is fitted anew before it is given up."""

_NICE, _ROUGH = 40, 4
"""Candidates of a number of factors and a sign that are tried: attained ones, and others."""

_WORSE = 3.0
"""What a candidate may lose, in mean logarithmic gap, while it is fitted anew."""

_SUMMED, _MONOMIALS, _SUMS = 2, 14, 8
"""Factors of the terms of a sum at most, monomials that are added in pairs, sums attacked."""

_COMPARED = 6
"""How many candidates are compared with a known bound by the adversary; others by the rows."""

Item = tuple[Fit, Family]


def is_nice(fit: Fit) -> bool:
    """Return whether a bound is attained on several rows of each depth, its constant simple."""
    return fit.attained and fitted(fit.extreme) is not None


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
    adversary: Adversary
    degrees: Degrees
    pool: Pool
    known: Mapping[str, Known]
    start: float
    factors: int = 3
    kept: list[Found] = field(default_factory=list)
    weaker: dict[str, str] = field(default_factory=dict)
    given_up: dict[str, str] = field(default_factory=dict)
    fitted: int = 0
    compared: int = 0
    interrupted: bool = False
    monomials: dict[int, list[tuple[float, Monomial]]] = field(
        default_factory=lambda: {1: [], -1: []}
    )

    def __post_init__(self) -> None:
        self.table = self.adversary.table

    def run(self) -> None:
        """Go through candidates of one factor, two and three; rough ones wait for nice ones."""
        rough: list[Item] = []
        for count in range(1, min(self.factors, len(self.pool.names)) + 1):
            found = list(self.of(count))
            for sign in (1, -1):
                nice, others = self.ordered([f for f in found if f[0].sign == sign])
                rough += others
                for fit, made in nice:
                    self.consider(fit, made)
            if count == _SUMMED:
                self.add_up()
                rough = self.all_of(rough)
        self.all_of(rough)

    def all_of(self, items: list[Item]) -> list[Item]:
        """Consider all of a list, and leave it empty."""
        for fit, made in items:
            self.consider(fit, made)
        return []

    def of(self, count: int) -> Iterator[Item]:
        """Yield what fits with so many factors."""
        whole = {n: QUANTITIES[n].integer and len(self.table.depths) == 1 for n in self.pool.names}
        for names in combinations(self.pool.names, count):
            self.adversary.check()
            made = family(names, self.degrees, self.table.depths, whole)
            if made is None:
                continue
            for sign in (1, -1):
                self.fitted += 1
                for fit in fits(self.table, made, sign):
                    if not made.free and count <= _SUMMED:
                        self.monomials[sign].append((fit.gap, fit.monomial))
                    yield fit, made

    def ordered(self, found: list[Item]) -> tuple[list[Item], list[Item]]:
        """Return fits that are attained with a simple constant, and others, tightest first."""
        nice = [f for f in found if is_nice(f[0])]
        rough = [f for f in found if f not in nice]

        def key(item: Item) -> tuple[float, str]:
            fit = item[0]
            return round(fit.gap + 0.05 * float(fit.monomial.size), 6), str(fit.monomial)

        return sorted(nice, key=key)[:_NICE], sorted(rough, key=key)[:_ROUGH]

    def consider(self, fit: Fit, made: Family) -> None:
        """Attack a candidate and fit it anew until it survives, is of no interest or given up."""
        self.adversary.check()
        monomial, sharpened, strict, last = fit.monomial, is_nice(fit), False, ""
        for turn in range(_TURNS):
            again = scored(self.table, monomial, fit.sign, strict=strict)
            if turn and sharpened:
                best = fits(self.table, made, fit.sign, strict=strict)
                again = best[0] if best else None
            if again is None or again.gap > fit.gap + _WORSE:
                return
            monomial = again.monomial
            candidate = self.candidate(again, strict=strict)
            if candidate is None or not self.improves(candidate, again):
                return
            if not sharpened:
                sharpened = True
                self.adversary.sharpen(candidate)
            elif not self.refuted(candidate):
                return
            else:
                strict = True
            last = candidate.text
        self.given_up[last] = f"refuted, and fitted anew {_TURNS} times"

    def refuted(self, candidate: Candidate) -> bool:
        """Attack a candidate, keep it if it survives; return whether the table has learnt."""
        rows = len(self.table)
        outcome = self.adversary.attacked(candidate)
        if outcome.verdict == "refuted" and len(self.table) > rows:
            return True
        if outcome.verdict == "survived":
            seconds = monotonic() - self.start
            self.kept.append(Found(candidate, outcome, seconds, self.adversary.attacks))
        else:
            self.given_up[candidate.text] = outcome.headline
        return False

    def add_up(self) -> None:
        """Attack sums of two of the simplest monomials that fit, the nearest first."""
        for sign in (1, -1):
            found = sorted(self.monomials[sign], key=lambda item: (round(item[0], 9), str(item[1])))
            chosen = [monomial for _, monomial in found[:_MONOMIALS]]
            summed = sorted(
                sums(self.table, self.text, chosen, sign), key=lambda item: (item[0], item[1].text)
            )
            for _, candidate in summed[:_SUMS]:
                if better(self.table, candidate, *self.rivals(sign)):
                    self.refuted(candidate)

    def candidate(self, fit: Fit, *, strict: bool = False) -> Candidate | None:
        """Return the candidate of a fit: with a simple constant if one is exact or near."""
        simple = fitted(fit.extreme) or (None if strict else near(fit.extreme))
        constant = simple or rounded(fit.extreme, fit.sign)
        if constant is None:
            return None
        return Candidate(self.text, ">=" if fit.sign > 0 else "<=", ((constant, fit.monomial),))

    def rivals(self, sign: int) -> tuple[list[Candidate], dict[str, Known]]:
        """Return what is kept and what is known from below (1), or from above (-1)."""
        kept = [f.candidate for f in self.kept if f.candidate.sign == sign]
        return kept, {n: k for n, k in self.known.items() if k.bounds(sign)}

    def improves(self, candidate: Candidate, fit: Fit) -> bool:
        """Return whether a candidate is better than all that is known or kept on some row.

        Where one known bound is as good on every row, the adversary looks for an instance where it
        is not.
        """
        rivals = self.rivals(candidate.sign)
        if better(self.table, candidate, *rivals):
            return True
        by = beaten(self.table, candidate, *rivals)
        if candidate.text == by or candidate.text in self.weaker:
            return False
        index = next((k for k, f in enumerate(self.kept) if f.candidate.text == by), None)
        if index is not None and self.equal(self.kept[index].candidate, candidate):
            found = self.kept[index]
            if candidate.text not in found.same:
                self.kept[index] = replace(found, same=(*found.same, candidate.text))
        elif is_nice(fit):
            if by in self.known and self.compared < _COMPARED:
                self.compared += 1
                if self.adversary.separated(candidate, self.known[by]):
                    return better(self.table, candidate, *rivals)
            self.weaker[candidate.text] = by
        return False

    def equal(self, one: Candidate, other: Candidate) -> bool:
        """Return whether two right sides agree on every row."""
        mine, theirs = one.right(self.table), other.right(self.table)
        return bool(np.allclose(mine, theirs, rtol=1e-9, atol=0, equal_nan=True))
