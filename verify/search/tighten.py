"""The extreme constant for which a relation survives: certified refuted beyond, survived within.

Each counterexample at one constant refutes every larger one down to its own critical constant, so
the search goes on just below that; the optimiser then works on the same quotient a mathematician
would minimise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from time import monotonic
from typing import Any

import numpy as np

from verify.claims import Claim, decide
from verify.errors import UsageError
from verify.search.batches import evaluate
from verify.search.outcomes import Outcome, Receipt
from verify.search.pipeline import Budget, attack
from verify.search.record import Attack, Counterexample, Near

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

_SHARE = 1 / 6
"""Of the budget, the most that one constant gets."""


@dataclass(frozen=True)
class Bracketed(Outcome):
    """The relation survived for ``survived`` and is refuted for ``refuted``, exactly.

    None stands for a constant that was not found: never refuted, or never survived.
    """

    name: str
    survived: Fraction | None
    refuted: Fraction | None
    counterexample: Counterexample | None = None
    certificate: Any = None
    verdict: str = field(default="survived", kw_only=True)

    def __post_init__(self) -> None:
        if self.survived is None and self.refuted is None:
            object.__setattr__(self, "verdict", "inconclusive")

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


def _show(value: Fraction) -> str:
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
    progress: Callable[[Claim, Attack], None] = lambda claim, result: None,
) -> Bracketed:
    """Bracket the largest constant for which ``at(constant)`` survives, or the smallest one.

    Parameters
    ----------
    at
        The claim for a value of the constant.
    name
        What the constant is called.
    """
    start, total = monotonic(), Attack()
    sign = _direction(at, name, seed)

    def harder(value: Fraction) -> Claim:
        return at(sign * value)

    bracket = _Bracket()
    recall = _Recall([])
    found: Counterexample | None = None
    while (value := bracket.next) is not None:
        left = budget.seconds - (monotonic() - start)
        if left <= 0:
            break
        try:
            claim = harder(value)
        except UsageError:  # beyond what an expression may hold: 1/c at 0, an exponent too large
            break
        result = attack(
            claim,
            seed=seed,
            budget=replace(budget, seconds=min(left, budget.seconds * _SHARE)),
            backend=backend,
            corpus=recall,
            progress=lambda attacked, claim=claim: progress(claim, attacked),  # type: ignore[misc]
        )
        _add(total, result)
        if result.found is not None:
            found = result.found
            bracket.refute(_critical(harder, found, value))
            if found.choices is not None:
                recall.nears.insert(0, Near(0.0, found.choices, found.setting))
        elif result.interrupted or not result.valid or result.undecided:
            break
        else:
            bracket.survive(value)
    total.found = found
    low, high = (None if x is None else sign * x for x in (bracket.low, bracket.high))
    claim = at(next((x for x in (high, low) if x is not None), Fraction(1)))
    receipt = Receipt.of(total, monotonic() - start, seed)
    return Bracketed(claim, receipt, name, low, high, found)


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


def _add(total: Attack, part: Attack) -> None:
    """Add what one attack covered to the total."""
    total.tried += part.tried
    total.valid += part.valid
    total.undecided += part.undecided
    total.discarded += part.discarded
    total.worst_slack = min(total.worst_slack, part.worst_slack)
    for engine, count in part.engines.items():
        total.engines[engine] = total.engines.get(engine, 0) + count
