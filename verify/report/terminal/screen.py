"""Text on a console: what its encoding can say, wrapped at its width, never markup."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from verify.report.characters import spelled
from verify.report.summary import SYMBOLS

__all__ = [
    "PAGE",
    "WIDTH",
    "clipped",
    "glued",
    "put",
    "put_lines",
    "put_marked",
    "room",
    "text",
    "verdict",
    "wrapped",
]

WIDTH = 100
"""The most columns of a table."""

PAGE = 80
"""The most columns of what is read as prose."""

_STYLES = {
    "holds": "green",
    "refuted": "bold red",
    "survived": "bold red",
    "error": "bold red",
    "void": "bold magenta",
    "vacuous": "bold magenta",
    "inconclusive": "bold yellow",
    "unfounded": "bold yellow",
    "open": "blue",
}


def text(words: str, console: Console, style: str = "") -> Text:
    """Return text that the console's encoding can say; brackets in it are never markup."""
    return Text(spelled(words, console.encoding), style)


def verdict(word: str, console: Console, *, sign_only: bool = False) -> Text:
    """Return a verdict in its colour, with its sign."""
    return text(SYMBOLS[word] if sign_only else f"{SYMBOLS[word]} {word}", console, _STYLES[word])


def room(console: Console, most: int) -> int:
    """Return how many columns there are, up to ``most``."""
    return min(most, console.width)


def put(console: Console, what: Text, most: int = WIDTH) -> None:
    """Print a line, within the width."""
    console.print(what, width=room(console, most), highlight=False, soft_wrap=False)


def put_lines(
    lines: Iterable[str], console: Console, *, most: int = WIDTH, indent: int = 4
) -> None:
    """Print lines, indented and wrapped; long numbers are folded, not cut."""
    start = " " * indent
    for line in (part for words in lines for part in words.splitlines()):
        said = spelled(line, console.encoding)
        for piece in wrapped(said, room(console, most), start, start):
            put(console, Text(piece), most)


def put_marked(
    mark: Text, words: str, console: Console, *, most: int = PAGE, indent: int = 4
) -> None:
    """Print words behind a mark, wrapped beside it."""
    start = Text(" " * indent).append_text(mark).append(" ")
    wide = start.cell_len
    said = spelled(words, console.encoding)
    for line in wrapped(said, max(room(console, most) - wide, 8)):
        put(console, start.append(line), most)
        start = Text(" " * wide)


def wrapped(words: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Return words in lines of a width, the first and the others after what they begin with.

    >>> wrapped(f"so {glued('a + b = 2', 9)} holds", 10)
    ['so', 'a + b = 2', 'holds']
    """
    lines = wrap(
        words,
        max(width, len(first) + 8, len(rest) + 8),
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )
    return [line.replace(_GLUE, " ") for line in lines] or [first.rstrip()]


_GLUE = "\u00a0"


def glued(shown: str, most: int) -> str:
    """Return a formula that is not broken where lines are wrapped, if it is no longer than that."""
    return shown.replace(" ", _GLUE) if len(shown) <= most else shown


def clipped(words: str, width: int) -> str:
    """Return words that fit, with dots where they were cut.

    >>> clipped("a long story", 9)
    'a long...'
    """
    return words if len(words) <= width else f"{words[: max(width - 3, 0)].rstrip()}..."
