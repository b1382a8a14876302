"""The numbers users are given: bounds, what they are worth, how they compare and are written."""

import math
from fractions import Fraction

import pytest

from numeric.arithmetic.ball import Ball
from numeric.enclosure import Enclosure, outward


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (Fraction(1, 3), Fraction(1, 3)),
        (Fraction(-2, 7), Fraction(1, 7)),
        (Fraction(12), Fraction(12)),
    ],
)
@pytest.mark.parametrize("scale", [Fraction(1), Fraction(10) ** 40, Fraction(1, 10**40)])
def test_decimals_are_rounded_outward(low, high, scale):
    down, up = map(Fraction, outward(low * scale, high * scale, 6))
    assert down <= low * scale <= high * scale <= up
    assert up - down <= (high - low) * scale + 3 * abs(high) * scale / 10**5


def test_exact_numbers_are_shown_as_one_decimal():
    assert Enclosure.of(Ball.of(96)).interval() == "96"
    assert Enclosure.of(Ball.of(Fraction(1, 3))).interval(3) == "[0.333, 0.334]"


def test_order_is_decided_by_the_bounds_or_not_at_all():
    r = Enclosure(Fraction(2), Fraction(3))
    assert all([r < 3.5, r <= 3, r > 1, r >= 2, r > Enclosure.of(Fraction(3, 2))])
    assert not any([r < 2, r <= Fraction(3, 2), r > 3, r >= 4])
    for undecided in (lambda: r < 3, lambda: r <= 2.5, lambda: r > 2, lambda: r >= 2.5):
        with pytest.raises(ArithmeticError, match="is not decided"):
            undecided()


def test_ends_may_be_worth_different_things():
    r = Enclosure(Fraction(2), math.inf, "certified", "sampled")
    assert (r.worth, float(r), r.interval()) == ("sampled", 2.0, "[2, inf]")
    assert r.to_json() == {
        "lower": "2",
        "upper": "inf",
        "worth": "sampled",
        "lower_worth": "certified",
        "upper_worth": "sampled",
        "float": 2.0,
    }
    assert f"{r}" == "[2, inf] (lower bound certified, upper bound sampled)"
    assert "certified" in r._repr_html_()


def test_numbers_beyond_floats_are_written_still():
    r = Enclosure.of(Fraction(10) ** 400)
    assert (float(r), r.interval()) == (math.inf, "1.000000000e+400")
    assert "float" not in r.to_json()


def test_bounds_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="lower <= upper"):
        Enclosure(Fraction(2), Fraction(1))
    with pytest.raises(ValueError, match="Fractions or infinities"):
        Enclosure(Fraction(2), 2.5)
    with pytest.raises(ValueError, match="nan"):
        Enclosure(Fraction(0), Fraction(1)) < math.nan  # noqa: B015
