"""What a theorem cites, from the record: a plain citation, links, and the BibTeX to copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.references import Entry, named_in, parse

__all__ = ["Citations"]


class Citations:
    """The bibliography of a run by key; a key that it lacks is its own citation."""

    def __init__(self, report: dict[str, Any]) -> None:
        self._entries: dict[str, Entry] = {}
        references: Mapping[str, str] = report.get("references", {})
        try:
            self._entries |= parse("\n\n".join(references.values()))
        except ValueError:  # each is shown by its key
            self._entries |= {key: Entry(key, bibtex, key) for key, bibtex in references.items()}

    def of(self, theorem: dict[str, Any]) -> list[Entry]:
        """Return what a theorem cites: its source, lemmas of others, what its page names."""
        keys = [theorem["source"]["key"], *(c["source"]["key"] for c in theorem["cited"])]
        keys += named_in(theorem.get("page", {}).get("References", ""))
        known = [key for key in dict.fromkeys(keys) if key in self._entries]
        return [self._entries[key] for key in known] or [Entry(keys[0], "", keys[0])]

    def link(self, key: str) -> str:
        """Return the address of a work, "" if none is known."""
        links = self._entries[key].links if key in self._entries else {}
        return next(iter(links.values()), "")
