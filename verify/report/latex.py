r"""Text and formulas in files for LaTeX, in ASCII: pdfLaTeX then needs no fonts but its own.

In a text only what stands between dollars is a formula, and everything else is words: what LaTeX
reads as commands is escaped.  A character outside ASCII is written as LaTeX in words and formulas
alike; one that nobody knows a name of is written as its number.
"""

from __future__ import annotations

import re
import unicodedata

from verify.report.mathematics import GREEK, known, pieces, texed

__all__ = ["FIT", "FRAME", "display", "escape", "formula", "name", "text"]

FIT = r"""\ifdefined\fitted\else
\newsavebox\fittedbox
\newcommand\fitted[1]{\sbox\fittedbox{$\displaystyle #1$}%
  \ifdim\wd\fittedbox>\linewidth\resizebox{\linewidth}{!}{\usebox\fittedbox}%
  \else\usebox\fittedbox\fi}
\fi"""
r"""Defines ``\fitted``: a formula, made smaller where it is wider than the line (graphicx)."""

FRAME = (
    "% Written by certimin. It is a document, and a part of one that loads the packages below.",
    r"\expandafter\ifx\csname @nodocument\endcsname\relax",
    r"  \let\certiminend\relax",
    r"\else",
    r"  \documentclass{article}",
    r"  \usepackage{amsmath,amssymb,graphicx}",
    r"  \def\certiminend{\end{document}}",
    r"  \begin{document}",
    r"\fi",
)
r"""Opens a document, but within one: there LaTeX has let ``\@nodocument`` be ``\relax``.

What is so opened ends with ``\certiminend``.
"""

_SPECIAL = {c: rf"\{c}" for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "|": r"\ensuremath{|}",
    '"': r"\char34{}",
}  # fmt: skip

_SIGNS = {character: name for name, character in GREEK.items()} | {
    "ι": "iota", "υ": "upsilon", "Υ": "Upsilon", "ϑ": "vartheta", "ϖ": "varpi", "ϱ": "varrho",
    "ς": "varsigma", "ϕ": "phi",
    "≥": "ge", "≤": "le", "≠": "ne", "≈": "approx", "≡": "equiv", "∝": "propto", "±": "pm",
    "×": "times", "⊗": "otimes", "⊕": "oplus", "·": "cdot", "∘": "circ", "∞": "infty",
    "∇": "nabla", "∂": "partial", "√": "surd", "∑": "sum", "∏": "prod", "∫": "int", "∈": "in",
    "∉": "notin", "⊂": "subset", "⊆": "subseteq", "∪": "cup", "∩": "cap", "∅": "emptyset",
    "∀": "forall", "∃": "exists", "→": "to", "←": "gets", "↔": "leftrightarrow", "↦": "mapsto",
    "⇒": "Rightarrow", "⇔": "Leftrightarrow", "⟹": "Longrightarrow", "⟺": "Longleftrightarrow",
    "⟨": "langle", "⟩": "rangle", "‖": "Vert", "≻": "succ", "⪰": "succeq", "≺": "prec",
    "⪯": "preceq", "⊥": "perp", "⊤": "top", "ℓ": "ell",
}  # fmt: skip
"""Signs of mathematics by their LaTeX names."""

_BREAK = r"\allowbreak{}"
_EITHER = {"−": "-", "‑": "-", "\xa0": "~", "½": r"\ensuremath{\frac12}"}
"""What is written alike in words and in formulas."""

_PROSE = {
    "–": "--", "—": "---", "“": "``", "”": "''", "‘": "`", "’": "'", "§": r"\S{}",
    "¶": r"\P{}", "†": r"\dag{}", "‡": r"\ddag{}", "©": r"\copyright{}", "£": r"\pounds{}",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}",
    "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}",
}  # fmt: skip
"""Letters and marks of words that are no letter with an accent."""

_ACCENTS = {
    "\u0300": ("`", "grave"), "\u0301": ("'", "acute"), "\u0302": ("^", "hat"),
    "\u0303": ("~", "tilde"), "\u0304": ("=", "bar"), "\u0306": ("u", "breve"),
    "\u0307": (".", "dot"), "\u0308": ('"', "ddot"), "\u030a": ("r", "mathring"),
    "\u030b": ("H", ""), "\u030c": ("v", "check"), "\u0323": ("d", ""), "\u0327": ("c", ""),
}  # fmt: skip
"""Accents that follow their letter: their names in words and, where they have one, in formulas."""

_LEVELS = {
    kind: "".join(
        c for c in map(chr, range(0x80, 0x2100)) if unicodedata.decomposition(c)[:5] == kind
    )
    for kind in ("<supe", "<sub>")
}
"""Characters that are another one above, and below, the line."""

