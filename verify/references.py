"""What a theorem cites: entries of the ``references.bib`` that its package keeps.

The file is read by pybtex.  An entry is handed on as it stands there, and beside that in plain
words: names and titles with their accents, and links where a DOI or an arXiv number is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pybtex.database import parse_string
from pybtex.database.input.bibtex import LowLevelParser
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from verify.errors import UsageError
from verify.pages import page_of

if TYPE_CHECKING:
    from verify.theorem import Theorem

__all__ = ["FILE", "Entry", "cited", "entries", "keys", "named_in", "parse", "unreadable"]

FILE = "references.bib"
"""What a package of theorems calls its bibliography."""


@dataclass(frozen=True)
class Entry:
    """One work that is cited.

    Parameters
    ----------
    key
        Its name in the bibliography.
    bibtex
        The entry as it stands in the file.
    citation
        Authors, title, where and when it appeared, in one line without markup.
    links
        Addresses by what they are: "DOI", "arXiv".
    """

    key: str
    bibtex: str
    citation: str
    links: Mapping[str, str] = field(default_factory=dict)


@cache
def entries(package: str) -> Mapping[str, Entry]:
    """Return the bibliography of a package by key; a package without one has an empty one.

    Raises
    ------
    UsageError
        The file is there and is not BibTeX.
    """
    try:
        text = resources.files(package).joinpath(FILE).read_text(encoding="utf-8")
    except (OSError, ImportError, TypeError):  # no file, no package, or a single module
        return MappingProxyType({})
    except UnicodeDecodeError as error:
        raise UsageError(f"{FILE} of {package}: expected UTF-8, got {error.reason}") from error
    try:
        return MappingProxyType(parse(text))
    except ValueError as error:
        raise UsageError(f"{FILE} of {package}: expected BibTeX, got {error}; mend it") from error


def parse(text: str) -> dict[str, Entry]:
    """Return the entries of a text of BibTeX by key, in its order.

    Raises
    ------
    ValueError
        It is not BibTeX; the message is one line.
    """
    try:
        found = parse_string(text, "bibtex").entries
        parser = LowLevelParser(text)
        written = {
            str(body[0]): text[parser.command_start : parser.pos]
            for kind, body in parser
            if kind.lower() not in ("string", "preamble")
        }
    except PybtexError as error:
        raise ValueError(" ".join(str(error).split())) from error
    return {
        key: Entry(key, written[key], _citation(entry), _links(entry.fields))
        for key, entry in found.items()
    }


def keys(theorem: Theorem) -> list[str]:
    """Return the keys that a theorem cites and its bibliography has, each once.

    They are those of its source, of the lemmas that its claims rest on, and those that its page
    names under References.

    Raises
    ------
    UsageError
        The bibliography is not BibTeX.
    """
    lemmas = [lemma.source.key for claim in theorem.claims for lemma in claim.cites]
    named = named_in(page_of(theorem.module).get("References", ""))
    known = entries(_package(theorem))
    return [key for key in dict.fromkeys((theorem.source.key, *lemmas, *named)) if key in known]


def cited(theorems: Iterable[Theorem]) -> dict[str, str]:
    """Return the BibTeX of all that theorems cite, by key; what cannot be read is left out."""
    found: dict[str, str] = {}
    for theorem in theorems:
        if not unreadable([theorem]):
            known = entries(_package(theorem))
            found |= {key: known[key].bibtex for key in keys(theorem) if key not in found}
    return dict(sorted(found.items()))


def unreadable(theorems: Iterable[Theorem]) -> list[str]:
    """Return a line for each bibliography of these theorems that is not BibTeX."""
    faults = []
    for package in dict.fromkeys(map(_package, theorems)):
        try:
            entries(package)
        except UsageError as error:
            faults.append(str(error))
    return faults


def _package(theorem: Theorem) -> str:
    """The package at the top of the one that the theorem's page belongs to."""
    return theorem.module.partition(".")[0]


def named_in(section: str) -> list[str]:
    """Return what may be a key in the section References of a page."""
    return re.findall(r"[\w:.+/-]*\w", section)


def _citation(entry: Any) -> str:
    """Authors, title, venue and year of an entry in one line."""
    fields = {name.lower(): _plain(value) for name, value in entry.fields.items()}
    persons = entry.persons.get("author") or entry.persons.get("editor") or ()
    where = [_venue(fields), fields.get("howpublished", ""), fields.get("year", "")]
    parts = (_names(map(_name, persons)), fields.get("title", ""), ", ".join(filter(None, where)))
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _venue(fields: Mapping[str, str]) -> str:
    """Where it appeared: "Journal 12(1), 61–66"."""
    names = ("journal", "booktitle", "publisher", "institution", "school")
    place = next((fields[name] for name in names if name in fields), "")
    volume = f" {fields['volume']}" if "volume" in fields and "journal" in fields else ""
    number = f"({fields['number']})" if volume and "number" in fields else ""
    return ", ".join(filter(None, (f"{place}{volume}{number}", fields.get("pages", ""))))


def _name(person: Any) -> str:
    """A name as it is spoken: first names first."""
    parts = (
        *person.first_names, *person.middle_names, *person.prelast_names, *person.last_names,
        *person.lineage_names,
    )  # fmt: skip
    return " ".join(map(_plain, parts))


def _names(names: Iterable[str]) -> str:
    """Names in a sentence; BibTeX writes "and others" for those left out."""
    *before, last = list(names) or [""]
    if not before:
        return last
    listed = ", ".join(before)
    return f"{listed} et al." if last == "others" else f"{listed} and {last}"


def _plain(latex: str) -> str:
    """LaTeX of a bibliography in plain characters."""
    return " ".join(str(Text.from_latex(latex)).split())


def _links(fields: Mapping[str, str]) -> dict[str, str]:
    """Addresses of an entry: of its DOI, and of its number in arXiv."""
    doi, eprint = (str(fields.get(name, "")).strip() for name in ("doi", "eprint"))
    archive = str(fields.get("archiveprefix", fields.get("eprinttype", "arXiv"))).lower()
    found = {}
    if doi:
        found["DOI"] = f"https://doi.org/{re.sub(r'^https?://(dx[.])?doi[.]org/', '', doi)}"
    if eprint and archive == "arxiv":
        found["arXiv"] = f"https://arxiv.org/abs/{eprint}"
    return found
