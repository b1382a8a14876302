"""Whether a setting can be drawn at the sizes a search is asked for, told before it starts."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from time import monotonic

import numpy as np

from verify.claims import Bounds, Claim, Setting
from verify.errors import UsageError
from verify.sources import BatchSource, RandomSource

__all__ = ["check_sizes"]

_SECONDS = 1.0
"""Time for all the draws: large sizes that are not reached are left to the search."""


def check_sizes(claim: Claim) -> None:
    """Draw an instance of the claim's setting at each depth and at each width of its bounds.

    Raises
    ------
    UsageError
        If some of them cannot be drawn; the message says which can.
    """
    setting, bounds = claim.setting, claim.bounds
    deadline = monotonic() + _SECONDS

    def drawable(depth: int, width: int) -> bool:
        return monotonic() > deadline or not _failure(setting, depth, width)

    depths, widths = _all(bounds.depth), _all(bounds.width)
    few = sorted({widths[0], widths[len(widths) // 2], widths[-1]})
    deep = [d for d in depths if any(drawable(d, w) for w in few)]
    wide = [w for w in widths if deep and drawable(deep[0], w)]
    if not wide:
        raise UsageError(
            f"setting {setting.name} cannot be drawn at any of these sizes, {bounds} "
            f"({_failure(setting, depths[0], widths[-1])}); try others with --depth and --width"
        )
    for name, asked, good in (("depth", depths, deep), ("width", widths, wide)):
        bad = [n for n in asked if n not in good]
        if bad:
            raise UsageError(
                f"setting {setting.name} cannot be drawn at {name} {', '.join(map(str, bad))}; "
                f"try --{name} {_first_run(good)}"
            )


def _all(ends: tuple[int, int]) -> list[int]:
    return list(range(ends[0], ends[1] + 1))


def _first_run(numbers: Iterable[int]) -> str:
    """The first numbers without a gap, as LOW:HIGH."""
    low, *rest = numbers
    high = low
    for number in rest:
        if number != high + 1:
            break
        high = number
    return f"{low}:{high}"


def _failure(setting: Setting, depth: int, width: int) -> str:
    """Why the recipe does not know these sizes, "" if it does.

    Floats and exact numbers are drawn; that what they make is undefined is no matter.
    """
    bounds = Bounds((depth, depth), (width, width))
    for source in (BatchSource(np.random.default_rng(0), 1), RandomSource(Random(0))):
        try:
            with np.errstate(all="ignore"):
                setting.build(source, bounds)
        except (ArithmeticError, np.linalg.LinAlgError):
            continue
        except (LookupError, TypeError, ValueError) as error:
            return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
    return ""
