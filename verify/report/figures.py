"""Figures in one style, as files for papers and pages: SVG, PDF, PNG.

``blank`` gives axes, ``look`` what a series looks like, ``save`` files (and
:func:`verify.report.inline.inline` a part of a page):

    with styled():
        figure, axes = blank()
        axes.plot(depths, values, **look(0), label="measured")
        finish(figure)
    paths = save(figure, Path("reports/figures/depth"))

The same numbers give the same files.  Matplotlib is imported when something is drawn; no window
system, no global state: never pyplot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from verify.files import write_bytes

__all__ = [
    "COLOURS",
    "INK",
    "KINDS",
    "MARKERS",
    "blank",
    "drawn",
    "finish",
    "logarithmic",
    "look",
    "note",
    "save",
    "styled",
    "whole",
]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#a6761d", "#56b4e9")
"""Mostly Okabe and Ito's, which the colour-blind can tell apart; all stand out on white."""
MARKERS = ("o", "s", "^", "D", "v", "X")
INK = "#1b1b1b"
"""Text, axes and levels; on a page the colour of its text."""

KINDS: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "certimin"},
    "pdf": {"CreationDate": None, "Creator": "certimin"},
    "png": {"Software": None},
}
"""What is written, with metadata that do not change from day to day."""
_STYLE: dict[str, Any] = {
    "axes.edgecolor": INK,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "figure.facecolor": "white",
    "axes.facecolor": "none",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib
    "font.size": 9,
    "grid.alpha": 0.14,
    "grid.color": INK,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "savefig.dpi": 160,
    "svg.fonttype": "none",
    "svg.hashsalt": "certimin",
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "text.color": INK,
    "text.parse_math": False,  # a conjecture may hold a dollar sign
    "xtick.color": INK,
    "ytick.color": INK,
}
_SUPERSCRIPTS = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the house style, over matplotlib's own defaults and not what its user has set.

    Around a block (``with styled():``) or a function (``@styled()``).
    """
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def blank(
    rows: int = 1, columns: int = 1, *, size: tuple[float, float] = (6.4, 4.0), **options: Any
) -> tuple[Any, Any]:
    """Return an empty figure and its axes, an array of them where there are several.

    Parameters
    ----------
    size
        Width and height in inches.
    options
        Of ``Figure.subplots``, such as ``sharex=True``.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def look(number: int, *, line: str = "-", marker: bool = True) -> dict[str, Any]:
    """Return the colour, marker and line of a series: its own, so that no colour says it alone.

    ``line`` is matplotlib's ("-", "--", ":", or "" for points only).
    """
    place = number % len(COLOURS)
    shape = MARKERS[place] if marker else "None"
    return {"color": COLOURS[place], "marker": shape, "linestyle": line or "None"}


def logarithmic(axes: Any, which: str) -> None:
    """Make the axes named in ``which`` ("x", "y", "xy") logarithmic, with ticks in plain text."""
    from matplotlib.ticker import LogFormatterSciNotation

    class Plain(LogFormatterSciNotation):
        def __call__(self, x: float, pos: int | None = None) -> str:
            shown = str(super().__call__(x, pos))  # empty for ticks that stay unlabelled
            return f"{x:g}" if shown and 1e-3 <= x < 1e4 else _untypeset(shown)

    for name in which:
        getattr(axes, f"set_{name}scale")("log")
        axis = getattr(axes, f"{name}axis")
        axis.set_major_formatter(Plain())
        axis.set_minor_formatter(Plain())  # labels what lies between decades where these are few


def _untypeset(text: str) -> str:
    """A tick label without TeX: 2×10⁻¹."""
    text = re.sub(r"\^\{([^}]*)\}", lambda power: power[1].translate(_SUPERSCRIPTS), text)
    return re.sub(r"\\mathdefault|[${}]", "", text).replace(r"\times", "×")


def whole(axis: Any) -> None:
    """Let an axis (``axes.xaxis``) have ticks at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def finish(figure: Any, *, columns: int = 3) -> None:
    """Put one legend of all axes below them, where it covers nothing, in as many columns as fit."""
    found: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    if found:
        room = int(figure.get_figwidth() / (0.62 + 0.075 * max(map(len, found))))
        where = {"loc": "outside lower center", "ncols": max(1, min(columns, len(found), room))}
        figure.legend(found.values(), found.keys(), **where)


def note(axes: Any, x: float, y: float, text: str, **options: Any) -> None:
    """Write plain text at a place of the axes, (0, 0) to (1, 1) unless ``transform`` says else."""
    axes.text(x, y, text, **{"transform": axes.transAxes, "fontsize": 8} | options)


def save(figure: Any, stem: Path, kinds: tuple[str, ...] = ("svg", "pdf", "png")) -> list[Path]:
    """Write STEM.svg, STEM.pdf and STEM.png, each whole or not at all; return their paths.

    Raises
    ------
    OSError
        A file cannot be written.
    """
    files = {kind: drawn(figure, kind, "white") for kind in kinds}
    return [
        write_bytes(stem.with_name(f"{stem.name}.{kind}"), data, durable=False)
        for kind, data in files.items()
    ]


def drawn(figure: Any, kind: str, background: str) -> bytes:
    """Return the figure as the content of a file of this kind ("svg", "pdf", "png")."""
    buffer = BytesIO()
    with styled():
        figure.savefig(buffer, format=kind, facecolor=background, metadata=KINDS[kind])
    return buffer.getvalue()
