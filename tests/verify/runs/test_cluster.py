"""A Dask cluster gives what one process gives, whatever dies on the way, or says why it cannot."""

import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from rich.console import Console
from threadpoolctl import threadpool_info

from verify.errors import Interrupted, UsageError
from verify.registry import select
from verify.runs import cluster as scheduler
from verify.runs import session
from verify.runs import tasks as runner
from verify.runs.tasks import Outcome, Store, Task, run

ROOT = Path(__file__).parents[3]
TASK = Task("F1", "witness", "0", 0, "quick", "numpy")


def ignore(outcome):
    """No progress is shown."""


class Worker(dict):
    """What a client knows of its workers: a stand-in for the cluster."""

    def __init__(self, threads=1, **changes):
        super().__init__({"tcp://a:1": threads})
        self.fingerprint = scheduler.fingerprint() | changes

    def run(self, function, on_error):
        return {"tcp://a:1": self.fingerprint}


def test_a_worker_like_us_is_accepted():
    scheduler._check(Worker(), Worker())


@pytest.mark.parametrize(
    ("worker", "message"),
    [
        (Worker(threads=4), "worker tcp://a:1 has 4 threads, .*--nthreads 1"),
        (
            Worker(code="0"),
            "tcp://a:1 runs another version of certimin or of the theorems; install",
        ),
        (Worker(code="0", numpy="1.0"), "has numpy 1.0 instead of [0-9.]+; install the same"),
    ],
    ids=["threads", "code", "numpy"],
)
def test_a_worker_unlike_us_is_refused_in_one_line(worker, message):
    with pytest.raises(UsageError, match=message) as refusal:
        scheduler._check(worker, worker)
    assert "\n" not in str(refusal.value)


def test_a_worker_without_certimin_is_refused():
    worker = Worker()
    worker.fingerprint = ModuleNotFoundError("No module named 'verify'")
    with pytest.raises(UsageError, match=r"cannot run certimin \(ModuleNotFoundError: No module"):
        scheduler._check(worker, worker)


def test_a_worker_that_joins_late_is_held_to_the_same_code():
    assert scheduler.alone(runner.code_hash(), abs, -3) == 3
    with pytest.raises(UsageError, match="joined during the run"):
        scheduler.alone("another", abs, -3)


def test_calls_of_one_process_are_made_one_after_the_other():
    running, together = [], []

    def call(_):
        running.append(1)
        together.append(len(running))
        sleep(0.01)
        running.pop()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda i: scheduler.alone(runner.code_hash(), call, i), range(8)))
    assert together == [1] * 8


class Lost:
    """An executor that lost its workers: it cancels what it was given."""

    def submit(self, function, *arguments):
        future = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_lost_workers_end_a_run_as_ctrl_c_does(tmp_path):
    assert run([TASK], Lost(), Store(tmp_path, resume=True), ignore) == []


def test_ctrl_c_cancels_what_is_waiting(tmp_path):
    futures = []

    class Half:
        def submit(self, function, task):
            futures.append(Future())
            if len(futures) == 1:
                futures[0].set_result(Outcome(task, [], None, 0.0))
            return futures[-1]

    def stop(outcome):
        raise KeyboardInterrupt

    run([TASK, TASK], Half(), Store(tmp_path, resume=True), stop)
    assert [future.cancelled() for future in futures] == [False, True]


def test_any_executor_can_be_given_from_python(tmp_path):
    with ThreadPoolExecutor(1) as executor:
        options = session.Options(jobs=1, out=tmp_path)
        found = session.verify(select(["F1"]), options, Console(stderr=True), executor)
        assert executor.submit(abs, -1).result() == 1  # it is left open
    assert found["verdict"] == "holds"
    assert found["environment"]["scheduler"] == "ThreadPoolExecutor"


def test_jobs_or_a_scheduler(certimin, tmp_path):
    out = tmp_path / "out"
    code, _, err = certimin("verify", "F1", "--jobs", 2, "--scheduler", "tcp://a:1", "--out", out)
    assert code == 2
    assert "--jobs is for processes here" in err
    assert not out.exists()


def test_without_dask_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(UsageError, match=r"pip install 'certimin\[distributed\]'"),
        scheduler.connect("tcp://127.0.0.1:1"),
    ):
        pass


# What follows needs Dask, in processes of its own: it warns where tests make warnings errors.


@pytest.fixture
def dask():
    pytest.importorskip("distributed", reason="the extra `distributed` is not installed")


