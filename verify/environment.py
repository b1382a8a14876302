"""What a run depends on besides its seed: versions, machine, and where arithmetic comes from."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from verify.derivation.steps import ground_types

__all__ = ["PACKAGES", "describe", "versions"]

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
    *, backend: str, jobs: int, command: str, scheduler: str | None = None
) -> dict[str, Any]:
    """Return the ``environment`` of verify.json."""
    found = {
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
    return found if scheduler is None else found | {"scheduler": scheduler}
