"""True statements with equality are decided where both sides are equal, and roots of nothing."""

import pytest

import theorems.quantities  # noqa: F401  (a parser knows what is loaded)
from theorems.instances import Instance
from theorems.settings import minimizers
from verify.claims import Claim, decide
from verify.parser import parse

GOLDEN = [[1, 1], [1, 0]]
"""|T|_2 is the golden ratio: each top singular vector is irrational."""
ISOTROPIC = {
    depth: Instance.of_minimizer([GOLDEN] + [[[1, 0], [0, 1]]] * (depth - 1), [[3, 0], [0, 3]])
    for depth in (2, 3, 6)
}
FLAT = Instance.of_minimizer([[[2, 0], [0, 1]]] * 3, [[1, 0], [0, 1]])
SKEW = Instance.of_minimizer([GOLDEN, GOLDEN], [[2, 1], [1, 1]])

EQUAL = [
    ("minimal_sharpness {} 2*depth*data_min*target_norm**(2-2/depth)", ISOTROPIC.values()),
    ("minimal_sharpness**0.49 {} (2*depth*data_max)**0.49*target_norm**(0.98-0.98/depth)",
     ISOTROPIC.values()),
    ("log(minimal_sharpness) {} log(2*depth)+log(data_min)+(2-2/depth)*log(target_norm)",
     ISOTROPIC.values()),
    ("log(sharpness) {} log(2*depth) + log(data_min) + (2 - 2/depth)*log(target_norm)", [FLAT]),
    ("exp(sharpness/1000) {} exp(minimal_sharpness/1000)", [FLAT]),
    ("sqrt(sharpness) + target_norm {} sqrt(minimal_sharpness) + target_norm", [FLAT]),
    ("log(condition) {} log(data_max) - log(data_min)", [SKEW]),
    ("sqrt(data_max) + sqrt(data_min) {} sqrt(data_trace + 2*sqrt(data_max*data_min))", [SKEW]),
    ("(condition*data_min)**(1/7) {} data_max**(1/7)", [SKEW]),
    ("abs(log(data_min)) {} log(data_max)", [SKEW]),
]  # fmt: skip


def decided(text, instance):
    parsed = parse(text)
    claim = Claim("tie", text, minimizers, parsed.relation, parsed.assumptions)
    decisions = {decide(claim, instance, exact_first=first) for first in (True, False)}
    (outcome,) = {(decision.outcome, decision.kind) for decision in decisions}
    return outcome


@pytest.mark.parametrize(("text", "instances"), EQUAL, ids=[text for text, _ in EQUAL])
def test_equal_sides_are_known_to_be_equal(text, instances):
    for instance in instances:
        for operator in (">=", "<=", "=="):
            assert decided(text.format(operator), instance) == ("holds", "exact")
        assert decided(text.format(">"), instance) == ("violated", "exact")


@pytest.mark.parametrize("exponent", ["1/2", "1/3", "3/2", "-1/2", "499/1000"])
def test_a_root_of_what_is_negative_by_a_little_has_no_value(exponent):
    for instance in (FLAT, ISOTROPIC[3]):
        text = f"(minimal_sharpness - (1 + 1e-16)*sharpness)**({exponent}) >= 1"
        assert decided(text, instance)[0] == "invalid"


def test_a_root_of_zero_is_zero():
    assert decided("sqrt(sharpness - minimal_sharpness) == 0", FLAT) == ("holds", "exact")