def start(*arguments, folder, threads=2):
    """Start a Dask process that finds the packages of this folder."""
    blas = {f"{name}_NUM_THREADS": str(threads) for name in ("OMP", "OPENBLAS", "MKL")}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **blas}
    with (folder / "dask.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *map(str, arguments)],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def cluster(folder, workers, *, threads=1):
    """Yield the address, the scheduler and the workers of a cluster on this machine."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    plain = ("--host", "127.0.0.1", "--no-dashboard")
    own = ("--nthreads", threads, "--no-nanny")
    processes = [start("scheduler", "--port", port, *plain, folder=folder)]
    try:
        for number in range(workers):
            place = ("--local-directory", folder / f"worker-{number}")
            processes.append(
                start("worker", address, *own, "--no-dashboard", *place, folder=folder)
            )
        yield address, processes[0], processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def verification(folder, *arguments):
    """Start `certimin verify` of a few theorems in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "verify", "verify", "F1", "F2", *arguments, "--out", folder],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(condition, seconds=60):
    """Wait for a condition; fail after so many seconds."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it did not come to pass"
        sleep(0.02)


def tasks_in(folder):
    return list((folder / ".tasks").glob("*.json"))


def connected(folder, workers):
    """Whether so many workers said that they are registered."""
    return (folder / "dask.log").read_text().count("Registered to:") >= workers


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k != "seconds"}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def record(folder):
    return json.loads((folder / "verify.json").read_text())


@pytest.mark.slow
def test_a_cluster_gives_what_one_process_gives_though_a_worker_is_killed(dask, tmp_path):
    serial = verification(tmp_path / "serial", "--jobs", "1")
    serial.communicate(timeout=120)
    assert serial.returncode == 0
    with cluster(tmp_path, 2) as (address, _, workers):
        until(lambda: connected(tmp_path, 2))
        spread = verification(tmp_path / "spread", "--scheduler", address)
        until(lambda: tasks_in(tmp_path / "spread"))
        workers[0].send_signal(signal.SIGKILL)
        done = len(tasks_in(tmp_path / "spread"))
        _, err = spread.communicate(timeout=120)
    assert spread.returncode == 0, err
    one, two = record(tmp_path / "serial"), record(tmp_path / "spread")
    assert done < len(tasks_in(tmp_path / "spread"))  # it was killed on the way
    assert json.dumps(without_times(one["theorems"])) == json.dumps(without_times(two["theorems"]))
    assert two["environment"]["scheduler"] == address
    assert two["environment"]["jobs"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("end", ["ctrl-c", "scheduler"])
def test_a_run_cut_short_keeps_what_is_done(dask, tmp_path, end):
    out = tmp_path / "out"
    with cluster(tmp_path, 1) as (address, head, _):
        until(lambda: connected(tmp_path, 1))
        process = verification(out, "--scheduler", address)
        until(lambda: tasks_in(out))
        (process if end == "ctrl-c" else head).send_signal(
            signal.SIGINT if end == "ctrl-c" else signal.SIGKILL
        )
        _, err = process.communicate(timeout=30)
        assert process.returncode == 3, err
        assert "go on with --resume" in err.splitlines()[-1]
        assert ("went away" in err) is (end == "scheduler")
        assert "Traceback" not in err
        kept = {path.name for path in tasks_in(out)}
    again = verification(out, "--jobs", "2", "--resume")
    again.communicate(timeout=120)
    assert again.returncode == 0
    assert kept < {path.name for path in tasks_in(out)}


@pytest.mark.slow
def test_workers_with_threads_are_refused(dask, tmp_path):
    with cluster(tmp_path, 1, threads=2) as (address, _, _):
        process = verification(tmp_path / "out", "--scheduler", address)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "has 2 threads" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("listening", [False, True], ids=["nobody", "a stranger"])
def test_no_scheduler_is_one_line_within_seconds(dask, tmp_path, listening):
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        if listening:
            stranger.listen()
        port = stranger.getsockname()[1]
        begin = monotonic()
        process = verification(tmp_path / "out", "--scheduler", f"tcp://127.0.0.1:{port}")
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert f"no Dask scheduler answers at tcp://127.0.0.1:{port}" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()
    assert monotonic() - begin < 20  # with the start of Python and Dask on a busy machine


def blas_threads():
    """Return the BLAS threads outside and inside a task; run in a worker."""
    before = {library["num_threads"] for library in threadpool_info()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            runner, "_dispatch", lambda task: [i["num_threads"] for i in threadpool_info()]
        )
        return before, set(runner.execute(TASK).result)


CLIENT = """
from tests.verify.runs.test_cluster import blas_threads
from verify.runs.cluster import connect
import sys
with connect(sys.argv[1]) as (executor, workers):
    print(workers, executor.submit(blas_threads).result())
"""


@pytest.mark.slow
def test_a_task_has_one_blas_thread(dask, tmp_path):
    with cluster(tmp_path, 1) as (address, _, _):
        command = [sys.executable, "-c", CLIENT, address]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("1 ({"), done.stderr
    assert done.stdout.endswith(", {1})\n")


def test_no_workers_is_said(monkeypatch):
    class Empty:
        def wait_for_workers(self, count, timeout):
            raise TimeoutError

    with pytest.raises(UsageError, match=r"tcp://a:1 has no workers; .*--nthreads 1"):
        scheduler._workers(Empty(), "tcp://a:1")


def test_a_scheduler_that_goes_away_is_named(monkeypatch):
    class Gone(Worker):
        status = "connecting"

        def get_executor(self, **options):
            return None

        def close(self, timeout):
            self.status = "closed"

    gone = Gone()
    monkeypatch.setattr(scheduler, "_client", lambda address: gone)
    monkeypatch.setattr(scheduler, "_workers", lambda client, address: {"tcp://a:1": 1})
    with (
        pytest.raises(Interrupted, match="scheduler at tcp://a:1 went away: 3 of 4"),
        scheduler.connect("tcp://a:1"),
    ):
        raise Interrupted("3 of 4")
    assert gone.status == "closed"
