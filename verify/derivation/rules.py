"""Rules that draw conclusions from facts about numbers.

A rule takes facts and computes what follows; nobody writes a conclusion down.  What it needs
besides (a term is not negative, a function increases) becomes an identity or a condition of
:mod:`verify.derivation.steps`, and its fact holds when those do.  Rules know no matrices: what is
about matrices is a claim, attacked and decided like any other, and enters by :func:`given`.

Symbols that are no quantities stand for any number that their assumptions allow, so a fact in a
whole number L holds for all L, and one in an index k for all k that its author lets k run through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import sympy as sp

from verify.claims import QUANTITIES, Assumption, Claim, Quantity
from verify.derivation.steps import Condition, Identity, Step, check
from verify.errors import UsageError
from verify.evidence import Verdict
from verify.expression import (
    TURNED,
    AnyOf,
    Least,
    Relation,
    alternatives,
    families,
    operator,
    related,
)

__all__ = [
    "ASSUMED",
    "DEFINITION",
    "Fact",
    "added",
    "am_gm",
    "am_gm_pair",
    "am_gm_sum",
    "assumed",
    "at_a_direction",
    "at_the_infimum",
    "at_the_supremum",
    "cancelled",
    "chosen",
    "definition",
    "divided",
    "each",
    "factor",
    "falling",
    "flat",
    "given",
    "increasing",
    "largest",
    "least",
    "least_exceeds",
    "magnitude",
    "minimum",
    "multiplied",
    "narrowed",
    "one_of",
    "put",
    "raised",
    "rewritten",
    "root",
    "scaled",
    "self_power",
    "smallest",
    "split",
    "squares_vanish",
    "squeezed",
    "substituted",
    "telescoped",
    "telescoped_sum",
    "transitive",
    "turned",
]

Index = tuple[Any, Any, Any]
"""An index and its first and last value, as SymPy's sums have it."""


@dataclass(frozen=True)
class Fact(Step):
    """What a rule concluded.

    Parameters
    ----------
    conclusion
        The relation that follows.
    by
        The rule.
    premises
        The facts it follows from.
    needs
        Identities and conditions it follows under.
    claim
        The claim that is taken for granted, for what is given.
    index
        The index it is stated in and the values that this runs through, where it is not free.

    Raises
    ------
    UsageError
        If a premise is stated at listed sizes, or the premises are so in different indices.
    """

    conclusion: Relation
    by: str = field(kw_only=True)
    premises: tuple[Step, ...] = field(default=(), kw_only=True)
    needs: tuple[Step, ...] = field(default=(), kw_only=True)
    claim: Claim | None = field(default=None, kw_only=True)
    index: Index | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """What follows holds where all that it follows from does."""
        super().__post_init__()
        for premise in self.premises:
            if premise.at:
                raise UsageError(
                    f"{premise.name!r} holds at listed sizes: no rule goes beyond them"
                )
        ranges = {_range(premise) for premise in self.premises} - {None}
        if len(ranges) > 1:
            raise UsageError(f"{self.name}: its premises are stated in different indices")
        if ranges and self.by not in _BINDING:
            object.__setattr__(self, "index", ranges.pop())

    @property
    def rule(self) -> str:  # type: ignore[override]
        """Return the name of the rule."""
        return self.by

    @property
    def parts(self) -> tuple[Any, ...]:
        """Return both sides."""
        return tuple(self.conclusion.args)

    @property
    def relation(self) -> Relation:
        """Return the conclusion."""
        return self.conclusion

    def decide(self) -> tuple[Verdict, str | None]:
        """Return the first of its needs that does not hold; its premises are facts of their own."""
        for need in self.needs:
            result = check(need)
            if result.verdict != "holds":
                return result.verdict, f"{need.name}: {result.residual}"
        return "holds", None


def ranged(index: Index) -> tuple[Condition, ...]:
    """Conditions under which an index runs through whole numbers, none or more, from first to last.

    Raises
    ------
    UsageError
        If it is no symbol of a whole number, or does not end at whole numbers.
    """
    k, first, last = index
    expect_place(k)
    if not all(sp.sympify(end).is_integer for end in (first, last)):
        raise UsageError(f"expected whole numbers as the ends of {k}, got {first} and {last}")
    return Condition("the range", last - first + 1, ">="), *_within(k, first)


def expect_place(k: Any) -> None:
    """Raise UsageError unless a symbol may be an index: of a whole number, and no quantity."""
    if not (isinstance(k, sp.Symbol) and k.is_integer) or k.name in QUANTITIES:
        raise UsageError(f"expected a symbol of a whole number as an index, got {k}")


