"""What stands around the command: encodings, widths, packages in the way, plug-ins that break."""

import json
import os
import re
import subprocess
import sys

import pytest

from verify.commands.console import console
from verify.environment import processors


def run(*arguments, beside=(), cwd=None, **environment):
    paths = [*map(str, beside), os.getcwd(), os.environ.get("PYTHONPATH", "")]
    return subprocess.run(
        [sys.executable, "-m", "certimin", *map(str, arguments)],
        capture_output=True,
        cwd=cwd,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))} | environment,
    )


def slow(*values):
    """A case that shows nothing new of its kind."""
    return pytest.param(*values, marks=pytest.mark.slow)


# --- encodings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1252", slow("latin-1"), slow("ascii")])
def test_what_an_encoding_cannot_say_is_escaped(encoding):
    done = run("settings", "--all", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u03a3" in done.stdout  # Σ
    assert b"W_3 = [h,0]" in b" ".join(done.stdout.split())


def test_the_outcome_is_written_whatever_the_terminal_says(tmp_path):
    path = tmp_path / "outcome.json"
    sizes = ("--depth", 2, "--width", 1, "--budget", 1)
    done = run(
        "search", "minimal_sharpness <= 0", *sizes, "--out", tmp_path, "--json", path,
        PYTHONIOENCODING="ascii",
    )  # fmt: skip
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)
    assert json.loads(path.read_text(encoding="utf-8"))["verdict"] == "refuted"


def test_brackets_and_colons_are_text(capsys):
    console().print("W = [h,0] [/b] :warning: 12")
    assert capsys.readouterr().out == "W = [h,0] [/b] :warning: 12\n"


@pytest.mark.parametrize(
    ("columns", "width"), [("60", 60), ("200", 200), ("", 100), ("0", 100), ("wide", 100)]
)
def test_a_pipe_is_as_wide_as_columns_says(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    assert console().width == width


@pytest.mark.parametrize("arguments", [("show", "F1"), slow(("quantities",))])
def test_a_reader_that_has_enough_is_no_refutation(arguments):
    """What is printed to a pipe that nobody reads any more ends with 3; 1 means refuted."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "certimin", *arguments],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, b"Traceback" in done.stderr) == (3, False)


# --- packages in the way ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "package"), [("verify", False), ("verify", True), ("numeric", False)]
)
def test_a_module_of_that_name_is_told_in_one_line(tmp_path, name, package):
    place = tmp_path / name / "__init__.py" if package else tmp_path / f"{name}.py"
    place.parent.mkdir(exist_ok=True)
    place.write_text("x = 1\n")
    done = run("list", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert f"{place.resolve()} is imported as {name!r}".encode() in done.stderr


def test_a_script_beside_such_a_module_is_told_too(tmp_path):
    (tmp_path / "verify.py").write_text("x = 1\n")
    script = tmp_path / "script.py"
    script.write_text("import theorems.quantities\n")
    paths = {"PYTHONPATH": os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False,
        env=os.environ | paths,
    )  # fmt: skip
    last = done.stderr.splitlines()[-1]
    assert re.match(r"ImportError: .*verify\.py is imported as 'verify'.*rename it", last)


# --- plug-ins -----------------------------------------------------------------------------------

GOOD = """
from verify.theorem import Source, Theorem, quantity, stated
from theorems.settings import any_weights

@quantity("{name}_count", "n")
def count(instance):
    '''One more than the depth.'''
    return instance.net.depth + 1

more = stated("more", "t", any_weights, count.symbol >= 2)
THEOREM = Theorem(id="{name}", title="t", normalisation="", source=Source("k", "w"),
                  claims=(more,), module=__name__)
"""
BROKEN = {
    "raises": GOOD + "\n1 / 0\n",
    "leaves": "import sys; sys.exit(0)",
    "no_theorem": "THEOREM = 5",
    "same_id": GOOD.replace('id="{name}"', 'id="M1"'),
    "same_quantity": GOOD.replace("{name}_count", "sharpness"),
    "same_setting": "from theorems.recipes import setting\n"
    "@setting('minimizers', 'theirs')\ndef theirs(draw):\n    '''None.'''\n",
    "syntax": "def :",
}


@pytest.fixture
def installed(tmp_path):
    """Install packages that provide theorems; return what runs the command beside them."""

    def install(**sources):
        for name, text in sources.items():
            (tmp_path / f"plug_{name}.py").write_text(text.replace("{name}", name))
            about = tmp_path / f"plug_{name}-1.dist-info"
            about.mkdir()
            (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: plug-{name}\nVersion: 1")
            entry = f"[certimin.theorems]\n{name} = plug_{name}\n"
            (about / "entry_points.txt").write_text(entry)
        return lambda *arguments: run(*arguments, beside=[tmp_path])

    return install


def test_broken_plugins_are_named_and_the_others_work(installed, tmp_path):
    certimin = installed(fine=GOOD, **BROKEN)
    done = certimin("quantities", "--all")
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 3
    assert len(lines) == len(BROKEN)
    for name, line in zip(sorted(BROKEN), sorted(lines), strict=True):
        assert line.startswith(f"certimin: skipped the plug-in '{name}': ")
    words = done.stdout.decode().split()
    assert "fine_count" in words
    assert "raises_count" not in words  # what it defined before it broke is forgotten
    done = certimin("doctor", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 3
    assert [re.search("'(.*?)'", line)[1] for line in found["skipped"]] == sorted(BROKEN)
    assert found["jobs"] == processors()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("list",), 3),
        (("search", "depth >= 1", "--depth", "2", "--width", "1", "--budget", "1"), 3),
        (("search", "depth >= 9", "--depth", "2", "--width", "1", "--budget", "1"), 1),
        (("search", "dept >= 9"), 2),
    ],
)
def test_what_was_asked_for_is_done_beside_a_broken_plugin(installed, tmp_path, arguments, code):
    out = ("--out", tmp_path / "out") if arguments[0] == "search" else ()
    done = installed(raises=BROKEN["raises"])(*arguments, *out)
    assert done.returncode == code
    assert done.stderr.decode().splitlines()[-1].startswith("certimin: skipped the plug-in")
    assert b"Traceback" not in done.stderr
    assert (b"survived" in done.stdout) == (code == 3 and arguments[0] == "search")


@pytest.mark.slow
def test_a_plugin_may_use_one_that_is_loaded_after_it(installed):
    user = "from plug_zz import THEOREM as base\n" + GOOD
    done = installed(aa=user, zz=GOOD)("list")
    assert done.returncode == 0, done.stderr
    assert {b"aa", b"zz"} <= set(done.stdout.split())
