"""``python -m certimin`` is the command ``certimin``."""

from __future__ import annotations

import sys

from certimin import expect_ours

__all__ = ["main"]


def main() -> None:
    """Run the command line; 2, with one line, if a package in the way is not ours."""
    try:
        expect_ours()
    except ImportError as error:
        print(f"certimin: {error}", file=sys.stderr)
        sys.exit(2)
    from verify.commands.main import main as run

    run()


if __name__ == "__main__":
    main()
