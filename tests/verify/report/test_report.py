"""A report says what it was given, in every form: strict, escaped, whole, and loud."""

import json
import os
import posixpath
import xml.etree.ElementTree as ET
from copy import deepcopy
from fractions import Fraction
from html import escape
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from rich.console import Console

from verify.report import (
    NAMES,
    fault,
    junit,
    load,
    markdown,
    mathematics,
    prepare,
    site,
    tables,
    write,
)
from verify.report.shape import SCHEMA_FILE, clean
from verify.report.summary import standing, support, troubles
from verify.report.terminal import show, show_theorem

INSTANCE = {"weights": [[["1/2", "0"], ["0", "-3"]], [["1", "2"]]], "sigma": [["1"]]}
WITNESS = {"instance": INSTANCE, "lhs": "6", "rhs": "13/2", "kind": "exact", "found_by": "floats"}
RUN = {"label": "a", "predicted": 2.0, "measured": 2.5, "difference": 0.25, "distance": None}


ASSETS = ("assets/style.css", "assets/filter.js", "assets/scroll.js")
LEMMA = {"name": "Sion 1958", "statement": "$a$ is $b$", "source": {"key": "sion", "where": ""}}


def evidence(kind, verdict="holds", scope="depth 2..4", count=200, **details):
    record = {"kind": kind, "verdict": verdict, "scope": scope, "count": count}
    return record | {"worst_margin": 0.0, "seconds": 1.0, "details": details}


def claim(name, verdict, *records):
    said = {"statement": r"S \ge 2 L \sigma^{2-2/L}", "title": f"sharp <{name}>", "setting": "any"}
    said |= {"exists": False, "check": False, "cited": [LEMMA]}
    said |= {"level": "derived" if verdict == "holds" else None}
    return said | {"id": name, "assumptions": ["D = 0"], "verdict": verdict, "evidence": [*records]}


def control(name, verdict="refuted", witness=WITNESS):
    said = {"statement": "S < 1", "title": "with 3 for 2", "seconds": 0.1}
    return said | {"id": name, "verdict": verdict, "witness": witness}


def step(name, verdict="holds", residual=None):
    said = {"statement": "a = b", "rule": "identity", "scope": "all L", "seconds": 0.5}
    return said | {"name": name, "verdict": verdict, "residual": residual}


def theorem(name, verdict, claims, controls=(), steps=(), uses=()):
    witness = {"id": f"{name}.witness", "statement": "it can be met", "kind": "non-vacuity"}
    witness |= {"verdict": "holds", "instance": INSTANCE, "seconds": 0.0}
    return {
        "id": name,
        "title": f"Flat & <b>{name}</b>",
        "module": "theorems.flat_minima.some",
        "statement": r"For all $W$, $S(W) \ge 1$.",
        "normalisation": "no factor 1/2",
        "source": {"key": "mulayoff2020unique", "where": "Theorem 1 (reconstructed)"},
        "verdict": verdict,
        "verified": verdict == "holds",
        "level": "derived" if verdict == "holds" else None,
        "uses": [*uses],
        "cited": [LEMMA],
        "claims": [*claims],
        "controls": [*controls],
        "witnesses": [witness],
        "derivation": [*steps],
    }


def sample():
    good = [evidence("symbolic", scope="all L"), evidence("trained", runs=[RUN])]
    bad = evidence("searched", "refuted", counterexample=WITNESS)
    proof, gap = step("p"), step("q", "refuted", "x**2")
    twin = control("M2.c", "survived", None)
    undecided = evidence("certified", "inconclusive", reason="enclosures overlap")
    broken = evidence("exact", "error", error="Traceback\nValueError: diverged")
    return {
        "schema": 2,
        "environment": {
            "certimin": "0.1.0",
            "python": "3.11.2",
            "platform": "Linux",
            "packages": {"sympy": "1.14.0"},
            "ground_types": "flint",
            "backend": "numpy",
            "jobs": 2,
            "command": "certimin verify --seed 7",
        },
        "seed": 7,
        "profile": "quick",
        "seconds": 12.5,
        "verdict": "refuted",
        "theorems": [
            theorem("M1", "holds", [claim("M1.a", "holds", *good)], [control("M1.c")], [proof]),
            theorem("M2", "refuted", [claim("M2.a", "refuted", bad)], [twin]),
            theorem("M3", "inconclusive", [claim("M3.a", "inconclusive", undecided)]),
            theorem("M4", "vacuous", [claim("M4.a", "vacuous")], (), [gap]),
            theorem("M5", "error", [claim("M5.a", "error", broken)]),
        ],
    }


