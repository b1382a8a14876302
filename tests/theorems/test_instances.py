"""Instances come back from JSON, take a second route, and hint at maximizers."""

import json
from fractions import Fraction

import pytest

from numeric.arithmetic.protocol import NotExact
from theorems import instances, quantities
from theorems.checker import Number, Point, minimal_sharpness
from theorems.instances import Instance

IDENTITY = [[1, 0], [0, 1]]
WHITENED = Instance.of_minimizer([[[2, 0], [0, 1]], IDENTITY], IDENTITY)
SKEWED = Instance.of_minimizer([[[2, Fraction(1, 3)], [0, 1]], IDENTITY], [[1, 0], [0, 7]])
ELSEWHERE = Instance.exact([[[2]], [[1]]], [[1]], [[3]])


@pytest.mark.parametrize("instance", [WHITENED, SKEWED, ELSEWHERE])
def test_json_keeps_everything(instance):
    again = Instance.from_json(json.loads(json.dumps(instance.to_json())))
    assert again.to_json() == instance.to_json()
    assert again.at_minimizer is instance.at_minimizer


def test_the_second_route_measures_the_same():
    second = SKEWED.second_route()
    assert not second.at_minimizer
    measured = [quantities.sharpness.measure(i) for i in (SKEWED, second)]
    assert measured[0] == measured[1]


def test_a_rational_maximizer_is_the_hint_and_proves_itself():
    hints = WHITENED.hints()
    assert hints == {"minimal_sharpness": ["1", "0"]}
    assert minimal_sharpness(Point(WHITENED.to_json(), hints)).is_exact()


def test_other_hints_are_tight(monkeypatch):
    monkeypatch.setattr(Number, "bits", 128)
    found = minimal_sharpness(Point(SKEWED.to_json(), SKEWED.hints()))
    assert 0 < found.high - found.low < found.low / 10**15


def test_there_is_no_hint_where_none_is_needed_or_none_is_found(monkeypatch):
    assert Instance.of_minimizer([[[1, 2]]], IDENTITY).hints() == {}
    assert Instance.of_minimizer([[[0]], [[1]]], [[1]]).hints() == {}

    def fail(*_):
        raise NotExact("no proposal")

    monkeypatch.setattr(instances, "maximizers", fail)
    assert SKEWED.hints() == {}
