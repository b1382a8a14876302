"""Where the facts of a chain have a value: nothing follows from a quotient that has none.

A chain that puts in ``(I S + I) / I`` and comes out with ``S + 1`` says nothing where I = 0.
Wherever a fact divides, or takes a logarithm, it must therefore be known that it may.  The claim's
own quotients are exempt, those of its relation and those that define its quantities: where they
have no value the claim says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from verify.derivation.rules import DEFINITION, falling
from verify.derivation.steps import Condition, Step, check
from verify.errors import UsageError
from verify.expression import Least, operator

__all__ = ["divisors", "have_values"]

_Known = Mapping[Any, Any]
"""What stands for symbols of which more is known: a positive one, or 2 + n for a size above 1."""

_Ranges = Mapping[Any, tuple[Any, Any]]
"""First and last value of each index."""


def have_values(steps: list[Step]) -> bool:
    """Return whether all facts of a chain have a value where the last one has.

    What a fact says to be positive is known to the others, once it follows from facts with values.

    Parameters
    ----------
    steps
        The chain, each fact after its premises.
    """
    own = [need for step in (steps[-1], *_definitions(steps)) for need in _surely(step.parts)]
    known: dict[Any, Any] = {}
    left = {id(step): step for step in steps}
    while left:
        settled = [
            step
            for step in left.values()
            if not any(id(premise) in left for premise in getattr(step, "premises", ()))
            and all(_met(need, own, known) for need in _needs(step))
        ]
        if not settled:
            return False
        for step in settled:
            known |= _learned(step)
            del left[id(step)]
    return True


def divisors(*sides: Any) -> list[Any]:
    """Return what expressions divide by whatever the sizes: where it is zero they have no value."""
    return [n.value for n in _surely(sides) if n.exponent is not None and n.exponent.is_negative]


@dataclass(frozen=True)
class _Need:
    """What is not zero where an expression has a value, unless the exponent lets it.

    What a logarithm is taken of has no exponent, and must be positive.
    """

    value: Any
    exponent: Any
    ranges: _Ranges

    def within(self, other: _Need) -> bool:
        """Whether it is the other one, or one of those that the other one stands for."""
        divides = None not in (self.exponent, other.exponent) and other.exponent.is_negative
        if self.exponent != other.exponent and not divides:
            return False
        mine, theirs = self.value, other.value
        if not (isinstance(theirs, AppliedUndef) and theirs.args[0] in other.ranges):
            return bool(mine == theirs) and not mine.free_symbols & other.ranges.keys()
        if not (isinstance(mine, AppliedUndef) and mine.func == theirs.func):
            return False
        first, last = other.ranges[theirs.args[0]]
        low, high = self.ranges.get(mine.args[0], (mine.args[0],) * 2)
        return _holds(low - first, ">=") and _holds(last - high, ">=")


def _definitions(steps: list[Step]) -> Iterator[Step]:
    """Yield the definitions among them of what the last one is about."""
    meant = {symbol for part in steps[-1].parts for symbol in part.free_symbols}
    for step in steps:
        defines = step.rule == DEFINITION and operator(step.relation) == "=="
        if defines and step.parts[0] in meant:
            yield step


def _needs(step: Step) -> Iterator[_Need]:
    """Yield what must be so for both sides to have a value."""
    index = getattr(step, "index", None)
    ranges = {index[0]: index[1:]} if index else {}
    for part in step.parts:
        yield from _inside(part, ranges)


def _surely(parts: Iterable[Any]) -> Iterator[_Need]:
    """Yield what expressions need that stands in no sum or product of nothing."""
    for part in parts:
        for need in _inside(part, {}):
            if all(_holds(last - first, ">=") for first, last in need.ranges.values()):
                yield need


def _inside(node: Any, ranges: _Ranges) -> Iterator[_Need]:
    if isinstance(node, sp.Pow) and node.base.free_symbols:
        yield from (_Need(factor, node.exp, ranges) for factor in sp.Mul.make_args(node.base))
    elif isinstance(node, sp.log):
        yield _Need(node.args[0], None, ranges)
    limits: Any = (node.args[1:],) if isinstance(node, Least) else getattr(node, "limits", ())
    for end in (end for _, *ends in limits for end in ends):
        yield from _inside(end, ranges)
    below = {**ranges, **{k: (first, last) for k, first, last in limits}}
    for part in node.args[:1] if limits else node.args:
        yield from _inside(part, below)


def _met(need: _Need, own: list[_Need], known: _Known) -> bool:
    if any(map(need.within, own)):
        return True
    # an index runs on from its first value
    more = {
        k: first + sp.Dummy(k.name, integer=True, nonnegative=True)
        for k, (first, _) in need.ranges.items()
    }
    value = need.value.xreplace(more).xreplace(known)
    if need.exponent is None:
        return _holds(value, ">")
    exponent = need.exponent.xreplace(more).xreplace(known)
    tame = sp.cancel(exponent / value).is_number  # 0^0 = 1
    return tame or _holds(exponent, ">=") or _holds(value, "!=")


@lru_cache(maxsize=4096)
def _holds(value: Any, sign: Any) -> bool:
    return check(Condition("", value, sign)).verdict == "holds"


def _learned(step: Step) -> dict[Any, Any]:
    """Return what a relation tells of symbols: factors of what is positive, or one size."""
    try:
        above, op, below = falling(step.relation)
    except UsageError:
        return {}
    if getattr(step, "index", None) is not None:  # there may be no value of it
        return {}
    if op == "==" and above.is_positive:
        above, below = below, above
    found = {}
    if op != "!=" and (below.is_positive or (op == ">" and below.is_nonnegative)):
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
