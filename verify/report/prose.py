r"""The words of a theorem's page: a section of its docstring as paragraphs, displays and lists.

Paragraphs are parted by empty lines.  Text is text, with formulas between dollars; a line indented
deeper than its paragraph is a formula displayed, one a line, or text with formulas where it has
dollars, and what stands in square brackets at its end names the claims that say it.  A line such as
``minimizer  what it is`` begins an item of a list: a term, two blanks or more, its description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Block", "Display", "Item", "Paragraph", "blocks", "coded"]


@dataclass(frozen=True)
class Paragraph:
    """Words with formulas between dollars among them."""

    text: str


@dataclass(frozen=True)
class Display:
    """What stands on a line of its own: LaTeX, or text where it has dollars.

    ``claims`` are the names in brackets behind it.
    """

    text: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """A term and what is said of it."""

    term: str
    text: str


Block = Paragraph | Display | Item


_CODE = re.compile(r"(?:``|:\w+:`~?)([^`]+)`{1,2}")  # :func:`name` is a docstring's for a name


def coded(words: str) -> list[tuple[bool, str]]:
    """Return words without formulas cut into code (True, without its marks) and other words.

    >>> coded("measured by ``gain`` and :func:`~numeric.gain`")
    [(False, 'measured by '), (True, 'gain'), (False, ' and '), (True, 'numeric.gain')]
    """
    cut = _CODE.split(words)
    return [(index % 2 == 1, piece) for index, piece in enumerate(cut) if piece]


def blocks(text: str) -> Iterator[Block]:
    r"""Yield the blocks of a section.

    >>> list(blocks("It is\n\n    S >= 1.   [lower]"))
    [Paragraph(text='It is'), Display(text='S >= 1.', claims=('lower',))]
    >>> list(blocks("minimizer  $P = T$, which\n           is needed"))
    [Item(term='minimizer', text='$P = T$, which is needed')]
    """
    words: list[str] = []
    term: str | None = None
    for line in [*text.splitlines(), ""]:
        begins = re.match(r"([\w-]+(?: [\w-]+){0,2}) {2,}(\S.*)", line)
        deeper = line.startswith("    ") and term is None
        if not line.strip() or begins or deeper:
            yield from _said(words, term)
            words, term = ([begins[2]], begins[1]) if begins else ([], None)
            if deeper:
                yield _display(line.strip())
        else:
            words.append(line.strip())


def _said(words: list[str], term: str | None) -> Iterator[Block]:
    text = " ".join(words)
    if term is not None:
        yield Item(term, text)
    elif text:
        yield Paragraph(text)


def _display(line: str) -> Display:
    found = re.fullmatch(r"(.*?)\s+\[([\w., ]+)\]([.,;:]?)", line)
    if not found:
        return Display(line)
    return Display(found[1] + found[3], tuple(found[2].replace(",", " ").split()))
