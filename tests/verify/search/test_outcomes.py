"""What an attack says about its claim: never more than it met, and the worst of several."""

from dataclasses import replace
from fractions import Fraction
from math import inf

import pytest

from tests.toys import NUMBERS, Numbers, claim, first, last, never, norm, vague
from verify.claims import Assumption, Decision
from verify.search import outcomes
from verify.search.budget import Budget
from verify.search.outcomes import Error, Inconclusive, Receipt, Survived, judge, shown, worst
from verify.search.pipeline import attack
from verify.search.record import Attack, Counterexample, Near
from verify.search.tighten import Bracketed
from verify.search.tightness import Tight

OWN = claim(norm >= first)
FALSE = claim(first <= last)
VIOLATED = Decision("violated", "exact", -0.5, "2", "1")
FOUND = Counterexample(Numbers.exact(2, 1), VIOLATED, "floats", NUMBERS)
MET = {"engines": {"hypothesis": 3}, "tried": 4, "valid": 3, "worst_slack": 0.25}


@pytest.fixture(autouse=True)
def without_sizes(monkeypatch):
    """Where it is tight is not asked here: toys have no depth."""
    monkeypatch.setattr(outcomes, "tightest", lambda claim, result: ())


def judged(own, result):
    return judge(own, result, 1.5, 7)


def near(x, slack=0.5):
    return {(): Near(slack, [1, float(x)], NUMBERS)}


def test_an_attack_that_met_something_and_found_nothing_survives():
    outcome = judged(OWN, Attack(**MET))
    assert (outcome.verdict, outcome.exit_code) == ("survived", 0)
    assert outcome.receipt == Receipt(3, 4, 0, 0, {"hypothesis": 3}, 0.25, 1.5, 7)
    assert str(outcome.receipt) == "3 instances (3 hypothesis) in 1.5 s, seed 7"


def test_what_stays_undecided_is_no_survival():
    outcome = judged(OWN, Attack(**MET, undecided=1))
    assert (outcome.verdict, outcome.exit_code) == ("inconclusive", 3)
    assert outcome.reason == "1 instances stay undecided: a tie, or too close to tell"


def test_an_interrupt_is_no_survival_but_loses_no_counterexample():
    assert judged(OWN, Attack(**MET, interrupted=True)).reason.startswith("interrupted")
    found = judged(FALSE, Attack(**MET, found=FOUND, undecided=1, interrupted=True))
    assert (found.verdict, found.exit_code) == ("refuted", 1)
    assert found.receipt.best_margin == -0.5
    assert found.headline.endswith("decided in exact arithmetic: lhs = 2, rhs = 1")


@pytest.mark.parametrize("engine", ["floats", "optimiser"])
def test_what_only_floats_met_is_met_where_an_exact_instance_is(engine):
    positive = claim(norm >= first, Assumption("positive", first > 0))
    for x, verdict in ((1, "survived"), (-1, "vacuous")):
        result = Attack(engines={engine: 9, "hypothesis": 0}, tried=9, valid=9, near=near(x))
        assert judged(positive, result).verdict == verdict
    assert judged(positive, result).reason == "none of 9 instances satisfies the condition"
    assert judged(claim(never > 0), result).reason == "none of 9 instances is defined"


def test_a_real_attack_on_what_stays_open_is_inconclusive():
    own = claim(vague > first, width=(1, 1))
    assert judged(own, attack(own, seed=0, budget=Budget(examples=5))).verdict == "inconclusive"


def test_no_margin_is_reported_where_nothing_was_measured():
    assert judged(OWN, Attack(worst_slack=inf)).receipt.best_margin is None
    assert judged(OWN, Attack(worst_slack=inf)).to_json()["best_margin"] is None


def test_the_worst_outcome_stands_for_several():
    receipt = judged(OWN, Attack(**MET)).receipt
    ordered = [
        judged(FALSE, Attack(found=FOUND)),
        Error("file.py", "hung"),
        Inconclusive(OWN, receipt, "", verdict="vacuous"),
        Inconclusive(OWN, receipt),
        Survived(OWN, receipt),
    ]
    for k, outcome in enumerate(ordered):
        assert worst([*ordered[:k:-1], outcome]) is outcome
    assert [outcome.exit_code for outcome in ordered] == [1, 3, 3, 3, 0]


