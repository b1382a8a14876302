"""``certimin audit``: what an interruption leaves, and what is refused before any work."""

import json
from types import SimpleNamespace

import pytest

from verify.search import audit as audits
from verify.search.record import Attack


@pytest.fixture
def attacks(monkeypatch):
    """Let the attacks end as given, one after the other."""

    def ending(*results):
        left = iter(results)
        dropped = [("first", [None]), ("second", [None])]
        monkeypatch.setattr(audits, "_weakened", lambda claim: dropped)
        monkeypatch.setattr(audits, "attack", lambda *_, **__: next(left))

    return ending


def test_an_interrupted_finding_is_not_called_not_broken(certimin, attacks, tmp_path):
    file = tmp_path / "audit.json"
    attacks(Attack(valid=5), Attack(valid=2, interrupted=True))
    code, out, err = certimin("audit", "M1", "--json", file)
    assert code == 3
    assert err == "certimin: interrupted: complete findings: 1; the rest is left out\n"
    assert [finding["instances"] for finding in json.loads(file.read_text())] == [5]
    assert out.count("not broken") == 1


def test_a_witness_found_before_the_interruption_is_kept(certimin, attacks, tmp_path):
    file = tmp_path / "audit.json"
    decision = SimpleNamespace(lhs="2", rhs="1")
    instance = SimpleNamespace(to_json=dict)
    found = SimpleNamespace(instance=instance, decision=decision, to_json=dict)
    attacks(Attack(valid=5, found=found, interrupted=True))
    assert certimin("audit", "M1", "--json", file)[0] == 3
    assert [finding["verdict"] for finding in json.loads(file.read_text())] == ["needed"]


@pytest.mark.parametrize("place", ["folder", "file/deeper"])
def test_findings_that_cannot_be_written_cost_no_work(certimin, attacks, tmp_path, place):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    attacks()  # one would raise
    code, out, err = certimin("audit", "M1", "--json", tmp_path / place)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"certimin: --json: cannot write {tmp_path / place}: ")
