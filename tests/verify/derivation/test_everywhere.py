"""A claim decided with every number a symbol holds for all numbers, at those sizes."""

import pytest
import sympy as sp

from numeric.arithmetic.symbolic import Symbolic
from theorems.quantities import compared
from verify.claims import QUANTITIES, SETTINGS, Assumption, Bounds, Claim, quantity
from verify.derivation.chain import ends_in
from verify.derivation.everywhere import SymbolSource, everywhere
from verify.derivation.steps import check
from verify.errors import NoValue
from verify.registry import theorems
from verify.runs.profiles import PROFILES
from verify.runs.stages import derive
from verify.sources import Exhausted

theorems()
MINIMIZERS = SETTINGS["minimizers"]
q = {name: quantity.symbol for name, quantity in QUANTITIES.items()}
SIZES = ((2, 2, 1, 1, 1), (2, 1, 2, 1))


def claim(relation, *assumptions, sizes=SIZES, setting=MINIMIZERS):
    return Claim("claim", "", setting, relation, assumptions, Bounds(), sizes=sizes)


def verdicts(found):
    return [check(step).verdict for step in everywhere(found)]


def test_numbers_are_symbols_of_their_own_with_the_sign_of_their_range():
    source = SymbolSource((3,))
    assert [source.integer(1, 5), source.integer(1, 5)] == [3, 5]
    drawn = [source.number(), source.number(0, 1), source.number(1, 2), *source.matrix(1, 2)[0]]
    assert len(set(drawn)) == 5
    assert [x.is_nonnegative for x in drawn] == [None, True, True, None, None]
    assert [x.is_positive for x in drawn] == [None, None, True, None, None]
    with pytest.raises(Exhausted, match="between 1 and 2, got 9"):
        SymbolSource((9,)).integer(1, 2)


def test_a_recipe_answers_with_symbols():
    instance = MINIMIZERS.build(SymbolSource((2, 2, 1, 2, 1)), Bounds())
    assert isinstance(instance.arithmetic, Symbolic)
    assert instance.at_minimizer
    assert len(sp.Matrix(instance.weights[0]).free_symbols) == 2


def test_what_is_true_everywhere_is_derived():
    found = claim(sp.Eq(q["loss"], 0))
    assert verdicts(found) == ["holds", "holds"]
    result = derive(found, PROFILES["quick"])
    assert (result["complete"], result["void"]) == (True, "")
    assert result["scope"] == "sizes 2-2-1-1-1, 2-1-2-1"


@pytest.mark.parametrize(
    "relation",
    [sp.Eq(q["loss"], q["loss_at_zero"]), sp.Eq(q["weights_sq"], 1), q["weights_sq"] >= 1],
    ids=str,
)
def test_what_is_false_somewhere_is_not(relation):
    assert "holds" not in verdicts(claim(relation))


def test_an_inequality_holds_where_it_is_seen():
    assert verdicts(claim(q["weights_sq"] >= q["loss"])) == ["holds", "holds"]


def test_assumptions_must_hold_of_the_instance():
    whitened = Assumption("whitened", sp.Eq(q["data_trace"], 1))
    no = Assumption("never", lambda instance: False, "never")
    yes = Assumption("always", lambda instance: True, "always")
    free = Assumption("free", sp.Eq(q["loss"], 0))
    loss = sp.Eq(q["loss"], 0)
    assert verdicts(claim(loss, yes, free)) == ["holds", "holds"]
    assert verdicts(claim(loss, whitened)) == ["inconclusive"] * 2
    assert verdicts(claim(loss, yes, no)) == ["inconclusive"] * 2


def test_compared_things_are_compared_entry_by_entry(monkeypatch):
    @compared("toy_same", "s", "A = B")
    def same(instance):
        return [instance.sigma], [instance.sigma.mT]

    @compared("toy_other", "o")
    def other(instance):
        return instance.sigma, instance.sigma + instance.sigma

    try:
        assert verdicts(claim(sp.Eq(same.symbol, 0))) == ["holds", "holds"]
        assert verdicts(claim(sp.Eq(other.symbol, 0))) == ["refuted", "refuted"]
        assert claim(sp.Eq(same.symbol, 0)).conclusion == "A = B"
        assert claim(sp.Eq(other.symbol, 0)).conclusion == "o = 0"
        assert claim(sp.Eq(same.symbol, 1)).conclusion == "s = 1"
    finally:
        for name in ("toy_same", "toy_other"):
            del QUANTITIES[name]


def test_a_quantity_without_a_formula_has_no_value_there():
    with pytest.raises((NoValue, ArithmeticError)):
        verdicts(
            claim(sp.Eq(q["sharpness"], q["sharpness"] * q["depth"]), sizes=((2, 2, 2, 2, 2),))
        )


def test_an_instance_of_symbols_ends_in_its_claim():
    found = claim(sp.Eq(q["loss"], 0))
    assert ends_in(found, everywhere(found), 5.0)


def test_compared_things_are_not_measured(monkeypatch):
    """Entries agree in a ring even where the measure takes a branch or has no formula."""

    @quantity("toy_same", "s", positive=False, compares=lambda i: (i.sigma, i.sigma.mT))
    def same(instance):
        """Measured in floats only."""
        raise NoValue("no formula")

    try:
        assert verdicts(claim(sp.Eq(same.symbol, 0))) == ["holds", "holds"]
        with pytest.raises(NoValue):
            verdicts(claim(same.symbol <= 1))
    finally:
        del QUANTITIES["toy_same"]
