"""``certimin proofs``: let the kernel check the formal proofs, and record what it says."""

from __future__ import annotations

import sys
from collections import Counter
from time import monotonic

import click

from verify.files import write_text

__all__ = ["proofs"]


@click.command()
@click.option("--check", is_flag=True, help="write nothing; fail if a record would change")
@click.option("--mutants", type=click.IntRange(min=1), help="alter so many statements instead")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
def proofs(check: bool, mutants: int | None, seed: int) -> None:
    """Let the kernel check all formal proofs and record what it says beside them."""
    from verify.formal import kernel
    from verify.formal.record import NAME

    kernel.needs_coq()
    if mutants is not None:
        _alter(mutants, seed)
        return
    for sources, theorems in kernel.folders():
        start = monotonic()
        made = kernel.ask(sources, theorems, _told)
        axioms = sorted({axiom for entry in made.claims.values() for axiom in entry.axioms})
        click.echo(
            f"{made.kernel}: {len(made.claims)} claims proved, {len(made.twins)} false twins "
            f"refuted, axioms: {', '.join(axioms) or 'none'}; {monotonic() - start:.0f} s"
        )
        if check:
            kernel.expect_kept(made, sources)
        else:
            write_text(sources.folder / NAME, made.text())


def _told(name: str, seconds: float) -> None:
    click.echo(f"  {name} {seconds:.1f} s")


def _alter(count: int, seed: int) -> None:
    """Say what becomes of altered statements; exit with 1 where one is proved for no known reason.

    A reason in ``mutants.toml`` explains it; a reason that is not needed counts as none known.
    """
    from verify.formal.kernel import folders
    from verify.formal.trials import KILLED, outcomes, reasons, verdict

    found: Counter[str] = Counter()
    for sources, theorems in folders():
        known = reasons(sources)
        for mutant, outcome in outcomes(sources, theorems, count, seed):
            reason = known.get((mutant.module, mutant.name, mutant.change), "")
            judged = verdict(outcome, reason)
            found.update((outcome, judged))
            line = f"  {mutant.module}.{mutant.name}, {mutant.change}: {outcome}"
            click.echo(line if judged == "killed" else f"{line}; {judged}{reason and ': '}{reason}")
    killed = ", ".join(f"{found[outcome]} {outcome}" for outcome in KILLED)
    parts = [f"{found[each]} {each}" for each in ("explained", "malformed", "unexplained")]
    click.echo(f"{found['killed']} killed ({killed}), {', '.join(parts)}")
    if found["unexplained"]:
        sys.exit(1)
