"""The stand-alone checker: its intervals hold the exact values, and only real violations pass."""

import ast
import json
import subprocess
import sys
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from random import Random
from time import perf_counter
from types import ModuleType

import mpmath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational, fractions
from numeric.loss import hessian_by_jets
from theorems import product_norms, quantities, settings
from theorems.instances import Instance
from theorems.recipes import checker_source
from verify.certificates.folder import check_program
from verify.claims import QUANTITIES, SETTINGS, Bounds
from verify.errors import Undefined
from verify.sources import RandomSource

EXACT = Rational()
checker = ModuleType("check")
exec(checker_source(), vars(checker))  # noqa: S102  (the program as certificates carry it)

SAMPLES = [(name, seed) for name in sorted(checker.SETTINGS) for seed in range(12)]
MORE = [(name, seed) for name in sorted(checker.SETTINGS) for seed in range(100, 300)]


@pytest.fixture(autouse=True)
def precise(monkeypatch):
    monkeypatch.setattr(checker.Number, "bits", 64)


def sample(name, seed):
    """A random exact instance of a setting."""
    random = Random(seed)
    while True:
        try:
            return SETTINGS[name].build(RandomSource(random), Bounds((1 + seed % 2, 4), (1, 3)))
        except ArithmeticError:
            continue


def written(instance):
    """An instance and its hints as a certificate has them."""
    return json.loads(json.dumps((instance.to_json(), instance.hints())))


def point(instance):
    return checker.Point(*written(instance))


def truth(name, instance):
    """The exact value of a quantity; None where only balls know it, "undefined" if it has none."""
    try:
        return QUANTITIES[name].measure(instance)
    except NotExact:
        return None
    except (Undefined, ZeroDivisionError):
        return "undefined"


def contains(number, value):
    """Whether an exact value lies in the interval."""
    low, high = EXACT.compare(number.low, value), EXACT.compare(number.high, value)
    return low.sign <= 0 <= high.sign


def test_every_public_quantity_is_there():
    public = {*quantities.__all__, *product_norms.__all__, "schatten", "map_nuclear"}
    public = {name for name in public | {"target_nuclear"} if name in QUANTITIES}
    assert set(checker.QUANTITIES) == public | {f"other.{name}" for name in public}


def measurable(instance):
    """The names of quantities of an instance: those of a second network only of a pair."""
    paired = hasattr(instance, "partner")
    return [n for n in checker.QUANTITIES if paired or not n.startswith("other.")]


def compare_all_quantities(setting, seed):
    instance = sample(setting, seed)
    p = point(instance)
    checker.check_setting(p, setting)
    for name in measurable(instance):
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


@pytest.mark.parametrize(("setting", "seed"), SAMPLES)
def test_intervals_contain_the_exact_values(setting, seed):
    compare_all_quantities(setting, seed)


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "seed"), MORE)
def test_intervals_contain_many_exact_values(setting, seed):
    compare_all_quantities(setting, seed)


@pytest.mark.parametrize("seed", range(6))
def test_the_hessian_is_the_second_derivative(seed):
    """Entry by entry, against hyper-dual numbers on the loss itself."""
    instance = sample("weights", seed)
    jets = hessian_by_jets(instance.net, instance.sigma, instance.cross)
    assert [list(row) for row in point(instance).hessian()] == fractions(jets)


def test_both_ways_to_sharpness_agree_at_minimizers():
    for seed in range(6):
        p = point(sample("minimizers", seed))
        gram, dense = (
            checker.LargestEigenvalue(p.dual_gram()),
            checker.LargestEigenvalue(p.hessian()),
        )
        assert dense.enclose().low <= gram.enclose().high
        assert gram.enclose().low <= dense.enclose().high


# --- numbers

POSITIVE = st.fractions(Fraction(1, 10**6), 10**6, max_denominator=10**6)


