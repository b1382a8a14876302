"""From outcomes to verdicts: statuses are computed from ancestors and evidence, never typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from verify.claims import Claim
from verify.derivation.chain import steps_of
from verify.derivation.record import lines, narrowest
from verify.derivation.steps import Condition, StepResult
from verify.evidence import PART, Evidence, Level, Verdict, strongest, weakest, worst
from verify.formal import record as formal
from verify.pages import page_of
from verify.registry import in_families
from verify.runs.tasks import Outcome, Task
from verify.runs.tasks import tasks as runner_tasks
from verify.theorem import Theorem, Training, Witness

__all__ = ["assemble", "outline", "overall"]

Results = Mapping[tuple[str, str], Outcome]


def assemble(
    chosen: Iterable[Theorem],
    listed: Iterable[Task],
    outcomes: Iterable[Outcome],
    *,
    proofs_checked: bool = False,
) -> list[dict[str, Any]]:
    """Return the ``theorems`` part of verify.json, ancestors first.

    A task without an outcome (the run was interrupted) makes its piece inconclusive.  Of formal
    proofs there is the record of the kernel, ``proofs_checked`` where it was just asked again.
    """
    done = {outcome.task: outcome for outcome in outcomes}
    by_theorem: dict[str, dict[tuple[str, str], Outcome]] = defaultdict(dict)
    for task in listed:
        outcome = done.get(task, _never_ran(task))
        by_theorem[task.theorem][task.stage, task.piece] = outcome
    records: dict[str, dict[str, Any]] = {}
    known: dict[str, Premise] = {}
    for theorem in chosen:
        record = _theorem(theorem, by_theorem[theorem.id], proofs_checked)
        ancestors = all(records[used]["verified"] for used in theorem.uses)
        is_theorem = theorem.status == "theorem"
        record["verified"] = is_theorem and record["verdict"] == "holds" and ancestors
        _set_levels(theorem, record, known)
        records[theorem.id] = record
    return in_families(records.values())


@dataclass(frozen=True)
class Premise:
    """What a claim is worth to those that are given it.

    ``listed`` says that it, or something that it is given, was seen at given sizes only.
    """

    level: Level | None
    listed: bool

    @property
    def words(self) -> str:
        """Return what keeps it from being derived for all sizes."""
        if self.level not in ("proved", "derived"):
            return f" ({self.level or 'does not hold'})"
        return " (at listed sizes)" if self.listed else ""


def _set_levels(theorem: Theorem, record: dict[str, Any], known: dict[str, Premise]) -> None:
    """Write the level of each claim and of the theorem: the weakest of what it states."""
    records = {claim["id"]: claim for claim in record["claims"]}
    own = {claim.id: claim for claim in theorem.claims}

    def settle(name: str) -> Premise:
        if name not in known and name in records:
            given = [premise.id for premise in own[name].given] if name in own else []
            known[name] = _worth(records[name], {premise: settle(premise) for premise in given})
        return known.get(name, Premise(None, listed=True))

    for name in records:
        settle(name)
    if theorem.status != "theorem":
        for claim in record["claims"]:
            claim |= {"level": None, "listed": False}
    stated = [claim for claim in record["claims"] if not claim["check"]]
    levels = [claim["level"] for claim in stated]
    record["level"] = weakest(levels) if record["verified"] and None not in levels else None
    record["listed"] = record["level"] == "derived" and any(claim["listed"] for claim in stated)


def _worth(claim: dict[str, Any], premises: Mapping[str, Premise]) -> Premise:
    """Write a claim's level and what its derivation is given; return what it is as a premise."""
    claim["level"] = _level(claim, [premise.level for premise in premises.values()])
    symbolic = [e for e in claim["evidence"] if e["kind"] == "symbolic"]
    rests = [f"{name}{premise.words}" for name, premise in premises.items()]
    rests += [lemma["name"] for lemma in claim["cited"]]
    for evidence in symbolic if rests else ():
        evidence["scope"] += f", given {', '.join(rests)}"
    listed = [e["details"]["listed"] for e in symbolic]
    listed += [premise.listed for premise in premises.values()]
    free = claim["level"] == "proved" or (symbolic and not any(listed))
    claim["listed"] = claim["level"] == "derived" and not free
    return Premise(claim["level"], not free)


_WORTH: Mapping[str, Level] = {
    "exact": "tested",
    "certified": "tested",
    "trained": "tested",
    "searched": "tested",
    "sampled": "sampled",
    "empirical": "empirical",
}
"""The level that evidence of a kind gives; a derivation's depends on its premises too."""


def _level(claim: Mapping[str, Any], premises: list[Level | None]) -> Level | None:
    """The strongest level that its evidence gives; None for what does not hold."""
    if claim["verdict"] != "holds":
        return None
    found: list[Level | None] = []
    for evidence in claim["evidence"]:
        if evidence["kind"] == "formal":
            found.append("proved")
        elif evidence["kind"] == "symbolic":
            own: Level = "derived in part" if evidence["details"]["part"] else "derived"
            known = [level for level in premises if level is not None]
            found.append(weakest([own, *known]) if len(known) == len(premises) else None)
        elif evidence["count"]:
            found.append(_WORTH[evidence["kind"]])
    return strongest(found)


_NEVER_RAN = "never ran"


def _never_ran(task: Task) -> Outcome:
    return Outcome(task, None, _NEVER_RAN, 0.0)


