"""Plots: what is drawn, what is left out, and that they parse."""

import math
from xml.etree import ElementTree

import pytest

from verify.report.plot import Axis, Series, svg

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(text, tag):
    return list(ElementTree.fromstring(text).iter(NAMESPACE + tag))


def test_points_lines_and_a_legend():
    text = svg(
        "sharpness < limit",
        Axis("scale & size"),
        Axis("S", log=True),
        [
            Series("runs", [1, 2, 3], [1, 10, 100]),
            Series("theory", [1, 3], [2, 2], colour=1, style="dashed"),
        ],
    )
    assert len(drawn(text, "circle")) == 3 + 1  # one in the legend
    assert len(drawn(text, "polyline")) == 1
    words = {t.text for t in drawn(text, "text")}
    assert {"sharpness < limit", "scale & size", "S", "runs", "theory", "10", "100"} <= words


def test_what_has_no_place_is_left_out_and_interrupts_a_line():
    x, y = [1, 2, 3, 4, 5], [1.0, 1.0, math.nan, 2.0, 1.0]
    text = svg("t", Axis("x"), Axis("y"), [Series("", x, y, style="line")])
    assert len(drawn(text, "polyline")) == 2
    logged = svg("t", Axis("x"), Axis("y", log=True), [Series("", [1, 2], [0.0, 1.0])])
    assert len(drawn(logged, "circle")) == 1


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0], [1e-9, 1e9], [math.inf]])
def test_it_draws_whatever_it_gets(log, values):
    text = svg("t", Axis("x", log=log), Axis("y", log=log), [Series("s", values, values)])
    assert 2 <= len(drawn(text, "text")) < 40


def test_higher_is_up():
    low, high = drawn(svg("t", Axis("x"), Axis("y"), [Series("", [0, 0], [1, 2])]), "circle")
    assert float(high.get("cy")) < float(low.get("cy"))
