"""What the kernel says is what counts: admitted, assumed and mistyped proofs are found out."""

import pytest

from tests.kernel import needs_coq
from tests.toys import claim, first, norm, theorem
from verify.errors import CertiminError, UsageError
from verify.formal import kernel
from verify.formal.kernel import ask
from verify.formal.sources import Sources

PAGE = theorem(claims=(claim(norm >= first, formal=True, name="lower"),), witnesses=())
STATEMENTS = """
Definition lower : Prop := forall toy_norm toy_first, toy_first <= toy_first + toy_norm.
Definition larger : Prop := forall toy_norm toy_first, S (toy_first + toy_norm) <= toy_first.
"""
TWIN = """
Theorem larger_false : ~ statements.toys.larger.
Proof. intro all; specialize (all 0 0); inversion all. Qed.
"""
PROOF = """
Theorem lower : statements.toys.lower.
Proof. intros n m; induction m; simpl; auto using le_0_n, le_n_S. Qed.
"""
ADMITTED = "Theorem lower : statements.toys.lower. Admitted."
ASSUMED = """
Axiom granted : statements.toys.lower.
Theorem lower : statements.toys.lower. Proof. exact granted. Qed.
"""
HOLE = "Theorem lower : forall {absurd : False}, statements.toys.lower. Proof. intros []. Qed."
OTHER = "Theorem lower : True. Proof. exact I. Qed."
BROKEN = "Theorem lower : statements.toys.lower. Proof. exact I. Qed."


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "statements").mkdir()
    (tmp_path / "_CoqProject").write_text("-Q . Toys\n")
    (tmp_path / "statements" / "toys.v").write_text(STATEMENTS)
    return tmp_path


def asked(folder, text):
    require = "From Toys.statements Require toys.\n"
    (folder / "toys.v").write_text(require + text)
    return ask(Sources(folder), [PAGE])


coq = [pytest.mark.slow, needs_coq]


@pytest.mark.parametrize(
    ("proof", "axioms"),
    [
        pytest.param(PROOF, [], marks=coq),
        pytest.param(ADMITTED, ["toys.lower"], marks=coq),
        pytest.param(ASSUMED, ["toys.granted"], marks=coq),
    ],
)
def test_what_a_proof_rests_on_is_said(folder, proof, axioms):
    made = asked(folder, proof + TWIN)
    assert made.claims["T.lower"].axioms == axioms
    assert made.claims["T.lower"].statement.startswith("forall toy_norm toy_first : nat, ")
    assert made.twins["toys.larger"].axioms == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(OTHER + TWIN, 'has type "True" while it is expected', marks=coq),
        pytest.param(BROKEN + TWIN, "has type", marks=coq),
        pytest.param(HOLE + TWIN, "has type", marks=coq),
        pytest.param(TWIN, "toys.v does not prove it", marks=coq[1:]),
        pytest.param(PROOF, "refutes no false twin", marks=coq[1:]),
    ],
)
def test_what_is_no_proof_is_refused(folder, text, reason):
    with pytest.raises(CertiminError, match=reason):
        asked(folder, text)


def test_without_coq_one_line_says_so(monkeypatch, folder):
    monkeypatch.setattr(kernel.shutil, "which", lambda name: None)
    with pytest.raises(UsageError, match="Coq is not installed: run `make proofs-install`"):
        asked(folder, PROOF + TWIN)
