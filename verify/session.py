"""One verification run from start to report: check, compute with progress, assemble, write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from verify import report, runner
from verify.assembly import assemble, overall
from verify.claims import Bounds
from verify.environment import describe
from verify.errors import Interrupted, UsageError
from verify.registry import with_ancestors
from verify.sources import BatchSource
from verify.theorem import Theorem

__all__ = ["Options", "check_backend", "verify"]


@dataclass(frozen=True)
class Options:
    """What the user chose for one run."""

    profile: str = "quick"
    seed: int = 0
    jobs: int = 1
    backend: str = "numpy"
    resume: bool = False
    out: Path = Path("reports")
    command: str = "certimin verify"
    cache: bool = True


def verify(chosen: Sequence[Theorem], options: Options, console: Console) -> dict[str, Any]:
    """Verify theorems and everything they use; write the reports and return the record.

    Raises
    ------
    UsageError
        If the output folder cannot be written or the backend is not there: nothing is computed.
    Interrupted
        On Ctrl-C: finished tasks are kept, earlier reports stay as they are.
    """
    start = monotonic()
    theorems = with_ancestors(chosen)
    check_backend(theorems, options.backend)
    try:
        report.prepare(options.out)
        store = runner.Store(options.out / ".tasks", resume=options.resume)
    except OSError as error:
        raise UsageError(
            f"--out: cannot write to {options.out}: {error.strerror or error}"
        ) from error
    proofs = options.out / ".derivations" if options.cache else None
    listed = runner.tasks(theorems, options.seed, options.profile, options.backend, proofs)
    jobs = min(options.jobs, len(listed))
    with runner.pool(jobs) as executor, _progress(listed, console) as advance:
        outcomes = runner.run(listed, executor, store, advance)
    if len(outcomes) < len(listed):
        raise Interrupted(
            f"interrupted: {len(outcomes)} of {len(listed)} tasks are kept in {options.out}; "
            "go on with --resume"
        )
    records = assemble(theorems, listed, outcomes)
    result = {
        "schema": 1,
        "environment": describe(backend=options.backend, jobs=jobs, command=options.command),
        "seed": options.seed,
        "profile": options.profile,
        "seconds": monotonic() - start,
        "verdict": overall(records),
        "theorems": records,
    }
    report.write(result, options.out)
    return result


def check_backend(theorems: Sequence[Theorem], backend: str) -> str:
    """Return the name of the device; a batch of one is built there before any work.

    Raises
    ------
    UsageError
        If there is none.
    """
    if backend == "numpy":
        return "the host"
    source = BatchSource(np.random.default_rng(0), 1, backend)
    try:
        instance = theorems[0].claims[0].setting.build(source, Bounds())
    except RuntimeError as error:
        raise UsageError(str(error)) from error
    return str(instance.arithmetic.device())


@contextmanager
def _progress(
    listed: Sequence[runner.Task], console: Console
) -> Iterator[Callable[[runner.Outcome], None]]:
    """Yield a callback: a bar on a terminal, one plain line for each finished theorem elsewhere."""
    left = Counter(task.theorem for task in listed)

    def line(outcome: runner.Outcome) -> None:
        left[outcome.task.theorem] -= 1
        if not left[outcome.task.theorem]:
            console.print(f"{outcome.task.theorem}: all checks ran")

    if not console.is_terminal:
        yield line
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        job = bar.add_task("verifying", total=len(listed))

        def advance(outcome: runner.Outcome) -> None:
            bar.update(job, advance=1, description=f"verifying {outcome.task.theorem}")

        yield advance
