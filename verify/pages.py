"""The page of a theorem: the sections of its module's docstring, as they are written there."""

from __future__ import annotations

import re
import sys
from textwrap import dedent

__all__ = ["SECTIONS", "page_of", "sections"]

SECTIONS = (
    "Statement",
    "Notation",
    "Assumptions",
    "Proof",
    "Sharpness",
    "Implementation notes",
    "References",
)
"""The sections of a page, in their order."""


def sections(docstring: str | None) -> dict[str, str]:
    r"""Return the sections of a module's docstring by name, without their indentation.

    >>> sections("Title.\n\nStatement\n    Let $L$ be 2.\n\nReferences\n----------\n    key\n")
    {'Statement': 'Let $L$ be 2.', 'References': 'key'}
    """
    heads = "|".join(SECTIONS)
    cut = re.split(rf"^({heads})\n(?:-+\n)?", docstring or "", flags=re.MULTILINE)
    return {
        name: dedent(body).strip("\n ") for name, body in zip(cut[1::2], cut[2::2], strict=True)
    }


def page_of(module: str) -> dict[str, str]:
    """Return the sections of a module that is imported; none where it has no docstring."""
    return sections(getattr(sys.modules.get(module), "__doc__", None))
