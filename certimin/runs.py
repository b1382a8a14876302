"""The theorems there are, and a verification run, from Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from rich.console import Console

from verify import registry
from verify.runs import session
from verify.theorem import Theorem

__all__ = ["theorems", "verify"]


def theorems() -> Mapping[str, Theorem]:
    """Return every theorem, conjecture and open question by its id; those it uses come first.

    >>> theorems()["U4"].title
    'At every point the sharpness is at least that of a single layer and of the whole map'
    """
    return registry.theorems()


def verify(
    *ids: str,
    profile: Literal["quick", "full"] = "quick",
    seed: int = 0,
    jobs: int = 1,
    out: str | Path = "reports",
) -> dict[str, Any]:
    """Verify theorems and what they use, write the reports, and return the record.

    Parameters
    ----------
    ids
        Which ("U1"); none means all.
    profile, seed
        How much is tried, and from which seed: results depend on nothing else.
    jobs
        Processes.  More than one import the script that calls this: it needs the usual
        ``if __name__ == "__main__":``.
    out
        Folder of the reports.

    Returns
    -------
    dict
        What ``verify.json`` says; ``record["verdict"]`` is "holds" only if all hold.

    Raises
    ------
    UsageError
        If an id is unknown or the folder cannot be written.
    """
    given = f"seed={seed}, profile={profile!r}"
    command = f"certimin.verify({', '.join([*map(repr, ids), given])})"
    options = session.Options(profile, seed, jobs, out=Path(out), command=command)
    return session.verify(registry.select(ids), options, Console(stderr=True))
