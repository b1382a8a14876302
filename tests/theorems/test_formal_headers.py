"""The head of a formal statement is the title of its page: a reader of either reads one claim."""

import re

import pytest

from verify.formal.record import module_of
from verify.formal.sources import beside
from verify.registry import theorems

PROVED = [
    theorem
    for theorem in theorems().values()
    if any(claim.formal for claim in theorem.claims)
    and theorem.module.partition(".")[0] == "theorems"
]


def head(theorem, place):
    """The comment at the head of a file of proofs, on one line."""
    text = (beside(theorem.module).folder / place / f"{module_of(theorem)}.v").read_text("utf-8")
    found = re.match(r"\(\*(.*?)\*\)", text, re.DOTALL)
    assert found is not None
    return " ".join(found[1].split())


@pytest.mark.parametrize("theorem", PROVED, ids=lambda theorem: theorem.id)
def test_the_statements_bear_the_title_of_the_page(theorem):
    title = theorem.title[0].lower() + theorem.title[1:]
    assert f"{head(theorem, 'statements')} ".startswith(f"{theorem.id}: {title}. ")


@pytest.mark.parametrize("theorem", PROVED, ids=lambda theorem: theorem.id)
def test_the_proofs_bear_the_id_of_the_page(theorem):
    assert head(theorem, ".").startswith(f"{theorem.id}. ")
