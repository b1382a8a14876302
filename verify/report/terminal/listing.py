"""A run with titles: of each theorem its kinds of evidence, controls and time."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from verify.report.characters import plain
from verify.report.summary import (
    SYMBOLS,
    Support,
    count_text,
    refuted_controls,
    seconds_text,
    standing,
    support,
    worth,
)
from verify.report.terminal.screen import WIDTH, put_lines, put_marked, text, verdict

__all__ = ["short", "show_listing", "working_seconds"]

_SHORT = {
    "derived at listed sizes": "at sizes",
    "derived in part": "in part",
    "inconclusive": "undecided",
}


def show_listing(theorems: list[dict[str, Any]], console: Console) -> None:
    """Print each theorem with its title; below it its level, evidence, controls and time."""
    wide = max((len(theorem["id"]) for theorem in theorems), default=0)
    for theorem in theorems:
        mark = verdict(standing(theorem), console, sign_only=True).append(" ")
        mark.append_text(text(theorem["id"].ljust(wide), console, "default bold"))
        put_marked(mark, plain(theorem["title"]), console, most=WIDTH, indent=0)
        parts = (
            worth(theorem) or standing(theorem),
            ", ".join(_brief(found) for found in support(theorem)) or "no evidence",
            f"controls {refuted_controls(theorem)}",
            seconds_text(working_seconds(theorem)),
        )
        put_lines(["; ".join(parts)], console, indent=mark.cell_len + 1)


def short(word: str) -> str:
    """Return a level or a verdict in a word or two, for a table."""
    return _SHORT.get(word, word)


def _brief(found: Support) -> str:
    """A kind of evidence and how much there is; how far derivations go, `certimin show` tells."""
    sign = "" if found.verdict == "holds" else SYMBOLS[found.verdict]
    if found.kind == "symbolic":
        return f"symbolic {found.claims}/{found.of}{sign}"
    return f"{found.kind} {count_text(found.count)}{sign}"


def working_seconds(theorem: dict[str, Any]) -> float:
    """Return its working time; several workers may have shared it."""
    evidence = [e for c in theorem["claims"] for e in c["evidence"] if e["kind"] != "symbolic"]
    parts = [*evidence, *theorem["controls"], *theorem["witnesses"], *theorem["derivation"]]
    return float(sum(part["seconds"] for part in parts))
