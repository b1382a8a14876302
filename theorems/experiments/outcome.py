"""What an experiment finds: numbers, a figure, and each prediction beside what was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from verify.files import write_bytes, write_rows, write_text
from verify.report.figures import save

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Check", "Options", "Outcome"]

Verdict = Literal["as predicted", "contradicted", "inconclusive"]
_EXIT_CODES = {"as predicted": 0, "contradicted": 1, "inconclusive": 3}


@dataclass(frozen=True)
class Options:
    """How to run an experiment.

    ``scale_down`` divides the repetitions and thins the grid of scales or step sizes; steps are
    never fewer, for what has not settled shows nothing.
    """

    seed: int = 0
    scale_down: int = 1
    trace: bool = False

    def repetitions(self, full: int) -> int:
        """Return the number of repetitions, at least one."""
        return max(1, full // self.scale_down)

    def grid(self, values: Sequence[float]) -> Any:
        """Return every n-th value, n the root of ``scale_down``, and always the last."""
        stride = max(1, round(self.scale_down**0.5))
        return np.asarray(values)[::-1][::stride][::-1]

    def span(self, scales: Sequence[float]) -> str:
        """Return in words which scales are run."""
        run = self.grid(scales)
        return f"{len(run)} scales from {run[0]:g} to {run[-1]:g}"

    def plan(self, planned: Mapping[float, tuple[int, int]]) -> str:
        """Return in words the steps and repetitions of each step size."""
        parts = (f"{rate:g}: {n} x {self.repetitions(m)}" for rate, (n, m) in planned.items())
        return f"steps x repetitions at each η: {', '.join(parts)}"


@dataclass(frozen=True)
class Check:
    """A prediction and what was measured; ``passed`` is None for what is only observed.

    ``count`` says how many runs it is about: none decide nothing.
    """

    name: str
    predicted: str
    measured: float
    passed: bool | None
    count: int

    @property
    def verdict(self) -> str:
        """Return one word for the table."""
        if self.passed is None:
            return "observed"
        if self.count == 0:
            return "no runs"
        return "pass" if self.passed else "FAIL"


@dataclass(frozen=True)
class Outcome:
    """The end of an experiment.

    Parameters
    ----------
    note
        What was run, with its numbers: the caption.
    arrays
        Numbers by name; those with one axis have an entry for each run.
    figure
        Matplotlib's.
    traces
        Columns of equal length: numbers along single descents.
    """

    name: str
    title: str
    note: str
    checks: tuple[Check, ...]
    arrays: Mapping[str, Any]
    figure: Any
    traces: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Return "contradicted" if a check failed, "inconclusive" if one is about no runs."""
        verdicts = {check.verdict for check in self.checks}
        if "FAIL" in verdicts:
            return "contradicted"
        return "inconclusive" if "no runs" in verdicts else "as predicted"

    @property
    def exit_code(self) -> int:
        """Return 0 (as predicted), 1 (contradicted) or 3 (inconclusive)."""
        return _EXIT_CODES[self.verdict]

    def text(self) -> str:
        """Return the caption as it is written: words, numbers, what was checked."""
        checked = (
            f"{c.name}: {c.measured:.6g} (predicted {c.predicted or 'nothing'}; {c.count} cases; "
            f"{c.verdict})"
            for c in self.checks
        )
        return "\n".join([f"{self.title}.", "", f"{self.note}.", "", *checked, ""])

    def write(self, folder: Path, **more: Any) -> list[Path]:
        """Write numbers, figure (SVG, PDF, PNG), caption and comparison; return their paths.

        NPZ has all numbers, CSV those with one value for each run, NAME-traces.csv those along
        descents, TXT the caption, JSON the comparison with what is in ``more``.
        """
        buffer, stem = BytesIO(), folder / self.name
        along = {f"along_{name}": column for name, column in self.traces.items()}
        np.savez_compressed(buffer, **self.arrays, **along)
        document = {
            "experiment": self.name,
            "title": self.title,
            "note": self.note,
            "verdict": self.verdict,
            **more,
            "checks": [{**asdict(check), "verdict": check.verdict} for check in self.checks],
        }
        written = json.dumps(_plain(document), indent=1) + "\n"
        each = {name: values for name, values in self.arrays.items() if np.ndim(values) == 1}
        tables = {".csv": each} | ({"-traces.csv": self.traces} if self.traces else {})
        return [
            write_bytes(stem.with_suffix(".npz"), buffer.getvalue(), durable=False),
            *(write_rows(folder / f"{self.name}{end}", _rows(t)) for end, t in tables.items()),
            *save(self.figure, stem),
            write_text(stem.with_suffix(".txt"), self.text(), durable=False),
            write_text(stem.with_suffix(".json"), written, durable=False),
        ]

    def show(self, console: Console) -> None:
        """Print the comparison."""
        from rich.table import Table

        table = Table("", "predicted", "measured", "runs", "", title=self.title)
        for c in self.checks:
            table.add_row(c.name, c.predicted, f"{c.measured:.6g}", str(c.count), c.verdict)
        console.print(table)
        console.print(self.note)
        console.print(f"{self.name}: {self.verdict}")


def _rows(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Columns of equal length as rows of a table."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    """Replace what JSON has no word for: NumPy numbers, and NaN by null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
