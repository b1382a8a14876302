"""Replaying: both routes must see the violation, and a tampered folder convinces nobody."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from time import monotonic
from types import SimpleNamespace

import pytest

from tests.toys import NUMBERS, Numbers, first, last
from tests.toys import claim as toy_claim
from theorems import quantities as q
from theorems import settings
from theorems.instances import Instance
from verify.certificates import checker
from verify.certificates import replay as module
from verify.certificates.folder import (
    _digest,
    check_program,
    load,
    run_program,
    write,
)
from verify.certificates.replay import replay
from verify.claims import QUANTITIES, SETTINGS, Claim, Decision, assumed, decide
from verify.errors import UsageError

S, S_MIN, D_X = q.sharpness.symbol, q.minimal_sharpness.symbol, q.d_x.symbol
INSTANCE = Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 2]])


def certified(folder, relation, *conditions, instance=INSTANCE, kind="exact"):
    claim = Claim("c", "", settings.minimizers, relation, assumed(*conditions))
    found = SimpleNamespace(
        instance=instance, decision=Decision("violated", kind), found_by="floats"
    )
    options = {"command": "", "seed": 0, "environment": {}}
    return write(found, claim, folder, **options).folder


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The certificate that S <= 9 is false: S = 2 max((1 + 4) · 1, (1 + 1) · 2) = 10."""
    return certified(tmp_path_factory.mktemp("usual"), S <= 9)


@pytest.fixture
def folder(usual, tmp_path):
    """A copy of it, to be changed."""
    return shutil.copytree(usual, tmp_path / usual.name)


def rewritten(folder, change):
    """Change certificate.json as a forger would: with a matching hash."""
    path = folder / "certificate.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    data["sha256"] = _digest(data)
    path.write_text(checker.pretty(data), encoding="utf-8")


@pytest.mark.parametrize(
    ("relation", "kind", "text"),
    [
        (S <= 9, "exact", "sharpness <= 9"),
        (S <= 9, "certified", "sharpness <= 9"),
        (S > 10, "exact", "sharpness > 10"),
        (S <= S_MIN, "certified", "sharpness <= minimal_sharpness"),
        (S < 2 * D_X**2, "exact", "sharpness < 2*d_x**2"),
    ],
)
def test_a_violation_is_confirmed_by_both_routes(tmp_path, relation, kind, text):
    instance = INSTANCE if relation != (S < 2 * D_X**2) else Instance.of_minimizer([[[2]]], [[1]])
    result = replay(certified(tmp_path, relation, instance=instance, kind=kind))
    assert result.verdict == "confirmed", result.lines
    assert result.lines[:2] == (f"claim: {text}", "printed: says what is decided")
    assert any(line.startswith("program: confirmed") for line in result.lines)
    assert any(line.startswith("arithmetic: violated") for line in result.lines)
    assert not any("warning" in line for line in result.lines)


def test_the_second_route_takes_the_full_hessian(folder, monkeypatch):
    seen = []
    whole = q.sharpness.measure

    def spy(instance):
        seen.append(instance.at_minimizer)
        return whole(instance)

    monkeypatch.setitem(QUANTITIES, "sharpness", replace(q.sharpness, measure=spy))
    assert replay(folder).verdict == "confirmed"
    assert seen[0]  # what is printed
    assert not all(seen)  # the decision; along the family every instance is a minimizer


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
    assert "printed: not what is decided: check.py" in result.lines
    assert any("check.py in the folder is not the program" in line for line in result.lines)
    assert not trap.exists()


def test_a_forged_certificate_is_decided_anew(folder):
    """A new instance with a new hash is a new certificate: it must be a violation to pass."""
    rewritten(folder, lambda data: data["instance"]["sigma"][0].__setitem__(0, "1/100"))
    result = replay(folder)
    assert result.verdict == "not confirmed"
    assert any("warning" in line for line in result.lines)


def test_a_forged_membership_is_seen_by_the_program(folder):
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
def test_what_cannot_be_read_is_wrong_use(folder, change, message):
    rewritten(folder, change)
    with pytest.raises(UsageError, match=message):
        replay(folder)


