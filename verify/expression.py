"""Relations between quantities as SymPy expressions, evaluated in any arithmetic.

A claim is a SymPy relation whose symbols are names of quantities.  It is printed, mutated and
parsed as a formula, and :func:`evaluate` lowers the very same expression to the numbers of
whatever arithmetic the quantities were measured in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache, lru_cache, reduce
from operator import add, mul
from typing import Any, Literal, Self

import sympy as sp
from sympy.core.function import AppliedUndef

from verify.errors import Undefined, UsageError

__all__ = [
    "MAX_EXPONENT",
    "RELATIONS",
    "TURNED",
    "AnyOf",
    "ClosedForm",
    "Least",
    "Operator",
    "Relation",
    "Tree",
    "all_of",
    "alternatives",
    "closed_forms",
    "evaluate",
    "exchanged",
    "families",
    "from_tree",
    "indexed",
    "operator",
    "related",
    "render",
    "symbol",
    "tree",
    "with_nested",
    "written_out",
]

Relation = Any  # sympy.core.relational.Relational; SymPy is untyped
Operator = Literal["==", ">=", "<=", ">", "<"]

_OPERATORS: dict[str, Operator] = {
    "Equality": "==",
    "GreaterThan": ">=",
    "LessThan": "<=",
    "StrictGreaterThan": ">",
    "StrictLessThan": "<",
}

# Operations besides + * and **, each from the arithmetic that performs it.
_FUNCTIONS: dict[Any, Callable[[Any], Callable[..., Any]]] = {
    sp.Max: lambda arithmetic: arithmetic.maximum,
    sp.Min: lambda arithmetic: arithmetic.minimum,
    sp.Abs: lambda arithmetic: lambda x: arithmetic.maximum(x, -x),
    sp.log: lambda arithmetic: arithmetic.log,
    sp.exp: lambda arithmetic: arithmetic.exp,
}
_NODES: Any = (sp.Add, sp.Mul, sp.Pow, *_FUNCTIONS)

# LaTeX of which an exponent would seem to belong to the last word only: tr H, max_k |D_k|.  SymPy
# itself puts brackets around what has exponents of its own.
_SEVERAL_WORDS = re.compile(r"^[^^]*(\s|\\(operatorname|max|min|sum)\b)[^^]*$")

_PRINTED_BELOW = (sp.S.NegativeOne, sp.S.Half, -sp.S.Half)
"""Exponents that are printed as a fraction or a root."""

MAX_EXPONENT = 1000
"""Largest numerator and denominator of an exponent; exact powers beyond it would take for ever."""


@cache
def symbol(name: str, *, integer: bool = False, positive: bool = True) -> sp.Symbol:
    """Return the symbol that stands for the quantity ``name`` in relations."""
    return sp.Symbol(name, real=True, integer=integer or None, positive=positive or None)


class ClosedForm(sp.AtomicExpr):  # type: ignore[misc]
    """A name that stands for a real expression in quantities, until it is written out.

    No Symbol: Python would let a subclass turn ``symbol >= form`` round.  Nor does it show the
    symbols it stands for: SymPy would look for its sign in them, where nothing can be put in.
    """

    __slots__ = ("expression", "latex", "name")

    name: str
    latex: str
    expression: sp.Expr
    is_commutative = True
    is_real = True

    def __new__(cls, name: str, latex: str, expression: sp.Expr) -> Self:
        """Return the form ``name``, printed as ``latex``, that stands for ``expression``."""
        form: Self = super().__new__(cls)
        form.name, form.latex = name, latex
        form.expression = sp.sympify(expression, strict=True)
        return form

    def _hashable_content(self) -> tuple[Any, ...]:
        return self.name, self.latex, self.expression

    def _sympystr(self, printer: Any) -> str:
        return self.name

    def _latex(self, printer: Any) -> str:
        return self.latex

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return type(self), (self.name, self.latex, self.expression)


def indexed(name: str) -> Any:
    """Return what stands for a family of numbers that are not negative, to be put to an index."""
    return sp.Function(name, real=True, nonnegative=True)


def families(expression: sp.Basic) -> list[str]:
    """Return the names of the families whose members an expression or relation mentions."""
    return sorted({member.func.__name__ for member in expression.atoms(AppliedUndef)})


class Least(sp.Function):  # type: ignore[misc]
    """The least of a family: ``Least(term, k, first, last)``."""

    nargs = 4

    @property
    def free_symbols(self) -> set[Any]:
        """Return the symbols without the index."""
        term, k, first, last = self.args
        free: set[Any] = (term.free_symbols - {k}) | first.free_symbols | last.free_symbols
        return free

    def doit(self, **hints: Any) -> sp.Expr:
        """Write it out where the index runs through given numbers."""
        term, k, first, last = self.args
        if not (first.is_Integer and last.is_Integer):
            return self
        if last < first:
            raise Undefined(f"the least of no terms, {k} = {first}..{last}")
        terms = [term.subs(k, i) for i in range(int(first), int(last) + 1)]
        return sp.Min(*terms, evaluate=False)


def closed_forms(expression: sp.Basic) -> tuple[ClosedForm, ...]:
    """Return the closed forms an expression or relation mentions, by name."""
    return tuple(sorted(expression.atoms(ClosedForm), key=lambda form: form.name))


def with_nested(forms: Iterable[ClosedForm]) -> tuple[ClosedForm, ...]:
    """Return closed forms and those they build on."""
    found: dict[ClosedForm, None] = {}
    for form in forms:
        found |= dict.fromkeys((form, *with_nested(closed_forms(form.expression))))
    return tuple(found)


def written_out(expression: sp.Basic) -> sp.Basic:
    """Return an expression or relation with its closed forms written out in quantities."""
    while forms := closed_forms(expression):
        expression = expression.xreplace({form: form.expression for form in forms})
    return expression


def exchanged(expression: sp.Basic, old: ClosedForm, new: ClosedForm) -> sp.Basic:
    """Return an expression or relation with a closed form changed, also within other forms."""
    return expression.xreplace(
        {form: _changed(form, old, new) for form in closed_forms(expression)}
    )


def _changed(form: ClosedForm, old: ClosedForm, new: ClosedForm) -> ClosedForm:
    if form == old:
        return new
    return type(form)(form.name, form.latex, exchanged(form.expression, old, new))


def operator(relation: Relation) -> Operator:
    """Return the operator of a SymPy relation.

    Raises
    ------
    UsageError
        If there is none: SymPy decides ``positive > 0`` or ``x >= x`` itself, and a relation
        between no quantities can never be measured.
    """
    found = _OPERATORS.get(type(relation).__name__)
    if found is None or not relation.atoms(sp.Symbol, ClosedForm):
        raise UsageError(
            f"expected a relation ==, >=, <=, > or < between quantities, got {relation}; "
            "SymPy decides one that follows from the signs of its symbols; "
            "write sp.Gt(x, 0, evaluate=False)"
        )
    return found


class AnyOf(sp.Basic):  # type: ignore[misc]
    """Several relations of which one holds: a condition, never the relation of a claim.

    It stands in the order written and is never simplified, unlike SymPy's ``Or``, which forgets
    where a relation has no value.  There it does not hold, and no more does its opposite.
    """

    def __new__(cls, *relations: Relation, **_: Any) -> Self:
        """Return the condition that one of the relations holds; ``evaluate`` means nothing.

        Raises
        ------
        UsageError
            If there are fewer than two, or one is no relation between quantities.
        """
        if len(relations) < 2:
            raise UsageError(f"expected two relations or more to choose from, got {relations}")
        for relation in relations:
            operator(relation)
        found: Self = super().__new__(cls, *relations)
        return found

    def _sympystr(self, printer: Any) -> str:
        return " or ".join(map(printer._print, self.args))

    def _latex(self, printer: Any) -> str:
        return r" \text{ or } ".join(map(printer._print, self.args))


def alternatives(condition: Relation) -> tuple[Relation, ...]:
    """Return the relations of which one holds where a condition does: one, or several."""
    return tuple(condition.args) if isinstance(condition, AnyOf) else (condition,)


def all_of(conditions: Iterable[Relation], written: Iterable[str]) -> str:
    """Return conditions, each written in LaTeX, as one: all hold."""
    pairs = list(zip(conditions, written, strict=True))
    bracketed = len(pairs) > 1
    return r" \text{ and } ".join(
        rf"\left({text}\right)" if bracketed and isinstance(condition, AnyOf) else text
        for condition, text in pairs
    )


def render(expression: sp.Basic, names: Mapping[str, str], order: str | None = None) -> str:
    """Return LaTeX, with the symbol of each quantity printed as ``names`` says.

    ``order="none"`` leaves terms where they are; SymPy's own order rebuilds roots, in a time that
    grows fast where roots are nested.
    """
    powers = {p.base for p in expression.atoms(sp.Pow) if p.exp not in _PRINTED_BELOW}
    shown = {s: names[s.name] for s in expression.free_symbols if s.name in names}
    for s in powers & shown.keys():
        if _SEVERAL_WORDS.search(shown[s]):
            shown[s] = rf"\left({shown[s]}\right)"
    return str(sp.latex(expression, symbol_names=shown, order=order))


def evaluate(expression: sp.Expr, values: Mapping[str, Any], arithmetic: Any) -> Any:
    """Return ``expression`` with quantities replaced by their values.

    Every part of the expression is evaluated, even one on which the whole does not depend: x/x and
    0*(1/x) have no value at x = 0.  SymPy drops such parts while it builds an expression; one
    built with ``evaluate=False`` keeps them, and so does this function.

    Parameters
    ----------
    expression
        Sums, products, powers, Max, Min, Abs, log and exp of symbols and rational numbers.
    values
        The value of each symbol by name; Python ints (depth, widths) may stand in exponents.  A
        family f of numbers, f(1), f(2), ..., has a list of them.
    arithmetic
        The number system of the other values: scalar, power, maximum, minimum, log, exp.

    Raises
    ------
    ZeroDivisionError
        Where a denominator vanishes, in the numbers or already in the sizes.
    ArithmeticError
        Where the arithmetic cannot: a root of a negative number, an exponent that at these sizes
        is irrational or has a numerator or denominator beyond :data:`MAX_EXPONENT`.
    TypeError
        If an exponent depends on more than sizes.
    """
    sizes = tuple(sorted((name, value) for name, value in values.items() if isinstance(value, int)))
    return _walk(_specialise(expression, sizes), values, arithmetic)


@lru_cache(maxsize=4096)
def _specialise(expression: sp.Expr, sizes: tuple[tuple[str, int], ...]) -> sp.Expr:
    return _fold(expression, dict(sizes))


def _fold(node: sp.Expr, known: Mapping[str, int]) -> sp.Expr:
    """Put sizes in and compute what is rational by then; nothing else is simplified."""
    if node.is_Symbol:
        return sp.Integer(known[node.name]) if node.name in known else node
    if not node.args:
        return node
    if not isinstance(node, _NODES):
        return _opened(node, known)
    args = [_fold(child, known) for child in node.args]
    if isinstance(node, sp.Add | sp.Mul):
        return _folded_chain(node.func, args)
    if isinstance(node, sp.Pow):
        return _folded_power(*args)
    closed = isinstance(node, sp.Max | sp.Min | sp.Abs) and all(x.is_Rational for x in args)
    return node.func(*args, evaluate=closed)


def _opened(node: sp.Expr, known: Mapping[str, int]) -> sp.Expr:
    """A Sum or Least whose bounds are sizes, written out, or a member of a family."""
    special = node.xreplace({s: _fold(s, known) for s in node.free_symbols}).doit()
    return special if special.func == node.func else _fold(special, known)


def _folded_chain(func: Any, args: list[sp.Expr]) -> sp.Expr:
    """A sum or product with its numbers taken together; a factor 0 stays."""
    number = func(*(x for x in args if x.is_Rational))
    others = [x for x in args if not x.is_Rational]
    if others and number == func.identity:
        return func(*others, evaluate=False)
    return func(number, *others, evaluate=False)


def _folded_power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    if exponent.is_Rational and max(abs(exponent.p), exponent.q) > MAX_EXPONENT:
        limits = f"expected p/q with p and q up to {MAX_EXPONENT}"
        raise ArithmeticError(f"the exponent {exponent} is too large; {limits}")
    if base.is_Rational and exponent.is_Rational:
        if base == 0 and exponent < 0:
            raise ZeroDivisionError(f"0 ** {exponent}")
        if base < 0 and not exponent.is_Integer:
            raise ArithmeticError(f"({base}) ** {exponent}: the base is negative")
        value = base**exponent
        if value.is_Rational:
            return value
    return sp.Pow(base, exponent, evaluate=False)


def _walk(node: sp.Expr, values: Mapping[str, Any], arithmetic: Any) -> Any:
    if node.is_Symbol:
        return values[node.name]
    if node.is_Rational:
        return arithmetic.scalar(Fraction(int(node.p), int(node.q)))
    if isinstance(node, AppliedUndef):
        return values[node.func.__name__][int(node.args[0]) - 1]
    if node.is_Mul:
        return _product(node, values, arithmetic)
    if node.is_Pow:
        return _power(node.base, node.exp, values, arithmetic)
    if not (node.is_Add or type(node) in _FUNCTIONS):
        raise TypeError(f"cannot evaluate {type(node).__name__} in {node}")
    children = [_walk(child, values, arithmetic) for child in node.args]
    if node.is_Add:
        return reduce(add, children)
    return _FUNCTIONS[type(node)](arithmetic)(*children)


def _product(node: sp.Expr, values: Mapping[str, Any], arithmetic: Any) -> Any:
    """A product as numerator / denominator: one division, exact where both are."""
    above, below = [], []
    for factor in node.args:
        if factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
            below.append(_power(factor.base, -factor.exp, values, arithmetic))
        else:
            above.append(_walk(factor, values, arithmetic))
    numerator = reduce(mul, above) if above else arithmetic.scalar(1)
    return numerator / reduce(mul, below) if below else numerator


def _power(base: sp.Expr, exponent: sp.Expr, values: Mapping[str, Any], arithmetic: Any) -> Any:
    if exponent.free_symbols:
        raise TypeError(f"exponent {exponent} of {base} depends on more than sizes")
    if not exponent.is_Rational:
        raise ArithmeticError(f"irrational exponent {exponent}")
    value = _walk(base, values, arithmetic)
    if exponent.is_Integer:
        return _integer_power(value, int(exponent), arithmetic)
    return arithmetic.power(value, Fraction(int(exponent.p), int(exponent.q)))


def _integer_power(x: Any, n: int, arithmetic: Any) -> Any:
    """X ** n; small ones are products, to the last bit in floats."""
    if n < 0:
        return arithmetic.scalar(1) / _integer_power(x, -n, arithmetic)
    if n == 0:  # not 1 at once: a ball that may be anything has no power 0 either
        return arithmetic.scalar(1) + x * arithmetic.scalar(0)
    if n <= 4:
        return reduce(mul, [x] * n)
    return arithmetic.power(x, Fraction(n))


_HEADS: dict[type, str] = {
    sp.Add: "+",
    sp.Mul: "*",
    sp.Pow: "**",
    sp.Max: "max",
    sp.Min: "min",
    sp.Abs: "abs",
    sp.log: "log",
    sp.exp: "exp",
    AnyOf: "or",
}
RELATIONS = {"==": sp.Eq, ">=": sp.Ge, "<=": sp.Le, ">": sp.Gt, "<": sp.Lt}
"""SymPy's relation for each operator."""

