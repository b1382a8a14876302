"""Runs do not depend on workers, survive what tasks raise, and lose nothing that is done."""

import errno
import json
import os
import subprocess
import sys
from concurrent.futures import Future
from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.toys import claim, theorem, total
from verify import records
from verify.errors import Interrupted
from verify.evidence import Evidence
from verify.registry import theorems
from verify.runs import tasks as runner
from verify.runs.profiles import PROFILES
from verify.runs.tasks import Outcome, Store, Task, execute, run, tasks
from verify.runs.verdicts import assemble
from verify.runs.workers import pool
from verify.search.budget import Budget
from verify.theorem import Control, Training

TASK = Task("T", "decide", "T.claim", 0, "quick", "numpy")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "tasks", resume=True)


@pytest.fixture
def toy(monkeypatch):
    """The registry holds one toy theorem; return its tasks."""
    budget = Budget(batches=1, batch_size=50, examples=9)
    tiny = replace(PROFILES["quick"], instances=9, budget=budget)
    monkeypatch.setitem(PROFILES, "quick", tiny)
    control = Control(claim(total > 99, name="control"))
    monkeypatch.setattr(runner, "theorems", lambda: {"T": theorem(controls=(control,))})
    return tasks([theorem(controls=(control,))], 0, "quick", "numpy")


def ignore(outcome):
    """No progress is shown."""


def test_every_part_has_a_task(toy):
    names = ["T/search/T.claim", "T/decide/T.claim", "T/refute/T.control", "T/witness/0"]
    assert [task.name for task in toy] == names


def test_a_seed_depends_on_the_name_and_the_seed_of_the_run_alone():
    assert TASK.own_seed == replace(TASK, backend="cupy", profile="full").own_seed
    others = [replace(TASK, seed=1), replace(TASK, piece="T.other"), replace(TASK, stage="search")]
    assert len({TASK.own_seed, *(task.own_seed for task in others)}) == 4


def test_a_key_depends_on_everything():
    others = [
        replace(TASK, **change)
        for change in ({"seed": 1}, {"backend": "cupy"}, {"profile": "full"})
    ]
    assert len({TASK.key, *(task.key for task in others)}) == 4
    assert TASK.key == replace(TASK).key


@pytest.fixture
def theirs(monkeypatch, tmp_path):
    """A package whose theorems are one of two folders; return it and the hash of the code now."""
    for name in ("__init__.py", "values.py", "pages/__init__.py", "pages/one/page.py"):
        path = tmp_path / "hashed_package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(runner, "providers", lambda: [import_module("hashed_package.pages")])
    yield tmp_path / "hashed_package", runner.code_hash.__wrapped__
    for name in ("hashed_package.pages", "hashed_package"):
        sys.modules.pop(name, None)


def test_helpers_beside_the_theorems_count(theirs):
    package, code = theirs
    before = code()
    (package / "values.py").write_text("VALUE = 2\n")
    assert code() != before


def test_places_count(theirs):
    package, code = theirs
    before = code()
    (package / "pages" / "one").rename(package / "pages" / "two")
    assert code() != before


def test_a_name_and_its_content_cannot_swap_their_ends(theirs):
    package, code = theirs
    (package / "values.py").write_text("hashed_package/valves.py")
    before = code()
    (package / "values.py").write_text("")
    (package / "valves.py").write_text("")
    assert code() != before


@pytest.mark.parametrize("name", ["numeric", "verify"])
def test_the_engine_counts(theirs, monkeypatch, name):
    before, sources = theirs[1](), runner._sources

    def edited(package):
        return [("edited", b"")] if package.__name__ == name else sources(package)

    monkeypatch.setattr(runner, "_sources", edited)
    assert theirs[1]() != before


def test_a_provider_that_is_one_module_counts(theirs, monkeypatch):
    module = theirs[0].parent / "hashed_module.py"
    module.write_text("\n")
    monkeypatch.setattr(runner, "providers", lambda: [import_module("hashed_module")])
    before = theirs[1]()
    module.write_text("edited = True\n")
    assert theirs[1]() != before
    del sys.modules["hashed_module"]


def test_the_version_of_python_counts(theirs, monkeypatch):
    before = theirs[1]()
    monkeypatch.setattr(sys, "version", "4.0")
    assert theirs[1]() != before


def test_the_versions_of_what_is_used_count(theirs, monkeypatch):
    before = theirs[1]()
    monkeypatch.setattr(runner, "versions", lambda: {"sympy": "0"})
    assert theirs[1]() != before


