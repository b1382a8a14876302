"""Run a conjecture module in a process of its own: it may raise, hang or end the interpreter."""

from __future__ import annotations

import faulthandler
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from verify.errors import CertiminError
from verify.orphans import end_with_parent

__all__ = ["Ended", "isolated", "watched"]

_GRACE = 20.0
"""Seconds a search may outlast its budget: for shrinking and for the certificate."""

_STARTUP = 120.0
"""Seconds a process may take to load us, before the module's own time begins."""

_TOLD = 2.0
"""Seconds there are after the budget of a module that is not loaded, to say where it is."""

_BEGUN, _LOADED, _DONE = "begun\n", "loaded\n", "done\n"


@dataclass(frozen=True)
class Ended:
    """How the process ended: its exit code, or why it has none that counts.

    ``traceback`` is where it was when it was killed.
    """

    code: int
    failure: str = ""
    traceback: str = ""


def isolated(arguments: list[str], budget: float) -> Ended:
    """Run ``certimin ARGUMENTS --child FILE``; end it if it outlasts its budget.

    The budget begins when the module does, however long it takes to load us.  A module that is not
    even loaded when it is over is ended then, a search under way a little later: it keeps time
    itself unless a quantity hangs.
    """
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder, "trace")
        trace.touch()
        command = [sys.executable, "-m", "verify", *arguments, "--child", str(trace)]
        process = subprocess.Popen(command, start_new_session=True)
        try:
            killed = _wait(process, trace, budget)
        except KeyboardInterrupt:
            os.killpg(process.pid, signal.SIGTERM)  # it returns the best it has
            killed = _wait(process, trace, 0.0)
        text = trace.read_text(errors="replace")
        with suppress(ProcessLookupError):  # what the module left running ends with it
            os.killpg(process.pid, signal.SIGKILL)
    return _ended(process.returncode, killed, text, budget)


def _wait(process: subprocess.Popen[bytes], trace: Path, budget: float) -> bool:
    """Wait for the process to end; return whether it had to be killed."""
    start, begun = monotonic(), False
    while process.poll() is None:
        text = trace.read_text(errors="replace")
        loaded = text.startswith(_LOADED)
        if not begun and (loaded or text.startswith(_BEGUN)):
            start, begun = monotonic(), True
        allowed = budget + (_GRACE if loaded else _TOLD) if begun else _STARTUP
        if monotonic() - start > allowed:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        sleep(0.02)
    return False


def _ended(code: int, killed: bool, text: str, budget: float) -> Ended:
    where = text.removeprefix(_BEGUN).removeprefix(_LOADED).removesuffix(_DONE)
    if killed:
        return Ended(3, f"it did not end within its budget of {budget:g} s and was killed", where)
    if text.endswith(_DONE):
        return Ended(code)
    return Ended(3, f"it ended the interpreter with code {code}", where)


@contextmanager
def watched(trace: Path, budget: float) -> Iterator[None]:
    """Inside the process: say that we are loaded, where it is when time is over, how it ended.

    It ends with the process that started it, however that one ends.
    """
    end_with_parent()
    trace.write_text(_BEGUN)
    with trace.open("a") as file:
        faulthandler.dump_traceback_later(budget, file=file)
        ended_by_itself = True
        try:
            yield
        except CertiminError:
            raise
        except BaseException:
            ended_by_itself = False
            raise
        finally:
            faulthandler.cancel_dump_traceback_later()
            if ended_by_itself:
                file.write(_DONE)


def loaded(trace: Path) -> None:
    """Inside the process: say that the module is loaded, so that the search may begin."""
    trace.write_text(_LOADED)
