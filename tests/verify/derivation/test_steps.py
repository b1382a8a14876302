"""A step passes only when it reduces to zero, and fails only with a point where it is not zero."""

import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from time import monotonic, sleep

import pytest
import sympy as sp

from verify.derivation.record import statement
from verify.derivation.steps import (
    Condition,
    Identity,
    Limit,
    Step,
    am_gm,
    check,
    concludes,
    is_zero,
    time_limit,
)
from verify.errors import UsageError

a, b = sp.symbols("a b", positive=True)
L = sp.Symbol("L", integer=True, positive=True)
k, m = sp.symbols("k m", integer=True, nonnegative=True)
r, n = sp.Symbol("r", real=True), sp.Symbol("n", negative=True)
third = sp.Rational(1, 3)


def identity(lhs, rhs=0):
    return Identity("step", lhs, rhs)


def condition(holds):
    return Condition("step", holds)


TRUE = [
    (a + b) ** 2 - a**2 - 2 * a * b - b**2,
    a / (a + b) + b / (a + b) - 1,
    a ** (2 - 2 / L) * a ** (2 / L) - a**2,
    (a * b) ** (1 / L) - a ** (1 / L) * b ** (1 / L),
    (a**L) ** (2 / L) - a**2,
    a ** (L - k) * a ** (k - 1) - a ** (L - 1),
    sp.sqrt(a) * sp.sqrt(b) - sp.sqrt(a * b),
    sp.Sum(a ** (L - 1), (k, 1, L)).doit() - L * a ** (L - 1),
    (n**2) ** third - (-n) ** (2 * third),
]
FALSE = [
    a - b,
    a ** (2 - 2 / L) - a ** (2 - 1 / L),
    L - 1,
    sp.sqrt(a + b) - sp.sqrt(a) - sp.sqrt(b),
    sp.sqrt(r**2) - r,
    a / 10**60,
    (a + b) ** L - a**L - b**L,
]
OPEN = [
    sp.sin(a) ** 2 + sp.cos(a) ** 2 - 1,
    10**90 * (sp.sin(a) ** 2 + sp.cos(a) ** 2 - 1),  # no digit of the cancelled sum is certain
    sp.Max(a, b) + sp.Min(a, b) - a - b,
    sp.nan,
    sp.zoo,
]


@pytest.mark.parametrize("expression", TRUE, ids=str)
def test_identities_reduce_to_zero(expression):
    assert is_zero(expression) is True


@pytest.mark.parametrize("expression", FALSE, ids=str)
def test_what_is_not_zero_somewhere_is_refuted_with_its_residual(expression):
    result = check(identity(expression))
    assert result.verdict == "refuted"
    assert result.residual


@pytest.mark.parametrize("expression", OPEN, ids=str)
def test_what_is_neither_is_inconclusive(expression):
    assert is_zero(expression) is None
    assert check(identity(expression)).verdict == "inconclusive"


def test_matrices_are_compared_entry_by_entry():
    M = sp.Matrix([[a, b]])
    assert check(identity(M * M.T, sp.Matrix([a**2 + b**2]))).verdict == "holds"
    wrong = check(identity(M, sp.Matrix([[a, a]])))
    assert wrong.verdict == "refuted"
    assert wrong.residual in ("-a + b", "-(a - b)")


def test_matrices_of_different_shape_are_refuted():
    result = check(identity(sp.zeros(1, 2), sp.zeros(2, 1)))
    assert (result.verdict, result.residual) == ("refuted", "shapes (1, 2) and (2, 1)")


def test_matrices_without_entries_prove_nothing():
    assert check(identity(sp.zeros(0, 0), sp.zeros(0, 0))).verdict == "vacuous"


def test_text_is_never_evaluated():
    with pytest.raises(sp.SympifyError):
        check(identity("a", "a"))


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [
        ((k + m).is_nonnegative, "holds"),
        (sp.true, "holds"),
        (n.is_positive, "refuted"),
        (sp.false, "refuted"),
        (r.is_positive, "inconclusive"),
        (r > 0, "inconclusive"),
        (1, "inconclusive"),
        (sp.Integer(1), "inconclusive"),
    ],
)
def test_a_condition_must_be_decided_true(holds, verdict):
    assert check(condition(holds)).verdict == verdict


def test_am_gm_holds_with_equality_at_equal_terms():
    bound, conditions = am_gm([a, a, a], "means")
    assert is_zero(bound - 3 * a)
    assert [check(c).verdict for c in conditions] == ["holds"] * 3


