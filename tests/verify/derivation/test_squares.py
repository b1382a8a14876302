"""A polynomial is said to be nowhere negative only where squares of polynomials make it up."""

import json
import shutil
import subprocess
import sys
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from random import Random

import pytest
import sympy as sp

from tests.kernel import needs_coq
from theorems import squares as listed
from verify.certificates import squares as checker
from verify.certificates.squares import Refused, check_certificate
from verify.claims import Claim, Formula, Proof, Setting
from verify.derivation import rules
from verify.derivation.dependence import fault
from verify.derivation.record import at_listed_sizes, lines, narrowest, statement
from verify.derivation.squares import SumOfSquares, certificate_of
from verify.derivation.steps import check
from verify.errors import CertiminError, UsageError
from verify.formal.squares import coq_file, coq_lemma

searched = pytest.mark.skipif(not find_spec("cvxpy"), reason="cvxpy is not installed")

x, y, z, s = sp.symbols("x y z s", real=True)
c = sp.Symbol("c", real=True, positive=True)
MOTZKIN = x**4 * y**2 + x**2 * y**4 + z**6 - 3 * x**2 * y**2 * z**2
SQUARE = {
    "polynomial": {"x^2": "1", "x*y": "-2", "y^2": "1"},
    "squares": [{"weight": "1", "of": {"x": "1", "y": "-1"}}],
}
CERTIFICATES = sorted((listed.PROOFS / "squares").glob("*.json"))


def step(polynomial, *given, **parts):
    return SumOfSquares("step", polynomial, given=given, **parts)


def verdict(polynomial, *given, **parts):
    return check(step(polynomial, *given, **parts)).verdict


# --- what is found ------------------------------------------------------------------------------

TRUE = [
    (x - y) ** 2,
    x**2 + sp.Rational(1, 3) * x * y + y**2,
    x**4 - 4 * x + 3,
    (x**2 - 2) ** 2,  # its zeros are no fractions
    (x - 3 * y) ** 2 * (x**2 + z**2),
    MOTZKIN * (x**2 + y**2 + z**2),
    MOTZKIN * (x**2 + y**2),
    sum(t**8 for t in (x, y, z, s)) - 4 * (x * y * z * s) ** 2,
    (x**2 + y**2 + z**2 + s**2) ** 4 - 256 * (x * y * z * s) ** 2,
    sp.Integer(3),
    sp.Integer(0),
]


@searched
@pytest.mark.parametrize("polynomial", TRUE, ids=str)
def test_sums_of_squares_are_found(polynomial):
    found = step(polynomial)
    assert check(found).residual is None
    again = json.dumps(certificate_of(found))
    assert verdict(polynomial, certificate=again) == "holds"


@searched
@pytest.mark.parametrize("polynomial", TRUE, ids=str)
def test_what_is_found_is_so_when_sympy_multiplies_it_out(polynomial):
    found = certificate_of(step(polynomial))
    names = {symbol.name: symbol for symbol in (x, y, z, s)}

    def read(told):
        return sum(
            sp.Rational(value) * sp.sympify(place.replace("^", "**"), locals=names)
            for place, value in told.items()
        )

    weights = [sp.Rational(square["weight"]) for square in found["squares"]]
    total = sum(
        weight * read(square["of"]) ** 2
        for weight, square in zip(weights, found["squares"], strict=True)
    )
    assert sp.expand(total - polynomial) == 0
    assert all(weight >= 0 for weight in weights)


NEGATIVE = [
    x,
    x**2 - 1,
    -1,
    x**3 + y**2,
    x**2 - sp.Rational(201, 100) * x * y + y**2,
    MOTZKIN - sp.Rational(1, 10**3) * z**6,
    (x**2 + y**2 + z**2) ** 3 - 28 * (x * y * z) ** 2,
    x**4 - 4 * x + sp.Rational(299, 100),
]


@pytest.mark.parametrize("polynomial", NEGATIVE, ids=str)
def test_what_is_negative_somewhere_never_passes(polynomial):
    assert verdict(polynomial) in ("refuted", "inconclusive")
    assert verdict(polynomial, certificate=SQUARE) in ("refuted", "inconclusive")


def random_polynomial(random):
    places = [x**i * y**j * z**k for i in range(3) for j in range(3 - i) for k in range(3 - i - j)]
    return sum(random.randint(-3, 3) * random.choice(places) for _ in range(3))


@searched
@pytest.mark.parametrize("seed", range(12))
def test_random_squares_are_found_and_lowered_ones_never_pass(seed):
    random = Random(seed)
    total = sp.expand(sum(random_polynomial(random) ** 2 for _ in range(random.randint(1, 3))))
    assert verdict(total) == "holds"
    at = {t: sp.Rational(random.randint(-4, 4), random.randint(1, 3)) for t in (x, y, z)}
    assert verdict(total - total.subs(at) - sp.Rational(1, 10**4)) != "holds"


