"""``certimin audit``: which assumptions of a theorem are needed."""

from __future__ import annotations

import json
from pathlib import Path

import click

from verify.commands.console import console, print_instance
from verify.errors import UsageError

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
    from verify.files import write_text
    from verify.registry import select
    from verify.search.audit import audit as findings_of

    theorem = select([theorem_id])[0]
    if not 0 < budget < float("inf"):
        raise UsageError(f"budget: expected a positive number of seconds, got {budget:g}")
    screen = console()
    findings = []
    for finding in findings_of(theorem, seconds=budget, seed=seed):
        findings.append(finding.to_json())
        screen.print(f"{finding.claim.id} without: {finding.dropped}", markup=False)
        screen.print(f"  {finding.verdict} ({finding.result.valid:,} instances)", markup=False)
        if finding.witness is not None:
            decision = finding.witness.decision
            screen.print(f"  lhs = {decision.lhs}, rhs = {decision.rhs}", markup=False)
            print_instance(finding.witness.instance, screen)
    if not findings:
        screen.print(f"{theorem.id} has no assumption that could be dropped or weakened")
    if json_path is not None:
        write_text(json_path, json.dumps(findings, indent=1) + "\n")
