"""Claims: relations between quantities that are to hold on every instance of a setting.

Data flows one way: a *setting* builds an *instance* from the choices of a source, *quantities*
measure it, a *claim* relates the measurements, and :func:`decide` says whether the relation holds
on that one instance and what the answer is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import inf, isnan
from typing import Any, Literal, Protocol

from numpy.linalg import LinAlgError

from verify.errors import NoValue, Undefined, UsageError
from verify.expression import (
    ClosedForm,
    Operator,
    Relation,
    all_of,
    alternatives,
    closed_forms,
    evaluate,
    exchanged,
    families,
    indexed,
    operator,
    render,
    symbol,
    with_nested,
    written_out,
)
from verify.sources import Choices

__all__ = [
    "CONTROL",
    "FAMILIES",
    "MISFITS",
    "OTHER",
    "QUANTITIES",
    "SATISFIED",
    "SETTINGS",
    "USUAL",
    "Assumption",
    "Bounds",
    "Cited",
    "Claim",
    "Decision",
    "Family",
    "Formula",
    "Instance",
    "Proof",
    "Quantity",
    "Setting",
    "Source",
    "assumed",
    "decide",
    "entered",
    "expanded",
    "family",
    "latex_names",
    "measured_by",
    "quantity",
    "sides",
    "slack",
    "told",
]


class Instance(Protocol):
    """What the engine needs of an instance; the mathematics behind it is the setting's."""

    arithmetic: Any

    def routes(self) -> Iterator[Instance]:
        """Yield this instance in one arithmetic after another, exact first, then in balls."""

    def to_json(self) -> dict[str, Any]:
        """Return the instance in exact rationals written "p/q"."""


@dataclass(frozen=True)
class Source:
    """Where a statement comes from: a key of ``references.bib`` and the place within."""

    key: str
    where: str


@dataclass(frozen=True)
class Cited:
    """A lemma of others that a proof rests on and that nothing here checks.

    Parameters
    ----------
    name
        As a proof cites it ("Sion 1958").
    statement
        What it says, formulas in ``$...$``.
    source
        Where it is proved.
    """

    name: str
    statement: str
    source: Source


@dataclass(frozen=True)
class Quantity:
    """A number measured on an instance, in the arithmetic of that instance.

    Parameters
    ----------
    compares
        For a quantity that vanishes where two things agree: a function of an instance that returns
        both, as two matrices or two equally long lists of them.
    equation
        What it says that such a quantity vanishes, in LaTeX.
    expansion
        For a quantity that is an expression in others: that expression.
    above
        For the largest value of a form: the names of quantities that are values of that form.
    nonzero
        Whether it never vanishes where it has a value, as its docstring explains.
    below
        For the least value of a function: the names of quantities that are values of it.
    supremum, infimum
        For a quantity that is the supremum (infimum), over the directions that an instance may
        name, of an expression: that expression, and the names of the quantities that depend on
        the direction.
    """

    name: str
    latex: str
    definition: str
    measure: Callable[[Any], Any]
    integer: bool = False
    positive: bool = True
    nonzero: bool = False
    compares: Callable[[Any], tuple[Any, Any]] | None = None
    equation: str = ""
    expansion: Any = None
    supremum: tuple[Any, tuple[str, ...]] | None = None
    above: tuple[str, ...] = ()
    infimum: tuple[Any, tuple[str, ...]] | None = None
    below: tuple[str, ...] = ()

    @property
    def symbol(self) -> Any:
        """Return the SymPy symbol that stands for this quantity in relations."""
        return symbol(self.name, integer=self.integer, positive=self.positive)

    def _sympy_(self) -> Any:
        return self.symbol


OTHER = "other."
"""How the names of quantities of an instance's partner begin."""


class _Quantities(dict[str, Quantity]):
    """Quantities by name; ``other.q`` is the quantity q of an instance's partner.

    Those are made when they are asked for, and are not counted.
    """

    def __missing__(self, name: str) -> Quantity:
        inner = name.removeprefix(OTHER) if isinstance(name, str) else name
        if inner == name or not dict.__contains__(self, inner):
            raise KeyError(name)
        return _of_partner(self[inner])

    def __contains__(self, name: object) -> bool:
        inner = name.removeprefix(OTHER) if isinstance(name, str) else name
        return dict.__contains__(self, inner)

    def get(self, name: str, default: Any = None) -> Any:
        if name in self:
            return self[name]
        return default


