"""A certificate is whole, says what it shows, and is noticed when it was changed."""

import json
import re
import subprocess
import sys
from fractions import Fraction
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import jsonschema
import pytest
import sympy as sp

from tests.toys import NUMBERS, Numbers, first, last, norm
from tests.toys import claim as toy_claim
from theorems import quantities as q
from theorems import settings
from theorems.instances import Instance
from verify.certificates import folder as certificate
from verify.certificates.document import tex
from verify.certificates.drawing import decimal, svg
from verify.certificates.folder import core, load, write
from verify.claims import Claim, Formula, assumed, decide
from verify.errors import UsageError
from verify.expression import from_tree, symbol, tree
from verify.report.latex import escape

SCHEMA = json.loads(
    resources.files("verify.certificates")
    .joinpath("certificate.schema.json")
    .read_text(encoding="utf-8")
)
S, L, S_MIN = q.sharpness.symbol, q.depth.symbol, q.minimal_sharpness.symbol
# S = 2 max((1 + 4) · 1, (1 + 1) · 2) = 10, S_min = 4 √(9/2)
INSTANCE = Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 2]])


def claim(relation, *conditions, setting=settings.minimizers, assumptions=(), **options):
    return Claim("c", "", setting, relation, (*assumptions, *assumed(*conditions)), **options)


def certified(folder, statement, instance=INSTANCE, **options):
    found = SimpleNamespace(
        instance=instance, decision=decide(statement, instance), found_by="floats"
    )
    assert found.decision.refutes
    how = {"command": "certimin search", "seed": 7, "environment": {"python": "3"}}
    return write(found, statement, folder, **(how | options))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return certified(tmp_path_factory.mktemp("out"), claim(S <= 9, L >= 2))


def test_a_certificate_is_complete_and_confirmed(written):
    names = {path.name for path in written.folder.iterdir()}
    assert names == {
        "certificate.json",
        "check.py",
        "counterexample.svg",
        "counterexample.tex",
        "counterexample.v",
    }
    assert written.confirmed is True
    assert written.data["output"].endswith("verdict:    confirmed\n")
    assert re.fullmatch(r"sharpness-le-9-if-depth-ge-2-[0-9a-f]{8}", written.folder.name)


def test_it_says_what_it_shows(written):
    data = written.data
    jsonschema.validate(data, SCHEMA)
    assert data["claim"]["relation"] == ["<=", "sharpness", "9"]
    assert data["claim"]["conditions"] == [[">=", "depth", "2"]]
    assert (data["lhs"], data["rhs"], data["separator"]) == (["10", "10"], ["9", "9"], "19/2")
    assert data["sizes"] == {"weights": [[2, 2], [2, 2]], "sigma": [2, 2], "target": [2, 2]}
    assert (data["seed"], data["command"], data["kind"]) == (7, "certimin search", "exact")


def test_it_can_be_loaded_by_folder_or_file(written):
    for path in (written.folder, written.folder / "certificate.json"):
        assert load(path) == written


def test_check_py_runs_anywhere(written, tmp_path):
    """Alone, moved elsewhere, without this project in sight."""
    program = tmp_path / "check.py"
    program.write_bytes((written.folder / "check.py").read_bytes())
    done = subprocess.run([sys.executable, "-I", program], capture_output=True, check=False)
    assert done.returncode == 0


def test_irrational_sides_are_enclosed_and_separated(tmp_path):
    found = certified(tmp_path, claim(S <= S_MIN))
    low, high = map(Fraction, found.data["rhs"])
    assert low**2 < 72 < high**2
    assert high < Fraction(found.data["separator"]) < 10
    assert found.confirmed
    assert len(found.data["hints"]["minimal_sharpness"]) == 2


def test_a_tie_has_no_separator(tmp_path):
    found = certified(tmp_path, claim(S > 10))
    assert found.data["separator"] is None
    assert found.data["lhs"] == found.data["rhs"] == ["10", "10"]
    assert found.confirmed


def test_closed_forms_are_written_out(tmp_path):
    bound = Formula("bound", "b", 2 * L * q.target_norm.symbol)
    found = certified(tmp_path, claim(bound >= S))
    assert found.data["claim"]["relation"] == [
        ">=",
        ["*", "2", "target_norm", "depth"],
        "sharpness",
    ]


