"""The gallery, tiny: every figure has its files, its numbers and a caption, and the runs obey."""

import csv
import math
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from theorems.commands.figures import GALLERY, draw, figures
from theorems.experiments.outcome import Check
from theorems.figures import balance
from theorems.figures.gallery import Drawing
from verify.errors import UsageError
from verify.report.figures import blank, styled
from verify.report.inline import inline

TINY = 100


def invoke(*args):
    return CliRunner().invoke(figures, [str(arg) for arg in args])


@pytest.fixture(scope="module", params=GALLERY)
def drawing(request):
    return draw(request.param, scale_down=TINY)


def test_the_runs_obey_and_the_numbers_are_numbers(drawing):
    assert drawing.exit_code == 0
    assert drawing.rows
    for row in drawing.rows:
        assert all(math.isfinite(v) for v in row.values() if isinstance(v, float))


def test_something_is_checked(drawing):
    verdicts = {check.verdict for check in drawing.checks}
    assert verdicts <= {"pass", "no runs", "observed"}
    assert "pass" in verdicts or drawing.name == "edge"  # whose tiny runs are cut short


def test_every_panel_shows_something(drawing):
    page = ElementTree.fromstring(inline(drawing.figure, drawing.title))
    assert len(list(page.iter("{http://www.w3.org/2000/svg}text"))) > 8
    for axes in drawing.figure.axes:
        assert axes.get_title(loc="left")
        assert any(len(line.get_xdata()) for line in axes.lines)


def test_the_command_writes_five_files_and_says_which(tmp_path):
    result = invoke("depth", "--out", tmp_path, "--scale-down", TINY, "--seed", 3)
    assert result.exit_code == 0
    for kind in ("svg", "pdf", "png", "csv", "txt"):
        assert f"depth.{kind}" in result.output
        assert (tmp_path / f"depth.{kind}").stat().st_size > 100
    caption = (tmp_path / "depth.txt").read_text()
    assert "certimin figures depth --seed 3 --scale-down 100" in caption
    assert "Seed 3." in caption
    with (tmp_path / "depth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(float(r["lower"]) <= float(r["S_min"]) <= float(r["upper"]) for r in rows)


def test_the_same_seed_gives_the_same_figure_another_one_another():
    first, again, other = (draw("alignment", seed, TINY) for seed in (1, 1, 2))
    assert first.rows == again.rows != other.rows
    assert first.text("command", 1) == again.text("command", 1)
    assert inline(first.figure, "a") == inline(again.figure, "a")


def test_a_run_that_contradicts_is_told():
    with styled():
        figure, _ = blank()
    bad = Drawing("n", "Title", figure, [], "Words.", (Check("a", "<= 1", 2.0, False, 3),))
    assert bad.exit_code == 1
    assert "a: 2 (predicted <= 1; 3 cases; FAIL)" in bad.text("command", 0)


def test_the_price_is_that_of_the_theorem():
    assert balance.price(2, 9.0) == pytest.approx(3)  # √κ at depth 2
    assert balance.price(3, 4.0) == pytest.approx(((2 + 4) / 2) ** (2 / 3))


def test_the_list_draws_nothing(tmp_path):
    result = invoke("--list", "--out", tmp_path / "none")
    assert [line.split()[0] for line in result.output.splitlines()] == list(GALLERY)
    assert not (tmp_path / "none").exists()


def test_wrong_use_is_one_clear_line(tmp_path):
    error = invoke("figure-1").exception
    assert isinstance(error, UsageError)
    assert str(error).startswith("figures: expected some of depth, ")
    (tmp_path / "file").touch()
    error = invoke("alignment", "--out", tmp_path / "file" / "in", "--scale-down", TINY).exception
    assert isinstance(error, UsageError)
    assert "--out: cannot write" in str(error)


@pytest.mark.slow
@pytest.mark.parametrize("name", GALLERY)
def test_the_whole_gallery_obeys(name):
    assert {check.verdict for check in draw(name).checks} <= {"pass", "observed"}