def test_a_setting_without_checker_or_loader_is_undecided(tmp_path, monkeypatch):
    claim, instance = toy_claim(first >= last), Numbers.exact(Fraction(1, 2), 3)
    found = SimpleNamespace(instance=instance, decision=decide(claim, instance), found_by="floats")
    options = {"command": "", "seed": 0, "environment": {}}
    folder = write(found, claim, tmp_path, **options).folder
    monkeypatch.setitem(SETTINGS, "numbers", NUMBERS)
    result = replay(folder)
    assert result.verdict == "undecided"
    assert "program: setting numbers has no checker" in result.lines
    assert "arithmetic: setting numbers cannot be rebuilt" in result.lines


def test_undecided_on_one_route_is_undecided(folder, monkeypatch):
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
def test_only_a_violation_beyond_doubt_confirms(folder, monkeypatch, decision, verdict, told):
    monkeypatch.setattr(module, "decide", lambda *_, **options: decision)
    monkeypatch.setattr(module, "run_program", lambda program: ("confirmed", ""))
    result = replay(folder)
    assert result.verdict == verdict
    assert f"arithmetic: {decision.outcome}, {told}" in result.lines


def test_a_former_name_in_a_certificate_is_todays_name(tmp_path, monkeypatch):
    for name in ("sharpness", "d_x"):
        monkeypatch.setitem(QUANTITIES, f"former_{name}", QUANTITIES[name])
    folder = certified(tmp_path, S <= 9, D_X >= 2)

    def rename(data):
        data["claim"]["relation"] = ["<=", "former_sharpness", "9"]
        data["claim"]["conditions"] = [[">=", "former_d_x", "2"]]
        data["claim"]["text"] = "former_sharpness <= 9 if former_d_x >= 2"

    rewritten(folder, rename)
    assert "printed: says what is decided" in replay(folder).lines


LIES = [
    lambda d: d["claim"].update(text="Theorem M1: every minimizer is at least this sharp"),
    lambda d: d["claim"].update(text="sharpness <= 9 "),
    lambda d: d["claim"].update(text="sharpness >= 9"),
    lambda d: d["claim"].update(latex=r"S(W) \leq 90"),
    lambda d: d.update(lhs=["11", "11"]),
    lambda d: d.update(lhs=["11", "9"]),
    lambda d: d.update(lhs=["0", "100"]),
    lambda d: d.update(rhs=["8", "8"]),
    lambda d: d.update(lhs=None, rhs=None, separator=None),
    lambda d: d.update(lhs=["9", "10"], rhs=["9", "10"], separator=None),
    lambda d: d.update(separator="39/4"),
    lambda d: d.update(separator=None),
    lambda d: d["sizes"].update(sigma=[3, 3]),
    lambda d: d["files"].update({"counterexample.tex": 64 * "0"}),
]
"""Changes of what is printed beside a relation and an instance that are as they were."""


@pytest.mark.parametrize("lie", LIES)
def test_what_is_printed_must_be_what_is_decided(folder, lie):
    """Whether the digest says so, or the forger made a new one."""
    path = folder / "certificate.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    lie(data)
    path.write_text(checker.pretty(data), encoding="utf-8")
    with pytest.raises(UsageError, match="was changed after it was written"):
        replay(folder)
    rewritten(folder, lie)
    result = replay(folder)
    assert result.verdict == "not confirmed"
    assert result.lines[0] == "claim: sharpness <= 9"
    assert any(line.startswith("printed: not what is decided") for line in result.lines)


@pytest.mark.parametrize("lie", LIES[:-1])
def test_the_program_of_a_folder_notices_it_too(folder, lie):
    rewritten(folder, lie)
    run = [sys.executable, "-I", str(folder / "check.py")]
    done = subprocess.run(run, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "verdict:    denied")


@pytest.mark.parametrize("lie", [*LIES[:5], LIES[7], *LIES[10:12]])
def test_a_program_that_was_written_for_a_lie_denies_it(usual, tmp_path, lie):
    """Text, sides and separator are checked without any digest, by the program alone."""
    data = dict(load(usual).data)
    data["claim"] = dict(data["claim"])
    lie(data)
    if data["claim"]["latex"] != r"S(W) \leq 9":
        return  # the program has no words for mathematics: its own digest covers them
    program = tmp_path / "check.py"
    program.write_text(check_program(settings.minimizers.checker(), data), encoding="utf-8")
    assert run_program(program)[0] == "denied"