_EACH, _SOME, _LEAST = "for each index", "some indices", "least of a family"
_BINDING = (_EACH, _SOME, _LEAST)
"""Rules that say themselves in which index their conclusion is stated, if in one."""


def _range(step: Step) -> Index | None:
    return getattr(step, "index", None)


def flat(steps: Iterable[Step]) -> list[Step]:
    """Return steps with all they follow from before them, each once."""
    found: dict[int, Step] = {}

    def visit(step: Step) -> None:
        if id(step) not in found:
            for premise in getattr(step, "premises", ()):
                visit(premise)
            found[id(step)] = step

    for step in steps:
        visit(step)
    return list(found.values())


def given(claim: Claim) -> Fact:
    """Return what a premise says."""
    return Fact(claim.id, claim.expanded, by="given", claim=claim)


ASSUMED, DEFINITION = "assumption", "definition"
"""What facts are by that a claim assumes, or that quantities are by their registration."""


def assumed(assumption: Assumption | Relation) -> Fact:
    """Return what a claim assumes: an assumption, or its relation.

    Closed forms in a relation are those that the proof was given.  That the claim does assume it is
    checked where the proof is run.

    Raises
    ------
    UsageError
        If the assumption is no relation.
    """
    relation = assumption.relation if isinstance(assumption, Assumption) else assumption
    if relation is None or isinstance(relation, AnyOf):
        raise UsageError(f"assumption {assumption.id} is no relation between quantities")
    relation = related(relation.lhs, operator(relation), relation.rhs)
    return Fact("assumption", relation, by=ASSUMED)


def definition(quantity: Quantity) -> Fact:
    """Return that a quantity is its expansion.

    Raises
    ------
    UsageError
        If it is registered with none.
    """
    if quantity.expansion is None:
        raise UsageError(f"{quantity.name} is measured, and no expression in other quantities")
    relation = related(quantity.symbol, "==", quantity.expansion)
    return Fact(f"definition of {quantity.name}", relation, by=DEFINITION)


def rewritten(fact: Step, lhs: Any, rhs: Any, *, why: str = "") -> Fact:
    """Return the fact with both sides written in another way."""
    old = fact.relation
    needs = (Identity("left side", old.lhs, lhs), Identity("right side", old.rhs, rhs))
    relation = related(lhs, operator(old), rhs)
    return Fact("rewritten", relation, by="ring", premises=(fact,), needs=needs, why=why)


_JOINED = {
    ("==", "=="): "==", ("==", ">="): ">=", (">=", "=="): ">=", (">=", ">="): ">=",
    ("==", ">"): ">", (">", "=="): ">", (">=", ">"): ">", (">", ">="): ">", (">", ">"): ">",
}  # fmt: skip


def falling(relation: Relation) -> tuple[Any, str, Any]:
    """Return the sides and the operator of a relation, the larger side first."""
    op = operator(relation)
    if op in ("<=", "<"):
        return relation.rhs, TURNED[op], relation.lhs
    return relation.lhs, op, relation.rhs


def transitive(*facts: Step) -> Fact:
    """Return from a >= b, b >= c, ... that a >= c; equations may be read from either side.

    Raises
    ------
    UsageError
        If they are no chain.
    """
    top, op, bottom = falling(facts[0].relation)
    needs = []
    for number, fact in enumerate(facts[1:], start=2):
        above, other, below = falling(fact.relation)
        if other == "==" and bottom == below:
            above, below = below, above
        elif op == "==" and top == above:
            top, bottom = bottom, top
        if (op, other) not in _JOINED:
            raise UsageError(f"fact {number} of the chain is no ==, <=, <, >= or >")
        needs.append(Identity(f"what joins fact {number} to the one before", bottom, above))
        op, bottom = _JOINED[op, other], below
    relation = related(top, op, bottom)
    return Fact("transitive", relation, by="transitivity", premises=facts, needs=tuple(needs))


def turned(fact: Step) -> Fact:
    """Return the fact read from the other side."""
    old = fact.relation
    relation = related(old.rhs, TURNED[operator(old)], old.lhs)
    return Fact("turned", relation, by="turned", premises=(fact,))


def squeezed(first: Step, second: Step) -> Fact:
    """Return a = b from a >= b and b >= a.

    Raises
    ------
    UsageError
        If one of them is strict.
    """
    (a, op, b), (c, other, d) = (falling(fact.relation) for fact in (first, second))
    if ">" in (op, other):
        raise UsageError("expected two relations >= or ==, got a strict one")
    needs = (Identity("the larger side of one", a, d), Identity("that of the other", c, b))
    return Fact(
        "squeezed", related(a, "==", b), by="antisymmetry", premises=(first, second), needs=needs
    )


