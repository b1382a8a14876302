"""The Python examples of the documents give what they say."""

from doctest import ELLIPSIS, testfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_examples(name):
    result = testfile(str(ROOT / name), module_relative=False, optionflags=ELLIPSIS)
    assert result.attempted
    assert not result.failed
