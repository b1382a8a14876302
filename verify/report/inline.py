"""A figure as a part of an HTML page: SVG in the page's colours and font."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any
from xml.etree import ElementTree

from verify.report.figures import COLOURS, INK, drawn

__all__ = ["inline"]

_SVG = "http://www.w3.org/2000/svg"
_BLACK = "#000000"
"""Of hatches."""
_REFERENCE = re.compile(r"#([\w-]+)")
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_FAMILY = re.compile(r"\s*font-family:[^;]*;?")
_LONG = re.compile(r"-?\d+\.\d{3,}")


def inline(figure: Any, alt: str) -> str:
    """Return an ``<svg>`` for an HTML page, which says ``alt`` to those who cannot see it.

    It has no background, takes text and axes in ``currentColor``, the page's font, and series in
    ``var(--series-1, ...)`` to ``var(--series-6, ...)`` with :data:`COLOURS` to fall back on.  It
    shrinks with the page.  Its ids are its own: two figures on a page do not meet.
    """
    text = drawn(figure, "svg", "none").decode("utf-8")
    root = ElementTree.fromstring(text)
    for child in [c for c in root if c.tag.endswith("metadata") or _is_style(c)]:
        root.remove(child)  # its rule for all elements would hold for the whole page
    _rename(root, "f" + sha256((alt + text).encode()).hexdigest()[:8])
    for element in root.iter():
        _dress(element)
    width = root.get("width", "").removesuffix("pt")
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib |= {
        "role": "img",
        "aria-label": alt,
        "fill": "currentColor",
        "stroke-linejoin": "round",
        "style": f"width:100%;max-width:{float(width) * 4 / 3:.0f}px;height:auto",
    }
    return ElementTree.tostring(root, encoding="unicode")


def _is_style(element: Any) -> bool:
    """Whether these are definitions of style rules, and nothing else."""
    return element.tag.endswith("defs") and all(c.tag.endswith("style") for c in element)


def _rename(root: Any, prefix: str) -> None:
    """Give the ids that something refers to a prefix, drop all others, and plain names to tags."""
    used = {n for e in root.iter() for v in e.attrib.values() for n in _REFERENCE.findall(v)}
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        plain = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        own = plain.pop("id", None)
        for name, value in plain.items():
            if name in ("href", "clip-path") or "url(" in value:
                plain[name] = _REFERENCE.sub(rf"#{prefix}-\1", value)
        element.attrib.clear()
        element.attrib.update(plain | ({"id": f"{prefix}-{own}"} if own in used else {}))
    root.set("xmlns", _SVG)


def _dress(element: Any) -> None:
    """Colours and font of the page; coordinates to a hundredth of a point; no empty lines."""
    if not (element.text or "").strip():
        element.text = None
    element.tail = None
    names = {INK: "currentColor", _BLACK: "currentColor"}
    names |= {c: f"var(--series-{k}, {c})" for k, c in enumerate(COLOURS, start=1)}
    if "style" in element.attrib:
        style = _COLOUR.sub(lambda found: names.get(found[0], found[0]), element.get("style"))
        element.set("style", _FAMILY.sub("", style))
    for name in {"d", "x", "y"} & element.attrib.keys():
        element.set(name, _LONG.sub(lambda number: f"{float(number[0]):.2f}", element.get(name)))
