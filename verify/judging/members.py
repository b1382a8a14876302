"""Whether an instance belongs to a setting, where its entries alone can say so.

The engine knows what builds the instances of a setting, not which others would have come of it.
For settings with a reader the entries decide: the reader makes an instance of them, or refuses.
Of any other setting an instance is given by the answers its recipe is built from, and belongs by
construction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from verify.claims import Bounds, Setting

__all__ = ["READERS", "Reader", "read_by"]

Reader = Callable[[Mapping[str, Any], Bounds], Any]
"""Makes an exact instance of the setting, at these sizes, from entries by name.

Entries are Fractions in nested lists that nobody has looked at.  It raises UsageError, in one line,
for what is no instance of the setting; ArithmeticError where that cannot be decided.
"""

READERS: dict[str, Reader] = {}
"""The reader of each setting that has one, by the setting's name."""


def read_by(setting: Setting, reader: Reader) -> None:
    """Enter what reads the instances of a setting."""
    READERS[setting.name] = reader
