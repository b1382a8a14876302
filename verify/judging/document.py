"""Strict JSON, read for a judge: exact numbers, no name twice, nothing of an absurd size.

The limits stand before the work they bound: bytes before characters, nesting before the parser,
digits before numbers.  A number is an integer, a text ``"p/q"`` or a decimal in a text, all exact,
or a JSON float: the dyadic rational that is its float64.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from math import isfinite
from typing import Any

from verify.errors import UsageError

__all__ = ["MAX_BYTES", "expect_keys", "number", "read", "shown", "whole"]

MAX_BYTES = 1 << 20
"""Of a file."""
MAX_NESTING = 12
"""Lists and objects inside each other."""
MAX_DIGITS = 400
"""Of a number as it is written."""
MAX_EXPONENT = 400
"""Of a decimal in a text."""

_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)  # one that is never closed is whole too
_RATIONAL = re.compile(r"[+-]?[0-9]+(/[0-9]+)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE](?P<power>[+-]?[0-9]+))?", re.ASCII)
_LONG_POWER = 8
"""Characters of a power of ten that is not even read."""
_SHOWN = 40
_EXPECTED = 'an integer, a text "p/q" or a decimal'


def read(content: bytes) -> dict[str, Any]:
    """Return the object that a JSON text is, its integers and floats as exact numbers.

    Raises
    ------
    UsageError
        It is no such text, or beyond the limits of this module; one line that says where.
    """
    if len(content) > MAX_BYTES:
        raise UsageError(f"file: expected at most {MAX_BYTES:,} bytes, got more; shorten it")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"file: expected UTF-8, got byte {error.start} that is none") from error
    _check_nesting(text)
    try:
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"file: not JSON at {where}: {error.msg}") from error
    if not isinstance(found, dict):
        raise UsageError(f"file: expected an object with task and candidate, got {shown(found)}")
    return found


def _check_nesting(text: str) -> None:
    """Refuse what is nested too deeply, without recursion; brackets in texts do not count."""
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", _TEXTS.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_NESTING:
            raise UsageError(f"file: nested too deeply, expected at most {MAX_NESTING} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise UsageError(f"file: key {shown(key)} stands twice in one object; write it once")
        found[key] = value
    return found


def _integer(text: str) -> Fraction:
    _check_length(text, "file")
    return Fraction(int(text))


def _float(text: str) -> Fraction:
    _check_length(text, "file")
    value = float(text)
    if not isfinite(value):
        raise UsageError(f"file: number {_cut(text)} is beyond float64; write it as a text")
    if value == 0 and re.search(r"[1-9]", re.split("[eE]", text)[0]):
        raise UsageError(f"file: number {_cut(text)} is below float64; write it as a text")
    return Fraction(value)


def _no_number(text: str) -> Any:
    raise UsageError(f"file: {text} is no number; expected {_EXPECTED}")


def _check_length(text: str, where: str) -> None:
    if len(text) > MAX_DIGITS:
        raise UsageError(
            f"{where}: expected a number of at most {MAX_DIGITS} characters, got {len(text):,}"
        )


def number(value: Any, where: str) -> Fraction:
    """Return the exact number that a value of a document is.

    Parameters
    ----------
    value
        What :func:`read` made of it.
    where
        Its place, for the message.

    >>> number("0.1", "x"), number("-2/4", "x"), number("1e-3", "x")
    (Fraction(1, 10), Fraction(-1, 2), Fraction(1, 1000))
    """
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str):
        raise UsageError(f"{where}: expected {_EXPECTED}, got {shown(value)}")
    _check_length(value, where)
    if decimal := _DECIMAL.fullmatch(value):
        power = decimal["power"] or "0"
        if len(power) > _LONG_POWER or abs(int(power)) > MAX_EXPONENT:
            raise UsageError(
                f"{where}: expected a power of ten up to {MAX_EXPONENT}, got {shown(value)}"
            )
        return Fraction(value)
    if not _RATIONAL.fullmatch(value):
        raise UsageError(f"{where}: expected {_EXPECTED}, got {shown(value)}")
    try:
        return Fraction(value)
    except ZeroDivisionError as error:
        raise UsageError(f"{where}: {shown(value)} divides by zero") from error


def whole(value: Any, where: str, low: int, high: int) -> int:
    """Return an integer between ``low`` and ``high``, both included."""
    found = value if isinstance(value, Fraction) else None
    if found is None or found.denominator != 1 or not low <= found <= high:
        raise UsageError(f"{where}: expected an integer from {low} to {high}, got {shown(value)}")
    return int(found)


def expect_keys(value: Any, where: str, needed: tuple[str, ...], more: tuple[str, ...] = ()) -> Any:
    """Return an object that has the keys it needs, and none but these and ``more``."""
    if not isinstance(value, Mapping):
        raise UsageError(f"{where}: expected an object, got {shown(value)}")
    for key in needed:
        if key not in value:
            raise UsageError(f"{where}: {key} is missing")
    for key in value:
        if key not in (*needed, *more):
            known = ", ".join((*needed, *more))
            raise UsageError(f"{where}: unknown key {shown(key)}; expected {known}")
    return value


def shown(value: Any) -> str:
    """Return a value of a document in few characters, for a message of one line.

    >>> shown([1, 2]), shown("1/0"), shown(None), shown(True)
    ('a list', "'1/0'", 'null', 'true')
    """
    if isinstance(value, Fraction):
        return _cut(str(value)) if len(str(value.numerator)) <= _SHOWN else "a long number"
    if isinstance(value, str):
        return ascii(value[:_SHOWN]) + ("..." if len(value) > _SHOWN else "")
    if isinstance(value, Mapping | list):
        return "a list" if isinstance(value, list) else "an object"
    return json.dumps(value)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
