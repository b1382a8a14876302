"""``certimin bundle``: all there is on a theorem, in one archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from verify.errors import UsageError

__all__ = ["bundle"]


@click.command()
@click.argument("theorem_id", metavar="ID")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE.zip", help="[default: ID.zip]"
)
@click.option(
    "--reports",
    type=click.Path(path_type=Path),
    default="reports",
    show_default=True,
    help="folder of the run that is packed",
)
def bundle(theorem_id: str, out: Path | None, reports: Path) -> None:
    """Pack statement, proof, record, certificates and versions for a reviewer."""
    from verify.bundle import archive, contents
    from verify.files import expect_writable, write_bytes
    from verify.registry import select

    theorem = select([theorem_id])[0]
    path = out or Path(f"{theorem.id}.zip")
    expect_writable("--out", path)
    files = contents(theorem, _record(reports, theorem.id), reports / "counterexamples")
    write_bytes(path, archive(f"certimin-{theorem.id}", files))
    click.echo(f"{path}: {len(files)} files, {path.stat().st_size:,} bytes")


def _record(folder: Path, theorem_id: str) -> dict[str, Any]:
    from verify.report import load

    try:
        return load(folder)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--reports: expected a folder with a verify.json, got {folder}: {error}; "
            f"run `certimin verify {theorem_id} --out {folder}`"
        ) from error
