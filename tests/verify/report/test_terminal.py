"""What the terminal shows: a run on one screen, a theorem as a page, in any width and encoding."""

from copy import deepcopy
from functools import cache
from io import BytesIO, TextIOWrapper

import pytest
from rich.console import Console

from verify.pages import page_of
from verify.registry import in_families, theorems
from verify.report.characters import formula, plain, spelled
from verify.report.derivation import folded
from verify.report.terminal import prose, show, show_theorem
from verify.runs.verdicts import outline


def evidence(kind, verdict="holds", count=20, scope="depth 2..4", **details):
    said = {"kind": kind, "verdict": verdict, "count": count, "scope": scope, "details": details}
    return said | {"worst_margin": 0.0, "seconds": 3.0}


COUNTEREXAMPLE = {
    "instance": {"weights": [[["9290839321/11705724032"]], [["2"]]], "sigma": [["1"]]},
    "lhs": "[2.38110157795 +/- 2.30e-12] (certified)",
    "rhs": "13/2",
    "kind": "certified",
    "found_by": "floats",
}


@cache
def outlined(name):
    return outline(theorems()[name])


def ran(name, verdict="holds"):
    """The record of a theorem as a run leaves it: every claim decided, every control refuted."""
    record = deepcopy(outlined(name))
    for claim in record["claims"]:
        claim["evidence"] = [*claim["evidence"], evidence("exact", verdict), evidence("searched")]
        claim |= {"verdict": verdict, "level": "tested" if verdict == "holds" else None}
    for control in record["controls"]:
        control |= {"verdict": "refuted", "witness": COUNTEREXAMPLE}
    for part in (*record["witnesses"], *record["derivation"]):
        part["verdict"] = "holds"
    good = verdict == "holds"
    return record | {"verdict": verdict, "verified": good, "level": "tested" if good else None}


def run_of(*records):
    report = {"seed": 7, "profile": "quick", "seconds": 200.0}
    worst = next((r["verdict"] for r in records if r["verdict"] != "holds"), "holds")
    return report | {"verdict": worst, "theorems": list(records)}


def printed(what, *, width=80, encoding="utf-8", **options):
    """The lines that are printed of a run, or of a theorem."""
    stream = TextIOWrapper(BytesIO(), encoding=encoding)
    (show if "theorems" in what else show_theorem)(
        what, Console(file=stream, width=width), **options
    )
    stream.flush()
    return stream.buffer.getvalue().decode(encoding).splitlines()


def section(lines, name):
    """The lines below a heading, up to the next one."""
    start = next(i for i, line in enumerate(lines) if line.startswith(name)) + 1
    rest = lines[start:]
    end = next((i for i, line in enumerate(rest) if line[:1].strip()), len(rest))
    return [line for line in rest[:end] if line]


def light(theorem):
    """What the table takes of a theorem that holds: as many claims and controls as it has."""
    claims = [
        {"id": claim.id, "verdict": "holds", "evidence": [evidence("searched")]}
        for claim in theorem.claims
    ]
    controls = [{"verdict": "refuted", "seconds": 30.0} for _ in theorem.controls]
    said = {name: getattr(theorem, name) for name in ("id", "title", "module", "status")}
    said |= {"verdict": "holds", "verified": True, "level": "derived", "listed": True}
    return said | {"claims": claims, "controls": controls, "witnesses": [], "derivation": []}


@pytest.fixture(scope="module")
def catalogue():
    """A run of all theorems that holds."""
    return run_of(*in_families(map(light, theorems().values())))


# --- a run --------------------------------------------------------------------------------------


def test_a_run_of_the_catalogue_fits_one_screen(catalogue):
    lines = printed(catalogue)
    assert len(lines) <= len(theorems()) // 2 + 20  # two beside each other, and headings
    assert max(map(len, lines)) <= 80
    words = " ".join(lines).split()
    assert all(words.count(name) == 1 for name in theorems())
    assert not any(theorem.title in " ".join(lines) for theorem in theorems().values())


