"""Files that are there whole or not at all: written beside their place, then moved into it."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from csv import DictWriter
from errno import EINVAL, EISDIR
from io import StringIO
from pathlib import Path

from verify.errors import UsageError

__all__ = [
    "check_writable",
    "expect_writable",
    "read_text",
    "slug",
    "write_bytes",
    "write_rows",
    "write_text",
]


def read_text(path: Path) -> str:
    """Return the UTF-8 text of a file.

    Raises
    ------
    OSError
        It cannot be read, or is no file: a pipe might keep a reader waiting for ever.
    UnicodeDecodeError
        It is no such text.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(EINVAL, "not a regular file", str(path))
    return path.read_text(encoding="utf-8")


def write_text(path: Path, text: str, *, durable: bool = True) -> Path:
    """Write ``text`` in UTF-8, as :func:`write_bytes` does."""
    return write_bytes(path, text.encode("utf-8"), durable=durable)


def write_bytes(path: Path, data: bytes, *, durable: bool = True) -> Path:
    """Write ``data`` and return ``path``; on failure the old file, if any, stays.

    A link is followed; what is there and is no file, such as a pipe or a device, is left alone.

    Parameters
    ----------
    durable
        Whether to wait until it is on the disk: what can be computed again need not be.

    Raises
    ------
    OSError
        The file cannot be written; nothing half-written is left behind.
    """
    place = _place(path)
    partial = _beside(place)
    try:
        with partial.open("xb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(partial, place)
    finally:
        partial.unlink(missing_ok=True)
    return path


def write_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write rows of one table as CSV, as :func:`write_bytes` does; what a row lacks stays empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = StringIO()
    writer = DictWriter(table, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return write_text(path, table.getvalue(), durable=False)


def check_writable(path: Path) -> None:
    """Raise OSError unless a file can be written at ``path``; its folder is made."""
    probe = _beside(_place(path))
    probe.touch(exist_ok=False)
    probe.unlink()


def _place(path: Path) -> Path:
    """Where a file would be written: its folder is made, links are followed."""
    path = path.resolve() if path.is_symlink() else path
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    if path.exists() and not path.is_file():
        raise OSError(EINVAL, "not a regular file", str(path))
    return path


def expect_writable(option: str, path: Path) -> None:
    """Raise UsageError unless a file can be written at ``path``; nothing is left behind."""
    missing = [folder for folder in path.parents if not folder.exists()]
    try:
        check_writable(path)
    except OSError as error:
        raise UsageError(
            f"{option}: cannot write {path}: {error.strerror}; name a place in a folder of yours"
        ) from error
    finally:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()


def slug(text: str) -> str:
    """Return a relation or a title as a part of the name of a file or folder.

    >>> slug("sharpness >= 2*depth")
    'sharpness-ge-2-depth'
    """
    for sign, word in ((">=", "ge"), ("<=", "le"), ("==", "eq"), (">", "gt"), ("<", "lt")):
        text = text.replace(sign, f" {word} ")
    return re.sub(r"[^a-z0-9_]+", "-", text.lower())[:48].strip("-") or "claim"


def _beside(path: Path) -> Path:
    """A new name in the same folder: moving a file is atomic only within a file system."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
