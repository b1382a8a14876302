"""The words of a theorem's page as lines of plain characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verify.report.characters import formula, spelled
from verify.report.mathematics import pieces
from verify.report.prose import Block, Display, Item, blocks, coded
from verify.report.terminal.screen import glued, wrapped

__all__ = ["lines"]

_WHOLE = 36
"""Formulas in a line of text with no more characters are not broken."""

_BEFORE_RELATION = re.compile(r" (?=(?:=|≥|≤|<|>|>=|<=) )")
"""Where a display is broken, if it must be."""


def lines(section: str, width: int, encoding: str = "utf-8") -> Iterator[str]:
    r"""Yield the lines of a section: blocks parted by an empty line, displays and items close.

    >>> list(lines("Let $L ≥ 2$.\n\n    S >= \\frac{1}{2}   [low]\n\nOne.", 24))
    ['Let L ≥ 2.', '', '    S >= 1/2       [low]', '', 'One.']
    """
    found = list(blocks(section))
    hang = max((len(_written(b.term, encoding)) for b in found if isinstance(b, Item)), default=0)
    before: Block | None = None
    for block in found:
        close = isinstance(block, (Display, Item)) and isinstance(before, type(block))
        if before is not None and not close:
            yield ""
        yield from _block(block, width, min(hang, width // 3), encoding)
        before = block


def _block(block: Block, width: int, hang: int, encoding: str) -> list[str]:
    if isinstance(block, Display):
        if "$" in block.text:
            return _display(_written(block.text, encoding), block.claims, width)
        parts = _BEFORE_RELATION.split(spelled(formula(block.text), encoding))
        shown = " ".join(glued(part, width - 6) for part in parts)
        return _display(shown, block.claims, width)
    words = _written(block.text, encoding)
    if isinstance(block, Item):
        term = _written(block.term, encoding).ljust(hang)
        return wrapped(words, width, f"{term}  ", " " * (hang + 2))
    return wrapped(words, width)


def _display(shown: str, claims: tuple[str, ...], width: int) -> list[str]:
    """What is displayed, and the claims that say it, at the right of its last line."""
    found = wrapped(shown, width, "    ", "      ")
    if claims:
        tag = f"[{', '.join(claims)}]"
        if len(found[-1]) + 2 + len(tag) > width:
            found.append("")
        found[-1] = f"{found[-1]}{tag.rjust(width - len(found[-1]))}"
    return found


def _written(words: str, encoding: str) -> str:
    """Text in plain characters; its short formulas are glued together until lines are wrapped."""
    return "".join(
        glued(spelled(formula(piece), encoding), _WHOLE)
        if is_formula
        else spelled(_bare(piece), encoding)
        for is_formula, piece in pieces(words)
    )


def _bare(words: str) -> str:
    """Words without the marks of docstrings around code and names of modules; single blanks."""
    return re.sub(" +", " ", "".join(piece for _, piece in coded(words)))
