"""The commands of the adversary: what they answer, what they write, and what they refuse."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

from verify import records
from verify.certificates import folder
from verify.commands import doctor

FALSE = "sharpness <= hessian_trace/2"
TRUE = "sharpness <= hessian_trace"
SMALL = ("--depth", "2:2", "--width", "1:2")


@pytest.fixture
def search(certimin, tmp_path):
    """Run `certimin search` into a folder of its own; return exit code, record, stdout, stderr."""

    def run(conjecture, *options):
        file = tmp_path / "outcome.json"
        command = ("search", conjecture, "--json", file, "--out", tmp_path / "out", *options)
        code, out, err = certimin(*command)
        record = json.loads(file.read_text()) if file.exists() else None
        return code, record, out, err

    return run


def test_a_false_conjecture_comes_with_a_certificate(search, certimin):
    code, record, out, err = search(FALSE, "--budget", 20, *SMALL)
    assert (code, record["verdict"]) == (1, "refuted")
    assert record["best_margin"] < 0
    assert "S(W)" in out  # what was understood
    assert "counterexample" in err  # as it went
    folder = Path(record["certificate"])
    names = {"certificate.json", "check.py"}
    names |= {f"counterexample.{kind}" for kind in ("svg", "tex", "v")}
    assert {path.name for path in folder.iterdir()} == names
    check = subprocess.run([sys.executable, "-I", folder / "check.py"], capture_output=True)
    assert check.returncode == 0
    assert b"confirmed" in check.stdout
    code, out, _ = certimin("replay", folder)
    assert (code, out.splitlines()[-1]) == (0, "verdict: confirmed")


def test_it_is_found_again_at_once(search):
    _, first, *_ = search(FALSE, "--budget", 20, *SMALL)
    _, again, *_ = search(FALSE, "--budget", 20, *SMALL)
    assert again["found_by"] == "corpus"
    assert again["instance"] == first["instance"]
    assert again["instances"] == 1


def test_a_survivor_says_how_hard_it_was_tried_and_where_it_is_tight(search, tmp_path):
    code, record, out, _ = search(TRUE, "--budget", 5, *SMALL)
    assert (code, record["verdict"], record["certificate"]) == (0, "survived", None)
    assert record["instances"] > 1000
    assert {"floats", "optimiser", "hypothesis"} <= set(record["engines"])
    assert record["best_margin"] == pytest.approx(0, abs=1e-9)  # equal where one weight counts
    assert {row["depth"] for row in record["tightest"]} == {2}
    assert "nearest to failing" in out
    figures = tmp_path / "out" / "figures"
    (stem,) = {path.stem for path in figures.iterdir()}
    assert {path.suffix for path in figures.iterdir()} == {".svg", ".pdf", ".png", ".csv"}
    assert stem in out
    assert "a tie" in (figures / f"{stem}.svg").read_text()
    rows = (figures / f"{stem}.csv").read_text().splitlines()
    assert rows[0] == "depth,width,ratio,slack,tie,setting"
    assert len(rows) == 1 + len(record["tightest"])


def test_what_nothing_satisfies_is_vacuous(search):
    code, record, *_ = search("sharpness >= 1 if d_x >= 99", "--budget", 1, *SMALL)
    assert (code, record["verdict"], record["instances"]) == (3, "vacuous", 0)


def test_what_is_defined_nowhere_is_vacuous(search):
    code, record, *_ = search("sharpness >= 1/(depth - 2)", "--budget", 1, *SMALL)
    assert (code, record["verdict"]) == (3, "vacuous")


def test_the_largest_constant_is_bracketed(search):
    options = ("--tighten", "c", "--budget", 6, "--depth", "2:2", "--width", "1:1")
    code, record, out, _ = search("sharpness >= c*hessian_trace", *options)
    assert code == 0
    refuted, survived = Fraction(record["refuted"]), Fraction(record["survived"])
    assert 1 == survived < refuted <= 1 + Fraction(1, 10**8)
    assert "survives" in out


def test_a_number_of_any_length_is_told(search):
    code, record, out, _ = search("sharpness >= (depth*10**64)**64*(10**64)**4", "--budget", 2)
    assert (code, record["verdict"]) == (1, "refuted")
    assert "does not confirm" not in out


@pytest.mark.parametrize("setting", ["noisy-ties", "aligned-networks"])
def test_what_the_certificate_does_not_know_contradicts_nothing(search, setting):
    sizes = ("--over", setting, "--depth", "2:3", "--width", "1:2", "--budget", 3)
    code, record, out, _ = search("depth >= 100", *sizes)
    assert (code, record["verdict"]) == (1, "refuted")
    assert "does not confirm it: the setting" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sharpnes >= 1",), "did you mean 'sharpness'"),
        (("sharpness >= (1",), "column"),
        (("sharpness >= beta",), "beta does not exist over minimizers"),
        (("sharpness >= 1", "--over", "minimisers"), "did you mean minimizers"),
        (("sharpness >= 1", "--depth", "3:2"), "depth"),
        (("sharpness >= 1", "--width", "0:2"), "width"),
        (("sharpness >= 1", "--width", "two"), "LOW:HIGH"),
        (("sharpness >= 1", "--budget", "0"), "budget"),
        (("sharpness >= 1", "--budget", "nan"), "budget"),
        (("sharpness >= 1", "--tighten", "c"), "c"),
        (("nowhere.py",), "certimin new"),
    ],
    ids=str,
)
def test_wrong_use_is_one_line_and_exit_2(search, arguments, says):
    code, record, _, err = search(*arguments)
    assert (code, record) == (2, None)
    assert says in err
    assert len(err.splitlines()) == 1


def test_an_outcome_that_cannot_be_written_costs_no_search(certimin, tmp_path):
    (tmp_path / "file").touch()
    bad, good = tmp_path / "file" / "deeper", tmp_path / "out"
    for option, paths in (("--out", ("--out", bad)), ("--json", ("--json", bad, "--out", good))):
        code, _, err = certimin("search", FALSE, *paths)
        assert code == 2
        assert option in err


DERIVED = """
from verify.conjecture import conjecture
from verify.theorem import Identity
STEPS = [Identity("add", 1, 2)]
CONJECTURE = conjecture("odd", "sharpness > 0", proof=lambda: STEPS)
"""
MODULES = {
    "derives wrongly": (DERIVED, "derivation step 'add' is refuted"),
    "raises": ("1 / 0", "ZeroDivisionError"),
    "ends the interpreter": ("import os; os._exit(0)", "ended the interpreter"),
    "leaves": ("import sys; sys.exit(0)", "SystemExit"),
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_that_misbehaves_is_an_error(name, certimin, tmp_path):
    text, says = MODULES[name]
    module = tmp_path / "odd.py"
    module.write_text(text)
    code, record = in_its_own_process(certimin, module, tmp_path)
    assert (code, record["verdict"]) == (3, "error")
    assert says in record["reason"]


def test_a_module_that_hangs_is_killed_and_its_place_is_told(certimin, tmp_path):
    module = tmp_path / "hangs.py"
    module.write_text("def wait():\n    while True:\n        pass\n\n\nwait()\n")
    start = time.monotonic()
    code, record = in_its_own_process(certimin, module, tmp_path, budget=8)
    assert time.monotonic() - start < 60
    assert (code, record["verdict"]) == (3, "error")
    assert "killed" in record["reason"]
    assert "hangs.py" in record["traceback"]
    assert "in wait" in record["traceback"]


def test_the_module_that_new_writes_can_be_attacked(certimin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = certimin("new", "my-thing")
    assert (code, out.split(";")[0]) == (0, "my_thing.py")
    code, record = in_its_own_process(certimin, tmp_path / "my_thing.py", tmp_path, budget=20)
    assert (code, record["verdict"]) == (1, "refuted")
    assert record["certificate"]


def in_its_own_process(certimin, module, folder, budget=5):
    file = folder / "outcome.json"
    command = ("search", module, "--json", file, "--out", folder / "out", "--budget", budget)
    code, *_ = certimin(*command)
    return code, json.loads(file.read_text())


def test_a_module_states_its_own_sizes(certimin, tmp_path):
    module = tmp_path / "mine.py"
    module.write_text("")
    code, _, err = certimin("search", module, "--depth", "2:2", "--out", tmp_path)
    assert (code, err) == (2, "certimin: --depth: a module states its own; change it there\n")


def test_what_a_wider_search_remembered_does_not_disturb_a_narrow_one(search):
    search(TRUE, "--budget", 3, "--depth", "2:4", "--width", "3:4")
    code, record, *_ = search(TRUE, "--budget", 2, *SMALL)
    assert (code, record["verdict"]) == (0, "survived")
    assert {row["width"] for row in record["tightest"]} <= {1, 2}


def test_an_upper_bound_is_bracketed_from_above(search):
    options = ("--tighten", "c", "--budget", 6, "--depth", "2:2", "--width", "1:1")
    _, record, *_ = search("sharpness <= c*hessian_trace", *options)
    refuted, survived = Fraction(record["refuted"]), Fraction(record["survived"])
    assert 1 - Fraction(1, 10**8) <= refuted < 1 <= survived <= 1 + Fraction(1, 10**5)


@pytest.mark.parametrize("name", ["Upper", "1st", "a/b", "", "a" * 300], ids=len)
def test_a_name_that_is_no_module_is_refused(certimin, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = certimin("new", name)
    assert (code, len(err.splitlines())) == (2, 1)
    assert list(tmp_path.iterdir()) == []


def test_new_overwrites_nothing(certimin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("precious")
    assert certimin("new", "mine")[0] == 2
    assert Path("mine.py").read_text() == "precious"


def test_an_interrupt_keeps_what_is_known(tmp_path):
    file = tmp_path / "outcome.json"
    command = ["search", TRUE, "--budget", "60", "--json", str(file), "--out", str(tmp_path)]
    with subprocess.Popen(
        [sys.executable, "-m", "verify", *command], stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stderr.readline()  # under way
        os.kill(process.pid, signal.SIGINT)
        try:
            process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 3
    assert json.loads(file.read_text())["verdict"] == "inconclusive"


def test_audit_finds_what_each_assumption_is_for(certimin, tmp_path):
    file = tmp_path / "audit.json"
    code, *_ = certimin("audit", "M1", "--budget", 1, "--json", file)
    assert code == 0
    needed = {row["dropped"] for row in json.loads(file.read_text()) if row["verdict"] == "needed"}
    assert {r"\Sigma = I", r"P\Sigma = T\Sigma"} <= needed


def test_settings_are_listed_with_what_is_searched_too(certimin):
    code, out, _ = certimin("settings")
    assert code == 0
    assert "univariate-minimizers" in out


def test_replay_refuses_what_is_no_certificate(certimin, tmp_path):
    code, _, err = certimin("replay", tmp_path)
    assert (code, len(err.splitlines())) == (2, 1)


def test_what_was_found_at_larger_sizes_does_no_harm_at_smaller_ones(search):
    search(TRUE, "--budget", 2, "--depth", "2:4", "--width", "2:3")
    code, record, *_ = search(TRUE, "--budget", 2, "--depth", "2:2", "--width", "1:1")
    assert (code, record["verdict"]) == (0, "survived")


@pytest.mark.parametrize("setting", ["minimizers", "whitened-minimizers", "flattest-minimizers"])
def test_networks_without_hidden_layers_can_be_searched(search, setting):
    code, record, *_ = search(TRUE, "--over", setting, "--budget", 2, "--depth", "1:1")
    assert (code, record["verdict"]) == (0, "survived")


def test_a_bracket_around_nothing_is_no_success(search):
    conjecture = "hessian_trace >= c if d_x > 5"
    code, record, *_ = search(conjecture, "--tighten", "c", "--budget", 2, *SMALL)
    assert (code, record["verdict"]) == (3, "inconclusive")


def test_what_a_module_left_running_ends_with_the_search(search, tmp_path):
    module, left = tmp_path / "forks.py", tmp_path / "left"
    module.write_text(
        "import os, time\n"
        f"if not os.fork():\n    time.sleep(9)\n    open({str(left)!r}, 'w')\n    os._exit(0)\n"
        "raise RuntimeError\n"
    )
    search(str(module), "--budget", 2)
    time.sleep(10)
    assert not left.exists()


@pytest.mark.parametrize("power", ["0", "(d_x - d_y)"])
def test_no_power_zero_of_what_is_undefined_makes_a_condition_hold(search, power):
    """The condition number is undefined where data_min = 0, so the conjecture is true."""
    conjecture = f"data_min > 0 if condition**{power} >= 1/2"
    code, *_ = search(conjecture, "--budget", 3, "--depth", "2:2", "--width", "2:2")
    assert code == 0


@pytest.mark.parametrize(
    ("conjecture", "verdict"),
    [
        ("sqrt(data_max - 2) >= 0", "survived"),  # undefined below, and no violation above
        ("min(1, 1/loss) >= 2", "vacuous"),  # the loss vanishes; floats say 1e-16
        ("hessian_trace >= sharpness if sharpness < 0", "vacuous"),
    ],
)
def test_undefined_instances_say_nothing(search, conjecture, verdict):
    assert search(conjecture, "--budget", 2, *SMALL)[1]["verdict"] == verdict


def test_an_outcome_file_that_is_a_folder_costs_no_search(certimin, tmp_path):
    code, _, err = certimin("search", FALSE, "--json", tmp_path, "--out", tmp_path / "out")
    assert (code, len(err.splitlines())) == (2, 1)


MODULE = (
    'from verify.conjecture import conjecture\nCONJECTURE = conjecture("odd", "sharpness > 0")\n'
)


@pytest.mark.parametrize("budget", ["nan", "-1", "inf", "1e300"])
def test_a_budget_that_cannot_be_is_refused_for_a_module_too(certimin, tmp_path, budget):
    module = tmp_path / "ok.py"
    module.write_text(MODULE)
    code, _, err = certimin("search", module, "--budget", budget, "--out", tmp_path)
    assert (code, err.count("\n")) == (2, 1)
    assert "budget: expected a positive number of seconds" in err


@pytest.mark.parametrize("conjecture", [TRUE, "ok.py"])
def test_a_device_that_is_not_there_is_one_line(certimin, tmp_path, monkeypatch, conjecture):
    if doctor._gpu().startswith("usable"):
        pytest.skip("CuPy is usable here")
    monkeypatch.chdir(tmp_path)
    Path("ok.py").write_text(MODULE)
    code, _, err = certimin("search", conjecture, "--backend", "cupy")
    assert (code, err.count("\n")) == (2, 1)
    assert "backend cupy: " in err


@pytest.mark.parametrize(
    ("setting", "sizes", "says"),
    [
        ("later-prefix-edge", (), "at depth 2; try --depth 3:6"),
        ("shifted-minimizers", (), "at width 1; try --width 2:5"),
        ("first-layer-edge", (), "at depth 6; try --depth 2:5"),
        ("first-layer-edge", ("--depth", "1:1"), "--depth and --width"),
        ("stepped-minimizers", ("--depth", "1:1"), "--depth and --width"),
        ("equal-networks", ("--depth", "1:1"), "--depth and --width"),
        ("aligned-networks", ("--depth", "1:3"), "at depth 1; try --depth 2:3"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--tighten", "c")])
def test_sizes_a_setting_does_not_know_are_refused_before_the_search(
    search, tmp_path, setting, sizes, says, more
):
    text = "depth >= c*d_x" if more else "depth >= 1000*d_x"
    code, record, _, err = search(text, "--over", setting, *sizes, *more)
    assert (code, record, err.count("\n")) == (2, None, 1)
    assert err.startswith(f"certimin: setting {setting} cannot be drawn at ")
    assert says in err
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_read_leaves_no_folder_behind(search, tmp_path):
    assert search("sharpness >= (1")[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_brackets_is_printed_as_it_is(certimin, tmp_path):
    out = tmp_path / "a[/b]"
    code, said, _ = certimin("search", FALSE, "--budget", 10, "--out", out, *SMALL)
    assert code == 1
    assert f"certificate {out}/counterexamples/" in said


def full(*_, **options):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("options", [(), ("--tighten", "c")])
def test_a_full_disk_loses_no_counterexample(search, monkeypatch, options):
    """It is printed before anything is written, and the exit code says the verdict."""
    monkeypatch.setattr(folder, "write_text", full)
    monkeypatch.setattr(records, "write", full)
    monkeypatch.setattr("verify.files.write_text", full)
    text = "sharpness >= c*hessian_trace" if options else FALSE
    code, record, out, err = search(text, "--budget", 5, *SMALL, *options)
    assert record is None
    assert "weights = " in out
    assert "sigma = " in out
    assert "certificate" not in out
    assert "certimin: not all of it could be written: [Errno 28] No space left on device" in err
    assert "Traceback" not in err
    assert (code, "refuted: found by" in out) == ((3, False) if options else (1, True))


def test_a_full_disk_is_said_of_a_survivor_too(search, monkeypatch):
    monkeypatch.setattr(records, "write", full)
    code, record, out, err = search(TRUE, "--budget", 2, *SMALL)
    assert (code, record["verdict"]) == (3, "survived")
    assert "survived" in out
    assert "No space left on device" in err


def test_what_is_found_is_shown_before_it_is_written(search, monkeypatch):
    """Whoever ends the process while it writes has seen the counterexample."""
    shown = []
    monkeypatch.setattr(folder, "write", lambda *_, **options: shown.append(sys.stdout) or full())
    code, _, out, _ = search(FALSE, "--budget", 20, *SMALL)
    assert (code, len(shown)) == (1, 1)
    assert "refuted: found by" in out
