"""What a record says of a proof is read off its facts: nothing is typed, nothing claims more."""

import re

import pytest
import sympy as sp

from tests.toys import NUMBERS, claim, count, first, norm
from verify.claims import FAMILIES, QUANTITIES, Family, Formula, Quantity
from verify.derivation.record import lines, narrowest, scope, statement
from verify.derivation.steps import AnySize, Condition, Identity, StepResult, concludes
from verify.errors import UsageError
from verify.expression import indexed
from verify.runs.profiles import PROFILES
from verify.runs.stages import derive
from verify.theorem import claim as claimed

x = sp.Symbol("x", positive=True)
m = sp.Symbol("m", integer=True, positive=True)
n = sp.Symbol("n", integer=True, nonnegative=True)
even = sp.Symbol("e", positive=True, even=True)
prime = sp.Symbol("p", prime=True)
W, V = sp.symbols("W V", commutative=False)


def at(*sizes):
    return [Identity("s", x, x, at=size) for size in sizes]


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (at({"L": 2}, {"L": 3}, {"L": 4}), "L = 2..4"),
        (at({"L": 2}, {"L": 4}), "L = 2, 4"),
        (at({"widths": "2-1"}, {"widths": "1-2"}), "widths 2-1, 1-2"),
        (at({"widths": (2, 1)}, {"widths": (1, 2, 1)}), "widths 2-1, 1-2-1"),
        (at({"d": 1, "e": 2}, {"d": 2, "e": 2}), "d = 1, 2, e = 2"),
        (at({"d": 1, "e": 2}, {"d": 2, "e": 1}), "(d, e) = (1, 2), (2, 1)"),
        ([Identity("s", x**m, x**m, at={"D": m + 1})], "all D >= 2"),
        ([Identity("s", x**n, x**n, at={"D": n + 1})], "all D >= 1"),
        ([*at({"D": 1}), Identity("s", x**m, x**m, at={"D": m + 2})], "D = 1, all D >= 3"),
        ([Identity("s", x**m, x**m)], "all m"),
        ([Identity("s", first**count, 1)], "all count"),
        ([Identity("s", W * V, W * V)], "all sizes"),
        ([Identity("s", AnySize("tr(W)"), AnySize("tr(W)"))], "all sizes"),
        ([Identity("s", x, x)], ""),
        ([Condition("s", m - 1, ">=", at={"k": 2})], "k = 2; all m"),
    ],
)
def test_sizes_are_read_off(family, expected):
    assert scope(family) == expected


@pytest.mark.parametrize("size", [2 * m, even, prime, x])
def test_a_size_that_skips_values_is_refused(size):
    with pytest.raises(ValueError, match="does not run through"):
        scope([Identity("s", x**size, x**size, at={"D": size})])


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        ({"d": m}, "said to hold at d = m, but m does not occur in it"),
        ({"d": 0.5}, "a whole number"),
        ({"d": m + n}, "in one symbol"),
        ({"d": (1, "2")}, "a tuple of them"),
        (3, "expected at={name: size}, got 3"),
    ],
)
def test_a_size_is_one_the_fact_is_stated_at(sizes, says):
    with pytest.raises(UsageError, match=re.escape(says)):
        Identity("s", x, x, at=sizes)


def test_a_family_is_one_line_and_its_worst_member_speaks():
    family = at({"L": 2}, {"L": 3})
    results = [StepResult(family[0], "holds", None, 1.0, cached=True)]
    results += [StepResult(family[1], "refuted", "x - 1", 2.0)]
    (line,) = lines(results)
    assert (line["verdict"], line["residual"]) == ("refuted", "at L = 3: x - 1")
    assert (line["count"], line["seconds"], line["cached"]) == (2, 3.0, False)


def test_the_member_that_fails_is_the_one_shown():
    one, two = (Identity("s", x, L * x, at={"L": L}) for L in (1, 2))
    (line,) = lines([StepResult(one, "holds", None, 0.0), StepResult(two, "refuted", "-x", 0.0)])
    assert line["statement"] == r"\text{at L = 2: } x = 2 x"


def test_two_facts_of_one_name_are_two_lines():
    found = lines(StepResult(Identity("s", side, side), "holds", None, 0.0) for side in (x, x**2))
    assert [line["statement"] for line in found] == ["x = x", "x^{2} = x^{2}"]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Identity("s", x + 1, 2 * x), "x + 1 = 2 x"),
        (Condition("s", x, ">="), r"x \ge 0"),
        (Condition("free of c", True), r"\text{free of c}"),
        (Identity("s", sp.ones(4, 4), sp.ones(4, 4)),
         r"\text{two matrices of 4 rows and 4 columns agree}"),
        (Identity("s", first, sp.Symbol("toy_first")), "first = toy_{first}"),
    ],
)  # fmt: skip
def test_a_fact_says_itself(step, expected):
    assert statement([step]) == expected


