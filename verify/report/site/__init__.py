"""The pages a referee reads: a front page and one for each theorem, from ``verify.json`` alone.

Pages have permanent addresses (``theorems/U1.html``, a claim ``theorems/U1.html#U1.lower``), fetch
nothing from elsewhere, and need no script to be read: one filters the front table, one lets the
keyboard move what is wider than its page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Executor
from contextlib import suppress
from functools import cache, partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from verify.evidence import KINDS, LEVELS, VERDICTS
from verify.pages import SECTIONS
from verify.report import instances
from verify.report.derivation import folded
from verify.report.site import graph, numbers, trained, words
from verify.report.site.meanings import KIND_MEANINGS, LEVEL_MEANINGS, VERDICT_MEANINGS
from verify.report.site.references import Citations
from verify.report.summary import (
    SYMBOLS,
    WORTHS,
    area,
    clauses,
    counts,
    established,
    holding,
    reason,
    refuted_controls,
    seconds_text,
    standing,
    tally,
    troubles,
    worth,
)

__all__ = ["environment", "render", "style"]

_FOLDER = Path(__file__).parent
_ASSETS = ("style.css", "filter.js", "scroll.js")
_SHARES = 8
"""Parts of the pages that processes draw at a time."""


def render(report: dict[str, Any], processes: Executor | None = None) -> dict[str, str]:
    """Return the text of each file by its path within the report's folder.

    ``processes`` draw the pages of theorems, which takes seconds; None: this one does.
    """
    texts = {
        "index.html": _template("front").render(_placed(_common(report), ""), **_front(report))
    }
    for pages in _spread(partial(_pages, report), processes):
        texts |= pages
    assets = {f"assets/{name}": (_FOLDER / name).read_text(encoding="utf-8") for name in _ASSETS}
    return texts | assets


def _spread(draw: Callable[[int], dict[str, str]], processes: Executor | None) -> Iterable[Any]:
    """Draw all shares, here if no process is left that would."""
    with suppress(BrokenExecutor):
        if processes is not None:
            return list(processes.map(draw, range(_SHARES)))
    return map(draw, range(_SHARES))


def _common(report: dict[str, Any]) -> dict[str, Any]:
    """What all templates know."""
    theorems = report["theorems"]
    return {"report": report, "used_by": _used_by(theorems), "citations": Citations(report)}


def _pages(report: dict[str, Any], share: int) -> dict[str, str]:
    """Draw the pages of one share of the theorems."""
    common, pages, count = _common(report), {}, len(report["theorems"])
    ends = (share * count // _SHARES, (share + 1) * count // _SHARES)
    for before, theorem, after in islice(_neighbours(report["theorems"]), *ends):
        placed = _placed(common, theorem["id"]) | {"before": before, "after": after}
        page = _template("theorem").render(placed, **_theorem(theorem))
        pages[f"theorems/{theorem['id']}.html"] = page
    return pages


def style() -> str:
    """Return the style sheet of the site, for a page that stands alone."""
    return (_FOLDER / "style.css").read_text(encoding="utf-8")


def _placed(common: dict[str, Any], page: str) -> dict[str, Any]:
    """What a template knows of the place of its page, "" for the front: names are links there."""
    names = words.Names(common["report"]["theorems"], page)
    return {
        **common,
        "root": "../" if page else "",
        "names": names,
        "links": words.Links(names),
    }


def _front(report: dict[str, Any]) -> dict[str, Any]:
    theorems = report["theorems"]
    names = words.Names(theorems)
    return {
        "theorems": theorems,
        "families": [(name, list(group)) for name, group in groupby(theorems, area)],
        "counts": counts(theorems),
        "questions": sum(t.get("status", "theorem") != "theorem" for t in theorems),
        "tally": tally(theorems),
        "troubles": [trouble for theorem in theorems for trouble in troubles(theorem)],
        "holding": holding(theorems),
        "graph": Markup(graph.svg(theorems, names.address)),
        "missing": [name for name in report.get("catalogue", ()) if name not in names],
    }


def _theorem(theorem: dict[str, Any]) -> dict[str, Any]:
    """What a theorem's page shows; records of older versions have no words of a page."""
    found = [(claim, e) for claim in theorem["claims"] for e in claim["evidence"]]
    words_of = theorem.get("page", {})
    return {
        "t": theorem,
        "page": {name: words_of.get(name, "") for name in SECTIONS},
        "settings": {c["setting"]: c.get("setting_description", "") for c in theorem["claims"]},
        "kernel": [(claim, e) for claim, e in found if e["details"].get("kernel")],
        "present": [kind for kind in KINDS if any(e["kind"] == kind for _, e in found)],
    }


def _neighbours(theorems: list[dict[str, Any]]) -> Iterable[tuple[Any, dict[str, Any], Any]]:
    return zip([None, *theorems], theorems, [*theorems[1:], None], strict=False)


def _used_by(theorems: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {t["id"]: [u["id"] for u in theorems if t["id"] in u["uses"]] for t in theorems}


def _template(name: str) -> Any:
    return environment().get_template(f"{name}.html.j2")


@cache
def environment(*folders: Path) -> Environment:
    """Return where templates are found, in other folders too, with the filters of the site."""
    environment = Environment(
        loader=FileSystemLoader([*folders, _FOLDER / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= _FILTERS
    environment.globals |= _GLOBALS
    return environment


def _instance(instance: dict[str, Any]) -> Markup:
    parts = [Markup(instances.markup(*part)) for part in instances.named(instance)]
    return Markup('<div class="instance">{}</div>').format(Markup("\n").join(parts))


_GLOBALS: dict[str, Any] = {
    "kind_meanings": KIND_MEANINGS,
    "kinds": KINDS,
    "level_meanings": LEVEL_MEANINGS,
    "levels": LEVELS,
    "symbols": SYMBOLS,
    "verdict_meanings": VERDICT_MEANINGS,
    "verdicts": VERDICTS[::-1],
    "worths": WORTHS,
}
_FILTERS: dict[str, Any] = {
    "area": area,
    "clauses": clauses,
    "digits": numbers.digits,
    "display": words.display,
    "established": established,
    "figure": trained.figure,
    "folded": folded,
    "grouped": numbers.grouped,
    "instance": _instance,
    "margin": numbers.margin,
    "number": numbers.short,
    "reason": reason,
    "refuted_controls": refuted_controls,
    "runs": trained.runs_of,
    "seconds": seconds_text,
    "standing": standing,
    "text": words.text,
    "worth": worth,
}
