"""Reports as text: the same in a notebook as anywhere else."""

import pytest
import rich.console

from certimin.dataset import data


@pytest.fixture
def notebook(monkeypatch):
    """What Rich takes for a notebook: it displays there, and its kernel asks for colours."""
    monkeypatch.setattr(rich.console, "_is_jupyter", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")


def test_text_in_a_notebook_is_whole_and_plain(notebook):
    found = data([[1, 0], [0, 1], [1, 1]], [1, 2, 4], depth=2)
    said = str(found)
    assert "S_min" in said
    assert "\x1b" not in said
    assert "\x1b" not in found._repr_html_()
    assert len(found._repr_html_()) > len(said)
