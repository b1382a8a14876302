"""What becomes of altered statements: the kernel tells breaking proofs, and a reason must fit."""

from pathlib import Path

import pytest

from tests.kernel import needs_coq
from tests.toys import claim, first, norm, theorem
from verify.errors import UsageError
from verify.formal.kernel import folders
from verify.formal.mutants import dropped, mutants
from verify.formal.sources import Sources
from verify.formal.trials import KILLED, outcomes, reasons, verdict

PAGE = theorem(claims=(claim(norm >= first, formal=True, name="lower"),), witnesses=())
STATEMENTS = """
Definition needless (n : nat) : Prop := n = n.
Definition lower : Prop := forall n m : nat, needless n -> m <= n -> m < n + 1.
Definition weaker : Prop := forall n m : nat, needless n -> m < n + 1.
"""
PROOFS = """
From Toys.statements Require toys.
Require Import PeanoNat.
Theorem lower : statements.toys.lower.
Proof.
intros n m free le. rewrite Nat.add_1_r.
apply le_n_S. exact le.
Qed.
Theorem weaker_false : ~ statements.toys.weaker.
Proof. intro all; exact (Nat.lt_irrefl 1 (all 0 1 eq_refl)). Qed.
"""
REASON = """
[[mutant]]
page = "toys"
claim = "lower"
change = "{change}"
reason = "it names n"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "statements").mkdir()
    (tmp_path / "_CoqProject").write_text("-Q . Toys\n")
    (tmp_path / "statements" / "toys.v").write_text(STATEMENTS)
    (tmp_path / "toys.v").write_text(PROOFS)
    return tmp_path


def changes(statement):
    return {each.change: each.text for each in mutants("page", "claim", statement)}


def test_a_hypothesis_is_left_out_with_its_binders_kept():
    found = changes("forall n, (forall k, (k < n)%N) -> forall j, (j < n)%N -> 0 < n")
    assert found["without (forall k, (k < n)%N)"] == (
        "forall n, True -> forall j, (j < n)%N -> 0 < n"
    )
    assert found["without (j < n)%N"].endswith("-> forall j, True -> 0 < n")


def test_places_of_one_change_are_told_apart():
    assert list(changes("2 * a <= 2 + b")) == ["3 for 2", "3 for 2, place 2", "< for <="]


def test_a_twin_lacks_the_hypothesis():
    without, *_ = mutants("page", "claim", "forall n, 0 < n -> 1 <= n")
    assert dropped(without).text == "forall n, 1 <= n"


@pytest.mark.parametrize("outcome", KILLED)
def test_a_killed_mutant_needs_no_reason(outcome):
    assert verdict(outcome, "") == "killed"
    assert verdict(outcome, "any") == "unexplained"


@pytest.mark.parametrize("outcome", ["proved all the same", "not decided in time"])
def test_what_is_not_killed_needs_one(outcome):
    assert verdict(outcome, "") == "unexplained"
    assert verdict(outcome, "any") == "explained"


def test_a_reason_for_what_no_statement_has_is_refused(folder):
    (folder / "mutants.toml").write_text(REASON.format(change="without needless n"))
    assert reasons(Sources(folder)) == {("toys", "lower", "without needless n"): "it names n"}
    (folder / "mutants.toml").write_text(REASON.format(change="4 for 3"))
    with pytest.raises(UsageError, match=r"expected an alteration of toys\.lower, got 4 for 3"):
        reasons(Sources(folder))


@needs_coq
@pytest.mark.slow
def test_the_kernel_tells_them_apart(folder):
    found = {each.change: said for each, said in outcomes(Sources(folder), [PAGE], 10, 0)}
    assert found == {
        "without needless n": "proved all the same",
        "without m <= n": "refuted by a twin",
        "2 for 1": "no longer proved by its proof",
    }


@needs_coq
@pytest.mark.slow
def test_of_a_page_all_of_a_sample_are_killed():
    sources, theorems = next(
        (sources, [each for each in owned if each.id == "N12"])
        for sources, owned in folders()
        if Path(sources.folder).parent.name == "theorems"
    )
    found = [said for _, said in outcomes(sources, theorems, 6, 0)]
    assert len(found) == 6
    assert all(said in KILLED for said in found)
