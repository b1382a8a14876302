"""A bundle holds what a reviewer needs, is the same each time, and works without this house."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from theorems.instances import Instance
from verify.bundle import archive, contents
from verify.certificates.folder import write
from verify.claims import decide
from verify.environment import describe
from verify.errors import UsageError
from verify.formal.record import Record
from verify.references import parse
from verify.registry import theorems, with_ancestors
from verify.report import load
from verify.runs import verdicts

PAGE, CONTROL = "F3", "F3.control.blocks_suffice"
"""It uses nothing and has a formal proof; its control is refuted by :data:`SMALL`."""

SMALL = Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 2]])


def report(ids, refuted=None):
    """A report of theorems for which nothing was run, but for the counterexamples to controls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdicts, "steps_of", lambda claim: [])
        records = [verdicts.outline(theorems()[name]) for name in ids]
    for record in records:
        for control in record["controls"]:
            if control["id"] == refuted:
                witness = {"lhs": "1", "rhs": "2", "kind": "exact", "found_by": "floats"}
                control |= {"verdict": "refuted", "witness": witness}
                witness["instance"] = SMALL.to_json()
    return {
        "schema": 2, "environment": describe(backend="numpy", jobs=1, command="certimin verify"),
        "seed": 7, "profile": "full", "seconds": 1.0, "verdict": "holds", "theorems": records,
        "references": {theorems()[PAGE].source.key: "@misc{x}", "unrelated": "@misc{y}"},
    }  # fmt: skip


@pytest.fixture(scope="module")
def whole():
    """A report of several theorems."""
    return report(["F1", PAGE, "F3p"], CONTROL)


@pytest.fixture(scope="module")
def packed(whole, tmp_path_factory):
    """The files of a bundle, unpacked."""
    files = contents(theorems()[PAGE], whole, tmp_path_factory.mktemp("none"))
    place = tmp_path_factory.mktemp("bundle")
    with zipfile.ZipFile(io.BytesIO(archive("b", files))) as source:
        source.extractall(place)
    return place / "b"


def test_it_is_the_same_each_time(whole, tmp_path):
    first, second = (
        archive("b", contents(theorems()[PAGE], whole, tmp_path)) for _ in range(2)
    )  # fmt: skip
    assert first == second
    entries = zipfile.ZipFile(io.BytesIO(first)).infolist()
    assert [each.filename for each in entries] == sorted(each.filename for each in entries)
    assert {each.date_time for each in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert all(each.filename.startswith("b/") and ".." not in each.filename for each in entries)


def test_every_file_is_told_of_and_has_its_digest(packed):
    names = {str(p.relative_to(packed)) for p in packed.rglob("*") if p.is_file()}
    lines = (packed / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(sums) == names - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((packed / name).read_bytes()).hexdigest() == digest
    told = (packed / "README.txt").read_text()
    for name in names - {"README.txt"}:
        assert f"\n{name.partition('/')[0]}{'/' if '/' in name else ''}\n    " in told
    assert f"certimin verify {PAGE} --profile full --seed 7" in told


def test_the_record_is_that_of_the_theorem_and_what_it_uses(packed, whole, tmp_path):
    found = load(packed)
    assert found["theorems"] == [t for t in whole["theorems"] if t["id"] == PAGE]
    assert found["verdict"] == found["theorems"][0]["verdict"]
    assert found["references"] == {theorems()[PAGE].source.key: "@misc{x}"}
    pages = with_ancestors([theorems()["M1"]])
    used = report([page.id for page in pages])
    files = contents(theorems()["M1"], used, tmp_path)
    assert {t["id"] for t in json.loads(files["verify.json"])["theorems"]} == {p.id for p in pages}
    assert {name for name in files if name.startswith("pages/")} == {
        f"pages/{page.module}.py" for page in pages
    }


def test_page_statement_and_references(packed):
    page = theorems()[PAGE]
    assert "\nProof\n" in (packed / "page.txt").read_text()
    for claim in page.claims:
        assert claim.check or claim.id in (packed / "statement.tex").read_text()
    assert page.source.key in parse((packed / "references.bib").read_text())
    assert (packed / "pages" / f"{page.module}.py").read_text().startswith(('"""', 'r"""'))


def test_the_kernels_record_is_whole(packed):
    record = Record.load(packed / "formal")  # checks its digest
    formal = {claim.id for claim in theorems()[PAGE].claims if claim.formal}
    assert set(record.claims) == formal
    assert record.twins
    for entry in (*record.claims.values(), *record.twins.values()):
        for name in entry.files:
            text = (packed / "formal" / f"{name.replace('.', '/')}.v").read_bytes()
            assert hashlib.sha256(text).hexdigest() == record.files[name]
    assert (packed / "formal" / "Proofs" / "_CoqProject").is_file()


def test_the_counterexample_to_a_control_is_decided_by_its_program(packed):
    program = packed / "certificates" / CONTROL / "check.py"
    command = [sys.executable, "-I", program]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "verdict:    confirmed")
    assert f"python -I {program.relative_to(packed)}" in (packed / "README.txt").read_text()


def test_a_record_that_refutes_nothing_has_no_certificate(tmp_path):
    bare = report([PAGE])
    bare["theorems"][0]["controls"][0] |= {
        "verdict": "refuted",
        "witness": {"instance": {"weights": "?"}, "found_by": "floats"},
    }
    files = contents(theorems()[PAGE], bare, tmp_path)
    assert not [name for name in files if name.startswith("certificates/")]
    assert b"check.py" not in files["README.txt"].replace(b"each check.py", b"")


def test_certificates_of_searches_are_taken_if_they_are_of_the_theorem(whole, tmp_path):
    own = theorems()[PAGE].control(CONTROL).claim
    other = theorems()["F3p"].controls[0].claim
    for name, claim in (("own", own), ("other", other)):
        found = SimpleNamespace(instance=SMALL, decision=decide(own, SMALL), found_by="floats")
        write(found, claim, tmp_path, command="c", seed=0, environment={}, name=name)
    files = contents(theorems()[PAGE], whole, tmp_path)
    names = {name.split("/")[1] for name in files if name.startswith("certificates/")}
    assert names == {"own", own.id}


def test_a_report_without_the_theorem_is_refused(whole, tmp_path):
    with pytest.raises(UsageError, match=r"got none of F5; run `certimin verify F5`"):
        contents(theorems()["F5"], whole, tmp_path)


# --- the command


@pytest.fixture
def reports(whole, tmp_path):
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "verify.json").write_text(json.dumps(whole))
    return folder


