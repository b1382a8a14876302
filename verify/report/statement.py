"""What a theorem states, as LaTeX: each claim with its assumptions and its level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verify.report.latex import FIT, FRAME, display, escape, name, text
from verify.report.summary import clauses, worth

__all__ = ["document"]


def document(theorem: dict[str, Any]) -> str:
    """Return a LaTeX document with the statement of a theorem, from its record."""
    source = ", ".join(filter(None, theorem["source"].values()))
    return "\n".join(
        (
            *FRAME,
            FIT,
            r"\begingroup\emergencystretch=3em",
            rf"\section*{{{escape(theorem['id'])}: {text(theorem['title'])}}}",
            rf"\noindent Source: {text(source)}. Normalisation: {text(theorem['normalisation'])}.",
            *(line for claim in clauses(theorem) for line in _clause(claim)),
            *_lemmas(theorem["cited"]),
            r"\par\endgroup",
            r"\certiminend",
            "",
        )
    )


def _clause(claim: dict[str, Any]) -> Iterator[str]:
    """Quantifier, assumptions and relation of a claim, with its id and its level."""
    level = worth(claim) or claim["verdict"]
    place = f"$W$ in {name(claim['setting'])}"
    yield rf"\paragraph{{{escape(claim['id'])} ({escape(level)})}} {text(claim['title'])}:"
    if claim["exists"]:
        yield f"there are {place} such that"
        yield display(r",\quad ".join((*claim["assumptions"], claim["statement"])))
    elif claim["assumptions"]:
        yield f"for all {place} with"
        yield display(r",\quad ".join(claim["assumptions"]))
        yield r"\noindent it holds that"
        yield display(claim["statement"])
    else:
        yield f"for all {place}"
        yield display(claim["statement"])


def _lemmas(cited: list[dict[str, Any]]) -> Iterator[str]:
    """The lemmas of others that the proof rests on."""
    if cited:
        yield r"\paragraph{The proof rests on}"
        yield r"\begin{itemize}"
        for lemma in cited:
            source = ", ".join(filter(None, lemma["source"].values()))
            yield rf"\item {text(lemma['name'])} ({text(source)}): {text(lemma['statement'])}."
        yield r"\end{itemize}"
