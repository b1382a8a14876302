"""``certimin judge``: JSON on stdout whatever is read, a line on stderr, and exit codes."""

import io
import json
import os
from types import SimpleNamespace

import pytest

from verify.commands import judge as command
from verify.judging.verdicts import invalid, undecided

SCORED = {"verdict": "scored", "score": "1/2"}


@pytest.fixture
def asked(monkeypatch):
    """What the command asks the judge, which answers as it is told."""
    seen = SimpleNamespace(content=None, limits=None, answer=SCORED)

    def judge_text(content, **limits):
        seen.content, seen.limits = content, limits
        return seen.answer

    monkeypatch.setattr(command, "judge_text", judge_text)
    return seen


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "candidate.json"
    path.write_text("{}")
    return path


@pytest.mark.parametrize(
    ("answer", "code", "line"),
    [
        (SCORED, 0, ""),
        (invalid("file: no"), 2, "certimin: file: no\n"),
        (undecided("no score"), 3, "certimin: no score\n"),
    ],
    ids=lambda x: x["verdict"] if isinstance(x, dict) else "",
)
def test_verdicts_are_exit_codes(certimin, asked, file, answer, code, line):
    asked.answer = answer
    found, out, err = certimin("judge", file, "--seconds", "3", "--memory", "700")
    assert (found, json.loads(out), err) == (code, answer, line)
    assert (asked.content, asked.limits) == (b"{}", {"seconds": 3.0, "memory": 700})


def test_standard_input(certimin, asked, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"[]")))
    assert certimin("judge", "-")[0] == 0
    assert asked.content == b"[]"


@pytest.mark.parametrize("kind", ["folder", "pipe", "nothing"])
def test_what_is_no_file_is_said_in_json_too(certimin, asked, tmp_path, kind):
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    code, out, err = certimin("judge", path)
    assert (code, err.count("\n")) == (2, 1)
    assert json.loads(out)["reason"].startswith(f"file: cannot read {path}: ")


def test_no_more_of_a_file_is_read_than_may_be(certimin, asked, tmp_path):
    path = tmp_path / "long"
    path.write_bytes(b" " * (1 << 22))
    certimin("judge", path)
    assert len(asked.content) == (1 << 20) + 1


@pytest.mark.parametrize("option", [("--seconds", "0"), ("--seconds", "nan"), ("--memory", "1")])
def test_limits_that_are_none(certimin, file, option):
    code, out, err = certimin("judge", file, *option)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert option[0] in err


@pytest.mark.slow
def test_a_file_from_start_to_end(certimin, tmp_path):
    path = tmp_path / "candidate.json"
    document = {
        "task": {"refute": "sharpness <= hessian_trace/2"},
        "candidate": {"weights": [[[1]], [["1/2"]]], "sigma": [[1]]},
    }
    path.write_text(json.dumps(document))
    code, out, err = certimin("judge", path)
    found = json.loads(out)
    assert (code, err, found["score"], found["gap"]) == (0, "", "1/2", "5/4")
    document["candidate"]["sigma"] = [["1/0"]]
    path.write_text(json.dumps(document))
    code, out, err = certimin("judge", path)
    assert (code, err) == (2, "certimin: candidate.sigma[0][0]: '1/0' divides by zero\n")
