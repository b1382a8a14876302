"""The command line: what it prints, where, and the exit code that says how it ended."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from types import SimpleNamespace

import jsonschema
import pytest

from verify import registry, report
from verify.commands import doctor
from verify.commands import main as cli
from verify.errors import CertiminError
from verify.registry import theorems
from verify.report.shape import SCHEMA_FILE
from verify.runs import session
from verify.runs.profiles import PROFILES
from verify.search.budget import Budget


def test_list(certimin):
    code, out, err = certimin("list")
    assert (code, err) == (0, "")
    assert all(theorem_id in out for theorem_id in theorems())


def test_show_without_reports(certimin, tmp_path):
    code, out, err = certimin("show", "M1", "--out", tmp_path)
    assert code == 0
    assert "On whitened data the sharpness of a minimizer" in out
    assert "- lower: " in out
    assert f"no evidence yet in {tmp_path}" in err


def test_quantities(certimin):
    code, out, err = certimin("quantities")
    assert (code, err) == (0, "")
    assert "minimal_sharpness" in out
    assert "Least sharpness of any minimizer" in out


def test_doctor(certimin):
    code, out, err = certimin("doctor", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert found["theorems"] == len(theorems())
    assert {"numpy", "sympy", "python-flint", "hypothesis"} <= set(found["packages"])
    code, out, _ = certimin("doctor")
    assert code == 0
    assert "ground_types: " in out
    assert found["cupy"].startswith(("usable: CuPy", "backend cupy: "))
    for part, package in (("compiled kernels", "numba"), ("clusters", "distributed")):
        missing = f"{package} is not installed"
        assert found[part].startswith(missing) == (package not in found["packages"])


def test_doctor_names_the_device(certimin, monkeypatch):
    monkeypatch.setattr(session, "check_backend", lambda *_: "CuPy 14.2, a device")
    assert "cupy: usable: CuPy 14.2, a device" in certimin("doctor")[1]


@pytest.mark.parametrize("arguments", [(), ("--help",), ("verify", "-h")])
def test_help(certimin, arguments):
    code, out, err = certimin(*arguments)
    assert (code, err) == (0, "")
    assert out.startswith("Usage: certimin")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "M11"), "unknown theorem id 'M11'; did you mean M1"),
        (("show", "qqqq"), "unknown theorem id 'qqqq'; `certimin list` shows all"),
        (("verify", "M1", "--jobs", "0"), "Invalid value for '--jobs'"),
        (("verify", "M1", "--jobs", "two"), "Invalid value for '--jobs'"),
        (("verify", "M1", "--seed", "-1"), "Invalid value for '--seed'"),
        (("verify", "M1", "--profile", "endless"), "Invalid value for '--profile'"),
        (("verify", "M1", "--backend", "abacus"), "Invalid value for '--backend'"),
        (("prove",), "No such command 'prove'"),
        (("show",), "Missing argument 'ID'"),
        (("report",), "--out: expected a folder with a verify.json, got"),
        (("verify", "M1", "--backend", "cupy"), "backend cupy: "),
    ],
    ids=str,
)
def test_wrong_use_is_one_line_and_writes_nothing(
    certimin, tmp_path, monkeypatch, arguments, message
):
    if "cupy" in arguments and doctor._gpu().startswith("usable"):
        pytest.skip("CuPy is usable here")
    monkeypatch.chdir(tmp_path)
    code, out, err = certimin(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("certimin: ")
    assert message in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("verify", "M1"), ("report",)])
def test_a_file_in_the_way_of_out(certimin, tmp_path, command):
    way = tmp_path / "reports"
    way.write_text("mine")
    code, out, err = certimin(*command, "--out", way)
    assert (code, out) == (2, "")
    assert err.startswith("certimin: --out: ")
    assert err.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["reports"]
    assert way.read_text() == "mine"


def test_a_broken_report_is_not_rebuilt(certimin, tmp_path):
    (tmp_path / "verify.json").write_text('{"schema": 1, "theorems": []}')
    code, _, err = certimin("report", "--out", tmp_path)
    assert (code, err.count("\n")) == (2, 1)
    assert "schema: expected 2, got 1" in err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"schema": 1, "theorems": []}', "schema: expected 2, got 1"),
        ('{"schema": 2}', "'environment' is missing"),
        ("{", "is not a verify.json"),
    ],
)
@pytest.mark.parametrize("place", ["folder", "file"])
def test_show_says_that_a_report_cannot_be_read(certimin, tmp_path, text, says, place):
    file = tmp_path / "verify.json"
    file.write_text(text)
    code, out, err = certimin("show", "M1", "--out", file if place == "file" else tmp_path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err
    assert "certimin verify" in err


@pytest.mark.parametrize(
    ("error", "code"), [(CertiminError("no"), 3), (OSError("no"), 3), (KeyboardInterrupt(), 3)]
)
def test_errors_are_one_line_and_no_traceback(certimin, monkeypatch, error, code):
    def fail():
        raise error

    monkeypatch.setattr(registry, "theorems", fail)
    assert certimin("list")[0] == code
    assert certimin("list")[2] in (
        "certimin: no\n",
        "certimin: interrupted\n",
        "\ncertimin: interrupted\n",
    )


def test_a_broken_plugin_breaks_only_itself(certimin, monkeypatch):
    class Entry:
        name, value = "plugin", "no_such_plugin:command"

    monkeypatch.setattr(cli, "entry_points", lambda group: [Entry()])
    assert "Cannot be loaded" in certimin("--help")[1]
    code, _, err = certimin("plugin", "--deep", "3")
    assert code == 2
    assert err == "certimin: command 'plugin' cannot be loaded: No module named 'no_such_plugin'\n"


@pytest.fixture
def plugin(certimin, monkeypatch, tmp_path):
    """Install a package with a command; return what runs the command line."""

    def install(package, module="", attribute="command"):
        folder = tmp_path / "odd_plugin"
        folder.mkdir()
        (folder / "__init__.py").write_text(package)
        (folder / "inner.py").write_text(module)
        entry = SimpleNamespace(name="plugin", value=f"odd_plugin.inner:{attribute}")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(cli, "entry_points", lambda group: [entry])
        return certimin

    yield install
    for name in ("odd_plugin", "odd_plugin.inner"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("package", "module", "says"),
    [
        ("1 / 0", "", "ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(0)", "", "SystemExit: 0"),
        ("", "raise ValueError('one\\ntwo')", "ValueError: one"),
        ("", "import sys; sys.exit(7)", "SystemExit: 7"),
        ("", "", "has no attribute 'command'"),
        ("", "command = 5", "expected a click command, got 5"),
        ("", "def command(:", "SyntaxError: "),
    ],
)
def test_a_plugin_that_misbehaves_breaks_only_itself(plugin, package, module, says):
    certimin = plugin(package, module)
    code, out, _ = certimin("--help")
    assert code == 0
    assert "verify" in out
    assert "plugin" in out
    code, out, err = certimin("plugin", "--deep", "3")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("certimin: command 'plugin' cannot be loaded: ")
    assert says in err


def test_a_title_in_brackets_is_listed_as_it_is(certimin, monkeypatch):
    known = dict(theorems())
    known["M1"] = replace(known["M1"], title="closed [/b] bracket")
    monkeypatch.setattr(registry, "theorems", lambda: known)
    code, out, _ = certimin("list")
    assert code == 0
    assert "closed [/b] bracket" in out


def test_verify_end_to_end(certimin, tmp_path, monkeypatch):
    tiny = replace(
        PROFILES["quick"],
        instances=4,
        trainings=1,
        budget=Budget(batches=1, batch_size=200, examples=25),
    )
    monkeypatch.setitem(PROFILES, "quick", tiny)
    out_folder = tmp_path / "deep" / "reports"
    code, out, err = certimin("verify", "M1", "--jobs", 1, "--out", out_folder)
    assert code == 0, out
    assert "M1: all checks ran" in err
    assert f"reports in {out_folder}" in out

    found = json.loads((out_folder / "verify.json").read_text())
    jsonschema.validate(found, json.loads(SCHEMA_FILE.read_text()))
    assert report.fault(found) is None
    verified = {t["id"]: t["verified"] for t in found["theorems"]}
    assert verified["M1"]
    assert all(verified.values())
    suites = ET.parse(out_folder / "junit.xml").getroot()
    assert (suites.get("failures"), suites.get("errors")) == ("0", "0")

    (out_folder / "index.html").unlink()
    assert certimin("report", "--out", out_folder)[0] == 0
    assert (out_folder / "index.html").exists()
    code, out, err = certimin("show", "M1", "--out", out_folder)
    assert (code, err) == (0, "")
    assert "✓ holds" in out


def test_python_m_verify():
    done = subprocess.run(
        [sys.executable, "-m", "verify", "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("certimin, version ")
