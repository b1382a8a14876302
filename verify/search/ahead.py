"""The dear parts of an attack, asked for before they are needed, from other processes if there are.

Each part is a function of its arguments alone.  A search asks for what it can foresee and goes on
in its own order; so who computes, and how many, changes nothing but the time.  Parts that were
foreseen wrongly are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from math import inf
from time import monotonic, time
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from verify import records
from verify.claims import Claim
from verify.conjecture import modules
from verify.errors import UsageError
from verify.registry import theorems
from verify.search.by_hypothesis import explore
from verify.search.floats import sample_floats
from verify.search.optimise import polish
from verify.search.record import Attack, Choices

__all__ = ["Ahead", "descended", "explored", "helpers", "sampled"]

_T = TypeVar("_T")


class Ahead:
    """Calls made by an executor before their results are taken; without one, when they are."""

    def __init__(
        self, executor: Executor | None = None, started: Future[None] | None = None
    ) -> None:
        self._executor = executor
        self._started = started
        self._asked: dict[Hashable, Future[Any]] = {}

    @property
    def alone(self) -> bool:
        """Return whether nothing is computed before it is taken: so it is until others started."""
        starting = self._started is not None and not self._started.done()
        return self._executor is None or starting

    def ask(self, key: Hashable, function: Callable[..., Any], *arguments: Any) -> None:
        """Ask for a call that will be taken as ``key``, which tells its arguments."""
        if self._executor is None or self.alone or key in self._asked:
            return
        try:
            self._asked[key] = self._executor.submit(_there, function, *arguments)
        except RuntimeError as error:  # the executor has lost its workers
            self._leave(error)

    def take(self, key: Hashable, function: Callable[..., _T], *arguments: Any) -> _T:
        """Return the result of a call, computed here if it was not asked for or has failed there.

        Raises
        ------
        UsageError
            If a worker refuses the call: it has other code.
        """
        future = self._asked.pop(key, None)
        if future is not None:
            try:
                found: _T = future.result()
                return found
            except UsageError:
                raise
            except Exception as error:  # what is wrong with the call itself is raised below
                self._leave(error)
        return function(*arguments)

    def drop(self) -> None:
        """Forget what was asked for and not taken."""
        for future in self._asked.values():
            future.cancel()
        self._asked.clear()

    def _leave(self, error: Exception) -> None:
        """Do without the executor from now on, and say why."""
        self.drop()
        if self._executor is not None:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            records.complain(f"a call in another process failed ({reason}); going on in this one")
        self._executor = None


@contextmanager
def helpers(jobs: int, scheduler: str | None) -> Iterator[Ahead]:
    """Yield who helps a search: processes here, or the workers of a Dask scheduler.

    Raises
    ------
    UsageError
        If the scheduler or its workers cannot help.
    """
    from verify.runs import cluster, workers

    if jobs < 1:
        raise UsageError(
            f"jobs: expected a positive number of processes, got {jobs}; give 1 or more"
        )
    if scheduler is not None and modules():
        raise UsageError(
            f"scheduler: expected a conjecture that its workers have, got {modules()[0]}; use jobs"
        )
    with threadpool_limits(1):  # as everywhere else: with more of them sums may differ
        if scheduler is not None:
            with cluster.connect(scheduler) as (there, _):
                yield Ahead(there)
            return
        with workers.pool(jobs, modules()) as executor:
            started = None if executor is None else executor.submit(_start)
            try:
                yield Ahead(executor, started)
            finally:
                if executor is not None:
                    _end(executor)


def _end(executor: Executor) -> None:
    """End processes: nobody waits for what was foreseen wrongly."""
    processes = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()


def _start() -> None:
    """What a process does first: it loads all quantities, which takes seconds."""
    theorems()


def _there(function: Callable[..., _T], *arguments: Any) -> _T:
    """Make a call in another process: all quantities known, one thread for BLAS."""
    theorems()
    with threadpool_limits(1):
        return function(*arguments)


def sampled(
    claim: Claim, seed: Sequence[int], size: int, backend: str, kept: int, denominator: int
) -> tuple[list[tuple[float, Choices]], Attack]:
    """Return slacks and choices of the nearest misses of a float batch, and what it covered."""
    covered = Attack()
    nears = sample_floats(claim, seed, size, backend, covered, kept=kept, denominator=denominator)
    return [(near.slack, near.choices) for near in nears], covered


def descended(
    claim: Claim,
    sizes: tuple[int, ...],
    numbers: Sequence[float],
    evaluations: int | None,
    seconds: float,
    until: float,
    target: float,
) -> tuple[list[int | float] | None, float]:
    """Return where local descent ends: at ``until``, of :func:`time.time`, at the latest."""
    seconds = min(seconds, until - time())
    return polish(claim, sizes, numbers, evaluations=evaluations, seconds=seconds, target=target)


def explored(
    claim: Claim, seed: int, examples: int, until: float
) -> tuple[tuple[Any, ...] | None, Attack]:
    """Return the choices of the counterexample that Hypothesis finds, and what it covered."""
    covered = Attack()
    deadline = inf if until == inf else monotonic() + until - time()
    found = explore(claim, seed, examples, covered, deadline)
    return None if found is None else found.choices, covered
