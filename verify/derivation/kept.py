"""Proved identities, kept from run to run: what was reduced to zero once need not be again.

An identity's verdict depends on its two sides, on the code that compares them and on the versions
of SymPy and python-flint, all of which are hashed into its key; on nothing else, so that an edited
name, statement or module elsewhere changes nothing.  Only ``holds`` is kept: what fails, is
undecided or too slow is computed afresh each time, and conditions cost nothing.

What this is worth: an entry that was cut short, edited by accident or copied to another key is
found out by its own digest (:mod:`verify.records`), said to be, and computed again.  Where a forged
one would matter, and in continuous integration, ``certimin verify --no-cache`` neither reads nor
writes the folder.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

import sympy as sp

from verify import records
from verify.derivation import rings, steps
from verify.derivation.steps import AnySize, Identity, Step, StepResult, check, ground_types

__all__ = ["Proofs", "key"]


class _Unknown(Exception):
    """An expression whose meaning is not all in its structure."""


class Proofs:
    """A folder of proved identities, one atomic JSON file each, named by key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self, step: Step, *, seconds: float) -> StepResult:
        """Return what :func:`verify.derivation.steps.check` says or once said.

        A kept result has ``cached`` set and the seconds that the proof took when it was computed.
        """
        name = key(step)
        if name is None:
            return check(step, seconds=seconds)
        took = self._load(name)
        if took is not None:
            return StepResult(step, "holds", None, took, cached=True)
        result = check(step, seconds=seconds)
        if result.verdict == "holds":
            self._save(name, result)
        return result

    def _load(self, name: str) -> float | None:
        """Seconds of the proof kept under this key, None if there is none that can be trusted."""
        try:
            entry = records.read(self._folder / f"{name}.json")
        except records.Damaged:
            records.complain(f"kept proofs in {self._folder} do not check: they are computed again")
            return None
        if entry is None or entry.get("verdict") != "holds":
            return None
        seconds = entry.get("seconds")
        known = isinstance(seconds, float) and isfinite(seconds) and seconds >= 0
        return seconds if known else None

    def _save(self, name: str, result: StepResult) -> None:
        """Keep a proof; a folder that cannot be written costs time and nothing else."""
        entry = {"verdict": "holds", "seconds": result.seconds, "step": result.step.name}
        with suppress(OSError):
            records.write(self._folder / f"{name}.json", entry, durable=False)


def key(step: Step) -> str | None:
    """Return the hash of all that decides an identity; None for what is never kept."""
    if not isinstance(step, Identity):
        return None
    known: dict[sp.Basic, str] = {}
    try:
        sides = [_side(side, known) for side in (step.lhs, step.rhs)]
    except _Unknown:
        return None
    return hashlib.sha256("\n".join([_means(), *sides]).encode()).hexdigest()


@cache
def _means() -> str:
    """Hash what compares the sides: our code, and what it stands on."""
    files = [Path(module.__file__ or "") for module in (steps, rings)] + [Path(__file__)]
    code = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    versions = [version(name) for name in ("sympy", "mpmath", "python-flint")]
    return " ".join([*code, *versions, ground_types(), sys.version.split()[0]])


def _side(side: Any, known: dict[sp.Basic, str]) -> str:
    if isinstance(side, sp.MatrixBase):
        return " ".join([str(side.shape), *(_structure(x, known) for x in side)])
    return _structure(sp.Integer(side) if type(side) is int else side, known)


def _structure(e: Any, known: dict[sp.Basic, str]) -> str:
    """Hash an expression by its structure, each shared part once.

    The classes must be SymPy's: what others mean is written in code that the key does not cover.
    """
    kind = type(e)
    ours = kind is not AnySize and not (kind.__module__ or "").startswith("sympy.")
    if ours or isinstance(e, sp.Dummy):
        raise _Unknown(kind.__name__)
    if e not in known:
        parts = [f"{kind.__module__}.{kind.__name__}", *(_structure(x, known) for x in e.args)]
        if not isinstance(e, sp.Add | sp.Mul | sp.Pow | sp.Function):
            parts.append(sp.srepr(e))
        known[e] = hashlib.sha256(" ".join(parts).encode()).hexdigest()
    return known[e]
