"""Claims: relations between quantities that are to hold on every instance of a setting.

Data flows one way: a *setting* builds an *instance* from the choices of a source, *quantities*
measure it, a *claim* relates the measurements, and :func:`decide` says whether the relation holds
on that one instance and what the answer is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from math import inf, isnan
from typing import Any, Literal, Protocol

from verify.errors import Undefined, UsageError
from verify.expression import Operator, Relation, evaluate, operator, render, symbol
from verify.sources import Source

__all__ = [
    "QUANTITIES",
    "SETTINGS",
    "Assumption",
    "Bounds",
    "Claim",
    "Decision",
    "Formula",
    "Instance",
    "Quantity",
    "Setting",
    "decide",
    "quantity",
    "sides",
    "slack",
]


class Instance(Protocol):
    """What the engine needs of an instance; the mathematics behind it is the setting's."""

    arithmetic: Any

    def routes(self) -> Iterator[Instance]:
        """Yield this instance in one arithmetic after another, exact first, then in balls."""

    def to_json(self) -> dict[str, Any]:
        """Return the instance in exact rationals written "p/q"."""


@dataclass(frozen=True)
class Quantity:
    """A number measured on an instance, in the arithmetic of that instance."""

    name: str
    latex: str
    definition: str
    measure: Callable[[Any], Any]
    integer: bool = False
    positive: bool = True

    @property
    def symbol(self) -> Any:
        """Return the SymPy symbol that stands for this quantity in relations."""
        return symbol(self.name, integer=self.integer, positive=self.positive)


QUANTITIES: dict[str, Quantity] = {}
"""Every quantity by name; a relation may use any of them."""


def quantity(
    name: str, latex: str, *, integer: bool = False, positive: bool = True
) -> Callable[[Callable[[Any], Any]], Quantity]:
    """Register the decorated function as the quantity ``name``; its docstring defines it.

    ``positive`` is used only for printing and simplifying; say False where a value may be <= 0.
    """

    def register(measure: Callable[[Any], Any]) -> Quantity:
        known = QUANTITIES.get(name)
        if known is not None and known.measure.__module__ != measure.__module__:
            raise UsageError(
                f"quantity {name!r} is defined in {known.measure.__module__} already, "
                f"{measure.__module__} needs another name"
            )
        definition = " ".join((measure.__doc__ or "").split())
        QUANTITIES[name] = Quantity(name, latex, definition, measure, integer, positive)
        return QUANTITIES[name]

    return register


@dataclass(frozen=True)
class Formula:
    """A closed form that belongs to a theorem: derived once, evaluated everywhere.

    Claims mention it by its symbol, derivations receive its expression; to change it in one place
    is to change the theorem.
    """

    name: str
    latex: str
    expression: Any

    @property
    def symbol(self) -> Any:
        """Return the symbol that stands for this closed form in relations."""
        return symbol(self.name)


@dataclass(frozen=True)
class Bounds:
    """Sizes an instance may have: depth and widths, both ends included."""

    depth: tuple[int, int] = (2, 4)
    width: tuple[int, int] = (1, 3)

    def __str__(self) -> str:
        return f"depth {self.depth[0]}..{self.depth[1]}, widths {self.width[0]}..{self.width[1]}"


@dataclass(frozen=True)
class Setting:
    """A sample space: a recipe that builds an instance from the choices of a source.

    Parameters
    ----------
    build
        The recipe.
    special
        Names of settings whose instances belong to this one too and are hard to meet by chance
        (equality cases of known theorems): the search looks there as well.
    dual
        ``dual(values, first, total)`` makes dual numbers of a float array of numbers drawn by the
        recipe, the ``first`` ... of ``total``; without it the search does not use derivatives.
    checker
        Returns the source of a stand-alone program that decides claims over this setting.
    load
        Rebuilds an exact instance from what its ``to_json`` returned.
    express
        Returns choices of the recipe that make an instance of a special setting, None where it
        cannot: what was found there is then simplified as an instance of this one.
    """

    name: str
    description: str
    build: Callable[[Source, Bounds], Any]
    special: tuple[str, ...] = ()
    dual: Callable[[Any, int, int], Any] | None = None
    checker: Callable[[], str] | None = None
    load: Callable[[dict[str, Any]], Any] | None = None
    express: Callable[[Any], list[int | Fraction] | None] | None = None

    def family(self) -> Iterator[Setting]:
        """Yield the setting, then all that are special to it, each once."""
        waiting, seen = [self], set[str]()
        while waiting:
            first = waiting.pop(0)
            if first.name not in seen:
                seen.add(first.name)
                waiting += (SETTINGS[name] for name in first.special)
                yield first