def test_what_the_checker_cannot_confirm_says_so(tmp_path):
    """The instance violates the claim but is not in the claim's setting."""
    found = certified(tmp_path, claim(S <= 9, setting=settings.whitened_minimizers))
    assert found.confirmed is False
    assert "Σ = I does not hold" in found.data["output"]
    jsonschema.validate(found.data, SCHEMA)


def test_a_setting_without_a_checker_gets_no_program(tmp_path):
    instance = Numbers.exact(Fraction(1, 2), 3)
    found = certified(tmp_path, toy_claim(first >= last), instance)
    assert found.confirmed is None
    assert not (found.folder / "check.py").exists()
    jsonschema.validate(found.data, SCHEMA)
    assert found.data["sizes"] == {"values": [2]}


def test_an_instance_without_rational_ends_has_no_enclosure(tmp_path, monkeypatch):
    instance = Numbers.exact(1, 1)
    monkeypatch.setattr(Numbers, "routes", lambda self: iter([self]))
    found = certified(tmp_path, toy_claim(norm <= 1), instance)
    assert (found.data["lhs"], found.data["separator"]) == (None, None)
    jsonschema.validate(found.data, SCHEMA)


def test_writing_again_replaces_the_folder(tmp_path):
    old = certified(tmp_path, claim(S <= 9))
    (old.folder / "stray").touch()
    new = certified(tmp_path, claim(S <= 9), seed=8)
    assert new.folder == old.folder
    assert load(new.folder).data["seed"] == 8
    assert not (new.folder / "stray").exists()
    assert [path.name for path in tmp_path.iterdir()] == [new.folder.name]


def test_nothing_half_written_stays(tmp_path, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(certificate, "run_program", full)
    with pytest.raises(OSError, match="no space"):
        certified(tmp_path, claim(S <= 9))
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_does_not_answer_is_stopped(tmp_path):
    program = tmp_path / "check.py"
    program.write_text("while True: pass")
    assert certificate.run_program(program, 0.5) == ("undecided", "no answer within 0.5 s\n")


@pytest.mark.parametrize("text", ["1/0", "raise SystemExit(1)", "print('verdict:    denied')", "("])
def test_a_program_that_breaks_down_denies_nothing(tmp_path, text):
    program = tmp_path / "check.py"
    program.write_text(text)
    assert certificate.run_program(program)[0] == "unknown"


def test_a_checker_needs_its_marker():
    with pytest.raises(UsageError, match="CERTIFICATE = None"):
        certificate.check_program("print(1)\n", {"claim": {}, "instance": {}, "hints": {}})


def test_any_text_can_be_embedded(tmp_path):
    """Quotes, backslashes and letters of any alphabet stay data."""
    text = 'S """ \\ \' \n \N{GREEK SMALL LETTER SIGMA} {} [ ] \\" sharpness <= 9'
    found = certified(tmp_path, claim(S <= 9), command=text)
    assert found.confirmed
    assert load(found.folder).data["command"] == text
    ElementTree.parse(found.folder / "counterexample.svg")


def changed(change):
    def apply(data):
        change(data)
        return json.dumps(data)

    return apply


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: "{", "is not JSON"),
        (lambda data: "[]", "expected an object"),
        (changed(lambda d: d.update(schema=3)), "expected schema 2, found 3; read it with"),
        (changed(lambda d: d.pop("hints")), "'hints' is missing"),
        (changed(lambda d: d["claim"].pop("relation")), "'claim' lacks 'relation'"),
        (changed(lambda d: d.update(hints=[])), "'hints': expected an object"),
        (
            changed(lambda d: d["instance"]["sigma"][0].__setitem__(0, "2")),
            "was changed after it was written",
        ),
        (changed(lambda d: d["claim"].update(text="x")), "was changed after it was written"),
    ],
)
def test_a_bad_certificate_is_one_line(written, tmp_path, change, message):
    text = change(json.loads((written.folder / "certificate.json").read_text(encoding="utf-8")))
    (tmp_path / "certificate.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message) as error:
        load(tmp_path)
    assert "\n" not in str(error.value)


def test_a_missing_certificate_is_one_line(tmp_path):
    with pytest.raises(UsageError, match="no certificate at"):
        load(tmp_path / "nowhere")


# --- for the eye


def test_the_document_holds_claim_matrices_and_sides(written):
    text = tex(written.data)
    assert r"W_{1} = \begin{pmatrix} 2 & 0 \\ 0 & 1 \end{pmatrix}" in text
    assert r"\Sigma = \begin{pmatrix} 1 & 0 \\ 0 & 2 \end{pmatrix}" in text
    assert r"\text{left side} = 10,\qquad \text{right side} = 9" in text
    assert "Hence the claim is false." in text
    assert text.count("{") == text.count("}")
    assert text.isascii()


def test_the_document_says_what_its_symbols_mean(written):
    text = tex(written.data)
    for quantity in (q.sharpness, q.depth):
        assert rf"\item ${quantity.latex}$: {escape(quantity.definition)}" in text
    for letter in ("$W_k$: weights", r"$\Sigma$: covariance", "$T$: a linear map", "the loss $R$"):
        assert rf"\item {letter}" in text
    assert r"\item $S_{\min}$" not in text


def test_fractions_are_set_as_fractions(tmp_path):
    instance = Instance.of_minimizer([[[Fraction(-1, 2)]]], [[3]])
    text = tex(certified(tmp_path, claim(S <= S_MIN - 1), instance).data)
    assert r"W_{1} = \begin{pmatrix} -\tfrac{1}{2} \end{pmatrix}" in text


@pytest.mark.parametrize("relation", [S <= 9, S > 10, S <= S_MIN])
def test_the_drawing_is_well_formed(tmp_path, relation):
    data = certified(tmp_path, claim(relation)).data
    drawing = ElementTree.fromstring(svg(data))
    labels = [element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert {"W1", "W2", "Σ", "T", "left 10"} <= set(labels)
    shapes = drawing.iter("{http://www.w3.org/2000/svg}rect")
    assert all(float(shape.get("width")) > 0 for shape in shapes)


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(1, 3), "0.3333333333"),
        (Fraction(2, 3), "0.6666666667"),
        (Fraction(-22, 7), "-3.142857143"),
        (Fraction(99999999999, 10**10), "10"),
        (Fraction(10**9), "1000000000"),
        (Fraction(123, 10**12), "1.23e-10"),
        (Fraction(-(10**30), 7), "-1.428571429e+29"),
        (Fraction(1, 10**5), "0.00001"),
    ],
)
def test_decimals(x, text):
    assert decimal(x) == text


