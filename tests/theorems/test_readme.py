"""The README's table of theorems is that of the theorems there are."""

import re
from pathlib import Path

import pytest
from rich.console import Console

from verify.evidence import LEVELS
from verify.registry import in_families, select, theorems
from verify.report import markdown
from verify.runs.session import Options, verify

README = Path(__file__).parents[2] / "README.md"


def table():
    text = README.read_text(encoding="utf-8")
    inside = text.partition(markdown.BEGIN)[2].partition(markdown.END)[0].strip()
    lines = [line for line in inside.splitlines() if line.startswith("|")]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines[2:]]
    return [[cell.strip().replace("\\|", "|") for cell in row] for row in rows]


def test_every_theorem_has_its_row_in_order():
    records = [{"id": t.id, "module": t.module, "status": t.status} for t in theorems().values()]
    listed = [theorems()[record["id"]] for record in in_families(records)]
    expected = [[t.id, t.title, f"{t.source.key}, {t.source.where}"] for t in listed]
    assert [row[:3] for row in table()] == expected, "make readme writes the table from a run"


def test_the_evidence_promised_is_that_of_the_theorem():
    for row in table():
        theorem, kinds = theorems()[row[0]], row[4].split(", ")
        assert row[3] in ((*LEVELS, "–") if theorem.status == "theorem" else ("–",))
        assert ("symbolic" in kinds) == any(claim.has_derivation for claim in theorem.claims)
        assert any(kind in kinds for kind in ("trained", "empirical")) == bool(theorem.trainings)
        assert row[5] == f"{len(theorem.controls)}/{len(theorem.controls)}"
        assert row[6] == ("✓ holds" if theorem.status == "theorem" else "○ open")


@pytest.mark.slow
def test_the_whole_table_is_what_a_run_gives(tmp_path):
    result = verify(select([]), Options(jobs=2, out=tmp_path), Console(stderr=True))
    assert markdown.render(result) in README.read_text(encoding="utf-8")
