r"""A certificate as LaTeX: what is claimed, what its symbols mean, and where it fails.

The file is a document, and can be included in one: ``\input`` leaves out the frame around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from verify.certificates.drawing import decimal
from verify.claims import QUANTITIES, SETTINGS
from verify.report.instances import LOSS, MEANINGS, named
from verify.report.latex import FIT, FRAME, display, escape, formula, text
from verify.report.latex import name as typed

__all__ = ["tex"]

_DIGITS = 10
_SIDES = (("left", "lhs"), ("right", "rhs"))


def tex(data: Mapping[str, Any]) -> str:
    """Return a LaTeX document with the claim, its symbols, the instance and both sides."""
    claim, setting = data["claim"], SETTINGS.get(data["claim"]["setting"])
    about = f" ({text(setting.description)})" if setting and setting.description else ""
    return "\n".join(
        (
            *FRAME,
            FIT,
            r"\begingroup\emergencystretch=3em\setcounter{MaxMatrixCols}{99}",
            rf"\noindent\textbf{{Claim}}, over {typed(claim['setting'])}{about}:",
            display(claim["latex"]),
            *_where(list(_meanings(data))),
            r"\noindent\textbf{Counterexample.} Take",
            *(
                display(f"{_name(name, index)} = {_value(value)}")
                for name, index, value in named(data["instance"])
            ),
            *_comparison(data),
            r"Hence the claim is false.",
            r"\par\endgroup",
            r"\certiminend",
            "",
        )
    )


def _where(meanings: list[str]) -> list[str]:
    """A list of what symbols mean."""
    if not meanings:
        return []
    items = (rf"\item {meaning}" for meaning in meanings)
    return [r"\noindent Here", r"\begin{itemize}", *items, r"\end{itemize}"]


def _meanings(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what each symbol of the claim and each letter of the instance means."""
    written = (data["claim"]["relation"], *data["claim"]["conditions"])
    names = dict.fromkeys(name for each in written for name in _names(each))
    known = [QUANTITIES[name] for name in names if name in QUANTITIES]
    for quantity in known:
        yield f"${formula(quantity.latex)}$: {text(quantity.definition)}"
    for key in data["instance"]:
        if key in MEANINGS:
            yield text(MEANINGS[key])
    if "target" in data["instance"]:
        yield text(LOSS)


def _names(written: Any) -> Iterator[str]:
    """The names in a relation as a tree."""
    if isinstance(written, str):
        yield written
    elif isinstance(written, list | tuple):
        for part in written[1:]:
            yield from _names(part)


def _comparison(data: Mapping[str, Any]) -> list[str]:
    """Both sides, where they are known, and a number between them."""
    if not (data["lhs"] and data["rhs"]):
        return []
    values = r",\qquad ".join(
        rf"\text{{{name} side}} {_side(*map(Fraction, data[key]))}" for name, key in _SIDES
    )
    lines = [r"Then", display(f"{values}.")]
    if data["separator"]:
        lines += [rf"The rational number ${_entry(data['separator'])}$ lies between them."]
    return lines


def _side(low: Fraction, high: Fraction) -> str:
    """An exact value as it is, if it is short, anything else rounded."""
    middle = (low + high) / 2
    exact = low == high and len(str(middle)) <= _DIGITS
    mantissa, _, power = decimal(middle).partition("e")
    rounded = rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else mantissa
    return f"= {_entry(middle)}" if exact else rf"\approx {rounded}"


def _name(name: str, index: str) -> str:
    letter = formula(name).strip() if len(name) == 1 else rf"\text{{{escape(name)}}}"
    return f"{letter}_{{{index}}}" if index else letter


def _value(value: Any) -> str:
    """A number, or a matrix; a vector is a column."""
    if not isinstance(value, list):
        return _entry(value)
    rows = [row if isinstance(row, list) else [row] for row in value]
    body = r" \\ ".join(" & ".join(map(_entry, row)) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _entry(value: Any) -> str:
    """A rational number as a fraction; what is none, in words."""
    try:
        x = Fraction(str(value))
    except ValueError:
        return rf"\text{{{escape(str(value))}}}"
    if x.denominator == 1:
        return str(x.numerator)
    return "-" * (x < 0) + rf"\tfrac{{{abs(x.numerator)}}}{{{x.denominator}}}"
