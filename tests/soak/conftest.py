"""Standing suites: whole with `make soak` (CERTIMIN_SOAK=1), a twentieth in `make test-slow`."""

import os
from fractions import Fraction
from pathlib import Path

import pytest

SHARE = Fraction(1) if os.environ.get("CERTIMIN_SOAK") == "1" else Fraction(1, 20)
"""The part of each suite that is run."""


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
