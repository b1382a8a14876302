"""A run on a GPU has a record whatever failed, and its time limits add up."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import gpu, gpu_record

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "benchmarks" / "gpu.sh"
XML = """<testsuites><testsuite>
<testcase name="a"/>
<testcase name="b"><failure message="assert 1 == 2"/></testcase>
<testcase name="c"><skipped message="no device"/></testcase>
</testsuite></testsuites>"""
ROW = {
    "sizes": {"batch": 3},
    "seconds": {"CPU, a": {"median": 4.0}, "CPU, b": {"median": 8.0}, "GPU": {"median": 2.0},
                "JAX, GPU": {"median": 1.0}},
    "skipped": {},
}  # fmt: skip


@pytest.fixture
def parts(tmp_path):
    (tmp_path / "steps.tsv").write_text("install\t0\t9.5\ntraining\t124\t85.0\ntests\t1\t8.0\n")
    (tmp_path / "tests.log").write_text("first\nlast\n")
    return tmp_path


def test_failures_and_time_limits_are_told(parts):
    (parts / "tests.xml").write_text(XML)
    steps = gpu_record.merged(parts)["steps"]
    assert steps["install"] == {"status": "ok", "seconds": 9.5}
    assert steps["training"]["status"] == "timed out"
    assert steps["sharpness"] == {"status": "not run"}
    tests = steps["tests"]
    assert tests["status"] == "failed: exit code 1"
    assert tests["log"] == ["first", "last"]
    assert (tests["passed"], tests["skipped"], tests["why"]) == (1, 1, ["no device"])
    assert tests["failed"] == [{"name": "b", "message": "assert 1 == 2"}]


def test_without_a_device_tests_are_skipped_not_passed(parts):
    (parts / "steps.tsv").write_text("tests\t0\t8.0\n")
    only = '<testsuite><testcase name="c"><skipped message="no device"/></testcase></testsuite>'
    (parts / "tests.xml").write_text(only)
    assert gpu_record.merged(parts)["steps"]["tests"]["status"] == "skipped: no CUDA device"
    (parts / "card.json").write_text('{"card": "a card"}')
    assert gpu_record.merged(parts)["steps"]["tests"]["status"] == "ok"


def test_ratios_are_to_the_best_on_the_processors_and_to_jax_on_the_card(parts):
    (parts / "training.json").write_text(json.dumps([ROW]))
    document = gpu_record.merged(parts)
    assert document["tables"]["training"][0]["ratios"] == {
        "GPU / best CPU": 0.5,
        "GPU / JAX, GPU": 2.0,
    }
    assert "training, GPU / JAX, GPU: median 2 of 1 sizes" in gpu_record.summary(document)


def test_it_needs_the_standard_library_only(parts):
    """Where nothing could be installed there is a record all the same."""
    out = parts / "out.json"
    program = [sys.executable, "-I", "-S", ROOT / "benchmarks" / "gpu_record.py"]
    subprocess.run([*program, "merge", parts, out], check=True, capture_output=True)
    assert json.loads(out.read_text())["steps"]["training"]["status"] == "timed out"


def test_all_steps_together_stay_below_eight_minutes():
    script = SCRIPT.read_text()
    limits = dict(re.findall(r"^  step (\w+) (\d+) ", script, re.MULTILINE))
    assert tuple(limits) == gpu_record.STEPS
    [grace] = re.findall(r"--kill-after (\d+)", script)
    assert sum(map(int, limits.values())) + len(limits) * int(grace) < 480


@pytest.mark.parametrize(
    "arguments", [(), ("run", "a"), ("run", "a", "b", "c"), ("pack", "a", "b")]
)
def test_wrong_use_is_told(arguments):
    ended = subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "benchmarks/gpu.sh run DIR OUT.json" in ended.stderr


def test_one_that_fails_does_not_end_the_others():
    def broken():
        raise ValueError("of this library\nand more")

    row = gpu.measured({"CPU": lambda: None, "GPU": broken, "JAX": "skipped: x"}, "call", 1.0, 1)
    assert row["skipped"] == {"GPU": "failed: ValueError: of this library", "JAX": "skipped: x"}
    assert list(row["seconds"]) == ["CPU"]
