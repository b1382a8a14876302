r"""LaTeX for readers without a network: MathML in pages, plain characters in terminals.

A statement is LaTeX as a whole (``S \ge 1``), words with formulas between dollars, or words.
The converter latex2mathml writes what it does not understand into its output unescaped, so its
tree is never trusted: tags and attributes pass an allow-list, text is escaped here, and a command
it did not know sends the whole formula back to the reader as LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from html import escape, unescape
from importlib import import_module
from typing import Any

__all__ = ["GREEK", "is_formula", "mathml", "pieces", "plain"]

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
"""Letters by their LaTeX names."""

_CHARACTERS = GREEK | {
    "ge": "≥", "geq": "≥", "le": "≤", "leq": "≤", "ne": "≠", "neq": "≠", "cdot": "·", "times": "×",
    "otimes": "⊗", "in": "∈", "sum": "Σ", "prod": "Π", "infty": "∞", "to": "→", "ldots": "...",
    "cdots": "...", "dots": "...", "top": "T", "nabla": "∇", "Vert": "‖", "lVert": "‖",
    "rVert": "‖", "|": "‖", "vert": "|", "lvert": "|", "rvert": "|", "forall": "∀", "iff": "⇔",
    "implies": "⇒", "Rightarrow": "⇒", "Longrightarrow": "⟹",
    "approx": "≈", "pm": "±", "langle": "⟨", "rangle": "⟩",
    "quad": "  ", "qquad": "   ", ",": "", ";": " ", ":": " ", "!": "", " ": " ", "\\": "; ",
    "displaystyle": "", "textstyle": "", "bigl": "", "bigr": "", "Bigl": "", "Bigr": "",
    "partial": "∂", "leftrightarrow": "↔", "hat": "", "mid": "|",
}  # fmt: skip

_DELIMITED = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[a-z]+\*?\}")
_WORDING = re.compile(r"\\(?:text|textrm|textit|operatorname|math[a-z]+)\*?\{[^{}]*\}")
_WORDS = re.compile(r"[A-Za-z]{4,}|\b[A-Za-z]{2,}\s+[A-Za-z]{2,}\b")


def is_formula(text: str) -> bool:
    r"""Return whether ``text`` without dollars is LaTeX mathematics rather than words.

    >>> is_formula(r"S \ge 2 L \sigma^{2-2/L}"), is_formula("every minimizer has S >= 1")
    (True, False)
    """
    bare = _WORDING.sub(" ", _ENVIRONMENT.sub(" ", text))
    bare = re.sub(r"\\[A-Za-z]+", " ; ", bare)
    return bool(re.search(r"[\\^_=<>]", text)) and not _WORDS.search(bare)


def pieces(text: str) -> list[tuple[bool, str]]:
    """Return ``text`` cut into formulas (True, without dollars) and words (False)."""
    if not _DELIMITED.search(text):
        return [(is_formula(text), text)] if text else []
    found: list[tuple[bool, str]] = []
    end = 0
    for match in _DELIMITED.finditer(text):
        found += [(False, text[end : match.start()]), (True, next(filter(None, match.groups())))]
        end = match.end()
    return [piece for piece in (*found, (False, text[end:])) if piece[1]]


_TAGS = frozenset(
    ("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle",
     "msup", "msub", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd",
     "mpadded", "mphantom", "menclose")
)  # fmt: skip
_ATTRIBUTES = frozenset(
    ("accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth",
     "displaystyle", "fence", "form", "height", "linethickness", "lspace", "mathvariant",
     "maxsize", "minsize", "notation", "rowlines", "rowspacing", "rspace", "scriptlevel",
     "separator", "stretchy", "width")
)  # fmt: skip
_LIMITS = frozenset(("min", "max", "sup", "inf", "lim", "limsup", "liminf"))


class _Unknown(Exception):
    """The converter met LaTeX it does not know."""


@cache
def _converter() -> Callable[..., Any] | None:
    """The converter where it is installed: pages are readable without it too."""
    try:
        convert: Callable[..., Any] = import_module("latex2mathml.converter").convert_to_element
    except ImportError:
        return None
    return convert


@lru_cache(maxsize=4096)
def mathml(tex: str, *, block: bool = False) -> str | None:
    """Return MathML markup, safe to include in a page; None when ``tex`` cannot be converted."""
    convert = _converter()
    source = _spoken(tex)
    if convert is None or not source:
        return None
    try:
        tree = convert(source, display="block" if block else "inline")
        inner = "".join(_markup(child, block=block) for child in tree)
    except Exception:  # unbalanced braces, unknown commands: each has an error of its own
        return None
    display = "block" if block else "inline"
    return f'<math display="{display}" alttext="{escape(tex)}">{inner}</math>'


def _spoken(tex: str) -> str:
    """``tex`` with the synonyms the converter knows: "split" and not "aligned"."""
    tex = re.sub(r"\\(begin|end)\{aligned\}", r"\\\1{split}", tex).strip()
    return re.sub("[<>]=", lambda m: r"\le " if m[0] == "<=" else r"\ge ", tex)


def _markup(node: Any, *, block: bool, last: bool = True) -> str:
    text = unescape(node.text or "")
    children = list(node)
    tag, attributes = node.tag, {k: v for k, v in node.attrib.items() if k in _ATTRIBUTES}
    if (
        tag not in _TAGS
        or re.match(r"\\[A-Za-z]", text)
        or (tag == "mi" and text in ("&", "{", "}"))
    ):
        raise _Unknown(text or tag)
    if tag == "mo" and (text.isalpha() or text in ("/", "|", "‖")):
        # "tr" and "max" are set like letters, bars close: no wide spaces as around a relation.
        attributes |= {"lspace": "0", "rspace": "0.17em" if text.isalpha() and not last else "0"}
    if tag == "mtd" and "columnalign" in attributes:
        # Browsers left this attribute to style sheets.
        attributes["class"] = attributes.pop("columnalign")
    if tag == "msub" and block and unescape(children[0].text or "") in _LIMITS:
        tag = "munder"
    inner = "".join(
        _markup(child, block=block, last=_is_last(children, index))
        for index, child in enumerate(children)
    )
    written = "".join(f' {name}="{escape(value)}"' for name, value in sorted(attributes.items()))
    return f"<{tag}{written}>{escape(text)}{inner}</{tag}>"


def _is_last(children: list[Any], index: int) -> bool:
    """Whether nothing follows that a function's name must be kept apart from."""
    following = children[index + 1 : index + 2]
    return not following or unescape(following[0].text or "") in "([{|"


