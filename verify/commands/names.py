"""``certimin quantities`` and ``certimin settings``: the names a conjecture may use.

What is common comes first, the rest by area; what only serves checks and controls is left out
unless asked for.  A name instead of a word shows one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from verify.commands.console import console, print_instance
from verify.errors import UsageError

if TYPE_CHECKING:
    from verify.claims import Quantity, Setting
    from verify.theorem import Theorem

__all__ = ["quantities", "settings"]

_all = click.option("--all", "everything", is_flag=True, help="those of checks and controls too")

_SEED = 20


@click.command()
@click.argument("word", required=False, default="")
@_all
def quantities(word: str, everything: bool) -> None:
    """List the quantities that relations may use; those that mention WORD, or the one so named."""
    from verify.claims import QUANTITIES
    from verify.registry import theorems

    known = list(theorems().values())
    if word in QUANTITIES:
        _show_quantity(QUANTITIES[word])
        return
    used = set(_used_quantities(known))
    rows = [
        (q.measure.__module__, q.name, q.definition, q.name in used)
        for q in set(QUANTITIES.values())
    ]
    _print("quantities", rows, word, everything, QUANTITIES)


@click.command()
@click.argument("word", required=False, default="")
@_all
def settings(word: str, everything: bool) -> None:
    """List the settings of conjectures; those that mention WORD, or the one so named."""
    from verify.claims import SETTINGS
    from verify.registry import theorems

    known = list(theorems().values())
    if word in SETTINGS:
        _show_setting(SETTINGS[word])
        return
    used = {claim.setting.name for theorem in known for claim in theorem.claims}
    rows = [
        (s.build.__module__, s.name, s.description, s.name in used) for s in set(SETTINGS.values())
    ]
    _print("settings", rows, word, everything, SETTINGS)


def _used_quantities(known: Iterable[Theorem]) -> Iterator[str]:
    """Names in claims, but for quantities of which nothing is claimed but that they vanish."""
    for theorem in known:
        for claim in theorem.claims:
            vanishing = claim.operator == "==" and claim.expanded.rhs == 0
            if not (vanishing and claim.expanded.lhs.is_Symbol):
                yield from (s.name for s in claim.expanded.free_symbols)


Row = tuple[str, str, str, bool]
"""Module, name, definition, and whether a claim is about it."""


def _print(what: str, rows: list[Row], word: str, everything: bool, names: Iterable[str]) -> None:
    from rich.table import Table

    found = [row for row in rows if word.lower() in f"{row[1]} {row[2]}".lower()]
    if not found:
        near = get_close_matches(word, list(names), n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UsageError(f"no {what} mention {word!r}{hint}; `certimin {what}` lists all")
    screen, hidden = console(), 0
    areas: dict[str, list[Row]] = {}
    for row in sorted(found, key=lambda row: row[1]):
        common = _area(row[0]) == _COMMON
        if everything or word or common or row[3]:
            areas.setdefault(_area(row[0]), []).append(row)
        else:
            hidden += 1
    width = max(len(row[1]) for shown in areas.values() for row in shown) if areas else 0
    for area in sorted(areas, key=lambda area: (area != _COMMON, area)):
        screen.print(f"{area} ({len(areas[area])})", style="bold")
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(no_wrap=True, min_width=width)
        table.add_column(overflow="fold")
        for _, name, definition, _ in areas[area]:
            table.add_row(name, definition)
        screen.print(table)
    if hidden:
        screen.print(f"{hidden} more serve checks and controls: --all shows them")
    screen.print(f"`certimin {what} NAME` shows one")


_COMMON = "common"


def _area(module: str) -> str:
    """The folder of the module in words; what a provider defines at its top is common."""
    package, *folders = module.split(".")[:-1] or [module]
    return (
        " ".join(folders).replace("_", " ")
        if folders
        else (_COMMON if package == "theorems" else package)
    )


def _show_quantity(q: Quantity) -> None:
    """One quantity: definition, module, the settings on which it has a value, and an example."""
    from verify.claims import QUANTITIES
    from verify.fit import fitting
    from verify.report.characters import formula

    screen = console()
    former = sorted(name for name, known in QUANTITIES.items() if known is q and name != q.name)
    fits = sorted(fitting(q.name), key=_commonest)
    sort = "a whole number" if q.integer else "positive" if q.positive else "of any sign"
    lines = [
        f"{q.name}    {formula(q.latex)}",
        q.definition,
        *([f"former names: {', '.join(former)}"] if former else []),
        f"value:        {sort}",
        f"defined in:   {q.measure.__module__}",
        f"settings:     {', '.join(s.name for s in fits) or 'none was found to fit'}",
    ]
    for line in lines:
        screen.print(line)
    examples = ((setting, _measured(q, setting)) for setting in fits)
    found = next(((setting, *example) for setting, example in examples if example), None)
    if found is not None:
        setting, instance, value = found
        screen.print(f"example:      {value} over {setting.name}, at")
        print_instance(instance, screen)


def _show_setting(setting: Setting) -> None:
    """One setting: what it draws, module, what is searched with it, quantities, and an example."""
    from verify.claims import QUANTITIES, SETTINGS
    from verify.fit import misfit

    screen = console()
    former = sorted(n for n, s in SETTINGS.items() if s is setting and n != setting.name)
    fits = sorted({q.name for q in QUANTITIES.values() if not misfit(q.name, setting)})
    lines = [
        setting.name,
        setting.description,
        *([f"former names:  {', '.join(former)}"] if former else []),
        f"defined in:    {setting.build.__module__}",
        f"searched too:  {', '.join(setting.special) or 'nothing else'}",
        f"quantities:    {', '.join(fits)}",
        "example:",
    ]
    for line in lines:
        screen.print(line)
    instance = _instance(setting)
    if instance is not None:
        print_instance(instance, screen)


def _commonest(setting: Setting) -> tuple[bool, str]:
    return _area(setting.build.__module__) != _COMMON, setting.name


def _instance(setting: Setting) -> Any:
    """A small exact instance, None where a few tries made none."""
    from random import Random

    from verify.claims import Bounds
    from verify.sources import RandomSource

    for bounds in (Bounds((2, 2), (1, 2)), Bounds((2, 3), (2, 3)), Bounds((3, 4), (2, 3))):
        for seed in range(_SEED, _SEED + 5):
            try:
                return setting.build(RandomSource(Random(seed)), bounds)
            except (ArithmeticError, ValueError):  # excluded, or no such sizes
                continue
    return None


def _measured(q: Quantity, setting: Setting) -> tuple[Any, str] | None:
    """An instance of the setting and the value there, None where the quantity has none."""
    instance = _instance(setting)
    if instance is None:
        return None
    for route in instance.routes():
        try:
            with route.arithmetic:
                return instance, str(q.measure(route))
        except ArithmeticError:  # undefined, or not in this arithmetic
            continue
        except (AttributeError, LookupError, TypeError, ValueError):  # no such data, or shapes
            return None
    return None
