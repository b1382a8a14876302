"""Where the facts of a chain have a value: nothing follows from a quotient that has none.

A chain that puts in ``(I S + I) / I`` and comes out with ``S + 1`` says nothing where I = 0.
Wherever a fact divides, or takes a logarithm, it must therefore be known that it may.  The claim's
own quotients are exempt, those of its relation and those that define its quantities: where they
have no value the claim says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import sympy as sp
from sympy.core.function import AppliedUndef

from verify.derivation.rules import DEFINITION, falling
from verify.derivation.steps import Condition, Step, check
from verify.errors import UsageError
from verify.expression import Least

__all__ = ["have_values"]

_Known = Mapping[Any, Any]
"""What stands for symbols of which more is known: a positive one, or 2 + n for a size above 1."""


def have_values(steps: list[Step]) -> bool:
    """Return whether all facts of a chain have a value where the last one has.

    What a fact says to be positive is known to the others, once it follows from facts with values.

    Parameters
    ----------
    steps
        The chain, each fact after its premises.
    """
    own = [need for step in (steps[-1], *_definitions(steps)) for need in _needs(step, {})]
    known: dict[Any, Any] = {}
    left = {id(step): step for step in steps}
    while left:
        settled = [
            step
            for step in left.values()
            if not any(id(premise) in left for premise in getattr(step, "premises", ()))
            and all(_met(need, own, known) for need in _needs(step, known))
        ]
        if not settled:
            return False
        for step in settled:
            known |= _learned(step)
            del left[id(step)]
    return True


@dataclass(frozen=True)
class _Need:
    """What has a sign where an expression has a value, for all values of its indices."""

    value: Any
    sign: Literal["!=", ">"]
    ranges: Mapping[Any, tuple[Any, Any]]

    def within(self, other: _Need) -> bool:
        """Whether it is the other one, or one of those that the other one stands for."""
        if self.sign != other.sign:
            return False
        mine, theirs = self.value, other.value
        if not (isinstance(theirs, AppliedUndef) and theirs.args[0] in other.ranges):
            return bool(mine == theirs)
        if not (isinstance(mine, AppliedUndef) and mine.func == theirs.func):
            return False
        first, last = other.ranges[theirs.args[0]]
        low, high = self.ranges.get(mine.args[0], (mine.args[0],) * 2)
        return _holds(low - first, ">=") and _holds(last - high, ">=")


def _definitions(steps: list[Step]) -> Iterator[Step]:
    """Yield the definitions among them of what the last one is about."""
    meant = {symbol for part in steps[-1].parts for symbol in part.free_symbols}
    for step in steps:
        if step.rule == DEFINITION and step.parts[0] in meant:
            yield step


def _needs(step: Step, known: _Known) -> Iterator[_Need]:
    """Yield what must be so for both sides to have a value."""
    index = getattr(step, "index", None)
    for part in step.parts:
        ranges = {index[0]: index[1:]} if index else {}
        for inner in part.atoms(Least, sp.Sum, sp.Product):
            k, first, last = inner.args[1:] if isinstance(inner, Least) else inner.limits[0]
            ranges[k] = first, last
        for power in part.atoms(sp.Pow):
            base, exponent = (side.xreplace(known) for side in power.args)
            tame = sp.cancel(exponent / base).is_number  # 0^0 = 1
            if base.free_symbols and not (tame or _holds(exponent, ">=")):
                for factor in sp.Mul.make_args(power.base):
                    yield _Need(factor, "!=", ranges)
        for logarithm in part.atoms(sp.log):
            yield _Need(logarithm.args[0], ">", ranges)


def _met(need: _Need, own: list[_Need], known: _Known) -> bool:
    return any(map(need.within, own)) or _holds(need.value.xreplace(known), need.sign)


@lru_cache(maxsize=4096)
def _holds(value: Any, sign: Any) -> bool:
    return check(Condition("", value, sign)).verdict == "holds"


def _learned(step: Step) -> dict[Any, Any]:
    """Return what a relation tells of symbols: factors of what is positive, or one size."""
    try:
        above, op, below = falling(step.relation)
    except UsageError:
        return {}
    if op == "==" and above.is_positive:
        above, below = below, above
    found = {}
    if (op == ">" and below.is_nonnegative) or (op == "==" and below.is_positive):
        for factor in sp.Mul.make_args(above):
            base = factor.base if isinstance(factor, sp.Pow) and factor.exp.is_positive else factor
            if base.is_Symbol and base.is_nonnegative and not base.is_integer:
                found[base] = sp.Symbol(base.name, positive=True)
    difference = above - below
    for size in difference.free_symbols:
        least = size - difference + int(op == ">")
        if op in (">", ">=") and size.is_integer and least.is_Integer and least.is_positive:
            found[size] = least + sp.Dummy(size.name, integer=True, nonnegative=True)
    return found
