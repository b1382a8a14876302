"""Figures: the same bytes each time, no traces of a day, and SVG that lives in a page."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from verify.report.figures import (
    COLOURS,
    INK,
    blank,
    finish,
    logarithmic,
    look,
    save,
    styled,
    whole,
)
from verify.report.inline import inline

NAMESPACE = "{http://www.w3.org/2000/svg}"


@styled()
def figure(values=(1.0, 10.0, 1e6), title="Sharpness < limit & $more"):
    drawing, axes = blank()
    axes.plot(range(1, 1 + len(values)), values, **look(0), label="measured")
    axes.plot([1, 3], [5.0, 5.0], **look(1, line="--", marker=False), label="η = 2/S")
    axes.set(title=title, xlabel="depth L", ylabel="S")
    logarithmic(axes, "y")
    whole(axes.xaxis)
    finish(drawing)
    return drawing


def words(root):
    return {element.text for element in root.iter() if element.tag.endswith("text")}


def test_three_files_that_are_the_same_every_time(tmp_path):
    first, again = (save(figure(), tmp_path / part / "trace_0.005") for part in ("a", "b"))
    assert [path.name for path in first] == [f"trace_0.005.{k}" for k in ("svg", "pdf", "png")]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert first[1].read_bytes().startswith(b"%PDF")
    assert first[2].read_bytes().startswith(b"\x89PNG")
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == sorted(p.name for p in first)


def test_no_file_says_when_it_was_made(tmp_path):
    for path in save(figure(), tmp_path / "f"):
        assert not re.search(
            rb"20\d\d[-:]?[01]\d[-:]?[0-3]\d|CreationDate|dc:date", path.read_bytes()
        )


def test_text_stays_text(tmp_path):
    (path,) = save(figure(), tmp_path / "f", ("svg",))
    root = ElementTree.parse(path).getroot()
    assert {"Sharpness < limit & $more", "depth L", "η = 2/S", "measured", "10⁶"} <= words(root)


def test_a_whole_axis_has_whole_ticks():
    drawing = figure()
    drawing.draw_without_rendering()
    low, high = drawing.axes[0].get_xlim()
    ticks = [t for t in drawing.axes[0].get_xticks() if low <= t <= high]
    assert ticks == [1, 2, 3]


def test_what_the_user_has_set_changes_nothing(tmp_path):
    import matplotlib

    plain = save(figure(), tmp_path / "plain")
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "red", "lines.linewidth": 9}):
        other = save(figure(), tmp_path / "other")
        assert matplotlib.rcParams["font.size"] == 20
    assert [p.read_bytes() for p in plain] == [p.read_bytes() for p in other]


def test_a_part_of_a_page_takes_its_colours_and_font():
    text = inline(figure(), 'gains, "equal"')
    root = ElementTree.fromstring(text)
    assert text.startswith("<svg ")
    assert (root.tag, root.get("role"), root.get("aria-label")) == (
        f"{NAMESPACE}svg",
        "img",
        'gains, "equal"',
    )
    assert "var(--series-1, #0072b2)" in text
    assert "currentColor" in text
    for absent in ("<?xml", "<!DOCTYPE", "<style", "metadata", "xlink", "ns0:", "font-family", INK):
        assert absent not in text
    assert "#ffffff" not in text  # no white sheet on a dark page
    assert "depth L" in words(root)


def test_two_figures_on_a_page_share_no_id_and_none_dangles():
    pages = [ElementTree.fromstring(inline(figure(v), "a")) for v in ((1.0, 2.0, 3.0), (1.0, 4.0))]
    ids = [{e.get("id") for e in page.iter()} - {None} for page in pages]
    assert all(ids)
    assert not ids[0] & ids[1]
    for page, own in zip(pages, ids, strict=True):
        places = [v for e in page.iter() for k, v in e.attrib.items() if k in ("href", "clip-path")]
        used = {name for place in places for name in re.findall(r"#([\w-]+)", place)}
        assert used == own


@pytest.mark.parametrize("values", [(), (3.0,), (3.0, 3.0), (1e-9, 1e9), (float("nan"), 1.0)])
def test_it_draws_whatever_it_gets(values):
    ElementTree.fromstring(inline(figure(values), "a"))


def test_series_differ_in_more_than_colour():
    looks = [look(k) for k in range(len(COLOURS))]
    assert len({seen["marker"] for seen in looks}) == len(looks) == len(set(COLOURS))


def test_the_command_line_does_not_wait_for_matplotlib():
    code = "import sys, certimin.__main__, verify.report.inline; print('matplotlib' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
