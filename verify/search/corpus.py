"""What earlier searches found: counterexamples and near misses, tried first by the next one.

Each is one file named by the hash of its content: the setting's name and the choices that rebuild
the instance, exact.  Nothing is ever trusted: an entry is rebuilt by the setting's recipe and
decided like any other instance.  One that does not check (:mod:`verify.records`) is left out, and
said to be; before entries had a digest, their name was that of all but the slack.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from verify import records
from verify.claims import Claim
from verify.errors import UsageError
from verify.files import read_text
from verify.search.readings import scaled, simple
from verify.search.record import Attack, Near

__all__ = ["Corpus"]

_KEPT = 8
"""Near misses of one search that are worth keeping."""

_TRIED = 200
"""Entries tried for a claim, those about the same relation first."""


class Corpus:
    """A folder of instances, content-addressed: the same instance is kept once."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"corpus: cannot write to {folder}: {error.strerror}; choose another --out"
            ) from error
        self._folder = folder

    def candidates(self, claim: Claim) -> Iterator[Near]:
        """Yield choices of the claim's setting, or of one special to it, worth trying first."""
        plain = list(claim.setting.family())
        families = {s.name: s for s in (*plain, *map(scaled, plain), *map(simple, plain))}
        entries = [entry for entry in self._entries() if entry["setting"] in families]
        entries.sort(key=lambda e: (e["relation"] != str(claim.expanded), e["slack"]))
        for entry in entries[:_TRIED]:
            yield Near(entry["slack"], entry["choices"], families[entry["setting"]])

    def keep(self, claim: Claim, result: Attack) -> None:
        """Add the counterexample of an attack, or else its nearest misses."""
        found = result.found
        if found is not None and found.choices is not None:
            self._write(claim, found.decision.slack, found.choices, found.setting.name)
            return
        for near in sorted(result.near.values(), key=lambda n: n.slack)[:_KEPT]:
            self._write(claim, near.slack, near.choices, near.setting.name)

    def _entries(self) -> list[dict[str, Any]]:
        found = [_entry(path) for path in sorted(self._folder.glob("*.json"))]
        left_out = found.count(None)
        if left_out:
            records.complain(
                f"corpus: {left_out} of {len(found)} entries in {self._folder} do not check "
                "and are left out"
            )
        return [entry for entry in found if entry is not None]

    def _write(self, claim: Claim, slack: float, choices: Any, setting: str) -> None:
        written = [c if isinstance(c, int) else str(Fraction(c)) for c in choices]
        content = {"setting": setting, "relation": str(claim.expanded), "choices": written}
        path = self._folder / f"{_name(content)}.json"
        if _entry(path) is None:
            records.write(path, content | {"slack": slack})


def _name(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:24]


def _entry(path: Path) -> dict[str, Any] | None:
    """What is stored at a path; None if it is not ours, or does not check."""
    try:
        try:
            entry = records.read(path) or {}
        except records.Damaged:
            entry = json.loads(read_text(path))
            content = {key: entry[key] for key in ("setting", "relation", "choices")}
            if "digest" in entry or _name(content) != path.stem:
                return None
        return {
            "setting": str(entry["setting"]),
            "relation": entry["relation"],
            "slack": float(entry["slack"]),
            "choices": [_read(choice) for choice in entry["choices"]],
        }
    except (OSError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError):
        return None


def _read(text: int | str) -> int | Fraction:
    return text if isinstance(text, int) else Fraction(text)
