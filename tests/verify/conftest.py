"""The toy quantities are known to every test here, and the command line can be called."""

import sys

import pytest

from tests.toys import toy_quantities
from verify.commands import main as cli

__all__ = ["toy_quantities"]


@pytest.fixture
def certimin(monkeypatch, capsys):
    """Run the command in this process; return exit code, stdout and stderr."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["certimin", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return run
