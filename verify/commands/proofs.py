"""``certimin proofs``: let the kernel check the formal proofs, and record what it says."""

from __future__ import annotations

from collections import defaultdict
from time import monotonic
from typing import TYPE_CHECKING

import click

from verify.errors import CertiminError
from verify.files import write_text

if TYPE_CHECKING:
    from verify.formal.sources import Sources
    from verify.theorem import Theorem

__all__ = ["proofs"]


@click.command()
@click.option("--check", is_flag=True, help="write nothing; fail if a record would change")
def proofs(check: bool) -> None:
    """Let the kernel check all formal proofs and record what it says beside them."""
    from verify.formal import record as records
    from verify.formal.kernel import ask, needs_coq

    needs_coq()
    for sources, theorems in _by_folder().values():
        start = monotonic()
        made = ask(sources, theorems, _told)
        axioms = sorted({axiom for entry in made.claims.values() for axiom in entry.axioms})
        click.echo(
            f"{made.kernel}: {len(made.claims)} claims proved, {len(made.twins)} false twins "
            f"refuted, axioms: {', '.join(axioms) or 'none'}; {monotonic() - start:.0f} s"
        )
        path = sources.folder / records.NAME
        if not check:
            write_text(path, made.text())
        elif not path.is_file() or path.read_text(encoding="utf-8") != made.text():
            raise CertiminError(f"{path} is not what the kernel says now: run `certimin proofs`")


def _told(name: str, seconds: float) -> None:
    click.echo(f"  {name} {seconds:.1f} s")


def _by_folder() -> dict[str, tuple[Sources, list[Theorem]]]:
    """The theorems by the folder that holds their proofs."""
    from verify.formal.sources import beside
    from verify.registry import theorems

    found: dict[str, tuple[Sources, list[Theorem]]] = {}
    listed: dict[str, list[Theorem]] = defaultdict(list)
    for theorem in theorems().values():
        sources = beside(theorem.module)
        if sources is not None:
            key = str(sources.folder)
            listed[key].append(theorem)
            found[key] = (sources, listed[key])
    return found