@pytest.mark.parametrize(("term", "verdict"), [(r, "inconclusive"), (n, "refuted")])
def test_am_gm_does_not_pass_with_a_term_that_may_be_negative(term, verdict):
    _, conditions = am_gm([a, term], "means")
    assert [check(c).verdict for c in conditions] == ["holds", verdict]


def test_a_step_is_an_identity_or_a_condition():
    with pytest.raises(TypeError, match="not Step"):
        check(Step("bare"))


class Slow(sp.Symbol):
    """A symbol whose assumptions take for ever and that swallows what interrupts it."""

    @property
    def free_symbols(self):
        try:
            sleep(30)
        except Exception:
            sleep(30)
        return {self}


def test_a_step_that_is_too_slow_is_inconclusive():
    before = signal.getsignal(signal.SIGALRM)
    start = monotonic()
    result = check(identity(Slow("s") - a), seconds=0.2)
    assert monotonic() - start < 5
    assert result.verdict == "inconclusive"
    assert "0.2 s" in result.residual
    assert signal.getsignal(signal.SIGALRM) is before


def test_steps_may_be_checked_outside_the_main_thread():
    with ThreadPoolExecutor(1) as executor:
        assert executor.submit(check, identity(a - a)).result().verdict == "holds"


def test_a_limit_that_is_not_reached_changes_nothing():
    with time_limit(5):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_limit_that_was_swallowed_is_raised_again():
    """As the interpreter swallows what a callback raises: and says nothing of it."""

    class Last:
        def __del__(self) -> None:
            sleep(5)

    def dies_slowly() -> None:
        last = Last()
        del last
        sleep(5)

    start, hook = monotonic(), sys.unraisablehook
    with pytest.raises(TimeoutError), time_limit(0.05):
        dies_slowly()
    assert monotonic() - start < 4
    assert sys.unraisablehook is hook


@pytest.mark.parametrize(
    "value", [0.1 + 0.2 - 0.3, sp.Float("0.5") * sp.Symbol("x", real=True) ** 2]
)
def test_a_condition_about_floats_is_an_error(value):
    result = check(Condition("s", value, ">="))
    assert (result.verdict, "a float stands" in result.residual) == ("error", True)


def test_a_limit_is_told_and_nothing_follows_from_it():
    x = sp.Symbol("x", positive=True)
    found = Limit("falls", a + b / x, x, sp.oo, a)
    assert check(found).verdict == "holds"
    assert check(Limit("other", a + b / x, x, sp.oo, b)).verdict == "inconclusive"
    assert statement([found]) == r"a + \frac{b}{x} \to a \text{ as } x \to \infty"
    with pytest.raises(UsageError, match="no relation between numbers"):
        _ = found.relation


def test_a_limit_that_sympy_gets_wrong_is_found_out():
    """Its issue 22893: the limit is b if a > b, 2b if a = b, and infinite only if a < b."""
    x = sp.Symbol("x", positive=True)
    f = (a * sp.exp(-a * x) + b * sp.exp(-b * x)) * sp.exp(b * x)
    assert sp.limit(f, x, sp.oo) == sp.oo
    assert check(Limit("grows", f, x, sp.oo, sp.oo)).verdict == "inconclusive"


def test_a_limit_may_be_written_in_another_form():
    x = sp.Symbol("x", positive=True)
    for value, verdict in ((a**2 + 2 * a + 1, "holds"), (a**2 + 1, "inconclusive")):
        assert check(Limit("same", (a + 1) ** 2 + 1 / x, x, sp.oo, value)).verdict == verdict


def test_a_wrong_limit_says_where():
    x = sp.Symbol("x", positive=True)
    wrong = check(Limit("wrong", 2 + 1 / x, x, sp.oo, 3))
    assert wrong.residual == "SymPy finds 2, expected 3"
    f = (a * sp.exp(-a * x) + b * sp.exp(-b * x)) * sp.exp(b * x)
    assert " at {" in check(Limit("grows", f, x, sp.oo, sp.oo)).residual


def test_a_limit_concludes_nothing():
    x = sp.Symbol("x", positive=True)
    assert not concludes(Limit("l", 1 / x, x, sp.oo, sp.S.Zero), sp.Ge(a, 0, evaluate=False))


@pytest.mark.parametrize("number", [0, 1, sp.S.Zero, sp.S.One])
def test_a_number_is_no_condition(number):
    assert check(Condition("step", number)).verdict == "inconclusive"


def test_a_step_is_not_changed():
    with pytest.raises(FrozenInstanceError):
        Identity("step", 1, 1).lhs = 2
    with pytest.raises(FrozenInstanceError):
        check(Identity("step", 1, 1)).verdict = "refuted"
