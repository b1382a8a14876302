"""The command bench: it runs the benchmarks of the checkout and says so when there are none."""

import json
import subprocess
import sys
from pathlib import Path

from verify.commands import bench as cli_bench

ROOT = Path(__file__).parents[2]


def test_a_smoke_run_writes_its_record(certimin, tmp_path):
    code, _, _ = certimin("bench", "certified", "--quick", "--out", tmp_path / "new")
    assert code == 0
    record = json.loads((tmp_path / "new" / "certified.json").read_text())
    assert record["environment"]["cores"]
    assert {t["name"] for t in record["timings"]} > set(record["relative_widths"])
    assert all(width < 1e-10 for width in record["relative_widths"].values())


def test_an_unknown_name_gets_the_nearest(tmp_path):
    command = [sys.executable, "-m", "verify", "bench", "spectrum", "--out", tmp_path / "none"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert ended.returncode == 2
    assert "'spectrum'; did you mean spectra" in ended.stderr
    assert not (tmp_path / "none").exists()


def test_without_a_checkout_one_line_says_so(certimin, tmp_path, monkeypatch):
    monkeypatch.setattr(cli_bench, "HERE", tmp_path / "verify" / "commands" / "bench.py")
    code, out, err = certimin("bench", "certified", "--quick")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "checkout" in err