def magnitude(x: Any) -> Fact:
    """Return |x| >= x, for x that is real."""
    needs = (Condition("the square", sp.sympify(x) ** 2, ">="),)
    return Fact("magnitude", related(sp.Abs(x), ">=", x), by="magnitude", needs=needs)


def substituted(fact: Step, equation: Step) -> Fact:
    """Return the fact with the right side of an equation wherever the left one stands.

    Raises
    ------
    UsageError
        If that is no equation, or is about what a sum, product or least of the fact runs through.
    """
    known = equation.relation
    if operator(known) != "==":
        raise UsageError(f"expected an equation to substitute by, got {known}")
    _expect_free(fact, *known.args)
    old = fact.relation
    lhs, rhs = (side.subs(known.lhs, known.rhs) for side in old.args)
    relation = related(lhs, operator(old), rhs)
    return Fact("substituted", relation, by="substitution", premises=(fact, equation))


def added(*parts: Any) -> Fact:
    """Return the sum of relations, each turned so that its larger side is on the left.

    A part that is no fact is a number, and is added to both sides.
    """
    facts = [part for part in parts if isinstance(part, Step)]
    numbers = sum(part for part in parts if not isinstance(part, Step))
    sides = [falling(fact.relation) for fact in facts]
    ops = {op for _, op, _ in sides}
    op = ">" if ">" in ops else ">=" if ">=" in ops else "=="
    above, below = (sum(a for a, _, _ in sides), sum(b for _, _, b in sides))
    relation = related(above + numbers, op, below + numbers)
    return Fact("sum", relation, by="sum", premises=tuple(facts))


def _strict(strict: bool) -> Literal[">", ">="]:
    return ">" if strict else ">="


def scaled(fact: Step, factor: Any, *, known: Step | None = None) -> Fact:
    """Return the fact with both sides times a factor that is not negative (> 0 if strict).

    ``known`` is the fact that the factor is at least 0 where SymPy does not know; it must have a
    value, whatever else vanishes.
    """
    old = fact.relation
    op = operator(old)
    premises: tuple[Step, ...] = (fact,)
    needs: list[Step] = []
    if known is not None:
        above, sign, below = falling(known.relation)
        needs.append(Identity("the factor", above - below, factor))
        premises = (fact, known)
        if op in (">", "<") and sign != ">":
            raise UsageError(f"expected a factor > 0 for a strict relation, got {known.relation}")
    elif op != "==":
        needs.append(Condition("the factor", factor, _strict(op in (">", "<"))))
    below_it = sp.denom(sp.together(sp.sympify(factor)))
    if below_it.free_symbols:
        needs.append(Condition("the factor has a value", below_it, "!="))
    relation = related(factor * old.lhs, op, factor * old.rhs)
    return Fact("scaled", relation, by="product", premises=premises, needs=tuple(needs))


def divided(fact: Step, divisor: Any) -> Fact:
    """Return the fact divided by a symbol that is not negative, where the quotient has a value.

    Raises
    ------
    UsageError
        If the quotient has a value where the symbol vanishes: nothing is known there.
    """
    old = fact.relation
    lhs, rhs = (side / divisor for side in old.args)
    if not any(side.subs(divisor, 0).has(sp.zoo, sp.nan) for side in (lhs, rhs)):
        raise UsageError(f"{divisor} cancels: where it vanishes nothing is known of the quotient")
    needs = (Condition("the divisor", divisor, ">="),)
    relation = related(lhs, operator(old), rhs)
    return Fact("divided", relation, by="quotient", premises=(fact,), needs=needs)


def raised(fact: Step, exponent: Any, *, positive: Step | None = None) -> Fact:
    """Return the fact with both sides to a power that is not negative; the smaller is not either.

    A strict relation needs a positive exponent; ``positive`` is the fact that it is where SymPy
    does not know.
    """
    above, op, below = falling(fact.relation)
    known = [] if positive is None else [positive]
    if positive is None:
        sign: Step = Condition("the exponent", exponent, _strict(op == ">"))
    else:
        sign = Identity("the exponent", _positive(positive), exponent)
    needs = (Condition("the smaller side", below, ">="), sign)
    power = sp.S.Zero if op == ">" and below == 0 else below**exponent
    relation = related(above**exponent, op, power)
    return Fact("raised", relation, by="monotone power", premises=(fact, *known), needs=needs)


