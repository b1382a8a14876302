"""The table of theorems in docs/theorems.md is that of the theorems there are."""

import json
import os
import re
from pathlib import Path

import pytest
from rich.console import Console

from verify.formal.record import proved
from verify.registry import in_families, select, theorems
from verify.report import markdown
from verify.report.summary import WORTHS
from verify.runs.session import Options, verify

TABLE = Path(__file__).parents[2] / "docs" / "theorems.md"


def written():
    text = TABLE.read_text(encoding="utf-8")
    return text.partition(markdown.BEGIN)[2].partition(markdown.END)[0].strip()


def table(text=None):
    inside = written() if text is None else text
    lines = [line for line in inside.splitlines() if line.startswith("|")]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines[2:]]
    return [[cell.strip().replace("\\|", "|") for cell in row] for row in rows]


def test_every_theorem_has_its_row_in_order():
    records = [{"id": t.id, "module": t.module, "status": t.status} for t in theorems().values()]
    listed = [theorems()[record["id"]] for record in in_families(records)]
    expected = [[t.id, t.title, f"{t.source.key}, {t.source.where}"] for t in listed]
    assert [row[:3] for row in table()] == expected, "make table writes the table from a run"


def test_the_evidence_promised_is_that_of_the_theorem():
    for row in table():
        theorem, kinds = theorems()[row[0]], row[4].split(", ")
        assert row[3] in ((*WORTHS, "–") if theorem.status == "theorem" else ("–",))
        derived = (c.proof or (c.sizes and not proved(theorem, c)) for c in theorem.claims)
        assert ("symbolic" in kinds) == any(derived)  # a quick run derives at sizes what is left
        assert any(kind in kinds for kind in ("trained", "empirical")) == bool(theorem.trainings)
        assert row[5] == f"{len(theorem.controls)}/{len(theorem.controls)}"
        assert row[6] == ("✓ holds" if theorem.status == "theorem" else "○ open")


def alike_everywhere(row):
    """A row without what the last bit of a float decides.

    Settings and trainings round what floats found to rationals.  Another processor's floats may
    lead to numbers on which exact arithmetic gives up where it did not here, or the other way
    round; balls decide then, and the record says so.
    """
    kinds = row[4].split(", ")
    decided = ["decided" if kind in ("exact", "certified") else kind for kind in kinds]
    return [*row[:4], list(dict.fromkeys(decided)), *row[5:]]


def test_what_another_processor_may_say_is_the_route_alone():
    row = ["Z6", "t", "s", "derived", "symbolic, exact, trained", "4/4", "✓ holds"]
    other = [*row[:4], "symbolic, exact, certified, trained", *row[5:]]
    weaker = [*row[:4], "symbolic, trained", *row[5:]]
    assert alike_everywhere(row) == alike_everywhere(other) != alike_everywhere(weaker)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_whole_table_is_what_a_run_gives(tmp_path):
    """A run of its own, or the one that CERTIMIN_RESULTS names."""
    if folder := os.environ.get("CERTIMIN_RESULTS"):
        result = json.loads(Path(folder, "verify.json").read_text(encoding="utf-8"))
    else:
        result = verify(select([]), Options(jobs=2, out=tmp_path), Console(stderr=True))
    found = markdown.render(result)
    assert list(map(alike_everywhere, table(found))) == list(map(alike_everywhere, table()))
    assert found.partition("|")[0].split() == written().partition("|")[0].split()
