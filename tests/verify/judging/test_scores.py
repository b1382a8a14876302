"""Scores: right on what is known, exact or enclosed, with floats that never flatter."""

import tomllib
from fractions import Fraction
from math import inf, nextafter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify.judging.documents import ONES, PRICE, judged, of
from verify.claims import SETTINGS, Bounds
from verify.judging.candidate import instance
from verify.judging.members import READERS
from verify.judging.score import Enclosed, gap, margin, never_flatters
from verify.registry import theorems
from verify.sources import RandomSource

theorems()  # loads the modules that define settings

FOLDER = Path(__file__).parents[3] / "examples" / "conjectures"
COUNTEREXAMPLES = tomllib.loads((FOLDER / "counterexamples.toml").read_text(encoding="utf-8"))
FALSE = [
    entry
    for entry in tomllib.loads((FOLDER / "false.toml").read_text(encoding="utf-8"))["conjecture"]
    if entry["over"] in READERS
]


def sizes(text):
    low, _, high = text.partition(":")
    return [int(low), int(high or low)]


def ends(written):
    """Both ends of a score."""
    return [Fraction(x) for x in (written if isinstance(written, list) else [written] * 2)]


def asked(entry):
    found = {"refute": entry["text"], "over": entry["over"]}
    return found | {k: sizes(entry[k]) for k in ("depth", "width") if k in entry}


@pytest.mark.parametrize("entry", FALSE, ids=lambda entry: entry["name"])
def test_known_counterexamples_refute(entry):
    found = of(asked(entry), COUNTEREXAMPLES[entry["name"]])
    assert found["refutes"]
    low, high = ends(found["score"])
    assert 0 <= low <= high <= 2
    assert Fraction(found["float"]) <= low
    assert (low > 0) == (ends(found["gap"])[0] > 0)


def test_most_known_counterexamples_are_tried():
    assert len(FALSE) >= 50


def test_margins_by_hand():
    """S = 2(1 + 4)·1 = 10 and S_min = 4·2 = 8 for layers 1 and 2 on Σ = 1."""
    point = {"weights": [[[1]], [[2]]], "sigma": [[1]]}
    found = of({"refute": "sharpness <= minimal_sharpness"}, point)
    assert (found["lhs"], found["rhs"], found["gap"], found["score"]) == ("10", "8", "2", "1/5")
    assert (found["worth"], found["better"]) == ("exact", "larger")
    found = of({"refute": "sharpness >= 20"}, point)
    assert (found["gap"], found["score"], found["refutes"]) == ("10", "1/2", True)
    found = of({"refute": "sharpness >= 9"}, point)
    assert (found["gap"], found["score"], found["refutes"]) == ("-1", "-1/10", False)
    found = of({"refute": "sharpness == 10"}, point)
    assert (found["gap"], found["score"], found["refutes"]) == ("0", "0", False)
    found = of({"refute": "sharpness > 10"}, point)
    assert (found["gap"], found["score"], found["refutes"]) == ("0", "0", True)


def test_an_irrational_score_is_enclosed():
    """Where balance costs most at L = 2: S = √κ S_min = 2 S_min (U6.two)."""
    worst = {"weights": [[[1, 0], [0, "1/2"]]] * 2, "sigma": [[1, 0], [0, 4]]}
    found = of(PRICE | {"depth": 2, "maximize": "sqrt(2)*sharpness/minimal_sharpness"}, worst)
    low, high = ends(found["score"])
    assert found["worth"] == "certified"
    assert low**2 <= 8 <= high**2
    assert high - low <= Fraction(1, 10**24)
    assert Fraction(found["float"]) <= low


def test_the_price_of_balance_by_hand():
    worst = {"weights": [[[1, 0], [0, "1/2"]]] * 2, "sigma": [[1, 0], [0, 4]]}
    found = of(PRICE | {"depth": 2}, worst)
    assert (found["score"], found["float"]) == ("2", 2.0)


def test_what_is_minimized_is_rounded_up():
    task = {"minimize": "sharpness/30"}
    found = of(task, {"weights": [[[1]], [[2]]], "sigma": [[1]]})
    assert (found["score"], found["better"]) == ("1/3", "smaller")
    assert Fraction(found["float"]) > Fraction(1, 3)
    assert found["float"] == nextafter(1 / 3, inf)


def test_a_theorems_claim_by_its_id():
    """M1 is attained at layers of equal gain; O1's setting has no reader."""
    found = of({"refute": "M1.lower"}, {"weights": [[[1]], [[1]]], "sigma": [[1]]})
    assert (found["score"], found["refutes"]) == ("0", False)
    assert found["task"]["over"] == "whitened-minimizers"
    choices, _ = draws("bottleneck-minima", 0, Bounds((3, 3), (2, 2)))
    found = of({"refute": "O1.bottleneck", "depth": 3, "width": 2}, {"choices": choices})
    assert not found["refutes"]
    assert ends(found["score"])[1] < 0


def test_a_condition_keeps_instances_out():
    task = {"refute": "sharpness <= 0 if depth >= 3"}
    found = of(task, ONES)
    assert found["verdict"] == "invalid"
    assert "an assumption fails" in found["reason"]
    three = {"weights": [[[1]]] * 3, "sigma": [[1]]}
    assert of(task, three)["refutes"]


# --- answers -------------------------------------------------------------------------------------


def draws(name, seed, bounds):
    """Choices of a seeded source that make an instance, and the instance."""
    for turn in range(100):
        source = RandomSource(Random(f"{seed}/{turn}"))
        try:
            made = SETTINGS[name].build(source, bounds)
        except ArithmeticError:
            continue
        return [str(choice.value) for choice in source.choices], made
    raise AssertionError(f"{name} makes nothing of these seeds")