def _positive(fact: Step) -> Any:
    """What a fact f > 0 says to be positive."""
    found, sign, zero = falling(fact.relation)
    if sign != ">" or zero != 0:
        raise UsageError(f"expected a fact f > 0, got {fact.relation}")
    return found


def root(fact: Step, x: Any) -> Fact:
    """Return √a >= x from a >= x², for an x of any sign."""
    above, op, below = falling(fact.relation)
    op = ">=" if op == "==" else op
    needs = (
        Identity("the smaller side", below, x**2),
        Condition("it is real", bool(sp.sympify(x).is_real)),
    )
    relation = related(sp.sqrt(above), op, x)
    return Fact("root", relation, by="monotone power", premises=(fact,), needs=needs)


def cancelled(fact: Step, positive: Step) -> Fact:
    """Return the fact with both sides over a factor f, from the fact that f > 0.

    Raises
    ------
    UsageError
        If that is no f > 0.
    """
    factor, old = _positive(positive), fact.relation
    relation = related(old.lhs / factor, operator(old), old.rhs / factor)
    return Fact("cancelled", relation, by="product", premises=(fact, positive))


def factor(fact: Step, x: Any) -> Fact:
    """Return x > 0 from x y > b, where none of x, y and b is negative.

    Raises
    ------
    UsageError
        If the fact is not strict.
    """
    above, op, below = falling(fact.relation)
    if op != ">":
        raise UsageError(f"expected a strict relation, got {fact.relation}")
    rest = above / x
    needs = (
        Identity("the product", above, x * rest),
        Condition("the factor", x, ">="),
        Condition("what it multiplies", rest, ">="),
        Condition("the smaller side", below, ">="),
    )
    relation = related(x, ">", sp.S.Zero)
    return Fact("factor", relation, by="product", premises=(fact,), needs=needs)


def increasing(fact: Step, function: Callable[[Any], Any], x: Any) -> Fact:
    """Return f(a) >= f(b) from a >= b, for a function that increases where its symbol may lie.

    Parameters
    ----------
    function
        From an expression to an expression.
    x
        A symbol whose assumptions are the range in which the function increases; both sides must
        be known to lie there.
    """
    above, op, below = falling(fact.relation)
    value = _applied(function, x)
    needs = (
        Condition("the slope", sp.diff(value(x), x), _strict(op == ">")),
        *_smooth(value(x), x),
        *_within(x, above),
        *_within(x, below),
    )
    relation = related(value(above), op, value(below))
    return Fact("increasing", relation, by="monotone function", premises=(fact,), needs=needs)


_SMOOTH = sp.Add | sp.Mul | sp.Pow | sp.exp | sp.log


def _smooth(function: Any, x: Any) -> Iterator[Condition]:
    """Conditions under which a function has no jump and no pole where its symbol may lie.

    Raises
    ------
    UsageError
        If the symbol is not real, or the function is made of others than sums, products, powers,
        exponentials and logarithms.
    """
    if not x.is_real or x.is_integer:
        raise UsageError(f"expected a symbol that is real, got {x}")
    parts = [part for part in sp.preorder_traversal(function) if part.has(x) and part != x]
    for part in parts:
        if not isinstance(part, _SMOOTH):
            raise UsageError(f"{type(part).__name__} is no function that a rule knows to be smooth")
        if isinstance(part, sp.log):
            yield Condition("the logarithm", part.args[0], ">")
        elif isinstance(part, sp.Pow) and part.exp.has(x):
            yield Condition("the base of a power", part.base, ">")
        elif isinstance(part, sp.Pow) and not (part.exp.is_Integer and part.exp > 0):
            yield Condition("the base of a power", part.base, ">=")
            if not part.exp.is_nonnegative:
                yield Condition("no pole", part.base, "!=")


def _within(x: Any, value: Any) -> Iterator[Condition]:
    """Conditions under which a value lies where a symbol may.

    Raises
    ------
    UsageError
        If it is known not to, or the symbol stands for other numbers than the rules know.
    """
    signs = ("positive", "nonnegative", "real")
    known = [sp.Dummy("x", integer=w, **{sign: True}) for w in (True, None) for sign in signs]
    if x.assumptions0 not in [kind.assumptions0 for kind in known]:
        raise UsageError(f"expected a symbol of real, positive or whole numbers, got {x}")
    if x.is_integer and not sp.sympify(value).is_integer:
        raise UsageError(f"{value} is not known to be a whole number, as {x} is")
    if x.is_positive:
        yield Condition(f"{value} is positive", value, ">")
    elif x.is_nonnegative:
        yield Condition(f"{value} is not negative", value, ">=")
    elif not sp.sympify(value).is_real:
        raise UsageError(f"{value} is not known to be real")


