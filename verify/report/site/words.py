"""Text and formulas as HTML; names of theorems and claims in a text become links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from markupsafe import Markup

from verify.report.mathematics import mathml, pieces
from verify.report.prose import Block, Display, Item, blocks, coded

__all__ = ["Links", "Names", "display", "inline", "text"]


class Names:
    """Where the parts of a run stand: addresses relative to one page, "" for the front."""

    def __init__(self, theorems: Iterable[dict[str, Any]], page: str = "") -> None:
        self.page = page
        self._homes: dict[str, str] = {}
        for theorem in theorems:
            parts = ("claims", "controls", "witnesses")
            listed = [part["id"] for name in parts for part in theorem[name]]
            self._homes |= dict.fromkeys([theorem["id"], *listed], theorem["id"])

    def __contains__(self, name: str) -> bool:
        return name in self._homes

    def address(self, name: str) -> str:
        """Return the address of a theorem or of a part of one.

        >>> part = {"claims": [{"id": "F1.a"}], "controls": [], "witnesses": []}
        >>> Names([{"id": "F1", **part}]).address("F1.a")
        'theorems/F1.html#F1.a'
        """
        home = self._homes[name]
        folder = "" if self.page else "theorems/"
        place = f"#{name}" if name != home else ""
        return place if place and home == self.page else f"{folder}{home}.html{place}"


def inline(tex: str) -> Markup:
    """Return a formula in a line of text."""
    # The converter escapes, and knows no command that makes a link or a script.
    return Markup(mathml(tex))


def display(tex: str) -> Markup:
    """Return a formula on a line of its own."""
    if not tex:
        return Markup("")
    return Markup('<div class="display">{}</div>').format(Markup(mathml(tex, block=True)))


def text(words: str) -> Markup:
    """Return text with the formulas between its dollars typeset, and ``code`` as code."""
    return _typeset(words, _coded)


def _typeset(words: str, said: Callable[[str], Markup]) -> Markup:
    """Formulas typeset and, between them, words as ``said`` puts them."""
    parts = (inline(piece) if formula else said(piece) for formula, piece in pieces(words))
    return Markup(_FORMULA.sub(_together, "".join(parts)))


_FORMULA = re.compile(r"[(\[]*(<math\b.*?</math>)[.,;:!?)\]]*(?:-\w+)?", re.DOTALL)


def _together(found: re.Match[str]) -> str:
    """A formula and the brackets and stops beside it, which browsers would part from it."""
    return found[0] if found[0] == found[1] else f'<span class="together">{found[0]}</span>'


def _coded(words: str) -> Markup:
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if is_code else Markup.escape(piece)
        for is_code, piece in coded(words)
    )


_NAME = re.compile(r"\b[A-Z]\w*(?:\.[a-z_]\w*)*\b")


class Links:
    """Prose with links to what it names."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def text(self, words: str) -> Markup:
        """Return text as :func:`text` does, the names of theorems and claims in it as links."""
        return _typeset(words, lambda piece: self._linked(_coded(piece)))

    def _linked(self, html: Markup) -> Markup:
        # Names hold no character that escaping changes, and no tag in here has a capital.
        return Markup(_NAME.sub(lambda m: self.link(m[0]), html))

    def link(self, name: str, shown: str = "") -> Markup:
        """Return a link to a theorem or claim, the name itself where it is none."""
        if name not in self.names:
            return Markup.escape(shown or name)
        address = self.names.address(name)
        return Markup('<a href="{}">{}</a>').format(address, shown or name)

    def prose(self, section: str, theorem: str) -> Markup:
        """Return a section of a theorem's page as paragraphs, displays and lists."""
        html: list[Markup] = []
        for block in blocks(section):
            follows = isinstance(block, Item) and bool(html) and html[-1].endswith("</dl>")
            made = self._block(block, theorem)
            if follows:  # one list of them
                html[-1] = Markup(html[-1].removesuffix("</dl>"))
                made = Markup(made.removeprefix("<dl>"))
            html.append(made)
        return Markup("\n").join(html)

    def _block(self, block: Block, theorem: str) -> Markup:
        if isinstance(block, Item):
            told = (self.text(block.term), self.text(block.text))
            return Markup("<dl><dt>{}</dt><dd>{}</dd></dl>").format(*told)
        if isinstance(block, Display):
            shown = (
                Markup("<span>{}</span>").format(self.text(block.text))
                if "$" in block.text
                else display(block.text)
            )
            tags = Markup(", ").join(
                self.link(name if "." in name else f"{theorem}.{name}", name)
                for name in block.claims
            )
            tagged = Markup(' <span class="names">[{}]</span>').format(tags) if tags else ""
            return Markup('<div class="row">{}{}</div>').format(shown, tagged)
        named = re.sub(
            r"\[((?:[\w.]+)(?:, [\w.]+)*)\]", lambda m: self._tags(m[1], theorem), block.text
        )
        return Markup("<p>{}</p>").format(self.text(named))

    def _tags(self, listed: str, theorem: str) -> str:
        """Names in brackets in full, so that they are found: [lower] in U1 is [U1.lower]."""
        full = (name if "." in name else f"{theorem}.{name}" for name in listed.split(", "))
        return f"[{', '.join(n if n in self.names else n.split('.', 1)[-1] for n in full)}]"
