"""``certimin doctor``: what this installation can do."""

from __future__ import annotations

import json
from typing import Any

import click

from verify.errors import UsageError

__all__ = ["doctor"]

_OPTIONAL = (
    ("compiled kernels", "numba", "extra fast; training runs in NumPy"),
    ("search for squares", "cvxpy", "extra sos; certificates are checked without it"),
    ("clusters", "distributed", "extra distributed; processes of one machine"),
)
"""What faster or larger runs use: its name in the answer, the package, what is done without it."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def doctor(as_json: bool) -> None:
    """Say what this installation computes with, and whether a GPU can be used."""
    from verify.environment import describe, processors
    from verify.registry import skipped, theorems

    known = theorems()
    left_out = [*skipped(), *(t.skipped for each in known.values() for t in each.trainings)]
    found: dict[str, Any] = describe(
        backend="numpy",
        jobs=processors(),
        command="certimin doctor",
        skipped=list(filter(None, left_out)),
    )
    found["theorems"] = len(known)
    found["cupy"] = _gpu()
    for part, package, extra in _OPTIONAL:
        version = found["packages"].get(package)
        found[part] = f"{package} {version}" if version else f"{package} is not installed ({extra})"
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    for key, value in found.items():
        if isinstance(value, dict):
            value = ", ".join(f"{k} {v}" for k, v in value.items())
        click.echo(f"{key}: {'; '.join(value) if isinstance(value, list) else value}")


def _gpu() -> str:
    """Say which GPU can be used, or why none."""
    from verify.registry import theorems
    from verify.runs.session import check_backend

    try:
        return f"usable: {check_backend(list(theorems().values()), 'cupy')}"
    except UsageError as error:
        return str(error)