def test_the_number_of_workers_changes_nothing(tmp_path):
    cheap = [t for t in tasks([theorems()["M1"]], 3, "quick", "numpy") if t.stage == "witness"]
    results = {}
    for jobs in (1, 2):
        with pool(jobs) as executor:
            done = run(cheap, executor, Store(tmp_path / str(jobs), resume=True), ignore)
        results[jobs] = {o.task: {**o.result, "seconds": 0.0} for o in done}
        assert not any(o.error for o in done)
    assert results[1] == results[2]
    assert set(results[1]) == set(cheap)


def test_a_run_is_reproducible(toy, tmp_path):
    first, second = (
        [
            (o.task, _without_time(o.result))
            for o in run(toy, None, Store(tmp_path / s, resume=True), ignore)
        ]
        for s in "ab"
    )
    assert first == second


def _without_time(result):
    records = result if isinstance(result, list) else [result]
    return [{k: v for k, v in record.items() if k != "seconds"} for record in records]


def test_what_a_task_raises_becomes_its_outcome(monkeypatch, store):
    monkeypatch.setattr(runner, "theorems", dict)
    outcome = execute(TASK)
    assert outcome.result is None
    assert outcome.error.endswith("KeyError: 'T'\n")
    assert run([TASK], None, store, ignore)[0].error
    assert store.load(TASK) is None  # errors are not stored


class Dead:
    """An executor whose worker dies."""

    def submit(self, function, *arguments):
        future = Future()
        future.set_exception(RuntimeError("the worker died"))
        return future


def test_a_worker_that_dies_is_an_error_of_its_task(store):
    (outcome,) = run([TASK], Dead(), store, ignore)
    assert outcome.error == "RuntimeError: the worker died"


def test_finished_tasks_come_back(store):
    evidence = Evidence("exact", "holds", "depth 2", 3, float("inf"), 1.0).to_json()
    done = Outcome(TASK, [evidence], None, 1.5)
    store.save(done)
    assert store.load(TASK) == done
    assert store.load(replace(TASK, seed=1)) is None


def test_a_result_json_has_no_word_for_is_stored_as_the_report_prints_it(store):
    evidence = Evidence("exact", "holds", "", 1, details={"x": Fraction(1, 2)}).to_json()
    store.save(Outcome(TASK, [evidence], None, 0.0))
    assert store.load(TASK).result[0]["details"] == {"x": "1/2"}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '{"result": 1}', "\udcff"])
def test_what_is_not_a_stored_task_is_ignored(text, store, tmp_path):
    path = tmp_path / "tasks" / f"{TASK.key}.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert store.load(TASK) is None


def test_resume_skips_what_is_done(toy, tmp_path, monkeypatch):
    first = run(toy, None, Store(tmp_path, resume=True), ignore)
    monkeypatch.setattr(runner, "execute", lambda task: pytest.fail(f"{task.name} ran again"))
    again = run(toy, None, Store(tmp_path, resume=True), ignore)
    assert [o.task for o in again] == [o.task for o in first]
    assert json.dumps([o.result for o in again]) == json.dumps([o.result for o in first])


def test_a_fresh_run_forgets(toy, tmp_path):
    Store(tmp_path, resume=True).save(Outcome(toy[0], [], None, 0.0))
    assert Store(tmp_path, resume=False).load(toy[0]) is None


def test_ctrl_c_keeps_what_is_done(toy, store):
    seen = []

    def stop_at_second(outcome):
        seen.append(outcome)
        if len(seen) == 2:
            raise KeyboardInterrupt

    outcomes = run(toy, None, store, stop_at_second)
    assert [o.task for o in outcomes] == toy[:2]
    assert [store.load(task) is not None for task in toy] == [True, True, False, False]


def test_ctrl_c_within_a_task_keeps_what_is_done(toy, store, monkeypatch):
    def interrupted(task):
        if task == toy[1]:
            raise KeyboardInterrupt
        return Outcome(task, [], None, 0.0)

    monkeypatch.setattr(runner, "execute", interrupted)
    assert [o.task for o in run(toy, None, store, ignore)] == toy[:1]


@pytest.mark.parametrize("stage", ["decide", "search", "train", "derive", "refute", "witness"])
@pytest.mark.parametrize("result", [5, None, [5], {"steps": 5, "complete": True}, {"T": 5}, {}, ""])
def test_a_stored_result_of_the_wrong_shape_is_computed_afresh(store, stage, result):
    task = replace(TASK, stage=stage)
    store.save(Outcome(task, result, None, 1.0))
    if (stage, result) != ("train", {}):
        assert store.load(task) is None