def plain(text: str) -> str:
    r"""Return LaTeX or mixed text in readable characters, for terminals.

    >>> plain(r"S \ge 2 L \sigma^{2-\frac{2}{L}}")
    'S ≥ 2 L σ^(2-2/L)'
    """
    return "".join(_plain_formula(t) if formula else t for formula, t in pieces(text))


def _plain_formula(tex: str) -> str:
    if tex.count("{") != tex.count("}"):
        return tex
    tex = _ENVIRONMENT.sub("", tex).replace("&", "")
    tex = re.sub(r"\\(?:text|textrm|operatorname|math[a-z]+)\*?\s*\{([^{}]*)\}", r"\1", tex)
    tex = re.sub(r"\\(?:left|right)\b\.?", "", tex)
    before = ""
    while before != tex:
        before = tex
        tex = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", _quotient, tex)
        tex = re.sub(r"\\sqrt\s*\{([^{}]*)\}", lambda m: f"√{_group(m[1])}", tex)
        tex = re.sub(r"([\^_])\s*\{([^{}]*)\}", _script, tex)
    tex = re.sub(r"(?<!\\)[{}]", "", tex)
    tex = re.sub(r"\\([A-Za-z]+|.)", lambda m: _CHARACTERS.get(m[1], m[1]), tex)
    return " ".join(tex.split())


def _quotient(match: re.Match[str]) -> str:
    return f"{_group(match[1])}/{_group(match[2])}"


def _script(match: re.Match[str]) -> str:
    index = match[1] == "_" and re.fullmatch(r"\\?\w+", match[2])
    return match[1] + (match[2] if index else _group(match[2]))


def _group(text: str) -> str:
    text = text.strip()
    return text if re.fullmatch(r"\\[A-Za-z]+|\w|\d+", text) else f"({text})"
