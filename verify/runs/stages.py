"""The stages of verification: each takes a theorem and one piece of it, and returns a record.

A stage is a pure function of (theorem, seed, profile): it runs in any process, on any machine,
and gives the same record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from verify.claims import Claim, Decision, decide
from verify.derivation.chain import check_steps, ends_in, steps_of
from verify.derivation.dependence import fault
from verify.derivation.kept import Proofs
from verify.derivation.record import at_listed_sizes, lines, narrowest
from verify.derivation.steps import check
from verify.evidence import Evidence, Verdict, worst
from verify.runs.profiles import Profile
from verify.search.budget import Budget
from verify.search.pipeline import attack
from verify.search.record import Attack
from verify.sources import RandomSource
from verify.theorem import Necessity, Theorem, TrainedSolution, Training, Witness

__all__ = ["decide_instances", "derive", "refute", "search", "train", "witness"]

_CONTROL_BATCHES, _CONTROL_BATCH_SIZE, _CONTROL_EXAMPLES = 12, 1000, 300


def derive(claim: Claim, profile: Profile, proofs: Path | None = None) -> dict[str, Any]:
    """Return the lines of a claim's proof, its scope, and what it is worth.

    It is complete when its last fact is the claim, and void when it does not depend on the claim.
    ``proofs`` is the folder of identities proved before; without one all are proved afresh.
    """
    decide_step = check if proofs is None else Proofs(proofs).check
    claim = replace(claim, sizes=claim.sizes[: profile.sizes])
    steps = steps_of(claim)
    check_steps(claim, steps)
    results = [decide_step(step, seconds=profile.step_seconds) for step in steps]
    known = [result.step for result in results if result.verdict == "holds"]
    complete = ends_in(claim, steps, profile.step_seconds, known)
    holds = len(known) == len(results)
    return {
        "steps": lines(results),
        "scope": narrowest(results),
        "listed": at_listed_sizes(results),
        "complete": complete,
        "void": fault(claim) if holds and not complete else "",
    }


def decide_instances(theorem: Theorem, claim: Claim, seed: int, profile: Profile) -> list[Evidence]:
    """Decide the claim on known and on seeded random rational instances.

    Records are split by what the deciding numbers were worth: exact arithmetic or balls.
    """
    start = monotonic()
    random = Random(seed)
    decisions = [decide(claim, instance) for instance in theorem.hard_instances(claim)]
    deadline = start + profile.budget.seconds
    cut_short = False
    for _ in range(profile.instances):
        if monotonic() > deadline:
            cut_short = True
            break
        try:
            instance = claim.setting.build(RandomSource(random), claim.bounds)
        except ArithmeticError as error:
            decisions.append(Decision("invalid", "exact", reason=str(error)))
            continue
        decisions.append(decide(claim, instance))
    return _records(claim, decisions, monotonic() - start, cut_short)


def _records(
    claim: Claim, decisions: list[Decision], seconds: float, cut_short: bool
) -> list[Evidence]:
    valid = [d for d in decisions if d.outcome != "invalid"]
    groups: dict[str, list[Decision]] = defaultdict(list)
    for decision in valid:
        groups[decision.kind].append(decision)
    if not valid:
        return [Evidence("exact", "vacuous", str(claim.bounds), 0, None, seconds)]
    return [
        Evidence(
            kind,
            _verdict(group),
            str(claim.bounds),
            len(group),
            min(d.slack for d in group),
            seconds * len(group) / len(valid),
            _details(group, len(decisions) - len(valid)) | _clock(cut_short),
        )
        for kind, group in sorted(groups.items())
    ]


def _clock(cut_short: bool) -> dict[str, Any]:
    """What a record says where the clock ended it: it depends on the machine."""
    return {"cut_short": "the clock ended it before its count was used up"} if cut_short else {}


def _verdict(decisions: Sequence[Decision]) -> Verdict:
    if any(d.refutes for d in decisions):
        return "refuted"
    return "inconclusive" if any(d.open for d in decisions) else "holds"


def _details(decisions: list[Decision], invalid: int) -> dict[str, Any]:
    details: dict[str, Any] = {"invalid_instances": invalid}
    undecided = [d for d in decisions if d.open]
    if undecided:
        reason = undecided[0].reason or "violated, but only in floats"
        details |= {"undecided": len(undecided), "reason": reason}
    violated = [d for d in decisions if d.outcome == "violated"]
    if violated:
        details["violation"] = {"lhs": violated[0].lhs, "rhs": violated[0].rhs}
    return details


def search(
    theorem: Theorem, claim: Claim, seed: int, profile: Profile, backend: str
) -> list[Evidence]:
    """Attack the claim; a survivor gets ``searched`` and ``sampled`` records of what was tried."""
    start = monotonic()
    result = _attack(claim, seed, profile.budget, backend, theorem.hard_instances(claim))
    seconds = monotonic() - start
    floats, exhibits = (result.engines.get(engine, 0) for engine in ("floats", "known"))
    aimed = result.valid - floats
    met = result.valid > exhibits  # an author's own witnesses alone say little
    verdict: Verdict = "refuted" if result.found else "holds" if aimed and met else "vacuous"
    if result.undecided and verdict == "holds":
        verdict = "inconclusive"
    details: dict[str, Any] = {"engines": result.engines, "undecided": result.undecided}
    details |= _clock(result.cut_short)
    if result.found:
        details["counterexample"] = result.found.to_json()
    margin = None if result.worst_slack == inf else result.worst_slack
    scope = str(claim.bounds)
    records = [Evidence("searched", verdict, scope, aimed, margin, seconds, details)]
    if floats and not result.found:
        records.append(Evidence("sampled", "holds", scope, floats, margin))
    return records


def _attack(claim: Claim, seed: int, budget: Budget, backend: str, known: Iterable[Any]) -> Attack:
    """Attack a claim; an interrupt ends the run, which keeps its finished tasks."""
    result = attack(claim, seed=seed, budget=budget, backend=backend, known=known)
    if result.interrupted:
        raise KeyboardInterrupt
    return result


def refute(theorem: Theorem, control_id: str, seed: int, profile: Profile, backend: str) -> Any:
    """Return the record of a control: refuted with an exact witness, or survived.

    The budget has a floor of its own: the search ends at the first counterexample, so only a twin
    that is hard to tell costs more, and no profile is too small to find it.
    """
    start = monotonic()
    control = theorem.control(control_id)
    budget = replace(
        profile.budget,
        batches=max(profile.budget.batches, _CONTROL_BATCHES),
        batch_size=_CONTROL_BATCH_SIZE,
        examples=max(profile.budget.examples, _CONTROL_EXAMPLES),
    )
    result = _attack(control.claim, seed, budget, backend, control.known())
    return {
        "id": control.claim.id,
        "statement": control.claim.latex,
        "title": control.claim.title,
        "verdict": "refuted" if result.found else "survived",
        "witness": result.found.to_json() if result.found else None,
        "seconds": monotonic() - start,
        **_clock(result.cut_short),
    }


def witness(theorem: Theorem, item: Witness | Necessity) -> dict[str, Any]:
    """Check a witness of non-vacuity or of the necessity of an assumption."""
    start = monotonic()
    instance = item.instance()
    if isinstance(item, Witness):
        verdict, reason = _check_witness(theorem, item, instance)
        kind = "non-vacuity"
    else:
        verdict, reason = _check_necessity(theorem, item, instance)
        kind = "necessity"
    return {
        "id": item.id,
        "statement": item.statement,
        "kind": kind,
        "verdict": verdict,
        "reason": reason,
        "instance": instance.to_json(),
        "seconds": monotonic() - start,
    }


def _check_witness(theorem: Theorem, item: Witness, instance: Any) -> tuple[Verdict, str]:
    """A witness holds when its claim applies to it and holds there."""
    claim = theorem.claim(item.claim.id)
    failing = [a.id for a in claim.assumptions if a.decide(instance).outcome != "holds"]
    if failing:
        return "vacuous", f"the assumption {failing[0]} does not hold there"
    decision = decide(claim, instance)
    if decision.outcome == "invalid":
        return "vacuous", decision.reason or "the claim does not speak of it"
    verdict = _verdict([decision])
    return verdict, "" if verdict == "holds" else _told(decision)


def _check_necessity(theorem: Theorem, item: Necessity, instance: Any) -> tuple[Verdict, str]:
    """Only ``item.assumption`` may fail, and the claim without it must be violated."""
    claim = theorem.claim(item.claim.id)
    decisions = {a.id: a.decide(instance) for a in claim.assumptions}
    fails = decisions[item.assumption.id]
    if fails.outcome != "violated" or not fails.refutes:
        return "error", f"the assumption {item.assumption.id} is not seen to fail there"
    others = [n for n, d in decisions.items() if d.outcome != "holds" and n != item.assumption.id]
    if others:
        return "error", f"the assumption {others[0]} fails there too"
    decision = decide(replace(claim, assumptions=()), instance)
    if decision.refutes:
        return "holds", ""
    return "error", f"the claim is not violated there: {_told(decision) or decision.outcome}"


def _told(decision: Decision) -> str:
    """Both sides where they were measured, or why not; nothing of a decision that just holds."""
    if decision.reason:
        return decision.reason
    return f"left side {decision.lhs}, right side {decision.rhs}" if decision.lhs else ""


def train(theorem: Theorem, training_id: str, seed: int, profile: Profile) -> dict[str, Evidence]:
    """Return evidence by claim id: the named claims decided at every trained solution.

    A training that names no claim gives one record under its own id.
    """
    training = next(t for t in theorem.trainings if t.id == training_id)
    start = monotonic()
    solutions = list(training.run(seed, profile.trainings))
    claims = [theorem.claim(claim.id) for claim in training.claims]
    decisions = {
        claim.id: [
            decide(claim, solution.instance, exact_first=False)
            for solution in solutions
            if solution.instance is not None
        ]
        for claim in claims
    }
    seconds = (monotonic() - start) / max(1, len(claims))
    if not claims:
        return {training.id: _trained_record(training, profile.trainings, solutions, [], seconds)}
    return {
        claim_id: _trained_record(training, profile.trainings, solutions, decided, seconds)
        for claim_id, decided in decisions.items()
    }


def _trained_record(
    training: Training,
    asked: int,
    solutions: list[TrainedSolution],
    decisions: list[Decision],
    seconds: float,
) -> Evidence:
    """Measurements and decisions together: the worst of both; runs that ended early are counted."""
    valid = [d for d in decisions if d.outcome != "invalid"]
    measured = [m for solution in solutions for m in solution.measurements]
    verdicts: list[Verdict] = [_verdict([d]) for d in valid]
    verdicts += [m.verdict for m in measured if m.allowed < inf or m.verdict != "holds"]
    exact = all(solution.instance is not None for solution in solutions)
    short = "" if len(solutions) >= asked else f"; {len(solutions)} of {asked} runs converged"
    if len(valid) < len(decisions):
        short += f"; the claim speaks of {len(valid)} of {len(decisions)}"
    return Evidence(
        "trained" if exact else "empirical",
        worst([*verdicts, "vacuous"] if training.claims and not valid else verdicts),
        training.title + short,
        len(solutions),
        min((d.slack for d in valid), default=None),
        seconds,
        {
            "asked": asked,
            "solutions": len(solutions),
            "runs": [row for solution in solutions for row in _rows(solution)],
        },
    )


def _rows(solution: TrainedSolution) -> list[dict[str, Any]]:
    distance = None if solution.distance is None else float(solution.distance)
    return [
        {
            "label": f"{solution.label}: {m.label}",
            "predicted": m.predicted,
            "measured": m.measured,
            "relation": m.relation,
            "difference": m.difference,
            "allowed": m.allowed,
            "verdict": m.verdict,
            "distance": distance,
        }
        for m in solution.measurements
    ]
