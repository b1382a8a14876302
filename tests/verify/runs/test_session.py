"""A run cut short keeps what is done and leaves earlier reports alone."""

import pytest
from rich.console import Console

from verify import report
from verify.errors import Interrupted
from verify.registry import select
from verify.runs import session


def test_an_interrupted_run_says_how_to_go_on(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("an earlier report")
    monkeypatch.setattr(session, "run", lambda listed, *rest: [])
    monkeypatch.setattr(report, "write", pytest.fail)
    options = session.Options(out=tmp_path)
    with pytest.raises(Interrupted, match=r"0 of .* tasks are kept in .*--resume"):
        session.verify(select(["F1"]), options, Console(stderr=True))
    assert (tmp_path / "index.html").read_text() == "an earlier report"
