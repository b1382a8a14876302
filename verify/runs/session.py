"""One verification run from start to report: check, compute with progress, assemble, write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from verify import report
from verify.environment import describe
from verify.errors import Interrupted, UsageError
from verify.fit import device
from verify.formal.kernel import check_again
from verify.references import cited, unreadable
from verify.registry import skipped, with_ancestors
from verify.registry import theorems as registered
from verify.runs import cluster
from verify.runs.tasks import Outcome, Store, Task, run, tasks
from verify.runs.verdicts import assemble, overall
from verify.runs.workers import pool
from verify.theorem import Theorem

__all__ = ["Options", "check_backend", "verify"]


@dataclass(frozen=True)
class Options:
    """What the user chose for one run.

    ``scheduler`` is the address of a Dask scheduler, whose workers then take the place of ``jobs``
    processes here; ``check_proofs`` asks the kernel of formal proofs instead of its record.
    """

    profile: str = "quick"
    seed: int = 0
    jobs: int = 1
    backend: str = "numpy"
    resume: bool = False
    out: Path = Path("reports")
    command: str = "certimin verify"
    scheduler: str | None = None
    cache: bool = True
    check_proofs: bool = False


def verify(
    chosen: Sequence[Theorem],
    options: Options,
    console: Console,
    executor: Executor | None = None,
) -> dict[str, Any]:
    """Verify theorems and everything they use; write the reports and return the record.

    Parameters
    ----------
    executor
        Any ``concurrent.futures.Executor`` whose workers run one task per process at a time; it
        is left open. ``options.jobs`` then only records how many they are. None makes one as
        ``options`` say.

    Raises
    ------
    UsageError
        If the output folder cannot be written, or the backend or the scheduler is not there:
        nothing is computed.
    Interrupted
        On Ctrl-C, when the workers are lost, or where a disk is full: finished tasks are kept,
        earlier reports stay as they are.
    """
    start = monotonic()
    theorems = with_ancestors(chosen)
    check_backend(theorems, options.backend)
    if options.check_proofs:
        check_again(t for t in theorems if any(claim.formal for claim in t.claims))
    # workers elsewhere have no folder of ours to keep proofs in
    here = options.scheduler is None and executor is None
    proofs = options.out / ".derivations" if options.cache and here else None
    listed = tasks(theorems, options.seed, options.profile, options.backend, proofs)
    with _executor(options, executor, len(listed)) as (workers, place):
        store = _store(options)
        with _progress(listed, console) as advance:
            outcomes = run(listed, workers, store, advance)
        if len(outcomes) < len(listed):
            raise Interrupted(
                f"interrupted: {len(outcomes)} of {len(listed)} tasks are kept in {options.out}; "
                "go on with --resume"
            )
        records = assemble(theorems, listed, outcomes, proofs_checked=options.check_proofs)
        left_out = [*skipped(), *(t.skipped for theorem in theorems for t in theorem.trainings)]
        left_out += unreadable(theorems)
        place |= {"skipped": list(filter(None, left_out))}
        result = {
            "schema": report.VERSION,
            "environment": describe(backend=options.backend, command=options.command, **place),
            "seed": options.seed,
            "profile": options.profile,
            "seconds": monotonic() - start,
            "verdict": overall(records),
            "references": cited(theorems),
            "catalogue": list(registered()),
            "theorems": records,
        }
        with store.writing(len(listed)):
            report.write(result, options.out, workers if here else None)
    return result


@contextmanager
def _executor(
    options: Options, given: Executor | None, tasks: int
) -> Iterator[tuple[Executor | None, dict[str, Any]]]:
    """Yield who runs the tasks, and what the environment record says of them."""
    if given is not None:
        yield given, {"jobs": options.jobs, "scheduler": type(given).__name__}
    elif options.scheduler is not None:
        with cluster.connect(options.scheduler) as (workers, count):
            yield workers, {"jobs": count, "scheduler": options.scheduler}
    else:
        jobs = min(options.jobs, tasks)
        with pool(jobs) as processes:
            yield processes, {"jobs": jobs}


def _store(options: Options) -> Store:
    try:
        report.prepare(options.out)
        return Store(options.out / ".tasks", resume=options.resume)
    except OSError as error:
        raise UsageError(
            f"--out: cannot write to {options.out}: {error.strerror or error}"
        ) from error


def check_backend(theorems: Sequence[Theorem], backend: str) -> str:
    """Return the name of the device; UsageError, before any work, if there is none."""
    return device(theorems[0].claims[0].setting, backend)


@contextmanager
def _progress(listed: Sequence[Task], console: Console) -> Iterator[Callable[[Outcome], None]]:
    """Yield a callback: a bar on a terminal, one plain line for each finished theorem elsewhere."""
    left = Counter(task.theorem for task in listed)

    def line(outcome: Outcome) -> None:
        left[outcome.task.theorem] -= 1
        if not left[outcome.task.theorem]:
            console.print(f"{outcome.task.theorem}: all checks ran", markup=False)

    if not console.is_terminal:
        yield line
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        job = bar.add_task("verifying", total=len(listed))

        def advance(outcome: Outcome) -> None:
            bar.update(job, advance=1, description=f"verifying {outcome.task.theorem}")

        yield advance
