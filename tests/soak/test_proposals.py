"""Theorems that are held out are found again, and the same again with the same seed."""

import pytest

from tests.soak.conftest import SHARE
from verify.proposals import propose

SMALL = {"depth": (2, 3), "width": (1, 2), "factors": 1, "budget": 250.0}

whole = pytest.mark.skipif(SHARE < 1, reason="a minute each: `make soak` runs them")


def _texts(outcome):
    return [p.text for p in outcome.proposals] + [t for p in outcome.proposals for t in p.same]


@whole
def test_the_least_sharpness_of_whitened_data_is_found_again():
    outcome = propose("sharpness", over="whitened-minimizers", without=("M1",), **SMALL)
    assert "sharpness >= 2*depth*target_norm**(2 - 2/depth)" in _texts(outcome)
    assert outcome.held["U1"] == "uses M1"


@whole
def test_the_spread_of_norms_is_found_again():
    given = SMALL | {"depth": (2, 4)}
    outcome = propose("layer_norm_max**2 - layer_norm_min**2", **given)
    wanted = "layer_norm_max**2 - layer_norm_min**2 <= (depth - 1)*imbalance"
    assert wanted in _texts(outcome)


@whole
def test_the_same_seed_proposes_the_same():
    one, two = (propose("weights_sq", using=("schatten",), seed=3, **SMALL) for _ in range(2))
    assert [p.text for p in one.proposals] == [p.text for p in two.proposals]
    assert one.weaker == two.weaker