def am_gm(*weighted: tuple[Any, Any]) -> Fact:
    """Return Σ w x >= (Σ w) Π x^{w/Σw} for pairs (w, x) that are not negative, Σ w > 0."""
    weighted = tuple(tuple(map(sp.sympify, pair)) for pair in weighted)
    total = sum(w for w, _ in weighted)
    needs = (
        Condition("the weights together", total, ">"),
        *(Condition(f"weight {n}", w, ">=") for n, (w, _) in enumerate(weighted, start=1)),
        *(Condition(f"term {n}", x, ">=") for n, (_, x) in enumerate(weighted, start=1)),
    )
    mean = sp.Mul(*(x ** (w / total) for w, x in weighted))
    relation = related(sum(w * x for w, x in weighted), ">=", total * mean)
    return Fact("weighted AM-GM", relation, by="AM-GM", needs=needs)


def am_gm_sum(term: Any, index: Index) -> Fact:
    """Return Σ_k x_k >= n (Π_k x_k)^{1/n} for n terms that are not negative."""
    _, first, last = index
    count = last - first + 1
    needs = (Condition("no term is negative", term, ">="), *ranged(index))
    bound = count * sp.Product(term, index) ** (1 / count)
    return Fact("AM-GM", related(sp.Sum(term, index), ">=", bound), by="AM-GM", needs=needs)


def am_gm_pair(x: Any, m: Any, y: Any, n: Any) -> Fact:
    """Return m^m n^n (x + y)^{m+n} >= (m+n)^{m+n} x^m y^n: AM-GM for m terms x/m and n terms y/n.

    Both must not be negative, nor x and y; 0^0 = 1.
    """
    weights = (m, n)
    needs = (
        *(Condition(f"the weight {w}", w, ">=") for w in weights),
        *(Condition(f"the term {t}", t, ">=") for t in (x, y)),
    )
    left = m**m * n**n * (x + y) ** (m + n)
    bound = (m + n) ** (m + n) * x**m * y**n
    return Fact("weighted AM-GM", related(left, ">=", bound), by="AM-GM", needs=needs)


def self_power(n: Any) -> Fact:
    """Return n^n > 0 for a whole number n >= 0; 0^0 = 1."""
    needs = (Condition("a whole number", bool(n.is_integer)), Condition("it", n, ">="))
    return Fact(f"{n} to itself", related(n**n, ">", sp.S.Zero), by="0^0 = 1", needs=needs)


def telescoped(left: Callable[[Any], Any], right: Callable[[Any], Any], index: Index) -> Fact:
    """Return Π_k a_k b_k = b_first a_last Π_{k < last} a_k b_{k+1}."""
    k, first, last = index
    a, b = (_applied(factor, k) for factor in (left, right))
    inner = sp.Product(a(k) * b(k + 1), (k, first, last - 1))
    relation = related(sp.Product(a(k) * b(k), index), "==", b(first) * a(last) * inner)
    needs = (*ranged(index), Condition("there is a first factor", last - first, ">="))
    return Fact("telescoped", relation, by="telescoping", needs=needs)


def telescoped_sum(
    function: Callable[[Any], Any], index: Index, *, some: Step | None = None
) -> Fact:
    """Return Σ_k (f(k) - f(k+1)) = f(first) - f(last+1).

    ``some`` is the fact that last + 1 >= first, or more, where SymPy does not know.
    """
    k, first, last = index
    value = _applied(function, k)
    total = sp.Sum(value(k) - value(k + 1), index)
    relation = related(total, "==", value(first) - value(last + 1))
    needs, known = _range_known(index, some)
    return Fact("telescoped", relation, by="telescoping", premises=known, needs=needs)


def _range_known(index: Index, some: Step | None) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """What a range needs, and the fact that it is one, if there is one."""
    at_all, *others = ranged(index)
    if some is None:
        return (at_all, *others), ()
    above, _, below = falling(some.relation)
    count = Condition("the range", index[2] - index[1] + 1 - (above - below), ">=")
    return (count, *others), (some,)


def _applied(function: Callable[[Any], Any], x: Any) -> Callable[[Any], Any]:
    """The function as an expression in its variable, which is asked for once.

    Raises
    ------
    UsageError
        If the expression has the symbol of the range itself in it.
    """
    variable = sp.Dummy(x.name, **x.assumptions0)
    expression = sp.sympify(function(variable))
    if expression.has(x):
        raise UsageError(f"{expression} mentions {x} itself, not only what is put in its place")
    return lambda value: expression.subs(variable, value)


