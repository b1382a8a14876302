"""Which theorem builds on which: a layered drawing, ancestors above, every box a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from verify.report.summary import SYMBOLS, standing, worth

__all__ = ["layers", "svg"]

_WIDTH, _HEIGHT = 46, 24
_ACROSS, _DOWN = 58, 66
_MARGIN = 12


def layers(uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the names in layers, each below all that it uses, ordered so that lines cross little.

    >>> layers({"a": (), "b": ("a",), "c": ("b", "a"), "d": ()})
    [['a', 'd'], ['b'], ['c']]
    """
    depth: dict[str, int] = {}

    def below(name: str) -> int:
        if name not in depth:
            depth[name] = 1 + max((below(used) for used in uses[name] if used in uses), default=-1)
        return depth[name]

    found: list[list[str]] = []
    for name in uses:
        level = below(name)
        found += [[] for _ in range(level + 1 - len(found))]
        found[level].append(name)
    return _untangled(found, uses)


def _untangled(found: list[list[str]], uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Put each name over or under the middle of its neighbours, a few times down and up."""
    near: dict[str, list[str]] = {name: [u for u in uses[name] if u in uses] for name in uses}
    for name, used in list(near.items()):
        for other in used:
            near[other] = [*near[other], name]
    for _ in range(8):
        places = {n: (i + 0.5) / len(layer) for layer in found for i, n in enumerate(layer)}
        for layer in found:
            layer.sort(key=lambda n: _middle(near[n], places, places[n]))
            places |= {n: (i + 0.5) / len(layer) for i, n in enumerate(layer)}
    return found


def _middle(names: Sequence[str], places: Mapping[str, float], own: float) -> float:
    return sum(places[name] for name in names) / len(names) if names else own


def svg(theorems: Sequence[dict[str, Any]], address: Callable[[str], str]) -> str:
    """Return the drawing as SVG for a page; ``address`` tells where a theorem's page is."""
    by_id = {t["id"]: t for t in theorems}
    uses = {t["id"]: t["uses"] for t in theorems}
    linked = {name for t in theorems for name in (t["id"], *t["uses"]) if t["uses"]}
    rows = layers({name: used for name, used in uses.items() if name in linked})
    alone = [name for name in uses if name not in linked]
    wide = max(map(len, rows), default=1)
    if alone:
        rows += [alone[i : i + wide] for i in range(0, len(alone), wide)]
    places = {
        name: (_MARGIN + (i + 0.5) * wide * _ACROSS / len(row), _MARGIN + level * _DOWN)
        for level, row in enumerate(rows)
        for i, name in enumerate(row)
    }
    lines = [
        _line(places[used], places[t["id"]])
        for t in theorems
        for used in t["uses"]
        if used in places
    ]
    boxes = [_box(by_id[name], address(name), *place) for name, place in places.items()]
    width, height = 2 * _MARGIN + wide * _ACROSS, 2 * _MARGIN + (len(rows) - 1) * _DOWN + _HEIGHT
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" '
        f'aria-label="Which theorem builds on which">\n<g class="lines">{"".join(lines)}</g>\n'
        f"{''.join(boxes)}</svg>"
    )


def _line(upper: tuple[float, float], lower: tuple[float, float]) -> str:
    (x, y), (u, v) = (upper[0], upper[1] + _HEIGHT), lower
    bend = (v - y) / 2
    through = (x, y, x, y + bend, u, v - bend, u, v)
    return '<path d="M{:.0f} {:.0f}C{:.0f} {:.0f} {:.0f} {:.0f} {:.0f} {:.0f}"/>'.format(*through)


def _box(theorem: dict[str, Any], address: str, x: float, y: float) -> str:
    word = standing(theorem)
    level = worth(theorem) or word
    kind = level.split()[0] if word == "holds" else word
    name, title = escape(theorem["id"]), escape(theorem["title"])
    sign = "" if word == "holds" else f"{SYMBOLS[word]} "
    return (
        f'<a href="{escape(address)}" class="{kind}"><title>{name}: {title} ({level})</title>'
        f'<rect x="{x - _WIDTH / 2:.0f}" y="{y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" rx="5"/>'
        f'<text x="{x:.0f}" y="{y + 16:.0f}">{sign}{name}</text></a>\n'
    )
