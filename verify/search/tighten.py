"""The extreme constant for which a relation survives: certified refuted beyond, survived within.

Each counterexample at one constant refutes every larger one down to its own critical constant, so
the search goes on just below that; the optimiser then works on the same quotient a mathematician
would minimise.  Short attacks, which simplify nothing, narrow the bracket; then its survivor has to
survive what a plain search of it would do.  If it does not, the bracket is narrowed again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from time import monotonic
from typing import Any

import numpy as np

from verify.claims import Claim, decide
from verify.errors import UsageError
from verify.search.ahead import Ahead
from verify.search.batches import evaluate
from verify.search.budget import Budget
from verify.search.outcomes import Outcome, Receipt, rows_of
from verify.search.pipeline import attack
from verify.search.record import Attack, Counterexample, Near, confirm
from verify.search.shrink import Limit, shrink

__all__ = ["Bracketed", "bracketed"]

_LARGEST = 2**40
_GAPS = tuple(Fraction(1, 10**k) for k in (1, 2, 3, 4, 6))
"""How far below the least refuted constant the next one is tried, relatively."""

_BISECTIONS = 64
_RESOLUTION = Fraction(1, 10**9)
_DENOMINATOR = 10**12
_LEAST = Fraction(1, 10**6)
"""Constants this small count as zero when gaps are measured."""

_SAMPLES, _LANES = 8, 256
"""Float batches, and instances in each, that show in which direction a claim gets harder."""

_PARTS = 6
"""A short attack has at most the budget divided by this, all short ones between two long ones the
budget once."""

_LONG = 24
"""Survivors of short attacks that are attacked at length before the search gives up."""


@dataclass(frozen=True)
class Bracketed(Outcome):
    """The relation survived for ``survived`` and is refuted for ``refuted``, exactly.

    None stands for a constant that was not found: never refuted, or never survived.  ``claim`` is
    the one that is refuted, ``text`` and ``symbolic`` what was asked, with the constant in it.
    """

    name: str
    survived: Fraction | None
    refuted: Fraction | None
    counterexample: Counterexample | None = None
    certificate: Any = None
    text: str = ""
    symbolic: str = ""
    verdict: str = field(default="survived", kw_only=True)

    def __post_init__(self) -> None:
        if self.survived is None and self.refuted is None:
            object.__setattr__(self, "verdict", "inconclusive")

    @property
    def title(self) -> str:
        """Return the conjecture with its constant."""
        return self.text or super().title

    @property
    def latex(self) -> str:
        """Return the same in LaTeX."""
        return self.symbolic or super().latex

    @property
    def headline(self) -> str:
        """Return the bracket in one sentence."""
        if self.verdict == "inconclusive":
            return f"inconclusive: no value of {self.name} could be judged ({self.receipt})"
        above = "nothing tried" if self.refuted is None else f"{self.name} = {_show(self.refuted)}"
        below = (
            "nothing tried" if self.survived is None else f"{self.name} = {_show(self.survived)}"
        )
        return f"survives {below}, refuted for {above}"

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain data."""
        return super().to_json() | {
            "constant": self.name,
            "survived": None if self.survived is None else str(self.survived),
            "refuted": None if self.refuted is None else str(self.refuted),
            "certificate": None if self.certificate is None else str(self.certificate),
        }

    def _rows(self) -> list[tuple[str, Any]]:
        found = self.counterexample
        ends = (("survives for", self.survived), ("refuted for", self.refuted))
        return [
            *super()._rows(),
            *((name, _named(self.name, value)) for name, value in ends),
            *([] if found is None else rows_of(found, self.certificate)),
        ]


def _named(name: str, value: Fraction | None) -> str:
    """A constant with its value, or that none was found."""
    return f"{name} = {_show(value)}" if value is not None else f"no {name} that was tried"


def _show(value: Fraction) -> str:
    """An exact number, or ten digits where it is long."""
    return str(value) if value.denominator < 1000 else f"{float(value):.10g}"