def encloses(number, reference):
    """Whether an mpmath number of many more digits lies in the interval."""
    low, high = (mpmath.mpf(end.numerator) / end.denominator for end in _ends(number))
    slack = abs(reference) * mpmath.mpf(10) ** -50
    return low - slack <= reference <= high + slack


def _ends(number):
    return number.low, number.high


@given(POSITIVE, st.fractions(-5, 5, max_denominator=7))
def test_powers_logarithms_and_exponentials_are_enclosed(x, e):
    with mpmath.workdps(60):
        value = mpmath.mpf(x.numerator) / x.denominator
        exponent = mpmath.mpf(e.numerator) / e.denominator
        for number, reference in (
            (checker.Number(x) ** e, value**exponent),
            (checker.Number(x).log(), mpmath.log(value)),
            (checker.Number(e * 9).exp(), mpmath.exp(9 * exponent)),
        ):
            assert encloses(number, reference)
            width = number.high - number.low
            assert width <= Fraction(int(mpmath.ceil(abs(reference))) + 1, 2**50)


@given(POSITIVE, st.fractions(0, 1), st.fractions(-5, 5, max_denominator=7))
def test_powers_of_intervals_contain_the_powers_of_their_members(x, share, e):
    inside = x * (1 + share)
    with mpmath.workdps(60):
        power = (mpmath.mpf(inside.numerator) / inside.denominator) ** (
            mpmath.mpf(e.numerator) / e.denominator
        )
        assert encloses(checker.Number(x, 2 * x) ** e, power)


@given(st.fractions(-3, 3), st.fractions(-3, 3), st.fractions(0, 1), st.integers(1, 5))
def test_products_and_whole_powers_of_any_sign(low, other, share, n):
    x = checker.Number(min(low, other), max(low, other))
    inside = x.low + share * (x.high - x.low)
    for number, value in ((x**n, inside**n), (x * -x, -inside * inside), (-x, -inside)):
        assert number.low <= value <= number.high


@pytest.mark.parametrize(
    ("intervals", "largest", "least"),
    [
        ([(1, 5), (2, 3)], (2, 5), (1, 3)),
        ([(1, 2), (3, 4), (0, 9)], (3, 9), (0, 2)),
        ([(1, 2), (2, 3)], (2, 3), (1, 2)),
        ([(3, 4), (1, 2)], (3, 4), (1, 2)),
        ([(-1, 1), (0, 0)], (0, 1), (-1, 0)),
    ],
)
def test_extremes_of_intervals_that_overlap_hold_all_they_may_be(intervals, largest, least):
    numbers = [checker.Number(*ends) for ends in intervals]
    assert _ends(checker.extreme(numbers, 1)) == largest
    assert _ends(checker.extreme(numbers, -1)) == least


@pytest.mark.parametrize(
    ("ends", "n", "power"),
    [((-2, 3), 2, (0, 9)), ((-3, 2), 4, (0, 81)), ((-2, 3), 3, (-8, 27)), ((-3, -2), 2, (4, 9))],
)
def test_whole_powers_of_intervals_are_as_narrow_as_they_can_be(ends, n, power):
    assert _ends(checker.Number(*ends) ** Fraction(n)) == power


@given(st.integers(0, 10**40), st.integers(1, 9))
@example(0, 3)
@example(1, 3)
def test_integer_roots(m, n):
    r = checker.integer_root(m, n)
    assert r**n <= m < (r + 1) ** n


@pytest.mark.parametrize(
    ("tree", "ends"),
    [
        (["*", "-1/2", "3"], ("-3/2", "-3/2")),
        (["**", "8/27", "-2/3"], ("9/4", "9/4")),
        (["*", ["**", "2", "1/2"], ["**", "8", "1/2"]], ("4", "4")),
        (["*", ["**", "2", "1/2"], ["**", "2", "-1/2"]], ("1", "1")),
        (["**", ["+", "1", "-1"], "0"], ("1", "1")),
        (["max", "1", "3/2", "-7"], ("3/2", "3/2")),
        (["min", "1", "3/2", "-7"], ("-7", "-7")),
        (["abs", "-7"], ("7", "7")),
        (["log", "1"], ("0", "0")),
        (["exp", "0"], ("1", "1")),
        (["**", "-2", "3"], ("-8", "-8")),
        (["**", "-2", "-1"], ("-1/2", "-1/2")),
    ],
)
def test_what_is_rational_stays_rational(tree, ends):
    found = checker.evaluate(tree, None)
    assert _ends(found) == tuple(map(Fraction, ends))


