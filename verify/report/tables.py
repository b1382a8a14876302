"""Tables to include in a paper: plain LaTeX with booktabs."""

from __future__ import annotations

import re
from typing import Any

from verify.report.mathematics import GREEK, pieces, texed
from verify.report.summary import (
    Support,
    count_text,
    established,
    shortest_cover,
    standing,
    support,
    worth,
)

__all__ = ["render"]

_HEAD = r"""% Written by certimin. Needs \usepackage{booktabs} and the entries of references.bib.
\begin{tabular}{@{}l p{0.26\linewidth} p{0.15\linewidth} l p{0.13\linewidth} p{0.15\linewidth} l@{}}
\toprule
 & Theorem & Source & Level & Evidence & Strongest scope & Verdict \\
\midrule
"""
_TAIL = "\\bottomrule\n\\end{tabular}\n"

_MATHS = {character: rf"\{name}" for name, character in GREEK.items()} | {
    "≥": r"\ge", "≤": r"\le", "≠": r"\ne", "×": r"\times", "⊗": r"\otimes", "∞": r"\infty",
    "√": r"\surd", "·": r"\cdot", "→": r"\to", "∈": r"\in", "²": "^2", "−": "-",
}  # fmt: skip
_SPECIAL = {c: rf"\{c}" for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "|": r"\ensuremath{|}",
}  # fmt: skip
_ESCAPES = _SPECIAL | {c: rf"\ensuremath{{{tex}}}" for c, tex in _MATHS.items()}


def render(report: dict[str, Any]) -> str:
    """Return a table of theorems: source, level, kinds of evidence, strongest scope, verdict."""
    return _HEAD + "".join(_row(theorem) for theorem in report["theorems"]) + _TAIL


def _row(theorem: dict[str, Any]) -> str:
    verdict = standing(theorem)
    cells = (
        escape(theorem["id"]),
        _text(theorem["title"]),
        _source(theorem["source"]),
        escape(worth(theorem) or "--"),
        escape(", ".join(_kind(found) for found in support(theorem))),
        escape("; ".join(_scope(found) for found in shortest_cover(theorem)[:1])),
        verdict if verdict == "holds" else rf"\textbf{{{verdict}}}",
    )
    return " & ".join(cells) + " \\\\\n"


def _source(source: dict[str, str]) -> str:
    cited = rf"\cite{{{source['key']}}}" if re.fullmatch(r"[\w:.-]+", source["key"]) else ""
    return ", ".join(filter(None, (cited, _text(source["where"]))))


def _kind(found: Support) -> str:
    counted = found.kind if found.kind == "symbolic" else f"{found.kind} {count_text(found.count)}"
    return counted if found.verdict == "holds" else f"{counted} ({found.verdict})"


def _scope(found: Support) -> str:
    partly = f" ({found.claims} of {found.of} claims)" if found.claims < found.of else ""
    return (established(found) or f"{found.kind}, {found.scope}") + partly


def _text(text: str) -> str:
    """Words escaped, formulas between dollars as LaTeX."""
    return "".join(
        f"${texed(piece)}$" if formula else escape(piece) for formula, piece in pieces(text)
    )


def escape(text: str) -> str:
    r"""Return ``text`` with what LaTeX reads as commands escaped.

    >>> print(escape("50% of σ_max"))
    50\% of \ensuremath{\sigma}\_max
    """
    return "".join(_ESCAPES.get(character, character) for character in text)
