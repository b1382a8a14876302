"""Links within the pages lead somewhere, and no page needs anything from elsewhere.

Sphinx checks the links that it makes; here all that was written is read again, as a browser would.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from sphinx.application import Sphinx
from sphinx.util import logging

_LOG = logging.getLogger(__name__)


class Page(HTMLParser):
    """What a page refers to, and what may be referred to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Sort the attributes of a tag."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if "href" in given:
            (self.links if tag in ("a", "area") else self.loaded).append(given["href"])
        if "src" in given:
            self.loaded.append(given["src"])


class Broken(NamedTuple):
    """A reference that leads nowhere, or away."""

    page: str
    target: str
    why: str

    def __str__(self) -> str:
        return f"{self.page}: {self.target}: {self.why}"


def broken(folder: Path) -> Iterator[Broken]:
    """Yield what is wrong with the references of the pages in ``folder``."""
    read = {path: Page(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}
    for path, page in sorted(read.items()):
        name = path.relative_to(folder).as_posix()
        for target in page.loaded:
            if _is_remote(target):
                yield Broken(name, target, "is loaded from elsewhere")
        for target in sorted({*page.links, *page.loaded}):
            if why := _nowhere(target, path, read):
                yield Broken(name, target, why)


def _is_remote(target: str) -> bool:
    parts = urlsplit(target)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def _nowhere(target: str, path: Path, read: dict[Path, Page]) -> str:
    """Why a reference within the pages leads nowhere; "" if it does not, or leads away."""
    parts = urlsplit(target)
    if parts.netloc or parts.scheme:
        return ""
    found = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    found = found / "index.html" if found.is_dir() else found
    if not found.exists():
        return "is not there"
    anchor = unquote(parts.fragment)
    if anchor and found in read and anchor not in read[found].anchors:
        return "has no such place"
    return ""


def _check(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        for each in broken(Path(app.outdir).resolve()):
            _LOG.warning("%s", each)


def setup(app: Sphinx) -> dict[str, bool]:
    """Check the pages when they are written."""
    app.connect("build-finished", _check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
