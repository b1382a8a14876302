"""Stored records: JSON files that carry a digest of themselves, checked whenever they are read.

One that was cut short, edited or copied to another name is found out and left out, and that is
said.  The digest is no signature: whoever may write to the folder may forge a record, as they may
forge the report beside it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from verify.files import read_text, write_text

__all__ = ["Damaged", "complain", "hashed", "read", "write"]


class Damaged(ValueError):
    """A stored record is not what was written."""


def write(path: Path, content: Mapping[str, Any], *, durable: bool = True) -> None:
    """Store ``content``, whose values JSON has a word for or that are told by ``str``.

    Raises
    ------
    OSError
        The file cannot be written; nothing half-written is left behind.
    """
    record = json.loads(json.dumps({**content, "key": path.stem}, default=str))
    sealed = {**record, "digest": hashed(record)}
    write_text(path, json.dumps(sealed), durable=durable)


def read(path: Path) -> dict[str, Any] | None:
    """Return the record stored at ``path``; None if there is none.

    Raises
    ------
    Damaged
        What is there is not what :func:`write` wrote there.
    """
    try:
        record = json.loads(read_text(path))
        sealed = record.pop("digest")
        sound = sealed == hashed(record) and record["key"] == path.stem
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged(str(path)) from error
    if not sound:
        raise Damaged(str(path))
    return dict(record)


def hashed(content: Any) -> str:
    """Return the SHA-256 of canonical JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@cache
def complain(text: str) -> None:
    """Say once in a process, in one line, that something stored is left out."""
    print(f"certimin: {text}", file=sys.stderr)
