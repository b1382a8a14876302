"""CITATION.cff is what the Citation File Format asks for, and agrees with the rest of the house."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from verify.references import entries
from verify.registry import theorems

ROOT = Path(__file__).parents[1]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAPERS = {"mulayoff2020unique": "M", "ziyin2022exact": "Z", "marion2024deep": "C"}
"""The three papers, and the letter of their theorems' ids."""


def test_the_fields_that_the_format_requires_are_there():
    assert {"cff-version", "message", "title", "authors"} <= CITATION.keys()
    assert (CITATION["cff-version"], CITATION["type"]) == ("1.2.0", "software")
    assert all(CITATION[name] for name in ("message", "title", "authors", "abstract", "keywords"))


def test_it_agrees_with_the_package():
    assert str(CITATION["version"]) == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["authors"] == PROJECT["authors"]
    assert CITATION["keywords"] == PROJECT["keywords"]


def test_it_lists_the_three_papers():
    assert len(CITATION["references"]) == len(PAPERS)


@pytest.mark.parametrize(
    ("paper", "key"), list(zip(CITATION["references"], PAPERS, strict=True)), ids=PAPERS.values()
)
def test_a_paper_is_the_one_of_the_bibliography(paper, key):
    names = [f"{each['given-names']} {each['family-names']}" for each in paper["authors"]]
    said = f"{' and '.join((', '.join(names[:-1]), names[-1]))}. {paper['title']}."
    entry = entries("theorems")[key]
    assert entry.citation == f"{said} {paper['conference']['name']}, {paper['year']}."
    assert paper["url"] == entry.links["arXiv"]


@pytest.mark.parametrize(
    ("paper", "letter"), list(zip(CITATION["references"], PAPERS.values(), strict=True))
)
def test_a_paper_names_its_theorems(paper, letter):
    first, last = re.fullmatch(r"The theorems (\w+) to (\w+)\.", paper["notes"]).groups()
    ids = sorted(name for name in theorems() if re.fullmatch(rf"{letter}\d+", name))
    assert (first, last) == (ids[0], ids[-1])
