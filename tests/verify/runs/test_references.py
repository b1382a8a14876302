"""A run records the works that its theorems cite; older records without them are still read."""

import json

import jsonschema
from rich.console import Console

from verify import report
from verify.references import entries
from verify.registry import select
from verify.report.shape import SCHEMA_FILE, fault
from verify.runs import session


def test_a_record_holds_what_its_theorems_cite(tmp_path, monkeypatch):
    monkeypatch.setattr(session, "run", lambda listed, *rest: listed)
    monkeypatch.setattr(session, "assemble", lambda *rest, **options: [])
    monkeypatch.setattr(session, "overall", lambda records: "holds")
    options = session.Options(out=tmp_path)
    result = session.verify(select(["F1"]), options, Console(stderr=True))
    key = "arora2018optimization"
    assert result["references"] == {key: entries("theorems")[key].bibtex}
    stored = report.load(tmp_path)
    assert stored["references"] == result["references"]
    jsonschema.validate(stored, json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


def test_records_without_references_are_read(tmp_path):
    older = {
        "schema": 2, "environment": {}, "seed": 0, "profile": "quick", "seconds": 1.0,
        "verdict": "holds", "theorems": [],
    }  # fmt: skip
    older["environment"] = dict.fromkeys(
        ("certimin", "python", "platform", "ground_types", "backend", "command"), "x"
    ) | {"packages": {}, "jobs": 1}
    assert fault(older) is None
    assert fault(older | {"references": {"a": 1}}) == (
        "report.references.a: expected string, got 1"
    )
