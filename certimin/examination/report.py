"""What was found about a network, as an object, as text, as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

from rich.console import Console

from certimin.dataset.report import Described
from certimin.examination.options import Options
from certimin.examination.text import show
from certimin.examination.theory import Finding
from certimin.losses import LOSSES
from certimin.networks import Network
from certimin.rows import WIDTH, Row, printed, row_of

__all__ = ["Examination"]


@dataclass(frozen=True, eq=False)
class Examination:
    """Everything found about a network at its data.

    ``found["sharpness"]`` is the number of that key: an :class:`numeric.enclosure.Enclosure`, an
    int, words, or None where it does not apply; ``found.reason("minimal_sharpness")`` says why.
    ``str(found)`` is a summary, ``found.details`` all of it.

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

    def to_html(self) -> str:
        """Return a page of its own: all numbers, theory beside them, what each symbol means."""
        from certimin.examination.page import render  # jinja is wanted by nothing else here

        return render(self)

    def show(
        self,
        console: Console | None = None,
        *,
        details: bool = False,
        every: bool = False,
        typed: Callable[[str], str] = str,
    ) -> None:
        """Print a summary; with ``details`` all numbers and each claim that applies.

        With ``every`` also the claims that do not apply.  ``typed`` puts the names of arguments in
        the words of whoever reads, see :func:`verify.commands.typed.as_typed`.
        """
        console = console or Console(width=WIDTH, highlight=False)
        show(self, console, details=details, every=every, typed=typed)

    @property
    def details(self) -> str:
        """Return all numbers, and each claim that applies, as text."""
        return printed(partial(self.show, details=True))

    def __str__(self) -> str:
        return printed(self.show)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"
