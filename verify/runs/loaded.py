"""Imported by the server of workers: the modules of our theorems, so that forks have them."""

from __future__ import annotations

from contextlib import suppress

from verify.errors import UsageError
from verify.registry import load_ours

with suppress(UsageError):  # the command says it
    load_ours()
