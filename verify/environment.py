"""What a run depends on besides its seed: versions, machine, and where arithmetic comes from."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from verify.derivation.steps import ground_types

__all__ = ["PACKAGES", "describe", "processors", "versions"]

PACKAGES = (
    "numpy",
    "scipy",
    "sympy",
    "mpmath",
    "python-flint",
    "hypothesis",
    "array-api-compat",
    "cupy-cuda12x",
    "cupy-cuda13x",
    "scikit-learn",
    "pyarrow",
    "numba",
    "distributed",
    "cvxpy",
    "clarabel",
)


def versions() -> dict[str, str]:
    """Return the installed version of each package we may use; absent ones are left out."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def describe(
    *,
    backend: str,
    jobs: int,
    command: str,
    scheduler: str | None = None,
    skipped: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the ``environment`` of verify.json; ``skipped`` says what was left out, and why."""
    found: dict[str, Any] = {
        "certimin": version("certimin"),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "packages": versions(),
        "ground_types": ground_types(),
        "backend": backend,
        "jobs": jobs,
        "command": command,
    }
    if scheduler is not None:
        found["scheduler"] = scheduler
    if skipped:
        found["skipped"] = list(skipped)
    return found


def processors() -> int:
    """Return how many processors this process may use: how many jobs ``verify`` runs unasked."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
