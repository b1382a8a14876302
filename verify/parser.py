"""Conjectures typed in one line, such as ``sharpness >= 1.1*minimal_sharpness if a2 >= 2*a``.

Grammar
-------
    conjecture  =  relation [ "if" condition ]
    relation    =  formula ( ">=" | "<=" | ">" | "<" | "==" ) formula
    condition   =  a relation, or a chain of them: 1 <= a <= 2
                |  "not" condition  |  condition "and" condition  |  condition "or" condition
                |  "(" condition ")"
    formula     =  + - * / ** over numbers, quantities, and sqrt log exp abs min max of formulas

In conditions ``not`` binds most, then ``and``, then ``or``, as in Python
(:mod:`verify.conditions`).  Names are those of quantities; ``other.q`` is the quantity q of the
other one of a pair.  Exponents are rational numbers p/q, p and q up to :data:`MAX_EXPONENT`, or
formulas of sizes (``depth``, ``d_x``, ...), and decimals are exact: 1.1 is 11/10.

Implementation notes
--------------------
A text is read, never run, and whatever is not listed above is refused with its column:

1. the text is split into a closed list of tokens, in an order that makes sense;
2. Python's grammar (:mod:`ast`) arranges the tokens, with every number replaced by the digit 1, so
   that Python neither rounds nor multiplies;
3. a whitelist of its nodes becomes SymPy nodes, all built with ``evaluate=False``: SymPy would
   cancel a/a, and so forget where a vanishes, or decide a relation by itself.  For the same reason
   symbols are real numbers of unknown sign.

The limits stand before the work they bound.  Those on powers and roots keep exact arithmetic, and
SymPy's printers, from taking for ever.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from itertools import pairwise
from keyword import iskeyword
from types import SimpleNamespace
from typing import Any

import sympy as sp

from verify.claims import OTHER, QUANTITIES, Assumption, assumed, latex_names
from verify.conditions import MAX_RELATIONS, Clauses, TooMany, conditions, one, opposites, some
from verify.errors import UsageError
from verify.expression import MAX_EXPONENT, Relation, all_of, evaluate, render, symbol

__all__ = ["Parsed", "condition", "formula", "parse", "substitute"]

MAX_LENGTH = 2000
MAX_DEPTH = 50
MAX_NODES = 500
MAX_DIGITS = 50
MAX_DECIMAL_EXPONENT = 300
MAX_BITS = 1000
"""Of the numerator and the denominator of a constant: all are floats too."""
MAX_SHORT = 40
"""Of the parts of an exponent, and of a constant that is not rational."""
MAX_GROWTH = 100
"""Of the product of nested exponents; see :func:`_growth`."""
MAX_ROOTS = 3
"""Of roots, exponentials and logarithms inside each other."""


@dataclass(frozen=True)
class Parsed:
    """A conjecture as it was understood: ``relation`` wherever all ``conditions`` hold.

    A condition is a relation, or several of which one holds (:class:`verify.expression.AnyOf`).
    """

    text: str
    relation: Relation
    conditions: tuple[Relation, ...] = ()

    @property
    def latex(self) -> str:
        """Return the conjecture in LaTeX, every term where it was written."""
        names = latex_names()
        relation, *written = (
            render(r, names, order="none") for r in (self.relation, *self.conditions)
        )
        joined = all_of(self.conditions, written)
        return rf"{relation} \quad\text{{if }} {joined}" if joined else relation

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Return the conditions as assumptions of a claim."""
        return assumed(*self.conditions)

    @property
    def constants(self) -> tuple[str, ...]:
        """Return the names that are no quantities, which :func:`substitute` replaces."""
        symbols = set().union(*(r.free_symbols for r in (self.relation, *self.conditions)))
        return tuple(sorted(s.name for s in symbols if s.name not in QUANTITIES))

    def __reduce__(self) -> tuple[Any, ...]:
        # SymPy's own pickles are evaluated when loaded: a/a comes back as 1
        return _parse, (self.text, self.constants)