# --- trees

x, y = symbol("x"), symbol("y")


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (x / 2 - y, ["+", ["*", "1/2", "x"], ["*", "-1", "y"]]),
        (sp.sqrt(x) >= sp.Max(y, 1), [">=", ["**", "x", "1/2"], ["max", "1", "y"]]),
        (sp.Min(x, y) < sp.Abs(x - 1), ["<", ["min", "x", "y"], ["abs", ["+", "-1", "x"]]]),
        (sp.log(x) + sp.exp(y), ["+", ["exp", "y"], ["log", "x"]]),
        (sp.E * x, ["*", ["exp", "1"], "x"]),
        (sp.Mul(x, sp.Pow(x, -1), evaluate=False), ["*", "x", ["**", "x", "-1"]]),
        (sp.Eq(x ** (2 / y), 1), ["==", ["**", "x", ["*", "2", ["**", "y", "-1"]]], "1"]),
    ],
)
def test_trees_say_the_expression_and_are_read_back(expression, written):
    assert tree(expression) == written
    assert tree(from_tree(written)) == written


@pytest.mark.parametrize("expression", [sp.pi * x, sp.sin(x), sp.I, sp.Float("0.5") * x, sp.oo])
def test_what_has_no_tree_is_refused(expression):
    with pytest.raises(UsageError, match="expected sums, products"):
        tree(expression)


@pytest.mark.parametrize(
    "written", [["sin", "x"], [], "1/0", "", 3, None, ["**", "x"], [["+"], "x"]]
)
def test_what_is_no_tree_is_refused(written):
    with pytest.raises(UsageError, match="not an expression tree"):
        from_tree(written)


def test_the_core_is_what_is_decided(written):
    later = {"checked", "confirmed", "output", "files", "sha256", "family", "unexported"}
    assert set(core(written.data)) == set(written.data) - later
    assert NUMBERS.checker is None
    assert Path(written.folder, "check.py").stat().st_size < 45_000
