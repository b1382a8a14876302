"""The parts of a proposal: degrees, exponents, constants, texts and what is held out."""

from fractions import Fraction

import numpy as np
import pytest

from verify import parser
from verify.claims import SETTINGS, Bounds
from verify.conjecture import conjecture
from verify.errors import UsageError
from verify.proposals import scalings
from verify.proposals.candidates import Candidate, Constant, Exponent, Monomial
from verify.proposals.constants import fitted, near, rounded
from verify.proposals.exponents import family
from verify.proposals.fitting import fits, scored
from verify.proposals.known import bounds, descendants, implying
from verify.proposals.pool import chosen
from verify.proposals.scalings import Degree, Degrees
from verify.proposals.table import Table
from verify.registry import theorems

SIZES = Bounds((2, 4), (1, 3))


def _degree(constant, inverse=0):
    return Degree(Fraction(constant), Fraction(inverse))


def _left(text):
    theorems()
    return parser.parse(f"{text} >= 0").relation


def _table(setting, about, names, known=None):
    theorems()
    table = Table(SETTINGS[setting], SIZES, _left(about), tuple(names), known or {})
    table.fill(0)
    return table


def test_degrees_are_those_of_the_formulas():
    names = ("target_norm", "data_max", "layer_norm_max", "path_gain_max", "condition")
    theorems()
    found = scalings.measure(SETTINGS["minimizers"], SIZES, _left("sharpness"), names, 0)
    assert found.scalings == ("data", "target")
    assert found.left == {"data": _degree(1), "target": _degree(2, -2)}
    assert found.of["layer_norm_max"]["target"] == _degree(0, 1)
    assert found.of["data_max"] == {"data": _degree(1), "target": _degree(0)}
    assert "path_gain_max" in found.left_out  # the identity before the first layer does not scale


def test_a_scaling_that_leaves_the_setting_does_not_count():
    theorems()
    names = ("target_norm", "data_max")
    found = scalings.measure(SETTINGS["whitened-minimizers"], SIZES, _left("sharpness"), names, 0)
    assert found.scalings == ("target",)


def test_exponents_have_the_degree_of_the_left_side():
    degrees = Degrees(
        ("data", "target"),
        {"data": _degree(1), "target": _degree(2, -2)},
        {
            "w": {"data": _degree(0), "target": _degree(1)},
            "a": {"data": _degree(1), "target": _degree(0)},
            "d": {"data": _degree(0), "target": _degree(0)},
        },
        {},
    )
    only = family(("w", "a"), degrees, (2, 3, 4), {})
    assert only.exponents(()) == (
        Exponent(Fraction(2), Fraction(-2)),
        Exponent(Fraction(1), Fraction(0)),
    )
    assert family(("w", "d"), degrees, (2, 3, 4), {}) is None
    assert len(family(("w", "a", "d"), degrees, (2, 3, 4), {}).free) == 2


def test_what_belongs_to_one_layer_enters_by_its_power():
    degrees = Degrees(("target",), {"target": _degree(2, -2)}, {"n": {"target": _degree(0, 1)}}, {})
    (exponent,) = family(("n",), degrees, (2, 3, 4), {}).exponents(())
    assert str(exponent) == "2*depth - 2"
    assert exponent.at(3) == 4


def test_constants_are_simple_in_the_depth():
    assert fitted({2: 4.0, 3: 6.0, 5: 10.0}) == Constant(Fraction(2), 1)
    assert fitted({2: 1.0, 3: 2.0, 5: 4.0}) == Constant(Fraction(1), 0, 1)
    assert fitted({2: 1.03, 3: 2.2, 5: 4.0}) is None
    assert near({2: 0.995, 3: 1.99, 5: 3.98}) == Constant(Fraction(1), 0, 1)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_rough_constant_is_on_the_safe_side(sign):
    extreme = {2: 0.7312, 3: 1.3777, 4: 1.9123}
    constant = rounded(extreme, sign)
    assert all(sign * (value - constant.at(depth)) >= 0 for depth, value in extreme.items())


def test_rounding_of_floats_is_no_digit_of_a_constant():
    assert rounded({2: 1.0000001, 3: 1.8, 4: 2.9}, -1) == Constant(Fraction(1), 0, 1)


def test_a_text_says_what_its_numbers_say():
    terms = (
        (Constant(Fraction(3, 2), 1, -1),
         Monomial((("target_norm", Exponent(Fraction(2), Fraction(-2))),
                   ("data_max", Exponent(Fraction(-1, 2), Fraction(0)))))),
        (Constant(Fraction(2)),
         Monomial((("layer_norm_max", Exponent(Fraction(2), Fraction(-2), True)),))),
    )  # fmt: skip
    candidate = Candidate("sharpness", ">=", terms)
    claim = conjecture("x", candidate.text, depth=SIZES.depth, width=SIZES.width).claims[0]
    names = ("target_norm", "data_max", "layer_norm_max")
    table = _table("minimizers", "sharpness", names, {"text": (claim, 1)})
    assert len(table) > 100
    np.testing.assert_allclose(candidate.right(table), table.bound("text"), rtol=1e-9)


def test_the_bound_of_the_trace_is_fitted_again():
    """U5 from numbers alone: two exponents left free by the degrees, and 2L before them."""
    table = _table("minimizers", "hessian_trace", ("d_y", "data_trace", "target_nuclear"))
    names = ("d_y", "data_trace", "target_nuclear")
    degrees = scalings.measure(table.setting, SIZES, table.left, names, 0)
    found = fits(table, family(names, degrees, table.depths, {}), 1)
    wanted = (("d_y", 0, 1), ("data_trace", 0, 1), ("target_nuclear", 2, -2))
    monomials = [[(n, e.constant, e.inverse) for n, e in f.monomial.factors] for f in found]
    assert list(wanted) in monomials
    fit = found[monomials.index(list(wanted))]
    assert fit.attained
    assert fitted(fit.extreme) == Constant(Fraction(2), 1)


def test_a_row_that_no_constant_saves_refutes():
    table = _table("minimizers", "sharpness", ("imbalance",))
    monomial = Monomial((("imbalance", Exponent(Fraction(1), Fraction(-1), True)),))
    assert scored(table, monomial, -1) is None  # balanced layers are sharp, and not imbalanced
    assert scored(table, monomial, 1) is not None


def test_quantities_that_are_powers_of_others_go():
    names = ("target_fro", "loss_at_zero", "data_max")
    table = _table("whitened-minimizers", "sharpness", names)
    degrees = scalings.measure(table.setting, SIZES, table.left, names, 0)
    pool = chosen(table, degrees, {}, ())
    assert pool.names == ("target_fro",)
    assert [e.text for e in pool.equations] == ["loss_at_zero == target_fro**2"]
    assert pool.left_out["data_max"] == "constant"


def test_what_implies_a_theorem_is_held_out_with_it():
    theorems()
    held = descendants(["C1"])
    assert held["C1"] == "named"
    assert held["C6"] == "uses C1"
    assert "U1" not in held
    left = _left("sharpness")
    known = bounds(left, SETTINGS["univariate-minimizers"], ("minimal_sharpness",))
    columns = {name: (k.claim, k.side) for name, k in known.items()}
    table = _table("univariate-minimizers", "sharpness", ("minimal_sharpness",), columns)
    found = implying(table, known, held)
    assert found.theorems["U1"] in ("U1.lower implies C1.lower", "U1.least implies C1.lower")
    assert "minimal_sharpness" in found.quantities
    with pytest.raises(UsageError, match="unknown theorem id 'C99'"):
        descendants(["C99"])
