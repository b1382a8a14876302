"""The process in which candidates are judged: a child does it, within limits of time and memory.

It loads the theorems once.  Then it reads requests, hands each to a child forked from it, and
answers with a line.  The child may be slow, may ask for too much memory or end in C: all that comes
of it is that there is no score, and the next request gets another child.  A child that does well is
kept for a while, since what it keeps between two documents is what it has loaded.  The process ends
when its input does.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import select
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from time import monotonic, sleep
from typing import Any, BinaryIO, NoReturn

from verify.judging.judgement import judged
from verify.judging.verdicts import undecided
from verify.registry import theorems

__all__ = ["Supervisor", "main"]

Judge = Callable[[bytes], dict[str, Any]]

_READ = 1 << 16
_MIB = 1 << 20
_LONGEST = 1 << 26
"""Bytes of an answer."""
_PATIENCE, _PULSE = 1.0, 0.01
"""Seconds that a child which closed its pipe may take to end, and between looks at it."""
_SERVES = 500
"""Documents after which a child is replaced: what it has cached goes with it."""


def main() -> None:
    """Answer requests until there are none; what else is printed goes nowhere."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    _prepare()
    _say(answers, {"ready": True})
    supervisor = Supervisor(judged)
    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(request["bytes"])
        _say(answers, supervisor.answered(content, request["seconds"], request["memory"]))
    supervisor.close()


def _prepare() -> None:
    """Load now what every child would otherwise load anew, and keep it in pages they all share."""
    theorems()
    import_module("verify.search.api")
    judged(json.dumps(_USUAL).encode())
    gc.collect()
    gc.freeze()


_USUAL = {
    "task": {"maximize": "sharpness/minimal_sharpness", "where": "condition <= 9", "depth": 2},
    "candidate": {"weights": [[[1, 2], [0, 1]], [[1, 0], [1, 1]]], "sigma": [[2, 1], [1, 3]]},
}
"""A document that asks for most of what others ask for; its judgement is not looked at."""


def _say(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message, allow_nan=False).encode() + b"\n")
    answers.flush()


@dataclass
class _Child:
    """A process that judges, the ends of its pipes, and how often it has answered."""

    process: int
    documents: int
    answers: int
    memory: int
    served: int = 0


class Supervisor:
    """Has documents judged by a child, one at a time, and ends it where it does not keep limits.

    Parameters
    ----------
    judge
        What the child calls.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._child: _Child | None = None

    def answered(self, content: bytes, seconds: float, memory: int) -> dict[str, Any]:
        """Return the judgement of a document.

        Parameters
        ----------
        content
            The document.
        seconds, memory
            What the judgement may use: time by the clock, and MiB of address space.
        """
        deadline, child = monotonic() + seconds, self._ready(memory)
        text, expired = b"", False
        try:
            _send(child.documents, len(content).to_bytes(8, "big") + content)
            text, expired = _first_line(child.answers, deadline)
            found: dict[str, Any] = json.loads(text)
        except (OSError, ValueError):
            ended = self.close(patience=0.0 if expired else _PATIENCE)
            if not expired:
                return undecided(f"the computation ended early ({ended}), within {memory} MiB")
            more = "give it more, or a simpler candidate"
            return undecided(f"no score within {seconds:g} s; {more}")
        child.served += 1
        if found["verdict"] == "undecided" or child.served >= _SERVES:
            self.close()
        return found

    def _ready(self, memory: int) -> _Child:
        if self._child is None or self._child.memory != memory:
            self.close()
            self._child = _forked(self._judge, memory)
        return self._child

    def close(self, patience: float = 0.0) -> int:
        """End the child with all that it left running; return its exit code.

        It may end by itself for so many seconds.
        """
        child, self._child = self._child, None
        if child is None:
            return 0
        os.close(child.documents)
        os.close(child.answers)
        deadline = monotonic() + patience
        ended, status = os.waitpid(child.process, os.WNOHANG)
        while not ended and monotonic() < deadline:
            sleep(_PULSE)
            ended, status = os.waitpid(child.process, os.WNOHANG)
        _kill(os.killpg, child.process)
        if not ended:
            _kill(os.kill, child.process)  # it may have no group yet
            _, status = os.waitpid(child.process, 0)
        return os.waitstatus_to_exitcode(status)


def _kill(end: Callable[[int, int], None], process: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        end(process, signal.SIGKILL)


def _forked(judge: Judge, memory: int) -> _Child:
    """A child that waits for documents."""
    (documents, to_child), (from_child, answers) = os.pipe(), os.pipe()
    process = os.fork()
    if process == 0:
        os.close(to_child)
        os.close(from_child)
        _serve(documents, answers, judge, memory)
    os.close(documents)
    os.close(answers)
    return _Child(process, to_child, from_child, memory)


def _send(pipe: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _first_line(pipe: int, deadline: float) -> tuple[bytes, bool]:
    """What is written to a pipe up to the end of its line, and whether the deadline came first."""
    found = bytearray()
    while (left := deadline - monotonic()) > 0:
        if not select.select([pipe], [], [], left)[0]:
            break
        part = os.read(pipe, _READ)
        found += part
        if not part or part.endswith(b"\n") or len(found) > _LONGEST:
            return bytes(found), False
    return b"", True


def _serve(documents: int, answers: int, judge: Judge, memory: int) -> NoReturn:
    """Judge what comes, and leave whatever happens: no copy of us goes on."""
    try:
        os.setpgid(0, 0)
        _limit(memory)
        sys.set_int_max_str_digits(0)
        with os.fdopen(documents, "rb") as source, os.fdopen(answers, "wb") as sink:
            while size := source.read(8):
                content = source.read(int.from_bytes(size, "big"))
                _say(sink, _told(content, memory, judge))
    finally:
        os._exit(0)


def _told(content: bytes, memory: int, judge: Judge) -> dict[str, Any]:
    """The judgement; what goes wrong on the way is no score."""
    try:
        return judge(content)
    except MemoryError:
        return undecided(f"no score within {memory} MiB of memory")
    except RecursionError:
        return undecided("too deep a computation")
    except Exception as error:  # a fault of ours
        return undecided(f"a fault: {type(error).__name__}: {error}")


def _limit(memory: int) -> None:
    for kind, most in ((resource.RLIMIT_AS, memory * _MIB), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(OSError, ValueError):  # a system that has no such limit
            resource.setrlimit(kind, (allowed, hard))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # whoever asked is gone
        main()
