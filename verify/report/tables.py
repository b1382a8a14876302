r"""Tables to include in a paper: plain LaTeX, as wide as the text."""

from __future__ import annotations

import re
from typing import Any

from verify.report.latex import escape, text
from verify.report.summary import refuted_controls, standing, worth

__all__ = ["PACKAGES", "render"]

PACKAGES = ("array", "booktabs", "longtable")
"""What a document needs that includes the table."""

_COLUMNS = {
    "": 0.07, "Theorem": 0.34, "Source": 0.21, "Level": 0.13, "Controls": 0.12, "Verdict": 0.13,
}  # fmt: skip
"""Headings, and shares of the width of the text."""

_COLUMN = (
    r">{\raggedright\arraybackslash\hspace{0pt}}"  # the space lets a long first word be hyphenated
    r"p{\dimexpr %g\linewidth-2\tabcolsep\relax}"
)

_TABLE = r"""%% Written by certimin. Needs \usepackage{%s}
%% and a bibliography with the entries of references.bib.
\begingroup\small\setlength{\tabcolsep}{3pt}%%
\begin{longtable}{@{}%s@{}}
\toprule
%s \\
\midrule
\endhead
\bottomrule
\endfoot
%s\end{longtable}
\endgroup
"""


def render(report: dict[str, Any]) -> str:
    """Return a table of theorems: id, title, source, level, refuted controls, verdict.

    It may be longer than a page; its head is repeated on each.
    """
    columns = "".join("%\n  " + _COLUMN % share for share in _COLUMNS.values())
    rows = "\\addlinespace[2pt]\n".join(_row(theorem) for theorem in report["theorems"])
    return _TABLE % (",".join(PACKAGES), columns, " & ".join(_COLUMNS), rows)


def _row(theorem: dict[str, Any]) -> str:
    verdict = standing(theorem)
    cells = (
        escape(theorem["id"]),
        text(theorem["title"]),
        _source(theorem["source"]),
        escape(worth(theorem) or "--"),
        escape(refuted_controls(theorem)),
        verdict if verdict == "holds" else rf"\textbf{{{verdict}}}",
    )
    return " & ".join(" ".join(cell.split()) for cell in cells) + " \\\\\n"


def _source(source: dict[str, str]) -> str:
    cited = rf"\cite{{{source['key']}}}" if re.fullmatch(r"[\w:.-]+", source["key"]) else ""
    return ", ".join(filter(None, (cited, text(source["where"]))))
