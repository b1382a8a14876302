"""Rules about the least of a family and about where an inequality is an equality.

As in :mod:`verify.derivation.rules` a conclusion is computed, and what it needs besides becomes an
identity or a condition.  A place is one value of the index, any that a range allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from verify.claims import QUANTITIES
from verify.derivation.rules import (
    _LEAST,
    _SOME,
    Fact,
    Index,
    _range,
    _smooth,
    _within,
    expect_place,
    falling,
    ranged,
)
from verify.derivation.steps import Condition, Identity, Step
from verify.errors import UsageError
from verify.expression import Least, related

__all__ = ["all_but_one", "am_gm_bent", "at_the_least", "touching"]


def at_the_least(
    fact: Step, term: Any, index: Index, *, factor: Any = 1, last: Step | None = None
) -> Fact:
    """Return f min_k x_k >= c from f x_k >= c for each k, or == from ==, with f >= 0.

    Parameters
    ----------
    term, index
        x_k, and the range of k.
    last
        The same for the last k, where the fact is about those before it only.

    Raises
    ------
    UsageError
        If the fact is about other values, its right side or f depends on k, or it is another
        relation.
    """
    k, first, final = index
    runs = ranged(index)
    above, op, below = falling(fact.relation)
    if _range(fact) != (index if last is None else (k, first, final - 1)):
        raise UsageError(f"{fact.name!r} holds for {_range(fact)}, not for {index}")
    if op == ">" or below.has(k) or sp.sympify(factor).has(k):
        raise UsageError(
            f"expected == or >= with factor and bound free of {k}, got {fact.relation}, {factor}"
        )
    needs: list[Step] = [*runs, Identity("the term", above, factor * term)]
    if factor != 1:
        needs.append(Condition("the factor", factor, ">="))
    if last is not None:
        top, other, bottom = falling(last.relation)
        needs.append(Identity("the last term", top, factor * term.subs(k, final)))
        needs.append(Identity("its bound", bottom, below))
        if other != op:
            raise UsageError(f"the last fact is {other}, the others are {op}")
    premises = (fact,) if last is None else (fact, last)
    relation = related(factor * Least(term, *index), op, below)
    return Fact("at the least", relation, by=_LEAST, premises=premises, needs=tuple(needs))


def all_but_one(
    fact: Step, index: Index, place: Any, *, bent: Step | None = None, factor: Any = 1
) -> Fact:
    """Return f_i Π_k p_k >= h_i g^{n-1} from p_k >= g >= 0 and f_k p_k >= h_k, for each place i.

    ``bent`` says the latter of the same n values of k; without it f = 1 and h = p.

    Raises
    ------
    UsageError
        If the facts are about other values, or g depends on k.
    """
    k, first, final = index
    expect_place(place)
    term, _, bound = falling(fact.relation)
    if {_range(known) for known in (fact, bent or fact)} != {index} or bound.has(k):
        raise UsageError(f"expected facts for {index}, the first with a bound that is free of {k}")
    above, _, least = falling(bent.relation) if bent else (term, "==", term)
    needs = (
        *ranged(index),
        *_within(place, first),
        Condition("no factor is negative", bound, ">="),
        Condition("nor is the other bound", least, ">="),
        Identity("the other factor", above, factor * term),
    )
    there, low = (x.subs(k, place) for x in map(sp.sympify, (factor, least)))
    relation = related(there * sp.Product(term, index), ">=", low * bound ** (final - first))
    premises = (fact, bent) if bent else (fact,)
    return Fact(
        "all but one", relation, by=_SOME, premises=premises, needs=needs,
        index=(place, first, final),
    )  # fmt: skip


def am_gm_bent(term: Any, index: Index, place: Any, factor: Any) -> Fact:
    """Return Σ_k x_k + (s - 1) x_i >= n (s Π_k x_k)^{1/n} for each i: AM-GM with x_i times s."""
    k, first, final = index
    expect_place(place)
    count = sp.sympify(final - first + 1)
    needs = (
        *ranged(index),
        *_within(place, first),
        Condition("no term is negative", term, ">="),
        Condition("nor is the factor", factor, ">="),
    )
    total = sp.Sum(term, index) + (factor - 1) * term.subs(k, place)
    bound = count * (factor * sp.Product(term, index)) ** (1 / count)
    relation, places = related(total, ">=", bound), (place, first, final)
    return Fact("AM-GM", relation, by="AM-GM", needs=needs, index=places)


def touching(fact: Step, x: Any, at: Any) -> Fact:
    """Return f'(at) = h'(at) from f(x) >= h(x) for every x > 0, where f(at) = h(at).

    Raises
    ------
    UsageError
        If the symbol x does not stand for every positive number.
    """
    if x.assumptions0 != sp.Symbol("x", positive=True).assumptions0 or x.name in QUANTITIES:
        raise UsageError(f"expected a symbol of any positive number, got {x}")
    above, _, below = falling(fact.relation)
    needs = (
        Identity("both agree there", above.subs(x, at), below.subs(x, at)),
        *_smooth(above, x),
        *_smooth(below, x),
        *_no_kink(above, x, at),
        *_no_kink(below, x, at),
        *_within(x, sp.sympify(at)),
    )
    left, right = (sp.diff(side, x).subs(x, at) for side in (above, below))
    relation = related(left, "==", right)
    return Fact(f"slopes at {x} = {at}", relation, by="touching", premises=(fact,), needs=needs)


def _no_kink(function: Any, x: Any, at: Any) -> Iterator[Condition]:
    """Conditions under which a smooth function of the rules has a slope at a place."""
    for part in sp.sympify(function).atoms(sp.Pow):
        if part.base.has(x) and not part.exp.is_Integer:
            yield Condition("the base of a power there", part.base.subs(x, at), ">")
