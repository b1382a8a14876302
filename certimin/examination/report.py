"""What was found about a network, as an object, as text, as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from rich.console import Console

from certimin.dataset.report import Described
from certimin.examination.options import Options
from certimin.examination.theory import VERDICTS, Finding
from certimin.losses import LOSSES
from certimin.networks import Network
from certimin.rows import WIDTH, Row, printed, row_of, say, table_of, table_of_rows
from verify.report.characters import plain

__all__ = ["Examination"]


@dataclass(frozen=True, eq=False)
class Examination:
    """Everything found about a network at its data.

    ``found["sharpness"]`` is the number of that key: an :class:`numeric.enclosure.Enclosure`, an
    int, words, or None where it does not apply; ``found.reason("minimal_sharpness")`` says why.

    Attributes
    ----------
    network, data
        What was examined.
    options : Options
        The loss convention, and what else the user gave.
    groups : mapping of titles to rows
        The numbers.
    findings : sequence of Finding
        Theory against the network.
    skipped : sequence of str
        What was not decided, and why.
    direction : list of arrays
        [V_k v_k] for each layer, as [W_k b_k]: its Rayleigh quotient is the lower bound of S.
    """

    network: Network
    data: Described
    options: Options
    groups: Mapping[str, Sequence[Row]]
    findings: Sequence[Finding]
    skipped: Sequence[str]
    direction: Sequence[Any]

    def __getitem__(self, key: str) -> Any:
        return self._row(key).value

    def __iter__(self) -> Iterator[str]:
        return (row.key for rows in self.groups.values() for row in rows)

    def reason(self, key: str) -> str:
        """Return why a number is absent, "" if it is not."""
        return self._row(key).reason

    def _row(self, key: str) -> Row:
        return row_of((row for rows in self.groups.values() for row in rows), key)

    @property
    def contradictions(self) -> list[Finding]:
        """Return claims that certified numbers contradict: a theorem is false, or we are."""
        return [finding for finding in self.findings if finding.verdict == "contradicted"]

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values; the schema is ``examination.schema.json``."""
        net, data = self.network, self.data
        return {
            "schema_version": 1,
            "network": {
                "name": net.name,
                "widths": list(net.widths),
                "parameters": net.parameters,
                "biases": net.has_biases,
                "notes": list(net.notes),
            },
            "data": {
                "name": data.name,
                "samples": data.samples,
                "features": data.features,
                "outputs": len(data.target_names),
                "notes": list(data.notes),
            },
            "loss": {
                "name": self.options.loss,
                "of_R": str(self.options.factor),
                "definition": LOSSES[self.options.loss],
            },
            "numbers": {
                row.key: row.to_json() if row.value is not None else {"reason": row.reason}
                for rows in self.groups.values()
                for row in rows
            },
            "theory": [finding.to_json() for finding in self.findings],
            "skipped": list(self.skipped),
            "contradictions": [f"{f.theorem}.{f.claim}" for f in self.contradictions],
        }

    def show(self, console: Console | None = None, *, every: bool = False) -> None:
        """Print the report; with ``every`` also the claims that do not apply."""
        console = console or Console(width=WIDTH, highlight=False)
        net, data = self.network, self.data
        say(console, f"{net!r}")
        say(console, f"{data.name}: {data.samples} samples, {data.features} features, "
                     f"{len(data.target_names)} outputs")  # fmt: skip
        say(
            console,
            f"loss: {LOSSES[self.options.loss]}; loss, gradient, Hessian and step size are its own",
        )
        for note in (*net.notes, *data.notes):
            say(console, f"note: {note}")
        for title, rows in self.groups.items():
            table_of_rows(console, title, rows)
        self._show_theory(console, every)

    def _show_theory(self, console: Console, every: bool) -> None:
        shown = [f for f in self.findings if every or f.verdict != "does not apply"]
        if self.findings:
            counts = Counter(finding.verdict for finding in self.findings)
            told = ", ".join(
                f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict]
            )
            say(console, f"theory against this network, for the loss R: {told}")
        for place in dict.fromkeys(finding.at for finding in shown):
            headings = (f"theory at {place}", "measured", "predicted", "verdict", "what it says")
            table_of(console, headings, (_line(f) for f in shown if f.at == place))
        if len(shown) < len(self.findings):
            say(console, "a claim whose assumption fails does not apply: --every lists them")
        for reason in self.skipped:
            say(console, f"no theory {reason}")
        for finding in self.contradictions:
            name = f"{finding.theorem}.{finding.claim}"
            say(console, f"CONTRADICTS A THEOREM: {name}, {finding.relation}", "bold red")

    def __str__(self) -> str:
        return printed(self.show)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def _line(finding: Finding) -> tuple[str, ...]:
    sides, fails = (finding.measured, finding.predicted), finding.verdict == "does not apply"
    title = plain(finding.title)
    measured, predicted = ("-" if side is None else f"{side:.5g}" for side in sides)
    return (
        f"{finding.theorem}.{finding.claim}",
        measured,
        f"{_sign(finding.relation)} {predicted}",
        finding.verdict if fails else f"{finding.verdict} {finding.reason}".rstrip(),
        f"{title} ({finding.reason})" if fails else title,
    )


def _sign(relation: str) -> str:
    """The sign of a relation, as it was written."""
    if relation.startswith("Eq("):
        return "="
    return next(sign for sign in (">=", "<=", ">", "<") if sign in relation)
