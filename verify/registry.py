"""All theorems there are: ours and, through entry points, other people's.

A provider is a package under the entry-point group ``certimin.theorems``; every module inside it
that defines ``THEOREM`` (or ``THEOREMS``) contributes.  Dropping a module into the package is all
it takes.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import reprlib
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from verify.claims import FAMILIES, QUANTITIES, SETTINGS
from verify.errors import UsageError
from verify.theorem import Claim, Control, Theorem
from verify.travel import send_by_name

__all__ = [
    "GROUP",
    "check",
    "in_families",
    "is_loaded",
    "load_ours",
    "providers",
    "select",
    "skipped",
    "theorems",
    "with_ancestors",
]

GROUP = "certimin.theorems"


@dataclass(frozen=True)
class _Registry:
    """What could be loaded, and why the rest could not, by the name of its entry point."""

    theorems: Mapping[str, Theorem]
    entries: Sequence[EntryPoint]
    broken: Mapping[str, str]


def theorems() -> Mapping[str, Theorem]:
    """Return every registered theorem by id, in an order where ancestors come first.

    A plug-in that cannot be loaded is left out; :func:`skipped` tells it.

    Raises
    ------
    UsageError
        If theorems of ours share an id, use an unknown one, or use each other in a circle.
    """
    return _registry().theorems


def providers() -> list[ModuleType]:
    """Return the packages that provide theorems, by the name of their entry point."""
    return [_load(entry.value, entry.name) for entry in _registry().entries]


def skipped() -> list[str]:
    """Return a line for each plug-in that was left out: its name, and why."""
    return [f"the plug-in {name!r}: {why}" for name, why in _registry().broken.items()]


def is_loaded() -> bool:
    """Return whether theorems were asked for in this process."""
    return _registry.cache_info().currsize > 0


def load_ours() -> None:
    """Import the modules of our theorems, and of no plug-in.

    Raises
    ------
    UsageError
        One of them cannot be imported.
    """
    for entry in filter(_is_ours, entry_points(group=GROUP)):
        _provided(entry)


@cache
def _registry() -> _Registry:
    """Load our theorems, then each plug-in with whatever it uses of others.

    What does not fit with the rest is tried again as long as others are added: it may use them.
    """
    entries = sorted(entry_points(group=GROUP), key=lambda entry: (not _is_ours(entry), entry.name))
    kept: list[EntryPoint] = []
    found: list[Theorem] = []
    known: dict[str, Theorem] = {}
    waiting: list[tuple[EntryPoint, list[Theorem]]] = []
    broken: dict[str, str] = {}
    for entry in entries:
        try:
            waiting.append((entry, _provided(entry)))
        except UsageError as error:
            if _is_ours(entry):
                raise
            broken[entry.name] = str(error)
    while waiting:
        refused = []
        for entry, theirs in waiting:
            try:
                known = check([*found, *theirs])
            except UsageError as error:
                if _is_ours(entry):
                    raise
                broken[entry.name] = str(error)
                refused.append((entry, theirs))
            else:
                broken.pop(entry.name, None)
                found += theirs
                kept.append(entry)
        if len(refused) == len(waiting):
            break
        waiting = refused
    return _Registry(
        MappingProxyType(known), tuple(kept), MappingProxyType(dict(sorted(broken.items())))
    )


def _is_ours(entry: EntryPoint) -> bool:
    return entry.dist is not None and entry.dist.name == "certimin"


def _provided(entry: EntryPoint) -> list[Theorem]:
    """Return the theorems of an entry point; of our own, helpers are not imported.

    Quantities and settings of one that fails on the way are forgotten again.
    """
    tables: tuple[dict[str, Any], ...] = (QUANTITIES, SETTINGS, FAMILIES)
    before = [dict(table) for table in tables]
    try:
        return _collect(_load(entry.value, entry.name), entry.name, sifted=_is_ours(entry))
    except UsageError:
        for table, entries in zip(tables, before, strict=True):
            table.clear()
            table.update(entries)
        raise


def _load(module: str, entry: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except (Exception, SystemExit) as error:  # to leave on import would say "refuted"
        said = str(error) if isinstance(error, UsageError) else f"{type(error).__name__}: {error}"
        raise UsageError(
            f"cannot import {module} of the entry point {entry!r} ({GROUP}): {said} "
            f"({_place(error)}); mend it, or uninstall the package that provides it"
        ) from error


def _place(error: BaseException) -> str:
    """The last line outside the engine that led to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    engine = str(Path(__file__).parent)
    outside = [f for f in frames if not f.filename.startswith((engine, "<"))] or list(frames)
    return f"{outside[-1].filename}, line {outside[-1].lineno}"


def _collect(package: ModuleType, entry: str = "", *, sifted: bool = False) -> list[Theorem]:
    """Return the theorems of all modules in the package, in the order of the modules' names."""
    modules = list(_modules(package, entry or package.__name__, sifted))
    found = [theorem for module in modules for theorem in _defined(module)]
    for module in modules:
        _check_nothing_left_out(module)
    return found