@pytest.mark.parametrize(
    ("tree", "error"),
    [
        (["**", "0", "-1"], checker.Undefined),
        (["*", "0", ["**", "0", "-1"]], checker.Undefined),
        (["**", "-2", "1/2"], checker.Undefined),
        (["log", "0"], checker.Undefined),
        (["**", "2", ["log", "2"]], checker.Undecided),
        (
            ["**", ["+", ["**", "2", "1/2"], ["*", "-1", ["**", "2", "1/2"]]], "-1"],
            checker.Undecided,
        ),
        (["exp", "1000000"], checker.Undecided),
    ],
)
def test_what_has_no_value_or_no_known_value(tree, error):
    with pytest.raises(error):
        checker.evaluate(tree, None)


@given(st.fractions(), st.integers(-40, 40))
def test_decimals_are_rounded_outwards_in_the_twelfth_digit(x, power):
    x *= Fraction(10) ** power
    down, up = (checker.decimal(x, upwards) for upwards in (False, True))
    assert Fraction(down) <= x <= Fraction(up)
    assert Fraction(up) - Fraction(down) <= abs(x) / 10**10


def test_decimals_have_about_twelve_digits():
    third, large = Fraction(1, 3), Fraction(10**7, 3)
    assert checker.decimal(third, False) == "0.3333333333333"
    assert checker.decimal(large, True) == "3333333.333334"


def test_numbers_in_words_hold_the_number():
    third = Fraction(1, 3)
    assert checker.describe(checker.Number(third)) == "= 1/3"
    low, high = checker.describe(checker.Number(third, 2 * third))[4:-1].split(", ")
    assert Fraction(low) <= third < 2 * third <= Fraction(high)


def test_up_to_39_characters_a_number_is_printed_whole():
    assert checker.describe(checker.Number(Fraction(10**38))) == f"= {10**38}"
    assert checker.describe(checker.Number(Fraction(10**39))).startswith("in [")


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (["*", "a", ["**", "b", "2"]], "a*b**2"),
        (["*", "a", ["+", "b", "c"]], "a*(b + c)"),
        (["*", "a", ["*", "b", "c"]], "a*(b*c)"),
        (["**", ["**", "a", "b"], "c"], "(a**b)**c"),
        (["*", "-1", "a", "b"], "-a*b"),
    ],
)
def test_parentheses_stand_where_they_are_needed_and_nowhere_else(tree, text):
    assert checker.infix(tree) == text


@pytest.mark.parametrize("n", [2, 3, 7])
@given(st.integers(1, 10**6), st.integers(0, 3000))
def test_roots_of_tiny_numbers_have_all_their_digits(n, m, power):
    low, high = checker.root_bounds(Fraction(m, 1 << power), n)
    assert low > 0
    assert high - low <= low / (1 << checker.Number.bits - 1)


def test_exponentials_of_large_numbers_are_numbers():
    low, high = _ends(checker.evaluate(["exp", "50000"], None))
    assert 10**21714 < low < high < 10**21715
    assert _ends(checker.evaluate(["exp", "-500000"], None))[0] == 0


def test_short_decimals_are_exact():
    for x, text in ((Fraction(5, 2), "2.5"), (Fraction(-3), "-3"), (Fraction(0), "0")):
        assert checker.decimal(x, False) == checker.decimal(x, True) == text


