"""A file for Coq says what the claim says, shows that it fails, and nothing else passes."""

import json
import re
import subprocess
from fractions import Fraction
from random import Random

import pytest

from tests.kernel import needs_coq
from tests.verify.certificates.test_folder import certified, claim
from theorems import quantities as q
from theorems import settings
from theorems.exported import exported
from theorems.instances import Instance
from verify.certificates.coq import file as coq
from verify.certificates.coq.file import Unexported, check, written
from verify.certificates.coq.numbers import Ends
from verify.certificates.coq.tops import form, squares, top
from verify.certificates.replay import replay
from verify.certificates.statement import stated
from verify.claims import Assumption

S, L, T = q.sharpness.symbol, q.depth.symbol, q.target_norm.symbol
WHITE = Instance.of_minimizer([[[2]], [[1]]], [[1]])  # S = 10, |T| = 2
BOUND = 3 * L * T ** (2 - 1 / L)  # 12 √2 = 16.97


def text(statement, instance=WHITE):
    data = json.loads(json.dumps(stated(statement, instance)))
    return written(data["claim"], exported(data))


def drawn(seed, n=4):
    """A symmetric matrix."""
    random = Random(seed)
    A = [
        [Fraction(random.randint(-6, 6), random.randint(1, 3)) for _ in range(n)] for _ in range(n)
    ]
    return [[A[i][j] + A[j][i] for j in range(n)] for i in range(n)]


def summed(terms, n):
    return [[sum(d * v[i] * v[j] for d, v in terms) for j in range(n)] for i in range(n)]


@pytest.mark.parametrize("seed", range(12))
def test_a_largest_eigenvalue_is_certified_from_both_sides(seed):
    M, bits = drawn(seed), 40
    found = top(M, bits)
    shifted = [[(found.ends.high if i == j else 0) - M[i][j] for j in range(4)] for i in range(4)]
    assert summed(found.squares, 4) == shifted
    assert all(d >= 0 for d, _ in found.squares)
    v = found.vector
    assert form(M, v) >= found.ends.low * sum(x * x for x in v) > 0
    assert 0 <= found.ends.high - found.ends.low < Fraction(1, 2**20)


@pytest.mark.parametrize(
    "M", [[[3, 0], [0, 3]], [[0, 0], [0, 0]], [[1, 1], [1, 1]], [[2, 1], [1, 2]], [[-1]]]
)
def test_a_rational_eigenvalue_is_exact(M):
    found = top([[Fraction(x) for x in row] for row in M], 8)
    assert found.ends.low == found.ends.high
    assert form(M, found.vector) == found.ends.low * sum(x * x for x in found.vector)


def test_no_sum_of_squares_of_what_is_negative_somewhere():
    for M in ([[-1]], [[0, 1], [1, 0]], [[1, 2], [2, 1]]):
        with pytest.raises(Unexported):
            squares(M)


@pytest.mark.parametrize("exponent", [Fraction(1, 2), Fraction(-3, 4), Fraction(5, 3), Fraction(2)])
def test_powers_are_enclosed(exponent):
    ends = Ends(Fraction(5, 7), Fraction(17, 3)).power(exponent, 30)
    p, n = exponent.numerator, exponent.denominator
    low, high = sorted((Fraction(5, 7) ** p, Fraction(17, 3) ** p))
    assert ends.low**n <= low
    assert high <= ends.high**n
    assert float(ends.high) / float(high) ** (1 / n) < 1 + 1e-8


def test_the_file_reads_as_the_claim_does():
    said = " ".join(text(claim(S >= BOUND, T > 1)).split())
    assert "sharpness >= 3*depth*target_norm" in said
    assert "(is_sharpness it sharpness)%F ->" in said
    assert re.search(r"is_power target_norm \(2 \+ \(.*depth_of it.*\)\) power_1", said)
    assert "~ (of_Q 1 < target_norm -> " in said or "~ (target_norm > of_Q 1 -> " in said
    assert "in_minimizers F it" in said


def test_nothing_is_admitted_or_assumed():
    code = re.sub(r"\(\*.*?\*\)", "", text(claim(S >= BOUND)), flags=re.DOTALL)
    wrong = r"\b(Axiom|Admitted|admit|Parameter|Hypothesis|Conjecture|Abort|Unset|bypass_check)\b"
    assert not re.search(wrong, code)
    assert code.rstrip().endswith("Print Assumptions conjecture_fails_here.")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (claim(S >= BOUND, L > 2), "tell"),
        (claim(S <= 10), "tell"),
        (claim(q.data_max.symbol < q.data_trace.symbol, T ** (1 / L) > 2), "tell"),
    ],
)
def test_what_does_not_fail_is_not_written(statement, reason):
    with pytest.raises(Unexported, match=reason):
        text(statement)


