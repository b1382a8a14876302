"""The shape of a report: strict JSON, after ``verify.schema.json``.

The checker below knows the dozen keywords that schema uses and no others, so that reading a report
needs no package; the tests hold it against a full validator.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cache
from math import isfinite
from numbers import Integral, Rational, Real
from pathlib import Path
from typing import Any

__all__ = ["SCHEMA_FILE", "VERSION", "clean", "fault", "fault_of_part"]

SCHEMA_FILE = Path(__file__).with_name("verify.schema.json")
"""The contract for ``verify.json`` (JSON Schema 2020-12)."""

VERSION = 2
"""The number of the schema that is read and written."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(value: Any) -> Any:
    """Return ``value`` as strict JSON: non-finite numbers become null, fractions "p/q".

    Whatever JSON has no word for becomes its ``str``: a report is never lost to a stray object.

    >>> from fractions import Fraction
    >>> clean({"margin": float("inf"), "weights": (Fraction(1, 2), True)})
    {'margin': None, 'weights': ['1/2', True]}
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {clean(str(key)): clean(item) for key, item in value.items()}
    if isinstance(value, Sequence | Set) and not isinstance(value, bytes | bytearray):
        return [clean(item) for item in value]
    return _number(value)


def _number(value: Any) -> Any:
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Rational) or not isinstance(value, Real):
        return str(value)
    return float(value) if isfinite(value) else None


def fault(report: Any) -> str | None:
    """Return in one line the first place where ``report`` breaks the contract, None if nowhere."""
    if isinstance(report, dict) and report.get("schema", VERSION) != VERSION:
        return f"report.schema: expected {VERSION}, got {_brief(report['schema'])}"
    return next(_faults(report, _schema(), "report"), None) or _twice(report)


def _twice(report: dict[str, Any]) -> str | None:
    """Two theorems of one id would share a page."""
    ids = Counter(theorem["id"] for theorem in report["theorems"])
    return next((f"report.theorems: {id!r} is there twice" for id, n in ids.items() if n > 1), None)


def fault_of_part(value: Any, name: str) -> str | None:
    """Return what :func:`fault` does, for a part that the contract defines: "evidence", "step"."""
    return next(_faults(clean(value), {"$ref": f"#/$defs/{name}"}, name), None)


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return schema


_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and _fits(value)
    ),
}


def _fits(value: float) -> bool:
    """Whether a float can say it: nothing that is printed or drawn needs more."""
    try:
        return isfinite(value)
    except OverflowError:
        return False


def _faults(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    """Faults of a value; its parts are looked at only when its own type is right."""
    if "$ref" in schema:
        schema = _schema()["$defs"][schema["$ref"].rpartition("/")[2]] | schema
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(_TYPES[name](value) for name in types):
        yield f"{where}: expected {' or '.join(types)}, got {_brief(value)}"
    elif "const" in schema and value != schema["const"]:
        yield f"{where}: expected {schema['const']!r}, got {_brief(value)}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where}: expected one of {', '.join(schema['enum'])}, got {_brief(value)}"
    elif "pattern" in schema and not re.search(schema["pattern"].replace("$", r"\Z"), value):
        yield f"{where}: expected text like {schema['pattern']}, got {_brief(value)}"
    elif "minimum" in schema and value is not None and value < schema["minimum"]:
        yield f"{where}: expected at least {schema['minimum']}, got {_brief(value)}"
    elif "minimum" in schema and value is not None and not _fits(value):
        yield f"{where}: expected a number that floats can hold, got {_brief(value)}"
    elif isinstance(value, dict):
        yield from _faults_of_object(value, schema, where)
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _faults(item, schema["items"], f"{where}[{index}]")


def _faults_of_object(value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}: {name!r} is missing"
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, item in value.items():
        rule = known.get(name, others)
        if rule is False:
            yield f"{where}: {name!r} is not part of the contract"
        elif isinstance(rule, dict):
            yield from _faults(item, rule, f"{where}.{name}")


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
