"""Attempts to game the judge: each is refused, and told why in one line."""

import json
from fractions import Fraction

import pytest

from tests.verify.judging.documents import ONES, PRICE, TRACE, judged, of, reason
from verify.judging.document import MAX_BYTES

LIMIT = 'expected an integer, a text "p/q" or a decimal'


def text(candidate, task=TRACE):
    """A document; ``candidate`` may be JSON as it stands, which json.dumps would not write."""
    written = candidate if isinstance(candidate, str) else json.dumps(candidate)
    return f'{{"task": {json.dumps(task)}, "candidate": {written}}}'


def entries(first="[[1]]", second="[[1]]", sigma="[[1]]", more=""):
    return f'{{"weights": [{first}, {second}], "sigma": {sigma}{more}}}'


NUMBERS = {
    "NaN": "file: NaN is no number; " + LIMIT,
    "-NaN": "file: not JSON at line 1, column 104: Expecting value",
    "Infinity": "file: Infinity is no number; " + LIMIT,
    "-Infinity": "file: -Infinity is no number; " + LIMIT,
    "1e999": "file: number 1e999 is beyond float64; write it as a text",
    "-1e309": "file: number -1e309 is beyond float64; write it as a text",
    "1e-400": "file: number 1e-400 is below float64; write it as a text",
    "true": f"candidate.weights[0][0][0]: {LIMIT}, got true",
    "null": f"candidate.weights[0][0][0]: {LIMIT}, got null",
    "[1]": f"candidate.weights[0][0][0]: {LIMIT}, got a list",
    '{"re": 1}': f"candidate.weights[0][0][0]: {LIMIT}, got an object",
    '""': f"candidate.weights[0][0][0]: {LIMIT}, got ''",
    '"nan"': f"candidate.weights[0][0][0]: {LIMIT}, got 'nan'",
    '"1/0"': "candidate.weights[0][0][0]: '1/0' divides by zero",
    '"1/-2"': f"candidate.weights[0][0][0]: {LIMIT}, got '1/-2'",
    '"0x10"': f"candidate.weights[0][0][0]: {LIMIT}, got '0x10'",
    '"1_000"': f"candidate.weights[0][0][0]: {LIMIT}, got '1_000'",
    '" 1"': f"candidate.weights[0][0][0]: {LIMIT}, got ' 1'",
    '"1j"': f"candidate.weights[0][0][0]: {LIMIT}, got '1j'",
    '"٣"': rf"candidate.weights[0][0][0]: {LIMIT}, got '\u0663'",
    '"½"': rf"candidate.weights[0][0][0]: {LIMIT}, got '\xbd'",
    '"__import__"': f"candidate.weights[0][0][0]: {LIMIT}, got '__import__'",
    '"9**9**9"': f"candidate.weights[0][0][0]: {LIMIT}, got '9**9**9'",
    '"1e999999999"': "candidate.weights[0][0][0]: expected a power of ten up to 400, "
    "got '1e999999999'",
    '"1e-99999999"': "candidate.weights[0][0][0]: expected a power of ten up to 400, "
    "got '1e-99999999'",
    '"1e401"': "candidate.weights[0][0][0]: expected a power of ten up to 400, got '1e401'",
    "9" * 1_000_000: "file: expected a number of at most 400 characters, got 1,000,000",
    f'"1/{"7" * 500_000}"': "candidate.weights[0][0][0]: expected a number of at most 400 "
    "characters, got 500,002",
    f"0.{'1' * 1000}": "file: expected a number of at most 400 characters, got 1,002",
}  # fmt: skip


@pytest.mark.parametrize(("written", "why"), NUMBERS.items(), ids=lambda x: x[:20])
def test_what_is_no_number_of_a_sane_size(written, why):
    assert reason(text(entries(f"[[{written}]]"))) == why


