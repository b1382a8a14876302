"""What is altered is code that runs, and a survivor is excused by its own words only."""

import tomllib
from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray", reason="the extra mutants is not installed")

from benchmarks import mutants

CODE = "def f(x: int | None) -> int:\n    return x + 1 if x else 0\n"


def made(code):
    """Every mutant of a module, one list for each of its places."""
    places = mutants.places(code).values()
    every = [[mutants.mutant("f.py", code, *m) for m in place] for place in places]
    return [found for found in ([m for m in place if m] for place in every) if found]


def test_places_are_altered_in_many_ways_but_annotations_in_none():
    placed = made(CODE)
    assert {m.was for place in placed for m in place} == {"return x + 1 if x else 0"}
    altered = {m.now for place in placed for m in place}
    assert {"return x - 1 if x else 0", "return x + 1 if not x else 0"} <= altered
    assert len(placed) == 4  # the sum, its number, the condition, the other number
    assert all(m.line == 2 for place in placed for m in place)


def test_the_sample_is_that_of_its_seed(monkeypatch):
    monkeypatch.setattr(mutants, "TESTS", {"verify/evidence.py": ()})
    first, again, other = (next(mutants.shuffled(seed)).key for seed in (0, 0, 1))
    assert first == again != other


def test_a_place_keeps_its_number_whatever_stands_before_it():
    for code in (f"y = 1\n{CODE}", f"y = 1\n\n{CODE}"):
        assert mutants.places(CODE).keys() <= mutants.places(code).keys()


def test_every_test_named_for_a_file_is_there():
    for file in mutants.TESTS:
        for each in mutants.tests(file):
            path, _, name = each.partition("::")
            text = (mutants.ROOT / path).read_text(encoding="utf-8")
            assert not name or f"def {name}(" in text


def test_a_survivor_is_excused_by_its_own_words(monkeypatch):
    known = mutants.Mutant("f.py", 1, "a < b", "a <= b", "")
    other = mutants.Mutant("f.py", 1, "a < b", "a > b", "")
    monkeypatch.setattr(mutants, "reasons", lambda: {tuple(known.key): "a is never b"})
    lines = list(mutants.report(8, [known, other]))
    assert lines[0] == "killed 6 of 8 (75.0%), survivors:"
    assert lines[1].endswith("a is never b")
    assert lines[2].endswith("a gap")


def test_every_reason_is_given_for_a_file_that_is_altered():
    listed = tomllib.loads(Path(mutants.ROOT, mutants.REASONS).read_text(encoding="utf-8"))
    assert all(each["reason"] and each["file"] in mutants.TESTS for each in listed["mutant"])
