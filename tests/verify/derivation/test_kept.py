"""A proof is kept once and found again; nothing else is, and a spoilt entry is not believed."""

import json
from dataclasses import replace

import pytest
import sympy as sp

from tests.toys import claim, first, last
from verify.claims import Proof
from verify.derivation import kept as proofs
from verify.derivation.kept import Proofs, key
from verify.derivation.steps import Condition, Identity
from verify.records import hashed
from verify.registry import theorems
from verify.runs.profiles import PROFILES
from verify.runs.stages import derive
from verify.runs.tasks import execute, tasks

a, b = sp.symbols("a b", positive=True)


def identity(lhs, rhs, name="step"):
    return Identity(name, lhs, rhs)


TRUE, FALSE = identity((a + b) ** 2, a**2 + 2 * a * b + b**2), identity(a, b)


@pytest.fixture
def kept(tmp_path):
    return Proofs(tmp_path / "kept")


def entry(tmp_path):
    (path,) = (tmp_path / "kept").iterdir()
    return path


def test_a_proof_is_computed_once(kept, monkeypatch):
    computed = kept.check(TRUE, seconds=5)
    assert (computed.verdict, computed.cached) == ("holds", False)
    monkeypatch.setattr(proofs, "check", pytest.fail)
    other = replace(TRUE, name="other", why="?")
    assert kept.check(other, seconds=5) == replace(computed, step=other, cached=True)


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        (FALSE, 5),
        (identity(sp.sin(a) ** 2 + sp.cos(a) ** 2, sp.Integer(1)), 5),
        (identity(sp.Float(0.5) * a, sp.Float(0.5) * a), 5),
        (identity(sp.zeros(0, 0), sp.zeros(0, 0)), 5),
        (identity((a + b) ** 4000 * (a - b), sp.expand((a - b) * a)), 0.05),
        (Condition("step", sp.true), 5),
    ],
    ids=["refuted", "undecided", "error", "vacuous", "too slow", "condition"],
)
def test_nothing_else_is_kept(step, seconds, kept, tmp_path):
    assert kept.check(step, seconds=seconds).cached is False
    assert not (tmp_path / "kept").exists()


SPOILT = {
    "another key": lambda text, name: text.replace('"key"', '"kex"'),
    "deep": lambda text, name: "[" * 200_000,
    "cut short": lambda text, other: text[:40],
    "not an object": lambda text, other: "[]",
    "empty": lambda text, other: "",
    "other seconds": lambda text, other: json.dumps({**json.loads(text), "seconds": 1e-9}),
    "no digest": lambda text, other: json.dumps({"key": other, "verdict": "holds", "seconds": 1.0}),
    "renamed": lambda text, other: text,
    "key edited": lambda text, other: json.dumps({**json.loads(text), "key": other}),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_entry_makes_nothing_true(spoil, kept, tmp_path):
    kept.check(TRUE, seconds=5)
    wrong = tmp_path / "kept" / f"{key(FALSE)}.json"
    wrong.write_text(spoil(entry(tmp_path).read_text(), key(FALSE)))
    assert kept.check(FALSE, seconds=5).verdict == "refuted"


def test_a_spoilt_entry_is_computed_again(kept, tmp_path):
    kept.check(TRUE, seconds=5)
    good = json.loads(entry(tmp_path).read_text())
    entry(tmp_path).write_text("{}")
    assert not kept.check(TRUE, seconds=5).cached
    assert json.loads(entry(tmp_path).read_text())["key"] == good["key"]


def test_a_folder_that_cannot_be_written_costs_no_verdict(tmp_path):
    (tmp_path / "file").write_text("")
    assert Proofs(tmp_path / "file" / "below").check(TRUE, seconds=5).verdict == "holds"


class Own(sp.Symbol):
    """What it means is written here, where no key looks."""


def test_keys_tell_apart_what_proofs_may_tell_apart():
    real, plain = sp.Symbol("a", real=True), sp.Symbol("a")
    sides = [a, real, plain, b, a + b, a * b, a**b, sp.Sum(a**b, (b, 1, 3)), sp.Matrix([a])]
    sides += [
        b**a,
        sp.Matrix([[a, b]]),
        sp.Matrix([a, b]),
        sp.Matrix([b, a]),
        sp.sin(a),
        sp.cos(a),
        1,
        sp.Rational(1, 2),
    ]
    assert len({key(identity(side, a)) for side in sides}) == len(sides)
    assert key(identity(a, b)) != key(identity(b, a))


@pytest.mark.parametrize("side", [Own("x"), sp.Dummy(), sp.Function("f")(a), "a", Own("x") + a])
def test_what_has_no_key_is_never_kept(side):
    assert key(identity(side, side)) is None


@pytest.mark.parametrize("what", ["_CODE", "version", "ground_types"])
def test_keys_depend_on_code_and_versions(what, monkeypatch, tmp_path):
    before = key(TRUE)
    if what == "_CODE":
        changed = tmp_path / "rings.py"
        changed.write_text("changed")
        monkeypatch.setattr(proofs.rings, "__file__", str(changed))
    else:
        monkeypatch.setattr(proofs, what, lambda *_: "other")
    proofs._means.cache_clear()
    try:
        assert key(TRUE) != before
    finally:
        proofs._means.cache_clear()


def test_a_derivation_says_which_steps_were_proved_before(tmp_path):
    toy = claim(first <= last, proof=Proof(lambda: [TRUE, replace(TRUE, name="again")]))
    folders = (tmp_path, tmp_path, None)
    proofs = [derive(toy, PROFILES["quick"], folder)["steps"] for folder in folders]
    assert [[step["cached"] for step in steps] for steps in proofs] == [
        [False, True],
        [True, True],
        [False, False],
    ]


DERIVE = "derive", "F1.gradient"


def test_a_task_with_a_folder_is_the_same_task(tmp_path):
    plain, kept = (
        next(
            t
            for t in tasks([theorems()["F1"]], 0, "quick", "numpy", folder)
            if (t.stage, t.piece) == DERIVE
        )
        for folder in (None, tmp_path / "kept")
    )
    assert plain == kept
    assert plain.key == kept.key
    assert all(not step["cached"] for step in execute(plain).result["steps"])
    execute(kept)
    assert any(step["cached"] for step in execute(kept).result["steps"])


def test_no_proof_took_less_than_no_time(kept, tmp_path):
    """A digest seals what was written; what makes no sense is not believed all the same."""
    kept.check(TRUE, seconds=5)
    saved = json.loads(entry(tmp_path).read_text())
    for seconds, believed in ((0.0, True), (-1.0, False), (1, False)):
        unsealed = {**{k: v for k, v in saved.items() if k != "digest"}, "seconds": seconds}
        entry(tmp_path).write_text(json.dumps({**unsealed, "digest": hashed(unsealed)}))
        assert kept.check(TRUE, seconds=5).cached == believed
