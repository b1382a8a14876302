"""The table of theorems in Markdown, and its place in a document (docs/theorems.md)."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from verify.report.summary import SYMBOLS, holding, refuted_controls, standing, support, worth

__all__ = ["BEGIN", "END", "insert", "render"]

BEGIN, END = "<!-- theorems: begin, written by `make table` -->", "<!-- theorems: end -->"

_HEAD = "| id | theorem | source | level | evidence | controls | verdict |\n" + "|---" * 7 + "|\n"


def render(report: dict[str, Any]) -> str:
    """Return the levels in numbers and a table: source, level, evidence, controls, verdict."""
    rows = "".join(_row(theorem) for theorem in report["theorems"])
    return f"{holding(report['theorems'])}.\n\n{_HEAD}{rows}"


def insert(text: str, table: str) -> str:
    """Return ``text`` with ``table`` between the markers.

    Raises
    ------
    ValueError
        If the markers are not there, once each and in order.
    """
    parts = re.split(f"{re.escape(BEGIN)}|{re.escape(END)}", text)
    if len(parts) != 3 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"expected the line {BEGIN} and, after it, {END}, once each")
    return f"{parts[0]}{BEGIN}\n\n{table}\n{END}{parts[2]}"


def _row(theorem: dict[str, Any]) -> str:
    verdict = standing(theorem)
    kinds = [found.kind for found in support(theorem) if found.verdict == "holds"]
    cells = (
        theorem["id"],
        theorem["title"],
        f"{theorem['source']['key']}, {theorem['source']['where']}",
        worth(theorem) or "–",
        ", ".join(kinds),
        refuted_controls(theorem),
        f"{SYMBOLS[verdict]} {verdict}",
    )
    return "| " + " | ".join(escape(c, quote=False).replace("|", "\\|") for c in cells) + " |\n"