def split(term: Any, index: Index) -> Fact:
    """Return Σ_k x_k = x_first + Σ_{k > first} x_k; there is a first one."""
    k, first, last = index
    needs = (*ranged(index), Condition("there is a first term", last - first, ">="))
    rest = sp.Sum(term, (k, first + 1, last))
    relation = related(sp.Sum(term, index), "==", term.subs(k, first) + rest)
    return Fact("split", relation, by="sum", needs=needs)


def each(fact: Step, index: Index, *, product: bool = False, some: Step | None = None) -> Fact:
    """Return the sum, or the product, over an index of a fact that holds for each of its values.

    Factors must not be negative; what is without the index on the right side is taken out.
    ``some`` is told at :func:`telescoped_sum`.
    """
    k, first, last = index
    runs, known = _range_known(index, some)
    above, op, below = falling(fact.relation)
    inside = tuple(_inside(index, fact))
    op = ">=" if op == ">" else op  # there may be no value of the index at all
    free, rest = sp.sympify(below).as_independent(k, as_Add=False)
    count = last - first + 1
    if product:
        total = free**count * (sp.Product(rest, index) if rest.has(k) else rest**count)
        needs: tuple[Step, ...] = (Condition("no factor is negative", below, ">="),)
        relation = related(sp.Product(above, index), op, total)
    else:
        total = free * (sp.Sum(rest, index) if rest.has(k) else rest * count)
        needs, relation = (), related(sp.Sum(above, index), op, total)
    needs = (*runs, *inside, *needs)
    return Fact("over all k", relation, by=_EACH, premises=(fact, *known), needs=needs)


def _inside(index: Index, fact: Step) -> Iterator[Condition]:
    """Conditions under which a fact holds for all values of an index.

    Raises
    ------
    UsageError
        If it is stated in another one.
    """
    known = _range(fact)
    if known is not None and known != index:
        if known[0] != index[0]:
            raise UsageError(f"{fact.name!r} holds for {known}, not for {index}")
        yield Condition("from no earlier on", index[1] - known[1], ">=")
        yield Condition("and no longer", known[2] - index[2], ">=")


def multiplied(*facts: Step) -> Fact:
    """Return the product of relations whose smaller sides are not negative.

    It is strict where all of them are.
    """
    sides = [falling(fact.relation) for fact in facts]
    ops = {op for _, op, _ in sides}
    op = ops.pop() if len(ops) == 1 else ">="
    needs = tuple(Condition(f"factor {n}", b, ">=") for n, (_, _, b) in enumerate(sides, start=1))
    relation = related(sp.Mul(*(a for a, _, _ in sides)), op, sp.Mul(*(b for _, _, b in sides)))
    return Fact("product", relation, by="product", premises=facts, needs=needs)


def _expect_free(fact: Step, *values: Any) -> None:
    """Raise UsageError if a value mentions what a sum, product or least runs through."""
    bound = {
        symbol
        for side in fact.relation.args
        for part in side.atoms(sp.Sum, sp.Product, Least)
        for symbol in ({part.args[1]} if isinstance(part, Least) else set(part.bound_symbols))
    }
    caught = bound & {s for value in values for s in sp.sympify(value).free_symbols}
    if caught:
        raise UsageError(f"{min(map(str, caught))} already runs through values in {fact.name!r}")


def put(fact: Step, symbol: Any, value: Any) -> Fact:
    """Return a fact in any ``symbol`` at one value of it that its assumptions allow.

    Raises
    ------
    UsageError
        If the symbol is a quantity, or an index that runs through given values only.
    """
    if symbol.name in QUANTITIES:
        raise UsageError(f"{symbol} is a quantity: it has one value on each instance")
    if (known := _range(fact)) is not None and any(sp.sympify(x).has(symbol) for x in known):
        raise UsageError(f"{fact.name!r} holds for {known} only")
    _expect_free(fact, value)
    old = fact.relation
    lhs, rhs = (side.subs(symbol, value) for side in old.args)
    relation = related(lhs, operator(old), rhs)
    needs = tuple(_within(symbol, value))
    return Fact(f"at {symbol} = {value}", relation, by="put in", premises=(fact,), needs=needs)


