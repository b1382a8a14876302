"""Make a counterexample simple: small sizes first, then zeros, ones and small denominators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from time import monotonic
from typing import TYPE_CHECKING

from verify.claims import Claim
from verify.sources import Choice, Exhausted, RecordedSource

if TYPE_CHECKING:
    from verify.search.pipeline import Counterexample

__all__ = ["complexity", "shrink"]


def complexity(value: int | Fraction) -> tuple[int, int, int]:
    """Return a key that orders numbers as a mathematician would: 0, 1, -1, 2, ..., 1/2, ..."""
    q = Fraction(value)
    return (q.denominator, abs(q.numerator), int(q < 0))


def _candidates(choice: Choice) -> Iterator[int | Fraction]:
    """Simpler values than the one chosen, simplest first."""
    value = choice.value
    if isinstance(value, int):
        yield from range(choice.low, value)
        return
    simple = {Fraction(s * p, q) for q in (1, 2, 3) for p in range(4) for s in (1, -1)}
    rounded = {value.limit_denominator(q) for q in (1, 2, 3, 4, 6, 12, 100)}
    for candidate in sorted(simple | rounded, key=complexity):
        if choice.low <= candidate <= choice.high and complexity(candidate) < complexity(value):
            yield candidate


def shrink(
    claim: Claim,
    found: Counterexample,
    confirm: Callable[..., Counterexample | None],
    seconds: float = 2.0,
) -> Counterexample:
    """Return a counterexample whose choices are as simple as passes over them can make them.

    Every candidate is rebuilt by the setting's recipe and confirmed exactly; sizes are tried
    before numbers because the recipe asks for them first.
    """
    if found.choices is None:
        return found
    deadline = monotonic() + seconds
    improved = True
    while improved and monotonic() < deadline:
        improved = False
        position = 0
        while position < len(found.choices or ()) and monotonic() < deadline:
            better = _simplify_at(claim, found, position, confirm)
            if better is not None:
                found, improved = better, True
            position += 1
    return found


def _simplify_at(
    claim: Claim,
    found: Counterexample,
    position: int,
    confirm: Callable[..., Counterexample | None],
) -> Counterexample | None:
    """Replace one choice by a simpler one, if the violation survives."""
    values = list(found.choices or ())
    recorded = RecordedSource(values)
    claim.setting.build(recorded, claim.bounds)
    for candidate in _candidates(recorded.choices[position]):
        trial = [*values[:position], candidate, *values[position + 1 :]]
        source = RecordedSource(trial)
        try:
            instance = claim.setting.build(source, claim.bounds)
        except (Exhausted, ArithmeticError):
            continue
        better = confirm(
            claim, instance, found.found_by, [choice.value for choice in source.choices]
        )
        if better is not None:
            return better
    return None