def terminal_text(report, width=100):
    stream = StringIO()
    show(report, Console(file=stream, width=width))
    return stream.getvalue()


def test_schema_accepts_the_sample_as_the_full_validator_does():
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(sample(), schema)
    assert fault(sample()) is None


def set_in(where, **changes):
    """The sample with some fields of one of its parts changed."""
    part = report = deepcopy(sample())
    for key in where:
        part = part[key]
    part.update(changes)
    return report


def without_evidence():
    report = sample()
    del report["theorems"][0]["claims"][0]["evidence"]
    return report


THEOREM = ("theorems", 0)
EVIDENCE = (*THEOREM, "claims", 0, "evidence", 1)
BROKEN = {
    "verdict": set_in(THEOREM, verdict="proved"),
    "control": set_in((*THEOREM, "controls", 0), verdict="holds"),
    "kind": set_in(EVIDENCE, kind="felt"),
    "count": set_in(EVIDENCE, count=1.5),
    "run": set_in((*EVIDENCE, "details"), runs=[{}]),
    "instance": set_in((*THEOREM, "witnesses", 0, "instance"), a=0.5),
    "extra": set_in(THEOREM, proved=True),
    "missing": without_evidence(),
    "schema": set_in((), schema=1),
    "boolean": set_in((), seed=True),
    "seconds": set_in((), seconds=-1),
    "environment": set_in((), environment=None),
    "shape": [],
}


@pytest.mark.parametrize("report", BROKEN.values(), ids=BROKEN)
def test_schema_rejects_what_the_full_validator_rejects(report):
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert not jsonschema.Draft202012Validator(schema).is_valid(report)
    said = fault(report)
    assert said is not None
    assert "\n" not in said


def test_not_a_number_is_a_fault():
    assert "worst_margin" in fault(set_in(EVIDENCE, worst_margin=float("nan")))


def test_clean_is_strict_json():
    stray = {
        "a": float("nan"),
        2: [float("-inf"), Fraction(1, 3), True],
        "b": Path("x"),
        "c": "\ud800",
    }
    cleaned = clean(stray)
    assert cleaned == {"a": None, "2": [None, "1/3", True], "b": "x", "c": "\ufffd"}
    json.dumps(cleaned, allow_nan=False).encode()


def test_written_report_loads_again(tmp_path):
    report = sample()
    report["theorems"][0]["claims"][0]["evidence"][0]["worst_margin"] = float("inf")
    prepare(tmp_path / "new" / "out")
    paths = write(report, tmp_path / "new" / "out")
    pages = [f"theorems/M{number}.html" for number in range(1, 6)]
    out = tmp_path / "new" / "out"
    assert paths == [out / n for n in (*NAMES, *pages, *ASSETS)]
    report["theorems"][0]["claims"][0]["evidence"][0]["worst_margin"] = None
    assert load(paths[0]) == load(tmp_path / "new" / "out") == report
    assert sorted(p.name for p in paths[0].parent.rglob(".*")) == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema": 1}', '{"seed": NaN}', "[" * 100_000, "\xff"]
)
def test_load_says_in_one_line_what_is_wrong(tmp_path, text):
    path = tmp_path / "verify.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=r"^[^\n]*verify\.json[^\n]*$"):
        load(path)


@pytest.mark.parametrize("name", ["../../x", "a/b", "", "x" * 101, 'M1"><script>', "M1\n"])
def test_an_id_that_names_no_file_is_refused(tmp_path, name):
    report = sample()
    report["theorems"][0]["id"] = name
    (tmp_path / "verify.json").write_text(json.dumps(report))
    with pytest.raises(ValueError, match=r"^[^\n]*theorems.0..id: expected[^\n]*$"):
        load(tmp_path)


def test_two_theorems_of_one_id_are_refused(tmp_path):
    report = sample()
    report["theorems"][1]["id"] = "M1"
    (tmp_path / "verify.json").write_text(json.dumps(report))
    with pytest.raises(ValueError, match="'M1' is there twice"):
        load(tmp_path)


def test_tables_take_no_commands_from_a_title():
    report = sample()
    report["theorems"][0]["title"] = r"a $\input{/etc/passwd}\write18{id}$ <img onerror=x> | b"
    assert r"\textbackslash{}input" in tables.render(report)
    assert r"\input" not in tables.render(report)
    assert r"&lt;img onerror=x&gt; \| b" in markdown.render(report)


