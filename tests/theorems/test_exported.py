"""What the kernel is told of a network encloses what the Python code measures on it."""

import json
from fractions import Fraction
from random import Random

import pytest

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational
from tests.kernel import needs_coq
from theorems import agreement_of_counterexamples as agreement
from theorems import checker
from theorems.exported import _MEASURES, _RATIONAL, _SETTINGS, DEFINITIONS, exported
from verify.certificates.coq.file import check, compiles
from verify.certificates.coq.numbers import Unexported
from verify.claims import QUANTITIES, SETTINGS, Bounds
from verify.errors import CertiminError, Undefined
from verify.sources import RandomSource

EXACT = Rational()
BITS = 40


def sample(name, seed):
    random = Random(seed)
    while True:
        try:
            return SETTINGS[name].build(RandomSource(random), Bounds((2, 3), (1, 2)))
        except ArithmeticError:
            continue


def told(name, instance):
    written = json.loads(json.dumps((instance.to_json(), instance.hints())))
    data = {"claim": {"setting": name}, "instance": written[0], "hints": written[1]}
    return exported(data)


def contained(ends, value):
    return (
        all(
            EXACT.compare(EXACT.scalar(low), high).sign <= 0
            for low, high in ((ends.low, value), (value, EXACT.scalar(ends.high)))
            if isinstance(low, Fraction)
        )
        and EXACT.compare(value, EXACT.scalar(ends.high)).sign <= 0
    )


UNKNOWN = {
    "map_nuclear", "map_schatten_4", "map_singular_min", "map_trace", "path_gain_min", "schatten",
    "suffix_gain_max", "suffix_gain_min", "target_nuclear", "target_schatten", "target_schatten_4",
    "target_singular_sum", "target_trace",
}  # fmt: skip
"""What the checker measures and the kernel has no definition of: the export says so."""


def test_every_other_quantity_of_the_checker_is_known_to_the_kernel():
    single = {name for name in checker.QUANTITIES if not name.startswith("other.")}
    assert _MEASURES.keys() | _RATIONAL.keys() == single - UNKNOWN
    assert not _MEASURES.keys() & _RATIONAL.keys()
    for name in single - UNKNOWN:
        assert f"Definition is_{name} " in DEFINITIONS


def test_every_setting_of_single_networks_is_known_to_the_kernel():
    assert set(_SETTINGS) == {name for name in checker.SETTINGS if not name.endswith("-pairs")}
    for name in _SETTINGS:
        assert f"Definition in_{name.replace('-', '_')} " in DEFINITIONS


@pytest.mark.parametrize("name", _SETTINGS)
@pytest.mark.parametrize("seed", range(3))
def test_the_ends_hold_the_value(name, seed):
    instance = sample(name, seed)
    found = told(name, instance)
    for quantity in (*_MEASURES, *_RATIONAL):
        try:
            value = QUANTITIES[quantity].measure(instance)
            ends = found.measure(quantity, BITS).ends
        except (NotExact, Unexported, Undefined, checker.Undefined, ZeroDivisionError):
            continue
        assert contained(ends, EXACT.scalar(value) if isinstance(value, int) else value), quantity


@pytest.mark.parametrize("seed", range(6))
def test_minimal_sharpness_is_enclosed_where_it_is_irrational(seed):
    instance = sample("minimizers", 50 + seed)
    ends = told("minimizers", instance).measure("minimal_sharpness", BITS).ends
    with Balls(200) as ar:
        value = QUANTITIES["minimal_sharpness"].measure(instance.lifted(ar))
        assert ar.compare(ar.scalar(ends.low), value).sign in (-1, None)
        assert ar.compare(value, ar.scalar(ends.high)).sign in (-1, None)
    assert ends.high - ends.low < Fraction(1, 10**4) * ends.high


def test_an_instance_with_more_is_not_written():
    with pytest.raises(Unexported, match="more than weights"):
        exported(
            {"claim": {"setting": "x"}, "instance": {"weights": [], "steps": "3"}, "hints": {}}
        )


def test_a_large_hessian_is_refused():
    layers = [[["1"] * 7] * 7] * 2
    identity = [[str(int(i == j)) for j in range(7)] for i in range(7)]
    instance = {"weights": layers, "sigma": identity, "target": [["7"] * 7] * 7}
    network = exported({"claim": {"setting": "minimizers"}, "instance": instance, "hints": {}})
    with pytest.raises(Unexported, match="98 weights"):
        network.measure("sharpness", BITS)


@pytest.mark.slow
@needs_coq
def test_the_definitions_give_the_numbers_of_the_code():
    compiles(agreement.source(6))


@pytest.mark.slow
@needs_coq
def test_a_wrong_number_is_found_out():
    source = agreement.source(1)
    start = source.index("(loss_value it_0)")
    old = source[start:].split(" = true", 1)[0].split(") ", 1)[1]
    wrong = source[:start] + source[start:].replace(old, f"({old} + 1)", 1)
    with pytest.raises(CertiminError):
        compiles(wrong)
    assert check(wrong)[0] == "refused"
