"""What theorems cite is read from bibliographies as it stands, and told in plain words."""

import re
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest

from tests.toys import theorem
from verify import references
from verify.claims import Source
from verify.pages import page_of
from verify.references import entries, parse
from verify.registry import theorems

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "theorems" / "references.bib").read_text(encoding="utf-8")
OURS = entries("theorems")
NUMBERS = count()

ARTICLE = r"""@Article{knuth1984,
  author = {Donald E. Knuth and M{\"u}ller-L{\"u}denscheidt, J{\o}rgen},
  title  = "The {TeX}book, or $S^2$ \& more",
  journal = {Acta}, volume = {3}, number = 2,
  pages  = {1--9},
  year   = 1984,
  doi    = {https://doi.org/10.1000/182}
}"""

OF_M1 = ["mulayoff2020unique", "nar2018step", "kamber2025sharpness"]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Write a package with a bibliography and a page; return its name."""

    def make(text, page=""):
        name = f"toys_{next(NUMBERS)}"  # what was imported under a name stays
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "references.bib").write_bytes(text.encode("latin-1"))
        module = ModuleType(f"{name}.page", page)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return module.__name__

    monkeypatch.syspath_prepend(tmp_path)
    yield make
    entries.cache_clear()


def test_every_entry_of_the_file_is_read_as_it_stands():
    assert list(OURS) == re.findall(r"^@\w+{(.*),$", TEXT, re.MULTILINE)
    assert re.sub(r"\s+", "", "".join(e.bibtex for e in OURS.values())) == re.sub(r"\s+", "", TEXT)


def test_a_citation_is_plain():
    assert OURS["marion2024deep"].citation == (
        "Pierre Marion and Lénaïc Chizat. Deep linear networks for regression are implicitly "
        "regularized towards flat minima. Advances in Neural Information Processing Systems, 2024."
    )
    assert not any(re.search(r"[{}\\]", entry.citation) for entry in OURS.values())


def test_names_titles_and_places():
    entry = parse(ARTICLE)["knuth1984"]
    assert entry.bibtex == ARTICLE
    assert entry.citation == (
        "Donald E. Knuth and Jørgen Müller-Lüdenscheidt. The TeXbook, or $S^2$ & more. "
        "Acta 3(2), 1–9, 1984."
    )


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("{The certimin authors}", "The certimin authors"),
        ("Bach, Johann Sebastian", "Johann Sebastian Bach"),
        ("van der Waerden, Bartel and Noether, Emmy", "Bartel van der Waerden and Emmy Noether"),
        ("A One and B Two and C Three", "A One, B Two and C Three"),
        ("A One and others", "A One et al."),
    ],
)
def test_authors(authors, names):
    entry = parse(f"@misc{{x, author = {{{authors}}}, title = {{T}}}}")["x"]
    assert entry.citation == f"{names.rstrip('.')}. T."


@pytest.mark.parametrize(
    ("fields", "links"),
    [
        ("doi = {10.1000/182}", {"DOI": "https://doi.org/10.1000/182"}),
        ("doi = {http://dx.doi.org/10.1000/182}", {"DOI": "https://doi.org/10.1000/182"}),
        ("eprint = {2002.04710}, archiveprefix = {arXiv}", {"arXiv": "2002.04710"}),
        ("eprint = {hep-th/9901001}, eprinttype = {arxiv}", {"arXiv": "hep-th/9901001"}),
        ("eprint = {123}, archiveprefix = {jstor}", {}),
        ("title = {none}", {}),
    ],
)
def test_links(fields, links):
    found = parse(f"@misc{{x, {fields}}}")["x"].links
    prefix = "https://arxiv.org/abs/"
    assert {name: link.removeprefix(prefix) for name, link in found.items()} == links


def test_comments_strings_and_preambles_are_no_entries():
    text = "@string{j = {Acta}} @preamble{{x}} @comment{y} words\n@misc(a, title = j # { B})"
    found = parse(text)
    assert list(found) == ["a"]
    assert found["a"].bibtex == "@misc(a, title = j # { B})"
    assert found["a"].citation == "Acta B."


@pytest.mark.parametrize(
    "text", ["@misc{x, title = ", "@misc{,}", "@misc{a, x={1}} @misc{a, x={1}}"]
)
def test_what_is_no_bibtex_is_refused_in_one_line(text):
    with pytest.raises(ValueError, match=r"^.+$") as told:
        parse(text)
    assert "\n" not in str(told.value)


def test_a_page_cites_its_source_its_lemmas_and_what_it_names():
    known = theorems()
    assert references.keys(known["U1"]) == [
        "certimin2026", "sion1958general", "brickman1961field", "mulayoff2020unique",
        "marion2024deep",
    ]  # fmt: skip
    assert references.keys(known["M1"]) == OF_M1
    for each in known.values():
        assert references.keys(each)[0] == each.source.key


def test_every_key_that_a_page_names_is_in_the_bibliography():
    for each in theorems().values():
        said = page_of(each.module)["References"]
        assert set(re.findall(r"\b[a-z]+\d{4}[a-z]*\b", said)) <= set(references.keys(each))


def test_cited_holds_each_entry_once():
    found = references.cited(theorems().values())
    assert list(found) == sorted(found)
    assert set(found) <= set(OURS)
    assert found["horn1950singular"] == OURS["horn1950singular"].bibtex
    # what no page cites is left out
    assert references.cited([theorems()["M1"]]).keys() == set(OF_M1)


def test_a_plug_in_has_a_bibliography_of_its_own(package):
    page = "A page.\n\nReferences\n    a1; b2 for the bound, c3\n"
    module = package("@misc{a1, title={A}}\n@misc{b2, title={B}}\n@misc{d4, title={D}}", page)
    made = _by(module, "b2")
    assert references.keys(made) == ["b2", "a1"]
    assert references.cited([made]) == {"a1": "@misc{a1, title={A}}", "b2": "@misc{b2, title={B}}"}


def test_a_theorem_without_a_bibliography_cites_nothing():
    assert references.keys(theorem()) == []
    assert references.unreadable([theorem()]) == []


@pytest.mark.parametrize(("text", "said"), [("@misc{x,", "expected BibTeX"), ("\xe9", "UTF-8")])
def test_a_broken_bibliography_is_named_and_left_out(package, text, said):
    made = _by(package(text), "x")
    [line] = references.unreadable([made])
    assert line.startswith("references.bib of toys_")
    assert said in line
    assert "\n" not in line
    assert references.cited([made, theorems()["M1"]]).keys() == set(OF_M1)


def _by(module, key):
    """A toy theorem of a module, with this source."""
    return replace(theorem(module=module), source=Source(key, ""))
