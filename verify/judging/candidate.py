"""Candidates: an instance by its entries, or by the answers that its setting's recipe asks for.

Answers make an instance of the setting by construction, so they fit every setting.  They are not
bent into their ranges, as a search's are: an answer that does not fit is refused.  A number of the
whole range may be any, as in a search along the setting's scalings.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from verify.claims import MISFITS, Bounds, Setting, told
from verify.errors import Undefined, UsageError
from verify.judging.document import expect_keys, number, shown
from verify.judging.members import READERS
from verify.judging.score import Undecided
from verify.sources import WHOLE, Exhausted, RecordedSource

__all__ = ["constant", "instance"]

_MOST_ANSWERS = 2000


def constant(written: Any) -> Fraction:
    """Return the value that a candidate gives a constant."""
    return number(expect_keys(written, "candidate", ("value",))["value"], "candidate.value")


def instance(written: Any, setting: Setting, bounds: Bounds) -> Any:
    """Return the exact instance of a setting that a candidate is.

    Parameters
    ----------
    written
        The candidate as it stands in the document.
    setting, bounds
        Where it has to lie.

    Raises
    ------
    UsageError
        It is none, or lies elsewhere; one line.
    Undecided
        Whether it is one cannot be decided.
    """
    if not isinstance(written, Mapping):
        raise UsageError(f"candidate: expected an object, got {shown(written)}")
    if "choices" in written:
        expect_keys(written, "candidate", ("choices",), ("setting",))
        source = _special(written.get("setting", setting.name), setting)
        return _built(written["choices"], source, bounds)
    reader = READERS.get(setting.name)
    if reader is None:
        raise UsageError(
            f"candidate: over {setting.name} expected choices, the answers its recipe asks for; "
            "entries do not tell whether they belong to it"
        )
    try:
        return reader(written, bounds)
    except UsageError:
        raise
    except Undefined as error:
        raise UsageError(f"candidate: {error}") from error
    except ArithmeticError as error:
        raise Undecided(f"whether it belongs to {setting.name}: {told(error)}") from error


def _special(name: Any, setting: Setting) -> Setting:
    """The setting, or the special one that is named."""
    family = {member.name: member for member in setting.family()}
    if not isinstance(name, str) or name not in family:
        raise UsageError(
            f"candidate.setting: expected one of {', '.join(family)}, got {shown(name)}"
        )
    return family[name]


def _built(written: Any, setting: Setting, bounds: Bounds) -> Any:
    if not isinstance(written, list):
        raise UsageError(f"candidate.choices: expected a list, got {shown(written)}")
    if len(written) > _MOST_ANSWERS:
        raise UsageError(f"candidate.choices: expected at most {_MOST_ANSWERS}, got {len(written)}")
    values = [number(x, f"candidate.choices[{i}]") for i, x in enumerate(written)]
    source = _Answers(values)
    try:
        found = setting.build(source, bounds)
    except Exhausted as error:
        raise UsageError(f"candidate.choices: {error}") from error
    except UsageError:
        raise
    except ArithmeticError as error:
        raise UsageError(f"candidate: {setting.name} excludes it: {told(error)}") from error
    except MISFITS as error:
        raise UsageError(f"candidate: {setting.name} has no such sizes: {told(error)}") from error
    if len(source.choices) < len(values):
        used = len(source.choices)
        raise UsageError(f"candidate.choices: expected {used} at these sizes, got {len(values)}")
    return found


class _Answers(RecordedSource):
    """Answers as they were given: one that does not fit what is asked is refused."""

    def _pick_integer(self, low: int, high: int) -> int:
        value = self._asked("an integer", low, high)
        if value.denominator != 1 or not low <= value <= high:
            raise Exhausted(self._wrong("an integer", low, high, value))
        return int(value)

    def _pick_number(self, low: int, high: int) -> Fraction:
        value = self._asked("a number", low, high)
        if (low, high) != WHOLE and not low <= value <= high:
            raise Exhausted(self._wrong("a number", low, high, value))
        return value

    def _asked(self, kind: str, low: int, high: int) -> Fraction:
        try:
            return Fraction(self._next())
        except Exhausted:
            raise Exhausted(self._wrong(kind, low, high, None)) from None

    def _wrong(self, kind: str, low: int, high: int, value: Fraction | None) -> str:
        ends = "" if (low, high) == WHOLE and kind == "a number" else f" from {low} to {high}"
        got = "the end of the list" if value is None else shown(value)
        return f"answer {len(self.choices)}: the recipe asks for {kind}{ends}, got {got}"