def narrowed(fact: Step, index: Index) -> Fact:
    """Return a fact that is stated in an index for fewer of its values, in any symbol.

    Raises
    ------
    UsageError
        If it is stated in none.
    """
    known = _range(fact)
    if known is None:
        raise UsageError(f"{fact.name!r} is stated in no index")
    k, first, last = index
    expect_place(k)
    _expect_free(fact, k, first, last)
    if not all(sp.sympify(end).is_integer for end in (first, last)):
        raise UsageError(f"expected whole numbers as the ends of {k}, got {first} and {last}")
    needs = (
        Condition("the first value", first - known[1], ">="),
        Condition("the last value", known[2] - last, ">="),
        *_within(k, first),
    )
    old = fact.relation
    lhs, rhs = (side.subs(known[0], k) for side in old.args)
    relation = related(lhs, operator(old), rhs)
    return Fact("narrowed", relation, by=_SOME, premises=(fact,), needs=needs, index=index)


def chosen(fact: Step, value: Any) -> Fact:
    """Return a fact that is stated in an index for one of its values."""
    k, *_ = _range(fact) or (None,)
    needs = narrowed(fact, (k, value, value)).needs
    _expect_free(fact, value)
    old = fact.relation
    lhs, rhs = (side.subs(k, value) for side in old.args)
    relation = related(lhs, operator(old), rhs)
    return Fact(f"at {k} = {value}", relation, by=_SOME, premises=(fact,), needs=needs)


def one_of(*values: Any) -> Fact:
    """Return that the largest of some numbers is at least the last of them."""
    relation = related(sp.Max(*values), ">=", values[-1])
    return Fact("one of them", relation, by=DEFINITION)


def minimum(function: Any, x: Any, at: Any) -> Fact:
    """Return f(x) >= f(at) for a function that is convex where x may lie and level at ``at``."""
    slope = sp.diff(function, x)
    needs = (
        Identity("the slope vanishes there", slope.subs(x, at)),
        Condition("it is convex", sp.diff(slope, x), ">="),
        *_smooth(function, x),
        *_within(x, at),
    )
    relation = related(function, ">=", function.subs(x, at))
    return Fact(f"least at {x} = {at}", relation, by="minimum of a convex function", needs=needs)


def least(quantity: Quantity, term: Any, index: Index) -> Fact:
    """Return that each term of a family is at least the quantity defined as the least of them.

    Raises
    ------
    UsageError
        If the quantity is not registered as that.
    """
    if quantity.expansion != Least(term, *index):
        raise UsageError(f"{quantity.name} is not registered as the least of {term}")
    relation, needs = related(term, ">=", quantity.symbol), ranged(index)
    return Fact(
        f"each is at least {quantity.name}", relation, by=DEFINITION, needs=needs, index=index
    )


def least_exceeds(quantity: Quantity, fact: Step) -> Fact:
    """Return that the least of a family is at least what each of its terms is at least.

    Raises
    ------
    UsageError
        If it is registered as the least of no family, or the fact bounds its term by nothing that
        is free of the index.
    """
    found = quantity.expansion
    if not isinstance(found, Least):
        raise UsageError(f"{quantity.name} is not registered as the least of a family")
    term, k, *ends = found.args
    above, op, below = falling(fact.relation)
    bound = sp.expand(term - (above - below))
    if op not in (">=", ">", "==") or bound.has(k):
        raise UsageError(f"expected a bound of {term} that is free of {k}, got {fact.relation}")
    if _range(fact) not in (None, (k, *ends)):
        raise UsageError(f"{fact.name!r} holds for {_range(fact)}, not for {(k, *ends)}")
    relation = related(quantity.symbol, ">=", bound)
    return Fact(f"{quantity.name} is one of them", relation, by=_EACH, premises=(fact,))


def squares_vanish(fact: Step) -> Fact:
    """Return t_k = 0, for each k summed over, from Σ_k t_k² = 0 with real t_k.

    Raises
    ------
    UsageError
        If that is not what the fact says.
    """
    total, nothing = fact.relation.args
    square = total.function if isinstance(total, sp.Sum) and len(total.limits) == 1 else sp.S.Zero
    if operator(fact.relation) != "==" or nothing != 0 or not (square.is_Pow and square.exp == 2):
        raise UsageError(f"expected that a sum of squares vanishes, got {fact.relation}")
    needs = (Condition("the terms are real", bool(square.base.is_real)),)
    relation = related(square.base, "==", 0)
    return Fact(
        "each square vanishes", relation, by="sum of squares", premises=(fact,), needs=needs,
        index=tuple(total.limits[0]),
    )  # fmt: skip


