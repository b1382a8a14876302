"""Make a counterexample simple: small sizes first, then zeros, ones and small denominators.

A shrinker sees only the list of choices that made the instance: it proposes simpler lists, the
setting's recipe rebuilds the instance, and an exact or certified decision keeps what still
violates the claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice
from math import inf
from random import Random
from time import monotonic
from typing import Any

from verify.claims import Bounds, Claim
from verify.search.record import Counterexample, confirm, rebuild
from verify.sources import Choice, RandomSource

__all__ = ["Limit", "complexity", "shrink"]

_SIMPLIFY = 2
"""The move that is taken up again whenever a dearer one has helped."""

_DRAWS = 100

_MOST_PAIRS = 12
"""Numbers in an instance up to which two of them are simplified at once."""

_MOST_SURPLUS, _MOST_DROPS = 6, 200
"""Choices left out for a smaller size, and ways of leaving out as many that are tried."""


def complexity(value: int | Fraction) -> tuple[int, int, int]:
    """Return a key that orders numbers as a mathematician would: 0, 1, -1, 2, ..., 1/2, ..."""
    q = Fraction(value)
    return (q.denominator, abs(q.numerator), int(q < 0))


@dataclass
class Limit:
    """How much shrinking may still do: instances decided, and the time it must end at."""

    tries: int | None
    deadline: float = inf

    @property
    def reached(self) -> bool:
        """Return whether nothing more may be tried."""
        return self.tries == 0 or monotonic() > self.deadline

    def spend(self) -> None:
        """Count one decision."""
        if self.tries is not None:
            self.tries -= 1


def shrink(claim: Claim, found: Counterexample, limit: Limit) -> Iterator[Counterexample]:
    """Yield ever simpler counterexamples, then, among equally simple ones, a larger margin.

    Sizes are tried before numbers because recipes ask for them first.  Dear moves (dropping
    choices, two numbers at once) get what cheap ones leave.
    """
    if found.choices is None:
        return
    moves = (_tiny, _round_all, _simplify_one, _drop_choices, _simplify_two)
    level, tried = 0, set[_Key]()
    while level < len(moves):
        improved = False
        position: int | None = 0
        while position is not None and not limit.reached:
            proposals = _new(moves[level](claim, found, position), tried)
            better = _first(claim, found, proposals, limit)
            if better is not None:
                found, improved = better, True
                yield found
            position = position + 1 if position + 1 < len(found.choices or ()) else None
        level = _SIMPLIFY if improved and level >= _SIMPLIFY else level + 1
    better = _larger_margin(claim, found, limit)
    if better is not found:
        yield better


_Key = tuple[tuple[bool, int | Fraction], ...]


def _new(proposals: Iterator[list[Any]], tried: set[_Key]) -> Iterator[list[Any]]:
    """Leave out what was proposed before: no simpler then is no simpler now, and no violation."""
    for proposal in proposals:
        key = tuple((isinstance(value, int), value) for value in proposal)
        if key not in tried:
            tried.add(key)
            yield proposal


def _first(
    claim: Claim, found: Counterexample, proposals: Iterator[list[Any]], limit: Limit
) -> Counterexample | None:
    """Return the first proposal that still violates the claim and is simpler."""
    assert found.choices is not None
    for proposal in proposals:
        if limit.reached:
            return None
        instance, used = rebuild(claim, found.setting, proposal)
        values = tuple(choice.value for choice in used)
        if instance is None or _weight(values) >= _weight(found.choices):
            continue
        limit.spend()
        better = confirm(claim, instance, found.found_by, found.setting, values)
        if better is not None:
            return better
    return None


def _weight(values: Sequence[int | Fraction]) -> tuple[Any, ...]:
    """Order lists of choices: sizes first, then the numbers, each by its complexity."""
    sizes = [v for v in values if isinstance(v, int)]
    keys = [complexity(v) for v in values if not isinstance(v, int)]
    total = tuple(map(sum, zip(*keys, strict=True))) if keys else ()
    return (sizes, len(keys), total, keys)


def _tiny(claim: Claim, found: Counterexample, position: int) -> Iterator[list[Any]]:
    """Draw integers of the smallest sizes: chance finds shapes that no shrinking leads to."""
    low_depth, low_width = claim.bounds.depth[0], claim.bounds.width[0]
    width = min(low_width + 1, claim.bounds.width[1])
    bounds = Bounds((low_depth, low_depth), (low_width, width))
    random = Random(position)
    for _ in range(_DRAWS if position == 0 else 0):
        source = RandomSource(random, denominators=(1,))
        with suppress(ArithmeticError):
            found.setting.build(source, bounds)
            yield [choice.value for choice in source.choices]


def _round_all(claim: Claim, found: Counterexample, position: int) -> Iterator[list[Any]]:
    """Round every number to one largest denominator."""
    for q in (1, 2, 3, 4, 6, 12) if position == 0 else ():
        yield [v if isinstance(v, int) else v.limit_denominator(q) for v in found.choices or ()]


def _simplify_one(claim: Claim, found: Counterexample, position: int) -> Iterator[list[Any]]:
    """Replace the choice at ``position`` by a simpler one."""
    values, ranges = _ranges(claim, found)
    for candidate in _candidates(ranges[position]):
        yield [*values[:position], candidate, *values[position + 1 :]]


def _drop_choices(claim: Claim, found: Counterexample, position: int) -> Iterator[list[Any]]:
    """Make a size smaller and drop the choices it leaves over: a block, or the simplest ones."""
    values, ranges = _ranges(claim, found)
    for candidate in _candidates(ranges[position]) if isinstance(values[position], int) else ():
        head, tail = [*values[:position], candidate], values[position + 1 :]
        for surplus in range(1, min(len(tail), _MOST_SURPLUS) + 1):
            for start in range(len(tail) - surplus + 1):
                yield [*head, *tail[:start], *tail[start + surplus :]]
            simplest = sorted(range(len(tail)), key=lambda i: complexity(tail[i]))
            for dropped in islice(combinations(simplest, surplus), _MOST_DROPS):
                yield [*head, *(x for i, x in enumerate(tail) if i not in dropped)]


def _simplify_two(claim: Claim, found: Counterexample, position: int) -> Iterator[list[Any]]:
    """Replace the number at ``position`` and a later one by simple ones, or by each other."""
    values, ranges = _ranges(claim, found)
    numbers = [i for i, v in enumerate(values) if not isinstance(v, int)]
    weight = _weight(values)
    if position not in numbers or len(numbers) > _MOST_PAIRS:
        return
    for other in (i for i in numbers if i > position):
        for x in (*_small(ranges[position]), values[other]):
            for y in (*_small(ranges[other]), values[position]):
                changed = list(values)
                changed[position], changed[other] = x, y
                if _weight(changed) < weight:  # most are not, and building one is dear
                    yield changed


def _larger_margin(claim: Claim, found: Counterexample, limit: Limit) -> Counterexample:
    """Flip signs of single numbers where that violates the claim by more."""
    for position in range(len(found.choices or ())):
        values = list(found.choices or ())
        if isinstance(values[position], int) or not values[position] or limit.reached:
            continue
        values[position] = -values[position]
        instance, used = rebuild(claim, found.setting, values)
        if instance is None or [c.value for c in used] != values:
            continue
        limit.spend()
        other = confirm(claim, instance, found.found_by, found.setting, values)
        if other is not None and other.decision.slack < found.decision.slack * (1 + 1e-9):
            found = other
    return found


def _ranges(claim: Claim, found: Counterexample) -> tuple[list[Any], list[Choice]]:
    values = list(found.choices or ())
    return values, rebuild(claim, found.setting, values)[1]


def _small(choice: Choice) -> Iterator[Fraction]:
    yield from (Fraction(x) for x in (0, 1, -1, 2, -2) if choice.low <= x <= choice.high)


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
