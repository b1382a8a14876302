"""No process of ours outlives the one that started it, however that one ended."""

from __future__ import annotations

import os
from multiprocessing import parent_process
from threading import Thread
from time import sleep

__all__ = ["end_with_parent"]

_PULSE = 0.5
"""Seconds between looks at who the parent is."""


def end_with_parent() -> None:
    """End this process soon after the one that started it.

    A process that is killed tells nobody; its children are given to another parent.  A thread looks
    for that, so an extension that computes without letting Python run ends first.
    """
    starter = parent_process()  # of a worker it is who asked for it, and not who forked it
    parent = os.getppid()

    def watch() -> None:
        if starter is not None:
            starter.join()
        while starter is None and os.getppid() == parent:
            sleep(_PULSE)
        os._exit(3)

    Thread(target=watch, daemon=True, name="end with the parent").start()
