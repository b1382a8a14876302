"""``certimin audit``: which assumptions of a theorem are needed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.commands.console import console, print_instance
from verify.errors import Interrupted, UsageError
from verify.files import expect_writable, write_text

if TYPE_CHECKING:
    from rich.console import Console

    from verify.search.audit import Finding

__all__ = ["audit"]


@click.command()
@click.argument("theorem_id", metavar="ID")
@click.option("--budget", type=float, default=10.0, show_default=True, help="seconds for each")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path), help="write the findings here"
)
def audit(theorem_id: str, budget: float, seed: int, json_path: Path | None) -> None:
    """Drop each assumption of a theorem in turn and try to break what is left."""
    from verify.registry import select
    from verify.search.audit import audit as findings_of

    theorem = select([theorem_id])[0]
    if not 0 < budget < float("inf"):
        raise UsageError(f"budget: expected a positive number of seconds, got {budget:g}")
    if json_path is not None:
        expect_writable("--json", json_path)
    screen, found, interrupted = console(), [], False
    try:
        for finding in _finished(findings_of(theorem, seconds=budget, seed=seed)):
            found.append(finding.to_json())
            _show(finding, screen)
    except KeyboardInterrupt:
        interrupted = True
    if not found and not interrupted:
        click.echo(f"{theorem.id} has no assumption that could be dropped or weakened")
    if json_path is not None:
        write_text(json_path, json.dumps(found, indent=1) + "\n")
    if interrupted:
        raise Interrupted(f"interrupted: complete findings: {len(found)}; the rest is left out")


def _finished(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what was tried to its end; an attack cut short that broke nothing says nothing."""
    for finding in findings:
        if finding.witness is not None or not finding.result.interrupted:
            yield finding
        if finding.result.interrupted:
            raise KeyboardInterrupt


def _show(finding: Finding, screen: Console) -> None:
    from verify.report.characters import formula

    screen.print(f"{finding.claim.id} without: {formula(finding.dropped)}")
    screen.print(f"  {finding.verdict} ({finding.result.valid:,} instances)")
    if finding.witness is not None:
        decision = finding.witness.decision
        screen.print(f"  lhs = {decision.lhs}, rhs = {decision.rhs}")
        print_instance(finding.witness.instance, screen)
