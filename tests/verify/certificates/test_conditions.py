"""Certificates of conjectures with alternatives: what they say, and what their program refuses."""

import copy
import json
from importlib import resources

import jsonschema
import pytest

from theorems import pairs  # noqa: F401  (settings and quantities)
from theorems.instances import Instance
from verify.certificates import checker
from verify.certificates.folder import check_program, core, run_program, write
from verify.certificates.replay import replay
from verify.certificates.statement import rebuilt
from verify.claims import SETTINGS, decide
from verify.conjecture import conjecture
from verify.errors import UsageError

SCHEMA = json.loads(
    resources.files("verify.certificates").joinpath("certificate.schema.json").read_text("utf-8")
)
# S = 2 max((1 + 4) · 1, (1 + 1) · 2) = 10, two inputs, outputs and layers
INSTANCE = Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 2]])
TEXT = "sharpness <= 9 if not (depth == 2 and d_x < 2) and (a >= 1 or d_y == 2)"


class Found:
    """A counterexample."""

    def __init__(self, claim, instance):
        self.instance, self.found_by = instance, "floats"
        self.decision = decide(claim, instance)
        assert self.decision.refutes


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    claim = conjecture("c", TEXT, over="minimizers").claims[0]
    how = {"command": "certimin search", "seed": 0, "environment": {}}
    return write(Found(claim, INSTANCE), claim, tmp_path_factory.mktemp("out"), **how)


def test_it_says_the_alternatives(written):
    claim = written.data["claim"]
    jsonschema.validate(written.data, SCHEMA)
    assert claim["conditions"][1] == ["or", [">=", "a", "1"], ["==", "d_y", "2"]]
    assert claim["text"] == (
        "sharpness <= 9 if (depth < 2 or depth > 2 or d_x >= 2) and (a >= 1 or d_y == 2)"
    )
    assert r"\text{ or }" in claim["latex"]
    assert r"\text{ or }" in (written.folder / "counterexample.tex").read_text(encoding="utf-8")


def test_its_program_and_a_replay_confirm_it(written):
    """One alternative has no value here, for there are two outputs; the other one holds."""
    assert written.data["checked"] == "confirmed"
    assert replay(written.folder).verdict == "confirmed"


def judged(written, folder, **changes):
    """What the program says of a certificate that was changed, with all digests made to fit."""
    data = copy.deepcopy(core(written.data))
    data["claim"] |= changes
    data["claim"]["text"] = checker.sentence(data["claim"])
    program = folder / "check.py"
    program.write_text(check_program(SETTINGS["minimizers"].checker(), data), encoding="utf-8")
    return run_program(program)


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        (["or", [">=", "depth", "3"], [">=", "d_x", "2"]], "confirmed"),
        (["or", [">=", "depth", "3"], [">=", "d_x", "3"]], "denied"),
        (["or", [">=", "a", "1"], ["<", "a", "1"]], "denied"),
        (["or", [">=", "depth", "3"], ["or", ["==", "d_x", "2"], ["==", "d_y", "5"]]], "denied"),
        (["or", [">=", "nobody", "1"], ["==", "d_x", "3"]], "unknown"),
        (["and", [">=", "depth", "2"], [">=", "d_x", "2"]], "denied"),
        (["or"], "denied"),
    ],
)
def test_a_condition_that_was_changed_is_decided_anew(written, tmp_path, condition, verdict):
    assert judged(written, tmp_path, conditions=[condition])[0] == verdict


def test_alternatives_are_no_relation_to_refute(written, tmp_path):
    relation = ["or", ["<=", "sharpness", "9"], ["<=", "sharpness", "8"]]
    assert judged(written, tmp_path, relation=relation)[0] == "denied"


@pytest.mark.parametrize(
    "condition",
    [["or"], ["or", [">=", "depth", "2"]], ["or", "depth", "2"], ["or", ["+", "depth", "1"], "2"]],
)
def test_what_is_no_condition_is_not_rebuilt(condition):
    claim = {"relation": ["<=", "sharpness", "9"], "conditions": [condition], "assumptions": []}
    with pytest.raises(UsageError):
        rebuilt(claim, SETTINGS["minimizers"])