@pytest.mark.parametrize(
    ("margin", "words"), [(0.0, "a tie"), (-9e-12, "a tie"), (1e-11, "1e-11"), (-0.5, "-0.5")]
)
def test_margins_that_rounding_cannot_tell_from_zero_are_ties(margin, words):
    assert shown(margin) == words


def test_an_error_is_told_with_the_name_of_its_file():
    error = Error("folder/file.py", "hung", "Traceback")
    assert error.headline == "error: file.py: hung"
    assert error.to_json() == {
        "verdict": "error",
        "conjecture": "folder/file.py",
        "instances": 0,
        "best_margin": None,
        "certificate": None,
        "seconds": 0.0,
        "reason": "file.py: hung",
        "traceback": "Traceback",
    }


def test_a_plot_is_shown_where_there_is_one():
    survived = judged(OWN, Attack(**MET))
    tight = tuple(Tight(depth, 2, 1.5, 0.5, "numbers", {}) for depth in (2, 3))
    assert "<svg" not in survived._repr_html_()
    assert "<svg" in replace(survived, tight=tight)._repr_html_()


def test_a_refutation_is_plain_data():
    plain = judged(FALSE, Attack(**MET, found=FOUND)).to_json()
    assert (plain["verdict"], plain["lhs"], plain["rhs"]) == ("refuted", "2", "1")
    assert plain["certificate"] is None


def lines(outcome):
    """The lines of its text, by name; nearest rows are listed."""
    told = [line.split("  ", 1) for line in str(outcome).splitlines()]
    assert len(told) <= 12
    return {name: rest.strip() for name, rest in told}


def test_a_refutation_is_told_in_a_few_lines():
    refuted = judged(FALSE, Attack(**MET, found=FOUND))
    told = lines(refuted)
    assert told["verdict"] == "refuted"
    assert told["tried"].startswith("3 instances (3 hypothesis)")
    assert told["counterexample"] == "found by floats, decided in exact arithmetic"
    assert (told["lhs"], told["rhs"]) == ("2", "1")
    assert set(Numbers.exact(2, 1).to_json()) <= set(told)
    assert "certificate" not in told
    assert lines(replace(refuted, certificate="a/folder"))["certificate"] == "a/folder"
    corpus = replace(FOUND, found_by="corpus")
    assert "from the corpus" in str(judged(FALSE, Attack(**MET, found=corpus)))


def test_a_survivor_is_told_with_the_sizes_nearest_to_failing():
    tight = tuple(Tight(d, 2, 1 + d, s, "numbers", {}) for d, s in enumerate((0.3, 0.1, 0, 0.2), 2))
    survived = replace(judged(OWN, Attack(**MET)), tight=tight)
    nearest = [line for line in str(survived).splitlines() if line.startswith("nearest")]
    assert [line.split()[2] for line in nearest] == ["4,", "3,", "5,"]
    assert "lhs / rhs = 5, margin a tie" in nearest[0]


def test_what_is_inconclusive_says_why():
    told = lines(judged(OWN, Attack(**MET, undecided=1)))
    assert told["verdict"] == "inconclusive"
    assert told["reason"].startswith("1 instances stay undecided")


def test_a_bracket_is_told_with_both_ends():
    receipt = judged(OWN, Attack(**MET)).receipt
    bracket = Bracketed(FALSE, receipt, "c", Fraction(1), Fraction(3, 2), FOUND, text="S >= c")
    told = lines(bracket)
    assert (told["survives for"], told["refuted for"]) == ("c = 1", "c = 3/2")
    assert (told["conjecture"], told["lhs"]) == ("S >= c", "2")
    nothing = lines(Bracketed(OWN, receipt, "c", None, None))
    assert (nothing["verdict"], nothing["survives for"]) == ("inconclusive", "no c that was tried")


def test_the_table_has_the_lines_of_the_text():
    for outcome in (judged(FALSE, Attack(**MET, found=FOUND)), judged(OWN, Attack(**MET))):
        html = outcome._repr_html_()
        assert all(f">{name}</th>" in html for name in lines(outcome))