def test_a_point_refutes():
    result = check(step(x**2 - 4 * x * y + y**2))
    assert result.verdict == "refuted"
    assert result.residual.startswith("it is -")
    assert "x = " in result.residual


def test_a_point_is_one_of_those_spoken_of():
    """Where c > 0 it is no counterexample that c may be negative, and no square shows it."""
    assert verdict(c) == "inconclusive"
    n = sp.Symbol("n", integer=True)
    assert verdict(n**2 - n) == "inconclusive"  # true of whole numbers only
    assert verdict(x**2 - x) == "refuted"


@searched
def test_motzkins_polynomial_is_no_sum_of_squares():
    result = check(step(MOTZKIN))
    assert result.verdict == "inconclusive"
    assert result.residual == "no sum of squares of this degree was found"


@searched
def test_equations_enter_with_multipliers():
    assert verdict(x, x**2 - x) == "holds"
    assert verdict(1 - x, x**2 + y**2 - 1) == "holds"
    assert verdict(x - y, x - y) == "holds"
    assert verdict(sp.Rational(99, 100) - x, x**2 + y**2 - 1) == "inconclusive"
    assert verdict(x**2 + y**2 - 2 * s, s - x * y) == "holds"
    assert verdict(x**2 + y**2 - 3 * s, s - x * y) == "refuted"


def test_a_point_that_refutes_satisfies_the_equations():
    result = check(step(x + y, s - x, y - 2 * s + 1))
    assert result.verdict == "refuted"
    point = dict(part.split(" = ") for part in result.residual.partition(" at ")[2].split(", "))
    a, b, t = (Fraction(point[name]) for name in "xys")
    assert (t, b) == (a, 2 * t - 1)
    assert a + b < 0


def test_without_the_solver_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "cvxpy", None)
    result = check(step(x**2 + y**2))
    assert result.verdict == "inconclusive"
    assert result.residual == (
        'cvxpy is not installed: give a certificate, or run pip install "certimin[sos]"'
    )
    assert verdict((x - y) ** 2, certificate=SQUARE) == "holds"
    with pytest.raises(CertiminError, match="step: cvxpy is not installed"):
        certificate_of(step(x**2 + y**2))


# --- certificates -------------------------------------------------------------------------------


def changed(**parts):
    return {**SQUARE, **parts}


def weighed(weight, **of):
    return {"weight": weight, "of": of}


REFUSED = [
    (changed(squares=[weighed("2", x="1", y="-1")]), "differ by 2 in the coefficient of x*y"),
    (changed(squares=[weighed("1", x="1", y="1")]), "differ by -4 in the coefficient of x*y"),
    (changed(squares=[]), "differ by -2 in the coefficient of x*y"),
    (changed(polynomial={"x^2": "-1"}, squares=[weighed("-1", x="1")]), "which is negative"),
    (changed(squares=[weighed(1.0, x="1", y="-1")]), "expected a fraction"),
    (changed(squares=[weighed("1.0", x="1", y="-1")]), "expected a fraction"),
    (changed(squares=[weighed("1/0", x="1", y="-1")]), "is no number"),
    (changed(squares=[weighed("1", **{"x^-1": "1"})]), "expected a monomial"),
    (changed(squares=[weighed("1", **{"x^1/2": "1"})]), "expected a monomial"),
    (changed(squares=[{"weight": "1"}]), "expected of a square"),
    (changed(squares={}), "expected a list"),
    (changed(squares=["x"]), "expected of a square"),
    (changed(given=[{"x": "1"}]), "1 given polynomials and 0 multipliers"),
    (changed(also=1), "'also', which means nothing here"),
    ({"squares": []}, "no 'polynomial'"),
    ({"polynomial": {}}, "no 'squares'"),
    (changed(polynomial=[]), "expected a polynomial"),
    ([], "expected an object"),
    ("{", "it is no JSON"),
    ("[" * 100000, "it is no JSON"),
    ('{"polynomial": {"x": "1", "x": "0"}, "squares": []}', "stands twice"),
]


@pytest.mark.parametrize(("certificate", "reason"), REFUSED, ids=[r for _, r in REFUSED])
def test_a_changed_certificate_is_refused_in_one_line(certificate, reason):
    with pytest.raises(Refused) as refused:
        check_certificate(certificate)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)
    result = check(step((x - y) ** 2, certificate=certificate))
    assert result.verdict == "inconclusive"
    assert result.residual == f"the certificate is refused: {refused.value}"


def test_a_certificate_is_read_as_text_and_as_what_it_says():
    assert check_certificate(json.dumps(SQUARE)) == check_certificate(SQUARE)
    both = changed(polynomial={"x^2": "1", "x*y": "-1", "y*x": "-1", "y*y": "1"})
    assert check_certificate(both).polynomial == check_certificate(SQUARE).polynomial


