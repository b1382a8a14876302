"""One suite every theorem must pass, ours or a third party's: shape, not truth.

Truth is decided by ``make verify``; here a theorem must be complete, citable and printable.
"""

import re
from importlib import import_module
from pathlib import Path

import pytest

from verify.claims import QUANTITIES, Claim, decide
from verify.registry import theorems

ALL = list(theorems().values())
SECTIONS = (
    "Statement", "Notation", "Assumptions", "Proof", "Sharpness", "Implementation notes",
    "References",
)  # fmt: skip
OBLIGATORY = {"Statement", "References"}
BIBLIOGRAPHY = (Path(__file__).parents[2] / "theorems" / "references.bib").read_text()

each = pytest.mark.parametrize("theorem", ALL, ids=lambda t: t.id)


@each
def test_docstring_has_its_sections_in_order(theorem):
    text = import_module(theorem.module).__doc__
    found = re.findall(r"^([A-Z][a-z]+(?: [a-z]+)?)$", text, re.MULTILINE)
    assert set(found) >= OBLIGATORY
    assert found == [section for section in SECTIONS if section in found]


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
