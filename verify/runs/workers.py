"""Processes of this machine that work for a run or a search, and end with it.

They are forked from a server that has loaded our theorems, which takes seconds, while the command
loads them for itself.  The server is a process of its own: what the command holds, threads and
locks of libraries too, is never forked, and plug-ins are loaded by each worker.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

from verify.conjecture import from_file
from verify.orphans import end_with_parent

__all__ = ["pool", "prepare"]

_LOADED = "verify.runs.loaded"
"""What the server imports before it forks."""


@cache
def _context() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload([_LOADED])
    return context


def prepare() -> None:
    """Start the server, which then loads our theorems: for a command that will need a pool."""
    _context()
    forkserver.ensure_running()


@contextmanager
def pool(jobs: int, modules: Sequence[str] = ()) -> Iterator[Executor | None]:
    """Yield a process pool of ``jobs`` workers, or None (run here) for one.

    Each worker first loads ``modules``, files of conjectures.
    """
    if jobs == 1:
        yield None
        return
    executor = ProcessPoolExecutor(jobs, _context(), _begin, (modules,))
    try:
        yield executor
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _begin(modules: Sequence[str]) -> None:
    """What a worker does first."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # or its tasks would be waited for
    end_with_parent()
    for path in modules:
        from_file(Path(path))