@pytest.mark.parametrize(
    ("a", "b", "simplest"),
    [
        (Fraction(9), Fraction(10), Fraction(19, 2)),
        (Fraction(1, 2), Fraction(5, 2), Fraction(1)),
        (Fraction(-5, 2), Fraction(-1, 2), Fraction(-2)),
        (Fraction(3, 10), Fraction(2, 5), Fraction(1, 3)),
        (Fraction(0), Fraction(1, 7), Fraction(1, 8)),
        (Fraction(7, 5), Fraction(3, 2), Fraction(10, 7)),
    ],
)
def test_the_simplest_number_between_two(a, b, simplest):
    assert checker.simplest_between(a, b) == simplest


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        ([["2", "1"], ["1", "2"]], 3),
        ([["0", "0"], ["0", "0"]], 0),
        ([["-1/3"]], Fraction(-1, 3)),
        ([["1/7", "0"], ["0", "1/7"]], Fraction(1, 7)),
        ([["1", "1"], ["1", "0"]], None),
    ],
)
def test_rational_eigenvalues_are_found_exactly(rows, value):
    found = checker.LargestEigenvalue(checker.matrix(rows)).enclose()
    assert found.is_exact() is (value is not None)
    golden = EXACT.eig_max(EXACT.matrix(checker.matrix(rows)))
    assert contains(found, golden)


@pytest.mark.parametrize(
    ("rows", "semidefinite"),
    [
        ([[1, 1], [1, 1]], True),
        ([[0, 0], [0, 2]], True),
        ([[0, 1], [1, 2]], False),
        ([[1, 2], [2, 1]], False),
        ([[1, 1, 0], [1, 1, 0], [0, 0, -1]], False),
        ([[2, 1, 1], [1, 2, 1], [1, 1, 2]], True),
    ],
)
def test_semidefiniteness(rows, semidefinite):
    assert checker.is_positive_semidefinite(checker.matrix(rows)) is semidefinite


# --- membership

ONE = Instance.of_minimizer([[[2]], [[1]]], [[1]])
IDENTITY = [[1, 0], [0, 1]]
SKEWED = Instance.of_minimizer([[[2, 0], [0, 1]], IDENTITY], [[1, 0], [0, 2]])
ELSEWHERE = Instance.exact([[[2]], [[1]]], [[1]], [[3]])
TWISTED = Instance.of_minimizer([[[2, 0], [0, 2]], [[2, 0], [0, 2]]], IDENTITY)
VANISHING = Instance.exact([[[0, 1]]], [[1, 0], [0, 0]], [[0, 1]])
ROOT_TWO = Instance.of_minimizer([[[1, 1], [0, 0]], [[1, 0], [0, 0]]], IDENTITY)


@pytest.mark.parametrize(
    ("instance", "setting", "reason"),
    [
        (ELSEWHERE, "minimizers", "PΣ = TΣ"),
        (SKEWED, "univariate-minimizers", "one output"),
        (SKEWED, "weights", "one output"),
        (SKEWED, "whitened-minimizers", "Σ = I"),
        (SKEWED, "balanced-minimizers", "W_k"),
        (ONE, "flattest-minimizers", "S = 2L"),
        (ROOT_TWO, "flattest-minimizers", "a rational number, does not hold"),
        (VANISHING, "weights", "TΣ != 0 does not hold"),
    ],
)
def test_a_point_outside_its_setting_is_refused(instance, setting, reason):
    with pytest.raises(checker.Refused, match=reason):
        checker.check_setting(point(instance), setting)


def test_members_are_let_in():
    for setting in ("minimizers", "whitened-minimizers", "balanced-minimizers"):
        checker.check_setting(point(TWISTED), setting)
    checker.check_setting(point(TWISTED), "flattest-minimizers")
    checker.check_setting(point(ELSEWHERE), "weights")


