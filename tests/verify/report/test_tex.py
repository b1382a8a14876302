"""What is written for LaTeX compiles with pdfLaTeX and stays within the width of the text."""

import re
import shutil
import subprocess
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest

from theorems import quantities as q
from theorems import settings
from theorems.instances import Instance
from verify.certificates.folder import write
from verify.claims import Claim, assumed, decide
from verify.registry import theorems
from verify.report import tables
from verify.report.latex import escape, formula, text
from verify.report.statement import document
from verify.runs import verdicts

BIBLIOGRAPHY = Path(__file__).parents[3] / "theorems" / "references.bib"
ALL = "".join(map(chr, (*range(0x20, 0x180), *range(0x370, 0x400), *range(0x2000, 0x2300))))
POINTS = 10.0
"""How far a line may stick out: what is hardly seen."""

needs_tex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed: make tex-install"
)


def compiled(folder, source, name="paper", *, bibliography=False):
    """Compile a document and return its log; the page it makes must be there."""
    (folder / f"{name}.tex").write_text(source, encoding="ascii")
    latex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", name]
    steps = [latex, ["bibtex", name], latex, latex] if bibliography else [latex]
    for step in steps:
        done = subprocess.run(step, cwd=folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode("latin-1")[-2000:]
    assert (folder / f"{name}.pdf").stat().st_size > 0
    return (folder / f"{name}.log").read_text(encoding="latin-1")


def sticking_out(log):
    """Lines that are wider than the text, in points."""
    return [float(x) for x in re.findall(r"^Overfull \\hbox \(([\d.]+)pt", log, re.MULTILINE)]


def article(body, *, options="", packages=("amsmath", "amssymb", "graphicx")):
    return (
        f"\\documentclass[{options}]{{article}}\n\\usepackage{{{','.join(packages)}}}\n"
        f"\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )


@pytest.fixture(scope="module")
def outlines():
    """Records of all theorems, as they are before a run; their proofs are not gone through."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdicts, "steps_of", lambda claim: [])
        return [verdicts.outline(theorem) for theorem in theorems().values()]


def row(theorem):
    """What the table needs of the record of a theorem; it fits in the columns at its widest."""
    controls = [{"verdict": "refuted"} for _ in theorem.controls]
    return {
        "id": theorem.id, "title": theorem.title, "source": asdict(theorem.source),
        "level": "derived", "listed": True, "controls": controls, "verdict": "inconclusive",
        "verified": False,
    }  # fmt: skip


ROWS = [row(theorem) for theorem in theorems().values()]


def certificate(folder, relation, instance, *conditions):
    claim = Claim("c", "", settings.minimizers, relation, assumed(*conditions))
    found = SimpleNamespace(instance=instance, decision=decide(claim, instance), found_by="floats")
    assert found.decision.refutes
    written = write(found, claim, folder, command="c", seed=0, environment={}, name="one")
    return (written.folder / "counterexample.tex").read_text(encoding="ascii")


S, S_MIN, L = (quantity.symbol for quantity in (q.sharpness, q.minimal_sharpness, q.depth))
SMALL = Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 2]])


def wide():
    """A minimizer whose matrices are far wider than a page."""
    row = [Fraction(10**9 + k, 10**8 + 7 * k) for k in range(8)]
    eye = [[int(i == j) for j in range(8)] for i in range(8)]
    return Instance.of_minimizer([[row], [[1]]], eye)


def test_words_and_formulas_are_ascii():
    assert escape(ALL).isascii()
    assert formula(ALL).isascii()
    assert text("Lénaïc: $σ_1 ≥ 0$ & 5 $") == r"L\'{e}na\"{i}c: $\sigma _1 \ge  0$ \& 5 \$"


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("a_b^2 {c} 5% #1", r"a\_b\textasciicircum{}2 \{c\} 5\% \#1"),
        ("~\\", r"\textasciitilde{}\textbackslash{}"),
        ("only one $ sign", r"only one \$ sign"),
        ("$a}{b$", r"\$a\}\{b\$"),
        ("$x % y$", r"$x \% y$"),
        ("$|Kz|$ and |Kz|", r"$|Kz|$ and \ensuremath{|}Kz\ensuremath{|}"),
        ("W⁻¹ and x̄₁₂", r"W\textsuperscript{-1} and \={x}\textsubscript{12}"),
        ("Łódź, ☃", r"\L{}\'{o}d\'{z}, [U+2603]"),
        ("S \\ge 1", r"S \textbackslash{}ge 1"),
    ],
)  # fmt: skip
def test_only_what_stands_between_dollars_is_a_formula(given, written):
    assert text(given) == written


def test_the_table_has_a_row_for_each_theorem():
    table = tables.render({"theorems": ROWS})
    cells = [line.removesuffix(r" \\").split(" & ") for line in table.splitlines() if " & " in line]
    assert cells[0] == ["", "Theorem", "Source", "Level", "Controls", "Verdict"]
    assert [found[0] for found in cells[1:]] == list(theorems())
    for found, theorem in zip(cells[1:], theorems().values(), strict=True):
        count = len(theorem.controls)
        assert found[2].startswith(rf"\cite{{{theorem.source.key}}}, ")
        assert found[3:] == [
            "derived at listed sizes",
            f"{count}/{count}",
            r"\textbf{inconclusive}",
        ]


@needs_tex
@pytest.mark.slow
@pytest.mark.parametrize("options", ["", "11pt,a4paper"])
def test_the_table_of_theorems_fits_an_article(tmp_path, options):
    odd = replace(theorems()["M1"], title="50% of $\\sigma_1$ ≥ Lénaïc's S_min & <b> \\x {y} ~^|")
    records = [*ROWS, row(odd)]
    shutil.copy(BIBLIOGRAPHY, tmp_path)
    (tmp_path / "theorems.tex").write_text(tables.render({"theorems": records}), encoding="ascii")
    body = "\\input{theorems}\n\\bibliographystyle{plain}\\bibliography{references}"
    source = article(body, options=options, packages=tables.PACKAGES)
    log = compiled(tmp_path, source, bibliography=True)
    assert max(sticking_out(log), default=0) <= POINTS
    assert "undefined" not in log
    pages = re.search(r"Output written on paper.pdf \((\d+) pages", log)
    assert int(pages[1]) > 2
    # nor does the table stick out as a whole, which no box says
    assert "longtable Warning" not in log


@needs_tex
@pytest.mark.slow
def test_every_statement_compiles(tmp_path, outlines):
    names = [f"s{index}" for index in range(len(outlines))]
    for name, record in zip(names, outlines, strict=True):
        (tmp_path / f"{name}.tex").write_text(document(record), encoding="ascii")
    log = compiled(tmp_path, article("\n".join(rf"\input{{{name}}}" for name in names)))
    assert max(sticking_out(log), default=0) <= POINTS


@needs_tex
@pytest.mark.slow
@pytest.mark.parametrize(
    ("relation", "instance", "conditions"),
    [(S <= 9, SMALL, [L >= 2]), (S <= S_MIN, SMALL, []), (S > 3, None, [])],
    ids=["equal", "irrational", "wide"],
)
def test_a_counterexample_is_a_document_and_a_part_of_one(tmp_path, relation, instance, conditions):
    if instance is None:
        instance, relation = wide(), S <= 3
    source = certificate(tmp_path, relation, instance, *conditions)
    logs = [compiled(tmp_path, source, "alone")]
    (tmp_path / "part.tex").write_text(source, encoding="ascii")
    logs.append(compiled(tmp_path, article("\\input{part}\\clearpage\\input{part} The end.")))
    for log in logs:
        assert max(sticking_out(log), default=0) <= POINTS
    assert "paper.pdf (2 pages" in logs[1]


@needs_tex
@pytest.mark.slow
def test_every_character_compiles(tmp_path):
    plain = [c for c in ALL if c not in "#$%&\\^_{}~"]
    lines = (f"{escape(c)} ${formula(c)}$ a{escape(c)}a" for c in plain)
    log = compiled(tmp_path, article("\n\n".join(lines)))
    assert "Missing character" not in log


@needs_tex
@pytest.mark.slow
def test_a_line_that_sticks_out_is_noticed(tmp_path):
    log = compiled(tmp_path, article(r"\noindent\mbox{\rule{2\linewidth}{1pt}}"))
    assert max(sticking_out(log)) > 100
