r"""Formulas: from text and LaTeX to MathML, by the converter math-core.

Text is text: only what stands between dollars in it is a formula, in LaTeX or as a docstring would
write it (``$S ≥ 2Lσ^{2-2/L}$``, ``$A_kᵀu$``, ``$√κ$``).  Statements and assumptions of a record are
LaTeX as a whole.  The converter is strict and escapes: what it refuses a reader sees as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from html import escape

from math_core import LatexError, LatexToMathML

__all__ = ["GREEK", "known", "mathml", "pieces", "texed"]

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
"""Letters by their LaTeX names."""

_FORMULA = re.compile(r"\$([^$]+)\$")


def pieces(text: str) -> list[tuple[bool, str]]:
    """Return ``text`` cut into formulas (True, without their dollars) and words (False).

    >>> pieces("at depth $L$ >= 2")
    [(False, 'at depth '), (True, 'L'), (False, ' >= 2')]
    """
    cut = _FORMULA.split(text)
    return [(index % 2 == 1, piece) for index, piece in enumerate(cut) if piece]


@lru_cache(maxsize=8192)
def mathml(tex: str, *, block: bool = False) -> str:
    """Return MathML, or the escaped source in ``<code>`` where it is no LaTeX that is known."""
    try:
        return _converter().convert_with_local_state(_fenced(texed(tex)), displaystyle=block)
    except LatexError:
        return f'<code class="tex">{escape(tex)}</code>'


def _fenced(tex: str) -> str:
    """Brackets of a set size as brackets that grow: browsers draw others small under a power."""
    return re.sub(r"\\[Bb]igg?([lr])(?![A-Za-z])", lambda m: _SIDES[m[1]], tex)


_SIDES = {"l": r"\left", "r": r"\right"}


def known(tex: str) -> bool:
    """Return whether a formula is LaTeX mathematics, which reads and writes no file."""
    return not mathml(tex).startswith("<code")


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁱⁿᵏʲᴸᵀ"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋ᵢₙₖⱼ"
_LEVEL = str.maketrans(_RAISED + _LOWERED, "0123456789+-inkjLT" + "0123456789+-inkj")
_ACCENTS = {"\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar", "\u0307": r"\dot"}
_SIGNS = {
    "Σ_": r"\sum_", "Π_": r"\prod_", "<=": r"\le ", ">=": r"\ge ", "!=": r"\ne ", "->": r"\to ",
    "...": "…", "·": r"\cdot ", "∠": r"\angle ", "½": r"\tfrac{1}{2}", "⊥": r"\perp ",
    "∅": r"\emptyset ", "‖": r"\Vert ",
    **{letter: rf"\{name} " for name, letter in GREEK.items() if name[0].isupper()},
}  # fmt: skip
_NAMES = (
    "argmax|argmin|max|min|sup|inf|log|ln|exp|det|cos|sin|ker|dim|"
    "tr|rank|diag|sign|vec|Var|bal|span|mean|off|row|spec|charpoly|GL"
)
_COMMANDS = ("max", "min", "sup", "inf", "log", "ln", "exp", "det", "cos", "sin", "ker", "dim")
_VERBATIM = re.compile(r"(\\(?:text\w*|math\w+|operatorname\*?|begin|end)\{[^{}]*\}|\\[A-Za-z]+)")
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_NAME = re.compile(rf"(_?)(?<![A-Za-z])({_NAMES})(?![A-Za-z])")


def texed(written: str) -> str:
    r"""Return LaTeX of a formula as docstrings write it; LaTeX stays as it is.

    >>> texed("S_max >= λ_max(A_kᵀA_k)"), texed("√(κ+1) <= κ⁻¹"), texed(r"\sigma^{2}")
    ('S_{\\max} \\ge  λ_{\\max}(A_k^{T}A_k)', '\\sqrt{κ+1} \\le  κ^{-1}', '\\sigma^{2}')
    """
    parts = _VERBATIM.split(written)
    return _rooted("".join(part if i % 2 else _spelled(part) for i, part in enumerate(parts)))


def _spelled(text: str) -> str:
    """Accents, raised and lowered characters, signs and names of functions in LaTeX."""
    text = "".join(unicodedata.normalize("NFD", c) if c.isalpha() else c for c in text)
    text = re.sub("(.)([\u0302-\u0304\u0307])", lambda m: f"{_ACCENTS[m[2]]}{{{m[1]}}}", text)
    text = re.sub(r"(?<=[A-Za-zα-ω])\*(?![\w{(])", "^{*}", text)
    text = re.sub(f"[{_RAISED}]+", lambda m: f"^{{{m[0].translate(_LEVEL)}}}", text)
    text = re.sub(f"[{_LOWERED}]+", lambda m: f"_{{{m[0].translate(_LEVEL)}}}", text)
    text = re.sub(r"\^(\*|\w|\{[^{}]*\})\^\{([^{}]*)\}", _one_script, text)
    text = _SIGN.sub(lambda m: _SIGNS[m[0]], text)
    return _NAME.sub(_function, text)


def _one_script(match: re.Match[str]) -> str:
    """What is raised twice, as in w^*ᵀ, raised once."""
    return f"^{{{match[1].strip('{}')}{match[2]}}}"


def _function(match: re.Match[str]) -> str:
    name = match[2]
    known = name in _COMMANDS
    called = rf"\{name}" if known else rf"\operatorname{{{name}}}"
    return f"_{{{called}}}" if match[1] else called


def _rooted(text: str) -> str:
    """Square roots over what follows the sign: a bracket, or one symbol with its index."""
    while (at := text.find("√")) >= 0:
        rest = text[at + 1 :]
        size = _bracket(rest) if rest[:1] in ("(", "{") else 0
        if size:
            inner, rest = rest[1 : size - 1], rest[size:]
        else:
            one = re.match(r"(?:\\[A-Za-z]+|\d+|.|)(?:_(?:\w|\{[^{}]*\}))?", rest)
            inner = one[0] if one else ""
            rest = rest[len(inner) :]
        text = rf"{text[:at]}\sqrt{{{inner}}}{rest}"
    return text


def _bracket(text: str) -> int:
    """How long the bracket is that ``text`` begins with; 0 if it is never closed."""
    depth = 0
    for place, character in enumerate(text, start=1):
        depth += (character in "({") - (character in ")}")
        if depth == 0:
            return place
    return 0
