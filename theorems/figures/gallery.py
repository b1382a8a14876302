"""A figure of the gallery: the drawing, its numbers, its caption, and whether the runs obey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from theorems.experiments.outcome import Check
from verify.evidence import EXIT_CODES
from verify.files import write_rows, write_text
from verify.report.figures import save

__all__ = ["Drawing"]


@dataclass(frozen=True)
class Drawing:
    """One figure.

    Parameters
    ----------
    name, title
        How it is asked for; what it shows, in a line.
    figure
        Matplotlib's.
    rows
        Every number that is drawn, as rows of a table.
    caption
        What is seen, with the theorem of each line and the numbers of the setting.
    checks
        What the theorems say of the runs, beside what was measured; none where nothing was run.
    """

    name: str
    title: str
    figure: Any
    rows: Sequence[Mapping[str, object]]
    caption: str
    checks: tuple[Check, ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """Return 0, or 1 where runs contradict a theorem."""
        failed = any(check.verdict == "FAIL" for check in self.checks)
        return EXIT_CODES["refuted"] if failed else 0

    def text(self, command: str, seed: int) -> str:
        """Return the caption as it is written: words, what was checked, seed and command."""
        checked = [
            f"{c.name}: {c.measured:.6g} (predicted {c.predicted or 'nothing'}; {c.count} cases; "
            f"{c.verdict})"
            for c in self.checks
        ]
        return "\n".join(
            [f"{self.title}.", "", self.caption, *checked, f"Seed {seed}.", command, ""]
        )

    def write(self, folder: Path, command: str, seed: int) -> list[Path]:
        """Write NAME.svg, .pdf, .png, .csv and .txt, the caption; return their paths.

        Raises
        ------
        OSError
            A file cannot be written.
        """
        return [
            *save(self.figure, folder / self.name),
            write_rows(folder / f"{self.name}.csv", self.rows),
            write_text(folder / f"{self.name}.txt", self.text(command, seed), durable=False),
        ]
