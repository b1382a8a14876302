"""Where a surviving inequality is nearly tight, by depth and width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import inf, nan
from textwrap import wrap
from typing import Any

from verify.claims import QUANTITIES, Claim, sides
from verify.files import slug
from verify.report.figures import INK, blank, finish, logarithmic, look, styled, whole
from verify.search.batches import ROUNDING
from verify.search.record import Attack, Near, rebuild

__all__ = ["Tight", "draw", "file_stem", "tightest"]

TIE = "a tie: lhs / rhs = 1, to rounding"


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

    @property
    def tie(self) -> bool:
        """Return whether rounding cannot tell both sides apart."""
        return abs(self.slack) < ROUNDING

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


@styled()
def draw(title: str, rows: Sequence[Tight]) -> Any:
    """Return the figure of the least relative gap between both sides by depth, a series a width.

    Ties have no place on a logarithmic scale: they stand below it, one line for each width.
    """
    figures = _Panels.of(rows)
    for number, width in enumerate(sorted({row.width for row in rows})):
        mine = [row for row in rows if row.width == width]
        apart, ties = [r for r in mine if not r.tie], [r for r in mine if r.tie]
        seen = look(number, line="--")
        if figures.gaps is not None:
            label = f"width {width}" if apart else None
            x, y = [r.depth for r in apart], [abs(r.slack) for r in apart]
            figures.gaps.plot(x, y, **seen, label=label)
        if figures.ties is not None:
            seen |= {"linestyle": "None", "marker": "*", "markersize": 10}
            figures.ties.plot([r.depth for r in ties], [width] * len(ties), **seen)
    return figures.finished(title)


@dataclass(frozen=True)
class _Panels:
    """Axes for gaps and, below them, for ties; None where there are none."""

    figure: Any
    gaps: Any
    ties: Any
    widths: list[int]

    @classmethod
    def of(cls, rows: Sequence[Tight]) -> _Panels:
        """Return as many axes as there is something to draw."""
        tied = sorted({row.width for row in rows if row.tie})
        apart = any(not row.tie for row in rows)
        if not tied or not apart:
            figure, axes = blank(size=(6.4, 4.0 if apart else 1.6 + 0.3 * len(tied)))
            return cls(figure, axes if apart else None, None if apart else axes, tied)
        ratios = [8, 1 + len(tied)]
        figure, (above, below) = blank(2, size=(6.4, 4.6), sharex=True, height_ratios=ratios)
        return cls(figure, above, below, tied)

    def finished(self, title: str) -> Any:
        """Return the figure with its words."""
        top, bottom = self.gaps or self.ties, self.ties or self.gaps
        top.set_title("\n".join(wrap(title, 72)))
        bottom.set_xlabel("depth L")
        whole(bottom.xaxis)
        bottom.margins(x=0.08)
        if self.gaps is not None:
            self.gaps.set_ylabel("least relative gap")
            logarithmic(self.gaps, "y")
        if self.ties is not None:
            self.ties.set_ylabel("ties:\nwidth")
            self.ties.set_yticks(self.widths)
            self.ties.set_ylim(self.widths[0] - 0.6, self.widths[-1] + 0.6)
            self.ties.plot(
                [], [], color=INK, linestyle="None", marker="*", markersize=10, label=TIE
            )
        finish(self.figure)
        return self.figure


def file_stem(claim: Claim) -> str:
    """Return the name of a claim's figure: readable, and of no other claim, setting or sizes."""
    conditions = [assumption.latex for assumption in claim.assumptions]
    asked = [claim.title, claim.expanded, *conditions, claim.setting.name, claim.bounds]
    digest = sha256("\n".join(map(str, asked)).encode()).hexdigest()
    return f"tightness-{slug(claim.title)}-{digest[:8]}"
