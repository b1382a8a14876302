"""Replaying: both routes must see the violation, and a tampered folder convinces nobody."""

import json
import re
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest

from tests.toys import NUMBERS, Numbers, first, last
from tests.toys import claim as toy_claim
from theorems import quantities as q
from theorems import settings
from theorems.instances import Instance
from verify.certificates import replay as module
from verify.certificates.folder import _digest, write
from verify.certificates.replay import replay
from verify.claims import QUANTITIES, SETTINGS, Claim, Decision, assumed, decide
from verify.errors import UsageError

S, S_MIN, D_X = q.sharpness.symbol, q.minimal_sharpness.symbol, q.d_x.symbol
INSTANCE = Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 2]])


def certified(
    folder, relation, *conditions, text="sharpness <= 9", instance=INSTANCE, kind="exact"
):
    claim = Claim("c", "", settings.minimizers, relation, assumed(*conditions))
    found = SimpleNamespace(
        instance=instance, decision=Decision("violated", kind), found_by="floats"
    )
    options = {"command": "", "seed": 0, "environment": {}}
    return write(found, claim, folder, text=text, **options).folder


def rewritten(folder, change):
    """Change certificate.json as a forger would: with a matching hash."""
    path = folder / "certificate.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    data["sha256"] = _digest(data)
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.fixture(autouse=True)
def without_parser(monkeypatch):
    monkeypatch.setattr(module, "_parser", lambda: None)


@pytest.mark.parametrize("kind", ["exact", "certified"])
@pytest.mark.parametrize("relation", [S <= 9, S > 10, S <= S_MIN, S < 2 * D_X**2])
def test_a_violation_is_confirmed_by_both_routes(tmp_path, relation, kind):
    instance = INSTANCE if relation != (S < 2 * D_X**2) else Instance.of_minimizer([[[2]]], [[1]])
    result = replay(certified(tmp_path, relation, instance=instance, kind=kind))
    assert result.verdict == "confirmed", result.lines
    assert result.lines[0] == "claim: sharpness <= 9"
    assert any(line.startswith("program: confirmed") for line in result.lines)
    assert any(line.startswith("arithmetic: violated") for line in result.lines)
    assert not any("warning" in line for line in result.lines)


def test_the_second_route_takes_the_full_hessian(tmp_path, monkeypatch):
    seen = []
    whole = q.sharpness.measure

    def spy(instance):
        seen.append(instance.at_minimizer)
        return whole(instance)

    folder = certified(tmp_path, S <= 9)
    monkeypatch.setitem(module.QUANTITIES, "sharpness", replace(q.sharpness, measure=spy))
    assert replay(folder).verdict == "confirmed"
    assert set(seen) == {False}


@pytest.mark.parametrize(("kind", "first_tried"), [("exact", "certified"), ("certified", "exact")])
def test_the_other_arithmetic_comes_first(tmp_path, kind, first_tried):
    folder = certified(tmp_path, S <= 9, kind=kind)
    assert f"arithmetic: violated, {first_tried}" in "\n".join(replay(folder).lines)


def test_conditions_are_decided_too(tmp_path):
    assert replay(certified(tmp_path, S <= 9, D_X >= 2)).verdict == "confirmed"
    failing = certified(tmp_path, S <= 9, D_X >= 3)
    assert replay(failing).verdict == "not confirmed"


def test_a_claim_that_holds_is_not_confirmed(tmp_path):
    result = replay(certified(tmp_path, S <= 10))
    assert result.verdict == "not confirmed"
    assert "program: denied: the claim holds here" in result.lines
    assert any(line.startswith("arithmetic: holds") for line in result.lines)


def test_a_program_in_the_folder_is_never_run(tmp_path):
    """A forged check.py would write a file, and confirm anything."""
    folder = certified(tmp_path, S <= 10)
    trap = tmp_path / "ran"
    forged = f"open({str(trap)!r}, 'w')\nprint('confirmed: the claim is false at these weights')\n"
    (folder / "check.py").write_text(forged, encoding="utf-8")
    result = replay(folder)
    assert result.verdict == "not confirmed"
    assert any("check.py in the folder is not the program" in line for line in result.lines)
    assert not trap.exists()


def test_a_forged_certificate_is_decided_anew(tmp_path):
    """A new instance with a new hash is a new certificate: it must be a violation to pass."""
    folder = certified(tmp_path, S <= 9)
    rewritten(folder, lambda data: data["instance"]["sigma"][0].__setitem__(0, "1/100"))
    result = replay(folder)
    assert result.verdict == "not confirmed"
    assert any("warning" in line for line in result.lines)


def test_a_forged_membership_is_seen_by_the_program(tmp_path):
    folder = certified(tmp_path, S <= 9)
    rewritten(folder, lambda data: data["claim"].update(setting="whitened-minimizers"))
    result = replay(folder)
    assert result.verdict == "not confirmed"
    assert any("Σ = I does not hold" in line for line in result.lines)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["claim"].update(setting="elsewhere"), "unknown setting 'elsewhere'"),
        (lambda d: d["claim"].update(relation=["<=", "sharp", "9"]), "unknown quantity 'sharp'"),
        (lambda d: d["claim"].update(relation=["<=", ["sin", "d_x"], "9"]), "not an expression"),
        (lambda d: d["instance"].update(sigma=[["x"]]), "cannot be rebuilt"),
        (lambda d: d["instance"].pop("sigma"), "cannot be rebuilt"),
    ],
)
def test_what_cannot_be_read_is_wrong_use(tmp_path, change, message):
    folder = certified(tmp_path, S <= 9)
    rewritten(folder, change)
    with pytest.raises(UsageError, match=message):
        replay(folder)


