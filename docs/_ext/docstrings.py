"""Docstrings are plain text with mathematics in it; here they become reStructuredText."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

_LITERAL = re.compile(r"(``.+?``|:\w+:`.+?`)")


def _escaped(line: str) -> str:
    """The line with bars as bars, |W_k|, and not as the name of a substitution.

    What is quoted as code, and examples, are left as they are.
    """
    if line.lstrip().startswith((">>>", "...")):
        return line
    parts = _LITERAL.split(line)
    return "".join(
        part if index % 2 else part.replace("|", r"\|").replace("*", r"\*")
        for index, part in enumerate(parts)
    )


def _prepare(app: Sphinx, what: str, name: str, found: Any, options: Any, lines: list[str]) -> None:
    lines[:] = [_escaped(line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Prepare each docstring before NumPy's sections are read."""
    app.connect("autodoc-process-docstring", _prepare, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
