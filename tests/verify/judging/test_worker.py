"""Limits: a judgement that takes too long, too much memory or ends in C is no score."""

import json
import os
import signal
import subprocess
import sys
from fractions import Fraction
from time import monotonic, sleep

import pytest

from tests.verify.judging.documents import ONES, TRACE
from verify.errors import UsageError
from verify.judging import client, judge, worker
from verify.judging.document import MAX_BYTES
from verify.judging.worker import Supervisor

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")

DOCUMENT = {"task": TRACE, "candidate": ONES}
SCORE = {"verdict": "scored"}


def counting(content):
    """Say who judges what."""
    if content == b"slow":
        sleep(600)
    return SCORE | {"bytes": len(content), "process": os.getpid()}


def forever(_):
    while True:
        sleep(1)


def greedy(_):
    return {"verdict": "scored", "size": len(bytearray(8 << 30))}


def killed(_):
    os.kill(os.getpid(), signal.SIGKILL)


def leaving(_):
    sys.exit(0)


def faulty(_):
    raise ValueError("a fault\nof ours")


def endless(_):
    return endless(_)


def printing(_):
    print("noise")
    os.write(1, b"more noise\n")
    return SCORE


def leaving_a_child(_):
    child = os.fork()
    if child == 0:
        sleep(600)
    return SCORE | {"child": child}


@pytest.fixture
def answered():
    """What a supervisor answers for a judge of ours; all that it started ends with the test."""
    supervisors = []

    def answer(judge, content=b"", seconds=20, memory=4096):
        if not supervisors or supervisors[-1]._judge is not judge:
            supervisors.append(Supervisor(judge))
        return supervisors[-1].answered(content, seconds, memory)

    yield answer
    for supervisor in supervisors:
        supervisor.close()


def test_one_child_judges_one_document_after_the_other(answered):
    first = answered(counting, b"a" * 100_000)
    assert first["bytes"] == 100_000
    assert answered(counting, b"") == first | {"bytes": 0}
    other = answered(counting, memory=5000)
    assert other["process"] != first["process"]


def test_a_child_without_an_answer_is_replaced(answered):
    first = answered(counting)["process"]
    assert answered(counting, b"slow", seconds=0.3)["verdict"] == "undecided"
    assert answered(counting)["process"] != first


def test_a_child_is_replaced_after_many_documents(answered, monkeypatch):
    monkeypatch.setattr(worker, "_SERVES", 2)
    processes = [answered(counting)["process"] for _ in range(4)]
    assert processes[0] == processes[1] != processes[2] == processes[3]


ENDS = {
    forever: "no score within 0.3 s; give it more, or a simpler candidate",
    greedy: "no score within 4096 MiB of memory",
    killed: "the computation ended early (-9), within 4096 MiB",
    faulty: "a fault: ValueError: a fault of ours",
    endless: "too deep a computation",
}


@pytest.mark.parametrize(("judge", "why"), ENDS.items(), ids=lambda x: getattr(x, "__name__", ""))
def test_what_goes_wrong_is_undecided(answered, judge, why):
    found = answered(judge, seconds=0.3 if judge is forever else 20)
    assert (found["verdict"], found["reason"]) == ("undecided", why)


def test_one_that_leaves_is_undecided_and_goes_no_further(answered):
    assert answered(leaving)["reason"] == "the computation ended early (0), within 4096 MiB"


def test_noise_is_no_answer(answered, capfd):
    assert answered(printing) == SCORE


def test_what_a_judgement_leaves_running_ends_with_its_process():
    supervisor = Supervisor(leaving_a_child)
    child = supervisor.answered(b"", 20, 4096)["child"]
    supervisor.close()
    for _ in range(100):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(child)], capture_output=True).stdout
        if not state.strip() or state.startswith(b"Z"):
            return
        sleep(0.05)
    raise AssertionError(f"process {child} is still running")


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"seconds": 0}, "seconds: expected a positive number up to 86400, got 0; give less"),
        ({"seconds": float("nan")}, "seconds: expected a positive number up to 86400, got nan"),
        ({"memory": 1}, "memory: expected 512 to 1048576 MiB, got 1; less does not hold"),
    ],
)
def test_limits_that_are_none(limits, why):
    with pytest.raises(UsageError) as caught:
        judge(DOCUMENT, **limits)
    assert str(caught.value).startswith(why)


def looped():
    found = []
    found.append(found)
    return found


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        ({1, 2}, "document: expected what JSON can say: got set"),
        (looped(), "document: expected what JSON can say: Circular reference detected"),
        (10**5000, "document: expected what JSON can say: Exceeds the limit"),
        ("x" * MAX_BYTES, "file: expected at most 1,048,576 bytes, got more; shorten it"),
    ],
    ids=["a set", "a circle", "a number", "a text"],
)
def test_what_json_cannot_say(candidate, why):
    sys.set_int_max_str_digits(4300)  # Python's own; a command that ran before has lifted it
    assert judge({"task": TRACE, "candidate": candidate})["reason"].startswith(why)


# --- the process that is kept --------------------------------------------------------------------


@pytest.mark.slow
def test_one_process_judges_one_after_the_other():
    first = judge(DOCUMENT)
    assert (first["score"], first["refutes"]) == ("1/2", True)
    process = client._WORKER._process
    assert judge(_growing(), seconds=0.01)["verdict"] == "undecided"  # it takes seconds
    half = {"weights": [[[Fraction(1, 2)]], [[0.5]]], "sigma": [[1]]}
    assert judge({"task": TRACE, "candidate": half})["score"] == "1/2"
    assert judge({"task": TRACE, "candidate": {"weights": float("nan")}})["reason"].startswith(
        "file: NaN is no number"
    )
    assert client._WORKER._process is process
    process.kill()
    process.wait()
    assert judge(DOCUMENT) == first
    assert client._WORKER._process is not process


def _growing():
    """A document whose numbers have hundreds of digits, and whose score thousands."""
    long = "1." + "3" * 390
    row = [long] * 5
    layers = {"weights": [[row] * 5] * 6, "sigma": [[5 if i == j else 1 for j in range(5)]
                                                     for i in range(5)]}  # fmt: skip
    return {"task": {"maximize": "sharpness"}, "candidate": layers}


@pytest.mark.slow
def test_digits_that_grow_beyond_all_limits_end_in_time():
    start = monotonic()
    found = judge(_growing(), seconds=5)
    assert monotonic() - start < 60
    assert found["verdict"] in ("scored", "undecided")


@pytest.mark.slow
def test_files_in_the_way_are_not_imported(tmp_path):
    (tmp_path / "verify.py").write_text("raise SystemExit('imported')\n")
    (tmp_path / "json.py").write_text("raise SystemExit('imported')\n")
    text = json.dumps(DOCUMENT)
    code = (
        f"from verify.judging import judge_text; import os; os.chdir({str(tmp_path)!r}); "
        f"print(judge_text({text.encode()!r})['score'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1/2\n", "")
