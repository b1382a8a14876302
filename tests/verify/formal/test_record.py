"""A kernel's record counts for its own files and claim alone: nothing else is called proved."""

from dataclasses import replace

import pytest

from tests.toys import NUMBERS, claim, first, norm, theorem
from verify.errors import UsageError
from verify.formal import record as records
from verify.formal.record import Entry, Record, evidence, says
from verify.formal.sources import Sources, beside, without_comments
from verify.runs.verdicts import outline
from verify.theorem import Assumption

PROVED = claim(norm >= first, formal=True, name="lower")
PAGE = theorem(claims=(PROVED,), witnesses=(), module="toys")
FILES = {
    "terms.v": "Definition norm := 1.",
    "statements/toys.v": """From Toys Require Import terms.
(* |x| >= x_1. (* not Definition lower : Prop := True. *) *)
Definition lower : Prop := forall toy_norm toy_first, toy_first <= toy_norm.
Definition larger : Prop := forall toy_norm toy_first, 2 * toy_first <= toy_norm.
""",
    "toys.v": """From Toys Require Import terms. From Toys.statements Require toys.
Theorem lower : statements.toys.lower. Proof. exact: it. Qed.
Theorem larger_false : ~ statements.toys.larger. Proof. by []. Qed.
""",
}
STATEMENT = "forall toy_norm toy_first, toy_first <= toy_norm"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of proofs of the toy page, with a record of it."""
    (tmp_path / "statements").mkdir()
    (tmp_path / "_CoqProject").write_text("-Q . Toys\n")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(records, "beside", lambda module: Sources(tmp_path))
    keep(tmp_path)
    return tmp_path


def keep(folder, **changes):
    """Write the record of a folder, of what it holds now."""
    sources = Sources(folder)
    files = sources.closure("Toys.toys")
    entry = Entry(STATEMENT, [], files, says(PROVED))
    twin = Entry("forall toy_norm toy_first, 2 * toy_first <= toy_norm", [], files)
    made = Record(
        "8.16.1",
        "1.15.0",
        {**sources.hashes(files), **sources.glossaries()},
        {PROVED.id: entry},
        {"toys.larger": twin},
    )
    (folder / "record.json").write_text(replace(made, **changes).text())


def entry_with(**changes):
    return {PROVED.id: Entry(**{"statement": STATEMENT, "axioms": [], "says": says(PROVED),
                                "files": ["Toys.terms", "Toys.statements.toys", "Toys.toys"],
                                **changes})}  # fmt: skip


def test_what_the_kernel_checked_is_proved(folder):
    found = evidence(PAGE, PROVED)
    assert (found.kind, found.verdict) == ("formal", "holds")
    assert found.scope == "all sizes (recorded, Coq 8.16.1, MathComp 1.15.0)"
    assert found.details["statement"] == STATEMENT
    assert found.details["twins"] == ["larger"]
    assert "recorded" not in evidence(PAGE, PROVED, again=True).scope


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_changed_is_an_error(folder, name):
    (folder / name).write_text(FILES[name] + "\n")
    assert_error("was changed since")


def test_a_file_that_is_required_now_is_an_error(folder):
    (folder / "more.v").write_text("")
    (folder / "terms.v").write_text("From Toys Require Import more.\n" + FILES["terms.v"])
    assert_error("required other files")


def test_a_record_that_was_edited_is_an_error(folder):
    path = folder / "record.json"
    path.write_text(path.read_text().replace("8.16.1", "8.20.1"))
    assert_error("was edited by hand")


def test_a_claim_that_became_another_is_an_error(folder):
    keep(folder, claims=entry_with(says="toy_norm >= 0 over numbers"))
    assert_error("the claim was another one")


def test_an_axiom_is_an_error(folder):
    keep(folder, claims=entry_with(axioms=["lower"]))  # what Admitted leaves behind
    assert_error("the proof of T.lower rests on lower")
    twin = entry_with(statement="0 = 0", axioms=["larger_false"])[PROVED.id]
    keep(folder, twins={"toys.larger": twin})
    assert_error("the proof of toys.larger rests on larger_false")


def test_what_a_claim_is_made_of_belongs_to_it():
    """Another measure, recipe or condition under the same name is another claim."""
    told = says(PROVED)
    assert says(replace(PROVED, setting=replace(NUMBERS, exists=True))) != told
    assert says(replace(PROVED, setting=replace(NUMBERS, build=lambda *_: None))) != told
    small, large = (Assumption("size", first < bound) for bound in (1, 2))
    assert says(replace(PROVED, assumptions=(small,))) != says(
        replace(PROVED, assumptions=(large,))
    )


def test_a_glossary_that_was_changed_is_an_error(folder):
    (folder / "glossary.toml").write_text('[quantities]\ntoy_norm = ["forall"]\n')
    assert_error("Toys/glossary.toml was changed since")


@pytest.mark.parametrize("statement", ["True", "forall toy_first, toy_first = toy_first"])
def test_a_statement_speaks_of_what_its_claim_does(folder, statement):
    keep(folder, claims=entry_with(statement=statement))
    assert_error("the formal statement does not speak of ")


def test_a_glossary_says_what_a_quantity_is_called(folder):
    (folder / "glossary.toml").write_text(
        '[quantities]\ntoy_norm = ["length"]\n[terms]\nlength = "|x|"\n'
    )
    keep(folder, claims=entry_with(statement="forall length toy_first, toy_first <= length"))
    found = evidence(PAGE, PROVED)
    assert found.verdict == "holds"
    assert found.details["terms"] == {"length": "|x|"}


REFUSED = {
    "a string": ("toys.v", 'Notation a := "@@".', "expected no strings"),
    "a file that is loaded": ("terms.v", "Load other.", "no command that reads files"),
    "a bare Require": ("terms.v", "Require Toys.other.", "no command that reads files"),
    "a notation in a statement": ("statements/toys.v", "Notation le := eq.", "definitions alone"),
    "a module in a statement": ("statements/toys.v", "Module M. End M.", "definitions alone"),
    "two meanings": ("statements/toys.v", "Definition lower := 0.", "lower is defined twice"),
}


@pytest.mark.parametrize(("name", "text", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_would_be_read_otherwise_than_coq_reads_it_is_refused(folder, name, text, reason):
    (folder / name).write_text(f"{FILES[name]}\n{text}\n")
    with pytest.raises(UsageError, match=reason):
        Sources(folder).check()


def test_no_folder_takes_the_name_of_another(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "_CoqProject").write_text("-Q . Toys\n")
    with pytest.raises(UsageError, match="the name Toys is taken"):
        Sources(other, Sources(folder)).check()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"claims": {}}, "no kernel was asked"), ({"twins": {}}, "no false twin of T was refuted")],
)
def test_what_is_not_in_the_record_is_an_error(folder, changes, reason):
    keep(folder, **changes)
    assert_error(reason)


def test_without_a_record_or_a_folder_nothing_is_proved(folder, monkeypatch):
    (folder / "record.json").unlink()
    assert_error("there is no record.json: run `certimin proofs`")
    monkeypatch.setattr(records, "beside", lambda module: None)
    assert_error("no folder of proofs belongs to toys")


def assert_error(reason):
    found = evidence(PAGE, PROVED)
    assert found.verdict == "error"
    assert reason in found.details["reason"]
    (shown,) = outline(PAGE)["claims"]
    assert (shown["verdict"], shown["level"]) == ("error", None)


def test_proofs_lie_in_the_package_of_a_module():
    sources = beside("theorems.foundations.sharpness_ge_along_paths")
    assert sources.root == "Proofs"
    assert "Proofs.networks" in sources.closure("Proofs.sharpness_ge_along_paths")
    assert sources.statement("sharpness_ge_along_paths", "pairs").startswith("forall (F :")
    assert "three" in sources.twins("sharpness_ge_along_paths")
    assert beside("json") is None
    assert beside("no.such.module") is None


def test_comments_may_be_nested():
    assert without_comments("a (* b (* c *) d *) e") == "a  e"
