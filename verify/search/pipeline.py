"""Try to break a claim: cheap stages first, exact arithmetic last.

known instances -> batched floats -> Hypothesis over small rationals.  Floats only propose: a
suspect is rebuilt from its choices rounded to rationals, and only an exact or certified decision
counts.  What is found is shrunk to a simple instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic
from typing import Any

import numpy as np

from verify.claims import Claim, Decision, decide, slack
from verify.search.by_hypothesis import explore
from verify.search.shrink import shrink
from verify.sources import BatchSource, Exhausted, RecordedSource

__all__ = ["Attack", "Counterexample", "attack", "confirm", "sample_floats"]

SUSPICION = 1e-11
"""A float margin beyond this sends an instance to exact decision; it decides nothing itself."""

_SNAPS = (1, 2, 3, 4, 6, 8, 12, 20, 50, 100, 1000, 10**6, 2**1074)
"""Largest denominators, the last one that of any float: the very point is decided in the end."""


@dataclass(frozen=True)
class Counterexample:
    """An exact instance that violates a claim, and the choices that rebuild it."""

    instance: Any
    decision: Decision
    found_by: str
    choices: tuple[int | Fraction, ...] | None = None


@dataclass
class Attack:
    """What an attack covered and what it found."""

    tried: int = 0
    valid: int = 0
    undecided: int = 0
    worst_slack: float = float("inf")
    found: Counterexample | None = None
    engines: dict[str, int] = field(default_factory=dict)

    def count(self, engine: str, tried: int, valid: int, worst: float) -> None:
        """Record ``tried`` instances of one engine."""
        self.tried += tried
        self.valid += valid
        self.engines[engine] = self.engines.get(engine, 0) + valid
        if valid:
            self.worst_slack = min(self.worst_slack, worst)


def confirm(
    claim: Claim, instance: Any, engine: str, choices: Sequence[int | Fraction] | None = None
) -> Counterexample | None:
    """Return a counterexample if ``instance`` violates ``claim`` beyond doubt, else None."""
    decision = decide(claim, instance, exact_first=False)
    if decision.refutes:
        kept = None if choices is None else tuple(choices)
        return Counterexample(instance, decision, engine, kept)
    return None


def attack(
    claim: Claim,
    *,
    seed: int,
    batches: int,
    batch_size: int,
    examples: int,
    backend: str = "numpy",
    known: Iterable[Any] = (),
    seconds: float = 60.0,
) -> Attack:
    """Search for a counterexample to ``claim``; stop at the first one confirmed.

    Parameters
    ----------
    seed
        Makes the attack reproducible.
    batches, batch_size
        Float batches (each with sizes of its own) and instances in each.
    examples
        Hypothesis examples.
    backend
        Array library of the float batches.
    known
        Exact instances to try first.
    seconds
        Stop starting new stages after this long.
    """
    result = Attack()
    deadline = monotonic() + seconds
    for instance in known:
        decision = decide(claim, instance, exact_first=False)
        result.count("known", 1, int(decision.outcome != "invalid"), decision.slack)
        result.undecided += decision.open
        if decision.refutes:
            result.found = Counterexample(instance, decision, "known instance")
            return result
    rng = np.random.default_rng(seed)
    for _ in range(batches):
        if monotonic() > deadline:
            break
        for choices in sample_floats(claim, rng, batch_size, backend, result):
            result.found = _snap(claim, choices, result)
            if result.found:
                return result
    if examples and monotonic() < deadline:
        result.found = explore(claim, seed, examples, result, deadline, confirm)
        if result.found:
            result.found = shrink(claim, result.found, confirm)
    return result


def sample_floats(
    claim: Claim, rng: np.random.Generator, size: int, backend: str, result: Attack
) -> list[list[int | float]]:
    """Evaluate one float batch; return the choices of the most suspicious instances."""
    source = BatchSource(rng, size, backend)
    try:
        with np.errstate(all="ignore"):
            margins = _margins(claim, claim.setting.build(source, claim.bounds), size)
    except (ArithmeticError, np.linalg.LinAlgError):  # undefined at these sizes
        result.count("floats", size, 0, np.inf)
        return []
    margins[~np.isfinite(margins)] = np.inf
    count = int(np.isfinite(margins).sum())
    result.count("floats", size, count, float(margins.min(initial=np.inf)))
    worst = np.argsort(margins)[:4]
    return [source.lane(int(j)) for j in worst if margins[j] < -SUSPICION]


def _margins(claim: Claim, instance: Any, size: int) -> Any:
    """Return the slack of each lane of a float batch, infinite where an assumption fails."""
    to_numpy = instance.arithmetic.to_numpy
    lhs, rhs = claim.sides(instance)
    margins = slack(claim.operator, to_numpy(instance.arithmetic.margin(lhs, rhs)))
    margins = np.broadcast_to(margins, (size,)).copy()
    for assumption in claim.assumptions:
        holds = to_numpy(assumption.holds(instance))
        margins[~np.broadcast_to(holds, (size,))] = np.inf
    return margins


def _snap(claim: Claim, choices: Sequence[int | float], result: Attack) -> Counterexample | None:
    """Round float choices to ever finer rationals until an exact violation survives.

    A suspect that stays undecided at the very point is counted: floats saw a violation and
    nothing exact denies it.
    """
    decision = None
    for denominator in _SNAPS:
        values = [
            c if isinstance(c, int) else Fraction(c).limit_denominator(denominator) for c in choices
        ]
        source = RecordedSource(values)
        try:
            instance = claim.setting.build(source, claim.bounds)
        except (Exhausted, ArithmeticError):
            continue
        decision = decide(claim, instance, exact_first=False)
        if decision.refutes:
            kept = tuple(c.value for c in source.choices)
            return shrink(claim, Counterexample(instance, decision, "floats", kept), confirm)
    result.undecided += decision is not None and decision.open
    return None