SHAPES = {
    "no layers": ('{"weights": [], "sigma": [[1]]}',
                  "candidate.weights: expected 2 to 6 layers, got 0"),
    "one layer": ('{"weights": [[[1]]], "sigma": [[1]]}',
                  "candidate.weights: expected 2 to 6 layers, got 1"),
    "a thousand layers": (f'{{"weights": [{", ".join(["[[1]]"] * 1000)}], "sigma": [[1]]}}',
                          "candidate.weights: expected 2 to 6 layers, got 1000"),
    "no rows": (entries("[]"),
                "candidate.weights[0]: expected a matrix with rows, got an empty list"),
    "no columns": (entries("[[]]"), "candidate.weights[0]: expected widths of 1 to 5, got 0"),
    "wide": (entries(f"[[{', '.join(['1'] * 6)}]]"),
             "candidate.weights[0]: expected widths of 1 to 5, got 6"),
    "a text": ('{"weights": "[[1]], [[1]]", "sigma": [[1]]}',
               "candidate.weights: expected 2 to 6 layers, got '[[1]], [[1]]'"),
    "a vector": (entries("[1]"),
                 "candidate.weights[0][0]: expected a row, a list of numbers, got 1"),
    "a number": (entries("1"), "candidate.weights[0]: expected a matrix, a list of rows, got 1"),
    "ragged": (entries("[[1, 2], [3]]", "[[1, 1]]"),
               "candidate.weights[0][1]: expected 2 numbers, got 1"),
    "neighbours": (entries("[[1], [2]]", "[[1]]"),
                   "candidate.weights[1][0]: expected 2 numbers, got 1"),
    "data of another size": (entries(sigma="[[1, 0], [0, 1]]"),
                             "candidate.sigma: expected 1 rows, got 2"),
    "data that are none": (entries(sigma="[[-1]]"),
                           "candidate.sigma: expected no negative eigenvalue, for it is E[x xᵀ]"),
    "data a hair from being data": (
        entries("[[1, 1]]", sigma='[[1, 0], [0, "-1e-300"]]'),
        "candidate.sigma: expected no negative eigenvalue, for it is E[x xᵀ]"),
    "data without symmetry": (entries("[[1, 1]]", sigma='[[1, "1e-40"], [0, 1]]'),
                              "candidate.sigma: expected a symmetric matrix"),
    "no data": ('{"weights": [[[1]], [[1]]]}', "candidate: sigma is missing"),
    "data that are zero": (entries(sigma="[[0]]"), "candidate: the target vanishes on the data"),
    "a target of its own": (entries(more=', "target": [["1.0000000000000000000000001"]]'),
                            "candidate.target: expected the map of the network, W_L ... W_1"),
    "another key": (entries(more=', "at_minimizer": true'),
                    "candidate: unknown key 'at_minimizer'; expected weights, sigma, target"),
    "a list": ("[[[1]], [[1]]]", "candidate: expected an object, got a list"),
    "code": ('"__import__(\'os\').system(\'true\')"',
             'candidate: expected an object, got "__import__(\'os\').system(\'true\')"'),
}  # fmt: skip


@pytest.mark.parametrize(("candidate", "why"), SHAPES.values(), ids=SHAPES)
def test_what_is_no_network_with_data(candidate, why):
    assert reason(text(candidate)) == why


OUTSIDE = {
    "balanced": ({"weights": [[[1]], [["1.000000000001"]]], "sigma": [[1]]},
                 r"candidate: not of the setting: D_k = 0 \text{ for all } k fails"),
    "whitened": ({"weights": [[[1]], [[1]]], "sigma": [[1.0000000000000002]]},
                 r"candidate: not of the setting: \Sigma = I fails"),
    "univariate": ({"weights": [[[1]], [[1], [0]]], "sigma": [[1]]},
                   "candidate: not of the setting: d_y = 1 fails"),
    "flattest": ({"weights": [[[1]], [["1.000000000001"]]], "sigma": [[1]]},
                 r"candidate: not of the setting: S(W) \leq S_{\min} fails"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "case"), OUTSIDE.items(), ids=OUTSIDE)
def test_weights_are_not_taken_for_what_they_nearly_are(kind, case):
    candidate, why = case
    task = {"refute": "sharpness <= 0", "over": f"{kind}-minimizers"}
    assert reason(text(candidate, task)) == why


CHOICES = {
    "too few": ([3, 2, 2],
                "candidate.choices: answer 3: the recipe asks for an integer from 2 to 2, "
                "got the end of the list"),
    "a size beyond the task's": ([4], "candidate.choices: answer 0: the recipe asks for an integer "
                                 "from 3 to 3, got 4"),
    "half a size": (["5/2"], "candidate.choices: answer 0: the recipe asks for an integer "
                    "from 3 to 3, got 5/2"),
    "a gain beyond its range": ([3, 2, 2, 2, 2, "5/2"],
                                "candidate.choices: answer 5: the recipe asks for a number "
                                "from 0 to 2, got 5/2"),
    "a text": ("3222", "candidate.choices: expected a list, got '3222'"),
    "a million": ([1] * 100_000, "candidate.choices: expected at most 2000, got 100000"),
}  # fmt: skip


@pytest.mark.parametrize(("choices", "why"), CHOICES.values(), ids=CHOICES)
def test_answers_that_the_recipe_did_not_ask_for(choices, why):
    assert reason(text({"choices": choices}, PRICE)) == why


