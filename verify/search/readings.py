"""Other ways to read a recipe: along its scalings, and with matrices that are simple.

A recipe asks for numbers in a range.  Read plainly it meets no number far from it and no equality
between continuous numbers.  Both readings stand between a recipe and any source, ask the source
for a few sizes more, and are settings themselves: what they find is replayed, rounded and shrunk
like everything else.

- *Scaled*: every matrix over the whole range, and every number that the recipe declares a scale
  (:meth:`Scalable.scale`), is multiplied by a power of ten, up to 10^±64.  Half of the powers
  repeat the one before, so that layers are met that grow together.
- *Simple*: every matrix is diagonal, a signed permutation times a number, the one before of its
  shape (or its transpose), or what it would be anyway.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from verify.claims import Bounds, Setting
from verify.sources import WHOLE, Choices

__all__ = ["scaled", "simple", "unread"]

_POWERS = (0, 1, -1, 2, -2, 4, -4, 8, -8, 16, -16, 32, -32, 64, -64)
_DIAGONAL, _PERMUTATION, _REPEATED, _AS_IT_IS = range(4)


def scaled(setting: Setting) -> Setting:
    """Return the setting read along the scalings of its recipe."""
    return _read(setting, _Scaled)


def simple(setting: Setting) -> Setting:
    """Return the setting read with simple matrices."""
    return _read(setting, _Simple)


def unread(setting: Setting) -> Setting:
    """Return the setting that a reading reads; any other is itself."""
    return setting.build.setting if isinstance(setting.build, _Built) else setting


@cache
def _read(setting: Setting, reader: type[_Reader]) -> Setting:
    return replace(
        setting,
        name=f"{setting.name}, {reader.word}",
        build=_Built(setting, reader),
        special=(),
        express=None,
    )


@dataclass(frozen=True)
class _Built:
    """A recipe behind a reader: a class, and the setting by its name, for readings travel."""

    setting: Setting
    reader: type[_Reader]

    def __call__(self, source: Choices, bounds: Bounds) -> Any:
        return self.setting.build(self.reader(source), bounds)


class _Reader:
    """Hands questions on to a source; what is asked of the instance made is asked of the source."""

    word = ""

    def __init__(self, source: Choices) -> None:
        self._source = source
        self.exact, self.backend = source.exact, source.backend

    def integer(self, low: int, high: int) -> int:
        return self._source.integer(low, high)

    def number(self, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        return self._source.number(low, high)

    def matrix(self, rows: int, columns: int, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        return self._source.matrix(rows, columns, low, high)


class _Scaled(_Reader):
    word = "scaled"
    _power = 0

    def scale(self) -> Fraction:
        """Return the power of ten that the source chooses, as often as not the one before."""
        choice = self.integer(0, 2 * len(_POWERS) - 1)
        if choice >= len(_POWERS):
            self._power = _POWERS[choice - len(_POWERS)]
        return Fraction(10) ** self._power

    def number(self, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        value = self._source.number(low, high)
        return self._times(value) if (low, high) == WHOLE else value

    def matrix(self, rows: int, columns: int, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        values = self._source.matrix(rows, columns, low, high)
        if (low, high) != WHOLE:
            return values
        if self.exact:
            factor = self.scale()
            return [[factor * x for x in row] for row in values]
        return self._times(values)

    def _times(self, value: Any) -> Any:
        factor = self.scale()
        return factor * value if self.exact else float(factor) * value


class _Simple(_Reader):
    word = "simple"

    def __init__(self, source: Choices) -> None:
        super().__init__(source)
        self._shape = (0, 0)
        self._before: Any = None

    def matrix(self, rows: int, columns: int, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        if rows * columns == 1 or not low < 0 < high:
            return self._source.matrix(rows, columns, low, high)
        kind = self.integer(_DIAGONAL, _AS_IT_IS)
        if kind == _REPEATED:
            found = self._repeated(rows, columns)
            if found is not None:
                return found
        if kind == _AS_IT_IS:
            found = self._source.matrix(rows, columns, low, high)
        elif kind == _PERMUTATION:
            found = self._permutation(rows, columns, low, high)
        else:
            numbers = self._source.matrix(1, min(rows, columns), low, high)
            found = self._placed(numbers, rows, columns, 0)
        self._shape, self._before = (rows, columns), found
        return found

    def _repeated(self, rows: int, columns: int) -> Any:
        if self._shape == (rows, columns):
            return self._before
        if self._shape != (columns, rows):
            return None
        return [list(x) for x in zip(*self._before, strict=True)] if self.exact else self._before.mT

    def _permutation(self, rows: int, columns: int, low: int, high: int) -> Any:
        """A number times a matrix that shifts the coordinates around and turns some of them."""
        short = min(rows, columns)
        shift, turned = self.integer(0, columns - 1), self.integer(0, 2**short - 1)
        signs = [-1 if turned >> i & 1 else 1 for i in range(short)]
        numbers = self._source.matrix(1, 1, low, high)
        if self.exact:
            return self._placed([[sign * numbers[0][0] for sign in signs]], rows, columns, shift)
        return self._placed(numbers * np.array([signs]), rows, columns, shift)

    def _placed(self, numbers: Any, rows: int, columns: int, shift: int) -> Any:
        """The matrix with a row of numbers down its diagonal, moved around by ``shift``."""
        short = min(rows, columns)
        if self.exact:
            matrix = [[Fraction(0)] * columns for _ in range(rows)]
            for i in range(short):
                matrix[i][(i + shift) % columns] = numbers[0][i]
            return matrix
        right = np.roll(np.eye(short, columns), shift, axis=1)
        return np.eye(rows, short) @ (numbers * np.eye(short)) @ right