def _of_partner(quantity: Quantity) -> Quantity:
    """The same quantity of the other one of two instances that come together."""

    def measure(instance: Any) -> Any:
        if not hasattr(instance, "partner"):
            raise TypeError("its instances are single ones, not pairs")
        return quantity.measure(instance.partner)

    measure.__module__ = quantity.measure.__module__  # workers load it by this
    return Quantity(
        f"{OTHER}{quantity.name}",
        rf"\left[{quantity.latex}\right]_{{\text{{other}}}}",
        f"Of the other one of a pair: {quantity.definition}",
        measure,
        integer=quantity.integer,
        positive=quantity.positive,
        nonzero=quantity.nonzero,
    )


QUANTITIES: dict[str, Quantity] = _Quantities()
"""Every quantity by name and by former names; a relation may use any of them."""


def quantity(
    name: str,
    latex: str,
    *,
    integer: bool = False,
    positive: bool = True,
    nonzero: bool = False,
    aliases: Sequence[str] = (),
    compares: Callable[[Any], tuple[Any, Any]] | None = None,
    equation: str = "",
    supremum: tuple[Any, tuple[str, ...]] | None = None,
    above: tuple[str, ...] = (),
    infimum: tuple[Any, tuple[str, ...]] | None = None,
    below: tuple[str, ...] = (),
) -> Callable[[Callable[[Any], Any]], Quantity]:
    """Register the decorated function as the quantity ``name``; its docstring defines it.

    ``positive`` says that it is never negative, and prints and simplifies as if it were never zero:
    a whole derivation is checked again with zeros, unless ``nonzero`` says that there are none.
    ``aliases`` are names it had, which relations written then may go on using; the others are told
    at :class:`Quantity`.
    """

    def register(measure: Callable[[Any], Any]) -> Quantity:
        definition = " ".join((measure.__doc__ or "").split())
        found = Quantity(
            name, latex, definition, measure, integer=integer, positive=positive,
            nonzero=nonzero, compares=compares, equation=equation,
            supremum=supremum, above=above, infimum=infimum, below=below,
        )  # fmt: skip
        return _registered(found, aliases)

    return register


def _registered(found: Quantity, aliases: Sequence[str] = ()) -> Quantity:
    known = QUANTITIES.get(found.name)
    if known is not None:
        _check_name("quantity", found.name, known.measure, found.measure)
        if known.expansion != found.expansion:
            raise UsageError(f"quantity {found.name!r} is defined twice, as two expressions")
    QUANTITIES.update(dict.fromkeys((found.name, *aliases), found))
    return found


def _check_name(kind: str, name: str, known: Callable[..., Any], found: Callable[..., Any]) -> None:
    """A name belongs to the module that took it first; to load that again is no fault."""
    if known.__module__ != found.__module__:
        raise UsageError(
            f"{kind} {name!r} is defined in {known.__module__} already, "
            f"{found.__module__} needs another name"
        )


def expanded(
    name: str, latex: str, definition: str, expansion: Any, *, positive: bool = True
) -> Quantity:
    """Register the quantity ``name`` that *is* an expression in others and in families.

    It is measured by its expansion, so that a proof may put one for the other.
    """

    def measure(instance: Any) -> Any:
        return evaluate(expansion, _measured(expansion, instance), instance.arithmetic)

    return _registered(
        Quantity(name, latex, definition, measure, False, positive, expansion=expansion)
    )


@dataclass(frozen=True)
class Family:
    """Numbers f(1), f(2), ... >= 0 that expansions are made of; ``measure`` returns their list."""

    name: str
    latex: str
    measure: Callable[[Any], Any]


FAMILIES: dict[str, Family] = {}
"""Every family by name."""


def family(name: str, latex: str) -> Callable[[Callable[[Any], Any]], Any]:
    """Register the decorated function as the family ``name`` of numbers f(1), f(2), ... >= 0.

    It returns them as a list; what takes its place is f, to be applied to an index.
    """

    def register(measure: Callable[[Any], Any]) -> Any:
        if name in FAMILIES:
            _check_name("family", name, FAMILIES[name].measure, measure)
        FAMILIES[name] = Family(name, latex, measure)
        return indexed(name)

    return register


