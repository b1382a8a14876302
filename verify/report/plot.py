"""Plots as plain SVG: points and lines on linear or logarithmic axes, with ticks and a legend.

No plotting library, no randomness, no dates: the same numbers give the same file.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Axis", "Series", "svg"]

_WIDTH, _HEIGHT = 760, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 78, 220, 44, 58
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555")
"""Okabe and Ito's, which the colour-blind can tell apart."""
_FONT = "font-family='sans-serif' font-size='12'"


@dataclass(frozen=True)
class Axis:
    """A label, a scale and optional limits; without them the data decide."""

    label: str
    log: bool = False
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Series:
    """Numbers of one kind: ``points``, or a ``line`` through them, maybe ``dashed``.

    ``colour`` is a number in the palette; series of the same colour belong together.  What is
    not finite, or not positive on a logarithmic axis, is left out and interrupts a line.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    colour: int = 0
    style: str = "points"


@dataclass(frozen=True)
class _Scale:
    """From numbers to places on the page."""

    log: bool
    low: float
    high: float
    start: float
    stop: float

    @classmethod
    def of(cls, axis: Axis, values: Iterable[float], start: float, stop: float) -> _Scale:
        """Return the scale that shows all values, with a margin, or the limits asked for."""
        good = [v for v in values if math.isfinite(v) and (v > 0 or not axis.log)]
        low, high = axis.limits or (min(good, default=0.1), max(good, default=1.0))
        if axis.log:
            low, high = math.log10(low), math.log10(high)
        margin = 0.0 if axis.limits else 0.04 * (high - low) or 0.5
        return cls(axis.log, low - margin, high + margin, start, stop)

    def place(self, value: float) -> float | None:
        """Return where a number goes, None if it has no place."""
        if not math.isfinite(value) or (self.log and value <= 0):
            return None
        share = ((math.log10(value) if self.log else value) - self.low) / (self.high - self.low)
        if not -1e-9 <= share <= 1 + 1e-9:
            return None
        return self.start + share * (self.stop - self.start)

    def ticks(self) -> list[float]:
        """Return some five round numbers."""
        if self.log:
            decades = range(math.floor(self.low), math.ceil(self.high) + 1)
            digits = (1, 2, 5) if self.high - self.low < 2.5 else (1,)
            stride = max(1, round((self.high - self.low) / 6))
            found = [d * 10.0**n for n in decades if n % stride == 0 for d in digits]
            return [v for v in found if self.place(v) is not None]
        raw = (self.high - self.low) / 5
        power = 10.0 ** math.floor(math.log10(raw))
        step = power * min((1, 2, 5, 10), key=lambda m: abs(m * power - raw))
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [n * step for n in range(first, last + 1)]


def svg(title: str, x: Axis, y: Axis, series: Sequence[Series]) -> str:
    """Return an SVG document.

    >>> svg("t", Axis("x"), Axis("y"), [Series("s", [0, 1], [0, 1])]).count("<circle")
    3
    """
    across = _Scale.of(x, (v for s in series for v in s.x), _LEFT, _WIDTH - _RIGHT)
    up = _Scale.of(y, (v for s in series for v in s.y), _HEIGHT - _BOTTOM, _TOP)
    size = f"width='{_WIDTH}' height='{_HEIGHT}' viewBox='0 0 {_WIDTH} {_HEIGHT}'"
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' {size} {_FONT} role='img'>",
        f"<title>{escape(title)}</title>",
        f"<rect width='{_WIDTH}' height='{_HEIGHT}' fill='white'/>",
        _text(_LEFT, _TOP - 18, title, weight="bold"),
        *_axes(x, y, across, up),
    ]
    for item in series:
        parts += _points(item, across, up) if item.style == "points" else _line(item, across, up)
    return "\n".join([*parts, *_legend(series), "</svg>"]) + "\n"


def _axes(x: Axis, y: Axis, across: _Scale, up: _Scale) -> list[str]:
    left, right, bottom, top = across.start, across.stop, up.start, up.stop
    parts = []
    for value in across.ticks():
        at = across.place(value) or left
        parts.append(_segment(at, bottom, at, top, "#e5e5e5"))
        parts.append(_text(at, bottom + 18, f"{value:g}", anchor="middle"))
    for value in up.ticks():
        at = up.place(value) or bottom
        parts.append(_segment(left, at, right, at, "#e5e5e5"))
        parts.append(_text(left - 7, at + 4, f"{value:g}", anchor="end"))
    parts.append(_segment(left, bottom, right, bottom, "black"))
    parts.append(_segment(left, bottom, left, top, "black"))
    parts.append(_text((left + right) / 2, bottom + 42, x.label, anchor="middle"))
    middle = (bottom + top) / 2
    turned = f"transform='rotate(-90 18 {middle:.1f})'"
    parts.append(_text(18, middle, y.label, anchor="middle", more=turned))
    return parts


def _points(item: Series, across: _Scale, up: _Scale) -> list[str]:
    pairs = ((across.place(a), up.place(b)) for a, b in zip(item.x, item.y, strict=True))
    return [_circle(a, b, item.colour) for a, b in pairs if a is not None and b is not None]


def _line(item: Series, across: _Scale, up: _Scale) -> list[str]:
    """One polyline for each stretch without a gap."""
    stretches: list[list[str]] = [[]]
    for a, b in zip(item.x, item.y, strict=True):
        at, height = across.place(a), up.place(b)
        if at is None or height is None:
            stretches.append([])
        else:
            stretches[-1].append(f"{at:.2f},{height:.2f}")
    return [
        f"<polyline points='{' '.join(stretch)}' fill='none' {_stroke(item)}/>"
        for stretch in stretches
        if len(stretch) > 1
    ]


def _legend(series: Sequence[Series]) -> list[str]:
    """One entry for each label, in order."""
    parts, left = [], _WIDTH - _RIGHT + 16
    shown = {item.label: item for item in reversed(series) if item.label}
    labels = dict.fromkeys(item.label for item in series if item.label)
    for row, label in enumerate(labels):
        item, at = shown[label], _TOP + 8 + 19 * row
        if item.style == "points":
            parts.append(_circle(left + 12, at, item.colour))
        else:
            parts.append(
                f"<line x1='{left}' y1='{at}' x2='{left + 24}' y2='{at}' {_stroke(item)}/>"
            )
        parts.append(_text(left + 31, at + 4, label))
    return parts


def _stroke(item: Series) -> str:
    dash = " stroke-dasharray='6 4'" if item.style == "dashed" else ""
    return f"stroke='{_colour(item.colour)}' stroke-width='1.6'{dash}"


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _circle(x: float, y: float, colour: int) -> str:
    return f"<circle cx='{x:.2f}' cy='{y:.2f}' r='2.6' fill='{_colour(colour)}' opacity='0.6'/>"


def _segment(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    place = f"x1='{x1:.2f}' y1='{y1:.2f}' x2='{x2:.2f}' y2='{y2:.2f}'"
    return f"<line {place} stroke='{colour}'/>"


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", weight: str = "normal", more: str = ""
) -> str:
    style = f"text-anchor='{anchor}' font-weight='{weight}'"
    return f"<text x='{x:.2f}' y='{y:.2f}' {style} {more}>{escape(text)}</text>"
