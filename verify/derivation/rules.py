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

from verify.claims import Claim, Quantity
from verify.derivation.steps import Condition, Identity, Step, check, related
from verify.errors import UsageError
from verify.evidence import Verdict
from verify.expression import Least, Relation, operator

__all__ = [
    "Fact",
    "added",
    "am_gm_sum",
    "am_gm_weighted",
    "at_the_supremum",
    "below_the_supremum",
    "definition",
    "each",
    "equal",
    "flat",
    "given",
    "increasing",
    "largest",
    "least",
    "minimum",
    "multiplied",
    "put",
    "raised",
    "rewritten",
    "scaled",
    "shifted",
    "split",
    "substituted",
    "telescoped",
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
    """

    conclusion: Relation
    by: str = field(kw_only=True)
    premises: tuple[Step, ...] = field(default=(), kw_only=True)
    needs: tuple[Step, ...] = field(default=(), kw_only=True)
    claim: Claim | None = field(default=None, kw_only=True)

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
    return Fact(f"definition of {quantity.name}", relation, by="definition")


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
_TURNED = {"<=": ">=", "<": ">"}


def _falling(relation: Relation) -> tuple[Any, str, Any]:
    """The sides and the operator, the larger side first."""
    op = operator(relation)
    if op in _TURNED:
        return relation.rhs, _TURNED[op], relation.lhs
    return relation.lhs, op, relation.rhs


def transitive(*facts: Step) -> Fact:
    """Return from a >= b, b >= c, ... that a >= c; equations may be read from either side.

    Raises
    ------
    UsageError
        If they are no chain.
    """
    top, op, bottom = _falling(facts[0].relation)
    needs = []
    for number, fact in enumerate(facts[1:], start=2):
        above, other, below = _falling(fact.relation)
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
    op = {"==": "==", ">=": "<=", "<=": ">=", ">": "<", "<": ">"}[operator(old)]
    return Fact("turned", related(old.rhs, op, old.lhs), by="turned", premises=(fact,))


def substituted(fact: Step, equation: Step) -> Fact:
    """Return the fact with the right side of an equation wherever the left one stands.

    Raises
    ------
    UsageError
        If that is no equation.
    """
    known = equation.relation
    if operator(known) != "==":
        raise UsageError(f"expected an equation to substitute by, got {known}")
    old = fact.relation
    lhs, rhs = (side.subs(known.lhs, known.rhs) for side in old.args)
    relation = related(lhs, operator(old), rhs)
    return Fact("substituted", relation, by="substitution", premises=(fact, equation))


def added(*facts: Step) -> Fact:
    """Return the sum of relations, each turned so that its larger side is on the left."""
    sides = [_falling(fact.relation) for fact in facts]
    ops = {op for _, op, _ in sides}
    op = ">" if ">" in ops else ">=" if ">=" in ops else "=="
    relation = related(sum(a for a, _, _ in sides), op, sum(b for _, _, b in sides))
    return Fact("sum", relation, by="sum", premises=facts)


def _strict(strict: bool) -> Literal[">", ">="]:
    return ">" if strict else ">="


def scaled(fact: Step, factor: Any) -> Fact:
    """Return the fact with both sides times a factor that is not negative (> 0 if strict)."""
    old = fact.relation
    op = operator(old)
    sign = _strict(op in (">", "<"))
    needs = (Condition("the factor", factor, sign),) if op != "==" else ()
    relation = related(factor * old.lhs, op, factor * old.rhs)
    return Fact("scaled", relation, by="product", premises=(fact,), needs=needs)


def shifted(fact: Step, term: Any) -> Fact:
    """Return the fact with a term added to both sides."""
    old = fact.relation
    relation = related(old.lhs + term, operator(old), old.rhs + term)
    return Fact("shifted", relation, by="sum", premises=(fact,))


def equal(above: Step, below: Step) -> Fact:
    """Return a == b from a >= b and b >= a.

    Raises
    ------
    UsageError
        If one of them is an equation, or they are not about the same two numbers.
    """
    (a, op, b), (c, other, d) = _falling(above.relation), _falling(below.relation)
    if (op, other) != (">=", ">="):
        raise UsageError(f"expected two relations >= or <=, got {op} and {other}")
    needs = (Identity("left side", a, d), Identity("right side", b, c))
    premises = (above, below)
    return Fact("equal", related(a, "==", b), by="antisymmetry", premises=premises, needs=needs)


def raised(fact: Step, exponent: Any) -> Fact:
    """Return the fact with both sides to a power that is not negative; the smaller is not either.

    A strict relation needs a positive exponent.
    """
    above, op, below = _falling(fact.relation)
    needs = (
        Condition("the smaller side", below, ">="),
        Condition("the exponent", exponent, _strict(op == ">")),
    )
    relation = related(above**exponent, op, below**exponent)
    return Fact("raised", relation, by="monotone power", premises=(fact,), needs=needs)


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
    above, op, below = _falling(fact.relation)
    slope = sp.diff(function(x), x)
    needs = (
        Condition("the slope", slope, _strict(op == ">")),
        *_within(x, above),
        *_within(x, below),
    )
    relation = related(function(above), op, function(below))
    return Fact("increasing", relation, by="monotone function", premises=(fact,), needs=needs)


def _within(x: Any, value: Any) -> Iterator[Condition]:
    """Conditions under which a value lies where a symbol may."""
    if x.is_positive:
        yield Condition(f"{value} is positive", value, ">")
    elif x.is_nonnegative:
        yield Condition(f"{value} is not negative", value, ">=")
    elif not sp.sympify(value).is_real:
        raise UsageError(f"{value} is not known to be real")


def am_gm_sum(term: Any, index: Index) -> Fact:
    """Return Σ_k x_k >= n (Π_k x_k)^{1/n} for n terms that are not negative."""
    _, first, last = index
    count = last - first + 1
    needs = (Condition("no term is negative", term, ">="),)
    bound = count * sp.Product(term, index) ** (1 / count)
    return Fact("AM-GM", related(sp.Sum(term, index), ">=", bound), by="AM-GM", needs=needs)


def am_gm_weighted(*terms: tuple[Any, Any]) -> Fact:
    """Return Σ w_i x_i >= Π x_i^{w_i} for pairs (w_i, x_i), not negative, the weights of sum 1."""
    needs = (
        Identity("the weights have the sum 1", sum(weight for weight, _ in terms), 1),
        *(Condition(f"weight {n}", w, ">=") for n, (w, _) in enumerate(terms, start=1)),
        *(Condition(f"term {n}", x, ">=") for n, (_, x) in enumerate(terms, start=1)),
    )
    mean = sp.Mul(*(x**weight for weight, x in terms))
    relation = related(sum(weight * x for weight, x in terms), ">=", mean)
    return Fact("AM-GM", relation, by="AM-GM", needs=needs)


def telescoped(left: Callable[[Any], Any], right: Callable[[Any], Any], index: Index) -> Fact:
    """Return Π_k a_k b_k = b_first a_last Π_{k < last} a_k b_{k+1}."""
    k, first, last = index
    inner = sp.Product(left(k) * right(k + 1), (k, first, last - 1))
    relation = related(
        sp.Product(left(k) * right(k), index), "==", right(first) * left(last) * inner
    )
    return Fact("telescoped", relation, by="telescoping")


def split(term: Any, index: Index) -> Fact:
    """Return Σ_k x_k = x_first + Σ_{k > first} x_k; there is a first one."""
    k, first, last = index
    needs = (Condition("there is a first term", last - first, ">="),)
    rest = sp.Sum(term, (k, first + 1, last))
    relation = related(sp.Sum(term, index), "==", term.subs(k, first) + rest)
    return Fact("split", relation, by="sum", needs=needs)


def each(fact: Step, index: Index, *, product: bool = False) -> Fact:
    """Return the sum, or the product, over an index of a fact that holds for each of its values.

    Factors must not be negative; a right side without the index is taken as often as it stands.
    """
    k, first, last = index
    above, op, below = _falling(fact.relation)
    op = ">=" if op == ">" else op  # there may be no value of the index at all
    free = not below.has(k)
    if product:
        total = below ** (last - first + 1) if free else sp.Product(below, index)
        needs: tuple[Step, ...] = (Condition("no factor is negative", below, ">="),)
        relation = related(sp.Product(above, index), op, total)
    else:
        total = below * (last - first + 1) if free else sp.Sum(below, index)
        needs, relation = (), related(sp.Sum(above, index), op, total)
    return Fact("over all k", relation, by="each", premises=(fact,), needs=needs)


def multiplied(*facts: Step) -> Fact:
    """Return the product of relations whose smaller sides are not negative."""
    sides = [_falling(fact.relation) for fact in facts]
    op = "==" if all(op == "==" for _, op, _ in sides) else ">="
    needs = tuple(Condition(f"factor {n}", b, ">=") for n, (_, _, b) in enumerate(sides, start=1))
    relation = related(sp.Mul(*(a for a, _, _ in sides)), op, sp.Mul(*(b for _, _, b in sides)))
    return Fact("product", relation, by="product", premises=facts, needs=needs)


def put(fact: Step, symbol: Any, value: Any) -> Fact:
    """Return a fact in any ``symbol`` at one value of it that its assumptions allow."""
    old = fact.relation
    lhs, rhs = (side.subs(symbol, value) for side in old.args)
    relation = related(lhs, operator(old), rhs)
    needs = tuple(_within(symbol, value))
    return Fact(f"at {symbol} = {value}", relation, by="put in", premises=(fact,), needs=needs)


def minimum(function: Any, x: Any, at: Any) -> Fact:
    """Return f(x) >= f(at) for a function that is convex where x may lie and level at ``at``."""
    slope = sp.diff(function, x)
    needs = (
        Identity("the slope vanishes there", slope.subs(x, at)),
        Condition("it is convex", sp.diff(slope, x), ">="),
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
    relation = related(term, ">=", quantity.symbol)
    return Fact(f"each is at least {quantity.name}", relation, by="definition")


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
    return Fact(f"{top.name} is the largest", relation, by="definition")


def below_the_supremum(quantity: Quantity) -> Fact:
    """Return q >= e in any direction, for the quantity q that is the supremum of e over them.

    Raises
    ------
    UsageError
        If the quantity is registered as no supremum.
    """
    if quantity.supremum is None:
        raise UsageError(f"{quantity.name} is not registered as a supremum over directions")
    relation = related(quantity.symbol, ">=", quantity.supremum[0])
    return Fact(f"{quantity.name} is the supremum", relation, by="definition")


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
    above, op, below = _falling(fact.relation)
    bound = {s.name for s in above.free_symbols} & set(directed)
    if op != ">=" or bound:
        raise UsageError(f"expected a >= with nothing directed on its larger side, got {above}")
    x = sp.Symbol("x", positive=True)
    needs = (
        Identity("the smaller side", below, through(expression)),
        Condition("it does not decrease", sp.diff(through(x), x), ">="),
    )
    relation = related(above, ">=", through(quantity.symbol))
    return Fact("supremum", relation, by="supremum", premises=(fact,), needs=needs)
