"""Rigorous numbers about the minima of neural networks: the public face.

>>> import certimin
>>> certimin.minimal_sharpness([[2, 1], [1, 1]], [[1, 3]], depth=3)  # Σ and T
[53.64085257, 53.64085258] (certified)

``data`` and ``minimal_sharpness`` are about data; ``examine``, ``sharpness``, ``hvp_of``,
``Network`` and ``Trace`` about a network; ``theorems``, ``verify``, ``search``, ``tighten`` and
``judge`` about statements.  ``python -m certimin`` is the command.

The packages below are called ``verify``, ``numeric`` and ``theorems``, which are common names: a
file ``verify.py`` beside a script, or another package of that name, is imported in the place of
ours.  Whoever uses anything of the face is told so in one line.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certimin.dataset import data, minimal_sharpness
    from certimin.examination import Examination, examine
    from certimin.networks import Network
    from certimin.products import hvp_of
    from certimin.runs import theorems, verify
    from certimin.spectra.sharpness import sharpness
    from certimin.tracing import Trace
    from numeric.enclosure import Enclosure
    from verify.errors import UsageError
    from verify.judging import judge
    from verify.search import search, tighten

__all__ = [
    "Enclosure",
    "Examination",
    "Network",
    "Trace",
    "UsageError",
    "data",
    "examine",
    "expect_ours",
    "hvp_of",
    "judge",
    "minimal_sharpness",
    "search",
    "sharpness",
    "theorems",
    "tighten",
    "verify",
]

_HOMES = {
    "Enclosure": "numeric.enclosure",
    "Examination": "certimin.examination",
    "Network": "certimin.networks",
    "Trace": "certimin.tracing",
    "UsageError": "verify.errors",
    "data": "certimin.dataset",
    "examine": "certimin.examination",
    "hvp_of": "certimin.products",
    "judge": "verify.judging",
    "minimal_sharpness": "certimin.dataset",
    "search": "verify.search",
    "sharpness": "certimin.spectra.sharpness",
    "theorems": "certimin.runs",
    "tighten": "verify.search",
    "verify": "certimin.runs",
}
"""Where each name lives: `import certimin` alone imports nothing else."""

_OURS = ("numeric", "theorems", "verify")


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("certimin")
    if name not in _HOMES:
        raise AttributeError(f"module 'certimin' has no attribute {name!r}")
    expect_ours()
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def expect_ours() -> None:
    """Raise ImportError, in one line, if something else is imported by the name of ours."""
    for name in _OURS:
        place = _place(name)
        own = Path(__file__).resolve().parents[1] / name / "__init__.py"
        if place != own:
            raise ImportError(
                f"{place or 'nothing'} is imported as {name!r} in the place of certimin's own "
                f"package {own.parent}; rename it, or run from another folder"
            )


def _place(name: str) -> Path | None:
    """The file that a name is imported from."""
    try:
        spec = find_spec(name)
    except ValueError:  # a module made by hand
        return None
    return Path(spec.origin).resolve() if spec and spec.origin else None
