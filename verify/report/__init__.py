"""What a run leaves behind, from one dict: a site, a file for programs, one for CI, tables.

A *report* is JSON-able, after ``verify.schema.json``.  Verdicts are shown as they are in it:
nothing here computes one, and nothing undecided may look like a pass.  The word *proved* is
printed for symbolic evidence only, with its scope.
"""

from __future__ import annotations

import json
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from verify.files import check_writable, read_text, write_text
from verify.report import junit, markdown, tables
from verify.report.shape import VERSION, clean, fault
from verify.report.terminal import show, show_theorem

__all__ = [
    "NAMES",
    "VERSION",
    "fault",
    "insert_table",
    "load",
    "prepare",
    "show",
    "show_theorem",
    "write",
]

NAMES = ("verify.json", "junit.xml", "tables/theorems.tex", "tables/theorems.md", "index.html")
"""What a report consists of beside the pages of the site, relative to its folder."""

_PAGES = "theorems"
_MARK = '<meta name="generator" content="certimin '


def prepare(out: Path) -> None:
    """Make the folder of a report and check that every file of it can be written.

    Call it before computing anything, so that a bad ``--out`` costs no run.

    Raises
    ------
    OSError
        ``out`` is a file, cannot be made or cannot be written to, or a folder has the name of
        one of the report's files.
    """
    for name in (*NAMES, f"{_PAGES}/index.html", "assets/style.css"):
        check_writable(Path(out, name))


def write(report: dict[str, Any], out: Path, processes: Executor | None = None) -> list[Path]:
    """Write a report into the folder ``out`` and return the paths written.

    Each file appears whole or not at all, ``verify.json`` first: the others can be made from it
    again, and all of them are made before the next is written.  Pages of theorems that an earlier
    run left there, and that this one is not about, go.  ``processes`` of this machine help to draw.

    Raises
    ------
    OSError
        A file cannot be written; call :func:`prepare` before computing to learn it early.
    """
    report = clean(report)
    written = [write_text(Path(out, NAMES[0]), _json(report))]
    from verify.report import site  # templates and bibliographies: most commands draw no page

    renderers = (junit.render, tables.render, markdown.render)
    texts = {name: render(report) for name, render in zip(NAMES[1:], renderers, strict=False)}
    texts |= site.render(report, processes)
    written += [write_text(Path(out, name), text) for name, text in texts.items()]
    for page in Path(out, _PAGES).glob("*.html"):
        if page not in written and _MARK in read_text(page)[:2000]:
            page.unlink()
    return written


def insert_table(report: dict[str, Any], document: Path) -> None:
    """Put the table of theorems between the markers of a Markdown document.

    Raises
    ------
    ValueError
        The document has no place for it.
    OSError
        The document cannot be read or written.
    """
    text = document.read_text(encoding="utf-8")
    write_text(document, markdown.insert(text, markdown.render(clean(report))))


def _json(report: dict[str, Any]) -> str:
    return json.dumps(report, allow_nan=False, ensure_ascii=False, indent=1) + "\n"


def load(path: Path) -> dict[str, Any]:
    """Return the report stored in ``path``, a ``verify.json`` or the folder of one.

    Raises
    ------
    ValueError
        The file is not a ``verify.json`` of schema 2; the message is one line.
    OSError
        The file cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        path = path / NAMES[0]
    try:
        report = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not a verify.json: {error}") from None
    if (found := fault(report)) is not None:
        raise ValueError(f"{path} is not a verify.json of schema {VERSION}: {found}")
    return dict(report)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
