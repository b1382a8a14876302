"""Conjectures: theorems nobody has proved yet, from one line of text or one short module."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any

from verify import parser
from verify.claims import SETTINGS, Bounds, Claim, Proof, Setting, assumed
from verify.derivation.steps import Step
from verify.errors import UsageError, naming
from verify.expression import related
from verify.fit import check_fit
from verify.registry import theorems
from verify.theorem import Source, Theorem

__all__ = [
    "at_least_zero",
    "conjecture",
    "from_file",
    "latex_with_constant",
    "modules",
    "setting_named",
    "with_constant",
]

_PREFIX = "certimin_conjecture_"
"""Of the names that modules of conjectures have while they are loaded."""


def conjecture(
    name: str,
    relation: Any,
    *,
    over: str | Setting = "minimizers",
    depth: tuple[int, int] = (2, 6),
    width: tuple[int, int] = (1, 5),
    title: str = "",
    proof: Callable[[], Iterator[Step]] | None = None,
    sizes: tuple[tuple[int, ...], ...] = (),
) -> Theorem:
    """Return a theorem of status "conjecture" with one claim.

    Parameters
    ----------
    relation
        An expression such as ``"sharpness <= hessian_trace if depth >= 3"``, or a SymPy relation
        over symbols of quantities.
    over
        The setting, or its name.
    depth, width
        The sizes it is about, both ends included.
    proof
        Yields steps, if it can be derived; see :mod:`verify.derivation.rules`.
    sizes
        Where the relation is decided with every number a symbol, see :class:`verify.claims.Claim`.

    Raises
    ------
    UsageError
        If the expression cannot be read or the setting is unknown.
    """
    theorems()  # loads the quantities and settings that expressions may name
    setting = setting_named(over) if isinstance(over, str) else over
    read = parser.parse(relation) if isinstance(relation, str) else None
    claim = Claim(
        name=name,
        title=title or str(relation),
        setting=setting,
        relation=read.relation if read else relation,
        assumptions=read.assumptions if read else (),
        bounds=Bounds(depth, width),
        proof=Proof(proof) if proof else None,
        sizes=sizes,
    )
    return Theorem(
        id=name,
        title=title or str(relation),
        normalisation="R = E|y - Px|²",
        source=Source("conjecture", "not published"),
        claims=(claim,),
        module=__name__,
        status="conjecture",
    )


def at_least_zero(
    formula: str,
    where: str = "",
    *,
    over: str | Setting = "minimizers",
    depth: tuple[int, int] = (2, 6),
    width: tuple[int, int] = (1, 5),
) -> Claim:
    """Return the claim ``formula >= 0 if where``: a formula with the instances it is about.

    Raises
    ------
    UsageError
        If one of the texts cannot be read, asks for what the setting does not have, or the setting
        is unknown.
    """
    theorems()
    relation = related(parser.formula(formula), ">=", 0)
    stated = conjecture("formula", relation, over=over, depth=depth, width=width).claims[0]
    check_fit(stated)
    with naming("where"):
        conditions = parser.condition(where) if where.strip() else ()
        found = replace(stated, assumptions=assumed(*conditions))
        check_fit(found)
    return found


def setting_named(name: str) -> Setting:
    """Return the setting ``name``; UsageError with the nearest names if there is none."""
    theorems()
    if name in SETTINGS:
        return SETTINGS[name]
    near = get_close_matches(name, SETTINGS, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise UsageError(f"over: unknown setting {name!r}{hint} (`certimin settings` lists all)")


def with_constant(text: str, name: str, like: Claim) -> Callable[[Fraction], Claim]:
    """Return the claims that ``text`` makes, one for each value of the free constant ``name``.

    Raises
    ------
    UsageError
        If the expression cannot be read or does not mention the constant.
    """
    read = parser.parse(text, constants=(name,))
    relations = (read.relation, *read.conditions)
    if not any(s.name == name for relation in relations for s in relation.free_symbols):
        raise UsageError(f"tighten: expected the constant {name!r} in {text!r}; write it there")

    def at(value: Fraction) -> Claim:
        given = parser.substitute(read, name, value)
        return replace(
            like, title=given.text, relation=given.relation, assumptions=given.assumptions
        )

    return at


def latex_with_constant(text: str, name: str, like: Claim) -> str:
    """Return what ``text`` says in LaTeX, the free constant ``name`` left in it."""
    read = parser.parse(text, constants=(name,))
    return replace(like, relation=read.relation, assumptions=read.assumptions).latex


def modules() -> tuple[str, ...]:
    """Return the files of the conjectures that this process has loaded by :func:`from_file`."""
    loaded = [m for name, m in sys.modules.items() if name.startswith(_PREFIX)]
    return tuple(str(m.__file__) for m in loaded)


def from_file(path: Path) -> Theorem:
    """Return the conjecture that a Python module defines: its CONJECTURE, or its THEOREM.

    The module is run: only open files you trust.

    Raises
    ------
    UsageError
        If there is no such file or it defines no conjecture.
    """
    theorems()
    if not path.is_file():
        raise UsageError(
            f"conjecture: no file {path}; `certimin new NAME` writes one to start from"
        )
    name = f"{_PREFIX}{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses of the module look themselves up
    spec.loader.exec_module(module)
    for attribute in ("CONJECTURE", "THEOREM"):
        found = getattr(module, attribute, None)
        if isinstance(found, Theorem):
            return found
    raise UsageError(
        f"conjecture: {path} defines neither CONJECTURE nor THEOREM as a verify.theorem.Theorem; "
        "`certimin new NAME` writes a module to start from"
    )
