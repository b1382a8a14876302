"""What chance never meets is met: equalities between quantities, and numbers of any size."""

import pytest

from verify.claims import decide
from verify.conjecture import conjecture
from verify.search.api import search, tighten
from verify.search.equations import denominators, equations, solved
from verify.search.record import Near

TWO = {"depth": (2, 2), "width": (2, 2)}
FALSE = [
    ("sharpness <= minimal_sharpness if layer_norm_max == layer_norm_min",
     {"over": "whitened-minimizers", **TWO}),
    ("loss <= loss_at_zero if weights_sq == 7", {"over": "any-weights", "depth": (2, 2)}),
    ("a2 >= 2*a if layer_norm_max == 1.37*layer_norm_min",
     {"over": "univariate-minimizers", "depth": (2, 2)}),
    ("data_max <= 1000", {}),
    ("sharpness <= 1e14", {"over": "whitened-minimizers"}),
    ("weights_sq >= 1e-9", {"over": "balanced-minimizers"}),
    ("loss <= 1e30", {"over": "weights"}),
]  # fmt: skip
TRUE = [
    ("sharpness >= minimal_sharpness if layer_norm_max == layer_norm_min",
     {"over": "whitened-minimizers", **TWO}),
    ("data_max <= data_trace", {}),
    ("sharpness <= hessian_trace", {"over": "whitened-minimizers"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options"), FALSE)
def test_false_conjectures_fall(text, options):
    assert search(text, instances=60_000, **options).verdict == "refuted"


@pytest.mark.parametrize(("text", "options"), TRUE)
def test_true_ones_do_not(text, options):
    assert search(text, instances=20_000, **options).verdict == "survived"


def claim_of(text, **options):
    return conjecture("conjecture", text, **options).claims[0]


def test_one_number_is_solved_for():
    claim = claim_of(
        "sharpness >= 3 if layer_norm_max == 1.37*layer_norm_min",
        over="whitened-minimizers", depth=(2, 2), width=(1, 1),
    )  # fmt: skip
    assert len(equations(claim)) == 1
    near = Near(0.0, [2, 1, 1, 1, 0.5, 1.0], claim.setting)
    found = solved(claim, near, "equations", 0, lattice=True)
    assert decide(claim, found.instance).refutes
    norms = sorted(abs(c) for c in found.choices[-2:])
    assert norms[1] / norms[0] == pytest.approx(1.37)


def test_denominators_of_constants_and_of_their_roots():
    assert denominators(claim_of("sharpness >= 3 if data_trace == 2.37")) == [1, 2, 3, 10, 100]
    assert denominators(claim_of("sharpness >= 3 if data_trace <= 2.37")) == [1, 2, 3]


@pytest.mark.slow
def test_what_survives_in_a_bracket_survives_a_search():
    text = "sharpness >= c*hessian_trace"
    sizes = {"depth": (2, 2), "width": (1, 2)}
    outcome = tighten(text, "c", instances=20_000, **sizes)
    assert 0.249 < outcome.survived <= 1 / 4 < outcome.refuted < 0.2501  # d_x d_y = 4 equal ones
    assert outcome.title == text
    assert "c" in outcome.latex
    assert decide(outcome.claim, outcome.counterexample.instance).refutes
    survivor = text.replace("c*", f"{outcome.survived}*")
    assert search(survivor, instances=20_000, **sizes).verdict == "survived"
