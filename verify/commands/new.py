"""``certimin new``: a module to start from, short enough to read, whole enough to run."""

from __future__ import annotations

import re
from keyword import iskeyword
from pathlib import Path

import click

from verify.errors import UsageError
from verify.files import write_text

__all__ = ["new", "scaffold"]

_LONGEST = 100
"""Characters of a name: a file system takes some 250 bytes, and a reader fewer."""

_MODULE = '''"""{title}.

Attack it:                  certimin search {file}
Names a relation may use:   certimin quantities
Settings there are:         certimin settings
"""

from verify.conjecture import conjecture

CONJECTURE = conjecture(
    "{name}",
    "sharpness >= 2*depth*target_norm**(2 - 2/depth)",  # false here: try whitened-minimizers
    over="minimizers",  # the setting
    depth=(2, 4),
    width=(1, 3),
    # proof=...: a generator of facts whose last one is the relation, see verify.derivation.rules
    # sizes=((2, 1, 1, 1),): what it is also decided at with every number a symbol
)
'''


def scaffold(name: str, folder: Path = Path()) -> Path:
    """Write ``NAME.py`` in ``folder`` and return its path.

    Raises
    ------
    UsageError
        If the name is no Python name or the file is there already: nothing is overwritten.
    """
    stem = name.removesuffix(".py").replace("-", "_")
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", stem) or iskeyword(stem):
        raise UsageError(
            f"NAME: expected lower-case letters, digits and dashes, got {name!r}; try my-conjecture"
        )
    if len(stem) > _LONGEST:
        raise UsageError(
            f"NAME: expected at most {_LONGEST} characters, got {len(stem)}; try a shorter one"
        )
    path = folder / f"{stem}.py"
    if path.exists():
        raise UsageError(f"NAME: {path} is there already; choose another name")
    words = stem.replace("_", " ").strip()
    text = _MODULE.format(title=words.capitalize(), file=path.name, name=stem.replace("_", "-"))
    try:
        return write_text(path, text)
    except OSError as error:
        raise UsageError(f"NAME: cannot write {path}: {error.strerror}") from error


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Write NAME.py, a conjecture to start from."""
    path = scaffold(name)
    click.echo(f"{path}; now: certimin search {path}")