@pytest.mark.parametrize("file", CERTIFICATES, ids=lambda file: file.stem)
def test_no_number_of_a_kept_certificate_may_change(file):
    kept = json.loads(file.read_text())
    check_certificate(kept)
    for square in kept["squares"]:
        for place, value in square["of"].items():
            square["of"][place] = str(Fraction(value) + 1)
            with pytest.raises(Refused):
                check_certificate(kept)
            square["of"][place] = value
        weight = square["weight"]
        square["weight"] = str(Fraction(weight) * 2)
        with pytest.raises(Refused):
            check_certificate(kept)
        square["weight"] = weight
    for place in kept["polynomial"]:
        kept["polynomial"][place] = str(Fraction(kept["polynomial"][place]) + 1)
        with pytest.raises(Refused):
            check_certificate(kept)
        break


def test_a_certificate_is_of_its_polynomial_and_its_equations():
    assert verdict((x - y) ** 2, certificate=SQUARE) == "holds"
    result = check(step(2 * (x - y) ** 2, certificate=SQUARE))
    assert result.verdict == "inconclusive"
    assert result.residual == "the certificate is one of another polynomial"
    foreign = {
        "polynomial": {"x": "1"}, "given": [{"x": "1"}], "multipliers": [{"1": "1"}], "squares": [],
    }  # fmt: skip
    positive = sp.Symbol("x", positive=True)
    result = check(step(positive, certificate=foreign))
    assert result.residual == "the certificate takes an equation that is not given"
    assert verdict(x, x, certificate=foreign) == "holds"
    unused = changed(given=[{"x": "1"}], multipliers=[{}])
    assert verdict((x - y) ** 2, certificate=unused) == "holds"


def test_a_certificate_may_stand_in_a_file(tmp_path):
    file = tmp_path / "square.json"
    missing = check(step((x - y) ** 2, certificate=file))
    assert missing.verdict == "inconclusive"
    assert missing.residual == "the certificate cannot be read: No such file or directory"
    file.write_text(json.dumps(SQUARE))
    assert verdict((x - y) ** 2, certificate=file) == "holds"
    file.write_bytes(b"\xff")
    assert "it is no text" in check(step((x - y) ** 2, certificate=file)).residual


def test_the_checker_is_a_program_of_its_own(tmp_path):
    alone = tmp_path / "alone.py"
    alone.write_text(Path(checker.__file__).read_text())
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(SQUARE))
    bad.write_text(json.dumps(REFUSED[0][0]))

    def run(*names):
        command = [sys.executable, "-I", "-S", str(alone), *map(str, names)]
        return subprocess.run(command, capture_output=True, text=True)

    fine = run(good)
    assert (fine.returncode, fine.stderr) == (0, "")
    assert "a polynomial of 3 terms is >= 0" in fine.stdout
    refused = run(good, bad, tmp_path / "none.json")
    assert refused.returncode == 1
    assert len(refused.stdout.splitlines()) == 3
    assert "Traceback" not in refused.stderr


# --- as a step ----------------------------------------------------------------------------------

NO_STEPS = [
    (sp.Symbol("u") ** 2, "u is not known to be real"),
    (sp.Symbol("u", commutative=False) ** 2, "u is not known to be real"),
    (x + sp.Symbol("x", positive=True), "two symbols are called x"),
    (sp.sqrt(2) * x**2, "expected a polynomial with rational coefficients"),
    (0.5 * x**2, "expected a polynomial with rational coefficients"),
    (x**2 / y**2, "expected a polynomial with rational coefficients"),
    (sp.sqrt(c), "expected a polynomial with rational coefficients"),
    (x**s, "expected a polynomial with rational coefficients"),
    (sp.Abs(x), "expected a polynomial with rational coefficients"),
    (x**2 >= 0, "expected a polynomial with rational coefficients"),
    (sp.Matrix([x**2]), "expected a polynomial with rational coefficients"),
    ("x**2", "expected a polynomial with rational coefficients"),
    (sp.nan, "expected a polynomial with rational coefficients"),
    (sp.oo, "expected a polynomial with rational coefficients"),
    (sp.I * x, "expected a polynomial with rational coefficients"),
]


@pytest.mark.parametrize(("polynomial", "reason"), NO_STEPS, ids=str)
def test_what_is_no_polynomial_is_no_step(polynomial, reason):
    with pytest.raises(UsageError) as refused:
        step(polynomial)
    assert reason in str(refused.value)
    with pytest.raises(UsageError):
        step(x**2, polynomial)


