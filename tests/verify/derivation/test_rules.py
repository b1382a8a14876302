"""A rule computes its conclusion, and its fact holds only under what it needs."""

import pytest
import sympy as sp

from tests.toys import claim, first, last, norm, total
from verify.claims import QUANTITIES, Quantity
from verify.derivation import rules
from verify.derivation.rules import Fact, flat
from verify.derivation.steps import Condition, Identity, check, concludes
from verify.errors import UsageError
from verify.expression import Least, indexed, related

x, y, z = sp.symbols("x y z", positive=True)
r, s = sp.symbols("r s", real=True)
L, k, j = sp.symbols("L k j", integer=True, positive=True)
a, b = indexed("a"), indexed("b")


def fact(lhs, op, rhs):
    return Fact("known", related(lhs, op, rhs), by="given")


def verdict(found):
    """The worst verdict of a fact and all that it follows from."""
    verdicts = [check(step).verdict for step in flat([found])]
    return "holds" if set(verdicts) == {"holds"} else verdicts[-1]


TRUE = {
    "transitive": (rules.transitive(fact(x, ">=", y), fact(y, ">", z)), x > z),
    "a chain of <=": (rules.transitive(fact(y, "<=", x), fact(z, "<=", y)), x >= z),
    "an equation first": (rules.transitive(fact(x, "==", y), fact(y, ">=", z)), x >= z),
    "an equation turned": (rules.transitive(fact(y, "==", x), fact(y, ">=", z)), x >= z),
    "an equation last": (rules.transitive(fact(x, ">=", y), fact(z, "==", y)), x >= z),
    "sides in another form": (
        rules.transitive(fact(x, ">=", y * (y + 1)), fact(y**2 + y, ">=", z)), x >= z,
    ),
    "substituted": (rules.substituted(fact(x * y, ">=", z), fact(x, "==", z)), y * z >= z),
    "narrowed": (
        rules.narrowed(Fact("known", a(k) >= b(k), by="given", index=(k, 1, L)), (j, 1, 1)),
        a(j) >= b(j),
    ),
    "turned": (rules.turned(fact(x, "<", y)), y > x),
    "rewritten": (rules.rewritten(fact(x * (y + 1), ">=", z), x + x * y, z), x + x * y >= z),
    "added": (rules.added(fact(r, ">=", s), fact(y, "<", x)), r + x > s + y),
    "added numbers": (rules.added(fact(y, "<=", x), r, s), x + r + s >= y + r + s),
    "added equations": (rules.added(fact(r, "==", s), fact(x, "==", y)), sp.Eq(r + x, s + y)),
    "scaled": (rules.scaled(fact(r, ">=", s), x), r * x >= s * x),
    "scaled equation": (rules.scaled(fact(r, "==", s), -1), sp.Eq(-r, -s)),
    "raised": (rules.raised(fact(r, ">=", x), 2 - 2 / L), r ** (2 - 2 / L) >= x ** (2 - 2 / L)),
    "increasing": (rules.increasing(fact(x, ">", y), sp.log, z), sp.log(x) > sp.log(y)),
    "multiplied": (rules.multiplied(fact(r, ">=", x), fact(s, ">", y)), r * s >= x * y),
    "put": (rules.put(fact(r, ">=", 2 - x - 1 / x), x, y + 1), r >= 1 - y - 1 / (y + 1)),
    "minimum": (rules.minimum(x + y**2 / x, x, y), x + y**2 / x >= 2 * y),
    "sum over k": (rules.each(fact(a(k), ">=", b(k)), (k, 1, L)),
                   sp.Sum(a(k), (k, 1, L)) >= sp.Sum(b(k), (k, 1, L))),
    "sum of one bound": (rules.each(fact(a(k), ">", r), (k, 1, L)),
                         sp.Sum(a(k), (k, 1, L)) >= L * r),
    "product over k": (rules.each(fact(a(k), ">=", x), (k, 2, L), product=True),
                       sp.Product(a(k), (k, 2, L)) >= x ** (L - 1)),
    "AM-GM": (rules.am_gm_sum(a(k) * b(k), (k, 1, L)),
              sp.Sum(a(k) * b(k), (k, 1, L)) >= L * sp.Product(a(k) * b(k), (k, 1, L)) ** (1 / L)),
    "telescoped sum": (rules.telescoped_sum(a, (k, 1, L)),
                       sp.Eq(sp.Sum(a(k) - a(k + 1), (k, 1, L)), a(1) - a(L + 1))),
    "divided": (rules.divided(fact(r, ">=", x * y), z), r / z >= x * y / z),
    "one of them": (rules.one_of(1, r), sp.Ge(sp.Max(1, r), r, evaluate=False)),
    "telescoped": (rules.telescoped(a, b, (k, 1, L)),
                   sp.Eq(sp.Product(a(k) * b(k), (k, 1, L)),
                         b(1) * a(L) * sp.Product(a(k) * b(k + 1), (k, 1, L - 1)))),
    "an identity is a fact": (rules.transitive(Identity("i", x * 2, x + x), fact(2 * x, ">=", z)),
                              2 * x >= z),
    "a condition is a fact": (rules.scaled(Condition("c", x + y, ">"), z),
                              related((x + y) * z, ">", 0)),
}  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), TRUE.values(), ids=TRUE)
def test_a_rule_concludes(found, expected):
    assert verdict(found) == "holds"
    assert concludes(found, expected)


