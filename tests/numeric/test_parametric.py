"""Numbers that depend on t are, at each t, the numbers of exact arithmetic; decisions are kept."""

from fractions import Fraction

import pytest

from numeric.arithmetic.parametric import Functions
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational
from theorems import quantities, settings
from theorems.instances import Instance

EXACT = Rational()
INSTANCES = [
    Instance.of_minimizer([[[1, 0], [0, 2]], [[1, 1], [0, 1]]], [[1, 0], [0, 2]]),
    Instance.of_minimizer([[[1], [2]], [[3, 1]], [[2]]], [[5]]),
    Instance.exact([[[1, 2]], [[1]]], [[2, 1], [1, 3]], [[1, -1]]),
]
NAMES = ("loss", "loss_at_zero", "hessian_trace", "weights_sq", "slope_sq", "data_trace", "depth")
TOPS = ("sharpness", "target_norm", "data_max", "imbalance", "layer_norm_max", "map_norm")


def lines(instance):
    name = "minimizers" if instance.at_minimizer else "weights"
    return list(settings.minimizers.lines(name, instance))


@pytest.mark.parametrize("instance", INSTANCES)
@pytest.mark.parametrize("name", NAMES)
def test_a_rational_quantity_is_a_rational_function(name, instance):
    quantity = getattr(quantities, name)
    for line in lines(instance):
        value = line.along().arithmetic.number(quantity.measure(line.along()))
        for t in (Fraction(1, 3), Fraction(-5, 2), line.at):
            if t or line.at == 0:
                there = line.instance(EXACT, EXACT.scalar(t))
                assert value.f.at(t) == EXACT.scalar(1) * quantity.measure(there)


def between(ar, t):
    """Whether no root that was kept lies between t and the place of the decisions."""
    ends = sorted((t, ar.at))
    return all(_steady(p, *ends) for p in ar.critical)


def _steady(polynomial, low, high, steps=64):
    values = []
    for k in range(steps + 1):
        t, total = low + (high - low) * Fraction(k, steps), Fraction(0)
        for c in reversed(polynomial):
            total = total * t + c
        values.append(total > 0 if total else None)
    return None not in values and len(set(values)) == 1


@pytest.mark.parametrize("instance", INSTANCES)
@pytest.mark.parametrize("name", TOPS)
def test_a_comparison_holds_as_far_as_no_root_is_passed(name, instance):
    quantity, tried = getattr(quantities, name), 0
    for line in lines(instance)[::2]:
        along = line.along()
        try:
            value = quantity.measure(along)
            signs = {c: along.arithmetic.compare(value, c).sign for c in (1, 3, 50)}
        except (NotExact, ZeroDivisionError):
            continue
        for t in (line.at + Fraction(1, 64), line.at - Fraction(1, 8)):
            if t and between(along.arithmetic, t):
                here = quantity.measure(line.instance(EXACT, EXACT.scalar(t)))
                for c, sign in signs.items():
                    assert EXACT.compare(here, EXACT.scalar(c)).sign == sign
                    tried += 1
    assert tried


def test_a_decision_at_a_root_is_refused():
    ar = Functions(Fraction(2))
    with pytest.raises(NotExact, match="at t = 2 alone"):
        ar.compare(ar.t, 2)
    assert ar.compare(ar.t + 0, ar.t).sign == 0


def test_roots_are_taken_with_their_sign():
    ar = Functions(Fraction(-3))
    assert ar.compare(ar.sqrt(ar.t * ar.t), 2).sign == 1
    assert ar.compare(ar.sqrt(ar.t * ar.t), -ar.t).sign == 0
    with pytest.raises(NotExact):
        ar.sqrt(ar.t)


def test_sums_of_roots_and_logarithms_are_not_taken():
    ar = Functions(Fraction(5))
    for wrong in (lambda: ar.sqrt(ar.t) + 1, lambda: ar.log(ar.t), lambda: ar.exp(ar.t)):
        with pytest.raises(NotExact):
            wrong()


def test_dividing_by_what_vanishes_is_no_number():
    ar = Functions(Fraction(1))
    with pytest.raises(ZeroDivisionError):
        ar.number(1) / (ar.t - ar.t)
