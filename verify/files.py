"""Files that are there whole or not at all: written beside their place, then moved into it."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from errno import EINVAL, EISDIR
from pathlib import Path

from verify.errors import UsageError

__all__ = ["check_writable", "expect_writable", "read_text", "write_bytes", "write_text"]


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

    Parameters
    ----------
    durable
        Whether to wait until it is on the disk: what can be computed again need not be.

    Raises
    ------
    OSError
        The file cannot be written; nothing half-written is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _beside(path)
    try:
        with partial.open("xb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def check_writable(path: Path) -> None:
    """Raise OSError unless a file can be written at ``path``; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    probe = _beside(path)
    probe.touch(exist_ok=False)
    probe.unlink()


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


def _beside(path: Path) -> Path:
    """A new name in the same folder: moving a file is atomic only within a file system."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
