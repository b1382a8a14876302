"""Conditions of any form as a conjunction of alternatives, which is what an engine works with.

``and``, ``or`` and ``not`` of relations are brought into the form

    (r_1 or r_2 or ...) and (s_1 or ...) and ...,

each ``not`` turned into opposite relations: not x >= y is x < y, not x == y is x < y or x > y.

A relation whose quantities have no value at an instance neither holds nor fails there, and so does
its opposite.  With these three values (Kleene's) the laws of De Morgan and of distribution hold, so
that the form holds exactly where the condition does: where its clauses have one relation each that
holds.
"""

from __future__ import annotations

from collections.abc import Iterable

from verify.expression import AnyOf, Relation, operator, related

__all__ = ["MAX_RELATIONS", "Clauses", "TooMany", "conditions", "one", "opposites", "some"]

Clauses = tuple[tuple[Relation, ...], ...]
"""Relations of which one in each clause holds."""

MAX_RELATIONS = 64
"""Of all clauses with a choice together: each is decided at every instance."""

_OPPOSITES = {">=": ("<",), "<=": (">",), ">": ("<=",), "<": (">=",), "==": ("<", ">")}


class TooMany(ValueError):
    """Multiplied out, a condition has more relations than :data:`MAX_RELATIONS`."""


def one(relation: Relation) -> Clauses:
    """Return that a relation holds."""
    return ((relation,),)


def opposites(relation: Relation) -> Clauses:
    """Return that a relation fails: one clause, of two relations for an equation.

    >>> from verify.expression import symbol
    >>> opposites(symbol("x") >= 2)
    ((x < 2,),)
    """
    lhs, rhs = relation.args
    return (tuple(related(lhs, op, rhs) for op in _OPPOSITES[operator(relation)]),)


def some(parts: Iterable[Clauses]) -> Clauses:
    """Return that one of several conditions holds: clauses multiplied out.

    Raises
    ------
    TooMany
        Before the product is made.
    """
    first, *others = parts
    for each in others:
        if len(first) * len(each) > MAX_RELATIONS:
            raise TooMany
        first = _distinct((*left, *right) for left in first for right in each)
        if sum(map(len, first)) > MAX_RELATIONS:
            raise TooMany
    return first


def conditions(clauses: Clauses) -> tuple[Relation, ...]:
    """Return clauses as what a claim assumes: relations, and choices between several.

    Raises
    ------
    TooMany
        If there are too many relations.
    """
    clauses = _distinct(clauses)
    if sum(len(clause) for clause in clauses if len(clause) > 1) > MAX_RELATIONS:
        raise TooMany
    return tuple(clause[0] if len(clause) == 1 else AnyOf(*clause) for clause in clauses)


def _distinct(clauses: Iterable[tuple[Relation, ...]]) -> Clauses:
    """Each relation of a clause once, and each clause."""
    return tuple(dict.fromkeys(tuple(dict.fromkeys(clause)) for clause in clauses))
