"""Files for programs, a page each: the fields that their JSON schemas describe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generated import cell, write
from sphinx.application import Sphinx

SCHEMAS = {
    "verify": "verify/report/verify.schema.json",
    "examination": "certimin/examination.schema.json",
    "certificate": "verify/certificates/certificate.schema.json",
    "judge": "verify/judging/judge.schema.json",
}
"""The schemas by the name of their page."""

_ROOT = Path(__file__).parents[2]


def pages() -> dict[str, str]:
    """Return the page of each schema."""
    return {name: _page(path) for name, path in SCHEMAS.items()}


def _page(path: str) -> str:
    schema = json.loads((_ROOT / path).read_text(encoding="utf-8"))
    parts = [
        f"# {schema['title']}\n",
        schema.get("description", ""),
        f"\nThe schema is `{path}`.\n",
    ]
    if "properties" in schema:
        parts += ["## The file\n", _table(schema)]
    for name, definition in schema.get("$defs", {}).items():
        parts += [f"## {name}\n", definition.get("description", ""), ""]
        parts.append(_table(definition) if "properties" in definition else f"{_kind(definition)}\n")
    return "\n".join(parts)


def _table(definition: dict[str, Any]) -> str:
    required = definition.get("required", ())
    rows = ["| field | type | what it is |", "|---|---|---|"]
    for name, field in definition["properties"].items():
        absent = "" if name in required else "may be absent. "
        rows.append(f"| `{name}` | {cell(_kind(field))} | {cell(absent + _said(field))} |")
    return "\n".join(rows) + "\n"


def _said(field: dict[str, Any]) -> str:
    """What is said of a field, and the fields of an object that has no name."""
    inner = "; ".join(
        f"`{name}`: {_kind(part)}" for name, part in field.get("properties", {}).items()
    )
    return " ".join(filter(None, (field.get("description", ""), inner)))


def _kind(field: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return ", ".join(f"`{json.dumps(value)}`" for value in field["enum"])
    if "anyOf" in field:
        return " or ".join(_kind(part) for part in field["anyOf"])
    types = field.get("type", "anything")
    words = types if isinstance(types, str) else " or ".join(types)
    return f"{words} of {_kind(field['items'])}" if "items" in field else words


def _write(app: Sphinx) -> None:
    write(Path(app.srcdir, "reference", "schemas"), pages())


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before sources are looked for."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
