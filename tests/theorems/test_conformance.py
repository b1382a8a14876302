"""One suite every theorem must pass, ours or a third party's: shape, not truth.

Truth is decided by ``make verify``; here a theorem must be complete, citable and printable.
"""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from verify.claims import QUANTITIES, SETTINGS, Claim, decide
from verify.pages import SECTIONS, page_of
from verify.registry import theorems
from verify.report.mathematics import mathml, pieces
from verify.report.prose import Display, blocks

ALL = list(theorems().values())
OBLIGATORY = {"Statement", "References"}
BIBLIOGRAPHY = (Path(__file__).parents[2] / "theorems" / "references.bib").read_text()

each = pytest.mark.parametrize("theorem", ALL, ids=lambda t: t.id)


@each
def test_docstring_has_its_sections_in_order(theorem):
    text = import_module(theorem.module).__doc__
    found = re.findall(r"^([A-Z][a-z]+(?: [a-z]+)?)$", text, re.MULTILINE)
    assert set(found) >= OBLIGATORY
    assert found == [section for section in SECTIONS if section in found]


FORMULA = re.compile(r"[<>=≤≥≠→⟹⟺∝^]|\biff\b")
"""What makes words a formula that says something; a title has none."""


@each
def test_a_title_has_words_and_no_formula(theorem):
    assert not re.search(r"[<>=≤≥≠→⟹⟺∝^|²_√Σ∇\\]", theorem.title)


def _statement(theorem):
    """The sentences of the section Statement of a page, displays joined to what leads to them."""
    text = import_module(theorem.module).__doc__.replace("->", "→")
    section = re.search(r"^Statement\n(.*?)(?=^[A-Z][a-z ]+\n)", text, re.MULTILINE | re.DOTALL)[1]
    found = [""]
    for part in (" ".join(part.split()) for part in re.split(r"\n\s*\n", section)):
        if found[-1].endswith((".", "]", "]:")):
            found.append(part)
        else:
            found[-1] += f" {part}"
    return [sentence.strip() for sentence in found if sentence.strip()]


def _named(theorem, sentence):
    """Ids of the claims that a sentence names in square brackets, [lower] or [M1.lower, path]."""
    listed = [x for found in re.findall(r"\[([^\[\]]+)\]", sentence) for x in found.split(", ")]
    words = [name for name in listed if re.fullmatch(r"(\w+\.)?[a-z_]\w*", name)]
    return {name if "." in name else f"{theorem.id}.{name}" for name in words}


@each
def test_each_formula_of_the_statement_is_a_claim(theorem):
    """A sentence that says more than its hypotheses ("Let ...") names the claims that say it."""
    known = {claim.id for t in ALL for claim in t.claims}
    for sentence in _statement(theorem):
        if FORMULA.search(sentence) and not sentence.startswith("Let "):
            assert _named(theorem, sentence) & known, sentence
            assert _named(theorem, sentence) <= known


@each
def test_the_statement_names_each_claim_that_is_no_check(theorem):
    named = {name for sentence in _statement(theorem) for name in _named(theorem, sentence)}
    assert named >= {claim.id for claim in theorem.claims if not claim.check}


MATHS = re.compile(r"[\^_=<>≤≥≠→⟹⟺∝√∇⊗⪰≻ᵀ²³⁻]|[Α-Ωα-ω]")
"""What only a formula has, so that it stands between dollars."""


def _unmarked(text):
    """What is outside formulas, code, and the names of claims."""
    words = "".join(piece for is_formula, piece in pieces(text) if not is_formula)
    return re.sub(r"``[^`]*``|\b[A-Z]\w*\.\w+|\[[\w., ]+\]|:\w+:`[^`]*`", "", words)


def _formulas(text):
    return [piece for is_formula, piece in pieces(text) if is_formula]


@each
def test_formulas_of_the_page_are_marked_and_typeset(theorem):
    """Inline between dollars, displayed indented: nothing else is typeset, and all of it can be."""
    for section, text in page_of(theorem.module).items():
        if section == "References":
            continue
        for block in blocks(text):
            display = isinstance(block, Display) and "$" not in block.text
            formulas = [block.text] if display else _formulas(block.text)
            assert [f for f in formulas if "<code" in mathml(f)] == []
            assert display or not MATHS.search(_unmarked(block.text)), block.text