def parse(text: str, *, constants: Collection[str] = ()) -> Parsed:
    """Return the conjecture that ``text`` states; the quantities must have been loaded.

    Parameters
    ----------
    text
        One line in the grammar of this module.
    constants
        Further names it may use, to be replaced by numbers later.

    Raises
    ------
    UsageError
        Where the text is no conjecture; one line that names the column, counted from 1.

    >>> parse("sharpness = 1")
    Traceback (most recent call last):
    ...
    verify.errors.UsageError: unexpected '=' at column 11; write == for equality
    """
    return _parse(text, constants)


def formula(text: str) -> Any:
    """Return the formula that ``text`` is, an unevaluated SymPy expression in quantities.

    Raises
    ------
    UsageError
        Where it is none, with its column, as of :func:`parse`.

    >>> formula("2*sharpness >= 1")
    Traceback (most recent call last):
    ...
    verify.errors.UsageError: unexpected '>=' at column 13; expected a formula, no relation
    """
    tokens = _scan(text, _ADVICE_IN_FORMULAS)
    for token in tokens:
        if token.kind in ("relation", *_KEYWORDS):
            remedy = _NO_RELATION if token.kind == "relation" else _NO_CONDITION
            raise _error(f"unexpected {token}", token.column, remedy)
    _check_order(tokens)
    found = _Reader(tokens, ()).formula()
    if not found.free_symbols:
        raise _error("no quantity", 1, "expected one in the formula, such as sharpness")
    return found


def condition(text: str) -> tuple[Relation, ...]:
    """Return what may follow the ``if`` of a conjecture; errors are those of :func:`parse`."""
    tokens = _scan(text, _ADVICE_IN_CONDITIONS)
    _check_order(tokens)
    for token in tokens:
        if token.kind == "if":
            raise _error("unexpected 'if'", token.column, "join conditions by 'and'")
    return _Reader(tokens, ()).conditions()


def substitute(parsed: Parsed, name: str, value: Fraction) -> Parsed:
    """Return ``parsed`` with the constant ``name`` replaced by a number, in its text too.

    Raises
    ------
    UsageError
        If there is no such constant, or the conjecture makes no sense at this value.
    """
    if name not in parsed.constants:
        known = ", ".join(parsed.constants) or "none"
        raise UsageError(f"no constant {name[:40]!r} in the conjecture; its constants: {known}")
    if len(str(max(abs(value.numerator), value.denominator))) > MAX_DIGITS:
        raise UsageError(f"the value of {name!r} has more than {MAX_DIGITS} digits; round it")
    tokens = _scan(parsed.text)
    pieces, end = [], 0
    for i, token in enumerate(tokens):
        if token.text == name:
            pieces += [parsed.text[end : token.column - 1], f"({value})"]
            end = token.column - 1 + len(name)
            tokens[i] = _Token("number", name, token.column, value)
    text = "".join([*pieces, parsed.text[end:]])
    return _understood(text, tokens, set(parsed.constants) - {name})


def _parse(text: str, constants: Collection[str]) -> Parsed:
    for name in constants:
        taken = name in _FUNCTIONS or iskeyword(name) or name.lower() in _KEYWORDS
        if taken or not re.fullmatch(_NAME, name, re.ASCII):
            raise UsageError(f"expected a name for a constant, such as c, got {name[:40]!r}")
        if name in QUANTITIES:
            raise UsageError(f"constant {name!r} is the name of a quantity; choose another name")
    return _understood(text, _scan(text), constants)


def _understood(text: str, tokens: list[_Token], constants: Collection[str]) -> Parsed:
    _check_order(tokens)
    main, rest = _split(tokens)
    _check_one_relation(main)
    relation = _Reader(main, constants).relation()
    return Parsed(text, relation, _Reader(rest, constants).conditions() if rest else ())


def _error(problem: str, column: int, remedy: str) -> UsageError:
    return UsageError(f"{problem} at column {column}; {remedy}")


# Tokens


@dataclass(frozen=True)
class _Token:
    """A word of a conjecture; ``column`` counts from 1, ``value`` is that of a number."""

    kind: str
    text: str
    column: int
    value: Fraction | None = None

    def __str__(self) -> str:
        return repr(self.text[:40]) if self.text else "end"


