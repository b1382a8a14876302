"""`certimin` in processes of its own, and what of a report must not depend on how it was made."""

import json
import os
import subprocess
import sys
from math import ceil
from pathlib import Path

from tests.soak.conftest import SHARE

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}

_OWN = {"seconds", "environment", "cached"}
"""What says how long it took, where, and what was known before."""


def part(count):
    """How many of so many cases are tried in this run."""
    return ceil(count * SHARE)


def start(*arguments, **options):
    """Start a command; its output is text."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "verify", *map(str, arguments)]
    return subprocess.Popen(command, **({"env": ENVIRONMENT} | pipes | options))


def run(*arguments, **options):
    """Run a command to its end; return its exit code, stdout and stderr."""
    with start(*arguments, **options) as process:
        out, err = process.communicate()
    return process.returncode, out, err


def report(folder):
    """What `certimin verify` found, without what may differ."""
    return _stripped(json.loads((folder / "verify.json").read_text(encoding="utf-8")))


def _stripped(value):
    if isinstance(value, dict):
        return {key: _stripped(part) for key, part in value.items() if key not in _OWN}
    return [_stripped(part) for part in value] if isinstance(value, list) else value
