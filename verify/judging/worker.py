"""The process in which candidates are judged, one child for each, with its time and memory.

It loads the theorems once; then it reads a request a line, forks a child that judges, and answers
with a line.  The child may be slow, may ask for too much memory or end in C: all that comes of it
is that there is no score.  It ends when its input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import sys
from collections.abc import Callable
from math import ceil
from time import monotonic
from typing import Any, NoReturn

from verify.judging.judgement import judged
from verify.judging.verdicts import undecided
from verify.registry import theorems

__all__ = ["answered", "main"]

_READ = 1 << 16
_MIB = 1 << 20
_LONGEST = 1 << 26
"""Bytes of an answer."""


def main() -> None:
    """Answer requests until there are none; what else is printed goes nowhere."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    theorems()
    _say(answers, {"ready": True})
    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(request["bytes"])
        _say(answers, answered(content, request["seconds"], request["memory"]))


def _say(answers: Any, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message, allow_nan=False).encode() + b"\n")
    answers.flush()


def answered(
    content: bytes,
    seconds: float,
    memory: int,
    judge: Callable[[bytes], dict[str, Any]] = judged,
) -> dict[str, Any]:
    """Return the judgement of a document by a child of this process.

    Parameters
    ----------
    content
        The document.
    seconds, memory
        What the child may use: time by the clock, and MiB of address space.
    judge
        What the child calls.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _child(content, write, seconds, memory, judge)
    os.close(write)
    try:
        text, expired = _first_line(read, monotonic() + seconds)
    finally:
        os.close(read)
        for end in (os.killpg, os.kill):  # all that it left running, or itself before it had any
            with contextlib.suppress(ProcessLookupError, PermissionError):
                end(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if expired:
        return undecided(f"no score within {seconds:g} s; give it more, or a simpler candidate")
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        ended = os.waitstatus_to_exitcode(status)
        return undecided(f"the computation ended early ({ended}), within {memory} MiB of memory")
    return found


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


def _child(
    content: bytes,
    write: int,
    seconds: float,
    memory: int,
    judge: Callable[[bytes], dict[str, Any]],
) -> NoReturn:
    """Judge within limits, write a line, and leave whatever happens: no copy of us goes on."""
    try:
        os.setpgid(0, 0)
        _limit(seconds, memory)
        sys.set_int_max_str_digits(0)
        text = json.dumps(_told(content, memory, judge), allow_nan=False)
        with os.fdopen(write, "wb") as pipe:
            pipe.write(text.encode() + b"\n")
    finally:
        os._exit(0)


def _told(content: bytes, memory: int, judge: Callable[[bytes], dict[str, Any]]) -> dict[str, Any]:
    """The judgement; what goes wrong on the way is no score."""
    try:
        return judge(content)
    except MemoryError:
        return undecided(f"no score within {memory} MiB of memory")
    except RecursionError:
        return undecided("too deep a computation")
    except Exception as error:  # a fault of ours
        return undecided(f"a fault: {type(error).__name__}: {error}")


def _limit(seconds: float, memory: int) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, memory * _MIB),
        (resource.RLIMIT_CPU, ceil(seconds) + 1),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(OSError, ValueError):  # a system that has no such limit
            resource.setrlimit(kind, (allowed, hard))


if __name__ == "__main__":
    main()