FALSE = {
    "a chain that does not join": rules.transitive(fact(x, ">=", y), fact(y + 1, ">=", z)),
    "a factor of any sign": rules.scaled(fact(x, ">=", y), r),
    "a factor that may be zero": rules.scaled(fact(x, ">", y), sp.Symbol("n", nonnegative=True)),
    "a smaller side of any sign": rules.raised(fact(x, ">=", r), 2),
    "a negative exponent": rules.raised(fact(x, ">=", y), -1),
    "an exponent that may be negative": rules.raised(fact(x, ">=", y), 1 - 2 / L),
    "a function that decreases": rules.increasing(fact(x, ">=", y), lambda t: 1 / t, z),
    "a function out of its range": rules.increasing(fact(r, ">=", s), lambda t: t**2, z),
    "factors of any sign": rules.multiplied(fact(x, ">=", r), fact(y, ">=", s)),
    "a value out of the range": rules.put(fact(r, ">=", x), x, s),
    "no minimum there": rules.minimum(x + y / x, x, y),
    "a maximum": rules.minimum(2 * x - x**2 / y, x, y),
    "terms of any sign": rules.am_gm_sum(r * k, (k, 1, L)),
    "a product of any signs": rules.each(fact(a(k), ">=", r), (k, 1, L), product=True),
    "another way that is none": rules.rewritten(fact(x, ">=", y), x + 1, y),
}


@pytest.mark.parametrize("found", FALSE.values(), ids=FALSE)
def test_a_rule_does_not_conclude_without_what_it_needs(found):
    assert verdict(found) in ("refuted", "inconclusive")


def test_a_chain_says_where_it_is_none():
    with pytest.raises(UsageError, match="expected an equation"):
        rules.substituted(fact(x, ">=", y), fact(x, ">=", y))
    with pytest.raises(UsageError, match="no relation between numbers"):
        rules.scaled(Condition("c", True), x)


def test_an_index_keeps_the_values_it_runs_through(monkeypatch):
    low = numbers("low", expansion=Least(a(k) * b(k + 1), k, 1, L - 1))
    monkeypatch.setitem(QUANTITIES, "low", low)
    pairs = rules.least(low, a(k) * b(k + 1), (k, 1, L - 1))
    square = rules.raised(pairs, 2)
    assert square.index == (k, 1, L - 1)
    total = rules.each(square, (k, 1, L - 1))
    assert total.index is None
    assert concludes(
        total, sp.Sum((a(k) * b(k + 1)) ** 2, (k, 1, L - 1)) >= (L - 1) * low.symbol**2
    )
    m = sp.Symbol("m", integer=True, positive=True)
    assert verdict(rules.each(square, (k, m, L - 1))) == "inconclusive"
    assert verdict(rules.each(square, (k, m, L - 1), some=fact(L, ">=", m))) == "holds"
    assert verdict(rules.each(square, (k, m, L - 1), some=fact(L, ">=", m + 1))) == "holds"
    assert verdict(rules.each(square, (k, m, L - 1), some=fact(L + 2, ">=", m))) == "refuted"
    assert verdict(rules.each(square, (k, 1, L))) == "refuted"
    assert verdict(rules.each(pairs, (k, 0, L - 1), product=True)) == "refuted"
    for wrong in (
        lambda: rules.each(square, (m, 1, L - 1)),
        lambda: rules.put(pairs, k, L),
        lambda: rules.added(pairs, Fact("f", x >= y, by="given", index=(k, 1, L))),
    ):
        with pytest.raises(UsageError):
            wrong()


def test_a_fact_at_listed_sizes_leads_no_further():
    at_two = Identity("two", sp.Sum(k, (k, 1, 2)), 3, at={"L": 2})
    with pytest.raises(UsageError, match="holds at listed sizes"):
        rules.scaled(at_two, x)


def test_a_quantity_is_not_any_number(monkeypatch):
    size = numbers("size")
    monkeypatch.setitem(QUANTITIES, "size", size)
    with pytest.raises(UsageError, match="one value on each instance"):
        rules.put(fact(size.symbol, ">=", y), size.symbol, x)


