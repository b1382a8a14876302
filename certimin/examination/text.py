"""An examination as text: a summary, or all there is, and below it what each symbol stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from certimin.examination.digest import Digest, matters
from certimin.examination.symbols import explained
from certimin.examination.theory import Finding
from certimin.losses import LOSSES
from certimin.rows import Row, say, table_of, table_of_rows
from verify.report.characters import formula, plain

if TYPE_CHECKING:
    from certimin.examination.report import Examination

__all__ = ["show"]

_SUMMARY = (
    "loss", "excess_loss", "gradient_norm", "sharpness", "minimal_sharpness", "sharpness_ratio",
    "largest_step_size", "step_share", "stability", "distance", "minimizer_sharpness",
    "path_alignment", "regularised_loss", "least_regularised_loss", "origin",
)  # fmt: skip
"""The numbers that the summary shows, in this order."""

_MORE = "details= shows all numbers, and every claim that applies"


def show(
    found: Examination,
    console: Console,
    *,
    details: bool = False,
    every: bool = False,
    typed: Callable[[str], str] = str,
) -> None:
    """Print a summary of an examination, or with ``details`` all of it.

    Parameters
    ----------
    every
        Whether claims that do not apply are shown too; all the rest then is.
    typed
        Puts the names of arguments, ``details=``, in the words of whoever reads.
    """
    whole = details or every
    _show_what(found, console, typed)
    if whole:
        for title, rows in found.groups.items():
            table_of_rows(console, title, rows)
    else:
        _show_summary(console, list(_summary(found)))
    shown = _findings(found, whole=whole, every=every)
    if found.findings:
        say(console, f"theory, for the loss R: {Digest.of(found.findings)}")
    for title, part in _parts(shown, whole=whole).items():
        say(console, title)
        table_of(console, _HEADINGS, map(_line, part))
    for reason in found.skipped:
        say(console, f"no theory {reason}")
    _show_symbols(console, shown)
    for finding in found.contradictions:
        name = f"{finding.theorem}.{finding.claim}"
        say(console, f"CONTRADICTS A THEOREM: {name}, {finding.relation}", "bold red")
    if not whole:
        say(console, typed(_MORE))
    elif not every and len(shown) < len(found.findings):
        say(console, typed("a claim whose assumption fails does not apply: every= lists them"))


def _show_what(found: Examination, console: Console, typed: Callable[[str], str]) -> None:
    """Say what was examined, at which data, in which loss."""
    net, data = found.network, found.data
    say(console, f"{net!r}")
    outputs = f"{len(data.target_names)} outputs"
    say(console, f"{data.name}: {data.samples} samples, {data.features} features, {outputs}")
    say(
        console,
        f"loss: {LOSSES[found.options.loss]}; loss, gradient, Hessian and step size are its own",
    )
    for note in (*net.notes, *data.notes):
        say(console, f"note: {typed(note)}")


def _summary(found: Examination) -> Iterator[Row]:
    """The rows that matter; of those that are absent for one reason, the first."""
    known = {row.key: row for rows in found.groups.values() for row in rows}
    reasons: set[str] = set()
    for key in filter(known.__contains__, _SUMMARY):
        row = known[key]
        if row.value is not None or row.reason not in reasons:
            yield row
        reasons |= {row.reason} if row.value is None else set()


def _show_summary(console: Console, rows: Sequence[Row]) -> None:
    """Print numbers as a table, and words, which may be long, below it."""
    words = [row for row in rows if isinstance(row.value, str)]
    table_of_rows(console, "summary", (row for row in rows if row not in words))
    for row in words:
        say(console, f"{row.label}: {row.value} ({row.reason})")


def _findings(found: Examination, *, whole: bool, every: bool) -> Sequence[Finding]:
    """The claims to show."""
    if not whole:
        return matters(found.findings)
    return [f for f in found.findings if every or f.verdict != "does not apply"]


_HEADINGS = ("claim", "measured", "predicted", "verdict", "what it says")


def _parts(shown: Sequence[Finding], *, whole: bool) -> dict[str, list[Finding]]:
    """The claims by the title of their table: in a summary what matters, else by place."""
    found: dict[str, list[Finding]] = {}
    for finding in shown:
        open_ones = f"{finding.verdict}, for the loss R:"
        tightest = "the tightest bounds, each of another theorem:"
        verdict = tightest if finding.verdict in ("holds", "agrees") else open_ones
        found.setdefault(f"theory at {finding.at}:" if whole else verdict, []).append(finding)
    return found


def _line(finding: Finding) -> tuple[str, ...]:
    """A claim as a line of the table: its numbers, its words, and below them its formula."""
    sides, fails = (finding.measured, finding.predicted), finding.verdict == "does not apply"
    measured, predicted = ("-" if side is None else f"{side:.5g}" for side in sides)
    words = plain(finding.title) + (f" ({finding.reason})" if fails else "")
    return (
        f"{finding.theorem}.{finding.claim}",
        measured,
        f"{_sign(finding.relation)} {predicted}",
        finding.verdict if fails else f"{finding.verdict} {finding.reason}".rstrip(),
        f"{words}\n{_formula(finding)}".rstrip(),
    )


def _formula(finding: Finding) -> str:
    """What is claimed, in characters; of an identity of matrices nothing beside its words."""
    identity = finding.relation.startswith("Eq(") and finding.relation.endswith(", 0)")
    return "" if identity else formula(finding.formula)


def _sign(relation: str) -> str:
    """The sign of a relation, as it was written."""
    if relation.startswith("Eq("):
        return "="
    return next(sign for sign in (">=", "<=", ">", "<") if sign in relation)


def _show_symbols(console: Console, shown: Sequence[Finding]) -> None:
    """Say what stands for what in the formulas that were shown."""
    relations = [finding.relation for finding in shown]
    texts = [part for f in shown for part in (_formula(f), plain(f.title))]
    quantities, letters = explained(relations, texts)
    for symbol, words in quantities.items():
        say(console, f"  {symbol}: {plain(words)}")
    if letters:
        say(console, "  " + "; ".join(f"{symbol}: {words}" for symbol, words in letters.items()))