def test_answers_left_over():
    task = {"refute": "sharpness <= 0", "depth": 2, "width": 1}
    used = [2, 1, 1, 1, 1, 1, 1, 1]
    assert of(task, {"choices": used})["refutes"]
    assert reason(text({"choices": [*used, 1]}, task)) == (
        "candidate.choices: expected 8 at these sizes, got 9"
    )


def test_a_recipe_that_is_not_the_tasks():
    assert reason(text({"choices": [2], "setting": "weights"})).startswith(
        "candidate.setting: expected one of minimizers, univariate-minimizers, "
    )


def test_entries_where_they_do_not_tell_whether_they_belong():
    task = {"refute": "O1.bottleneck"}
    assert reason(text(ONES, task)) == (
        "candidate: over bottleneck-minima expected choices, the answers its recipe asks for; "
        "entries do not tell whether they belong to it"
    )


FILES = {
    "no JSON": ("sharpness", "file: not JSON at line 1, column 1: Expecting value"),
    "nothing": ("", "file: not JSON at line 1, column 1: Expecting value"),
    "no object": ("[1]", "file: expected an object with task and candidate, got a list"),
    "no UTF-8": (b'{"task": "\xff"}', "file: expected UTF-8, got byte 10 that is none"),
    "a key twice": (
        f'{{"task": {json.dumps(TRACE)}, "candidate": {{"sigma": [[1]], "sigma": [[2]]}}}}',
        "file: key 'sigma' stands twice in one object; write it once"),
    "another key": (text(ONES)[:-1] + ', "score": 1}',
                    "file: unknown key 'score'; expected task, candidate, schema"),
    "no candidate": ('{"task": {}}', "file: candidate is missing"),
    "of a later version": (text(ONES)[:-1] + ', "schema": 2}',
                           "schema: expected an integer from 1 to 1, got 2"),
    "deep": (text("[" * 20 + "]" * 20),
             "file: nested too deeply, expected at most 12 levels"),
    "very deep": ("[" * 1_000_000, "file: nested too deeply, expected at most 12 levels"),
    "deep objects": ('{"a":' * 150_000, "file: nested too deeply, expected at most 12 levels"),
    "ten megabytes": (" " * 10_000_000,
                      f"file: expected at most {MAX_BYTES:,} bytes, got more; shorten it"),
    "quotes": ('"\\' * 500_000, "file: not JSON at line 1, column 1: Unterminated string "
               "starting at"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "why"), FILES.values(), ids=FILES)
def test_files_that_are_no_document(content, why):
    assert reason(content) == why


TASKS = {
    "none": ({}, "task: expected one of refute, maximize and minimize, "
             "got an object with none of them"),
    "two": ({"maximize": "sharpness", "minimize": "sharpness"},
            "task: expected one of refute, maximize and minimize, "
            "got an object with maximize and minimize"),
    "a number": ({"refute": 1}, "task.refute: expected a text, got 1"),
    "no quantity": ({"refute": "1 >= 2"},
                    "task.refute: a relation between constants at column 1; "
                    "expected a quantity in it, such as sharpness"),
    "a Python name": ({"maximize": "__import__"},
                      "task.maximize: unknown quantity '__import__' at column 1; "
                      "certimin quantities lists all"),
    "a condition in a formula": ({"maximize": "sharpness) >= 0 if (depth"},
                                 "task.maximize: expected a formula, got one with 'if'; "
                                 "conditions stand in where"),
    "a relation as a formula": ({"maximize": "sharpness >= 1"},
                                "task.maximize: unexpected '>=' at column 11; "
                                "expected a formula, no relation"),
    "a condition that ends early": ({"maximize": "sharpness", "where": "depth >"},
                                    "task.where: unexpected end at column 8; "
                                    "expected a number or a quantity"),
    "a condition of a condition": ({"maximize": "sharpness", "where": "depth > 2 if d_x > 1"},
                                   "task.where: unexpected 'if' at column 11; "
                                   "join conditions by 'and'"),
    "conditions beside an if": ({"refute": "sharpness >= 1", "where": "depth >= 2"},
                                "task: unknown key 'where'; expected refute, over, depth, width"),
    "sizes": ({"refute": "sharpness >= 1", "depth": [6, 2]},
              "task.depth: expected least <= most, got 6 and 2"),
    "huge sizes": ({"refute": "sharpness >= 1", "width": 1000},
                   "task.width: expected an integer from 1 to 64, got 1000"),
    "a setting": ({"refute": "sharpness >= 1", "over": "minimisers"},
                  "task.over: unknown setting 'minimisers'; did you mean minimizers or "
        "tied-minimizers or minimizer-pairs? (`certimin settings` lists all)"),
    "a claim": ({"refute": "O1.bottlneck"},
                "task.refute: no relation, and no claim 'O1.bottlneck'; "
                "did you mean O1.bottleneck or O5.bottleneck?"),
    "a file of code": ({"refute": "conjecture.py"},
                       "task.refute: no relation, and no claim 'conjecture.py'; "
                       "certimin show ID lists its claims"),
    "a setting of a claim": ({"refute": "O1.bottleneck", "over": "minimizers"},
                             "task: unknown key 'over'; expected refute, depth, width"),
    "a constant that is not there": (
        {"maximize": "c", "in": "sharpness >= 2"},
        "task.in: expected the constant 'c' in 'sharpness >= 2'; write it there"),
    "an endless attack": ({"maximize": "c", "in": "sharpness >= c", "instances": 10**9},
                          "task.instances: expected an integer from 1 to 1000000, got 1000000000"),
}  # fmt: skip