@dataclass
class _Recall:
    """The counterexamples of earlier constants are the first tried at the next."""

    nears: list[Near]

    def candidates(self, claim: Claim) -> Any:
        return iter(self.nears)


def bracketed(
    at: Callable[[Fraction], Claim],
    name: str,
    *,
    seed: int,
    budget: Budget,
    backend: str = "numpy",
    ahead: Ahead | None = None,
    progress: Callable[[Claim, Attack], None] = lambda claim, result: None,
) -> Bracketed:
    """Bracket the largest constant for which ``at(constant)`` survives, or the smallest one.

    Parameters
    ----------
    at
        The claim for a value of the constant.
    name
        What the constant is called.
    seed, budget, backend, ahead
        As :func:`verify.search.pipeline.attack` takes them.
    """
    start, sign = monotonic(), _direction(at, name, seed)
    hunt = _Narrowing(lambda value: at(sign * value), seed, budget, backend, ahead, progress)
    hunt.run()
    low, high = (None if x is None else sign * x for x in (hunt.bracket.low, hunt.bracket.high))
    claim = at(next((x for x in (high, low) if x is not None), Fraction(1)))
    found = hunt.total.found = _at_the_end(claim, hunt.found, budget, progress)
    receipt = Receipt.of(hunt.total, monotonic() - start, seed)
    return Bracketed(claim, receipt, name, low, high, found)


