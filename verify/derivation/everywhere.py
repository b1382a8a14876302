"""A claim decided with every number a symbol: it then holds for all numbers, at those sizes.

A recipe that is answered with symbols builds the instance of which all others of that size are
special cases.  Nothing is written down by an author but the sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sympy as sp

from verify.claims import QUANTITIES, Bounds, Claim, Setting, sides
from verify.derivation.steps import Condition, Identity, Step
from verify.evidence import VERDICTS, Verdict
from verify.expression import AnyOf, Relation, operator
from verify.sources import Exhausted

__all__ = ["Everywhere", "SymbolSource", "everywhere"]


class SymbolSource:
    """Answers with symbols: what holds then holds for all numbers, at these sizes.

    Each number is a symbol of its own, known to be real and to have the sign that its range says.

    Parameters
    ----------
    sizes
        The first sizes to hand out, in the order asked for; later ones are the largest allowed.
    """

    exact = True
    backend = "symbolic"

    def __init__(self, sizes: Sequence[int] = ()) -> None:
        self._sizes = iter(sizes)
        self._count = 0

    def integer(self, low: int, high: int) -> int:
        """Return a size that was given, the largest allowed when none is left."""
        value = next(self._sizes, high)
        if not low <= value <= high:
            raise Exhausted(f"expected a size between {low} and {high}, got {value}")
        return value

    def number(self, low: int = -3, high: int = 3) -> sp.Symbol:
        """Return a new symbol."""
        self._count += 1
        signs = {"positive": True} if low > 0 else {"nonnegative": True} if low == 0 else {}
        return sp.Symbol(f"x{self._count}", real=True, **signs)

    def matrix(self, rows: int, columns: int, low: int = -3, high: int = 3) -> Any:
        """Return new symbols as a matrix of this shape."""
        return [[self.number(low, high) for _ in range(columns)] for _ in range(rows)]


@dataclass(frozen=True)
class Everywhere(Step):
    """The relation of a claim on the instance made of symbols."""

    claim: Claim = field(kw_only=True)
    sizes: tuple[int, ...] = field(kw_only=True)
    rule = "every number a symbol"

    @property
    def parts(self) -> tuple[Any, ...]:
        """Return both sides."""
        return tuple(self.claim.expanded.args)

    @property
    def symbols(self) -> set[Any]:
        """Return none: the sizes are all its scope."""
        return set()

    @property
    def relation(self) -> Relation:
        """Return the relation of the claim."""
        return self.claim.expanded

    def decide(self) -> tuple[Verdict, str | None]:
        """Return whether the instance meets the assumptions and both sides are one expression."""
        claim = self.claim
        instance = _instance(claim.setting, self.sizes, claim.bounds)
        for assumption in claim.assumptions:
            if isinstance(assumption.relation, AnyOf):
                met = False
            elif assumption.relation is not None:
                met = _decided(assumption.relation, instance)[0] == "holds"
            else:
                assert callable(assumption.condition)
                met = bool(assumption.condition(instance))
            if not met:
                return "inconclusive", f"{assumption.id} is not known to hold of it"
        return _decided(claim.expanded, instance)


@lru_cache(maxsize=32)
def _instance(setting: Setting, sizes: tuple[int, ...], bounds: Bounds) -> Any:
    """The instance made of symbols: the claims of a theorem mostly share a few."""
    return setting.build(SymbolSource(sizes), bounds)


def _decided(relation: Relation, instance: Any) -> tuple[Verdict, str | None]:
    op = operator(relation)
    if op == "==" and relation.rhs == 0 and relation.lhs.is_Symbol:
        compares = QUANTITIES[relation.lhs.name].compares
        if compares is not None:
            results = [Identity("", x, y).decide() for x, y in _pairs(*compares(instance))]
            return min(results, key=lambda result: VERDICTS.index(result[0]))
    lhs, rhs = sides(relation, instance)
    step = Identity("", lhs, rhs) if op == "==" else Condition("", lhs - rhs, op)
    return step.decide()


def _pairs(x: Any, y: Any) -> Iterator[tuple[Any, Any]]:
    """Two lists item by item, or two matrices."""
    if isinstance(x, list | tuple):
        yield from zip(x, y, strict=True)
    else:
        yield x, y


def everywhere(claim: Claim) -> list[Step]:
    """Return the claim at the sizes that it names, as steps."""
    return [
        Everywhere("with every number a symbol", at={"sizes": sizes}, claim=claim, sizes=sizes)
        for sizes in claim.sizes
    ]
