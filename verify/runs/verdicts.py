"""From outcomes to verdicts: statuses are computed from ancestors and evidence, never typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from verify.claims import Claim
from verify.derivation.record import lines
from verify.derivation.steps import Condition, StepResult
from verify.evidence import PART, Evidence, Verdict, worst
from verify.registry import in_families
from verify.runs.tasks import Outcome, Task
from verify.runs.tasks import tasks as runner_tasks
from verify.theorem import Theorem, Training, Witness

__all__ = ["assemble", "outline", "overall"]

Results = Mapping[tuple[str, str], Outcome]


def assemble(
    chosen: Iterable[Theorem], listed: Iterable[Task], outcomes: Iterable[Outcome]
) -> list[dict[str, Any]]:
    """Return the ``theorems`` part of verify.json, ancestors first.

    A task without an outcome (the run was interrupted) makes its piece inconclusive.
    """
    done = {outcome.task: outcome for outcome in outcomes}
    by_theorem: dict[str, dict[tuple[str, str], Outcome]] = defaultdict(dict)
    for task in listed:
        outcome = done.get(task, _never_ran(task))
        by_theorem[task.theorem][task.stage, task.piece] = outcome
    records: dict[str, dict[str, Any]] = {}
    for theorem in chosen:
        record = _theorem(theorem, by_theorem[theorem.id])
        ancestors = all(records[used]["verified"] for used in theorem.uses)
        is_theorem = theorem.status == "theorem"
        record["verified"] = is_theorem and record["verdict"] == "holds" and ancestors
        records[theorem.id] = record
    return in_families(records.values())


_NEVER_RAN = "never ran"


def _never_ran(task: Task) -> Outcome:
    return Outcome(task, None, _NEVER_RAN, 0.0)


def outline(theorem: Theorem) -> dict[str, Any]:
    """Return the record of a theorem nothing has been run for: its statement and its parts."""
    parts = runner_tasks([theorem], 0, "quick", "numpy")
    missing = {(task.stage, task.piece): _never_ran(task) for task in parts}
    record = _theorem(theorem, missing)
    for claim in record["claims"]:
        claim["evidence"] = []
    return record


def _theorem(theorem: Theorem, results: Results) -> dict[str, Any]:
    proofs = {c.id: _derivation(c, results["derive", c.id]) for c in theorem.claims if c.proof}
    steps = [{"claim": name, **step} for name, proof in proofs.items() for step in proof["steps"]]
    claims = [_claim(theorem, claim, proofs.get(claim.id), results) for claim in theorem.claims]
    claims += [_observation(t, results) for t in theorem.trainings if not t.claims]
    controls = [_control(c.claim, results["refute", c.claim.id]) for c in theorem.controls]
    witnesses = [
        _witness(theorem, i, results["witness", str(i)]) for i in range(len(theorem.exhibits))
    ]
    verdicts: list[Verdict] = [part["verdict"] for part in (*claims, *steps, *witnesses)]
    verdicts += [_control_verdict(control["verdict"]) for control in controls]
    if not any(w["kind"] == "non-vacuity" for w in witnesses):
        verdicts.append("vacuous")
    return {
        "id": theorem.id,
        "title": theorem.title,
        "module": theorem.module,
        "statement": theorem.statement,
        "normalisation": theorem.normalisation,
        "status": theorem.status,
        "source": {"key": theorem.source.key, "where": theorem.source.where},
        "verdict": worst(verdicts),
        "verified": False,
        "uses": list(theorem.uses),
        "claims": claims,
        "controls": controls,
        "witnesses": witnesses,
        "derivation": steps,
    }


def _control_verdict(verdict: str) -> Verdict:
    """A control must be refuted; one that survives means the check cannot fail: an error."""
    verdicts: dict[str, Verdict] = {"refuted": "holds", "inconclusive": "inconclusive"}
    return verdicts.get(verdict, "error")


def _failure(outcome: Outcome) -> Verdict:
    return "inconclusive" if outcome.error == _NEVER_RAN else "error"


def _derivation(claim: Claim, outcome: Outcome) -> dict[str, Any]:
    """The proof as it was decided, or, when it never ran, as it stands to be."""
    if outcome.error is None:
        return dict(outcome.result)
    verdict, listed = _failure(outcome), list[Any]()
    if outcome.error == _NEVER_RAN and claim.proof:
        with suppress(Exception):  # what it raises is told when it is run
            listed = claim.proof()
    unfinished = [
        StepResult(step, verdict, outcome.error, outcome.seconds)
        for step in listed or [Condition("derivation", False)]
    ]
    return {"steps": lines(unfinished), "complete": False}


def _claim(
    theorem: Theorem, claim: Claim, proof: dict[str, Any] | None, results: Results
) -> dict[str, Any]:
    evidence: list[dict[str, Any]] = []
    if proof:
        evidence.append(_symbolic(claim, proof).to_json())
    for stage in ("decide", "search"):
        evidence += _records(results[stage, claim.id], "exact" if stage == "decide" else "searched")
    for training in theorem.trainings:
        if claim.id in (decided.id for decided in training.claims):
            evidence.append(_trained(claim.id, results["train", training.id]))
    return {
        "id": claim.id,
        "statement": claim.conclusion,
        "title": claim.title,
        "setting": claim.setting.name,
        "assumptions": [a.latex for a in claim.assumptions],
        "verdict": worst(e["verdict"] for e in evidence),
        "evidence": evidence,
    }


def _observation(training: Training, results: Results) -> dict[str, Any]:
    """A training that decides no claim of the theorem, as a claim of its own."""
    evidence = _trained(training.id, results["train", training.id])
    return {
        "id": training.id,
        "statement": training.title,
        "title": "predicted against measured",
        "setting": "training",
        "assumptions": [],
        "verdict": evidence["verdict"],
        "evidence": [evidence],
    }


def _trained(claim_id: str, outcome: Outcome) -> dict[str, Any]:
    if outcome.error is not None:
        return _records(outcome, "trained")[0]
    record: dict[str, Any] = outcome.result[claim_id]
    return record


def _symbolic(claim: Claim, proof: dict[str, Any]) -> Evidence:
    """The proof as evidence: until its last fact is the claim, it is a part of one."""
    steps, part = proof["steps"], not proof["complete"]
    told = (part for step in steps for part in step["scope"].split("; ") if part)
    scopes = list(dict.fromkeys(told))
    # a chain of steps proves no more than its narrowest ones: "all L" yields to "L = 2..5"
    narrow = [s for s in scopes if not s.startswith("all") or " = " in s] or scopes
    given = [premise.id for premise in claim.given]
    words = (
        f"{'; '.join(narrow) or 'no size occurs'}{', given ' if given else ''}{', '.join(given)}"
    )
    return Evidence(
        "symbolic",
        worst(step["verdict"] for step in steps),
        f"{PART if part else ''}{words}",
        sum(step["count"] for step in steps),
        None,
        sum(step["seconds"] for step in steps),
        {"part": part, "given": given},
    )


def _records(outcome: Outcome, kind: str) -> list[dict[str, Any]]:
    if outcome.error is None:
        return list(outcome.result)
    details = {"error": outcome.error}
    return [Evidence(kind, _failure(outcome), "", 0, None, outcome.seconds, details).to_json()]


def _control(claim: Claim, outcome: Outcome) -> dict[str, Any]:
    if outcome.error is None:
        return dict(outcome.result)
    return {
        "id": claim.id,
        "statement": claim.latex,
        "title": claim.title,
        "verdict": _failure(outcome),
        "witness": None,
        "error": outcome.error,
        "seconds": outcome.seconds,
    }


def _witness(theorem: Theorem, index: int, outcome: Outcome) -> dict[str, Any]:
    if outcome.error is None:
        return dict(outcome.result)
    item = theorem.exhibits[index]
    return {
        "id": item.id,
        "statement": item.statement,
        "kind": "non-vacuity" if isinstance(item, Witness) else "necessity",
        "verdict": _failure(outcome),
        "reason": outcome.error,
        "instance": {},
        "seconds": outcome.seconds,
    }


def overall(records: Iterable[Mapping[str, Any]]) -> Verdict:
    """Return the worst verdict of all theorems."""
    return worst(record["verdict"] for record in records)