TURNED = {"==": "==", ">=": "<=", "<=": ">=", ">": "<", "<": ">"}
"""The operator of a relation read from its other side."""


def related(lhs: Any, op: str, rhs: Any) -> Relation:
    """Return a relation as it is written, also where SymPy knows whether it is true."""
    build = sp.Ne if op == "!=" else RELATIONS[op]
    return build(sp.sympify(lhs), sp.sympify(rhs), evaluate=False)


Tree = Any  # "p/q", a name, or [head, Tree, ...]


def tree(expression: sp.Basic) -> Tree:
    """Return an expression or a condition as nested lists that a program without SymPy can read.

    Numbers are strings "p/q", symbols their names, and what has parts is [head, part, ...] in the
    order SymPy keeps them, nothing simplified; the head of several relations is "or".

    >>> tree(symbol("x") ** sp.Rational(1, 2) >= 2)
    ['>=', ['**', 'x', '1/2'], '2']
    """
    if expression.is_Symbol:
        return str(expression.name)
    if expression.is_Rational:
        return f"{expression.p}/{expression.q}" if expression.q != 1 else str(expression.p)
    if expression is sp.S.Exp1:
        return ["exp", "1"]
    head = _HEADS.get(type(expression)) or _OPERATORS.get(type(expression).__name__)
    if head is None:
        raise UsageError(
            f"expected sums, products, powers, max, min, abs, log and exp of rational "
            f"numbers and quantities, got {type(expression).__name__} in {expression}"
        )
    return [head, *(tree(part) for part in expression.args)]


def from_tree(written: Tree, symbols: Callable[[str], sp.Symbol] = symbol) -> sp.Basic:
    """Return the expression or relation that :func:`tree` wrote, unevaluated.

    Parameters
    ----------
    written
        The nested lists.
    symbols
        Gives the symbol of each name.

    Raises
    ------
    UsageError
        If it is no such tree.
    """
    if isinstance(written, str) and written[:1].isalpha():
        return symbols(written)
    heads = {head: function for function, head in _HEADS.items()} | RELATIONS
    try:
        if isinstance(written, str):
            value = Fraction(written)
            return sp.Rational(value.numerator, value.denominator)
        build, parts = heads[written[0]], [from_tree(part, symbols) for part in written[1:]]
        return build(*parts, evaluate=False)
    except (LookupError, TypeError, ValueError, ZeroDivisionError) as error:
        raise UsageError(f"not an expression tree: {written!r}") from error