class _Narrowing:
    """A bracket under way; the claim gets harder as the constant grows."""

    def __init__(
        self,
        at: Callable[[Fraction], Claim],
        seed: int,
        budget: Budget,
        backend: str,
        ahead: Ahead | None,
        progress: Callable[[Claim, Attack], None],
    ) -> None:
        self.at, self.seed, self.backend, self.progress = at, seed, backend, progress
        self.ahead = ahead
        self.whole = replace(budget, shrink_seconds=0.0, shrink_tries=0)
        self.bracket, self.recall, self.total = _Bracket(), _Recall([]), Attack()
        self.found: Counterexample | None = None
        self.stopped = False
        self.tries = 0  # each short attack has a seed of its own: the same again finds nothing

    def run(self) -> None:
        """Narrow by short attacks, attack the survivor at length, again if that refutes it."""
        for _ in range(_LONG):
            self.short()
            survivor = self.bracket.low
            if self.stopped or survivor is None:
                break
            if self.attacked(survivor, self.whole, self.seed):
                break
        else:
            self.bracket.survivors.clear()  # not one of them survived at length

    def short(self) -> None:
        """Attack one constant after the other until the bracket is narrow or the budget used."""
        start, tried = monotonic(), self.total.tried
        most = self.whole.instances
        while not self.stopped and (value := self.bracket.next) is not None:
            left = self.whole.seconds - (monotonic() - start)
            more = None if most is None else most - (self.total.tried - tried)
            if left <= 0 or (more is not None and more <= 0):
                if self.bracket.low is not None or self.bracket.high is None:
                    return
                left, more = self.whole.seconds, most  # the next survivor must be met somewhere
            part = None if more is None or most is None else min(more, -(-most // _PARTS))
            budget = replace(
                self.whole,
                seconds=min(left, self.whole.seconds / _PARTS),
                growing=self.bracket.high is None,
            )
            self.tries += 1
            self.attacked(value, budget.of(part), self.seed + self.tries)

    def attacked(self, value: Fraction, budget: Budget, seed: int) -> bool:
        """Attack one constant, learn from it, and return whether it survived."""
        try:
            claim = self.at(value)
        except UsageError:  # beyond what an expression may hold: 1/c at 0, an exponent too large
            self.stopped = True
            return False
        result = attack(
            claim,
            seed=seed,
            budget=budget,
            backend=self.backend,
            ahead=self.ahead,
            corpus=self.recall,
            progress=lambda attacked: self.progress(claim, attacked),
        )
        self.total.add(result)
        if result.found is not None:
            self.found = result.found
            self.bracket.refute(_critical(self.at, result.found, value))
            if result.found.choices is not None:
                near = Near(0.0, result.found.choices, result.found.setting)
                self.recall.nears.insert(0, near)
        elif result.interrupted or not result.valid or result.undecided:
            self.stopped = True
        else:
            self.bracket.survive(value)
            return True
        return False


def _at_the_end(
    claim: Claim,
    found: Counterexample | None,
    budget: Budget,
    progress: Callable[[Claim, Attack], None],
) -> Counterexample | None:
    """Return the counterexample as one of the refuted end of the bracket, made simple."""
    if found is None:
        return None
    limit = Limit(budget.shrink_tries)
    if budget.timed:
        limit = Limit(None, monotonic() + budget.shrink_seconds)
    there = confirm(claim, found.instance, found.found_by, found.setting, found.choices)
    best = there or found
    with suppress(KeyboardInterrupt):
        for simpler in shrink(claim, best, limit):
            best = simpler
    return best


def _direction(at: Callable[[Fraction], Claim], name: str, seed: int) -> int:
    """Return 1 if the claim gets harder as the constant grows, -1 if it gets easier.

    Raises
    ------
    UsageError
        If the same instances are as near to violating it at 1 as at 2.
    """
    measured = False
    for turn in range(_SAMPLES):
        one, two = (evaluate(at(Fraction(c)), [seed, turn], _LANES).slacks for c in (1, 2))
        with np.errstate(invalid="ignore"):
            change = two - one
        change = change[np.isfinite(change)]
        measured = measured or change.size > 0
        if change.any():
            return 1 if np.median(change[change != 0]) < 0 else -1
    if not measured:  # the search will say that it is vacuous
        return 1
    raise UsageError(
        f"tighten: the constant {name!r} changes nothing on {_SAMPLES * _LANES} instances; "
        "write a relation that gets harder or easier with it"
    )


@dataclass
class _Bracket:
    """What is known of the constant, and which value to try next."""

    survivors: list[Fraction] = field(default_factory=list)
    high: Fraction | None = None
    gap: int = 0

    @property
    def low(self) -> Fraction | None:
        """Return the largest constant that survived and is not refuted since."""
        return max(self.survivors, default=None)

    @property
    def next(self) -> Fraction | None:
        """Return the next value to try, None when the bracket is as narrow as it shall be."""
        if self.high is None:
            return Fraction(1) if self.low is None else _beyond(self.low)
        if self.gap == len(_GAPS):
            return None
        value = self.high - _GAPS[self.gap] * max(abs(self.high), _LEAST)
        if self.low is not None and value <= self.low:
            return None
        return value.limit_denominator(_DENOMINATOR)

    def refute(self, value: Fraction) -> None:
        """Record that ``value`` and all above it are refuted, survivors of earlier tries too."""
        self.high = value if self.high is None else min(self.high, value)
        kept = [survivor for survivor in self.survivors if survivor < self.high]
        self.gap = max(0, self.gap - len(self.survivors) + len(kept))
        self.survivors = kept

    def survive(self, value: Fraction) -> None:
        """Record that ``value`` survived: the next try is nearer to what is refuted."""
        if value not in self.survivors:
            self.survivors.append(value)
            self.gap += self.high is not None


def _beyond(low: Fraction) -> Fraction | None:
    """The next constant to try when none is refuted yet."""
    return 4 * low if low < _LARGEST else None


def _critical(at: Callable[[Fraction], Claim], found: Counterexample, value: Fraction) -> Fraction:
    """The least constant, to nine digits, that this very instance refutes."""

    def refuted(constant: Fraction) -> bool:
        return decide(at(constant), found.instance, exact_first=False).refutes

    step = max(abs(value), Fraction(1)) / 8
    high, low = value, value - step
    while refuted(low) and step < _LARGEST:
        high, step = low, 4 * step
        low = high - step
    for _ in range(_BISECTIONS):
        if high - low <= _RESOLUTION * max(abs(high), _LEAST):
            break
        middle = ((low + high) / 2).limit_denominator(_DENOMINATOR)
        low, high = (low, middle) if refuted(middle) else (middle, high)
    return high
