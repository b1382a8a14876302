"""Whether a quantity exists over a setting: told by measuring it there, before any search.

A quantity reads fields of an instance and takes shapes for granted; what it reads is nowhere
declared, so that no declaration can be wrong.  A few float instances of different sizes are cheap
and have the fields and shapes of all the others.  That a value is undefined is another matter: it
is one on other instances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np

from verify.claims import (
    MISFITS,
    QUANTITIES,
    SETTINGS,
    USUAL,
    Bounds,
    Claim,
    Setting,
    measured_by,
    told,
)
from verify.errors import UsageError
from verify.sources import BatchSource

__all__ = ["check_fit", "device", "fitting", "misfit"]

_DRAWS = 8
"""Instances of a setting that are tried."""
_SPREAD = 2
"""How far above the least the sizes of the others go: where shapes differ they do so early."""

_SHOWN = 12
"""How many settings an error names."""


def check_fit(claim: Claim) -> None:
    """Raise UsageError if a quantity of the claim does not exist over its setting.

    The message names the settings that have all of the claim's quantities.
    """
    names = _quantities(claim)
    for name in names:
        why = misfit(name, claim.setting, claim.bounds)
        if why:
            raise UsageError(
                f"{name} does not exist over {claim.setting.name}: {why}; {_remedy(names)}"
            )


def _quantities(claim: Claim) -> tuple[str, ...]:
    relations = (claim.expanded, *claim.conditions)
    return tuple(dict.fromkeys(name for r in relations for name in measured_by(r)))


def _remedy(names: Iterable[str]) -> str:
    names = tuple(names)
    found = [setting.name for setting in fitting(*names)]
    what = " and ".join(names)
    if not found:
        return f"no setting has {what}"
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"settings with {what}: {', '.join(found[:_SHOWN])}{more}"


def fitting(*names: str) -> list[Setting]:
    """Return the settings over which all these quantities exist, by name."""
    settings = sorted(set(SETTINGS.values()), key=lambda setting: setting.name)
    return [s for s in settings if _instances(s, USUAL) and not any(misfit(n, s) for n in names)]


def misfit(name: str, setting: Setting, bounds: Bounds = USUAL) -> str:
    """Return why a quantity does not exist over a setting at these sizes, "" if it does."""
    for instance in _instances(setting, bounds):
        try:
            with np.errstate(all="ignore"):
                QUANTITIES[name].measure(instance)
        except (ArithmeticError, np.linalg.LinAlgError):  # undefined there
            continue
        except MISFITS as error:
            return told(error)
    return ""


def device(setting: Setting, backend: str) -> str:
    """Return the name of the device of an array library; a batch of one is built there.

    Raises
    ------
    UsageError
        If there is none.
    """
    if backend == "numpy":
        return "the host"
    try:
        instance = next(_drawn(setting, USUAL, backend), None)
    except RuntimeError as error:
        raise UsageError(str(error)) from error
    return str(instance.arithmetic.device()) if instance else "not tried"


@cache
def _instances(setting: Setting, bounds: Bounds) -> tuple[Any, ...]:
    """Float instances of a setting; none where it cannot be drawn at these sizes."""
    return tuple(_drawn(setting, bounds))


def _drawn(setting: Setting, bounds: Bounds, backend: str = "numpy") -> Iterator[Any]:
    near = Bounds(*((low, min(high, low + _SPREAD)) for low, high in (bounds.depth, bounds.width)))
    least = Bounds((bounds.depth[0],) * 2, near.width)  # a quantity may exist at one depth only
    for seed in range(_DRAWS):
        source = BatchSource(np.random.default_rng(seed), 1, backend)
        try:
            with np.errstate(all="ignore"):
                yield setting.build(source, least if seed % 4 == 3 else near)
        except (ArithmeticError, LookupError, TypeError, ValueError):  # excluded, or no such sizes
            continue
