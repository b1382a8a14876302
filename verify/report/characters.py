r"""Formulas in plain characters, for terminals: what MathML is for pages."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

from verify.report.mathematics import GREEK, pieces

__all__ = ["formula", "plain", "spelled"]

_CHARACTERS = GREEK | {
    "ge": "≥", "geq": "≥", "le": "≤", "leq": "≤", "ne": "≠", "neq": "≠", "cdot": "·", "times": "×",
    "otimes": "⊗", "in": "∈", "sum": "Σ", "prod": "Π", "infty": "∞", "to": "→", "ldots": "...",
    "cdots": "...", "dots": "...", "top": "T", "nabla": "∇", "Vert": "‖", "lVert": "‖",
    "rVert": "‖", "|": "‖", "vert": "|", "lvert": "|", "rvert": "|", "forall": "∀", "iff": "⇔",
    "implies": "⇒", "Rightarrow": "⇒", "Longrightarrow": "⟹",
    "approx": "≈", "pm": "±", "langle": "⟨", "rangle": "⟩", "succ": "≻", "succeq": "⪰",
    "quad": "  ", "qquad": "   ", ",": " ", ";": " ", ":": " ", "!": "", " ": " ", "\\": "; ",
    "displaystyle": "", "textstyle": "", "bigl": "", "bigr": "", "Bigl": "", "Bigr": "",
    "partial": "∂", "leftrightarrow": "↔", "mid": "|", "perp": "⊥", "setminus": "∖",
    "emptyset": "∅", "angle": "∠",
}  # fmt: skip
_ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "bar": "\u0304",
    "dot": "\u0307",
}
_SPELLED = {letter: name for name, letter in GREEK.items() if not name.startswith("var")} | {
    "✓": "+", "✗": "x", "○": "o", "∅": "0", "–": "-", "−": "-", "·": ".", "×": "x", "⋯": "...",
    "…": "...", "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~", "±": "+-", "→": "->", "⇒": "=>",
    "⟹": "=>", "⇔": "<=>", "↔": "<->", "‖": "||", "∞": "oo", "√": "sqrt ", "∈": " in ",
    "∇": "grad ", "∂": "d", "∀": "for all ", "⪰": ">=", "≻": ">", "⊗": "(x)", "⟨": "<",
    "⟩": ">", "∠": "angle", "⊥": "perp", "∖": "\\","ε": "epsilon", "φ": "phi", "⁄": "/",
}  # fmt: skip
"""What stands for a character where an encoding lacks it."""

_RAISED = dict(zip("0123456789-T", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ", strict=True))


def plain(text: str) -> str:
    r"""Return text with the formulas between its dollars in readable characters.

    >>> plain(r"at least $2L\sigma^{2-2/L}$")
    'at least 2Lσ^(2-2/L)'
    """
    return "".join(formula(piece) if is_formula else piece for is_formula, piece in pieces(text))


_UPRIGHT = re.compile(r"(\\[A-Za-z]+)?\\(?:text\w*|operatorname|math[a-z]+)\*?\s*\{([^{}]*)\}")
"""Words and letters in a font, with the command before them, whose name they must not lengthen."""


def formula(tex: str) -> str:
    r"""Return a formula, in LaTeX or as docstrings write it, in readable characters.

    >>> formula(r"S \ge 2 L \sigma^{2-\frac{2}{L}}"), formula(r"\hat u\cdot TKz"), formula("A^TA")
    ('S ≥ 2 L σ^(2-2/L)', 'û·TKz', 'AᵀA')
    """
    if tex.count("{") != tex.count("}"):
        return tex
    tex = re.sub(r"\\(?:begin|end)\{[a-z]+\*?\}", "", tex).replace("&", "")
    tex = _UPRIGHT.sub(lambda m: f"{m[1]} {m[2]}" if m[1] else m[2], tex)
    tex = re.sub(r"\\(?:left|right)\b\.?", "", tex)
    tex = re.sub(r"\\[dt]?frac\s*(\w)(\w)", r"\1/\2", tex)
    tex = re.sub(r"\\([a-z]+)\s*(?:\{(\\?\w+)\}|(\\[A-Za-z]+|[A-Za-z]\b))", _accented, tex)
    before = ""
    while before != tex:
        before = tex
        tex = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", _quotient, tex)
        tex = re.sub(r"\\sqrt\s*\{([^{}]*)\}", lambda m: f"√{_group(m[1])}", tex)
        tex = re.sub(r"([\^_])\s*\{([^{}]*)\}", _script, tex)
    tex = re.sub(r"\^([0-9T])(?![0-9.])|\^(T)(?=\.)", _raised, tex)
    tex = re.sub(r"(?<!\\)[{}]", "", tex)
    tex = re.sub(r"\s*\\cdot\s+", "·", tex)
    tex = re.sub(r"\\([A-Za-z]+|.)", lambda m: _CHARACTERS.get(m[1], m[1]), tex)
    return unicodedata.normalize("NFC", " ".join(tex.split()))


def spelled(text: str, encoding: str) -> str:
    """Return text with what the encoding cannot say spelled in ASCII.

    >>> spelled("Lσ² ≥ 10⁻⁷", "ascii"), spelled("Lσ² ≥ 10⁻⁷", "utf-8")
    ('L sigma^2 >= 10^-7', 'Lσ² ≥ 10⁻⁷')
    """
    if _sayable(text, encoding):
        return text
    text = _BESIDE_GREEK.sub(" ", text)
    return "".join(_in_ascii("".join(run), level, encoding) for level, run in groupby(text, _level))


_NAMED = "".join(GREEK.values())
_BESIDE_GREEK = re.compile(
    rf"(?<=[A-Za-z0-9{_NAMED}])(?=[{_NAMED}])|(?<=[{_NAMED}])(?=[A-Za-z0-9])",
)
"""Where letters that become names touch others."""


def _sayable(text: str, encoding: str) -> bool:
    """Whether an encoding has all of these characters."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _level(character: str) -> str:
    """Where a character stands: ^ raised, _ lowered, "" on the line."""
    kind = unicodedata.decomposition(character).partition(" ")[0]
    return {"<super>": "^", "<sub>": "_"}.get(kind, "")


