"""The stand-alone checker: its intervals hold the exact values, and only real violations pass."""

import ast
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational
from numeric.loss import hessian, hessian_by_jets
from theorems import checker, quantities, settings
from theorems.instances import Instance
from verify.claims import QUANTITIES, SETTINGS, Bounds
from verify.errors import Undefined
from verify.sources import RandomSource

EXACT = Rational()
NAMES = sorted(checker.SETTINGS)
SAMPLES = [(name, seed) for name in NAMES for seed in range(12)]


def sample(name, seed):
    """A random exact instance of a setting."""
    random = Random(seed)
    while True:
        try:
            bounds = Bounds((1 + seed % 2, 4), (1, 3))
            return SETTINGS[name].build(RandomSource(random), bounds)
        except ArithmeticError:
            continue


def point(instance):
    written = json.loads(json.dumps(instance.to_json()))
    return checker.Point(written, instance.hints())


@pytest.fixture(autouse=True)
def precise(monkeypatch):
    monkeypatch.setattr(checker.Number, "bits", 64)


def contains(number, value):
    """Whether an exact value lies in the interval."""
    ends = EXACT.scalar(number.low), EXACT.scalar(number.high)
    return EXACT.compare(ends[0], value).sign <= 0 <= EXACT.compare(ends[1], value).sign


def truth(name, instance):
    """The exact value of a quantity; None where only balls know it, "undefined" if it has none."""
    try:
        return QUANTITIES[name].measure(instance)
    except NotExact:
        return None
    except (Undefined, ZeroDivisionError):
        return "undefined"


def test_every_named_quantity_is_there():
    assert set(checker.QUANTITIES) == {n for n in quantities.__all__ if n != "symbols"}


@pytest.mark.parametrize(("setting", "seed"), SAMPLES)
def test_intervals_contain_the_exact_values(setting, seed):
    instance = sample(setting, seed)
    p = point(instance)
    checker.check_setting(p, setting)
    for name in checker.QUANTITIES:
        exact = truth(name, instance)
        if exact == "undefined":
            with pytest.raises(checker.Undefined):
                checker.evaluate(name, p)
            continue
        found = checker.evaluate(name, p)
        assert found.high - found.low <= abs(found.high) * Fraction(1, 10**12)
        if exact is None:
            with Balls(256) as balls:
                ball = QUANTITIES[name].measure(instance.lifted(balls))
            assert ball.lower <= found.high
            assert found.low <= ball.upper
        else:
            assert contains(found, exact)
