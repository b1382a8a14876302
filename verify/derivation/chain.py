"""A derivation as a whole: its steps, what they are given, and whether they end in the claim."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from random import Random
from typing import Any

from verify.claims import QUANTITIES, Claim, Decision, Setting, decide
from verify.derivation.everywhere import Everywhere, everywhere
from verify.derivation.rules import ASSUMED, Fact, flat
from verify.derivation.squares import SumOfSquares
from verify.derivation.steps import Condition, Identity, Limit, Step, check, concludes
from verify.derivation.values import divisors, have_values
from verify.errors import NoValue, UsageError
from verify.expression import alternatives, operator
from verify.sources import RandomSource

__all__ = ["check_steps", "ends_in", "proved", "steps_of"]


def proved(claim: Claim) -> list[Step]:
    """Return the steps of a claim's proof with all they follow from, none where it has no proof."""
    return flat(claim.proof()) if claim.proof else []


def steps_of(claim: Claim) -> list[Step]:
    """Return the steps of its proof, then the claim itself at the sizes that it names."""
    return [*proved(claim), *everywhere(claim)]


def ends_in(claim: Claim, steps: list[Step], seconds: float, known: Iterable[Step] = ()) -> bool:
    """Return whether the last fact is the claim, also where quantities called positive are zero.

    ``known`` are steps that were seen to hold: they are not decided again.
    """
    last = steps[-1]
    if isinstance(last, Everywhere):
        return True
    if getattr(last, "index", None) is not None or not concludes(last, claim.expanded):
        return False
    chain = flat([last.with_zeros(_positive(claim))])
    decided = set(map(id, known))  # those that say nothing of such quantities are the same
    new = (step for step in chain if id(step) not in decided)
    holds = all(check(step, seconds=seconds).verdict == "holds" for step in new)
    return holds and have_values(chain)


def _positive(claim: Claim) -> set[str]:
    """Names of quantities that are not zero where the claim speaks.

    An assumption says so, or the claim divides by them, so that it has no value where they vanish.
    """
    single = [r for c in claim.conditions for r in alternatives(c) if len(alternatives(c)) == 1]
    found = [r.lhs for r in single if operator(r) == ">" and r.rhs == 0]
    found += divisors(*claim.expanded.args)
    return {str(factor.name) for factor in found if factor.is_Symbol}


def _decided(premise: Claim, instance: Any) -> Decision:
    try:
        return decide(premise, instance)
    except NoValue:
        if premise.setting.extend is None:
            raise
    return decide(premise, premise.setting.extend(instance))


_TRIED, _DRAWN = 4, 40
"""Instances of a claim, and of each setting special to its own, on which premises are decided."""


def check_steps(claim: Claim, steps: list[Step]) -> None:
    """Raise UsageError unless what is assumed and given is named, and given where the claim speaks.

    The steps must be those of this engine, and the claim's symbols those of the quantities.
    """
    if not steps:
        raise UsageError(f"the derivation of {claim.id} has no steps: it proves nothing")
    for step in steps:
        if type(step) not in (Identity, Condition, Limit, SumOfSquares, Fact, Everywhere):
            raise UsageError(
                f"the proof of {claim.id} has a {type(step).__name__}, no step of ours"
            )
        assumed = isinstance(step, Fact) and step.by == ASSUMED
        if assumed and step.relation not in claim.conditions:
            raise UsageError(f"the proof of {claim.id} assumes {step.relation}, the claim not")
    for symbol in claim.expanded.free_symbols:
        known = QUANTITIES.get(symbol.name)
        if known and not symbol.assumptions0.items() <= known.symbol.assumptions0.items():
            raise UsageError(f"{claim.id}: {symbol} bears a quantity's name and is another symbol")
    taken = [s.claim for s in steps if isinstance(s, Fact) and s.claim is not None]
    for premise in taken:
        if premise not in claim.given:
            raise UsageError(f"the proof of {claim.id} takes {premise.id}, which is not in given")
        for assumption in premise.assumptions:
            if assumption not in (*claim.assumptions, *claim.setting.ensures):
                raise UsageError(
                    f"the proof of {claim.id} takes {premise.id}, which assumes {assumption.id}: "
                    f"assume it too, or let {claim.setting.name} ensure it"
                )
    if not taken:
        return
    found = [i for setting in claim.setting.family() for i in _instances(claim, setting)]
    if not found:
        raise UsageError(f"{claim.id}: no instance met its assumptions, to try its premises on")
    for assumption, instance in product(claim.setting.ensures, found):
        if assumption.decide(instance).outcome in ("violated", "invalid"):
            raise UsageError(f"{claim.setting.name} does not ensure {assumption.id}")
    for premise, instance in product(taken, found):
        decision = _decided(premise, instance)
        if decision.outcome == "invalid" or decision.refutes:
            raise UsageError(
                f"the proof of {claim.id} takes {premise.id}, which does not hold of "
                f"instances of {claim.setting.name}: {decision.reason or decision.outcome}"
            )


def _instances(claim: Claim, setting: Setting) -> list[Any]:
    """Some instances of a setting that a claim speaks of."""
    random, found = Random(0), list[Any]()
    for _ in range(_DRAWN):
        try:
            instance = setting.build(RandomSource(random), claim.bounds)
            if decide(claim, instance).outcome != "invalid":
                found.append(instance)
        except (ArithmeticError, NoValue):
            continue
        if len(found) == (_TRIED if setting is claim.setting else 1):
            break
    return found
