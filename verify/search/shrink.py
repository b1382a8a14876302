"""Make a counterexample simple: small sizes first, then zeros, ones and small denominators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from time import monotonic
from typing import TYPE_CHECKING, Any

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
    for blocks in (False, True):  # dropping blocks is dear: it gets the time that is left
        improved = True
        while improved and monotonic() < deadline:
            improved = False
            position = 0
            while position < len(found.choices or ()) and monotonic() < deadline:
                better = _simplify_at(claim, found, position, confirm, blocks)
                if better is not None:
                    found, improved = better, True
                position += 1
    return found


def _simplify_at(
    claim: Claim,
    found: Counterexample,
    position: int,
    confirm: Callable[..., Counterexample | None],
    blocks: bool,
) -> Counterexample | None:
    """Replace one choice by a simpler one, if the violation survives."""
    values = list(found.choices or ())
    head, tail = values[:position], values[position + 1 :]
    choice = _replay(claim, values)[1][position]
    for candidate in _candidates(choice):
        start = [*head, candidate]
        size_changes = blocks and isinstance(candidate, int)
        for rest in _without_surplus(claim, start, tail) if size_changes else (tail,):
            instance, choices = _replay(claim, [*start, *rest])
            if instance is None:
                continue
            better = confirm(claim, instance, found.found_by, [c.value for c in choices])
            if better is not None:
                return better
    return None


def _without_surplus(claim: Claim, head: list[Any], tail: list[Any]) -> Iterator[list[Any]]:
    """A smaller size leaves choices over: drop as many, as a block at each place in turn."""
    surplus = len(head) + len(tail) - len(_replay(claim, [*head, *tail])[1])
    for start in range(len(tail) - surplus if surplus else 0):
        yield [*tail[:start], *tail[start + surplus :]]


def _replay(claim: Claim, values: list[Any]) -> tuple[Any, list[Choice]]:
    """Return the instance (None if the recipe rejects the choices) and the choices it used."""
    source = RecordedSource(values)
    try:
        return claim.setting.build(source, claim.bounds), source.choices
    except (Exhausted, ArithmeticError):
        return None, source.choices
