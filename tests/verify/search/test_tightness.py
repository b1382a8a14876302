"""Where a relation is tight: ties are drawn as ties, and every search has a file of its own."""

from dataclasses import replace

import pytest

from tests.toys import claim, first, last
from verify.claims import Bounds
from verify.report.inline import inline
from verify.search.tightness import TIE, Tight, draw, file_stem


def row(depth, width, slack):
    return Tight(depth, width, 1 + slack, slack, "numbers", {})


def lines(axes):
    return [line for line in axes.lines if len(line.get_xdata())]


APART, TIES = [row(2, 1, 0.1), row(3, 1, 1e-3), row(2, 2, 0.2)], [row(2, 3, 0.0), row(4, 1, 3e-17)]


def test_gaps_are_where_they_are_and_ties_below_them():
    figure = draw("S >= 1", [*APART, *TIES])
    above, below = figure.axes
    gaps = [list(line.get_ydata()) for line in lines(above)]
    assert gaps == [[0.1, 1e-3], [0.2]]
    assert above.get_yscale() == "log"
    stars = lines(below)
    assert {(x, y) for s in stars for x, y in zip(*s.get_data(), strict=True)} == {(2, 3), (4, 1)}
    assert {star.get_marker() for star in stars} == {"*"}
    assert TIE in inline(figure, "a")


@pytest.mark.parametrize(("rows", "said"), [(APART, False), (TIES, True)])
def test_there_are_axes_only_for_what_there_is(rows, said):
    figure = draw("S >= 1", rows)
    assert len(figure.axes) == 1
    assert (TIE in inline(figure, "a")) == said


def test_depths_are_whole_numbers_and_titles_are_text():
    figure = draw("S >= $c$ * " + "a very long sum + " * 8 + "1", [*APART, *TIES])
    figure.draw_without_rendering()
    ticks = [tick for axes in figure.axes for tick in axes.get_xticks()]
    assert all(tick == int(tick) for tick in ticks)
    assert "$c$" in inline(figure, "a")


def test_another_question_has_another_file():
    one, other = claim(first <= last), claim(first >= last)
    wider = replace(one, bounds=Bounds((2, 9), (1, 9)))
    stems = {file_stem(asked) for asked in (one, other, wider)}
    assert len(stems) == 3
    assert file_stem(one) == file_stem(claim(first <= last))
    assert all(stem.startswith("tightness-") for stem in stems)