@pytest.mark.parametrize(
    "function",
    [lambda t: -1 / (t - 1), lambda t: sp.log(t - 1), lambda t: (t - 1) ** sp.Rational(1, 3),
     lambda t: t - 2 / (t - 2) ** 3],
)  # fmt: skip
def test_a_function_with_a_pole_or_a_jump_does_not_increase(function):
    assert verdict(rules.increasing(fact(x, ">=", y), function, z)) != "holds"


def test_a_function_that_is_not_smooth_is_none_of_the_rules():
    for function in (sp.floor, sp.tan, lambda t: sp.Max(t, 1)):
        with pytest.raises(UsageError, match="smooth"):
            rules.increasing(fact(x, ">=", y), function, z)
    with pytest.raises(UsageError, match="a symbol that is real"):
        rules.increasing(fact(x, ">=", y), lambda t: t, sp.Symbol("c"))
    assert verdict(rules.increasing(fact(r, ">=", s), lambda t: 3 - 2 ** (-t), s)) == "holds"


def numbers(name, **options):
    return Quantity(name, name, "", lambda i: i, **options)


def test_definitions_are_registered(monkeypatch):
    top = numbers("top", supremum=(sp.Symbol("seen", positive=True, real=True) ** 2, ("seen",)),
                  above=("seen",))  # fmt: skip
    seen = numbers("seen")
    low = numbers("low", expansion=Least(a(k), k, 1, L))
    sum_ = numbers("sum", expansion=sp.Sum(a(k), (k, 1, L)))
    for quantity in (top, seen, low, sum_):
        monkeypatch.setitem(QUANTITIES, quantity.name, quantity)
    assert concludes(rules.definition(sum_), sp.Eq(sum_.symbol, sum_.expansion))
    assert concludes(rules.least(low, a(k), (k, 1, L)), a(k) >= low.symbol)
    assert concludes(rules.largest(top, seen), top.symbol >= seen.symbol)
    assert concludes(rules.at_a_direction(top), top.symbol >= top.supremum[0])
    bound = rules.at_the_supremum(fact(x, ">=", 3 * seen.symbol**2), top, lambda g: 3 * g)
    assert verdict(bound) == "holds"
    assert concludes(bound, x >= 3 * top.symbol)
    for wrong in (
        lambda: rules.definition(seen),
        lambda: rules.least(low, b(k), (k, 1, L)),
        lambda: rules.least(low, a(k), (k, 1, L + 1)),
        lambda: rules.largest(seen, top),
        lambda: rules.at_a_direction(seen),
        lambda: rules.at_the_supremum(fact(x, ">=", seen.symbol**2), seen, lambda g: g),
        lambda: rules.at_the_supremum(fact(x * seen.symbol, ">=", 1), top, lambda g: g),
        lambda: rules.at_the_supremum(fact(x, "<=", seen.symbol**2), top, lambda g: g),
    ):
        with pytest.raises(UsageError):
            wrong()
    falling = rules.at_the_supremum(fact(x, ">=", -(seen.symbol**2)), top, lambda g: -g)
    assert verdict(falling) == "refuted"
    other = rules.at_the_supremum(fact(x, ">=", seen.symbol), top, lambda g: g)
    assert verdict(other) != "holds"


def test_a_quotient_says_nothing_where_its_divisor_vanishes():
    """0 >= 0 says nothing of the factors: x z >= y z must not become x >= y."""
    with pytest.raises(UsageError, match="cancels"):
        rules.divided(fact(r * z, ">=", s * z), z)
    assert verdict(rules.divided(fact(x, ">=", y), s)) != "holds"


def test_what_is_given_is_the_premise():
    premise = claim(norm >= first)
    assert concludes(rules.given(premise), norm >= first)
    assert rules.given(premise).claim is premise


def test_all_that_a_fact_follows_from_comes_before_it_once():
    one, two = fact(x, ">=", y), fact(y, ">=", z)
    both = rules.transitive(one, two)
    square = rules.raised(both, 2)
    assert flat([square, one]) == [one, two, both, square]


def test_a_fact_with_zeros_is_weaker():
    """A quantity that is called positive may be zero: what divides by it is no fact then."""
    size = numbers("size").symbol
    QUANTITIES["size"] = numbers("size")
    try:
        strict = rules.scaled(fact(x, ">", y), size)
        loose = rules.scaled(fact(x, ">=", y), size)
        assert [verdict(strict), verdict(loose)] == ["holds", "holds"]
        assert verdict(strict.with_zeros()) == "inconclusive"
        assert verdict(loose.with_zeros()) == "holds"
    finally:
        del QUANTITIES["size"]


def test_a_relation_concludes_from_either_side_and_no_other():
    known = fact(last + 1, ">=", total)
    assert concludes(known, total <= last + 1)
    assert concludes(known, last + 1 >= total)
    for other in (total >= last + 1, last + 1 > total, sp.Eq(last + 1, total), last >= total):
        assert not concludes(known, other)
