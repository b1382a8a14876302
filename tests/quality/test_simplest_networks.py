"""Planted falsehoods about networks are found within seconds, as their simplest instance."""

import pytest

from verify.search import Refuted, search

ONE = [["1"]]
PLANTED = [
    ("target_norm <= 0", "minimizers", [ONE, ONE], ONE),
    ("depth <= 3", "minimizers", [ONE, ONE, ONE, ONE], ONE),
    ("imbalance <= 0", "minimizers", [ONE, [["2"]]], ONE),
    ("hessian_trace <= sharpness", "minimizers", [ONE, [["0"], ["1"]]], ONE),
    ("sharpness <= minimal_sharpness", "univariate-minimizers", [ONE, [["2"]]], ONE),
    ("sharpness == 4", "minimizers", [ONE, ONE], [["4"]]),
    ("a2 <= a", "univariate-minimizers", [[["0", "1"]], ONE], [["1", "1"], ["1", "1"]]),
    ("sharpness > minimal_sharpness", "flattest-minimizers", [ONE, ONE], ONE),
    ("d_y <= 1", "whitened-minimizers", [ONE, [["0"], ["1"]]], ONE),
    ("loss <= loss_at_zero", "weights", [ONE, ONE], ONE),
]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("text", "over", "weights", "sigma"), PLANTED, ids=lambda x: str(x)[:40])
def test_the_simplest_instance_is_what_is_shown(text, over, weights, sigma, seed):
    outcome = search(text, over=over, budget=30, seed=seed)
    assert isinstance(outcome, Refuted)
    instance = outcome.counterexample.instance.to_json()
    assert (instance["weights"], instance["sigma"]) == (weights, sigma)