def test_the_command_writes_where_it_is_told(certimin, reports, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = certimin("bundle", PAGE, "--reports", reports)
    assert code == 0
    assert out.startswith(f"{PAGE}.zip: ")
    assert zipfile.ZipFile(f"{PAGE}.zip").testzip() is None
    certimin("bundle", PAGE, "--reports", reports, "--out", tmp_path / "deep" / "x.zip")
    assert (tmp_path / "deep" / "x.zip").read_bytes() == Path(f"{PAGE}.zip").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["M99"], "unknown theorem id"),
        ([PAGE, "--reports", "nowhere"], "--reports: expected a folder with a verify.json"),
        ([PAGE, "--reports", "broken"], "--reports: expected a folder with a verify.json"),
        (["U1", "--reports", "reports"], "certimin verify U1"),
        ([PAGE, "--reports", "reports", "--out", "reports"], "--out: cannot write reports"),
        ([PAGE, "--reports", "reports", "--out", "file/x.zip"], "--out: cannot write file/x.zip"),
        (["F1", "--reports", "spoilt"], "was changed after it was written"),
    ],
)
def test_wrong_use_is_one_line_and_leaves_nothing(
    certimin, reports, tmp_path, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("broken").mkdir()
    Path("broken", "verify.json").write_text("{")
    spoilt = Path("spoilt", "counterexamples", "one")
    spoilt.mkdir(parents=True)
    (spoilt / "certificate.json").write_text(_spoilt(tmp_path))
    Path("spoilt", "verify.json").write_bytes((reports / "verify.json").read_bytes())
    before = sorted(tmp_path.rglob("*"))
    code, out, err = certimin("bundle", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert sorted(tmp_path.rglob("*")) == before


def _spoilt(folder):
    """A certificate with a letter changed."""
    own = theorems()[PAGE].control(CONTROL).claim
    found = SimpleNamespace(instance=SMALL, decision=decide(own, SMALL), found_by="floats")
    made = write(found, own, folder, command="c", seed=0, environment={}, name="whole")
    text = (made.folder / "certificate.json").read_text()
    return text.replace('"seed": 0', '"seed": 1')