def test_its_record_lists_the_sizes():
    steps = [step(n * x**2, at={"n": n}, why="squares") for n in (2, 3, 4)]
    results = [check(each) for each in steps]
    assert narrowest(results) == "n = 2..4"
    assert at_listed_sizes(results)
    (line,) = lines(results)
    assert line["rule"] == "sum of squares, squares"
    assert line["statement"] == r"\text{at n = 2: } 2 x^{2} \ge 0"
    assert statement([step(x, x**2 - x)]) == r"x \ge 0 \text{ where } x^{2} - x = 0"


def test_rules_draw_conclusions_from_one_that_holds_everywhere():
    fact = rules.scaled(step((x - y) ** 2, certificate=SQUARE), 2)
    assert sp.expand(fact.conclusion.lhs - 2 * (x - y) ** 2) == fact.conclusion.rhs == 0
    with pytest.raises(UsageError, match="no premise"):
        rules.scaled(step(x, x**2 - x), 2)
    with pytest.raises(UsageError, match="listed sizes"):
        rules.scaled(step(x**2, at={"n": 2}), 2)


def test_zeros_leave_it_as_it_is():
    from theorems.quantities import target_norm

    sigma = target_norm.symbol
    before = step(sigma**2 - 2 * sigma * x + x**2, sigma - x)
    after = before.with_zeros()
    assert sigma not in after.symbols
    assert {symbol.name for symbol in after.symbols} == {"x", "target_norm"}
    assert sigma in before.with_zeros({"target_norm"}).symbols


def claim_of(polynomial_with):
    bound = Formula("bound", "b", 2 * x * y)
    setting = Setting("numbers", "numbers", lambda source, bounds: None)
    proof = Proof(lambda bound: [polynomial_with(bound)], {"bound": bound})
    return Claim("c", "", setting, x**2 + y**2 >= bound, proof=proof)


def test_a_derivation_by_squares_depends_on_its_claim():
    assert fault(claim_of(lambda b: step(x**2 + y**2 - b, certificate=SQUARE))) == ""


@searched
def test_a_certificate_hides_no_derivation_that_says_nothing():
    """It is of one polynomial; what the altered claim says is searched for afresh."""
    told = fault(claim_of(lambda b: step(b**2, certificate=certificate_of(step(4 * (x * y) ** 2)))))
    assert told.startswith("it holds as well with")


# --- the listed inequalities, and Coq -----------------------------------------------------------


def test_listed_inequalities_hold_by_their_certificates(monkeypatch):
    monkeypatch.setitem(sys.modules, "cvxpy", None)
    steps = listed.all_steps()
    assert [file.stem for file in CERTIFICATES] == sorted(steps)
    for each in steps.values():
        assert check(each).verdict == "holds"


@searched
@pytest.mark.parametrize("name", ["mean_4", "path_4", "layers_3"])
def test_their_certificates_are_found_again(name):
    assert check(listed.all_steps()[name].afresh()).verdict == "holds"


def test_the_files_of_coq_are_what_certificates_say():
    certificates = {
        name: (listed.PROOFS / "squares" / f"{name}.json") for name in listed.all_steps()
    }
    texts = listed.lemmas({name: file.read_text() for name, file in certificates.items()})
    for name, text in texts.items():
        assert (listed.PROOFS / f"{name}.v").read_text() == text
    for name, file in certificates.items():
        assert listed.text_of(json.loads(file.read_text())) == file.read_text()
        assert sum(f"Lemma {name} " in text for text in texts.values()) == 1


def test_a_lemma_of_coq(tmp_path):
    half = {
        "polynomial": {"x^2": "1/2", "s": "-1", "1": "250"},
        "given": [{"x*y": "-1", "s": "1"}, {"y": "1"}],
        "multipliers": [{"1": "-1"}, {"x": "-1"}],
        "squares": [weighed("1/2", x="1"), weighed("0", y="7"), weighed("250", **{"1": "1"})],
    }
    text = coq_lemma("half", half)
    assert "0 <= x ^+ 2 - 2%:R * s + (5%:R * 100%:R + 0%:R)." in text
    assert "- x * y + s = 0 ->" in text
    assert "y = 0 ->" in text
    assert "ring" in text
    with pytest.raises(Refused):
        coq_lemma("half", {**half, "squares": []})
    with pytest.raises(UsageError, match="is no name in Coq"):
        coq_lemma("not a name", half)
    assert coq_file({"half": half}, "A test.").startswith("(* A test. *)\n")
    accepted(coq_file({"half": half}, "A test."), tmp_path)


def accepted(text, folder):
    """Let Coq read it, where there is one."""
    if shutil.which("coqc"):
        (folder / "lemmas.v").write_text(text)
        command = ["coqc", "-q", "-w", "none", "lemmas.v"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
@needs_coq
@pytest.mark.parametrize("name", ["squares_means", "squares_paths"])
def test_coq_accepts_the_listed_inequalities(name, tmp_path):
    accepted((listed.PROOFS / f"{name}.v").read_text(), tmp_path)