def test_a_record_without_the_words_of_its_pages_says_so():
    assert "it is of an older version" in site.render(sample())["theorems/M1.html"]


def test_a_page_that_cannot_be_drawn_loses_no_record(tmp_path, monkeypatch):
    def broken(report, processes):
        raise RuntimeError("a template is missing")

    monkeypatch.setattr(site, "render", broken)
    with pytest.raises(RuntimeError):
        write(sample(), tmp_path)
    assert load(tmp_path)["seed"] == sample()["seed"]


def test_prepare_refuses_what_cannot_be_written(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    (tmp_path / "out" / "index.html").mkdir(parents=True)
    for out in (file, file / "below", tmp_path / "out"):
        with pytest.raises(OSError, match=r"exists|directory"):
            prepare(out)


def test_nothing_is_half_written(tmp_path, monkeypatch):
    write(sample(), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def full_disk(descriptor):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space left"):
        write(sample() | {"seed": 8}, tmp_path)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_junit_counts_every_piece_and_hides_nothing():
    report = sample()
    report["theorems"][2]["title"] = "control \x00 character"
    root = ET.fromstring(junit.render(report))
    suites = {suite.get("name", "").split()[0]: suite for suite in root}
    tests = {
        name: (s.get("tests"), s.get("failures"), s.get("errors")) for name, s in suites.items()
    }
    assert tests == {
        "M1": ("5", "0", "0"),
        "M2": ("3", "2", "0"),
        "M3": ("2", "1", "0"),
        "M4": ("3", "2", "0"),
        "M5": ("2", "0", "1"),
    }
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("15", "5", "1")
    types = [bad.get("type") for bad in root.iter("failure")]
    assert sorted(types) == ["inconclusive", "refuted", "refuted", "survived", "vacuous"]


def test_a_theorem_with_good_parts_on_a_bad_one_fails_too():
    report = sample()
    report["theorems"] = report["theorems"][:1]
    report["theorems"][0] |= {"verified": False, "level": None, "uses": ["F9"]}
    assert standing(report["theorems"][0]) == "unfounded"
    assert [t.verdict for t in troubles(report["theorems"][0])] == ["unfounded"]
    assert ET.fromstring(junit.render(report)).get("failures") == "1"
    assert "F9" in terminal_text(report)
    assert "F9" in whole(report)


class Page(HTMLParser):
    """Checks that tags close in order; collects tags, addresses and anchors."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.addresses, self.anchors = [], set(), [], set()
        self.scripts = 0
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.scripts += tag == "script"
        given = dict(attrs)
        self.addresses += [given[name] for name in ("href", "src") if name in given]
        self.anchors |= {given["id"]} if "id" in given else set()
        if tag not in ("meta", "link", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def whole(report):
    """All pages of a site as one text."""
    return "\n".join(t for name, t in site.render(report).items() if name.endswith(".html"))


def test_pages_are_complete_escaped_and_self_contained():
    files = site.render(sample())
    assert {name for name in files if name.startswith("theorems")} == {
        f"theorems/M{number}.html" for number in range(1, 6)
    }
    pages = {name: Page(text) for name, text in files.items() if name.endswith(".html")}
    for name, page in pages.items():
        assert not page.seen & {"img", "iframe", "style", "base", "object"}
        assert page.scripts == (2 if name == "index.html" else 1)
        assert set(ASSETS) <= set(files)
        for address in page.addresses:
            path, _, anchor = address.partition("#")
            if path in ("data:,", "../verify.json", "verify.json"):
                continue
            place = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            )
            assert place in files
            assert not anchor or anchor in pages[place].anchors
    for name in ("M1", "M2", "M3", "M4", "M5"):
        assert f"Flat &amp; &lt;b&gt;{name}&lt;/b&gt;" in files["index.html"]
        assert f"sharp &lt;{name}.a&gt;" in files[f"theorems/{name}.html"]
    assert "http" not in whole(sample()).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in whole(sample())
    assert "What does not hold" in files["index.html"]
    assert "survived: not refuted" in whole(sample())


def test_a_partial_run_says_so_on_its_face():
    report = sample() | {"catalogue": ["M1", "M2", "M3", "M4", "M5"]}
    assert "A part of the catalogue" not in site.render(report)["index.html"]
    report["catalogue"] += ["U1", "U2"]
    front = site.render(report)["index.html"]
    assert "A part of the catalogue" in front
    assert "2 others were not asked for: U1, U2" in front


def test_pages_of_an_earlier_run_go_and_other_files_stay(tmp_path):
    write(sample(), tmp_path)
    (tmp_path / "theorems" / "mine.html").write_text("<p>my notes</p>")
    report = sample()
    report["theorems"] = report["theorems"][:1]
    write(report, tmp_path)
    assert sorted(p.name for p in (tmp_path / "theorems").iterdir()) == ["M1.html", "mine.html"]


def test_a_page_has_its_proof_with_formulas_and_links():
    report = sample()
    report["theorems"][0]["page"] = {
        "Statement": "Let $L ≥ 2$.  Then\n\n    S ≥ √κ.   [a]",
        "Proof": "By M2 and (M1.a), P < Q & ``code`` of :mod:`it`.\n\nminimizer  $P = T$, needed",
    }
    page = site.render(report)["theorems/M1.html"]
    Page(page)
    assert "<msqrt><mi>κ</mi></msqrt>" in page
    assert '<a href="#M1.a">a</a>' in page
    assert 'By <a href="M2.html">M2</a> and (<a href="#M1.a">M1.a</a>)' in page
    assert "P &lt; Q &amp; <code>code</code> of <code>it</code>." in page
    assert '<dt>minimizer</dt><dd><span class="together"><math>' in page
    assert "</math>,</span> needed" in page


def test_a_whole_proof_is_called_by_its_level_with_its_scope():
    report = sample()
    found = report["theorems"][0]["claims"][0]["evidence"][0]
    for kind, word in (("symbolic", "derived"), ("formal", "proved")):
        found["kind"] = kind
        assert page_words(report).count(f"{word}, all L") == 3
    for change in ({"verdict": "inconclusive"}, {"details": {"part": True}}):
        changed = deepcopy(report)
        changed["theorems"][0]["claims"][0]["evidence"][0] |= change
        assert "proved, all L" not in page_words(changed)


def test_levels_add_up_in_every_summary():
    report = sample()
    report["theorems"] += [
        {**report["theorems"][0], "level": level} for level in ("derived in part", "tested")
    ]
    words = (
        "3 of 7 hold: 0 proved, 1 derived, 0 derived at listed sizes, 1 derived in part, 1 tested"
    )
    assert words in terminal_text(report)
    assert words in site.render(report)["index.html"]
    assert words in markdown.render(report)
    assert words in junit.render(report)
    for text in (terminal_text(report), whole(report), tables.render(report)):
        assert "verified" not in text


def test_a_statement_is_made_of_its_claims_and_what_they_rest_on():
    report = sample()
    found = report["theorems"][0]
    found["claims"] += [
        claim("M1.b", "holds", evidence("exact")) | {"exists": True},
        claim("M1.z", "holds", evidence("exact")) | {"check": True},
    ]
    shown = StringIO()
    show_theorem(found, Console(file=shown, width=100), verbose=True)
    text = shown.getvalue()
    assert "for all W in any with D = 0: S ≥ 2 L σ^(2-2/L)   [M1.a, derived]" in text
    assert "there are W in any with S ≥ 2 L σ^(2-2/L), D = 0   [M1.b, derived]" in text
    assert "[M1.z" not in text
    assert "rests on Sion 1958 (sion)" in text
    page = whole(report)
    assert page.count("There are W in <em>any</em> with") == 1
    assert page.count("For all W in <em>any</em>") == len(report["theorems"])
    assert "Sion 1958 (sion)" in page


def page_words(report):
    shown = StringIO()
    show_theorem(report["theorems"][0], Console(file=shown, width=100), verbose=True)
    return whole(report) + tables.render(report) + shown.getvalue()


def test_support_tells_how_many_claims_a_kind_covers():
    found = sample()["theorems"][0]
    found["claims"].append(claim("M1.b", "holds", evidence("exact")))
    kinds = [(s.kind, s.claims, s.of, s.count) for s in support(found)]
    assert kinds == [("symbolic", 1, 2, 200), ("exact", 1, 2, 200), ("trained", 1, 2, 200)]


def test_terminal_is_loud_and_fits():
    text = terminal_text(sample())
    assert max(map(len, text.splitlines())) <= 100
    assert "\x1b" not in text
    for said in (
        "✗ refuted  M2.a",
        "W1 = [1/2 0; 0 -3], W2 = [1 2], Σ = [1]",
        "✗ survived  M2.c",
        "? inconclusive  M3.a",
        "enclosures overlap",
        "∅ vacuous  M4.a",
        "M4.derivation.q",
        "x**2",
        "! error  M5.a",
        "ValueError: diverged",
        "1 of 5 hold",
        "1/2 refuted",
    ):
        assert said in text


@pytest.mark.parametrize("width", [40, 80])
def test_terminal_may_be_narrow(width):
    assert max(map(len, terminal_text(sample(), width).splitlines())) <= width


def test_terminal_without_unicode():
    stream = SimpleNamespace(
        encoding="ascii", write=lambda text: text.encode("ascii"), flush=lambda: None
    )
    console = Console(file=stream, width=100)
    show(sample(), console)
    show_theorem(sample()["theorems"][1], console)


def test_theorem_is_shown_without_evidence():
    bare = deepcopy(sample()["theorems"][0])
    bare["claims"][0] |= {"evidence": []}
    stream = StringIO()
    show_theorem(bare, Console(file=stream, width=100))
    assert "M1.a" in stream.getvalue()
    assert "S ≥ 2 L σ^(2-2/L)" in stream.getvalue()


def test_table_escapes_latex():
    text = tables.render(sample())
    assert r"Flat \& \ensuremath{<}b\ensuremath{>}M1" in text
    assert r"\textbf{vacuous}" in text
    assert text.count(r"\\") == 6


MATHML = {
    "math", "mfrac", "mi", "mn", "mo", "mover", "mrow", "mspace", "msqrt", "msub", "msubsup",
    "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
}  # fmt: skip


@pytest.mark.parametrize(
    "tex",
    [
        r"\lambda_{\max}(H) >= \begin{aligned} a &= b \end{aligned}",
        r"\text{<script>alert(1)</script>}",
        r"\text{" + '" onclick="alert(1)' + "}",
        r"\frac{a<b}{\sqrt{c>d}}",
    ],
)
def test_formulas_are_mathml_and_text_in_them_is_escaped(tex):
    tree = ET.fromstring(mathematics.mathml(tex, block=True).replace("&ApplyFunction;", ""))
    assert {node.tag for node in tree.iter()} <= MATHML
    assert {name for node in tree.iter() for name in node.attrib} <= {
        "display", "displaystyle", "scriptlevel", "lspace", "rspace", "stretchy", "style", "form",
        "mathvariant", "width",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("λ_max", ["math", "msub", "mi", "mrow", "mspace", "mi"]),
        ("√κ", ["math", "msqrt", "mi"]),
        ("A_kᵀ", ["math", "msubsup", "mi", "mi", "mi"]),
        ("û", ["math", "mover", "mi", "mo"]),
        ("Σ_k", ["math", "munder", "mo", "mi"]),
        ("κ⁻¹", ["math", "msup", "mi", "mrow", "mo", "mn"]),
    ],
)
def test_docstrings_write_formulas_in_unicode(written, tags):
    tree = ET.fromstring(mathematics.mathml(written))
    assert [node.tag for node in tree.iter()] == tags


def test_brackets_grow_with_what_they_hold():
    """Chromium draws one of a set size as a small one where a power follows it."""
    grown = mathematics.mathml(r"\Bigl( \frac{1}{2} \Bigr)^{2} + \bigl[ x \bigr]")
    assert grown == mathematics.mathml(r"\left( \frac{1}{2} \right)^{2} + \left[ x \right]")
    assert "size" not in grown


def test_text_is_no_formula():
    for text in ("P at L = 2", "|Kz|", "a^b & <c>"):
        assert mathematics.pieces(text) == [(False, text)]


@pytest.mark.parametrize(
    "tex", [r"\frac{1}{2^{", "{", "}", r"\nonsense{x}", r"a & b", r"\href{javascript:a}{b}"]
)
def test_bad_latex_is_shown_as_it_is(tex):
    assert mathematics.mathml(tex) == f'<code class="tex">{escape(tex)}</code>'


@pytest.mark.parametrize("name", ["count", "seconds", "worst_margin"])
def test_a_number_no_float_can_hold_is_refused(tmp_path, name):
    report = sample()
    report["theorems"][0]["claims"][0]["evidence"][0][name] = 10**400
    path = tmp_path / "verify.json"
    path.write_text(json.dumps(report))
    with pytest.raises(ValueError, match=f"evidence.0..{name}: expected"):
        load(path)


def test_another_schema_is_named_before_all_else(tmp_path):
    path = tmp_path / "verify.json"
    path.write_text('{"schema": 1, "theorems": []}')
    with pytest.raises(ValueError, match="schema: expected 2, got 1"):
        load(path)
