"""Where a surviving inequality is nearly tight, by depth and width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import inf, nan
from typing import Any

from verify.claims import QUANTITIES, Claim, sides
from verify.report.plot import Axis, Series, svg
from verify.search.record import Attack, Near, rebuild

__all__ = ["Tight", "plot", "tightest"]

_EQUAL = 1e-16


@dataclass(frozen=True)
class Tight:
    """The instance of one depth and width at which a relation is nearest to failing.

    ``ratio`` is lhs / rhs there, a float for reading; ``setting`` is where it was found.
    """

    depth: int
    width: int
    ratio: float
    slack: float
    setting: str
    instance: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return asdict(self)


def tightest(claim: Claim, result: Attack) -> Iterator[Tight]:
    """Yield the tightest instance met of each depth and width (the largest one), in order."""
    best: dict[tuple[int, int], tuple[Near, Any]] = {}
    for near in result.near.values():
        instance, _ = rebuild(claim, near.setting, near.choices)
        if instance is None:
            continue
        key = _depth_and_width(instance)
        if key not in best or near.slack < best[key][0].slack:
            best[key] = near, instance
    for (depth, width), (near, instance) in sorted(best.items(), key=lambda item: item[0]):
        ratio = _ratio(claim, instance)
        yield Tight(depth, width, ratio, near.slack, near.setting.name, instance.to_json())


def _depth_and_width(instance: Any) -> tuple[int, int]:
    """The sizes of an instance as far as quantities of these names are known."""

    def measured(*names: str) -> list[int]:
        known = (QUANTITIES[name] for name in names if name in QUANTITIES)
        try:
            return [q.measure(instance) for q in known]
        except ArithmeticError:  # no hidden layer
            return []

    depth = measured("depth")
    widths = [*measured("d_x"), *measured("width_max"), *measured("d_y")]
    return max(depth, default=0), max(widths, default=0)


def _ratio(claim: Claim, instance: Any) -> float:
    """Lhs / rhs at an exact instance, from its enclosures."""
    _, balls, *_ = instance.routes()
    try:
        with balls.arithmetic:
            lhs, rhs = sides(claim.expanded, balls)
    except ArithmeticError:
        return nan
    return float(lhs) / float(rhs) if float(rhs) else inf


def plot(title: str, rows: Sequence[Tight]) -> str:
    """Return an SVG of the least relative gap between both sides by depth, a line a width.

    Gaps below 1e-16 are equality to rounding and drawn there.
    """
    widths = sorted({row.width for row in rows})
    series = []
    for colour, width in enumerate(widths):
        chosen = [row for row in rows if row.width == width]
        gaps = [max(abs(row.slack), _EQUAL) for row in chosen]
        depths = [float(row.depth) for row in chosen]
        series.append(Series(f"width {width}", depths, gaps, colour, "points"))
        series.append(Series("", depths, gaps, colour, "dashed"))
    return svg(title, Axis("depth"), Axis("least relative gap", log=True), series)
