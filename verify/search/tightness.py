"""Where a surviving inequality is nearly tight, by depth and width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import inf, nan
from typing import Any

from verify.claims import QUANTITIES, Claim, sides
from verify.search.record import Attack, Near, rebuild

__all__ = ["Tight", "tightest"]


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
