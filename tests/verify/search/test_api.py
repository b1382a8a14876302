"""A search believes its counterexample only as far as the certificate's own program does."""

import pytest

from verify.certificates import folder
from verify.search.api import search

FALSE = "sharpness <= hessian_trace/2"


@pytest.mark.parametrize(
    ("checked", "verdict", "confirmed"),
    [
        ("confirmed", "refuted", True),
        ("unknown", "refuted", False),
        ("denied", "inconclusive", None),
    ],
)
def test_a_certificate_that_denies_its_violation_refutes_nothing(
    tmp_path, monkeypatch, checked, verdict, confirmed
):
    monkeypatch.setattr(folder, "run_program", lambda program: (checked, ""))
    outcome = search(FALSE, depth=(2, 2), width=(1, 2), budget=20, out=tmp_path)
    assert outcome.verdict == verdict
    if verdict == "refuted":
        assert outcome.confirmed is confirmed
    else:
        assert outcome.reason.endswith("check.py disagrees")