_NAME = r"[A-Za-z_]\w*"
_TOKEN = re.compile(
    rf"""(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>(?:{re.escape(OTHER)})?{_NAME})
    |(?P<relation>>=|<=|==|<|>|≤|≥)
    |(?P<operator>\*\*|[-+*/])
    |(?P<bracket>[(),])
    |(?P<blank>[ \t]+)""",
    re.ASCII | re.VERBOSE,
)
_ASCII = {"≤": "<=", "≥": ">="}
_WORDS_OF_CONDITIONS = ("and", "or", "not")
_KEYWORDS = ("if", *_WORDS_OF_CONDITIONS)
_FORMULA, _RELATION = "numbers, names of quantities, + - * / ** ( )", "one of >= <= > < =="
_UNEQUAL = "search < and > one after the other, it takes one point to refute !="
_ADVICE = {
    "": f"expected {_FORMULA} and {_RELATION}",
    "=": "write == for equality",
    ".": f"a name has none but in {OTHER}q, the quantity q of the other one of a pair",
    "!": _UNEQUAL,
    "≠": _UNEQUAL,
    "^": "write ** for a power",
    "&": "join conditions by 'and'",
    "|": "join conditions by 'or'",
    "~": "write 'not'",
    "[": "write round brackets",
    "{": "write round brackets",
    "\n": "write it on one line",
    "else": "drop what follows the condition",
}
_ADVICE_IN_CONDITIONS = _ADVICE | dict.fromkeys("!≠", "write not (x == y)")
_NO_RELATION, _NO_CONDITION = "expected a formula, no relation", "expected a formula, no condition"
_ADVICE_IN_FORMULAS = (
    _ADVICE
    | {"": f"expected {_FORMULA}"}
    | dict.fromkeys("=!≠", _NO_RELATION)
    | dict.fromkeys((*"&|~", *_KEYWORDS, "else"), _NO_CONDITION)
)
"""What helps with a character or a word that has no place; "" is for all others."""


def _scan(text: str, advice: Mapping[str, str] | None = None) -> list[_Token]:
    """Split a text into tokens, ``end`` last; refuse what cannot be part of it.

    ``advice`` is what helps with a character or a word that has no place there; of a conjecture it
    changes at ``if``.
    """
    if len(text) > MAX_LENGTH:
        remedy = f"expected at most {MAX_LENGTH} characters, got {len(text)}"
        raise _error("the text is too long", MAX_LENGTH + 1, remedy)
    tokens: list[_Token] = []
    at, helps = 0, advice or _ADVICE
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            shown = text[at] if text[at].isprintable() else ascii(text[at])[1:-1]
            raise _error(f"unexpected '{shown}'", at + 1, helps.get(text[at], helps[""]))
        if match.lastgroup != "blank":
            tokens.append(_token(str(match.lastgroup), match[0], at + 1, helps))
            if tokens[-1].kind == "if" and advice is None:
                helps = _ADVICE_IN_CONDITIONS
        at = match.end()
    return [*tokens, _Token("end", "", len(text) + 1)]


def _token(kind: str, text: str, column: int, helps: Mapping[str, str]) -> _Token:
    if kind == "number":
        return _Token(kind, text, column, _number(text, column))
    if iskeyword(text):
        if text not in _KEYWORDS:
            raise _error(f"unexpected {text!r}", column, helps.get(text, helps[""]))
        kind = text
    elif text.lower() in _KEYWORDS:
        remedy = helps.get(text.lower(), f"write {text.lower()!r}")
        raise _error(f"unexpected {text!r}", column, remedy)
    return _Token(kind, text, column)


def _number(text: str, column: int) -> Fraction:
    """Return a decimal number exactly."""
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa.replace(".", "")) > MAX_DIGITS:
        raise _error("a long number", column, f"expected at most {MAX_DIGITS} digits")
    if abs(int(exponent or 0)) > MAX_DECIMAL_EXPONENT:
        remedy = f"expected a power of ten up to {MAX_DECIMAL_EXPONENT}"
        raise _error(f"number {text[:40]!r} out of range", column, remedy)
    return Fraction(text)