def test_a_kind_that_does_not_decide_is_a_lie(tmp_path):
    """No exact arithmetic has 6 √2."""
    folder = certified(tmp_path, S <= S_MIN, kind="certified")
    rewritten(folder, lambda data: data.update(kind="exact"))
    assert "printed: not what is decided: kind" in replay(folder).lines


@pytest.mark.parametrize("name", ["check.py", "counterexample.tex", "counterexample.svg"])
def test_one_letter_of_any_file_counts(folder, name):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("9", "8", 1), encoding="utf-8")
    assert f"printed: not what is decided: {name}" in replay(path.parent).lines


@pytest.mark.parametrize("name", ["counterexample.tex", "counterexample.svg", "counterexample.v"])
def test_the_program_notices_a_changed_file_beside_it(folder, name):
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8").replace("0", "1", 1), encoding="utf-8")
    verdict, output = run_program(folder / "check.py")
    assert verdict == "denied", output
    assert f"{name} beside this program was changed" in output


@pytest.mark.parametrize("name", ["counterexample.tex", "counterexample.svg", "counterexample.v"])
def test_a_file_that_was_forged_with_its_digest_is_told(folder, name):
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    def forged(data):
        data["files"][name] = hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest()

    rewritten(folder, forged)
    told = f"warning: {name} in the folder is not what this version writes; it was not read"
    assert told in replay(folder).lines


def test_an_output_that_was_forged_is_told(folder):
    rewritten(folder, lambda data: data.update(output=data["output"].replace("10", "11")))
    told = [line for line in replay(folder).lines if line.startswith("warning")]
    assert told == ["warning: the recorded output is not what the program prints"]


def test_a_program_that_was_changed_denies(folder, tmp_path):
    path = folder / "check.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("leq 9", "leq 8", 1), encoding="utf-8")
    alone = tmp_path / "alone" / "check.py"
    alone.parent.mkdir()
    path.rename(alone)
    verdict, said = run_program(alone)
    assert verdict == "denied"
    assert "this program was changed after it was written" in said