def test_a_minimizer_that_may_be_flattest_is_not_let_in(monkeypatch):
    """W2 = a I, W1 = T/a has S = 2 (a² + φ²/a²), with φ the norm of T; the least is at a² = φ."""
    scale = Fraction(14, 11)
    layers = [[[1 / scale, 1 / scale], [1 / scale, 0]], [[scale, 0], [0, scale]]]
    near = Instance.of_minimizer(layers, IDENTITY)
    monkeypatch.setattr(checker.Number, "bits", 1)
    p = point(near)
    bound = checker.Number(4) * checker.evaluate("target_norm", p)
    assert checker.evaluate("sharpness", p).minus(bound) is None
    with pytest.raises(checker.Refused, match="S = 2L"):
        checker.check_setting(p, "flattest-minimizers")


def test_flattest_minimizers_with_large_inner_layers_are_let_in():
    for seed in range(8):
        random = Random(seed)
        try:
            flattest = settings.all_flattest_minimizers.build(RandomSource(random), Bounds())
        except ArithmeticError:
            continue
        checker.check_setting(point(flattest), "flattest-minimizers")


@pytest.mark.parametrize(
    "change",
    [
        {"sigma": [["1", "2"], ["2", "1"]]},
        {"sigma": [["1", "0"], ["1", "1"]]},
        {"sigma": [["1"]]},
        {"target": [["1", "0", "0"], ["0", "1", "0"]]},
        {"weights": [[["1", "0"], ["0", "1"]], [["1"]]]},
        {"weights": [[["1", "0"], ["0"]], [["1", "0"], ["0", "1"]]]},
        {"weights": [[[]]]},
    ],
)
def test_what_is_no_network_is_refused(change):
    with pytest.raises((checker.Refused, IndexError)):
        checker.Point({**TWISTED.to_json(), **change}, {})


@pytest.mark.parametrize("rows", [[], [[]], [["1"], []], [["1"], ["1", "2"]]])
def test_what_is_no_matrix_is_refused(rows):
    with pytest.raises(checker.Refused, match="empty or ragged"):
        checker.matrix(rows)


@pytest.mark.parametrize(
    ("operator", "true"),
    [("==", "2"), (">=", "23"), ("<=", "12"), (">", "3"), ("<", "1")],
)
def test_relations_hold_for_the_signs_they_say(operator, true):
    assert [x for x in "123" if checker.holds([operator, x, "2"], None)] == list(true)


# --- the program

FALSE_AT_ONE = [">=", "sharpness", "11"]  # S = 2 (2² + 1²) = 10


def certificate(instance, relation, *conditions, setting="minimizers", **changes):
    data, hints = written(instance)
    claim = {"setting": setting, "relation": relation}
    claim |= {"conditions": list(conditions), "assumptions": []}
    claim |= {"text": checker.sentence(claim), "latex": "?"}
    sides = {"lhs": None, "rhs": None, "separator": None}
    return {"claim": claim, "instance": data, "hints": hints} | sides | changes


