"""``certimin cite``: what to cite for a theorem."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from verify.references import Entry

__all__ = ["cite", "ourselves"]

_OURS, _KEY = "theorems", "certimin2026"
"""The package whose bibliography has an entry of certimin itself, and the key of that entry."""


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--plain", is_flag=True, help="a line for each work, instead of BibTeX")
def cite(ids: tuple[str, ...], plain: bool) -> None:
    """Print what to cite for theorems: their sources, and certimin with its version."""
    from verify import references
    from verify.registry import select

    found: dict[str, Entry] = {}
    for theorem in select(ids):
        keys = references.keys(theorem)
        if theorem.source.key not in keys:
            click.echo(f"certimin: no entry for {theorem.source.key} of {theorem.id}", err=True)
        known = references.entries(theorem.module.partition(".")[0])
        found |= {key: known[key] for key in keys}
    found.pop(_KEY, None)
    works = [*found.values(), ourselves()]
    if plain:
        texts = [" ".join((work.citation, *work.links.values())) for work in works]
    else:
        texts = [f"{work.bibtex}\n" for work in works]
    click.echo("\n".join(texts).rstrip("\n"))


def ourselves() -> Entry:
    """Return certimin itself: its entry in our bibliography, with the version installed."""
    from verify.references import entries, parse

    opened, _, fields = entries(_OURS)[_KEY].bibtex.partition("\n")
    line = f"  howpublished = {{Version {version('certimin')}}},"
    return parse(f"{opened}\n{line}\n{fields}")[_KEY]
