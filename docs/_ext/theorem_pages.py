"""A page for each theorem: the docstring of its module, its claims and its false twins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from generated import write
from sphinx import addnodes
from sphinx.application import Sphinx

from verify import references
from verify.claims import Claim
from verify.pages import page_of
from verify.registry import theorems
from verify.report.mathematics import pieces, texed
from verify.report.prose import Block, Display, Item, blocks, coded
from verify.theorem import Theorem

_FOLDER = "theorems"
_WRITTEN = ("Statement", "Assumptions", "Proof", "Sharpness", "Notation", "Implementation notes",
            "References")  # fmt: skip
"""In the order a reader asks for them: the statement, the proof, then what the words mean."""
_STATUS = {
    "theorem": "A theorem.",
    "conjecture": "A conjecture: nothing here proves it.",
    "open": "An open question: nothing here is claimed.",
}
_ID = re.compile(r"\b[A-Z]\d+p?\b")
_PROOFS = Path(__file__).parents[2] / "theorems" / "proofs" / "statements"


class TheoremPage(Directive):
    """``{theorem} U1``: all of the page below its title."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the page."""
        return list(_page(theorems()[self.arguments[0]]))


def _page(theorem: Theorem) -> Iterator[nodes.Node]:
    page = page_of(theorem.module)
    yield _paragraph(f"{_STATUS[theorem.status]} Source: {_source(theorem)}.")
    yield _paragraph(f"Normalisation: {theorem.normalisation}.")
    for name in _WRITTEN:
        if text := page.get(name):
            more = [_works(theorem)] if name == "References" else []
            yield _section(name, [*map(_block, blocks(text)), *more])
    stated = [claim for claim in theorem.claims if not claim.check]
    checks = [claim for claim in theorem.claims if claim.check]
    twins = [control.claim for control in theorem.controls]
    yield _section("Claims", [_claims(stated)])
    if checks:
        said = "They can only fail the theorem; the statement is without them."
        yield _section("Checks", [_paragraph(said), _claims(checks)])
    if twins:
        said = "Each is false, and must be refuted in the run that tests the theorem."
        yield _section("False twins", [_paragraph(said), _claims(twins)])
    if any(claim.formal for claim in theorem.claims):
        yield _section("Formal statements", _formal(theorem))
    yield _section("Around it", _around(theorem))


def _works(theorem: Theorem) -> nodes.bullet_list:
    """What is cited, in full, with its links."""
    found = nodes.bullet_list()
    known = references.entries(theorem.module.partition(".")[0])
    for key in references.keys(theorem):
        line = nodes.paragraph(
            "", "", nodes.literal("", key), nodes.Text(f" {known[key].citation}")
        )
        for name, address in known[key].links.items():
            line += [nodes.Text(" "), nodes.reference("", name, refuri=address)]
        found += nodes.list_item("", line)
    return found


def _source(theorem: Theorem) -> str:
    return f"{theorem.source.key}, {theorem.source.where}"


def _section(title: str, content: Iterable[nodes.Node]) -> nodes.section:
    found = nodes.section("", nodes.title(title, title), *content)
    name = nodes.make_id(title)
    found["ids"], found["names"] = [name], [name]
    return found


def _block(block: Block) -> nodes.Node:
    if isinstance(block, Display):
        return _display(block)
    if isinstance(block, Item):
        term = nodes.term("", "", nodes.literal("", block.term))
        body = nodes.definition("", _paragraph(block.text))
        return nodes.definition_list("", nodes.definition_list_item("", term, body))
    return _paragraph(block.text)


def _display(block: Display) -> nodes.Node:
    """A formula, or words, on a line of their own, with the claims that say it."""
    body = _paragraph(block.text) if "$" in block.text else _formula(texed(block.text))
    found = nodes.container("", body, classes=["displayed"])
    if block.claims:
        named = ", ".join(block.claims)
        found += nodes.paragraph("", f"[{named}]", classes=["named"])
    return found


def _formula(tex: str) -> nodes.math_block:
    return nodes.math_block(tex, tex, nowrap=False, label=None, number=None)