def run(folder, data, *, beside=None):
    """Run check.py in isolated mode; return its exit code and the reason before its verdict."""
    program = Path(folder, "check.py")
    source = check_program(checker_source(), data)
    program.write_text(source, encoding="utf-8")
    if beside is not None:
        beside = beside | {"files": {"check.py": sha256(source.encode()).hexdigest()}}
        beside |= {"sha256": checker.digest(beside)}
        text = checker.pretty(beside)
        Path(folder, "certificate.json").write_text(text, encoding="utf-8")
    command = [sys.executable, "-I", str(program)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert not done.stderr
    *_, why, verdict = done.stdout.splitlines()
    assert checker.EXIT_CODES[verdict.removeprefix("verdict:").strip()] == done.returncode
    return done.returncode, why.removeprefix("so").strip()


@pytest.mark.parametrize(
    ("relation", "conditions"),
    [
        (FALSE_AT_ONE, []),
        ([">", "sharpness", "10"], []),  # a tie
        ([">", "sharpness", ["*", "5", "target_norm"]], []),
        (["<", "minimal_sharpness", ["*", "4", "target_norm"]], []),
        (["==", "sharpness", "9"], []),
        (["<=", ["log", "sharpness"], "2"], [[">=", "sharpness", "10"], ["<", "d_x", "2"]]),
    ],
)
def test_violations_are_confirmed(tmp_path, relation, conditions):
    data = certificate(ONE, relation, *conditions)
    code, line = run(tmp_path, data, beside=data)
    assert (code, line) == (0, "the claim is false here")


@pytest.mark.parametrize(
    ("relation", "sides", "between"),
    [
        (FALSE_AT_ONE, ("= 10", "= 11"), "left < 21/2 < right"),
        (["<=", "sharpness", "9"], ("= 10", "= 9"), "right < 19/2 < left"),
        ([">", "sharpness", "10"], ("= 10", "= 10"), "both sides are the same number, exactly"),
    ],
)
def test_it_says_what_is_decided_and_what_lies_between(capsys, relation, sides, between):
    claim = certificate(ONE, relation, [">=", "depth", "2"])["claim"]
    p = point(ONE)
    checker.explain(claim, p, *(checker.evaluate(side, p) for side in relation[1:]))
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"claim:      sharpness {relation[0]} {relation[2]} if depth >= 2"
    assert said[-3:] == [
        f"left side   {sides[0]}",
        f"right side  {sides[1]}",
        f"so          {between}",
    ]


IRRATIONAL = Instance.of_minimizer([[[1, 1]]], IDENTITY)


def test_ties_of_roots_are_seen(tmp_path):
    """|T|_2 = |T|_F = √2: the same root, though no decimal shows it."""
    data = certificate(IRRATIONAL, [">", "target_fro", "target_norm"])
    assert run(tmp_path, data)[0] == 0
    data = certificate(IRRATIONAL, [">=", "target_fro", "target_norm"])
    assert run(tmp_path, data) == (1, "the claim holds here")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (["**", "sharpness", "999/1000"], ["**", "10", "999/1000"]),
        (["**", "target_fro", "499/1000"], ["**", "2", "499/2000"]),
        (
            ["*", ["**", "target_fro", "1/1000"], ["**", "target_norm", "1/8"]],
            ["**", "2", "63/1000"],
        ),
        (["**", ["**", "target_fro", "7/1000"], "1/2"], ["**", "2", "7/4000"]),
    ],
)
def test_ties_of_high_roots_are_seen_in_seconds(tmp_path, left, right):
    """S = 10 at one, |T|_2 = |T|_F = √2: an exponent p/q with p and q up to 1000."""
    instance = ONE if "sharpness" in left else IRRATIONAL
    started = perf_counter()
    assert run(tmp_path, certificate(instance, [">", left, right]))[0] == 0
    assert perf_counter() - started < 60
    assert (
        run(tmp_path, certificate(instance, [">", ["*", left, "1000001/1000000"], right]))[0] == 1
    )


GOLDEN = Instance.of_minimizer([[[1, 1], [1, 0]]], IDENTITY)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (certificate(ONE, [">=", "sharpness", "10"]), "holds here"),
        (certificate(ONE, ["<=", "sharpness", "10"]), "holds here"),
        (certificate(ONE, ["==", "sharpness", "10"]), "holds here"),
        (certificate(ONE, FALSE_AT_ONE, [">", "depth", "2"]), "a condition"),
        (certificate(ONE, FALSE_AT_ONE, setting="minimisers"), "does not know the setting"),
        (certificate(SKEWED, ["<", "sharpness", "1"], setting="weights"), "one output"),
        (certificate(ONE, [">=", "sharpnes", "11"]), "does not know the quantity 'sharpnes'"),
        (certificate(ONE, [">=", ["**", "loss", "-1"], "11"]), "undefined"),
        (certificate(SKEWED, [">=", "a", "11"]), "undefined"),
        (certificate(ONE, ["!=", "sharpness", "10"]), "cannot be read"),
        (certificate(ONE, [">=", ["sin", "sharpness"], "11"]), "cannot be read"),
        (certificate(ONE, FALSE_AT_ONE) | {"instance": {}}, "cannot be read"),
        (certificate(ONE, ["<", "minimal_sharpness", "1"], hints={}), "needs a vector"),
        (
            certificate(
                SKEWED, ["<", "minimal_sharpness", "1"], hints={"minimal_sharpness": ["1"]}
            ),
            "of no use",
        ),
        (certificate(GOLDEN, [">", "target_norm", ["+", "target_norm", "1", "-1"]]), "overlap"),
    ],
)
def test_what_is_no_violation_is_not_confirmed(tmp_path, data, says):
    code, line = run(tmp_path, data)
    assert code == (4 if "know" in says else 3 if "overlap" in says else 1)
    assert says in line


