"""Who computes the parts of a search, and how many, changes nothing of its outcome."""

import os
import pickle
import subprocess
import sys
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from threadpoolctl import threadpool_limits

from verify.claims import SETTINGS
from verify.errors import UsageError
from verify.registry import theorems
from verify.search import ahead as module
from verify.search.ahead import Ahead, helpers
from verify.search.api import search, tighten
from verify.search.readings import scaled, simple

EARLY = ("imbalance <= weights_sq/2", {"depth": (2, 3), "width": (1, 2), "instances": 2000})
LATE = (
    "sharpness >= data_max*hessian_trace/1000 if imbalance == 0",
    {"instances": 6000},
)
SURVIVES = ("sharpness >= minimal_sharpness", {"depth": (2, 2), "width": (1, 2), "instances": 1200})


def told(outcome):
    """All of an outcome but the time it took."""
    record = outcome.to_json()
    del record["seconds"]
    return record


class Now(ThreadPoolExecutor):
    """An executor that computes at once, and counts; what it is sent travels."""

    def __init__(self):
        super().__init__(1)
        self.made = []

    def submit(self, function, /, *arguments):
        function, *arguments = pickle.loads(pickle.dumps((function, *arguments)))  # noqa: S301
        self.made.append(arguments[0])
        future = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future


def helped(monkeypatch, executor, jobs=2):
    """Let searches of more than one process use an executor."""

    @contextmanager
    def stand_in(asked, scheduler):
        with threadpool_limits(1):
            yield Ahead(executor if asked == jobs else None)

    monkeypatch.setattr("verify.search.api.helpers", stand_in)


@pytest.mark.parametrize(("text", "options"), [EARLY, SURVIVES], ids=["early", "survives"])
def test_what_was_asked_for_ahead_changes_nothing(monkeypatch, text, options):
    executor = Now()
    helped(monkeypatch, executor)
    alone, together = (told(search(text, jobs=jobs, **options)) for jobs in (1, 2))
    assert alone == together
    assert (alone["verdict"] == "refuted") == (text == EARLY[0])
    if alone["verdict"] != "refuted":
        assert set(executor.made) == {module.sampled, module.descended, module.explored}


def test_a_worker_that_is_lost_costs_no_result(capsys):
    lost = Future()
    lost.set_exception(BrokenExecutor("a process died"))

    class Once(Now):
        def submit(self, function, /, *arguments):
            return lost

    parts = Ahead(Once())
    parts.ask("a", abs, -2)
    parts.ask("b", abs, -3)
    assert [parts.take("a", abs, -2), parts.take("b", abs, -3)] == [2, 3]
    assert parts.alone
    told_once = capsys.readouterr().err
    assert told_once.count("\n") == 1
    assert "a process died" in told_once


def test_nobody_waits_for_processes_that_are_still_starting():
    started, executor = Future(), Now()
    parts = Ahead(executor, started)
    parts.ask("a", abs, -2)
    assert parts.take("a", abs, -2) == 2
    assert not executor.made
    started.set_result(None)
    parts.ask("b", abs, -3)
    assert executor.made == [abs]
    assert parts.take("b", abs, -3) == 3


def test_an_error_of_the_call_itself_is_raised(capsys):
    parts = Ahead(Now())
    parts.ask("a", int, "x")
    with pytest.raises(ValueError, match="invalid literal"):
        parts.take("a", int, "x")


def test_a_worker_with_other_code_ends_the_search():
    refused = Future()
    refused.set_exception(UsageError("other code"))

    class Refuses(Now):
        def submit(self, function, /, *arguments):
            return refused

    parts = Ahead(Refuses())
    parts.ask("a", abs, -2)
    with pytest.raises(UsageError, match="other code"):
        parts.take("a", abs, -2)


@pytest.mark.parametrize("read", [scaled, simple])
def test_readings_of_a_setting_travel(read):
    theorems()
    reading = read(SETTINGS["minimizers"])
    sent = pickle.loads(pickle.dumps(reading))  # noqa: S301
    assert (sent.name, sent.build) == (reading.name, reading.build)


@pytest.mark.parametrize("jobs", [0, -1])
def test_no_number_of_processes(jobs):
    refused = pytest.raises(UsageError, match="jobs: expected a positive number of processes")
    with refused, helpers(jobs, None):
        pass


def test_a_scheduler_does_not_have_a_module(monkeypatch):
    monkeypatch.setattr(module, "modules", lambda: ("mine.py",))
    refused = pytest.raises(UsageError, match=r"scheduler: expected .*, got mine\.py; use jobs")
    with refused, helpers(1, "tcp://127.0.0.1:1"):
        pass


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "options"), [EARLY, LATE, SURVIVES], ids=["early", "late", "survives"]
)
def test_any_number_of_processes_gives_the_same(text, options):
    alone, *others = (told(search(text, jobs=jobs, **options)) for jobs in (1, 2, 3))
    for other in others:
        assert other == alone
    assert (alone["verdict"] == "refuted") == (text != SURVIVES[0])


@pytest.mark.slow
def test_tightening_with_processes_gives_the_same():
    options = {"depth": (2, 2), "width": (1, 2), "instances": 800}
    alone, both = (
        told(tighten("sharpness >= c*hessian_trace", "c", jobs=jobs, **options)) for jobs in (1, 2)
    )
    assert alone == both


MODULE = """
from theorems.quantities import sharpness, hessian_trace, symbols
from verify.conjecture import conjecture
S, H = symbols(sharpness, hessian_trace)
CONJECTURE = conjecture("mine", S <= 1000 * H, depth=(2, 2), width=(1, 2))
"""


@pytest.mark.slow
def test_a_module_is_attacked_by_processes(tmp_path):
    (tmp_path / "mine.py").write_text(MODULE)
    command = [sys.executable, "-m", "verify", "search", "mine.py", "--instances", "800"]
    command += ["--jobs", "2", "--json", "out.json"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "failed" not in ended.stderr


PARENT = """
from multiprocessing import active_children
from threading import Thread
from time import sleep
from verify.search.api import search

def tell():
    while len(active_children()) < 2:
        sleep(0.05)
    print(*[child.pid for child in active_children()], flush=True)

if __name__ == "__main__":
    Thread(target=tell, daemon=True).start()
    search("sharpness >= minimal_sharpness", jobs=2, budget=300)
"""


@pytest.mark.slow
def test_a_search_that_is_killed_leaves_no_worker(tmp_path):
    (tmp_path / "parent.py").write_text(PARENT)
    command = [sys.executable, str(tmp_path / "parent.py")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(workers) == 2
        sleep(5)  # into the search, so that some of them compute
        parent.kill()
    until = monotonic() + 30
    while any(map(alive, workers)) and monotonic() < until:
        sleep(0.1)
    assert not any(map(alive, workers))


def alive(pid):
    """Whether a process that nobody waits for has not ended."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