def _paragraph(text: str) -> nodes.paragraph:
    found = nodes.paragraph()
    for formula, piece in pieces(text):
        found += [nodes.math("", texed(piece))] if formula else _words(piece)
    return found


def _words(text: str) -> list[nodes.Node]:
    """Words with code between double backquotes, and theorems linked."""
    found: list[nodes.Node] = []
    for is_code, piece in coded(text):
        found += [nodes.literal("", piece)] if is_code else _linked(piece)
    return found


def _linked(text: str) -> list[nodes.Node]:
    found: list[nodes.Node] = []
    end = 0
    for match in _ID.finditer(text):
        if match[0] in theorems():
            found += [nodes.Text(text[end : match.start()]), _link(match[0])]
            end = match.end()
    return [*found, nodes.Text(text[end:])]


def _link(id: str) -> nodes.Node:
    options = {"refdomain": "std", "reftype": "doc", "refexplicit": True, "refwarn": True}
    return addnodes.pending_xref(
        "", nodes.inline("", id), reftarget=f"/{_FOLDER}/{id}", **options
    )  # fmt: skip


def _claims(claims: Iterable[Claim]) -> nodes.definition_list:
    found = nodes.definition_list()
    for claim in claims:
        term = nodes.term("", "", nodes.literal("", claim.id), *_paragraph(f" {claim.title}"))
        scope = f"Over {claim.setting.name}: {claim.setting.description}; tried at {claim.bounds}."
        body = [_formula(claim.conclusion), _paragraph(scope)]
        if claim.assumptions:
            body.append(_assumptions(claim))
        found += nodes.definition_list_item("", term, nodes.definition("", *body))
    return found


def _assumptions(claim: Claim) -> nodes.paragraph:
    found = nodes.paragraph("", "Assuming ")
    for index, assumption in enumerate(claim.assumptions):
        found += nodes.Text("; " if index else "")
        found += [
            nodes.literal("", assumption.id),
            nodes.Text(" "),
            nodes.math("", assumption.latex),
        ]
    found += nodes.Text(".")
    return found


def _formal(theorem: Theorem) -> Iterator[nodes.Node]:
    named = ", ".join(claim.id for claim in theorem.claims if claim.formal)
    yield _paragraph(f"What the kernel of Coq has checked, for {named}.")
    path = _PROOFS / f"{theorem.module.rpartition('.')[2]}.v"
    text = path.read_text(encoding="utf-8")
    yield nodes.literal_block(text, text, language="coq")


def _around(theorem: Theorem) -> Iterator[nodes.Node]:
    users = [other.id for other in theorems().values() if theorem.id in other.uses]
    for word, ids in (("Builds on", theorem.uses), ("Used by", users)):
        if ids:
            yield _paragraph(f"{word} {', '.join(ids)}.")
    yield _paragraph(f"Module ``{theorem.module}``.")
    command = f"$ certimin verify {theorem.id} --out reports-{theorem.id}"
    yield nodes.literal_block(command, command, language="console")


def _write(app: Sphinx) -> None:
    ours = [theorem for theorem in theorems().values() if theorem.module.startswith("theorems.")]
    pages = {t.id: f"# {t.id}: {t.title}\n\n```{{theorem}} {t.id}\n```" for t in ours}
    write(Path(app.srcdir, _FOLDER), pages)


def _link_rows(app: Sphinx, name: str, source: list[str]) -> None:
    """The ids in the table of theorems lead to their pages, which follow it in its order."""
    if name == _FOLDER:
        rows = re.compile(r"^\| ([A-Z]\d+p?) \|", re.MULTILINE)
        listed = "\n".join(f"{id} <{_FOLDER}/{id}>" for id in rows.findall(source[0]))
        source[0] = rows.sub(rf"| [\1]({_FOLDER}/\1.md) |", source[0])
        source[0] += f"\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n"


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages before sources are looked for."""
    app.add_directive("theorem", TheoremPage)
    app.connect("builder-inited", _write)
    app.connect("source-read", _link_rows)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
