"""The page of an examination says what its text says, stands alone, escapes what it is given."""

import re
from html.parser import HTMLParser

import numpy as np
from click.testing import CliRunner

from certimin.commands.network import network as command
from certimin.examination import examine
from certimin.networks import Network

X = [[1.0, 0.0], [0.0, 1.0]]
Y = [2.0, 0.0]
LAYERS = [[[1, 0], [0, 1]], [[2, 0]]]


class _Seen(HTMLParser):
    """Tags in order, and whether each is closed."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.words = [], set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_has_every_number_and_every_claim_that_applies():
    found = examine(LAYERS, X, Y, step_size=0.3)
    seen = _Seen(found.to_html())
    assert seen.open == []
    assert not seen.tags & {"script", "img", "iframe"}
    words = " ".join(" ".join(seen.words).split())
    for rows in found.groups.values():
        assert all(" ".join(row.label.split()) in words for row in rows)
    assert found["sharpness"].interval() in words
    for finding in found.findings:
        shown = f"{finding.theorem}.{finding.claim}" in words
        assert shown or finding.verdict == "does not apply"
    assert "http" not in found.to_html()


def test_a_name_with_markup_is_escaped():
    network = Network.of(LAYERS, name="<script>alert(1)</script>")
    page = examine(network, X, Y).to_html()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_command_writes_it(tmp_path):
    weights, data, page = tmp_path / "w.npz", tmp_path / "d.csv", tmp_path / "page.html"
    np.savez(weights, W1=np.eye(2), W2=np.array([[2.0, 0.0]]))
    data.write_text("a,b,y\n1,0,2\n0,1,0\n1,1,2\n")
    told = CliRunner().invoke(
        command, [str(weights), "--data", str(data), "--target", "y", "--html", str(page)]
    )
    assert told.exit_code == 0, told.output
    assert re.search(r"<title>.*examined</title>", page.read_text(encoding="utf-8"))
    refused = CliRunner().invoke(
        command, [str(weights), "--data", str(data), "--target", "y", "--html", str(tmp_path)]
    )
    assert "--html: cannot write" in str(refused.exception)
    refused = CliRunner().invoke(
        command, [str(weights), "--data", str(data), "--target", "y", "--html", str(data)]
    )
    assert "--html: expected a file of its own" in str(refused.exception)
    assert data.read_text().startswith("a,b,y")
