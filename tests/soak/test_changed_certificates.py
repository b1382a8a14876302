"""No certificate that was changed is confirmed, whether in a letter or in what it says."""

import json
import shutil
import string
import subprocess
import sys
from random import Random

import pytest

from tests.soak.commands import part
from theorems import quantities as q
from theorems.instances import Instance
from theorems.settings import minimizers
from verify.certificates import checker
from verify.certificates.folder import _digest, write
from verify.certificates.replay import replay
from verify.claims import Claim, assumed
from verify.errors import UsageError
from verify.search.record import confirm

LETTERS, MEANINGS = 300, 40
FILES = ("certificate.json", "check.py", "counterexample.tex", "counterexample.svg")
S, L, S_MIN = q.sharpness.symbol, q.depth.symbol, q.minimal_sharpness.symbol
INSTANCE = Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 2]])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The certificate of S <= S_min + 1 if L >= 2: S = 10, S_min = 6 √2."""
    claim = Claim("c", "", minimizers, S <= S_MIN + 1, assumed(L >= 2))
    found = confirm(claim, INSTANCE, "floats", minimizers)
    options = {"command": "certimin search", "seed": 0, "environment": {"python": "3"}}
    folder = write(found, claim, tmp_path_factory.mktemp("out"), **options).folder
    assert (confirmed_by_replay(folder), confirmed_by_itself(folder)) == (True, True)
    return folder


def confirmed_by_replay(folder):
    try:
        return replay(folder).verdict == "confirmed"
    except UsageError:
        return False


def confirmed_by_itself(folder):
    run = [sys.executable, "-I", str(folder / "check.py")]
    done = subprocess.run(run, capture_output=True, check=False, timeout=200)
    return done.returncode == 0 and done.stdout.endswith(b"verdict:    confirmed\n")


def test_one_letter(written, tmp_path):
    """Any character of any file becomes another, is left out, or is written twice."""
    random = Random(0)
    for number in range(part(LETTERS)):
        name = FILES[number % len(FILES)]
        folder = shutil.copytree(written, tmp_path / str(number))
        text = (folder / name).read_text(encoding="utf-8")
        place, kind = random.randrange(len(text)), random.choice(["other", "out", "twice"])
        other = random.choice([c for c in string.printable if c not in (text[place], "\r")])
        middle = {"other": other, "out": "", "twice": 2 * text[place]}[kind]
        changed = text[:place] + middle + text[place + 1 :]
        (folder / name).write_text(changed, encoding="utf-8")
        where = f"{name}, {place}: {text[place]!r} {kind} {middle!r}"
        assert not confirmed_by_replay(folder), where
        if name in ("certificate.json", "check.py"):
            assert not confirmed_by_itself(folder), where
        shutil.rmtree(folder)


def relation(*tree):
    return lambda d: d["claim"].update(relation=list(tree))


def conditions(*trees):
    return lambda d: d["claim"].update(conditions=list(trees))


def of_claim(**changes):
    return lambda d: d["claim"].update(changes)


def of_instance(**changes):
    return lambda d: d["instance"].update(changes)


BOUND = ["+", "1", "minimal_sharpness"]
FALSE_NOWHERE_NEAR = [
    relation(">=", "sharpness", BOUND),
    relation(">", "sharpness", BOUND),
    relation("<=", "sharpness", ["+", "2", "minimal_sharpness"]),
    relation("<=", "sharpness", ["+", "1", ["*", "2", "minimal_sharpness"]]),
    relation("<=", "depth", BOUND),
    relation("<=", "sharpness", ["*", "5", "target_norm"]),
    relation("<=", "minimal_sharpness", "sharpness"),
    relation("<=", ["**", "sharpness", "1/2"], BOUND),
    relation("<=", "sharpness", "hessian_trace"),
    conditions([">=", "depth", "3"]),
    conditions([">", "depth", "2"]),
    conditions([">=", "depth", "2"], ["<", "d_x", "2"]),
    of_claim(assumptions=["the moon is full"]),
    of_claim(setting="whitened-minimizers"),
    of_claim(setting="flattest-minimizers"),
    of_instance(sigma=[["1/100", "0"], ["0", "1/100"]]),
    of_instance(sigma=[["-1", "0"], ["0", "-2"]]),
    of_instance(sigma=[["1", "5"], ["0", "2"]]),
    of_instance(target=[["2", "0"], ["0", "9"]]),
    of_instance(weights=[[["2", "0"]], [["1", "0"]]]),
]
"""What the claim or the instance becomes; each is tried with the old text and with a new one."""

PRINTED = [
    of_claim(text="Theorem M1: every minimizer is at least this sharp"),
    of_claim(text="sharpness <= minimal_sharpness + 1 if depth >= 2"),
    of_claim(text="sharpness >= 1 + minimal_sharpness if depth >= 2"),
    of_claim(latex=r"S(W) \leq 2 S_{\min}"),
    of_claim(latex=""),
    lambda d: d.update(lhs=["11", "11"]),
    lambda d: d.update(lhs=["9", "9"]),
    lambda d: d.update(rhs=["9", "9"]),
    lambda d: d.update(rhs=["0", "100"]),
    lambda d: d.update(lhs=d["rhs"], rhs=d["lhs"]),
    lambda d: d.update(lhs=None, rhs=None, separator=None),
    lambda d: d.update(separator="39/4"),
    lambda d: d.update(separator=None),
    lambda d: d.update(separator="9"),
    lambda d: d.update(kind="exact"),
    lambda d: d.update(kind="proved"),
    lambda d: d["sizes"].update(sigma=[9, 9]),
    lambda d: d["sizes"].pop("target"),
    lambda d: d["files"].update({"check.py": 64 * "0"}),
    lambda d: d["files"].update({"counterexample.svg": 64 * "f"}),
]
"""What is printed beside them becomes."""

CHANGES = [(change, own) for change in FALSE_NOWHERE_NEAR for own in (False, True)]
CHANGES += [(change, False) for change in PRINTED]


def test_what_it_says(written, tmp_path):
    """The forger writes a new digest too."""
    chosen = Random(1).sample(CHANGES, part(len(CHANGES)))
    assert len(CHANGES) >= MEANINGS
    for number, (change, own) in enumerate(chosen):
        folder = shutil.copytree(written, tmp_path / str(number))
        path = folder / "certificate.json"
        data = json.loads(path.read_text(encoding="utf-8"))
        change(data)
        if own:
            data["claim"]["text"] = checker.sentence(data["claim"])
        data["sha256"] = _digest(data)
        path.write_text(checker.pretty(data), encoding="utf-8")
        assert not confirmed_by_replay(folder), (number, data["claim"])
        if data["files"]["counterexample.svg"] != 64 * "f":  # it knows nothing of drawings
            assert not confirmed_by_itself(folder), (number, data["claim"])