def _check_order(tokens: Sequence[_Token]) -> None:
    """Refuse tokens among which an operand, an operator or a bracket is missing."""
    opened: list[_Token] = []
    previous = _Token("start", "", 0)
    for token in tokens:
        if token.kind == "end" and opened:
            raise _error("a '(' that is never closed", opened[-1].column, "add a ')'")
        if previous.kind in ("number", "name") or previous.text == ")":
            _check_after_operand(previous, token, opened)
        elif token.kind == "not":
            _check_before_not(previous, token)
        elif token.kind not in ("number", "name") and token.text not in ("(", "+", "-"):
            raise _error(f"unexpected {token}", token.column, "expected a number or a quantity")
        if token.text == "(":
            opened.append(token)
        if len(opened) > MAX_DEPTH:
            raise _error("too many brackets", token.column, f"expected at most {MAX_DEPTH} open")
        previous = token


def _check_after_operand(previous: _Token, token: _Token, opened: list[_Token]) -> None:
    if token.kind in ("number", "name") or (token.text == "(" and previous.kind != "name"):
        raise _error(f"unexpected {token}", token.column, "write * for a product")
    if token.kind == "not":
        raise _error("unexpected 'not'", token.column, "put 'and' or 'or' before it")
    if token.text in (")", ",") and not opened:
        raise _error(f"unexpected {token}", token.column, "there is no '(' before it")
    if token.kind == "if" and opened:
        raise _error("unexpected 'if'", token.column, "conditions follow the whole relation")
    if token.text == ")":
        opened.pop()


def _check_before_not(previous: _Token, token: _Token) -> None:
    """Refuse a ``not`` where no condition begins, such as in a sum."""
    if previous.kind not in ("start", "if", *_WORDS_OF_CONDITIONS) and previous.text != "(":
        raise _error("unexpected 'not'", token.column, "put brackets around it and its condition")


def _split(tokens: Sequence[_Token]) -> tuple[list[_Token], list[_Token]]:
    """Split at ``if``; the conditions are empty without one."""
    marks = [i for i, token in enumerate(tokens) if token.kind == "if"]
    if len(marks) > 1:
        raise _error("a second 'if'", tokens[marks[1]].column, "join conditions by 'and'")
    end = marks[0] if marks else len(tokens) - 1
    return list(tokens[: end + 1]), list(tokens[end + 1 :])


def _check_one_relation(tokens: Sequence[_Token]) -> None:
    """Refuse a main part, up to ``if`` or the end, that has no relation or several."""
    words = [token for token in tokens if token.kind in _WORDS_OF_CONDITIONS]
    if words:
        word = words[0]
        raise _error(f"unexpected {word}", word.column, _ADVICE_BEFORE_IF[word.text])
    found = [token for token in tokens if token.kind == "relation"]
    if not found:
        raise _error("no relation", tokens[-1].column, "expected one of >= <= > < ==")
    if len(found) > 1:
        remedy = _ADVICE_BEFORE_IF["and"]
        raise _error(f"unexpected {found[1]}", found[1].column, remedy)


_ADVICE_BEFORE_IF = {
    "and": "state one relation, search each alone",
    "or": "search each case by itself, with the others turned round after 'if'",
    "not": "turn the relation round",
}


# Formulas

_RELATIONS: dict[type, Callable[..., Relation]] = {
    ast.GtE: sp.Ge, ast.LtE: sp.Le, ast.Gt: sp.Gt, ast.Lt: sp.Lt, ast.Eq: sp.Eq
}  # fmt: skip
_SUMS, _PRODUCTS = (ast.Add, ast.Sub), (ast.Mult, ast.Div)


def _in_python(token: _Token) -> str:
    """A token as Python's grammar may have it, as long; names with a dot are looked up later."""
    return _ASCII.get(token.text, token.text.replace(".", "_"))


