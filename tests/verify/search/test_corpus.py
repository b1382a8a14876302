"""What a search found is tried first by the next one, and never believed."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.toys import NUMBERS, claim, first, norm, total
from verify import records
from verify.claims import SETTINGS, Setting
from verify.errors import UsageError
from verify.search.budget import Budget
from verify.search.corpus import Corpus
from verify.search.pipeline import attack
from verify.search.record import Near

FLOATS = Budget(batches=3, batch_size=300)
NOTHING = Budget()


@pytest.fixture(autouse=True)
def known_by_name(monkeypatch):
    monkeypatch.setitem(SETTINGS, "numbers", NUMBERS)


@pytest.fixture
def corpus(tmp_path):
    return Corpus(tmp_path / "corpus")


def kept(corpus, relation, budget=FLOATS):
    result = attack(claim(relation), seed=0, budget=budget, corpus=corpus)
    corpus.keep(claim(relation), result)
    return result


def test_a_counterexample_is_found_again_without_any_search(corpus):
    before = kept(corpus, norm <= first).found
    again = attack(claim(norm <= first), seed=1, budget=NOTHING, corpus=corpus).found
    assert again.found_by == "corpus"
    assert again.choices == before.choices


def test_it_is_tried_on_other_claims_of_the_setting(corpus):
    kept(corpus, first <= 0)
    assert attack(claim(total <= 0), seed=1, budget=NOTHING, corpus=corpus).found


def test_and_over_settings_that_have_it_as_a_special_one(corpus):
    kept(corpus, first <= 0)
    wider = replace(NUMBERS, name="wider", special=("numbers",))
    result = attack(claim(first <= 0, setting=wider), seed=1, budget=NOTHING, corpus=corpus)
    assert result.found.setting is NUMBERS


def test_but_not_over_others(corpus):
    kept(corpus, first <= 0)
    other = Setting("other", "", NUMBERS.build)
    assert not attack(claim(first <= 0, setting=other), seed=1, budget=NOTHING, corpus=corpus).found


def test_near_misses_of_a_survivor_are_kept_once(corpus, tmp_path):
    kept(corpus, norm >= first)
    files = sorted((tmp_path / "corpus").iterdir())
    assert files
    kept(corpus, norm >= first)
    assert sorted((tmp_path / "corpus").iterdir()) == files
    near = next(corpus.candidates(claim(norm >= first)))
    assert all(isinstance(c, int | Fraction) for c in near.choices)


def test_what_is_not_ours_is_left_alone(corpus, tmp_path):
    kept(corpus, first <= 0)
    (path,) = (tmp_path / "corpus").iterdir()
    path.with_name("cut.json").write_text(path.read_text()[:20])
    path.with_name("odd.json").write_text("[1, 2]")
    path.with_name("alien.json").write_text(json.dumps({"setting": "numbers", "slack": 0}))
    assert len(list(corpus.candidates(claim(first <= 0)))) == 1


def test_an_entry_that_no_longer_fits_its_recipe_is_passed_over(corpus, tmp_path):
    kept(corpus, first <= 0)
    (path,) = (tmp_path / "corpus").iterdir()
    records.write(path, records.read(path) | {"choices": [3]})
    assert attack(claim(first <= 0), seed=0, budget=NOTHING, corpus=corpus).found is None


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="--out"):
        Corpus(tmp_path / "file" / "corpus")


@pytest.mark.parametrize(
    "damage",
    [
        {"setting": ["numbers"]},
        {"slack": "low"},
        {"choices": 5},
        {"choices": ["1/0"]},
        {"choices": [{}]},
    ],
)
def test_damaged_entries_are_passed_over(corpus, tmp_path, damage):
    kept(corpus, norm <= first)
    path = next((tmp_path / "corpus").glob("*.json"))
    records.write(path, records.read(path) | damage)
    assert attack(claim(norm <= first), seed=1, budget=NOTHING, corpus=corpus).found is None


def test_an_entry_that_was_changed_is_left_out_and_written_again(corpus, tmp_path, capsys):
    kept(corpus, norm <= first)
    (path,) = (tmp_path / "corpus").iterdir()
    before = path.read_text()
    path.write_text(before.replace('"slack"', '"slick"'))
    records.complain.cache_clear()
    assert list(corpus.candidates(claim(norm <= first))) == []
    list(corpus.candidates(claim(norm <= first)))
    assert capsys.readouterr().err == (
        f"certimin: corpus: 1 of 1 entries in {path.parent} do not check and are left out\n"
    )
    kept(corpus, norm <= first)
    assert path.read_text() == before


def test_an_entry_of_before_there_were_digests_is_known_by_its_name(corpus, tmp_path):
    kept(corpus, norm <= first)
    (path,) = (tmp_path / "corpus").iterdir()
    entry = json.loads(path.read_text())
    old = {key: entry[key] for key in ("setting", "relation", "choices", "slack")}
    path.write_text(json.dumps(old))
    assert len(list(corpus.candidates(claim(norm <= first)))) == 1
    path.write_text(json.dumps(old | {"relation": "x"}))
    assert list(corpus.candidates(claim(norm <= first))) == []


def test_what_cannot_be_rebuilt_is_passed_over():
    class Remembered:
        def candidates(self, claim):
            yield Near(-1.0, (), claim.setting)
            yield Near(-1.0, (1, Fraction(-1)), claim.setting)

    found = attack(claim(first >= 0), seed=0, budget=NOTHING, corpus=Remembered()).found
    assert found.found_by == "corpus"