def of_schema_1(folder):
    """What a certificate was before: a text of its author, and a digest of claim and instance."""
    path = folder / "certificate.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["files"]
    data["schema"], data["claim"]["text"] = 1, "sharpness is small"
    data["sha256"] = _digest(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    (folder / "check.py").write_text("# of an earlier version\n", encoding="utf-8")


def test_an_older_certificate_is_read_and_written_anew(tmp_path):
    folder = certified(tmp_path, S <= 9, kind="certified")
    before = load(folder).data
    of_schema_1(folder)
    assert load(folder).old
    result = replay(folder)
    assert result.verdict == "undecided"
    assert result.lines[0] == "claim: sharpness <= 9"
    assert any("in its author's words; --rewrite writes it anew" in line for line in result.lines)
    again = replay(folder, rewrite=True)
    assert (again.verdict, again.lines[1]) == ("confirmed", "printed: written anew")
    assert replay(folder).verdict == "confirmed"
    assert load(folder).data == before
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_an_older_certificate_is_believed_no_more_than_a_new_one(folder):
    of_schema_1(folder)
    path = folder / "certificate.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"19/2"', '"29/3"'), encoding="utf-8")
    assert "printed: not what is decided: separator" in replay(folder).lines


def test_what_is_not_confirmed_is_not_written_anew(tmp_path):
    folder = certified(tmp_path, S <= 10)
    of_schema_1(folder)
    before = (folder / "certificate.json").read_bytes()
    assert replay(folder, rewrite=True).verdict == "not confirmed"
    assert (folder / "certificate.json").read_bytes() == before


def nested(depth):
    written = "sharpness"
    for _ in range(depth):
        written = ["max", written, "1"]
    return ["<=", written, "9"]


def twice(depth):
    written = "sharpness"
    for _ in range(depth):
        written = ["**", written, "200"]
    return ["<=", written, "9"]


@pytest.mark.parametrize(
    ("relation", "message"),
    [
        (nested(900), "at most 200 lists and objects inside each other"),
        (nested(20_000), "at most 200 lists and objects inside each other"),
        (["<=", ["**", "sharpness", "100000000"], "9"], "powers of at most"),
        (["<=", ["**", "sharpness", "1/100000000"], "9"], "powers of at most"),
        (twice(4), "powers of at most"),
        (["<=", "sharpness", "1e100000000"], "numbers such as 3 or -3/4"),
        (["<=", "sharpness", " 1e100000000"], "numbers such as 3 or -3/4"),
    ],
)
def test_what_would_take_for_ever_is_wrong_use(folder, relation, message):
    path = folder / "certificate.json"
    if "lists" in message:  # json.dumps would not write it
        data = json.loads(path.read_text(encoding="utf-8"))
        data["claim"]["relation"] = ["THERE"]
        deep = "".join(c for c in _flat(relation))
        path.write_text(json.dumps(data).replace('["THERE"]', deep), encoding="utf-8")
    else:
        rewritten(folder, lambda data: data["claim"].update(relation=relation))
    with pytest.raises(UsageError, match=re.escape(message)):
        replay(folder)


def _flat(relation):
    """A nested list as JSON, without recursion."""
    stack = [relation]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack += ["]", *[y for x in reversed(part) for y in (x, ",")][:-1], "["]
        else:
            yield part if part in ("[", "]", ",") else json.dumps(part)


@pytest.mark.parametrize(
    ("relation", "verdict", "why"),
    [
        (nested(150), "confirmed", ""),
        (nested(900), "undecided", "more than 200 lists inside each other"),
        (["<=", ["**", "sharpness", "100000000"], "9"], "undecided", "binary digits"),
        (["<=", ["**", "sharpness", "1/100000000"], "9"], "undecided", "binary digits"),
        (twice(4), "undecided", "binary digits"),
        (["<=", "sharpness", "1e100000000"], "denied", "not a rational number"),
        (["<=", ["+", "sharpness", *["1"] * 5000], "9"], "denied", "'lhs' does not hold"),
        (["<=", ["*", "sharpness", *["1"] * 5000], "9"], "confirmed", ""),
    ],
)
def test_the_program_has_an_answer_to_everything(usual, tmp_path, relation, verdict, why):
    data = dict(load(usual).data)
    data["claim"] = {**data["claim"], "relation": relation, "text": ""}
    if "lists" not in why:
        data["claim"]["text"] = checker.sentence(data["claim"])
    program = tmp_path / "check.py"
    program.write_text(check_program(settings.minimizers.checker(), data), encoding="utf-8")
    start = monotonic()
    said, output = run_program(program)
    assert (said, why in output) == (verdict, True)
    assert monotonic() - start < 20


def test_a_program_keeps_time(usual, tmp_path):
    source = settings.minimizers.checker().replace("SECONDS = 100", "SECONDS = 0")
    program = tmp_path / "check.py"
    data = load(usual).data
    program.write_text(check_program(source, data), encoding="utf-8")
    verdict, said = run_program(program)
    assert (verdict, "no answer within 0 s" in said) == ("undecided", True)


def test_a_pipe_is_no_certificate(tmp_path):
    os.mkfifo(tmp_path / "certificate.json")
    for path in (tmp_path, tmp_path / "certificate.json"):
        with pytest.raises(UsageError, match="not a regular file"):
            replay(path)


def test_a_covariance_that_is_none_is_wrong_use(tmp_path):
    folder = certified(tmp_path, S <= 9, instance=Instance.of_minimizer([[[3]]], [[1]]))
    rewritten(folder, lambda data: data["instance"].update(sigma=[["-1"]]))
    with pytest.raises(UsageError, match="expected a positive semidefinite matrix"):
        replay(folder)


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
def test_a_claim_of_the_wrong_shape_is_wrong_use(folder, monkeypatch, key, value, message, parsing):
    if parsing:
        monkeypatch.undo()
    rewritten(folder, lambda data: data["claim"].update({key: value}))
    with pytest.raises(UsageError, match=re.escape(message)):
        replay(folder)


@pytest.mark.parametrize("place", ["measure", "second_route"])
def test_an_instance_that_cannot_be_worked_with_is_wrong_use(folder, monkeypatch, place):
    def broken(instance):
        raise ValueError("a root of -1")

    if place == "measure":
        odd = replace(q.sharpness, measure=broken)
        monkeypatch.setitem(QUANTITIES, "sharpness", odd)
    else:
        monkeypatch.setattr(Instance, "second_route", broken)
    with pytest.raises(UsageError, match="a root of -1"):
        replay(folder)
