"""How certified numbers on data are written down: decimal intervals, tables, JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any, Self

from rich.console import Console

from certimin.dataset.training import CRITERION, Run, Training
from certimin.rows import Row, printed, row_of, say, table_of, table_of_rows
from numeric.datasets import Dataset

__all__ = ["DepthReport", "Described", "Report"]

NORMALISATION = (
    "R = mean |y - P x|^2 over the samples, no factor 1/2; for the loss R/2 halve every sharpness "
    "and double every step size"
)


_WIDE = 1e-3
"""Relative width from which an enclosure of S_min deserves an explanation."""


@dataclass(frozen=True)
class DepthReport:
    """What is known at one depth."""

    depth: int
    rows: Sequence[Row]
    training: Training | None = None

    def __getitem__(self, key: str) -> Any:
        """Return a number by its key."""
        return row_of(self.rows, key).value

    @property
    def contradictions(self) -> list[str]:
        """Return what contradicts a theorem: certified bounds that exclude S_min, and runs."""
        values = {row.key: row.value for row in self.rows}
        found = []
        for key in ("gain_bracket", "rayleigh_bracket"):
            bracket, least = values[key], values["minimal_sharpness"]
            if bracket is not None and (least.upper < bracket.lower or least.lower > bracket.upper):
                found.append(f"depth {self.depth}: S_min lies outside its {key}, both certified")
        return found + list(self.training.contradictions if self.training else ())


@dataclass(frozen=True)
class Described:
    """What a report says of the data themselves, which may be large."""

    name: str
    samples: int
    features: int
    target_names: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, data: Dataset) -> Self:
        """Describe a data set."""
        samples, features = data.features.shape
        return cls(data.name, samples, features, data.target_names, data.notes)


@dataclass(frozen=True)
class Report:
    """Everything the command says."""

    data: Described
    spectrum: Sequence[Row]
    depths: Sequence[DepthReport]
    hidden_width: int

    @property
    def notes(self) -> list[str]:
        """Return the notes on the data, and what a singular or nearly singular Σ means."""
        rank, d_x = (
            next(r.value for r in self.spectrum if r.key == "rank"),
            self.data.features,
        )
        singular = (
            f"Sigma is singular (rank {rank} of {d_x}): S_min depends on Sigma and C only, "
            "the bounds use the T of least norm with T Sigma = C"
        )
        found = [*self.data.notes, *([singular] if rank < d_x else [])]
        widest = max(at.rows[0].value.relative_width for at in self.depths)
        if widest > _WIDE:
            found.append(
                f"the enclosure of S_min is wide ({widest:.1%} of its value): the data are badly "
                "conditioned, --scale or --centre may help"
            )
        return found

    @property
    def contradictions(self) -> list[str]:
        """Return everything that contradicts a theorem."""
        return [sentence for depth in self.depths for sentence in depth.contradictions]

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values; each number says what it is worth."""
        n, d_x = self.data.samples, self.data.features
        return {
            "schema_version": 1,
            "data": {
                "name": self.data.name,
                "samples": n,
                "features": d_x,
                "outputs": len(self.data.target_names),
                "target_names": list(self.data.target_names),
                "notes": list(self.notes),
            },
            "normalisation": NORMALISATION,
            "hidden_width_at_least": self.hidden_width,
            "spectrum": {row.key: row.to_json() for row in self.spectrum},
            "depths": [
                {
                    "depth": at.depth,
                    **{row.key: row.to_json() for row in at.rows},
                    "training": _training(at.training),
                }
                for at in self.depths
            ],
            "contradictions": self.contradictions,
        }

    def at(self, depth: int) -> DepthReport:
        """Return what is known at one of the depths."""
        found = {report.depth: report for report in self.depths}
        if depth not in found:
            raise KeyError(f"{depth!r}: expected one of the depths {', '.join(map(str, found))}")
        return found[depth]

    def __getitem__(self, key: str) -> Any:
        """Return a number by its key: of the data, or of the first depth."""
        return row_of((*self.depths[0].rows, *self.spectrum), key).value

    def __str__(self) -> str:
        return printed(self.show)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"

    def show(self, console: Console) -> None:
        """Print the report."""
        n, d_x = self.data.samples, self.data.features
        names = self.data.target_names
        outputs = "1 output" if len(names) == 1 else f"{len(names)} outputs"
        shown = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
        say(
            console,
            f"{self.data.name}: {n} samples, {d_x} features, {outputs} ({shown})",
        )
        say(console, NORMALISATION)
        for note in self.notes:
            say(console, f"note: {note}")
        table_of_rows(console, "the data", self.spectrum)
        for at in self.depths:
            title = f"depth {at.depth}"
            if at.depth > 1:
                title += f", hidden widths at least {self.hidden_width}"
            table_of_rows(console, title, at.rows)
            if at.training:
                _runs(console, at.training, next(r.value for r in at.rows))
        for sentence in self.contradictions:
            say(console, f"CONTRADICTS A THEOREM: {sentence}", "bold red")


def _training(training: Training | None) -> dict[str, Any] | None:
    if training is None:
        return None
    return {**asdict(training), "criterion": CRITERION, "worth": "float estimates"}


def _runs(console: Console, training: Training, least: Any) -> None:
    widths = "-".join(map(str, training.widths))
    say(
        console,
        f"gradient descent, widths {widths}, at most {training.steps} steps, seed {training.seed}; "
        f"float estimates\n{CRITERION}",
    )
    headings = (
        "step / (2/S_min)", "step size", "outcome", "excess loss", "S / S_min", "S * step / 2"
    )  # fmt: skip
    table_of(console, headings, (_line(runs, float(least)) for runs in _by_share(training)))
    say(
        console,
        "S * step / 2 <= 1 at a stable minimizer; S < S_min is possible only away from minimizers",
    )


def _by_share(training: Training) -> list[list[Run]]:
    shares = dict.fromkeys(run.share for run in training.runs)
    return [[run for run in training.runs if run.share == share] for share in shares]


def _line(runs: Sequence[Run], least: float) -> Sequence[str]:
    """The cells for the runs at one step size."""
    counts = Counter(run.outcome for run in runs)
    sharpness = [run.sharpness for run in runs if run.sharpness is not None]
    return (
        f"{runs[0].share:g}",
        f"{runs[0].step_size:.6g}",
        ", ".join(f"{count} {outcome}" for outcome, count in counts.items()),
        _range([run.excess for run in runs if run.excess is not None], ".0e"),
        _range([value / least for value in sharpness], ".4f"),
        _range([value * runs[0].step_size / 2 for value in sharpness], ".4f"),
    )


def _range(values: Sequence[float], form: str) -> str:
    if not values:
        return "-"
    low, high = format(min(values), form), format(max(values), form)
    return low if low == high else f"{low} .. {high}"