def test_a_theorem_in_the_table_has_its_level_claims_controls_and_seconds():
    record = ran("M1") | {"level": "derived", "listed": True}
    record["claims"][0]["verdict"] = "inconclusive"
    record["controls"][0]["verdict"] = "survived"
    claims, controls = len(record["claims"]), len(record["controls"])
    lines = printed(run_of(record))
    line = lines[lines.index("flat minima") + 1]
    told = ["✓", "M1", "at", "sizes", f"{claims - 1}/{claims}", f"{controls - 1}/{controls}"]
    assert line.split() == [*told, str(3 * 2 * claims)]


def test_what_does_not_hold_has_its_verdict_for_a_level_and_is_told_below():
    text = "\n".join(printed(run_of(ran("M1"), ran("F3", "inconclusive"))))
    assert "? F3 undecided" in text
    assert text.count("? inconclusive  F3.") == len(theorems()["F3"].claims)
    assert "? inconclusive  M1." not in text


def test_a_run_in_full_has_titles_and_kinds(catalogue):
    words = set(" ".join(printed(catalogue, width=100, verbose=True)).split())
    assert "searched" in words
    assert all(set(plain(t.title).split()) <= words for t in theorems().values())


def test_a_run_of_nothing_is_printed():
    assert "0 of 0 hold" in " ".join(printed(run_of()))


# --- a theorem ----------------------------------------------------------------------------------


def test_the_page_of_a_theorem_has_its_words_in_plain_characters():
    lines = printed(ran("U1"))
    text = "\n".join(lines)
    order = ["Statement", "Notation", "Assumptions", "Proof", "Sharpness", "Claims", "Formal",
             "Derivation", "Evidence", "False twins", "Witnesses"]  # fmt: skip
    places = [next(i for i, line in enumerate(lines) if line.startswith(name)) for name in order]
    assert places == sorted(places)
    statement = "\n".join(section(lines, "Statement"))
    assert "        S_min = 2L max_(|z|=1) |Kz|^(2/L) |TKz|^(2-2/L)." in statement
    assert "Sion's theorem gives" in text
    assert "$" not in text
    assert "``" not in text
    assert "\\" not in text


def test_the_page_tells_levels_counts_and_counterexamples_in_short():
    record = ran("U1")
    record["claims"][0] |= {"level": "proved"}
    lines = printed(record)
    claims = section(lines, "Claims")
    assert claims[0] == "    ✓ lower, proved: No minimizer is flatter"
    derivation = section(lines, "Derivation")
    assert len(derivation) == len(folded(record)) < len(record["derivation"])
    assert derivation[0].split()[:2] == ["✓", "lower"]
    evidence = section(lines, "Evidence")
    assert evidence[1].split() == ["lower", "1", "20", "20"]  # formal, exact, searched
    twins = section(lines, "False twins")
    assert "4/4" in next(line for line in lines if line.startswith("False twins"))
    assert twins[1].strip().startswith("2.381 against 13/2 at W1 = [9290839321/")
    formal = " ".join(section(lines, "Formal"))
    assert "theorems/proofs/minimal_sharpness_eq_gain.v" in formal


@pytest.mark.parametrize("name", ["U1", "F3", "O1"])
@pytest.mark.parametrize("verbose", [False, True])
def test_a_page_keeps_within_80_columns_and_has_no_trailing_blanks(name, verbose):
    for width in (80, 120):
        lines = printed(ran(name), width=width, verbose=verbose)
        assert max(map(len, lines)) <= (100 if verbose else 80)
        assert all(line == line.rstrip() for line in lines)


def test_in_full_there_is_all_that_the_record_has():
    record = ran("U1")
    text = " ".join(" ".join(printed(record, verbose=True)).split())
    steps = [step for step in record["derivation"] if step["name"] == "supremum"]
    assert text.count("✓ holds supremum") == len(steps)
    assert "W1 = [9290839321/11705724032], W2 = [2], Σ = [1]" in text
    assert "rests on Sion 1958" in text
    assert "forall (F : realFieldType)" in text
    assert "Implementation notes" in text
    assert len(text) > len(" ".join(printed(record)))


