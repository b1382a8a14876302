"""What earlier searches found: counterexamples and near misses, tried first by the next one.

Each is one file named by the hash of its content: the setting's name and the choices that rebuild
the instance, exact.  Nothing is ever trusted: an entry is rebuilt by the setting's recipe and
decided like any other instance.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from verify.claims import Claim
from verify.errors import UsageError
from verify.files import write_text
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

    def _entries(self) -> Iterator[dict[str, Any]]:
        for path in sorted(self._folder.glob("*.json")):
            try:
                entry = json.loads(path.read_text())
                yield {
                    "setting": str(entry["setting"]),
                    "relation": entry["relation"],
                    "slack": float(entry["slack"]),
                    "choices": [_read(choice) for choice in entry["choices"]],
                }
            except (OSError, LookupError, TypeError, ValueError, ArithmeticError):
                continue  # not ours, or cut short

    def _write(self, claim: Claim, slack: float, choices: Any, setting: str) -> None:
        written = [c if isinstance(c, int) else str(Fraction(c)) for c in choices]
        content = json.dumps(
            {"setting": setting, "relation": str(claim.expanded), "choices": written}
        )
        name = hashlib.sha256(content.encode()).hexdigest()[:24]
        path = self._folder / f"{name}.json"
        if not path.exists():
            write_text(path, json.dumps(json.loads(content) | {"slack": slack}))


def _read(text: int | str) -> int | Fraction:
    return text if isinstance(text, int) else Fraction(text)
