"""``certimin proofs``: let the kernel check the formal proofs, and record what it says."""

from __future__ import annotations

from time import monotonic

import click

from verify.errors import CertiminError
from verify.files import write_text

__all__ = ["proofs"]


@click.command()
@click.option("--check", is_flag=True, help="write nothing; fail if a record would change")
def proofs(check: bool) -> None:
    """Let the kernel check all formal proofs and record what it says beside them."""
    from verify.formal import kernel
    from verify.formal.record import NAME

    kernel.needs_coq()
    for sources in kernel.folders():
        start, path = monotonic(), sources.folder / NAME
        made = kernel.ask(sources, kernel.theorems_of(sources.folder), _told)
        axioms = sorted({axiom for entry in made.claims.values() for axiom in entry.axioms})
        click.echo(
            f"{made.kernel}: {len(made.claims)} claims proved, {len(made.twins)} false twins "
            f"refuted, axioms: {', '.join(axioms) or 'none'}; {monotonic() - start:.0f} s"
        )
        if not check:
            write_text(path, made.text())
        elif not made.is_kept_in(sources.folder):
            raise CertiminError(kernel.STALE.format(path))


def _told(name: str, seconds: float) -> None:
    click.echo(f"  {name} {seconds:.1f} s")