@each
def test_formulas_in_titles_are_marked_and_typeset(theorem):
    claims = [*theorem.claims, *(control.claim for control in theorem.controls)]
    texts = [claim.title for claim in claims] + [theorem.normalisation]
    texts += [w.statement for w in theorem.exhibits] + [t.title for t in theorem.trainings]
    for text in texts:
        assert [f for f in _formulas(text) if "<code" in mathml(f)] == []
        assert not MATHS.search(_unmarked(text)), text


@each
def test_a_section_holds_no_heading_that_is_not_known(theorem):
    """What stands at the margin is a heading: under another name it would be taken for text."""
    docstring = import_module(theorem.module).__doc__
    body = docstring.partition("\nStatement\n")[2]
    assert {line for line in body.splitlines() if line[:1].strip(" -")} <= set(SECTIONS)


@each
def test_a_cited_lemma_is_in_the_bibliography(theorem):
    for lemma in (lemma for claim in theorem.claims for lemma in claim.cites):
        assert re.search(rf"@\w+{{{lemma.source.key},", BIBLIOGRAPHY)
        assert lemma.statement


@each
def test_no_page_takes_a_limit_for_a_proof(theorem):
    """SymPy's limits are wrong at times: a page tells them by the step Limit."""
    assert "limit(" not in inspect.getsource(import_module(theorem.module)).replace("_limit(", "")


@each
def test_no_page_writes_its_headline(theorem):
    assert not theorem.statement


@each
def test_no_claim_of_a_page_is_left_out(theorem):
    """A claim that no theorem lists would never be decided."""
    defined = [v for v in vars(import_module(theorem.module)).values() if isinstance(v, Claim)]
    assert all(claim.theorem for claim in defined)


@each
def test_source_is_in_the_bibliography(theorem):
    assert re.search(rf"@\w+{{{theorem.source.key},", BIBLIOGRAPHY)


@each
def test_ids_are_unique_and_carry_the_theorems_id(theorem):
    ids = [claim.id for claim in theorem.claims]
    ids += [control.claim.id for control in theorem.controls]
    ids += [training.id for training in theorem.trainings]
    ids += [witness.id for witness in theorem.witnesses]
    assert len(ids) == len(set(ids))
    assert all(name.startswith(f"{theorem.id}.") for name in ids)


@each
def test_parts_refer_to_claims_that_exist(theorem):
    known = {claim.id for claim in theorem.claims}
    assert {exhibit.claim.id for exhibit in theorem.exhibits} <= known
    assert {claim.id for training in theorem.trainings for claim in training.claims} <= known


@each
def test_a_theorem_has_controls_witnesses_and_a_normalisation(theorem):
    assert theorem.normalisation
    if theorem.status == "theorem":
        assert theorem.controls
        assert theorem.witnesses


@each
def test_relations_name_known_quantities_and_print(theorem):
    for claim in [*theorem.claims, *(control.claim for control in theorem.controls)]:
        assert {s.name for s in claim.expanded.free_symbols} <= set(QUANTITIES)
        assert claim.latex
        assert claim.title


@each
def test_every_proof_can_be_said(theorem):
    for claim in theorem.claims:
        assert claim.proof is None or claim.proof()


@each
def test_necessity_witnesses_concern_assumptions_of_their_claim(theorem):
    for item in theorem.necessity:
        claim = theorem.claim(item.claim.id)
        assert item.assumption in claim.assumptions
        assert decide(claim, item.instance()).outcome == "invalid"


def test_bibliography_keys_are_unique():
    keys = re.findall(r"@\w+{([^,]+),", BIBLIOGRAPHY)
    assert len(keys) == len(set(keys))


def test_a_setting_is_known_by_its_name():
    """So that a conjecture may be searched over it, and no two settings share a name."""
    for theorem in theorems().values():
        for claim in (*theorem.claims, *(control.claim for control in theorem.controls)):
            assert SETTINGS[claim.setting.name] is claim.setting, claim.id
