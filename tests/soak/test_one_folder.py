"""Two runs that write to one folder at once do not disturb each other."""

import json
import subprocess
import sys

import pytest

from tests.soak.commands import ENVIRONMENT, part, report, run, start

PAIRS = 5


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quiet")
    assert run("verify", "F1", "--jobs", 1, "--out", folder)[0] == 0
    return report(folder)


@pytest.mark.parametrize("number", range(part(PAIRS)))
def test_two_verifications(tmp_path, quiet, number):
    resumed = [[], ["--resume"]][number % 2]
    both = [start("verify", "F1", "--jobs", 1, *how, "--out", tmp_path) for how in ([], resumed)]
    for process in both:
        _, err = process.communicate()
        assert process.returncode == 0, err
    assert report(tmp_path) == quiet
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("number", range(part(PAIRS)))
def test_two_searches(tmp_path, number):
    text = "sharpness <= hessian_trace/2"
    how = ("--depth", "2:2", "--width", "1:2", "--budget", 30, "--seed", number)
    both = [start("search", text, *how, "--out", tmp_path) for _ in range(2)]
    for process in both:
        _, err = process.communicate()
        assert process.returncode == 1, err
    certificate = json.loads((tmp_path / "search.json").read_text())["certificate"]
    check = [sys.executable, "-I", f"{certificate}/check.py"]
    assert subprocess.run(check, env=ENVIRONMENT, capture_output=True).returncode == 0
    assert not list(tmp_path.rglob("*.part"))
