"""A derivation that holds whatever the claim says is void."""

import pytest
import sympy as sp

from tests.toys import claim, count, first, norm, total
from verify.claims import Formula, Proof
from verify.derivation.dependence import fault
from verify.derivation.steps import Condition, Identity
from verify.runs.profiles import PROFILES
from verify.runs.stages import derive

x, y = sp.symbols("x y", positive=True)
bound = Formula("bound", "b", 2 * count * x)
other = Formula("other", "o", first**2)


def derived(relation, steps, **asked):
    return claim(relation, proof=Proof(steps, asked))


def trivial():
    yield Identity("trivial", count, count)


def sums_up(bound):
    yield Identity("sum", sp.Sum(2 * x, (sp.Symbol("k", integer=True), 1, count)), bound)


def cancels(bound):
    yield Identity("cancels", bound / bound, 1)


def both_sides(bound):
    yield Identity("both sides", bound * count / count, bound)


def restated(bound):
    yield Identity("restated", bound, 2 * count * x)


def told(bound):
    yield Condition("told", bool(bound == 2 * count * x))


def about_other(other):
    yield Identity("square", other, first * first)


def too_weak(bound):
    yield Condition("positive", bound, ">")


def raises(bound):
    yield Identity(
        "square", sp.solve(y - bound, y)[0] ** 2, sp.expand((count * x + bound / 2) ** 2)
    )
    yield Identity("difference", sp.solve(y - bound, y)[0] - x, (2 * count - 1) * x)


NEITHER = "it takes no closed form of the claim, and its last fact is not the claim"


@pytest.mark.parametrize("relation", [norm >= bound, norm <= bound, sp.Eq(norm, bound)], ids=str)
@pytest.mark.parametrize("steps", [sums_up, raises])
def test_a_derivation_that_dies_with_its_closed_form_depends_on_it(relation, steps):
    assert fault(derived(relation, steps, bound=bound)) == ""


@pytest.mark.parametrize("relation", [norm >= bound, norm <= bound, sp.Eq(norm, bound)], ids=str)
@pytest.mark.parametrize("steps", [cancels, both_sides, restated, told])
def test_a_derivation_that_outlives_its_closed_form_is_void(relation, steps):
    assert fault(derived(relation, steps, bound=bound)).startswith("it holds as well with")


def test_the_first_form_tried_is_twice_it():
    assert fault(derived(norm >= bound, cancels, bound=bound)) == (
        f"it holds as well with {2 * bound.expression} for bound"
    )


def test_a_condition_that_a_stronger_form_meets_too_is_void():
    assert "for bound" in fault(derived(norm >= bound, too_weak, bound=bound))


def test_a_derivation_about_something_else_is_void():
    assert fault(derived(norm >= bound, trivial)) == NEITHER
    assert fault(derived(norm >= first, trivial)) == NEITHER
    assert fault(derived(norm >= bound, about_other, other=other)) == NEITHER


def test_a_form_within_another_is_altered_in_both():
    twice = Formula("twice", "2b", 2 * bound)
    assert fault(derived(norm >= twice, sums_up, bound=bound)) == ""
    assert fault(derived(norm >= twice, cancels, bound=bound)) != ""


def test_the_derivation_of_a_false_claim_is_void_and_loud():
    """False from five numbers on; said to be derived for all sizes by count = count."""
    false = derived(count <= 4, trivial)
    result = derive(false, PROFILES["quick"])
    assert (result["complete"], result["void"]) == (False, NEITHER)


def test_a_true_derivation_of_another_formula_gives_nothing():
    """n² <= 2ⁿ is asked for and the sum of odd numbers is derived: true, about another formula."""
    k = sp.Symbol("k", integer=True, positive=True)
    power = Formula("power", "2^n", 2**count)
    square = Formula("square", "n^2", count**2)

    def odd_numbers(square):
        yield Identity("odd numbers", sp.Sum(2 * k - 1, (k, 1, count)), square)

    assert fault(derived(total <= power, odd_numbers, square=square)) == NEITHER
    # with the form in the claim it depends on it, and is no more than a part
    assert fault(derived(total <= square, odd_numbers, square=square)) == ""


def test_a_claim_that_is_its_own_last_fact_needs_no_alteration():
    square = derived(sp.Eq((first + total) ** 2, first**2 + 2 * first * total + total**2), trivial)

    def binomial():
        yield Identity("b", (first + total) ** 2, first**2 + 2 * first * total + total**2)

    assert derive(square, PROFILES["quick"])["void"] == NEITHER
    whole = derive(derived(square.relation, binomial), PROFILES["quick"])
    assert (whole["complete"], whole["void"]) == (True, "")
