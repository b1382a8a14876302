"""Comparing two runs: every word that counts is seen, and wrong use is one line."""

import json
from copy import deepcopy

import pytest

from benchmarks import compare
from verify.environment import describe
from verify.errors import UsageError
from verify.registry import select
from verify.runs.verdicts import outline


@pytest.fixture(scope="module")
def record():
    found = outline(select(["M1"])[0])
    assert found["derivation"]
    assert found["controls"]
    assert found["witnesses"]
    return found


CHANGES = {
    "derivation": lambda r: r["derivation"][0].update(verdict="refuted"),
    "statement": lambda r: r.update(statement="0 = 0"),
    "title": lambda r: r.update(title="another"),
    "normalisation": lambda r: r.update(normalisation="another"),
    "source": lambda r: r.update(source={"key": "a", "where": "b"}),
    "claim's statement": lambda r: r["claims"][0].update(statement="0 = 0"),
    "claim's title": lambda r: r["claims"][0].update(title="another"),
    "claim's assumptions": lambda r: r["claims"][0].update(assumptions=["1 = 1"]),
    "claim's setting": lambda r: r["claims"][0].update(setting="another"),
    "level": lambda r: r.update(level="derived"),
    "claim's level": lambda r: r["claims"][0].update(level="sampled"),
    "claim's part": lambda r: r["claims"][0].update(check=not r["claims"][0]["check"]),
    "control's statement": lambda r: r["controls"][0].update(statement="0 = 0"),
    "witness's statement": lambda r: r["witnesses"][0].update(statement="0 = 0"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_word_differs(record, name, capsys):
    after = deepcopy(record)
    CHANGES[name](after)
    assert compare.compared({"M1": record}, {"M1": after}, []) == 1
    assert "1 differ" in capsys.readouterr().out


def test_a_run_does_not_differ_from_itself(record, capsys):
    assert compare.compared({"M1": record}, {"M1": deepcopy(record)}, ["M1"]) == 0
    assert "0 differ" in capsys.readouterr().out


def test_the_text_of_a_derivation_line_is_listed(record, capsys):
    after = deepcopy(record)
    after["derivation"][0]["statement"] = "told otherwise"
    assert compare.compared({"M1": record}, {"M1": after}, []) == 0
    assert "told otherwise" in capsys.readouterr().out


@pytest.fixture
def stored(record, tmp_path):
    file = tmp_path / "verify.json"
    place = describe(backend="numpy", jobs=1, command="certimin verify")
    whole = {"schema": 2, "environment": place, "seed": 0, "profile": "quick", "seconds": 0.0}
    file.write_text(json.dumps({**whole, "verdict": "holds", "theorems": [record]}))
    return file


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "got nothing"),
        (["FILE"], "expected BEFORE AFTER"),
        (["FILE", "nowhere.json"], "cannot read nowhere.json"),
        (["FILE", "EMPTY"], "cannot read"),
        (["FILE", "BROKEN"], "is not a verify.json"),
        (["FILE", "FILE", "NOPE"], "unknown theorem 'NOPE'"),
    ],
)
def test_wrong_use_is_one_line(stored, tmp_path, arguments, says):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.json").write_text("{")
    places = {"FILE": stored, "EMPTY": tmp_path / "empty", "BROKEN": tmp_path / "broken.json"}
    with pytest.raises(UsageError) as caught:
        compare.main([str(places.get(name, name)) for name in arguments])
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
