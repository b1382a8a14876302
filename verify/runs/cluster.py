"""Tasks on a Dask cluster: the one module that imports ``distributed``, and only when asked.

Workers must have one thread each: tasks of one process would share python-flint's precision.  They
must run the code of this process: a result belongs to the code that its run records.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

from verify.environment import versions
from verify.errors import Interrupted, UsageError
from verify.runs.tasks import code_hash

__all__ = ["alone", "connect", "fingerprint"]

_T = TypeVar("_T")

_PATIENCE = 5.0
"""Seconds to wait for the scheduler, and again for its first worker."""

_RETRIES = 3
"""A task sent to a worker that joined late and runs other code is tried again elsewhere."""

_ALONE = Lock()


@contextmanager
def connect(address: str) -> Iterator[tuple[Executor, int]]:
    """Yield an executor on the cluster of a Dask scheduler, and its number of workers.

    On exit what is still waiting there is dropped; a task that is being run ends unheard.

    Raises
    ------
    UsageError
        If there is no scheduler, no worker, or one that would not give this process's results.
    Interrupted
        If the scheduler went away before all results were there.
    """
    client = _client(address)
    try:
        workers = _workers(client, address)
        _check(client, workers)
        yield _Remote(client.get_executor(pure=False, retries=_RETRIES)), len(workers)
    except Interrupted as error:
        if client.status == "running":
            raise
        raise Interrupted(f"the scheduler at {address} went away: {error}") from error
    finally:
        client.close(timeout=_PATIENCE)


def _client(address: str) -> Any:
    if not address.strip():  # Dask would start a cluster of its own
        raise UsageError("--scheduler: expected an address such as tcp://127.0.0.1:8786")
    try:
        from distributed import Client, Security
        from distributed.comm import connect as greet
    except ImportError as error:
        raise UsageError(
            f"--scheduler needs Dask ({error}); pip install 'certimin[distributed]'"
        ) from error
    for name in ("distributed", "distributed.client"):  # what matters becomes an error of ours
        logging.getLogger(name).setLevel(logging.CRITICAL)

    async def meet() -> None:  # for a Client waits forever for a listener that says nothing
        arguments = Security().get_connection_args("client")
        comm = await asyncio.wait_for(greet(address, timeout=_PATIENCE, **arguments), _PATIENCE)
        comm.abort()

    try:
        asyncio.run(meet())
        return Client(address, timeout=_PATIENCE, set_as_default=False)
    except Exception as error:  # whatever a stranger at that address may answer
        raise UsageError(
            f"--scheduler: no Dask scheduler answers at {address} ({_line(error)}); "
            "start one with `dask scheduler`"
        ) from error


def _workers(client: Any, address: str) -> dict[str, int]:
    """Return the number of threads of each worker; wait a little for the first."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        raise UsageError(
            f"--scheduler: {address} has no workers; "
            f"start some with `dask worker {address} --nthreads 1`"
        ) from error
    return dict(client.nthreads())


def _check(client: Any, workers: dict[str, int]) -> None:
    """Raise UsageError unless every worker runs one task at a time, with the code that we run."""
    for worker, threads in workers.items():
        if threads != 1:
            raise UsageError(
                f"--scheduler: worker {worker} has {threads} threads, and tasks of one process "
                "would share a precision; start it with --nthreads 1"
            )
    ours = fingerprint()
    for worker, theirs in client.run(fingerprint, on_error="return").items():
        if theirs != ours:
            raise UsageError(
                f"--scheduler: worker {worker} {_difference(ours, theirs)}; "
                "install the same there and start it again"
            )


def _difference(ours: dict[str, str], theirs: dict[str, str] | Exception) -> str:
    """Return in words how the fingerprint of a worker differs, or why it has none."""
    if isinstance(theirs, Exception):
        return f"cannot run certimin ({_line(theirs)})"
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    if names == ["code"]:
        return "runs another version of certimin or of the theorems"
    found = (
        f"{name} {theirs.get(name, 'none')} instead of {ours.get(name, 'none')}"
        for name in names
        if name != "code"
    )
    return f"has {', '.join(found)}"


def _line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def fingerprint() -> dict[str, str]:
    """Return what results depend on besides the task: versions, and the hash of the code."""
    return {"python": sys.version.split()[0], **versions(), "code": code_hash()}


def alone(code: str, function: Callable[..., _T], *arguments: Any) -> _T:
    """Call a function in a worker, while no other runs in its process.

    Raises
    ------
    UsageError
        If the worker does not run the code with this hash: it joined after the check.
    """
    if code != code_hash():
        raise UsageError("a worker that joined during the run has other code; install the same")
    with _ALONE:
        return function(*arguments)


class _Remote(Executor):
    """An executor whose calls are made alone and by the same code, wherever they are made."""

    def __init__(self, cluster: Executor) -> None:
        self._cluster = cluster

    def submit(self, function: Callable[..., _T], /, *arguments: Any, **options: Any) -> Future[_T]:
        """Send a call to the cluster."""
        return self._cluster.submit(alone, code_hash(), function, *arguments, **options)
