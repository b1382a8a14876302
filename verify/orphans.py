"""No process of ours outlives the one that started it, however that one ended."""

from __future__ import annotations

import os
from threading import Thread
from time import sleep

__all__ = ["end_with"]

_PULSE = 0.5
"""Seconds between looks at who the parent is."""


def end_with(parent: int) -> None:
    """End this process soon after the process ``parent``, which started it.

    A process that is killed tells nobody; its children are given to another parent.  A thread looks
    for that, so an extension that computes without letting Python run ends first.
    """

    def watch() -> None:
        while os.getppid() == parent:
            sleep(_PULSE)
        os._exit(3)

    Thread(target=watch, daemon=True, name="end with the parent").start()
