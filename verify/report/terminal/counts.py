"""The evidence of a theorem as a table: claims by kinds, how much of each there is."""

from __future__ import annotations

from typing import Any

from verify.evidence import KINDS, worst
from verify.report.summary import SYMBOLS, count_text

__all__ = ["counted", "tried_at"]


def counted(theorem: dict[str, Any], width: int) -> list[str]:
    """Return the lines of the table; a count that does not hold has the sign of its verdict."""
    found = {e["kind"] for claim in theorem["claims"] for e in claim["evidence"]}
    kinds = [kind for kind in KINDS if kind in found]
    rows = [["claim", *kinds]]
    for claim in theorem["claims"]:
        name = claim["id"].removeprefix(f"{theorem['id']}.")
        rows.append([name, *(_cell(claim, kind) for kind in kinds)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    gap = "  " if sum(widths) + 2 * len(kinds) <= width else " "
    return [_line(row, widths, gap) for row in rows]


def _line(cells: list[str], widths: list[int], gap: str) -> str:
    """A name to the left, counts to the right."""
    name, *others = zip(cells, widths, strict=True)
    return gap.join((name[0].ljust(name[1]), *(c.rjust(w) for c, w in others))).rstrip()


def tried_at(theorem: dict[str, Any]) -> str:
    """Return at which sizes instances were decided, each scope once, "" where there were none."""
    found = [e for claim in theorem["claims"] for e in claim["evidence"] if e["kind"] in _INSTANCES]
    return "; ".join(dict.fromkeys(e["scope"] for e in found if e["scope"]))


_INSTANCES = ("exact", "certified", "searched", "sampled")


def _cell(claim: dict[str, Any], kind: str) -> str:
    """The counts of one kind together; the same networks may serve several claims."""
    found = [e for e in claim["evidence"] if e["kind"] == kind]
    if not found:
        return ""
    word = worst(e["verdict"] for e in found)
    sign = "" if word == "holds" else f"{SYMBOLS[word]} "
    return f"{sign}{count_text(sum(e['count'] for e in found))}"
