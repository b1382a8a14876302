"""A certificate for the eye: a drawing, made of its JSON alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from html import escape
from typing import Any

from verify.report.instances import named

__all__ = ["decimal", "svg"]

_DIGITS = 10


def decimal(x: Fraction, digits: int = _DIGITS) -> str:
    """Return x rounded to this many significant digits.

    >>> decimal(Fraction(200, 3)), decimal(Fraction(-1, 8)), decimal(Fraction(10**12))
    ('66.66666667', '-0.125', '1e+12')
    """
    if x == 0:
        return "0"
    size = len(str(abs(x.numerator))) - len(str(x.denominator))
    size -= abs(x) < Fraction(10) ** size
    scaled = round(abs(x) * Fraction(10) ** (digits - 1 - size))  # ties to even
    if scaled == 10**digits:
        scaled, size = scaled // 10, size + 1
    text, sign = str(scaled), "-" * (x < 0)
    if -5 <= size < digits:
        padded = text.rjust(digits - size, "0") if size < 0 else text
        point = max(size, 0) + 1
        return sign + f"{padded[:point]}.{padded[point:]}".rstrip("0").rstrip(".")
    return sign + f"{text[0]}.{text[1:]}".rstrip("0").rstrip(".") + f"e{size:+d}"


_SIDES = (("left", "lhs"), ("right", "rhs"))

_WIDTH, _LINE, _CELL = 640, 70, 26
_INK, _LEFT, _RIGHT, _COLD, _WARM = "#222", "#0072b2", "#d55e00", (0, 114, 178), (213, 94, 0)


def svg(data: Mapping[str, Any]) -> str:
    """Return a drawing: both sides on a number line, and the matrices as shaded grids."""
    text = escape(data["claim"]["text"])
    parts, height = [*_number_line(data)], _LINE + 80
    x, bottom = 20, height
    for name, index, value in named(data["instance"]):
        rows = [row if isinstance(row, list) else [row] for row in _as_list(value)]
        if not rows:
            continue
        width = _CELL * len(rows[0])
        if x > 20 and x + width > _WIDTH - 20:
            x, height = 20, bottom + 30
        parts += _grid(f"{name}{index}", rows, x, height)
        x += width + 30
        bottom = max(bottom, height + _CELL * len(rows))
    total = bottom + 20
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {total}" '
            f'width="{_WIDTH}" height="{total}" role="img" font-family="sans-serif" '
            f'font-size="12" fill="{_INK}">',
            f"<title>Counterexample to {text}</title>",
            f'<rect width="{_WIDTH}" height="{total}" fill="#fff"/>',
            f'<text x="20" y="22">{text}</text>',
            *parts,
            "</svg>",
            "",
        ]
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _number_line(data: Mapping[str, Any]) -> Iterator[str]:
    """Both enclosures and the separator, to scale; labels say the values."""
    yield f'<line x1="20" x2="{_WIDTH - 20}" y1="{_LINE}" y2="{_LINE}" stroke="{_INK}"/>'
    if not (data["lhs"] and data["rhs"]):
        return
    sides = {key: [Fraction(end) for end in data[key]] for _, key in _SIDES}
    low, high = min(map(min, sides.values())), max(map(max, sides.values()))

    def place(value: Fraction) -> float:
        share = float((value - low) / (high - low)) if high > low else 0.5
        return round(110 + share * (_WIDTH - 220), 2)

    for (name, key), colour, y in zip(
        _SIDES, (_LEFT, _RIGHT), (_LINE - 14, _LINE + 24), strict=True
    ):
        a, b = place(sides[key][0]), place(sides[key][1])
        yield (
            f'<rect x="{a - 1.5}" y="{_LINE - 8}" width="{round(b - a + 3, 2)}" height="16" '
            f'fill="{colour}"/><text x="{(a + b) / 2}" y="{y}" text-anchor="middle" '
            f'fill="{colour}">{name} {decimal(sum(sides[key], Fraction(0)) / 2)}</text>'
        )
    if data["separator"]:
        between = Fraction(data["separator"])
        label = str(between) if len(str(between)) <= _DIGITS else decimal(between)
        yield (
            f'<line x1="{place(between)}" x2="{place(between)}" y1="{_LINE - 10}" '
            f'y2="{_LINE + 10}" stroke="{_INK}" stroke-dasharray="3 2"/><text '
            f'x="{place(between)}" y="{_LINE + 40}" text-anchor="middle">{label}</text>'
        )


def _grid(label: str, rows: list[list[Any]], x: int, y: int) -> Iterator[str]:
    """A matrix: one shaded cell an entry, its value in a tooltip and, where it is short, in it."""
    yield f'<text x="{x}" y="{y - 6}">{escape(label)}</text>'
    numbers = [[_number(entry) for entry in row] for row in rows]
    largest = max((abs(v) for row in numbers for v in row), default=Fraction(0)) or Fraction(1)
    for i, row in enumerate(numbers):
        for j, value in enumerate(row):
            written = escape(str(rows[i][j]))
            text = written if len(written) <= 4 else ""
            yield (
                f'<g><title>{written}</title><rect x="{x + j * _CELL}" y="{y + i * _CELL}" '
                f'width="{_CELL}" height="{_CELL}" fill="{_shade(float(value / largest))}" '
                f'stroke="#bbb"/><text x="{x + (j + 0.5) * _CELL}" y="{y + (i + 0.65) * _CELL}" '
                f'text-anchor="middle" font-size="10">{text}</text></g>'
            )


def _number(entry: Any) -> Fraction:
    try:
        return Fraction(str(entry))
    except ValueError:
        return Fraction(0)


def _shade(share: float) -> str:
    """White at 0; towards one colour for positive, another for negative numbers."""
    strength = 0.75 * abs(share)
    end = _WARM if share > 0 else _COLD
    return "#" + "".join(f"{round(255 + strength * (c - 255)):02x}" for c in end)
