"""The judge from Python: one call, one judgement; the process behind it is kept for the next."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from threading import Lock
from typing import Any

from verify.errors import CertiminError, UsageError
from verify.judging.document import MAX_BYTES
from verify.judging.verdicts import invalid, undecided

__all__ = ["MEMORY", "SECONDS", "judge", "judge_text"]

SECONDS, MEMORY = 60.0, 1024
"""What a judgement may use, where nothing is said: seconds, MiB."""

_LONGEST, _LEAST_MEMORY, _MOST_MEMORY = 86_400.0, 512, 1 << 20
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""One thread each: a process with several does not fork well."""


def judge(
    document: Mapping[str, Any], *, seconds: float = SECONDS, memory: int = MEMORY
) -> dict[str, Any]:
    """Return the exact score of a candidate for a task, or why it has none.

    The candidate is data: nothing of it is run.  It is judged in a process of its own, which is
    kept for the next call.

    Parameters
    ----------
    document
        ``task`` and ``candidate``, as in the file of ``certimin judge``; Fractions too.
    seconds, memory
        What the judgement may use: time by the clock, MiB of address space.

    Returns
    -------
    dict
        ``verdict`` "scored" with ``score`` ("p/q", or an enclosure [low, high]) and ``float``, a
        float that is no better than the score; or "invalid" or "undecided" with a ``reason``.

    Raises
    ------
    UsageError
        For seconds or memory that cannot be.

    Examples
    --------
    >>> task = {"refute": "sharpness <= hessian_trace/2", "over": "minimizers"}
    >>> candidate = {"weights": [[[1]], ["1/2"]], "sigma": [[1]]}
    >>> judge({"task": task, "candidate": candidate})["reason"]
    "candidate.weights[1][0]: expected a row, a list of numbers, got '1/2'"
    >>> candidate["weights"] = [[[1]], [["1/2"]]]
    >>> judge({"task": task, "candidate": candidate})["score"]
    '1/2'
    """
    try:
        text = json.dumps(document, default=_fraction)
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        return invalid(f"document: expected what JSON can say: {error}")
    return judge_text(text.encode("utf-8", "surrogatepass"), seconds=seconds, memory=memory)


def _fraction(value: Any) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"got {type(value).__name__}")


def judge_text(content: bytes, *, seconds: float = SECONDS, memory: int = MEMORY) -> dict[str, Any]:
    """Return the judgement of a document in JSON, as :func:`judge` does of a dict."""
    if not 0 < seconds <= _LONGEST:
        raise UsageError(
            f"seconds: expected a positive number up to {_LONGEST:g}, got {seconds:g}; give less"
        )
    if not _LEAST_MEMORY <= memory <= _MOST_MEMORY:
        raise UsageError(
            f"memory: expected {_LEAST_MEMORY} to {_MOST_MEMORY} MiB, got {memory}; "
            "less does not hold the theorems"
        )
    if len(content) > MAX_BYTES:
        return invalid(f"file: expected at most {MAX_BYTES:,} bytes, got more; shorten it")
    return _WORKER.judged(content, seconds, memory)


class _Worker:
    """The process that judges, started when it is first asked; one request at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def judged(self, content: bytes, seconds: float, memory: int) -> dict[str, Any]:
        """Return what the process answers."""
        request = {"bytes": len(content), "seconds": float(seconds), "memory": int(memory)}
        with self._lock:
            process = self._running()
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n" + content)
                process.stdin.flush()
                return _line(process)
            except (OSError, ValueError):
                self.close()
                return undecided("the process that judges ended; ask again")
            except BaseException:  # interrupted: an answer may be under way
                self.close()
                raise

    def _running(self) -> subprocess.Popen[bytes]:
        """Return the process, one of our own: what a parent left us is not asked."""
        if self._process is None or self._process.poll() is not None or self._owner != os.getpid():
            self.close()
            self._process, self._owner = _started(), os.getpid()
        return self._process

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._owner == os.getpid():
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):  # what was not sent is not sent
                    stream.close()


def _started() -> subprocess.Popen[bytes]:
    """Start the process: of these very files, whatever lies in the folder it is called from."""
    known = os.environ.get("PYTHONPATH", "")
    paths = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), known)))
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "verify.judging.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | dict.fromkeys(_THREADS, "1") | {"PYTHONPATH": paths},
        start_new_session=True,
    )
    try:
        _line(process)
    except ValueError as error:
        process.wait()
        raise CertiminError(
            f"judge: its process ended with code {process.returncode} before it was ready"
        ) from error
    return process


def _line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


_WORKER = _Worker()
atexit.register(_WORKER.close)
