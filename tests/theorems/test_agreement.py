"""The formal definitions are held to the numbers of the code, and a wrong number is found out."""

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.kernel import needs_coq
from theorems import agreement
from theorems.agreement import INSTANCES, REQUIRES, case, count, draw, measured
from verify.formal import kernel
from verify.formal.agree import Differs, agree, source
from verify.formal.sources import beside

FOUND = [measured(draw(seed)) for seed in range(INSTANCES)]


def other(value):
    """A number that is a little larger, a matrix whose last entry is."""
    if isinstance(value, Fraction):
        return value + Fraction(1, 10**9)
    return [*value[:-1], [*value[-1][:-1], other(value[-1][-1])]]


def test_all_sizes_are_drawn():
    samples = [draw(seed) for seed in range(INSTANCES)]
    assert {len(sample.W) for sample in samples} == {1, 2, 3}
    assert {len(sample.X[0]) for sample in samples} == {1, 2}
    assert {width for sample in samples for width in sample.widths} == {1, 2}
    assert draw(5) == samples[5]


def test_some_instances_are_minimizers_and_most_are_not():
    minimizers = [not any(map(any, found["normal"])) for found in FOUND]
    assert sum(minimizers) == INSTANCES // 4
    assert sum(found["loss"] != 0 and found["slope"] != 0 for found in FOUND) == 15
    assert len({found["hessian"] for found in FOUND}) == INSTANCES


def test_two_routes_to_the_hessian_agree_before_the_kernel_is_asked():
    assert all(found["hessian"] == found["hessian by jets"] for found in FOUND)


def test_each_number_is_an_equation():
    made = case(1, FOUND[1])
    assert made.equations.keys() == FOUND[1].keys()
    assert made.equations["loss"] == "loss X Y W = rat_of (Qmake (3721) 1024)"
    assert made.equations["moment"] == "moment X = matrix 1 1 [:: [:: (Qmake (9) 4)]]"
    assert count(FOUND[1]) == 16
    text = source("Proofs", REQUIRES, [made])
    assert text.count(" computed. Qed.") == len(FOUND[1])
    assert max(text.count(line) for line in text.splitlines()) == 1


def test_without_coq_one_line_says_so(monkeypatch):
    monkeypatch.setattr(kernel.shutil, "which", lambda name: None)
    ran = CliRunner().invoke(agreement.main)
    assert ran.exit_code == 2
    assert ran.output.startswith("agree: Coq is not installed: run `make proofs-install`")


@pytest.mark.slow
@needs_coq
def test_the_definitions_give_the_numbers_of_the_code():
    ran = CliRunner().invoke(agreement.main)
    assert ran.output == f"agree: {sum(map(count, FOUND))} numbers of 20 instances\n"
    assert ran.exit_code == 0


@pytest.mark.slow
@needs_coq
def test_a_wrong_number_is_found_out():
    wrong = FOUND[2] | {"pairing": other(FOUND[2]["pairing"])}
    with pytest.raises(
        Differs, match=r"instance 2 \(.*\): pairing: .* do not give pairing X Y u y"
    ):
        agree(beside("theorems"), REQUIRES, [case(1, FOUND[1]), case(2, wrong)])
    assert Differs.exit_code == 1


@pytest.mark.slow
@needs_coq
def test_no_wrong_number_can_be_proved(tmp_path):
    cases = [case(seed, {name: other(x) for name, x in FOUND[seed].items()}) for seed in (4, 5)]
    sources = beside("theorems")
    kernel.compile_into(tmp_path, sources, [f"Proofs.{name}" for name in REQUIRES])
    text = source("Proofs", REQUIRES, cases)
    (tmp_path / "wrong.v").write_text(text.replace(" computed. Qed.", " Fail computed. Abort."))
    kernel.coqc(sources, tmp_path, Path("wrong.v"))  # Coq stops where what is to fail does not