@pytest.mark.parametrize("seconds", [None, "long", -1, [], 10**400])
def test_a_stored_time_that_is_none_is_computed_afresh(store, seconds):
    store.save(Outcome(TASK, [], None, seconds))
    assert store.load(TASK) is None


def stored(tmp_path):
    """A store with one result, and where it is."""
    store = Store(tmp_path / "tasks", resume=True)
    evidence = Evidence("exact", "holds", "depth 2", 3, 1.0, 1.0).to_json()
    store.save(Outcome(TASK, [evidence], None, 1.5))
    return store, tmp_path / "tasks" / f"{TASK.key}.json"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("holds", "holdz"),
        lambda text: text.replace("1.5", "1.6"),
        lambda text: text.replace("depth 2", "depth 3"),
        lambda text: text[:-20],
        lambda text: '{"result": [], "seconds": 1.5}',
        lambda text: json.dumps(json.loads(text) | {"result": []}),
        lambda text: "[" * 100_000,
    ],
)
def test_a_stored_task_that_was_changed_is_computed_again_and_said_to_be(
    tmp_path, capsys, monkeypatch, damage
):
    store, path = stored(tmp_path)
    path.write_text(damage(path.read_text()))
    monkeypatch.setattr(runner, "execute", lambda task: Outcome(task, [], None, 0.0))
    records.complain.cache_clear()
    assert run([TASK], None, store, ignore) == [Outcome(TASK, [], None, 0.0)]
    assert capsys.readouterr().err == (
        "certimin: 1 stored result does not check and is computed again: T/decide/T.claim\n"
    )
    assert store.load(TASK).result == []


def test_one_line_tells_of_many(toy, store, capsys, monkeypatch):
    monkeypatch.setattr(runner, "execute", lambda task: Outcome(task, [], None, 0.0))
    run(toy, None, store, ignore)
    for path in store._folder.glob("*.json"):
        path.write_text("{}")
    records.complain.cache_clear()
    run(toy, None, store, ignore)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("certimin: 4 stored results do not check and are computed again: T/")
    assert line.endswith(" and 1 more")


def test_a_stored_task_under_another_name_is_not_that_task(tmp_path):
    store, path = stored(tmp_path)
    other = replace(TASK, seed=1)
    path.rename(path.with_name(f"{other.key}.json"))
    assert store.load(other) is None
    assert store.damaged == [other.name]


def test_a_pipe_in_the_store_is_no_stored_task(tmp_path):
    store, path = stored(tmp_path)
    path.unlink()
    os.mkfifo(path)
    assert store.load(TASK) is None
    assert store.damaged


def test_a_full_disk_ends_a_run_that_says_what_is_kept(toy, store, monkeypatch):
    def full(path, *_, **options):
        if len(saved) == 2:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        saved.append(path)

    saved = []
    monkeypatch.setattr(runner, "execute", lambda task: Outcome(task, [], None, 0.0))
    monkeypatch.setattr(records, "write", full)
    with pytest.raises(Interrupted, match="No space left on device; 2 of 4 tasks are kept there"):
        run(toy, None, store, ignore)


PARENT = """
import os, sys
from multiprocessing import active_children
from time import sleep
from verify.runs.workers import pool

if __name__ == "__main__":
    with pool(2) as executor:
        futures = [executor.submit(sleep, 60) for _ in range(2)]
        while not all(future.running() for future in futures):
            sleep(0.05)
        print(*[child.pid for child in active_children()], flush=True)
        sleep(60)
"""


def test_workers_end_with_a_parent_that_was_killed(tmp_path):
    (tmp_path / "parent.py").write_text(PARENT)
    command = [sys.executable, str(tmp_path / "parent.py")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert len(workers) == 2
    until = monotonic() + 20
    while any(map(alive, workers)) and monotonic() < until:
        sleep(0.1)
    assert not any(map(alive, workers))


def alive(pid):
    """Whether a process that nobody waits for has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_training_that_needs_an_absent_package_is_left_out_and_told():
    trained = Training("t", "", lambda seed, runs: (), needs="no-such-package")
    present = replace(trained, name="u", needs="numpy")
    toy = theorem("A", trainings=(trained, present))
    told = [training.skipped for training in toy.trainings]
    assert told == ["A.t needs no-such-package, which is not installed", ""]
    listed = tasks([toy], 0, "quick", "numpy")
    assert [task.piece for task in listed if task.stage == "train"] == ["A.u"]
    outcomes = [Outcome(task, None, "failed", 0.0) for task in listed]
    (record,) = assemble([toy], listed, outcomes)
    assert "A.u" in {claim["id"] for claim in record["claims"]}
    assert "A.t" not in {claim["id"] for claim in record["claims"]}