_PIECE = re.compile(
    rf"(?P<raised>[{_LEVELS['<supe']}]+)|(?P<lowered>[{_LEVELS['<sub>']}]+)"
    rf"|(?P<letter>\w)(?P<accent>[{''.join(_ACCENTS)}])"
    r"|(?P<special>[\\~^<>|&%$#_{}\"])|(?P<other>[^\t\n\r -~])"
)


def text(words: str) -> str:
    r"""Return words escaped, with the formulas between dollars in LaTeX.

    A dollar without a partner is a dollar, and so are two with what is no formula between them.

    >>> print(text("50% of $σ_1$ & Kᵀ, 3 $"))
    50\% of $\sigma _1$ \& K\textsuperscript{T}, 3 \$
    """
    return "".join(
        f"${formula(texed(piece))}$"
        if is_formula and known(piece)
        else escape(f"${piece}$" if is_formula else piece)
        for is_formula, piece in pieces(words)
    )


def escape(words: str) -> str:
    r"""Return words with nothing in them that LaTeX reads as a command of its own.

    >>> print(escape("S_min ≥ Lénaïc²"))
    S\_min \ensuremath{\ge} L\'{e}na\"{i}c\textsuperscript{2}
    """
    return _PIECE.sub(_in_words, unicodedata.normalize("NFC", words))


def formula(tex: str) -> str:
    r"""Return LaTeX of a formula with the characters outside ASCII written as LaTeX.

    >>> print(formula("wᵀΣ²w ≥ x̄"))
    w^{T}\Sigma ^{2}w \ge  \bar{x}
    """
    return _PIECE.sub(_in_formula, unicodedata.normalize("NFC", tex))


def name(word: str) -> str:
    r"""Return a name as it is typed; it may be broken after a hyphen.

    >>> print(name("whitened-minimizers"))
    \texttt{whitened-\allowbreak{}minimizers}
    """
    return rf"\texttt{{{escape(word).replace('-', '-' + _BREAK)}}}"


def display(tex: str) -> str:
    r"""Return a displayed formula no wider than its line; :data:`FIT` defines what it uses."""
    if not known(tex):
        return rf"\[ \texttt{{{escape(tex)}}} \]"
    return rf"\[ \fitted{{{formula(tex)}}} \]"


def _in_words(found: re.Match[str]) -> str:
    if found["special"]:
        return _SPECIAL[found["special"]]
    if found["raised"]:
        return rf"\textsuperscript{{{escape(_level(found[0]))}}}"
    if found["lowered"]:
        return rf"\textsubscript{{{escape(_level(found[0]))}}}"
    if found["accent"]:
        return _accented(found["letter"], found["accent"])
    sign = _SIGNS.get(found[0])
    return rf"\ensuremath{{\{sign}}}" if sign else _letter(found[0])


def _in_formula(found: re.Match[str]) -> str:
    if found["special"]:
        opens_comment = found[0] in "%#" and found.string[found.start() - 1 : found.start()] != "\\"
        return f"\\{found[0]}" if opens_comment else found[0]
    if found["raised"]:
        return f"^{{{formula(_level(found[0]))}}}"
    if found["lowered"]:
        return f"_{{{formula(_level(found[0]))}}}"
    if found["accent"]:
        return _accented(found["letter"], found["accent"], in_formula=True)
    sign = _SIGNS.get(found[0])
    return f"\\{sign} " if sign else _letter(found[0], in_formula=True)


def _level(raised: str) -> str:
    """Characters that stand above or below the line, on the line."""
    return unicodedata.normalize("NFKD", raised).replace("−", "-")


def _accented(letter: str, accent: str, *, in_formula: bool = False) -> str:
    in_words, named = _ACCENTS[accent]
    written = _PIECE.sub(_in_words, letter)
    if in_formula and named and letter.isascii():
        return rf"\{named}{{{letter}}}"
    return rf"\mbox{{\{in_words}{{{written}}}}}" if in_formula else rf"\{in_words}{{{written}}}"


def _letter(character: str, *, in_formula: bool = False) -> str:
    """A character that is no sign: as it is, with its accent, as one that is alike, or a number."""
    if character in _EITHER:
        return _EITHER[character]
    letter, *accents = list(unicodedata.normalize("NFD", character))
    if len(accents) == 1 and accents[0] in _ACCENTS:
        return _accented(letter, accents[0], in_formula=in_formula)
    alike = unicodedata.normalize("NFKD", character)
    if alike.isascii() and alike.isprintable():
        return _PIECE.sub(_in_formula if in_formula else _in_words, alike)
    written = _PROSE.get(character, f"[U+{ord(character):04X}]")
    return rf"\mbox{{{written}}}" if in_formula else written
