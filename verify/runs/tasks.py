"""Run the stages of many theorems: independent tasks, seeded by name, in any executor.

A task's seed depends on the run's seed and the task's name alone, so results do not depend on the
number of workers or on what else is run.  Finished tasks are stored one atomic file each, with a
digest; a run that is killed can be resumed, and Ctrl-C keeps what is done.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    CancelledError,
    Executor,
    Future,
    as_completed,
)
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import Any

from threadpoolctl import threadpool_limits

from verify import records
from verify.environment import versions
from verify.errors import Interrupted
from verify.formal import record as formal
from verify.registry import providers, theorems
from verify.report.shape import fault_of_part
from verify.runs import stages
from verify.runs.profiles import PROFILES
from verify.theorem import Theorem

__all__ = ["Outcome", "Store", "Task", "code_hash", "execute", "run", "tasks"]


@dataclass(frozen=True)
class Task:
    """One stage of one theorem, and everything its result depends on."""

    theorem: str
    stage: str
    piece: str
    seed: int
    profile: str
    backend: str
    proofs: Path | None = field(default=None, repr=False, compare=False)
    """Folder of identities proved before.  It changes no verdict, hence no key."""

    @property
    def name(self) -> str:
        """Return a name unique within the run."""
        return f"{self.theorem}/{self.stage}/{self.piece}"

    @property
    def own_seed(self) -> int:
        """Return the seed of this task, independent of every other task's."""
        text = f"{self.seed}/{self.name}".encode()
        return int.from_bytes(hashlib.sha256(text).digest()[:4], "big")

    @property
    def key(self) -> str:
        """Return the content hash of the task: its fields and the code that runs it."""
        text = f"{self}{code_hash()}".encode()
        return hashlib.sha256(text).hexdigest()[:24]


@dataclass(frozen=True)
class Outcome:
    """What a task returned, or the traceback of what went wrong."""

    task: Task
    result: Any
    error: str | None
    seconds: float


@cache
def code_hash() -> str:
    """Hash Python, the engine, all a provider's package holds, and versions of what they use."""
    digest = hashlib.sha256(repr((sys.version, versions())).encode())
    tops = {name.partition(".")[0] for name in (package.__name__ for package in providers())}
    for name in sorted({"verify", "numeric", *tops}):
        for place, content in _sources(import_module(name)):
            for part in (place.encode(), content):  # lengths, or parts could swap their ends
                digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _sources(package: ModuleType) -> Iterator[tuple[str, bytes]]:
    """Yield the place of every module in the package, seen from there, and its source."""
    if not hasattr(package, "__path__"):
        yield package.__name__, Path(package.__file__ or __file__).read_bytes()
    for root in sorted(getattr(package, "__path__", ())):
        for path in sorted(Path(root).rglob("*.py")):
            yield f"{package.__name__}/{path.relative_to(root).as_posix()}", path.read_bytes()


def tasks(
    chosen: Iterable[Theorem], seed: int, profile: str, backend: str, proofs: Path | None = None
) -> list[Task]:
    """Return every task of the chosen theorems, long ones first."""

    def pieces(theorem: Theorem) -> Iterator[tuple[str, str]]:
        for training in theorem.trainings:
            if not training.skipped:
                yield "train", training.id
        for claim in theorem.claims:
            settled = not PROFILES[profile].again and formal.proved(theorem, claim)
            if claim.proof or (claim.sizes and not settled):
                yield "derive", claim.id
            if not settled:
                yield "search", claim.id
            yield "decide", claim.id
        for control in theorem.controls:
            yield "refute", control.claim.id
        for index in range(len(theorem.exhibits)):
            yield "witness", str(index)

    listed = [
        Task(theorem.id, stage, piece, seed, profile, backend, proofs)
        for theorem in chosen
        for stage, piece in pieces(theorem)
    ]
    order = ("train", "search", "derive", "decide", "refute", "witness")
    return sorted(listed, key=lambda task: order.index(task.stage))


def execute(task: Task) -> Outcome:
    """Run one task; whatever it raises becomes part of the outcome."""
    start = monotonic()
    try:
        with threadpool_limits(1):
            result = _dispatch(task)
        return Outcome(task, result, None, monotonic() - start)
    except Exception:  # a task of a third party may raise anything; it must not stop the run
        return Outcome(task, None, traceback.format_exc(), monotonic() - start)


def _dispatch(task: Task) -> Any:
    theorem = theorems()[task.theorem]
    profile = PROFILES[task.profile]
    seed = task.own_seed
    if task.stage == "derive":
        return stages.derive(theorem.claim(task.piece), profile, task.proofs)
    if task.stage == "decide":
        claim = theorem.claim(task.piece)
        return [e.to_json() for e in stages.decide_instances(theorem, claim, seed, profile)]
    if task.stage == "search":
        claim = theorem.claim(task.piece)
        records = stages.search(theorem, claim, seed, profile, task.backend)
        return [e.to_json() for e in records]
    if task.stage == "refute":
        return stages.refute(theorem, task.piece, seed, profile, task.backend)
    if task.stage == "witness":
        return stages.witness(theorem, theorem.exhibits[int(task.piece)])
    trained = stages.train(theorem, task.piece, seed, profile)
    return {claim_id: evidence.to_json() for claim_id, evidence in trained.items()}


