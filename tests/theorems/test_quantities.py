"""Every quantity on two instances worked out by hand."""

import pytest

from numeric.arithmetic.ball import Balls
from theorems import quantities
from theorems.instances import Instance
from theorems.product_norms import __all__ as more
from theorems.quantities import __all__ as names
from verify.claims import QUANTITIES

# W_1 = diag(2, 1), W_2 = (3, 0), Σ = diag(1, 4), T = P = (6, 0)
ONE_OUTPUT = Instance.of_minimizer([[[2, 0], [0, 1]], [[3, 0]]], [[1, 0], [0, 4]])
# W_1 = diag(2, 1), W_2 = I, Σ = I, T = P = diag(2, 1)
TWO_OUTPUTS = Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 1]])

EXPECTED = {
    # name: (value with one output, value with two)
    "depth": (2, 2),
    "d_x": (2, 2),
    "d_y": (1, 2),
    "width_min": (2, 2),
    "width_max": (2, 2),
    # 2 λ_max((|W_2|² I + W_1ᵀW_1)Σ) = 2 max(13 · 1, 10 · 4), and 2(1 + 4)
    "sharpness": (80, 10),
    "hessian_trace": (2 * (9 * 5 + 1 * (4 + 4)), 2 * (2 * 2 + 2 * 5)),
    "jet_sharpness": (80, 10),
    "block_sharpness": (72, 8),  # 2 |W_2|² λ_max(Σ), and 2 λ_max(W_1W_1ᵀ)
    "slope_sq": (0, 0),
    "minimal_sharpness": (None, 8),  # the first is 4 √48
    "target_norm": (6, 2),
    "target_on_data": (6, 2),
    "target_fro": (6, None),  # the second is √5
    "map_norm": (6, 2),
    "data_max": (4, 1),
    "data_min": (1, 1),
    "data_trace": (5, 2),
    "condition": (4, 1),
    # D_1 = W_2ᵀW_2 - W_1W_1ᵀ = diag(9 - 4, -1) and diag(1 - 4, 0)
    "imbalance": (5, 3),
    "layer_norm_max": (3, 2),
    "layer_norm_min": (2, 1),
    "weights_sq": (14, 7),
    "path_gain_max": (2, 2),
    "loss": (0, 0),
    "loss_at_zero": (36, 5),
    "w_norm": (6, None),
    "a": (1, None),
    "a2": (1, None),
    "map_trace": (None, 3),
    "target_trace": (None, 3),
    "map_singular_min": (6, 1),
    "target_singular_sum": (6, 3),
    "target_schatten": (6, 3),
    "map_schatten_4": (6, None),  # the second is the fourth root of 17
    "target_schatten_4": (6, None),
    # B_1 = I, B_2 = W_1; A_1 = W_2, A_2 = I
    "path_gain_min": (1, 1),
    "suffix_gain_max": (3, 1),
    "suffix_gain_min": (1, 1),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_quantities_by_hand(name):
    for instance, expected in zip((ONE_OUTPUT, TWO_OUTPUTS), EXPECTED[name], strict=True):
        if expected is not None:
            assert QUANTITIES[name].measure(instance) == expected


def test_irrational_ones_by_hand():
    value = quantities.target_fro.measure(TWO_OUTPUTS)
    assert value * value == 5
    value = QUANTITIES["map_schatten_4"].measure(TWO_OUTPUTS)
    assert value * value * value * value == 17
    lifted = ONE_OUTPUT.lifted(Balls())
    with lifted.arithmetic:
        least = quantities.minimal_sharpness.measure(lifted)
        assert 768 in least * least


def test_every_quantity_is_covered():
    assert set(EXPECTED) == {name for name in (*names, *more) if name in QUANTITIES}


def test_routes_are_the_same_instance_enclosed_once():
    exact, *enclosed = ONE_OUTPUT.routes()
    assert exact is ONE_OUTPUT
    assert [lifted.arithmetic.precision for lifted in enclosed] == [128, 512]
    assert all(a is b for a, b in zip(ONE_OUTPUT.routes(), (exact, *enclosed), strict=True))
    assert quantities.data_max.measure(exact) in quantities.data_max.measure(enclosed[0])
