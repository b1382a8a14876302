"""The page a referee reads: one file, no scripts, nothing fetched."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from verify.evidence import KINDS, LEVELS, VERDICTS
from verify.report import instances
from verify.report.mathematics import mathml, pieces
from verify.report.summary import (
    SYMBOLS,
    clauses,
    counts,
    established,
    holding,
    margin_text,
    number_text,
    reason,
    refuted_controls,
    seconds_text,
    shortest_cover,
    standing,
    support,
    troubles,
    worth,
)

__all__ = ["render"]

_SHOWN = frozenset(("runs", "counterexample", "statement", "terms", "axioms", "kernel", "twins"))
"""Details that have a table, matrices or a block of their own."""

MEANINGS = {
    "holds": "everything tried agrees, over the scope stated",
    "inconclusive": "something could not be decided; this is not a pass",
    "vacuous": "no instance satisfied the assumptions; this is not a pass",
    "void": "the derivation holds whatever the claim says; this is not a pass",
    "error": "a check could not be carried out, or a control was not refuted",
    "refuted": "an exact instance contradicts the claim",
}
KIND_MEANINGS = {
    "formal": "checked by the kernel of a proof assistant",
    "symbolic": "a derivation that depends on the claim, every fact of it decided by a rule",
    "exact": "decided on rational instances, without rounding",
    "certified": "decided in ball arithmetic: every enclosure contains the truth",
    "trained": "trained networks against an exact minimizer at a certified distance",
    "searched": "an adversary looked for counterexamples",
    "sampled": "floating point instances drawn at random",
    "empirical": "a measured effect, with no claim beyond the runs made",
}


LEVEL_MEANINGS = {
    "proved": "a proof kernel checked it, for its whole scope",
    "derived": "a chain of facts ends in the claim, or it holds with every number a symbol; at "
    "listed sizes where that, or what it is given, was seen at the sizes named only",
    "derived in part": "facts of a derivation that depends on the claim were checked, not all",
    "tested": "decided at least once in exact or ball arithmetic, never refuted",
    "sampled": "floating point instances agree",
    "empirical": "a measurement agrees",
}


def render(report: dict[str, Any]) -> str:
    """Return index.html: summary, what did not hold, table of theorems, a section for each."""
    theorems = report["theorems"]
    return _environment().get_template("index.html.j2").render(
        report=report,
        theorems=theorems,
        families=[(name, list(group)) for name, group in groupby(theorems, family)],
        anchors={theorem["id"]: f"theorem-{i}" for i, theorem in enumerate(theorems, start=1)},
        counts=counts(theorems),
        troubles=[trouble for theorem in theorems for trouble in troubles(theorem)],
        holding=holding(theorems),
        worth=worth,
        levels=LEVELS,
        level_meanings=LEVEL_MEANINGS,
        verdicts=VERDICTS[::-1],
        kinds=KINDS,
        meanings=MEANINGS,
        kind_meanings=KIND_MEANINGS,
    )  # fmt: skip


def family(theorem: dict[str, Any]) -> str:
    """Return the part of the catalogue a theorem's module belongs to, in words."""
    packages = theorem["module"].split(".")[:-1]
    return packages[-1].replace("_", " ") if packages else ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= _FILTERS
    environment.globals["symbols"] = SYMBOLS
    return environment


def _tex(text: str) -> Markup:
    """Words with formulas among them."""
    return Markup("").join(
        _formula(t) if formula else Markup.escape(t) for formula, t in pieces(text)
    )


def _statement(tex: str) -> Markup:
    """A formula on a line of its own."""
    return (
        Markup('<div class="display">{}</div>').format(_formula(tex, block=True))
        if tex
        else Markup()
    )


def _formula(tex: str, *, block: bool = False) -> Markup:
    return Markup(mathml(tex, block=block))


def _instance(instance: dict[str, Any]) -> Markup:
    parts = [instances.markup(*part) for part in instances.named(instance)]
    return Markup('<div class="instance">{}</div>').format(Markup("\n").join(map(Markup, parts)))


def _grouped(count: int) -> str:
    """Thousands parted by thin spaces."""
    return f"{count:,}".replace(",", "\u202f")


def _remaining(details: dict[str, Any]) -> str:
    """Details without a place of their own on the page, as JSON."""
    rest = {key: value for key, value in details.items() if key not in _SHOWN}
    return json.dumps(rest, ensure_ascii=False, indent=1) if rest else ""


def _digits(value: float | None) -> str:
    """Enough digits to see where prediction and measurement part."""
    return "–" if value is None else f"{value:.10g}"


def _number(value: float | None) -> Markup:
    """Three digits and a power of ten."""
    return _raised(number_text(value))


def _raised(text: str) -> Markup:
    """A number with its power of ten raised; words as they are."""
    if not text[-1:].isdigit():
        return Markup.escape(text)
    mantissa, exponent, power = text.replace("-", "−").partition("e")
    sign, digits = power[:1].replace("+", ""), power[1:].lstrip("0")
    raised = Markup("·10<sup>{}{}</sup>").format(sign, digits) if exponent else Markup("")
    return Markup.escape(mantissa) + raised


_FILTERS: dict[str, Callable[..., Any]] = {
    "clauses": clauses,
    "cover": shortest_cover,
    "digits": _digits,
    "established": established,
    "grouped": _grouped,
    "instance": _instance,
    "margin": lambda evidence: _raised(margin_text(evidence)),
    "number": _number,
    "reason": reason,
    "refuted_controls": refuted_controls,
    "remaining": _remaining,
    "seconds": seconds_text,
    "standing": standing,
    "statement": _statement,
    "support": support,
    "tex": _tex,
}
