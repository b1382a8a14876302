"""The example conjectures are well formed, and their counterexamples lie where they say."""

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from theorems.instances import Instance
from theorems.pairs import (
    PairInstance,
    balanced_pairs,
    minimizer_pairs,
    univariate_pairs,
    whitened_pairs,
)
from theorems.quantities import imbalance, minimal_sharpness, sharpness
from theorems.settings import (
    balanced_minimizers,
    flattest_minimizers,
    minimizers,
    univariate_minimizers,
    weights,
    whitened_minimizers,
)
from verify.claims import QUANTITIES, decide
from verify.conjecture import conjecture, from_file
from verify.parser import parse
from verify.registry import theorems

theorems()  # loads the modules that define quantities

FOLDER = Path(__file__).parents[2] / "examples" / "conjectures"
OVER = {
    *(minimizers.name, univariate_minimizers.name, whitened_minimizers.name),
    *(balanced_minimizers.name, flattest_minimizers.name, weights.name),
    *(minimizer_pairs.name, univariate_pairs.name, whitened_pairs.name, balanced_pairs.name),
}
# The names an expression may rely on; others may change.
FIXED = {
    *("depth", "d_x", "d_y", "width_min", "width_max", "sharpness", "hessian_trace"),
    *("minimal_sharpness", "target_norm", "target_fro", "data_max", "data_min", "data_trace"),
    *("condition", "imbalance", "layer_norm_max", "layer_norm_min", "weights_sq"),
    *("path_gain_max", "loss", "loss_at_zero", "w_norm", "a", "a2"),
    *("path_gain_min", "suffix_gain_max", "suffix_gain_min", "map_trace", "map_singular_min"),
    *("map_nuclear", "schatten", "target_nuclear", "target_singular_sum", "target_schatten"),
    *("target_schatten_4", "other.sharpness", "other.imbalance", "other.weights_sq"),
}


def read(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


FALSE, TRUE = read("false")["conjecture"], read("true")["conjecture"]
COUNTEREXAMPLES = read("counterexamples")


def names(entry):
    read = parse(entry["text"])
    return {s.name for part in (read.relation, *read.conditions) for s in part.free_symbols}


def sizes(entry, key, default):
    low, high = entry.get(key, default).split(":")
    return range(int(low), int(high) + 1)


def counterexample(entry):
    data = COUNTEREXAMPLES[entry["name"]]
    layers = [rows(W) for W in data["weights"]]
    if "target" in data:
        return Instance.exact(layers, rows(data["sigma"]), rows(data["target"]))
    first = Instance.of_minimizer(layers, rows(data["sigma"]))
    if "other" not in data:
        return first
    others = [rows(W) for W in data["other"]]
    return PairInstance.beside_layers(first, Instance.of_minimizer(others, rows(data["sigma"])))


def rows(matrix):
    return [[Fraction(x) for x in row] for row in matrix]


def belongs(instance, over):
    """Whether an exact instance lies in the set that a setting samples."""
    ar, net = instance.arithmetic, instance.net
    one_output = net.widths[-1] == 1
    white = ar.is_zero(instance.sigma - ar.identity(net.widths[0]))
    least = minimal_sharpness.measure(instance) if over == "flattest-minimizers" else None
    if over.endswith("-pairs"):
        other = instance.partner.net
        assert other.widths == net.widths
        assert ar.is_zero(other.end_to_end - net.end_to_end)
    return (over == "weights" or instance.at_minimizer) and {
        "minimizers": True,
        "univariate-minimizers": one_output,
        "whitened-minimizers": white,
        "balanced-minimizers": imbalance.measure(instance) == 0,
        "flattest-minimizers": white and sharpness.measure(instance) == least,
        "weights": one_output,
        "minimizer-pairs": True,
        "univariate-pairs": one_output,
        "whitened-pairs": white,
        "balanced-pairs": imbalance.measure(instance) == 0,
    }[over]


def test_enough_of_each_kind():
    assert len(FALSE) >= 83
    assert len(TRUE) >= 62
    assert {entry["level"] for entry in FALSE} == {1, 2, 3, 4, 5}


def test_names_are_unique_slugs():
    slugs = [entry["name"] for entry in FALSE + TRUE]
    assert len(set(slugs)) == len(slugs)
    assert all(slug.replace("-", "").isalnum() and slug == slug.lower() for slug in slugs)


def test_no_conjecture_is_both():
    texts = [(entry["text"], entry["over"]) for entry in FALSE + TRUE]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("entry", FALSE + TRUE, ids=lambda entry: entry["name"])
def test_keys_settings_and_names_are_known(entry):
    required = {"name", "text", "over", "why"} | ({"level"} if entry in FALSE else set())
    assert required <= entry.keys() <= required | {"depth", "width"}
    assert entry["over"] in OVER
    assert names(entry) <= FIXED


def test_every_setting_and_quantity_is_used():
    assert {name for entry in FALSE + TRUE for name in names(entry)} == FIXED
    assert {entry["over"] for entry in FALSE} == {entry["over"] for entry in TRUE} == OVER
    assert all(name in QUANTITIES for name in FIXED)


def test_counterexamples_are_to_false_conjectures():
    assert list(COUNTEREXAMPLES) == [entry["name"] for entry in FALSE]


@pytest.mark.parametrize("entry", FALSE, ids=lambda entry: entry["name"])
def test_counterexample_lies_in_its_setting(entry):
    instance = counterexample(entry)
    widths = instance.net.widths
    assert instance.net.depth in sizes(entry, "depth", "2:6")
    assert set(widths) <= set(sizes(entry, "width", "1:5"))
    assert not instance.arithmetic.is_zero(instance.cross)
    assert belongs(instance, entry["over"])


@pytest.mark.parametrize("entry", FALSE, ids=lambda entry: entry["name"])
def test_counterexample_refutes(entry):
    claim = conjecture(entry["name"], entry["text"], over=entry["over"]).claims[0]
    assert decide(claim, counterexample(entry), exact_first=False).refutes


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_the_modules_define_a_conjecture(path):
    found = from_file(path)
    assert found.status == "conjecture"
    assert len(found.claims) == 1