def _in_ascii(run: str, level: str, encoding: str) -> str:
    """A run of characters on one level, those that are missing spelled; raised ones are all."""
    if _sayable(run, encoding):
        return run
    bare = (c if _sayable(c, encoding) and not level else _bare(c) for c in run)
    return level + "".join(bare).encode(encoding, "replace").decode(encoding)


def _bare(character: str) -> str:
    """A character by its name, or without its accents."""
    parts = unicodedata.normalize("NFKD", _SPELLED.get(character, character))
    return "".join(_SPELLED.get(c, c) for c in parts if not unicodedata.combining(c))


def _accented(match: re.Match[str]) -> str:
    """A letter under its accent; other commands as they are."""
    return f"{match[2] or match[3]}{_ACCENTS[match[1]]}" if match[1] in _ACCENTS else match[0]


def _quotient(match: re.Match[str]) -> str:
    return f"{_group(match[1])}/{_group(match[2])}"


def _script(match: re.Match[str]) -> str:
    above, inner = match[1] == "^", match[2]
    if above and re.fullmatch(r"-?\d+|\*?(?:T|\\top)|\*", inner):
        return "".join(_RAISED.get(c, c) for c in inner.replace(r"\top", "T"))
    if above and re.fullmatch(r"\([^()]*\)", inner):
        return f"^{inner}"
    index = not above and re.fullmatch(r"\\?[^\W_]+", inner)
    return match[1] + (inner if index else _group(inner))


def _raised(match: re.Match[str]) -> str:
    return _RAISED[match[1] or match[2]]


def _group(text: str) -> str:
    text = text.strip()
    return text if re.fullmatch(r"\\[A-Za-z]+|\w|\d+", text) else f"({text})"