@pytest.mark.parametrize(("task", "why"), TASKS.values(), ids=TASKS)
def test_tasks_that_are_none(task, why):
    assert reason(text(ONES, task)) == why


def test_a_true_relation_in_other_words_is_not_refuted():
    for true in ("sharpness >= minimal_sharpness", "0 >= minimal_sharpness - sharpness",
                 "1/sharpness <= 1/minimal_sharpness", "sharpness >= sharpness"):  # fmt: skip
        found = of({"refute": true}, {"weights": [[[3]], [["1/3"]]], "sigma": [[2]]})
        assert not found["refutes"]
        assert Fraction(found["score"]) <= 0


def test_a_violation_of_1e_30_is_one_and_scores_no_more():
    tiny = {"weights": [[["1.000000000000001"]], [[1]]], "sigma": [[1]]}
    found = of({"refute": "sharpness <= minimal_sharpness"}, tiny)
    assert found["refutes"]
    assert 0 < Fraction(found["score"]) < Fraction(1, 10**30)
    almost = {"refute": "sharpness <= minimal_sharpness + 1/10**29"}
    found = of(almost, tiny)
    assert not found["refutes"]
    assert Fraction(found["score"]) < 0


def test_scaling_everything_up_is_worth_nothing():
    task = {"refute": "sharpness <= minimal_sharpness"}
    scores = set()
    for scale in (1, 1000, "1e100"):
        scaled = {"weights": [[[1]], [[2]]], "sigma": [[scale]]}
        scores.add(of(task, scaled)["score"])
    assert scores == {"1/5"}


def test_minus_zero_is_zero():
    found = of(TRACE, {"weights": [[[1, -0.0]], [[1]]], "sigma": [[1, 0], [0, -0.0]]})
    assert found["instance"]["weights"][0] == [["1", "0"]]
    assert found["refutes"]


def test_a_float_is_the_dyadic_rational_it_is():
    found = of(TRACE, {"weights": [[[0.1]], [["0.1"]]], "sigma": [[1]]})
    assert found["instance"]["weights"] == [
        [["3602879701896397/36028797018963968"]], [["1/10"]],
    ]  # fmt: skip


def test_a_condition_that_fails_by_a_hair():
    spread = {"weights": [[[1, 0], [0, 1]]] * 2, "sigma": [[1, 0], [0, "4.000000000000000001"]]}
    task = PRICE | {"depth": 2}
    assert reason(text(spread, task)) == "candidate: a condition, condition <= 4: it fails"
    spread["sigma"][1][1] = 4
    assert of(task, spread)["valid"]


def test_where_a_quantity_has_no_value():
    singular = {"weights": [[[1, 0], [0, 1]]] * 2, "sigma": [[1, 0], [0, 0]]}
    task = {"maximize": "condition", "depth": 2, "width": 2}
    assert "undefined" in reason(text(singular, task))
    assert reason(text({"weights": [[[1]], [[1], [1]]], "sigma": [[1]]}, {"refute": "a <= 0"})) == (
        "candidate: undefined: the regressor needs one output, this instance has 2"
    )


@pytest.mark.parametrize("value", ["NaN", '"1/0"', "true", "[1]", '"1e401"'])
def test_constants_that_are_none(value):
    task = {"maximize": "c", "in": "sharpness >= c*hessian_trace"}
    assert judged(text(f'{{"value": {value}}}', task))["verdict"] == "invalid"


def test_a_constant_of_too_many_digits():
    task = {"maximize": "c", "in": "sharpness >= c*hessian_trace"}
    assert reason(text({"value": "1/" + "3" * 60}, task)) == (
        "candidate.value: the value of 'c' has more than 50 digits; round it"
    )
