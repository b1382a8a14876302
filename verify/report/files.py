"""Files that are there whole or not at all: written beside their place, then moved into it."""

from __future__ import annotations

import os
import secrets
from errno import EISDIR
from pathlib import Path

__all__ = ["NAMES", "prepare", "write_text"]

NAMES = ("verify.json", "junit.xml", "tables/theorems.tex", "tables/theorems.md", "index.html")
"""What a report consists of, relative to its folder, in the order of writing."""


def prepare(out: Path) -> None:
    """Make the folder of a report and check that every file of it can be written.

    Call it before computing anything, so that a bad ``--out`` costs no run.

    Raises
    ------
    OSError
        ``out`` is a file, cannot be made or cannot be written to, or a folder has the name of
        one of the report's files.
    """
    for name in NAMES:
        path = Path(out, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
        probe = _beside(path)
        probe.touch(exist_ok=False)
        probe.unlink()


def write_text(path: Path, text: str) -> Path:
    """Write ``text`` in UTF-8 and return ``path``; on failure the old file, if any, stays.

    Raises
    ------
    OSError
        The file cannot be written; nothing half-written is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _beside(path)
    try:
        with partial.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def _beside(path: Path) -> Path:
    """A new name in the same folder: moving a file is atomic only within a file system."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
