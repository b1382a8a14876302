"""All theorems there are: ours and, through entry points, other people's.

A provider is a package under the entry-point group ``certimin.theorems``; every module inside it
that defines ``THEOREM`` (or ``THEOREMS``) contributes.  Dropping a module into the package is all
it takes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

from verify.errors import UsageError
from verify.theorem import Theorem

__all__ = ["GROUP", "check", "select", "theorems", "with_ancestors"]

GROUP = "certimin.theorems"


@cache
def theorems() -> Mapping[str, Theorem]:
    """Return every registered theorem by id, in an order where ancestors come first.

    Raises
    ------
    UsageError
        If two theorems share an id, one uses an unknown id, or ``uses`` has a cycle.
    """
    found: list[Theorem] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        found += _collect(entry.value)
    return MappingProxyType(check(found))


def _collect(package_name: str) -> list[Theorem]:
    package = importlib.import_module(package_name)
    paths = getattr(package, "__path__", [])
    names = [info.name for info in pkgutil.walk_packages(paths, prefix=f"{package_name}.")]
    modules = [package, *(importlib.import_module(name) for name in sorted(names))]
    found: list[Theorem] = []
    for module in modules:
        single = getattr(module, "THEOREM", None)
        found += [single] if single is not None else []
        found += list(getattr(module, "THEOREMS", ()))
    return found


def check(found: Iterable[Theorem]) -> dict[str, Theorem]:
    """Return theorems by id, ancestors first; raise UsageError on clashes, gaps and cycles."""
    by_id: dict[str, Theorem] = {}
    for theorem in found:
        if theorem.id in by_id:
            raise UsageError(
                f"theorem id {theorem.id!r} stands in both {by_id[theorem.id].module} and "
                f"{theorem.module}; rename one"
            )
        by_id[theorem.id] = theorem
    ordered: dict[str, Theorem] = {}

    def visit(theorem_id: str, path: tuple[str, ...]) -> None:
        if theorem_id in ordered:
            return
        if theorem_id in path:
            raise UsageError(f"theorems use each other in a circle: {' -> '.join(path)}")
        if theorem_id not in by_id:
            raise UsageError(f"{path[-1]} uses {theorem_id!r}, which no module defines")
        for used in by_id[theorem_id].uses:
            visit(used, (*path, theorem_id))
        ordered[theorem_id] = by_id[theorem_id]

    for theorem_id in by_id:
        visit(theorem_id, ())
    return ordered


def select(ids: Iterable[str]) -> list[Theorem]:
    """Return the theorems with these ids (all when none is named), without their ancestors.

    Raises
    ------
    UsageError
        If an id is unknown; the nearest ones are suggested.
    """
    known = theorems()
    wanted = list(ids) or list(known)
    for theorem_id in wanted:
        if theorem_id not in known:
            folded = {name.lower(): name for name in known}
            near = get_close_matches(theorem_id.lower(), folded, n=3, cutoff=0.3)
            hint = f"did you mean {', '.join(folded[n] for n in near)}?" if near else ""
            raise UsageError(
                f"unknown theorem id {theorem_id!r}; {hint} `certimin list` shows all".replace(
                    ";  ", "; "
                )
            )
    return [known[theorem_id] for theorem_id in dict.fromkeys(wanted)]


def with_ancestors(chosen: Iterable[Theorem]) -> list[Theorem]:
    """Return ``chosen`` and everything they use, ancestors first."""
    known = theorems()
    needed: set[str] = set()

    def add(theorem_id: str) -> None:
        if theorem_id not in needed:
            needed.add(theorem_id)
            for used in known[theorem_id].uses:
                add(used)

    for theorem in chosen:
        add(theorem.id)
    return [theorem for theorem_id, theorem in known.items() if theorem_id in needed]