class Formula(ClosedForm):
    """A closed form that belongs to a theorem: derived once, evaluated everywhere.

    It is the symbol that relations mention.  A proof receives its expression by asking for the
    name, so that to change it in one place is to change claim and proof together.

    Parameters
    ----------
    name, latex
        Unique within the theorem.
    expression
        In symbols of quantities and, where it builds on them, other closed forms.
    """

    __slots__ = ()

    def measure(self, instance: Any) -> Any:
        """Return the closed form evaluated on ``instance``, in its arithmetic."""
        expression = written_out(self)
        return evaluate(expression, _measured(expression, instance), instance.arithmetic)


@dataclass(frozen=True)
class Bounds:
    """Sizes an instance may have: depth and widths, both ends included."""

    depth: tuple[int, int] = (2, 4)
    width: tuple[int, int] = (1, 3)

    def __post_init__(self) -> None:
        for name, (low, high) in (("depth", self.depth), ("width", self.width)):
            if not 1 <= low <= high:
                raise UsageError(f"bounds: expected 1 <= least <= most {name}, got {low}..{high}")

    def __str__(self) -> str:
        return f"depth {self.depth[0]}..{self.depth[1]}, widths {self.width[0]}..{self.width[1]}"


CONTROL = "control."
"""How the names of false twins begin."""

