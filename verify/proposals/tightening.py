"""The best constant of a survivor whose constant is only a rounded ratio of the rows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from time import monotonic

from verify.conjecture import with_constant
from verify.proposals.candidates import Candidate, Constant
from verify.proposals.constants import safe
from verify.proposals.loop import Found, Hunt
from verify.search.budget import Budget
from verify.search.tighten import bracketed

__all__ = ["is_rough", "tightened"]

_BUDGET = Budget(
    rounds=None, batches=2, batch_size=512, starts=3, examples=10, growing=False, shrink_tries=0
).of(4000)
_SIMPLE = 12
"""Denominators up to this are no rounded ratios."""


def is_rough(candidate: Candidate) -> bool:
    """Return whether a candidate of one term has a constant that nothing but rows speaks for."""
    return len(candidate.terms) == 1 and candidate.terms[0][0].number.denominator > _SIMPLE


def tightened(hunt: Hunt, found: Found, deadline: float) -> Found:
    """Return a survivor with the extreme constant that survives, itself where none is better."""
    candidate = found.candidate
    (constant, monomial), sign = candidate.terms[0], candidate.sign
    shape = monomial.text(Constant(Fraction(1), constant.depth, constant.before))
    text = f"{candidate.left} {candidate.operator} c*{shape}"
    at = with_constant(text, "c", hunt.adversary.claim(candidate))
    budget = replace(_BUDGET, seconds=max(0.1, deadline - monotonic()))
    outcome = bracketed(at, "c", seed=hunt.adversary.seed, budget=budget)
    if outcome.survived is None or outcome.survived <= 0:
        return found
    number = safe(float(outcome.survived), sign)
    if sign * (number - constant.number) <= 0:
        return found
    terms = ((replace(constant, number=number), monomial),)
    return replace(found, candidate=replace(candidate, terms=terms))