def test_assumptions_in_words_are_refused(tmp_path):
    data = certificate(ONE, FALSE_AT_ONE)
    data["claim"]["assumptions"] = ["the moon is full"]
    data["claim"]["text"] = checker.sentence(data["claim"])
    code, line = run(tmp_path, data)
    assert code == 4
    assert "cannot check the assumption 'the moon is full'" in line


def test_a_certificate_that_says_something_else_is_noticed(tmp_path):
    data = certificate(ONE, FALSE_AT_ONE)
    other = certificate(ONE, [">=", "sharpness", "12"])
    code, line = run(tmp_path, data, beside=other)
    assert (code, line) == (
        1,
        "certificate.json beside this program differs in 'claim'",
    )


def test_what_lies_beside_it_may_be_unreadable(tmp_path):
    Path(tmp_path, "certificate.json").mkdir()
    code, line = run(tmp_path, certificate(ONE, FALSE_AT_ONE))
    assert code == 1
    assert "cannot be read" in line


def test_long_numbers_are_numbers(tmp_path):
    assert run(tmp_path, certificate(ONE, [">=", "sharpness", "1" + 5000 * "0"]))[0] == 0


@pytest.mark.parametrize("y", [["1", "0"], ["1", "1000"], ["1/3", "-2"], ["0", "1"]])
def test_a_poor_hint_proves_nothing_false(y):
    """Any y gives bounds that hold: (S_min/4)² = max (z_1² + 2 z_2²)(4 z_1² + 2 z_2²) = 9/2."""
    p = checker.Point(SKEWED.to_json(), {"minimal_sharpness": y})
    found = checker.minimal_sharpness(p)
    assert found.low**2 <= 72 <= found.high**2


@pytest.mark.parametrize("seed", range(40))
def test_random_claims_are_judged_as_exact_arithmetic_does(seed):
    """Relations between random quantities, with all five signs."""
    random = Random(seed)
    setting = random.choice(sorted(checker.SETTINGS))
    instance = sample(setting, seed)
    known = {name: truth(name, instance) for name in measurable(instance)}
    names = [name for name, value in known.items() if value not in (None, "undefined")]
    left, right = random.choice(names), random.choice(names)
    operator = random.choice(["==", ">=", "<=", ">", "<"])
    sign = EXACT.compare(known[left], known[right]).sign
    data = certificate(instance, [operator, left, right], setting=setting)
    code, line = judged(data)
    if "undecided" in line:
        assert sign == 0  # ties of algebraic numbers that are no roots
    else:
        assert code == int(sign in checker.SIGNS[operator])


def judged(data):
    """The verdict of the checker, without a new interpreter."""
    p = checker.Point(data["instance"], data["hints"])
    try:
        checker.refute(data["claim"], p)
    except (checker.Refused, checker.Undefined) as error:
        return 1, str(error)
    except checker.Undecided:
        return 1, "undecided"
    return 0, "confirmed"