def test_a_setting_without_checker_or_loader_is_undecided(tmp_path, monkeypatch):
    claim, instance = toy_claim(first >= last), Numbers.exact(Fraction(1, 2), 3)
    found = SimpleNamespace(instance=instance, decision=decide(claim, instance), found_by="floats")
    options = {"text": "first >= last", "command": "", "seed": 0, "environment": {}}
    folder = write(found, claim, tmp_path, **options).folder
    monkeypatch.setitem(SETTINGS, "numbers", NUMBERS)
    result = replay(folder)
    assert result.verdict == "undecided"
    assert "program: setting numbers has no checker" in result.lines
    assert "arithmetic: setting numbers cannot be rebuilt" in result.lines


def test_undecided_on_one_route_is_undecided(tmp_path, monkeypatch):
    folder = certified(tmp_path, S <= 9)
    silent = ("undecided", "no answer within 120 s\n")
    monkeypatch.setattr(module, "run_program", lambda program: silent)
    assert replay(folder).verdict == "undecided"
    monkeypatch.setattr(module, "run_program", lambda program: ("denied", ""))
    assert replay(folder).verdict == "not confirmed"
    monkeypatch.setattr(module, "run_program", lambda program: ("unknown", ""))
    assert replay(folder).verdict == "undecided"


def test_a_denial_weighs_more_than_what_is_undecided(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "run_program", lambda program: ("undecided", ""))
    assert replay(certified(tmp_path, S <= 10)).verdict == "not confirmed"


@pytest.mark.parametrize(
    ("decision", "verdict", "told"),
    [
        (Decision("violated", "certified", 1, "3", "2"), "confirmed", "certified: 3 against 2"),
        (Decision("violated", "sampled"), "undecided", "sampled"),
        (Decision("undecided", "certified", reason="overlap"), "undecided", "certified (overlap)"),
        (Decision("holds", "certified"), "not confirmed", "certified"),
        (Decision("invalid", "exact"), "not confirmed", "exact"),
    ],
)
def test_only_a_violation_beyond_doubt_confirms(tmp_path, monkeypatch, decision, verdict, told):
    folder = certified(tmp_path, S <= 9)
    monkeypatch.setattr(module, "decide", lambda *_, **options: decision)
    monkeypatch.setattr(module, "run_program", lambda program: ("confirmed", ""))
    result = replay(folder)
    assert result.verdict == verdict
    assert f"arithmetic: {decision.outcome}, {told}" in result.lines


@pytest.mark.parametrize(
    ("relation", "conditions", "verdict"),
    [
        (S <= 9, [], "confirmed"),
        (S <= 8, [], "not confirmed"),
        (S <= 9, [D_X > 1], "not confirmed"),
    ],
)
def test_the_text_must_say_what_is_decided(tmp_path, monkeypatch, relation, conditions, verdict):
    parsed = SimpleNamespace(relation=relation, conditions=conditions)
    monkeypatch.setattr(module, "_parser", lambda: lambda text: parsed)
    assert replay(certified(tmp_path, S <= 9)).verdict == verdict


def test_a_former_name_in_a_certificate_is_todays_name(tmp_path, monkeypatch):
    parsed = SimpleNamespace(relation=S <= 9, conditions=[D_X >= 2])
    monkeypatch.setattr(module, "_parser", lambda: lambda text: parsed)
    for name in ("sharpness", "d_x"):
        monkeypatch.setitem(QUANTITIES, f"former_{name}", QUANTITIES[name])
    folder = certified(tmp_path, S <= 9, D_X >= 2)

    def rename(data):
        data["claim"]["relation"] = ["<=", "former_sharpness", "9"]
        data["claim"]["conditions"] = [[">=", "former_d_x", "2"]]

    rewritten(folder, rename)
    assert "text: says what is decided" in replay(folder).lines


def test_a_text_in_prose_is_not_compared(tmp_path, monkeypatch):
    def parse(text):
        raise UsageError("no relation in it")

    monkeypatch.setattr(module, "_parser", lambda: parse)
    result = replay(certified(tmp_path, S <= 9, text="sharpness is small"))
    assert result.verdict == "confirmed"
    assert "text: no expression, not compared with the relation" in result.lines


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("text", 5, "'text': expected a text, got 5"),
        ("setting", [], "'setting': expected a text"),
        ("relation", [], "'relation': expected a list"),
        ("relation", [">=", [], "1"], "not an expression tree"),
        ("conditions", None, "'conditions': expected a list, got None"),
        ("conditions", [[]], "not an expression tree"),
        ("assumptions", 5, "'assumptions': expected a list"),
    ],
)
@pytest.mark.parametrize("parsing", [True, False])
def test_a_claim_of_the_wrong_shape_is_wrong_use(
    tmp_path, monkeypatch, key, value, message, parsing
):
    if parsing:
        monkeypatch.undo()
    folder = certified(tmp_path, S <= 9)
    rewritten(folder, lambda data: data["claim"].update({key: value}))
    with pytest.raises(UsageError, match=re.escape(message)):
        replay(folder)


@pytest.mark.parametrize("place", ["measure", "second_route"])
def test_an_instance_that_cannot_be_worked_with_is_wrong_use(tmp_path, monkeypatch, place):
    def broken(instance):
        raise ValueError("a root of -1")

    folder = certified(tmp_path, S <= 9)
    if place == "measure":
        odd = replace(q.sharpness, measure=broken)
        monkeypatch.setitem(module.QUANTITIES, "sharpness", odd)
    else:
        monkeypatch.setattr(Instance, "second_route", broken)
    with pytest.raises(UsageError, match="a root of -1"):
        replay(folder)