def test_a_proof_is_part_of_one_until_it_ends_in_the_claim():
    relation = sp.Eq(norm**2, first**2)
    whole, other = Identity("end", norm**2, first**2), Identity("end", norm**2, first)
    assert concludes(whole, relation)
    assert concludes(Identity("end", first**2, norm**2), relation)
    assert not concludes(other, relation)
    assert not concludes(Identity("end", norm**2, first**2, at={"L": 2}), relation)
    assert concludes(Condition("end", norm - first, ">="), norm >= first)
    assert not concludes(Condition("end", norm - first, ">"), norm >= first)


bound = Formula("bound", "b", 2 * first)


@claimed(NUMBERS, norm <= bound)
def below(bound):
    """Title in words.

    More of it.
    """
    yield Identity("twice", bound, 2 * first)


def test_a_proof_asks_by_name_and_changes_with_what_it_asks_for():
    assert (below.name, below.title) == ("below", "Title in words")
    assert below.formulas == (bound,)
    assert derive(below, PROFILES["quick"])["steps"][0]["verdict"] == "holds"
    changed = below.altered(bound, Formula("bound", "b", 3 * first), {})
    assert derive(changed, PROFILES["quick"])["steps"][0]["verdict"] == "refuted"
    assert changed.expanded == (norm <= 3 * first)


def test_a_fact_complete_but_false_concludes_nothing():
    def proof():
        yield Identity("end", norm, first)

    record = derive(claim(sp.Eq(norm, first), proof=claimed(NUMBERS, norm <= first)(proof).proof),
                    PROFILES["quick"])  # fmt: skip
    assert record["steps"][0]["verdict"] == "refuted"
    assert record["complete"] is False


def test_a_proof_may_ask_for_nothing_else():
    with pytest.raises(UsageError, match="'other' is neither a closed form of its module"):

        @claimed(NUMBERS, norm <= bound)
        def asks(other):
            yield Identity("s", other, other)


def test_a_proof_does_not_mention_the_closed_form_itself():
    with pytest.raises(UsageError, match="ask for it by a parameter"):
        Identity("s", bound, 2 * first)


POSITIVE = Quantity("toy_positive", "p", "", lambda i: abs(i.values[0]))  # may be 0 all the same


def test_what_holds_by_the_sign_of_a_quantity_alone_is_no_whole_proof(monkeypatch):
    monkeypatch.setitem(QUANTITIES, "toy_positive", POSITIVE)
    size = POSITIVE.symbol

    def by_sign():
        yield Condition("the claim", (size + 1) ** 2 - 1, ">")

    def by_squares():
        yield Condition("the claim", size**2 + 1, ">")

    for proof, relation, whole in (
        (by_sign, (size + 1) ** 2 > 1, False),
        (by_squares, sp.Gt(size**2 + 1, 0, evaluate=False), True),
    ):
        record = derive(claimed(NUMBERS, relation)(proof), PROFILES["quick"])
        assert (record["steps"][0]["verdict"], record["complete"]) == ("holds", whole)


def test_matrices_of_up_to_nine_entries_are_printed():
    assert "matrix" in statement([Identity("s", sp.eye(3), sp.eye(3))])
    assert "2 rows and 5 columns" in statement([Identity("s", sp.ones(2, 5), sp.ones(2, 5))])


def test_a_member_of_a_family_is_printed_with_its_index_below(monkeypatch):
    monkeypatch.setitem(FAMILIES, "toy_gains", Family("toy_gains", "g", lambda i: i.values))
    gain, k = indexed("toy_gains"), sp.Symbol("k", integer=True, positive=True)
    step = Identity("s", sp.Sum(gain(k), (k, 1, count)), gain(count))
    assert statement([step]) == r"\sum_{k=1}^{count} g_{k} = g_{count}"


def test_a_family_that_has_a_script_is_bracketed_before_its_index(monkeypatch):
    monkeypatch.setitem(FAMILIES, "toy_norms", Family("toy_norms", "|A|^2", lambda i: i.values))
    norm = indexed("toy_norms")
    step = Identity("s", norm(count), norm(count))
    assert statement([step]) == r"\left(|A|^2\right)_{count} = \left(|A|^2\right)_{count}"


def test_a_scope_is_text_and_its_formulas_are_marked():
    least = sp.Symbol(r"d_{\min}", integer=True, positive=True)
    assert scope([Identity("s", least + count, least + count)]) == r"all $d_{\min}$, count"


def test_the_shape_of_large_matrices_is_told_rows_first():
    tall = sp.Matrix(5, 2, sp.symbols("x:10"))
    assert "5 rows and 2 columns" in statement([Identity("s", tall, tall)])


def test_the_scope_of_a_chain_is_that_of_its_narrowest_facts():
    free = Identity("free", count, count)
    seen = Identity("seen", 1, 1, at={"L": 2})
    results = [StepResult(step, "holds", None, 0.0) for step in (free, seen)]
    assert narrowest(results[:1]) == scope([free])
    assert narrowest(results) == scope([seen]) != scope([free])


def test_names_that_are_free_are_told_once():
    other = sp.Symbol("j", integer=True, positive=True)
    facts = [Identity("a", count, count), Identity("b", other + count, other + count)]
    results = [StepResult(fact, "holds", None, 0.0) for fact in facts]
    assert narrowest(results) == "all count, j"