def test_a_program_without_a_certificate_confirms_nothing(tmp_path):
    program = tmp_path / "check.py"
    program.write_text(checker_source(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "so          no certificate is embedded in this program",
        "verdict:    denied",
    ]


def test_no_float_and_no_library_enters():
    """The source has no float literal, never calls float, imports standard modules only."""
    tree = ast.parse(checker_source())
    nodes = list(ast.walk(tree))
    assert not [n for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, float)]
    assert not [
        n for n in nodes if isinstance(n, ast.Name) and n.id in ("float", "complex", "eval")
    ]
    imports = [n for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
    modules = {n.module if isinstance(n, ast.ImportFrom) else n.names[0].name for n in imports}
    assert modules == {"fractions", "functools", "hashlib", "json", "math", "re", "sys", "time"}
    assert [a.name for n in imports if getattr(n, "module", "") == "math" for a in n.names] == [
        "gcd",
        "isqrt",
    ]


def test_true_division_is_of_fractions_only():
    """Integers divided by / would be floats; every number that is printed or compared is none."""
    p = point(SKEWED)
    undefined = ("a", "a2", "w_norm", "map_trace", "target_trace")  # of this network
    for name in measurable(SKEWED):
        if name not in undefined:
            found = checker.evaluate(name, p)
            assert type(found.low) is type(found.high) is Fraction
    assert all(type(x) in (int, Fraction) for row in p.dual_gram() + p.hessian() for x in row)


def test_it_parses_as_python_3_9():
    ast.parse(checker_source(), feature_version=(3, 9))


def test_the_largest_hessians_take_seconds(tmp_path):
    """N = 36 parameters away from a minimizer, denominators of 12."""
    random = Random(3)

    def numbers(rows, columns):
        return [
            [Fraction(random.randint(-24, 24), 12) for _ in range(columns)] for _ in range(rows)
        ]

    W = [numbers(5, 5), numbers(2, 5), numbers(1, 2)]  # 25 + 10 + 2
    W[0][4] = [Fraction(0)] * 5
    factor = numbers(5, 5)
    sigma = [[sum(a * b for a, b in zip(r, s, strict=True)) for s in factor] for r in factor]
    instance = Instance.exact(W, sigma, numbers(1, 5))
    start = perf_counter()
    code, _ = run(tmp_path, certificate(instance, ["<", "sharpness", "1"], setting="weights"))
    assert code == 0
    assert perf_counter() - start < 30


@pytest.mark.parametrize(
    ("text", "false"),
    [
        (["<", "w_norm", ["+", "w_norm", "0"]], True),
        (["<", "w_norm", ["+", "w_norm", "loss"]], True),
        (["<=", "w_norm", ["+", "w_norm", "loss"]], False),
        ([">", "sharpness", "sharpness"], True),
        (["==", "sharpness", "sharpness"], False),
        (["<", ["max", "sharpness", "a"], ["max", "sharpness", "-1"]], True),
        ([">=", ["exp", ["*", "-1000000", "sharpness"]], "1"], True),
        (["<", ["exp", ["*", "-1000000", "sharpness"]], "1"], False),
    ],
)
def test_ties_of_irrational_numbers_with_themselves_are_decided(text, false):
    """Depth 2 with sharpness 2 times the largest eigenvalue of an irrational matrix."""
    claim = {"setting": "minimizers", "assumptions": [], "conditions": [], "relation": text}
    weights = [[["1", "1"], ["0", "1"]], [["1", "2"]]]
    data = {"weights": weights, "sigma": [["2", "1"], ["1", "1"]], "target": [["1", "3"]]}
    p = checker.Point(data, {})
    assert not _measured(p, "sharpness").is_exact()
    if false:
        checker.refute(claim, p)
    else:
        with pytest.raises(checker.Refused, match="the claim holds here"):
            checker.refute(claim, p)


def _measured(p, name):
    return checker.evaluate(name, p)


@pytest.mark.parametrize(("written", "holds"), [
    (["0", "2"], True), (["1", "1"], True), (["2", "3"], False), (["-1", "1/2"], False),
    (["2", "0"], False),
])  # fmt: skip
def test_what_is_printed_of_a_side_holds_its_value(written, holds):
    side = checker.Number(Fraction(1))
    data = {"lhs": written, "rhs": None, "separator": None}
    if holds:
        checker.check_sides(data, side, side)
    else:
        with pytest.raises(checker.Refused, match="does not hold the value"):
            checker.check_sides(data, side, side)