def _modules(package: ModuleType, entry: str, sifted: bool) -> Iterator[ModuleType]:
    """Yield a module and all inside it; ``sifted`` passes over those that define nothing.

    ``pkgutil.walk_packages`` would pass over subpackages that cannot be imported.
    """
    yield package
    inside = pkgutil.iter_modules(getattr(package, "__path__", []), f"{package.__name__}.")
    for info in sorted(inside, key=lambda info: info.name):
        runs = info.name.endswith(".__main__")
        if not runs and (info.ispkg or not sifted or _contributes(info)):
            yield from _modules(_load(info.name, entry), entry, sifted)


def _defined(module: ModuleType) -> list[Theorem]:
    """Return what THEOREM and THEOREMS of the module name."""
    single, several = getattr(module, "THEOREM", None), getattr(module, "THEOREMS", ())
    found = [] if single is None else [_expected(single, module, "THEOREM", "a Theorem")]
    kind = "a list of Theorem"
    if not isinstance(several, Iterable):
        _expected(several, module, "THEOREMS", kind)
    return [*found, *(_expected(theorem, module, "THEOREMS", kind) for theorem in several)]


def _expected(value: Any, module: ModuleType, name: str, kind: str) -> Theorem:
    if isinstance(value, Theorem):
        return value
    raise UsageError(
        f"{module.__name__}: {name} must be {kind}; got {reprlib.repr(value)} "
        f"({type(value).__name__}); end the module with THEOREM = Theorem(...)"
    )


def _check_nothing_left_out(module: ModuleType) -> None:
    """Raise UsageError if a claim or twin of the module would never be checked."""
    for name, value in vars(module).items():
        made = value.claim if isinstance(value, Control) else value
        if isinstance(made, Claim) and not made.theorem:
            kind = "controls" if isinstance(value, Control) else "claims"
            raise UsageError(
                f"{module.__name__}: {name} belongs to no theorem and would never be checked; "
                f"name it in {kind}= or delete it"
            )


_MARKS = (b"THEOREM", b"quantity", b"setting", b"SETTINGS", b"QUANTITIES")
"""What a module that defines a theorem, a quantity or a setting mentions."""


def _contributes(info: pkgutil.ModuleInfo) -> bool:
    """Whether a module of ours may define anything: commands and helpers need not be imported."""
    find = getattr(info.module_finder, "find_spec", None)
    spec = find(info.name, None) if find else None
    if spec is None or not (spec.origin or "").endswith(".py"):
        return True
    text = Path(spec.origin).read_bytes()
    return any(mark in text for mark in _MARKS)


def check(found: Iterable[Theorem]) -> dict[str, Theorem]:
    """Return theorems by id, ancestors first; raise UsageError on clashes, gaps and cycles."""
    by_id: dict[str, Theorem] = {}
    for theorem in found:
        if by_id.get(theorem.id) is theorem:  # imported by another module of the package
            continue
        _check_parts(theorem)
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
        _check_premises(by_id[theorem_id], by_id)
        ordered[theorem_id] = by_id[theorem_id]

    for theorem_id in by_id:
        visit(theorem_id, ())
    return ordered


def _check_premises(theorem: Theorem, by_id: Mapping[str, Theorem]) -> None:
    """Raise UsageError if a premise is not the very claim that its theorem makes."""
    for claim in theorem.claims:
        for premise in claim.given:
            if not any(premise is own for own in by_id[premise.theorem].claims):
                raise UsageError(
                    f"{claim.id} is given a claim that calls itself {premise.id}, but {premise.id} "
                    "is another one; give the claim that its module defines"
                )


def _check_parts(theorem: Theorem) -> None:
    """Raise UsageError unless every part would be checked, and checks a claim of this theorem."""
    claims = [claim.id for claim in theorem.claims]
    controls = [control.claim.id for control in theorem.controls]
    names = [*claims, *controls, *(training.id for training in theorem.trainings)]
    names += [item.id for item in theorem.exhibits]
    again = [name for name, times in Counter(names).items() if times > 1]
    if again:
        raise UsageError(f"{theorem.id}: two parts have the id {again[0]!r}; rename one")
    if not claims:
        raise UsageError(f"{theorem.id} makes no claim")
    of_parts = [item.claim for item in theorem.exhibits]
    of_parts += [claim for training in theorem.trainings for claim in training.claims]
    for claim in of_parts:
        if claim.id not in claims:
            raise UsageError(
                f"{theorem.id} has no claim {claim.id!r}, only {', '.join(claims)}; "
                "a claim that another part refers to must be named in claims="
            )
    for claim in theorem.claims:
        for premise in claim.given:
            if not premise.theorem:
                raise UsageError(f"{claim.id} is given {premise.name!r}, which no theorem claims")
            if premise.is_control:
                raise UsageError(f"{claim.id} is given the false twin {premise.id}; give a claim")


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


def in_families(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return theorems by the package of their module and by id, then what is open."""

    def place(record: Mapping[str, Any]) -> tuple[int, str, list[tuple[int, str]]]:
        parts = re.findall(r"\d+|\D+", record["id"])
        natural = [(int(part), "") if part.isdigit() else (0, part) for part in parts]
        is_open = int(record["status"] != "theorem")
        return is_open, record["module"].rpartition(".")[0], natural

    return sorted(records, key=place)


send_by_name()
