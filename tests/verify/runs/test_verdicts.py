"""Verdicts are computed: nothing that was not shown to hold may look as if it did."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.toys import NUMBERS, claim, first, norm, theorem, total
from verify.claims import Cited, Proof, Source, assumed
from verify.derivation.steps import Identity
from verify.environment import describe
from verify.errors import UsageError
from verify.evidence import EXIT_CODES, PART, VERDICTS, Evidence, worst
from verify.report.shape import fault
from verify.report.summary import reason
from verify.runs.tasks import Outcome, tasks
from verify.runs.verdicts import assemble, outline, overall
from verify.theorem import Control, Training

STAGES = ("search", "decide", "derive", "refute", "witness", "train")
CONTROL = Control(claim(total > 99, name="control"))
CLAIM = claim(norm >= first, proof=Proof(lambda: [Identity("s", 1, 1)]))
STEP = {
    "name": "s", "statement": "", "rule": "", "scope": "all L",
    "verdict": "holds", "residual": None, "seconds": 1.0, "cached": False, "count": 1,
}  # fmt: skip


def good(task):
    """The result of a task where everything holds."""
    record = Evidence("exact", "holds", "sizes", 3, 0.5).to_json()
    return {
        "search": [{**record, "kind": "searched"}],
        "decide": [record],
        "derive": {
            "steps": [STEP], "scope": "all L", "complete": True, "listed": False, "void": "",
        },
        "train": {"T.claim": {**record, "kind": "trained"}, "T.run": {**record, "kind": "trained"}},
        "refute": {
            "id": task.piece, "statement": "", "title": "", "verdict": "refuted",
            "witness": None, "seconds": 0.0,
        },
        "witness": {
            "id": "w", "statement": "", "kind": "non-vacuity", "verdict": "holds",
            "instance": {}, "seconds": 0.0,
        },
    }[task.stage]  # fmt: skip


def assembled(*theorems, change=lambda task, result: result, skip=(), error=()):
    """The records of theorems whose tasks gave good results, except as said."""
    listed = tasks(theorems, 0, "quick", "numpy")
    outcomes = [
        Outcome(task, None, "Traceback", 0.0)
        if task.stage in error
        else Outcome(task, change(task, good(task)), None, 0.0)
        for task in listed
        if task.stage not in skip
    ]
    return {record["id"]: record for record in assemble(theorems, listed, outcomes)}


FULL = theorem(
    claims=(CLAIM,),
    controls=(CONTROL,),
    trainings=(Training("run", "", lambda seed, runs: (), (CLAIM,)),),
)


def with_verdict(stage, verdict):
    def change(task, result):
        if task.stage != stage:
            return result
        if isinstance(result, list):
            return [{**result[0], "verdict": verdict}]
        if stage == "derive":
            return {**result, "steps": [{**STEP, "verdict": verdict}]}
        return {**result, "verdict": verdict}

    return change


def test_verdicts_are_ordered_worst_first():
    assert VERDICTS == ("refuted", "error", "void", "vacuous", "inconclusive", "holds")
    for bad, better in pairwise(VERDICTS):
        assert worst([better, bad, better]) == bad
    assert worst([]) == "vacuous"


def test_all_holds():
    record = assembled(FULL)["T"]
    assert (record["verdict"], record["verified"]) == ("holds", True)
    kinds = [e["kind"] for e in record["claims"][0]["evidence"]]
    assert kinds == ["symbolic", "exact", "searched", "trained"]


@pytest.mark.parametrize("stage", ["search", "decide", "derive", "witness"])
@pytest.mark.parametrize("verdict", VERDICTS[:-1])
def test_the_worst_part_decides(stage, verdict):
    record = assembled(FULL, change=with_verdict(stage, verdict))["T"]
    assert (record["verdict"], record["verified"]) == (verdict, False)
    if stage != "witness":
        assert record["claims"][0]["verdict"] == verdict


@pytest.mark.parametrize(
    ("verdict", "expected"), [("refuted", "holds"), ("survived", "error"), ("odd", "error")]
)
def test_a_control_that_survives_is_an_error(verdict, expected):
    record = assembled(FULL, change=with_verdict("refute", verdict))["T"]
    assert record["verdict"] == expected


def test_without_a_witness_a_theorem_is_vacuous():
    record = assembled(theorem(witnesses=()))["T"]
    assert (record["verdict"], record["verified"]) == ("vacuous", False)


@pytest.mark.parametrize("stage", STAGES)
def test_what_raised_is_an_error_and_what_never_ran_is_inconclusive(stage):
    assert assembled(FULL, error=[stage])["T"]["verdict"] == "error"
    assert assembled(FULL, skip=[stage])["T"]["verdict"] == "inconclusive"


def test_nothing_ran():
    record = outline(FULL)
    assert (record["verdict"], record["verified"]) == ("inconclusive", False)


def test_verified_needs_verified_ancestors():
    chain = [theorem("A"), theorem("B", uses=("A",)), theorem("C", uses=("B",)), theorem("D")]

    def refute_a(task, result):
        return with_verdict("decide", "refuted")(task, result) if task.theorem == "A" else result

    records = assembled(*chain, change=refute_a)
    assert [r["verdict"] for r in records.values()] == ["refuted", "holds", "holds", "holds"]
    assert [r["verified"] for r in records.values()] == [False, False, False, True]


def derived(**changes):
    """A change of what the derivations gave."""
    return lambda task, result: {**result, **changes} if task.stage == "derive" else result


@pytest.mark.parametrize(
    ("changes", "scope", "level"),
    [
        ({}, "all L", "derived"),
        ({"complete": False}, "part of the proof: all L", "derived in part"),
        ({"scope": ""}, "no size occurs", "derived"),
    ],
)
def test_a_derivation_gives_scope_and_level(changes, scope, level):
    record = assembled(FULL, change=derived(**changes))["T"]
    assert record["claims"][0]["evidence"][0]["scope"] == scope
    assert [record["level"], record["claims"][0]["level"]] == [level, level]


def test_what_was_seen_at_listed_sizes_says_so():
    """Also where a premise was; what is derived in part, or no derivation, has no such word."""
    for changes, listed in (({"listed": False}, False), ({"listed": True}, True)):
        record = assembled(FULL, change=derived(**changes))["T"]
        assert (record["level"], record["listed"]) == ("derived", listed)
        assert record["claims"][0]["listed"] == listed
    record = assembled(FULL, change=derived(complete=False, listed=True))["T"]
    assert (record["listed"], record["claims"][0]["listed"]) == (False, False)
    base = replace(CLAIM, name="base")
    above = replace(CLAIM, name="above", given=(base,))

    def change(task, result):
        listed = task.stage == "derive" and task.piece == "T.base"
        return {**result, "listed": True} if listed else result

    found = assembled(theorem(claims=(base, above)), change=change)["T"]["claims"]
    assert [c["listed"] for c in found] == [True, True]
    assert "given T.base (at listed sizes)" in found[1]["evidence"][0]["scope"]


def test_a_void_derivation_is_loud_and_has_no_level():
    record = assembled(FULL, change=derived(complete=False, void="it holds with 2 for 1"))["T"]
    (symbolic, *_) = record["claims"][0]["evidence"]
    assert (record["verdict"], record["level"], record["verified"]) == ("void", None, False)
    assert reason(symbolic) == "it does not depend on the claim: it holds with 2 for 1"


def leveled(kinds, **options):
    """The record of a theorem whose claims have evidence of these kinds only."""
    claims = tuple(claim(norm >= first, name=f"c{i}", **options) for i in range(len(kinds)))
    found = theorem(claims=claims)

    def change(task, result):
        kind = kinds[int(task.piece[-1])] if task.stage in ("search", "decide") else None
        return [{**result[0], "kind": kind}] if kind else result

    return assembled(found, change=change)["T"]


@pytest.mark.parametrize(
    ("kinds", "level"),
    [
        (("formal",), "proved"),
        (("exact",), "tested"),
        (("certified", "sampled"), "sampled"),
        (("exact", "empirical", "formal"), "empirical"),
    ],
)
def test_a_theorem_has_the_level_of_its_weakest_claim(kinds, level):
    assert leveled(kinds)["level"] == level


def test_a_check_can_fail_a_theorem_but_not_lower_it():
    checked = theorem(claims=(CLAIM, claim(norm >= first, name="more", check=True)))

    def change(task, result):
        if task.piece != "T.more" or task.stage not in ("search", "decide"):
            return result
        return [{**result[0], "kind": "sampled", "verdict": verdict}]

    verdict = "holds"
    assert assembled(checked, change=change)["T"]["level"] == "derived"
    verdict = "refuted"
    assert assembled(checked, change=change)["T"]["verdict"] == "refuted"
    with pytest.raises(UsageError, match="all its claims are checks"):
        theorem(claims=(claim(norm >= first, check=True),))


def test_a_derivation_is_worth_no_more_than_its_premises():
    weak = claim(norm >= first, name="weak")
    rests = claim(norm >= first, name="rests", proof=CLAIM.proof, given=(weak,))
    found = theorem(claims=(weak, rests))

    def change(task, result):
        weakened = task.piece == "T.weak" and task.stage in ("search", "decide")
        return [{**result[0], "kind": kind}] if weakened else result

    told = {}
    weak = replace(weak, proof=CLAIM.proof)
    found_derived = theorem(claims=(replace(rests, given=(weak,)), weak))  # in any order
    for listed, words in ((False, ""), (True, " (at listed sizes)")):

        def list_weak(task, result, listed=listed):
            weakened = task.piece == "T.weak" and task.stage == "derive"
            return {**result, "listed": listed} if weakened else result

        claims = assembled(found_derived, change=list_weak)["T"]["claims"]
        assert [c["level"] for c in claims] == ["derived", "derived"]
        assert claims[0]["evidence"][0]["scope"] == f"all L, given T.weak{words}"
    for kind in ("formal", "exact", "sampled"):
        claims = assembled(found, change=change)["T"]["claims"]
        told[kind] = [*(c["level"] for c in claims), claims[1]["evidence"][0]["scope"]]
    assert told == {
        "formal": ["proved", "derived", "all L, given T.weak"],
        "exact": ["tested", "tested", "all L, given T.weak (tested)"],
        "sampled": ["sampled", "tested", "all L, given T.weak (sampled)"],
    }


def test_open_questions_have_no_level():
    record = assembled(theorem(claims=(CLAIM,), status="open"))["T"]
    assert (record["verdict"], record["level"], record["claims"][0]["level"]) == (
        "holds",
        None,
        None,
    )


def test_the_statement_is_made_of_the_claims_that_are_no_checks():
    made = replace(NUMBERS, exists=True)
    found = theorem(
        claims=(
            claim(norm >= first, *assumed(total > 0), name="all"),
            claim(norm >= first, *assumed(total > 0), name="some", setting=made),
            claim(norm >= first, name="own", check=True),
        )
    )
    all_, some = assembled(found)["T"]["statement"].split(r";\quad ")
    assert all_.startswith(r"\text{for all W in numbers}\text{ with } sum > 0:\;")
    assert some.startswith(r"\text{there are W in numbers with } ")
    assert "[T.all]" in all_
    assert "[T.some]" in some


def test_what_a_claim_rests_on_is_told():
    lemma = Cited("Sion 1958", "minimax is maximin", Source("sion", "3.4"))
    record = assembled(theorem(claims=(replace(CLAIM, cites=(lemma,)),)))["T"]
    told = {
        "name": "Sion 1958",
        "statement": "minimax is maximin",
        "source": {"key": "sion", "where": "3.4"},
    }
    assert record["cited"] == record["claims"][0]["cited"] == [told]
    assert record["claims"][0]["evidence"][0]["scope"] == "all L, given Sion 1958"


@pytest.mark.parametrize("verdict", VERDICTS)
def test_exit_codes(verdict):
    expected = {"holds": 0, "refuted": 1}.get(verdict, 3)
    assert EXIT_CODES[overall([{"verdict": "holds"}, {"verdict": verdict}])] == expected


def test_no_theorem_at_all_is_no_success():
    assert EXIT_CODES[overall([])] == 3


@pytest.mark.parametrize("options", [{}, {"error": STAGES}, {"skip": STAGES}], ids=str)
def test_records_keep_to_the_contract_of_the_report(options):
    records = list(assembled(FULL, **options).values())
    environment = describe(backend="numpy", jobs=1, command="certimin verify")
    report = {"schema": 2, "environment": environment, "seed": 0, "profile": "quick"}
    report |= {"seconds": 0.0, "verdict": overall(records), "theorems": records}
    assert fault(report) is None


@pytest.mark.parametrize(("complete", "scope"), [(True, "all L"), (False, f"{PART}all L")])
def test_a_proof_that_does_not_end_in_its_claim_is_a_part_of_one(complete, scope):
    def change(task, result):
        return {**result, "complete": complete} if task.stage == "derive" else result

    evidence = assembled(FULL, change=change)["T"]["claims"][0]["evidence"][0]
    assert evidence["scope"] == scope
    assert evidence["details"] == {"part": not complete, "given": [], "listed": False}


def test_a_proof_names_its_premises():
    premise = replace(claim(norm >= first), theorem="A")
    own = theorem(claims=(replace(CLAIM, given=(premise,)),))
    evidence = assembled(theorem("A"), own)["T"]["claims"][0]["evidence"][0]
    assert evidence["scope"] == "all L, given A.claim (tested)"
    assert evidence["details"]["given"] == ["A.claim"]


def test_a_proof_that_never_ran_is_listed_and_one_that_raised_is_not():
    for options, name in (({"skip": ["derive"]}, "s"), ({"error": ["derive"]}, "derivation")):
        (step,) = assembled(FULL, **options)["T"]["derivation"]
        assert step["name"] == name


@pytest.mark.parametrize(("claims", "ids"), [((CLAIM,), ["T.claim"]), ((), ["T.claim", "T.run"])])
def test_a_training_that_decides_no_claim_is_one_itself(claims, ids):
    alone = theorem(claims=(CLAIM,), trainings=(Training("run", "", lambda seed, n: (), claims),))
    assert [record["id"] for record in outline(alone)["claims"]] == ids
