"""Two minimizers of the same data: what is asked of the second, how it is sought and certified."""

import json
from fractions import Fraction
from random import Random

import pytest

from theorems import pairs
from theorems.instances import Instance
from theorems.pairs import PairInstance, balanced_pairs, minimizer_pairs
from theorems.quantities import imbalance, minimal_sharpness, sharpness
from verify.certificates.replay import replay
from verify.claims import QUANTITIES, SETTINGS, Bounds, decide
from verify.conjecture import conjecture
from verify.errors import UsageError
from verify.fit import check_fit, fitting
from verify.parser import parse
from verify.search import Refuted, search
from verify.sources import RandomSource

# two factorisations of 2, with S = 2(1 + 4) = 10 and S = 2(16 + 1/4) = 65/2
PAIR = PairInstance.beside_layers(
    Instance.of_minimizer([[[1]], [[2]]], [[1]]),
    Instance.of_minimizer([[[4]], [[Fraction(1, 2)]]], [[1]]),
)


def drawn(name, seed):
    random = Random(seed)
    while True:
        try:
            return SETTINGS[name].build(RandomSource(random), Bounds((1, 4), (1, 3)))
        except ArithmeticError:
            continue


def test_quantities_of_the_second_are_asked_by_a_prefix():
    assert QUANTITIES["other.sharpness"].measure(PAIR) == sharpness.measure(PAIR.partner)
    assert sharpness.measure(PAIR) == 10
    assert 2 * QUANTITIES["other.sharpness"].measure(PAIR) == 65
    assert QUANTITIES["other.depth"].integer
    assert "other.nothing" not in QUANTITIES
    assert "other.other.sharpness" not in QUANTITIES
    assert QUANTITIES.get("other.nothing") is None


@pytest.mark.parametrize("name", pairs.__all__[1:])
@pytest.mark.parametrize("seed", range(4))
def test_both_are_minimizers_with_one_map(name, seed):
    pair = drawn(getattr(pairs, name).name, seed)
    first, second = pair.net, pair.partner.net
    assert pair.at_minimizer
    assert first.widths == second.widths
    assert pair.arithmetic.is_zero(first.end_to_end - second.end_to_end)
    again = PairInstance.from_json(json.loads(json.dumps(pair.to_json())))
    assert again.to_json() == pair.to_json()
    assert again.at_minimizer


@pytest.mark.parametrize("seed", range(4))
def test_balanced_pairs_are_balanced(seed):
    pair = drawn(balanced_pairs.name, seed)
    if pair.net.depth > 1:
        assert imbalance.measure(pair) == imbalance.measure(pair.partner) == 0
    assert sharpness.measure(pair) == sharpness.measure(pair.partner)


def test_a_second_network_that_is_no_minimizer_is_measured_by_its_hessian():
    data = PAIR.to_json() | {"other": [[["3"]], [["1"]]]}
    wrong = PairInstance.from_json(data)
    assert not wrong.at_minimizer
    other = Instance.from_json(data | {"weights": data["other"]})
    assert QUANTITIES["other.sharpness"].measure(wrong) == sharpness.measure(other)


def test_a_setting_of_single_networks_has_none():
    claim = conjecture("c", "sharpness <= other.sharpness", over="minimizers").claims[0]
    with pytest.raises(UsageError, match=r"single ones, not pairs.*minimizer-pairs"):
        check_fit(claim)
    assert minimizer_pairs in fitting("other.sharpness", "condition")


def test_the_echo_tells_whose_it_is():
    read = parse("sharpness <= other.sharpness**2 if other.depth == 2")
    assert r"\left[S(W)\right]_{\text{other}}" in read.latex
    assert str(read.conditions[0]) == "Eq(other.depth, 2)"


def test_a_conjecture_about_two_is_refuted_with_a_certificate(tmp_path):
    claim = conjecture(
        "c", "sharpness <= other.sharpness*condition", over="minimizer-pairs", depth=(2, 3)
    ).claims[0]
    outcome = search(claim, instances=20_000, budget=60, seed=0, out=tmp_path)
    assert isinstance(outcome, Refuted)
    folder = outcome.certificate
    data = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))
    assert data["checked"] == "confirmed"
    assert "other" in data["instance"]
    assert replay(folder).verdict == "confirmed"


def test_minimal_sharpness_is_the_same_for_both():
    pair = drawn("minimizer-pairs", 1)
    text = "sharpness >= minimal_sharpness if other.minimal_sharpness >= minimal_sharpness"
    claim = conjecture("c", text, over="minimizer-pairs").claims[0]
    assert decide(claim, pair).outcome in ("holds", "undecided")
    assert minimal_sharpness.measure(PAIR) == QUANTITIES["other.minimal_sharpness"].measure(PAIR)
