"""What the record says of a proof: a line for each fact, or for a family that differs in sizes.

Nothing here is typed by an author: the statement is the fact's own relation, and its scope is read
off the symbols it is stated in and the sizes it was tried at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from verify.claims import FAMILIES, QUANTITIES
from verify.derivation.squares import SumOfSquares
from verify.derivation.steps import (
    AnySize,
    Condition,
    Identity,
    Limit,
    Step,
    StepResult,
    symbols_of,
)
from verify.evidence import worst
from verify.expression import operator, render

__all__ = ["at_listed_sizes", "lines", "narrowest", "scope", "statement"]


def lines(results: Iterable[StepResult]) -> list[dict[str, Any]]:
    """Return the record of a proof, facts of one name in one line, in the order they came."""
    return [_line(family) for family in _families(results)]


def narrowest(results: Iterable[StepResult]) -> str:
    """Return the scope of a proof: the sizes that were listed, else those that are free.

    A chain of facts proves no more than its narrowest ones: "all L" yields to "L = 2..5".
    """
    families = [[result.step for result in family] for family in _families(results)]
    listed = [scope(steps) for steps in families if _is_listed(steps)]
    told = listed or [scope(steps) for steps in families]
    parts = dict.fromkeys(part for text in told for part in text.split("; ") if part)
    free = {name: None for part in parts if _FREE.fullmatch(part) for name in part[4:].split(", ")}
    rest = [part for part in parts if not _FREE.fullmatch(part)]
    return "; ".join([f"all {', '.join(free)}", *rest] if free else rest)


_FREE = re.compile(r"all (?!sizes)[^;=<>]+")
"""A scope that is a list of names."""


def at_listed_sizes(results: Iterable[StepResult]) -> bool:
    """Return whether some facts were tried at given sizes only."""
    return any(_is_listed([result.step]) for result in results)


def _is_listed(family: Sequence[Step]) -> bool:
    """Whether some size was tried at given values only."""
    return any(not symbols_of(size) for step in family for size in step.at.values())


def _families(results: Iterable[StepResult]) -> list[list[StepResult]]:
    families: list[list[StepResult]] = []
    for result in results:
        own = next((f for f in families if _related(f[0].step, result.step)), None)
        if own is None:
            families.append([result])
        else:
            own.append(result)
    return families


def _related(one: Step, other: Step) -> bool:
    """Whether two facts are one but for the sizes they are stated at."""
    if (one.name, one.why, list(one.at)) != (other.name, other.why, list(other.at)):
        return False
    return bool(one.at) or one.parts == other.parts


def _line(family: Sequence[StepResult]) -> dict[str, Any]:
    steps = [result.step for result in family]
    verdict = worst(result.verdict for result in family)
    bad = next((r for r in family if r.verdict == verdict), family[0])
    residual = bad.residual and f"{_sizes(bad.step)}{bad.residual}"
    shown = [bad.step, *(step for step in steps if step is not bad.step)]
    return {
        "name": steps[0].name,
        "statement": statement(shown),
        "rule": ", ".join(filter(None, (steps[0].rule, steps[0].why))),
        "scope": scope(steps),
        "verdict": verdict,
        "residual": residual,
        "seconds": sum(result.seconds for result in family),
        "cached": all(result.cached for result in family),
        "count": len(family),
    }


def _sizes(step: Step) -> str:
    at = ", ".join(f"{name} = {_size(value)}" for name, value in step.at.items())
    return f"at {at}: " if at else ""


_SIGNS = {">": ">", ">=": r"\ge", "<": "<", "<=": r"\le", "==": "=", "!=": r"\ne"}

_LONG = 400
"""Characters of LaTeX on both sides beyond which a reader gains nothing."""

_ENTRIES = 9
"""Entries of the largest matrix that is printed."""


def statement(family: Sequence[Step]) -> str:
    """Return the fact in LaTeX, the first of a family; one too long to read says how large it is.

    A condition given as a truth value is told in its author's words.
    """
    first = family[0]
    if isinstance(first, Identity):
        shown = _relation(first.lhs, "=", first.rhs)
    elif isinstance(first, Condition) and first.sign:
        shown = _relation(first.value, _SIGNS[first.sign], 0)
    elif isinstance(first, Limit):
        left, right, x, to = map(_printed, (first.expression, first.value, first.x, first.to))
        shown = rf"{left} \to {right} \text{{ as }} {x} \to {to}"
    elif isinstance(first, SumOfSquares):
        polynomial, *given = first.parts
        where = r",\; ".join(_relation(zero, "=", 0) for zero in given)
        shown = _relation(polynomial, _SIGNS[">="], 0) + (where and rf" \text{{ where }} {where}")
    elif not isinstance(first, Condition):
        relation = first.relation
        shown = _relation(relation.lhs, _SIGNS[operator(relation)], relation.rhs)
    else:
        return rf"\text{{{first.why or first.name}}}"
    alike = all(step.parts == first.parts for step in family)
    return shown if alike else rf"\text{{{_sizes(first)}}} {shown}"


def _relation(lhs: Any, sign: str, rhs: Any) -> str:
    sides = [_expression(lhs), _expression(rhs)]
    large = [side for side in sides if isinstance(side, sp.MatrixBase) and len(side) > _ENTRIES]
    if large:
        rows, columns = large[0].shape
        return rf"\text{{two matrices of {rows} rows and {columns} columns agree}}"
    left, right = map(_printed, sides)
    if len(left) + len(right) > _LONG:
        terms = max(len(sp.Add.make_args(x)) for side in sides for x in _entries(side))
        return rf"\text{{an expression of up to {terms} terms}} {sign} \ldots"
    return f"{left} {sign} {right}"


def _printed(side: Any) -> str:
    """LaTeX of an expression, the members of a family with their index below."""
    expression = _expression(side)
    members = {
        member: sp.Symbol(f"{_whole(FAMILIES[name].latex)}_{{{_printed(member.args[0])}}}")
        for member in expression.atoms(AppliedUndef)
        if (name := member.func.__name__) in FAMILIES
    }
    names = _names(expression) | {symbol.name: symbol.name for symbol in members.values()}
    return render(expression.xreplace(members), names)


def _whole(latex: str) -> str:
    """LaTeX that a script can be put to: in brackets if it has one already."""
    return rf"\left({latex}\right)" if re.search(r"[\^_]", latex) else latex


def _names(side: Any) -> dict[str, str]:
    """The LaTeX of the quantities in an expression; other symbols may bear the same names."""
    named = ((s, QUANTITIES.get(s.name)) for s in side.free_symbols)
    return {s.name: q.latex for s, q in named if q is not None and q.symbol == s}


def _expression(side: Any) -> Any:
    return side if isinstance(side, sp.MatrixBase) else sp.sympify(side, strict=True)


def _entries(side: Any) -> list[Any]:
    return list(side) if isinstance(side, sp.MatrixBase) else [side]


def scope(family: Sequence[Step]) -> str:
    """Return the sizes that facts of one name cover, "" where no size occurs in them.

    A whole number in whose symbol the fact is stated is free ("all L"), and so are the shapes of
    noncommuting symbols and of their traces ("all sizes").  Other sizes are listed as they were
    tried ("L = 2..5").
    """
    found = [_listed(family)] if family[0].at else []
    free = {s for step in family for s in step.symbols}
    free -= {s for step in family for size in step.at.values() for s in symbols_of(size)}
    sizes = sorted({_in_text(_names(s).get(s.name, s.name)) for s in free if s.is_integer})
    if sizes:
        found.append(f"all {', '.join(sizes)}")
    if any(isinstance(s, AnySize) or not s.is_commutative for s in free):
        found.append("all sizes")
    return "; ".join(found)


def _in_text(latex: str) -> str:
    """A name within a text: between dollars where it has an index or is a command."""
    return f"${latex}$" if re.search(r"[_\\^]", latex) else latex


def _listed(family: Sequence[Step]) -> str:
    """The sizes of a family: each by itself where all combinations occur, in tuples otherwise."""
    names = list(family[0].at)
    rows = list(dict.fromkeys(tuple(step.at[name] for name in names) for step in family))
    columns = [list(dict.fromkeys(column)) for column in zip(*rows, strict=True)]
    if set(rows) == set(product(*columns)):
        return ", ".join(map(_range, names, columns))
    tuples = ", ".join(f"({', '.join(map(_size, row))})" for row in rows)
    return f"({', '.join(names)}) = {tuples}"


def _range(name: str, values: Sequence[Any]) -> str:
    """One size: "L = 2..5", "widths 2-1, 1-2", "all D >= 2", "D = 1, all D >= 3"."""
    free = [value for value in values if symbols_of(value)]
    if free:
        single = [_range(name, rest)] if (rest := [v for v in values if v not in free]) else []
        return ", ".join([*single, f"all {name} >= {min(map(_least, free))}"])
    if not all(isinstance(value, int) for value in values):
        return f"{name} {', '.join(map(_size, values))}"
    low, high = min(values), max(values)
    if len(values) > 2 and sorted(values) == list(range(low, high + 1)):
        return f"{name} = {low}..{high}"
    return f"{name} = {', '.join(map(str, values))}"


def _size(value: Any) -> str:
    """One size in print: a shape as "2-1-2"."""
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _least(size: sp.Expr) -> int:
    """The smallest value of n + c over all whole n that the assumptions on n allow."""
    (n,) = size.free_symbols
    plain = sp.Symbol("n", integer=True, **{"positive" if n.is_positive else "nonnegative": True})
    if n.assumptions0 != plain.assumptions0 or not (size - n).is_Integer:
        raise ValueError(f"{size} does not run through all whole numbers from some one on")
    return int(size.subs(n, 1 if n.is_positive else 0))