def outline(theorem: Theorem) -> dict[str, Any]:
    """Return the record of a theorem nothing has been run for: its statement and its parts."""
    parts = runner_tasks([theorem], 0, "full", "numpy")
    missing = {(task.stage, task.piece): _never_ran(task) for task in parts}
    record = _theorem(theorem, missing)
    for claim in record["claims"]:
        claim["evidence"] = [e for e in claim["evidence"] if e["kind"] == "formal"]
    return record


def _theorem(theorem: Theorem, results: Results, proofs_checked: bool = False) -> dict[str, Any]:
    proofs = {
        c.id: _derivation(c, results["derive", c.id])
        for c in theorem.claims
        if ("derive", c.id) in results
    }
    steps = [{"claim": name, **step} for name, proof in proofs.items() for step in proof["steps"]]
    claims = [_claim(theorem, claim, proofs.get(claim.id), results) for claim in theorem.claims]
    for claim, record in zip(theorem.claims, claims, strict=True):
        if claim.formal:
            found = formal.evidence(theorem, claim, again=proofs_checked)
            record["evidence"].insert(0, found.to_json())
            record["verdict"] = worst((record["verdict"], found.verdict))
    ran = [t for t in theorem.trainings if ("train", t.id) in results]
    claims += [_observation(t, results) for t in ran if not t.claims]
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
        "statement": r";\quad ".join(_clause(claim) for claim in theorem.claims if not claim.check),
        "normalisation": theorem.normalisation,
        "page": page_of(theorem.module),
        "status": theorem.status,
        "source": {"key": theorem.source.key, "where": theorem.source.where},
        "verdict": worst(verdicts),
        "verified": False,
        "level": None,
        "uses": list(theorem.uses),
        "cited": _cited(theorem.claims),
        "claims": claims,
        "controls": controls,
        "witnesses": witnesses,
        "derivation": steps,
    }


def _clause(claim: Claim) -> str:
    """One clause of a theorem's statement in LaTeX: quantifier, assumptions, relation, id."""
    conditions = r",\; ".join(a.latex for a in claim.assumptions)
    if claim.setting.exists:
        beside = rf",\; {conditions}" if conditions else ""
        told = rf"\text{{there are W in {claim.setting.name} with }} {claim.conclusion}{beside}"
    else:
        under = rf"\text{{ with }} {conditions}" if conditions else ""
        told = rf"\text{{for all W in {claim.setting.name}}}{under}:\; {claim.conclusion}"
    return rf"{told} \quad\text{{[{claim.id}]}}"


def _cited(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """The lemmas of others that claims rest on, each once."""
    return [
        {"name": lemma.name, "statement": lemma.statement, "source": asdict(lemma.source)}
        for lemma in dict.fromkeys(lemma for claim in claims for lemma in claim.cites)
    ]


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
    if outcome.error == _NEVER_RAN:
        with suppress(Exception):  # what it raises is told when it is run
            listed = steps_of(claim)
    unfinished = [
        StepResult(step, verdict, outcome.error, outcome.seconds)
        for step in listed or [Condition("derivation", False)]
    ]
    return {
        "steps": lines(unfinished), "scope": narrowest(unfinished), "listed": False,
        "complete": False, "void": "",
    }  # fmt: skip


def _claim(
    theorem: Theorem, claim: Claim, proof: dict[str, Any] | None, results: Results
) -> dict[str, Any]:
    evidence: list[dict[str, Any]] = []
    if proof:
        evidence.append(_symbolic(claim, proof).to_json())
    for stage, kind in (("decide", "exact"), ("search", "searched")):
        if (stage, claim.id) in results:
            evidence += _records(results[stage, claim.id], kind)
    for training in theorem.trainings:
        decided = claim.id in (decided.id for decided in training.claims)
        if decided and ("train", training.id) in results:
            evidence.append(_trained(claim.id, results["train", training.id]))
    return {
        "id": claim.id,
        "statement": claim.conclusion,
        "title": claim.title,
        "setting": claim.setting.name,
        "setting_description": claim.setting.description,
        "assumptions": [a.latex for a in claim.assumptions],
        "exists": claim.setting.exists,
        "check": claim.check,
        "level": None,
        "cited": _cited([claim]),
        "verdict": worst(e["verdict"] for e in evidence),
        "evidence": evidence,
    }


def _observation(training: Training, results: Results) -> dict[str, Any]:
    """A training that decides no claim of the theorem, as a claim of its own."""
    evidence = _trained(training.id, results["train", training.id])
    return {
        "id": training.id,
        "statement": r"\text{predicted} \approx \text{measured}",
        "title": training.title,
        "setting": "training",
        "assumptions": [],
        "exists": False,
        "check": True,
        "level": None,
        "cited": [],
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
    given = [premise.id for premise in claim.given]
    details: dict[str, Any] = {"part": part, "given": given, "listed": proof["listed"]}
    verdicts: list[Verdict] = [step["verdict"] for step in steps]
    if proof["void"]:
        verdicts.append("void")
        details["reason"] = f"it does not depend on the claim: {proof['void']}"
    return Evidence(
        "symbolic",
        worst(verdicts),
        f"{PART if part else ''}{proof['scope'] or 'no size occurs'}",
        sum(step["count"] for step in steps),
        None,
        sum(step["seconds"] for step in steps),
        details,
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
