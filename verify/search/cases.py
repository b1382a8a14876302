"""A claim under one of the alternatives of its conditions, in turn.

Equations hold nowhere by chance, and are solved (:mod:`verify.search.equations`) where all of them
hold.  Of ``a == 2 or a == 3`` one does: an instance that violates the claim under one of them
violates it.
"""

from __future__ import annotations

from dataclasses import replace

from verify.claims import Assumption, Claim, assumed
from verify.expression import AnyOf, Relation, alternatives, operator
from verify.search.sizes import about_sizes

__all__ = ["case", "is_solved"]


def is_solved(condition: Relation) -> bool:
    """Return whether a condition is an equation between numbers that can be moved."""
    single = not isinstance(condition, AnyOf) and operator(condition) == "=="
    return single and not about_sizes(condition)


def case(claim: Claim, turn: int) -> Claim:
    """Return a claim that says no more, with one alternative where one is an equation.

    The choices are gone through as the digits of ``turn`` count.
    """
    chosen: dict[str, Assumption] = {}
    for assumption in claim.assumptions:
        ways = _ways(assumption)
        turn, way = divmod(turn, len(ways))
        chosen[ways[way].id] = ways[way]
    return replace(claim, assumptions=tuple(chosen.values()))


def _ways(assumption: Assumption) -> tuple[Assumption, ...]:
    """Each equation of an assumption alone, and the other alternatives together."""
    relation = assumption.relation
    if not isinstance(relation, AnyOf):
        return (assumption,)
    solved = [each for each in alternatives(relation) if is_solved(each)]
    rest = [each for each in alternatives(relation) if not is_solved(each)]
    if not solved:
        return (assumption,)
    return assumed(*solved, *([AnyOf(*rest)] if len(rest) > 1 else rest))