SETTINGS: dict[str, Setting] = {}
"""Every named setting; a conjecture may be searched over any of them."""


@dataclass(frozen=True)
class Assumption:
    """A condition on instances, evaluated in the arithmetic at hand (a mask on float batches)."""

    id: str
    statement: str
    holds: Callable[[Any], Any]


@dataclass(frozen=True)
class Claim:
    """``relation`` holds wherever in ``setting`` the assumptions and conditions do.

    Parameters
    ----------
    id, title
        Unique within the theorem; what it says in words.
    relation
        A SymPy relation over symbols of quantities and formulas.
    formulas
        The closed forms the relation mentions.
    bounds
        The sizes tried: the honest scope of the evidence.
    conditions
        Assumptions that are relations themselves: decided like ``relation``, without tolerance.

    Raises
    ------
    UsageError
        If there is nothing to measure: SymPy decides the relation from its symbols alone.
    """

    id: str
    title: str
    setting: Setting
    relation: Relation
    assumptions: tuple[Assumption, ...] = ()
    formulas: tuple[Formula, ...] = ()
    bounds: Bounds = field(default_factory=Bounds)
    conditions: tuple[Relation, ...] = ()

    def __post_init__(self) -> None:
        for relation in (self.relation, self.expanded, *self.conditions):
            operator(relation)

    @property
    def operator(self) -> Operator:
        """Return the operator of the expanded relation."""
        return operator(self.expanded)

    @property
    def expanded(self) -> Relation:
        """Return the relation with closed forms written out in quantities."""
        return self.relation.xreplace({f.symbol: f.expression for f in self.formulas})

    @property
    def latex(self) -> str:
        """Return the expanded relation in LaTeX, with its conditions."""
        names = {q.name: q.latex for q in QUANTITIES.values()}
        conditions = r" \text{ and } ".join(render(c, names) for c in self.conditions)
        relation = render(self.expanded, names)
        return rf"{relation} \text{{ if }} {conditions}" if conditions else relation

    def sides(self, instance: Any) -> tuple[Any, Any]:
        """Return both sides of the relation measured on ``instance``."""
        return sides(self.expanded, instance)


def sides(relation: Relation, instance: Any) -> tuple[Any, Any]:
    """Return both sides of a relation between quantities, measured on ``instance``."""
    values = {s.name: QUANTITIES[s.name].measure(instance) for s in sorted_symbols(relation)}
    lhs, rhs = (evaluate(side, values, instance.arithmetic) for side in relation.args)
    return lhs, rhs


def sorted_symbols(relation: Relation) -> list[Any]:
    """Return the free symbols by name: measured in the same order on every run."""
    symbols = sorted(relation.free_symbols, key=lambda s: str(s.name))
    unknown = [s.name for s in symbols if s.name not in QUANTITIES]
    if unknown:
        raise UsageError(f"unknown quantity {unknown[0]!r}; see `certimin quantities`")
    return symbols


Outcome = Literal["holds", "violated", "undecided", "invalid"]


@dataclass(frozen=True)
class Decision:
    """Whether a claim holds on one instance, what that is worth, and by how much.

    ``slack`` is for ranking only; infinite where nothing was measured.
    """

    outcome: Outcome
    kind: str
    slack: float = inf
    lhs: str = ""
    rhs: str = ""
    reason: str = ""

    @property
    def refutes(self) -> bool:
        """Return whether this is a violation beyond doubt: floats propose, they never refute."""
        return self.outcome == "violated" and self.kind in ("exact", "certified")

    @property
    def open(self) -> bool:
        """Return whether nothing settles it: undecided, or a violation only floats vouch for."""
        return self.outcome == "undecided" or (self.outcome == "violated" and not self.refutes)