def largest(top: Quantity, value: Quantity) -> Fact:
    """Return that the largest value of a form is at least one of its values.

    Raises
    ------
    UsageError
        If they are not registered as that.
    """
    if value.name not in top.above:
        raise UsageError(f"{top.name} is not registered as the largest of {value.name}")
    relation = related(top.symbol, ">=", value.symbol)
    return Fact(f"{top.name} is the largest", relation, by=DEFINITION)


def at_a_direction(quantity: Quantity) -> Fact:
    """Return that a supremum over directions is at least what it is taken of, in any of them.

    Raises
    ------
    UsageError
        If the quantity is registered as no supremum.
    """
    if quantity.supremum is None:
        raise UsageError(f"{quantity.name} is not registered as a supremum over directions")
    relation = related(quantity.symbol, ">=", quantity.supremum[0])
    return Fact(f"{quantity.name} in any direction", relation, by=DEFINITION)


def smallest(bottom: Quantity, value: Quantity) -> Fact:
    """Return that one of the values of a function is at least the least of them.

    Raises
    ------
    UsageError
        If they are not registered as that.
    """
    if value.name not in bottom.below:
        raise UsageError(f"{bottom.name} is not registered as the least of {value.name}")
    relation = related(value.symbol, ">=", bottom.symbol)
    return Fact(f"{bottom.name} is the least", relation, by=DEFINITION)


def _expect_every_direction(fact: Step) -> None:
    """Raise UsageError unless all that a fact is given or assumes holds in every direction."""
    for step in flat([fact]):
        if not isinstance(step, Fact) or not any(_is_directed(part, ()) for part in step.parts):
            continue
        if step.by == ASSUMED:
            raise UsageError(f"{step.conclusion} is assumed of one direction, not of all")
        if step.claim is not None:
            taken = step.claim
            relations = [r for c in taken.conditions for r in alternatives(c)]
            narrow = any(_is_directed(side, ()) for r in relations for side in r.args)
            if narrow or not taken.setting.every_direction:
                raise UsageError(f"{taken.id} is not about all directions ({taken.setting.name})")


def _is_directed(expression: Any, own: Iterable[str]) -> bool:
    """Whether a number depends on a direction: by its name, its expansion, or as a family."""
    extrema = [q.supremum or q.infimum for q in QUANTITIES.values()]
    directed = {name for _, names in filter(None, extrema) for name in names} | set(own)
    if families(expression) or directed & {s.name for s in expression.free_symbols}:
        return True
    found = (QUANTITIES.get(s.name) for s in expression.free_symbols)
    expansions = (q.expansion for q in found if q and q.expansion is not None)
    return any(_is_directed(expansion, own) for expansion in expansions)


def at_the_infimum(fact: Step, quantity: Quantity) -> Fact:
    """Return q >= a from e >= a in every direction, q being the infimum of e over them.

    Raises
    ------
    UsageError
        If the quantity is registered as no infimum, or the smaller side has a direction too.
    """
    if quantity.infimum is None:
        raise UsageError(f"{quantity.name} is not registered as an infimum over directions")
    expression, directed = quantity.infimum
    above, op, below = falling(fact.relation)
    if op not in ("==", ">=") or _is_directed(below, directed):
        raise UsageError(f"expected a >= with nothing directed on its smaller side, got {below}")
    _expect_every_direction(fact)
    needs = (Identity("the larger side", above, expression),)
    relation = related(quantity.symbol, ">=", below)
    return Fact("infimum", relation, by="infimum", premises=(fact,), needs=needs)


def at_the_supremum(fact: Step, quantity: Quantity, through: Callable[[Any], Any]) -> Fact:
    """Return a >= f(q) from a >= f(e) in every direction, q being the supremum of e over them.

    Parameters
    ----------
    through
        The function f, which must not decrease.

    Raises
    ------
    UsageError
        If the quantity is registered as no supremum, or the larger side has a direction too.
    """
    if quantity.supremum is None:
        raise UsageError(f"{quantity.name} is not registered as a supremum over directions")
    expression, directed = quantity.supremum
    above, op, below = falling(fact.relation)
    if op != ">=" or _is_directed(above, directed):
        raise UsageError(f"expected a >= with nothing directed on its larger side, got {above}")
    _expect_every_direction(fact)
    x = sp.Dummy("x", positive=True)
    value = _applied(through, x)
    needs = (
        Identity("the smaller side", below, value(expression)),
        Condition("it does not decrease", sp.diff(value(x), x), ">="),
        *_smooth(value(x), x),
    )
    relation = related(above, ">=", value(quantity.symbol))
    return Fact("supremum", relation, by="supremum", premises=(fact,), needs=needs)
