"""Numbers as a page shows them."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from verify.report.summary import margin_text, number_text

__all__ = ["digits", "grouped", "margin", "short"]


def grouped(count: int) -> str:
    """Return a count with its thousands parted by thin spaces."""
    return f"{count:,}".replace(",", "\u202f")


def digits(value: float | None) -> str:
    """Return enough digits to see where prediction and measurement part."""
    return "–" if value is None else f"{value:.10g}"


def short(value: float | None) -> Markup:
    """Return three digits and a power of ten."""
    return _raised(number_text(value))


def margin(evidence: dict[str, Any]) -> Markup:
    """Return the worst margin of a piece of evidence."""
    return _raised(margin_text(evidence))


def _raised(text: str) -> Markup:
    """A number with its power of ten raised; words as they are."""
    if not text[-1:].isdigit():
        return Markup.escape(text)
    mantissa, exponent, power = text.replace("-", "−").partition("e")
    sign, numerals = power[:1].replace("+", ""), power[1:].lstrip("0")
    raised = Markup("·10<sup>{}{}</sup>").format(sign, numerals) if exponent else Markup("")
    return Markup.escape(mantissa) + raised