@pytest.mark.parametrize("name", sorted({s.name for s in SETTINGS.values()}))
def test_answers_make_the_instance_that_the_recipe_makes(name):
    if not SETTINGS[name].build.__module__.startswith("theorems."):
        pytest.skip("a setting of another test")
    bounds = Bounds((2, 4), (1, 4))
    choices, made = draws(name, 0, bounds)
    found = instance({"choices": choices}, SETTINGS[name], bounds)
    assert found.to_json() == made.to_json()


@pytest.mark.parametrize("name", sorted(READERS))
@pytest.mark.parametrize("seed", range(3))
def test_what_a_recipe_makes_its_reader_reads(name, seed):
    """Drawn instances belong to their setting, whichever way they are given."""
    choices, made = draws(name, seed, Bounds((2, 3), (1, 3)))
    task = {"refute": "weights_sq <= 0", "over": name, "depth": [2, 3], "width": [1, 3]}
    by_choices, by_entries = of(task, {"choices": choices}), of(task, made.to_json())
    assert by_entries == by_choices
    assert by_choices["refutes"]
    assert by_choices["instance"] == made.to_json()


def test_a_number_of_the_whole_range_may_be_any():
    choices = [2, 1, 1, 1, "1e30", 1, 1, 1]
    found = of({"refute": "weights_sq <= 1", "depth": 2, "width": 1}, {"choices": choices})
    assert found["instance"]["weights"] == [[["1" + "0" * 30]], [["1"]]]


def test_answers_of_a_special_setting():
    choices, made = draws("worst-balanced", 0, Bounds((3, 3), (2, 2)))
    found = of(PRICE | {"where": "condition <= 100"},
               {"setting": "worst-balanced", "choices": choices})  # fmt: skip
    assert found["instance"] == made.to_json()
    assert ends(found["score"])[0] > 1


# --- constants -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_constant_that_survives_and_one_that_does_not():
    task = {
        "maximize": "c", "in": "sharpness >= c*hessian_trace/(d_x*d_y)",
        "depth": 2, "width": [1, 2], "instances": 500, "seed": 1,
    }  # fmt: skip
    found = of(task, {"value": "7/8"})
    assert (found["score"], found["float"], found["worth"]) == ("7/8", 0.875, "searched")
    assert found["survived"]["tried"] == 500
    assert found["survived"]["seed"] == 1
    assert of(task, {"value": "7/8"}) == found
    refuted = of(task, {"value": "9/8"})
    assert refuted["verdict"] == "invalid"
    assert refuted["reason"].startswith("refuted: sharpness >= (9/8)*hessian_trace/(d_x*d_y)")
    where = {"refute": task["in"].replace("c*", "9/8*"), "depth": 2, "width": [1, 2]}
    assert of(where, refuted["counterexample"])["refutes"]


@pytest.mark.slow
def test_an_attack_that_meets_nothing_decides_nothing():
    task = {"maximize": "c", "in": "sharpness >= c if depth >= 100", "instances": 200}
    found = of(task, {"value": 1})
    assert found["verdict"] == "undecided"
    assert "vacuous" in found["reason"]


# --- the arithmetic of scores --------------------------------------------------------------------

FRACTIONS = st.fractions(max_denominator=10**40) | st.builds(
    lambda p, e: Fraction(p) * Fraction(10) ** e, st.integers(), st.integers(-400, 400)
)


@given(FRACTIONS, FRACTIONS)
def test_an_enclosure_is_written_outwards(x, y):
    low, high = ends(Enclosed(min(x, y), max(x, y)).to_json())
    assert low <= min(x, y) <= max(x, y) <= high
    for written, exact in ((low, min(x, y)), (high, max(x, y))):
        assert abs(written - exact) <= abs(exact) * Fraction(1, 10**24)


@given(FRACTIONS, st.booleans())
def test_floats_never_flatter(x, larger):
    found = never_flatters(Enclosed(x, x), larger_is_better=larger)
    if found is None:
        assert abs(x) > 10**308
        return
    assert Fraction(found) <= x if larger else Fraction(found) >= x
    if abs(x) < Fraction(10) ** 308:
        beyond = Fraction(nextafter(found, inf if larger else -inf))
        assert beyond > x if larger else beyond < x


class Asked:
    """The operator of a claim."""

    def __init__(self, operator):
        self.operator = operator


@given(FRACTIONS, FRACTIONS, st.fractions(0, 1), st.sampled_from([">=", "<=", "=="]))
def test_gaps_and_margins_enclose_what_they_are_of(x, y, spread, op):
    lhs = Enclosed(x - spread, x + spread)
    rhs = Enclosed(y - spread, y + spread)
    exact = {">=": y - x, "<=": x - y, "==": abs(x - y)}[op]
    found = gap(Asked(op), lhs, rhs)
    assert found.low <= exact <= found.high
    if min(abs(x), abs(y)) > spread:
        share = margin(found, lhs, rhs)
        assert share.low <= exact / max(abs(x), abs(y)) <= share.high


def test_an_exact_number_that_is_endless_is_enclosed():
    third = Fraction(1, 3**5000)
    assert isinstance(Enclosed(third, third).to_json(), list)
    assert Enclosed(third, third).worth == "exact"


def test_a_judgement_without_a_score_has_none():
    found = judged("{}")
    assert not found["valid"]
    assert "score" not in found