class _Reader:
    """Turns the tokens of a relation or a condition, and a last token, into SymPy's relations."""

    def __init__(self, tokens: Sequence[_Token], constants: Collection[str]) -> None:
        self._constants = constants
        self._tokens: dict[int, _Token] = {}
        source = "("
        for token in tokens[:-1]:
            self._tokens[len(source)] = token
            source += "1 " if token.kind == "number" else _in_python(token) + " "
        try:
            self._tree = ast.parse(source + ")", mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            raise _error("too hard a formula", tokens[0].column, "simplify it") from None
        self._check_size()

    def _error(self, problem: str, node: ast.AST, remedy: str) -> UsageError:
        return _error(problem, self._first(node).column, remedy)

    def _first(self, node: ast.AST) -> _Token:
        """The first token of a node."""
        return self._tokens[getattr(node, "col_offset", 1)]

    def _check_size(self) -> None:
        """Refuse large trees, without recursion; a sum or a product is one level."""
        count, stack = 0, [(self._tree, 1)]
        while stack:
            node, level = stack.pop()
            count += 1
            if count > MAX_NODES or level > MAX_DEPTH:
                limits = f"expected at most {MAX_NODES} parts, {MAX_DEPTH} deep"
                raise self._error("too large a formula", node, limits)
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    stack.append((child, level + (not _continues(node, child))))

    def relation(self) -> Relation:
        """Return the only relation there is."""
        return next(self._comparisons(self._tree))

    def formula(self) -> Any:
        """Return the whole as one formula."""
        return self._formula(self._tree)

    def conditions(self) -> tuple[Relation, ...]:
        """Return the condition as relations that all hold, or of which one of several does."""
        try:
            return conditions(self._clauses(self._tree, negated=False))
        except TooMany:
            raise self._too_many(self._tree) from None

    def _clauses(self, node: ast.expr, *, negated: bool) -> Clauses:
        """Return a condition, or its opposite, multiplied out; chains are taken apart."""
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._clauses(operand, negated=not negated)
            case ast.BoolOp(op=op, values=values):
                parts = [self._clauses(value, negated=negated) for value in values]
                all_hold = isinstance(op, ast.And) != negated
            case _:
                parts = [(opposites if negated else one)(r) for r in self._comparisons(node)]
                all_hold = not negated
        try:
            return tuple(clause for part in parts for clause in part) if all_hold else some(parts)
        except TooMany:
            raise self._too_many(node) from None

    def _too_many(self, node: ast.AST) -> UsageError:
        limits = f"expected at most {MAX_RELATIONS} relations once 'or' of 'and' is multiplied out"
        return self._error("too many cases", node, limits)

    def _comparisons(self, node: ast.expr) -> Iterator[Relation]:
        if not isinstance(node, ast.Compare):
            raise self._error("no relation", node, "expected one such as depth >= 3")
        sides = [self._formula(side) for side in (node.left, *node.comparators)]
        for build, (lhs, rhs) in zip(node.ops, pairwise(sides), strict=True):
            relation = _RELATIONS[type(build)](lhs, rhs, evaluate=False)
            if all(s.name in self._constants for s in relation.free_symbols):
                remedy = "expected a quantity in it, such as sharpness"
                raise self._error("a relation between constants", node, remedy)
            yield relation

    def _formula(self, node: ast.expr) -> Any:
        """Return the SymPy expression of a node of the grammar."""
        match node:
            case ast.Constant():
                value = self._first(node).value
                assert value is not None, "every constant comes from a number"
                return sp.Rational(value.numerator, value.denominator)
            case ast.Name():
                return self._symbol(self._first(node).text, node)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._formula(operand)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _negative(self._formula(operand))
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._checked(self._sum(node), node)
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self._checked(self._product(node), node)
            case ast.BinOp(op=ast.Pow()):
                return self._checked(self._power(node), node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._checked(self._call(name, args, node), node)
        raise self._error(f"unexpected {_word(node)}", node, _ADVICE[""])

    def _symbol(self, name: str, node: ast.expr) -> Any:
        if name in QUANTITIES:
            return symbol(name, integer=QUANTITIES[name].integer, positive=False)
        if name in self._constants:
            return symbol(name, positive=False)
        if name in _FUNCTIONS:
            raise self._error(f"function {name!r} without brackets", node, f"write {name}(...)")
        prefix = OTHER if name.startswith(OTHER) else ""
        hint = _nearest(name, [*(f"{prefix}{q}" for q in QUANTITIES), *self._constants])
        remedy = (
            f"{hint} (certimin quantities lists all)" if hint else "certimin quantities lists all"
        )
        raise self._error(f"unknown quantity {name[:40]!r}", node, remedy)

    def _sum(self, node: ast.BinOp) -> Any:
        terms: list[Any] = []
        for op, part in _chain(node, _SUMS):
            term = self._formula(part)
            term = _negative(term) if isinstance(op, ast.Sub) else term
            if terms and terms[-1].is_Rational and term.is_Rational:
                term += terms.pop()
            terms.append(term)
        return sp.Add(*terms, evaluate=False)

    def _product(self, node: ast.BinOp) -> Any:
        factors: list[Any] = []
        for op, part in _chain(node, _PRODUCTS):
            factor = self._formula(part)
            if isinstance(op, ast.Div):
                factor = self._inverse(factor, part)
            factors += factor.args if factor.is_Mul and factor.args[0].is_Rational else [factor]
        number = self._checked(sp.Mul(*(x for x in factors if x.is_Rational)), node)
        others = [x for x in factors if not x.is_Rational]
        return sp.Mul(*([] if number == 1 and others else [number]), *others, evaluate=False)

    def _inverse(self, x: Any, node: ast.expr) -> Any:
        if x == 0:
            raise self._error("division by zero", node, "it is undefined everywhere")
        return self._checked(sp.Pow(x, -1, evaluate=x.is_Rational), node)

    def _power(self, node: ast.BinOp) -> Any:
        base, exponent = self._formula(node.left), self._exponent(node.right)
        # the inverse of a power: SymPy cannot print (x/x)**-2
        inverted = exponent.is_Rational and exponent < 0
        exponent = -exponent if inverted else exponent
        closed = base.is_Rational and exponent.is_Integer
        power = base if exponent == 1 and inverted else sp.Pow(base, exponent, evaluate=closed)
        return self._inverse(self._checked(power, node), node) if inverted else power

    def _exponent(self, node: ast.expr) -> Any:
        exponent = self._formula(node)
        if exponent.is_Rational:
            if max(abs(exponent.p), exponent.q) > MAX_EXPONENT:
                limits = f"expected p or p/q with p and q up to {MAX_EXPONENT}"
                raise self._error("too large an exponent", node, limits)
            return exponent
        allowed = all(s.is_integer or s.name in self._constants for s in exponent.free_symbols)
        if not exponent.free_symbols or not allowed or _roots(exponent) or _is_long(exponent):
            remedy = "expected a rational number or a short formula in sizes such as 2 - 2/depth"
            raise self._error("unexpected exponent", node, remedy)
        return exponent

    def _call(self, name: str, args: list[ast.expr], node: ast.expr) -> Any:
        name = self._first(node).text
        if name not in _FUNCTIONS:
            if name in QUANTITIES or name in self._constants:
                raise self._error(f"{name!r} is no function", node, "write * for a product")
            remedy = _nearest(name, _FUNCTIONS) or f"expected one of {', '.join(_FUNCTIONS)}"
            raise self._error(f"unknown function {name[:40]!r}", node, remedy)
        least, most = _ARGUMENTS.get(name, (1, 1))
        if not least <= len(args) <= most:
            expected = "expected one" if least == most else f"expected at least {least}"
            raise self._error(f"{name} with {len(args)} formulas in its brackets", node, expected)
        return _FUNCTIONS[name](*map(self._formula, args))

    def _checked(self, value: Any, node: ast.expr) -> Any:
        """Return a formula that can be measured in reasonable time, if it has a value at all."""
        if value.is_Rational:
            if max(int(value.p).bit_length(), int(value.q).bit_length()) > MAX_BITS:
                raise self._error(
                    "too large a number", node, "expected p/q with p and q below 1e300"
                )
        elif not value.free_symbols and not _is_finite(value):
            limits = "expected a real number below 1e300 in few operations"
            raise self._error("a number without a value", node, limits)
        if _growth(value) > MAX_GROWTH:
            limits = f"expected exponents whose product is at most {MAX_GROWTH}"
            raise self._error("too high a power of powers", node, limits)
        if _roots(value) > MAX_ROOTS:
            limits = f"expected at most {MAX_ROOTS} inside each other"
            raise self._error("too many nested roots, logs or exps", node, limits)
        return value


_WORDS = {
    ast.Compare: "relation in a formula",
    ast.UnaryOp: "'not' in a formula",
    ast.Tuple: "comma",
    ast.Call: "brackets",
}


def _word(node: ast.expr) -> str:
    """What a node is called where no formula can have it."""
    if isinstance(node, ast.BoolOp):
        return f"{'and' if isinstance(node.op, ast.And) else 'or'!r} in a formula"
    return _WORDS.get(type(node), "text")


def _continues(node: ast.AST, child: ast.AST) -> bool:
    """Whether ``child`` is the left part of a sum or a product that goes on in ``node``."""
    if not (isinstance(node, ast.BinOp) and isinstance(child, ast.BinOp)):
        return False
    return child is node.left and any(
        isinstance(node.op, ops) and isinstance(child.op, ops) for ops in (_SUMS, _PRODUCTS)
    )


def _chain(node: ast.expr, ops: tuple[type, ...]) -> list[tuple[ast.operator | None, ast.expr]]:
    """Return the terms of a sum, or the factors of a product, with the operators before them."""
    parts: list[tuple[ast.operator | None, ast.expr]] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ops):
        parts.append((node.op, node.right))
        node = node.left
    return [(None, node), *reversed(parts)]


def _negative(x: Any) -> Any:
    if x.is_Rational:
        return -x
    number, *factors = x.args if x.is_Mul and x.args[0].is_Rational else (sp.S.One, x)
    return sp.Mul(*([] if number == -1 else [-number]), *factors, evaluate=False)


def _nearest(name: str, known: Collection[str]) -> str:
    names = [repr(x) for x in get_close_matches(name[:40], sorted(known))]
    return f"did you mean {' or '.join(names)}?" if names else ""


def _closed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compute a function of numbers, and leave the others as they are."""
    return lambda *xs: function(*xs, evaluate=all(x.is_Rational for x in xs))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sqrt": lambda x: sp.Pow(x, sp.S.Half, evaluate=False),
    "log": lambda x: sp.log(x, evaluate=False),
    "exp": lambda x: sp.exp(x, evaluate=False),
    "abs": _closed(sp.Abs),
    "min": _closed(sp.Min),
    "max": _closed(sp.Max),
}
_ARGUMENTS = {"min": (2, MAX_NODES), "max": (2, MAX_NODES)}

# Limits of what was built


def _growth(node: Any) -> float:
    """How large nested powers may become: the product of their exponents along the worst path.

    A size in an exponent counts as 4, an exponential as 10.
    """
    inner = max(map(_growth, node.args), default=1)
    if isinstance(node, sp.exp):
        return 10 * inner
    if not node.is_Pow:
        return inner
    return inner * (max(1, abs(node.exp)) if node.exp.is_Rational else 4)


def _roots(node: Any) -> int:
    """How many roots, exponentials and logarithms stand inside each other."""
    inner = max(map(_roots, node.args), default=0)
    root = node.is_Pow and not node.exp.is_Integer
    return inner + int(root or isinstance(node, sp.exp | sp.log))


_FLOATS = SimpleNamespace(
    scalar=float,
    power=lambda x, exponent: math.pow(x, float(exponent)),
    maximum=max,
    minimum=min,
    log=math.log,
    exp=math.exp,
)


def _is_long(expression: Any) -> bool:
    return sum(1 for _ in sp.preorder_traversal(expression)) > MAX_SHORT


def _is_finite(number: Any) -> bool:
    """Whether an expression without symbols has a value, as far as floats can tell."""
    if _is_long(number):
        return False
    try:
        return math.isfinite(evaluate(number, {}, _FLOATS))
    except (ArithmeticError, ValueError):
        return False