def test_what_was_not_run_is_given_no_verdict():
    lines = printed(outline(theorems()["U1"]))
    assert not any(sign in "\n".join(lines) for sign in "✓✗?!")
    assert "    - lower: No minimizer is flatter" in lines
    assert not any(line.startswith(("Evidence", "False twins")) for line in lines)


def test_a_theorem_that_fails_says_so_first():
    lines = printed(ran("M1", "refuted"))
    place = next(i for i, line in enumerate(lines) if line.startswith("✗ refuted  M1."))
    assert place < next(i for i, line in enumerate(lines) if line == "Statement")


def test_a_record_without_words_is_shown():
    record = ran("M1")
    del record["page"]
    assert section(printed(record), "Claims")


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(theorems()))
def test_every_page_is_plain(name):
    for words in page_of(theorems()[name].module).values():
        lines = list(prose.lines(words, 76))
        assert max(map(len, lines)) <= 76
        assert not any(mark in line for line in lines for mark in ("$", "``", "\\"))


def test_short_formulas_are_not_broken():
    for width in range(16, 40):
        lines = list(prose.lines("words before it and $a + b = c$ after", width))
        assert sum("a + b = c" in line for line in lines) == 1


def test_a_display_is_broken_at_a_relation():
    words = "    S ≥ a + b + c + d + e + f = g + h + i + j + k + l   [one]"
    assert list(prose.lines(words, 40)) == [
        "    S ≥ a + b + c + d + e + f",
        "      = g + h + i + j + k + l      [one]",
    ]


def test_an_encoding_without_signs_gets_them_spelled():
    lines = printed(ran("U1"), encoding="ascii")
    assert "?" not in "".join(lines)
    assert "S_min = 2L max_(|z|=1) |Kz|^(2/L) |TKz|^(2-2/L)." in "\n".join(lines)
    assert "sigma" in " ".join(lines)


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("λ̂_max(A_kᵀA_k) ≥ ½", "ascii", "lambda_max(A_k^TA_k) >= 1/2"),
        ("2Lσ^(2-2/L)", "ascii", "2L sigma^(2-2/L)"),
        ("W₁ ⊗ W₂ ✓", "ascii", "W_1 (x) W_2 +"),
        ("S² = σ²", "latin-1", "S² = sigma²"),
        ("κ⁻¹", "latin-1", "kappa^-1"),
        ("[/b] é", "ascii", "[/b] e"),
        ("雪", "ascii", "?"),
        ("Σ ≥ 雪", "utf-8", "Σ ≥ 雪"),
    ],
)
def test_spelled(text, encoding, said):
    assert spelled(text, encoding) == said


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"\nabla\mathcal{L}(W) = 0", "∇ L(W) = 0"),
        (r"\min_w\,\kappa w^Tc", "min_w κ wᵀc"),
        (r"\sigma(H)\setminus\{0\}", "σ(H)∖{0}"),
        (r"A^T.", "Aᵀ."),
        (r"x^1.5", "x^1.5"),
    ],
)
def test_formulas_keep_their_parts_apart(tex, said):
    assert formula(tex) == said


def test_titles_in_words_keep_what_is_no_formula():
    assert plain("P at $L = 2$, |Kz| and a^b") == "P at L = 2, |Kz| and a^b"


# --- commands -----------------------------------------------------------------------------------


def test_show_prints_the_page_and_its_detail(certimin, tmp_path):
    code, short, _ = certimin("show", "F1", "--out", tmp_path)
    assert code == 0
    assert "Proof\n" in short
    assert "certimin show F1 -v" in short
    code, long, _ = certimin("show", "F1", "-v", "--out", tmp_path)
    assert code == 0
    assert "[F1.gradient" in long
    assert "reference: " in short
    assert "reference: " in long


def test_show_takes_the_words_of_today_for_an_older_record(certimin, tmp_path, monkeypatch):
    from verify import report

    record = ran("F1")
    del record["page"]
    monkeypatch.setattr(report, "load", lambda out: {"theorems": [record]})
    code, out, _ = certimin("show", "F1", "--out", tmp_path)
    assert code == 0
    assert "Proof\n" in out
    assert "✓ gradient, tested" in out