def test_what_is_not_rational_has_a_reason():
    from sympy import exp, log

    for statement, reason in (
        (claim(log(T) >= S), "log of a number"),
        (claim(exp(-T) >= S), "exp of a number"),
        (claim(S > 10, setting=settings.isotropic_balanced), "the setting isotropic-balanced"),
    ):
        with pytest.raises(Unexported, match=reason):
            text(statement)


def test_a_predicate_is_no_relation(tmp_path):
    said = Assumption("odd", lambda p: True, r"\text{odd}")
    found = certified(tmp_path, claim(S > 10, assumptions=(said,)), WHITE)
    assert found.data["unexported"] == "an assumption that is no relation between quantities"
    assert not (found.folder / coq.NAME).exists()


def test_without_coq_a_replay_is_undecided(tmp_path, monkeypatch):
    found = certified(tmp_path, claim(S > 10), WHITE)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = replay(found.folder, kernel=True)
    assert result.verdict == "undecided"
    assert any(line.startswith("kernel: not installed: Coq") for line in result.lines)


@pytest.mark.slow
@needs_coq
def test_the_kernel_accepts_it(tmp_path):
    found = certified(tmp_path, claim(S >= BOUND, T > 1), WHITE)
    result = replay(found.folder, kernel=True)
    assert "kernel: proved, from no axiom" in result.lines
    assert result.verdict == "confirmed"


MUTANTS = {
    "a weight": (
        "Definition it : instance := Instance\n  [[[2]]",
        "Definition it : instance := Instance\n  [[[3]]",
    ),
    "the relation": (">= ", "<= "),
    "the constant": ("of_Q 3 * depth", "of_Q 1 * depth"),
    "the negation": ("    ~ (", "    ("),
    "a quantity": (
        "(is_target_norm it target_norm)%F ->",
        "(is_layer_norm_min it target_norm)%F ->",
    ),
    "the exponent": ("is_power target_norm (2 ", "is_power target_norm (0 "),
    "the setting": ("in_minimizers F it /\\", "in_balanced_minimizers F it /\\"),
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Let Coq read what comes after the definitions and lemmas; they are compiled once."""
    folder = tmp_path_factory.mktemp("coq")
    imports = (
        "From Coq Require Import QArith List Bool.\nImport ListNotations.\nRequire Import Before.\n"
    )
    places = ("(* --- The instance", "(* --- Lemmas:", "Theorem conjecture_fails_here")

    def parts(source):
        head, statement, lemmas = (source.index(place) for place in places)
        return source[:head] + source[statement:lemmas], source[head:statement] + source[lemmas:]

    def run(name):
        return subprocess.run(["coqc", "-q", name], cwd=folder, capture_output=True, text=True)

    def read(source):
        before, after = parts(source)
        if not (folder / "Before.v").exists():
            (folder / "Before.v").write_text(before, encoding="utf-8")
            assert run("Before.v").returncode == 0
        (folder / "After.v").write_text(imports + after, encoding="utf-8")
        done = run("After.v")
        return done.returncode == 0 and "Closed under the global context" in done.stdout

    return read


@pytest.mark.slow
@needs_coq
@pytest.mark.parametrize("name", MUTANTS)
def test_the_kernel_refuses_what_was_changed(name, compiled):
    source, (old, new) = text(claim(S >= BOUND)), MUTANTS[name]
    start = source.index("Definition it : instance")
    head, body = source[:start], source[start:]
    assert old in body
    assert compiled(source)
    assert not compiled(head + body.replace(old, new, 1))


@pytest.mark.slow
@needs_coq
def test_an_axiom_is_seen():
    source = text(claim(S >= BOUND))
    start = source.index("Theorem conjecture_fails_here")
    end = source.index("Print Assumptions")
    stolen = (
        "Axiom granted : what_is_claimed_fails.\nDefinition conjecture_fails_here := granted.\n"
    )
    verdict, said = check(source[:start] + stolen + source[end:])
    assert verdict == "refused"
    assert "granted" in said
