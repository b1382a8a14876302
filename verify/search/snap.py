"""From a float point to an exact instance: round its choices to ever finer rationals."""

from __future__ import annotations

from fractions import Fraction

from verify.claims import Claim, Decision, decide
from verify.search.batches import ROUNDING
from verify.search.record import Attack, Counterexample, Near, rebuild

__all__ = ["snap"]

_DENOMINATORS = (1, 2, 3, 4, 6, 8, 12, 20, 50, 100, 1000, 10**4, 10**6, 10**8, 10**11, 2**1074)
"""Largest denominators, the last one that of any float: the very point is decided in the end."""


def snap(claim: Claim, near: Near, engine: str, result: Attack) -> Counterexample | None:
    """Return the simplest rounding of a float point that violates ``claim``, if there is one.

    The very point is decided in the end: its exact slack takes the place of what floats saw, and
    where it stays undecided it is counted, for nothing exact denies the violation.  Where both
    sides are known to differ by less than floats would see, it is denied: that is a tie, and no
    violation unless the relation is strict.
    """
    decision: Decision | None = None
    seen: set[tuple[int | Fraction, ...]] = set()
    for denominator in _DENOMINATORS:
        rounded = tuple(
            c if isinstance(c, int) else Fraction(c).limit_denominator(denominator)
            for c in near.choices
        )
        if rounded in seen:
            continue
        seen.add(rounded)
        instance, used = rebuild(claim, near.setting, rounded)
        if instance is None:
            continue
        decision = decide(claim, instance, exact_first=False)
        if decision.refutes:
            kept = tuple(choice.value for choice in used)
            return Counterexample(instance, decision, engine, near.setting, kept)
    if decision is not None:
        certain = decision.kind == "certified" and decision.reach < ROUNDING
        tie = certain and claim.operator not in (">", "<")
        result.undecided += decision.open and not tie
        result.correct(near, decision)
    return None