USUAL = Bounds()
"""The sizes of a claim that names none."""


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
    tangent
        ``tangent(values, first, total)`` makes tangents of a float array of numbers drawn by the
        recipe, the ``first`` ... of ``total``; without it the search does not use derivatives.
    checker
        Returns the source of a stand-alone program that decides claims over this setting.
    kernel
        Returns what the proof kernel must know of an instance, given a certificate's data
        (:class:`verify.certificates.coq.file.Exported`).
    lines
        Yields lines of instances through an exact one, within the setting of the name given:
        :mod:`verify.certificates.family`.
    load
        Rebuilds an exact instance from what its ``to_json`` returned.
    express
        Returns choices of the recipe that make an instance of a special setting, None where it
        cannot: what was found there is then simplified as an instance of this one.
    exists
        Its instances are constructed, to show what there is: a claim over it says "there are".
    ensures
        Assumptions that its instances meet by construction: a proof may take a claim that makes
        them.
    every_direction
        Its recipe draws the directions that its instances name, whatever they are.
    extend
        For a setting whose instances have more than those of another one, such as a direction:
        makes one of any other instance, so that what holds here for all directions can be tried
        where none was drawn.
    """

    name: str
    description: str
    build: Callable[[Choices, Bounds], Any]
    special: tuple[str, ...] = ()
    tangent: Callable[[Any, int, int], Any] | None = None
    checker: Callable[[], str] | None = None
    load: Callable[[dict[str, Any]], Any] | None = None
    express: Callable[[Any], list[int | Fraction] | None] | None = None
    exists: bool = False
    ensures: tuple[Assumption, ...] = ()
    every_direction: bool = False
    extend: Callable[[Any], Any] | None = None
    kernel: Callable[[Mapping[str, Any]], Any] | None = None
    lines: Callable[[str, Any], Iterator[Any]] | None = None

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
"""Every setting by name and by former names; a conjecture may be searched over any of them."""


def entered(setting: Setting, aliases: Sequence[str] = ()) -> Setting:
    """Return the setting, registered under its name and those it had."""
    known = SETTINGS.get(setting.name)
    if known is not None:
        _check_name("setting", setting.name, known.build, setting.build)
    SETTINGS.update(dict.fromkeys((setting.name, *aliases), setting))
    return setting


@dataclass(frozen=True)
class Assumption:
    """A condition on instances.

    Parameters
    ----------
    id
        Unique within a claim.
    condition
        A relation between quantities, decided without tolerance like a claim's, several of which
        one holds (:class:`verify.expression.AnyOf`), or a predicate:
        a function of an instance that returns a bool in exact arithmetic (raising ArithmeticError
        where it cannot tell), and on float batches a mask or one bool for all.
    statement
        LaTeX; a relation that is given none says itself.
    """

    id: str
    condition: Relation | Callable[[Any], Any]
    statement: str = ""

    def __post_init__(self) -> None:
        if not callable(self.condition):
            for relation in alternatives(self.condition):
                operator(relation)
        elif not self.statement:
            raise UsageError(f"assumption {self.id!r}: a predicate needs a statement in LaTeX")

    @property
    def relation(self) -> Relation | None:
        """Return the relation between quantities, or several; None for a predicate."""
        return None if callable(self.condition) else written_out(self.condition)

    @property
    def latex(self) -> str:
        """Return the statement, or the relation in LaTeX."""
        return self.statement or _latex(self.relation)

    def decide(self, instance: Any, *, exact_first: bool = True) -> Decision:
        """Decide the assumption on one exact instance."""
        if self.relation is not None:
            return _met(self.relation, instance, exact_first)
        assert callable(self.condition)
        try:
            applies = self.condition(next(iter(instance.routes())))
        except (ZeroDivisionError, Undefined) as error:
            return Decision("invalid", "exact", reason=f"undefined: {error}")
        except ArithmeticError as error:
            return Decision("undecided", "exact", reason=str(error))
        return Decision("holds" if applies else "violated", "exact")


def assumed(*relations: Relation) -> tuple[Assumption, ...]:
    """Return relations as assumptions, each named by itself."""
    return tuple(Assumption(str(relation), relation) for relation in relations)


@dataclass(frozen=True)
class Proof:
    """A generator of derivation steps, with what it asks for by the names of its parameters.

    ``arguments`` holds a closed form, which reaches the proof as its expression, or a premise, for
    each parameter.
    """

    steps: Callable[..., Iterator[Any]]
    arguments: Mapping[str, Formula | Claim] = field(default_factory=dict)

    def __call__(self) -> list[Any]:
        """Return the steps.

        Raises
        ------
        UsageError
            If the proof yields something else.
        """
        given = {
            name: written_out(wanted) if isinstance(wanted, Formula) else wanted
            for name, wanted in self.arguments.items()
        }
        found = list(self.steps(**given))
        for step in found:
            if not hasattr(step, "rule"):
                shown = type(step).__name__
                raise UsageError(f"proof {self.steps.__name__}: expected a step, got {shown!r}")
        return found


@dataclass(frozen=True, eq=False)
class Claim:
    """``relation`` holds wherever in ``setting`` the assumptions do.

    Parameters
    ----------
    name, title
        Unique within the theorem; what it says in words.
    relation
        A SymPy relation over symbols of quantities and closed forms.
    bounds
        The sizes tried: the honest scope of the evidence.
    proof
        Its derivation, None for a claim that is decided and attacked only.
    given
        Claims that the proof builds on, of this theorem or of others.
    sizes
        What a recipe of the setting is answered when it asks for sizes, once and again: its proof
        ends in the relation itself, measured there with every number a symbol.
    check
        It is no part of the theorem's statement: it can only fail it.
    cites
        Lemmas of others that the proof rests on.
    formal
        A proof kernel has checked it, for all sizes: a statement of its name is proved in the
        folder ``proofs`` of its package.
    theorem
        The id of the theorem that makes it, written in by that theorem.

    Raises
    ------
    UsageError
        If there is nothing to measure: SymPy decides the relation from its symbols alone, at once
        or when its closed forms are written out.
    """

    name: str
    title: str
    setting: Setting
    relation: Relation
    assumptions: tuple[Assumption, ...] = ()
    bounds: Bounds = USUAL
    proof: Proof | None = None
    given: tuple[Claim, ...] = ()
    sizes: tuple[tuple[int, ...], ...] = ()
    check: bool = False
    cites: tuple[Cited, ...] = ()
    formal: bool = False
    theorem: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.setting, Setting):
            raise UsageError(f"claim {self.name}: expected a setting, got {self.setting!r}")
        names = [assumption.id for assumption in self.assumptions]
        if len(names) > len(set(names)):
            raise UsageError(
                f"claim {self.name}: two assumptions have one id in {', '.join(names)}"
            )
        operator(self.relation)

    @property
    def is_control(self) -> bool:
        """Return whether it is a false twin."""
        return self.name.startswith(CONTROL)

    @property
    def has_derivation(self) -> bool:
        """Return whether there is more to it than decisions on instances."""
        return bool(self.proof or self.sizes)

    @property
    def id(self) -> str:
        """Return the name after the theorem's id; a theorem's only claim may share its name."""
        alone = self.theorem in ("", self.name)
        return self.name if alone else f"{self.theorem}.{self.name}"

    @property
    def operator(self) -> Operator:
        """Return the operator of the expanded relation."""
        return operator(self.expanded)

    @cached_property
    def expanded(self) -> Relation:
        """Return the relation with closed forms written out in quantities."""
        expanded = written_out(self.relation)
        operator(expanded)  # that something is left to measure
        return expanded

    @property
    def conditions(self) -> tuple[Relation, ...]:
        """Return the assumptions that are relations, or several of which one holds."""
        return tuple(a.relation for a in self.assumptions if a.relation is not None)

    @property
    def predicates(self) -> tuple[Assumption, ...]:
        """Return the assumptions that are predicates."""
        return tuple(a for a in self.assumptions if a.relation is None)

    @property
    def conclusion(self) -> str:
        """Return the expanded relation in LaTeX, or the equation that a quantity compares."""
        lhs, rhs = self.expanded.args
        found = QUANTITIES.get(str(lhs)) if self.operator == "==" and rhs == 0 else None
        return (found and found.equation) or _latex(self.expanded)

    @property
    def latex(self) -> str:
        """Return the expanded relation in LaTeX, with the relations it assumes."""
        conditions = all_of(self.conditions, map(_latex, self.conditions))
        return rf"{self.conclusion} \text{{ if }} {conditions}" if conditions else self.conclusion

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """Return the closed forms of the relation, its assumptions and its proof."""
        relations = [self.relation]
        relations += [a.condition for a in self.assumptions if a.relation is not None]
        asked = self.proof.arguments.values() if self.proof else ()
        found = [form for relation in relations for form in closed_forms(relation)]
        return with_nested([*found, *(f for f in asked if isinstance(f, Formula))])

    def altered(self, old: Formula, new: Formula, premises: Mapping[Claim, Claim]) -> Claim:
        """Return the claim with a closed form changed in relation, assumptions and proof.

        ``premises`` has the altered claim for each that the proof may be given.
        """

        def changed(part: Any) -> Any:
            if isinstance(part, Assumption):
                known = part.relation is not None
                return replace(part, condition=changed(part.condition)) if known else part
            return (
                premises.get(part, part) if isinstance(part, Claim) else exchanged(part, old, new)
            )

        asked = self.proof.arguments.items() if self.proof else ()
        return replace(
            self,
            relation=changed(self.relation),
            assumptions=tuple(map(changed, self.assumptions)),
            given=tuple(map(changed, self.given)),
            proof=self.proof and Proof(self.proof.steps, {n: changed(x) for n, x in asked}),
        )

    def sides(self, instance: Any) -> tuple[Any, Any]:
        """Return both sides of the relation measured on ``instance``."""
        return sides(self.expanded, instance)


def sides(relation: Relation, instance: Any) -> tuple[Any, Any]:
    """Return both sides of a relation between quantities, measured on ``instance``."""
    values = _measured(relation, instance)
    lhs, rhs = (evaluate(side, values, instance.arithmetic) for side in relation.args)
    return lhs, rhs


def _measured(expression: Any, instance: Any) -> dict[str, Any]:
    """The value of each quantity and family that an expression or relation mentions, by name.

    An instance with a dict ``measured`` is measured once: what is asked of it again is found there.
    """
    known = getattr(instance, "measured", {})
    values = {}
    measures = {name: QUANTITIES[name].measure for name in _names(expression)}
    for name, measure in (measures | _families(expression)).items():
        try:
            values[name] = known[name] if name in known else measure(instance)
            known[name] = values[name]
        except LinAlgError:  # a ValueError, about numbers
            raise
        except MISFITS as error:
            raise NoValue(
                f"{name} has no value on an instance of this setting ({told(error)}); "
                f"`certimin quantities {name}` lists the settings that fit"
            ) from error
    return values


def measured_by(relation: Relation) -> tuple[str, ...]:
    """Return the names of the quantities that a relation mentions."""
    return tuple(_names(relation))


def told(error: Exception) -> str:
    """Return the first line of what an error says; "0" alone, of a KeyError, says little."""
    line = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {line}" if isinstance(error, LookupError) else line


def _names(expression: Any) -> list[str]:
    return [str(s.name) for s in sorted_symbols(expression)]


def _families(expression: Any) -> dict[str, Callable[[Any], Any]]:
    return {name: FAMILIES[name].measure for name in families(expression)}


def _latex(relation: Relation) -> str:
    return render(written_out(relation), latex_names())


class _Latex(dict[str, str]):
    """The LaTeX of quantities by name, of those of partners too."""

    def __missing__(self, name: str) -> str:
        return QUANTITIES[name].latex

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or name in QUANTITIES


def latex_names() -> Mapping[str, str]:
    """Return the LaTeX of every quantity by name."""
    return _Latex({q.name: q.latex for q in QUANTITIES.values()})


def sorted_symbols(relation: Relation) -> list[Any]:
    """Return the free symbols by name: measured in the same order on every run."""
    symbols = sorted(relation.free_symbols, key=lambda s: str(s.name))
    unknown = [s.name for s in symbols if s.name not in QUANTITIES]
    if unknown:
        raise UsageError(f"unknown quantity {unknown[0]!r}; see `certimin quantities`")
    return symbols


MISFITS = (AttributeError, LookupError, TypeError, ValueError)
"""What measuring raises where an instance lacks a field, or has it in another shape."""

Outcome = Literal["holds", "violated", "undecided", "invalid"]


@dataclass(frozen=True)
class Decision:
    """Whether a claim holds on one instance, what that is worth, and by how much.

    ``slack`` is for ranking only; infinite where nothing was measured.  ``reach`` is what both
    sides differ by at most, relative to the larger one, where they cannot be told apart.
    """

    outcome: Outcome
    kind: str
    slack: float = inf
    lhs: str = ""
    rhs: str = ""
    reason: str = ""
    reach: float = field(default=inf, repr=False)

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


SATISFIED: dict[Operator, tuple[int, ...]] = {
    "==": (0,), ">=": (0, 1), "<=": (-1, 0), ">": (1,), "<": (-1,)
}  # fmt: skip
"""The signs of left - right for which a relation holds."""


def decide(claim: Claim, instance: Any, *, exact_first: bool = True) -> Decision:
    """Decide ``claim`` on one exact instance: no tolerance enters.

    The routes of the instance are taken in turn until one decides: exact arithmetic, then balls
    of growing precision (balls first when ``exact_first`` is False: cheaper, and exact arithmetic
    then settles only what balls leave open; equalities always go to exact arithmetic first).
    A decision by numbers that went through floats stands only if no route does better; where an
    assumption has no better one, the claim's is worth no more.
    """
    excluded, vouched = _applicability(claim, instance, exact_first)
    if excluded:
        return excluded
    decision = _relate(claim.expanded, instance, exact_first)
    return decision if vouched else replace(decision, kind="sampled")


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


def _met(condition: Relation, instance: Any, exact_first: bool) -> Decision:
    """Decide a condition; one of several relations holds as soon as one certainly does.

    Where a quantity has no value its relation does not hold, whatever becomes of the others.
    """
    decisions = []
    for relation in alternatives(condition):
        decision = _relate(relation, instance, exact_first)
        if decision.outcome == "holds" and decision.kind != "sampled":
            return decision
        decisions.append(decision)
    return max(decisions, key=lambda d: 2 * (d.outcome == "holds") + d.open)


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
        return Decision("undecided", *measured, "overlap", comparison.reach)
    holds = comparison.sign in SATISFIED[operator(relation)]
    return Decision("holds" if holds else "violated", *measured)


def _applicability(claim: Claim, instance: Any, exact_first: bool) -> tuple[Decision | None, bool]:
    """Return why the claim says nothing there, if so, and whether more than floats vouch for it.

    An assumption that fails settles it, whatever cannot be decided about the others.
    """
    unsettled, vouched = None, True
    for assumption in sorted(claim.assumptions, key=lambda a: a.relation is not None):
        decision = assumption.decide(instance, exact_first=exact_first)
        vouched = vouched and decision.kind != "sampled"
        if decision.open:
            reason = f"an assumption: {decision.reason}"
            unsettled = unsettled or Decision("undecided", decision.kind, reason=reason)
        elif decision.outcome != "holds":
            reason = decision.reason or f"an assumption fails: {assumption.id}"
            return Decision("invalid", decision.kind, reason=reason), True
    return unsettled, vouched
