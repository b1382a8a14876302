"""A judgement: the exact score of a candidate, or why it has none.

Everything here is deterministic and runs nothing that it is given; the limits of time and memory
are those of the process around it (:mod:`verify.judging.worker`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verify.claims import Claim, decide
from verify.errors import CertiminError, UsageError, naming
from verify.judging import candidate as candidates
from verify.judging.document import expect_keys, read, whole
from verify.judging.score import (
    Enclosed,
    Undecided,
    gap,
    margin,
    never_flatters,
    sides,
    signed,
)
from verify.judging.task import Task, task
from verify.judging.verdicts import SCHEMA, invalid, undecided

__all__ = ["judged"]


def judged(content: bytes) -> dict[str, Any]:
    """Return the judgement of a document: a task and a candidate, as JSON.

    It has ``verdict``: "scored", "invalid" or "undecided"; the rest is told by
    ``judge.schema.json``.
    """
    try:
        document = expect_keys(read(content), "file", ("task", "candidate"), ("schema",))
        whole(document.get("schema", Fraction(SCHEMA)), "schema", SCHEMA, SCHEMA)
        asked = task(document["task"])
        found = _judge(asked, document["candidate"])
    except UsageError as error:
        return invalid(str(error))
    except (Undecided, CertiminError) as error:
        return undecided(str(error))
    return found if "verdict" in found else _scored(asked, found)


def _scored(asked: Task, found: dict[str, Any]) -> dict[str, Any]:
    score: Enclosed = found.pop("score")
    flat = {key: x.to_json() if isinstance(x, Enclosed) else x for key, x in found.items()}
    return {
        "schema": SCHEMA,
        "verdict": "scored",
        "valid": True,
        "score": score.to_json(),
        "float": never_flatters(score, larger_is_better=asked.larger_is_better),
        "better": "larger" if asked.larger_is_better else "smaller",
        "worth": score.worth,
        **flat,
        "task": asked.to_json(),
    }


def _judge(asked: Task, written: Any) -> dict[str, Any]:
    """The score and what else there is to say, or a judgement without score."""
    if asked.at is not None:
        return _constant(asked, candidates.constant(written))
    found = candidates.instance(written, asked.claim.setting, asked.claim.bounds)
    told = _refutation(asked.claim, found) if asked.goal == "refute" else _value(asked.claim, found)
    return told | {"instance": found.to_json()}


def _refutation(claim: Claim, instance: Any) -> dict[str, Any]:
    """Score a counterexample by the margin of its violation."""
    decision = decide(claim, instance, exact_first=False)
    if decision.outcome == "invalid":
        raise UsageError(f"candidate: {decision.reason}")
    if decision.open or decision.kind == "sampled":
        raise Undecided(f"the relation: {decision.reason or 'only floats tell'}")
    lhs, rhs = sides(claim, instance)
    violated_by = signed(gap(claim, lhs, rhs), claim, decision)
    score = signed(margin(violated_by, lhs, rhs), claim, decision)
    return {
        "score": score,
        "refutes": decision.refutes,
        "gap": violated_by,
        "lhs": lhs,
        "rhs": rhs,
    }


def _value(claim: Claim, instance: Any) -> dict[str, Any]:
    """Score a construction by the value of the formula, where its conditions hold."""
    for assumption in claim.assumptions:
        decision = assumption.decide(instance, exact_first=False)
        if decision.open or decision.kind == "sampled":
            raise Undecided(
                f"a condition, {assumption.id}: {decision.reason or 'only floats tell'}"
            )
        if decision.outcome != "holds":
            why = decision.reason or "it fails"
            raise UsageError(f"candidate: a condition, {assumption.id}: {why}")
    return {"score": sides(claim, instance)[0]}


def _constant(asked: Task, value: Fraction) -> dict[str, Any]:
    """Score a constant by itself, if the judge's own attack does not refute it."""
    from verify.search.api import search
    from verify.search.outcomes import Refuted, Survived

    assert asked.at is not None
    with naming("candidate.value"):
        claim = asked.at(value)
    outcome = search(claim, instances=asked.instances, seed=asked.seed)
    if isinstance(outcome, Refuted):
        found = outcome.counterexample
        return invalid(
            f"refuted: {claim.title} fails at an instance that was found",
            counterexample=found.instance.to_json(),
        )
    if not isinstance(outcome, Survived):
        raise Undecided(f"the attack: {outcome.headline}")
    receipt = outcome.receipt
    survived = {"instances": receipt.instances, "tried": receipt.tried, "seed": receipt.seed}
    return {"score": Enclosed(value, value), "worth": "searched", "survived": survived}
