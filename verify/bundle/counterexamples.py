"""Certificates of a bundle: those that a search left, and those of the controls of a record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from verify.certificates.folder import load, write
from verify.claims import MISFITS, Claim, Decision, decide
from verify.errors import UsageError
from verify.expression import tree
from verify.theorem import Theorem

__all__ = ["of_controls", "of_searches"]


@dataclass(frozen=True)
class _Found:
    """A counterexample as a record tells it, decided again."""

    instance: Any
    decision: Decision
    found_by: str


def of_searches(theorem: Theorem, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of the files of certificates that refute a claim or a control.

    Raises
    ------
    UsageError
        A certificate in the folder cannot be read, or was changed.
    """
    claims = (*theorem.claims, *(control.claim for control in theorem.controls))
    known = [_written(claim) for claim in claims]
    for path in sorted(folder.glob("*/certificate.json")):
        claim = load(path).data["claim"]
        if [claim["setting"], claim["relation"], claim["conditions"]] in known:
            yield from _files(path.parent, path.parent.name)


def of_controls(theorem: Theorem, report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and text of certificates for the counterexamples to controls in a report.

    A control is left out where its counterexample cannot be rebuilt here, or where check.py does
    not know what it is about: its numbers are in the report.
    """
    record = next(each for each in report["theorems"] if each["id"] == theorem.id)
    claims = {control.claim.id: control.claim for control in theorem.controls}
    for control in record["controls"]:
        found = _again(claims.get(control["id"]), control["witness"])
        if found is not None:
            yield from _certified(found, claims[control["id"]], report)


def _again(claim: Claim | None, witness: Mapping[str, Any] | None) -> _Found | None:
    """The counterexample of a record, None if it is none any more."""
    if claim is None or witness is None or claim.setting.load is None or not _written(claim):
        return None
    try:
        instance = claim.setting.load(witness["instance"])
        decision = decide(claim, instance)
    except (ArithmeticError, *MISFITS):  # it is of another version
        return None
    return _Found(instance, decision, witness["found_by"]) if decision.refutes else None


def _certified(found: _Found, claim: Claim, report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The certificate of a counterexample, by the id of the control."""
    environment = report["environment"]
    how = {"command": environment["command"], "seed": report["seed"], "environment": environment}
    with TemporaryDirectory() as place:
        certificate = write(found, claim, Path(place), name=claim.id, **how)
        if certificate.confirmed:
            yield from _files(certificate.folder, claim.id)


def _files(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.iterdir()):
        if path.is_file():
            yield f"certificates/{name}/{path.name}", path.read_text(encoding="utf-8")


def _written(claim: Claim) -> list[Any]:
    """Setting, relation and conditions as certificates write them; nothing for what has no tree."""
    try:
        trees = [tree(claim.expanded), [tree(condition) for condition in claim.conditions]]
    except UsageError:
        return []
    return [claim.setting.name, *json.loads(json.dumps(trees))]
