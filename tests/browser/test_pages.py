"""Every page, opened from disk at two widths in both colour schemes, and printed."""

import re
from urllib.parse import unquote, urldefrag, urlparse
from urllib.request import url2pathname

import pytest

from tests.browser.visits import WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def brightness(colour):
    """The mean of red, green and blue in "rgb(253, 252, 248)"."""
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def faults(visits, find):
    """What ``find`` finds on a page at some width, by page and width."""
    found = {(v.name, at): find(v.looks[at]) for v in visits for at in WIDTHS}
    return {where: what for where, what in found.items() if what}


def test_pages_complain_of_nothing_and_fetch_nothing_from_elsewhere(visits):
    assert {v.name: v.complaints for v in visits if v.complaints} == {}
    assert all(v.requests for v in visits)
    strange = {url for v in visits for url in v.requests if urlparse(url).scheme != "file"}
    assert strange <= {"data:,"}  # the empty icon


def test_formulas_are_formulas(visits):
    assert faults(visits, lambda look: look["raw"]) == {}
    assert faults(visits, lambda look: look["flat"]) == {}
    theorems = [v for v in visits if v.name != "index"]
    assert all(v.looks[at]["formulas"] > 0 for v in theorems for at in WIDTHS)


def test_no_page_scrolls_sideways(visits):
    """What is wider than the page scrolls in a region of its own."""
    assert faults(visits, lambda look: look["across"] > 0) == {}
    assert faults(visits, lambda look: look["outside"]) == {}


def test_pages_are_dark_where_that_is_asked_for(visits):
    papers = {(v.papers["light"], v.papers["dark"]) for v in visits}
    ((light, dark),) = papers
    assert brightness(dark) < 60 < 200 < brightness(light)


def test_links_lead_somewhere(visits, site):
    """A link to a page of ours, to an anchor on it, or to the record beside it."""
    anchors = {v.address: {*v.anchors} for v in visits}
    (front,) = (v.address for v in visits if v.name == "index")
    linked = set()
    for v in visits:
        for link in v.links:
            address, anchor = urldefrag(link)
            if urlparse(address).scheme != "file":
                assert address.startswith("https://"), (v.name, link)
                continue
            linked.add(address)
            path = url2pathname(urlparse(address).path)
            assert (site / path).is_file(), (v.name, link)
            assert not anchor or unquote(anchor) in anchors[address], (v.name, link)
    assert {*anchors} <= linked  # no page without a way to it
    assert front in linked


def test_pages_have_titles_of_their_own(visits):
    assert len({v.title for v in visits}) == len(visits)


def test_a_theorem_prints_on_four_sheets(visits):
    assert {v.name: v.sheets for v in visits if v.sheets > 4 and v.name != "index"} == {}
    assert all(v.sheets > 0 for v in visits)
