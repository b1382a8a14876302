"""Check that a polynomial is nowhere negative: it is a sum of squares, and a line says of which.

A certificate says that p = Σ d_i q_i² + Σ m_j g_j with rational numbers d_i >= 0.  Then p >= 0
wherever all g_j vanish, and everywhere where there are none.  Both sides are multiplied out in
fractions and compared coefficient by coefficient; how the squares were found does not matter.

    {"polynomial": {"x^2": "1", "x*y": "-2", "y^2": "1"},
     "given": [], "multipliers": [],
     "squares": [{"weight": "1", "of": {"x": "1", "y": "-1"}}]}

A polynomial is an object: its keys are monomials ("1" for the constant), its values fractions.
Names stand for any real numbers.  This file needs Python 3.9 or later, and nothing else; run with
the names of certificates it checks each, and ends with 0 if all show what they say.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

__all__ = ["Proved", "Refused", "check_certificate", "monomial", "plus", "times"]

Monomial = tuple[tuple[str, int], ...]
"""Names with their powers, sorted by name."""

Polynomial = dict[Monomial, Fraction]
"""Coefficients that are not zero."""

_POWER = re.compile(r"([^\W\d]\w*)(?:\^([1-9]\d{0,3}))?")
_NUMBER = re.compile(r"-?\d+(?:/\d+)?", re.ASCII)
_FIELDS = {"polynomial", "given", "multipliers", "squares"}
_TOLD = {"name", "about"}
"""What may stand in a certificate besides, for its readers."""


class Refused(ValueError):
    """A certificate that does not show what it says; str() is one line."""


class Proved(NamedTuple):
    """What a certificate shows: a polynomial that is >= 0 wherever the given ones vanish.

    Of the squares and the given ones, those that occur in the sum are here.
    """

    polynomial: Polynomial
    given: tuple[Polynomial, ...]
    multipliers: tuple[Polynomial, ...]
    squares: tuple[tuple[Fraction, Polynomial], ...]


def check_certificate(certificate: str | Mapping[str, Any]) -> Proved:
    """Return what a certificate shows.

    Parameters
    ----------
    certificate
        JSON text, or what it says.

    Raises
    ------
    Refused
        If it shows nothing.

    >>> square = {"weight": "1", "of": {"x": "1", "y": "-1"}}
    >>> wanted = {"x^2": "1", "x*y": "-2", "y^2": "1"}
    >>> shown = check_certificate({"polynomial": wanted, "squares": [square]})
    >>> shown.polynomial[("x", 1), ("y", 1)]
    Fraction(-2, 1)
    """
    content = _read(certificate) if isinstance(certificate, str) else certificate
    if not isinstance(content, Mapping):
        raise Refused(f"expected an object, got {content!r:.80}")
    unknown = sorted(map(str, content.keys() - _FIELDS - _TOLD))
    missing = sorted({"polynomial", "squares"} - content.keys())
    if unknown or missing:
        which = f"no {missing[0]!r}" if missing else f"{unknown[0]!r}, which means nothing here"
        raise Refused(f"the certificate has {which}")
    wanted = _polynomial(content["polynomial"])
    given = [_polynomial(each) for each in _list(content, "given")]
    multipliers = [_polynomial(each) for each in _list(content, "multipliers")]
    if len(given) != len(multipliers):
        raise Refused(f"{len(given)} given polynomials and {len(multipliers)} multipliers")
    total: Polynomial = {}
    squares = []
    for square in _list(content, "squares"):
        if not isinstance(square, Mapping) or square.keys() != {"weight", "of"}:
            raise Refused("expected of a square its 'weight' and what it is 'of'")
        weight, root = _number(square["weight"]), _polynomial(square["of"])
        if weight < 0:
            raise Refused(f"a square has the weight {weight}, which is negative")
        if weight and root:
            squares.append((weight, root))
        total = plus(total, times({(): weight}, times(root, root)))
    used = [k for k, multiplier in enumerate(multipliers) if multiplier and given[k]]
    for k in used:
        total = plus(total, times(multipliers[k], given[k]))
    difference = plus(wanted, times({(): Fraction(-1)}, total))
    if difference:
        place, left = min(difference.items())
        raise Refused(f"the two sides differ by {left} in the coefficient of {monomial(place)}")
    zeros = tuple(given[k] for k in used)
    return Proved(wanted, zeros, tuple(multipliers[k] for k in used), tuple(squares))


def plus(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return the sum of two polynomials."""
    total = dict(p)
    for place, value in q.items():
        total[place] = total.get(place, Fraction(0)) + value
    return {place: value for place, value in total.items() if value}


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return the product of two polynomials."""
    total: Polynomial = {}
    for one, a in p.items():
        for other, b in q.items():
            powers = dict(one)
            for name, power in other:
                powers[name] = powers.get(name, 0) + power
            place = tuple(sorted(powers.items()))
            total[place] = total.get(place, Fraction(0)) + a * b
    return {place: value for place, value in total.items() if value}


def monomial(place: Monomial) -> str:
    """Return a monomial as certificates write it.

    >>> monomial((("x", 2), ("y", 1)))
    'x^2*y'
    """
    return "*".join(n if k == 1 else f"{n}^{k}" for n, k in place) or "1"


def _read(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise Refused("a name stands twice in one object")
        return found

    try:
        return json.loads(text, object_pairs_hook=once)
    except Refused:
        raise
    except (ValueError, RecursionError) as error:
        raise Refused(f"it is no JSON: {str(error) or type(error).__name__}") from error


def _list(content: Mapping[str, Any], name: str) -> list[Any]:
    found = content.get(name, [])
    if not isinstance(found, list):
        raise Refused(f"{name}: expected a list, got {found!r:.80}")
    return found


def _polynomial(content: Any) -> Polynomial:
    if not isinstance(content, Mapping):
        raise Refused(f"expected a polynomial, got {content!r:.80}")
    total: Polynomial = {}
    for text, value in content.items():
        total = plus(total, {_monomial(text): _number(value)})
    return total


def _monomial(text: Any) -> Monomial:
    if text == "1":
        return ()
    powers: dict[str, int] = {}
    for factor in text.split("*") if isinstance(text, str) else [""]:
        found = _POWER.fullmatch(factor)
        if found is None:
            raise Refused(f"expected a monomial like x^2*y, got {text!r:.80}")
        powers[found[1]] = powers.get(found[1], 0) + int(found[2] or 1)
    return tuple(sorted(powers.items()))


def _number(value: Any) -> Fraction:
    """A fraction in text; a float is none, whatever it looks like."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise Refused(f'expected a fraction like "-3/4", got {value!r:.80}')
    top, _, bottom = value.partition("/")
    try:
        return Fraction(int(top), int(bottom or 1))
    except (ValueError, ZeroDivisionError) as error:
        raise Refused(f"{value:.80} is no number") from error


def _main(names: list[str]) -> int:
    failed = 0
    for name in names:
        try:
            with open(name, encoding="utf-8") as file:
                shown = check_certificate(file.read())
        except (OSError, ValueError) as error:
            print(f"{name}: refused: {error}")
            failed = 1
            continue
        where = f" where {len(shown.given)} polynomials vanish" if shown.given else ""
        print(f"{name}: a polynomial of {len(shown.polynomial)} terms is >= 0{where}")
    return failed


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
