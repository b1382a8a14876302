"""A claim is false all along a family, and only what is counted is believed."""

import json
from dataclasses import replace
from fractions import Fraction

import jsonschema
import pytest

from numeric.arithmetic.rational import Rational
from tests.verify.certificates.test_folder import SCHEMA, certified
from theorems import quantities as q
from theorems import settings
from theorems.instances import Instance
from verify.certificates.family import checked, told, widest
from verify.certificates.folder import load
from verify.certificates.replay import replay
from verify.claims import Claim, assumed, decide

S, L, T, W = q.sharpness.symbol, q.depth.symbol, q.target_norm.symbol, q.weights_sq.symbol
CHAIN = Instance.of_minimizer([[[1]], [[2]], [[1]]], [[1]])
WIDE = Instance.of_minimizer([[[1, 0], [0, 2]], [[1, 1], [0, 1]]], [[1, 0], [0, 2]])
OFF = Instance.exact([[[1, 1]], [[1]]], [[1, 0], [0, 3]], [[2, 1]])


def claim(relation, *conditions, setting=settings.minimizers):
    return Claim("c", "", setting, relation, assumed(*conditions))


CASES = [
    (claim(S <= 17), CHAIN),
    (claim(S >= 7 * T**2, L >= 2), CHAIN),
    (claim(S <= 13, W <= 9), WIDE),
    (claim(q.hessian_trace.symbol <= 50, T <= 4), WIDE),
    (claim(q.layer_norm_max.symbol * 10 <= 11 * q.layer_norm_min.symbol), WIDE),
    (claim(q.loss.symbol <= S / 20, setting=settings.weights), OFF),
    (claim(W**2 <= 3 * T ** (2 - 2 / L)), CHAIN),
    (claim(q.imbalance.symbol < 3), CHAIN),
]


def inside(family):
    """Rational values of t in the interval, near both ends and far out."""
    low, high, at = family.low, family.high, family.line.at
    low = at - 50 if low is None else low
    high = at + 50 if high is None else high
    near = (high - low) / 10**6
    return [low + near, (low + at) / 2, at, (at + high) / 2, high - near]


@pytest.mark.parametrize(("statement", "instance"), CASES)
def test_it_is_false_along_the_whole_family(statement, instance):
    assert decide(statement, instance).refutes
    family = widest(statement, instance)
    ar = Rational()
    for t in inside(family):
        along = family.line.instance(ar, ar.scalar(t))
        assert decide(statement, along).refutes, t
    assert checked(statement, instance, json.loads(json.dumps(family.to_json()))) == ""


def test_an_end_is_where_the_claim_begins_to_hold():
    """W_1 = t has S = 8 + 10 t², which is 17 where t² = 9/10."""

    def line(name, instance):
        every = settings.minimizers.lines(name, instance)
        return (each for each in every if each.key == ("entry", 0, 0, 0))

    statement = claim(S <= 17, setting=replace(settings.minimizers, lines=line))
    family = widest(statement, CHAIN)
    assert family.high is None
    assert (family.low - Fraction(1, 50)) ** 2 < Fraction(9, 10) < family.low**2
    ar = Rational()
    below = family.line.instance(ar, ar.scalar(Fraction(15, 16)))
    assert decide(statement, below).outcome == "holds"


def test_what_a_certificate_says_of_it_is_counted_again(tmp_path):
    found = certified(tmp_path, claim(S <= 17), CHAIN)
    jsonschema.validate(found.data, SCHEMA)
    assert load(found.folder).data["family"] == found.data["family"]
    result = replay(found.folder)
    assert result.verdict == "confirmed"
    assert f"family: {told(found.data['family'])}" in result.lines


@pytest.mark.parametrize(
    "change",
    [
        {"low": "-10"},
        {"high": "1/2"},
        {"roots": 7},
        {"key": ["entry", 0, 0, 9]},
        {"key": ["layer", 0]},
        {"parameter": "anything"},
        {"polynomials": []},
        {"at": "2"},
    ],
)
def test_a_changed_family_is_refused(change):
    statement = claim(S >= 7 * T**2)
    written = json.loads(json.dumps(widest(statement, CHAIN).to_json()))
    assert checked(statement, CHAIN, written) == ""
    assert checked(statement, CHAIN, written | change) != ""


def test_a_claim_that_holds_has_no_family():
    statement = claim(S >= T)
    assert not decide(statement, CHAIN).refutes
    assert widest(statement, CHAIN) is None


def test_a_homogeneous_scale_gives_way_to_what_changes_the_instance():
    family = widest(claim(2 * q.layer_norm_max.symbol**4 >= S), CHAIN)
    assert (
        family is None
        or not family.line.scales
        or family.polynomials != [[Fraction(0), Fraction(1)]]
    )