_PARTS = {"decide": "evidence", "search": "evidence", "train": "evidence", "derive": "step",
          "refute": "control", "witness": "witness"}  # fmt: skip
"""What the contract of verify.json calls the parts of a stage's result."""


def _fits(task: Task, result: Any, seconds: Any) -> bool:
    """Whether a stored result has the shape of its stage's."""
    if fault_of_part(seconds, "seconds") is not None:
        return False
    parts = result
    if task.stage == "derive":
        kinds = {"complete": bool, "listed": bool, "scope": str, "void": str}
        told = isinstance(result, dict) and all(
            isinstance(result.get(name), kind) for name, kind in kinds.items()
        )
        parts = result.get("steps") if told else None
    elif task.stage == "train":
        parts = list(result.values()) if isinstance(result, dict) else None
    elif task.stage in ("refute", "witness"):
        parts = [result]
    name = _PARTS[task.stage]
    return isinstance(parts, list) and all(fault_of_part(part, name) is None for part in parts)


class Store:
    """Finished tasks, one atomic JSON file each, named by content hash.

    ``kept`` counts those that are there, ``damaged`` names those that were and do not check.
    """

    def __init__(self, folder: Path, *, resume: bool) -> None:
        self._folder = folder
        self.kept = 0
        self.damaged: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)
        if not resume:
            for path in folder.glob("*.json"):
                path.unlink(missing_ok=True)  # another run may forget it too

    def load(self, task: Task) -> Outcome | None:
        """Return the stored outcome of ``task``, if there is one that checks."""
        try:
            stored = records.read(self._path(task))
            if stored is None:
                return None
            result, seconds = stored["result"], stored["seconds"]
        except (records.Damaged, KeyError):
            self.damaged.append(task.name)
            return None
        if not _fits(task, result, seconds):
            self.damaged.append(task.name)
            return None
        self.kept += 1
        return Outcome(task, result, None, seconds)

    def save(self, outcome: Outcome) -> None:
        """Store an outcome that is not an error, with its values as the report prints them."""
        if outcome.error is not None:
            return
        data = {"result": outcome.result, "seconds": outcome.seconds}
        records.write(self._path(outcome.task), data, durable=False)
        self.kept += 1

    @contextmanager
    def writing(self, tasks: int) -> Iterator[None]:
        """Say what of a run of so many tasks is kept where something of it cannot be written."""
        try:
            yield
        except OSError as error:
            raise Interrupted(
                f"cannot write to {self._folder.parent}: {error.strerror or error}; {self.kept} of "
                f"{tasks} tasks are kept there: make room and go on with --resume"
            ) from error

    def _path(self, task: Task) -> Path:
        return self._folder / f"{task.key}.json"


def run(
    listed: list[Task],
    executor: Executor | None,
    store: Store,
    progress: Callable[[Outcome], None],
) -> list[Outcome]:
    """Run tasks and return their outcomes; on Ctrl-C or cancellation, the outcomes there are.

    Parameters
    ----------
    executor
        Any ``concurrent.futures.Executor``; None runs the tasks in this process.
    progress
        Called with each outcome as it arrives.

    Raises
    ------
    Interrupted
        An outcome cannot be stored.
    """
    outcomes: list[Outcome] = []

    def finish(outcome: Outcome) -> None:
        outcomes.append(outcome)
        progress(outcome)

    waiting = []
    for task in listed:
        stored = store.load(task)
        if stored is None:
            waiting.append(task)
        else:
            finish(stored)
    if store.damaged:
        records.complain(_damage(store.damaged))
    try:
        with closing(_results(waiting, executor)) as results:
            for outcome in results:
                with store.writing(len(listed)):
                    store.save(outcome)
                finish(outcome)
    except (KeyboardInterrupt, CancelledError):  # the latter from an executor that lost its workers
        pass
    return outcomes


def _damage(names: list[str]) -> str:
    """Tell which stored results are not used."""
    several = len(names) > 1
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (
        f"{len(names)} stored result{'s do' if several else ' does'} not check and "
        f"{'are' if several else 'is'} computed again: {', '.join(names[:3])}{more}"
    )


def _results(waiting: list[Task], executor: Executor | None) -> Generator[Outcome, None, None]:
    if executor is None:
        for task in waiting:
            yield execute(task)
        return
    futures: dict[Future[Outcome], Task] = {
        executor.submit(execute, task): task for task in waiting
    }
    try:
        for future in as_completed(futures):
            error = future.exception()
            if error is None:
                yield future.result()
            else:  # the worker died, or its result could not be sent
                yield Outcome(futures[future], None, f"{type(error).__name__}: {error}", 0.0)
    finally:  # cut short: the executor may be the caller's, and outlive this run
        for future in futures:
            future.cancel()