def slack(op: Operator, margin: Any) -> Any:
    """Return how far a relation is from being violated (negative: violated), for ranking."""
    if op in (">=", ">"):
        return margin
    return 0 - margin if op in ("<=", "<") else 0 - abs(margin)


_SATISFIED: dict[Operator, tuple[int, ...]] = {
    "==": (0,), ">=": (0, 1), "<=": (-1, 0), ">": (1,), "<": (-1,)
}  # fmt: skip


def decide(claim: Claim, instance: Any, *, exact_first: bool = True) -> Decision:
    """Decide ``claim`` on one exact instance: no tolerance enters.

    The routes of the instance are taken in turn until one decides: exact arithmetic, then balls
    of growing precision (balls first when ``exact_first`` is False: cheaper, and exact arithmetic
    then settles only what balls leave open; equalities always go to exact arithmetic first).
    A decision by numbers that went through floats stands only if no route does better.
    """
    excluded = _inapplicable(claim, next(iter(instance.routes())), exact_first)
    return excluded or _relate(claim.expanded, instance, exact_first)


def _relate(relation: Relation, instance: Any, exact_first: bool) -> Decision:
    """Decide one relation on an exact instance, route by route."""
    balls = iter(instance.routes())
    exact = next(balls)
    if exact_first or operator(relation) == "==":
        routes = chain((exact,), balls)
    else:
        routes = chain(balls, (exact,))
    best = Decision("undecided", exact.arithmetic.kind)
    for lifted in routes:
        decision = _on_route(relation, lifted)
        proved = decision.outcome in ("holds", "violated") and decision.kind != "sampled"
        if proved or decision.outcome == "invalid":
            return decision
        if decision.lhs or not best.lhs:  # one that measured tells more than one that could not
            best = decision
    return best


def _on_route(relation: Relation, lifted: Any) -> Decision:
    """Decide in the arithmetic of ``lifted`` alone."""
    try:
        with lifted.arithmetic as arithmetic:
            lhs, rhs = sides(relation, lifted)
            comparison = arithmetic.compare(lhs, rhs)
    except Undefined as error:
        return Decision("invalid", "exact", reason=f"undefined: {error}")
    except ArithmeticError as error:
        # a ball around zero is no zero: only exact arithmetic knows a vanishing denominator
        vanishing = isinstance(error, ZeroDivisionError) and lifted.arithmetic.kind == "exact"
        if vanishing or getattr(error, "undefined", False):
            return Decision("invalid", "exact", reason=f"undefined: {error}")
        return Decision("undecided", lifted.arithmetic.kind, reason=str(error))
    margin = slack(operator(relation), comparison.margin)
    measured = comparison.kind, inf if isnan(margin) else margin, str(lhs), str(rhs)
    if comparison.sign is None:
        return Decision("undecided", *measured, "overlap")
    holds = comparison.sign in _SATISFIED[operator(relation)]
    return Decision("holds" if holds else "violated", *measured)


def _inapplicable(claim: Claim, instance: Any, exact_first: bool) -> Decision | None:
    """Return why the claim says nothing about this instance, None if its assumptions hold."""
    try:
        applies = all(assumption.holds(instance) for assumption in claim.assumptions)
    except (ZeroDivisionError, Undefined) as error:
        return Decision("invalid", "exact", reason=f"undefined: {error}")
    except ArithmeticError as error:
        return Decision("undecided", "exact", reason=f"an assumption: {error}")
    if not applies:
        return Decision("invalid", "exact", reason="an assumption fails")
    for condition in claim.conditions:
        decision = _relate(condition, instance, exact_first)
        if decision.open:
            return Decision("undecided", decision.kind, reason=f"a condition: {decision.reason}")
        if decision.outcome != "holds":
            return Decision("invalid", decision.kind, reason=f"a condition fails: {condition}")
    return None
