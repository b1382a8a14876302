"""Relations between quantities as SymPy expressions, evaluated in any arithmetic.

A claim is a SymPy relation whose symbols are names of quantities.  It is printed, mutated and
parsed as a formula, and :func:`evaluate` lowers the very same expression to the numbers of
whatever arithmetic the quantities were measured in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any, Literal

import sympy as sp

from verify.errors import UsageError

__all__ = [
    "Operator",
    "Relation",
    "Tree",
    "evaluate",
    "from_tree",
    "operator",
    "render",
    "symbol",
    "tree",
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


def symbol(name: str, *, integer: bool = False, positive: bool = True) -> sp.Symbol:
    """Return the symbol that stands for the quantity ``name`` in relations."""
    return sp.Symbol(name, real=True, integer=integer or None, positive=positive or None)


def operator(relation: Relation) -> Operator:
    """Return the operator of a SymPy relation.

    Raises
    ------
    UsageError
        If there is none: SymPy decides ``positive > 0`` or ``x >= x`` itself, and a relation
        between no quantities can never be measured.
    """
    found = _OPERATORS.get(type(relation).__name__)
    if found is None or not relation.free_symbols:
        raise UsageError(
            f"expected a relation ==, >=, <=, > or < between quantities, got {relation}; "
            "SymPy decides one that follows from the signs of its symbols"
        )
    return found


def render(expression: sp.Basic, names: Mapping[str, str]) -> str:
    """Return LaTeX, with the symbol of each quantity printed as ``names`` says."""
    return str(
        sp.latex(
            expression, symbol_names={s: names.get(s.name, s.name) for s in expression.free_symbols}
        )
    )


def evaluate(expression: sp.Expr, values: Mapping[str, Any], arithmetic: Any) -> Any:
    """Return ``expression`` with quantities replaced by their values.

    Parameters
    ----------
    expression
        Sums, products, powers, Max, Min and Abs of symbols and rational numbers.
    values
        The value of each symbol by name; Python ints (depth, widths) may stand in exponents.
    arithmetic
        The number system of the other values: scalar, power, maximum, minimum.

    Raises
    ------
    ZeroDivisionError
        Where a denominator vanishes, in the numbers or already in the sizes.
    ArithmeticError
        Where the arithmetic cannot: a root of a negative number, an exponent that is irrational
        at these sizes.
    TypeError
        If an exponent depends on more than sizes.
    """
    sizes = tuple(sorted((name, value) for name, value in values.items() if isinstance(value, int)))
    return _walk(_specialise(expression, sizes), values, arithmetic)


@lru_cache(maxsize=4096)
def _specialise(expression: sp.Expr, sizes: tuple[tuple[str, int], ...]) -> sp.Expr:
    known = dict(sizes)
    special = expression.xreplace(
        {s: sp.Integer(known[s.name]) for s in expression.free_symbols if s.name in known}
    ).doit()
    if special.has(sp.zoo, sp.nan, sp.oo, -sp.oo):
        raise ZeroDivisionError(f"{expression} with {known}")
    return special


def _walk(node: sp.Expr, values: Mapping[str, Any], arithmetic: Any) -> Any:
    def children() -> list[Any]:
        return [_walk(child, values, arithmetic) for child in node.args]

    if node.is_Symbol:
        return values[node.name]
    if node.is_Rational:
        return arithmetic.scalar(Fraction(int(node.p), int(node.q)))
    if node.is_Add:
        return reduce(lambda x, y: x + y, children())
    if node.is_Mul:
        return _product(node, values, arithmetic)
    if node.is_Pow:
        return _power(node, values, arithmetic)
    folds: dict[type, Callable[..., Any]] = {
        sp.Max: arithmetic.maximum,
        sp.Min: arithmetic.minimum,
    }
    if type(node) in folds:
        return folds[type(node)](*children())
    if isinstance(node, sp.Abs):
        (x,) = children()
        return arithmetic.maximum(x, -x)
    raise TypeError(f"cannot evaluate {type(node).__name__} in {node}")


def _product(node: sp.Expr, values: Mapping[str, Any], arithmetic: Any) -> Any:
    """A product as numerator / denominator, so that 0/0 raises instead of vanishing."""
    numerator, denominator = node.as_numer_denom()
    if denominator == 1:
        return reduce(lambda x, y: x * y, (_walk(child, values, arithmetic) for child in node.args))
    below = _walk(denominator, values, arithmetic)
    return _walk(numerator, values, arithmetic) / below


def _power(node: sp.Expr, values: Mapping[str, Any], arithmetic: Any) -> Any:
    exponent = node.exp
    if exponent.free_symbols:
        raise TypeError(f"exponent {exponent} of {node} depends on more than sizes")
    if not exponent.is_Rational:
        raise ArithmeticError(f"irrational exponent {exponent}")
    base = _walk(node.base, values, arithmetic)
    # arithmetic.power asks for a base >= 0
    if exponent.is_Integer and exponent > 0 and (exponent <= 4 or not node.base.is_nonnegative):
        return reduce(lambda x, y: x * y, [base] * int(exponent))
    if exponent.is_Integer and exponent < 0:
        return arithmetic.scalar(1) / _walk(node.base**-exponent, values, arithmetic)
    return arithmetic.power(base, Fraction(int(exponent.p), int(exponent.q)))


_HEADS: dict[type, str] = {
    sp.Add: "+",
    sp.Mul: "*",
    sp.Pow: "**",
    sp.Max: "max",
    sp.Min: "min",
    sp.Abs: "abs",
    sp.log: "log",
    sp.exp: "exp",
}
_RELATIONS = {"==": sp.Eq, ">=": sp.Ge, "<=": sp.Le, ">": sp.Gt, "<": sp.Lt}

Tree = Any  # "p/q", a name, or [head, Tree, ...]


def tree(expression: sp.Basic) -> Tree:
    """Return an expression or relation as nested lists that a program without SymPy can read.

    Numbers are strings "p/q", symbols their names, and what has parts is [head, part, ...] in the
    order SymPy keeps them, nothing simplified.

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
    heads = {head: function for function, head in _HEADS.items()} | _RELATIONS
    try:
        if isinstance(written, str):
            value = Fraction(written)
            return sp.Rational(value.numerator, value.denominator)
        build, parts = heads[written[0]], [from_tree(part, symbols) for part in written[1:]]
        return build(*parts, evaluate=False)
    except (LookupError, TypeError, ValueError, ZeroDivisionError) as error:
        raise UsageError(f"not an expression tree: {written!r}") from error
