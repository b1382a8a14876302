"""What the command line refuses is said in the names of its options; a stale installation too."""

import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import click
import numpy as np
import pytest

from certimin.commands.network import network
from verify.commands import installed
from verify.commands.typed import as_typed

ROOT = Path(installed.HERE).resolve().parents[2]


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """A folder with a network and its data, to work in."""
    monkeypatch.chdir(tmp_path)
    np.savez("net.npz", W1=np.eye(2), W2=np.ones((1, 2)))
    np.savez("data.npz", X=np.eye(2), y=[1.0, 2.0])
    np.savez("wide.npz", X=np.eye(3), y=[1.0, 2.0, 3.0])
    return tmp_path


EXAMINE = ("network", "net.npz", "--data", "data.npz")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((*EXAMINE, "--step-size", "-1"), "--step-size: expected a positive number, got -1.0"),
        ((*EXAMINE, "--step-size", "a"), "--step-size: expected a number, got 'a'"),
        ((*EXAMINE, "--noise", "1"), "--noise: expected --decay beside it, got --noise alone"),
        ((*EXAMINE, "--decay", "1,2,3"), "--decay: expected one number, or 2"),
        ((*EXAMINE, "--activation", "abs"), "--activation: expected"),
        ((*EXAMINE, "--activation", "relu", "--decay", "1"), "leave --decay and --noise out"),
        (("network", "net.npz", "--data", "wide.npz"), "WEIGHTS: expected 3 inputs"),
        (("data", "data.npz", "--depth", "2.5"), "--depth: expected whole numbers"),
        (("search", "depth >= 1", "--depth", "3:2"), "--depth: expected LOW:HIGH"),
        (("search", "depth >= 1", "--width", "0:2"), "--width: expected LOW:HIGH"),
        (("search", "depth >= 1", "--over", "moons"), "--over: unknown setting 'moons'"),
        (("search", "depth >= 1", "--budget", "-1"), "--budget: expected a positive number"),
        (("search", "depth >= 1", "--tighten", "c"), "--tighten: expected the constant 'c'"),
        (("search", "none.py"), "CONJECTURE: no file none.py"),
        (("audit", "C1", "--budget", "0"), "--budget: expected a positive number"),
        (("report", "--out", "none"), "--out: expected a folder with a verify.json"),
        (("new", "Two Words"), "NAME: expected lower-case letters"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_an_argument_is_named_as_it_is_typed(certimin, beside, arguments, says):
    code, out, err = certimin(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("certimin: ")
    assert says in err


def test_words_that_are_no_arguments_are_left_alone():
    for text in (
        "expected depth 2, got 3",
        "activation not stored: taken as linear",
        "transposed: no option",
        "conjecture 'depth==2' and 'noise=3' are the user's",
    ):
        assert as_typed(text, network) == text


def test_an_option_is_found_by_what_is_typed_before_what_it_sets():
    both = [click.Option(["--depth", "levels"]), click.Option(["-l", "--levels", "chosen"])]
    command = click.Command("both", params=both)
    assert as_typed("depth: no", command) == "--depth: no"
    assert as_typed("levels: no", command) == "--levels: no"
    assert as_typed("chosen: no", command) == "--levels: no"


# --- an installation that is older than its checkout --------------------------------------------


@pytest.fixture
def stale(monkeypatch):
    """Entry points as they were before there was a command ``network``."""

    def known(group):
        return [entry for entry in entry_points(group=group) if entry.name != "network"]

    for module in ("verify.commands.installed", "verify.commands.main"):
        monkeypatch.setattr(f"{module}.entry_points", known)


def test_a_command_that_the_installation_lacks_is_told_with_the_remedy(certimin, stale):
    code, out, err = certimin("network", "net.npz")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("certimin: command 'network': this installation was made from an older")
    assert f"pip install -e {ROOT}" in err
    code, out, err = certimin("--help")
    assert (code, err) == (0, "")
    assert "network" in out
    assert "older checkout" in " ".join(out.split())


def test_the_others_work_and_what_no_checkout_has_is_unknown(certimin, stale):
    assert certimin("data", "--help")[0] == 0
    assert "No such command 'netwrok'" in certimin("netwrok")[2]


def test_nothing_is_said_without_a_checkout_or_beside_another_project(tmp_path, monkeypatch):
    place = tmp_path / "verify" / "commands" / "installed.py"
    monkeypatch.setattr(installed, "HERE", place)
    monkeypatch.setattr(installed, "entry_points", lambda group: [])
    assert installed.undeclared("certimin.commands") == []
    for text in ("not TOML =", '[project]\nname = "other"\n[project.entry-points.g]\na = "b"'):
        (tmp_path / "pyproject.toml").write_text(text)
        assert installed.undeclared("g") == []
    (tmp_path / "pyproject.toml").write_text(text.replace("other", "certimin"))
    assert installed.undeclared("g") == ["a"]


def test_what_is_compared_is_what_the_project_declares():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    assert "network" in declared["certimin.commands"]
